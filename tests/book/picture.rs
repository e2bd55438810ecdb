//! The picture of a terminal in the README: drawn from what the program prints.

use crate::assert_is;
use crate::reader::Reader;

/// What is typed in the picture.
const TYPED: &str = "probity check demo --as-of 2025-06-20T14:00:00Z";

#[test]
fn the_picture_of_the_terminal_shows_what_is_printed() {
    let mut reader = Reader::new();
    reader.enter("probity init --example demo");
    let (_, printed) = reader.enter(&format!("{TYPED} --color always"));
    let typed = format!("\u{1b}[1;32m$\u{1b}[0m \u{1b}[1m{TYPED}\u{1b}[0m");
    let drawn = anstyle_svg::Term::new().render_svg(&format!("{typed}\n{}", printed.trim_end()));
    assert_is("docs/pictures/check.svg", &drawn);
}
