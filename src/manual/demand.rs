//! A demand of the source documents: what it weighs, and what enforces it.

use super::page::Page;
use super::words;
use crate::finding::{Control, Obligation};
use crate::policy::Catalogue;
use crate::record::RecordKind;
use crate::schema::{Shape, ShapeId};

/// Keys listed for one demand; of more, only how many there are.
const MOST_KEYS: usize = 20;

pub(super) fn page(catalogue: &Catalogue, demand: &Obligation) -> Page {
    let mut page = Page::new(format!("{}: {}", demand.id, demand.title));
    page.text(format!("Weight: {}.", demand.weights()));
    let controls = demand.controls.iter().map(|id| match Control::parse(id) {
        Some(it) => format!("`{id}`: {}, {}", it.name, it.title),
        None => format!("`{id}`"),
    });
    page.items("Controls", controls.collect());
    let rules = rules(catalogue, &demand.id);
    let keys = keys(&demand.id);
    if rules.is_empty() && keys.is_empty() {
        page.text(UNRULED);
    }
    page.items("Rules", rules);
    page.items("Keys of records", keys);
    page
}

/// What is said of a demand that neither rule nor schema names.
pub(super) const UNRULED: &str = "No rule of its own: the program itself, the history of the files, \
     or a person has to see to it.";

/// The rules that serve a demand.
pub(super) fn rules(catalogue: &Catalogue, id: &str) -> Vec<String> {
    let entries = catalogue.entries().map(|(_, entry)| entry);
    entries
        .filter(|entry| entry.obligations.iter().any(|it| **it == *id))
        .map(|entry| format!("{}: {}", words::rule(&entry.name), entry.title))
        .collect()
}

/// The keys whose shape a demand is about.
pub(super) fn keys(id: &str) -> Vec<String> {
    let mut found = Vec::new();
    for kind in RecordKind::all() {
        if let Some(schema) = kind.schema() {
            let shape = schema.schema.shape();
            collect(shape, Shape::ROOT, kind.name(), id, &mut found);
        }
    }
    let more = found.len().saturating_sub(MOST_KEYS);
    if more > 1 {
        found.truncate(MOST_KEYS);
        found.push(format!("and {more} more"));
    }
    found
}

fn collect(shape: &Shape, at: ShapeId, path: &str, id: &str, found: &mut Vec<String>) {
    let node = shape.get(at);
    for key in node.keys() {
        let Some(child) = node.property(key) else {
            continue;
        };
        let path = format!("{path}.{key}");
        if (shape.get(child).annotation.obligations()).any(|name| *name == *id) {
            found.push(words::record(&path));
        }
        collect(shape, child, &path, id, found);
    }
    if let Some(items) = node.items {
        collect(shape, items, path, id, found);
    }
    if let Some(additional) = node.additional {
        collect(shape, additional, &format!("{path}.*"), id, found);
    }
}
