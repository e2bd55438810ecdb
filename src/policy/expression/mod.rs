//! The language rules are written in: CEL, the Common Expression Language, over record nodes.
//!
//! [`compile`] reads a text, checks it against the types in [`Scope`] and gives an
//! [`Expression`], which evaluates in a [`World`] within a [`Budget`]. Everything that can be
//! known when a rule is loaded is a [`Mistake`] with its place; what happens later is a [`Halt`]
//! with the place inside the expression. Values are nodes of a record or computed from them; no
//! record is ever converted. This module knows shapes, nodes and times; it knows no rule, no
//! registry and no finding.

mod check;
mod code;
mod compile;
mod equal;
mod evaluate;
mod function;
mod halt;
mod key;
mod lexer;
mod literal;
mod mistake;
mod operate;
mod parser;
mod reading;
mod scope;
mod select;
mod share;
mod signature;
mod standard;
mod syntax;
mod tag;
mod terms;
mod text;
mod types;
mod value;
mod walk;

pub use compile::{Expression, compile, compile_place, compile_unchecked};
pub use halt::{Budget, Halt, Wanted, Why};
pub use key::Key;
pub use mistake::Mistake;
pub use scope::{Scope, World};
pub use share::{Evaluated, Share, Sharing};
pub use signature::{Function, Parameter, Variable};
pub use tag::Tag;
pub use terms::Terms;
pub use types::{NodeType, Type};
pub use value::{Absent, Bytes, List, ListItems, Map, TextValue, Value};
