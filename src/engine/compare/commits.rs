//! What the commits of a change touch. A file that is the same on both sides may have been another
//! in between, and its history tells so.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use crate::finding::Breadth;
use crate::provenance::History;
use crate::record::{Record, layout};
use crate::source::BlobId;
use crate::text::Mentions;

/// What the commits of a change did to files, by their paths from the root of the records.
#[derive(Default)]
pub(super) struct Touched {
    /// The contents that each commit gave to a file.
    pub(super) versions: BTreeSet<(String, Option<BlobId>)>,
    /// Files whose histories are told together with those of touched ones.
    pub(super) relatives: BTreeSet<String>,
}

/// What the commits of a change touch.
///
/// # Errors
/// Why the histories of both sides may differ in more than that.
pub(super) fn touched([before, after]: &[Side<'_>; 2]) -> Result<Touched, Breadth> {
    match (before.chronicle.history(), after.chronicle.history()) {
        (Ok(before), Ok(after)) => between(before, after),
        // What nobody can tell differs in nothing.
        (Err(before), Err(after)) if before == after => Ok(Touched::default()),
        _ => Err(Breadth::History),
    }
}

fn between(before: History<'_>, after: History<'_>) -> Result<Touched, Breadth> {
    let is_new = new_commits(before, after)?;
    let mut touched = Touched::default();
    let mut contents: BTreeSet<BlobId> = BTreeSet::new();
    for (path, file) in after.files() {
        let mut changes = file
            .changes
            .iter()
            .filter(|it| is_new[it.commit])
            .peekable();
        if changes.peek().is_some() && layout::is_yaml(path) {
            contents.extend(file.changes.iter().filter_map(|it| it.content));
        }
        let versions = changes.map(|it| (path.to_owned(), it.content));
        touched.versions.extend(versions);
    }
    if contents.is_empty() {
        return Ok(touched);
    }
    // A record that moved is followed by what stood in both places.
    for (path, file) in after.files().filter(|(path, _)| layout::is_yaml(path)) {
        let mut own = file.changes.iter().filter_map(|it| it.content);
        if own.any(|it| contents.contains(&it)) {
            touched.relatives.insert(path.to_owned());
        }
    }
    Ok(touched)
}

/// Of each commit of the second history whether the first lacks it: only commits that follow the
/// last of the first, and no earlier than it.
fn new_commits(before: History<'_>, after: History<'_>) -> Result<Vec<bool>, Breadth> {
    let old = before.commits();
    let tip = old.last().ok_or(Breadth::History)?;
    let known: BTreeMap<&str, usize> = old
        .iter()
        .enumerate()
        .map(|(at, it)| (it.id.as_str(), at))
        .collect();
    let commits = after.commits();
    let mut is_new = Vec::with_capacity(commits.len());
    let mut seen = 0;
    for commit in commits {
        match known.get(commit.id.as_str()) {
            Some(at) if *at == seen => {
                seen += 1;
                is_new.push(false);
            }
            Some(_) => return Err(Breadth::History),
            None => {
                let follows = |parent: &usize| is_new[*parent] || commits[*parent].id == tip.id;
                let is_after = !commit.parents.is_empty()
                    && commit.parents.iter().all(follows)
                    && commit.committer.seconds >= tip.committer.seconds;
                if !is_after {
                    return Err(Breadth::History);
                }
                is_new.push(true);
            }
        }
    }
    match seen == old.len() {
        true => Ok(is_new),
        false => Err(Breadth::History),
    }
}

/// The files whose former contents mention one of some names, with the last record of each that is
/// gone.
///
/// # Errors
/// [`Breadth::History`] if a content cannot be read.
pub(super) fn formerly(
    side: &Side<'_>,
    names: &Mentions,
    limit: usize,
) -> Result<Vec<(String, Option<Record>)>, Breadth> {
    let Ok(history) = side.chronicle.history() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (path, file) in history.files().filter(|(path, _)| layout::is_yaml(path)) {
        let contents = file.changes.iter().filter_map(|it| it.content);
        let former: BTreeSet<BlobId> = contents.filter(|it| Some(*it) != file.tip).collect();
        let mut is_hit = false;
        for content in former {
            let reported = format!("{}{path}", side.source.prefix());
            let bytes = side.source.read_version(&reported, content, limit);
            let bytes = bytes.map_err(|_| Breadth::History)?;
            is_hit |= names.stand_in(&String::from_utf8_lossy(&bytes));
        }
        if is_hit {
            let last = file.end().filter(|_| file.tip.is_none());
            let last = last.map(|(_, content, _)| history.read(path, content));
            let last = last.transpose().map_err(|_| Breadth::History)?;
            found.push((path.to_owned(), last.flatten()));
        }
    }
    Ok(found)
}
