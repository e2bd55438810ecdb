//! `probity import`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::author::import::{
    FileOutcome, ImportReport, Mapping, Origin, Receipt, TableFormat, UnknownField, apply, plan,
    preview,
};
use probity::output::tamed;
use probity::source::read_file;

use super::error::{CLEAN, FINDINGS, Failure, with_causes};
use super::terminal::print;

/// Largest table that is read, in bytes.
const LARGEST_TABLE: usize = 256 << 20;
/// Largest mapping that is read, in bytes.
const LARGEST_MAPPING: usize = 1 << 20;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Table to import: CSV, or JSON lines
    table: PathBuf,

    /// Mapping from columns to the keys of a record
    #[arg(long, value_name = "FILE")]
    map: PathBuf,

    /// Folder of the repository to write records into
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,

    /// Format of the table [default: what the mapping says]
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Replace existing files of other content
    #[arg(long)]
    overwrite: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Comma-separated values with a header line
    Csv,
    /// One JSON object a line
    JsonLines,
}

impl Import {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let text = String::from_utf8(read(&self.map, LARGEST_MAPPING)?)
            .map_err(|_| Failure::usage(format!("{} is no UTF-8 text", self.map.display())))?;
        let mapping = Mapping::parse(&text).map_err(|errors| {
            let file = self.map.display();
            let lines: Vec<String> = errors
                .0
                .iter()
                .map(|error| format!("{file}:{}", tamed(&error.to_string())))
                .collect();
            Failure::usage(format!("the mapping cannot be used\n{}", lines.join("\n")))
        })?;
        let table = read(&self.table, LARGEST_TABLE)?;
        let format = match self.format {
            Some(FormatName::Csv) => TableFormat::Csv,
            Some(FormatName::JsonLines) => TableFormat::JsonLines,
            None => mapping.format,
        };
        let name = self.table.file_name().unwrap_or_default().to_string_lossy();
        let planned = plan(&table, format, &mapping, &name);
        if !planned.problems.is_empty() {
            let lines: Vec<String> = planned
                .problems
                .iter()
                .map(|problem| tamed(&problem.to_string()))
                .collect();
            return Err(Failure::usage(format!(
                "{name} cannot be imported\n{}",
                lines.join("\n")
            )));
        }
        let done = if self.dry_run {
            preview(&planned, &self.to, self.overwrite)
        } else {
            apply(&planned, &self.to, self.overwrite)
        };
        let report = done.map_err(|error| Failure::machine(with_causes(&error)))?;
        let of_mapping = self.map.file_name().unwrap_or_default().to_string_lossy();
        let receipt = Receipt::of(
            &planned,
            Origin {
                name: &name,
                content: &table,
            },
            Origin {
                name: &of_mapping,
                content: text.as_bytes(),
            },
        );
        if !self.dry_run {
            let written = receipt.write(&self.to);
            written.map_err(|error| Failure::machine(with_causes(&error)))?;
        }
        print(&self.tell(&report, receipt.path()))?;
        let is_whole = report.skipped.is_empty() && report.count(FileOutcome::LeftAlone) == 0;
        Ok(ExitCode::from(if is_whole { CLEAN } else { FINDINGS }))
    }

    fn tell(&self, report: &ImportReport, receipt: &str) -> String {
        let mut text = String::new();
        for (row, column, left_out) in unknown_cells(report) {
            let Some(first) = left_out.first() else {
                continue;
            };
            let pointers: Vec<&str> = left_out.iter().map(|it| it.pointer.as_str()).collect();
            let cell = match first.raw.trim() {
                "" => "an empty cell".to_owned(),
                raw => format!("`{}`", tamed(&raw.replace('\n', " "))),
            };
            let _ = writeln!(
                text,
                "row {row} ({}): `{}` {} ({cell}): left out {}",
                tamed(&first.id),
                tamed(column),
                first.why,
                tamed(&pointers.join(", "))
            );
        }
        for skipped in &report.skipped {
            let _ = writeln!(
                text,
                "row {} (line {}): no record: {}",
                skipped.row,
                skipped.line,
                tamed(&skipped.why.to_string())
            );
        }
        for record in &report.records {
            if record.outcome == FileOutcome::LeftAlone {
                let path = tamed(&record.path);
                let _ = writeln!(
                    text,
                    "row {}: {path} exists with other content and was left alone \
                     (`--overwrite` replaces it)",
                    record.row
                );
            }
        }
        let by_column: Vec<String> = report
            .unknown_by_column()
            .into_iter()
            .map(|(column, count)| format!("{} {count}", tamed(column)))
            .collect();
        if !by_column.is_empty() {
            let _ = writeln!(text, "unknown by column: {}", by_column.join(", "));
        }
        let verb = if self.dry_run {
            "would be written"
        } else {
            "written"
        };
        let _ = writeln!(
            text,
            "{} rows: {} records {verb}, {} replaced, {} unchanged, {} left alone, \
             {} rows without a record",
            report.rows,
            report.count(FileOutcome::Written),
            report.count(FileOutcome::Overwritten),
            report.count(FileOutcome::Unchanged),
            report.count(FileOutcome::LeftAlone),
            report.skipped.len()
        );
        let _ = writeln!(text, "receipt, to be kept with the records: {receipt}");
        text
    }
}

/// What was left out, by row and column.
fn unknown_cells(report: &ImportReport) -> Vec<(usize, &str, Vec<&UnknownField>)> {
    let mut cells: Vec<(usize, &str, Vec<&UnknownField>)> = Vec::new();
    for unknown in &report.unknown {
        // Fields of one row stand together, so only the last few cells are looked at.
        let same = |(row, column, _): &&mut (usize, &str, Vec<&UnknownField>)| {
            *row == unknown.row && *column == unknown.column
        };
        match cells
            .iter_mut()
            .rev()
            .take_while(|cell| cell.0 == unknown.row)
            .find(same)
        {
            Some((_, _, fields)) => fields.push(unknown),
            None => cells.push((unknown.row, &unknown.column, vec![unknown])),
        }
    }
    cells
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    read_file(path, limit).map_err(|error| Failure::usage(with_causes(&error)))
}
