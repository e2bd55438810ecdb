use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use super::Instant;

/// A date or an instant, as records write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A plain date.
    Day(Date),
    /// A time with an offset.
    At(Instant),
}

/// Why a text is no instant to evaluate as of. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a date such as 2025-06-20 nor a time such as 2025-06-20T12:00:00Z")]
pub struct AsOfError(pub String);

impl Moment {
    /// Reads a date or an RFC 3339 time.
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            10 => is_date(text)
                .then(|| text.parse().ok().map(Self::Day))
                .flatten(),
            _ => parse_instant(text).map(Self::At),
        }
    }

    /// The instant from which it counts when it begins or records something.
    pub fn start(self) -> Option<Instant> {
        match self {
            Self::Day(day) => midnight(day),
            Self::At(instant) => Some(instant),
        }
    }

    /// The instant until which it counts when it ends something or falls due: of a day, 24:00 UTC.
    pub fn end(self) -> Option<Instant> {
        match self {
            Self::Day(day) => day.tomorrow().ok().and_then(midnight),
            Self::At(instant) => Some(instant),
        }
    }

    /// The day it lies on, in UTC.
    pub(super) fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(instant) => TimeZone::UTC.to_datetime(instant).date(),
        }
    }

    /// Whether something that lasts until this moment is over at `instant`. A day lasts until
    /// 24:00 UTC and is inside; an instant is outside.
    pub fn has_ended(self, instant: Instant) -> bool {
        match self {
            Self::Day(_) => self.end().is_some_and(|end| instant > end),
            Self::At(end) => instant >= end,
        }
    }
}

/// The start of the day, in UTC, on which an instant lies.
pub fn start_of_day(instant: Instant) -> Option<Instant> {
    midnight(TimeZone::UTC.to_datetime(instant).date())
}

/// Reads an RFC 3339 time with seconds and offset; nothing wider.
pub fn parse_instant(text: &str) -> Option<Instant> {
    let bytes = text.as_bytes();
    let is_shaped = bytes.len() >= 20
        && is_date(text.get(..10)?)
        && matches!(bytes[10], b'T' | b't')
        && bytes[13] == b':'
        && bytes[16] == b':'
        && has_offset(text.get(19..)?);
    match is_shaped {
        true => plain(bytes).or_else(|| text.parse().ok()),
        false => None,
    }
}

/// An instant written as most are, whole seconds in UTC: rules read many.
fn plain(text: &[u8]) -> Option<Instant> {
    let [
        y1,
        y2,
        y3,
        y4,
        _,
        m1,
        m2,
        _,
        d1,
        d2,
        _,
        h1,
        h2,
        _,
        n1,
        n2,
        _,
        s1,
        s2,
        b'Z',
    ] = text
    else {
        return None;
    };
    let number = |tens: &u8, ones: &u8| {
        let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
        is_number.then(|| (10 * (tens - b'0') + (ones - b'0')).cast_signed())
    };
    let year = 100 * i16::from(number(y1, y2)?) + i16::from(number(y3, y4)?);
    let date = Date::new(year, number(m1, m2)?, number(d1, d2)?).ok()?;
    let time = Time::new(number(h1, h2)?, number(n1, n2)?, number(s1, s2)?, 0).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok()
}

/// Reads the instant to evaluate as of: a time, or a date that means its end (24:00 UTC).
///
/// # Errors
/// [`AsOfError`] for anything else.
pub fn parse_as_of(text: &str) -> Result<Instant, AsOfError> {
    let instant = Moment::parse(text.trim()).and_then(Moment::end);
    instant.ok_or_else(|| AsOfError(text.to_owned()))
}

fn midnight(day: Date) -> Option<Instant> {
    day.to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

fn is_date(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    })
}

/// `Z`, `+02:00` or `-08:00`, after an optional fraction of a second.
fn has_offset(text: &str) -> bool {
    let text = match text.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => text,
    };
    match text.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|it| it.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        parse_instant(text).unwrap()
    }

    #[test]
    fn only_rfc_3339_is_an_instant() {
        for good in [
            "2025-05-06T09:20:00Z",
            "2025-05-06T09:20:00.5+02:00",
            "2025-05-06t09:20:00z",
        ] {
            assert!(parse_instant(good).is_some(), "{good}");
        }
        for bad in [
            "2025-05-06",
            "2025-05-06T09:20Z",
            "2025-05-06T09:20:00",
            "2025-05-06T09:20:00[UTC]",
            "2025-13-06T09:20:00Z",
            "2025-05-06 09:20:00Z",
            "20250506T092000Z",
            "",
            "-002025-05-06T09:20:00Z",
            "2025-05-06T09:20:00+0200",
        ] {
            assert!(parse_instant(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn plain_times_are_read_as_all_others() {
        let mut read = 0;
        for year in [
            "0000", "1969", "1970", "2000", "2023", "2024", "2100", "9999",
        ] {
            for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
                for time in [
                    "00:00:00", "23:59:59", "23:59:60", "24:00:00", "12:60:00", "1x:00:00",
                ] {
                    let text = format!("{year}-{month:02}-{day:02}T{time}Z");
                    let found = parse_instant(&text);
                    assert_eq!(found, text.parse().ok(), "{text}");
                    read += i32::from(plain(text.as_bytes()).is_some());
                }
            }
        }
        // Eight years, three of them leap, at two times of each day. Instants end at 22:00 on the
        // last day but one of the year 9999: three of these lie behind that.
        assert_eq!(read, 2 * (8 * 365 + 3) - 3);
    }

    #[test]
    fn a_day_is_inside_the_time_it_ends() {
        let day = Moment::parse("2025-06-20").unwrap();
        assert!(!day.has_ended(instant("2025-06-20T23:59:59Z")));
        assert!(
            !day.has_ended(instant("2025-06-21T00:00:00Z")),
            "exactly on a limit is in time"
        );
        assert!(day.has_ended(instant("2025-06-21T00:00:01Z")));
        assert_eq!(day.start(), Some(instant("2025-06-20T00:00:00Z")));
    }

    #[test]
    fn an_instant_is_outside_the_time_it_ends() {
        let end = Moment::parse("2025-06-20T12:00:00Z").unwrap();
        assert!(end.has_ended(instant("2025-06-20T12:00:00Z")));
        assert!(!end.has_ended(instant("2025-06-20T11:59:59Z")));
    }

    #[test]
    fn as_of_a_date_means_its_end() {
        assert_eq!(
            parse_as_of("2025-06-20"),
            Ok(instant("2025-06-21T00:00:00Z"))
        );
        assert_eq!(
            parse_as_of("2025-06-20T12:00:00+02:00"),
            Ok(instant("2025-06-20T10:00:00Z"))
        );
        assert!(parse_as_of("yesterday").is_err());
    }
}
