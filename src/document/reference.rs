//! The reference reader: all of YAML, by way of the parser's events. The only file beside the one
//! that words its errors that names `granit_parser`.

use granit_parser::{
    Event, Parser, ScalarStyle, Span as ParserSpan, StructureStyle, Tag, TryLoadError,
    TrySpannedEventReceiver, options,
};

use super::build::{Builder, Scalar, Stored};
use super::parse::{Limits, ParseError};
use super::scalar::tagged_kind;
use super::syntax::explain;
use super::tree::{Kind, Style, Tree};
use crate::text::Span;

/// The tree of a text, which does not hold the text yet.
pub(super) fn read(source: &str, limits: &Limits) -> Result<Tree, ParseError> {
    let settings = options! {
        strict_indentation: true,
        emit_comments: false,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    };
    let mut reader = Reader {
        source,
        builder: Builder::new(source, limits),
        anchors: Vec::new(),
        open: Vec::new(),
    };
    match Parser::new_from_str_with_options(source, settings).try_load(&mut reader, true) {
        Ok(()) => Ok(reader.builder.finish()),
        Err(TryLoadError::Receiver(error)) => Err(error),
        Err(TryLoadError::Scan(error)) => Err(explain(
            &error,
            source,
            limits.depth,
            &reader.builder.flow_starts(),
        )),
    }
}

struct Reader<'s> {
    source: &'s str,
    builder: Builder<'s>,
    /// Per anchor: the node, and its size when aliases are followed (`None` while it is open).
    anchors: Vec<Option<(u32, Option<usize>)>>,
    /// The anchors of the lists and maps that are not yet closed, 0 for none.
    open: Vec<usize>,
}

impl Reader<'_> {
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
        let scalar = Scalar {
            style,
            span,
            text: self.store(text),
        };
        let index = self.builder.scalar(&scalar)?;
        if let Some(tag) = tag {
            let kind = tagged_kind(tag.core_suffix(), text);
            self.builder.set_kind(index, kind);
        }
        Ok(index)
    }

    /// Where a scalar's text is kept: in the source if it stands there, else in the buffer.
    fn store(&mut self, text: &str) -> Stored {
        let source = self.source.as_ptr() as usize;
        let start = (text.as_ptr() as usize).wrapping_sub(source);
        if start.saturating_add(text.len()) <= self.source.len() && !text.is_empty() {
            return Stored::InSource(Span::new(start as u32, (start + text.len()) as u32));
        }
        let start = self.builder.decoded.len();
        self.builder.decoded.push_str(text);
        self.builder.decoded_since(start)
    }

    fn note_tag(&mut self, index: u32, tag: Option<&Tag>, span: Option<Span>) {
        let Some(tag) = tag else { return };
        let known = matches!(
            tag.core_suffix(),
            Some("str" | "int" | "float" | "bool" | "null" | "seq" | "map")
        );
        let is_non_specific = tag.original() == "!";
        if !known && !is_non_specific {
            self.builder.note_tag(index, span, tag.original());
        }
    }

    fn open(
        &mut self,
        kind: Kind,
        style: StructureStyle,
        anchor: usize,
        span: Span,
    ) -> Result<u32, ParseError> {
        let style = if style == StructureStyle::Flow {
            Style::Flow
        } else {
            Style::Plain
        };
        let node = self.builder.open(kind, style, span)?;
        self.remember_anchor(anchor, node, None);
        self.open.push(anchor);
        Ok(node)
    }

    fn close(&mut self, end: Span) -> Result<(), ParseError> {
        let anchor = self.open.pop().unwrap_or(0);
        if let Some((node, size)) = self.builder.close(end.end)? {
            self.remember_anchor(anchor, node, Some(size));
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), ParseError> {
        match self.anchors.get(anchor) {
            Some(Some((target, size))) => self.builder.alias(*target, *size, span),
            // The parser refuses unknown anchors itself.
            _ => Ok(()),
        }
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
}

impl<'i> TrySpannedEventReceiver<'i> for Reader<'_> {
    type Error = ParseError;

    fn on_event(&mut self, event: Event<'i>, span: ParserSpan) -> Result<(), ParseError> {
        let tag_span = span.tag_span().map(|tag| bytes(&tag));
        let span = bytes(&span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), span)?;
                self.note_tag(node, tag.as_deref(), tag_span);
                self.remember_anchor(anchor, node, Some(1));
            }
            Event::MappingStart(style, anchor, tag) => {
                let node = self.open(Kind::Map, style, anchor, span)?;
                self.note_tag(node, tag.as_deref(), tag_span);
            }
            Event::SequenceStart(style, anchor, tag) => {
                let node = self.open(Kind::List, style, anchor, span)?;
                self.note_tag(node, tag.as_deref(), tag_span);
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
