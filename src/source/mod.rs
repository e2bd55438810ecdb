//! Where bytes come from: a worktree, a revision of a git repository, or a plain folder.
//!
//! The only door to disk and git for reading, and the only module that names `git2` and
//! `ignore`. A [`Source`] is opened once for the path a user names, lists the YAML files of the
//! record root as git sees them, and reads them from many threads. Symbolic links are never
//! followed, other repositories never entered, nothing is run and nothing is written. What is
//! not read is listed with its reason; [`Source::with_changes`] lays changes in memory over it, and
//! [`Source::find`] tells of single files that are no records. This module knows no YAML, no record and no environment
//! variable that begins with `GIT_`.

mod address;
mod base;
mod discover;
mod disk;
mod error;
mod find;
mod ignored;
mod link;
mod listing;
mod log;
mod open;
mod overlay;
mod revision;
mod staged;
mod stream;
mod walk;
mod worktree;

pub use base::{AlteredFile, Base, Differences, Doubt};
pub use disk::read_file;
pub use error::{OpenError, ReadError};
pub use find::{BlobId, Found};
pub use listing::{FileEntry, Listing, SkipReason, Skipped};
pub use log::{FileChange, FileLog, Log, LogError, LoggedCommit, Signer};
pub use open::{Revision, Source};
pub use staged::StagedCommit;
