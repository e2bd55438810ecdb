//! `probity report pr`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::example;
use crate::paper::*;

const SINCE: &[&str] = &["pr", "--base", "HEAD~6"];
const NOW: &[&str] = &["pr", "--base", "HEAD"];
const NINTH: &str = "incidents/INC-2025-0009/incident.yaml";

struct Repository {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

fn repository() -> Repository {
    let folder = example::repository();
    let root = folder.path().join("larkfield");
    Repository {
        _folder: folder,
        root,
    }
}

#[test]
fn the_report_on_a_change_of_the_example_is_as_expected() {
    let at = repository();
    assert_expected(&at.root, SINCE, "pr");
    assert_fits("report-pr.json", &model(&at.root, SINCE));
    assert_sound(&report(&at.root, SINCE, "html"));
    assert_same_in_all(&at.root, SINCE);
}

#[test]
fn a_draft_names_those_who_must_still_approve_it() {
    let at = repository();
    let text = report(&at.root, SINCE, "markdown");
    // Of class partner-shareable: `share-partner` asks for both.
    let row = text
        .lines()
        .find(|it| it.contains("draft, not sent"))
        .unwrap();
    assert!(
        row.contains("ir-lead (mara, deniz); legal-counsel (ines, nils)"),
        "{row}"
    );
    let counts = &model(&at.root, SINCE)["counts"];
    assert_eq!(counts["unapproved_messages"], json!(1));
    assert_eq!(counts["pending_duties"], json!(3));
    // With the one approval the other is left.
    rewrite(&at.root, NINTH, |text| {
        let draft = text.find("  - id: OUT-3").unwrap();
        let (before, after) = text.split_at(draft);
        let approval = "    outcome: draft\n    approvals:\n      - role: ir-lead\n        by: mara\n        at: 2025-06-20T11:00:00Z\n        how: commit\n";
        format!(
            "{before}{}",
            after.replacen("    outcome: draft\n", approval, 1)
        )
    });
    let text = report(&at.root, NOW, "markdown");
    let row = text
        .lines()
        .find(|it| it.contains("draft, not sent"))
        .unwrap();
    assert!(
        row.contains("| legal-counsel (ines, nils) | mara as ir-lead |"),
        "{row}"
    );
    assert!(text.contains("mara approves OUT-3 as ir-lead"));
}

#[test]
fn what_the_change_breaks_mends_and_silences_is_told() {
    let at = repository();
    fs::create_dir_all(at.root.join("policies")).unwrap();
    fs::write(
        at.root.join("policies/own.yaml"),
        "kind: policy\nid: own\nadjust:\n  - rule: missing-review\n    severity: \"off\"\n    why: We review such incidents in another place\n    by: hugo\n",
    )
    .unwrap();
    fs::remove_file(at.root.join("exceptions/RA-2025-001.yaml")).unwrap();
    rewrite(&at.root, NINTH, |text| {
        text.replacen("severity: medium", "severity: tremendous", 1)
    });
    let json = model(&at.root, NOW);
    assert_fits("report-pr.json", &json);
    assert_eq!(json["change"]["has_new_errors"], json!(true));
    assert_eq!(json["counts"]["removed_records"], json!(1));
    assert_eq!(json["counts"]["altered_files"], serde_json::Value::Null);
    assert_eq!(json["change"]["altered_files"], json!(3));
    let text = report(&at.root, NOW, "markdown");
    assert!(text.starts_with("## This change brings errors\n"));
    assert!(text.contains("its severity goes from medium to tremendous"));
    assert!(text.contains("| RA-2025-001 | the exception is removed |"));
    assert_whole_tables(&text);
}

/// Switches a rule off in the records on disk.
fn silence(root: &Path) {
    fs::create_dir_all(root.join("policies")).unwrap();
    fs::write(
        root.join("policies/own.yaml"),
        "kind: policy\nid: own\nadjust:\n  - rule: changed-evidence\n    severity: \"off\"\n    why: Files are compared elsewhere for now\n    by: hugo\n",
    )
    .unwrap();
}

#[test]
fn rules_from_the_base_are_named_and_what_they_set_aside() {
    let at = repository();
    silence(&at.root);
    let pinned = &[NOW, &["--policies-from", "HEAD"]].concat();
    // It is a rule that this change would switch off, once it is merged.
    assert_eq!(
        model(&at.root, pinned)["counts"]["silenced_rules"],
        json!(1)
    );
    let text = report(&at.root, pinned, "markdown");
    assert!(text.contains("those of HEAD ("), "{text}");
    let (_, apart) = text.split_once("because HEAD decides").unwrap();
    assert!(
        apart.contains("| rule switched off | `changed-evidence` |"),
        "{text}"
    );
    assert_sound(&report(&at.root, pinned, "html"));
}

#[test]
fn a_rule_that_is_switched_off_is_told() {
    let at = repository();
    silence(&at.root);
    let json = model(&at.root, NOW);
    assert_eq!(json["counts"]["silenced_rules"], json!(1), "{json}");
    let text = report(&at.root, NOW, "markdown");
    assert!(
        text.contains("| rule switched off | `changed-evidence` |"),
        "{text}"
    );
}

/// A change that switches a rule off and breaks it at once: with the packs of the base it does not
/// pass unseen.
#[test]
fn a_change_is_told_by_the_policies_of_the_base() {
    let at = repository();
    fs::create_dir_all(at.root.join("policies")).unwrap();
    fs::write(
        at.root.join("policies/own.yaml"),
        "kind: policy\nid: own\nadjust:\n  - rule: unknown-term\n    severity: \"off\"\n    why: Nobody reads it here any more\n    by: hugo\n",
    )
    .unwrap();
    rewrite(&at.root, NINTH, |text| {
        text.replacen("severity: medium", "severity: tremendous", 1)
    });
    let is_told = |arguments: &[&str]| {
        let json = model(&at.root, arguments);
        let new = list(&json["findings"]).any(|it| it["rule"] == "unknown-term");
        (new, json["change"]["has_new_errors"].clone())
    };
    assert_eq!(is_told(NOW), (false, json!(false)));
    let pinned = [NOW, &["--policies-from", "HEAD"]].concat();
    assert_eq!(is_told(&pinned), (true, json!(true)));
    let text = report(&at.root, &pinned, "markdown");
    assert!(text.starts_with("## This change brings errors\n"), "{text}");
    let wrong = [NOW, &["--policies-from", "no-such-branch"]].concat();
    let run = ran(&at.root, &wrong, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("no-such-branch"), "{}", run.stderr);
}

#[test]
fn values_that_check_masks_are_masked() {
    let at = repository();
    let file = "registry/third-parties/tessera-cloud.yaml";
    let text = fs::read_to_string(at.root.join(file)).unwrap();
    let reach = text
        .lines()
        .find(|it| it.contains("reach:"))
        .unwrap()
        .to_owned();
    let secret = "+44 20 7946 0999";
    rewrite(&at.root, file, |text| {
        text.replacen(&reach, &format!("    reach: \"{secret}\""), 1)
    });
    for (format, _) in FORMATS {
        let text = report(&at.root, NOW, format);
        assert!(!text.contains(secret), "{format}");
        assert!(text.contains("•••"), "{format}");
    }
}

#[test]
fn a_comment_is_never_too_long_and_says_what_was_cut() {
    let at = repository();
    let mut messages = String::from("outbound:\n");
    for number in 1000..1300 {
        let _ = writeln!(
            messages,
            "  - id: OUT-{number}\n    type: update\n    at: 2025-06-19T14:00:00Z\n    by: nobody{number}\n    to: {{party: unknown{number}}}\n    channel: \"<script>alert(1)</script> | `x` =cmd() \\e[31m 事件 حادثة \\n# Forged\"\n    outcome: delivered"
        );
    }
    rewrite(&at.root, NINTH, |text| {
        text.replace("outbound:\n", &messages)
    });
    let text = report(&at.root, NOW, "markdown");
    assert!(text.chars().count() <= 65_536, "{}", text.chars().count());
    assert!(text.contains("rows, because a comment holds no more"));
    assert_whole_tables(&text);
    assert!(!text.replace("\\<", "").contains("<script"));
    assert!(!text.lines().any(|line| line == "# Forged"));
    assert!(text.contains("事件"));
    // The other formats are whole.
    assert_sound(&report(&at.root, NOW, "html"));
    let json = model(&at.root, NOW);
    let new = list(&json["findings"]).filter(|it| it["change"] == "new");
    assert_eq!(json!(new.count()), json["counts"]["new"]);
    assert!(json["counts"]["new"].as_u64().unwrap() > 300);
}

#[test]
fn nothing_changed_is_said_so() {
    let at = repository();
    let text = report(&at.root, NOW, "markdown");
    assert!(
        text.contains("**Record by record**: No record is touched."),
        "{text}"
    );
}

#[test]
fn links_are_relative_or_begin_as_asked() {
    let at = repository();
    let text = report(&at.root, SINCE, "markdown");
    assert!(text.contains("](incidents/INC-2025-0009/incident.yaml#L"));
    let base = [
        SINCE,
        &["--link-base", "https://code.example/o/r/blob/abc/"],
    ]
    .concat();
    let text = report(&at.root, &base, "markdown");
    assert!(
        text.contains(
            "](https://code.example/o/r/blob/abc/incidents/INC-2025-0009/incident.yaml#L"
        )
    );
}

#[test]
fn bad_input_is_told() {
    let at = repository();
    let run = ran(&at.root, &["pr"], &[]);
    assert_eq!(run.code, 2);
    let run = ran(&at.root, &["pr", "--base", "no-such-branch"], &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert_unwritable(&at.root, SINCE);
    assert_template(&at.root, SINCE, "pr");
    let plain = larkfield();
    assert_eq!(ran(Path::new(plain.path()), SINCE, &[]).code, 2);
}
