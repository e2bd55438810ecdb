//! `probity report registry`.

use std::process::ExitCode;

use clap::Args;
use probity::clock::{Period, parse_instant};
use probity::engine::{Examined, examine};
use probity::record::Record;
use probity::report::{Sort, is_in_registry, registry_report};

use super::metrics::ahead;
use super::options::{PaperOptions, PeriodOptions};
use crate::cli::error::Failure;
use crate::cli::terminal::watched;

#[derive(Debug, Args)]
pub(crate) struct RegistryArguments {
    #[command(flatten)]
    options: PaperOptions,

    #[command(flatten)]
    period: PeriodOptions,
}

impl RegistryArguments {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let (options, period) = (&self.options, self.period.period()?);
        let ground = &options.ground;
        let request = ground.request()?;
        let Examined {
            outcome, registry, ..
        } = watched(|bar| examine(&request, bar, |_, _, _| None::<()>))?;
        ground.refuse_nothing(&outcome)?;
        let own: Vec<(&str, &Record)> = registry
            .records()
            .filter(|(_, record)| is_in_registry(record))
            .map(|(file, record)| (&**file, record))
            .collect();
        let days = period.or_else(|| parse_instant(&outcome.as_of).map(Period::year_until));
        let changes = ground.history(&ground.source()?, &registry, &own, days);
        let report = registry_report(&outcome, &registry, &changes, period)
            .map_err(|error| ahead(&error))?;
        options.write(Sort::Registry, &report, &outcome)
    }
}
