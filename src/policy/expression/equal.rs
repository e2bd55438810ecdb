//! Whether values are equal, and which comes first. Numbers compare by value across their types.

use std::cmp::Ordering;

use super::halt::{Budget, Why};
use super::key::Key;
use super::reading::read_any;
use super::value::{Map, Value};
use crate::document::{Kind, NodeRef};

/// Whether two values are equal. Nodes are compared by content.
pub(super) fn equal<'t>(
    one: &Value<'t>,
    two: &Value<'t>,
    budget: &mut Budget,
) -> Result<bool, Why> {
    budget.spend(1)?;
    let mut content = |node: &NodeRef<'t>, other: &Value<'t>| match node.kind() {
        Kind::List => equal_lists(Value::Node(*node).items(), other.clone().items(), budget),
        Kind::Map => equal_maps(*node, other, budget),
        _ => equal(&read_any(*node), other, budget),
    };
    Ok(match (one, two) {
        (Value::Absent(absent), other) | (other, Value::Absent(absent)) => {
            other.is_null() || (absent.is_collection && other.is_empty_collection())
        }
        (Value::Null, other) | (other, Value::Null) => other.is_null(),
        (Value::Node(one), Value::Node(two)) if is_same(*one, *two) => true,
        (Value::Node(node), other) | (other, Value::Node(node)) => content(node, other)?,
        (Value::Text(one), Value::Text(two)) => {
            let (one, two) = (one.as_str(), two.as_str());
            if one.len() == two.len() && one.len() > 64 {
                budget.spend_bytes(one.len())?;
            }
            one == two
        }
        (Value::Bool(one), Value::Bool(two)) => one == two,
        (Value::Bytes(one), Value::Bytes(two)) => one.as_slice() == two.as_slice(),
        (Value::Time(one), Value::Time(two)) => one == two,
        (Value::Duration(one), Value::Duration(two)) => one == two,
        (Value::Kind(one), Value::Kind(two)) => one == two,
        (Value::List(_), Value::List(_)) => {
            equal_lists(one.clone().items(), two.clone().items(), budget)?
        }
        (Value::Map(one), Value::Map(two)) => equal_made(one, two, budget)?,
        (Value::Optional(one), Value::Optional(two)) => match (one, two) {
            (None, None) => true,
            (Some(one), Some(two)) => equal(one, two, budget)?,
            _ => false,
        },
        _ => matches!(number_order(one, two), Ok(Some(Ordering::Equal))),
    })
}

fn is_same(one: NodeRef<'_>, two: NodeRef<'_>) -> bool {
    std::ptr::eq(one.tree(), two.tree()) && one.id() == two.id()
}

fn equal_lists<'t>(
    one: Option<impl ExactItems<'t>>,
    two: Option<impl ExactItems<'t>>,
    budget: &mut Budget,
) -> Result<bool, Why> {
    let (Some(mut one), Some(mut two)) = (one, two) else {
        return Ok(false);
    };
    loop {
        match (one.next(), two.next()) {
            (Some(one), Some(two)) => {
                if !equal(&one, &two, budget)? {
                    return Ok(false);
                }
            }
            (None, None) => return Ok(true),
            _ => return Ok(false),
        }
    }
}

/// The items of one of two lists.
trait ExactItems<'t>: Iterator<Item = Value<'t>> {}
impl<'t, I: Iterator<Item = Value<'t>>> ExactItems<'t> for I {}

fn equal_made<'t>(one: &Map<'t>, two: &Map<'t>, budget: &mut Budget) -> Result<bool, Why> {
    if one.len() != two.len() {
        return Ok(false);
    }
    for (key, value) in one.entries() {
        match two.get(key) {
            Some(other) if equal(value, other, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn equal_maps<'t>(node: NodeRef<'t>, other: &Value<'t>, budget: &mut Budget) -> Result<bool, Why> {
    let other_length = match other {
        Value::Map(map) => map.len(),
        Value::Node(other) if other.kind() == Kind::Map => other.len(),
        _ => return Ok(false),
    };
    if node.len() != other_length {
        return Ok(false);
    }
    for (key, value) in node.pairs() {
        let name = key.scalar_text();
        // Looking a key up in a node walks its pairs.
        budget.spend(other_length as u64 / 8 + 1)?;
        let found = match other {
            Value::Map(map) => map.get(&Key::Text(name.into())).cloned(),
            Value::Node(other) => other.get(name).map(Value::Node),
            _ => None,
        };
        match found {
            Some(found) if equal(&Value::Node(value), &found, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Values of such types have no order.
pub(super) struct NoOrder;

/// Which of two values comes first; `None` where one is not-a-number.
pub(super) fn order(one: &Value<'_>, two: &Value<'_>) -> Result<Option<Ordering>, NoOrder> {
    Ok(Some(match (one, two) {
        (Value::Bool(one), Value::Bool(two)) => one.cmp(two),
        (Value::Text(one), Value::Text(two)) => one.as_str().cmp(two.as_str()),
        (Value::Bytes(one), Value::Bytes(two)) => one.as_slice().cmp(two.as_slice()),
        (Value::Time(one), Value::Time(two)) => one.cmp(two),
        (Value::Duration(one), Value::Duration(two)) => one.cmp(two),
        _ => return number_order(one, two),
    }))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "CEL compares whole numbers with doubles as doubles"
)]
fn number_order(one: &Value<'_>, two: &Value<'_>) -> Result<Option<Ordering>, NoOrder> {
    let whole = |value: &Value<'_>| match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    };
    if let (Some(one), Some(two)) = (whole(one), whole(two)) {
        return Ok(Some(one.cmp(&two)));
    }
    let as_double = |value: &Value<'_>| match value {
        Value::Double(value) => Ok(*value),
        other => whole(other).map(|it| it as f64).ok_or(NoOrder),
    };
    Ok(as_double(one)?.partial_cmp(&as_double(two)?))
}
