//! What a text means, apart from how it is written: edits are applied to it too, and the edited
//! text must mean the same.

use crate::document::{Kind, NodeRef};

/// A value without its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Scalar(Kind, Box<str>),
    /// By its name: what it stands for is compared where it is written.
    Alias(Box<str>),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
}

impl Value {
    pub(super) fn of(node: NodeRef<'_>) -> Self {
        if node.is_alias() {
            return Self::Alias(node.span().slice(node.tree().source()).into());
        }
        match node.kind() {
            Kind::Null | Kind::Alias => Self::Null,
            Kind::List => Self::List(node.items().map(Self::of).collect()),
            Kind::Map => Self::Map(
                node.pairs()
                    .map(|(key, value)| (Self::of(key), Self::of(value)))
                    .collect(),
            ),
            kind => Self::Scalar(kind, node.scalar_text().into()),
        }
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Scalar(Kind::Text, text.into())
    }

    /// The value at these positions among the children, from here on down.
    pub(super) fn at(&mut self, way: &[usize]) -> Option<&mut Self> {
        let Some((first, rest)) = way.split_first() else {
            return Some(self);
        };
        match self {
            Self::List(items) => items.get_mut(*first)?.at(rest),
            Self::Map(pairs) => pairs.get_mut(*first)?.1.at(rest),
            _ => None,
        }
    }

    /// Removes a child.
    pub(super) fn remove(&mut self, position: usize) {
        match self {
            Self::List(items) if position < items.len() => {
                items.remove(position);
            }
            Self::Map(pairs) if position < pairs.len() => {
                pairs.remove(position);
            }
            _ => {}
        }
    }

    /// Adds an item to a list, or to what is empty.
    pub(super) fn push(&mut self, item: Self) {
        match self {
            Self::List(items) => items.push(item),
            _ => *self = Self::List(vec![item]),
        }
    }

    /// Adds a pair to a map, or to what is empty.
    pub(super) fn insert(&mut self, key: &str, value: Self) {
        let pair = (Self::text(key), value);
        match self {
            Self::Map(pairs) => pairs.push(pair),
            _ => *self = Self::Map(vec![pair]),
        }
    }

    /// Gives a pair another key.
    pub(super) fn rename(&mut self, position: usize, key: &str) {
        if let Self::Map(pairs) = self
            && let Some(pair) = pairs.get_mut(position)
        {
            pair.0 = Self::text(key);
        }
    }
}

/// Positions among the children, from the root down to a node.
pub(super) fn way_to(node: NodeRef<'_>) -> Vec<usize> {
    let mut way = Vec::new();
    let mut at = node;
    while let Some(parent) = at.parent() {
        let position = match parent.kind() {
            Kind::Map => parent.pairs().position(|(_, value)| value.id() == at.id()),
            _ => at.index(),
        };
        way.push(position.unwrap_or(0));
        at = parent;
    }
    way.reverse();
    way
}
