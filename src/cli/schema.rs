//! `probity schema`.

use std::process::ExitCode;

use clap::Args;
use probity::record::RecordKind;

use super::error::{CLEAN, Failure};
use super::terminal::print;

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// A kind of record, such as incident
    kind: String,
}

impl Schema {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let Some(kind) = RecordKind::parse(&self.kind) else {
            let names: Vec<&str> = RecordKind::all().map(RecordKind::name).collect();
            return Err(
                Failure::usage(format!("`{}` is no kind of record", self.kind))
                    .hint(format!("write one of {}", names.join(", "))),
            );
        };
        print(&format!("{:#}\n", kind.whole_schema()))?;
        Ok(ExitCode::from(CLEAN))
    }
}
