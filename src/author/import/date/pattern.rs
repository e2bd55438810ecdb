//! The language of date patterns: `M/D/YYYY`, `YYYY-MM-DDThh:mm:ssZ`.

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

/// A part of a pattern, and of the texts that fit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
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
    pub(super) const fn name(self) -> &'static str {
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
    pub(super) const fn loose_letters(self) -> Option<&'static str> {
        match self {
            Self::Month { padded: false } => Some("M"),
            Self::Day { padded: false } => Some("D"),
            Self::Hour { padded: false } => Some("h"),
            Self::Fraction => Some("f"),
            _ => None,
        }
    }

    pub(super) const fn starts_with_digit(self) -> bool {
        match self {
            Self::MonthName { .. } | Self::HalfDay | Self::Offset => false,
            Self::Literal(c) => c.is_ascii_digit(),
            _ => true,
        }
    }
}

/// The parts of a pattern, in order.
pub(super) fn split(written: &str) -> Result<Vec<Part>, PatternFault> {
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
