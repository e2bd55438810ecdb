//! Every format by its own definition, and by what it must say of a change, of an exception, of a
//! file that cannot be read, and of a record that wants to be more than text.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test, and the files it writes"
)]

mod binary;
mod data;
mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use binary::{Run, probity, probity_with};
use fixture::Fixture;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

const FORMATS: [&str; 7] = [
    "sarif",
    "github",
    "github-summary",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
];

const INCIDENT: &str = "incidents/INC-2025-0100/incident.yaml";
const FACTS: &str = "kind: incident\nid: INC-2025-0100\ntitle: Portal slow\nstatus: open\n\
    severity: high\ndetected_at: 2025-06-20T09:10:00Z\ndeclared_at: 2025-06-20T09:40:00Z\n\
    commander: mara\n";
const EXCEPTION: &str = "kind: exception\nid: RA-2025-010\ntype: control-exception\n\
    subject: INC-2025-0100\nrequested_by: olek\n\
    rationale: The tool that writes the record cannot do better before the autumn.\n\
    compensating_controls: [Somebody compares the record with the ticket every week]\n\
    rules: [unknown-key]\nreview_on: 2025-09-30\nstatus: active\n\
    approved:\n  - {role: exec-sponsor, by: freya, at: 2025-06-01T10:00:00Z, how: commit}\n";
/// A text that would be a command, a tag, a table cell, a mention and no XML, if it could.
const HOSTILE: &str =
    r#""x\r\n::error::forged ##[stop-commands]t <img src=a> | @team [l](https://e) \u0001\ufffe""#;

/// A change on the clean example. `main` has a finding that an exception accepts, one that stays
/// and one that the change mends; the change brings two, in files with odd names.
fn change() -> Fixture {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    fixture.write(
        INCIDENT,
        &format!("{FACTS}colour: red\naffected: [portall]\n"),
    );
    fixture.write("exceptions/RA-2025-010.yaml", EXCEPTION);
    fixture.write("controls/spare.yaml", "a: 1\n");
    fixture.commit("main");
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    fs::remove_file(fixture.path("controls/spare.yaml")).unwrap();
    fixture.write("controls/50% a,b:ü.yaml", "b: 2\n");
    let hostile = FACTS.replace("0100", "0101").replace("high", HOSTILE);
    fixture.write("incidents/INC-2025-0101/incident.yaml", &hostile);
    fixture.commit("change");
    fixture
}

/// A folder with a file that cannot be read as a whole.
fn unreadable() -> Fixture {
    let fixture = example::copied("larkfield");
    let deep = format!(
        "kind: incident\nid: INC-2025-0102\na: {}\n",
        "[".repeat(200)
    );
    fixture.write("incidents/INC-2025-0102/incident.yaml", &deep);
    fixture
}

/// Writes every format in one run, and says what it printed and what stands in the files.
fn written(fixture: &Fixture, arguments: &[&str]) -> (Run, Vec<String>) {
    let outputs: Vec<String> = FORMATS
        .iter()
        .map(|format| format!("{format}={}", fixture.beside(format).display()))
        .collect();
    let mut all = vec!["check", "--format", "concise"];
    all.extend(arguments);
    for output in &outputs {
        all.extend(["--output", output]);
    }
    let run = probity(&fixture.root(), &all);
    assert_eq!(run.stderr, "");
    let texts = FORMATS
        .iter()
        .map(|format| fs::read_to_string(fixture.beside(format)).unwrap())
        .collect();
    (run, texts)
}

fn of(texts: &[String], format: &str) -> String {
    let at = FORMATS.iter().position(|it| *it == format).unwrap();
    texts[at].clone()
}

fn json(texts: &[String], format: &str) -> Value {
    serde_json::from_str(&of(texts, format)).unwrap()
}

/// The cases that all formats are tried on.
fn cases() -> Vec<(&'static str, Vec<String>)> {
    let broken = example::copied("broken");
    let empty = Fixture::folder();
    vec![
        ("a change", written(&change(), &["--base", "main"]).1),
        (
            "a change, all of it",
            written(&change(), &["--base", "main", "--gate", "all"]).1,
        ),
        ("an unreadable file", written(&unreadable(), &[]).1),
        ("the broken example", written(&broken, &[]).1),
        ("an empty folder", written(&empty, &[]).1),
    ]
}

fn assert_fits(schema: &Path, instance: &Value, case: &str) {
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{case}\n{}", errors.join("\n"));
}

// ---------------------------------------------------------------- by their definitions

#[test]
fn sarif_and_gitlab_fit_their_schemas() {
    let Some(folder) = data::folder("validators") else {
        return;
    };
    for (case, texts) in cases() {
        let sarif = json(&texts, "sarif");
        assert_fits(&folder.join("sarif-2.1.0.json"), &sarif, case);
        for issue in json(&texts, "gitlab").as_array().unwrap() {
            let schema = folder.join("gitlab-codeclimate-entry.schema.json");
            assert_fits(&schema, issue, case);
        }
    }
}

#[test]
fn junit_fits_its_schema() {
    let Some(folder) = data::folder("validators") else {
        return;
    };
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("SKIPPED: `xmllint` is not installed, so JUnit is not held against its schema");
        return;
    }
    for (case, texts) in cases() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), of(&texts, "junit")).unwrap();
        let mut command = Command::new("xmllint");
        let schema = folder.join("junit-10.xsd");
        command.arg("--noout").arg("--schema").arg(schema);
        let output = command.arg(file.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{case}\n{said}");
    }
}

/// Names with their values.
type Pairs = Vec<(String, String)>;

/// The names and attributes of all elements.
fn elements(xml: &str) -> Vec<(String, Pairs)> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                let attributes = element.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute.value.into_owned();
                    (key, value)
                });
                found.push((name, attributes.collect()));
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn attribute<'e>(element: &'e (String, Pairs), name: &str) -> &'e str {
    let found = element.1.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value)
}

#[test]
fn junit_counts_what_it_holds_and_names_each_case_once() {
    for (case, texts) in cases() {
        let elements = elements(&of(&texts, "junit"));
        let count = |name: &str| elements.iter().filter(|it| it.0 == name).count();
        for (name, said) in [
            ("testcase", "tests"),
            ("failure", "failures"),
            ("error", "errors"),
        ] {
            let total: usize = attribute(&elements[0], said).parse().unwrap();
            assert_eq!(total, count(name), "{case}: {name}");
            let suites = elements.iter().filter(|it| it.0 == "testsuite");
            let sum: usize = suites
                .map(|it| attribute(it, said).parse::<usize>().unwrap())
                .sum();
            assert_eq!(sum, total, "{case}: {name}");
        }
        let named: Vec<_> = elements
            .iter()
            .filter(|it| it.0 == "testcase")
            .map(|it| (attribute(it, "classname"), attribute(it, "name")))
            .collect();
        let once: BTreeSet<_> = named.iter().collect();
        assert_eq!(once.len(), named.len(), "{case}");
    }
}

#[test]
fn xml_holds_nothing_that_is_no_xml() {
    for (case, texts) in cases() {
        for format in ["junit", "checkstyle"] {
            let text = of(&texts, format);
            elements(&text);
            let is_legal =
                |c: char| c == '\n' || (c >= ' ' && !('\u{fffe}'..='\u{ffff}').contains(&c));
            assert!(text.chars().all(is_legal), "{case}: {format}");
        }
    }
}

// ---------------------------------------------------------------- SARIF

fn results(sarif: &Value) -> &Vec<Value> {
    sarif["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn sarif_tells_what_a_change_does() {
    let fixture = change();
    fixture.git(&[
        "remote",
        "add",
        "origin",
        "https://ada:secret@example.org/o/r.git",
    ]);
    let head = fixture.git(&["rev-parse", "HEAD"]);
    let (run, texts) = written(&fixture, &["--base", "main"]);
    assert_eq!(run.code, 1);
    let sarif = json(&texts, "sarif");
    let mut told: Vec<(&str, &str)> = results(&sarif)
        .iter()
        .map(|it| {
            (
                it["ruleId"].as_str().unwrap(),
                it["baselineState"].as_str().unwrap(),
            )
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("not-a-record", "absent"),
            ("not-a-record", "new"),
            ("unknown-key", "unchanged"),
            ("unknown-system", "unchanged"),
            ("unknown-term", "new"),
        ]
    );
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let provenance = &run["versionControlProvenance"][0];
    assert_eq!(provenance["repositoryUri"], "https://example.org/o/r.git");
    assert_eq!(provenance["revisionId"], head.as_str());
    for (result, rules) in results(&sarif)
        .iter()
        .map(|it| (it, &run["tool"]["driver"]["rules"]))
    {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn sarif_suppresses_what_an_exception_accepts_and_says_why() {
    let sarif = json(&written(&change(), &[]).1, "sarif");
    for result in results(&sarif) {
        let suppressions = result["suppressions"].as_array().unwrap();
        if result["ruleId"] == "unknown-key" {
            let reason =
                "RA-2025-010: The tool that writes the record cannot do better before the autumn.";
            assert_eq!(suppressions[0]["justification"], reason);
            assert_eq!(suppressions[0]["status"], "accepted");
        } else {
            assert!(suppressions.is_empty(), "{result:#}");
        }
        assert!(result.get("baselineState").is_none());
    }
}

#[test]
fn sarif_names_files_by_relative_uris_and_lines_of_all_results() {
    let sarif = json(&written(&change(), &[]).1, "sarif");
    let odd = results(&sarif)
        .iter()
        .find(|it| it["ruleId"] == "not-a-record")
        .unwrap();
    let place = &odd["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"]["uri"],
        "controls/50%25%20a%2Cb%3A%C3%BC.yaml"
    );
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    for result in results(&sarif) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert!(region["startLine"].as_u64().unwrap() > 0);
    }
}

#[test]
fn sarif_is_unsuccessful_where_something_was_not_examined() {
    for fixture in [unreadable(), Fixture::folder()] {
        let (run, texts) = written(&fixture, &[]);
        assert_eq!(run.code, 3);
        let sarif = json(&texts, "sarif");
        let invocation = &sarif["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        let told = &invocation["toolExecutionNotifications"][0];
        assert_eq!(told["descriptor"]["id"], "not-examined");
        assert_eq!(told["level"], "error");
    }
}

// ---------------------------------------------------------------- GitHub

/// The commands among the lines, as the runner reads them: name, properties, message.
fn commands(text: &str) -> Vec<(String, Pairs, String)> {
    let data = |text: &str| {
        text.replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%25", "%")
    };
    let property = |text: &str| data(&text.replace("%3A", ":").replace("%2C", ","));
    let mut found = Vec::new();
    for line in text.lines() {
        let Some(command) = line.trim_start().strip_prefix("::") else {
            assert!(
                !line.contains("##["),
                "an old command in a plain line: {line}"
            );
            continue;
        };
        let (head, message) = command.split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        let properties = properties.split(',').map(|it| {
            let (key, value) = it.split_once('=').unwrap();
            (key.to_owned(), property(value))
        });
        found.push((name.to_owned(), properties.collect(), data(message)));
    }
    found
}

#[test]
fn annotations_are_read_back_as_they_were_meant() {
    let text = of(&written(&change(), &["--base", "main"]).1, "github");
    let commands = commands(&text);
    let names: Vec<&str> = commands.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(&names[..2], ["error", "error"], "{text}");
    assert!(
        !text.contains("portall"),
        "unchanged ones do not count: {text}"
    );
    let (_, properties, message) = &commands[0];
    let expected = [
        ("file", "controls/50% a,b:ü.yaml"),
        ("line", "1"),
        ("endLine", "1"),
        ("col", "1"),
        ("endColumn", "5"),
        ("title", "not-a-record (UX-AUTH-04)"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(properties[..], expected);
    assert!(
        message.starts_with("the file does not say what kind of record it is\n"),
        "{message}"
    );
    assert!(commands[1].2.contains("##[stop-commands]t"), "{text}");
}

#[test]
fn ten_annotations_of_each_weight_are_shown_and_the_rest_is_told() {
    let broken = example::copied("broken");
    let (run, texts) = written(&broken, &[]);
    let commands = commands(&of(&texts, "github"));
    let count = |name: &str| commands.iter().filter(|it| it.0 == name).count();
    assert_eq!((count("error"), count("warning")), (10, 3));
    let last = commands.last().unwrap();
    assert_eq!(last.0, "notice");
    assert!(
        last.2.starts_with("not shown as annotations: 22 errors."),
        "{}",
        last.2
    );
    // Each is in the log.
    let text = of(&texts, "github");
    let rest = text
        .lines()
        .filter(|it| it.starts_with("  ") && it.contains(": error["))
        .count();
    assert_eq!(rest, 22);
    assert_eq!(run.code, 1);
}

#[test]
fn a_summary_is_text_and_fits_into_a_comment() {
    let texts = written(&change(), &["--base", "main"]).1;
    let text = of(&texts, "github-summary");
    assert!(
        text.starts_with("## Probity: 2 new (2 errors), 0 changed, 1 fixed, 2 unchanged\n"),
        "{text}"
    );
    assert!(!text.replace("\\<", "").contains("<img"), "{text}");
    assert!(!text.contains("@team"), "{text}");
    assert!(!text.contains("[l]("), "{text}");
    assert!(text.contains("<summary>1 fixed</summary>"), "{text}");
    assert!(text.contains("RA-2025-010"), "{text}");
    let rows: Vec<&str> = text.lines().filter(|it| it.starts_with('|')).collect();
    for row in &rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 4, "{row}");
    }
    assert_eq!(rows.len(), 4, "head, line, and two findings");

    let many = example::copied("larkfield");
    for number in 0..2_000 {
        many.write(&format!("controls/c{number}.yaml"), "a: 1\n");
    }
    let text = of(&written(&many, &[]).1, "github-summary");
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(
        text.contains("more findings, in the log of the check"),
        "{text}"
    );
}

#[test]
fn the_summary_of_a_step_is_added_to() {
    let fixture = example::copied("larkfield");
    let file = fixture.beside("summary.md");
    fs::write(&file, "of another command\n").unwrap();
    let name = file.to_str().unwrap();
    let output = format!("github-summary={name}");
    let arguments = ["check", "--output", &output];
    let variables = [("GITHUB_STEP_SUMMARY", name)];
    assert_eq!(
        probity_with(&fixture.root(), &arguments, &variables).code,
        0
    );
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("of another command\n## Probity: no findings\n"),
        "{text}"
    );
    // Any other file is written anew.
    assert_eq!(probity(&fixture.root(), &arguments).code, 0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("## Probity: no findings\n"), "{text}");
}

#[test]
fn where_nothing_is_yet_the_first_step_is_told() {
    let texts = written(&Fixture::folder(), &[]).1;
    for format in ["sarif", "github", "github-summary", "junit"] {
        assert!(of(&texts, format).contains("probity init"), "{format}");
    }
    assert_eq!(commands(&of(&texts, "github")).len(), 1);
}

// ---------------------------------------------------------------- GitLab, review bots

#[test]
fn fingerprints_for_gitlab_are_unique_and_stay() {
    let broken = example::copied("broken");
    let fingerprints = || -> Vec<String> {
        let issues = json(&written(&broken, &[]).1, "gitlab");
        let issues = issues.as_array().unwrap().iter();
        issues
            .map(|it| it["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = fingerprints();
    let once: BTreeSet<&String> = before.iter().collect();
    assert_eq!(once.len(), before.len());
    let file = broken.path("incidents/INC-2025-0007/incident.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("# moved\n\n{text}")).unwrap();
    assert_eq!(fingerprints(), before);
}

#[test]
fn gitlab_is_told_of_what_was_not_examined_and_not_of_what_is_accepted() {
    let issues = json(&written(&unreadable(), &[]).1, "gitlab");
    assert_eq!(issues[0]["check_name"], "not-examined");
    assert_eq!(issues[0]["severity"], "blocker");
    let issues = json(&written(&change(), &[]).1, "gitlab");
    let names = issues
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["check_name"].as_str().unwrap());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["not-a-record", "unknown-system", "unknown-term"]
    );
}

#[test]
fn columns_for_reviewdog_count_bytes() {
    let fixture = example::copied("larkfield");
    let text = FACTS.replace("title: Portal slow", "\"title\": {ü: 1, 🦀x: 2}");
    fixture.write(INCIDENT, &text);
    let report = json(&written(&fixture, &[]).1, "rdjson");
    let found = &report["diagnostics"][0];
    assert_eq!(found["severity"], "ERROR");
    let range = &found["location"]["range"];
    assert_eq!(range["start"]["line"], 3);
    // `"title": ` has nine bytes; ü two, 🦀 four.
    assert_eq!(range["start"]["column"], 10, "{found:#}");
    assert_eq!(
        range["end"]["column"],
        10 + "{ü: 1, 🦀x: 2}".len(),
        "{found:#}"
    );
}

#[test]
fn review_bots_get_only_what_the_change_brings() {
    let texts = written(&change(), &["--base", "main"]).1;
    let diagnostics = json(&texts, "rdjson")["diagnostics"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(diagnostics, 2);
    let errors = elements(&of(&texts, "checkstyle"));
    assert_eq!(errors.iter().filter(|it| it.0 == "error").count(), 2);
}

// ---------------------------------------------------------------- all of them

#[test]
fn the_exit_code_is_that_of_every_format_and_standard_output_the_same_as_a_file() {
    let fixture = change();
    let (_, texts) = written(&fixture, &[]);
    for (format, text) in FORMATS.iter().zip(texts) {
        let run = probity(&fixture.root(), &["check", "--format", format]);
        assert_eq!((run.code, run.stdout), (1, text), "{format}");
    }
}

#[test]
fn a_file_that_cannot_be_written_keeps_no_other_from_being_written() {
    let fixture = change();
    let (lost, kept) = (fixture.beside("no/where"), fixture.beside("kept"));
    let outputs = [
        format!("sarif={}", lost.display()),
        format!("junit={}", kept.display()),
    ];
    let arguments = ["check", "--output", &outputs[0], "--output", &outputs[1]];
    let run = probity(&fixture.root(), &arguments);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("there is no such folder"),
        "{}",
        run.stderr
    );
    assert!(kept.is_file());
}

/// Where the word that is meant is plain, it is offered as a replacement of just what is wrong.
#[test]
fn a_slip_of_the_finger_can_be_mended_with_a_click() {
    let fixture = example::copied("larkfield");
    let text =
        format!("{FACTS}timline: []\nsupply_chain: {{outcome: \"requird\", liaison: marra}}\n");
    fixture.write(INCIDENT, &text);
    let texts = written(&fixture, &[]).1;
    let mut mended: Vec<String> = text.lines().map(str::to_owned).collect();
    let report = json(&texts, "rdjson");
    let mut offers: Vec<&Value> = Vec::new();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        offers.extend(diagnostic["suggestions"].as_array().into_iter().flatten());
    }
    // From the end, so that columns stay.
    for offer in offers.iter().rev() {
        let at = |end: &str, key: &str| {
            usize::try_from(offer["range"][end][key].as_u64().unwrap()).unwrap()
        };
        let line = &mut mended[at("start", "line") - 1];
        let range = at("start", "column") - 1..at("end", "column") - 1;
        line.replace_range(range, offer["text"].as_str().unwrap());
    }
    assert_eq!(mended[8], "timeline: []");
    assert_eq!(
        mended[9],
        "supply_chain: {outcome: \"required\", liaison: mara}"
    );
    let sarif = json(&texts, "sarif");
    let fixes = results(&sarif).iter().filter_map(|it| it.get("fixes"));
    let inserted: Vec<&Value> = fixes
        .map(|it| &it[0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"])
        .collect();
    assert_eq!(inserted, ["timeline", "\"required\"", "mara"]);
}

#[test]
fn no_format_shows_what_is_masked() {
    let fixture = example::copied("larkfield");
    let secret = "postgres://app:Zu7-pelikan@db.example.net/prod";
    let text = FACTS.replace("Portal slow", secret);
    // Of a value that is not listed the message quotes what is written.
    fixture.write(INCIDENT, &format!("{text}disposition: {secret}\n"));
    let (run, texts) = written(&fixture, &[]);
    assert!(run.stdout.contains("credential"), "{}", run.stdout);
    for (format, text) in FORMATS.iter().zip(texts) {
        assert!(text.contains("credential"), "{format}");
        assert!(!text.contains("pelikan"), "{format}");
    }
}
