//! The commits behind a revision, and which content each gave to which file, from raw tree entries.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository, Sort};
use memchr::memchr;

use super::error::ReadError;
use super::find::BlobId;
use super::listing::join;
use super::open::{Origin, Source};
use super::revision::{Pool, corrupt, missing, read_blob};

/// Trees deeper than this are no records, but somebody's attempt to exhaust us.
const DEEPEST: usize = 64;

/// A person as a commit names them: what they typed into their git configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signer {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// When, in seconds since 1970 UTC, by the clock of their machine.
    pub seconds: i64,
}

/// A commit.
#[derive(Clone, Debug)]
pub struct LoggedCommit {
    /// Its id, in hexadecimal.
    pub id: String,
    /// Its parents, as positions in [`Log::commits`]; each is smaller than its own.
    pub parents: Vec<usize>,
    /// Who wrote the change.
    pub author: Signer,
    /// Who made the commit.
    pub committer: Signer,
    /// Whether it bears a signature of any kind. Nothing is verified here.
    pub is_signed: bool,
    /// The first line of its message.
    pub summary: String,
}

/// What a commit made of a file, compared with the commit's first parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileChange {
    /// The commit, as a position in [`Log::commits`].
    pub commit: usize,
    /// The content it gave the file; `None` if it removed it.
    pub content: Option<BlobId>,
}

impl FileLog {
    /// The commit that last wrote the file, the content it wrote, and the commit that removed it.
    pub fn end(&self) -> Option<(usize, BlobId, usize)> {
        let mut latest = self.changes.iter().rev();
        let left = latest.clone().find(|it| it.content.is_none())?;
        let (kept, content) = latest.find_map(|it| Some((it.commit, it.content?)))?;
        Some((kept, content, left.commit))
    }
}

/// The commits behind a revision, parents before children.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The commits; the last is the revision itself.
    pub commits: Vec<LoggedCommit>,
    /// Each regular file that ever stood below the record root, by its path from there.
    pub files: BTreeMap<Box<str>, FileLog>,
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct FileLog {
    /// In the order of the commits.
    pub changes: Vec<FileChange>,
    /// Its content in the revision; `None` if it is gone.
    pub tip: Option<BlobId>,
}

/// Why the history cannot be told. Half a history would name the wrong commits, so none is told.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The caller's choice: these files have no commits.
    #[error("the records are not in a git repository")]
    NoRepository,
    /// The caller's choice: nothing has been committed.
    #[error("the repository has no commit yet")]
    NoCommitYet,
    /// The clone's fault: it was made with a limited depth.
    #[error("the clone is shallow: the commits before its cut are missing")]
    Shallow,
    /// The repository's fault: git is told to show other parents than the commits have.
    #[error("the repository has {what}, which show another history than the commits hold")]
    Rewritten {
        /// What it has.
        what: &'static str,
    },
    /// The repository's fault: an object is missing or damaged.
    #[error("the history cannot be read: {0}")]
    Object(#[from] ReadError),
    /// A contributor's fault.
    #[error("commit {commit} holds folders nested deeper than {DEEPEST}")]
    TooDeep {
        /// The commit.
        commit: String,
    },
}

impl LogError {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NoRepository => "put the records under git: `git init`, then commit them",
            Self::NoCommitYet => "commit the records",
            Self::Shallow => {
                "fetch the missing commits: `git fetch --unshallow` (in a workflow: `fetch-depth: 0`)"
            }
            Self::Rewritten { .. } => {
                "remove them (`git replace -d NAME`, `.git/info/grafts`), or use a fresh clone"
            }
            Self::Object(_) => "see what is missing: `git fsck`",
            Self::TooDeep { .. } => "look at what that commit added",
        }
    }
}

impl Source {
    /// The commits behind the revision that was opened, or behind `HEAD`, and what became of the
    /// files below the record root.
    ///
    /// # Errors
    /// See [`LogError`].
    pub fn log(&self) -> Result<Log, LogError> {
        let pool = self.objects().filter(|_| !self.staged.is_nothing_told);
        let pool = pool.ok_or(LogError::NoRepository)?;
        let revision = self.revision().ok_or(LogError::NoCommitYet)?;
        let mut told = Ok(Log::default());
        pool.with("the history", |repository| {
            told = tell(repository, &revision.id, &self.scope.records);
            Ok(())
        })?;
        let mut log = told?;
        self.staged.append(self.prefix(), &mut log);
        Ok(log)
    }

    /// The content of a file at one time.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read_version(
        &self,
        path: &str,
        content: BlobId,
        limit: usize,
    ) -> Result<Vec<u8>, ReadError> {
        if let Some(staged) = self.staged.content(content) {
            return Ok(staged.to_vec());
        }
        let Some(pool) = self.objects() else {
            return Err(ReadError::Vanished {
                path: path.to_owned(),
            });
        };
        pool.with(path, |repository| {
            read_blob(repository, content.0, path, limit)
        })
    }

    /// The bytes of a commit, as they are signed.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read_commit(&self, id: &str) -> Result<Vec<u8>, ReadError> {
        if self.staged.has(id) {
            // It exists in memory only, and nobody signed it.
            return Ok(Vec::new());
        }
        let what = || format!("commit {id}");
        let Some(pool) = self.objects() else {
            return Err(ReadError::Vanished { path: what() });
        };
        pool.with(&what(), |repository| {
            let fault = |error| corrupt(&what(), error);
            let id = Oid::from_str(id).map_err(fault)?;
            let objects = repository.odb().map_err(fault)?;
            let object = objects
                .read(id)
                .map_err(|error| missing(&what(), id, error))?;
            Ok(object.data().to_vec())
        })
    }

    fn objects(&self) -> Option<&Pool> {
        match &self.origin {
            Origin::Revision(snapshot) => Some(&snapshot.pool),
            Origin::Worktree { pool, .. } => Some(pool),
            Origin::Folder { .. } => None,
        }
    }
}

fn tell(repository: &Repository, tip: &str, records: &str) -> Result<Log, LogError> {
    let fault = |error| corrupt("the history", error);
    refuse_half(repository)?;
    let mut walk = repository.revwalk().map_err(fault)?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE)
        .map_err(fault)?;
    walk.push(Oid::from_str(tip).map_err(fault)?)
        .map_err(fault)?;
    let mut differ = Differ {
        objects: repository.odb().map_err(fault)?,
        held: HashMap::new(),
        fresh: HashMap::new(),
    };
    let mut log = Log::default();
    let mut positions: HashMap<Oid, usize> = HashMap::new();
    let mut tops: Vec<Option<Oid>> = Vec::new();
    for id in walk {
        let id = id.map_err(|error| match error.code() {
            ErrorCode::NotFound => missing("a commit", Oid::ZERO_SHA1, error),
            _ => fault(error),
        })?;
        let commit = repository
            .find_commit(id)
            .map_err(|error| missing("a commit", id, error))?;
        let mut parents = Vec::new();
        for parent in commit.parent_ids() {
            let Some(position) = positions.get(&parent) else {
                return Err(LogError::Object(ReadError::MissingObject {
                    path: "a commit".to_owned(),
                    id: parent.to_string(),
                }));
            };
            parents.push(*position);
        }
        let top = differ.top(commit.tree_id(), records)?;
        let before = parents.first().and_then(|it| tops[*it]);
        let position = log.commits.len();
        let files = &mut log.files;
        let is_told = differ.compare("", before, top, 0, &mut |path, content| {
            let change = FileChange {
                commit: position,
                content,
            };
            match files.get_mut(path) {
                Some(file) => file.changes.push(change),
                None => {
                    let file = files.entry(path.into()).or_default();
                    file.changes.push(change);
                }
            }
        })?;
        if !is_told {
            return Err(LogError::TooDeep {
                commit: id.to_string(),
            });
        }
        differ.turn();
        positions.insert(id, position);
        tops.push(top);
        log.commits.push(LoggedCommit {
            id: id.to_string(),
            parents,
            author: signer(&commit.author()),
            committer: signer(&commit.committer()),
            is_signed: is_signed(commit.raw_header_bytes()),
            summary: String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default())
                .into_owned(),
        });
    }
    let top = tops.last().copied().flatten();
    let files = &mut log.files;
    differ.compare("", None, top, 0, &mut |path, content| {
        if let Some(file) = files.get_mut(path) {
            file.tip = content;
        }
    })?;
    Ok(log)
}

/// Refuses a repository that shows less, or something else, than what was committed.
fn refuse_half(repository: &Repository) -> Result<(), LogError> {
    if repository.is_shallow() {
        return Err(LogError::Shallow);
    }
    let mut replaced = repository
        .references_glob("refs/replace/*")
        .map_err(|error| corrupt("the history", error))?;
    if replaced.next().is_some() {
        return Err(LogError::Rewritten {
            what: "replace refs",
        });
    }
    match repository.commondir().join("info/grafts").exists() {
        true => Err(LogError::Rewritten { what: "grafts" }),
        false => Ok(()),
    }
}

fn signer(signature: &git2::Signature<'_>) -> Signer {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Signer {
        name: text(signature.name_bytes()),
        email: text(signature.email_bytes()),
        seconds: signature.when().seconds(),
    }
}

fn is_signed(header: &[u8]) -> bool {
    let mut lines = header.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(b"gpgsig ") || line.starts_with(b"gpgsig-sha256 "))
}

/// Compares trees. Those of the last comparison are kept: the next commit mostly follows it.
struct Differ<'r> {
    objects: Odb<'r>,
    held: HashMap<Oid, Rc<[u8]>>,
    fresh: HashMap<Oid, Rc<[u8]>>,
}

/// An entry of a raw tree.
#[derive(Clone, Copy, PartialEq, Eq)]
struct TreeEntry<'t> {
    mode: &'t [u8],
    name: &'t [u8],
    id: &'t [u8],
}

impl TreeEntry<'_> {
    fn is_tree(&self) -> bool {
        self.mode == b"40000"
    }

    fn blob(&self) -> Option<BlobId> {
        let is_file = self.mode.starts_with(b"100");
        is_file.then(|| self.oid().map(BlobId)).flatten()
    }

    fn oid(&self) -> Option<Oid> {
        Oid::from_bytes(self.id).ok()
    }

    /// The order of git: folders as if their names ended in `/`.
    fn order(&self, other: &Self) -> Ordering {
        let end = |it: &Self| it.is_tree().then_some(b'/');
        let mine = self.name.iter().copied().chain(end(self));
        mine.cmp(other.name.iter().copied().chain(end(other)))
    }
}

/// Takes the first entry off a raw tree.
fn split(raw: &[u8]) -> Option<(TreeEntry<'_>, &[u8])> {
    let blank = raw.iter().position(|byte| *byte == b' ')?;
    let end = blank + memchr(0, &raw[blank..])?;
    let rest = raw.get(end + 21..)?;
    let entry = TreeEntry {
        mode: &raw[..blank],
        name: &raw[blank + 1..end],
        id: &raw[end + 1..end + 21],
    };
    Some((entry, rest))
}

impl Differ<'_> {
    fn raw(&mut self, id: Option<Oid>, path: &str) -> Result<Rc<[u8]>, ReadError> {
        let Some(id) = id else {
            return Ok(Rc::default());
        };
        if let Some(known) = self.fresh.get(&id).or_else(|| self.held.get(&id)) {
            let known = Rc::clone(known);
            self.fresh.insert(id, Rc::clone(&known));
            return Ok(known);
        }
        let object = self
            .objects
            .read(id)
            .map_err(|error| missing(path, id, error))?;
        if object.kind() != ObjectType::Tree {
            return Err(ReadError::NotRegular {
                path: path.to_owned(),
            });
        }
        let raw: Rc<[u8]> = object.data().into();
        self.fresh.insert(id, Rc::clone(&raw));
        Ok(raw)
    }

    /// The comparison of a commit is over.
    fn turn(&mut self) {
        self.held = std::mem::take(&mut self.fresh);
    }

    /// The tree of the record root, where there is one.
    fn top(&mut self, tree: Oid, records: &str) -> Result<Option<Oid>, ReadError> {
        let mut at = tree;
        for name in records.split('/').filter(|name| !name.is_empty()) {
            let raw = self.raw(Some(at), records)?;
            let mut rest = &*raw;
            let mut below = None;
            while let Some((entry, after)) = split(rest) {
                if entry.is_tree() && entry.name == name.as_bytes() {
                    below = entry.oid();
                }
                rest = after;
            }
            match below {
                Some(id) => at = id,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// Tells the regular files that differ; `false` where the folders nest too deep. Files whose
    /// names are no text hold no records and are passed by.
    fn compare(
        &mut self,
        folder: &str,
        old: Option<Oid>,
        new: Option<Oid>,
        depth: usize,
        tell: &mut dyn FnMut(&str, Option<BlobId>),
    ) -> Result<bool, ReadError> {
        if old == new {
            return Ok(true);
        }
        if depth > DEEPEST {
            return Ok(false);
        }
        let (before, after) = (self.raw(old, folder)?, self.raw(new, folder)?);
        let (mut before, mut after) = (&*before, &*after);
        // What follows the last difference is alike, and need not be taken apart.
        while before != after {
            (before, after) = differing(before, after);
            let (left, right) = (split(before), split(after));
            let order = match (&left, &right) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((mine, _)), Some((other, _))) => mine.order(other),
            };
            let left = left.filter(|_| order != Ordering::Greater);
            let right = right.filter(|_| order != Ordering::Less);
            let (one, two) = (left.map(|it| it.0), right.map(|it| it.0));
            if let Some(name) = one.or(two).and_then(|it| str::from_utf8(it.name).ok()) {
                let path = join(folder, name);
                let tree = |it: Option<TreeEntry<'_>>| {
                    it.filter(TreeEntry::is_tree).and_then(|it| it.oid())
                };
                if !self.compare(&path, tree(one), tree(two), depth + 1, tell)? {
                    return Ok(false);
                }
                let blob = |it: Option<TreeEntry<'_>>| it.and_then(|it| it.blob());
                if blob(one) != blob(two) {
                    tell(&path, blob(two));
                }
            }
            before = left.map_or(before, |(_, rest)| rest);
            after = right.map_or(after, |(_, rest)| rest);
        }
        match before == after {
            true => Ok(true),
            false => Err(ReadError::Corrupt {
                path: folder.to_owned(),
                source: git2::Error::from_str(
                    "a folder of a commit is not written as git writes one",
                )
                .into(),
            }),
        }
    }
}

/// Two raw trees without the entries that they begin with alike.
fn differing<'t>(before: &'t [u8], after: &'t [u8]) -> (&'t [u8], &'t [u8]) {
    const CHUNK: usize = 4096;
    let chunks = before.chunks(CHUNK).zip(after.chunks(CHUNK));
    let alike: usize = chunks
        .take_while(|(one, two)| one == two)
        .map(|(one, _)| one.len())
        .sum();
    // The border of the last entry that lies within.
    let mut at = 0;
    while let Some((_, rest)) = split(&before[at..]) {
        let next = before.len() - rest.len();
        if next > alike {
            break;
        }
        at = next;
    }
    (&before[at..], &after[at..])
}
