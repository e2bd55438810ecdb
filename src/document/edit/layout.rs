//! Where the parts of a text stand that carry no value: dashes, colons, commas, comments, tags.
//!
//! Found by reading forward between the spans of nodes, where nothing but blanks, comments and
//! these marks can stand.

use crate::document::{Kind, NodeRef, Style, Tree};

/// How one child of a list or map is written, or a root. All are byte offsets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where it begins: the dash, the key with its marks; in flow style of a list the value.
    pub(super) head: usize,
    /// Just behind its dash or colon.
    pub(super) after: usize,
    /// Whether there is a dash or colon.
    pub(super) is_marked: bool,
    /// Where the value begins, with anchor, tag and the header of a block text.
    pub(super) start: usize,
    /// Behind anchor and tag, if there are any.
    pub(super) marks_end: usize,
    /// Where the value itself begins.
    pub(super) content: usize,
    /// Just behind the value.
    pub(super) end: usize,
    /// The comma behind it, in flow style.
    pub(super) comma: Option<usize>,
}

/// The text with its tree.
#[derive(Clone, Copy)]
pub(super) struct Layout<'t> {
    pub(super) source: &'t str,
    pub(super) tree: &'t Tree,
}

impl<'t> Layout<'t> {
    pub(super) fn of(tree: &'t Tree) -> Self {
        Self {
            source: tree.source(),
            tree,
        }
    }

    /// The root of the first document.
    pub(super) fn root(self) -> Option<Entry> {
        let mut at = self.text_start();
        loop {
            at = self.skip(at);
            let rest = &self.source[at..];
            let length = if rest.starts_with('%') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("---") {
                3
            } else {
                break;
            };
            at += length;
        }
        Some(self.value(self.tree.root()?, at, at, true))
    }

    /// The entry of the child at the end of a way, from the root on.
    pub(super) fn entry(self, way: &[usize]) -> Option<Entry> {
        let mut node = self.tree.root()?;
        let mut entry = self.root()?;
        for position in way {
            entry = *self.entries(node, entry.content).get(*position)?;
            node = child(node, *position)?;
        }
        Some(entry)
    }

    /// The children of a list or map whose content begins at `content`.
    pub(super) fn entries(self, node: NodeRef<'_>, content: usize) -> Vec<Entry> {
        let is_flow = is_flow(node);
        let is_bracketed = is_flow && self.source[content..].starts_with(['[', '{']);
        let mut at = content + usize::from(is_bracketed);
        let mut entries = Vec::new();
        let mut add = |at: usize, key: Option<NodeRef<'_>>, value: NodeRef<'_>| {
            let head = self.skip(at);
            let mut entry = match key {
                Some(key) => self.pair(head, key, value),
                None if is_flow => self.value(value, head, head, false),
                None => self.value(value, head, self.past(head, '-'), true),
            };
            let next = self.skip(entry.end);
            if is_flow && self.source[next..].starts_with(',') {
                entry.comma = Some(next);
            }
            entries.push(entry);
            entry.comma.map_or(entry.end, |comma| comma + 1)
        };
        if node.is_alias() {
            return entries;
        }
        for item in node.items() {
            at = add(at, None, item);
        }
        for (key, value) in node.pairs() {
            at = add(at, Some(key), value);
        }
        entries
    }

    fn pair(self, head: usize, key: NodeRef<'_>, value: NodeRef<'_>) -> Entry {
        let key_end = if matches!(key.kind(), Kind::List | Kind::Map) && !is_flow(key) {
            let content = self.past_marks(self.skip(self.past(head, '?'))).1;
            self.value_end(key, content, head)
        } else {
            (key.span().end as usize).max(head)
        };
        let next = self.skip(key_end);
        let is_marked = self.source[next..].starts_with(':');
        let after = if is_marked { next + 1 } else { key_end };
        self.value(value, head, after, is_marked)
    }

    fn value(self, node: NodeRef<'_>, head: usize, after: usize, is_marked: bool) -> Entry {
        let is_absent = node.style() == Style::Plain && node.span().is_empty() && !node.is_alias();
        let token = self.skip(after);
        let is_here = !self.source[after..token].contains('\n');
        let has_marks = self.source[token..].starts_with(['&', '!']);
        let (start, marks_end, content) = if is_absent && !(is_here && has_marks) {
            (after, after, after)
        } else {
            let (marks_end, content) = self.past_marks(token);
            let marks_end = if marks_end == token { after } else { marks_end };
            (token, marks_end, content)
        };
        let end = if is_absent {
            marks_end.max(after)
        } else {
            self.value_end(node, content, after)
        };
        Entry {
            head,
            after,
            is_marked,
            start,
            marks_end,
            content: if is_absent { end } else { content },
            end,
            comma: None,
        }
    }

    fn value_end(self, node: NodeRef<'_>, content: usize, after: usize) -> usize {
        let end = node.span().end as usize;
        if node.is_alias() {
            return end;
        }
        match (node.kind(), node.style()) {
            (_, Style::Literal | Style::Folded) => self.block_text_end(content, end),
            (Kind::List | Kind::Map, Style::Plain) => self
                .entries(node, content)
                .last()
                .map_or(end, |last| last.end),
            _ => end.max(after),
        }
    }

    /// A block text without the blank lines behind it, unless these are part of it.
    fn block_text_end(self, content: usize, end: usize) -> usize {
        let end = end.max(self.line_end(content));
        let text = &self.source[content..end];
        let header = text.lines().next().unwrap_or("");
        let header = header.split('#').next().unwrap_or("");
        if header.contains('+') {
            let text = text.strip_suffix('\n').unwrap_or(text);
            return content + text.strip_suffix('\r').unwrap_or(text).len();
        }
        let length = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
        self.line_end(content + length).min(end)
    }

    /// Behind anchor and tag, and where the value behind them begins.
    fn past_marks(self, mut at: usize) -> (usize, usize) {
        let mut end = at;
        while self.source[at..].starts_with(['&', '!']) {
            let rest = &self.source[at..];
            end = at + rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
            at = self.skip(end);
        }
        (end, at)
    }

    /// Past blanks, line breaks and comments.
    pub(super) fn skip(self, mut at: usize) -> usize {
        loop {
            let rest = &self.source[at..];
            at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            let rest = &self.source[at..];
            if !rest.starts_with('#') {
                return at;
            }
            at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    /// Where the text begins: behind a byte-order mark.
    pub(super) fn text_start(self) -> usize {
        self.source.len() - self.source.trim_start_matches('\u{feff}').len()
    }

    /// What stands between two offsets.
    pub(super) fn between(self, start: usize, end: usize) -> &'t str {
        self.source.get(start..end).unwrap_or("")
    }

    /// Past one mark, if it is there.
    fn past(self, at: usize, mark: char) -> usize {
        at + usize::from(self.source[at..].starts_with(mark))
    }

    /// Where the line of an offset begins; behind a byte-order mark.
    pub(super) fn line_start(self, at: usize) -> usize {
        let start = self.source[..at].rfind('\n').map_or(0, |it| it + 1);
        start.max(self.text_start()).min(at)
    }

    /// Where the line of an offset ends, before its break.
    pub(super) fn line_end(self, at: usize) -> usize {
        let rest = &self.source[at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Where the line behind that of an offset begins.
    pub(super) fn next_line(self, at: usize) -> usize {
        let rest = &self.source[at..];
        at + rest.find('\n').map_or(rest.len(), |it| it + 1)
    }

    pub(super) fn column(self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// Whether nothing but blanks stands before an offset in its line.
    pub(super) fn is_first_in_line(self, at: usize) -> bool {
        self.source[self.line_start(at)..at].trim().is_empty()
    }
}

pub(super) fn is_flow(node: NodeRef<'_>) -> bool {
    node.style() == Style::Flow
}

/// The value of a child by its position.
pub(super) fn child(node: NodeRef<'_>, position: usize) -> Option<NodeRef<'_>> {
    match node.kind() {
        Kind::Map => node.pairs().nth(position).map(|(_, value)| value),
        _ => node.items().nth(position),
    }
}
