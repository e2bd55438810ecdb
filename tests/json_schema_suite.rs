//! The JSON Schema test suite (draft 2020-12) through our tree.
//!
//! The cases are not part of this repository: `PROBITY_TEST_DATA` names the folder that holds
//! `json-schema-test-suite` (github.com/json-schema-org/JSON-Schema-Test-Suite).

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod data;

use std::fs;
use std::path::{Path, PathBuf};

use probity::document::{Limits, parse};
use probity::schema::{TreeJson, TreeNode};
use serde_json::Value;

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    found.sort();
    found
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                json_files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_required_case_is_judged_right() {
    let Some(folder) = data::folder("json-schema-test-suite") else {
        return;
    };
    let remotes = folder.join("remotes");
    let remote_texts: Vec<(String, Value)> = json_files(&remotes)
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&remotes)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            (format!("http://localhost:1234/{name}"), read(&path))
        })
        .collect();
    let mut registry = jsonschema::Registry::new();
    for (uri, schema) in &remote_texts {
        registry = registry.add(uri.as_str(), schema).unwrap();
    }
    let registry = registry.prepare().unwrap();

    let tests = folder.join("tests/draft2020-12");
    let (mut judged, mut wrong) = (0, Vec::new());
    for path in json_files(&tests) {
        let name = path.strip_prefix(&tests).unwrap().display().to_string();
        if name.starts_with("optional") {
            continue;
        }
        for group in read(&path).as_array().unwrap() {
            let validator = jsonschema::options_for::<TreeJson>()
                .with_draft(jsonschema::Draft::Draft202012)
                .with_registry(&registry)
                .build(&group["schema"])
                .unwrap();
            for case in group["tests"].as_array().unwrap() {
                // JSON is YAML: the instance goes through our own parser.
                let text = case["data"].to_string();
                let tree = parse(text.into(), &Limits::default()).unwrap();
                let root = TreeNode::Node(tree.root().unwrap());
                judged += 1;
                let valid = case["valid"].as_bool().unwrap();
                let errors = validator.iter_errors(root).count();
                if validator.is_valid(root) != valid || (errors == 0) != valid {
                    wrong.push(format!(
                        "{name}: {} / {}: must be {valid}",
                        group["description"], case["description"]
                    ));
                }
            }
        }
    }
    eprintln!("{judged} cases judged");
    assert!(
        wrong.is_empty(),
        "{} of {judged} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(judged > 1200, "only {judged} cases found");
}

#[test]
fn our_tree_behaves_as_the_validator_expects_of_json() {
    let text = jsonschema::json::conformance::document().to_string();
    let tree = parse(text.into(), &Limits::default()).unwrap();
    jsonschema::json::conformance::assert_conformance::<TreeJson>(&TreeNode::Node(
        tree.root().unwrap(),
    ));
}
