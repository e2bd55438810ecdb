//! Where a reference leads, and what could be written in its place.

use std::sync::Arc;

use super::dangling::system_nodes;
use super::index::RecordIndex;
use super::kind::RecordKind;
use super::reading::Record;
use super::reference::{Reference, Referent};
use super::registry::{Registry, Vocabulary};
use super::resolve::{Resolver, incident_of, party_beside};
use crate::document::NodeRef;

/// Where a reference leads.
#[derive(Clone, Copy, Debug)]
pub enum Lead<'r> {
    /// To an element of the same record.
    Here(NodeRef<'r>),
    /// To a node of a kept record, by its path.
    Kept(&'r str, NodeRef<'r>),
    /// To a record that is not kept, as a number of the index; and to an element of it.
    File(u32, Option<&'r str>),
}

/// Where a reference leads, if it leads anywhere.
pub fn lead<'r>(
    reference: &Reference<'r>,
    record: &'r Record,
    registry: &'r Registry,
    index: &RecordIndex,
) -> Option<Lead<'r>> {
    let name = reference.name();
    let kept = |vocabulary| {
        let (file, node) = registry.definition(vocabulary, name)?;
        Some(Lead::Kept(file, node))
    };
    let any = |id: &str, element: Option<&'r str>| {
        let mut kinds = RecordKind::all();
        let home = kinds.find_map(|kind| registry.home_of(kind, id));
        match home {
            Some((file, record)) => {
                let node = element.and_then(|it| record.element(it));
                Some(kept_at(file, node.unwrap_or(record.root())))
            }
            None => Some(Lead::File(index.file_of(id)?, element)),
        }
    };
    match reference.referent {
        Referent::Name(vocabulary) => kept(vocabulary),
        Referent::PersonOrRole => kept(Vocabulary::Person).or_else(|| kept(Vocabulary::Role)),
        Referent::PartyOrInternal => kept(Vocabulary::Record(RecordKind::ThirdParty)),
        Referent::Contact if record.kind == RecordKind::ThirdParty => {
            Some(Lead::Here(element_of(record.root(), "contacts", name)?))
        }
        Referent::Contact => {
            let party = party_beside(reference.node)?;
            let (file, party) = registry.home_of(RecordKind::ThirdParty, party)?;
            Some(kept_at(file, element_of(party.root(), "contacts", name)?))
        }
        Referent::System | Referent::SystemOrUnknown => {
            let (system, component) = match name.split_once('/') {
                Some((system, component)) => (system, Some(component)),
                None => (name, None),
            };
            let (file, system) = registry.home_of(RecordKind::System, system)?;
            let component = component.map(|it| element_of(system.root(), "components", it));
            Some(kept_at(file, component.unwrap_or(Some(system.root()))?))
        }
        Referent::Local(local) => {
            let list = record.root().at_pointer(local.list)?;
            Some(Lead::Here(with_id(list, name)?))
        }
        Referent::EvidenceOrUri => Some(Lead::Here(element_of(record.root(), "evidence", name)?)),
        Referent::AnyLocal => Some(Lead::Here(record.element(name)?)),
        Referent::Package => {
            let packages = index.package(incident_of(record)?, name);
            packages.map(|file| Lead::File(file, None))
        }
        Referent::Record(kind) => match registry.home_of(kind, name) {
            Some((file, record)) => Some(kept_at(file, record.root())),
            None => index.file(kind, name).map(|file| Lead::File(file, None)),
        },
        Referent::AnyRecord | Referent::RecordOrFile => any(name, None),
        Referent::Subject => match name.split_once('#') {
            Some((id, element)) => any(id, Some(element)),
            None => any(name, None),
        },
    }
}

/// What could be written where a reference stands, in order.
pub fn choices(
    reference: &Reference<'_>,
    record: &Record,
    registry: &Registry,
    index: &RecordIndex,
) -> Vec<String> {
    let referent = reference.referent;
    if matches!(referent, Referent::System | Referent::SystemOrUnknown) {
        let word = (referent == Referent::SystemOrUnknown).then(|| "unknown".to_owned());
        return system_nodes(registry).into_iter().chain(word).collect();
    }
    let referent = match referent {
        Referent::Subject => Referent::AnyRecord,
        other => other,
    };
    let named = Resolver::new(registry).candidates(reference, record);
    let indexed = index.candidates(referent, incident_of(record));
    named
        .into_iter()
        .chain(indexed)
        .map(str::to_owned)
        .collect()
}

fn kept_at<'r>(file: &'r Arc<str>, node: NodeRef<'r>) -> Lead<'r> {
    Lead::Kept(file, node)
}

fn element_of<'r>(map: NodeRef<'r>, list: &str, id: &str) -> Option<NodeRef<'r>> {
    with_id(map.get(list)?, id)
}

fn with_id<'r>(list: NodeRef<'r>, id: &str) -> Option<NodeRef<'r>> {
    list.items().find(|item| item.text_of("id") == id)
}
