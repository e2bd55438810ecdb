//! The records of an incident, looked up by what is asked of them.

use std::collections::{BTreeMap, BTreeSet};

use super::exhibits::{State, exhibits};
use super::model::{IncidentCounts, IncidentFile, IncidentLine};
use super::weaknesses::is_open;
use super::{Filed, IncidentPapers};
use crate::clock::{Instant, parse_instant};
use crate::document::NodeRef;
use crate::finding::{Duty, Finding, Outcome, Proofs};
use crate::record::{RecordKind, Registry};
use crate::report::audit::build::anchor;
use crate::report::audit::taken::Reader;
use crate::report::audit::{Cell, Run};

pub(super) struct Desk<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) registry: &'a Registry,
    pub(super) file: &'a str,
    pub(super) root: NodeRef<'a>,
    pub(super) packages: Vec<(&'a Filed, Reader<'a>)>,
    pub(super) as_of: Instant,
    pub(super) reader: Reader<'a>,
    pub(super) proofs: &'a Proofs,
    id: &'a str,
    evidence: BTreeSet<&'a str>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        outcome: &'a Outcome,
        registry: &'a Registry,
        papers: &'a IncidentPapers,
    ) -> Self {
        let record = &papers.incident.record;
        let root = record.root();
        let packages = papers.packages.iter();
        let mut packages: Vec<_> = packages.map(|it| (it, Reader::new(&it.record))).collect();
        packages.sort_by(|left, right| {
            let version = |it: &Filed| it.record.root().text_of("version").parse::<u32>().ok();
            let key = |it: &Filed| {
                (
                    it.record
                        .root()
                        .list_of("audience")
                        .next()
                        .map(|it| it.scalar_text().to_owned()),
                    version(it),
                )
            };
            (key(left.0), &left.0.record.id, &left.0.file).cmp(&(
                key(right.0),
                &right.0.record.id,
                &right.0.file,
            ))
        });
        Self {
            outcome,
            registry,
            file: &papers.incident.file,
            root,
            packages,
            // The outcome says its instant in a form that always reads.
            as_of: parse_instant(&outcome.as_of).unwrap_or(Instant::MAX),
            reader: Reader::new(record),
            proofs: &papers.proofs,
            id: &record.id,
            evidence: root
                .list_of("evidence")
                .map(|it| it.text_of("id"))
                .collect(),
        }
    }

    /// A text that leads to a node of the incident.
    pub(super) fn at(&self, text: impl Into<String>, node: NodeRef<'_>) -> Run {
        Run::at(text, self.file, self.reader.line(node))
    }

    /// Whether a file is the incident's, or one of its packages'.
    fn is_own(&self, file: &str) -> bool {
        file == self.file || self.packages.iter().any(|it| it.0.file == file)
    }

    /// The duties of the incident.
    pub(super) fn duties(&self) -> impl Iterator<Item = &'a Duty> {
        let all = self.outcome.duties.iter();
        all.filter(|it| self.is_own(&it.file))
    }

    /// The findings on it and its packages.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        let all = self.outcome.findings.iter();
        all.filter(|it| self.is_own(&it.location.file))
    }

    /// Evidence by its id, leading to its row.
    pub(super) fn exhibit(&self, id: &str) -> Run {
        match self.evidence.contains(id) && !id.is_empty() {
            true => Run::to(id, anchor(&["evidence", id])),
            false => Run::text(id),
        }
    }

    /// A package by its id, leading to what it says.
    pub(super) fn package(&self, id: &str) -> Run {
        match self.packages.iter().any(|it| it.0.record.id == id) {
            true => Run::to(id, anchor(&["package", id])),
            false => Run::text(id),
        }
    }

    /// A record of the registries by its id.
    pub(super) fn named(&self, kind: RecordKind, id: &str) -> Run {
        match self.registry.home_of(kind, id) {
            Some((file, record)) => Run::at(id, file, Reader::new(record).line(record.root())),
            None => Run::text(id),
        }
    }

    /// The subject of the report.
    pub(super) fn subject(&self) -> IncidentFile {
        let root = self.root;
        let text = |key: &str| root.text_of(key).to_owned();
        let coordination = root.get("supply_chain");
        IncidentFile {
            incident: IncidentLine {
                id: self.id.to_owned(),
                file: self.file.to_owned(),
                title: text("title"),
                severity: text("severity"),
                status: text("status"),
                outcome: coordination
                    .map_or("", |it| it.text_of("outcome"))
                    .to_owned(),
                disposition: text("disposition"),
                is_simulated: root.get("simulated").and_then(NodeRef::as_bool) == Some(true),
                detected_at: text("detected_at"),
                declared_at: text("declared_at"),
                contained_at: text("contained_at"),
                closed_at: text("closed_at"),
            },
            counts: self.counts(),
        }
    }

    fn counts(&self) -> IncidentCounts {
        let root = self.root;
        let drafts = root.list_of("outbound").filter(|it| is_draft(*it)).count();
        let weaknesses = || {
            let report = root.get("report_out").into_iter();
            report.flat_map(|it| it.list_of("vulnerabilities"))
        };
        let mut duties: BTreeMap<&'static str, usize> = BTreeMap::new();
        for duty in self.duties() {
            *duties.entry(duty.clock.state.as_str()).or_default() += 1;
        }
        let exhibits = exhibits(self);
        let tasks = root.list_of("actions");
        IncidentCounts {
            parties: root.list_of("parties").count(),
            messages: root.list_of("outbound").count() - drafts,
            drafts,
            replies: root.list_of("inbound").count(),
            sessions: root.list_of("sessions").count(),
            packages: self.packages.len(),
            evidence: exhibits.len(),
            verified: exhibits.iter().filter(|it| it.1 == State::Matches).count(),
            weaknesses: weaknesses().count(),
            open_weaknesses: weaknesses().filter(|it| is_open(*it)).count(),
            open_tasks: tasks.filter(|it| it.text_of("status") == "open").count(),
            duties,
            findings: self
                .findings()
                .filter(|it| it.excepted_by.is_none())
                .count(),
            excepted: self
                .findings()
                .filter(|it| it.excepted_by.is_some())
                .count(),
        }
    }
}

/// Whether a message is written and not sent.
pub(super) fn is_draft(message: NodeRef<'_>) -> bool {
    message.text_of("outcome") == "draft"
}

/// The texts of a list, or the one text that stands in its place.
pub(super) fn texts<'t>(node: NodeRef<'t>, key: &str) -> Vec<&'t str> {
    let items = node.get(key).into_iter().flat_map(NodeRef::one_or_many);
    let items = items.map(NodeRef::scalar_text);
    items.filter(|it| !it.is_empty()).collect()
}

/// The first of some texts that says anything, with what it is.
pub(super) fn reason(node: NodeRef<'_>, keys: &[(&str, &str)]) -> String {
    let mut said = keys.iter().map(|(key, word)| (node.text_of(key), word));
    match said.find(|(text, _)| !text.is_empty()) {
        Some((text, word)) => format!("{word}{text}"),
        None => String::new(),
    }
}

/// Runs with a word before each but the first line.
pub(super) fn lines(parts: Vec<Cell>) -> Cell {
    let mut cell = Cell::new();
    for part in parts.into_iter().filter(|it| !it.is_empty()) {
        if !cell.is_empty() {
            cell.push(Run::text("; "));
        }
        cell.extend(part);
    }
    cell
}
