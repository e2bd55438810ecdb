//! The model laid out as a page: sections, groups, tables, with the targets of links worked out.
//! Templates get this and nothing else; `docs/reports.md` lists its keys, and they are frozen.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::detail::{ROWS, TRAILS};
use super::front::Front;
use super::model::{Audit, Group, Mark, Row, Run, Section, Table};
use super::picture::{Picture, bars, calendar};
use super::sheets::sheet_of;
use crate::report::links::Links;
use crate::template::Format;

/// What a template is filled with.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Page<'a> {
    title: String,
    subtitle: String,
    sections: Vec<Part<'a>>,
}

#[derive(Debug, Serialize)]
struct Part<'a> {
    id: String,
    title: String,
    groups: Vec<Block<'a>>,
}

#[derive(Debug, Serialize)]
struct Block<'a> {
    id: &'a str,
    title: &'a str,
    is_detail: bool,
    notes: Vec<Vec<Piece<'a>>>,
    facts: Vec<Named<'a>>,
    pictures: Vec<Picture>,
    tables: Vec<Grid<'a>>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    pieces: Vec<Piece<'a>>,
}

#[derive(Debug, Serialize)]
struct Grid<'a> {
    id: &'a str,
    caption: Cow<'a, str>,
    empty: &'a str,
    columns: Vec<&'a str>,
    rows: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    mark: Mark,
    cells: Vec<Slot<'a>>,
}

#[derive(Debug, Serialize)]
struct Slot<'a> {
    /// The title of its column, for narrow screens.
    column: &'a str,
    pieces: Vec<Piece<'a>>,
}

#[derive(Debug, Serialize)]
struct Piece<'a> {
    text: Cow<'a, str>,
    mark: Mark,
    /// Where it leads; empty for nowhere.
    href: String,
    /// Whether a blank stands before it.
    is_apart: bool,
    /// Whether it is a day or an instant, which is not to be broken into lines.
    is_time: bool,
}

/// How much of a report a page shows, and where its links lead.
struct View<'a> {
    links: &'a Links,
    format: Format,
    /// The most rows of a table.
    rows: usize,
    /// The most details of a part.
    details: usize,
    /// Whether the rows that are left out stand in a workbook as well.
    has_workbook: bool,
    /// The anchors of what is not shown.
    hidden: BTreeSet<&'a str>,
}

/// Lays a report out: of large tables the rows that need an eye, and others up to a limit.
pub(super) fn page<'a>(
    audit: &'a Audit,
    front: &'a Front,
    links: &'a Links,
    format: Format,
) -> Page<'a> {
    let groups = audit.sections.iter().map(|it| &it.groups);
    let details = groups.map(|it| it.iter().filter(|group| group.is_detail).skip(TRAILS));
    let view = View {
        links,
        format,
        rows: ROWS,
        details: TRAILS,
        has_workbook: true,
        hidden: details.flatten().map(|it| it.id.as_str()).collect(),
    };
    let part = |id: &str, title: &str, groups: &'a [Group]| Part {
        id: format!("section-{id}"),
        title: title.to_owned(),
        groups: view.blocks(groups),
    };
    let mut sections = vec![
        part("summary", "Conclusions", &front.summary),
        part("basis", "What this report stands on", &front.basis),
        part("population", "Population", &front.population),
    ];
    if let Some(first) = sections.first_mut().and_then(|it| it.groups.first_mut()) {
        first.pictures.push(bars(audit));
    }
    if let Some(first) = sections.last_mut().and_then(|it| it.groups.first_mut()) {
        first.pictures.extend(calendar(audit));
    }
    let planned = audit.sections.iter();
    sections.extend(planned.map(|it| part(&it.id, &it.title, &it.groups)));
    sections.push(part(
        "questions",
        "Questions that auditors ask",
        &front.questions,
    ));
    let period = &audit.basis.period;
    Page {
        title: match audit.basis.organisation.as_str() {
            "" => "Audit report".to_owned(),
            name => format!("Audit report of {name}"),
        },
        subtitle: format!(
            "{} to {}, as of {}",
            period.from, period.to, audit.basis.as_of
        ),
        sections,
    }
}

/// Lays out what has sections only, with so many rows of a table. Pictures stand in the group that
/// they name.
pub(in crate::report) fn lay_out<'a>(
    title: String,
    subtitle: String,
    sections: &'a [Section],
    pictures: &[(String, Picture)],
    links: &'a Links,
    format: Format,
    rows: usize,
) -> Page<'a> {
    let view = View {
        links,
        format,
        rows,
        details: usize::MAX,
        has_workbook: false,
        hidden: BTreeSet::new(),
    };
    let shown = |group: &'a Group| {
        let own = pictures.iter().filter(|(id, _)| *id == group.id);
        Block {
            pictures: own.map(|(_, picture)| picture.clone()).collect(),
            ..view.block(group)
        }
    };
    let part = |it: &'a Section| Part {
        id: it.id.clone(),
        title: it.title.clone(),
        groups: it.groups.iter().map(shown).collect(),
    };
    Page {
        title,
        subtitle,
        sections: sections.iter().map(part).collect(),
    }
}

impl<'a> View<'a> {
    /// The groups of a part, with a word on the details that are left out.
    fn blocks(&self, groups: &'a [Group]) -> Vec<Block<'a>> {
        let shown = groups.iter();
        let shown = shown.filter(|it| !(it.is_detail && self.hidden.contains(it.id.as_str())));
        let mut blocks: Vec<Block<'a>> = shown.map(|it| self.block(it)).collect();
        let details = groups.iter().filter(|it| it.is_detail).count();
        if let Some(first) = blocks.first_mut().filter(|_| details > self.details) {
            let says = format!(
                "The first {} of these {details} are shown here; all stand in the JSON.",
                self.details
            );
            first.notes.push(vec![Piece::said(says)]);
        }
        blocks
    }

    fn block(&self, group: &'a Group) -> Block<'a> {
        let facts = group.facts.iter().map(|it| Named {
            name: &it.name,
            pieces: self.pieces(&it.value),
        });
        Block {
            id: &group.id,
            title: &group.title,
            is_detail: group.is_detail,
            notes: group.notes.iter().map(|it| self.pieces(it)).collect(),
            facts: facts.collect(),
            pictures: Vec::new(),
            tables: group.tables.iter().map(|it| self.grid(it)).collect(),
        }
    }

    fn grid(&self, table: &'a Table) -> Grid<'a> {
        let line = |row: &'a Row| Line {
            id: &row.id,
            mark: row.mark,
            cells: row
                .cells
                .iter()
                .zip(&table.columns)
                .map(|(cell, column)| Slot {
                    column: &column.title,
                    pieces: self.pieces(cell),
                })
                .collect(),
        };
        let (rows, caption) = self.shown(table);
        Grid {
            id: &table.id,
            caption,
            empty: &table.empty,
            columns: table.columns.iter().map(|it| it.title.as_str()).collect(),
            rows: rows.into_iter().map(line).collect(),
        }
    }

    /// The rows that are shown, and a caption that says how many are not. What links lead to is
    /// always shown.
    fn shown(&self, table: &'a Table) -> (Vec<&'a Row>, Cow<'a, str>) {
        let mut rows: Vec<&Row> = table.rows.iter().collect();
        let is_led_to = rows.iter().any(|it| !it.id.is_empty());
        if rows.len() <= self.rows || is_led_to {
            return (rows, Cow::Borrowed(&table.caption));
        }
        rows.sort_by_key(|it| match it.mark {
            Mark::Bad => 0,
            Mark::Warn => 1,
            _ => 2,
        });
        let all = rows.len();
        rows.truncate(self.rows);
        let place = match sheet_of(&table.id).filter(|_| self.has_workbook) {
            Some(sheet) => format!(
                "the sheet {sheet} of the workbook, {}.csv and the JSON",
                sheet.to_lowercase()
            ),
            None => "the JSON".to_owned(),
        };
        let caption = format!(
            "{} ({} of {all} rows, those that need an eye first; all stand in {place})",
            table.caption, self.rows
        );
        (rows, Cow::Owned(caption))
    }

    fn href(&self, run: &Run) -> String {
        let anchor = run.anchor.as_deref();
        match (anchor, &run.file, &run.commit) {
            (Some(anchor), ..) if !self.hidden.contains(anchor) => format!("#{anchor}"),
            (_, Some(file), _) => self.links.file(file, run.line),
            (_, None, Some(commit)) => self.links.commit(commit),
            (_, None, None) => String::new(),
        }
    }

    fn piece(&self, run: &'a Run) -> Piece<'a> {
        // In Markdown a bar ends a cell even inside of code.
        let is_code = run.mark == Mark::Code && !run.text.contains('|') && !run.text.is_empty();
        Piece {
            text: Cow::Borrowed(&run.text),
            mark: if run.mark == Mark::Code && !is_code {
                Mark::Plain
            } else {
                run.mark
            },
            href: self.href(run),
            is_apart: false,
            is_time: false,
        }
    }

    /// The pieces of a cell. Blanks at their ends are told apart from them, because escaping takes
    /// them away.
    fn pieces(&self, runs: &'a [Run]) -> Vec<Piece<'a>> {
        let mut is_apart = false;
        let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(runs.len());
        for run in runs {
            let is_whole = self.format != Format::Html
                || run.mark == Mark::Code
                || run.file.is_some()
                || run.anchor.is_some();
            let parts = match is_whole {
                true => vec![(run.text.as_str(), false)],
                false => parted(&run.text),
            };
            for (text, is_time) in parts {
                is_apart |= text.starts_with(char::is_whitespace);
                if !text.trim().is_empty() {
                    pieces.push(Piece {
                        text: Cow::Borrowed(text),
                        is_apart: is_apart && !pieces.is_empty(),
                        is_time,
                        ..self.piece(run)
                    });
                    is_apart = text.ends_with(char::is_whitespace);
                }
            }
        }
        pieces
    }
}

impl Piece<'_> {
    /// A text of the page itself.
    fn said(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            mark: Mark::Plain,
            href: String::new(),
            is_apart: false,
            is_time: false,
        }
    }
}

/// A text in parts: days and instants, and what stands between them.
fn parted(text: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let is_begin = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let length = if is_begin { time_at(&bytes[at..]) } else { 0 };
        if length == 0 {
            at += 1;
            continue;
        }
        parts.push((&text[from..at], false));
        parts.push((&text[at..at + length], true));
        at += length;
        from = at;
    }
    parts.push((&text[from..], false));
    parts
}

/// How long the day or instant is that a text begins with; 0 if it begins with none.
fn time_at(text: &[u8]) -> usize {
    const DAY: &[u8] = b"0000-00-00";
    let is_like = |text: &[u8], form: &[u8]| {
        text.len() >= form.len()
            && text.iter().zip(form).all(|(byte, sign)| match sign {
                b'0' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
    };
    if !is_like(text, DAY) {
        return 0;
    }
    let rest = &text[DAY.len()..];
    let is_time = |byte: &&u8| byte.is_ascii_digit() || b":.Z+-".contains(byte);
    let clock = match is_like(rest, b"T00:00") {
        true => 1 + rest[1..].iter().take_while(is_time).count(),
        false => 0,
    };
    // A sentence may end behind it.
    let tail = &text[..DAY.len() + clock];
    let stops = tail.iter().rev().take_while(|it| b":.+-".contains(it));
    let length = tail.len() - stops.count();
    match text.get(length) {
        Some(next) if next.is_ascii_alphanumeric() => 0,
        _ => length,
    }
}

#[cfg(test)]
mod tests {
    use super::parted;

    #[test]
    fn days_and_instants_are_told_from_the_rest() {
        let times = |text| -> Vec<&str> {
            let parts = parted(text).into_iter();
            parts.filter(|it| it.1).map(|it| it.0).collect()
        };
        let whole = |text| parted(text).into_iter().map(|it| it.0).collect::<String>();
        for (text, expected) in [
            ("since 2025-05-06T07:30Z + 8h", vec!["2025-05-06T07:30Z"]),
            ("2025-05-06..2025-06-01.", vec!["2025-05-06", "2025-06-01"]),
            (
                "at 2025-05-06T07:30:00+02:00.",
                vec!["2025-05-06T07:30:00+02:00"],
            ),
            ("INC-2025-0003 x2025-05-06 2025-05-067", vec![]),
            ("事件 2025-05-06 ü", vec!["2025-05-06"]),
            ("", vec![]),
        ] {
            assert_eq!(times(text), expected, "{text}");
            assert_eq!(whole(text), text);
        }
    }
}
