//! The standard functions at work.

use std::sync::Arc;

use super::halt::{Budget, Why};
use super::standard::{OVERLOADS, Standard};
use super::tag::Tag;
use super::text;
use super::value::{Bytes, TextValue, Value};
use crate::clock::{self, Duration, Instant, Wall};
use crate::document::Kind;

/// What a value is, for people: "a text".
pub(super) fn word(value: &Value<'_>) -> &'static str {
    match Tag::of(value) {
        Tag::Null => "null",
        Tag::Bool => "a truth value",
        Tag::Int => "a whole number",
        Tag::Uint => "an unsigned number",
        Tag::Double => "a number",
        Tag::Text => "a text",
        Tag::Bytes => "bytes",
        Tag::Time => "a time",
        Tag::Duration => "a duration",
        Tag::List => "a list",
        Tag::Map => "a map",
        Tag::Optional => "an optional",
        Tag::Kind => "a type",
    }
}

/// Whether a function takes null as it takes anything.
pub(super) const fn takes_null(function: Standard) -> bool {
    matches!(
        function,
        Standard::Dyn | Standard::TypeOf | Standard::OptionalOf | Standard::OptionalOfNonZero
    )
}

pub(super) fn no_such(function: Standard, arguments: &[Value<'_>]) -> Why {
    let words: Vec<&str> = arguments.iter().map(word).collect();
    let called = OVERLOADS.iter().find(|it| it.function == function);
    let name = called.map_or("this function", |it| it.name);
    Why::Fault(format!("`{name}` does not take {}", words.join(", ")))
}

/// The result of a standard function.
pub(super) fn call<'t>(
    function: Standard,
    arguments: &[Value<'t>],
    budget: &mut Budget,
) -> Result<Value<'t>, Why> {
    let refused = || no_such(function, arguments);
    let Some((first, rest)) = arguments.split_first() else {
        return match function {
            Standard::OptionalNone => Ok(Value::Optional(None)),
            _ => Err(refused()),
        };
    };
    let found = match (function, rest) {
        (Standard::Size, []) => {
            size(first, budget)?.map(|it| Value::Int(i64::try_from(it).unwrap_or(i64::MAX)))
        }
        (Standard::TypeOf, []) => Some(Value::Kind(Tag::of(first))),
        (Standard::Dyn, []) => Some(first.clone()),
        (Standard::OptionalOf, []) => Some(Value::Optional(Some(Arc::new(first.clone())))),
        (Standard::OptionalOfNonZero, []) => {
            let held = (!is_zero(first)).then(|| Arc::new(first.clone()));
            Some(Value::Optional(held))
        }
        (Standard::HasValue, []) => match first {
            Value::Optional(held) => Some(Value::Bool(held.is_some())),
            _ => None,
        },
        (Standard::OptionalValue, []) => match first {
            Value::Optional(Some(held)) => Some((**held).clone()),
            Value::Optional(None) => return Err(Why::fault("the optional holds nothing")),
            _ => None,
        },
        (
            Standard::ToBool
            | Standard::ToInt
            | Standard::ToUint
            | Standard::ToDouble
            | Standard::ToText
            | Standard::ToBytes
            | Standard::ToTime
            | Standard::ToDuration,
            [],
        ) => converted(function, first, budget)?,
        _ => match first {
            Value::Time(instant) => shown(function, *instant, rest)?,
            Value::Duration(length) if rest.is_empty() => counted(function, *length),
            _ => text::call(function, first, rest, budget)?,
        },
    };
    found.ok_or_else(refused)
}

fn size(value: &Value<'_>, budget: &mut Budget) -> Result<Option<usize>, Why> {
    Ok(Some(match value {
        Value::Text(text) => {
            budget.spend_bytes(text.as_str().len())?;
            text.as_str().chars().count()
        }
        Value::Bytes(bytes) => bytes.as_slice().len(),
        Value::List(list) => list.values().len(),
        Value::Map(map) => map.len(),
        Value::Node(node) if matches!(node.kind(), Kind::List | Kind::Map) => node.len(),
        _ => return Ok(None),
    }))
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Absent(_) | Value::Optional(None) => true,
        Value::Bool(value) => !value,
        Value::Int(value) => *value == 0,
        Value::Uint(value) => *value == 0,
        Value::Double(value) => *value == 0.0,
        Value::Text(text) => text.as_str().is_empty(),
        Value::Bytes(bytes) => bytes.as_slice().is_empty(),
        Value::Duration(length) => length.is_zero(),
        other => other.is_empty_collection(),
    }
}

/// A conversion; `None` if there is none from such a value.
fn converted<'t>(
    function: Standard,
    value: &Value<'t>,
    budget: &mut Budget,
) -> Result<Option<Value<'t>>, Why> {
    if let Value::Text(text) = value {
        budget.spend_bytes(text.as_str().len())?;
    }
    let wrong = |what: &str| {
        let shown = match value {
            Value::Text(text) => format!("`{}`", text.as_str()),
            Value::Double(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Uint(value) => value.to_string(),
            other => word(other).to_owned(),
        };
        Why::Fault(format!("{shown} is no {what}"))
    };
    Ok(match function {
        Standard::ToBool => match value {
            Value::Bool(_) => Some(value.clone()),
            Value::Text(text) => Some(Value::Bool(match text.as_str() {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
                "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
                _ => return Err(wrong("truth value")),
            })),
            _ => None,
        },
        Standard::ToInt => {
            let found = to_int(value);
            found
                .map(|it| it.map(Value::Int).ok_or_else(|| wrong("whole number")))
                .transpose()?
        }
        Standard::ToUint => {
            let found = to_uint(value);
            found
                .map(|it| it.map(Value::Uint).ok_or_else(|| wrong("unsigned number")))
                .transpose()?
        }
        Standard::ToDouble => to_double(value)
            .map(|it| it.map(Value::Double).ok_or_else(|| wrong("number")))
            .transpose()?,
        Standard::ToText => to_text(value)?,
        Standard::ToBytes => match value {
            Value::Bytes(_) => Some(value.clone()),
            Value::Text(TextValue::Borrowed(text)) => {
                Some(Value::Bytes(Bytes::Borrowed(text.as_bytes())))
            }
            Value::Text(text) => Some(Value::Bytes(Bytes::Shared(text.as_str().as_bytes().into()))),
            _ => None,
        },
        Standard::ToTime => match value {
            Value::Time(_) => Some(value.clone()),
            Value::Text(text) => {
                let found = clock::parse_instant(text.as_str()).filter(|it| clock::is_within(*it));
                Some(Value::Time(found.ok_or_else(|| wrong("time"))?))
            }
            Value::Int(second) => Some(Value::Time(
                clock::at_second(*second).ok_or_else(|| wrong("time"))?,
            )),
            _ => None,
        },
        _ => match value {
            Value::Duration(_) => Some(value.clone()),
            Value::Text(text) => {
                let found = clock::parse_length(text.as_str());
                Some(Value::Duration(
                    found.ok_or_else(|| wrong("length of time"))?,
                ))
            }
            _ => None,
        },
    })
}

/// The inner `None` is for a number that does not fit.
#[expect(
    clippy::option_option,
    clippy::cast_precision_loss,
    reason = "no conversion, and one that fails; the limits are exact as doubles"
)]
fn to_int(value: &Value<'_>) -> Option<Option<i64>> {
    Some(match value {
        Value::Int(value) => Some(*value),
        Value::Uint(value) => i64::try_from(*value).ok(),
        Value::Double(value) => {
            let fits = *value > i64::MIN as f64 && *value < i64::MAX as f64;
            fits.then_some(*value as i64)
        }
        Value::Text(text) => text.as_str().parse().ok(),
        Value::Time(instant) => Some(instant.as_second()),
        _ => return None,
    })
}

#[expect(
    clippy::option_option,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "no conversion, and one that fails; the limits are exact as doubles"
)]
fn to_uint(value: &Value<'_>) -> Option<Option<u64>> {
    Some(match value {
        Value::Uint(value) => Some(*value),
        Value::Int(value) => u64::try_from(*value).ok(),
        Value::Double(value) => {
            let fits = *value >= 0.0 && *value < u64::MAX as f64;
            fits.then_some(*value as u64)
        }
        Value::Text(text) => text.as_str().parse().ok(),
        _ => return None,
    })
}

#[expect(
    clippy::option_option,
    clippy::cast_precision_loss,
    reason = "no conversion, and one that fails; rounding is what is asked for"
)]
fn to_double(value: &Value<'_>) -> Option<Option<f64>> {
    Some(match value {
        Value::Double(value) => Some(*value),
        Value::Int(value) => Some(*value as f64),
        Value::Uint(value) => Some(*value as f64),
        Value::Text(text) => text.as_str().parse().ok(),
        _ => return None,
    })
}

fn to_text<'t>(value: &Value<'t>) -> Result<Option<Value<'t>>, Why> {
    Ok(Some(match value {
        Value::Text(_) => value.clone(),
        Value::Bool(value) => Value::text(if *value { "true" } else { "false" }),
        Value::Int(value) => Value::made(value.to_string()),
        Value::Uint(value) => Value::made(value.to_string()),
        Value::Double(value) => Value::made(double_text(*value)),
        Value::Time(instant) => Value::made(instant.to_string()),
        Value::Duration(length) => Value::made(clock::seconds_text(*length)),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes.as_slice()) {
            Ok(text) => Value::made(text.to_owned()),
            Err(_) => return Err(Why::fault("these bytes are no text")),
        },
        _ => return Ok(None),
    }))
}

/// The shortest text that reads as the number again, with an exponent where it is far from 1.
fn double_text(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{value:e}");
        // `1e300` is written `1e+300`, `1e-7` as `1e-07`.
        if let Some((digits, exponent)) = text.split_once('e') {
            let (sign, number) = match exponent.strip_prefix('-') {
                Some(number) => ('-', number),
                None => ('+', exponent),
            };
            return format!("{digits}e{sign}{number:0>2}");
        }
        return text;
    }
    value.to_string()
}

/// What a calendar or clock shows at an instant; `None` if the function is no such question.
fn shown<'t>(
    function: Standard,
    instant: Instant,
    rest: &[Value<'t>],
) -> Result<Option<Value<'t>>, Why> {
    let zone = match rest {
        [] => None,
        [Value::Text(zone)] => Some(zone.as_str()),
        _ => return Ok(None),
    };
    let Some(wall) = Wall::at(instant, zone) else {
        let zone = zone.unwrap_or_default();
        return Err(Why::Fault(format!(
            "`{zone}` is no offset such as `+02:00`; named time zones are not known"
        )));
    };
    Ok(Some(Value::Int(match function {
        Standard::FullYear => i64::from(wall.year),
        Standard::Month => i64::from(wall.month) - 1,
        Standard::DayOfYear => i64::from(wall.day_of_year) - 1,
        Standard::DayOfMonth => i64::from(wall.day) - 1,
        Standard::Date => i64::from(wall.day),
        Standard::DayOfWeek => i64::from(wall.day_of_week),
        Standard::Hours => i64::from(wall.hour),
        Standard::Minutes => i64::from(wall.minute),
        Standard::Seconds => i64::from(wall.second),
        Standard::Milliseconds => i64::from(wall.millisecond),
        _ => return Ok(None),
    })))
}

/// A length of time in whole units.
fn counted<'t>(function: Standard, length: Duration) -> Option<Value<'t>> {
    Some(Value::Int(match function {
        Standard::Hours => length.as_secs() / 3600,
        Standard::Minutes => length.as_secs() / 60,
        Standard::Seconds => length.as_secs(),
        Standard::Milliseconds => i64::from(length.subsec_nanos() / 1_000_000),
        _ => return None,
    }))
}
