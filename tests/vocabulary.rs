//! The words that rules speak: each example of the documentation is executed on the example
//! organisation and gives what it says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod example;
mod fixture;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use probity::document::Limits;
use probity::evidence::{Examination, Standing};
use probity::finding::Page;
use probity::policy::expression::{Budget, Halt, Scope, Terms, Value, compile};
use probity::policy::vocabulary::{Lookups, Speaker, entries, functions, kind_type, variables};
use probity::policy::{Facts, Known};
use probity::provenance::{Commits, History, Story};
use probity::record::{IncidentRow, Incidents, Reading, Record, RecordKind, Registry, read_record};
use probity::source::Source;
use tempfile::TempDir;

const INCIDENT: &str = "incidents/INC-2025-0003/incident.yaml";

/// Every record of the example, by path.
struct Organisation {
    kept: Registry,
    others: Vec<(String, Record)>,
    incidents: Incidents,
    source: Source,
    commits: Commits,
    /// Where it lies on disk, as long as it is asked.
    _folder: TempDir,
}

impl Organisation {
    #[expect(clippy::disallowed_methods, reason = "the files of a test")]
    fn read() -> Self {
        let folder = example::repository();
        let home = folder.path().join("larkfield");
        let source = Source::open(&home, None).unwrap();
        let mut files = Vec::new();
        list(&home, &home, &mut files);
        files.sort();
        let (mut kept, mut others) = (Vec::new(), Vec::new());
        for file in files {
            let bytes = fs::read(home.join(&file)).unwrap();
            match read_record(&file, bytes, &Limits::default()) {
                Reading::Record(record) if record.kind.is_registry() => {
                    kept.push((Arc::from(file), record));
                }
                Reading::Record(record) => others.push((file, record)),
                other => panic!("{file}: {other:?}"),
            }
        }
        let rows = others.iter().filter_map(|(_, it)| IncidentRow::of(it));
        Self {
            kept: Registry::new(kept, []),
            incidents: Incidents::new(rows.collect(), []),
            others,
            commits: Commits::of(&source).unwrap(),
            source,
            _folder: folder,
        }
    }

    fn at(&self, path: &str) -> &Record {
        let found = self.others.iter().find(|(file, _)| file == path);
        &found.unwrap().1
    }

    /// The value of an expression about a record.
    fn value(&self, path: &str, text: &str, look: impl FnOnce(Result<&Value<'_>, &Halt>)) {
        let record = self.at(path);
        let variables = variables(record.kind, kind_type(record.kind));
        let scope = Scope {
            variables: &variables,
            functions: functions(),
            terms: &Terms::default(),
        };
        let expression = compile(text, &scope).unwrap_or_else(|it| panic!("{text}: {it:?}"));
        let lookups = Lookups::new(&self.kept);
        let speaker = Speaker::new(&lookups, &self, path, record, example::noon());
        look(
            expression
                .evaluate(&speaker, &mut Budget::default())
                .as_ref(),
        );
    }
}

/// The paths of the YAML files below a folder that are records.
fn list(home: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(home).unwrap().to_str().unwrap();
        if path.is_dir() {
            list(home, &path, files);
        } else if probity::record::layout::is_yaml(name) {
            files.push(name.replace('\\', "/"));
        }
    }
}

impl<'t> Facts<'t> for &'t Organisation {
    fn record(&self, id: &str) -> Known<Option<&'t Record>> {
        let mut records = self.others.iter().map(|(_, record)| record);
        Known::Yes(records.find(|it| it.id == id && it.kind != RecordKind::Package))
    }

    fn packages(&self, incident: &str) -> Known<Vec<&'t Record>> {
        let records = self.others.iter().map(|(_, record)| record);
        let is_its = |it: &&Record| it.incident.as_deref() == Some(incident);
        Known::Yes(records.filter(is_its).collect())
    }

    fn count(&self, kind: RecordKind) -> Known<usize> {
        let records = self.others.iter();
        Known::Yes(records.filter(|(_, it)| it.kind == kind).count())
    }

    fn incidents(&self) -> Known<&'t Incidents> {
        Known::Yes(&self.incidents)
    }

    fn exists_id(&self, id: &str) -> Known<bool> {
        Known::Yes(self.others.iter().any(|(_, record)| record.id == id))
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        Ok(example::home("larkfield").join(path).is_file())
    }

    #[expect(clippy::disallowed_methods, reason = "the files of a test")]
    fn standing(&self, path: &str) -> Result<Standing, String> {
        let Ok(bytes) = fs::read(example::home("larkfield").join(path)) else {
            return Ok(Standing::Missing);
        };
        let mut examination = Examination::default();
        examination.take(&bytes);
        Ok(Standing::There(Arc::new(examination.finish())))
    }

    fn wants_history(&self) -> bool {
        true
    }

    fn history(&self) -> Result<History<'_>, String> {
        let limits = Limits::default();
        Ok(History::new(&self.source, &self.commits, limits))
    }

    fn story(&self, file: &str, record: &Record) -> Result<Arc<Story>, String> {
        let story = self.history()?.whole_story(file, record);
        story.map(Arc::new).map_err(|error| error.to_string())
    }

    fn kept_story(&self, file: &str, record: &Record) -> Result<Arc<Story>, String> {
        self.story(file, record)
    }

    fn page(&self, _path: &str, _line: u32) -> Option<Page> {
        None
    }
}

#[test]
fn every_example_gives_what_it_says() {
    let organisation = Organisation::read();
    for entry in entries() {
        let text = format!("({}) == ({})", entry.example, entry.gives);
        organisation.value(INCIDENT, &text, |value| {
            let is_so = value.is_ok_and(|value| value.as_bool() == Some(true));
            assert!(is_so, "{text}: {value:?}");
        });
    }
}

#[test]
fn every_variable_can_be_asked_in_the_example() {
    let organisation = Organisation::read();
    for path in [INCIDENT, "incidents/INC-2025-0003/packages/PKG-1.yaml"] {
        let kind = organisation.at(path).kind;
        for variable in variables(kind, kind_type(kind)) {
            let text = match variable.name {
                "as_of" => "as_of > timestamp('2025-06-20T11:00:00Z')".to_owned(),
                name if name.ends_with('s') && !matches!(name, "approvals" | "channels") => {
                    format!("{name}.all(x, x.id != '')")
                }
                name => format!("{name}.id != ''"),
            };
            organisation.value(path, &text, |value| {
                let is_so = value.is_ok_and(|value| value.as_bool() == Some(true));
                assert!(is_so, "{path}: {text}: {value:?}");
            });
        }
    }
}
