use std::fmt;
use std::io;

use git2::Oid;

/// A YAML file of the record root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// The file as reported: relative to the root of the git repository (without git: to the
    /// record root), with `/` between the names.
    pub path: String,
    /// Size in bytes when it was listed; `None` in a revision, where asking is as dear as
    /// reading.
    pub size: Option<u64>,
    /// Whether the file lies at or below the path that was asked for.
    pub in_scope: bool,
    /// The blob, in a revision.
    pub(super) object: Option<Oid>,
}

/// The files of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// `*.yaml` and `*.yml` in any case, sorted by the bytes of their paths.
    pub files: Vec<FileEntry>,
    /// What could have been or could have held a record and is not read, sorted alike.
    pub skipped: Vec<Skipped>,
    /// Number of regular files that are not YAML by name.
    pub other_files: usize,
    /// Files and links, whatever their names, that lie in a folder called `evidence`; sorted alike.
    pub evidence: Vec<Box<str>>,
}

/// The folder that records keep their evidence in.
const EVIDENCE: &str = "evidence";

/// Whether a path lies below a folder called `evidence`.
pub(super) fn is_evidence(path: &str) -> bool {
    let mut folders = path.split('/');
    folders.next_back();
    folders.any(|folder| folder == EVIDENCE)
}

impl Listing {
    pub(super) fn skip(&mut self, path: impl Into<String>, reason: SkipReason) {
        self.skipped.push(Skipped {
            path: path.into(),
            reason,
        });
    }

    pub(super) fn sorted(mut self) -> Self {
        self.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.skipped.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.evidence.sort_unstable();
        self
    }
}

/// A path that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The path as reported; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Why it is not read.
    pub reason: SkipReason,
}

/// Why a path is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Another repository: a submodule, or a folder with a `.git` of its own.
    NestedRepository,
    /// A symbolic link to a file or folder of this repository, which is read (if at all) at its
    /// own place.
    LinkInside {
        /// That place, as reported; `.` for the root.
        target: String,
    },
    /// A symbolic link that leads out of the repository: absolute, above the root, into another
    /// repository or into `.git`.
    LinkOutside,
    /// A symbolic link to nothing, or to itself.
    LinkBroken,
    /// A pipe, a socket or a device with the name of a record.
    NotRegular,
    /// The name, or the target of a link, is not UTF-8.
    NotUtf8,
    /// The path has more than 4,096 bytes.
    PathTooLong,
    /// Ignored by git. Only said of the path that was asked for, or a folder above it.
    Ignored,
    /// The system does not let us look.
    Unreadable(io::ErrorKind),
    /// A folder of a revision whose tree is missing from the repository, or damaged.
    MissingObject {
        /// The tree, in hexadecimal.
        id: String,
    },
}

impl SkipReason {
    /// Whether something may be there that could not be examined (exit code 3), rather than
    /// something that is left out on purpose.
    pub const fn is_incomplete(&self) -> bool {
        match self {
            Self::NotUtf8
            | Self::PathTooLong
            | Self::Unreadable(_)
            | Self::MissingObject { .. } => true,
            Self::NestedRepository
            | Self::LinkInside { .. }
            | Self::LinkOutside
            | Self::LinkBroken
            | Self::NotRegular
            | Self::Ignored => false,
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NestedRepository => out.write_str("is a repository of its own"),
            Self::LinkInside { target } => write!(out, "is a symbolic link to {target}"),
            Self::LinkOutside => out.write_str("is a symbolic link out of the repository"),
            Self::LinkBroken => out.write_str("is a symbolic link to nothing"),
            Self::NotRegular => out.write_str("is a pipe, a socket or a device"),
            Self::NotUtf8 => out.write_str("has a name or target that is not UTF-8"),
            Self::PathTooLong => out.write_str("has a path of more than 4,096 bytes"),
            Self::Ignored => out.write_str("is ignored by git"),
            Self::Unreadable(kind) => write!(out, "cannot be read: {kind}"),
            Self::MissingObject { id } => {
                write!(out, "cannot be read: the object {id} is missing or damaged")
            }
        }
    }
}

/// What of a repository is listed, and what was asked for. Both are paths as reported, `""` for
/// the root.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The record root.
    pub(super) records: String,
    /// The file or folder that was asked for, at or below the record root.
    pub(super) asked: String,
}

impl Scope {
    /// Whether a path lies at or below what was asked for.
    pub(super) fn contains(&self, path: &str) -> bool {
        is_at_or_below(path, &self.asked)
    }

    /// Whether a path lies at or below the record root.
    pub(super) fn is_recorded(&self, path: &str) -> bool {
        is_at_or_below(path, &self.records)
    }

    /// Whether what was asked for lies at or below a path.
    pub(super) fn is_asked_at_or_below(&self, path: &str) -> bool {
        is_at_or_below(&self.asked, path)
    }
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `folder/name`, where the root is the empty path.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        return name.to_owned();
    }
    let mut path = String::with_capacity(folder.len() + 1 + name.len());
    path.push_str(folder);
    path.push('/');
    path.push_str(name);
    path
}

/// Whether a file is a record by its name.
pub(super) fn is_yaml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_ends_at_a_separator() {
        let scope = Scope {
            records: String::new(),
            asked: "incidents".to_owned(),
        };
        assert!(scope.contains("incidents"));
        assert!(scope.contains("incidents/a.yaml"));
        assert!(!scope.contains("incidents-old/a.yaml"));
        assert!(scope.is_asked_at_or_below(""));
        assert!(!scope.is_asked_at_or_below("incidents/a.yaml"));
    }

    #[test]
    fn yaml_is_known_by_its_ending_in_any_case() {
        assert!(is_yaml("a.yaml") && is_yaml("A.YML") && is_yaml(".yaml"));
        assert!(!is_yaml("yaml") && !is_yaml("a.yaml~") && !is_yaml("a.yamls"));
    }
}
