//! The tree of an expression as it is written, before anything is known of types.

use crate::text::Span;

/// Index of a node in its [`Syntax`].
pub(super) type SyntaxId = u32;

/// An expression as written.
#[derive(Debug)]
pub(super) struct Syntax {
    pub(super) text: Box<str>,
    pub(super) nodes: Vec<SyntaxNode>,
    /// The children of calls, lists, maps, `&&` and `||`.
    pub(super) children: Vec<Child>,
    pub(super) root: SyntaxId,
}

/// A child in a row of children.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child {
    pub(super) id: SyntaxId,
    /// Whether it is written with a `?` before it.
    pub(super) is_optional: bool,
}

/// One node.
#[derive(Debug)]
pub(super) struct SyntaxNode {
    pub(super) form: Form,
    pub(super) span: Span,
    /// One more than the highest below.
    pub(super) height: u16,
}

/// A range of [`Syntax::children`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Children {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Form {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Box<str>),
    Bytes(Box<[u8]>),
    /// A name; the span of the node is that of the name without a leading dot.
    Name,
    Select {
        of: SyntaxId,
        key: Span,
        is_optional: bool,
        /// Whether the key is in backticks, so that it is no part of a dotted name.
        is_quoted: bool,
    },
    Index {
        of: SyntaxId,
        key: SyntaxId,
        is_optional: bool,
    },
    Call {
        of: Option<SyntaxId>,
        name: Span,
        arguments: Children,
    },
    List(Children),
    /// Keys and values in turn.
    Map(Children),
    Not(SyntaxId),
    Negate(SyntaxId),
    Binary {
        operator: Operator,
        left: SyntaxId,
        right: SyntaxId,
    },
    And(Children),
    Or(Children),
    Choice {
        condition: SyntaxId,
        yes: SyntaxId,
        no: SyntaxId,
    },
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    /// Whether it asks a question about two values, and makes none of them.
    pub(super) const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::Unequal
                | Self::Less
                | Self::AtMost
                | Self::Greater
                | Self::AtLeast
                | Self::In
        )
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

impl Syntax {
    pub(super) fn get(&self, id: SyntaxId) -> &SyntaxNode {
        &self.nodes[id as usize]
    }

    pub(super) fn children(&self, range: Children) -> &[Child] {
        &self.children[range.start as usize..range.end as usize]
    }

    pub(super) fn slice(&self, span: Span) -> &str {
        span.slice(&self.text)
    }

    /// The name, if the node is one.
    pub(super) fn name(&self, id: SyntaxId) -> Option<&str> {
        let node = self.get(id);
        matches!(node.form, Form::Name).then(|| self.slice(node.span))
    }
}
