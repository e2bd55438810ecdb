//! Records that a change removes. One that moves to another file is still there; one that gets
//! another id is gone, and another has come.

use std::collections::BTreeSet;

use crate::document::Limits;
use crate::finding::{RecordName, RemovedRecord};
use crate::record::{IdKey, Reading, layout, read_record};
use crate::source::{AlteredFile, Listing, Source};

type Side<'s> = (&'s Source, &'s Listing);

/// The records that only the first side has, in the order of their files.
pub(super) fn removed(
    [before, after]: [Side<'_>; 2],
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
        .filter(|it| it.was_there && before.0.is_asked(&it.path))
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
fn key((source, listing): Side<'_>, path: &str, limits: &Limits) -> Option<IdKey> {
    let files = &listing.files;
    let at = files.binary_search_by(|it| it.path.as_str().cmp(path));
    let bytes = source.read(files.get(at.ok()?)?, limits.bytes).ok()?;
    let below = path.strip_prefix(source.prefix()).unwrap_or(path);
    match read_record(below, bytes, limits) {
        Reading::Record(record) => IdKey::of(&record),
        _ => None,
    }
}
