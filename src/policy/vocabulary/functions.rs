//! The functions that rules speak, in Rust: each takes what its row in the table says.

#![expect(
    clippy::unnecessary_wraps,
    reason = "the table holds functions of one type, also those that always give something"
)]

use super::arguments::{
    count, members, named, node_value, some_text, text, text_list, text_value, texts, time,
};
use super::parties::Node;
use super::reasons::{self, is_real};
use super::speaker::Speaker;
use super::{files, lists};
use crate::clock::{self, start_of_day};
use crate::document::{Kind, NodeRef};
use crate::evidence::{Content, Exhibit, Header, Mail, Standing};
use crate::policy::expression::{Key, Value, Why};
use crate::record::{RecordKind, layout};

/// What a function gives.
pub(super) type Given<'t> = Result<Value<'t>, Why>;

/// Texts that a lookup gives, as a list.
pub(super) fn listed(texts: Result<Vec<&str>, String>) -> Given<'_> {
    texts.map(text_list).map_err(Why::Gap)
}

fn truth<'t>(is_so: Result<bool, String>) -> Given<'t> {
    is_so.map(Value::Bool).map_err(Why::Gap)
}

/// A node that a lookup gives, or null.
pub(super) fn noded(node: Result<Option<NodeRef<'_>>, String>) -> Given<'_> {
    node.map(node_value).map_err(Why::Gap)
}

pub(super) fn limit<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let key = match given.get(1) {
        // The keys of limits by tier are `tier1` and `tier2`.
        Some(Value::Int(tier)) => Some(format!("tier{tier}")),
        Some(Value::Node(tier)) if tier.kind() == Kind::Integer => {
            Some(format!("tier{}", tier.scalar_text()))
        }
        Some(key) => Some(some_text(key)?.to_owned()),
        None => None,
    };
    let lookups = speaker.lookups;
    lookups.single(RecordKind::Program).map_err(Why::Gap)?;
    let length = lookups.limits.length(some_text(&given[0])?, key.as_deref());
    length.map(Value::Duration)
}

pub(super) fn third_party<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(id) => noded(speaker.lookups.parties.third_party(id)),
        None => Ok(Value::Null),
    }
}

fn node<'t>(speaker: &Speaker<'_, 't>, name: &Value<'t>) -> Result<Option<Node<'t>>, Why> {
    match text(name)? {
        Some(name) => speaker.lookups.parties.node(name).map_err(Why::Gap),
        None => Ok(None),
    }
}

pub(super) fn system<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let system = node(speaker, &given[0])?.map(|node| match node {
        Node::System(system) | Node::Component { system, .. } => system,
    });
    Ok(node_value(system))
}

pub(super) fn component<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let component = node(speaker, &given[0])?.and_then(|node| match node {
        Node::System(_) => None,
        Node::Component { component, .. } => Some(component),
    });
    Ok(node_value(component))
}

pub(super) fn registered<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    Ok(Value::Bool(node(speaker, &given[0])?.is_some()))
}

pub(super) fn provider<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let Some(name) = text(&given[0])? else {
        return Ok(Value::Null);
    };
    let provider = speaker.lookups.parties.provider(name);
    provider.map(text_value).map_err(Why::Gap)
}

pub(super) fn mapped<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let Some(name) = text(&given[0])? else {
        return Ok(text_list([]));
    };
    let parties = speaker.lookups.parties.mapped(name).map_err(Why::Gap)?;
    Ok(Value::List(parties.into_iter().map(Value::Node).collect()))
}

pub(super) fn chain<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(party) => listed(speaker.lookups.parties.chain(party)),
        None => Ok(text_list([])),
    }
}

pub(super) fn card<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    noded(speaker.lookups.card(some_text(&given[0])?))
}

pub(super) fn holds<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let at = time(&given[2])?;
    match (text(&given[0])?, text(&given[1])?) {
        (Some(person), Some(role)) => truth(speaker.lookups.roles.holds(person, role, at)),
        _ => Ok(Value::Bool(false)),
    }
}

pub(super) fn roles_of<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let at = time(&given[1])?;
    match text(&given[0])? {
        Some(person) => listed(speaker.lookups.roles.roles_of(person, at)),
        None => Ok(text_list([])),
    }
}

pub(super) fn holders<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let at = time(&given[1])?;
    match text(&given[0])? {
        Some(role) => listed(speaker.lookups.roles.holders(role, at)),
        None => Ok(text_list([])),
    }
}

pub(super) fn function_of<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let Some(role) = text(&given[0])? else {
        return Ok(Value::Null);
    };
    let function = speaker.lookups.roles.function_of(role);
    function.map(text_value).map_err(Why::Gap)
}

pub(super) fn queue_of<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let Some(role) = text(&given[0])? else {
        return Ok(Value::Null);
    };
    let queue = speaker.lookups.roles.queue_of(role);
    queue.map(text_value).map_err(Why::Gap)
}

pub(super) fn functions_of<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let at = time(&given[1])?;
    match text(&given[0])? {
        Some(person) => listed(speaker.lookups.roles.functions_of(person, at)),
        None => Ok(text_list([])),
    }
}

pub(super) fn is_role<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(id) => truth(speaker.lookups.roles.is_role(id)),
        None => Ok(Value::Bool(false)),
    }
}

pub(super) fn is_person<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let lookups = speaker.lookups;
    match text(&given[0])? {
        Some(id) => truth(lookups.roles.is_person(lookups.registry, id)),
        None => Ok(Value::Bool(false)),
    }
}

pub(super) fn approval_rules<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let rules = speaker.lookups.decisions.rules(some_text(&given[0])?);
    let rules = rules.map_err(Why::Gap)?.iter().copied();
    Ok(Value::List(rules.map(Value::Node).collect()))
}

pub(super) fn may_decide<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let (decision, at) = (some_text(&given[1])?, time(&given[2])?);
    let lookups = speaker.lookups;
    match text(&given[0])? {
        Some(person) => {
            let decisions = &lookups.decisions;
            truth(decisions.may_decide(&lookups.roles, person, decision, at))
        }
        None => Ok(Value::Bool(false)),
    }
}

pub(super) fn exception<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(id) => noded(speaker.lookups.exception(id)),
        None => Ok(Value::Null),
    }
}

pub(super) fn element<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(reference) => speaker.find(reference).map(node_value),
        None => Ok(Value::Null),
    }
}

/// The list that the weaknesses of an incident stand in.
const WEAKNESSES: &str = "/report_out/vulnerabilities/";

pub(super) fn weakness<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let reference = text(&given[0])?.filter(|reference| reference.contains('#'));
    let Some(reference) = reference else {
        return Ok(Value::Null);
    };
    let found = speaker.find(reference)?;
    Ok(node_value(
        found.filter(|node| node.pointer().starts_with(WEAKNESSES)),
    ))
}

pub(super) fn exists<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(reference) => speaker.exists(reference).map(Value::Bool),
        None => Ok(Value::Bool(false)),
    }
}

fn kind(value: &Value<'_>) -> Result<RecordKind, Why> {
    let name = some_text(value)?;
    RecordKind::parse(name).ok_or_else(|| Why::Fault(format!("`{name}` is no kind of record")))
}

pub(super) fn count_of<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let kind = kind(&given[0])?;
    let count = match kind.is_registry() {
        true => speaker.lookups.count(kind).map_err(Why::Gap)?,
        false => speaker.facts.count(kind).now()?,
    };
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn keys_of<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let schema = kind(&given[0])?.schema();
    let keys = schema.map(|kind| kind.schema.shape().get(crate::schema::Shape::ROOT).keys());
    Ok(text_list(keys.into_iter().flatten()))
}

pub(super) fn file_exists<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(path) => truth(speaker.facts.file_exists(path)),
        None => Ok(Value::Bool(false)),
    }
}

/// What stands at a path; null, which `beside` gives, leads out of the repository.
fn standing(speaker: &Speaker<'_, '_>, path: &Value<'_>) -> Result<Standing, Why> {
    match text(path)? {
        Some(path) => speaker.facts.standing(path).map_err(Why::Gap),
        None => Ok(Standing::Outside),
    }
}

pub(super) fn file_state<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let standing = standing(speaker, &given[0])?;
    // What git does not know yet is as good as the record that speaks of it.
    let own = || speaker.facts.standing(speaker.file);
    let is_both_new =
        matches!(standing, Standing::Untracked(_)) && matches!(own(), Ok(Standing::Untracked(_)));
    Ok(Value::text(match is_both_new {
        true => "present",
        false => standing.name(),
    }))
}

/// A fact about the content of a file; null if there is none.
fn of_content<'t>(
    speaker: &Speaker<'_, 't>,
    path: &Value<'t>,
    fact: impl FnOnce(&Exhibit) -> Value<'t>,
) -> Given<'t> {
    let standing = standing(speaker, path)?;
    Ok(standing.exhibit().map_or(Value::Null, |it| fact(it)))
}

pub(super) fn file_digest<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_content(speaker, &given[0], |exhibit| {
        Value::made(exhibit.hexadecimal())
    })
}

pub(super) fn file_size<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_content(speaker, &given[0], |exhibit| {
        Value::Int(i64::try_from(exhibit.size).unwrap_or(i64::MAX))
    })
}

pub(super) fn file_content_type<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_content(speaker, &given[0], |exhibit| {
        Value::text(exhibit.content.name())
    })
}

/// A fact about a mail. One line of text stands for a mail that is kept elsewhere: nobody knows.
fn of_mail<'t>(
    speaker: &Speaker<'_, 't>,
    path: &Value<'t>,
    none: Value<'t>,
    fact: impl FnOnce(&Mail) -> Value<'t>,
) -> Given<'t> {
    let standing = standing(speaker, path)?;
    let exhibit = standing.exhibit();
    if exhibit.is_some_and(|exhibit| exhibit.content == Content::Line) {
        let path = text(path)?.unwrap_or("");
        return Err(Why::Gap(format!("`{path}` is one line of text, no mail")));
    }
    let mail = exhibit.and_then(|exhibit| exhibit.mail.as_deref());
    Ok(mail.map_or(none, fact))
}

fn owned<'t>(texts: &[String]) -> Value<'t> {
    Value::List(texts.iter().cloned().map(Value::made).collect())
}

pub(super) fn mail_from<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_mail(speaker, &given[0], owned(&[]), |mail| owned(&mail.from))
}

pub(super) fn mail_to<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_mail(speaker, &given[0], owned(&[]), |mail| owned(&mail.to))
}

pub(super) fn mail_date<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_mail(speaker, &given[0], Value::Null, |mail| {
        let date = mail.date.and_then(clock::at_second);
        date.map_or(Value::Null, Value::Time)
    })
}

pub(super) fn mail_id<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    of_mail(speaker, &given[0], Value::Null, |mail| {
        mail.id.clone().map_or(Value::Null, Value::made)
    })
}

pub(super) fn mail_line<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let name = some_text(&given[1])?;
    let header = Header::parse(name)
        .ok_or_else(|| Why::Fault(format!("`{name}` is no header that is read")))?;
    let path = text(&given[0])?.unwrap_or("").to_owned();
    of_mail(speaker, &given[0], Value::Null, |mail| {
        let line = mail.line(header);
        line.map_or(Value::Null, |line| Value::made(format!("{path}:{line}")))
    })
}

pub(super) fn addresses<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let text = text(&given[0])?;
    Ok(owned(&text.map(files::addresses).unwrap_or_default()))
}

pub(super) fn beside<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let path = text(&given[0])?.and_then(|path| layout::beside(speaker.file, path));
    Ok(path.map_or(Value::Null, Value::made))
}

pub(super) fn matches_glob<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let (path, pattern) = (text(&given[0])?, text(&given[1])?);
    let fits = path
        .zip(pattern)
        .map(|(path, glob)| files::matches_glob(path, glob));
    Ok(Value::Bool(fits.unwrap_or(false)))
}

pub(super) fn has_address_at<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let domain = some_text(&given[1])?;
    let text = text(&given[0])?;
    Ok(Value::Bool(
        text.is_some_and(|text| files::has_address_at(text, domain)),
    ))
}

pub(super) fn reason<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let least = given.get(1).map_or(Ok(reasons::LEAST), count)?;
    let text = text(&given[0])?;
    Ok(Value::Bool(text.is_some_and(|text| is_real(text, least))))
}

pub(super) fn placeholders<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let found = given[0].as_node().map(reasons::placeholders);
    let found = found.into_iter().flatten().map(Value::Node);
    Ok(Value::List(found.collect()))
}

pub(super) fn keys<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    Ok(Value::List(match &given[0] {
        Value::Map(map) => map.entries().map(|(key, _)| Key::value(key)).collect(),
        Value::Node(map) => {
            let keys = map.pairs().map(|(key, _)| key.scalar_text());
            keys.map(Value::text).collect()
        }
        _ => [].into_iter().collect(),
    }))
}

pub(super) fn filled<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let map = given[0].as_node();
    let pairs = map.into_iter().flat_map(NodeRef::pairs);
    let filled = pairs.filter(|(_, value)| !value.is_empty());
    // What a misspelt key was meant for is there, as far as anybody can tell.
    let meant = map.map(|map| speaker.meant(map)).unwrap_or_default();
    let keys = filled.map(|(key, _)| key.scalar_text()).chain(meant);
    Ok(text_list(keys))
}

pub(super) fn blank<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let keys = named(&given[1])?;
    let map = given[0].as_node();
    let values = texts(&keys)?.into_iter().filter_map(|key| map?.get(key));
    let blank = values.filter(|value| value.is_empty());
    Ok(Value::List(blank.map(Value::Node).collect()))
}

pub(super) fn leaves<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let mut found = Vec::new();
    let mut open: Vec<NodeRef<'t>> = given[0].as_node().into_iter().collect();
    while let Some(node) = open.pop() {
        // What an alias leads to stands where it is written.
        if node.is_alias() {
            continue;
        }
        if !matches!(node.kind(), Kind::List | Kind::Map) {
            found.push(Value::Node(node));
            continue;
        }
        let first = open.len();
        open.extend(node.items());
        open.extend(node.pairs().map(|(_, value)| value));
        open[first..].reverse();
    }
    Ok(Value::List(found.into()))
}

pub(super) fn pointer<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let pointer = given[0].as_node().map(NodeRef::pointer);
    Ok(pointer.map_or(Value::Null, Value::made))
}

pub(super) fn key<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let key = given[0].as_node().and_then(NodeRef::key);
    Ok(text_value(key.map(NodeRef::scalar_text)))
}

pub(super) fn first_of<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let there = given.iter().find(|value| !value.is_null());
    Ok(there.or(given.last()).cloned().unwrap_or(Value::Null))
}

pub(super) fn earliest<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let times = members(&given[0])?;
    let times = times.iter().map(time).collect::<Result<Vec<_>, _>>()?;
    Ok(times.into_iter().min().map_or(Value::Null, Value::Time))
}

pub(super) fn latest<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let times = members(&given[0])?;
    let times = times.iter().map(time).collect::<Result<Vec<_>, _>>()?;
    Ok(times.into_iter().max().map_or(Value::Null, Value::Time))
}

pub(super) fn day<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let start = start_of_day(time(&given[0])?);
    start.map_or_else(
        || {
            Err(Why::Malformed(
                "the day lies beyond the calendar".to_owned(),
            ))
        },
        |start| Ok(Value::Time(start)),
    )
}

/// The members at these positions.
fn at<'t>(members: &[Value<'t>], positions: &[usize]) -> Value<'t> {
    let kept = positions.iter().filter_map(|at| members.get(*at));
    Value::List(kept.cloned().collect())
}

pub(super) fn missing<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let (wanted, given) = (named(&given[0])?, named(&given[1])?);
    let positions = lists::missing(&texts(&wanted)?, &texts(&given)?);
    Ok(at(&wanted, &positions))
}

pub(super) fn repeated<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let members = named(&given[0])?;
    let positions = lists::repeated(&texts(&members)?);
    Ok(at(&members, &positions))
}

pub(super) fn flat<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let mut all = Vec::new();
    for list in members(&given[0])? {
        all.extend(named(&list)?);
    }
    let positions = lists::missing(&texts(&all)?, &[]);
    Ok(at(&all, &positions))
}

pub(super) fn position<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let members = named(&given[1])?;
    let found = match text(&given[0])? {
        Some(text) => texts(&members)?.iter().position(|it| *it == text),
        None => None,
    };
    let found = found.and_then(|at| i64::try_from(at).ok());
    Ok(found.map_or(Value::Null, Value::Int))
}

pub(super) fn quoted<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let members = named(&given[0])?;
    Ok(Value::made(lists::quoted(&texts(&members)?)))
}

pub(super) fn split<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let by = some_text(&given[1])?;
    let parts = text(&given[0])?.map(|text| lists::split(text, by));
    let parts = parts.into_iter().flatten().map(str::to_owned);
    Ok(Value::List(parts.map(Value::made).collect()))
}

pub(super) fn trimmed<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    Ok(match &given[0] {
        Value::Node(node) => text_value(Some(node.scalar_text().trim())),
        other => {
            let trimmed = text(other)?.map(|text| text.trim().to_owned());
            trimmed.map_or(Value::Null, Value::made)
        }
    })
}
