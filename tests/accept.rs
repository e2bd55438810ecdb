//! What an organisation takes on itself: rules that it adjusts or switches off, and findings that
//! a control exception accepts. Nothing of that is silent, in any format.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use binary::{Run, probity};
use fixture::Fixture;
use serde_json::Value;

const INCIDENT: &str = "incidents/INC-2025-0100/incident.yaml";
const FACTS: &str = "kind: incident\nid: INC-2025-0100\ntitle: Portal slow\nstatus: open\n\
    severity: high\ndetected_at: 2025-06-20T09:10:00Z\ndeclared_at: 2025-06-20T09:40:00Z\n\
    commander: mara\n";
/// Two findings: an unknown key of the incident, and one of its action `A-1`.
const WRONG: &str = "colour: red\nactions:\n  - id: A-1\n    what: Ask again\n    \
    owner: marra\n    due: 2025-07-01\n    status: open\n";

const EXCEPTION: &str = "kind: exception\nid: RA-2025-010\ntype: control-exception\n\
    subject: INC-2025-0100\nrequested_by: olek\n\
    rationale: The tool that writes the record cannot do better before the autumn.\n\
    compensating_controls: [Somebody compares the record with the ticket every week]\n\
    rules: [unknown-key]\nreview_on: 2025-09-30\nstatus: active\n\
    approved:\n  - {role: exec-sponsor, by: freya, at: 2025-06-01T10:00:00Z, how: commit}\n";

fn larkfield(files: &[(&str, &str)]) -> Fixture {
    let fixture = example::copied("larkfield");
    for (path, text) in files {
        fixture.write(path, text);
    }
    fixture
}

/// The incident with its two findings, and an exception.
fn with_exception(exception: &str) -> Fixture {
    let incident = format!("{FACTS}{WRONG}");
    larkfield(&[
        (INCIDENT, &incident),
        ("exceptions/RA-2025-010.yaml", exception),
    ])
}

fn with_pack(rest: &str) -> Fixture {
    let pack = format!("kind: policy\nid: house\ntitle: House rules\n{rest}");
    let incident = format!("{FACTS}colour: red\n");
    larkfield(&[(INCIDENT, &incident), ("policies/house.yaml", &pack)])
}

fn check(fixture: &Fixture, format: &str) -> Run {
    let run = probity(&fixture.root(), &["check", "--format", format]);
    assert_eq!(run.stderr, "");
    run
}

fn report(fixture: &Fixture) -> Value {
    serde_json::from_str(&check(fixture, "json").stdout).unwrap()
}

/// The findings of a report: rule, pointer, severity and the exception that accepts it.
fn findings(report: &Value) -> Vec<(&str, &str, &str, Option<&str>)> {
    let found = report["findings"].as_array().unwrap().iter();
    found
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap();
            let accepted = it.get("excepted_by").and_then(Value::as_str);
            (text("rule"), text("pointer"), text("severity"), accepted)
        })
        .collect()
}

fn counts<'r>(report: &'r Value, rule: &str) -> Option<&'r Value> {
    let rules = report["summary"]["rules"].as_array().unwrap();
    rules.iter().find(|it| it["rule"] == rule)
}

const UNKNOWN_KEY: (&str, &str, &str, Option<&str>) = ("unknown-key", "/colour", "error", None);
const UNKNOWN_PERSON: (&str, &str, &str, Option<&str>) =
    ("unknown-person", "/actions/0/owner", "error", None);
const ACCEPTED: Option<&str> = Some("RA-2025-010");

// ---------------------------------------------------------------- exceptions

#[test]
fn an_accepted_finding_is_shown_and_does_not_count() {
    let fixture = with_exception(EXCEPTION);
    let report = report(&fixture);
    let (rule, pointer, severity, _) = UNKNOWN_KEY;
    let accepted = (rule, pointer, severity, ACCEPTED);
    assert_eq!(findings(&report), [accepted, UNKNOWN_PERSON]);
    let key = counts(&report, "unknown-key").unwrap();
    assert_eq!((&key["fail"], &key["excepted"]), (&0.into(), &1.into()));
    let person = counts(&report, "unknown-person").unwrap();
    assert_eq!(
        (&person["fail"], &person["excepted"]),
        (&1.into(), &0.into())
    );
    // A finding that is not accepted says nothing of exceptions.
    assert!(report["findings"][1].get("excepted_by").is_none());

    let concise = check(&fixture, "concise");
    assert_eq!(concise.code, 1);
    let accepted = "incidents/INC-2025-0100/incident.yaml:9:1: excepted[unknown-key]: incident \
        `INC-2025-0100` has no key `colour`; accepted by `RA-2025-010`\n";
    assert!(concise.stdout.contains(accepted), "{}", concise.stdout);
    assert!(
        concise.stdout.contains("\n1 error, 1 excepted; "),
        "{}",
        concise.stdout
    );
    let human = check(&fixture, "human");
    let accepted = "unknown-key (UX-AUTH-04): excepted, accepted by RA-2025-010\n";
    assert!(human.stdout.contains(accepted), "{}", human.stdout);
    assert!(
        human.stdout.contains("\n1 error, 1 excepted\n"),
        "{}",
        human.stdout
    );
}

#[test]
fn only_findings_that_nobody_accepts_make_the_exit_code() {
    let both = EXCEPTION.replace("[unknown-key]", "[unknown-key, unknown-person]");
    let fixture = with_exception(&both);
    let run = check(&fixture, "concise");
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("\nno findings, 2 excepted; "),
        "{}",
        run.stdout
    );
    let strictest = probity(&fixture.root(), &["check", "--fail-on", "info"]);
    assert_eq!(strictest.code, 0, "{}", strictest.stdout);
}

#[test]
fn an_exception_for_an_element_accepts_nothing_else() {
    let element = EXCEPTION
        .replace("subject: INC-2025-0100", "subject: INC-2025-0100#A-1")
        .replace("[unknown-key]", "[unknown-key, unknown-person]");
    let report = report(&with_exception(&element));
    let (rule, pointer, severity, _) = UNKNOWN_PERSON;
    assert_eq!(
        findings(&report),
        [UNKNOWN_KEY, (rule, pointer, severity, ACCEPTED)]
    );
}

#[test]
fn an_exception_accepts_findings_of_rules_of_packs() {
    let pack = "kind: policy\nid: house\ntitle: House rules\nrules:\n  - id: long-title\n    \
        title: a title says what happened\n    for: incident\n    \
        require: record.id != \"INC-2025-0100\" || record.title.size() > 20\n    \
        message: the title is short\n";
    let exception = EXCEPTION.replace("[unknown-key]", "[long-title]");
    let fixture = larkfield(&[
        (INCIDENT, FACTS),
        ("policies/house.yaml", pack),
        ("exceptions/RA-2025-010.yaml", &exception),
    ]);
    assert_eq!(
        findings(&report(&fixture)),
        [("long-title", "/id", "error", ACCEPTED)]
    );
    assert_eq!(check(&fixture, "json").code, 0);
}

#[test]
fn a_finding_shown_in_another_record_is_accepted_for_either() {
    let guideline = include_str!("../examples/larkfield/guidelines/sharing.yaml");
    let (unreviewed, _) = guideline.split_once("\nreviews:").unwrap();
    let unreviewed = format!("{unreviewed}\n");
    for (subject, accepted_by) in [
        ("sharing", ACCEPTED),
        ("INC-2025-0003", ACCEPTED),
        ("INC-2025-0001", None),
    ] {
        let exception = EXCEPTION
            .replace("subject: INC-2025-0100", &format!("subject: {subject}"))
            .replace("[unknown-key]", "[unreviewed-after-incident]");
        let fixture = larkfield(&[
            ("guidelines/sharing.yaml", &unreviewed),
            ("exceptions/RA-2025-010.yaml", &exception),
        ]);
        let report = report(&fixture);
        let found = findings(&report);
        let expected = ("unreviewed-after-incident", "/id", "warning", accepted_by);
        assert!(found.contains(&expected), "{subject}: {found:?}");
    }
}

/// An exception that is not in force accepts nothing; what is wrong with it is told by its rules.
#[track_caller]
fn accepts_nothing(from: &str, to: &str) {
    assert!(EXCEPTION.contains(from), "{from}");
    let fixture = with_exception(&EXCEPTION.replace(from, to));
    let report = report(&fixture);
    let of_incident: Vec<_> = findings(&report)
        .into_iter()
        .zip(report["findings"].as_array().unwrap())
        .filter(|(_, finding)| finding["file"] == INCIDENT)
        .map(|(seen, _)| seen)
        .collect();
    assert_eq!(of_incident, [UNKNOWN_KEY, UNKNOWN_PERSON], "{to}");
    let run = check(&fixture, "concise");
    assert_eq!(run.code, 1);
    assert!(!run.stdout.contains("excepted"), "{}", run.stdout);
}

#[test]
fn an_exception_that_is_not_in_force_accepts_nothing() {
    // Its day has passed.
    accepts_nothing("review_on: 2025-09-30", "review_on: 2025-06-19");
    // It has none.
    accepts_nothing("review_on: 2025-09-30\n", "");
    accepts_nothing("status: active", "status: closed");
    // Approved by nobody, by somebody who may not, or by a role that he does not hold.
    let approved = &EXCEPTION[EXCEPTION.find("approved:").unwrap()..];
    accepts_nothing(approved, "");
    accepts_nothing(
        "{role: exec-sponsor, by: freya,",
        "{role: comms-lead, by: jun,",
    );
    accepts_nothing("by: freya", "by: jun");
    accepts_nothing("type: control-exception", "type: risk-acceptance");
    // It is about something else.
    accepts_nothing("subject: INC-2025-0100", "subject: INC-2025-0003");
    accepts_nothing("[unknown-key]", "[wrong-type]");
}

#[test]
fn an_exception_holds_to_the_end_of_its_day() {
    let exception = EXCEPTION.replace("2025-09-30", "2025-06-20");
    let fixture = with_exception(&exception);
    let accepted = |as_of: &str| {
        let run = probity(
            &fixture.root(),
            &["check", "--format", "concise", "--as-of", as_of],
        );
        run.stdout.contains("excepted[unknown-key]")
    };
    assert!(accepted("2025-06-20T23:59:59Z"));
    assert!(!accepted("2025-06-21T00:00:01Z"));
}

#[test]
fn an_exception_that_nothing_needs_is_a_warning() {
    let idle = EXCEPTION.replace("[unknown-key]", "[wrong-type]");
    let fixture = larkfield(&[(INCIDENT, FACTS), ("exceptions/RA-2025-010.yaml", &idle)]);
    let all = report(&fixture);
    assert_eq!(
        findings(&all),
        [("unmatched-exception", "/rules", "warning", None)]
    );
    assert_eq!(check(&fixture, "json").code, 0);
    // Where its subject is not examined nobody can say that.
    let run = probity(
        &fixture.root(),
        &["check", "exceptions", "--format", "json"],
    );
    let part: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(findings(&part), []);
}

// ---------------------------------------------------------------- adjustments

#[test]
fn a_rule_weighs_what_the_organisation_says() {
    let fixture = with_pack(
        "adjust:\n  - {rule: unknown-key, severity: warning, why: The tickets add keys of theirs}\n",
    );
    assert_eq!(
        findings(&report(&fixture)),
        [("unknown-key", "/colour", "warning", None)]
    );
    assert_eq!(check(&fixture, "json").code, 0);
    assert_eq!(report(&fixture)["switched_off"], Value::Array(Vec::new()));
}

#[test]
fn a_rule_that_is_switched_off_is_listed_in_every_format() {
    let fixture = with_pack(
        "adjust:\n  - rule: unknown-key\n    severity: \"off\"\n    \
         why: The tickets add keys of theirs.\n    by: mara\n",
    );
    let report = report(&fixture);
    assert_eq!(findings(&report), []);
    assert_eq!(report["switched_off"], serde_json::json!(["unknown-key"]));
    assert!(counts(&report, "unknown-key").is_none());
    let told = "switched off: `unknown-key` in policies/house.yaml, by mara: \
        The tickets add keys of theirs.\n";
    for format in ["human", "concise"] {
        let run = check(&fixture, format);
        assert!(run.stdout.contains(told), "{}", run.stdout);
        assert_eq!(run.code, 0);
    }
    let list = probity(&fixture.root(), &["policy", "list"]);
    assert!(
        list.stdout.contains("switched off in policies/house.yaml"),
        "{}",
        list.stdout
    );
}

#[test]
fn rules_of_packs_are_switched_off_as_well() {
    let pack = "rules:\n  - {id: never, title: a rule, for: incident, require: \"false\", \
        message: never right}\n";
    let off = "adjust:\n  - {rule: never, severity: \"off\", why: It is never right at all}\n";
    let count = |fixture: &Fixture| check(fixture, "concise").stdout.matches("[never]").count();
    assert!(count(&with_pack(pack)) > 8);
    let fixture = with_pack(&format!("{pack}{off}"));
    assert_eq!(count(&fixture), 0);
    assert_eq!(
        report(&fixture)["switched_off"],
        serde_json::json!(["never"])
    );
}

/// What nobody explains, or what decides whether anything can be judged, changes nothing.
#[test]
fn an_adjustment_that_cannot_be_made_changes_nothing() {
    for adjustment in [
        "{rule: unknown-key, severity: \"off\"}",
        "{rule: unknown-key, severity: \"off\", why: }",
        "{rule: unknown-key, severity: \"off\", why: tbd}",
        "{rule: unknown-key, severity: nothing, why: The tickets add keys of theirs}",
        "{rule: policy-rule, severity: \"off\", why: We do not want to hear of it}",
    ] {
        let fixture = with_pack(&format!("adjust:\n  - {adjustment}\n"));
        let report = report(&fixture);
        let found = findings(&report);
        assert_eq!(found.len(), 2, "{adjustment}: {found:?}");
        assert!(found.contains(&UNKNOWN_KEY), "{adjustment}: {found:?}");
        assert_eq!(
            report["switched_off"],
            Value::Array(Vec::new()),
            "{adjustment}"
        );
        assert_eq!(check(&fixture, "json").code, 1);
    }
}
