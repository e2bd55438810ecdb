//! `probity check --base` on the command line: what it prints, what it ends with, and from where it
//! may be called.

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
use std::path::Path;

use binary::{Run, probity, probity_with};
use fixture::Fixture;
use serde_json::{Value, json};

const NOON: &str = "2025-06-20T12:00:00Z";
const INCIDENT: &str = "incidents/INC-2025-0008/incident.yaml";
const EXCEPTION: &str = "exceptions/RA-2025-010.yaml";
/// Accepts unknown keys in the program until the end of September.
const ACCEPTING: &str = "kind: exception\nid: RA-2025-010\ntype: control-exception\n\
    subject: program\nrequested_by: olek\n\
    rationale: The tool that writes the record cannot do better before the autumn.\n\
    compensating_controls: [Somebody compares the record with the ticket every week]\n\
    rules: [unknown-key]\nreview_on: 2025-09-30\nstatus: active\n\
    approved:\n  - {role: exec-sponsor, by: freya, at: 2025-06-01T10:00:00Z, how: commit}\n";

fn edit(fixture: &Fixture, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(fixture.path(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fixture.write(file, &text.replacen(from, to, 1));
}

/// A line of its own at the top of a record.
fn add(fixture: &Fixture, file: &str, line: &str) {
    let text = fs::read_to_string(fixture.path(file)).unwrap();
    let (before, after) = text.split_at(text.find("kind: ").unwrap());
    fixture.write(file, &format!("{before}{line}\n{after}"));
}

/// The clean example on `main`, with these edits; `change` is checked out.
fn larkfield(prepare: impl FnOnce(&Fixture)) -> Fixture {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    prepare(&fixture);
    fixture.commit("records");
    fixture.git(&["checkout", "--quiet", "-b", "change"]);
    fixture
}

fn check(folder: &Path, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--as-of", NOON];
    all.extend(arguments);
    probity(folder, &all)
}

fn concise(folder: &Path, arguments: &[&str]) -> Run {
    check(folder, &[arguments, &["--format", "concise"]].concat())
}

fn last_line(run: &Run) -> &str {
    run.stdout.lines().last().unwrap_or_default()
}

/// A change that does one of everything.
fn everything() -> Fixture {
    let fixture = larkfield(|it| {
        add(it, "program.yaml", "stays: 1\ngoes: 2");
        edit(it, INCIDENT, "severity: high", "severity: hihg");
    });
    edit(&fixture, "program.yaml", "goes: 2\n", "");
    edit(
        &fixture,
        "program.yaml",
        "trigger_evaluation: 4h",
        "trigger_evaluation: 5h",
    );
    edit(&fixture, INCIDENT, "severity: hihg", "severity: hihgh");
    add(&fixture, "registry/channels.yaml", "comes: 3");
    fixture.write(
        "policies/ours.yaml",
        "kind: policy\nid: ours\ntitle: Ours\nadjust:\n  - rule: unregistered-evidence\n    \
         severity: \"off\"\n    why: evidence lies elsewhere\n",
    );
    fixture.git(&["rm", "--quiet", "exceptions/RA-2025-001.yaml"]);
    fixture.commit("everything");
    fixture
}

#[test]
fn concise_says_in_lines_what_a_change_does() {
    let fixture = everything();
    let run = concise(&fixture.root(), &["--base", "main"]);
    let base = fixture.git(&["rev-parse", "--short=12", "main"]);
    let head = fixture.git(&["rev-parse", "--short=12", "HEAD"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(run.code, 1);
    assert_eq!(
        lines[0],
        format!(
            "the change since `main` ({base}): 5 files altered; before and after are judged as of {NOON}"
        )
    );
    let of = |begin: &str| -> Vec<&str> {
        let all = lines.iter().copied();
        all.filter(|line| line.contains(begin)).collect()
    };
    let new = of(": new: ");
    assert_eq!(
        new[new.len() - 1],
        "registry/channels.yaml:2:1: new: error[unknown-key]: channels `channels` has no key `comes`"
    );
    let changed = of(": changed: ");
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].starts_with(INCIDENT), "{changed:?}");
    assert!(
        changed[0].contains("`hihgh`") && changed[0].contains("(before: error: severity `hihg` "),
        "{changed:?}"
    );
    assert_eq!(of(": fixed: ").len(), 1, "{}", run.stdout);
    // What stays as it is is counted only.
    assert!(of("`stays`").is_empty());
    assert_eq!(
        of("by this change:"),
        [
            "removed by this change: exception `RA-2025-001` in exceptions/RA-2025-001.yaml",
            "switched off by this change: `unregistered-evidence` in policies/ours.yaml: evidence lies elsewhere",
            "setting altered by this change: `/clocks/trigger_evaluation` in program.yaml is `5h`, before `4h`",
            "setting altered by this change: `/goes` in program.yaml is nothing, before `2`",
        ]
    );
    assert!(
        last_line(&run).contains("1 changed, 1 fixed, 1 unchanged; "),
        "{}",
        last_line(&run)
    );
    assert!(last_line(&run).ends_with(&format!("at {head}")));

    let all = concise(&fixture.root(), &["--base", "main", "--gate", "all"]);
    assert!(
        all.stdout
            .contains("unchanged: error[unknown-key]: program `program` has no key `stays`"),
        "{}",
        all.stdout
    );
}

#[test]
fn json_is_as_its_schema_says_and_says_the_same() {
    let fixture = everything();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/output/check.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    for gate in ["new", "all"] {
        let run = check(
            &fixture.root(),
            &["--base", "main", "--gate", gate, "--format", "json"],
        );
        let output: Value = serde_json::from_str(&run.stdout).unwrap();
        let errors: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&output)
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let comparison = &output["comparison"];
        assert_eq!(comparison["name"], "main");
        assert_eq!(comparison["gate"], gate);
        assert_eq!(comparison["altered_files"], 5);
        assert_eq!(comparison["base"], *fixture.git(&["rev-parse", "main"]));
        assert_eq!(comparison["tip"], comparison["base"]);
        assert_eq!(
            comparison["removed"],
            json!([{"file": "exceptions/RA-2025-001.yaml", "record": {"kind": "exception", "id": "RA-2025-001"}}])
        );
        let what: Vec<&str> = comparison["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["what"].as_str().unwrap())
            .collect();
        assert_eq!(what, ["rule-switched-off", "setting", "setting"]);
        let findings = output["findings"].as_array().unwrap();
        let of = |change: &str| findings.iter().filter(|it| it["change"] == change).count();
        assert_eq!((of("changed"), of("fixed"), of("unchanged")), (1, 1, 1));
        assert_eq!(of("new") + 3, findings.len());
        let changed = findings
            .iter()
            .find(|it| it["change"] == "changed")
            .unwrap();
        assert_eq!(changed["before"]["severity"], "error");
        assert!(
            changed["before"]["message"]
                .as_str()
                .unwrap()
                .contains("`hihg`")
        );
        // The record in the base is the one that the fixed finding points into.
        let fixed = findings.iter().find(|it| it["change"] == "fixed").unwrap();
        assert_eq!(fixed["pointer"], "/goes");
    }
}

#[test]
fn the_gate_decides_the_exit_code() {
    let code = |fixture: &Fixture, more: &[&str]| {
        let root = fixture.root();
        concise(&root, &[&["--base", "main"], more].concat()).code
    };
    // An error that was there before.
    let old = larkfield(|it| add(it, "program.yaml", "old: 1"));
    assert_eq!(code(&old, &[]), 0);
    assert_eq!(code(&old, &["--gate", "new"]), 0);
    assert_eq!(code(&old, &["--gate", "all"]), 1);
    assert_eq!(code(&old, &["--gate", "all", "--fail-on", "never"]), 0);
    assert_eq!(concise(&old.root(), &[]).code, 1);

    // Mended, and said otherwise.
    edit(&old, "program.yaml", "old: 1\n", "");
    assert_eq!(code(&old, &["--gate", "all"]), 0);
    add(&old, "program.yaml", "newer: 1");
    assert_eq!(code(&old, &[]), 1);

    // A warning that the change brings counts from its own weight on.
    let warned = larkfield(|_| {});
    warned.write(
        "policies/ours.yaml",
        "kind: policy\nid: ours\ntitle: Ours\nadjust:\n  - rule: unknown-key\n    \
         severity: warning\n    why: nobody here minds them\n",
    );
    add(&warned, "program.yaml", "more: 1");
    assert_eq!(code(&warned, &[]), 0);
    assert_eq!(code(&warned, &["--fail-on", "warning"]), 1);

    // What weighs more than before is worse, what weighs less is not.
    let weight = |weight: &str| ACCEPTED_WEIGHT.replace("WEIGHT", weight);
    for (before, after, expected) in [("warning", "error", 1), ("error", "warning", 0)] {
        let fixture = larkfield(|it| {
            add(it, "program.yaml", "more: 1");
            it.write("policies/ours.yaml", &weight(before));
        });
        fixture.write("policies/ours.yaml", &weight(after));
        let run = concise(&fixture.root(), &["--base", "main"]);
        assert_eq!(run.code, expected, "{}", run.stdout);
        assert!(
            run.stdout.contains("0 fixed, 0 unchanged"),
            "{}",
            run.stdout
        );
    }
}

const ACCEPTED_WEIGHT: &str = "kind: policy\nid: ours\ntitle: Ours\nadjust:\n  - rule: unknown-key\n    \
    severity: WEIGHT\n    why: so it was decided in June\n";

#[test]
fn what_an_exception_accepts_counts_once_it_is_not_accepted_any_more() {
    let fixture = larkfield(|_| {});
    add(&fixture, "program.yaml", "more: 1");
    fixture.write(EXCEPTION, ACCEPTING);
    let accepted = concise(&fixture.root(), &["--base", "main"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stdout);
    assert!(
        accepted.stdout.contains("program.yaml:"),
        "{}",
        accepted.stdout
    );
    assert!(
        accepted.stdout.contains("new: excepted[unknown-key]"),
        "{}",
        accepted.stdout
    );
    fixture.commit("accepted");
    fixture.git(&["branch", "--force", "main"]);
    edit(&fixture, EXCEPTION, "status: active", "status: closed");
    let closed = concise(&fixture.root(), &["--base", "main"]);
    assert_eq!(closed.code, 1);
    assert!(
        closed
            .stdout
            .contains("(before: accepted by `RA-2025-010`)"),
        "{}",
        closed.stdout
    );
}

#[test]
fn what_cannot_be_examined_counts_where_it_is() {
    let deep = format!("kind: exercise\nid: EX-2025-09\na: {}\n", "[".repeat(200));
    // In the checked state.
    let head = larkfield(|_| {});
    head.write("exercises/EX-2025-09.yaml", &deep);
    let run = concise(&head.root(), &["--base", "main"]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("exercises/EX-2025-09.yaml: not examined: ")
    );
    // In the base only.
    let base = larkfield(|it| it.write("exercises/EX-2025-09.yaml", &deep));
    fs::remove_file(base.path("exercises/EX-2025-09.yaml")).unwrap();
    let run = concise(&base.root(), &["--base", "main"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("not examined in the base: exercises/EX-2025-09.yaml: ")
    );
    // 1 goes before 3, 2 before both.
    add(&head, "program.yaml", "more: 1");
    assert_eq!(concise(&head.root(), &["--base", "main"]).code, 1);
    assert_eq!(concise(&head.root(), &["--base", "nowhere"]).code, 2);
}

#[test]
fn usage_is_refused_with_what_to_type() {
    let fixture = larkfield(|_| {});
    let root = fixture.root();
    let refused = |arguments: &[&str], words: &str| {
        let run = check(&root, arguments);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(words), "{}", run.stderr);
    };
    refused(&["--base", "nowhere"], "git branch --all");
    refused(&["--gate", "all"], "--base");
    refused(&["--base", "main", "--gate", "some"], "new, all");
    refused(&["--base", ""], "`` ");
    refused(&["--base", "main:program.yaml"], "not a commit");

    fixture.git(&["checkout", "--quiet", "--orphan", "other"]);
    refused(&["--base", "main"], "commit first");
    fixture.commit("unrelated");
    refused(&["--base", "main"], "no common ancestor");

    let plain = example::copied("larkfield");
    let run = check(&plain.root(), &["--base", "main"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("name no revision"), "{}", run.stderr);
}

#[test]
fn the_base_need_not_be_an_ancestor() {
    let fixture = larkfield(|_| {});
    add(&fixture, INCIDENT, "mine: 1");
    fixture.commit("mine");
    fixture.git(&["tag", "--annotate", "-m", "t", "candidate"]);
    // Base and change went different ways.
    fixture.git(&["checkout", "--quiet", "main"]);
    add(&fixture, "program.yaml", "theirs: 1");
    fixture.commit("theirs");
    let away = concise(&fixture.root(), &["--base", "main", "--rev", "candidate"]);
    assert_eq!(away.code, 1);
    assert!(
        away.stdout.contains("where it left `main`"),
        "{}",
        away.stdout
    );
    assert!(away.stdout.contains("`mine`") && !away.stdout.contains("`theirs`"));
    // The change is behind its base: it brings nothing.
    let behind = concise(&fixture.root(), &["--base", "main", "--rev", "main~1"]);
    assert_eq!(behind.code, 0, "{}", behind.stdout);
    assert!(
        behind.stdout.contains("0 files altered"),
        "{}",
        behind.stdout
    );
    // Whatever names a commit will do.
    let id = fixture.git(&["rev-parse", "--short", "main~1"]);
    for name in ["main~1", &id, "@~1", "refs/heads/main~1", "candidate~1"] {
        let run = concise(&fixture.root(), &["--base", name]);
        assert_eq!(run.code, 1, "{name} {}", run.stderr);
        assert!(
            run.stdout.contains("nothing new") || run.stdout.contains("1 new"),
            "{}",
            run.stdout
        );
    }
    // Uncommitted work beside the last commit.
    edit(&fixture, "program.yaml", "theirs: 1", "ours: 1");
    let local = concise(&fixture.root(), &["--base", "HEAD"]);
    assert!(
        local
            .stdout
            .contains("new: error[unknown-key]: program `program` has no key `ours`"),
        "{}",
        local.stdout
    );
    assert!(
        local
            .stdout
            .contains("fixed: error[unknown-key]: program `program` has no key `theirs`"),
        "{}",
        local.stdout
    );
}

#[test]
fn a_fork_is_compared_with_the_remote_that_is_named() {
    // Upstream has gone on since the fork was made; the own main of the fork was left behind.
    let upstream = larkfield(|_| {});
    upstream.git(&["checkout", "--quiet", "main"]);
    let fork = upstream.clone_as("fork", &["--branch=main"]);
    add(&upstream, "program.yaml", "upstream: 1");
    upstream.commit("upstream goes on");
    let git = |arguments: &[&str]| upstream.git_in(&fork, arguments);
    git(&["remote", "rename", "origin", "mine"]);
    let address = format!("file://{}", upstream.root().display());
    git(&["remote", "add", "upstream", &address]);
    git(&["fetch", "--quiet", "upstream"]);
    git(&["checkout", "--quiet", "-b", "topic", "upstream/main"]);
    let file = fork.join(INCIDENT);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("kind: ", "topic: 1\nkind: ", 1)).unwrap();
    git(&["commit", "--quiet", "--all", "-m", "topic"]);
    let right = concise(&fork, &["--base", "upstream/main"]);
    assert_eq!(right.code, 1);
    assert!(right.stdout.contains("1 new"), "{}", right.stdout);
    assert!(
        !right.stdout.contains("no key `upstream`"),
        "{}",
        right.stdout
    );
    // Against the own main, what upstream brought is part of the change.
    let wrong = concise(&fork, &["--base", "mine/main"]);
    assert!(wrong.stdout.contains("2 new"), "{}", wrong.stdout);
    // The remote has not been fetched.
    git(&["remote", "add", "third", &address]);
    let unknown = concise(&fork, &["--base", "third/main"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("`third/main` names no commit"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_merge_commit_in_a_clone_of_two_commits_is_enough() {
    let fixture = larkfield(|_| {});
    add(&fixture, INCIDENT, "mine: 1");
    fixture.commit("mine");
    fixture.git(&["checkout", "--quiet", "main"]);
    add(&fixture, "program.yaml", "theirs: 1");
    fixture.commit("theirs");
    fixture.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "change"]);
    let clone = fixture.clone_as("merged", &["--depth=2", "--branch=main"]);
    fixture.git_in(&clone, &["checkout", "--quiet", "--detach"]);
    let run = concise(&clone, &["--base", "HEAD^1"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("new: error[unknown-key]: incident `INC-2025-0008` has no key `mine`"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("1 unchanged"), "{}", run.stdout);
    // One commit is not.
    let clone = fixture.clone_as("alone", &["--depth=1", "--branch=main"]);
    let run = concise(&clone, &["--base", "HEAD^1"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("git fetch --unshallow"),
        "{}",
        run.stderr
    );
}

/// What git sets when it runs a hook, and what it would set in another repository.
#[test]
fn a_hook_is_answered_for_the_folder_it_runs_in() {
    let fixture = larkfield(|_| {});
    add(&fixture, INCIDENT, "mine: 1");
    let root = fixture.root();
    let expected = concise(&root, &["--base", "main"]);
    assert!(expected.stdout.contains("`mine`"));
    let other = Fixture::committed(&[("program.yaml", "kind: program\nid: program\n")]);
    let (git, index) = (other.path(".git"), other.path(".git/index"));
    let (git, index) = (git.to_str().unwrap(), index.to_str().unwrap());
    let hooks: [&[(&str, &str)]; 4] = [
        &[
            ("GIT_DIR", ".git"),
            ("GIT_INDEX_FILE", ".git/index"),
            ("GIT_PREFIX", ""),
        ],
        &[
            ("GIT_DIR", "."),
            ("GIT_WORK_TREE", "/nowhere"),
            ("GIT_QUARANTINE_PATH", "/nowhere"),
        ],
        &[
            ("GIT_DIR", git),
            ("GIT_WORK_TREE", git),
            ("GIT_INDEX_FILE", index),
        ],
        &[
            ("GIT_OBJECT_DIRECTORY", "/nowhere"),
            ("GIT_CEILING_DIRECTORIES", "/"),
            ("GIT_NAMESPACE", "x"),
        ],
    ];
    let arguments = [
        "check", "--as-of", NOON, "--base", "main", "--format", "concise",
    ];
    for variables in hooks {
        let run = probity_with(&root, &arguments, variables);
        assert_eq!(
            (run.code, &run.stdout),
            (expected.code, &expected.stdout),
            "{variables:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_commit_is_held_back_by_a_hook() {
    use std::os::unix::fs::PermissionsExt;

    let fixture = larkfield(|_| {});
    let hook = fixture.path(".git/hooks/pre-commit");
    let program = env!("CARGO_BIN_EXE_probity");
    let script = format!(
        "#!/bin/sh\nexec '{program}' check --no-history --as-of {NOON} --base main --format concise >&2\n"
    );
    fixture.write(".git/hooks/pre-commit", &script);
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    // From a linked worktree git names its folder and index by other paths.
    let linked = fixture.beside("linked");
    fixture.git(&[
        "worktree",
        "add",
        "--quiet",
        "-b",
        "linked",
        linked.to_str().unwrap(),
    ]);
    for folder in [fixture.root(), linked] {
        let file = folder.join("program.yaml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("# a note\n{text}")).unwrap();
        fixture.git_in(&folder, &["commit", "--quiet", "--all", "-m", "sound"]);
        fs::write(&file, format!("more: 1\n{text}")).unwrap();
        let status = std::process::Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(["commit", "--quiet", "--all", "-m", "unsound"])
            .current_dir(&folder)
            .env_remove("GIT_DIR")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&status.stderr).into_owned();
        assert!(!status.status.success(), "{told}");
        assert!(
            told.contains("new: error[unknown-key]: program `program` has no key `more`"),
            "{told}"
        );
    }
}
