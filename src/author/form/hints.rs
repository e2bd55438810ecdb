//! What may follow in a new record, as comments in the words of the schema.

use std::fmt::Write as _;

use serde_json::Value;

use super::field::Order;

/// Adds a line for every key that is not written yet: without its first mark it is YAML.
pub(super) fn write(text: &mut String, whole: &Value, written: &Value) {
    let order = Order { whole };
    let mut others = order
        .keys(whole)
        .filter(|(key, _)| written.get(key).is_none())
        .peekable();
    if others.peek().is_some() {
        text.push_str("\n# What may follow:\n");
    }
    for (key, place) in others {
        let about = place.get("description").and_then(Value::as_str);
        let empty = match order.says(place, "items").is_some() {
            true => " []",
            false => "",
        };
        let _ = writeln!(text, "# {key}:{empty}  # {}", about.unwrap_or_default());
    }
}
