//! What an expression is compiled to: operations with everything resolved to indexes.

use regex::Regex;

use super::share::Share;
use super::standard::Standard;
use super::syntax::Operator;
use super::tag::Tag;
use crate::clock::{Duration, Instant};
use crate::text::Span;

/// Index of an operation in its [`Code`].
pub(super) type CodeId = u32;

/// The operations of an expression, operands before what uses them.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) nodes: Vec<CodeNode>,
    /// Operands of operations that take any number.
    pub(super) rows: Vec<CodeId>,
    /// Patterns known when the expression was loaded.
    pub(super) patterns: Vec<Regex>,
    /// Number of local values.
    pub(super) slots: u32,
}

/// An operation and where it is written.
#[derive(Debug)]
pub(super) struct CodeNode {
    pub(super) operation: Operation,
    pub(super) span: Span,
    /// Its number among the parts that several expressions have in common.
    pub(super) share: Option<Share>,
}

/// A range of [`Code::rows`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// How a node is read when an operation needs its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Not at all.
    Raw,
    /// As what it is.
    Any,
    Bool,
    Int,
    Double,
    Text,
    Time,
    Duration,
    List,
    Map,
}

#[derive(Debug)]
pub(super) enum Operation {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Box<str>),
    Bytes(Box<[u8]>),
    Time(Instant),
    Duration(Duration),
    Kind(Tag),
    Variable {
        index: u32,
        read: Read,
    },
    Local {
        slot: u32,
        read: Read,
    },
    Select {
        of: CodeId,
        key: Box<str>,
        is_optional: bool,
        read: Read,
    },
    Has {
        of: CodeId,
        key: Box<str>,
    },
    Index {
        of: CodeId,
        key: CodeId,
        is_optional: bool,
        read: Read,
    },
    HasIndex {
        of: CodeId,
        key: CodeId,
    },
    /// A function of the vocabulary.
    Call(Box<Call>),
    Standard {
        function: Standard,
        arguments: Row,
    },
    Matches {
        of: CodeId,
        pattern: u32,
    },
    OrElse {
        of: CodeId,
        other: CodeId,
        /// Whether the other is a value and not an optional.
        is_value: bool,
    },
    List(Row),
    /// A list, or with keys and values in turn a map, some of whose entries may be left out.
    Optionals {
        row: Row,
        optional: Box<[bool]>,
        is_map: bool,
    },
    Map(Row),
    Not(CodeId),
    Negate(CodeId),
    /// A question about two values.
    Compare {
        operator: Operator,
        left: CodeId,
        right: CodeId,
    },
    /// Arithmetic.
    Binary {
        operator: Operator,
        left: CodeId,
        right: CodeId,
    },
    /// `x in [a, b]`, without making the list.
    Among {
        value: CodeId,
        items: Row,
    },
    And(Row),
    Or(Row),
    Choice {
        condition: CodeId,
        yes: CodeId,
        no: CodeId,
    },
    Let {
        slot: u32,
        value: CodeId,
        body: CodeId,
    },
    Each(Box<Each>),
    /// `optMap` and `optFlatMap`.
    Within {
        of: CodeId,
        slot: u32,
        body: CodeId,
        is_flat: bool,
    },
    /// A list with every item read.
    Items {
        of: CodeId,
        read: Read,
    },
    /// What was let pass without the checker.
    Fault(Box<str>),
}

/// A call of the vocabulary.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: u32,
    pub(super) name: Box<str>,
    pub(super) arguments: Row,
    pub(super) takes: Box<[Takes]>,
    pub(super) read: Read,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Takes {
    pub(super) is_nullable: bool,
    pub(super) collection: Collection,
}

/// What a list or map that is not there is given as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    /// An empty list.
    List,
    /// An empty map.
    Map,
    /// As it is: it reads as empty whatever it is taken for.
    Any,
    /// Not at all.
    Refused,
}

/// A walk through a list or map.
#[derive(Debug)]
pub(super) struct Each {
    pub(super) walk: Walk,
    pub(super) over: CodeId,
    pub(super) slot: u32,
    /// The second variable: with it, the first is the index or key.
    pub(super) second: Option<u32>,
    pub(super) condition: Option<CodeId>,
    pub(super) body: CodeId,
}

/// What is made of the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    All,
    Exists,
    ExistsOne,
    Filter,
    /// `map` and `transformList`.
    List,
    /// `transformMap`.
    Map,
}

impl Operation {
    /// Whether the value is true or false, and found without making a value.
    pub(super) const fn is_question(&self) -> bool {
        matches!(
            self,
            Self::And(_)
                | Self::Or(_)
                | Self::Not(_)
                | Self::Has { .. }
                | Self::Compare { .. }
                | Self::Among { .. }
        )
    }

    /// Whether the value stands in the text.
    pub(super) const fn is_literal(&self) -> bool {
        matches!(
            self,
            Self::Null
                | Self::Bool(_)
                | Self::Int(_)
                | Self::Uint(_)
                | Self::Double(_)
                | Self::Text(_)
                | Self::Bytes(_)
                | Self::Time(_)
                | Self::Duration(_)
                | Self::Kind(_)
        )
    }
}

impl Code {
    pub(super) fn row(&self, row: Row) -> &[CodeId] {
        &self.rows[row.start as usize..row.end as usize]
    }

    pub(super) fn get(&self, id: CodeId) -> &CodeNode {
        &self.nodes[id as usize]
    }
}
