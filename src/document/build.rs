//! The arena as it grows. Both readers build with it, so that limits, duplicate keys and words
//! that other readers take otherwise are seen to once.

use super::parse::{Limits, ParseError};
use super::scalar::{core_kind, is_suspect};
use super::syntax::SyntaxFault;
use super::tree::{Duplicate, ForeignTag, Keys, Kind, Node, NodeId, Style, Tree, gist};
use crate::text::Span;

/// A scalar as a reader found it.
pub(super) struct Scalar {
    pub(super) style: Style,
    /// Where it stands, quotes included.
    pub(super) span: Span,
    pub(super) text: Stored,
}

/// Where the text of a scalar is kept.
#[derive(Clone, Copy)]
pub(super) enum Stored {
    /// It stands verbatim in the source.
    InSource(Span),
    /// It was written to [`Builder::decoded`].
    Decoded(Span),
}

/// A list or map that is not yet closed.
struct Open {
    node: u32,
    is_map: bool,
    /// Children so far, keys and values counted one by one.
    children: u32,
    /// The child added last.
    last: u32,
    /// Nodes below when aliases are followed.
    expanded: usize,
}

pub(super) struct Builder<'s> {
    source: &'s str,
    limits: &'s Limits,
    /// Texts that do not stand verbatim in the source.
    pub(super) decoded: String,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    duplicates: Vec<Duplicate>,
    foreign_tags: Vec<ForeignTag>,
    suspects: Vec<NodeId>,
    open: Vec<Open>,
    expanded: usize,
    /// The keys of the closed maps, map by map.
    keys: Keys,
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s str, limits: &'s Limits) -> Self {
        Self {
            source,
            limits,
            decoded: String::new(),
            // Records have a node for about every ten bytes.
            nodes: Vec::with_capacity((source.len() / 10).min(limits.nodes)),
            roots: Vec::new(),
            duplicates: Vec::new(),
            foreign_tags: Vec::new(),
            suspects: Vec::new(),
            open: Vec::new(),
            expanded: 0,
            keys: Keys::with_capacity((source.len() / 30).min(limits.nodes)),
        }
    }

    /// The tree, which does not hold the text yet.
    pub(super) fn finish(mut self) -> Tree {
        self.duplicates.sort_by_key(|duplicate| duplicate.second);
        Tree {
            source: Box::default(),
            decoded: self.decoded,
            nodes: self.nodes,
            keys: self.keys,
            roots: self.roots,
            duplicates: self.duplicates,
            foreign_tags: self.foreign_tags,
            suspects: self.suspects,
        }
    }

    /// Starts of the flow collections that are still open, innermost last. The map of a pair such
    /// as `[a: 1]` opens without a bracket.
    pub(super) fn flow_starts(&self) -> Vec<u32> {
        self.open
            .iter()
            .map(|open| &self.nodes[open.node as usize])
            .filter(|node| node.style == Style::Flow)
            .map(|node| node.span.start)
            .filter(|start| self.source[*start as usize..].starts_with(['[', '{']))
            .collect()
    }

    /// Appends a scalar; without a tag its kind is what its text says.
    pub(super) fn scalar(&mut self, scalar: &Scalar) -> Result<u32, ParseError> {
        let (range, is_decoded) = match scalar.text {
            Stored::InSource(range) => (range, false),
            Stored::Decoded(range) => (range, true),
        };
        let text = if is_decoded {
            range.slice(&self.decoded)
        } else {
            range.slice(self.source)
        };
        let kind = match scalar.style {
            Style::Plain => core_kind(text),
            _ => Kind::Text,
        };
        let is_suspect = is_suspect(text, scalar.style);
        let index = self.push(kind, scalar.style, scalar.span, range)?;
        self.nodes[index as usize].is_decoded = is_decoded;
        if is_suspect {
            self.suspects.push(NodeId(index));
        }
        Ok(index)
    }

    /// Appends a value that is not there.
    pub(super) fn absent(&mut self, at: u32) -> Result<u32, ParseError> {
        self.scalar(&Scalar {
            style: Style::Plain,
            span: Span::at(at),
            text: self.decoded_since(self.decoded.len()),
        })
    }

    /// What was written to [`Builder::decoded`] since it had a length.
    pub(super) fn decoded_since(&self, start: usize) -> Stored {
        Stored::Decoded(Span::new(start as u32, self.decoded.len() as u32))
    }

    /// Opens a list or map; its children follow until [`Builder::close`].
    pub(super) fn open(&mut self, kind: Kind, style: Style, span: Span) -> Result<u32, ParseError> {
        if self.open.len() >= self.limits.depth {
            return Err(budget("the nesting is too deep", self.limits.depth, span));
        }
        let node = self.push(kind, style, span, Span::default())?;
        self.note_key(node, kind);
        self.open.push(Open {
            node,
            is_map: kind == Kind::Map,
            children: 0,
            last: node,
            expanded: 0,
        });
        Ok(node)
    }

    /// Closes the innermost list or map. Gives the node and its size when aliases are followed.
    ///
    /// One in flow style ends with its bracket, at `end`; one in block style with its last child.
    pub(super) fn close(&mut self, end: u32) -> Result<Option<(u32, usize)>, ParseError> {
        let Some(open) = self.open.pop() else {
            return Ok(None);
        };
        let next = self.nodes.len() as u32;
        let last_end = self.nodes[open.last as usize].span.end;
        let node = &mut self.nodes[open.node as usize];
        node.next = next;
        node.text.end = open.children / if open.is_map { 2 } else { 1 };
        node.span.end = match node.style {
            Style::Flow => end,
            _ if open.children == 0 => node.span.start,
            _ => last_end.max(node.span.start),
        };
        let start = Span::at(node.span.start);
        if open.is_map {
            self.list_keys(open.node);
        }
        self.add_expanded(open.expanded, start)?;
        Ok(Some((open.node, open.expanded + 1)))
    }

    /// Appends an alias of a node, whose size when aliases are followed is `None` while it is open.
    pub(super) fn alias(
        &mut self,
        target: u32,
        size: Option<usize>,
        span: Span,
    ) -> Result<(), ParseError> {
        let Some(size) = size else {
            return Err(ParseError::Syntax(SyntaxFault::cyclic_alias(
                span,
                self.source,
            )));
        };
        let node = self.push(Kind::Alias, Style::Plain, span, Span::new(target, target))?;
        self.note_key(node, self.nodes[target as usize].kind);
        self.add_expanded(size, span)
    }

    /// Gives a scalar the kind that its tag says.
    pub(super) fn set_kind(&mut self, node: u32, kind: Kind) {
        self.nodes[node as usize].kind = kind;
    }

    /// Notes a tag outside the core schema.
    pub(super) fn note_tag(&mut self, node: u32, span: Option<Span>, tag: String) {
        self.foreign_tags.push(ForeignTag {
            node: NodeId(node),
            span: span.unwrap_or(self.nodes[node as usize].span),
            tag,
        });
    }

    /// Appends a node below the innermost open collection.
    fn push(
        &mut self,
        kind: Kind,
        style: Style,
        span: Span,
        text: Span,
    ) -> Result<u32, ParseError> {
        let index = self.nodes.len() as u32;
        if self.nodes.len() >= self.limits.nodes {
            return Err(budget(
                "the file holds too many values",
                self.limits.nodes,
                span,
            ));
        }
        let (parent, is_key) = match self.open.last_mut() {
            Some(open) => {
                let is_key = open.is_map && open.children.is_multiple_of(2);
                open.children += 1;
                open.expanded += 1;
                open.last = index;
                (open.node, is_key)
            }
            None => {
                self.roots.push(NodeId(index));
                (index, false)
            }
        };
        self.nodes.push(Node {
            span,
            text,
            parent,
            next: index + 1,
            kind,
            style,
            is_key,
            is_decoded: false,
        });
        Ok(index)
    }

    /// Notes a key that is a list or a map.
    fn note_key(&mut self, index: u32, kind: Kind) {
        if self.nodes[index as usize].is_key && matches!(kind, Kind::List | Kind::Map) {
            self.suspects.push(NodeId(index));
        }
    }

    fn add_expanded(&mut self, amount: usize, at: Span) -> Result<(), ParseError> {
        if let Some(parent) = self.open.last_mut() {
            parent.expanded = parent.expanded.saturating_add(amount);
        } else {
            self.expanded = self.expanded.saturating_add(amount);
        }
        let total = self.open.last().map_or(self.expanded, |open| open.expanded);
        if total > self.limits.expanded {
            return Err(budget(
                "the aliases stand for too many values",
                self.limits.expanded,
                at,
            ));
        }
        Ok(())
    }

    /// Lists the keys of a closed map, and notes every one that stands there twice.
    fn list_keys(&mut self, map: u32) {
        let start = self.keys.nodes.len();
        let end = self.nodes[map as usize].next;
        let mut node = map + 1;
        while node < end {
            let gist = gist(self.key_text(node).as_bytes());
            self.keys.gists.push(gist);
            self.keys.nodes.push(node);
            node = self.nodes[self.nodes[node as usize].next as usize].next;
        }
        self.nodes[map as usize].text.start = start as u32;
        if self.keys.nodes.len() - start > MANY_KEYS {
            self.find_duplicates_by_order(start);
        } else {
            self.find_duplicates(start);
        }
    }

    fn find_duplicates(&mut self, start: usize) {
        let (gists, nodes) = (&self.keys.gists[start..], &self.keys.nodes[start..]);
        for (count, (gist, second)) in gists.iter().zip(nodes).enumerate().skip(1) {
            // Nearly every key is like none before it.
            if !gists[..count].contains(gist) {
                continue;
            }
            let text = self.key_text(*second);
            let first = nodes[..count].iter().find(|it| self.key_text(**it) == text);
            if let Some(first) = first {
                self.duplicates.push(Duplicate {
                    first: NodeId(*first),
                    second: NodeId(*second),
                });
            }
        }
    }

    /// The same for a map so large that comparing every key with every other takes too long.
    fn find_duplicates_by_order(&mut self, start: usize) {
        let mut keys: Vec<u32> = self.keys.nodes[start..].to_vec();
        keys.sort_by(|left, right| {
            let texts = self.key_text(*left).cmp(self.key_text(*right));
            texts.then(left.cmp(right))
        });
        let same = |left: &u32, right: &u32| self.key_text(*left) == self.key_text(*right);
        let found = keys.chunk_by(same).flat_map(|alike| {
            let first = NodeId(alike[0]);
            let second = alike[1..].iter().map(|key| NodeId(*key));
            second.map(move |second| Duplicate { first, second })
        });
        let found: Vec<_> = found.collect();
        self.duplicates.extend(found);
    }

    /// What a key is compared by: its text, or its source where it is a list or a map.
    fn key_text(&self, key: u32) -> &str {
        let mut node = &self.nodes[key as usize];
        if node.kind == Kind::Alias {
            node = &self.nodes[node.text.start as usize];
        }
        match node.kind {
            Kind::List | Kind::Map => node.span.slice(self.source),
            _ if node.is_decoded => node.text.slice(&self.decoded),
            _ => node.text.slice(self.source),
        }
    }
}

/// More keys than this are compared in order instead of each with each.
const MANY_KEYS: usize = 64;

fn budget(what: &'static str, limit: usize, at: Span) -> ParseError {
    ParseError::Budget { what, limit, at }
}
