//! Facts about one file, whatever its name: what a record points at.

use std::fs;
use std::io;
use std::path::{Component, Path};

use git2::{ObjectType, Oid};

use super::error::ReadError;
use super::listing::{FileEntry, Scope, SkipReason, join};
use super::open::{Origin, Source};
use super::overlay::Laid;
use super::walk::{LONGEST_PATH, View, Walk};

/// A regular file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file as reported: relative to the root of the repository.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether git ignores it, so that no commit will hold it.
    pub is_ignored: bool,
    /// Whether git knows it; without git every file counts as known.
    pub is_tracked: bool,
    /// The blob, in a revision.
    pub(super) object: Option<Oid>,
}

/// The name of a content in git: the same content has the same name, in whatever revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub(super) Oid);

impl BlobId {
    /// The name that git gives to a content.
    pub fn of(content: &[u8]) -> Option<Self> {
        Oid::hash_object(ObjectType::Blob, content).ok().map(Self)
    }
}

impl Found {
    /// The content's name in git; `None` for a file on disk or in memory.
    pub fn blob(&self) -> Option<BlobId> {
        self.object.map(BlobId)
    }
}

impl Source {
    /// The regular file at a path, relative to the root of the repository (without git: to the
    /// record root), wherever in the repository it lies and whatever its name is. `None` if there
    /// is nothing.
    ///
    /// `.` and `..` are resolved as text, before anything is looked at. No link is followed and no
    /// other repository entered, as in [`Source::list`].
    ///
    /// # Errors
    /// [`ReadError::Outside`] and [`ReadError::Barred`] for a way that is not taken,
    /// [`ReadError::NotRegular`] for a folder or a pipe; others if the way cannot be looked at.
    pub fn find(&self, path: &str) -> Result<Option<Found>, ReadError> {
        let path = plain(path)?;
        match self.overlay.at(&path)? {
            None => self.find_origin(&path),
            Some(Laid::Nothing) => Ok(None),
            Some(Laid::File(size)) => Ok(Some(Found {
                path,
                size,
                is_ignored: false,
                is_tracked: true,
                object: None,
            })),
        }
    }

    /// The same without the changes in memory; the path is plain.
    pub(super) fn find_origin(&self, path: &str) -> Result<Option<Found>, ReadError> {
        if path.is_empty() {
            return Err(ReadError::NotRegular {
                path: ".".to_owned(),
            });
        }
        if path.contains('\0') || path.len() > LONGEST_PATH {
            return Ok(None);
        }
        let scope = &self.scope;
        match &self.origin {
            Origin::Revision(snapshot) => {
                let found = snapshot.find(path, scope)?;
                Ok(found.map(|(object, size)| Found {
                    path: path.to_owned(),
                    size,
                    is_ignored: false,
                    is_tracked: true,
                    object: Some(object),
                }))
            }
            Origin::Folder { root } => Walk {
                root,
                scope,
                view: None,
            }
            .find(path),
            Origin::Worktree {
                root,
                repository,
                whole,
                ..
            } => {
                let view = match whole.get() {
                    Some(view) => view,
                    None => {
                        let everything = Scope {
                            records: String::new(),
                            asked: String::new(),
                        };
                        let view = View::of(repository, &everything)?;
                        whole.get_or_init(|| view)
                    }
                };
                Walk {
                    root,
                    scope,
                    view: Some(view),
                }
                .find(path)
            }
        }
    }

    /// The content of a file that was found, at most `limit` bytes.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read_found(&self, found: &Found, limit: usize) -> Result<Vec<u8>, ReadError> {
        let file = FileEntry {
            path: found.path.clone(),
            size: Some(found.size),
            in_scope: false,
            object: found.object,
        };
        self.read(&file, limit)
    }
}

impl Walk<'_> {
    fn find(&self, path: &str) -> Result<Option<Found>, ReadError> {
        let barred = |at: &str, reason: SkipReason| {
            Err(ReadError::Barred {
                path: path.to_owned(),
                at: at.to_owned(),
                reason,
            })
        };
        let ways = path.match_indices('/').map(|(at, _)| &path[..at]);
        for way in ways {
            let on_disk = self.on_disk(way);
            match fs::symlink_metadata(&on_disk) {
                Ok(it) if it.is_symlink() => return barred(way, self.link(way)),
                Ok(it) if !it.is_dir() => return Ok(None),
                Ok(_) if self.is_repository(way, &on_disk) => {
                    return barred(way, SkipReason::NestedRepository);
                }
                Ok(_) => {}
                Err(error) => return absent(way, error),
            }
        }
        let on_disk = self.on_disk(path);
        let metadata = match fs::symlink_metadata(&on_disk) {
            Ok(metadata) => metadata,
            Err(error) => return absent(path, error),
        };
        if metadata.is_symlink() {
            return barred(path, self.link(path));
        }
        if !metadata.is_file() {
            return Err(ReadError::NotRegular {
                path: path.to_owned(),
            });
        }
        Ok(Some(Found {
            path: path.to_owned(),
            size: metadata.len(),
            is_ignored: self.is_left_out(path, &metadata),
            is_tracked: self.view.is_none() || self.is_tracked(path, metadata.file_type()),
            object: None,
        }))
    }

    fn link(&self, path: &str) -> SkipReason {
        self.link_reason(path, true)
            .unwrap_or(SkipReason::LinkBroken)
    }

    /// Whether git ignores a file that it does not track either.
    fn is_left_out(&self, path: &str, metadata: &fs::Metadata) -> bool {
        let Some(view) = self.view else {
            return false;
        };
        if self.is_tracked(path, metadata.file_type()) {
            return false;
        }
        let folder = self.folder(path.rsplit_once('/').map_or("", |(folder, _)| folder));
        folder.is_ignored || {
            let rules = self.rules_in(&folder, view);
            view.rules.ignores(rules.as_deref(), path, false)
        }
    }
}

/// A path without `.` and `..`, names joined with one `/` each; empty for the root.
pub(super) fn plain(path: &str) -> Result<String, ReadError> {
    let outside = || ReadError::Outside {
        path: path.to_owned(),
    };
    if path.starts_with('/') {
        return Err(outside());
    }
    let mut place = String::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if place.is_empty() => return Err(outside()),
            ".." => place.truncate(place.rfind('/').unwrap_or(0)),
            name if name.eq_ignore_ascii_case(".git") || !is_name(name) => return Err(outside()),
            name => place = join(&place, name),
        }
    }
    Ok(place)
}

/// Whether the system, too, takes this for one name: on Windows `a\b` and `c:` are more.
fn is_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none()
}

/// Names that cannot be are absent, too.
fn absent<T>(path: &str, error: io::Error) -> Result<Option<T>, ReadError> {
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidFilename => Ok(None),
        _ => Err(ReadError::from_io(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_and_do_not_lead_out() {
        assert_eq!(plain("a/./b//../c.png").unwrap(), "a/c.png");
        assert_eq!(plain("a/..").unwrap(), "");
        assert_eq!(plain("..a/b..").unwrap(), "..a/b..");
        for path in ["..", "a/../../b", "/etc/passwd", ".git/config", "a/.GIT/x"] {
            assert!(
                matches!(plain(path), Err(ReadError::Outside { .. })),
                "{path}"
            );
        }
    }
}
