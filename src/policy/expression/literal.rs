//! What literals mean: numbers, texts and bytes as they are written.

use super::mistake::Mistake;
use crate::text::Span;

/// A whole number, with the sign that stands before it.
pub(super) fn int(text: &str, is_negative: bool) -> Option<i64> {
    let magnitude = uint_digits(text)?;
    if is_negative {
        0_i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    }
}

/// An unsigned number with its mark.
pub(super) fn uint(text: &str) -> Option<u64> {
    uint_digits(text.trim_end_matches(['u', 'U']))
}

fn uint_digits(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A text or bytes literal.
pub(super) enum Quoted {
    Text(Box<str>),
    Bytes(Box<[u8]>),
}

/// Decodes a literal that stands at `span` with its prefix and quotes.
pub(super) fn quoted(source: &str, span: Span) -> Result<Quoted, Mistake> {
    let text = span.slice(source);
    let prefix = text.find(['"', '\'']).unwrap_or(0);
    let has = |mark: char| {
        text[..prefix]
            .chars()
            .any(|it| it.eq_ignore_ascii_case(&mark))
    };
    let (is_raw, is_bytes) = (has('r'), has('b'));
    let quote = &text[prefix..=prefix];
    let width = match text[prefix..].strip_prefix(quote) {
        Some(rest) if rest.starts_with(&quote.repeat(2)) && text.len() >= prefix + 6 => 3,
        _ => 1,
    };
    let body = &text[prefix + width..text.len() - width];
    if is_raw || !body.contains('\\') {
        return Ok(if is_bytes {
            Quoted::Bytes(body.as_bytes().into())
        } else {
            Quoted::Text(body.into())
        });
    }
    let mut escapes = Escapes {
        body,
        at: 0,
        start: span.start as usize + prefix + width,
        is_bytes,
    };
    let made = escapes.decode()?;
    if is_bytes {
        return Ok(Quoted::Bytes(made.into()));
    }
    match String::from_utf8(made) {
        Ok(text) => Ok(Quoted::Text(text.into())),
        Err(_) => Err(Mistake::new(span.range(), "this is no valid text")),
    }
}

struct Escapes<'s> {
    body: &'s str,
    at: usize,
    /// Where the body stands in the whole text.
    start: usize,
    is_bytes: bool,
}

impl Escapes<'_> {
    fn decode(&mut self) -> Result<Vec<u8>, Mistake> {
        let mut made = Vec::with_capacity(self.body.len());
        while let Some(length) = self.body[self.at..].find('\\') {
            made.extend_from_slice(&self.body.as_bytes()[self.at..self.at + length]);
            self.at += length;
            self.escape(&mut made)?;
        }
        made.extend_from_slice(&self.body.as_bytes()[self.at..]);
        Ok(made)
    }

    fn escape(&mut self, made: &mut Vec<u8>) -> Result<(), Mistake> {
        let rest = &self.body.as_bytes()[self.at..];
        let byte = match rest.get(1) {
            Some(b'a') => 0x07,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 0x0b,
            Some(same @ (b'\\' | b'?' | b'"' | b'\'' | b'`')) => *same,
            Some(b'x' | b'X') => return self.code(2, 2, 16, made),
            Some(b'u') if !self.is_bytes => return self.code(2, 4, 16, made),
            Some(b'U') if !self.is_bytes => return self.code(2, 8, 16, made),
            Some(b'0'..=b'3') => return self.code(1, 3, 8, made),
            _ => return Err(self.wrong(2)),
        };
        made.push(byte);
        self.at += 2;
        Ok(())
    }

    /// An escape with `digits` digits after `skip` characters.
    fn code(
        &mut self,
        skip: usize,
        digits: usize,
        radix: u32,
        made: &mut Vec<u8>,
    ) -> Result<(), Mistake> {
        let length = skip + digits;
        let value = self
            .body
            .get(self.at + skip..self.at + length)
            .filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|it| u32::from_str_radix(it, radix).ok());
        let Some(value) = value else {
            return Err(self.wrong(length));
        };
        if self.is_bytes {
            match u8::try_from(value) {
                Ok(byte) => made.push(byte),
                Err(_) => return Err(self.wrong(length)),
            }
        } else {
            match char::from_u32(value) {
                Some(c) => made.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => return Err(self.wrong(length)),
            }
        }
        self.at += length;
        Ok(())
    }

    fn wrong(&self, length: usize) -> Mistake {
        let mut end = (self.at + length).min(self.body.len());
        while !self.body.is_char_boundary(end) {
            end += 1;
        }
        let shown = &self.body[self.at..end];
        Mistake::new(
            self.start + self.at..self.start + end,
            format!("`{}` is no escape", shown.escape_debug()),
        )
        .with_help(Some(
            "write `\\\\` for a backslash, or `r\"…\"` for a text without escapes".to_owned(),
        ))
    }
}
