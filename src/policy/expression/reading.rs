//! Nodes as values: what stands in a record, as what its schema says it is.

use super::code::Read;
use super::halt::Why;
use super::value::{Absent, TextValue, Value};
use crate::clock::{Instant, Moment, parse_duration};
use crate::document::{Kind, NodeRef, Number};

/// Keys under which a plain date counts until its end, 24:00 UTC.
const ENDS: &[&str] = &["until", "to", "due", "by", "review_on", "renewal_on"];

/// A value, read if it is a node.
pub(super) fn read(value: Value<'_>, read: Read) -> Result<Value<'_>, Why> {
    match value {
        Value::Node(node) => read_node(node, read),
        Value::Absent(absent) if matches!(read, Read::List | Read::Map) => {
            Ok(Value::Absent(Absent {
                is_collection: true,
                ..absent
            }))
        }
        other => Ok(other),
    }
}

pub(super) fn read_node(node: NodeRef<'_>, read: Read) -> Result<Value<'_>, Why> {
    if read == Read::Raw {
        return Ok(Value::Node(node));
    }
    let kind = node.kind();
    if read == Read::Text && kind == Kind::Text {
        return Ok(match node.is_empty() {
            true => absent(node, read),
            false => Value::text(node.scalar_text()),
        });
    }
    if node.is_empty() && !(read == Read::Any && matches!(kind, Kind::List | Kind::Map)) {
        return Ok(absent(node, read));
    }
    let found = match (read, kind) {
        (Read::List, Kind::List) | (Read::Map, Kind::Map) => Some(Value::Node(node)),
        (Read::Any, _) => Some(read_any(node)),
        (Read::Bool, _) => node.as_bool().map(Value::Bool),
        (Read::Int, Kind::Integer) => Some(read_any(node)),
        (Read::Double, _) => node.as_number().map(|it| Value::Double(it.as_f64())),
        (Read::Time, Kind::Text) => read_time(node).map(Value::Time),
        (Read::Duration, Kind::Text) => parse_duration(node.scalar_text()).map(Value::Duration),
        // Keys of maps are texts, whatever they look like.
        (Read::Text, _) if node.is_key() => Some(Value::text(node.scalar_text())),
        _ => None,
    };
    found.ok_or_else(|| {
        let wanted = match read {
            Read::List => "list",
            Read::Map => "map",
            Read::Bool => "truth value",
            Read::Int => "whole number",
            Read::Double => "number",
            Read::Time => "time",
            Read::Duration => "length of time",
            _ => "text",
        };
        Why::Malformed(format!("`{}` is no {wanted}", key_of(node)))
    })
}

/// A node as what it is: scalars as values, lists and maps as nodes, null as nothing.
pub(super) fn read_any(node: NodeRef<'_>) -> Value<'_> {
    match node.kind() {
        Kind::Text => Value::Text(TextValue::Borrowed(node.scalar_text())),
        Kind::Bool => Value::Bool(node.as_bool().unwrap_or(false)),
        Kind::Integer | Kind::Float => match node.as_number() {
            Some(Number::Signed(value)) => Value::Int(value),
            Some(Number::Unsigned(value)) => {
                i64::try_from(value).map_or(Value::Uint(value), Value::Int)
            }
            Some(Number::Float(value, _)) => Value::Double(value),
            None => Value::Null,
        },
        Kind::Null => absent(node, Read::Any),
        Kind::List | Kind::Map | Kind::Alias => Value::Node(node),
    }
}

fn read_time(node: NodeRef<'_>) -> Option<Instant> {
    let moment = Moment::parse(node.scalar_text())?;
    match moment {
        Moment::Day(_) if ENDS.contains(&key_of(node)) => moment.end(),
        _ => moment.start(),
    }
}

fn absent(node: NodeRef<'_>, read: Read) -> Value<'_> {
    Value::Absent(Absent {
        key: key_of(node),
        parent: node.parent(),
        is_collection: matches!(read, Read::List | Read::Map),
    })
}

/// The key that a node stands under, of an item the key of its list.
pub(super) fn key_of(node: NodeRef<'_>) -> &str {
    let mut at = node;
    loop {
        if let Some(key) = at.key() {
            return key.scalar_text();
        }
        match at.parent() {
            Some(parent) => at = parent,
            None => return "",
        }
    }
}
