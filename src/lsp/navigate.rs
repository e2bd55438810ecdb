//! From a reference to what it names, and from there to all that refer to it.

use std::collections::BTreeSet;

use lsp_types::{DocumentSymbol, Location, Position, Range, SymbolInformation, SymbolKind};

use super::desk::{Desk, node_at};
use crate::document::{Kind, NodeId, NodeRef};
use crate::record::{Lead, Record, lead, references};
use crate::text::Span;

/// Most symbols of a repository that are named at once.
const MOST_SYMBOLS: usize = 500;

/// What something is, wherever it is referred to: a node of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    path: String,
    /// The element, or the record.
    span: Span,
    /// What is shown: the id where there is one.
    shown: Span,
    name: String,
}

impl Target {
    fn of(path: &str, node: NodeRef<'_>) -> Self {
        let named = ["id", "info_type"]
            .into_iter()
            .find_map(|key| node.get(key));
        let shown = named.unwrap_or(node);
        Self {
            path: path.to_owned(),
            span: node.span(),
            shown: shown.span(),
            name: shown.scalar_text().to_owned(),
        }
    }
}

/// Where the reference at a position leads.
pub(super) fn definition(desk: &Desk<'_>, position: Position) -> Option<Location> {
    let record = desk.record()?;
    let node = node_at(&record.tree, desk.lines.offset(position))?;
    let target = referred(desk, &desk.home.path, &record, |it| it == node.id());
    let target = target.into_iter().next().map(|(_, target)| target)?;
    place(desk, &target)
}

/// All references to what stands at a position, or to what the reference there leads to.
pub(super) fn all_references(
    desk: &Desk<'_>,
    position: Position,
    with_declaration: bool,
) -> Option<Vec<Location>> {
    let record = desk.record()?;
    let node = node_at(&record.tree, desk.lines.offset(position))?;
    let led = referred(desk, &desk.home.path, &record, |it| it == node.id());
    let target = match led.into_iter().next() {
        Some((_, target)) => target,
        None => Target::of(&desk.home.path, defined(node)?),
    };
    let mut found = Vec::new();
    if with_declaration {
        found.extend(place(desk, &target));
    }
    let paths: BTreeSet<&str> = desk.watch.records().map(|(_, _, path)| path).collect();
    for path in paths {
        let Some(text) = desk.text_of(path).filter(|it| it.contains(&target.name)) else {
            continue;
        };
        let Some(record) = desk.record_of(path, text.clone()) else {
            continue;
        };
        let here = referred(desk, path, &record, |_| true);
        let here = here.into_iter().filter(|(_, it)| *it == target);
        found.extend(here.filter_map(|(span, _)| desk.place(path, &text, span)));
    }
    Some(found)
}

/// The element that a node gives its name to.
fn defined(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let value = node.value().unwrap_or(node);
    let key = value.key().map(NodeRef::scalar_text);
    match key {
        Some("id" | "info_type") => value.parent(),
        // A severity is defined by its key.
        _ if value
            .parent()
            .and_then(NodeRef::key)
            .is_some_and(|it| it.scalar_text() == "severities") =>
        {
            Some(value)
        }
        _ => None,
    }
}

/// What the references of a record lead to, with where each stands.
fn referred(
    desk: &Desk<'_>,
    path: &str,
    record: &Record,
    is_asked: impl Fn(NodeId) -> bool,
) -> Vec<(Span, Target)> {
    let mut found = Vec::new();
    references(record, &record.places(), |reference| {
        if !is_asked(reference.node.id()) {
            return;
        }
        let span = reference.node.span();
        let (registry, index) = (desk.watch.registry(), desk.watch.index());
        let target = match lead(&reference, record, registry, index) {
            Some(Lead::Here(node)) => Some(Target::of(path, node)),
            Some(Lead::Kept(path, node)) => Some(Target::of(path, node)),
            Some(Lead::File(file, element)) => desk.watch.path(file).and_then(|path| {
                let record = desk.record_of(path, desk.text_of(path)?)?;
                let node = element.and_then(|it| record.element(it));
                Some(Target::of(path, node.unwrap_or(record.root())))
            }),
            None => None,
        };
        found.extend(target.map(|target| (span, target)));
    });
    found
}

fn place(desk: &Desk<'_>, target: &Target) -> Option<Location> {
    let text = desk.text_of(&target.path)?;
    desk.place(&target.path, &text, target.shown)
}

/// The keys at the top of a record, with the elements below them that have ids.
pub(super) fn symbols(desk: &Desk<'_>) -> Option<Vec<DocumentSymbol>> {
    let record = desk.record()?;
    let pairs = record.root().pairs();
    let symbols = pairs.map(|(key, value)| {
        let items = (value.kind() == Kind::List).then(|| value.items());
        let named = items.into_iter().flatten().filter_map(|item| {
            let name = ["id", "party", "info_type"]
                .into_iter()
                .find_map(|it| item.get(it))?;
            Some(symbol(desk, item.span(), name, SymbolKind::OBJECT, None))
        });
        let span = key.span().cover(value.span());
        symbol(desk, span, key, SymbolKind::PROPERTY, Some(named.collect()))
    });
    Some(symbols.collect())
}

#[expect(deprecated, reason = "the type has a field that nobody reads any more")]
fn symbol(
    desk: &Desk<'_>,
    span: Span,
    name: NodeRef<'_>,
    kind: SymbolKind,
    children: Option<Vec<DocumentSymbol>>,
) -> DocumentSymbol {
    DocumentSymbol {
        name: name.scalar_text().to_owned(),
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: desk.lines.range(span.cover(name.span())),
        selection_range: desk.lines.range(name.span()),
        children: children.filter(|it| !it.is_empty()),
    }
}

/// The records of all repositories whose ids hold a word.
#[expect(deprecated, reason = "the type has a field that nobody reads any more")]
pub(super) fn workspace_symbols(
    roots: &std::collections::BTreeMap<std::path::PathBuf, super::root::Root>,
    query: &str,
) -> Vec<SymbolInformation> {
    let query = query.to_lowercase();
    let mut found = Vec::new();
    for (folder, root) in roots {
        let Some(watch) = &root.watch else { continue };
        for (kind, id, path) in watch.records() {
            if found.len() >= MOST_SYMBOLS {
                return found;
            }
            if !id.to_lowercase().contains(&query) {
                continue;
            }
            let Some(uri) = super::root::uri_in(folder, watch.prefix(), path) else {
                continue;
            };
            found.push(SymbolInformation {
                name: id.to_owned(),
                kind: SymbolKind::FILE,
                tags: None,
                deprecated: None,
                location: Location::new(uri, Range::default()),
                container_name: Some(kind.name().to_owned()),
            });
        }
    }
    found
}
