//! A text becomes a tree, by whichever reader can.

use super::syntax::SyntaxFault;
use super::tree::Tree;
use super::{reference, subset};
use crate::text::Span;

/// How much one file may ask for. Every limit is finite, because a pull request is written by
/// somebody who may want to break the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub bytes: usize,
    /// Deepest nesting of lists and maps.
    pub depth: usize,
    /// Most nodes (keys and values) in one file.
    pub nodes: usize,
    /// Most nodes when every alias is followed.
    pub expanded: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            depth: 64,
            nodes: 2_000_000,
            expanded: 1_000_000,
        }
    }
}

/// Why a text has no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The author's fault: the text is no YAML.
    #[error("{}", .0.message)]
    Syntax(SyntaxFault),
    /// The text asks for more than the [`Limits`] allow.
    #[error("{what} (the limit is {limit})")]
    Budget {
        /// What is too much, as a sentence without its full stop.
        what: &'static str,
        /// The limit that was reached.
        limit: usize,
        /// Where it was reached.
        at: Span,
    },
}

/// A text without a tree, given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Unparsed {
    /// Why.
    pub error: ParseError,
    /// The text.
    pub text: Box<str>,
}

/// Parses all documents of a file.
///
/// A byte-order mark is accepted. Duplicate keys and foreign tags do not fail here; they are
/// listed by the tree. Records as they are normally written are read by the subset reader, all
/// else by the reference reader, which alone finds faults.
///
/// # Errors
/// [`ParseError::Syntax`] for text that is no YAML, [`ParseError::Budget`] for text that exceeds
/// `limits`; with the text.
pub fn parse(source: Box<str>, limits: &Limits) -> Result<Tree, Unparsed> {
    match parse_subset(source, limits) {
        Ok(tree) => Ok(tree),
        Err(source) => parse_reference(source, limits),
    }
}

/// [`parse`] by the subset reader alone, which gives back what it does not know.
///
/// # Errors
/// The text, if it is not written plainly or exceeds `limits`.
#[doc(hidden)]
pub fn parse_subset(source: Box<str>, limits: &Limits) -> Result<Tree, Box<str>> {
    let read = if source.len() <= limits.bytes {
        subset::read(&source, limits)
    } else {
        None
    };
    match read {
        Some(tree) => Ok(Tree { source, ..tree }),
        None => Err(source),
    }
}

/// [`parse`] by the reference reader alone, which knows all of YAML.
///
/// # Errors
/// As of [`parse`].
#[doc(hidden)]
pub fn parse_reference(source: Box<str>, limits: &Limits) -> Result<Tree, Unparsed> {
    let read = if source.len() <= limits.bytes {
        reference::read(&source, limits)
    } else {
        Err(ParseError::Budget {
            what: "the file is too large",
            limit: limits.bytes,
            at: Span::default(),
        })
    };
    match read {
        Ok(tree) => Ok(Tree { source, ..tree }),
        Err(error) => Err(Unparsed {
            error,
            text: source,
        }),
    }
}
