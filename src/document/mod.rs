//! YAML text as one tree of nodes with exact places.
//!
//! A file is parsed once into an arena ([`Tree`]); every key and value carries its byte span.
//! Schema validation, references, expressions and typed views all read this tree through
//! [`NodeRef`]; nothing else in Probity parses YAML, and only this module names the parser.
//! YAML 1.2 core schema: `yes` and `2025-05-06` are text. Duplicate keys are kept and listed,
//! aliases stay edges and are never copied. This module knows no record, no rule and no file.

mod build;
mod edit;
mod node;
mod parse;
mod path;
mod place;
mod pointer;
mod reference;
mod scalar;
mod serde;
mod subset;
mod syntax;
mod tree;

pub use self::serde::TypeMismatch;
pub use edit::{Edit, EditError, apply};
pub use node::{Items, NodeRef, Number, Pairs};
pub use parse::{Limits, ParseError, Unparsed, parse};
#[doc(hidden)]
pub use parse::{parse_reference, parse_subset};
pub use path::{Identity, Path, PathError, Step, Stop, Why, path_of};
pub use place::{Place, Target};
pub use pointer::{escape_token, unescape_token};
pub use syntax::SyntaxFault;
pub use tree::{Duplicate, ForeignTag, Kind, NodeId, Style, Tree};
