//! A demand of the source documents: what it weighs, and what enforces it.

use super::page::Page;
use crate::finding::Obligation;
use crate::policy::Catalogue;
use crate::record::RecordKind;
use crate::schema::{Shape, ShapeId};

pub(super) fn page(catalogue: &Catalogue, demand: &Obligation) -> Page {
    let mut page = Page::new(format!("{}: {}", demand.id, demand.title));
    page.text(format!("Weight: {}.", demand.weights()));
    page.items(
        "Controls",
        demand.controls.iter().map(|id| format!("`{id}`")).collect(),
    );
    page.items("Rules", rules(catalogue, &demand.id));
    page.items("Keys of records", keys(&demand.id));
    page
}

/// The rules that serve a demand.
pub(super) fn rules(catalogue: &Catalogue, id: &str) -> Vec<String> {
    let entries = catalogue.entries().map(|(_, entry)| entry);
    entries
        .filter(|entry| entry.obligations.iter().any(|it| **it == *id))
        .map(|entry| format!("`{}`: {}", entry.name, entry.title))
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
    found
}

fn collect(shape: &Shape, at: ShapeId, path: &str, id: &str, found: &mut Vec<String>) {
    let node = shape.get(at);
    for key in node.keys() {
        let Some(child) = node.property(key) else {
            continue;
        };
        let path = format!("{path}.{key}");
        let annotation = &shape.get(child).annotation;
        let names = [
            &annotation.obligation,
            &annotation.missing,
            &annotation.reference_obligation,
        ];
        if names.into_iter().flatten().any(|name| **name == *id) {
            found.push(format!("`{path}`"));
        }
        collect(shape, child, &path, id, found);
    }
    for child in [node.items, node.additional].into_iter().flatten() {
        collect(shape, child, path, id, found);
    }
}
