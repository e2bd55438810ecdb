//! What people ask beside `check`: `due`, `who`, `explain` and `policy`, as they call them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use binary::{Run, probity};
use example::larkfield;
use serde_json::Value;

#[track_caller]
fn says(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    for part in parts {
        assert!(run.stdout.contains(part), "`{part}` is not in {run:?}");
    }
}

#[track_caller]
fn fails(run: &Run, message: &str, hint: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    assert!(run.stderr.contains(message), "{run:?}");
    assert!(run.stderr.contains(hint), "{run:?}");
}

fn explain(subject: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    probity(folder.path(), &["explain", subject])
}

// ---------------------------------------------------------------- explain

#[test]
fn a_rule_is_explained_with_demands_limits_tests_and_words() {
    let run = explain("first-notice");
    let parts = [
        "Serves:\n  - `SC-NOTIFY-05`: ",
        "when done too late, `SC-NOTIFY-06`",
        "once the limit has passed; from the status `contained` on",
        "The clock starts: ",
        "What it reports, tried on the example organisation:",
        "The rule:\n    id: first-notice\n",
        "Its words:",
    ];
    says(&run, 0, &parts);
    assert!(!run.stdout.contains("tests:"), "{}", run.stdout);
    assert!(!run.stdout.contains(".md"), "{}", run.stdout);
}

#[test]
fn a_mechanism_of_the_program_is_explained_too() {
    let run = explain("missing-key");
    says(&run, 0, &["a mechanism of the program", "UX-AUTH-04"]);
}

#[test]
fn an_obligation_names_its_controls_and_rules() {
    for spelling in ["SC-NOTIFY-06", "sc-notify-06"] {
        let run = explain(spelling);
        let parts = [
            "SC-NOTIFY-06: ",
            "`ir-6-3`: IR-6(3)",
            "`first-notice`, when done too late",
        ];
        says(&run, 0, &parts);
    }
}

#[test]
fn a_control_is_known_in_every_common_spelling() {
    let run = explain("ir-6-3");
    says(
        &run,
        0,
        &["IR-6(3): ", "SC-NOTIFY-05: ", "`covers: [ir-6-3]`"],
    );
    for spelling in ["IR-6(3)", "ir-6.3", "IR-06(03)"] {
        assert_eq!(explain(spelling).stdout, run.stdout);
    }
}

#[test]
fn a_kind_of_record_and_its_keys_are_explained() {
    says(
        &explain("incident"),
        0,
        &["`incidents/<id>/incident.yaml`", "`commander` (always)"],
    );
    let run = explain("incident.parties.decision");
    says(&run, 0, &["Values:\n  - `notify`\n", "SC-NOTIFY-04"]);
    let marked = explain("incident.parties[corvid-id].decision");
    assert_eq!(marked.stdout, run.stdout);
}

#[test]
fn a_function_of_rules_is_explained_by_its_example() {
    let run = explain("holds");
    says(&run, 0, &["holds(person: text?", "= true"]);
    assert_eq!(explain("holds(person, role, at)").stdout, run.stdout);
}

#[test]
fn a_misspelt_subject_gets_a_hint() {
    let hints = [
        ("first-notise", "did you mean `first-notice`?"),
        ("sc-notify-5", "did you mean `SC-NOTIFY-05`?"),
        ("ir-6-33", "did you mean `ir-6-3`?"),
        ("incidnt", "did you mean `incident`?"),
        ("incidnt.parties", "did you mean `incident.parties`?"),
        (
            "incident.partis.decison",
            "did you mean `incident.parties.decision`?",
        ),
        (
            "qqqqqqqq",
            "`probity policy list` shows the names of all rules",
        ),
    ];
    for (subject, hint) in hints {
        fails(
            &explain(subject),
            &format!("error: `{subject}` is no rule"),
            hint,
        );
    }
}

#[test]
fn only_code_is_wider_than_the_terminal() {
    for subject in ["incident", "ir-6-3", "SC-NOTIFY-05", "limit"] {
        let run = explain(subject);
        for line in run.stdout.lines().filter(|line| !line.starts_with("    ")) {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

// ---------------------------------------------------------------- due

#[test]
fn duties_come_in_the_order_of_their_limits() {
    let fixture = larkfield();
    let run = probity(&fixture.root(), &["due", "--all", "--format", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let duties = report["duties"].as_array().unwrap();
    assert!(duties.len() > 10, "{duties:#?}");
    let limits: Vec<&str> = duties
        .iter()
        .map(|it| it["due"].as_str().unwrap())
        .collect();
    assert!(limits.is_sorted(), "{limits:?}");
    let first = &duties[0];
    assert_eq!(first["rule"], "trigger-evaluation");
    assert_eq!(first["id"], "INC-2025-0008");
    assert_eq!(
        first["arithmetic"],
        "since 2025-06-20T09:40:00Z + 4h = due 2025-06-20T13:40:00Z"
    );
}

#[test]
fn what_is_overdue_stands_first_and_the_window_hides_what_is_later() {
    let fixture = larkfield();
    let at = ["due", "--as-of", "2025-06-20T14:00:00Z", "--within", "1h"];
    let run = probity(&fixture.root(), &at);
    says(
        &run,
        0,
        &[
            "overdue as of 2025-06-20T14:00:00Z\n\n  20m ago",
            "1 overdue, 0 due soon",
        ],
    );
    let calendar = probity(
        &fixture.root(),
        &["due", "--within", "1d", "--format", "ics"],
    );
    says(
        &calendar,
        0,
        &["BEGIN:VCALENDAR\r\n", "DTSTART:20250620T134000Z\r\n"],
    );
    let wrong = probity(&fixture.root(), &["due", "--within", "soon"]);
    fails(&wrong, "soon", "8h or 14d");
}

// ---------------------------------------------------------------- who

#[test]
fn a_component_leads_to_those_behind_it() {
    let fixture = larkfield();
    let run = probity(&fixture.root(), &["who", "patient-portal/sso"]);
    let parts = [
        "corvid-id — ",
        "provides patient-portal/sso",
        "tessera-cloud — ",
        "  call  ",
    ];
    says(&run, 0, &parts);
    let json = probity(&fixture.root(), &["who", "corvid-id", "--format", "json"]);
    let answer: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(answer["parties"][0]["id"], "corvid-id");
}

#[test]
fn half_a_name_or_a_slip_gets_a_hint() {
    let fixture = larkfield();
    for (subject, hint) in [
        ("corvid", "did you mean `corvid-id`?"),
        ("patient-portl", "did you mean `patient-portal`?"),
    ] {
        let run = probity(&fixture.root(), &["who", subject]);
        fails(&run, &format!("`{subject}` is neither"), hint);
    }
}

// ---------------------------------------------------------------- policy

const PACK: &str = "kind: policy\nid: own\nrules:\n  - id: short-title\n    title: a title is short\n    \
    for: incident\n    require: size(record.title) > 12\n    at: [record.title]\n    \
    message: the title is short\n    tests:\n      - break: {in: INC-2025-0008, set: {title: Slow}}\n        \
    at: title\n      - keep: {in: INC-2025-0008, set: {title: Portal is slow}}\n";

#[test]
fn own_rules_are_listed_and_tried() {
    let fixture = larkfield();
    fixture.write("policies/own.yaml", PACK);
    says(
        &probity(&fixture.root(), &["policy", "list"]),
        0,
        &["\nshort-title  "],
    );
    let run = probity(&fixture.root(), &["policy", "test"]);
    says(&run, 0, &["2 tests, 0 failed\n"]);
    fixture.write(
        "policies/own.yaml",
        &PACK.replace("Slow}", "Slow enough now}"),
    );
    let run = probity(&fixture.root(), &["policy", "test"]);
    let told = "policies/own.yaml:11: short-title test 1: nothing is found";
    says(&run, 1, &[told, "2 tests, 1 failed\n"]);
}

#[test]
fn a_rule_that_is_switched_off_is_said_everywhere() {
    let fixture = larkfield();
    fixture.write("policies/own.yaml", &PACK.replace("> 12", "> 1000"));
    let adjust = "kind: policy\nid: adjust\nadjust:\n  - {rule: short-title, severity: \"off\", \
        why: Titles are read by nobody, by: freya}\n";
    fixture.write("policies/adjust.yaml", adjust);
    let said = "switched off: `short-title` in policies/adjust.yaml, by freya: Titles are read";
    for format in ["human", "concise"] {
        let run = probity(&fixture.root(), &["check", "--format", format]);
        says(&run, 0, &[said, "no findings"]);
    }
    let json = probity(&fixture.root(), &["check", "--format", "json"]);
    says(&json, 0, &["\"short-title\""]);
    let list = probity(&fixture.root(), &["policy", "list"]);
    says(
        &list,
        0,
        &["switched off in policies/adjust.yaml: Titles are read"],
    );
}

#[test]
fn a_mistake_in_an_expression_is_shown_where_it_stands() {
    let fixture = larkfield();
    fixture.write(
        "policies/own.yaml",
        &PACK.replace("record.title)", "record.titel)"),
    );
    let run = probity(&fixture.root(), &["check", "--format", "concise"]);
    let place = "policies/own.yaml:7:26: error[policy-expression]: ";
    says(&run, 1, &[place, "not evaluated: 1 check"]);
}
