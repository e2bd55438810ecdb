//! Histories that are odd, damaged or hostile: clear words, no panic, and nothing passes that was
//! not examined.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod binary;
mod example;
mod fixture;
mod scene;

use std::fs;
use std::path::{Path, PathBuf};

use binary::{Run, probity_as_is, probity_with};
use scene::{DENIZ, INCIDENT, LATE, MARA, Scene};
use serde_json::Value;

/// Rules that cannot be judged without any history.
const NEED_HISTORY: [&str; 6] = [
    "borrowed-approval",
    "backdated-role",
    "late-entry",
    "package-changed",
    "unknown-author",
    "version-kept",
];

fn outcome(run: &Run) -> Value {
    let told = serde_json::from_str(&run.stdout);
    told.unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr))
}

fn check(folder: &Path) -> Value {
    outcome(&probity_as_is(folder, &["check", "--format", "json"], &[]))
}

fn rules(outcome: &Value) -> Vec<&str> {
    let findings = outcome["findings"].as_array().unwrap().iter();
    findings.map(|it| it["rule"].as_str().unwrap()).collect()
}

/// The history is not told, for this reason, and nothing that needs it passes.
fn is_untold(outcome: &Value, why: &str) {
    assert_eq!(rules(outcome), ["untold-history"], "{why}");
    let finding = &outcome["findings"][0];
    let said = finding["message"].as_str().unwrap();
    assert!(said.contains(why), "{said}");
    assert!(!finding["help"].as_str().unwrap().is_empty());
    assert_eq!(outcome["commits"], Value::Null);
    let counts = outcome["summary"]["rules"].as_array().unwrap();
    for rule in NEED_HISTORY {
        let of_rule = counts.iter().find(|it| it["rule"] == rule).unwrap();
        assert_eq!(of_rule["pass"], 0, "{rule}");
        assert_ne!(of_rule["not_evaluated"], 0, "{rule}");
    }
}

/// The file of a loose object.
fn loose(scene: &Scene, name: &str) -> PathBuf {
    let id = scene.git(MARA, LATE, &["rev-parse", name]);
    let (folder, file) = id.split_at(2);
    scene.root.join(".git/objects").join(folder).join(file)
}

/// Replaces a file of the repository, which git keeps from being written.
fn damage(file: &Path, content: Option<&[u8]>) {
    fs::remove_file(file).unwrap();
    if let Some(content) = content {
        fs::write(file, content).unwrap();
    }
}

/// The commit that `HEAD` leads to, with its text changed, as the new `HEAD`.
fn rewrite_head(scene: &Scene, change: impl Fn(&str) -> String) {
    let head = scene.git(MARA, LATE, &["cat-file", "commit", "HEAD"]);
    let file = scene.root.with_file_name("commit");
    fs::write(&file, change(&format!("{head}\n"))).unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["hash-object", "-t", "commit", "-w", "--literally", file];
    let id = scene.git(MARA, LATE, &arguments);
    scene.git(MARA, LATE, &["update-ref", "HEAD", &id]);
}

/// The text of a commit with another author, committer or both.
fn with_line(commit: &str, header: &str, line: &str) -> String {
    let lines =
        commit
            .split_inclusive('\n')
            .map(|it| match it.starts_with(&format!("{header} ")) {
                true => format!("{header} {line}\n"),
                false => it.to_owned(),
            });
    lines.collect()
}

#[test]
fn a_branch_without_commits() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.root.join(".git")).unwrap();
    scene.git(MARA, LATE, &["init", "--quiet"]);
    is_untold(&check(&scene.root), "has no commit yet");
    let run = scene.run(&["history", "people"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("no commit yet"), "{}", run.stderr);
    assert!(run.stderr.contains("commit the records"), "{}", run.stderr);
}

#[test]
fn a_commit_or_a_tree_that_is_missing_or_damaged() {
    for name in ["HEAD~3", "HEAD~3^{tree}"] {
        for content in [None, Some(&b"x\x9c garbage"[..]), Some(b"")] {
            let scene = Scene::new();
            damage(&loose(&scene, name), content);
            is_untold(&check(&scene.root), "cannot be read");
            let run = scene.run(&["history", "people"]);
            assert_ne!(run.code, 0);
            assert!(run.stderr.contains("git fsck"), "{name}: {}", run.stderr);
        }
    }
}

#[test]
fn a_former_version_that_is_missing_or_damaged() {
    for content in [None, Some(&b"x\x9c garbage"[..])] {
        let scene = Scene::new();
        scene.edit(
            INCIDENT,
            "outcome: draft",
            "outcome: draft\n    form: written",
        );
        scene.commit(MARA, LATE);
        damage(&loose(&scene, &format!("HEAD~1:{INCIDENT}")), content);
        let outcome = check(&scene.root);
        assert_eq!(rules(&outcome), [""; 0]);
        let counts = outcome["summary"]["rules"].as_array().unwrap();
        let late = counts.iter().find(|it| it["rule"] == "late-entry").unwrap();
        assert_ne!(late["not_evaluated"], 0);
        let why = late["not_evaluated_because"].to_string();
        assert!(why.contains(INCIDENT), "{why}");
        let run = scene.run(&["history", "INC-2025-0009"]);
        assert_ne!(run.code, 0);
        assert!(run.stderr.contains(INCIDENT), "{}", run.stderr);
    }
}

#[test]
fn packs_that_are_cut_or_damaged() {
    for tenths in [0, 3, 9] {
        for is_cut in [true, false] {
            let scene = Scene::new();
            scene.git(MARA, LATE, &["repack", "-a", "-d", "--quiet"]);
            scene.git(MARA, LATE, &["prune-packed"]);
            let packs = fs::read_dir(scene.root.join(".git/objects/pack")).unwrap();
            let packs = packs.map(|it| it.unwrap().path());
            let mut packs = packs.filter(|it| it.extension().is_some_and(|it| it == "pack"));
            let pack = packs.next().unwrap();
            let mut bytes = fs::read(&pack).unwrap();
            let at = bytes.len() / 10 * tenths;
            match is_cut {
                true => bytes.truncate(at),
                false => bytes[at..]
                    .iter_mut()
                    .take(4_000)
                    .for_each(|it| *it ^= 0x5a),
            }
            damage(&pack, Some(&bytes));
            let run = scene.run(&["check", "--format", "json"]);
            assert!((0..=3).contains(&run.code), "{}", run.stderr);
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
            // What was not read is said: nothing ends as a clean check of everything.
            let silent = run.code == 0
                && outcome(&run)["findings"].as_array().unwrap().is_empty()
                && !run.stdout.contains("not_evaluated_because");
            assert!(!silent, "{tenths} {is_cut}");
            let run = scene.run(&["history", "people"]);
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
    }
}

#[test]
fn grafts_and_replaced_objects() {
    let scene = Scene::new();
    let head = scene.git(MARA, LATE, &["rev-parse", "HEAD"]);
    fs::write(scene.root.join(".git/info/grafts"), format!("{head}\n")).unwrap();
    is_untold(&check(&scene.root), "grafts");
    fs::remove_file(scene.root.join(".git/info/grafts")).unwrap();
    scene.git(MARA, LATE, &["replace", "HEAD", "HEAD~1"]);
    is_untold(&check(&scene.root), "replace refs");
    let run = scene.run(&["history", "people"]);
    assert!(run.stderr.contains("git replace -d"), "{}", run.stderr);
}

#[test]
fn repositories_of_another_sort_are_refused_with_clear_words() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.root.join(".git")).unwrap();
    scene.git(MARA, LATE, &["init", "--quiet", "--object-format=sha256"]);
    scene.commit(MARA, LATE);
    for arguments in [&["check"][..], &["history", "people"]] {
        let run = scene.run(arguments);
        assert_ne!(run.code, 0);
        assert!(run.stderr.contains("SHA-256"), "{}", run.stderr);
    }

    let scene = Scene::new();
    let part = scene.root.with_file_name("part");
    let url = format!("file://{}", scene.root.display());
    scene.git(MARA, LATE, &["config", "uploadpack.allowFilter", "true"]);
    let to = part.to_str().unwrap();
    let arguments = ["clone", "--quiet", "--filter=blob:none", &url, to];
    scene.git(MARA, LATE, &arguments);
    // Whether it is read or refused: the history of what is not there is not told.
    let run = probity_as_is(&part, &["check", "--format", "json"], &[]);
    match run.code {
        2 => assert!(run.stderr.contains("partial clone"), "{}", run.stderr),
        _ => {
            let outcome = outcome(&run);
            let counts = outcome["summary"]["rules"].as_array().unwrap();
            let late = counts.iter().find(|it| it["rule"] == "late-entry").unwrap();
            assert_ne!(late["not_evaluated"], 0);
        }
    }
}

#[test]
fn a_linked_worktree_has_the_same_history() {
    let scene = Scene::new();
    let linked = scene.root.with_file_name("linked");
    let to = linked.to_str().unwrap();
    scene.git(MARA, LATE, &["worktree", "add", "--quiet", to]);
    let (here, there) = (check(&scene.root), check(&linked));
    assert_eq!(rules(&there), [""; 0]);
    assert_eq!(here["commits"], there["commits"]);
    assert_eq!(here["summary"], there["summary"]);
}

#[test]
fn a_submodule_has_its_own_history_and_none_of_the_one_around() {
    let scene = Scene::new();
    let around = scene.root.with_file_name("around");
    fs::create_dir(&around).unwrap();
    let git = |arguments: &[&str]| {
        let whole = [&["-C", around.to_str().unwrap()][..], arguments].concat();
        scene.git(MARA, LATE, &whole);
    };
    git(&["init", "--quiet"]);
    let url = scene.root.to_str().unwrap();
    let add = ["submodule", "--quiet", "add", url, "records"];
    git(&[&["-c", "protocol.file.allow=always"][..], &add].concat());
    git(&["commit", "--quiet", "--message", "records"]);
    let inner = check(&around.join("records"));
    assert_eq!(rules(&inner), [""; 0]);
    assert_eq!(inner["commits"], check(&scene.root)["commits"]);
}

#[test]
fn what_a_hook_sets_has_no_influence() {
    let scene = Scene::new();
    let other = Scene::new();
    other.git(
        MARA,
        LATE,
        &["commit", "--quiet", "--allow-empty", "-m", "more"],
    );
    let wrong = other.root.join(".git");
    let wrong = wrong.to_str().unwrap();
    let arguments = ["check", "--format", "json"];
    let variables = [
        ("GIT_DIR", wrong),
        ("GIT_COMMON_DIR", wrong),
        ("GIT_INDEX_FILE", "/nonexistent"),
        ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
        ("GIT_WORK_TREE", "/"),
        ("GIT_PREFIX", "incidents/"),
        ("GIT_NAMESPACE", "elsewhere"),
        ("GIT_SHALLOW_FILE", "/nonexistent"),
        ("GIT_GRAFT_FILE", "/nonexistent"),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
    ];
    let led_astray = probity_as_is(&scene.root, &arguments, &variables);
    assert_eq!(led_astray.stdout, scene.run(&arguments).stdout);
    let history = ["history", "INC-2025-0003", "--format", "json"];
    let led_astray = probity_with(&scene.root, &history, &variables);
    assert_eq!(led_astray.stdout, scene.run(&history).stdout);
}

#[test]
fn names_that_would_steer_a_terminal_are_tamed() {
    for name in [
        "Eve\u{1b}[31mred\u{1b}[0m <eve@elsewhere.example>",
        "Eve\u{202e}drowssap <eve@elsewhere.example>",
        "Eve\rMara <eve@elsewhere.example>",
        "Eve\u{7}\u{9b}2J <eve@elsewhere.example>",
        " <eve@elsewhere.example>",
        "Eve <>",
        "<>",
        "| *Eve* | `x` <script>alert(1)</script>@x>",
    ] {
        let scene = Scene::new();
        scene.edit(
            INCIDENT,
            "outcome: draft",
            "outcome: draft\n    form: written",
        );
        scene.commit(DENIZ, LATE);
        let line = format!("{name} 1750420200 +0000");
        rewrite_head(&scene, |commit| with_line(commit, "author", &line));
        let outcome = scene.check();
        assert_eq!(rules(&outcome), ["unknown-author"], "{name:?}");
        for format in ["human", "concise", "json", "sarif", "github", "junit"] {
            let run = scene.run(&["check", "--format", format]);
            assert_tame(&run, name);
        }
        for format in ["human", "json", "markdown"] {
            let run = scene.run(&["history", "INC-2025-0009", "--format", format]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert_tame(&run, name);
            if format == "markdown" {
                assert!(!run.stdout.contains("<script>"));
            }
        }
    }
}

fn assert_tame(run: &Run, name: &str) {
    let is_wild = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text = format!("{}{}", run.stdout, run.stderr);
    assert!(!text.contains(is_wild), "{name:?}: {text:?}");
}

#[test]
fn an_author_line_that_is_none() {
    for line in ["", "nobody", "<", "A <a@b> yesterday", "A <a@b>"] {
        let scene = Scene::new();
        rewrite_head(&scene, |commit| with_line(commit, "author", line));
        let told = |scene: &Scene| {
            let run = scene.run(&["check", "--format", "json"]);
            match run.code {
                0 | 1 => assert!(!rules(&outcome(&run)).is_empty(), "{line:?}"),
                _ => assert!(run.stderr.contains("git fsck"), "{line:?}: {}", run.stderr),
            }
            let run = scene.run(&["history"]);
            let is_told = run.code == 0 || run.stderr.contains("git fsck");
            assert!(is_told, "{line:?}: {}", run.stderr);
        };
        told(&scene);
        // The same below a commit that is as it should be.
        let head = scene.git(MARA, LATE, &["rev-parse", "HEAD"]);
        let tree = scene.git(MARA, LATE, &["rev-parse", "HEAD~1^{tree}"]);
        let arguments = ["commit-tree", "-p", &head, "-m", "more", &tree];
        let id = scene.git(MARA, LATE, &arguments);
        scene.git(MARA, LATE, &["update-ref", "HEAD", &id]);
        scene.git(MARA, LATE, &["reset", "--quiet", "--hard"]);
        told(&scene);
    }
}

#[test]
fn times_before_1970_and_after_2100() {
    for (seconds, why) in [
        ("-1", "before the commit that it follows"),
        ("-99999999999", "before the commit that it follows"),
        ("0", "before the commit that it follows"),
        ("4133894400", "after the instant of this check"),
        ("253402300800", "after the instant of this check"),
        ("9223372036854775807", "after the instant of this check"),
    ] {
        let scene = Scene::new();
        scene.edit(
            INCIDENT,
            "outcome: draft",
            "outcome: draft\n    form: written",
        );
        scene.commit(DENIZ, LATE);
        let line = format!("Deniz Kaya <deniz@larkfield.example> {seconds} +0000");
        rewrite_head(&scene, |commit| {
            with_line(&with_line(commit, "author", &line), "committer", &line)
        });
        let outcome = scene.check();
        assert_eq!(rules(&outcome), ["implausible-commit-time"], "{seconds}");
        let said = outcome["findings"][0]["message"].as_str().unwrap();
        assert!(said.contains(why), "{seconds}: {said}");
        let run = scene.run(&["history", "INC-2025-0009"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn a_tag_of_a_tag_leads_to_its_commit() {
    let scene = Scene::new();
    scene.git(MARA, LATE, &["tag", "-a", "-m", "one", "one"]);
    scene.git(MARA, LATE, &["tag", "-a", "-m", "two", "two", "one"]);
    let of = |revision: &str| {
        let run = scene.run(&["check", "--rev", revision, "--format", "json"]);
        outcome(&run)
    };
    assert_eq!(rules(&of("two")), [""; 0]);
    assert_eq!(of("two"), of("HEAD"));
    let run = scene.run(&["history", "people", "--rev", "two"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn empty_commits_octopus_merges_and_a_second_root_change_nothing() {
    let scene = Scene::new();
    let commits = |scene: &Scene| scene.check()["commits"].as_u64().unwrap();
    let before = commits(&scene);
    let empty = ["commit", "--quiet", "--allow-empty", "-m", "nothing"];
    scene.git(MARA, LATE, &empty);
    assert_eq!(scene.found(), [""; 0]);
    assert_eq!(commits(&scene), before + 1);

    let files = [
        "exceptions/RA-2025-002.yaml",
        "registry/channels.yaml",
        "registry/systems/intranet.yaml",
    ];
    for (at, file) in files.iter().enumerate() {
        let branch = format!("side-{at}");
        scene.git(MARA, LATE, &["checkout", "--quiet", "-b", &branch, "main"]);
        let text = scene.text(file);
        scene.write(file, &format!("{text}# A note\n"));
        scene.commit(MARA, LATE);
    }
    scene.git(MARA, LATE, &["checkout", "--quiet", "main"]);
    let merge = [
        "merge", "--quiet", "--no-ff", "-m", "all", "side-0", "side-1", "side-2",
    ];
    scene.git(MARA, LATE, &merge);
    let parents = scene.git(MARA, LATE, &["rev-list", "--parents", "-1", "HEAD"]);
    assert_eq!(parents.split(' ').count(), 5);
    assert_eq!(scene.found(), [""; 0]);

    scene.git(MARA, LATE, &["checkout", "--quiet", "--orphan", "other"]);
    scene.git(MARA, LATE, &["rm", "-r", "--quiet", "--force", "."]);
    scene.write("notes/readme.txt", "from elsewhere\n");
    scene.commit(MARA, LATE);
    scene.git(MARA, LATE, &["checkout", "--quiet", "main"]);
    let merge = [
        "merge",
        "--quiet",
        "--allow-unrelated-histories",
        "-m",
        "both",
        "other",
    ];
    scene.git(MARA, LATE, &merge);
    let roots = scene.git(MARA, LATE, &["rev-list", "--max-parents=0", "HEAD"]);
    assert_eq!(roots.lines().count(), 2);
    assert_eq!(scene.found(), [""; 0]);
}
