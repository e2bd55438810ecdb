//! Brings a plan to disk, without overwriting what is there unless asked.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::plan::{ImportPlan, PlannedRecord};
use super::report::{FileOutcome, ImportReport, RecordReport};
use crate::author::write::{WriteError, write_atomically, write_new};

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The repository's fault: a folder on the way is a link that leads out of the root. Nothing
    /// has been written.
    #[error("`{path}` would be written outside of `{}`: a folder on the way is a link", .root.display())]
    Outside {
        /// The path of the record.
        path: String,
        /// The folder imported into.
        root: PathBuf,
    },
    /// The repository's fault: something that is no file has the name of a record. Nothing has
    /// been written.
    #[error("`{path}` exists and is not a file")]
    NotAFile {
        /// The path of the record.
        path: String,
    },
    /// The machine's fault: what is there cannot be looked at. Nothing has been written.
    #[error("cannot read `{path}`: {error}")]
    Io {
        /// The path of the record, or the root.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The machine's fault: a file cannot be written. Those before it have been, and are whole.
    #[error("{error} ({written} records had been written before it)")]
    Write {
        /// Why.
        error: WriteError,
        /// Number of files written before.
        written: usize,
    },
}

/// What [`apply`] would do, writing nothing.
///
/// # Errors
/// As [`apply`], except [`ApplyError::Write`].
pub fn preview(
    plan: &ImportPlan,
    root: &Path,
    overwrite: bool,
) -> Result<ImportReport, ApplyError> {
    let mut records = Vec::with_capacity(plan.records.len());
    for record in &plan.records {
        records.push(RecordReport {
            row: record.row,
            id: record.id.clone(),
            path: record.path.clone(),
            outcome: outcome(record, root, overwrite)?,
        });
    }
    Ok(ImportReport {
        rows: plan.rows,
        records,
        unknown: plan.unknown.clone(),
        skipped: plan.skipped.clone(),
        problems: plan.problems.clone(),
    })
}

/// Writes the records of a plan below `root`, which is created if it is missing. Existing files
/// of other content are left alone unless `overwrite` is set. Every path is looked at before the
/// first file is written.
///
/// # Errors
/// See [`ApplyError`].
pub fn apply(plan: &ImportPlan, root: &Path, overwrite: bool) -> Result<ImportReport, ApplyError> {
    let mut report = preview(plan, root, overwrite)?;
    let mut written = 0;
    for (record, report) in plan.records.iter().zip(&mut report.records) {
        report.outcome = write(record, root, report.outcome)
            .map_err(|error| ApplyError::Write { error, written })?;
        let is_written = matches!(
            report.outcome,
            FileOutcome::Written | FileOutcome::Overwritten
        );
        written += usize::from(is_written);
    }
    Ok(report)
}

/// Writes one file below `root`, in place of what stands there.
pub(super) fn put(record: &PlannedRecord, root: &Path) -> Result<FileOutcome, ApplyError> {
    let outcome = outcome(record, root, true)?;
    write(record, root, outcome).map_err(|error| ApplyError::Write { error, written: 0 })
}

fn write(
    record: &PlannedRecord,
    root: &Path,
    outcome: FileOutcome,
) -> Result<FileOutcome, WriteError> {
    let path = root.join(&record.path);
    let result = match outcome {
        FileOutcome::Written => write_new(&path, record.yaml.as_bytes()),
        FileOutcome::Overwritten => write_atomically(&path, record.yaml.as_bytes()),
        FileOutcome::Unchanged | FileOutcome::LeftAlone => Ok(()),
    };
    match result {
        Ok(()) => Ok(outcome),
        // Somebody else wrote it in between; theirs stays.
        Err(WriteError::Exists { .. }) => Ok(FileOutcome::LeftAlone),
        Err(error) => Err(error),
    }
}

fn outcome(
    record: &PlannedRecord,
    root: &Path,
    overwrite: bool,
) -> Result<FileOutcome, ApplyError> {
    let io_error = |error| ApplyError::Io {
        path: record.path.clone(),
        error,
    };
    stays_inside(record, root)?;
    let path = root.join(&record.path);
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FileOutcome::Written),
        Err(error) => return Err(io_error(error)),
    };
    if !found.is_file() {
        return Err(ApplyError::NotAFile {
            path: record.path.clone(),
        });
    }
    let yaml = record.yaml.as_bytes();
    let is_same = found.len() == yaml.len() as u64 && has_content(&path, yaml).map_err(io_error)?;
    Ok(match (is_same, overwrite) {
        (true, _) => FileOutcome::Unchanged,
        (false, true) => FileOutcome::Overwritten,
        (false, false) => FileOutcome::LeftAlone,
    })
}

/// Whether a file holds exactly these bytes. It is our own output that is compared here; records
/// are read by `source`.
fn has_content(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut found = Vec::with_capacity(bytes.len());
    let most = bytes.len() as u64 + 1;
    fs::File::open(path)?.take(most).read_to_end(&mut found)?;
    Ok(found == bytes)
}

/// The mapping keeps paths free of `..`; what remains is a folder that is a link to elsewhere.
fn stays_inside(record: &PlannedRecord, root: &Path) -> Result<(), ApplyError> {
    let resolved = |path: &Path| -> Result<Option<PathBuf>, ApplyError> {
        match path.canonicalize() {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ApplyError::Io {
                path: record.path.clone(),
                error,
            }),
            // A link to nowhere is not found either, but it is there.
            Err(_) if path.symlink_metadata().is_ok() => Err(outside(record, root)),
            Err(_) => Ok(None),
        }
    };
    // An empty path means the current folder to `join`, and nothing to the system.
    let mut folder = Path::new(".").join(root);
    let Some(real_root) = resolved(&folder)? else {
        return Ok(());
    };
    let mut parts: Vec<&str> = record.path.split('/').collect();
    parts.pop();
    for part in parts {
        folder.push(part);
        match resolved(&folder)? {
            Some(found) if found.starts_with(&real_root) => {}
            Some(_) => return Err(outside(record, root)),
            None => break,
        }
    }
    Ok(())
}

fn outside(record: &PlannedRecord, root: &Path) -> ApplyError {
    ApplyError::Outside {
        path: record.path.clone(),
        root: root.to_owned(),
    }
}
