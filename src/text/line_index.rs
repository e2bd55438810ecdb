use super::Span;

/// A place as people count: both numbers begin at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1. A byte-order mark has no column of its own.
    pub column: u32,
}

/// The starts of all lines of a text. Lines end in LF, CRLF or a lone CR, as in YAML.
///
/// Built only for files that have something to print.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<u32>,
}

impl<'t> LineIndex<'t> {
    /// Finds the line starts of `text`.
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                starts.push(at as u32 + 1);
            }
        }
        Self { text, starts }
    }

    /// Number of lines; a text that ends in a line break has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Line and column of a byte. Offsets past the end count as the end; offsets inside a
    /// character count as that character.
    pub fn locate(&self, offset: u32) -> LineColumn {
        let offset = (offset as usize).min(self.text.len());
        let line = self
            .starts
            .partition_point(|start| *start as usize <= offset)
            .max(1);
        let start = self.starts[line - 1] as usize;
        let before = self.text.as_bytes().get(start..offset).unwrap_or(&[]);
        // A character is counted at its first byte; continuation bytes look like 10xxxxxx.
        let mut column = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        if !self.text.is_char_boundary(offset) {
            column = column.saturating_sub(1);
        }
        if start == 0 && self.text.starts_with('\u{feff}') {
            column = column.saturating_sub(1);
        }
        LineColumn {
            line: line as u32,
            column: column as u32 + 1,
        }
    }

    /// Column of a byte, from 1, counted in bytes. A byte-order mark has no column of its own.
    pub fn byte_column(&self, offset: u32) -> u32 {
        let line = self.line_span(self.locate(offset).line).start;
        let mark = match line == 0 && self.text.starts_with('\u{feff}') {
            true => '\u{feff}'.len_utf8() as u32,
            false => 0,
        };
        offset
            .min(self.text.len() as u32)
            .saturating_sub(line + mark)
            + 1
    }

    /// The bytes of a line (from 1) without its line break, or an empty span past the last line.
    pub fn line_span(&self, line: u32) -> Span {
        let Some(start) = line
            .checked_sub(1)
            .and_then(|line| self.starts.get(line as usize))
        else {
            return Span::at(self.text.len() as u32);
        };
        let end = self
            .starts
            .get(line as usize)
            .map_or(self.text.len() as u32, |next| *next);
        let line_text = Span::new(*start, end).slice(self.text);
        Span::new(
            *start,
            start + line_text.trim_end_matches(['\r', '\n']).len() as u32,
        )
    }

    /// The text of a line (from 1) without its line break.
    pub fn line_text(&self, line: u32) -> &'t str {
        self.line_span(line).slice(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let place = LineIndex::new(text).locate(offset);
        (place.line, place.column)
    }

    #[test]
    fn lines_and_columns_begin_at_one() {
        assert_eq!(at("a: 1\nb: 2\n", 0), (1, 1));
        assert_eq!(at("a: 1\nb: 2\n", 3), (1, 4));
        assert_eq!(at("a: 1\nb: 2\n", 5), (2, 1));
        assert_eq!(at("a: 1\nb: 2\n", 10), (3, 1));
        assert_eq!(at("", 7), (1, 1));
    }

    #[test]
    fn byte_columns_count_bytes() {
        let text = "\u{feff}a\nü: 🦀 x\n";
        let index = LineIndex::new(text);
        assert_eq!(index.byte_column(3), 1, "after the byte-order mark");
        assert_eq!(index.byte_column(0), 1);
        let crab = text.find('🦀').unwrap() as u32;
        assert_eq!(index.byte_column(crab), 5);
        assert_eq!(index.byte_column(crab + 5), 10);
        assert_eq!(index.byte_column(999), 1, "the empty last line");
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        // ü is two bytes, 🦀 four.
        assert_eq!(at("ü: 🦀 x", 2), (1, 2));
        assert_eq!(at("ü: 🦀 x", 9), (1, 6));
        assert_eq!(
            at("ü: 🦀 x", 5),
            (1, 4),
            "inside the crab counts as the crab"
        );
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        assert_eq!(at("\u{feff}a: 1", 3), (1, 1));
        assert_eq!(at("\u{feff}a: 1\nb", 8), (2, 1));
    }

    #[test]
    fn every_kind_of_line_break_ends_a_line() {
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("a\rb", 2), (2, 1));
        let index = LineIndex::new("a\r\nbc\n");
        assert_eq!(index.line_text(1), "a");
        assert_eq!(index.line_text(2), "bc");
        assert_eq!(index.line_text(3), "");
        assert_eq!(index.line_text(9), "");
        assert_eq!(index.line_count(), 3);
    }
}
