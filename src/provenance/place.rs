//! Where a value stands, said so that neither the order of elements nor the layout matters.

use std::borrow::Cow;

use crate::document::{Kind, NodeRef};
use crate::record::RecordKind;

/// The way from the root of a record to a value, as it leads through any version of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trail<'t>(Vec<Step<'t>>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step<'t> {
    Key(&'t str),
    /// The element with these values of the keys that identify it; of several the one so many
    /// before it.
    Named(&'static [Box<str>], Vec<Cow<'t, str>>, usize),
    /// The element that says this; of several the one so many before it.
    Said(Cow<'t, str>, usize),
}

impl<'t> Trail<'t> {
    /// The trail of a value, or of the value of a key.
    pub(super) fn of(node: NodeRef<'t>, kind: RecordKind) -> Self {
        let mut steps = Vec::new();
        let mut at = node.value().unwrap_or(node);
        while let Some(parent) = at.parent() {
            steps.push(match at.key() {
                Some(key) => Step::Key(key.scalar_text()),
                None => Step::to(at, parent, kind),
            });
            at = parent;
        }
        steps.reverse();
        Self(steps)
    }

    /// The value that the trail leads to in a version of the record.
    pub(super) fn follow<'v>(&self, root: NodeRef<'v>) -> Option<NodeRef<'v>> {
        self.0.iter().try_fold(root, |node, step| step.take(node))
    }

    /// Whether it leads to an element that is known by its name.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.0.last(), Some(Step::Named(..)))
    }
}

impl<'t> Step<'t> {
    pub(super) fn to(item: NodeRef<'t>, list: NodeRef<'t>, kind: RecordKind) -> Self {
        let before = item.index().unwrap_or_default();
        let before = || list.items().take(before);
        match kind.identity(list).map(|keys| (keys, name(item, keys))) {
            Some((keys, Some(values))) => {
                let alike = |it: &NodeRef<'t>| name(*it, keys).as_ref() == Some(&values);
                let count = before().filter(alike).count();
                Self::Named(keys, values, count)
            }
            _ => {
                let text = said(item);
                let count = before().filter(|it| said(*it) == text).count();
                Self::Said(text, count)
            }
        }
    }

    pub(super) fn take<'v>(&self, node: NodeRef<'v>) -> Option<NodeRef<'v>> {
        match self {
            Self::Key(key) => node.get(key),
            Self::Named(keys, values, count) => {
                let is_it = |it: &NodeRef<'v>| {
                    let found = keys.iter().map(|key| it.get(key).map(said));
                    found.eq(values.iter().map(|value| Some(value.clone())))
                };
                node.items().filter(is_it).nth(*count)
            }
            Self::Said(text, count) => {
                let mut alike = node.items().filter(|it| said(*it) == *text);
                alike.nth(*count)
            }
        }
    }
}

/// The values of the keys that identify an element, if it has them all.
fn name<'t>(item: NodeRef<'t>, keys: &[Box<str>]) -> Option<Vec<Cow<'t, str>>> {
    let values = keys.iter().map(|key| item.get(key));
    values
        .map(|value| value.filter(|it| !it.is_empty()).map(said))
        .collect()
}

/// Whether two values say the same: order of keys and elements, quotes and layout aside.
pub(super) fn is_same(left: NodeRef<'_>, right: NodeRef<'_>) -> bool {
    match (left.kind(), right.kind()) {
        (Kind::Map, Kind::Map) => {
            let mut pairs = left.pairs().zip(right.pairs());
            left.pairs().count() == right.pairs().count()
                && pairs.all(|((key, value), (other, opposite))| {
                    // Nearly always the keys stand in the same order.
                    let found = match key.scalar_text() == other.scalar_text() {
                        true => Some(opposite),
                        false => right.get(key.scalar_text()),
                    };
                    found.is_some_and(|found| is_same(value, found))
                })
        }
        (Kind::List, Kind::List) => {
            let mut items = left.items().zip(right.items());
            left.items().count() == right.items().count()
                && (items.all(|(item, opposite)| is_same(item, opposite))
                    || said(left) == said(right))
        }
        (Kind::Map | Kind::List, _) | (_, Kind::Map | Kind::List) => false,
        _ => said(left) == said(right),
    }
}

/// What a value says: keys and elements in an order of ours, without the style it is written in.
pub(super) fn said(node: NodeRef<'_>) -> Cow<'_, str> {
    let mut parts: Vec<String> = match node.kind() {
        Kind::Map => {
            let pair = |(key, value): (NodeRef<'_>, NodeRef<'_>)| {
                format!("{:?}:{}", key.scalar_text(), said(value))
            };
            node.pairs().map(pair).collect()
        }
        Kind::List => node.items().map(|item| said(item).into_owned()).collect(),
        Kind::Null => return Cow::Borrowed(""),
        _ => return Cow::Borrowed(node.scalar_text()),
    };
    parts.sort();
    Cow::Owned(format!("{:?}{parts:?}", node.kind()))
}
