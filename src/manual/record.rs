//! A kind of record, or a key of one.

use std::fmt::Write as _;

use super::page::Page;
use super::words::{demand, listed};
use crate::record::RecordKind;
use crate::schema::{Shape, ShapeId, ShapeNode};
use crate::text::closest;

/// A kind with its keys at the top, or a key with what stands below it.
pub(super) fn page(kind: RecordKind, keys: &[&str]) -> Option<Page> {
    let shape = kind.schema()?.schema.shape();
    let mut at = Shape::ROOT;
    for key in keys {
        at = step(shape, at, key)?;
    }
    let node = shape.get(at);
    let path = std::iter::once(kind.name()).chain(keys.iter().copied());
    let mut page = Page::new(format!("`{}`", path.collect::<Vec<_>>().join(".")));
    if let Some(description) = &node.annotation.description {
        page.text(description.to_string());
    }
    if keys.is_empty() {
        page.text(format!("Usually stands at `{}`.", kind.layout()));
    }
    if let Some(expects) = &node.annotation.expects {
        page.text(format!("Expected: {expects}."));
    }
    page.items("Values", values(node));
    let serves = node.annotation.obligations().map(|id| {
        let title = crate::finding::obligation(id).map(|it| format!(": {}", it.title));
        format!("{}{}", demand(id), title.unwrap_or_default())
    });
    page.items("Serves", serves.collect());
    let inner = inside(shape, at);
    let keys = inner.keys().map(|key| {
        let child = inner.property(key).map(|id| shape.get(id));
        let description = child.and_then(|it| it.annotation.description.as_deref());
        let mark = if is_required(inner, key) {
            " (always)"
        } else {
            ""
        };
        format!("`{key}`{mark}{}", described(description))
    });
    page.items("Keys", keys.collect());
    if inner.additional.is_some() && inner.keys().next().is_none() {
        let path = page.title.trim_matches('`');
        let text = format!("Its keys are names of your own: `{path}.*` is what stands below one.");
        page.text(text);
    }
    Some(page)
}

/// A kind with all its keys, those of its elements included.
pub(super) fn whole(kind: RecordKind) -> Option<Page> {
    let shape = kind.schema()?.schema.shape();
    let mut page = Page::new(format!("`{}`", kind.name()));
    let description = &shape.get(Shape::ROOT).annotation.description;
    page.text(description.as_deref().unwrap_or(""));
    page.text(format!("Usually stands at `{}`.", kind.layout()));
    let mut items = Vec::new();
    collect(shape, Shape::ROOT, "", &mut items);
    page.items("Keys", items);
    Some(page)
}

fn collect(shape: &Shape, at: ShapeId, path: &str, items: &mut Vec<String>) {
    let node = shape.get(at);
    for key in node.keys() {
        let Some(id) = node.property(key) else {
            continue;
        };
        let child = shape.get(id);
        let mark = if is_required(node, key) {
            " (always)"
        } else {
            ""
        };
        let mut item = format!("`{path}{key}`{mark}");
        item.push_str(&described(child.annotation.description.as_deref()));
        let values = values(child);
        if !values.is_empty() {
            let _ = write!(item, " One of {}.", listed(&values, "or"));
        }
        let serves: Vec<String> = child.annotation.obligations().map(demand).collect();
        if !serves.is_empty() {
            let _ = write!(item, " Serves {}.", listed(&serves, "and"));
        }
        items.push(item);
        collect(shape, id, &format!("{path}{key}."), items);
    }
    if let Some(id) = node.items {
        collect(shape, id, path, items);
    }
    if let Some(id) = node.additional {
        collect(shape, id, &format!("{path}*."), items);
    }
}

fn described(description: Option<&str>) -> String {
    description.map_or_else(String::new, |words| format!(": {words}"))
}

fn is_required(node: &ShapeNode, key: &str) -> bool {
    node.required.iter().any(|it| **it == *key)
}

/// The values that a place takes, if they are listed.
fn values(node: &ShapeNode) -> Vec<String> {
    let listed = node.listed.iter().map(|value| match value {
        serde_json::Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    });
    listed.collect()
}

/// The subject that was most likely meant.
pub(super) fn near(kind: RecordKind, keys: &[&str]) -> Option<String> {
    let shape = kind.schema()?.schema.shape();
    let mut at = Shape::ROOT;
    let mut path = kind.name().to_owned();
    for key in keys {
        let near = match step(shape, at, key) {
            Some(_) => key,
            None => closest(key, inside(shape, at).keys())?,
        };
        at = step(shape, at, near)?;
        let _ = write!(path, ".{near}");
    }
    Some(path)
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
    let node = inside(shape, at);
    node.property(key).or(node.additional)
}
