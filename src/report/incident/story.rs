//! The incident at a glance, its duties, its work, its findings, and its events in order.

use super::desk::{Desk, reason, texts};
use super::model::IncidentFile;
use crate::clock::{Moment, duration_text, parse_instant};
use crate::document::NodeRef;
use crate::finding::{DutyState, Severity};
use crate::report::audit::build::{cell, list, number};
use crate::report::audit::control::{deviation, deviation_table, duty_row, duty_table};
use crate::report::audit::taken::trail;
use crate::report::audit::{Cell, Group, Mark, Run, Table};

/// The first page.
pub(super) fn summary(desk: &Desk<'_>, subject: &IncidentFile) -> Group {
    let (line, counts, root) = (&subject.incident, &subject.counts, desk.root);
    let mut group = Group::head("summary");
    if line.is_simulated {
        group.note("Only played: it counts in no number.");
    }
    group.fact("Record", vec![desk.at(line.file.clone(), root)]);
    group.fact("Status", cell(line.status.clone()));
    group.fact("Severity", cell(line.severity.clone()));
    group.fact("Commander", cell(root.text_of("commander")));
    let coordination = root.get("supply_chain");
    let of = |key: &str| coordination.map_or("", |it| it.text_of(key));
    group.fact("Liaison", cell(of("liaison")));
    let why = [of("outcome"), of("why")];
    let why: Vec<&str> = why.into_iter().filter(|it| !it.is_empty()).collect();
    group.fact("Coordination with others", cell(why.join(": ")));
    group.fact("Affected", cell(texts(root, "affected").join(", ")));
    for (name, from, to) in [
        ("Detected", "", &line.detected_at),
        ("Declared", "detected_at", &line.declared_at),
        ("Contained", "detected_at", &line.contained_at),
        ("Closed", "contained_at", &line.closed_at),
    ] {
        group.fact(name, elapsed(root, from, to));
    }
    group.fact("Disposition", cell(line.disposition.clone()));
    group.fact("Why", cell(reason(root, &[("disposition_why", "")])));
    group.fact(
        "Messages",
        cell(format!(
            "{} sent, {}, {} came back, {}",
            counts.messages,
            counted(counts.drafts, "draft"),
            counts.replies,
            counted(counts.sessions, "joint session")
        )),
    );
    let duties = counts.duties.iter();
    let duties: Vec<String> = duties
        .map(|(state, count)| format!("{count} {}", state.replace('-', " ")))
        .collect();
    group.fact("Duties", cell(duties.join(", ")));
    group.fact(
        "Evidence",
        cell(format!(
            "{}, {} verified",
            counted(counts.evidence, "piece"),
            counts.verified
        )),
    );
    group.fact(
        "Weaknesses",
        cell(format!(
            "{} named, {} neither fixed nor accepted",
            counts.weaknesses, counts.open_weaknesses
        )),
    );
    group.fact("Findings", verdict(counts.findings, counts.excepted));
    group
}

/// `1 draft`, `2 drafts`.
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// A time, with what has passed since another one.
fn elapsed(root: NodeRef<'_>, from: &str, at: &str) -> Cell {
    let passed = parse_instant(root.text_of(from)).zip(parse_instant(at));
    let passed = passed.filter(|(from, at)| at >= from);
    match passed {
        Some((began, ended)) => {
            let since = from.trim_end_matches("_at");
            let length = duration_text(ended.duration_since(began));
            cell(format!("{at} ({length} after it was {since})"))
        }
        None => cell(at),
    }
}

fn verdict(findings: usize, excepted: usize) -> Cell {
    let (says, mark) = match findings {
        0 => ("none".to_owned(), Mark::Good),
        count => (counted(count, "finding"), Mark::Bad),
    };
    let mut cell = vec![Run::marked(says, mark)];
    if excepted > 0 {
        cell.push(Run::marked(format!(", {excepted} excepted"), Mark::Warn));
    }
    cell
}

/// Its duties: those that need somebody first.
pub(super) fn duties(desk: &Desk<'_>) -> Group {
    let mut table = duty_table("duties", "Duties and their clocks");
    let mut duties: Vec<_> = desk.duties().collect();
    let order = |state: DutyState| match state {
        DutyState::Overdue => 0,
        DutyState::Open => 1,
        DutyState::Undetermined => 2,
        DutyState::Late => 3,
        DutyState::LateWithReason => 4,
        DutyState::Met | DutyState::Attempted | DutyState::NotRequired => 5,
    };
    duties.sort_by_key(|it| order(it.clock.state));
    let rows = duties.into_iter().map(|it| {
        let place = match it.pointer.as_str() {
            "" => it.record.id.as_str(),
            pointer => pointer,
        };
        duty_row(it, vec![Run::at(place, &it.file, it.line)])
    });
    table.rows = rows.collect();
    let mut group = Group::head("duties");
    group.note("Each limit is worked out from the records: since when, how long, until when, what was done, and how much time was left or lost.");
    group.tables.push(table);
    group
}

/// Decisions and tasks.
pub(super) fn work(desk: &Desk<'_>) -> Group {
    let mut decisions = Table::new(
        "decisions",
        "Decisions",
        "No decision is recorded.",
        &[
            ("id", "Decision"),
            ("at", "When"),
            ("what", "What"),
            ("by", "By"),
            ("why", "Why"),
            ("affects", "Affects"),
            ("with", "Agreed with"),
        ],
    );
    for it in desk.root.list_of("decisions") {
        let agreed = match texts(it, "agreed_with").as_slice() {
            [] => reason(it, &[("alone_because", "nobody: ")]),
            others => others.join(", "),
        };
        let by = [it.text_of("by"), it.text_of("role")];
        let by: Vec<&str> = by.into_iter().filter(|it| !it.is_empty()).collect();
        decisions.push(
            Mark::Plain,
            vec![
                vec![desk.at(it.text_of("id"), it)],
                cell(it.text_of("at")),
                cell(it.text_of("what")),
                cell(by.join(", as ")),
                cell(it.text_of("why")),
                cell(it.text_of("affects")),
                cell(agreed),
            ],
        );
    }
    let mut group = Group::head("work");
    group.tables = vec![decisions, tasks(desk), review(desk)];
    group
}

fn tasks(desk: &Desk<'_>) -> Table {
    let mut tasks = Table::new(
        "tasks",
        "Tasks",
        "No task is recorded.",
        &[
            ("id", "Task"),
            ("what", "What"),
            ("owner", "Owner"),
            ("from", "From"),
            ("due", "Due"),
            ("status", "Status"),
            ("proof", "Proof"),
        ],
    );
    for it in desk.root.list_of("actions") {
        let due = Moment::parse(it.text_of("due")).and_then(Moment::end);
        let is_late = due.is_some_and(|due| due < desk.as_of);
        let (status, mark) = match it.text_of("status") {
            "open" if is_late => ("open, overdue".to_owned(), Mark::Bad),
            "open" => ("open".to_owned(), Mark::Warn),
            "done" => (format!("done {}", it.text_of("done_at")), Mark::Good),
            other => (
                format!("{other} {}", it.text_of("why")).trim().to_owned(),
                Mark::Plain,
            ),
        };
        tasks.push(
            mark,
            vec![
                vec![desk.at(it.text_of("id"), it)],
                cell(it.text_of("what")),
                cell(it.text_of("owner")),
                cell(it.text_of("from")),
                cell(it.text_of("due")),
                vec![Run::marked(status, mark)],
                list(texts(it, "proof").into_iter().map(|id| desk.exhibit(id))),
            ],
        );
    }
    tasks
}

/// What was learned, and what was corrected after closing.
fn review(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "lessons",
        "Lessons, updates, amendments",
        "No review and no amendment is recorded.",
        &[
            ("what", "What"),
            ("at", "When"),
            ("says", "Says"),
            ("by", "By"),
        ],
    );
    let mut row = |node: NodeRef<'_>, what: &str, at: &str, says: String, by: &str| {
        let cells = vec![vec![desk.at(what, node)], cell(at), cell(says), cell(by)];
        table.push(Mark::Plain, cells);
    };
    if let Some(review) = desk.root.get("review") {
        let (at, by) = (
            review.text_of("held_at"),
            texts(review, "participants").join(", "),
        );
        for it in texts(review, "supply_chain_lessons") {
            row(review, "lesson", at, it.to_owned(), &by);
        }
        for (key, word) in [
            ("no_lessons_because", "no lesson"),
            ("no_updates_because", "no update"),
            ("no_actions_because", "no task"),
        ] {
            let because = review.text_of(key);
            if !because.is_empty() {
                row(review, word, at, because.to_owned(), &by);
            }
        }
        for it in review.list_of("updates") {
            let says = format!("{}: {}", it.text_of("record"), it.text_of("change"));
            row(it, "update", at, says, &by);
        }
    }
    for (key, word) in [("amendments", "amendment"), ("reopened", "reopened")] {
        for it in desk.root.list_of(key) {
            let fields = texts(it, "fields").join(", ");
            let says = match fields.is_empty() {
                true => it.text_of("why").to_owned(),
                false => format!("{fields}: {}", it.text_of("why")),
            };
            row(it, word, it.text_of("at"), says, it.text_of("by"));
        }
    }
    table
}

/// What the check found here, excepted findings included.
pub(super) fn findings(desk: &Desk<'_>) -> Group {
    let mut table = deviation_table("findings");
    "What the check found here".clone_into(&mut table.caption);
    "Nothing was found.".clone_into(&mut table.empty);
    let mut found: Vec<_> = desk.findings().collect();
    found.sort_by_key(|it| (it.excepted_by.is_some(), std::cmp::Reverse(it.severity)));
    table.rows = found.into_iter().map(deviation).collect();
    for row in &mut table.rows {
        if row
            .cells
            .first()
            .is_some_and(|it| it.iter().any(|run| run.text == Severity::Info.as_str()))
        {
            row.mark = Mark::Muted;
        }
    }
    let mut group = Group::head("findings");
    group.tables = vec![table, unevaluated(desk)];
    group
}

/// Checks that could not be evaluated, in all records together.
fn unevaluated(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "not-evaluated",
        "What could not be evaluated, in all records together",
        "Every check that applies could be evaluated.",
        &[("rule", "Rule"), ("why", "Why"), ("count", "How often")],
    );
    for it in &desk.outcome.unevaluated {
        let cells = vec![
            vec![Run::code(it.rule.to_string())],
            cell(it.reason.clone()),
            number(it.count),
        ];
        table.push(Mark::Muted, cells);
    }
    table
}

/// All events in the order of their times.
pub(super) fn trail_of(desk: &Desk<'_>) -> Group {
    let mut table = Table::new(
        "events",
        "All that the record says, in the order of its times",
        "Nothing is recorded.",
        &[
            ("at", "When"),
            ("kind", "What"),
            ("says", "Says"),
            ("who", "Who"),
            ("proof", "How far the time is proven"),
            ("line", "Line"),
        ],
    );
    for event in trail(desk.root, &desk.reader, desk.proofs) {
        let line = Run::at(event.line.to_string(), desk.file, event.line);
        let cells = vec![
            cell(event.at),
            cell(event.kind),
            cell(event.what),
            cell(event.who),
            cell(event.proof),
            vec![line],
        ];
        table.push(Mark::Plain, cells);
    }
    let mut group = Group::head("trail");
    group.tables.push(table);
    group
}
