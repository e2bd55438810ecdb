//! A kind of record, or a key of one.

use super::page::Page;
use crate::record::RecordKind;
use crate::schema::{Shape, ShapeId, ShapeNode};
use crate::text::closest;

pub(super) fn page(kind: RecordKind, keys: &[&str]) -> Option<Page> {
    let shape = kind.schema()?.schema.shape();
    let mut at = Shape::ROOT;
    for key in keys {
        at = step(shape, at, key)?;
    }
    let node = shape.get(at);
    let path = std::iter::once(kind.name()).chain(keys.iter().copied());
    let mut page = Page::new(format!("`{}`", path.collect::<Vec<_>>().join(".")));
    if keys.is_empty() {
        page.text(format!("Usually stands at `{}`.", kind.layout()));
    }
    if let Some(description) = &node.annotation.description {
        page.text(description.to_string());
    }
    if let Some(expects) = &node.annotation.expects {
        page.text(format!("Expected: {expects}."));
    }
    let listed = node.listed.iter().map(|value| match value {
        serde_json::Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    });
    page.items("Values", listed.collect());
    let annotation = &node.annotation;
    let demands = [
        &annotation.obligation,
        &annotation.missing,
        &annotation.reference_obligation,
    ];
    let mut names: Vec<String> = demands
        .into_iter()
        .flatten()
        .map(|id| format!("`{id}`"))
        .collect();
    names.dedup();
    page.items("Serves", names);
    let inner = inside(shape, at);
    let keys = inner.keys().map(|key| {
        let child = inner.property(key).map(|id| shape.get(id));
        let description = child.and_then(|it| it.annotation.description.as_deref());
        let is_required = inner.required.iter().any(|it| **it == *key);
        let mark = if is_required { " (always)" } else { "" };
        format!("`{key}`{mark}: {}", description.unwrap_or(""))
    });
    page.items("Keys", keys.collect());
    Some(page)
}

/// The key that was most likely meant.
pub(super) fn near(kind: RecordKind, subject: &str) -> Option<String> {
    let shape = kind.schema()?.schema.shape();
    let mut at = Shape::ROOT;
    let mut path = kind.name().to_owned();
    for key in subject.split('.').skip(1) {
        match step(shape, at, key) {
            Some(next) => at = next,
            None => {
                let near = closest(key, inside(shape, at).keys())?;
                return Some(format!("{path}.{near}"));
            }
        }
        path = format!("{path}.{key}");
    }
    None
}

/// The place whose keys are meant: that of the elements of a list.
fn inside(shape: &Shape, at: ShapeId) -> &ShapeNode {
    let node = shape.get(at);
    match node.items {
        Some(items) if node.keys().next().is_none() => shape.get(items),
        _ => node,
    }
}

fn step(shape: &Shape, at: ShapeId, key: &str) -> Option<ShapeId> {
    inside(shape, at).property(key)
}
