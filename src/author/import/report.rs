//! What an import says about itself: what was read, written, left out, and why.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// Why a table cannot be imported with a mapping at all. No record is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum Problem {
    /// The exporter's fault: the table is in another encoding, or its header is.
    #[error("the table is not UTF-8; export it again as UTF-8")]
    NotUtf8,
    /// The exporter's fault: there is nothing in the table.
    #[error("the table is empty")]
    NoHeader,
    /// The exporter's fault: two columns of one name.
    #[error("columns {first} and {second} are both named `{column}`; rename one of them")]
    DuplicateColumn {
        /// The name.
        column: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// The mapping's fault: it names a column that the table does not have.
    #[error(
        "the table has no column `{column}` (mapping {mapping_line}:{mapping_column}){}",
        meant.as_ref().map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"))
    )]
    MissingColumn {
        /// The name in the mapping.
        column: String,
        /// Line of the mapping file that names it first.
        mapping_line: u32,
        /// Column of the mapping file.
        mapping_column: u32,
        /// The column that was probably meant.
        meant: Option<String>,
    },
    /// The exporter's fault: the table cannot be split into rows.
    #[error("the table cannot be read: {reason}")]
    Unreadable {
        /// What the reader says.
        reason: String,
    },
    /// The exporter's fault: a quote in the header is never closed, so there are no rows.
    #[error("a quote in the header is never closed")]
    OpenQuote,
}

/// Why a row became no record. Unless said otherwise it is a fact about the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum WhySkipped {
    /// More or fewer cells than columns.
    Ragged {
        /// Cells of the row.
        cells: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A quote that is never closed; what follows it cannot be split into rows.
    OpenQuote {
        /// The line of the quote.
        line: usize,
    },
    /// A line that is no JSON.
    NotJson {
        /// The column at which it stops being JSON, in bytes from 1.
        column: usize,
    },
    /// A line of JSON that is no object.
    NotAnObject,
    /// An object with a key twice: which one counts is not for us to say.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// None of the mapped columns says anything.
    NothingKnown,
    /// No year for the id is known.
    NoYear {
        /// The columns asked, with their text.
        columns: Vec<(String, String)>,
    },
    /// The number for the id is not known or is no whole number.
    NoNumber {
        /// The column.
        column: String,
        /// Its text.
        raw: String,
    },
    /// The id cannot be the name of a folder.
    BadId {
        /// The id.
        id: String,
    },
    /// Another row has the same id, or the same path.
    SameId {
        /// The id.
        id: String,
        /// The row that came first.
        row: usize,
    },
    /// The record would be larger than a record may be.
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for WhySkipped {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { cells, columns } => {
                write!(fmt, "it has {cells} cells where the header has {columns}")
            }
            Self::NotUtf8 => write!(fmt, "it is not UTF-8"),
            Self::OpenQuote { line } => {
                write!(fmt, "a quote opened in line {line} is never closed")
            }
            Self::NotJson { column } => write!(fmt, "it is no JSON from column {column} on"),
            Self::NotAnObject => write!(fmt, "it is no JSON object"),
            Self::DuplicateKey { key } => write!(fmt, "the key `{key}` stands there twice"),
            Self::NothingKnown => write!(fmt, "none of the mapped columns has a known value"),
            Self::NoYear { columns } => {
                write!(fmt, "no year for the id is known:")?;
                for (index, (column, raw)) in columns.iter().enumerate() {
                    let separator = if index > 0 { "," } else { "" };
                    write!(fmt, "{separator} {column} is `{raw}`")?;
                }
                Ok(())
            }
            Self::NoNumber { column, raw } => {
                write!(fmt, "no number for the id is known: {column} is `{raw}`")
            }
            Self::BadId { id } => write!(fmt, "`{id}` cannot be the id of a record"),
            Self::SameId { id, row } => write!(fmt, "row {row} has the id `{id}` already"),
            Self::TooLarge { bytes, limit } => {
                write!(
                    fmt,
                    "the record would have {bytes} bytes (the limit is {limit})"
                )
            }
        }
    }
}

/// Why a cell is not in its record. Always a fact about the source, or a decision that the
/// mapping has not made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyUnknown {
    /// The cell is empty.
    Empty,
    /// The source says that it does not know.
    Stated,
    /// The cell fits none of the date patterns, or there is no such day.
    NoDate,
    /// Two date patterns read the cell differently.
    TwoDates,
    /// The cell is in no value map.
    NoValue,
    /// The row has no such key.
    NoKey,
    /// The key has no value.
    Null,
    /// The value is a list or a map.
    NotOneValue,
    /// The number could not be kept exactly.
    Rounded,
}

impl fmt::Display for WhyUnknown {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt.write_str(match self {
            Self::Empty => "is empty",
            Self::Stated => "is stated as unknown",
            Self::NoDate => "fits no date pattern of the mapping",
            Self::TwoDates => "fits two date patterns that disagree",
            Self::NoValue => "is in no value map",
            Self::NoKey => "is not there",
            Self::Null => "is null",
            Self::NotOneValue => "is a list or map; name an element with a pointer",
            Self::Rounded => "is a number that cannot be kept exactly",
        })
    }
}

/// A cell that left its key out of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownField {
    /// The row, from 1 after the header.
    pub row: usize,
    /// The line of the table that the row begins in, from 1.
    pub line: usize,
    /// The id of the record.
    pub id: String,
    /// The column.
    pub column: String,
    /// Where it would have gone.
    pub pointer: String,
    /// The text of the cell, without blanks around it.
    pub raw: String,
    /// Why it was left out.
    pub why: WhyUnknown,
}

/// A row that became no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedRow {
    /// The row, from 1 after the header.
    pub row: usize,
    /// The line of the table that the row begins in, from 1.
    pub line: usize,
    /// Why.
    #[serde(flatten)]
    pub why: WhySkipped,
}

/// What became of the file of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileOutcome {
    /// There was no such file; it was written.
    Written,
    /// The file had exactly this content already.
    Unchanged,
    /// The file has other content and was left alone.
    LeftAlone,
    /// The file had other content and was replaced, as asked.
    Overwritten,
}

/// One record in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordReport {
    /// The row, from 1 after the header.
    pub row: usize,
    /// The id.
    pub id: String,
    /// The file, relative to the folder imported into, with `/`.
    pub path: String,
    /// What became of it.
    pub outcome: FileOutcome,
}

/// Everything an import has to say, in the order of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Rows read, those that became no record included.
    pub rows: usize,
    /// The records and their files.
    pub records: Vec<RecordReport>,
    /// Cells that left a key out.
    pub unknown: Vec<UnknownField>,
    /// Rows that became no record.
    pub skipped: Vec<SkippedRow>,
    /// Why the table could not be imported at all.
    pub problems: Vec<Problem>,
}

impl ImportReport {
    /// Number of records with an outcome.
    pub fn count(&self, outcome: FileOutcome) -> usize {
        let records = self.records.iter();
        records.filter(|record| record.outcome == outcome).count()
    }

    /// For each column, in alphabetical order, the number of rows in which it left a key out.
    pub fn unknown_by_column(&self) -> BTreeMap<&str, usize> {
        rows_by_column(&self.unknown)
    }
}

/// For each column, in alphabetical order, the number of rows in which it left a key out.
pub(super) fn rows_by_column(unknown: &[UnknownField]) -> BTreeMap<&str, usize> {
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for field in unknown {
        rows.entry(&field.column).or_default().push(field.row);
    }
    rows.into_iter()
        .map(|(column, mut rows)| {
            rows.dedup();
            (column, rows.len())
        })
        .collect()
}
