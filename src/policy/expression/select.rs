//! What stands under a key or at an index, in nodes and in values.

use std::sync::Arc;

use super::code::Read;
use super::equal::equal;
use super::function::word;
use super::halt::{Budget, Why};
use super::key::Key;
use super::reading::{key_of, read, read_node};
use super::value::{Absent, TextValue, Value};
use crate::document::{Kind, NodeRef};

/// What a look-up found.
enum Found<'t> {
    Value(Value<'t>),
    /// Nothing, where a record may leave it out.
    Absent(Absent<'t>),
    /// Nothing, which is a fault.
    Missing(Why),
}

impl<'t> Found<'t> {
    /// What a map of a record has under a key.
    fn in_node(map: NodeRef<'t>, key: &'t str, value: Option<NodeRef<'t>>) -> Self {
        match value {
            Some(value) => Self::Value(Value::Node(value)),
            None => Self::Absent(Absent {
                key,
                parent: Some(map),
                is_collection: false,
            }),
        }
    }
}

/// `base.key`, or with `is_optional` `base.?key`.
pub(super) fn field<'t>(
    base: &Value<'t>,
    key: &'t str,
    is_optional: bool,
    as_what: Read,
    budget: &mut Budget,
) -> Result<Value<'t>, Why> {
    let found = match base {
        // Nearly every selection is one from a record.
        Value::Node(node) if node.kind() == Kind::Map => {
            budget.spend(node.len() as u64 / 16)?;
            match node.get(key) {
                Some(value) if !is_optional => return read_node(value, as_what),
                found => Found::in_node(*node, key, found),
            }
        }
        Value::Optional(Some(within)) => return field(within, key, true, as_what, budget),
        Value::Optional(None) => return Ok(Value::Optional(None)),
        Value::Map(map) => match map.get(&Key::Text(TextValue::Borrowed(key))) {
            Some(value) => Found::Value(value.clone()),
            None => Found::Missing(Why::Fault(format!("there is no key `{key}`"))),
        },
        Value::Absent(absent) if absent.is_collection || is_optional => {
            Found::Absent(Absent { key, ..*absent })
        }
        Value::Absent(absent) => return Err(Why::Absent(absent.key.to_owned())),
        other => return Err(Why::Fault(format!("{} has no field `{key}`", word(other)))),
    };
    finish(found, is_optional, as_what)
}

/// `base[key]`, or with `is_optional` `base[?key]`.
pub(super) fn element<'t>(
    base: &Value<'t>,
    key: &Value<'t>,
    is_optional: bool,
    as_what: Read,
    budget: &mut Budget,
) -> Result<Value<'t>, Why> {
    if let Value::Optional(within) = base {
        return match within {
            Some(within) => element(within, key, true, as_what, budget),
            None => Ok(Value::Optional(None)),
        };
    }
    let found = match base {
        Value::Node(node) if node.kind() == Kind::Map => match key {
            _ if budget.spend(node.len() as u64 / 16).is_err() => return Err(Why::Budget),
            Value::Text(TextValue::Borrowed(name)) => Found::in_node(*node, name, node.get(name)),
            Value::Text(TextValue::Shared(name)) => match node.get(name) {
                Some(value) => Found::Value(Value::Node(value)),
                None => Found::Absent(Absent {
                    key: key_of(*node),
                    parent: Some(*node),
                    is_collection: false,
                }),
            },
            _ => Found::Missing(no_key(key)),
        },
        Value::Node(node) if node.kind() == Kind::List => {
            let at = position(key, node.len())?;
            budget.spend(at.unwrap_or(0) as u64 / 16)?;
            match at.and_then(|at| node.items().nth(at)) {
                Some(item) => Found::Value(Value::Node(item)),
                None => Found::Missing(out_of_range(key, node.len())),
            }
        }
        Value::List(list) => {
            let values = list.values();
            match position(key, values.len())?.and_then(|at| values.get(at)) {
                Some(value) => Found::Value(value.clone()),
                None => Found::Missing(out_of_range(key, values.len())),
            }
        }
        Value::Map(map) => match sought(key, budget)?.and_then(|key| map.get(&key)) {
            Some(value) => Found::Value(value.clone()),
            None => Found::Missing(no_key(key)),
        },
        Value::Absent(absent) if absent.is_collection || is_optional => match key {
            Value::Text(TextValue::Borrowed(key)) => Found::Absent(Absent { key, ..*absent }),
            Value::Text(_) => Found::Absent(*absent),
            _ => Found::Missing(out_of_range(key, 0)),
        },
        Value::Absent(absent) => return Err(Why::Absent(absent.key.to_owned())),
        other => return Err(Why::Fault(format!("{} has no elements", word(other)))),
    };
    finish(found, is_optional, as_what)
}

fn finish(found: Found<'_>, is_optional: bool, as_what: Read) -> Result<Value<'_>, Why> {
    if !is_optional {
        return match found {
            Found::Value(value) => read(value, as_what),
            Found::Absent(absent) => read(Value::Absent(absent), as_what),
            Found::Missing(why) => Err(why),
        };
    }
    Ok(Value::Optional(match found {
        Found::Value(Value::Node(node)) if node.is_empty() => None,
        Found::Value(value) => Some(Arc::new(read(value, as_what)?)),
        _ => None,
    }))
}

/// The key to look up; a long one is compared at a cost.
fn sought<'t>(key: &Value<'t>, budget: &mut Budget) -> Result<Option<Key<'t>>, Why> {
    if let Value::Text(text) = key {
        budget.spend(text.as_str().len() as u64 / 8)?;
    }
    Ok(Key::sought(key))
}

/// A whole number as a position; `None` outside the list.
fn position(key: &Value<'_>, length: usize) -> Result<Option<usize>, Why> {
    let at = match Key::sought(key) {
        Some(Key::Int(at)) => usize::try_from(at).ok(),
        Some(Key::Uint(at)) => usize::try_from(at).ok(),
        _ => {
            let sentence = format!("a list is asked by number, not by {}", word(key));
            return Err(Why::Fault(sentence));
        }
    };
    Ok(at.filter(|at| *at < length))
}

fn out_of_range(key: &Value<'_>, length: usize) -> Why {
    let at = match key {
        Value::Int(at) => at.to_string(),
        Value::Uint(at) => at.to_string(),
        _ => "that".to_owned(),
    };
    Why::Fault(format!("there is no element {at} in a list of {length}"))
}

fn no_key(key: &Value<'_>) -> Why {
    Why::Fault(match key {
        Value::Text(text) => format!("there is no key `{}`", text.as_str()),
        Value::Int(number) => format!("there is no key {number}"),
        other => format!("there is no such key: {}", word(other)),
    })
}

/// `has(base.key)`: there, and in a record not empty.
pub(super) fn has<'t>(base: &Value<'t>, key: &'t str, budget: &mut Budget) -> Result<bool, Why> {
    Ok(match base {
        Value::Node(node) if node.kind() == Kind::Map => {
            budget.spend(node.len() as u64 / 16)?;
            node.get(key).is_some_and(|value| !value.is_empty())
        }
        Value::Map(map) => map.get(&Key::Text(TextValue::Borrowed(key))).is_some(),
        Value::Absent(_) | Value::Optional(None) => false,
        Value::Optional(Some(within)) => has(within, key, budget)?,
        other => return Err(Why::Fault(format!("{} has no field `{key}`", word(other)))),
    })
}

/// `has(base[key])`.
pub(super) fn has_element<'t>(base: &Value<'t>, key: &Value<'t>) -> Result<bool, Why> {
    Ok(match base {
        Value::Node(node) if node.kind() == Kind::Map => key
            .as_str()
            .and_then(|key| node.get(key))
            .is_some_and(|value| !value.is_empty()),
        Value::Node(node) if node.kind() == Kind::List => position(key, node.len())?.is_some(),
        Value::List(list) => position(key, list.values().len())?.is_some(),
        Value::Map(map) => Key::sought(key).is_some_and(|key| map.get(&key).is_some()),
        Value::Absent(_) | Value::Optional(None) => false,
        Value::Optional(Some(within)) => has_element(within, key)?,
        other => return Err(Why::Fault(format!("{} has no elements", word(other)))),
    })
}

/// `value in collection`; `None` if it is neither list nor map.
pub(super) fn contains<'t>(
    value: &Value<'t>,
    collection: &Value<'t>,
    budget: &mut Budget,
) -> Result<Option<bool>, Why> {
    Ok(Some(match collection {
        Value::Map(map) => sought(value, budget)?.is_some_and(|key| map.get(&key).is_some()),
        Value::Node(node) if node.kind() == Kind::Map => {
            budget.spend(node.len() as u64 / 16)?;
            value.as_str().is_some_and(|key| node.get(key).is_some())
        }
        other => {
            let Some(items) = raw_items(other) else {
                return Ok(None);
            };
            for item in items {
                if equal(value, &item, budget)? {
                    return Ok(Some(true));
                }
            }
            false
        }
    }))
}

/// The items of a list as they stand.
pub(super) fn raw_items<'v, 't>(
    value: &'v Value<'t>,
) -> Option<impl Iterator<Item = Value<'t>> + use<'v, 't>> {
    let (nodes, values) = match value {
        Value::Node(node) if node.kind() == Kind::List => (Some(node.items()), None),
        Value::List(list) => (None, Some(list.values())),
        Value::Absent(absent) if absent.is_collection => (None, None),
        _ => return None,
    };
    let nodes = nodes.into_iter().flatten().map(Value::Node);
    Some(nodes.chain(values.into_iter().flatten().cloned()))
}
