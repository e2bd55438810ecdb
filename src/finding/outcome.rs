use std::collections::BTreeMap;
use std::sync::Arc;

use super::comparison::{Change, Comparison, PoliciesFrom};
use super::duty::Duty;
use super::excerpt::Excerpt;
use super::proof::Quote;
use super::rule::Severity;
use super::tally::Counts;
use crate::document::Target;
use crate::text::{LineColumn, Span};

/// A verdict that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule broken.
    pub rule: Arc<str>,
    /// Ids of the demands it serves.
    pub obligations: Vec<String>,
    /// The controls those demands belong to.
    pub controls: Vec<String>,
    /// How much it weighs.
    pub severity: Severity,
    /// The fact, in the user's words.
    pub message: String,
    /// What to type.
    pub help: Option<String>,
    /// The text that should stand at the place instead, if it is a slip of the finger.
    pub instead: Option<String>,
    /// Where.
    pub location: Location,
    /// The record it is about; `None` for a file that could not be read as one.
    pub record: Option<RecordName>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// The times and persons that it quotes from records, with how far they are proven.
    pub quotes: Vec<Quote>,
    /// The clock behind it, if there is one.
    pub duty: Option<Box<Duty>>,
    /// The exception that accepts it: such a finding needs nobody until that ends.
    pub excepted_by: Option<String>,
    /// How it compares with the base, where a change is judged.
    pub change: Option<Change>,
    /// Identity over time, whatever lines move.
    pub fingerprint: String,
}

/// Kind and id of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordName {
    /// Such as `incident`.
    pub kind: String,
    /// Such as `INC-2025-0008`.
    pub id: String,
}

/// A place in a file, with all that is needed to show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Path relative to the root of the git repository, or of the folder checked.
    pub file: String,
    /// JSON Pointer of the node; empty for the whole record.
    pub pointer: String,
    /// The part of the node that is meant.
    pub target: Target,
    /// Where it stands; `None` when the whole file is meant.
    pub range: Option<Range>,
}

/// Where something stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Bytes from the start of the file, a byte-order mark included.
    pub span: Span,
    /// Line and column of the first character.
    pub start: LineColumn,
    /// Line and column just after the last character.
    pub end: LineColumn,
    /// The same two columns counted in bytes of UTF-8, for readers that count so.
    pub byte_columns: (u32, u32),
    /// The lines around it.
    pub excerpt: Excerpt,
}

/// A place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is to be seen there, in a few words.
    pub message: String,
    /// Where.
    pub location: Location,
}

/// Something that could not be examined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incomplete {
    /// The file or folder.
    pub file: String,
    /// Why, in a sentence.
    pub reason: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A rule that could not be judged where it applies, because a fact is absent by nature.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unevaluated {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// Which fact is absent.
    pub reason: String,
    /// On how many elements.
    pub count: usize,
}

/// The verdicts on one record, by control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordVerdicts {
    /// The file of the record.
    pub file: String,
    /// For each control, in the order of [`super::controls`].
    pub counts: Vec<Counts>,
}

/// How often a rule gave each verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSummary {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// What it reports, in one line.
    pub title: String,
    /// Why it matters.
    pub why: Option<String>,
    /// Ids of the demands it serves.
    pub obligations: Vec<String>,
    /// Ids of the demands that some of its findings name instead.
    pub sometimes: Vec<String>,
    /// The controls those demands belong to.
    pub controls: Vec<String>,
    /// Its verdicts.
    pub counts: Counts,
}

impl RuleSummary {
    /// Whether a verdict of the rule says something about a demand.
    pub fn decides(&self, demand: &str) -> bool {
        let mut all = self.obligations.iter().chain(&self.sometimes);
        all.any(|it| it == demand)
    }
}

/// A rule that weighs otherwise in this repository, or that it does not want to hear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Adjustment {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// The weight it has here; `None` for a rule that is switched off.
    pub severity: Option<Severity>,
    /// The ids of the records it is about; none for all.
    pub records: Vec<String>,
    /// Why.
    pub why: String,
    /// Who decided it, if that is said.
    pub by: Option<String>,
    /// The policy that says so.
    pub file: String,
    /// The controls that the rule serves.
    pub controls: Vec<String>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// YAML files found.
    pub yaml_files: usize,
    /// Records examined.
    pub records: usize,
    /// YAML files that are no records and lie in no record folder.
    pub ignored: usize,
    /// Files that are no YAML.
    pub other_files: usize,
    /// Symbolic links, nested repositories and the like that were passed over.
    pub skipped: usize,
    /// References followed.
    pub references: usize,
    /// Bytes of YAML read.
    pub bytes: u64,
}

/// Something passed over on purpose: its content is read elsewhere or belongs to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The path.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// All that a run found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The instant everything was judged as of, RFC 3339.
    pub as_of: String,
    /// Commit id, where there is one.
    pub revision: Option<String>,
    /// Where the git repository is found, as a URI without any name or password.
    pub repository: Option<String>,
    /// Whether the worktree differs from that commit; `None` without git.
    pub dirty: Option<bool>,
    /// Number of commits that were asked what they say; `None` if the history was left out, or
    /// cannot be read.
    pub commits: Option<usize>,
    /// SHA-256 of schemas and rules, in hexadecimal.
    pub policy_digest: String,
    /// Rules that weigh otherwise here, or are switched off, in the order of the catalogue.
    pub adjusted: Vec<Adjustment>,
    /// Whose rules and settings these are, where they are not those of the checked state.
    pub policies_from: Option<Box<PoliciesFrom>>,
    /// What needs somebody, in order of file and place.
    pub findings: Vec<Finding>,
    /// Why the exceptions that accept findings were granted, by their ids.
    pub rationales: BTreeMap<String, String>,
    /// What could not be examined.
    pub incomplete: Vec<Incomplete>,
    /// What could not be judged.
    pub unevaluated: Vec<Unevaluated>,
    /// Verdicts by rule, in the order of the catalogue.
    pub rules: Vec<RuleSummary>,
    /// Duties with their clocks, in order of their limits; empty unless they were asked for.
    pub duties: Vec<Duty>,
    /// Verdicts by record, in the order of the files; empty unless duties were asked for.
    pub verdicts: Vec<RecordVerdicts>,
    /// What was passed over on purpose.
    pub skipped: Vec<Skipped>,
    /// How much was looked at.
    pub stats: Stats,
    /// What a change does, where one is judged.
    pub comparison: Option<Box<Comparison>>,
}

impl Finding {
    /// What findings are ordered by: file and place, then what is said.
    pub fn order(&self) -> (&str, u32, u32, &str, &str, &str) {
        let range = self.location.range.as_ref();
        let span = range.map(|range| range.span).unwrap_or_default();
        (
            &self.location.file,
            span.start,
            span.end,
            &self.location.pointer,
            &self.rule,
            &self.message,
        )
    }
}

impl Outcome {
    /// Number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity && finding.excepted_by.is_none())
            .count()
    }

    /// The rules that are switched off.
    pub fn switched_off(&self) -> impl Iterator<Item = &Adjustment> {
        self.adjusted.iter().filter(|it| it.severity.is_none())
    }

    /// The findings that no exception accepts.
    pub fn in_force(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.excepted_by.is_none())
    }

    /// Whether nothing could be examined at all.
    pub fn is_empty(&self) -> bool {
        let reach = self.comparison.as_deref().map_or(0, |it| it.reach.records);
        self.stats.records + reach == 0 && self.findings.is_empty()
    }
}
