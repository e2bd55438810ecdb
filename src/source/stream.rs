//! The content of large files, piece by piece: nothing is loaded as a whole.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use git2::{Oid, Repository};

use super::error::ReadError;
use super::find::Found;
use super::open::{Origin, Source};
use super::revision::missing;

/// How much is read at once.
const PIECE: usize = 1 << 17;

/// Largest packed object that is unpacked in memory; git reads loose ones piece by piece, and
/// packed ones only as a whole.
const LARGEST_PACKED: usize = 1 << 28;

impl Source {
    /// Hands the content of a file that was found to `take`, piece by piece, whatever its size.
    ///
    /// # Errors
    /// See [`ReadError`]; pieces may have been handed over before. [`ReadError::TooLarge`] only
    /// for an object of a revision that git can unpack as a whole only.
    pub fn stream(&self, found: &Found, take: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
        if let Some(content) = self.overlay.read(&found.path, usize::MAX) {
            take(&content?);
            return Ok(());
        }
        match &self.origin {
            Origin::Worktree { root, .. } | Origin::Folder { root } => {
                stream_file(&root.join(&found.path), &found.path, take)
            }
            Origin::Revision(snapshot) => match found.object {
                Some(id) => snapshot.pool.with(&found.path, |repository| {
                    stream_blob(repository, id, &found.path, take)
                }),
                None => Err(not_regular(&found.path)),
            },
        }
    }
}

fn not_regular(path: &str) -> ReadError {
    ReadError::NotRegular {
        path: path.to_owned(),
    }
}

/// The kind is looked at again before the file is opened: opening a pipe would wait for a writer.
fn stream_file(path: &Path, name: &str, take: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
    let metadata = fs::symlink_metadata(path).map_err(|error| ReadError::from_io(name, error))?;
    if !metadata.is_file() {
        return Err(not_regular(name));
    }
    let mut file = File::open(path).map_err(|error| ReadError::from_io(name, error))?;
    // A file that grows while it is read is read up to its end as it was.
    let size = metadata.len().saturating_add(PIECE as u64);
    pieces(&mut Read::take(&mut file, size), metadata.len(), take)
        .map_err(|error| ReadError::from_io(name, error))
}

fn stream_blob(
    repository: &Repository,
    id: Oid,
    path: &str,
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), ReadError> {
    let objects = repository.odb().map_err(|error| missing(path, id, error))?;
    if let Ok((mut reader, size, _)) = objects.reader(id) {
        return pieces(&mut reader, size as u64, take)
            .map_err(|error| ReadError::from_io(path, error));
    }
    let (size, _) = objects
        .read_header(id)
        .map_err(|error| missing(path, id, error))?;
    if size > LARGEST_PACKED {
        return Err(ReadError::TooLarge {
            path: path.to_owned(),
            size: size as u64,
            limit: LARGEST_PACKED,
        });
    }
    let object = objects.read(id).map_err(|error| missing(path, id, error))?;
    take(object.data());
    Ok(())
}

fn pieces(from: &mut dyn Read, size: u64, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    // Most files are small; a large buffer for each would cost more than reading them.
    let mut piece = vec![0; (size as usize).saturating_add(1).min(PIECE)];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => take(piece.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
