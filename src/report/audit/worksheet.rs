//! The tables that an auditor works in: the incidents of the period with what is known of each and
//! places to mark, and every duty with its clock.

use std::collections::BTreeSet;

use super::books::Books;
use super::build::{anchor, cell, list, number};
use super::model::{Cell, Column, Mark, Run, Table};
use super::taken::{Story, Taken};
use crate::clock::Instant;
use crate::finding::{Duty, DutyState, Question, Severity, questions};

/// What an auditor fills in. The first is filled in where a sample was asked for.
const MARKS: [(&str, &str); 5] = [
    ("selected", "Selected"),
    ("result", "Result"),
    ("paper", "Working paper"),
    ("remark", "Remark"),
    ("auditor", "Auditor, date"),
];

/// The incidents of the period, a row for each.
pub(super) fn worksheet(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "worksheet",
        "Worksheet: the incidents of the period, with places for the auditor's marks",
        "No incident of the period.",
        &[
            ("id", "Incident"),
            ("title", "Title"),
            ("severity", "Severity"),
            ("status", "Status"),
            ("declared", "Declared"),
            ("closed", "Closed"),
            ("coordination", "Coordination"),
            ("parties", "Parties"),
            ("messages", "Messages sent"),
            ("evidence", "Evidence"),
            ("weaknesses", "Weaknesses"),
            ("duties_met", "Duties met"),
            ("duties_late", "Duties late or overdue"),
            ("sampled", "Sampled in"),
        ],
    );
    let asked = asked(books);
    for it in books.asked {
        table.columns.push(Column {
            id: anchor(&["verdict", &it.id]),
            title: format!("{}: verdict", it.name),
        });
    }
    for it in &asked {
        table.columns.push(Column {
            id: anchor(&["question", &it.id]),
            title: format!("{}: found", it.id),
        });
    }
    for (id, title) in MARKS {
        table.columns.push(Column {
            id: id.to_owned(),
            title: title.to_owned(),
        });
    }
    for (taken, story) in &books.incidents {
        let (mark, cells) = row(books, taken, story, &asked);
        table.push(mark, cells);
    }
    table
}

/// The questions of a health check that belong to the controls asked for.
fn asked(books: &Books<'_>) -> Vec<&'static Question> {
    let all = questions().iter();
    all.filter(|it| books.is_asked(&it.controls)).collect()
}

fn row<'a>(
    books: &Books<'a>,
    taken: &'a Taken,
    story: &Story,
    asked: &[&Question],
) -> (Mark, Vec<Cell>) {
    let states = |wanted: &[DutyState]| {
        let duties = books.duties_of(taken);
        let found = duties.filter(|it| wanted.contains(&it.clock.state));
        number(found.count())
    };
    let sent = story.shares.iter().filter(|it| it.outcome != "draft");
    let evidence: usize = books.files_of(taken).map(|it| it.evidence.len()).sum();
    let mut cells = vec![
        vec![books.incident(&taken.id)],
        cell(taken.title.clone()),
        cell(story.severity.clone()),
        cell(story.status.clone()),
        cell(story.declared.clone()),
        cell(story.closed.clone()),
        cell(story.outcome.clone()),
        number(story.parties.len()),
        number(sent.count()),
        number(evidence),
        number(story.weaknesses.len()),
        states(&[DutyState::Met]),
        states(&[
            DutyState::Late,
            DutyState::LateWithReason,
            DutyState::Overdue,
        ]),
        list(books.samples_with(&taken.id).map(Run::text)),
    ];
    let mut worst = Mark::Plain;
    for it in books.asked {
        let (verdict, mark) = books.checks_of(taken, &it.id).verdict();
        if matches!(mark, Mark::Warn | Mark::Bad) {
            worst = worst.max(mark);
        }
        cells.push(vec![Run::marked(verdict, mark)]);
    }
    let missed: BTreeSet<&str> = books
        .findings_of(taken)
        .filter(|it| it.severity > Severity::Info && it.excepted_by.is_none())
        .flat_map(|it| it.obligations.iter().map(String::as_str))
        .collect();
    for question in asked {
        let behind = question.obligations.iter();
        let found = behind.filter(|id| missed.contains(id.as_str())).count();
        cells.push(match found {
            0 => cell("no finding"),
            _ => vec![Run::marked("finding", Mark::Bad)],
        });
    }
    // Who asks for no sample marks one by hand.
    cells.push(match books.is_drawn(&taken.id) {
        Some(true) => cell("yes"),
        Some(false) => vec![Run::marked("no", Mark::Muted)],
        None => Cell::new(),
    });
    cells.extend(MARKS[1..].iter().map(|_| Cell::new()));
    (worst, cells)
}

/// Every duty of the report, with the instants of its clock.
pub(super) fn duties(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "duties",
        "Duties and their clocks",
        "None.",
        &[
            ("state", "State"),
            ("record", "Record"),
            ("what", "What"),
            ("who", "Whom"),
            ("since", "Since"),
            ("due", "Due"),
            ("done", "Done"),
            ("reason", "Reason"),
            ("rule", "Rule"),
            ("demands", "Demands"),
            ("arithmetic", "Arithmetic"),
        ],
    );
    for duty in &books.outcome.duties {
        let controls = crate::finding::controls_of(duty.obligations.iter().map(String::as_str));
        if books.concerns(&duty.file) && books.is_asked(&controls) {
            table.push(
                super::control::duty_mark(duty.clock.state),
                duty_cells(duty),
            );
        }
    }
    table
}

fn duty_cells(duty: &Duty) -> Vec<Cell> {
    let mark = super::control::duty_mark(duty.clock.state);
    let clock = &duty.clock;
    let state = clock.state.as_str().replace('-', " ");
    let at = |it: Option<Instant>| cell(it.map_or_else(String::new, |it| it.to_string()));
    vec![
        vec![Run::marked(state, mark)],
        vec![Run::at(duty.record.id.clone(), &duty.file, duty.line)],
        cell(clock.what.clone()),
        cell(clock.who.clone().unwrap_or_default()),
        at(clock.since),
        at(clock.due),
        at(clock.done),
        cell(clock.reason.clone().unwrap_or_default()),
        vec![Run::code(duty.rule.to_string())],
        list(duty.obligations.iter().map(Run::code)),
        cell(clock.arithmetic()),
    ]
}
