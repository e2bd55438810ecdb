//! From which incidents a health check draws its sample, and what it asks about them.

use super::facts::{Facts, Incident};
use crate::clock::{Instant, Moment, Period};
use crate::finding::{Candidate, Half, questions};
use crate::record::{RecordKind, Registry};
use crate::text::closest;

/// What a health check of some cards asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The cards, by their ids.
    pub cards: Vec<String>,
    /// The questions, in the order of the contract.
    pub questions: Vec<&'static str>,
}

/// Why nothing can be asked. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskedError {
    /// Neither a card nor a requirement.
    #[error("`{name}` is neither a control card nor a requirement that one covers")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What was most likely meant.
        near: Option<String>,
    },
    /// A card that no question belongs to.
    #[error("a sample answers nothing about `{0}`: its card covers none of {1}")]
    WithoutQuestions(String, String),
}

/// The incidents of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// Those that were closed in it, in the order of their ids.
    pub incidents: Vec<Drawable>,
    /// What takes the place of an incident with others, where there was none: a simulated one or
    /// an exercise.
    pub stand_in: Option<String>,
    /// Whether there was an incident with others.
    pub has_required: bool,
    /// The severities of the programme, highest first.
    pub severities: Vec<String>,
    /// The ids of the health checks there are.
    pub checks: Vec<String>,
}

impl Population {
    /// The incidents for a draw.
    pub fn candidates(&self) -> Vec<Candidate> {
        let incidents = self.incidents.iter();
        let each = incidents.map(|it| candidate(&it.id, &it.severity, &self.severities));
        each.collect()
    }
}

/// An incident for a draw. `severities` are those of the programme, highest first.
pub(super) fn candidate(id: &str, severity: &str, severities: &[String]) -> Candidate {
    Candidate {
        id: id.to_owned(),
        half: Half::of(severity, severities),
    }
}

/// An incident that may be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawable {
    /// Its id.
    pub id: String,
    /// How severe it was.
    pub severity: String,
    /// Who led it, and should not judge it.
    pub commander: String,
}

/// The cards of these names, given by id or by a requirement that they cover, and their questions.
///
/// # Errors
/// See [`AskedError`].
pub fn asked_of(names: &[String], registry: &Registry) -> Result<Asked, AskedError> {
    let mut asked = Asked {
        cards: Vec::new(),
        questions: Vec::new(),
    };
    let mut covered: Vec<&str> = Vec::new();
    for name in names {
        let cards = || registry.of_kind(RecordKind::Control);
        let covers_it = |card: &&crate::record::Record| {
            let mut covers = card.root().list_of("covers");
            covers.any(|it| it.scalar_text() == name)
        };
        let found: Vec<_> = match registry.record(RecordKind::Control, name) {
            Some(card) => vec![card],
            None => cards().filter(covers_it).collect(),
        };
        if found.is_empty() {
            let known = cards().map(|card| card.id.as_str());
            return Err(AskedError::Unknown {
                name: name.clone(),
                near: closest(name, known).map(str::to_owned),
            });
        }
        for card in found {
            if !asked.cards.contains(&card.id) {
                asked.cards.push(card.id.clone());
            }
            let covers = card.root().list_of("covers");
            covered.extend(covers.map(crate::document::NodeRef::scalar_text));
        }
    }
    let concerns = |covered: &[&str], controls: &[String]| {
        controls.iter().any(|it| covered.contains(&it.as_str()))
    };
    let of_them = questions().iter();
    asked.questions = of_them
        .filter(|question| concerns(&covered, &question.controls))
        .map(|question| question.id.as_str())
        .collect();
    if asked.questions.is_empty() {
        let mut known: Vec<&str> = questions()
            .iter()
            .flat_map(|question| question.controls.iter().map(String::as_str))
            .collect();
        known.sort_unstable();
        known.dedup();
        return Err(AskedError::WithoutQuestions(
            names.join(", "),
            known.join(", "),
        ));
    }
    Ok(asked)
}

/// The incidents that were closed in a period.
pub fn population_of(
    facts: &[Facts],
    registry: &Registry,
    period: Period,
    as_of: Instant,
) -> Population {
    let mut population = Population {
        severities: severities(registry),
        ..Population::default()
    };
    let closed = |incident: &Incident| {
        let at = incident.closed_at.filter(|at| *at <= as_of);
        at.filter(|at| period.contains(*at))
    };
    // Later ones stand in before earlier ones, those of the period before all others.
    let mut stand_ins: Vec<(bool, Instant, &str)> = Vec::new();
    for fact in facts {
        match fact {
            Facts::Incident(incident) => {
                if closed(incident).is_none() {
                    continue;
                }
                population.has_required |= incident.is_required;
                population.incidents.push(Drawable {
                    id: incident.id.clone(),
                    severity: incident.severity.clone(),
                    commander: incident.commander.clone(),
                });
            }
            Facts::Exercise(exercise) => {
                let held = exercise.held_at.and_then(Moment::start);
                if let Some(held) = held.filter(|held| *held <= as_of) {
                    stand_ins.push((period.contains(held), held, &exercise.id));
                }
            }
            Facts::Check(check) => population.checks.push(check.id.clone()),
            Facts::Package(_) => {}
        }
    }
    let incidents = &mut population.incidents;
    incidents.sort_by(|left, right| left.id.cmp(&right.id));
    incidents.dedup_by(|left, right| left.id == right.id);
    if !population.has_required {
        population.stand_in = stand_ins.into_iter().max().map(|it| it.2.to_owned());
    }
    population
}

/// The severities of the programme, highest first.
pub(super) fn severities(registry: &Registry) -> Vec<String> {
    let programs = registry.of_kind(RecordKind::Program);
    programs
        .flat_map(|program| program.root().list_of("severities"))
        .map(|it| it.scalar_text().to_owned())
        .collect()
}
