//! The arithmetic of a duty: since when, until when, and what became of it.

use super::expression::{Expression, Halt, Value, Why};
use super::form::{DutyForm, Limit};
use super::template::written;
use crate::clock::{Duration, Instant};
use crate::finding::{Clock, DutyState};

/// What a duty comes to.
pub(super) struct Outcome {
    pub(super) verdict: Settled,
    pub(super) clock: Clock,
    /// Whether it is plain that nothing was done.
    pub(super) is_undone: bool,
}

/// The verdict on a duty.
pub(super) enum Settled {
    /// Done in time, or tried in a way that counts.
    Done,
    /// Done after the limit.
    Late,
    /// Not to be done, for a reason.
    NotRequired,
    /// Not done, and the limit has not passed.
    Running {
        /// Whether the limit is so near that somebody should be told.
        is_early: bool,
    },
    /// Not done, and the limit has passed.
    Overdue,
    /// A fact is missing, so that the limit is not known, or whether it was kept.
    Undetermined(String),
}

/// Works out a duty. `value` evaluates an expression for the element at hand.
pub(super) fn settle<'t>(
    duty: &'t DutyForm,
    value: &mut dyn FnMut(&'t Expression) -> Result<Value<'t>, Halt>,
    as_of: Instant,
) -> Result<Outcome, Halt> {
    let mut clock = unknown();
    if let Some(who) = &duty.who {
        let who = value(who)?;
        clock.who = (!who.is_null()).then(|| written(&who));
    }
    if let Some(unless) = &duty.unless {
        let reason = value(unless)?;
        if !reason.is_null() {
            clock.state = DutyState::NotRequired;
            clock.reason = Some(written(&reason));
            return Ok(Outcome {
                verdict: Settled::NotRequired,
                clock,
                is_undone: true,
            });
        }
    }
    let done = match time(value(&duty.done)) {
        Fact::Known(done) => Some(done),
        Fact::Absent(_) => None,
        Fact::Missing(fact) => return Ok(undetermined(clock, fact, false)),
        Fact::Halt(halt) => return Err(halt),
    };
    clock.done = done.map(|done| done.from);
    let is_undone = done.is_none();
    let undetermined = |clock, fact| undetermined(clock, fact, is_undone);
    let due = match &duty.limit {
        Limit::Within { since, within } => {
            let since = match time(value(since)) {
                Fact::Known(since) => since,
                Fact::Absent(fact) | Fact::Missing(fact) => return Ok(undetermined(clock, fact)),
                Fact::Halt(halt) => return Err(halt),
            };
            clock.since = Some(since.from);
            let Value::Duration(within) = value(within)? else {
                let fact = "the length of the limit is missing".to_owned();
                return Ok(undetermined(clock, fact));
            };
            clock.within = Some(within);
            since.later(within)
        }
        Limit::Until(until) => match time(value(until)) {
            Fact::Known(due) => Some(due),
            Fact::Absent(fact) | Fact::Missing(fact) => return Ok(undetermined(clock, fact)),
            Fact::Halt(halt) => return Err(halt),
        },
    };
    let Some(due) = due else {
        let fact = "the limit lies beyond the calendar".to_owned();
        return Ok(undetermined(clock, fact));
    };
    clock.due = Some(due.from);
    if let Some(late_because) = &duty.late_because {
        let reason = value(late_because)?;
        clock.reason = (!reason.is_null()).then(|| written(&reason));
    }
    let attempted = match &duty.attempted {
        Some(attempted) => match time(value(attempted)) {
            Fact::Known(at) => Some(at),
            Fact::Absent(_) | Fact::Missing(_) => None,
            Fact::Halt(halt) => return Err(halt),
        },
        None => None,
    };
    let open = "the record gives only the day, and the time decides".to_owned();
    let (state, verdict) = match (done, attempted) {
        (Some(done), _) if done.until <= due.from => (DutyState::Met, Settled::Done),
        (_, Some(attempted)) if attempted.until <= due.from => {
            clock.done = Some(attempted.from);
            (DutyState::Attempted, Settled::Done)
        }
        (Some(done), _) if done.from <= due.until => return Ok(undetermined(clock, open)),
        (Some(_), _) if clock.reason.is_some() => (DutyState::LateWithReason, Settled::Late),
        (Some(_), _) => (DutyState::Late, Settled::Late),
        (None, Some(attempted)) => {
            clock.done = Some(attempted.from);
            (DutyState::Late, Settled::Late)
        }
        (None, None) if as_of <= due.from => {
            let early = duty.early.as_ref().map(|(span, _)| *span);
            let is_early = early.is_some_and(|span| {
                let begins = due.from.checked_sub(span).ok();
                begins.is_none_or(|begins| as_of >= begins)
            });
            (DutyState::Open, Settled::Running { is_early })
        }
        (None, None) if as_of <= due.until => return Ok(undetermined(clock, open)),
        (None, None) => (DutyState::Overdue, Settled::Overdue),
    };
    clock.state = state;
    Ok(Outcome {
        verdict,
        clock,
        is_undone,
    })
}

/// A clock of which nothing is known yet.
const fn unknown() -> Clock {
    Clock {
        state: DutyState::Undetermined,
        what: String::new(),
        who: None,
        since: None,
        within: None,
        due: None,
        done: None,
        reason: None,
        missing: None,
        since_proof: None,
        done_proof: None,
    }
}

fn undetermined(mut clock: Clock, fact: String, is_undone: bool) -> Outcome {
    clock.missing = Some(fact.clone());
    Outcome {
        verdict: Settled::Undetermined(fact),
        clock,
        is_undone,
    }
}

/// An instant, or where a record gives only the day, any instant of that day.
#[derive(Clone, Copy)]
struct When {
    from: Instant,
    until: Instant,
}

impl When {
    fn later(self, by: Duration) -> Option<Self> {
        Some(Self {
            from: self.from.checked_add(by).ok()?,
            until: self.until.checked_add(by).ok()?,
        })
    }
}

enum Fact {
    Known(When),
    /// There is none; the name of the key, if it has one.
    Absent(String),
    /// Nobody can say, because something it is worked out from is missing or no time.
    Missing(String),
    Halt(Halt),
}

fn time(value: Result<Value<'_>, Halt>) -> Fact {
    match value {
        Ok(Value::Time(at)) => Fact::Known(When {
            from: at,
            until: at,
        }),
        Err(Halt {
            why: Why::Day(key, from),
            ..
        }) => match from.checked_add(Duration::from_hours(24)) {
            Ok(until) => Fact::Known(When { from, until }),
            Err(_) => Fact::Missing(format!("`{key}` lies beyond the calendar")),
        },
        Ok(Value::Absent(absent)) => Fact::Absent(format!("`{}` is missing", absent.key)),
        Ok(_) => Fact::Absent("a time is missing".to_owned()),
        Err(Halt {
            why: Why::Absent(key),
            ..
        }) => Fact::Missing(format!("`{key}` is missing")),
        Err(Halt {
            why: Why::Malformed(what),
            ..
        }) => Fact::Missing(what),
        Err(halt) => Fact::Halt(halt),
    }
}
