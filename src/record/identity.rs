//! Ids: unique where they must be, and no other than file and folder promise.

use std::collections::BTreeMap;

use super::kind::RecordKind;
use super::layout::promise;
use super::reading::Record;
use crate::document::{NodeRef, Place};
use crate::finding::{Builtin, Fault, MOST_FAULTS};
use crate::schema::Places;

/// What makes a record one of a kind: kind, id and, for packages, the incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdKey {
    /// The kind.
    pub kind: RecordKind,
    /// The incident of a package; empty for other kinds.
    pub incident: Box<str>,
    /// The id.
    pub id: Box<str>,
}

impl IdKey {
    /// The key of a record; `None` for one without id.
    pub fn of(record: &Record) -> Option<Self> {
        if record.id.is_empty() {
            return None;
        }
        let incident = match record.kind {
            RecordKind::Package => record.incident.as_deref().unwrap_or(""),
            _ => "",
        };
        Some(Self {
            kind: record.kind,
            incident: incident.into(),
            id: record.id.as_str().into(),
        })
    }
}

impl RecordKind {
    /// The keys that identify the elements of a list of such a record, as the schema has it; see
    /// [`Path::find`](crate::document::Path::find).
    pub fn identity(self, list: NodeRef<'_>) -> Option<&'static [Box<str>]> {
        let shape = self.schema()?.schema.shape();
        let keys = shape.get(shape.of(list)?).annotation.identity.as_slice();
        (!keys.is_empty()).then_some(keys)
    }
}

/// Elements of one list that bear the same id: each but the first is a fault.
pub fn duplicate_local_ids(record: &Record, places: &Places) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (list, _) in &places.identified {
        let list = record.tree.node(*list);
        let ids: Vec<NodeRef<'_>> = list
            .items()
            .filter_map(|item| item.get("id"))
            .filter(|id| !id.is_empty())
            .collect();
        let mut first_of: BTreeMap<&str, NodeRef<'_>> = BTreeMap::new();
        let mut helps: BTreeMap<&str, String> = BTreeMap::new();
        for later in &ids {
            let name = later.scalar_text();
            let Some(first) = first_of.get(name) else {
                first_of.insert(name, *later);
                continue;
            };
            if faults.len() >= MOST_FAULTS {
                break;
            }
            let list_name = list.key().map_or("the list", NodeRef::scalar_text);
            // That ids of a runbook are unique is part of what the runbook owes.
            let is_owed = record.kind == RecordKind::Runbook
                && ["triggers", "steps", "exit_criteria"].contains(&list_name);
            let fault = Fault::new(
                Builtin::DuplicateLocalId,
                Place::value(if is_owed { list } else { *later }),
                format!("`{name}` is already the id of another entry of `{list_name}`"),
            )
            .obligation(is_owed.then_some("SC-RUN-01"));
            let help = match name.rsplit_once('-') {
                Some((prefix, _)) => helps
                    .entry(prefix)
                    .or_insert_with(|| next_free(prefix, &ids))
                    .clone(),
                None => "Give this entry an id of its own.".to_owned(),
            };
            let fault = fault
                .help(help)
                .related(Place::value(*first), "first used here");
            faults.push(match is_owed {
                true => fault.related(Place::value(*later), "used again here"),
                false => fault,
            });
        }
    }
    faults
}

/// For `OUT`, `OUT-3` after `OUT-1` and `OUT-2`.
fn next_free(prefix: &str, ids: &[NodeRef<'_>]) -> String {
    let numbers = ids.iter().filter_map(|id| {
        id.scalar_text()
            .strip_prefix(prefix)?
            .strip_prefix('-')?
            .parse::<u32>()
            .ok()
    });
    match numbers.max() {
        Some(highest) => {
            format!(
                "Give this entry the next free id: `{prefix}-{}`.",
                highest.saturating_add(1)
            )
        }
        None => "Give this entry an id of its own.".to_owned(),
    }
}

/// Where the path of a record says another id, or another incident, than the record.
pub fn path_contradictions(path: &str, record: &Record) -> Option<Fault> {
    let promise = promise(path).filter(|promise| promise.kind == record.kind)?;
    let root = record.root();
    if let Some(promised) = promise.incident
        && let Some(incident) = root.get("incident").filter(|it| !it.is_empty())
        && incident.scalar_text() != promised
    {
        let fault = Fault::new(
            Builtin::IdContradictsPath,
            Place::value(incident),
            format!(
                "the package names incident `{}` and lies in the folder of `{promised}`",
                incident.scalar_text()
            ),
        );
        return Some(fault.help(format!("Write `incident: {promised}`, or move the file.")));
    }
    let promised = promise.id?;
    let id = root.get("id").filter(|id| !id.is_empty())?;
    if id.scalar_text() == promised {
        return None;
    }
    let (what, obligation) = match record.kind {
        RecordKind::Incident => ("folder", Some(Builtin::ID_OF_INCIDENT)),
        _ => ("file", None),
    };
    let fault = Fault::new(
        Builtin::IdContradictsPath,
        Place::value(id),
        format!(
            "the id is `{}`, but the {what} is named `{promised}`",
            id.scalar_text()
        ),
    );
    Some(
        fault
            .help(format!(
                "Write `id: {promised}`, or rename the {what} to `{}`.",
                id.scalar_text()
            ))
            .obligation(obligation),
    )
}
