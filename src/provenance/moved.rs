//! Where a record stood before it was moved, also where another one took its place.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::History;
use crate::record::layout::is_yaml;
use crate::record::{IdKey, Record};
use crate::source::{BlobId, FileChange, ReadError};

/// A file that a record stood in before it was moved, as long as it was this record's.
#[derive(Clone, Debug)]
pub(super) struct Former<'s> {
    pub(super) path: &'s str,
    pub(super) changes: Cow<'s, [FileChange]>,
}

impl<'s> History<'s> {
    /// The files that a record stood in before it was moved to `path`.
    pub(super) fn formers(
        &self,
        path: &str,
        record: &Record,
    ) -> Result<Vec<Former<'s>>, ReadError> {
        let Some(key) = IdKey::of(record) else {
            return Ok(Vec::new());
        };
        let departed = self.departed()?.iter();
        let own = departed.filter(|it| it.key == key && &*it.path != path);
        let mut formers: Vec<Former<'s>> = own
            .map(|it| Former {
                path: &it.path,
                changes: Cow::Borrowed(self.file(&it.path).map_or(&[], |it| &it.changes)),
            })
            .collect();
        let changes = self.file(path).map_or(&[][..], |it| &it.changes);
        for content in changes.iter().filter_map(|it| it.content) {
            for (_, other) in self.standing_elsewhere(path, content) {
                if formers.iter().any(|it| it.path == &**other) {
                    continue;
                }
                let held = self.while_held(other, &key)?;
                formers.extend(held.map(|changes| Former {
                    path: other,
                    changes: Cow::Owned(changes),
                }));
            }
        }
        Ok(formers)
    }

    /// The records that stood at `path` and stand in a file of their own now.
    pub(super) fn moved_on(&self, path: &str) -> Result<BTreeSet<IdKey>, ReadError> {
        let mut moved = BTreeSet::new();
        let changes = self.file(path).map_or(&[][..], |it| &it.changes);
        for content in changes.iter().filter_map(|it| it.content) {
            for (_, other) in self.standing_elsewhere(path, content) {
                let tip = self.file(other).and_then(|it| it.tip);
                let standing = tip.map(|tip| self.read(other, tip)).transpose()?.flatten();
                if let Some(key) = standing.as_ref().and_then(IdKey::of)
                    && self.is_of(path, content, &key)?
                {
                    moved.insert(key);
                }
            }
        }
        Ok(moved)
    }

    fn is_of(&self, path: &str, content: BlobId, key: &IdKey) -> Result<bool, ReadError> {
        let record = self.read(path, content)?;
        Ok(record.as_ref().and_then(IdKey::of).as_ref() == Some(key))
    }

    /// The changes of a file from the first to the last in which it held a record, and its end
    /// there if another took its place. `None` if it never held it, or still does.
    fn while_held(&self, path: &str, key: &IdKey) -> Result<Option<Vec<FileChange>>, ReadError> {
        let changes = self.file(path).map_or(&[][..], |it| &it.changes);
        let mut held: Option<(usize, usize)> = None;
        for (at, change) in changes.iter().enumerate() {
            if let Some(content) = change.content
                && self.is_of(path, content, key)?
            {
                held = Some((held.map_or(at, |(first, _)| first), at));
            }
        }
        let Some((first, last)) = held else {
            return Ok(None);
        };
        let Some(end) = changes.get(last + 1) else {
            return Ok(None);
        };
        let mut own = changes[first..=last].to_vec();
        own.push(FileChange {
            commit: end.commit,
            content: None,
        });
        Ok(Some(own))
    }

    /// The other paths at which a content of a record ever stood.
    fn standing_elsewhere(
        &self,
        path: &str,
        content: BlobId,
    ) -> impl Iterator<Item = &'s (BlobId, Box<str>)> {
        let shared = self.told.shared.get_or_init(|| self.shared());
        let from = shared.partition_point(|(it, _)| *it < content);
        let of_content = shared[from..].iter();
        of_content
            .take_while(move |(it, _)| *it == content)
            .filter(move |(_, other)| **other != *path)
    }

    /// Contents of YAML files that stood at several paths, in their order.
    fn shared(&self) -> Vec<(BlobId, Box<str>)> {
        let files = self.files().filter(|(path, _)| is_yaml(path));
        let mut all: Vec<(BlobId, &str)> = files
            .flat_map(|(path, file)| {
                let contents = file.changes.iter().filter_map(|it| it.content);
                contents.map(move |content| (content, path))
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        let groups = all.chunk_by(|left, right| left.0 == right.0);
        let shared = groups.filter(|group| group.len() > 1).flatten();
        shared
            .map(|(content, path)| (*content, (*path).into()))
            .collect()
    }
}
