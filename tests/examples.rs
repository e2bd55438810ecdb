//! What the examples print, format by format, and that the broken one shows every rule.
//!
//! After a wanted change, `PROBITY_UPDATE_EXPECTED=1 cargo test --test examples` writes the files
//! anew; read the difference before you commit it.

#![expect(clippy::unwrap_used, reason = "a test")]

mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use probity::finding::{Builtin, Outcome};
use probity::output::{Format, Look, render};
use probity::policy::Catalogue;

fn check(name: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    example::copy(name, folder.path());
    example::outcome(folder.path())
}

/// What differs from one version of the program to the next is not what the examples are about.
fn settled(text: &str, outcome: &Outcome) -> String {
    let name = env!("CARGO_PKG_VERSION");
    let mut text = text.to_owned();
    for (before, after) in [
        ("\"version\": \"", "\""),
        ("\"semanticVersion\": \"", "\""),
        ("\"Probity ", "\""),
    ] {
        let settled = format!("{before}(that of the program){after}");
        text = text.replace(&format!("{before}{name}{after}"), &settled);
    }
    text.replace(&outcome.policy_digest, "(that of the policies)")
}

#[expect(
    clippy::disallowed_methods,
    reason = "reads and renews the files that the test is about"
)]
fn prints_what_is_expected(name: &str) {
    let outcome = check(name);
    let mut differing = Vec::new();
    for format in Format::ALL {
        let suffix = format.extension();
        let file = example::home(name).join(format!("expected/{format}.{suffix}"));
        let printed = settled(&render(&outcome, *format, Look::default()), &outcome);
        if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &printed).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if let Some(difference) = first_difference(&expected, &printed) {
            differing.push(format!("{}: {difference}", file.display()));
        }
    }
    assert!(
        differing.is_empty(),
        "{}\nIf this is wanted: PROBITY_UPDATE_EXPECTED=1 cargo test --test examples",
        differing.join("\n")
    );
}

fn first_difference(expected: &str, printed: &str) -> Option<String> {
    if expected == printed {
        return None;
    }
    let (mut left, mut right) = (expected.lines(), printed.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (expected, printed) if expected == printed => {}
            (expected, printed) => {
                return Some(format!(
                    "line {number} is expected to be\n  {}\nbut is\n  {}",
                    expected.unwrap_or("(nothing)"),
                    printed.unwrap_or("(nothing)")
                ));
            }
        }
    }
    Some("only the line ends differ".to_owned())
}

#[test]
fn larkfield_prints_what_is_expected() {
    prints_what_is_expected("larkfield");
}

#[test]
fn the_broken_example_prints_what_is_expected() {
    prints_what_is_expected("broken");
}

#[test]
fn larkfield_is_clean() {
    let outcome = check("larkfield");
    assert_eq!(outcome.findings, []);
    assert_eq!(outcome.incomplete, []);
    assert_eq!(outcome.unevaluated, []);
    assert!(outcome.stats.records >= 44);
}

#[test]
fn every_rule_occurs_in_the_broken_example() {
    let outcome = check("broken");
    let found: BTreeSet<&str> = outcome.findings.iter().map(|it| &*it.rule).collect();
    // Those with tests in their pack are tried there.
    let catalogue = Catalogue::shipped();
    let is_tried = |rule: &&Builtin| catalogue.entry((**rule).into()).has_tests;
    let missing: Vec<&str> = Builtin::ALL
        .iter()
        .filter(|rule| !is_tried(rule))
        .map(|rule| rule.name())
        .filter(|name| !found.contains(name))
        .collect();
    assert!(missing.is_empty(), "not in examples/broken: {missing:?}");
}

/// The comments are the oracle: every mistake is announced, and nothing else is reported.
#[test]
fn every_mistake_stands_under_a_comment_and_nothing_else_is_reported() {
    let outcome = check("broken");
    let mut announced = BTreeSet::new();
    let home = example::home("broken");
    for file in yaml_files(&home) {
        let path = file.strip_prefix(&home).unwrap().to_str().unwrap();
        let bytes = probity::source::read_file(&file, 1 << 20).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim_start().starts_with("# WRONG:") {
                announced.insert((path.to_owned(), number));
            }
        }
    }
    let mut silent = announced.clone();
    for finding in &outcome.findings {
        let line = finding.location.range.as_ref();
        // A finding about a whole file is announced in its first line.
        let line = line.map_or(1, |range| range.start.line);
        let above = announced
            .range(..=(finding.location.file.clone(), line))
            .next_back()
            .filter(|(file, _)| *file == finding.location.file);
        let comment = above.unwrap_or_else(|| panic!("not announced: {}", finding.message));
        silent.remove(comment);
    }
    assert!(silent.is_empty(), "announced and not found: {silent:?}");
    assert_eq!(outcome.findings.len(), announced.len());
}

fn yaml_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|it| it == "yaml") {
            files.push(path);
        }
    }
    files
}
