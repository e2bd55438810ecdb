use super::node::NodeRef;
use crate::text::Span;

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// What a node is under the YAML 1.2 core schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number with a fraction or an exponent, an infinity or not-a-number.
    Float,
    /// Text.
    Text,
    /// A sequence.
    List,
    /// A mapping.
    Map,
    /// `*name`: stands for the node that bears the anchor.
    Alias,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// A bare scalar, or a collection in block style.
    Plain,
    /// `'text'`.
    SingleQuoted,
    /// `"text"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
    /// `[…]` or `{…}`.
    Flow,
}

/// One node of the arena: 28 bytes, in document order, children directly after their parent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Where the node stands in the source.
    pub(super) span: Span,
    /// Scalars: the text, in the source or in the decoded buffer. Maps and lists: `end` is the
    /// number of children; `start` of a map is the place of its first key in [`Tree::keys`].
    /// Aliases: `start` is the target.
    pub(super) text: Span,
    /// Index of the parent; a root is its own parent.
    pub(super) parent: u32,
    /// One past the last descendant.
    pub(super) next: u32,
    pub(super) kind: Kind,
    pub(super) style: Style,
    pub(super) is_key: bool,
    /// Whether `text` counts in the decoded buffer instead of the source.
    pub(super) is_decoded: bool,
}

/// The keys of all maps. Those of one map lie side by side, so that a search for one does not have
/// to step from value to value.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) gists: Vec<u32>,
    pub(super) nodes: Vec<u32>,
}

impl Keys {
    /// No keys, with room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            gists: Vec::with_capacity(count),
            nodes: Vec::with_capacity(count),
        }
    }
}

/// The length and the ends of a key in one number: keys with different ones are different.
pub(super) fn gist(key: &[u8]) -> u32 {
    let ends = key.first_chunk().zip(key.last_chunk());
    let mixed = match ends {
        Some((first, last)) => {
            u32::from_le_bytes(*first) ^ u32::from_le_bytes(*last).rotate_left(13)
        }
        None => key
            .iter()
            .fold(0, |mixed, byte| mixed << 8 | u32::from(*byte)),
    };
    mixed ^ (key.len() as u32) << 3
}

/// A key written twice in one map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key as first written.
    pub first: NodeId,
    /// The same key written again.
    pub second: NodeId,
}

/// A tag outside the YAML 1.2 core schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignTag {
    /// The tagged node.
    pub node: NodeId,
    /// Where the tag itself stands.
    pub span: Span,
    /// The tag, as a reader of the file knows it.
    pub tag: String,
}

/// All documents of one YAML file, with the text they came from.
///
/// Scalars are byte ranges of that text wherever they stand there verbatim; only folded, escaped
/// and wrapped ones are copied, into one buffer.
#[derive(Debug)]
pub struct Tree {
    pub(super) source: Box<str>,
    pub(super) decoded: String,
    pub(super) nodes: Vec<Node>,
    pub(super) keys: Keys,
    pub(super) roots: Vec<NodeId>,
    pub(super) duplicates: Vec<Duplicate>,
    pub(super) foreign_tags: Vec<ForeignTag>,
    pub(super) suspects: Vec<NodeId>,
}

impl Tree {
    /// The text of the file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Gives the text back, for another use of its memory.
    pub fn into_source(self) -> Box<str> {
        self.source
    }

    /// The root of each document of the file, in order.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = NodeRef<'_>> {
        self.roots.iter().map(|root| self.node(*root))
    }

    /// The values of the file that hold a text, a number or a truth value, as they are written:
    /// without keys and aliases.
    pub fn scalars(&self) -> impl Iterator<Item = NodeRef<'_>> {
        let is_scalar = |node: &Node| {
            !node.is_key && matches!(node.kind, Kind::Text | Kind::Integer | Kind::Float)
        };
        let nodes = (0..).zip(&self.nodes);
        let scalars = nodes.filter(move |(_, node)| is_scalar(node));
        scalars.map(|(at, _)| self.node(NodeId(at)))
    }

    /// The root of the first document, if there is one.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.roots.first().map(|root| self.node(*root))
    }

    /// A node by its id. Ids of another tree give an unspecified node, or the root.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef::new(self, id)
    }

    /// All nodes in document order, keys and values alike.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len() as u32).map(|index| self.node(NodeId(index)))
    }

    /// Number of nodes, keys included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the file holds no document.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Keys written twice, in document order.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    /// All nodes that another reader may read differently, and some that only look so: bare words,
    /// texts like a time without offset, keys that are lists or maps. In document order.
    pub fn suspects(&self) -> impl Iterator<Item = NodeRef<'_>> {
        self.suspects.iter().map(|id| self.node(*id))
    }

    /// Tags that the core schema does not know.
    pub fn foreign_tags(&self) -> &[ForeignTag] {
        &self.foreign_tags
    }
}

impl NodeId {
    /// The first node of a tree: the root of its first document.
    pub const FIRST: Self = Self(0);

    /// The position of the node in its tree, in document order.
    pub const fn index(self) -> u32 {
        self.0
    }
}
