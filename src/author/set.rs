//! Keys of a record, or of an element of it, changed in place with everything else as it stands.
//!
//! What a key takes comes from the schema of the kind ([`Field`]); the text is edited through its
//! tree ([`apply`]), as [`add`](super::amend::add) does. What a record says already is not written
//! again, so that the same edit twice is the same as once.

use serde_json::Value;

use super::form::Field;
use super::yaml::{flow_yaml, record_yaml};
use crate::document::{
    Edit, EditError, Kind, Limits, NodeRef, Path, Step, Style, apply, parse, path_of,
};
use crate::record::{Record, RecordKind};
use crate::text::closest;

/// A key with what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The keys that lead to it, from the record or the element on.
    pub keys: Vec<String>,
    /// What becomes of it.
    pub wanted: Wanted,
}

/// What becomes of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// It is this.
    Value(Value),
    /// Its list holds these, behind what it holds.
    With(Vec<Value>),
    /// Its list holds none of these; a list that would be empty goes with its key.
    Without(Vec<Value>),
    /// It is not there, nor a block above that would be empty.
    Nothing,
}

/// Why nothing can be changed. The caller's fault, unless the text stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The text stands in the way.
    #[error("{}", .0.message)]
    Edit(EditError),
    /// Something is to be taken out of what is no list.
    #[error("`{0}` is no list")]
    NoList(String),
    /// Parts fit several elements, and one is meant.
    #[error("several elements of `{0}` fit")]
    Several(String),
}

impl SetError {
    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Edit(error) => error.help.as_deref(),
            Self::NoList(_) => None,
            Self::Several(_) => Some("say more of its parts, so that one element fits"),
        }
    }
}

impl From<EditError> for SetError {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
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
/// they are so already. Each setting is read in what the ones before it left.
///
/// # Errors
/// [`SetError`]; nothing is changed.
pub fn set(
    record: &Record,
    node: NodeRef<'_>,
    settings: &[Setting],
) -> Result<Option<String>, SetError> {
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let (home, limits) = (node.pointer(), Limits::default());
    let before = record.tree.source();
    let mut text = before.to_owned();
    for setting in settings {
        // What an edit leaves is read again before it is handed out.
        let Ok(tree) = parse(text.as_str().into(), &limits) else {
            continue;
        };
        let Some(home) = tree.at_pointer(&home) else {
            continue;
        };
        let edits = edits(record.kind, home, setting)?;
        text = apply(&text, &edits, &identity, &limits)?;
    }
    Ok((text != before).then_some(text))
}

/// What has to be edited for a setting; nothing if it is so already.
fn edits(kind: RecordKind, home: NodeRef<'_>, setting: &Setting) -> Result<Vec<Edit>, SetError> {
    let identity = |list: NodeRef<'_>| kind.identity(list);
    let mut steps = path_of(home, &identity).steps().to_vec();
    let keys = setting
        .keys
        .iter()
        .map(|key| Step::Key(key.as_str().into()));
    steps.extend(keys);
    let path = Path::from(steps);
    let (nearest, there) = match path.find(root_of(home), &identity) {
        Ok(there) => (there, Some(there)),
        Err(stop) => (stop.node, None),
    };
    let put = |value: &Value| {
        let text = match is_flow(nearest) {
            true => flow_yaml(value),
            false => record_yaml(value),
        };
        Edit::Set(path.clone(), text)
    };
    let name = || setting.keys.join(".");
    Ok(match (&setting.wanted, there) {
        (Wanted::Value(value), there) => {
            let is_so = there.is_some_and(|it| is_same(it, value));
            if is_so { Vec::new() } else { vec![put(value)] }
        }
        (Wanted::With(values), Some(list)) if !list.is_empty() => {
            let lacking = values
                .iter()
                .filter(|value| !list.items().any(|item| is_same(item, value)));
            lacking
                .map(|value| Edit::Add(path.clone(), element_text(list, value)))
                .collect()
        }
        (Wanted::With(values), _) => vec![put(&Value::Array(values.clone()))],
        (Wanted::Without(_), Some(it)) if it.kind() != Kind::List && !it.is_empty() => {
            return Err(SetError::NoList(name()));
        }
        (Wanted::Without(values), Some(list)) => {
            let gone = fitting(list, values).ok_or_else(|| SetError::Several(name()))?;
            match gone.len() {
                0 => Vec::new(),
                count if count == list.items().count() => {
                    vec![Edit::Remove(whole(list, path, home))]
                }
                // From the last on, so that the numbers of the others stay.
                _ => gone
                    .into_iter()
                    .rev()
                    .map(|at| {
                        let mut steps = path.steps().to_vec();
                        steps.push(Step::Number(at));
                        Edit::Remove(steps.into())
                    })
                    .collect(),
            }
        }
        (Wanted::Nothing, Some(value)) => vec![Edit::Remove(whole(value, path, home))],
        (Wanted::Without(_) | Wanted::Nothing, None) => Vec::new(),
    })
}

fn root_of(node: NodeRef<'_>) -> NodeRef<'_> {
    let mut root = node;
    while let Some(above) = root.parent() {
        root = above;
    }
    root
}

fn is_same(node: NodeRef<'_>, value: &Value) -> bool {
    node.read::<Value>().is_ok_and(|it| it == *value)
}

/// An element as it is written at the end of a list.
fn element_text(list: NodeRef<'_>, value: &Value) -> String {
    let is_flow_item = |it: NodeRef<'_>| it.kind() == Kind::Map && it.style() == Style::Flow;
    match is_flow(list) || list.items().last().is_some_and(is_flow_item) {
        true => flow_yaml(value),
        false => record_yaml(value),
    }
}

/// The places of the elements that are one of these values, or hold all parts of one; `None` if
/// parts fit several.
fn fitting(list: NodeRef<'_>, values: &[Value]) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    for value in values {
        let fits = |item: NodeRef<'_>| match value {
            Value::Object(parts) => parts
                .iter()
                .all(|(key, part)| item.get(key).is_some_and(|it| is_same(it, part))),
            _ => is_same(item, value),
        };
        let items = list.items().enumerate();
        let found: Vec<usize> = items.filter(|it| fits(it.1)).map(|it| it.0).collect();
        if value.is_object() && found.len() > 1 {
            return None;
        }
        places.extend(found);
    }
    places.sort_unstable();
    places.dedup();
    Some(places)
}

/// What goes when a value goes: its key, or the outermost block that would hold nothing more, and
/// no comment of its own.
fn whole(value: NodeRef<'_>, path: Path, home: NodeRef<'_>) -> Path {
    let mut whole = path;
    let mut at = value;
    while let (Some(key), Some(block)) = (at.key(), at.parent())
        && block.id() != home.id()
        && let (Some(name), Some((above, _))) = (block.key(), whole.split_last())
    {
        let between = name.span().end as usize..key.span().start as usize;
        let source = block.tree().source();
        let has_comment = source.get(between).is_some_and(|it| it.contains('#'));
        if block.pairs().count() != 1 || has_comment {
            break;
        }
        (whole, at) = (above, block);
    }
    whole
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
