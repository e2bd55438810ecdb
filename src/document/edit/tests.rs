//! One kind of place at a time.

use super::*;

/// Lists under `parties` are identified by `id`.
fn identity(list: NodeRef<'_>) -> Option<&'static [Box<str>]> {
    static KEYS: std::sync::OnceLock<Vec<Box<str>>> = std::sync::OnceLock::new();
    let keys = KEYS.get_or_init(|| vec!["id".into()]);
    (list.key()?.scalar_text() == "parties").then_some(keys)
}

fn edited(text: &str, edit: Edit) -> String {
    apply(text, &[edit], &identity, &Limits::default())
        .unwrap_or_else(|error| panic!("{error} {:?}\n{text}", error.path.to_string()))
}

fn refused(text: &str, edit: Edit) -> String {
    apply(text, &[edit], &identity, &Limits::default())
        .unwrap_err()
        .message
}

fn remove(path: &str) -> Edit {
    Edit::Remove(Path::parse(path).unwrap())
}

fn set(path: &str, value: &str) -> Edit {
    Edit::Set(Path::parse(path).unwrap(), value.to_owned())
}

fn add(path: &str, value: &str) -> Edit {
    Edit::Add(Path::parse(path).unwrap(), value.to_owned())
}

fn rename(path: &str, key: &str) -> Edit {
    Edit::Rename(Path::parse(path).unwrap(), key.to_owned())
}

/// Text before, edit, text after.
fn check(cases: &[(&str, Edit, &str)]) {
    for (before, edit, after) in cases {
        assert_eq!(edited(before, edit.clone()), *after, "{edit:?}\n{before}");
    }
}

#[test]
fn a_pair_goes_with_its_lines_and_its_own_comment() {
    check(&[
        (
            "a: 1\n# about b\nb: 2 # c\nc: 3\n",
            remove("b"),
            "a: 1\n# about b\nc: 3\n",
        ),
        (
            "a:\n  - 1\n  - x: 1\n    y: 2 # c\nb: 2\n",
            remove("a"),
            "b: 2\n",
        ),
        (
            "a: 1\n\nb: |\n  x\n\n  y\n\nc: 3\n",
            remove("b"),
            "a: 1\n\nc: 3\n",
        ),
        ("a: 1\n\nb: 2\n", remove("b"), "a: 1\n"),
        ("a: 1\nb: 2", remove("b"), "a: 1\n"),
        ("\u{feff}a: 1\r\nb: 2\r\n", remove("a"), "\u{feff}b: 2\r\n"),
        (
            "a: &x 1\nb:\n  c: !!str 1\n  d:\n",
            remove("b.c"),
            "a: &x 1\nb:\n  d:\n",
        ),
        ("? a\n: 1\n? b\n: 2\n", remove("a"), "? b\n: 2\n"),
    ]);
}

#[test]
fn an_element_goes_with_its_dash() {
    check(&[
        (
            "l:\n  - 1\n  - 2 # c\n  - 3\n",
            remove("l[2]"),
            "l:\n  - 1\n  - 3\n",
        ),
        (
            "l:\n- 1\n- - 2\n  - 3\n",
            remove("l[#1][2]"),
            "l:\n- 1\n- - 3\n",
        ),
        ("l:\n- 1\n- 2\nm: 3\n", remove("l[1]"), "l:\n- 2\nm: 3\n"),
        (
            "parties:\n  - id: a\n    x: 1\n\n  - id: b\n    x: 2\n",
            remove("parties[b]"),
            "parties:\n  - id: a\n    x: 1\n",
        ),
        (
            "parties:\n  - id: a\n    x: 1\n",
            remove("parties[a].id"),
            "parties:\n  - x: 1\n",
        ),
        (
            "parties:\n  - id: a # c\n    # about x\n    x: 1\n",
            remove("parties[a].id"),
            "parties:\n  -\n    # about x\n    x: 1\n",
        ),
    ]);
}

#[test]
fn what_is_left_empty_stays_a_map_or_list() {
    check(&[
        ("a: 1\n", remove("a"), "{}\n"),
        ("a: # c\n  b: 1\nc: 2\n", remove("a.b"), "a: {} # c\nc: 2\n"),
        ("a:\n  # c\n  - 1 # d\n", remove("a[1]"), "a: []\n  # c\n"),
        ("a:\n  - b: 1 # d\n", remove("a[#0].b"), "a:\n  - {}\n"),
        ("a: [x]\n", remove("a[x]"), "a: []\n"),
        ("a: { x: 1, }\n", remove("a.x"), "a: { }\n"),
    ]);
}

#[test]
fn an_entry_of_a_flow_collection_goes_with_its_comma() {
    check(&[
        ("a: [x, y, z] # c\n", remove("a[x]"), "a: [y, z] # c\n"),
        ("a: [x, y, z]\n", remove("a[y]"), "a: [x, z]\n"),
        ("a: [x, y, z]\n", remove("a[z]"), "a: [x, y]\n"),
        (
            "a: {x: 1, y: [2, 3], z, }\n",
            remove("a.z"),
            "a: {x: 1, y: [2, 3], }\n",
        ),
        ("a: {x: 1, y: [2, 3]}\n", remove("a.y"), "a: {x: 1}\n"),
        (
            "a: [\n  x, # one\n  y, # two\n  z # three\n  ]\n",
            remove("a[y]"),
            "a: [\n  x, # one\n  z # three\n  ]\n",
        ),
        (
            "a: [\n  x, # one\n  y # two\n  ]\n",
            remove("a[y]"),
            "a: [\n  x # one\n  ]\n",
        ),
    ]);
}

#[test]
fn a_value_is_replaced_in_place() {
    check(&[
        (
            "a:   1   # c\nb: 2\n",
            set("a", "two words"),
            "a:   two words   # c\nb: 2\n",
        ),
        (
            "a: |\n  x\n\n  y\n\nb: 2\n",
            set("a", "1"),
            "a: 1\n\nb: 2\n",
        ),
        ("a: [1,\n  2] # c\n", set("a", "{x: 1}"), "a: {x: 1} # c\n"),
        (
            "a: # c\n  b: 1\n  c: 2 # d\ne: 3\n",
            set("a", "1"),
            "a: 1 # c\ne: 3\n",
        ),
        ("a:\nb: 2\n", set("a", "1"), "a: 1\nb: 2\n"),
        ("a: # c\nb: 2\n", set("a", "1"), "a: 1 # c\nb: 2\n"),
        ("a: !!str 1\n", set("a", "2"), "a: 2\n"),
        (
            "a: 1 # c\nb: 2\n",
            set("a", "x: 1\ny:\n- 2"),
            "a: # c\n  x: 1\n  y:\n  - 2\nb: 2\n",
        ),
        (
            "a: 1 # c\n",
            set("a", "|-\n one\n  two"),
            "a: |- # c\n  one\n   two\n",
        ),
        (
            "a: 1\n",
            set("a", "|2\n   one\n  two"),
            "a: |2\n   one\n  two\n",
        ),
        (
            "a:\n    b: 1\n",
            set("a", "- x\n- y"),
            "a:\n    - x\n    - y\n",
        ),
        (
            "a:\n- 1\n",
            set("a", "- x\n- y: 1\n  z: 2"),
            "a:\n- x\n- y: 1\n  z: 2\n",
        ),
        ("a:\n- 1\n", set("a", "x: 1"), "a:\n  x: 1\n"),
        (
            "l:\n  - a: 1\n    b: 2\n  - c\n",
            set("l[#0]", "d: 1\ne: 2"),
            "l:\n  - d: 1\n    e: 2\n  - c\n",
        ),
        ("l:\n  - 1\n  -\n", set("l[#1]", "2"), "l:\n  - 1\n  - 2\n"),
        (
            "l: [a, {b: 1}]\n",
            set("l[#1].b", "x: 1\ny: 'z'"),
            "l: [a, {b: {x: 1, y: 'z'}}]\n",
        ),
        (
            "l: [a, b]\n",
            set("l[b]", "|\n  x\n  y"),
            "l: [a, \"x\\ny\\n\"]\n",
        ),
        ("l: {a, b: }\n", set("l.a", "1"), "l: {a: 1, b: }\n"),
        ("l: {a, b: }\n", set("l.b", "1"), "l: {a, b: 1 }\n"),
        (
            "a: 1\r\nb: 2\r\n",
            set("a", "x: 1\ny: 2"),
            "a:\r\n  x: 1\r\n  y: 2\r\nb: 2\r\n",
        ),
        ("a: 1", set("a", "x: 1"), "a:\n  x: 1"),
        ("x: &y 1\na: *y\n", set("a", "2"), "x: &y 1\na: 2\n"),
    ]);
}

#[test]
fn a_missing_key_is_added_at_the_end_of_its_map() {
    check(&[
        (
            "a: 1 # c\n\n# end\n",
            set("b", "2"),
            "a: 1 # c\nb: 2\n\n# end\n",
        ),
        ("a:\n  b: 1\nc: 3", set("d", "4"), "a:\n  b: 1\nc: 3\nd: 4"),
        (
            "a:\n  b: 1\nc: 3\n",
            set("a.d", "- 4"),
            "a:\n  b: 1\n  d:\n    - 4\nc: 3\n",
        ),
        (
            "a: {b: 1}\n",
            set("a.d", "- 4\n- 5"),
            "a: {b: 1, d: [4, 5]}\n",
        ),
        ("a: {}\n", set("a.d.e", "4"), "a: {d: {e: 4}}\n"),
        (
            "a:\nz: 1\n",
            set("a.d.e", "4"),
            "a:\n  d:\n    e: 4\nz: 1\n",
        ),
        (
            "a: 1\n",
            set("b.\"c d\".yes", "|\n  x\n"),
            "a: 1\nb:\n  \"c d\":\n    \"yes\": |\n      x\n",
        ),
        (
            "parties:\n  - id: a\n  - id: b\n",
            set("parties[a].x", "1"),
            "parties:\n  - id: a\n    x: 1\n  - id: b\n",
        ),
        ("a: |+\n  x\n\n\n", set("b", "1"), "a: |+\n  x\n\n\nb: 1\n"),
        ("{}\n", set("b", "1"), "{b: 1}\n"),
    ]);
}

#[test]
fn an_element_is_added_at_the_end_of_its_list() {
    check(&[
        (
            "l:\n  - 1 # c\n\nm: 2\n",
            add("l", "2"),
            "l:\n  - 1 # c\n  - 2\n\nm: 2\n",
        ),
        (
            "l:\n- a: 1\nm: 2\n",
            add("l", "b: 1\nc: 2\n"),
            "l:\n- a: 1\n- b: 1\n  c: 2\nm: 2\n",
        ),
        ("l: [1, 2]\n", add("l", "{x: 1}"), "l: [1, 2, {x: 1}]\n"),
        ("l: []\n", add("l", "x: 1"), "l: [{x: 1}]\n"),
        ("l: [1, 2, ]\n", add("l", "3"), "l: [1, 2, 3, ]\n"),
        (
            "l: [\n  1,\n  2, # c\n  ]\n",
            add("l", "3"),
            "l: [\n  1,\n  2,\n  3, # c\n  ]\n",
        ),
        (
            "l: # c\nm: 1\n",
            add("l", "x: 1\ny: 2"),
            "l: # c\n  - x: 1\n    y: 2\nm: 1\n",
        ),
        ("m: 1\n", add("k.l", "x"), "m: 1\nk:\n  l:\n    - x\n"),
        ("m: {a: 1}\n", add("m.l", "x"), "m: {a: 1, l: [x]}\n"),
        (
            "l:\n  - a",
            add("l", "|\n  x\n  y"),
            "l:\n  - a\n  - |\n    x\n    y",
        ),
    ]);
}

#[test]
fn a_key_is_renamed_and_quoted_where_it_must_be() {
    check(&[
        ("a: 1 # c\nb: 2\n", rename("a", "c"), "c: 1 # c\nb: 2\n"),
        ("a: {b: 2}\n", rename("a.b", "x: y"), "a: {\"x: y\": 2}\n"),
        ("a: {\"b\":2}\n", rename("a.b", "c"), "a: {\"c\":2}\n"),
        ("a: 1\n", rename("a", "12"), "\"12\": 1\n"),
    ]);
}

#[test]
fn a_value_set_to_its_own_text_leaves_the_bytes() {
    let text = "a:  'x' # c\nb: [1,\n  2]\nc: |\n  x\n";
    check(&[
        (text, set("a", "'x'"), text),
        (text, set("b", "[1,\n  2]"), text),
        (text, set("c", "|\n  x\n"), text),
    ]);
}

#[test]
fn edits_follow_one_another() {
    let edits = [set("a", "1"), rename("a", "b"), add("c", "2"), remove("b")];
    let text = apply("x: 0\n", &edits, &identity, &Limits::default()).unwrap();
    assert_eq!(text, "x: 0\nc:\n  - 2\n");
    let error = apply(
        "x: 0\n",
        &[set("a", "1"), remove("z")],
        &identity,
        &Limits::default(),
    );
    assert_eq!(error.unwrap_err().edit, 1);
}

#[test]
fn an_edit_that_cannot_be_made_is_refused() {
    let text = "a: &x {k: 1}\nb: *x\nc: 1\nl: [1]\n";
    assert_eq!(refused(text, remove("d")), "the record has no key `d`");
    assert_eq!(
        refused(text, remove("")),
        "the whole record cannot be removed by an edit"
    );
    assert_eq!(
        refused(text, set("", "1")),
        "the whole record cannot be replaced by an edit"
    );
    assert_eq!(refused(text, set("c.d", "1")), "`c` is a single value");
    assert_eq!(
        refused(text, set("l[2].d", "1")),
        "`l` has no element `[2]`"
    );
    assert_eq!(
        refused(text, set("m[2].d", "1")),
        "there is no element `[2]` to set anything in"
    );
    assert_eq!(refused(text, add("c", "1")), "`c` is no list");
    assert_eq!(
        refused(text, rename("a", "b")),
        "there is already a key `b` beside `a`"
    );
    assert_eq!(refused(text, rename("l[1]", "b")), "`l[1]` has no key");
    assert!(refused(text, set("b.k", "2")).starts_with("this is written as `*x`"));
    assert!(refused(text, set("b.z", "2")).starts_with("this is written as `*x`"));
    assert!(refused(text, remove("a")).starts_with("`a` cannot be edited"));
    assert!(refused(text, set("c", "[")).starts_with("the value is no YAML"));
    assert_eq!(
        refused(text, set("c", "1\n---\n2")),
        "the value is several documents"
    );
}

#[test]
fn unusual_texts_are_edited_too() {
    check(&[
        ("---\na: 1\n...\n", set("b", "2"), "---\na: 1\nb: 2\n...\n"),
        ("a: 1\na: 2\nb: 3\n", remove("b"), "a: 1\na: 2\n"),
        ("- a\n- b\n", remove("[a]"), "- b\n"),
        (
            "a:\n  - - 1\n    - 2\n",
            add("a[#0]", "3"),
            "a:\n  - - 1\n    - 2\n    - 3\n",
        ),
    ]);
}
