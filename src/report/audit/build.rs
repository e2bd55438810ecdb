//! Short ways to write tables and texts.

use super::model::{Cell, Column, Fact, Group, Mark, Row, Run, Table, Verdicts};
use crate::finding::{CommitName, Counts};

impl Run {
    /// A text as it stands.
    pub(in crate::report) fn text(text: impl Into<String>) -> Self {
        Self::marked(text, Mark::Plain)
    }

    /// A name to be read letter by letter.
    pub(in crate::report) fn code(text: impl Into<String>) -> Self {
        Self::marked(text, Mark::Code)
    }

    /// A text with a meaning.
    pub(in crate::report) fn marked(text: impl Into<String>, mark: Mark) -> Self {
        Self {
            text: text.into(),
            mark,
            file: None,
            line: None,
            commit: None,
            anchor: None,
        }
    }

    /// A text that leads to a line of a file.
    pub(in crate::report) fn at(text: impl Into<String>, file: &str, line: u32) -> Self {
        Self {
            file: Some(file.to_owned()),
            line: Some(line),
            ..Self::text(text)
        }
    }

    /// A commit by the first letters of its id.
    pub(in crate::report) fn commit(id: &str) -> Self {
        Self {
            commit: Some(id.to_owned()),
            ..Self::code(id.get(..10).unwrap_or(id))
        }
    }

    /// A text that leads to a place of the report.
    pub(in crate::report) fn to(text: impl Into<String>, anchor: impl Into<String>) -> Self {
        Self {
            anchor: Some(anchor.into()),
            ..Self::text(text)
        }
    }
}

/// A cell with one text.
pub(in crate::report) fn cell(text: impl Into<String>) -> Cell {
    vec![Run::text(text)]
}

/// A cell that names a commit.
pub(in crate::report) fn commit(name: &CommitName) -> Cell {
    let day = name.at.split('T').next().unwrap_or_default();
    vec![
        Run::commit(&name.id),
        Run::text(format!(" by {} on {day}", name.author)),
    ]
}

/// A cell with a number.
pub(in crate::report) fn number(number: usize) -> Cell {
    cell(number.to_string())
}

/// A cell with runs that are set apart from each other.
pub(in crate::report) fn list(runs: impl IntoIterator<Item = Run>) -> Cell {
    let mut cell = Vec::new();
    for run in runs {
        if !cell.is_empty() {
            cell.push(Run::text(", "));
        }
        cell.push(run);
    }
    cell
}

impl Table {
    /// A table without rows; columns are given as `id: Title`.
    pub(in crate::report) fn new(
        id: &str,
        caption: &str,
        empty: &str,
        columns: &[(&str, &str)],
    ) -> Self {
        Self {
            id: id.to_owned(),
            caption: caption.to_owned(),
            empty: empty.to_owned(),
            columns: columns
                .iter()
                .map(|(id, title)| Column {
                    id: (*id).to_owned(),
                    title: (*title).to_owned(),
                })
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(in crate::report) fn push(&mut self, mark: Mark, cells: Vec<Cell>) {
        self.rows.push(Row {
            id: String::new(),
            mark,
            cells,
        });
    }
}

impl Group {
    /// What a part says at its head.
    pub(in crate::report) fn head(section: &str) -> Self {
        Self {
            id: format!("{section}-head"),
            ..Self::default()
        }
    }

    /// What a part says about one thing.
    pub(in crate::report) fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            ..Self::default()
        }
    }

    /// Adds a sentence.
    pub(in crate::report) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(cell(text));
    }

    /// Adds a name with what belongs to it, if there is anything.
    pub(in crate::report) fn fact(&mut self, name: &str, value: Cell) {
        if value.iter().any(|run| !run.text.is_empty()) {
            let name = name.to_owned();
            self.facts.push(Fact { name, value });
        }
    }
}

impl Verdicts {
    /// Adds the counts of checks.
    pub(in crate::report) fn add(&mut self, counts: &Counts) {
        self.pass += counts.pass;
        self.fail += counts.fail;
        self.excepted += counts.excepted;
        self.not_evaluated += counts.not_evaluated;
        self.examined = self.pass + self.fail + self.excepted + self.not_evaluated;
    }
}

/// An anchor made of names: letters, digits and hyphens only.
pub(in crate::report) fn anchor(parts: &[&str]) -> String {
    let mut text = String::new();
    for c in parts.join("-").chars() {
        match c {
            c if c.is_ascii_alphanumeric() => text.push(c.to_ascii_lowercase()),
            _ if text.ends_with('-') => {}
            _ => text.push('-'),
        }
    }
    text.trim_matches('-').to_owned()
}
