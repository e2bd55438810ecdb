//! What is known of records that are not judged: enough to refer to them and to count them.

use std::collections::{BTreeMap, BTreeSet};

use super::part::{Row, row_of};
use crate::document::Limits;
use crate::record::{Reading, Record, RecordKind, layout, read_record};
use crate::source::{FileEntry, Listing, Source};
use crate::text::Mentions;

/// What is known of files that are not judged.
#[derive(Default)]
pub(super) struct Known {
    /// By their paths as reported the row of each, or none where it is none of our business.
    pub(super) rows: BTreeMap<String, Option<Row>>,
    /// Evidence of which all is judged that may explain why nobody registers it.
    pub(super) weighed: BTreeSet<String>,
    /// Records of the registries at which findings in files that are not judged may be shown.
    pub(super) shown_at: BTreeSet<String>,
}

impl Known {
    /// Whether everything is judged that an exception about a record may accept.
    pub(super) fn is_settled(&self, subject: &str) -> bool {
        let mut rows = self.rows.values().flatten();
        !self.shown_at.contains(subject) && !rows.any(|row| row.id.as_deref() == Some(subject))
    }
}

/// What a file turns out to be.
pub(super) enum Seen {
    Record(Box<Record>),
    /// What is known of a file that is refused.
    Refused(Option<Row>),
    /// None of our business.
    Foreign,
    /// It cannot be read.
    Unread,
}

/// Looks at a file without judging it.
pub(super) fn see(source: &Source, entry: &FileEntry, limits: &Limits) -> Seen {
    let Ok(bytes) = source.read(entry, limits.bytes) else {
        return Seen::Unread;
    };
    match read_record(source.below(&entry.path), bytes, limits) {
        Reading::Record(record) => Seen::Record(Box::new(record)),
        Reading::Refused(refusal) | Reading::Stray(refusal) => Seen::Refused(row_of(&refusal)),
        Reading::Foreign => Seen::Foreign,
        Reading::TooMuch { kind, id, .. } => {
            Seen::Refused(kind.map(|kind| Row::unread(kind, id.as_deref(), None)))
        }
    }
}

/// The entry of a file in a listing, which is in the order of the paths.
pub(super) fn entry_of<'l>(listing: &'l Listing, path: &str) -> Option<&'l FileEntry> {
    let files = &listing.files;
    let at = files.binary_search_by(|it| it.path.as_str().cmp(path));
    files.get(at.ok()?)
}

/// Whether a record mentions one of some names, in whatever way it is written.
pub(super) fn does_mention(record: &Record, names: &Mentions) -> bool {
    let mut read_otherwise = record.tree.scalars().filter(|node| !node.is_verbatim());
    names.stand_in(record.tree.source())
        || read_otherwise.any(|node| names.stand_in(node.scalar_text()))
}

/// The incidents that a file belongs to: that of its folder, that of a package, and itself. `file`
/// is its path from the root of the records.
pub(super) fn incidents<'r>(file: &'r str, row: &'r Row) -> impl Iterator<Item = &'r str> {
    let own = row.id.as_deref();
    let own = own.filter(|_| row.kind == RecordKind::Incident);
    let of_package = Some(&*row.incident).filter(|it| !it.is_empty());
    layout::incident_folder(file)
        .into_iter()
        .chain(of_package)
        .chain(own)
}
