use std::io;
use std::path::PathBuf;

use super::listing::SkipReason;

/// What a library said about a fault; shown as the cause, never as our own sentence.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a path cannot be opened as a source.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The caller's fault: there is nothing at this path.
    #[error("{} does not exist{}", .path.display(), in_revision(.revision.as_deref()))]
    NotFound {
        /// The path as given.
        path: PathBuf,
        /// The revision that does not have it either.
        revision: Option<String>,
    },
    /// The caller's fault: records are reported by names that everybody can read.
    #[error("the path {} is not UTF-8", .path.display())]
    NotUtf8 {
        /// The path as given.
        path: PathBuf,
    },
    /// The caller's or a contributor's fault: on its way, the path leaves its repository.
    #[error("{} leads out of its repository through the symbolic link {}", .path.display(), .link.display())]
    LinkOutside {
        /// The path as given.
        path: PathBuf,
        /// The link that leads out.
        link: PathBuf,
    },
    /// The caller's fault: the path lies inside `.git`, or the repository keeps its files elsewhere.
    #[error("{} is not part of the worktree {}", .path.display(), .worktree.display())]
    OutsideWorktree {
        /// The path as given.
        path: PathBuf,
        /// The worktree of the repository found.
        worktree: PathBuf,
    },
    /// The caller's fault: a plain folder has no revisions.
    #[error("{} is not in a git repository, so it has no revisions", .path.display())]
    RevisionWithoutGit {
        /// The path as given.
        path: PathBuf,
    },
    /// The caller's fault: a bare repository has no files, only revisions.
    #[error("{} is a bare repository and has no files on disk", .path.display())]
    BareWithoutRevision {
        /// The repository.
        path: PathBuf,
    },
    /// The caller's fault: the repository has no commit by this name.
    #[error("`{revision}` {reason}")]
    UnknownRevision {
        /// The revision as given.
        revision: String,
        /// What is wrong with it.
        reason: String,
        /// Whether the history was cut off when the repository was cloned.
        is_shallow: bool,
    },
    /// Nobody's fault: no commit is known that the change and its base have in common.
    #[error("`{revision}` and the commit that is checked have no common ancestor{}", in_clone(*.is_shallow))]
    NoMergeBase {
        /// The base as given.
        revision: String,
        /// Whether the history was cut off when the repository was cloned.
        is_shallow: bool,
    },
    /// Nobody's fault: the branch is still empty.
    #[error("the repository {} has no commit yet", .path.display())]
    NoCommitYet {
        /// The repository.
        path: PathBuf,
    },
    /// The machine's fault: git refuses a repository that somebody else could have prepared.
    #[error("the repository {} belongs to another user", .path.display())]
    OwnedByAnother {
        /// The repository.
        path: PathBuf,
    },
    /// Our fault: a kind of repository that Probity cannot read.
    #[error("the repository {} uses {feature}, which Probity cannot read", .path.display())]
    Unsupported {
        /// The repository.
        path: PathBuf,
        /// What it uses.
        feature: &'static str,
    },
    /// The repository's fault: it is damaged.
    #[error("the repository {} is damaged: {what}", .path.display())]
    Corrupt {
        /// The repository.
        path: PathBuf,
        /// Which part of it.
        what: String,
        /// What git said.
        source: Cause,
    },
    /// The machine's fault: the path cannot be looked at.
    #[error("cannot look at {}", .path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    /// What to do about it, as an imperative that can be pasted where there is a command.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::LinkOutside { .. } => Some("name the place the link leads to".to_owned()),
            Self::RevisionWithoutGit { .. } => {
                Some("without git only files on disk can be checked: name no revision".to_owned())
            }
            Self::BareWithoutRevision { .. } => {
                Some("name a revision, for example `--rev HEAD`".to_owned())
            }
            Self::UnknownRevision { is_shallow, .. } => Some(if *is_shallow {
                "fetch the missing history: `git fetch --unshallow`".to_owned()
            } else {
                "list the names there are: `git branch --all` and `git tag`".to_owned()
            }),
            Self::NoMergeBase { is_shallow, .. } => Some(if *is_shallow {
                "fetch more history: `git fetch --unshallow`, or `fetch-depth: 0` where the \
                 workflow checks out"
                    .to_owned()
            } else {
                "name the branch that the change sets out from, for example `--base main`"
                    .to_owned()
            }),
            Self::NoCommitYet { .. } => {
                Some("commit first, or name no revision to check the files on disk".to_owned())
            }
            Self::OwnedByAnother { path } => Some(format!(
                "if you trust it: `git config --global --add safe.directory {}`",
                quoted(&path.display().to_string())
            )),
            Self::Unsupported { .. } => Some(
                "check a plain copy: `git archive HEAD | tar -x -C FOLDER`, then name FOLDER"
                    .to_owned(),
            ),
            Self::Corrupt { .. } => Some("see what is missing: `git fsck`".to_owned()),
            Self::NotFound { .. }
            | Self::NotUtf8 { .. }
            | Self::OutsideWorktree { .. }
            | Self::Io { .. } => None,
        }
    }

    /// Whether the caller asked for something that cannot be (exit code 2), rather than the
    /// repository or the machine failing (exit code 3).
    pub const fn is_usage(&self) -> bool {
        match self {
            Self::NotFound { .. }
            | Self::NotUtf8 { .. }
            | Self::LinkOutside { .. }
            | Self::OutsideWorktree { .. }
            | Self::RevisionWithoutGit { .. }
            | Self::BareWithoutRevision { .. }
            | Self::UnknownRevision { .. }
            | Self::NoMergeBase { .. }
            | Self::NoCommitYet { .. } => true,
            Self::OwnedByAnother { .. }
            | Self::Unsupported { .. }
            | Self::Corrupt { .. }
            | Self::Io { .. } => false,
        }
    }
}

/// Why one file, or the list of files, cannot be read. The run goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The author's fault: the file is larger than the caller allows. Nothing was read.
    #[error("{path} has {size} bytes (the limit is {limit})")]
    TooLarge {
        /// The file, as reported.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// Nobody's fault: the file was there when the files were listed, and is gone.
    #[error("{path} has vanished")]
    Vanished {
        /// The file, as reported.
        path: String,
    },
    /// The caller's fault: a folder, a pipe, a socket, a device or a link.
    #[error("{path} is not a regular file")]
    NotRegular {
        /// The file, as reported.
        path: String,
    },
    /// The author's fault: an absolute path, one that climbs out of the repository, or into `.git`.
    #[error("{path} leads out of the repository")]
    Outside {
        /// The path as given.
        path: String,
    },
    /// A contributor's fault: a link, or another repository, stands on the way.
    #[error("{path} is not looked at: {at} {reason}")]
    Barred {
        /// The file, as reported.
        path: String,
        /// What stands on the way, or the file itself.
        at: String,
        /// What it is.
        reason: SkipReason,
    },
    /// The machine's fault.
    #[error("cannot read {path}")]
    Io {
        /// The file or folder, as reported.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The repository's fault: an incomplete or filtered clone, or a damaged one.
    #[error("cannot read {path}: the object {id} is missing from the repository")]
    MissingObject {
        /// The file or folder, as reported.
        path: String,
        /// The object, in hexadecimal.
        id: String,
    },
    /// The repository's fault: an object, or the index, is damaged.
    #[error("cannot read {path}: the repository is damaged")]
    Corrupt {
        /// The file or folder, as reported.
        path: String,
        /// What git said.
        source: Cause,
    },
    /// A contributor's fault: trees nested so that the names alone would fill the memory.
    #[error("the revision holds more files than can be listed (their names fill {limit} bytes)")]
    TooManyFiles {
        /// The limit in bytes.
        limit: usize,
    },
}

impl ReadError {
    /// A fault of the system while the file `path` was looked at or read.
    pub(super) fn from_io(path: &str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Vanished { path },
            _ => Self::Io { path, source },
        }
    }
}

fn in_clone(is_shallow: bool) -> &'static str {
    if is_shallow {
        " in this clone, whose history is cut off"
    } else {
        ""
    }
}

fn in_revision(revision: Option<&str>) -> String {
    revision.map_or_else(String::new, |it| format!(" in revision `{it}`"))
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/\\:._-+@".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_hint_can_be_pasted_whatever_the_path_is() {
        assert_eq!(quoted("/srv/records-2"), "/srv/records-2");
        assert_eq!(quoted("/srv/Bob's files"), r"'/srv/Bob'\''s files'");
    }
}
