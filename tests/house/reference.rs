//! The pages below `docs/reference` are those that the program makes.
//!
//! After a change of packs, schemas or the matrix, `PROBITY_UPDATE_EXPECTED=1 cargo test --test
//! house` writes the pages anew and removes those that are no more; read the difference before you
//! commit it.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use probity::manual::pages;
use probity::policy::Catalogue;

use crate::files::{below, root, text};

const FOLDER: &str = "docs/reference";

/// The pages by their paths from the root.
fn made() -> BTreeMap<String, String> {
    let pages = pages(Catalogue::shipped()).into_iter();
    pages
        .map(|(path, page)| (format!("{FOLDER}/{path}"), page.markdown(&path)))
        .chain([(format!("{FOLDER}/cli.md"), command_line())])
        .collect()
}

/// The page about the command line, which only the program itself knows.
fn command_line() -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    let output = command.args(["man", "--markdown"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
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
