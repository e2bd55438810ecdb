//! What the smaller reports have in common: what they stand on, their parts, their formats.
//!
//! A report is a [`Paper`] about a subject. Its parts are those of the audit report, so that all
//! reports read and look alike; what is only of one report stands in its subject, for machines.

mod render;

use serde::Serialize;

use super::audit::build::{cell, list, number};
use super::audit::front::revision;
use super::audit::picture::Picture;
use super::audit::{Group, Mark, ReportPeriod, Run, Section, Table};
use super::metrics::Missing;
use crate::finding::Outcome;
use crate::record::{RecordKind, Registry};

pub use render::{PaperFormat, Sort, render_paper};

/// A report about a subject.
#[derive(Clone, Debug, Serialize)]
pub struct Paper<S> {
    /// The name of this form.
    pub schema: &'static str,
    /// Its title.
    pub title: String,
    /// What stands below the title.
    pub subtitle: String,
    /// Under what conditions everything is said.
    pub basis: Ground,
    /// What machines ask for first.
    #[serde(flatten)]
    pub subject: S,
    /// The parts, in their order.
    pub sections: Vec<Section>,
    /// Pictures with the groups that they stand in. All they show stands in tables as well.
    #[serde(skip)]
    pub(super) pictures: Vec<(String, Picture)>,
    /// The most rows of a table that a page shows; the JSON has all.
    #[serde(skip)]
    pub(super) rows: usize,
}

/// Under what conditions everything is said.
#[derive(Clone, Debug, Serialize)]
pub struct Ground {
    /// Whose records these are.
    pub organisation: String,
    /// The program that made the report.
    pub tool: &'static str,
    /// Its version.
    pub tool_version: &'static str,
    /// The instant that everything is judged as of, RFC 3339.
    pub as_of: String,
    /// Commit id, where there is one.
    pub revision: Option<String>,
    /// Whether the worktree differs from that commit.
    pub dirty: Option<bool>,
    /// SHA-256 of schemas and rules.
    pub policy_digest: String,
    /// The days that the report is about, where it is about days.
    pub period: Option<ReportPeriod>,
    /// Records examined.
    pub records: usize,
    /// Commits that were asked; `None` if the history was left out or cannot be read.
    pub commits: Option<usize>,
    /// Rules that are switched off here.
    pub switched_off: Vec<String>,
    /// What could not be examined.
    pub incomplete: Vec<Missing>,
}

impl Ground {
    /// The conditions of an outcome.
    pub(super) fn of(outcome: &Outcome, registry: &Registry, period: Option<ReportPeriod>) -> Self {
        let program = registry.of_kind(RecordKind::Program).next();
        Self {
            organisation: program
                .map_or("", |it| it.root().text_of("organisation"))
                .to_owned(),
            tool: env!("CARGO_PKG_NAME"),
            tool_version: env!("CARGO_PKG_VERSION"),
            as_of: outcome.as_of.clone(),
            revision: outcome.revision.clone(),
            dirty: outcome.dirty,
            policy_digest: outcome.policy_digest.clone(),
            period,
            records: outcome.stats.records,
            commits: outcome.commits,
            switched_off: outcome
                .switched_off()
                .map(|it| it.rule.to_string())
                .collect(),
            incomplete: outcome
                .incomplete
                .iter()
                .map(|it| Missing {
                    file: it.file.clone(),
                    reason: it.reason.clone(),
                })
                .collect(),
        }
    }

    /// The part that says so.
    pub(super) fn section(&self) -> Section {
        let mut group = Group::head("basis");
        group.fact("Organisation", cell(self.organisation.clone()));
        if let Some(period) = &self.period {
            let running = if period.is_running {
                ", not over yet"
            } else {
                ""
            };
            group.fact(
                "Period",
                cell(format!(
                    "{} to {}{running} ({})",
                    period.from, period.to, period.because
                )),
            );
        }
        group.fact("As of", cell(self.as_of.clone()));
        group.fact("Revision", revision(self.revision.as_deref(), self.dirty));
        group.fact(
            "History",
            match self.commits {
                Some(1) => cell("1 commit read"),
                Some(count) => cell(format!("{count} commits read")),
                None => vec![Run::marked("not read", Mark::Warn)],
            },
        );
        group.fact("Records examined", number(self.records));
        group.fact(
            "Rules switched off",
            match self.switched_off.as_slice() {
                [] => cell("none"),
                rules => list(rules.iter().map(Run::code)),
            },
        );
        group.fact(
            "Made by",
            cell(format!("{} {}", self.tool, self.tool_version)),
        );
        group.fact(
            "Digest of schemas and rules",
            vec![Run::code(self.policy_digest.clone())],
        );
        if !self.incomplete.is_empty() {
            let mut table = Table::new(
                "not-examined",
                "What could not be examined",
                "",
                &[("file", "File"), ("reason", "Why")],
            );
            for it in &self.incomplete {
                table.push(
                    Mark::Bad,
                    vec![vec![Run::code(it.file.clone())], cell(it.reason.clone())],
                );
            }
            group.tables.push(table);
        }
        part("basis", "What this report stands on", vec![group])
    }
}

/// A part of a report.
pub(super) fn part(id: &str, title: &str, groups: Vec<Group>) -> Section {
    Section {
        id: format!("section-{id}"),
        title: title.to_owned(),
        groups,
    }
}
