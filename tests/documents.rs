//! The console blocks of the documents are run as they stand: a command, its exit code (`? 1`) and
//! what it prints; `[..]` stands for what differs from day to day.
//! Pages that are followed step by step stand in `tests/book`.

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
