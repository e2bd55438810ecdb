//! A repository to begin with: settings, cards, registries, guidelines, runbook, texts, CI and editor
//! settings, each with comments.
//!
//! What an organisation has to decide is marked with [`MARK`], so that it can be found and counted.
//! No name, time or date is in it. A file that is there already is never touched, so that the
//! skeleton can be written again at any time. The files lie beside this code, in `files/`.

use std::path::{Path, PathBuf};

use super::write::{WriteError, write_new};
use crate::record::RecordKind;

/// What a decision that is still to be made is marked with.
pub const MARK: &str = "DECIDE:";

/// A file of the skeleton: its path from the folder, with `/`, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkeletonFile {
    /// The path.
    pub path: String,
    /// The text.
    pub text: String,
    /// Whether it must lie at the root of a git repository to be of any use.
    pub is_for_root: bool,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its path from the folder.
    pub path: String,
    /// Whether it was written; otherwise there was something of that name, which was kept.
    pub is_new: bool,
}

/// Why the skeleton could not be written. Files that were written before stay.
#[derive(Debug, thiserror::Error)]
pub enum SkeletonError {
    /// The caller's fault: records of one repository do not lie inside those of another.
    #[error("the folder lies inside the records of `{}`", .0.display())]
    Inside(PathBuf),
    /// The caller's fault: a link could lead out of the repository.
    #[error("`{}` is a symbolic link", .0.display())]
    Link(PathBuf),
    /// See [`WriteError`].
    #[error(transparent)]
    Write(#[from] WriteError),
}

macro_rules! files {
    ($($file:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[$(($file, include_str!(concat!("files/", $file)))),*];
    };
}

files! {
    "program.yaml",
    "registry/people.yaml",
    "registry/channels.yaml",
    "guidelines/approvals.yaml",
    "guidelines/sharing.yaml",
    "runbooks/supply-chain.yaml",
    "templates/initial-notification.md",
    "templates/technical-request.md",
    "controls/ir-6-3.yaml",
    "controls/ir-4-10.yaml",
    "controls/iro-10-4.yaml",
    "controls/ir-6-2.yaml",
    "controls/info-sharing.yaml",
    "policies/setup.yaml",
    "README.md",
    ".gitattributes",
    ".vscode/settings.json",
    ".vscode/extensions.json",
    ".github/workflows/probity.yml",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
}

/// What CI systems look for at the root of a repository only.
const FOR_ROOT: &[&str] = &[
    ".github/workflows/probity.yml",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
];

/// The files of the skeleton, in the order in which they are best read.
pub fn skeleton() -> Vec<SkeletonFile> {
    let files = FILES.iter().map(|(path, text)| SkeletonFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
        is_for_root: FOR_ROOT.contains(path),
    });
    let schemas = RecordKind::all().map(|kind| SkeletonFile {
        path: format!(".probity/{}.json", kind.name()),
        text: format!("{:#}\n", kind.whole_schema()),
        is_for_root: false,
    });
    files.chain(schemas).collect()
}

/// Writes the files that are not there yet.
///
/// # Errors
/// See [`SkeletonError`].
pub fn write_skeleton(folder: &Path, files: &[SkeletonFile]) -> Result<Vec<Placed>, SkeletonError> {
    if let Some(around) = records_above(folder) {
        return Err(SkeletonError::Inside(around));
    }
    for file in files {
        refuse_links(folder, &file.path)?;
    }
    let place = |file: &SkeletonFile| {
        let is_new = match write_new(&folder.join(&file.path), file.text.as_bytes()) {
            Ok(()) => true,
            Err(WriteError::Exists { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        let path = file.path.clone();
        Ok(Placed { path, is_new })
    };
    files.iter().map(place).collect()
}

/// The repository that a folder lies in without being its root.
pub fn repository_above(folder: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(folder).ok()?;
    let mut folders = whole.ancestors();
    let root = folders.find(|it| it.join(".git").exists())?;
    (root != whole).then(|| root.to_owned())
}

/// The folder of records that a folder lies in, within the same repository.
fn records_above(folder: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(folder).ok()?;
    let root = repository_above(folder)?;
    let mut folders = whole.ancestors().skip(1);
    let around = folders.find(|it| *it == root || it.join("program.yaml").exists())?;
    around
        .join("program.yaml")
        .exists()
        .then(|| around.to_owned())
}

/// The decisions that a text leaves open: the line, from 1, and what is to be decided.
pub fn decisions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter_map(|(number, line)| {
        let (_, what) = line.split_once(MARK)?;
        Some((number, what.trim().trim_end_matches("-->").trim_end()))
    })
}

fn refuse_links(folder: &Path, path: &str) -> Result<(), SkeletonError> {
    let mut below = folder.to_owned();
    for name in path.split('/') {
        below.push(name);
        if below.symlink_metadata().is_ok_and(|it| it.is_symlink()) {
            return Err(SkeletonError::Link(below));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_made_up() {
        let is_date = |word: &str| {
            let parts: Vec<&str> = word.split('-').collect();
            parts.len() == 3 && parts[0].len() == 4 && parts[0].parse::<u16>().is_ok()
        };
        for (path, text) in FILES {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let dates: Vec<&str> = words.filter(|it| is_date(it)).collect();
            assert!(dates.is_empty(), "{path}: {dates:?}");
        }
    }

    #[test]
    fn decisions_have_lines_and_words() {
        let text = "a\n# DECIDE: who\nb\n<!-- DECIDE: the words -->\n";
        let found: Vec<_> = decisions(text).collect();
        assert_eq!(found, [(2, "who"), (4, "the words")]);
        let all = FILES.iter().flat_map(|(_, text)| decisions(text));
        assert!(all.filter(|(_, what)| what.len() > 5).count() > 20);
    }
}
