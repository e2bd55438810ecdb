//! What machines ask of the file on an incident first; the rest stands in its parts.

use std::collections::BTreeMap;

use serde::Serialize;

/// The subject of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentFile {
    /// The incident.
    pub incident: IncidentLine,
    /// How much there is of everything.
    pub counts: IncidentCounts,
}

/// The incident in a few facts, each as the record says it; empty where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentLine {
    /// Its id.
    pub id: String,
    /// Its file, from the root of the repository.
    pub file: String,
    /// Its title.
    pub title: String,
    /// How severe it is.
    pub severity: String,
    /// Open, contained or closed.
    pub status: String,
    /// Whether coordination with others is required.
    pub outcome: String,
    /// What it turned out to be.
    pub disposition: String,
    /// Whether it was only played.
    pub is_simulated: bool,
    /// When it was detected.
    pub detected_at: String,
    /// When it was declared.
    pub declared_at: String,
    /// When it was contained.
    pub contained_at: String,
    /// When it was closed.
    pub closed_at: String,
}

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IncidentCounts {
    /// Parties considered.
    pub parties: usize,
    /// Messages that left, drafts not counted.
    pub messages: usize,
    /// Messages that are written and not sent.
    pub drafts: usize,
    /// Answers and other messages that came in.
    pub replies: usize,
    /// Joint sessions.
    pub sessions: usize,
    /// Packages, each version counted.
    pub packages: usize,
    /// Pieces of evidence.
    pub evidence: usize,
    /// Pieces of evidence whose file has the digest that is registered.
    pub verified: usize,
    /// Weaknesses named.
    pub weaknesses: usize,
    /// Those that are neither fixed nor accepted.
    pub open_weaknesses: usize,
    /// Tasks that are open.
    pub open_tasks: usize,
    /// Duties by what became of them.
    pub duties: BTreeMap<&'static str, usize>,
    /// Findings in force.
    pub findings: usize,
    /// Findings that an exception accepts.
    pub excepted: usize,
}
