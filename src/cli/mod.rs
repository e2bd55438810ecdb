//! The command line: the only place that knows the terminal, the clock, the environment and exit
//! codes. One file per command.

mod add;
mod check;
mod clock;
mod completions;
mod due;
mod error;
mod explain;
mod file;
mod history;
mod import;
mod init;
mod lsp;
mod man;
mod metrics;
mod new;
mod package;
mod policy;
mod report;
mod rewrite;
mod sample;
mod schema;
mod set;
mod template;
mod terminal;
mod who;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use error::Failure;

/// Checks a git repository of incident and third-party records.
#[derive(Debug, Parser)]
#[command(name = "probity", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check records and say exactly what is missing or wrong.
    Check(check::Check),
    /// Write what a repository of records begins with, or an example organisation.
    Init(init::Init),
    /// Write a new record: what is needed now, and what may follow as comments.
    New(new::New),
    /// Add a party, a message, an approval or another element to a record, in place.
    Add(add::Add),
    /// Set keys of a record or of an element of it, in place.
    Set(set::Set),
    /// Turn a table from another system into incident records.
    Import(import::Import),
    /// List what is still to be done, and by when.
    Due(due::Due),
    /// Say whom to call about a system or a third party, and what may be shared.
    Who(who::Who),
    /// Tell who changed what in a record, when, and how far git proves it.
    History(history::History),
    /// List rules and try their tests.
    Policy(policy::Policy),
    /// Draw the incidents that a health check looks at, and write its record.
    Sample(sample::Sample),
    /// Count and measure what the records show, beside targets and reviews.
    Metrics(metrics::Metrics),
    /// Put together what many records say, for auditors.
    Report(report::Report),
    /// Render what will be sent to a third party, if nothing forbids it.
    Package(package::Package),
    /// Help an editor while records are written, over the language server protocol.
    Lsp(lsp::Lsp),
    /// Print the JSON Schema of a kind of record.
    Schema(schema::Schema),
    /// Explain a rule, an obligation, a control, a kind of record or a key of one.
    Explain(explain::Explain),
    /// Print what lets a shell complete commands and options.
    Completions(completions::Completions),
    /// Print the manual page of a command, or write those of all.
    Man(man::ManualPages),
}

/// Runs the command line and says how it went.
pub(crate) fn run() -> ExitCode {
    let result = match Arguments::try_parse() {
        Ok(arguments) => match arguments.command {
            Command::Check(check) => check.run(),
            Command::Init(init) => init.run(),
            Command::New(new) => new.run(),
            Command::Add(add) => add.run(),
            Command::Set(set) => set.run(),
            Command::Import(import) => import.run(),
            Command::Due(due) => due.run(),
            Command::Who(who) => who.run(),
            Command::Lsp(lsp) => lsp.run(),
            Command::Schema(schema) => schema.run(),
            Command::Explain(explain) => explain.run(),
            Command::History(history) => history.run(),
            Command::Policy(policy) => policy.run(),
            Command::Sample(sample) => sample.run(),
            Command::Metrics(metrics) => metrics.run(),
            Command::Report(report) => report.run(),
            Command::Package(package) => package.run(),
            Command::Completions(completions) => completions.run(),
            Command::Man(pages) => pages.run(),
        },
        Err(error) => Err(Failure::from(error)),
    };
    match result {
        Ok(code) => code,
        Err(failure) => error::report(&failure),
    }
}
