//! `probity set`: what a key is to be, and everything else as it stands.

use probity::author::set::{Setting, Wanted, set};
use probity::document::{Kind, Limits, NodeRef};
use probity::record::{Reading, Record, read_record};
use serde_json::{Value, json};

use super::binary::{Run, probity};
use super::fixture::Fixture;
use super::{DRAFT, INCIDENT, adds, larkfield, records, stays_if_it_cannot_be_edited};

fn sets(fixture: &Fixture, arguments: &[&str]) -> Run {
    probity(&fixture.root(), &[&["set"], arguments].concat())
}

/// An incident with an action, in a style of its own.
fn with_action() -> (Fixture, String) {
    let fixture = larkfield();
    let plain = fixture.text(INCIDENT);
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
    let before = fixture.text(INCIDENT);
    // What is missing for a message that was sent is named, and nothing is written.
    let run = sets(&fixture, &["INC-2025-0008#OUT-1", "outcome=delivered"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("there would be an error more") && run.stderr.contains("`at`, `by`"),
        "{run:?}"
    );
    assert_eq!(fixture.text(INCIDENT), before);

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
    assert_eq!(fixture.text(INCIDENT), after);
    assert_eq!(dry.stdout, after);

    let again = sets(&fixture, &sent);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again
            .stdout
            .contains("says this already; nothing was written"),
        "{again:?}"
    );
    assert_eq!(fixture.text(INCIDENT), after);
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
        let after = fixture.text(INCIDENT);
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
        let after = fixture.text(line.0);
        assert!(after.contains(line.1), "{}\n{after}", line.1);
    }
}

/// Puts to the test that arguments are refused, and that each of these parts is said.
#[track_caller]
fn refuses(fixture: &Fixture, cases: &[(Vec<&str>, Vec<&str>)]) {
    for (arguments, parts) in cases {
        let run = sets(fixture, arguments);
        assert_eq!(run.code, 2, "{arguments:?} {run:?}");
        for part in parts {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
}

#[test]
fn what_cannot_be_set_is_named_and_nothing_is_written() {
    let (fixture, before) = with_action();
    refuses(
        &fixture,
        &[
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
            (
                vec!["INC-2025-0008#A-1", "status="],
                vec!["has no value", "--unset status"],
            ),
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
        ],
    );
    assert_eq!(fixture.text(INCIDENT), before);
}

#[test]
fn what_cannot_be_added_or_taken_out_is_named_and_nothing_is_written() {
    let (fixture, before) = with_action();
    refuses(
        &fixture,
        &[
            (
                vec!["INC-2025-0008", "affected+="],
                vec!["has no value", "`affected+=`"],
            ),
            (
                vec!["INC-2025-0008", "severity+=high"],
                vec!["`severity` holds one value", "severity=…"],
            ),
            (
                vec![
                    "INC-2025-0008",
                    "affected=billing/ledger",
                    "affected-=billing/ledger",
                ],
                vec!["`affected` is set and changed"],
            ),
            (
                vec!["INC-2025-0008", "severity=high", "--unset", "severity"],
                vec!["`severity` is set and taken out"],
            ),
            (
                vec![
                    "INC-2025-0008",
                    "supply_chain.liaison=mara",
                    "--unset",
                    "supply_chain",
                ],
                vec!["`supply_chain` above it is taken out"],
            ),
            (
                vec!["INC-2025-0008", "affected+=billing/legder"],
                vec!["affected  ", "`billing/ledger`"],
            ),
            (
                vec!["INC-2025-0008", "--unset", "sevrity"],
                vec!["no key `sevrity`", "`severity`"],
            ),
            (
                vec!["INC-2025-0008", "--unset", "severity"],
                vec!["has no `severity`", "--anyway"],
            ),
            (
                vec![
                    "EX-2025-01",
                    "participants-=mara",
                    "participants-=deniz",
                    "participants-=tomas",
                    "participants-=ines",
                    "participants-=jun",
                    "participants-=kofi",
                ],
                vec!["no `participants`", "--anyway"],
            ),
            (
                vec!["INC-2025-0008", "--unset", "kind"],
                vec!["the `kind` of a record", "probity new"],
            ),
            (
                vec!["INC-2025-0008", "kind=exercise"],
                vec!["the `kind` of a record", "probity new"],
            ),
            (
                vec!["INC-2025-0008#/actions", "status=done"],
                vec!["is a list", "INC-2025-0008#/actions/0"],
            ),
            (
                vec!["INC-2025-0008#/actions/1", "status=done"],
                vec!["nothing at `/actions/1`"],
            ),
            (
                vec!["INC-2025-0008#/actions/0/status", "x=done"],
                vec!["a single value", "'INC-2025-0008#/actions/0' status="],
            ),
            (vec!["INC-2025-0008"], vec!["KEY=VALUE"]),
        ],
    );
    assert_eq!(fixture.text(INCIDENT), before);
}

#[test]
fn what_cannot_be_edited_safely_stays() {
    let (fixture, before) = with_action();
    stays_if_it_cannot_be_edited(
        &fixture,
        |fixture| sets(fixture, &["INC-2025-0008#A-1", "owner=olek"]),
        &[],
    );
    let path = fixture.path(INCIDENT);
    std::fs::remove_file(&path).unwrap();
    let broken = before.replace("  owner: mara", "  owner: &x mara\n  kind: *x");
    fixture.write(INCIDENT, &broken);
    for edit in [["owner=olek", "--anyway"], ["--unset", "owner"]] {
        let run = sets(&fixture, &[&["INC-2025-0008#A-1"], &edit[..]].concat());
        assert_eq!(run.code, 2, "{run:?}");
        for part in ["nothing was written", "an anchor"] {
            assert!(run.stderr.contains(part), "{part}: {run:?}");
        }
        assert_eq!(fixture.text(INCIDENT), broken);
    }
}

#[test]
fn lists_get_more_and_less_and_keys_go() {
    let (fixture, before) = with_action();
    let affected = "affected: [patient-portal/app, patient-portal/sso]   # so far\n";
    let listed = format!(
        "{before}{affected}timeline:\n  - at: 2025-06-20T09:50:00Z # first\n    what: Begun\n  - at: 2025-06-20T10:00:00Z\n    what: Called\n"
    );
    let cases: &[(&[&str], &str, &str)] = &[
        (
            &[
                "INC-2025-0008",
                "affected+=billing/ledger,patient-portal/sso",
            ],
            "portal/sso]",
            "portal/sso, billing/ledger]",
        ),
        (
            &["INC-2025-0008", "affected-=patient-portal/app"],
            "[patient-portal/app, ",
            "[",
        ),
        (
            &[
                "INC-2025-0008",
                "affected-=patient-portal/app",
                "affected+=billing/ledger",
            ],
            "[patient-portal/app, patient-portal/sso]",
            "[patient-portal/sso, billing/ledger]",
        ),
        // A list that would be empty goes with its key, whether asked for or not.
        (
            &[
                "INC-2025-0008",
                "affected-=patient-portal/app,patient-portal/sso",
            ],
            affected,
            "",
        ),
        (&["INC-2025-0008", "--unset", "affected"], affected, ""),
        (
            &[
                "INC-2025-0008",
                "affected-=patient-portal/app,patient-portal/sso",
                "affected+=billing/ledger",
            ],
            "[patient-portal/app, patient-portal/sso]",
            "[billing/ledger]",
        ),
        // What has no id has a place.
        (
            &["INC-2025-0008#/timeline/1", "what=Called twice"],
            "what: Called\n",
            "what: Called twice\n",
        ),
        (
            &["INC-2025-0008#/actions/0", "owner=olek"],
            "owner: mara",
            "owner: olek",
        ),
        // A file is as good as an id.
        (
            &[
                "incidents/INC-2025-0008/incident.yaml#A-1",
                "status=dropped",
            ],
            "status: open # for now",
            "status: dropped # for now",
        ),
        // What is not there can be taken out of nothing.
        (
            &[
                "INC-2025-0008",
                "affected-=billing/ledger",
                "--unset",
                "closed_at",
            ],
            "",
            "",
        ),
    ];
    for (arguments, from, to) in cases {
        fixture.write(INCIDENT, &listed);
        let expected = listed.replacen(from, to, usize::from(!from.is_empty()));
        let run = sets(&fixture, arguments);
        assert_eq!(run.code, 0, "{arguments:?} {run:?}");
        assert_eq!(fixture.text(INCIDENT), expected, "{arguments:?}");
    }
}

#[test]
fn a_key_nobody_knows_can_go_and_a_block_goes_with_its_last() {
    let (fixture, before) = with_action();
    for added in [
        "sevrity: high # a slip\n",
        "supply_chain:\n  liaison: mara\n",
    ] {
        fixture.write(INCIDENT, &format!("{before}{added}# end\n"));
        let key = ["sevrity", "supply_chain.liaison"][usize::from(added.starts_with("supply"))];
        let run = sets(&fixture, &["INC-2025-0008", "--unset", key]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(
            run.stdout.starts_with(&format!("took out {key} of ")),
            "{run:?}"
        );
        assert_eq!(fixture.text(INCIDENT), format!("{before}# end\n"));
    }
    // A comment inside of the block keeps it.
    fixture.write(
        INCIDENT,
        &format!("{before}supply_chain:\n  # who?\n  liaison: mara\n"),
    );
    let run = sets(
        &fixture,
        &["INC-2025-0008", "--unset", "supply_chain.liaison"],
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        fixture.text(INCIDENT),
        format!("{before}supply_chain: {{}}\n  # who?\n")
    );
}

#[test]
fn a_repeated_reason_is_told_once() {
    let fixture = larkfield();
    let run = sets(&fixture, &["people#mara", "id=mira"]);
    assert_eq!(run.code, 2, "{run:?}");
    let told: Vec<&str> = run
        .stderr
        .lines()
        .filter(|it| it.contains("person `mara`"))
        .collect();
    assert!(
        told.len() == 1 && told[0].contains(" places. Did you mean `mira`?"),
        "{run:?}"
    );
    // What was wrong before is not told again because the record has another name.
    let run = sets(&fixture, &["INC-2025-0008", "id=INC-2025-0099"]);
    assert_eq!(run.stderr.lines().count(), 3, "{run:?}");
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

/// Changes the value of a pair, and puts to the test that it is what is expected, that nothing else
/// changes, and that the same once more changes nothing.
fn put_to_the_test(
    record: &Record,
    node: NodeRef<'_>,
    wanted: Wanted,
    expected: Option<Value>,
) -> Record {
    let (holder, key) = (node.parent().unwrap(), node.key().unwrap().scalar_text());
    let settings = [Setting {
        keys: vec![key.to_owned()],
        wanted,
    }];
    let before = record.tree.source();
    let after = set(record, holder, &settings).unwrap().unwrap();
    // Before the line of the value and behind its last, every byte is as it was; but one of two
    // blank lines goes with what stood between them.
    let (from, to) = (node.key().unwrap().span().start, node.span().end);
    let above = before[..from as usize].rfind('\n').map_or(0, |it| it + 1);
    let covered = before[..to as usize].trim_end().len().max(from as usize);
    let below = before[covered..]
        .find('\n')
        .map_or(before.len(), |it| covered + it);
    let (above, below) = match expected {
        Some(_) => (&before[..above], &before[below..]),
        None => (before[..above].trim_end(), before[below..].trim_start()),
    };
    assert!(after.starts_with(above), "{key}:\n{after}");
    assert!(after.ends_with(below), "{key}:\n{after}");

    let edited = read(&after);
    let mut whole: Value = record.root().read().unwrap();
    let held = whole.pointer_mut(&holder.pointer()).unwrap();
    match expected {
        Some(value) => held[key] = value,
        None => drop(held.as_object_mut().unwrap().shift_remove(key)),
    }
    assert_eq!(edited.root().read::<Value>().unwrap(), whole);
    let holder = edited.root().at_pointer(&holder.pointer()).unwrap();
    assert_eq!(set(&edited, holder, &settings).unwrap(), None);
    edited
}

fn read(text: &str) -> Record {
    match read_record("", text.as_bytes().to_vec(), &Limits::default()) {
        Reading::Record(record) => record,
        _ => panic!("{text}"),
    }
}

/// A list gets an element more, loses it, and loses its first.
fn put_to_the_test_as_list(record: &Record, list: NodeRef<'_>) -> usize {
    let Ok(Value::Array(values)) = list.read::<Value>() else {
        return 0;
    };
    let Some(first) = values.first() else {
        return 0;
    };
    let more = match first {
        Value::Object(_) => json!({"id": "new: one", "what": "a, b: c"}),
        _ => json!("new: one"),
    };
    let longer = values.iter().chain([&more]).cloned().collect();
    let with = Wanted::With(vec![first.clone(), more.clone()]);
    let edited = put_to_the_test(record, list, with, Some(longer));
    let same = edited.root().at_pointer(&list.pointer()).unwrap();
    let without = Wanted::Without(vec![more]);
    let back = put_to_the_test(&edited, same, without, Some(values.clone().into()));
    assert_eq!(back.tree.source(), record.tree.source());

    let rest: Vec<Value> = values.iter().filter(|it| *it != first).cloned().collect();
    let rest = (!rest.is_empty()).then_some(Value::Array(rest));
    put_to_the_test(record, list, Wanted::Without(vec![first.clone()]), rest);
    3
}

#[test]
fn thousands_of_changes_leave_everything_else_as_it_is() {
    let (mut set_anew, mut taken_out, mut of_lists) = (0, 0, 0);
    for (at, record) in records().iter().enumerate() {
        let pairs = record.tree.nodes().filter(|node| {
            let is_identity = ["kind", "id"].contains(&node.key().map_or("", NodeRef::scalar_text));
            !node.is_key() && node.key().is_some() && !is_identity
        });
        for (number, node) in pairs.enumerate() {
            of_lists += put_to_the_test_as_list(record, node);
            // Spread over the record, whatever it holds.
            if number % 2 == at % 2 {
                let value = another(node, at * 31 + number);
                let wanted = Wanted::Value(value.clone());
                put_to_the_test(record, node, wanted, Some(value));
                set_anew += 1;
            } else if node.parent().is_some_and(|it| it.len() > 1) {
                put_to_the_test(record, node, Wanted::Nothing, None);
                taken_out += 1;
            }
        }
    }
    let counts = (set_anew, taken_out, of_lists);
    assert!(
        set_anew >= 1000 && taken_out >= 800 && of_lists >= 500,
        "{counts:?}"
    );
}

#[test]
fn a_key_that_is_set_and_taken_out_again_leaves_no_trace() {
    let mut count = 0;
    for record in &records() {
        let maps = record.tree.nodes().filter(|it| it.kind() == Kind::Map);
        for (number, holder) in maps.enumerate() {
            let keys = match number % 2 {
                0 => vec!["new".to_owned()],
                _ => vec!["new".to_owned(), "below".to_owned()],
            };
            let change = |wanted| Setting {
                keys: keys.clone(),
                wanted,
            };
            let setting = change(Wanted::Value(another(holder, number)));
            let longer = set(record, holder, &[setting]).unwrap().unwrap();
            let longer = read(&longer);
            let same = longer.root().at_pointer(&holder.pointer()).unwrap();
            let back = set(&longer, same, &[change(Wanted::Nothing)]).unwrap();
            assert_eq!(back.as_deref(), Some(record.tree.source()));
            count += 1;
        }
    }
    assert!(count >= 400, "{count}");
}
