//! What rules ask about all incidents: those of a period, and what is kept of one of them.

use std::collections::BTreeMap;

use super::arguments::{text, text_value, time};
use super::speaker::Speaker;
use crate::policy::expression::{Key, Map, TextValue, Value, Why};
use crate::record::{IncidentRow, Incidents};

/// The rows, if nothing in them is in doubt.
fn all<'t>(speaker: &Speaker<'_, 't>) -> Result<&'t Incidents, Why> {
    let incidents = speaker.facts.incidents().now()?;
    let early = || incidents.closed_after(speaker.as_of).next();
    match (incidents.doubt(), early()) {
        (Some(doubt), _) => Err(Why::Gap(doubt.to_owned())),
        (None, Some(row)) => Err(Why::Gap(format!(
            "the incident `{}` says that it was closed later than now",
            row.id
        ))),
        (None, None) => Ok(incidents),
    }
}

pub(super) fn closed_incidents<'t>(
    speaker: &Speaker<'_, 't>,
    given: &[Value<'t>],
) -> Result<Value<'t>, Why> {
    let (from, to) = (time(&given[0])?, time(&given[1])?);
    let incidents = all(speaker)?;
    let rows = incidents.closed_between(from, to);
    Ok(Value::List(rows.map(shown).collect()))
}

pub(super) fn summary<'t>(
    speaker: &Speaker<'_, 't>,
    given: &[Value<'t>],
) -> Result<Value<'t>, Why> {
    let Some(id) = text(&given[0])? else {
        return Ok(Value::Null);
    };
    let incidents = speaker.facts.incidents().now()?;
    match incidents.get(id) {
        Some(row) => Ok(shown(row)),
        None if speaker.lookups.record(id).is_none() && speaker.facts.exists_id(id).now()? => {
            Err(Why::Gap(format!("`{id}` is no incident that can be read")))
        }
        None => Ok(Value::Null),
    }
}

fn shown(row: &IncidentRow) -> Value<'_> {
    let map: BTreeMap<Key<'_>, Value<'_>> = [
        ("id", Value::text(&row.id)),
        ("status", text_value(row.status)),
        ("severity", text_value(row.severity.as_deref())),
        ("commander", text_value(row.commander.as_deref())),
        ("outcome", text_value(row.outcome)),
        ("triggered", Value::Bool(row.is_triggered)),
        ("disposition", text_value(row.disposition)),
        ("simulated", Value::Bool(row.is_simulated)),
        ("closed_at", row.closed_at.map_or(Value::Null, Value::Time)),
    ]
    .into_iter()
    .map(|(key, value)| (Key::Text(TextValue::Borrowed(key)), value))
    .collect();
    Value::Map(Map::from(map))
}
