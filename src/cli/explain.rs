//! `probity explain`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use probity::engine::{Request, check_keeping};
use probity::manual::explain;
use probity::policy::Catalogue;

use super::clock::now;
use super::error::{CLEAN, Failure};
use super::terminal::{Color, look, print, watched};

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A rule, an obligation, a control such as ir-6-3 or IR-6(3), a kind of record such as
    /// incident, or a key of one such as incident.parties.decision
    subject: String,

    /// Folder whose own rules are explained as well
    path: Option<PathBuf>,
}

impl Explain {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let found = match &self.path {
            Some(path) => explain(&self.subject, &with_rules_of(path)?),
            None => explain(&self.subject, Catalogue::shipped()),
        };
        match found {
            Ok(page) => {
                print(&page.plain(look(Color::Never).width))?;
                Ok(ExitCode::from(CLEAN))
            }
            Err(unknown) => {
                let hint = match &unknown.near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`probity policy list` shows the names of all rules".to_owned(),
                };
                Err(Failure::usage(unknown.to_string()).hint(hint))
            }
        }
    }
}

/// The shipped rules together with those of a repository.
fn with_rules_of(path: &Path) -> Result<Catalogue, Failure> {
    let request = Request::new(path, now()?);
    let (_, registry) = watched(|bar| check_keeping(&request, bar))?;
    Ok(Catalogue::of(&registry))
}
