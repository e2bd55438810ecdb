//! The tests of a rule in words: what is done to a record of the example, and what follows.

use std::fmt::Write as _;

use super::words::{code, listed};
use crate::document::NodeRef;

/// Values are shown up to this length.
const LONGEST: usize = 240;

/// What breaks a rule, and what does not.
pub(super) fn trials(rule: NodeRef<'_>) -> (Vec<String>, Vec<String>) {
    let (mut breaks, mut keeps) = (Vec::new(), Vec::new());
    for test in rule.list_of("tests") {
        let as_of = match test.get("as_of") {
            Some(as_of) => format!("; judged as of {}", as_of.scalar_text()),
            None => String::new(),
        };
        let mut done = String::new();
        for given in test.list_of("given") {
            let file = given.text_of("file");
            let _ = write!(done, "with a file {}: ", code(file));
        }
        if let Some(edits) = test.get("break") {
            let at = match test.get("at") {
                Some(at) => format!("; found at {}", code(at.scalar_text())),
                None => String::new(),
            };
            breaks.push(format!("{done}{}{as_of}{at}", told(edits)));
        } else if let Some(edits) = test.get("keep") {
            keeps.push(format!("{done}{}{as_of}", told(edits)));
        }
    }
    (breaks, keeps)
}

/// Edits in words, those of one record together.
fn told(edits: NodeRef<'_>) -> String {
    let mut records: Vec<(&str, Vec<String>)> = Vec::new();
    for edit in edits.one_or_many() {
        let record = edit.text_of("in");
        let done = edit.pairs().filter_map(|(verb, what)| {
            let verb = verb.scalar_text();
            (verb != "in").then(|| one(verb, what))
        });
        match records.last_mut() {
            Some((last, parts)) if *last == record => parts.extend(done),
            _ => records.push((record, done.collect())),
        }
    }
    let in_records: Vec<String> = records
        .into_iter()
        .map(|(record, parts)| format!("in {}, {}", code(record), listed(&parts, "and")))
        .collect();
    in_records.join("; ")
}

fn one(verb: &str, what: NodeRef<'_>) -> String {
    let pairs = || {
        what.pairs()
            .map(|(path, value)| (path.scalar_text(), source(value)))
    };
    match verb {
        "remove" => {
            let single = what.items().next().is_none().then_some(what);
            let paths = single.into_iter().chain(what.items());
            let paths: Vec<String> = paths.map(|path| code(path.scalar_text())).collect();
            format!("without {}", listed(&paths, "and"))
        }
        "add" => {
            let added: Vec<String> = pairs()
                .map(|(path, value)| format!("{} added to {}", code(&value), code(path)))
                .collect();
            listed(&added, "and")
        }
        "rename" => {
            let renamed: Vec<String> = pairs()
                .map(|(path, name)| format!("{} renamed to {}", code(path), code(&name)))
                .collect();
            listed(&renamed, "and")
        }
        "delete" => "the whole record taken away".to_owned(),
        _ => {
            let set: Vec<String> = pairs()
                .map(|(path, value)| code(&format!("{path}: {value}")))
                .collect();
            listed(&set, "and")
        }
    }
}

/// A value as it is written, on one line.
fn source(value: NodeRef<'_>) -> String {
    let source = value.span().slice(value.tree().source());
    let line = source.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits, parse};

    #[test]
    fn edits_read_as_sentences() {
        let text = "tests:\n  - break: [{in: A, remove: x.y, set: {z: 1}}, {in: A, add: {l: {q: 2}}}, \
            {in: B, delete: true}]\n    at: x\n  - keep: {in: A, rename: {x: y}}\n    as_of: 2025-01-01\n";
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let (breaks, keeps) = trials(tree.root().unwrap());
        assert_eq!(
            breaks,
            [
                "in `A`, without `x.y`, `z: 1` and `{q: 2}` added to `l`; in `B`, the whole record \
                 taken away; found at `x`"
            ]
        );
        assert_eq!(
            keeps,
            ["in `A`, `x` renamed to `y`; judged as of 2025-01-01"]
        );
    }
}
