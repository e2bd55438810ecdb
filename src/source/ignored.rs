//! What git ignores: `.gitignore` of every folder, `info/exclude`, the user's own excludes.
//!
//! The files are found and read here and only matched by the `ignore` crate: it would follow a
//! `.gitignore` that is a link (to `/dev/zero`, say), wait at one that is a pipe, and obey
//! `GIT_CONFIG_GLOBAL`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::Repository;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::disk;

/// Larger rule files are not obeyed: rather too much is checked than too little.
const LARGEST_RULES: usize = 256 << 10;

/// The rules of a repository outside its worktree.
#[derive(Debug)]
pub(super) struct Rules {
    /// `info/exclude`, then the user's excludes: the first that has an opinion decides.
    base: Vec<Gitignore>,
    is_case_insensitive: bool,
}

/// The rules of one folder, on top of those of the folders above.
#[derive(Debug)]
pub(super) struct Layer {
    here: Gitignore,
    above: Option<Arc<Layer>>,
}

impl Rules {
    /// The rules that hold in the worktree of `repository`.
    pub(super) fn of(repository: &Repository) -> Self {
        let mut config = repository.config().ok();
        let config = config.as_mut().and_then(|it| it.snapshot().ok());
        let mut rules = Self {
            base: Vec::new(),
            is_case_insensitive: config
                .as_ref()
                .is_some_and(|it| it.get_bool("core.ignorecase").unwrap_or(false)),
        };
        let exclude = repository.commondir().join("info").join("exclude");
        let excludes = config
            .and_then(|it| it.get_path("core.excludesfile").ok())
            .or_else(|| user_file("ignore"));
        for path in std::iter::once(exclude).chain(excludes) {
            if let Some(text) = disk::read_rules(&path, true, LARGEST_RULES) {
                rules.base.push(rules.parse("", &text));
            }
        }
        rules
    }

    /// The rules in the folder `path` with a `.gitignore` of its own at `file`.
    pub(super) fn below(
        &self,
        above: Option<&Arc<Layer>>,
        path: &str,
        file: &Path,
    ) -> Option<Arc<Layer>> {
        match disk::read_rules(file, false, LARGEST_RULES) {
            Some(text) => Some(Arc::new(Layer {
                here: self.parse(path, &text),
                above: above.cloned(),
            })),
            None => above.cloned(),
        }
    }

    /// Whether git ignores `path`, whose folder has the rules `layer` and is not ignored itself.
    pub(super) fn ignores(&self, layer: Option<&Layer>, path: &str, is_folder: bool) -> bool {
        std::iter::successors(layer, |layer| layer.above.as_deref())
            .map(|layer| &layer.here)
            .chain(&self.base)
            .map(|rules| rules.matched(path, is_folder))
            .find(|opinion| !opinion.is_none())
            .is_some_and(|opinion| opinion.is_ignore())
    }

    /// A pattern that cannot be understood is passed over, as git does.
    fn parse(&self, folder: &str, text: &[u8]) -> Gitignore {
        let text = String::from_utf8_lossy(text);
        let mut builder = GitignoreBuilder::new(folder);
        let _ = builder.case_insensitive(self.is_case_insensitive);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let _ = builder.add_line(None, line);
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }
}

/// Where git looks for a file of the user's, such as `ignore`, when the configuration does not say.
#[expect(
    clippy::disallowed_methods,
    reason = "where the home of a user is, is part of how git sees a worktree"
)]
pub(super) fn user_file(name: &str) -> Option<PathBuf> {
    std::env::var_os("XDG_CONFIG_HOME")
        .filter(|it| !it.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".config")))
        .map(|it| it.join("git").join(name))
}
