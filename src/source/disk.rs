use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::error::ReadError;

/// Reads a file that the user names: a table to import, a mapping.
///
/// A symbolic link is followed here, as every program does with a path on its command line.
///
/// # Errors
/// [`ReadError::TooLarge`] before anything is read, [`ReadError::NotRegular`] for a folder or a
/// pipe, which is not opened.
pub fn read_file(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    let name = path.display().to_string();
    let metadata = fs::metadata(path).map_err(|error| ReadError::from_io(&name, error))?;
    read_regular(path, &name, &metadata, limit)
}

/// Reads a file of the source; a link that has taken its place is not followed.
pub(super) fn read_entry(path: &Path, name: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::symlink_metadata(path).map_err(|error| ReadError::from_io(name, error))?;
    read_regular(path, name, &metadata, limit)
}

/// Reads rules such as `.gitignore`: `None` for anything but a regular file within `limit`.
pub(super) fn read_rules(path: &Path, may_be_link: bool, limit: usize) -> Option<Vec<u8>> {
    if may_be_link {
        read_file(path, limit).ok()
    } else {
        read_entry(path, "", limit).ok()
    }
}

/// The one place that opens files. The kind is known before, because opening a pipe would wait
/// for a writer; the size is checked again after, because a file can grow meanwhile.
fn read_regular(
    path: &Path,
    name: &str,
    metadata: &fs::Metadata,
    limit: usize,
) -> Result<Vec<u8>, ReadError> {
    let too_large = |size: u64| ReadError::TooLarge {
        path: name.to_owned(),
        size,
        limit,
    };
    if !metadata.is_file() {
        return Err(ReadError::NotRegular {
            path: name.to_owned(),
        });
    }
    if metadata.len() > limit as u64 {
        return Err(too_large(metadata.len()));
    }
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
        File::open(path)?
            .take(limit as u64 + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| ReadError::from_io(name, error))?;
    if bytes.len() > limit {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}
