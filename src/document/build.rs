//! From parser events to the arena. The only file that names `granit_parser`.

use std::collections::HashSet;

use granit_parser::{
    Event, Parser, ScalarStyle, Span as ParserSpan, StructureStyle, Tag, TryLoadError,
    TrySpannedEventReceiver, options,
};

use super::scalar::{core_kind, is_suspect, tagged_kind};
use super::syntax::{SyntaxFault, explain};
use super::tree::{Duplicate, ForeignTag, Kind, Node, NodeId, Style, Tree};
use crate::text::Span;

/// How much one file may ask for. Every limit is finite, because a pull request is written by
/// somebody who may want to break the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub bytes: usize,
    /// Deepest nesting of lists and maps.
    pub depth: usize,
    /// Most nodes (keys and values) in one file.
    pub nodes: usize,
    /// Most nodes when every alias is followed.
    pub expanded: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            depth: 64,
            nodes: 2_000_000,
            expanded: 1_000_000,
        }
    }
}

/// Why a text has no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The author's fault: the text is no YAML.
    #[error("{}", .0.message)]
    Syntax(SyntaxFault),
    /// The text asks for more than the [`Limits`] allow.
    #[error("{what} (the limit is {limit})")]
    Budget {
        /// What is too much, as a sentence without its full stop.
        what: &'static str,
        /// The limit that was reached.
        limit: usize,
        /// Where it was reached.
        at: Span,
    },
}

/// A text without a tree, given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Unparsed {
    /// Why.
    pub error: ParseError,
    /// The text.
    pub text: Box<str>,
}

/// Parses all documents of a file.
///
/// A byte-order mark is accepted. Duplicate keys and foreign tags do not fail here; they are
/// listed by the tree.
///
/// # Errors
/// [`ParseError::Syntax`] for text that is no YAML, [`ParseError::Budget`] for text that exceeds
/// `limits`; with the text.
pub fn parse(source: Box<str>, limits: &Limits) -> Result<Tree, Unparsed> {
    match build(&source, limits) {
        Ok(tree) => Ok(Tree { source, ..tree }),
        Err(error) => Err(Unparsed {
            error,
            text: source,
        }),
    }
}

/// The tree of a text, which does not hold the text yet.
fn build(source: &str, limits: &Limits) -> Result<Tree, ParseError> {
    if source.len() > limits.bytes {
        return Err(ParseError::Budget {
            what: "the file is too large",
            limit: limits.bytes,
            at: Span::default(),
        });
    }
    let settings = options! {
        strict_indentation: true,
        emit_comments: false,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    };
    let mut builder = Builder::new(source, limits);
    match Parser::new_from_str_with_options(source, settings).try_load(&mut builder, true) {
        Ok(()) => {}
        Err(TryLoadError::Receiver(error)) => return Err(error),
        Err(TryLoadError::Scan(error)) => {
            return Err(explain(
                &error,
                source,
                limits.depth,
                &builder.flow_starts(),
            ));
        }
    }
    let Builder {
        decoded,
        nodes,
        roots,
        mut duplicates,
        foreign_tags,
        suspects,
        ..
    } = builder;
    duplicates.sort_by_key(|duplicate| duplicate.second);
    Ok(Tree {
        source: Box::default(),
        decoded,
        nodes,
        roots,
        duplicates,
        foreign_tags,
        suspects,
    })
}

fn budget(what: &'static str, limit: usize, at: Span) -> ParseError {
    ParseError::Budget { what, limit, at }
}

/// A list or map that is not yet closed.
struct Open {
    node: u32,
    is_map: bool,
    /// Children so far, keys and values counted one by one.
    children: u32,
    /// Nodes below when aliases are followed.
    expanded: usize,
    anchor: usize,
}

struct Builder<'s> {
    source: &'s str,
    limits: &'s Limits,
    decoded: String,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    duplicates: Vec<Duplicate>,
    foreign_tags: Vec<ForeignTag>,
    suspects: Vec<NodeId>,
    open: Vec<Open>,
    /// Per anchor: the node, and its size when aliases are followed (`None` while it is open).
    anchors: Vec<Option<(u32, Option<usize>)>>,
    expanded: usize,
    /// Where the tag of the event at hand stands.
    tag_span: Option<Span>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str, limits: &'s Limits) -> Self {
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
            anchors: Vec::new(),
            expanded: 0,
            tag_span: None,
        }
    }

    /// Starts of the flow collections that are still open, innermost last. The map of a pair such
    /// as `[a: 1]` opens without a bracket.
    fn flow_starts(&self) -> Vec<u32> {
        self.open
            .iter()
            .map(|open| &self.nodes[open.node as usize])
            .filter(|node| node.style == Style::Flow)
            .map(|node| node.span.start)
            .filter(|start| self.source[*start as usize..].starts_with(['[', '{']))
            .collect()
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
                (open.node, is_key)
            }
            None => {
                self.roots.push(NodeId(index));
                (index, false)
            }
        };
        let node = Node {
            span,
            text,
            parent,
            next: index + 1,
            kind,
            style,
            is_key,
            is_decoded: false,
        };
        self.nodes.push(node);
        Ok(index)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<u32, ParseError> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        // The parser spells a node that is not there as a plain `~` of no width.
        let is_absent = style == Style::Plain && span.is_empty();
        let text = if is_absent { "" } else { text };
        let kind = match tag {
            None if style == Style::Plain => core_kind(text),
            None => Kind::Text,
            Some(tag) => tagged_kind(tag.core_suffix(), text),
        };
        let (range, is_decoded) = self.store(text);
        let index = self.push(kind, style, span, range)?;
        self.nodes[index as usize].is_decoded = is_decoded;
        if is_suspect(text, style) {
            self.suspects.push(NodeId(index));
        }
        self.note_tag(index, tag);
        Ok(index)
    }

    /// Where a scalar's text is kept: in the source if it stands there, else in the buffer.
    fn store(&mut self, text: &str) -> (Span, bool) {
        let source = self.source.as_ptr() as usize;
        let start = (text.as_ptr() as usize).wrapping_sub(source);
        if start.saturating_add(text.len()) <= self.source.len() && !text.is_empty() {
            return (Span::new(start as u32, (start + text.len()) as u32), false);
        }
        let start = self.decoded.len() as u32;
        self.decoded.push_str(text);
        (Span::new(start, self.decoded.len() as u32), true)
    }

    /// Notes a key that is a list or a map.
    fn suspect_key(&mut self, index: u32, kind: Kind) {
        if self.nodes[index as usize].is_key && matches!(kind, Kind::List | Kind::Map) {
            self.suspects.push(NodeId(index));
        }
    }

    fn note_tag(&mut self, index: u32, tag: Option<&Tag>) {
        let Some(tag) = tag else { return };
        let known = matches!(
            tag.core_suffix(),
            Some("str" | "int" | "float" | "bool" | "null" | "seq" | "map")
        );
        let is_non_specific = tag.original() == "!";
        if !known && !is_non_specific {
            let span = self.tag_span.unwrap_or(self.nodes[index as usize].span);
            self.foreign_tags.push(ForeignTag {
                node: NodeId(index),
                span,
                tag: tag.original(),
            });
        }
    }

    fn open(
        &mut self,
        kind: Kind,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), ParseError> {
        if self.open.len() >= self.limits.depth {
            return Err(budget("the nesting is too deep", self.limits.depth, span));
        }
        let style = if style == StructureStyle::Flow {
            Style::Flow
        } else {
            Style::Plain
        };
        let node = self.push(kind, style, span, Span::default())?;
        self.suspect_key(node, kind);
        self.note_tag(node, tag);
        self.remember_anchor(anchor, node, None);
        let is_map = kind == Kind::Map;
        self.open.push(Open {
            node,
            is_map,
            children: 0,
            expanded: 0,
            anchor,
        });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), ParseError> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let next = self.nodes.len() as u32;
        let last_end = self.last_child_end(open.node, next);
        let is_map = open.is_map;
        let node = &mut self.nodes[open.node as usize];
        node.next = next;
        node.text.end = if is_map {
            open.children / 2
        } else {
            open.children
        };
        // A block collection's end event stands at the next token, past comments and blank lines.
        node.span.end = if node.style == Style::Flow {
            end.end
        } else {
            last_end.max(node.span.start)
        };
        if is_map {
            self.find_duplicates(open.node);
        }
        if let Some(Some(anchor)) = self.anchors.get_mut(open.anchor)
            && anchor.0 == open.node
        {
            anchor.1 = Some(open.expanded + 1);
        }
        self.add_expanded(
            open.expanded,
            Span::at(self.nodes[open.node as usize].span.start),
        )
    }

    fn last_child_end(&self, parent: u32, next: u32) -> u32 {
        let mut child = parent + 1;
        let mut end = 0;
        while child < next {
            let node = &self.nodes[child as usize];
            end = node.span.end;
            child = node.next;
        }
        end
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

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), ParseError> {
        let Some(Some((target, size))) = self.anchors.get(anchor).copied() else {
            // The parser refuses unknown anchors itself.
            return Ok(());
        };
        let Some(size) = size else {
            return Err(ParseError::Syntax(SyntaxFault::cyclic_alias(
                span,
                self.source,
            )));
        };
        let node = self.push(Kind::Alias, Style::Plain, span, Span::new(target, target))?;
        self.suspect_key(node, self.nodes[target as usize].kind);
        self.add_expanded(size, span)
    }

    fn remember_anchor(&mut self, anchor: usize, node: u32, size: Option<usize>) {
        if anchor == 0 {
            return;
        }
        if self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, None);
        }
        self.anchors[anchor] = Some((node, size));
    }

    /// Notes every key of a closed map that stands there twice.
    fn find_duplicates(&mut self, map: u32) {
        let mut found = Vec::new();
        let mut note = |first: Option<u32>, second: u32| {
            if let Some(first) = first {
                found.push(Duplicate {
                    first: NodeId(first),
                    second: NodeId(second),
                });
            }
        };
        if self.nodes[map as usize].text.end <= 16 {
            for (count, key) in self.map_keys(map).enumerate().skip(1) {
                let name = self.key_text(key);
                let first = self
                    .map_keys(map)
                    .take(count)
                    .find(|it| self.key_text(*it) == name);
                note(first, key);
            }
        } else {
            let mut seen = HashSet::new();
            for key in self.map_keys(map) {
                let name = self.key_text(key);
                if !seen.insert(name) {
                    note(
                        self.map_keys(map).find(|it| self.key_text(*it) == name),
                        key,
                    );
                }
            }
        }
        self.duplicates.extend(found);
    }

    fn map_keys(&self, map: u32) -> impl Iterator<Item = u32> {
        let end = self.nodes[map as usize].next;
        let mut at = map + 1;
        std::iter::from_fn(move || {
            let key = (at < end).then_some(at)?;
            let value = self.nodes[key as usize].next;
            at = self.nodes[value as usize].next;
            Some(key)
        })
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

impl<'i> TrySpannedEventReceiver<'i> for Builder<'_> {
    type Error = ParseError;

    fn on_event(&mut self, event: Event<'i>, span: ParserSpan) -> Result<(), ParseError> {
        self.tag_span = span.tag_span().map(|tag| bytes(&tag));
        let span = bytes(&span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), span)?;
                self.remember_anchor(anchor, node, Some(1));
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(Kind::Map, style, anchor, tag.as_deref(), span)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Kind::List, style, anchor, tag.as_deref(), span)?;
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(span)?,
            Event::Alias(anchor) => self.alias(anchor, span)?,
            _ => {}
        }
        Ok(())
    }
}

fn bytes(span: &ParserSpan) -> Span {
    span.byte_range().map_or(Span::default(), |range| {
        Span::new(range.start as u32, range.end as u32)
    })
}
