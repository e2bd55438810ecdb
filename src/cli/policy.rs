//! `probity policy`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use probity::engine::{Packs, Request, check, try_rules};
use probity::output::tamed;

use super::clock::{as_of, now};
use super::error::{CLEAN, FINDINGS, Failure};
use super::terminal::{print, watched};

#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the rules: shipped ones, those of the repository, and what is adjusted
    List(List),
    /// Try the tests of rules: each edits a record and says what must be found
    Test(Test),
}

#[derive(Debug, Args)]
struct List {
    /// Folder whose packs are listed beside the shipped ones
    #[arg(default_value = ".")]
    path: PathBuf,
}

#[derive(Debug, Args)]
struct Test {
    /// Folder whose records are edited, in memory only
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Try the rules that are part of the program, not those of the repository
    #[arg(long)]
    shipped: bool,

    /// Judge as of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Only rules whose name or pack contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

impl Policy {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        match &self.command {
            Command::List(list) => list.run(),
            Command::Test(test) => test.run(),
        }
    }
}

impl List {
    fn run(&self) -> Result<ExitCode, Failure> {
        let request = Request::new(&self.path, now()?);
        let outcome = watched(|bar| check(&request, bar))?;
        let width = outcome.rules.iter().map(|it| it.rule.len()).max();
        let width = width.unwrap_or(0);
        let mut text = String::new();
        for rule in &outcome.rules {
            let obligations = rule.obligations.join(", ");
            let _ = writeln!(
                text,
                "{:width$}  {obligations:24}  {}",
                rule.rule, rule.title
            );
        }
        for off in outcome.switched_off() {
            let (rule, why) = (tamed(&off.rule), tamed(&off.why));
            let _ = writeln!(text, "{rule:width$}  switched off in {}: {why}", off.file);
        }
        print(&text)?;
        Ok(ExitCode::from(CLEAN))
    }
}

impl Test {
    fn run(&self) -> Result<ExitCode, Failure> {
        let request = Request::new(&self.path, as_of(self.as_of.as_deref(), &self.path, None)?);
        let packs = match self.shipped {
            true => Packs::Shipped,
            false => Packs::Own,
        };
        let is_meant = |pack: &str, rule: &str| {
            self.only
                .as_ref()
                .is_none_or(|only| rule.contains(only) || pack.contains(only))
        };
        let trials = try_rules(&request, packs, is_meant)?;
        let mut text = String::new();
        let mut failed = 0;
        for trial in &trials {
            if let Some(problem) = &trial.problem {
                failed += 1;
                let (file, line) = &trial.place;
                let _ = writeln!(
                    text,
                    "{}:{line}: {} test {}: {}",
                    tamed(file),
                    tamed(&trial.rule),
                    trial.number,
                    tamed(problem)
                );
            }
        }
        let _ = writeln!(text, "{} tests, {failed} failed", trials.len());
        print(&text)?;
        Ok(ExitCode::from(if failed == 0 { CLEAN } else { FINDINGS }))
    }
}
