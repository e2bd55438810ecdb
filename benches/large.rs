//! A whole check of a very large organisation, beside what its parts and libyaml need.
//!
//! `cargo bench --bench large -- --records 100000`. All stages run in one process over the same
//! files in the page cache, in turn and several times, on as many threads; medians are shown.
//! With `--profile dist` it is the program as it is handed out. Options: `--records N`,
//! `--defects N`, `--repeats N`, `--threads N`, and `--folder PATH` to write the corpus there once
//! and find it there again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "a benchmark, and the corpus it writes"
)]

mod corpus;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use corpus::Corpus;
use probity::clock::parse_as_of;
use probity::document::{Limits, parse};
use probity::engine::{Request, Silent, check};
use probity::source::Source;
use rayon::prelude::*;

/// That of the program: what is measured is what users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Options {
    records: usize,
    defects: usize,
    repeats: usize,
    threads: usize,
    folder: Option<PathBuf>,
}

impl Options {
    fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let value = |name: &str| {
            let at = arguments.iter().position(|it| it == name)?;
            arguments.get(at + 1)
        };
        let number = |name: &str, default: usize| {
            value(name).map_or(default, |text| match text.parse() {
                Ok(number) => number,
                Err(error) => panic!("{name} takes a number, not `{text}`: {error}"),
            })
        };
        // Under `cargo test` only that it runs is of interest.
        let is_bench = arguments.iter().any(|it| it == "--bench");
        let records = number("--records", if is_bench { 100_000 } else { 40 });
        Self {
            records,
            defects: number("--defects", records / 200),
            repeats: number("--repeats", if is_bench { 5 } else { 1 }),
            threads: number(
                "--threads",
                thread::available_parallelism().map_or(1, usize::from),
            ),
            folder: value("--folder").map(PathBuf::from),
        }
    }
}

/// A stage: what it is called, and what it does. It returns a count that must stay the same.
type Stage<'s> = (&'static str, Box<dyn Fn() -> usize + 's>);

const READ: usize = 0;
const PARSE: usize = 1;
const CHECK: usize = 2;
const TOKENS: usize = 3;
const EVENTS: usize = 4;

fn main() {
    let options = Options::from_arguments();
    let temporary = tempfile::tempdir().unwrap();
    let folder = options.folder.as_deref().unwrap_or(temporary.path());
    write(&options, folder);
    let files = Source::open(folder, None)
        .unwrap()
        .list()
        .unwrap()
        .files
        .len();
    let stages = stages(&options, folder);
    let mut times = vec![Vec::new(); stages.len()];
    let mut counts = vec![None; stages.len()];
    let mut peaks = vec![None; stages.len()];
    // The first turn warms the page cache and is not counted.
    for turn in 0..=options.repeats {
        for step in 0..stages.len() {
            // Every stage has every other one before it once in a while.
            let at = (step + turn) % stages.len();
            forget_peak_memory();
            let start = Instant::now();
            let count = (stages[at].1)();
            let time = start.elapsed().as_secs_f64();
            assert!(
                counts[at].is_none_or(|known| known == count),
                "{}",
                stages[at].0
            );
            counts[at] = Some(count);
            peaks[at] = peaks[at].max(peak_memory());
            if turn > 0 {
                times[at].push(time);
            }
        }
    }
    report(&options, files, &stages, times, &counts, &peaks);
}

fn write(options: &Options, folder: &Path) {
    if folder.join("program.yaml").is_file() {
        println!("found a corpus in {}", folder.display());
        return;
    }
    let corpus = Corpus::new(1, options.records).with_defects(options.defects);
    let start = Instant::now();
    let written = corpus.write_to(folder).unwrap();
    let (files, bytes) = (written.files, written.bytes as f64 / 1e6);
    let time = start.elapsed().as_secs_f64();
    println!("wrote {files} files, {bytes:.1} MB, in {time:.1} s");
}

fn stages<'s>(options: &'s Options, folder: &'s Path) -> Vec<Stage<'s>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .unwrap();
    let pool = std::sync::Arc::new(pool);
    let limits = Limits::default();
    // Lists and reads as a check does, and hands every file to `work`.
    let over_files = move |work: fn(Vec<u8>, &Limits) -> usize| {
        let source = Source::open(folder, None).unwrap();
        let files = source.list().unwrap().files;
        let sum = || {
            files
                .par_iter()
                .map(|file| work(source.read(file, limits.bytes).unwrap(), &limits))
                .sum()
        };
        pool.install(sum)
    };
    let stage = |work: fn(Vec<u8>, &Limits) -> usize| -> Box<dyn Fn() -> usize + 's> {
        let over_files = over_files.clone();
        Box::new(move || over_files(work))
    };
    vec![
        ("read", stage(|bytes, _| bytes.len())),
        ("read and parse", stage(parsed)),
        ("check", Box::new(move || findings(folder, options.threads))),
        (
            "read and libyaml tokens",
            stage(|bytes, _| libyaml_yardstick::tokens(&bytes).unwrap_or(0)),
        ),
        (
            "read and libyaml events",
            stage(|bytes, _| libyaml_yardstick::events(&bytes).unwrap_or(0)),
        ),
    ]
}

fn parsed(bytes: Vec<u8>, limits: &Limits) -> usize {
    let text = String::from_utf8(bytes).unwrap().into_boxed_str();
    parse(text, limits).map_or(0, |tree| tree.len())
}

fn findings(folder: &Path, threads: usize) -> usize {
    let request = Request {
        path: folder,
        revision: None,
        policies_from: None,
        as_of: parse_as_of("2025-12-31").unwrap(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads: Some(threads),
    };
    let outcome = check(&request, &Silent).unwrap();
    assert_eq!(outcome.incomplete, []);
    outcome.findings.len()
}

fn report(
    options: &Options,
    files: usize,
    stages: &[Stage<'_>],
    mut times: Vec<Vec<f64>>,
    counts: &[Option<usize>],
    peaks: &[Option<u64>],
) {
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    let bytes = counts[READ].unwrap_or(0) as f64;
    println!(
        "{files} YAML files, {:.1} MB, {} threads, {} turns",
        bytes / 1e6,
        options.threads,
        options.repeats
    );
    println!(
        "\n{:<26}{:>9}{:>9}{:>11}{:>12}",
        "stage", "median", "MB/s", "files/s", "peak RSS"
    );
    for (at, (name, _)) in stages.iter().enumerate() {
        let time = medians[at];
        let peak = peaks[at].map_or("unknown".to_owned(), |kib| format!("{} MiB", kib / 1024));
        let (rate, records) = (bytes / 1e6 / time, files as f64 / time);
        println!("{name:<26}{time:>7.2} s{rate:>9.0}{records:>11.0}{peak:>12}");
    }
    let without_reading = |at: usize| (medians[at] - medians[READ]).max(f64::EPSILON);
    let check = medians[CHECK];
    println!();
    for (name, by) in [
        ("check / (read and parse)", medians[PARSE]),
        ("check / (read and libyaml tokens)", medians[TOKENS]),
        ("check / (read and libyaml events)", medians[EVENTS]),
        ("check / libyaml tokens alone", without_reading(TOKENS)),
        ("check / libyaml events alone", without_reading(EVENTS)),
    ] {
        println!("{name:<36}{:>6.2}", check / by);
    }
    println!("\nfindings: {}", counts[CHECK].unwrap_or(0));
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Lets the peak start again from what is in use now, where the system can.
fn forget_peak_memory() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Peak resident memory in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
