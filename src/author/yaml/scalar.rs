//! How one scalar is written: bare, in quotes, folded or as a literal block.
//!
//! `serde_yaml` decides whether text may stand bare; this file decides what it does not know:
//! words that readers of YAML 1.1 retype, characters a person cannot see, and long text.

use std::fmt::Write as _;

use serde_json::Number;

/// Widest line that long text is folded to.
const WIDTH: usize = 100;
/// Narrowest column of folded text, however deep it stands.
const NARROW: usize = 40;

/// Text on one line, as a key or a value.
pub(super) fn inline_text(text: &str) -> String {
    if text.chars().any(needs_escape) || text.contains(['\n', '\t']) || is_retyped(text) {
        return double_quoted(text);
    }
    match style_of(text) {
        Style::Bare => text.to_owned(),
        Style::Single => format!("'{}'", text.replace('\'', "''")),
        Style::Double => double_quoted(text),
    }
}

/// Text as a literal or folded block whose lines stand in column `indent`, if it needs one where
/// it begins in `column`, and can be written as one without any change.
pub(super) fn block_text(text: &str, indent: usize, column: usize) -> Option<String> {
    let is_hidden = |c| c != '\n' && c != '\t' && needs_escape(c);
    if text.starts_with(char::is_whitespace) || text.contains(is_hidden) {
        return None;
    }
    if text.contains('\n') {
        literal(text, indent)
    } else {
        folded(text, indent, column)
    }
}

fn literal(text: &str, indent: usize) -> Option<String> {
    let (body, mark) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    if body.ends_with(char::is_whitespace) {
        return None;
    }
    let mut out = String::from(mark);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    out.push('\n');
    Some(out)
}

fn folded(text: &str, indent: usize, column: usize) -> Option<String> {
    let width = WIDTH.saturating_sub(indent).max(NARROW);
    let is_short = text.len() <= WIDTH && column + inline_text(text).chars().count() <= WIDTH;
    if is_short || text.ends_with(char::is_whitespace) || text.contains('\t') {
        return None;
    }
    let mut out = String::from(">-");
    // Characters in the line so far; the first word begins a line of its own.
    let mut filled = width;
    for word in words(text) {
        let length = word.chars().count();
        if filled + length >= width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            filled = length;
        } else {
            out.push(' ');
            filled += length + 1;
        }
        out.push_str(word);
    }
    out.push('\n');
    Some(out)
}

/// The pieces between single blanks; several blanks in a row stay inside a piece.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let is_break = move |at: usize| {
        bytes[at] == b' '
            && at > 0
            && bytes[at - 1] != b' '
            && bytes.get(at + 1).is_some_and(|next| *next != b' ')
    };
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let end = (from..bytes.len()).find(|at| is_break(*at));
        start = end.map(|end| end + 1);
        text.get(from..end.unwrap_or(bytes.len()))
    })
}

/// A number as both versions of YAML read it: 1.1 wants a point and a sign in the exponent.
pub(super) fn number(value: &Number) -> String {
    let text = value.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return text;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}")
}

enum Style {
    Bare,
    Single,
    Double,
}

/// What `serde_yaml` would do with text on one line. Letters beyond ASCII have no meaning in
/// YAML, and it escapes some of them, so it is asked about a stand-in.
fn style_of(text: &str) -> Style {
    let stand_in: String = text
        .chars()
        .map(|c| if c.is_ascii() { c } else { 'x' })
        .collect();
    match serde_yaml::to_string(&stand_in) {
        Ok(written) if written.strip_suffix('\n') == Some(&stand_in) => Style::Bare,
        Ok(written) if written.starts_with('\'') && written.lines().count() == 1 => Style::Single,
        _ => Style::Double,
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !needs_escape(c) => out.push(c),
            c => {
                let _ = match u32::from(c) {
                    code @ 0..=0xFF => write!(out, "\\x{code:02X}"),
                    code @ 0x100..=0xFFFF => write!(out, "\\u{code:04X}"),
                    code => write!(out, "\\U{code:08X}"),
                };
            }
        }
    }
    out.push('"');
    out
}

/// Characters that YAML does not print, that end a line for some readers, or that make text look
/// like other text (direction marks and overrides).
fn needs_escape(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{200E}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => true,
        c if u32::from(c) & 0xFFFE == 0xFFFE => true,
        c => c.is_control(),
    }
}

/// Whether a bare word would be something else than text to a reader of YAML 1.1 or 1.2. Dates
/// and instants stay bare: records write them so, and mean the same either way.
fn is_retyped(text: &str) -> bool {
    const WORDS: [&str; 10] = [
        "yes", "no", "on", "off", "y", "n", "true", "false", "null", "~",
    ];
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_merge = text.starts_with('=') || text.starts_with("<<");
    text.is_empty() || is_word || is_merge || (is_like_number(text) && !is_like_instant(text))
}

/// Every number, octal, sexagesimal and timestamp of YAML 1.1 and 1.2, and a little more.
fn is_like_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    if let Some(digits) = lower
        .strip_prefix(['0'])
        .and_then(|rest| rest.strip_prefix(['x', 'o', 'b']))
    {
        return digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_');
    }
    let more: &[u8] = match lower.as_bytes() {
        // A timestamp may have blanks, a `t` and a `z`.
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..] => b" \ttz",
        [b'0'..=b'9' | b'.', ..] => b"e",
        _ => return false,
    };
    let is_part = |b: u8| b.is_ascii_digit() || b"_.:,+-".contains(&b) || more.contains(&b);
    lower.bytes().any(|b| b.is_ascii_digit()) && lower.bytes().all(is_part)
}

/// `YYYY-MM-DD`, alone or with a time and an offset, in the one form that records use.
fn is_like_instant(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let Some(rest) = shape.strip_prefix("0000-00-00") else {
        return false;
    };
    let Some(rest) = rest.strip_prefix("T00:00:00") else {
        return rest.is_empty();
    };
    let offset = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with('0') => fraction.trim_start_matches('0'),
        _ => rest,
    };
    matches!(offset, "Z" | "+00:00" | "-00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_1_1_retypes_is_double_quoted() {
        for word in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "N",
            "true",
            "NULL",
            "~",
            "12:30:45",
            "190:20:30.15",
            "1_000",
            "0o7",
            "017",
            "0x1F",
            "0b101",
            "-12",
            "+1.5",
            "1e5",
            "1.2.3",
            ".5",
            "-.INF",
            ".nan",
            "=",
            "=cmd",
            "<<",
            "<<x",
            "2001-12-14 21:59:43.10 -5",
            "2002-1-1",
            "",
            "2001-12-14t21:59:43.10-05:00",
        ] {
            let quoted = inline_text(word);
            assert_eq!(quoted, format!("\"{word}\""));
        }
    }

    #[test]
    fn dates_ids_and_plain_words_stay_bare() {
        for word in [
            "2016-02-20",
            "2016-02-20T12:30:45Z",
            "2016-02-20T12:30:45.25+02:00",
            "INC-2016-0006",
            "15m",
            "1 to 10",
            "3d",
            "yes, but",
            "patient-portal/sso",
            "Größe 🦀",
            "24x7",
            "on-call",
            "https://blog.linuxmint.com/?p=2994",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert_eq!(inline_text(word), word);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(
            inline_text("a\u{1b}[31m\u{202e}b"),
            "\"a\\x1B[31m\\u202Eb\""
        );
        assert_eq!(
            inline_text("tab\there \"q\" \\"),
            "\"tab\\there \\\"q\\\" \\\\\""
        );
        assert_eq!(block_text("a\nb\u{1b}", 2, 9), None);
    }

    #[test]
    fn exponents_suit_both_versions_of_yaml() {
        let written = |value: f64| number(&Number::from_f64(value).unwrap());
        assert_eq!(written(1e300), "1.0e+300");
        assert_eq!(written(1.5e-9), "1.5e-9");
        assert_eq!(written(9.2), "9.2");
    }
}
