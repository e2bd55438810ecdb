//! What a metrics review claims, beside what is found.

use serde::Serialize;

use super::Books;
use super::measure::Figure;
use super::target::{Standing, judged, unknown};
use crate::clock::Period;
use crate::document::NodeRef;
use crate::record::{RecordKind, Registry};
use crate::report::facts::{Claim, Facts};

/// A metrics review about the same period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    /// Its id.
    pub id: String,
    /// When it was held.
    pub performed_at: Option<String>,
    /// Whether the numbers here stand as of then.
    pub is_same_instant: bool,
    /// What it says about each metric.
    pub claims: Vec<ClaimLine>,
}

/// What a review says about a number, and what is found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimLine {
    /// The metric.
    pub metric: String,
    /// The number of the review.
    pub claimed: Option<f64>,
    /// What is found.
    pub value: Option<f64>,
    /// Whether the two agree; `None` where that cannot be said.
    pub agrees: Option<bool>,
    /// Whether the review says it is within its limit.
    pub claimed_within_limit: Option<bool>,
    /// Whether what is found is.
    pub standing: Standing,
    /// What does not fit, or why nothing can be said.
    pub reason: Option<String>,
}

/// The reviews of exactly this period, in the order of their ids.
pub(super) fn reviews(books: &Books<'_>, registry: &Registry, figures: &[&Figure]) -> Vec<Review> {
    let mut reviews = Vec::new();
    for fact in books.facts {
        let Facts::Check(check) = fact else {
            continue;
        };
        let period = check
            .period
            .and_then(|(from, to)| Period::between(from, to));
        let has_come = check.performed_at.is_none_or(|at| at <= books.as_of);
        if check.kind != "metrics-review" || period != Some(books.period) || !has_come {
            continue;
        }
        let line = |claim: &Claim| compared(claim, registry, figures);
        reviews.push(Review {
            id: check.id.clone(),
            performed_at: check.performed_at.map(|at| at.to_string()),
            is_same_instant: check.performed_at == Some(books.as_of),
            claims: check.claims.iter().map(line).collect(),
        });
    }
    reviews.sort_by(|left, right| left.id.cmp(&right.id));
    reviews
}

fn compared(claim: &Claim, registry: &Registry, figures: &[&Figure]) -> ClaimLine {
    let figure = figures.iter().find(|it| it.id == claim.metric).copied();
    let bound = bound_of(&claim.metric, registry);
    let (standing, why) = match (figure, bound) {
        (None, _) => (
            Standing::Undetermined,
            Some(unknown(&claim.metric, figures)),
        ),
        (Some(_), None) => (
            Standing::Undetermined,
            Some("`program.metrics` sets neither target nor limit for it".to_owned()),
        ),
        (Some(figure), Some(bound)) => judged(figure, bound),
    };
    let found = figure.and_then(|figure| Some((figure, figure.value?)));
    let agrees = match (found, &claim.value) {
        (Some((figure, value)), Some((claimed, written))) if figure.undetermined == 0 => {
            Some(is_same(*claimed, written, value))
        }
        _ => None,
    };
    let is_within = match standing {
        Standing::Met => Some(true),
        Standing::Missed => Some(false),
        Standing::Undetermined => None,
    };
    let contradicts =
        claim.within_limit.is_some() && is_within.is_some() && claim.within_limit != is_within;
    let reason = match (agrees, &claim.value, contradicts) {
        (Some(false), ..) => Some("the review has another number".to_owned()),
        (_, None, _) => Some("the review has no number".to_owned()),
        (_, _, true) => Some("the review judges it otherwise".to_owned()),
        _ => why.or_else(|| figure.and_then(|it| it.reason.clone())),
    };
    ClaimLine {
        metric: claim.metric.clone(),
        claimed: claim.value.as_ref().map(|it| it.0),
        value: found.map(|it| it.1),
        agrees,
        claimed_within_limit: claim.within_limit,
        standing,
        reason,
    }
}

/// Whether a number is what was claimed, to as many decimals as the claim has.
fn is_same(claimed: f64, written: &str, value: f64) -> bool {
    let decimals = written.split_once('.').map_or(0, |(_, tail)| tail.len());
    let scale = 10_f64.powi(i32::try_from(decimals.min(9)).unwrap_or(9));
    ((value * scale).round() - (claimed * scale).round()).abs() < 0.5
}

fn bound_of(metric: &str, registry: &Registry) -> Option<f64> {
    let programs = registry.of_kind(RecordKind::Program);
    let mut rows = programs.flat_map(|program| program.root().list_of("metrics"));
    let row: NodeRef<'_> = rows.find(|row| row.text_of("id") == metric)?;
    let bound = row.get("target").or_else(|| row.get("limit"))?;
    Some(bound.as_number()?.as_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_to_its_own_decimals() {
        assert!(is_same(0.67, "0.67", 0.6667));
        assert!(is_same(0.7, "0.7", 0.6667));
        assert!(!is_same(0.66, "0.66", 0.6667));
        assert!(is_same(3.0, "3", 3.0));
        assert!(!is_same(3.0, "3", 0.0));
        assert!(is_same(1.0, "1.0", 1.0));
    }
}
