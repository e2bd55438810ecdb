//! What a pass over files leaves behind: small parts, rows of the index, numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::cabinet::registered;
use crate::finding::{Counts, Duty, Finding, Incomplete, Rule, Stats, Tally};
use crate::policy::Wanted;
use crate::record::{
    IdKey, IncidentRow, Incidents, Later, Record, RecordIndex, RecordKind, Refusal, layout,
};

/// What became of one file. Small, because there are as many as files.
#[derive(Default)]
pub(super) struct Part {
    pub(super) findings: Vec<Finding>,
    /// Findings that only count if there are records at all.
    pub(super) stray: Vec<Finding>,
    /// Boxed, because it is rare.
    pub(super) incomplete: Option<Box<Incomplete>>,
    pub(super) row: Option<Row>,
    pub(super) later: Vec<Later>,
    /// Rules that wait for other records.
    pub(super) waiting: Option<Box<Waiting>>,
    /// A record that is kept.
    pub(super) kept: Option<Box<Record>>,
    /// A streaming record met before the registry is complete: to be read again.
    pub(super) deferred: Option<Box<Deferred>>,
}

/// What is kept of a record that will be read again.
pub(super) struct Deferred {
    /// Of a package, the incident: it lies outside of the folder of that.
    pub(super) incident: Option<String>,
}

/// Rules of one record that are asked again when other records are at hand.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) rules: Vec<Rule>,
    pub(super) wanted: BTreeSet<Wanted>,
}

/// A record, as the index knows it.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) kind: RecordKind,
    /// `None` for a refused file that does not say its id.
    pub(super) id: Option<Box<str>>,
    /// Of a package; else empty.
    pub(super) incident: Box<str>,
    /// Whether it was read, so that its id counts as taken.
    pub(super) is_read: bool,
    /// The files it registers as evidence, by their paths from the root of the records; kept as
    /// numbers, because there may be millions.
    pub(super) registered: Box<[u64]>,
    /// Of an incident that was read.
    pub(super) of_incident: Option<Box<IncidentRow>>,
}

impl Row {
    /// A record that was read; `file` is its path from the root of the records.
    pub(super) fn of(file: &str, record: &Record) -> Self {
        let key = IdKey::of(record);
        Self {
            kind: record.kind,
            incident: key
                .as_ref()
                .map(|key| key.incident.clone())
                .unwrap_or_default(),
            id: key.map(|key| key.id),
            is_read: true,
            registered: registered(file, record)
                .map(|(_, path)| number_of(&path))
                .collect(),
            of_incident: IncidentRow::of(record).map(Box::new),
        }
    }

    /// What is known of a file that could not be read as a record.
    pub(super) fn unread(kind: RecordKind, id: Option<&str>, incident: Option<&str>) -> Self {
        let incident = incident.unwrap_or("").into();
        Self {
            kind,
            id: id.map(Into::into),
            incident,
            is_read: false,
            registered: Box::default(),
            of_incident: None,
        }
    }

    /// Kind, incident and id of a record that was read.
    pub(super) fn key(&self) -> Option<(RecordKind, &str, &str)> {
        let id = self.id.as_deref().filter(|_| self.is_read)?;
        Some((self.kind, &self.incident, id))
    }
}

/// A path as a number, the same in every run.
pub(super) fn number_of(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

/// Numbers of one pass over files; sums, so that their order does not matter.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) tally: Tally,
    pub(super) stats: Stats,
    pub(super) duties: Vec<Duty>,
    /// Verdicts on records by control, each with its file; kept only where duties are.
    pub(super) verdicts: Vec<(u32, Vec<Counts>)>,
    /// Rules that failed to evaluate, each with the first file and the reason.
    pub(super) broken: BTreeMap<Rule, (String, String)>,
    /// Exceptions that accepted something.
    pub(super) used: BTreeSet<String>,
}

impl Totals {
    pub(super) fn add(mut self, other: Self) -> Self {
        self.tally.add(&other.tally);
        self.duties.extend(other.duties);
        self.verdicts.extend(other.verdicts);
        for (rule, reason) in other.broken {
            self.breaks(rule, reason);
        }
        self.used.extend(other.used);
        self.stats.yaml_files += other.stats.yaml_files;
        self.stats.records += other.stats.records;
        self.stats.ignored += other.stats.ignored;
        self.stats.references += other.stats.references;
        self.stats.bytes += other.stats.bytes;
        self
    }

    /// Notes that a rule failed on a record; of several files the first is told.
    pub(super) fn breaks(&mut self, rule: Rule, reason: (String, String)) {
        let known = self.broken.entry(rule).or_insert_with(|| reason.clone());
        if reason < *known {
            *known = reason;
        }
    }
}

/// The parts of the files read so far, by their position in the listing.
pub(super) type Parts = BTreeMap<u32, Part>;

/// What a check leaves behind, so that a change of one record can be judged after it.
pub(super) struct Left {
    /// Of each file its row.
    pub(super) parts: Parts,
    pub(super) incidents: Incidents,
    /// Exceptions that accepted something.
    pub(super) used: BTreeSet<String>,
    /// Exceptions that might have, with the records they are about.
    pub(super) in_force: BTreeMap<String, String>,
    /// Files in folders of evidence that no record registers, and that are not told.
    pub(super) strays: BTreeSet<String>,
    /// Whether a rule failed to evaluate.
    pub(super) has_failed: bool,
    /// Incidents with packages outside of their folder.
    pub(super) scattered: BTreeSet<String>,
}

/// All findings and numbers, when the files have been put together.
pub(super) struct Whole {
    pub(super) findings: Vec<Finding>,
    pub(super) totals: Totals,
    /// Files in folders of evidence that no record registers, and that are not told.
    pub(super) strays: BTreeSet<String>,
}

impl Whole {
    /// Adds a finding of a rule and counts it.
    pub(super) fn report(&mut self, rule: impl Into<Rule>, finding: Finding) {
        self.totals.tally.fail(rule);
        self.findings.push(finding);
    }
}

pub(super) fn index_of<'p>(parts: &Parts, path_of: impl Fn(u32) -> &'p str) -> RecordIndex {
    let mut index = RecordIndex::default();
    for (file, part) in parts {
        if let Some(row) = &part.row {
            match &row.id {
                Some(id) => index.add(row.kind, id, &row.incident, *file),
                None => index.add_nameless(row.kind),
            }
        }
    }
    // What a path promises counts only where no record says that id: a record whose id differs
    // from its path has one fault, not one more at every reference to it.
    for (file, row) in parts
        .iter()
        .filter_map(|(file, part)| Some((file, part.row.as_ref()?)))
    {
        let path = path_of(*file);
        // Nearly always the path says what the record says, and there is nothing to add.
        if row.id.as_deref().is_some_and(|id| path.contains(id)) && path.contains(&*row.incident) {
            continue;
        }
        let promise = layout::promise(path).filter(|it| it.kind == row.kind);
        if let Some(promise) = promise.filter(|_| row.is_read)
            && let Some(id) = promise.id
        {
            index.add(row.kind, id, promise.incident.unwrap_or(""), *file);
        }
    }
    index
}

/// The rows of all incidents, taken out of the parts.
pub(super) fn incidents_of(parts: &mut Parts) -> Incidents {
    let (mut rows, mut unread) = (Vec::new(), Vec::new());
    for row in parts.values_mut().filter_map(|part| part.row.as_mut()) {
        match row.of_incident.take() {
            Some(of_incident) => rows.push(*of_incident),
            None if row.kind == RecordKind::Incident => {
                unread.push(row.id.as_deref().map(str::to_owned));
            }
            None => {}
        }
    }
    Incidents::new(rows, unread)
}

/// Per id the files that bear it, where there are several.
pub(super) fn taken_ids(parts: &Parts) -> Vec<(IdKey, Vec<u32>)> {
    let mut taken: Vec<_> = parts
        .iter()
        .filter_map(|(file, part)| Some((part.row.as_ref()?.key()?, *file)))
        .collect();
    // Files in the order of their paths are nearly in that of their ids, which this sort is fast at.
    taken.sort();
    taken
        .chunk_by(|left, right| left.0 == right.0)
        .filter(|same| same.len() > 1)
        .map(|same| {
            let (kind, incident, id) = same[0].0;
            let (incident, id) = (incident.into(), id.into());
            let key = IdKey { kind, incident, id };
            (key, same.iter().map(|(_, file)| *file).collect())
        })
        .collect()
}

/// What is known of a file that was refused.
pub(super) fn row_of(refusal: &Refusal) -> Option<Row> {
    let kind = refusal.kind?;
    Some(Row::unread(
        kind,
        refusal.id.as_deref(),
        refusal.incident.as_deref(),
    ))
}
