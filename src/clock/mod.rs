//! Instants, days and the reading of limits: pure arithmetic.
//!
//! Nothing here reads a clock; every instant is given. A day that begins or records something
//! counts from its start, 00:00 UTC; a day that ends something or falls due counts until its end,
//! 24:00 UTC, so that the day itself is inside.

mod duration;
mod moment;

pub use duration::{duration_text, parse_duration};
pub use moment::{AsOfError, Moment, parse_as_of, parse_instant};

/// A point on the time line.
pub type Instant = jiff::Timestamp;

/// A length of time, to the nanosecond.
pub type Duration = jiff::SignedDuration;
