//! The history of the records at hand, read when a rule first asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Request;
use super::beside::Folder;
use super::cabinet::{Cabinet, registered};
use super::finish::sentence;
use super::session::Session;
use crate::document::Limits;
use crate::finding::Proofs;
use crate::policy::vocabulary::{Lookups, Speaker};
use crate::provenance::{Commits, History, Story};
use crate::record::{Record, Registry};
use crate::source::{LogError, Source};

/// The history of a source, for one run.
pub(super) struct Chronicle<'s> {
    source: &'s Source,
    limits: Limits,
    /// Whether it is to be read at all.
    is_wanted: bool,
    commits: OnceLock<Result<Commits, LogError>>,
    /// The stories of kept records, which many others ask for.
    kept: Stories,
}

/// Stories by the path of the record.
#[derive(Default)]
pub(super) struct Stories(Mutex<BTreeMap<String, Told>>);

type Told = Result<Arc<Story>, String>;

impl<'s> Chronicle<'s> {
    pub(super) fn new(source: &'s Source, request: &Request<'_>) -> Self {
        Self {
            source,
            limits: request.limits,
            is_wanted: request.wants_history,
            commits: OnceLock::new(),
            kept: Stories::default(),
        }
    }

    /// Reads the commits before a rule asks for them.
    pub(super) fn prepare(&self) {
        if self.is_wanted {
            // What is wrong with them is told to those who ask.
            let _ = self.commits();
        }
    }

    /// The history, or why it cannot be told.
    pub(super) fn history(&self) -> Result<History<'_>, String> {
        if !self.is_wanted {
            return Err("the history was not asked for".to_owned());
        }
        let commits = self.commits().map_err(ToString::to_string)?;
        Ok(History::new(self.source, commits, self.limits))
    }

    /// Number of commits; `None` if the history is not read or cannot be.
    pub(super) fn count(&self) -> Option<usize> {
        self.history().ok().map(|it| it.commits().len())
    }

    /// Whether the history was asked for.
    pub(super) const fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// What to do so that the history can be told, as a sentence.
    pub(super) fn help(&self) -> Option<String> {
        let hint = self.commits().err()?.hint();
        let (first, rest) = hint.split_at_checked(1)?;
        Some(format!("{}{rest}.", first.to_uppercase()))
    }

    fn commits(&self) -> Result<&Commits, &LogError> {
        let commits = self.commits.get_or_init(|| Commits::of(self.source));
        commits.as_ref()
    }

    /// The story of a record, kept among `stories`. `path` counts from the record root.
    pub(super) fn story(&self, stories: &Stories, path: &str, record: &Record) -> Told {
        let is_kept = std::ptr::eq(stories, &raw const self.kept);
        let stories = || stories.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = stories().get(path) {
            return known.clone();
        }
        let told = self.history().and_then(|history| {
            let story = match is_kept {
                true => history.whole_story(path, record),
                false => history.story(path, record),
            };
            story.map(Arc::new).map_err(|error| sentence(&error))
        });
        stories().insert(path.to_owned(), told.clone());
        told
    }

    /// The story of a kept record. `path` is as reported.
    pub(super) fn kept_story(&self, path: &str, record: &Record) -> Told {
        let path = Registry::path_of(path);
        let path = path.strip_prefix(self.source.prefix()).unwrap_or(path);
        self.story(&self.kept, path, record)
    }
}

impl Session<'_> {
    /// How far the times of a record are proven.
    pub(super) fn proofs(&self, lookups: &Lookups<'_>, path: &str, record: &Record) -> Proofs {
        let path = path.strip_prefix(self.source.prefix()).unwrap_or(path);
        let paths = registered(path, record).map(|(_, path)| path).collect();
        let facts = Folder {
            records: &[],
            flaws: &[],
            scattered: &BTreeSet::new(),
            cabinet: &Cabinet::new(self.source, self.ledger, paths),
            chronicle: self.chronicle,
            stories: &Stories::default(),
        };
        Speaker::new(lookups, &facts, path, record, self.request.as_of).proofs()
    }
}
