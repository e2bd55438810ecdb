//! `probity init --example`: the folder is that of the example, and its history is true to the
//! records.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use binary::{probity, probity_with};
use fixture::Fixture;
use git2::{Oid, Repository};
use probity::clock::{Moment, parse_as_of};
use probity::document::{Limits, NodeRef, parse, path_of};
use probity::engine::{Request, Silent, check};
use probity::finding::Severity;
use probity::record::RecordKind;

const DAY: i64 = 24 * 60 * 60;

/// `commit_lag` of the example.
const LAG: i64 = 2 * DAY;

/// The example, written once for a test.
fn written() -> Fixture {
    let fixture = Fixture::folder();
    let run = probity(&fixture.root(), &["init", "--example", "."]);
    assert_eq!(run.code, 0, "{run:?}");
    fixture
}

fn head(folder: &Path) -> String {
    let repository = Repository::open(folder).unwrap();
    let id = repository.head().unwrap().target().unwrap();
    id.to_string()
}

/// Paths and contents below a folder, without `.git` and what examples are expected to print.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            if !entry.file_type().unwrap().is_dir() {
                let bytes = probity::source::read_file(&entry.path(), 1 << 20).unwrap();
                let path = entry.path().strip_prefix(folder).unwrap().to_owned();
                found.insert(path, bytes);
            } else if name != ".git" && name != "expected" {
                folders.push(entry.path());
            }
        }
    }
    found
}

#[test]
fn the_folder_holds_the_example_and_git_sees_no_change() {
    let fixture = written();
    assert_eq!(files(&fixture.root()), files(&example::home("larkfield")));
    assert_eq!(fixture.git(&["status", "--porcelain"]), "");
    assert_eq!(fixture.git(&["branch", "--all"]), "* main");
    fixture.git(&["fsck", "--strict"]);
}

#[test]
fn it_is_clean_as_of_its_noon() {
    let fixture = written();
    let run = probity(&fixture.root(), &["check", "--fail-on", "info"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("no findings\n"), "{run:?}");
}

#[test]
fn the_same_commits_wherever_and_whoever_writes_them() {
    let fixture = Fixture::folder();
    fixture.write("home/.gitconfig", CONFIGURATION);
    fixture.write("template/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    let home = fixture.path("home");
    let git_dir = fixture.path("elsewhere");
    let template = fixture.path("template");
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("XDG_CONFIG_HOME", home.to_str().unwrap()),
        ("GIT_DIR", git_dir.to_str().unwrap()),
        ("GIT_TEMPLATE_DIR", template.to_str().unwrap()),
        ("GIT_AUTHOR_DATE", "2031-01-01T00:00:00Z"),
        ("TZ", "Asia/Tokyo"),
    ];
    let run = probity_with(
        &fixture.root(),
        &["init", "--example", "a new/folder"],
        &variables,
    );
    assert_eq!(run.code, 0, "{run:?}");
    let folder = fixture.path("a new/folder");
    assert_eq!(head(&folder), head(&written().root()));
    assert_eq!(files(&folder), files(&example::home("larkfield")));
    assert!(!folder.join(".git/hooks/pre-commit").exists());
    assert!(!git_dir.exists());
    assert!(
        run.stdout.contains("probity check 'a new/folder' "),
        "{run:?}"
    );
}

const CONFIGURATION: &str = "\
[user]
\tname = Somebody Else
\temail = else@example.org
[commit]
\tgpgsign = true
[core]
\tautocrlf = true
[init]
\tdefaultBranch = trunk
\ttemplateDir = ../template
";

#[test]
fn what_is_there_is_left_alone() {
    let fixture = Fixture::folder();
    fixture.write("full/notes.txt", "mine");
    fixture.write("file", "mine");
    for (name, message) in [
        ("full", "error: the folder `full` is not empty\n"),
        ("file", "error: `file` exists and is no folder\n"),
    ] {
        let run = probity(&fixture.root(), &["init", "--example", name]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        let help = "  help: name a folder that does not exist yet\n";
        assert_eq!(run.stderr, format!("{message}{help}"));
    }
    assert_eq!(files(&fixture.root()).len(), 2);
    let run = probity(&fixture.root(), &["init", ".", "--example", "new"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("cannot be used with"), "{run:?}");
    assert_eq!(files(&fixture.root()).len(), 2);
}

#[test]
fn a_folder_inside_another_repository_is_said() {
    let fixture = Fixture::repository();
    let run = probity(&fixture.root(), &["init", "--example", "demo"]);
    assert_eq!(run.code, 0, "{run:?}");
    let note = "note: the folder lies in the repository ";
    assert!(run.stdout.contains(note), "{run:?}");
    let elsewhere = probity(&Fixture::folder().root(), &["init", "--example", "demo"]);
    assert!(!elsewhere.stdout.contains(note), "{elsewhere:?}");
}

#[test]
fn on_the_evening_of_each_day_nothing_is_wrong() {
    let fixture = written();
    let log = fixture.git(&["log", "--first-parent", "--format=%H %cI"]);
    let mut days = BTreeMap::new();
    for line in log.lines() {
        let (id, at) = line.split_once(' ').unwrap();
        days.entry(&at[..10]).or_insert((id, at));
    }
    assert!(days.len() > 40, "{days:?}");
    // On its first day the programme is not complete yet.
    for (day, (id, at)) in days.into_iter().skip(1) {
        let path = fixture.root();
        let request = Request {
            revision: Some(id),
            ..Request::new(&path, parse_as_of(at).unwrap())
        };
        let outcome = check(&request, &Silent).unwrap();
        let errors = outcome.findings.iter().filter(|finding| {
            // The first exercise was held in March.
            let is_first_year = day < "2025-03-13" && &*finding.rule == "no-supply-chain-exercise";
            finding.severity == Severity::Error && !is_first_year
        });
        let errors: Vec<&str> = errors.map(|finding| &*finding.message).collect();
        assert!(errors.is_empty(), "{at}: {errors:?}");
        assert_eq!(outcome.incomplete, [], "{at}");
    }
}

/// When a value was first committed at a place, and by whom.
type Seen = BTreeMap<(String, String, String), (i64, String)>;

#[derive(Default)]
struct History {
    seen: Seen,
    /// The contents each file has had.
    contents: BTreeMap<String, BTreeSet<Oid>>,
    /// The status each record has had.
    status: BTreeMap<String, Vec<String>>,
}

impl History {
    fn of(folder: &Path) -> Self {
        let repository = Repository::open(folder).unwrap();
        let mut walk = repository.revwalk().unwrap();
        walk.push_head().unwrap();
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME | git2::Sort::REVERSE)
            .unwrap();
        let mut history = Self::default();
        for id in walk {
            let commit = repository.find_commit(id.unwrap()).unwrap();
            if commit.parent_count() < 2 {
                history.take(&repository, &commit);
            }
        }
        history
    }

    fn take(&mut self, repository: &Repository, commit: &git2::Commit<'_>) {
        let who = commit.author().email().unwrap().to_owned();
        let before = commit.parents().next().map(|it| it.tree().unwrap());
        let diff = repository
            .diff_tree_to_tree(before.as_ref(), Some(&commit.tree().unwrap()), None)
            .unwrap();
        for delta in diff.deltas() {
            let file = delta.new_file().path().unwrap().to_str().unwrap();
            let blob = repository.find_blob(delta.new_file().id()).unwrap();
            self.contents
                .entry(file.to_owned())
                .or_default()
                .insert(blob.id());
            if !is_yaml(file) {
                continue;
            }
            let text = std::str::from_utf8(blob.content()).unwrap();
            if let Some(status) = text.lines().find_map(|line| line.strip_prefix("status: ")) {
                let had = self.status.entry(file.to_owned()).or_default();
                if had.last().is_none_or(|last| last != status) {
                    had.push(status.to_owned());
                }
            }
            for (path, value) in values(text) {
                self.seen
                    .entry((file.to_owned(), path, value))
                    .or_insert((commit.time().seconds(), who.clone()));
            }
        }
    }

    fn first(&self, file: &str, path: &str, value: &str) -> (i64, &str) {
        let key = (file.to_owned(), path.to_owned(), value.to_owned());
        let (time, who) = &self.seen[&key];
        (*time, who)
    }
}

fn is_yaml(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|it| it == "yaml")
}

/// The scalars of a record, by paths that name elements by their ids.
fn values(text: &str) -> BTreeMap<String, String> {
    let tree = parse(text.into(), &Limits::default()).unwrap();
    let kind = RecordKind::parse(tree.root().unwrap().text_of("kind")).unwrap();
    let identity = |list: NodeRef<'_>| kind.identity(list);
    tree.scalars()
        .filter(|node| !node.is_key())
        .map(|node| {
            (
                path_of(node, &identity).to_string(),
                node.scalar_text().to_owned(),
            )
        })
        .collect()
}

/// The present records: file, and its scalars.
fn records() -> Vec<(String, BTreeMap<String, String>)> {
    files(&example::home("larkfield"))
        .into_iter()
        .map(|(path, bytes)| (path.to_str().unwrap().replace('\\', "/"), bytes))
        .filter(|(path, _)| is_yaml(path))
        .map(|(path, bytes)| (path, values(std::str::from_utf8(&bytes).unwrap())))
        .collect()
}

fn second(value: &str) -> i64 {
    Moment::parse(value).unwrap().start().unwrap().as_second()
}

#[test]
fn what_happened_is_committed_after_it_and_soon() {
    let fixture = written();
    let history = History::of(&fixture.root());
    let (mut times, mut soon) = (0, 0);
    for (file, values) in records() {
        let is_event = ["incidents/", "exercises/", "health-checks/"]
            .iter()
            .any(|folder| file.starts_with(folder));
        for (path, value) in values.iter().filter(|_| is_event) {
            let key = path.rsplit('.').next().unwrap();
            if key != "at" && !key.ends_with("_at") {
                continue;
            }
            let (committed, _) = history.first(&file, path, value);
            let late = committed - second(value);
            assert!(late >= 0, "{file}: {path} {value} lies after its commit");
            times += 1;
            let list = path.split('[').next().unwrap();
            let is_entry = path.matches('.').count() == 1 && path.ends_with("].at");
            let has_lag = ["outbound", "inbound", "decisions", "sessions"].contains(&list);
            if path == "declared_at" || (is_entry && has_lag) {
                assert!(late <= LAG, "{file}: {path} {value} was committed late");
                soon += 1;
            }
        }
        for (path, value) in values
            .iter()
            .filter(|(path, _)| path.ends_with("verified.at"))
        {
            let late = history.first(&file, path, value).0 - second(value);
            assert!((0..=LAG + DAY).contains(&late), "{file}: {path} {value}");
            soon += 1;
        }
    }
    assert!(
        times > 250 && soon > 60,
        "{times} times, {soon} of them soon"
    );
}

#[test]
fn approvals_by_commit_are_those_of_the_approver_and_come_before_the_sending() {
    let fixture = written();
    let history = History::of(&fixture.root());
    let mut approvals = 0;
    for (file, values) in records() {
        for path in values.iter().filter(|it| it.1 == "commit").map(|it| it.0) {
            let Some(entry) = path.strip_suffix(".how") else {
                continue;
            };
            let by = &values[&format!("{entry}.by")];
            let (committed, who) = history.first(&file, &format!("{entry}.by"), by);
            assert_eq!(who, format!("{by}@larkfield.example"), "{file}: {entry}");
            assert!(
                committed >= second(&values[&format!("{entry}.at")]),
                "{file}: {entry}"
            );
            if let Some((message, _)) = entry.split_once(".approvals") {
                let sent = &values[&format!("{message}.at")];
                assert!(committed <= second(sent), "{file}: {entry}");
                let draft = history.first(&file, &format!("{message}.outcome"), "draft");
                assert!(draft.0 < committed, "{file}: {entry}");
            }
            approvals += 1;
        }
    }
    assert_eq!(approvals, 4, "two of a message, two of risks");
}

#[test]
fn evidence_and_packages_never_change_and_incidents_go_one_way() {
    let fixture = written();
    let history = History::of(&fixture.root());
    for (file, contents) in &history.contents {
        if file.contains("/evidence/") || file.contains("/packages/") {
            assert_eq!(contents.len(), 1, "{file}");
        }
    }
    let way = ["open", "contained", "closed"];
    for (file, had) in &history.status {
        if file.starts_with("incidents/") {
            assert_eq!(had[..], way[..had.len()], "{file}");
        }
    }
}

#[test]
fn authors_are_those_of_the_registry_and_time_goes_forward() {
    let fixture = written();
    let people = example::text("larkfield", "registry/people.yaml");
    let log = fixture.git(&["log", "--format=%an|%ae|%cn|%ce|%at|%ct"]);
    let mut before = i64::MAX;
    for line in log.lines() {
        let parts: Vec<&str> = line.split('|').collect();
        assert_eq!(
            (parts[0], parts[1], parts[4]),
            (parts[2], parts[3], parts[5])
        );
        assert!(people.contains(&format!("name: {}\n    git: [{}]", parts[0], parts[1])));
        let time: i64 = parts[5].parse().unwrap();
        assert!(time < before, "{line}");
        before = time;
    }
    assert!(before >= second("2025-01-06"));
    let merges = fixture.git(&["rev-list", "--merges", "--count", "HEAD"]);
    assert_eq!(merges, "2");
}
