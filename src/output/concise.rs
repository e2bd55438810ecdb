//! One line for each finding: `file:line:column: severity[rule]: message`. One that an exception
//! accepts says `excepted` in place of its severity, so that nothing counts it as open.

use std::fmt::Write as _;

use super::change::{before, headlines, is_shown, notes};
use super::{adjustments, gaps, summary, tamed_line};
use crate::finding::{Finding, Outcome};

pub(super) fn render(outcome: &Outcome) -> String {
    let mut text = String::new();
    for line in headlines(outcome) {
        let _ = writeln!(text, "{line}");
    }
    let fixed = outcome.comparison.iter().flat_map(|it| &it.fixed);
    let shown = outcome.findings.iter().filter(|it| is_shown(it, outcome));
    for finding in shown.chain(fixed) {
        text.push_str(&line(finding));
        text.push('\n');
    }
    for (what, words) in notes(outcome) {
        let _ = writeln!(text, "{what} {words}");
    }
    for incomplete in &outcome.incomplete {
        let (file, reason) = (tamed_line(&incomplete.file), tamed_line(&incomplete.reason));
        let _ = writeln!(text, "{file}: not examined: {reason}");
    }
    for gap in gaps(outcome) {
        let _ = writeln!(text, "not evaluated: {gap}");
    }
    for (what, words) in adjustments(outcome) {
        let _ = writeln!(text, "{what} {words}");
    }
    let (found, examined) = summary(outcome);
    let _ = writeln!(text, "{found}; {examined}");
    text
}

/// A finding in one line.
pub(super) fn line(finding: &Finding) -> String {
    let location = &finding.location;
    let place = match &location.range {
        Some(range) => format!(":{}:{}", range.start.line, range.start.column),
        None => String::new(),
    };
    let file = match &*location.file {
        "" => "the repository".to_owned(),
        file => tamed_line(file),
    };
    let mut message = tamed_line(&finding.message);
    if let Some(duty) = &finding.duty {
        let arithmetic = tamed_line(&duty.clock.arithmetic());
        message = format!("{message} ({arithmetic})");
    }
    if let Some(proof) = finding.proof() {
        message = format!("{message} ({})", tamed_line(&proof));
    }
    if let Some(before) = before(finding) {
        message = format!("{message} ({before})");
    }
    let change = match &finding.change {
        Some(change) => format!("{}: ", change.as_str()),
        None => String::new(),
    };
    let (severity, rule) = (finding.severity, &finding.rule);
    match &finding.excepted_by {
        None => format!("{file}{place}: {change}{severity}[{rule}]: {message}"),
        Some(exception) => {
            let accepted = format!("accepted by `{}`", tamed_line(exception));
            format!("{file}{place}: {change}excepted[{rule}]: {message}; {accepted}")
        }
    }
}
