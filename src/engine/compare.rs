//! A change judged by what it changes: the state it sets out from and the state it leads to, both
//! as of one instant.
//!
//! Each side is judged by its own rules and limits, as a check of that revision alone would judge
//! it, so that what the change does to the rules shows in its findings too. Contents that both
//! sides share are examined once.

mod removed;
mod shifts;

use super::cabinet::Ledger;
use super::{CheckError, Progress, Request, check, with_session};
use crate::finding::{Comparison, Gate, Outcome};
use crate::record::Registry;
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
    let ledger = Ledger::default();
    let judge = |source: &Source, listing: &Listing| {
        with_session(source, listing.clone(), request, progress, &ledger, |it| {
            it.run()
        })
    };
    let (listing, listing_before) = (head.list()?, base.source.list()?);
    let (mut outcome, registry): (Outcome, Registry) = judge(&head, &listing)?;
    let (before, registry_before) = judge(&base.source, &listing_before)?;

    let altered = head.altered_since(&base.source)?;
    let shifts = shifts::shifts((&before, &registry_before), (&outcome, &registry));
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
