//! Files are written whole or not at all.
//!
//! The bytes go to a temporary neighbour in the same folder, are flushed to disk, and then take
//! the file's name in one step. A reader sees the old file or the new one, never a mixture.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why a file was not written. In every case the file that was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The caller's choice meets an existing file: [`write_new`] never replaces one.
    #[error("`{}` exists already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else's work would be lost: [`write_if_unchanged`] does not replace what it was not
    /// shown.
    #[error("`{}` was changed by somebody else in the meantime", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The caller's choice: a file that may not be written is not replaced either.
    #[error("`{}` is read-only", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The caller's fault: the path names a folder, a link, a device or nothing at all.
    #[error("`{}` is {what}, not a file that can be written", .path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// The machine's fault: permissions, a full disk, a missing drive.
    #[error("cannot write `{}`: {}", .path.display(), reason(.error))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Writes a file, replacing the one of that name if there is one and keeping its permissions.
///
/// Missing parent folders are created. Symbolic links are refused rather than followed: what
/// looks like a file of the repository may point out of it.
///
/// # Errors
/// See [`WriteError`]; nothing half-written is left behind.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let before = existing_file(path)?;
    let (mut file, folder) = neighbour(path)?;
    let stored = store(&mut file, bytes, before.as_ref());
    stored.map_err(|error| io_error(path, error))?;
    file.persist(path)
        .map_err(|refused| io_error(path, refused.error))?;
    sync_folder(folder);
    Ok(())
}

/// Writes several files, replacing those there are: no name is taken before the bytes of all are on
/// disk, so that a full disk or a missing permission leaves every file as it was.
///
/// # Errors
/// See [`WriteError`]; nothing half-written is left behind.
pub fn write_together(files: &[(PathBuf, Vec<u8>)]) -> Result<(), WriteError> {
    let mut stored = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let before = existing_file(path)?;
        let (mut file, folder) = neighbour(path)?;
        let done = store(&mut file, bytes, before.as_ref());
        done.map_err(|error| io_error(path, error))?;
        stored.push((path, file, folder));
    }
    let mut folders = BTreeSet::new();
    for (path, file, folder) in stored {
        file.persist(path)
            .map_err(|refused| io_error(path, refused.error))?;
        folders.insert(folder);
    }
    folders.into_iter().for_each(sync_folder);
    Ok(())
}

/// Replaces a file, if it is still what it was when the new bytes were made from it.
///
/// # Errors
/// [`WriteError::Changed`] if it is not; [`WriteError::ReadOnly`] if it may not be written; else as
/// [`write_atomically`]. The file stays as it is.
pub fn write_if_unchanged(path: &Path, before: &[u8], bytes: &[u8]) -> Result<(), WriteError> {
    let changed = || WriteError::Changed {
        path: path.to_owned(),
    };
    let Some(permissions) = existing_file(path)? else {
        return Err(changed());
    };
    if permissions.readonly() {
        return Err(WriteError::ReadOnly {
            path: path.to_owned(),
        });
    }
    let (mut file, folder) = neighbour(path)?;
    store(&mut file, bytes, Some(&permissions)).map_err(|error| io_error(path, error))?;
    // As late as can be: between this look and the new name there is but an instant.
    if !is_still(path, before).map_err(|error| io_error(path, error))? {
        return Err(changed());
    }
    file.persist(path)
        .map_err(|refused| io_error(path, refused.error))?;
    sync_folder(folder);
    Ok(())
}

fn is_still(path: &Path, before: &[u8]) -> io::Result<bool> {
    let file = fs::File::open(path)?;
    if file.metadata()?.len() != before.len() as u64 {
        return Ok(false);
    }
    let mut now = Vec::with_capacity(before.len());
    file.take(before.len() as u64 + 1).read_to_end(&mut now)?;
    Ok(now == before)
}

/// Writes a file that does not exist yet. Whoever else creates it first wins: it is not replaced.
///
/// # Errors
/// [`WriteError::Exists`] if there is anything of that name; else as [`write_atomically`].
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let missing = path
        .ancestors()
        .skip(1)
        .filter(|it| !it.as_os_str().is_empty());
    let missing: Vec<&Path> = missing.take_while(|it| !it.exists()).collect();
    let written = write_first(path, bytes);
    if written.is_err() {
        for folder in missing {
            // A folder in which somebody else has put something by now stays.
            let _ = fs::remove_dir(folder);
        }
    }
    written
}

fn write_first(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let exists = || WriteError::Exists {
        path: path.to_owned(),
    };
    if path.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let (mut file, folder) = neighbour(path)?;
    store(&mut file, bytes, None).map_err(|error| io_error(path, error))?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(exists());
        }
        Err(refused) => return Err(io_error(path, refused.error)),
    }
    sync_folder(folder);
    Ok(())
}

/// Why the system refuses, without the name of the temporary neighbour, which nobody asked for.
fn reason(error: &io::Error) -> String {
    let told = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full",
        io::ErrorKind::QuotaExceeded => "the quota of the disk is used up",
        io::ErrorKind::FileTooLarge => "it would be larger than the system allows",
        io::ErrorKind::PermissionDenied => "it is not permitted there",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        _ => return error.to_string(),
    };
    told.to_owned()
}

fn io_error(path: &Path, error: io::Error) -> WriteError {
    WriteError::Io {
        path: path.to_owned(),
        error,
    }
}

/// The permissions of the file to be replaced, or `None` if there is nothing yet.
fn existing_file(path: &Path) -> Result<Option<fs::Permissions>, WriteError> {
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path, error)),
    };
    let kind = found.file_type();
    let what = if kind.is_file() {
        return Ok(Some(found.permissions()));
    } else if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a folder"
    } else {
        "a device or pipe"
    };
    Err(WriteError::NotAFile {
        path: path.to_owned(),
        what,
    })
}

/// An empty temporary file beside `path`, removed again unless it is persisted.
fn neighbour(path: &Path) -> Result<(NamedTempFile, &Path), WriteError> {
    if path.file_name().is_none() {
        return Err(WriteError::NotAFile {
            path: path.to_owned(),
            what: "no file name",
        });
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".probity-").suffix(".tmp");
    // A temporary file is private by default; a record is as readable as any new file.
    #[cfg(unix)]
    let open_to_all = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(open_to_all);
    fs::create_dir_all(folder)
        .and_then(|()| builder.tempfile_in(folder))
        .map(|file| (file, folder))
        .map_err(|error| io_error(path, error))
}

fn store(
    file: &mut NamedTempFile,
    bytes: &[u8],
    permissions: Option<&fs::Permissions>,
) -> io::Result<()> {
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions.clone())?;
    }
    file.as_file().sync_all()
}

/// Makes the new name last through a power cut. Not every file system can; the content is safe
/// either way, so a refusal is no failure of the write.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests look at the disk")]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_written_with_its_folders_and_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b/c.yaml");
        write_atomically(&path, b"one").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names_in(path.parent().unwrap()), ["c.yaml"]);
    }

    #[test]
    fn a_new_file_never_replaces_another() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("c.yaml");
        write_new(&path, b"one").unwrap();
        let refused = write_new(&path, b"two").unwrap_err();
        assert!(matches!(refused, WriteError::Exists { .. }), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(names_in(root.path()), ["c.yaml"]);
    }

    #[test]
    fn what_somebody_else_wrote_is_not_lost() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("c.yaml");
        fs::write(&path, b"one").unwrap();
        write_if_unchanged(&path, b"one", b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        for stale in [&b"one"[..], b"twos", b""] {
            let refused = write_if_unchanged(&path, stale, b"three").unwrap_err();
            assert!(matches!(refused, WriteError::Changed { .. }), "{refused}");
        }
        let gone = root.path().join("gone.yaml");
        let refused = write_if_unchanged(&gone, b"one", b"two").unwrap_err();
        assert!(matches!(refused, WriteError::Changed { .. }), "{refused}");

        let mut permissions = path.metadata().unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let refused = write_if_unchanged(&path, b"two", b"three").unwrap_err();
        assert!(matches!(refused, WriteError::ReadOnly { .. }), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names_in(root.path()), ["c.yaml"]);
    }

    #[test]
    fn a_folder_is_no_file_and_a_failed_write_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let refused = write_atomically(&folder, b"x").unwrap_err();
        assert!(refused.to_string().contains("is a folder"), "{refused}");
        let below_a_file = root.path().join("file/x.yaml");
        fs::write(root.path().join("file"), b"kept").unwrap();
        assert!(matches!(
            write_new(&below_a_file, b"x"),
            Err(WriteError::Io { .. })
        ));
        assert_eq!(names_in(root.path()), ["file", "folder"]);
        assert_eq!(fs::read(root.path().join("file")).unwrap(), b"kept");
    }

    #[test]
    fn folders_made_for_a_file_that_cannot_be_written_are_taken_away() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("kept")).unwrap();
        // No file system has names of this length; the folders before it can be made.
        let path = root.path().join("kept/a/b").join("c".repeat(1000));
        assert!(matches!(write_new(&path, b"x"), Err(WriteError::Io { .. })));
        assert_eq!(names_in(root.path()), ["kept"]);
        assert!(names_in(&root.path().join("kept")).is_empty());
    }

    #[test]
    fn files_are_written_together_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::write(path("a"), b"old").unwrap();
        fs::create_dir(path("c")).unwrap();
        let file = |name: &str| (path(name), name.as_bytes().to_vec());
        let refused = write_together(&[file("a"), file("b"), file("c")]).unwrap_err();
        assert!(refused.to_string().contains("is a folder"), "{refused}");
        assert_eq!(names_in(root.path()), ["a", "c"]);
        assert_eq!(fs::read(path("a")).unwrap(), b"old");
        write_together(&[file("a"), file("b")]).unwrap();
        assert_eq!(names_in(root.path()), ["a", "b", "c"]);
        assert_eq!(fs::read(path("a")).unwrap(), b"a");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("c.yaml");
        fs::write(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);

        let link = root.path().join("link.yaml");
        symlink(&path, &link).unwrap();
        let refused = write_atomically(&link, b"three").unwrap_err();
        assert!(refused.to_string().contains("symbolic link"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let dangling = root.path().join("dangling.yaml");
        symlink(root.path().join("nowhere"), &dangling).unwrap();
        assert!(matches!(
            write_new(&dangling, b"x"),
            Err(WriteError::Exists { .. })
        ));
    }
}
