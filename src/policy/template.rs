//! Texts with expressions in them: `` `{{ it.party }}` is to be told ``.

use std::ops::Range;

use super::expression::{Budget, Expression, Halt, Mistake, Scope, Value, World, compile_place};
use crate::clock::duration_text;
use crate::document::Kind;

/// A text whose `{{ … }}` are expressions.
#[derive(Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Value(Expression),
}

impl Template {
    /// Compiles a text. Spans of mistakes count in `text`.
    ///
    /// # Errors
    /// The mistakes of its expressions, and braces that nothing closes.
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<Self, Vec<Mistake>> {
        let mut parts = Vec::new();
        let mut mistakes = Vec::new();
        let mut at = 0;
        while let Some(open) = text[at..].find("{{").map(|offset| at + offset) {
            if open > at {
                parts.push(Part::Text(text[at..open].to_owned()));
            }
            let Some(length) = text[open..].find("}}") else {
                mistakes.push(Mistake {
                    span: open..text.len(),
                    message: "nothing closes these braces".to_owned(),
                    help: Some("End the expression with `}}`.".to_owned()),
                });
                return Err(mistakes);
            };
            let inside = open + 2..open + length;
            match compile_place(&text[inside.clone()], scope) {
                Ok(expression) => parts.push(Part::Value(expression)),
                Err(found) => mistakes.extend(found.into_iter().map(|it| moved(it, &inside))),
            }
            at = open + length + 2;
        }
        if at < text.len() {
            parts.push(Part::Text(text[at..].to_owned()));
        }
        if mistakes.is_empty() {
            Ok(Self { parts })
        } else {
            Err(mistakes)
        }
    }

    /// The text for one element. A value that is not there is written as `…`.
    pub fn render<'t>(&'t self, world: &dyn World<'t>, budget: &mut Budget) -> String {
        self.render_seen(world, budget, &mut |_| {})
    }

    /// The same, showing each value that becomes part of it.
    pub fn render_seen<'t>(
        &'t self,
        world: &dyn World<'t>,
        budget: &mut Budget,
        seen: &mut dyn FnMut(Value<'t>),
    ) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Value(expression) => match expression.evaluate(world, budget) {
                    Ok(value) if !value.is_null() => {
                        text.push_str(&written(&value));
                        seen(value);
                    }
                    Ok(_) | Err(Halt { .. }) => text.push('…'),
                },
            }
        }
        text
    }
}

/// A value as people write it.
pub(super) fn written(value: &Value<'_>) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null | Value::Absent(_) | Value::Optional(None) | Value::Kind(_) => String::new(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Uint(it) => it.to_string(),
        Value::Double(it) => it.to_string(),
        Value::Text(it) => it.as_str().to_owned(),
        Value::Bytes(it) => String::from_utf8_lossy(it.as_slice()).into_owned(),
        Value::Time(it) => it.to_string(),
        Value::Duration(it) => duration_text(*it),
        Value::List(items) => list(items.values().iter().map(written).collect()),
        Value::Map(map) => list(map.entries().map(|(_, value)| written(value)).collect()),
        Value::Optional(Some(it)) => written(it),
        Value::Node(node) => match node.kind() {
            Kind::List => list(node.items().map(|it| written(&Value::Node(it))).collect()),
            Kind::Map => node
                .get("id")
                .map_or_else(String::new, |id| id.scalar_text().to_owned()),
            _ => node.scalar_text().to_owned(),
        },
    }
}

fn moved(mistake: Mistake, by: &Range<usize>) -> Mistake {
    Mistake {
        span: mistake.span.start + by.start..mistake.span.end + by.start,
        ..mistake
    }
}
