//! What holds for every record, however it is written: places slice back to their text, lines and
//! columns are those that people count, nothing panics, and a finding keeps its identity.

#![expect(clippy::unwrap_used, reason = "a test")]

mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use fixture::Fixture;
use probity::document::{Kind, Limits, NodeRef, parse};
use probity::finding::{At, Excerpt, Fault};
use probity::record::{Followed, Reading, Registry, Resolver, duplicate_local_ids, read_record};
use probity::text::{LineIndex, Span};
use proptest::collection::vec;
use proptest::prelude::*;

// ---------------------------------------------------------------- texts and their places

/// A value, and how it is written.
#[derive(Clone, Debug)]
enum Written {
    Scalar(String),
    List(Vec<Written>),
    Map(Vec<(String, Written)>),
    Flow(Vec<String>),
}

/// How a file is saved.
#[derive(Clone, Debug)]
struct Saved {
    line_break: &'static str,
    has_mark: bool,
    is_cut: bool,
    comments: Vec<bool>,
}

/// Writes values and notes, as it goes, where each scalar stands: the oracle.
struct Writer {
    text: String,
    places: Vec<(usize, usize)>,
    saved: Saved,
    lines: usize,
}

impl Writer {
    fn scalar(&mut self, source: &str) {
        self.places
            .push((self.text.len(), self.text.len() + source.len()));
        self.text.push_str(source);
    }

    fn end_line(&mut self) {
        self.lines += 1;
        let comments = &self.saved.comments;
        if comments[self.lines % comments.len()] {
            self.text.push_str(" #\ttab 🦀 \t");
        }
        self.text.push_str(self.saved.line_break);
    }

    fn indent(&mut self, depth: usize) {
        self.text.push_str(&"  ".repeat(depth));
    }

    fn value(&mut self, value: &Written, depth: usize) {
        match value {
            Written::Scalar(source) => {
                self.text.push(' ');
                self.scalar(source);
                self.end_line();
            }
            Written::Flow(items) => {
                self.text.push_str(" [");
                for item in items {
                    self.scalar(item);
                    self.text.push_str(" ,\t");
                }
                self.text.push(']');
                self.end_line();
            }
            Written::List(items) if items.is_empty() => {
                self.text.push_str(" []");
                self.end_line();
            }
            Written::Map(pairs) if pairs.is_empty() => {
                self.text.push_str(" {}");
                self.end_line();
            }
            Written::List(items) => {
                self.end_line();
                for item in items {
                    self.indent(depth + 1);
                    self.text.push('-');
                    self.value(item, depth + 1);
                }
            }
            Written::Map(pairs) => {
                self.end_line();
                self.pairs(pairs, depth + 1);
            }
        }
    }

    fn pairs(&mut self, pairs: &[(String, Written)], depth: usize) {
        for (key, value) in pairs {
            self.indent(depth);
            self.scalar(key);
            self.text.push(':');
            self.value(value, depth);
        }
    }
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zäöü🦀]{1,8}( [a-zß字]{1,5}){0,3}",
        "'[a-z 🦀:#,{}\\[\\]é]{0,12}'",
        "\"[a-z 🦀:#,{}\\[\\]é\\t]{0,12}\"",
        "\"[a-z]{0,4}\\\\u00e9\\\\n[a-z]{0,4}\"",
        "-?[0-9]{1,6}",
        Just("true".to_owned()),
        Just("2025-06-20T09:10:00Z".to_owned()),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    let leaf = prop_oneof![
        scalar().prop_map(Written::Scalar),
        vec(scalar(), 0..4).prop_map(Written::Flow),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Written::List),
            vec(inner, 0..4).prop_map(|values| {
                let keys = (0..).map(|index| format!("k{index}ü"));
                Written::Map(keys.zip(values).collect())
            }),
        ]
    })
}

fn saved() -> impl Strategy<Value = Saved> {
    let line_break = prop_oneof![Just("\n"), Just("\r\n")];
    (
        line_break,
        any::<bool>(),
        any::<bool>(),
        vec(any::<bool>(), 1..5),
    )
        .prop_map(|(line_break, has_mark, is_cut, comments)| Saved {
            line_break,
            has_mark,
            is_cut,
            comments,
        })
}

fn write(values: &[Written], saved: &Saved) -> (String, Vec<(usize, usize)>) {
    let mut writer = Writer {
        text: String::new(),
        places: Vec::new(),
        saved: saved.clone(),
        lines: 0,
    };
    if saved.has_mark {
        writer.text.push('\u{feff}');
    }
    let keys = (0..).map(|index| format!("key-{index}"));
    let pairs: Vec<(String, Written)> = keys.zip(values.iter().cloned()).collect();
    writer.pairs(&pairs, 0);
    if saved.is_cut {
        let length = writer.text.trim_end_matches(['\r', '\n']).len();
        writer.text.truncate(length);
    }
    (writer.text, writer.places)
}

/// Lines and columns counted the slow way.
fn counted(text: &str, offset: usize) -> (u32, u32) {
    let (mut line, mut column) = (1, 1);
    for c in text[..offset].chars() {
        match c {
            '\u{feff}' => {}
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
    }
    (line, column)
}

fn is_scalar(node: &NodeRef<'_>) -> bool {
    !matches!(node.kind(), Kind::List | Kind::Map)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_scalar_is_where_it_was_written(values in vec(written(), 1..5), saved in saved()) {
        let (text, places) = write(&values, &saved);
        let tree = parse(text.as_str().into(), &Limits::default()).unwrap();
        let index = LineIndex::new(&text);
        let found: Vec<(usize, usize)> = tree
            .nodes()
            .filter(is_scalar)
            .map(|node| (node.span().start as usize, node.span().end as usize))
            .collect();
        prop_assert_eq!(&found, &places, "{}", text);
        for (start, end) in places {
            for offset in [start, end] {
                let at = index.locate(offset as u32);
                prop_assert_eq!((at.line, at.column), counted(&text, offset), "{}", text);
            }
        }
    }

    #[test]
    fn pointers_lead_back_to_their_node(values in vec(written(), 1..5), saved in saved()) {
        let (text, _) = write(&values, &saved);
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let mut seen = BTreeSet::new();
        for node in tree.nodes().filter(|node| !node.is_key()) {
            let pointer = node.pointer();
            prop_assert_eq!(tree.at_pointer(&pointer).unwrap().id(), node.id());
            prop_assert!(seen.insert(pointer), "two nodes with one pointer");
        }
    }

    #[test]
    fn an_excerpt_splits_no_character_and_shows_no_control(
        text in "[a-z\\t\\r\\n🦀é\u{1b}\u{202e}\u{feff}字]{0,400}",
        long in 0_usize..400,
        from in any::<prop::sample::Index>(),
        length in 0_usize..40,
        masked in any::<prop::sample::Index>(),
    ) {
        let text = format!("{}{text}", "🦀x".repeat(long));
        let edges: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        let start = from.index(edges.len());
        let end = (start + length).min(edges.len() - 1);
        let span = Span::new(edges[start] as u32, edges[end] as u32);
        let mask = edges[masked.index(edges.len())];
        let mask = Span::new(mask as u32, text.len() as u32);
        let excerpt = Excerpt::new(&text, &LineIndex::new(&text), span, &[mask]);
        let line = &excerpt.lines[excerpt.marked_line];
        prop_assert!(line.get(excerpt.marked.0..excerpt.marked.1).is_some(), "{:?}", excerpt);
        for line in &excerpt.lines {
            let is_wild = |c: char| c.is_control() || c == '\u{202e}';
            prop_assert!(!line.contains(is_wild), "{:?}", line);
            prop_assert!(line.chars().count() <= 162);
        }
        prop_assert_eq!(excerpt.first_line as usize + excerpt.marked_line, index_line(&text, span));
    }
}

fn index_line(text: &str, span: Span) -> usize {
    LineIndex::new(text).locate(span.start).line as usize
}

// ---------------------------------------------------------------- nothing panics

/// Reads a file and judges it as far as that goes without others.
fn survive(path: &str, bytes: Vec<u8>) {
    let check = |text: &str, faults: &[Fault]| {
        let index = LineIndex::new(text);
        for fault in faults {
            assert!(
                !fault.message.is_empty() && !fault.message.ends_with('.'),
                "{fault:?}"
            );
            if let At::Bytes(span) = fault.at {
                let range = span.start as usize..span.end as usize;
                assert!(text.get(range).is_some(), "{span:?} of {text:?}");
                Excerpt::new(text, &index, span, &[]);
            }
        }
    };
    match read_record(path, bytes, &Limits::default()) {
        Reading::Record(record) => {
            let places = record.places();
            let mut faults = Vec::new();
            if let Some(kind) = record.kind.schema() {
                faults.extend(kind.schema.faults(record.root(), &places));
            }
            faults.extend(duplicate_local_ids(&record, &places));
            let registry = Registry::default();
            let as_of = example::noon();
            Followed::of(&record, &places, Resolver::new(&registry), as_of);
            let text = record.tree.source();
            let index = LineIndex::new(text);
            for fault in &faults {
                if let At::Node(place) = fault.at {
                    let span = place.span(&record.tree);
                    assert!(text.get(span.start as usize..span.end as usize).is_some());
                    Excerpt::new(text, &index, span, &[]);
                    record.tree.node(place.node).pointer();
                }
            }
            check(text, &faults);
        }
        Reading::Refused(refusal) | Reading::Stray(refusal) => {
            assert!(!refusal.faults.is_empty());
            check(&refusal.text, &refusal.faults);
        }
        Reading::Foreign | Reading::TooMuch { .. } => {}
    }
}

const NASTY: &[&str] = &[
    "\t",
    "\r",
    "\r\n",
    "\n",
    "\0",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "🦀",
    "'",
    "\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "#",
    " #",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "|\n",
    ">-\n",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "<<: ",
    "\\",
    "@",
    "`",
    "  ",
    "\n  ",
    "\n\t",
    "null",
    "no",
];

/// The records of both examples.
fn real_files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for name in ["larkfield", "broken"] {
        let home = example::home(name);
        collect(&home, &home, &mut files);
    }
    files.sort();
    assert!(files.len() > 50);
    files
}

fn collect(home: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(home, &path, files);
        } else if path.extension().is_some_and(|it| it == "yaml") {
            let name = path.strip_prefix(home).unwrap().to_str().unwrap();
            let bytes = probity::source::read_file(&path, 1 << 20).unwrap();
            files.push((name.to_owned(), bytes));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_to_a_real_file_breaks_the_reader(
        file in any::<prop::sample::Index>(),
        edits in vec((any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(NASTY)), 1..6),
    ) {
        let files = FILES.with(Clone::clone);
        let (path, bytes) = file.get(&files).clone();
        let mut bytes = bytes;
        for (at, removed, inserted) in edits {
            let from = at.index(bytes.len() + 1);
            let to = (from + removed).min(bytes.len());
            bytes.splice(from..to, inserted.bytes());
        }
        survive(&path, bytes);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,80}", nasty in vec(prop::sample::select(NASTY), 0..30)) {
        survive("controls/x.yaml", format!("kind: incident\nid: x\n{text}{}", nasty.concat()).into());
        survive("controls/x.yaml", nasty.concat().into_bytes());
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in vec(any::<u8>(), 0..200)) {
        survive("incidents/INC-2025-0100/incident.yaml", bytes);
    }
}

thread_local! {
    static FILES: Vec<(String, Vec<u8>)> = real_files();
}

// ---------------------------------------------------------------- identity of findings

/// One faulty action: its number, and what is wrong with it.
fn action() -> impl Strategy<Value = (u32, &'static str)> {
    let fault = prop_oneof![
        Just("due: soon"),
        Just("owner: nobody-known"),
        Just("colour: red"),
        Just("status: paused"),
        Just("proof: [E-9]"),
    ];
    (1_u32..500, fault)
}

/// An incident with these actions, in block or flow style, with lines and siblings between.
fn incident(actions: &[(u32, &str)], is_flow: bool, siblings: &[u32], blank: usize) -> String {
    let mut text = String::from(
        "kind: incident\nid: INC-2025-0100\ntitle: Portal slow\nstatus: open\nseverity: high\n\
         detected_at: 2025-06-20T09:10:00Z\ndeclared_at: 2025-06-20T09:40:00Z\ncommander: marra\n",
    );
    text.push_str(&"# a line more\n\n".repeat(blank));
    text.push_str("actions:\n");
    for sibling in siblings {
        writeln!(
            text,
            "  - {{id: A-{}, what: nothing wrong, owner: kofi, due: 2025-07-01, status: open}}",
            1_000 + sibling
        )
        .unwrap();
    }
    for (number, fault) in actions {
        let mut facts = vec![*fault];
        for fact in [
            "what: nothing wrong",
            "owner: kofi",
            "due: 2025-07-01",
            "status: open",
        ] {
            let key = &fact[..=fact.find(':').unwrap_or(0)];
            facts.extend((!fault.starts_with(key)).then_some(fact));
        }
        if is_flow {
            writeln!(text, "  - {{{}, id: A-{number}}}", facts.join(", ")).unwrap();
        } else {
            writeln!(text, "  - id: A-{number}\n    {}", facts.join("\n    ")).unwrap();
        }
    }
    text
}

fn fingerprints(fixture: &Fixture, text: &str) -> BTreeSet<(String, String)> {
    fixture.write("incidents/INC-2025-0100/incident.yaml", text);
    let outcome = example::outcome(&fixture.root());
    let found = outcome.findings.iter();
    found
        .map(|it| (it.rule.to_string(), it.fingerprint.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_finding_keeps_its_identity_when_lines_move(
        actions in vec(action(), 1..6),
        siblings in prop::collection::btree_set(1_u32..500, 0..5),
        blank in 0_usize..4,
        turn in any::<prop::sample::Index>(),
    ) {
        let mut numbers = BTreeSet::new();
        let mut actions = actions;
        actions.retain(|(number, _)| numbers.insert(*number));
        let fixture = Fixture::folder();
        fixture.write("registry/people.yaml", &read_example("registry/people.yaml"));
        let before = fingerprints(&fixture, &incident(&actions, false, &[], 0));
        prop_assert_eq!(before.len(), actions.len() + 1 + usize::from(has_people_findings(&before)));

        let siblings: Vec<u32> = siblings.into_iter().collect();
        let after = fingerprints(&fixture, &incident(&actions, false, &siblings, blank));
        prop_assert_eq!(&before, &after, "lines and siblings");
        let flow = fingerprints(&fixture, &incident(&actions, true, &siblings, blank));
        prop_assert_eq!(&before, &flow, "flow style");
        let at = turn.index(actions.len());
        actions.rotate_left(at);
        let turned = fingerprints(&fixture, &incident(&actions, true, &[], 0));
        prop_assert_eq!(&before, &turned, "another order");
    }
}

fn has_people_findings(found: &BTreeSet<(String, String)>) -> bool {
    found.iter().any(|(rule, _)| rule == "role-without-holder")
}

fn read_example(path: &str) -> String {
    let bytes = probity::source::read_file(&example::home("larkfield").join(path), 1 << 20);
    String::from_utf8(bytes.unwrap()).unwrap()
}
