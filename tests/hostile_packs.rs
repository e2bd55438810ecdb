//! Packs that somebody may write to keep the check busy, to fill the memory or to overflow the
//! stack: each is refused at its place or stopped while it runs, and the rest of the run goes on.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use binary::{Run, probity};
use probity::finding::MOST_FAULTS;
use serde_json::Value;

const PACK: &str = "policies/house.yaml";

/// Much longer than any of these takes, and far below what they ask for.
const LONGEST: Duration = Duration::from_secs(20);

/// Lines 1 to 4 of a pack; its first rule begins on line 5, its `require` is on line 8.
const HEAD: &str = "kind: policy\nid: house\ntitle: House rules\nrules:\n";

fn rule(require: &str) -> String {
    format!(
        "  - id: house-rule\n    title: a rule of the house\n    for: incident\n    \
         require: {require}\n    message: not as the house wants it\n"
    )
}

/// An expression in quotes, as a rule.
fn demanding(expression: &str) -> String {
    format!("{HEAD}{}", rule(&format!("\"{expression}\"")))
}

/// The same with terms before it.
fn with_terms(terms: &str, expression: &str) -> String {
    let head = HEAD.replace("rules:", &format!("terms:\n{terms}rules:"));
    format!("{head}{}", rule(&format!("\"{expression}\"")))
}

/// Checks the example with a pack. The rest of the run must have gone on: all records were judged.
fn checked(pack: &str) -> (Run, Value) {
    let fixture = example::copied("larkfield");
    fixture.write(PACK, pack);
    let begin = Instant::now();
    let run = probity(&fixture.root(), &["check", "--format", "json"]);
    assert!(begin.elapsed() < LONGEST, "took {:?}", begin.elapsed());
    assert_eq!(run.stderr, "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let clean = example::outcome(&example::home("larkfield"));
    let records = report["stats"]["records"].as_u64().unwrap();
    assert_eq!(records as usize, clean.stats.records + 1);
    (run, report)
}

/// The pack is refused with this message at this line and column, and nothing else is found.
#[track_caller]
fn is_refused(pack: &str, place: (u64, u64), message: &str) {
    let (run, report) = checked(pack);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = &findings[0];
    assert_eq!(finding["file"], PACK);
    let start = &finding["start"];
    let at = (start["line"].as_u64(), start["column"].as_u64());
    assert_eq!(at, (Some(place.0), Some(place.1)), "{finding:#}");
    let told = finding["message"].as_str().unwrap();
    assert!(told.contains(message), "{told}");
    assert_eq!(run.code, 1);
    let summary = report["summary"]["rules"].as_array().unwrap();
    if let Some(house) = summary.iter().find(|it| it["rule"] == "house-rule") {
        assert_eq!(house["not_evaluated"], 1, "{house:#}");
        let reason = &house["not_evaluated_because"][0]["reason"];
        assert_eq!(reason, "the rule has a mistake in `policies/house.yaml`");
    }
}

/// The rule is stopped while it runs: one entry says so, however many records it fails on.
#[track_caller]
fn is_stopped(pack: &str, reason: &str) {
    let (run, report) = checked(pack);
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    let incomplete = report["incomplete"].as_array().unwrap();
    assert_eq!(incomplete.len(), 1, "{incomplete:#?}");
    assert_eq!(
        incomplete[0]["file"],
        "incidents/INC-2025-0001/incident.yaml"
    );
    let told = incomplete[0]["reason"].as_str().unwrap();
    assert!(
        told.contains("rule `house-rule` cannot be evaluated"),
        "{told}"
    );
    assert!(told.contains(reason), "{told}");
    assert_eq!(run.code, 3);
}

fn numbers() -> String {
    let all: Vec<String> = (1..=40).map(|it| it.to_string()).collect();
    format!("[{}]", all.join(", "))
}

#[test]
fn deep_nesting() {
    let nested = |open: &str, close: &str| {
        let (open, close) = (open.repeat(1000), close.repeat(1000));
        demanding(&format!("{open}true{close}"))
    };
    is_refused(&nested("(", ")"), (8, 79), "nested more than 64 deep");
    is_refused(&nested("[", "]"), (8, 79), "nested more than 64 deep");
    is_refused(&nested("!", ""), (8, 15), "nested more than 64 deep");
    let fields = format!("{HEAD}{}", rule(&format!("record{}", ".title".repeat(600))));
    is_refused(&fields, (8, 14), "nested more than 64 deep");
    let choices = demanding(&format!("{}true", "true ? true : ".repeat(250)));
    // The 65th condition.
    is_refused(&choices, (8, 15 + 64 * 14), "nested more than 64 deep");
}

#[test]
fn long_chains() {
    let chain = |count| demanding(&format!("1{} == 1", "+1".repeat(count)));
    is_refused(&chain(2_000), (8, 15), "nested more than 64 deep");
    is_refused(&chain(50_000), (8, 4_111), "4096 bytes; this one has");
}

#[test]
fn loops_in_loops() {
    let mut loops = "a + b + c + d + e > 0".to_owned();
    for name in ["e", "d", "c", "b", "a"] {
        loops = format!("{}.all({name}, {loops})", numbers());
    }
    is_stopped(&demanding(&loops), "too many steps");
}

#[test]
fn texts_and_lists_that_double() {
    let eight = ".map(a, a + a + a + a + a + a + a + a)".repeat(30);
    is_stopped(
        &demanding(&format!("['12345678']{eight} == []")),
        "too many steps",
    );
    is_stopped(
        &demanding(&format!("[[1, 2]]{eight} == []")),
        "too many steps",
    );
    let doubled = format!("{}'12345678'{} == ''", "d(".repeat(40), ")".repeat(40));
    is_stopped(&with_terms("  d(a): a + a\n", &doubled), "too many steps");
}

#[test]
fn terms_that_call_themselves_or_fan_out() {
    let told = "`t` is defined by itself, through `t`";
    is_refused(&with_terms("  t(a): t(a)\n", "t(1)"), (10, 15), told);
    let knot = "  a(x): b(x)\n  b(x): c(x)\n  c(x): a(x)\n";
    let told = "`a` is defined by itself, through `a`, `b` and `c`";
    is_refused(&with_terms(knot, "a(1)"), (12, 15), told);
    let mut fan = String::new();
    for at in 0..30 {
        let next = at + 1;
        writeln!(fan, "  t{at}(x): t{next}(x) + t{next}(x) + t{next}(x)").unwrap();
    }
    fan.push_str("  t30(x): x + x\n");
    is_refused(
        &with_terms(&fan, "t0(1) == 1"),
        (40, 15),
        "more than 4000 parts",
    );
}

#[test]
fn patterns_that_explode() {
    let large = format!(
        "record.title.matches('{}a{}')",
        "(".repeat(9),
        "{90})".repeat(8) + ")"
    );
    is_refused(&demanding(&large), (8, 36), "it is too large");
    let pattern = "record.title.matches('(' + record.id + 'a{1000}){1000}')";
    is_stopped(&demanding(pattern), "it is too large");
    // Patterns run in linear time: this one is harmless, whatever it is asked about.
    let (run, report) = checked(&demanding(
        "!(record.title + 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').matches('(a+)+$^')",
    ));
    assert_eq!(
        (run.code, &report["incomplete"]),
        (0, &Value::Array(Vec::new()))
    );
}

#[test]
fn elements_without_end() {
    let numbers = numbers();
    let each = format!("{numbers}.map(a, {numbers}.map(b, {numbers}.map(c, {numbers}.map(d, 1))))");
    let pack = demanding("it != []").replace(
        "    require:",
        &format!("    each: \"{each}\"\n    require:"),
    );
    is_stopped(&pack, "too many steps");
}

#[test]
fn a_message_without_end() {
    let eight = ".map(a, a + a + a + a + a + a + a + a)".repeat(7);
    let message = format!("\"{{{{ ['12345678']{eight} }}}} is too much\"");
    let pack = demanding("false").replace("not as the house wants it", &message);
    let (run, report) = checked(&pack);
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!(finding["rule"], "house-rule");
        assert_eq!(finding["message"], "… is too much");
    }
    assert_eq!(run.code, 1);
}

#[test]
fn rules_without_number() {
    let rules = |count: usize, require: &str| {
        let rule = |at| rule(require).replace("house-rule", &format!("house-rule-{at}"));
        let rules: String = (0..count).map(rule).collect();
        format!("{HEAD}{rules}")
    };
    let (run, report) = checked(&rules(20_000, "record.title != null"));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0]["rule"], "policy-rule");
    assert_eq!(findings[0]["message"], "there are more than 10000 rules");
    assert_eq!(run.code, 1);
    let (run, report) = checked(&rules(9_000, "record.titel != null"));
    assert_eq!(report["findings"].as_array().unwrap().len(), MOST_FAULTS);
    let incomplete = report["incomplete"].as_array().unwrap();
    assert_eq!(incomplete.len(), 1, "{incomplete:#?}");
    assert_eq!(incomplete[0]["file"], PACK);
    assert_eq!(run.code, 1);
}

#[test]
fn what_stops_rules_is_told_in_few_lines() {
    let fixture = example::copied("larkfield");
    let rules: String = (0..200)
        .map(|at| {
            let require = format!("record.title.matches('{at}(' + record.id)");
            rule(&format!("\"{require}\"")).replace("house-rule", &format!("house-rule-{at}"))
        })
        .collect();
    fixture.write(PACK, &format!("{HEAD}{rules}"));
    let run = probity(&fixture.root(), &["check", "--format", "concise"]);
    let lines = run.stdout.lines();
    let told: Vec<&str> = lines
        .filter(|it| it.starts_with("not evaluated:"))
        .collect();
    assert_eq!(told.len(), 21, "{}", run.stdout);
    assert!(told[20].ends_with(" other reasons"), "{}", told[20]);
    assert_eq!(run.code, 3);
}
