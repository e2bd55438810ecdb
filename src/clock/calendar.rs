use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::Instant;

/// What a calendar and a clock on the wall show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall {
    /// The year.
    pub year: i16,
    /// The month, from 1.
    pub month: i8,
    /// The day of the month, from 1.
    pub day: i8,
    /// The day of the year, from 1.
    pub day_of_year: i16,
    /// The day of the week, from 0 for Sunday.
    pub day_of_week: i8,
    /// The hour.
    pub hour: i8,
    /// The minute.
    pub minute: i8,
    /// The second.
    pub second: i8,
    /// The millisecond.
    pub millisecond: i16,
}

impl Wall {
    /// What is shown at an instant: in UTC, or at an offset such as `+02:00`. Named zones are not
    /// known, because what they mean depends on the machine.
    pub fn at(instant: Instant, zone: Option<&str>) -> Option<Self> {
        let offset = match zone {
            None | Some("UTC" | "Z") => Offset::UTC,
            Some(text) => parse_offset(text)?,
        };
        let shown: DateTime = TimeZone::fixed(offset).to_datetime(instant);
        Some(Self {
            year: shown.year(),
            month: shown.month(),
            day: shown.day(),
            day_of_year: shown.day_of_year(),
            day_of_week: shown.weekday().to_sunday_zero_offset(),
            hour: shown.hour(),
            minute: shown.minute(),
            second: shown.second(),
            millisecond: shown.millisecond(),
        })
    }
}

/// `+02:00`, `-08:30` or `02:00`.
fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let [h1, h2, b':', m1, m2] = digits.as_bytes() else {
        return None;
    };
    let number = |tens: &u8, ones: &u8| {
        let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
        is_number.then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
    };
    let (hours, minutes) = (number(h1, h2)?, number(m1, m2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_instant;

    #[test]
    fn a_wall_shows_the_time_at_its_offset() {
        let instant = parse_instant("2009-02-13T23:31:30.125Z").unwrap();
        let utc = Wall::at(instant, None).unwrap();
        assert_eq!((utc.year, utc.month, utc.day), (2009, 2, 13));
        assert_eq!((utc.day_of_year, utc.day_of_week), (44, 5));
        assert_eq!(
            (utc.hour, utc.minute, utc.second, utc.millisecond),
            (23, 31, 30, 125)
        );
        assert_eq!(Wall::at(instant, Some("+11:00")).unwrap().day, 14);
        assert_eq!(Wall::at(instant, Some("-00:30")).unwrap().hour, 23);
        assert_eq!(Wall::at(instant, Some("Europe/Berlin")), None);
        assert_eq!(Wall::at(instant, Some("+2")), None);
    }
}
