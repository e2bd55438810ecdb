//! Where the subset reader is, and how it gets past what is no content.

use memchr::memchr;

/// A place in a text without tabs, whose lines end with LF or CR LF.
pub(super) struct Cursor<'s> {
    pub(super) bytes: &'s [u8],
    pub(super) at: usize,
    /// Where the line of `at` begins.
    pub(super) line: usize,
    /// The column of the content that [`Cursor::end_line`] found last.
    pub(super) column: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(bytes: &'s [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            line: at,
            column: 0,
        }
    }

    /// The byte at a place; 0, which no text holds, past the end.
    pub(super) fn byte_at(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(super) fn byte(&self) -> u8 {
        self.byte_at(self.at)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn is_at_line_end(&self) -> bool {
        matches!(self.byte(), b'\n' | b'\r' | 0)
    }

    /// Whether the next content begins in a column.
    pub(super) fn is_at(&self, column: usize) -> bool {
        self.column == column && !self.is_at_end()
    }

    /// Whether the next content begins in a column or to the right of it.
    pub(super) fn is_within(&self, column: usize) -> bool {
        self.column >= column && !self.is_at_end()
    }

    /// The column of the cursor itself; only spaces and dashes stand before it.
    pub(super) fn column_here(&self) -> usize {
        self.at - self.line
    }

    /// Whether a list item begins here.
    pub(super) fn is_entry(&self) -> bool {
        self.byte() == b'-' && self.is_blank_at(self.at + 1)
    }

    pub(super) fn is_blank_at(&self, at: usize) -> bool {
        matches!(self.byte_at(at), b' ' | b'\n' | b'\r' | 0)
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.byte() == b' ' {
            self.at += 1;
        }
    }

    /// Goes to the colon that makes a key of what stands before it on the line.
    pub(super) fn skip_to_colon(&mut self) -> bool {
        self.skip_spaces();
        self.byte() == b':' && self.is_blank_at(self.at + 1)
    }

    /// Goes to the end of the line, past a comment that a space or the line begins; `None` if
    /// anything else stands there.
    pub(super) fn skip_comment(&mut self) -> Option<bool> {
        self.skip_spaces();
        let is_comment = self.byte() == b'#';
        if is_comment {
            let is_separate = self.at == self.line || self.bytes[self.at - 1] == b' ';
            is_separate.then_some(())?;
            self.at = self.line_end();
        }
        self.is_at_line_end().then_some(is_comment)
    }

    /// Goes past the end of the line, where only a comment may stand, to the next content. Gives
    /// the number of line breaks if no comment came between, else 0.
    pub(super) fn end_line(&mut self) -> Option<usize> {
        let is_commented = self.skip_comment()?;
        let breaks = self.skip_to_content()?;
        Some(if is_commented { 0 } else { breaks })
    }

    /// To the first content of the text, past the `---` that may stand before it.
    pub(super) fn start(&mut self) -> Option<()> {
        self.skip_blank_lines();
        if self.is_marker() {
            (self.byte() == b'-').then_some(())?;
            self.at += 3;
            self.end_line()?;
        }
        Some(())
    }

    /// From white space that begins a line, or from the end of a line, to the next content of the
    /// document; `None` if that is the marker of another. Gives what [`Cursor::end_line`] gives.
    pub(super) fn skip_to_content(&mut self) -> Option<usize> {
        let breaks = self.skip_blank_lines();
        (!self.is_marker()).then_some(breaks)
    }

    fn skip_blank_lines(&mut self) -> usize {
        let (mut breaks, mut is_commented) = (0, false);
        loop {
            self.skip_spaces();
            match self.byte() {
                b'#' => {
                    is_commented = true;
                    self.at = self.line_end();
                }
                b'\n' | b'\r' => {
                    self.skip_break();
                    breaks += 1;
                }
                _ => break,
            }
        }
        self.column = self.column_here();
        if is_commented { 0 } else { breaks }
    }

    pub(super) fn skip_break(&mut self) {
        self.at += if self.byte() == b'\r' { 2 } else { 1 };
        self.line = self.at;
    }

    /// Where the line of the cursor ends, before its line break.
    pub(super) fn line_end(&self) -> usize {
        let rest = &self.bytes[self.at..];
        let end = self.at + memchr(b'\n', rest).unwrap_or(rest.len());
        if end > self.at && self.byte_at(end) == b'\n' && self.bytes[end - 1] == b'\r' {
            end - 1
        } else {
            end
        }
    }

    fn is_marker(&self) -> bool {
        let here = &self.bytes[self.at..];
        self.column == 0
            && (here.starts_with(b"---") || here.starts_with(b"..."))
            && self.is_blank_at(self.at + 3)
    }
}
