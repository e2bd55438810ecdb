//! Rust files as far as the house rules look into them.

use crate::files::{below, has_ending, text};

/// A Rust file.
pub(crate) struct RustFile {
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// Its text; comments and the insides of literals are blanks.
    pub(crate) code: String,
}

/// A name in code, with what stands around it.
pub(crate) struct Name<'c> {
    pub(crate) text: &'c str,
    /// Whether it begins a path such as `jiff::civil::Date`.
    pub(crate) is_head: bool,
    /// Whether it is brought in whole, as in `use jiff as time;`.
    pub(crate) is_used: bool,
    /// What follows `::`, if that comes next.
    pub(crate) rest: Option<&'c str>,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl RustFile {
    /// All Rust files below a folder.
    pub(crate) fn below(folder: &str) -> Vec<Self> {
        below(folder)
            .into_iter()
            .filter(|path| has_ending(path, "rs"))
            .map(|path| Self {
                code: code_of(&text(&path)),
                path,
            })
            .collect()
    }

    /// The module below the crate's root that the file belongs to; empty for the root itself.
    pub(crate) fn module(&self) -> &str {
        let path = self.path.trim_start_matches("src/");
        let first = path.split('/').next().unwrap_or("");
        match first.trim_end_matches(".rs") {
            "lib" | "main" => "",
            module => module,
        }
    }

    /// How many modules the file lies below the crate's root.
    pub(crate) fn depth(&self) -> usize {
        let path = self.path.trim_start_matches("src/");
        let names = path.trim_end_matches(".rs").split('/');
        names
            .filter(|name| !matches!(*name, "mod" | "lib" | "main"))
            .count()
    }

    /// Every name in the code.
    pub(crate) fn names(&self) -> Vec<Name<'_>> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut names = Vec::new();
        let mut at = 0;
        while let Some(start) = self.code[at..].find(is_part).map(|found| at + found) {
            let end = self.code[start..]
                .find(|c| !is_part(c))
                .map_or(self.code.len(), |length| start + length);
            let before = self.code[..start].trim_end();
            let after = self.code[end..].trim_start();
            names.push(Name {
                text: &self.code[start..end],
                is_head: !before.ends_with("::") && !before.ends_with('.'),
                is_used: before.split_whitespace().next_back() == Some("use"),
                rest: after.strip_prefix("::").map(str::trim_start),
                line: self.code[..start].matches('\n').count() + 1,
            });
            at = end;
        }
        names
    }

    /// A line as it is written, for messages.
    pub(crate) fn shown(&self, line: usize) -> String {
        let text = text(&self.path);
        let shown = text.lines().nth(line - 1).unwrap_or("").trim();
        format!("{}:{line}: {shown}", self.path)
    }
}

/// The code without comments and without the insides of literals; line breaks stay.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if c == '"' {
            quoted(rest)
        } else if is_raw(rest) && !code.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            raw(rest)
        } else if c == '\'' {
            character(rest)
        } else {
            0
        };
        if length == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            let (blank, after) = rest.split_at(length);
            code.extend(blank.chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = after;
        }
    }
    code
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of a literal that begins with a double quote.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn is_raw(text: &str) -> bool {
    let text = text.strip_prefix('b').unwrap_or(text);
    text.strip_prefix('r')
        .is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
}

fn raw(text: &str) -> usize {
    let Some(open) = text.find('"') else {
        return text.len();
    };
    let close = format!("\"{}", "#".repeat(text[..open].matches('#').count()));
    text[open + 1..]
        .find(&close)
        .map_or(text.len(), |at| open + 1 + at + close.len())
}

/// Length of a character literal, or 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars
            .find(|(_, c)| *c == '\'')
            .map_or(text.len(), |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[test]
fn comments_and_literals_are_blanked() {
    let text = "use a::b; // crate::x\nlet s = \"crate::y\\\"\"; /* a /* b */ c */ let c = '\"';\n\
                let r = r#\"crate::\"z\"#; fn f<'a>(x: &'a str) {} let e = '\\''; g::h";
    let code = code_of(text);
    assert_eq!(code.lines().count(), 3);
    let file = RustFile {
        path: "src/x.rs".to_owned(),
        code,
    };
    let names: Vec<&str> = file.names().iter().map(|name| name.text).collect();
    for absent in ["x", "y", "z", "crate"] {
        assert!(absent == "x" || !names.contains(&absent), "{absent}");
    }
    assert_eq!(names.iter().filter(|name| **name == "x").count(), 1);
    assert!(names.ends_with(&["g", "h"]), "{names:?}");
}
