//! Lists in brackets and maps in braces.

use super::super::build::Scalar;
use super::super::tree::{Kind, Style};
use super::{Reader, kept};
use crate::text::Span;

impl Reader<'_> {
    /// The flow collection at the cursor, which is left behind its closing bracket.
    pub(super) fn flow(&mut self, below: usize) -> Option<()> {
        let (kind, close) = match self.cursor.byte() {
            b'{' => (Kind::Map, b'}'),
            _ => (Kind::List, b']'),
        };
        kept(
            self.builder
                .open(kind, Style::Flow, Span::at(self.cursor.at as u32)),
        )?;
        self.cursor.at += 1;
        self.flow_space(below)?;
        while self.cursor.byte() != close {
            match kind {
                Kind::Map => self.flow_pair(below)?,
                _ => self.flow_node(below)?,
            }
            self.flow_space(below)?;
            if self.cursor.byte() == b',' {
                self.cursor.at += 1;
                self.flow_space(below)?;
            } else if self.cursor.byte() != close {
                return None;
            }
        }
        self.cursor.at += 1;
        kept(self.builder.close(self.cursor.at as u32)).map(|_| ())
    }

    fn flow_node(&mut self, below: usize) -> Option<()> {
        match self.cursor.byte() {
            b'[' | b'{' => self.flow(below),
            _ => {
                let scalar = self.flow_scalar(below)?;
                self.append(&scalar)
            }
        }
    }

    /// A pair, or a key alone.
    fn flow_pair(&mut self, below: usize) -> Option<()> {
        let key = self.flow_scalar(below)?;
        if self.cursor.skip_to_colon() {
            self.is_key(&key).then_some(())?;
            self.append(&key)?;
            let colon = self.cursor.at;
            self.cursor.at += 1;
            self.flow_space(below)?;
            if matches!(self.cursor.byte(), b',' | b'}') {
                return kept(self.builder.absent(colon as u32)).map(|_| ());
            }
            return self.flow_node(below);
        }
        self.append(&key)?;
        self.flow_space(below)?;
        matches!(self.cursor.byte(), b',' | b'}').then_some(())?;
        kept(self.builder.absent(self.cursor.at as u32)).map(|_| ())
    }

    fn flow_scalar(&mut self, below: usize) -> Option<Scalar> {
        match self.cursor.byte() {
            quote @ (b'"' | b'\'') => self.quoted(quote, below),
            _ => self.plain(true),
        }
    }

    /// Goes to the next content, which may stand on a later line; `None` if it is indented too
    /// little.
    fn flow_space(&mut self, below: usize) -> Option<()> {
        self.cursor.skip_spaces();
        if self.cursor.byte() == b'#' || self.cursor.is_at_line_end() {
            self.cursor.end_line()?;
            return self.cursor.is_within(below).then_some(());
        }
        Some(())
    }
}
