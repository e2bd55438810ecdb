//! `probity report incident`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::example;
use crate::paper::*;

const THIRD: &[&str] = &["incident", "INC-2025-0003"];
const NINTH: &[&str] = &["incident", "INC-2025-0009"];
const FILE: &str = "incidents/INC-2025-0009/incident.yaml";

#[test]
fn the_file_on_an_incident_of_the_example_is_as_expected() {
    let folder = example::repository();
    assert_expected(&folder.path().join("larkfield"), THIRD, "incident");
}

#[test]
fn the_json_fits_its_schema() {
    let folder = larkfield();
    for arguments in [THIRD, NINTH, &["incident", "INC-2025-0008"]] {
        assert_fits("report-incident.json", &model(folder.path(), arguments));
    }
}

#[test]
fn every_row_stands_in_every_format() {
    let folder = larkfield();
    assert_same_in_all(folder.path(), THIRD);
    assert_same_in_all(folder.path(), NINTH);
}

/// Counted by hand in the record.
#[test]
fn what_is_counted_is_what_the_record_holds() {
    let folder = larkfield();
    let third = model(folder.path(), THIRD);
    for (key, count) in [
        ("messages", 7),
        ("drafts", 0),
        ("replies", 4),
        ("sessions", 1),
        ("packages", 4),
        // Two of the twenty are kept outside.
        ("evidence", 20),
        ("verified", 18),
        ("weaknesses", 2),
        ("open_weaknesses", 2),
        ("findings", 0),
    ] {
        assert_eq!(third["counts"][key], json!(count), "{key}");
    }
    assert_eq!(model(folder.path(), NINTH)["counts"]["drafts"], json!(1));
}

#[test]
fn the_versions_of_a_package_are_told_apart() {
    let folder = larkfield();
    let third = model(folder.path(), THIRD);
    let table = table(
        &third,
        "differences-pkg-1-pkg-2-incidents-inc-2025-0003-packages-pkg-2-yaml",
    );
    let row = |key: &str| {
        let mut rows = list(&table["rows"]);
        rows.find(|row| row["cells"][0][0]["text"] == key).cloned()
    };
    // The third address is new; the two others are in both.
    assert_eq!(row("iocs").unwrap()["cells"][2][0]["text"], "192.0.2.77");
    assert_eq!(row("iocs").unwrap()["cells"][1][0]["text"], "");
    assert!(row("facts_as_of").is_some());
    assert!(row("incident").is_none() && row("id").is_none());
}

#[test]
fn evidence_that_was_changed_or_is_gone_is_not_called_verified() {
    let folder = larkfield();
    let evidence = folder.path().join("incidents/INC-2025-0003/evidence");
    std::fs::write(evidence.join("out-2.eml"), "another\n").unwrap();
    std::fs::remove_file(evidence.join("key-rotation.txt")).unwrap();
    let third = model(folder.path(), THIRD);
    assert_eq!(third["counts"]["verified"], json!(16));
    let states: Vec<&str> = list(&table(&third, "evidence")["rows"])
        .map(|row| row["cells"][5][0]["text"].as_str().unwrap())
        .collect();
    let count = |what: &str| states.iter().filter(|it| it.contains(what)).count();
    assert_eq!(count("the file is another"), 1);
    assert_eq!(count("no such file"), 1);
    assert_eq!(count("outside the repository"), 2);
}

#[test]
fn an_approval_that_came_after_the_message_is_marked() {
    let folder = larkfield();
    let file = "incidents/INC-2025-0001/incident.yaml";
    rewrite(folder.path(), file, |text| {
        text.replace("at: 2025-02-10T13:20:00Z", "at: 2025-02-10T15:20:00Z")
    });
    let text = report(folder.path(), &["incident", "INC-2025-0001"], "markdown");
    let late: Vec<&str> = text
        .lines()
        .filter(|it| it.contains("after it was sent"))
        .collect();
    assert_eq!(late.len(), 1);
    assert!(late[0].contains("legal-counsel: ines 2025-02-10T15:20:00Z after it was sent"));
}

#[test]
fn the_history_says_who_changed_what_or_why_that_is_not_told() {
    let folder = example::repository();
    let root = folder.path().join("larkfield");
    let text = report(&root, &["incident", "INC-2025-0001"], "markdown");
    // The exposure was amended after closing.
    assert!(text.contains("exposure: "), "{text}");
    let text = report(
        &root,
        &["incident", "INC-2025-0001", "--no-history"],
        "markdown",
    );
    assert!(text.contains("Not told: the history was left unread on request."));
    let plain = larkfield();
    let text = report(plain.path(), THIRD, "markdown");
    assert!(text.contains("Not told: "));
}

#[test]
fn five_hundred_messages_with_hostile_texts_are_readable() {
    let folder = larkfield();
    flood(folder.path());
    let page = report(folder.path(), NINTH, "html");
    assert_sound(&page);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; | `x` =cmd()"));
    let markdown = report(folder.path(), NINTH, "markdown");
    assert_whole_tables(&markdown);
    assert!(!markdown.replace("\\<", "").contains("<script"));
    assert!(!markdown.lines().any(|line| line == "# Forged"));
    for format in ["html", "markdown", "json"] {
        assert!(report(folder.path(), NINTH, format).contains("事件 حادثة"));
    }
    let ninth = model(folder.path(), NINTH);
    assert_eq!(ninth["counts"]["messages"], json!(502));
    // However many messages there are, the picture has so many columns at most, and stays in its frame.
    let picture = page
        .split("<svg ")
        .nth(1)
        .unwrap()
        .split("</svg>")
        .next()
        .unwrap();
    assert!(picture.matches("<rect").count() < 1200);
    let size = |text: &str, key: &str| -> u32 {
        let at = text.split(&format!(" {key}=\"")).nth(1).unwrap();
        at.split('"').next().unwrap().parse().unwrap()
    };
    let (width, height) = (size(picture, "width"), size(picture, "height"));
    assert!(height < 1200, "{height}");
    for shape in picture.split("<rect").skip(1) {
        assert!(size(shape, "x") + size(shape, "width") <= width);
        assert!(size(shape, "y") + size(shape, "height") <= height);
    }
}

/// 500 messages to three parties.
fn flood(folder: &Path) {
    let mut messages = String::from("outbound:\n");
    for number in 0..500 {
        let party = ["tessera-cloud", "قمر-الأمن", "安全供应商"][number % 3];
        let (day, hour, minute) = (18 + number / 400, 14 + number / 60 % 9, number % 60);
        let _ = writeln!(
            messages,
            "  - id: OUT-{}\n    type: update\n    at: 2025-06-{day}T{hour}:{minute:02}:00Z\n    by: tomas\n    to: {{party: {party}, contact: tam, verified: signed-key}}\n    channel: encrypted-mail\n    purpose: \"<script>alert(1)</script> | `x` =cmd() \\e[31m 事件 حادثة \\n# Forged\"\n    outcome: delivered",
            1000 + number
        );
    }
    rewrite(folder, FILE, |text| text.replace("outbound:\n", &messages));
}

#[test]
fn an_incident_that_says_little_has_a_file_too() {
    let folder = larkfield();
    let file = "incidents/INC-2025-0008/incident.yaml";
    rewrite(folder.path(), file, |_| {
        "kind: incident\nid: INC-2025-0008\n".to_owned()
    });
    let text = report(folder.path(), &["incident", "INC-2025-0008"], "markdown");
    assert!(text.contains("No report-out is recorded yet."));
    assert_sound(&report(
        folder.path(),
        &["incident", "INC-2025-0008"],
        "html",
    ));
}

#[test]
fn what_is_no_incident_is_refused_with_the_nearest_name() {
    let folder = larkfield();
    let run = ran(folder.path(), &["incident", "INC-2025-0033"], &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("there is no incident `INC-2025-0033`"));
    assert!(run.stderr.contains("did you mean `INC-2025-0003`?"));
    let run = ran(folder.path(), &["incident", "corvid-id"], &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("a record of kind `third-party`"),
        "{}",
        run.stderr
    );
    assert_unwritable(folder.path(), THIRD);
    assert_refuses(folder.path(), THIRD);
    assert_template(folder.path(), THIRD, "incident");
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = larkfield();
    let once = |threads| {
        report(
            folder.path(),
            &[THIRD, &["--threads", threads]].concat(),
            "html",
        )
    };
    assert!(once("1") == once("3"));
}

#[test]
fn links_within_the_page_lead_somewhere() {
    let folder = larkfield();
    assert_sound(&report(folder.path(), THIRD, "html"));
}

fn table<'v>(model: &'v Value, id: &str) -> &'v Value {
    let groups = list(&model["sections"]).flat_map(|it| list(&it["groups"]));
    let mut tables = groups.flat_map(|it| list(&it["tables"]));
    tables.find(|it| it["id"] == id).unwrap()
}
