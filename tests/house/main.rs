//! The house rules, checked over the files of this repository: which module may know which, where
//! a library of others is named, which words stay out, and whether documents are still true.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that reads the repository itself"
)]

mod book;
mod coverage;
mod direction;
mod documents;
mod engines;
mod files;
mod manifest;
mod output_schema;
mod policies;
mod reference;
mod rule_examples;
mod rust;
mod schemas;
mod words;
