//! What rules speak about: the functions and variables of the policy language.
//!
//! [`Lookups`] is built once over the kept records and answers without searching; a [`Speaker`]
//! is the world that an expression about one record is evaluated in; [`entries`] lists every
//! function with a sentence about it and an example that a test executes, and [`variables`] every
//! variable. What a missing or unreadable registry would have to say is a gap, never a "no". This
//! module knows records and times; it knows no rule and reads no file.

mod arguments;
mod decisions;
mod files;
mod functions;
mod history;
mod incidents;
mod limits;
mod lists;
mod lookups;
mod memo;
mod messages;
mod parties;
mod proof;
mod reasons;
mod roles;
mod sharing;
#[cfg(test)]
mod small;
mod speaker;
mod table;
mod variables;

pub use files::beside;
pub use lookups::Lookups;
pub use memo::Memo;
pub(super) use reasons::is_real;
pub use sharing::{Content, Need, Sharing};
pub use speaker::Speaker;
pub use table::{Entry, entries, functions};
pub use variables::{kind_type, variables};
