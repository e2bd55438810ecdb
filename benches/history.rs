//! Reading what the commits of a large repository did to its files, beside `git log --name-only`.
//!
//! `cargo bench --bench history -- --folder FOLDER --repeats N`; without a folder a repository of
//! 20,000 files and 2,000 commits is made first, with git.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark talks and stops when it cannot go on"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use probity::source::Source;

/// That of the program: what is measured is what users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Files and commits; under `cargo test` only that it runs is of interest.
const SIZES: [(usize, usize); 2] = [(20, 4), (20_000, 2_000)];
/// Files that a commit changes.
const CHANGED: usize = 5;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = given.iter().position(|it| it == name)?;
        given.get(at + 1).cloned()
    };
    let repeats: usize = value("--repeats").map_or(3, |it| it.parse().unwrap());
    let made = tempfile::tempdir().unwrap();
    let folder = value("--folder").map_or_else(|| made.path().to_owned(), PathBuf::from);
    if !folder.join(".git").exists() {
        let is_bench = given.iter().any(|it| it == "--bench");
        make(&folder, SIZES[usize::from(is_bench)]);
    }
    let (mut ours, mut git) = (Vec::new(), Vec::new());
    for _ in 0..repeats {
        ours.push(timed(|| {
            let source = Source::open(&folder, Some("HEAD")).unwrap();
            let log = source.log().unwrap();
            assert!(!log.commits.is_empty());
        }));
        git.push(timed(|| {
            let log = ["log", "--name-only"];
            let mut command = Command::new("git");
            command.current_dir(&folder).args(log).stdout(Stdio::null());
            assert!(command.status().unwrap().success());
        }));
    }
    ours.sort();
    git.sort();
    let (ours, git) = (ours[repeats / 2], git[repeats / 2]);
    println!("history            {:>8.2} s", ours.as_secs_f64());
    println!("git log --name-only {:>7.2} s", git.as_secs_f64());
    println!(
        "ratio              {:>8.2}",
        ours.as_secs_f64() / git.as_secs_f64()
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// A flat folder: the worst there is, since each commit writes the whole list of names anew.
fn make(folder: &Path, (files, commits): (usize, usize)) {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder).args(arguments);
        command
    };
    assert!(
        git(&["init", "-q", "-b", "main"])
            .status()
            .unwrap()
            .success()
    );
    let mut import = git(&["fast-import", "--quiet"]);
    let mut import = import.stdin(Stdio::piped()).spawn().unwrap();
    let mut out = import.stdin.take().unwrap();
    let mut next = 0;
    for commit in 0..commits {
        let seconds = 1_700_000_000 + commit * 600;
        writeln!(out, "commit refs/heads/main").unwrap();
        writeln!(
            out,
            "committer A <a@records.example> {seconds} +0000\ndata 1\nc"
        )
        .unwrap();
        let changed = if commit == 0 { files } else { CHANGED };
        for _ in 0..changed {
            // Steps that share no divisor with the number of files visit each in turn.
            next = (next + 7_919) % files;
            let text = format!("kind: third-party\nid: tp-{next}\nname: {commit}\n");
            writeln!(out, "M 100644 inline registry/third-parties/tp-{next}.yaml").unwrap();
            writeln!(out, "data {}\n{text}", text.len()).unwrap();
        }
    }
    drop(out);
    assert!(import.wait().unwrap().success());
    assert!(git(&["gc", "--quiet"]).status().unwrap().success());
}
