//! Small registries for the tests of this module.

use crate::document::Limits;
use crate::record::{Reading, Record, Registry, read_record};

/// The record in a text.
pub(super) fn record(path: &str, text: &str) -> Record {
    match read_record(path, text.as_bytes().to_vec(), &Limits::default()) {
        Reading::Record(record) => record,
        other => panic!("{path}: {other:?}"),
    }
}

/// A registry of the records in these files.
pub(super) fn registry(files: &[(&str, &str)]) -> Registry {
    let records = files
        .iter()
        .map(|(path, text)| ((*path).into(), record(path, text)))
        .collect();
    Registry::new(records, [])
}
