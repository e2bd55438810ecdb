//! Rules and settings of a revision that a change cannot touch: its packs and its program stand in
//! for those of the state that is checked, which are then judged as records and decide nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::finish::sentence;
use super::judge::Bench;
use super::ruling::Ruling;
use super::{CheckError, Request};
use crate::finding::{Incomplete, Outcome, PoliciesFrom};
use crate::policy::Catalogue;
use crate::record::{Reading, Record, RecordKind, Registry, read_record};
use crate::source::{FileEntry, Source};

/// The kinds that say by what everything is judged.
const RULING: [RecordKind; 2] = [RecordKind::Program, RecordKind::Policy];

/// What a revision says about rules and settings.
pub(super) struct Pinned {
    name: String,
    revision: String,
    /// What stands before paths from the root of the records.
    prefix: String,
    /// Programs and packs by their paths, in order.
    files: Vec<(String, Vec<u8>)>,
    /// What could not be read of them.
    refused: Vec<(RecordKind, Option<String>)>,
    incomplete: Vec<Incomplete>,
}

/// The kept records of the state that is checked, apart from those that all is judged by.
#[derive(Default)]
pub(super) struct Aside {
    /// Programs and packs that others stand in for, in the order of their paths.
    pub(super) records: Vec<(Arc<str>, Record)>,
    /// What the packs of this state would make of the rules.
    pub(super) catalogue: Catalogue,
    /// What this state would be judged by.
    pub(super) ruling: Ruling,
}

/// The kept records.
pub(super) struct Kept {
    /// Those that all is judged by.
    pub(super) registry: Registry,
    /// Those that others stand in for, where another revision rules.
    pub(super) aside: Option<Aside>,
}

impl Kept {
    /// Gives the records of the checked state back.
    pub(super) fn into_records(self) -> Vec<(Arc<str>, Record)> {
        let mut records = self.registry.into_records();
        records.retain(|(file, _)| !Registry::is_foreign(file));
        records.extend(self.aside.into_iter().flat_map(|it| it.records));
        records
    }

    /// What the checked state says about rules and settings; `outcome` is that of its check.
    pub(super) fn into_ruling(self, outcome: &Outcome) -> Ruling {
        match self.aside {
            Some(aside) => aside.ruling,
            None => Ruling::of(outcome.adjusted.iter(), self.registry.records()),
        }
    }
}

/// One file of the revision by its path.
enum Found {
    Ruling(String, Vec<u8>),
    Refused(RecordKind, Option<String>, String, String),
    Unread(String, String),
}

impl Pinned {
    /// Reads the rules and settings of a revision, whatever folder they stand in.
    pub(super) fn read(
        head: &Source,
        request: &Request<'_>,
        name: &str,
    ) -> Result<Self, CheckError> {
        let source = head.at_revision(request.path, name)?;
        let mut listing = source.list()?;
        listing
            .files
            .sort_unstable_by(|left, right| left.path.cmp(&right.path));
        let looked = listing.files.par_iter();
        let found: Vec<Found> = looked
            .filter_map(|file| look(&source, file, request))
            .collect();
        let revision = source
            .revision()
            .map_or_else(String::new, |it| it.id.clone());
        let mut pinned = Self {
            name: name.to_owned(),
            revision,
            prefix: source.prefix().to_owned(),
            files: Vec::new(),
            refused: Vec::new(),
            incomplete: Vec::new(),
        };
        for found in found {
            match found {
                Found::Ruling(path, bytes) => pinned.files.push((path, bytes)),
                Found::Refused(kind, id, path, reason) => {
                    pinned.refused.push((kind, id));
                    pinned.unread(path, &reason);
                }
                Found::Unread(path, reason) => pinned.unread(path, &reason),
            }
        }
        let is_program = |it: &(RecordKind, Option<String>)| it.0 == RecordKind::Program;
        let has_program = pinned
            .records(request)
            .any(|(_, record)| record.kind == RecordKind::Program)
            || pinned.refused.iter().any(is_program);
        match has_program {
            true => Ok(pinned),
            false => Err(CheckError::NoProgram {
                revision: name.to_owned(),
                folder: pinned.prefix,
            }),
        }
    }

    fn unread(&mut self, file: String, reason: &str) {
        self.incomplete.push(Incomplete {
            file,
            reason: format!("at `{}`, by which all is judged: {reason}", self.name),
            help: Some("Mend it there, or take another revision for `--policies-from`.".to_owned()),
        });
    }

    fn records<'p>(&'p self, request: &'p Request<'_>) -> impl Iterator<Item = (&'p str, Record)> {
        self.files.iter().filter_map(|(path, bytes)| {
            let below = path.strip_prefix(&self.prefix).unwrap_or(path);
            match read_record(below, bytes.clone(), &request.limits) {
                Reading::Record(record) => Some((path.as_str(), record)),
                _ => None,
            }
        })
    }

    /// Puts the rules and settings of the revision in the place of those among `records`. What is
    /// the same on both sides stays where it is.
    pub(super) fn replace(
        &self,
        records: Vec<(Arc<str>, Record)>,
        refused: impl Iterator<Item = (RecordKind, Option<String>)>,
        request: &Request<'_>,
    ) -> Kept {
        let mut same: BTreeSet<&str> = BTreeSet::new();
        let (mut kept, mut aside) = (Vec::new(), Vec::new());
        for (path, record) in records {
            let known = self.files.binary_search_by(|it| it.0.as_str().cmp(&path));
            let known = known.ok().and_then(|at| self.files.get(at));
            let same_file = known.filter(|it| it.1 == record.tree.source().as_bytes());
            match same_file {
                _ if !RULING.contains(&record.kind) => kept.push((path, record)),
                Some((known, _)) => {
                    same.insert(known);
                    kept.push((path, record));
                }
                None => aside.push((path, record)),
            }
        }
        aside.sort_by(|left, right| left.0.cmp(&right.0));
        let own = || {
            kept.iter()
                .chain(&aside)
                .map(|(path, record)| (path, record))
        };
        let mut packs: Vec<(&Arc<str>, &Record)> = own().collect();
        packs.sort_by_key(|it| it.0);
        let catalogue = Catalogue::with(packs.iter().copied());
        let ruling = Ruling::of(catalogue.adjustments(), packs.into_iter());
        let others = self
            .records(request)
            .filter(|(path, _)| !same.contains(path));
        kept.extend(others.map(|(path, record)| (Registry::foreign(path).into(), record)));
        let refused = refused.filter(|(kind, _)| !RULING.contains(kind));
        let registry = Registry::new(kept, refused.chain(self.refused.iter().cloned()));
        let aside = Aside {
            records: aside,
            catalogue,
            ruling,
        };
        Kept {
            registry,
            aside: Some(aside),
        }
    }

    /// What is told of the revision: what it brings, and what of the checked state decides nothing.
    pub(super) fn told(&self, bench: &Bench<'_>, aside: &Aside) -> PoliciesFrom {
        let held = Ruling::of(bench.catalogue.adjustments(), bench.registry.records());
        let mut without_effect = held.shifts(&aside.ruling);
        without_effect.extend(held.strangers(&aside.ruling));
        without_effect.sort();
        PoliciesFrom {
            name: self.name.clone(),
            revision: self.revision.clone(),
            files: self.files.iter().map(|(path, _)| path.clone()).collect(),
            without_effect,
        }
    }

    /// Its packs.
    pub(super) fn packs<'p>(&'p self, request: &'p Request<'_>) -> impl Iterator<Item = Record> {
        let records = self.records(request).map(|(_, record)| record);
        records.filter(|record| record.kind == RecordKind::Policy)
    }

    /// What could not be examined of the revision.
    pub(super) fn incomplete(&self) -> impl Iterator<Item = Incomplete> {
        self.incomplete.iter().cloned()
    }
}

/// Whether a file may say by what everything is judged: its kind stands in it as a word, unless it
/// is written in escapes.
fn may_rule(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or(true, |text| {
        text.contains('\\') || RULING.iter().any(|kind| text.contains(kind.name()))
    })
}

/// Looks at one file of the revision.
fn look(source: &Source, file: &FileEntry, request: &Request<'_>) -> Option<Found> {
    let path = file.path.as_str();
    let below = path.strip_prefix(source.prefix()).unwrap_or(path);
    let bytes = match source.read(file, request.limits.bytes) {
        Ok(bytes) => bytes,
        Err(error) => return Some(Found::Unread(path.to_owned(), sentence(&error))),
    };
    if !may_rule(&bytes) {
        return None;
    }
    match read_record(below, bytes.clone(), &request.limits) {
        Reading::Record(record) => RULING
            .contains(&record.kind)
            .then(|| Found::Ruling(path.to_owned(), bytes)),
        Reading::Refused(refusal) | Reading::Stray(refusal) => {
            let kind = refusal.kind.filter(|it| RULING.contains(it))?;
            let fault = refusal.faults.first().map_or("", |it| &it.message);
            Some(Found::Refused(
                kind,
                refusal.id,
                path.to_owned(),
                fault.to_owned(),
            ))
        }
        Reading::TooMuch { reason, kind, id } => {
            let kind = kind.filter(|it| RULING.contains(it))?;
            Some(Found::Refused(kind, id, path.to_owned(), reason))
        }
        Reading::Foreign => None,
    }
}
