//! The example organisations, copied into a plain folder: without git, so that neither revision
//! nor changes of the day enter an outcome.

#![allow(
    dead_code,
    reason = "every test file includes this module and uses its own part"
)]

use std::fs;
use std::path::{Path, PathBuf};

use probity::author::init::write_example;
use probity::clock::{Instant, parse_as_of};
use probity::document::Limits;
use probity::engine::{Request, Silent, check};
use probity::finding::Outcome;

use super::fixture::Fixture;

/// The folder of an example in this repository.
pub(crate) fn home(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name)
}

/// A file of an example.
pub(crate) fn text(name: &str, path: &str) -> String {
    let bytes = probity::source::read_file(&home(name).join(path), 1 << 20).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A folder with a copy of an example.
pub(crate) fn copied(name: &str) -> Fixture {
    let fixture = Fixture::folder();
    copy(name, &fixture.root());
    fixture
}

/// A folder with a copy of the example in which nothing is wrong.
pub(crate) fn larkfield() -> Fixture {
    copied("larkfield")
}

/// Copies an example, without what it is expected to print.
pub(crate) fn copy(name: &str, to: &Path) {
    copy_folder(&home(name), to);
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if !source.is_dir() {
            fs::copy(&source, &target).unwrap();
        } else if entry.file_name() != "expected" {
            copy_folder(&source, &target);
        }
    }
}

/// The example organisation as a repository with its history. It goes with the folder.
pub(crate) fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_example(&folder.path().join("larkfield")).unwrap();
    folder
}

/// The instant as of which the examples are told.
pub(crate) fn noon() -> Instant {
    parse_as_of("2025-06-20T12:00:00Z").unwrap()
}

/// Checks a folder as of that instant.
pub(crate) fn outcome(path: &Path) -> Outcome {
    let request = Request {
        path,
        revision: None,
        policies_from: None,
        as_of: noon(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads: None,
    };
    check(&request, &Silent).unwrap()
}
