//! Traceability, and the limits of the report.

use super::books::Books;
use super::build::{anchor, cell, list, number};
use super::control::crosswalk;
use super::model::{Conclusion, Group, Mark, Run, Table};
use super::plan::plan;
use crate::finding::{Severity, obligation, obligations};
use crate::record::Record;

/// From requirement to card to demands to verdicts, with the other frameworks.
pub(super) fn traceability(books: &Books<'_>, conclusions: &[Conclusion]) -> Vec<Group> {
    let mut table = Table::new(
        "traceability",
        "From the requirement to the records",
        "",
        &[
            ("requirement", "Requirement"),
            ("card", "Card"),
            ("frameworks", "Also answers"),
            ("demands", "Demands"),
            ("rules", "Rules in force"),
            ("pass", "Pass"),
            ("fail", "Fail"),
            ("excepted", "Excepted"),
            ("not_evaluated", "Not evaluated"),
            ("conclusion", "Conclusion"),
        ],
    );
    for (asked, conclusion) in books.asked.iter().zip(conclusions) {
        let id = asked.id.as_str();
        let cards: Vec<&Record> = books.cards(id).collect();
        let demands = obligations()
            .filter(|it| it.controls.contains(&asked.id))
            .count();
        let mut sum = super::model::Verdicts::default();
        let rules = books.outcome.rules.iter();
        let rules: Vec<_> = rules.filter(|it| it.controls.contains(&asked.id)).collect();
        for rule in &rules {
            sum.add(&rule.counts);
        }
        let mut cells = vec![
            vec![Run::to(asked.name.clone(), anchor(&["control", id]))],
            list(
                cards
                    .iter()
                    .map(|it| books.at(it.id.clone(), it, it.root())),
            ),
            crosswalk(asked, &cards),
            number(demands),
            number(rules.len()),
        ];
        let numbers = [sum.pass, sum.fail, sum.excepted, sum.not_evaluated];
        cells.extend(numbers.map(number));
        cells.push(vec![Run::marked(
            conclusion.standing.words(),
            conclusion.standing.mark(),
        )]);
        table.push(conclusion.standing.mark(), cells);
    }
    let mut group = Group::head("trace");
    group.note("Numbers count checks on all records of the repository, of whatever period. A demand that serves several requirements is counted at each.");
    group.tables = vec![table, demand_table(books)];
    vec![group]
}

/// Each demand with its rules and their verdicts.
fn demand_table(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "demands",
        "Demand by demand",
        "",
        &[
            ("demand", "Demand"),
            ("title", "Title"),
            ("controls", "Controls"),
            ("rules", "Rules"),
            ("pass", "Pass"),
            ("fail", "Fail"),
            ("excepted", "Excepted"),
            ("not_evaluated", "Not evaluated"),
        ],
    );
    for demand in obligations().filter(|it| books.is_asked(&it.controls)) {
        let rules: Vec<_> = books
            .outcome
            .rules
            .iter()
            .filter(|it| it.decides(&demand.id))
            .collect();
        let mut sum = super::model::Verdicts::default();
        for rule in &rules {
            sum.add(&rule.counts);
        }
        let shaped = match rules.is_empty() {
            true => books.shaped(&demand.id),
            false => None,
        };
        if let Some(counts) = &shaped {
            sum.add(counts);
        }
        let mark = match (rules.is_empty() && shaped.is_none(), sum.verdict().1) {
            (true, _) => Mark::Muted,
            (_, Mark::Good) => Mark::Plain,
            (_, mark) => mark,
        };
        let says = match rules.is_empty() {
            true if shaped.is_some() => cell("the shape of the records"),
            true => cell(
                plan()
                    .beyond(&demand.id)
                    .map_or("no rule decides it", |it| &it.says),
            ),
            false => list(rules.iter().map(|it| Run::code(it.rule.to_string()))),
        };
        let mut cells = vec![
            vec![Run::code(demand.id.clone())],
            cell(demand.title.clone()),
            cell(demand.controls.join(", ")),
            says,
        ];
        let numbers = [sum.pass, sum.fail, sum.excepted, sum.not_evaluated];
        cells.extend(numbers.map(number));
        table.push(mark, cells);
        if let Some(row) = table.rows.last_mut() {
            row.id = anchor(&["demand", &demand.id]);
        }
    }
    table
}

/// What was not evaluated, what was switched off, and what stays with people.
pub(super) fn limits(books: &Books<'_>) -> Vec<Group> {
    let [gaps, unread] = unknown(books);
    let [judgement, beyond] = left_to_people(books);
    let mut group = Group::head("limits");
    group.note("This report says what the records show. It does not say that an organisation is compliant: whether what is recorded is true and enough is for people to judge.");
    group.tables = vec![
        gaps,
        unread,
        adjusted(books),
        judgement,
        beyond,
        witnessed(books),
    ];
    vec![group]
}

/// What could not be evaluated, and what could not be examined.
fn unknown(books: &Books<'_>) -> [Table; 2] {
    let outcome = books.outcome;
    let mut gaps = Table::new(
        "not-evaluated",
        "Checks that could not be evaluated",
        "Every check that applied was evaluated.",
        &[
            ("reason", "Because"),
            ("rule", "Rule"),
            ("checks", "Checks"),
        ],
    );
    for it in &outcome.unevaluated {
        let cells = vec![
            cell(it.reason.clone()),
            vec![Run::code(it.rule.to_string())],
            number(it.count),
        ];
        gaps.push(Mark::Muted, cells);
    }
    let mut unread = Table::new(
        "not-examined",
        "What could not be examined",
        "Every file was examined.",
        &[("file", "File"), ("reason", "Because")],
    );
    for it in &outcome.incomplete {
        let file = Run {
            file: Some(it.file.clone()),
            ..Run::text(it.file.clone())
        };
        unread.push(Mark::Bad, vec![vec![file], cell(it.reason.clone())]);
    }
    [gaps, unread]
}

/// The rules that this repository changed.
fn adjusted(books: &Books<'_>) -> Table {
    let mut adjusted = Table::new(
        "adjusted",
        "Rules that this repository switched off or weighs otherwise",
        "None.",
        &[
            ("rule", "Rule"),
            ("weight", "Weight here"),
            ("why", "Why"),
            ("by", "By"),
            ("where", "Where"),
        ],
    );
    for it in &books.outcome.adjusted {
        let weight = it.severity.map_or("off", Severity::as_str);
        let weight = match it.records.as_slice() {
            [] => weight.to_owned(),
            records => format!("{weight} for {}", records.join(", ")),
        };
        let place = Run {
            file: Some(it.file.clone()),
            ..Run::text(it.file.clone())
        };
        adjusted.push(
            Mark::Warn,
            vec![
                vec![Run::code(it.rule.to_string())],
                cell(weight),
                cell(it.why.clone()),
                cell(it.by.clone().unwrap_or_default()),
                vec![place],
            ],
        );
    }
    adjusted
}

/// What no rule decides.
fn left_to_people(books: &Books<'_>) -> [Table; 2] {
    let outcome = books.outcome;
    let mut judgement = Table::new(
        "judgement",
        "What stays human judgement",
        "",
        &[("what", "What"), ("demands", "Demands")],
    );
    for it in &plan().judgement {
        let concerned = it.demands.iter().filter_map(|id| obligation(id));
        if concerned.clone().any(|it| books.is_asked(&it.controls)) {
            let demands = it.demands.iter().map(|id| demand(books, id));
            judgement.push(Mark::Plain, vec![cell(it.says.clone()), list(demands)]);
        }
    }
    let mut beyond = Table::new(
        "beyond-rules",
        "Demands that no rule in force decides",
        "Every demand is decided by a rule.",
        &[
            ("demand", "Demand"),
            ("title", "Title"),
            ("says", "Instead"),
        ],
    );
    for it in obligations().filter(|it| books.is_asked(&it.controls)) {
        let has_rule = outcome.rules.iter().any(|rule| rule.decides(&it.id));
        if !has_rule && books.shaped(&it.id).is_none() {
            let says = plan().beyond(&it.id);
            let says = says.map_or("no rule in force decides it", |it| it.says.as_str());
            let cells = vec![
                vec![demand(books, &it.id)],
                cell(it.title.clone()),
                cell(says),
            ];
            beyond.push(Mark::Muted, cells);
        }
    }
    [judgement, beyond]
}

/// What the commits show, and where that ends.
fn witnessed(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "history-limits",
        "What the history of the repository shows, and where that ends",
        "",
        &[
            ("question", "Question"),
            ("shows", "The commits show"),
            ("limit", "They do not show"),
            ("demands", "Demands"),
        ],
    );
    for it in &plan().history {
        let demands = it.demands.iter().map(|id| demand(books, id));
        let cells = vec![
            cell(it.asks.clone()),
            cell(it.shows.clone()),
            cell(it.limit.clone()),
            list(demands),
        ];
        table.push(Mark::Plain, cells);
    }
    table
}

/// A demand that leads to its row.
pub(super) fn demand(books: &Books<'_>, id: &str) -> Run {
    let is_shown = obligation(id).is_some_and(|it| books.is_asked(&it.controls));
    match is_shown {
        true => Run {
            anchor: Some(anchor(&["demand", id])),
            ..Run::code(id)
        },
        false => Run::code(id),
    }
}
