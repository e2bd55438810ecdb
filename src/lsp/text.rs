//! Places as editors count them: lines from 0, columns in units of UTF-16 or bytes.

use lsp_types::{Position, Range};

use crate::text::{LineIndex, Span};

/// How columns are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what holds where nothing is agreed.
    #[default]
    Utf16,
}

/// The lines of a text.
pub(super) struct Lines<'t> {
    text: &'t str,
    index: LineIndex<'t>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let index = LineIndex::new(text);
        Self {
            text,
            index,
            encoding,
        }
    }

    /// Where a byte stands.
    pub(super) fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.index.locate(offset as u32).line;
        let start = self.start(line);
        let before = self.text.get(start..offset).unwrap_or("");
        let character = match self.encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
        };
        Position::new(line - 1, character as u32)
    }

    /// Where a span stands.
    pub(super) fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// The byte at a position; one past the end of a line is that end.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line.saturating_add(1);
        let start = self.start(line);
        let end = self.index.line_span(line).range().end;
        let mut left = position.character as usize;
        for (at, c) in self.text.get(start..end).unwrap_or("").char_indices() {
            let width = match self.encoding {
                Encoding::Utf8 => c.len_utf8(),
                Encoding::Utf16 => c.len_utf16(),
            };
            if left < width {
                return start + at;
            }
            left -= width;
        }
        end
    }

    /// The first byte of a line. A byte-order mark is in no line: editors do not show it.
    fn start(&self, line: u32) -> usize {
        let start = self.index.line_span(line).range().start;
        match start == 0 && self.text.starts_with('\u{feff}') {
            true => '\u{feff}'.len_utf8(),
            false => start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_units_of_utf_16_or_bytes() {
        let text = "a: ü\r\nb: 𝄞x\n";
        let at = text.find('x').unwrap() as u32;
        let wide = Lines::new(text, Encoding::Utf16);
        let narrow = Lines::new(text, Encoding::Utf8);
        assert_eq!(wide.position(at), Position::new(1, 5));
        assert_eq!(narrow.position(at), Position::new(1, 7));
        for lines in [wide, narrow] {
            assert_eq!(lines.offset(lines.position(at)), at as usize);
            assert_eq!(lines.offset(Position::new(0, 99)), "a: ü".len());
            assert_eq!(lines.offset(Position::new(99, 99)), text.len());
        }
    }

    #[test]
    fn a_byte_order_mark_is_in_no_line() {
        let lines = Lines::new("\u{feff}a: 1\n", Encoding::Utf16);
        assert_eq!(lines.position(3), Position::new(0, 0));
        assert_eq!(lines.offset(Position::new(0, 1)), 4);
    }
}
