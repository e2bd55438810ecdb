//! The one pipeline: source → corpus → verdicts → outcome.
//!
//! Registries, cards and guidelines are read first and kept. All other records stream in
//! parallel: read, judge, seal the findings, keep a row of the index, drop the tree. References
//! to records that are not kept wait until all have been seen. Whatever cannot be examined is
//! reported and the run goes on. The result does not depend on the number of threads or the order
//! of the files.

mod accept;
mod across;
mod beside;
mod cabinet;
mod compare;
mod contradict;
mod finish;
mod glimpse;
mod judge;
mod part;
mod past;
mod pinned;
mod ruling;
mod scan;
mod seal;
mod session;
mod shelf;
mod trial;
mod watch;
mod witness;

use std::path::{Path, PathBuf};

pub use compare::{Against, check_change};
pub use scan::{Caught, Leaving, Veil};
pub use trial::{Packs, Trial, try_rules};
pub use watch::{Changes, Near, Watch};

use cabinet::Ledger;
use pinned::Pinned;

use crate::clock::Instant;
use crate::document::Limits;
use crate::finding::{Outcome, Past, Proofs};
use crate::record::{Record, Registry};
use crate::source::{Listing, OpenError, ReadError, Source};

/// What to check, and as of when.
#[derive(Debug)]
pub struct Request<'a> {
    /// A folder or file. The records around it are read as well, for references.
    pub path: &'a Path,
    /// A revision of git to read instead of the files on disk.
    pub revision: Option<&'a str>,
    /// A revision whose packs and program hold in place of those that are checked.
    pub policies_from: Option<&'a str>,
    /// Everything is judged as of this instant.
    pub as_of: Instant,
    /// How much one file may ask for.
    pub limits: Limits,
    /// Whether [`Outcome::duties`] is wanted.
    pub wants_duties: bool,
    /// Whether the commits are asked what they say about the records.
    pub wants_history: bool,
    /// Number of threads; `None` for one per core.
    pub threads: Option<usize>,
}

impl<'a> Request<'a> {
    /// The files on disk as of an instant, with the usual limits, one thread for each core,
    /// without duties and history.
    pub fn new(path: &'a Path, as_of: Instant) -> Self {
        Self {
            path,
            revision: None,
            policies_from: None,
            as_of,
            limits: Limits::default(),
            wants_duties: false,
            wants_history: false,
            threads: None,
        }
    }
}

/// Hears how far a run has come. Called from many threads.
pub trait Progress: Sync {
    /// So many files will be read.
    fn begin(&self, files: usize);
    /// One more file has been read.
    fn advance(&self);
    /// Whether somebody still waits for the outcome; if not, it is worthless and comes sooner.
    fn is_wanted(&self) -> bool {
        true
    }
}

/// Progress that nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _files: usize) {}
    fn advance(&self) {}
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The path or revision cannot be opened; the variant says whose fault it is.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The files cannot be listed.
    #[error(transparent)]
    List(#[from] ReadError),
    /// The caller's fault: the revision that is to say the limits says none.
    #[error(
        "`{revision}` has no program record{}, so there are no limits to judge by",
        below(folder)
    )]
    NoProgram {
        /// The revision as given.
        revision: String,
        /// The record root; empty if it is that of the repository.
        folder: String,
    },
    /// The machine's fault: no threads to work with.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Checks a repository or folder.
///
/// # Errors
/// [`CheckError`] if nothing could be examined at all. What could not be examined in part is in
/// [`Outcome::incomplete`].
pub fn check(request: &Request<'_>, progress: &dyn Progress) -> Result<Outcome, CheckError> {
    let source = Source::open(request.path, request.revision)?;
    let listing = source.list()?;
    check_listed(&source, listing, request, progress)
}

/// As [`check`], and keeps the registries for questions about them.
///
/// # Errors
/// As [`check`].
pub fn check_keeping(
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Result<(Outcome, Registry), CheckError> {
    let source = Source::open(request.path, request.revision)?;
    let listing = source.list()?;
    run(&source, listing, request, progress)
}

/// A check, with what was taken from each record.
#[derive(Debug)]
pub struct Examined<T> {
    /// What the check found.
    pub outcome: Outcome,
    /// The registries, cards and guidelines.
    pub registry: Registry,
    /// What was taken, in the order of the paths.
    pub taken: Vec<T>,
    /// What the commits say about the files as a whole, or why that cannot be told.
    pub past: Result<Past, String>,
    /// The folder of the records on disk; `None` where a revision is read.
    pub folder: Option<PathBuf>,
}

/// As [`check`]; then takes from each record, with its path, what an answer needs of it. Those that
/// are not kept are read once more. The last argument tells how far the times of the record are
/// proven, if that is asked for.
///
/// # Errors
/// As [`check`].
pub fn examine<T: Send>(
    request: &Request<'_>,
    progress: &dyn Progress,
    take: impl Fn(&str, &Record, &dyn Fn() -> Proofs) -> Option<T> + Sync,
) -> Result<Examined<T>, CheckError> {
    let source = Source::open(request.path, request.revision)?;
    let listing = source.list()?;
    let shared = Shared::of(&source, request)?;
    with_session(&source, listing, request, progress, &shared, |session| {
        let (outcome, kept, _) = session.run();
        let taken = session.take_each(&kept.registry, &take);
        Examined {
            outcome,
            registry: kept.registry,
            taken,
            past: past::past(session.chronicle, source.prefix()),
            folder: source.folder(),
        }
    })
}

/// Checks the files of a listing, in whatever order they are listed.
///
/// # Errors
/// As [`check`].
pub fn check_listed(
    source: &Source,
    listing: Listing,
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, CheckError> {
    run(source, listing, request, progress).map(|(outcome, _)| outcome)
}

fn run(
    source: &Source,
    listing: Listing,
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Result<(Outcome, Registry), CheckError> {
    let shared = Shared::of(source, request)?;
    with_session(source, listing, request, progress, &shared, |session| {
        let (outcome, kept, _) = session.run();
        (outcome, kept.registry)
    })
}

/// What several runs of one request have in common.
struct Shared {
    /// Contents of evidence that are known already.
    ledger: Ledger,
    /// The rules and settings of another revision, if they hold.
    pinned: Option<Pinned>,
}

impl Shared {
    fn of(source: &Source, request: &Request<'_>) -> Result<Self, CheckError> {
        let pinned = match request.policies_from {
            Some(name) => {
                let pool = threads(request)?;
                Some(pool.install(|| Pinned::read(source, request, name))?)
            }
            None => None,
        };
        Ok(Self {
            ledger: Ledger::default(),
            pinned,
        })
    }
}

fn threads(request: &Request<'_>) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    let count = request.threads.unwrap_or(0);
    rayon::ThreadPoolBuilder::new().num_threads(count).build()
}

/// Where the record root is, unless it is that of the repository.
fn below(folder: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!(" below `{folder}`"),
    }
}

/// Does work on the files of a listing, in threads of its own.
fn with_session<T: Send>(
    source: &Source,
    mut listing: Listing,
    request: &Request<'_>,
    progress: &dyn Progress,
    shared: &Shared,
    work: impl FnOnce(&session::Session<'_>) -> T + Send,
) -> Result<T, CheckError> {
    listing
        .files
        .sort_unstable_by(|left, right| left.path.cmp(&right.path));
    let chronicle = witness::Chronicle::new(source, request);
    progress.begin(listing.files.len());
    let session = session::Session {
        source,
        listing: &listing,
        request,
        progress,
        ledger: &shared.ledger,
        pinned: shared.pinned.as_ref(),
        chronicle: &chronicle,
        known: None,
    };
    Ok(threads(request)?.install(|| work(&session)))
}
