//! Where a change sets out from, and which files it alters.

use std::path::Path;

use git2::{DiffOptions, ErrorCode, Oid, Repository};

use super::discover::{Asked, Found, corrupt};
use super::error::{OpenError, ReadError};
use super::open::{Origin, Revision, Source, find_commit};
use super::overlay::Overlay;
use super::revision::{self, Pool, Snapshot};
use super::staged::Staged;

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
        let Origin::Revision(Snapshot { tree: before, .. }) = &base.origin else {
            return Ok(Vec::new());
        };
        let records = &self.scope.records;
        let mut options = DiffOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_typechange(true)
            .ignore_submodules(true);
        if !records.is_empty() {
            options
                .disable_pathspec_match(true)
                .pathspec(records.as_str());
        }
        match &self.origin {
            Origin::Folder { .. } => Ok(Vec::new()),
            Origin::Revision(snapshot) => snapshot.pool.with(records, |repository| {
                let old = repository.find_tree(*before);
                let new = repository.find_tree(snapshot.tree);
                let diff = old.and_then(|old| {
                    repository.diff_tree_to_tree(Some(&old), Some(&new?), Some(&mut options))
                });
                Ok(altered(&diff.map_err(|it| revision::corrupt(records, it))?))
            }),
            Origin::Worktree { pool, .. } => pool.with(records, |repository| {
                let diff = repository.find_tree(*before).and_then(|old| {
                    repository.diff_tree_to_workdir_with_index(Some(&old), Some(&mut options))
                });
                Ok(altered(&diff.map_err(|it| revision::corrupt(records, it))?))
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

fn altered(diff: &git2::Diff<'_>) -> Vec<AlteredFile> {
    let path = |file: &git2::DiffFile<'_>| {
        file.path_bytes()
            .map(|path| String::from_utf8_lossy(path).into_owned())
    };
    let mut files: Vec<AlteredFile> = diff
        .deltas()
        .filter_map(|delta| {
            let (old, new) = (delta.old_file(), delta.new_file());
            let (was_there, is_there) = match delta.status() {
                git2::Delta::Added | git2::Delta::Untracked => (false, true),
                git2::Delta::Deleted => (true, false),
                git2::Delta::Unmodified | git2::Delta::Ignored => return None,
                _ => (true, true),
            };
            let path = path(&new).or_else(|| path(&old))?;
            Some(AlteredFile {
                path,
                was_there,
                is_there,
            })
        })
        .collect();
    files.sort();
    files
}

fn commit_called(path: &Path, name: &str) -> Result<(Found, Revision), OpenError> {
    let asked = Asked::locate(path)?;
    let Some(found) = Found::above(&asked)? else {
        return Err(OpenError::RevisionWithoutGit { path: asked.given });
    };
    let revision = Revision::of(&find_commit(&found.repository, &found.root, name)?);
    Ok((found, revision))
}
