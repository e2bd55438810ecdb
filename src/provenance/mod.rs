//! What the commits say about a record: which introduced each value, and which changed it.
//!
//! Versions of a record are compared as trees, and elements known by what identifies them, so that
//! neither order nor layout matters. Half a history is never told: where commits are missing the
//! answer is an error. See `docs/history.md`.

mod closing;
mod drift;
mod grade;
mod identities;
mod journal;
mod moved;
mod place;
mod signature;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use closing::{finished, unamended};
pub use drift::{Drift, drifts};
pub use grade::Grade;
pub use identities::Identities;
pub use journal::{Change, Entry, journal};
pub use signature::{Signature, verify};
pub use story::{Move, Story, Version};

use crate::document::{Limits, NodeRef};
use crate::record::layout::{self, is_yaml};
use crate::record::{IdKey, Reading, Record, Registry, read_record};
use crate::source::{FileChange, FileLog, Log, LogError, ReadError, Source};

pub use crate::source::{BlobId, LoggedCommit, Signer};

/// The commits behind a revision, or behind the worktree's.
#[derive(Debug)]
pub struct Commits {
    log: Log,
    departed: OnceLock<Vec<Departed>>,
    /// Contents of records that stood at several paths, with these paths.
    shared: OnceLock<Vec<(BlobId, Box<str>)>>,
    /// What was found out about signatures.
    signatures: Mutex<BTreeMap<usize, Signature>>,
    /// Registries of other times, by what they were read from.
    registries: Mutex<BTreeMap<Contents, Arc<Registry>>>,
}

impl Commits {
    /// Reads the commits behind a source.
    ///
    /// # Errors
    /// See [`LogError`].
    pub fn of(source: &Source) -> Result<Self, LogError> {
        Ok(Self {
            log: source.log()?,
            departed: OnceLock::new(),
            shared: OnceLock::new(),
            signatures: Mutex::default(),
            registries: Mutex::default(),
        })
    }
}

/// Paths, each with the content that stood there.
type Contents = Vec<(Box<str>, BlobId)>;

/// Commits with the source that they are of, ready to be asked about records.
#[derive(Clone, Copy, Debug)]
pub struct History<'s> {
    source: &'s Source,
    told: &'s Commits,
    limits: Limits,
}

/// A record whose file is gone from the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Its kind and id.
    pub key: IdKey,
    /// The path that it last had, from the record root.
    pub path: Box<str>,
    /// The commit that last wrote it, as a position in the history.
    pub kept: usize,
    /// The commit that removed it.
    pub left: usize,
}

/// An evidence file that is gone from the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost<'s> {
    /// Kind and id of the record that registered it.
    pub key: IdKey,
    /// The path that it had, from the record root.
    pub path: &'s str,
    /// The commit that last wrote it, as a position in the history.
    pub kept: usize,
    /// The commit that removed it.
    pub left: usize,
}

impl<'s> History<'s> {
    /// The commits of a source.
    pub const fn new(source: &'s Source, told: &'s Commits, limits: Limits) -> Self {
        Self {
            source,
            told,
            limits,
        }
    }

    /// The commits, parents before children.
    pub fn commits(&self) -> &'s [LoggedCommit] {
        &self.told.log.commits
    }

    /// What became of a file, by its path from the record root; `None` if it never was committed.
    pub fn file(&self, path: &str) -> Option<&'s FileLog> {
        self.told.log.files.get(path)
    }

    /// Every file that ever stood below the record root, by its path from there.
    pub fn files(&self) -> impl Iterator<Item = (&'s str, &'s FileLog)> + use<'s> {
        self.told
            .log
            .files
            .iter()
            .map(|(path, file)| (&**path, file))
    }

    /// What is known of the signature of a commit, by its position.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn signature(&self, commit: usize) -> Result<Signature, ReadError> {
        let logged = &self.told.log.commits[commit];
        if !logged.is_signed {
            return Ok(Signature::Unsigned);
        }
        let known = || {
            let known = self.told.signatures.lock();
            known.unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = known().get(&commit) {
            return Ok(known.clone());
        }
        let signature = verify(&self.source.read_commit(&logged.id)?);
        known().insert(commit, signature.clone());
        Ok(signature)
    }

    /// The registry that some versions of records make up, each by its path and content.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn registry(&self, versions: Vec<(Box<str>, BlobId)>) -> Result<Arc<Registry>, ReadError> {
        let known = || {
            let known = self.told.registries.lock();
            known.unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = known().get(&versions) {
            return Ok(Arc::clone(known));
        }
        let mut records = Vec::new();
        for (path, content) in &versions {
            let record = self.read(path, *content)?;
            records.extend(record.map(|record| (Arc::from(&**path), record)));
        }
        let registry = Arc::new(Registry::new(records, []));
        known().insert(versions, Arc::clone(&registry));
        Ok(registry)
    }

    /// The record that a content of a file holds, if it holds one.
    ///
    /// # Errors
    /// The content is missing from the repository or cannot be read.
    pub fn read(&self, path: &str, content: BlobId) -> Result<Option<Record>, ReadError> {
        let reported = format!("{}{path}", self.source.prefix());
        let bytes = match self
            .source
            .read_version(&reported, content, self.limits.bytes)
        {
            Err(ReadError::TooLarge { .. }) => return Ok(None),
            read => read?,
        };
        Ok(match read_record(path, bytes, &self.limits) {
            Reading::Record(record) => Some(record),
            _ => None,
        })
    }

    /// The records whose files are gone from the revision, in the order of their paths.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn departed(&self) -> Result<&'s [Departed], ReadError> {
        if let Some(known) = self.told.departed.get() {
            return Ok(known);
        }
        let gone = self
            .files()
            .filter(|(path, file)| file.tip.is_none() && is_yaml(path));
        let mut departed = Vec::new();
        for (path, file) in gone {
            if let Some((kept, content, left)) = file.end()
                && let Some(record) = self.read(path, content)?
                && let Some(key) = IdKey::of(&record)
            {
                departed.push(Departed {
                    key,
                    path: path.into(),
                    kept,
                    left,
                });
            }
        }
        Ok(self.told.departed.get_or_init(|| departed))
    }

    /// Evidence files that records registered and that are gone, in the order of their paths.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn lost_evidence(&self) -> Result<Vec<Lost<'s>>, ReadError> {
        let mut lost = Vec::new();
        for (path, file) in self.files().filter(|(_, file)| file.tip.is_none()) {
            let Some((kept, content, left)) = file.end() else {
                continue;
            };
            // One that only moved is there.
            if self.files().any(|(_, file)| file.tip == Some(content)) {
                continue;
            }
            if let Some(key) = self.registrar(path)? {
                lost.push(Lost {
                    key,
                    path,
                    kept,
                    left,
                });
            }
        }
        Ok(lost)
    }

    /// The record that ever registered the evidence file at a path; it stands in a folder around
    /// it. A file that could be a record is looked for only if it lies in a folder `evidence`.
    fn registrar(&self, path: &str) -> Result<Option<IdKey>, ReadError> {
        if is_yaml(path) && !path.contains("evidence/") {
            return Ok(None);
        }
        let is_beside = |file: &str| {
            let folder = file.rfind('/').map_or(0, |end| end + 1);
            is_yaml(file) && path.starts_with(&file[..folder])
        };
        for (file, log) in self.files().filter(|(file, _)| is_beside(file)) {
            for content in log.changes.iter().filter_map(|it| it.content) {
                let Some(record) = self.read(file, content)? else {
                    continue;
                };
                let mut items = record.root().list_of("evidence");
                let is_it = |item: NodeRef<'_>| {
                    layout::beside(file, item.text_of("path")).as_deref() == Some(path)
                };
                if items.any(is_it) {
                    return Ok(IdKey::of(&record));
                }
            }
        }
        Ok(None)
    }

    /// The story of the record that stands at `path`, from the record root. A file that was moved
    /// is followed by the id of its record. Told in short where there is only one version.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn story(&self, path: &str, record: &Record) -> Result<Story, ReadError> {
        if let Some(FileLog { changes, tip }) = self.file(path)
            && let [only] = changes.as_slice()
            && tip.is_some()
            && self.formers(path, record)?.is_empty()
            && BlobId::of(record.tree.source().as_bytes()) == *tip
        {
            return Ok(Story::unchanged(only.commit));
        }
        self.whole_story(path, record)
    }

    /// The same with every version.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn whole_story(&self, path: &str, record: &Record) -> Result<Story, ReadError> {
        let formers = self.formers(path, record)?;
        let own = self.file(path).map_or(&[][..], |it| &it.changes);
        let of_formers = || formers.iter();
        let paths: Vec<&str> = std::iter::once(path)
            .chain(of_formers().map(|it| it.path))
            .collect();
        let files: Vec<&[FileChange]> = std::iter::once(own)
            .chain(of_formers().map(|it| &*it.changes))
            .collect();
        let key = IdKey::of(record);
        let mut moved_on: Option<BTreeSet<IdKey>> = None;
        let mut known: BTreeMap<BlobId, story::Held> = BTreeMap::new();
        story::follow(
            self.commits(),
            &paths,
            &files,
            key.as_ref(),
            |file, content| {
                if let Some(known) = known.get(&content) {
                    return Ok(known.clone());
                }
                let record = self.read(paths[file], content)?.map(Arc::new);
                let found = record.as_deref().and_then(IdKey::of);
                let is_other = file == 0 && found.is_some() && found != key;
                let lives_on = match found.filter(|_| is_other) {
                    Some(found) => {
                        let moved_on = match &mut moved_on {
                            Some(known) => known,
                            unknown => unknown.insert(self.moved_on(path)?),
                        };
                        moved_on.contains(&found)
                    }
                    None => false,
                };
                let held = story::Held { record, lives_on };
                known.insert(content, held.clone());
                Ok(held)
            },
        )
    }

    /// The commit that stood at a time on the line of first parents, by the clocks of those who
    /// made the commits.
    pub fn standing_at(&self, seconds: i64) -> Option<usize> {
        let commits = self.commits();
        let mut at = commits.len().checked_sub(1);
        while let Some(commit) = at {
            if commits[commit].committer.seconds <= seconds {
                return Some(commit);
            }
            at = commits[commit].parents.first().copied();
        }
        None
    }
}
