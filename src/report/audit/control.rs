//! The part on controls: the rule beside the practice.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::books::Books;
use super::build::{anchor, cell, list, number};
use super::detail::{need_of_duty, say_left_out};
use super::model::{Asked, Cell, Conclusion, Group, Mark, Row, Run, Table};
use crate::document::NodeRef;
use crate::finding::{Duty, DutyState, Finding, Severity, controls};
use crate::record::{Record, RecordKind};

/// The groups of the part, one for each control.
pub(super) fn groups(books: &Books<'_>, conclusions: &[Conclusion]) -> Vec<Group> {
    let pairs = books.asked.iter().zip(conclusions);
    pairs.map(|(asked, it)| group(books, asked, it)).collect()
}

fn group(books: &Books<'_>, asked: &Asked, conclusion: &Conclusion) -> Group {
    let id = asked.id.as_str();
    let title = format!("{} {}", asked.name, asked.title);
    let mut group = Group::new(anchor(&["control", id]), title);
    let reasons: Vec<&str> = conclusion
        .reasons
        .iter()
        .map(|it| it.says.as_str())
        .collect();
    group.notes.push(vec![
        Run::marked(conclusion.standing.words(), conclusion.standing.mark()),
        Run::text(format!(" because of {}", reasons.join("; "))),
    ]);
    let cards: Vec<&Record> = books.cards(id).collect();
    for card in &cards {
        facts(books, card, &mut group);
    }
    group.fact("Cross-walk", crosswalk(asked, &cards));
    group.fact("Practice", practice(books, id));
    group.fact("Duties", cell(duty_counts(books, id)));
    group.tables = vec![
        checks(conclusion),
        incidents(books, id),
        deviations(books, id),
        duties(books, id),
    ];
    group
}

/// What the card says, and the records it stands on.
fn facts(books: &Books<'_>, card: &Record, group: &mut Group) {
    let root = card.root();
    group.fact("Objective", cell(root.text_of("objective")));
    let role = |key: &str| {
        let role = root.text_of(key);
        match (role, books.holders(role)) {
            ("", _) => Cell::new(),
            (role, held) if held.is_empty() => cell(role),
            (role, held) => cell(format!("{role} ({held})")),
        }
    };
    group.fact("Owner", role("owner"));
    group.fact("Governed by", role("governed_by"));
    group.fact("Executive owner", role("executive_owner"));
    group.fact("Control card", design(books, card));
    let runbook = root.text_of("runbook");
    if let Some(runbook) = books.registry.record(RecordKind::Runbook, runbook) {
        group.fact("Runbook", design(books, runbook));
        let guideline = books
            .registry
            .record(
                RecordKind::SharingGuideline,
                runbook.root().text_of("guideline"),
            )
            .or_else(|| books.first(RecordKind::SharingGuideline));
        if let Some(guideline) = guideline {
            group.fact("Sharing guideline", design(books, guideline));
        }
    }
    let matrix = books
        .registry
        .record(
            RecordKind::ApprovalMatrix,
            root.text_of("decision_authority"),
        )
        .or_else(|| books.first(RecordKind::ApprovalMatrix));
    if let Some(matrix) = matrix {
        group.fact("Decision authority", design(books, matrix));
    }
    let exceptions = root.get("exceptions");
    if let Some(exceptions) = exceptions {
        let (rule, approver) = (exceptions.text_of("rule"), exceptions.text_of("approver"));
        group.fact(
            "Exceptions",
            cell(format!("{rule} (approved by {approver})")),
        );
    }
}

/// A design record with its version, approval and last review.
fn design(books: &Books<'_>, record: &Record) -> Cell {
    let root = record.root();
    let mut cell = vec![books.at(record.id.clone(), record, root)];
    let mut says = String::new();
    let version = root.text_of("version");
    if !version.is_empty() {
        let _ = write!(says, ", version {version}");
    }
    let approvals = root
        .get("approved")
        .into_iter()
        .flat_map(NodeRef::one_or_many);
    for approval in approvals {
        let (by, at) = (approval.text_of("by"), approval.text_of("at"));
        let _ = write!(says, ", approved by {by} on {}", day(at));
    }
    let reviewed = root.text_of("reviewed_on");
    if !reviewed.is_empty() {
        let _ = write!(says, ", reviewed {}", day(reviewed));
    }
    cell.push(Run::text(says));
    cell
}

/// The day of a time, for people.
pub(in crate::report) fn day(at: &str) -> &str {
    at.split('T').next().unwrap_or(at)
}

/// The same demand in other frameworks: its own catalogue, what shares its card, and what the card
/// maps to.
pub(super) fn crosswalk(asked: &Asked, cards: &[&Record]) -> Cell {
    let mut names: Vec<String> = vec![asked.name.clone()];
    for card in cards {
        for covered in card.root().list_of("covers") {
            let id = covered.scalar_text();
            let control = controls().iter().find(|it| it.id == id);
            names.extend(control.map(|it| it.name.clone()));
        }
        for mapped in card.root().list_of("maps_to") {
            names.push(format!(
                "{} {}",
                mapped.text_of("framework"),
                mapped.text_of("ref")
            ));
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        let is_known = seen
            .iter()
            .any(|it| it.ends_with(&name) || name.ends_with(&**it));
        match seen.iter_mut().find(|it| name.ends_with(&***it)) {
            Some(shorter) => *shorter = name,
            None if !is_known => seen.push(name),
            None => {}
        }
    }
    cell(seen.join(", "))
}

/// The latest incident in which the control was followed without a deviation.
fn practice(books: &Books<'_>, control: &str) -> Cell {
    let incidents = books.incidents.iter().rev();
    let followed = incidents.map(|it| it.0).find(|it| {
        let found = books.checks_of(it, control);
        found.pass > 0 && found.fail + found.excepted + found.not_evaluated == 0
    });
    match followed {
        Some(incident) => vec![
            Run::text("followed most recently in "),
            books.incident(&incident.id),
            Run::text(format!(" ({})", incident.title)),
        ],
        None => vec![Run::marked(
            "no incident of the period followed it without a deviation",
            Mark::Warn,
        )],
    }
}

fn checks(conclusion: &Conclusion) -> Table {
    let mut table = Table::new(
        &anchor(&["checks", &conclusion.control]),
        "What was examined",
        "",
        &[
            ("what", "What"),
            ("examined", "Examined"),
            ("pass", "Pass"),
            ("fail", "Fail"),
            ("excepted", "Excepted"),
            ("not_evaluated", "Not evaluated"),
        ],
    );
    for (what, it) in [
        ("Incidents of the period", &conclusion.incidents),
        ("Checks on these incidents", &conclusion.checks),
        ("Checks on design, registers, tests", &conclusion.design),
    ] {
        let mark = match (it.fail, it.excepted + it.not_evaluated) {
            (1.., _) => Mark::Bad,
            (_, 1..) => Mark::Warn,
            _ => Mark::Good,
        };
        let numbers = [it.examined, it.pass, it.fail, it.excepted, it.not_evaluated];
        let cells = std::iter::once(cell(what)).chain(numbers.map(number));
        table.push(mark, cells.collect());
    }
    table
}

fn incidents(books: &Books<'_>, control: &str) -> Table {
    let mut table = Table::new(
        &anchor(&["incidents", control]),
        "Incident by incident",
        "No incident of the period.",
        &[
            ("incident", "Incident"),
            ("title", "Title"),
            ("severity", "Severity"),
            ("verdict", "Verdict"),
            ("pass", "Pass"),
            ("fail", "Fail"),
            ("excepted", "Excepted"),
            ("not_evaluated", "Not evaluated"),
        ],
    );
    for (incident, story) in &books.incidents {
        if books.told(&incident.id).is_none() {
            continue;
        }
        let found = books.checks_of(incident, control);
        let (verdict, mark) = found.verdict();
        let numbers = [found.pass, found.fail, found.excepted, found.not_evaluated];
        let mut cells = vec![
            vec![books.incident(&incident.id)],
            cell(incident.title.clone()),
            cell(story.severity.clone()),
            vec![Run::marked(verdict, mark)],
        ];
        cells.extend(numbers.map(number));
        table.push(mark, cells);
    }
    let elsewhere = "not told in full: their verdicts stand in the worksheet";
    say_left_out(&mut table, books.incidents.len(), elsewhere);
    table
}

/// The findings of a control, each with its cause and what to do.
fn deviations(books: &Books<'_>, control: &str) -> Table {
    let mut table = deviation_table(&anchor(&["deviations", control]));
    for finding in books.findings(control) {
        table.rows.push(deviation(finding));
    }
    table
}

/// A table of findings.
pub(in crate::report) fn deviation_table(id: &str) -> Table {
    Table::new(
        id,
        "Deviations",
        "No deviation was found.",
        &[
            ("weight", "Weight"),
            ("what", "What"),
            ("where", "Where"),
            ("demands", "Demands"),
            ("cause", "Cause given"),
            ("action", "What to do"),
        ],
    )
}

/// A row of it.
pub(in crate::report) fn deviation(finding: &Finding) -> Row {
    let (weight, mark) = match (&finding.excepted_by, finding.severity) {
        (Some(id), _) => (format!("excepted by {id}"), Mark::Warn),
        (None, Severity::Error) => ("error".to_owned(), Mark::Bad),
        (None, severity) => (severity.as_str().to_owned(), Mark::Warn),
    };
    let place = &finding.location;
    let line = place.range.as_ref().map_or(1, |it| it.start.line);
    let record = finding.record.as_ref();
    let name = record.map_or_else(|| place.file.clone(), |it| it.id.clone());
    let reason = finding.duty.as_ref().and_then(|it| it.clock.reason.clone());
    Row {
        id: String::new(),
        mark,
        cells: vec![
            vec![Run::marked(weight, mark)],
            cell(finding.message.clone()),
            vec![Run::at(
                format!("{name} {}", place.pointer),
                &place.file,
                line,
            )],
            list(finding.obligations.iter().map(Run::code)),
            cell(reason.unwrap_or_else(|| "none given".to_owned())),
            cell(finding.help.clone().unwrap_or_default()),
        ],
    }
}

/// How many duties of a control there are, by what became of them.
fn duty_counts(books: &Books<'_>, control: &str) -> String {
    let mut counts: BTreeMap<DutyState, usize> = BTreeMap::new();
    for duty in books.duties(control) {
        *counts.entry(duty.clock.state).or_default() += 1;
    }
    let says = counts.iter();
    let says = says.map(|(state, count)| format!("{count} {}", state.as_str().replace('-', " ")));
    says.collect::<Vec<_>>().join(", ")
}

/// The duties of a control that are to be looked at, with their arithmetic.
fn duties(books: &Books<'_>, control: &str) -> Table {
    let mut table = duty_table(
        &anchor(&["duties", control]),
        "Duties that are open, overdue, were met late or by escalation, or cannot be told",
    );
    let found = books.duties(control);
    let found = found.filter(|it| need_of_duty(it.clock.state).is_some());
    table.rows = found.map(|it| duty(books, it)).collect();
    table
}

/// A table of duties.
pub(in crate::report) fn duty_table(id: &str, caption: &str) -> Table {
    let columns = [
        ("state", "State"),
        ("what", "What"),
        ("record", "Record"),
        ("arithmetic", "Arithmetic"),
    ];
    Table::new(id, caption, "None.", &columns)
}

/// A row of it.
pub(super) fn duty(books: &Books<'_>, duty: &Duty) -> Row {
    let incident = books.incident(&duty.record.id);
    let mut place = vec![Run::at(duty.record.id.clone(), &duty.file, duty.line)];
    if let Some(trail) = incident.anchor {
        place.push(Run::text(" "));
        place.push(Run::to("trail", trail));
    }
    duty_row(duty, place)
}

/// How what became of a duty is marked.
pub(in crate::report) const fn duty_mark(state: DutyState) -> Mark {
    match state {
        DutyState::Met | DutyState::Attempted | DutyState::NotRequired => Mark::Good,
        DutyState::Overdue | DutyState::Late => Mark::Bad,
        DutyState::LateWithReason | DutyState::Open => Mark::Warn,
        DutyState::Undetermined => Mark::Muted,
    }
}

/// What has to be done, and towards whom.
pub(in crate::report) fn duty_says(duty: &Duty) -> String {
    let what = duty.clock.what.replace('`', "");
    match duty.clock.who.as_deref().map(|who| who.replace('`', "")) {
        Some(who) if !who.is_empty() && !what.contains(&who) => format!("{what} ({who})"),
        _ => what,
    }
}

/// A row with the place that a duty comes from.
pub(in crate::report) fn duty_row(duty: &Duty, place: Cell) -> Row {
    let mark = duty_mark(duty.clock.state);
    Row {
        id: String::new(),
        mark,
        cells: vec![
            vec![Run::marked(
                duty.clock.state.as_str().replace('-', " "),
                mark,
            )],
            cell(duty_says(duty)),
            place,
            cell(duty.clock.account()),
        ],
    }
}
