//! One run over the files of a source.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::across::Across;
use super::judge::{PER_RECORD, judge};
use super::part::{Part, Parts, Row, Totals, Whole, index_of, row_of, taken_ids};
use super::seal::{Sealer, settle};
use super::{Progress, Request};
use crate::finding::{
    Finding, Incomplete, MOST_FAULTS, Outcome, Skipped, Stats, hex, obligations_digest,
};
use crate::record::{
    Later, Reading, Record, Refusal, Registry, Resolver, layout, read_record, schema_texts,
};
use crate::source::{FileEntry, Listing, ReadError, SkipReason, Source};

pub(super) struct Session<'a> {
    pub(super) source: &'a Source,
    pub(super) listing: &'a Listing,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
}
impl Session<'_> {
    pub(super) fn run(&self) -> Outcome {
        // Asking git takes a while in a large repository, and needs nothing from the check.
        let ((whole, incomplete), dirty) =
            rayon::join(|| self.examine(), || self.source.is_dirty());
        self.outcome(whole, incomplete, dirty)
    }

    fn examine(&self) -> (Whole, Vec<Incomplete>) {
        let all = 0..self.listing.files.len() as u32;
        let (mut streaming, first): (Vec<u32>, Vec<u32>) =
            all.partition(|file| layout::is_stream_folder(self.relative(self.entry(*file))));

        let empty = Registry::default();
        let (mut parts, totals) = each(&first, |file, totals| {
            self.progress.advance();
            self.read_registry(file, &empty, totals)
        });
        streaming.extend(
            parts
                .iter()
                .filter(|(_, part)| part.is_deferred)
                .map(|(file, _)| *file),
        );
        streaming.sort_unstable();

        let mut registry = self.registry(&mut parts, Vec::new());
        let (streamed, mut streamed_totals) = each(&streaming, |file, totals| {
            self.progress.advance();
            self.read_streamed(file, &registry, totals)
        });
        parts.extend(streamed);
        // A registry kind in a folder of incidents is rare; all is judged again with it.
        let before = streaming.len();
        streaming.retain(|file| parts.get(file).is_none_or(|part| part.kept.is_none()));
        let found = before - streaming.len();
        if found > 0 {
            registry = self.registry(&mut parts, registry.into_records());
            let (streamed, again) = each(&streaming, |file, totals| {
                self.read_streamed(file, &registry, totals)
            });
            parts.extend(streamed);
            let bytes = streamed_totals.stats.bytes;
            streamed_totals = again;
            streamed_totals.stats.bytes = bytes;
            streamed_totals.stats.yaml_files += found;
        }
        self.finish(parts, totals.add(&streamed_totals), &registry)
    }

    pub(super) fn entry(&self, file: u32) -> &FileEntry {
        &self.listing.files[file as usize]
    }

    /// The path of a file below the record root.
    pub(super) fn relative<'e>(&self, entry: &'e FileEntry) -> &'e str {
        entry
            .path
            .strip_prefix(self.source.prefix())
            .unwrap_or(&entry.path)
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
                for finding in &part.findings {
                    totals.tally.fail(finding.rule);
                }
                if part.findings.len() >= MOST_FAULTS {
                    part.incomplete = Some(Box::new(too_many(entry)));
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
            Ok(_) => {
                totals.stats.yaml_files -= 1;
                Part {
                    is_deferred: true,
                    ..Part::default()
                }
            }
            Err(part) => *part,
        }
    }

    fn read_streamed(&self, file: u32, registry: &Registry, totals: &mut Totals) -> Part {
        totals.stats.yaml_files += 1;
        match self.read(file, registry, totals) {
            Ok(record) if record.kind.is_registry() => Part {
                kept: Some(Box::new(record)),
                ..Part::default()
            },
            Ok(record) => self.judge(file, &record, registry, totals),
            Err(part) => *part,
        }
    }

    fn judge(&self, file: u32, record: &Record, registry: &Registry, totals: &mut Totals) -> Part {
        let entry = self.entry(file);
        let row = Some(Row::of(record));
        if !entry.in_scope {
            return Part {
                row,
                ..Part::default()
            };
        }
        let judged = judge(
            self.relative(entry),
            record,
            Resolver::new(registry),
            self.request.as_of,
        );
        totals.stats.records += 1;
        totals.stats.references += judged.references;
        totals.tally.add(&judged.tally);
        let mut findings = Vec::new();
        let incomplete = judged.has_more.then(|| Box::new(too_many(entry)));
        if !judged.faults.is_empty() {
            let sealer = Sealer::of_record(&entry.path, record);
            findings.extend(
                judged
                    .faults
                    .iter()
                    .map(|fault| sealer.seal(fault, registry)),
            );
        }
        Part {
            findings,
            incomplete,
            row,
            later: judged.later,
            ..Part::default()
        }
    }

    /// Collects the kept records of all parts, in the order of their paths.
    fn registry(&self, parts: &mut Parts, mut records: Vec<(Arc<str>, Record)>) -> Registry {
        for (file, part) in parts.iter_mut() {
            if let Some(record) = part.kept.take() {
                records.push((self.entry(*file).path.as_str().into(), *record));
            }
        }
        records.sort_by(|left, right| left.0.cmp(&right.0));
        let refused = parts
            .values()
            .filter_map(|part| part.row.as_ref())
            .filter(|row| !row.is_read && row.kind.is_registry())
            .map(|row| (row.kind, row.id.as_deref().map(str::to_owned)));
        Registry::new(records, refused)
    }

    fn finish(
        &self,
        mut parts: Parts,
        totals: Totals,
        registry: &Registry,
    ) -> (Whole, Vec<Incomplete>) {
        let files = &self.listing.files;
        let position = |path: &str| files.binary_search_by(|file| file.path.as_str().cmp(path));
        let kept: BTreeMap<u32, &Record> = registry
            .records()
            .filter_map(|(path, record)| Some((position(path).ok()? as u32, record)))
            .collect();
        let files: Vec<u32> = kept.keys().copied().collect();
        let (judged, judged_totals) = each(&files, |file, totals| match kept.get(&file) {
            Some(record) => self.judge(file, record, registry, totals),
            None => Part::default(),
        });
        parts.extend(judged);

        let mut whole = Whole {
            findings: Vec::new(),
            totals: totals.add(&judged_totals),
        };
        let has_records = parts
            .values()
            .any(|part| part.row.as_ref().is_some_and(|it| it.is_read));
        let mut incomplete = Vec::new();
        let mut later: Vec<(u32, Vec<Later>)> = Vec::new();
        for (file, part) in &mut parts {
            incomplete.extend(part.incomplete.take().map(|it| *it));
            whole.findings.append(&mut part.findings);
            if has_records {
                for finding in part.stray.drain(..) {
                    whole.report(finding);
                }
            } else if !part.stray.is_empty() {
                whole.totals.stats.ignored += 1;
            }
            if !part.later.is_empty() {
                later.push((*file, std::mem::take(&mut part.later)));
            }
        }
        let across = Across {
            session: self,
            registry,
            index: &index_of(&parts, |file| self.relative(self.entry(file))),
            kept: &kept,
        };
        across.follow(later, &mut whole);
        across.duplicate_ids(&taken_ids(&parts), &mut whole);
        across.roles_without_holder(&mut whole);
        settle(&mut whole.findings);
        (whole, incomplete)
    }

    /// Whether something that is passed over stands where records are expected, and what it
    /// leads to is not read at a place of its own.
    fn hides_records(&self, skip: &crate::source::Skipped) -> bool {
        let leads_away = matches!(
            skip.reason,
            SkipReason::LinkOutside | SkipReason::LinkBroken | SkipReason::NotRegular
        );
        let path = skip
            .path
            .strip_prefix(self.source.prefix())
            .unwrap_or(&skip.path);
        leads_away && (layout::is_record_folder(path) || layout::is_yaml(path))
    }

    fn outcome(
        &self,
        whole: Whole,
        mut incomplete: Vec<Incomplete>,
        dirty: Result<Option<bool>, ReadError>,
    ) -> Outcome {
        let mut skipped = Vec::new();
        for skip in &self.listing.skipped {
            let (file, reason) = (skip.path.clone(), skip.reason.to_string());
            if skip.reason.is_incomplete() || self.hides_records(skip) {
                incomplete.push(Incomplete {
                    file,
                    reason,
                    help: None,
                });
            } else {
                skipped.push(Skipped { file, reason });
            }
        }
        let dirty = dirty.unwrap_or_else(|error| {
            let file = self.source.prefix().to_owned();
            incomplete.push(Incomplete {
                file,
                reason: sentence(&error),
                help: None,
            });
            None
        });
        incomplete.sort();
        skipped.sort();
        let Totals { tally, stats } = whole.totals;
        Outcome {
            as_of: self.request.as_of.to_string(),
            revision: self.source.revision().map(|revision| revision.id.clone()),
            dirty,
            policy_digest: policy_digest(),
            findings: whole.findings,
            incomplete,
            unevaluated: tally.gaps(),
            rules: tally.summaries(),
            stats: Stats {
                other_files: self.listing.other_files,
                skipped: skipped.len(),
                ..stats
            },
            skipped,
        }
    }
}

/// Works on files in parallel.
fn each(files: &[u32], work: impl Fn(u32, &mut Totals) -> Part + Sync) -> (Parts, Totals) {
    let (parts, totals) = files
        .par_iter()
        .fold(
            || (Vec::new(), Totals::default()),
            |(mut parts, mut totals), file| {
                parts.push((*file, work(*file, &mut totals)));
                (parts, totals)
            },
        )
        .reduce(
            || (Vec::new(), Totals::default()),
            |(mut parts, totals), (mut others, other)| {
                parts.append(&mut others);
                (parts, totals.add(&other))
            },
        );
    (parts.into_iter().collect(), totals)
}

fn refuse(entry: &FileEntry, refusal: &Refusal, registry: &Registry) -> Vec<Finding> {
    if !entry.in_scope {
        return Vec::new();
    }
    let sealer = Sealer::of_refusal(&entry.path, refusal);
    refusal
        .faults
        .iter()
        .take(MOST_FAULTS)
        .map(|fault| sealer.seal(fault, registry))
        .collect()
}

/// A file made of faults is not worked out to its end.
fn too_many(entry: &FileEntry) -> Incomplete {
    let reason = format!("there are more than {MOST_FAULTS} findings in this file");
    let help = "Mend those that are shown, and check again for the others.";
    not_examined(entry, reason, Some(help.to_owned()))
}

fn not_examined(entry: &FileEntry, reason: String, help: Option<String>) -> Incomplete {
    Incomplete {
        file: entry.path.clone(),
        reason,
        help,
    }
}

/// An error with its causes in one sentence.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// SHA-256 of all that decides what is right: schemas and obligations.
fn policy_digest() -> String {
    let mut hash = Sha256::new();
    for text in schema_texts() {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(obligations_digest());
    hex(&hash.finalize())
}
