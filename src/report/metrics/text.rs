//! The numbers for a terminal: what is set and claimed first, then each measure, with the names
//! behind whatever is not as it should be.

use std::fmt::Write as _;

use super::Metrics;
use super::measure::{Figure, Measure, Member, Unit};
use super::review::{ClaimLine, Review};
use super::target::{Standing, Target};
use crate::output::tamed;

/// States of a case that somebody should look at.
const TROUBLE: &[&str] = &[
    "late",
    "overdue",
    "missing",
    "one-way",
    "incomplete",
    "never",
    "stale",
    "soon",
    "repeated",
];

/// Colours of a terminal.
type Paint<'p> = &'p dyn Fn(&str, &str) -> String;

impl Metrics {
    /// The numbers for a terminal.
    pub fn plain(&self, has_color: bool) -> String {
        let paint = |code: &str, words: &str| match has_color {
            true => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            false => words.to_owned(),
        };
        let mut text = String::new();
        let running = match self.period.is_running {
            true => ", which is not over yet",
            false => "",
        };
        let _ = writeln!(
            text,
            "{} to {}{running}, as of {}\n",
            paint("1", &self.period.from),
            paint("1", &self.period.to),
            self.as_of
        );
        targets(&mut text, &self.targets, &paint);
        for review in &self.reviews {
            claims(&mut text, review, &paint);
        }
        for (demand, title) in [
            ("MX-METRIC-01", "Report-out"),
            ("MX-METRIC-02", "Coordination"),
        ] {
            let _ = writeln!(text, "{}\n", paint("1;36", title));
            for measure in self.measures.iter().filter(|it| it.obligation == demand) {
                one(&mut text, measure, &paint);
            }
        }
        for missing in &self.incomplete {
            let (file, reason) = (tamed(&missing.file), tamed(&missing.reason));
            let _ = writeln!(text, "{} {file}: {reason}", paint("31;1", "not examined:"));
        }
        text
    }
}

fn mark(standing: Standing, paint: Paint<'_>) -> String {
    match standing {
        Standing::Met => paint("32", "met   "),
        Standing::Missed => paint("31;1", "missed"),
        Standing::Undetermined => paint("33;1", "?     "),
    }
}

fn targets(text: &mut String, targets: &[Target], paint: Paint<'_>) {
    if targets.is_empty() {
        let _ = writeln!(text, "`program.metrics` sets no targets\n");
        return;
    }
    let _ = writeln!(text, "{}\n", paint("1;36", "Targets"));
    let width = widest(targets.iter().map(|it| it.metric.as_str()));
    for target in targets {
        let bound = match (target.target, target.limit) {
            (Some(number), _) => format!("target {number}"),
            (None, Some(number)) => format!("limit {number}"),
            (None, None) => "no bound".to_owned(),
        };
        let found = match target.value {
            Some(value) if target.text.contains(" of ") => format!("{value} ({})", target.text),
            Some(value) => value.to_string(),
            None => "nothing measured".to_owned(),
        };
        let name = format!("{:width$}", tamed(&target.metric));
        let _ = writeln!(
            text,
            "  {}  {name}  {found}, {bound} ({}, {})",
            mark(target.standing, paint),
            tamed(&target.kind),
            tamed(&target.owner),
        );
        because(text, target.reason.as_deref(), paint);
    }
    text.push('\n');
}

fn because(text: &mut String, reason: Option<&str>, paint: Paint<'_>) {
    if let Some(reason) = reason {
        let _ = writeln!(text, "          {}", paint("2", &tamed(reason)));
    }
}

fn claims(text: &mut String, review: &Review, paint: Paint<'_>) {
    let title = format!("{} says", tamed(&review.id));
    let when = match (&review.performed_at, review.is_same_instant) {
        (Some(at), false) => format!(
            ", as of {}; `--review {}` works the numbers out as of then",
            tamed(at),
            tamed(&review.id)
        ),
        _ => String::new(),
    };
    let _ = writeln!(text, "{}{}\n", paint("1;36", &title), paint("2", &when));
    let width = widest(review.claims.iter().map(|it| it.metric.as_str()));
    for claim in &review.claims {
        let name = format!("{:width$}", tamed(&claim.metric));
        let _ = writeln!(text, "  {}  {name}  {}", verdict(claim, paint), both(claim));
        because(text, claim.reason.as_deref(), paint);
    }
    text.push('\n');
}

fn verdict(claim: &ClaimLine, paint: Paint<'_>) -> String {
    let is_within = claim.standing == Standing::Met;
    let is_judged = claim.standing != Standing::Undetermined;
    let judges_otherwise = is_judged && claim.claimed_within_limit == Some(!is_within);
    match (claim.agrees, judges_otherwise) {
        (Some(true), false) => paint("32", "agrees "),
        (Some(false), _) | (_, true) => paint("31;1", "differs"),
        (None, false) => paint("33;1", "?      "),
    }
}

fn both(claim: &ClaimLine) -> String {
    let shown = |number: Option<f64>, none: &str| match number {
        Some(number) => number.to_string(),
        None => none.to_owned(),
    };
    let within = match claim.claimed_within_limit {
        Some(true) => " and within its limit",
        Some(false) => " and out of bounds",
        None => "",
    };
    format!(
        "the review has {}{within}, the records {}",
        shown(claim.claimed, "no number"),
        shown(claim.value, "none")
    )
}

fn one(text: &mut String, measure: &Measure, paint: Paint<'_>) {
    let _ = writeln!(
        text,
        "  {}  {}",
        paint("1", measure.title),
        paint("2", &format!("{} {}", measure.population, measure.of))
    );
    let measured: Vec<&Figure> = measure
        .figures
        .iter()
        .filter(|it| it.value.is_some())
        .collect();
    if measured.is_empty() {
        let reason = measure.figures.iter().find_map(|it| it.reason.as_deref());
        let words = format!("nothing measured: {}", tamed(reason.unwrap_or("")));
        let _ = writeln!(text, "    {}", paint("33", &words));
    } else {
        // Where cases are counted, their share says the same again.
        let has_count = measured.iter().any(|it| it.unit == Unit::Count);
        let told = measured
            .iter()
            .filter(|it| !has_count || it.unit != Unit::Share);
        let mut shown: Vec<String> = told.map(|it| figure(it, paint)).collect();
        let open = measure.members.iter().filter(|it| it.state == "open");
        let open = open.count();
        if !has_count && open > 0 {
            let have = if open == 1 { "has" } else { "have" };
            shown.push(format!("{open} still {have} time"));
        }
        let _ = writeln!(text, "    {}", shown.join(", "));
    }
    let width = widest(measure.groups.iter().map(|it| it.severity.as_str()));
    for group in &measure.groups {
        let (severity, age) = (tamed(&group.severity), group.age);
        let _ = writeln!(
            text,
            "    {severity:width$}  {age:9}  {} open, {} overdue",
            group.open, group.overdue
        );
    }
    let trouble: Vec<&Member> = measure
        .members
        .iter()
        .filter(|it| TROUBLE.contains(&it.state))
        .collect();
    let width = widest(trouble.iter().map(|it| it.id.as_str()));
    for member in trouble {
        let id = format!("{:width$}", tamed(&member.id));
        let state = paint("31;1", member.state);
        let _ = writeln!(text, "    {state}  {id}  {}", tamed(&member.text));
    }
    for unknown in &measure.undetermined {
        let (id, reason) = (tamed(&unknown.id), tamed(&unknown.reason));
        let _ = writeln!(text, "    {}  {id}  {reason}", paint("33;1", "not known"));
    }
    text.push('\n');
}

/// `median 1h 20m`, `worst 2h 15m (INC-2025-0003)`, `7 of 7 within the limit`.
fn figure(figure: &Figure, paint: Paint<'_>) -> String {
    let number = paint("1", &figure.text);
    let is_count = figure.unit == Unit::Count;
    match (
        is_count || figure.text.contains(" of "),
        figure.ids.as_slice(),
    ) {
        (true, _) => format!("{number} {}", figure.title),
        (false, [one]) => format!("{} {number} ({})", figure.title, tamed(one)),
        (false, _) => format!("{} {number}", figure.title),
    }
}

fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|it| it.chars().count()).max().unwrap_or(0)
}
