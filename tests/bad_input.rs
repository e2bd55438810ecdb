//! Files that somebody may put into a repository to break the check, or saved by accident: each is
//! told on its own, the rest of the run goes on, and the exit code says how it went.
//!
//! Every run has a limit of time: a check that hangs fails here and does not block the tests.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};

use binary::{Run, probity};
use fixture::Fixture;
use probity::finding::MOST_FAULTS;
use serde_json::Value;

const PATH: &str = "incidents/INC-2025-0100/incident.yaml";
const FACTS: &str = "kind: incident\nid: INC-2025-0100\ntitle: A bad file\nstatus: open\n\
    severity: high\ndetected_at: 2025-06-20T09:10:00Z\ndeclared_at: 2025-06-20T09:40:00Z\n\
    commander: mara\n";

/// Checks the example with one more file. The rest of the run must have gone on: a mistake in
/// another file is found as well.
fn with_file(path: &str, bytes: &[u8]) -> (Run, Value) {
    let fixture = example::copied("larkfield");
    fixture.write_bytes(path, bytes);
    checked(&fixture)
}

fn checked(fixture: &Fixture) -> (Run, Value) {
    let witness = FACTS.replace("0100", "0200").replace("mara", "marra");
    fixture.write("incidents/INC-2025-0200/incident.yaml", &witness);
    let run = probity(&fixture.root(), &["check", "--format", "json"]);
    assert_eq!(run.stderr, "");
    let mut report: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array_mut().unwrap();
    let before = findings.len();
    findings.retain(|it| it["file"] != "incidents/INC-2025-0200/incident.yaml");
    assert_eq!(before - findings.len(), 1, "the rest of the run goes on");
    // With the witness gone, only what the file at hand does to the exit code is left.
    fs::remove_file(fixture.path("incidents/INC-2025-0200/incident.yaml")).unwrap();
    let run = probity(&fixture.root(), &["check", "--format", "json"]);
    (run, report)
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| it["rule"].as_str().unwrap()).collect()
}

/// A file that gets a finding of one rule, and nothing else.
fn is_found(rule: &str, bytes: impl AsRef<[u8]>) -> Value {
    let (run, report) = with_file(PATH, bytes.as_ref());
    assert_eq!(rules(&report), [rule], "{report:#}");
    assert_eq!(report["incomplete"], Value::Array(Vec::new()));
    assert_eq!(run.code, 1);
    report["findings"][0].clone()
}

/// A file that cannot be examined, with this in the reason.
fn is_not_examined(reason: &str, bytes: impl AsRef<[u8]>) {
    let (run, report) = with_file(PATH, bytes.as_ref());
    not_examined(reason, &run, &report);
}

fn not_examined(reason: &str, run: &Run, report: &Value) {
    assert_eq!(rules(report), [""; 0], "{report:#}");
    let incomplete = report["incomplete"].as_array().unwrap();
    assert_eq!(incomplete.len(), 1, "{incomplete:#?}");
    assert_eq!(incomplete[0]["file"], PATH);
    let told = incomplete[0]["reason"].as_str().unwrap();
    assert!(told.contains(reason), "{told}");
    assert_eq!(run.code, 3);
}

/// A file that is a record like any other.
fn is_clean(bytes: impl AsRef<[u8]>) {
    let (run, report) = with_file(PATH, bytes.as_ref());
    assert_eq!(rules(&report), [""; 0], "{report:#}");
    assert_eq!(report["incomplete"], Value::Array(Vec::new()));
    assert_eq!(run.code, 0);
}

fn record(rest: &str) -> String {
    format!("{FACTS}{rest}")
}

#[test]
fn broken_yaml() {
    let finding = is_found("yaml-syntax", record("affected: [patient-portal/sso\n"));
    assert_eq!(finding["record"]["id"], "INC-2025-0100");
}

#[test]
fn several_documents() {
    is_found("several-documents", format!("{FACTS}---\n{FACTS}"));
}

#[test]
fn duplicate_keys() {
    is_found("duplicate-key", record("commander: deniz\n"));
}

#[test]
fn an_alias_bomb() {
    let mut text = record("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
    }
    is_not_examined("alias", text);
}

#[test]
fn a_very_deep_chain_of_aliases() {
    let mut text = record("a0: &a0 x\n");
    for level in 1..30_000 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    let (run, _) = with_file(PATH, text.as_bytes());
    assert!([1, 3].contains(&run.code));
}

#[test]
fn two_hundred_thousand_brackets() {
    for opening in ["[", "{a: ", "- ", "? ", "[{a: "] {
        let text = record(&format!("affected:\n  {}\n", opening.repeat(200_000)));
        is_not_examined("nest", text);
    }
    // Also without a record around them, and closed again.
    is_not_examined("nest", "[".repeat(200_000));
    let closed = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    is_not_examined("nest", record(&format!("affected: {closed}\n")));
}

#[test]
fn deep_block_nesting() {
    let mut text = record("");
    for level in 0..2_000 {
        writeln!(text, "{}a:", " ".repeat(level)).unwrap();
    }
    is_not_examined("nest", text);
}

#[test]
fn invalid_utf_8() {
    let mut bytes = record("").into_bytes();
    let title = record("").find("A bad").unwrap();
    bytes[title] = 0xe9;
    let finding = is_found("encoding", &bytes);
    assert_eq!(finding["start"]["line"], 3);
    assert_eq!(finding["start"]["column"], 8);
    for broken in [
        b"\xff\xff\xff\xff".as_slice(),
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"kind: \xf5",
    ] {
        is_found("encoding", broken);
    }
}

#[test]
fn utf_16_with_and_without_mark() {
    let units = |mark: &str| format!("{mark}{FACTS}").encode_utf16().collect::<Vec<_>>();
    for mark in ["", "\u{feff}"] {
        let little: Vec<u8> = units(mark).into_iter().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units(mark).into_iter().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            let finding = is_found("encoding", &bytes);
            assert!(
                finding["message"].as_str().unwrap().contains("UTF-16"),
                "{finding:#}"
            );
            // Known by its name all the same.
            assert_eq!(finding["record"]["id"], "INC-2025-0100");
            assert_eq!(finding["start"], Value::Null);
        }
    }
}

#[test]
fn a_nul() {
    let finding = is_found("encoding", record("source: own\0detection\n"));
    assert_eq!(finding["start"]["line"], 9);
    assert_eq!(finding["start"]["column"], 12);
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    is_clean(format!("\u{feff}{FACTS}"));
}

#[test]
fn empty_and_comment_only_files() {
    for text in [
        "",
        "\n\n",
        "# later\n",
        "---\n",
        "---\n...\n",
        "\u{feff}",
        "   ",
    ] {
        let finding = is_found("not-a-record", text);
        assert_eq!(finding["record"]["id"], "INC-2025-0100", "{text:?}");
    }
    is_found("yaml-syntax", "\t\tx: [");
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let fixture = example::copied("larkfield");
    fixture.write(PATH, FACTS);
    // A hole: 100 MB (and, where the file system can, a terabyte) that take no room.
    let path = fixture.path(PATH);
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    for size in [100 << 20, 1 << 40] {
        if file.seek(SeekFrom::Start(size)).is_err() || file.write_all(b"\n").is_err() {
            continue;
        }
        let (run, report) = checked(&fixture);
        not_examined("bytes", &run, &report);
    }
}

/// Ten thousand mistakes and more: a thousand are shown, and it is said that there are others.
fn is_cut(rule: &str, bytes: impl AsRef<[u8]>) {
    let (run, report) = with_file(PATH, bytes.as_ref());
    let rules: BTreeSet<&str> = rules(&report).into_iter().collect();
    assert_eq!(rules, BTreeSet::from([rule]));
    assert_eq!(report["findings"].as_array().unwrap().len(), MOST_FAULTS);
    // Rules that compare each element with all others are stopped as well.
    let incomplete = report["incomplete"].as_array().unwrap();
    assert!(
        incomplete.iter().all(|it| it["file"] == PATH),
        "{incomplete:#?}"
    );
    let is_cut = |it: &&Value| {
        it["reason"]
            .as_str()
            .unwrap()
            .contains("more than 1000 findings")
    };
    assert_eq!(
        incomplete.iter().filter(is_cut).count(),
        1,
        "{incomplete:#?}"
    );
    assert_eq!(run.code, 1);
}

#[test]
fn fifty_thousand_keys() {
    let lines = |line: &dyn Fn(usize) -> String| (0..50_000).map(line).collect::<String>();
    let triggers = lines(&|key| format!("    trigger-{key}: true\n"));
    let unknown = record(&format!("supply_chain:\n  triggers:\n{triggers}"));
    is_cut("unknown-term", unknown);
    is_cut("unknown-key", record(&lines(&|key| format!("k{key}: 1\n"))));
    let repeated = record(&lines(&|_| "source: own-detection\n".to_owned()));
    is_cut("duplicate-key", repeated);
    let same = lines(&|_| "  - id: A-1\n".to_owned());
    is_cut("duplicate-local-id", record(&format!("actions:\n{same}")));
    let words = lines(&|_| "  - no\n".to_owned());
    is_cut("ambiguous-word", record(&format!("affected:\n{words}")));
}

#[test]
fn fifty_thousand_references_that_lead_somewhere() {
    let mut text = record("evidence:\n");
    for item in 0..1_000 {
        writeln!(
            text,
            "  - {{id: E-{item}, uri: vault://evidence/INC-2025-0100/{item}, sha256: a{item:063}, type: other, \
             captured_at: 2025-06-20T10:00:00Z, captured_by: mara, classification: public}}"
        )
        .unwrap();
    }
    text.push_str("outbound:\n  - id: OUT-1\n    outcome: draft\n    proof:\n");
    for item in 0..50_000 {
        writeln!(text, "      - E-{}", item % 1_000).unwrap();
    }
    is_clean(text);
}

#[test]
fn five_megabytes_in_one_line() {
    is_clean(record(&format!(
        "late_because: {}\n",
        "word ".repeat(1 << 20)
    )));
    let text = record(&format!("lat_because: {}\n", "word ".repeat(1 << 20)));
    let (run, _) = with_file(PATH, text.as_bytes());
    assert!(run.stdout.len() < 100_000, "{} bytes", run.stdout.len());
    let flow = format!("affected: [{}]\n", "patient-portal/sso, ".repeat(250_000));
    is_not_examined("it takes too many steps", record(&flow));
}

#[test]
fn a_key_of_a_hundred_thousand_characters() {
    let key = "k".repeat(100_000);
    let (run, report) = with_file(PATH, record(&format!("? {key}\n: x\n")).as_bytes());
    assert_eq!(rules(&report), ["unknown-key"]);
    let message = report["findings"][0]["message"].as_str().unwrap();
    assert!(message.len() < 200, "{message}");
    assert_eq!(run.code, 1);
    // As a plain key it is too long for YAML.
    is_found("yaml-syntax", record(&format!("{key}: x\n")));
}

#[test]
fn a_cyclic_alias() {
    is_found("yaml-syntax", record("affected: &all [a, *all]\n"));
}

#[test]
fn a_merge_key() {
    let merged = record(
        "timeline:\n  - &a {at: 2025-06-20T09:15:00Z, what: x}\n  \
         - {<<: *a, at: 2025-06-20T09:20:00Z, what: later}\n",
    );
    is_found("unknown-key", merged);
}

#[test]
fn a_custom_tag() {
    is_found("unsupported-yaml", record("source: !vault own-detection\n"));
    is_found("unsupported-yaml", record("source: !!python/object x\n"));
}

#[test]
fn a_complex_key() {
    is_found("unsupported-yaml", record("? {a: b}\n: x\n"));
}

#[test]
fn a_kind_of_the_wrong_type() {
    for kind in ["[incident]", "{incident: x}", "1", "true", "\"\\x1b[31m\""] {
        is_found("unknown-kind", FACTS.replacen("incident", kind, 1));
    }
}

#[test]
fn an_id_of_the_wrong_type() {
    for id in ["[INC-2025-0100]", "{a: b}", "100", "true"] {
        let finding = is_found("wrong-type", FACTS.replacen("INC-2025-0100", id, 1));
        assert_eq!(finding["pointer"], "/id");
    }
    for id in ["", "null", "~", "\"\"", "[]"] {
        is_found("missing-key", FACTS.replacen("INC-2025-0100", id, 1));
    }
}

#[test]
fn a_record_that_is_a_list_or_a_text() {
    is_found("not-a-record", "- kind: incident\n  id: INC-2025-0100\n");
    is_found("not-a-record", "kind incident\n");
    is_found("not-a-record", "42\n");
}

#[test]
fn an_unexamined_registry_leaves_its_names_undecided() {
    let fixture = example::copied("larkfield");
    fixture.write(
        "registry/people.yaml",
        "kind: people\nid: people\nroles: [\n",
    );
    let run = probity(&fixture.root(), &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(rules(&report), ["yaml-syntax"]);
    let rules = report["summary"]["rules"].as_array().unwrap();
    let person = rules.iter().find(|it| it["rule"] == "unknown-person");
    let person = person.unwrap_or_else(|| panic!("{rules:#?}"));
    assert!(person["not_evaluated"].as_u64().unwrap() > 100);
    assert_eq!(run.code, 1);
    // Once nobody minds the finding, `--strict` does.
    let relaxed = ["check", "--fail-on", "never"];
    assert_eq!(probity(&fixture.root(), &relaxed).code, 0);
    let strict = ["check", "--fail-on", "never", "--strict"];
    assert_eq!(probity(&fixture.root(), &strict).code, 3);
}

// ---------------------------------------------------------------- what rules need and is not there

/// The example after a change: its lines that tell what was not evaluated, and the run.
fn gaps(change: impl Fn(&Fixture)) -> (Vec<String>, Run) {
    let fixture = example::copied("larkfield");
    change(&fixture);
    let human = probity(&fixture.root(), &["check"]);
    let run = probity(&fixture.root(), &["check", "--format", "concise"]);
    let told = |run: &Run| -> Vec<String> {
        let lines = run.stdout.lines();
        lines
            .filter_map(|it| Some(it.strip_prefix("not evaluated: ")?.to_owned()))
            .collect()
    };
    assert_eq!(told(&human), told(&run), "{}", human.stdout);
    (told(&run), run)
}

fn edited<'a>(path: &'a str, from: &'a str, to: &'a str) -> impl Fn(&Fixture) + 'a {
    move |fixture| {
        let text = example::text("larkfield", path);
        assert!(text.contains(from), "{path} has no {from}");
        fixture.write(path, &text.replacen(from, to, 1));
    }
}

fn without<'a>(paths: &'a [&'a str]) -> impl Fn(&Fixture) + 'a {
    move |fixture| {
        for path in paths {
            let path = fixture.path(path);
            let removed = match path.is_dir() {
                true => fs::remove_dir_all(&path),
                false => fs::remove_file(&path),
            };
            removed.unwrap();
        }
    }
}

/// One line tells everything that could not be judged, and how many checks that were; apart from
/// references to what was removed there is no finding.
#[track_caller]
fn is_one_gap(change: impl Fn(&Fixture), reason: &str, others: &[&str]) {
    let (mut told, run) = gaps(change);
    // What refers to the missing record is a finding, and what rests on that is in doubt.
    told.retain(|it| !it.ends_with("` is not what it should be"));
    assert_eq!(told.len(), 1, "{}", run.stdout);
    let (count, because) = told[0].split_once(", because ").unwrap();
    assert_eq!(because, reason);
    let (number, checks) = count.split_once(' ').unwrap();
    assert!(number.parse::<usize>().unwrap() > 0);
    assert_eq!(checks, if number == "1" { "check" } else { "checks" });
    let rules: BTreeSet<&str> = run
        .stdout
        .lines()
        .filter_map(|line| Some(line.split_once('[')?.1.split_once("]: ")?.0))
        .collect();
    assert_eq!(rules, others.iter().copied().collect(), "{}", run.stdout);
}

#[test]
fn the_example_leaves_nothing_unevaluated() {
    assert_eq!(gaps(|_| {}).0, [""; 0]);
}

#[test]
fn a_program_that_is_missing_or_unreadable() {
    let gone = "there is no program record (usually `program.yaml`)";
    is_one_gap(without(&["program.yaml"]), gone, &[]);
    let (told, run) = gaps(edited(
        "program.yaml",
        "kind: program",
        "kind: program\n: [",
    ));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].ends_with("because the program record could not be read"),
        "{told:?}"
    );
    assert!(
        told[1].ends_with("because a record was refused as a whole"),
        "{told:?}"
    );
    assert_eq!(run.code, 1);
}

#[test]
fn a_limit_that_is_not_set() {
    let one = edited("program.yaml", "\n  update: 24h\n", "\n");
    is_one_gap(one, "`program.yaml` sets no clock `update`", &[]);
    let key = edited(
        "program.yaml",
        "  response_wait:\n    critical: 8h\n    high: 24h\n",
        "  response_wait:\n    critical: 8h\n",
    );
    is_one_gap(
        key,
        "`program.yaml` sets the clock `response_wait` not for `high`",
        &["severity-without-limit"],
    );
    let text = example::text("larkfield", "program.yaml");
    let begin = text.find("clocks:\n").unwrap();
    let end = begin + text[begin..].find("\nsampling:").unwrap();
    let none = |fixture: &Fixture| {
        fixture.write(
            "program.yaml",
            &format!("{}{}", &text[..begin], &text[end..]),
        );
    };
    let (told, run) = gaps(none);
    assert!(
        told.iter()
            .any(|it| it.ends_with("because `program.yaml` sets no clocks")),
        "{told:?}"
    );
    assert_eq!(told.len(), 1, "{}", run.stdout);
}

#[test]
fn a_limit_that_cannot_be_read() {
    let change = edited("program.yaml", "\n  update: 24h\n", "\n  update: soon\n");
    let reason = "the clock `update` of the program is no length of time";
    let (mut told, run) = gaps(change);
    // What reads the program itself says so of the key.
    told.retain(|it| !it.ends_with("`update` is not what it should be"));
    assert_eq!(told.len(), 1, "{}", run.stdout);
    assert!(told[0].ends_with(reason), "{told:?}");
    assert!(run.stdout.contains("error[wrong-format]"), "{}", run.stdout);
    assert_eq!(run.code, 1);
}

#[test]
fn a_registry_that_is_missing() {
    for (path, kind, others) in [
        ("registry/people.yaml", "people", &["unknown-record"][..]),
        ("registry/channels.yaml", "channels", &["unknown-record"]),
        (
            "guidelines/approvals.yaml",
            "approval-matrix",
            &["unknown-record"],
        ),
        (
            "guidelines/sharing.yaml",
            "sharing-guideline",
            &["claim-without-capability", "unknown-record"],
        ),
    ] {
        let reason = format!("there is no {kind} record (usually `{path}`)");
        is_one_gap(without(&[path]), &reason, others);
    }
}

#[test]
fn cards_runbooks_and_roles_that_are_missing() {
    let reason = "there is no runbook record (usually `runbooks/<id>.yaml`)";
    let others = ["unknown-record", "claim-without-capability"];
    is_one_gap(without(&["runbooks"]), reason, &others);
    // What claims a card says that it is missing, so nothing else does.
    let (told, run) = gaps(without(&["controls"]));
    assert_eq!(told, [""; 0]);
    assert_eq!(run.stdout.matches("[uncovered-requirement]").count(), 5);
    assert!(run.stdout.contains("\n5 errors; "), "{}", run.stdout);
    let text = example::text("larkfield", "registry/people.yaml");
    let begin = text.find("\nroles:").unwrap();
    let end = text[begin + 1..]
        .find("\npeople:")
        .map_or(text.len(), |at| begin + 1 + at);
    let (told, run) = gaps(|fixture: &Fixture| {
        fixture.write(
            "registry/people.yaml",
            &format!("{}{}", &text[..begin], &text[end..]),
        );
    });
    let reason = "because the people record has no `roles`";
    assert!(told.iter().any(|it| it.ends_with(reason)), "{}", run.stdout);
    assert!(told.len() <= 3, "{}", run.stdout);
}

/// With `--strict` what could not be judged is not taken for right.
#[test]
fn gaps_decide_the_exit_code_only_if_that_is_wanted() {
    let fixture = example::copied("larkfield");
    edited("program.yaml", "\n  update: 24h\n", "\n")(&fixture);
    assert_eq!(probity(&fixture.root(), &["check"]).code, 0);
    assert_eq!(probity(&fixture.root(), &["check", "--strict"]).code, 3);
}

#[test]
fn a_rule_with_a_mistake_is_not_evaluated() {
    let pack = "kind: policy\nid: house\ntitle: House rules\nrules:\n";
    let rule = |id: &str, require: &str| {
        format!(
            "  - {{id: {id}, title: a rule, for: incident, require: {require}, message: wrong}}\n"
        )
    };
    let text = [
        pack,
        &rule("good", "record.title != null"),
        &rule("typo", "record.titel != null"),
        &rule("unfinished", "reason(record.title"),
    ];
    let (told, run) = gaps(|fixture| fixture.write("policies/house.yaml", &text.concat()));
    let reason = "2 checks, because the rule has a mistake in `policies/house.yaml`";
    assert_eq!(told, [reason]);
    assert_eq!(
        run.stdout.matches("error[policy-expression]").count(),
        2,
        "{}",
        run.stdout
    );
    assert_eq!(run.code, 1);
}
