//! `probity report pr`.

use std::process::ExitCode;

use clap::Args;
use probity::document::Limits;
use probity::engine::{Against, Request, check_change};
use probity::finding::Gate;
use probity::record::{Reading, Record, RecordKind, Registry, layout, read_record};
use probity::report::{ChangePapers, Sort, Touched, change_report, render_change};
use probity::source::{AlteredFile, Source};

use super::options::{PaperOptions, read_filed};
use crate::cli::error::{Failure, with_causes};
use crate::cli::terminal::watched;

#[derive(Debug, Args)]
pub(crate) struct PrArguments {
    /// The revision that the change is to be merged into
    #[arg(long, value_name = "REV")]
    base: String,

    /// Judge by the packs and the program of this revision, which the change cannot touch
    #[arg(long, value_name = "REV")]
    policies_from: Option<String>,

    #[command(flatten)]
    options: PaperOptions,
}

impl PrArguments {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let options = &self.options;
        let ground = &options.ground;
        let request = Request {
            policies_from: self.policies_from.as_deref(),
            ..ground.request()?
        };
        let against = Against {
            base: &self.base,
            gate: Gate::New,
            few: Against::ALL,
        };
        let outcome = watched(|bar| check_change(&request, Some(against), bar))?;
        ground.refuse_nothing(&outcome)?;
        let Some(comparison) = outcome.comparison.as_deref() else {
            return Err(Failure::machine("the change was not compared"));
        };
        let head = ground.source()?;
        let base = head
            .base(&ground.path, &self.base)
            .map_err(|error| Failure::usage(with_causes(&error)))?;
        let altered = head
            .altered_since(&base.source)
            .map_err(|error| Failure::machine(with_causes(&error)))?;
        let papers = papers(&head, &base.source, &altered);
        let registry = registry(&head)?;
        let report = change_report(&outcome, comparison, &registry, &papers);
        options.write_by(Sort::Pr, &report, &outcome, render_change)
    }
}

/// The records that differ, on both sides.
fn papers(head: &Source, base: &Source, altered: &[AlteredFile]) -> ChangePapers {
    let mut papers = ChangePapers::default();
    for file in altered.iter().filter(|it| head.is_asked(&it.path)) {
        let read = |source: &Source, is_there: bool| {
            let filed = is_there && layout::is_yaml(&file.path);
            // What cannot be read is a finding.
            filed.then(|| read_filed(source, &file.path).ok()).flatten()
        };
        let touched = Touched {
            before: read(base, file.was_there).map(|it| it.record),
            after: read(head, file.is_there),
            file: file.path.clone(),
        };
        match (&touched.before, &touched.after) {
            (None, None) => papers.others.push(file.path.clone()),
            _ => papers.touched.push(touched),
        }
    }
    papers
}

/// The registries alone: what approvals are looked up in.
fn registry(source: &Source) -> Result<Registry, Failure> {
    let fault = |error: probity::source::ReadError| Failure::machine(with_causes(&error));
    let limits = Limits::default();
    let mut records: Vec<(std::sync::Arc<str>, Record)> = Vec::new();
    for file in source.list().map_err(fault)?.files {
        let Ok(bytes) = source.read(&file, limits.bytes) else {
            continue;
        };
        let announced = std::str::from_utf8(&bytes)
            .ok()
            .and_then(layout::announced_kind);
        if !announced.is_some_and(RecordKind::is_registry) {
            continue;
        }
        let path = file
            .path
            .strip_prefix(source.prefix())
            .unwrap_or(&file.path);
        if let Reading::Record(record) = read_record(path, bytes, &limits) {
            records.push((file.path.as_str().into(), record));
        }
    }
    records.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(Registry::new(records, []))
}
