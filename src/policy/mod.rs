//! What must be true, and what must be done by when: packs of rules and their language.
//!
//! A pack is a record of kind `policy`; its rules are data with expressions in them. Packs are
//! compiled once ([`Catalogue`]), type-checked against the schemas, and asked about each record
//! ([`ask`]). Rust offers the language (`expression`) and the words that rules speak
//! (`vocabulary`), no rule of its own. Facts from outside a record come through a trait.

mod ask;
mod catalogue;
mod duty;
pub mod expression;
mod facts;
mod form;
mod pack;
mod shipped;
mod side_by_side;
mod template;
pub mod vocabulary;

pub use ask::{Answer, Asked, ask};
pub use catalogue::Catalogue;
pub use expression::Wanted;
pub use facts::{Facts, Known};
pub use form::{Entry, Form};
pub use pack::rules as written_rules;
pub use shipped::{pack_texts, shipped_packs};
