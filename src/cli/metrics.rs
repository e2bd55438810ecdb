//! `probity metrics`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::clock::{Instant, Period};
use probity::engine::{Examined, Request, examine};
use probity::report::{Check, Facts, metrics};

use super::clock::{as_of, now};
use super::error::{CLEAN, Failure, INCOMPLETE};
use super::sample::parse_period;
use super::terminal::{Color, look, print, watched};

#[derive(Debug, Args)]
pub(crate) struct Metrics {
    /// Folder of the records
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Period to look at: FROM..TO, 2025-Q1, 2025-04 or 2025
    #[arg(long, value_parser = parse_period, required_unless_present = "review")]
    period: Option<Period>,

    /// Take period and time from this metrics review, and compare with what it says
    #[arg(long, value_name = "CHECK", conflicts_with_all = ["period", "as_of"])]
    review: Option<String>,

    /// Read a git revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// As of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Format on standard output
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    format: FormatName,

    /// When to use colours
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// For people
    Human,
    /// For machines
    Json,
}

impl Metrics {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let (period, as_of) = match (&self.review, self.period) {
            (Some(review), _) => self.of_review(review)?,
            (None, Some(period)) => (
                period,
                as_of(self.as_of.as_deref(), &self.path, self.rev.as_deref())?,
            ),
            (None, None) => return Err(Failure::usage("no period is given")),
        };
        let Examined {
            outcome,
            registry,
            taken,
            ..
        } = self.examined(as_of)?;
        let found = metrics(&outcome, &registry, &taken, period);
        match self.format {
            FormatName::Human => print(&found.plain(look(self.color).has_color))?,
            FormatName::Json => print(&probity::output::render_json(&found))?,
        }
        let is_sure = outcome.incomplete.is_empty() && !outcome.is_empty();
        Ok(ExitCode::from(if is_sure { CLEAN } else { INCOMPLETE }))
    }

    fn examined(&self, as_of: Instant) -> Result<Examined<Facts>, Failure> {
        let request = Request {
            revision: self.rev.as_deref(),
            wants_duties: true,
            wants_history: false,
            ..Request::new(&self.path, as_of)
        };
        Ok(watched(|bar| {
            examine(&request, bar, |_, record, _| Facts::of(record))
        })?)
    }

    /// The period of a metrics review, and when it was held.
    fn of_review(&self, id: &str) -> Result<(Period, Instant), Failure> {
        let examined = self.examined(now()?)?;
        let checks = examined.taken.iter().filter_map(|fact| match fact {
            Facts::Check(check) if check.kind == "metrics-review" => Some(check),
            _ => None,
        });
        let checks: Vec<&Check> = checks.collect();
        let Some(check) = checks.iter().find(|check| check.id == id) else {
            let failure = Failure::usage(format!("there is no metrics review `{id}`"));
            let known: Vec<&str> = checks.iter().map(|check| check.id.as_str()).collect();
            return Err(match known.as_slice() {
                [] => failure.hint("add a health check of `type: metrics-review` first"),
                known => failure.hint(format!("there are {}", known.join(", "))),
            });
        };
        let period = check
            .period
            .and_then(|(from, to)| Period::between(from, to));
        period.zip(check.performed_at).ok_or_else(|| {
            Failure::usage(format!(
                "`{id}` does not say its period and when it was held"
            ))
            .hint("write `period:` with `from:` and `to:`, and `performed_at:`")
        })
    }
}
