//! The one place that reads the clock.

use probity::clock::{Instant, parse_as_of};

use super::error::Failure;

/// The instant to evaluate as of: the one given, else `SOURCE_DATE_EPOCH`, else now.
pub(crate) fn as_of(given: Option<&str>) -> Result<Instant, Failure> {
    if let Some(text) = given {
        return parse_as_of(text).map_err(|error| {
            Failure::usage(error.to_string())
                .hint("write `--as-of 2025-06-20` or `--as-of 2025-06-20T12:00:00Z`")
        });
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(epoch) => epoch
            .trim()
            .parse()
            .ok()
            .and_then(|seconds| Instant::from_second(seconds).ok())
            .ok_or_else(|| {
                Failure::usage(format!(
                    "SOURCE_DATE_EPOCH is `{epoch}`, not a number of seconds"
                ))
            }),
        Err(_) => Ok(Instant::now()),
    }
}
