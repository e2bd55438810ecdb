//! The evidence files of the records at hand, each read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::finish::sentence;
use crate::document::NodeRef;
use crate::evidence::{Content, Examination, Exhibit, Standing};
use crate::finding::Page;
use crate::record::{Record, layout};
use crate::source::{BlobId, Found, ReadError, SkipReason, Source};

/// What is known of contents by their names in git, so that two revisions that hold the same
/// content read it once. Kept in memory: a file on disk could be forged, and reading evidence
/// costs little more than looking it up.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<BTreeMap<BlobId, Arc<Exhibit>>>);

/// The evidence of one folder of records.
pub(super) struct Cabinet<'t> {
    source: &'t Source,
    ledger: &'t Ledger,
    /// What the records register, to be read together when the first is asked for.
    registered: Vec<String>,
    known: Mutex<BTreeMap<String, Known>>,
}

/// What stands at a path, or why nobody can say.
type Known = Result<Standing, String>;

impl<'t> Cabinet<'t> {
    pub(super) fn new(source: &'t Source, ledger: &'t Ledger, registered: Vec<String>) -> Self {
        Self {
            source,
            ledger,
            registered,
            known: Mutex::default(),
        }
    }

    /// What stands at a path from the root of the records.
    pub(super) fn standing(&self, path: &str) -> Known {
        if let Some(known) = lock(&self.known).get(path) {
            return known.clone();
        }
        let asked = self.examine(path);
        // Not under the lock: while a thread waits for the others it may turn to other records.
        let others: Vec<(String, Known)> = if lock(&self.known).is_empty() {
            let others = self.registered.par_iter();
            others
                .filter(|other| *other != path)
                .map(|other| (other.clone(), self.examine(other)))
                .collect()
        } else {
            Vec::new()
        };
        let mut known = lock(&self.known);
        known.extend(others);
        known.insert(path.to_owned(), asked.clone());
        asked
    }

    /// Whether there is a file at a path from the root of the records.
    pub(super) fn file_exists(&self, path: &str) -> Result<bool, String> {
        // A file that git ignores is in nobody else's copy.
        match self.source.find(&self.reported(path)) {
            Ok(found) => Ok(found.is_some_and(|found| !found.is_ignored)),
            // A path that no copy of the repository can follow leads nowhere.
            Err(
                ReadError::Outside { .. } | ReadError::Barred { .. } | ReadError::NotRegular { .. },
            ) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }

    /// A line of a mail, to be shown beside a finding.
    pub(super) fn page(&self, path: &str, line: u32) -> Option<Page> {
        let standing = self.standing(path).ok()?;
        let mail = standing.exhibit()?.mail.as_ref()?;
        Some(Page {
            file: self.reported(path),
            text: mail.text().into(),
            line,
        })
    }

    fn reported(&self, path: &str) -> String {
        format!("{}{path}", self.source.prefix())
    }

    fn examine(&self, path: &str) -> Known {
        if path.chars().any(char::is_control) {
            return Ok(Standing::Unprintable);
        }
        let found = match self.source.find(&self.reported(path)) {
            Ok(Some(found)) if found.is_ignored => return Ok(Standing::Ignored),
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Standing::Missing),
            Err(ReadError::Outside { .. }) => return Ok(Standing::Outside),
            Err(ReadError::NotRegular { .. }) => return Ok(Standing::NotAFile),
            Err(ReadError::Barred { reason, .. }) => {
                return Ok(match reason {
                    SkipReason::NestedRepository => Standing::OtherRepository,
                    _ => Standing::Link,
                });
            }
            Err(error) => return Err(sentence(&error)),
        };
        let exhibit = match self.exhibit(&found) {
            Ok(exhibit) => exhibit,
            Err(ReadError::Vanished { .. }) => return Ok(Standing::Missing),
            Err(ReadError::NotRegular { .. }) => return Ok(Standing::NotAFile),
            Err(error) => return Err(sentence(&error)),
        };
        // In a revision git holds the pointer only, and it names the digest of the file.
        Ok(match exhibit.content {
            Content::Pointer if found.blob().is_none() => Standing::Unfetched,
            _ if found.is_tracked => Standing::There(exhibit),
            _ => Standing::Untracked(exhibit),
        })
    }

    pub(super) fn exhibit(&self, found: &Found) -> Result<Arc<Exhibit>, ReadError> {
        let blob = found.blob();
        let known = blob.and_then(|blob| lock(&self.ledger.0).get(&blob).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let mut examination = Examination::default();
        self.source
            .stream(found, &mut |piece| examination.take(piece))?;
        let exhibit = Arc::new(examination.finish());
        if let Some(blob) = blob {
            lock(&self.ledger.0).insert(blob, Arc::clone(&exhibit));
        }
        Ok(exhibit)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The evidence items of a record that are files of the repository, each with its path from the
/// root of the records. `file` is the path of the record.
pub(super) fn registered<'r>(
    file: &'r str,
    record: &'r Record,
) -> impl Iterator<Item = (NodeRef<'r>, String)> {
    let list = record.root().get("evidence").into_iter();
    list.flat_map(NodeRef::items).filter_map(move |item| {
        let path = item.get("path").filter(|path| !path.is_empty())?;
        Some((item, layout::beside(file, path.scalar_text())?))
    })
}
