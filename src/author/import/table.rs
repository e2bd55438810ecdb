//! Tables as rows of cells, whatever form they have.
//!
//! A reader gives one [`Row`] for each row of the table, also for those that cannot be read: a
//! row that is skipped in silence would be an incident that never was. Only the columns asked for
//! are kept, in the order asked for. Rows count from 1 after the header.

use std::borrow::Cow;

use serde_json::Number;

use super::report::{Problem, WhySkipped, WhyUnknown};

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// From 1; the header does not count, nor do empty lines.
    pub(super) number: usize,
    /// The line of the file that the row begins in, from 1.
    pub(super) line: usize,
    /// The cells of the columns asked for, or why there are none.
    pub(super) cells: Result<Vec<Cell>, WhySkipped>,
}

/// One cell, without blanks around it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Bool(bool),
    /// A number that is written as the source writes it.
    Number(Number),
    /// What cannot be used: its text, and why.
    Unusable(String, WhyUnknown),
}

impl Cell {
    /// A cell of text: blanks around it are no part of it, and its lines end in line feeds.
    pub(super) fn of_text(raw: &str) -> Self {
        let trimmed = raw.trim();
        Self::Text(if trimmed.contains('\r') {
            trimmed.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            trimmed.to_owned()
        })
    }

    /// The text of the cell.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Unusable(text, _) => Cow::Borrowed(text),
            Self::Bool(truth) => Cow::Owned(truth.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

/// The text after a byte-order mark; a table in another encoding than UTF-8 is refused by its
/// mark.
pub(super) fn after_mark(table: &[u8]) -> Result<&[u8], Problem> {
    if table.starts_with(&[0xFF, 0xFE]) || table.starts_with(&[0xFE, 0xFF]) {
        return Err(Problem::NotUtf8);
    }
    Ok(table.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(table))
}

/// Counts lines up to ever later bytes. Lines end in LF, CRLF or a lone CR.
pub(super) struct LineCounter<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> LineCounter<'t> {
    pub(super) const fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The line of a byte that is not before the last one asked for.
    pub(super) fn line_of(&mut self, offset: usize) -> usize {
        let end = offset.min(self.text.len());
        while self.at < end {
            let is_end = match self.text[self.at] {
                b'\n' => true,
                b'\r' => self.text.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += usize::from(is_end);
            self.at += 1;
        }
        self.line
    }
}
