//! What can be said at a place of a record: from its schema, with its words.

use serde_json::{Map, Number, Value};

use crate::record::RecordKind;
use crate::schema::{Shape, ShapeId, ShapeNode};

/// One thing that can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub key: String,
    /// Its name as an option, such as `detected-at`.
    pub flag: String,
    /// What it is, in the words of the schema.
    pub about: String,
    /// Whether several can be given.
    pub is_many: bool,
    /// What one of them looks like.
    pub answer: Answer,
}

/// What an answer looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A date or a time.
    Time,
    /// One of these.
    Listed(Vec<String>),
    /// A name of what the schema refers to, such as `person`.
    Name(String),
    /// Several parts, each with its name; those that must be there, if the schema says so.
    Parts {
        /// All of them, in the order of the schema.
        fields: Vec<Field>,
        /// The keys of those that must be there.
        needed: Vec<String>,
    },
}

impl Field {
    /// The field at a way of keys, which leads into the elements of lists.
    pub fn of(kind: RecordKind, way: &[&str], flag: &str) -> Option<Self> {
        let whole = kind.whole_schema();
        let order = Order { whole: &whole };
        let shape = kind.schema()?.schema.shape();
        let (at, place) = follow(shape, &order, way)?;
        let key = way.last().copied().unwrap_or_default();
        Some(Self::at(shape, at, (&order, place), key, flag))
    }

    /// The keys that may follow on a way of keys, in the order of the schema; `None` if there is no
    /// such way.
    pub fn keys_of(kind: RecordKind, way: &[&str]) -> Option<Vec<String>> {
        let whole = kind.whole_schema();
        let order = Order { whole: &whole };
        let shape = kind.schema()?.schema.shape();
        let (at, place) = follow(shape, &order, way)?;
        let place = match shape.get(at).items {
            Some(_) => order.says(place, "items")?,
            None => place,
        };
        Some(order.keys(place).map(|(key, _)| key.clone()).collect())
    }

    fn at(
        shape: &Shape,
        id: ShapeId,
        (order, place): (&Order<'_>, &Value),
        key: &str,
        flag: &str,
    ) -> Self {
        let node = shape.get(id);
        let items = node.items.map(|items| shape.get(items));
        let place = order.says(place, "items").unwrap_or(place);
        let about = node.annotation.description.as_deref();
        Self {
            key: key.to_owned(),
            flag: flag.to_owned(),
            about: about.unwrap_or_default().to_owned(),
            is_many: items.is_some(),
            answer: answer(shape, items.unwrap_or(node), (order, place)),
        }
    }

    /// The value that texts stand for. What is no value of the right type stays text, so that the
    /// schema can say what is expected.
    ///
    /// # Errors
    /// A sentence, for parts that cannot be told apart.
    pub fn value(&self, texts: &[String]) -> Result<Value, String> {
        let mut values = Vec::new();
        for text in texts {
            for piece in self.pieces(text) {
                values.push(self.one(piece)?);
            }
        }
        Ok(match self.is_many {
            true => Value::Array(values),
            false => values.pop().unwrap_or_default(),
        })
    }

    /// The value with each time that was said as `now` put as what stands for it: the moment at
    /// which somebody says so.
    pub fn at_once(&self, value: Value, now: &str) -> Value {
        match (value, &self.answer) {
            (Value::String(text), Answer::Time) if text.trim() == "now" => now.into(),
            (Value::Array(items), _) => {
                let items = items.into_iter();
                items.map(|item| self.at_once(item, now)).collect()
            }
            (Value::Object(mut map), Answer::Parts { fields, .. }) => {
                for field in fields {
                    if let Some(part) = map.get_mut(&field.key) {
                        *part = field.at_once(part.take(), now);
                    }
                }
                Value::Object(map)
            }
            (value, _) => value,
        }
    }

    /// The names in one text, joined by commas; other texts may hold commas.
    fn pieces<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let are_words = matches!(self.answer, Answer::Name(_) | Answer::Listed(_));
        let text = text.trim();
        match self.is_many && are_words {
            true => text
                .split([',', ';'])
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .collect(),
            false if text.is_empty() => Vec::new(),
            false => vec![text],
        }
    }

    fn one(&self, text: &str) -> Result<Value, String> {
        let words = || Value::String(text.to_owned());
        Ok(match &self.answer {
            Answer::Text | Answer::Time | Answer::Name(_) => words(),
            Answer::Number => number(text).unwrap_or_else(words),
            Answer::Truth => text.parse().map_or_else(|_| words(), Value::Bool),
            Answer::Listed(listed) if listed.iter().all(|it| number(it).is_some()) => {
                number(text).unwrap_or_else(words)
            }
            // `true`, `false` or `unknown`: the first two are no words.
            Answer::Listed(listed) if listed.iter().any(|it| it == "true") => {
                text.parse().map_or_else(|_| words(), Value::Bool)
            }
            Answer::Listed(_) => words(),
            Answer::Parts { fields, .. } => Value::Object(parts(text, fields)?),
        })
    }
}

/// The place to which keys lead, into the elements of lists.
fn follow<'p>(shape: &Shape, order: &Order<'p>, way: &[&str]) -> Option<(ShapeId, &'p Value)> {
    let (mut at, mut place) = (Shape::ROOT, order.whole);
    for key in way {
        if let Some(items) = shape.get(at).items {
            at = items;
            place = order.says(place, "items")?;
        }
        at = shape.child(at, key)?;
        place = order.under(place, key)?;
    }
    Some((at, place))
}

/// Reads `name=value,name=value`; values may hold commas.
fn parts(text: &str, fields: &[Field]) -> Result<Map<String, Value>, String> {
    let mut said: Vec<(&Field, String)> = Vec::new();
    for piece in text.split(',') {
        let begun = piece.split_once('=').and_then(|(name, value)| {
            let name = name.trim();
            Some((fields.iter().find(|it| it.key == name)?, value))
        });
        match (begun, said.last_mut()) {
            (Some((field, value)), _) => said.push((field, value.to_owned())),
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(piece);
            }
            (None, None) => {
                let names: Vec<&str> = fields.iter().map(|it| it.key.as_str()).collect();
                return Err(format!(
                    "`{}` does not begin with the name of a part, such as `{}=`: its parts are {}",
                    piece.trim(),
                    names.first().copied().unwrap_or_default(),
                    names.join(", ")
                ));
            }
        }
    }
    let mut map = Map::new();
    for field in fields {
        let texts: Vec<String> = said
            .iter()
            .filter(|(it, value)| it.key == field.key && !value.trim().is_empty())
            .map(|(_, value)| value.clone())
            .collect();
        if !texts.is_empty() {
            map.insert(field.key.clone(), field.value(&texts)?);
        }
    }
    Ok(map)
}

/// The text of a schema, which knows the order of its keys.
pub(super) struct Order<'s> {
    pub(super) whole: &'s Value,
}

impl<'s> Order<'s> {
    /// What a place says under a keyword, itself or where it refers to.
    pub(super) fn says<'p>(&self, mut place: &'p Value, keyword: &str) -> Option<&'p Value>
    where
        's: 'p,
    {
        // Definitions refer to definitions, never in a circle; a few steps reach the end.
        for _ in 0..8 {
            if let Some(said) = place.get(keyword) {
                return Some(said);
            }
            let name = place.get("$ref")?.as_str()?.strip_prefix('#')?;
            place = self.whole.pointer(name)?;
        }
        None
    }

    fn under<'p>(&self, place: &'p Value, key: &str) -> Option<&'p Value>
    where
        's: 'p,
    {
        let named = self.says(place, "properties");
        let named = named.and_then(|properties| properties.get(key));
        named.or_else(|| self.says(place, "additionalProperties"))
    }

    /// The keys of a map.
    pub(super) fn keys<'p>(&self, place: &'p Value) -> impl Iterator<Item = (&'p String, &'p Value)>
    where
        's: 'p,
    {
        let properties = self.says(place, "properties").and_then(Value::as_object);
        properties.into_iter().flatten()
    }
}

fn answer(shape: &Shape, node: &ShapeNode, (order, place): (&Order<'_>, &Value)) -> Answer {
    let has = |name: &str| node.types.iter().any(|it| **it == *name);
    if node.keys().next().is_some() {
        let parts = order.keys(place).filter_map(|(key, place)| {
            let id = node.property(key)?;
            Some(Field::at(shape, id, (order, place), key, key))
        });
        // A part with parts of its own cannot be said in one line.
        let simple = parts.filter(|it| !matches!(it.answer, Answer::Parts { .. }));
        return Answer::Parts {
            fields: simple.collect(),
            needed: node.required.iter().map(ToString::to_string).collect(),
        };
    }
    if !node.listed.is_empty() {
        let words = node.listed.iter().map(|it| match it {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        return Answer::Listed(words.collect());
    }
    match &node.annotation.reference {
        Some(name) => Answer::Name(name.to_string()),
        None if node.is_time() => Answer::Time,
        None if has("boolean") => Answer::Truth,
        None if (has("integer") || has("number")) && !has("string") => Answer::Number,
        None => Answer::Text,
    }
}

fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| Number::from_f64(text.parse().ok()?))?;
    Some(Value::Number(number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(kind: RecordKind, path: &str, texts: &[&str]) -> Result<Value, String> {
        let texts: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
        let way: Vec<&str> = path.split('.').collect();
        Field::of(kind, &way, path).unwrap().value(&texts)
    }

    #[test]
    fn texts_become_values_of_the_type_of_the_place() {
        use RecordKind as K;
        let cases = [
            (K::ThirdParty, "tier", vec!["2"], json!(2)),
            (K::ThirdParty, "tier", vec!["two"], json!("two")),
            (
                K::ThirdParty,
                "contract.notification.clause",
                vec!["9.2"],
                json!("9.2"),
            ),
            (K::Incident, "simulated", vec!["true"], json!(true)),
            (
                K::Incident,
                "title",
                vec!["Odd, and long"],
                json!("Odd, and long"),
            ),
            (
                K::System,
                "data",
                vec!["internal, personal"],
                json!(["internal", "personal"]),
            ),
            (
                K::Exercise,
                "participants",
                vec!["Ann, of Corvid", "kofi"],
                json!(["Ann, of Corvid", "kofi"]),
            ),
            (K::HealthCheck, "population", vec!["12"], json!(12)),
            (
                K::Incident,
                "supply_chain.triggers.shared-service",
                vec!["true"],
                json!(true),
            ),
            (
                K::Incident,
                "supply_chain.triggers.shared-service",
                vec!["unknown"],
                json!("unknown"),
            ),
        ];
        for (kind, path, texts, value) in cases {
            assert_eq!(said(kind, path, &texts), Ok(value), "{path}");
        }
    }

    #[test]
    fn parts_are_told_apart_by_their_names() {
        use RecordKind as K;
        assert_eq!(
            said(
                K::Package,
                "asks",
                &["what=Rotate the key, please,by=2025-05-16", "what=Explain"]
            ),
            Ok(
                json!([{"what": "Rotate the key, please", "by": "2025-05-16"}, {"what": "Explain"}])
            )
        );
        assert_eq!(
            said(
                K::System,
                "components",
                &["provider=corvid-id,id=sso,security_critical=true"]
            ),
            Ok(json!([{"id": "sso", "provider": "corvid-id", "security_critical": true}]))
        );
        let refused = said(K::System, "components", &["sso"]).unwrap_err();
        assert!(
            refused.starts_with("`sso` does not begin with"),
            "{refused}"
        );
    }
}
