//! The code quality report of GitLab, which it compares with that of the other branch by itself.
//!
//! It has no state for what is accepted: such findings are left out. What could not be examined is
//! in it, or a file that nobody could read would pass for one that was mended.

use std::collections::BTreeMap;

use serde::Serialize;

use super::json::pretty;
use super::{fact, sentences};
use crate::finding::{Finding, Incomplete, Outcome, Severity};

#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: String,
    description: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut issues: Vec<Issue> = Vec::new();
    for finding in outcome.in_force() {
        let count = seen.entry(&finding.fingerprint).or_default();
        *count += 1;
        // Two findings of one rule in one place are told apart by their order.
        let fingerprint = match count {
            1 => finding.fingerprint.clone(),
            count => format!("{}-{count}", finding.fingerprint),
        };
        issues.push(of_finding(finding, fingerprint));
    }
    issues.extend(outcome.incomplete.iter().map(not_examined));
    pretty(&issues)
}

fn of_finding(finding: &Finding, fingerprint: String) -> Issue {
    let range = finding.location.range.as_ref();
    let (begin, end) = range.map_or((1, 1), |range| (range.start.line, range.end.line));
    Issue {
        kind: "issue",
        check_name: finding.rule.to_string(),
        description: sentences(&fact(finding), finding.help.as_deref()),
        fingerprint,
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: at(&finding.location.file, begin, end),
    }
}

fn not_examined(gap: &Incomplete) -> Issue {
    let fact = format!("not examined: {}", gap.reason);
    Issue {
        kind: "issue",
        check_name: "not-examined".to_owned(),
        description: sentences(&fact, gap.help.as_deref()),
        fingerprint: crate::finding::fingerprint("not-examined", "", &gap.file, [&*gap.reason]),
        severity: "blocker",
        location: at(&gap.file, 1, 1),
    }
}

/// A place as GitLab wants it: it takes no issue without a path and a line.
fn at(file: &str, begin: u32, end: u32) -> Location {
    let path = match file {
        "" => ".",
        file => file,
    };
    Location {
        path: path.to_owned(),
        lines: Lines { begin, end },
    }
}
