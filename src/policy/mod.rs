//! Rules as data: the language they are written in.
//!
//! [`expression`] is the language itself; it knows shapes and nodes of records, and no rule.

pub mod expression;
