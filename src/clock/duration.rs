use super::Duration;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Reads a length of time as records write it: `15m`, `4h`, `3d`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let unit = match text.as_bytes().last()? {
        b'm' => MINUTE,
        b'h' => HOUR,
        b'd' => DAY,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if digits.starts_with('0') || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse::<i64>().ok()?.checked_mul(unit)?;
    // A thousand years: sums with any instant stay far from the ends of the calendar's arithmetic.
    (seconds <= 366_000 * DAY).then(|| Duration::from_secs(seconds))
}

/// A length of time for people: `6h 10m`, `3d 2h`, `45s`, `-15m`. Seconds only where there is
/// nothing longer than minutes.
pub fn duration_text(length: Duration) -> String {
    let mut left = length.as_secs().unsigned_abs();
    let mut parts = Vec::new();
    for (unit, name) in [(DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm'), (1, 's')] {
        let unit = unit.unsigned_abs();
        if left >= unit && !(name == 's' && left / unit > 0 && parts.len() > 1) {
            parts.push(format!("{}{name}", left / unit));
        }
        left %= unit;
    }
    if parts.is_empty() {
        return "0m".to_owned();
    }
    let sign = if length.is_negative() { "-" } else { "" };
    format!("{sign}{}", parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_write_minutes_hours_and_days() {
        assert_eq!(parse_duration("15m"), Some(Duration::from_secs(900)));
        assert_eq!(parse_duration("4h"), Some(Duration::from_secs(14_400)));
        assert_eq!(parse_duration("3d"), Some(Duration::from_secs(259_200)));
        for bad in [
            "",
            "m",
            "0h",
            "04h",
            "4",
            "4 h",
            "-4h",
            "+4h",
            "4w",
            "é",
            "999999999999999999d",
            "99999999999999999999m",
        ] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn people_read_the_largest_units() {
        for (seconds, text) in [
            (22_200, "6h 10m"),
            (0, "0m"),
            (45, "45s"),
            (95, "1m 35s"),
            (-900, "-15m"),
            (86_400 + 7_200, "1d 2h"),
            (86_400 + 60, "1d 1m"),
            (3_661, "1h 1m"),
        ] {
            assert_eq!(duration_text(Duration::from_secs(seconds)), text);
        }
    }
}
