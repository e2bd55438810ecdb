//! Rules as data: the language they are written in and the words they use.
//!
//! [`expression`] is the language itself; it knows shapes and nodes of records, and no rule.
//! [`vocabulary`] is what rules speak about: registries, roles, limits, the record at hand.
//! [`Facts`] is what they ask for beyond the records that are kept.

pub mod expression;
mod facts;
pub mod vocabulary;

pub use facts::{Facts, Known};
