//! What can only be said when all records have been seen: references between records, ids used
//! twice, roles that nobody holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::judge::Bench;
use super::part::{Totals, Whole};
use super::seal::{Sealer, sealed};
use super::session::Session;
use crate::document::{Kind, NodeId, NodeRef, Place};
use crate::finding::{Builtin, Elsewhere, Fault, MOST_FAULTS, Tally};
use crate::record::{
    Gap, IdKey, Incidents, Later, Pending, Record, RecordIndex, RecordKind, Referent, Resolution,
    Resolver, Vocabulary, dangling, is_plainly_unheld, layout, references, unreadable_list,
};

/// What can only be said when all records have been seen.
pub(super) struct Across<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) bench: &'a Bench<'a>,
    pub(super) index: &'a RecordIndex,
    pub(super) incidents: &'a Incidents,
    pub(super) kept: &'a BTreeMap<u32, &'a Record>,
}

impl Across<'_> {
    /// Looks at a record once more: a kept one, or one read again.
    pub(super) fn with_record<T>(&self, file: u32, look: impl FnOnce(&Record) -> T) -> Option<T> {
        if let Some(record) = self.kept.get(&file) {
            return Some(look(record));
        }
        // Counted when it was read first.
        let record = self
            .session
            .read(file, self.bench.registry, &mut Totals::default())
            .ok()?;
        Some(look(&record))
    }

    pub(super) fn sealer<'s>(&'s self, file: u32, record: &'s Record) -> Sealer<'s> {
        Sealer::of_record(&self.session.entry(file).path, record, self.bench)
    }

    /// Adds the findings of faults of a record.
    pub(super) fn report(&self, file: u32, record: &Record, faults: &[Fault], whole: &mut Whole) {
        for fault in faults {
            whole.totals.tally.fail(fault.rule);
        }
        let sealer = self.sealer(file, record);
        let totals = &mut whole.totals;
        let findings = sealed(&sealer, faults, record, self.bench, totals);
        whole.findings.extend(findings);
    }

    /// Follows the references to records that are not kept.
    pub(super) fn follow(&self, later: Vec<(u32, Vec<Later>)>, whole: &mut Whole) {
        for (file, references_of_file) in later {
            let mut lost: BTreeSet<NodeId> = BTreeSet::new();
            let mut tally = Tally::default();
            for later in references_of_file {
                match self.resolve(&later.to) {
                    Resolution::Dangling => {
                        lost.insert(later.node);
                    }
                    Resolution::Unknown(gap) => {
                        tally.unevaluated(later.rule, gap.reason());
                    }
                    Resolution::Found | Resolution::Later(_) => {
                        tally.pass(later.rule, 1);
                    }
                }
            }
            whole.totals.tally.add(&tally);
            let counts = self.bench.by_control(&tally);
            whole
                .totals
                .verdicts
                .extend(counts.map(|counts| (file, counts)));
            if !lost.is_empty() {
                self.with_record(file, |record| {
                    let faults = self.lost(record, &lost);
                    self.report(file, record, &faults, whole);
                });
            }
        }
    }

    /// The faults of references that lead nowhere.
    fn lost(&self, record: &Record, lost: &BTreeSet<NodeId>) -> Vec<Fault> {
        let resolver = Resolver::new(self.bench.registry);
        let as_of = self.session.request.as_of;
        let mut faults = Vec::new();
        references(record, &record.places(), |reference| {
            if lost.contains(&reference.node.id()) && faults.len() < MOST_FAULTS {
                faults.push(dangling(
                    &reference,
                    record,
                    resolver,
                    Some(self.index),
                    as_of,
                ));
            }
        });
        faults
    }

    fn resolve(&self, pending: &Pending) -> Resolution {
        match (self.index.resolve(pending), self.index.subject(pending)) {
            (Resolution::Found, Some((file, element))) => {
                let looked_up = self.with_record(file, |record| {
                    match (record.element(element).is_some(), unreadable_list(record)) {
                        (true, _) => Resolution::Found,
                        (false, Some(list)) => Resolution::Unknown(Gap::List(list)),
                        (false, None) => Resolution::Dangling,
                    }
                });
                // A record that is refused still resolves.
                looked_up.unwrap_or(Resolution::Found)
            }
            (resolution, _) => resolution,
        }
    }

    /// Reports every record but one of those that bear the same id.
    pub(super) fn duplicate_ids(&self, taken: &[(IdKey, Vec<u32>)], whole: &mut Whole) {
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
                self.with_record(file, |record| {
                    let id = record.root().get("id").unwrap_or(record.root());
                    let fault = Fault::new(
                        Builtin::DuplicateId,
                        Place::value(id),
                        format!(
                            "{} `{}` is already the id of `{}`",
                            key.kind.name(),
                            key.id,
                            entry(owner).path
                        ),
                    )
                    .obligation(match key.kind {
                        RecordKind::Incident => Some(Builtin::ID_OF_INCIDENT),
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
                    // A copy whose id also contradicts its path has one fault, not two.
                    whole.findings.retain(|other| {
                        *other.rule != *Builtin::IdContradictsPath.name()
                            || other.location.file != entry(file).path
                            || other.location.pointer != id.pointer()
                    });
                    self.report(file, record, &[fault.elsewhere(elsewhere)], whole);
                });
            }
        }
        let failed = taken
            .iter()
            .map(|(_, files)| files.len() - 1)
            .sum::<usize>();
        whole.totals.tally.pass(
            Builtin::DuplicateId,
            whole.totals.stats.records.saturating_sub(failed),
        );
    }

    /// Reports the roles that cards, runbooks and approval matrices name and nobody holds.
    pub(super) fn roles_without_holder(&self, whole: &mut Whole) {
        let mut used: BTreeMap<&str, Elsewhere> = BTreeMap::new();
        for (file, record) in self.bench.registry.records() {
            if !matches!(
                record.kind,
                RecordKind::Control | RecordKind::Runbook | RecordKind::ApprovalMatrix
            ) {
                continue;
            }
            references(record, &record.places(), |reference| {
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
                let name = role.text_of("id");
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
                if !self.bench.registry.holders_of(name, as_of).is_empty() {
                    whole.totals.tally.pass(Builtin::RoleWithoutHolder, 1);
                    continue;
                }
                if !is_plainly_unheld(role) {
                    let reason = format!("a holder of role `{name}` cannot be read");
                    whole
                        .totals
                        .tally
                        .unevaluated(Builtin::RoleWithoutHolder, reason);
                    continue;
                }
                let fault = Fault::new(
                    Builtin::RoleWithoutHolder,
                    Place::key(holders),
                    format!("role `{name}` is in use, and nobody holds it as of {as_of}"),
                )
                .help("Add a holder whose `from:` has come and whose `until:` has not passed.")
                .elsewhere(Some(use_of_it.clone()));
                self.report(*file, record, &[fault], whole);
            }
        }
    }
}
