//! What could be typed at a place: keys that are missing, values that are listed, names that exist.
//!
//! A mark is put where the pointer stands, and the text with it is read as a record: so a half
//! written line is no obstacle, and the place is found in the same tree that everything reads.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent,
    MarkupKind, Position, Range, TextEdit,
};

use super::desk::Desk;
use crate::document::{Kind, NodeRef};
use crate::record::{Record, choices, references};
use crate::schema::ShapeNode;

/// What stands where something is to be typed. No record holds it.
const MARK: &str = "zz-probity-mark";

/// What could be typed at a position.
pub(super) fn completion(desk: &Desk<'_>, position: Position) -> Option<Vec<CompletionItem>> {
    let text = &desk.document.text;
    let at = desk.lines.offset(position);
    let word = word_around(text, at);
    let range = Range::new(
        desk.lines.position(word.start as u32),
        desk.lines.position(word.end as u32),
    );
    let read = |mark: &str| {
        let marked = format!("{}{mark}{}", &text[..word.start], &text[word.end..]);
        desk.record_of(&desk.home.path, marked)
    };
    // A value, or a key that has none yet.
    let marks = [MARK.to_owned(), format!("{MARK}: "), format!("{MARK}: x")];
    marks.iter().find_map(|mark| {
        let record = read(mark)?;
        let mut nodes = record.tree.nodes();
        let node = nodes.find(|it| it.kind() == Kind::Text && it.scalar_text() == MARK)?;
        let found = match node.is_key() {
            true => keys(&record, node),
            false => values(desk, &record, node),
        };
        (!found.is_empty()).then(|| found.into_iter().map(|it| it.at(range)).collect())
    })
}

/// The word at a byte: what is replaced.
fn word_around(text: &str, at: usize) -> std::ops::Range<usize> {
    let is_word =
        |c: &char| !c.is_whitespace() && !matches!(c, '{' | '}' | '[' | ']' | ',' | '"' | '\'');
    let before = text[..at].chars().rev().take_while(is_word);
    let start = at - before.map(char::len_utf8).sum::<usize>();
    let after = text[at..].chars().take_while(|c| is_word(c) && *c != ':');
    start..at + after.map(char::len_utf8).sum::<usize>()
}

/// Something that could be typed.
struct Offer {
    label: String,
    text: String,
    kind: CompletionItemKind,
    detail: Option<String>,
    description: Option<String>,
    /// What comes first.
    rank: String,
}

impl Offer {
    fn at(self, range: Range) -> CompletionItem {
        CompletionItem {
            label: self.label,
            kind: Some(self.kind),
            detail: self.detail,
            documentation: self.description.map(|value| {
                let kind = MarkupKind::Markdown;
                Documentation::MarkupContent(MarkupContent { kind, value })
            }),
            sort_text: Some(self.rank),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, self.text))),
            ..CompletionItem::default()
        }
    }
}

/// The keys that a map does not have yet.
fn keys(record: &Record, mark: NodeRef<'_>) -> Vec<Offer> {
    let place = record.kind.schema().zip(mark.parent());
    let Some((kind, map)) = place else {
        return Vec::new();
    };
    let shape = kind.schema.shape();
    let Some(node) = shape.of(map).map(|id| shape.get(id)) else {
        return Vec::new();
    };
    let missing = node.keys().filter(|key| map.get(key).is_none());
    let offers = missing.enumerate().filter_map(|(at, key)| {
        let child = shape.get(node.property(key)?);
        let is_required = node.required.iter().any(|it| **it == *key);
        Some(Offer {
            label: key.to_owned(),
            text: format!("{key}: "),
            kind: CompletionItemKind::PROPERTY,
            detail: is_required.then(|| "always there".to_owned()),
            description: described(child),
            rank: format!("{}{at:04}", u8::from(!is_required)),
        })
    });
    offers.collect()
}

/// The values that are listed for a place, or the names it may refer to.
fn values(desk: &Desk<'_>, record: &Record, mark: NodeRef<'_>) -> Vec<Offer> {
    let Some(kind) = record.kind.schema() else {
        return Vec::new();
    };
    let shape = kind.schema.shape();
    let node = shape.of(mark).map(|id| shape.get(id));
    let listed = node.into_iter().flat_map(listed);
    let mut names: Vec<(String, CompletionItemKind)> = listed
        .map(|it| (it, CompletionItemKind::ENUM_MEMBER))
        .collect();
    references(record, &record.places(), |reference| {
        if reference.node.id() == mark.id() {
            let found = choices(
                &reference,
                record,
                desk.watch.registry(),
                desk.watch.index(),
            );
            names.extend(
                found
                    .into_iter()
                    .map(|it| (it, CompletionItemKind::REFERENCE)),
            );
        }
    });
    names.retain(|(name, _)| name != MARK);
    let description = node.and_then(described);
    let offers = names
        .into_iter()
        .enumerate()
        .map(|(at, (name, kind))| Offer {
            text: name.clone(),
            label: name,
            kind,
            detail: None,
            description: description.clone(),
            rank: format!("{at:04}"),
        });
    offers.collect()
}

/// The values that a place takes, if they are listed.
fn listed(node: &ShapeNode) -> Vec<String> {
    let is_boolean = node.listed.is_empty() && node.types.iter().any(|it| **it == *"boolean");
    let written = node.listed.iter().map(|value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    });
    let truths = ["true", "false"].into_iter().filter(|_| is_boolean);
    written.chain(truths.map(str::to_owned)).collect()
}

fn described(node: &ShapeNode) -> Option<String> {
    node.annotation.description.as_deref().map(str::to_owned)
}
