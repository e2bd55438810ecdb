//! Puts the files of a run together: what can only be said when all have been seen, and the
//! outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::accept::unmatched;
use super::across::Across;
use super::beside::{Everything, Folder};
use super::cabinet::{Cabinet, registered};
use super::judge::{Bench, Judged};
use super::part::{Part, Parts, Totals, Waiting, Whole, index_of, taken_ids};
use super::pinned::Pinned;
use super::seal::{Sealer, sealed, settle};
use super::session::{Session, each, failed, too_many};
use super::shelf::Shelf;
use super::witness::Stories;
use crate::finding::{
    Builtin, Counts, Fault, Finding, Incomplete, MOST_FAULTS, Outcome, RecordVerdicts, RuleSummary,
    Skipped, Stats, Unevaluated, controls, controls_of, hex, obligations_digest, questions_text,
};
use crate::policy::{Catalogue, Wanted, pack_texts};
use crate::record::{
    Flaws, Incidents, Later, Record, RecordIndex, RecordKind, layout, schema_texts,
};
use crate::source::{ReadError, SkipReason};

/// Records that one record may ask for, one after the other.
const ROUNDS: usize = 64;

impl Session<'_> {
    pub(super) fn finish(
        &self,
        parts: &mut Parts,
        totals: Totals,
        bench: &Bench<'_>,
        incidents: &Incidents,
    ) -> (Whole, Vec<Incomplete>) {
        let kept = self.kept(bench);
        let files: Vec<(u32, &Record)> =
            kept.iter().map(|(file, record)| (*file, *record)).collect();
        let (judged, judged_totals) = self.judge_kept(&files, bench);
        parts.extend(judged);
        let across = Across {
            session: self,
            bench,
            index: &index_of(parts, |file| self.relative(self.entry(file))),
            incidents,
            kept: &kept,
        };
        self.put_together(parts, totals.add(judged_totals), &across)
    }

    /// The kept records by their files.
    pub(super) fn kept<'r>(&self, bench: &Bench<'r>) -> BTreeMap<u32, &'r Record> {
        let aside = bench.aside.into_iter().flat_map(|it| &it.records);
        let aside = aside.map(|(path, record)| (path, record));
        bench
            .registry
            .records()
            .chain(aside)
            .filter_map(|(path, record)| Some((self.position(path)?, record)))
            .collect()
    }

    /// Judges records of the registry.
    pub(super) fn judge_kept(
        &self,
        files: &[(u32, &Record)],
        bench: &Bench<'_>,
    ) -> (Parts, Totals) {
        let cabinet = Cabinet::new(self.source, self.ledger, Vec::new());
        let facts = Folder {
            records: &[],
            flaws: &[],
            scattered: &BTreeSet::new(),
            cabinet: &cabinet,
            chronicle: self.chronicle,
            stories: &Stories::default(),
        };
        each(files, |(file, record), totals| {
            let shape = bench.shape(self.relative(self.entry(*file)), record);
            let flaws = record.flaws_among(&shape.faults);
            let judge = (shape, &flaws);
            vec![(
                *file,
                self.judge(*file, record, judge, bench, &facts, totals),
            )]
        })
    }

    /// What can be said when the parts of all files are there. Their rows stay in them.
    pub(super) fn put_together(
        &self,
        parts: &mut Parts,
        totals: Totals,
        across: &Across<'_>,
    ) -> (Whole, Vec<Incomplete>) {
        let bench = across.bench;
        let mut whole = Whole {
            findings: Vec::new(),
            strays: BTreeSet::new(),
            totals,
        };
        let has_records = parts
            .values()
            .any(|part| part.row.as_ref().is_some_and(|it| it.is_read));
        let shelf = Shelf::of(parts);
        let mut incomplete = Vec::new();
        let mut later: Vec<(u32, Vec<Later>)> = Vec::new();
        let mut waiting: Vec<(u32, Box<Waiting>)> = Vec::new();
        for (file, part) in parts.iter_mut() {
            incomplete.extend(part.incomplete.take().map(|it| *it));
            whole.findings.append(&mut part.findings);
            if has_records {
                for finding in part.stray.drain(..) {
                    whole.report(Builtin::NotARecord, finding);
                }
            } else if !part.stray.is_empty() {
                whole.totals.stats.ignored += 1;
            }
            if !part.later.is_empty() {
                later.push((*file, std::mem::take(&mut part.later)));
            }
            waiting.extend(part.waiting.take().map(|it| (*file, it)));
        }
        across.follow(later, &mut whole);
        across.duplicate_ids(&taken_ids(parts), &mut whole);
        across.roles_without_holder(&mut whole);
        self.ask_again(&waiting, across, &mut whole);
        across.twice_registered_evidence(&shelf, &mut whole);
        across.unregistered_evidence(&shelf, &mut whole);
        incomplete.extend(self.faults_of_packs(across, &mut whole));
        across.contradicted_answers(&mut whole);
        self.unmatched_exceptions(bench, &mut whole);
        for (rule, (file, reason)) in &whole.totals.broken {
            let name = &bench.catalogue.entry(*rule).name;
            incomplete.push(failed(file, name, reason));
        }
        settle(&mut whole.findings);
        (whole, incomplete)
    }

    /// Asks the rules that waited for other records.
    fn ask_again(&self, waiting: &[(u32, Box<Waiting>)], across: &Across<'_>, whole: &mut Whole) {
        let (parts, totals) = each(waiting, |(file, waiting), totals| {
            if !self.progress.is_wanted() {
                return Vec::new();
            }
            let findings = across
                .with_record(*file, |record| {
                    self.ask_once_more(*file, record, waiting, across, totals)
                })
                .unwrap_or_default();
            vec![(
                *file,
                Part {
                    findings,
                    ..Part::default()
                },
            )]
        });
        let tally = std::mem::take(&mut whole.totals);
        whole.totals = tally.add(totals);
        for part in parts.into_values() {
            whole.findings.extend(part.findings);
        }
    }

    fn ask_once_more(
        &self,
        file: u32,
        record: &Record,
        waiting: &Waiting,
        across: &Across<'_>,
        totals: &mut Totals,
    ) -> Vec<Finding> {
        let bench = across.bench;
        let mut others: BTreeMap<u32, Record> = BTreeMap::new();
        let flaws = record.flaws();
        let path = self.relative(self.entry(file));
        let mut wanted = waiting.wanted.clone();
        let paths = registered(path, record).map(|(_, path)| path);
        let cabinet = Cabinet::new(self.source, self.ledger, paths.collect());
        for _ in 0..ROUNDS {
            for want in &wanted {
                for file in files_wanted(want, across.index) {
                    if !across.kept.contains_key(&file) && !others.contains_key(&file) {
                        let read = self.read(file, bench.registry, &mut Totals::default());
                        others.extend(read.ok().map(|record| (file, record)));
                    }
                }
            }
            let flaws_of_others: Vec<Flaws<'_>> = others.values().map(Record::flaws).collect();
            let facts = Everything {
                flaws: &flaws_of_others,
                index: across.index,
                cabinet: &cabinet,
                chronicle: self.chronicle,
                stories: &Stories::default(),
                incidents: across.incidents,
                kept: across.kept,
                records: &others,
            };
            let mut answer = bench.ask(path, record, &facts, &flaws, |rule| {
                waiting.rules.contains(&rule)
            });
            if Bench::is_scan_waiting(&waiting.rules) {
                bench.scan_again(record, &facts, &mut answer);
            }
            if !answer.wanted.is_empty() && !answer.wanted.is_subset(&wanted) {
                wanted.extend(answer.wanted);
                continue;
            }
            let entry = self.entry(file);
            let mut judged = Judged::default();
            for rule in &answer.waiting {
                let reason = "a record that it needs could not be read".to_owned();
                totals.tally.unevaluated(*rule, reason);
            }
            judged.take(answer, record, bench.catalogue);
            totals.tally.add(&judged.tally);
            let counts = bench.by_control(&judged.tally);
            totals.verdicts.extend(counts.map(|counts| (file, counts)));
            for (rule, reason) in judged.broken {
                totals.breaks(rule, (entry.path.clone(), reason));
            }
            let sealer = Sealer::of_record(&entry.path, record, bench);
            let duties = judged.duties.into_iter();
            totals
                .duties
                .extend(duties.map(|(rule, element, clock)| sealer.duty(rule, element, clock)));
            return sealed(&sealer, &judged.faults, record, bench, totals);
        }
        for rule in &waiting.rules {
            let reason = "it asks for too many records".to_owned();
            totals.tally.unevaluated(*rule, reason.clone());
            totals.breaks(*rule, (self.entry(file).path.clone(), reason));
        }
        Vec::new()
    }

    /// What is wrong with the packs of the repository. A rule with a mistake judges nothing.
    /// Of a pack made of mistakes, only the first ones are told.
    fn faults_of_packs(&self, across: &Across<'_>, whole: &mut Whole) -> Vec<Incomplete> {
        let bench = across.bench;
        let own = bench.aside.map_or(bench.catalogue, |it| &it.catalogue);
        let mut by_file: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
        for (file, fault) in own.faults() {
            by_file.entry(file).or_default().push(fault);
        }
        let mut incomplete = Vec::new();
        for (path, faults) in by_file {
            let in_scope = self.position(path).filter(|it| self.entry(*it).in_scope);
            let Some(record) = in_scope.and_then(|it| across.kept.get(&it).copied()) else {
                continue;
            };
            let sealer = Sealer::of_record(path, record, bench);
            let told: Vec<Fault> = faults.iter().take(MOST_FAULTS).copied().cloned().collect();
            for fault in &told {
                whole.totals.tally.fail(fault.rule);
            }
            let findings = sealed(&sealer, &told, record, bench, &mut whole.totals);
            whole.findings.extend(findings);
            if faults.len() > told.len() {
                incomplete.push(too_many(path));
            }
        }
        let shipped = Catalogue::shipped().entries().len();
        let tally = &mut whole.totals.tally;
        for (rule, entry) in bench.catalogue.entries() {
            if let Some(reason) = &entry.broken {
                tally.unevaluated(rule, reason.clone());
            }
        }
        let written = own.entries().skip(shipped);
        let sound = written.filter(|(_, entry)| entry.broken.is_none()).count();
        tally.pass(Builtin::PolicyExpression, sound);
        tally.pass(Builtin::PolicyRule, sound);
        incomplete
    }

    /// Control exceptions in force that accepted nothing, where their subject was examined.
    fn unmatched_exceptions(&self, bench: &Bench<'_>, whole: &mut Whole) {
        let mut files = self.listing.files.iter();
        let is_whole = files.all(|file| self.source.is_asked(&file.path));
        let is_settled = |subject: &str| self.known.is_none_or(|it| it.is_settled(subject));
        for (id, subject) in bench.acceptance.in_force() {
            if whole.totals.used.contains(id) {
                whole.totals.tally.pass(Builtin::UnmatchedException, 1);
                continue;
            }
            let home = bench.registry.home_of(RecordKind::Exception, id);
            if let Some((file, record)) = home.filter(|_| is_whole && is_settled(subject)) {
                let sealer = Sealer::of_record(file, record, bench);
                whole.totals.tally.fail(Builtin::UnmatchedException);
                let faults = [unmatched(record)];
                let findings = sealed(&sealer, &faults, record, bench, &mut whole.totals);
                whole.findings.extend(findings);
            }
        }
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

    pub(super) fn outcome(
        &self,
        whole: Whole,
        bench: &Bench<'_>,
        mut incomplete: Vec<Incomplete>,
    ) -> Outcome {
        let catalogue = bench.catalogue;
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
        incomplete.extend(self.pinned.into_iter().flat_map(Pinned::incomplete));
        incomplete.sort();
        skipped.sort();
        let Totals {
            tally,
            stats,
            mut duties,
            verdicts,
            ..
        } = whole.totals;
        duties.sort_by(|left, right| order(left).cmp(&order(right)));
        let name = |rule| std::sync::Arc::clone(&catalogue.entry(rule).name);
        let reasons = tally
            .reasons()
            .filter(|(rule, ..)| !catalogue.is_off(*rule));
        let rules = catalogue
            .entries()
            .filter(|(rule, _)| !catalogue.is_off(*rule));
        Outcome {
            as_of: self.request.as_of.to_string(),
            revision: self.source.revision().map(|revision| revision.id.clone()),
            repository: self.source.address(),
            dirty: None,
            commits: self.chronicle.count(),
            policy_digest: Self::policy_digest(catalogue),
            adjusted: catalogue.adjustments().cloned().collect(),
            policies_from: self
                .pinned
                .zip(bench.aside)
                .map(|(pinned, aside)| Box::new(pinned.told(bench, aside))),
            incomplete,
            unevaluated: reasons
                .map(|(rule, reason, count)| Unevaluated {
                    rule: name(rule),
                    reason: reason.to_owned(),
                    count,
                })
                .collect(),
            rules: rules
                .map(|(rule, entry)| RuleSummary {
                    rule: name(rule),
                    title: entry.title.clone(),
                    why: entry.why.clone(),
                    obligations: entry.obligations.iter().map(ToString::to_string).collect(),
                    sometimes: entry.sometimes.iter().map(ToString::to_string).collect(),
                    controls: controls_of(entry.obligations.iter().map(|id| &**id)),
                    counts: tally.counts(rule),
                })
                .collect(),
            rationales: rationales(bench, &whole.findings),
            duties,
            verdicts: self.verdicts(verdicts, &whole.findings),
            findings: whole.findings,
            stats: Stats {
                other_files: self.listing.other_files,
                skipped: skipped.len(),
                ..stats
            },
            skipped,
            comparison: None,
        }
    }

    /// The verdicts by record. What fails and what is excepted is told by the findings, whose
    /// precedence among each other is settled.
    fn verdicts(
        &self,
        mut passes: Vec<(u32, Vec<Counts>)>,
        findings: &[Finding],
    ) -> Vec<RecordVerdicts> {
        passes.sort_by_key(|(file, _)| *file);
        let mut verdicts: Vec<RecordVerdicts> = Vec::new();
        for of_file in passes.chunk_by(|left, right| left.0 == right.0) {
            let mut sums = vec![Counts::default(); controls().len()];
            for (sum, more) in of_file
                .iter()
                .flat_map(|(_, counts)| counts.iter().enumerate())
            {
                sums[sum].add(&Counts { fail: 0, ..*more });
            }
            verdicts.push(RecordVerdicts {
                file: self.entry(of_file[0].0).path.clone(),
                counts: sums,
            });
        }
        for finding in findings {
            let file = &finding.location.file;
            let found = verdicts.binary_search_by(|it| it.file.cmp(file));
            let Ok(at) = found else { continue };
            for (control, counts) in controls().iter().zip(&mut verdicts[at].counts) {
                if finding.controls.contains(&control.id) {
                    match finding.excepted_by {
                        Some(_) => counts.excepted += 1,
                        None => counts.fail += 1,
                    }
                }
            }
        }
        verdicts
    }

    /// Adds what git says about the files on disk.
    pub(super) fn with_dirty(
        &self,
        mut outcome: Outcome,
        dirty: Result<Option<bool>, ReadError>,
    ) -> Outcome {
        match dirty {
            Ok(dirty) => outcome.dirty = dirty,
            Err(error) => {
                let file = self.source.prefix().to_owned();
                outcome.incomplete.push(Incomplete {
                    file,
                    reason: sentence(&error),
                    help: None,
                });
                outcome.incomplete.sort();
            }
        }
        outcome
    }

    /// SHA-256 of all that decides what is right: schemas, obligations, shipped packs and those
    /// of the repository.
    fn policy_digest(catalogue: &Catalogue) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        schema_texts().chain(pack_texts()).for_each(&mut add);
        add(questions_text());
        catalogue.own_texts().for_each(&mut add);
        hash.update(obligations_digest());
        hex(&hash.finalize())
    }
}

/// Why the exceptions that accept findings were granted, without what nothing may quote.
fn rationales(bench: &Bench<'_>, findings: &[Finding]) -> BTreeMap<String, String> {
    let accepting = findings.iter().filter_map(|it| it.excepted_by.as_deref());
    let accepting: BTreeSet<&str> = accepting.collect();
    let rationale = |id: &str| {
        let (file, record) = bench.registry.home_of(RecordKind::Exception, id)?;
        let sealer = Sealer::of_record(file, record, bench);
        Some(sealer.tell(record.root().text_of("rationale")))
    };
    let told = accepting.into_iter();
    told.filter_map(|id| Some((id.to_owned(), rationale(id)?)))
        .collect()
}

fn files_wanted(wanted: &Wanted, index: &RecordIndex) -> Vec<u32> {
    match wanted {
        Wanted::Record(id) => index.file_of(id).into_iter().collect(),
        Wanted::Packages(incident) => index.packages_of(incident),
        Wanted::Count(_) | Wanted::Incidents => Vec::new(),
    }
}

/// Duties come in the order of their limits; those without one last.
fn order(duty: &crate::finding::Duty) -> (bool, Option<crate::clock::Instant>, &str, &str, &str) {
    let due = duty.clock.due;
    (due.is_none(), due, &duty.file, &duty.pointer, &duty.rule)
}

/// An error with its causes in one sentence.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
