//! What is told in full. Of a small population that is everything; of a large one what needs an eye,
//! and what a health check sampled. All else has its row and its verdict, and is counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::books::Books;
use super::model::Table;
use super::taken::Taken;
use crate::finding::{DutyState, Severity};

/// The most incidents of which each is told in full.
const WHOLE: usize = 25;

/// The most incidents of a large population that are told in full, beside those that a health
/// check sampled.
pub(super) const MOST: usize = 500;

/// The most rows of a table that a page shows; the model, the workbook and the CSV files have all.
pub(in crate::report) const ROWS: usize = 200;

/// The most trails that a page shows.
pub(super) const TRAILS: usize = 100;

/// Why an incident is told in full, from the least to the most serious.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// The population is small.
    Small,
    /// A health check sampled it.
    Sampled,
    /// An exception accepts something of it.
    Excepted,
    /// A clock runs, or nobody can say whether it does.
    Open,
    /// Something was done late.
    Late,
    /// A check weighs a warning.
    Warning,
    /// Something is overdue.
    Overdue,
    /// A check failed.
    Error,
}

/// In words what is told in full of a large population.
pub(super) const NEEDS: &str = "those with a finding, an exception, a duty that is open, overdue, was met late or by escalation or cannot be told, and those that a health check sampled";

/// Whether a clock is to be looked at, and why.
pub(super) const fn need_of_duty(state: DutyState) -> Option<Need> {
    match state {
        DutyState::Met | DutyState::NotRequired => None,
        DutyState::Open | DutyState::Undetermined => Some(Need::Open),
        DutyState::Late | DutyState::LateWithReason | DutyState::Attempted => Some(Need::Late),
        DutyState::Overdue => Some(Need::Overdue),
    }
}

/// Why an incident is told in full; `None` if it is only counted.
pub(super) fn need(books: &Books<'_>, incident: &Taken) -> Option<Need> {
    let findings =
        books
            .findings_of(incident)
            .filter_map(|it| match (&it.excepted_by, it.severity) {
                (_, Severity::Info) => None,
                (Some(_), _) => Some(Need::Excepted),
                (None, Severity::Warning) => Some(Need::Warning),
                (None, Severity::Error) => Some(Need::Error),
            });
    let duties = books.duties_of(incident);
    let duties = duties.filter_map(|it| need_of_duty(it.clock.state));
    let is_small = books.incidents.len() + books.simulated.len() <= WHOLE;
    let others = [
        is_small.then_some(Need::Small),
        books.is_excepted(&incident.id).then_some(Need::Excepted),
        books
            .samples_with(&incident.id)
            .next()
            .map(|_| Need::Sampled),
    ];
    let others = others.into_iter().flatten();
    findings.chain(duties).chain(others).max()
}

/// Of the incidents that need to be told in full the most serious, as many as a report tells.
pub(super) fn most_serious(mut needs: Vec<(&str, Need)>) -> BTreeMap<&str, Need> {
    needs.sort_by_key(|(_, need)| Reverse(*need));
    needs.truncate(MOST);
    needs.into_iter().collect()
}

/// Says of a table how many rows it leaves out, where there are any.
pub(super) fn say_left_out(table: &mut Table, all: usize, why: &str) {
    let left_out = all.saturating_sub(table.rows.len());
    if left_out > 0 {
        let caption = format!("{} ({left_out} of {all} {why})", table.caption);
        table.caption = caption;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_serious_of_many_are_told() {
        let names: Vec<String> = (0..2 * MOST).map(|it| format!("INC-{it:04}")).collect();
        let need_of = |at: usize| match at % 4 {
            3 => Need::Error,
            _ => Need::Late,
        };
        let needs = names.iter().enumerate();
        let told = most_serious(needs.map(|(at, id)| (id.as_str(), need_of(at))).collect());
        assert_eq!(told.len(), MOST);
        let errors = told.values().filter(|it| **it == Need::Error).count();
        assert_eq!(errors, MOST / 2);
    }
}
