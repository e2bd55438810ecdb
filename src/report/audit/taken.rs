//! What a report needs of each record, taken while its tree is at hand.

use std::collections::BTreeMap;

use super::plan::plan;
use crate::clock::{Instant, parse_instant};
use crate::document::{Kind, NodeRef, Place};
use crate::finding::{Proof, Proofs};
use crate::record::{Record, RecordKind};
use crate::text::LineIndex;

/// What is taken of one record.
#[derive(Clone, Debug)]
pub struct Taken {
    pub(super) kind: RecordKind,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) file: String,
    pub(super) line: u32,
    /// Of a package, its incident.
    pub(super) owner: Option<String>,
    /// The line of each place that a question may show, if the record says something there.
    pub(super) shown: BTreeMap<&'static str, u32>,
    pub(super) evidence: Vec<Exhibit>,
    pub(super) actions: Vec<Action>,
    pub(super) incident: Option<Box<Story>>,
    pub(super) trial: Option<Box<Trial>>,
}

/// What is taken of an incident.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) severity: String,
    pub(super) status: String,
    pub(super) disposition: String,
    pub(super) outcome: String,
    pub(super) why: String,
    pub(super) commander: String,
    pub(super) is_simulated: bool,
    pub(super) detected: String,
    pub(super) declared: String,
    pub(super) contained: String,
    pub(super) closed: String,
    pub(super) parties: Vec<PartyLine>,
    pub(super) shares: Vec<Share>,
    pub(super) weaknesses: Vec<WeaknessLine>,
    pub(super) report: ReportOut,
    pub(super) trail: Vec<Event>,
}

/// A report-out, as a whole.
#[derive(Clone, Debug, Default)]
pub(super) struct ReportOut {
    pub(super) result: String,
    pub(super) at: String,
    pub(super) method: String,
    pub(super) why: String,
    pub(super) line: u32,
}

/// A party that was considered.
#[derive(Clone, Debug)]
pub(super) struct PartyLine {
    pub(super) id: String,
    pub(super) relation: String,
    pub(super) decision: String,
    pub(super) why: String,
    pub(super) line: u32,
}

/// Something that left.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) kind: String,
    pub(super) to: String,
    pub(super) party: String,
    pub(super) by: String,
    pub(super) class: String,
    pub(super) tlp: String,
    pub(super) channel: String,
    pub(super) package: String,
    pub(super) approvals: Vec<(String, String)>,
    pub(super) outcome: String,
    pub(super) proof: Vec<String>,
    pub(super) line: u32,
}

/// A weakness, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct WeaknessLine {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) owner: String,
    pub(super) told: Vec<String>,
    pub(super) confirmed: usize,
    pub(super) fix: String,
    pub(super) due: String,
    pub(super) exception: String,
    pub(super) line: u32,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(in crate::report) struct Event {
    pub(in crate::report) at: String,
    pub(in crate::report) kind: &'static str,
    pub(in crate::report) what: String,
    pub(in crate::report) who: String,
    /// How far the time is proven.
    pub(in crate::report) proof: String,
    pub(in crate::report) line: u32,
}

impl Event {
    pub(in crate::report) fn instant(&self) -> Option<Instant> {
        parse_instant(&self.at)
    }
}

/// A piece of evidence.
#[derive(Clone, Debug)]
pub(super) struct Exhibit {
    pub(super) id: String,
    pub(super) place: String,
    pub(super) hash: String,
    pub(super) kind: String,
    pub(super) at: String,
    pub(super) by: String,
    pub(super) class: String,
    pub(super) line: u32,
}

/// A task.
#[derive(Clone, Debug)]
pub(super) struct Action {
    pub(super) id: String,
    pub(super) what: String,
    pub(super) owner: String,
    pub(super) due: String,
    pub(super) status: String,
    pub(super) line: u32,
}

/// An exercise or a health check.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) sort: String,
    pub(super) at: String,
    pub(super) scope: String,
    pub(super) results: Vec<(String, String)>,
    pub(super) findings: Vec<(String, String, u32)>,
    pub(super) sample: Vec<String>,
}

/// A record with its lines.
pub(in crate::report) struct Reader<'r> {
    record: &'r Record,
    lines: LineIndex<'r>,
}

impl<'r> Reader<'r> {
    pub(in crate::report) fn new(record: &'r Record) -> Self {
        Self {
            record,
            lines: LineIndex::new(record.tree.source()),
        }
    }

    /// The line on which a node, or its key, begins.
    pub(in crate::report) fn line(&self, node: NodeRef<'_>) -> u32 {
        let place = match node.parent() {
            None => Place::missing_in(node),
            Some(_) => Place::key(node),
        };
        self.lines.locate(place.span(&self.record.tree).start).line
    }
}

impl Taken {
    /// What is taken of a record. `proofs` tells how far its times are proven.
    pub fn of(file: &str, record: &Record, proofs: &dyn Fn() -> Proofs) -> Self {
        let (root, reader) = (record.root(), Reader::new(record));
        let incident = (record.kind == RecordKind::Incident)
            .then(|| Box::new(story(root, &reader, &proofs())));
        let is_trial = matches!(record.kind, RecordKind::Exercise | RecordKind::HealthCheck);
        Self {
            kind: record.kind,
            id: record.id.clone(),
            title: root.text_of("title").to_owned(),
            file: file.to_owned(),
            line: reader.line(root),
            owner: record.incident.clone(),
            shown: shown(record.kind, root, &reader),
            evidence: root
                .list_of("evidence")
                .map(|it| exhibit(it, &reader))
                .collect(),
            actions: root
                .list_of("actions")
                .map(|it| action(it, &reader))
                .collect(),
            incident,
            trial: is_trial.then(|| Box::new(trial(root, &reader))),
        }
    }
}

fn text(node: NodeRef<'_>, key: &str) -> String {
    node.text_of(key).to_owned()
}

fn within(node: NodeRef<'_>, map: &str, key: &str) -> String {
    node.get(map).map_or_else(String::new, |it| text(it, key))
}

/// The first place of each path that says something, through lists.
fn shown(kind: RecordKind, root: NodeRef<'_>, reader: &Reader<'_>) -> BTreeMap<&'static str, u32> {
    let places = plan().questions.iter().flat_map(|it| &it.shows);
    let mut lines = BTreeMap::new();
    for place in places {
        let Some((name, path)) = place.split_once('/') else {
            continue;
        };
        if name == kind.name()
            && !lines.contains_key(place.as_str())
            && let Some(node) = first(root, path)
        {
            lines.insert(place.as_str(), reader.line(node));
        }
    }
    lines
}

/// The first node that a path leads to and that says something.
fn first<'t>(node: NodeRef<'t>, path: &str) -> Option<NodeRef<'t>> {
    if node.kind() == Kind::List {
        return node.items().find_map(|item| first(item, path));
    }
    let (key, rest) = match path.split_once('/') {
        Some((key, rest)) => (key, Some(rest)),
        None => (path, None),
    };
    let next = node.get(key).filter(|it| !it.is_empty())?;
    match rest {
        Some(rest) => first(next, rest),
        None => Some(next),
    }
}

fn exhibit(node: NodeRef<'_>, reader: &Reader<'_>) -> Exhibit {
    let path = node.text_of("path");
    Exhibit {
        id: text(node, "id"),
        place: match path.is_empty() {
            true => text(node, "uri"),
            false => path.to_owned(),
        },
        hash: text(node, "sha256"),
        kind: text(node, "type"),
        at: text(node, "captured_at"),
        by: text(node, "captured_by"),
        class: text(node, "classification"),
        line: reader.line(node),
    }
}

fn action(node: NodeRef<'_>, reader: &Reader<'_>) -> Action {
    Action {
        id: text(node, "id"),
        what: text(node, "what"),
        owner: text(node, "owner"),
        due: text(node, "due"),
        status: text(node, "status"),
        line: reader.line(node),
    }
}

fn story(root: NodeRef<'_>, reader: &Reader<'_>, proofs: &Proofs) -> Story {
    let report = root.get("report_out");
    Story {
        severity: text(root, "severity"),
        status: text(root, "status"),
        disposition: text(root, "disposition"),
        outcome: within(root, "supply_chain", "outcome"),
        why: within(root, "supply_chain", "why"),
        commander: text(root, "commander"),
        is_simulated: root.get("simulated").and_then(NodeRef::as_bool) == Some(true),
        detected: text(root, "detected_at"),
        declared: text(root, "declared_at"),
        contained: text(root, "contained_at"),
        closed: text(root, "closed_at"),
        parties: root
            .list_of("parties")
            .map(|it| party(it, reader))
            .collect(),
        shares: root
            .list_of("outbound")
            .map(|it| share(it, reader))
            .collect(),
        weaknesses: report
            .into_iter()
            .flat_map(|it| it.list_of("vulnerabilities"))
            .map(|it| weakness(it, reader))
            .collect(),
        report: report.map_or_else(ReportOut::default, |it| ReportOut {
            result: text(it, "result"),
            at: text(it, "at"),
            method: text(it, "method"),
            why: text(it, "why"),
            line: reader.line(it),
        }),
        trail: trail(root, reader, proofs),
    }
}

fn party(node: NodeRef<'_>, reader: &Reader<'_>) -> PartyLine {
    PartyLine {
        id: text(node, "party"),
        relation: text(node, "relation"),
        decision: text(node, "decision"),
        why: text(node, "why"),
        line: reader.line(node),
    }
}

fn share(node: NodeRef<'_>, reader: &Reader<'_>) -> Share {
    let to = |key| within(node, "to", key);
    let standing = node.text_of("pre_authorised");
    let mut approvals: Vec<(String, String)> = node
        .list_of("approvals")
        .map(|it| (text(it, "role"), text(it, "by")))
        .collect();
    if !standing.is_empty() {
        approvals.push((standing.to_owned(), "standing approval".to_owned()));
    }
    let names = [to("party"), to("contact"), to("name")];
    let names: Vec<String> = names.into_iter().filter(|it| !it.is_empty()).collect();
    Share {
        id: text(node, "id"),
        at: text(node, "at"),
        kind: text(node, "type"),
        to: names.join(" / "),
        party: to("party"),
        by: text(node, "by"),
        class: text(node, "classification"),
        tlp: text(node, "tlp"),
        channel: text(node, "channel"),
        package: text(node, "package"),
        approvals,
        outcome: text(node, "outcome"),
        proof: node
            .list_of("proof")
            .map(|it| it.scalar_text().to_owned())
            .collect(),
        line: reader.line(node),
    }
}

fn weakness(node: NodeRef<'_>, reader: &Reader<'_>) -> WeaknessLine {
    let reported = || node.list_of("reported");
    WeaknessLine {
        id: text(node, "id"),
        title: text(node, "title"),
        kind: text(node, "type"),
        owner: text(node, "owned_by"),
        told: reported().map(|it| text(it, "role")).collect(),
        confirmed: reported()
            .filter(|it| !it.text_of("ack_at").is_empty())
            .count(),
        fix: within(node, "remediation", "status"),
        due: within(node, "remediation", "due"),
        exception: text(node, "exception"),
        line: reader.line(node),
    }
}

fn trial(root: NodeRef<'_>, reader: &Reader<'_>) -> Trial {
    let tests = root.get("tests").into_iter().flat_map(NodeRef::pairs);
    let tests = tests.map(|(name, it)| (name.scalar_text().to_owned(), text(it, "result")));
    let finding = |it: NodeRef<'_>| (text(it, "id"), text(it, "what"), reader.line(it));
    let sort = root.text_of("type");
    let list = |key| {
        let items = root.list_of(key).map(NodeRef::scalar_text);
        items.collect::<Vec<_>>().join(", ")
    };
    Trial {
        sort: if sort.is_empty() { "exercise" } else { sort }.to_owned(),
        at: format!(
            "{}{}",
            root.text_of("held_at"),
            root.text_of("performed_at")
        ),
        scope: format!("{}{}", list("scope"), list("controls")),
        results: tests.collect(),
        findings: root.list_of("findings").map(finding).collect(),
        sample: root
            .list_of("sample")
            .map(|it| text(it, "incident"))
            .collect(),
    }
}

/// All that happened, in the order of its times; what has none comes last.
pub(in crate::report) fn trail(
    root: NodeRef<'_>,
    reader: &Reader<'_>,
    proofs: &Proofs,
) -> Vec<Event> {
    let mut trail = milestones(root, reader, proofs);
    let mut add = |node: NodeRef<'_>, kind: &'static str, at: &str, what: String, who: String| {
        let mut values = node.pairs().map(|(_, value)| value);
        let time = values.find(|it| !at.is_empty() && it.scalar_text() == at);
        trail.push(Event {
            at: at.to_owned(),
            kind,
            what,
            who,
            proof: time.map_or_else(String::new, |time| proof(time, proofs)),
            line: reader.line(node),
        });
    };
    for it in root.list_of("parties") {
        let what = join(&[
            it.text_of("party"),
            it.text_of("decision"),
            it.text_of("why"),
        ]);
        let at = [it.text_of("at"), it.text_of("identified_at")];
        let at = at.into_iter().find(|it| !it.is_empty()).unwrap_or("");
        add(it, "party", at, what, text(it, "by"));
    }
    for it in root.list_of("timeline") {
        add(
            it,
            "fact",
            it.text_of("at"),
            text(it, "what"),
            String::new(),
        );
    }
    for it in root.list_of("outbound") {
        let id = it.text_of("id");
        for approval in it.list_of("approvals") {
            let what = join(&[id, "approved as", approval.text_of("role")]);
            add(
                approval,
                "approval",
                approval.text_of("at"),
                what,
                text(approval, "by"),
            );
        }
        let kind = match it.text_of("type") {
            "escalation" => "escalation",
            _ if it.text_of("outcome") == "draft" => "draft",
            _ => "sent",
        };
        let to = within(it, "to", "party");
        let what = [
            id,
            it.text_of("type"),
            &to,
            it.text_of("package"),
            it.text_of("outcome"),
        ];
        add(it, kind, it.text_of("at"), join(&what), text(it, "by"));
    }
    for it in root.list_of("inbound") {
        let what = join(&[it.text_of("id"), it.text_of("kind"), it.text_of("summary")]);
        add(it, "received", it.text_of("at"), what, text(it, "from"));
    }
    for it in root.list_of("sessions") {
        let parties = it.list_of("parties").map(NodeRef::scalar_text);
        let parties = parties.collect::<Vec<_>>().join(", ");
        let what = join(&[it.text_of("id"), "joint session"]);
        add(it, "session", it.text_of("at"), what, parties);
    }
    for it in root.list_of("decisions") {
        let what = join(&[it.text_of("id"), it.text_of("what")]);
        add(it, "decision", it.text_of("at"), what, text(it, "by"));
    }
    for it in root.list_of("actions") {
        let what = join(&[it.text_of("id"), it.text_of("what"), it.text_of("status")]);
        let at = [it.text_of("done_at"), it.text_of("due")];
        let at = at.into_iter().find(|it| !it.is_empty()).unwrap_or("");
        add(it, "task", at, what, text(it, "owner"));
    }
    trail.sort_by_key(|it| (it.instant().is_none(), it.instant(), it.line));
    trail
}

/// The steps of the life of an incident.
fn milestones(root: NodeRef<'_>, reader: &Reader<'_>, proofs: &Proofs) -> Vec<Event> {
    let steps: [(&str, &str, &'static str, &str); 11] = [
        ("", "detected_at", "detected", ""),
        ("", "declared_at", "declared", "commander"),
        ("supply_chain", "evaluated_at", "evaluated", "by"),
        (
            "supply_chain",
            "coordination_started_at",
            "coordination begun",
            "liaison",
        ),
        ("", "contained_at", "contained", ""),
        ("supply_chain/stood_down", "at", "stood down", "by"),
        ("report_out", "at", "report-out", "by"),
        ("", "closed_at", "closed", "closed_by"),
        ("review", "held_at", "review", ""),
        ("reopened", "at", "reopened", "by"),
        ("amendments", "at", "amended", "by"),
    ];
    let mut events = Vec::new();
    for (path, key, kind, who) in steps {
        let home = match path {
            "" => Some(root),
            path => first(root, path),
        };
        let homes = home.into_iter().flat_map(NodeRef::one_or_many);
        for home in homes {
            let Some(node) = home.get(key).filter(|it| !it.is_empty()) else {
                continue;
            };
            let what = match kind {
                "evaluated" => join(&["coordination", home.text_of("outcome")]),
                "report-out" => join(&[home.text_of("result"), home.text_of("method")]),
                "closed" => text(root, "disposition"),
                _ => String::new(),
            };
            events.push(Event {
                at: node.scalar_text().to_owned(),
                kind,
                what,
                who: text(home, who),
                proof: proof(node, proofs),
                line: reader.line(node),
            });
        }
    }
    events
}

fn proof(time: NodeRef<'_>, proofs: &Proofs) -> String {
    let proof = proofs.get(&time.pointer());
    proof.map_or_else(String::new, Proof::brief)
}

fn join(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|it| !it.is_empty()).collect();
    said.join(" · ")
}
