//! Where a change sets out from, and which files it alters.

use std::path::Path;

use git2::{Delta, DiffOptions, ErrorCode, FileMode, Oid, Repository};

use super::discover::{Asked, Found, corrupt};
use super::error::{OpenError, ReadError};
use super::open::{Origin, Revision, Source, find_commit};
use super::overlay::Overlay;
use super::revision::{self, Pool, Snapshot};
use super::staged::Staged;
use super::worktree;

/// The state that a change sets out from.
#[derive(Debug)]
pub struct Base {
    /// The files of the merge base.
    pub source: Source,
    /// The merge base itself.
    pub revision: Revision,
    /// The commit that was named.
    pub tip: Revision,
}

/// A file that two states have not in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlteredFile {
    /// The path as reported.
    pub path: String,
    /// Whether the first state has it.
    pub was_there: bool,
    /// Whether the second has it.
    pub is_there: bool,
}

/// How a state differs from another, wherever in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The files, in the order of their paths. What git ignores is left out.
    pub files: Vec<AlteredFile>,
    /// What git ignores and the first state may therefore not have; a folder stands for all in it.
    pub ignored: Vec<String>,
    /// Why files that git takes for unaltered may differ all the same, or ways to them.
    pub doubt: Option<Doubt>,
}

/// Why git cannot be asked what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Links or repositories within have come, are gone or lead elsewhere.
    Links,
    /// Files on disk may be written otherwise than they are committed, or rules for what is ignored
    /// differ.
    Attributes,
    /// Git was told not to look at some files on disk.
    Unwatched,
}

impl Source {
    /// The files that the change in this source sets out from: those of the best common ancestor
    /// of the commit called `name` and the one that is read (of a worktree: `HEAD`).
    ///
    /// `path` is the one this source was opened with. Nothing of it need exist in the base.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn base(&self, path: &Path, name: &str) -> Result<Base, OpenError> {
        let (found, tip) = commit_called(path, name)?;
        let Some(head) = &self.revision else {
            return Err(OpenError::NoCommitYet { path: found.root });
        };
        let head_id = Oid::from_str(&head.id).map_err(|error| damaged(&found, name, error))?;
        let tip_id = Oid::from_str(&tip.id).map_err(|error| damaged(&found, name, error))?;
        let common = match found.repository.merge_base(tip_id, head_id) {
            Ok(common) => common,
            Err(error) if error.code() == ErrorCode::NotFound => {
                return Err(OpenError::NoMergeBase {
                    revision: name.to_owned(),
                    is_shallow: found.repository.is_shallow(),
                });
            }
            Err(error) => return Err(damaged(&found, name, error)),
        };
        let commit = found.repository.find_commit(common);
        let revision = commit
            .map(|it| Revision::of(&it))
            .map_err(|error| damaged(&found, name, error))?;
        let source = self.at_commit(found, &revision)?;
        Ok(Base {
            source,
            revision,
            tip,
        })
    }

    /// The files of the commit called `name`, with the record root and scope of this source.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn at_revision(&self, path: &Path, name: &str) -> Result<Self, OpenError> {
        let (found, revision) = commit_called(path, name)?;
        self.at_commit(found, &revision)
    }

    fn at_commit(&self, found: Found, revision: &Revision) -> Result<Self, OpenError> {
        let tree = tree_of(&found.repository, &revision.id)
            .map_err(|error| damaged(&found, &revision.id, error))?;
        Ok(Self {
            prefix: self.prefix.clone(),
            scope: self.scope.clone(),
            revision: Some(revision.clone()),
            is_shallow: found.repository.is_shallow(),
            origin: Origin::Revision(Snapshot {
                pool: Pool::new(Some(found.repository), found.holder),
                tree,
            }),
            overlay: Overlay::default(),
            staged: Staged::default(),
        })
    }

    /// The files below the record root in which this source differs from another state of the same
    /// repository, in the order of their paths. What git ignores is left out.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] when git cannot tell.
    pub fn altered_since(&self, base: &Self) -> Result<Vec<AlteredFile>, ReadError> {
        let mut files = self.differences(base)?.files;
        files.retain(|it| self.scope.is_recorded(&it.path));
        Ok(files)
    }

    /// How this source differs from another state of the same repository.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] when git cannot tell.
    pub fn differences(&self, base: &Self) -> Result<Differences, ReadError> {
        let Origin::Revision(Snapshot { tree: before, .. }) = &base.origin else {
            return Ok(Differences::default());
        };
        let records = &self.scope.records;
        let fault = |error| revision::corrupt(records, error);
        let mut options = DiffOptions::new();
        options.include_typechange(true);
        match &self.origin {
            Origin::Folder { .. } => Ok(Differences::default()),
            Origin::Revision(snapshot) => snapshot.pool.with(records, |repository| {
                let old = repository.find_tree(*before);
                let new = repository.find_tree(snapshot.tree);
                let diff = old.and_then(|old| {
                    repository.diff_tree_to_tree(Some(&old), Some(&new?), Some(&mut options))
                });
                Ok(Differences::of(&diff.map_err(fault)?))
            }),
            Origin::Worktree { pool, .. } => pool.with(records, |repository| {
                options
                    .include_untracked(true)
                    .recurse_untracked_dirs(true)
                    .include_ignored(true)
                    .ignore_submodules(true);
                let diff = repository.find_tree(*before).and_then(|old| {
                    repository.diff_tree_to_workdir_with_index(Some(&old), Some(&mut options))
                });
                let mut differences = Differences::of(&diff.map_err(fault)?);
                let sees = |path: &[u8]| {
                    let path = String::from_utf8_lossy(path);
                    let is_this = |it: &AlteredFile| it.path.as_str().cmp(&*path);
                    differences.files.binary_search_by(is_this).is_ok()
                };
                let doubt = worktree::doubt(repository, sees).map_err(fault)?;
                differences.doubt = differences.doubt.or(doubt);
                Ok(differences)
            }),
        }
    }
}

fn tree_of(repository: &Repository, commit: &str) -> Result<Oid, git2::Error> {
    Ok(repository.find_commit(Oid::from_str(commit)?)?.tree()?.id())
}

fn damaged(found: &Found, name: &str, error: git2::Error) -> OpenError {
    let what = format!("the history of `{name}` cannot be read");
    corrupt(found.root.clone(), what, error)
}

impl Differences {
    fn of(diff: &git2::Diff<'_>) -> Self {
        let mut differences = Self::default();
        for delta in diff.deltas() {
            let (old, new) = (delta.old_file(), delta.new_file());
            let path = |file: &git2::DiffFile<'_>| {
                file.path_bytes()
                    .map(|path| String::from_utf8_lossy(path).into_owned())
            };
            let Some(path) = path(&new).or_else(|| path(&old)) else {
                continue;
            };
            let (was_there, is_there) = match delta.status() {
                Delta::Added | Delta::Untracked => (false, true),
                Delta::Deleted => (true, false),
                Delta::Unmodified => continue,
                Delta::Ignored => {
                    if path.ends_with(".gitattributes") {
                        differences.doubt = differences.doubt.or(Some(Doubt::Attributes));
                    }
                    differences.ignored.push(path);
                    continue;
                }
                _ => (true, true),
            };
            let is_else = |file: &git2::DiffFile<'_>| {
                matches!(file.mode(), FileMode::Link | FileMode::Commit)
            };
            if is_else(&old) || is_else(&new) {
                differences.doubt = Some(Doubt::Links);
            }
            let name = path.rsplit('/').next().unwrap_or(&path);
            if matches!(name, ".gitattributes" | ".gitignore") {
                differences.doubt = differences.doubt.or(Some(Doubt::Attributes));
            }
            differences.files.push(AlteredFile {
                path,
                was_there,
                is_there,
            });
        }
        differences.files.sort();
        differences
    }
}

fn commit_called(path: &Path, name: &str) -> Result<(Found, Revision), OpenError> {
    let asked = Asked::locate(path)?;
    let Some(found) = Found::above(&asked)? else {
        return Err(OpenError::RevisionWithoutGit { path: asked.given });
    };
    let revision = Revision::of(&find_commit(&found.repository, &found.root, name)?);
    Ok((found, revision))
}
