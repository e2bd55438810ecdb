//! The diagnostic format of reviewdog, for review bots. Its columns count bytes of UTF-8.

use serde::Serialize;

use super::json::pretty;
use super::{fact, pressing, sentences};
use crate::finding::{Finding, Location, Outcome, Severity};

#[derive(Serialize)]
struct Report<'a> {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Place<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Place<'a>,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let pressing = pressing(outcome);
    let worst = match pressing.first() {
        _ if !outcome.incomplete.is_empty() => Severity::Error,
        Some(finding) => finding.severity,
        None => Severity::Info,
    };
    let not_examined = outcome.incomplete.iter().map(|gap| Diagnostic {
        message: sentences(
            &format!("not examined: {}", gap.reason),
            gap.help.as_deref(),
        ),
        location: Place {
            path: path(&gap.file),
            range: None,
        },
        severity: "ERROR",
        code: Code {
            value: "not-examined",
        },
        suggestions: Vec::new(),
        related_locations: Vec::new(),
    });
    let found = pressing.iter().copied().map(diagnostic);
    pretty(&Report {
        source: Source {
            name: env!("CARGO_PKG_NAME"),
            url: env!("CARGO_PKG_REPOSITORY"),
        },
        severity: weight(worst),
        diagnostics: found.chain(not_examined).collect(),
    })
}

fn diagnostic(finding: &Finding) -> Diagnostic<'_> {
    Diagnostic {
        message: sentences(&fact(finding), finding.help.as_deref()),
        location: place(&finding.location),
        severity: weight(finding.severity),
        code: Code {
            value: &finding.rule,
        },
        suggestions: range(&finding.location)
            .zip(finding.instead.as_deref())
            .map(|(range, text)| Suggestion { range, text })
            .into_iter()
            .collect(),
        related_locations: finding
            .related
            .iter()
            .map(|related| Related {
                message: &related.message,
                location: place(&related.location),
            })
            .collect(),
    }
}

fn range(location: &Location) -> Option<Range> {
    location.range.as_ref().map(|range| Range {
        start: Position {
            line: range.start.line,
            column: range.byte_columns.0,
        },
        end: Position {
            line: range.end.line,
            column: range.byte_columns.1,
        },
    })
}

fn place(location: &Location) -> Place<'_> {
    Place {
        path: path(&location.file),
        range: range(location),
    }
}

fn path(file: &str) -> &str {
    match file {
        "" => ".",
        file => file,
    }
}

const fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}
