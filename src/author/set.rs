//! Keys of a record, or of an element of it, set in place with everything else as it stands.
//!
//! What a key takes comes from the schema of the kind ([`Field`]); the text is edited through its
//! tree ([`apply`]), as [`add`](super::amend::add) does. What a record says already is not written
//! again, so that the same edit twice is the same as once.

use serde_json::Value;

use super::form::Field;
use super::yaml::{flow_yaml, record_yaml};
use crate::document::{Edit, EditError, Limits, NodeRef, Path, Step, Style, apply, path_of};
use crate::record::{Record, RecordKind};
use crate::text::closest;

/// A key with what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The keys that lead to it, from the record or the element on.
    pub keys: Vec<String>,
    /// What it is to be.
    pub value: Value,
}

/// Why something is no key that can be set. The caller's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The schema has no such key there.
    #[error("there is no key `{key}` here")]
    Unknown {
        /// What was written.
        key: String,
        /// The key that is near.
        near: Option<String>,
        /// The keys that are there.
        keys: Vec<String>,
    },
    /// A list is on the way: it holds many.
    #[error("`{0}` holds several elements")]
    List(String),
}

/// The keys of the schema that lead to a node, without the places in lists.
fn schema_keys(node: NodeRef<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at {
        keys.extend(node.key().map(|key| key.scalar_text().to_owned()));
        at = node.parent();
    }
    keys.reverse();
    keys
}

/// What a key of a node can be, as the schema of its kind has it.
///
/// # Errors
/// [`KeyError`] if it has no such key.
pub fn field(kind: RecordKind, node: NodeRef<'_>, keys: &[String]) -> Result<Field, KeyError> {
    let above = schema_keys(node);
    let of = |length: usize| {
        let way = above.iter().chain(&keys[..length]);
        let way: Vec<&str> = way.map(String::as_str).collect();
        Field::of(kind, &way, &keys.join("."))
    };
    for length in 1..keys.len() {
        if of(length).is_some_and(|it| it.is_many) {
            return Err(KeyError::List(keys[..length].join(".")));
        }
    }
    of(keys.len()).ok_or_else(|| {
        let known = (0..keys.len()).rev().find_map(|length| {
            let way = above.iter().chain(&keys[..length]);
            let way: Vec<&str> = way.map(String::as_str).collect();
            Some((length, Field::keys_of(kind, &way)?))
        });
        let (length, known) = known.unwrap_or_default();
        let near = closest(&keys[length], known.iter().map(String::as_str));
        KeyError::Unknown {
            key: keys[..=length].join("."),
            near: near.map(str::to_owned),
            keys: known,
        }
    })
}

/// The text of a record in which keys of it, or of an element of it, are what is wanted; `None` if
/// they are so already.
///
/// # Errors
/// [`EditError`]; nothing is changed.
pub fn set(
    record: &Record,
    node: NodeRef<'_>,
    settings: &[Setting],
) -> Result<Option<String>, EditError> {
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let home = path_of(node, &identity);
    let mut edits = Vec::new();
    for Setting { keys, value } in settings {
        let mut steps = home.steps().to_vec();
        steps.extend(keys.iter().map(|key| Step::Key(key.as_str().into())));
        let path = Path::from(steps);
        let (nearest, is_there) = match path.find(record.root(), &identity) {
            Ok(there) => (there, true),
            Err(stop) => (stop.node, false),
        };
        if is_there && nearest.read::<Value>().is_ok_and(|it| it == *value) {
            continue;
        }
        let text = match is_flow(nearest) {
            true => flow_yaml(value),
            false => record_yaml(value),
        };
        edits.push(Edit::Set(path, text));
    }
    if edits.is_empty() {
        return Ok(None);
    }
    let source = record.tree.source();
    apply(source, &edits, &identity, &Limits::default()).map(Some)
}

/// Whether what stands here, or what holds it, is written in brackets.
fn is_flow(node: NodeRef<'_>) -> bool {
    let mut at = Some(node);
    while let Some(node) = at {
        if node.style() == Style::Flow {
            return true;
        }
        at = node.parent();
    }
    false
}
