//! Dates by explicit patterns: a cell fits one, or it stays unknown.
//!
//! A pattern spells out what a cell looks like (`M/D/YYYY`, `YYYY-MM-DDThh:mm:ssZ`). Nothing is
//! guessed: no two-digit years, no time where the source has none, no offset that neither the
//! cell nor the mapping states. What is read is written with the digits of the source.

mod moment;
mod pattern;

use std::fmt::Write as _;

use moment::{MONTHS, Moment, take_offset};
use pattern::{Part, split};

pub use pattern::PatternFault;

/// One pattern, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::author::import) struct DatePattern {
    written: String,
    parts: Vec<Part>,
}

impl DatePattern {
    /// Checks a pattern.
    pub(in crate::author::import) fn parse(written: &str) -> Result<Self, PatternFault> {
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
    pub(in crate::author::import) fn is_without_offset(&self) -> bool {
        let has = |name: &str| self.parts.iter().any(|part| part.name() == name);
        has(Part::Minute.name()) && !has(Part::Offset.name())
    }

    /// The pattern as written in the mapping.
    pub(in crate::author::import) fn written(&self) -> &str {
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

/// Whether a text is an offset as RFC 3339 writes it.
pub(in crate::author::import) fn is_offset(text: &str) -> bool {
    take_offset(text).is_some_and(|(offset, rest)| rest.is_empty() && offset == text)
}

/// Why a cell is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::author::import) enum NoDate {
    /// It fits none of the patterns, or there is no such day.
    FitsNone,
    /// It fits two patterns that disagree.
    FitsTwo,
}

/// A text that two patterns read as different days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::author::import) struct Ambiguity {
    pub(in crate::author::import) text: String,
    pub(in crate::author::import) first: (String, String),
    pub(in crate::author::import) second: (String, String),
}

/// The patterns of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::author::import) struct DatePatterns {
    pub(in crate::author::import) patterns: Vec<DatePattern>,
    /// The offset that the mapping states for times without one.
    pub(in crate::author::import) offset: Option<String>,
}

impl DatePatterns {
    /// Reads a cell.
    pub(in crate::author::import) fn read(&self, text: &str) -> Result<String, NoDate> {
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
    pub(in crate::author::import) fn ambiguity(&self) -> Option<Ambiguity> {
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
