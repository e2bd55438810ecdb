//! The numbers of a period with their targets, how they moved, and what is behind each.

mod picture;
mod tables;
mod trend;

pub use trend::{Point, Trend};

use serde::Serialize;

use super::audit::detail::ROWS;
use super::audit::{AuditError, Group, Section, ask};
use super::facts::Facts;
use super::incident::Filing;
use super::metrics::{Measure, Metrics, Standing, metrics};
use super::paper::{Ground, Paper, part};
use crate::clock::{Instant, Period, parse_instant};
use crate::finding::Outcome;
use crate::record::Registry;

/// The name of this form.
const SCHEMA: &str = "probity.metrics-report/1";

/// The subject of the report.
#[derive(Clone, Debug, Serialize)]
pub struct NumbersFile {
    /// How many targets are met, missed and not known.
    pub targets: TargetCounts,
    /// The numbers, as `probity metrics --format json` gives them.
    pub metrics: Metrics,
    /// How those that count what happened in a period moved.
    pub trends: Vec<Trend>,
}

/// How the targets stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TargetCounts {
    /// Met.
    pub met: usize,
    /// Missed.
    pub missed: usize,
    /// Not known.
    pub undetermined: usize,
}

/// Puts the report on the numbers together. The duties of the outcome must have been asked for.
///
/// # Errors
/// [`AuditError::Ahead`] for a period that has not begun.
pub fn metrics_report(
    outcome: &Outcome,
    registry: &Registry,
    facts: &[Facts],
    filings: &[Filing],
    period: Option<Period>,
) -> Result<Paper<NumbersFile>, AuditError> {
    // The outcome says its instant in a form that always reads.
    let as_of = parse_instant(&outcome.as_of).unwrap_or(Instant::MAX);
    let (period, days) = ask::days(period, as_of)?;
    let found = metrics(outcome, registry, facts, period);
    let parts = period
        .parts()
        .into_iter()
        .filter(|it| !it.1.is_ahead(as_of));
    let parts: Vec<(String, Metrics)> = parts
        .map(|(name, part)| (name, metrics(outcome, registry, facts, part)))
        .collect();
    let trends = trend::trends(&found, &parts);
    let basis = Ground::of(outcome, registry, Some(days));
    let mut targets = TargetCounts::default();
    for it in &found.targets {
        match it.standing {
            Standing::Met => targets.met += 1,
            Standing::Missed => targets.missed += 1,
            Standing::Undetermined => targets.undetermined += 1,
        }
    }
    let mut sections = vec![
        part(
            "summary",
            "Targets",
            tables::summary(&found, &basis, targets),
        ),
        basis.section(),
    ];
    let mut pictures = Vec::new();
    for (id, demand, title) in [
        ("coordination", "MX-METRIC-02", "Coordination with others"),
        ("reportout", "MX-METRIC-01", "Report-out and fixes"),
    ] {
        let measures: Vec<&Measure> = found
            .measures
            .iter()
            .filter(|it| it.obligation == demand)
            .collect();
        let groups: Vec<Group> = measures
            .iter()
            .map(|it| tables::measure(it, &trends, filings))
            .collect();
        for measure in measures {
            let picture = picture::bars(measure, &trends);
            pictures.extend(picture.map(|it| (tables::name(measure), it)));
        }
        sections.push(part(id, title, groups));
    }
    sections.push(reviews(&found));
    let organisation = match basis.organisation.as_str() {
        "" => "Metrics".to_owned(),
        name => format!("Metrics of {name}"),
    };
    Ok(Paper {
        schema: SCHEMA,
        title: organisation,
        subtitle: format!("{}, as of {}", days_of(&basis), outcome.as_of),
        basis,
        subject: NumbersFile {
            targets,
            metrics: found,
            trends,
        },
        sections,
        pictures,
        rows: ROWS,
    })
}

fn days_of(basis: &Ground) -> String {
    let period = basis.period.as_ref();
    period.map_or_else(String::new, |it| format!("{} to {}", it.from, it.to))
}

fn reviews(found: &Metrics) -> Section {
    part(
        "reviews",
        "What metrics reviews of the period said",
        vec![tables::reviews(found)],
    )
}
