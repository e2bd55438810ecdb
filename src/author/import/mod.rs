//! Tables of other systems become incident records.
//!
//! A [`Mapping`] says which column goes where; [`plan`] converts a table in memory, the same
//! bytes every time; [`apply`] writes the records and never overwrites a file unasked, and a
//! [`Receipt`] says in the repository which rows became none. An unknown
//! stays unknown: its key is left out and reported, as is every row that becomes no record. This
//! module reads no file but its own output, and knows no rule: the checker judges the records.

mod apply;
mod csv_table;
mod date;
mod incident;
mod json_lines;
mod mapping;
mod plan;
mod receipt;
mod report;
mod table;
mod target;
mod template;

pub use apply::{ApplyError, apply, preview};
pub use date::PatternFault;
pub use mapping::{Mapping, MappingError, MappingErrors, MappingFault, TableFormat};
pub use plan::{ImportPlan, PlannedRecord, plan};
pub use receipt::{Origin, Receipt};
pub use report::{
    FileOutcome, ImportReport, Problem, RecordReport, SkippedRow, UnknownField, WhySkipped,
    WhyUnknown,
};
