//! `probity who`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::engine::{Request, check_keeping};
use probity::report::who;

use super::clock::as_of;
use super::error::{CLEAN, Failure};
use super::terminal::{Color, look, print, watched};

#[derive(Debug, Args)]
pub(crate) struct Who {
    /// A system, SYSTEM/COMPONENT, or a third party
    subject: String,

    /// Folder of the records
    #[arg(default_value = ".")]
    path: PathBuf,

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

impl Who {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let request = Request {
            wants_duties: true,
            wants_history: false,
            ..Request::new(&self.path, as_of(self.as_of.as_deref(), &self.path, None)?)
        };
        let (outcome, registry) = watched(|bar| check_keeping(&request, bar))?;
        let answer = who(&self.subject, &registry, &outcome).map_err(|error| {
            let failure = Failure::usage(error.to_string());
            match &error.near {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure,
            }
        })?;
        match self.format {
            FormatName::Human => print(&answer.plain(look(self.color).has_color))?,
            FormatName::Json => print(&probity::output::render_json(&answer))?,
        }
        Ok(ExitCode::from(CLEAN))
    }
}
