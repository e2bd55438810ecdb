//! The subset reader: YAML as records are written, many times faster than the reference.
//!
//! It knows one document of block maps and lists, flow collections, plain, quoted and block
//! scalars and comments. Whatever else it meets, and every mistake, makes it give up (`None`), and
//! the reference reads the text from its beginning. So it never has to be complete, and never says
//! what is wrong; but what it does read must be the tree of the reference, node by node and byte by
//! byte. `tests/readers.rs` holds the two against each other.

mod characters;
mod cursor;
mod flow;
mod scalar;

use self::cursor::Cursor;
use super::build::{Builder, Scalar};
use super::parse::{Limits, ParseError};
use super::tree::{Kind, Style, Tree};
use crate::text::Span;

/// The tree of a text, which does not hold the text yet; `None` if the text is not written plainly.
pub(super) fn read(source: &str, limits: &Limits) -> Option<Tree> {
    let start = characters::start(source)?;
    let mut reader = Reader {
        cursor: Cursor::new(source.as_bytes(), start),
        builder: Builder::new(source, limits),
        source,
    };
    reader.document()?;
    Some(reader.builder.finish())
}

/// Reads at the cursor and appends to the arena.
///
/// `below` is the smallest column of what belongs to the innermost block collection: one more than
/// its own column. Whoever reads a value leaves the cursor at the next content, on a later line.
struct Reader<'s> {
    source: &'s str,
    cursor: Cursor<'s>,
    builder: Builder<'s>,
}

/// What to do when the arena refuses a node: the reference will meet the same limit and say so.
fn kept<T>(built: Result<T, ParseError>) -> Option<T> {
    built.ok()
}

impl<'s> Reader<'s> {
    fn document(&mut self) -> Option<()> {
        self.cursor.start()?;
        let column = self.cursor.column;
        if self.cursor.is_entry() {
            self.list(column, false)?;
        } else {
            let key = self.key()?;
            self.map(column, &key)?;
        }
        self.cursor.is_at_end().then_some(())
    }

    /// A value that begins at the cursor, and may be a map or list in block style.
    fn block_node(&mut self, below: usize) -> Option<()> {
        let column = self.cursor.column_here();
        match self.cursor.byte() {
            b'-' if self.cursor.is_entry() => self.list(column, false),
            b'[' | b'{' | b'|' | b'>' => self.value(below),
            quote @ (b'"' | b'\'') => {
                let scalar = self.quoted(quote, below)?;
                if self.cursor.skip_to_colon() && self.is_key(&scalar) {
                    return self.map(column, &scalar);
                }
                self.append(&scalar)?;
                self.cursor.end_line().map(|_| ())
            }
            _ => {
                let first = self.plain(false)?;
                if self.cursor.skip_to_colon() && self.is_key(&first) {
                    return self.map(column, &first);
                }
                self.wrapped(first, below)
            }
        }
    }

    /// A value that begins at the cursor and is no block collection.
    fn value(&mut self, below: usize) -> Option<()> {
        match self.cursor.byte() {
            b'[' | b'{' => {
                self.flow(below)?;
                self.cursor.end_line().map(|_| ())
            }
            style @ (b'|' | b'>') => self.block_scalar(style, below),
            quote @ (b'"' | b'\'') => {
                let scalar = self.quoted(quote, below)?;
                self.append(&scalar)?;
                self.cursor.end_line().map(|_| ())
            }
            _ => {
                let first = self.plain(false)?;
                self.wrapped(first, below)
            }
        }
    }

    /// A block map, from behind its first key on.
    fn map(&mut self, column: usize, first: &Scalar) -> Option<()> {
        kept(
            self.builder
                .open(Kind::Map, Style::Plain, Span::at(first.span.start)),
        )?;
        self.append(first)?;
        self.pair_value(column)?;
        while self.cursor.is_at(column) {
            let key = self.key()?;
            self.append(&key)?;
            self.pair_value(column)?;
        }
        self.close_block(column)
    }

    /// The key at the cursor, which is left at the colon.
    fn key(&mut self) -> Option<Scalar> {
        let key = match self.cursor.byte() {
            quote @ (b'"' | b'\'') => self.quoted(quote, usize::MAX)?,
            _ => self.plain(false)?,
        };
        (self.cursor.skip_to_colon() && self.is_key(&key)).then_some(key)
    }

    /// The colon at the cursor and the value behind it, of a map in `column`.
    fn pair_value(&mut self, column: usize) -> Option<()> {
        let colon = self.cursor.at;
        self.cursor.at += 1;
        self.cursor.skip_spaces();
        if !self.cursor.is_at_line_end() && self.cursor.byte() != b'#' {
            return self.value(column + 1);
        }
        self.cursor.end_line()?;
        if self.cursor.is_within(column + 1) {
            self.block_node(column + 1)
        } else if self.cursor.is_at(column) && self.cursor.is_entry() {
            self.list(column, true)
        } else {
            kept(self.builder.absent(colon as u32)).map(|_| ())
        }
    }

    /// A block list; `is_flush` if its dashes stand in the column of the keys around it.
    fn list(&mut self, column: usize, is_flush: bool) -> Option<()> {
        let mut is_open = false;
        loop {
            let dash = self.cursor.at;
            self.cursor.at += 1;
            self.cursor.skip_spaces();
            let is_bare = self.cursor.is_at_line_end() || self.cursor.byte() == b'#';
            if is_bare {
                self.cursor.skip_comment()?;
            }
            let behind = self.cursor.at;
            if !is_open {
                // The reference sees the start of a flush list only at its first value.
                let start = if is_flush { behind } else { dash };
                kept(
                    self.builder
                        .open(Kind::List, Style::Plain, Span::at(start as u32)),
                )?;
                is_open = true;
            }
            if is_bare {
                self.cursor.end_line()?;
            }
            if !is_bare || self.cursor.is_within(column + 1) {
                self.block_node(column + 1)?;
            } else {
                kept(self.builder.absent(behind as u32))?;
            }
            if !self.cursor.is_at(column) {
                break;
            }
            if !self.cursor.is_entry() {
                // Only a key may follow a list in its own column.
                is_flush.then_some(())?;
                break;
            }
        }
        self.close_block(column)
    }

    /// Closes a block collection, behind which nothing may be indented more.
    fn close_block(&mut self, column: usize) -> Option<()> {
        if self.cursor.is_within(column + 1) {
            return None;
        }
        kept(self.builder.close(0)).map(|_| ())
    }

    fn append(&mut self, scalar: &Scalar) -> Option<()> {
        kept(self.builder.scalar(scalar)).map(|_| ())
    }

    fn text(&self, span: Span) -> Option<&'s str> {
        self.source.get(span.range())
    }

    /// Whether a scalar before a colon can be a key: on one line, and of a length that every parser
    /// looks ahead.
    fn is_key(&self, scalar: &Scalar) -> bool {
        const LONGEST: usize = 1000;
        let start = scalar.span.start as usize;
        start >= self.cursor.line && self.cursor.at - start <= LONGEST
    }
}
