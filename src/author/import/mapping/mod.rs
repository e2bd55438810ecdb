//! The mapping file: which column goes where in a record.
//!
//! Its form is described for people in `docs/import.md`. It is read through the document tree, so
//! every mistake is shown with its line and column, all of them at once. A mapping states what
//! the importer decides (constants, value maps, date patterns); it never holds data of a row.

mod fault;
mod read;
mod read_fields;
mod reader;

use serde::Serialize;
use serde_json::Value;

use super::date::DatePatterns;
use super::target::Target;
use super::template::Template;
use crate::text::LineColumn;

pub use fault::{MappingError, MappingErrors, MappingFault};

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableFormat {
    /// Comma-separated values (RFC 4180) with a header line.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// A mapping, read and checked.
#[derive(Debug)]
pub struct Mapping {
    /// The form of the table that the mapping is for.
    pub format: TableFormat,
    /// What separates the cells of a CSV line.
    pub(super) delimiter: u8,
    pub(super) id: IdRule,
    pub(super) path: Template<RowName>,
    pub(super) source_id: SourceId,
    pub(super) constants: Vec<(Target, Value)>,
    pub(super) fields: Vec<Field>,
    /// What stands for an unknown, in lower case. The empty cell always does.
    pub(super) unknown: Vec<String>,
    /// Every column the mapping names, with the place that names it first.
    pub(super) columns: Vec<(String, LineColumn)>,
}

/// Index into [`Mapping::columns`].
pub(super) type ColumnId = usize;

/// Where the id of a record comes from.
#[derive(Debug)]
pub(super) enum IdRule {
    /// `INC-2016-0012`: the first known year, and a number.
    Numbered {
        prefix: String,
        years: Vec<ColumnId>,
        dates: DatePatterns,
        number: NumberFrom,
    },
    /// The id as the source has it.
    Column(ColumnId),
}

/// Where the number in an id comes from.
#[derive(Debug)]
pub(super) enum NumberFrom {
    Row,
    Column(ColumnId),
}

/// A name in the path of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowName {
    Id,
    Row,
}

/// A name in a text: of the row, or a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextName {
    Row,
    Source,
    Column(ColumnId),
}

/// How the row of the source stays known in the record.
#[derive(Debug)]
pub(super) struct SourceId {
    pub(super) text: Template<TextName>,
    pub(super) to: Target,
}

/// One column on its way into the record.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) column: ColumnId,
    pub(super) to: Target,
    pub(super) how: Conversion,
}

/// What happens to a cell.
#[derive(Debug)]
pub(super) enum Conversion {
    /// It is kept as it is.
    Copy,
    /// It becomes part of a sentence.
    Text(Template<TextName>),
    /// It is read as a date.
    Date(DatePatterns),
    /// It is looked up; `null` leaves the key out on purpose.
    Values(Vec<(String, Value)>),
}
