//! The one place that reads the clock.

use std::path::Path;

use probity::clock::{Instant, at_second, parse_as_of};
use probity::engine::CheckError;
use probity::source::Source;

use super::error::Failure;

/// What stands for the time of the commit that is examined.
const COMMIT: &str = "commit";

/// The instant to evaluate as of: the one given, or that of the commit at hand, else what
/// [`now`] says.
pub(crate) fn as_of(
    given: Option<&str>,
    path: &Path,
    revision: Option<&str>,
) -> Result<Instant, Failure> {
    match given {
        None => now(),
        Some(COMMIT) => of_commit(path, revision),
        Some(text) => parse_as_of(text).map_err(|error| {
            Failure::usage(error.to_string()).hint(
                "write `--as-of 2025-06-20`, `--as-of 2025-06-20T12:00:00Z` or `--as-of commit`",
            )
        }),
    }
}

/// When the revision at `path` was committed; of files on disk, the commit that is checked out.
fn of_commit(path: &Path, revision: Option<&str>) -> Result<Instant, Failure> {
    let source = Source::open(path, revision).map_err(CheckError::from)?;
    let Some(commit) = source.revision() else {
        let shown = path.display();
        return Err(Failure::usage(format!("there is no commit at `{shown}`"))
            .hint("write a time, such as `--as-of 2025-06-20T12:00:00Z`"));
    };
    at_second(commit.committed).ok_or_else(|| {
        let id = commit.id.get(..12).unwrap_or(&commit.id);
        Failure::usage(format!("the time of commit {id} is not one of a calendar"))
            .hint("write a time, such as `--as-of 2025-06-20T12:00:00Z`")
    })
}

/// `SOURCE_DATE_EPOCH`, else the time now.
pub(crate) fn now() -> Result<Instant, Failure> {
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
