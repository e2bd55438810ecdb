//! Whether documents are still true: paths exist, every rule is described, options and formats
//! are those of the program.

use std::collections::BTreeSet;

use probity::finding::Builtin;
use probity::output::Format;
use probity::policy::Catalogue;

use crate::files::{documents, root, text};

/// Folders of this repository; what begins with one of them in a document is a path.
const FOLDERS: &[&str] = &[
    ".ci", ".github", "benches", "docs", "examples", "policies", "schemas", "src", "tests",
];

/// Folders of records; what begins with one of them in the README of an example is a path of it.
const RECORD_FOLDERS: &[&str] = &[
    "controls",
    "exceptions",
    "exercises",
    "guidelines",
    "health-checks",
    "incidents",
    "registry",
    "runbooks",
];

/// A text in backticks, or the target of a link.
struct Mention {
    line: usize,
    text: String,
    is_link: bool,
}

/// What a document mentions outside of fenced blocks.
fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut is_fenced = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        }
        if is_fenced {
            continue;
        }
        let mut mention = |text: &str, is_link| {
            found.push(Mention {
                line: at + 1,
                text: text.to_owned(),
                is_link,
            });
        };
        for code in line.split('`').skip(1).step_by(2) {
            mention(code, false);
        }
        for target in line.split("](").skip(1) {
            mention(target.split(')').next().unwrap_or(""), true);
        }
    }
    found
}

/// Where a mention must lead, relative to the root, if it is a path of this repository.
fn path_of(mention: &Mention, document: &str) -> Option<String> {
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let text = mention.text.split('#').next().unwrap_or("");
    let is_pattern = text.contains(['<', '>', '*', '{', '}', '$', '…', ' ']);
    if text.is_empty() || text.contains("://") || is_pattern {
        return None;
    }
    if mention.is_link {
        return Some(format!("{folder}/{text}"));
    }
    let (first, _) = text.split_once('/')?;
    if FOLDERS.contains(&first) {
        return Some(text.to_owned());
    }
    let is_of_example = folder.starts_with("examples/") && RECORD_FOLDERS.contains(&first);
    is_of_example.then(|| format!("{folder}/{text}"))
}

#[test]
fn every_path_named_in_a_document_exists() {
    let mut lost = Vec::new();
    let mut count = 0;
    for document in documents() {
        // Generated pages quote rules, whose paths are those of an organisation.
        let is_quoting = document.starts_with("docs/reference/");
        let mentions = mentions(&text(&document)).into_iter();
        for mention in mentions.filter(|it| it.is_link || !is_quoting) {
            if let Some(path) = path_of(&mention, &document) {
                count += 1;
                if !root().join(path.trim_start_matches('/')).exists() {
                    lost.push(format!("{document}:{}: {}", mention.line, mention.text));
                }
            }
        }
    }
    assert!(lost.is_empty(), "\n{}", lost.join("\n"));
    assert!(count > 50, "only {count} paths found in the documents");
}

#[test]
fn every_rule_is_described_in_the_order_of_the_catalogue() {
    let rules = text("docs/rules.md");
    let described: Vec<&str> = rules
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .collect();
    // Those with tests in their pack are shown by these, in docs/reference.
    let shipped = Catalogue::shipped();
    let is_shown = |rule: &&Builtin| !shipped.entry((**rule).into()).has_tests;
    let catalogue = Builtin::ALL.iter().filter(is_shown);
    let catalogue: Vec<&str> = catalogue.map(|rule| rule.name()).collect();
    let missing: Vec<_> = catalogue
        .iter()
        .filter(|it| !described.contains(it))
        .collect();
    assert!(missing.is_empty(), "docs/rules.md lacks {missing:?}");
    assert_eq!(described, catalogue);
}

#[test]
fn the_readme_begins_with_the_three_commands() {
    let readme = text("README.md");
    let commands: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert_eq!(
        commands,
        [
            "cargo run --release --locked -- init --example demo",
            "cargo run --release --locked -- check demo --as-of 2025-06-20T12:00:00Z",
            "cargo test --locked",
        ]
    );
    let run = text(".ci/run");
    assert!(run.lines().any(|line| line == commands[2]));
}

#[test]
fn the_readme_names_every_option_and_format() {
    let readme = text("README.md");
    let mut options: BTreeSet<String> = BTreeSet::new();
    for command in ["check", "due", "who", "policy"] {
        let command = text(&format!("src/cli/{command}.rs"));
        // The long name of an option is the name of its field.
        let is_option = |line: &&str| line.trim_start().starts_with("#[arg(long");
        let lines: Vec<&str> = command.lines().collect();
        let named = lines.windows(2).filter(|pair| is_option(&pair[0]));
        options.extend(
            named.filter_map(|pair| Some(pair[1].trim().split_once(':')?.0.replace('_', "-"))),
        );
    }
    assert!(options.len() > 10, "{options:?}");
    for option in options {
        assert!(readme.contains(&format!("`--{option}")), "--{option}");
    }
    for format in Format::ALL {
        assert!(readme.contains(&format!("`{format}`")), "{format}");
    }
}
