//! Expressions over records: what nodes read as, what is refused when an expression is loaded,
//! and what input of any kind cannot do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod desk;
mod hostile;
mod mistakes;
mod nodes;
mod properties;
mod terms;
