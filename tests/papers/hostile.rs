//! Records full of texts that would run, break a table or turn a line round: every report in every
//! format stays what it is.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};

use crate::paper::*;
use crate::{example, nist};

/// What stands instead of every name, title, reason and note.
const TEXT: &str = "\"<script>alert(1)</script> | `x` [a](javascript:b) =cmd() \\e[31m\\t\\u202egnp.exe 安全供应商 قمر الأمن \\n# Forged\\n| a | b |\"";

/// They begin as formulas do, for one program or another.
const FORMULAS: &[&str] = &[
    "\"=HYPERLINK(\\\"http://evil.example\\\")\"",
    "\"@SUM(1,2)\"",
    "\"-1+cmd|' /C calc'!A1\"",
    "\"\\t=1+1\"",
];

/// Keys whose texts people write as they like.
const KEYS: &[&str] = &[
    "name",
    "title",
    "what",
    "why",
    "purpose",
    "note",
    "summary",
    "organisation",
    "constraint",
    "change",
    "response",
    "method",
    "forum",
    "exposure",
    "recommended",
    "rationale",
    "removed",
    "example",
    "done_when",
    "handling",
    "distribution",
    "team",
    "employer",
    "how",
];

/// So many messages are added to one incident.
const MESSAGES: usize = 500;

const SMALL: &[&str] = &["markdown", "html", "json"];

/// The reports, by what is asked of `probity report`, with the formats that each has.
const REPORTS: &[(&[&str], &[&str])] = &[
    (
        &["audit"],
        &["markdown", "html", "json", "xlsx", "csv", "oscal"],
    ),
    (&["incident", "INC-2025-0003"], SMALL),
    (&["registry", "--period", "2025-01-01..2025-06-30"], SMALL),
    (&["metrics", "--period", "2025-01-01..2025-06-30"], SMALL),
    (&["pr", "--base", "HEAD"], SMALL),
];

/// The example as its last commit has it, with hostile texts on disk; how many there are.
fn poison(folder: &Path) -> usize {
    let mut count = 0;
    for entry in ignore::Walk::new(folder) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|it| it != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| {
            let Some((key, value)) = line.split_once(": ") else {
                return line.to_owned();
            };
            let name = key.trim_start_matches([' ', '-']);
            if !KEYS.contains(&name) || value.starts_with(['>', '|', '[', '{', '&', '*']) {
                return line.to_owned();
            }
            count += 1;
            let formula = FORMULAS[count / 5 % FORMULAS.len()];
            let text = if count % 5 == 0 { formula } else { TEXT };
            format!("{key}: {text}")
        });
        let poisoned: String = lines.map(|line| line + "\n").collect();
        fs::write(&path, poisoned).unwrap();
    }
    count
}

/// Messages without end in an incident, every fifth by a channel that nobody knows.
fn flood(folder: &Path) {
    let word = "w".repeat(400);
    let message = |number: usize| {
        let channel = if number.is_multiple_of(5) {
            TEXT
        } else {
            "vendor-portal"
        };
        format!(
            "  - id: OUT-{}\n    type: update\n    at: 2025-05-19T14:00:00Z\n    by: mara\n    to: {{party: corvid-id}}\n    channel: {channel}\n    purpose: {TEXT}\n    case: \"+{word}\\u2066\\ttab\"\n    proof: [E-1]\n    outcome: delivered\n",
            1000 + number
        )
    };
    let messages: String = (0..MESSAGES).map(message).collect();
    let messages = format!("outbound:\n{messages}");
    rewrite(folder, "incidents/INC-2025-0003/incident.yaml", |text| {
        text.replacen("outbound:\n", &messages, 1)
    });
}

/// One run that writes every format of a report; all files that came of it, by their names.
fn written(folder: &Path, arguments: &[&str], formats: &[&str]) -> Vec<(String, Vec<u8>)> {
    let out = folder.parent().unwrap().join("out");
    fs::create_dir(&out).unwrap();
    let outputs = formats.iter();
    let outputs = outputs.map(|it| format!("--output={it}={}", out.join(it).display()));
    let outputs: Vec<String> = outputs.collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let run = ran(folder, arguments, &outputs);
    // 3 where a file has more findings than are told.
    let is_written = matches!(run.code, 0 | 3) && run.stderr.is_empty();
    assert!(is_written, "{arguments:?}: {run:?}");
    let walk = ignore::WalkBuilder::new(&out)
        .standard_filters(false)
        .build();
    let files = walk.map(|it| it.unwrap().into_path());
    let mut files: Vec<(String, Vec<u8>)> = files
        .filter(|it| it.is_file())
        .map(|it| {
            let name = it.strip_prefix(&out).unwrap().to_str().unwrap().to_owned();
            (name, fs::read(&it).unwrap())
        })
        .collect();
    files.sort();
    fs::remove_dir_all(&out).unwrap();
    files
}

/// The schema of the JSON of a report.
fn schema_of(report: &str) -> String {
    match report {
        "audit" => "audit.json".to_owned(),
        other => format!("report-{other}.json"),
    }
}

/// What no output may hold: characters that a terminal obeys or that turn a line round.
fn assert_tame(text: &str, what: &str) {
    let is_wild = |c: &char| {
        let is_control = c.is_control() && !matches!(c, '\n' | '\t' | '\r');
        is_control || ('\u{202a}'..='\u{202e}').contains(c) || ('\u{2066}'..='\u{2069}').contains(c)
    };
    let wild = text.chars().find(is_wild);
    assert_eq!(wild, None, "{what}");
}

fn assert_harmless_markdown(text: &str, what: &str) {
    assert_whole_tables(text);
    assert!(!text.replace("\\<", "").contains("<script"), "{what}");
    let mut lines = text.lines();
    assert!(!lines.any(|line| line.starts_with("# Forged")), "{what}");
    assert!(!text.replace("\\]", "").contains("](javascript:"), "{what}");
}

/// No cell begins as a formula does, and each row has as many cells as the head.
fn assert_harmless_csv(text: &str, what: &str) {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    for row in reader.records() {
        for cell in &row.unwrap() {
            let begins_one = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
            assert!(!begins_one, "{what}: {cell}");
        }
    }
}

/// Every cell is a text, a number or a day; none is a formula. All cells in one text.
fn assert_harmless_workbook(bytes: &[u8]) -> String {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut texts = String::new();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert!(formulas.used_cells().next().is_none(), "{name}");
        let range = book.worksheet_range(&name).unwrap();
        for (_, _, cell) in range.used_cells() {
            assert!(!matches!(cell, Data::Error(_)), "{name}: {cell}");
            texts.push_str(&cell.to_string());
            texts.push('\n');
        }
    }
    texts
}

#[test]
fn hostile_texts_stay_texts_in_every_report_and_format() {
    let held = example::repository();
    let folder = held.path().join("larkfield");
    let count = poison(&folder);
    assert!(count > 300, "{count}");
    flood(&folder);
    for (report_of, formats) in REPORTS {
        let files = written(&folder, report_of, formats);
        let mut all = String::new();
        for (name, bytes) in files {
            let what = format!("{report_of:?} as {name}");
            if name == "xlsx" {
                let texts = assert_harmless_workbook(&bytes);
                assert_tame(&texts, &what);
                assert!(texts.contains("安全供应商 قمر الأمن"), "{what}");
                continue;
            }
            let text = String::from_utf8(bytes).unwrap();
            assert_tame(&text, &what);
            match name.as_str() {
                "html" => assert_sound(&text),
                "markdown" => assert_harmless_markdown(&text, &what),
                name if name.starts_with("csv") => assert_harmless_csv(&text, &what),
                _ => {
                    let json = serde_json::from_str(&text).unwrap();
                    match name.strip_prefix("oscal/") {
                        Some(document) => nist::assert_valid([(document, &json)]),
                        None => assert_fits(&schema_of(report_of[0]), &json),
                    }
                }
            }
            if formats.contains(&name.as_str()) {
                assert!(text.contains("安全供应商"), "{what}");
            }
            all.push_str(&text);
        }
        assert!(all.contains("قمر الأمن"), "{report_of:?}");
        let is_about_it = ["audit", "incident"].contains(&report_of[0]);
        let last = format!("OUT-{}", 1000 + MESSAGES - 1);
        assert!(!is_about_it || all.contains(&last), "{report_of:?}");
    }
}

#[test]
fn every_report_is_the_same_on_any_number_of_threads_and_from_any_folder() {
    let held = example::repository();
    let folder = held.path().join("larkfield");
    let elsewhere = example::repository();
    let moved = elsewhere.path().join("larkfield");
    for (report_of, formats) in REPORTS {
        let once = |more: &[&str]| written(&folder, &[*report_of, more].concat(), formats);
        let one = once(&["--threads", "1"]);
        assert!(one.len() >= formats.len());
        for (how, other) in [
            ("2 threads", once(&["--threads", "2"])),
            ("8 threads", once(&["--threads", "8"])),
            ("another folder", written(&moved, report_of, formats)),
        ] {
            for (left, right) in one.iter().zip(&other) {
                assert!(left == right, "{report_of:?} as {}: {how}", left.0);
            }
            assert_eq!(one.len(), other.len());
        }
    }
}
