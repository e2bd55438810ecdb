//! The parts of the report on a change.

use super::model::ChangeFile;
use super::{ChangePapers, Touched};
use crate::finding::{Change, Comparison, DutyState, Finding, Outcome, Severity, Shift, ShiftKind};
use crate::report::audit::build::{cell, number};
use crate::report::audit::control::{duty_row, duty_table};
use crate::report::audit::taken::Reader;
use crate::report::audit::{Group, Mark, Run, Table};

/// What is compared with what.
pub(super) fn headline(comparison: &Comparison, as_of: &str) -> String {
    let short = |id: &str| id.get(..12).unwrap_or(id).to_owned();
    let since = match comparison.base == comparison.tip {
        true => format!("{} ({})", comparison.name, short(&comparison.base)),
        false => format!(
            "{}, where it left {}",
            short(&comparison.base),
            comparison.name
        ),
    };
    format!("The change since {since}; before and after are judged as of {as_of}")
}

/// In short.
pub(super) fn summary(subject: &ChangeFile, outcome: &Outcome) -> Group {
    let counts = &subject.counts;
    let mut group = Group::head("summary");
    if let Some(policies) = &outcome.policies_from {
        let short = policies.revision.get(..12).unwrap_or(&policies.revision);
        let words = format!("those of {} ({short})", policies.name);
        group.fact("Rules and limits", cell(words));
    }
    let mut fact = |name: &str, count: usize, mark: Mark, more: String| {
        let mark = if count == 0 { Mark::Plain } else { mark };
        let mut value = vec![Run::marked(count.to_string(), mark)];
        if !more.is_empty() {
            value.push(Run::text(more));
        }
        group.fact(name, value);
    };
    let none = String::new;
    fact(
        "Files altered",
        subject.change.altered_files,
        Mark::Plain,
        none(),
    );
    let new = match (counts.new, counts.new_excepted) {
        (0, 0) => String::new(),
        (_, 0) => format!(" ({} of them errors)", counts.new_errors),
        (_, excepted) => format!(
            " ({} of them errors), and {excepted} accepted by an exception",
            counts.new_errors
        ),
    };
    let weight = if counts.new_errors > 0 {
        Mark::Bad
    } else {
        Mark::Warn
    };
    fact("New findings", counts.new, weight, new);
    fact("Findings changed", counts.changed, Mark::Warn, none());
    fact("Findings fixed", counts.fixed, Mark::Good, none());
    fact("Findings as before", counts.unchanged, Mark::Plain, none());
    fact(
        "Records removed",
        counts.removed_records,
        Mark::Warn,
        none(),
    );
    fact(
        "Rules switched off or removed",
        counts.silenced_rules,
        Mark::Bad,
        none(),
    );
    fact(
        "Messages that wait for an approval",
        counts.unapproved_messages,
        Mark::Warn,
        none(),
    );
    fact(
        "Duties still to be done",
        counts.pending_duties,
        Mark::Warn,
        none(),
    );
    let unknown = outcome.unevaluated.iter().map(|it| it.count).sum();
    fact(
        "Checks that could not be evaluated",
        unknown,
        Mark::Warn,
        none(),
    );
    group
}

/// What becomes of each record, in words.
pub(super) fn meaning(papers: &ChangePapers) -> Group {
    let mut table = Table::new(
        "meaning",
        "Record by record",
        "No record is touched.",
        &[("record", "Record"), ("what", "What changes")],
    );
    for touched in &papers.touched {
        let Some(record) = touched.record() else {
            continue;
        };
        let reader = touched.after.as_ref().map(|it| Reader::new(&it.record));
        for (says, node) in touched.sentences() {
            let line = reader.as_ref().map(|reader| match node {
                Some(node) => reader.line(node),
                None => reader.line(record.root()),
            });
            let name = match record.id.as_str() {
                "" => record.kind.name(),
                id => id,
            };
            let link = match line {
                Some(line) => Run::at(name, &touched.file, line),
                None => Run::text(name),
            };
            let mark = if touched.after.is_none() {
                Mark::Warn
            } else {
                Mark::Plain
            };
            table.push(mark, vec![vec![link], cell(says)]);
        }
    }
    let mut group = Group::head("change");
    group.tables.push(table);
    if !papers.others.is_empty() {
        let mut others = Table::new(
            "other-files",
            "Files that are no records",
            "",
            &[("file", "File")],
        );
        for file in &papers.others {
            others.push(Mark::Plain, vec![vec![Run::code(file.clone())]]);
        }
        group.tables.push(others);
    }
    group
}

/// Findings that are new, changed or fixed.
pub(super) fn findings(outcome: &Outcome, comparison: &Comparison) -> Group {
    let mut group = Group::head("findings");
    let new = outcome
        .findings
        .iter()
        .filter(|it| it.change == Some(Change::New));
    let changed = outcome
        .findings
        .iter()
        .filter(|it| matches!(it.change, Some(Change::Changed(_))));
    group.tables = vec![
        table("new", "New", "Nothing new.", new),
        table("changed", "Changed", "None.", changed),
        table("fixed", "Fixed", "None.", comparison.fixed.iter()),
    ];
    group
}

fn table<'f>(
    id: &str,
    caption: &str,
    empty: &str,
    findings: impl Iterator<Item = &'f Finding>,
) -> Table {
    let columns = [
        ("weight", "Weight"),
        ("what", "What"),
        ("where", "Where"),
        ("action", "What to do"),
    ];
    let mut table = Table::new(&format!("findings-{id}"), caption, empty, &columns);
    let mut sorted: Vec<&Finding> = findings.collect();
    // What weighs most stands first, so that it is the last to be cut.
    sorted.sort_by_key(|it| (it.excepted_by.is_some(), std::cmp::Reverse(it.severity)));
    for finding in sorted {
        let is_fixed = finding.change == Some(Change::Fixed);
        let (weight, mark) = match (&finding.excepted_by, finding.severity) {
            _ if is_fixed => (finding.severity.as_str().to_owned(), Mark::Good),
            (Some(id), _) => (format!("accepted by {id}"), Mark::Warn),
            (None, Severity::Error) => ("error".to_owned(), Mark::Bad),
            (None, severity) => (severity.as_str().to_owned(), Mark::Warn),
        };
        let place = &finding.location;
        let name = finding.record.as_ref().map_or(&place.file, |it| &it.id);
        let name = format!("{name} {}", place.pointer);
        let line = place.range.as_ref().map_or(1, |it| it.start.line);
        let link = match is_fixed {
            // Its line is that of the base.
            true => Run::text(name.trim()),
            false => Run::at(name.trim(), &place.file, line),
        };
        let mut says = finding.message.clone();
        if let Some(Change::Changed(before)) = &finding.change {
            says = match &before.excepted_by {
                Some(id) => format!("{says} (before: accepted by {id})"),
                None if before.message == finding.message => {
                    format!("{says} (before: {})", before.severity)
                }
                None => format!("{says} (before: {}: {})", before.severity, before.message),
            };
        }
        let help = finding
            .help
            .clone()
            .filter(|_| !is_fixed)
            .unwrap_or_default();
        table.push(
            mark,
            vec![
                vec![Run::marked(weight, mark)],
                vec![
                    Run::text(says),
                    Run::text(" "),
                    Run::code(finding.rule.to_string()),
                ],
                vec![link],
                cell(help),
            ],
        );
    }
    table
}

/// Records, rules and settings that the change takes away or alters.
pub(super) fn shifts(outcome: &Outcome, comparison: &Comparison) -> Group {
    let mut removed = Table::new(
        "removed-records",
        "Records that this change removes",
        "None.",
        &[("record", "Record"), ("kind", "Kind"), ("file", "File")],
    );
    for it in &comparison.removed {
        let cells = vec![
            cell(it.record.id.clone()),
            cell(it.record.kind.clone()),
            vec![Run::code(it.file.clone())],
        ];
        removed.push(Mark::Warn, cells);
    }
    let mut shifts = shift_table("shifts", "Rules and settings that this change alters");
    for it in &comparison.shifts {
        push_shift(&mut shifts, it);
    }
    let mut group = Group::head("rules");
    group.tables = vec![removed, shifts];
    if let Some(policies) = &outcome.policies_from {
        let title = format!("What has no effect, because {} decides", policies.name);
        let mut without = shift_table("without-effect", &title);
        for it in &policies.without_effect {
            push_shift(&mut without, it);
        }
        group.tables.push(without);
    }
    if !comparison.not_examined.is_empty() {
        let mut gaps = Table::new(
            "base-not-examined",
            "What could not be examined in the base: findings there may be taken for new ones",
            "",
            &[("file", "File"), ("why", "Why")],
        );
        for it in &comparison.not_examined {
            let cells = vec![vec![Run::code(it.file.clone())], cell(it.reason.clone())];
            gaps.push(Mark::Warn, cells);
        }
        group.tables.push(gaps);
    }
    group
}

fn shift_table(id: &'static str, title: &str) -> Table {
    Table::new(
        id,
        title,
        "None.",
        &[
            ("what", "What"),
            ("name", "Rule or setting"),
            ("was", "Was"),
            ("now", "Is"),
            ("why", "Why"),
            ("file", "File"),
        ],
    )
}

fn push_shift(table: &mut Table, shift: &Shift) {
    let (what, mark) = match shift.kind {
        ShiftKind::SwitchedOff => ("rule switched off", Mark::Bad),
        ShiftKind::Reweighed => ("rule weighs otherwise", Mark::Warn),
        ShiftKind::RuleGone => ("rule removed", Mark::Bad),
        ShiftKind::RuleNew => ("rule added", Mark::Warn),
        ShiftKind::RuleAltered => ("rule altered", Mark::Warn),
        ShiftKind::ProgramGone => ("program removed", Mark::Bad),
        ShiftKind::Setting => ("setting altered", Mark::Warn),
    };
    let cells = vec![
        vec![Run::marked(what, mark)],
        vec![Run::code(shift.name.clone())],
        cell(shift.was.clone().unwrap_or_default()),
        cell(shift.now.clone().unwrap_or_default()),
        cell(shift.why.clone().unwrap_or_default()),
        vec![Run::code(shift.file.clone())],
    ];
    table.push(mark, cells);
}

/// The duties of the records touched that are still to be done.
pub(super) fn duties(outcome: &Outcome, papers: &ChangePapers) -> Table {
    let mut table = duty_table(
        "duties",
        "Duties of these records that are still to be done",
    );
    let is_touched = |file: &str| {
        let mut touched = papers.touched.iter();
        touched.any(|it: &Touched| it.file == file && it.after.is_some())
    };
    let duties = outcome.duties.iter().filter(|it| {
        let state = it.clock.state;
        (state.is_pending() || state == DutyState::Undetermined) && is_touched(&it.file)
    });
    let mut duties: Vec<_> = duties.collect();
    duties.sort_by_key(|it| it.clock.state != DutyState::Overdue);
    let rows = duties.into_iter().map(|it| {
        let place = match it.pointer.as_str() {
            "" => it.record.id.clone(),
            pointer => format!("{} {pointer}", it.record.id),
        };
        duty_row(it, vec![Run::at(place, &it.file, it.line)])
    });
    table.rows = rows.collect();
    table
}

/// What is owed, and whose approval is missing.
pub(super) fn owed(duties: Table, approvals: Table) -> Group {
    let mut group = Group::head("duties");
    group.fact("Messages that wait", number(approvals.rows.len()));
    group.fact("Duties that run or are overdue", number(duties.rows.len()));
    group.tables = vec![approvals, duties];
    group
}
