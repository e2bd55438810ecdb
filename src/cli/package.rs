//! `probity package`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use probity::author::package::{
    Approvals, Case, Chosen, Judgement, Letter, Paper, choose, judge, render, shipped_template,
    template_path,
};
use probity::author::write_atomically;
use probity::clock::Instant;
use probity::document::{Limits, NodeRef};
use probity::engine::{Examined, Leaving, Request, examine};
use probity::finding::{Builtin, Outcome, Severity};
use probity::output::tamed;
use probity::policy::Catalogue;
use probity::record::{Reading, Record, RecordKind, read_record};
use probity::template::{Format, Template};
use probity::text::{LineIndex, Span, closest};

use super::clock::as_of;
use super::error::{CLEAN, FINDINGS, Failure, with_causes};
use super::template::found_template;
use super::terminal::{print, watched};

#[derive(Debug, Args)]
pub(crate) struct Package {
    /// The incident, by its id
    incident: String,

    /// Folder of the records
    #[arg(default_value = ".")]
    path: PathBuf,

    /// The third party that will get it, by its id
    #[arg(long, value_name = "PARTY")]
    to: String,

    /// Format of the text
    #[arg(long, value_enum, default_value_t = FormatName::Markdown)]
    format: FormatName,

    /// Write the text to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// As of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Read a git revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// For portals and tickets
    Markdown,
    /// For mails
    Text,
    /// For browsers and printers
    Html,
}

impl FormatName {
    const fn format(self) -> Format {
        match self {
            Self::Markdown => Format::Markdown,
            Self::Text => Format::Text,
            Self::Html => Format::Html,
        }
    }
}

/// What is taken from the records: the ids of incidents, and the records of the one asked for.
enum Taken {
    Incident(Paper),
    Package(Paper),
    Other(String),
}

/// Something that keeps a package here.
struct Refusal {
    place: String,
    severity: Severity,
    name: String,
    message: String,
    help: String,
}

impl Package {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let as_of = as_of(self.as_of.as_deref(), &self.path, self.rev.as_deref())?;
        let request = Request {
            revision: self.rev.as_deref(),
            ..Request::new(&self.path, as_of)
        };
        let examined =
            watched(|bar| examine(&request, bar, |path, record, _| self.take(path, record)))?;
        let Examined {
            outcome,
            registry,
            taken,
            ..
        } = examined;
        let (incident, packages) = self.papers(taken, &outcome)?;
        let case = Case {
            registry: &registry,
            incident: &incident,
            packages: &packages,
            as_of,
        };
        let chosen = choose(&case, &self.to)
            .map_err(|error| Failure::usage(error.to_string()).hint(error.hint()))?;
        let judgement = judge(&case, &chosen);
        let template = self.template()?;
        let refusals = refusals(&case, &chosen, &judgement, &outcome, &template);
        let is_refused = refusals.iter().any(|it| it.severity == Severity::Error);
        let letter = Letter::new(&case, &chosen, &judgement);
        let text = match is_refused {
            true => String::new(),
            // Also where it goes nowhere: a template that cannot be used is told in any case.
            false => render(&letter, self.format.format(), &template)
                .map_err(|error| Failure::usage(error.to_string()).hint(error.help))?,
        };
        let told = told(&case, &chosen, &judgement, &letter, &refusals, is_refused);
        let _ = std::io::stderr().lock().write_all(tamed(&told).as_bytes());
        if is_refused {
            return Ok(ExitCode::from(FINDINGS));
        }
        match &self.output {
            Some(file) => write(file, &text)?,
            None => print(&text)?,
        }
        Ok(ExitCode::from(CLEAN))
    }

    fn take(&self, path: &str, record: &Record) -> Option<Taken> {
        let paper = || {
            let bytes = record.tree.source().as_bytes().to_vec();
            match read_record(path, bytes, &Limits::default()) {
                Reading::Record(mut again) => {
                    // The path as reported may promise another id than the one below the records.
                    again.id.clone_from(&record.id);
                    again.incident.clone_from(&record.incident);
                    Some(Paper {
                        path: path.to_owned(),
                        record: again,
                    })
                }
                _ => None,
            }
        };
        match record.kind {
            RecordKind::Incident if record.id == self.incident => paper().map(Taken::Incident),
            RecordKind::Incident => Some(Taken::Other(record.id.clone())),
            RecordKind::Package if record.incident.as_deref() == Some(&self.incident) => {
                paper().map(Taken::Package)
            }
            _ => None,
        }
    }

    fn papers(&self, taken: Vec<Taken>, outcome: &Outcome) -> Result<(Paper, Vec<Paper>), Failure> {
        let (mut incident, mut packages, mut others) = (None, Vec::new(), Vec::new());
        for it in taken {
            match it {
                Taken::Incident(paper) => incident = incident.or(Some(paper)),
                Taken::Package(paper) => packages.push(paper),
                Taken::Other(id) => others.push(id),
            }
        }
        // What could not be read may be the newest version.
        let folder = format!("incidents/{}/", self.incident);
        let is_of_it =
            |file: &str| file.starts_with(&folder) || file.contains(&format!("/{folder}"));
        let is_read = |file: &str| {
            incident
                .iter()
                .chain(&packages)
                .any(|paper: &Paper| paper.path == file)
        };
        let mut unread = outcome
            .findings
            .iter()
            .filter(|it| {
                Builtin::ALL
                    .iter()
                    .any(|rule| rule.is_precondition() && rule.name() == &*it.rule)
            })
            .map(|it| it.location.file.as_str())
            .chain(outcome.incomplete.iter().map(|it| it.file.as_str()))
            .filter(|file| is_of_it(file) && !is_read(file));
        if let Some(file) = unread.next() {
            let message =
                format!("{file} cannot be read as a record, and may be the newest version");
            return Err(Failure::machine(message)
                .hint("mend it first: `probity check` says what is wrong with it"));
        }
        match incident {
            Some(incident) => Ok((incident, packages)),
            None => {
                let failure = Failure::usage(format!("there is no incident `{}`", self.incident));
                Err(
                    match closest(&self.incident, others.iter().map(String::as_str)) {
                        Some(near) => failure.hint(format!("did you mean `{near}`?")),
                        None => failure
                            .hint("name a record of `incidents/` by its id, such as INC-2025-0003"),
                    },
                )
            }
        }
    }

    /// The template beside the records, else the one that comes with the program.
    fn template(&self) -> Result<Template, Failure> {
        let format = self.format.format();
        let shipped = shipped_template(format);
        found_template(
            &self.path,
            self.rev.as_deref(),
            template_path(format),
            shipped,
        )
    }
}

/// Everything that keeps the package here, and what is worth a look.
fn refusals(
    case: &Case<'_>,
    chosen: &Chosen<'_>,
    judgement: &Judgement,
    outcome: &Outcome,
    template: &Template,
) -> Vec<Refusal> {
    let package = chosen.package;
    let mut refusals: Vec<Refusal> = shape(case, chosen, outcome);
    refusals.extend(judgement.objections.iter().map(|it| Refusal {
        place: it.place.as_ref().map_or_else(String::new, |(file, span)| {
            let papers = [case.incident, package];
            let paper = papers.into_iter().find(|paper| paper.path == *file);
            paper.map_or_else(|| file.clone(), |paper| place(paper, *span))
        }),
        severity: Severity::Error,
        name: it.demand.to_owned(),
        message: it.message.clone(),
        help: it.help.clone(),
    }));
    let catalogue = Catalogue::of(case.registry);
    let leaving = Leaving::new(case.registry, &catalogue);
    let values = sent_values(chosen.message);
    let incident = &case.incident.record;
    let of_package = leaving.in_package(&package.record, chosen.message);
    let of_message = leaving.in_values(&values, &package.record, incident, chosen.message);
    let of_package = of_package
        .into_iter()
        .map(|it| (place(package, it.span), it));
    let of_message = of_message
        .into_iter()
        .map(|it| (place(case.incident, it.span), it));
    let of_template = match template.is_shipped() {
        true => Vec::new(),
        false => leaving.in_frame(&template.path, &template.text),
    };
    let of_template = of_template.into_iter().map(|it| {
        let line = LineIndex::new(&template.text).locate(it.span.start);
        (
            format!("{}:{}:{}", template.path, line.line, line.column),
            it,
        )
    });
    let caught = of_package.chain(of_message).chain(of_template);
    refusals.extend(caught.map(|(place, it)| Refusal {
        place,
        severity: it.severity,
        name: it.rule.to_owned(),
        message: it.message,
        help: it.help,
    }));
    refusals.sort_by_key(|it| std::cmp::Reverse(it.severity));
    refusals
}

/// Errors of shape and of references in what is sent: what cannot be read cannot be judged.
fn shape(case: &Case<'_>, chosen: &Chosen<'_>, outcome: &Outcome) -> Vec<Refusal> {
    let is_shape = |rule: &str| {
        matches!(
            rule,
            "unknown-key"
                | "wrong-type"
                | "value-not-listed"
                | "wrong-format"
                | "duplicate-local-id"
        )
    };
    let message = chosen.message.map(NodeRef::pointer);
    let is_sent = |file: &str, pointer: &str| {
        file == chosen.package.path
            || file == case.incident.path
                && message.as_deref().is_some_and(|message| {
                    let below = pointer.strip_prefix(message);
                    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                })
    };
    let found = outcome.findings.iter().filter(|finding| {
        finding.severity == Severity::Error
            && is_shape(&finding.rule)
            && is_sent(&finding.location.file, &finding.location.pointer)
    });
    found
        .map(|finding| {
            let start = finding.location.range.as_ref().map(|range| range.start);
            let line = start.map(|it| format!(":{}:{}", it.line, it.column));
            Refusal {
                place: format!("{}{}", finding.location.file, line.unwrap_or_default()),
                severity: finding.severity,
                name: finding.rule.to_string(),
                message: finding.message.clone(),
                help: finding.help.clone().unwrap_or_default(),
            }
        })
        .collect()
}

/// What of a message is put into the text.
fn sent_values(message: Option<NodeRef<'_>>) -> Vec<NodeRef<'_>> {
    let Some(message) = message else {
        return Vec::new();
    };
    let redactions = message
        .list_of("redactions")
        .flat_map(|it| [it.get("removed"), it.get("why")]);
    let others = [
        message.get("none_because_redactions"),
        message.get("case"),
        message.get("to").and_then(|to| to.get("name")),
    ];
    redactions.chain(others).flatten().collect()
}

fn place(paper: &Paper, span: Span) -> String {
    let start = LineIndex::new(paper.record.tree.source()).locate(span.start);
    format!("{}:{}:{}", paper.path, start.line, start.column)
}

/// What was done, and what is missing, for the one who asked.
fn told(
    case: &Case<'_>,
    chosen: &Chosen<'_>,
    judgement: &Judgement,
    letter: &Letter,
    refusals: &[Refusal],
    is_refused: bool,
) -> String {
    let (incident, package) = (&case.incident.record.id, &chosen.package.record.id);
    let (party, category) = (chosen.party.text_of("id"), chosen.category);
    let mut lines = vec![match is_refused {
        true => format!(
            "refused: {package} of {incident} may not go to {party} ({category}) as it is\n"
        ),
        false => format!("{package} of {incident} for {party} ({category})"),
    }];
    for refusal in refusals {
        let place = match refusal.place.as_str() {
            "" => String::new(),
            place => format!("{place}: "),
        };
        let (severity, name) = (refusal.severity, &refusal.name);
        lines.push(format!("{place}{severity}[{name}]: {}", refusal.message));
        if !refusal.help.is_empty() {
            lines.push(format!("  help: {}", refusal.help));
        }
    }
    if !is_refused {
        match &judgement.approvals {
            Some(approvals) => {
                lines.extend(awaited(approvals, letter.banner.is_some(), case.as_of));
            }
            None => lines.push("approvals: nobody can say".to_owned()),
        }
    }
    let notes = judgement.notes.iter().chain(&letter.notes);
    lines.extend(notes.map(|note| format!("note: {note}")));
    lines.join("\n") + "\n"
}

/// The approvals, in lines.
fn awaited(approvals: &Approvals, is_draft: bool, as_of: Instant) -> Vec<String> {
    let mut lines = Vec::new();
    let missing = &approvals.missing;
    for asked in missing {
        let roles: Vec<String> = asked
            .roles
            .iter()
            .map(|(role, holders)| format!("`{role}`, {}", held(holders)))
            .collect();
        let rules = asked.rules.join(", ");
        lines.push(format!(
            "approval missing: {} (rule {rules})",
            roles.join("; or ")
        ));
        for (role, after, holders) in &asked.deputies {
            let held = held(holders);
            lines.push(format!("  if out of reach for {after}: `{role}`, {held}"));
        }
    }
    for it in &approvals.discounted {
        lines.push(format!("approval does not count: {}: {}", it.by, it.why));
    }
    if !approvals.standing.is_empty() {
        let rules = approvals.standing.join(", ");
        lines.push(format!("pre-authorised by rule {rules}"));
    }
    if missing.is_empty() && !is_draft {
        lines.push(format!("approved: no approval is missing as of {as_of}"));
    } else if missing.is_empty() {
        lines.push(
            "no approval is missing for this class; a message has to be written first".to_owned(),
        );
    }
    lines
}

fn held(holders: &[String]) -> String {
    match holders {
        [] => "held by nobody now".to_owned(),
        holders => format!("now {}", holders.join(" or ")),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let message = format!("cannot write {}: there is no such folder", file.display());
        let hint = format!("create it first: `mkdir -p {}`", folder.display());
        return Err(Failure::machine(message).hint(hint));
    }
    write_atomically(file, text.as_bytes()).map_err(|error| Failure::machine(with_causes(&error)))
}
