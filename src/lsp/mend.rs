//! What the help of a finding says to type, offered as an edit that leaves all else as it is.
//!
//! Only what the help states is offered: nobody else's time, name or reason is made up.

use std::collections::HashMap;

use lsp_types::{CodeAction, CodeActionKind, Range, TextEdit, WorkspaceEdit};

use super::desk::Desk;
use crate::document::{Edit, Kind, Limits, NodeRef, Path, Step, Target, apply, path_of};
use crate::finding::{Builtin, Finding};
use crate::record::Record;
use crate::text::Span;

/// Most values that are offered for one place.
const MOST_VALUES: usize = 12;

/// The edits that would mend what is found in a range.
pub(super) fn mends(desk: &Desk<'_>, range: Range) -> Vec<CodeAction> {
    let (from, to) = (desk.lines.offset(range.start), desk.lines.offset(range.end));
    let here = desk.root.findings.iter().filter(|finding| {
        let place = finding.location.range.as_ref();
        let span = place.map(|it| it.span.range());
        finding.location.file == desk.home.path
            && finding.excepted_by.is_none()
            && span.is_some_and(|it| it.start <= to && from <= it.end)
    });
    let Some(record) = desk.record() else {
        return Vec::new();
    };
    here.flat_map(|finding| of_finding(desk, &record, finding))
        .collect()
}

fn of_finding(desk: &Desk<'_>, record: &Record, finding: &Finding) -> Vec<CodeAction> {
    let node = record.root().at_pointer(&finding.location.pointer);
    let (Some(node), Some(help)) = (node, &finding.help) else {
        return Vec::new();
    };
    let offered = edits(record, node, finding, help);
    let only = offered.len() == 1;
    let actions = offered.into_iter().filter_map(|(title, edit)| {
        let text = &desk.document.text;
        let identity = |list: NodeRef<'_>| record.kind.identity(list);
        let edited = apply(text, &[edit], &identity, &Limits::default()).ok()?;
        let change = change(desk, text, &edited)?;
        let uri = desk.document.uri.clone();
        #[expect(clippy::mutable_key_type, reason = "the protocol's own type")]
        let changes = HashMap::from([(uri, vec![change])]);
        Some(CodeAction {
            title,
            kind: Some(CodeActionKind::QUICKFIX),
            is_preferred: Some(only),
            edit: Some(WorkspaceEdit {
                changes: Some(changes),
                ..WorkspaceEdit::default()
            }),
            ..CodeAction::default()
        })
    });
    actions.collect()
}

/// The edits that a help states, each with what it does.
fn edits(record: &Record, node: NodeRef<'_>, finding: &Finding, help: &str) -> Vec<(String, Edit)> {
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let path = path_of(node, &identity);
    let is_key = finding.location.target == Target::Key && node.key().is_some();
    if let Some(meant) = help.strip_prefix("Did you mean `").and_then(quoted) {
        let title = format!("Write `{meant}`");
        let is_name = is_key && *finding.rule == *Builtin::UnknownKey.name();
        return vec![match is_name || (is_key && !is_scalar(node)) {
            true => (title, Edit::Rename(path, meant.to_owned())),
            false => (title, Edit::Set(path, plain(meant))),
        }];
    }
    if let Some(list) = help.strip_prefix("Add ") {
        return missing(record, node, list);
    }
    let Some(rest) = help.strip_prefix("Write ") else {
        return Vec::new();
    };
    let rest = rest.strip_prefix("it as ").unwrap_or(rest);
    // What follows the values says something else.
    let rest = rest.split([';', '.']).next().unwrap_or("");
    let rest = rest.split(", or ").next().unwrap_or("");
    if !rest.starts_with('`')
        || !is_scalar(node)
        || rest.contains("example")
        || rest.contains("such as")
    {
        return Vec::new();
    }
    let own = node.key().map(|key| format!("{}: ", key.scalar_text()));
    let values = rest
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|value| match &own {
            Some(own) if value.starts_with(own.as_str()) => value.get(own.len()..),
            _ if value.contains([':', '…', '<']) => None,
            _ => Some(value),
        });
    let values: Vec<&str> = values.filter(|it| !it.is_empty()).collect();
    if values.len() > MOST_VALUES {
        return Vec::new();
    }
    let edit = |value: &str| {
        (
            format!("Write `{value}`"),
            Edit::Set(path.clone(), plain(value)),
        )
    };
    values.into_iter().map(edit).collect()
}

/// Adds keys that are missing, with nothing in them where no value is the only one.
fn missing(record: &Record, node: NodeRef<'_>, list: &str) -> Vec<(String, Edit)> {
    let keys = list.split('`').skip(1).step_by(2);
    let keys = keys.filter_map(|it| it.strip_suffix(": …"));
    let Some(kind) = record.kind.schema() else {
        return Vec::new();
    };
    let shape = kind.schema.shape();
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let offers = keys.filter_map(|key| {
        // The finding stands at a map, at its key, or at what tells it from others.
        let around = node.lineage().take(2);
        let mut maps = around.filter(|it| it.kind() == Kind::Map && it.get(key).is_none());
        let (map, id) = maps.find_map(|map| {
            let id = shape.get(shape.of(map)?).property(key)?;
            Some((map, id))
        })?;
        let listed = &shape.get(id).listed;
        let value = match listed.as_slice() {
            [only] => only.as_str().map_or_else(|| only.to_string(), plain),
            _ => "null".to_owned(),
        };
        let mut steps = path_of(map, &identity).steps().to_vec();
        steps.push(Step::Key(key.into()));
        Some((format!("Add `{key}:`"), Edit::Set(Path::from(steps), value)))
    });
    offers.collect()
}

/// The text up to the next back-tick.
fn quoted(text: &str) -> Option<&str> {
    text.split_once('`').map(|(inside, _)| inside)
}

/// A text as a value; in quotes only where it would mean something else without.
fn plain(text: &str) -> String {
    let is_simple = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '#' | ':' | '+'));
    match is_simple && !text.contains(": ") && !text.starts_with('#') {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

fn is_scalar(node: NodeRef<'_>) -> bool {
    !matches!(node.kind(), Kind::List | Kind::Map)
}

/// What differs between two texts, as one edit.
fn change(desk: &Desk<'_>, before: &str, after: &str) -> Option<TextEdit> {
    let pairs = before.char_indices().zip(after.chars());
    let same = pairs.take_while(|((_, left), right)| left == right);
    let start = same.last().map_or(0, |((at, c), _)| at + c.len_utf8());
    let (rest_before, rest_after) = (&before[start..], &after[start..]);
    let pairs = rest_before.chars().rev().zip(rest_after.chars().rev());
    let same = pairs.take_while(|(left, right)| left == right);
    let end: usize = same.map(|(c, _)| c.len_utf8()).sum();
    let span = Span::new(start as u32, (before.len() - end) as u32);
    let text = after.get(start..after.len() - end)?;
    (before != after).then(|| TextEdit::new(desk.lines.range(span), text.to_owned()))
}
