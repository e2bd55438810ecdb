//! The parts that come before those of the plan, and the index of questions after them.

use super::build::{anchor, cell, list, number};
use super::model::{Audit, Cell, Group, Mark, Run, Selection, Table};

/// The parts that come before those of the plan, and the index of questions after them.
pub(super) struct Front {
    pub(super) summary: Vec<Group>,
    pub(super) basis: Vec<Group>,
    pub(super) population: Vec<Group>,
    pub(super) questions: Vec<Group>,
}

impl Front {
    pub(super) fn of(audit: &Audit) -> Self {
        Self {
            summary: summary(audit),
            basis: vec![basis(audit)],
            population: vec![population(audit)],
            questions: vec![questions(audit)],
        }
    }
}

pub(super) fn summary(audit: &Audit) -> Vec<Group> {
    let mut table = Table::new(
        "conclusions",
        "What the records support, control by control",
        "",
        &[
            ("control", "Control"),
            ("title", "Title"),
            ("conclusion", "Conclusion"),
            ("because", "Because"),
            ("examined", "Incidents examined"),
            ("pass", "Pass"),
            ("fail", "Fail"),
            ("excepted", "Excepted"),
            ("not_evaluated", "Not evaluated"),
        ],
    );
    for it in &audit.conclusions {
        let reasons: Vec<&str> = it.reasons.iter().map(|it| it.says.as_str()).collect();
        let mark = it.standing.mark();
        let mut cells = vec![
            vec![Run::to(it.name.clone(), anchor(&["control", &it.control]))],
            cell(it.title.clone()),
            vec![Run::marked(it.standing.words(), mark)],
            cell(reasons.join("; ")),
        ];
        let found = &it.incidents;
        let numbers = [
            found.examined,
            found.pass,
            found.fail,
            found.excepted,
            found.not_evaluated,
        ];
        cells.extend(numbers.map(number));
        table.push(mark, cells);
    }
    let mut head = Group::head("summary");
    head.tables.push(table);
    let mut attention = Group::new("attention", "What to look at first");
    attention.tables.clone_from(&audit.attention);
    vec![head, attention]
}

pub(super) fn basis(audit: &Audit) -> Group {
    let basis = &audit.basis;
    let mut group = Group::head("basis");
    group.fact("Organisation", cell(basis.organisation.clone()));
    let period = &basis.period;
    let running = if period.is_running {
        ", not over yet"
    } else {
        ""
    };
    let says = format!(
        "{} to {}{running} ({})",
        period.from, period.to, period.because
    );
    group.fact("Period", cell(says));
    group.fact("As of", cell(basis.as_of.clone()));
    group.fact("Revision", revision(basis.revision.as_deref(), basis.dirty));
    let controls: Vec<String> = basis
        .controls
        .iter()
        .map(|it| match &it.asked_as {
            Some(name) if *name != it.name => format!("{} (asked for as {name})", it.name),
            _ => it.name.clone(),
        })
        .collect();
    group.fact("Controls", cell(controls.join(", ")));
    group.fact("Records examined", number(basis.records));
    group.fact(
        "Commits examined",
        match basis.commits {
            Some(commits) => number(commits),
            None => vec![Run::marked("none", Mark::Warn)],
        },
    );
    group.fact(
        "Made by",
        cell(format!("{} {}", basis.tool, basis.tool_version)),
    );
    group.fact(
        "Digest of schemas and rules",
        vec![Run::code(basis.policy_digest.clone())],
    );
    group
}

/// The revision that was read, with what is to be known of it.
pub(in crate::report) fn revision(id: Option<&str>, dirty: Option<bool>) -> Cell {
    match (id, dirty) {
        (Some(id), Some(true)) => vec![
            Run::code(id),
            Run::marked(" with local changes that are in no commit", Mark::Warn),
        ],
        (Some(id), _) => vec![Run::code(id)],
        (None, _) => vec![Run::marked(
            "none: the records are in no git repository",
            Mark::Warn,
        )],
    }
}

fn population(audit: &Audit) -> Group {
    let population = &audit.population;
    let mut group = Group::head("population");
    group.note(population.rule.clone());
    group.fact("Incidents", number(population.count));
    group.fact("Only played", number(population.simulated));
    match &population.selection {
        None => group.note(
            "No sample was asked for: `--sample NUMBER` draws one from these incidents, the same whenever it is asked for.",
        ),
        Some(drawn) => {
            let ids = drawn.incidents.iter();
            let trail = |id: &String| Run::to(id, anchor(&["trail", id]));
            group.fact("Sample", list(ids.map(trail)));
            group.fact("Drawn with the seed", vec![Run::code(&drawn.seed)]);
            group.note(method(drawn));
        }
    }
    group.tables = vec![
        population.table.clone(),
        completeness(audit),
        population.deletions.clone(),
    ];
    group
}

/// How a sample was drawn, and whether there was enough to draw from.
pub(super) fn method(drawn: &Selection) -> String {
    match drawn.incidents.len() {
        0 => "No incident of the period, so that none could be drawn.".to_owned(),
        count if count < drawn.size => {
            format!(
                "{}. There were no more than {count}, and {} were asked for.",
                drawn.method, drawn.size
            )
        }
        _ => format!("{}.", drawn.method),
    }
}

/// What speaks for, and against, the population being complete.
pub(super) fn completeness(audit: &Audit) -> Table {
    let mut table = Table::new(
        "completeness",
        "Is this all? What speaks for it, and what cannot be known",
        "",
        &[("holds", "Holds"), ("says", "What was looked at")],
    );
    for it in &audit.population.completeness {
        let (holds, mark) = match it.holds {
            Some(true) => ("yes", Mark::Good),
            Some(false) => ("no", Mark::Bad),
            None => ("not established", Mark::Muted),
        };
        table.push(
            mark,
            vec![vec![Run::marked(holds, mark)], cell(it.says.clone())],
        );
    }
    table
}

pub(super) fn questions(audit: &Audit) -> Group {
    let mut table = Table::new(
        "questions",
        "Each question, with its answer and where it is shown",
        "No question belongs to these controls.",
        &[
            ("id", "No."),
            ("asks", "Question"),
            ("control", "Control"),
            ("answer", "Answer"),
            ("says", "What it rests on"),
            ("links", "Shown in"),
        ],
    );
    for it in &audit.questions {
        let mark = it.finding.mark();
        let name = audit
            .basis
            .controls
            .iter()
            .find(|asked| asked.id == it.control);
        table.push(
            mark,
            vec![
                cell(it.id.clone()),
                cell(it.asks.clone()),
                cell(name.map_or(it.control.as_str(), |it| it.name.as_str())),
                vec![Run::marked(it.words(), mark)],
                cell(it.says.clone()),
                list(it.links.iter().cloned()),
            ],
        );
        if let Some(row) = table.rows.last_mut() {
            row.id = anchor(&["question", &it.id]);
        }
    }
    let mut group = Group::head("questions");
    group.tables.push(table);
    group
}
