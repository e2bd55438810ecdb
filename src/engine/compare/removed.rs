//! Records that a change removes. One that moves to another file is still there; one that gets
//! another id is gone, and another has come.

use std::collections::BTreeSet;

use super::Side;
use crate::document::Limits;
use crate::engine::glimpse::{Seen, entry_of, see};
use crate::finding::{RecordName, RemovedRecord};
use crate::record::{IdKey, layout};
use crate::source::AlteredFile;

/// The records that only the first side has, in the order of their files.
pub(super) fn removed(
    [before, after]: [&Side<'_>; 2],
    altered: &[AlteredFile],
    limits: &Limits,
) -> Vec<RemovedRecord> {
    let is_of_record = |file: &&AlteredFile| layout::is_yaml(&file.path);
    let altered = || altered.iter().filter(is_of_record);
    let there = altered().filter(|it| it.is_there);
    let there: BTreeSet<IdKey> = there
        .filter_map(|file| key(after, &file.path, limits))
        .collect();
    altered()
        .filter(|it| it.was_there && before.source.is_asked(&it.path))
        .filter_map(|file| {
            let key = key(before, &file.path, limits)?;
            // A file that cannot be read any more is a finding, and no record that is gone.
            let is_unreadable = file.is_there && self::key(after, &file.path, limits).is_none();
            let is_gone = !is_unreadable && !there.contains(&key);
            is_gone.then(|| RemovedRecord {
                file: file.path.clone(),
                record: RecordName {
                    kind: key.kind.name().to_owned(),
                    id: key.id.into(),
                },
            })
        })
        .collect()
}

/// What names the record in a file; `None` for what cannot be read as one.
fn key(side: &Side<'_>, path: &str, limits: &Limits) -> Option<IdKey> {
    match see(side.source, entry_of(&side.listing, path)?, limits) {
        Seen::Record(record) => IdKey::of(&record),
        _ => None,
    }
}
