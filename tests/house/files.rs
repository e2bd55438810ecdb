//! The files of this repository.

use std::fs;
use std::path::Path;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| format!("{path}: {error}"))
}

/// All files below a folder, by their paths from the root with `/` between the names, sorted.
pub(crate) fn below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(relative(&entry.path()));
            }
        }
    }
    found.sort();
    found
}

/// The documents for people.
pub(crate) fn documents() -> Vec<String> {
    let at_root = below_root("md");
    let elsewhere = ["docs", "examples"].into_iter().flat_map(below);
    let pages = elsewhere.filter(|path| {
        (path.starts_with("docs/") && has_ending(path, "md")) || path.ends_with("/README.md")
    });
    at_root.into_iter().chain(pages).collect()
}

/// Whether a path ends in `.` and this.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == ending)
}

/// The files at the root that end so.
fn below_root(ending: &str) -> Vec<String> {
    let entries = fs::read_dir(root()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| relative(&entry.unwrap().path()))
        .filter(|name| has_ending(name, ending))
        .collect();
    names.sort();
    names
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap();
    path.to_str().unwrap().replace('\\', "/")
}
