//! What machines ask of the report on a change first; the rest stands in its parts.

use serde::Serialize;

use crate::finding::{Change, Finding};

/// The subject of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeFile {
    /// What is compared with what.
    pub change: ChangeLine,
    /// How much there is of everything.
    pub counts: ChangeCounts,
    /// The findings that the change brings, worsens or takes away.
    pub findings: Vec<ChangedFinding>,
}

/// What is compared with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    /// The revision that the change is to be merged into, as it was named.
    pub name: String,
    /// Id of the commit it names.
    pub tip: String,
    /// Id of the commit that the change sets out from.
    pub base: String,
    /// Files that the change adds, removes or alters.
    pub altered_files: usize,
    /// Whether a finding of the weight of an error is new or got worse.
    pub has_new_errors: bool,
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// Findings in force that only the change has.
    pub new: usize,
    /// Of these the errors.
    pub new_errors: usize,
    /// Findings that only the change has, accepted by an exception.
    pub new_excepted: usize,
    /// Findings that weigh otherwise, or are told or accepted otherwise.
    pub changed: usize,
    /// Findings that only the base has.
    pub fixed: usize,
    /// Findings that both have.
    pub unchanged: usize,
    /// Records that the change removes.
    pub removed_records: usize,
    /// Rules that the change switches off or removes.
    pub silenced_rules: usize,
    /// Duties of the records touched that are still to be done.
    pub pending_duties: usize,
    /// Messages of the incidents touched that still need an approval.
    pub unapproved_messages: usize,
}

/// A finding that differs between base and change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFinding {
    /// New, changed or fixed.
    pub change: &'static str,
    /// The rule.
    pub rule: String,
    /// How much it weighs.
    pub severity: &'static str,
    /// The fact.
    pub message: String,
    /// What to type.
    pub help: Option<String>,
    /// The file.
    pub file: String,
    /// The line, from 1; `None` where the whole file is meant.
    pub line: Option<u32>,
    /// The place in the record.
    pub pointer: String,
    /// The exception that accepts it.
    pub excepted_by: Option<String>,
    /// Identity over time.
    pub fingerprint: String,
}

impl ChangedFinding {
    /// Of a finding, if it differs.
    pub(super) fn of(finding: &Finding) -> Option<Self> {
        let change = finding.change.as_ref()?;
        (*change != Change::Unchanged).then(|| Self {
            change: change.as_str(),
            rule: finding.rule.to_string(),
            severity: finding.severity.as_str(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            file: finding.location.file.clone(),
            line: finding.location.range.as_ref().map(|it| it.start.line),
            pointer: finding.location.pointer.clone(),
            excepted_by: finding.excepted_by.clone(),
            fingerprint: finding.fingerprint.clone(),
        })
    }
}
