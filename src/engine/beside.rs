//! What stands beside a record while it is judged: the other records of its folder, and later,
//! when all have been seen, whatever its rules asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cabinet::Cabinet;
use super::witness::{Chronicle, Stories};
use crate::document::Tree;
use crate::evidence::Standing;
use crate::finding::Page;
use crate::policy::{Facts, Known, Wanted};
use crate::provenance::{History, Story};
use crate::record::{Flaws, Incidents, Record, RecordIndex, RecordKind};

/// The records of one folder, read together. What lies elsewhere is not at hand yet.
pub(super) struct Folder<'t> {
    pub(super) records: &'t [Record],
    /// What their shapes leave in doubt.
    pub(super) flaws: &'t [Flaws<'t>],
    /// Incidents with packages outside of their folder.
    pub(super) scattered: &'t BTreeSet<String>,
    pub(super) cabinet: &'t Cabinet<'t>,
    pub(super) chronicle: &'t Chronicle<'t>,
    pub(super) stories: &'t Stories,
}

impl<'t> Facts<'t> for Folder<'t> {
    fn record(&self, id: &str) -> Known<Option<&'t Record>> {
        let found = self
            .records
            .iter()
            .find(|record| record.kind != RecordKind::Package && record.id == id);
        match found {
            Some(record) => Known::Yes(Some(record)),
            None => Known::Later(Wanted::Record(id.to_owned())),
        }
    }

    fn packages(&self, incident: &str) -> Known<Vec<&'t Record>> {
        let is_here = self
            .records
            .iter()
            .any(|record| record.kind == RecordKind::Incident && record.id == incident);
        if self.scattered.contains(incident) || !is_here {
            return Known::Later(Wanted::Packages(incident.to_owned()));
        }
        Known::Yes(packages_of(self.records.iter(), incident))
    }

    fn count(&self, kind: RecordKind) -> Known<usize> {
        Known::Later(Wanted::Count(kind))
    }

    fn incidents(&self) -> Known<&'t Incidents> {
        Known::Later(Wanted::Incidents)
    }

    fn exists_id(&self, id: &str) -> Known<bool> {
        match self.records.iter().any(|record| record.id == id) {
            true => Known::Yes(true),
            false => Known::Later(Wanted::Record(id.to_owned())),
        }
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        self.cabinet.file_exists(path)
    }

    fn standing(&self, path: &str) -> Result<Standing, String> {
        self.cabinet.standing(path)
    }

    fn page(&self, path: &str, line: u32) -> Option<Page> {
        self.cabinet.page(path, line)
    }

    fn history(&self) -> Result<History<'_>, String> {
        self.chronicle.history()
    }

    fn wants_history(&self) -> bool {
        self.chronicle.is_wanted()
    }

    fn history_help(&self) -> Option<String> {
        self.chronicle.help()
    }

    fn story(&self, file: &str, record: &Record) -> Result<Arc<Story>, String> {
        self.chronicle.story(self.stories, file, record)
    }

    fn kept_story(&self, file: &str, record: &Record) -> Result<Arc<Story>, String> {
        self.chronicle.kept_story(file, record)
    }

    fn is_flawless(&self) -> bool {
        self.flaws.iter().all(Flaws::is_empty)
    }

    fn flaws(&self, tree: &Tree) -> Option<&Flaws<'t>> {
        let mut records = self.records.iter();
        let at = records.position(|record| std::ptr::eq(&raw const record.tree, tree))?;
        self.flaws.get(at)
    }
}

/// All that a record asked for, when every record has been seen.
pub(super) struct Everything<'t> {
    pub(super) index: &'t RecordIndex,
    pub(super) cabinet: &'t Cabinet<'t>,
    pub(super) chronicle: &'t Chronicle<'t>,
    pub(super) stories: &'t Stories,
    pub(super) incidents: &'t Incidents,
    /// The records of the registries, by the file they stand in.
    pub(super) kept: &'t BTreeMap<u32, &'t Record>,
    /// Records that were read for it, by the file they stand in.
    pub(super) records: &'t BTreeMap<u32, Record>,
    /// What their shapes leave in doubt, in the same order.
    pub(super) flaws: &'t [Flaws<'t>],
}

impl<'t> Everything<'t> {
    fn at(&self, file: u32) -> Option<&'t Record> {
        let kept = self.kept.get(&file).copied();
        kept.or_else(|| self.records.get(&file))
    }
}

impl<'t> Facts<'t> for Everything<'t> {
    fn record(&self, id: &str) -> Known<Option<&'t Record>> {
        match self.index.file_of(id) {
            None => Known::Yes(None),
            Some(file) => match self.at(file) {
                Some(record) => Known::Yes(Some(record)),
                None => Known::Later(Wanted::Record(id.to_owned())),
            },
        }
    }

    fn packages(&self, incident: &str) -> Known<Vec<&'t Record>> {
        let files = self.index.packages_of(incident);
        if files.iter().all(|file| self.records.contains_key(file)) {
            Known::Yes(packages_of(self.records.values(), incident))
        } else {
            Known::Later(Wanted::Packages(incident.to_owned()))
        }
    }

    fn count(&self, kind: RecordKind) -> Known<usize> {
        Known::Yes(self.index.count(kind))
    }

    fn incidents(&self) -> Known<&'t Incidents> {
        Known::Yes(self.incidents)
    }

    fn exists_id(&self, id: &str) -> Known<bool> {
        Known::Yes(self.index.has(id))
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        self.cabinet.file_exists(path)
    }

    fn standing(&self, path: &str) -> Result<Standing, String> {
        self.cabinet.standing(path)
    }

    fn page(&self, path: &str, line: u32) -> Option<Page> {
        self.cabinet.page(path, line)
    }

    fn history(&self) -> Result<History<'_>, String> {
        self.chronicle.history()
    }

    fn wants_history(&self) -> bool {
        self.chronicle.is_wanted()
    }

    fn history_help(&self) -> Option<String> {
        self.chronicle.help()
    }

    fn story(&self, file: &str, record: &Record) -> Result<Arc<Story>, String> {
        self.chronicle.story(self.stories, file, record)
    }

    fn kept_story(&self, file: &str, record: &Record) -> Result<Arc<Story>, String> {
        self.chronicle.kept_story(file, record)
    }

    fn is_flawless(&self) -> bool {
        self.flaws.iter().all(Flaws::is_empty)
    }

    fn flaws(&self, tree: &Tree) -> Option<&Flaws<'t>> {
        let mut records = self.records.values();
        let at = records.position(|record| std::ptr::eq(&raw const record.tree, tree))?;
        self.flaws.get(at)
    }
}

fn packages_of<'t>(records: impl Iterator<Item = &'t Record>, incident: &str) -> Vec<&'t Record> {
    let mut packages: Vec<&Record> = records
        .filter(|record| {
            record.kind == RecordKind::Package && record.incident.as_deref() == Some(incident)
        })
        .collect();
    packages.sort_by(|left, right| left.id.cmp(&right.id));
    packages
}
