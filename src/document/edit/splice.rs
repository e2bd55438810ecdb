//! From an edit to the bytes that change.

use std::ops::Range;

use super::fragment::{Fitted, Fragment, is_block, key_text};
use super::layout::{Entry, Layout, child, is_flow};
use crate::document::{Kind, NodeRef};

/// Replacements of ranges that do not overlap.
#[derive(Clone, Debug, Default)]
pub(super) struct Splices(Vec<(Range<usize>, String)>);

impl Splices {
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    fn remove(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// The text with the replacements, line breaks as the text has them.
    pub(super) fn apply(mut self, source: &str) -> String {
        let breaks_with_return = source
            .find('\n')
            .is_some_and(|at| source[..at].ends_with('\r'));
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(source.len() + 256);
        let mut at = 0;
        for (range, text) in self.0 {
            out.push_str(source.get(at..range.start).unwrap_or(""));
            if breaks_with_return {
                out.push_str(&text.replace('\n', "\r\n"));
            } else {
                out.push_str(&text);
            }
            at = at.max(range.end);
        }
        out.push_str(source.get(at..).unwrap_or(""));
        out
    }
}

/// Removes a child of `parent`, which stands at the end of the way `above`.
pub(super) fn remove(
    layout: Layout<'_>,
    parent: NodeRef<'_>,
    above: &[usize],
    position: usize,
) -> Vec<Splices> {
    let Some(outer) = layout.entry(above) else {
        return Vec::new();
    };
    let entries = layout.entries(parent, outer.content);
    let Some(entry) = entries.get(position).copied() else {
        return Vec::new();
    };
    if is_flow(parent) {
        return vec![remove_from_flow(layout, &entries, position)];
    }
    if entries.len() == 1 {
        return vec![remove_only(layout, parent, &outer, &entry)];
    }
    if !layout.is_first_in_line(entry.head) {
        return vec![remove_first(layout, &entry, entries.get(position + 1))];
    }
    let lines = layout.line_start(entry.head)..layout.next_line(entry.end);
    let plainly = || {
        let mut splices = Splices::default();
        splices.remove(lines.clone());
        splices
    };
    match blank_left_over(layout, &lines) {
        Some(blank) => {
            let mut splices = Splices::default();
            splices.remove(blank.start.min(lines.start)..blank.end.max(lines.end));
            vec![splices, plainly()]
        }
        None => vec![plainly()],
    }
}

/// A blank line beside removed lines that would stand next to another, or at an end of the file.
fn blank_left_over(layout: Layout<'_>, lines: &Range<usize>) -> Option<Range<usize>> {
    let source = layout.source;
    let before = (lines.start > layout.text_start())
        .then(|| layout.line_start(lines.start - 1)..lines.start);
    let after = (lines.end < source.len()).then(|| lines.end..layout.next_line(lines.end));
    let is_blank = |line: &Range<usize>| source[line.clone()].trim().is_empty();
    match (before.filter(is_blank), after) {
        (Some(before), None) => Some(before),
        (Some(_), Some(after)) if is_blank(&after) => Some(after),
        _ => None,
    }
}

/// Removes the only child in block style: an empty collection takes its place.
fn remove_only(layout: Layout<'_>, parent: NodeRef<'_>, outer: &Entry, entry: &Entry) -> Splices {
    let empty = if parent.kind() == Kind::Map {
        "{}"
    } else {
        "[]"
    };
    let mut splices = Splices::default();
    let is_root = parent.parent().is_none();
    if is_root || !layout.is_first_in_line(entry.head) {
        splices.replace(entry.head..layout.line_end(entry.end), empty);
    } else {
        splices.insert(outer.marks_end, format!(" {empty}"));
        splices.remove(layout.line_start(entry.head)..layout.next_line(entry.end));
    }
    splices
}

/// Removes the first child, which stands behind a dash.
fn remove_first(layout: Layout<'_>, entry: &Entry, next: Option<&Entry>) -> Splices {
    let mut splices = Splices::default();
    let line_end = layout.line_end(entry.end);
    match next {
        Some(next) if layout.between(line_end, next.head).trim().is_empty() => {
            splices.remove(entry.head..next.head);
        }
        _ => {
            let before = layout.source[..entry.head].trim_end_matches(' ').len();
            splices.remove(before..line_end);
        }
    }
    splices
}

fn remove_from_flow(layout: Layout<'_>, entries: &[Entry], position: usize) -> Splices {
    let source = layout.source;
    let mut splices = Splices::default();
    let Some(entry) = entries.get(position) else {
        return splices;
    };
    let end = entry.comma.map_or(entry.end, |comma| comma + 1);
    if let Some(next) = entries.get(position + 1) {
        // A comment in the line is the entry's own; one in a line below is the next one's.
        let line_end = layout.line_end(end).min(next.head);
        if layout.between(line_end, next.head).contains('#') {
            splices.remove(entry.head..line_end);
        } else {
            splices.remove(entry.head..next.head);
        }
        return splices;
    }
    let Some(before) = position.checked_sub(1).and_then(|it| entries.get(it)) else {
        let rest = &source[end..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        let has_comment = source[end + blanks..].starts_with('#');
        splices.remove(entry.head..if has_comment { end } else { end + blanks });
        return splices;
    };
    if layout.between(before.end, entry.head).contains('#') {
        if let Some(comma) = before.comma.filter(|_| entry.comma.is_none()) {
            splices.remove(comma..comma + 1);
        }
        let behind = layout.between(end, layout.line_end(end)).trim_start();
        let is_alone =
            layout.is_first_in_line(entry.head) && (behind.is_empty() || behind.starts_with('#'));
        if is_alone {
            splices.remove(layout.line_start(entry.head)..layout.next_line(end));
        } else {
            splices.remove(entry.head..end);
        }
    } else {
        splices.remove(before.end..entry.end);
    }
    splices
}

/// Puts a value in the place of another, which is not the root.
pub(super) fn replace(
    layout: Layout<'_>,
    node: NodeRef<'_>,
    way: &[usize],
    fragment: &Fragment,
) -> Vec<Splices> {
    let (Some(entry), Some(parent)) = (layout.entry(way), node.parent()) else {
        return Vec::new();
    };
    if is_flow(parent) {
        return vec![replace_in_flow(&entry, fragment)];
    }
    let column = layout.column(entry.head);
    let is_item = parent.kind() == Kind::List;
    let was_block = is_block(node);
    let inner = if was_block && layout.is_first_in_line(entry.content) {
        layout.column(entry.content)
    } else {
        column + 2
    };
    let inner = inner.max(column + usize::from(is_item || !fragment.is_block()));
    let gap = layout.between(entry.after, entry.start);
    let has_comment = layout
        .between(entry.end, layout.line_end(entry.end))
        .contains('#');
    let compact = is_item && !gap.contains('#') && (was_block || !has_comment);
    let fitted = fragment.fit(column, inner, compact);
    let mut candidates = vec![put(layout, node, &entry, &fitted)];
    if inner != column + 2 {
        let fitted = fragment.fit(column, column + 2, compact);
        candidates.push(put(layout, node, &entry, &fitted));
    }
    candidates
}

fn put(layout: Layout<'_>, node: NodeRef<'_>, entry: &Entry, fitted: &Fitted) -> Splices {
    let mut splices = Splices::default();
    let Fitted { head, body } = fitted;
    let spaced = match head.as_str() {
        "" => String::new(),
        head => format!(" {head}"),
    };
    let is_absent = entry.start == entry.after;
    let mark = if entry.is_marked { "" } else { "\n:" };
    let is_below = layout.between(entry.after, entry.start).contains('\n');
    if is_below {
        splices.insert(entry.after, spaced);
        let lines = layout.line_start(entry.start)..layout.next_line(entry.end);
        splices.replace(lines, body.clone());
        return splices;
    }
    // The comment behind the last line of a block is that of its last entry.
    let end = if is_block(node) {
        layout.line_end(entry.end)
    } else {
        entry.end
    };
    if is_absent {
        splices.insert(entry.after, format!("{mark}{spaced}"));
    } else if head.is_empty() {
        splices.remove(entry.after..end);
    } else {
        splices.replace(entry.start..end, head.clone());
    }
    if !body.is_empty() {
        let lines = body.strip_suffix('\n').unwrap_or(body);
        splices.insert(layout.line_end(end), format!("\n{lines}"));
    }
    splices
}

fn replace_in_flow(entry: &Entry, fragment: &Fragment) -> Splices {
    let mut splices = Splices::default();
    let text = fragment.flow();
    // An item begins with its value, a pair does not.
    if entry.start > entry.after || entry.head == entry.after {
        splices.replace(entry.start..entry.end, text);
    } else if entry.end > entry.start {
        splices.replace(entry.start..entry.end, format!(" {text}"));
    } else {
        let colon = if entry.is_marked { "" } else { ":" };
        splices.insert(entry.after, format!("{colon} {text}"));
    }
    splices
}

/// Adds an item to a list, or a pair to a map, which stands at the end of `way`.
pub(super) fn append(
    layout: Layout<'_>,
    node: NodeRef<'_>,
    way: &[usize],
    key: Option<&str>,
    fragment: &Fragment,
) -> Vec<Splices> {
    let Some(outer) = layout.entry(way) else {
        return Vec::new();
    };
    let entries = layout.entries(node, outer.content);
    if is_flow(node) {
        return vec![append_to_flow(layout, &outer, &entries, key, fragment)];
    }
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Vec::new();
    };
    let column = layout.column(first.head);
    let position = entries.len() - 1;
    let inner = child(node, position)
        .filter(|it| is_block(*it) && key.is_some() && it.kind() == Kind::List)
        .filter(|_| layout.is_first_in_line(last.content))
        .map_or(column + 2, |_| layout.column(last.content));
    let mut candidates = Vec::new();
    for inner in [inner, column + 2] {
        let fitted = fragment.fit(column, inner, key.is_none());
        let mark = key.map_or_else(|| "-".to_owned(), |key| format!("{}:", key_text(key)));
        let blank = if fitted.head.is_empty() { "" } else { " " };
        let Fitted { head, body } = fitted;
        let entry = format!("{:column$}{mark}{blank}{head}\n{body}", "");
        let mut splices = Splices::default();
        let at = layout.next_line(last.end);
        if layout.source[..at].ends_with('\n') {
            splices.insert(at, entry);
        } else {
            let entry = entry.strip_suffix('\n').unwrap_or(&entry);
            splices.insert(at, format!("\n{entry}"));
        }
        candidates.push(splices);
    }
    candidates
}

fn append_to_flow(
    layout: Layout<'_>,
    outer: &Entry,
    entries: &[Entry],
    key: Option<&str>,
    fragment: &Fragment,
) -> Splices {
    let mut splices = Splices::default();
    let value = fragment.flow();
    let text = match key {
        Some(key) => format!("{}: {value}", key_text(key)),
        None => value,
    };
    let Some(last) = entries.last() else {
        splices.insert(outer.content + 1, text);
        return splices;
    };
    let gap = if layout.is_first_in_line(last.head) {
        format!("\n{:width$}", "", width = layout.column(last.head))
    } else {
        " ".to_owned()
    };
    match last.comma {
        Some(comma) => splices.insert(comma + 1, format!("{gap}{text},")),
        None => splices.insert(last.end, format!(",{gap}{text}")),
    }
    splices
}
