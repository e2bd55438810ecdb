use std::collections::BTreeMap;
use std::sync::Arc;

use super::key::Key;
use super::reading::read_any;
use super::tag::Tag;
use crate::clock::{Duration, Instant};
use crate::document::{self, Kind, NodeRef};

/// A value: a node as it stands in a record, or computed from nodes.
#[derive(Clone, Debug)]
pub enum Value<'t> {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number from 0 on.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// Text.
    Text(TextValue<'t>),
    /// Bytes.
    Bytes(Bytes<'t>),
    /// A point in time.
    Time(Instant),
    /// A length of time.
    Duration(Duration),
    /// A list.
    List(List<'t>),
    /// A map.
    Map(Map<'t>),
    /// A CEL optional.
    Optional(Option<Arc<Value<'t>>>),
    /// The type of a value.
    Kind(Tag),
    /// A node; scalars are read when an operation needs them.
    Node(NodeRef<'t>),
    /// Nothing stands there; behaves as null or, where a list or map is declared, as empty.
    Absent(Absent<'t>),
}

/// Text, in a record or an expression, or made.
#[derive(Clone, Debug)]
pub enum TextValue<'t> {
    /// Text that stands somewhere.
    Borrowed(&'t str),
    /// Text that was made.
    Shared(Arc<str>),
}

/// Bytes, in an expression or made.
#[derive(Clone, Debug)]
pub enum Bytes<'t> {
    /// Bytes of a literal.
    Borrowed(&'t [u8]),
    /// Bytes that were made.
    Shared(Arc<[u8]>),
}

/// A list that was made; lists of records are nodes.
#[derive(Clone, Debug, Default)]
pub struct List<'t> {
    values: Option<Arc<[Value<'t>]>>,
}

/// A map that was made; maps of records are nodes.
#[derive(Clone, Debug, Default)]
pub struct Map<'t> {
    entries: Arc<BTreeMap<Key<'t>, Value<'t>>>,
}

/// A place where nothing stands.
#[derive(Clone, Copy, Debug)]
pub struct Absent<'t> {
    /// The key that is missing or empty.
    pub key: &'t str,
    /// The nearest map around it that is there.
    pub parent: Option<NodeRef<'t>>,
    /// Whether a list or map is declared, so that it reads as empty.
    pub is_collection: bool,
}

impl TextValue<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl<'t> From<&'t str> for TextValue<'t> {
    fn from(text: &'t str) -> Self {
        Self::Borrowed(text)
    }
}

impl From<String> for TextValue<'_> {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl Bytes<'_> {
    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

impl<'t> List<'t> {
    /// The values.
    pub fn values(&self) -> &[Value<'t>] {
        self.values.as_deref().unwrap_or_default()
    }
}

impl<'t> FromIterator<Value<'t>> for List<'t> {
    fn from_iter<I: IntoIterator<Item = Value<'t>>>(values: I) -> Self {
        Self::from(values.into_iter().collect::<Vec<_>>())
    }
}

impl<'t> From<Vec<Value<'t>>> for List<'t> {
    fn from(values: Vec<Value<'t>>) -> Self {
        Self {
            values: (!values.is_empty()).then(|| values.into()),
        }
    }
}

impl<'t> Map<'t> {
    /// The value under a key. Numbers are looked up by value: `1`, `1u` and `1.0` are one key.
    pub fn get(&self, key: &Key<'t>) -> Option<&Value<'t>> {
        self.entries.get(key)
    }

    /// The entries in the order of their keys.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Key<'t>, &Value<'t>)> {
        self.entries.iter()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'t> From<BTreeMap<Key<'t>, Value<'t>>> for Map<'t> {
    fn from(entries: BTreeMap<Key<'t>, Value<'t>>) -> Self {
        Self {
            entries: Arc::new(entries),
        }
    }
}

impl<'t> Value<'t> {
    /// A text that stands somewhere.
    pub const fn text(text: &'t str) -> Self {
        Self::Text(TextValue::Borrowed(text))
    }

    /// A text that was made.
    pub fn made(text: String) -> Self {
        Self::Text(text.into())
    }

    /// Whether this is null or stands for something that is not there.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null | Self::Absent(_) => true,
            Self::Node(node) => node.is_null(),
            _ => false,
        }
    }

    /// The text of a text or of a text node.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            Self::Node(node) => node.as_str(),
            _ => None,
        }
    }

    /// The truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Node(node) => node.as_bool(),
            _ => None,
        }
    }

    /// The node.
    pub const fn as_node(&self) -> Option<NodeRef<'t>> {
        match self {
            Self::Node(node) => Some(*node),
            _ => None,
        }
    }

    /// The items of a list, scalars read as what they are; `None` if this is no list.
    pub fn items(&self) -> Option<ListItems<'t>> {
        Some(ListItems(match self {
            Self::Node(node) if node.kind() == Kind::List => Row::Nodes(node.items()),
            Self::List(list) => Row::Made(list.clone(), 0),
            Self::Absent(absent) if absent.is_collection => Row::Made(List::default(), 0),
            _ => return None,
        }))
    }

    /// Whether this is a list or map without content.
    pub(super) fn is_empty_collection(&self) -> bool {
        match self {
            Self::List(list) => list.values().is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Node(node) => matches!(node.kind(), Kind::List | Kind::Map) && node.is_empty(),
            Self::Absent(absent) => absent.is_collection,
            _ => false,
        }
    }
}

/// The items of a list.
#[derive(Clone, Debug)]
pub struct ListItems<'t>(Row<'t>);

#[derive(Clone, Debug)]
enum Row<'t> {
    Nodes(document::Items<'t>),
    Made(List<'t>, usize),
}

impl<'t> Iterator for ListItems<'t> {
    type Item = Value<'t>;

    fn next(&mut self) -> Option<Value<'t>> {
        match &mut self.0 {
            Row::Nodes(nodes) => nodes.next().map(read_any),
            Row::Made(list, at) => {
                let value = list.values().get(*at)?;
                *at += 1;
                Some(match value {
                    Value::Node(node) => read_any(*node),
                    other => other.clone(),
                })
            }
        }
    }
}
