use std::fmt;

use crate::schema::{Shape, ShapeId, ShapeNode};

/// What is known of a value when an expression is loaded.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Anything: checked when it is evaluated.
    Any,
    /// Only null.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A whole number from 0 on, written `1u`.
    Uint,
    /// A number with a fraction.
    Double,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// A point in time.
    Time,
    /// A length of time.
    Duration,
    /// A list of such values.
    List(Box<Type>),
    /// A map from such keys to such values.
    Map(Box<Type>, Box<Type>),
    /// A CEL optional.
    Optional(Box<Type>),
    /// The type of a value, as a value.
    Kind,
    /// A map of a record.
    Node(NodeType),
}

/// A place in the records of one kind.
#[derive(Clone, Copy, Debug)]
pub struct NodeType {
    /// The shape of the kind.
    pub shape: &'static Shape,
    /// The place.
    pub id: ShapeId,
}

impl PartialEq for NodeType {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.shape, other.shape) && self.id == other.id
    }
}

impl NodeType {
    /// What the schema says about the place.
    pub fn get(self) -> &'static ShapeNode {
        self.shape.get(self.id)
    }

    /// The place of the value under a key.
    pub fn child(self, key: &str) -> Option<Self> {
        let id = self.shape.child(self.id, key)?;
        Some(Self { id, ..self })
    }

    /// The place of the items of a list.
    pub fn items(self) -> Option<Self> {
        let id = self.get().items?;
        Some(Self { id, ..self })
    }

    /// The place of the values of a dictionary.
    pub fn additional(self) -> Option<Self> {
        let id = self.get().additional?;
        Some(Self { id, ..self })
    }
}

impl Type {
    /// The type of the values at a place: scalars are text, times and so on, lists are lists,
    /// maps are nodes.
    pub fn node(shape: &'static Shape, id: ShapeId) -> Self {
        Self::at(NodeType { shape, id })
    }

    pub(super) fn at(place: NodeType) -> Self {
        let node = place.get();
        let mut kinds = node.types.iter().map(|it| &**it).filter(|it| *it != "null");
        let kind = kinds.next();
        // A place whose schema allows both a text and a map is read as what is there.
        let is_mixed = kind.is_some_and(|first| kinds.any(|other| other != first));
        match kind {
            _ if is_mixed => Self::Any,
            Some("object") => Self::Node(place),
            Some("array") => Self::List(Box::new(place.items().map_or(Self::Any, Self::at))),
            Some("boolean") => Self::Bool,
            Some("integer") => Self::Int,
            Some("number") => Self::Double,
            Some("string") if node.is_time() => Self::Time,
            Some("string") if node.is_duration() => Self::Duration,
            Some("string") => Self::Text,
            None if !node.listed.is_empty()
                && node.listed.iter().all(serde_json::Value::is_string) =>
            {
                Self::Text
            }
            _ if node.keys().next().is_some() => Self::Node(place),
            _ => Self::Any,
        }
    }

    /// Reads a type as signatures write it: `text`, `list<time>`, `map<text, int>`, `any`, or
    /// the place of a kind of record such as `incident/outbound/*`. A closing `?` is left aside.
    /// `kinds` gives the shape of a kind.
    pub fn parse(text: &str, kinds: &dyn Fn(&str) -> Option<&'static Shape>) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix('?').unwrap_or(text).trim_end();
        let within = |name: &str| {
            let inner = text.strip_prefix(name)?.trim_start();
            inner.strip_prefix('<')?.strip_suffix('>')
        };
        Some(match text {
            "any" | "node" | "T" => Self::Any,
            "null" => Self::Null,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "double" => Self::Double,
            "text" => Self::Text,
            "bytes" => Self::Bytes,
            "time" => Self::Time,
            "duration" => Self::Duration,
            "type" => Self::Kind,
            "list" => Self::List(Box::new(Self::Any)),
            "map" => Self::Map(Box::new(Self::Any), Box::new(Self::Any)),
            _ => {
                if let Some(inner) = within("list") {
                    return Some(Self::List(Box::new(Self::parse(inner, kinds)?)));
                }
                if let Some(inner) = within("optional") {
                    return Some(Self::Optional(Box::new(Self::parse(inner, kinds)?)));
                }
                if let Some(inner) = within("map") {
                    let (key, value) = inner.split_once(',')?;
                    let key = Box::new(Self::parse(key, kinds)?);
                    return Some(Self::Map(key, Box::new(Self::parse(value, kinds)?)));
                }
                let mut steps = text.split('/');
                let shape = kinds(steps.next()?)?;
                let mut place = NodeType {
                    shape,
                    id: Shape::ROOT,
                };
                for step in steps {
                    place = match step {
                        "*" => place.items().or_else(|| place.additional())?,
                        key => place.child(key)?,
                    };
                }
                Self::at(place)
            }
        })
    }

    /// The type of what a list, map or optional holds. Of an empty one it is null until it is
    /// joined with another; what is taken out of it may be anything.
    pub(super) fn known(&self) -> Self {
        match self {
            Self::Null => Self::Any,
            other => other.clone(),
        }
    }

    /// The type with nothing left that is only known to be empty.
    pub(super) fn settled(self) -> Self {
        let within = |of: Self| Box::new(of.known().settled());
        match self {
            Self::List(of) => Self::List(within(*of)),
            Self::Optional(of) => Self::Optional(within(*of)),
            Self::Map(key, value) => Self::Map(within(*key), within(*value)),
            other => other,
        }
    }

    /// Whether nothing is known.
    pub(super) const fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// Whether this is a number of any kind.
    pub(super) const fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Uint | Self::Double)
    }

    /// The type that both have, as far as both say the same.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (one, two) if one == two => one,
            (Self::List(one), Self::List(two)) => Self::List(Box::new(one.join(*two))),
            (Self::Optional(one), Self::Optional(two)) => Self::Optional(Box::new(one.join(*two))),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => Self::Map(
                Box::new(key.join(*other_key)),
                Box::new(value.join(*other_value)),
            ),
            // Null is a value of every type.
            (Self::Null, known) | (known, Self::Null) => known,
            _ => Self::Any,
        }
    }

    /// Whether values of these types can be equal.
    pub(super) fn is_comparable_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Null, _) | (_, Self::Any | Self::Null) => true,
            (one, two) if one.is_number() && two.is_number() => true,
            (Self::List(one), Self::List(two)) | (Self::Optional(one), Self::Optional(two)) => {
                one.is_comparable_with(two)
            }
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                key.is_comparable_with(other_key) && value.is_comparable_with(other_value)
            }
            (Self::Node(_), Self::Node(_) | Self::Map(..)) | (Self::Map(..), Self::Node(_)) => true,
            (one, two) => one == two,
        }
    }

    /// Whether a value of this type may be given where `wanted` is asked for.
    pub(super) fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (_, Self::Any) | (Self::Any, _) => true,
            (Self::List(one), Self::List(two)) | (Self::Optional(one), Self::Optional(two)) => {
                one.known().fits(two)
            }
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                key.known().fits(other_key) && value.known().fits(other_value)
            }
            (Self::Node(_), Self::Map(..)) => true,
            (one, two) => one == two,
        }
    }

    /// The value of this type that stands for it in `type(x) == …`.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Any => "value",
            Self::Null => "null",
            Self::Bool => "truth value",
            Self::Int => "whole number",
            Self::Uint => "unsigned number",
            Self::Double => "number",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::List(_) => "list",
            Self::Map(..) | Self::Node(_) => "map",
            Self::Optional(_) => "optional",
            Self::Kind => "type",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => fmt.write_str("any"),
            Self::Null => fmt.write_str("null"),
            Self::Bool => fmt.write_str("bool"),
            Self::Int => fmt.write_str("int"),
            Self::Uint => fmt.write_str("uint"),
            Self::Double => fmt.write_str("double"),
            Self::Text => fmt.write_str("text"),
            Self::Bytes => fmt.write_str("bytes"),
            Self::Time => fmt.write_str("time"),
            Self::Duration => fmt.write_str("duration"),
            Self::List(of) => write!(fmt, "list<{of}>"),
            Self::Map(key, value) => write!(fmt, "map<{key}, {value}>"),
            Self::Optional(of) => write!(fmt, "optional<{of}>"),
            Self::Kind => fmt.write_str("type"),
            Self::Node(_) => fmt.write_str("map"),
        }
    }
}
