//! `probity check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::engine::{Against, Request, check_change};
use probity::finding::{Gate, Outcome, Severity};
use probity::output::{Format, Look, render};
use probity::source::read_file;

use super::clock::as_of;
use super::error::{CLEAN, FINDINGS, Failure, INCOMPLETE};
use super::file::{parse_output, write_file};
use super::terminal::{Color, look, print, watched};

/// Largest summary of a step that GitHub shows, in bytes.
const MOST_OF_SUMMARY: usize = 1 << 20;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder or file to check; the records around it are read for references
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Check a git revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// Judge the change since the merge base with this revision
    #[arg(long, value_name = "REV")]
    base: Option<String>,

    /// Which findings of the change make the exit code 1
    #[arg(long, value_enum, default_value_t = GateName::New, requires = "base")]
    gate: GateName,

    /// Judge by the packs and the program of this revision, which a change cannot touch
    #[arg(long, value_name = "REV")]
    policies_from: Option<String>,

    /// Judge as of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Format on standard output
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    format: FormatName,

    /// Also write a format to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_format_and_file)]
    output: Vec<(Format, PathBuf)>,

    /// Leave the history of the repository unread; what rests on it is then not evaluated
    #[arg(long)]
    no_history: bool,

    /// Lowest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t = Threshold::Error)]
    fail_on: Threshold,

    /// Let checks that could not be evaluated make the exit code 3
    #[arg(long)]
    strict: bool,

    /// When to use colours
    #[arg(long, value_enum, default_value_t)]
    color: Color,

    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Snippets with carets, for people
    Human,
    /// One line for each finding
    Concise,
    /// The contract for machines
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub workflows
    Github,
    /// Markdown for the summary of a GitHub job, or a comment
    GithubSummary,
    /// Code quality report of GitLab
    Gitlab,
    /// Test results, a suite for each rule
    Junit,
    /// Checkstyle XML
    Checkstyle,
    /// The format of reviewdog
    Rdjson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Threshold {
    Info,
    Warning,
    Error,
    /// Findings never change the exit code
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum GateName {
    /// New ones and those that got worse
    New,
    /// All of them
    All,
}

impl GateName {
    const fn gate(self) -> Gate {
        match self {
            Self::New => Gate::New,
            Self::All => Gate::All,
        }
    }
}

impl FormatName {
    const fn format(self) -> Format {
        match self {
            Self::Human => Format::Human,
            Self::Concise => Format::Concise,
            Self::Json => Format::Json,
            Self::Sarif => Format::Sarif,
            Self::Github => Format::Github,
            Self::GithubSummary => Format::GithubSummary,
            Self::Gitlab => Format::Gitlab,
            Self::Junit => Format::Junit,
            Self::Checkstyle => Format::Checkstyle,
            Self::Rdjson => Format::Rdjson,
        }
    }
}

impl Threshold {
    fn is_reached(self, severity: Severity) -> bool {
        match self {
            Self::Info => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
            Self::Never => false,
        }
    }
}

fn parse_format_and_file(text: &str) -> Result<(Format, PathBuf), String> {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    parse_output(text, Format::parse, &names)
}

/// Whether a file is the one that GitHub gives to all commands of a step together.
#[expect(
    clippy::disallowed_methods,
    reason = "GitHub names it in the environment"
)]
fn is_step_summary(format: Format, file: &Path) -> bool {
    let given = std::env::var_os("GITHUB_STEP_SUMMARY");
    format == Format::GithubSummary && given.is_some_and(|it| Path::new(&it) == file)
}

/// Adds to what other commands of the step have written.
fn append(file: &Path, text: &str) -> Result<(), Failure> {
    let before = read_file(file, MOST_OF_SUMMARY).unwrap_or_default();
    let before = String::from_utf8_lossy(&before);
    write_file(file, format!("{before}{text}"))
}

impl Check {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let request = Request {
            revision: self.rev.as_deref(),
            policies_from: self.policies_from.as_deref(),
            threads: self.threads.map(usize::from),
            wants_history: !self.no_history,
            ..Request::new(
                &self.path,
                as_of(self.as_of.as_deref(), &self.path, self.rev.as_deref())?,
            )
        };
        let against = self.base.as_deref().map(|base| Against {
            base,
            gate: self.gate.gate(),
            few: self.few(),
        });
        let outcome = watched(|bar| check_change(&request, against, bar))?;
        print(&render(&outcome, self.format.format(), look(self.color)))?;
        let mut code = self.exit_code(&outcome);
        for (format, file) in &self.output {
            let text = render(&outcome, *format, Look::default());
            let written = match is_step_summary(*format, file) {
                true => append(file, &text),
                false => write_file(file, &text),
            };
            // What is known is printed, and the other files are written.
            if let Err(failure) = written {
                super::error::report(&failure);
                code = if code == FINDINGS {
                    FINDINGS
                } else {
                    INCOMPLETE
                };
            }
        }
        Ok(ExitCode::from(code))
    }

    /// What is judged whole: to be strict, and for those who keep what one run says for the next,
    /// nothing may be left out.
    fn few(&self) -> usize {
        let asked = self.output.iter().map(|(format, _)| *format);
        let is_kept =
            |format: Format| matches!(format, Format::Sarif | Format::Gitlab | Format::Junit);
        let mut formats = asked.chain([self.format.format()]);
        match self.strict || formats.any(is_kept) {
            true => Against::ALL,
            false => Against::FEW,
        }
    }

    /// 1 goes before 3: what is known to be wrong is said first.
    fn exit_code(&self, outcome: &Outcome) -> u8 {
        if outcome
            .deciding()
            .any(|finding| self.fail_on.is_reached(finding.severity))
        {
            return FINDINGS;
        }
        let is_unsure = self.strict && !outcome.unevaluated.is_empty();
        let is_empty = outcome.is_empty();
        if is_empty || is_unsure || outcome.is_incomplete() {
            INCOMPLETE
        } else {
            CLEAN
        }
    }
}
