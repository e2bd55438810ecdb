//! The cases of `tests/cases`: files in which carets mark what has to be found, written by hand,
//! so that the places are checked by something other than the program itself.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod case;
mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fs;

use case::{Case, Expected, Seen};
use fixture::Fixture;
use probity::finding::{Builtin, Finding, Outcome};
use probity::policy::Catalogue;

/// A copy of the example that cases are laid over, one after the other.
fn base() -> Fixture {
    example::copied("larkfield")
}

/// Lays the files of a case over the example, checks it, and takes them away again.
fn run(base: &Fixture, case: &Case) -> Outcome {
    for file in &case.files {
        let path = base.path(&file.path);
        assert!(!path.exists(), "{}: {}", case.name, file.path);
        base.write_bytes(&file.path, &file.bytes);
    }
    let outcome = example::outcome(&base.root());
    for file in &case.files {
        fs::remove_file(base.path(&file.path)).unwrap();
    }
    outcome
}

/// The findings of the mechanisms of the program. Rules of packs have tests of their own.
fn seen(outcome: &Outcome) -> Vec<Seen> {
    let is_mechanism = |finding: &&Finding| Builtin::parse(&finding.rule).is_some();
    let findings = outcome.findings.iter().filter(is_mechanism);
    findings.map(Seen::of).collect()
}

#[test]
fn every_case_finds_what_its_carets_mark_and_nothing_else() {
    let cases = case::all();
    assert!(cases.len() > 120, "{} cases", cases.len());
    let base = base();
    let mut failed = Vec::new();
    for case in &cases {
        let outcome = run(&base, case);
        let mut seen = seen(&outcome);
        let mut lost: Vec<&Expected> = Vec::new();
        for expected in &case.expected {
            match seen.iter().position(|it| expected.is(it)) {
                Some(at) => {
                    seen.remove(at);
                }
                None => lost.push(expected),
            }
        }
        if !lost.is_empty() || !seen.is_empty() || !outcome.incomplete.is_empty() {
            failed.push(format!(
                "\n{}\n  expected and not found: {lost:#?}\n  found and not expected: {seen:#?}\
                 \n  not examined: {:?}",
                case.name, outcome.incomplete
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.concat());
}

#[test]
fn a_case_that_passes_a_rule_was_asked_it() {
    let base = base();
    for case in case::all() {
        for rule in &case.passes {
            let is_marked = case.expected.iter().any(|it| it.seen.rule == *rule);
            assert!(!is_marked, "{}: marks {rule}", case.name);
            let outcome = run(&base, &case);
            let summary = outcome.rules.iter().find(|it| *it.rule == **rule);
            let summary = summary.unwrap_or_else(|| panic!("{}: no rule {rule}", case.name));
            assert!(
                summary.counts.pass > 0 && summary.counts.fail == 0,
                "{}",
                case.name
            );
        }
    }
}

#[test]
fn every_rule_has_a_case_that_fails_and_one_that_passes() {
    let cases = case::all();
    let fails: BTreeSet<&str> = cases
        .iter()
        .flat_map(|case| case.expected.iter().map(|it| it.seen.rule.as_str()))
        .collect();
    let passes: BTreeSet<&str> = cases
        .iter()
        .flat_map(|case| case.passes.iter().map(String::as_str))
        .collect();
    // Those with tests in their pack are tried there.
    let catalogue = Catalogue::shipped();
    let is_tried = |rule: Builtin| catalogue.entry(rule.into()).has_tests;
    for rule in Builtin::ALL.iter().filter(|rule| !is_tried(**rule)) {
        assert!(fails.contains(rule.name()), "no case fails {rule:?}");
        assert!(passes.contains(rule.name()), "no case passes {rule:?}");
    }
}
