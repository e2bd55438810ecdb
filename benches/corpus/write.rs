//! From a [`Node`] to YAML text in the handwriting of one author.
//!
//! This is the independent oracle of places: a marked node or key is preceded by [`MARK`], and the
//! mark is taken out again when its line and column are counted. Nothing of Probity is used.

use super::random::Random;
use super::tree::{Content, Form, Meaning, Node, Pair};

/// A character that no record holds.
const MARK: char = '\u{E000}';

/// Longest line that folded and wrapped texts reach for.
const WIDTH: usize = 92;

/// The habits of whoever wrote a record.
pub(crate) struct Handwriting {
    /// How many in a hundred small maps stand in braces.
    flow_maps: usize,
    /// How many in a hundred short lists stand in brackets.
    flow_lists: usize,
    /// How many in a hundred texts stand in quotes without need.
    quotes: usize,
    /// How many in a hundred keys have a remark behind the value.
    remarks: usize,
    /// Indentation of the `-` below its key.
    list_step: usize,
    has_headings: bool,
    has_carriage_returns: bool,
    has_byte_order_mark: bool,
}

impl Handwriting {
    pub(crate) fn new(random: &mut Random) -> Self {
        let is_terse = random.chance(22);
        Self {
            flow_maps: if is_terse { 85 } else { 6 },
            flow_lists: if is_terse { 97 } else { 80 },
            quotes: random.between(0, 12),
            remarks: random.between(0, 3),
            list_step: if random.chance(80) { 2 } else { 0 },
            has_headings: random.chance(70),
            has_carriage_returns: random.chance(2),
            has_byte_order_mark: random.chance(1),
        }
    }

    /// Block style without remarks, as registries are kept.
    pub(crate) fn tidy() -> Self {
        Self {
            flow_maps: 30,
            flow_lists: 100,
            quotes: 0,
            remarks: 0,
            list_step: 2,
            has_headings: false,
            has_carriage_returns: false,
            has_byte_order_mark: false,
        }
    }
}

/// Line and column, both from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Writes a record; returns the text and the place of the mark, if the record holds one.
pub(crate) fn write(
    root: &Node,
    hand: &Handwriting,
    random: &mut Random,
) -> (String, Option<Position>) {
    let mut writer = Writer {
        out: String::with_capacity(8 << 10),
        hand,
        random,
        forbidden: None,
    };
    if let Content::Map(pairs) = &root.content {
        writer.sections(pairs);
    }
    let (mut text, place) = take_mark(writer.out);
    if hand.has_carriage_returns {
        text = text.replace('\n', "\r\n");
    }
    if hand.has_byte_order_mark {
        text.insert(0, '\u{feff}');
    }
    (text, place)
}

/// Removes the mark and says where it stood.
fn take_mark(text: String) -> (String, Option<Position>) {
    let Some((before, after)) = text.split_once(MARK) else {
        return (text, None);
    };
    assert!(!after.contains(MARK), "one mark in a record");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let place = Position {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    };
    (format!("{before}{after}"), Some(place))
}

struct Writer<'w> {
    out: String,
    hand: &'w Handwriting,
    random: &'w mut Random,
    /// A quote that may not be written any more, because one stands open above.
    forbidden: Option<char>,
}

impl Writer<'_> {
    fn sections(&mut self, pairs: &[Pair]) {
        if self.random.chance(10) {
            self.out.push_str("---\n");
        }
        for (at, pair) in pairs.iter().enumerate() {
            let is_large = matches!(pair.value.content, Content::List(_) | Content::Map(_));
            if self.hand.has_headings && is_large && at > 0 && self.random.chance(60) {
                self.out.push('\n');
                if let Some(heading) = heading(&pair.key) {
                    self.out.push_str("# ");
                    self.out.push_str(heading);
                    self.out.push('\n');
                }
            }
            self.pair(pair, 0, true);
        }
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn block_map(&mut self, pairs: &[Pair], indent: usize, begins_in_line: bool) {
        for (at, pair) in pairs.iter().enumerate() {
            self.pair(pair, indent, at > 0 || !begins_in_line);
        }
    }

    fn pair(&mut self, pair: &Pair, indent: usize, begins_line: bool) {
        if pair.has_tab {
            // One tab instead of the spaces, or after the spaces of the level above.
            if self.random.chance(50) {
                self.pad(indent - 2);
            }
            self.out.push(MARK);
            self.out.push('\t');
        } else if begins_line {
            self.pad(indent);
        }
        if pair.is_marked {
            self.out.push(MARK);
        }
        self.out.push_str(&pair.key);
        self.out.push(':');
        self.value(&pair.value, indent);
    }

    /// A value behind its key, with the line break after it.
    fn value(&mut self, node: &Node, indent: usize) {
        match &node.content {
            Content::Nothing => self.out.push('\n'),
            Content::Scalar(..) => {
                self.out.push(' ');
                self.scalar(node, indent);
            }
            Content::List(items) if !self.is_flow(node) => {
                self.out.push('\n');
                self.block_list(items, indent + self.hand.list_step);
            }
            Content::Map(pairs) if !self.is_flow(node) => {
                self.out.push('\n');
                self.block_map(pairs, indent + 2, false);
            }
            _ => {
                self.out.push(' ');
                self.flow(node);
                self.out.push('\n');
            }
        }
    }

    fn block_list(&mut self, items: &[Node], indent: usize) {
        for item in items {
            self.pad(indent);
            self.out.push_str("- ");
            match &item.content {
                Content::Map(pairs) if !self.is_flow(item) => {
                    self.block_map(pairs, indent + 2, true);
                }
                Content::Scalar(..) => self.scalar(item, indent),
                _ => {
                    self.flow(item);
                    self.out.push('\n');
                }
            }
        }
    }

    /// Whether a list or map goes into brackets.
    fn is_flow(&mut self, node: &Node) -> bool {
        let (is_empty, percent, limit) = match &node.content {
            Content::List(items) => (items.is_empty(), self.hand.flow_lists, 70),
            Content::Map(pairs) => {
                let limit = if self.hand.flow_maps > 50 { 400 } else { 90 };
                (pairs.is_empty(), self.hand.flow_maps, limit)
            }
            _ => return false,
        };
        match node.form {
            _ if is_empty => true,
            Form::OneLine | Form::Unclosed(_) => true,
            Form::Block => false,
            _ => is_simple(node, 0) && node.weight(0) <= limit && self.random.chance(percent),
        }
    }

    fn flow(&mut self, node: &Node) {
        if node.is_marked {
            self.out.push(MARK);
        }
        match &node.content {
            Content::Nothing => {}
            Content::Scalar(meaning, text) => {
                let quote = self.quote_for(*meaning, text, node.form, true);
                self.quoted(text, quote);
            }
            Content::List(items) => {
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.out.push_str(", ");
                    }
                    self.flow(item);
                }
                if !matches!(node.form, Form::Unclosed(_)) {
                    self.out.push(']');
                }
            }
            Content::Map(pairs) => {
                self.out.push('{');
                for (at, pair) in pairs.iter().enumerate() {
                    if at > 0 {
                        self.out.push_str(", ");
                    }
                    if pair.is_marked {
                        self.out.push(MARK);
                    }
                    self.out.push_str(&pair.key);
                    if !matches!(pair.value.content, Content::Nothing) {
                        self.out.push_str(": ");
                        self.flow(&pair.value);
                    }
                }
                self.out.push('}');
            }
        }
    }

    /// A scalar in block style, with the line break after it.
    fn scalar(&mut self, node: &Node, indent: usize) {
        let Content::Scalar(meaning, text) = &node.content else {
            return;
        };
        let is_long = *meaning == Meaning::Text && text.chars().count() > 76;
        if is_long && node.form == Form::Free && !node.is_marked && !self.needs_care(text) {
            match self.random.below(10) {
                0..=5 => return self.block_text(text, indent, ">-"),
                6 => return self.block_text(text, indent, "|"),
                7 if is_plain(text, false) => return self.wrapped_text(text, indent),
                _ => {}
            }
        }
        if node.is_marked {
            self.out.push(MARK);
        }
        if let Form::Unclosed(quote) = node.form {
            self.out.push(quote);
            self.out.push_str(&text.replace(['"', '\''], "’"));
            self.forbidden = Some(quote);
        } else {
            let quote = self.quote_for(*meaning, text, node.form, false);
            self.quoted(text, quote);
            if self.forbidden.is_none() && self.random.chance(self.hand.remarks) {
                let remark = self.random.pick(&[
                    "to be confirmed",
                    "see ticket",
                    "geprüft",
                    "as in the log",
                ]);
                self.out.push_str("  # ");
                self.out.push_str(remark);
            }
        }
        self.out.push('\n');
    }

    /// Whether quotes in the text would close the quote that stands open above.
    fn needs_care(&self, text: &str) -> bool {
        self.forbidden.is_some_and(|quote| text.contains(quote))
    }

    fn block_text(&mut self, text: &str, indent: usize, header: &str) {
        self.out.push_str(header);
        self.out.push('\n');
        self.lines(text, indent + 2, true);
    }

    fn wrapped_text(&mut self, text: &str, indent: usize) {
        self.lines(text, indent + 2, false);
    }

    fn lines(&mut self, text: &str, indent: usize, pads_first: bool) {
        let mut width = 0;
        for (at, word) in text.split(' ').enumerate() {
            let length = word.chars().count() + 1;
            if at == 0 {
                if pads_first {
                    self.pad(indent);
                }
                width = indent;
            } else if width + length > WIDTH {
                self.out.push('\n');
                self.pad(indent);
                width = indent;
            } else {
                self.out.push(' ');
            }
            self.out.push_str(word);
            width += length;
        }
        self.out.push('\n');
    }

    /// The quote that a text is written in, if any.
    fn quote_for(
        &mut self,
        meaning: Meaning,
        text: &str,
        form: Form,
        in_flow: bool,
    ) -> Option<char> {
        let quote = match form {
            Form::Bare => return None,
            Form::Quoted(quote) => quote,
            _ => {
                let is_typed = matches!(meaning, Meaning::Bool | Meaning::Number);
                if is_typed {
                    return None;
                }
                let is_free = is_plain(text, in_flow) && !self.needs_care(text);
                let wants = match meaning {
                    Meaning::Text => self.hand.quotes,
                    _ => self.hand.quotes / 4,
                };
                if is_free && !self.random.chance(wants) {
                    return None;
                }
                if self.random.chance(65) { '"' } else { '\'' }
            }
        };
        match (self.forbidden, quote) {
            (Some('"'), '"') => Some('\''),
            (Some('\''), '\'') => Some('"'),
            _ => Some(quote),
        }
    }

    fn quoted(&mut self, text: &str, quote: Option<char>) {
        let text = match self.forbidden {
            Some(forbidden) => text.replace(forbidden, "’"),
            None => text.to_owned(),
        };
        match quote {
            None => self.out.push_str(&text),
            Some('\'') => {
                self.out.push('\'');
                if self.forbidden.is_some() {
                    self.out.push_str(&text.replace('\'', "’"));
                } else {
                    self.out.push_str(&text.replace('\'', "''"));
                }
                self.out.push('\'');
            }
            Some(_) => {
                self.out.push('"');
                for character in text.chars() {
                    match character {
                        '"' => self.out.push_str("\\\""),
                        '\\' => self.out.push_str("\\\\"),
                        'é' if self.random.chance(20) => self.out.push_str("\\u00e9"),
                        _ => self.out.push(character),
                    }
                }
                self.out.push('"');
            }
        }
    }
}

/// Whether a map or list may stand in brackets: no long text, and not too deep.
fn is_simple(node: &Node, depth: usize) -> bool {
    match &node.content {
        Content::Nothing => true,
        Content::Scalar(Meaning::Text, text) => text.len() <= 90,
        Content::Scalar(..) => true,
        Content::List(items) => depth < 2 && items.iter().all(|item| is_simple(item, depth + 1)),
        Content::Map(pairs) => {
            depth < 2 && pairs.iter().all(|pair| is_simple(&pair.value, depth + 1))
        }
    }
}

/// Whether a text can stand without quotes and stay the text it is.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let first = text.chars().next().unwrap_or(' ');
    let is_word_like = first.is_alphanumeric() || first == '/' || first == '(';
    let is_typed = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    ) || text.parse::<f64>().is_ok();
    let is_broken = text.contains(": ")
        || text.contains(" #")
        || text.ends_with([':', ' '])
        || text.contains(['\n', '\t', '\\']);
    let is_cut = in_flow && (text.contains([',', '[', ']', '{', '}', '"', '?']));
    is_word_like && !is_typed && !is_broken && !is_cut
}

fn heading(key: &str) -> Option<&'static str> {
    let heading = match key {
        "supply_chain" => "Are others involved? One yes is enough.",
        "parties" => "Who was considered? Not telling somebody is fine, with a reason.",
        "duties" => "Do we owe somebody a report, by law or by contract?",
        "timeline" => "What happened?",
        "outbound" => "Everything that leaves: what, to whom, why, who agreed, what proves it.",
        "inbound" => "Everything that comes back. A promise becomes a task at once.",
        "decisions" => "What was decided, by whom and why – and with whom on the other side?",
        "report_out" => "Which weaknesses did it show, who was told, who fixes them?",
        "evidence" => "Every item with its hash, so that it can be found and cannot change unseen.",
        "review" => "What did we learn? → next exercise",
        _ => return None,
    };
    Some(heading)
}
