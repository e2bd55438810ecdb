//! The example organisation, written as a git repository with its history.
//!
//! Its files are part of the program (`larkfield`), and so is a script that says who brought what
//! in, and when (`script`). From both follow the earlier versions of each file (`stages`), then
//! the commits (`story`), which are the same everywhere, with the same ids (`repository`).
//! This module reads no clock and no configuration of git.

mod larkfield;
mod repository;
mod script;
mod stages;
mod story;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use story::Story;

/// Why the example was not written. The folder is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The caller's fault: what is there already is left alone.
    #[error("the folder `{}` is not empty", .path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The caller's fault: there is something of that name.
    #[error("`{}` exists and is no folder", .path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// The machine's fault: permissions, a full disk, a missing drive.
    #[error("cannot write `{}`: {error}", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The machine's fault: git objects cannot be stored there.
    #[error("cannot write the repository `{}`", .path.display())]
    Git {
        /// The folder.
        path: PathBuf,
        /// What the library says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Our fault: the script does not fit the files. A test of the program says so before.
    #[error("the history of the example cannot be told: {0}")]
    Script(String),
}

/// The example as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The full id of the last commit, the same wherever it is written.
    pub head: String,
    /// How many commits there are.
    pub commits: usize,
    /// How many people wrote them.
    pub authors: usize,
    /// How many files there are at the end.
    pub files: usize,
    /// The repository around the folder, if there is one.
    pub inside: Option<PathBuf>,
}

/// Writes the example organisation into a new or empty folder.
///
/// # Errors
/// See [`InitError`]; nothing half-written is left behind.
pub fn write_example(to: &Path) -> Result<Example, InitError> {
    let io_error = |error| InitError::Io {
        path: to.to_owned(),
        error,
    };
    let target = std::path::absolute(to).map_err(io_error)?;
    let is_there = is_empty_folder(to)?;
    let story = Story::of(larkfield::SCRIPT, larkfield::FILES).map_err(InitError::Script)?;
    let beside = match target.parent() {
        Some(parent) if !is_there => parent,
        _ => &target,
    };
    fs::create_dir_all(beside).map_err(io_error)?;
    let bench = tempfile::Builder::new()
        .prefix(".probity-")
        .suffix(".tmp")
        .tempdir_in(beside)
        .map_err(io_error)?;
    let draft = bench.path().join("example");
    let head = repository::write(&draft, &story).map_err(|error| InitError::Git {
        path: to.to_owned(),
        source: error.into(),
    })?;
    if is_there {
        move_into(&draft, &target).map_err(io_error)?;
    } else {
        fs::rename(&draft, &target).map_err(io_error)?;
    }
    Ok(Example {
        head,
        commits: story.commits.len(),
        authors: story.authors(),
        files: larkfield::FILES.len(),
        inside: repository_around(&target),
    })
}

/// Whether the folder is there already; it must be empty then.
fn is_empty_folder(path: &Path) -> Result<bool, InitError> {
    let path = path.to_owned();
    let mut entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    if path.symlink_metadata().is_ok() =>
                {
                    Err(InitError::NotAFolder { path })
                }
                io::ErrorKind::NotFound => Ok(false),
                _ => Err(InitError::Io { path, error }),
            };
        }
    };
    match entries.next() {
        None => Ok(true),
        Some(_) => Err(InitError::NotEmpty { path }),
    }
}

/// Moves what is in a folder into another, the repository last: until then it is none.
fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    let names = fs::read_dir(from)?.map(|entry| Ok(entry?.file_name()));
    let mut names: Vec<std::ffi::OsString> = names.collect::<io::Result<_>>()?;
    names.sort_by_key(|name| (name == ".git", name.clone()));
    for name in names {
        fs::rename(from.join(&name), to.join(&name))?;
    }
    Ok(())
}

fn repository_around(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}
