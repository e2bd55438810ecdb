//! A scale of time on which hours and months can both be read: the longer a pause, the more it is
//! shortened. The order is kept, and whole numbers only, so that every machine draws the same.

use crate::clock::Instant;

/// Instants with their places.
#[derive(Debug)]
pub(super) struct Axis {
    /// Each with the weight of all pauses before it, in their order.
    points: Vec<(Instant, u64)>,
    left: u32,
    width: u32,
}

impl Axis {
    /// A scale through all these instants; `None` if there are not two.
    pub(super) fn through(mut instants: Vec<Instant>, left: u32, width: u32) -> Option<Self> {
        instants.sort();
        instants.dedup();
        let mut weight = 0;
        let mut before: Option<Instant> = None;
        let points: Vec<(Instant, u64)> = instants
            .into_iter()
            .map(|at| {
                weight += before.map_or(0, |before| pause(before, at));
                before = Some(at);
                (at, weight)
            })
            .collect();
        (points.len() > 1).then_some(Self {
            points,
            left,
            width,
        })
    }

    /// The place of an instant.
    pub(super) fn place(&self, at: Instant) -> u32 {
        let next = self.points.partition_point(|it| it.0 < at);
        let weight = match (
            next.checked_sub(1).and_then(|it| self.points.get(it)),
            self.points.get(next),
        ) {
            (_, Some((here, weight))) if *here == at => *weight,
            (Some((before, weight)), Some((after, end))) => {
                let whole = seconds(*before, *after).max(1);
                weight + (end - weight) * seconds(*before, at) / whole
            }
            (Some((_, weight)), None) => *weight,
            (None, _) => 0,
        };
        let all = self.points.last().map_or(1, |it| it.1.max(1));
        self.left + u32::try_from(u64::from(self.width) * weight / all).unwrap_or(self.width)
    }

    /// Days to be written below the scale, each with its place, far enough from each other.
    pub(super) fn days(&self, apart: u32) -> Vec<(u32, String)> {
        let mut days: Vec<(u32, String)> = Vec::new();
        for (at, _) in &self.points {
            let day = at.to_string();
            let day = day.split('T').next().unwrap_or("").to_owned();
            let x = self.place(*at);
            let fits = days
                .last()
                .is_none_or(|(last, known)| x >= last + apart && *known != day);
            if fits && x + apart <= self.left + self.width + apart / 2 {
                days.push((x, day));
            }
        }
        days
    }
}

/// The weight of a pause: the fourth root of its length, so that a day weighs about twice as much
/// as an hour.
fn pause(from: Instant, to: Instant) -> u64 {
    let squared = (seconds(from, to).min(1 << 40) * 1_000_000).isqrt();
    (squared * 1_000).isqrt().max(1)
}

fn seconds(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_instant;

    #[test]
    fn order_is_kept_and_long_pauses_are_shortened() {
        let at = |text| parse_instant(text).unwrap();
        let (start, hour, month) = (
            at("2025-01-01T00:00:00Z"),
            at("2025-01-01T01:00:00Z"),
            at("2025-02-01T00:00:00Z"),
        );
        let axis = Axis::through(vec![month, start, hour, start], 100, 600).unwrap();
        assert_eq!(axis.place(start), 100);
        assert_eq!(axis.place(month), 700);
        // A month is 743 times as long as an hour, and about five times as wide.
        let width = axis.place(hour) - 100;
        assert!((90..=110).contains(&width), "{width}");
        assert!(axis.place(at("2025-01-10T00:00:00Z")) > axis.place(hour));
        // What lies outside stands at the edge.
        assert_eq!(axis.place(at("2024-01-01T00:00:00Z")), 100);
        assert_eq!(axis.place(at("2026-01-01T00:00:00Z")), 700);
    }

    #[test]
    fn one_instant_is_no_scale() {
        let at = parse_instant("2025-01-01T00:00:00Z").unwrap();
        assert!(Axis::through(vec![at, at], 0, 10).is_none());
    }
}
