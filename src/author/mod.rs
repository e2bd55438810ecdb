//! Everything that writes records: new ones, imported ones, packages.
//!
//! [`record_yaml`] turns a value into a record that a person likes to read; [`write_atomically`]
//! and [`write_new`] bring bytes to disk so that no cut-off write leaves half a file; [`import`]
//! converts tables of other systems; [`sample`] draws what a health check looks at; [`skeleton`] is a
//! repository to begin with; [`form`] is what is asked when a record is written, and [`amend`] adds
//! elements to one in place, [`set`] sets keys of what is there; [`init`] writes the example with its history. This module knows no rule,
//! no terminal and no clock.

pub mod amend;
pub mod form;
pub mod import;
pub mod init;
pub mod package;
pub mod sample;
pub mod set;
pub mod skeleton;
mod write;
mod yaml;

pub use write::{WriteError, write_atomically, write_if_unchanged, write_new, write_together};
pub use yaml::{flow_yaml, record_yaml};
