use std::str::FromStr;

use super::{Path, Step};
use crate::text::Span;

/// A text that is no path. The author's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// What is wrong, beginning in lower case.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
    /// Where, in the text of the path.
    pub at: Span,
}

impl Path {
    /// Reads a path. The empty text is the path of the root.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader { text, at: 0 };
        let mut steps = Vec::new();
        while reader.at < text.len() {
            let is_first = steps.is_empty();
            if reader.eat('[') {
                steps.push(reader.element()?);
            } else if reader.eat('.') && is_first {
                reader.at = 0;
                return Err(reader.error(
                    "the path begins with a dot",
                    "Begin with a key of the record.",
                ));
            } else if is_first || text[..reader.at].ends_with('.') {
                steps.push(Step::Key(reader.key()?));
            } else {
                return Err(reader.error(
                    "a dot is missing before this",
                    "Join keys with dots: `list[element].key`.",
                ));
            }
        }
        Ok(Self { steps })
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

/// Whether a key needs no quotes.
pub(super) fn is_bare_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(is_key_character)
}

/// Whether a value in brackets needs no quotes.
pub(super) fn is_bare_value(value: &str) -> bool {
    !value.is_empty()
        && value.trim() == value
        && !value.starts_with('#')
        && value.chars().all(is_value_character)
}

fn is_key_character(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '.' | '[' | ']' | '"' | '\\' | ',' | '#')
}

fn is_value_character(c: char) -> bool {
    !c.is_control() && !matches!(c, '[' | ']' | '"' | '\\' | ',')
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn eat(&mut self, c: char) -> bool {
        let is_there = self.rest().starts_with(c);
        if is_there {
            self.at += c.len_utf8();
        }
        is_there
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// A fault at the character at hand.
    fn error(&self, message: impl Into<String>, help: &'static str) -> PathError {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        PathError {
            message: message.into(),
            help,
            at: Span::new(self.at as u32, (self.at + length) as u32),
        }
    }

    fn key(&mut self) -> Result<Box<str>, PathError> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let rest = self.rest();
        let length = rest.find(|c| !is_key_character(c)).unwrap_or(rest.len());
        let key: Box<str> = rest[..length].into();
        self.at += length;
        let next = self.rest().chars().next();
        match next {
            None | Some('.' | '[') if !key.is_empty() => {
                if self.rest() == "." {
                    return Err(self.error("the path ends with a dot", "Remove the dot."));
                }
                // The dot is left for the caller, who reads it before the next key.
                Ok(key)
            }
            Some('.') => Err(self.error("a key is missing here", "Write one dot between keys.")),
            None | Some('[') => Err(self.error(
                "a key is missing here",
                "Write an element directly behind its list: `list[element]`.",
            )),
            Some(c) => Err(self.error(
                format!("a key with `{}` must be quoted", c.escape_debug()),
                "Put the key into double quotes.",
            )),
        }
    }

    /// What stands between brackets; the opening one is read.
    fn element(&mut self) -> Result<Step, PathError> {
        let open = self.at - 1;
        self.skip_blanks();
        if self.eat('#') {
            return self.number();
        }
        let mut values = Vec::new();
        loop {
            self.skip_blanks();
            values.push(self.value()?);
            self.skip_blanks();
            if self.eat(']') {
                return Ok(Step::Element(values));
            }
            if self.rest().is_empty() {
                self.at = open;
                return Err(self.error("this bracket is not closed", "Add the closing `]`."));
            }
            if !self.eat(',') {
                return Err(self.error(
                    "a comma or the closing bracket is missing before this",
                    "Put a value with brackets, commas or quotes into double quotes.",
                ));
            }
        }
    }

    fn value(&mut self) -> Result<Box<str>, PathError> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let rest = self.rest();
        let length = rest.find(|c| !is_value_character(c)).unwrap_or(rest.len());
        let value: Box<str> = rest[..length].trim_end().into();
        if value.is_empty() {
            return Err(self.error(
                "nothing says which element is meant",
                "Write what identifies the element, or its number: `[#0]`.",
            ));
        }
        self.at += length;
        Ok(value)
    }

    fn number(&mut self) -> Result<Step, PathError> {
        let rest = self.rest();
        let is_digit = |c: char| c.is_ascii_digit();
        let length = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        let number = rest[..length].parse();
        let Ok(number) = number else {
            return Err(self.error(
                "`#` stands for a number here",
                "Write the position, counted from 0: `[#0]`; put a text that begins with `#` \
                 into double quotes.",
            ));
        };
        self.at += length;
        self.skip_blanks();
        if self.eat(']') {
            Ok(Step::Number(number))
        } else {
            Err(self.error(
                "the closing bracket is missing here",
                "Write a number alone: `[#0]`.",
            ))
        }
    }

    fn quoted(&mut self) -> Result<Box<str>, PathError> {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text.into()),
                '\\' => {
                    let escaped = self.rest().chars().next();
                    text.push(match escaped {
                        Some('n') => '\n',
                        Some('r') => '\r',
                        Some('t') => '\t',
                        Some(c @ ('"' | '\\')) => c,
                        _ => {
                            return Err(self.error(
                                "a backslash stands before this",
                                "Write `\\\\` for a backslash and `\\\"` for a quote.",
                            ));
                        }
                    });
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        self.at = open;
        Err(self.error("this quote is not closed", "Add the closing quote."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(values: &[&str]) -> Step {
        Step::Element(values.iter().map(|it| (*it).into()).collect())
    }

    #[test]
    fn keys_and_elements_are_told_apart() {
        let path = Path::parse("outbound[OUT-1].approvals[legal].by").unwrap();
        let expected = [
            Step::Key("outbound".into()),
            element(&["OUT-1"]),
            Step::Key("approvals".into()),
            element(&["legal"]),
            Step::Key("by".into()),
        ];
        assert_eq!(path.steps(), expected);
        assert_eq!(path.to_string(), "outbound[OUT-1].approvals[legal].by");
    }

    #[test]
    fn elements_have_several_values_or_a_number() {
        let path = Path::parse("a[patient-portal/sso][x.y:z, \"b,]\"][#12]").unwrap();
        let expected = [
            Step::Key("a".into()),
            element(&["patient-portal/sso"]),
            element(&["x.y:z", "b,]"]),
            Step::Number(12),
        ];
        assert_eq!(path.steps(), expected);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for key in [
            "a", "a.b", "", " ", "a\"b\\c", "[x]", "ä/ß", "#1", "x\ny", "a,b",
        ] {
            let path = Path::from(vec![
                Step::Key(key.into()),
                element(&[key, "z"]),
                element(&[key]),
                Step::Number(0),
                Step::Key(key.into()),
            ]);
            assert_eq!(Path::parse(&path.to_string()).as_ref(), Ok(&path), "{path}");
        }
        assert_eq!(Path::parse("").unwrap().to_string(), "");
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        let cases = [
            (".a", ".", "the path begins with a dot"),
            ("a.", ".", "the path ends with a dot"),
            ("a..b", ".", "a key is missing here"),
            ("a.[b]", "[", "a key is missing here"),
            ("a[b]c", "c", "a dot is missing before this"),
            ("\"a\"b", "b", "a dot is missing before this"),
            ("a b", " ", "a key with ` ` must be quoted"),
            ("a[b", "[", "this bracket is not closed"),
            (
                "a[b[c]",
                "[",
                "a comma or the closing bracket is missing before this",
            ),
            ("a[]", "]", "nothing says which element is meant"),
            ("a[b,]", "]", "nothing says which element is meant"),
            ("a[#x]", "x", "`#` stands for a number here"),
            ("a[#1,b]", ",", "the closing bracket is missing here"),
            ("\"a", "\"", "this quote is not closed"),
            ("\"a\\x\"", "x", "a backslash stands before this"),
            ("a]", "]", "a key with `]` must be quoted"),
        ];
        for (text, at, message) in cases {
            let error = Path::parse(text).unwrap_err();
            assert_eq!(
                (error.at.slice(text), error.message.as_str()),
                (at, message)
            );
        }
    }

    #[test]
    fn a_path_that_ends_behind_a_quoted_key_and_a_dot_is_refused() {
        assert!(Path::parse("\"a\".").is_err());
        assert!(Path::parse("a[b].").is_err());
    }
}
