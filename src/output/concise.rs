//! One line for each finding: `file:line:column: severity[rule]: message`.

use std::fmt::Write as _;

use super::{accepted, counted, gaps, summary, tamed_line};
use crate::finding::Outcome;

pub(super) fn render(outcome: &Outcome) -> String {
    let mut text = String::new();
    for finding in outcome.in_force() {
        let location = &finding.location;
        let place = match &location.range {
            Some(range) => format!(":{}:{}", range.start.line, range.start.column),
            None => String::new(),
        };
        let (file, message) = (tamed_line(&location.file), tamed_line(&finding.message));
        let (severity, rule) = (finding.severity, &finding.rule);
        let _ = writeln!(text, "{file}{place}: {severity}[{rule}]: {message}");
    }
    for incomplete in &outcome.incomplete {
        let (file, reason) = (tamed_line(&incomplete.file), tamed_line(&incomplete.reason));
        let _ = writeln!(text, "{file}: not examined: {reason}");
    }
    for (reason, count) in gaps(outcome) {
        let checks = counted(count, "check", "checks");
        let _ = writeln!(
            text,
            "not evaluated: {checks}, because {}",
            tamed_line(reason)
        );
    }
    for line in accepted(outcome) {
        let _ = writeln!(text, "{line}");
    }
    let (found, examined) = summary(outcome);
    let _ = writeln!(text, "{found}; {examined}");
    text
}
