//! JSON of reports: indented, and each row of a table in one line. So a large table stays small, and
//! what differs between two reports is seen row by row.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::json::steers_a_terminal;

/// The key whose list has a line for each item.
const ROWS: &str = "rows";

/// Indented JSON with the items of every list called `rows` in one line each, and with what steers
/// a terminal escaped.
pub fn render_json_rows(report: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Lines::default());
    // Numbers, texts and lists only: this cannot fail.
    let _ = report.serialize(&mut serializer);
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

#[derive(Default)]
struct Lines {
    depth: usize,
    /// The depth of the rows that are being written.
    rows: Option<usize>,
    has_value: bool,
    is_key: bool,
    key: String,
}

impl Lines {
    fn is_flat(&self) -> bool {
        self.rows.is_some_and(|rows| self.depth > rows)
    }

    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, sign: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        writer.write_all(sign)
    }

    fn close<W: ?Sized + Write>(&mut self, writer: &mut W, sign: &[u8]) -> io::Result<()> {
        let is_flat = self.is_flat();
        if self.rows == Some(self.depth) {
            self.rows = None;
        }
        self.depth -= 1;
        if self.has_value && !is_flat {
            self.line(writer)?;
        }
        writer.write_all(sign)
    }

    fn next<W: ?Sized + Write>(&self, writer: &mut W, is_first: bool) -> io::Result<()> {
        if !is_first {
            writer.write_all(b",")?;
        }
        match self.is_flat() {
            true => Ok(()),
            false => self.line(writer),
        }
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")?;
        if self.rows.is_none() && self.key == ROWS {
            self.rows = Some(self.depth);
        }
        self.key.clear();
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)?;
        self.is_key = true;
        self.key.clear();
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.is_flat() { b":" } else { b": " })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if self.is_key {
            self.key.push_str(fragment);
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|it| steers_a_terminal(it.1)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render_json_rows;

    #[test]
    fn rows_have_a_line_each_and_all_else_is_indented() {
        let table = json!({
            "a": [],
            "rows": [{"cells": [[{"text": "x\u{202e}y"}], []]}, {"cells": [], "rows": [1, 2]}],
            "z": {"rows": []},
        });
        let expected = [
            "{",
            "  \"a\": [],",
            "  \"rows\": [",
            "    {\"cells\":[[{\"text\":\"x\\u202ey\"}],[]]},",
            "    {\"cells\":[],\"rows\":[1,2]}",
            "  ],",
            "  \"z\": {",
            "    \"rows\": []",
            "  }",
            "}",
            "",
        ];
        assert_eq!(render_json_rows(&table), expected.join("\n"));
    }
}
