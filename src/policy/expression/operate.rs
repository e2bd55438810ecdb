//! Arithmetic, and joining texts and lists.

use super::function::word;
use super::halt::{Budget, Why};
use super::syntax::Operator;
use super::value::{Bytes, List, TextValue, Value};
use crate::clock;

/// The result of an operator on two values.
pub(super) fn arithmetic<'t>(
    operator: Operator,
    one: &Value<'t>,
    two: &Value<'t>,
    budget: &mut Budget,
) -> Result<Value<'t>, Why> {
    let outside = || Why::fault(format!("the result of `{}` is too large", operator.text()));
    match (one, two) {
        (Value::Int(one), Value::Int(two)) => {
            if *two == 0 && matches!(operator, Operator::Divide | Operator::Remainder) {
                return Err(by_zero(operator));
            }
            let found = match operator {
                Operator::Add => one.checked_add(*two),
                Operator::Subtract => one.checked_sub(*two),
                Operator::Multiply => one.checked_mul(*two),
                Operator::Divide => one.checked_div(*two),
                _ => one.checked_rem(*two),
            };
            found.map(Value::Int).ok_or_else(outside)
        }
        (Value::Uint(one), Value::Uint(two)) => {
            if *two == 0 && matches!(operator, Operator::Divide | Operator::Remainder) {
                return Err(by_zero(operator));
            }
            let found = match operator {
                Operator::Add => one.checked_add(*two),
                Operator::Subtract => one.checked_sub(*two),
                Operator::Multiply => one.checked_mul(*two),
                Operator::Divide => one.checked_div(*two),
                _ => one.checked_rem(*two),
            };
            found.map(Value::Uint).ok_or_else(outside)
        }
        (Value::Double(first), Value::Double(second)) => match operator {
            Operator::Add => Ok(Value::Double(first + second)),
            Operator::Subtract => Ok(Value::Double(first - second)),
            Operator::Multiply => Ok(Value::Double(first * second)),
            Operator::Divide => Ok(Value::Double(first / second)),
            _ => Err(no_such(operator, one, two)),
        },
        _ => match operator {
            Operator::Add => add(one, two, budget)?.ok_or_else(outside),
            Operator::Subtract => subtract(one, two)?.ok_or_else(outside),
            _ => Err(no_such(operator, one, two)),
        },
    }
}

fn by_zero(operator: Operator) -> Why {
    Why::fault(match operator {
        Operator::Remainder => "the remainder of a division by zero",
        _ => "a division by zero",
    })
}

/// The inner `None` is for a result outside the calendar.
fn add<'t>(
    one: &Value<'t>,
    two: &Value<'t>,
    budget: &mut Budget,
) -> Result<Option<Value<'t>>, Why> {
    Ok(match (one, two) {
        (Value::Text(one), Value::Text(two)) => {
            let (one, two) = (one.as_str(), two.as_str());
            budget.spend_bytes(one.len() + two.len())?;
            Some(Value::Text(TextValue::Shared([one, two].concat().into())))
        }
        (Value::Bytes(one), Value::Bytes(two)) => {
            let (one, two) = (one.as_slice(), two.as_slice());
            budget.spend_bytes(one.len() + two.len())?;
            Some(Value::Bytes(Bytes::Shared([one, two].concat().into())))
        }
        (Value::Time(time), Value::Duration(length))
        | (Value::Duration(length), Value::Time(time)) => {
            clock::shift(*time, *length).map(Value::Time)
        }
        (Value::Duration(one), Value::Duration(two)) => {
            clock::add_lengths(*one, *two).map(Value::Duration)
        }
        _ => match (super::select::raw_items(one), super::select::raw_items(two)) {
            (Some(first), Some(second)) => {
                let mut values = Vec::new();
                for value in first.chain(second) {
                    budget.spend(1)?;
                    values.push(value);
                }
                Some(Value::List(List::from(values)))
            }
            _ => return Err(no_such(Operator::Add, one, two)),
        },
    })
}

fn subtract<'t>(one: &Value<'t>, two: &Value<'t>) -> Result<Option<Value<'t>>, Why> {
    Ok(match (one, two) {
        (Value::Time(one), Value::Time(two)) => clock::between(*one, *two).map(Value::Duration),
        (Value::Time(time), Value::Duration(length)) => {
            clock::shift_back(*time, *length).map(Value::Time)
        }
        (Value::Duration(one), Value::Duration(two)) => {
            clock::subtract_lengths(*one, *two).map(Value::Duration)
        }
        _ => return Err(no_such(Operator::Subtract, one, two)),
    })
}

/// The number with the other sign.
pub(super) fn negate<'t>(value: &Value<'t>) -> Result<Value<'t>, Why> {
    match value {
        Value::Int(value) => value
            .checked_neg()
            .map(Value::Int)
            .ok_or_else(|| Why::fault("the result of `-` is too large")),
        Value::Double(value) => Ok(Value::Double(-value)),
        other => Err(Why::Fault(format!("`-` does not take {}", word(other)))),
    }
}

pub(super) fn no_such(operator: Operator, one: &Value<'_>, two: &Value<'_>) -> Why {
    Why::Fault(format!(
        "`{}` does not take {} and {}",
        operator.text(),
        word(one),
        word(two)
    ))
}
