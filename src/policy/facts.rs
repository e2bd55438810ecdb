//! What rules ask for that stands in no registry.

use std::sync::Arc;

use super::expression::{Wanted, Why};
use crate::document::Tree;
use crate::evidence::Standing;
use crate::finding::Page;
use crate::provenance::{History, Story};
use crate::record::{Flaws, Incidents, Record, RecordKind};

/// Facts from outside the records that are kept; implemented by whoever runs the rules.
pub trait Facts<'t> {
    /// A record that is not kept, by id; `None` if there is none or it could not be read.
    fn record(&self, id: &str) -> Known<Option<&'t Record>>;

    /// The packages of an incident, in the order of their paths.
    fn packages(&self, incident: &str) -> Known<Vec<&'t Record>>;

    /// How many records of a kind there are, kept or not.
    fn count(&self, kind: RecordKind) -> Known<usize>;

    /// What is kept of every incident.
    fn incidents(&self) -> Known<&'t Incidents>;

    /// Whether there is a record with this id, also one that could not be read.
    fn exists_id(&self, id: &str) -> Known<bool>;

    /// Whether there is a file at a path from the root of the records.
    ///
    /// # Errors
    /// Why nobody can say, in a sentence.
    fn file_exists(&self, path: &str) -> Result<bool, String>;

    /// What stands at a path from the root of the records, and what it holds.
    ///
    /// # Errors
    /// Why nobody can say, in a sentence.
    fn standing(&self, path: &str) -> Result<Standing, String>;

    /// A line of a mail at a path from the root of the records, to be shown beside a finding.
    fn page(&self, path: &str, line: u32) -> Option<Page>;

    /// The commits behind the records.
    ///
    /// # Errors
    /// Why they cannot be told, in a sentence.
    fn history(&self) -> Result<History<'_>, String> {
        Err("the history is not at hand".to_owned())
    }

    /// Whether the history was asked for at all.
    fn wants_history(&self) -> bool {
        false
    }

    /// What to do so that the commits can be told, as a sentence.
    fn history_help(&self) -> Option<String> {
        None
    }

    /// What the commits say about a record; `file` is its path from the root of the records.
    ///
    /// # Errors
    /// Why nobody can say, in a sentence.
    fn story(&self, _file: &str, _record: &Record) -> Result<Arc<Story>, String> {
        Err("the history is not at hand".to_owned())
    }

    /// The same for a kept record, whose path is the one reported.
    ///
    /// # Errors
    /// Why nobody can say, in a sentence.
    fn kept_story(&self, _file: &str, _record: &Record) -> Result<Arc<Story>, String> {
        Err("the history is not at hand".to_owned())
    }

    /// Whether the shapes of the records that it brings leave nothing in doubt.
    fn is_flawless(&self) -> bool {
        true
    }

    /// What the shape of a record that it brought leaves in doubt, if anything.
    fn flaws(&self, _tree: &Tree) -> Option<&Flaws<'t>> {
        None
    }
}

/// A fact, or what has to be brought before it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// It is known.
    Yes(T),
    /// Not yet.
    Later(Wanted),
}

impl<T> Known<T> {
    /// The fact, if it is at hand.
    pub(super) fn now(self) -> Result<T, Why> {
        match self {
            Self::Yes(fact) => Ok(fact),
            Self::Later(wanted) => Err(Why::Elsewhere(wanted)),
        }
    }
}
