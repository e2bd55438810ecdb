//! The conformance cases of the CEL specification through our expressions.
//!
//! The cases are not part of this repository: `PROBITY_TEST_DATA` names the folder that holds
//! `cel/conformance.json` (github.com/cel-expr/cel-spec, tests/simple, as JSON).

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod data;

use std::collections::BTreeMap;
use std::fs;

use probity::clock::{parse_instant, parse_length};
use probity::policy::expression::{
    Budget, Bytes, Expression, Function, List, Map, Parameter, Scope, Tag, Terms, TextValue, Type,
    Value, Variable, Why, World, compile, compile_unchecked,
};
use serde_json::Value as Json;

/// Cases that are not claimed: the beginning of their path, and why. Longer ones go first.
const SKIPPED: &[(&str, &str)] = &[
    ("proto2", "protocol buffer messages: records are YAML"),
    ("proto3", "protocol buffer messages: records are YAML"),
    ("enums", "enumerations of protocol buffers"),
    ("wrappers", "wrappers of protocol buffers"),
    ("dynamic", "wrappers of protocol buffers"),
    ("comparisons/eq_wrapper", "wrappers of protocol buffers"),
    (
        "block_ext",
        "an extension for optimisers: no rule writes it",
    ),
    ("encoders_ext", "an extension: rules encode nothing"),
    ("math_ext", "an extension: rules do no such arithmetic"),
    (
        "string_ext/format",
        "an extension: messages are made of parts in `{{ }}`",
    ),
    (
        "string_ext/quote",
        "an extension: `quoted` is a function of the vocabulary",
    ),
    (
        "type_deductions/type_parameters",
        "functions of the vocabulary have no types of their own",
    ),
    (
        "namespace/namespace",
        "names have no container: rules have one scope",
    ),
    (
        "timestamps/timestamp_conversions/toString_timestamp_nanos",
        "the last day of the year 9999 is left to offsets by the calendar",
    ),
    (
        "timestamps/timestamp_selectors_tz/getDate",
        "named time zones depend on the machine",
    ),
    (
        "timestamps/timestamp_selectors_tz/getDayOfMonth_name",
        "named time zones depend on the machine",
    ),
    (
        "timestamps/timestamp_selectors_tz/getDayOfYear",
        "named time zones depend on the machine",
    ),
    (
        "timestamps/timestamp_selectors_tz/getMinutes",
        "named time zones depend on the machine",
    ),
];

/// Cases that are claimed although they lie below a path that is not.
const CLAIMED: &[&str] = &["dynamic/value_null/var"];

/// Words that only occur in cases about protocol buffers.
const MESSAGES: &[&str] = &[
    "TestAllTypes",
    "google.protobuf.Value",
    "google.protobuf.Struct",
    "google.protobuf.ListValue",
    "google.protobuf.Any",
    "Wrapper",
    "Value{",
    "proto.",
    "GlobalEnum",
];

struct Case<'c> {
    path: String,
    group: String,
    json: &'c Json,
}

fn cases<'c>(suite: &'c Json, above: &[&str], found: &mut Vec<Case<'c>>) {
    let name = suite["name"].as_str().unwrap();
    let mut path = above.to_vec();
    path.push(name);
    for test in suite["tests"].as_array().into_iter().flatten() {
        let group = path[1..].join("/");
        found.push(Case {
            path: format!("{group}/{}", test["original"]["name"].as_str().unwrap()),
            group,
            json: &test["original"],
        });
    }
    for inner in suite["suites"].as_array().into_iter().flatten() {
        cases(inner, &path, found);
    }
}

impl Case<'_> {
    fn skipped(&self) -> Option<&'static str> {
        if CLAIMED.contains(&self.path.as_str()) {
            return None;
        }
        let row = SKIPPED.iter().find(|(path, _)| self.path.starts_with(path));
        row.map(|(_, why)| *why).or_else(|| {
            let is_message = self.json["typeEnv"]
                .to_string()
                .contains("cel.expr.conformance")
                || MESSAGES.iter().any(|word| self.expression().contains(word));
            is_message.then_some("protocol buffer messages: records are YAML")
        })
    }

    fn expression(&self) -> &str {
        self.json["expr"].as_str().unwrap()
    }

    fn expects_error(&self) -> bool {
        !self.json["evalError"].is_null()
    }

    /// Whether ours may be right without knowing what the case is about: an error is expected, or
    /// only a type, which is `any` for what is not known.
    fn passes_by_chance(&self) -> bool {
        self.expects_error() || self.json["checkOnly"] == Json::Bool(true)
    }

    /// What went otherwise than it must, if anything.
    fn judge(&self) -> Option<String> {
        let bindings: BTreeMap<String, Value<'static>> = self.json["bindings"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, bound)| (name.clone(), value(&bound["value"])))
            .collect();
        let mut variables = Vec::new();
        let mut values = Vec::new();
        let mut functions = Vec::new();
        for declared in self.json["typeEnv"].as_array().into_iter().flatten() {
            let name = declared["name"].as_str().unwrap();
            if !declared["ident"].is_null() {
                let of = type_of(&declared["ident"]["type"]).unwrap_or(Type::Any);
                variables.push(Variable {
                    name: String::leak(name.to_owned()),
                    of,
                });
                values.push(bindings.get(name).cloned());
            }
            for overload in declared["function"]["overloads"]
                .as_array()
                .into_iter()
                .flatten()
            {
                functions.push(function(name, overload));
            }
        }
        for (name, bound) in &bindings {
            if variables.iter().all(|it| it.name != name) {
                variables.push(Variable {
                    name: String::leak(name.clone()),
                    of: Type::Any,
                });
                values.push(Some(bound.clone()));
            }
        }
        let terms = Terms::default();
        let scope = Scope {
            variables: &variables,
            functions: &functions,
            terms: &terms,
        };
        let is_unchecked = self.json["disableCheck"] == Json::Bool(true);
        let compiled = if is_unchecked {
            compile_unchecked(self.expression(), &scope)
        } else {
            compile(self.expression(), &scope)
        };
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(_) if self.expects_error() => return None,
            Err(mistakes) => return Some(format!("{mistakes:?}")),
        };
        let deduced = &self.json["typedResult"]["deducedType"];
        if !deduced.is_null() && Some(compiled.result()) != type_of(deduced).as_ref() {
            return Some(format!("has the type {}, not {deduced}", compiled.result()));
        }
        if self.json["checkOnly"] == Json::Bool(true) {
            return None;
        }
        self.judge_value(&compiled, &Bound(values))
    }

    fn judge_value(&self, compiled: &Expression, bound: &Bound) -> Option<String> {
        let found = compiled.evaluate(bound, &mut Budget::default());
        let expected = match (&self.json["value"], &self.json["typedResult"]["result"]) {
            (Json::Null, Json::Null) => serde_json::json!({"boolValue": true}),
            (Json::Null, result) => result.clone(),
            (given, _) => given.clone(),
        };
        match found {
            Err(_) if self.expects_error() => None,
            Ok(value) if !self.expects_error() && is_value(&expected, &value) => None,
            found => Some(format!(
                "gives {found:?}, not {}",
                if self.expects_error() {
                    "an error".to_owned()
                } else {
                    expected.to_string()
                }
            )),
        }
    }
}

struct Bound(Vec<Option<Value<'static>>>);

impl<'t> World<'t> for Bound {
    fn variable(&self, index: usize) -> Result<Value<'t>, Why> {
        self.0[index]
            .clone()
            .ok_or_else(|| Why::Fault("unbound".to_owned()))
    }

    fn call(&self, _: usize, _: &[Value<'t>]) -> Result<Value<'t>, Why> {
        Err(Why::Fault("there are no functions".to_owned()))
    }
}

/// A function that a case declares.
fn function(name: &str, overload: &Json) -> Function {
    let parameters = overload["params"].as_array().into_iter().flatten();
    let parameters = parameters.map(|of| Parameter {
        name: "it".to_owned(),
        of: type_of(of).unwrap_or(Type::Any),
        is_nullable: false,
        is_raw: false,
        is_alike: false,
    });
    Function {
        name: name.to_owned(),
        parameters: parameters.collect(),
        result: type_of(&overload["resultType"]).unwrap_or(Type::Any),
        is_nullable: false,
        is_alike: false,
    }
}

/// A type; `None` for what only protocol buffers have.
fn type_of(json: &Json) -> Option<Type> {
    let (kind, of) = json.as_object()?.iter().next()?;
    Some(match (kind.as_str(), of.as_str().unwrap_or_default()) {
        ("dyn", _) => Type::Any,
        ("primitive", "BOOL") => Type::Bool,
        ("primitive", "INT64") => Type::Int,
        ("primitive", "UINT64") => Type::Uint,
        ("primitive", "DOUBLE") => Type::Double,
        ("primitive", "STRING") => Type::Text,
        ("primitive", "BYTES") => Type::Bytes,
        ("wellKnown", "DURATION") | ("messageType", "google.protobuf.Duration") => Type::Duration,
        ("wellKnown", "TIMESTAMP") | ("messageType", "google.protobuf.Timestamp") => Type::Time,
        ("null", _) => Type::Null,
        ("listType", _) => Type::List(Box::new(type_of(&of["elemType"])?)),
        ("mapType", _) => Type::Map(
            Box::new(type_of(&of["keyType"])?),
            Box::new(type_of(&of["valueType"])?),
        ),
        ("abstractType", _) if of["name"] == "optional_type" => {
            Type::Optional(Box::new(type_of(&of["parameterTypes"][0])?))
        }
        _ => return None,
    })
}

fn double(json: &Json) -> f64 {
    match json.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        Some(other) => other.parse().unwrap(),
        None => json.as_f64().unwrap(),
    }
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut made = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let six = ALPHABET.iter().position(|it| *it == byte).unwrap();
        held = held << 6 | six as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            made.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    made
}

/// A value of a binding.
fn value(json: &Json) -> Value<'static> {
    let (kind, of) = json.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "nullValue" => Value::Null,
        "boolValue" => Value::Bool(of.as_bool().unwrap()),
        "int64Value" => Value::Int(of.as_str().unwrap().parse().unwrap()),
        "uint64Value" => Value::Uint(of.as_str().unwrap().parse().unwrap()),
        "doubleValue" => Value::Double(double(of)),
        "stringValue" => Value::made(of.as_str().unwrap().to_owned()),
        "bytesValue" => Value::Bytes(Bytes::Shared(base64(of.as_str().unwrap()).into())),
        "listValue" => {
            let values = of["values"].as_array().into_iter().flatten();
            Value::List(values.map(value).collect::<List<'_>>())
        }
        "mapValue" => {
            let entries = of["entries"].as_array().into_iter().flatten();
            let keyed = entries.map(|entry| {
                let key = entry["key"]["stringValue"].as_str().unwrap().to_owned();
                (TextValue::from(key).into(), value(&entry["value"]))
            });
            Value::Map(Map::from(keyed.collect::<BTreeMap<_, _>>()))
        }
        "objectValue" => {
            let text = of["value"].as_str().unwrap_or_default();
            match of["@type"].as_str().unwrap() {
                "type.googleapis.com/google.protobuf.Duration" => {
                    Value::Duration(parse_length(text).unwrap())
                }
                "type.googleapis.com/google.protobuf.Timestamp" => {
                    Value::Time(parse_instant(text).unwrap())
                }
                _ => Value::Null,
            }
        }
        _ => Value::Null,
    }
}

/// Whether a result is the value that is expected, of the same type.
fn is_value(expected: &Json, found: &Value<'_>) -> bool {
    let Some((kind, of)) = expected.as_object().and_then(|it| it.iter().next()) else {
        return false;
    };
    match (kind.as_str(), found) {
        ("nullValue", Value::Null) => true,
        ("boolValue", Value::Bool(found)) => of.as_bool() == Some(*found),
        ("int64Value", Value::Int(found)) => of.as_str() == Some(&found.to_string()),
        ("uint64Value", Value::Uint(found)) => of.as_str() == Some(&found.to_string()),
        ("doubleValue", Value::Double(found)) => {
            let expected = double(of);
            expected
                .partial_cmp(found)
                .is_some_and(std::cmp::Ordering::is_eq)
                || (expected.is_nan() && found.is_nan())
        }
        ("stringValue", Value::Text(found)) => of.as_str() == Some(found.as_str()),
        ("bytesValue", Value::Bytes(found)) => base64(of.as_str().unwrap()) == found.as_slice(),
        ("typeValue", Value::Kind(found)) => of.as_str() == Some(Tag::name(*found)),
        ("listValue", Value::List(found)) => {
            let expected = of["values"].as_array().map_or(&[][..], Vec::as_slice);
            expected.len() == found.values().len()
                && (expected.iter().zip(found.values())).all(|(one, two)| is_value(one, two))
        }
        ("mapValue", Value::Map(found)) => {
            let expected = of["entries"].as_array().map_or(&[][..], Vec::as_slice);
            expected.len() == found.len()
                && expected.iter().all(|entry| {
                    let mut entries = found.entries();
                    entries.any(|(key, value)| {
                        is_value(&entry["key"], &key.value()) && is_value(&entry["value"], value)
                    })
                })
        }
        ("objectValue", Value::Time(found)) => {
            of["value"].as_str().and_then(parse_instant) == Some(*found)
        }
        ("objectValue", Value::Duration(found)) => {
            of["value"].as_str().and_then(parse_length) == Some(*found)
        }
        _ => false,
    }
}

#[test]
fn every_claimed_case_gives_what_it_must() {
    let Some(folder) = data::folder("cel") else {
        return;
    };
    let text = fs::read_to_string(folder.join("conformance.json")).unwrap();
    let suite: Json = serde_json::from_str(&text).unwrap();
    let mut all = Vec::new();
    cases(&suite, &[], &mut all);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &all {
        let counted = counts.entry(&case.group).or_default();
        let fault = case.judge();
        match (case.skipped(), fault) {
            (None, None) => counted.0 += 1,
            (None, Some(fault)) => {
                counted.1 += 1;
                wrong.push(format!("{}: {}\n    {fault}", case.path, case.expression()));
            }
            (Some(why), None) if !case.passes_by_chance() => wrong.push(format!(
                "{}: {}\n    gives what it must and is skipped: {why}",
                case.path,
                case.expression()
            )),
            (Some(_), _) => counted.1 += 1,
        }
    }
    for (path, _) in SKIPPED {
        if !all.iter().any(|case| case.path.starts_with(path)) {
            wrong.push(format!("no case begins with {path}"));
        }
    }
    for (group, (claimed, skipped)) in &counts {
        eprintln!("{group}: {claimed} claimed, {skipped} skipped");
    }
    let claimed: usize = counts.values().map(|it| it.0).sum();
    eprintln!("{claimed} of {} cases claimed", all.len());
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(claimed > 1000, "only {claimed} cases");
}
