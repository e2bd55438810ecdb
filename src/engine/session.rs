//! One run over the files of a source.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::accept::Acceptance;
use super::beside::Folder;
use super::cabinet::{Cabinet, Ledger, registered};
use super::finish::sentence;
use super::glimpse::Known;
use super::judge::{Bench, Judged, PER_RECORD, serves};
use super::part::{Deferred, Left, Part, Parts, Row, Totals, Waiting, incidents_of, row_of};
use super::pinned::{Kept, Pinned};
use super::scan::searched;
use super::seal::{Sealer, sealed};
use super::witness::{Chronicle, Stories};
use super::{Progress, Request};
use crate::finding::{Finding, Incomplete, MOST_FAULTS, Outcome, Proofs};
use crate::policy::vocabulary::Lookups;
use crate::policy::{Catalogue, Facts};
use crate::record::{Flaws, Reading, Record, RecordKind, Refusal, Registry, layout, read_record};
use crate::source::{FileEntry, Listing, Source};

pub(super) struct Session<'a> {
    pub(super) source: &'a Source,
    pub(super) listing: &'a Listing,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
    /// Contents of evidence that are known already.
    pub(super) ledger: &'a Ledger,
    pub(super) chronicle: &'a Chronicle<'a>,
    /// The rules and settings of another revision, if they hold.
    pub(super) pinned: Option<&'a Pinned>,
    /// What is known of records that are not judged.
    pub(super) known: Option<&'a Known>,
}

impl Session<'_> {
    pub(super) fn run(&self) -> (Outcome, Kept, Left) {
        // Asking git takes a while in a large repository, and needs nothing from the check.
        let asked = rayon::join(|| self.examine(), || self.source.is_dirty());
        let ((outcome, kept, left), dirty) = asked;
        (self.with_dirty(outcome, dirty), kept, left)
    }

    /// Takes something from each record asked for; those that are not kept are read once more.
    pub(super) fn take_each<T: Send>(
        &self,
        registry: &Registry,
        take: &(impl Fn(&str, &Record, &dyn Fn() -> Proofs) -> Option<T> + Sync),
    ) -> Vec<T> {
        let lookups = Lookups::new(registry);
        let take = |path: &str, record: &Record| {
            take(path, record, &|| self.proofs(&lookups, path, record))
        };
        let all = 0..self.listing.files.len() as u32;
        let files: Vec<u32> = all.filter(|file| self.entry(*file).in_scope).collect();
        let taken = files.par_iter().filter_map(|file| {
            let path = &self.entry(*file).path;
            if let Some(record) = registry.at_path(path) {
                return take(path, record);
            }
            // Counted, and complained about, when it was read first.
            let record = self.read(*file, registry, &mut Totals::default()).ok()?;
            take(path, &record)
        });
        taken.collect()
    }

    /// All but the question whether anything differs from the last commit.
    pub(super) fn examine(&self) -> (Outcome, Kept, Left) {
        let all = 0..self.listing.files.len() as u32;
        let mut scattered = BTreeSet::new();
        let (mut streaming, first): (Vec<u32>, Vec<u32>) = all.partition(|file| {
            let path = self.relative(self.entry(*file));
            let known = self.known_row(*file);
            let is_package = |row: &&Row| row.kind == RecordKind::Package;
            if let Some(row) = known
                .filter(is_package)
                .filter(|_| !layout::is_stream_folder(path))
            {
                scattered.insert(row.incident.to_string());
            }
            known.is_some() || layout::is_stream_folder(path)
        });

        // The shipped rules are compiled while the registries are read, and the commits.
        let empty = Registry::default();
        let (_, (mut parts, totals)) = rayon::join(Catalogue::shipped, || {
            let read = each(&first, |file, totals| {
                self.progress.advance();
                vec![(*file, self.read_registry(*file, &empty, totals))]
            });
            self.chronicle.prepare();
            read
        });
        for (file, part) in &parts {
            if let Some(deferred) = &part.deferred {
                streaming.push(*file);
                scattered.extend(deferred.incident.clone());
            }
        }
        streaming.sort_unstable();

        let mut kept = self.keep(&mut parts, Vec::new());
        let (mut late, mut bytes) = (0, 0);
        let (outcome, left) = loop {
            {
                let catalogue = Catalogue::of(&kept.registry);
                let lookups = Lookups::new(&kept.registry);
                let bench = self.bench(&kept, &catalogue, &lookups);
                let (streamed, mut streamed_totals) = self.stream(&streaming, &bench, &scattered);
                parts.extend(streamed);
                let before = streaming.len();
                streaming.retain(|file| parts.get(file).is_none_or(|part| part.kept.is_none()));
                let found = before - streaming.len();
                if found == 0 {
                    if late > 0 {
                        streamed_totals.stats.bytes = bytes;
                        streamed_totals.stats.yaml_files += late;
                    }
                    let incidents = incidents_of(&mut parts);
                    let totals = totals.add(streamed_totals);
                    let (mut whole, incomplete) =
                        self.finish(&mut parts, totals, &bench, &incidents);
                    let in_force = bench.acceptance.in_force();
                    let owned = |(id, subject): (&str, &str)| (id.to_owned(), subject.to_owned());
                    let left = Left {
                        parts: Parts::new(),
                        incidents,
                        used: whole.totals.used.clone(),
                        in_force: in_force.map(owned).collect(),
                        strays: std::mem::take(&mut whole.strays),
                        has_failed: !whole.totals.broken.is_empty(),
                        scattered: BTreeSet::new(),
                    };
                    break (self.outcome(whole, &bench, incomplete), left);
                }
                (late, bytes) = (found, streamed_totals.stats.bytes);
            }
            // A registry kind in a folder of incidents is rare; all is judged again with it.
            kept = self.keep(&mut parts, kept.into_records());
        };
        let left = Left {
            parts,
            scattered,
            ..left
        };
        (outcome, kept, left)
    }

    pub(super) fn bench<'r>(
        &'r self,
        kept: &'r Kept,
        catalogue: &'r Catalogue,
        lookups: &'r Lookups<'r>,
    ) -> Bench<'r> {
        let as_of = self.request.as_of;
        let registry = &kept.registry;
        Bench {
            registry,
            catalogue,
            lookups,
            aside: kept.aside.as_ref(),
            prefix: self.source.prefix(),
            as_of,
            wants_duties: self.request.wants_duties,
            serves: match self.request.wants_duties {
                true => serves(catalogue),
                false => Vec::new(),
            },
            acceptance: Acceptance::of(registry, lookups, as_of),
            searched: searched(registry, lookups),
        }
    }

    /// Judges the records that are not kept, those of one incident together.
    fn stream(
        &self,
        files: &[u32],
        bench: &Bench<'_>,
        scattered: &BTreeSet<String>,
    ) -> (Parts, Totals) {
        let folder = |file: &u32| layout::incident_folder(self.relative(self.entry(*file)));
        let folders: Vec<&[u32]> = files
            .chunk_by(|left, right| folder(left).is_some() && folder(left) == folder(right))
            .collect();
        each(&folders, |files, totals| {
            let known = self.known_parts(files, totals);
            known.unwrap_or_else(|| self.read_folder(files, bench, scattered, totals))
        })
    }

    /// What is known of the record in a file that is not judged.
    fn known_row(&self, file: u32) -> Option<&Row> {
        self.known?.rows.get(&self.entry(file).path)?.as_ref()
    }

    /// The parts of the files of a folder, if none of them is judged.
    fn known_parts(&self, files: &[u32], totals: &mut Totals) -> Option<Vec<(u32, Part)>> {
        let known = self.known?;
        let of_file = |file: &u32| Some((*file, known.rows.get(&self.entry(*file).path)?));
        let rows: Option<Vec<(u32, &Option<Row>)>> = files.iter().map(of_file).collect();
        let parts = rows?.into_iter().map(|(file, row)| {
            totals.stats.yaml_files += 1;
            totals.stats.ignored += usize::from(row.is_none());
            let row = row.clone();
            let part = Part {
                row,
                ..Part::default()
            };
            (file, part)
        });
        Some(parts.collect())
    }

    pub(super) fn entry(&self, file: u32) -> &FileEntry {
        &self.listing.files[file as usize]
    }

    /// The position of a file in the listing.
    pub(super) fn position(&self, path: &str) -> Option<u32> {
        let files = &self.listing.files;
        let found = files.binary_search_by(|file| file.path.as_str().cmp(path));
        found.ok().map(|at| at as u32)
    }

    /// A reported path below the record root.
    pub(super) fn below<'p>(&self, path: &'p str) -> &'p str {
        self.source.below(path)
    }

    /// The path of a file below the record root.
    pub(super) fn relative<'e>(&self, entry: &'e FileEntry) -> &'e str {
        self.below(&entry.path)
    }

    /// Reads a file as a record. What is none is settled as a part.
    pub(super) fn read(
        &self,
        file: u32,
        registry: &Registry,
        totals: &mut Totals,
    ) -> Result<Record, Box<Part>> {
        let entry = self.entry(file);
        let path = self.relative(entry);
        let mut part = Box::<Part>::default();
        let bytes = match self.source.read(entry, self.request.limits.bytes) {
            Ok(bytes) => bytes,
            Err(error) => {
                part.incomplete = Some(Box::new(not_examined(entry, sentence(&error), None)));
                part.row = layout::promise(path)
                    .map(|promise| Row::unread(promise.kind, promise.id, promise.incident));
                return Err(part);
            }
        };
        totals.stats.bytes += bytes.len() as u64;
        match read_record(path, bytes, &self.request.limits) {
            Reading::Record(record) => return Ok(record),
            Reading::Refused(refusal) => {
                part.findings = refuse(entry, &refusal, registry);
                for fault in refusal.faults.iter().take(part.findings.len()) {
                    totals.tally.fail(fault.rule);
                }
                if part.findings.len() >= MOST_FAULTS {
                    part.incomplete = Some(Box::new(too_many(&entry.path)));
                }
                for rule in PER_RECORD.iter().filter(|_| entry.in_scope) {
                    totals
                        .tally
                        .unevaluated(*rule, "a record was refused as a whole".to_owned());
                }
                part.row = row_of(&refusal);
            }
            Reading::Stray(refusal) => {
                part.stray = refuse(entry, &refusal, registry);
                part.row = row_of(&refusal);
            }
            Reading::Foreign => totals.stats.ignored += 1,
            Reading::TooMuch { reason, kind, id } => {
                let help = "Split the record, or move the bulk into evidence files.";
                part.incomplete =
                    Some(Box::new(not_examined(entry, reason, Some(help.to_owned()))));
                part.row = kind.map(|kind| Row::unread(kind, id.as_deref(), None));
            }
        }
        Err(part)
    }

    fn read_registry(&self, file: u32, registry: &Registry, totals: &mut Totals) -> Part {
        totals.stats.yaml_files += 1;
        match self.read(file, registry, totals) {
            Ok(record) if record.kind.is_registry() => Part {
                kept: Some(Box::new(record)),
                ..Part::default()
            },
            Ok(record) => {
                totals.stats.yaml_files -= 1;
                let incident = record
                    .incident
                    .filter(|_| record.kind == RecordKind::Package);
                Part {
                    deferred: Some(Box::new(Deferred { incident })),
                    ..Part::default()
                }
            }
            Err(part) => *part,
        }
    }

    pub(super) fn read_folder(
        &self,
        files: &[u32],
        bench: &Bench<'_>,
        scattered: &BTreeSet<String>,
        totals: &mut Totals,
    ) -> Vec<(u32, Part)> {
        let mut parts = Vec::with_capacity(files.len());
        let mut records = Vec::with_capacity(files.len());
        let mut files_of_records = Vec::with_capacity(files.len());
        for file in files {
            self.progress.advance();
            if !self.progress.is_wanted() {
                break;
            }
            totals.stats.yaml_files += 1;
            match self.read(*file, bench.registry, totals) {
                Ok(record) if record.kind.is_registry() => {
                    let kept = Some(Box::new(record));
                    let part = Part {
                        kept,
                        ..Part::default()
                    };
                    parts.push((*file, part));
                }
                Ok(record) => {
                    records.push(record);
                    files_of_records.push(*file);
                }
                Err(part) => parts.push((*file, *part)),
            }
        }
        if files.iter().all(|file| !self.entry(*file).in_scope) {
            let rows = files_of_records.iter().zip(&records);
            parts.extend(rows.map(|(file, record)| {
                let row = Some(Row::of(self.relative(self.entry(*file)), record));
                let part = Part {
                    row,
                    ..Part::default()
                };
                (*file, part)
            }));
            return parts;
        }
        // Shapes first: what is in doubt in one record is in doubt for the others.
        let shapes: Vec<Judged> = files_of_records
            .iter()
            .zip(&records)
            .map(|(file, record)| bench.shape(self.relative(self.entry(*file)), record))
            .collect();
        let flaws: Vec<Flaws<'_>> = records
            .iter()
            .zip(&shapes)
            .map(|(record, shape)| record.flaws_among(&shape.faults))
            .collect();
        let paths = files_of_records.iter().zip(&records);
        let paths = paths.flat_map(|(file, record)| {
            registered(self.relative(self.entry(*file)), record).map(|(_, path)| path)
        });
        let facts = Folder {
            records: &records,
            flaws: &flaws,
            scattered,
            cabinet: &Cabinet::new(self.source, self.ledger, paths.collect()),
            chronicle: self.chronicle,
            stories: &Stories::default(),
        };
        for ((file, record), (shape, flaws)) in files_of_records
            .iter()
            .zip(&records)
            .zip(shapes.into_iter().zip(&flaws))
        {
            let judge = (shape, flaws);
            parts.push((
                *file,
                self.judge(*file, record, judge, bench, &facts, totals),
            ));
        }
        parts
    }

    pub(super) fn judge<'t>(
        &self,
        file: u32,
        record: &'t Record,
        (shape, flaws): (Judged, &Flaws<'t>),
        bench: &'t Bench<'_>,
        facts: &dyn Facts<'t>,
        totals: &mut Totals,
    ) -> Part {
        let entry = self.entry(file);
        let row = Some(Row::of(self.relative(entry), record));
        if !entry.in_scope {
            return Part {
                row,
                ..Part::default()
            };
        }
        let judged = bench.judge(self.relative(entry), record, shape, flaws, facts);
        totals.stats.records += 1;
        totals.stats.references += judged.references;
        totals.tally.add(&judged.tally);
        let counts = bench.by_control(&judged.tally);
        totals.verdicts.extend(counts.map(|counts| (file, counts)));
        for (rule, reason) in judged.broken {
            totals.breaks(rule, (entry.path.clone(), reason));
        }
        let mut findings = self.scan_files(self.relative(entry), record, bench, totals);
        let incomplete = judged.has_more.then(|| Box::new(too_many(&entry.path)));
        if !judged.faults.is_empty() || !judged.duties.is_empty() {
            let sealer = Sealer::of_record(&entry.path, record, bench);
            findings.extend(sealed(&sealer, &judged.faults, record, bench, totals));
            totals.duties.extend(
                judged
                    .duties
                    .into_iter()
                    .map(|(rule, element, clock)| sealer.duty(rule, element, clock)),
            );
        }
        let waiting = (!judged.waiting.is_empty()).then(|| {
            Box::new(Waiting {
                rules: judged.waiting,
                wanted: judged.wanted,
            })
        });
        Part {
            findings,
            incomplete,
            row,
            later: judged.later,
            waiting,
            ..Part::default()
        }
    }

    /// Collects the kept records of all parts.
    fn keep(&self, parts: &mut Parts, mut records: Vec<(Arc<str>, Record)>) -> Kept {
        for (file, part) in parts.iter_mut() {
            if let Some(record) = part.kept.take() {
                records.push((self.entry(*file).path.as_str().into(), *record));
            }
        }
        let refused = parts
            .values()
            .filter_map(|part| part.row.as_ref())
            .filter(|row| !row.is_read && row.kind.is_registry())
            .map(|row| (row.kind, row.id.as_deref().map(str::to_owned)));
        match self.pinned {
            Some(pinned) => pinned.replace(records, refused, self.request),
            None => Kept {
                registry: Registry::new(records, refused),
                aside: None,
            },
        }
    }
}

/// Works on items in parallel.
pub(super) fn each<T: Sync>(
    items: &[T],
    work: impl Fn(&T, &mut Totals) -> Vec<(u32, Part)> + Sync,
) -> (Parts, Totals) {
    let (parts, totals) = items
        .par_iter()
        .fold(
            || (Vec::new(), Totals::default()),
            |(mut parts, mut totals), item| {
                parts.append(&mut work(item, &mut totals));
                (parts, totals)
            },
        )
        .reduce(
            || (Vec::new(), Totals::default()),
            |(mut parts, totals), (mut others, other)| {
                parts.append(&mut others);
                (parts, totals.add(other))
            },
        );
    (parts.into_iter().collect(), totals)
}

fn refuse(entry: &FileEntry, refusal: &Refusal, registry: &Registry) -> Vec<Finding> {
    if !entry.in_scope {
        return Vec::new();
    }
    let sealer = Sealer::of_refusal(&entry.path, refusal, Catalogue::shipped());
    refusal
        .faults
        .iter()
        .take(MOST_FAULTS)
        .map(|fault| sealer.seal(fault, registry))
        .collect()
}

/// Whether something that could not be examined was read, but not judged to its end.
pub(super) fn is_of_judging(gap: &Incomplete) -> bool {
    *gap == too_many(&gap.file) || gap.reason.starts_with(FAILED)
}

/// How it begins that a rule failed.
const FAILED: &str = "rule `";

/// A rule that fails is told once, with the first record that it fails on.
pub(super) fn failed(file: &str, rule: &str, reason: &str) -> Incomplete {
    Incomplete {
        file: file.to_owned(),
        reason: format!("{FAILED}{rule}` cannot be evaluated: {reason}"),
        help: None,
    }
}

/// A file made of faults is not worked out to its end.
pub(super) fn too_many(path: &str) -> Incomplete {
    Incomplete {
        file: path.to_owned(),
        reason: format!("there are more than {MOST_FAULTS} findings in this file"),
        help: Some("Mend those that are shown, and check again for the others.".to_owned()),
    }
}

fn not_examined(entry: &FileEntry, reason: String, help: Option<String>) -> Incomplete {
    Incomplete {
        file: entry.path.clone(),
        reason,
        help,
    }
}
