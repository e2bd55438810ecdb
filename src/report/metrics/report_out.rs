//! The operator's view of the report-out: what was not reported, not fixed, not reviewed, and what
//! came back.

use std::collections::BTreeMap;

use super::Books;
use super::coordination::days_left;
use super::measure::{Better, Figure, Group, Measure, Member, Unit, Unknown, in_unit, median};
use crate::clock::{Duration, Instant, Moment, shift};
use crate::record::RecordKind;
use crate::report::facts::{Fix, Incident, Weakness};
use crate::report::population::severities;

const DEMAND: &str = "MX-METRIC-01";

/// How far ahead the review of an exception counts as near.
const SOON: Duration = Duration::from_hours(30 * 24);

/// Ages of open fixes, in days, with the words for what is not older.
const BANDS: &[(i64, &str)] = &[(30, "to 30d"), (90, "to 90d"), (180, "to 180d")];
/// Older than all bands.
const OLDEST: &str = "over 180d";

pub(super) fn measures(books: &Books<'_>) -> Vec<Measure> {
    vec![
        missing_reports(books),
        open_fixes(books),
        exceptions(books),
        repeats(books),
    ]
}

fn measure(
    id: &'static str,
    title: &'static str,
    of: &str,
    population: usize,
    (mut members, mut undetermined): (Vec<Member>, Vec<Unknown>),
    figures: Vec<Figure>,
) -> Measure {
    members.sort_by(|left, right| left.id.cmp(&right.id));
    undetermined.sort();
    Measure {
        id,
        obligation: DEMAND,
        title,
        of: of.to_owned(),
        population,
        figures,
        groups: Vec::new(),
        members,
        undetermined,
    }
}

/// Incidents that are over and have no report-out: closed ones, and contained ones whose limit
/// has passed.
fn missing_reports(books: &Books<'_>) -> Measure {
    let ended = books.incidents().filter(|it| {
        [it.contained_at, it.closed_at]
            .into_iter()
            .flatten()
            .any(|at| books.is_in_period(at))
    });
    let (mut members, mut unknown, mut lacking, mut population) = (vec![], vec![], vec![], 0);
    for incident in ended {
        population += 1;
        let id = incident.id.clone();
        let is_reported =
            incident.has_report_out && incident.reported_at.is_none_or(|at| at <= books.as_of);
        let is_closed = books.has_come(incident.closed_at);
        let limit = books.limit("report_out", &incident.severity);
        let due = incident
            .contained_at
            .zip(limit)
            .and_then(|(at, limit)| shift(at, limit));
        let (state, text) = match (is_reported, is_closed, due) {
            (true, ..) => ("reported", "reported".to_owned()),
            (false, true, _) => ("missing", "closed without report-out".to_owned()),
            (false, false, Some(due)) if due < books.as_of => {
                ("missing", days_left(Some(due), books.as_of))
            }
            (false, false, Some(due)) => ("open", days_left(Some(due), books.as_of)),
            (false, false, None) => {
                let reason = "`program.yaml` sets no clock `report_out`".to_owned();
                unknown.push(Unknown { id, reason });
                continue;
            }
        };
        if state == "missing" {
            lacking.push(id.clone());
        }
        members.push(Member {
            id,
            state,
            value: None,
            text,
        });
    }
    let reason = "no incident was contained or closed in the period".to_owned();
    let figure = Figure::count("incidents-without-report-out", "missing", lacking)
        .of(population, unknown.len())
        .unless((population == 0).then_some(reason));
    measure(
        "report-out",
        "report-outs",
        "incidents contained or closed in the period",
        population,
        (members, unknown),
        vec![figure],
    )
}

/// A weakness that is on file as of the instant.
struct Known<'a> {
    incident: &'a Incident,
    weakness: &'a Weakness,
}

impl Known<'_> {
    fn id(&self) -> String {
        format!("{}#{}", self.incident.id, self.weakness.id)
    }
}

fn weaknesses<'a>(books: &Books<'a>) -> Vec<Known<'a>> {
    let of_one = |incident: &'a Incident| {
        let weaknesses = incident.weaknesses.iter();
        weaknesses.map(move |weakness| Known { incident, weakness })
    };
    let is_known = |it: &&Incident| it.reported_at.is_none_or(|at| at <= books.as_of);
    books
        .incidents()
        .filter(is_known)
        .flat_map(of_one)
        .collect()
}

fn open_fixes(books: &Books<'_>) -> Measure {
    let known = weaknesses(books);
    let (mut members, mut unknown) = (vec![], vec![]);
    let (mut open, mut overdue, mut undated, mut ages) = (vec![], vec![], 0, vec![]);
    for it in &known {
        let Some(fix) = it
            .weakness
            .fix
            .as_ref()
            .filter(|fix| fix.is_open(books.as_of))
        else {
            continue;
        };
        let id = it.id();
        open.push(id.clone());
        let is_late = fix.due.map(|due| due.has_ended(books.as_of));
        match is_late {
            Some(true) => overdue.push(id.clone()),
            Some(false) => {}
            None => undated += 1,
        }
        let age = it
            .incident
            .reported_at
            .map(|at| books.as_of.duration_since(at));
        if is_late.is_none() || age.is_none() {
            let fact = if age.is_none() {
                "when it was reported"
            } else {
                "until when"
            };
            let reason = format!("it is not said {fact}");
            unknown.push(Unknown {
                id: id.clone(),
                reason,
            });
        }
        ages.extend(age.map(|age| (age, id.clone())));
        members.push(member(id, &it.incident.severity, age, fix, books.as_of));
    }
    let nothing = known
        .is_empty()
        .then(|| "no weakness is on file".to_owned());
    let none_open = nothing
        .clone()
        .unwrap_or_else(|| "no fix is open".to_owned());
    let lengths: Vec<Duration> = ages.iter().map(|it| it.0).collect();
    let undated_age = open.len() - ages.len();
    let age = |id, title, found: Option<(Duration, Vec<String>)>| match found {
        Some((length, ids)) => {
            let of = (ids, lengths.len());
            Figure::length(id, title, Unit::Days, length, of).of(lengths.len(), undated_age)
        }
        None => Figure::none(id, title, Unit::Days, Better::Lower, none_open.clone()),
    };
    let all = || ages.iter().map(|it| it.1.clone()).collect::<Vec<_>>();
    let oldest = ages.iter().rev().max_by_key(|it| it.0);
    let late = overdue.len();
    let figures = vec![
        Figure::count("open-fixes", "open", open.clone())
            .of(known.len(), 0)
            .unless(nothing.clone()),
        Figure::count("remediation-overdue", "overdue", overdue.clone())
            .of(open.len(), undated)
            .unless(nothing),
        Figure {
            undetermined: undated,
            ..Figure::share(
                "remediation-overdue-share",
                "overdue share",
                (Better::Lower, &none_open),
                (overdue, open.len() - undated),
                late,
            )
        },
        age(
            "remediation-age-median",
            "median age",
            median(&lengths).map(|it| (it, all())),
        ),
        age(
            "remediation-age-oldest",
            "oldest",
            oldest.map(|it| (it.0, vec![it.1.clone()])),
        ),
    ];
    let population = known.len();
    let groups = groups(books, &known);
    let fixes = measure(
        "fixes",
        "open fixes",
        "weaknesses on file",
        population,
        (members, unknown),
        figures,
    );
    Measure { groups, ..fixes }
}

/// Place of the severity in the list of the programme, the severity, and the band of the age.
type Key<'k> = (Option<usize>, &'k str, usize);

/// Open fixes by severity, as the programme orders them, and by age.
fn groups(books: &Books<'_>, known: &[Known<'_>]) -> Vec<Group> {
    let severities = severities(books.registry);
    let place = |severity: &str| severities.iter().position(|it| it == severity);
    let mut found: BTreeMap<Key<'_>, (Vec<String>, usize)> = BTreeMap::new();
    for it in known {
        let Some(fix) = it
            .weakness
            .fix
            .as_ref()
            .filter(|fix| fix.is_open(books.as_of))
        else {
            continue;
        };
        let severity = it.incident.severity.as_str();
        let age = it
            .incident
            .reported_at
            .map(|at| books.as_of.duration_since(at));
        let key = (place(severity), severity, age.map_or(BANDS.len() + 1, band));
        let (ids, late) = found.entry(key).or_default();
        ids.push(it.id());
        *late += usize::from(fix.due.is_some_and(|due| due.has_ended(books.as_of)));
    }
    let rows = found.into_iter();
    rows.map(|((_, severity, band), (ids, late))| Group::new(severity, words(band), ids, late))
        .collect()
}

fn member(id: String, severity: &str, age: Option<Duration>, fix: &Fix, as_of: Instant) -> Member {
    let due = fix.due.and_then(Moment::end);
    let left = match fix.due {
        Some(_) => days_left(due, as_of),
        None => "no date".to_owned(),
    };
    let is_late = fix.due.is_some_and(|due| due.has_ended(as_of));
    let band = words(age.map_or(BANDS.len() + 1, band));
    Member {
        id,
        state: if is_late { "overdue" } else { "open" },
        value: age.map(|age| in_unit(Unit::Days, age)),
        text: format!("{severity}, {band}, {left}"),
    }
}

/// The band of an age, youngest first.
fn band(age: Duration) -> usize {
    let is_within = |(days, _): &(i64, &str)| age <= Duration::from_hours(days * 24);
    BANDS.iter().position(is_within).unwrap_or(BANDS.len())
}

/// A band in words.
fn words(band: usize) -> &'static str {
    match BANDS.get(band) {
        Some((_, words)) => words,
        None if band == BANDS.len() => OLDEST,
        None => "of unknown age",
    }
}

/// Exceptions that are to be looked at again soon, or should have been.
fn exceptions(books: &Books<'_>) -> Measure {
    let (mut members, mut unknown, mut soon, mut late) = (vec![], vec![], vec![], vec![]);
    for exception in books.registry.of_kind(RecordKind::Exception) {
        let root = exception.root();
        let first_approval = root
            .list_of("approved")
            .filter_map(|it| crate::clock::parse_instant(it.text_of("at")))
            .min();
        if root.text_of("status") != "active" || first_approval.is_some_and(|at| at > books.as_of) {
            continue;
        }
        let id = exception.id.clone();
        let Some(review) = Moment::parse(root.text_of("review_on")) else {
            let reason = "it has no date of review".to_owned();
            unknown.push(Unknown { id, reason });
            continue;
        };
        let end = review.end();
        let is_late = review.has_ended(books.as_of);
        let horizon = shift(books.as_of, SOON);
        let is_soon = !is_late && end.zip(horizon).is_some_and(|(end, until)| end <= until);
        let state = match (is_late, is_soon) {
            (true, _) => "overdue",
            (false, true) => "soon",
            (false, false) => "later",
        };
        if is_late {
            late.push(id.clone());
        } else if is_soon {
            soon.push(id.clone());
        }
        members.push(Member {
            id,
            state,
            value: None,
            text: format!("review {}", days_left(end, books.as_of)),
        });
    }
    let population = members.len() + unknown.len();
    let off = (population == 0).then(|| "no exception is active".to_owned());
    let figures = [
        Figure::count("exceptions-due-soon", "due within 30d", soon),
        Figure::count("exceptions-overdue", "overdue", late),
    ];
    let figures = figures.map(|it| it.of(population, unknown.len()).unless(off.clone()));
    measure(
        "exceptions",
        "exceptions awaiting review",
        "active exceptions",
        population,
        (members, unknown),
        figures.into(),
    )
}

/// Weaknesses reported in the period that an earlier incident had shown: same type, same asset.
fn repeats(books: &Books<'_>) -> Measure {
    let mut known = weaknesses(books);
    known.sort_by(|left, right| order(left).cmp(&order(right)));
    let mut seen: BTreeMap<(&str, &str), (&str, String)> = BTreeMap::new();
    let (mut members, mut unknown, mut repeated, mut population) = (vec![], vec![], vec![], 0);
    for it in &known {
        let (incident, weakness) = (it.incident, it.weakness);
        let reported = incident.reported_at.or(incident.ended_at());
        let is_counted = reported.is_some_and(|at| books.is_in_period(at));
        let keys = || {
            weakness
                .assets
                .iter()
                .map(|asset| (asset.as_str(), weakness.kind.as_str()))
        };
        let mut earlier = keys().filter_map(|key| Some((key.0, seen.get(&key)?)));
        let before = earlier.find(|(_, (other, _))| *other != incident.id);
        if is_counted {
            population += 1;
            if weakness.kind.is_empty() || weakness.assets.is_empty() {
                unknown.push(Unknown {
                    id: it.id(),
                    reason: "its type or its assets are not said".to_owned(),
                });
            } else if let Some((asset, (_, first))) = before {
                repeated.push(it.id());
                members.push(Member {
                    id: it.id(),
                    state: "repeated",
                    value: None,
                    text: format!("{} in {asset}, as {first}", weakness.kind),
                });
            }
        }
        for key in keys() {
            seen.entry(key).or_insert((&incident.id, it.id()));
        }
    }
    let off = "no weakness was reported in the period".to_owned();
    let figure = Figure::count("repeat-weaknesses", "repeated", repeated)
        .of(population, unknown.len())
        .unless((population == 0).then_some(off));
    measure(
        "repeats",
        "repeat weaknesses",
        "weaknesses reported in the period",
        population,
        (members, unknown),
        vec![figure],
    )
}

/// Earlier incidents come first.
fn order<'a>(it: &Known<'a>) -> (Option<Instant>, &'a str, &'a str) {
    (it.incident.declared_at, &it.incident.id, &it.weakness.id)
}
