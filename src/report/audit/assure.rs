//! The parts that look from above: metrics, maturity, responsibilities.

use std::collections::{BTreeMap, BTreeSet};

use super::books::Books;
use super::build::{anchor, cell, list, number};
use super::model::{Group, Mark, Run, Table};
use crate::document::NodeRef;
use crate::finding::Severity;
use crate::record::{Record, RecordKind};
use crate::report::metrics::{Metrics, Standing};

/// The numbers of the period, targets first.
pub(super) fn metrics(found: &Metrics) -> Vec<Group> {
    let mut targets = Table::new(
        "metric-targets",
        "What the programme sets itself, beside what is found",
        "The programme sets itself no number.",
        &[
            ("metric", "Metric"),
            ("type", "Type"),
            ("wanted", "Wanted"),
            ("found", "Found"),
            ("standing", "Standing"),
            ("owner", "Owner"),
        ],
    );
    for it in &found.targets {
        let wanted = match (it.target, it.limit) {
            (Some(target), _) => format!("at least {target}"),
            (None, Some(limit)) => format!("at most {limit}"),
            (None, None) => String::new(),
        };
        let mark = match it.standing {
            Standing::Met => Mark::Good,
            Standing::Missed => Mark::Bad,
            Standing::Undetermined => Mark::Muted,
        };
        let standing = it
            .reason
            .clone()
            .unwrap_or_else(|| standing(it.standing).to_owned());
        targets.push(
            mark,
            vec![
                vec![Run::to(it.metric.clone(), anchor(&["metric", &it.metric]))],
                cell(it.kind.clone()),
                cell(wanted),
                cell(it.text.clone()),
                vec![Run::marked(standing, mark)],
                cell(it.owner.clone()),
            ],
        );
    }
    let mut figures = Table::new(
        "metric-figures",
        "All numbers of the period",
        "Nothing can be measured.",
        &[
            ("figure", "Number"),
            ("title", "What it says"),
            ("value", "Value"),
            ("of", "Out of"),
            ("cases", "Cases"),
            ("unknown", "Could change it"),
        ],
    );
    for figure in found.measures.iter().flat_map(|it| &it.figures) {
        let (value, mark) = match &figure.reason {
            Some(reason) => (reason.clone(), Mark::Muted),
            None => (figure.text.clone(), Mark::Plain),
        };
        figures.push(
            mark,
            vec![
                vec![Run::code(figure.id)],
                cell(figure.title),
                vec![Run::marked(value, mark)],
                number(figure.population),
                cell(figure.ids.join(", ")),
                number(figure.undetermined),
            ],
        );
        if let Some(row) = figures.rows.last_mut() {
            row.id = anchor(&["metric", figure.id]);
        }
    }
    let known: BTreeSet<String> = figures.rows.iter().map(|it| it.id.clone()).collect();
    for run in targets
        .rows
        .iter_mut()
        .flat_map(|it| it.cells.iter_mut().flatten())
    {
        if run.anchor.as_ref().is_some_and(|it| !known.contains(it)) {
            run.anchor = None;
        }
    }
    let mut group = Group::head("metrics");
    group.tables = vec![targets, figures];
    vec![group]
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "met",
        Standing::Missed => "missed",
        Standing::Undetermined => "not known",
    }
}

/// The level that a card claims, beside the one that its evidence supports.
pub(super) fn maturity(books: &Books<'_>) -> Vec<Group> {
    let cards = books.registry.of_kind(RecordKind::Control);
    let claims = cards.filter(|it| it.root().get("maturity").is_some_and(|it| !it.is_empty()));
    let mut groups: Vec<Group> = claims.map(|card| claim(books, card)).collect();
    if groups.is_empty() {
        let mut head = Group::head("maturity");
        head.note("No card claims a level.");
        groups.push(head);
    }
    groups
}

fn claim(books: &Books<'_>, card: &Record) -> Group {
    let mut group = Group::new(
        anchor(&["maturity", &card.id]),
        format!("SP-CMM of {}", card.id),
    );
    let Some(maturity) = card.root().get("maturity") else {
        return group;
    };
    let mut table = Table::new(
        &anchor(&["criteria", &card.id]),
        "Criteria, with what supports them",
        "No criterion is listed.",
        &[
            ("id", "Criterion"),
            ("met", "Said to be met"),
            ("evidence", "Evidence"),
            ("supported", "Supported"),
        ],
    );
    let errors: Vec<&str> = books
        .outcome
        .in_force()
        .filter(|it| it.severity == Severity::Error && it.location.file == books.file(card))
        .filter(|it| it.obligations.iter().any(|id| id.starts_with("MAT-CMM")))
        .map(|it| it.location.pointer.as_str())
        .collect();
    let mut holds: BTreeMap<u32, bool> = BTreeMap::new();
    for criterion in maturity.list_of("criteria") {
        let id = criterion.text_of("id");
        let is_met = criterion.get("met").and_then(NodeRef::as_bool) == Some(true);
        let evidence: Vec<&str> = criterion
            .list_of("evidence")
            .map(NodeRef::scalar_text)
            .collect();
        let place = criterion.pointer();
        let is_faulty = errors.iter().any(|it| it.starts_with(&place));
        let is_supported = is_met && !evidence.is_empty() && !is_faulty;
        let level = id
            .strip_prefix('L')
            .and_then(|it| it.split('-').next()?.parse().ok());
        if let Some(level) = level {
            *holds.entry(level).or_insert(true) &= is_supported;
        }
        let (says, mark) = match is_supported {
            true => ("yes", Mark::Good),
            false => ("no", Mark::Bad),
        };
        table.push(
            if is_supported { Mark::Plain } else { Mark::Bad },
            vec![
                vec![books.at(id, card, criterion)],
                cell(if is_met { "yes" } else { "no" }),
                list(evidence.iter().map(|it| record_named(books, it))),
                vec![Run::marked(says, mark)],
            ],
        );
    }
    let claimed = maturity.text_of("claimed");
    let elsewhere = errors
        .iter()
        .filter(|it| !it.contains("/criteria/"))
        .count();
    let supported = supported(&holds);
    let (says, mark) = match (elsewhere, claimed.parse() == Ok(supported)) {
        (1.., _) => (
            format!("not established: {elsewhere} errors stand against the claim"),
            Mark::Bad,
        ),
        (_, true) => (supported.to_string(), Mark::Good),
        (_, false) => (supported.to_string(), Mark::Warn),
    };
    group.fact("Level claimed", cell(claimed));
    group.fact("Level the evidence supports", vec![Run::marked(says, mark)]);
    group.fact("Target", cell(maturity.text_of("target")));
    group.fact("Answer", cell(maturity.text_of("answer")));
    let (by, on) = (
        maturity.text_of("assessed_by"),
        maturity.text_of("assessed_on"),
    );
    group.fact("Assessed", cell(format!("by {by} on {on}")));
    group.note("The tool sees that a criterion is said to be met and names evidence that exists. Whether the evidence shows it is for a person to judge.");
    group.tables.push(table);
    group
}

/// The highest level whose criteria, and all below, are supported.
fn supported(holds: &BTreeMap<u32, bool>) -> u32 {
    let mut level = 0;
    for next in [2, 3, 4] {
        match holds.get(&next) {
            Some(true) => level = next,
            _ => break,
        }
    }
    level
}

/// A record by its id, or a file by its path.
fn record_named(books: &Books<'_>, id: &str) -> Run {
    let mut records = books.registry.records();
    if let Some((file, record)) = records.find(|(_, it)| it.id == id) {
        let root = record.root();
        return Run {
            file: Some(file.to_string()),
            ..books.at(id, record, root)
        };
    }
    if let Some(taken) = books.taken.iter().find(|it| it.id == id) {
        return Run::at(id, &taken.file, taken.line);
    }
    Run::code(id)
}

/// What each role answers for.
pub(super) fn responsibilities(books: &Books<'_>) -> Vec<Group> {
    let mut rows: BTreeMap<String, [Vec<String>; 6]> = BTreeMap::new();
    let mut add = |role: &str, column: usize, what: String| {
        if !role.is_empty() {
            let cells = rows.entry(role.to_owned()).or_default();
            if !cells[column].contains(&what) {
                cells[column].push(what);
            }
        }
    };
    for card in books.registry.of_kind(RecordKind::Control) {
        let root = card.root();
        add(root.text_of("owner"), 1, card.id.clone());
        add(
            root.text_of("executive_owner"),
            0,
            format!("{} (sponsor)", card.id),
        );
        add(
            root.text_of("governed_by"),
            0,
            format!("{} (governs)", card.id),
        );
        for role in root.list_of("participants") {
            add(role.scalar_text(), 4, card.id.clone());
        }
        for it in root.list_of("recipients") {
            add(
                it.text_of("role"),
                5,
                format!("report-out, {}", it.text_of("when")),
            );
        }
        if let Some(exceptions) = root.get("exceptions") {
            add(
                exceptions.text_of("approver"),
                2,
                format!("exceptions of {}", card.id),
            );
        }
    }
    for runbook in books.registry.of_kind(RecordKind::Runbook) {
        for step in runbook.root().list_of("steps") {
            add(
                step.text_of("role"),
                1,
                format!("step {}", step.text_of("kind")),
            );
        }
    }
    for matrix in books.registry.of_kind(RecordKind::ApprovalMatrix) {
        for rule in matrix.root().list_of("rules") {
            for key in ["all_of", "any_of"] {
                for role in rule.list_of(key) {
                    add(role.scalar_text(), 2, rule.text_of("id").to_owned());
                }
            }
        }
    }
    for guideline in books.registry.of_kind(RecordKind::SharingGuideline) {
        for sender in guideline.root().list_of("senders") {
            let classes = sender.list_of("classes").map(NodeRef::scalar_text);
            let classes = classes.collect::<Vec<_>>().join(", ");
            add(sender.text_of("role"), 3, classes);
        }
    }
    let mut table = Table::new(
        "responsibilities",
        "Who answers for what",
        "No role is named anywhere.",
        &[
            ("role", "Role"),
            ("holders", "Held by"),
            ("accountable", "Accountable"),
            ("responsible", "Responsible"),
            ("approves", "Approves"),
            ("sends", "May send"),
            ("consulted", "Consulted"),
            ("informed", "Informed"),
        ],
    );
    for (role, cells) in rows {
        let held = books.holders(&role);
        let is_held = !held.is_empty();
        let mut row = vec![vec![Run::code(role)]];
        row.push(match is_held {
            true => cell(held),
            false => vec![Run::marked("nobody", Mark::Warn)],
        });
        row.extend(cells.into_iter().map(|it| cell(it.join(", "))));
        table.push(if is_held { Mark::Plain } else { Mark::Warn }, row);
    }
    let mut group = Group::head("raci");
    group.note("Derived from control cards, runbook steps, the approval matrix and the senders of the sharing guideline.");
    group.tables.push(table);
    vec![group]
}
