//! Commits in memory, laid over a source: what would a check say if these had been made?

use std::collections::BTreeMap;

use git2::{ObjectType, Oid};

use super::find::BlobId;
use super::log::{FileChange, Log, LoggedCommit, Signer};
use super::open::Source;

/// A commit that was not made.
#[derive(Clone, Debug)]
pub struct StagedCommit {
    /// Who would make it, and when.
    pub author: Signer,
    /// The files it would change, as in [`Source::with_changes`].
    pub changes: BTreeMap<String, Option<Vec<u8>>>,
}

impl StagedCommit {
    /// An id of its own, which no commit of git has.
    fn id(&self) -> String {
        let named = format!("{:?} {:?}", self.author, self.changes);
        let id = Oid::hash_object(ObjectType::Blob, named.as_bytes());
        id.unwrap_or(Oid::ZERO_SHA1).to_string()
    }
}

/// Commits that follow the last one, and the contents that they hold.
#[derive(Debug, Default)]
pub(super) struct Staged {
    commits: Vec<StagedCommit>,
    contents: BTreeMap<BlobId, Vec<u8>>,
    /// Whether nothing was ever committed.
    pub(super) is_nothing_told: bool,
}

impl Source {
    /// The same source after some commits, in memory, one after the other. Takes the place of
    /// [`Source::with_changes`].
    #[must_use]
    pub fn with_commits(self, commits: Vec<StagedCommit>) -> Self {
        let mut last = BTreeMap::new();
        let mut contents = BTreeMap::new();
        for commit in &commits {
            last.extend(commit.changes.clone());
            for content in commit.changes.values().flatten() {
                contents.extend(BlobId::of(content).map(|id| (id, content.clone())));
            }
        }
        let mut source = self.with_changes(last);
        source.staged = Staged {
            commits,
            contents,
            is_nothing_told: false,
        };
        source
    }
}

impl Source {
    /// The same source as if it were in no repository with commits.
    #[must_use]
    pub fn without_commits(mut self) -> Self {
        self.staged.is_nothing_told = true;
        self
    }
}

impl Staged {
    pub(super) fn content(&self, id: BlobId) -> Option<&[u8]> {
        self.contents.get(&id).map(Vec::as_slice)
    }

    /// Whether a commit of this id is one of these.
    pub(super) fn has(&self, id: &str) -> bool {
        self.commits.iter().any(|it| it.id() == id)
    }

    /// Appends the commits to a log. `prefix` is that of the record root.
    pub(super) fn append(&self, prefix: &str, log: &mut Log) {
        for staged in &self.commits {
            let commit = log.commits.len();
            let parent = commit.checked_sub(1);
            log.commits.push(LoggedCommit {
                id: staged.id(),
                parents: parent.into_iter().collect(),
                author: staged.author.clone(),
                committer: staged.author.clone(),
                is_signed: false,
                summary: String::new(),
            });
            for (path, content) in &staged.changes {
                let Some(path) = path.strip_prefix(prefix) else {
                    continue;
                };
                let content = content.as_deref().and_then(BlobId::of);
                let file = log.files.entry(path.into()).or_default();
                if file.tip != content {
                    file.tip = content;
                    file.changes.push(FileChange { commit, content });
                }
            }
        }
    }
}
