//! From an outcome to bytes: one file per format.
//!
//! Outputs see an [`Outcome`] and nothing else: no tree, no file, no terminal. Each escapes what
//! records say for its own reader, and each is the same for the same outcome. A machine format is
//! a contract of its own, written out field by field, never a dump of our structures.

mod change;
mod checkstyle;
mod concise;
mod due;
mod github;
mod github_summary;
mod gitlab;
mod human;
mod json;
mod junit;
mod rdjson;
mod rows;
mod sarif;
mod xml;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

pub use due::{DueFormat, Span, render_due};
pub use json::pretty as render_json;
pub use rows::render_json_rows;

use crate::finding::{Adjustment, Finding, Outcome, Severity};

/// A format that an outcome can be rendered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Snippets with carets, for people.
    Human,
    /// One line for each finding.
    Concise,
    /// The contract for machines, version 1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Commands of GitHub workflows that annotate lines.
    Github,
    /// Markdown for the summary of a GitHub job, or for a comment.
    GithubSummary,
    /// The code quality report of GitLab.
    Gitlab,
    /// `JUnit` XML, for everything that shows tests.
    Junit,
    /// Checkstyle XML, for review bots.
    Checkstyle,
    /// The format of reviewdog, for review bots.
    Rdjson,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::GithubSummary,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
    ];

    /// The name used on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::GithubSummary => "github-summary",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjson => "rdjson",
        }
    }

    /// How files of it end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Human | Self::Concise | Self::Github => "txt",
            Self::Json | Self::Gitlab | Self::Rdjson => "json",
            Self::Sarif => "sarif",
            Self::GithubSummary => "md",
            Self::Junit | Self::Checkstyle => "xml",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt.write_str(self.name())
    }
}

/// How text for people is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether to use colours.
    pub has_color: bool,
    /// Whether to draw with box characters rather than ASCII.
    pub has_unicode: bool,
    /// Columns to fit into.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            has_color: false,
            has_unicode: true,
            width: 100,
        }
    }
}

/// Renders an outcome.
pub fn render(outcome: &Outcome, format: Format, look: Look) -> String {
    match format {
        Format::Human => human::render(outcome, look),
        Format::Concise => concise::render(outcome),
        Format::Json => json::render(outcome),
        Format::Sarif => sarif::render(outcome),
        Format::Github => github::render(outcome),
        Format::GithubSummary => github_summary::render(outcome),
        Format::Gitlab => gitlab::render(outcome),
        Format::Junit => junit::render(outcome),
        Format::Checkstyle => checkstyle::render(outcome),
        Format::Rdjson => rdjson::render(outcome),
    }
}

/// What to do where there is nothing to examine yet.
const FIRST_STEP: &str = "Write a first program of records with `probity init`, or name the folder that holds yours: `probity check FOLDER`.";

/// The findings that somebody has to look at, the worst first: no exception accepts them, and a
/// change is not judged without them.
fn pressing(outcome: &Outcome) -> Vec<&Finding> {
    let shown = outcome.in_force();
    let mut pressing: Vec<&Finding> = shown.filter(|it| change::is_shown(it, outcome)).collect();
    pressing.sort_by_key(|it| (Reverse(it.severity), !outcome.is_decided_by(it)));
    pressing
}

/// The fact, with the arithmetic behind it and how far its times are proven.
fn fact(finding: &Finding) -> String {
    let arithmetic = finding.duty.iter().map(|it| it.clock.arithmetic());
    let mut fact = finding.message.clone();
    for part in arithmetic.chain(finding.proof()) {
        let _ = write!(fact, " ({part})");
    }
    fact
}

/// A fact and what to do about it, as sentences.
fn sentences(fact: &str, help: Option<&str>) -> String {
    let stop = match fact.ends_with(['.', '!', '?']) {
        true => "",
        false => ".",
    };
    match help {
        Some(help) => format!("{fact}{stop} {help}"),
        None => format!("{fact}{stop}"),
    }
}

/// `1 error`, `2 errors`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `12,345`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many of each weight, in words.
fn weighed(count: impl Fn(Severity) -> usize) -> Vec<String> {
    [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ]
    .into_iter()
    .filter_map(|(severity, one, many)| {
        let count = count(severity);
        (count > 0).then(|| counted(count, one, many))
    })
    .collect()
}

/// The numbers at the end of a run, in words: what was found, then how much was examined.
fn summary(outcome: &Outcome) -> (String, String) {
    let stats = &outcome.stats;
    let parts = weighed(|severity| outcome.count(severity));
    let mut found = match (parts.as_slice(), stats.records) {
        ([], 0) => "nothing to examine".to_owned(),
        ([], _) => "no findings".to_owned(),
        (parts, _) => parts.join(", "),
    };
    let excepted = outcome.findings.len() - outcome.in_force().count();
    if excepted > 0 {
        let _ = write!(found, ", {} excepted", grouped(excepted));
    }
    if let Some(comparison) = outcome
        .comparison
        .as_deref()
        .filter(|_| !outcome.is_empty())
    {
        found = change::tally(outcome, comparison);
    }
    let ignored = match stats.ignored {
        0 => String::new(),
        1 => " (1 is no record)".to_owned(),
        many => format!(" ({} are no records)", grouped(many)),
    };
    let mut examined = format!(
        "{} examined in {}{ignored}, {} followed, as of {}",
        counted(stats.records, "record", "records"),
        counted(stats.yaml_files, "YAML file", "YAML files"),
        counted(stats.references, "reference", "references"),
        outcome.as_of,
    );
    match outcome.commits {
        Some(commits) => {
            let _ = write!(examined, ", {}", counted(commits, "commit", "commits"));
        }
        None => examined.push_str(", without history"),
    }
    if let Some(revision) = &outcome.revision {
        examined.push_str(", at ");
        examined.push_str(revision.get(..12).unwrap_or(revision));
        if outcome.dirty == Some(true) {
            examined.push_str(" with local changes");
        }
    }
    (found, examined)
}

/// More adjustments than this for single records of one file are told in one line.
const MANY_ADJUSTMENTS: usize = 2;

/// What the repository adjusted, in words: rule by rule, but for many of one file that are about
/// single records. The JSON output has them all.
fn adjustments(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let is_alike = |one: &Adjustment, other: &Adjustment| {
        let is_narrow = |it: &Adjustment| it.severity.is_some() && !it.records.is_empty();
        is_narrow(one)
            && is_narrow(other)
            && (&one.file, one.severity) == (&other.file, other.severity)
    };
    let groups = outcome.adjusted.chunk_by(is_alike);
    let told = groups.flat_map(|group| match group {
        [first, ..] if group.len() > MANY_ADJUSTMENTS => vec![together(first, group)],
        few => few.iter().map(adjusted).collect(),
    });
    told.collect()
}

/// Many adjustments of one file in one line.
fn together(first: &Adjustment, all: &[Adjustment]) -> (&'static str, String) {
    let rules: Vec<String> = all.iter().map(|it| format!("`{}`", it.rule)).collect();
    let severity = first.severity.map_or("", |it| it.as_str());
    let (file, rules) = (tamed_line(&first.file), rules.join(", "));
    let words = format!(
        "{file} lets {} rules weigh {severity} for some records: {rules}",
        all.len()
    );
    ("adjusted:", words)
}

/// What the repository adjusted about a rule: what it is called, and the rest in words.
fn adjusted(adjustment: &Adjustment) -> (&'static str, String) {
    let by = match &adjustment.by {
        Some(by) => format!(", by {}", tamed_line(by)),
        None => String::new(),
    };
    let (rule, file) = (&adjustment.rule, tamed_line(&adjustment.file));
    let why = tamed_line(&adjustment.why);
    match adjustment.severity {
        None => ("switched off:", format!("`{rule}` in {file}{by}: {why}")),
        Some(severity) => {
            let records = match adjustment.records.as_slice() {
                [] => String::new(),
                records => format!(" for {}", tamed_line(&records.join(", "))),
            };
            let words = format!("`{rule}` weighs {severity}{records} in {file}{by}: {why}");
            ("adjusted:", words)
        }
    }
}

/// Reasons that are told to people one by one.
const MOST_REASONS: usize = 20;

/// What could not be judged: how many checks, and why. The reasons that stop most checks come
/// first; of very many the rest are counted.
fn gaps(outcome: &Outcome) -> Vec<String> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for gap in &outcome.unevaluated {
        let at = *known.entry(&gap.reason).or_insert(reasons.len());
        match reasons.get_mut(at) {
            Some((_, count)) => *count += gap.count,
            None => reasons.push((&gap.reason, gap.count)),
        }
    }
    reasons.sort_by_key(|(_, count)| Reverse(*count));
    let rest = reasons.split_off(reasons.len().min(MOST_REASONS));
    let checks = |count| counted(count, "check", "checks");
    let mut lines: Vec<String> = reasons
        .iter()
        .map(|(reason, count)| format!("{}, because {}", checks(*count), tamed_line(reason)))
        .collect();
    if !rest.is_empty() {
        let count = rest.iter().map(|(_, count)| count).sum();
        let others = counted(rest.len(), "other reason", "other reasons");
        lines.push(format!("{}, for {others}", checks(count)));
    }
    lines
}

/// The same on one line, for names of files: a line break in them must not forge a line of ours.
pub fn tamed_line(text: &str) -> String {
    tamed(text).replace('\n', "\u{fffd}")
}

/// A text as it may be shown on a terminal: control and direction characters are drawn as �.
pub fn tamed(text: &str) -> String {
    let is_wild = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if is_wild(c) { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "record", "records"), "1 record");
    }

    #[test]
    fn nothing_from_a_record_reaches_the_terminal_raw() {
        assert_eq!(tamed("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
