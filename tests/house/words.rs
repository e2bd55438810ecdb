//! Words that stay out: names that say nothing, silenced lints, forgotten notes.

use crate::files::{below, has_ending, text};
use crate::rust::RustFile;

/// Names under which anything could be put.
const NAMELESS: &[&str] = &[
    "common", "helper", "helpers", "manager", "misc", "shared", "util", "utils",
];

/// What is not left lying about, in two parts so that this file does not hold it.
const UNWANTED: &[(&str, &str)] = &[
    ("#[", "allow("),
    ("#![", "allow("),
    ("#[", "ignore"),
    ("TO", "DO"),
    ("FIX", "ME"),
    ("dbg", "!("),
    ("todo", "!("),
    ("unimplemented", "!("),
];

/// A module that several tests include: each uses its own share of it, so an expectation of unused
/// functions would fail in the test that uses them all.
fn is_included(path: &str) -> bool {
    path.starts_with("tests/") && path.ends_with("/mod.rs") && path.matches('/').count() == 2
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let files = ["src", "tests", "benches"].into_iter().flat_map(below);
    let nameless: Vec<String> = files
        .filter(|path| has_ending(path, "rs"))
        .filter(|path| {
            let names = path.trim_end_matches(".rs").split('/');
            names.clone().any(|name| NAMELESS.contains(&name))
                || names
                    .flat_map(|name| name.split('_'))
                    .any(|word| word.starts_with("util"))
        })
        .collect();
    let declared = RustFile::below("src").into_iter().flat_map(|file| {
        let names: Vec<String> = file
            .names()
            .windows(2)
            .filter(|pair| pair[0].text == "mod" && NAMELESS.contains(&pair[1].text))
            .map(|pair| file.shown(pair[1].line))
            .collect();
        names
    });
    let wrong: Vec<String> = nameless.into_iter().chain(declared).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_silenced_or_left_for_later() {
    let mut found = Vec::new();
    let files = ["src", "tests", "benches", "schemas", "policies"]
        .into_iter()
        .flat_map(below);
    for path in files {
        for (number, line) in text(&path).lines().enumerate() {
            for (first, second) in UNWANTED {
                let word = format!("{first}{second}");
                let is_excused = *first == "#![" && is_included(&path);
                if line.contains(&word) && !is_excused {
                    found.push(format!("{path}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
