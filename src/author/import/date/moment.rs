//! What a cell states of a moment, taken part by part.

use std::fmt::Write as _;

use super::pattern::Part;
use crate::clock;

/// The months in English; the first three letters are the short names.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date or instant as far as a cell states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment {
    year: u16,
    month: u8,
    day: u8,
    /// Hour, minute and second, the last two as digits of the source.
    time: Option<(u8, String, String)>,
    fraction: String,
    is_afternoon: Option<bool>,
    offset: Option<String>,
}

impl Moment {
    /// Takes one part from the front of `text` and gives the rest.
    pub(super) fn take<'t>(&mut self, part: Part, text: &'t str) -> Option<&'t str> {
        match part {
            Part::Year => {
                let (digits, rest) = digits(text, 4, 4)?;
                self.year = digits.parse().ok()?;
                Some(rest)
            }
            Part::Month { padded } => {
                let (digits, rest) = digits(text, if padded { 2 } else { 1 }, 2)?;
                self.month = digits.parse().ok()?;
                Some(rest)
            }
            Part::MonthName { short } => {
                let length = text.len() - text.trim_start_matches(char::is_alphabetic).len();
                let (name, rest) = text.split_at(length);
                let fits = |month: &str| {
                    let month = if short { &month[..3] } else { month };
                    name.eq_ignore_ascii_case(month)
                };
                self.month = MONTHS.iter().position(|month| fits(month))? as u8 + 1;
                Some(rest)
            }
            Part::Day { padded } => {
                let (digits, rest) = digits(text, if padded { 2 } else { 1 }, 2)?;
                self.day = digits.parse().ok()?;
                Some(rest)
            }
            Part::Literal(c) => text.strip_prefix(c),
            _ => self.take_time(part, text),
        }
    }

    fn take_time<'t>(&mut self, part: Part, text: &'t str) -> Option<&'t str> {
        let time = self
            .time
            .get_or_insert_with(|| (0, String::new(), "00".to_owned()));
        match part {
            Part::Hour { padded } => {
                let (digits, rest) = digits(text, if padded { 2 } else { 1 }, 2)?;
                time.0 = digits.parse().ok()?;
                Some(rest)
            }
            Part::Minute | Part::Second => {
                let (digits, rest) = digits(text, 2, 2)?;
                (digits < "60").then_some(())?;
                let place = if part == Part::Minute {
                    &mut time.1
                } else {
                    &mut time.2
                };
                digits.clone_into(place);
                Some(rest)
            }
            Part::Fraction => {
                let (digits, rest) = digits(text, 1, 9)?;
                self.fraction = format!(".{digits}");
                Some(rest)
            }
            Part::HalfDay => {
                let half = text.get(..2)?;
                self.is_afternoon = Some(half.eq_ignore_ascii_case("PM"));
                let is_half = half.eq_ignore_ascii_case("AM") || half.eq_ignore_ascii_case("PM");
                is_half.then(|| &text[2..])
            }
            _ => {
                let (offset, rest) = take_offset(text)?;
                self.offset = Some(offset);
                Some(rest)
            }
        }
    }

    /// The date or instant as a record states it, if there is such a day and time.
    pub(super) fn written(&self, stated_offset: Option<&str>) -> Option<String> {
        let (year, month, day) = (self.year, self.month, self.day);
        (year > 0).then_some(())?;
        let mut out = format!("{year:04}-{month:02}-{day:02}");
        clock::Moment::parse(&out)?;
        if let Some((hour, minute, second)) = &self.time {
            let hour = match self.is_afternoon {
                Some(_) if !(1..=12).contains(hour) => return None,
                Some(true) => hour % 12 + 12,
                Some(false) => hour % 12,
                None => *hour,
            };
            (hour < 24).then_some(())?;
            let offset = self.offset.as_deref().or(stated_offset)?;
            let _ = write!(out, "T{hour:02}:{minute}:{second}{}{offset}", self.fraction);
        }
        Some(out)
    }
}

/// Between `least` and `most` digits from the front, as many as there are.
fn digits(text: &str, least: usize, most: usize) -> Option<(&str, &str)> {
    let count = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    (count >= least).then(|| text.split_at(count))
}

/// `Z`, `+hh:mm` or `+hhmm` from the front, in the form of RFC 3339. `-00:00` says that the
/// offset is not known, so it is none.
pub(super) fn take_offset(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some(("Z".to_owned(), rest));
    }
    let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'))?;
    let (hours, rest) = digits(&text[1..], 2, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2, 2)?;
    let is_known = hours < "24" && minutes < "60" && (sign, hours, minutes) != ('-', "00", "00");
    is_known.then(|| (format!("{sign}{hours}:{minutes}"), rest))
}
