//! `probity report`.

mod audit;
mod incident;
mod options;
mod pr;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Failure;

#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(subcommand)]
    report: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// Everything an auditor asks: conclusions, population, registers, questions with answers.
    Audit(audit::AuditArguments),
    /// The file on one incident: who was told what, by when, under whose approval, with what proof.
    Incident(incident::IncidentArguments),
    /// What a change means, for a comment on its pull request.
    Pr(pr::PrArguments),
}

impl Report {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        match &self.report {
            Which::Audit(arguments) => arguments.run(),
            Which::Incident(arguments) => arguments.run(),
            Which::Pr(arguments) => arguments.run(),
        }
    }
}
