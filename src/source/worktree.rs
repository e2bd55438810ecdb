//! What git knows about a worktree: tracked files, and whether anything differs from `HEAD`.

use git2::{Repository, Status, StatusOptions};

use super::base::Doubt;
use super::ignored;
use super::listing::Scope;

/// Flag of an index entry that a sparse checkout leaves out on purpose.
const SKIP_WORKTREE: u16 = 1 << 14;
/// Flag of an index entry that git was told to take for unaltered.
const ASSUME_VALID: u16 = 1 << 15;
const SUBMODULE: u32 = 0o160_000;

/// Why git may not see what differs on disk from what is committed.
pub(super) fn doubt(repository: &Repository) -> Result<Option<Doubt>, git2::Error> {
    let config = repository.config()?.snapshot()?;
    let converts = config
        .get_string("core.autocrlf")
        .is_ok_and(|it| !matches!(it.as_str(), "false" | "no" | "off" | "0" | ""));
    let has_own = config.get_path("core.attributesfile").is_ok()
        || repository.commondir().join("info/attributes").exists()
        || ignored::user_file("attributes").is_some_and(|it| it.exists());
    let mut has_rules = converts || has_own;
    for entry in repository.index()?.iter() {
        if entry.flags_extended & SKIP_WORKTREE != 0 || entry.flags & ASSUME_VALID != 0 {
            return Ok(Some(Doubt::Unwatched));
        }
        let name = entry.path.rsplit(|byte| *byte == b'/').next();
        if name == Some(b".gitattributes") && !has_rules {
            let rules = repository.find_blob(entry.id)?;
            has_rules = !leaves_contents(&String::from_utf8_lossy(rules.content()));
        }
    }
    Ok(has_rules.then_some(Doubt::Attributes))
}

/// Whether all that a file of attributes says leaves the contents of files as they are committed.
fn leaves_contents(rules: &str) -> bool {
    let is_harmless = |attribute: &str| {
        let name = attribute.split('=').next().unwrap_or(attribute);
        matches!(
            attribute,
            "-text" | "-crlf" | "binary" | "-filter" | "-ident"
        ) || [
            "diff",
            "-diff",
            "merge",
            "-merge",
            "whitespace",
            "-whitespace",
        ]
        .contains(&name)
            || name.starts_with("linguist-")
            || name.starts_with("export-")
            || name.starts_with("gitlab-")
    };
    let lines = rules.lines().map(str::trim);
    // A pattern in quotes may hold blanks, and a macro says what others mean.
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .all(|line| {
            let is_plain = !line.starts_with(['"', '[']);
            is_plain && line.split_whitespace().skip(1).all(is_harmless)
        })
}

/// The paths of the index at or below the record root.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    files: Vec<Box<[u8]>>,
    submodules: Vec<Box<[u8]>>,
}

impl Tracked {
    pub(super) fn of(repository: &Repository, scope: &Scope) -> Result<Self, git2::Error> {
        let mut tracked = Self::default();
        for entry in repository.index()?.iter() {
            if !is_below(&entry.path, scope.records.as_bytes()) {
                continue;
            }
            let list = if entry.mode == SUBMODULE {
                &mut tracked.submodules
            } else {
                &mut tracked.files
            };
            list.push(entry.path.into_boxed_slice());
        }
        // The index is in another order where the file system ignores case.
        tracked.files.sort_unstable();
        tracked.submodules.sort_unstable();
        Ok(tracked)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        contains(&self.files, path)
    }

    pub(super) fn is_submodule(&self, path: &str) -> bool {
        contains(&self.submodules, path)
    }

    /// Whether anything below the folder `path` is tracked.
    pub(super) fn has_below(&self, path: &str) -> bool {
        let first = |list: &[Box<[u8]>]| {
            let prefix = [path.as_bytes(), b"/"].concat();
            let at = list.partition_point(|it| **it < *prefix);
            list.get(at).is_some_and(|it| it.starts_with(&prefix))
        };
        first(&self.files) || first(&self.submodules)
    }
}

fn contains(list: &[Box<[u8]>], path: &str) -> bool {
    list.binary_search_by(|it| (**it).cmp(path.as_bytes()))
        .is_ok()
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with(b"/"))
}

/// Whether index or worktree differ from `HEAD` at or below the record root, untracked files
/// included, ignored ones and the insides of submodules not. Nothing is written.
pub(super) fn is_dirty(repository: &Repository, scope: &Scope) -> Result<bool, git2::Error> {
    let mut options = StatusOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(false)
        .exclude_submodules(true)
        .update_index(false);
    if !scope.records.is_empty() {
        options
            .disable_pathspec_match(true)
            .pathspec(scope.records.as_str());
    }
    let statuses = repository.statuses(Some(&mut options))?;
    if statuses.is_empty() {
        return Ok(false);
    }
    let index = repository.index()?;
    let is_left_out = |path: &[u8]| {
        let entry = std::str::from_utf8(path)
            .ok()
            .and_then(|path| index.get_path(path.as_ref(), 0));
        entry.is_some_and(|it| it.flags_extended & SKIP_WORKTREE != 0)
    };
    Ok(statuses.iter().any(|entry| {
        let status = entry.status();
        status != Status::CURRENT
            && !(status == Status::WT_DELETED && is_left_out(entry.path_bytes()))
    }))
}
