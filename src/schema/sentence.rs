//! One sentence of ours for each way a value can miss its schema, and what to type instead.

use serde_json::Value;

use super::shape::{Annotation, ShapeNode};
use crate::clock::{Moment, parse_instant};
use crate::document::{Kind, NodeRef, Place, Style};
use crate::finding::{Builtin, Fault};
use crate::text::closest;

/// Stands for a value that is never shown.
const MASK: &str = "•••";
/// Longest value that is quoted in a message, in characters.
const LONGEST: usize = 40;

/// A key that the schema does not know.
pub(super) fn unknown_key(key: NodeRef<'_>, value: NodeRef<'_>, map: &ShapeNode) -> Fault {
    let name = key.scalar_text();
    let place = Place::key(value);
    if let Some(fault) = cut_by_comma(key, value, place) {
        return fault;
    }
    if name == "<<" {
        return Fault::new(
            Builtin::UnknownKey,
            place,
            "`<<` does not merge anything in YAML 1.2",
        )
        .help("Write the keys out here, and remove the `<<` line.");
    }
    let message = match key.parent().and_then(|map| subject(map)) {
        Some(subject) => format!("{subject} has no key `{}`", short(name)),
        None => format!("there is no key `{}` here", short(name)),
    };
    let fault = Fault::new(Builtin::UnknownKey, place, message);
    let taken = |name: &str| key.parent().is_some_and(|map| map.get(name).is_some());
    match closest(name, map.keys()) {
        Some(meant) if taken(meant) => fault.help(format!(
            "`{meant}` is already there: move what `{}` says into it, or remove the line.",
            short(name)
        )),
        Some(meant) => fault
            .meant(name, meant)
            .help(format!("Did you mean `{meant}`? Write `{meant}:` instead.")),
        None => fault.help(format!(
            "Remove it. The keys here are {}.",
            join(map.keys(), "and")
        )),
    }
}

/// The key that an unknown one was most likely meant to be, if it is free.
pub(super) fn meant_key<'s>(key: NodeRef<'_>, map: &'s ShapeNode) -> Option<&'s str> {
    closest(key.scalar_text(), map.keys()).filter(|meant| {
        key.parent()
            .is_some_and(|parent| parent.get(meant).is_none())
    })
}

/// In `{what: Rotate keys, then tell Corvid}` the comma starts a new key without a value.
fn cut_by_comma(key: NodeRef<'_>, value: NodeRef<'_>, place: Place) -> Option<Fault> {
    let map = key.parent()?;
    let is_cut = map.style() == Style::Flow && value.is_null() && value.span().is_empty();
    if !is_cut || key.style() != Style::Plain {
        return None;
    }
    let (name, text) = map
        .pairs()
        .take_while(|(other, _)| other.id() != key.id())
        .filter(|(_, text)| !text.scalar_text().is_empty())
        .last()?;
    let (name, before, rest) = (name.scalar_text(), text.scalar_text(), key.scalar_text());
    Some(
        Fault::new(
            Builtin::UnknownKey,
            place,
            format!(
                "the comma before `{}` ends the text of `{name}`",
                short(rest)
            ),
        )
        .help(format!(
            "Put the whole text into double quotes: `{name}: \"{}, {}\"`",
            short(before),
            short(rest)
        )),
    )
}

/// A value of the wrong type.
pub(super) fn wrong_type(node: NodeRef<'_>, at: &ShapeNode) -> Fault {
    let expected = expected(at);
    let name = named(node);
    let message = format!("{name} is {}, expected {expected}", found(node, at));
    let fault = Fault::new(Builtin::WrongType, Place::value(node), message);
    let key = node.key().map_or("", |key| key.scalar_text());
    let wants = |kind: &str| at.types.iter().any(|it| &**it == kind);
    let text = shown(node, at);
    let help = match node.kind() {
        Kind::Integer | Kind::Float | Kind::Bool if wants("string") => {
            format!(
                "Put it into double quotes: `{}`",
                pair(key, &format!("\"{text}\""))
            )
        }
        Kind::Text if wants("array") && node.style() == Style::Plain && text.starts_with('-') => {
            "Write a space after each `-`: `- …`".to_owned()
        }
        Kind::Text | Kind::Integer | Kind::Float | Kind::Bool if wants("array") => {
            format!(
                "Write it as a list: `{}`",
                pair(key, &format!("[{}]", short(text)))
            )
        }
        Kind::Text if wants("boolean") && matches!(text, "true" | "false") => {
            format!("Write it without quotes: `{}`", pair(key, text))
        }
        Kind::Text if wants("boolean") => format!("Write `{}` or `false`.", pair(key, "true")),
        Kind::Text if wants("integer") || wants("number") => {
            format!(
                "Write the number alone, without quotes and units: `{}`",
                pair(key, "2")
            )
        }
        Kind::List if wants("string") && node.len() == 1 => {
            let item = node.items().next().map_or("", NodeRef::scalar_text);
            format!(
                "Write the value without brackets and dash: `{}`",
                pair(
                    key,
                    &short(if at.annotation.is_sensitive {
                        MASK
                    } else {
                        item
                    })
                )
            )
        }
        Kind::Map if wants("array") => {
            "Begin each entry with `- `, also if there is only one.".to_owned()
        }
        Kind::Map if wants("string") && node.style() == Style::Flow => {
            "Put a text with braces into double quotes.".to_owned()
        }
        Kind::Null => "Write a value, or remove the line.".to_owned(),
        _ => match &at.annotation.description {
            Some(description) => description.to_string(),
            None => format!("Write {expected}."),
        },
    };
    fault.help(help)
}

/// A value outside its list.
pub(super) fn not_listed(node: NodeRef<'_>, at: &ShapeNode) -> Fault {
    if matches!(node.kind(), Kind::List | Kind::Map) {
        return wrong_type(node, at);
    }
    let listed: Vec<String> = at.listed.iter().map(bare).collect();
    let value = node.scalar_text();
    let name = node
        .key()
        .map_or_else(String::new, |key| format!(" of `{}`", key.scalar_text()));
    let message = format!(
        "`{}` is not a value{name}: {}",
        short(value),
        join(listed.iter(), "or")
    );
    let fault = Fault::new(Builtin::ValueNotListed, Place::value(node), message);
    let description = at.annotation.description.as_deref().unwrap_or("");
    // A quoted "true" where the truth value is meant is told apart by its quotes alone.
    if listed.iter().any(|it| it == value) {
        return fault.help(format!("Write `{value}` without quotes."));
    }
    match closest(value, listed.iter().map(String::as_str)) {
        Some(meant) => fault.meant(value, meant),
        None if description.is_empty() => fault,
        None => fault.help(description),
    }
}

/// A date, time, duration, id or checksum that is none.
pub(super) fn wrong_format(node: NodeRef<'_>, at: &ShapeNode) -> Fault {
    let expected = expected(at);
    let value = node.scalar_text();
    let name = named(node);
    let message = format!("{name} is `{}`, expected {expected}", short(value));
    let fault = Fault::new(Builtin::WrongFormat, Place::value(node), message);
    let key = node.key().map_or("", |key| key.scalar_text());
    if is_shaped_as_date(value) && !is_plain_date(value) {
        return fault.help("There is no such day in the calendar: look at month and day.");
    }
    let wants_time = expected.contains("offset");
    if wants_time && is_plain_date(value) {
        return fault.help(format!(
            "Add the time of day and the offset, for example `{}`",
            pair(key, &format!("{value}T14:30:00Z"))
        ));
    }
    if wants_time && let Some(fixed) = repair_time(value) {
        return fault.help(format!("Write it as `{}`", pair(key, &fixed)));
    }
    if wants_time && expected.contains("a date") {
        return fault.help(
            "Write year-month-day, such as `2025-05-06`, or with the time and its offset: \
             `2025-05-06T09:20:00Z`.",
        );
    }
    if wants_time {
        return fault.help(
            "Write year-month-day, `T`, the time and the offset: `2025-05-06T09:20:00Z` \
             (`Z` is UTC; `+02:00` is two hours ahead of it).",
        );
    }
    match &at.annotation.description {
        Some(description) => fault.help(&**description),
        None => fault,
    }
}

/// Required keys that are not there.
pub(super) fn missing<'a>(
    map: NodeRef<'_>,
    names: &[&str],
    annotation: impl Fn(&str) -> Option<&'a Annotation>,
) -> Fault {
    let subject = subject(map).unwrap_or_else(|| "this".to_owned());
    let quoted = names.iter().map(|name| format!("`{name}`"));
    let message = format!("{subject} has no {}", and(quoted.collect()));
    let help = match names {
        [name] => how_to_fill(name, annotation(name)),
        _ => {
            let lines = names.iter().map(|name| format!("`{name}: …`"));
            format!("Add {}.", and(lines.collect()))
        }
    };
    Fault::new(Builtin::MissingKey, Place::missing_in(map), message).help(help)
}

/// What to write under a key.
pub(super) fn how_to_fill(name: &str, annotation: Option<&Annotation>) -> String {
    match annotation.and_then(|it| it.description.as_deref()) {
        Some(description) => format!("Add `{name}: …`. {description}"),
        None => format!("Add `{name}: …`."),
    }
}

/// How a map is called in a sentence: a record by kind and id, an element by its id, a block by
/// its key.
fn subject(map: NodeRef<'_>) -> Option<String> {
    let id = map
        .get("id")
        .map(NodeRef::scalar_text)
        .filter(|id| !id.is_empty());
    if map.parent().is_none() {
        let kind = map.get("kind").map_or("record", NodeRef::scalar_text);
        return Some(match id {
            Some(id) => format!("{kind} `{}`", short(id)),
            None => format!("this {kind}"),
        });
    }
    if let Some(id) = id {
        return Some(format!("`{}`", short(id)));
    }
    if let Some(key) = map.key() {
        return Some(format!("`{}`", key.scalar_text()));
    }
    let list = map.parent()?.key()?.scalar_text();
    Some(format!("entry {} of `{list}`", map.index()? + 1))
}

/// How a value is called in a sentence.
fn named(node: NodeRef<'_>) -> String {
    match (
        node.key(),
        node.index(),
        node.parent().and_then(NodeRef::key),
    ) {
        (Some(key), _, _) => format!("`{}`", short(key.scalar_text())),
        (None, Some(index), Some(list)) => {
            format!("entry {} of `{}`", index + 1, list.scalar_text())
        }
        _ => "the record".to_owned(),
    }
}

/// The text of a value as it may be quoted.
fn shown<'t>(node: NodeRef<'t>, at: &ShapeNode) -> &'t str {
    if at.annotation.is_sensitive {
        MASK
    } else {
        node.scalar_text()
    }
}

fn found(node: NodeRef<'_>, at: &ShapeNode) -> String {
    let text = shown(node, at);
    match node.kind() {
        Kind::Null | Kind::Alias => "empty".to_owned(),
        Kind::Bool => format!("`{text}`"),
        Kind::Integer | Kind::Float => format!("the number `{}`", short(text)),
        Kind::Text => format!("the text `{}`", short(text)),
        Kind::List => "a list".to_owned(),
        Kind::Map => "a block of keys".to_owned(),
    }
}

fn expected(at: &ShapeNode) -> String {
    if let Some(expects) = &at.annotation.expects {
        return expects.to_string();
    }
    if !at.listed.is_empty() {
        return format!("one of {}", join(at.listed.iter().map(bare), "or"));
    }
    let names = at.types.iter().map(|name| match &**name {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a block of keys",
        _ => "a value",
    });
    join(names, "or")
}

fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn pair(key: &str, value: &str) -> String {
    if key.is_empty() {
        value.to_owned()
    } else {
        format!("{key}: {value}")
    }
}

/// `a, b or c`.
fn join<S: AsRef<str>>(names: impl Iterator<Item = S>, last: &str) -> String {
    let names: Vec<S> = names.collect();
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            text.push_str(if index + 1 == names.len() { " " } else { ", " });
            if index + 1 == names.len() {
                text.push_str(last);
                text.push(' ');
            }
        }
        text.push_str(name.as_ref());
    }
    text
}

fn and(names: Vec<String>) -> String {
    join(names.into_iter(), "and")
}

/// A value as it is quoted in a sentence: one line, not too long.
fn short(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}

/// `2025-02-30`, also where there is no such day.
fn is_shaped_as_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn is_plain_date(text: &str) -> bool {
    matches!(Moment::parse(text), Some(Moment::Day(_)))
}

/// A time that only needs its `T`, its seconds or capital letters.
fn repair_time(text: &str) -> Option<String> {
    let fixed = text
        .trim()
        .to_uppercase()
        .replacen(' ', "T", 1)
        .replace(' ', "");
    let with_seconds = match fixed.find('T') {
        Some(at) if fixed[at..].matches(':').count() == 1 && fixed.ends_with('Z') => {
            fixed.replace('Z', ":00Z")
        }
        _ => fixed,
    };
    let is_whole = with_seconds.len() >= 20 && with_seconds != text;
    (is_whole && parse_instant(&with_seconds).is_some()).then_some(with_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_as_one_says_them() {
        assert_eq!(join(["a"].iter(), "or"), "a");
        assert_eq!(join(["a", "b"].iter(), "or"), "a or b");
        assert_eq!(join(["a", "b", "c"].iter(), "and"), "a, b and c");
    }

    #[test]
    fn times_that_need_little_are_repaired() {
        assert_eq!(
            repair_time("2025-05-06 09:20:00Z").as_deref(),
            Some("2025-05-06T09:20:00Z")
        );
        assert_eq!(
            repair_time("2025-05-06T09:20Z").as_deref(),
            Some("2025-05-06T09:20:00Z")
        );
        assert_eq!(repair_time("6 May 2025"), None);
        assert_eq!(repair_time("2025-13-06T09:20:00Z"), None);
    }

    #[test]
    fn long_and_wild_texts_are_tamed() {
        assert_eq!(short("a\nb"), "a b");
        assert_eq!(short(&"x".repeat(90)).chars().count(), LONGEST);
    }
}
