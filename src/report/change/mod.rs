//! What a change means, for those who are to approve it: in plain words, with the findings it brings
//! and mends, the duties it touches, and who must still approve what.

mod approvals;
mod model;
mod tables;
mod trim;
mod words;

pub use model::{ChangeCounts, ChangeFile, ChangeLine, ChangedFinding};
pub use trim::{LONGEST, render_change};
pub use words::Touched;

use super::paper::{Ground, Paper, part};
use crate::clock::{Instant, parse_instant};
use crate::finding::{Change, Comparison, Outcome, Severity, ShiftKind};
use crate::record::Registry;

/// The name of this form.
const SCHEMA: &str = "probity.change-report/1";

/// What a change touches.
#[derive(Debug, Default)]
pub struct ChangePapers {
    /// The records, in the order of their files.
    pub touched: Vec<Touched>,
    /// Files that are no records.
    pub others: Vec<String>,
}

/// Puts the report on a change together. The outcome must be that of a change, with its duties.
pub fn change_report(
    outcome: &Outcome,
    comparison: &Comparison,
    registry: &Registry,
    papers: &ChangePapers,
) -> Paper<ChangeFile> {
    // The outcome says its instant in a form that always reads.
    let as_of = parse_instant(&outcome.as_of).unwrap_or(Instant::MAX);
    let approvals = approvals::pending(papers, registry, as_of);
    let duties = tables::duties(outcome, papers);
    let mut counts = counts(outcome, comparison);
    counts.pending_duties = duties.rows.len();
    counts.unapproved_messages = approvals.rows.len();
    let worse = outcome
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Error);
    let has_new_errors = worse
        .filter(|it| it.excepted_by.is_none())
        .any(|it| match &it.change {
            Some(Change::New) => true,
            Some(Change::Changed(before)) => {
                before.severity < Severity::Error || before.excepted_by.is_some()
            }
            _ => false,
        });
    let findings = outcome.findings.iter().chain(&comparison.fixed);
    let subject = ChangeFile {
        change: ChangeLine {
            name: comparison.name.clone(),
            tip: comparison.tip.clone(),
            base: comparison.base.clone(),
            altered_files: comparison.altered_files,
            has_new_errors,
        },
        counts,
        findings: findings.filter_map(ChangedFinding::of).collect(),
    };
    let basis = Ground::of(outcome, registry, None);
    let mut sections = vec![part(
        "summary",
        "In short",
        vec![tables::summary(&subject, outcome)],
    )];
    sections.push(part(
        "change",
        "What this change means",
        vec![tables::meaning(papers)],
    ));
    sections.push(part(
        "findings",
        "Findings",
        vec![tables::findings(outcome, comparison)],
    ));
    sections.push(part(
        "rules",
        "Removed records, rules and settings",
        vec![tables::shifts(outcome, comparison)],
    ));
    sections.push(part(
        "duties",
        "Duties and approvals",
        vec![tables::owed(duties, approvals)],
    ));
    sections.push(basis.section());
    let title = match has_new_errors {
        true => "This change brings errors",
        false => "This change brings no new error",
    };
    Paper {
        schema: SCHEMA,
        title: title.to_owned(),
        subtitle: tables::headline(comparison, &outcome.as_of),
        basis,
        subject,
        sections,
        pictures: Vec::new(),
        rows: usize::MAX,
    }
}

fn counts(outcome: &Outcome, comparison: &Comparison) -> ChangeCounts {
    let count = |name: &str| {
        let all = outcome.findings.iter();
        all.filter(|it| it.change.as_ref().is_some_and(|it| it.as_str() == name))
            .count()
    };
    let new = || {
        outcome
            .in_force()
            .filter(|it| it.change == Some(Change::New))
    };
    let silenced = comparison.shifts.iter();
    let silenced =
        silenced.filter(|it| matches!(it.kind, ShiftKind::SwitchedOff | ShiftKind::RuleGone));
    ChangeCounts {
        new: new().count(),
        new_errors: new().filter(|it| it.severity == Severity::Error).count(),
        new_excepted: count("new") - new().count(),
        changed: count("changed"),
        fixed: comparison.fixed.len(),
        unchanged: count("unchanged"),
        removed_records: comparison.removed.len(),
        silenced_rules: silenced.count(),
        ..ChangeCounts::default()
    }
}
