//! `probity report incident`.

use std::process::ExitCode;

use clap::Args;
use probity::engine::{Examined, examine};
use probity::finding::Proofs;
use probity::record::{Record, RecordKind};
use probity::report::{
    Filed, Filing, IncidentError, IncidentPapers, Sort, files_of, incident_report,
};

use super::options::{PaperOptions, read_filed};
use crate::cli::error::Failure;
use crate::cli::terminal::watched;

#[derive(Debug, Args)]
pub(crate) struct IncidentArguments {
    /// The incident, such as INC-2025-0003
    id: String,

    #[command(flatten)]
    options: PaperOptions,
}

impl IncidentArguments {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let options = &self.options;
        let ground = &options.ground;
        let request = ground.request()?;
        let Examined {
            outcome,
            registry,
            taken,
            ..
        } = watched(|bar| {
            examine(&request, bar, |file, record, proofs| {
                let is_it = record.kind == RecordKind::Incident && record.id == self.id;
                Some((Filing::of(file, record), is_it.then(proofs)))
            })
        })?;
        ground.refuse_nothing(&outcome)?;
        let (filings, proofs): (Vec<Filing>, Vec<Option<Proofs>>) = taken.into_iter().unzip();
        let (incident, packages) = files_of(&self.id, &filings).map_err(refused)?;
        let proofs = filings
            .iter()
            .zip(proofs)
            .find(|(it, _)| it.file == incident);
        let proofs = proofs.and_then(|(_, proofs)| proofs).unwrap_or_default();
        let source = ground.source()?;
        let incident = read_filed(&source, incident)?;
        let packages: Result<Vec<Filed>, Failure> = packages
            .into_iter()
            .map(|file| read_filed(&source, file))
            .collect();
        let packages = packages?;
        let own: Vec<(&str, &Record)> = std::iter::once(&incident)
            .chain(&packages)
            .map(|it| (it.file.as_str(), &it.record))
            .collect();
        let papers = IncidentPapers {
            history: ground.history(&source, &registry, &own, None),
            incident,
            packages,
            proofs,
        };
        let report = incident_report(&outcome, &registry, &papers);
        options.write(Sort::Incident, &report, &outcome)
    }
}

fn refused(error: IncidentError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match error {
        IncidentError::Unknown {
            near: Some(near), ..
        } => failure.hint(format!("did you mean `{near}`?")),
        IncidentError::Unknown { .. } => {
            failure.hint("an incident is a record of `kind: incident`; write its `id:`")
        }
        IncidentError::Other { .. } => failure.hint("write the `id:` of an incident"),
    }
}
