//! Positions in text, and patterns over it.
//!
//! Everything inside Probity counts bytes ([`Span`]); lines and columns are computed from bytes
//! once, at the edge, for what is printed ([`LineIndex`]). This module knows no YAML, no file and
//! no finding.

mod base64;
mod line_index;
mod mention;
mod pattern;
mod similar;
mod span;

pub use base64::decode_base64;
pub use line_index::{LineColumn, LineIndex};
pub use mention::Mentions;
pub use pattern::compile_pattern;
pub use similar::{closest, closest_or_longer};
pub use span::Span;
