use super::tree::{Kind, Node, NodeId, Style, Tree, gist};
use crate::text::Span;

/// A node in its tree: cheap to copy, and the way everything else reads records.
///
/// Questions about content follow aliases; questions about place ([`NodeRef::span`],
/// [`NodeRef::parent`], [`NodeRef::pointer`]) are about the node as it is written.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl<'t> NodeRef<'t> {
    pub(super) fn new(tree: &'t Tree, id: NodeId) -> Self {
        let last = (tree.nodes.len() as u32).saturating_sub(1);
        Self {
            tree,
            id: NodeId(id.0.min(last)),
        }
    }

    #[inline]
    fn written(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    #[inline]
    fn content(self) -> &'t Node {
        let node = self.written();
        if node.kind == Kind::Alias {
            &self.tree.nodes[node.text.start as usize]
        } else {
            node
        }
    }

    /// The tree this node is part of.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// The node's id in its tree.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The node whose content this is: itself, or the target of an alias.
    #[must_use]
    pub fn resolved(self) -> Self {
        let node = self.written();
        match node.kind {
            Kind::Alias => Self {
                tree: self.tree,
                id: NodeId(node.text.start),
            },
            _ => self,
        }
    }

    /// What the node is; never [`Kind::Alias`].
    #[inline]
    pub fn kind(self) -> Kind {
        self.content().kind
    }

    /// How the content is written.
    pub fn style(self) -> Style {
        self.content().style
    }

    /// Whether the node is written as an alias.
    pub fn is_alias(self) -> bool {
        self.written().kind == Kind::Alias
    }

    /// Whether the node is the key of a pair.
    pub fn is_key(self) -> bool {
        self.written().is_key
    }

    /// Whether the node is null.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Null, or a text, list or map without content: as good as a missing key.
    #[inline]
    pub fn is_empty(self) -> bool {
        let node = self.content();
        match node.kind {
            Kind::Null => true,
            Kind::Text => is_blank(self.text_in(node)),
            Kind::List | Kind::Map => node.text.end == 0,
            _ => false,
        }
    }

    /// Where the node is written. A value that is not there has an empty span.
    pub fn span(self) -> Span {
        self.written().span
    }

    /// The text of a scalar of any kind, unescaped and unfolded; empty for lists and maps.
    #[inline]
    pub fn scalar_text(self) -> &'t str {
        let node = self.content();
        match node.kind {
            Kind::List | Kind::Map => "",
            _ => self.text_in(node),
        }
    }

    #[inline]
    fn text_in(self, scalar: &Node) -> &'t str {
        let buffer = match scalar.is_decoded {
            true => &*self.tree.decoded,
            false => &*self.tree.source,
        };
        scalar.text.slice(buffer)
    }

    /// Whether the text of a scalar stands in the source as it reads.
    pub fn is_verbatim(self) -> bool {
        !self.content().is_decoded
    }

    /// The text under a key of a map; empty if there is none.
    pub fn text_of(self, key: &str) -> &'t str {
        self.get(key).map_or("", Self::scalar_text)
    }

    /// The items of the list under a key of a map; none if there is no list.
    pub fn list_of(self, key: &str) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
        self.get(key).into_iter().flat_map(Self::items)
    }

    /// The items of a list; of anything else, the node itself.
    pub fn one_or_many(self) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
        let single = (self.kind() != Kind::List).then_some(self);
        single.into_iter().chain(self.items())
    }

    /// The node and everything around it, up to the root.
    pub fn lineage(self) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
        std::iter::successors(Some(self), |node| node.parent())
    }

    /// The source of the node as it would stand at the left margin.
    pub fn at_margin(self) -> String {
        let source = self.tree.source();
        let span = self.span();
        let start = span.start as usize;
        let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let column = source[line..start].chars().count();
        let mut lines = span.slice(source).lines();
        let mut text = lines.next().unwrap_or("").to_owned();
        for line in lines {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            text.push('\n');
            text.push_str(&line[blanks.min(column)..]);
        }
        text
    }

    /// Where a part of the text of a scalar stands in the source. `range` counts bytes of
    /// [`Self::scalar_text`]. In a text that is written in another way than it reads, such as a
    /// block of lines, the place is found by its visible characters; where escapes make that
    /// impossible it is the whole scalar.
    pub fn text_place(self, range: std::ops::Range<usize>) -> Span {
        let node = self.content();
        if matches!(node.kind, Kind::List | Kind::Map) {
            return self.resolved().span();
        }
        if !node.is_decoded {
            let start = node.text.start + range.start.min(node.text.len() as usize) as u32;
            let end = node.text.start + range.end.min(node.text.len() as usize) as u32;
            return Span::new(start, end.max(start));
        }
        let whole = self.resolved().span();
        let text = self.scalar_text();
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let (Some(before), Some(inside)) = (text.get(..range.start), text.get(range)) else {
            return whole;
        };
        let shown = visible_parts(whole.slice(self.tree.source()), node.style);
        let (skipped, length) = (visible(before), visible(inside));
        let place = match length {
            // A place before a character, or after the last one.
            0 => match skipped.checked_sub(1) {
                Some(last) => shown.get(last).map(|part| part.end..part.end),
                None => shown.first().map(|part| part.start..part.start),
            },
            _ => shown
                .get(skipped..skipped + length)
                .and_then(|parts| Some(parts.first()?.start..parts.last()?.end)),
        };
        match place {
            Some(place) if visible(text) == shown.len() => {
                let at = |offset: usize| whole.start + offset as u32;
                Span::new(at(place.start), at(place.end))
            }
            _ => whole,
        }
    }

    /// The text, if this is text.
    #[inline]
    pub fn as_str(self) -> Option<&'t str> {
        let node = self.content();
        (node.kind == Kind::Text).then(|| self.text_in(node))
    }

    /// The truth value, if this is one.
    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool)
            .then(|| matches!(self.scalar_text().as_bytes(), [b't' | b'T', ..]))
    }

    /// The number, if this is one.
    pub fn as_number(self) -> Option<Number<'t>> {
        matches!(self.kind(), Kind::Integer | Kind::Float)
            .then(|| Number::parse(self.scalar_text()))
    }

    /// Number of items of a list or pairs of a map; 0 for scalars.
    pub fn len(self) -> usize {
        let node = self.content();
        match node.kind {
            Kind::List | Kind::Map => node.text.end as usize,
            _ => 0,
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> Items<'t> {
        let of = self.resolved();
        let range = match of.kind() {
            Kind::List => of.id.0 + 1..of.written().next,
            _ => 0..0,
        };
        Items {
            tree: self.tree,
            at: range.start,
            end: range.end,
        }
    }

    /// The pairs of a map in the order written; none for anything else.
    pub fn pairs(self) -> Pairs<'t> {
        let of = self.resolved();
        let range = match of.kind() {
            Kind::Map => of.id.0 + 1..of.written().next,
            _ => 0..0,
        };
        Pairs {
            tree: self.tree,
            at: range.start,
            end: range.end,
        }
    }

    /// The value of a key. Of a key written twice, the first.
    #[inline]
    pub fn get(self, key: &str) -> Option<NodeRef<'t>> {
        self.pair(key).map(|(_, value)| value)
    }

    /// Key and value nodes of a key. Of a key written twice, the first. This is the innermost
    /// step of every rule.
    pub fn pair(self, key: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let map = self.content();
        if map.kind != Kind::Map {
            return None;
        }
        let at = |id| NodeRef {
            tree: self.tree,
            id: NodeId(id),
        };
        let start = map.text.start as usize;
        let range = start..start + map.text.end as usize;
        let gists = self.tree.keys.gists.get(range)?;
        let sought = gist(key.as_bytes());
        for (count, gist) in gists.iter().enumerate() {
            if *gist == sought {
                let name = at(*self.tree.keys.nodes.get(start + count)?);
                if name.reads(key.as_bytes()) {
                    return Some((name, at(name.written().next)));
                }
            }
        }
        None
    }

    /// Whether the text of a scalar is this.
    fn reads(self, text: &[u8]) -> bool {
        let node = self.content();
        if matches!(node.kind, Kind::List | Kind::Map) || node.text.len() as usize != text.len() {
            return false;
        }
        let source = match node.is_decoded {
            true => self.tree.decoded.as_bytes(),
            false => self.tree.source.as_bytes(),
        };
        let found = source.get(node.text.range());
        found.is_some_and(|found| is_same(found, text))
    }

    /// Whether the node is another one of the same tree, or stands somewhere in it.
    pub fn is_within(self, outer: Self) -> bool {
        std::ptr::eq(self.tree, outer.tree)
            && (outer.id.0..outer.written().next).contains(&self.id.0)
    }

    /// The list, map or key's map that this node stands in; `None` for a root.
    pub fn parent(self) -> Option<NodeRef<'t>> {
        let parent = self.written().parent;
        (parent != self.id.0).then_some(Self {
            tree: self.tree,
            id: NodeId(parent),
        })
    }

    /// The key of the pair whose value this node is.
    pub fn key(self) -> Option<NodeRef<'t>> {
        let parent = self.parent()?;
        if self.is_key() || parent.written().kind != Kind::Map {
            return None;
        }
        // The key is the sibling before, and keys rarely have children: step back from here.
        let mut at = self.id.0 - 1;
        while self.tree.nodes[at as usize].parent != parent.id.0 {
            at = self.tree.nodes[at as usize].parent;
        }
        Some(Self {
            tree: self.tree,
            id: NodeId(at),
        })
    }

    /// The value of the pair whose key this node is.
    pub fn value(self) -> Option<NodeRef<'t>> {
        self.is_key().then(|| Self {
            tree: self.tree,
            id: NodeId(self.written().next),
        })
    }

    /// Position among the items of the list this node stands in.
    pub fn index(self) -> Option<usize> {
        let parent = self.parent()?;
        if parent.written().kind != Kind::List {
            return None;
        }
        parent.items().position(|item| item.id == self.id)
    }
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, fmt: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            Kind::List => fmt.debug_list().entries(self.items()).finish(),
            Kind::Map => fmt.debug_map().entries(self.pairs()).finish(),
            kind => write!(fmt, "{kind:?}({:?})", self.scalar_text()),
        }
    }
}

/// The items of a list.
#[derive(Clone, Debug)]
pub struct Items<'t> {
    tree: &'t Tree,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = NodeRef<'t>;

    fn next(&mut self) -> Option<NodeRef<'t>> {
        if self.at >= self.end {
            return None;
        }
        let item = NodeRef {
            tree: self.tree,
            id: NodeId(self.at),
        };
        self.at = item.written().next;
        Some(item)
    }
}

/// The pairs of a map.
#[derive(Clone, Debug)]
pub struct Pairs<'t> {
    tree: &'t Tree,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Pairs<'t> {
    type Item = (NodeRef<'t>, NodeRef<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let key = NodeRef {
            tree: self.tree,
            id: NodeId(self.at),
        };
        let value = NodeRef {
            tree: self.tree,
            id: NodeId(key.written().next),
        };
        self.at = value.written().next;
        Some((key, value))
    }
}

/// Whether a text holds nothing but blanks. Nearly every text begins with something else.
fn is_blank(text: &str) -> bool {
    let begins = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !begins && text.trim().is_empty()
}

/// Whether two short texts of one length are the same: in one or two steps rather than in a call.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    fn ends<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        bytes.first_chunk().zip(bytes.last_chunk())
    }
    match (ends::<8>(left), ends::<8>(right)) {
        (Some(one), Some(two)) => one == two && (left.len() <= 16 || left == right),
        _ => match (ends::<4>(left), ends::<4>(right)) {
            (Some(one), Some(two)) => one == two,
            _ => left.iter().eq(right),
        },
    }
}

/// A number as written, read only when asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number<'t> {
    /// A whole number from 0 on.
    Unsigned(u64),
    /// A whole number below 0.
    Signed(i64),
    /// A number with fraction or exponent, or a whole number too large for the above.
    Float(f64, &'t str),
}

impl<'t> Number<'t> {
    fn parse(text: &'t str) -> Self {
        let (radix, digits) = match text.as_bytes() {
            [b'0', b'o', ..] => (8, &text[2..]),
            [b'0', b'x', ..] => (16, &text[2..]),
            [b'+', ..] => (10, &text[1..]),
            _ => (10, text),
        };
        if let Ok(number) = u64::from_str_radix(digits, radix) {
            return Self::Unsigned(number);
        }
        if let Ok(number) = digits.parse::<i64>() {
            return Self::Signed(number);
        }
        let number = match digits.trim_start_matches('-') {
            ".inf" | ".Inf" | ".INF" if digits.starts_with('-') => f64::NEG_INFINITY,
            ".inf" | ".Inf" | ".INF" => f64::INFINITY,
            ".nan" | ".NaN" | ".NAN" => f64::NAN,
            _ => digits.parse().unwrap_or(f64::NAN),
        };
        Self::Float(number, digits)
    }

    /// The number as a float; whole numbers past 2^53 are rounded.
    #[expect(clippy::cast_precision_loss, reason = "asked for as a float")]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Unsigned(number) => number as f64,
            Self::Signed(number) => number as f64,
            Self::Float(number, _) => number,
        }
    }
}

/// Where each visible character of a scalar's text is written, in bytes of its source.
fn visible_parts(source: &str, style: Style) -> Vec<std::ops::Range<usize>> {
    let quote = match style {
        Style::SingleQuoted => Some('\''),
        Style::DoubleQuoted => Some('"'),
        _ => None,
    };
    let inside = quote.map_or(source, |quote| {
        let opened = source.strip_prefix(quote).unwrap_or(source);
        opened.strip_suffix(quote).unwrap_or(opened)
    });
    let offset = quote.map_or(0, char::len_utf8);
    let mut parts = Vec::new();
    let mut chars = inside.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut is_visible = !c.is_whitespace();
        let escapes = match (style, c) {
            (Style::SingleQuoted, '\'') => 1,
            (Style::DoubleQuoted, '\\') => match chars.peek() {
                Some((_, 'x')) => 3,
                Some((_, 'u')) => 5,
                Some((_, 'U')) => 9,
                Some((_, c)) => {
                    is_visible = !matches!(
                        c,
                        ' ' | 't'
                            | 'n'
                            | 'v'
                            | 'f'
                            | 'r'
                            | 'N'
                            | '_'
                            | 'L'
                            | 'P'
                            | '\t'
                            | '\n'
                            | '\r'
                    );
                    1
                }
                None => 0,
            },
            _ => 0,
        };
        for _ in 0..escapes {
            chars.next();
        }
        if is_visible {
            let end = chars.peek().map_or(inside.len(), |(at, _)| *at);
            parts.push(start + offset..end + offset);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::is_same;
    use crate::document::{Limits, Tree, parse};

    fn tree(text: &str) -> Tree {
        parse(text.into(), &Limits::default()).unwrap()
    }

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let tree = tree(concat!(
            "a: 1\n'b c': 2\n\"d\\x65\": 3\n? &f long-enough\n: 4\n",
            "g: {*f : 5, a: 6, : 7}\n[x]: 8\na: 9\n12: 10\n",
        ));
        let root = tree.roots().next().unwrap();
        let found = |key: &str| root.get(key).map(|value| value.scalar_text().to_owned());
        for (key, value) in [
            ("a", "1"),
            ("b c", "2"),
            ("de", "3"),
            ("long-enough", "4"),
            ("12", "10"),
        ] {
            assert_eq!(found(key).as_deref(), Some(value), "{key}");
        }
        // What is a list has no text; neither the beginning nor the end of a key will do.
        for key in ["", "[x]", "x", "b", "long-enoug", "ong-enough", "A"] {
            assert_eq!(found(key), None, "{key}");
        }
        let inner = root.get("g").unwrap();
        assert_eq!(inner.text_of("long-enough"), "5");
        assert_eq!(inner.text_of("a"), "6");
        assert_eq!(inner.text_of(""), "7");
    }

    #[test]
    fn every_key_of_a_large_map_is_found() {
        let text = (0..500).fold(String::new(), |mut text, at| {
            let _ = writeln!(text, "key-{at}: {{sub-{at}: {at}}}");
            text
        });
        let tree = tree(&text);
        let root = tree.roots().next().unwrap();
        for at in 0..500 {
            let map = root.get(&format!("key-{at}")).unwrap();
            assert_eq!(map.text_of(&format!("sub-{at}")), at.to_string());
        }
        assert!(root.get("key-500").is_none());
    }

    #[test]
    fn every_byte_of_a_short_text_counts() {
        for length in 0..40_usize {
            let text: Vec<u8> = (0..length as u8).collect();
            assert!(is_same(&text, &text.clone()));
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!is_same(&text, &other), "{length} {at}");
            }
        }
    }
}
