//! Health checks beside the findings of this run: a `pass` on what is found wrong.
//!
//! This needs what all other rules say, so it comes last. The fault is that of the incident and is
//! told once: the answer that saw less is shown beside it.

use std::collections::BTreeMap;

use super::across::Across;
use super::part::Whole;
use crate::clock::{Instant, parse_instant};
use crate::document::{NodeRef, Place};
use crate::finding::{Finding, Question, Related, Severity, question};
use crate::record::{Record, RecordKind};

impl Across<'_> {
    /// Shows beside each error the answers of samplings and back-tests that passed it.
    pub(super) fn contradicted_answers(&self, whole: &mut Whole) {
        let mut errors: BTreeMap<&str, Vec<(usize, &Finding)>> = BTreeMap::new();
        for (at, finding) in whole.findings.iter().enumerate() {
            if finding.severity == Severity::Error && finding.excepted_by.is_none() {
                let file = finding.location.file.as_str();
                errors.entry(file).or_default().push((at, finding));
            }
        }
        if errors.is_empty() {
            return;
        }
        let mut passed = Vec::new();
        for file in self.index.files_of(RecordKind::HealthCheck) {
            self.with_record(file, |check| {
                let sealer = self.sealer(file, check);
                self.passed(check, &errors, |finding, answer| {
                    let beside = Related {
                        message: "answered with `pass` here".to_owned(),
                        location: sealer.locate(Place::value(answer).into()),
                    };
                    passed.push((finding, beside));
                });
            });
        }
        drop(errors);
        for (at, answer) in passed {
            whole.findings[at].related.push(answer);
        }
    }

    /// Names each error that an answer of a health check contradicts, with that answer.
    fn passed(
        &self,
        check: &Record,
        errors: &BTreeMap<&str, Vec<(usize, &Finding)>>,
        mut tell: impl FnMut(usize, NodeRef<'_>),
    ) {
        let root = check.root();
        if !matches!(root.text_of("type"), "sampling" | "back-test") {
            return;
        }
        let performed = parse_instant(root.text_of("performed_at"));
        for item in root.list_of("sample") {
            let incident = item.text_of("incident");
            // Exercises are no incidents, and a dangling reference is told where it stands.
            let Some(file) = self.index.file(RecordKind::Incident, incident) else {
                continue;
            };
            let files = std::iter::once(file).chain(self.index.packages_of(incident));
            let found: Vec<_> = files
                .filter_map(|file| errors.get(self.session.entry(file).path.as_str()))
                .flatten()
                .collect();
            for (key, answer) in item.get("answers").into_iter().flat_map(NodeRef::pairs) {
                let asked = question(key.scalar_text());
                let Some(asked) = asked.filter(|_| answer.scalar_text() == "pass") else {
                    continue;
                };
                for (at, finding) in &found {
                    if contradicts(finding, asked, performed) {
                        tell(*at, answer);
                    }
                }
            }
        }
    }
}

/// Whether an error is about what a question asks, and was there to be seen at an instant: a limit
/// that passed later was not.
fn contradicts(finding: &Finding, question: &Question, seen_at: Option<Instant>) -> bool {
    let mut demands = finding.obligations.iter();
    let due = finding.duty.as_ref().and_then(|duty| duty.clock.due);
    let came_later = due.zip(seen_at).is_some_and(|(due, at)| due >= at);
    demands.any(|id| question.obligations.contains(id)) && !came_later
}
