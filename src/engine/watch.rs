//! A repository between two checks: what a check found out is kept, so that a change of one record
//! can be judged at once, together with the records of its incident.
//!
//! What such a look says of these records is what the next check will say, but for what it would
//! learn from other records that change as well. It says nothing of other records.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::across::Across;
use super::judge::Bench;
use super::part::{Left, Parts, Totals, index_of};
use super::pinned::Kept;
use super::session::Session;
use super::witness::Chronicle;
use super::{CheckError, Progress, Request, Shared, Silent, with_session};
use crate::clock::Instant;
use crate::document::Limits;
use crate::finding::{Duty, Finding, Outcome};
use crate::policy::Catalogue;
use crate::policy::vocabulary::Lookups;
use crate::record::{RecordIndex, RecordKind, Registry, layout};
use crate::source::{Listing, Source};

/// Texts that are not saved yet, by their paths as reported.
pub type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// What a check leaves behind for looks at single records.
pub struct Watch {
    source: Source,
    listing: Listing,
    kept: Kept,
    catalogue: Catalogue,
    left: Left,
    index: RecordIndex,
    shared: Shared,
    as_of: Instant,
    limits: Limits,
}

/// What was found in the neighbourhood of one record.
#[derive(Debug)]
pub struct Near {
    /// The files that were judged; of all others nothing is said.
    pub files: Vec<String>,
    /// The folder of the incident that was judged as a whole, with its evidence.
    pub folder: Option<String>,
    /// The findings in them, in order.
    pub findings: Vec<Finding>,
    /// The duties of the records, with their clocks.
    pub duties: Vec<Duty>,
}

impl Near {
    /// Whether something was said about a file.
    pub fn covers(&self, file: &str) -> bool {
        let folder = self.folder.as_deref();
        folder.is_some_and(|folder| file.starts_with(folder))
            || self.files.iter().any(|it| it == file)
    }
}

impl Watch {
    /// Checks the files on disk with changes laid over them, and keeps what that takes.
    ///
    /// # Errors
    /// As [`super::check`].
    pub fn begin(
        request: &Request<'_>,
        changes: Changes,
        progress: &dyn Progress,
    ) -> Result<(Outcome, Self), CheckError> {
        let source = Source::open(request.path, None)?.with_changes(changes);
        let mut listing = source.list()?;
        listing
            .files
            .sort_unstable_by(|left, right| left.path.cmp(&right.path));
        let shared = Shared::of(&source, request)?;
        let (outcome, kept, left) =
            with_session(&source, listing.clone(), request, progress, &shared, |it| {
                it.examine()
            })?;
        let catalogue = Catalogue::of(&kept.registry);
        let index = index_of(&left.parts, |file| {
            below(&source, &listing.files[file as usize].path)
        });
        let watch = Self {
            source,
            listing,
            kept,
            catalogue,
            left,
            index,
            shared,
            as_of: request.as_of,
            limits: request.limits,
        };
        Ok((outcome, watch))
    }

    /// The registries, as the last look left them.
    pub fn registry(&self) -> &Registry {
        &self.kept.registry
    }

    /// The rules in force.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// All records by kind and id, as numbers of files.
    pub fn index(&self) -> &RecordIndex {
        &self.index
    }

    /// The path of a file of the index, as reported.
    pub fn path(&self, file: u32) -> Option<&str> {
        self.listing
            .files
            .get(file as usize)
            .map(|it| it.path.as_str())
    }

    /// What stands before the path of a file from the root of the records.
    pub fn prefix(&self) -> &str {
        self.source.prefix()
    }

    /// The folder of the records on disk.
    pub fn folder(&self) -> Option<PathBuf> {
        self.source.folder()
    }

    /// The instant everything is judged as of.
    pub fn as_of(&self) -> Instant {
        self.as_of
    }

    /// Kind, id and path of every record that was read.
    pub fn records(&self) -> impl Iterator<Item = (RecordKind, &str, &str)> {
        self.left.parts.iter().filter_map(|(file, part)| {
            let (kind, _, id) = part.row.as_ref()?.key()?;
            Some((kind, id, self.path(*file)?))
        })
    }

    /// The text of a file as it is checked; `None` if it is not listed or cannot be read.
    pub fn text(&self, path: &str) -> Option<String> {
        let files = &self.listing.files;
        let at = files.binary_search_by(|it| it.path.as_str().cmp(path));
        let read = match at {
            Ok(at) => self.source.read(&files[at], self.limits.bytes),
            Err(_) => {
                let found = self.source.find(path).ok()??;
                self.source.read_found(&found, self.limits.bytes)
            }
        };
        String::from_utf8(read.ok()?).ok()
    }

    /// Whether a file is there that git neither knows nor ignores.
    pub fn is_untracked(&self, path: &str) -> bool {
        let found = self.source.find(path);
        matches!(found, Ok(Some(found)) if !found.is_tracked && !found.is_ignored)
    }

    /// Judges a record as the changes have it, with the records of its incident. `None` if that
    /// takes a check of everything.
    pub fn look(&mut self, path: &str, changes: Changes) -> Option<Near> {
        self.source.lay(changes);
        let files = &self.listing.files;
        let file = files
            .binary_search_by(|it| it.path.as_str().cmp(path))
            .ok()?;
        let is_kept = self.kept.registry.at_path(path).is_some();
        let incident = layout::incident_folder(below(&self.source, path)).filter(|_| !is_kept);
        match incident {
            Some(incident) => {
                let folder = format!("{}incidents/{incident}/", self.source.prefix());
                self.look_in(folder)
            }
            None if is_kept => self.look_at(file as u32),
            None => None,
        }
    }

    /// Judges all records in the folder of an incident.
    fn look_in(&mut self, folder: String) -> Option<Near> {
        let first = self.listing.files.partition_point(|it| it.path < folder);
        let inside = self.listing.files[first..].iter();
        let count = inside.take_while(|it| it.path.starts_with(&folder)).count();
        let is_kept = |file: &u32| {
            let path = &self.listing.files[*file as usize].path;
            self.kept.registry.at_path(path).is_some()
        };
        let files = first as u32..(first + count) as u32;
        let files: Vec<u32> = files.filter(|file| !is_kept(file)).collect();
        self.judge(Some(folder), |session, bench, left, totals| {
            let parts = session.read_folder(&files, bench, &left.scattered, totals);
            let is_streaming = parts.iter().all(|(_, part)| part.kept.is_none());
            is_streaming.then(|| parts.into_iter().collect())
        })
    }

    /// Judges a record of the registry.
    fn look_at(&mut self, file: u32) -> Option<Near> {
        let path = self.path(file)?.to_owned();
        let request = self.request();
        let chronicle = Chronicle::new(&self.source, &request);
        let session = self.session(&request, &chronicle);
        match session.read(file, &self.kept.registry, &mut Totals::default()) {
            Ok(record) if record.kind.is_registry() => {
                let is_policy = record.kind == RecordKind::Policy;
                let was_policy = self.kept.registry.at_path(&path)?.kind == RecordKind::Policy;
                self.kept.registry.replace(&path, record);
                if is_policy || was_policy {
                    self.catalogue = Catalogue::of(&self.kept.registry);
                }
            }
            Ok(_) => return None,
            // What it said before goes on to hold for the others, until it can be read again.
            Err(part) => {
                return Some(Near {
                    files: vec![path],
                    folder: None,
                    findings: part.findings,
                    duties: Vec::new(),
                });
            }
        }
        self.judge(None, |session, bench, _, totals| {
            let record = bench.registry.at_path(&session.entry(file).path)?;
            let (parts, judged) = session.judge_kept(&[(file, record)], bench);
            *totals = std::mem::take(totals).add(judged);
            Some(parts)
        })
    }

    /// Judges some files anew, and what they say together with all others.
    fn judge(
        &mut self,
        folder: Option<String>,
        work: impl FnOnce(&Session<'_>, &Bench<'_>, &Left, &mut Totals) -> Option<Parts>,
    ) -> Option<Near> {
        let mut parts = std::mem::take(&mut self.left.parts);
        let request = self.request();
        let chronicle = Chronicle::new(&self.source, &request);
        let session = self.session(&request, &chronicle);
        let lookups = Lookups::new(&self.kept.registry);
        let bench = session.bench(&self.kept, &self.catalogue, &lookups);
        let mut totals = Totals::default();
        let index_of =
            |parts: &Parts| index_of(parts, |file| session.relative(session.entry(file)));
        let judged = || {
            let fresh = work(&session, &bench, &self.left, &mut totals)?;
            let files = fresh.keys().map(|file| session.entry(*file).path.clone());
            let mut near = Near {
                files: files.collect(),
                folder,
                findings: Vec::new(),
                duties: Vec::new(),
            };
            parts.extend(fresh);
            let index = index_of(&parts);
            let across = Across {
                session: &session,
                bench: &bench,
                index: &index,
                incidents: &self.left.incidents,
                kept: &session.kept(&bench),
            };
            totals.used.clone_from(&self.left.used);
            let (whole, _) = session.put_together(&mut parts, totals, &across);
            let findings = whole.findings.into_iter();
            near.findings = findings
                .filter(|it| near.covers(&it.location.file))
                .collect();
            near.duties = whole.totals.duties;
            Some((near, index))
        };
        let judged = judged();
        self.left.parts = parts;
        let (near, index) = judged?;
        self.index = index;
        Some(near)
    }

    fn request(&self) -> Request<'static> {
        Request {
            limits: self.limits,
            wants_duties: true,
            ..Request::new(Path::new(""), self.as_of)
        }
    }

    fn session<'s>(
        &'s self,
        request: &'s Request<'s>,
        chronicle: &'s Chronicle<'s>,
    ) -> Session<'s> {
        Session {
            source: &self.source,
            listing: &self.listing,
            request,
            progress: &Silent,
            ledger: &self.shared.ledger,
            chronicle,
            pinned: self.shared.pinned.as_ref(),
            known: None,
        }
    }
}

/// A reported path below the root of the records.
fn below<'p>(source: &Source, path: &'p str) -> &'p str {
    path.strip_prefix(source.prefix()).unwrap_or(path)
}

impl fmt::Debug for Watch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Watch")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
