//! How a number moved from month to month, or from quarter to quarter.

use serde::Serialize;

use crate::report::metrics::{Measure, Metrics, Standing, judged};

/// A number in each part of the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// The number.
    pub figure: String,
    /// What it is in each part, in their order.
    pub points: Vec<Point>,
}

/// A number in one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The month or quarter.
    pub part: String,
    /// Its first day in the period.
    pub from: String,
    /// Its last day in the period.
    pub to: String,
    /// The number; `None` where nothing can be measured.
    pub value: Option<f64>,
    /// The number for people.
    pub text: String,
    /// Of how many cases.
    pub population: usize,
    /// Whether that is good enough, where the programme sets itself a target.
    pub standing: Option<Standing>,
}

/// Whether a measure counts what happened in the period. Others say how it stands as of the
/// instant of judgement, and records do not say how that was before.
pub(super) fn is_of_period(measure: &Measure) -> bool {
    measure.of.ends_with("in the period")
}

/// The trends of all numbers that have one.
pub(super) fn trends(found: &Metrics, parts: &[(String, Metrics)]) -> Vec<Trend> {
    let measures = found.measures.iter().filter(|it| is_of_period(it));
    let figures = measures.flat_map(|it| &it.figures);
    figures
        .map(|figure| {
            let target = found.targets.iter().find(|it| it.metric == figure.id);
            let bound = target.and_then(|it| it.target.or(it.limit));
            let points = parts.iter().filter_map(|(name, part)| {
                let mut all = part.measures.iter().flat_map(|it| &it.figures);
                let figure = all.find(|it| it.id == figure.id)?;
                Some(Point {
                    part: name.clone(),
                    from: part.period.from.clone(),
                    to: part.period.to.clone(),
                    value: figure.value,
                    text: figure.text.clone(),
                    population: figure.population,
                    standing: bound
                        .filter(|_| figure.value.is_some())
                        .map(|bound| judged(figure, bound).0),
                })
            });
            Trend {
                figure: figure.id.to_owned(),
                points: points.collect(),
            }
        })
        .collect()
}
