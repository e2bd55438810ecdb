//! Evidence with its digests, and whether the files have them.

use super::desk::Desk;
use crate::document::NodeRef;
use crate::record::layout;
use crate::report::audit::build::{anchor, cell};
use crate::report::audit::{Group, Mark, Run, Table};

/// Whether a file is what was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has the digest.
    Matches,
    /// It has not, or is not there.
    Wrong(&'static str),
    /// Nobody looked, and why.
    Unverified(&'static str),
}

/// The rules that look at a file, with what a finding of each means.
const RULES: &[(&str, State)] = &[
    ("missing-evidence", State::Wrong("no such file")),
    ("empty-evidence", State::Wrong("the file is empty")),
    ("changed-evidence", State::Wrong("the file is another")),
    ("unhashed-evidence", State::Wrong("no digest is registered")),
    (
        "unsanctioned-place",
        State::Unverified("it lies in no place for evidence"),
    ),
    (
        "foreign-evidence",
        State::Unverified("it belongs to another record"),
    ),
];

/// Every piece of evidence with its state, as the check found it.
pub(super) fn exhibits<'a>(desk: &Desk<'a>) -> Vec<(NodeRef<'a>, State)> {
    let items = desk.root.list_of("evidence");
    items.map(|item| (item, state(desk, item))).collect()
}

fn state(desk: &Desk<'_>, item: NodeRef<'_>) -> State {
    let place = item.pointer();
    let is_here = |pointer: &str| {
        let rest = pointer.strip_prefix(&place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let found = RULES.iter().find(|(rule, _)| {
        let mut findings = desk.outcome.findings.iter();
        findings.any(|it| {
            *it.rule == **rule && it.location.file == desk.file && is_here(&it.location.pointer)
        })
    });
    if let Some((_, state)) = found {
        return state.clone();
    }
    if item.text_of("path").is_empty() {
        return State::Unverified("it is kept outside the repository");
    }
    if item.text_of("sha256").is_empty() {
        return State::Wrong("no digest is registered");
    }
    let looks = |rule: &str| {
        let mut rules = desk.outcome.rules.iter();
        let summary = rules.find(|it| *it.rule == *rule);
        summary.is_some_and(|it| it.counts.pass > 0 && it.counts.not_evaluated == 0)
    };
    let mut off = desk.outcome.switched_off();
    if off.any(|it| RULES.iter().any(|(rule, _)| *it.rule == **rule)) {
        return State::Unverified("a rule that looks at files is switched off");
    }
    match looks("changed-evidence") {
        true => State::Matches,
        false => State::Unverified("the check of files could not be evaluated"),
    }
}

/// The evidence of the incident.
pub(super) fn group(desk: &Desk<'_>) -> Group {
    let mut table = Table::new(
        "evidence",
        "Evidence, with the digest it was registered under",
        "No evidence is registered.",
        &[
            ("id", "Evidence"),
            ("place", "Place"),
            ("type", "Type"),
            ("class", "Class"),
            ("captured", "Captured"),
            ("verified", "Verified"),
            ("sha256", "SHA-256"),
        ],
    );
    for (item, state) in exhibits(desk) {
        let (says, mark) = match state {
            State::Matches => ("the file has this digest".to_owned(), Mark::Good),
            State::Wrong(what) => (what.to_owned(), Mark::Bad),
            State::Unverified(why) => (format!("not verified: {why}"), Mark::Muted),
        };
        let path = item.text_of("path");
        let place = match path.is_empty() {
            true => Run::code(item.text_of("uri")),
            false => Run {
                file: layout::beside(desk.file, path),
                ..Run::code(path)
            },
        };
        let (at, by) = (item.text_of("captured_at"), item.text_of("captured_by"));
        let captured = match (at, by) {
            (at, "") => at.to_owned(),
            (at, by) => format!("{at} by {by}"),
        };
        table.push(
            mark,
            vec![
                vec![desk.at(item.text_of("id"), item)],
                vec![place],
                cell(item.text_of("type")),
                cell(item.text_of("classification")),
                cell(captured),
                vec![Run::marked(says, mark)],
                vec![Run::code(item.text_of("sha256"))],
            ],
        );
        let id = anchor(&["evidence", item.text_of("id")]);
        let is_new = !item.text_of("id").is_empty() && table.rows.iter().all(|it| it.id != id);
        if let Some(row) = table.rows.last_mut().filter(|_| is_new) {
            row.id = id;
        }
    }
    let mut group = Group::head("evidence");
    group.note("A file is verified if its SHA-256, worked out now, is the one that the record registers. When that was first committed, and by whom, is part of the history below.");
    group.tables.push(table);
    group
}
