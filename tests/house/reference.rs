//! The pages below `docs/reference` are those that the program makes, and their links hold.
//!
//! After a change of packs, schemas or the matrix, `PROBITY_UPDATE_EXPECTED=1 cargo test --test
//! house` writes the pages anew and removes those that are no more; read the difference before you
//! commit it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use probity::manual::pages;
use probity::policy::Catalogue;

use crate::files::{below, root, text};

const FOLDER: &str = "docs/reference";

/// The pages by their paths from the root.
fn made() -> BTreeMap<String, String> {
    let pages = pages(Catalogue::shipped()).into_iter();
    pages
        .map(|(path, page)| (format!("{FOLDER}/{path}"), page.markdown(&path)))
        .collect()
}

#[test]
fn the_reference_is_what_the_program_makes() {
    let made = made();
    if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
        for stale in below(FOLDER).iter().filter(|it| !made.contains_key(*it)) {
            fs::remove_file(root().join(stale)).unwrap();
        }
        for (path, page) in &made {
            let file = root().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, page).unwrap();
        }
    }
    let written = below(FOLDER);
    let stale: Vec<&String> = written
        .iter()
        .filter(|it| !made.contains_key(*it))
        .collect();
    let differing: Vec<&String> = made
        .iter()
        .filter(|(path, page)| !written.contains(path) || text(path) != **page)
        .map(|(path, _)| path)
        .collect();
    assert!(
        stale.is_empty() && differing.is_empty(),
        "no longer made: {stale:?}\nnot as they are made: {differing:?}\n\
         If this is wanted: PROBITY_UPDATE_EXPECTED=1 cargo test --test house reference"
    );
}

#[test]
fn every_link_of_the_reference_leads_somewhere() {
    let made = made();
    let anchors = |page: &str| -> BTreeSet<String> {
        let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
        headings.map(str::to_lowercase).collect()
    };
    let mut lost = Vec::new();
    let mut count = 0;
    for (path, page) in &made {
        for target in page.split("](").skip(1) {
            let target = target.split(')').next().unwrap();
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let mut steps: Vec<&str> = path.split('/').collect();
            steps.pop();
            for step in file.split('/') {
                match step {
                    ".." => drop(steps.pop()),
                    step => steps.push(step),
                }
            }
            count += 1;
            let found = made.get(&steps.join("/"));
            let holds = |page: &String| anchor.is_empty() || anchors(page).contains(anchor);
            // The hand-written page about mechanisms has a heading for each: a test says so.
            let is_written = steps.join("/") == "docs/rules.md";
            if !is_written && !found.is_some_and(holds) {
                lost.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(lost.is_empty(), "\n{}", lost.join("\n"));
    assert!(count > 1_000, "only {count} links");
}
