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

/// Writes a file whole, in a folder that exists.
pub(crate) fn write_file(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let message = format!("cannot write {}: there is no such folder", file.display());
        let hint = format!("create it first: `mkdir -p {}`", folder.display());
        return Err(Failure::machine(message).hint(hint));
    }
    probity::author::write_atomically(file, bytes.as_ref())
        .map_err(|error| Failure::machine(with_causes(&error)))
}

/// Writes files into a folder, which is made if it does not exist yet.
pub(crate) fn write_folder(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    if !folder.is_dir() {
        std::fs::create_dir(folder).map_err(|error| {
            let message = format!("cannot make the folder {}: {error}", folder.display());
            let hint = format!("create it first: `mkdir -p {}`", folder.display());
            Failure::machine(message).hint(hint)
        })?;
    }
    for (name, text) in files {
        write_file(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}
