//! `probity init`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use probity::author::init::{Example, InitError, write_example};
use probity::output::tamed;

use super::error::{CLEAN, Failure, with_causes};
use super::terminal::print;

/// When the last record of the example was written, and everything in it is in order.
const NOON: &str = "2025-06-20T12:00:00Z";

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// New or empty folder for the example organisation Larkfield Health
    #[arg(long, value_name = "FOLDER")]
    example: PathBuf,
}

impl Init {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let example = write_example(&self.example).map_err(|error| refused(&error))?;
        print(&self.told(&example))?;
        Ok(ExitCode::from(CLEAN))
    }

    fn told(&self, example: &Example) -> String {
        let folder = tamed(&self.example.display().to_string());
        let quoted = match folder.contains(char::is_whitespace) {
            true => format!("'{folder}'"),
            false => folder.clone(),
        };
        let Example {
            commits,
            authors,
            files,
            ..
        } = example;
        let mut text = format!(
            "wrote the example organisation Larkfield Health to {folder}\n\n  \
             {files} files, {commits} commits by {authors} people, the last one {}\n\n\
             Everything is in order as of {NOON}. Try:\n",
            &example.head[..12.min(example.head.len())]
        );
        for command in ["check", "due"] {
            let _ = writeln!(text, "  probity {command} {quoted} --as-of {NOON}");
        }
        let _ = writeln!(text, "  git -C {quoted} log --graph --stat");
        if let Some(around) = &example.inside {
            let around = tamed(&around.display().to_string());
            let _ = writeln!(
                text,
                "note: the folder lies in the repository {around}; do not commit it there"
            );
        }
        text
    }
}

fn refused(error: &InitError) -> Failure {
    let message = with_causes(error);
    match error {
        InitError::NotEmpty { .. } | InitError::NotAFolder { .. } => {
            Failure::usage(message).hint("name a folder that does not exist yet")
        }
        InitError::Io { .. } | InitError::Git { .. } | InitError::Script(_) => {
            Failure::machine(message)
        }
    }
}
