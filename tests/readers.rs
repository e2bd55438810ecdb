//! Two readers, one truth: whatever the subset reader accepts is, node by node and byte by byte,
//! the tree of the reference reader.
//!
//! The texts are every record and pack of the repository, the generated corpus, the YAML test suite
//! (`PROBITY_TEST_DATA`), texts made of what YAML is sensitive to, and mutations of all of these.
//! `PROBITY_MUTATIONS` sets how many mutations are tried instead of some ten thousand; millions
//! need a build with optimisation: `cargo test --release --test readers`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "a test, and the corpus it writes"
)]

#[path = "../benches/corpus/mod.rs"]
mod corpus;
mod data;
mod mutation;

use std::fs;
use std::path::Path;
use std::thread;

use corpus::Corpus;
use mutation::Mutator;
use probity::document::{Limits, NodeRef, Tree, parse, parse_reference, parse_subset};

/// What both readers make of a text: whether the subset reader accepts it, and how they differ.
fn compare(text: &str, limits: &Limits) -> Result<bool, String> {
    let Ok(subset) = parse_subset(text.into(), limits) else {
        return Ok(false);
    };
    let reference = match parse_reference(text.into(), limits) {
        Ok(reference) => reference,
        Err(error) => return Err(format!("the reference refuses it: {error}\n{text}")),
    };
    match difference(&subset, &reference) {
        None => Ok(true),
        Some(difference) => Err(format!("{difference}\n{text:?}\n{text}")),
    }
}

fn difference(subset: &Tree, reference: &Tree) -> Option<String> {
    let ids = |nodes: &mut dyn Iterator<Item = NodeRef<'_>>| -> Vec<u32> {
        nodes.map(|node| node.id().index()).collect()
    };
    if subset.len() != reference.len() {
        return Some(format!(
            "{} nodes instead of {}",
            subset.len(),
            reference.len()
        ));
    }
    for (left, right) in subset.nodes().zip(reference.nodes()) {
        let (left, right) = (facts(left), facts(right));
        if left != right {
            return Some(format!("{left:?} instead of {right:?}"));
        }
    }
    let same = ids(&mut subset.roots()) == ids(&mut reference.roots())
        && ids(&mut subset.suspects()) == ids(&mut reference.suspects())
        && subset.duplicates() == reference.duplicates()
        && subset.foreign_tags() == reference.foreign_tags()
        && subset.source() == reference.source();
    (!same).then(|| "roots, suspects, duplicates or tags differ".to_owned())
}

/// Everything a tree says about a node.
fn facts(node: NodeRef<'_>) -> impl PartialEq + std::fmt::Debug {
    (
        (node.id(), node.kind(), node.style(), node.span()),
        (
            node.is_alias(),
            node.is_key(),
            node.len(),
            node.scalar_text(),
        ),
        node.parent().map(NodeRef::id),
        node.value().map(NodeRef::id),
    )
}

/// Every YAML file below a folder.
fn texts_below(folder: &Path, found: &mut Vec<String>) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts_below(&path, found);
        } else if path.extension() == Some("yaml".as_ref()) {
            // A few cases of the suite are no UTF-8.
            found.extend(fs::read_to_string(&path));
        }
    }
}

fn of_this_repository() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["examples", "policies", "schemas", "tests", "docs"] {
        texts_below(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut found,
        );
    }
    found
}

fn of_the_suite() -> Vec<String> {
    let mut found = Vec::new();
    if let Some(folder) = data::folder("yaml-test-suite") {
        for case in fs::read_dir(folder).unwrap() {
            let case = case.unwrap().path();
            if case.is_dir() && !case.ends_with("name") && !case.ends_with("tags") {
                texts_below(&case, &mut found);
            }
        }
    }
    found
}

/// The records that a corpus of some incidents holds.
fn generated(incidents: usize) -> Vec<String> {
    Corpus::new(1, incidents)
        .files()
        .filter(|file| Path::new(&file.path).extension() == Some("yaml".as_ref()))
        .map(|file| file.text)
        .collect()
}

/// How many of the texts the subset reader accepts.
fn accepted(texts: &[String]) -> usize {
    let limits = Limits::default();
    let accepts = |text: &&String| compare(text, &limits).unwrap_or_else(|it| panic!("{it}"));
    texts.iter().filter(accepts).count()
}

#[test]
fn both_readers_agree_on_every_text_of_the_repository() {
    let texts = of_this_repository();
    println!("accepted {} of {}", accepted(&texts), texts.len());
    for limits in [
        Limits {
            depth: 3,
            ..Limits::default()
        },
        Limits {
            nodes: 100,
            ..Limits::default()
        },
        Limits {
            bytes: 500,
            ..Limits::default()
        },
        Limits {
            expanded: 50,
            ..Limits::default()
        },
    ] {
        for text in of_this_repository() {
            compare(&text, &limits).unwrap_or_else(|it| panic!("{it}"));
        }
    }
}

#[test]
fn both_readers_agree_on_the_suite() {
    let texts = of_the_suite();
    println!("accepted {} of {}", accepted(&texts), texts.len());
}

#[test]
fn records_are_read_without_the_reference() {
    let mut larkfield = Vec::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/larkfield");
    texts_below(&example, &mut larkfield);
    let is_record = |text: &String| text.starts_with("kind:") || text.contains("\nkind:");
    larkfield.retain(is_record);
    for texts in [larkfield, generated(300)] {
        let limits = Limits::default();
        let declined = |text: &&String| parse_subset((**text).as_str().into(), &limits).is_err();
        let declined: Vec<_> = texts.iter().filter(declined).collect();
        println!("declined {} of {}", declined.len(), texts.len());
        assert_eq!(accepted(&texts), texts.len(), "{}", declined[0]);
    }
}

#[test]
fn records_saved_by_other_editors_are_read_without_the_reference() {
    for text in generated(20) {
        for text in [
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            format!("---\n{}", text.trim_start_matches("---\n")),
            text.trim_end().to_owned(),
        ] {
            let is_accepted = compare(&text, &Limits::default());
            assert_eq!(is_accepted, Ok(true), "{text:?}");
        }
    }
}

#[test]
fn both_readers_agree_on_mutations() {
    let count = std::env::var("PROBITY_MUTATIONS").map_or(30_000, |it| it.parse().unwrap());
    let texts = [of_this_repository(), generated(20), of_the_suite()];
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = count / threads;
    let run = |seed: usize| {
        let mut mutator = Mutator::new(seed as u64, &texts);
        let limits = Limits::default();
        let (mut accepted, mut differences) = (0_usize, Vec::new());
        for _ in 0..share {
            match compare(&mutator.text(), &limits) {
                Ok(is_accepted) => accepted += usize::from(is_accepted),
                Err(difference) => differences.push(difference),
            }
        }
        (accepted, differences)
    };
    let results: Vec<_> = thread::scope(|scope| {
        let run = &run;
        let running: Vec<_> = (0..threads)
            .map(|seed| scope.spawn(move || run(seed)))
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let accepted: usize = results.iter().map(|it| it.0).sum();
    let mut differences: Vec<_> = results.into_iter().flat_map(|it| it.1).collect();
    differences.sort_by_key(String::len);
    println!(
        "{} inputs, {accepted} accepted, {} differences",
        share * threads,
        differences.len()
    );
    assert!(
        accepted > share * threads / 20,
        "the mutations test nothing"
    );
    differences.truncate(5);
    assert!(differences.is_empty(), "{}", differences.join("\n====\n"));
}

/// The ways of [`parse`] are those of the two readers.
#[test]
fn faults_are_those_of_the_reference() {
    for text in ["a: 1\nb: [", "a: 1\n b: 2", "a: 1\n---\nb: 1", "a: *x"] {
        let (both, reference) = (
            parse(text.into(), &Limits::default()),
            parse_reference(text.into(), &Limits::default()),
        );
        match (both, reference) {
            (Ok(both), Ok(reference)) => assert_eq!(difference(&both, &reference), None),
            (both, reference) => assert_eq!(both.unwrap_err(), reference.unwrap_err()),
        }
    }
}
