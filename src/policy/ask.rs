//! Asks the rules about one record: each rule on each element it applies to gives a verdict.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::duty::{Settled, settle};
use super::expression::{Budget, Expression, Halt, Value, Wanted, Why};
use super::form::{Demand, DutyForm, Form, Weight, Words};
use super::template::written;
use super::vocabulary::{Memo, Speaker};
use crate::clock::Instant;
use crate::document::{Kind, NodeId, NodeRef, Place};
use crate::finding::{
    Clock, Elsewhere, Fault, MOST_FAULTS, PlaceElsewhere, Rule, Severity, Status, Tally,
};
use crate::record::{Record, RecordKind};

/// Steps that one rule may take on one record.
const STEPS: u64 = 400_000;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 300;

/// What is asked: which record, as of when, with which words.
#[derive(Clone, Copy)]
pub struct Asked<'a, 't> {
    /// The record.
    pub record: &'t Record,
    /// As of when.
    pub as_of: Instant,
    /// The path of a kept record by its tree, for places that are shown beside a finding.
    pub home: &'a dyn Fn(NodeRef<'t>) -> Option<Arc<str>>,
    /// Whether duties are wanted, whatever became of them.
    pub wants_duties: bool,
}

impl std::fmt::Debug for Asked<'_, '_> {
    fn fmt(&self, fmt: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fmt.debug_struct("Asked")
            .field("record", &self.record.id)
            .finish_non_exhaustive()
    }
}

/// What the rules say about a record.
#[derive(Debug, Default)]
pub struct Answer {
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// How often which rule gave which verdict.
    pub tally: Tally,
    /// The duties, with the elements they are about.
    pub duties: Vec<(Rule, NodeId, Clock)>,
    /// Rules to ask again when other records are at hand.
    pub waiting: Vec<Rule>,
    /// The records they wait for.
    pub wanted: BTreeSet<Wanted>,
    /// Rules that failed to evaluate, and why.
    pub broken: Vec<(Rule, String)>,
}

/// Asks the rules that `is_asked` lets through.
pub fn ask<'s, 't>(
    catalogue: &'t Catalogue,
    speaker: &Speaker<'s, 't>,
    asked: Asked<'s, 't>,
    is_asked: impl Fn(Rule) -> bool,
) -> Answer {
    let mut answer = Answer::default();
    let status = status(asked.record);
    let memo = Memo::default();
    let speaker = speaker.clone().remembering(&memo);
    for form in catalogue.forms(asked.record.kind) {
        if !is_asked(form.rule) {
            continue;
        }
        let mut asking = Asking {
            speaker: speaker.clone(),
            asked,
            form,
            status,
            budget: Budget::new(STEPS),
            found: Found::default(),
        };
        let stopped = asking.all_elements();
        let found = asking.found;
        match stopped {
            Ok(()) => answer.take(form.rule, found),
            // What was found so far is found again when the record is at hand.
            Err(wanted) => {
                answer.waiting.push(form.rule);
                answer.wanted.insert(wanted);
            }
        }
        if answer.faults.len() >= MOST_FAULTS {
            break;
        }
    }
    answer
}

/// Where an incident stands. A status that is none is a fault of its own and enforces nothing.
fn status(record: &Record) -> Status {
    let written = record.root().get("status").and_then(NodeRef::as_str);
    match record.kind {
        RecordKind::Incident => written.and_then(Status::parse).unwrap_or(Status::Open),
        _ => Status::Closed,
    }
}

/// The verdicts of one rule on the elements of one record.
#[derive(Default)]
struct Found {
    pass: usize,
    not_applicable: usize,
    unevaluated: Vec<String>,
    broken: Option<String>,
    faults: Vec<Fault>,
    duties: Vec<(NodeId, Clock)>,
}

impl Answer {
    fn take(&mut self, rule: Rule, found: Found) {
        self.tally.pass(rule, found.pass);
        self.tally.not_applicable(rule, found.not_applicable);
        for reason in found.unevaluated {
            self.tally.unevaluated(rule, reason);
        }
        for _ in &found.faults {
            self.tally.fail(rule);
        }
        self.faults.extend(found.faults);
        let duties = found.duties.into_iter();
        self.duties
            .extend(duties.map(|(element, clock)| (rule, element, clock)));
        self.broken
            .extend(found.broken.map(|reason| (rule, reason)));
    }
}

struct Asking<'s, 't> {
    speaker: Speaker<'s, 't>,
    asked: Asked<'s, 't>,
    form: &'t Form,
    status: Status,
    budget: Budget,
    found: Found,
}

impl<'t> Asking<'_, 't> {
    fn all_elements(&mut self) -> Result<(), Wanted> {
        let root = self.asked.record.root();
        let Some(each) = &self.form.each else {
            return self.element(Value::Node(root));
        };
        let elements = match self.value(each) {
            Ok(elements) => elements,
            Err(halt) => return self.halted(halt),
        };
        match elements {
            Value::Node(list) if list.kind() == Kind::List => {
                for item in list.items() {
                    self.element(Value::Node(item))?;
                }
            }
            Value::Node(map) if map.kind() == Kind::Map => {
                for (_, value) in map.pairs() {
                    self.element(Value::Node(value))?;
                }
            }
            Value::Absent(_) | Value::Null => {}
            Value::List(items) => {
                for item in items.values() {
                    self.element_or_list(item)?;
                }
            }
            Value::Map(pairs) => {
                for (_, value) in pairs.entries() {
                    self.element(value.clone())?;
                }
            }
            // A value of another type where a list belongs is a fault of its own.
            _ => self.not_evaluated("a list of a record is no list".to_owned()),
        }
        Ok(())
    }

    /// A member of a list that was made: an element, or a list of elements.
    fn element_or_list(&mut self, member: &Value<'t>) -> Result<(), Wanted> {
        match member {
            Value::Node(list) if list.kind() == Kind::List => {
                for item in list.items() {
                    self.element(Value::Node(item))?;
                }
            }
            Value::List(items) => {
                for item in items.values() {
                    self.element(item.clone())?;
                }
            }
            Value::Absent(absent) if absent.is_collection => {}
            element => self.element(element.clone())?,
        }
        Ok(())
    }

    /// One verdict. Stops when a record is wanted that is not at hand.
    fn element(&mut self, element: Value<'t>) -> Result<(), Wanted> {
        self.speaker.turn_to(element);
        match self.verdict() {
            Ok(()) => Ok(()),
            Err(halt) => self.halted(halt),
        }
    }

    fn halted(&mut self, halt: Halt) -> Result<(), Wanted> {
        match halt.why {
            Why::Elsewhere(wanted) => return Err(wanted),
            Why::LeftOut => {}
            Why::Absent(key) => self.not_evaluated(format!("`{key}` is missing")),
            Why::Malformed(what) | Why::Gap(what) => self.not_evaluated(what),
            Why::Day(key, _) => self.not_evaluated(format!("`{key}` is a day, not a time")),
            Why::Fault(what) => self.failed(what),
            Why::Budget => self.failed("it takes too many steps".to_owned()),
        }
        Ok(())
    }

    fn not_evaluated(&mut self, mut reason: String) {
        // It may quote a record at length.
        if let Some((end, _)) = reason.char_indices().nth(LONGEST_REASON) {
            reason.truncate(end);
            reason.push('…');
        }
        self.found.unevaluated.push(reason);
    }

    fn failed(&mut self, reason: String) {
        self.not_evaluated(format!("the rule fails: {reason}"));
        self.found.broken.get_or_insert(reason);
    }

    fn verdict(&mut self) -> Result<(), Halt> {
        let form = self.form;
        if let Some(when) = &form.when
            && !self.is_true(when)?
        {
            self.found.not_applicable += 1;
            return Ok(());
        }
        match &form.demand {
            Demand::Require(require) => {
                if !self.is_enforced()? {
                    self.found.not_applicable += 1;
                } else if self.is_true(require)? {
                    self.found.pass += 1;
                } else {
                    self.fail(&form.words, None, None)?;
                }
            }
            Demand::Duty(duty) => {
                let is_due_by_status = form.from.is_some_and(|from| self.status >= from);
                let as_of = self.asked.as_of;
                let settled = settle(duty, &mut |it| self.value(it), as_of)?;
                let clock = settled.clock;
                self.record_duty(duty, &clock);
                match settled.verdict {
                    Settled::Done => self.found.pass += 1,
                    Settled::NotRequired => self.found.not_applicable += 1,
                    Settled::Late => match &duty.late {
                        Some(words) => self.fail(words, None, Some(clock))?,
                        None => self.found.pass += 1,
                    },
                    Settled::Running { is_early: true } if !is_due_by_status => {
                        let words = duty.early.as_ref().and_then(|(_, words)| words.as_ref());
                        let weight = Some(Severity::Warning);
                        self.fail(words.unwrap_or(&form.words), weight, Some(clock))?;
                    }
                    Settled::Running { .. } if !is_due_by_status => {
                        self.found.not_applicable += 1;
                    }
                    Settled::Running { .. } | Settled::Overdue => {
                        self.fail(&form.words, None, Some(clock))?;
                    }
                    // What must be done by now must be done, whenever its clock started.
                    Settled::Undetermined(_) if is_due_by_status && settled.is_undone => {
                        self.fail(&form.words, None, Some(clock))?;
                    }
                    Settled::Undetermined(fact) => self.not_evaluated(fact),
                }
            }
        }
        Ok(())
    }

    fn record_duty(&mut self, duty: &'t DutyForm, clock: &Clock) {
        if self.asked.wants_duties {
            let element = self.element_node().id();
            let clock = self.told(duty, clock.clone());
            self.found.duties.push((element, clock));
        }
    }

    /// A duty that somebody will read about; most are kept, and nobody does.
    fn told(&mut self, duty: &'t DutyForm, clock: Clock) -> Clock {
        let what = duty.what.render(&self.speaker, &mut self.budget);
        let element = self.element_node();
        let proof = |at: Option<Instant>| Some(Box::new(self.speaker.proof_of_time(element, at?)?));
        Clock {
            what,
            since_proof: proof(clock.since),
            done_proof: proof(clock.done),
            ..clock
        }
    }

    /// Whether the rule is enforced yet: by the status, or because its clock ran out.
    fn is_enforced(&mut self) -> Result<bool, Halt> {
        let form = self.form;
        if form.from.is_some_and(|from| self.status >= from) {
            return Ok(true);
        }
        let Some((since, after)) = &form.gate else {
            return Ok(form.from.is_none());
        };
        // A clock that has not started enforces nothing.
        let Value::Time(since) = self.value(since)? else {
            return Ok(false);
        };
        match self.value(after)? {
            Value::Duration(after) => {
                let limit = since.checked_add(after).ok();
                Ok(limit.is_some_and(|limit| self.asked.as_of > limit))
            }
            _ => Ok(false),
        }
    }

    fn value(&mut self, expression: &'t Expression) -> Result<Value<'t>, Halt> {
        expression.evaluate(&self.speaker, &mut self.budget)
    }

    /// Null is false: a rule that says nothing about a missing fact does not apply to it.
    fn is_true(&mut self, expression: &'t Expression) -> Result<bool, Halt> {
        match self.value(expression)? {
            Value::Bool(it) => Ok(it),
            Value::Node(node) => Ok(node.as_bool() == Some(true)),
            _ => Ok(false),
        }
    }

    /// The node of the element; for an element that is none, the record.
    fn element_node(&self) -> NodeRef<'t> {
        let record = self.asked.record;
        match self.speaker.element() {
            Value::Node(node) if self.is_own(*node) => *node,
            _ => record.root(),
        }
    }

    fn is_own(&self, node: NodeRef<'t>) -> bool {
        std::ptr::eq(node.tree(), &raw const self.asked.record.tree)
    }

    fn fail(
        &mut self,
        words: &'t Words,
        weight: Option<Severity>,
        clock: Option<Clock>,
    ) -> Result<(), Halt> {
        let element = self.element_node();
        let (place, elsewhere) = self.place(words, element)?;
        let mut quoted: Vec<Value<'t>> = Vec::new();
        let mut seen = |value| quoted.push(value);
        let message = words
            .message
            .render_seen(&self.speaker, &mut self.budget, &mut seen);
        let mut fault = Fault::new(self.form.rule, place, message);
        fault.shown = elsewhere;
        if let Some(help) = &words.help {
            fault = fault.help(help.render(&self.speaker, &mut self.budget));
        }
        fault.element = Some(element.id());
        fault.subject = match self.speaker.element() {
            Value::Node(_) => None,
            other => Some(written(other)),
        };
        fault.obligations = words
            .obligations
            .iter()
            .map(|id| Cow::Owned(id.to_string()))
            .collect();
        fault.severity = match (&words.weight, weight) {
            (_, Some(severity)) => Some(severity),
            (Some(Weight::Fixed(severity)), None) => Some(*severity),
            (Some(Weight::Chosen(expression)), None) => {
                let chosen = self.value(expression)?;
                Severity::parse(&written(&chosen))
            }
            (None, None) => None,
        };
        if let (Some(clock), Demand::Duty(duty)) = (clock, &self.form.demand) {
            fault.clock = Some(Box::new(self.told(duty, clock)));
        }
        for (place, message) in &self.form.related {
            let place = place.evaluate(&self.speaker, &mut self.budget);
            if let Ok(Value::Text(line)) = &place
                && let Some(page) = self.speaker.page(line.as_str())
            {
                let message = message.render(&self.speaker, &mut self.budget);
                fault.pages.push((page, message));
            }
            if let Ok(Value::Node(node)) = place {
                let message = message.render(&self.speaker, &mut self.budget);
                quoted.push(Value::Node(node));
                if self.is_own(node) {
                    fault = fault.related(shown(node), message);
                } else if let Some(file) = (self.asked.home)(node) {
                    fault = fault.elsewhere(Some(Elsewhere {
                        file,
                        place: shown(node),
                        message,
                    }));
                }
            }
        }
        if self.found.faults.len() < MOST_FAULTS {
            let own = self.asked.record.tree.node(place.node);
            let own = Some(own).filter(|_| fault.shown.is_none());
            quoted.extend(own.map(Value::Node));
            fault.quotes = self.speaker.quotes(element, &quoted, self.asked.home);
            self.found.faults.push(fault);
        }
        Ok(())
    }

    /// The first place that exists: in this record, or in a kept one, with its path.
    fn place(
        &mut self,
        words: &'t Words,
        element: NodeRef<'t>,
    ) -> Result<(Place, Option<PlaceElsewhere>), Halt> {
        for expression in &words.at {
            match expression.evaluate(&self.speaker, &mut self.budget) {
                Ok(Value::Node(node)) if self.is_own(node) => return Ok((shown(node), None)),
                Ok(Value::Node(node)) => {
                    if let Some(file) = (self.asked.home)(node) {
                        let place = PlaceElsewhere::Record(file, shown(node));
                        return Ok((shown(element), Some(place)));
                    }
                }
                Ok(Value::Text(file)) => {
                    let place = PlaceElsewhere::File(file.as_str().into());
                    return Ok((shown(element), Some(place)));
                }
                Ok(_) => {}
                Err(halt) if matches!(halt.why, Why::Elsewhere(_)) => return Err(halt),
                Err(_) => {}
            }
        }
        Ok((shown(element), None))
    }
}

/// How a node is shown: a value as such, a block by its key, an element or record by its grip.
fn shown(node: NodeRef<'_>) -> Place {
    match node.kind() {
        Kind::Map | Kind::List => Place::missing_in(node),
        _ => Place::value(node),
    }
}
