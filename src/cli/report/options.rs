//! What the smaller reports have in common on the command line: what is read, as of when, and where
//! the formats go.

use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::clock::{Moment, Period};
use probity::document::Limits;
use probity::engine::Request;
use probity::finding::Outcome;
use probity::record::{Reading, Record, Registry, read_record};
use probity::report::{Chapter, Filed, Links, Paper, PaperFormat, Sort, render_paper};
use probity::source::Source;
use probity::template::{Template, TemplateError};
use serde::Serialize;

use crate::cli::clock::as_of;
use crate::cli::error::{CLEAN, Failure, INCOMPLETE, with_causes};
use crate::cli::file::{Content, parse_output, write_all};
use crate::cli::history::chapters_of;
use crate::cli::sample::parse_period;
use crate::cli::template::found_template;
use crate::cli::terminal::print;

/// What turns a report into a format.
type Renderer<S> = fn(&Paper<S>, PaperFormat, &Template, &Links) -> Result<String, TemplateError>;

/// What every report is made of.
#[derive(Debug, Args)]
pub(super) struct GroundOptions {
    /// Folder of the records
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,

    /// Read a git revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub(super) rev: Option<String>,

    /// As of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    pub(super) as_of: Option<String>,

    /// Leave the history of the repository unread; what rests on it is then not told
    #[arg(long)]
    pub(super) no_history: bool,

    /// What links to files begin with, such as the address of a branch at a code host [default: the
    /// commit at the code host that `origin` names, or else the way from the report to the root of
    /// the repository]
    #[arg(long, value_name = "ADDRESS")]
    link_base: Option<String>,

    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct PaperOptions {
    #[command(flatten)]
    pub(super) ground: GroundOptions,

    /// Format on standard output [default: markdown, or nothing where files are written]
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Write a format to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_format_and_file)]
    output: Vec<(PaperFormat, PathBuf)>,
}

/// The days of a report.
#[derive(Debug, Args)]
pub(super) struct PeriodOptions {
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
}

impl PeriodOptions {
    /// The period that is asked for.
    pub(super) fn period(&self) -> Result<Option<Period>, Failure> {
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
    const fn format(self) -> PaperFormat {
        match self {
            Self::Json => PaperFormat::Json,
            Self::Markdown => PaperFormat::Markdown,
            Self::Html => PaperFormat::Html,
        }
    }
}

fn parse_format_and_file(text: &str) -> Result<(PaperFormat, PathBuf), String> {
    let names: Vec<&str> = PaperFormat::ALL.iter().map(|it| it.name()).collect();
    parse_output(text, PaperFormat::parse, &names)
}

impl GroundOptions {
    /// What is to be checked for the report.
    pub(super) fn request(&self) -> Result<Request<'_>, Failure> {
        Ok(Request {
            revision: self.rev.as_deref(),
            wants_duties: true,
            wants_history: !self.no_history,
            threads: self.threads.map(usize::from),
            ..Request::new(
                &self.path,
                as_of(self.as_of.as_deref(), &self.path, self.rev.as_deref())?,
            )
        })
    }

    /// Refuses what holds no records.
    pub(super) fn refuse_nothing(&self, outcome: &Outcome) -> Result<(), Failure> {
        match outcome.is_empty() {
            true => {
                let shown = self.path.display();
                Err(Failure::usage(format!("there are no records in `{shown}`")))
            }
            false => Ok(()),
        }
    }

    pub(super) fn source(&self) -> Result<Source, Failure> {
        Source::open(&self.path, self.rev.as_deref())
            .map_err(|error| Failure::machine(with_causes(&error)))
    }

    /// What the commits say about some records, or why that is not told.
    pub(super) fn history(
        &self,
        source: &Source,
        registry: &Registry,
        records: &[(&str, &Record)],
        period: Option<Period>,
    ) -> Result<Vec<Chapter>, String> {
        if self.no_history {
            return Err("the history was left unread on request".to_owned());
        }
        let records: Vec<(&str, &Record)> = records
            .iter()
            .map(|(file, record)| (file.strip_prefix(source.prefix()).unwrap_or(file), *record))
            .collect();
        chapters_of(source, registry, &records, period)
    }

    /// A template of the organisation at a path beside the records, or ours.
    pub(super) fn template(
        &self,
        path: Option<&str>,
        shipped: Template,
    ) -> Result<Template, Failure> {
        match path {
            Some(path) => found_template(&self.path, self.rev.as_deref(), path, shipped),
            None => Ok(shipped),
        }
    }

    /// Where links lead from a file, or from standard output: to the commit at a code host, where
    /// all that was read is in it.
    pub(super) fn links(&self, outcome: &Outcome, file: Option<&Path>) -> Links {
        let repository = outcome.repository.as_deref().unwrap_or_default();
        if let Some(base) = &self.link_base {
            return Links::with_commits(base, repository);
        }
        let committed = outcome.revision.as_deref();
        let committed = committed.filter(|_| self.rev.is_some() || outcome.dirty == Some(false));
        let permanent = committed.and_then(|it| Links::permanent(repository, it));
        permanent.unwrap_or_else(|| {
            let way = file.and_then(|file| way_to_root(&self.path, file));
            Links::with_commits(way.unwrap_or_default(), repository)
        })
    }
}

impl PaperOptions {
    /// Writes a report in all formats that are asked for.
    pub(super) fn write<S: Serialize>(
        &self,
        sort: Sort,
        paper: &Paper<S>,
        outcome: &Outcome,
    ) -> Result<ExitCode, Failure> {
        self.write_by(sort, paper, outcome, render_paper)
    }

    /// The same with a renderer of its own. All formats are rendered before the first is written: a
    /// template that fails leaves nothing half-done.
    pub(super) fn write_by<S: Serialize>(
        &self,
        sort: Sort,
        paper: &Paper<S>,
        outcome: &Outcome,
        render: Renderer<S>,
    ) -> Result<ExitCode, Failure> {
        let rendered = |format: PaperFormat, file: Option<&Path>| {
            let (path, shipped) = (sort.template_path(format), sort.shipped_template(format));
            let template = self.ground.template(path.as_deref(), shipped)?;
            let links = self.ground.links(outcome, file);
            render(paper, format, &template, &links)
                .map_err(|error| Failure::usage(error.to_string()).hint(error.help))
        };
        let mut files = Vec::new();
        for (format, file) in &self.output {
            let text = rendered(*format, Some(file))?;
            files.push((file.as_path(), Content::File(text.into_bytes())));
        }
        let shown = match (self.format, files.is_empty()) {
            (Some(format), _) => Some(format.format()),
            (None, true) => Some(PaperFormat::Markdown),
            (None, false) => None,
        };
        let shown = shown.map(|format| rendered(format, None)).transpose()?;
        write_all(files)?;
        if let Some(text) = shown {
            print(&text)?;
        }
        let is_sure = outcome.incomplete.is_empty();
        Ok(ExitCode::from(if is_sure { CLEAN } else { INCOMPLETE }))
    }
}

/// The record in a file, which the check has just read.
pub(super) fn read_filed(source: &Source, file: &str) -> Result<Filed, Failure> {
    let gone = || Failure::machine(format!("`{file}` is no record any more"));
    let fault = |error: probity::source::ReadError| Failure::machine(with_causes(&error));
    let limits = Limits::default();
    let found = source.find(file).map_err(fault)?.ok_or_else(gone)?;
    let bytes = source.read_found(&found, limits.bytes).map_err(fault)?;
    let path = file.strip_prefix(source.prefix()).unwrap_or(file);
    match read_record(path, bytes, &limits) {
        Reading::Record(record) => Ok(Filed {
            file: file.to_owned(),
            record,
        }),
        _ => Err(gone()),
    }
}

/// The way from the folder of a file to the root of the repository that `path` lies in.
fn way_to_root(path: &Path, file: &Path) -> Option<String> {
    let source = Source::open(path, None).ok()?;
    let records = std::path::absolute(source.folder()?).ok()?;
    let prefix = Path::new(source.prefix());
    let mut root = records.as_path();
    for _ in prefix.components() {
        root = root.parent()?;
    }
    let file = std::path::absolute(file).ok()?;
    let from: Vec<Component<'_>> = file.parent()?.components().collect();
    let to: Vec<Component<'_>> = root.components().collect();
    let pairs = from.iter().zip(&to);
    let common = pairs.take_while(|(left, right)| left == right).count();
    let up = from.iter().skip(common).map(|_| "..".to_owned());
    let down = to.iter().skip(common);
    let down = down.map(|it| it.as_os_str().to_string_lossy().into_owned());
    let mut way: Vec<String> = up.chain(down).collect();
    // The last step ends with a slash as well.
    way.push(String::new());
    Some(way.join("/"))
}
