//! Forms: what is asked for when a record is written, and what becomes of the answers.
//!
//! A [`Form`] names what is asked, in which order and under which condition. What each answer looks
//! like and means comes from the schema of the kind ([`Field`]), so that options, questions and the
//! check have one source; [`answer_faults`] says what is wrong with answers in the words of the
//! check. [`Form::text`] writes the record, with what may follow as comments. Nothing is filled in
//! that nobody said. This module knows neither the terminal nor the clock.

mod element;
mod field;
mod hints;
mod judge;
mod number;
mod table;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub use element::ELEMENTS;
pub use field::{Answer, Field};
pub use judge::{AnswerFault, answer_faults};
pub use number::{next_record, slug};
pub use table::{Ask, Condition, FORMS, Form, Numbered, When};

use super::yaml::record_yaml;

/// What was answered: values by the paths of [`Ask::path`].
pub type Answers = BTreeMap<String, Value>;

impl Form {
    /// The form of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name)
    }

    /// The form of an element of this name.
    pub fn find_element(name: &str) -> Option<&'static Self> {
        ELEMENTS.iter().find(|form| form.name == name)
    }

    /// What an answer looks like; `None` only for a path that the schema does not have, which a
    /// test excludes.
    pub fn field(&self, ask: &Ask) -> Option<Field> {
        let lists = self.within.iter().copied();
        let way: Vec<&str> = lists
            .chain([ask.path])
            .flat_map(|path| path.split('.'))
            .collect();
        Field::of(self.kind, &way, ask.flag)
    }

    /// The record that answers make, in the order of the schema, or the element, in that of the
    /// questions.
    pub fn value(&self, id: Option<&str>, answers: &Answers) -> Value {
        let mut given = Map::new();
        if self.within.is_empty() {
            given.insert("kind".to_owned(), self.kind.name().into());
        }
        if let Some(id) = id {
            given.insert("id".to_owned(), id.into());
        }
        for (key, value) in self.fixed {
            given.insert((*key).to_owned(), (*value).into());
        }
        let asked = self.asks.iter().map(|ask| ask.path);
        let computed = answers.keys().map(String::as_str);
        let computed = computed.filter(|path| self.asks.iter().all(|ask| ask.path != *path));
        for path in asked.chain(computed) {
            if let Some(value) = answers.get(path) {
                put(&mut given, path, value.clone());
            }
        }
        if !self.within.is_empty() {
            return Value::Object(given);
        }
        let mut sorted = Map::new();
        let whole = self.kind.whole_schema();
        for (key, _) in (field::Order { whole: &whole }).keys(&whole) {
            if let Some(value) = given.remove(key) {
                sorted.insert(key.clone(), value);
            }
        }
        sorted.extend(given);
        Value::Object(sorted)
    }

    /// The text of a record. `schema` is the path of its schema, for editors.
    pub fn text(&self, id: &str, answers: &Answers, schema: Option<&str>) -> String {
        let value = self.value(Some(id), answers);
        let mut text = match schema {
            Some(schema) => format!("# yaml-language-server: $schema={schema}\n"),
            None => String::new(),
        };
        text.push_str(&record_yaml(&value));
        hints::write(&mut text, &self.kind.whole_schema(), &value);
        text
    }
}

impl Ask {
    /// The JSON Pointer of the answer.
    pub fn pointer(&self) -> String {
        format!("/{}", self.path.replace('.', "/"))
    }

    /// Whether it has to be answered now, given what is answered already.
    pub fn is_needed(&self, answers: &Answers) -> bool {
        matches!(self.when, When::Now(conditions) if hold(conditions, answers))
    }

    /// Whether a person is asked, given what is answered already.
    pub fn is_asked(&self, answers: &Answers) -> bool {
        matches!(self.when, When::Now(conditions) | When::Offered(conditions) if hold(conditions, answers))
    }
}

fn hold(conditions: &[Condition], answers: &Answers) -> bool {
    conditions.iter().all(|condition| match condition {
        Condition::Is(path, words) => answers.get(*path).is_some_and(|it| says(it, words)),
        Condition::Has(path) => answers.contains_key(*path),
        Condition::Lacks(path) => !answers.contains_key(*path),
    })
}

/// Whether a value, or an element of it, is one of these words.
fn says(value: &Value, words: &[&str]) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| says(item, words)),
        Value::String(text) => words.contains(&text.as_str()),
        _ => false,
    }
}

fn put(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((key, below)) => {
            let inner = map.entry(key).or_insert_with(|| Map::new().into());
            if let Some(inner) = inner.as_object_mut() {
                put(inner, below, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answers(pairs: &[(&str, Value)]) -> Answers {
        let pairs = pairs.iter();
        pairs
            .map(|(path, value)| ((*path).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn every_path_is_in_the_schema_and_every_flag_is_used_once() {
        for form in FORMS.iter().chain(ELEMENTS) {
            let mut flags = vec!["id", "path", "dry-run", "anyway", "help"];
            for ask in form.asks {
                let field = form.field(ask);
                assert!(field.is_some(), "{} {}", form.name, ask.path);
                assert!(!field.unwrap().about.is_empty(), "{}", ask.path);
                assert!(!flags.contains(&ask.flag), "{} {}", form.name, ask.flag);
                flags.push(ask.flag);
                let (When::Now(conditions) | When::Offered(conditions)) = ask.when else {
                    continue;
                };
                for condition in conditions {
                    let (Condition::Is(path, _) | Condition::Has(path) | Condition::Lacks(path)) =
                        condition;
                    let asks = form.asks.iter().map(|it| it.path);
                    let mut before = asks.take_while(|it| *it != ask.path);
                    assert!(
                        *path == "supersedes" || before.any(|it| it == *path),
                        "{} asks for {} too late",
                        form.name,
                        path
                    );
                }
            }
        }
    }

    #[test]
    fn a_record_has_the_order_of_its_schema_and_nothing_that_nobody_said() {
        let form = Form::find("third-party").unwrap();
        let given = answers(&[
            ("lifecycle.since", json!("2025-06-01")),
            ("name", json!("Corvid")),
            ("lifecycle.state", json!("active")),
        ]);
        assert_eq!(
            form.value(Some("corvid"), &given),
            json!({
                "kind": "third-party", "id": "corvid", "name": "Corvid",
                "lifecycle": {"state": "active", "since": "2025-06-01"},
            })
        );
        let keys = form.value(Some("corvid"), &given);
        let keys: Vec<&String> = keys.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["kind", "id", "name", "lifecycle"]);
    }

    #[test]
    fn what_is_needed_follows_from_what_was_answered() {
        let form = Form::find("system").unwrap();
        let needed = |given: &[(&str, Value)]| {
            let given = answers(given);
            let asks = form.asks.iter().filter(|ask| ask.is_needed(&given));
            asks.map(|ask| ask.flag).collect::<Vec<_>>()
        };
        assert!(!needed(&[("criticality", json!("standard"))]).contains(&"reviewed-on"));
        assert!(needed(&[("criticality", json!("important"))]).contains(&"reviewed-on"));
        let critical = [("criticality", json!("critical"))];
        assert!(needed(&critical).contains(&"dependencies-unknown"));
        let mapped = [
            critical[0].clone(),
            ("dependencies", json!([{"party": "a"}])),
        ];
        assert!(!needed(&mapped).contains(&"dependencies-unknown"));
    }
}
