//! Dates by explicit patterns: a cell fits one, or it stays unknown.
//!
//! A pattern spells out what a cell looks like (`M/D/YYYY`, `YYYY-MM-DDThh:mm:ssZ`). Nothing is
//! guessed: no two-digit years, no time where the source has none, no offset that neither the
//! cell nor the mapping states. What is read is written with the digits of the source.

use std::fmt::Write as _;

const MONTHS: [&str; 12] = [
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

/// What is wrong with a pattern; always the fault of the mapping's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// A year of two digits does not say its century.
    #[error("a year needs four digits: write YYYY")]
    ShortYear,
    /// A letter that stands for nothing.
    #[error("`{0}` means nothing in a date pattern; put words in 'single quotes'")]
    UnknownLetters(String),
    /// A single quote without its partner.
    #[error("a single quote is not closed")]
    OpenQuote,
    /// The same part twice, such as two years.
    #[error("{0} stands there twice")]
    Twice(&'static str),
    /// No date without these.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A part of one or two digits runs into further digits.
    #[error("`{0}` may have one or two digits, so a digit must not follow it directly")]
    RunsTogether(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month { padded: bool },
    MonthName { short: bool },
    Day { padded: bool },
    Hour { padded: bool },
    Minute,
    Second,
    Fraction,
    HalfDay,
    Offset,
    Literal(char),
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Year => "the year (YYYY)",
            Self::Month { .. } | Self::MonthName { .. } => "the month (M, MM, MMM or MMMM)",
            Self::Day { .. } => "the day (D or DD)",
            Self::Hour { .. } => "the hour (h or hh)",
            Self::Minute => "the minute (mm)",
            Self::Second => "the second (ss)",
            Self::Fraction => "the fraction (f)",
            Self::HalfDay => "AM",
            Self::Offset => "the offset (Z)",
            Self::Literal(_) => "text",
        }
    }

    /// The letters of a part that may have fewer digits than it could.
    const fn loose_letters(self) -> Option<&'static str> {
        match self {
            Self::Month { padded: false } => Some("M"),
            Self::Day { padded: false } => Some("D"),
            Self::Hour { padded: false } => Some("h"),
            Self::Fraction => Some("f"),
            _ => None,
        }
    }

    const fn starts_with_digit(self) -> bool {
        match self {
            Self::MonthName { .. } | Self::HalfDay | Self::Offset => false,
            Self::Literal(c) => c.is_ascii_digit(),
            _ => true,
        }
    }
}

/// One pattern, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DatePattern {
    written: String,
    parts: Vec<Part>,
}

/// A date or instant as far as a cell states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Moment {
    year: u16,
    month: u8,
    day: u8,
    /// Hour, minute and second, the last two as digits of the source.
    time: Option<(u8, String, String)>,
    fraction: String,
    is_afternoon: Option<bool>,
    offset: Option<String>,
}

impl DatePattern {
    /// Checks a pattern.
    pub(super) fn parse(written: &str) -> Result<Self, PatternFault> {
        let parts = split(written)?;
        for (index, part) in parts.iter().enumerate() {
            let is_same =
                |other: &&Part| part.name() == other.name() && !matches!(other, Part::Literal(_));
            if parts[..index].iter().any(|other| is_same(&other)) {
                return Err(PatternFault::Twice(part.name()));
            }
            let next = parts.get(index + 1);
            if let (Some(letters), Some(next)) = (part.loose_letters(), next)
                && next.starts_with_digit()
            {
                return Err(PatternFault::RunsTogether(letters));
            }
        }
        let has = |wanted: Part| parts.iter().any(|part| part.name() == wanted.name());
        let year_month_day = [
            Part::Year,
            Part::Month { padded: true },
            Part::Day { padded: true },
        ];
        let hour = Part::Hour { padded: true };
        let wants_hour = [Part::Minute, Part::HalfDay, Part::Offset];
        let mut needed = year_month_day.to_vec();
        needed.extend(wants_hour.iter().any(|part| has(*part)).then_some(hour));
        needed.extend((has(hour) || has(Part::Second)).then_some(Part::Minute));
        needed.extend(has(Part::Fraction).then_some(Part::Second));
        match needed.into_iter().find(|part| !has(*part)) {
            Some(missing) => Err(PatternFault::Missing(missing.name())),
            None => Ok(Self {
                written: written.to_owned(),
                parts,
            }),
        }
    }

    /// Whether the pattern has a time but no offset.
    pub(super) fn is_without_offset(&self) -> bool {
        let has = |name: &str| self.parts.iter().any(|part| part.name() == name);
        has(Part::Minute.name()) && !has(Part::Offset.name())
    }

    /// The pattern as written in the mapping.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// Reads a text that fits the pattern from its first to its last character.
    fn read(&self, text: &str, stated_offset: Option<&str>) -> Option<String> {
        let mut rest = text;
        let mut moment = Moment::default();
        for part in &self.parts {
            rest = moment.take(*part, rest)?;
        }
        rest.is_empty().then_some(())?;
        moment.written(stated_offset)
    }

    /// A few texts that fit the pattern.
    fn samples(&self) -> Vec<String> {
        let dates = [(2001, 2, 3), (2010, 11, 12), (2012, 10, 1), (2003, 4, 25)];
        let mut samples = Vec::new();
        for (year, month, day) in dates {
            for padded in [true, false] {
                samples.push(self.sample(year, month, day, padded));
            }
        }
        samples
    }

    fn sample(&self, year: u16, month: u8, day: u8, pad: bool) -> String {
        let mut out = String::new();
        for part in &self.parts {
            let _ = match part {
                Part::Year => write!(out, "{year}"),
                Part::Month { padded } if *padded || pad => write!(out, "{month:02}"),
                Part::Month { .. } => write!(out, "{month}"),
                Part::MonthName { short: true } => write!(out, "{}", &month_name(month)[..3]),
                Part::MonthName { .. } => write!(out, "{}", month_name(month)),
                Part::Day { padded } if *padded || pad => write!(out, "{day:02}"),
                Part::Day { .. } => write!(out, "{day}"),
                Part::Hour { padded } if *padded || pad => write!(out, "04"),
                Part::Hour { .. } => write!(out, "4"),
                Part::Minute => write!(out, "05"),
                Part::Second => write!(out, "06"),
                Part::Fraction => write!(out, "7"),
                Part::HalfDay => write!(out, "PM"),
                Part::Offset => write!(out, "+01:00"),
                Part::Literal(c) => write!(out, "{c}"),
            };
        }
        out
    }
}

fn month_name(month: u8) -> &'static str {
    MONTHS[usize::from(month.clamp(1, 12)) - 1]
}

/// The parts of a pattern, in order.
fn split(written: &str) -> Result<Vec<Part>, PatternFault> {
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('\'') {
            let (words, after) = after.split_once('\'').ok_or(PatternFault::OpenQuote)?;
            parts.extend(words.chars().map(Part::Literal));
            rest = after;
            continue;
        }
        let (length, part) = if rest.starts_with("AM") {
            (2, Part::HalfDay)
        } else {
            let length = rest.len() - rest.trim_start_matches(first).len();
            (length, part_of(first, length, &rest[..length])?)
        };
        match part {
            Part::Literal(c) => parts.extend(rest[..length].chars().map(|_| Part::Literal(c))),
            part => parts.push(part),
        }
        rest = &rest[length..];
    }
    Ok(parts)
}

fn part_of(letter: char, length: usize, letters: &str) -> Result<Part, PatternFault> {
    Ok(match (letter, length) {
        ('Y', 4) => Part::Year,
        ('Y', 2) => return Err(PatternFault::ShortYear),
        ('M', 1 | 2) => Part::Month {
            padded: length == 2,
        },
        ('M', 3 | 4) => Part::MonthName { short: length == 3 },
        ('D', 1 | 2) => Part::Day {
            padded: length == 2,
        },
        ('h', 1 | 2) => Part::Hour {
            padded: length == 2,
        },
        ('m', 2) => Part::Minute,
        ('s', 2) => Part::Second,
        ('f', 1) => Part::Fraction,
        ('Z', 1) => Part::Offset,
        ('T', 1) => Part::Literal('T'),
        (c, _) if c.is_alphabetic() => {
            return Err(PatternFault::UnknownLetters(letters.to_owned()));
        }
        (c, _) => Part::Literal(c),
    })
}

impl Moment {
    /// Takes one part from the front of `text` and gives the rest.
    fn take<'t>(&mut self, part: Part, text: &'t str) -> Option<&'t str> {
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
    fn written(&self, stated_offset: Option<&str>) -> Option<String> {
        let (year, month, day) = (
            i16::try_from(self.year).ok()?,
            i8::try_from(self.month).ok()?,
            i8::try_from(self.day).ok()?,
        );
        (year > 0).then_some(())?;
        jiff::civil::Date::new(year, month, day).ok()?;
        let mut out = format!("{year:04}-{month:02}-{day:02}");
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
fn take_offset(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some(("Z".to_owned(), rest));
    }
    let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'))?;
    let (hours, rest) = digits(&text[1..], 2, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2, 2)?;
    let is_known = hours < "24" && minutes < "60" && (sign, hours, minutes) != ('-', "00", "00");
    is_known.then(|| (format!("{sign}{hours}:{minutes}"), rest))
}

/// Whether a text is an offset as RFC 3339 writes it.
pub(super) fn is_offset(text: &str) -> bool {
    take_offset(text).is_some_and(|(offset, rest)| rest.is_empty() && offset == text)
}

/// Why a cell is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoDate {
    /// It fits none of the patterns, or there is no such day.
    FitsNone,
    /// It fits two patterns that disagree.
    FitsTwo,
}

/// A text that two patterns read as different days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ambiguity {
    pub(super) text: String,
    pub(super) first: (String, String),
    pub(super) second: (String, String),
}

/// The patterns of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DatePatterns {
    pub(super) patterns: Vec<DatePattern>,
    /// The offset that the mapping states for times without one.
    pub(super) offset: Option<String>,
}

impl DatePatterns {
    /// Reads a cell.
    pub(super) fn read(&self, text: &str) -> Result<String, NoDate> {
        let mut found: Option<String> = None;
        for pattern in &self.patterns {
            match (pattern.read(text, self.offset.as_deref()), &found) {
                (Some(date), Some(earlier)) if date != *earlier => return Err(NoDate::FitsTwo),
                (Some(date), _) => found = Some(date),
                (None, _) => {}
            }
        }
        found.ok_or(NoDate::FitsNone)
    }

    /// A witness that two of the patterns contradict each other, if there is one.
    pub(super) fn ambiguity(&self) -> Option<Ambiguity> {
        let offset = self.offset.as_deref();
        for first in &self.patterns {
            for second in &self.patterns {
                for text in first.samples() {
                    let (Some(one), Some(other)) =
                        (first.read(&text, offset), second.read(&text, offset))
                    else {
                        continue;
                    };
                    if one != other {
                        return Some(Ambiguity {
                            text,
                            first: (first.written.clone(), one),
                            second: (second.written.clone(), other),
                        });
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<String> {
        DatePattern::parse(pattern).unwrap().read(text, None)
    }

    fn fault(pattern: &str) -> PatternFault {
        DatePattern::parse(pattern).unwrap_err()
    }

    #[test]
    fn a_date_without_time_stays_a_date() {
        assert_eq!(read("M/D/YYYY", "2/20/2016").unwrap(), "2016-02-20");
        assert_eq!(read("M/D/YYYY", "02/03/2016").unwrap(), "2016-02-03");
        assert_eq!(read("DD.MM.YYYY", "29.02.2016").unwrap(), "2016-02-29");
        assert_eq!(read("D MMM YYYY", "5 sep 2019").unwrap(), "2019-09-05");
        assert_eq!(read("MMMM D, YYYY", "May 5, 2019").unwrap(), "2019-05-05");
        assert_eq!(read("YYYYMMDD", "20190905").unwrap(), "2019-09-05");
    }

    #[test]
    fn times_keep_the_digits_of_the_source() {
        let iso = "YYYY-MM-DDThh:mm:ssZ";
        assert_eq!(
            read(iso, "2019-09-05T23:07:09+0530").unwrap(),
            "2019-09-05T23:07:09+05:30"
        );
        assert_eq!(
            read("YYYY-MM-DD hh:mm:ss.f Z", "2019-09-05 23:07:09.120 Z").unwrap(),
            "2019-09-05T23:07:09.120Z"
        );
        let american = DatePattern::parse("M/D/YYYY h:mm AM").unwrap();
        assert!(american.is_without_offset());
        assert_eq!(american.read("9/5/2019 1:07 PM", None), None);
        assert_eq!(
            american.read("9/5/2019 12:07 am", Some("-05:00")).unwrap(),
            "2019-09-05T00:07:00-05:00"
        );
    }

    #[test]
    fn what_does_not_fit_is_no_date() {
        for text in [
            "2/30/2016",
            "20/2/2016",
            "2/20/16",
            "2/20/2016 ",
            "2-20-2016",
            "",
            "2/20/02016",
            "unknown",
            "٢/20/2016",
            "1/1/0000",
        ] {
            assert_eq!(read("M/D/YYYY", text), None, "{text}");
        }
        let iso = "YYYY-MM-DDThh:mm:ssZ";
        for text in [
            "2019-09-05T24:00:00Z",
            "2019-09-05T23:60:00Z",
            "2016-12-31T23:59:60Z",
            "2019-09-05T23:07:09-00:00",
            "2019-09-05T23:07:09",
            "2019-09-05T23:07:09+25:00",
        ] {
            assert_eq!(read(iso, text), None, "{text}");
        }
        assert_eq!(read("M/D/YYYY h:mm AM Z", "9/5/2019 13:07 PM Z"), None);
    }

    #[test]
    fn a_bad_pattern_is_refused() {
        assert_eq!(fault("M/D/YY"), PatternFault::ShortYear);
        assert_eq!(
            fault("M/YYYY"),
            PatternFault::Missing(Part::Day { padded: true }.name())
        );
        assert_eq!(fault("MDYYYY"), PatternFault::RunsTogether("M"));
        assert_eq!(
            fault("D D/M/YYYY"),
            PatternFault::Twice("the day (D or DD)")
        );
        assert_eq!(
            fault("M/D/YYYY at"),
            PatternFault::UnknownLetters("a".into())
        );
        assert_eq!(fault("M/D/YYYY 'at"), PatternFault::OpenQuote);
        assert_eq!(
            fault("M/D/YYYY hh"),
            PatternFault::Missing(Part::Minute.name())
        );
        assert!(DatePattern::parse("M/D/YYYY 'at' hh:mm 'UTC'").is_ok());
    }

    #[test]
    fn patterns_that_contradict_each_other_have_a_witness() {
        let of = |patterns: &[&str]| DatePatterns {
            patterns: patterns
                .iter()
                .map(|pattern| DatePattern::parse(pattern).unwrap())
                .collect(),
            offset: Some("Z".into()),
        };
        let witness = of(&["M/D/YYYY", "D/M/YYYY"]).ambiguity().unwrap();
        assert_eq!(witness.text, "02/03/2001");
        assert_eq!(witness.first.1, "2001-02-03");
        assert_eq!(witness.second.1, "2001-03-02");
        assert!(of(&["YYYYMMDD", "YYYYDDMM"]).ambiguity().is_some());
        assert!(
            of(&["M/D/YYYY", "MM/DD/YYYY", "D.M.YYYY", "D MMM YYYY"])
                .ambiguity()
                .is_none()
        );
        assert!(
            of(&["M/D/YYYY hh:mm", "M/D/YYYY h:mm AM"])
                .ambiguity()
                .is_none()
        );
    }
}
