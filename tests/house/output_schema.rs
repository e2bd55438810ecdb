//! The JSON outputs are as the files of `schemas/output` say.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use probity::clock::{Period, parse_as_of};
use probity::document::Limits;
use probity::engine::{Request, Silent, check, examine};
use probity::output::{Format, Look, render, render_json};
use probity::report::{Facts, metrics};
use serde_json::Value;

use crate::files::{root, text};

const CHECK: &str = "schemas/output/check.json";
const METRICS: &str = "schemas/output/metrics.json";

fn schema(file: &str) -> Value {
    serde_json::from_str(&text(file)).unwrap()
}

fn validator(file: &str) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema(file))
        .unwrap()
}

/// What `probity check PATH --format json` says.
fn output(path: &Path) -> Value {
    let request = Request {
        path,
        revision: None,
        policies_from: None,
        as_of: parse_as_of("2025-06-20T12:00:00Z").unwrap(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads: None,
    };
    let outcome = check(&request, &Silent).unwrap();
    serde_json::from_str(&render(&outcome, Format::Json, Look::default())).unwrap()
}

fn assert_fits(file: &str, output: &Value) {
    let validator = validator(file);
    let errors: Vec<String> = validator
        .iter_errors(output)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));
}

/// What `probity metrics PATH --period PERIOD --format json` says.
fn numbers(path: &Path, period: &str, as_of: &str) -> Value {
    let request = Request {
        wants_duties: true,
        wants_history: false,
        ..Request::new(path, parse_as_of(as_of).unwrap())
    };
    let examined = examine(&request, &Silent, |_, record, _| Facts::of(record)).unwrap();
    let period = Period::parse(period).unwrap();
    let found = metrics(
        &examined.outcome,
        &examined.registry,
        &examined.taken,
        period,
    );
    serde_json::from_str(&render_json(&found)).unwrap()
}

/// A folder with something of everything: related places, a finding about a whole file, a file
/// that is not examined, checks that cannot be made.
fn a_bit_of_everything() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write(
        "program.yaml",
        b"kind: program\nid: program\nseverities: [high]\n",
    );
    write(
        "registry/people.yaml",
        b"kind: people\nid: people\npeople: [{id: bob, name: Bob}]\n",
    );
    write("controls/utf-16.yaml", b"\xff\xfek\0i\0n\0d\0");
    let deep = format!("kind: incident\nid: first\na: {}\n", "[".repeat(200));
    write("incidents/first/incident.yaml", deep.as_bytes());
    write(
        "incidents/second/incident.yaml",
        b"kind: incident\nid: second\nseverity: hihg\ncommander: ada\nstatus: opened\n",
    );
    write("notes.yaml", b"some: notes\n");
    folder
}

#[test]
fn both_examples_fit() {
    let clean = output(&root().join("examples/larkfield"));
    assert_fits(CHECK, &clean);
    assert_eq!(clean["findings"], Value::Array(Vec::new()));
    let broken = output(&root().join("examples/broken"));
    assert_fits(CHECK, &broken);
    assert_ne!(broken["findings"], Value::Array(Vec::new()));
}

#[test]
fn output_with_something_of_everything_fits() {
    let folder = a_bit_of_everything();
    let output = output(folder.path());
    assert_fits(CHECK, &output);
    let findings = output["findings"].as_array().unwrap();
    let any = |has: fn(&Value) -> bool| findings.iter().any(has);
    assert!(any(|it| it["start"].is_null()), "{output:#}");
    assert!(any(|it| it["related"] != Value::Array(Vec::new())));
    assert!(any(|it| !it["help"].is_null()));
    assert_ne!(output["incomplete"], Value::Array(Vec::new()));
    let rules = output["summary"]["rules"].as_array().unwrap();
    assert!(
        rules
            .iter()
            .any(|it| it.get("not_evaluated_because").is_some())
    );
}

/// Every object below, by its place.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            found.push(pointer.to_owned());
            map.iter()
                .map(|(key, value)| (key.clone(), value))
                .collect()
        }
        Value::Array(list) => {
            let numbered = list.iter().enumerate();
            numbered
                .map(|(at, value)| (at.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    };
    for (step, value) in children {
        objects(value, &format!("{pointer}/{step}"), found);
    }
}

#[test]
fn numbers_fit() {
    let larkfield = root().join("examples/larkfield");
    let noon = "2025-06-20T12:00:00Z";
    assert_fits(METRICS, &numbers(&larkfield, "2025-Q2", noon));
    assert_fits(
        METRICS,
        &numbers(&larkfield, "2025-02-01..2025-04-30", "2025-05-15T09:00:00Z"),
    );
    // A year later most of it is overdue.
    assert_fits(METRICS, &numbers(&larkfield, "2025", "2026-06-20"));
    assert_fits(METRICS, &numbers(&larkfield, "1999", noon));
    assert_fits(
        METRICS,
        &numbers(&root().join("examples/broken"), "2025", noon),
    );
    let folder = a_bit_of_everything();
    let numbers = numbers(folder.path(), "2025", noon);
    assert_fits(METRICS, &numbers);
    assert_ne!(numbers["incomplete"], Value::Array(Vec::new()));
}

#[test]
fn nothing_may_be_added_unsaid() {
    let folder = a_bit_of_everything();
    closed(CHECK, &output(folder.path()));
    let larkfield = root().join("examples/larkfield");
    let review = "2025-02-01..2025-04-30";
    closed(METRICS, &numbers(&larkfield, review, "2025-06-20"));
}

/// Whether no object of an output takes another key.
fn closed(file: &str, output: &Value) {
    let validator = validator(file);
    let mut places = Vec::new();
    objects(output, "", &mut places);
    assert!(places.len() > 20);
    for place in places {
        let mut more = output.clone();
        let object = more.pointer_mut(&place).and_then(Value::as_object_mut);
        object.unwrap().insert("surplus".to_owned(), Value::Null);
        assert!(!validator.is_valid(&more), "`{place}` takes any key");
    }
}

#[test]
fn every_property_is_described_and_every_object_closed() {
    fn look(value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            if value["additionalProperties"] != Value::Bool(false) {
                wrong.push(format!("{at} is open"));
            }
            for (name, property) in properties {
                if !property["description"].is_string() {
                    wrong.push(format!("{at}/{name} is not described"));
                }
            }
        }
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    look(value, &format!("{at}/{key}"), wrong);
                }
            }
            Value::Array(list) => list.iter().for_each(|value| look(value, at, wrong)),
            _ => {}
        }
    }
    let mut wrong = Vec::new();
    for file in [CHECK, METRICS] {
        look(&schema(file), file, &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
