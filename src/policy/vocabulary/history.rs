//! The functions about what the commits say.

#![expect(
    clippy::unnecessary_wraps,
    reason = "the table holds functions of one type, also those that always give something"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arguments::{members, some_text, text, text_list, texts, time};
use super::files;
use super::functions::Given;
use super::messages::content;
use super::roles::Roles;
use super::sharing::Sharing;
use super::speaker::Speaker;
use crate::clock::{Instant, Moment};
use crate::document::{Kind, NodeRef};
use crate::policy::expression::{Key, Map, TextValue, Value, Why};
use crate::provenance::{
    BlobId, History, LoggedCommit, Move, Signature, Signer, Story, drifts, finished, unamended,
};
use crate::record::{Record, RecordKind, Registry};

/// Characters of a commit id that are shown.
const SHOWN: usize = 10;

/// The story of the record that a value stands in, with the record.
pub(super) fn story_of<'t>(
    speaker: &Speaker<'_, 't>,
    value: &Value<'t>,
) -> Result<(Arc<Story>, &'t Record, NodeRef<'t>), Why> {
    let node = match value {
        Value::Node(node) => *node,
        Value::Absent(absent) => return Err(Why::Absent(absent.key.to_owned())),
        _ => {
            return Err(Why::Fault(
                "only what stands in a record has a history".to_owned(),
            ));
        }
    };
    if !speaker.facts.wants_history() {
        return Err(Why::LeftOut);
    }
    let own = speaker.record;
    if std::ptr::eq(node.tree(), &raw const own.tree) {
        let story = speaker.facts.story(speaker.file, own);
        return story.map(|it| (it, own, node)).map_err(Why::Gap);
    }
    let mut kept = speaker.lookups.registry.records();
    let (file, record) = kept
        .find(|(_, record)| std::ptr::eq(node.tree(), &raw const record.tree))
        .ok_or_else(|| Why::Gap("the history of another record is not at hand".to_owned()))?;
    let story = speaker.facts.kept_story(file, record);
    story.map(|it| (it, record, node)).map_err(Why::Gap)
}

fn history<'s>(speaker: &'s Speaker<'_, '_>) -> Result<History<'s>, Why> {
    match speaker.facts.wants_history() {
        true => speaker.facts.history().map_err(Why::Gap),
        false => Err(Why::LeftOut),
    }
}

/// The position of the commit that introduced a value.
fn introduced<'t>(speaker: &Speaker<'_, 't>, value: &Value<'t>) -> Result<usize, Why> {
    let (story, record, node) = story_of(speaker, value)?;
    let commit = story.introduced(record, node);
    commit.ok_or_else(|| {
        let key = node.key().map_or("the entry", NodeRef::scalar_text);
        Why::Gap(format!("`{key}` is not committed as it stands"))
    })
}

/// The time of a commit.
pub(super) fn made_at(commit: &LoggedCommit) -> Result<Instant, Why> {
    let time = Instant::from_second(commit.committer.seconds);
    time.map_err(|_| Why::Gap(format!("commit {} bears an impossible time", short(commit))))
}

fn short(commit: &LoggedCommit) -> &str {
    commit.id.get(..SHOWN).unwrap_or(&commit.id)
}

/// Who wrote a commit: a person id, else the identity as the commit has it.
pub(super) fn author(speaker: &Speaker<'_, '_>, history: &History<'_>, commit: usize) -> String {
    let person = history.author(commit, &speaker.lookups.identities);
    person.map_or_else(|| named(&history.commits()[commit].author), str::to_owned)
}

/// An identity as a commit bears it.
fn named(signer: &Signer) -> String {
    let line = format!("{} <{}>", signer.name, signer.email);
    line.replace(char::is_control, " ")
}

/// A commit in words, for messages.
fn told(speaker: &Speaker<'_, '_>, history: &History<'_>, at: usize) -> String {
    let commit = &history.commits()[at];
    let when = made_at(commit).map_or_else(|_| "no time".to_owned(), |at| at.to_string());
    let author = author(speaker, history, at);
    format!("commit {} of {when} by {author}", short(commit))
}

pub(super) fn committed_at<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let commit = introduced(speaker, &given[0])?;
    made_at(&history(speaker)?.commits()[commit]).map(Value::Time)
}

pub(super) fn committed_by<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let commit = introduced(speaker, &given[0])?;
    Ok(Value::made(author(speaker, &history(speaker)?, commit)))
}

pub(super) fn commit_of<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let commit = introduced(speaker, &given[0])?;
    Ok(Value::made(told(speaker, &history(speaker)?, commit)))
}

pub(super) fn moves<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    if given[0].is_null() {
        return Ok(Value::List([].into_iter().collect()));
    }
    let (story, record, node) = story_of(speaker, &given[0])?;
    let moves = story.moves(record, node).into_iter();
    let moves: Result<Vec<Value<'t>>, Why> = moves.map(|it| moved(speaker, it)).collect();
    Ok(Value::List(moves?.into_iter().collect()))
}

pub(super) fn slides<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    if given[0].is_null() {
        return Ok(Value::List([].into_iter().collect()));
    }
    let (story, record, node) = story_of(speaker, &given[0])?;
    let told = members(&given[1])?;
    let told: Vec<NodeRef<'t>> = told.iter().filter_map(Value::as_node).collect();
    let day = |text: &str| Moment::parse(text).and_then(Moment::start);
    let is_told = |from: &str, to: &str| {
        let says = |key: &str, when: &str| told.iter().any(|it| day(it.text_of(key)) == day(when));
        says("from", from) && says("to", to)
    };
    // A date that was taken away and came back later has moved as well.
    let mut last: Option<String> = None;
    let mut slides = Vec::new();
    for mut it in story.moves(record, node) {
        it.from = it.from.or_else(|| last.clone());
        last = it.to.clone().or_else(|| it.from.clone());
        if let (Some(from), Some(to)) = (&it.from, &it.to)
            && day(from) < day(to)
            && !is_told(from, to)
        {
            slides.push(it);
        }
    }
    let slides = slides.into_iter();
    let slides: Result<Vec<Value<'t>>, Why> = slides.map(|it| moved(speaker, it)).collect();
    Ok(Value::List(slides?.into_iter().collect()))
}

/// A move as a map. One that is not committed is made now.
fn moved<'t>(speaker: &Speaker<'_, 't>, it: Move) -> Result<Value<'t>, Why> {
    let history = history(speaker)?;
    let made = |commit: usize| made_at(&history.commits()[commit]);
    let at = it.commit.map_or(Ok(speaker.as_of), made)?;
    let commit = it.commit.map_or_else(
        || "a change that is not committed".to_owned(),
        |commit| told(speaker, &history, commit),
    );
    let text = |text: Option<String>| text.map_or(Value::Null, Value::made);
    let entries = [
        ("from", text(it.from)),
        ("to", text(it.to)),
        ("at", Value::Time(at)),
        ("commit", Value::made(commit)),
    ];
    Ok(mapped(entries))
}

fn mapped<'t, const N: usize>(entries: [(&'t str, Value<'t>); N]) -> Value<'t> {
    let entries = entries.into_iter();
    let map: BTreeMap<Key<'t>, Value<'t>> = entries
        .map(|(key, value)| (Key::Text(TextValue::Borrowed(key)), value))
        .collect();
    Value::Map(Map::from(map))
}

/// The kept records of some kinds, as a commit had them.
fn registry_at(
    speaker: &Speaker<'_, '_>,
    kinds: &[RecordKind],
    commit: usize,
) -> Result<Arc<Registry>, Why> {
    let mut versions: Vec<(Box<str>, BlobId)> = Vec::new();
    for (file, record) in speaker.lookups.registry.records() {
        if kinds.contains(&record.kind) {
            let story = speaker.facts.kept_story(file, record).map_err(Why::Gap)?;
            let Some(version) = story.standing(commit) else {
                continue;
            };
            if version.is_unreadable && version.record.is_none() {
                let what = record.kind.name();
                return Err(Why::Gap(format!(
                    "the {what} of that time could not be read"
                )));
            }
            versions.extend(version.held.clone());
        }
    }
    let registry = history(speaker)?.registry(versions);
    registry.map_err(|error| Why::Gap(error.to_string()))
}

pub(super) fn held_then<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let (Some(person), Some(role)) = (text(&given[0])?, text(&given[1])?) else {
        return Ok(Value::Bool(false));
    };
    let at = time(&given[2])?;
    let commit = introduced(speaker, &given[3])?;
    let registry = registry_at(speaker, &[RecordKind::People], commit)?;
    let held = Roles::new(&registry).holds(person, role, at);
    held.map(Value::Bool).map_err(Why::Gap)
}

pub(super) fn missing_approvals_then<'t>(
    speaker: &Speaker<'_, 't>,
    given: &[Value<'t>],
) -> Given<'t> {
    let at = time(&given[1])?;
    let then = history(speaker)?.standing_at(at.as_second());
    let Some(then) = then else {
        return Err(Why::Gap(
            "nothing was committed yet when the message left".to_owned(),
        ));
    };
    let kinds = [RecordKind::SharingGuideline, RecordKind::ApprovalMatrix];
    let registry = registry_at(speaker, &kinds, then)?;
    let one = |kind| {
        let now = speaker.lookups.single(kind)?;
        let record = registry.record(kind, now.text_of("id"));
        record
            .map(Record::root)
            .ok_or_else(|| "the rules of that time are not in the history".to_owned())
    };
    let sharing = Sharing::new(
        one(RecordKind::SharingGuideline),
        one(RecordKind::ApprovalMatrix),
    );
    let message = given[0].as_node();
    let approvals = message.into_iter().flat_map(|it| it.list_of("approvals"));
    let approvals: Vec<NodeRef<'_>> = approvals.collect();
    let unmet = sharing
        .unmet(&content(&given[0]), &approvals)
        .map_err(Why::Gap)?;
    let roles = unmet.into_iter().map(|need| {
        let roles = need
            .roles
            .into_iter()
            .map(|role| Value::made(role.to_owned()));
        Value::List(roles.collect())
    });
    Ok(Value::List(roles.collect()))
}

pub(super) fn changed_after_end<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    let own = speaker.record;
    let (story, ..) = story_of(speaker, &Value::Node(own.root()))?;
    let finished = finished(&story, own).and_then(|it| it.record.clone());
    let nodes = finished.iter().flat_map(|finished| {
        let drifts = unamended(finished, own).into_iter();
        drifts.map(|it| it.new).collect::<Vec<NodeRef<'t>>>()
    });
    Ok(each_once(nodes))
}

pub(super) fn changed_since<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let at = time(&given[0])?;
    let own = speaker.record;
    let (story, ..) = story_of(speaker, &Value::Node(own.root()))?;
    let then = history(speaker)?.standing_at(at.as_second());
    let standing = then.and_then(|it| story.standing(it));
    let first = || story.versions().first();
    let then = standing.or_else(first).and_then(|it| it.record.clone());
    let nodes = then.iter().flat_map(|then| {
        let drifts = drifts(then.root(), own.root(), own.kind).into_iter();
        drifts.map(|it| it.new).collect::<Vec<NodeRef<'t>>>()
    });
    Ok(each_once(nodes))
}

/// Nodes as a list, in the order of the record. A list is shown by its key: its members did not
/// change.
fn each_once<'t>(nodes: impl Iterator<Item = NodeRef<'t>>) -> Value<'t> {
    let shown = |node: NodeRef<'t>| match node.kind() {
        Kind::List => node.key().unwrap_or(node),
        _ => node,
    };
    let mut nodes: Vec<NodeRef<'t>> = nodes.map(shown).collect();
    nodes.sort_by_key(|it| it.id());
    nodes.dedup_by_key(|it| it.id());
    Value::List(nodes.into_iter().map(Value::Node).collect())
}

pub(super) fn last_change<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let (story, record, node) = story_of(speaker, &given[0])?;
    let moves = story.moves(record, node);
    let Some(last) = moves.last() else {
        return commit_of(speaker, given);
    };
    Ok(match last.commit {
        Some(commit) => Value::made(told(speaker, &history(speaker)?, commit)),
        None => Value::text("a change that is not committed"),
    })
}

pub(super) fn changed_at<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let id = some_text(&given[0])?;
    let Some(record) = speaker.lookups.record(id) else {
        return Err(Why::Gap(format!("the history of `{id}` is not at hand")));
    };
    let (story, ..) = story_of(speaker, &Value::Node(record.root()))?;
    if let Some(last) = story.versions().last()
        && last
            .record
            .as_deref()
            .is_none_or(|last| !drifts(last.root(), record.root(), record.kind).is_empty())
    {
        return Ok(Value::Time(speaker.as_of));
    }
    let commits = history(speaker)?.commits();
    let times: Result<Vec<Instant>, Why> =
        story.commits().map(|it| made_at(&commits[it])).collect();
    Ok(times?.into_iter().max().map_or(Value::Null, Value::Time))
}

pub(super) fn unversioned<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let ignored = members(&given[0])?;
    let ignored = texts(&ignored)?;
    let own = speaker.record;
    let (story, ..) = story_of(speaker, &Value::Node(own.root()))?;
    let versions = story.versions();
    let slips = |old: &Record, new: &Record| {
        let is_content = |node: NodeRef<'_>| {
            let top = node.lineage().filter_map(NodeRef::key).last();
            !top.is_some_and(|top| ignored.contains(&top.scalar_text()))
        };
        let mut drifts = drifts(old.root(), new.root(), own.kind).into_iter();
        old.root().text_of("version") == new.root().text_of("version")
            && drifts.any(|it| is_content(it.old.filter(|_| it.is_removal).unwrap_or(it.new)))
    };
    let mut found = Vec::new();
    for version in versions {
        let before = version
            .before
            .iter()
            .filter_map(|it| versions[*it].record.as_deref());
        let mut before = before.peekable();
        if let Some(new) = version.record.as_deref()
            && before.peek().is_some()
            && before.all(|old| slips(old, new))
        {
            found.push(told(speaker, &history(speaker)?, version.commit));
        }
    }
    if let Some(last) = versions.last().and_then(|it| it.record.as_deref())
        && slips(last, own)
    {
        found.push("a change that is not committed".to_owned());
    }
    Ok(Value::List(found.into_iter().map(Value::made).collect()))
}

pub(super) fn file_commits<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let Some(path) = text(&given[0])? else {
        return Ok(text_list([]));
    };
    let history = history(speaker)?;
    let mut known = BTreeSet::new();
    let changes = history
        .file(path)
        .map_or(&[][..], |it| it.changes.as_slice());
    let fresh = changes
        .iter()
        .filter(|it| it.content.is_some_and(|it| known.insert(it)));
    let told = fresh.map(|it| Value::made(told(speaker, &history, it.commit)));
    Ok(Value::List(told.collect()))
}

pub(super) fn history_wanted<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    Ok(Value::Bool(speaker.facts.wants_history()))
}

pub(super) fn history_gap<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    let gap = speaker.facts.history().err();
    Ok(gap.map_or(Value::Null, Value::made))
}

/// Who wrote the commits that changed files, but for those whose key says who it was.
pub(super) fn authors<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    let history = history(speaker)?;
    let identities = &speaker.lookups.identities;
    let changes = history.files().flat_map(|(_, file)| &file.changes);
    let commits: BTreeSet<usize> = changes.map(|it| it.commit).collect();
    let names: BTreeSet<String> = commits
        .into_iter()
        .filter(|it| !history.is_vouched_for(*it, identities))
        .map(|it| named(&history.commits()[it].author))
        .collect();
    Ok(Value::List(names.into_iter().map(Value::made).collect()))
}

pub(super) fn is_author_known<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let identities = &speaker.lookups.identities;
    let known = identities.is_known(some_text(&given[0])?);
    Ok(Value::Bool(known))
}

/// What is gone: records that have to be kept, and evidence that they registered.
pub(super) fn vanished<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    let history = history(speaker)?;
    let commits = history.commits();
    let mut gone: BTreeMap<&str, (String, usize, usize)> = BTreeMap::new();
    let fault = |error: &dyn std::fmt::Display| Why::Gap(error.to_string());
    for record in history.departed().map_err(|error| fault(&error))? {
        let is_kept = matches!(
            record.key.kind,
            RecordKind::Incident
                | RecordKind::Exception
                | RecordKind::Exercise
                | RecordKind::HealthCheck
        );
        // One that only moved is there.
        if is_kept && !speaker.exists(&record.key.id)? {
            let what = format!("the {} `{}`", record.key.kind.name(), record.key.id);
            gone.insert(&record.path, (what, record.kept, record.left));
        }
    }
    for evidence in history.lost_evidence().map_err(|error| fault(&error))? {
        let what = format!("evidence of `{}`", evidence.key.id);
        gone.insert(evidence.path, (what, evidence.kept, evidence.left));
    }
    let gone = gone.into_iter().map(|(path, (what, kept, left))| {
        let entries = [
            ("what", Value::made(what)),
            ("path", Value::made(path.to_owned())),
            ("kept_at", Value::Time(made_at(&commits[kept])?)),
            ("at", Value::Time(made_at(&commits[left])?)),
            ("commit", Value::made(told(speaker, &history, left))),
        ];
        Ok(mapped(entries))
    });
    let gone: Result<Vec<Value<'t>>, Why> = gone.collect();
    Ok(Value::List(gone?.into_iter().collect()))
}

pub(super) fn lost_ids<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    let own = speaker.record;
    let (story, ..) = story_of(speaker, &Value::Node(own.root()))?;
    let others = story.versions().iter().filter_map(|it| it.other.as_ref());
    let ids: BTreeSet<&str> = others
        .filter(|it| it.kind == own.kind)
        .map(|it| &*it.id)
        .collect();
    let mut lost = Vec::new();
    for id in ids {
        // The name of the file leads to this record as well, whatever id it says now.
        if own.promised.as_deref() == Some(id) || !speaker.exists(id)? {
            lost.push(Value::made(id.to_owned()));
        }
    }
    Ok(Value::List(lost.into_iter().collect()))
}

/// The values under `at` and under keys that end in `_at`. When a draft is to leave is a plan.
pub(super) fn stated_times<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    if !speaker.facts.wants_history() {
        return Err(Why::LeftOut);
    }
    let is_time = |node: &NodeRef<'t>| {
        let key = node.key().map_or("", NodeRef::scalar_text);
        let is_past = key == "at" || key.ends_with("_at");
        is_past && Moment::parse(node.scalar_text()).is_some() && !is_of_draft(*node)
    };
    let nodes = speaker.record.tree.nodes().filter(|it| !it.is_key());
    Ok(Value::List(
        nodes.filter(is_time).map(Value::Node).collect(),
    ))
}

/// Whether a value stands in a message that has not left, itself, and not in an approval of it.
fn is_of_draft(node: NodeRef<'_>) -> bool {
    let message = node.parent().filter(|it| it.text_of("outcome") == "draft");
    let list = message.and_then(NodeRef::parent).and_then(NodeRef::key);
    list.is_some_and(|list| list.scalar_text() == "outbound")
}

pub(super) fn begins<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let instant = match &given[0] {
        Value::Time(instant) => Some(*instant),
        value => text(value)?.and_then(Moment::parse).and_then(Moment::start),
    };
    Ok(instant.map_or(Value::Null, Value::Time))
}

pub(super) fn history_help<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    Ok(speaker
        .facts
        .history_help()
        .map_or(Value::Null, Value::made))
}

/// The files that had to be changed by signed commits, each with the first change that is not
/// known to be signed by a registered key, or else the last.
pub(super) fn governed_changes<'t>(speaker: &Speaker<'_, 't>, _: &[Value<'t>]) -> Given<'t> {
    let history = history(speaker)?;
    let (story, ..) = story_of(speaker, &Value::Node(speaker.record.root()))?;
    let commits = history.commits();
    let mut verdicts: BTreeMap<usize, (&'static str, String)> = BTreeMap::new();
    let mut found = Vec::new();
    for (path, file) in history.files() {
        let mut worst: Option<(usize, &'static str, String)> = None;
        let mut seen = BTreeSet::new();
        for change in &file.changes {
            // A merge that takes over what a side wrote writes nothing.
            let is_taken = !seen.insert(change.content);
            let commit = &commits[change.commit];
            let demanded = |parent: &usize| {
                let program = story.standing(*parent).and_then(|it| it.record.as_deref());
                let git = program.and_then(|it| it.root().get("git"));
                let mut globs = git
                    .into_iter()
                    .flat_map(|git| git.list_of("require_signed"));
                globs.any(|glob| files::matches_glob(path, glob.scalar_text()))
            };
            let is_merge = commit.parents.len() > 1;
            if is_merge && is_taken || !commit.parents.iter().any(demanded) {
                continue;
            }
            let (state, why) = match verdicts.get(&change.commit) {
                Some(known) => known.clone(),
                None => {
                    let verdict = signed(speaker, &history, change.commit)?;
                    verdicts.insert(change.commit, verdict.clone());
                    verdict
                }
            };
            let is_settled = worst
                .as_ref()
                .is_some_and(|(_, held, _)| rank(held) <= rank(state));
            if !is_settled {
                worst = Some((change.commit, state, why));
            }
        }
        found.extend(worst.map(|(commit, state, why)| {
            mapped([
                ("path", Value::made(path.to_owned())),
                ("state", Value::text(state)),
                ("why", Value::made(why)),
                ("commit", Value::made(told(speaker, &history, commit))),
            ])
        }));
    }
    Ok(Value::List(found.into_iter().collect()))
}

/// The worst first.
fn rank(state: &str) -> u8 {
    match state {
        "bad" => 0,
        "unverified" => 1,
        _ => 2,
    }
}

fn signed(
    speaker: &Speaker<'_, '_>,
    history: &History<'_>,
    commit: usize,
) -> Result<(&'static str, String), Why> {
    let signature = history.signature(commit);
    let signature = signature.map_err(|error| Why::Gap(error.to_string()))?;
    Ok(match signature {
        Signature::Unsigned => ("bad", "is not signed".to_owned()),
        Signature::Bad { why } => ("bad", format!("bears a signature that {why}")),
        Signature::Good { fingerprint } => match speaker.lookups.identities.has_key(&fingerprint) {
            true => ("good", "is signed".to_owned()),
            false => (
                "bad",
                format!("is signed with {fingerprint}, which nobody has registered"),
            ),
        },
        Signature::Unverified { sort } => {
            let git = format!(
                "ask git: `git verify-commit {}`",
                short(&history.commits()[commit])
            );
            (
                "unverified",
                format!("bears a signature of {sort}, which is not verified here; {git}"),
            )
        }
    })
}

pub(super) fn undecided<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    Err(Why::Gap(some_text(&given[0])?.to_owned()))
}

/// Commits whose times cannot be right: after the instant of the check, or before their parents'.
pub(super) fn odd_times<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let (ahead, behind) = (seconds(&given[0])?, seconds(&given[1])?);
    let history = history(speaker)?;
    let commits = history.commits();
    let now = speaker.as_of.as_second().saturating_add(ahead);
    let is_ahead = |it: &LoggedCommit| it.author.seconds.max(it.committer.seconds) > now;
    let is_behind = |it: &LoggedCommit| {
        let parents = it.parents.iter().map(|parent| &commits[*parent].committer);
        let latest = parents.map(|parent| parent.seconds).max();
        let earliest = it.author.seconds.min(it.committer.seconds);
        latest.is_some_and(|latest| earliest < latest.saturating_sub(behind))
    };
    let odd = |why: &'static str, is_odd: &dyn Fn(&LoggedCommit) -> bool| {
        let mut found = commits.iter().enumerate().filter(|(_, it)| is_odd(it));
        let (first, _) = found.next()?;
        let count = i64::try_from(found.count()).unwrap_or(i64::MAX);
        let entries = [
            ("why", Value::text(why)),
            ("commit", Value::made(told(speaker, &history, first))),
            ("others", Value::Int(count)),
        ];
        Some(mapped(entries))
    };
    let found = [
        odd("is dated after the instant of this check", &is_ahead),
        odd(
            "is dated more than a day before the commit that it follows",
            &is_behind,
        ),
    ];
    Ok(Value::List(found.into_iter().flatten().collect()))
}

fn seconds(value: &Value<'_>) -> Result<i64, Why> {
    match value {
        Value::Duration(length) => Ok(length.as_secs()),
        _ => Err(Why::Fault("a duration was expected".to_owned())),
    }
}

pub(super) fn is_behind<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let id = some_text(&given[0])?.to_lowercase();
    let commits = history(speaker)?.commits();
    let is_it = |commit: &LoggedCommit| id.len() >= 4 && commit.id.starts_with(&id);
    Ok(Value::Bool(commits.iter().any(is_it)))
}
