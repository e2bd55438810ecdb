//! `probity init`: what it writes has notes at most, overwrites nothing, and says what is left to decide.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod fixture;

use std::collections::BTreeMap;

use binary::{Run, probity, probity_as_is};
use fixture::Fixture;
use probity::author::skeleton::{decisions, skeleton};
use serde_json::Value;

/// What a team sets that wants no warning either.
const STRICT: &[&str] = &["check", "--format", "json", "--fail-on", "warning"];

fn everything(fixture: &Fixture) -> BTreeMap<String, String> {
    let files = skeleton();
    let files = files.iter().filter(|it| fixture.path(&it.path).exists());
    files
        .map(|it| (it.path.clone(), fixture.text(&it.path)))
        .collect()
}

/// How many findings there are of each weight.
fn weights(run: &Run) -> BTreeMap<String, usize> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut weights = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let severity = finding["severity"].as_str().unwrap().to_owned();
        *weights.entry(severity).or_default() += 1;
    }
    weights
}

#[test]
fn an_empty_folder_and_a_repository_have_notes_only_from_the_first_minute() {
    for fixture in [Fixture::folder(), Fixture::repository()] {
        let run = probity(&fixture.root(), &["init"]);
        assert_eq!(run.code, 0, "{run:?}");
        let check = probity(&fixture.root(), STRICT);
        assert_eq!(check.code, 0, "{check:?}");
        let weights = weights(&check);
        assert_eq!(weights.keys().collect::<Vec<_>>(), ["info"], "{check:?}");
        assert!(weights["info"] < 40, "{weights:?}");
    }
}

#[test]
fn whoever_commits_it_is_no_more_than_a_note() {
    let fixture = Fixture::repository();
    probity(&fixture.root(), &["init"]);
    fixture.commit("begin");
    let check = probity_as_is(&fixture.root(), STRICT, &[]);
    assert_eq!(check.code, 0, "{check:?}");
    assert!(check.stdout.contains("unknown-author"), "{check:?}");
    let weights = weights(&check);
    assert_eq!(weights.keys().collect::<Vec<_>>(), ["info"], "{check:?}");
}

#[test]
fn every_decision_is_listed_with_its_line() {
    let fixture = Fixture::repository();
    let run = probity(&fixture.root(), &["init"]);
    let mut count = 0;
    for (path, text) in everything(&fixture) {
        for (line, what) in decisions(&text) {
            let place = format!("  {path}:{line} ");
            let shown = run.stdout.lines().find(|it| it.starts_with(&place));
            assert!(shown.is_some_and(|it| it.ends_with(what)), "{place}{what}");
            count += 1;
        }
    }
    assert!(run.stdout.contains(&format!("{count} decisions")));

    // What is decided is no longer listed.
    let people = fixture
        .text("registry/people.yaml")
        .replace("DECIDE:", "decided:");
    fixture.write("registry/people.yaml", &people);
    let run = probity(&fixture.root(), &["init"]);
    assert!(run.stdout.contains(&format!("{} decisions", count - 1)));
    assert!(!run.stdout.contains("registry/people.yaml:"), "{run:?}");
}

#[test]
fn what_is_there_is_never_touched() {
    let fixture = Fixture::repository();
    fixture.write("README.md", "ours\n");
    fixture.write("registry/people.yaml", "kind: people\nid: people\n");
    let run = probity(&fixture.root(), &["init"]);
    assert_eq!(run.code, 0, "{run:?}");
    let first = run.stdout.lines().next().unwrap();
    assert!(
        first.ends_with("kept as they are: registry/people.yaml, README.md"),
        "{first}"
    );
    assert_eq!(fixture.text("README.md"), "ours\n");
    let before = everything(&fixture);
    assert_eq!(before.len(), skeleton().len());

    let again = probity(&fixture.root(), &["init"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.starts_with("nothing to write"), "{again:?}");
    assert_eq!(everything(&fixture), before);
}

#[test]
fn files_for_ci_lie_at_the_root_of_a_repository_only() {
    let fixture = Fixture::repository();
    let run = probity(&fixture.root(), &["init", "records"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(fixture.path("records/program.yaml").exists());
    assert!(!fixture.path("records/.github").exists());
    assert!(
        run.stdout
            .contains("note: the folder lies in the repository")
    );

    let inside = probity(&fixture.root(), &["init", "records/incidents"]);
    assert_eq!(inside.code, 2, "{inside:?}");
    assert!(!fixture.path("records/incidents").exists());
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed_out_of_the_folder() {
    let fixture = Fixture::folder();
    let outside = fixture.beside("outside");
    std::fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, fixture.path("registry")).unwrap();
    let run = probity(&fixture.root(), &["init"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("is a symbolic link"), "{run:?}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let fixture = Fixture::folder();
    fixture.write("registry", "a file\n");
    let run = probity(&fixture.root(), &["init"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("registry/people.yaml"), "{run:?}");
    assert_eq!(fixture.text("registry"), "a file\n");
}

#[test]
fn editors_find_a_schema_for_every_record() {
    let fixture = Fixture::folder();
    probity(&fixture.root(), &["init"]);
    for (path, text) in everything(&fixture) {
        let first = text.lines().next().unwrap();
        if let Some(schema) = first.strip_prefix("# yaml-language-server: $schema=") {
            let folder = fixture.path(&path);
            let schema = folder.parent().unwrap().join(schema);
            assert!(schema.exists(), "{path}");
            let stem = schema.file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(text.contains(&format!("\nkind: {stem}\n")), "{path}");
        } else {
            assert!(!text.contains("\nkind: "), "{path} has no schema");
        }
    }
    let settings: Value = serde_json::from_str(&fixture.text(".vscode/settings.json")).unwrap();
    let schemas = settings["yaml.schemas"].as_object().unwrap();
    assert!(schemas.keys().all(|it| fixture.path(it).exists()));
    let written = skeleton();
    let written = written.iter().filter(|it| it.path.starts_with(".probity/"));
    assert_eq!(schemas.len(), written.count());
}

/// What makes notes of errors for single records does so for these only.
#[test]
fn an_adjustment_for_single_records_leaves_all_others_alone() {
    let fixture = Fixture::folder();
    probity(&fixture.root(), &["init"]);
    fixture.write(
        "registry/systems/portal.yaml",
        "kind: system\nid: portal\nname: Portal\n",
    );
    let check = probity(&fixture.root(), &["check", "--format", "concise"]);
    assert_eq!(check.code, 1, "{check:?}");
    let of_portal = check
        .stdout
        .lines()
        .find(|it| it.starts_with("registry/systems/portal.yaml"));
    assert!(
        of_portal.is_some_and(|it| it.contains("error[missing-key]")),
        "{check:?}"
    );

    let setup = fixture.text("policies/setup.yaml").replace(
        "    severity: info\n    why: Holders",
        "    severity: \"off\"\n    why: Holders",
    );
    fixture.write("policies/setup.yaml", &setup);
    let check = probity(&fixture.root(), &["check", "--format", "concise"]);
    assert!(
        check
            .stdout
            .contains("`missing-key` is switched off for single records"),
        "{check:?}"
    );
}
