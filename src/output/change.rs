//! A change and its base, in the words that people read; shared by the formats for them.

use super::{counted, tamed_line, weighed};
use crate::finding::{
    Breadth, Change, Comparison, Finding, Gate, Outcome, PoliciesFrom, Reach, Severity, Shift,
    ShiftKind,
};

/// What is compared with what, and by whose rules all is judged, where that is not plain.
pub(super) fn headlines(outcome: &Outcome) -> Vec<String> {
    let lines = compared_with(outcome).into_iter();
    lines.chain(judged_by(outcome)).collect()
}

/// By whose rules all is judged, if not by those of the checked state.
pub(super) fn judged_by(outcome: &Outcome) -> Option<String> {
    let policies: &PoliciesFrom = outcome.policies_from.as_deref()?;
    let (name, id) = (tamed_line(&policies.name), short(&policies.revision));
    let files = match policies.files.as_slice() {
        [] => String::new(),
        [first] => format!(" in {}", tamed_line(first)),
        [first, rest @ ..] => {
            let rest = counted(rest.len(), "more file", "more files");
            format!(" in {} and {rest}", tamed_line(first))
        }
    };
    Some(format!(
        "judged by the rules and limits of `{name}` ({id}){files}, with the schemas of {} {}",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
    ))
}

/// What is compared with what.
pub(super) fn compared_with(outcome: &Outcome) -> Option<String> {
    let comparison: &Comparison = outcome.comparison.as_deref()?;
    let as_of = &outcome.as_of;
    let name = tamed_line(&comparison.name);
    let base = short(&comparison.base);
    let since = if comparison.base == comparison.tip {
        format!("`{name}` ({base})")
    } else {
        format!("{base}, where it left `{name}`")
    };
    let files = counted(comparison.altered_files, "file", "files");
    let reach = reach(&comparison.reach);
    Some(format!(
        "the change since {since}: {files} altered; before and after are judged as of {as_of}{reach}"
    ))
}

/// How far the judging went, where it did not go everywhere, or might have gone less far.
fn reach(reach: &Reach) -> String {
    let records = counted(reach.records, "record", "records");
    match reach.because {
        None => format!(
            "; {} of {records} judged, those that the change can reach",
            reach.judged
        ),
        Some(Breadth::FewRecords | Breadth::AskedFor) => String::new(),
        Some(because) => format!("; all {records} judged: {}", because.words()),
    }
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// Whether a finding is shown in full: unchanged ones are only counted, unless they decide.
pub(super) fn is_shown(finding: &Finding, outcome: &Outcome) -> bool {
    let is_gated = |it: &Comparison| it.gate == Gate::New;
    finding.change != Some(Change::Unchanged)
        || !outcome.comparison.as_deref().is_some_and(is_gated)
}

/// What a changed finding said in the base.
pub(super) fn before(finding: &Finding) -> Option<String> {
    let Some(Change::Changed(before)) = &finding.change else {
        return None;
    };
    let severity = before.severity;
    Some(match &before.excepted_by {
        Some(exception) => format!("before: accepted by `{}`", tamed_line(exception)),
        None if before.message == finding.message => format!("before: {severity}"),
        None => format!("before: {severity}: {}", tamed_line(&before.message)),
    })
}

/// One line for each record that is removed, each rule or setting that is altered or decides
/// nothing, and whatever could not be examined in the base: what it is called, and the rest.
pub(super) fn notes(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let policies = outcome.policies_from.iter();
    let without_effect: Vec<&Shift> = policies.flat_map(|it| &it.without_effect).collect();
    let mut notes = Vec::new();
    if let Some(comparison) = &outcome.comparison {
        compared(comparison, &without_effect, &mut notes);
    }
    let without_effect = without_effect.into_iter().map(ineffective);
    notes.extend(without_effect.map(|words| ("without effect:", words)));
    notes
}

fn compared(
    comparison: &Comparison,
    without_effect: &[&Shift],
    notes: &mut Vec<(&'static str, String)>,
) {
    for removed in &comparison.removed {
        let (kind, id) = (&removed.record.kind, tamed_line(&removed.record.id));
        let file = tamed_line(&removed.file);
        notes.push((
            "removed by this change:",
            format!("{kind} `{id}` in {file}"),
        ));
    }
    let is_told = |it: &&Shift| {
        let mut others = without_effect.iter();
        others.any(|other| other.kind == it.kind && other.name == it.name)
    };
    let shifts = comparison.shifts.iter().filter(|it| !is_told(it));
    notes.extend(shifts.map(shift));
    for gap in &comparison.not_examined {
        let (file, reason) = (tamed_line(&gap.file), tamed_line(&gap.reason));
        notes.push(("not examined in the base:", format!("{file}: {reason}")));
    }
}

/// What the checked state says otherwise than the revision that it is judged by.
fn ineffective(shift: &Shift) -> String {
    let (name, file) = (tamed_line(&shift.name), tamed_line(&shift.file));
    let said = |text: &Option<String>| match text.as_deref().map(tamed_line) {
        Some(text) => format!("`{text}`"),
        None => "nothing".to_owned(),
    };
    let (was, now) = (said(&shift.was), said(&shift.now));
    match shift.kind {
        ShiftKind::SwitchedOff => format!("`{name}` is switched off in {file}"),
        ShiftKind::Reweighed => {
            let weight = |it: &Option<String>| it.as_deref().map_or_else(String::new, tamed_line);
            let (was, now) = (weight(&shift.was), weight(&shift.now));
            format!("`{name}` weighs {now} in {file}; {was} holds")
        }
        ShiftKind::RuleGone => format!("rule `{name}` is taken out of {file}"),
        ShiftKind::RuleNew => format!("rule `{name}` is added in {file}"),
        ShiftKind::RuleAltered => format!("rule `{name}` is altered in {file}"),
        ShiftKind::ProgramGone => format!("`{name}` is taken away with {file}"),
        ShiftKind::Setting => format!("`{name}` in {file} is {now}; {was} holds"),
    }
}

fn shift(shift: &Shift) -> (&'static str, String) {
    let (name, file) = (tamed_line(&shift.name), tamed_line(&shift.file));
    let said = |text: &Option<String>| text.as_deref().map(tamed_line);
    let (was, now) = (said(&shift.was), said(&shift.now));
    let why = said(&shift.why).map_or_else(String::new, |why| format!(": {why}"));
    let quoted = |it: Option<String>| it.map_or("nothing".to_owned(), |it| format!("`{it}`"));
    match shift.kind {
        ShiftKind::SwitchedOff => (
            "switched off by this change:",
            format!("`{name}` in {file}{why}"),
        ),
        ShiftKind::Reweighed => (
            "reweighed by this change:",
            format!(
                "`{name}` weighs {}, before {}, in {file}{why}",
                now.unwrap_or_default(),
                was.unwrap_or_default()
            ),
        ),
        ShiftKind::RuleGone => (
            "rule removed by this change:",
            format!("`{name}` in {file}"),
        ),
        ShiftKind::RuleNew => ("rule added by this change:", format!("`{name}` in {file}")),
        ShiftKind::ProgramGone => ("removed by this change:", format!("`{name}` in {file}")),
        ShiftKind::RuleAltered => (
            "rule altered by this change:",
            format!("`{name}` in {file}"),
        ),
        ShiftKind::Setting => (
            "setting altered by this change:",
            format!(
                "`{name}` in {file} is {}, before {}",
                quoted(now),
                quoted(was)
            ),
        ),
    }
}

/// `2 new (1 error, 1 warning), 1 changed, 3 fixed, 12 unchanged`.
pub(super) fn tally(outcome: &Outcome, comparison: &Comparison) -> String {
    let count = |name: &str| {
        let all = outcome.findings.iter();
        all.filter(|it| it.change.as_ref().is_some_and(|it| it.as_str() == name))
            .count()
    };
    let new = outcome
        .in_force()
        .filter(|it| it.change == Some(Change::New));
    let weights: Vec<Severity> = new.map(|it| it.severity).collect();
    let mut by_weight = weighed(|severity| weights.iter().filter(|it| **it == severity).count());
    let excepted = count("new") - weights.len();
    if excepted > 0 {
        by_weight.push(format!("{excepted} excepted"));
    }
    let new = match count("new") {
        0 => "nothing new".to_owned(),
        new => format!("{new} new ({})", by_weight.join(", ")),
    };
    let among = match comparison.reach.because {
        None => " in what was judged",
        Some(_) => "",
    };
    format!(
        "{new}, {} changed, {} fixed, {} unchanged{among}",
        count("changed"),
        comparison.fixed.len(),
        count("unchanged")
    )
}
