//! Values to be written, given as YAML, and how they are fitted in.

use std::fmt::Write as _;

use super::layout::Layout;
use super::model::Value;
use crate::document::scalar::core_kind;
use crate::document::{Kind, Limits, NodeRef, Style, Tree, Unparsed, parse};

/// Blanks a level.
const STEP: usize = 2;

/// A value as the author of an edit wrote it.
pub(super) struct Fragment {
    tree: Tree,
}

/// A value as lines below a key or dash.
pub(super) struct Fitted {
    /// What stands behind the key or dash; may be empty.
    pub(super) head: String,
    /// The lines below, each with its line break; may be empty.
    pub(super) body: String,
}

impl Fragment {
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self, Unparsed> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim_start_matches('\u{feff}');
        Ok(Self {
            tree: parse(text.into(), limits)?,
        })
    }

    /// Whether it is one value, or nothing at all.
    pub(super) fn is_single(&self) -> bool {
        self.tree.roots().len() <= 1
    }

    pub(super) fn value(&self) -> Value {
        self.tree.root().map_or(Value::Null, Value::of)
    }

    /// The value behind a key that does not exist yet.
    pub(super) fn below_key(&self, key: &str, limits: &Limits) -> Result<Self, Unparsed> {
        let Fitted { head, body } = self.fit(0, STEP, false);
        let blank = if head.is_empty() { "" } else { " " };
        Self::read(&format!("{}:{blank}{head}\n{body}", key_text(key)), limits)
    }

    /// The value as the only element of a list.
    pub(super) fn in_list(&self, limits: &Limits) -> Result<Self, Unparsed> {
        let Fitted { head, body } = self.fit(0, STEP, true);
        let blank = if head.is_empty() { "" } else { " " };
        Self::read(&format!("-{blank}{head}\n{body}"), limits)
    }

    /// Whether it is a list or map in block style.
    pub(super) fn is_block(&self) -> bool {
        self.tree.root().is_some_and(is_block)
    }

    /// Fits the value below a key or dash in column `column`; lists and maps in block style begin
    /// in column `inner`. A `compact` one begins behind its dash.
    pub(super) fn fit(&self, column: usize, inner: usize, compact: bool) -> Fitted {
        let layout = Layout::of(&self.tree);
        let (Some(root), Some(entry)) = (self.tree.root(), layout.root()) else {
            return Fitted {
                head: String::new(),
                body: String::new(),
            };
        };
        if is_block(root) {
            let from = layout.line_start(entry.start);
            let to = layout.line_end(entry.end);
            let body = shifted(&layout.source[from..to], None, inner);
            if compact && layout.is_first_in_line(entry.content) && entry.start == entry.content {
                let (first, rest) = body.split_once('\n').unwrap_or((&body, ""));
                return Fitted {
                    head: first.trim_start().to_owned(),
                    body: rest.to_owned(),
                };
            }
            return Fitted {
                head: String::new(),
                body,
            };
        }
        let text = &layout.source[entry.start..entry.end];
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let body = match root.style() {
            Style::Literal | Style::Folded if !root.is_alias() => {
                block_text(first, rest, root.scalar_text(), column)
            }
            _ => shifted(rest, None, column + STEP),
        };
        Fitted {
            head: first.trim_end().to_owned(),
            body,
        }
    }

    /// The value in one line, for a place inside brackets.
    pub(super) fn flow(&self) -> String {
        match self.tree.root() {
            Some(root) => flow_text(root),
            None => "null".to_owned(),
        }
    }
}

/// Whether a node is a list or map in block style.
pub(super) fn is_block(node: NodeRef<'_>) -> bool {
    !node.is_alias()
        && node.style() == Style::Plain
        && matches!(node.kind(), Kind::List | Kind::Map)
}

/// The lines of a block text below a key in column `column`.
fn block_text(header: &str, body: &str, text: &str, column: usize) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let header = header.split('#').next().unwrap_or("");
    let digit = header
        .rsplit(['|', '>'])
        .next()
        .and_then(|it| it.chars().find_map(|c| c.to_digit(10)));
    match digit {
        None => shifted(body, None, column + STEP),
        Some(digit) => {
            let first = |text: &str| text.lines().find(|it| !it.trim().is_empty()).map(indent);
            let stripped = first(body)
                .unwrap_or(0)
                .saturating_sub(first(text).unwrap_or(0));
            shifted(body, Some(stripped), column + digit as usize)
        }
    }
}

/// Lines without their common indentation (or `stripped` blanks), in column `column`, each with a
/// line break.
fn shifted(lines: &str, stripped: Option<usize>, column: usize) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let common = stripped.unwrap_or_else(|| {
        let filled = lines.lines().filter(|line| !line.trim().is_empty());
        filled.map(indent).min().unwrap_or(0)
    });
    let mut out = String::new();
    for line in lines.split('\n') {
        let rest = &line[common.min(indent(line))..];
        if !rest.is_empty() {
            let _ = write!(out, "{:column$}{rest}", "");
        }
        out.push('\n');
    }
    out
}

/// A value in one line.
fn flow_text(node: NodeRef<'_>) -> String {
    let source = node.span().slice(node.tree().source());
    if node.is_alias() {
        return format!("{source} ");
    }
    match node.kind() {
        Kind::List => {
            let items: Vec<String> = node.items().map(flow_text).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map => {
            let pairs: Vec<String> = node
                .pairs()
                .map(|(key, value)| format!("{}: {}", flow_text(key), flow_text(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Kind::Null | Kind::Alias => "null".to_owned(),
        kind => {
            let is_one_line = !source.contains(['\n', '\r']);
            let is_bare = node.style() == Style::Plain
                && !source.contains(['[', ']', '{', '}', ','])
                && core_kind(source) == kind;
            let is_quoted = matches!(node.style(), Style::SingleQuoted | Style::DoubleQuoted);
            if is_one_line && (is_bare || is_quoted) {
                source.to_owned()
            } else if kind == Kind::Text {
                quoted(node.scalar_text())
            } else {
                node.scalar_text().to_owned()
            }
        }
    }
}

/// A key as it is written: in double quotes where a reader could take it for something else.
pub(super) fn key_text(key: &str) -> String {
    const WORDS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let is_bare = key.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && key.chars().all(is_plain)
        && core_kind(key) == Kind::Text
        && !WORDS.iter().any(|word| key.eq_ignore_ascii_case(word));
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{feff}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
