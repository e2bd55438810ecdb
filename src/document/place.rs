use super::node::NodeRef;
use super::tree::{Kind, NodeId, Style, Tree};
use crate::text::Span;

/// Which part of a pair a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The key.
    Key,
    /// The value (or a list item, or a whole record).
    Value,
    /// Key and value together.
    Pair,
}

impl Target {
    /// The name used in outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
            Self::Pair => "pair",
        }
    }
}

/// A place in a tree: a node, and the part of it that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The value node.
    pub node: NodeId,
    /// The part of it.
    pub target: Target,
}

impl Place {
    /// The value itself.
    pub fn value(node: NodeRef<'_>) -> Self {
        Self {
            node: node.id(),
            target: Target::Value,
        }
    }

    /// The key of a value; for list items and roots, which have none, the value.
    pub fn key(node: NodeRef<'_>) -> Self {
        let target = if node.key().is_some() {
            Target::Key
        } else {
            Target::Value
        };
        Self {
            node: node.id(),
            target,
        }
    }

    /// Key and value together; for list items and roots the value.
    pub fn pair(node: NodeRef<'_>) -> Self {
        let target = if node.key().is_some() {
            Target::Pair
        } else {
            Target::Value
        };
        Self {
            node: node.id(),
            target,
        }
    }

    /// The place to show when something is missing from `parent`: the key it stands under, the
    /// item it is, or for a whole record its `id`; for a record without one the record itself.
    pub fn missing_in(parent: NodeRef<'_>) -> Self {
        if parent.parent().is_some() {
            return Self::key(parent);
        }
        Self::value(parent.get("id").unwrap_or(parent))
    }

    /// The bytes to show. Of a value that spans several lines only its grip is shown: the pair of
    /// its `id`, or its first pair, rather than forty lines.
    pub fn span(self, tree: &Tree) -> Span {
        let node = tree.node(self.node);
        let key = node.key().map(NodeRef::span);
        match (self.target, key) {
            (Target::Key, Some(key)) => key,
            (Target::Pair, Some(key)) if is_compact(node) && !node.span().is_empty() => {
                key.cover(node.span())
            }
            (Target::Pair, Some(key)) => key,
            // A value that is not there is shown at its key.
            (_, Some(key)) if node.span().is_empty() => key,
            _ => grip(node),
        }
    }
}

/// Whether a node can be shown whole: a scalar or flow collection on one line.
fn is_compact(node: NodeRef<'_>) -> bool {
    let text = node.span().slice(node.tree().source());
    let is_block = !node.is_alias()
        && matches!(node.kind(), Kind::List | Kind::Map)
        && node.style() != Style::Flow;
    !is_block && !text.contains(['\n', '\r'])
}

fn grip(node: NodeRef<'_>) -> Span {
    if is_compact(node) {
        return node.span();
    }
    match node.kind() {
        Kind::Map => {
            let Some((key, value)) = node.pair("id").or_else(|| node.pairs().next()) else {
                return node.span();
            };
            if is_compact(value) {
                key.span().cover(value.span())
            } else {
                key.span()
            }
        }
        Kind::List => match node.key() {
            Some(key) => key.span(),
            None => node.items().next().map_or(node.span(), grip),
        },
        // A long text: its first line.
        _ => {
            let span = node.span();
            let text = span.slice(node.tree().source());
            let line = text.find(['\n', '\r']).unwrap_or(text.len());
            Span::new(span.start, span.start + line as u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits, parse};

    fn shown(text: &str, pointer: &str, place: fn(NodeRef<'_>) -> Place) -> String {
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let place = place(tree.at_pointer(pointer).unwrap());
        place.span(&tree).slice(text).to_owned()
    }

    const TEXT: &str = "kind: x\nid: a\nlist:\n  - what: one\n    id: L-1\n  - {id: L-2, n: 1}\n\
        map:\n  sub: |\n    two\n    lines\n  none:\n";

    #[test]
    fn scalars_and_one_line_values_are_shown_whole() {
        assert_eq!(shown(TEXT, "/id", Place::value), "a");
        assert_eq!(shown(TEXT, "/id", Place::key), "id");
        assert_eq!(shown(TEXT, "/id", Place::pair), "id: a");
        assert_eq!(shown(TEXT, "/list/1", Place::value), "{id: L-2, n: 1}");
    }

    #[test]
    fn long_values_are_shown_by_their_grip() {
        assert_eq!(shown(TEXT, "/list/0", Place::value), "id: L-1");
        assert_eq!(shown(TEXT, "/list", Place::value), "list");
        assert_eq!(shown(TEXT, "/map", Place::value), "sub");
        assert_eq!(shown(TEXT, "/map/sub", Place::value), "two");
        assert_eq!(shown(TEXT, "", Place::value), "id: a");
    }

    #[test]
    fn a_missing_id_is_shown_at_the_record_itself() {
        assert_eq!(
            shown("kind: x\ntitle: t\n", "", Place::missing_in),
            "kind: x"
        );
    }

    #[test]
    fn what_is_missing_is_shown_at_its_parent() {
        assert_eq!(shown(TEXT, "", Place::missing_in), "a");
        assert_eq!(shown(TEXT, "/map", Place::missing_in), "map");
        assert_eq!(shown(TEXT, "/list/0", Place::missing_in), "id: L-1");
        assert_eq!(shown(TEXT, "/map/none", Place::value), "none");
    }
}
