//! What each commit changed in a record, in the order of the commits.

use super::drift::{Drift, drifts};
use super::story::{Story, Version};
use crate::document::{Kind, NodeRef, path_of};
use crate::record::Record;

/// What one commit did to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The commit, as a position in the history; `None` for what is not committed.
    pub commit: Option<usize>,
    /// Whether it brought the record, also again after it was gone.
    pub is_new: bool,
    /// Whether it took the record away, or left what is no record.
    pub is_end: bool,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// A value that was added, removed or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it stands, as a person writes it: `outbound[OUT-1].at`.
    pub path: String,
    /// A plain value as it was; `None` where nothing was, or a block.
    pub from: Option<String>,
    /// A plain value as it became; `None` where nothing is, or a block.
    pub to: Option<String>,
    /// Whether it was not there before.
    pub is_added: bool,
    /// Whether it is not there any more.
    pub is_removed: bool,
}

/// The changes of a record, commit by commit. Of a merge only what it changed against every side.
/// `shown` gives a plain value as it may be shown.
pub fn journal(
    story: &Story,
    record: &Record,
    shown: &dyn Fn(&Record, NodeRef<'_>) -> String,
) -> Vec<Entry> {
    let versions = story.versions();
    let mut entries: Vec<Entry> = Vec::new();
    for version in versions {
        let before = version.before.iter().map(|it| &versions[*it]);
        let before: Vec<&Version> = before.filter(|it| it.record.is_some()).collect();
        let mut entry = Entry {
            commit: Some(version.commit),
            is_new: before.is_empty(),
            is_end: version.record.is_none(),
            changes: Vec::new(),
        };
        if let Some(new) = version.record.as_deref() {
            let mut sides = before
                .iter()
                .filter_map(|it| Some(changes(it.record.as_deref()?, new, shown)));
            entry.changes = sides.next().unwrap_or_default();
            for side in sides {
                entry
                    .changes
                    .retain(|it| side.iter().any(|other| other.path == it.path));
            }
        }
        if entry.is_new || entry.is_end || !entry.changes.is_empty() {
            entries.push(entry);
        }
    }
    if let Some(last) = versions.last() {
        let changes = last
            .record
            .as_deref()
            .map_or_else(Vec::new, |last| changes(last, record, shown));
        let is_new = last.record.is_none();
        if is_new || !changes.is_empty() {
            entries.push(Entry {
                commit: None,
                is_new,
                is_end: false,
                changes,
            });
        }
    }
    entries
}

fn changes(
    old: &Record,
    new: &Record,
    shown: &dyn Fn(&Record, NodeRef<'_>) -> String,
) -> Vec<Change> {
    let drifts = drifts(old.root(), new.root(), new.kind).into_iter();
    drifts.map(|it| change(old, new, &it, shown)).collect()
}

fn change(
    old: &Record,
    new: &Record,
    drift: &Drift<'_, '_>,
    shown: &dyn Fn(&Record, NodeRef<'_>) -> String,
) -> Change {
    let identity = |list: NodeRef<'_>| new.kind.identity(list);
    let gone = drift.old.filter(|_| drift.is_removal);
    let path = path_of(gone.unwrap_or(drift.new), &identity).to_string();
    let plain = |record: &Record, node: NodeRef<'_>| match node.kind() {
        Kind::Map | Kind::List => None,
        _ => Some(shown(record, node)),
    };
    Change {
        path,
        from: drift.old.and_then(|node| plain(old, node)),
        to: plain(new, drift.new).filter(|_| !drift.is_removal),
        is_added: drift.old.is_none(),
        is_removed: drift.is_removal,
    }
}
