//! Numbers with what they are made of, and how they come from single cases.

use serde::Serialize;

use crate::clock::{Duration, duration_text};

/// Numbers about one population.
#[derive(Clone, Debug, Serialize)]
pub struct Measure {
    /// Its name, for ever.
    pub id: &'static str,
    /// The demand that asks for it.
    pub obligation: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// Who is counted.
    pub of: String,
    /// How many they are.
    pub population: usize,
    /// The numbers.
    pub figures: Vec<Figure>,
    /// The same cases by severity and age, where that is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The single cases, in order of their ids.
    pub members: Vec<Member>,
    /// The cases that a fact is missing for.
    pub undetermined: Vec<Unknown>,
}

/// One number.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Its name, for ever: the id that `program.metrics` uses.
    pub id: &'static str,
    /// What it says, in a few words.
    pub title: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way is good.
    pub better: Better,
    /// The number; `None` where nothing can be measured.
    pub value: Option<f64>,
    /// The number for people.
    pub text: String,
    /// Why there is none.
    pub reason: Option<String>,
    /// Of how many cases.
    pub population: usize,
    /// The cases that make it up.
    pub ids: Vec<String>,
    /// How many cases might change it, if a missing fact were known.
    pub undetermined: usize,
}

/// What a number is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A number of cases.
    Count,
    /// A part of a whole, from 0 to 1.
    Share,
    /// Hours, with decimals.
    Hours,
    /// Days, with decimals.
    Days,
}

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// The less the better.
    Lower,
    /// The more the better.
    Higher,
}

/// The open cases of one severity and age.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The severity of the incidents.
    pub severity: String,
    /// How old, in words.
    pub age: &'static str,
    /// How many.
    pub open: usize,
    /// How many of them are past their date.
    pub overdue: usize,
    /// The same as a part of them, from 0 to 1.
    pub overdue_share: f64,
    /// Which.
    pub ids: Vec<String>,
}

impl Group {
    /// A group of cases, and how many of them are late.
    pub(super) fn new(
        severity: &str,
        age: &'static str,
        mut ids: Vec<String>,
        late: usize,
    ) -> Self {
        ids.sort();
        Self {
            severity: severity.to_owned(),
            age,
            open: ids.len(),
            overdue: late,
            overdue_share: rounded(whole(late) / whole(ids.len().max(1))),
            ids,
        }
    }
}

/// A single case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// A record, or an element of one: `INC-2025-0003#corvid-id`.
    pub id: String,
    /// What became of it.
    pub state: &'static str,
    /// Its own number, in the unit of the measure, where it has one.
    pub value: Option<f64>,
    /// The same for people, or what is to be known of it.
    pub text: String,
}

/// A case that a fact is missing for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unknown {
    /// The record or element.
    pub id: String,
    /// Which fact.
    pub reason: String,
}

impl Figure {
    /// A number of cases.
    pub(super) fn count(id: &'static str, title: &'static str, ids: Vec<String>) -> Self {
        Self {
            value: Some(whole(ids.len())),
            text: ids.len().to_string(),
            ..Self::none(id, title, Unit::Count, Better::Lower, String::new()).with(ids)
        }
    }

    /// The part of `population` that `ids` are. Without a population, nothing is measured.
    pub(super) fn share(
        id: &'static str,
        title: &'static str,
        (better, empty): (Better, &str),
        (ids, of): (Vec<String>, usize),
        counted: usize,
    ) -> Self {
        let none = Self::none(id, title, Unit::Share, better, empty.to_owned()).with(ids);
        if of == 0 {
            return none;
        }
        Self {
            value: Some(rounded(whole(counted) / whole(of))),
            text: format!("{counted} of {of}"),
            reason: None,
            population: of,
            ..none
        }
    }

    /// A length of time.
    pub(super) fn length(
        id: &'static str,
        title: &'static str,
        unit: Unit,
        length: Duration,
        (ids, of): (Vec<String>, usize),
    ) -> Self {
        Self {
            value: Some(in_unit(unit, length)),
            text: duration_text(length),
            population: of,
            ..Self::none(id, title, unit, Better::Lower, String::new()).with(ids)
        }
    }

    /// A number that cannot be had, and why.
    pub(super) fn none(
        id: &'static str,
        title: &'static str,
        unit: Unit,
        better: Better,
        reason: String,
    ) -> Self {
        Self {
            id,
            title,
            unit,
            better,
            value: None,
            text: String::new(),
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            population: 0,
            ids: Vec::new(),
            undetermined: 0,
        }
    }

    fn with(mut self, mut ids: Vec<String>) -> Self {
        ids.sort();
        self.ids = ids;
        self
    }

    /// Of how many cases, and how many more are not known.
    pub(super) fn of(mut self, population: usize, undetermined: usize) -> Self {
        self.population = population;
        self.undetermined = undetermined;
        self
    }

    /// Nothing is measured where there is nobody to measure, or the measure is off.
    pub(super) fn unless(mut self, reason: Option<String>) -> Self {
        if reason.is_some() {
            self.value = None;
            self.text.clear();
            self.reason = reason;
        }
        self
    }
}

/// A length in a unit of time.
pub(super) fn in_unit(unit: Unit, length: Duration) -> f64 {
    let hours = length.as_secs_f64() / 3_600.0;
    rounded(match unit {
        Unit::Days => hours / 24.0,
        _ => hours,
    })
}

/// Four decimals: as much as anybody reads, and the same on every machine.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts of records are small")]
fn whole(count: usize) -> f64 {
    count as f64
}

/// The middle of some lengths; of an even number the middle between the two in the middle.
pub(super) fn median(lengths: &[Duration]) -> Option<Duration> {
    let mut sorted = lengths.to_vec();
    sorted.sort();
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(half.checked_sub(1)?)?;
    Some(lower + (upper - lower) / 2)
}

/// How long one case took.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) id: String,
    /// From start to end, or until now while it goes on.
    pub(super) took: Duration,
    /// Whether it goes on.
    pub(super) is_running: bool,
    /// Whether it is within its limit; `None` without one.
    pub(super) in_limit: Option<bool>,
}

impl Case {
    /// Still going on, and within its limit: nothing can be said of it yet.
    fn is_pending(&self) -> bool {
        self.is_running && self.in_limit != Some(false)
    }

    fn member(&self) -> Member {
        let (state, text) = match (self.is_running, self.in_limit) {
            (true, Some(false)) => ("overdue", format!("{} so far", duration_text(self.took))),
            (true, _) => ("open", format!("{} so far", duration_text(self.took))),
            (false, Some(false)) => ("late", duration_text(self.took)),
            (false, Some(true)) => ("met", duration_text(self.took)),
            (false, None) => ("done", duration_text(self.took)),
        };
        Member {
            id: self.id.clone(),
            state,
            value: (!self.is_pending()).then(|| in_unit(Unit::Hours, self.took)),
            text,
        }
    }
}

/// The names of the numbers about a time: median, worst, share within the limit.
pub(super) struct Times {
    pub(super) id: &'static str,
    pub(super) obligation: &'static str,
    pub(super) title: &'static str,
    pub(super) of: String,
    pub(super) median: &'static str,
    pub(super) worst: &'static str,
    pub(super) in_limit: Option<&'static str>,
}

impl Times {
    /// The measure of some cases. Whatever is overdue counts with the time gone so far: the one
    /// that was never done is the worst. What is still within its limit is not counted yet.
    pub(super) fn measure(
        self,
        mut cases: Vec<Case>,
        mut unknown: Vec<Unknown>,
        off: Option<&str>,
    ) -> Measure {
        cases.sort_by(|left, right| left.id.cmp(&right.id));
        unknown.sort();
        let counted: Vec<&Case> = cases.iter().filter(|case| !case.is_pending()).collect();
        let lengths: Vec<Duration> = counted.iter().map(|case| case.took).collect();
        let ids = |cases: &[&Case]| cases.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
        let empty = match (off, cases.is_empty(), unknown.is_empty()) {
            (Some(off), ..) => off.to_owned(),
            (None, true, true) => format!("there are no {}", self.of),
            (None, false, _) => "all are still within their limits".to_owned(),
            (None, true, false) => "a fact is missing for each of them".to_owned(),
        };
        let none = |id, title, unit, better| Figure::none(id, title, unit, better, empty.clone());
        // Of several that took as long the first by id is named.
        let worst = counted.iter().rev().max_by_key(|case| case.took);
        let mut figures = vec![
            match median(&lengths) {
                Some(length) => {
                    let made_of = (ids(&counted), counted.len());
                    Figure::length(self.median, "median", Unit::Hours, length, made_of)
                }
                None => none(self.median, "median", Unit::Hours, Better::Lower),
            },
            match worst {
                Some(case) => {
                    let made_of = (vec![case.id.clone()], counted.len());
                    Figure::length(self.worst, "worst", Unit::Hours, case.took, made_of)
                }
                None => none(self.worst, "worst", Unit::Hours, Better::Lower),
            },
        ];
        if let Some(name) = self.in_limit {
            let judged: Vec<&Case> = counted
                .iter()
                .copied()
                .filter(|case| case.in_limit.is_some())
                .collect();
            let good: Vec<&Case> = judged
                .iter()
                .copied()
                .filter(|case| case.in_limit == Some(true))
                .collect();
            let without_limit = counted.len() - judged.len();
            let words = match (counted.is_empty(), without_limit) {
                (false, 1..) => "no limit is set for them",
                _ => empty.as_str(),
            };
            let mut share = Figure::share(
                name,
                "within the limit",
                (Better::Higher, words),
                (ids(&good), judged.len()),
                good.len(),
            );
            share.undetermined = unknown.len() + without_limit;
            figures.push(share);
        }
        for figure in figures.iter_mut().take(2) {
            figure.undetermined = unknown.len();
        }
        let figures = figures
            .into_iter()
            .map(|it| it.unless(off.map(str::to_owned)));
        Measure {
            id: self.id,
            obligation: self.obligation,
            title: self.title,
            of: self.of,
            population: cases.len() + unknown.len(),
            figures: figures.collect(),
            groups: Vec::new(),
            members: cases.iter().map(Case::member).collect(),
            undetermined: unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(list: &[i64]) -> Vec<Duration> {
        list.iter().map(|it| Duration::from_hours(*it)).collect()
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&hours(&[7])), Some(Duration::from_hours(7)));
        assert_eq!(median(&hours(&[9, 1, 2])), Some(Duration::from_hours(2)));
        assert_eq!(median(&hours(&[4, 1])), Some(Duration::from_mins(150)));
    }

    fn case(id: &str, hours: i64, is_running: bool, in_limit: Option<bool>) -> Case {
        Case {
            id: id.to_owned(),
            took: Duration::from_hours(hours),
            is_running,
            in_limit,
        }
    }

    fn times() -> Times {
        Times {
            id: "a",
            obligation: "MX-METRIC-02",
            title: "t",
            of: "notices sent in the period".to_owned(),
            median: "m",
            worst: "w",
            in_limit: Some("s"),
        }
    }

    /// Two sent after 1 h and 3 h, one not sent for 40 h, one 2 h old and within its limit: the
    /// median is that of 1, 3 and 40, the worst 40, and two of three are in time.
    #[test]
    fn what_was_never_done_is_the_worst_and_what_still_has_time_is_not_counted() {
        let cases = vec![
            case("b", 3, false, Some(true)),
            case("a", 1, false, Some(true)),
            case("c", 40, true, Some(false)),
            case("d", 2, true, Some(true)),
        ];
        let measure = times().measure(cases, Vec::new(), None);
        let values: Vec<_> = measure.figures.iter().map(|it| it.value).collect();
        assert_eq!(values, [Some(3.0), Some(40.0), Some(0.6667)]);
        assert_eq!(measure.figures[1].ids, ["c"]);
        assert_eq!(measure.population, 4);
        let states: Vec<_> = measure.members.iter().map(|it| it.state).collect();
        assert_eq!(states, ["met", "met", "overdue", "open"]);
        assert_eq!(measure.members[3].value, None);
    }

    #[test]
    fn nothing_measured_is_no_number() {
        let measure = times().measure(Vec::new(), Vec::new(), None);
        for figure in &measure.figures {
            assert_eq!(figure.value, None);
            let reason = figure.reason.as_deref();
            assert_eq!(reason, Some("there are no notices sent in the period"));
        }
        let off = Some("the rule `x` is switched off");
        let measure = times().measure(vec![case("a", 1, false, Some(true))], Vec::new(), off);
        for figure in &measure.figures {
            assert_eq!(figure.value, None);
            assert_eq!(
                figure.reason.as_deref(),
                Some("the rule `x` is switched off")
            );
        }
    }

    #[test]
    fn without_a_limit_nobody_is_in_time_or_late() {
        let measure = times().measure(vec![case("a", 1, false, None)], Vec::new(), None);
        let share = &measure.figures[2];
        assert_eq!((share.value, share.undetermined), (None, 1));
        assert_eq!(share.reason.as_deref(), Some("no limit is set for them"));
    }
}
