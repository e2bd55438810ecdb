//! The console blocks of the documents are run as they stand: a command, its exit code (`? 1`) and
//! what it prints; `[..]` stands for what differs from day to day.

#![expect(clippy::disallowed_methods, reason = "the environment of a test")]

use std::fs;
use std::path::Path;

/// 2025-06-20T12:00:00Z
const NOON: &str = "1750420800";

fn cases() -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    cases.env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8");
    cases
}

#[test]
fn the_console_blocks_of_the_documents_hold() {
    cases()
        .case("README.md")
        .case("examples/broken/README.md")
        .case("examples/larkfield/README.md");
}

/// What writes runs in a folder of its own, one command after the other.
#[test]
fn the_console_blocks_about_writing_hold() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/writing.md");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("writing.md");
    fs::copy(&page, &copy).unwrap();
    // Beside a page, `in` is where it runs; `out` makes it run in a copy of that.
    for name in ["writing.in", "writing.out"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    {
        let cases = cases();
        cases.env("SOURCE_DATE_EPOCH", NOON).case(&copy);
        cases.run();
    }
    if std::env::var("TRYCMD").is_ok_and(|it| it == "overwrite") {
        fs::copy(&copy, &page).unwrap();
    }
}
