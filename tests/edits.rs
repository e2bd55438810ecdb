//! Edits of the example records: any path, any kind of edit, against the same edit of the value.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path as FilePath;
use std::sync::OnceLock;

use probity::document::{
    Edit, Limits, NodeRef, Path, Place, Step, Style, Tree, apply, parse, path_of,
};
use probity::record::RecordKind;
use probity::source::{Source, read_file};
use proptest::prelude::*;
use serde_json::Value;

/// Values in every style.
const VALUES: &[&str] = &[
    "1",
    "'quoted # text'",
    "null",
    "plain text\n  in two lines",
    "\"a\\nb, [c]\"",
    "[a, {b: c}]",
    "x: 1\ny:\n  - 2\n  - z: |\n      deep\n",
    "- a\n- b: 1\n  c: 2\n",
    "|\n  two\n\n    lines\n",
    "|2-\n    indented\n  text\n",
    ">-\n  folded\n  text\n",
];

const KEYS: &[&str] = &["zz_new", "zz new: #1", "yes"];

/// How many records are tried; more with `PROPTEST_CASES`.
fn cases() -> u32 {
    ProptestConfig::default().cases.min(4096)
}

/// Every record of the examples.
fn records() -> &'static [String] {
    static RECORDS: OnceLock<Vec<String>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let root = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("examples/larkfield");
        let listing = Source::open(&root, None).unwrap().list().unwrap();
        let files = listing.files.iter();
        let home = FilePath::new(env!("CARGO_MANIFEST_DIR"));
        files
            .map(|file| {
                let here = [home.join(&file.path), root.join(&file.path)];
                let path = here.iter().find(|it| it.exists()).unwrap();
                String::from_utf8(read_file(path, 1 << 20).unwrap()).unwrap()
            })
            .collect()
    })
}

fn tree_of(text: &str) -> Tree {
    parse(text.into(), &Limits::default()).unwrap()
}

fn value_of(text: &str) -> Value {
    match tree_of(text).root() {
        Some(root) => root.read().unwrap(),
        None => Value::Null,
    }
}

fn kind_of(tree: &Tree) -> RecordKind {
    let name = tree.root().unwrap().get("kind").unwrap().scalar_text();
    RecordKind::parse(name).unwrap()
}

fn edited(text: &str, edit: Edit) -> String {
    let kind = kind_of(&tree_of(text));
    let identity = |list: NodeRef<'_>| kind.identity(list);
    let shown = format!("{edit:?}");
    apply(text, &[edit], &identity, &Limits::default())
        .unwrap_or_else(|error| panic!("{error}: {shown}\n{text}"))
}

/// The lines that a pair or element covers, counted from 0, with the line behind the last.
fn lines_of(text: &str, node: NodeRef<'_>) -> std::ops::Range<usize> {
    let from = node.key().unwrap_or(node).span().start as usize;
    let span = node.span();
    let covered = text[..span.end as usize].trim_end();
    let line = |at: usize| text[..at].matches('\n').count();
    line(from)..line(covered.len().max(from)) + 1
}

/// Whether all lines but these are as they were; a blank line at the seams may be gone.
fn rest_is_unchanged(before: &str, after: &str, touched: std::ops::Range<usize>) -> bool {
    let lines: Vec<&str> = before.split_inclusive('\n').collect();
    let above = lines[..touched.start].concat();
    let below = lines[touched.end.min(lines.len())..].concat();
    after.starts_with(above.trim_end_matches(['\n', '\r']))
        && after.ends_with(below.trim_start_matches(['\n', '\r']))
}

/// A node of a record that is neither a key nor the root.
fn pick<'t>(
    tree: &'t Tree,
    at: prop::sample::Index,
    fits: impl Fn(NodeRef<'t>) -> bool,
) -> Option<NodeRef<'t>> {
    let nodes: Vec<NodeRef<'t>> = tree
        .nodes()
        .filter(|it| !it.is_key() && it.parent().is_some() && fits(*it))
        .collect();
    (!nodes.is_empty()).then(|| nodes[at.index(nodes.len())])
}

/// A record, as it is or with other line breaks or a byte-order mark.
fn record() -> impl Strategy<Value = String> {
    (0..records().len(), any::<bool>(), any::<bool>()).prop_map(|(at, returns, mark)| {
        let text = records()[at].clone();
        let text = if returns {
            text.replace('\n', "\r\n")
        } else {
            text
        };
        if mark {
            format!("\u{feff}{text}")
        } else {
            text
        }
    })
}

fn way(tree: &Tree, node: NodeRef<'_>) -> Path {
    let kind = kind_of(tree);
    path_of(node, &|list: NodeRef<'_>| kind.identity(list))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn removing_takes_a_value_away_and_nothing_else(text in record(), at in any::<prop::sample::Index>()) {
        let tree = tree_of(&text);
        let node = pick(&tree, at, |_| true).unwrap();
        let after = edited(&text, Edit::Remove(way(&tree, node)));
        let mut expected = value_of(&text);
        let parent = node.parent().unwrap();
        match (expected.pointer_mut(&parent.pointer()).unwrap(), node.key()) {
            (Value::Object(map), Some(key)) => {
                map.shift_remove(key.scalar_text());
            }
            (Value::Array(list), _) => {
                list.remove(node.index().unwrap());
            }
            _ => unreachable!(),
        }
        prop_assert_eq!(value_of(&after), expected);
        let mut touched = lines_of(&text, node);
        if parent.len() == 1 || node.index() == Some(0) {
            touched.start = lines_of(&text, parent).start;
        }
        // Of an element that is a map, the second pair takes the place of the first.
        if parent.index().is_some() && parent.span().start == node.key().map_or(0, |it| it.span().start) {
            touched.end += 1;
        }
        prop_assert!(rest_is_unchanged(&text, &after, touched), "{}", after);
    }

    #[test]
    fn setting_replaces_a_value_and_nothing_else(
        text in record(),
        at in any::<prop::sample::Index>(),
        value in prop::sample::select(VALUES),
    ) {
        let tree = tree_of(&text);
        let node = pick(&tree, at, |_| true).unwrap();
        let after = edited(&text, Edit::Set(way(&tree, node), value.to_owned()));
        let mut expected = value_of(&text);
        *expected.pointer_mut(&node.pointer()).unwrap() = value_of(value);
        prop_assert_eq!(value_of(&after), expected);
        prop_assert!(rest_is_unchanged(&text, &after, lines_of(&text, node)), "{}", after);
    }

    #[test]
    fn setting_adds_what_is_missing(
        text in record(),
        at in any::<prop::sample::Index>(),
        value in prop::sample::select(VALUES),
        keys in prop::collection::vec(prop::sample::select(KEYS), 1..3),
    ) {
        let tree = tree_of(&text);
        let root = tree.root().unwrap();
        let map = pick(&tree, at, |it| it.kind() == probity::document::Kind::Map).unwrap_or(root);
        let mut steps = way(&tree, map).steps().to_vec();
        steps.extend(keys.iter().map(|key| Step::Key((*key).into())));
        let after = edited(&text, Edit::Set(steps.into(), value.to_owned()));
        let mut expected = value_of(&text);
        let mut place = expected.pointer_mut(&map.pointer()).unwrap();
        for key in keys {
            if place.is_null() {
                *place = Value::Object(serde_json::Map::new());
            }
            place = place.as_object_mut().unwrap().entry(key).or_insert(Value::Null);
        }
        *place = value_of(value);
        prop_assert_eq!(value_of(&after), expected);
        let lines = lines_of(&text, map);
        prop_assert!(rest_is_unchanged(&text, &after, lines.end - 1..lines.end), "{}", after);
    }

    #[test]
    fn adding_appends_an_element(
        text in record(),
        at in any::<prop::sample::Index>(),
        value in prop::sample::select(VALUES),
    ) {
        let tree = tree_of(&text);
        let Some(list) = pick(&tree, at, |it| it.kind() == probity::document::Kind::List) else {
            return Ok(());
        };
        let after = edited(&text, Edit::Add(way(&tree, list), value.to_owned()));
        let mut expected = value_of(&text);
        let place = expected.pointer_mut(&list.pointer()).unwrap();
        place.as_array_mut().unwrap().push(value_of(value));
        prop_assert_eq!(value_of(&after), expected);
        let lines = lines_of(&text, list);
        prop_assert!(rest_is_unchanged(&text, &after, lines.end - 1..lines.end), "{}", after);
    }

    #[test]
    fn renaming_changes_one_key(
        text in record(),
        at in any::<prop::sample::Index>(),
        key in prop::sample::select(KEYS),
    ) {
        let tree = tree_of(&text);
        let node = pick(&tree, at, |it| it.key().is_some()).unwrap();
        let after = edited(&text, Edit::Rename(way(&tree, node), key.to_owned()));
        let span = Place::key(node).span(&tree);
        prop_assert!(after.starts_with(&text[..span.start as usize]));
        prop_assert!(after.ends_with(&text[span.end as usize..]));
        let parent = node.parent().unwrap().pointer();
        let position = node.parent().unwrap().pairs().position(|it| it.1.id() == node.id());
        let renamed = tree_of(&after);
        let pair = renamed.at_pointer(&parent).unwrap().pairs().nth(position.unwrap()).unwrap();
        prop_assert_eq!(pair.0.as_str(), Some(key));
        prop_assert_eq!(pair.1.read::<Value>().unwrap(), node.read::<Value>().unwrap());
    }

    #[test]
    fn setting_a_value_to_its_own_text_changes_no_byte(
        text in record(),
        at in any::<prop::sample::Index>(),
    ) {
        let tree = tree_of(&text);
        let node = pick(&tree, at, |it| !matches!(it.style(), Style::Literal | Style::Folded) && !it.span().is_empty()).unwrap();
        let own = node.span().slice(&text).to_owned();
        prop_assert_eq!(edited(&text, Edit::Set(way(&tree, node), own)), text);
    }
}

/// Pieces of YAML, sensible together or not.
const PIECES: &[&str] = &[
    "a",
    "b: 1",
    "- ",
    "-",
    "? ",
    ": ",
    ":",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "# c",
    " # c\n",
    "|\n  x\n",
    ">+\n  y\n\n",
    "&x ",
    "*x",
    "!!str ",
    "!t ",
    "'q'",
    "\"q\"",
    "---\n",
    "...\n",
    "ä: ß",
    "\t",
    "\r\n",
    "k: ",
    "k:\n  ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 16 * cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_can_make_an_edit_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..14),
        value in prop::sample::select(VALUES),
    ) {
        let text = pieces.concat();
        let Ok(tree) = parse(text.as_str().into(), &Limits::default()) else {
            return Ok(());
        };
        for node in tree.nodes() {
            let path = path_of(node, &|_: NodeRef<'_>| None);
            let below: Path = [path.steps(), &[Step::Key("new".into())]].concat().into();
            for edit in [
                Edit::Remove(path.clone()),
                Edit::Set(path.clone(), value.to_owned()),
                Edit::Set(below, value.to_owned()),
                Edit::Add(path.clone(), value.to_owned()),
                Edit::Rename(path, "new".to_owned()),
            ] {
                let _ = apply(&text, &[edit], &|_| None, &Limits::default());
            }
        }
    }
}
