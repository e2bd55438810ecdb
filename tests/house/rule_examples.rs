//! The examples of `docs/rules.md` are executed: each changes the clean example organisation as
//! its `diff` block says, and the check must say what the `text` block below it says.
//!
//! After a wanted change, `PROBITY_UPDATE_EXPECTED=1 cargo test --test house` writes the `text`
//! blocks anew; read the difference before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use probity::clock::parse_as_of;
use probity::document::Limits;
use probity::engine::{Request, Silent, check};
use probity::finding::{Finding, Outcome, obligation};
use probity::policy::Catalogue;

use crate::files::{below, root, text};

const DOCUMENT: &str = "docs/rules.md";
const ORGANISATION: &str = "examples/larkfield";
const AS_OF: &str = "2025-06-20T12:00:00Z";

/// The blocks of one rule.
struct Example {
    rule: String,
    change: String,
    expected: String,
}

fn examples() -> Vec<Example> {
    let document = text(DOCUMENT);
    let sections = document.split("\n### `").skip(1);
    sections
        .map(|section| Example {
            rule: section.split('`').next().unwrap().to_owned(),
            change: block(section, "diff"),
            expected: block(section, "text"),
        })
        .collect()
}

/// The first fenced block of a language.
fn block(section: &str, language: &str) -> String {
    let start = format!("```{language}\n");
    let after = section.split_once(&start).map_or("", |(_, after)| after);
    after.split("```").next().unwrap_or("").to_owned()
}

/// Applies a change to a copy of the organisation: the lines before must be there, one after the
/// other, and are replaced with the lines after.
fn apply(change: &str, folder: &Path) {
    let mut file = folder.to_owned();
    let (mut removed, mut added) = (String::new(), String::new());
    for line in change.lines() {
        if let Some(name) = line.strip_prefix("--- ") {
            file = folder.join(name);
        } else if let Some(copy) = line.strip_prefix("+++ copied to ") {
            let copy = folder.join(copy);
            fs::copy(&file, copy).unwrap();
        } else if line == "+++ saved as UTF-16" {
            let units: Vec<u16> = fs::read_to_string(&file).unwrap().encode_utf16().collect();
            let little = units.iter().flat_map(|unit| unit.to_le_bytes());
            let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(little).collect();
            fs::write(&file, bytes).unwrap();
        } else if let Some(name) = line.strip_prefix("+++ ") {
            file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "").unwrap();
        } else if let Some(line) = line.strip_prefix('-') {
            let _ = writeln!(removed, "{line}");
        } else if let Some(line) = line.strip_prefix('+') {
            let _ = writeln!(added, "{line}");
        } else if let Some(line) = line.strip_prefix(' ') {
            let _ = writeln!(removed, "{line}");
            let _ = writeln!(added, "{line}");
        }
    }
    if added.is_empty() && removed.is_empty() {
        return;
    }
    let before = fs::read_to_string(&file).unwrap();
    let after = before.replacen(&removed, &added, 1);
    assert_ne!(before, after, "{} has no\n{removed}", file.display());
    fs::write(&file, after).unwrap();
}

/// Findings as the document shows them: place and message, then what to type.
fn shown(outcome: &Outcome) -> String {
    let mut text = String::new();
    for finding in &outcome.findings {
        let location = &finding.location;
        let place = location.range.as_ref().map_or_else(String::new, |range| {
            format!(":{}:{}", range.start.line, range.start.column)
        });
        let (file, message) = (&location.file, &finding.message);
        let rule = &*finding.rule;
        let _ = writeln!(
            text,
            "{file}{place}: {}[{rule}]: {message}",
            finding.severity
        );
        if let Some(help) = &finding.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    text
}

/// Whether a rule speaks of what other rules find, so that it is never alone.
fn is_roll_up(rule: &str) -> bool {
    let mut rules = Catalogue::shipped().entries().map(|(_, entry)| entry);
    let entry = rules.find(|entry| *entry.name == *rule).unwrap();
    let mut demands = entry.obligations.iter();
    demands.all(|id| obligation(id).unwrap().rollup)
}

#[test]
fn every_example_of_a_rule_says_what_the_program_says() {
    let mut wrong = Vec::new();
    let mut document = text(DOCUMENT);
    for example in examples() {
        let copy = tempfile::tempdir().unwrap();
        let files = below(ORGANISATION).into_iter();
        for path in files.filter(|path| !path.contains("/expected/")) {
            let to = copy.path().join(&path[ORGANISATION.len() + 1..]);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root().join(&path), to).unwrap();
        }
        apply(&example.change, copy.path());
        let request = Request {
            path: copy.path(),
            revision: None,
            policies_from: None,
            as_of: parse_as_of(AS_OF).unwrap(),
            limits: Limits::default(),
            wants_duties: false,
            wants_history: false,
            threads: None,
        };
        let outcome = check(&request, &Silent).unwrap();
        let said = shown(&outcome);
        let is_named = |finding: &Finding| *finding.rule == *example.rule;
        let names_rule = match is_roll_up(&example.rule) {
            true => outcome.findings.iter().any(is_named),
            false => outcome.findings.iter().all(is_named),
        };
        if said != example.expected || !names_rule || said.is_empty() {
            wrong.push(format!("{}: the program says\n{said}", example.rule));
        }
        document = document.replacen(
            &format!("```text\n{}```", example.expected),
            &format!("```text\n{said}```"),
            1,
        );
    }
    if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
        fs::write(root().join(DOCUMENT), document).unwrap();
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
