use std::fmt;

use crate::author::import::date::PatternFault;
use crate::text::LineColumn;

/// One mistake in a mapping file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// Where in the mapping file.
    pub at: LineColumn,
    /// What is wrong there.
    pub fault: MappingFault,
}

impl fmt::Display for MappingError {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineColumn { line, column } = self.at;
        write!(fmt, "{line}:{column}: {}", self.fault)
    }
}

impl std::error::Error for MappingError {}

/// All mistakes of a mapping file, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingErrors(pub Vec<MappingError>);

impl fmt::Display for MappingErrors {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index > 0 { "\n" } else { "" };
            write!(fmt, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for MappingErrors {}

/// What is wrong in a mapping file. Each is the fault of the mapping's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// The file is no YAML, or too large.
    #[error("the mapping is no YAML: {0}")]
    NoYaml(String),
    /// The file is something else than one mapping.
    #[error("this is no mapping: a mapping is one document with `kind: import-mapping`")]
    NoMapping,
    /// A key that a mapping does not have.
    #[error("`{key}` is not a key of {of}{}", suggestion(.meant.as_deref()))]
    UnknownKey {
        /// The key as written.
        key: String,
        /// What it stands in.
        of: &'static str,
        /// The key that was probably meant.
        meant: Option<String>,
    },
    /// A key written twice.
    #[error("`{0}` is written twice")]
    DuplicateKey(String),
    /// A key that must be there.
    #[error("{of} needs `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// What it must stand in.
        of: &'static str,
    },
    /// A value of another type.
    #[error("`{key}` must be {expected}")]
    WrongType {
        /// The key.
        key: &'static str,
        /// What its value must be.
        expected: &'static str,
    },
    /// A value outside its list.
    #[error("`{key}` cannot be `{found}`: {expected}")]
    WrongValue {
        /// The key.
        key: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Two keys of which only one may stand.
    #[error("`{first}` and `{second}` exclude each other: a cell is converted in one way")]
    Exclusive {
        /// The key that stands there.
        first: &'static str,
        /// The key that must not stand beside it.
        second: &'static str,
    },
    /// A date pattern that is none.
    #[error("the date pattern `{pattern}` cannot be used: {fault}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why not.
        fault: PatternFault,
    },
    /// Two patterns that read the same text as different days.
    #[error(
        "the date patterns contradict each other: `{text}` would be {} by {} and {} by {}",
        .first.1, .first.0, .second.1, .second.0
    )]
    AmbiguousDates {
        /// A text that both accept.
        text: String,
        /// The first pattern and what it reads.
        first: (String, String),
        /// The second pattern and what it reads.
        second: (String, String),
    },
    /// A time of day is no instant without an offset.
    #[error(
        "`{0}` has a time but no offset: add Z where the cells have one, or state `offset` if the \
         source documents it"
    )]
    NoOffset(String),
    /// An offset where no pattern has a time without one.
    #[error("`offset` is for patterns that have a time without an offset, and there is none")]
    UnusedOffset,
    /// A pointer that is none.
    #[error("`{pointer}` is no place in a record: {why}")]
    Pointer {
        /// The pointer.
        pointer: String,
        /// Why not.
        why: &'static str,
    },
    /// A pointer whose first key the record does not have.
    #[error("`{key}` is not a key of an incident{}", suggestion(.meant.as_deref()))]
    UnknownTarget {
        /// The key.
        key: String,
        /// The key that was probably meant.
        meant: Option<String>,
    },
    /// `/kind` and `/id` are written by the import itself.
    #[error("`/{0}` is written by the import; it cannot be a target")]
    ReservedTarget(String),
    /// Two values for one place.
    #[error("`{pointer}` {how} `{other}` of line {other_line}")]
    Conflict {
        /// The pointer.
        pointer: String,
        /// How they clash.
        how: &'static str,
        /// The other pointer.
        other: String,
        /// The line of the other.
        other_line: u32,
    },
    /// A text with a brace that has no partner.
    #[error("a brace in `{0}` has no partner: write {{{{ and }}}} for braces that stay")]
    Braces(String),
    /// A name in the path that is not allowed there.
    #[error("`{{{0}}}` cannot stand in a path: only {{id}} and {{row}} can")]
    PathName(String),
    /// A path that leaves the folder, or is the same for all rows.
    #[error("`{path}` cannot be the path of a record: {why}")]
    Path {
        /// The path.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// A value map key that no trimmed cell can equal.
    #[error("no cell can be `{0}`: cells are compared without blanks around them")]
    UntrimmedValue(String),
    /// A value map key that counts as unknown before the map is asked.
    #[error("`{0}` stands under `unknown`, so this line is never used")]
    UnknownValue(String),
    /// A constant without a value.
    #[error("the constant `{0}` has no value")]
    EmptyConstant(String),
    /// A number that would change when written.
    #[error("the number `{0}` would be rounded: write it in quotes")]
    RoundedNumber(String),
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"))
}
