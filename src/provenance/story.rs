//! The story of one record: its versions, and what each changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::place::{Trail, is_same, said};
use crate::document::NodeRef;
use crate::record::{IdKey, Record};
use crate::source::{BlobId, FileChange, LoggedCommit};

/// A record as it stood from one commit on.
#[derive(Debug)]
pub struct Version {
    /// The commit, as a position in the history.
    pub commit: usize,
    /// The versions before it: none for the first, several where a merge made it out of several.
    pub before: Vec<usize>,
    /// The record; `None` where the commit removed it, or left what is no record.
    pub record: Option<Arc<Record>>,
    /// The path of its file, from the record root, and the content.
    pub held: Option<(Box<str>, BlobId)>,
    /// The key of the record that stood in its place, or that it was.
    pub other: Option<IdKey>,
    /// Whether a file stands there that is no record.
    pub is_unreadable: bool,
}

/// What the commits say about one record.
#[derive(Debug)]
pub struct Story {
    versions: Vec<Version>,
    /// The version that stands in each commit.
    standing: Vec<Option<usize>>,
    /// The commit that brought the only version there is, which is the present one.
    only: Option<usize>,
}

/// A value that became another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// What it was; `None` where there was none.
    pub from: Option<String>,
    /// What it became; `None` where it was removed.
    pub to: Option<String>,
    /// The commit, as a position in the history; `None` where it is not committed.
    pub commit: Option<usize>,
}

impl Story {
    /// The story of a record that is as its first commit brought it.
    pub(super) const fn unchanged(commit: usize) -> Self {
        Self {
            versions: Vec::new(),
            standing: Vec::new(),
            only: Some(commit),
        }
    }

    /// The version that stands in a commit; `None` if the record was not there yet.
    pub fn standing(&self, commit: usize) -> Option<&Version> {
        let version = self.standing.get(commit).copied().flatten()?;
        self.versions.get(version)
    }

    /// The versions, parents before children; empty if there is but one, which is the present one.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The commits that gave the record another content, in their order.
    pub fn commits(&self) -> impl Iterator<Item = usize> + '_ {
        let versions = self.versions.iter().map(|it| it.commit);
        self.only.into_iter().chain(versions)
    }

    /// The commit that introduced a value of the present record: the first in which an entry of
    /// its name stands, or in which a plain value has its present text. `None` if it is not
    /// committed.
    pub fn introduced(&self, record: &Record, node: NodeRef<'_>) -> Option<usize> {
        if self.only.is_some() {
            return self.only;
        }
        let node = node.value().unwrap_or(node);
        let trail = Trail::of(node, record.kind);
        let stands = |version: &&Version| {
            let found = version.record.as_ref();
            let found = found.and_then(|it| trail.follow(it.root()));
            found.is_some_and(|found| trail.is_named() || is_same(found, node))
        };
        self.versions.iter().find(stands).map(|it| it.commit)
    }

    /// How a value changed, in the order of the commits, the present record last. Where a merge
    /// took over a side, that side tells.
    pub fn moves(&self, record: &Record, node: NodeRef<'_>) -> Vec<Move> {
        let node = node.value().unwrap_or(node);
        let trail = Trail::of(node, record.kind);
        let at = |version: usize| {
            let found = self.versions[version].record.as_ref();
            found.and_then(|it| trail.follow(it.root())).map(said)
        };
        let mut moves = Vec::new();
        for (position, version) in self.versions.iter().enumerate() {
            let to = at(position);
            let is_taken = || version.before.iter().any(|it| at(*it) == to);
            if let Some(first) = version.before.first()
                && !version.is_unreadable
                && !is_taken()
            {
                moves.push(Move {
                    from: at(*first).map(Into::into),
                    to: to.map(Into::into),
                    commit: Some(version.commit),
                });
            }
        }
        let to = said(node);
        if let Some(last) = self.versions.len().checked_sub(1).map(at)
            && last.as_deref() != Some(&*to)
        {
            moves.push(Move {
                from: last.map(Into::into),
                to: Some(to.into()),
                commit: None,
            });
        }
        moves
    }
}

/// What a content of a file holds.
#[derive(Clone)]
pub(super) struct Held {
    /// The record, if it is one.
    pub(super) record: Option<Arc<Record>>,
    /// Whether it is another one that stands in a file of its own now.
    pub(super) lives_on: bool,
}

/// Follows some files through the commits. `read` tells what a content holds.
pub(super) fn follow<E>(
    commits: &[LoggedCommit],
    paths: &[&str],
    files: &[&[FileChange]],
    key: Option<&IdKey>,
    mut read: impl FnMut(usize, BlobId) -> Result<Held, E>,
) -> Result<Story, E> {
    let mut touched: BTreeMap<usize, Vec<(usize, Option<BlobId>)>> = BTreeMap::new();
    for (file, changes) in files.iter().enumerate() {
        for change in *changes {
            let at = touched.entry(change.commit).or_default();
            at.push((file, change.content));
        }
    }
    let mut versions: Vec<Version> = Vec::new();
    let mut contents: Vec<Vec<Option<BlobId>>> = Vec::new();
    // The version of each commit so far.
    let mut standing: Vec<Option<usize>> = Vec::with_capacity(commits.len());
    for (position, commit) in commits.iter().enumerate() {
        let before: BTreeSet<usize> = commit
            .parents
            .iter()
            .filter_map(|it| standing[*it])
            .collect();
        let first = commit.parents.first().and_then(|it| standing[*it]);
        let changes = touched.get(&position);
        if changes.is_none() && before.len() <= 1 && first == before.first().copied() {
            standing.push(first);
            continue;
        }
        let mut held = match first {
            Some(first) => contents[first].clone(),
            None => vec![None; files.len()],
        };
        for (file, content) in changes.into_iter().flatten() {
            held[*file] = *content;
        }
        if let Some(same) = before.iter().find(|it| contents[**it] == held) {
            standing.push(Some(*same));
            continue;
        }
        if before.is_empty() && held.iter().all(Option::is_none) {
            standing.push(None);
            continue;
        }
        let mut version = Version {
            commit: position,
            before: order(first, before),
            record: None,
            held: None,
            other: None,
            is_unreadable: false,
        };
        let mut is_elsewhere = false;
        for (file, content) in held.iter().enumerate() {
            let Some(content) = content else { continue };
            let Held { record, lives_on } = read(file, *content)?;
            match record {
                Some(record) => {
                    let found = IdKey::of(&record);
                    let is_it = key.is_none() || found.as_ref() == key;
                    // In the place of the record, one of its kind is the record under another id,
                    // unless that stands somewhere else now.
                    let is_former = file == 0
                        && !lives_on
                        && found.as_ref().map(|it| it.kind) == key.map(|it| it.kind);
                    is_elsewhere |= lives_on;
                    if !is_it && !lives_on {
                        version.other = found;
                    }
                    if is_it || is_former {
                        version.record = Some(record);
                        version.held = Some((paths[file].into(), *content));
                    }
                    if is_it {
                        break;
                    }
                }
                None => version.is_unreadable = true,
            }
        }
        // Before it came, another record stood in its place: that is no version of this one.
        if version.record.is_none() && is_elsewhere && version.before.is_empty() {
            standing.push(None);
            continue;
        }
        standing.push(Some(versions.len()));
        versions.push(version);
        contents.push(held);
    }
    Ok(Story {
        versions,
        standing,
        only: None,
    })
}

/// The line of the first parent comes first.
fn order(first: Option<usize>, before: BTreeSet<usize>) -> Vec<usize> {
    let others = before.into_iter().filter(|it| Some(*it) != first);
    first.into_iter().chain(others).collect()
}
