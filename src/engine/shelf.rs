//! What only all records together say of evidence: files that nobody registers, and files that are
//! registered twice.

use std::collections::BTreeSet;

use super::across::Across;
use super::cabinet::{Cabinet, registered};
use super::part::{Part, Parts, Whole, number_of};
use super::seal::Sealer;
use crate::document::{NodeId, Place};
use crate::finding::{At, Builtin, Elsewhere, Fault, Finding, Severity};
use crate::record::Record;

/// What records register, and which files could not be asked.
pub(super) struct Shelf {
    /// Numbers of paths with the file that registers each, sorted.
    registered: Vec<(u64, u32)>,
    /// Files that are records.
    records: BTreeSet<u32>,
    /// Files that should be records and could not be read.
    unread: BTreeSet<u32>,
}

impl Shelf {
    pub(super) fn of(parts: &Parts) -> Self {
        let mut shelf = Self {
            registered: Vec::new(),
            records: BTreeSet::new(),
            unread: BTreeSet::new(),
        };
        for (file, part) in parts {
            match &part.row {
                Some(row) if row.is_read => {
                    let paths = row.registered.iter();
                    shelf.registered.extend(paths.map(|path| (*path, *file)));
                    shelf.records.insert(*file);
                }
                _ if is_faulty(part) => {
                    shelf.unread.insert(*file);
                }
                _ => {}
            }
        }
        shelf.registered.sort_unstable();
        shelf
    }

    fn has(&self, path: &str) -> bool {
        let number = number_of(path);
        let at = self.registered.partition_point(|it| it.0 < number);
        self.registered.get(at).is_some_and(|it| it.0 == number)
    }
}

fn is_faulty(part: &Part) -> bool {
    part.row.is_some()
        || part.incomplete.is_some()
        || !part.findings.is_empty()
        || !part.stray.is_empty()
}

/// Whether a finding may explain files that seem to belong to nobody.
pub(super) fn may_explain(finding: &Finding) -> bool {
    let mut demands = finding.obligations.iter().map(String::as_str);
    *finding.rule == *Builtin::TwiceRegisteredEvidence.name()
        || demands.any(|it| RENAMED.contains(&it) || GONE.contains(&it))
}

/// Demands whose findings explain a file that seems to belong to nobody, because it was renamed:
/// the item still says its checksum.
const RENAMED: [&str; 2] = ["EV-ITEM-01", "EV-ITEM-04"];
/// The same, where the item itself is gone, or names another file.
const GONE: [&str; 4] = ["EV-ITEM-04", "EV-ITEM-05", "EV-ITEM-06", "EX-TTX-06"];

impl Across<'_> {
    /// Reports files in folders of evidence that no record registers.
    pub(super) fn unregistered_evidence(&self, shelf: &Shelf, whole: &mut Whole) {
        let rule = Builtin::UnregisteredEvidence;
        let session = self.session;
        let mut strays: Vec<&str> = Vec::new();
        for path in &session.listing.evidence {
            let entry = session.position(path);
            let is_else = entry
                .is_some_and(|file| shelf.records.contains(&file) || shelf.unread.contains(&file));
            if is_else || is_of_git(path) || !session.source.is_asked(path) {
                continue;
            }
            match shelf.has(session.below(path)) {
                true => whole.totals.tally.pass(rule, 1),
                false => strays.push(path),
            }
        }
        if let Some(known) = session.known {
            // What explains the others may stand in records that are not judged.
            let others = strays.extract_if(.., |it| !known.weighed.contains(*it));
            whole.strays = others.map(str::to_owned).collect();
        }
        if strays.is_empty() {
            return;
        }
        let explained = self.explained(&whole.findings);
        let cabinet = Cabinet::new(session.source, session.ledger, Vec::new());
        for path in strays {
            let unread = shelf.unread.iter().map(|file| session.entry(*file));
            let mut beside = unread.filter_map(|it| path.strip_prefix(folder_of(&it.path)));
            if beside.any(|rest| rest.starts_with("evidence/")) {
                let reason = "a record that may register it could not be read";
                whole.totals.tally.unevaluated(rule, reason.to_owned());
                continue;
            }
            let is_explained = explained
                .folders
                .iter()
                .any(|folder| path.starts_with(folder))
                || (!explained.digests.is_empty()
                    && cabinet
                        .standing(session.below(path))
                        .ok()
                        .and_then(|standing| standing.exhibit().map(|it| it.hexadecimal()))
                        .is_some_and(|digest| explained.digests.contains(&digest)));
            if is_explained {
                continue;
            }
            let fault = Fault::new(rule, At::File, format!("no record registers `{path}`")).help(
                "Register it under `evidence:` of the record it belongs to, with `path`, `sha256`, \
                `type`, `captured_at`, `captured_by` and `classification`, or remove it.",
            );
            if !self.bench.catalogue.is_off(fault.rule) {
                let sealer = Sealer::of_stray(path, self.bench);
                whole.report(rule, sealer.seal(&fault, self.bench.registry));
            }
        }
    }

    /// What other findings say already about files that seem to belong to nobody.
    fn explained(&self, findings: &[Finding]) -> Explained {
        let mut explained = Explained::default();
        let mut files: BTreeSet<&str> = BTreeSet::new();
        for finding in findings {
            let mut demands = finding.obligations.iter();
            let is_twice = *finding.rule == *Builtin::TwiceRegisteredEvidence.name();
            if is_twice || demands.clone().any(|it| RENAMED.contains(&it.as_str())) {
                files.insert(&finding.location.file);
            }
            if demands.any(|it| GONE.contains(&it.as_str())) {
                let folder = folder_of(&finding.location.file);
                explained.folders.insert(folder.to_owned());
            }
        }
        for file in files {
            let position = self.session.position(file);
            position.and_then(|file| {
                self.with_record(file, |record| {
                    let list = record.root().get("evidence").into_iter();
                    let items = list.flat_map(crate::document::NodeRef::items);
                    let digests = items.map(|item| item.text_of("sha256").to_lowercase());
                    explained.digests.extend(digests);
                })
            });
        }
        explained
    }

    /// Reports files that two evidence items register.
    pub(super) fn twice_registered_evidence(&self, shelf: &Shelf, whole: &mut Whole) {
        for same in shelf.registered.chunk_by(|left, right| left.0 == right.0) {
            if same.len() < 2 {
                let rule = Builtin::TwiceRegisteredEvidence;
                whole.totals.tally.pass(rule, 1);
                continue;
            }
            let number = same[0].0;
            let files: BTreeSet<u32> = same.iter().map(|it| it.1).collect();
            let places: Vec<(u32, NodeId, String)> = files
                .iter()
                .filter_map(|file| self.with_record(*file, |it| self.places(*file, it, number)))
                .flatten()
                .collect();
            // The record whose folder it lies in is the rightful owner; else the first by path.
            let is_owner = |(file, _, path): &&(u32, NodeId, String)| {
                let folder = folder_of(self.session.relative(self.session.entry(*file)));
                path.starts_with(folder)
            };
            // What is not what it says is most likely the one with the wrong path.
            let is_sound = |place: &&(u32, NodeId, String)| !self.is_faulty(place, whole);
            let rightful = places.iter().filter(is_owner).find(is_sound);
            let owner = rightful.or_else(|| places.iter().find(is_owner));
            let Some(owner) = owner.or(places.first()).cloned() else {
                continue;
            };
            for other in places
                .iter()
                .filter(|it| (it.0, it.1) != (owner.0, owner.1))
            {
                self.report_twice(&owner, other, whole);
            }
        }
    }

    /// The places where a record registers a path.
    fn places(&self, file: u32, record: &Record, number: u64) -> Vec<(u32, NodeId, String)> {
        let path = self.session.relative(self.session.entry(file));
        registered(path, record)
            .filter(|(_, path)| number_of(path) == number)
            .filter_map(|(item, path)| Some((file, item.get("path")?.id(), path)))
            .collect()
    }

    /// Whether the item of a path has a finding about its content.
    fn is_faulty(&self, (file, path, _): &(u32, NodeId, String), whole: &Whole) -> bool {
        let item = self.with_record(*file, |record| {
            let item = record.tree.node(*path).parent();
            item.map(crate::document::NodeRef::pointer)
        });
        let file = &self.session.entry(*file).path;
        item.flatten()
            .is_some_and(|item| whole.findings.iter().any(|it| is_changed(it, file, &item)))
    }

    fn report_twice(
        &self,
        owner: &(u32, NodeId, String),
        other: &(u32, NodeId, String),
        whole: &mut Whole,
    ) {
        let entry = |file: u32| self.session.entry(file);
        if !entry(other.0).in_scope {
            return;
        }
        self.with_record(other.0, |record| {
            let node = record.tree.node(other.1);
            let pointer = node.pointer();
            // What is wrong with the path itself is told there.
            let is_told = whole.findings.iter().any(|it| {
                it.location.file == entry(other.0).path && it.location.pointer == pointer
            });
            if is_told {
                return;
            }
            // The checksum of another file cannot fit.
            if let Some(item) = node.parent() {
                let item = item.pointer();
                let file = &entry(other.0).path;
                whole.findings.retain(|it| !is_changed(it, file, &item));
            }
            let is_same = owner.0 == other.0;
            let whose = match is_same {
                true => "in this record".to_owned(),
                false => format!("in `{}`", entry(owner.0).path),
            };
            let mut fault = Fault::new(
                Builtin::TwiceRegisteredEvidence,
                Place::value(node),
                format!("`{}` is already registered {whose}", other.2),
            )
            .help("Keep one of the two items, and cite its id wherever the file proves something.");
            fault.severity = Some(Severity::Warning);
            if is_same {
                let first = record.tree.node(owner.1);
                fault = fault.related(Place::value(first), "registered here");
            } else if let Some(owning) = self.kept.get(&owner.0) {
                fault = fault.elsewhere(Some(Elsewhere {
                    file: entry(owner.0).path.as_str().into(),
                    place: Place::value(owning.tree.node(owner.1)),
                    message: "registered here".to_owned(),
                }));
            }
            self.report(other.0, record, &[fault], whole);
        });
    }
}

/// Whether a finding says that the file of an item is not what was registered.
fn is_changed(finding: &Finding, file: &str, item: &str) -> bool {
    finding.location.file == file
        && finding.location.pointer.strip_prefix(item) == Some("/sha256")
        && finding.obligations.iter().any(|it| it == "EV-ITEM-02")
}

/// What findings explain.
#[derive(Default)]
struct Explained {
    /// SHA-256 that items register whose files are not where they should be.
    digests: BTreeSet<String>,
    /// Folders of records that cite evidence they do not register.
    folders: BTreeSet<String>,
}

/// The folder of a file, with a closing `/`; empty for the root.
fn folder_of(file: &str) -> &str {
    file.rfind('/').map_or("", |at| &file[..=at])
}

/// Whether a file is there for git only, such as `.gitkeep`.
fn is_of_git(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with(".git")
}
