//! Writes values as YAML that a person likes to read.
//!
//! Block style, two blanks a level, keys in the order given, long text folded, text of several
//! lines as a literal block. Reading back gives exactly the same value, under YAML 1.2 and under
//! 1.1: what a 1.1 reader would take for something else than text stands in double quotes. This
//! module knows no record; the only other YAML writer, `serde_yaml`, is asked in `scalar`.

mod scalar;

use serde_json::Value;

use scalar::{block_text, inline_text, number};

/// Blanks a level.
const STEP: usize = 2;

/// A value as a YAML document: a record, if it is a map. Ends in a line break.
pub fn record_yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_map(&mut out, map, 0),
        Value::Array(list) if !list.is_empty() => write_list(&mut out, list, 0),
        scalar => {
            out.push_str(&inline(scalar));
            out.push('\n');
        }
    }
    out
}

/// A value in one line, for lists whose elements are written so.
pub fn flow_yaml(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", in_flow(key), flow_yaml(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(flow_yaml).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => in_flow(text),
        scalar => inline(scalar),
    }
}

/// Text inside of brackets, where commas and brackets are marks.
fn in_flow(text: &str) -> String {
    let text_inline = inline_text(text);
    let is_bare = text_inline == text;
    match is_bare && text.contains([',', '[', ']', '{', '}', '?']) {
        true => Value::String(text.to_owned()).to_string(),
        false => text_inline,
    }
}

/// Lines of a map whose keys stand in column `indent`; the caller has written the blanks of the
/// first line.
fn write_map(out: &mut String, map: &serde_json::Map<String, Value>, indent: usize) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 {
            push_blanks(out, indent);
        }
        let key = inline_text(key);
        // YAML lets a key be found within 1,024 characters; a longer one announces itself.
        if key.chars().count() > 1000 {
            out.push_str("? ");
            out.push_str(&key);
            out.push('\n');
            push_blanks(out, indent);
        } else {
            out.push_str(&key);
        }
        out.push(':');
        match value {
            Value::Object(map) if !map.is_empty() => {
                out.push('\n');
                push_blanks(out, indent + STEP);
                write_map(out, map, indent + STEP);
            }
            Value::Array(list) if !list.is_empty() => {
                out.push('\n');
                push_blanks(out, indent + STEP);
                write_list(out, list, indent + STEP);
            }
            scalar => write_scalar(out, scalar, indent + STEP, indent + key.chars().count() + 2),
        }
    }
}

/// Lines of a list whose dashes stand in column `indent`.
fn write_list(out: &mut String, list: &[Value], indent: usize) {
    for (index, value) in list.iter().enumerate() {
        if index > 0 {
            push_blanks(out, indent);
        }
        out.push('-');
        match value {
            Value::Object(map) if !map.is_empty() => {
                out.push(' ');
                write_map(out, map, indent + STEP);
            }
            Value::Array(list) if !list.is_empty() => {
                out.push(' ');
                write_list(out, list, indent + STEP);
            }
            scalar => write_scalar(out, scalar, indent + STEP, indent + STEP),
        }
    }
}

/// A scalar that begins in `column`; the lines of a block stand in column `indent`.
fn write_scalar(out: &mut String, value: &Value, indent: usize, column: usize) {
    out.push(' ');
    let block = value
        .as_str()
        .and_then(|text| block_text(text, indent, column));
    if let Some(block) = block {
        out.push_str(&block);
    } else {
        out.push_str(&inline(value));
        out.push('\n');
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(value) => number(value),
        Value::String(text) => inline_text(text),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
    }
}

fn push_blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::document::{Limits, parse};

    fn read_back(yaml: &str) -> Value {
        let tree = parse(yaml.into(), &Limits::default())
            .unwrap_or_else(|error| panic!("{error}\n{yaml}"));
        assert!(tree.duplicates().is_empty(), "{yaml}");
        tree.root().unwrap().read::<Value>().unwrap()
    }

    #[test]
    fn a_record_is_written_in_block_style() {
        let record = json!({
            "kind": "incident",
            "id": "INC-2016-0006",
            "detected_at": "2016-02-20",
            "declared_at": "2016-02-20T12:30:00Z",
            "affected": ["portal/sso", "yes"],
            "supply_chain": {"triggers": {"t-1": true}, "why": "", "implicated": []},
            "timeline": [
                {"at": "2016-02-21", "what": "Reported: \"it is\" #1"},
                {"what": "first line\n  second line\n"},
                {},
            ],
            "lists": [["a", ["b"]], "multi\nline"],
        });
        let yaml = record_yaml(&record);
        assert_eq!(
            yaml,
            "\
kind: incident
id: INC-2016-0006
detected_at: 2016-02-20
declared_at: 2016-02-20T12:30:00Z
affected:
  - portal/sso
  - \"yes\"
supply_chain:
  triggers:
    t-1: true
  why: \"\"
  implicated: []
timeline:
  - at: 2016-02-21
    what: 'Reported: \"it is\" #1'
  - what: |
      first line
        second line
  - {}
lists:
  - - a
    - - b
  - |-
    multi
    line
"
        );
        assert_eq!(read_back(&yaml), record);
    }

    #[test]
    fn long_text_is_folded_and_never_altered() {
        let text = "Attackers breached the download server of an application (used by system \
                    administrators to analyze Windows logs) and replaced it: a signed # one.";
        let record = json!({"timeline": [{"what": text}]});
        let yaml = record_yaml(&record);
        assert!(
            yaml.contains("  - what: >-\n      Attackers breached"),
            "{yaml}"
        );
        assert!(yaml.lines().all(|line| line.len() <= 100), "{yaml}");
        assert_eq!(read_back(&yaml), record);
        // Two blanks in a row would not survive at a line's end, so no line ends there.
        let text = "word  ".repeat(60) + "end";
        let record = json!({ "a": text });
        assert_eq!(read_back(&record_yaml(&record)), record);
    }

    #[test]
    fn odd_keys_are_read_back() {
        let long = "k".repeat(2000);
        let record = json!({"yes": 1, "": 2, "a: b": 3, "a\nb": 4, "- c": 5, "12": 6,
            long: {"x": "long\ntext"}, "?": [1]});
        assert_eq!(read_back(&record_yaml(&record)), record);
    }

    /// Text made of what is dangerous in YAML, and of anything at all.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just(" "),
            Just("  "),
            Just("\n"),
            Just("\n\n"),
            Just("\r\n"),
            Just("\t"),
            Just(":"),
            Just(": "),
            Just("#"),
            Just(" #"),
            Just("- "),
            Just("---"),
            Just("..."),
            Just("'"),
            Just("\""),
            Just("\\"),
            Just("|"),
            Just(">"),
            Just("%"),
            Just("@"),
            Just("&a"),
            Just("*a"),
            Just("!t"),
            Just("["),
            Just("]"),
            Just("{"),
            Just("}"),
            Just(","),
            Just("?"),
            Just("? "),
            Just("~"),
            Just("null"),
            Just("yes"),
            Just("0o7"),
            Just("1_000"),
            Just("12:30:45"),
            Just("2016-02-20"),
            Just("<<"),
            Just("="),
            Just("word"),
            Just("a longer run of words"),
            Just("ü"),
            Just("🦀"),
            Just("\u{85}"),
            Just("\u{2028}"),
            Just("\u{feff}"),
            Just("\u{1b}"),
            Just("\u{0}"),
            Just("\u{a0}"),
            Just("\u{202e}"),
            Just("1"),
            Just("."),
            Just("e5"),
            Just("-"),
            Just("+"),
        ];
        prop_oneof![
            proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
            proptest::collection::vec(any::<char>(), 0..40)
                .prop_map(|chars| chars.into_iter().collect()),
            "[a-z]{1,9}( [a-z#:-]{1,12}){10,40}",
        ]
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any_text().prop_map(Value::from),
            any_text().prop_map(Value::from),
            any_text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((any_text(), inner), 0..4)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_written_is_read_back(value in any_value()) {
            let yaml = record_yaml(&value);
            prop_assert_eq!(&read_back(&yaml), &value, "{}", yaml);
        }

        #[test]
        fn what_is_written_in_one_line_is_read_back(value in any_value()) {
            let value = json!([value, {"k": value}]);
            let yaml = flow_yaml(&value);
            prop_assert!(!yaml.contains('\n'), "{}", yaml);
            prop_assert_eq!(&read_back(&yaml), &value, "{}", yaml);
        }
    }
}
