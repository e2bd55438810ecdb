//! Pictures as shapes: verdicts as bars, incidents on a calendar. Formats without pictures leave
//! them out; all they show stands in tables as well.

use serde::Serialize;

use super::model::Audit;
use crate::clock::{Instant, Moment, parse_instant};

/// A picture.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Picture {
    pub(in crate::report) id: String,
    pub(in crate::report) title: String,
    pub(in crate::report) says: String,
    pub(in crate::report) width: u32,
    pub(in crate::report) height: u32,
    pub(in crate::report) shapes: Vec<Shape>,
}

/// A bar, a box or a text of a picture.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Shape {
    kind: &'static str,
    pub(in crate::report) x: u32,
    pub(in crate::report) y: u32,
    width: u32,
    height: u32,
    class: &'static str,
    text: String,
}

/// How high a bar is.
const BAR: u32 = 16;

const LEFT: u32 = 190;
const ACROSS: u32 = 520;
/// Room for two numbers of seven digits.
const RIGHT: u32 = 130;
const STEP: u32 = 26;
const TOP: u32 = 8;

/// A text whose upper edge is at `y`.
pub(in crate::report) fn label(
    x: u32,
    y: u32,
    class: &'static str,
    text: impl Into<String>,
) -> Shape {
    Shape {
        kind: "text",
        x,
        y,
        width: 0,
        height: 0,
        class,
        text: text.into(),
    }
}

fn bar(x: u32, y: u32, width: u32, class: &'static str, text: impl Into<String>) -> Shape {
    Shape {
        kind: "bar",
        ..boxed((x, y), (width, BAR), class, text)
    }
}

/// A box of any size, which may be as thin as a line.
pub(in crate::report) fn boxed(
    (x, y): (u32, u32),
    (width, height): (u32, u32),
    class: &'static str,
    text: impl Into<String>,
) -> Shape {
    Shape {
        kind: "box",
        x,
        y,
        width,
        height,
        class,
        text: text.into(),
    }
}

/// The checks of each control by verdict.
pub(super) fn bars(audit: &Audit) -> Picture {
    let mut shapes = Vec::new();
    let mut y = TOP;
    for it in &audit.conclusions {
        shapes.push(label(LEFT - 10, y, "end", it.name.clone()));
        let found = [
            (it.checks.pass + it.design.pass, "good", "pass"),
            (it.checks.fail + it.design.fail, "bad", "fail"),
            (it.checks.excepted + it.design.excepted, "warn", "excepted"),
            (
                it.checks.not_evaluated + it.design.not_evaluated,
                "muted",
                "not evaluated",
            ),
        ];
        let all: usize = found.iter().map(|it| it.0).sum();
        let mut x = LEFT;
        for (count, class, word) in found {
            if count == 0 {
                continue;
            }
            let share = u32::try_from(count * ACROSS as usize / all.max(1)).unwrap_or(ACROSS);
            // What is there is to be seen, however rare.
            let width = share.max(4).min((LEFT + ACROSS).saturating_sub(x));
            shapes.push(bar(
                x,
                y,
                width,
                class,
                format!("{}: {count} {word}", it.name),
            ));
            x += width;
        }
        let right: usize = found[0].0;
        shapes.push(label(
            LEFT + ACROSS + 10,
            y,
            "start",
            format!("{right} / {all}"),
        ));
        y += STEP;
    }
    Picture {
        id: "picture-checks".to_owned(),
        title: "Checks by verdict".to_owned(),
        says: "For each control the part of its checks that pass, fail, are excepted or could not be evaluated; on the right those that pass out of all.".to_owned(),
        width: LEFT + ACROSS + RIGHT,
        height: y + 2,
        shapes,
    }
}

/// Most incidents that a calendar shows.
const MOST: usize = 60;

/// The incidents of the period on a calendar; none if there are too many, or none at all.
pub(super) fn calendar(audit: &Audit) -> Option<Picture> {
    let rows = &audit.population.table.rows;
    if rows.is_empty() || rows.len() > MOST {
        return None;
    }
    let period = &audit.basis.period;
    let start = Moment::parse(&period.from)?.start()?;
    let end = Moment::parse(&period.to)?.end()?;
    let text = |row: &super::model::Row, at: usize| {
        row.cells
            .get(at)
            .and_then(|it| it.first())
            .map_or("", |it| it.text.as_str())
            .to_owned()
    };
    let length = end.duration_since(start).as_secs().max(1);
    let place = |at: Instant| {
        let passed = at.duration_since(start).as_secs().clamp(0, length);
        LEFT + u32::try_from(passed * i64::from(ACROSS) / length).unwrap_or(0)
    };
    let mut shapes = Vec::new();
    let mut y = TOP;
    for row in rows {
        let id = text(row, 0);
        let Some(from) = parse_instant(&text(row, 4)) else {
            continue;
        };
        let as_of = parse_instant(&audit.basis.as_of).unwrap_or(end);
        let until = parse_instant(&text(row, 6)).unwrap_or(as_of).min(as_of);
        let contained = parse_instant(&text(row, 5)).unwrap_or(until).min(until);
        let (x, middle, last) = (place(from), place(contained), place(until));
        shapes.push(label(LEFT - 10, y, "end", id.clone()));
        let first = middle.saturating_sub(x).max(3);
        shapes.push(bar(x, y, first, "bad", format!("{id}: until contained")));
        let rest = last.saturating_sub(x + first);
        if rest > 0 {
            shapes.push(bar(
                x + first,
                y,
                rest,
                "warn",
                format!("{id}: until closed"),
            ));
        }
        y += STEP;
    }
    shapes.push(label(LEFT, y, "start", period.from.clone()));
    shapes.push(label(LEFT + ACROSS, y, "end", period.to.clone()));
    Some(Picture {
        id: "picture-calendar".to_owned(),
        title: "The incidents of the period".to_owned(),
        says: "Each bar runs from the declaration of an incident to its closing; the first part ends with its containment.".to_owned(),
        width: LEFT + ACROSS + RIGHT,
        height: y + STEP,
        shapes,
    })
}
