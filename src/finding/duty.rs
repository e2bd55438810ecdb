//! Duties: who had to be told or had to act, since when, until when, and what became of it.

use std::fmt::Write as _;
use std::sync::Arc;

use super::proof::Proof;
use crate::clock::{Duration, Instant, duration_text};

/// What became of a duty as of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DutyState {
    /// Done in time.
    Met,
    /// Done after the limit.
    Late,
    /// Done after the limit, and the record says why.
    LateWithReason,
    /// Tried in a way that counts as done, such as an escalation.
    Attempted,
    /// Not to be done, for a reason that the record gives.
    NotRequired,
    /// Not done, and the limit has not passed.
    Open,
    /// Not done, and the limit has passed.
    Overdue,
    /// A fact is missing, so that nobody can say.
    Undetermined,
}

impl DutyState {
    /// The name used in outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Late => "late",
            Self::LateWithReason => "late-with-reason",
            Self::Attempted => "attempted",
            Self::NotRequired => "not-required",
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Undetermined => "undetermined",
        }
    }

    /// Whether somebody still has to do something.
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Open | Self::Overdue)
    }
}

/// The arithmetic of a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What became of it.
    pub state: DutyState,
    /// What has to be done.
    pub what: String,
    /// Who is to be told or has to act, if that is known.
    pub who: Option<String>,
    /// When the clock started.
    pub since: Option<Instant>,
    /// How long it runs.
    pub within: Option<Duration>,
    /// When the limit passes.
    pub due: Option<Instant>,
    /// When it was done.
    pub done: Option<Instant>,
    /// The reason given for being late, or for not doing it, and by whom.
    pub reason: Option<String>,
    /// The fact that is missing.
    pub missing: Option<String>,
    /// How far the start is proven; `None` where it stands nowhere in the record.
    pub since_proof: Option<Box<Proof>>,
    /// How far it is proven that it was done then; `None` where that stands nowhere in the record.
    pub done_proof: Option<Box<Proof>>,
}

impl Clock {
    /// The arithmetic, with how far its times are proven where that was examined.
    pub fn account(&self) -> String {
        match self.proof() {
            Some(proof) => format!("{}; {proof}", self.arithmetic()),
            None => self.arithmetic(),
        }
    }

    /// How far the times are proven, in one line; `None` where that was not examined.
    pub fn proof(&self) -> Option<String> {
        let start = self.since_proof.iter().map(|it| ("start", it));
        let end = self.done_proof.iter().map(|it| ("done", it));
        let known = start.chain(end).filter(|(_, it)| it.is_examined());
        let parts: Vec<String> = known.map(|(what, it)| format!("{what} {it}")).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// The times that the arithmetic gives from the record, as they are written.
    pub(super) fn times(&self) -> impl Iterator<Item = String> {
        let times = self.since.into_iter().chain(self.done);
        times.map(|it| it.to_string())
    }

    /// The arithmetic in one line: since when, how long, until when, what was done, and how much
    /// time was left or lost.
    pub fn arithmetic(&self) -> String {
        if self.state == DutyState::NotRequired {
            return format!("not required: {}", self.reason.as_deref().unwrap_or(""));
        }
        let mut text = match (self.since, self.within, self.due) {
            (Some(since), Some(within), Some(due)) => {
                format!("since {since} + {} = due {due}", duration_text(within))
            }
            (_, _, Some(due)) => format!("due {due}"),
            _ => "no limit can be worked out".to_owned(),
        };
        if let Some(done) = self.done {
            let verb = match self.state {
                DutyState::Attempted => "attempted",
                _ => "done",
            };
            let _ = write!(text, "; {verb} {done}");
        }
        match (self.done, self.due) {
            (Some(done), Some(due)) if done <= due => {
                let _ = write!(text, "; margin {}", duration_text(due.duration_since(done)));
            }
            (Some(done), Some(due)) => {
                let _ = write!(
                    text,
                    "; late by {}",
                    duration_text(done.duration_since(due))
                );
            }
            _ => {}
        }
        if let Some(reason) = &self.reason {
            let _ = write!(text, "; {reason}");
        }
        if let Some(missing) = &self.missing {
            let _ = write!(text, "; {missing}");
        }
        text
    }
}

/// A duty of a record, with the place that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// Ids of the demands it serves.
    pub obligations: Vec<String>,
    /// Kind and id of the record.
    pub record: super::RecordName,
    /// The file and the pointer of the element.
    pub file: String,
    /// JSON Pointer of the element.
    pub pointer: String,
    /// The line of the element, from 1.
    pub line: u32,
    /// The arithmetic.
    pub clock: Clock,
}
