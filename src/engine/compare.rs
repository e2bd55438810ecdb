//! A change judged by what it changes: the state it sets out from and the state it leads to, both
//! as of one instant.
//!
//! Each side is judged by its own rules and limits, as a check of that revision alone would judge
//! it, so that what the change does to the rules shows in its findings too. Contents that both
//! sides share are examined once.

mod removed;

use super::{CheckError, Progress, Request, Shared, check, with_session};
use crate::finding::{Comparison, Gate, Outcome};
use crate::source::{Listing, Source};

/// What a change is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The revision that the change is to be merged into; compared is its merge base with what is
    /// checked.
    pub base: &'a str,
    /// Which findings decide.
    pub gate: Gate,
}

/// Checks a repository, and says of each finding whether the change brought it; without a base the
/// same as [`check`].
///
/// # Errors
/// As [`check`], and if there is no merge base.
pub fn check_change(
    request: &Request<'_>,
    against: Option<Against<'_>>,
    progress: &dyn Progress,
) -> Result<Outcome, CheckError> {
    let Some(against) = against else {
        return check(request, progress);
    };
    let head = Source::open(request.path, request.revision)?;
    let base = head.base(request.path, against.base)?;
    let shared = Shared::of(&head, request)?;
    let judge = |source: &Source, listing: &Listing| {
        with_session(source, listing.clone(), request, progress, &shared, |it| {
            let (outcome, kept) = it.run();
            let ruling = kept.into_ruling(&outcome);
            (outcome, ruling)
        })
    };
    let (listing, listing_before) = (head.list()?, base.source.list()?);
    let (mut outcome, ruling) = judge(&head, &listing)?;
    let (mut before, ruling_before) = judge(&base.source, &listing_before)?;
    // What could not be read of the rules of both is told once.
    if let Some(pinned) = &shared.pinned {
        before
            .incomplete
            .retain(|it| pinned.incomplete().all(|other| other != *it));
    }

    let altered = head.altered_since(&base.source)?;
    let shifts = ruling_before.shifts(&ruling);
    let sides = [(&base.source, &listing_before), (&head, &listing)];
    let removed = removed::removed(sides, &altered, &request.limits);
    outcome.comparison = Some(Box::new(Comparison {
        name: against.base.to_owned(),
        tip: base.tip.id,
        base: base.revision.id,
        gate: against.gate,
        altered_files: altered.iter().filter(|it| head.is_asked(&it.path)).count(),
        fixed: outcome.compare(before.findings),
        removed,
        shifts,
        not_examined: before.incomplete,
    }));
    Ok(outcome)
}
