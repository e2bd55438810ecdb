//! Files of a commit, straight from the object database.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use git2::{ErrorClass, ErrorCode, FileMode, ObjectType, Oid, Repository, Tree};

use super::discover;
use super::error::ReadError;
use super::find::BlobId;
use super::link::{self, Place};
use super::listing::{FileEntry, Listing, Scope, SkipReason, is_evidence, is_yaml, join};
use super::walk::LONGEST_PATH;

/// How much memory names may take: a few trees that hold each other can spell out billions.
const MOST_BYTES: usize = 512 << 20;
/// What an entry takes besides its name, roughly.
const ENTRY_BYTES: usize = 96;

/// Handles of one repository. A handle serves one thread at a time, so there are at most as many
/// as threads have read at once.
pub(super) struct Pool {
    holder: PathBuf,
    idle: Mutex<Vec<Repository>>,
}

impl Pool {
    pub(super) fn new(first: Option<Repository>, holder: PathBuf) -> Self {
        Self {
            holder,
            idle: Mutex::new(first.into_iter().collect()),
        }
    }

    pub(super) fn with<T>(
        &self,
        path: &str,
        read: impl FnOnce(&Repository) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = idle().pop();
        let handle = match handle {
            Some(handle) => handle,
            None => discover::open_exactly(&self.holder).map_err(|error| corrupt(path, error))?,
        };
        let result = read(&handle);
        idle().push(handle);
        result
    }
}

/// The tree of a commit.
pub(super) struct Snapshot {
    pub(super) pool: Pool,
    pub(super) tree: Oid,
}

impl Snapshot {
    /// All files of the record root.
    pub(super) fn list(&self, scope: &Scope) -> Result<Listing, ReadError> {
        self.pool.with(&scope.records, |repository| {
            let root = find_tree(repository, self.tree, "")?;
            let top = if scope.records.is_empty() {
                root.id()
            } else {
                match root.get_path(Path::new(&scope.records)) {
                    Ok(entry) => entry.id(),
                    // The base of a change that adds the records as a whole.
                    Err(error) if error.class() == ErrorClass::Tree => {
                        return Ok(Listing::default());
                    }
                    Err(error) => return Err(missing(&scope.records, self.tree, error)),
                }
            };
            let lister = Lister {
                repository,
                root: &root,
                scope,
            };
            lister.list(top)
        })
    }

    /// Blob and size of the regular file at a path, if there is one.
    pub(super) fn find(&self, path: &str, scope: &Scope) -> Result<Option<(Oid, u64)>, ReadError> {
        let ways = path.match_indices('/').map(|(at, _)| &path[..at]);
        self.pool.with(path, |repository| {
            let root = find_tree(repository, self.tree, "")?;
            for way in ways.chain([path]) {
                let entry = match root.get_path(Path::new(way)) {
                    Ok(entry) => entry,
                    Err(error) if error.class() == ErrorClass::Tree => return Ok(None),
                    Err(error) => return Err(missing(way, self.tree, error)),
                };
                let barred = |reason: Option<SkipReason>| ReadError::Barred {
                    path: path.to_owned(),
                    at: way.to_owned(),
                    reason: reason.unwrap_or(SkipReason::LinkBroken),
                };
                match entry.filemode() {
                    mode if mode == i32::from(FileMode::Commit) => {
                        return Err(barred(Some(SkipReason::NestedRepository)));
                    }
                    mode if mode == i32::from(FileMode::Link) => {
                        let lister = Lister {
                            repository,
                            root: &root,
                            scope,
                        };
                        let target = lister.link_target(entry.id());
                        let look = |it: &str| lister.look(it);
                        return Err(barred(link::skip_reason(way, target, true, look)));
                    }
                    mode if mode == i32::from(FileMode::Tree) && way != path => {}
                    _ if way != path => return Ok(None),
                    _ => {
                        let size = blob_size(repository, entry.id(), path)?;
                        return Ok(Some((entry.id(), size as u64)));
                    }
                }
            }
            Ok(None)
        })
    }

    /// The content of one file.
    pub(super) fn read(&self, file: &FileEntry, limit: usize) -> Result<Vec<u8>, ReadError> {
        let path = file.path.as_str();
        let Some(id) = file.object else {
            return Err(ReadError::NotRegular {
                path: path.to_owned(),
            });
        };
        self.pool
            .with(path, |repository| read_blob(repository, id, path, limit))
    }
}

struct Lister<'r> {
    repository: &'r Repository,
    root: &'r Tree<'r>,
    scope: &'r Scope,
}

impl Lister<'_> {
    fn list(&self, top: Oid) -> Result<Listing, ReadError> {
        let mut listing = Listing::default();
        let mut bytes = 0;
        let mut folders = vec![(self.scope.records.clone(), top)];
        while let Some((folder, id)) = folders.pop() {
            let tree = match find_tree(self.repository, id, &folder) {
                Ok(tree) => tree,
                Err(error) if folder == self.scope.records => return Err(error),
                Err(_) => {
                    listing.skip(folder, SkipReason::MissingObject { id: id.to_string() });
                    continue;
                }
            };
            for entry in &tree {
                let shown = String::from_utf8_lossy(entry.name_bytes());
                let path = join(&folder, &shown);
                bytes += path.len() + ENTRY_BYTES;
                if bytes > MOST_BYTES {
                    return Err(ReadError::TooManyFiles { limit: MOST_BYTES });
                }
                let is_folder = entry.filemode() == i32::from(FileMode::Tree);
                if entry.name().is_err() && (is_folder || is_yaml(&shown)) {
                    listing.skip(path, SkipReason::NotUtf8);
                } else if path.len() > LONGEST_PATH {
                    listing.skip(path, SkipReason::PathTooLong);
                } else if is_folder {
                    folders.push((path, entry.id()));
                } else {
                    self.add(&mut listing, path, &shown, entry.filemode(), entry.id());
                }
            }
        }
        Ok(listing.sorted())
    }

    /// Adds what is no folder.
    fn add(&self, listing: &mut Listing, path: String, name: &str, mode: i32, id: Oid) {
        if mode != i32::from(FileMode::Commit) && is_evidence(&path) {
            listing.evidence.push(path.as_str().into());
        }
        if mode == i32::from(FileMode::Commit) {
            listing.skip(path, SkipReason::NestedRepository);
        } else if mode == i32::from(FileMode::Link) {
            let target = self.link_target(id);
            let reason = link::skip_reason(&path, target, is_yaml(name), |it| self.look(it));
            if let Some(reason) = reason {
                listing.skip(path, reason);
            }
        } else if is_yaml(name) {
            listing.files.push(FileEntry {
                in_scope: self.scope.contains(&path),
                path,
                size: None,
                object: Some(id),
            });
        } else {
            listing.other_files += 1;
        }
    }

    fn look(&self, path: &str) -> Place {
        let Ok(entry) = self.root.get_path(Path::new(path)) else {
            return Place::Missing;
        };
        match entry.filemode() {
            mode if mode == i32::from(FileMode::Tree) => Place::Folder,
            mode if mode == i32::from(FileMode::Commit) => Place::Repository,
            mode if mode == i32::from(FileMode::Link) => Place::Link(self.link_target(entry.id())),
            _ => Place::File,
        }
    }

    fn link_target(&self, id: Oid) -> Option<String> {
        let bytes = read_blob(self.repository, id, "", LONGEST_PATH).ok()?;
        String::from_utf8(bytes).ok()
    }
}

/// The size of a blob, which is not read.
fn blob_size(repository: &Repository, id: Oid, path: &str) -> Result<usize, ReadError> {
    let objects = repository.odb().map_err(|error| missing(path, id, error))?;
    let (size, kind) = objects
        .read_header(id)
        .map_err(|error| missing(path, id, error))?;
    if kind != ObjectType::Blob {
        return Err(ReadError::NotRegular {
            path: path.to_owned(),
        });
    }
    Ok(size)
}

/// Reads a blob, after a look at its size.
pub(super) fn read_blob(
    repository: &Repository,
    id: Oid,
    path: &str,
    limit: usize,
) -> Result<Vec<u8>, ReadError> {
    let size = blob_size(repository, id, path)?;
    if size > limit {
        return Err(ReadError::TooLarge {
            path: path.to_owned(),
            size: size as u64,
            limit,
        });
    }
    let objects = repository.odb().map_err(|error| missing(path, id, error))?;
    let object = objects.read(id).map_err(|error| missing(path, id, error))?;
    let content = object.data().to_vec();
    match BlobId::of(&content) {
        Some(BlobId(found)) if found == id => Ok(content),
        _ => {
            let what = format!("object {id} does not hold what its name says");
            Err(corrupt(path, git2::Error::from_str(&what)))
        }
    }
}

fn find_tree<'r>(repository: &'r Repository, id: Oid, path: &str) -> Result<Tree<'r>, ReadError> {
    repository
        .find_tree(id)
        .map_err(|error| missing(path, id, error))
}

pub(super) fn missing(path: &str, id: Oid, error: git2::Error) -> ReadError {
    if error.code() == ErrorCode::NotFound {
        ReadError::MissingObject {
            path: path.to_owned(),
            id: id.to_string(),
        }
    } else {
        corrupt(path, error)
    }
}

pub(super) fn corrupt(path: &str, error: git2::Error) -> ReadError {
    ReadError::Corrupt {
        path: path.to_owned(),
        source: error.into(),
    }
}
