//! The standard functions on texts. Positions count characters.

use super::halt::{Budget, Why};
use super::standard::Standard;
use super::value::{List, Value};

/// The result of a function on a text, or on a list of texts; `None` if there is no such one.
pub(super) fn call<'t>(
    function: Standard,
    first: &Value<'t>,
    rest: &[Value<'t>],
    budget: &mut Budget,
) -> Result<Option<Value<'t>>, Why> {
    if function == Standard::Join {
        return join(first, rest, budget);
    }
    let Value::Text(held) = first else {
        return Ok(None);
    };
    let text = held.as_str();
    budget.spend_bytes(text.len())?;
    Ok(Some(match (function, rest) {
        (Standard::Contains, [Value::Text(part)]) => Value::Bool(text.contains(part.as_str())),
        (Standard::StartsWith, [Value::Text(part)]) => Value::Bool(text.starts_with(part.as_str())),
        (Standard::EndsWith, [Value::Text(part)]) => Value::Bool(text.ends_with(part.as_str())),
        (Standard::CharAt, [Value::Int(at)]) => {
            let start = offset(text, *at)?;
            let found = text[start..].chars().next();
            Value::made(found.map(String::from).unwrap_or_default())
        }
        (Standard::IndexOf, [Value::Text(part)]) => index_of(text, part.as_str(), 0)?,
        (Standard::IndexOf, [Value::Text(part), Value::Int(from)]) => {
            index_of(text, part.as_str(), *from)?
        }
        (Standard::LastIndexOf, [Value::Text(part)]) => {
            let found = text.rfind(part.as_str());
            Value::Int(found.map_or(-1, |at| characters(&text[..at])))
        }
        (Standard::LastIndexOf, [Value::Text(part), Value::Int(until)]) => {
            last_index_of(text, part.as_str(), *until)?
        }
        (Standard::LowerAscii, []) => Value::made(text.to_ascii_lowercase()),
        (Standard::UpperAscii, []) => Value::made(text.to_ascii_uppercase()),
        (Standard::Trim, []) => Value::made(text.trim().to_owned()),
        (Standard::Replace, [Value::Text(part), Value::Text(other)]) => {
            replace(text, part.as_str(), other.as_str(), -1, budget)?
        }
        (Standard::Replace, [Value::Text(part), Value::Text(other), Value::Int(most)]) => {
            replace(text, part.as_str(), other.as_str(), *most, budget)?
        }
        (Standard::Split, [Value::Text(by)]) => split(text, by.as_str(), -1, budget)?,
        (Standard::Split, [Value::Text(by), Value::Int(most)]) => {
            split(text, by.as_str(), *most, budget)?
        }
        (Standard::Substring, [Value::Int(from)]) => {
            let start = offset(text, *from)?;
            Value::made(text[start..].to_owned())
        }
        (Standard::Substring, [Value::Int(from), Value::Int(to)]) => {
            let (start, end) = (offset(text, *from)?, offset(text, *to)?);
            match text.get(start..end) {
                Some(part) => Value::made(part.to_owned()),
                None => {
                    let sentence = format!("a text cannot go from {from} to {to}");
                    return Err(Why::Fault(sentence));
                }
            }
        }
        _ => return Ok(None),
    }))
}

fn characters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The byte at which a character begins; the end of the text is a position too.
fn offset(text: &str, at: i64) -> Result<usize, Why> {
    let outside = || Why::Fault(format!("there is no position {at} in the text"));
    let wanted = usize::try_from(at).map_err(|_| outside())?;
    text.char_indices()
        .map(|(byte, _)| byte)
        .chain([text.len()])
        .nth(wanted)
        .ok_or_else(outside)
}

fn index_of<'t>(text: &str, part: &str, from: i64) -> Result<Value<'t>, Why> {
    let start = offset(text, from)?;
    let found = text[start..].find(part);
    Ok(Value::Int(
        found.map_or(-1, |at| characters(&text[..start + at])),
    ))
}

/// The last place at or before a position where the part begins.
fn last_index_of<'t>(text: &str, part: &str, until: i64) -> Result<Value<'t>, Why> {
    let latest = offset(text, until)?;
    let mut end = (latest + part.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let found = text[..end].rfind(part);
    Ok(Value::Int(found.map_or(-1, |at| characters(&text[..at]))))
}

/// Replaces the first `most` occurrences, or all if that is negative.
fn replace<'t>(
    text: &str,
    part: &str,
    other: &str,
    most: i64,
    budget: &mut Budget,
) -> Result<Value<'t>, Why> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let count = text.matches(part).take(most).count();
    budget.spend_bytes(text.len().saturating_add(count.saturating_mul(other.len())))?;
    Ok(Value::made(text.replacen(part, other, most)))
}

/// At most `most` parts, or all if that is negative.
fn split<'t>(text: &str, by: &str, most: i64, budget: &mut Budget) -> Result<Value<'t>, Why> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut push = |part: &str| {
        budget.spend(1)?;
        parts.push(Value::made(part.to_owned()));
        Ok(())
    };
    if by.is_empty() {
        for (count, (at, c)) in text.char_indices().enumerate().take(most) {
            if count + 1 == most {
                push(&text[at..])?;
            } else {
                push(c.encode_utf8(&mut [0; 4]))?;
            }
        }
    } else {
        for part in text.splitn(most, by) {
            push(part)?;
        }
    }
    Ok(Value::List(List::from(parts)))
}

fn join<'t>(
    list: &Value<'t>,
    rest: &[Value<'t>],
    budget: &mut Budget,
) -> Result<Option<Value<'t>>, Why> {
    let separator = match rest {
        [] => "",
        [Value::Text(text)] => text.as_str(),
        _ => return Ok(None),
    };
    let Some(items) = list.items() else {
        return Ok(None);
    };
    let mut made = String::new();
    for (at, item) in items.enumerate() {
        let text = match &item {
            Value::Text(text) => text.as_str(),
            Value::Absent(absent) => return Err(Why::Absent(absent.key.to_owned())),
            _ => return Err(Why::fault("only texts can be joined")),
        };
        budget.spend_bytes(text.len() + separator.len())?;
        if at > 0 {
            made.push_str(separator);
        }
        made.push_str(text);
    }
    Ok(Some(Value::made(made)))
}
