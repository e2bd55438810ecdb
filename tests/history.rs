//! `probity history` on the example's own commits.

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

use scene::{DENIZ, INCIDENT, LATE, MARA, Scene};

use binary::{probity, probity_as_is};

fn told(arguments: &[&str]) -> (i32, String) {
    let folder = example::repository();
    let run = probity(&folder.path().join("larkfield"), arguments);
    (run.code, run.stdout + &run.stderr)
}

#[test]
fn a_status_is_told_step_by_step() {
    let (code, text) = told(&["history", "INC-2025-0005", "status"]);
    assert_eq!(code, 0);
    let steps: Vec<&str> = text
        .lines()
        .filter(|it| it.contains("->"))
        .map(str::trim)
        .collect();
    assert_eq!(
        steps,
        ["status: open -> contained", "status: contained -> closed"]
    );
    assert!(text.contains("git proves content and order, not time"));
}

#[test]
fn an_approval_by_commit_is_told_from_draft_to_sent() {
    let (_, text) = told(&["history", "INC-2025-0003#OUT-1", "--format", "json"]);
    let chapters: serde_json::Value = serde_json::from_str(&text).unwrap();
    let commits = chapters[0]["commits"].as_array().unwrap();
    let by: Vec<&str> = commits
        .iter()
        .map(|it| it["by"].as_str().unwrap())
        .collect();
    assert_eq!(by[by.len() - 3..], ["mara", "ines", "tomas"]);
    let last = commits.last().unwrap()["changes"].as_array().unwrap();
    let outcome = last
        .iter()
        .find(|it| it["path"] == "outbound[OUT-1].outcome")
        .unwrap();
    assert_eq!(outcome["from"], "draft");
    assert_eq!(outcome["to"], "delivered");
    assert!(
        commits
            .iter()
            .all(|it| it["proof"] == "first seen in commit")
    );
}

#[test]
fn the_times_of_a_duty_have_the_grade_of_their_proof() {
    let folder = example::repository();
    let root = folder.path().join("larkfield");
    let file = root.join("incidents/INC-2025-0006/incident.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let report = text.split("report_out:").nth(1).unwrap();
    let at = report.split("at: ").nth(1).unwrap().lines().next().unwrap();
    let late = text.replacen(&format!("  at: {at}"), "  at: 2025-04-29T15:00:01Z", 1);
    assert_ne!(late, text);
    std::fs::write(&file, late).unwrap();
    let duty = |arguments: &[&str]| -> serde_json::Value {
        let as_of = ["--as-of", "2025-06-20T12:00:00Z", "--format", "json"];
        let run = probity_as_is(&root, &[&["check"][..], arguments, &as_of].concat(), &[]);
        let outcome: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = outcome["findings"].as_array().unwrap();
        let found = findings.iter().find(|it| it["rule"] == "no-report-out");
        found.unwrap()["duty"].clone()
    };
    let told = duty(&[]);
    assert_eq!(told["since_proof"]["grade"], "first-seen-in-commit");
    assert_eq!(told["since_proof"]["by"], "mara");
    assert_eq!(told["since_proof"]["at"], "2025-04-22T15:10:00Z");
    assert_eq!(told["done_proof"]["grade"], "asserted");
    assert_eq!(told["done_proof"]["commit"], serde_json::Value::Null);
    // Nobody looked, and that is said.
    let silent = duty(&["--no-history"]);
    assert_eq!(silent["since_proof"]["grade"], "not-examined");
    assert_eq!(silent["done_proof"]["grade"], "not-examined");
}

#[test]
fn what_is_not_to_be_shown_is_not_shown() {
    let (_, text) = told(&["history", "corvid-id", "--format", "markdown"]);
    assert!(
        text.contains("contacts\\[duty\\].reach: ••• -&gt; •••"),
        "{text}"
    );
    assert!(!text.contains("corvid-id.example"));
}

#[test]
fn what_a_scan_finds_is_not_shown_whenever_it_stood() {
    let scene = Scene::new();
    let key = format!("AKIA{}", "QWERTYUIOPASDFGH");
    let line = format!("timeline:\n  - at: 2025-06-20T11:45:00Z\n    what: Found {key} in a log");
    scene.edit(INCIDENT, "timeline:", &line);
    scene.commit(DENIZ, "2025-06-20T11:48:00Z");
    scene.edit(
        INCIDENT,
        &format!("what: Found {key} in a log"),
        "what: Found a key in a log",
    );
    scene.commit(DENIZ, LATE);
    for format in ["human", "json", "markdown"] {
        let run = scene.run(&["history", "INC-2025-0009", "--format", format]);
        assert!(run.stdout.contains("Found ••• in a log"), "{}", run.stdout);
        assert!(!run.stdout.contains(&key), "{}", run.stdout);
    }
}

#[test]
fn the_log_of_the_registries_keeps_to_its_period() {
    let (_, text) = told(&["history", "--period", "2025-06", "--format", "json"]);
    let chapters: serde_json::Value = serde_json::from_str(&text).unwrap();
    let chapters = chapters.as_array().unwrap();
    let of = |id: &str| {
        let chapter = chapters.iter().find(|it| it["id"] == id).unwrap();
        chapter["commits"].as_array().unwrap().len()
    };
    assert_ne!(of("corvid-id"), 0);
    assert_eq!(of("brightpost"), 0);
    for chapter in chapters {
        for commit in chapter["commits"].as_array().unwrap() {
            assert!(commit["at"].as_str().unwrap().starts_with("2025-06"));
        }
        assert_ne!(chapter["kind"], "incident");
    }
    // Who was not changed is named.
    let (_, text) = told(&["history", "--period", "2025-06"]);
    let line = text
        .lines()
        .find(|it| it.starts_with("Nobody changed"))
        .unwrap();
    assert!(line.contains("brightpost"), "{line}");
    assert!(!line.contains("corvid-id"), "{line}");
    let (_, text) = told(&["history", "brightpost", "--period", "2025-06"]);
    assert!(text.starts_with("Nothing was changed there."), "{text}");
}

#[test]
fn a_record_that_moved_keeps_its_story_when_another_one_takes_its_place() {
    let scene = Scene::new();
    let (old, new) = ("exceptions/RA-2025-002.yaml", "exceptions/moved.yaml");
    let first = "exceptions/RA-2025-001.yaml";
    let commits = |id: &str| -> Vec<(String, String)> {
        let run = scene.run(&["history", id, "--format", "json"]);
        let chapters: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let commits = chapters[0]["commits"].as_array().unwrap().clone();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let told = commits
            .iter()
            .map(|it| (text(&it["commit"]), text(&it["what"])));
        told.collect()
    };
    let before = (commits("RA-2025-001"), commits("RA-2025-002"));
    // The second moves away, the first takes its place, both in one commit.
    scene.git(MARA, LATE, &["mv", old, new]);
    scene.git(MARA, LATE, &["mv", first, old]);
    scene.commit(MARA, LATE);
    assert_eq!((commits("RA-2025-001"), commits("RA-2025-002")), before);
    // What the one becomes later is not told of the other.
    scene.edit(old, "rationale:", "compensating_notes: none\nrationale:");
    scene.commit(MARA, LATE);
    assert_eq!(commits("RA-2025-001").len(), before.0.len() + 1);
    assert_eq!(commits("RA-2025-002"), before.1);
    // Nothing vanished, and no id was changed.
    let found = scene.found();
    for rule in ["vanished", "changed-id"] {
        assert!(!found.contains(&rule.to_owned()), "{found:?}");
    }
}

#[test]
fn two_records_that_change_places_keep_their_stories() {
    let scene = Scene::new();
    let (one, other) = ("incidents/INC-2025-0001", "incidents/INC-2025-0005");
    let (ours, theirs) = (
        scene.text(&format!("{one}/incident.yaml")),
        scene.text(&format!("{other}/incident.yaml")),
    );
    scene.write(&format!("{one}/incident.yaml"), &theirs);
    scene.write(&format!("{other}/incident.yaml"), &ours);
    scene.commit(MARA, LATE);
    let found = scene.found();
    for rule in [
        "changed-after-closure",
        "vanished",
        "changed-id",
        "late-entry",
    ] {
        assert!(!found.contains(&rule.to_owned()), "{rule}: {found:?}");
    }
}

#[test]
fn what_cannot_be_told_is_said_with_what_to_do() {
    let (code, text) = told(&["history", "INC-2025-0999"]);
    assert_eq!(code, 2);
    assert!(
        text.contains("there is no record `INC-2025-0999`"),
        "{text}"
    );
    let (code, text) = told(&["history", "INC-2025-0003#OUT-99"]);
    assert_eq!(code, 2);
    assert!(text.contains("has no element `OUT-99`"), "{text}");

    let plain = tempfile::tempdir().unwrap();
    example::copy("larkfield", plain.path());
    let run = probity(plain.path(), &["history", "people"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("git init"), "{}", run.stderr);
}
