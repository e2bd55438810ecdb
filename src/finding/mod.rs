//! Findings, verdict counts and the outcome of a run: data only.
//!
//! A [`Fault`] is what a check says about a node of a tree; sealed with file, lines, excerpt and
//! fingerprint it becomes a [`Finding`], which needs no tree any more. [`Outcome`] is all that
//! outputs see. The catalogue of rules, the demands they serve, and how a sample is drawn are here
//! too. This module evaluates no rule and reads nothing but the matrix embedded in the program.

mod comparison;
mod duty;
mod excerpt;
mod fault;
mod fingerprint;
mod obligation;
mod outcome;
mod past;
mod proof;
mod question;
mod rule;
mod sample;
mod tally;

pub use comparison::{
    Before, Breadth, Change, Comparison, Gate, PoliciesFrom, Reach, RemovedRecord, Shift, ShiftKind,
};
pub use duty::{Clock, Duty, DutyState};
pub use excerpt::Excerpt;
pub use fault::{At, Elsewhere, Fault, MOST_FAULTS, Page, PlaceElsewhere};
pub use fingerprint::{fingerprint, hex};
pub use obligation::{
    Control, Obligation, Status, controls, controls_of, obligation, obligations, obligations_digest,
};
pub use outcome::{
    Adjustment, Finding, Incomplete, Location, Outcome, Range, RecordName, RecordVerdicts, Related,
    RuleSummary, Skipped, Stats, Unevaluated,
};
pub use past::{CommitName, Departure, FilePast, Past};
pub use proof::{Proof, Proofs, Quote};
pub use question::{Artifact, Question, artifact, question, questions, questions_text};
pub use rule::{Builtin, Rule, Severity};
pub use sample::{Candidate, Draw, Half, draw};
pub use tally::{Counts, Tally};
