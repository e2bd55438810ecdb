//! `probity report audit` as a program: what cannot be had or written, and a large population.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::binary::command;
use crate::paper::*;

const AUDIT: &[&str] = &["audit", "--no-history"];
const FORMATS: [&str; 9] = [
    "json",
    "markdown",
    "html",
    "xlsx",
    "csv",
    "oscal",
    "oscal-ap",
    "oscal-ar",
    "oscal-poam",
];

/// What stands in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn bad_input_is_told() {
    let folder = larkfield();
    assert_unwritable(folder.path(), AUDIT);
    assert_refuses(folder.path(), AUDIT);
    assert_template(folder.path(), AUDIT, "audit");
}

#[test]
fn what_is_unknown_is_refused_whatever_the_format() {
    let folder = larkfield();
    let out = folder.path().join("out");
    for format in FORMATS {
        let output = format!("{format}={}", out.display());
        for (wrong, says) in [
            (["--control", "ir-6-33"], "did you mean `ir-6-3`?"),
            (["--control", "A.99.99"], "`A.99.99`"),
            (["--period", "2025-Q5"], "2025-Q1"),
            (["--period", "2031"], "has begun"),
            (["--rev", "no-such-revision"], "revision"),
        ] {
            let run = ran(
                folder.path(),
                AUDIT,
                &[&wrong[..], &["--output", &output]].concat(),
            );
            assert_eq!(run.code, 2, "{format} {wrong:?}: {}", run.stderr);
            assert!(run.stderr.contains(says), "{wrong:?}: {}", run.stderr);
            assert!(!out.exists(), "{format} {wrong:?}");
        }
    }
}

/// A template that fails at its second line, beside formats that need none.
#[test]
fn a_template_that_fails_leaves_nothing_behind() {
    let folder = larkfield();
    let templates = folder.path().join("templates/reports");
    fs::create_dir_all(&templates).unwrap();
    fs::write(templates.join("audit.html"), "one\n{% for %}\n").unwrap();
    let out = tempfile::tempdir().unwrap();
    let output = |format: &str| format!("{format}={}", out.path().join(format).display());
    let outputs = ["json", "csv", "oscal", "xlsx", "html"].map(output);
    let outputs = outputs.iter().flat_map(|it| ["--output", it.as_str()]);
    let run = ran(folder.path(), AUDIT, &outputs.collect::<Vec<_>>());
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("audit.html:2"), "{}", run.stderr);
    assert_eq!(names(out.path()), Vec::<String>::new());
}

/// A folder stands where a file is to go: of the others nothing is changed, and a folder that was
/// made for them is gone.
#[test]
fn all_files_are_written_or_none() {
    let folder = larkfield();
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name);
    fs::create_dir_all(path("csv/worksheet.csv")).unwrap();
    fs::write(path("csv/basis.csv"), "old").unwrap();
    fs::write(path("report.json"), "old").unwrap();
    let output = |format: &str, name: &str| format!("{format}={}", path(name).display());
    let outputs = [
        output("json", "report.json"),
        output("oscal", "oscal"),
        output("csv", "csv"),
    ];
    let outputs = outputs.iter().flat_map(|it| ["--output", it.as_str()]);
    let run = ran(folder.path(), AUDIT, &outputs.collect::<Vec<_>>());
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("is a folder"), "{}", run.stderr);
    assert_eq!(names(out.path()), ["csv", "report.json"]);
    assert_eq!(names(&path("csv")), ["basis.csv", "worksheet.csv"]);
    assert_eq!(fs::read_to_string(path("csv/basis.csv")).unwrap(), "old");
    assert_eq!(fs::read_to_string(path("report.json")).unwrap(), "old");
}

#[test]
fn what_cannot_be_written_is_told_for_each_format() {
    let folder = larkfield();
    let out = tempfile::tempdir().unwrap();
    let a_folder = out.path().join("folder");
    let a_file = out.path().join("file");
    fs::create_dir(&a_folder).unwrap();
    fs::write(&a_file, "old").unwrap();
    for format in FORMATS {
        let is_folder = matches!(format, "csv" | "oscal");
        let target = if is_folder { &a_file } else { &a_folder };
        let output = format!("{format}={}", target.display());
        let run = ran(folder.path(), AUDIT, &["--output", &output]);
        assert_eq!(run.code, 3, "{format}: {}", run.stderr);
        let says = if is_folder {
            "cannot make the folder"
        } else {
            "is a folder"
        };
        assert!(run.stderr.contains(says), "{format}: {}", run.stderr);
    }
    assert_eq!(names(out.path()), ["file", "folder"]);
    assert_eq!(names(&a_folder), Vec::<String>::new());
    assert_eq!(fs::read_to_string(&a_file).unwrap(), "old");
    let twice = format!("html={}", out.path().join("same").display());
    let again = twice.replace("html", "json");
    let run = ran(
        folder.path(),
        AUDIT,
        &["--output", &twice, "--output", &again],
    );
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("written twice"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = larkfield();
    for format in ["json", "markdown", "html", "oscal-ar"] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let done = command(folder.path())
            .args(["report", "audit", "--no-history", "--as-of", "2025-06-20"])
            .args(["--format", format])
            .stdout(full)
            .output()
            .unwrap();
        let says = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(3), "{format}: {says}");
        assert!(!says.contains("panicked") && !says.is_empty(), "{says}");
    }
    let run = ran(folder.path(), AUDIT, &["--output", "html=/dev/full"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("a device or pipe"), "{}", run.stderr);
}

#[test]
fn without_history_what_rests_on_it_is_not_established() {
    let folder = crate::example::repository();
    let home = folder.path().join("larkfield");
    let deletions = |arguments: &[&str]| {
        let json = model(&home, arguments);
        let mut all = list(&json["population"]["completeness"]).cloned();
        let found = all.find(|it| it["id"] == "deletions").unwrap();
        (json["basis"]["commits"].clone(), found["holds"].clone())
    };
    assert_eq!(deletions(AUDIT), (Value::Null, Value::Null));
    assert_eq!(deletions(&["audit"]), (148.into(), true.into()));
}

#[test]
fn rows_that_an_import_could_not_map_are_named() {
    const MAPPING: &str = "kind: import-mapping\nformat: csv\nrecord: incident\n\
        id: {prefix: INC, year_of: [seen], date: [M/D/YYYY], number: row}\n\
        fields:\n  - {column: name, to: /title}\n";
    let folder = larkfield();
    let argued = || {
        let json = model(folder.path(), AUDIT);
        let mut all = list(&json["population"]["completeness"]).cloned();
        let found = all.find(|it| it["id"] == "unmapped-imports").unwrap();
        (
            found["holds"].clone(),
            found["says"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(argued().0, Value::Null);
    let files = tempfile::tempdir().unwrap();
    let (table, map) = (files.path().join("t.csv"), files.path().join("m.yaml"));
    fs::write(&table, "name,seen\na,1/1/2020\nb,unknown\n").unwrap();
    fs::write(&map, MAPPING).unwrap();
    let done = command(folder.path())
        .arg("import")
        .arg(&table)
        .args(["--to", "."])
        .arg("--map")
        .arg(&map)
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let (holds, says) = argued();
    assert_eq!(holds, Value::Bool(false));
    assert!(
        says.starts_with("Of 2 rows of `t.csv` 1 became no record: row 2 ("),
        "{says}"
    );
    // A receipt that somebody broke establishes nothing, and the report is made all the same.
    let imports = folder.path().join("imports");
    let receipt = imports.join(&names(&imports)[0]);
    fs::write(&receipt, "import: [").unwrap();
    let (holds, says) = argued();
    assert_eq!(holds, Value::Null);
    assert!(says.contains("No receipt of an import"), "{says}");
}

/// 240 false alarms like INC-2025-0005, in which all was done in time, beside the eight of the
/// example: they are counted, and only what needs an eye is told in full.
#[test]
fn of_many_incidents_those_that_need_an_eye_are_told_and_all_are_counted() {
    let folder = larkfield();
    multiply(folder.path(), 240);
    let json = model(folder.path(), AUDIT);
    let population = &json["population"];
    assert_eq!(population["count"], 248);
    let rows = |table: &Value| list(&table["rows"]).count();
    assert_eq!(rows(&population["table"]), 248);
    assert_eq!(rows(&json["worksheet"]), 248);
    let groups = |section: &str| {
        let mut all = list(&json["sections"]);
        let found = all.find(|it| it["id"] == section).unwrap();
        list(&found["groups"]).cloned().collect::<Vec<Value>>()
    };
    let told = groups("incidents");
    let trails: Vec<&str> = told
        .iter()
        .filter(|it| it["is_detail"] == true)
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(population["told"], trails.len());
    // Something is open in INC-2025-0008; in INC-2025-0101 nothing.
    assert!(trails.contains(&"trail-inc-2025-0008"), "{trails:?}");
    assert!(trails.len() <= 8, "{trails:?}");
    let note = told[0]["notes"][0][0]["text"].as_str().unwrap();
    assert!(
        note.starts_with(&format!("{} of 248 incidents", trails.len())),
        "{note}"
    );
    assert!(note.contains("probity report incident"), "{note}");
    // Every verdict counted for a control stands in the worksheet.
    for conclusion in list(&json["conclusions"]) {
        let control = conclusion["control"].as_str().unwrap();
        let at = list(&json["worksheet"]["columns"])
            .position(|it| it["id"] == format!("verdict-{control}"))
            .unwrap();
        for (word, key) in [
            ("pass", "pass"),
            ("fail", "fail"),
            ("not evaluated", "not_evaluated"),
        ] {
            let found = list(&json["worksheet"]["rows"])
                .filter(|row| row["cells"][at][0]["text"] == word)
                .count();
            assert_eq!(conclusion["incidents"][key], found, "{control} {word}");
        }
    }
    let is_cut = "(200 of 248 rows, those that need an eye first; all stand in the sheet Population of the workbook, population.csv and the JSON)";
    let markdown = report(folder.path(), AUDIT, "markdown");
    assert!(
        markdown.contains(&is_cut.replace('(', "\\(").replace(')', "\\)"))
            || markdown.contains(is_cut)
    );
    assert_whole_tables(&markdown);
    let page = report(folder.path(), AUDIT, "html");
    assert!(page.contains(is_cut));
    assert_sound(&page);
    let csv = ran(
        folder.path(),
        AUDIT,
        &["--format", "csv", "--table", "population"],
    );
    assert_eq!(csv.stdout.lines().count(), 249);
}
