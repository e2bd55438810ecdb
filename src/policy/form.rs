//! A rule, ready to be asked: what it applies to, what it demands, and its words.

use std::sync::Arc;

use super::expression::Expression;
use super::template::Template;
use crate::clock::Duration;
use crate::finding::{Rule, Severity, Status};
use crate::record::RecordKind;

/// A rule of the catalogue, as people know it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: Arc<str>,
    /// What it reports, in one line.
    pub title: String,
    /// Why it matters.
    pub why: Option<String>,
    /// The demands it serves.
    pub obligations: Vec<Arc<str>>,
    /// The demands that some of its findings name instead, such as those of what is done too late.
    pub sometimes: Vec<Arc<str>>,
    /// The pack it stands in.
    pub pack: Arc<str>,
    /// The kinds of record it is about; none for a mechanism of the program, which is about all.
    pub kinds: Vec<RecordKind>,
    /// Whether it is a mechanism of the program.
    pub is_builtin: bool,
    /// Names of the rules that say the same fault better.
    pub yields_to: Vec<Arc<str>>,
    /// Whether it has a test.
    pub has_tests: bool,
    /// Why it cannot be used, if its pack has mistakes.
    pub broken: Option<String>,
    /// The text of the rule as it stands in its pack.
    pub text: String,
}

/// A rule compiled for one kind of record.
#[derive(Debug)]
pub struct Form {
    /// Which rule of the catalogue.
    pub rule: Rule,
    /// The elements it judges; `None` for the record as a whole.
    pub each: Option<Expression>,
    /// Which of them it applies to.
    pub when: Option<Expression>,
    /// What it demands.
    pub demand: Demand,
    /// The status from which on it is enforced, if that is said.
    pub from: Option<Status>,
    /// Since when, and after how long it is enforced whatever the status.
    pub gate: Option<(Expression, Expression)>,
    /// Its words when the demand is not met.
    pub words: Words,
    /// Other places that explain a finding.
    pub related: Vec<(Expression, Template)>,
}

/// What a rule demands.
#[derive(Debug)]
pub enum Demand {
    /// Something that must be true.
    Require(Expression),
    /// Something that must be done by a time.
    Duty(Box<DutyForm>),
}

/// Something that must be done by a time.
#[derive(Debug)]
pub struct DutyForm {
    /// Who is to be told, or has to act.
    pub who: Option<Expression>,
    /// What has to be done.
    pub what: Template,
    /// The limit.
    pub limit: Limit,
    /// When it was done.
    pub done: Expression,
    /// When it was tried in a way that counts.
    pub attempted: Option<Expression>,
    /// The reason given for being late.
    pub late_because: Option<Expression>,
    /// The reason given for not doing it at all.
    pub unless: Option<Expression>,
    /// The words for being late; without them a duty done late is done.
    pub late: Option<Words>,
    /// How long before the limit a warning begins, and its words.
    pub early: Option<(Duration, Option<Words>)>,
}

/// How the limit of a duty is said.
#[derive(Debug)]
pub enum Limit {
    /// So long since an instant.
    Within {
        /// When the clock starts.
        since: Expression,
        /// How long it runs.
        within: Expression,
    },
    /// An instant.
    Until(Expression),
}

/// What a finding says, and where.
#[derive(Debug)]
pub struct Words {
    /// The demands named, where they are not those of the rule.
    pub obligations: Vec<Arc<str>>,
    /// How much it weighs, where that is not what the matrix says.
    pub weight: Option<Weight>,
    /// Places, of which the first that exists is shown.
    pub at: Vec<Expression>,
    /// The fact.
    pub message: Template,
    /// What to type.
    pub help: Option<Template>,
}

/// How much a finding weighs.
#[derive(Debug)]
pub enum Weight {
    /// Always the same.
    Fixed(Severity),
    /// What an expression says.
    Chosen(Expression),
}

impl Form {
    /// The expressions that a verdict needs; those of words are rarely asked.
    pub(super) fn expressions(&mut self) -> Vec<&mut Expression> {
        let mut all: Vec<&mut Expression> = Vec::new();
        all.extend(self.each.as_mut());
        all.extend(self.when.as_mut());
        match &mut self.demand {
            Demand::Require(require) => all.push(require),
            Demand::Duty(duty) => {
                all.extend(duty.who.as_mut());
                match &mut duty.limit {
                    Limit::Within { since, within } => all.extend([since, within]),
                    Limit::Until(until) => all.push(until),
                }
                all.push(&mut duty.done);
                all.extend(duty.attempted.as_mut());
                all.extend(duty.late_because.as_mut());
                all.extend(duty.unless.as_mut());
            }
        }
        if let Some((since, after)) = &mut self.gate {
            all.extend([since, after]);
        }
        all
    }
}
