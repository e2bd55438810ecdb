//! `probity report metrics`.

use std::process::ExitCode;

use clap::Args;
use probity::engine::{Examined, examine};
use probity::report::audit::AuditError;
use probity::report::{Facts, Filing, Sort, metrics_report};

use super::options::{PaperOptions, PeriodOptions};
use crate::cli::error::{Failure, with_causes};
use crate::cli::terminal::watched;

#[derive(Debug, Args)]
pub(crate) struct MetricsArguments {
    #[command(flatten)]
    options: PaperOptions,

    #[command(flatten)]
    period: PeriodOptions,
}

impl MetricsArguments {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let (options, period) = (&self.options, self.period.period()?);
        let ground = &options.ground;
        let request = ground.request()?;
        let Examined {
            outcome,
            registry,
            taken,
            ..
        } = watched(|bar| {
            examine(&request, bar, |file, record, _| {
                Some((Facts::of(record), Filing::of(file, record)))
            })
        })?;
        ground.refuse_nothing(&outcome)?;
        let (facts, filings): (Vec<Option<Facts>>, Vec<Filing>) = taken.into_iter().unzip();
        let facts: Vec<Facts> = facts.into_iter().flatten().collect();
        let report = metrics_report(&outcome, &registry, &facts, &filings, period)
            .map_err(|error| ahead(&error))?;
        options.write(Sort::Metrics, &report, &outcome)
    }
}

/// A period that has not begun.
pub(super) fn ahead(error: &AuditError) -> Failure {
    Failure::usage(with_causes(error)).hint("choose a period that has begun, or a later `--as-of`")
}
