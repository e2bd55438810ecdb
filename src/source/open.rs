use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use git2::{Commit, ErrorClass, ErrorCode, FileMode, Oid, Repository, Tree};

use super::discover::{Asked, Found, corrupt};
use super::disk;
use super::error::{OpenError, ReadError};
use super::listing::{FileEntry, Listing, Scope, join};
use super::overlay::Overlay;
use super::revision::{self, Pool, Snapshot};
use super::staged::Staged;
use super::walk::{View, Walk};
use super::worktree;

/// The files that mark a record root.
const PROGRAM: [&str; 2] = ["program.yaml", "program.yml"];

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its id, in hexadecimal.
    pub id: String,
    /// When it was committed, as its committer states it, in seconds since 1970 UTC.
    pub committed: i64,
}

/// Records at one place and one state: a worktree, a revision or a plain folder.
pub struct Source {
    pub(super) origin: Origin,
    pub(super) scope: Scope,
    pub(super) prefix: String,
    pub(super) revision: Option<Revision>,
    pub(super) is_shallow: bool,
    pub(super) overlay: Overlay,
    pub(super) staged: Staged,
}

pub(super) enum Origin {
    Worktree {
        root: PathBuf,
        repository: Mutex<Repository>,
        /// How git sees all of it, once a single file has been looked for.
        whole: OnceLock<View>,
        /// What was committed.
        pool: Pool,
    },
    Revision(Snapshot),
    Folder {
        root: PathBuf,
    },
}

impl Source {
    /// Opens the records that `path`, a file or folder, belongs to.
    ///
    /// The record root is the nearest folder from `path` upward, within the repository, that has
    /// a `program.yaml`; without one it is the folder itself. With a `revision` the path is looked
    /// up in that commit and need not exist on disk.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, revision: Option<&str>) -> Result<Self, OpenError> {
        let asked = Asked::locate(path)?;
        match (Found::above(&asked)?, revision) {
            (Some(found), Some(revision)) => Self::open_revision(&asked, found, revision),
            (Some(found), None) => Self::open_worktree(&asked, found),
            (None, _) if !asked.rest.as_os_str().is_empty() => Err(not_found(&asked, None)),
            (None, Some(_)) => Err(OpenError::RevisionWithoutGit { path: asked.given }),
            (None, None) => Self::open_folder(&asked),
        }
    }

    fn open_worktree(asked: &Asked, found: Found) -> Result<Self, OpenError> {
        let Found {
            repository,
            root,
            holder,
        } = found;
        if repository.is_bare() {
            return Err(OpenError::BareWithoutRevision { path: root });
        }
        if !asked.rest.as_os_str().is_empty() {
            return Err(not_found(asked, None));
        }
        let path = asked.relative_to(&root)?;
        let records = record_root(folder_of(&path, asked.place.is_dir()), |folder| {
            has_program(&root.join(folder))
        });
        let revision = head(&repository, &root)?;
        if let Err(error) = repository.index() {
            return Err(corrupt(root, "its index cannot be read".to_owned(), error));
        }
        Ok(Self {
            prefix: prefix(records),
            scope: Scope {
                records: records.to_owned(),
                asked: path.clone(),
            },
            revision,
            is_shallow: repository.is_shallow(),
            origin: Origin::Worktree {
                root,
                repository: Mutex::new(repository),
                whole: OnceLock::new(),
                pool: Pool::new(None, holder),
            },
            overlay: Overlay::default(),
            staged: Staged::default(),
        })
    }

    fn open_revision(asked: &Asked, found: Found, name: &str) -> Result<Self, OpenError> {
        let (revision, tree, scope) = look_up(asked, &found, name)?;
        Ok(Self {
            prefix: prefix(&scope.records),
            scope,
            revision: Some(revision),
            is_shallow: found.repository.is_shallow(),
            origin: Origin::Revision(Snapshot {
                pool: Pool::new(Some(found.repository), found.holder),
                tree,
            }),
            overlay: Overlay::default(),
            staged: Staged::default(),
        })
    }

    fn open_folder(asked: &Asked) -> Result<Self, OpenError> {
        let place = asked.place.as_path();
        let folder = match place.parent() {
            Some(parent) if !place.is_dir() => parent,
            _ => place,
        };
        let root = folder
            .ancestors()
            .find(|folder| has_program(folder))
            .unwrap_or(folder);
        Ok(Self {
            scope: Scope {
                records: String::new(),
                asked: asked.relative_to(root)?,
            },
            prefix: String::new(),
            revision: None,
            is_shallow: false,
            origin: Origin::Folder {
                root: root.to_owned(),
            },
            overlay: Overlay::default(),
            staged: Staged::default(),
        })
    }

    /// Lists the record root. Meant to be called once.
    ///
    /// # Errors
    /// Only when the record root itself cannot be listed; what cannot be read below it is among
    /// [`Listing::skipped`].
    pub fn list(&self) -> Result<Listing, ReadError> {
        let mut listing = self.list_origin()?;
        self.overlay.change(&mut listing, &self.scope, |path| {
            matches!(self.find_origin(path), Ok(Some(_)))
        });
        Ok(listing)
    }

    fn list_origin(&self) -> Result<Listing, ReadError> {
        let scope = &self.scope;
        match &self.origin {
            Origin::Revision(snapshot) => snapshot.list(scope),
            Origin::Folder { root } => Walk {
                root,
                scope,
                view: None,
            }
            .list(),
            Origin::Worktree {
                root, repository, ..
            } => {
                let view = View::of(repository, scope)?;
                Walk {
                    root,
                    scope,
                    view: Some(&view),
                }
                .list()
            }
        }
    }

    /// The content of a file of this source's listing, at most `limit` bytes. Many threads may
    /// read at once.
    ///
    /// # Errors
    /// See [`ReadError`]; the fault is this file's alone.
    pub fn read(&self, file: &FileEntry, limit: usize) -> Result<Vec<u8>, ReadError> {
        if let Some(content) = self.overlay.read(&file.path, limit) {
            return content;
        }
        match &self.origin {
            Origin::Revision(snapshot) => snapshot.read(file, limit),
            Origin::Worktree { root, .. } | Origin::Folder { root } => {
                disk::read_entry(&root.join(&file.path), &file.path, limit)
            }
        }
    }

    /// The path that was asked for, as paths are reported.
    pub fn asked(&self) -> &str {
        &self.scope.asked
    }

    /// Whether a path lies at or below the record root.
    pub fn is_recorded(&self, path: &str) -> bool {
        self.scope.is_recorded(path)
    }

    /// Whether a path lies at or below the path that was asked for.
    pub fn is_asked(&self, path: &str) -> bool {
        self.scope.contains(path)
    }

    /// The commit that is read; for a worktree `HEAD`'s commit, if there is one.
    pub fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    /// Whether anything in the record root differs from [`Source::revision`]: a tracked file, or
    /// one that is neither tracked nor ignored, or one changed in memory. `None` for a plain folder.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] when git cannot tell.
    pub fn is_dirty(&self) -> Result<Option<bool>, ReadError> {
        match &self.origin {
            Origin::Folder { .. } => Ok(None),
            _ if !self.overlay.is_empty() => Ok(Some(true)),
            Origin::Revision(_) => Ok(Some(false)),
            Origin::Worktree { repository, .. } => {
                let repository = repository.lock().unwrap_or_else(PoisonError::into_inner);
                worktree::is_dirty(&repository, &self.scope)
                    .map(Some)
                    .map_err(|error| revision::corrupt(&self.scope.records, error))
            }
        }
    }

    /// The record root relative to the root of the repository: `""`, or names that each end in
    /// `/`. Empty for a plain folder.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A reported path as it counts from the record root.
    pub fn below<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&*self.prefix).unwrap_or(path)
    }

    /// Whether the folder of the records is one because a `program.yaml` says so.
    pub fn has_program(&self) -> bool {
        let mut names = PROGRAM.iter().map(|name| format!("{}{name}", self.prefix));
        names.any(|name| matches!(self.find(&name), Ok(Some(_))))
    }

    /// The folder of the records on disk; `None` where a revision is read.
    pub fn folder(&self) -> Option<PathBuf> {
        match &self.origin {
            Origin::Worktree { root, .. } | Origin::Folder { root } => {
                Some(root.join(&self.prefix))
            }
            Origin::Revision(_) => None,
        }
    }

    /// Whether the history was cut off when the repository was cloned.
    pub const fn is_shallow(&self) -> bool {
        self.is_shallow
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = match &self.origin {
            Origin::Worktree { root, .. } => format!("worktree {}", root.display()),
            Origin::Revision(snapshot) => format!("tree {}", snapshot.tree),
            Origin::Folder { root } => format!("folder {}", root.display()),
        };
        out.debug_struct("Source")
            .field("origin", &origin)
            .field("scope", &self.scope)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl Revision {
    pub(super) fn of(commit: &Commit<'_>) -> Self {
        Self {
            id: commit.id().to_string(),
            committed: commit.time().seconds(),
        }
    }
}

/// The commit of `HEAD`, or `None` on a branch without commits.
fn head(repository: &Repository, root: &Path) -> Result<Option<Revision>, OpenError> {
    let broken = |error| corrupt(root.to_owned(), "HEAD cannot be read".to_owned(), error);
    match repository.head() {
        Ok(head) => {
            let commit = head.peel_to_commit().map_err(|error| {
                let what = "the commit of HEAD is missing".to_owned();
                corrupt(root.to_owned(), what, error)
            })?;
            Ok(Some(Revision::of(&commit)))
        }
        Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
        Err(error) => Err(broken(error)),
    }
}

/// The commit called `name`, its tree, and what of it was asked for.
fn look_up(asked: &Asked, found: &Found, name: &str) -> Result<(Revision, Oid, Scope), OpenError> {
    let root = &found.root;
    let path = asked.relative_to(root)?;
    let commit = find_commit(&found.repository, root, name)?;
    let tree = commit.tree().map_err(|error| {
        let what = format!("the files of commit {} are missing", commit.id());
        corrupt(root.clone(), what, error)
    })?;
    let is_folder = path.is_empty()
        || match tree.get_path(Path::new(&path)) {
            Ok(entry) => entry.filemode() == i32::from(FileMode::Tree),
            Err(error) if error.class() == ErrorClass::Tree => {
                return Err(not_found(asked, Some(name)));
            }
            Err(error) => {
                let what = format!("a folder on the way to {path} is missing");
                return Err(corrupt(root.clone(), what, error));
            }
        };
    let records = record_root(folder_of(&path, is_folder), |folder| {
        tree_has_program(&tree, folder)
    });
    let records = records.to_owned();
    let scope = Scope {
        records,
        asked: path,
    };
    Ok((Revision::of(&commit), tree.id(), scope))
}

pub(super) fn find_commit<'r>(
    repository: &'r Repository,
    root: &Path,
    name: &str,
) -> Result<Commit<'r>, OpenError> {
    let unknown = |reason: String| OpenError::UnknownRevision {
        revision: name.to_owned(),
        reason,
        is_shallow: repository.is_shallow(),
    };
    let object = match repository.revparse_single(name) {
        Ok(object) => object,
        Err(error) => {
            let is_head = name.starts_with("HEAD") || name.starts_with('@');
            let has_no_names = || {
                repository
                    .references()
                    .is_ok_and(|mut it| it.next().is_none())
            };
            if head(repository, root)?.is_none() && (is_head || has_no_names()) {
                return Err(OpenError::NoCommitYet {
                    path: root.to_owned(),
                });
            }
            let is_missing = error.code() == ErrorCode::NotFound;
            if is_missing && repository.resolve_reference_from_short_name(name).is_ok() {
                let what = format!("the commit that `{name}` names is missing");
                return Err(corrupt(root.to_owned(), what, error));
            }
            return Err(unknown(match error.code() {
                ErrorCode::Ambiguous => "is the beginning of several objects".to_owned(),
                ErrorCode::InvalidSpec => "is not written as a revision".to_owned(),
                _ => "names no commit of this repository".to_owned(),
            }));
        }
    };
    let kind = object.kind().map_or("object", |kind| kind.str());
    object.peel_to_commit().map_err(|error| match error.code() {
        ErrorCode::NotFound => {
            let what = format!("the commit that `{name}` names is missing");
            corrupt(root.to_owned(), what, error)
        }
        _ => unknown(format!("names a {kind}, not a commit")),
    })
}

/// The nearest of `folder` and those above it that is a record root; else `folder` itself.
fn record_root(folder: &str, has_program: impl Fn(&str) -> bool) -> &str {
    let mut candidate = folder;
    while !has_program(candidate) {
        candidate = match candidate.rsplit_once('/') {
            Some((above, _)) => above,
            None if candidate.is_empty() => return folder,
            None => "",
        };
    }
    candidate
}

fn has_program(folder: &Path) -> bool {
    PROGRAM
        .iter()
        .any(|name| fs::symlink_metadata(folder.join(name)).is_ok_and(|it| it.is_file()))
}

fn tree_has_program(tree: &Tree<'_>, folder: &str) -> bool {
    PROGRAM.iter().any(|name| {
        tree.get_path(Path::new(&join(folder, name)))
            .is_ok_and(|entry| {
                entry.filemode() == i32::from(FileMode::Blob)
                    || entry.filemode() == i32::from(FileMode::BlobExecutable)
            })
    })
}

/// The folder of a path, which is the path itself if it is one.
fn folder_of(path: &str, is_folder: bool) -> &str {
    if is_folder {
        path
    } else {
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

fn prefix(records: &str) -> String {
    if records.is_empty() {
        String::new()
    } else {
        format!("{records}/")
    }
}

fn not_found(asked: &Asked, revision: Option<&str>) -> OpenError {
    OpenError::NotFound {
        path: asked.given.clone(),
        revision: revision.map(str::to_owned),
    }
}
