//! From faults at nodes to findings that need no tree: lines, excerpts, masks, fingerprints.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::judge::Bench;
use super::part::Totals;
use crate::document::{Kind, NodeId, NodeRef, Place, Target, Tree};
use crate::evidence::scan::Scanner;
use crate::finding::{
    At, Builtin, Clock, Duty, Excerpt, Fault, Finding, Location, Page, PlaceElsewhere, Quote,
    Range, RecordName, Related, Rule, Severity, Status, controls_of, fingerprint, obligation,
};
use crate::policy::Catalogue;
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
    /// Texts that no message may quote.
    unquoted: Vec<&'a str>,
    catalogue: &'a Catalogue,
    /// All that records are judged by; `None` before anything is.
    bench: Option<&'a Bench<'a>>,
}

impl<'a> Sealer<'a> {
    /// Seals faults of a record.
    pub(super) fn of_record(file: &'a str, record: &'a Record, bench: &'a Bench<'a>) -> Self {
        let text = record.tree.source();
        let mut masked = match record.kind.schema() {
            Some(kind) => kind.schema.sensitive(record.root()),
            None => Vec::new(),
        };
        let unshown = bench.unshown(record);
        let unquoted = unshown.iter().map(|span| span.slice(text));
        let unquoted = unquoted.filter(|it| it.len() >= LEAST_UNQUOTED).collect();
        masked.extend(unshown);
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
            unquoted,
            catalogue: bench.catalogue,
            bench: Some(bench),
        }
    }

    /// Seals faults of another file, which a record registers.
    pub(super) fn of_file(
        file: &'a str,
        text: &'a str,
        record: &'a Record,
        masked: Vec<Span>,
        bench: &'a Bench<'a>,
    ) -> Self {
        Self {
            file,
            text,
            lines: LineIndex::new(text),
            record: None,
            name: Some(RecordName {
                kind: record.kind.name().to_owned(),
                id: cut(&record.id, LONGEST_ID),
            }),
            masked,
            unquoted: Vec::new(),
            catalogue: bench.catalogue,
            bench: Some(bench),
        }
    }

    /// Seals faults of a file that was refused.
    pub(super) fn of_refusal(
        file: &'a str,
        refusal: &'a Refusal,
        catalogue: &'a Catalogue,
    ) -> Self {
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
            masked: hidden_in(&refusal.text),
            unquoted: Vec::new(),
            catalogue,
            bench: None,
        }
    }

    /// Seals faults of a file that nothing registers.
    pub(super) fn of_stray(file: &'a str, bench: &'a Bench<'a>) -> Self {
        Self {
            file,
            text: "",
            lines: LineIndex::new(""),
            record: None,
            name: None,
            masked: Vec::new(),
            unquoted: Vec::new(),
            catalogue: bench.catalogue,
            bench: Some(bench),
        }
    }

    /// The finding of a fault. Places in other files are looked up in the registry.
    pub(super) fn seal(&self, fault: &Fault, registry: &Registry) -> Finding {
        let named = self.catalogue.obligations_of(fault);
        let obligations: Vec<String> = named.into_iter().map(str::to_owned).collect();
        let controls = controls_of(obligations.iter().map(String::as_str));
        let mut related: Vec<Related> = fault
            .related
            .iter()
            .map(|(at, message)| Related {
                message: message.clone(),
                location: self.locate(*at),
            })
            .collect();
        related.extend(fault.elsewhere.iter().filter_map(|elsewhere| {
            let record = at_home(registry, &elsewhere.file)?;
            let sealer = Sealer::of_record(&elsewhere.file, record, self.bench?);
            let location = sealer.locate(At::Node(elsewhere.place));
            Some(Related {
                message: elsewhere.message.clone(),
                location,
            })
        }));
        related.extend(fault.pages.iter().map(|(page, message)| Related {
            message: message.clone(),
            location: located(page),
        }));
        let entry = self.catalogue.entry(fault.rule);
        let at = self.shown_at(fault, &obligations);
        if at != fault.at {
            let message = "here".to_owned();
            let location = self.locate(fault.at);
            related.insert(0, Related { message, location });
        }
        let elsewhere = fault.shown.as_ref().and_then(|shown| match shown {
            PlaceElsewhere::Record(file, place) => {
                let record = at_home(registry, file)?;
                let sealer = Sealer::of_record(file, record, self.bench?);
                Some((sealer.locate(At::Node(*place)), sealer.name))
            }
            PlaceElsewhere::File(file) => {
                let bench = self.bench?;
                let reported = match &**file {
                    "" => String::new(),
                    file => format!("{}{file}", bench.prefix),
                };
                Some((Sealer::of_stray(&reported, bench).locate(At::File), None))
            }
        });
        let (location, record) = elsewhere.unwrap_or_else(|| (self.locate(at), self.name.clone()));
        Finding {
            rule: Arc::clone(&entry.name),
            controls,
            severity: self.severity(fault, &obligations),
            fingerprint: self.fingerprint(fault, &obligations),
            message: self.tell(&fault.message),
            help: fault.help.as_deref().map(|it| self.tell(it)),
            instead: self.instead(fault, &location),
            location,
            record,
            related,
            quotes: fault.quotes.iter().map(|it| self.quote(it)).collect(),
            duty: fault
                .clock
                .as_ref()
                .zip(fault.element)
                .map(|(clock, element)| {
                    Box::new(self.duty(fault.rule, element, (**clock).clone()))
                }),
            excepted_by: None,
            change: None,
            obligations,
        }
    }

    /// What a finding quotes, as it may be shown.
    fn quote(&self, quote: &Quote) -> Quote {
        let mut quote = quote.clone();
        if quote.file.is_empty() {
            self.file.clone_into(&mut quote.file);
        }
        quote.value = self.tell(&quote.value);
        quote
    }

    /// A duty with the place that it comes from.
    pub(super) fn duty(&self, rule: Rule, element: NodeId, mut clock: Clock) -> Duty {
        clock.what = tidy(&clock.what);
        let entry = self.catalogue.entry(rule);
        let place = self.record.map(|record| {
            let node = record.tree.node(element);
            let place = match node.parent() {
                None => Place::missing_in(node),
                Some(_) => Place::key(node),
            };
            (node.pointer(), place.span(&record.tree))
        });
        let (pointer, span) = place.unwrap_or_default();
        Duty {
            rule: Arc::clone(&entry.name),
            obligations: entry.obligations.iter().map(ToString::to_string).collect(),
            record: self.name.clone().unwrap_or_else(|| RecordName {
                kind: String::new(),
                id: String::new(),
            }),
            file: self.file.to_owned(),
            pointer,
            line: self.lines.locate(span.start).line,
            clock,
        }
    }

    /// What should stand at the place, written as it is there, with or without quotes.
    fn instead(&self, fault: &Fault, location: &Location) -> Option<String> {
        let (written, meant) = fault.slip.as_ref()?;
        let range = location
            .range
            .as_ref()
            .filter(|_| location.file == self.file)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        // What a reader of YAML could take for something else is left to people.
        let is_plain = meant.starts_with(|c: char| c.is_ascii_alphabetic())
            && meant.chars().all(is_name)
            && meant.len() > 3
            && !["true", "false", "null"].contains(&meant.as_str());
        let stands = range.span.slice(self.text);
        let quotes = ["", "\"", "'"].into_iter();
        let mut quotes = quotes.filter(|quote| stands == format!("{quote}{written}{quote}"));
        let quote = quotes.next().filter(|_| is_plain)?;
        Some(format!("{quote}{meant}{quote}"))
    }

    /// A sentence without the texts that nothing may quote.
    pub(super) fn tell(&self, text: &str) -> String {
        let mut told = text.to_owned();
        for hidden in self.unquoted.iter().filter(|it| text.contains(**it)) {
            told = told.replace(hidden, "•••");
        }
        tidy(&told)
    }

    /// The weight: what the repository says, else the rule, else the heaviest of the demands.
    fn severity(&self, fault: &Fault, obligations: &[String]) -> Severity {
        let status = self.record.map_or(Status::default(), Record::status);
        let demands = obligations.iter().filter_map(|id| obligation(id));
        self.catalogue
            .adjusted(fault.rule, self.record.map(|it| it.id.as_str()))
            .or(fault.severity)
            .or_else(|| demands.map(|demand| demand.severity(status)).max())
            .unwrap_or(Severity::Error)
    }

    /// Where a fault is shown. Rules say so themselves; of what a schema finds, the demand decides
    /// whether it is a matter of the value or of the block around it. A slip in the writing of a
    /// value is a matter of the value.
    fn shown_at(&self, fault: &Fault, obligations: &[String]) -> At {
        let (At::Node(place), Some(record)) = (fault.at, self.record) else {
            return fault.at;
        };
        let is_slip = |it| it == Builtin::WrongFormat;
        let is_of_shape = fault.rule.builtin().is_some_and(|it| !is_slip(it));
        let schema = record.kind.schema().filter(|_| is_of_shape);
        let block = schema.and_then(|kind| {
            let node = record.tree.node(place.node);
            let mut blocks = obligations
                .iter()
                .filter_map(|id| kind.schema.shape().block_of(node, id));
            blocks.next().filter(|block| block.id() != place.node)
        });
        block.map_or(fault.at, |block| At::Node(Place::key(block)))
    }

    pub(super) fn locate(&self, at: At) -> Location {
        let (pointer, target, span) = match at {
            At::Node(place) => match self.record {
                Some(record) => {
                    let node = record.tree.node(place.node);
                    (node.pointer(), place.target, Some(place.span(&record.tree)))
                }
                None => (String::new(), place.target, None),
            },
            At::Part(node, span) => match self.record {
                Some(record) => {
                    let pointer = record.tree.node(node).pointer();
                    (pointer, Target::Value, Some(span))
                }
                None => (String::new(), Target::Value, Some(span)),
            },
            At::Bytes(span) => (String::new(), Target::Value, Some(span)),
            At::File => (String::new(), Target::Value, None),
        };
        let range = span.map(|span| Range {
            span,
            start: self.lines.locate(span.start),
            end: self.lines.locate(span.end),
            byte_columns: byte_columns(&self.lines, span),
            excerpt: Excerpt::new(self.text, &self.lines, span, &self.masked),
        });
        Location {
            file: self.file.to_owned(),
            pointer,
            target,
            range,
        }
    }

    fn fingerprint(&self, fault: &Fault, obligations: &[String]) -> String {
        let mut steps = match (fault.at, self.record) {
            (At::Node(place), Some(record)) => steps(&record.tree, place.node, record),
            (At::Part(node, _), Some(record)) => steps(&record.tree, node, record),
            _ => Vec::new(),
        };
        steps.extend(fault.subject.clone());
        let (kind, id) = match &self.name {
            Some(name) => (name.kind.as_str(), name.id.as_str()),
            None => ("", ""),
        };
        let id = if id.is_empty() { self.file } else { id };
        let name = &self.catalogue.entry(fault.rule).name;
        let parts = obligations.iter().chain(&steps).map(String::as_str);
        fingerprint(name, kind, id, parts)
    }
}

/// The columns of both ends of a span in bytes.
fn byte_columns(lines: &LineIndex<'_>, span: Span) -> (u32, u32) {
    (lines.byte_column(span.start), lines.byte_column(span.end))
}

/// A kept record whose places can be shown: one of the state that is checked.
fn at_home<'r>(registry: &'r Registry, file: &str) -> Option<&'r Record> {
    registry
        .at_path(file)
        .filter(|_| !Registry::is_foreign(file))
}

/// The place of a line in a file that is no record.
fn located(page: &Page) -> Location {
    let lines = LineIndex::new(&page.text);
    let line = page.line.min(lines.line_count());
    let text = lines.line_text(line).trim_end();
    let start = lines.line_span(line).start;
    let span = Span::new(start, start + text.len() as u32);
    Location {
        file: page.file.clone(),
        pointer: String::new(),
        target: Target::Value,
        range: Some(Range {
            span,
            start: lines.locate(span.start),
            end: lines.locate(span.end),
            byte_columns: byte_columns(&lines, span),
            excerpt: Excerpt::new(&page.text, &lines, span, &[]),
        }),
    }
}

/// Seals faults, without those of rules that are switched off, and with the exceptions that
/// accept them.
pub(super) fn sealed(
    sealer: &Sealer<'_>,
    faults: &[Fault],
    record: &Record,
    bench: &Bench<'_>,
    totals: &mut Totals,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for fault in faults {
        if bench.catalogue.is_off(fault.rule) {
            continue;
        }
        let mut finding = sealer.seal(fault, bench.registry);
        let rule = Arc::clone(&finding.rule);
        let of_fault = bench.acceptance.of_fault(record, fault, &rule);
        let shown_in = finding.record.as_ref().filter(|_| fault.shown.is_some());
        let of_shown = || {
            let shown_in = shown_in?;
            bench.acceptance.of_record(&shown_in.id, &rule)
        };
        if let Some(exception) = of_fault.or_else(of_shown) {
            totals.tally.except(fault.rule);
            totals.used.insert(exception.to_owned());
            finding.excepted_by = Some(exception.to_owned());
        }
        findings.push(finding);
    }
    findings
}

/// What is not shown of a text without a tree: keys and tokens, and what stands behind a sensitive
/// key, to the end of its line.
fn hidden_in(text: &str) -> Vec<Span> {
    let secrets = Scanner::default().secrets(text).into_iter();
    let span = |range: std::ops::Range<usize>| Span::new(range.start as u32, range.end as u32);
    let mut masked: Vec<Span> = secrets.map(|hit| span(hit.range)).collect();
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

/// Shortest text that is taken out of messages; a shorter one might stand there by chance.
const LEAST_UNQUOTED: usize = 8;

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
fn steps(tree: &Tree, node: NodeId, record: &Record) -> Vec<String> {
    let shape = record.kind.schema().map(|kind| kind.schema.shape());
    let mut steps = Vec::new();
    let mut at = tree.node(node);
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
    findings.sort_by(|left, right| left.order().cmp(&right.order()));
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
