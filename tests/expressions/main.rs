//! Expressions over records: what nodes read as, what is refused when an expression is loaded,
//! and what input of any kind cannot do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod desk;
mod hostile;
mod mistakes;
mod nodes;
mod properties;
mod terms;

/// Expressions are compiled once and evaluated by many threads.
#[test]
fn expressions_and_values_can_be_shared() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<probity::policy::expression::Expression>();
    is_shared::<probity::policy::expression::Value<'static>>();
    is_shared::<probity::policy::expression::Terms>();
}
