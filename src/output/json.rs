//! The contract for machines, version 1. Described by `schemas/output/check.json`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::clock::duration_text;
use crate::finding::{
    Adjustment, Breadth, Change, Clock, Comparison, Counts, Duty, Finding, Incomplete, Location,
    Outcome, PoliciesFrom, Proof, Quote, RecordName, Severity, Shift, Stats,
};
use crate::text::{LineColumn, Span};

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    tool: Tool,
    as_of: &'a str,
    revision: Option<&'a str>,
    dirty: Option<bool>,
    commits: Option<usize>,
    policy_digest: &'a str,
    switched_off: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    adjusted: Vec<AdjustedEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies_from: Option<PoliciesEntry<'a>>,
    summary: Summary<'a>,
    findings: Vec<FindingEntry<'a>>,
    incomplete: Vec<IncompleteEntry<'a>>,
    stats: StatsEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonEntry<'a>>,
}

#[derive(Serialize)]
struct PoliciesEntry<'a> {
    name: &'a str,
    revision: &'a str,
    files: &'a [String],
    without_effect: Vec<ShiftEntry<'a>>,
}

#[derive(Serialize)]
struct ComparisonEntry<'a> {
    name: &'a str,
    tip: &'a str,
    base: &'a str,
    gate: &'static str,
    altered_files: usize,
    removed: Vec<RemovedEntry<'a>>,
    rules: Vec<ShiftEntry<'a>>,
    not_examined: Vec<IncompleteEntry<'a>>,
    judged: JudgedEntry,
}

#[derive(Serialize)]
struct JudgedEntry {
    records: usize,
    of: usize,
    because: Option<String>,
}

#[derive(Serialize)]
struct RemovedEntry<'a> {
    file: &'a str,
    record: RecordEntry<'a>,
}

#[derive(Serialize)]
struct ShiftEntry<'a> {
    what: &'static str,
    name: &'a str,
    file: &'a str,
    was: Option<&'a str>,
    now: Option<&'a str>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct BeforeEntry<'a> {
    severity: &'static str,
    message: &'a str,
    excepted_by: Option<&'a str>,
}

#[derive(Serialize)]
struct AdjustedEntry<'a> {
    rule: &'a str,
    severity: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    records: &'a [String],
    why: &'a str,
    by: Option<&'a str>,
    file: &'a str,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary<'a> {
    rules: Vec<RuleEntry<'a>>,
    controls: Vec<ControlEntry<'a>>,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    rule: &'a str,
    pass: usize,
    fail: usize,
    not_applicable: usize,
    not_evaluated: usize,
    excepted: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_evaluated_because: Vec<ReasonEntry<'a>>,
}

#[derive(Serialize)]
struct ReasonEntry<'a> {
    reason: &'a str,
    count: usize,
}

#[derive(Serialize)]
struct ControlEntry<'a> {
    control: &'a str,
    pass: usize,
    fail: usize,
    not_applicable: usize,
    not_evaluated: usize,
    excepted: usize,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'a str,
    obligations: &'a [String],
    controls: &'a [String],
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    target: &'static str,
    record: Option<RecordEntry<'a>>,
    related: Vec<RelatedEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quotes: Vec<QuoteEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<BeforeEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excepted_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duty: Option<DutyEntry<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct PlaceEntry<'a> {
    file: &'a str,
    pointer: &'a str,
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    byte: u32,
}

#[derive(Serialize)]
struct RecordEntry<'a> {
    kind: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: PlaceEntry<'a>,
}

#[derive(Serialize)]
struct IncompleteEntry<'a> {
    file: &'a str,
    reason: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct StatsEntry {
    yaml_files: usize,
    records: usize,
    ignored: usize,
    other_files: usize,
    skipped: usize,
    references: usize,
    bytes: u64,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let fixed = outcome.comparison.iter().flat_map(|it| &it.fixed);
    let report = Report {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        as_of: &outcome.as_of,
        revision: outcome.revision.as_deref(),
        dirty: outcome.dirty,
        commits: outcome.commits,
        policy_digest: &outcome.policy_digest,
        switched_off: outcome.switched_off().map(|it| &*it.rule).collect(),
        adjusted: outcome.adjusted.iter().map(adjusted).collect(),
        policies_from: outcome.policies_from.as_deref().map(policies),
        summary: Summary {
            rules: rules(outcome),
            controls: controls(outcome),
        },
        findings: outcome.findings.iter().chain(fixed).map(finding).collect(),
        incomplete: outcome.incomplete.iter().map(incomplete).collect(),
        stats: stats(&outcome.stats),
        comparison: outcome.comparison.as_deref().map(comparison),
    };
    pretty(&report)
}

/// Indented JSON, with what steers a terminal escaped.
pub fn pretty(report: &impl Serialize) -> String {
    // Numbers, texts and lists only: this cannot fail.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    escaped(&text)
}

/// JSON escapes the control characters of ASCII. Others that steer a terminal can only stand
/// inside of texts, so that they may be escaped as well.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match steers_a_terminal(c) {
            true => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            false => text.push(c),
        }
    }
    text
}

/// Whether a character beyond those that JSON escapes steers a terminal.
pub(super) const fn steers_a_terminal(c: char) -> bool {
    matches!(
        c,
        '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

fn adjusted(adjustment: &Adjustment) -> AdjustedEntry<'_> {
    AdjustedEntry {
        rule: &adjustment.rule,
        severity: adjustment.severity.map_or("off", Severity::as_str),
        records: &adjustment.records,
        why: &adjustment.why,
        by: adjustment.by.as_deref(),
        file: &adjustment.file,
    }
}

fn rules(outcome: &Outcome) -> Vec<RuleEntry<'_>> {
    let because = |rule: &str| {
        let gaps = outcome
            .unevaluated
            .iter()
            .filter(move |gap| *gap.rule == *rule);
        gaps.map(|gap| ReasonEntry {
            reason: &gap.reason,
            count: gap.count,
        })
        .collect()
    };
    outcome
        .rules
        .iter()
        .map(|it| RuleEntry {
            rule: &it.rule,
            pass: it.counts.pass,
            fail: it.counts.fail,
            not_applicable: it.counts.not_applicable,
            not_evaluated: it.counts.not_evaluated,
            excepted: it.counts.excepted,
            not_evaluated_because: because(&it.rule),
        })
        .collect()
}

/// The counts of rules by the controls that they serve.
fn controls(outcome: &Outcome) -> Vec<ControlEntry<'_>> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for summary in &outcome.rules {
        for control in &summary.controls {
            counts.entry(control).or_default().add(&summary.counts);
        }
    }
    counts
        .into_iter()
        .map(|(control, counts)| ControlEntry {
            control,
            pass: counts.pass,
            fail: counts.fail,
            not_applicable: counts.not_applicable,
            not_evaluated: counts.not_evaluated,
            excepted: counts.excepted,
        })
        .collect()
}

/// The arithmetic of a duty, as it stands in every machine-readable output.
#[derive(Serialize)]
pub(super) struct DutyEntry<'a> {
    state: &'static str,
    what: &'a str,
    who: Option<&'a str>,
    since: Option<String>,
    within: Option<String>,
    due: Option<String>,
    done: Option<String>,
    reason: Option<&'a str>,
    missing: Option<&'a str>,
    arithmetic: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since_proof: Option<ProofEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_proof: Option<ProofEntry<'a>>,
}

/// A time or a person that a finding quotes.
#[derive(Serialize)]
struct QuoteEntry<'a> {
    value: &'a str,
    file: &'a str,
    pointer: &'a str,
    proof: ProofEntry<'a>,
}

/// How far a time or a person is proven.
#[derive(Serialize)]
struct ProofEntry<'a> {
    grade: &'static str,
    words: String,
    commit: Option<&'a str>,
    by: Option<&'a str>,
    at: Option<&'a str>,
}

fn proof(proof: &Proof) -> ProofEntry<'_> {
    let commit = proof.commit.as_ref();
    ProofEntry {
        grade: proof.grade,
        words: proof.to_string(),
        commit: commit.map(|it| it.id.as_str()),
        by: commit.map(|it| it.author.as_str()),
        at: commit.map(|it| it.at.as_str()).filter(|at| !at.is_empty()),
    }
}

fn quote(quote: &Quote) -> QuoteEntry<'_> {
    QuoteEntry {
        value: &quote.value,
        file: &quote.file,
        pointer: &quote.pointer,
        proof: proof(&quote.proof),
    }
}

pub(super) fn duty(duty: &Duty) -> DutyEntry<'_> {
    let clock: &Clock = &duty.clock;
    DutyEntry {
        state: clock.state.as_str(),
        what: &clock.what,
        who: clock.who.as_deref(),
        since: clock.since.map(|at| at.to_string()),
        within: clock.within.map(duration_text),
        due: clock.due.map(|at| at.to_string()),
        done: clock.done.map(|at| at.to_string()),
        reason: clock.reason.as_deref(),
        missing: clock.missing.as_deref(),
        arithmetic: clock.arithmetic(),
        since_proof: clock.since_proof.as_deref().map(proof),
        done_proof: clock.done_proof.as_deref().map(proof),
    }
}

fn finding(finding: &Finding) -> FindingEntry<'_> {
    FindingEntry {
        rule: &finding.rule,
        obligations: &finding.obligations,
        controls: &finding.controls,
        severity: finding.severity.as_str(),
        message: &finding.message,
        help: finding.help.as_deref(),
        place: place(&finding.location),
        target: finding.location.target.as_str(),
        record: finding.record.as_ref().map(record),
        related: finding
            .related
            .iter()
            .map(|related| RelatedEntry {
                message: &related.message,
                place: place(&related.location),
            })
            .collect(),
        quotes: finding.quotes.iter().map(quote).collect(),
        change: finding.change.as_ref().map(Change::as_str),
        before: match &finding.change {
            Some(Change::Changed(before)) => Some(BeforeEntry {
                severity: before.severity.as_str(),
                message: &before.message,
                excepted_by: before.excepted_by.as_deref(),
            }),
            _ => None,
        },
        excepted_by: finding.excepted_by.as_deref(),
        duty: finding.duty.as_deref().map(duty),
        fingerprint: &finding.fingerprint,
    }
}

fn policies(policies: &PoliciesFrom) -> PoliciesEntry<'_> {
    PoliciesEntry {
        name: &policies.name,
        revision: &policies.revision,
        files: &policies.files,
        without_effect: policies.without_effect.iter().map(shift).collect(),
    }
}

fn comparison(comparison: &Comparison) -> ComparisonEntry<'_> {
    ComparisonEntry {
        name: &comparison.name,
        tip: &comparison.tip,
        base: &comparison.base,
        gate: comparison.gate.as_str(),
        altered_files: comparison.altered_files,
        removed: comparison
            .removed
            .iter()
            .map(|it| RemovedEntry {
                file: &it.file,
                record: record(&it.record),
            })
            .collect(),
        rules: comparison.shifts.iter().map(shift).collect(),
        not_examined: comparison.not_examined.iter().map(incomplete).collect(),
        judged: JudgedEntry {
            records: comparison.reach.judged,
            of: comparison.reach.records,
            because: comparison.reach.because.map(Breadth::name),
        },
    }
}

fn shift(shift: &Shift) -> ShiftEntry<'_> {
    ShiftEntry {
        what: shift.kind.as_str(),
        name: &shift.name,
        file: &shift.file,
        was: shift.was.as_deref(),
        now: shift.now.as_deref(),
        why: shift.why.as_deref(),
    }
}

fn record(record: &RecordName) -> RecordEntry<'_> {
    RecordEntry {
        kind: &record.kind,
        id: &record.id,
    }
}

fn place(location: &Location) -> PlaceEntry<'_> {
    let range = location.range.as_ref();
    PlaceEntry {
        file: &location.file,
        pointer: &location.pointer,
        start: range.map(|range| position(range.start, Span::at(range.span.start))),
        end: range.map(|range| position(range.end, Span::at(range.span.end))),
    }
}

fn position(at: LineColumn, byte: Span) -> Position {
    Position {
        line: at.line,
        column: at.column,
        byte: byte.start,
    }
}

fn incomplete(incomplete: &Incomplete) -> IncompleteEntry<'_> {
    IncompleteEntry {
        file: &incomplete.file,
        reason: &incomplete.reason,
        help: incomplete.help.as_deref(),
    }
}

fn stats(stats: &Stats) -> StatsEntry {
    StatsEntry {
        yaml_files: stats.yaml_files,
        records: stats.records,
        ignored: stats.ignored,
        other_files: stats.other_files,
        skipped: stats.skipped,
        references: stats.references,
        bytes: stats.bytes,
    }
}
