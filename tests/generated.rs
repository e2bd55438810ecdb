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

use corpus::Corpus;
use probity::document::{Limits, parse};

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
        if file.path.ends_with(".yaml") {
            let tree = parse(file.text.into(), &Limits::default()).unwrap_or_else(|error| {
                panic!("{}: {error}", file.path);
            });
            assert_eq!(tree.duplicates(), [], "{}", file.path);
        }
    }
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!((5400..=6600).contains(&mean), "mean {mean}");
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!(*least >= 2000 && *most <= 10_240, "from {least} to {most}");
}

#[test]
fn every_kind_of_defect_gets_its_share_and_a_place() {
    let corpus = Corpus::new(3, 400).with_defects(160);
    let expected = corpus.expected_defects();
    assert_eq!(expected.len(), 160);
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

#[test]
fn dump_tmp() {
    let root = std::path::Path::new("/tmp/corpus-dump");
    let _ = std::fs::remove_dir_all(root);
    Corpus::new(1, 1000).write_to(&root.join("clean")).unwrap();
    let broken = Corpus::new(1, 1000).with_defects(400);
    broken.write_to(&root.join("broken")).unwrap();
    let mut out = String::new();
    for e in broken.expected_defects() {
        out += &format!("{}\t{}\t{}\t{}\n", e.rule, e.path, e.line, e.column);
    }
    std::fs::write(root.join("expected.tsv"), out).unwrap();
}
