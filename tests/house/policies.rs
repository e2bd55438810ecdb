//! `docs/policies.md` is true: its tables have the words of the schema, its example works.

use std::fs;

use probity::clock::parse_as_of;
use probity::document::{Limits, NodeRef};
use probity::engine::{Packs, Request, Silent, check, try_rules};
use probity::policy::shipped_packs;
use probity::policy::vocabulary::{kind_type, variables};
use probity::record::RecordKind;
use serde_json::Value;

use crate::files::{below, root, text};

const DOCUMENT: &str = "docs/policies.md";
const ORGANISATION: &str = "examples/larkfield";

/// The YAML blocks of the document, in order.
fn blocks() -> Vec<String> {
    let document = text(DOCUMENT);
    let blocks = document.split("```yaml\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

/// A copy of the organisation with packs of its own.
fn organisation(packs: &[&str]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let files = below(ORGANISATION).into_iter();
    for path in files.filter(|path| !path.contains("/expected/")) {
        let to = copy.path().join(&path[ORGANISATION.len() + 1..]);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(root().join(&path), to).unwrap();
    }
    fs::create_dir_all(copy.path().join("policies")).unwrap();
    for pack in packs {
        let id = pack.lines().find_map(|line| line.strip_prefix("id: "));
        let file = format!("policies/{}.yaml", id.unwrap());
        fs::write(copy.path().join(file), pack).unwrap();
    }
    copy
}

fn request(copy: &tempfile::TempDir) -> Request<'_> {
    Request {
        path: copy.path(),
        revision: None,
        policies_from: None,
        as_of: parse_as_of("2025-06-20T12:00:00Z").unwrap(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads: None,
    }
}

#[test]
fn the_example_pack_passes_its_tests_and_leaves_the_example_clean() {
    let copy = organisation(&[&blocks()[0]]);
    let trials = try_rules(&request(&copy), Packs::Own, |_, _| true).unwrap();
    let problems: Vec<_> = trials.iter().filter(|it| it.problem.is_some()).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(trials.len(), 5);
    let outcome = check(&request(&copy), &Silent).unwrap();
    assert_eq!(outcome.findings, []);
}

#[test]
fn the_example_of_adjustments_switches_a_rule_off() {
    let blocks = blocks();
    let copy = organisation(&[&blocks[0], &blocks[1]]);
    let outcome = check(&request(&copy), &Silent).unwrap();
    assert_eq!(outcome.findings, []);
    let off: Vec<&str> = outcome.switched_off().map(|it| &*it.rule).collect();
    assert_eq!(off, ["thin-silence"]);
}

/// The named keys of a schema with their descriptions, those of inner maps and lists included.
fn described(schema: &Value, found: &mut Vec<(String, String)>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let words = property["description"].as_str().unwrap();
        found.push((key.clone(), words.to_owned()));
        described(property, found);
    }
    for inner in [&schema["items"], &schema["anyOf"][0]] {
        if inner.is_object() {
            described(inner, found);
        }
    }
}

#[test]
fn every_key_of_a_pack_is_described_in_the_words_of_its_schema() {
    let schema: Value = serde_json::from_str(&text("schemas/policy.json")).unwrap();
    let mut keys = Vec::new();
    described(&schema, &mut keys);
    assert!(keys.len() > 60, "{}", keys.len());
    let document = text(DOCUMENT);
    let said = "`late:` and `early:` of the rule have `obligations`, `severity`, `at`, `message` and \
        `help` of their";
    assert!(document.contains(said));
    let lacks = |(key, words): &&(String, String)| {
        let is_of_words = words.starts_with("How much it weighs")
            || words == "What is wrong, with {{ expressions }}: lower case, no full stop.";
        // Files beside a test are an aside of the tests of the program.
        let is_of_given = words == "Its content." || words.starts_with("Its path from the root");
        !is_of_words && !is_of_given && !document.contains(&format!("| `{key}` | {words} |"))
    };
    let lost: Vec<_> = keys.iter().filter(lacks).collect();
    assert!(lost.is_empty(), "{DOCUMENT} lacks {lost:#?}");
}

#[test]
fn every_variable_of_rules_is_named() {
    let document = text(DOCUMENT);
    for kind in RecordKind::all() {
        for variable in variables(kind, kind_type(kind)) {
            let name = variable.name;
            assert!(document.contains(&format!("`{name}`")), "`{name}`");
        }
    }
}

/// The help of a finding is read as advice: sentences, each with its end.
#[test]
fn every_help_of_a_rule_ends_as_a_sentence() {
    let mut unended = Vec::new();
    for (_, pack) in shipped_packs() {
        let helps = pack.tree.scalars().filter(|text| {
            let key = text.key().map(NodeRef::scalar_text);
            key == Some("help")
        });
        for help in helps {
            let text = help.scalar_text().trim_end();
            if !text.ends_with(['.', '?', '!', '…']) && !text.ends_with("}}") {
                unended.push(text.to_owned());
            }
        }
    }
    assert!(unended.is_empty(), "{unended:#?}");
}
