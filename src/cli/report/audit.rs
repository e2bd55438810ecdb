//! `probity report audit`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::document::Limits;
use probity::engine::{Examined, examine};
use probity::finding::Outcome;
use probity::report::audit::{
    Audit, AuditError, Format, IMPORTS, Question, Receipt, RenderError, Rendered, SHEETS, Sampling,
    Taken, audit, render,
};
use probity::report::{Facts, Links};
use probity::source::FileEntry;

use super::options::{GroundOptions, PeriodOptions};
use crate::cli::error::{CLEAN, Failure, INCOMPLETE, with_causes};
use crate::cli::file::{Content, parse_output, write_all};
use crate::cli::terminal::{print, watched};

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    #[command(flatten)]
    ground: GroundOptions,

    /// Control to report on, in any spelling: IR-6(3), ir-6.3, IRO-10.4, A.5.20; may be repeated
    /// [default: all that the programme claims]
    #[arg(long = "control", value_name = "CONTROL")]
    controls: Vec<String>,

    #[command(flatten)]
    period: PeriodOptions,

    /// How many incidents of the period to draw for the auditor's own tests; the worksheet marks them
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,

    /// Text that decides the draw [default: made of controls and period]
    #[arg(long, value_name = "TEXT", requires = "sample")]
    seed: Option<String>,

    /// Format on standard output [default: markdown, or nothing where files are written]
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Table to show as CSV, such as population or worksheet
    #[arg(long, value_name = "TABLE", value_parser = parse_table, requires = "format")]
    table: Option<String>,

    /// Write a format to a file, or csv and oscal to a folder; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_format_and_file)]
    output: Vec<(Format, PathBuf)>,
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
            period: self.period.period()?,
            sample: self.sample.map(|size| Sampling {
                size: size as usize,
                seed: self.seed.clone(),
            }),
        };
        let request = self.ground.request()?;
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
        self.ground.refuse_nothing(&outcome)?;
        let (facts, taken): (Vec<Option<Facts>>, Vec<Taken>) = taken.into_iter().unzip();
        let facts: Vec<Facts> = facts.into_iter().flatten().collect();
        let receipts = self.receipts()?;
        let report = audit(
            &outcome, &registry, &facts, &taken, &past, &receipts, &question,
        );
        let report = report.map_err(refused)?;
        self.write(&report, &outcome)?;
        let is_sure = outcome.incomplete.is_empty();
        Ok(ExitCode::from(if is_sure { CLEAN } else { INCOMPLETE }))
    }

    /// What imports have left beside the records.
    fn receipts(&self) -> Result<Vec<Receipt>, Failure> {
        let source = self.ground.source()?;
        let listing = source.list();
        let listing = listing.map_err(|error| Failure::machine(with_causes(&error)))?;
        let files = listing.files.iter();
        let receipts = files.filter(|it| source.below(&it.path).starts_with(IMPORTS));
        let read = |file: &FileEntry| match source.read(file, Limits::default().bytes) {
            Ok(bytes) => Receipt::read(&file.path, bytes),
            Err(error) => Receipt::unread(&file.path, with_causes(&error)),
        };
        Ok(receipts.map(read).collect())
    }

    /// Renders all formats before the first is written, and writes all files or none: what fails
    /// leaves nothing half-done.
    fn write(&self, report: &Audit, outcome: &Outcome) -> Result<(), Failure> {
        let mut files = Vec::new();
        for (format, file) in &self.output {
            let links = self.ground.links(outcome, Some(file));
            let content = match self.rendered(report, *format, &links)? {
                Rendered::Text(text) => Content::File(text.into_bytes()),
                Rendered::Bytes(bytes) => Content::File(bytes),
                Rendered::Folder(files) => Content::Folder(files),
            };
            files.push((file.as_path(), content));
        }
        let shown = match (self.format, files.is_empty()) {
            (Some(format), _) => Some(format.format()),
            (None, true) => Some(Format::Markdown),
            (None, false) => None,
        };
        let shown = shown.map(|format| {
            let links = self.ground.links(outcome, None);
            self.shown(format, self.rendered(report, format, &links)?)
        });
        let shown = shown.transpose()?;
        write_all(files)?;
        shown.map_or(Ok(()), |text| print(&text))
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

    fn rendered(&self, report: &Audit, format: Format, links: &Links) -> Result<Rendered, Failure> {
        let shipped = format.shipped_template();
        let template = self.ground.template(format.template_path(), shipped)?;
        render(report, format, &template, links).map_err(|error| match error {
            RenderError::Template(error) => Failure::usage(error.to_string()).hint(error.help),
            RenderError::Workbook(_) => Failure::usage(error.to_string())
                .hint("choose a shorter period, or `--output csv=FOLDER`"),
        })
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
