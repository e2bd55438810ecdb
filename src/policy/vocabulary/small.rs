//! Small registries for the tests of this module.

use crate::document::Limits;
use crate::evidence::Standing;
use crate::finding::Page;
use crate::policy::expression::{Value, Wanted, Why, World as _};
use crate::policy::facts::{Facts, Known};
use crate::policy::vocabulary::{Speaker, functions};
use crate::record::{Incidents, Reading, Record, RecordKind, Registry, read_record};

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

/// Facts of a repository that holds nothing but registries and these records.
pub(super) struct Beside<'t>(pub(super) &'t [Record]);

impl<'t> Facts<'t> for Beside<'t> {
    fn record(&self, id: &str) -> Known<Option<&'t Record>> {
        match id {
            "INC-LATER" => Known::Later(Wanted::Record(id.to_owned())),
            _ => Known::Yes(self.0.iter().find(|record| record.id == id)),
        }
    }

    fn packages(&self, incident: &str) -> Known<Vec<&'t Record>> {
        let is_its = |record: &&Record| record.incident.as_deref() == Some(incident);
        Known::Yes(self.0.iter().filter(is_its).collect())
    }

    fn count(&self, kind: RecordKind) -> Known<usize> {
        Known::Yes(self.0.iter().filter(|record| record.kind == kind).count())
    }

    fn incidents(&self) -> Known<&'t Incidents> {
        Known::Later(Wanted::Incidents)
    }

    fn exists_id(&self, id: &str) -> Known<bool> {
        match id {
            "INC-LATER" => Known::Later(Wanted::Record(id.to_owned())),
            "INC-REFUSED" => Known::Yes(true),
            _ => Known::Yes(self.0.iter().any(|record| record.id == id)),
        }
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        match path.starts_with("..") {
            true => Err(format!("`{path}` leads out of the repository")),
            false => Ok(path == "docs/plan.md"),
        }
    }

    fn standing(&self, path: &str) -> Result<Standing, String> {
        match path.starts_with("..") {
            true => Err(format!("`{path}` leads out of the repository")),
            false => Ok(Standing::Missing),
        }
    }

    fn page(&self, _path: &str, _line: u32) -> Option<Page> {
        None
    }
}

/// Calls a function by its name.
pub(super) fn call<'t>(
    speaker: &Speaker<'_, 't>,
    name: &str,
    given: &[Value<'t>],
) -> Result<Value<'t>, Why> {
    let index = functions()
        .iter()
        .position(|it| it.name == name && it.parameters.len() == given.len())
        .unwrap();
    speaker.call(index, given)
}
