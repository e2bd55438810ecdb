//! Answers that are put together from the registries and the outcome of a run: models first, then
//! text. So far whom to call about a system or a third party.

mod who;
mod who_text;

pub use who::{Contact, PartyCard, Route, Sharing, Who, WhoError, who};
