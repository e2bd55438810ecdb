//! What the records say in numbers, for a period and as of an instant.
//!
//! A [`Measure`] is about a population and says whom it is made of; its [`Figure`]s are the numbers.
//! Times come from the duties that the rules worked out, so that a number never says otherwise than
//! a finding. What cannot be measured is no number: it has a reason, and what is not known is
//! counted and named. Incidents that were only played count nowhere.

mod coordination;
mod measure;
mod report_out;
mod review;
mod target;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::{Facts, Incident};
use crate::clock::{Duration, Instant, Period, parse_duration, parse_instant};
use crate::document::{Kind, NodeRef};
use crate::finding::{Duty, Outcome};
use crate::record::{RecordKind, Registry};

pub use measure::{Better, Figure, Group, Measure, Member, Unit, Unknown};
pub use review::{ClaimLine, Review};
pub(super) use target::judged;
pub use target::{Standing, Target};

/// All numbers of a period.
#[derive(Clone, Debug, Serialize)]
pub struct Metrics {
    /// The version of this form.
    pub version: u32,
    /// The instant that everything is said as of, RFC 3339.
    pub as_of: String,
    /// Commit id, where there is one.
    pub revision: Option<String>,
    /// Whether the worktree differs from that commit.
    pub dirty: Option<bool>,
    /// SHA-256 of schemas and rules.
    pub policy_digest: String,
    /// The days that the numbers are about.
    pub period: Days,
    /// What `program.metrics` sets itself, beside what is found.
    pub targets: Vec<Target>,
    /// What metrics reviews of the period say, beside what is found.
    pub reviews: Vec<Review>,
    /// The numbers.
    pub measures: Vec<Measure>,
    /// What could not be examined, and is in no number.
    pub incomplete: Vec<Missing>,
}

/// First and last day of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Days {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whether it is not over yet.
    pub is_running: bool,
}

/// Something that could not be examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The file or folder.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// Works out the numbers of a period. The duties of the outcome must have been asked for.
pub fn metrics(outcome: &Outcome, registry: &Registry, facts: &[Facts], period: Period) -> Metrics {
    // The outcome says its instant in a form that always reads.
    let as_of = parse_instant(&outcome.as_of).unwrap_or(Instant::MAX);
    let books = Books::new(outcome, registry, facts, period, as_of);
    let mut measures = report_out::measures(&books);
    measures.extend(coordination::measures(&books));
    let figures: Vec<&Figure> = measures.iter().flat_map(|it| &it.figures).collect();
    Metrics {
        version: 1,
        as_of: outcome.as_of.clone(),
        revision: outcome.revision.clone(),
        dirty: outcome.dirty,
        policy_digest: outcome.policy_digest.clone(),
        period: Days {
            from: period.first(),
            to: period.last(),
            is_running: period.is_running(as_of),
        },
        targets: target::targets(registry, &figures),
        reviews: review::reviews(&books, registry, &figures),
        measures,
        incomplete: outcome
            .incomplete
            .iter()
            .map(|it| Missing {
                file: it.file.clone(),
                reason: it.reason.clone(),
            })
            .collect(),
    }
}

/// All that the numbers are made from.
struct Books<'a> {
    outcome: &'a Outcome,
    registry: &'a Registry,
    /// Those that really happened, by id.
    incidents: BTreeMap<&'a str, &'a Incident>,
    facts: &'a [Facts],
    period: Period,
    as_of: Instant,
}

impl<'a> Books<'a> {
    fn new(
        outcome: &'a Outcome,
        registry: &'a Registry,
        facts: &'a [Facts],
        period: Period,
        as_of: Instant,
    ) -> Self {
        let mut incidents = BTreeMap::new();
        for fact in facts {
            if let Facts::Incident(incident) = fact
                && !incident.is_simulated
            {
                // Of two with one id the first by path counts; the check reports the other.
                incidents.entry(incident.id.as_str()).or_insert(&**incident);
            }
        }
        Self {
            outcome,
            registry,
            incidents,
            facts,
            period,
            as_of,
        }
    }

    fn incidents(&self) -> impl Iterator<Item = &'a Incident> {
        self.incidents.values().copied()
    }

    /// Whether something happened in the period, as far as can be known by now.
    fn is_in_period(&self, at: Instant) -> bool {
        at <= self.as_of && self.period.contains(at)
    }

    fn has_come(&self, at: Option<Instant>) -> bool {
        at.is_some_and(|at| at <= self.as_of)
    }

    /// The duties of a rule on records that count.
    fn duties(&self, rule: &'a str) -> impl Iterator<Item = &'a Duty> {
        let duties = self.outcome.duties.iter();
        duties.filter(move |duty| *duty.rule == *rule)
    }

    /// Why a rule gives no duties at all, if it is switched off.
    fn off(&self, rule: &str) -> Option<String> {
        let mut off = self.outcome.switched_off();
        off.any(|it| *it.rule == *rule)
            .then(|| format!("the rule `{rule}` is switched off"))
    }

    /// Why a rule gives no duty where one is expected.
    fn silence(&self, rule: &str) -> String {
        let mut gaps = self.outcome.unevaluated.iter();
        match gaps.find(|gap| *gap.rule == *rule) {
            Some(gap) => gap.reason.clone(),
            None => format!("the rule `{rule}` says nothing of it"),
        }
    }

    /// A limit of the programme: for all, or for a severity or tier.
    fn limit(&self, name: &str, key: &str) -> Option<Duration> {
        let program = self.registry.of_kind(RecordKind::Program).next()?;
        let clock = program.root().get("clocks")?.get(name)?;
        let limit = match clock.kind() {
            Kind::Map => clock.get(key)?,
            _ => clock,
        };
        parse_duration(limit.scalar_text())
    }

    /// The tier of a third party.
    fn tier(&self, party: &str) -> Option<&'a str> {
        let record = self.registry.record(RecordKind::ThirdParty, party)?;
        record.root().get("tier").map(NodeRef::scalar_text)
    }
}
