//! What may happen to evidence files, one thing at a time: each is found, and nothing else is.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, and the files of a test"
)]

mod example;
mod fixture;

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use example::larkfield;
use fixture::Fixture;
use probity::engine::{Request, Silent, check};
use probity::evidence::{Content, Examination};
use probity::finding::{Finding, Outcome};

const RECORD: &str = "incidents/INC-2025-0003/incident.yaml";
const MAIL: &str = "incidents/INC-2025-0003/evidence/out-2.eml";

/// The example in a git repository of its own.
fn committed() -> Fixture {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    fixture.commit("first");
    fixture
}

fn at_revision(fixture: &Fixture) -> Outcome {
    let root = fixture.root();
    let request = Request {
        revision: Some("HEAD"),
        ..Request::new(&root, example::noon())
    };
    check(&request, &Silent).unwrap()
}

/// The one finding of an outcome.
fn only(outcome: &Outcome) -> &Finding {
    assert!(outcome.incomplete.is_empty(), "{:?}", outcome.incomplete);
    let [finding] = outcome.findings.as_slice() else {
        panic!("{:#?}", outcome.findings);
    };
    finding
}

/// Whether an outcome has exactly this finding about the mail that proves OUT-2.
fn is_found(outcome: &Outcome, rule: &str, key: &str, says: &str) {
    let finding = only(outcome);
    assert_eq!(&*finding.rule, rule, "{}", finding.message);
    assert_eq!(finding.location.file, RECORD);
    assert_eq!(finding.location.pointer, format!("/evidence/3/{key}"));
    assert!(finding.message.contains(says), "{}", finding.message);
}

#[test]
fn the_example_is_clean_on_disk_and_in_a_revision() {
    let fixture = committed();
    for outcome in [example::outcome(&fixture.root()), at_revision(&fixture)] {
        assert_eq!(outcome.findings, []);
        assert_eq!(outcome.unevaluated, []);
    }
}

#[test]
fn a_flipped_byte_is_found() {
    let fixture = committed();
    let mut bytes = fs::read(fixture.path(MAIL)).unwrap();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    fixture.write_bytes(MAIL, &bytes);
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "changed-evidence", "sha256", "not the one");
    fixture.commit("second");
    let outcome = at_revision(&fixture);
    is_found(&outcome, "changed-evidence", "sha256", "not the one");
}

#[test]
fn a_renamed_file_is_found_once() {
    let fixture = larkfield();
    let other = "incidents/INC-2025-0003/evidence/out-2-renamed.eml";
    fs::rename(fixture.path(MAIL), fixture.path(other)).unwrap();
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "missing-evidence", "path", "does not exist");
}

#[test]
fn a_file_that_moved_away_is_found_once() {
    for place in [
        "docs/out-2.eml",
        "exercises/evidence/out-2.eml",
        "../out-2.eml",
    ] {
        let fixture = larkfield();
        fs::rename(fixture.path(MAIL), fixture.path(place)).unwrap();
        let outcome = example::outcome(&fixture.root());
        is_found(&outcome, "missing-evidence", "path", "does not exist");
    }
}

#[test]
fn a_path_that_follows_the_file_out_of_its_place_is_found_once() {
    let fixture = larkfield();
    fs::rename(fixture.path(MAIL), fixture.path("docs/out-2.eml")).unwrap();
    let text = fs::read_to_string(fixture.path(RECORD)).unwrap();
    fixture.write(
        RECORD,
        &text.replace("evidence/out-2.eml", "../../docs/out-2.eml"),
    );
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "unsanctioned-place", "path", "docs/out-2.eml");
}

#[test]
fn an_emptied_file_is_found() {
    let fixture = committed();
    fixture.write(MAIL, "");
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "empty-evidence", "sha256", "is empty");
    fixture.commit("second");
    is_found(
        &at_revision(&fixture),
        "empty-evidence",
        "sha256",
        "is empty",
    );
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_file_is_found_wherever_it_leads() {
    for target in [
        "../../../docs/out-2.eml",
        "/etc/hostname",
        "../../../../out-2.eml",
        "nowhere",
    ] {
        let fixture = committed();
        let bytes = fs::read(fixture.path(MAIL)).unwrap();
        fixture.write_bytes("docs/out-2.eml", &bytes);
        fixture.write_bytes("../out-2.eml", &bytes);
        fs::remove_file(fixture.path(MAIL)).unwrap();
        std::os::unix::fs::symlink(target, fixture.path(MAIL)).unwrap();
        let outcome = example::outcome(&fixture.root());
        is_found(&outcome, "missing-evidence", "path", "symbolic link");
        fixture.commit("second");
        is_found(
            &at_revision(&fixture),
            "missing-evidence",
            "path",
            "symbolic link",
        );
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_became_a_link_is_found_at_each_file() {
    let fixture = larkfield();
    let folder = fixture.path("incidents/INC-2025-0001/evidence");
    fs::rename(&folder, fixture.beside("evidence")).unwrap();
    std::os::unix::fs::symlink(fixture.beside("evidence"), &folder).unwrap();
    let outcome = example::outcome(&fixture.root());
    let findings = outcome.findings.iter();
    let about_files: Vec<&str> = findings
        .filter(|it| it.location.file.starts_with("incidents/"))
        .map(|it| &*it.rule)
        .collect();
    assert_eq!(about_files, ["missing-evidence"; 5]);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_folder_in_place_of_a_file_is_found_and_nothing_hangs() {
    let fixture = larkfield();
    fs::remove_file(fixture.path(MAIL)).unwrap();
    let made = Command::new("mkfifo").arg(fixture.path(MAIL)).status();
    assert!(made.unwrap().success());
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "missing-evidence", "path", "is no file");
    fs::remove_file(fixture.path(MAIL)).unwrap();
    fs::create_dir(fixture.path(MAIL)).unwrap();
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "missing-evidence", "path", "is no file");
}

#[test]
fn a_file_that_only_this_machine_has_is_found() {
    let fixture = committed();
    fixture.git(&["rm", "--quiet", "--cached", MAIL]);
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "missing-evidence", "path", "is not tracked");
    fixture.write(".gitignore", "*.eml\n");
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "missing-evidence", "path", "is ignored");
}

#[test]
fn what_is_new_together_with_its_record_is_no_fault() {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    assert_eq!(example::outcome(&fixture.root()).findings, []);
}

#[test]
fn a_file_of_two_gigabytes_is_read_in_pieces() {
    let fixture = larkfield();
    let mut file = fs::File::create(fixture.path(MAIL)).unwrap();
    file.seek(SeekFrom::Start(1 << 31)).unwrap();
    file.write_all(b"x").unwrap();
    drop(file);
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "changed-evidence", "sha256", "not the one");
}

#[test]
fn a_pointer_of_git_lfs_stands_for_its_file_in_a_revision_only() {
    let fixture = committed();
    let text = fs::read_to_string(fixture.path(RECORD)).unwrap();
    let item = text.split("path: evidence/out-2.eml").nth(1).unwrap();
    let digest = item
        .split("sha256: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 500\n");
    fixture.write(MAIL, &pointer);
    fixture.commit("second");
    let outcome = example::outcome(&fixture.root());
    is_found(&outcome, "missing-evidence", "path", "git-lfs");
    assert_eq!(at_revision(&fixture).findings, []);
    fixture.write(MAIL, &pointer.replace(digest, &"0".repeat(64)));
    fixture.commit("third");
    is_found(
        &at_revision(&fixture),
        "changed-evidence",
        "sha256",
        "not the one",
    );
}

#[test]
fn a_stray_file_is_found_as_a_whole() {
    let fixture = committed();
    let stray = "incidents/INC-2025-0003/evidence/deeper/notes-draft.txt";
    fixture.write(stray, "draft\n");
    fixture.write("incidents/INC-2025-0003/evidence/.gitkeep", "");
    fixture.write("incidents/INC-2025-0003/evidence/ignored.tmp", "");
    fixture.write(".gitignore", "*.tmp\n");
    let is_stray = |outcome: &Outcome| {
        let finding = only(outcome);
        assert_eq!(&*finding.rule, "unregistered-evidence");
        assert_eq!(finding.obligations, ["EV-ITEM-07"]);
        assert_eq!(finding.severity.as_str(), "warning");
        assert_eq!(
            (
                finding.location.file.as_str(),
                finding.location.pointer.as_str()
            ),
            (stray, "")
        );
        assert_eq!(finding.location.range, None);
    };
    is_stray(&example::outcome(&fixture.root()));
    fixture.commit("second");
    is_stray(&at_revision(&fixture));
}

#[test]
fn files_of_a_record_that_cannot_be_read_are_no_strays() {
    let fixture = larkfield();
    let text = fs::read_to_string(fixture.path(RECORD)).unwrap();
    fixture.write(RECORD, &text.replace("status: closed", "status: \"closed"));
    let outcome = example::outcome(&fixture.root());
    let rules: Vec<&str> = outcome.findings.iter().map(|it| &*it.rule).collect();
    assert_eq!(rules, ["yaml-syntax"]);
    let counted = outcome.unevaluated.iter();
    let counted = counted.filter(|it| &*it.rule == "unregistered-evidence");
    assert_eq!(counted.map(|it| it.count).sum::<usize>(), 18);
}

#[test]
fn an_item_that_goes_leaves_its_file_unregistered() {
    let fixture = larkfield();
    let text = fs::read_to_string(fixture.path("incidents/INC-2025-0001/incident.yaml")).unwrap();
    let at = text.find("  - id: E-5\n").unwrap();
    fixture.write("incidents/INC-2025-0001/incident.yaml", &text[..at]);
    let outcome = example::outcome(&fixture.root());
    for finding in &outcome.findings {
        assert_eq!(finding.obligations, ["EV-ITEM-06"], "{}", finding.message);
    }
    assert!(!outcome.findings.is_empty());
}

#[test]
fn one_file_registered_twice_is_found_once() {
    let text = fs::read_to_string(example::home("larkfield").join(RECORD)).unwrap();
    // The path of another item: neither its checksum nor its own file are told beside it.
    let fixture = larkfield();
    fixture.write(
        RECORD,
        &text.replace("evidence/out-2.eml", "evidence/out-5.eml"),
    );
    let outcome = example::outcome(&fixture.root());
    let finding = only(&outcome);
    assert_eq!(&*finding.rule, "twice-registered-evidence");
    assert_eq!(finding.location.pointer, "/evidence/3");
    let related = finding
        .related
        .iter()
        .map(|it| it.location.pointer.as_str());
    assert_eq!(
        related.collect::<Vec<_>>(),
        ["/evidence/3/path", "/evidence/8/path"]
    );

    // The file of another record.
    let fixture = larkfield();
    let exercise = fs::read_to_string(fixture.path("exercises/EX-2025-01.yaml")).unwrap();
    let item = text.split("  - id: E-4\n").nth(1).unwrap();
    let item = item.split("  - id: E-5\n").next().unwrap();
    let item = item.replace("evidence/out-2.eml", &format!("../{MAIL}"));
    fixture.write(
        "exercises/EX-2025-01.yaml",
        &format!("{exercise}  - id: E-4\n{item}"),
    );
    let outcome = example::outcome(&fixture.root());
    let finding = only(&outcome);
    assert_eq!(&*finding.rule, "twice-registered-evidence");
    assert_eq!(finding.location.file, "exercises/EX-2025-01.yaml");
}

#[test]
fn a_mail_that_contradicts_its_message_shows_both_places() {
    let fixture = larkfield();
    let text = fs::read_to_string(fixture.path(RECORD)).unwrap();
    fixture.write(RECORD, &text.replacen("proof: [E-4]", "proof: [E-9]", 1));
    let outcome = example::outcome(&fixture.root());
    let finding = only(&outcome);
    assert_eq!(&*finding.rule, "contradicting-mail");
    assert_eq!(finding.severity.as_str(), "warning");
    assert_eq!(finding.location.pointer, "/outbound/1/proof/0");
    let places: Vec<(&str, u32)> = finding
        .related
        .iter()
        .map(|it| {
            let line = it
                .location
                .range
                .as_ref()
                .map_or(0, |range| range.start.line);
            (it.location.file.as_str(), line)
        })
        .collect();
    assert_eq!(places.len(), 2, "{places:?}");
    assert_eq!(places[0].0, RECORD);
    assert_eq!(places[1], ("incidents/INC-2025-0003/evidence/out-5.eml", 3));
    let excerpt = &finding.related[1].location.range.as_ref().unwrap().excerpt;
    assert!(excerpt.lines[excerpt.marked_line].starts_with("Date: Wed, 7 May"));
}

/// The folder of the mails that the mail parser is tested with.
fn mails_of_the_parser() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("PROBITY_MAILS") {
        return Some(PathBuf::from(folder));
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    let mut packages = metadata["packages"].as_array()?.iter();
    let package = packages.find(|it| it["name"] == "mail-parser")?;
    let manifest = Path::new(package["manifest_path"].as_str()?);
    Some(manifest.parent()?.join("resources"))
}

fn mails_below(folder: &Path, mails: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            mails_below(&path, mails);
        } else if path.extension().is_some_and(|it| it == "eml") {
            mails.push(path);
        }
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_mail_of_the_parser_is_read_whole_cut_and_damaged() {
    let Some(folder) = mails_of_the_parser().filter(|it| it.is_dir()) else {
        eprintln!(
            "SKIPPED: the sources of mail-parser are not here; set PROBITY_MAILS to a folder"
        );
        return;
    };
    let mut mails = Vec::new();
    mails_below(&folder, &mut mails);
    assert!(
        mails.len() >= 100,
        "{} mails in {}",
        mails.len(),
        folder.display()
    );
    let examine = |bytes: &[u8]| {
        let mut examination = Examination::default();
        examination.take(bytes);
        examination.finish()
    };
    let mut read = 0;
    for path in &mails {
        let bytes = fs::read(path).unwrap();
        read += usize::from(examine(&bytes).content == Content::Mail);
        let head = bytes.len().min(4096);
        for cut in (0..head).step_by(37) {
            examine(&bytes[..cut]);
            let mut damaged = bytes.clone();
            damaged[cut] ^= 0x55;
            examine(&damaged);
        }
    }
    assert!(
        read * 10 >= mails.len() * 8,
        "{read} of {} are mails",
        mails.len()
    );
}
