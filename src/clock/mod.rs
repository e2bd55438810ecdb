//! Instants, days and the reading of limits: pure arithmetic.
//!
//! Nothing here reads a clock; every instant is given. A day that begins or records something
//! counts from its start, 00:00 UTC; a day that ends something or falls due counts until its end,
//! 24:00 UTC, so that the day itself is inside.

mod calendar;
mod duration;
mod length;
mod moment;
mod period;

pub use calendar::Wall;
pub use duration::{duration_text, parse_duration};
pub use length::{
    add_lengths, at_second, between, is_within, nanoseconds, parse_length, seconds_text, shift,
    shift_back, subtract_lengths,
};
pub use moment::{AsOfError, Moment, parse_as_of, parse_instant, start_of_day};
pub use period::{Period, PeriodError};

/// A point on the time line.
pub type Instant = jiff::Timestamp;

/// A length of time, to the nanosecond.
pub type Duration = jiff::SignedDuration;
