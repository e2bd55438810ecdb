//! For which controls and which days a report is asked.

use super::model::{Asked, ReportPeriod};
use crate::clock::{Instant, Period};
use crate::document::NodeRef;
use crate::finding::{Control, controls};
use crate::record::{RecordKind, Registry};
use crate::text::closest;

/// What a report is asked about.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Its controls; empty for all that the programme claims.
    pub controls: Vec<String>,
    /// Its days; `None` for the twelve months up to the instant of judgement.
    pub period: Option<Period>,
    /// The incidents to draw from those of the period; `None` if nobody asked for a sample.
    pub sample: Option<Sampling>,
}

/// A sample that is asked for.
#[derive(Clone, Debug)]
pub struct Sampling {
    /// How many incidents.
    pub size: usize,
    /// The text that decides the draw; `None` for one that is made of the controls and the period.
    pub seed: Option<String>,
}

/// Why a report cannot be made. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// No control has this name, in any spelling, and no card maps to it.
    #[error("`{name}` is no control, in no spelling, and no control card maps to it")]
    UnknownControl {
        /// What was asked for.
        name: String,
        /// What was most likely meant.
        near: Option<String>,
        /// What could have been asked for.
        known: String,
    },
    /// The period begins after the instant of judgement.
    #[error("the period begins on {from}, after everything is judged as of {as_of}")]
    Ahead {
        /// The first day.
        from: String,
        /// The instant.
        as_of: String,
    },
}

/// The controls of a report: those named, else those that the programme claims.
pub(super) fn asked(names: &[String], registry: &Registry) -> Result<Vec<Asked>, AuditError> {
    let mut found: Vec<Asked> = Vec::new();
    for name in names {
        let named = named(name, registry);
        if named.is_empty() {
            return Err(unknown(name, registry));
        }
        for control in named {
            add(&mut found, control, Some(name));
        }
    }
    if names.is_empty() {
        let claimed = claimed(registry);
        for control in controls() {
            if claimed.is_empty() || claimed.contains(&control.id.as_str()) {
                add(&mut found, control, None);
            }
        }
    }
    found.sort_by_key(|it| controls().iter().position(|control| control.id == it.id));
    Ok(found)
}

fn add(found: &mut Vec<Asked>, control: &Control, name: Option<&String>) {
    if found.iter().all(|it| it.id != control.id) {
        found.push(Asked {
            id: control.id.clone(),
            name: control.name.clone(),
            title: control.title.clone(),
            asked_as: name.cloned(),
        });
    }
}

fn claimed(registry: &Registry) -> Vec<&str> {
    let programs = registry.of_kind(RecordKind::Program);
    let claimed = programs.flat_map(|it| it.root().list_of("requirements"));
    claimed.map(NodeRef::scalar_text).collect()
}

/// A control by its name; else those of the card with this id, or of the cards that map to this
/// reference of another framework.
fn named(name: &str, registry: &Registry) -> Vec<&'static Control> {
    if let Some(control) = Control::parse(name) {
        return vec![control];
    }
    let cards = registry.of_kind(RecordKind::Control).filter(|card| {
        let mut refs = card.root().list_of("maps_to");
        card.id == name
            || refs.any(|it| {
                let (framework, reference) = (it.text_of("framework"), it.text_of("ref"));
                Control::is_same_name(name, reference)
                    || Control::is_same_name(name, &format!("{framework} {reference}"))
            })
    });
    let covered = cards.flat_map(|card| card.root().list_of("covers"));
    covered
        .filter_map(|it| Control::parse(it.scalar_text()))
        .collect()
}

fn unknown(name: &str, registry: &Registry) -> AuditError {
    let cards = registry.of_kind(RecordKind::Control);
    let refs = cards.flat_map(|card| card.root().list_of("maps_to"));
    let refs: Vec<&str> = refs.map(|it| it.text_of("ref")).collect();
    let own = controls()
        .iter()
        .flat_map(|it| [it.id.as_str(), it.name.as_str()]);
    let names: Vec<&str> = controls().iter().map(|it| it.id.as_str()).collect();
    AuditError::UnknownControl {
        name: name.to_owned(),
        near: closest(name, own.chain(refs)).map(str::to_owned),
        known: names.join(", "),
    }
}

/// The days of a report.
pub(in crate::report) fn days(
    period: Option<Period>,
    as_of: Instant,
) -> Result<(Period, ReportPeriod), AuditError> {
    let (period, because) = match period {
        Some(period) => (period, "as asked for"),
        None => (
            Period::year_until(as_of),
            "no period was asked for: the twelve months up to the day of judgement",
        ),
    };
    if period.is_ahead(as_of) {
        return Err(AuditError::Ahead {
            from: period.first(),
            as_of: as_of.to_string(),
        });
    }
    let days = ReportPeriod {
        from: period.first(),
        to: period.last(),
        is_running: period.is_running(as_of),
        because: because.to_owned(),
    };
    Ok((period, days))
}
