//! `Cargo.toml`: the one place for dependencies with their reasons, and for the oldest Rust.

use crate::files::{below, documents, text};

/// The names of the dependencies of a table, as they are used in code.
pub(crate) fn dependencies(table: &str) -> Vec<String> {
    lines(table)
        .into_iter()
        .filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")))
        .collect()
}

/// The lines of a table of `Cargo.toml`, comments included.
fn lines(table: &str) -> Vec<String> {
    let head = format!("[{table}]");
    text("Cargo.toml")
        .lines()
        .skip_while(|line| *line != head)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_dependency_says_what_it_is_for() {
    let mut bare = Vec::new();
    for table in ["features", "dependencies", "dev-dependencies"] {
        let mut before = String::new();
        for line in lines(table) {
            let is_entry = line.contains(" = ") && !line.starts_with([' ', '#', ']']);
            if is_entry && !before.starts_with('#') && !line.starts_with("default") {
                bare.push(line.clone());
            }
            before = line;
        }
    }
    assert!(bare.is_empty(), "no comment above:\n{}", bare.join("\n"));
    assert!(dependencies("dependencies").len() > 10);
}

#[test]
fn the_oldest_rust_stands_only_in_the_manifest() {
    let manifest = text("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.split('"').next())
        .unwrap();
    assert_eq!(manifest.matches(version).count(), 1, "once in Cargo.toml");

    let mut elsewhere: Vec<String> = ["clippy.toml", "rustfmt.toml", ".ci/run"]
        .map(str::to_owned)
        .into();
    elsewhere.extend(documents());
    for folder in [".github", "src", "tests", "benches"] {
        elsewhere.extend(below(folder));
    }
    let names_it = |line: &str| {
        line.match_indices(version).any(|(at, _)| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == '.');
            !digit(line[..at].chars().next_back())
                && !digit(line[at + version.len()..].chars().next())
        })
    };
    let mut found = Vec::new();
    for path in elsewhere {
        let lines = text(&path);
        let lines = lines.lines().enumerate().filter(|(_, line)| names_it(line));
        found.extend(lines.map(|(at, line)| format!("{path}:{}: {line}", at + 1)));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    for toolchain in ["rust-toolchain", "rust-toolchain.toml"] {
        assert!(!crate::files::root().join(toolchain).exists());
    }
}
