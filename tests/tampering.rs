//! The table of `docs/history.md`: deeds against the example's own history, made with git itself,
//! and what the check says to each.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, and the files it tampers with"
)]

mod binary;
mod example;
mod fixture;
mod scene;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use binary::probity_as_is;
use scene::{DENIZ, INCIDENT, LATE, MARA, Scene, text};

const APPROVAL: &str = "outcome: draft
    approvals:
      - {role: ir-lead, by: deniz, at: 2025-06-20T11:45:00Z, how: commit}";

#[test]
fn the_history_of_the_example_is_clean() {
    assert_eq!(Scene::new().found(), [""; 0]);
}

#[test]
fn an_entry_that_somebody_else_writes_for_the_approver() {
    let scene = Scene::new();
    scene.edit(INCIDENT, "outcome: draft", APPROVAL);
    scene.commit(MARA, LATE);
    assert_eq!(scene.found(), ["borrowed-approval"]);
}

#[test]
fn an_author_who_is_made_up_is_believed_until_signatures_are_asked_for() {
    let scene = Scene::new();
    scene.edit(INCIDENT, "outcome: draft", APPROVAL);
    scene.commit(DENIZ, LATE);
    assert_eq!(scene.found(), [""; 0]);

    let scene = Scene::new();
    let demand = "tolerance: 15m\n  require_signed: [incidents/*]";
    scene.edit("program.yaml", "tolerance: 15m", demand);
    scene.commit(MARA, "2025-06-20T11:40:00Z");
    scene.edit(INCIDENT, "outcome: draft", APPROVAL);
    scene.commit(DENIZ, LATE);
    assert_eq!(scene.found(), ["unsigned-change"]);
}

const DECISION: &str = "decisions:
  - id: D-9
    at: 2025-06-15T10:00:00Z
    what: Keep the release out
    by: deniz
    why: It has not been explained
    affects: ours
    alone_because: Quillworks does not answer
";

#[test]
fn an_entry_dated_back_by_days() {
    let scene = Scene::new();
    let file = "incidents/INC-2025-0007/incident.yaml";
    scene.edit(file, "decisions:\n", DECISION);
    scene.commit(DENIZ, LATE);
    assert_eq!(scene.found(), ["late-entry"]);
}

#[test]
fn a_commit_dated_back_along_with_its_entry() {
    let scene = Scene::new();
    let file = "incidents/INC-2025-0007/incident.yaml";
    scene.edit(file, "decisions:\n", DECISION);
    scene.commit(DENIZ, "2025-06-15T11:00:00Z");
    assert_eq!(scene.found(), ["implausible-commit-time"]);
}

#[test]
fn a_package_changed_after_it_was_sent() {
    let scene = Scene::new();
    let file = "incidents/INC-2025-0007/packages/PKG-1.yaml";
    scene.edit(file, "unknown host", "host of its own");
    scene.commit(DENIZ, LATE);
    assert_eq!(scene.found(), ["package-changed"]);
}

#[test]
fn evidence_exchanged_with_its_checksum() {
    let scene = Scene::new();
    let folder = "incidents/INC-2025-0009";
    let path = scene.root.join(folder).join("evidence/ticket-ir-68.txt");
    let old = digest(&text(&path));
    fs::write(&path, "Ticket IR-68 of INC-2025-0009, another one\n").unwrap();
    scene.edit(INCIDENT, &old, &digest(&text(&path)));
    scene.commit(DENIZ, LATE);
    assert_eq!(scene.found(), ["replaced-evidence"]);
}

fn digest(text: &str) -> String {
    let mut examination = probity::evidence::Examination::default();
    examination.take(text.as_bytes());
    examination.finish().hexadecimal()
}

#[test]
fn a_closed_incident_that_is_changed() {
    let scene = Scene::new();
    let file = "incidents/INC-2025-0005/incident.yaml";
    let title = text(&scene.root.join(file));
    let title = title.lines().find(|it| it.starts_with("title: ")).unwrap();
    scene.edit(file, title, "title: Another story");
    scene.commit(MARA, LATE);
    assert_eq!(scene.found(), ["changed-after-closure"]);
}

#[test]
fn a_record_that_is_deleted_and_brought_back() {
    let scene = Scene::new();
    let file = "exceptions/RA-2025-002.yaml";
    let path = scene.root.join(file);
    let record = text(&path);
    fs::remove_file(&path).unwrap();
    scene.commit(MARA, "2025-06-20T11:40:00Z");
    assert!(scene.found().contains(&"vanished".to_owned()));
    fs::write(&path, record).unwrap();
    scene.commit(MARA, LATE);
    assert_eq!(scene.found(), [""; 0]);
}

#[test]
fn a_branch_without_its_last_commits_misses_the_anchor() {
    let scene = Scene::new();
    let head = fs::read_to_string(scene.root.join(".git/refs/heads/main")).unwrap();
    scene.git(MARA, LATE, &["reset", "--quiet", "--hard", "HEAD~1"]);
    let anchor = format!(
        "tolerance: 15m\n  anchors:\n    - {{report: 2025-Q2, head: {}}}",
        head.trim()
    );
    scene.edit("program.yaml", "tolerance: 15m", &anchor);
    scene.commit(MARA, LATE);
    assert_eq!(scene.found(), ["rewritten-history"]);
}

#[test]
fn a_branch_that_only_grew_holds_its_anchor() {
    let scene = Scene::new();
    let head = fs::read_to_string(scene.root.join(".git/refs/heads/main")).unwrap();
    let anchor = format!(
        "tolerance: 15m\n  anchors:\n    - {{report: 2025-Q2, head: {}}}",
        head.trim()
    );
    scene.edit("program.yaml", "tolerance: 15m", &anchor);
    scene.commit(MARA, LATE);
    assert_eq!(scene.found(), [""; 0]);
}

#[test]
fn a_squashed_branch_misses_the_anchor_and_its_entries_come_late() {
    let scene = Scene::new();
    let head = fs::read_to_string(scene.root.join(".git/refs/heads/main")).unwrap();
    scene.git(MARA, LATE, &["checkout", "--quiet", "--orphan", "squashed"]);
    let anchor = format!(
        "tolerance: 15m\n  anchors:\n    - {{report: 2025-Q2, head: {}}}",
        head.trim()
    );
    scene.edit("program.yaml", "tolerance: 15m", &anchor);
    scene.commit(MARA, LATE);
    let found = scene.found();
    for rule in ["rewritten-history", "late-entry", "borrowed-approval"] {
        assert!(found.contains(&rule.to_owned()), "{rule}: {found:?}");
    }
    // What came with its evaluation was not added after it.
    assert!(!found.contains(&"scope-grown".to_owned()), "{found:?}");
}

#[test]
fn a_commit_picked_by_somebody_else_keeps_its_author() {
    let scene = Scene::new();
    scene.git(DENIZ, LATE, &["checkout", "--quiet", "-b", "side"]);
    scene.edit(INCIDENT, "outcome: draft", APPROVAL);
    scene.commit(DENIZ, LATE);
    scene.git(MARA, LATE, &["checkout", "--quiet", "main"]);
    // The author of a picked commit is the one it had.
    let mut command = Command::new("git");
    command
        .current_dir(&scene.root)
        .args(["cherry-pick", "side"]);
    for (key, value) in [("NAME", "Mara Voss"), ("EMAIL", "mara@larkfield.example")] {
        command.env(format!("GIT_COMMITTER_{key}"), value);
    }
    command.env("GIT_COMMITTER_DATE", LATE);
    assert!(command.output().unwrap().status.success());
    assert_eq!(scene.found(), [""; 0]);
}

/// The rules of the pack about history, but for the one that says there is none.
fn history_rules() -> Vec<&'static str> {
    const PACK: &str = include_str!("../policies/history.yaml");
    let names = PACK.lines().filter_map(|it| it.strip_prefix("  - id: "));
    let names: Vec<&str> = names.filter(|it| *it != "untold-history").collect();
    assert!(names.len() > 25, "{names:?}");
    names
}

#[test]
fn a_shallow_clone_is_told_and_nothing_of_it_passes() {
    let scene = Scene::new();
    scene.edit(INCIDENT, "outcome: draft", APPROVAL);
    scene.commit(MARA, LATE);
    let clone = scene.root.with_file_name("shallow");
    let url = format!("file://{}", scene.root.display());
    let to = clone.to_str().unwrap();
    scene.git(MARA, LATE, &["clone", "--quiet", "--depth", "1", &url, to]);
    let run = probity_as_is(&clone, &["check", "--format", "json"], &[]);
    let outcome: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = outcome["findings"].as_array().unwrap();
    let rules: Vec<&str> = findings
        .iter()
        .map(|it| it["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["untold-history"]);
    // What passes or fails in a shallow clone does so in the whole one; what needs the history is
    // not evaluated there.
    let whole = scene.check();
    let needs: Vec<&str> = history_rules();
    let tally = |outcome: &serde_json::Value| -> BTreeMap<String, [u64; 4]> {
        let rules = outcome["summary"]["rules"].as_array().unwrap();
        let count = |rule: &serde_json::Value| {
            let counts = ["pass", "fail", "not_applicable", "not_evaluated"];
            counts.map(|key| rule[key].as_u64().unwrap())
        };
        let name = |rule: &serde_json::Value| rule["rule"].as_str().unwrap().to_owned();
        rules.iter().map(|it| (name(it), count(it))).collect()
    };
    let (whole, shallow) = (tally(&whole), tally(&outcome));
    for (rule, [pass, fail, applicable, unknown]) in whole {
        let there = shallow[&rule];
        if rule == "untold-history" {
            assert_eq!((pass, there[1]), (1, 1));
        } else if needs.contains(&rule.as_str()) {
            assert!(there[0] <= pass, "{rule}: {there:?}");
            // Nothing that was judged by the history passes without it.
            let judged = pass + fail;
            let lost = there[3].saturating_sub(unknown);
            assert!(judged == 0 || lost > 0, "{rule}: {there:?}");
            assert_eq!(there[1], 0, "{rule}");
        } else {
            assert_eq!(there, [pass, fail, applicable, unknown], "{rule}");
        }
    }
}
