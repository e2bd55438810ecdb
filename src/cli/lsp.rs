//! `probity lsp`.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use probity::lsp::serve;

use super::clock::as_of;
use super::error::Failure;

#[derive(Debug, Args)]
pub(crate) struct Lsp {
    /// Judge as of this date (its end, UTC) or time [default: now, whenever something changes]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Talk over standard input and output, which is the only way there is
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Lsp {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let given = self.as_of.clone();
        let at = |given: Option<&str>| as_of(given, Path::new("."), None);
        let begin = at(given.as_deref())?;
        let now = move || at(given.as_deref()).unwrap_or(begin);
        Ok(serve(BufReader::new(io::stdin()), io::stdout(), now).into())
    }
}
