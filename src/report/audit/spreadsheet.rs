//! Tables as a workbook, and as CSV. Texts of records are written as texts: nothing of them is ever
//! a formula.

use std::fmt::Write as _;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use super::model::{Audit, Column, Mark, Row};
use super::sheets::{Sheet, Value, is_time, sheets, value};
use crate::clock::{Instant, parse_instant};
use crate::template::is_hidden;

/// The widest and the narrowest column, in characters.
const WIDTHS: (usize, usize) = (8, 60);
/// The most columns of a sheet that is fitted to the width of a page.
const WIDEST: usize = 14;
/// The most lines that a row shows; the rest is there all the same.
const TALLEST: usize = 12;
/// Excel holds no longer text in a cell.
const LONGEST: usize = 32_767;

/// The report as a workbook. It says no time of its own: the instant of the report stands where a
/// program writes the time of the day.
///
/// # Errors
/// Says what a workbook cannot hold, such as more rows than a sheet has.
pub(super) fn workbook(audit: &Audit) -> Result<Vec<u8>, String> {
    filled(audit).map_err(|error| error.to_string())
}

fn filled(audit: &Audit) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut properties = DocProperties::new()
        .set_title(format!("Audit report of {}", audit.basis.organisation))
        .set_author(format!("{} {}", audit.basis.tool, audit.basis.tool_version));
    if let Some(at) = parse_instant(&audit.basis.as_of).and_then(|it| excel(it).ok()) {
        properties = properties.set_creation_datetime(&at);
    }
    book.set_properties(&properties);
    let looks = Looks::new();
    for sheet in sheets(audit) {
        write(book.add_worksheet(), &sheet, &looks)?;
    }
    book.save_to_buffer()
}

/// How cells look.
struct Looks {
    head: Format,
    text: Format,
    number: Format,
    day: Format,
    time: Format,
}

impl Looks {
    fn new() -> Self {
        let plain = Format::new().set_align(FormatAlign::Top);
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0x1F_3A_5F))
                .set_font_color(Color::White)
                .set_border_bottom(FormatBorder::Thin),
            text: plain.clone().set_text_wrap(),
            number: plain.clone().set_num_format("0"),
            day: plain
                .clone()
                .set_align(FormatAlign::Left)
                .set_num_format("yyyy-mm-dd"),
            time: plain
                .set_align(FormatAlign::Left)
                .set_num_format("yyyy-mm-dd hh:mm"),
        }
    }

    /// A look in the colour of a mark.
    fn marked(look: &Format, mark: Mark) -> Format {
        let colour = match mark {
            Mark::Good => 0x1B_5E_20,
            Mark::Warn => 0x8A_4B_00,
            Mark::Bad => 0xA3_15_15,
            Mark::Muted => 0x59_59_59,
            Mark::Plain | Mark::Code => return look.clone(),
        };
        look.clone().set_font_color(Color::RGB(colour))
    }
}

fn write(page: &mut Worksheet, sheet: &Sheet, looks: &Looks) -> Result<(), XlsxError> {
    let table = &sheet.table;
    page.set_name(sheet.name)?;
    page.set_freeze_panes(1, u16::from(table.columns.len() > 3))?;
    page.set_landscape();
    // A sheet as wide as the worksheet would be too small to read on one page.
    if table.columns.len() <= WIDEST {
        page.set_print_fit_to_pages(1, 0);
    }
    page.set_repeat_rows(0, 0)?;
    page.set_row_height(0, 32)?;
    let mut widths = Vec::new();
    for (at, column) in (0..).zip(&table.columns) {
        let title = match is_time(column) {
            true => format!("{} (UTC)", column.title),
            false => column.title.clone(),
        };
        page.write_string_with_format(0, at, &title, &looks.head)?;
        let width = width(column, &table.rows, usize::from(at));
        page.set_column_width(at, width)?;
        widths.push(usize::from(width));
    }
    for (line, row) in (1..).zip(&table.rows) {
        page.set_row_height(line, height(row, &table.columns, &widths))?;
        for (at, (column, cell)) in (0..).zip(table.columns.iter().zip(&row.cells)) {
            let mark = cell.first().map_or(Mark::Plain, |it| it.mark);
            let look = |look| Looks::marked(look, mark);
            match value(column, cell) {
                Value::Empty => page.write_blank(line, at, &looks.text)?,
                Value::Text(text) => {
                    page.write_string_with_format(line, at, whole(&text), &look(&looks.text))?
                }
                Value::Number(number) => {
                    page.write_number_with_format(line, at, number, &look(&looks.number))?
                }
                Value::Day(it) => {
                    page.write_datetime_with_format(line, at, excel(it)?, &look(&looks.day))?
                }
                Value::Time(it) => {
                    page.write_datetime_with_format(line, at, excel(it)?, &look(&looks.time))?
                }
            };
        }
    }
    if table.rows.is_empty() {
        page.write_string(1, 0, &table.empty)?;
    } else if let Some(last) = table.columns.len().checked_sub(1) {
        page.autofilter(0, 0, table.rows.len() as u32, last as u16)?;
    }
    Ok(())
}

/// The instant as Excel counts, to the second.
fn excel(at: Instant) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_timestamp(at.as_second())
}

/// What fits into a cell, without what is not to be seen.
fn whole(text: &str) -> String {
    let text = text.chars().filter(|c| *c == '\n' || !is_hidden(*c));
    text.take(LONGEST).collect()
}

/// The height of a row, so that texts that are broken into lines are seen whole.
fn height(row: &Row, columns: &[Column], widths: &[usize]) -> u16 {
    let cells = row.cells.iter().zip(columns).zip(widths);
    // Times are shown shorter than they are written, in one line.
    let texts = cells.filter(|((_, column), _)| !is_time(column));
    let lines = texts.map(|((cell, _), width)| {
        let length: usize = cell.iter().map(|run| run.text.chars().count()).sum();
        length.div_ceil(width.saturating_sub(2).max(1))
    });
    let lines = lines.max().unwrap_or(1).clamp(1, TALLEST);
    15 * lines as u16
}

/// The width of a column: that of its longest word or a fair share of its longest text.
fn width(column: &Column, rows: &[Row], at: usize) -> u16 {
    let length = |row: &Row| {
        let cell = row.cells.get(at);
        let text = cell.into_iter().flatten();
        text.map(|run| run.text.chars().count()).sum::<usize>()
    };
    let longest = rows.iter().map(length).max().unwrap_or(0);
    let (least, most) = WIDTHS;
    // Times are shown shorter than they are written; titles may break.
    let wanted = match is_time(column) {
        true => 17,
        false => longest.max(column.title.len().min(14)) + 2,
    };
    wanted.clamp(least, most) as u16
}

/// The tables of a report as CSV (RFC 4180): the name of each file with its bytes.
///
/// A text that begins with `=`, `+`, `-`, `@`, a tab or a line break is given a `'` in front, so that
/// no spreadsheet takes it for a formula.
pub(super) fn csv_files(audit: &Audit) -> Vec<(String, String)> {
    let all = sheets(audit).into_iter();
    all.map(|it| (format!("{}.csv", it.name.to_lowercase()), csv(&it)))
        .collect()
}

fn csv(sheet: &Sheet) -> String {
    let table = &sheet.table;
    let titles = table.columns.iter().map(|it| it.title.clone());
    let mut text = line(titles);
    for row in &table.rows {
        let pairs = table.columns.iter().zip(&row.cells);
        text.push_str(&line(pairs.map(|(column, cell)| {
            match value(column, cell) {
                Value::Empty => String::new(),
                Value::Number(number) => number.to_string(),
                Value::Text(text) => text,
                // As the record has it.
                Value::Day(_) | Value::Time(_) => cell.iter().map(|it| it.text.as_str()).collect(),
            }
        })));
    }
    text
}

fn line(fields: impl Iterator<Item = String>) -> String {
    let fields: Vec<String> = fields.map(|it| field(&it)).collect();
    let mut text = fields.join(",");
    text.push_str("\r\n");
    text
}

/// A field: guarded against being read as a formula, quoted where it has to be.
fn field(text: &str) -> String {
    let kept = |c: &char| matches!(c, '\n' | '\t' | '\r') || !is_hidden(*c);
    let mut text: String = text.chars().filter(kept).collect();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        text.insert(0, '\'');
    }
    match text.contains([',', '"', '\n', '\r']) {
        true => {
            let mut quoted = String::with_capacity(text.len() + 2);
            let _ = write!(quoted, "\"{}\"", text.replace('"', "\"\""));
            quoted
        }
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_never_formulas() {
        assert_eq!(field("plain"), "plain");
        assert_eq!(field("=cmd()"), "'=cmd()");
        assert_eq!(field("@a,b"), "\"'@a,b\"");
        assert_eq!(field("say \"so\""), "\"say \"\"so\"\"\"");
        assert_eq!(field("red\u{1b}[31m\u{202e}"), "red[31m");
    }
}
