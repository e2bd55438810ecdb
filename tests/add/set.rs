//! `probity set`: what a key is to be, and everything else as it stands.

use std::fs;

use probity::author::set::{Setting, set};
use probity::document::{Kind, Limits, NodeRef};
use probity::record::{Reading, Record, read_record};
use serde_json::{Value, json};

use super::binary::{Run, probity};
use super::fixture::Fixture;
use super::{DRAFT, INCIDENT, adds, larkfield, records, text};

fn sets(fixture: &Fixture, arguments: &[&str]) -> Run {
    probity(&fixture.root(), &[&["set"], arguments].concat())
}

/// An incident with an action, in a style of its own.
fn with_action() -> (Fixture, String) {
    let fixture = larkfield();
    let plain = text(&fixture, INCIDENT);
    let before = format!(
        "{plain}# who does what\nactions:\n- id: A-1   # the first\n  what: 'Call the desk'\n  owner: mara\n  due: 2025-06-24\n  status: open # for now\n  # the end\n"
    );
    fixture.write(INCIDENT, &before);
    (fixture, before)
}

#[test]
fn a_draft_that_is_sent_has_its_outcome_and_nothing_else_changes() {
    let fixture = larkfield();
    assert_eq!(adds(&fixture, DRAFT).code, 0);
    let before = text(&fixture, INCIDENT);
    // What is missing for a message that was sent is named, and nothing is written.
    let run = sets(&fixture, &["INC-2025-0008#OUT-1", "outcome=delivered"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("there would be an error more") && run.stderr.contains("`at`, `by`"),
        "{run:?}"
    );
    assert_eq!(text(&fixture, INCIDENT), before);

    let sent = [
        "INC-2025-0008#OUT-1",
        "outcome=no-answer",
        "at=now",
        "by=mara",
        "channel=vendor-portal",
        "to.contact=soc",
    ];
    let dry = sets(&fixture, &[&sent[..], &["--dry-run", "--anyway"]].concat());
    let run = sets(&fixture, &[&sent[..], &["--anyway"]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    let after = before.replace(
        "    outcome: draft\n    to:\n      party: tessera-cloud\n",
        "    outcome: no-answer\n    to:\n      party: tessera-cloud\n      contact: soc\n    at: 2025-06-20T12:00:00Z\n    by: mara\n    channel: vendor-portal\n",
    );
    assert_eq!(text(&fixture, INCIDENT), after);
    assert_eq!(dry.stdout, after);

    let again = sets(&fixture, &sent);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again
            .stdout
            .contains("says this already; nothing was written"),
        "{again:?}"
    );
    assert_eq!(text(&fixture, INCIDENT), after);
}

#[test]
fn comments_order_quotes_and_line_ends_stay() {
    let (fixture, before) = with_action();
    let done = [
        "INC-2025-0008#A-1",
        "status=done",
        "done_at=now",
        "verified_by=olek",
    ];
    for before in [before.clone(), before.replace('\n', "\r\n")] {
        fixture.write(INCIDENT, &before);
        let run = sets(&fixture, &done);
        assert_eq!(run.code, 0, "{run:?}");
        let after = text(&fixture, INCIDENT);
        let end = if before.contains('\r') { "\r\n" } else { "\n" };
        let expected = before.replace(
            &format!("status: open # for now{end}"),
            &format!("status: done # for now{end}  done_at: 2025-06-20T12:00:00Z{end}  verified_by: olek{end}"),
        );
        assert_eq!(after, expected);
    }
    fixture.write(INCIDENT, &before);
    // A record that is one of its kind, a record of its own, lists, numbers and truths.
    for (arguments, line) in [
        (
            ["people#mara", "name=Mara O."],
            ("registry/people.yaml", "name: Mara O."),
        ),
        (
            [
                "INC-2025-0008",
                "supply_chain.triggers.shared-service=unknown",
            ],
            (INCIDENT, "    shared-service: unknown"),
        ),
        (
            [
                "INC-2025-0008",
                "affected=patient-portal/app,patient-portal/sso",
            ],
            (
                INCIDENT,
                "affected:\n  - patient-portal/app\n  - patient-portal/sso\n",
            ),
        ),
    ] {
        let run = sets(&fixture, &[&arguments[..], &["--anyway"]].concat());
        assert_eq!(run.code, 0, "{run:?}");
        let after = text(&fixture, line.0);
        assert!(after.contains(line.1), "{}\n{after}", line.1);
    }
}

#[test]
fn what_cannot_be_set_is_named_and_nothing_is_written() {
    let (fixture, before) = with_action();
    for (arguments, parts) in [
        (vec!["INC-2025-0008", "severity=hihg"], vec!["`high`"]),
        (
            vec!["INC-2025-0008", "sevrity=high"],
            vec!["no key `sevrity`", "`severity`"],
        ),
        (
            vec!["INC-2025-0008", "supply_chain.liason=mara"],
            vec!["no key `supply_chain.liason`", "`liaison`"],
        ),
        (
            vec!["INC-2025-0008", "actions.status=done"],
            vec!["`actions` holds several", "INC-2025-0008#"],
        ),
        (
            vec!["INC-2025-0008#A-2", "status=done"],
            vec!["no element `A-2`", "`A-1`"],
        ),
        (
            vec!["INC-2025-0008#A-1", "status=dnoe"],
            vec!["status", "`done`"],
        ),
        (
            vec!["INC-2025-0008#A-1", "done_at=yesterday"],
            vec!["done_at", "expected a time"],
        ),
        (vec!["INC-2025-0008#A-1", "status"], vec!["KEY=VALUE"]),
        (vec!["INC-2025-0008#A-1", "status="], vec!["has no value"]),
        (
            vec!["INC-2025-0008#A-1", "status=done", "status=open"],
            vec!["given twice"],
        ),
        (
            vec!["INC-2025-0088", "status=closed"],
            vec!["no record `INC-2025-0088`", "INC-2025-000"],
        ),
        (
            vec!["INC-2025-0008", "status=closed"],
            vec!["there would be an error more", "--anyway"],
        ),
    ] {
        let run = sets(&fixture, &arguments);
        assert_eq!(run.code, 2, "{arguments:?} {run:?}");
        for part in parts {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
    assert_eq!(text(&fixture, INCIDENT), before);
}

#[test]
fn what_cannot_be_edited_safely_stays() {
    let (fixture, before) = with_action();
    for (broken, message) in [
        (
            format!("{before}---\nkind: incident\n"),
            "cannot be read as a record",
        ),
        (format!("{before}title: [\n"), "cannot be read as a record"),
        (
            before.replace("  status: open # for now", "  status: &x open\n  kind: *x"),
            "an anchor",
        ),
    ] {
        fixture.write(INCIDENT, &broken);
        let run = sets(&fixture, &["INC-2025-0008#A-1", "status=done", "--anyway"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("nothing was written"), "{run:?}");
        assert!(run.stderr.contains(message), "{message}: {run:?}");
        assert_eq!(text(&fixture, INCIDENT), broken);
    }
    fixture.write(INCIDENT, &before);
    let path = fixture.path(INCIDENT);
    let mut permissions = path.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let run = sets(&fixture, &["INC-2025-0008#A-1", "owner=olek"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("read-only"), "{run:?}");
    assert_eq!(text(&fixture, INCIDENT), before);
}

/// Something else than what is there.
fn another(node: NodeRef<'_>, number: usize) -> Value {
    let texts = [
        "a, b: c",
        "- x #y",
        "[z]",
        "no",
        "2025-01-01",
        "one\ntwo",
        "'q'",
    ];
    let text = texts[number % texts.len()];
    match node.kind() {
        Kind::List => json!([text, "other"]),
        _ if number.is_multiple_of(5) => json!(number),
        _ if number.is_multiple_of(7) => json!({"key": text}),
        _ => json!(text),
    }
}

/// Sets the value of a pair, and puts to the test that nothing else changes.
fn put_to_the_test(record: &Record, node: NodeRef<'_>, number: usize) {
    let (holder, key) = (node.parent().unwrap(), node.key().unwrap().scalar_text());
    let setting = Setting {
        keys: vec![key.to_owned()],
        value: another(node, number),
    };
    let settings = [setting];
    let before = record.tree.source();
    let after = set(record, holder, &settings).unwrap().unwrap();
    // Before the line of the value and behind its last, every byte is as it was.
    let (from, to) = (node.key().unwrap().span().start, node.span().end);
    let above = before[..from as usize].rfind('\n').map_or(0, |it| it + 1);
    let covered = before[..to as usize].trim_end().len().max(from as usize);
    let below = before[covered..]
        .find('\n')
        .map_or(before.len(), |it| covered + it);
    assert!(after.starts_with(&before[..above]), "{key}:\n{after}");
    assert!(after.ends_with(&before[below..]), "{key}:\n{after}");

    let Reading::Record(edited) = read_record("", after.clone().into_bytes(), &Limits::default())
    else {
        panic!("{after}");
    };
    let mut expected: Value = record.root().read().unwrap();
    *expected.pointer_mut(&node.pointer()).unwrap() = settings[0].value.clone();
    assert_eq!(edited.root().read::<Value>().unwrap(), expected);
    // The same once more changes nothing.
    let holder = edited.root().at_pointer(&holder.pointer()).unwrap();
    assert_eq!(set(&edited, holder, &settings).unwrap(), None);
}

#[test]
fn a_thousand_settings_leave_everything_else_as_it_is() {
    let mut count = 0;
    for (at, record) in records().iter().enumerate() {
        let pairs = record.tree.nodes().filter(|node| {
            let is_identity = ["kind", "id"].contains(&node.key().map_or("", NodeRef::scalar_text));
            !node.is_key() && node.key().is_some() && !is_identity
        });
        // Spread over the record, whatever it holds.
        for (number, node) in pairs.enumerate().filter(|it| it.0 % 2 == at % 2) {
            put_to_the_test(record, node, at * 31 + number);
            count += 1;
        }
    }
    assert!(count >= 1000, "{count}");
}
