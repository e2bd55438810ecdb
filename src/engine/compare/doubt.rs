//! Whether what was left out could say otherwise on one side than on the other, after all: what
//! only all findings together tell.

use std::collections::BTreeSet;

use super::reach::Reached;
use super::{Side, Verdict};
use crate::engine::shelf::may_explain;
use crate::finding::{Breadth, Finding};

/// Why all records have to be judged, if they have to.
pub(super) fn doubt(
    verdicts: &[Verdict; 2],
    reached: &Reached,
    sides: &[Side<'_>; 2],
) -> Option<Breadth> {
    if verdicts.iter().any(|it| it.left.has_failed) {
        return Some(Breadth::FailedRule);
    }
    let mut files = sides[1].listing.files.iter();
    let is_whole = files.all(|it| sides[1].source.is_asked(&it.path));
    if is_whole && !are_exceptions_alike(verdicts, reached) {
        return Some(Breadth::Exception);
    }
    (!are_strays_alike(verdicts, reached)).then_some(Breadth::StrayEvidence)
}

/// Whether the same exceptions are needed on both sides. One that accepts none of the findings at
/// hand may accept one that is not, which both sides have; unless all are at hand.
fn are_exceptions_alike([before, after]: &[Verdict; 2], reached: &Reached) -> bool {
    let is_open = |verdict: &Verdict, id: &String| {
        let subject = verdict.left.in_force.get(id);
        let is_unsettled = subject.is_some_and(|it| !reached.known.is_settled(it));
        is_unsettled && !verdict.left.used.contains(id)
    };
    let mut all = before
        .left
        .in_force
        .keys()
        .chain(after.left.in_force.keys());
    all.all(|id| match (is_open(before, id), is_open(after, id)) {
        (false, false) => true,
        (true, true) => !reached.exceptions.contains(id),
        _ => false,
    })
}

/// Whether files that nobody registers, and that are not told, would be told alike. Findings
/// elsewhere may explain them, which is the same on both sides unless those at hand may.
fn are_strays_alike([before, after]: &[Verdict; 2], reached: &Reached) -> bool {
    let strays = &after.left.strays;
    if before.left.strays.is_empty() && strays.is_empty() {
        return true;
    }
    before.left.strays == *strays
        && !reached.has_refused
        && strays.iter().all(|it| !reached.altered.contains(it))
        && explanations(before, reached)
            .zip(explanations(after, reached))
            .is_some_and(|(before, after)| before == after)
}

/// The findings that may explain such files; `None` if a record that differs has some.
fn explanations<'v>(
    verdict: &'v Verdict,
    reached: &Reached,
) -> Option<BTreeSet<(&'v str, &'v str)>> {
    let explaining = || verdict.outcome.findings.iter().filter(|it| may_explain(it));
    let is_altered = |it: &Finding| reached.altered.contains(&it.location.file);
    let named = explaining().map(|it| (it.location.file.as_str(), it.fingerprint.as_str()));
    (!explaining().any(is_altered)).then(|| named.collect())
}
