//! Changes in memory, laid over a source: what would a check say if these files were different?

use std::collections::BTreeMap;

use super::error::ReadError;
use super::find::plain;
use super::listing::{FileEntry, Listing, Scope, is_evidence, is_yaml};
use super::open::Source;
use super::walk::LONGEST_PATH;

/// Files as they would be, by their paths as reported; `None` for a file that would be gone.
#[derive(Debug, Default)]
pub(super) struct Overlay(BTreeMap<String, Option<Vec<u8>>>);

/// What changes put at a path.
pub(super) enum Laid {
    /// A file of this size.
    File(u64),
    /// Nothing, whatever is there below.
    Nothing,
}

impl Source {
    /// The same source with some files replaced, added (`Some`) or removed (`None`), in memory.
    ///
    /// Paths are those of [`FileEntry::path`]. Earlier changes are forgotten. The record root stays
    /// where it is, also if a `program.yaml` comes or goes; changes outside of it are not listed,
    /// but [`Source::find`] knows them. A path that no listing could hold (absolute, with `..`, in
    /// `.git`) changes nothing; one in a folder that is not listed is listed nevertheless.
    #[must_use]
    pub fn with_changes(mut self, changes: BTreeMap<String, Option<Vec<u8>>>) -> Self {
        self.lay(changes);
        self
    }

    /// As [`Source::with_changes`], in place. What was listed before stays as it is.
    pub fn lay(&mut self, changes: BTreeMap<String, Option<Vec<u8>>>) {
        self.overlay = Overlay(changes);
        self.overlay.0.retain(|path, _| {
            path.len() <= LONGEST_PATH && plain(path).is_ok_and(|it| it == *path && !it.is_empty())
        });
    }
}

impl Overlay {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the changes put at a path; `None` where the source below has the say.
    pub(super) fn at(&self, path: &str) -> Result<Option<Laid>, ReadError> {
        if let Some(content) = self.0.get(path) {
            let file = |it: &Vec<u8>| Laid::File(it.len() as u64);
            return Ok(Some(content.as_ref().map_or(Laid::Nothing, file)));
        }
        let folder = format!("{path}/");
        let mut below = self.0.range(folder.clone()..);
        let mut below = std::iter::from_fn(|| below.next().filter(|it| it.0.starts_with(&folder)));
        if below.any(|(_, content)| content.is_some()) {
            return Err(ReadError::NotRegular {
                path: path.to_owned(),
            });
        }
        let mut above = path.match_indices('/').map(|(at, _)| &path[..at]);
        let is_below_file = above.any(|folder| matches!(self.0.get(folder), Some(Some(_))));
        Ok(is_below_file.then_some(Laid::Nothing))
    }

    /// The content of a changed file; `None` for one that is as in the source below.
    pub(super) fn read(&self, path: &str, limit: usize) -> Option<Result<Vec<u8>, ReadError>> {
        let content = self.0.get(path)?;
        let path = || path.to_owned();
        Some(match content {
            None => Err(ReadError::Vanished { path: path() }),
            Some(content) if content.len() > limit => Err(ReadError::TooLarge {
                path: path(),
                size: content.len() as u64,
                limit,
            }),
            Some(content) => Ok(content.clone()),
        })
    }

    /// Changes a sorted listing. `is_there` tells whether the source below has a regular file.
    pub(super) fn change(
        &self,
        listing: &mut Listing,
        scope: &Scope,
        is_there: impl Fn(&str) -> bool,
    ) {
        for (path, content) in &self.0 {
            if !scope.is_recorded(path) {
                continue;
            }
            listing.skipped.retain(|it| it.path != *path);
            if is_evidence(path) {
                let place = listing.evidence.binary_search_by(|it| (**it).cmp(path));
                match (content, place) {
                    (Some(_), Err(at)) => listing.evidence.insert(at, path.as_str().into()),
                    (None, Ok(at)) => drop(listing.evidence.remove(at)),
                    _ => {}
                }
            }
            if !is_yaml(path) {
                match (content, is_there(path)) {
                    (Some(_), false) => listing.other_files += 1,
                    (None, true) => listing.other_files = listing.other_files.saturating_sub(1),
                    _ => {}
                }
                continue;
            }
            let place = listing.files.binary_search_by(|it| it.path.cmp(path));
            if let Ok(at) = place {
                listing.files.remove(at);
            }
            if let Some(content) = content {
                let file = FileEntry {
                    path: path.clone(),
                    size: Some(content.len() as u64),
                    in_scope: scope.contains(path),
                    object: None,
                };
                listing.files.insert(place.unwrap_or_else(|at| at), file);
            }
        }
    }
}
