//! Probity checks a git repository of incident and third-party records.
//!
//! Records are small YAML files. [`source`] reads them from a worktree, a revision or a plain
//! folder; [`provenance`] tells what the commits say about
//! them; [`document`] turns each into a tree with exact places; [`schema`] says what a record
//! may look like; [`record`] knows the kinds, the ids and what refers to what; [`policy`] holds
//! the language of rules and the rules themselves; [`engine`] brings them together into an
//! [`finding::Outcome`]; [`output`] renders it; [`manual`] explains in words,
//! [`report`] answers questions, [`lsp`] helps in an editor. Everything is
//! evaluated as of an instant that the caller gives: nothing in the library reads the clock, the
//! environment or the terminal.

pub mod author;
pub mod clock;
pub mod document;
pub mod engine;
pub mod evidence;
pub mod finding;
pub mod lsp;
pub mod manual;
pub mod output;
pub mod policy;
pub mod provenance;
pub mod record;
pub mod report;
pub mod schema;
pub mod source;
pub mod template;
pub mod text;
