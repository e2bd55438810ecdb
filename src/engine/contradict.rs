//! Health checks beside the findings of this run: a `pass` on what is found wrong.
//!
//! This needs what all other rules say, so it comes last. It adds to the findings, and takes none
//! away: the fault is mended in the incident, the answer in the health check.

use std::collections::BTreeMap;

use super::across::Across;
use super::part::Whole;
use super::seal::sealed;
use crate::clock::{Instant, parse_instant};
use crate::document::{NodeRef, Place};
use crate::finding::{
    Builtin, Fault, Finding, Location, MOST_FAULTS, Question, Related, Severity, question,
};
use crate::record::{Record, RecordKind};

/// Most findings that are shown beside one answer.
const MOST_SHOWN: usize = 3;

/// An error that an answer may contradict.
struct Known {
    obligations: Vec<String>,
    location: Location,
    /// When the limit behind it passed, if there is one.
    due: Option<Instant>,
}

impl Known {
    fn of(finding: &Finding) -> Self {
        Self {
            obligations: finding.obligations.clone(),
            location: finding.location.clone(),
            due: finding.duty.as_ref().and_then(|duty| duty.clock.due),
        }
    }

    /// Whether it is about what a question asks, and was there to be seen at an instant: a limit
    /// that passed later was not.
    fn contradicts(&self, question: &Question, seen_at: Option<Instant>) -> bool {
        let is_about = self
            .obligations
            .iter()
            .any(|id| question.obligations.contains(id));
        let came_later = self.due.zip(seen_at).is_some_and(|(due, at)| due >= at);
        is_about && !came_later
    }
}

/// What one health check turns out to say.
#[derive(Default)]
struct Compared {
    faults: Vec<(Fault, Vec<Related>)>,
    agreed: usize,
    unknown: Vec<String>,
}

impl Across<'_> {
    /// Reports the answers of samplings and back-tests that say `pass` where an error is found.
    pub(super) fn contradicted_answers(&self, whole: &mut Whole) {
        let checks: Vec<u32> = self
            .index
            .files_of(RecordKind::HealthCheck)
            .filter(|file| self.session.entry(*file).in_scope)
            .collect();
        if checks.is_empty()
            || self
                .bench
                .catalogue
                .is_off(Builtin::ContradictedPass.into())
        {
            return;
        }
        let mut known: BTreeMap<&str, Vec<Known>> = BTreeMap::new();
        for finding in &whole.findings {
            if finding.severity == Severity::Error && finding.excepted_by.is_none() {
                let file = finding.location.file.as_str();
                known.entry(file).or_default().push(Known::of(finding));
            }
        }
        let mut added = Vec::new();
        for file in checks {
            let totals = &mut whole.totals;
            self.with_record(file, |record| {
                let compared = self.compare(record, &known);
                let tally = &mut totals.tally;
                tally.pass(Builtin::ContradictedPass, compared.agreed);
                for reason in compared.unknown {
                    tally.unevaluated(Builtin::ContradictedPass, reason);
                }
                let sealer = self.sealer(file, record);
                for (fault, related) in compared.faults.into_iter().take(MOST_FAULTS) {
                    totals.tally.fail(fault.rule);
                    let findings = sealed(&sealer, &[fault], record, self.bench, totals);
                    added.extend(findings.into_iter().map(|finding| Finding {
                        related: related.clone(),
                        ..finding
                    }));
                }
            });
        }
        drop(known);
        whole.findings.extend(added);
    }

    fn compare(&self, check: &Record, known: &BTreeMap<&str, Vec<Known>>) -> Compared {
        let mut compared = Compared::default();
        let root = check.root();
        if !matches!(root.text_of("type"), "sampling" | "back-test") {
            return compared;
        }
        let performed = parse_instant(root.text_of("performed_at"));
        for item in root.list_of("sample") {
            let incident = item.text_of("incident");
            // Exercises are no incidents, and a dangling reference is told where it stands.
            let Some(file) = self.index.file(RecordKind::Incident, incident) else {
                continue;
            };
            let files = std::iter::once(file).chain(self.index.packages_of(incident));
            let files: Vec<&str> = files
                .map(|file| self.session.entry(file).path.as_str())
                .collect();
            let is_examined = self.session.entry(file).in_scope;
            for (key, answer) in item.get("answers").into_iter().flat_map(NodeRef::pairs) {
                let asked = question(key.scalar_text());
                let Some(asked) = asked.filter(|_| answer.scalar_text() == "pass") else {
                    continue;
                };
                if !is_examined {
                    let reason = format!("`{incident}` was not examined");
                    compared.unknown.push(reason);
                    continue;
                }
                let against: Vec<&Known> = files
                    .iter()
                    .flat_map(|file| known.get(file).into_iter().flatten())
                    .filter(|it| it.contradicts(asked, performed))
                    .collect();
                match against.as_slice() {
                    [] => compared.agreed += 1,
                    against => {
                        let fault = contradiction(answer, &asked.id, incident, against);
                        let related = against.iter().take(MOST_SHOWN).map(|it| Related {
                            message: "found here".to_owned(),
                            location: it.location.clone(),
                        });
                        compared.faults.push((fault, related.collect()));
                    }
                }
            }
        }
        compared
    }
}

fn contradiction(answer: NodeRef<'_>, question: &str, incident: &str, against: &[&Known]) -> Fault {
    let mut demands: Vec<&str> = against
        .iter()
        .flat_map(|it| it.obligations.iter().map(String::as_str))
        .collect();
    demands.sort_unstable();
    demands.dedup();
    let (count, noun) = match against.len() {
        1 => ("an error".to_owned(), "is"),
        count => (format!("{count} errors"), "are"),
    };
    let message = format!(
        "`{question}` is answered with `pass`, and {count} about it {noun} found in `{incident}` ({})",
        demands.join(", ")
    );
    Fault::new(Builtin::ContradictedPass, Place::value(answer), message).help(format!(
        "Mend what is found in `{incident}`; or write `{question}: fail`, with an item in `findings:` \
         and an action for it."
    ))
}
