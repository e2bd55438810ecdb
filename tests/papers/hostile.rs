//! Records full of texts that would run, break a table or turn a line round: every report in every
//! format stays what it is.

use std::fs;
use std::path::Path;

use crate::example;
use crate::paper::*;

/// What stands instead of every name, title, reason and note.
const TEXT: &str = "\"<script>alert(1)</script> | `x` [a](javascript:b) =cmd() \\e[31m\\t\\u202egnp.exe 安全供应商 قمر الأمن \\n# Forged\\n| a | b |\"";

/// Begins as a formula does.
const FORMULA: &str = "\"=HYPERLINK(\\\"http://evil.example\\\")\"";

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

/// The reports, by what is asked of `probity report`, with the formats that each has.
const REPORTS: &[(&[&str], &[&str])] = &[
    (&["audit"], &["markdown", "html", "json"]),
    (
        &["incident", "INC-2025-0003"],
        &["markdown", "html", "json"],
    ),
    (
        &["registry", "--period", "2025-01-01..2025-06-30"],
        &["markdown", "html", "json"],
    ),
    (
        &["metrics", "--period", "2025-01-01..2025-06-30"],
        &["markdown", "html", "json"],
    ),
    (&["pr", "--base", "HEAD"], &["markdown", "html", "json"]),
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
            let text = if count % 5 == 0 { FORMULA } else { TEXT };
            format!("{key}: {text}")
        });
        let poisoned: String = lines.map(|line| line + "\n").collect();
        fs::write(&path, poisoned).unwrap();
    }
    count
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

#[test]
fn hostile_texts_stay_texts_in_every_report_and_format() {
    let held = example::repository();
    let folder = held.path().join("larkfield");
    let count = poison(&folder);
    assert!(count > 300, "{count}");
    for (report_of, formats) in REPORTS {
        for format in *formats {
            let what = format!("{report_of:?} as {format}");
            let text = report(&folder, report_of, format);
            assert_tame(&text, &what);
            assert!(text.contains("安全供应商"), "{what}");
            match *format {
                "html" => assert_sound(&text),
                "markdown" => {
                    assert_whole_tables(&text);
                    assert!(!text.replace("\\<", "").contains("<script"), "{what}");
                    assert!(
                        !text.lines().any(|line| line.starts_with("# Forged")),
                        "{what}"
                    );
                    assert!(!text.replace("\\]", "").contains("](javascript:"), "{what}");
                }
                _ => assert!(
                    serde_json::from_str::<serde_json::Value>(&text).is_ok(),
                    "{what}"
                ),
            }
        }
    }
}

#[test]
fn every_report_is_the_same_on_any_number_of_threads() {
    let held = example::repository();
    let folder = held.path().join("larkfield");
    for (report_of, formats) in REPORTS {
        for format in *formats {
            let once = |threads| {
                report(
                    &folder,
                    &[*report_of, &["--threads", threads]].concat(),
                    format,
                )
            };
            assert!(once("1") == once("8"), "{report_of:?} as {format}");
        }
    }
}
