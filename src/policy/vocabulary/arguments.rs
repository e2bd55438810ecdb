//! What functions are given, as plain Rust.

use crate::clock::Instant;
use crate::document::{Kind, NodeRef};
use crate::policy::expression::{Value, Why};

/// A text, or a scalar as it is written; `None` for null.
pub(super) fn text<'a>(value: &'a Value<'_>) -> Result<Option<&'a str>, Why> {
    match value {
        _ if value.is_null() => Ok(None),
        Value::Text(text) => Ok(Some(text.as_str())),
        Value::Node(node) if node.is_empty() => Ok(None),
        Value::Node(node) if !matches!(node.kind(), Kind::List | Kind::Map) => {
            Ok(Some(node.scalar_text()))
        }
        _ => Err(unfit("a text")),
    }
}

/// A text that must be there.
pub(super) fn some_text<'a>(value: &'a Value<'_>) -> Result<&'a str, Why> {
    text(value)?.ok_or_else(|| lacking(value))
}

/// A point in time that must be there.
pub(super) fn time(value: &Value<'_>) -> Result<Instant, Why> {
    match value {
        Value::Time(time) => Ok(*time),
        _ if value.is_null() => Err(lacking(value)),
        _ => Err(unfit("a time")),
    }
}

/// A whole number from 0 on.
pub(super) fn count(value: &Value<'_>) -> Result<usize, Why> {
    let number = match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        Value::Uint(number) => usize::try_from(*number).ok(),
        _ => None,
    };
    number.ok_or_else(|| unfit("a whole number from 0 on"))
}

/// The members of a list; none of null.
pub(super) fn members<'t>(value: &Value<'t>) -> Result<Vec<Value<'t>>, Why> {
    match value {
        _ if value.is_null() => Ok(Vec::new()),
        Value::List(list) => Ok(list.values().to_vec()),
        Value::Node(node) if node.kind() == Kind::List => {
            Ok(node.items().map(Value::Node).collect())
        }
        Value::Node(node) if node.is_empty() => Ok(Vec::new()),
        _ => Err(unfit("a list")),
    }
}

/// The members of a list of texts, those left out that are null or empty. A number stands for its
/// digits: some fields take either.
pub(super) fn named<'t>(value: &Value<'t>) -> Result<Vec<Value<'t>>, Why> {
    let mut kept = match value {
        Value::List(list) => Vec::with_capacity(list.values().len()),
        _ => Vec::new(),
    };
    let mut keep = |member: Value<'t>| {
        let member = match member {
            Value::Int(number) => Value::made(number.to_string()),
            Value::Uint(number) => Value::made(number.to_string()),
            Value::Double(number) => Value::made(number.to_string()),
            other => other,
        };
        if text(&member)?.is_some() {
            kept.push(member);
        }
        Ok(())
    };
    match value {
        Value::List(list) => list.values().iter().cloned().try_for_each(&mut keep)?,
        other => members(other)?.into_iter().try_for_each(&mut keep)?,
    }
    Ok(kept)
}

/// The texts of members that are all texts.
pub(super) fn texts<'a>(members: &'a [Value<'_>]) -> Result<Vec<&'a str>, Why> {
    members.iter().map(some_text).collect()
}

/// A node, or null.
pub(super) fn node_value(node: Option<NodeRef<'_>>) -> Value<'_> {
    node.map_or(Value::Null, Value::Node)
}

/// A text, or null.
pub(super) fn text_value(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::text)
}

/// Texts as a list.
pub(super) fn text_list<'t>(texts: impl IntoIterator<Item = &'t str>) -> Value<'t> {
    Value::List(texts.into_iter().map(Value::text).collect())
}

fn lacking(value: &Value<'_>) -> Why {
    match value {
        Value::Absent(absent) => Why::Absent(absent.key.to_owned()),
        Value::Node(node) => Why::Absent(
            node.key()
                .map_or("a value", NodeRef::scalar_text)
                .to_owned(),
        ),
        _ => Why::Absent("a value".to_owned()),
    }
}

fn unfit(wanted: &str) -> Why {
    Why::Fault(format!("{wanted} was expected"))
}
