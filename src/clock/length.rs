//! Lengths of time as expressions write them, `1h30m` or `1.5s`, and arithmetic that stays
//! within the calendar: years 1 to 9999 and lengths of up to 292 years.

use super::{Duration, Instant};

const UNITS: &[(&str, i128)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// 0001-01-01T00:00:00Z, in seconds.
const FIRST_SECOND: i64 = -62_135_596_800;

/// Reads a length of time: numbers with units, such as `4h`, `1h30m`, `-1.5s` or `3d`.
pub fn parse_length(text: &str) -> Option<Duration> {
    let (is_negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum: i128 = 0;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after, |c| !c.is_ascii_digit() && c != '.');
        let nanoseconds = UNITS.iter().find(|(name, _)| *name == unit)?.1;
        sum = sum.checked_add(scaled(number, nanoseconds)?)?;
        rest = after;
    }
    let sum = if is_negative { -sum } else { sum };
    i64::try_from(sum).ok().map(Duration::from_nanos)
}

fn split(text: &str, is_part: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// A number with up to nine digits after the point, times the nanoseconds of its unit.
fn scaled(number: &str, nanoseconds: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 20 || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let digits = &fraction[..fraction.len().min(18)];
    let part: i128 = if digits.is_empty() {
        0
    } else {
        digits.parse().ok()?
    };
    let parts = 10_i128.pow(digits.len() as u32);
    whole
        .checked_mul(nanoseconds)?
        .checked_add(part * nanoseconds / parts)
}

/// The length in nanoseconds; `None` beyond 292 years.
pub fn nanoseconds(length: Duration) -> Option<i64> {
    i64::try_from(length.as_nanos()).ok()
}

/// The sum of two lengths; `None` beyond 292 years.
pub fn add_lengths(one: Duration, two: Duration) -> Option<Duration> {
    let sum = nanoseconds(one)?.checked_add(nanoseconds(two)?)?;
    Some(Duration::from_nanos(sum))
}

/// The difference of two lengths; `None` beyond 292 years.
pub fn subtract_lengths(one: Duration, two: Duration) -> Option<Duration> {
    let difference = nanoseconds(one)?.checked_sub(nanoseconds(two)?)?;
    Some(Duration::from_nanos(difference))
}

/// The instant so much later, or earlier for a negative length; `None` outside the calendar.
pub fn shift(instant: Instant, length: Duration) -> Option<Instant> {
    instant.checked_add(length).ok().filter(|it| is_within(*it))
}

/// The instant so much earlier; `None` outside the calendar.
pub fn shift_back(instant: Instant, length: Duration) -> Option<Instant> {
    instant.checked_sub(length).ok().filter(|it| is_within(*it))
}

/// How long after `from` an instant is; `None` beyond 292 years.
pub fn between(instant: Instant, from: Instant) -> Option<Duration> {
    let length = instant.duration_since(from);
    nanoseconds(length).map(|_| length)
}

/// The instant so many seconds after 1970-01-01T00:00:00Z; `None` outside the calendar.
pub fn at_second(second: i64) -> Option<Instant> {
    Instant::from_second(second)
        .ok()
        .filter(|it| is_within(*it))
}

/// Whether the year is from 1 on; later than 9999 no instant can be.
pub fn is_within(instant: Instant) -> bool {
    (instant.as_second(), instant.subsec_nanosecond()) >= (FIRST_SECOND, 0)
}

/// A length in seconds: `1000000s`, `-1.5s`.
pub fn seconds_text(length: Duration) -> String {
    let nanoseconds = length.as_nanos();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let whole = length.as_secs().unsigned_abs();
    let fraction = length.subsec_nanos().unsigned_abs();
    if fraction == 0 {
        return format!("{sign}{whole}s");
    }
    let digits = format!("{fraction:09}");
    format!("{sign}{whole}.{}s", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_write_numbers_with_units() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("4h", 14_400_000_000_000),
            ("3d", 259_200_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("-1.5s", -1_500_000_000),
            ("+.5ms", 500_000),
            ("999999999ns", 999_999_999),
        ] {
            assert_eq!(
                parse_length(text),
                Some(Duration::from_nanos(nanoseconds)),
                "{text}"
            );
        }
        for bad in [
            "",
            "-",
            "4",
            "h",
            "4 h",
            "1..5s",
            ".s",
            "4w",
            "320000000000s",
            "é",
        ] {
            assert_eq!(parse_length(bad), None, "{bad}");
        }
    }

    #[test]
    fn seconds_keep_their_fraction() {
        assert_eq!(seconds_text(Duration::from_secs(1_000_000)), "1000000s");
        assert_eq!(seconds_text(Duration::from_nanos(-1_500_000_000)), "-1.5s");
        assert_eq!(seconds_text(Duration::from_nanos(-1)), "-0.000000001s");
    }
}
