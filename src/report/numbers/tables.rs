//! The parts of the report on the numbers.

use super::TargetCounts;
use super::trend::{Trend, is_of_period};
use crate::report::audit::build::{anchor, cell, number};
use crate::report::audit::{Group, Mark, Run, Table};
use crate::report::incident::Filing;
use crate::report::metrics::{Measure, Metrics, Standing};
use crate::report::paper::Ground;

/// The anchor of a measure.
pub(super) fn name(measure: &Measure) -> String {
    anchor(&["measure", measure.id])
}

const fn standing(standing: Standing) -> (&'static str, Mark) {
    match standing {
        Standing::Met => ("met", Mark::Good),
        Standing::Missed => ("missed", Mark::Bad),
        Standing::Undetermined => ("not known", Mark::Muted),
    }
}

/// The targets, and a word where nothing happened.
pub(super) fn summary(found: &Metrics, basis: &Ground, targets: TargetCounts) -> Vec<Group> {
    let mut group = Group::head("summary");
    let counted = found.measures.iter().filter(|it| is_of_period(it));
    if counted.clone().all(|it| it.population == 0) {
        group.notes.push(vec![Run::marked(
            format!(
                "Nothing happened in this period that is counted. That rests on {} records examined{}; numbers that say how it stands now are given all the same.",
                basis.records,
                match basis.incomplete.len() {
                    0 => String::new(),
                    gaps => format!(", and {gaps} files could not be examined"),
                }
            ),
            Mark::Warn,
        )]);
    }
    group.fact("Targets met", number(targets.met));
    group.fact("Targets missed", number(targets.missed));
    group.fact("Targets not known", number(targets.undetermined));
    let mut table = Table::new(
        "targets",
        "What the programme sets itself, beside what is found",
        "The programme sets itself no number.",
        &[
            ("metric", "Metric"),
            ("type", "Type"),
            ("wanted", "Wanted"),
            ("found", "Found"),
            ("standing", "Standing"),
            ("why", "Why"),
            ("owner", "Owner"),
        ],
    );
    for it in &found.targets {
        let wanted = match (it.target, it.limit) {
            (Some(target), _) => format!("target {target}"),
            (None, Some(limit)) => format!("limit {limit}"),
            (None, None) => String::new(),
        };
        let value = it.value.map_or_else(String::new, |value| value.to_string());
        let value = match it.text.as_str() {
            "" => value,
            text if *text == value => value,
            text => format!("{value} ({text})"),
        };
        let measure = found
            .measures
            .iter()
            .find(|measure| measure.figures.iter().any(|figure| figure.id == it.metric));
        let metric = match measure {
            Some(measure) => Run::to(it.metric.clone(), name(measure)),
            None => Run::text(it.metric.clone()),
        };
        let (word, mark) = standing(it.standing);
        table.push(
            mark,
            vec![
                vec![metric],
                cell(it.kind.clone()),
                cell(wanted),
                cell(value),
                vec![Run::marked(word, mark)],
                cell(it.reason.clone().unwrap_or_default()),
                cell(it.owner.clone()),
            ],
        );
    }
    group.tables.push(table);
    vec![group]
}

/// A measure: its numbers, how they moved, and the cases behind them.
pub(super) fn measure(measure: &Measure, trends: &[Trend], filings: &[Filing]) -> Group {
    let mut group = Group::new(name(measure), measure.title);
    group.fact("Counted", cell(measure.of.clone()));
    group.fact("How many they are", number(measure.population));
    if !is_of_period(measure) {
        group.note("How it stands as of the instant of judgement; records do not say how that was before, so there is no trend.");
    }
    group.tables.push(figures(measure));
    if is_of_period(measure) {
        group.tables.push(trend(measure, trends));
    }
    group.tables.push(members(measure, filings));
    if !measure.undetermined.is_empty() {
        let mut unknown = Table::new(
            &anchor(&["unknown", measure.id]),
            "Cases that a fact is missing for",
            "",
            &[("id", "Case"), ("why", "Which fact")],
        );
        for it in &measure.undetermined {
            let cells = vec![vec![case(&it.id, filings)], cell(it.reason.clone())];
            unknown.push(Mark::Muted, cells);
        }
        group.tables.push(unknown);
    }
    group
}

fn figures(measure: &Measure) -> Table {
    let mut table = Table::new(
        &anchor(&["figures", measure.id]),
        "The numbers of the period",
        "",
        &[
            ("figure", "Number"),
            ("title", "What it says"),
            ("value", "Value"),
            ("of", "Out of"),
            ("unknown", "Could change it"),
        ],
    );
    for figure in &measure.figures {
        let (value, mark) = match &figure.reason {
            Some(reason) => (reason.clone(), Mark::Muted),
            None => (figure.text.clone(), Mark::Plain),
        };
        table.push(
            mark,
            vec![
                vec![Run::code(figure.id)],
                cell(figure.title),
                vec![Run::marked(value, mark)],
                number(figure.population),
                number(figure.undetermined),
            ],
        );
    }
    table
}

fn trend(measure: &Measure, trends: &[Trend]) -> Table {
    let own: Vec<&Trend> = measure
        .figures
        .iter()
        .filter_map(|figure| trends.iter().find(|it| it.figure == figure.id))
        .collect();
    let mut columns = vec![("part", "Part")];
    columns.extend(
        own.iter()
            .map(|it| (it.figure.as_str(), it.figure.as_str())),
    );
    columns.push(("of", "Cases"));
    let mut table = Table::new(
        &anchor(&["trend", measure.id]),
        "How they moved",
        "The period has not begun.",
        &columns,
    );
    let points = own.first().map_or(&[][..], |it| it.points.as_slice());
    for (at, point) in points.iter().enumerate() {
        let mut worst = Mark::Plain;
        let mut cells = vec![cell(point.part.clone())];
        for trend in &own {
            let found = trend.points.get(at);
            let mark = match found.and_then(|it| it.standing) {
                Some(it) => standing(it).1,
                None => Mark::Plain,
            };
            worst = worst.max(mark);
            let text = match found {
                Some(it) if it.value.is_some() => it.text.clone(),
                _ => "–".to_owned(),
            };
            cells.push(vec![Run::marked(text, mark)]);
        }
        cells.push(number(
            own.iter()
                .filter_map(|it| it.points.get(at))
                .map(|it| it.population)
                .max()
                .unwrap_or(0),
        ));
        table.push(worst, cells);
    }
    table
}

/// The list behind the numbers, for those who have to act on it.
fn members(measure: &Measure, filings: &[Filing]) -> Table {
    let mut table = Table::new(
        &anchor(&["members", measure.id]),
        "What is behind them",
        "Nothing is counted.",
        &[("id", "Case"), ("state", "State"), ("text", "Says")],
    );
    for it in &measure.members {
        let mark = match it.state {
            "late" | "overdue" | "missing" | "one-way" | "incomplete" | "never" | "stale"
            | "soon" | "repeated" => Mark::Warn,
            _ => Mark::Plain,
        };
        let cells = vec![
            vec![case(&it.id, filings)],
            vec![Run::marked(it.state, mark)],
            cell(it.text.clone()),
        ];
        table.push(mark, cells);
    }
    table
}

/// A case by its name, leading to the file of its record.
fn case(name: &str, filings: &[Filing]) -> Run {
    let id = name.split('#').next().unwrap_or(name);
    let file = filings.iter().find(|it| it.id == id && it.owner.is_none());
    Run {
        file: file.map(|it| it.file.clone()),
        ..Run::text(name)
    }
}

/// What reviews said, beside what is found.
pub(super) fn reviews(found: &Metrics) -> Group {
    let mut table = Table::new(
        "reviews",
        "What was reported, beside what the records show",
        "No metrics review of the period is recorded.",
        &[
            ("review", "Review"),
            ("metric", "Metric"),
            ("said", "It said"),
            ("found", "Found"),
            ("standing", "Agreement"),
        ],
    );
    for review in &found.reviews {
        for line in &review.claims {
            let (says, mark) = match line.agrees {
                Some(true) => ("agrees", Mark::Good),
                Some(false) => ("does not agree", Mark::Bad),
                None => ("nobody can say", Mark::Muted),
            };
            let says = line.reason.clone().unwrap_or_else(|| says.to_owned());
            table.push(
                mark,
                vec![
                    cell(review.id.clone()),
                    cell(line.metric.clone()),
                    cell(line.claimed.map_or_else(String::new, |it| it.to_string())),
                    cell(line.value.map_or_else(String::new, |it| it.to_string())),
                    vec![Run::marked(says, mark)],
                ],
            );
        }
    }
    let mut group = Group::head("reviews");
    group.tables.push(table);
    group
}
