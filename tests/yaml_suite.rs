//! The YAML test suite through the document tree.
//!
//! The cases are not part of this repository: `PROBITY_TEST_DATA` names the folder that holds
//! `yaml-test-suite` (github.com/yaml/yaml-test-suite, branch `data`).

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod data;

use std::fs;
use std::path::Path;

use probity::document::{Kind, Limits, NodeRef, Style, Tree, parse};
use serde_json::Value;

/// The events of a tree in the notation of the suite, without anchors, tags and flow marks.
fn events(tree: &Tree) -> Vec<String> {
    fn node(at: NodeRef<'_>, out: &mut Vec<String>) {
        if at.is_alias() {
            out.push("=ALI".into());
            return;
        }
        match at.kind() {
            Kind::List => {
                out.push("+SEQ".into());
                at.items().for_each(|item| node(item, out));
                out.push("-SEQ".into());
            }
            Kind::Map => {
                out.push("+MAP".into());
                for (key, value) in at.pairs() {
                    node(key, out);
                    node(value, out);
                }
                out.push("-MAP".into());
            }
            _ => {
                let mark = match at.style() {
                    Style::SingleQuoted => '\'',
                    Style::DoubleQuoted => '"',
                    Style::Literal => '|',
                    Style::Folded => '>',
                    Style::Plain | Style::Flow => ':',
                };
                out.push(format!("{mark}{}", at.scalar_text()));
            }
        }
    }
    let mut out = Vec::new();
    tree.roots().for_each(|root| node(root, &mut out));
    out
}

fn expected_events(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let line = line.trim_start();
        match line.get(..4).unwrap_or(line) {
            "+SEQ" | "-SEQ" | "+MAP" | "-MAP" | "=ALI" => out.push(line[..4].to_owned()),
            "=VAL" => {
                let mut rest = line[5..].trim_start();
                while rest.starts_with(['&', '<']) {
                    rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
                }
                out.push(unescape(rest));
            }
            _ => {}
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => out.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('b') => '\u{8}',
                Some(other) => other,
                None => '\\',
            }),
            (other, false) => out.push(other),
        }
    }
    out
}

fn to_json(at: NodeRef<'_>) -> Value {
    at.read().unwrap_or_else(|error| panic!("{error}"))
}

/// Numbers compare by value: the suite writes 0.278 and 2.78E-1 alike.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, l)| right.get(key).is_some_and(|r| same(l, r)))
        }
        _ => left == right,
    }
}

/// Cases of the suite: a folder with `in.yaml`, alone or numbered below one id.
fn cases(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let mut below: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    below.sort();
    if folder.join("in.yaml").exists() {
        found.push(folder.to_owned());
    }
    // `name` and `tags` only link to the cases.
    for path in below {
        let is_index = path
            .file_name()
            .is_some_and(|name| name == "name" || name == "tags");
        if path.is_dir() && !path.is_symlink() && !is_index {
            cases(&path, found);
        }
    }
}

#[test]
fn every_case_is_accepted_with_equal_values_or_refused() {
    let Some(folder) = data::folder("yaml-test-suite") else {
        return;
    };
    let mut found = Vec::new();
    cases(&folder, &mut found);
    assert_eq!(found.len(), 402, "the suite has 402 cases");
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for case in found {
        let name = case.strip_prefix(&folder).unwrap().display().to_string();
        let text = fs::read_to_string(case.join("in.yaml")).unwrap();
        let tree = parse(text.into(), &Limits::default());
        if case.join("error").exists() {
            match tree {
                Ok(_) => wrong.push(format!("{name}: accepted, must be refused")),
                Err(_) => refused += 1,
            }
            continue;
        }
        let Ok(tree) = tree else {
            wrong.push(format!("{name}: refused: {}", tree.unwrap_err()));
            continue;
        };
        accepted += 1;
        let (got, want) = (
            events(&tree),
            expected_events(&fs::read_to_string(case.join("test.event")).unwrap()),
        );
        if got != want {
            wrong.push(format!("{name}: events {got:?} instead of {want:?}"));
        }
        if let Ok(json) = fs::read_to_string(case.join("in.json")) {
            let want: Vec<Value> = serde_json::Deserializer::from_str(&json)
                .into_iter()
                .collect::<Result<_, _>>()
                .unwrap();
            let got: Vec<Value> = tree.roots().map(to_json).collect();
            let equal =
                got.len() == want.len() && got.iter().zip(&want).all(|(got, want)| same(got, want));
            if !equal {
                wrong.push(format!("{name}: values {got:?} instead of {want:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!((accepted, refused), (308, 94));
}
