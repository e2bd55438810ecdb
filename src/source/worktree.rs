//! What git knows about a worktree: tracked files, and whether anything differs from `HEAD`.

use std::fs;

use git2::{Index, Repository, Status, StatusOptions};

use super::base::Doubt;
use super::ignored;
use super::listing::Scope;

/// Flag of an index entry that a sparse checkout leaves out on purpose.
const SKIP_WORKTREE: u16 = 1 << 14;
/// Flag of an index entry that git was told to take for unaltered.
const ASSUME_VALID: u16 = 1 << 15;
const SUBMODULE: u32 = 0o160_000;
const PLAIN: u32 = 0o100_644;
const EXECUTABLE: u32 = 0o100_755;

/// What git does to contents between a commit and a worktree, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Conversion {
    None,
    LineEnds,
    Any,
}

/// Why git may not see what differs on disk from what is committed, but for what it `sees` to
/// differ.
pub(super) fn doubt(
    repository: &Repository,
    sees: impl Fn(&[u8]) -> bool,
) -> Result<Option<Doubt>, git2::Error> {
    let config = repository.config()?.snapshot()?;
    let converts = config
        .get_string("core.autocrlf")
        .is_ok_and(|it| !matches!(it.as_str(), "false" | "no" | "off" | "0" | ""));
    let has_own = config.get_path("core.attributesfile").is_ok()
        || repository.commondir().join("info/attributes").exists()
        || ignored::user_file("attributes").is_some_and(|it| it.exists());
    let mut conversion = match (has_own, converts) {
        (true, _) => Conversion::Any,
        (false, true) => Conversion::LineEnds,
        (false, false) => Conversion::None,
    };
    let index = repository.index()?;
    for entry in index.iter() {
        if entry.flags_extended & SKIP_WORKTREE != 0 || entry.flags & ASSUME_VALID != 0 {
            return Ok(Some(Doubt::Unwatched));
        }
        let name = entry.path.rsplit(|byte| *byte == b'/').next();
        if name == Some(b".gitattributes") && conversion < Conversion::Any {
            let rules = repository.find_blob(entry.id)?;
            conversion = conversion.max(conversion_by(&String::from_utf8_lossy(rules.content())));
        }
    }
    let is_converted = match conversion {
        Conversion::None => false,
        Conversion::LineEnds => has_other_line_ends(repository, &index, sees)?,
        Conversion::Any => true,
    };
    Ok(is_converted.then_some(Doubt::Attributes))
}

/// What a file of attributes may have done to contents.
fn conversion_by(rules: &str) -> Conversion {
    let of = |attribute: &str| {
        let name = attribute.trim_start_matches(['-', '!']);
        let name = name.split('=').next().unwrap_or(name);
        match name {
            "text" | "crlf" | "filter" | "ident" if attribute.starts_with('-') => Conversion::None,
            "text" | "crlf" | "eol" => Conversion::LineEnds,
            "binary" | "diff" | "merge" | "whitespace" => Conversion::None,
            _ if ["linguist-", "export-", "gitlab-"]
                .iter()
                .any(|it| name.starts_with(it)) =>
            {
                Conversion::None
            }
            _ => Conversion::Any,
        }
    };
    let lines = rules.lines().map(str::trim);
    let by_line = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            // A pattern in quotes may hold blanks, and a macro says what others mean.
            let is_plain = !line.starts_with(['"', '[']);
            let attributes = line.split_whitespace().skip(1).map(of);
            let most = attributes.max().unwrap_or(Conversion::None);
            if is_plain { most } else { Conversion::Any }
        });
    by_line.max().unwrap_or(Conversion::None)
}

/// Whether the line ends of a file on disk are not those that are committed, though git takes the
/// two for the same. Then, and only then, they differ in size.
fn has_other_line_ends(
    repository: &Repository,
    index: &Index,
    sees: impl Fn(&[u8]) -> bool,
) -> Result<bool, git2::Error> {
    let objects = repository.odb()?;
    let Some(root) = repository.workdir() else {
        return Ok(false);
    };
    for entry in index.iter() {
        if !matches!(entry.mode, PLAIN | EXECUTABLE) || sees(&entry.path) {
            continue;
        }
        let (committed, _) = objects.read_header(entry.id)?;
        // Where the index knows another size, git tells that the file differs; where it knows
        // none, the file was written in the very moment of the index.
        let on_disk = match u64::from(entry.file_size) {
            0 => fs::metadata(root.join(&*String::from_utf8_lossy(&entry.path)))
                .map_or(0, |it| it.len()),
            size => size,
        };
        if on_disk != committed as u64 {
            return Ok(true);
        }
    }
    Ok(false)
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
