//! Outputs that go to files.

use std::path::{Path, PathBuf};

use super::error::{Failure, with_causes};

/// Splits `FORMAT=FILE`.
pub(crate) fn parse_output<F: Copy>(
    text: &str,
    parse: impl Fn(&str) -> Option<F>,
    names: &[&str],
) -> Result<(F, PathBuf), String> {
    let (name, file) = text.split_once('=').ok_or("write it as FORMAT=FILE")?;
    let format = parse(name).ok_or_else(|| {
        let names = names.join(", ");
        format!("`{name}` is no format; the formats are {names}")
    })?;
    match file {
        "" => Err("the file is missing".to_owned()),
        file => Ok((format, file.into())),
    }
}

/// What goes to a path.
#[derive(Debug)]
pub(crate) enum Content {
    /// The bytes of a file.
    File(Vec<u8>),
    /// The files of a folder, which is made if it does not exist yet.
    Folder(Vec<(String, String)>),
}

/// Writes a file whole, in a folder that exists.
pub(crate) fn write_file(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    refuse_no_folder(file)?;
    probity::author::write_atomically(file, bytes.as_ref())
        .map_err(|error| Failure::machine(with_causes(&error)))
}

/// Writes files and folders, all of them or none.
pub(crate) fn write_all(contents: Vec<(&Path, Content)>) -> Result<(), Failure> {
    let mut named: Vec<&Path> = Vec::new();
    for (path, _) in &contents {
        if named.contains(path) {
            let message = format!("`{}` is to be written twice", path.display());
            return Err(Failure::usage(message).hint("give each format a file of its own"));
        }
        refuse_no_folder(path)?;
        named.push(path);
    }
    let mut made = Vec::new();
    let mut files = Vec::new();
    for (path, content) in contents {
        match content {
            Content::File(bytes) => files.push((path.to_owned(), bytes)),
            Content::Folder(parts) => {
                if make_folder(path)? {
                    made.push(path);
                }
                let parts = parts.into_iter();
                files.extend(parts.map(|(name, text)| (path.join(name), text.into_bytes())));
            }
        }
    }
    probity::author::write_together(&files).map_err(|error| {
        // What was made for nothing is empty, and goes again.
        for folder in made {
            let _ = std::fs::remove_dir(folder);
        }
        Failure::machine(with_causes(&error))
    })
}

fn refuse_no_folder(file: &Path) -> Result<(), Failure> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder.filter(|folder| !folder.is_dir()) {
        Some(folder) => {
            let message = format!("cannot write {}: there is no such folder", file.display());
            let hint = format!("create it first: `mkdir -p {}`", folder.display());
            Err(Failure::machine(message).hint(hint))
        }
        None => Ok(()),
    }
}

/// Makes a folder, if there is none; says whether it did.
fn make_folder(folder: &Path) -> Result<bool, Failure> {
    if folder.is_dir() {
        return Ok(false);
    }
    match std::fs::create_dir(folder) {
        Ok(()) => Ok(true),
        Err(error) => {
            let message = format!("cannot make the folder {}: {error}", folder.display());
            Err(Failure::machine(message).hint("name a folder that can be made, or one there is"))
        }
    }
}
