//! The generated corpus: what it promises, and that a check finds its defects where they are.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "a test, and the corpus it writes"
)]

#[path = "../benches/corpus/mod.rs"]
mod corpus;

use std::fmt::Write as _;
use std::path::Path;

use corpus::{Corpus, Expected};
use probity::clock::parse_as_of;
use probity::document::{Limits, parse};
use probity::engine::{Request, Silent, check, check_listed};
use probity::finding::{Finding, Outcome};
use probity::output::{Format, Look, render};
use probity::source::Source;

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let corpus = || Corpus::new(7, 60).with_defects(20);
    assert!(corpus().files().eq(corpus().files()));
    assert_eq!(corpus().expected_defects(), corpus().expected_defects());
    assert_ne!(
        Corpus::new(8, 60).files().last(),
        Corpus::new(7, 60).files().last()
    );
}

#[test]
fn clean_records_are_yaml_of_a_realistic_size() {
    let mut sizes = Vec::new();
    for file in Corpus::new(1, 1000).files() {
        if file.path.ends_with("incident.yaml") {
            sizes.push(file.text.len());
        }
        if Path::new(&file.path).extension() == Some("yaml".as_ref()) {
            let tree = parse(file.text.into(), &Limits::default()).unwrap_or_else(|error| {
                panic!("{}: {error}", file.path);
            });
            assert_eq!(tree.duplicates(), [], "{}", file.path);
        }
    }
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!((5400..=6600).contains(&mean), "mean {mean}");
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!(*least >= 2000 && *most <= 11_264, "from {least} to {most}");
}

#[test]
fn every_kind_of_defect_gets_its_share_and_a_place() {
    let corpus = Corpus::new(3, 400).with_defects(176);
    let expected = corpus.expected_defects();
    assert_eq!(expected.len(), 176);
    for rule in expected.iter().map(|it| &it.rule) {
        assert_eq!(
            expected.iter().filter(|it| it.rule == *rule).count(),
            8,
            "{rule}"
        );
    }
}

#[test]
fn writing_counts_what_iterating_gives() {
    let corpus = Corpus::new(4, 40);
    let folder = tempfile::tempdir().unwrap();
    let written = corpus.write_to(folder.path()).unwrap();
    assert_eq!(written.files, corpus.files().count());
    let bytes: u64 = corpus.files().map(|file| file.text.len() as u64).sum();
    assert_eq!(written.bytes, bytes);
    for file in corpus.files() {
        let read = std::fs::read_to_string(folder.path().join(&file.path)).unwrap();
        assert_eq!(read, file.text);
    }
}

fn request(path: &Path, threads: Option<usize>) -> Request<'_> {
    Request {
        path,
        revision: None,
        policies_from: None,
        as_of: parse_as_of("2025-12-31").unwrap(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads,
    }
}

fn checked(path: &Path, threads: Option<usize>) -> Outcome {
    let outcome = check(&request(path, threads), &Silent).unwrap();
    assert_eq!(outcome.incomplete, []);
    outcome
}

/// Where a finding is: of one that is shown at a block, the value at fault inside of it.
fn found(finding: &Finding) -> Expected {
    let inside = finding.related.iter().find(|it| it.message == "here");
    let location = inside.map_or(&finding.location, |it| &it.location);
    let start = location.range.as_ref().map(|range| range.start);
    Expected {
        path: finding.location.file.clone(),
        line: start.map_or(0, |start| start.line as usize),
        column: start.map_or(0, |start| start.column as usize),
        rule: finding.rule.to_string(),
    }
}

/// Expected and found, side by side, with the line of the file: empty if they are the same.
fn difference(root: &Path, expected: &[Expected], outcome: &Outcome) -> String {
    let mut all: Vec<_> = outcome.findings.iter().map(found).collect();
    all.sort();
    let mut report = String::new();
    let mut tell = |sign: char, it: &Expected| {
        let text = std::fs::read_to_string(root.join(&it.path)).unwrap();
        let line = text.lines().nth(it.line.saturating_sub(1)).unwrap_or("");
        let Expected {
            path,
            line: number,
            column,
            rule,
        } = it;
        writeln!(
            report,
            "{sign} {path}:{number}:{column} {rule}\n      {line}"
        )
        .unwrap();
    };
    for it in expected.iter().filter(|it| !all.contains(it)) {
        tell('-', it);
    }
    for (at, it) in all.iter().enumerate() {
        if !expected.contains(it) || all[..at].contains(it) {
            tell('+', it);
        }
    }
    report
}

#[test]
fn a_clean_corpus_has_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    Corpus::new(11, 300).write_to(folder.path()).unwrap();
    let outcome = checked(folder.path(), None);
    assert_eq!(difference(folder.path(), &[], &outcome), "");
    assert!(outcome.stats.records > 400);
    assert_eq!(outcome.stats.ignored, 0);
}

#[test]
fn every_defect_is_found_at_its_place_and_nothing_else() {
    for seed in [1, 2, 3, 12] {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Corpus::new(seed, 400).with_defects(176);
        corpus.write_to(folder.path()).unwrap();
        let outcome = checked(folder.path(), None);
        let difference = difference(folder.path(), &corpus.expected_defects(), &outcome);
        assert_eq!(difference, "", "seed {seed}\n{difference}");
    }
}

#[test]
fn threads_and_the_order_of_files_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::new(5, 200).with_defects(100);
    corpus.write_to(folder.path()).unwrap();
    let json = |outcome: &Outcome| render(outcome, Format::Json, Look::default());
    let first = json(&checked(folder.path(), Some(1)));
    for threads in [2, 8] {
        assert_eq!(first, json(&checked(folder.path(), Some(threads))));
    }
    let source = Source::open(folder.path(), None).unwrap();
    for turn in [7, 101, 997] {
        let mut listing = source.list().unwrap();
        let count = listing.files.len();
        for at in 0..count {
            listing.files.swap(at, (at * turn + turn) % count);
        }
        let request = request(folder.path(), None);
        let outcome = check_listed(&source, listing, &request, &Silent).unwrap();
        assert_eq!(first, json(&outcome));
    }
}
