//! Comma-separated values (RFC 4180), read by the `csv` crate, with what it forgives reported.

use csv::ByteRecord;

use super::mapping::Mapping;
use super::report::{Problem, WhySkipped};
use super::table::{Cell, LineCounter, Row, after_mark};
use crate::text::closest;

/// Reads the columns that `mapping` names.
///
/// # Errors
/// Every problem that leaves no row readable.
pub(super) fn read(table: &[u8], mapping: &Mapping) -> Result<Vec<Row>, Vec<Problem>> {
    let table = after_mark(table).map_err(|problem| vec![problem])?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(mapping.delimiter)
        .from_reader(table);
    let unreadable = |error: &csv::Error| {
        vec![Problem::Unreadable {
            reason: error.to_string(),
        }]
    };
    let mut record = ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return Err(vec![Problem::NoHeader]),
        Err(error) => return Err(unreadable(&error)),
    }
    let header = header(&record)?;
    let columns = columns(&header, mapping)?;
    let open_quote = open_quote(table, mapping.delimiter);
    let mut lines = LineCounter::new(table);
    let mut rows: Vec<Row> = Vec::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(unreadable(&error)),
        }
        let start = record.position().map_or(0, |at| at.byte() as usize);
        // The position may still be at the line break of the row before.
        let breaks = table[start.min(table.len())..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        rows.push(Row {
            number: rows.len() + 1,
            line: lines.line_of(start + breaks.count()),
            cells: cells(&record, header.len(), &columns),
        });
    }
    if let Some(offset) = open_quote {
        let line = LineCounter::new(table).line_of(offset);
        match rows.last_mut() {
            Some(last) => last.cells = Err(WhySkipped::OpenQuote { line }),
            None => return Err(vec![Problem::OpenQuote]),
        }
    }
    Ok(rows)
}

fn header(record: &ByteRecord) -> Result<Vec<String>, Vec<Problem>> {
    let mut names: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for cell in record {
        let Ok(name) = std::str::from_utf8(cell) else {
            return Err(vec![Problem::NotUtf8]);
        };
        let name = name.trim();
        let earlier = names.iter().position(|other| other == name);
        if let Some(earlier) = earlier.filter(|_| !name.is_empty()) {
            problems.push(Problem::DuplicateColumn {
                column: name.to_owned(),
                first: earlier + 1,
                second: names.len() + 1,
            });
        }
        names.push(name.to_owned());
    }
    if problems.is_empty() {
        Ok(names)
    } else {
        Err(problems)
    }
}

/// The position in the header of each column that the mapping names.
fn columns(header: &[String], mapping: &Mapping) -> Result<Vec<usize>, Vec<Problem>> {
    let mut columns = Vec::new();
    let mut problems = Vec::new();
    for (name, at) in &mapping.columns {
        match header.iter().position(|column| column == name) {
            Some(position) => columns.push(position),
            None => problems.push(Problem::MissingColumn {
                column: name.clone(),
                mapping_line: at.line,
                mapping_column: at.column,
                meant: closest(name, header.iter().map(String::as_str)).map(str::to_owned),
            }),
        }
    }
    if problems.is_empty() {
        Ok(columns)
    } else {
        Err(problems)
    }
}

fn cells(record: &ByteRecord, width: usize, columns: &[usize]) -> Result<Vec<Cell>, WhySkipped> {
    if record.len() != width {
        return Err(WhySkipped::Ragged {
            cells: record.len(),
            columns: width,
        });
    }
    let mut cells = Vec::with_capacity(columns.len());
    for position in columns {
        let bytes = record.get(*position).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| WhySkipped::NotUtf8)?;
        cells.push(Cell::of_text(text));
    }
    Ok(cells)
}

/// Where a quote opens that is never closed. The `csv` crate takes the rest of the file as one
/// cell then, and swallows the rows in it.
fn open_quote(table: &[u8], delimiter: u8) -> Option<usize> {
    let mut opened = None;
    let mut is_cell_start = true;
    let mut at = 0;
    while let Some(byte) = table.get(at) {
        if opened.is_some() {
            match (byte, table.get(at + 1)) {
                (b'"', Some(b'"')) => at += 1,
                (b'"', _) => opened = None,
                _ => {}
            }
            is_cell_start = false;
        } else {
            opened = (is_cell_start && *byte == b'"').then_some(at);
            is_cell_start = *byte == delimiter || matches!(byte, b'\r' | b'\n');
        }
        at += 1;
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::open_quote;

    #[test]
    fn only_a_quote_that_is_never_closed_is_open() {
        for closed in [
            "a,b\n1,2",
            "\"a\"\"\",b\n",
            "a \"b,c\n",
            "\"\"\"\"\n",
            "\"a\nb\",\"\"\n",
        ] {
            assert_eq!(open_quote(closed.as_bytes(), b','), None, "{closed}");
        }
        assert_eq!(open_quote(b"a,b\n1,\"2\n3,4\n", b','), Some(6));
        assert_eq!(open_quote(b"a;\"b\"\"", b';'), Some(2));
    }
}
