//! Every record by kind and id, and which of them a reference leads to.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::RecordKind;
use super::reference::Referent;
use super::registry::Gap;
use super::resolve::{Pending, Resolution};

/// Every record of the repository by kind and id, kept or not: enough to say what exists.
#[derive(Debug, Default)]
pub struct RecordIndex {
    files: BTreeMap<RecordKind, BTreeMap<Box<str>, u32>>,
    packages: BTreeMap<Box<str>, BTreeMap<Box<str>, u32>>,
    /// Kinds of which some file could not be read and does not say its id.
    nameless: BTreeSet<RecordKind>,
}

impl RecordIndex {
    /// Adds a record; `file` is any number by which the caller finds it again. A package also
    /// names its incident.
    pub fn add(&mut self, kind: RecordKind, id: &str, incident: &str, file: u32) {
        if kind == RecordKind::Package {
            self.packages
                .entry(incident.into())
                .or_default()
                .entry(id.into())
                .or_insert(file);
        } else {
            self.files
                .entry(kind)
                .or_default()
                .entry(id.into())
                .or_insert(file);
        }
    }

    /// Notes a file of a kind that does not say its id: any id may be its.
    pub fn add_nameless(&mut self, kind: RecordKind) {
        self.nameless.insert(kind);
    }

    /// Whether there is a record of any kind with this id.
    pub fn has(&self, id: &str) -> bool {
        self.file_of(id).is_some()
    }

    /// The file of the record of any kind with this id.
    pub fn file_of(&self, id: &str) -> Option<u32> {
        RecordKind::all().find_map(|kind| self.file(kind, id))
    }

    /// The files of the packages of an incident, in the order of their ids.
    pub fn packages_of(&self, incident: &str) -> Vec<u32> {
        let packages = self.packages.get(incident);
        packages
            .into_iter()
            .flat_map(BTreeMap::values)
            .copied()
            .collect()
    }

    /// The file of a package of an incident.
    pub fn package(&self, incident: &str, id: &str) -> Option<u32> {
        self.packages.get(incident)?.get(id).copied()
    }

    /// How many records of a kind there are.
    pub fn count(&self, kind: RecordKind) -> usize {
        match kind {
            RecordKind::Package => self.packages.values().map(BTreeMap::len).sum(),
            _ => self.files.get(&kind).map_or(0, BTreeMap::len),
        }
    }

    /// The files of the records of a kind, in the order of their ids; packages are asked for by
    /// their incident.
    pub fn files_of(&self, kind: RecordKind) -> impl Iterator<Item = u32> {
        let files = self.files.get(&kind);
        files.into_iter().flat_map(BTreeMap::values).copied()
    }

    /// The file of a record.
    pub fn file(&self, kind: RecordKind, id: &str) -> Option<u32> {
        self.files.get(&kind)?.get(id).copied()
    }

    /// The file of the record that a pending reference leads to, if its element has to be looked
    /// up as well.
    pub fn subject<'p>(&self, pending: &'p Pending) -> Option<(u32, &'p str)> {
        let Pending::Subject(subject) = pending else {
            return None;
        };
        let (record, element) = subject.split_once('#')?;
        self.file_of(record).map(|file| (file, element))
    }

    /// Whether a pending reference leads to a record; an element of it is looked up by the caller.
    pub fn resolve(&self, pending: &Pending) -> Resolution {
        let is_found = match pending {
            Pending::Record(kind, id) => self.file(*kind, id).is_some(),
            Pending::AnyRecord(id) => self.has(id),
            Pending::Package(incident, id) => self
                .packages
                .get(incident)
                .is_some_and(|packages| packages.contains_key(id)),
            Pending::Subject(subject) => self.has(subject.split('#').next().unwrap_or("")),
        };
        let hidden = match pending {
            Pending::Record(kind, _) => self.nameless.get(kind).copied(),
            Pending::Package(..) => self.nameless.get(&RecordKind::Package).copied(),
            Pending::AnyRecord(_) | Pending::Subject(_) => self.nameless.first().copied(),
        };
        match (is_found, hidden) {
            (true, _) => Resolution::Found,
            (false, Some(kind)) => Resolution::Unknown(Gap::Refused(kind)),
            (false, None) => Resolution::Dangling,
        }
    }

    pub(super) fn candidates(&self, referent: Referent, incident: Option<&str>) -> Vec<&str> {
        let of_kind = |kind| {
            self.files
                .get(&kind)
                .into_iter()
                .flat_map(|ids| ids.keys().map(|id| &**id))
        };
        match referent {
            Referent::Record(kind) => of_kind(kind).collect(),
            Referent::Package => incident
                .and_then(|incident| self.packages.get(incident))
                .map(|ids| ids.keys().map(|id| &**id).collect())
                .unwrap_or_default(),
            Referent::AnyRecord | Referent::RecordOrFile => {
                RecordKind::all().flat_map(of_kind).collect()
            }
            _ => Vec::new(),
        }
    }
}
