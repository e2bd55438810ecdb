//! `probity explain`.

use std::process::ExitCode;

use clap::Args;
use probity::manual::explain;
use probity::policy::Catalogue;

use super::error::{CLEAN, Failure};
use super::terminal::{Color, look, print};

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A rule, an obligation, a control such as ir-6-3 or IR-6(3), a kind of record such as
    /// incident, or a key of one such as incident.parties.decision
    subject: String,
}

impl Explain {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        match explain(&self.subject, Catalogue::shipped()) {
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
