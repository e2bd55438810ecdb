//! How far the times and persons that a finding quotes are proven, in every output.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod binary;
mod example;
mod fixture;
mod scene;

use scene::{DENIZ, LATE, MARA, Scene};
use serde_json::Value;

/// A rule that quotes a message, its sender and when a piece of evidence was taken.
const QUOTING: &str = r#"kind: policy
id: quoting
title: What is quoted
rules:
  - id: quoted-message
    title: a message is quoted
    for: incident
    each: record.outbound
    when: record.id == "INC-2025-0003" && it.id == "OUT-1"
    require: "false"
    severity: warning
    at: [it.purpose]
    message: "`{{ it.id }}` was sent at {{ it.at }} by {{ it.by }} for severity {{ record.severity }}"
    related:
      - {at: "record.evidence[0].captured_at", message: taken then}
    why: Only to try it.
"#;

fn quoting() -> Scene {
    let scene = Scene::new();
    scene.write("policies/quoting.yaml", QUOTING);
    scene.commit(MARA, LATE);
    scene
}

fn quotes(outcome: &Value) -> Vec<(String, String, String)> {
    let findings = outcome["findings"].as_array().unwrap();
    let found: Vec<&Value> = findings
        .iter()
        .filter(|it| it["rule"] == "quoted-message")
        .collect();
    assert_eq!(found.len(), 1, "{outcome:#}");
    let quotes = found[0]["quotes"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    quotes
        .map(|it| {
            let grade = text(&it["proof"]["grade"]);
            (text(&it["pointer"]), text(&it["value"]), grade)
        })
        .collect()
}

fn quote(pointer: &str, value: &str, grade: &str) -> (String, String, String) {
    (pointer.to_owned(), value.to_owned(), grade.to_owned())
}

#[test]
fn a_receipt_proves_a_message_and_a_commit_what_it_brought() {
    let scene = quoting();
    let sent = "2025-05-06T09:20:00Z";
    let taken = "2025-05-06T09:25:00Z";
    let expected = |of_message, of_evidence| {
        vec![
            quote("/outbound/0/at", sent, of_message),
            quote("/outbound/0/by", "tomas", of_message),
            quote("/evidence/0/captured_at", taken, of_evidence),
        ]
    };
    let outcome = scene.check();
    assert_eq!(
        quotes(&outcome),
        expected("receipt", "first-seen-in-commit")
    );
    let proof = &outcome["findings"][0]["quotes"][0]["proof"];
    let words = proof["words"].as_str().unwrap();
    assert!(words.starts_with("receipt `E-1`, digest verified; first seen in commit "));
    assert!(words.ends_with(" by tomas"), "{words}");
    assert_eq!(proof["by"], "tomas");

    // A receipt that was changed proves nothing; the other one of the message still does.
    let log = "incidents/INC-2025-0003/evidence/out-1-portal.log";
    let whole = scene.text(log);
    scene.write(log, "another log\n");
    let words = scene.check()["findings"][0]["quotes"][0]["proof"]["words"].clone();
    assert!(
        words.as_str().unwrap().starts_with("receipt `E-2`"),
        "{words}"
    );
    scene.write(log, &whole);

    // What is not committed as it stands is asserted, whatever the record was before.
    let file = "incidents/INC-2025-0003/incident.yaml";
    scene.edit(
        file,
        "captured_at: 2025-05-06T09:25:00Z",
        "captured_at: 2025-05-06T09:26:00Z",
    );
    let mut changed = expected("receipt", "asserted");
    changed[2].1 = "2025-05-06T09:26:00Z".to_owned();
    assert_eq!(quotes(&scene.check()), changed);
}

#[test]
fn without_history_nothing_is_made_up() {
    let scene = quoting();
    let run = scene.run(&["check", "--no-history", "--format", "json"]);
    let outcome: Value = serde_json::from_str(&run.stdout).unwrap();
    let grades: Vec<String> = quotes(&outcome).into_iter().map(|it| it.2).collect();
    assert_eq!(grades, ["receipt", "receipt", "not-examined"]);
    let shallow = scene.root.with_file_name("shallow");
    let url = format!("file://{}", scene.root.display());
    let to = shallow.to_str().unwrap();
    scene.git(MARA, LATE, &["clone", "--quiet", "--depth", "1", &url, to]);
    let run = binary::probity_as_is(&shallow, &["check", "--format", "json"], &[]);
    let outcome: Value = serde_json::from_str(&run.stdout).unwrap();
    let grades: Vec<String> = quotes(&outcome).into_iter().map(|it| it.2).collect();
    assert_eq!(grades, ["receipt", "receipt", "not-examined"]);
}

#[test]
fn every_output_of_a_check_says_it() {
    let scene = quoting();
    for format in [
        "human",
        "concise",
        "json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjson",
    ] {
        let run = scene.run(&["check", "--format", format]);
        let text = run.stdout.replace("\n  │ ", " ").replace('\n', " ");
        assert!(text.contains("digest verified"), "{format}: {}", run.stdout);
        assert!(
            text.contains("first seen in commit"),
            "{format}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_message_that_names_the_commit_does_not_say_it_twice() {
    let scene = Scene::new();
    let approval = "outcome: draft
    approvals:
      - {role: ir-lead, by: deniz, at: 2025-06-20T11:45:00Z, how: commit}";
    scene.edit(scene::INCIDENT, "outcome: draft", approval);
    scene.commit(MARA, LATE);
    let run = scene.run(&["check", "--format", "concise"]);
    let line = run.stdout.lines().next().unwrap();
    assert!(line.contains("borrowed-approval"), "{line}");
    assert!(!line.contains("first seen"), "{line}");
    let quotes = scene.check()["findings"][0]["quotes"].clone();
    assert_eq!(quotes[0]["value"], "deniz");
    assert_eq!(quotes[0]["proof"]["by"], "mara");
}

#[test]
fn a_key_says_who_made_a_commit_whatever_address_was_typed() {
    let scene = Scene::new();
    let Some(key) = scene.key("mara") else {
        return;
    };
    let people = "registry/people.yaml";
    scene.edit(people, "mara@larkfield.example", &format!("\"{}\"", key.1));
    scene.commit(MARA, "2025-06-20T11:40:00Z");
    // Nobody is registered under the address any more.
    assert_eq!(
        scene
            .found()
            .iter()
            .filter(|it| *it == "unknown-author")
            .count(),
        1
    );

    // Somebody types the address of the approver, and signs with a key of their own.
    let scene = Scene::new();
    let Some(key) = scene.key("mara") else {
        return;
    };
    let people = scene.text(people);
    let with_key = people.replacen(
        "mara@larkfield.example",
        &format!("mara@larkfield.example, \"{}\"", key.1),
        1,
    );
    scene.write("registry/people.yaml", &with_key);
    scene.commit(MARA, "2025-06-20T11:40:00Z");
    let approval = "outcome: draft
    approvals:
      - {role: ir-lead, by: deniz, at: 2025-06-20T11:45:00Z, how: commit}";
    scene.edit(scene::INCIDENT, "outcome: draft", approval);
    scene.commit_signed(DENIZ, LATE, &key.0);
    assert_eq!(scene.found(), ["borrowed-approval"]);
}
