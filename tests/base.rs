//! `check --base`: a change judged by what it changes, on scripted repositories.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, and the files of its repositories"
)]

mod fixture;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fixture::Fixture;
use probity::clock::parse_as_of;
use probity::engine::{Against, CheckError, Request, Silent, check, check_change};
use probity::finding::{Change, Finding, Gate, Outcome, ShiftKind};

const NOON: &str = "2025-06-20T12:00:00Z";
const INCIDENT: &str = "incidents/INC-2025-0008/incident.yaml";

/// The clean example as a repository with one commit on `main`.
fn larkfield() -> Fixture {
    let fixture = Fixture::repository();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/larkfield");
    let mut folders = vec![from.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&from).unwrap().to_str().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else {
                fixture.write_bytes(name, &fs::read(&path).unwrap());
            }
        }
    }
    fixture.commit("records");
    fixture
}

fn edit(fixture: &Fixture, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(fixture.path(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fixture.write(file, &text.replacen(from, to, 1));
}

fn request<'a>(path: &'a Path, revision: Option<&'a str>) -> Request<'a> {
    Request {
        revision,
        ..Request::new(path, parse_as_of(NOON).unwrap())
    }
}

fn compare(fixture: &Fixture, revision: Option<&str>, base: &str) -> Outcome {
    let against = Against {
        base,
        gate: Gate::New,
        few: Against::FEW,
    };
    let root = fixture.root();
    check_change(&request(&root, revision), Some(against), &Silent).unwrap()
}

fn refused(path: &Path, base: &str) -> (String, Option<String>) {
    let against = Against {
        base,
        gate: Gate::New,
        few: Against::FEW,
    };
    match check_change(&request(path, None), Some(against), &Silent) {
        Err(CheckError::Open(error)) => {
            assert!(error.is_usage());
            (error.to_string(), error.hint())
        }
        other => panic!("{other:?}"),
    }
}

fn changes(outcome: &Outcome) -> Vec<(&str, &str)> {
    let comparison = outcome.comparison.as_ref().unwrap();
    let all = outcome.findings.iter().chain(&comparison.fixed);
    all.map(|it| (it.change.as_ref().unwrap().as_str(), &*it.rule))
        .collect()
}

#[test]
fn a_change_that_breaks_nothing_brings_nothing() {
    let fixture = larkfield();
    edit(
        &fixture,
        INCIDENT,
        "kind: incident",
        "# a note\nkind: incident",
    );
    for revision in [None, Some("HEAD")] {
        let outcome = compare(&fixture, revision, "main");
        assert_eq!(changes(&outcome), []);
        assert_eq!(outcome.deciding().count(), 0);
        let altered = outcome.comparison.unwrap().altered_files;
        assert_eq!(altered, usize::from(revision.is_none()));
    }
}

#[test]
fn findings_are_new_unchanged_changed_and_fixed_wherever_their_lines_are() {
    let fixture = larkfield();
    // Three mistakes on main: one stays, one is mended, one gets other words.
    let program = "program.yaml";
    edit(
        &fixture,
        program,
        "kind: program",
        "kind: program\nfirst: 1\nsecond: 2",
    );
    edit(&fixture, INCIDENT, "severity: ", "severity: x");
    fixture.commit("mistakes");
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    edit(
        &fixture,
        program,
        "first: 1\nsecond: 2",
        "# moved\n\nsecond: 2\nthird: 3",
    );
    edit(&fixture, INCIDENT, "severity: x", "severity: y");
    fixture.commit("change");

    let outcome = compare(&fixture, Some("change"), "main");
    let of = |file: &str, change: &str| -> Vec<String> {
        let comparison = outcome.comparison.as_ref().unwrap();
        let all = outcome.findings.iter().chain(&comparison.fixed);
        all.filter(|it| it.location.file == file)
            .filter(|it| it.change.as_ref().unwrap().as_str() == change)
            .map(|it| it.location.pointer.clone())
            .collect()
    };
    assert_eq!(of(program, "new"), ["/third"]);
    assert_eq!(of(program, "unchanged"), ["/second"]);
    assert_eq!(of(program, "fixed"), ["/first"]);
    assert_eq!(of(INCIDENT, "changed"), ["/severity"]);
    // Other words do not make it worse.
    let deciding: Vec<&Finding> = outcome.deciding().collect();
    assert_eq!(deciding.len(), 1);
    assert_eq!(deciding[0].location.pointer, "/third");
}

#[test]
fn the_merge_base_counts_and_not_what_came_to_the_other_branch_since() {
    let fixture = larkfield();
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    edit(
        &fixture,
        INCIDENT,
        "kind: incident",
        "kind: incident\nmine: 1",
    );
    fixture.commit("mine");
    fixture.git(&["checkout", "--quiet", "main"]);
    edit(
        &fixture,
        "program.yaml",
        "kind: program",
        "kind: program\ntheirs: 1",
    );
    fixture.commit("theirs");
    let outcome = compare(&fixture, Some("change"), "main");
    assert_eq!(changes(&outcome), [("new", "unknown-key")]);
    assert_ne!(
        outcome.comparison.as_ref().map(|it| it.base.clone()),
        outcome.comparison.as_ref().map(|it| it.tip.clone())
    );

    // As a host of repositories merges it, detached.
    fixture.git(&["checkout", "--quiet", "--detach", "main"]);
    fixture.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "change"]);
    let merged = compare(&fixture, None, "main");
    let expected = [("new", "unknown-key"), ("unchanged", "unknown-key")];
    assert_eq!(changes(&merged), expected);
}

#[test]
fn records_that_are_removed_are_named_and_those_that_move_are_not() {
    let fixture = larkfield();
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    fixture.git(&["rm", "--quiet", "exceptions/RA-2025-001.yaml"]);
    fixture.git(&["mv", "registry/channels.yaml", "registry/ways.yaml"]);
    fixture.commit("change");
    let outcome = compare(&fixture, None, "main");
    let removed: Vec<(String, String)> = outcome
        .comparison
        .unwrap()
        .removed
        .into_iter()
        .map(|it| (it.record.kind, it.record.id))
        .collect();
    assert_eq!(
        removed,
        [("exception".to_owned(), "RA-2025-001".to_owned())]
    );
}

#[test]
fn rules_switched_off_by_the_change_are_named() {
    let fixture = larkfield();
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    fixture.write(
        "policies/ours.yaml",
        "kind: policy\nid: ours\ntitle: ours\nadjust:\n  - rule: unregistered-evidence\n    severity: \"off\"\n    why: evidence lies elsewhere with us\n",
    );
    fixture.write("incidents/INC-2025-0008/evidence/stray.txt", "x");
    edit(
        &fixture,
        "program.yaml",
        "kind: program",
        "kind: program # same",
    );
    fixture.commit("change");
    let outcome = compare(&fixture, None, "main");
    let comparison = outcome.comparison.unwrap();
    let shifts: Vec<(ShiftKind, &str, Option<&str>)> = comparison
        .shifts
        .iter()
        .map(|it| (it.kind, it.name.as_str(), it.now.as_deref()))
        .collect();
    assert_eq!(
        shifts,
        [(ShiftKind::SwitchedOff, "unregistered-evidence", Some("off"))]
    );
}

#[test]
fn settings_that_the_change_alters_are_named() {
    let fixture = larkfield();
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    edit(
        &fixture,
        "program.yaml",
        "trigger_evaluation: 4h",
        "trigger_evaluation: 40h",
    );
    let comparison = compare(&fixture, None, "main").comparison.unwrap();
    let shift = &comparison.shifts[0];
    assert_eq!(comparison.shifts.len(), 1);
    assert_eq!(
        (shift.kind, shift.name.as_str()),
        (ShiftKind::Setting, "/clocks/trigger_evaluation")
    );
    assert_eq!(
        (shift.was.as_deref(), shift.now.as_deref()),
        (Some("4h"), Some("40h"))
    );
}

#[test]
fn a_base_without_the_records_makes_everything_new() {
    let fixture = Fixture::committed(&[("README.md", "x")]);
    fixture.write("org/program.yaml", "kind: program\nid: program\nmore: 1\n");
    let root = fixture.path("org");
    let against = Against {
        base: "main",
        gate: Gate::New,
        few: Against::FEW,
    };
    let outcome = check_change(&request(&root, None), Some(against), &Silent).unwrap();
    assert!(!outcome.findings.is_empty());
    assert!(
        outcome
            .findings
            .iter()
            .all(|it| it.change == Some(Change::New))
    );
}

#[test]
fn what_cannot_be_compared_is_said_with_what_to_do() {
    let fixture = larkfield();
    let root = fixture.root();
    let (message, hint) = refused(&root, "nowhere");
    assert_eq!(message, "`nowhere` names no commit of this repository");
    assert!(hint.unwrap().contains("git branch --all"));

    fixture.git(&["checkout", "--quiet", "--orphan", "other"]);
    let (message, _) = refused(&root, "main");
    assert!(message.contains("has no commit yet"), "{message}");
    fixture.commit("unrelated");
    let (message, hint) = refused(&root, "main");
    assert_eq!(
        message,
        "`main` and the commit that is checked have no common ancestor"
    );
    assert!(hint.unwrap().contains("--base main"));

    let (message, _) = refused(Fixture::folder().root().as_path(), "main");
    assert!(message.contains("not in a git repository"), "{message}");
}

#[test]
fn a_shallow_clone_is_enough_where_it_holds_the_base() {
    let fixture = larkfield();
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    edit(
        &fixture,
        INCIDENT,
        "kind: incident",
        "kind: incident\nmine: 1",
    );
    fixture.commit("mine");
    let clone = fixture.clone_as("shallow", &["--depth=2", "--branch=change"]);
    let against = Against {
        base: "HEAD~1",
        gate: Gate::New,
        few: Against::FEW,
    };
    let outcome = check_change(&request(&clone, None), Some(against), &Silent).unwrap();
    assert_eq!(changes(&outcome), [("new", "unknown-key")]);

    // Both ends without what they have in common.
    let clone = fixture.clone_as("ends", &["--depth=1", "--branch=change"]);
    fixture.git_in(
        &clone,
        &["fetch", "--quiet", "--depth=1", "origin", "main:main"],
    );
    let (message, hint) = refused(&clone, "main");
    assert!(
        message.ends_with("in this clone, whose history is cut off"),
        "{message}"
    );
    assert!(hint.unwrap().contains("fetch-depth: 0"));
}

/// What two full checks of the merge base and the head differ in: by fingerprint what each says.
fn difference(fixture: &Fixture, base: &str, head: &str) -> BTreeMap<String, &'static str> {
    let root = fixture.root();
    let full = |revision: &str| -> BTreeMap<String, (String, String)> {
        let outcome = check(&request(&root, Some(revision)), &Silent).unwrap();
        let said = |it: Finding| (it.fingerprint, (it.message, it.severity.to_string()));
        outcome.findings.into_iter().map(said).collect()
    };
    let (before, after) = (full(base), full(head));
    let mut difference = BTreeMap::new();
    for (fingerprint, said) in &after {
        let change = match before.get(fingerprint) {
            None => "new",
            Some(other) if other == said => continue,
            Some(_) => "changed",
        };
        difference.insert(fingerprint.clone(), change);
    }
    let fixed = before.keys().filter(|it| !after.contains_key(*it));
    difference.extend(fixed.map(|it| (it.clone(), "fixed")));
    difference
}

/// Edits that reach records in every way: values, ids, registries, packs, evidence, deletions.
const EDITS: &[(&str, &str, &str)] = &[
    (INCIDENT, "kind: incident", "kind: incident\nmore: 1"),
    (INCIDENT, "severity: ", "severity: x"),
    (INCIDENT, "id: INC-2025-0008", "id: INC-2025-0088"),
    ("registry/people.yaml", "- id: mara", "- id: maria"),
    ("registry/channels.yaml", "- id: bridge", "- id: ridge"),
    (
        "registry/third-parties/corvid-id.yaml",
        "id: corvid-id",
        "id: corvid",
    ),
    (
        "program.yaml",
        "trigger_evaluation: 4h",
        "trigger_evaluation: 1m",
    ),
    ("program.yaml", "first_notice", "first_word"),
    (
        "guidelines/sharing.yaml",
        "info_type: ioc",
        "info_type: iocs",
    ),
    (
        "controls/ir-6-3.yaml",
        "kind: control",
        "kind: control\nmore: 1",
    ),
    (
        "incidents/INC-2025-0001/incident.yaml",
        "status: ",
        "status: un",
    ),
];
const REMOVALS: &[&str] = &[
    "incidents/INC-2025-0002/incident.yaml",
    "exceptions/RA-2025-001.yaml",
    "guidelines/approvals.yaml",
    "registry/people.yaml",
];

#[test]
fn the_result_is_the_difference_of_two_full_checks() {
    let fixture = larkfield();
    // A fixed generator: every run makes the same edits.
    let mut state: u32 = 20_250_620;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let mut last = "main".to_owned();
    let mut seen = 0;
    for round in 0..6 {
        for _ in 0..=random(3) {
            let (file, from, to) = EDITS[random(EDITS.len())];
            let Ok(text) = fs::read_to_string(fixture.path(file)) else {
                continue;
            };
            fixture.write(file, &text.replacen(from, to, 1));
        }
        if random(3) == 0 {
            let _ = fs::remove_file(fixture.path(REMOVALS[random(REMOVALS.len())]));
        }
        if random(3) == 0 {
            fixture.write(
                "incidents/INC-2025-0001/evidence/stray.txt",
                &round.to_string(),
            );
        }
        let head = fixture.commit("edits");
        let base = if random(2) == 0 {
            "main"
        } else {
            last.as_str()
        };
        let base = fixture.git(&["rev-parse", base]);
        let expected = difference(&fixture, &base, &head);
        let outcome = compare(&fixture, Some(&head), &base);
        let comparison = outcome.comparison.as_ref().unwrap();
        let found: BTreeMap<String, &'static str> = outcome
            .findings
            .iter()
            .chain(&comparison.fixed)
            .map(|it| (it.fingerprint.clone(), it.change.as_ref().unwrap().as_str()))
            .filter(|(_, change)| *change != "unchanged")
            .collect();
        assert_eq!(found, expected, "round {round}");
        seen += found.len();
        last = head;
    }
    assert!(seen > 20, "{seen}");
}
