//! What is wrong with a text that is no YAML, in the words of somebody who is no programmer.

use granit_parser::{ErrorKind, ScanError};

use super::parse::ParseError;
use crate::text::Span;

/// Why a text is no YAML: what, where, and what to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFault {
    /// The fact: lower case, no full stop.
    pub message: String,
    /// What to type.
    pub help: String,
    /// The bytes at fault.
    pub at: Span,
}

impl SyntaxFault {
    fn new(message: impl Into<String>, help: impl Into<String>, at: Span) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
            at,
        }
    }

    /// An alias inside the node that it stands for.
    pub(super) fn cyclic_alias(at: Span, source: &str) -> Self {
        let name = at.slice(source);
        Self::new(
            format!("`{name}` stands inside the very value it refers to"),
            format!("Write the value out instead of `{name}`."),
            at,
        )
    }
}

/// Turns an error of the parser into ours. `flow` are the starts of the brackets still open.
pub(super) fn explain(error: &ScanError, source: &str, depth: usize, flow: &[u32]) -> ParseError {
    let offset = error.marker().byte_offset().unwrap_or(0).min(source.len());
    let at = Spot { source, offset };
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return ParseError::Budget {
            what: "the nesting is too deep",
            limit: depth,
            at: at.here(),
        };
    }
    let conflict = at.conflict();
    ParseError::Syntax(conflict.unwrap_or_else(|| fault(error.kind(), &at, flow.last().copied())))
}

#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm per kind of mistake"
)]
fn fault(kind: &ErrorKind, at: &Spot<'_>, open_bracket: Option<u32>) -> SyntaxFault {
    use ErrorKind as K;
    match kind {
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabInIndentation
        | K::TabAtBlockScalarStart
        | K::TabInPlainScalar => SyntaxFault::new(
            "a tab stands where YAML wants spaces",
            "Replace the tab by spaces, two for each level of indentation.",
            at.tab(),
        ),
        K::UnclosedQuotedScalar | K::DocumentIndicatorInQuotedScalar => {
            let quote = at.opening_quote();
            let mark = quote.slice(at.source);
            SyntaxFault::new(
                format!("the quote `{mark}` opened here is never closed"),
                format!("Add the closing `{mark}` at the end of the text."),
                quote,
            )
        }
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar
            if at.is_after_space() && at.unclosed_here().is_some() =>
        {
            open_flow(at, at.unclosed_here())
        }
        K::InvalidTrailingSingleQuotedScalar => SyntaxFault::new(
            "text goes on after the closing quote",
            "Write an apostrophe inside '…' twice (`''`), or put the text into \"…\".",
            at.word(),
        ),
        K::InvalidTrailingDoubleQuotedScalar => SyntaxFault::new(
            "text goes on after the closing quote",
            "Write a quote inside \"…\" as `\\\"`, or put the text into '…'.",
            at.word(),
        ),
        K::InvalidQuotedScalarIndent => {
            let quote = at.opening_quote();
            let mark = quote.slice(at.source);
            SyntaxFault::new(
                format!("the quote `{mark}` opened here is not closed on its line"),
                format!(
                    "Add the closing `{mark}` at the end of the line; \
                     if the text goes on below, indent the lines that follow."
                ),
                quote,
            )
        }
        K::UnknownQuotedScalarEscape
        | K::InvalidQuotedScalarHexEscape
        | K::InvalidLowSurrogateHexEscape
        | K::InvalidLowSurrogate
        | K::MissingLowSurrogate
        | K::UnpairedLowSurrogate
        | K::InvalidUnicodeEscape => SyntaxFault::new(
            "a backslash in double quotes begins an escape that YAML does not know",
            "Write the backslash twice (`\\\\`), or put the text into single quotes.",
            at.nearest("\\"),
        ),
        K::UnclosedFlowCollection { .. }
        | K::UnexpectedEofFlowSequence
        | K::UnexpectedEofFlowMapping
        | K::UnexpectedEofImplicitFlowMapping
        | K::ExpectedFlowMappingSeparator
        | K::ExpectedFlowSequenceSeparator
        | K::BlockEntryInFlowCollection
        | K::InvalidFlowScalarIndent
        | K::InvalidColonPlacement => open_flow(at, open_bracket),
        K::MismatchedFlowCollectionEnd { open, close } => SyntaxFault::new(
            format!("`{open}` is closed by `{close}`"),
            format!("Close it with `{}`.", if *open == '[' { ']' } else { '}' }),
            at.closing(*close),
        ),
        K::MisplacedFlowCollectionEnd => SyntaxFault::new(
            "a bracket is closed that was never opened",
            "Remove the bracket, or put the text into double quotes.",
            at.character(),
        ),
        K::MappingValueNotAllowed | K::MappingKeyNotAllowed | K::InvalidSimpleKey => {
            if at.is_deeper_than_above() {
                return SyntaxFault::new(
                    "this line is indented more than the line above, which is already complete",
                    "Begin the line in the same column as the keys beside it.",
                    at.line(),
                );
            }
            SyntaxFault::new(
                "`: ` stands inside a value, where YAML takes it for a second key",
                "Put the whole text into double quotes, or move the key to a line of its own.",
                at.nearest(":"),
            )
        }
        K::SimpleKeyExpected => SyntaxFault::new(
            format!("`{}` is neither a key nor a list item", at.first_word()),
            "Write it as `key: value`; for a list begin the line with `- `; \
             to go on with the text above, indent the line.",
            at.line(),
        ),
        K::ExpectedBlockMappingKey
        | K::InvalidIndentation
        | K::ExpectedBlockSequenceEntry
        | K::BlockSequenceEntryNotAllowed
        | K::InvalidBlockScalarIndent
        | K::UnexpectedEofBlockMapping
        | K::UnexpectedEofBlockSequence => {
            if at.line_text().starts_with('\t') {
                return fault(&K::TabInIndentation, at, open_bracket);
            }
            if let Some(bracket) = open_bracket.or_else(|| at.unclosed_above()) {
                return open_flow(at, Some(bracket));
            }
            SyntaxFault::new(
                "this line is indented differently from the lines it belongs to",
                "Begin the line in the same column as the keys or `-` signs beside it.",
                at.line(),
            )
        }
        K::UnexpectedCharacter { character: '`' } => SyntaxFault::new(
            "a value cannot begin with a back-tick",
            "Put the text into double quotes.",
            at.character(),
        ),
        K::UnexpectedCharacter { character } => SyntaxFault::new(
            format!("a value cannot begin with `{}`", character.escape_debug()),
            "Put the text into double quotes.",
            at.character(),
        ),
        K::PlainScalarStartsWithDashFlowIndicator => SyntaxFault::new(
            "a value cannot begin with `-` and a bracket or comma",
            "Put the text into double quotes, or write a space after `-` for a list item.",
            at.character(),
        ),
        K::UnknownAnchor => SyntaxFault::new(
            format!(
                "`{}` refers to a value that no `&` above has named",
                at.first_word()
            ),
            "Write the value itself; a text that begins with `*` goes into double quotes.",
            at.word(),
        ),
        K::MissingAnchorOrAliasName => SyntaxFault::new(
            "a value cannot begin with a bare `*` or `&`",
            "Put the text into double quotes.",
            at.character(),
        ),
        K::CommentNotSeparated | K::CommentInterceptedScalar => SyntaxFault::new(
            "a `#` comment cuts a text in two",
            "Put a text that holds `#` into double quotes; a comment of its own goes above.",
            at.nearest("#"),
        ),
        K::InvalidMappingValueWhitespace
        | K::InvalidBlockEntryWhitespace
        | K::ExpectedWhitespace
        | K::FlowMappingValueAdjacentCollection => SyntaxFault::new(
            "a space is missing",
            "Write a space after `:` and after `-`.",
            at.character(),
        ),
        K::ZeroBlockScalarIndent | K::InvalidBlockScalarHeader => SyntaxFault::new(
            "text stands beside the `|` or `>` that begins a text of several lines",
            "Let the text begin on the next line, indented by two spaces.",
            at.line(),
        ),
        K::BomInsideDocument => SyntaxFault::new(
            "a byte-order mark stands in the middle of the file",
            "Remove it; it is invisible, so retype the line it stands in.",
            at.line(),
        ),
        K::ExpectedDocumentStart | K::InvalidDocumentEnd | K::MissingDocumentEndBeforeDirective => {
            SyntaxFault::new(
                "something follows that does not belong to the record above it",
                "Keep one record in a file, and begin each of its keys in the first column.",
                at.line(),
            )
        }
        K::ExpectedNodeContent => SyntaxFault::new(
            "a value is missing here",
            "Write the value, or remove the comma or bracket before it.",
            at.character(),
        ),
        K::UndeclaredTagHandle
        | K::ExpectedTagBang
        | K::InvalidTagTerminator
        | K::InvalidTagEscape
        | K::UnclosedVerbatimTag
        | K::MissingTagUri => SyntaxFault::new(
            "a text that begins with `!` is taken for a YAML tag",
            "Put the text into double quotes.",
            at.word(),
        ),
        _ => SyntaxFault::new(
            "the text is no valid YAML from here on",
            "Compare indentation, quotes and brackets with the lines around it.",
            at.line(),
        ),
    }
}

fn open_flow(at: &Spot<'_>, open_bracket: Option<u32>) -> SyntaxFault {
    let is_bracket = at.source[at.offset..].starts_with(['[', '{']);
    let here = is_bracket.then_some(at.offset as u32);
    let Some(start) = open_bracket.or(here) else {
        return SyntaxFault::new(
            "a comma or a closing bracket is missing",
            "Separate the entries with `, ` and close every `{` and `[`.",
            at.character(),
        );
    };
    let bracket = Span::new(start, start + 1);
    let (open, close) = match bracket.slice(at.source) {
        "[" => ('[', ']'),
        _ => ('{', '}'),
    };
    // Something of the same line stands where a comma should: show that place, not the bracket.
    let between = at.source.get(start as usize..at.offset).unwrap_or("");
    if !between.is_empty()
        && !between.contains(['\n', '\r'])
        && at.offset < at.source.len()
        && !at.at_line_end()
    {
        return SyntaxFault::new(
            format!("a comma or the closing `{close}` is missing before this"),
            format!(
                "Separate the entries with `, ` and close the list with `{close}`; \
                 put a text with quotes, commas or colons into double quotes."
            ),
            at.word(),
        );
    }
    SyntaxFault::new(
        format!("the `{open}` opened here is not closed on its line"),
        format!("Add the closing `{close}`."),
        bracket,
    )
}

/// A byte of the source, and the ways to find what a person would point at near it.
struct Spot<'s> {
    source: &'s str,
    offset: usize,
}

impl<'s> Spot<'s> {
    fn here(&self) -> Span {
        Span::at(self.offset as u32)
    }

    fn line_range(&self) -> (usize, usize) {
        // An error at the end of the file is about the last line that holds anything.
        let offset = if self.source[self.offset..].trim().is_empty() {
            self.source.trim_end().len()
        } else {
            self.offset
        };
        let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let bytes = self.source.as_bytes();
        let start = bytes[..offset]
            .iter()
            .rposition(is_break)
            .map_or(0, |at| at + 1);
        let end = bytes[offset..]
            .iter()
            .position(is_break)
            .map_or(bytes.len(), |at| offset + at);
        (start, end)
    }

    fn line_text(&self) -> &'s str {
        let (start, end) = self.line_range();
        &self.source[start..end]
    }

    fn at_line_end(&self) -> bool {
        self.source[self.offset..].starts_with(['\n', '\r'])
    }

    fn is_after_space(&self) -> bool {
        self.source[..self.offset].ends_with([' ', '\t'])
    }

    /// The bracket that closes, wrongly, the one that opens at the offset.
    fn closing(&self, close: char) -> Span {
        let (mut depth, mut quote) = (0, None);
        for (at, c) in self.source[self.offset..].char_indices() {
            match (quote, c) {
                (Some(mark), c) if c == mark => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, '[' | '{') => depth += 1,
                (None, ']' | '}') if depth > 1 => depth -= 1,
                (None, c) if c == close => {
                    let start = (self.offset + at) as u32;
                    return Span::new(start, start + 1);
                }
                _ => {}
            }
        }
        self.character()
    }

    /// The line without its indentation.
    fn line(&self) -> Span {
        let (start, end) = self.line_range();
        let text = &self.source[start..end];
        // Only what YAML takes for white space: a line may hold nothing but another kind.
        let blank = [' ', '\t'];
        let indent = text.len() - text.trim_start_matches(blank).len();
        let length = text.trim_end_matches(blank).len().max(indent);
        Span::new((start + indent) as u32, (start + length) as u32)
    }

    fn character(&self) -> Span {
        let length = self.source[self.offset..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        Span::new(self.offset as u32, (self.offset + length) as u32)
    }

    fn word(&self) -> Span {
        let rest = &self.source[self.offset..];
        let length = rest
            .find([' ', '\t', '\n', '\r', ',', ']', '}'])
            .unwrap_or(rest.len());
        if length == 0 {
            self.character()
        } else {
            Span::new(self.offset as u32, (self.offset + length) as u32)
        }
    }

    fn first_word(&self) -> String {
        let text = if self.word().is_empty() {
            self.line_text().trim()
        } else {
            self.word().slice(self.source)
        };
        text.chars().take(40).filter(|c| !c.is_control()).collect()
    }

    /// The innermost bracket that the line above opens and does not close. The parser looks ahead,
    /// so it may not have told of it yet.
    fn unclosed_above(&self) -> Option<u32> {
        let (start, _) = self.line_range();
        let above = self.source[..start].trim_end();
        let line_start = above.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        self.unclosed(line_start, above.len())
    }

    /// The innermost bracket that is open at the offset and opens in its line.
    fn unclosed_here(&self) -> Option<u32> {
        let (start, _) = self.line_range();
        self.unclosed(start, self.offset)
    }

    fn unclosed(&self, from: usize, to: usize) -> Option<u32> {
        let mut open = Vec::new();
        let mut quote = None;
        for (at, c) in self.source.get(from..to)?.char_indices() {
            match (quote, c) {
                (Some(mark), c) if c == mark => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, '[' | '{') => open.push(from + at),
                (None, ']' | '}') => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop().filter(|_| quote.is_none()).map(|at| at as u32)
    }

    /// What git leaves in a file that it could not merge.
    fn conflict(&self) -> Option<SyntaxFault> {
        let mut start = 0;
        for line in self.source.split_inclusive('\n') {
            if line.starts_with("<<<<<<< ") {
                let end = start + line.trim_end().len();
                return Some(SyntaxFault::new(
                    "a merge of git was left unfinished in this file",
                    "Keep one of the two sides, and remove the lines that begin with \
                     `<<<<<<<`, `=======` and `>>>>>>>`.",
                    Span::new(start as u32, end as u32),
                ));
            }
            start += line.len();
        }
        None
    }

    /// Whether the colon at the offset is the first of its line, and the line is indented more
    /// than the `key: value` above it.
    fn is_deeper_than_above(&self) -> bool {
        let (start, _) = self.line_range();
        let key = self.source.get(start..self.offset).unwrap_or("");
        let above = self.source[..start].lines().rev().find(|line| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#')
        });
        let indent = |line: &str| line.len() - line.trim_start().len();
        !key.contains(": ")
            && above.is_some_and(|above| above.contains(": ") && indent(key) > indent(above))
    }

    /// The occurrence of `what` in the line that is nearest to the offset.
    fn nearest(&self, what: &str) -> Span {
        let (start, end) = self.line_range();
        let text = &self.source[start..end];
        let distance = |at: &usize| (start + at).abs_diff(self.offset);
        let found = text
            .match_indices(what)
            .map(|(at, _)| at)
            .min_by_key(distance);
        match found {
            Some(at) => Span::new((start + at) as u32, (start + at + what.len()) as u32),
            None => self.character(),
        }
    }

    /// The tab that indents the line of the offset, or the next line that has one.
    fn tab(&self) -> Span {
        let (start, _) = self.line_range();
        match self.source[start..].find('\t') {
            Some(at) => Span::new((start + at) as u32, (start + at + 1) as u32),
            None => self.character(),
        }
    }

    /// The quote that is open at the offset: a parser notices only lines later. It is the last
    /// one before that begins a value.
    fn opening_quote(&self) -> Span {
        let is_quote = |byte: u8| matches!(byte, b'"' | b'\'');
        let bytes = self.source.as_bytes();
        if bytes.get(self.offset).copied().is_some_and(is_quote) {
            return self.character();
        }
        let begins = |at: &usize| {
            is_quote(bytes[*at])
                && matches!(
                    at.checked_sub(1).and_then(|before| bytes.get(before)),
                    None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'[' | b'{' | b',' | b':')
                )
        };
        match (0..self.offset).rev().find(begins) {
            Some(at) => Span::new(at as u32, at as u32 + 1),
            None => self.line(),
        }
    }
}
