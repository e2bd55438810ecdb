//! From the path a user names to the repository it belongs to.
//!
//! Not `Repository::discover`: it passes by a damaged repository as if there were none, and then
//! the records would be taken for a plain folder, or for part of a repository further up.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

use super::error::OpenError;

/// The path that a user names.
pub(super) struct Asked {
    /// As given.
    pub(super) given: PathBuf,
    /// As much of it as exists, without links.
    pub(super) place: PathBuf,
    /// The rest; a revision may have it.
    pub(super) rest: PathBuf,
}

impl Asked {
    /// Follows the links on the way, but not out of the repository they stand in: such a link may
    /// be part of what is to be checked.
    pub(super) fn locate(given: &Path) -> Result<Self, OpenError> {
        let not_found = || OpenError::NotFound {
            path: given.to_owned(),
            revision: None,
        };
        let absolute = std::path::absolute(given).map_err(|_| not_found())?;
        let mut existing = absolute.as_path();
        let mut rest = PathBuf::new();
        let place = loop {
            match real(existing) {
                Ok(place) => break place,
                Err(error) if is_absent(&error) => {
                    let name = existing.file_name().ok_or_else(not_found)?;
                    rest = if rest.as_os_str().is_empty() {
                        PathBuf::from(name)
                    } else {
                        Path::new(name).join(rest)
                    };
                    existing = existing.parent().ok_or_else(not_found)?;
                }
                Err(source) => {
                    return Err(OpenError::Io {
                        path: given.to_owned(),
                        source,
                    });
                }
            }
        };
        if let Some(link) = link_out(existing, &place) {
            return Err(OpenError::LinkOutside {
                path: given.to_owned(),
                link,
            });
        }
        Ok(Self {
            given: given.to_owned(),
            place,
            rest,
        })
    }

    /// The whole path relative to `root`, with `/` between the names.
    pub(super) fn relative_to(&self, root: &Path) -> Result<String, OpenError> {
        let path = self
            .place
            .strip_prefix(root)
            .map_err(|_| OpenError::OutsideWorktree {
                path: self.given.clone(),
                worktree: root.to_owned(),
            })?
            .join(&self.rest);
        let names: Option<Vec<&str>> = path.iter().map(|name| name.to_str()).collect();
        names
            .map(|names| names.join("/"))
            .ok_or_else(|| OpenError::NotUtf8 {
                path: self.given.clone(),
            })
    }
}

/// A repository and the folder that its paths are relative to.
pub(super) struct Found {
    pub(super) repository: Repository,
    /// The worktree, or the bare repository itself.
    pub(super) root: PathBuf,
    /// The folder it was opened at.
    pub(super) holder: PathBuf,
}

impl Found {
    /// The nearest repository at or above a place, if there is one.
    pub(super) fn above(asked: &Asked) -> Result<Option<Self>, OpenError> {
        let Some(holder) = holder_above(&asked.place) else {
            return Ok(None);
        };
        let repository =
            open_exactly(holder).map_err(|error| cannot_open(holder.to_owned(), error))?;
        let root = match repository.workdir() {
            None => holder.to_owned(),
            Some(worktree) => real(worktree).map_err(|source| OpenError::Io {
                path: worktree.to_owned(),
                source,
            })?,
        };
        let is_inside_git = !repository.is_bare()
            && real(repository.path()).is_ok_and(|git| asked.place.starts_with(git));
        if is_inside_git {
            return Err(OpenError::OutsideWorktree {
                path: asked.given.clone(),
                worktree: root,
            });
        }
        Ok(Some(Self {
            repository,
            root,
            holder: holder.to_owned(),
        }))
    }
}

/// Opens the repository at `path`, not one above it, and without a look at the environment.
pub(super) fn open_exactly(path: &Path) -> Result<Repository, git2::Error> {
    // Whatever is read as a proof is hashed where it is read; hashing every tree of a long history
    // as well would take most of the time.
    git2::opts::strict_hash_verification(false);
    let no_ceiling: [&str; 0] = [];
    Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, no_ceiling)
}

/// The nearest folder from `place` upward that has a `.git`, or is a bare repository.
fn holder_above(place: &Path) -> Option<&Path> {
    place.ancestors().find(|folder| {
        fs::symlink_metadata(folder.join(".git")).is_ok()
            || (folder.join("HEAD").is_file()
                && folder.join("objects").is_dir()
                && folder.join("refs").is_dir())
    })
}

/// The link on the way of `path` that stands in a repository and leads out of it.
fn link_out(path: &Path, place: &Path) -> Option<PathBuf> {
    let mut ways: Vec<&Path> = path.ancestors().collect();
    ways.reverse();
    let link = ways.into_iter().find(|way| {
        let is_link = fs::symlink_metadata(way).is_ok_and(|it| it.is_symlink());
        let folder = way.parent().filter(|_| is_link).map(real);
        matches!(folder, Some(Ok(folder))
            if holder_above(&folder).is_some_and(|root| !place.starts_with(root)))
    });
    link.map(Path::to_owned)
}

fn cannot_open(path: PathBuf, error: git2::Error) -> OpenError {
    let said = |text: &str| error.message().contains(text);
    let feature = if said("object format") || said("objectformat") {
        Some("SHA-256 object names")
    } else if said("refstorage") {
        Some("another store of references than files")
    } else if said("partialclone") {
        Some("objects that are fetched on demand (a partial clone)")
    } else if said("extension") || said("repository version") {
        Some("a newer format")
    } else {
        None
    };
    match (error.code(), feature) {
        (ErrorCode::Owner, _) => OpenError::OwnedByAnother { path },
        (_, Some(feature)) => OpenError::Unsupported { path, feature },
        (ErrorCode::NotFound, None) => {
            let what = "it has no HEAD, no objects or no refs".to_owned();
            corrupt(path, what, error)
        }
        _ => corrupt(path, "it cannot be opened".to_owned(), error),
    }
}

pub(super) fn corrupt(path: PathBuf, what: String, error: git2::Error) -> OpenError {
    OpenError::Corrupt {
        path,
        what,
        source: error.into(),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// The path without links; on Windows also without the prefix `\\?\`, which git does not know.
fn real(path: &Path) -> io::Result<PathBuf> {
    let real = fs::canonicalize(path)?;
    let plain = real
        .to_str()
        .and_then(|it| it.strip_prefix(r"\\?\"))
        .filter(|it| it.as_bytes().get(1) == Some(&b':'));
    Ok(plain.map_or_else(|| real.clone(), PathBuf::from))
}
