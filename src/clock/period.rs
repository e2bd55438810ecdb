use std::fmt;

use jiff::civil::{Date, date};

use super::{Instant, Moment};

/// A period in days, the first and the last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Date,
    to: Date,
}

/// Why a text is no period. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It is written in none of the ways known.
    #[error("`{0}` is no period")]
    Unknown(String),
    /// It ends before it begins.
    #[error("the period `{0}` ends before it begins")]
    Backwards(String),
}

impl Period {
    /// Reads `2025-01-01..2025-03-31`, `2025-Q1`, `2025-04` or `2025`.
    ///
    /// # Errors
    /// [`PeriodError`] says which.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        if let Some((from, to)) = text.split_once("..") {
            let (Some(from), Some(to)) = (day(from), day(to)) else {
                return Err(PeriodError::Unknown(text.to_owned()));
            };
            return match from <= to {
                true => Ok(Self { from, to }),
                false => Err(PeriodError::Backwards(text.to_owned())),
            };
        }
        Self::named(text).ok_or_else(|| PeriodError::Unknown(text.to_owned()))
    }

    /// From one day to another, as records write them.
    pub fn between(from: Moment, to: Moment) -> Option<Self> {
        let (from, to) = (from.day(), to.day());
        (from <= to).then_some(Self { from, to })
    }

    /// The twelve months up to the day of an instant, that day included.
    pub fn year_until(instant: Instant) -> Self {
        let to = Moment::At(instant).day();
        let from = to.saturating_sub(jiff::Span::new().years(1));
        Self {
            from: from.tomorrow().unwrap_or(from),
            to,
        }
    }

    /// Whether its first day has not begun at an instant.
    pub fn is_ahead(self, instant: Instant) -> bool {
        let starts = Moment::Day(self.from).start();
        starts.is_none_or(|start| instant < start)
    }

    /// Whether something that lasted from one instant to another, or still lasts, lay in part on
    /// one of its days.
    pub fn meets(self, from: Instant, until: Option<Instant>) -> bool {
        let starts = Moment::Day(self.from).start();
        let ends = Moment::Day(self.to).end();
        let begins = ends.is_none_or(|end| from < end);
        begins && until.is_none_or(|until| starts.is_some_and(|start| until >= start))
    }

    /// Its months, or its quarters where it has more than 24 months, each with its name; the first
    /// and the last may be cut.
    pub fn parts(self) -> Vec<(String, Self)> {
        let months = |from: Date, to: Date| {
            let years = i32::from(to.year()) - i32::from(from.year());
            years * 12 + i32::from(to.month()) - i32::from(from.month()) + 1
        };
        let has_quarters = months(self.from, self.to) > 24;
        let mut parts = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let (year, month) = (from.year(), from.month());
            let quarter = (month + 2) / 3;
            let (name, last) = match has_quarters {
                true => (format!("{year:04}-Q{quarter}"), quarter * 3),
                false => (format!("{year:04}-{month:02}"), month),
            };
            let to = date(year, last, 1).last_of_month().min(self.to);
            parts.push((name, Self { from, to }));
            match to.tomorrow() {
                Ok(next) => from = next,
                Err(_) => break,
            }
        }
        parts
    }

    /// A year, a quarter or a month.
    fn named(text: &str) -> Option<Self> {
        let (year, part) = match text.split_once('-') {
            Some((year, part)) => (year, Some(part)),
            None => (text, None),
        };
        let is_year = year.len() == 4 && year.bytes().all(|it| it.is_ascii_digit());
        let year: i16 = year.parse().ok().filter(|year| is_year && *year > 0)?;
        let (first, last) = match part.map(str::as_bytes) {
            None => (1, 12),
            Some([b'Q' | b'q', quarter @ b'1'..=b'4']) => {
                let last = (quarter - b'0').cast_signed() * 3;
                (last - 2, last)
            }
            Some([tens @ b'0'..=b'1', ones @ b'0'..=b'9']) => {
                let month = ((tens - b'0') * 10 + (ones - b'0')).cast_signed();
                (month, month)
            }
            Some(_) => return None,
        };
        if !(1..=12).contains(&first) {
            return None;
        }
        Some(Self {
            from: date(year, first, 1),
            to: date(year, last, 1).last_of_month(),
        })
    }

    /// The first day, such as `2025-01-01`.
    pub fn first(self) -> String {
        self.from.to_string()
    }

    /// The last day.
    pub fn last(self) -> String {
        self.to.to_string()
    }

    /// Whether an instant lies on one of its days.
    pub fn contains(self, instant: Instant) -> bool {
        let starts = Moment::Day(self.from).start();
        let ends = Moment::Day(self.to).end();
        starts.is_some_and(|start| instant >= start) && ends.is_some_and(|end| instant < end)
    }

    /// Whether its last day is not over at an instant.
    pub fn is_running(self, instant: Instant) -> bool {
        Moment::Day(self.to).end().is_none_or(|end| instant < end)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(fmt, "{}..{}", self.from, self.to)
    }
}

fn day(text: &str) -> Option<Date> {
    match Moment::parse(text)? {
        Moment::Day(day) => Some(day),
        Moment::At(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_instant;

    #[test]
    fn years_quarters_months_and_days_are_periods() {
        for (text, shown) in [
            ("2025-01-01..2025-03-31", "2025-01-01..2025-03-31"),
            ("2025-02-03..2025-02-03", "2025-02-03..2025-02-03"),
            ("2025-Q1", "2025-01-01..2025-03-31"),
            ("2025-q4", "2025-10-01..2025-12-31"),
            ("2024-02", "2024-02-01..2024-02-29"),
            ("2025", "2025-01-01..2025-12-31"),
        ] {
            assert_eq!(Period::parse(text).unwrap().to_string(), shown, "{text}");
        }
        for bad in [
            "",
            "Q1",
            "2025-Q5",
            "2025-13",
            "2025-00",
            "2025-1",
            "25-01",
            "2025-01-01",
            "2025-01-01..",
            "2025-02-30..2025-03-01",
            "2025-03-31..2025-01-01",
            "2025-01-01T00:00:00Z..2025-03-31",
            "9999-99",
            "-001",
        ] {
            assert!(Period::parse(bad).is_err(), "{bad}");
        }
        let last = Period::parse("9999").unwrap();
        assert!(last.is_running(parse_instant("2025-01-01T00:00:00Z").unwrap()));
    }

    #[test]
    fn twelve_months_end_with_the_day_of_the_instant() {
        for (instant, shown) in [
            ("2025-06-20T12:00:00Z", "2024-06-21..2025-06-20"),
            ("2024-02-29T00:00:00Z", "2023-03-01..2024-02-29"),
        ] {
            let instant = parse_instant(instant).unwrap();
            assert_eq!(Period::year_until(instant).to_string(), shown);
        }
    }

    #[test]
    fn a_period_has_months_and_a_long_one_quarters() {
        let shown = |text: &str| -> Vec<String> {
            let parts = Period::parse(text).unwrap().parts().into_iter();
            parts.map(|(name, part)| format!("{name} {part}")).collect()
        };
        assert_eq!(
            shown("2024-12-15..2025-02-03"),
            [
                "2024-12 2024-12-15..2024-12-31",
                "2025-01 2025-01-01..2025-01-31",
                "2025-02 2025-02-01..2025-02-03"
            ]
        );
        assert_eq!(shown("2025").len(), 12);
        let long = shown("2023-02-10..2025-03-31");
        assert_eq!(long.len(), 9);
        assert_eq!(long[0], "2023-Q1 2023-02-10..2023-03-31");
        assert_eq!(shown("9999-12").len(), 1);
    }

    #[test]
    fn what_lasts_meets_the_days_it_touches() {
        let quarter = Period::parse("2025-Q1").unwrap();
        let at = |text| parse_instant(text).unwrap();
        let (before, inside) = (at("2024-12-31T23:00:00Z"), at("2025-02-01T00:00:00Z"));
        let after = at("2025-04-01T00:00:00Z");
        for (from, until, meets) in [
            (before, None, true),
            (before, Some(before), false),
            (before, Some(inside), true),
            (inside, Some(after), true),
            (after, None, false),
        ] {
            assert_eq!(quarter.meets(from, until), meets, "{from} {until:?}");
        }
    }

    #[test]
    fn first_and_last_day_are_inside() {
        let quarter = Period::parse("2025-Q1").unwrap();
        for (instant, is_inside) in [
            ("2024-12-31T23:59:59Z", false),
            ("2025-01-01T00:00:00Z", true),
            ("2025-03-31T23:59:59.999Z", true),
            ("2025-04-01T00:00:00Z", false),
            ("2025-04-01T00:30:00+02:00", true),
        ] {
            let instant = parse_instant(instant).unwrap();
            assert_eq!(quarter.contains(instant), is_inside, "{instant}");
            let ends = parse_instant("2025-04-01T00:00:00Z").unwrap();
            assert_eq!(quarter.is_running(instant), instant < ends);
        }
    }
}
