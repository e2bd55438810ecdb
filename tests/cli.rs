//! The program as its users call it: arguments, formats, files it writes, exit codes, messages.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use binary::{Run, command, probity, probity_with};
use example::larkfield;
use fixture::Fixture;
use probity::document::Limits;
use probity::engine::{Request, Silent, check_listed};
use probity::output::{Format, Look, render};
use probity::source::Source;
use serde_json::Value;

const INCIDENT: &str = "incidents/INC-2025-0100/incident.yaml";
const GOOD: &str = "kind: incident\nid: INC-2025-0100\ntitle: Portal slow\nstatus: open\n\
    severity: high\ndetected_at: 2025-06-20T09:10:00Z\ndeclared_at: 2025-06-20T09:40:00Z\n\
    commander: mara\n";

fn broken() -> Fixture {
    example::copied("broken")
}

/// A repository with the broken example in one commit.
fn broken_repository() -> Fixture {
    let fixture = Fixture::repository();
    example::copy("broken", &fixture.root());
    fixture.commit("first");
    fixture
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn read(path: &Path) -> String {
    String::from_utf8(probity::source::read_file(path, 1 << 24).unwrap()).unwrap()
}

#[track_caller]
fn fails(run: &Run, code: i32, message: &str, hint: &str) {
    assert_eq!(run.code, code, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
    assert!(run.stderr.contains(message), "{run:?}");
    assert!(run.stderr.contains(hint), "{run:?}");
}

#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn say_skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

// ---------------------------------------------------------------- formats

#[test]
fn human_is_the_default_and_concise_has_a_line_for_each_finding() {
    let fixture = broken();
    let human = probity(&fixture.root(), &["check"]);
    assert!(
        human
            .stdout
            .contains("╭─[incidents/INC-2025-0011/incident.yaml:11:12]")
    );
    let named = probity(&fixture.root(), &["check", ".", "--format", "human"]);
    assert_eq!(human.stdout, named.stdout);
    let concise = probity(&fixture.root(), &["check", "--format", "concise"]);
    let line = "incidents/INC-2025-0011/incident.yaml:11:12: error[unknown-person]: \
        person `marra` is not registered\n";
    assert!(concise.stdout.contains(line), "{}", concise.stdout);
    assert_eq!((human.code, concise.code), (1, 1));
}

#[test]
fn json_has_the_fields_of_the_contract_and_no_others() {
    let fixture = broken_repository();
    fixture.write("incidents/INC-2025-0200/incident.yaml", &"[".repeat(2_000));
    let report = json(&probity(&fixture.root(), &["check", "--format", "json"]));
    has_keys(
        &report,
        "version tool as_of revision dirty commits policy_digest switched_off summary findings \
         incomplete stats",
        "",
    );
    assert_eq!(report["version"], 1);
    assert_eq!(report["as_of"], "2025-06-20T12:00:00Z");
    assert_eq!(report["dirty"], true);
    has_keys(&report["tool"], "name version", "");
    has_keys(&report["summary"], "rules controls", "");
    let counts = "pass fail not_applicable not_evaluated excepted";
    for rule in list(&report["summary"]["rules"]) {
        has_keys(rule, &format!("rule {counts}"), "not_evaluated_because");
    }
    for control in list(&report["summary"]["controls"]) {
        has_keys(control, &format!("control {counts}"), "");
    }
    let findings = list(&report["findings"]);
    assert!(findings.len() > 25);
    let lines = |file: &Value| -> Vec<Vec<char>> {
        let path = fixture.path(file.as_str().unwrap());
        let text = probity::source::read_file(&path, 1 << 20).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.split('\n')
            .map(|line| line.chars().collect())
            .collect()
    };
    for finding in findings {
        has_keys(
            finding,
            "rule obligations controls severity message help file pointer start end target \
             record related fingerprint",
            "change excepted_by duty",
        );
        assert!(["key", "value", "pair"].contains(&finding["target"].as_str().unwrap()));
        let message = finding["message"].as_str().unwrap();
        assert!(
            !message.ends_with('.') && !message.contains('\n'),
            "{message}"
        );
        assert!(!list(&finding["controls"]).is_empty());
        assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 32);
        if finding["rule"] != "not-a-record" && finding["rule"] != "unregistered-evidence" {
            has_keys(&finding["record"], "kind id", "");
        }
        let mut places = vec![finding];
        for related in list(&finding["related"]) {
            has_keys(related, "message file pointer start end", "");
            places.push(related);
        }
        // A file that is no record is shown as a whole.
        for place in places.iter().filter(|it| !it["start"].is_null()) {
            let lines = lines(&place["file"]);
            for end in ["start", "end"] {
                has_keys(&place[end], "line column byte", "");
                let number = |key: &str| place[end][key].as_u64().unwrap() as usize;
                let line = &lines[number("line") - 1];
                assert!(
                    (1..=line.len() + 1).contains(&number("column")),
                    "{place:#}"
                );
            }
        }
    }
    for incomplete in list(&report["incomplete"]) {
        has_keys(incomplete, "file reason help", "");
    }
    assert_eq!(list(&report["incomplete"]).len(), 1);
    has_keys(
        &report["stats"],
        "yaml_files records ignored other_files skipped references bytes",
        "",
    );
    let prints: BTreeSet<&str> = findings
        .iter()
        .map(|it| it["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), findings.len(), "fingerprints are unique");
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[track_caller]
fn has_keys(value: &Value, required: &str, optional: &str) {
    let keys: BTreeSet<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let required: BTreeSet<&str> = required.split_whitespace().collect();
    let mut allowed = required.clone();
    allowed.extend(optional.split_whitespace());
    assert!(required.is_subset(&keys), "{required:?} in {keys:?}");
    assert!(keys.is_subset(&allowed), "{keys:?} within {allowed:?}");
}

#[test]
fn what_is_said_about_an_empty_folder() {
    let fixture = Fixture::folder();
    for format in ["human", "concise", "json"] {
        let run = probity(&fixture.root(), &["check", "--format", format]);
        assert_eq!(run.code, 3);
        assert!(format == "json" || run.stdout.contains("nothing to examine"));
    }
    // A repository of somebody else: YAML, but no records.
    fixture.write("deploy/portal.yaml", "kind: Deployment\n");
    fixture.write("controls/x.yaml", "a: 1\n");
    assert_eq!(probity(&fixture.root(), &["check"]).code, 3);
}

// ---------------------------------------------------------------- files written

#[test]
fn outputs_are_written_beside_what_is_printed() {
    let fixture = broken();
    let (one, two) = (fixture.beside("report.json"), fixture.beside("report.txt"));
    let arguments = [
        "check".to_owned(),
        "--output".to_owned(),
        format!("json={}", one.display()),
        "--output".to_owned(),
        format!("concise={}", two.display()),
    ];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = probity(&fixture.root(), &arguments);
    assert_eq!(run.code, 1);
    let plain = |format| probity(&fixture.root(), &["check", "--format", format]).stdout;
    assert_eq!(read(&one), plain("json"));
    assert_eq!(read(&two), plain("concise"));
    assert_eq!(run.stdout, plain("human"));
    // No half-written neighbours are left.
    let beside = fs::read_dir(fixture.beside("")).unwrap().count();
    assert_eq!(beside, 3);
}

#[test]
fn a_file_that_cannot_be_written_is_code_3_and_the_old_one_stays() {
    // What is known is printed all the same, and findings go before what could not be done.
    let fixture = broken();
    let output = format!("json={}", fixture.path("no/such/folder.json").display());
    let run = probity(&fixture.root(), &["check", "--output", &output]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("unknown-person") && run.stderr.contains("no such folder"));
    assert!(!fixture.path("no").exists());

    let fixture = larkfield();
    let under_a_file = fixture.path("program.yaml/report.json");
    let output = format!("json={}", under_a_file.display());
    let run = probity(&fixture.root(), &["check", "--output", &output]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("report.json"), "{run:?}");
    // The target is a folder, as good as one that may not be written, also for root.
    fixture.write("taken/inside.txt", "old\n");
    let output = format!("json={}", fixture.path("taken").display());
    let run = probity(&fixture.root(), &["check", "--output", &output]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(read(&fixture.path("taken/inside.txt")), "old\n");
    let left = fs::read_dir(fixture.root()).unwrap();
    let odd = left.filter(|it| {
        let name = it.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("tmp")
    });
    assert_eq!(odd.count(), 0);
}

#[test]
fn an_output_that_makes_no_sense_is_a_mistake_of_usage() {
    let fixture = larkfield();
    for output in ["json", "sarf=x", "json="] {
        let run = probity(&fixture.root(), &["check", "--output", output]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{output}");
    }
}

// ---------------------------------------------------------------- exit codes

#[test]
fn the_threshold_decides_about_findings_and_nothing_else() {
    let fixture = larkfield();
    // Of an open incident, an incomplete action is a warning.
    let warning = format!("{GOOD}actions: [{{id: A-1, due: soon}}]\n");
    fixture.write(INCIDENT, &warning);
    let code = |arguments: &[&str]| {
        let mut all = vec!["check"];
        all.extend(arguments);
        let codes = ["human", "concise", "json"].map(|format| {
            let mut all = all.clone();
            all.extend(["--format", format]);
            probity(&fixture.root(), &all).code
        });
        assert!(codes.iter().all(|code| *code == codes[0]), "{codes:?}");
        codes[0]
    };
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "warning"]), 1);
    assert_eq!(code(&["--fail-on", "info"]), 1);
    assert_eq!(code(&["--fail-on", "error"]), 0);
    // 1 goes before 3, and 3 is not silenced by a threshold.
    fixture.write("incidents/INC-2025-0200/incident.yaml", &"[".repeat(2_000));
    assert_eq!(code(&[]), 3);
    assert_eq!(code(&["--fail-on", "warning"]), 1);
    assert_eq!(code(&["--fail-on", "never"]), 3);
    // 2 goes before 1.
    assert_eq!(code(&["--fail-on", "warning", "--as-of", "soon"]), 2);
    assert_eq!(code(&["--fail-on", "sometimes"]), 2);
}

#[test]
fn strict_minds_what_could_not_be_evaluated() {
    let fixture = Fixture::folder();
    fixture.write(INCIDENT, GOOD);
    let run = probity(&fixture.root(), &["check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("not evaluated"), "{}", run.stdout);
    assert_eq!(probity(&fixture.root(), &["check", "--strict"]).code, 3);
    assert_eq!(probity(&larkfield().root(), &["check", "--strict"]).code, 0);
}

#[test]
fn help_and_version_are_no_errors_and_an_unknown_flag_is() {
    let fixture = Fixture::folder();
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"]] {
        let run = probity(&fixture.root(), arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!run.stdout.is_empty());
    }
    for arguments in [
        &["--nonsense"][..],
        &["check", "--nonsense"],
        &["chek"],
        &[],
    ] {
        let run = probity(&fixture.root(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}

// ---------------------------------------------------------------- time

#[test]
fn a_day_means_its_end_and_garbage_is_refused() {
    let fixture = larkfield();
    let as_of = |when: &str| {
        json(&probity(
            &fixture.root(),
            &["check", "--format", "json", "--as-of", when],
        ))
    };
    assert_eq!(as_of("2025-06-20")["as_of"], "2025-06-21T00:00:00Z");
    assert_eq!(
        as_of("2025-06-20T12:00:00+02:00")["as_of"],
        "2025-06-20T10:00:00Z"
    );
    for garbage in [
        "yesterday",
        "2025-06-20T12:00:00",
        "2025-13-01",
        "2025-06-20 12:00",
        "",
        "1",
    ] {
        let run = probity(&fixture.root(), &["check", "--as-of", garbage]);
        fails(&run, 2, "neither a date", "--as-of 2025-06-20");
    }
}

#[test]
fn the_time_may_be_that_of_the_commit() {
    let fixture = Fixture::committed(&[("program.yaml", "kind: program\nid: program\n")]);
    let as_of = |more: &[&str]| {
        let mut arguments = vec!["check", "--format", "json", "--as-of", "commit"];
        arguments.extend(more);
        let outcome = json(&probity(&fixture.root(), &arguments));
        outcome["as_of"].as_str().unwrap().to_owned()
    };
    // The fixture commits at this time, whatever the author's is.
    assert_eq!(as_of(&[]), "2025-05-06T08:00:00Z");
    let raw = fixture.git(&["cat-file", "commit", "HEAD"]);
    let later = raw.replace(
        "<kofi@example.org> 1746518400",
        "<kofi@example.org> 1750420800",
    );
    fixture.write("later", &format!("{later}\n"));
    let id = fixture.git(&["hash-object", "-w", "-t", "commit", "later"]);
    fixture.git(&["reset", "--quiet", "--hard", &id]);
    assert_eq!(as_of(&[]), "2025-06-20T12:00:00Z");
    assert_eq!(as_of(&["--rev", "HEAD@{1}"]), "2025-05-06T08:00:00Z");

    let plain = larkfield();
    let run = probity(&plain.root(), &["check", "--as-of", "commit"]);
    fails(&run, 2, "there is no commit", "--as-of 2025-06-20");
}

#[test]
fn source_date_epoch_is_honoured_and_an_argument_goes_before_it() {
    let fixture = larkfield();
    let at = |epoch: &str, more: &[&str]| {
        let mut arguments = vec!["check", "--format", "json"];
        arguments.extend(more);
        probity_with(&fixture.root(), &arguments, &[("SOURCE_DATE_EPOCH", epoch)])
    };
    assert_eq!(
        json(&at("1750420800", &[]))["as_of"],
        "2025-06-20T12:00:00Z"
    );
    assert_eq!(
        json(&at("0", &["--as-of", "2025-06-20"]))["as_of"],
        "2025-06-21T00:00:00Z"
    );
    fails(&at("now", &[]), 2, "SOURCE_DATE_EPOCH is `now`", "");
    fails(&at("99999999999999", &[]), 2, "SOURCE_DATE_EPOCH", "");
}

// ---------------------------------------------------------------- terminal

#[test]
fn colours_are_drawn_on_demand_only() {
    let fixture = broken();
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        probity_with(&fixture.root(), arguments, variables)
            .stdout
            .contains('\u{1b}')
    };
    assert!(!colored(&["check"], &[]), "not into a pipe");
    assert!(colored(&["check", "--color", "always"], &[]));
    assert!(
        colored(&["check", "--color", "always"], &[("NO_COLOR", "1")]),
        "asked for by hand"
    );
    assert!(!colored(&["check", "--color", "never"], &[]));
    assert!(!colored(
        &["check", "--color", "always", "--format", "json"],
        &[]
    ));
    // The same text but for the colours.
    let plain = probity(&fixture.root(), &["check"]).stdout;
    let drawn = probity(&fixture.root(), &["check", "--color", "always"]).stdout;
    let mut bare = String::new();
    let mut is_code = false;
    for c in drawn.chars() {
        match (is_code, c) {
            (false, '\u{1b}') => is_code = true,
            (true, 'm') => is_code = false,
            (false, c) => bare.push(c),
            _ => {}
        }
    }
    assert_eq!(bare, plain);
}

#[test]
fn ascii_is_drawn_where_the_locale_has_nothing_else() {
    let fixture = broken();
    let run = probity_with(&fixture.root(), &["check"], &[("LC_ALL", "C")]);
    assert!(
        !run.stdout.contains(['╭', '│', '─', '×', '☞']),
        "{}",
        run.stdout
    );
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_error() {
    let fixture = broken();
    for format in ["human", "concise", "json"] {
        let mut child = command(&fixture.root())
            .args(["check", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe is closed before anything is written.
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), stderr.as_str()), (Some(1), ""), "{format}");
    }
}

#[test]
fn nothing_of_a_record_steers_the_terminal() {
    let wild = "\\e[31m\\u202Ered\\u0007\\x9b31m\\u2066\\r\\nforged.yaml:1:1: error[x]: y\\0";
    let fixture = larkfield();
    let record = format!(
        "{}? \"{wild}\"\n: x\ntimeline: [{{what: \"{wild}\", \"a{wild}\": 1}}]\nstatus: \"{wild}\"\n\
         affected: [\"{wild}\", \"patient-portal/{wild}\"]\nsource: \"{wild}\"\nclosed_at: \"{wild}\"\n\
         outbound: [{{id: \"{wild}\", channel: \"{wild}\", to: {{party: \"{wild}\", contact: \"{wild}\"}}, \
         classification: \"{wild}\", proof: [\"{wild}\"], package: \"{wild}\"}}, {{id: \"{wild}\"}}]\n\
         decisions: [{{role: \"{wild}\"}}]\nreview: {{updates: [{{record: \"{wild}\"}}]}}\n\
         simulated: \"{wild}\"\n",
        GOOD.replace("status: open\n", "")
            .replace("mara", &format!("\"{wild}\""))
    );
    fixture.write(INCIDENT, &record);
    fixture.write(
        "incidents/INC-2025-0101/incident.yaml",
        &GOOD.replace("title: ", "title: \u{1b}[2J\u{202e}x: "),
    );
    fixture.write(
        "incidents/INC-2025-0102/incident.yaml",
        &format!("kind: \"{wild}\"\nid: x\n"),
    );
    fixture.write(
        "incidents/INC-2025-0103/incident.yaml",
        &format!("{GOOD}\"{wild}\": 1\n\"{wild}\": 2\n"),
    );
    fixture.write(
        "incidents/INC-2025-0104/incident.yaml",
        &format!("{GOOD}source: !\u{9b}31m x\n"),
    );
    fixture.write(
        "exceptions/RA-2025-010.yaml",
        &format!("kind: exception\nid: RA-2025-010\nsubject: \"{wild}\"\n"),
    );
    #[cfg(unix)]
    fixture.write("incidents/\u{1b}[31m\u{202e}\n.yaml", "a: 1\n");
    for format in ["human", "concise", "json"] {
        let run = probity(&fixture.root(), &["check", "--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""));
        let is_wild = |c: &char| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let found: Vec<char> = run.stdout.chars().filter(is_wild).collect();
        assert!(found.is_empty(), "{format}: {found:?} in {}", run.stdout);
        let forged = run.stdout.lines().find(|line| line.starts_with("forged"));
        assert_eq!(forged, None, "{format}");
        if format == "json" {
            assert!(list(&json(&run)["findings"]).len() > 15);
        }
    }
}

#[test]
fn a_very_long_value_is_cut() {
    let fixture = larkfield();
    let long = "x".repeat(1 << 20);
    fixture.write(
        INCIDENT,
        &format!(
            "{}affected: [{long}]\nsource: {long}\ndecisions: [{{role: {long}}}]\n",
            GOOD.replace("mara", &long)
        ),
    );
    fixture.write(
        "incidents/INC-2025-0101/incident.yaml",
        &format!("kind: {long}\nid: {long}\n"),
    );
    fixture.write(
        "incidents/INC-2025-0102/incident.yaml",
        &format!("{GOOD}? {long}\n: 1\n? {long}\n: 2\n"),
    );
    for format in ["human", "concise", "json"] {
        let run = probity(&fixture.root(), &["check", "--format", format]);
        assert!(
            run.stdout.len() < 100_000,
            "{format}: {} bytes",
            run.stdout.len()
        );
    }
}

#[test]
fn sensitive_values_are_masked() {
    let fixture = larkfield();
    let contact = |reach: &str| {
        format!(
            "kind: third-party\nid: spare\nname: Spare Ltd\ncategory: saas\nrecipient_category: provider\n\
         tier: 3\ntier_because: [none]\nlifecycle: {{state: active, since: 2024-01-01}}\n\
         reviewed_on: 2025-01-06\ninternal_owner: kofi\ncontacts:\n  - id: desk\n    purpose: nonsense\n    \
         reach: {reach}\n    level: nonsense\n"
        )
    };
    let broken = contact("+447700900123").replace("    level", "   level");
    for text in [
        contact("+447700900123"),
        contact("[+447700900123]"),
        contact("\"447700900123"),
        broken,
        contact("447700900123\n    reach: 447700900123"),
    ] {
        fixture.write("registry/third-parties/spare.yaml", &text);
        for format in ["human", "concise", "json"] {
            let run = probity(&fixture.root(), &["check", "--format", format]);
            assert_eq!(run.code, 1, "{}", run.stdout);
            assert!(!run.stdout.contains("7700900"), "{text}\n{}", run.stdout);
        }
    }
}

// ---------------------------------------------------------------- scope

#[test]
fn a_folder_or_a_file_is_checked_against_the_records_around_it() {
    let fixture = broken_repository();
    let files = |path: &str| -> BTreeSet<String> {
        let run = probity(&fixture.root(), &["check", path, "--format", "json"]);
        let report = json(&run);
        list(&report["findings"])
            .iter()
            .map(|it| it["file"].as_str().unwrap().to_owned())
            .collect()
    };
    let file = "incidents/INC-2025-0011/incident.yaml";
    assert_eq!(files(file), BTreeSet::from([file.to_owned()]));
    assert_eq!(
        files("incidents/INC-2025-0011"),
        BTreeSet::from([file.to_owned()])
    );
    assert_eq!(
        files("registry"),
        BTreeSet::from(["registry/people.yaml".to_owned()])
    );
    assert!(files("incidents").len() > 8);
    // The findings are those of the whole check.
    let whole = json(&probity(&fixture.root(), &["check", "--format", "json"]));
    let part = json(&probity(
        &fixture.root(),
        &["check", file, "--format", "json"],
    ));
    let of_file: Vec<&Value> = list(&whole["findings"])
        .iter()
        .filter(|it| it["file"] == file)
        .collect();
    assert_eq!(of_file, list(&part["findings"]).iter().collect::<Vec<_>>());
    // From within a folder, too, and the paths stay those of the repository.
    let inside = probity(
        &fixture.path("incidents"),
        &["check", "INC-2025-0011", "--format", "json"],
    );
    assert_eq!(json(&inside)["findings"], part["findings"]);
    // Where nothing is wrong, nothing is said.
    let good = probity(&fixture.root(), &["check", "incidents/INC-2025-0001"]);
    assert_eq!(good.code, 0, "{good:?}");
}

// ---------------------------------------------------------------- the same outcome

#[test]
fn a_revision_gives_the_same_as_the_files() {
    let fixture = broken_repository();
    let without = |arguments: &[&str]| {
        let mut report = json(&probity(&fixture.root(), arguments));
        assert_eq!(report["revision"].as_str().unwrap().len(), 40);
        report.as_object_mut().unwrap().remove("revision");
        report.as_object_mut().unwrap().remove("dirty");
        report
    };
    let files = without(&["check", "--format", "json"]);
    assert_eq!(
        files,
        without(&["check", "--format", "json", "--rev", "HEAD"])
    );
    // Later changes do not touch it.
    fixture.write("incidents/INC-2025-0001/incident.yaml", "kind: [\n");
    assert_eq!(
        files,
        without(&["check", "--format", "json", "--rev", "HEAD"])
    );
    assert_ne!(files, without(&["check", "--format", "json"]));
    let part = &["check", "registry", "--format", "json", "--rev", "main"];
    assert_eq!(list(&without(part)["findings"]).len(), 1);
}

#[test]
fn threads_and_the_order_of_files_change_nothing() {
    let fixture = broken_repository();
    let root = fixture.root();
    let run =
        |threads: &str| probity(&root, &["check", "--format", "json", "--threads", threads]).stdout;
    let one = run("1");
    assert_eq!(one, run("2"));
    assert_eq!(one, run("8"));

    let source = Source::open(&root, None).unwrap();
    let listing = source.list().unwrap();
    let request = Request {
        path: &root,
        revision: None,
        policies_from: None,
        as_of: example::noon(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads: Some(2),
    };
    for turn in 0..listing.files.len() {
        let mut shuffled = listing.clone();
        shuffled.files.rotate_left(turn);
        if turn % 2 == 1 {
            shuffled.files.reverse();
        }
        let outcome = check_listed(&source, shuffled, &request, &Silent).unwrap();
        assert_eq!(render(&outcome, Format::Json, Look::default()), one);
    }
}

// ---------------------------------------------------------------- disk and git

#[test]
fn a_path_that_is_not_there() {
    let fixture = larkfield();
    fails(
        &probity(&fixture.root(), &["check", "incident"]),
        2,
        "incident",
        "",
    );
    fails(
        &probity(&fixture.root(), &["check", "program.yaml/x"]),
        2,
        "program.yaml",
        "",
    );
}

#[test]
fn a_revision_that_is_not_there_and_one_without_git() {
    let fixture = broken_repository();
    let run = probity(&fixture.root(), &["check", "--rev", "mian"]);
    fails(&run, 2, "mian", "git branch --all");
    let run = probity(&fixture.root(), &["check", "nowhere", "--rev", "HEAD"]);
    fails(&run, 2, "nowhere", "");
    let run = probity(&larkfield().root(), &["check", "--rev", "HEAD"]);
    fails(&run, 2, "", "name no revision");
    let empty = Fixture::repository();
    fails(
        &probity(&empty.root(), &["check", "--rev", "HEAD"]),
        2,
        "no commit yet",
        "commit first",
    );
    assert_eq!(
        probity(&empty.root(), &["check"]).code,
        3,
        "nothing to examine"
    );
}

#[test]
fn a_bare_and_a_shallow_repository() {
    let fixture = broken_repository();
    let bare = fixture.clone_as("bare.git", &["--bare"]);
    fails(&probity(&bare, &["check"]), 2, "", "--rev HEAD");
    let run = probity(&bare, &["check", "--rev", "HEAD", "--format", "json"]);
    let files = probity(&fixture.root(), &["check", "--format", "json"]);
    assert_eq!(json(&run)["findings"], json(&files)["findings"]);

    fixture.write("incidents/INC-2025-0001/incident.yaml", GOOD);
    fixture.commit("second");
    let shallow = fixture.clone_as("shallow", &["--depth=1"]);
    assert_eq!(probity(&shallow, &["check"]).code, 1);
    fails(
        &probity(&shallow, &["check", "--rev", "HEAD~1"]),
        2,
        "HEAD~1",
        "git fetch --unshallow",
    );
}

#[test]
fn a_damaged_repository() {
    let fixture = broken_repository();
    let blob = fixture.git(&["rev-parse", "HEAD:incidents/INC-2025-0001/incident.yaml"]);
    fixture.remove_object(&blob);
    fixture.write("incidents/INC-2025-0001/incident.yaml", "changed: 1\n");
    let run = probity(
        &fixture.root(),
        &[
            "check",
            "--rev",
            "HEAD",
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(run.code, 3, "{run:?}");
    let report = json(&run);
    let incomplete = list(&report["incomplete"]);
    assert_eq!(incomplete.len(), 1);
    assert_eq!(
        incomplete[0]["file"],
        "incidents/INC-2025-0001/incident.yaml"
    );
    assert!(list(&report["findings"]).len() > 20, "the rest is examined");

    let tree = fixture.git(&["rev-parse", "HEAD^{tree}"]);
    fixture.remove_object(&tree);
    let run = probity(&fixture.root(), &["check", "--rev", "HEAD"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.stderr.contains("git fsck") || run.stdout.contains("missing"),
        "{run:?}"
    );
}

#[test]
#[cfg(unix)]
fn links_are_told_and_not_followed() {
    use std::os::unix::fs::symlink;
    let fixture = larkfield();
    fs::create_dir(fixture.beside("outside")).unwrap();
    fixture.write_bytes(
        "../outside/secret.yaml",
        b"kind: incident\nid: INC-2025-0666\n",
    );
    symlink(
        fixture.beside("outside/secret.yaml"),
        fixture.path("incidents/out.yaml"),
    )
    .unwrap();
    symlink("nothing.yaml", fixture.path("incidents/broken.yaml")).unwrap();
    symlink("self.yaml", fixture.path("incidents/self.yaml")).unwrap();
    symlink("../incidents", fixture.path("incidents/loop")).unwrap();
    symlink("../program.yaml", fixture.path("incidents/inside.yaml")).unwrap();
    let run = probity(&fixture.root(), &["check"]);
    // What a link hides from us was not examined.
    assert_eq!(run.code, 3, "{run:?}");
    for told in [
        "not examined: incidents/out.yaml: is a symbolic link out of the repository",
        "not examined: incidents/broken.yaml: is a symbolic link to nothing",
        "not examined: incidents/self.yaml: is a symbolic link to nothing",
        "incidents/loop is a symbolic link to incidents",
        "incidents/inside.yaml is a symbolic link to program.yaml",
    ] {
        assert!(run.stdout.contains(told), "{told}\n{}", run.stdout);
    }
    let report = json(&probity(&fixture.root(), &["check", "--format", "json"]));
    assert_eq!(report["stats"]["skipped"], 2);
    assert_eq!(list(&report["incomplete"]).len(), 3);
}

#[test]
#[cfg(unix)]
fn unreadable_files_and_folders() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let fixture = larkfield();
    if fs::metadata(fixture.root()).unwrap().uid() == 0 {
        return say_skipped("root may read every file");
    }
    fixture.write(INCIDENT, GOOD);
    fs::set_permissions(fixture.path(INCIDENT), fs::Permissions::from_mode(0o000)).unwrap();
    let run = probity(&fixture.root(), &["check", "--format", "json"]);
    assert_eq!(run.code, 3);
    assert_eq!(json(&run)["incomplete"][0]["file"], INCIDENT);
}

#[test]
#[cfg(unix)]
fn a_repository_of_another_user() {
    use std::os::unix::fs::{MetadataExt, chown};
    let fixture = broken_repository();
    if fs::metadata(fixture.root()).unwrap().uid() != 0 {
        return say_skipped("only root can give files away");
    }
    for path in ["", ".git"] {
        chown(fixture.path(path), Some(12345), Some(12345)).unwrap();
    }
    for arguments in [&["check"][..], &["check", "--rev", "HEAD"]] {
        let run = probity(&fixture.root(), arguments);
        fails(&run, 3, "belongs to another user", "safe.directory");
    }
}

#[test]
fn git_variables_of_the_environment_have_no_say() {
    let (fixture, other) = (broken_repository(), Fixture::committed(&[(INCIDENT, GOOD)]));
    let git = other.path(".git");
    let variables = [
        ("GIT_DIR", git.to_str().unwrap()),
        ("GIT_WORK_TREE", "/nowhere"),
    ];
    let arguments = ["check", "--format", "json", "--rev", "HEAD"];
    let run = probity_with(&fixture.root(), &arguments, &variables);
    assert_eq!(run.stdout, probity(&fixture.root(), &arguments).stdout);
}
