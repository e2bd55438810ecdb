//! From rows to records, in memory: the same table and mapping always give the same bytes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::date::{DatePatterns, NoDate};
use super::mapping::{
    ColumnId, Conversion, Field, IdRule, Mapping, NumberFrom, RowName, TableFormat, TextName,
};
use super::report::{Problem, SkippedRow, UnknownField, WhySkipped, WhyUnknown, rows_by_column};
use super::table::{Cell, Row};
use super::target::Draft;
use super::{csv_table, incident, json_lines};
use crate::author::record_yaml;
use crate::document::Limits;

/// One record as it would be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRecord {
    /// The row it comes from, from 1 after the header.
    pub row: usize,
    /// The id.
    pub id: String,
    /// The file, relative to the folder imported into, with `/`.
    pub path: String,
    /// The text of the file.
    pub yaml: String,
}

/// What an import would do. Nothing has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportPlan {
    /// Rows read, those that become no record included.
    pub rows: usize,
    /// The records, in the order of the table.
    pub records: Vec<PlannedRecord>,
    /// Cells that leave a key out of their record.
    pub unknown: Vec<UnknownField>,
    /// Rows that become no record.
    pub skipped: Vec<SkippedRow>,
    /// Why the table cannot be imported at all; there are no records then.
    pub problems: Vec<Problem>,
}

impl ImportPlan {
    /// For each column, in alphabetical order, the number of rows in which it leaves a key out.
    pub fn unknown_by_column(&self) -> BTreeMap<&str, usize> {
        rows_by_column(&self.unknown)
    }
}

/// Converts a table, writing nothing. `source_name` is what `{source}` stands for: the name of
/// the table's file, without its folder.
pub fn plan(table: &[u8], format: TableFormat, mapping: &Mapping, source_name: &str) -> ImportPlan {
    let rows = match format {
        TableFormat::Csv => csv_table::read(table, mapping),
        TableFormat::JsonLines => json_lines::read(table, mapping),
    };
    let mut plan = ImportPlan {
        rows: 0,
        records: Vec::new(),
        unknown: Vec::new(),
        skipped: Vec::new(),
        problems: Vec::new(),
    };
    let rows = match rows {
        Ok(rows) => rows,
        Err(problems) => {
            plan.problems = problems;
            return plan;
        }
    };
    plan.rows = rows.len();
    let mut taken = Taken::default();
    for row in &rows {
        let converted = row.cells.as_ref().map_err(Clone::clone).and_then(|cells| {
            Converter {
                mapping,
                row,
                cells,
                source_name,
            }
            .record()
        });
        let converted = converted.and_then(|(record, unknown)| {
            taken.take(&record)?;
            Ok((record, unknown))
        });
        match converted {
            Ok((record, unknown)) => {
                plan.records.push(record);
                plan.unknown.extend(unknown);
            }
            Err(why) => plan.skipped.push(SkippedRow {
                row: row.number,
                line: row.line,
                why,
            }),
        }
    }
    plan
}

/// The rows that ids and paths belong to. In lower case: two paths that differ in case only are
/// one file on many systems.
#[derive(Default)]
struct Taken {
    ids: BTreeMap<String, usize>,
    paths: BTreeMap<String, usize>,
}

impl Taken {
    fn take(&mut self, record: &PlannedRecord) -> Result<(), WhySkipped> {
        let (id, path) = (record.id.to_lowercase(), record.path.to_lowercase());
        let earlier = self.ids.get(&id).or_else(|| self.paths.get(&path));
        if let Some(row) = earlier {
            return Err(WhySkipped::SameId {
                id: record.id.clone(),
                row: *row,
            });
        }
        self.ids.insert(id, record.row);
        self.paths.insert(path, record.row);
        Ok(())
    }
}

/// One row on its way to a record.
struct Converter<'p> {
    mapping: &'p Mapping,
    row: &'p Row,
    cells: &'p [Cell],
    source_name: &'p str,
}

/// A cell that cannot be used: which, and why.
type Unknown = (ColumnId, WhyUnknown);

impl Converter<'_> {
    fn record(&self) -> Result<(PlannedRecord, Vec<UnknownField>), WhySkipped> {
        let mut values = Vec::new();
        let mut unknown = Vec::new();
        for field in &self.mapping.fields {
            match self.value(field) {
                Ok(Some(value)) => values.push((&field.to, value)),
                Ok(None) => {}
                Err(reason) => unknown.push((reason, &field.to)),
            }
        }
        if values.is_empty() {
            return Err(WhySkipped::NothingKnown);
        }
        let id = self.id()?;
        let mut draft = Draft::empty();
        let source_id = self.source_id(&mut unknown);
        draft.place(&self.mapping.source_id.to.steps, Value::String(source_id));
        for (to, value) in &self.mapping.constants {
            draft.place(&to.steps, value.clone());
        }
        for (to, value) in values {
            draft.place(&to.steps, value);
        }
        let yaml = record_yaml(&in_order(&id, draft.finish()));
        let limit = Limits::default().bytes;
        if yaml.len() > limit {
            let bytes = yaml.len();
            return Err(WhySkipped::TooLarge { bytes, limit });
        }
        let unknown = unknown
            .into_iter()
            .map(|((column, why), to)| UnknownField {
                row: self.row.number,
                line: self.row.line,
                id: id.clone(),
                column: self.column_name(column).to_owned(),
                pointer: to.pointer.clone(),
                raw: self.raw(column),
                why,
            })
            .collect();
        let record = PlannedRecord {
            row: self.row.number,
            path: self.path(&id),
            id,
            yaml,
        };
        Ok((record, unknown))
    }

    fn column_name(&self, column: ColumnId) -> &str {
        self.mapping
            .columns
            .get(column)
            .map_or("", |(name, _)| name)
    }

    fn raw(&self, column: ColumnId) -> String {
        let cell = self.cells.get(column);
        cell.map_or_else(String::new, |cell| cell.text().into_owned())
    }

    /// A cell that says something.
    fn known(&self, column: ColumnId) -> Result<&Cell, Unknown> {
        let cell = self.cells.get(column).ok_or((column, WhyUnknown::NoKey))?;
        if let Cell::Unusable(_, why) = cell {
            return Err((column, *why));
        }
        let text = cell.text();
        if text.is_empty() {
            return Err((column, WhyUnknown::Empty));
        }
        if self.mapping.unknown.contains(&text.to_lowercase()) {
            return Err((column, WhyUnknown::Stated));
        }
        Ok(cell)
    }

    /// The value of a field; `None` if the value map leaves it out on purpose.
    fn value(&self, field: &Field) -> Result<Option<Value>, Unknown> {
        let cell = self.known(field.column)?;
        let value = match &field.how {
            Conversion::Copy => match cell {
                Cell::Bool(truth) => Value::Bool(*truth),
                Cell::Number(number) => Value::Number(number.clone()),
                cell => Value::String(cell.text().into_owned()),
            },
            Conversion::Text(template) => Value::String(template.fill(|name| self.name(*name))?),
            Conversion::Date(dates) => Value::String(self.date(field.column, dates)?),
            Conversion::Values(values) => {
                let text = cell.text();
                let (_, value) = values
                    .iter()
                    .find(|(from, _)| *from == text)
                    .ok_or((field.column, WhyUnknown::NoValue))?;
                return Ok((!value.is_null()).then(|| value.clone()));
            }
        };
        Ok(Some(value))
    }

    fn name(&self, name: TextName) -> Result<String, Unknown> {
        match name {
            TextName::Row => Ok(self.row.number.to_string()),
            TextName::Source => Ok(self.source_name.to_owned()),
            TextName::Column(column) => Ok(self.known(column)?.text().into_owned()),
        }
    }

    fn date(&self, column: ColumnId, dates: &DatePatterns) -> Result<String, Unknown> {
        let cell = self.known(column)?;
        dates.read(&cell.text()).map_err(|why| match why {
            NoDate::FitsNone => (column, WhyUnknown::NoDate),
            NoDate::FitsTwo => (column, WhyUnknown::TwoDates),
        })
    }

    fn id(&self) -> Result<String, WhySkipped> {
        let id = match &self.mapping.id {
            IdRule::Column(column) => {
                let id = self.raw(*column);
                if self.known(*column).is_err() {
                    return Err(WhySkipped::BadId { id });
                }
                id
            }
            IdRule::Numbered {
                prefix,
                years,
                dates,
                number,
            } => {
                let known = years
                    .iter()
                    .find_map(|column| self.date(*column, dates).ok());
                let Some(year) = known.as_deref().and_then(|date| date.get(..4)) else {
                    let columns = years.iter();
                    let columns =
                        columns.map(|column| (self.column_name(*column).into(), self.raw(*column)));
                    return Err(WhySkipped::NoYear {
                        columns: columns.collect(),
                    });
                };
                format!("{prefix}-{year}-{:04}", self.number(number)?)
            }
        };
        if incident::is_id(&id) {
            Ok(id)
        } else {
            Err(WhySkipped::BadId { id })
        }
    }

    fn number(&self, from: &NumberFrom) -> Result<u64, WhySkipped> {
        match from {
            NumberFrom::Row => Ok(self.row.number as u64),
            NumberFrom::Column(column) => {
                let raw = self.raw(*column);
                let is_whole = raw.bytes().all(|byte| byte.is_ascii_digit());
                match raw.parse() {
                    Ok(number) if is_whole && self.known(*column).is_ok() => Ok(number),
                    _ => Err(WhySkipped::NoNumber {
                        column: self.column_name(*column).to_owned(),
                        raw,
                    }),
                }
            }
        }
    }

    fn path(&self, id: &str) -> String {
        let name = |name: &RowName| -> Result<String, std::convert::Infallible> {
            Ok(match name {
                RowName::Id => id.to_owned(),
                RowName::Row => self.row.number.to_string(),
            })
        };
        match self.mapping.path.fill(name) {
            Ok(path) => path,
            Err(never) => match never {},
        }
    }

    /// The text that names the source. It is always written: what is unknown stands in it as the
    /// word `unknown`, and is reported.
    fn source_id<'m>(&'m self, unknown: &mut Vec<(Unknown, &'m super::target::Target)>) -> String {
        let source_id = &self.mapping.source_id;
        let mut stand_in = |name: &TextName| -> Result<String, std::convert::Infallible> {
            Ok(self.name(*name).unwrap_or_else(|reason| {
                unknown.push((reason, &source_id.to));
                "unknown".to_owned()
            }))
        };
        match source_id.text.fill(&mut stand_in) {
            Ok(text) => text,
            Err(never) => match never {},
        }
    }
}

/// The record with `kind` and `id` first and the other keys as the data contract lists them.
fn in_order(id: &str, record: Value) -> Value {
    let Value::Object(mut keys) = record else {
        return record;
    };
    let mut ordered = serde_json::Map::new();
    ordered.insert("kind".to_owned(), "incident".into());
    ordered.insert("id".to_owned(), id.into());
    for key in incident::KEYS {
        if let Some(value) = keys.remove(key) {
            ordered.insert(key.to_owned(), value);
        }
    }
    Value::Object(ordered)
}
