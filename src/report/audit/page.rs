//! The model laid out as a page: sections, groups, tables, with the targets of links worked out.
//! Templates get this and nothing else; `docs/reports.md` lists its keys, and they are frozen.

use serde::Serialize;

use super::build::{anchor, cell, number};
use super::model::{Audit, Cell, Group, Mark, Row, Run, Section, Table};
use super::picture::{Picture, bars, calendar};

/// What a template is filled with.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Page<'a> {
    title: String,
    subtitle: String,
    sections: Vec<Part<'a>>,
}

#[derive(Debug, Serialize)]
struct Part<'a> {
    id: String,
    title: String,
    groups: Vec<Block<'a>>,
}

#[derive(Debug, Serialize)]
struct Block<'a> {
    id: &'a str,
    title: &'a str,
    is_detail: bool,
    notes: Vec<Vec<Piece<'a>>>,
    facts: Vec<Named<'a>>,
    pictures: Vec<Picture>,
    tables: Vec<Grid<'a>>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    pieces: Vec<Piece<'a>>,
}

#[derive(Debug, Serialize)]
struct Grid<'a> {
    id: &'a str,
    caption: &'a str,
    empty: &'a str,
    columns: Vec<&'a str>,
    rows: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    mark: Mark,
    cells: Vec<Slot<'a>>,
}

#[derive(Debug, Serialize)]
struct Slot<'a> {
    /// The title of its column, for narrow screens.
    column: &'a str,
    pieces: Vec<Piece<'a>>,
}

#[derive(Debug, Serialize)]
struct Piece<'a> {
    text: &'a str,
    mark: Mark,
    /// Where it leads; empty for nowhere.
    href: String,
    /// Whether a blank stands before it.
    is_apart: bool,
}

/// The parts that come before those of the plan, and the index of questions after them.
pub(super) struct Front {
    summary: Vec<Group>,
    basis: Vec<Group>,
    population: Vec<Group>,
    questions: Vec<Group>,
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

/// Lays a report out. Files are found below `base`.
pub(super) fn page<'a>(audit: &'a Audit, front: &'a Front, base: &str) -> Page<'a> {
    let part = |id: &str, title: &str, groups: &'a [Group]| Part {
        id: format!("section-{id}"),
        title: title.to_owned(),
        groups: groups.iter().map(|it| block(it, base)).collect(),
    };
    let mut sections = vec![
        part("summary", "Conclusions", &front.summary),
        part("basis", "What this report stands on", &front.basis),
        part("population", "Population", &front.population),
    ];
    if let Some(first) = sections.first_mut().and_then(|it| it.groups.first_mut()) {
        first.pictures.push(bars(audit));
    }
    if let Some(first) = sections.last_mut().and_then(|it| it.groups.first_mut()) {
        first.pictures.extend(calendar(audit));
    }
    let planned = audit.sections.iter();
    sections.extend(planned.map(|it| part(&it.id, &it.title, &it.groups)));
    sections.push(part(
        "questions",
        "Questions that auditors ask",
        &front.questions,
    ));
    let period = &audit.basis.period;
    Page {
        title: match audit.basis.organisation.as_str() {
            "" => "Audit report".to_owned(),
            name => format!("Audit report of {name}"),
        },
        subtitle: format!(
            "{} to {}, as of {}",
            period.from, period.to, audit.basis.as_of
        ),
        sections,
    }
}

/// Lays out what has sections only. Pictures stand in the group that they name.
pub(in crate::report) fn lay_out<'a>(
    title: String,
    subtitle: String,
    sections: &'a [Section],
    pictures: &[(String, Picture)],
    base: &str,
) -> Page<'a> {
    let shown = |group: &'a Group| {
        let own = pictures.iter().filter(|(id, _)| *id == group.id);
        Block {
            pictures: own.map(|(_, picture)| picture.clone()).collect(),
            ..block(group, base)
        }
    };
    let part = |it: &'a Section| Part {
        id: it.id.clone(),
        title: it.title.clone(),
        groups: it.groups.iter().map(shown).collect(),
    };
    Page {
        title,
        subtitle,
        sections: sections.iter().map(part).collect(),
    }
}

fn block<'a>(group: &'a Group, base: &str) -> Block<'a> {
    Block {
        id: &group.id,
        title: &group.title,
        is_detail: group.is_detail,
        notes: group.notes.iter().map(|it| pieces(it, base)).collect(),
        facts: group
            .facts
            .iter()
            .map(|it| Named {
                name: &it.name,
                pieces: pieces(&it.value, base),
            })
            .collect(),
        pictures: Vec::new(),
        tables: group.tables.iter().map(|it| grid(it, base)).collect(),
    }
}

fn grid<'a>(table: &'a Table, base: &str) -> Grid<'a> {
    let line = |row: &'a Row| Line {
        id: &row.id,
        mark: row.mark,
        cells: row
            .cells
            .iter()
            .zip(&table.columns)
            .map(|(cell, column)| Slot {
                column: &column.title,
                pieces: pieces(cell, base),
            })
            .collect(),
    };
    Grid {
        id: &table.id,
        caption: &table.caption,
        empty: &table.empty,
        columns: table.columns.iter().map(|it| it.title.as_str()).collect(),
        rows: table.rows.iter().map(line).collect(),
    }
}

fn piece<'a>(run: &'a Run, base: &str) -> Piece<'a> {
    let href = match (&run.anchor, &run.file) {
        (Some(anchor), _) => format!("#{anchor}"),
        (None, Some(file)) => {
            // What means something in an address stands for itself in a name of a file.
            let file = file
                .replace('%', "%25")
                .replace('#', "%23")
                .replace('?', "%3F");
            match run.line {
                Some(line) => format!("{base}{file}#L{line}"),
                None => format!("{base}{file}"),
            }
        }
        (None, None) => String::new(),
    };
    // In Markdown a bar ends a cell even inside of code.
    let is_code = run.mark == Mark::Code && !run.text.contains('|') && !run.text.is_empty();
    Piece {
        text: &run.text,
        mark: if run.mark == Mark::Code && !is_code {
            Mark::Plain
        } else {
            run.mark
        },
        href,
        is_apart: false,
    }
}

/// The pieces of a cell. Blanks at their ends are told apart from them, because escaping takes
/// them away.
fn pieces<'a>(runs: &'a [Run], base: &str) -> Vec<Piece<'a>> {
    let mut is_apart = false;
    let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(runs.len());
    for run in runs {
        is_apart |= run.text.starts_with(char::is_whitespace);
        if !run.text.trim().is_empty() {
            pieces.push(Piece {
                is_apart: is_apart && !pieces.is_empty(),
                ..piece(run, base)
            });
            is_apart = run.text.ends_with(char::is_whitespace);
        }
    }
    pieces
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
    group.tables = vec![
        population.table.clone(),
        completeness(audit),
        population.deletions.clone(),
    ];
    group
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
                vec![Run::marked(it.finding.words(), mark)],
                cell(it.says.clone()),
                super::build::list(it.links.iter().cloned()),
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
