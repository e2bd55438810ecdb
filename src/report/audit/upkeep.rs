//! What is kept up: exercises and health checks, exceptions, open tasks, evidence.

use super::books::Books;
use super::build::{cell, list, number};
use super::control::day;
use super::model::{Group, Mark, Run, Table};
use super::taken::Taken;
use crate::clock::{Moment, duration_text, parse_instant};
use crate::document::NodeRef;
use crate::record::{Record, RecordKind, layout};

/// Exercises and health checks, those of the period marked.
pub(super) fn tests(books: &Books<'_>) -> Vec<Group> {
    let mut table = Table::new(
        "tests-held",
        "Exercises and health checks",
        "None is recorded.",
        &[
            ("id", "Record"),
            ("sort", "Sort"),
            ("at", "When"),
            ("in_period", "In the period"),
            ("scope", "About"),
            ("results", "Results"),
            ("sample", "Sample"),
            ("findings", "Findings"),
        ],
    );
    for taken in books.taken {
        let Some(trial) = &taken.trial else { continue };
        let at = Moment::parse(&trial.at).and_then(Moment::start);
        if at.is_some_and(|at| at > books.as_of) {
            continue;
        }
        let is_inside = at.is_some_and(|at| books.period.contains(at));
        let results = trial.results.iter();
        let results: Vec<String> = results.map(|(name, it)| format!("{name}: {it}")).collect();
        let findings = trial.findings.iter();
        let findings =
            findings.map(|(id, what, line)| Run::at(format!("{id} {what}"), &taken.file, *line));
        let sample = trial.sample.iter().map(|id| books.incident(id));
        table.push(
            Mark::Plain,
            vec![
                vec![Run::at(taken.id.clone(), &taken.file, taken.line)],
                cell(trial.sort.clone()),
                cell(trial.at.clone()),
                cell(if is_inside { "yes" } else { "no" }),
                cell(trial.scope.clone()),
                cell(results.join(", ")),
                list(sample),
                list(findings),
            ],
        );
    }
    let mut group = Group::head("tests");
    group.tables = vec![table];
    vec![group]
}

/// The exceptions with their age, and the tasks that are still open.
pub(super) fn exceptions(books: &Books<'_>) -> Vec<Group> {
    let mut group = Group::head("exceptions");
    group.tables = vec![exception_table(books, "exceptions-all"), tasks(books)];
    vec![group]
}

/// All exceptions.
pub(super) fn exception_table(books: &Books<'_>, id: &str) -> Table {
    let mut table = Table::new(
        id,
        "Exceptions and accepted risks",
        "There is none.",
        &[
            ("id", "Exception"),
            ("type", "Type"),
            ("subject", "About"),
            ("state", "State"),
            ("approved", "Approved"),
            ("age", "Age"),
            ("until", "Until the end of"),
            ("accepts", "Findings accepted"),
        ],
    );
    for record in books.registry.of_kind(RecordKind::Exception) {
        let root = record.root();
        let (state, mark) = state(books, record);
        let approvals: Vec<NodeRef<'_>> = root.list_of("approved").collect();
        let oldest = approvals
            .iter()
            .filter_map(|it| parse_instant(it.text_of("at")))
            .min();
        let age = oldest.filter(|at| *at <= books.as_of);
        let days = age.map(|at| books.as_of.duration_since(at).as_hours() / 24);
        let approved = approvals.iter().map(|it| {
            Run::text(format!(
                "{}: {} on {}",
                it.text_of("role"),
                it.text_of("by"),
                day(it.text_of("at"))
            ))
        });
        let accepted = books.outcome.findings.iter();
        let accepted = accepted.filter(|it| it.excepted_by.as_deref() == Some(&record.id));
        let subject = root.text_of("subject");
        let about = subject.split('#').next().unwrap_or("");
        table.push(
            mark,
            vec![
                vec![books.at(record.id.clone(), record, root)],
                cell(root.text_of("type")),
                vec![Run {
                    text: subject.to_owned(),
                    ..books.incident(about)
                }],
                vec![Run::marked(state, mark)],
                list(approved),
                cell(days.map_or_else(String::new, |it| format!("{it} days"))),
                cell(root.text_of("review_on")),
                number(accepted.count()),
            ],
        );
    }
    table
}

fn state(books: &Books<'_>, record: &Record) -> (&'static str, Mark) {
    let root = record.root();
    let ends = Moment::parse(root.text_of("review_on"));
    match (root.text_of("status"), ends) {
        ("active", Some(ends)) if ends.has_ended(books.as_of) => ("expired", Mark::Bad),
        ("active", Some(_)) => ("in force", Mark::Warn),
        ("active", None) => ("without end", Mark::Bad),
        _ => ("closed", Mark::Muted),
    }
}

/// Tasks that are still open, the longest overdue first.
fn tasks(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "tasks-open",
        "Tasks still open, and their age",
        "No task is open.",
        &[
            ("id", "Task"),
            ("what", "What"),
            ("owner", "Owner"),
            ("due", "Due"),
            ("age", "Overdue by"),
        ],
    );
    let mut rows = Vec::new();
    for taken in books.taken.iter().filter(|it| books.concerns(&it.file)) {
        for action in taken.actions.iter().filter(|it| it.status == "open") {
            let due = Moment::parse(&action.due).and_then(Moment::end);
            rows.push((due.is_none(), due, taken, action));
        }
    }
    rows.sort_by_key(|it| (it.0, it.1, &it.2.file, it.3.line));
    for (_, due, taken, action) in rows {
        let late = due.filter(|due| *due < books.as_of);
        let late = late.map(|due| duration_text(books.as_of.duration_since(due)));
        let mark = if late.is_some() {
            Mark::Bad
        } else {
            Mark::Plain
        };
        table.push(
            mark,
            vec![
                vec![Run::at(
                    format!("{}#{}", taken.id, action.id),
                    &taken.file,
                    action.line,
                )],
                cell(action.what.clone()),
                cell(action.owner.clone()),
                cell(action.due.clone()),
                vec![Run::marked(late.unwrap_or_default(), mark)],
            ],
        );
    }
    table
}

/// Every piece of evidence with its hash.
pub(super) fn evidence(books: &Books<'_>) -> Vec<Group> {
    let mut table = Table::new(
        "evidence-manifest",
        "Evidence, with the hash it was registered under",
        "No evidence is registered.",
        &[
            ("id", "Evidence"),
            ("place", "Place"),
            ("sha256", "SHA-256"),
            ("type", "Type"),
            ("captured", "Captured"),
            ("class", "Class"),
        ],
    );
    let records = books.taken.iter().filter(|it| books.concerns(&it.file));
    for taken in records {
        for it in &taken.evidence {
            let (hash, mark) = match it.hash.is_empty() {
                true => (Run::marked("no hash", Mark::Bad), Mark::Bad),
                false => (Run::code(it.hash.clone()), Mark::Plain),
            };
            table.push(
                mark,
                vec![
                    vec![Run::at(
                        format!("{}#{}", taken.id, it.id),
                        &taken.file,
                        it.line,
                    )],
                    vec![place(taken, &it.place)],
                    vec![hash],
                    cell(it.kind.clone()),
                    cell(format!("{} by {}", it.at, it.by)),
                    cell(it.class.clone()),
                ],
            );
        }
    }
    let mut group = Group::head("evidence");
    group.note("The rules `changed-evidence` and `missing-evidence` compare files with these hashes; `replaced-evidence` asks the commits whether a file was exchanged. What they found stands at the controls.");
    group.tables.push(table);
    vec![group]
}

/// The place of evidence: a file beside its record, or an address elsewhere.
fn place(taken: &Taken, place: &str) -> Run {
    if place.contains("://") {
        return Run::code(place);
    }
    match layout::beside(&taken.file, place) {
        Some(path) => Run {
            file: Some(path),
            ..Run::code(place)
        },
        None => Run::code(place),
    }
}
