//! The file on one incident: what happened, who was told what under whose approval, what is owed by
//! when, what proves it, and what is still open.

mod axis;
mod desk;
mod exhibits;
mod model;
mod packages;
mod picture;
mod scene;
mod story;
mod told;
mod weaknesses;

pub use model::{IncidentCounts, IncidentFile, IncidentLine};

use super::chapter::{Chapter, history};
use super::paper::{Ground, Paper, part};
use crate::finding::{Outcome, Proofs};
use crate::record::{Record, RecordKind, Registry};
use crate::text::closest_or_longer;

use desk::Desk;

/// The name of this form.
const SCHEMA: &str = "probity.incident-report/1";

/// A record and the file that it stands in, from the root of the repository.
#[derive(Debug)]
pub struct Filed {
    /// The file.
    pub file: String,
    /// The record.
    pub record: Record,
}

/// Kind, id and file of a record, to find an incident by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// Its kind.
    pub kind: RecordKind,
    /// Its id.
    pub id: String,
    /// Of a package, its incident.
    pub owner: Option<String>,
    /// The file, from the root of the repository.
    pub file: String,
}

/// All that the file on an incident is made from.
#[derive(Debug)]
pub struct IncidentPapers {
    /// The incident.
    pub incident: Filed,
    /// Its packages.
    pub packages: Vec<Filed>,
    /// How far the times of the incident are proven.
    pub proofs: Proofs,
    /// What the commits say about them, or why nobody can tell.
    pub history: Result<Vec<Chapter>, String>,
}

/// Why there is no file on an incident. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncidentError {
    /// Nothing has this id.
    #[error("there is no incident `{id}`")]
    Unknown {
        /// What was asked for.
        id: String,
        /// What was most likely meant.
        near: Option<String>,
    },
    /// A record of another kind has it.
    #[error("`{id}` is no incident, but a record of kind `{kind}`")]
    Other {
        /// What was asked for.
        id: String,
        /// The kind of that record.
        kind: &'static str,
    },
}

impl Filing {
    /// Of a record.
    pub fn of(file: &str, record: &Record) -> Self {
        Self {
            kind: record.kind,
            id: record.id.clone(),
            owner: record.incident.clone(),
            file: file.to_owned(),
        }
    }
}

/// The files of an incident and of its packages; of several of one id the first by path.
///
/// # Errors
/// See [`IncidentError`].
pub fn files_of<'f>(
    id: &str,
    filings: &'f [Filing],
) -> Result<(&'f str, Vec<&'f str>), IncidentError> {
    let is_incident = |it: &&Filing| it.kind == RecordKind::Incident;
    let incidents = || filings.iter().filter(is_incident);
    if let Some(found) = incidents().find(|it| it.id == id) {
        let packages = filings
            .iter()
            .filter(|it| it.kind == RecordKind::Package && it.owner.as_deref() == Some(id));
        return Ok((&found.file, packages.map(|it| it.file.as_str()).collect()));
    }
    if let Some(other) = filings.iter().find(|it| it.id == id) {
        return Err(IncidentError::Other {
            id: id.to_owned(),
            kind: other.kind.name(),
        });
    }
    let mut known: Vec<&str> = incidents().map(|it| it.id.as_str()).collect();
    known.sort_unstable();
    Err(IncidentError::Unknown {
        id: id.to_owned(),
        near: closest_or_longer(id, &known).map(str::to_owned),
    })
}

/// Puts the file on an incident together. The duties of the outcome must have been asked for.
pub fn incident_report(
    outcome: &Outcome,
    registry: &Registry,
    papers: &IncidentPapers,
) -> Paper<IncidentFile> {
    let desk = Desk::new(outcome, registry, papers);
    let basis = Ground::of(outcome, registry, None);
    let subject = desk.subject();
    let line = &subject.incident;
    let sections = vec![
        part(
            "summary",
            "At a glance",
            vec![story::summary(&desk, &subject)],
        ),
        basis.section(),
        part(
            "duties",
            "What was owed, and by when",
            vec![story::duties(&desk)],
        ),
        part(
            "told",
            "Who was told what, under whose approval",
            told::groups(&desk),
        ),
        part(
            "packages",
            "Packages and their differences",
            packages::groups(&desk),
        ),
        part("evidence", "Evidence", vec![exhibits::group(&desk)]),
        part(
            "weaknesses",
            "Weaknesses, until they are closed",
            weaknesses::groups(&desk),
        ),
        part("work", "Decisions and tasks", vec![story::work(&desk)]),
        part("findings", "Findings", vec![story::findings(&desk)]),
        part(
            "trail",
            "What happened, in order",
            vec![story::trail_of(&desk)],
        ),
        part(
            "history",
            "Who changed what in the records",
            history(&papers.history),
        ),
    ];
    let title = match line.title.as_str() {
        "" => line.id.clone(),
        title => format!("{}: {title}", line.id),
    };
    Paper {
        schema: SCHEMA,
        title,
        subtitle: format!("The file on this incident, as of {}", outcome.as_of),
        basis,
        pictures: picture::timeline(&desk)
            .into_iter()
            .map(|it| ("summary-head".to_owned(), it))
            .collect(),
        rows: usize::MAX,
        sections,
        subject,
    }
}
