//! Duties that somebody still has to do, in order of their limits: for people, for machines and
//! for calendars.

mod calendar;

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::json::{DutyEntry, duty};
use super::{Look, counted, tamed_line};
use crate::clock::{Duration, Instant, duration_text};
use crate::finding::{Duty, DutyState, Outcome};

/// A format that duties can be rendered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueFormat {
    /// A table, for people.
    Human,
    /// For machines.
    Json,
    /// iCalendar (RFC 5545), for calendars.
    Calendar,
}

impl DueFormat {
    /// The name used on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Calendar => "ics",
        }
    }
}

impl fmt::Display for DueFormat {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt.write_str(self.name())
    }
}

/// Which duties are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Pending ones whose limit has passed or comes so soon.
    Within(Duration),
    /// All pending ones.
    Pending,
    /// All, also those that are met, late, not required or cannot be worked out.
    Everything,
}

/// Renders duties as of an instant.
pub fn render_due(
    outcome: &Outcome,
    as_of: Instant,
    span: Span,
    format: DueFormat,
    look: Look,
) -> String {
    let window = match span {
        Span::Within(window) => Some(window),
        Span::Pending | Span::Everything => None,
    };
    let duties: Vec<&Duty> = outcome
        .duties
        .iter()
        .filter(|duty| span == Span::Everything || duty.clock.state.is_pending())
        .filter(|duty| {
            let until = window.and_then(|window| as_of.checked_add(window).ok());
            until.is_none_or(|until| duty.clock.due.is_some_and(|due| due <= until))
        })
        .collect();
    match format {
        DueFormat::Human => human(outcome, &duties, as_of, window, look),
        DueFormat::Json => json(outcome, &duties),
        DueFormat::Calendar => calendar::render(&duties, as_of),
    }
}

/// What became of duties that nobody has to do any more.
const SETTLED: &[DutyState] = &[
    DutyState::Met,
    DutyState::Attempted,
    DutyState::Late,
    DutyState::LateWithReason,
    DutyState::NotRequired,
];

fn human(
    outcome: &Outcome,
    duties: &[&Duty],
    as_of: Instant,
    window: Option<Duration>,
    look: Look,
) -> String {
    let mut text = String::new();
    let paint = |code: &str, words: &str| match look.has_color {
        true => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
        false => words.to_owned(),
    };
    let is_overdue = |duty: &&&Duty| duty.clock.state == DutyState::Overdue;
    let overdue: Vec<&&Duty> = duties.iter().filter(is_overdue).collect();
    let is_open = |duty: &&&Duty| duty.clock.state == DutyState::Open;
    let open: Vec<&&Duty> = duties.iter().filter(is_open).collect();
    let when = |duty: &Duty| match duty.clock.due {
        Some(due) if due < as_of => format!("{} ago", duration_text(as_of.duration_since(due))),
        Some(due) => format!("in {}", duration_text(due.duration_since(as_of))),
        None => String::new(),
    };
    let width = duties
        .iter()
        .map(|duty| when(duty).chars().count())
        .max()
        .unwrap_or(0);
    let mut section = |title: String, code: &str, duties: &[&&Duty]| {
        if duties.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}\n", paint(code, &title));
        for duty in duties {
            let due = duty
                .clock
                .due
                .map(|due| due.to_string())
                .unwrap_or_default();
            let what = tamed_line(&duty.clock.what);
            let (record, rule) = (tamed_line(&duty.record.id), tamed_line(&duty.rule));
            let when = format!("{:>width$}", when(duty));
            let _ = writeln!(
                text,
                "  {}  {due}  {}  {what}",
                paint(code, &when),
                paint("1", &record)
            );
            let clock = match (duty.clock.since, duty.clock.within) {
                (Some(since), Some(within)) => {
                    format!("  since {since} + {}", duration_text(within))
                }
                _ => String::new(),
            };
            let place = format!("{}:{}  {rule}{clock}", tamed_line(&duty.file), duty.line);
            let _ = writeln!(text, "  {:width$}  {}", "", paint("2", &place));
            if let Some(proof) = duty.clock.proof() {
                let _ = writeln!(text, "  {:width$}  {}", "", paint("2", &tamed_line(&proof)));
            }
        }
        text.push('\n');
    };
    section(format!("overdue as of {as_of}"), "31;1", &overdue);
    let title = match window {
        Some(window) => format!("due within {}", duration_text(window)),
        None => "open".to_owned(),
    };
    section(title, "33;1", &open);
    for state in SETTLED {
        let settled: Vec<&&Duty> = duties
            .iter()
            .filter(|duty| duty.clock.state == *state)
            .collect();
        if settled.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{}\n", paint("1", state.as_str()));
        for duty in settled {
            let (record, what) = (tamed_line(&duty.record.id), tamed_line(&duty.clock.what));
            let arithmetic = tamed_line(&duty.clock.arithmetic());
            let _ = writeln!(text, "  {}  {what}: {arithmetic}", paint("1", &record));
            if let Some(proof) = duty.clock.proof() {
                let _ = writeln!(text, "    {}", paint("2", &tamed_line(&proof)));
            }
        }
        text.push('\n');
    }
    let later = outcome
        .duties
        .iter()
        .filter(|duty| duty.clock.state == DutyState::Open)
        .count()
        - open.len();
    let _ = writeln!(
        text,
        "{} overdue, {} due soon, {later} later, as of {as_of}",
        overdue.len(),
        open.len(),
    );
    undetermined(&mut text, outcome);
    text
}

/// Duties that nobody can work out, with the fact that is missing.
fn undetermined(text: &mut String, outcome: &Outcome) {
    let undetermined: Vec<&Duty> = outcome
        .duties
        .iter()
        .filter(|duty| duty.clock.state == DutyState::Undetermined)
        .collect();
    if !undetermined.is_empty() {
        let count = counted(undetermined.len(), "duty", "duties");
        let _ = writeln!(
            text,
            "{count} cannot be worked out, because facts are missing:"
        );
        for duty in undetermined {
            let _ = writeln!(
                text,
                "  {}: {} ({})",
                tamed_line(&duty.record.id),
                tamed_line(&duty.clock.what),
                tamed_line(duty.clock.missing.as_deref().unwrap_or("a fact is missing")),
            );
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    as_of: &'a str,
    duties: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    obligations: &'a [String],
    kind: &'a str,
    id: &'a str,
    file: &'a str,
    line: u32,
    pointer: &'a str,
    #[serde(flatten)]
    duty: DutyEntry<'a>,
}

fn json(outcome: &Outcome, duties: &[&Duty]) -> String {
    let report = Report {
        version: 1,
        as_of: &outcome.as_of,
        duties: duties
            .iter()
            .map(|it| Entry {
                rule: &it.rule,
                obligations: &it.obligations,
                kind: &it.record.kind,
                id: &it.record.id,
                file: &it.file,
                line: it.line,
                pointer: &it.pointer,
                duty: duty(it),
            })
            .collect(),
    };
    super::json::pretty(&report)
}
