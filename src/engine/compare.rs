//! A change judged by what it changes: the state it sets out from and the state it leads to, both
//! as of one instant.
//!
//! Each side is judged by its own rules and limits, as a check of that revision alone would judge
//! it, so that what the change does to the rules shows in its findings too. Contents that both
//! sides share are examined once. In a large repository only those records are judged that the
//! change can reach: all others are found the same on both sides.

mod commits;
mod doubt;
mod far;
mod reach;
mod removed;
mod trace;

use super::glimpse::Known;
use super::part::Left;
use super::ruling::Ruling;
use super::session::{Session, is_of_judging};
use super::witness::Chronicle;
use super::{CheckError, Progress, Request, Shared, check, threads};
use crate::finding::{Breadth, Comparison, Gate, Incomplete, Outcome, Reach};
use crate::source::{Differences, Listing, Source};

/// What a change is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The revision that the change is to be merged into; compared is its merge base with what is
    /// checked.
    pub base: &'a str,
    /// Which findings decide.
    pub gate: Gate,
    /// Where there are more files of YAML than this, only the records are judged that the change
    /// can reach.
    pub few: usize,
}

impl Against<'_> {
    /// So few files are judged at once, so that an outcome need not leave anything out.
    pub const FEW: usize = 2_000;
    /// All records are judged, however many there are.
    pub const ALL: usize = usize::MAX;
}

/// One of the two states.
struct Side<'s> {
    source: &'s Source,
    listing: Listing,
    chronicle: Chronicle<'s>,
}

/// A state that was judged.
struct Verdict {
    outcome: Outcome,
    ruling: Ruling,
    left: Left,
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
    let run = Run {
        request,
        progress,
        shared: &Shared::of(&head, request)?,
    };
    let differences = head.differences(&base.source)?;
    let mut sides = [Side::of(&base.source, request)?, Side::of(&head, request)?];
    let ([mut before, after], reach) = run.judge(&mut sides, &differences, against)?;
    // What could not be read of the rules of both is told once.
    if let Some(pinned) = &run.shared.pinned {
        before
            .outcome
            .incomplete
            .retain(|it| pinned.incomplete().all(|other| other != *it));
    }

    let mut altered = differences.files;
    altered.retain(|it| head.is_recorded(&it.path));
    let known_gaps = known_gaps(&before.outcome, &after.outcome, &altered);
    let mut outcome = after.outcome;
    outcome.comparison = Some(Box::new(Comparison {
        name: against.base.to_owned(),
        tip: base.tip.id,
        base: base.revision.id,
        gate: against.gate,
        altered_files: altered.iter().filter(|it| head.is_asked(&it.path)).count(),
        fixed: outcome.compare(before.outcome.findings),
        removed: removed::removed(sides.each_ref(), &altered, &request.limits),
        shifts: before.ruling.shifts(&after.ruling),
        not_examined: before.outcome.incomplete,
        known_gaps,
        reach,
    }));
    Ok(outcome)
}

/// What both sides share while they are judged.
struct Run<'r> {
    request: &'r Request<'r>,
    progress: &'r dyn Progress,
    shared: &'r Shared,
}

impl Run<'_> {
    /// Judges both sides: what the change can reach, or all there is.
    fn judge(
        &self,
        sides: &mut [Side<'_>; 2],
        differences: &Differences,
        against: Against<'_>,
    ) -> Result<([Verdict; 2], Reach), CheckError> {
        let because = match self.reached(sides, differences, against)? {
            Ok(reached) => {
                for side in sides.iter_mut() {
                    side.leave_out(&reached.known);
                }
                let verdicts = self.both(sides, Some(&reached.known))?;
                match doubt::doubt(&verdicts, &reached, sides) {
                    None => {
                        let judged = verdicts[1].outcome.stats.records;
                        let rows = reached.known.rows.iter();
                        let is_asked = |path: &str| sides[1].source.is_asked(path);
                        let left_out = rows.filter(|(path, row)| row.is_some() && is_asked(path));
                        let left_out = left_out.count();
                        let reach = Reach {
                            judged,
                            records: judged + left_out,
                            because: None,
                        };
                        return Ok((verdicts, reach));
                    }
                    Some(because) => because,
                }
            }
            Err(because) => because,
        };
        sides.iter_mut().for_each(Side::take_in);
        let verdicts = self.both(sides, None)?;
        let judged = verdicts[1].outcome.stats.records;
        let reach = Reach {
            judged,
            records: judged,
            because: Some(because),
        };
        Ok((verdicts, reach))
    }

    /// What the change can reach, or why that may be anything.
    fn reached(
        &self,
        sides: &[Side<'_>; 2],
        differences: &Differences,
        against: Against<'_>,
    ) -> Result<Result<reach::Reached, Breadth>, CheckError> {
        let files = sides[1].listing.files.len();
        let is_wanted = self.request.wants_duties || against.gate == Gate::All;
        if against.few == Against::ALL || is_wanted {
            return Ok(Err(Breadth::AskedFor));
        }
        if files <= against.few {
            return Ok(Err(Breadth::FewRecords));
        }
        self.progress.begin(files);
        Ok(threads(self.request)?.install(|| reach::reached(sides, differences, self)))
    }

    fn both(
        &self,
        sides: &[Side<'_>; 2],
        known: Option<&Known>,
    ) -> Result<[Verdict; 2], CheckError> {
        let [before, after] = sides;
        let after = self.one(after, known)?;
        Ok([self.one(before, known)?, after])
    }

    fn one(&self, side: &Side<'_>, known: Option<&Known>) -> Result<Verdict, CheckError> {
        let files = side.listing.files.len();
        self.progress
            .begin(files.saturating_sub(known.map_or(0, |it| it.rows.len())));
        let session = Session {
            source: side.source,
            listing: &side.listing,
            request: self.request,
            progress: self.progress,
            ledger: &self.shared.ledger,
            pinned: self.shared.pinned.as_ref(),
            chronicle: &side.chronicle,
            known,
        };
        let (outcome, kept, left) = threads(self.request)?.install(|| session.run());
        let ruling = kept.into_ruling(&outcome);
        Ok(Verdict {
            outcome,
            ruling,
            left,
        })
    }
}

impl<'s> Side<'s> {
    fn of(source: &'s Source, request: &Request<'_>) -> Result<Self, CheckError> {
        Ok(Self {
            source,
            listing: source.list()?,
            chronicle: Chronicle::new(source, request),
        })
    }

    /// Leaves the records that are known unjudged.
    fn leave_out(&mut self, known: &Known) {
        for file in &mut self.listing.files {
            file.in_scope &= !known.rows.contains_key(&file.path);
        }
    }

    /// Takes in again what was left out.
    fn take_in(&mut self) {
        for file in &mut self.listing.files {
            file.in_scope = self.source.is_asked(&file.path);
        }
    }
}

/// What could not be judged to its end before the change either, in files that it leaves alone.
fn known_gaps(
    before: &Outcome,
    after: &Outcome,
    altered: &[crate::source::AlteredFile],
) -> Vec<Incomplete> {
    let is_altered = |file: &str| {
        let found = altered.binary_search_by(|it| it.path.as_str().cmp(file));
        found.is_ok()
    };
    let gaps = after.incomplete.iter().filter(|it| is_of_judging(it));
    let known = gaps.filter(|it| !is_altered(&it.file) && before.incomplete.contains(it));
    known.cloned().collect()
}
