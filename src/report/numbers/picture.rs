//! The trend of a measure as bars: a row for each number, a column for each month or quarter.

use super::trend::{Point, Trend};
use crate::report::audit::picture::{Picture, Shape, boxed, label};
use crate::report::metrics::{Measure, Standing};

const LEFT: u32 = 200;
const ACROSS: u32 = 600;
const RIGHT: u32 = 120;
/// How high a row is, and the highest bar in it.
const STEP: u32 = 58;
const HIGHEST: u32 = 40;

/// The picture; `None` for a measure without a trend, or of one part only.
pub(super) fn bars(measure: &Measure, trends: &[Trend]) -> Option<Picture> {
    let rows: Vec<_> = measure
        .figures
        .iter()
        .filter_map(|figure| Some((figure, trends.iter().find(|it| it.figure == figure.id)?)))
        .collect();
    let parts = rows.first().map_or(0, |it| it.1.points.len());
    let count = u32::try_from(parts).ok().filter(|count| *count > 1)?;
    if rows
        .iter()
        .all(|it| it.1.points.iter().all(|point| point.value.is_none()))
    {
        return None;
    }
    let width = (ACROSS / count).clamp(4, 60);
    let mut shapes: Vec<Shape> = Vec::new();
    let mut y = 4;
    for (figure, trend) in &rows {
        let floor = y + STEP - 10;
        shapes.push(label(LEFT - 10, floor - 18, "end", figure.title));
        shapes.push(boxed((LEFT, floor), (width * count, 1), "soft", ""));
        let most = trend
            .points
            .iter()
            .filter_map(|it| it.value)
            .fold(0.0, f64::max);
        let mut x = LEFT;
        for point in &trend.points {
            shapes.push(bar(point, (x, floor), width, most));
            x += width;
        }
        let whole = figure
            .reason
            .as_ref()
            .map_or(figure.text.as_str(), |_| "none");
        shapes.push(label(LEFT + width * count + 10, floor - 18, "start", whole));
        y += STEP;
    }
    // As many names as there is room for.
    let every = (70 / width).max(1) as usize;
    let points = rows.first().map_or(&[][..], |it| it.1.points.as_slice());
    let mut x = LEFT;
    for (at, point) in points.iter().enumerate() {
        if at % every == 0 {
            shapes.push(label(x, y - 6, "start", point.part.clone()));
        }
        x += width;
    }
    Some(Picture {
        id: format!("picture-{}", measure.id),
        title: format!("Trend: {}", measure.title),
        says: "The highest bar of a row is as high as the row; green keeps the target, red does not; a grey line: nothing measured. At the right the whole period."
            .to_owned(),
        width: LEFT + ACROSS + RIGHT,
        height: y + 18,
        shapes,
    })
}

fn bar(point: &Point, (x, floor): (u32, u32), width: u32, most: f64) -> Shape {
    let Some(value) = point.value else {
        let title = format!("{}: nothing measured", point.part);
        return boxed(
            (x + 1, floor - 2),
            (width.saturating_sub(3).max(1), 2),
            "muted",
            title,
        );
    };
    let class = match point.standing {
        Some(Standing::Met) => "good",
        Some(Standing::Missed) => "bad",
        Some(Standing::Undetermined) => "muted",
        None => "sent",
    };
    let height = height_of(value, most);
    let title = format!("{}: {} (of {})", point.part, point.text, point.population);
    boxed(
        (x + 1, floor - height),
        (width.saturating_sub(3).max(1), height),
        class,
        title,
    )
}

/// How high a bar is; what is there is to be seen, however little.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of at most 40 points"
)]
fn height_of(value: f64, most: f64) -> u32 {
    let part = if most > 0.0 {
        (value / most).clamp(0.0, 1.0)
    } else {
        0.0
    };
    ((part * f64::from(HIGHEST)).round() as u32).max(3)
}
