//! Writes the record of a health check that samples incidents, which people then fill with answers.
//!
//! This module knows neither records nor rules: it is told what was drawn.

use serde_json::{Value, json};

use crate::finding::Draw;

/// What stands in the new record besides the draw.
#[derive(Clone, Debug)]
pub struct SampleHead<'a> {
    /// The id of the health check.
    pub id: &'a str,
    /// The cards it checks.
    pub controls: &'a [String],
    /// When it is drawn.
    pub performed_at: &'a str,
    /// Who answers the questions, if that is known.
    pub by: Option<&'a str>,
    /// First and last day of the period.
    pub period: (&'a str, &'a str),
}

/// The record of a sampling, with an empty answer for each question about each item.
pub fn sample_record(head: &SampleHead<'_>, draw: &Draw, questions: &[&str]) -> Value {
    let item = |id: &String| {
        let answers = questions.iter().map(|question| (*question, Value::Null));
        let answers: serde_json::Map<String, Value> = answers
            .map(|(question, answer)| (question.to_owned(), answer))
            .collect();
        json!({"incident": id, "answers": answers})
    };
    json!({
        "kind": "health-check",
        "id": head.id,
        "type": "sampling",
        "controls": head.controls,
        "performed_at": head.performed_at,
        "by": head.by,
        "period": {"from": head.period.0, "to": head.period.1},
        "method": draw.method,
        "population": draw.population,
        "sample": draw.ids.iter().map(item).collect::<Vec<_>>(),
        "findings": [],
        "actions": [],
    })
}
