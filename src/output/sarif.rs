//! SARIF 2.1.0, for code scanning and for viewers of static analysis.
//!
//! Every rule of the run is described, also those without a result, so that a clean run says what
//! it looked for. What an exception accepts is a suppressed result; what could not be examined makes
//! the invocation unsuccessful. No text of a file is quoted beyond what messages say.

mod model;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use model::{
    ArtifactChange, ArtifactLocation, AutomationDetails, BaseReference, Configuration, Content,
    Driver, Fix, Invocation, Location, Log, LogicalLocation, Message, Notification, Override,
    PhysicalLocation, Reference, Region, Replacement, ResultProperties, Rule, Run, RunProperties,
    SarifResult, Suppression, Tags, Tool, UriBase, VersionControlDetails,
};

use super::change::{before, compared_with, judged_by, notes};
use super::json::pretty;
use super::{FIRST_STEP, adjusted, fact, sentences, summary};
use crate::finding::{
    Change, Finding, Location as Place, Outcome, RecordName, RuleSummary, Severity, Status,
    obligation,
};

const ROOT: &str = "%SRCROOT%";

/// The name of our fingerprint; a new way to make it would be version 2.
const FINGERPRINT: &str = "probityFinding/v1";

/// Most tags of a rule that GitHub takes.
const MOST_TAGS: usize = 20;

const NOT_EXAMINED: &str = "not-examined";
const NOT_EVALUATED: &str = "not-evaluated";
const ADJUSTED: &str = "adjusted-rule";
const ALTERED: &str = "altered-by-the-change";

/// What stays as it is in the path of a relative URI. A colon does not: in the first name it would
/// make a scheme of what stands before it.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn render(outcome: &Outcome) -> String {
    let indexes: BTreeMap<&str, usize> =
        outcome.rules.iter().map(|it| &*it.rule).zip(0..).collect();
    let fixed = outcome.comparison.iter().flat_map(|it| &it.fixed);
    let findings = outcome.findings.iter().chain(fixed);
    let results = findings.map(|it| result(it, outcome, &indexes)).collect();
    let (found, examined) = summary(outcome);
    let base = UriBase {
        description: said("the root of the git repository, or else the folder of the records"),
    };
    let run = Run {
        tool: Tool {
            driver: driver(outcome),
        },
        automation_details: AutomationDetails {
            id: "probity/check".to_owned(),
            description: said(&format!("records as of {}", outcome.as_of)),
        },
        invocations: [invocation(outcome, &indexes)],
        version_control_provenance: provenance(outcome),
        original_uri_base_ids: BTreeMap::from([(ROOT, base)]),
        column_kind: "unicodeCodePoints",
        results,
        properties: RunProperties {
            as_of: &outcome.as_of,
            policy_digest: &outcome.policy_digest,
            found,
            examined,
            dirty: outcome.dirty,
            compared: compared_with(outcome),
            judged_by: judged_by(outcome),
        },
    };
    pretty(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    })
}

fn driver(outcome: &Outcome) -> Driver<'_> {
    let notification = |id, short: &str, full: &str| Rule {
        id,
        short_description: said(short),
        full_description: said(full),
        // GitHub wants it of every descriptor.
        help: said(full),
        default_configuration: None,
        properties: None,
    };
    Driver {
        name: "Probity",
        full_name: concat!("Probity ", env!("CARGO_PKG_VERSION")),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: outcome.rules.iter().map(rule).collect(),
        notifications: vec![
            notification(
                NOT_EXAMINED,
                "Not examined",
                "Something could not be read or examined; nothing is said about it.",
            ),
            notification(
                NOT_EVALUATED,
                "Not evaluated",
                "A rule could not be judged where it applies, because a fact is absent.",
            ),
            notification(
                ADJUSTED,
                "Adjusted rule",
                "The repository switches a rule off, or gives it another weight.",
            ),
            notification(
                ALTERED,
                "Altered by the change",
                "The change removes a record, or alters a rule or setting it is judged by.",
            ),
        ],
    }
}

fn rule(summary: &RuleSummary) -> Rule<'_> {
    let demands: Vec<_> = summary
        .obligations
        .iter()
        .filter_map(|id| obligation(id))
        .collect();
    let weight = demands.iter().map(|it| it.severity(Status::Closed)).max();
    let why = summary.why.as_deref().unwrap_or(&summary.title);
    let mut text = format!("{why}\n");
    let mut markdown = format!("{why}\n");
    for demand in &demands {
        let (id, title, controls) = (&demand.id, &demand.title, demand.controls.join(", "));
        let _ = write!(text, "\nServes {id}: {title} ({controls})");
        let _ = write!(markdown, "\n- serves **{id}**: {title} ({controls})");
    }
    let more = format!("\n\nMore: `probity explain {}`", summary.rule);
    text.push_str(&more);
    markdown.push_str(&more);
    let tags = summary.obligations.iter().chain(&summary.controls);
    Rule {
        id: &summary.rule,
        short_description: said(&summary.title),
        full_description: said(why),
        help: Message {
            text,
            markdown: Some(markdown),
        },
        default_configuration: Some(Configuration {
            level: level(weight.unwrap_or(Severity::Error)),
        }),
        properties: Some(Tags {
            tags: tags.take(MOST_TAGS).map(String::as_str).collect(),
        }),
    }
}

fn invocation<'a>(outcome: &'a Outcome, indexes: &BTreeMap<&str, usize>) -> Invocation<'a> {
    let reference = |rule: &'a str| Reference {
        id: rule,
        index: indexes.get(rule).copied(),
    };
    // An override holds for a rule as a whole.
    let general = outcome.adjusted.iter().filter(|it| it.records.is_empty());
    let overrides = general.filter_map(|it| {
        Some(Override {
            configuration: Configuration {
                level: level(it.severity?),
            },
            descriptor: reference(&it.rule),
        })
    });
    let mut executed: Vec<Notification<'a>> = Vec::new();
    for gap in &outcome.incomplete {
        let help = gap.help.as_deref();
        executed.push(Notification {
            locations: vec![whole(&gap.file)],
            ..notification(NOT_EXAMINED, "error", &sentences(&gap.reason, help))
        });
    }
    if outcome.is_empty() {
        let text = sentences(
            "there is nothing to examine: no record was found",
            Some(FIRST_STEP),
        );
        executed.push(notification(NOT_EXAMINED, "error", &text));
    }
    for gap in &outcome.unevaluated {
        let checks = super::counted(gap.count, "check", "checks");
        let text = sentences(&format!("{checks}, because {}", gap.reason), None);
        executed.push(Notification {
            associated_rule: Some(reference(&gap.rule)),
            ..notification(NOT_EVALUATED, "note", &text)
        });
    }
    let adjustments = outcome.adjusted.iter().map(|it| {
        let (what, words) = adjusted(it);
        notification(ADJUSTED, "warning", &format!("{what} {words}"))
    });
    let altered = notes(outcome).into_iter();
    let altered =
        altered.map(|(what, words)| notification(ALTERED, "warning", &format!("{what} {words}")));
    Invocation {
        execution_successful: outcome.incomplete.is_empty() && !outcome.is_empty(),
        rule_configuration_overrides: overrides.collect(),
        tool_execution_notifications: executed,
        tool_configuration_notifications: adjustments.chain(altered).collect(),
    }
}

fn notification<'a>(id: &'static str, level: &'static str, text: &str) -> Notification<'a> {
    Notification {
        descriptor: Reference { id, index: None },
        level,
        message: said(text),
        associated_rule: None,
        locations: Vec::new(),
    }
}

fn provenance(outcome: &Outcome) -> Vec<VersionControlDetails<'_>> {
    let known = outcome
        .repository
        .as_deref()
        .zip(outcome.revision.as_deref());
    known
        .map(|(repository_uri, revision_id)| VersionControlDetails {
            repository_uri,
            revision_id,
            mapped_to: BaseReference { uri_base_id: ROOT },
        })
        .into_iter()
        .collect()
}

fn result<'a>(
    finding: &'a Finding,
    outcome: &Outcome,
    indexes: &BTreeMap<&str, usize>,
) -> SarifResult<'a> {
    let accepted = finding.excepted_by.iter();
    SarifResult {
        rule_id: &finding.rule,
        rule_index: indexes.get(&*finding.rule).copied(),
        level: level(finding.severity),
        message: said(&sentences(&fact(finding), finding.help.as_deref())),
        locations: [location(&finding.location, finding.record.as_ref())],
        related_locations: finding
            .related
            .iter()
            .zip(1..)
            .map(|(related, id)| Location {
                id: Some(id),
                message: Some(said(&related.message)),
                ..location(&related.location, None)
            })
            .collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
        baseline_state: finding.change.as_ref().map(|change| match change {
            Change::New => "new",
            Change::Unchanged => "unchanged",
            Change::Changed(_) => "updated",
            Change::Fixed => "absent",
        }),
        suppressions: accepted.map(|id| suppression(id, outcome)).collect(),
        fixes: finding.instead.iter().map(|it| fix(finding, it)).collect(),
        properties: ResultProperties {
            obligations: &finding.obligations,
            controls: &finding.controls,
            before: before(finding),
        },
    }
}

fn fix<'a>(finding: &Finding, instead: &'a str) -> Fix<'a> {
    Fix {
        artifact_changes: [ArtifactChange {
            artifact_location: artifact(&finding.location.file),
            replacements: [Replacement {
                deleted_region: region(&finding.location),
                inserted_content: Content { text: instead },
            }],
        }],
    }
}

fn suppression(exception: &str, outcome: &Outcome) -> Suppression {
    let justification = match outcome.rationales.get(exception) {
        Some(rationale) => format!("{exception}: {rationale}"),
        None => exception.to_owned(),
    };
    Suppression {
        kind: "external",
        status: "accepted",
        justification,
    }
}

fn location(place: &Place, record: Option<&RecordName>) -> Location {
    let logical = record.map(|record| LogicalLocation {
        fully_qualified_name: format!("{}#{}", record.id, place.pointer),
        kind: match (place.pointer.as_str(), place.target.as_str()) {
            ("", _) => "object",
            (_, "value") => "value",
            _ => "property",
        },
    });
    let file = whole(&place.file);
    Location {
        physical_location: PhysicalLocation {
            region: Some(region(place)),
            ..file.physical_location
        },
        logical_locations: logical.into_iter().collect(),
        ..file
    }
}

/// Where something is; GitHub refuses what has no line, so that a file as a whole is its first.
fn region(place: &Place) -> Region {
    match &place.range {
        Some(range) => Region {
            start_line: range.start.line,
            start_column: Some(range.start.column),
            end_line: Some(range.end.line),
            end_column: Some(range.end.column),
        },
        None => Region {
            start_line: 1,
            start_column: None,
            end_line: None,
            end_column: None,
        },
    }
}

/// A file by its place in the repository; the root, if it has no name.
fn artifact(file: &str) -> ArtifactLocation {
    let uri = match file {
        "" => ".".to_owned(),
        file => utf8_percent_encode(file, PATH).to_string(),
    };
    ArtifactLocation {
        uri,
        uri_base_id: ROOT,
    }
}

/// A file as a whole.
fn whole(file: &str) -> Location {
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(file),
            region: None,
        },
        logical_locations: Vec::new(),
        message: None,
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A message that readers take as it is: `{0}` would be a place to fill in, and `[a](b)` a link.
fn said(text: &str) -> Message {
    let mut literal = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '(' if before == ']' => {
                literal.truncate(literal.len() - 1);
                literal.push_str("\\](");
            }
            c if before == '{' && c.is_ascii_digit() => {
                literal.push('{');
                literal.push(c);
            }
            c => literal.push(c),
        }
        before = c;
    }
    Message {
        text: literal,
        markdown: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_relative_uris() {
        let uri = |file| artifact(file).uri;
        assert_eq!(
            uri("incidents/INC-1/incident.yaml"),
            "incidents/INC-1/incident.yaml"
        );
        assert_eq!(uri("a b/50%#ü.yaml"), "a%20b/50%25%23%C3%BC.yaml");
        assert_eq!(uri("c:x.yaml"), "c%3Ax.yaml");
        assert_eq!(uri(""), ".");
    }

    #[test]
    fn a_message_is_neither_link_nor_template() {
        assert_eq!(
            said("see [here](https://x) {0} {a}").text,
            "see [here\\](https://x) {{0} {a}"
        );
    }
}
