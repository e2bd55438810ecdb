//! `probity due`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::clock::{Duration, parse_duration};
use probity::engine::{Request, check};
use probity::output::{DueFormat, Span, render_due};

use super::clock::as_of;
use super::error::{CLEAN, Failure, INCOMPLETE};
use super::terminal::{Color, look, print, watched};

#[derive(Debug, Args)]
pub(crate) struct Due {
    /// Folder or file whose duties are listed
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Read a git revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// Judge as of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// How far to look ahead, such as 14d or 8h
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = parse_span, conflicts_with = "all")]
    within: Duration,

    /// Look ahead without end
    #[arg(long)]
    all: bool,

    /// Also list duties that are met, late or not required, with their arithmetic
    #[arg(long, conflicts_with = "within")]
    every: bool,

    /// Leave the history of the repository unread; how far times are proven is then not said
    #[arg(long)]
    no_history: bool,

    /// Format on standard output
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    format: FormatName,

    /// When to use colours
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// A table, for people
    Human,
    /// For machines
    Json,
    /// A calendar (iCalendar)
    Ics,
}

fn parse_span(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a length of time such as 8h or 14d".to_owned())
}

impl Due {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let as_of = as_of(self.as_of.as_deref(), &self.path, self.rev.as_deref())?;
        let request = Request {
            revision: self.rev.as_deref(),
            wants_duties: true,
            wants_history: !self.no_history,
            ..Request::new(&self.path, as_of)
        };
        let outcome = watched(|bar| check(&request, bar))?;
        let format = match self.format {
            FormatName::Human => DueFormat::Human,
            FormatName::Json => DueFormat::Json,
            FormatName::Ics => DueFormat::Calendar,
        };
        let span = match (self.every, self.all) {
            (true, _) => Span::Everything,
            (false, true) => Span::Pending,
            (false, false) => Span::Within(self.within),
        };
        let look = look(self.color);
        print(&render_due(&outcome, as_of, span, format, look))?;
        let is_sure = outcome.incomplete.is_empty() && !outcome.is_empty();
        Ok(ExitCode::from(if is_sure { CLEAN } else { INCOMPLETE }))
    }
}
