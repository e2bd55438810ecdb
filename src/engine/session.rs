//! One run over the files of a source.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::judge::{PER_RECORD, judge};
use super::seal::{Sealer, settle};
use super::{Progress, Request};
use crate::document::{Kind, NodeId, NodeRef, Place};
use crate::finding::{
    Elsewhere, Fault, Finding, Incomplete, Outcome, Rule, Skipped, Stats, Tally, obligations_digest,
};
use crate::record::{
    IdKey, Later, Pending, Reading, Record, RecordIndex, RecordKind, Referent, Refusal, Registry,
    Resolution, Resolver, Vocabulary, dangling, layout, read_record, references, schema_texts,
};
use crate::source::{FileEntry, Listing, Source};

pub(super) struct Session<'a> {
    pub(super) source: &'a Source,
    pub(super) listing: &'a Listing,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
}

/// What became of one file, in the order of the listing.
#[derive(Default)]
struct Part {
    findings: Vec<Finding>,
    /// Findings that only count if there are records at all.
    stray: Vec<Finding>,
    incomplete: Option<Incomplete>,
    tally: Tally,
    stats: Stats,
    row: Option<Row>,
    later: Vec<Later>,
    /// A record that is kept.
    kept: Option<Record>,
    /// A streaming record met before the registry is complete: to be read again.
    is_deferred: bool,
}

/// A record, as the index knows it.
struct Row {
    kind: RecordKind,
    /// `None` for a refused file that does not say its id.
    id: Option<String>,
    incident: Option<String>,
    /// Whether it was read, so that its id counts as taken.
    key: Option<IdKey>,
}

impl Session<'_> {
    pub(super) fn run(&self) -> Outcome {
        let all: Vec<u32> = (0..self.listing.files.len() as u32).collect();
        let (streaming, first): (Vec<u32>, Vec<u32>) = all
            .into_iter()
            .partition(|file| layout::is_stream_folder(self.relative(self.entry(*file))));

        let empty = Registry::default();
        let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
        parts.extend(self.each(&first, |file| self.read_registry(file, &empty)));
        let mut again: Vec<u32> = streaming;
        again.extend(
            parts
                .iter()
                .filter(|(_, part)| part.is_deferred)
                .map(|(file, _)| *file),
        );
        again.sort_unstable();

        let mut registry = self.registry(&mut parts, Vec::new());
        // A registry kind in a folder of incidents is rare; the rest is judged again with it.
        loop {
            let streamed = self.each(&again, |file| self.read_streamed(file, &registry));
            parts.extend(streamed);
            let misplaced: Vec<u32> = again
                .iter()
                .copied()
                .filter(|file| parts.get(file).is_some_and(|part| part.kept.is_some()))
                .collect();
            if misplaced.is_empty() {
                break;
            }
            again.retain(|file| !misplaced.contains(file));
            registry = self.registry(&mut parts, registry.into_records());
        }
        self.finish(parts, &registry)
    }

    fn entry(&self, file: u32) -> &FileEntry {
        &self.listing.files[file as usize]
    }

    /// The path of a file below the record root.
    fn relative<'e>(&self, entry: &'e FileEntry) -> &'e str {
        entry
            .path
            .strip_prefix(self.source.prefix())
            .unwrap_or(&entry.path)
    }

    fn each<'s>(
        &'s self,
        files: &'s [u32],
        work: impl Fn(u32) -> Part + Sync + Send + 's,
    ) -> Vec<(u32, Part)> {
        files.par_iter().map(|file| (*file, work(*file))).collect()
    }

    /// Reads a file. What is no record is settled here.
    fn read(&self, file: u32, registry: &Registry) -> Result<(Record, Part), Part> {
        let entry = self.entry(file);
        let mut part = Part::default();
        part.stats.yaml_files = 1;
        let bytes = match self.source.read(entry, self.request.limits.bytes) {
            Ok(bytes) => bytes,
            Err(error) => {
                part.incomplete = Some(Incomplete {
                    file: entry.path.clone(),
                    reason: sentence(&error),
                    help: None,
                });
                part.row = self.promised(entry);
                return Err(part);
            }
        };
        part.stats.bytes = bytes.len() as u64;
        match read_record(self.relative(entry), bytes, &self.request.limits) {
            Reading::Record(record) => Ok((record, part)),
            Reading::Refused(refusal) => {
                self.refused(entry, &refusal, registry, &mut part);
                Err(part)
            }
            Reading::Stray(refusal) => {
                self.refused(entry, &refusal, registry, &mut part);
                part.stray = std::mem::take(&mut part.findings);
                // Only counted as a refusal if it counts at all.
                Err(part)
            }
            Reading::Foreign => {
                part.stats.ignored = 1;
                Err(part)
            }
            Reading::TooMuch { reason, kind, id } => {
                part.incomplete = Some(Incomplete {
                    file: entry.path.clone(),
                    reason,
                    help: Some("Split the record, or move the bulk into evidence files.".into()),
                });
                part.row = kind.map(|kind| Row {
                    kind,
                    id,
                    incident: None,
                    key: None,
                });
                Err(part)
            }
        }
    }

    /// What the path alone says about a file that could not be read.
    fn promised(&self, entry: &FileEntry) -> Option<Row> {
        let promise = layout::promise(self.relative(entry))?;
        Some(Row {
            kind: promise.kind,
            id: promise.id.map(str::to_owned),
            incident: promise.incident.map(str::to_owned),
            key: None,
        })
    }

    fn refused(&self, entry: &FileEntry, refusal: &Refusal, registry: &Registry, part: &mut Part) {
        part.row = refusal.kind.map(|kind| Row {
            kind,
            id: refusal.id.clone(),
            incident: refusal.incident.clone(),
            key: None,
        });
        if !entry.in_scope {
            return;
        }
        let sealer = Sealer::of_refusal(&entry.path, refusal);
        for fault in &refusal.faults {
            part.tally.fail(fault.rule);
            part.findings.push(sealer.seal(fault.clone(), registry));
        }
        for rule in PER_RECORD {
            part.tally
                .unevaluated(*rule, "a record was refused as a whole".to_owned());
        }
    }

    fn read_registry(&self, file: u32, registry: &Registry) -> Part {
        self.progress.advance();
        match self.read(file, registry) {
            Ok((record, mut part)) if record.kind.is_registry() => {
                part.kept = Some(record);
                part
            }
            Ok((_, part)) => Part {
                is_deferred: true,
                ..part
            },
            Err(part) => part,
        }
    }

    fn read_streamed(&self, file: u32, registry: &Registry) -> Part {
        if layout::is_stream_folder(self.relative(self.entry(file))) {
            self.progress.advance();
        }
        match self.read(file, registry) {
            Ok((record, mut part)) if record.kind.is_registry() => {
                part.kept = Some(record);
                part
            }
            Ok((record, mut part)) => {
                self.judge(file, &record, registry, &mut part);
                part
            }
            Err(part) => part,
        }
    }

    fn judge(&self, file: u32, record: &Record, registry: &Registry, part: &mut Part) {
        let entry = self.entry(file);
        let key = IdKey::of(record);
        part.row = Some(Row {
            kind: record.kind,
            id: key.as_ref().map(|key| key.id.to_string()),
            incident: key.as_ref().map(|key| key.incident.to_string()),
            key,
        });
        if !entry.in_scope {
            return;
        }
        part.stats.records = 1;
        let resolver = Resolver::new(registry);
        let judged = judge(self.relative(entry), record, &resolver, self.request.as_of);
        part.stats.references = judged.references;
        part.tally = judged.tally;
        part.later = judged.later;
        if !judged.faults.is_empty() {
            let sealer = Sealer::of_record(&entry.path, record);
            part.findings = judged
                .faults
                .into_iter()
                .map(|fault| sealer.seal(fault, registry))
                .collect();
        }
    }

    /// Collects the kept records of all parts, in the order of their paths.
    fn registry(
        &self,
        parts: &mut BTreeMap<u32, Part>,
        mut records: Vec<(Arc<str>, Record)>,
    ) -> Registry {
        for (file, part) in parts.iter_mut() {
            if let Some(record) = part.kept.take() {
                records.push((self.entry(*file).path.as_str().into(), record));
            }
        }
        records.sort_by(|left, right| left.0.cmp(&right.0));
        let refused = parts
            .values()
            .filter_map(|part| part.row.as_ref())
            .filter(|row| row.key.is_none() && row.kind.is_registry())
            .map(|row| (row.kind, row.id.clone()));
        Registry::new(records, refused)
    }

    fn finish(&self, mut parts: BTreeMap<u32, Part>, registry: &Registry) -> Outcome {
        let by_path: BTreeMap<&str, u32> = self
            .listing
            .files
            .iter()
            .enumerate()
            .map(|(file, entry)| (entry.path.as_str(), file as u32))
            .collect();
        let kept: Vec<(u32, &Record)> = registry
            .records()
            .filter_map(|(path, record)| Some((*by_path.get(&**path)?, record)))
            .collect();
        let judged: Vec<(u32, Part)> = kept
            .par_iter()
            .map(|(file, record)| {
                let mut part = Part::default();
                self.judge(*file, record, registry, &mut part);
                (*file, part)
            })
            .collect();
        for (file, part) in judged {
            let read = parts.entry(file).or_default();
            let (yaml_files, bytes) = (read.stats.yaml_files, read.stats.bytes);
            *read = part;
            (read.stats.yaml_files, read.stats.bytes) = (yaml_files, bytes);
        }

        let index = index_of(&parts);
        let has_records = parts
            .values()
            .any(|part| part.row.as_ref().is_some_and(|it| it.key.is_some()));
        let mut whole = Part::default();
        let mut incomplete = Vec::new();
        let mut later: Vec<(u32, Vec<Later>)> = Vec::new();
        for (file, part) in &mut parts {
            whole.stats.yaml_files += part.stats.yaml_files;
            whole.stats.records += part.stats.records;
            whole.stats.ignored += part.stats.ignored;
            whole.stats.references += part.stats.references;
            whole.stats.bytes += part.stats.bytes;
            incomplete.extend(part.incomplete.take());
            if part.stray.is_empty() || has_records {
                whole.tally.add(&part.tally);
                whole.findings.append(&mut part.findings);
                whole.findings.append(&mut part.stray);
            } else {
                whole.stats.ignored += 1;
            }
            if !part.later.is_empty() {
                later.push((*file, std::mem::take(&mut part.later)));
            }
        }
        let ids = parts
            .iter()
            .filter_map(|(file, part)| Some((part.row.as_ref()?.key.as_ref()?, *file)));
        let taken = taken_ids(ids);
        let kept: BTreeMap<u32, &Record> = kept.into_iter().collect();
        let across = Across {
            session: self,
            registry,
            index: &index,
            kept: &kept,
        };
        across.follow(later, &mut whole);
        across.duplicate_ids(&taken, &mut whole);
        across.roles_without_holder(&mut whole);
        settle(&mut whole.findings);
        self.outcome(whole, incomplete)
    }

    fn outcome(&self, whole: Part, mut incomplete: Vec<Incomplete>) -> Outcome {
        let mut skipped = Vec::new();
        for skip in &self.listing.skipped {
            if skip.reason.is_incomplete() {
                incomplete.push(Incomplete {
                    file: skip.path.clone(),
                    reason: skip.reason.to_string(),
                    help: None,
                });
            } else {
                let file = skip.path.clone();
                skipped.push(Skipped {
                    file,
                    reason: skip.reason.to_string(),
                });
            }
        }
        let dirty = self.source.is_dirty().unwrap_or_else(|error| {
            incomplete.push(Incomplete {
                file: self.source.prefix().to_owned(),
                reason: sentence(&error),
                help: None,
            });
            None
        });
        incomplete.sort();
        skipped.sort();
        Outcome {
            as_of: self.request.as_of.to_string(),
            revision: self.source.revision().map(|revision| revision.id.clone()),
            dirty,
            policy_digest: policy_digest(),
            findings: whole.findings,
            incomplete,
            unevaluated: whole.tally.gaps(),
            rules: whole.tally.summaries(),
            stats: Stats {
                other_files: self.listing.other_files,
                skipped: skipped.len(),
                ..whole.stats
            },
            skipped,
        }
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

fn index_of(parts: &BTreeMap<u32, Part>) -> RecordIndex {
    let mut index = RecordIndex::default();
    for (file, part) in parts {
        if let Some(row) = &part.row {
            match &row.id {
                Some(id) => index.add(row.kind, id, row.incident.as_deref(), *file),
                None => index.add_nameless(row.kind),
            }
        }
    }
    index
}

/// Per id the files that bear it, where there are several.
fn taken_ids<'k>(ids: impl Iterator<Item = (&'k IdKey, u32)>) -> Vec<(IdKey, Vec<u32>)> {
    let mut files: BTreeMap<&IdKey, Vec<u32>> = BTreeMap::new();
    for (key, file) in ids {
        files.entry(key).or_default().push(file);
    }
    files
        .into_iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(key, files)| (key.clone(), files))
        .collect()
}

/// What can only be said when all records have been seen.
struct Across<'a> {
    session: &'a Session<'a>,
    registry: &'a Registry,
    index: &'a RecordIndex,
    kept: &'a BTreeMap<u32, &'a Record>,
}

impl Across<'_> {
    /// Looks at a record once more: a kept one, or one read again.
    fn with_record<T>(&self, file: u32, look: impl FnOnce(&Record) -> T) -> Option<T> {
        if let Some(record) = self.kept.get(&file) {
            return Some(look(record));
        }
        match self.session.read(file, self.registry) {
            Ok((record, _)) => Some(look(&record)),
            Err(_) => None,
        }
    }

    fn report(&self, file: u32, record: &Record, fault: Fault, whole: &mut Part) {
        let entry = self.session.entry(file);
        whole.tally.fail(fault.rule);
        whole
            .findings
            .push(Sealer::of_record(&entry.path, record).seal(fault, self.registry));
    }

    /// Follows the references to records that are not kept.
    fn follow(&self, later: Vec<(u32, Vec<Later>)>, whole: &mut Part) {
        for (file, references_of_file) in later {
            let mut lost: BTreeSet<NodeId> = BTreeSet::new();
            for later in references_of_file {
                match self.resolve(&later.to) {
                    Resolution::Dangling => {
                        lost.insert(later.node);
                    }
                    Resolution::Unknown(gap) => {
                        whole.tally.unevaluated(later.rule, gap.reason());
                    }
                    Resolution::Found | Resolution::Later(_) => whole.tally.pass(later.rule, 1),
                }
            }
            if !lost.is_empty() {
                let findings = self.with_record(file, |record| self.lost(file, record, &lost));
                for finding in findings.into_iter().flatten() {
                    whole.tally.fail(finding.rule);
                    whole.findings.push(finding);
                }
            }
        }
    }

    /// The findings of references that lead nowhere.
    fn lost(&self, file: u32, record: &Record, lost: &BTreeSet<NodeId>) -> Vec<Finding> {
        let resolver = Resolver::new(self.registry);
        let sealer = Sealer::of_record(&self.session.entry(file).path, record);
        let as_of = self.session.request.as_of;
        let mut findings = Vec::new();
        references(record, |reference| {
            if lost.contains(&reference.node.id()) {
                let fault = dangling(&reference, record, &resolver, Some(self.index), as_of);
                findings.push(sealer.seal(fault, self.registry));
            }
        });
        findings
    }

    fn resolve(&self, pending: &Pending) -> Resolution {
        match (self.index.resolve(pending), self.index.subject(pending)) {
            (Resolution::Found, Some((file, element))) => {
                match self.with_record(file, |record| has_element(record, element)) {
                    Some(false) => Resolution::Dangling,
                    // A record that is refused still resolves.
                    Some(true) | None => Resolution::Found,
                }
            }
            (resolution, _) => resolution,
        }
    }

    /// Reports every record but one of those that bear the same id.
    fn duplicate_ids(&self, taken: &[(IdKey, Vec<u32>)], whole: &mut Part) {
        for (key, files) in taken {
            let entry = |file: u32| self.session.entry(file);
            let promised = |file: u32| layout::promise(self.session.relative(entry(file)));
            // The one whose path says so is the rightful owner; else the first by path.
            let is_rightful =
                |file: &&u32| promised(**file).is_some_and(|it| it.id == Some(&*key.id));
            let owner = files
                .iter()
                .find(is_rightful)
                .or(files.first())
                .copied()
                .unwrap_or(0);
            for file in files.iter().copied().filter(|file| *file != owner) {
                if !entry(file).in_scope {
                    continue;
                }
                let fault = self.with_record(file, |record| {
                    let id = record.root().get("id").unwrap_or(record.root());
                    let fault = Fault::new(
                        Rule::DuplicateId,
                        Place::value(id),
                        format!(
                            "{} `{}` is already the id of `{}`",
                            key.kind.name(),
                            key.id,
                            entry(owner).path
                        ),
                    )
                    .obligation(match key.kind {
                        RecordKind::Incident => Some("INC-STATE-02"),
                        _ => None,
                    })
                    .help(match promised(file).and_then(|it| it.id) {
                        Some(own) if own != &*key.id => {
                            format!("Write `id: {own}`, the name this file or folder has.")
                        }
                        _ => "Give one of the two another id, or remove the copy.".to_owned(),
                    });
                    let elsewhere = self.kept.get(&owner).and_then(|other| {
                        let id = other.root().get("id")?;
                        Some(Elsewhere {
                            file: entry(owner).path.as_str().into(),
                            place: Place::value(id),
                            message: "also the id of this".to_owned(),
                        })
                    });
                    let sealer = Sealer::of_record(&entry(file).path, record);
                    sealer.seal(fault.elsewhere(elsewhere), self.registry)
                });
                if let Some(finding) = fault {
                    // A copy whose id also contradicts its path has one fault, not two.
                    whole.findings.retain(|other| {
                        other.rule != Rule::IdContradictsPath
                            || other.location.file != finding.location.file
                            || other.location.pointer != finding.location.pointer
                    });
                    whole.tally.fail(Rule::DuplicateId);
                    whole.findings.push(finding);
                }
            }
        }
        let failed = taken
            .iter()
            .map(|(_, files)| files.len() - 1)
            .sum::<usize>();
        whole.tally.pass(
            Rule::DuplicateId,
            whole.stats.records.saturating_sub(failed),
        );
    }

    /// Reports the roles that cards, runbooks and approval matrices name and nobody holds.
    fn roles_without_holder(&self, whole: &mut Part) {
        let mut used: BTreeMap<&str, Elsewhere> = BTreeMap::new();
        for (file, record) in self.registry.records() {
            if !matches!(
                record.kind,
                RecordKind::Control | RecordKind::Runbook | RecordKind::ApprovalMatrix
            ) {
                continue;
            }
            references(record, |reference| {
                let is_role = matches!(
                    reference.referent,
                    Referent::Name(Vocabulary::Role) | Referent::PersonOrRole
                );
                if is_role {
                    used.entry(reference.name()).or_insert_with(|| Elsewhere {
                        file: Arc::clone(file),
                        place: Place::value(reference.node),
                        message: "used here".to_owned(),
                    });
                }
            });
        }
        let as_of = self.session.request.as_of;
        for (file, record) in self.kept {
            if record.kind != RecordKind::People || !self.session.entry(*file).in_scope {
                continue;
            }
            let roles = record.root().get("roles");
            for role in roles.into_iter().flat_map(NodeRef::items) {
                let name = role.get("id").map_or("", NodeRef::scalar_text);
                let Some(use_of_it) = used.get(name) else {
                    continue;
                };
                let Some(holders) = role
                    .get("holders")
                    .filter(|it| it.kind() == Kind::List && !it.is_empty())
                else {
                    // The schema reports a role without holders.
                    continue;
                };
                if !self.registry.holders_of(name, as_of).is_empty() {
                    whole.tally.pass(Rule::RoleWithoutHolder, 1);
                    continue;
                }
                let fault = Fault::new(
                    Rule::RoleWithoutHolder,
                    Place::key(holders),
                    format!("role `{name}` is in use, and nobody holds it as of {as_of}"),
                )
                .help("Add a holder whose `from:` has come and whose `until:` has not passed.")
                .elsewhere(Some(use_of_it.clone()));
                self.report(*file, record, fault, whole);
            }
        }
    }
}

/// Whether a record has an element with this id; parties of an incident are known by `party`.
fn has_element(record: &Record, element: &str) -> bool {
    record
        .tree
        .nodes()
        .filter(|node| node.index().is_some())
        .any(|item| {
            ["id", "party"]
                .iter()
                .any(|key| item.get(key).is_some_and(|id| id.scalar_text() == element))
        })
}

/// SHA-256 of all that decides what is right: schemas and obligations.
fn policy_digest() -> String {
    let mut hash = Sha256::new();
    for text in schema_texts() {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(obligations_digest());
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
