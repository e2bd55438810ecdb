//! What the programme sets itself, beside what is found.

use serde::Serialize;

use super::measure::{Better, Figure, Unit};
use crate::document::NodeRef;
use crate::record::{RecordKind, Registry};
use crate::text::closest;

/// A metric of `program.metrics`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Its id.
    pub metric: String,
    /// KPI or KRI, as written.
    #[serde(rename = "type")]
    pub kind: String,
    /// The number to reach, if there is one.
    pub target: Option<f64>,
    /// The number not to exceed, if there is one.
    pub limit: Option<f64>,
    /// Who answers for it.
    pub owner: String,
    /// What is found.
    pub value: Option<f64>,
    /// What is found, for people.
    pub text: String,
    /// Whether that is good enough.
    pub standing: Standing,
    /// Why that cannot be said, or what it depends on.
    pub reason: Option<String>,
}

/// Whether a number is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// Nobody can say.
    Undetermined,
}

/// The metrics of the programme, in their order.
pub(super) fn targets(registry: &Registry, figures: &[&Figure]) -> Vec<Target> {
    let programs = registry.of_kind(RecordKind::Program);
    let rows = programs.flat_map(|program| program.root().list_of("metrics"));
    rows.map(|row| target(row, figures)).collect()
}

fn target(row: NodeRef<'_>, figures: &[&Figure]) -> Target {
    let number = |key| Some(row.get(key)?.as_number()?.as_f64());
    let (target, limit) = (number("target"), number("limit"));
    let metric = row.text_of("id");
    let figure = figures.iter().find(|it| it.id == metric).copied();
    let (standing, reason) = match (figure, target.or(limit)) {
        (None, _) => (Standing::Undetermined, Some(unknown(metric, figures))),
        (Some(_), None) => {
            let reason = "it has neither `target` nor `limit`".to_owned();
            (Standing::Undetermined, Some(reason))
        }
        (Some(figure), Some(bound)) => judged(figure, bound),
    };
    Target {
        metric: metric.to_owned(),
        kind: row.text_of("type").to_owned(),
        target,
        limit,
        owner: row.text_of("owner").to_owned(),
        value: figure.and_then(|it| it.value),
        text: figure.map(|it| it.text.clone()).unwrap_or_default(),
        standing,
        reason,
    }
}

/// Why a name says nothing.
pub(super) fn unknown(metric: &str, figures: &[&Figure]) -> String {
    let near = closest(metric, figures.iter().map(|it| it.id));
    match near {
        Some(near) => format!("no figure is called `{metric}`; did you mean `{near}`?"),
        None => format!("no figure is called `{metric}`; it is measured elsewhere"),
    }
}

/// Whether a figure keeps to a bound. Where facts are missing it does only if it would whatever
/// they turned out to be.
pub(in crate::report) fn judged(figure: &Figure, bound: f64) -> (Standing, Option<String>) {
    let Some(value) = figure.value else {
        return (Standing::Undetermined, figure.reason.clone());
    };
    if figure.unit == Unit::Share && !(0.0..=1.0).contains(&bound) {
        let reason = format!("the figure is a share from 0 to 1, and {bound} is none");
        return (Standing::Undetermined, Some(reason));
    }
    let keeps = |value: f64| match figure.better {
        Better::Lower => value <= bound,
        Better::Higher => value >= bound,
    };
    let (least, most) = range(figure, value);
    match (keeps(least), keeps(most)) {
        (true, true) => (Standing::Met, None),
        (false, false) => (Standing::Missed, None),
        _ => {
            let count = figure.undetermined;
            let cases = if count == 1 { "case" } else { "cases" };
            let reason = format!("it depends on {count} {cases} that a fact is missing for");
            (Standing::Undetermined, Some(reason))
        }
    }
}

/// Between which numbers the figure lies, whatever the missing facts are.
#[expect(clippy::cast_precision_loss, reason = "counts of records are small")]
fn range(figure: &Figure, value: f64) -> (f64, f64) {
    let unknown = figure.undetermined as f64;
    if figure.undetermined == 0 {
        return (value, value);
    }
    match figure.unit {
        Unit::Count => (value, value + unknown),
        Unit::Share => {
            let known = figure.population as f64;
            let all = known + unknown;
            (value * known / all, (value * known + unknown) / all)
        }
        Unit::Hours | Unit::Days => (0.0, f64::INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(good: usize, of: usize, undetermined: usize) -> Figure {
        let ids = vec![String::new(); good];
        let figure = Figure::share("s", "t", (Better::Higher, "nobody"), (ids, of), good);
        Figure {
            undetermined,
            ..figure
        }
    }

    #[test]
    fn a_share_is_good_enough_only_if_it_is_whatever_is_missing() {
        assert_eq!(judged(&share(19, 20, 0), 0.95).0, Standing::Met);
        assert_eq!(judged(&share(18, 20, 0), 0.95).0, Standing::Missed);
        // 19 of 20, and one more that nobody knows: 19 of 21 would be too few.
        assert_eq!(judged(&share(19, 20, 1), 0.95).0, Standing::Undetermined);
        // 10 of 20 and one more: 11 of 21 at best.
        assert_eq!(judged(&share(10, 20, 1), 0.95).0, Standing::Missed);
        assert_eq!(judged(&share(19, 20, 0), 95.0).0, Standing::Undetermined);
    }

    #[test]
    fn nothing_measured_is_not_good() {
        let (standing, reason) = judged(&share(0, 0, 0), 0.95);
        assert_eq!(standing, Standing::Undetermined);
        assert_eq!(reason.as_deref(), Some("nobody"));
    }

    #[test]
    fn less_is_better_for_a_count() {
        let count = |late: usize, undetermined| {
            let ids = vec![String::new(); late];
            Figure::count("c", "t", ids).of(5, undetermined)
        };
        assert_eq!(judged(&count(2, 0), 2.0).0, Standing::Met);
        assert_eq!(judged(&count(3, 0), 2.0).0, Standing::Missed);
        assert_eq!(judged(&count(2, 1), 2.0).0, Standing::Undetermined);
    }
}
