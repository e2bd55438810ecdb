//! The pages of the book are followed as a reader would: every command is typed, every change made,
//! one after the other in an empty folder; what a page shows is what comes.
//!
//! In a page, `? 1` is the exit code of the command above, `[..]` stands for what differs from one
//! reader to the next, and `...` for lines left out. A block of `diff` changes the file that its first
//! line names; a block of `yaml` that begins with the name of a file is that file.
//!
//! `TRYCMD=overwrite cargo test --test book` writes what comes into the pages; read the difference
//! before you commit it.

#![cfg(unix)] // The pages are for a POSIX shell.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that reads and writes pages"
)]

mod page;
mod picture;
mod reader;

use std::fs;
use std::path::Path;

use reader::Reader;

/// 2025-06-20T12:00:00Z
const NOON: &str = "1750420800";

/// Whether what comes is to be written into the documents.
fn is_overwriting() -> bool {
    std::env::var("TRYCMD").is_ok_and(|it| it == "overwrite")
}

/// A document of this repository is what is made here.
fn assert_is(path: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if is_overwriting() {
        fs::write(&file, made).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    snapbox::assert_data_eq!(made, snapbox::Data::text(written).raw());
}

/// Follows a page of `docs` from an empty folder.
fn follow(path: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(file).unwrap();
    let mut reader = Reader::new();
    let told = page::followed(&text, &mut reader);
    assert!(reader.has_typed(), "{path} has no console block");
    assert_is(path, &told);
}

#[test]
fn the_tutorial_can_be_followed() {
    follow("docs/tutorial.md");
}

#[test]
fn the_author_of_a_pull_request_can_follow_their_page() {
    follow("docs/howto/pull-request-author.md");
}

#[test]
fn the_responder_can_follow_their_page() {
    follow("docs/howto/responder-at-night.md");
}

#[test]
fn the_grc_lead_can_follow_their_page() {
    follow("docs/howto/grc-lead.md");
}

#[test]
fn the_auditor_can_follow_their_page() {
    follow("docs/howto/auditor.md");
}
