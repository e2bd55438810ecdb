//! What holds for each of these reports.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::binary::{Run, probity};
use crate::example;

/// The formats, with how their files end.
pub(crate) const FORMATS: [(&str, &str); 3] =
    [("json", "json"), ("markdown", "md"), ("html", "html")];

/// The example without its history.
pub(crate) fn larkfield() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    example::copy("larkfield", folder.path());
    folder
}

/// What `probity report` prints.
pub(crate) fn report(folder: &Path, arguments: &[&str], format: &str) -> String {
    let run = ran(folder, arguments, &["--format", format]);
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
    run.stdout
}

pub(crate) fn ran(folder: &Path, arguments: &[&str], more: &[&str]) -> Run {
    let all = [&["report"], arguments, more].concat();
    probity(folder, &all)
}

pub(crate) fn model(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&report(folder, arguments, "json")).unwrap()
}

/// Writes a file of the records anew.
pub(crate) fn rewrite(folder: &Path, file: &str, change: impl Fn(&str) -> String) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed, "{file} is as it was");
    fs::write(&path, changed).unwrap();
}

/// Adds so many false alarms like INC-2025-0005, in which all was done in time.
pub(crate) fn multiply(folder: &Path, count: usize) {
    let pattern = folder.join("incidents/INC-2025-0005/incident.yaml");
    let pattern = fs::read_to_string(pattern).unwrap();
    for number in 101..=100 + count {
        let id = format!("INC-2025-0{number}");
        let home = folder.join("incidents").join(&id);
        fs::create_dir(&home).unwrap();
        let text = pattern.replace("INC-2025-0005", &id);
        fs::write(home.join("incident.yaml"), text).unwrap();
    }
}

/// Compares all formats with the expected outputs of the example, or writes those anew.
pub(crate) fn assert_expected(folder: &Path, arguments: &[&str], name: &str) {
    let basis = &model(folder, arguments)["basis"];
    let (digest, version) = (&basis["policy_digest"], &basis["tool_version"]);
    let (digest, version) = (digest.as_str().unwrap(), version.as_str().unwrap());
    for (format, ending) in FORMATS {
        let text = report(folder, arguments, format)
            .replace(digest, "(that of the policies)")
            .replace(
                &format!("\"tool_version\": \"{version}\""),
                "\"tool_version\": \"(that of the program)\"",
            )
            .replace(
                &format!("probity {version}"),
                "probity (that of the program)",
            );
        let file = example::home("larkfield").join("expected");
        let file: PathBuf = file.join(format!("{name}.{ending}"));
        if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
            fs::write(&file, &text).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            expected == text,
            "{name}.{ending} differs. If this is wanted: PROBITY_UPDATE_EXPECTED=1 cargo test --test papers"
        );
    }
}

/// The JSON is as its schema says, and the parts that it shares with the audit report are the same.
pub(crate) fn assert_fits(schema: &str, json: &Value) {
    let text = |name: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = root.join("schemas/output").join(name);
        let bytes = probity::source::read_file(&file, 1 << 20).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()
    };
    let (schema, audit) = (text(schema), text("audit.json"));
    for part in ["run", "cell", "table"] {
        assert_eq!(schema["$defs"][part], audit["$defs"][part], "{part}");
    }
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let errors: Vec<String> = validator
        .iter_errors(json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));
}

/// Every row of every table of the model stands in the other formats, with the texts of its cells.
pub(crate) fn assert_same_in_all(folder: &Path, arguments: &[&str]) {
    let json = model(folder, arguments);
    let markdown = read_tables(&report(folder, arguments, "markdown"));
    let page = page_tables(&report(folder, arguments, "html"));
    let mut expected: Vec<Vec<String>> = Vec::new();
    for section in list(&json["sections"]) {
        for group in list(&section["groups"]) {
            for table in list(&group["tables"]) {
                expected.extend(list(&table["rows"]).map(|row| {
                    list(&row["cells"])
                        .map(|cell| {
                            let runs = list(cell).map(|it| it["text"].as_str().unwrap());
                            letters(&runs.collect::<String>())
                        })
                        .collect()
                }));
            }
        }
    }
    assert!(!expected.is_empty());
    assert_eq!(markdown, expected, "in Markdown");
    assert_eq!(page, expected, "in HTML");
}

/// Only what is a letter or a digit: all else may be written otherwise from format to format.
fn letters(text: &str) -> String {
    text.chars().filter(|it| it.is_alphanumeric()).collect()
}

/// The rows of the tables of a Markdown text, each by its cells.
fn read_tables(markdown: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut is_body = false;
    for line in markdown.lines() {
        let is_rule = line.starts_with("|-");
        if line.starts_with('|') && is_body && !is_rule {
            let plain = line.replace("\\|", "");
            let cells = plain.trim_matches('|').split('|');
            rows.push(cells.map(|it| letters(&without_links(it))).collect());
        }
        is_body = (is_body && line.starts_with('|')) || is_rule;
    }
    rows
}

/// A text without anchors and targets of links.
fn without_links(cell: &str) -> String {
    let mut text = String::new();
    let mut rest = cell;
    while let Some(at) = rest.find("](") {
        text.push_str(&rest[..at]);
        // Targets hold no blanks and no brackets that are not escaped.
        let end = rest[at..].find(')').unwrap();
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    match (text.find("<a id"), text.find("</a>")) {
        (Some(from), Some(to)) => format!("{}{}", &text[..from], &text[to + 4..]),
        _ => text,
    }
}

fn page_tables(page: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter(|it| it.starts_with("<tr"));
    rows.map(|row| {
        let cells = row.split("\"><div>").skip(1);
        cells
            .map(|cell| {
                let text = cell.split("</div>").next().unwrap();
                let mut plain = String::new();
                let mut is_tag = false;
                for c in text.chars() {
                    match c {
                        '<' => is_tag = true,
                        '>' => is_tag = false,
                        c if !is_tag => plain.push(c),
                        _ => {}
                    }
                }
                let plain = plain
                    .replace("&lt;", "")
                    .replace("&gt;", "")
                    .replace("&quot;", "")
                    .replace("&#39;", "")
                    .replace("&#x27;", "")
                    .replace("&amp;", "");
                letters(&plain)
            })
            .collect()
    })
    .collect()
}

/// Ids stand once, what is linked within a page is there, and nothing runs.
pub(crate) fn assert_sound(page: &str) {
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|it| it.split('"').next().unwrap())
        .collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    for id in &known {
        let count = ids.iter().filter(|it| it == &id).count();
        assert_eq!(count, 1, "`{id}` stands twice");
    }
    for target in page.split("href=\"#").skip(1) {
        let target = target.split('"').next().unwrap();
        assert!(known.contains(target), "{target}");
    }
    assert!(!page.contains("<script"));
    assert!(!page.contains('\u{1b}'));
}

/// Each row of a Markdown table has as many cells as its head.
pub(crate) fn assert_whole_tables(markdown: &str) {
    let mut width = 0;
    for line in markdown.lines() {
        let bars = line.replace("\\|", "").matches('|').count();
        match line.starts_with('|') {
            true if width == 0 => width = bars,
            true => assert_eq!(bars, width, "{line}"),
            false => width = 0,
        }
    }
    assert!(!markdown.contains('\u{1b}'));
}

/// A file that cannot be written: the others are not begun.
pub(crate) fn assert_unwritable(folder: &Path, arguments: &[&str]) {
    let run = ran(
        folder,
        arguments,
        &["--output", "html=no/such/folder/x.html"],
    );
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(
        run.stderr.contains("there is no such folder"),
        "{}",
        run.stderr
    );
    let run = ran(folder, arguments, &["--output", "pdf=x.pdf"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`pdf` is no format"), "{}", run.stderr);
}

/// A revision that there is not, and a folder without records.
pub(crate) fn assert_refuses(folder: &Path, arguments: &[&str]) {
    let run = ran(folder, arguments, &["--rev", "no-such-revision"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    let empty = tempfile::tempdir().unwrap();
    let place = empty.path().to_str().unwrap();
    let run = ran(folder, arguments, &[place]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("there are no records"),
        "{}",
        run.stderr
    );
}

/// A template of the organisation replaces ours; one that fails is told with its line.
pub(crate) fn assert_template(folder: &Path, arguments: &[&str], name: &str) {
    let templates = folder.join("templates/reports");
    fs::create_dir_all(&templates).unwrap();
    let file = templates.join(format!("{name}.md"));
    fs::write(&file, "Ours: {{ title }}\n").unwrap();
    let text = report(folder, arguments, "markdown");
    assert!(
        text.starts_with("Ours: ") && text.lines().count() == 1,
        "{text}"
    );
    fs::write(&file, "one\n{{ nothing_of_that_name }}\n").unwrap();
    let output = folder.join("never.md");
    let output = format!("markdown={}", output.display());
    let run = ran(folder, arguments, &["--output", &output]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains(&format!("{name}.md:2")),
        "{}",
        run.stderr
    );
    assert!(!folder.join("never.md").exists());
    fs::remove_file(&file).unwrap();
}

pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}
