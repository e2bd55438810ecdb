//! What each step of a check costs, beside libyaml over the same bytes.
//!
//! `cargo bench --bench check`. All steps run on one thread but the last.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "a benchmark, and the corpus it writes"
)]

mod corpus;

use std::hint::black_box;
use std::path::Path;

use corpus::Corpus;
use criterion::{BenchmarkId, Criterion, Throughput};
use probity::clock::parse_as_of;
use probity::document::{Limits, parse, parse_reference};
use probity::engine::{Request, Silent, check};
use probity::record::{Reading, Record, read_record};
use probity::source::Source;

/// That of the program: what is measured is what users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Under `cargo test` only that it runs is of interest.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let incidents = if is_bench { 2000 } else { 20 };
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    steps(&mut criterion, incidents);
    criterion.final_summary();
}

fn steps(criterion: &mut Criterion, incidents: usize) {
    let folder = tempfile::tempdir().unwrap();
    Corpus::new(1, incidents).write_to(folder.path()).unwrap();
    let limits = Limits::default();
    let source = Source::open(folder.path(), None).unwrap();
    let files = source.list().unwrap().files;
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|file| {
            let bytes = source.read(file, limits.bytes).unwrap();
            (file.path.as_str(), String::from_utf8(bytes).unwrap())
        })
        .collect();
    let records: Vec<Record> = texts
        .iter()
        .map(
            |(path, text)| match read_record(path, text.clone().into(), &limits) {
                Reading::Record(record) => record,
                other => panic!("{path}: {other:?}"),
            },
        )
        .collect();

    let bytes = texts.iter().map(|(_, text)| text.len() as u64).sum();
    let mut group = criterion.benchmark_group("corpus");
    group.throughput(Throughput::Bytes(bytes));
    let name = |step: &str| BenchmarkId::new(step, texts.len());

    group.bench_function(name("list and read"), |bencher| {
        bencher.iter(|| {
            for file in source.list().unwrap().files {
                black_box(source.read(&file, limits.bytes).unwrap());
            }
        });
    });
    group.bench_function(name("libyaml events"), |bencher| {
        bencher.iter(|| {
            // libyaml refuses some valid YAML 1.2; of the corpus that is next to nothing.
            let read = |text: &String| libyaml_yardstick::events(text.as_bytes()).is_some();
            let accepted = texts.iter().filter(|(_, text)| read(text)).count();
            assert!(
                accepted * 100 >= texts.len() * 99,
                "{accepted} of {}",
                texts.len()
            );
        });
    });
    group.bench_function(name("parse"), |bencher| {
        bencher.iter(|| {
            for (_, text) in &texts {
                black_box(parse(text.as_str().into(), &limits).is_ok());
            }
        });
    });
    group.bench_function(name("parse by the reference"), |bencher| {
        bencher.iter(|| {
            for (_, text) in &texts {
                black_box(parse_reference(text.as_str().into(), &limits).is_ok());
            }
        });
    });
    group.bench_function(name("parse and recognise"), |bencher| {
        bencher.iter(|| {
            for (path, text) in &texts {
                black_box(read_record(path, text.clone().into(), &limits));
            }
        });
    });
    group.bench_function(name("schema"), |bencher| {
        bencher.iter(|| {
            for record in &records {
                let kind = record.kind.schema().unwrap();
                assert_eq!(kind.schema.faults(record.root(), &record.places()).len(), 0);
            }
        });
    });
    for (step, threads) in [("check, one thread", Some(1)), ("check", None)] {
        group.bench_function(name(step), |bencher| {
            bencher.iter(|| check_all(folder.path(), threads));
        });
    }
    group.finish();
}

fn check_all(folder: &Path, threads: Option<usize>) {
    let request = Request {
        path: folder,
        revision: None,
        policies_from: None,
        as_of: parse_as_of("2025-12-31").unwrap(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads,
    };
    let outcome = check(&request, &Silent).unwrap();
    assert_eq!(outcome.incomplete, []);
}
