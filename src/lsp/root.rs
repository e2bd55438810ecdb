//! One repository of records that is open in the editor, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lsp_types::{Diagnostic, Uri};

use super::diagnostics::{Shown, not_examined};
use super::text::Encoding;
use super::uri::uri_of;
use crate::clock::Instant;
use crate::engine::{Changes, CheckError, Near, Progress, Request, Watch};
use crate::finding::{Duty, Finding, Incomplete, Outcome};
use crate::source::Source;

/// Where a file belongs: the folder of its records, and its path as reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) folder: PathBuf,
    pub(super) path: String,
}

impl Home {
    /// Where a file or folder belongs; `None` where no `program.yaml` stands above it.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let (source, name) = match Source::open(path, None) {
            Ok(source) => (source, None),
            // Not saved yet.
            Err(_) => (Source::open(path.parent()?, None).ok()?, path.file_name()),
        };
        if !source.has_program() {
            return None;
        }
        let mut path = source.asked().to_owned();
        if let Some(name) = name {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(name.to_str()?);
        }
        let folder = source.folder()?.components().collect();
        Some(Self { folder, path })
    }
}

/// A check that has come to its end.
pub(super) struct Checked {
    pub(super) folder: PathBuf,
    wanted: Arc<AtomicBool>,
    result: Result<(Outcome, Watch), CheckError>,
}

/// What is known of a repository.
#[derive(Default)]
pub(super) struct Root {
    pub(super) watch: Option<Watch>,
    pub(super) findings: Vec<Finding>,
    pub(super) duties: Vec<Duty>,
    incomplete: Vec<Incomplete>,
    /// Whether something changed since all was judged, or began to be.
    pub(super) is_stale: bool,
    /// Files that changed since they were judged.
    changed: BTreeSet<String>,
    /// Files that changed since the running check began.
    meanwhile: BTreeSet<String>,
    /// The running check: whether its result is still wanted.
    running: Option<Arc<AtomicBool>>,
    /// What the editor was told of each file.
    told: BTreeMap<String, Vec<Diagnostic>>,
}

/// Somebody who waits for a check until a newer one is needed.
struct Waiting(Arc<AtomicBool>);

impl Progress for Waiting {
    fn begin(&self, _files: usize) {}
    fn advance(&self) {}
    fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One file, as the editor is to be told.
pub(super) struct Telling {
    pub(super) file: String,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Root {
    /// A repository of which nothing is known.
    pub(super) fn unjudged() -> Self {
        Self {
            is_stale: true,
            ..Self::default()
        }
    }

    /// What stands before the path of a file from the root of the records.
    pub(super) fn prefix(&self) -> &str {
        self.watch.as_ref().map_or("", Watch::prefix)
    }

    /// Notes that a file is not what it was.
    pub(super) fn touch(&mut self, path: &str) {
        self.is_stale = true;
        self.changed.insert(path.to_owned());
        self.meanwhile.insert(path.to_owned());
        // The first check is let go on: without it nothing can be looked at.
        if let Some(running) = self.running.as_ref().filter(|_| self.watch.is_some()) {
            running.store(false, Ordering::Relaxed);
        }
    }

    /// Whether a check is due.
    pub(super) fn is_due(&self) -> bool {
        self.is_stale && self.running.is_none()
    }

    /// Begins a check of everything. `done` hears of its end, in another thread.
    pub(super) fn check(
        &mut self,
        folder: &Path,
        changes: Changes,
        as_of: Instant,
        done: impl FnOnce(Box<Checked>) + Send + 'static,
    ) {
        self.is_stale = false;
        self.meanwhile.clear();
        let wanted = Arc::new(AtomicBool::new(true));
        self.running = Some(Arc::clone(&wanted));
        let folder = folder.to_owned();
        std::thread::spawn(move || {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let request = Request {
                wants_duties: true,
                // One is left for whoever types.
                threads: Some(cores.saturating_sub(1).max(1)),
                ..Request::new(&folder, as_of)
            };
            let result = Watch::begin(&request, changes, &Waiting(Arc::clone(&wanted)));
            done(Box::new(Checked {
                folder,
                wanted,
                result,
            }));
        });
    }

    /// Takes over what a check found; says what is wrong if it could not be made.
    pub(super) fn adopt(&mut self, checked: Checked) -> Option<String> {
        self.running = None;
        if !checked.wanted.load(Ordering::Relaxed) {
            self.is_stale = true;
            return None;
        }
        match checked.result {
            Ok((outcome, watch)) => {
                self.findings = outcome.findings;
                self.duties = outcome.duties;
                self.incomplete = outcome.incomplete;
                self.watch = Some(watch);
                self.changed = std::mem::take(&mut self.meanwhile);
                None
            }
            Err(error) => Some(error.to_string()),
        }
    }

    /// Judges the files that changed, as far as that can be done at once. Names all files about
    /// which something was learnt.
    pub(super) fn look(&mut self, changes: &Changes) -> BTreeSet<String> {
        let mut learnt = BTreeSet::new();
        let Some(watch) = &mut self.watch else {
            return learnt;
        };
        for path in std::mem::take(&mut self.changed) {
            let Some(near) = watch.look(&path, changes.clone()) else {
                continue;
            };
            let is_else = |file: &str| !near.covers(file);
            let gone = self
                .findings
                .iter()
                .filter(|it| !is_else(&it.location.file));
            learnt.extend(gone.map(|it| it.location.file.clone()));
            self.findings.retain(|it| is_else(&it.location.file));
            self.duties.retain(|it| is_else(&it.file));
            let Near {
                files,
                findings,
                duties,
                ..
            } = near;
            learnt.extend(files);
            learnt.extend(findings.iter().map(|it| it.location.file.clone()));
            self.findings.extend(findings);
            self.duties.extend(duties);
        }
        self.findings
            .sort_by(|left, right| left.order().cmp(&right.order()));
        learnt
    }

    /// What the editor does not know yet. `only` names the files to look at; `None` for all.
    /// `untold` names open files of whose present text nothing was told.
    pub(super) fn news(
        &mut self,
        only: Option<&BTreeSet<String>>,
        untold: &BTreeSet<String>,
        encoding: Encoding,
        text: &dyn Fn(&str) -> Option<String>,
        uri: &dyn Fn(&str) -> Option<Uri>,
    ) -> Vec<Telling> {
        let is_asked = |file: &str| only.is_none_or(|only| only.contains(file));
        let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            if is_asked(&finding.location.file) {
                by_file
                    .entry(&finding.location.file)
                    .or_default()
                    .push(finding);
            }
        }
        let known = self.told.keys().map(String::as_str);
        let named = only.into_iter().flatten().chain(untold);
        for file in known.chain(named.map(String::as_str)) {
            if is_asked(file) {
                by_file.entry(file).or_default();
            }
        }
        for it in self.incomplete.iter().filter(|it| is_asked(&it.file)) {
            by_file.entry(&it.file).or_default();
        }
        let watch = self.watch.as_ref();
        let text = |file: &str| text(file).or_else(|| watch?.text(file));
        let shown = Shown {
            encoding,
            catalogue: watch.map(Watch::catalogue),
            text: &text,
            uri,
        };
        let mut news = Vec::new();
        for (file, findings) in by_file {
            let mut diagnostics = shown.file(file, findings.into_iter());
            let incomplete = self.incomplete.iter().filter(|it| it.file == file);
            diagnostics.extend(incomplete.map(not_examined));
            let is_news = self
                .told
                .get(file)
                .map_or(!diagnostics.is_empty(), |it| *it != diagnostics);
            if is_news || untold.contains(file) {
                let file = file.to_owned();
                news.push(Telling { file, diagnostics });
            }
        }
        for it in &news {
            self.told.insert(it.file.clone(), it.diagnostics.clone());
        }
        self.told.retain(|_, it| !it.is_empty());
        news
    }

    /// Files with findings, so that they can be taken back.
    pub(super) fn forget(self) -> impl Iterator<Item = String> {
        if let Some(running) = self.running {
            running.store(false, Ordering::Relaxed);
        }
        self.told.into_keys()
    }
}

/// The file that a reported path names. `folder` is that of the records, `prefix` what stands
/// before the paths in it.
pub(super) fn place_of(folder: &Path, prefix: &str, path: &str) -> PathBuf {
    match path.strip_prefix(prefix) {
        Some(rest) => folder.join(rest),
        None => {
            let above = folder.ancestors().nth(prefix.matches('/').count());
            above.unwrap_or(folder).join(path)
        }
    }
}

/// How an editor names a reported path.
pub(super) fn uri_in(folder: &Path, prefix: &str, path: &str) -> Option<Uri> {
    uri_of(&place_of(folder, prefix, path))
}
