//! JSON lines: one object a line.
//!
//! Numbers that JSON readers round are taken from the line as it is written, so that `1.10` never
//! becomes `1.1`; where that is not possible the cell is reported instead.

use std::borrow::Cow;

use serde_json::Value;

use super::mapping::Mapping;
use super::report::{Problem, WhySkipped, WhyUnknown};
use super::table::{Cell, Row, after_mark};
use crate::document::{Limits, Tree, escape_token, parse};

/// Reads the columns that `mapping` names: keys of the object, or pointers such as `/owner/name`.
///
/// # Errors
/// Every problem that leaves no row readable.
pub(super) fn read(table: &[u8], mapping: &Mapping) -> Result<Vec<Row>, Vec<Problem>> {
    let table = after_mark(table).map_err(|problem| vec![problem])?;
    let pointers: Vec<Cow<'_, str>> = mapping
        .columns
        .iter()
        .map(|(name, _)| pointer_of(name))
        .collect();
    let rows: Vec<Row> = table
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .enumerate()
        .map(|(index, (line, bytes))| Row {
            number: index + 1,
            line: line + 1,
            cells: cells(bytes, &pointers),
        })
        .collect();
    if rows.is_empty() {
        return Err(vec![Problem::NoHeader]);
    }
    Ok(rows)
}

/// A column is a key of the object, unless it is a pointer already.
fn pointer_of(column: &str) -> Cow<'_, str> {
    if column.starts_with('/') {
        Cow::Borrowed(column)
    } else {
        Cow::Owned(format!("/{}", escape_token(column)))
    }
}

fn cells(line: &[u8], pointers: &[Cow<'_, str>]) -> Result<Vec<Cell>, WhySkipped> {
    let line = std::str::from_utf8(line).map_err(|_| WhySkipped::NotUtf8)?;
    let row: Value = serde_json::from_str(line).map_err(|error| WhySkipped::NotJson {
        column: error.column(),
    })?;
    if !row.is_object() {
        return Err(WhySkipped::NotAnObject);
    }
    // JSON is YAML: our own tree keeps the text of numbers, and keys that stand there twice.
    let tree = parse(line.trim().into(), &Limits::default()).ok();
    if let Some(key) = tree.as_ref().and_then(duplicate) {
        return Err(WhySkipped::DuplicateKey { key });
    }
    let cells = pointers
        .iter()
        .map(|pointer| cell(&row, pointer, tree.as_ref()));
    Ok(cells.collect())
}

fn duplicate(tree: &Tree) -> Option<String> {
    let duplicate = tree.duplicates().first()?;
    Some(tree.node(duplicate.second).scalar_text().to_owned())
}

fn cell(row: &Value, pointer: &str, tree: Option<&Tree>) -> Cell {
    match row.pointer(pointer) {
        None => Cell::Unusable(String::new(), WhyUnknown::NoKey),
        Some(Value::Null) => Cell::Unusable("null".to_owned(), WhyUnknown::Null),
        Some(Value::Bool(truth)) => Cell::Bool(*truth),
        Some(Value::String(text)) => Cell::of_text(text),
        Some(value @ (Value::Array(_) | Value::Object(_))) => {
            Cell::Unusable(value.to_string(), WhyUnknown::NotOneValue)
        }
        Some(Value::Number(number)) if !number.is_f64() => Cell::Number(number.clone()),
        Some(Value::Number(number)) => {
            let written = tree.and_then(|tree| Some(tree.at_pointer(pointer)?.scalar_text()));
            match written {
                Some(written) if written == number.to_string() => Cell::Number(number.clone()),
                Some(written) => Cell::Text(written.to_owned()),
                None => Cell::Unusable(number.to_string(), WhyUnknown::Rounded),
            }
        }
    }
}
