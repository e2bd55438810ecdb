//! What is offered to CI systems: the steps of the action and the jobs of the template are run here,
//! and documents and definitions name the same things.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test, and the files it writes"
)]

mod example;
mod fixture;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fixture::Fixture;
use serde_json::Value;

const NOON: &str = "2025-06-20T12:00:00Z";

fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(home(path)).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// A shell that finds `probity`, and nothing else of the environment.
fn shell(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new("bash");
    let program = Path::new(env!("CARGO_BIN_EXE_probity")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", program.display()))
        .env("HOME", folder)
        .envs(variables.iter().copied());
    command
}

/// What a step left behind.
struct Step {
    code: i32,
    stdout: String,
    summary: String,
    outputs: String,
    report: PathBuf,
}

/// Runs the check of the action on the records of a fixture.
fn step(fixture: &Fixture, variables: &[(&str, &str)]) -> Step {
    let report = fixture.beside("report");
    let (summary, outputs) = (fixture.beside("summary"), fixture.beside("outputs"));
    fs::write(&summary, "").unwrap();
    fs::write(&outputs, "").unwrap();
    let mut command = shell(&fixture.root(), variables);
    command
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_OUTPUT", &outputs)
        .env("PROBITY_REPORT", &report);
    if !variables.iter().any(|it| it.0 == "PROBITY_AS_OF") {
        command.env("PROBITY_AS_OF", NOON);
    }
    let output = command.arg(home("ci/check.sh")).output().unwrap();
    assert_eq!(said(&output.stderr), "");
    Step {
        code: output.status.code().unwrap(),
        stdout: said(&output.stdout),
        summary: fs::read_to_string(summary).unwrap(),
        outputs: fs::read_to_string(outputs).unwrap(),
        report,
    }
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn example(name: &str) -> Fixture {
    let fixture = Fixture::folder();
    example::copy(name, &fixture.root());
    fixture
}

// ---------------------------------------------------------------- the check of the action

#[test]
fn the_action_annotates_sums_up_and_reports_before_it_fails() {
    let fixture = example("broken");
    let step = step(&fixture, &[("PROBITY_NO_HISTORY", "true")]);
    assert_eq!(step.code, 1);
    let count = |start: &str| {
        step.stdout
            .lines()
            .filter(|it| it.starts_with(start))
            .count()
    };
    assert_eq!((count("::error "), count("::warning ")), (10, 3));
    assert!(
        step.summary
            .starts_with("## Probity: 32 errors, 3 warnings\n"),
        "{}",
        step.summary
    );
    for file in ["check.json", "check.sarif", "junit.xml", "summary.md"] {
        assert!(step.report.join(file).is_file(), "{file}");
    }
    let mut lines = step.outputs.lines();
    assert_eq!(lines.next(), Some("exit-code=1"));
    assert_eq!(
        lines.next().unwrap(),
        format!("report={}", step.report.display())
    );
    let delimiter = lines.next().unwrap().strip_prefix("comment<<").unwrap();
    assert!(delimiter.len() > 30, "{delimiter}");
    assert_eq!(step.outputs.lines().last(), Some(delimiter));
    assert!(step.outputs.contains(&step.summary));
}

#[test]
fn a_scheduled_run_tells_what_comes_next() {
    let fixture = example("larkfield");
    let step = step(
        &fixture,
        &[("PROBITY_NO_HISTORY", "true"), ("PROBITY_DUE", "36h")],
    );
    assert_eq!(step.code, 0);
    assert!(
        step.summary.contains("\n## Due within 36h\n"),
        "{}",
        step.summary
    );
    assert!(
        step.summary.contains("INC-2025-0008  trigger evaluation"),
        "{}",
        step.summary
    );
    assert!(step.report.join("due.ics").is_file());
    assert!(step.report.join("due.json").is_file());
}

#[test]
fn a_repository_without_records_is_told_what_to_type() {
    let step = step(&Fixture::repository(), &[]);
    assert_eq!(step.code, 3);
    let errors: Vec<&str> = step
        .stdout
        .lines()
        .filter(|it| it.starts_with("::"))
        .collect();
    assert_eq!(errors.len(), 1, "{}", step.stdout);
    assert!(errors[0].contains("`probity init`"));
    assert!(step.summary.contains("probity init"), "{}", step.summary);
}

#[test]
fn a_pull_request_is_judged_by_what_it_changes() {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    fixture.write("controls/old.yaml", "a: 1\n");
    fixture.commit("main");
    let base = fixture.git(&["rev-parse", "HEAD"]);
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    let quiet = ("PROBITY_NO_HISTORY", "true");
    let event = ("PROBITY_EVENT_BASE", base.as_str());
    let before = step(&fixture, &[quiet, event]);
    assert_eq!(
        before.code, 0,
        "what was wrong before does not count: {}",
        before.stdout
    );
    fixture.write("controls/new.yaml", "a: 1\n");
    let after = step(&fixture, &[quiet, event]);
    assert_eq!(after.code, 1);
    assert!(
        after.stdout.contains("file=controls/new.yaml,"),
        "{}",
        after.stdout
    );
    assert!(
        !after.stdout.contains("controls/old.yaml"),
        "{}",
        after.stdout
    );
    let all = step(&fixture, &[quiet, event, ("PROBITY_GATE", "all")]);
    assert!(all.stdout.contains("controls/old.yaml"), "{}", all.stdout);
}

#[test]
fn a_check_that_cannot_be_made_is_an_annotation_and_a_summary() {
    let step = step(&example("larkfield"), &[("PROBITY_PATH", "nowhere")]);
    assert_eq!(step.code, 2);
    assert_eq!(
        step.stdout,
        "::error title=Probity::error: nowhere does not exist\n"
    );
    assert!(
        step.summary.contains("    error: nowhere does not exist"),
        "{}",
        step.summary
    );
    assert!(step.outputs.starts_with("exit-code=2\n"));
}

#[test]
fn inputs_are_neither_commands_nor_options() {
    for value in [
        "$(touch stolen)",
        "`touch stolen`",
        "; touch stolen #",
        "--help",
        "-h",
    ] {
        for name in [
            "PROBITY_PATH",
            "PROBITY_BASE",
            "PROBITY_GATE",
            "PROBITY_FAIL_ON",
            "PROBITY_AS_OF",
        ] {
            let fixture = example("larkfield");
            let mut variables = vec![("PROBITY_NO_HISTORY", "true"), (name, value)];
            if name == "PROBITY_GATE" {
                variables.push(("PROBITY_BASE", "main"));
            }
            let step = step(&fixture, &variables);
            assert_eq!(step.code, 2, "{name}={value}: {}", step.stdout);
            assert!(!fixture.path("stolen").exists(), "{name}={value}");
            assert!(
                step.stdout.starts_with("::error title=Probity::error: "),
                "{}",
                step.stdout
            );
            assert_eq!(step.stdout.lines().count(), 1, "{}", step.stdout);
        }
    }
}

// ---------------------------------------------------------------- its installation

/// Releases in a folder: an archive for this machine, and its checksum.
fn releases(fixture: &Fixture) -> (String, String) {
    let script = r#"
        case "$(uname -s)-$(uname -m)" in
            Linux-x86_64) target=x86_64-unknown-linux-musl ;;
            Linux-aarch64) target=aarch64-unknown-linux-musl ;;
            Darwin-arm64) target=aarch64-apple-darwin ;;
            *) target=x86_64-apple-darwin ;;
        esac
        mkdir -p v7.0.0 bin && printf '#!/bin/sh\necho probity 7\n' > bin/probity && chmod +x bin/probity
        tar -C bin -czf "v7.0.0/probity-7.0.0-$target.tar.gz" probity
        cd v7.0.0
        (sha256sum ./*.tar.gz || shasum -a 256 ./*.tar.gz) 2>/dev/null | sed 's| \./| |' > SHA256SUMS
        cut -d ' ' -f 1 SHA256SUMS
    "#;
    let output = shell(&fixture.root(), &[])
        .args(["-e", "-c", script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output.stderr));
    let digest = said(&output.stdout).trim().to_owned();
    (format!("file://{}", fixture.root().display()), digest)
}

fn install(fixture: &Fixture, variables: &[(&str, &str)]) -> (Output, String) {
    let (temporary, path) = (fixture.beside("temporary"), fixture.beside("path"));
    fs::write(&path, "").unwrap();
    let output = shell(&fixture.root(), variables)
        .env("RUNNER_TEMP", &temporary)
        .env("GITHUB_PATH", &path)
        .arg(home("ci/install.sh"))
        .output()
        .unwrap();
    (output, fs::read_to_string(path).unwrap())
}

#[test]
fn a_release_is_installed_if_its_checksum_is_right() {
    let fixture = Fixture::folder();
    let (url, digest) = releases(&fixture);
    let release = [
        ("PROBITY_RELEASES", url.as_str()),
        ("PROBITY_VERSION", "v7.0.0"),
    ];
    let (output, path) = install(&fixture, &release);
    assert_eq!(
        said(&output.stdout),
        "probity 7\n",
        "{}",
        said(&output.stderr)
    );
    assert!(Path::new(path.trim()).join("probity").is_file(), "{path}");

    let pinned = [release[0], release[1], ("PROBITY_SHA256", digest.as_str())];
    assert!(install(&fixture, &pinned).0.status.success());

    let other = "0".repeat(64);
    let wrong = [release[0], release[1], ("PROBITY_SHA256", other.as_str())];
    fs::remove_dir_all(fixture.beside("temporary")).unwrap();
    let (output, path) = install(&fixture, &wrong);
    assert_eq!((output.status.code(), path.as_str()), (Some(2), ""));
    assert!(
        said(&output.stdout).contains("checksum"),
        "{}",
        said(&output.stdout)
    );
    assert!(!fixture.beside("temporary/probity-bin/bin/probity").exists());

    fs::remove_file(fixture.path("v7.0.0/SHA256SUMS")).unwrap();
    assert_eq!(install(&fixture, &release).0.status.code(), Some(2));
}

#[test]
fn a_version_that_is_none_or_is_not_there_is_refused() {
    let fixture = Fixture::folder();
    let (url, _) = releases(&fixture);
    for (version, why) in [
        ("1;touch x", "is no version"),
        ("9.9.9", "there is no release"),
    ] {
        let variables = [
            ("PROBITY_RELEASES", url.as_str()),
            ("PROBITY_VERSION", version),
        ];
        let (output, path) = install(&fixture, &variables);
        assert_eq!(
            (output.status.code(), path.as_str()),
            (Some(2), ""),
            "{version}"
        );
        assert!(
            said(&output.stdout).contains(why),
            "{}",
            said(&output.stdout)
        );
    }
    assert!(!fixture.path("x").exists());
}

// ---------------------------------------------------------------- GitLab

/// Runs the script of a job as GitLab does.
fn job(fixture: &Fixture, name: &str, variables: &[(&str, &str)]) -> Output {
    let template = yaml(&text("ci/gitlab.yml"));
    let defaults = template[".probity"]["variables"]
        .as_object()
        .unwrap()
        .clone();
    let script: Vec<&str> = template[name]["script"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let mut command = shell(&fixture.root(), &[]);
    for (name, value) in &defaults {
        command.env(name, value.as_str().unwrap());
    }
    command
        .envs(variables.iter().copied())
        .env("SOURCE_DATE_EPOCH", "1750420800")
        .args(["-e", "-c", &script.join("\n")])
        .output()
        .unwrap()
}

#[test]
fn the_job_for_merge_requests_reports_and_fails_by_what_they_change() {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    fixture.write("controls/old.yaml", "a: 1\n");
    let base = fixture.commit("main");
    let template = yaml(&text("ci/gitlab.yml"));
    let reports = template["probity"]["artifacts"]["reports"]
        .as_object()
        .unwrap();
    assert_eq!(job(&fixture, "probity", &[]).status.code(), Some(1));
    for file in reports.values() {
        assert!(fixture.path(file.as_str().unwrap()).is_file(), "{file}");
    }
    let merge = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str())];
    let output = job(&fixture, "probity", &merge);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stdout));
    let output = job(&fixture, "probity", &[("PROBITY_PATH", "$(touch stolen)")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!fixture.path("stolen").exists());
}

#[test]
fn the_job_for_schedules_lists_and_makes_a_calendar() {
    let fixture = example("larkfield");
    let output = job(&fixture, "probity-due", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert!(said(&output.stdout).contains("INC-2025-0008  trigger evaluation"));
    let calendar = fs::read_to_string(fixture.path("probity-report/due.ics")).unwrap();
    assert!(calendar.starts_with("BEGIN:VCALENDAR"));
}

// ---------------------------------------------------------------- definitions and documents

fn steps(of: &Value) -> Vec<&Value> {
    let composite = of["runs"]["steps"].as_array().into_iter().flatten();
    let jobs = of["jobs"]
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values);
    let jobs = jobs.flat_map(|job| job["steps"].as_array().into_iter().flatten());
    composite.chain(jobs).collect()
}

/// The YAML blocks of the document, each under the name of its file.
fn documented() -> Vec<(String, Value)> {
    let document = text("docs/ci.md");
    let blocks = document.split("```yaml\n").skip(1);
    blocks
        .map(|block| {
            let block = block.split("```").next().unwrap();
            let name = block.lines().next().unwrap().trim_start_matches("# ");
            (name.to_owned(), yaml(block))
        })
        .collect()
}

#[test]
fn no_script_holds_an_expression_and_every_foreign_action_is_pinned() {
    let mut files = documented();
    files.push(("action.yml".to_owned(), yaml(&text("action.yml"))));
    for entry in fs::read_dir(home(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        files.push((name, yaml(&fs::read_to_string(path).unwrap())));
    }
    let mut seen = 0;
    for (name, file) in &files {
        for step in steps(file) {
            seen += 1;
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{name}: {run}");
            if let Some(uses) = step["uses"].as_str() {
                let (action, version) = uses.split_once('@').unwrap();
                let is_pinned =
                    version.len() == 40 && version.bytes().all(|it| it.is_ascii_hexdigit());
                assert!(
                    is_pinned || action == "probity-check/probity",
                    "{name}: {uses}"
                );
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_document_names_what_action_and_template_have() {
    let document = text("docs/ci.md");
    let action = yaml(&text("action.yml"));
    for part in ["inputs", "outputs"] {
        for name in action[part].as_object().unwrap().keys() {
            assert!(document.contains(&format!("`{name}`")), "{part}: {name}");
        }
    }
    let template = yaml(&text("ci/gitlab.yml"));
    for name in template[".probity"]["variables"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(
            name == "GIT_DEPTH" || document.contains(&format!("`{name}`")),
            "{name}"
        );
    }
    for hook in yaml(&text(".pre-commit-hooks.yaml")).as_array().unwrap() {
        let id = hook["id"].as_str().unwrap();
        assert!(document.contains(&format!("`{id}`")), "{id}");
    }
    // What the workflows give to the action is an input of it.
    for (name, workflow) in documented() {
        for step in steps(&workflow) {
            let is_ours = step["uses"]
                .as_str()
                .is_some_and(|it| it.starts_with("probity-check/"));
            let given = step["with"].as_object().filter(|_| is_ours);
            for key in given.into_iter().flat_map(serde_json::Map::keys) {
                assert!(action["inputs"].get(key).is_some(), "{name}: {key}");
            }
        }
    }
}

#[test]
fn every_variable_that_the_action_sets_is_read_and_no_other() {
    let action = yaml(&text("action.yml"));
    for step in steps(&action) {
        let Some(run) = step["run"].as_str() else {
            continue;
        };
        let script = run.split("$GITHUB_ACTION_PATH/").nth(1).unwrap();
        let script = text(script.trim_end_matches('"'));
        for name in step["env"].as_object().unwrap().keys() {
            assert!(script.contains(&format!("${{{name}")), "{name}");
        }
    }
}

#[test]
fn versions_are_those_of_the_program() {
    let manifest = text("Cargo.toml");
    let value = |key: &str| {
        let line = manifest
            .lines()
            .find_map(|it| it.strip_prefix(&format!("{key} = \"")));
        line.unwrap().split('"').next().unwrap().to_owned()
    };
    let version = value("version");
    assert!(text("ci/gitlab.yml").contains(&format!("probity:{version}\n")));
    assert!(text("docs/ci.md").contains(&format!("rev: v{version}\n")));
    let containerfile = text("Containerfile");
    assert!(containerfile.contains(&format!("rust:{}-alpine", value("rust-version"))));
    assert!(containerfile.contains("\nUSER 65532:65532\n"));
}
