//! `check --policies-from`: a change judged by rules and limits that it cannot touch.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, and the files of its repositories"
)]

mod binary;
mod example;
mod fixture;

use std::fs;

use binary::{Run, probity, probity_as_is};
use fixture::Fixture;
use probity::clock::parse_as_of;
use probity::engine::{Against, CheckError, Request, Silent, check, check_change};
use probity::finding::{Change, Gate, Outcome, PoliciesFrom, Shift, ShiftKind};

const NOON: &str = "2025-06-20T12:00:00Z";
const PACK: &str = "policies/ours.yaml";
const INCIDENT: &str = "incidents/INC-2025-0008/incident.yaml";

/// A pack with one rule, which the clean example keeps.
const OURS: &str = "kind: policy\nid: ours\ntitle: Ours\nrules:\n  - id: short-title\n    \
    title: a title is long\n    for: incident\n    require: size(record.title) < 80\n    \
    at: [record.title]\n    message: the title is long\n    severity: error\n";
/// A pack that would silence a shipped rule.
const SILENCE: &str = "kind: policy\nid: silence\ntitle: Silence\nadjust:\n  - rule: unknown-key\n    \
    severity: \"off\"\n    why: nobody here reads them\n";

/// The clean example with a pack, on `main`; `change` is checked out.
fn larkfield() -> Fixture {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    fixture.write(PACK, OURS);
    fixture.commit("records");
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    fixture
}

fn edit(fixture: &Fixture, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(fixture.path(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fixture.write(file, &text.replacen(from, to, 1));
}

fn judged(fixture: &Fixture) -> Outcome {
    let root = fixture.root();
    let request = Request {
        policies_from: Some("main"),
        ..Request::new(&root, parse_as_of(NOON).unwrap())
    };
    let alone = check(&request, &Silent).unwrap();
    // The same rules and limits hold for both sides of a comparison.
    let against = Against {
        base: "main",
        gate: Gate::New,
        few: Against::FEW,
    };
    let compared = check_change(&request, Some(against), &Silent).unwrap();
    let lines = |outcome: &Outcome| -> Vec<String> {
        let all = outcome.findings.iter();
        all.map(|it| format!("{} {} {}", it.location.file, it.rule, it.message))
            .collect()
    };
    assert_eq!(lines(&alone), lines(&compared));
    let mut changes = compared.findings.iter().map(|it| it.change.clone());
    assert!(changes.all(|it| it == Some(Change::New)));
    for finding in &alone.findings {
        let places = finding.related.iter().map(|it| &it.location);
        for place in places.chain([&finding.location]) {
            assert!(!place.file.starts_with('/'), "{finding:?}");
        }
    }
    alone
}

fn found(outcome: &Outcome) -> Vec<(&str, &str, &str)> {
    let all = outcome.findings.iter();
    all.map(|it| {
        (
            &*it.rule,
            it.location.file.as_str(),
            it.location.pointer.as_str(),
        )
    })
    .collect()
}

fn policies(outcome: &Outcome) -> &PoliciesFrom {
    outcome.policies_from.as_deref().unwrap()
}

fn without_effect(outcome: &Outcome) -> Vec<(ShiftKind, &str)> {
    let all = policies(outcome).without_effect.iter();
    all.map(|it: &Shift| (it.kind, it.name.as_str())).collect()
}

#[test]
fn a_change_that_leaves_the_rules_alone_is_judged_as_ever() {
    let fixture = larkfield();
    edit(
        &fixture,
        INCIDENT,
        "kind: incident",
        "kind: incident\nmore: 1",
    );
    let outcome = judged(&fixture);
    assert_eq!(found(&outcome), [("unknown-key", INCIDENT, "/more")]);
    assert_eq!(without_effect(&outcome), []);
    let told = policies(&outcome);
    assert_eq!(told.name, "main");
    assert_eq!(told.revision, fixture.git(&["rev-parse", "main"]));
    assert_eq!(told.files, [PACK, "program.yaml"]);
    // All but this is what a check says that takes the rules as they are.
    let root = fixture.root();
    let request = Request::new(&root, parse_as_of(NOON).unwrap());
    let own = check(&request, &Silent).unwrap();
    let outcome = Outcome {
        policies_from: None,
        ..outcome
    };
    assert_eq!(outcome, own);
}

#[test]
fn a_rule_that_the_change_switches_off_is_still_asked() {
    let fixture = larkfield();
    // Whatever folder it lies in.
    for file in [
        "policies/silence.yaml",
        "incidents/INC-2025-0008/notes.yaml",
    ] {
        fixture.write(file, SILENCE);
        edit(
            &fixture,
            INCIDENT,
            "kind: incident",
            "kind: incident\nmore: 1",
        );
        let outcome = judged(&fixture);
        assert_eq!(found(&outcome), [("unknown-key", INCIDENT, "/more")]);
        assert_eq!(
            without_effect(&outcome),
            [(ShiftKind::SwitchedOff, "unknown-key")]
        );
        assert_eq!(outcome.adjusted, []);
        fixture.git(&["reset", "--quiet", "--hard"]);
        fixture.git(&["clean", "--quiet", "-fd"]);
    }
}

#[test]
fn a_limit_that_the_change_stretches_holds_as_it_was() {
    let fixture = larkfield();
    edit(
        &fixture,
        "program.yaml",
        "trigger_evaluation: 4h",
        "trigger_evaluation: 400h",
    );
    let clean = judged(&fixture);
    assert_eq!(found(&clean), []);
    // Evaluated a day after it was declared.
    let incident = "incidents/INC-2025-0003/incident.yaml";
    let text = fs::read_to_string(fixture.path(incident)).unwrap();
    let line = text
        .lines()
        .find(|it| it.contains("evaluated_at:"))
        .unwrap();
    let (key, at) = line.split_once(": ").unwrap();
    let day: u32 = at.trim()[8..10].parse().unwrap();
    let later = format!("{key}: {}{:02}{}", &at[..8], day + 1, &at[10..]);
    edit(&fixture, incident, line, &later);
    let outcome = judged(&fixture);
    let late = outcome
        .findings
        .iter()
        .find(|it| it.duty.is_some())
        .unwrap();
    assert_eq!(
        late.duty
            .as_ref()
            .unwrap()
            .clock
            .within
            .unwrap()
            .to_string(),
        "PT4H"
    );
    assert_eq!(
        without_effect(&outcome),
        [(ShiftKind::Setting, "/clocks/trigger_evaluation")]
    );
    let shift = &policies(&outcome).without_effect[0];
    assert_eq!(
        (shift.was.as_deref(), shift.now.as_deref()),
        (Some("4h"), Some("400h"))
    );
}

#[test]
fn a_pack_that_the_change_deletes_or_alters_is_still_asked() {
    let fixture = larkfield();
    let long = format!("title: {}", "long ".repeat(20));
    let text = fs::read_to_string(fixture.path(INCIDENT)).unwrap();
    let title = text.lines().find(|it| it.starts_with("title:")).unwrap();
    edit(&fixture, INCIDENT, title, long.trim_end());
    let expected = [("short-title", INCIDENT, "/title")];
    assert_eq!(found(&judged(&fixture)), expected);

    edit(&fixture, PACK, "< 80", "< 800");
    let outcome = judged(&fixture);
    assert_eq!(found(&outcome), expected);
    let altered = [(ShiftKind::RuleAltered, "short-title")];
    assert_eq!(without_effect(&outcome), altered);

    // A file of another kind in its place changes nothing of that.
    let channels = fs::read_to_string(fixture.path("registry/channels.yaml")).unwrap();
    fixture.write(PACK, &channels);
    fs::remove_file(fixture.path("registry/channels.yaml")).unwrap();
    assert_eq!(found(&judged(&fixture)), expected);

    fixture.write("registry/channels.yaml", &channels);
    fs::remove_file(fixture.path(PACK)).unwrap();
    let outcome = judged(&fixture);
    assert_eq!(found(&outcome), expected);
    assert_eq!(
        without_effect(&outcome),
        [(ShiftKind::RuleGone, "short-title")]
    );

    // Moved, it says the same.
    fixture.write("elsewhere/pack.yaml", OURS);
    let outcome = judged(&fixture);
    assert_eq!(found(&outcome), expected);
    assert_eq!(without_effect(&outcome), []);
}

#[test]
fn a_pack_that_the_change_adds_is_not_asked() {
    let fixture = larkfield();
    let more = OURS
        .replace("ours", "more")
        .replace("short-title", "our-title");
    fixture.write("policies/more.yaml", &more.replace("< 80", "< 0"));
    let outcome = judged(&fixture);
    assert_eq!(found(&outcome), []);
    assert_eq!(
        without_effect(&outcome),
        [(ShiftKind::RuleNew, "our-title")]
    );
}

#[test]
fn packs_and_programs_of_the_change_are_judged_as_records() {
    let fixture = larkfield();
    fixture.write("policies/more.yaml", "kind: policy\nid: more\ntitle: More\nadjust:\n  - {rule: no-such, severity: info, why: because we say so}\n");
    edit(&fixture, PACK, "size(record.title)", "size(record.titel)");
    edit(
        &fixture,
        "program.yaml",
        "kind: program",
        "kind: program\nmore: 1",
    );
    let outcome = judged(&fixture);
    assert_eq!(
        found(&outcome),
        [
            ("policy-rule", "policies/more.yaml", "/adjust/0/rule"),
            ("policy-expression", PACK, "/rules/0/require"),
            ("unknown-key", "program.yaml", "/more"),
        ]
    );
    // The rule that holds is sound.
    let rule = outcome.rules.iter().find(|it| &*it.rule == "short-title");
    assert!(rule.unwrap().counts.pass > 0);
    assert_eq!(rule.unwrap().counts.not_evaluated, 0);
}

#[test]
fn a_program_that_the_change_deletes_or_breaks_still_says_the_limits() {
    let fixture = larkfield();
    let whole = fs::read_to_string(fixture.path("program.yaml")).unwrap();
    fs::remove_file(fixture.path("program.yaml")).unwrap();
    let outcome = judged(&fixture);
    assert_eq!(
        without_effect(&outcome),
        [(ShiftKind::ProgramGone, "program")]
    );
    let gap = |outcome: &Outcome| {
        let mut all = outcome.unevaluated.iter();
        all.any(|it| it.reason.contains("program"))
    };
    assert!(!gap(&outcome), "{:?}", outcome.unevaluated);

    fixture.write("program.yaml", &format!("{whole}\n\tx: ["));
    let outcome = judged(&fixture);
    assert!(!gap(&outcome), "{:?}", outcome.unevaluated);
    let files: Vec<&str> = outcome
        .findings
        .iter()
        .map(|it| &*it.location.file)
        .collect();
    assert_eq!(files, ["program.yaml"]);
}

#[test]
fn the_change_is_judged_in_a_commit_as_on_disk() {
    let fixture = larkfield();
    fixture.write("policies/silence.yaml", SILENCE);
    edit(
        &fixture,
        INCIDENT,
        "kind: incident",
        "kind: incident\nmore: 1",
    );
    let head = fixture.commit("change");
    fixture.git(&["checkout", "--quiet", "main"]);
    let root = fixture.root();
    let request = Request {
        revision: Some(&head),
        policies_from: Some("main"),
        ..Request::new(&root, parse_as_of(NOON).unwrap())
    };
    let outcome = check(&request, &Silent).unwrap();
    assert_eq!(found(&outcome), [("unknown-key", INCIDENT, "/more")]);
}

fn refused(fixture: &Fixture, name: &str) -> CheckError {
    let root = fixture.root();
    let request = Request {
        policies_from: Some(name),
        ..Request::new(&root, parse_as_of(NOON).unwrap())
    };
    check(&request, &Silent).unwrap_err()
}

#[test]
fn a_revision_that_says_no_limits_is_refused() {
    let fixture = larkfield();
    let error = refused(&fixture, "nowhere");
    assert!(
        matches!(&error, CheckError::Open(it) if it.is_usage()),
        "{error}"
    );
    fixture.git(&["rm", "--quiet", "program.yaml"]);
    fixture.commit("no limits");
    let error = refused(&fixture, "HEAD");
    assert_eq!(
        error.to_string(),
        "`HEAD` has no program record, so there are no limits to judge by"
    );
    let plain = Fixture::folder();
    plain.write("program.yaml", "kind: program\nid: program\n");
    let error = refused(&plain, "main");
    assert!(
        error.to_string().contains("not in a git repository"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_read_of_the_rules_is_not_examined() {
    let fixture = larkfield();
    let whole = fs::read_to_string(fixture.path(PACK)).unwrap();
    fixture.write(PACK, &format!("{whole}\n\tx: ["));
    fixture.commit("broken");
    fixture.git(&["branch", "--quiet", "--force", "main"]);
    fixture.write(PACK, &whole);
    let outcome = judged(&fixture);
    assert_eq!(found(&outcome), []);
    assert_eq!(outcome.incomplete.len(), 1);
    assert_eq!(outcome.incomplete[0].file, PACK);
    assert!(outcome.incomplete[0].reason.starts_with("at `main`"));
}

fn run(fixture: &Fixture, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--as-of", NOON];
    all.extend(arguments);
    probity(&fixture.root(), &all)
}

#[test]
fn every_output_says_whose_rules_hold() {
    let fixture = larkfield();
    fixture.write("policies/silence.yaml", SILENCE);
    edit(
        &fixture,
        INCIDENT,
        "kind: incident",
        "kind: incident\nmore: 1",
    );
    edit(
        &fixture,
        "program.yaml",
        "trigger_evaluation: 4h",
        "trigger_evaluation: 9h",
    );
    let id = fixture.git(&["rev-parse", "main"]);
    let headline = format!(
        "judged by the rules and limits of `main` ({}) in policies/ours.yaml and 1 more file",
        &id[..12]
    );
    let off = "without effect: `unknown-key` is switched off in policies/silence.yaml";
    let limit = "without effect: `/clocks/trigger_evaluation` in program.yaml is `9h`; `4h` holds";
    for format in ["human", "concise"] {
        for more in [
            &["--policies-from", "main"][..],
            &["--policies-from", "main", "--base", "main"],
        ] {
            let run = run(&fixture, &[more, &["--format", format]].concat());
            assert_eq!(run.code, 1, "{}", run.stderr);
            let joined = run.stdout.replace('\n', " ");
            for words in [&*headline, off, limit, "unknown-key"] {
                assert!(joined.contains(words), "{words}\n{}", run.stdout);
            }
            assert!(!run.stdout.contains("by this change"), "{}", run.stdout);
        }
    }
    let json = run(
        &fixture,
        &[
            "--policies-from",
            "main",
            "--base",
            "main",
            "--format",
            "json",
        ],
    );
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let schema = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/schemas/output/check.json"
    ));
    let schema = serde_json::from_str(&schema.unwrap()).unwrap();
    jsonschema::validate(&schema, &json).unwrap();
    let policies = &json["policies_from"];
    assert_eq!(policies["revision"], *id);
    assert_eq!(policies["without_effect"].as_array().unwrap().len(), 2);
    assert_eq!(json["switched_off"], serde_json::json!([]));

    let report = [
        "report",
        "pr",
        "--base",
        "main",
        "--policies-from",
        "main",
        "--no-history",
    ];
    let report = probity_as_is(&fixture.root(), &report, &[]);
    let line = format!("Rules and limits: those of main ({})", &id[..12]);
    assert!(report.stdout.contains(&line), "{}", report.stdout);
    assert!(
        report
            .stdout
            .contains("What has no effect, because main decides")
    );
}

#[test]
fn refusals_say_what_to_type_and_end_with_2() {
    let fixture = larkfield();
    let unknown = run(&fixture, &["--policies-from", "nowhere"]);
    assert_eq!((unknown.code, &*unknown.stdout), (2, ""));
    assert!(
        unknown.stderr.contains("git branch --all"),
        "{}",
        unknown.stderr
    );
    fixture.git(&["rm", "--quiet", "program.yaml"]);
    fixture.commit("no limits");
    let none = run(&fixture, &["--policies-from", "HEAD"]);
    assert_eq!((none.code, &*none.stdout), (2, ""));
    assert!(
        none.stderr.contains("leave `--policies-from` out"),
        "{}",
        none.stderr
    );
}
