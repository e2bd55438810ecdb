//! `probity man`.

mod markdown;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::Arguments;
use super::error::{CLEAN, Failure};
use super::file::write_file;
use super::terminal::print;

#[derive(Debug, Args)]
pub(crate) struct ManualPages {
    /// The command, such as `check` or `report audit`; without it the page of the program
    command: Vec<String>,

    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    to: Option<PathBuf>,

    /// Print all commands with their options as one page of Markdown instead
    #[arg(long, conflicts_with_all = ["command", "to"])]
    markdown: bool,
}

impl ManualPages {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let mut program = Arguments::command();
        program.build();
        match &self.to {
            Some(folder) => write_all(&program, folder)?,
            None if self.markdown => print(&markdown::page(&program))?,
            None => print(&page(&self.find(&program)?)?)?,
        }
        Ok(ExitCode::from(CLEAN))
    }

    fn find(&self, program: &Command) -> Result<Command, Failure> {
        let mut at = program;
        for name in &self.command {
            at = at.find_subcommand(name).ok_or_else(|| {
                Failure::usage(format!("`{name}` is no command of `{}`", called(at)))
                    .hint(format!("`{} --help` lists its commands", called(at)))
            })?;
        }
        Ok(at.clone())
    }
}

/// The pages of a command and of all below it.
fn write_all(command: &Command, folder: &Path) -> Result<(), Failure> {
    let file = format!("{}.1", called(command).replace(' ', "-"));
    write_file(&folder.join(file), &page(command)?)?;
    let commands = command.get_subcommands();
    commands
        .filter(|it| it.get_name() != "help" && !it.is_hide_set())
        .try_for_each(|it| write_all(it, folder))
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let source = concat!("probity ", env!("CARGO_PKG_VERSION"));
    let rendered = Man::new(command.clone()).source(source).render(&mut page);
    rendered.map_err(|error| Failure::machine(format!("the page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// The command as it is typed.
fn called(command: &Command) -> &str {
    command.get_bin_name().unwrap_or(command.get_name())
}
