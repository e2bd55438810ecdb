//! What cannot be written, through the commands that write: nothing is lost, nothing is half-written,
//! and the message says what happened.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test; what it skips it says"
)]

mod binary;
mod example;
mod fixture;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use binary::{Run, probity};
use example::larkfield;
use probity::author::write_atomically;
use probity::source::read_file;

const INCIDENT: &str = "incidents/INC-2025-0008/incident.yaml";
const SET: &[&str] = &["set", "INC-2025-0008", "severity=critical"];
const ADD: &[&str] = &[
    "add",
    "event",
    "INC-2025-0008",
    "--at",
    "now",
    "--what",
    "Called",
];
const NEW: &[&str] = &[
    "new",
    "incident",
    "--title",
    "Odd logins",
    "--severity",
    "high",
    "--detected-at",
    "2025-06-20T11:00:00Z",
    "--declared-at",
    "2025-06-20T11:10:00Z",
    "--commander",
    "mara",
];

/// Every file of a folder with its bytes, and every folder.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = path.is_file().then(|| read_file(&path, 1 << 24).unwrap());
            if bytes.is_none() {
                folders.push(path.clone());
            }
            found.insert(path, bytes);
        }
    }
    found
}

/// Runs the program where no file may have a single byte.
fn without_room(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_probity"))
        .args(arguments)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1750420800")
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_write_that_fails_leaves_everything_as_it_was() {
    let fixture = larkfield();
    let before = everything(&fixture.root());
    for arguments in [SET, ADD, NEW] {
        let run = without_room(&fixture.root(), arguments);
        assert_eq!(run.code, 3, "{run:?}");
        for part in [
            "cannot write `",
            "larger than the system allows",
            "nothing was written",
        ] {
            assert!(run.stderr.contains(part), "{part}: {run:?}");
        }
        assert!(!run.stderr.contains(".probity-"), "{run:?}");
        assert!(everything(&fixture.root()) == before, "{arguments:?}");
    }
}

#[test]
fn a_folder_that_may_not_be_written_stays_as_it_was() {
    let fixture = larkfield();
    let before = everything(&fixture.root());
    for (folder, arguments) in [
        ("incidents/INC-2025-0008", SET),
        ("incidents/INC-2025-0008", ADD),
        ("incidents", NEW),
    ] {
        let folder = fixture.path(folder);
        let kept = folder.metadata().unwrap().permissions();
        let mut locked = kept.clone();
        locked.set_readonly(true);
        fs::set_permissions(&folder, locked).unwrap();
        let probe = folder.join("probe");
        if write_atomically(&probe, b"").is_ok() {
            fs::remove_file(&probe).unwrap();
            fs::set_permissions(&folder, kept).unwrap();
            eprintln!("skipped: this user may write everywhere");
            return;
        }
        let run = probity(&fixture.root(), arguments);
        fs::set_permissions(&folder, kept).unwrap();
        assert_eq!(run.code, 3, "{run:?}");
        for part in ["cannot write `", "not permitted", "nothing was written"] {
            assert!(run.stderr.contains(part), "{part}: {run:?}");
        }
        assert!(everything(&fixture.root()) == before, "{arguments:?}");
    }
}

#[test]
fn what_somebody_else_writes_in_the_meantime_is_not_lost() {
    let fixture = larkfield();
    let before = fixture.text(INCIDENT);
    for arguments in [SET, ADD] {
        let is_over = AtomicBool::new(false);
        let (run, last) = thread::scope(|scope| {
            let other = scope.spawn(|| {
                let mut last = String::new();
                for number in 0.. {
                    last = format!("{before}# note {number}\n");
                    write_atomically(&fixture.path(INCIDENT), last.as_bytes()).unwrap();
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                last
            });
            let run = probity(&fixture.root(), arguments);
            is_over.store(true, Ordering::Relaxed);
            (run, other.join().unwrap())
        });
        assert_eq!(run.code, 3, "{run:?}");
        for part in [
            "changed by somebody else",
            "nothing was written; run the command again",
        ] {
            assert!(run.stderr.contains(part), "{part}: {run:?}");
        }
        assert_eq!(fixture.text(INCIDENT), last);
        // Alone, it does what was asked for, beside what the other wrote.
        let run = probity(&fixture.root(), arguments);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(
            fixture
                .text(INCIDENT)
                .contains(last.lines().last().unwrap())
        );
        fixture.write(INCIDENT, &before);
    }
}

#[test]
fn two_who_write_a_new_record_at_once_do_not_take_it_from_each_other() {
    let fixture = larkfield();
    let before = everything(&fixture.root());
    let titles = ["First", "Second", "Third"];
    let runs: Vec<Run> = thread::scope(|scope| {
        let running: Vec<_> = titles
            .iter()
            .map(|title| {
                let mut arguments = NEW.to_vec();
                arguments[3] = title;
                let root = fixture.root();
                scope.spawn(move || probity(&root, &arguments))
            })
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let after = everything(&fixture.root());
    let written: Vec<String> = after
        .iter()
        .filter(|it| !before.contains_key(it.0))
        .filter_map(|it| String::from_utf8(it.1.clone()?).ok())
        .collect();
    let done = runs.iter().filter(|it| it.code == 0).count();
    assert!(done >= 1 && done == written.len(), "{runs:?}");
    for (title, run) in titles.iter().zip(&runs) {
        let is_there = written
            .iter()
            .any(|it| it.contains(&format!("title: {title}\n")));
        assert_eq!(is_there, run.code == 0, "{run:?}");
        assert!(
            run.code == 0 || run.stderr.contains("exists already"),
            "{run:?}"
        );
    }
}
