//! What a bare word means under the YAML 1.2 core schema (section 10.3.2 of the specification).

use super::tree::{Kind, Style};

/// The kind of an untagged plain scalar.
pub(super) fn core_kind(text: &str) -> Kind {
    match text.as_bytes() {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => Kind::Null,
        b"true" | b"True" | b"TRUE" | b"false" | b"False" | b"FALSE" => Kind::Bool,
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => {
            number_kind(text.as_bytes()).unwrap_or(Kind::Text)
        }
        _ => Kind::Text,
    }
}

/// The kind of a scalar with a tag; `core` is the suffix of a `!!` tag.
pub(super) fn tagged_kind(core: Option<&str>, text: &str) -> Kind {
    match core {
        Some("null") => Kind::Null,
        Some("bool") if core_kind(text) == Kind::Bool => Kind::Bool,
        Some("int") if core_kind(text) == Kind::Integer => Kind::Integer,
        Some("float") if matches!(core_kind(text), Kind::Float | Kind::Integer) => Kind::Float,
        // A tag of the author's own, or the `!` that says "no guessing": text as it stands.
        _ => Kind::Text,
    }
}

/// Whether a scalar may be a bare truth value of YAML 1.1 or a time without offset. Asked for every
/// scalar, so it only sorts out what surely is neither.
pub(super) fn is_suspect(text: &str, style: Style) -> bool {
    match text.as_bytes() {
        [first, rest @ ..] if rest.len() <= 2 => {
            style == Style::Plain && matches!(first | 0x20, b'y' | b'n' | b'o')
        }
        bytes @ [_, _, _, _, b'-', .., last] if bytes.len() >= 16 => {
            bytes[13] == b':' && last.is_ascii_digit()
        }
        _ => false,
    }
}

fn number_kind(text: &[u8]) -> Option<Kind> {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    };
    match unsigned {
        b".inf" | b".Inf" | b".INF" => return Some(Kind::Float),
        b".nan" | b".NaN" | b".NAN" if unsigned.len() == text.len() => return Some(Kind::Float),
        _ => {}
    }
    if let Some(digits) = text.strip_prefix(b"0o") {
        let octal = !digits.is_empty() && digits.iter().all(|digit| (b'0'..=b'7').contains(digit));
        return octal.then_some(Kind::Integer);
    }
    if let Some(digits) = text.strip_prefix(b"0x") {
        let hexadecimal = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
        return hexadecimal.then_some(Kind::Integer);
    }
    let (whole, rest) = split_digits(unsigned);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => {
            let (fraction, rest) = split_digits(rest);
            (Some(fraction), rest)
        }
        _ => (None, rest),
    };
    if whole.is_empty() && fraction.is_none_or(<[u8]>::is_empty) {
        return None;
    }
    let exponent = match rest {
        [] => false,
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return None;
            }
            true
        }
        _ => return None,
    };
    Some(if fraction.is_some() || exponent {
        Kind::Float
    } else {
        Kind::Integer
    })
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_yaml_1_1_are_text() {
        for word in [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "12:30:45",
            "2025-05-06",
            "1_000",
            "tRue",
        ] {
            assert_eq!(core_kind(word), Kind::Text, "{word}");
        }
    }

    #[test]
    fn numbers_follow_the_core_schema() {
        for word in ["0", "-12", "+3", "007", "0o17", "0xfF"] {
            assert_eq!(core_kind(word), Kind::Integer, "{word}");
        }
        for word in ["1.", ".5", "-1.5e3", "1e10", ".inf", "-.INF", ".nan", "9.2"] {
            assert_eq!(core_kind(word), Kind::Float, "{word}");
        }
        for word in [
            ".", "-", "+", "1e", "0o8", "0x", "1.2.3", "-.nan", "24x7", "1-2",
        ] {
            assert_eq!(core_kind(word), Kind::Text, "{word}");
        }
    }
}
