//! `probity report audit`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::clock::{Moment, Period};
use probity::engine::{Examined, Request, examine};
use probity::report::Facts;
use probity::report::audit::{Audit, AuditError, Format, Question, Taken, audit, render};
use probity::template::TemplateError;

use super::options::way_to_root;
use crate::cli::clock::as_of;
use crate::cli::error::{CLEAN, Failure, INCOMPLETE, with_causes};
use crate::cli::file::{parse_output, write_file};
use crate::cli::sample::parse_period;
use crate::cli::template::found_template;
use crate::cli::terminal::{print, watched};

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// Folder of the records
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Control to report on, in any spelling: IR-6(3), ir-6.3, IRO-10.4, A.5.20; may be repeated
    /// [default: all that the programme claims]
    #[arg(long = "control", value_name = "CONTROL")]
    controls: Vec<String>,

    /// Period to report on: FROM..TO, 2025-Q1, 2025-04 or 2025 [default: the last twelve months]
    #[arg(long, value_parser = parse_period)]
    period: Option<Period>,

    /// First day of the period
    #[arg(
        long,
        value_name = "DAY",
        requires = "until",
        conflicts_with = "period"
    )]
    from: Option<String>,

    /// Last day of the period
    #[arg(long, value_name = "DAY", requires = "from", conflicts_with = "period")]
    until: Option<String>,

    /// Read a git revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// As of this date (its end, UTC) or time [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Format on standard output [default: markdown, or nothing where files are written]
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Write a format to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_format_and_file)]
    output: Vec<(Format, PathBuf)>,

    /// What links to files begin with, such as the address of a branch at a code host [default: the
    /// way from the report to the root of the repository]
    #[arg(long, value_name = "ADDRESS")]
    link_base: Option<String>,

    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// The model, for machines
    Json,
    /// Text with tables
    Markdown,
    /// One page for the browser and for paper
    Html,
}

impl FormatName {
    const fn format(self) -> Format {
        match self {
            Self::Json => Format::Json,
            Self::Markdown => Format::Markdown,
            Self::Html => Format::Html,
        }
    }
}

fn parse_format_and_file(text: &str) -> Result<(Format, PathBuf), String> {
    let names: Vec<&str> = Format::ALL.iter().map(|it| it.name()).collect();
    parse_output(text, Format::parse, &names)
}

impl AuditArguments {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let question = Question {
            controls: self.controls.clone(),
            period: self.period()?,
        };
        let request = Request {
            revision: self.rev.as_deref(),
            wants_duties: true,
            wants_history: true,
            threads: self.threads.map(usize::from),
            ..Request::new(&self.path, as_of(self.as_of.as_deref())?)
        };
        let examined = watched(|bar| {
            examine(&request, bar, |file, record| {
                Some((Facts::of(record), Taken::of(file, record)))
            })
        })?;
        let Examined {
            outcome,
            registry,
            taken,
            ..
        } = examined;
        if outcome.is_empty() {
            let shown = self.path.display();
            return Err(Failure::usage(format!("there are no records in `{shown}`")));
        }
        let (facts, taken): (Vec<Option<Facts>>, Vec<Taken>) = taken.into_iter().unzip();
        let facts: Vec<Facts> = facts.into_iter().flatten().collect();
        let report = audit(&outcome, &registry, &facts, &taken, &question).map_err(refused)?;
        self.write(&report)?;
        let is_sure = outcome.incomplete.is_empty();
        Ok(ExitCode::from(if is_sure { CLEAN } else { INCOMPLETE }))
    }

    /// Renders all formats before the first is written: a template that fails leaves nothing
    /// half-done.
    fn write(&self, report: &Audit) -> Result<(), Failure> {
        let mut files = Vec::new();
        for (format, file) in &self.output {
            files.push((file, self.rendered(report, *format, Some(file))?));
        }
        let shown = match (self.format, files.is_empty()) {
            (Some(format), _) => Some(format.format()),
            (None, true) => Some(Format::Markdown),
            (None, false) => None,
        };
        if let Some(format) = shown {
            print(&self.rendered(report, format, None)?)?;
        }
        for (file, text) in &files {
            write_file(file, text)?;
        }
        Ok(())
    }

    fn rendered(
        &self,
        report: &Audit,
        format: Format,
        file: Option<&PathBuf>,
    ) -> Result<String, Failure> {
        let shipped = format.shipped_template();
        let template = match format.template_path() {
            Some(path) => found_template(&self.path, self.rev.as_deref(), path, shipped)?,
            None => shipped,
        };
        let base = match (&self.link_base, file) {
            (Some(base), _) => base.clone(),
            (None, Some(file)) => way_to_root(&self.path, file).unwrap_or_default(),
            (None, None) => String::new(),
        };
        render(report, format, &template, &base)
            .map_err(|error: TemplateError| Failure::usage(error.to_string()).hint(error.help))
    }

    fn period(&self) -> Result<Option<Period>, Failure> {
        let (Some(from), Some(until)) = (&self.from, &self.until) else {
            return Ok(self.period);
        };
        let day = |text: &str| {
            Moment::parse(text).ok_or_else(|| {
                Failure::usage(format!("`{text}` is no day")).hint("write it as 2025-01-31")
            })
        };
        let (first, last) = (day(from)?, day(until)?);
        match Period::between(first, last) {
            Some(period) => Ok(Some(period)),
            None => Err(Failure::usage(format!(
                "the period from {from} until {until} ends before it begins"
            ))),
        }
    }
}

fn refused(error: AuditError) -> Failure {
    let failure = Failure::usage(with_causes(&error));
    match error {
        AuditError::UnknownControl {
            near: Some(near), ..
        } => failure.hint(format!("did you mean `{near}`?")),
        AuditError::UnknownControl { known, .. } => {
            failure.hint(format!("the controls are {known}"))
        }
        AuditError::Ahead { .. } => {
            failure.hint("choose a period that has begun, or a later `--as-of`")
        }
    }
}
