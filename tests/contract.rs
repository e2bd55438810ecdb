//! What machines rely on: within version 1 of the JSON output nothing is taken away or made
//! otherwise, and exit codes mean the same in every format.
//!
//! `tests/data/check.v1.txt` has every place of the output. After an addition,
//! `PROBITY_UPDATE_EXPECTED=1 cargo test --test contract` adds it; nothing removes a line.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, and the file it keeps"
)]

mod binary;
mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use binary::probity;
use fixture::Fixture;
use probity::output::Format;
use serde_json::Value;

const FROZEN: &str = "tests/data/check.v1.txt";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

/// One line for each place of the output: where it is, what may stand there, whether it always does.
fn places(schema: &Value, whole: &Value, at: &str, found: &mut BTreeSet<String>) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => whole.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    for part in ["anyOf", "oneOf"] {
        for one in schema[part].as_array().into_iter().flatten() {
            places(one, whole, at, found);
        }
    }
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let sure = if required.contains(&key.as_str()) {
            ""
        } else {
            "?"
        };
        places(inner, whole, &format!("{at}.{key}{sure}"), found);
    }
    if schema.get("items").is_some() {
        places(&schema["items"], whole, &format!("{at}[]"), found);
    }
    for kind in ["type", "const", "enum", "format"] {
        if let Some(value) = schema.get(kind) {
            found.insert(format!("{at} {kind} {value}"));
        }
    }
}

#[test]
fn nothing_of_version_1_is_taken_away() {
    let schema: Value = serde_json::from_str(&text("schemas/output/check.json")).unwrap();
    let mut now = BTreeSet::new();
    places(&schema, &schema, "", &mut now);
    let frozen: BTreeSet<String> = text(FROZEN).lines().map(str::to_owned).collect();
    if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
        let all: Vec<&str> = frozen.union(&now).map(String::as_str).collect();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FROZEN);
        fs::write(file, format!("{}\n", all.join("\n"))).unwrap();
        return;
    }
    let gone: Vec<&String> = frozen.difference(&now).collect();
    assert!(
        gone.is_empty(),
        "version 1 promises these, and they are no more: {gone:#?}"
    );
    let added: Vec<&String> = now.difference(&frozen).collect();
    assert!(
        added.is_empty(),
        "promised from now on: {added:#?}\nIf this is wanted: PROBITY_UPDATE_EXPECTED=1 cargo test --test contract"
    );
    assert!(frozen.len() > 100, "{}", frozen.len());
}

#[test]
fn exit_codes_mean_the_same_in_every_format() {
    let clean = example::copied("larkfield");
    let wrong = example::copied("larkfield");
    wrong.write("controls/spare.yaml", "a: 1\n");
    let unread = example::copied("larkfield");
    let deep = format!("kind: exercise\nid: EX-1\na: {}\n", "[".repeat(200));
    unread.write("exercises/EX-1.yaml", &deep);
    let empty = Fixture::folder();
    let cases: [(&Fixture, &[&str], i32); 7] = [
        (&clean, &[], 0),
        (&wrong, &[], 1),
        (&wrong, &["--fail-on", "never"], 0),
        (&clean, &["--rev", "HEAD"], 2),
        (&wrong, &["--fail-on", "never", "--strict"], 3),
        (&unread, &[], 3),
        (&empty, &[], 3),
    ];
    for (fixture, arguments, code) in cases {
        for format in Format::ALL {
            let mut all = vec!["check", "--format", format.name()];
            all.extend(arguments);
            let run = probity(&fixture.root(), &all);
            assert_eq!(run.code, code, "{format} {arguments:?}: {}", run.stderr);
        }
    }
}
