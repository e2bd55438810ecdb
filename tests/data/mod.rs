//! Where test data written by others is found: never part of this repository.

use std::path::PathBuf;

/// The folder `name` below `PROBITY_TEST_DATA`, or `None` with a loud line when it is not there.
#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a skipped test says so"
)]
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PROBITY_TEST_DATA").map(|root| PathBuf::from(root).join(name));
    match folder {
        Some(folder) if folder.is_dir() => Some(folder),
        _ => {
            eprintln!("SKIPPED: set PROBITY_TEST_DATA to a folder that holds `{name}`");
            None
        }
    }
}
