//! `probity add` and `probity set`: an element more, a key else, and everything else as it stands.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "../binary/mod.rs"]
mod binary;
#[path = "../example/mod.rs"]
mod example;
#[path = "../fixture/mod.rs"]
mod fixture;
mod set;

use std::collections::BTreeMap;
use std::fs;

use binary::{Run, probity};
use example::larkfield;
use fixture::Fixture;
use probity::author::amend::{Amended, Target, add};
use probity::author::form::{Answer, Answers, ELEMENTS, Form};
use probity::document::Limits;
use probity::record::{Reading, Record, RecordKind, read_record};
use probity::source::read_file;
use serde_json::{Value, json};

const INCIDENT: &str = "incidents/INC-2025-0008/incident.yaml";

fn adds(fixture: &Fixture, options: &[&str]) -> Run {
    let arguments = [&["add"], options].concat();
    probity(&fixture.root(), &arguments)
}

/// Puts to the test that a command changes no byte of a record that cannot be edited safely, and
/// says why: of several documents, of broken YAML, of these texts, and of a file that is read-only.
fn stays_if_it_cannot_be_edited(
    fixture: &Fixture,
    command: impl Fn(&Fixture) -> Run,
    texts: &[(String, &str)],
) {
    let before = fixture.text(INCIDENT);
    let unread = [
        format!("{before}---\nkind: incident\n"),
        format!("{before}title: [\n"),
    ];
    let unread = unread.map(|it| (it, "cannot be read as a record"));
    for (broken, message) in unread.iter().chain(texts) {
        fixture.write(INCIDENT, broken);
        let run = command(fixture);
        assert_eq!(run.code, 2, "{run:?}");
        for part in ["nothing was written", message] {
            assert!(run.stderr.contains(part), "{part}: {run:?}");
        }
        assert_eq!(fixture.text(INCIDENT), *broken);
    }
    fixture.write(INCIDENT, &before);
    let path = fixture.path(INCIDENT);
    let mut permissions = path.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let run = command(fixture);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("read-only"), "{run:?}");
    assert_eq!(fixture.text(INCIDENT), before);
}

const DRAFT: &[&str] = &[
    "notification",
    "INC-2025-0008",
    "--type",
    "initial-notification",
    "--outcome",
    "draft",
    "--to",
    "tessera-cloud",
];

#[test]
fn a_draft_and_its_approval_are_lines_more_and_nothing_else() {
    let fixture = larkfield();
    let before = fixture.text(INCIDENT);
    let run = adds(&fixture, DRAFT);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout
            .starts_with(&format!("added OUT-1 to {INCIDENT}:"))
    );
    let drafted = "outbound:\n  - id: OUT-1\n    type: initial-notification\n    outcome: draft\n    to:\n      party: tessera-cloud\n";
    assert_eq!(fixture.text(INCIDENT), format!("{before}{drafted}"));

    let again = adds(&fixture, DRAFT);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again
            .stdout
            .contains("OUT-1 of INC-2025-0008 says this already")
    );
    assert_eq!(fixture.text(INCIDENT), format!("{before}{drafted}"));

    let approval = [
        "approval",
        "INC-2025-0008#OUT-1",
        "--role",
        "incident-commander",
        "--by",
        "mara",
        "--at",
        "now",
        "--how",
        "commit",
    ];
    let run = adds(&fixture, &approval);
    assert_eq!(run.code, 0, "{run:?}");
    let approved = "    approvals:\n      - role: incident-commander\n        by: mara\n        at: 2025-06-20T12:00:00Z\n        how: commit\n";
    assert_eq!(
        fixture.text(INCIDENT),
        format!("{before}{drafted}{approved}")
    );
}

#[test]
fn evidence_gets_its_digest_and_is_named_by_what_it_proves() {
    let fixture = larkfield();
    let file = "incidents/INC-2025-0009/evidence/call.md";
    fixture.write(file, "abc");
    let record = "incidents/INC-2025-0009/incident.yaml";
    let before = fixture.text(record);
    let mut options = vec![
        "evidence",
        "INC-2025-0009",
        "--file",
        file,
        "--type",
        "call-notes",
        "--captured-at",
        "2025-06-20T11:00:00Z",
        "--captured-by",
        "mara",
        "--classification",
        "partner-shareable",
        "--proves",
        "OUT-1",
    ];
    let run = adds(&fixture, &options);
    assert_eq!(run.code, 0, "{run:?}");
    let after = fixture.text(record);
    // SHA-256 of "abc", from FIPS 180-2.
    assert!(after.contains(
        "path: evidence/call.md\n    sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ), "{after}");
    let removed: Vec<&str> = before.lines().filter(|it| !after.contains(it)).collect();
    assert!(
        removed.len() <= 1 && removed.iter().all(|it| it.contains("proof:")),
        "{removed:?}"
    );
    let Reading::Record(edited) = read_record(record, after.into_bytes(), &Limits::default())
    else {
        panic!("no record");
    };
    let message = edited.element("OUT-1").unwrap();
    let item = edited
        .root()
        .list_of("evidence")
        .last()
        .unwrap()
        .text_of("id");
    assert!(message.list_of("proof").any(|it| it.scalar_text() == item));

    options.extend(["--sha256", "00"]);
    let run = adds(&fixture, &options);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the SHA-256 digest of"), "{run:?}");
    let outside = fixture.beside("outside.md");
    probity::author::write_new(&outside, b"x").unwrap();
    options.truncate(options.len() - 2);
    options[3] = outside.to_str().unwrap();
    let run = adds(&fixture, &options);
    assert!(
        run.stderr.contains("lies outside of the records"),
        "{run:?}"
    );
}

#[test]
fn what_is_missing_or_wrong_is_named_all_at_once_and_nothing_is_written() {
    let fixture = larkfield();
    let before = fixture.text(INCIDENT);
    for (options, expected) in [
        (
            vec![
                "response",
                "INC-2025-0008",
                "--kind",
                "akc",
                "--from",
                "tessera-clod",
            ],
            vec![
                "--kind",
                "--from",
                "`tessera-cloud`",
                "--at",
                "--summary",
                "--re ",
            ],
        ),
        (
            vec!["event", "INC-2025-0080", "--at", "now", "--what", "x"],
            vec!["no incident `INC-2025-0080`", "INC-2025-0008"],
        ),
        (
            vec!["approval", "INC-2025-0009", "--role", "x"],
            vec!["INC-2025-0009#OUT-"],
        ),
        (
            vec!["approval", "INC-2025-0009#OUT-77"],
            vec!["has no `OUT-77`", "there are OUT-1"],
        ),
        (
            vec!["event", "INC-2025-0009#OUT-1"],
            vec!["belongs to the record"],
        ),
        (
            vec!["event", "INC-2025-0008", "--at", "yesterday", "--what", "x"],
            vec!["--at", "expected a time"],
        ),
    ] {
        let run = adds(&fixture, &options);
        assert_eq!(run.code, 2, "{options:?} {run:?}");
        for part in expected {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
    assert_eq!(fixture.text(INCIDENT), before);
}

#[test]
fn what_would_make_the_records_worse_is_written_only_if_somebody_insists() {
    let fixture = larkfield();
    let before = fixture.text(INCIDENT);
    let mut options = vec![
        "evidence",
        "INC-2025-0008",
        "--file",
        "README.md",
        "--type",
        "memo",
        "--captured-at",
        "2025-06-20T11:00:00Z",
        "--captured-by",
        "mara",
        "--classification",
        "public",
    ];
    let run = adds(&fixture, &options);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("there would be an error more") && run.stderr.contains("README.md"),
        "{run:?}"
    );
    assert_eq!(fixture.text(INCIDENT), before);
    options.push("--anyway");
    let run = adds(&fixture, &options);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(fixture.text(INCIDENT).starts_with(&before));
}

#[test]
fn what_cannot_be_edited_safely_is_refused_and_stays() {
    let event = ["event", "INC-2025-0008", "--at", "now", "--what", "Called"];
    let fixture = larkfield();
    let before = fixture.text(INCIDENT);
    stays_if_it_cannot_be_edited(
        &fixture,
        |fixture| adds(fixture, &event),
        &[
            (
                format!("x: &x []\n{before}timeline: *x\n"),
                "stands for a value elsewhere",
            ),
            (format!("{before}timeline: none\n"), "is no list"),
        ],
    );
}

#[test]
fn the_style_of_the_file_is_kept() {
    let event = [
        "event",
        "INC-2025-0008",
        "--at",
        "now",
        "--what",
        "Called, twice",
    ];
    let fixture = larkfield();
    let plain = fixture.text(INCIDENT);
    for (before, line) in [
        (
            plain.replace('\n', "\r\n"),
            "timeline:\r\n  - at: 2025-06-20T12:00:00Z\r\n    what: Called, twice\r\n",
        ),
        (
            plain.trim_end().to_owned(),
            "\ntimeline:\n  - at: 2025-06-20T12:00:00Z\n    what: Called, twice",
        ),
        (
            format!("{plain}timeline:\n- {{at: 2025-06-20T09:50:00Z, what: Begun}}   # first\n"),
            "- {at: 2025-06-20T12:00:00Z, what: \"Called, twice\"}\n",
        ),
        (format!("{plain}timeline: []"), ""),
    ] {
        fixture.write(INCIDENT, &before);
        let run = adds(&fixture, &event);
        assert_eq!(run.code, 0, "{run:?}");
        let after = fixture.text(INCIDENT);
        if line.is_empty() {
            assert!(
                after.starts_with(plain.as_str()) && after.contains("Called"),
                "{after}"
            );
        } else {
            assert_eq!(
                after.trim_end_matches('\n'),
                format!("{before}{line}").trim_end_matches('\n')
            );
        }
    }
}

/// A value of each sort, so that every key of a form is written.
fn said(form: &Form, number: usize) -> Answers {
    let mut answers = Answers::new();
    for (at, ask) in form.asks.iter().enumerate() {
        if (number >> (at % 16)) & 1 == 1 && at > 0 {
            continue;
        }
        let field = form.field(ask).unwrap();
        let text = [
            "a, b: c",
            "- x #y",
            "[z]",
            "no",
            "2025-01-01",
            "line\nother",
            "'q' \"r\"",
        ];
        let one = match &field.answer {
            Answer::Truth => json!(true),
            Answer::Number => json!(7),
            Answer::Listed(words) => json!(words[number % words.len()]),
            Answer::Parts { fields, .. } => {
                json!({fields[0].key.clone(): text[number % text.len()]})
            }
            _ => json!(text[(number + at) % text.len()]),
        };
        let value = if field.is_many { json!([one]) } else { one };
        answers.insert(ask.path.to_owned(), value);
    }
    answers
}

fn records() -> Vec<Record> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/larkfield");
    let mut files = BTreeMap::new();
    for folder in ["incidents", "registry/third-parties", "registry"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let path = if path.is_dir() {
                path.join("incident.yaml")
            } else {
                path
            };
            if path.is_file() {
                files.insert(path.clone(), read_file(&path, 1 << 20).unwrap());
            }
        }
    }
    let read =
        files
            .into_values()
            .filter_map(|bytes| match read_record("", bytes, &Limits::default()) {
                Reading::Record(record) => Some(record),
                _ => None,
            });
    read.collect()
}

/// Adds an element, and puts to the test that nothing else changes.
fn put_to_the_test(record: &Record, form: &Form, target: &Target, number: usize) {
    let named = format!("new-{number}");
    let is_named = form.numbered == probity::author::form::Numbered::Named;
    let id = is_named.then_some(named.as_str());
    let answers = said(form, number);
    let before = record.tree.source();
    let Amended::Added(addition) = add(record, form, target, id, &answers).unwrap() else {
        return;
    };
    // One place of the text has lines more; before and behind it, every byte is as it was.
    let shared = before
        .bytes()
        .zip(addition.text.bytes())
        .take_while(|(left, right)| left == right)
        .count();
    let rest = &before.as_bytes()[shared..];
    let is_end = addition.text.as_bytes().ends_with(rest);
    let tail = before[shared..]
        .find('\n')
        .map_or(before.len(), |it| shared + it);
    assert!(
        is_end || addition.text.ends_with(&before[tail..]),
        "{} in {}:\n{}",
        form.name,
        record.id,
        addition.text
    );
    let bytes = addition.text.clone().into_bytes();
    let Reading::Record(edited) = read_record("", bytes, &Limits::default()) else {
        panic!("{}", addition.text);
    };
    let place = edited.root().at_pointer(&addition.pointer).unwrap();
    assert_eq!(place.read::<Value>().unwrap(), addition.value);
    let mut whole: Value = edited.root().read().unwrap();
    let (list, last) = addition.pointer.rsplit_once('/').unwrap();
    let items = whole.pointer_mut(list).unwrap().as_array_mut().unwrap();
    assert_eq!(items.len(), last.parse::<usize>().unwrap() + 1);
    items.pop();
    let old: Value = record.root().read().unwrap();
    if old.pointer(list).is_some() {
        assert_eq!(whole, old);
    }
    // Once more is not once again.
    let again = add(&edited, form, target, id, &answers).unwrap();
    assert!(
        matches!(again, Amended::There { .. }),
        "{} in {}",
        form.name,
        record.id
    );
}

#[test]
fn a_thousand_additions_leave_everything_else_as_it_is() {
    let records = records();
    assert!(records.len() > 15);
    let mut count = 0;
    for (at, record) in records.iter().enumerate() {
        for form in ELEMENTS.iter().filter(|form| form.kind == record.kind) {
            let holder = form.within.split_last().unwrap().1.first();
            let holders: Vec<String> = match holder {
                None => Vec::new(),
                Some(list) => {
                    let path = format!("/{}", list.replace('.', "/"));
                    let list = record.root().at_pointer(&path);
                    let first = list.and_then(|it| it.items().next());
                    match first {
                        Some(first) => vec![first.text_of("id").to_owned()],
                        None => continue,
                    }
                }
            };
            let target = Target {
                holders,
                proves: Vec::new(),
            };
            for round in 0..11 {
                put_to_the_test(record, form, &target, at * 31 + round * 977);
                count += 1;
            }
        }
    }
    assert!(count >= 1000, "{count}");
    assert!(records.iter().any(|it| it.kind == RecordKind::People));
}
