//! Text of records in Markdown, plain text and HTML, so that it says what it says and nothing more:
//! no heading, link, tag or line of ours can be forged by it.

use std::fmt::Write as _;

/// One line of text: line breaks and tabs become blanks, and what is not to be seen is left out.
pub(super) fn plain(text: &str) -> String {
    let seen: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !is_hidden(*c))
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Controls, and characters that have no shape of their own or turn the direction of others.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text in HTML, between tags or in a quoted attribute.
pub(super) fn html(text: &str) -> String {
    let text = plain(text);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text in Markdown, at the start of a line or within one. Only what would mean something is
/// escaped, so that the source stays readable, too.
pub(super) fn markdown(text: &str) -> String {
    let text = plain(text);
    let mut escaped = String::with_capacity(text.len());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let has_meaning = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' | '#' => true,
            // Marks of lists, headings and rules at the start of a line.
            '-' | '+' | '=' | ':' if at == 0 => true,
            '.' | ')' if at == digits && digits > 0 => {
                rest[1..].trim_start().len() < rest[1..].len() || rest.len() == 1
            }
            // What readers turn into links by themselves.
            ':' => rest.starts_with("://") || is_after_scheme(&text[..at]),
            '.' => ends_with_www(&text[..at]),
            '@' => true,
            _ => false,
        };
        if has_meaning {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn is_after_scheme(before: &str) -> bool {
    ["mailto", "xmpp", "javascript"].iter().any(|scheme| {
        let tail = before.len().checked_sub(scheme.len());
        let tail = tail.and_then(|from| before.get(from..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(scheme))
    })
}

fn ends_with_www(before: &str) -> bool {
    let tail = before
        .len()
        .checked_sub(3)
        .and_then(|from| before.get(from..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case("www"))
}

/// Text in a code span of Markdown, in which nothing means anything.
pub(super) fn code(text: &str) -> String {
    let text = plain(text);
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    let pad = match text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        true => " ",
        false => "",
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The target of a link, in every format: nothing in it ends the link, begins a tag, or leads to
/// anything but a page, a place in it, or a file.
pub(super) fn href(text: &str) -> String {
    let head = text.split(['/', '?', '#']).next().unwrap_or("");
    let is_web = ["http:", "https:"]
        .iter()
        .any(|it| head.eq_ignore_ascii_case(it));
    let mut target = String::with_capacity(text.len());
    for c in text.chars() {
        let is_plain = c.is_ascii_alphanumeric() || "-._~/#?=%".contains(c) || (c == ':' && is_web);
        if is_plain {
            target.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(target, "%{byte:02X}");
            }
        }
    }
    target
}

/// Width of a line of plain text.
const WIDTH: usize = 76;

/// Text in lines that begin at a column; the first is there already.
pub(super) fn wrap(text: &str, column: usize) -> String {
    let text = plain(text);
    let width = WIDTH.saturating_sub(column).max(24);
    let mut wrapped = String::with_capacity(text.len() + 16);
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', column));
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_of_a_record_is_text_and_nothing_else() {
        for (text, shown) in [
            ("# Approved", r"\# Approved"),
            ("- item", r"\- item"),
            ("1. item", r"1\. item"),
            ("7.2", "7.2"),
            ("=====", r"\====="),
            ("a\n# b", r"a \# b"),
            ("[x](https://evil.example)", r"\[x\](https\://evil.example)"),
            ("<img src=x>", r"\<img src=x\>"),
            ("www.evil.example", r"www\.evil.example"),
            ("a_b*c|d~e", r"a\_b\*c\|d\~e"),
            ("&lt;b&gt;", r"\&lt;b\&gt;"),
            ("``` code", r"\`\`\` code"),
            ("versions 5.8.1 to 6.0", "versions 5.8.1 to 6.0"),
            ("at 06:10, 2025-05-06", "at 06:10, 2025-05-06"),
        ] {
            assert_eq!(markdown(text), shown);
        }
    }

    #[test]
    fn code_spans_hold_whatever_is_in_them() {
        assert_eq!(code("203.0.113.17"), "`203.0.113.17`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a\n\n# b"), "`a # b`");
    }

    #[test]
    fn html_of_a_record_is_text_and_nothing_else() {
        assert_eq!(html("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }

    #[test]
    fn links_lead_to_pages_and_files_only() {
        for (text, target) in [
            ("a/b c.yaml#L3", "a/b%20c.yaml#L3"),
            ("https://host/x(1)", "https://host/x%281%29"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("x\"><b>", "x%22%3E%3Cb%3E"),
            ("\u{e9}", "%C3%A9"),
        ] {
            assert_eq!(href(text), target);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        assert_eq!(plain("a\u{202e}b\u{1b}[2Jc\r\n\td\u{200b}"), "ab[2Jc d");
    }

    #[test]
    fn lines_are_broken_between_words() {
        let text = "word ".repeat(20);
        let wrapped = wrap(&text, 2);
        assert!(wrapped.lines().all(|line| line.len() <= WIDTH));
        assert!(
            wrapped
                .lines()
                .skip(1)
                .all(|line| line.starts_with("  word"))
        );
        assert_eq!(wrap(&"x".repeat(90), 4).len(), 90);
    }
}
