//! What changed in a record after it was finished, and which amendments say so.

use super::drift::{Drift, drifts};
use super::place::is_same;
use super::story::{Story, Version};
use crate::document::NodeRef;
use crate::record::{Record, RecordKind};

/// What may change in a finished record without an amendment.
const FREE: [&str; 6] = [
    "review",
    "actions",
    "evidence",
    "amendments",
    "reopened",
    "status",
];

/// The same, wherever it stands.
const FREE_ANYWHERE: &str = "remediation";

/// The version that finished a record: that which closed the incident as often as it was reopened,
/// or the first that tells of a performed exercise or health check.
pub fn finished<'s>(story: &'s Story, record: &Record) -> Option<&'s Version> {
    let is_finished = |it: &Record| match it.kind {
        RecordKind::Incident => {
            it.root().text_of("status") == "closed" && reopenings(it) == reopenings(record)
        }
        RecordKind::Exercise => !it.root().text_of("held_at").is_empty(),
        RecordKind::HealthCheck => !it.root().text_of("performed_at").is_empty(),
        _ => false,
    };
    let mut versions = story.versions().iter();
    versions.find(|version| version.record.as_deref().is_some_and(is_finished))
}

fn reopenings(incident: &Record) -> usize {
    incident.root().list_of("reopened").count()
}

/// What differs from the version that finished the record and no amendment made since covers.
pub fn unamended<'o, 't>(finished: &'o Record, present: &'t Record) -> Vec<Drift<'o, 't>> {
    let (old, new) = (finished.root(), present.root());
    let before: Vec<NodeRef<'_>> = old.list_of("amendments").collect();
    let amendments = new
        .list_of("amendments")
        .filter(|it| !before.iter().any(|before| is_same(*before, *it)));
    let fields: Vec<&str> = amendments
        .flat_map(|it| it.list_of("fields"))
        .map(NodeRef::scalar_text)
        .collect();
    let covered_new: Vec<NodeRef<'_>> = fields.iter().filter_map(|it| find(new, it)).collect();
    let covered_old: Vec<NodeRef<'_>> = fields.iter().filter_map(|it| find(old, it)).collect();
    let mut found = drifts(old, new, present.kind);
    found.retain(|drift| {
        // What was removed stands in the old version only.
        let is_covered = |node: NodeRef<'_>, covered: &[NodeRef<'_>]| {
            let mut around = node.lineage();
            around.any(|it| covered.iter().any(|covered| covered.id() == it.id()))
        };
        let old = drift.old;
        let place = old.filter(|_| drift.is_removal);
        !is_free(place.unwrap_or(drift.new))
            && !old.is_some_and(|it| is_covered(it, &covered_old))
            && (drift.is_removal || !is_covered(drift.new, &covered_new))
    });
    found
}

fn is_free(node: NodeRef<'_>) -> bool {
    let keys = node.lineage().filter_map(NodeRef::key);
    let keys: Vec<&str> = keys.map(NodeRef::scalar_text).collect();
    keys.contains(&FREE_ANYWHERE) || keys.last().is_some_and(|top| FREE.contains(top))
}

/// What a pointer of an amendment leads to: keys and positions, and in brackets elements by any
/// value that identifies them.
fn find<'t>(root: NodeRef<'t>, pointer: &str) -> Option<NodeRef<'t>> {
    let steps = pointer.split('/').filter(|step| !step.is_empty());
    steps.into_iter().try_fold(root, |node, step| {
        if let Some(name) = step.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            let called = |item: &NodeRef<'t>| {
                let mut values = item.pairs().map(|(_, value)| value);
                ["id", "party", "role"]
                    .iter()
                    .find_map(|key| item.get(key))
                    .or_else(|| values.next())
                    .is_some_and(|value| value.scalar_text() == name)
            };
            return node.items().find(called);
        }
        match step.parse::<usize>() {
            Ok(position) if node.get(step).is_none() => node.items().nth(position),
            _ => node.get(&step.replace("~1", "/").replace("~0", "~")),
        }
    })
}
