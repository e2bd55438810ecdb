//! `probity report audit`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::clock::{Moment, Period};
use probity::engine::{Examined, Request, examine};
use probity::report::Facts;
use probity::report::audit::{
    Audit, AuditError, Format, Question, RenderError, Rendered, SHEETS, Taken, audit, render,
};

use super::options::way_to_root;
use crate::cli::clock::as_of;
use crate::cli::error::{CLEAN, Failure, INCOMPLETE, with_causes};
use crate::cli::file::{parse_output, write_file, write_folder};
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

    /// As of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Format on standard output [default: markdown, or nothing where files are written]
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Table to show as CSV, such as population or worksheet
    #[arg(long, value_name = "TABLE", value_parser = parse_table, requires = "format")]
    table: Option<String>,

    /// Write a format to a file, or csv and oscal to a folder; may be repeated
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
    /// A workbook; only with --output
    Xlsx,
    /// A CSV file for each table in a folder, or one with --table
    Csv,
    /// A folder with plan, results, and plan of action; only with --output
    Oscal,
    /// The assessment plan in OSCAL
    OscalAp,
    /// The assessment results in OSCAL
    OscalAr,
    /// The plan of action and milestones in OSCAL
    OscalPoam,
}

impl FormatName {
    const fn format(self) -> Format {
        match self {
            Self::Json => Format::Json,
            Self::Markdown => Format::Markdown,
            Self::Html => Format::Html,
            Self::Xlsx => Format::Xlsx,
            Self::Csv => Format::Csv,
            Self::Oscal => Format::Oscal,
            Self::OscalAp => Format::OscalAp,
            Self::OscalAr => Format::OscalAr,
            Self::OscalPoam => Format::OscalPoam,
        }
    }
}

fn parse_format_and_file(text: &str) -> Result<(Format, PathBuf), String> {
    let names: Vec<&str> = Format::ALL.iter().map(|it| it.name()).collect();
    parse_output(text, Format::parse, &names)
}

/// The name of a table, as its CSV file has it.
fn parse_table(text: &str) -> Result<String, String> {
    let names: Vec<String> = SHEETS.iter().map(|it| it.to_lowercase()).collect();
    match names.contains(&text.to_lowercase()) {
        true => Ok(text.to_lowercase()),
        false => Err(format!("the tables are {}", names.join(", "))),
    }
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
            ..Request::new(
                &self.path,
                as_of(self.as_of.as_deref(), &self.path, self.rev.as_deref())?,
            )
        };
        let examined = watched(|bar| {
            examine(&request, bar, |file, record, proofs| {
                Some((Facts::of(record), Taken::of(file, record, proofs)))
            })
        })?;
        let Examined {
            outcome,
            registry,
            taken,
            past,
            ..
        } = examined;
        if outcome.is_empty() {
            let shown = self.path.display();
            return Err(Failure::usage(format!("there are no records in `{shown}`")));
        }
        let (facts, taken): (Vec<Option<Facts>>, Vec<Taken>) = taken.into_iter().unzip();
        let facts: Vec<Facts> = facts.into_iter().flatten().collect();
        let report =
            audit(&outcome, &registry, &facts, &taken, &past, &question).map_err(refused)?;
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
            let text = self.shown(format, self.rendered(report, format, None)?)?;
            print(&text)?;
        }
        for (file, rendered) in &files {
            match rendered {
                Rendered::Text(text) => write_file(file, text)?,
                Rendered::Bytes(bytes) => write_file(file, bytes)?,
                Rendered::Folder(files) => write_folder(file, files)?,
            }
        }
        Ok(())
    }

    /// What a terminal can show of a format.
    fn shown(&self, format: Format, rendered: Rendered) -> Result<String, Failure> {
        let name = format.name();
        match (rendered, &self.table) {
            (Rendered::Text(text), None) => Ok(text),
            (Rendered::Folder(files), Some(table)) if format == Format::Csv => {
                let wanted = format!("{table}.csv");
                let found = files.into_iter().find(|it| it.0 == wanted);
                Ok(found.map(|it| it.1).unwrap_or_default())
            }
            (_, Some(_)) => Err(Failure::usage("`--table` belongs to `--format csv`")),
            (Rendered::Bytes(_), None) => Err(Failure::usage(format!(
                "`{name}` cannot be shown as a text"
            ))
            .hint(format!(
                "write it to a file: `--output {name}=report.{name}`"
            ))),
            (Rendered::Folder(_), None) => {
                let one = match format {
                    Format::Csv => "choose a table with `--table`",
                    _ => "choose `oscal-ap`, `oscal-ar` or `oscal-poam`",
                };
                Err(
                    Failure::usage(format!("`{name}` is several files")).hint(format!(
                        "write them to a folder: `--output {name}=FOLDER`; or {one}"
                    )),
                )
            }
        }
    }

    fn rendered(
        &self,
        report: &Audit,
        format: Format,
        file: Option<&PathBuf>,
    ) -> Result<Rendered, Failure> {
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
        render(report, format, &template, &base).map_err(|error| match error {
            RenderError::Template(error) => Failure::usage(error.to_string()).hint(error.help),
            RenderError::Workbook(_) => Failure::usage(error.to_string())
                .hint("choose a shorter period, or `--output csv=FOLDER`"),
        })
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
