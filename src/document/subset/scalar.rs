//! Scalars: plain and wrapped, quoted, literal and folded.

use memchr::memchr3;

use super::super::build::{Scalar, Stored};
use super::super::tree::Style;
use super::Reader;
use crate::text::Span;

/// Bytes that may end a plain scalar, in block and in flow collections.
const ENDS_BLOCK: u8 = 1;
const ENDS_FLOW: u8 = 2;

const ENDS: [u8; 256] = {
    let mut ends = [0; 256];
    let mut at = 0;
    let both = b"\n\r:#";
    while at < both.len() {
        ends[both[at] as usize] = ENDS_BLOCK | ENDS_FLOW;
        at += 1;
    }
    let flow = b",[]{}";
    at = 0;
    while at < flow.len() {
        ends[flow[at] as usize] = ENDS_FLOW;
        at += 1;
    }
    ends
};

impl Reader<'_> {
    /// The plain scalar at the cursor, as far as it stands on this line.
    pub(super) fn plain(&mut self, in_flow: bool) -> Option<Scalar> {
        let begins = match self.cursor.byte() {
            b'-' => {
                let next = self.cursor.byte_at(self.cursor.at + 1);
                !self.cursor.is_blank_at(self.cursor.at + 1) && ENDS[next as usize] & ENDS_FLOW == 0
            }
            // What no plain scalar begins with, or only some.
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
            | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => false,
            _ => true,
        };
        begins.then_some(())?;
        let span = self.plain_line(in_flow)?;
        Some(Scalar {
            style: Style::Plain,
            span,
            text: Stored::InSource(span),
        })
    }

    /// The text at the cursor up to what ends a plain scalar, without the spaces before that.
    fn plain_line(&mut self, in_flow: bool) -> Option<Span> {
        let bytes = self.cursor.bytes;
        let start = self.cursor.at;
        let ends = if in_flow { ENDS_FLOW } else { ENDS_BLOCK };
        let mut at = start;
        loop {
            let rest = &bytes[at..];
            let run = rest
                .iter()
                .position(|byte| ENDS[*byte as usize] & ends != 0);
            at += run.unwrap_or(rest.len());
            let goes_on = match bytes.get(at) {
                Some(b':') => {
                    let next = self.cursor.byte_at(at + 1);
                    let is_flow = in_flow && matches!(next, b',' | b'[' | b']' | b'{' | b'}');
                    !self.cursor.is_blank_at(at + 1) && !is_flow
                }
                Some(b'#') => at > start && bytes[at - 1] != b' ',
                _ => false,
            };
            if !goes_on {
                break;
            }
            at += 1;
        }
        while at > start && bytes[at - 1] == b' ' {
            at -= 1;
        }
        self.cursor.at = at;
        (at > start).then(|| Span::new(start as u32, at as u32))
    }

    /// Appends a plain scalar that may go on on the lines below, and ends its line.
    pub(super) fn wrapped(&mut self, first: Scalar, below: usize) -> Option<()> {
        let mut scalar = first;
        let mut breaks = self.cursor.end_line()?;
        if breaks > 0 && self.cursor.is_within(below) {
            let start = self.builder.decoded.len();
            let mut line = scalar.span;
            loop {
                self.builder.decoded.push_str(self.text(line)?);
                if breaks == 0 || !self.cursor.is_within(below) {
                    break;
                }
                fold(&mut self.builder.decoded, breaks);
                line = self.plain_line(false)?;
                breaks = self.cursor.end_line()?;
            }
            scalar.span.end = line.end;
            scalar.text = self.builder.decoded_since(start);
        }
        self.append(&scalar)
    }

    /// The quoted scalar at the cursor, which is left behind its closing quote.
    pub(super) fn quoted(&mut self, quote: u8, below: usize) -> Option<Scalar> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let inside = self.cursor.at;
        let rest = &self.cursor.bytes[inside..];
        // A backslash is nothing special between single quotes.
        let escape = if quote == b'"' { b'\\' } else { b'\n' };
        let at = inside + memchr3(quote, escape, b'\n', rest)?;
        let is_verbatim = self.cursor.bytes[at] == quote
            && at > inside
            && (quote == b'"' || self.cursor.byte_at(at + 1) != quote);
        let text = if is_verbatim {
            self.cursor.at = at + 1;
            Stored::InSource(Span::new(inside as u32, at as u32))
        } else {
            let from = self.builder.decoded.len();
            self.unquote(quote, below)?;
            self.builder.decoded_since(from)
        };
        Some(Scalar {
            style: if quote == b'"' {
                Style::DoubleQuoted
            } else {
                Style::SingleQuoted
            },
            span: Span::new(start as u32, self.cursor.at as u32),
            text,
        })
    }

    /// Decodes up to the closing quote, and goes past it.
    fn unquote(&mut self, quote: u8, below: usize) -> Option<()> {
        // Spaces behind this length of the buffer end a line, if the line ends.
        let mut kept = self.builder.decoded.len();
        loop {
            let start = self.cursor.at;
            let is_special = |byte: &u8| matches!(byte, b'\\' | b'\n' | b'\r') || *byte == quote;
            let run = self.cursor.bytes[start..].iter().position(is_special)?;
            if run > 0 {
                let end = start + run;
                let text = self.text(Span::new(start as u32, end as u32))?;
                let trimmed = text.trim_end_matches(' ').len();
                if trimmed > 0 {
                    kept = self.builder.decoded.len() + trimmed;
                }
                self.builder.decoded.push_str(text);
                self.cursor.at = end;
            }
            match self.cursor.byte() {
                b'\n' | b'\r' => {
                    self.builder.decoded.truncate(kept);
                    let breaks = self.skip_breaks();
                    let column = self.cursor.column_here();
                    (column >= below).then_some(())?;
                    fold(&mut self.builder.decoded, breaks);
                    kept = self.builder.decoded.len();
                }
                b'\\' if quote == b'"' => {
                    let c = self.escape()?;
                    self.builder.decoded.push(c);
                    kept = self.builder.decoded.len();
                }
                b'\\' => {
                    self.builder.decoded.push('\\');
                    kept = self.builder.decoded.len();
                    self.cursor.at += 1;
                }
                _ if quote == b'\'' && self.cursor.byte_at(self.cursor.at + 1) == quote => {
                    self.builder.decoded.push('\'');
                    kept = self.builder.decoded.len();
                    self.cursor.at += 2;
                }
                _ => {
                    self.cursor.at += 1;
                    return Some(());
                }
            }
        }
    }

    /// Goes past line breaks and the blanks between them.
    fn skip_breaks(&mut self) -> usize {
        let mut breaks = 0;
        while matches!(self.cursor.byte(), b'\n' | b'\r') {
            self.cursor.skip_break();
            breaks += 1;
            self.cursor.skip_spaces();
        }
        breaks
    }

    /// The character of the escape at the cursor, which is left behind it.
    fn escape(&mut self) -> Option<char> {
        let (c, digits) = match self.cursor.byte_at(self.cursor.at + 1) {
            b'n' => ('\n', 0),
            b't' => ('\t', 0),
            b'r' => ('\r', 0),
            b'"' => ('"', 0),
            b'\\' => ('\\', 0),
            b'/' => ('/', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            b'U' => ('\0', 8),
            _ => return None,
        };
        let start = self.cursor.at + 2;
        self.cursor.at = start + digits;
        if digits == 0 {
            return Some(c);
        }
        let mut code = 0;
        for digit in self.cursor.bytes.get(start..start + digits)? {
            code = (code << 4) | char::from(*digit).to_digit(16)?;
        }
        char::from_u32(code)
    }

    /// Appends the literal or folded scalar at the cursor.
    pub(super) fn block_scalar(&mut self, style: u8, below: usize) -> Option<()> {
        self.cursor.at += 1;
        let chomping = self.cursor.byte();
        if matches!(chomping, b'-' | b'+') {
            self.cursor.at += 1;
        }
        self.cursor.skip_comment()?;
        if self.cursor.is_at_end() {
            return None;
        }
        let from = self.builder.decoded.len();
        let mut blanks = self.skip_to_first_line(below)?;
        let start = self.cursor.at;
        let indent = self.cursor.column_here();
        let is_folded = style == b'>';
        // Whether a line stands before, and whether it was indented more than the first.
        let (mut has_line, mut was_deeper) = (false, false);
        while self.cursor.column_here() == indent && !self.cursor.is_at_end() {
            let is_deeper = self.cursor.byte() == b' ';
            if is_folded && has_line && !was_deeper && !is_deeper {
                fold(&mut self.builder.decoded, blanks + 1);
            } else {
                push_breaks(&mut self.builder.decoded, blanks + usize::from(has_line));
            }
            let end = self.cursor.line_end();
            let line = self.text(Span::new(self.cursor.at as u32, end as u32))?;
            self.builder.decoded.push_str(line);
            (has_line, was_deeper) = (true, is_deeper);
            blanks = 0;
            self.cursor.at = end;
            if self.cursor.is_at_end() {
                break;
            }
            self.cursor.skip_break();
            blanks = self.skip_indentation(indent);
        }
        if chomping != b'-' {
            self.builder.decoded.push('\n');
        }
        if chomping == b'+' {
            push_breaks(&mut self.builder.decoded, blanks);
        }
        let scalar = Scalar {
            style: if is_folded {
                Style::Folded
            } else {
                Style::Literal
            },
            span: Span::new(start as u32, self.cursor.at as u32),
            text: self.builder.decoded_since(from),
        };
        self.append(&scalar)?;
        self.cursor.skip_to_content().map(|_| ())
    }

    /// From the header of a block scalar to its first line, past blank lines, none of which may be
    /// wider than that line is indented; gives their number.
    fn skip_to_first_line(&mut self, below: usize) -> Option<usize> {
        let (mut blanks, mut widest) = (0, below);
        self.cursor.skip_break();
        loop {
            self.cursor.skip_spaces();
            widest = widest.max(self.cursor.column_here());
            match self.cursor.byte() {
                b'\n' | b'\r' => {
                    self.cursor.skip_break();
                    blanks += 1;
                }
                0 => return None,
                _ => break,
            }
        }
        (widest == self.cursor.column_here()).then_some(blanks)
    }

    /// Goes past blank lines and the indentation of the next line; gives the number of the former.
    fn skip_indentation(&mut self, indent: usize) -> usize {
        let mut blanks = 0;
        loop {
            while self.cursor.column_here() < indent && self.cursor.byte() == b' ' {
                self.cursor.at += 1;
            }
            if !matches!(self.cursor.byte(), b'\n' | b'\r') {
                return blanks;
            }
            self.cursor.skip_break();
            blanks += 1;
        }
    }
}

/// Writes what stands for line breaks between lines that are joined.
fn fold(text: &mut String, breaks: usize) {
    if breaks == 1 {
        text.push(' ');
    } else {
        push_breaks(text, breaks - 1);
    }
}

fn push_breaks(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n('\n', count));
}
