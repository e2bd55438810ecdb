//! The registries: whom to reach, how fresh that is, who stands behind which system, who holds which
//! role, and what changed in a period.

mod chain;
mod contacts;
mod tables;

use serde::Serialize;

use super::audit::detail::ROWS;
use super::audit::{AuditError, ask};
use super::chapter::{Chapter, history};
use super::paper::{Ground, Paper, part};
use crate::clock::{Instant, Period, parse_instant};
use crate::finding::Outcome;
use crate::record::{Record, RecordKind, Registry};

/// The name of this form.
const SCHEMA: &str = "probity.registry-report/1";

/// The kinds of records that the report is about.
const KINDS: &[RecordKind] = &[
    RecordKind::People,
    RecordKind::Channels,
    RecordKind::ThirdParty,
    RecordKind::System,
];

/// The subject of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegistryFile {
    /// How much there is of everything.
    pub counts: RegistryCounts,
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegistryCounts {
    /// Third parties.
    pub parties: usize,
    /// Their contacts.
    pub contacts: usize,
    /// Contacts verified within the limit of the programme.
    pub contacts_fresh: usize,
    /// Contacts whose verification is older than the limit, or that nobody verified.
    pub contacts_stale: usize,
    /// Contacts without a limit, so that nobody can say.
    pub contacts_unlimited: usize,
    /// Systems.
    pub systems: usize,
    /// Their components.
    pub components: usize,
    /// Systems behind which stands a party that is not registered, or whom nobody can reach.
    pub systems_uncovered: usize,
    /// Roles.
    pub roles: usize,
    /// Roles that nobody holds.
    pub roles_unheld: usize,
    /// Channels.
    pub channels: usize,
    /// Findings in force on these records.
    pub findings: usize,
}

/// Whether a record is one that the report is about.
pub fn is_in_registry(record: &Record) -> bool {
    KINDS.contains(&record.kind)
}

/// Puts the report on the registries together.
///
/// # Errors
/// [`AuditError::Ahead`] for a period that has not begun.
pub fn registry_report(
    outcome: &Outcome,
    registry: &Registry,
    changes: &Result<Vec<Chapter>, String>,
    period: Option<Period>,
) -> Result<Paper<RegistryFile>, AuditError> {
    // The outcome says its instant in a form that always reads.
    let as_of = parse_instant(&outcome.as_of).unwrap_or(Instant::MAX);
    let (_, days) = ask::days(period, as_of)?;
    let basis = Ground::of(outcome, registry, Some(days));
    let desk = tables::Desk {
        outcome,
        registry,
        as_of,
    };
    let edges = chain::edges(registry);
    let mut counts = RegistryCounts::default();
    let contacts = desk.contacts(&mut counts);
    let systems = desk.systems(&mut counts);
    let people = desk.people(&mut counts);
    let channels = desk.channels(&mut counts);
    let findings = desk.findings(&mut counts);
    let mut changed = history(changes);
    let is_quiet = |all: &Vec<Chapter>| all.iter().all(|it| it.commits.is_empty());
    if let (true, Some(head)) = (changes.as_ref().is_ok_and(is_quiet), changed.first_mut()) {
        head.notes.clear();
        head.note(format!(
            "No commit of this period changed a registry. That rests on {} commits read, by the clocks of those who made them.",
            outcome.commits.unwrap_or_default()
        ));
    }
    let sections = vec![
        part("summary", "In short", vec![tables::summary(&counts)]),
        basis.section(),
        part(
            "contacts",
            "Contacts, and how fresh they are",
            vec![contacts],
        ),
        part(
            "systems",
            "Systems, and who stands behind them",
            vec![systems],
        ),
        part(
            "chain",
            "The chain of third parties",
            vec![desk.chain(&edges)],
        ),
        part("people", "Roles, and who holds them", vec![people]),
        part("channels", "Channels", vec![channels]),
        part("findings", "Findings", vec![findings]),
        part("history", "Who changed what in the period", changed),
    ];
    let title = match basis.organisation.as_str() {
        "" => "Registries".to_owned(),
        name => format!("Registries of {name}"),
    };
    Ok(Paper {
        schema: SCHEMA,
        title,
        subtitle: format!("As of {}", outcome.as_of),
        basis,
        subject: RegistryFile { counts },
        sections,
        pictures: chain::chain(&edges, registry)
            .into_iter()
            .map(|it| ("chain-head".to_owned(), it))
            .collect(),
        rows: ROWS,
    })
}
