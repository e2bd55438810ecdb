//! What the commits say about the files as a whole: data only.

use std::collections::BTreeMap;

/// The commits behind the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// How many commits there are.
    pub commits: usize,
    /// The files that stand, by their paths from the root of the repository.
    pub files: BTreeMap<String, FilePast>,
    /// The records whose files are gone, in the order of their paths.
    pub departed: Vec<Departure>,
}

/// The commits of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePast {
    /// The first that has it.
    pub first: CommitName,
    /// The latest that changed it.
    pub latest: CommitName,
}

/// A record whose file is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Kind and id.
    pub record: super::RecordName,
    /// The path that it last had, from the root of the repository.
    pub path: String,
    /// The commit that last wrote it.
    pub kept: CommitName,
    /// The commit that removed it.
    pub left: CommitName,
}

/// A commit, as people name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitName {
    /// Its whole id.
    pub id: String,
    /// Who wrote the change: a name, or the id of a person of the registry.
    pub author: String,
    /// When it was made, by the clock of the committer, RFC 3339; empty for a time
    /// that no calendar has.
    pub at: String,
}

impl CommitName {
    /// In words, such as `3f2a9c81d0 by Rosa Lind on 2025-03-01`.
    pub fn words(&self) -> String {
        let id = self.id.get(..10).unwrap_or(&self.id);
        let day = self.at.split('T').next().unwrap_or_default();
        format!("{id} by {} on {day}", self.author)
    }
}
