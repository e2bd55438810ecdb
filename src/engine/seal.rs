//! From faults at nodes to findings that need no tree: lines, excerpts, masks, fingerprints.

use std::collections::BTreeMap;

use crate::document::{Kind, NodeRef, Place, Target, Tree};
use crate::finding::{
    At, Excerpt, Fault, Finding, Location, Range, RecordName, Related, Status, fingerprint,
    obligation,
};
use crate::record::{Record, Refusal, Registry, sensitive_keys};
use crate::schema::Shape;
use crate::text::{LineIndex, Span};

/// One file on its way to findings.
pub(super) struct Sealer<'a> {
    file: &'a str,
    text: &'a str,
    lines: LineIndex<'a>,
    /// The record and its tree, unless the file was refused.
    record: Option<&'a Record>,
    name: Option<RecordName>,
    masked: Vec<Span>,
}

impl<'a> Sealer<'a> {
    /// Seals faults of a record.
    pub(super) fn of_record(file: &'a str, record: &'a Record) -> Self {
        let text = record.tree.source();
        let masked = match record.kind.schema() {
            Some(kind) => kind.schema.sensitive(record.root()),
            None => Vec::new(),
        };
        let name = RecordName {
            kind: record.kind.name().to_owned(),
            id: cut(&record.id, LONGEST_ID),
        };
        let lines = LineIndex::new(text);
        Self {
            file,
            text,
            lines,
            record: Some(record),
            name: Some(name),
            masked,
        }
    }

    /// Seals faults of a file that was refused.
    pub(super) fn of_refusal(file: &'a str, refusal: &'a Refusal) -> Self {
        let name = refusal.kind.map(|kind| RecordName {
            kind: kind.name().to_owned(),
            id: refusal.id.clone().unwrap_or_default(),
        });
        let lines = LineIndex::new(&refusal.text);
        Self {
            file,
            text: &refusal.text,
            lines,
            record: None,
            name,
            masked: sensitive_lines(&refusal.text),
        }
    }

    /// The finding of a fault. Places in other files are looked up in the registry.
    pub(super) fn seal(&self, fault: &Fault, registry: &Registry) -> Finding {
        let id = fault
            .obligation
            .as_deref()
            .unwrap_or(fault.rule.default_obligation())
            .to_owned();
        let status = self.record.map_or(Status::default(), Record::status);
        let demand = obligation(&id);
        let mut related: Vec<Related> = fault
            .related
            .iter()
            .map(|(at, message)| Related {
                message: message.clone(),
                location: self.locate(*at),
            })
            .collect();
        related.extend(fault.elsewhere.iter().filter_map(|elsewhere| {
            let record = registry.at_path(&elsewhere.file)?;
            let sealer = Sealer::of_record(&elsewhere.file, record);
            let location = sealer.locate(At::Node(elsewhere.place));
            Some(Related {
                message: elsewhere.message.clone(),
                location,
            })
        }));
        Finding {
            rule: fault.rule,
            controls: demand.map(|it| it.controls.clone()).unwrap_or_default(),
            severity: demand.map_or(crate::finding::Severity::Error, |demand| {
                demand.severity(status)
            }),
            fingerprint: self.fingerprint(fault, &id),
            obligations: vec![id],
            message: tidy(&fault.message),
            help: fault.help.as_deref().map(tidy),
            location: self.locate(fault.at),
            record: self.name.clone(),
            related,
        }
    }

    fn locate(&self, at: At) -> Location {
        let (pointer, target, span) = match at {
            At::Node(place) => match self.record {
                Some(record) => {
                    let node = record.tree.node(place.node);
                    (node.pointer(), place.target, Some(place.span(&record.tree)))
                }
                None => (String::new(), place.target, None),
            },
            At::Bytes(span) => (String::new(), Target::Value, Some(span)),
            At::File => (String::new(), Target::Value, None),
        };
        let range = span.map(|span| Range {
            span,
            start: self.lines.locate(span.start),
            end: self.lines.locate(span.end),
            excerpt: Excerpt::new(self.text, &self.lines, span, &self.masked),
        });
        Location {
            file: self.file.to_owned(),
            pointer,
            target,
            range,
        }
    }

    fn fingerprint(&self, fault: &Fault, obligation: &str) -> String {
        let steps = match (fault.at, self.record) {
            (At::Node(place), Some(record)) => steps(&record.tree, place, record),
            _ => Vec::new(),
        };
        let (kind, id) = match &self.name {
            Some(name) => (name.kind.as_str(), name.id.as_str()),
            None => ("", ""),
        };
        let id = if id.is_empty() { self.file } else { id };
        let steps = steps.iter().map(String::as_str);
        fingerprint(
            fault.rule.name(),
            kind,
            id,
            std::iter::once(obligation).chain(steps),
        )
    }
}

/// What stands behind a sensitive key in a text without a tree: the rest of its line.
fn sensitive_lines(text: &str) -> Vec<Span> {
    let mut masked = Vec::new();
    for key in sensitive_keys() {
        for (at, _) in text.match_indices(&format!("{key}:")) {
            let from = at + key.len() + 1;
            let end = text[from..].find(['\n', '\r']);
            let to = end.map_or(text.len(), |length| from + length);
            masked.push(Span::new(from as u32, to as u32));
        }
    }
    masked
}

/// Longest id, longest text between back-ticks, and longest sentence, in characters.
const LONGEST_ID: usize = 128;
const LONGEST_QUOTE: usize = 400;
const LONGEST_TEXT: usize = 2_000;

/// A message as it may be shown: one line, without what a record quotes at length. This is the
/// last door before the outputs; most sentences cut their quotes earlier and shorter.
fn tidy(text: &str) -> String {
    let line = text.replace(char::is_control, " ");
    let parts = line.split('`').map(|part| cut(part, LONGEST_QUOTE));
    let tidied = parts.collect::<Vec<_>>().join("`");
    cut(&tidied, LONGEST_TEXT)
}

/// The beginning of a text, up to `most` characters.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The keys and element ids from the record down to a node.
fn steps(tree: &Tree, place: Place, record: &Record) -> Vec<String> {
    let shape = record.kind.schema().map(|kind| kind.schema.shape());
    let mut steps = Vec::new();
    let mut at = tree.node(place.node);
    while let Some(parent) = at.parent() {
        steps.push(match at.key() {
            Some(key) => key.scalar_text().to_owned(),
            None => element(at, parent, shape),
        });
        at = parent;
    }
    steps.reverse();
    steps
}

/// What tells an element of a list from its siblings: its identity by the schema, its text, or
/// where it has neither, its position.
fn element(item: NodeRef<'_>, list: NodeRef<'_>, shape: Option<&Shape>) -> String {
    if !matches!(item.kind(), Kind::Map | Kind::List) {
        return item.scalar_text().to_owned();
    }
    let identity = shape
        .and_then(|shape| Some(&shape.get(shape.of(list)?).annotation.identity))
        .filter(|keys| !keys.is_empty());
    let known = identity.map(|keys| {
        keys.iter()
            .map(|key| item.get(key).map_or("", NodeRef::scalar_text))
            .collect::<Vec<_>>()
            .join("\u{1f}")
    });
    known
        .filter(|id| id.chars().any(|c| c != '\u{1f}'))
        .unwrap_or_else(|| format!("#{}", item.index().unwrap_or(0)))
}

/// Puts findings into their order and tells apart those that look the same.
pub(super) fn settle(findings: &mut Vec<Finding>) {
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    findings.dedup();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let number = count.to_string();
            finding.fingerprint = fingerprint(&finding.fingerprint, "", "", [number.as_str()]);
        }
    }
}

fn order(finding: &Finding) -> (&str, u32, u32, &str, &str, &str) {
    let span = finding
        .location
        .range
        .as_ref()
        .map(|range| range.span)
        .unwrap_or_default();
    (
        &finding.location.file,
        span.start,
        span.end,
        &finding.location.pointer,
        finding.rule.name(),
        &finding.message,
    )
}
