//! What a change does to a record, in plain words: first what weighs, then the values.

use crate::document::{Kind, NodeRef, path_of};
use crate::provenance::{Drift, drifts};
use crate::record::{Record, RecordKind};
use crate::report::incident::Filed;
use crate::text::Span;

/// A record that a change touches, on both sides.
#[derive(Debug)]
pub struct Touched {
    /// The file, from the root of the repository.
    pub file: String,
    /// The record as the base has it.
    pub before: Option<Record>,
    /// The record as the change leaves it.
    pub after: Option<Filed>,
}

/// Characters of a value that are shown.
const SHOWN: usize = 60;

impl Touched {
    /// The record, from the side that has it.
    pub(super) fn record(&self) -> Option<&Record> {
        self.after
            .as_ref()
            .map(|it| &it.record)
            .or(self.before.as_ref())
    }

    /// What becomes of it, each in a sentence with the node that it is about.
    pub(super) fn sentences(&self) -> Vec<(String, Option<NodeRef<'_>>)> {
        match (&self.before, &self.after) {
            (None, Some(after)) => vec![(created(&after.record), None)],
            (Some(before), None) => vec![(format!("the {} is removed", before.kind.name()), None)],
            (Some(before), Some(after)) => differences(before, &after.record),
            (None, None) => Vec::new(),
        }
    }
}

fn created(record: &Record) -> String {
    let root = record.root();
    let title = ["title", "name"].map(|key| root.text_of(key));
    let title = title.into_iter().find(|it| !it.is_empty());
    let state = ["status", "severity", "type"].map(|key| root.text_of(key));
    let state: Vec<&str> = state.into_iter().filter(|it| !it.is_empty()).collect();
    let mut text = format!("a new {}", record.kind.name());
    if let Some(title) = title {
        text = format!("{text}: {}", short(title));
    }
    match state.is_empty() {
        true => text,
        false => format!("{text} ({})", state.join(", ")),
    }
}

fn differences<'t>(before: &Record, after: &'t Record) -> Vec<(String, Option<NodeRef<'t>>)> {
    let hidden = [hidden(before), hidden(after)];
    let found = drifts(before.root(), after.root(), after.kind);
    let mut told: Vec<(bool, String, Option<NodeRef<'t>>)> = Vec::new();
    for drift in &found {
        let node = Some(drift.new);
        let steps = match after.kind {
            RecordKind::Incident => weighty(drift),
            _ => Vec::new(),
        };
        match steps.is_empty() {
            true => told.push((true, value(after, drift, &hidden), node)),
            false => told.extend(steps.into_iter().map(|it| (false, it, node))),
        }
    }
    told.sort_by_key(|it| it.0);
    told.into_iter()
        .map(|(_, text, node)| (text, node))
        .collect()
}

/// The steps of an incident that somebody who approves should see first.
fn weighty(drift: &Drift<'_, '_>) -> Vec<String> {
    let node = drift.new;
    let names = names(node);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if drift.is_removal {
        return Vec::new();
    }
    match (names.as_slice(), drift.old) {
        ([key @ ("status" | "severity" | "disposition")], old) => {
            let was = old.map_or("", NodeRef::scalar_text);
            vec![match was {
                "" => format!("its {key} is {}", node.scalar_text()),
                was => format!("its {key} goes from {was} to {}", node.scalar_text()),
            }]
        }
        (["supply_chain", "outcome"], _) => {
            vec![format!(
                "coordination with others is {}",
                node.scalar_text()
            )]
        }
        (["outbound", _, "outcome"], _) => match node.parent() {
            Some(message) => vec![message_says(message)],
            None => Vec::new(),
        },
        (["parties", _, "decision"], _) => match node.parent() {
            Some(party) => vec![party_says(party)],
            None => Vec::new(),
        },
        ([key @ ("outbound" | "inbound" | "sessions" | "parties" | "decisions")], None) => {
            node.items().map(|it| item_says(key, it)).collect()
        }
        (
            [
                key @ ("outbound" | "inbound" | "sessions" | "parties" | "decisions"),
                _,
            ],
            None,
        ) => {
            vec![item_says(key, node)]
        }
        (["outbound", _, "approvals"], None) => node.items().map(approval_says).collect(),
        (["outbound", _, "approvals", _], None) => vec![approval_says(node)],
        (["report_out"], None) => vec![format!("a report-out is made: {}", node.text_of("result"))],
        (["report_out", "vulnerabilities", _], None) => {
            vec![format!(
                "a weakness is named: {}",
                short(node.text_of("title"))
            )]
        }
        (["review"], None) => vec!["a review is recorded".to_owned()],
        (["amendments"], None) => vec!["it is amended after closing".to_owned()],
        _ => Vec::new(),
    }
}

/// The keys on the way to a node; an element of a list is a blank.
fn names(node: NodeRef<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = node.value().unwrap_or(node);
    while let Some(parent) = at.parent() {
        names.push(
            at.key()
                .map_or(String::new(), |key| key.scalar_text().to_owned()),
        );
        at = parent;
    }
    names.reverse();
    names
}

fn item_says(list: &str, item: NodeRef<'_>) -> String {
    match list {
        "outbound" => message_says(item),
        "inbound" => format!(
            "{} answers: {} ({})",
            item.text_of("from"),
            item.text_of("id"),
            item.text_of("kind")
        ),
        "sessions" => format!("a joint session is recorded: {}", item.text_of("id")),
        "parties" => party_says(item),
        _ => format!(
            "a decision is recorded: {} {}",
            item.text_of("id"),
            short(item.text_of("what"))
        ),
    }
}

fn message_says(message: NodeRef<'_>) -> String {
    let to = message.get("to");
    let to = ["party", "name"].map(|key| to.map_or("", |it| it.text_of(key)));
    let to = to
        .into_iter()
        .find(|it| !it.is_empty())
        .unwrap_or("nobody named");
    let (id, kind) = (message.text_of("id"), message.text_of("type"));
    match message.text_of("outcome") {
        "draft" => format!("a message to {to} is drafted: {id} ({kind})"),
        "" => format!("a message to {to} is recorded: {id} ({kind})"),
        outcome => format!("a message to {to} left: {id} ({kind}), {outcome}"),
    }
}

fn party_says(party: NodeRef<'_>) -> String {
    let (id, decision) = (party.text_of("party"), party.text_of("decision"));
    match decision {
        "notify" => format!("{id} is to be notified"),
        "do-not-notify" => format!("{id} is not to be notified"),
        _ => format!("{id} is considered, and not decided yet"),
    }
}

fn approval_says(approval: NodeRef<'_>) -> String {
    let message = approval.lineage().find(|it| it.get("to").is_some());
    let id = message.map_or("a message", |it| it.text_of("id"));
    format!(
        "{} approves {id} as {}",
        approval.text_of("by"),
        approval.text_of("role")
    )
}

/// A value that was added, removed or changed, by its path.
fn value(record: &Record, drift: &Drift<'_, '_>, [before, after]: &[Vec<Span>; 2]) -> String {
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let gone = drift.old.filter(|_| drift.is_removal);
    let path = path_of(gone.unwrap_or(drift.new), &identity).to_string();
    let plain = |node: NodeRef<'_>, hidden: &[Span]| match node.kind() {
        Kind::Map | Kind::List => None,
        _ if hidden.contains(&node.span()) => Some("•••".to_owned()),
        _ => Some(short(node.scalar_text())),
    };
    let from = drift.old.and_then(|it| plain(it, before));
    let to = plain(drift.new, after).filter(|_| !drift.is_removal);
    match (from, to, drift.is_removal, drift.old.is_none()) {
        (Some(from), Some(to), ..) => format!("{path}: {to}, before {from}"),
        (None, Some(to), ..) => format!("{path}: {to} is added"),
        (Some(from), None, ..) => format!("{path}: {from} is removed"),
        (None, None, true, _) => format!("{path} is removed"),
        (None, None, false, true) => format!("{path} is added"),
        (None, None, false, false) => format!("{path} is changed"),
    }
}

fn hidden(record: &Record) -> Vec<Span> {
    let schema = record.kind.schema();
    schema.map_or_else(Vec::new, |it| it.schema.sensitive(record.root()))
}

/// A value in one line, and no longer than is read.
fn short(text: &str) -> String {
    let text = text.trim().replace('\n', " ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
