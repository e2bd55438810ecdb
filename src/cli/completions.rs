//! `probity completions`.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::Arguments;
use super::error::{CLEAN, Failure};
use super::terminal::print;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let mut script = Vec::new();
        generate(
            self.shell,
            &mut Arguments::command(),
            "probity",
            &mut script,
        );
        print(&String::from_utf8_lossy(&script))?;
        Ok(ExitCode::from(CLEAN))
    }
}
