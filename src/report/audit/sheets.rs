//! The report as tables that a spreadsheet shows: what workbook and CSV files have in common.

use super::build::cell;
use super::front::{basis, summary};
use super::model::{Audit, Cell, Column, Group, Mark, Row, Run, Table};
use crate::clock::{Instant, Moment};

/// A sheet of the workbook, or a CSV file.
pub(super) struct Sheet {
    /// The name of the sheet, and in lower case that of the CSV file.
    pub(super) name: &'static str,
    /// What it shows.
    pub(super) table: Table,
}

/// The names of the sheets, in their order.
pub const SHEETS: [&str; 19] = [
    "Basis",
    "Conclusions",
    "Population",
    "Completeness",
    "Deletions",
    "Worksheet",
    "Deviations",
    "Exceptions",
    "Duties",
    "Messages",
    "Parties",
    "Reports",
    "Weaknesses",
    "Tasks",
    "Evidence",
    "Contacts",
    "Targets",
    "Metrics",
    "Questions",
];

/// The sheets that a part of the report is shown in whole.
const WHOLE: [(&str, &str); 9] = [
    ("exceptions-all", "Exceptions"),
    ("sharing-register", "Messages"),
    ("parties-considered", "Parties"),
    ("reports", "Reports"),
    ("weaknesses", "Weaknesses"),
    ("tasks-open", "Tasks"),
    ("evidence-manifest", "Evidence"),
    ("contacts", "Contacts"),
    ("metric-figures", "Metrics"),
];

/// The sheet that has all rows of a table, if there is one.
pub(super) fn sheet_of(table: &str) -> Option<&'static str> {
    let found = WHOLE.iter().find(|it| it.0 == table);
    let kinds = [
        ("population", "Population"),
        ("deletions", "Deletions"),
        ("attention-exceptions", "Exceptions"),
        ("attention-overdue", "Duties"),
        ("attention-late", "Duties"),
        ("duties-", "Duties"),
        ("deviations-", "Deviations"),
        ("incidents-", "Worksheet"),
    ];
    let kind = || kinds.iter().find(|it| table.starts_with(it.0));
    found.or_else(kind).map(|it| it.1)
}

/// A value of a cell, as a spreadsheet knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Empty,
    /// A text, never a formula.
    Text(String),
    /// A count.
    Number(u32),
    /// A day.
    Day(Instant),
    /// A time, shown in UTC.
    Time(Instant),
}

/// The columns that hold counts.
const COUNTS: [&str; 14] = [
    "examined",
    "pass",
    "fail",
    "excepted",
    "not_evaluated",
    "parties",
    "messages",
    "evidence",
    "weaknesses",
    "duties_met",
    "duties_late",
    "accepts",
    "of",
    "unknown",
];

/// The columns that hold days or times.
const TIMES: [&str; 10] = [
    "declared",
    "contained",
    "closed",
    "since",
    "due",
    "done",
    "verified",
    "at",
    "until",
    "deleted",
];

/// Whether a column holds days or times.
pub(super) fn is_time(column: &Column) -> bool {
    TIMES.contains(&column.id.as_str())
}

/// The value of a cell.
pub(super) fn value(column: &Column, cell: &Cell) -> Value {
    let text: String = cell.iter().map(|run| run.text.as_str()).collect();
    if text.is_empty() {
        return Value::Empty;
    }
    if COUNTS.contains(&column.id.as_str())
        && let Ok(number) = text.parse()
    {
        return Value::Number(number);
    }
    if is_time(column)
        && let Some(moment) = Moment::parse(&text)
        && let Some(at) = moment.start()
    {
        return match text.contains(['T', 't', ' ']) {
            true => Value::Time(at),
            false => Value::Day(at),
        };
    }
    Value::Text(text)
}

/// The sheets of a report.
pub(super) fn sheets(audit: &Audit) -> Vec<Sheet> {
    let found = |id: &str| table(audit, id).cloned().unwrap_or_default();
    let summary = summary(audit);
    let conclusions = summary.first().and_then(|it| it.tables.first());
    let tables = [
        facts(audit),
        conclusions.cloned().unwrap_or_default(),
        audit.population.table.clone(),
        super::front::completeness(audit),
        audit.population.deletions.clone(),
        audit.worksheet.clone(),
        deviations(audit),
        found("exceptions-all"),
        audit.duties.clone(),
        found("sharing-register"),
        found("parties-considered"),
        found("reports"),
        found("weaknesses"),
        found("tasks-open"),
        found("evidence-manifest"),
        found("contacts"),
        found("metric-targets"),
        found("metric-figures"),
        super::front::questions(audit).tables.remove(0),
    ];
    let pairs = SHEETS.into_iter().zip(tables);
    pairs.map(|(name, table)| Sheet { name, table }).collect()
}

/// The table with this id, wherever it stands.
pub(super) fn table<'a>(audit: &'a Audit, id: &str) -> Option<&'a Table> {
    let groups = audit.sections.iter().flat_map(|it| &it.groups);
    let mut tables = groups.flat_map(|it| &it.tables);
    tables.find(|it| it.id == id)
}

/// Under what conditions everything is said, as a table.
fn facts(audit: &Audit) -> Table {
    let mut table = Table::new(
        "basis",
        "What this report stands on",
        "",
        &[("name", "Fact"), ("value", "Value")],
    );
    let Group { facts, .. } = basis(audit);
    for fact in facts {
        table.push(Mark::Plain, vec![cell(fact.name), fact.value]);
    }
    let population = &audit.population;
    let more = [
        ("Incidents of the period", population.count.to_string()),
        ("Only played", population.simulated.to_string()),
        ("What is one of the period", population.rule.clone()),
        ("Times", "in UTC".to_owned()),
    ];
    let drawn = population.selection.iter().flat_map(|it| {
        [
            ("Sample", it.incidents.join(", ")),
            ("Drawn with the seed", it.seed.clone()),
            ("How it was drawn", super::front::method(it)),
        ]
    });
    for (name, says) in more.into_iter().chain(drawn) {
        table.push(Mark::Plain, vec![cell(name), cell(says)]);
    }
    table
}

/// The deviations of all controls in one table.
fn deviations(audit: &Audit) -> Table {
    let mut all = Table::default();
    for it in &audit.conclusions {
        let id = super::build::anchor(&["deviations", &it.control]);
        let Some(found) = table(audit, &id) else {
            continue;
        };
        if all.columns.is_empty() {
            all = Table {
                rows: Vec::new(),
                ..found.clone()
            };
            let column = Column {
                id: "control".to_owned(),
                title: "Control".to_owned(),
            };
            all.columns.insert(0, column);
            "deviations".clone_into(&mut all.id);
        }
        for row in &found.rows {
            let mut cells = vec![vec![Run::text(it.name.clone())]];
            cells.extend(row.cells.iter().cloned());
            all.rows.push(Row {
                cells,
                ..row.clone()
            });
        }
    }
    all
}
