//! What answers about many incidents need of the records that a check reads and lets go: small
//! facts, taken from each while its tree is at hand.

use std::collections::BTreeSet;

use crate::clock::{Instant, Moment, parse_instant};
use crate::document::NodeRef;
use crate::record::{Record, RecordKind};

/// The facts of one record.
#[derive(Clone, Debug)]
pub enum Facts {
    /// An incident.
    Incident(Box<Incident>),
    /// An information package: the incident it belongs to.
    Package(String),
    /// An exercise.
    Exercise(Exercise),
    /// A health check.
    Check(Check),
}

/// What is counted and measured of an incident.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all combinations occur"
)]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// How severe it is.
    pub severity: String,
    /// Whether it was only played.
    pub is_simulated: bool,
    /// Whether it turned out to be none.
    pub is_false_alarm: bool,
    /// Whether coordination with others is required.
    pub is_required: bool,
    /// Who led it.
    pub commander: String,
    /// When it was declared.
    pub declared_at: Option<Instant>,
    /// When it was asked whether others are involved.
    pub evaluated_at: Option<Instant>,
    /// When it was under control.
    pub contained_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Whether a report-out says what was found.
    pub has_report_out: bool,
    /// When that was made.
    pub reported_at: Option<Instant>,
    /// Whether it says that a weakness was found.
    pub has_weakness: bool,
    /// The weaknesses it names.
    pub weaknesses: Vec<Weakness>,
    /// The parties that were considered.
    pub parties: Vec<Party>,
    /// The messages that left.
    pub messages: Vec<Message>,
    /// What came back: answers and sessions.
    pub echoes: Vec<Echo>,
    /// The tasks.
    pub tasks: Vec<Task>,
    /// The types of its evidence, in the order of the list.
    pub evidence: Vec<String>,
    /// The keys that hold something.
    pub keys: BTreeSet<String>,
    /// Whether it says why there was no joint session.
    pub explains_no_session: bool,
}

/// A weakness of a report-out.
#[derive(Clone, Debug)]
pub struct Weakness {
    /// Its id in the incident.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What it is in.
    pub assets: BTreeSet<String>,
    /// How it is fixed, if it is to be.
    pub fix: Option<Fix>,
}

/// The remediation of a weakness.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Whether it is said to be done.
    pub is_done: bool,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// Until when it is to be done.
    pub due: Option<Moment>,
}

/// A party that was considered.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// Whether it is to be told.
    pub is_told: bool,
    /// Whether it stands on the side of suppliers.
    pub is_supplier: bool,
    /// When it became known, if that was after the evaluation.
    pub identified_at: Option<Instant>,
}

/// A message that left.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id in the incident.
    pub id: String,
    /// Whom it went to.
    pub party: String,
    /// Whether it is a first notice.
    pub is_first_notice: bool,
    /// When it left.
    pub at: Option<Instant>,
    /// Its class.
    pub class: String,
    /// When the last approval was given; `None` without approvals.
    pub approved_at: Option<Instant>,
}

/// Something that came back from a party.
#[derive(Clone, Debug)]
pub struct Echo {
    /// From whom.
    pub party: String,
    /// When.
    pub at: Option<Instant>,
    /// Whether it is more than a receipt.
    pub has_substance: bool,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id in the incident.
    pub id: String,
    /// Whether somebody outside has to deliver.
    pub is_of_third_party: bool,
    /// Whether it is still to be done.
    pub is_open: bool,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// Until when.
    pub due: Option<Moment>,
}

/// What is needed of an exercise.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its id.
    pub id: String,
    /// When it was held.
    pub held_at: Option<Moment>,
}

/// What is needed of a health check.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its id.
    pub id: String,
    /// What sort of check it is.
    pub kind: String,
    /// When it was done.
    pub performed_at: Option<Instant>,
    /// First and last moment of what it looks at.
    pub period: Option<(Moment, Moment)>,
    /// What a metrics review says about each number.
    pub claims: Vec<Claim>,
}

/// What a metrics review says about a number.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The metric.
    pub metric: String,
    /// The number, as written.
    pub value: Option<(f64, String)>,
    /// Whether it is said to be within its limit.
    pub within_limit: Option<bool>,
}

impl Facts {
    /// The facts of a record; `None` for kinds that nothing is measured of.
    pub fn of(record: &Record) -> Option<Self> {
        let root = record.root();
        match record.kind {
            RecordKind::Incident => Some(Self::Incident(Box::new(Incident::of(record)))),
            RecordKind::Package => Some(Self::Package(record.incident.clone()?)),
            RecordKind::Exercise => Some(Self::Exercise(Exercise {
                id: record.id.clone(),
                held_at: moment(root, "held_at"),
            })),
            RecordKind::HealthCheck => Some(Self::Check(Check::of(record))),
            _ => None,
        }
    }
}

impl Incident {
    fn of(record: &Record) -> Self {
        let root = record.root();
        let within = |map: &str, key: &str| root.get(map).map_or("", |map| map.text_of(key));
        let report = root.get("report_out").filter(|it| !it.is_empty());
        let keys = root.pairs().filter(|(_, value)| !value.is_empty());
        let chain = root.get("supply_chain");
        Self {
            id: record.id.clone(),
            severity: root.text_of("severity").to_owned(),
            is_simulated: root.get("simulated").and_then(NodeRef::as_bool) == Some(true),
            is_false_alarm: root.text_of("disposition") == "non-incident",
            is_required: within("supply_chain", "outcome") == "required",
            commander: root.text_of("commander").to_owned(),
            declared_at: instant(root, "declared_at"),
            evaluated_at: chain.and_then(|it| instant(it, "evaluated_at")),
            contained_at: instant(root, "contained_at"),
            closed_at: instant(root, "closed_at"),
            has_report_out: !within("report_out", "result").is_empty(),
            reported_at: report.and_then(|it| instant(it, "at")),
            has_weakness: within("report_out", "result") == "found",
            weaknesses: report
                .into_iter()
                .flat_map(|it| it.list_of("vulnerabilities"))
                .map(weakness)
                .collect(),
            parties: root.list_of("parties").map(party).collect(),
            messages: root
                .list_of("outbound")
                .filter(|it| it.text_of("outcome") != "draft")
                .map(message)
                .collect(),
            echoes: echoes(root),
            tasks: tasks(root),
            evidence: root
                .list_of("evidence")
                .map(|it| it.text_of("type").to_owned())
                .collect(),
            keys: keys.map(|(key, _)| key.scalar_text().to_owned()).collect(),
            explains_no_session: chain
                .and_then(|it| it.get("no_session_because"))
                .is_some_and(|it| !it.is_empty()),
        }
    }

    /// When it first counts as over: contained, else closed.
    pub fn ended_at(&self) -> Option<Instant> {
        self.contained_at.or(self.closed_at)
    }
}

impl Fix {
    /// Whether it was still to be done at an instant.
    pub fn is_open(&self, at: Instant) -> bool {
        !self.is_done || self.done_at.is_some_and(|done| done > at)
    }
}

impl Task {
    /// Whether it was still to be done at an instant.
    pub fn is_open(&self, at: Instant) -> bool {
        self.is_open || self.done_at.is_some_and(|done| done > at)
    }
}

impl Check {
    fn of(record: &Record) -> Self {
        let root = record.root();
        let period = root.get("period");
        let edge = |key| moment(period?, key);
        Self {
            id: record.id.clone(),
            kind: root.text_of("type").to_owned(),
            performed_at: instant(root, "performed_at"),
            period: edge("from").zip(edge("to")),
            claims: root.list_of("responses").map(claim).collect(),
        }
    }
}

fn instant(map: NodeRef<'_>, key: &str) -> Option<Instant> {
    parse_instant(map.text_of(key))
}

fn moment(map: NodeRef<'_>, key: &str) -> Option<Moment> {
    Moment::parse(map.text_of(key))
}

fn weakness(node: NodeRef<'_>) -> Weakness {
    let fix = node.get("remediation").filter(|it| !it.is_empty());
    Weakness {
        id: node.text_of("id").to_owned(),
        kind: node.text_of("type").to_owned(),
        assets: node
            .list_of("assets")
            .map(|it| it.scalar_text().to_owned())
            .collect(),
        fix: fix.map(|fix| Fix {
            is_done: fix.text_of("status") == "done",
            done_at: instant(fix, "done_at"),
            due: moment(fix, "due"),
        }),
    }
}

fn party(node: NodeRef<'_>) -> Party {
    let relation = node.text_of("relation");
    Party {
        id: node.text_of("party").to_owned(),
        is_told: node.text_of("decision") == "notify",
        is_supplier: !relation.is_empty() && relation != "customer",
        identified_at: instant(node, "identified_at"),
    }
}

fn message(node: NodeRef<'_>) -> Message {
    let approvals = node.list_of("approvals");
    Message {
        id: node.text_of("id").to_owned(),
        party: node
            .get("to")
            .map_or("", |to| to.text_of("party"))
            .to_owned(),
        is_first_notice: node.text_of("type") == "initial-notification",
        at: instant(node, "at"),
        class: node.text_of("classification").to_owned(),
        approved_at: approvals.filter_map(|it| instant(it, "at")).max(),
    }
}

/// Answers, and sessions, which answer for each party that took part.
fn echoes(incident: NodeRef<'_>) -> Vec<Echo> {
    let answers = incident.list_of("inbound").map(|node| Echo {
        party: node.text_of("from").to_owned(),
        at: instant(node, "at"),
        has_substance: node.text_of("kind") != "ack",
    });
    let sessions = incident.list_of("sessions").flat_map(|node| {
        node.list_of("parties").map(move |party| Echo {
            party: party.scalar_text().to_owned(),
            at: instant(node, "at"),
            has_substance: true,
        })
    });
    answers.chain(sessions).collect()
}

fn tasks(incident: NodeRef<'_>) -> Vec<Task> {
    let promises: BTreeSet<&str> = incident
        .list_of("inbound")
        .filter(|it| it.text_of("kind") == "commitment")
        .map(|it| it.text_of("id"))
        .collect();
    let task = |node: NodeRef<'_>| Task {
        id: node.text_of("id").to_owned(),
        is_of_third_party: promises.contains(node.text_of("from"))
            || (!node.text_of("party").is_empty() && node.text_of("kind") != "own-containment"),
        is_open: node.text_of("status") == "open",
        done_at: instant(node, "done_at"),
        due: moment(node, "due"),
    };
    incident.list_of("actions").map(task).collect()
}

fn claim(node: NodeRef<'_>) -> Claim {
    let value = node.get("value").filter(|it| !it.is_empty());
    let number = value.and_then(|it| Some((it.as_number()?.as_f64(), it.scalar_text().to_owned())));
    Claim {
        metric: node.text_of("metric").to_owned(),
        value: number,
        within_limit: node.get("within_limit").and_then(NodeRef::as_bool),
    }
}
