//! Lists a folder on disk, as git sees it or as it is.

use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use git2::Repository;
use rayon::prelude::*;

use super::error::ReadError;
use super::ignored::{Layer, Rules};
use super::link::{self, Place};
use super::listing::{FileEntry, Listing, Scope, SkipReason, Skipped, is_evidence, is_yaml, join};
use super::revision;
use super::worktree::Tracked;

/// Longest path, in bytes; no system that git runs on opens longer ones by name.
pub(super) const LONGEST_PATH: usize = 4096;

/// How git sees a worktree.
pub(super) struct View {
    pub(super) rules: Rules,
    pub(super) tracked: Tracked,
}

impl View {
    /// How git sees what lies at or below the record root of `scope`.
    pub(super) fn of(repository: &Mutex<Repository>, scope: &Scope) -> Result<Self, ReadError> {
        let repository = repository.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self {
            rules: Rules::of(&repository),
            tracked: Tracked::of(&repository, scope)
                .map_err(|error| revision::corrupt(&scope.records, error))?,
        })
    }
}

/// A walk through the record root.
pub(super) struct Walk<'w> {
    /// What reported paths are relative to.
    pub(super) root: &'w Path,
    pub(super) scope: &'w Scope,
    /// `None` in a plain folder.
    pub(super) view: Option<&'w View>,
}

/// A folder to be listed.
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) rules: Option<Arc<Layer>>,
    /// Below an ignored folder, only what is tracked nevertheless counts.
    pub(super) is_ignored: bool,
}

/// What one entry of a folder turned out to be.
enum Judged {
    File(FileEntry),
    Folder(Folder),
    Skipped(Skipped),
    OtherFile,
    /// A file or link in a folder of evidence, and what else it is.
    Evidence(Box<str>, Box<Judged>),
    Nothing,
}

impl Walk<'_> {
    /// All files of the record root.
    ///
    /// Folders of one depth are read in parallel, and so are the entries of a large folder; no
    /// recursion, so no nesting can exhaust the stack.
    pub(super) fn list(&self) -> Result<Listing, ReadError> {
        let top = self.top();
        let mut listing = Listing::default();
        if top.is_ignored && self.scope.is_asked_at_or_below(&top.path) {
            listing.skip(display(&top.path), SkipReason::Ignored);
        }
        fs::read_dir(self.on_disk(&top.path))
            .map_err(|error| ReadError::from_io(&display(&top.path), error))?;
        let mut level = vec![top];
        while !level.is_empty() {
            let judged: Vec<Judged> = level
                .par_iter()
                .flat_map(|folder| self.visit(folder))
                .collect();
            level.clear();
            for mut judged in judged {
                if let Judged::Evidence(path, what) = judged {
                    listing.evidence.push(path);
                    judged = *what;
                }
                match judged {
                    Judged::File(file) => listing.files.push(file),
                    Judged::Folder(folder) => level.push(folder),
                    Judged::Skipped(skipped) => listing.skipped.push(skipped),
                    Judged::OtherFile => listing.other_files += 1,
                    Judged::Nothing | Judged::Evidence(..) => {}
                }
            }
        }
        Ok(listing.sorted())
    }

    /// The record root, with the rules of the folders above it.
    fn top(&self) -> Folder {
        self.folder(&self.scope.records)
    }

    /// A folder, with the rules of the folders above it.
    pub(super) fn folder(&self, path: &str) -> Folder {
        let mut folder = Folder {
            path: String::new(),
            rules: None,
            is_ignored: false,
        };
        let Some(view) = self.view else {
            return Folder {
                path: path.to_owned(),
                ..folder
            };
        };
        for name in path.split('/').filter(|it| !it.is_empty()) {
            folder.rules = self.rules_in(&folder, view);
            folder.path = join(&folder.path, name);
            folder.is_ignored = folder.is_ignored
                || view
                    .rules
                    .ignores(folder.rules.as_deref(), &folder.path, true);
        }
        folder
    }

    pub(super) fn rules_in(&self, folder: &Folder, view: &View) -> Option<Arc<Layer>> {
        let file = self.on_disk(&folder.path).join(".gitignore");
        view.rules.below(folder.rules.as_ref(), &folder.path, &file)
    }

    fn visit(&self, folder: &Folder) -> Vec<Judged> {
        let entries = fs::read_dir(self.on_disk(&folder.path))
            .and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                let reason = SkipReason::Unreadable(error.kind());
                return vec![skipped(display(&folder.path), reason)];
            }
        };
        let has = |name: &str| entries.iter().any(|entry| entry.file_name() == name);
        if folder.path != self.scope.records && has(".git") {
            return vec![skipped(&folder.path, SkipReason::NestedRepository)];
        }
        let rules = match self.view {
            Some(view) if has(".gitignore") => self.rules_in(folder, view),
            _ => folder.rules.clone(),
        };
        entries
            .par_iter()
            .with_min_len(512)
            .map(|entry| self.judge(entry, folder, rules.as_ref()))
            .collect()
    }

    fn judge(&self, entry: &DirEntry, folder: &Folder, rules: Option<&Arc<Layer>>) -> Judged {
        let name = entry.file_name();
        if name == ".git" {
            return Judged::Nothing;
        }
        let shown = name.to_string_lossy();
        let path = join(&folder.path, &shown);
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return unreadable(&path, is_yaml(&shown), &error),
        };
        let is_ignored = folder.is_ignored
            || self.view.is_some_and(|view| {
                view.rules
                    .ignores(rules.map(Arc::as_ref), &path, kind.is_dir())
            });
        if is_ignored && !self.is_tracked(&path, kind) {
            return if !folder.is_ignored && self.scope.is_asked_at_or_below(&path) {
                skipped(path, SkipReason::Ignored)
            } else {
                Judged::Nothing
            };
        }
        if name.to_str().is_none() && (kind.is_dir() || is_yaml(&shown)) {
            return skipped(path, SkipReason::NotUtf8);
        }
        if path.len() > LONGEST_PATH {
            return skipped(path, SkipReason::PathTooLong);
        }
        if kind.is_dir() {
            if self.view.is_some_and(|it| it.tracked.is_submodule(&path)) {
                return skipped(path, SkipReason::NestedRepository);
            }
            return Judged::Folder(Folder {
                path,
                rules: rules.cloned(),
                is_ignored,
            });
        }
        let evidence = is_evidence(&path).then(|| Box::from(path.as_str()));
        let judged = self.judge_file(entry, path, kind, &shown);
        match evidence {
            Some(path) => Judged::Evidence(path, Box::new(judged)),
            None => judged,
        }
    }

    /// Judges what is no folder.
    fn judge_file(&self, entry: &DirEntry, path: String, kind: FileType, shown: &str) -> Judged {
        if kind.is_symlink() {
            let reason = self.link_reason(&path, is_yaml(shown));
            return reason.map_or(Judged::Nothing, |reason| skipped(path, reason));
        }
        match (kind.is_file(), is_yaml(shown)) {
            (true, true) => self.file(entry, path),
            (true, false) => Judged::OtherFile,
            (false, true) => skipped(path, SkipReason::NotRegular),
            (false, false) => Judged::Nothing,
        }
    }

    fn file(&self, entry: &DirEntry, path: String) -> Judged {
        match entry.metadata() {
            Ok(metadata) => Judged::File(FileEntry {
                size: Some(metadata.len()),
                in_scope: self.scope.contains(&path),
                path,
                object: None,
            }),
            Err(error) => unreadable(&path, true, &error),
        }
    }

    /// Whether git knows the path although it is ignored.
    pub(super) fn is_tracked(&self, path: &str, kind: FileType) -> bool {
        self.view.is_some_and(|view| {
            if kind.is_dir() {
                view.tracked.is_submodule(path) || view.tracked.has_below(path)
            } else {
                view.tracked.has(path)
            }
        })
    }

    pub(super) fn link_reason(&self, path: &str, is_yaml: bool) -> Option<SkipReason> {
        let target = |path: &str| read_link(&self.on_disk(path));
        link::skip_reason(path, target(path), is_yaml, |path| {
            let on_disk = self.on_disk(path);
            match fs::symlink_metadata(&on_disk) {
                Err(_) => Place::Missing,
                Ok(it) if it.is_symlink() => Place::Link(target(path)),
                Ok(it) if !it.is_dir() => Place::File,
                Ok(_) if self.is_repository(path, &on_disk) => Place::Repository,
                Ok(_) => Place::Folder,
            }
        })
    }

    pub(super) fn is_repository(&self, path: &str, on_disk: &Path) -> bool {
        self.view.is_some_and(|it| it.tracked.is_submodule(path))
            || fs::symlink_metadata(on_disk.join(".git")).is_ok()
    }

    pub(super) fn on_disk(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            self.root.to_owned()
        } else {
            self.root.join(path)
        }
    }
}

fn read_link(path: &Path) -> Option<String> {
    fs::read_link(path)
        .ok()?
        .into_os_string()
        .into_string()
        .ok()
}

/// The root of the source has no name of its own.
fn display(path: &str) -> String {
    if path.is_empty() { "." } else { path }.to_owned()
}

fn skipped(path: impl Into<String>, reason: SkipReason) -> Judged {
    Judged::Skipped(Skipped {
        path: path.into(),
        reason,
    })
}

/// An entry that went away meanwhile is simply absent.
fn unreadable(path: &str, is_of_interest: bool, error: &io::Error) -> Judged {
    if error.kind() == io::ErrorKind::NotFound || !is_of_interest {
        Judged::Nothing
    } else {
        skipped(path, SkipReason::Unreadable(error.kind()))
    }
}
