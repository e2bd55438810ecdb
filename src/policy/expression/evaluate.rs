//! Evaluation: one walk over the operations, within a budget. No operation is nested deeper
//! than the checker lets pass, so the walk cannot outgrow the stack.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use super::code::{Call, Code, CodeId, Collection, Operation, Read, Row};
use super::equal::{equal, order};
use super::function;
use super::halt::{Budget, Halt, Why};
use super::key::Key;
use super::operate;
use super::reading::{read, read_node};
use super::scope::World;
use super::share::{Evaluated, Share};
use super::standard::Standard;
use super::syntax::Operator;
use super::value::{Absent, Bytes, List, Map, Value};
use crate::clock::Moment;
use crate::document::NodeRef;
use crate::text::{Span, compile_pattern};

/// What a question comes to.
type Answered = Result<bool, Box<Halt>>;

/// An evaluation that is going on.
pub(super) struct Machine<'t, 'w> {
    pub(super) code: &'t Code,
    pub(super) budget: &'w mut Budget,
    world: &'w dyn World<'t>,
    /// What the world says of itself, asked once.
    is_flawless: bool,
    slots: Vec<Value<'t>>,
    /// The last pattern that was no literal.
    pattern: Option<(Box<str>, Regex)>,
}

/// Most arguments that are held without a vector.
const FEW: usize = 4;

impl<'t, 'w> Machine<'t, 'w> {
    pub(super) fn new(code: &'t Code, world: &'w dyn World<'t>, budget: &'w mut Budget) -> Self {
        Self {
            code,
            budget,
            world,
            is_flawless: world.is_flawless(),
            slots: Vec::new(),
            pattern: None,
        }
    }

    pub(super) fn span(&self, id: CodeId) -> Span {
        self.code.get(id).span
    }

    pub(super) fn set(&mut self, slot: u32, value: Value<'t>) {
        let slot = slot as usize;
        if self.slots.len() <= slot {
            // Many expressions are decided before they bind anything.
            self.slots.reserve_exact(self.code.slots as usize);
            self.slots.resize(slot + 1, Value::Null);
        }
        self.slots[slot] = value;
    }

    pub(super) fn spend(&mut self, steps: u64, span: Span) -> Result<(), Box<Halt>> {
        self.budget.spend(steps).map_err(|why| why.at(span.range()))
    }

    /// The value of an operation.
    pub(super) fn value(&mut self, id: CodeId) -> Evaluated<'t> {
        let node = self.code.get(id);
        self.spend(1, node.span)?;
        match (&node.operation, node.share) {
            // Most operations are one of these, and need nothing else.
            (Operation::Local { slot, read: what }, _) => self.local(*slot, *what, node.span),
            (Operation::Text(text), _) => Ok(Value::text(text)),
            (Operation::Variable { index, read: what }, _) => self
                .variable(*index, *what)
                .map_err(|why| why.at(node.span.range())),
            (operation, None) => self.operation(operation, node.span),
            (operation, Some(share)) => self.shared(share, operation, node.span),
        }
    }

    fn local(&self, slot: u32, what: Read, span: Span) -> Evaluated<'t> {
        let found = match self.slots.get(slot as usize) {
            Some(Value::Node(node)) => read_node(*node, what),
            Some(value) => read(value.clone(), what),
            None => Err(Why::fault("there is no such value")),
        };
        found.map_err(|why| why.at(span.range()))
    }

    fn variable(&self, index: u32, what: Read) -> Result<Value<'t>, Why> {
        match self.world.variable(index as usize)? {
            Value::Node(node) => read_node(node, what),
            value => read(value, what),
        }
    }

    /// The value of what several expressions ask of one record or element.
    fn shared(&mut self, share: Share, operation: &'t Operation, span: Span) -> Evaluated<'t> {
        match self.world.recall(share) {
            Some(Ok(value)) => Ok(value),
            Some(Err(halt)) => Err(halt.why.at(span.range())),
            None => {
                let found = self.operation(operation, span);
                self.world.keep(share, &found);
                found
            }
        }
    }

    fn operation(&mut self, operation: &'t Operation, span: Span) -> Evaluated<'t> {
        let found = match operation {
            Operation::Null => Ok(Value::Null),
            Operation::Bool(value) => Ok(Value::Bool(*value)),
            Operation::Int(value) => Ok(Value::Int(*value)),
            Operation::Uint(value) => Ok(Value::Uint(*value)),
            Operation::Double(value) => Ok(Value::Double(*value)),
            Operation::Text(text) => Ok(Value::text(text)),
            Operation::Bytes(bytes) => Ok(Value::Bytes(Bytes::Borrowed(bytes))),
            Operation::Time(time) => Ok(Value::Time(*time)),
            Operation::Duration(length) => Ok(Value::Duration(*length)),
            Operation::Kind(tag) => Ok(Value::Kind(*tag)),
            Operation::Variable {
                index,
                read: as_what,
            } => self.variable(*index, *as_what),
            Operation::Local { slot, read: what } => return self.local(*slot, *what, span),
            Operation::Select {
                of,
                key,
                is_optional,
                read,
            } => {
                let base = self.value(*of)?;
                if !self.is_flawless
                    && let Value::Node(map) = &base
                    && let Some(value) = map.get(key)
                    && self.world.is_refused(value)
                {
                    Err(refused(key, value))
                } else {
                    let found = super::select::field(&base, key, *is_optional, *read, self.budget);
                    self.undoubted(found)
                }
            }
            Operation::Index { .. } | Operation::HasIndex { .. } => {
                return self.looked_up(operation, span);
            }
            Operation::And(_)
            | Operation::Or(_)
            | Operation::Not(_)
            | Operation::Has { .. }
            | Operation::Compare { .. }
            | Operation::Among { .. } => return self.answer(operation, span).map(Value::Bool),
            Operation::Binary {
                operator,
                left,
                right,
            } => return self.arithmetic(*operator, *left, *right, span),
            Operation::Choice { condition, yes, no } => {
                let chosen = if self.truth(*condition)? { yes } else { no };
                return self.value(*chosen);
            }
            Operation::Each(each) => return self.each(each, span),
            Operation::Call(call) => return self.call(call, span),
            Operation::Standard {
                function,
                arguments,
            } => return self.standard(*function, *arguments, span),
            Operation::Fault(why) => Err(Why::fault(why.as_ref())),
            other => return self.rarer(other, span),
        };
        found.map_err(|why| why.at(span.range()))
    }

    /// What most expressions do without.
    fn rarer(&mut self, operation: &'t Operation, span: Span) -> Evaluated<'t> {
        let found = match operation {
            Operation::Matches { of, pattern } => {
                let text = self.operand(*of)?;
                let regex = self.code.patterns.get(*pattern as usize);
                match (text.as_str(), regex) {
                    (Some(text), Some(regex)) => self
                        .budget
                        .spend_bytes(text.len())
                        .map(|()| Value::Bool(regex.is_match(text))),
                    _ => Err(function::no_such(Standard::Matches, &[text])),
                }
            }
            Operation::Negate(of) => operate::negate(&self.operand(*of)?),
            Operation::List(row) => {
                let code = self.code;
                let ids = code.row(*row);
                let mut values = Vec::with_capacity(ids.len());
                for id in ids {
                    values.push(self.value(*id)?);
                }
                Ok(Value::List(values.into()))
            }
            Operation::Map(row) => return self.map(*row, &[], span),
            Operation::Optionals {
                row,
                optional,
                is_map: true,
            } => return self.map(*row, optional, span),
            Operation::Optionals { row, optional, .. } => {
                return self.optional_list(*row, optional);
            }
            Operation::Let { slot, value, body } => {
                let value = self.value(*value)?;
                self.set(*slot, value);
                return self.value(*body);
            }
            Operation::Within {
                of,
                slot,
                body,
                is_flat,
            } => {
                let Value::Optional(base) = self.operand(*of)? else {
                    return Err(Why::fault("only an optional is mapped so").at(span.range()));
                };
                let Some(within) = base else {
                    return Ok(Value::Optional(None));
                };
                self.set(*slot, (*within).clone());
                let made = self.value(*body)?;
                Ok(if *is_flat {
                    made
                } else {
                    Value::Optional(Some(Arc::new(made)))
                })
            }
            Operation::OrElse {
                of,
                other,
                is_value,
            } => match self.operand(*of)? {
                Value::Optional(Some(within)) if *is_value => Ok((*within).clone()),
                found @ Value::Optional(Some(_)) => Ok(found),
                Value::Optional(None) => return self.value(*other),
                _ => Err(Why::fault("only an optional has another")),
            },
            Operation::Items { of, read: as_what } => {
                let list = self.value(*of)?;
                let Some(items) = super::select::raw_items(&list) else {
                    return Ok(list);
                };
                let mut values = Vec::new();
                for item in items {
                    self.spend(1, span)?;
                    values.push(read(item, *as_what).map_err(|why| why.at(span.range()))?);
                }
                Ok(Value::List(values.into()))
            }
            _ => Err(Why::fault("this cannot be evaluated")),
        };
        found.map_err(|why| why.at(span.range()))
    }

    /// A value that has to be there.
    pub(super) fn operand(&mut self, id: CodeId) -> Evaluated<'t> {
        match self.value(id)? {
            Value::Absent(absent) => Err(self.absent(absent, id)),
            value => Ok(value),
        }
    }

    /// A key that is not there may have been meant by another one that is: then nobody can say.
    fn undoubted(&self, found: Result<Value<'t>, Why>) -> Result<Value<'t>, Why> {
        if let Ok(Value::Absent(absent)) = &found
            && !self.is_flawless
            && let Some(map) = absent.parent
        {
            self.doubt(map, absent.key)?;
        }
        found
    }

    fn doubt(&self, map: NodeRef<'t>, key: &str) -> Result<(), Why> {
        match self.world.misspelt(map, key) {
            Some(written) => Err(Why::Gap(format!("`{written}` may be meant for `{key}`"))),
            None => Ok(()),
        }
    }

    #[expect(clippy::unnecessary_box_returns, reason = "as in `Why::at`")]
    pub(super) fn absent(&self, absent: Absent<'t>, id: CodeId) -> Box<Halt> {
        Why::Absent(absent.key.to_owned()).at(self.span(id).range())
    }

    /// A value that has to be true or false. Questions are answered without making a value.
    pub(super) fn truth(&mut self, id: CodeId) -> Answered {
        let node = self.code.get(id);
        if node.share.is_none() && node.operation.is_question() {
            self.spend(1, node.span)?;
            return self.answer(&node.operation, node.span);
        }
        match self.operand(id)? {
            Value::Bool(value) => Ok(value),
            other => {
                let sentence = format!("{} is neither true nor false", function::word(&other));
                Err(Why::Fault(sentence).at(self.span(id).range()))
            }
        }
    }

    /// The answer to a question.
    fn answer(&mut self, question: &'t Operation, span: Span) -> Answered {
        match question {
            Operation::And(row) => self.decided_by(*row, false),
            Operation::Or(row) => self.decided_by(*row, true),
            Operation::Not(of) => Ok(!self.truth(*of)?),
            Operation::Has { of, key } => self.has(*of, key, span),
            Operation::Compare {
                operator,
                left,
                right,
            } => self.compare(*operator, *left, *right, span),
            Operation::Among { value, items } => self.among(*value, *items, span),
            _ => Err(Why::fault("this is no question").at(span.range())),
        }
    }

    /// `&&` is decided by one false operand, `||` by one true one, whatever the others are.
    fn decided_by(&mut self, row: Row, decisive: bool) -> Answered {
        let code = self.code;
        let mut halted = None;
        for id in code.row(row) {
            match self.truth(*id) {
                Ok(value) if value == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(halt) if halt.why.can_be_absorbed() => {
                    halted.get_or_insert(halt);
                }
                Err(halt) => return Err(halt),
            }
        }
        halted.map_or(Ok(!decisive), Err)
    }

    fn compare(&mut self, operator: Operator, left: CodeId, right: CodeId, span: Span) -> Answered {
        let at = |why: Why| why.at(span.range());
        match operator {
            Operator::Equal | Operator::Unequal => {
                let one = self.value(left)?;
                let two = self.value(right)?;
                let is_equal = equal(&one, &two, self.budget).map_err(at)?;
                Ok(is_equal == (operator == Operator::Equal))
            }
            Operator::In => {
                let one = self.value(left)?;
                let two = self.value(right)?;
                let Some(found) = super::select::contains(&one, &two, self.budget).map_err(at)?
                else {
                    if let Value::Absent(absent) = two {
                        return Err(self.absent(absent, right));
                    }
                    let sentence = format!("`in` does not look into {}", function::word(&two));
                    return Err(at(Why::Fault(sentence)));
                };
                Ok(found)
            }
            _ => {
                let one = self.operand(left)?;
                let two = self.operand(right)?;
                if let (Value::Text(one), Value::Text(two)) = (&one, &two) {
                    let shorter = one.as_str().len().min(two.as_str().len());
                    self.spend(shorter as u64 / 64, span)?;
                }
                let Ok(found) = order(&one, &two) else {
                    return Err(at(operate::no_such(operator, &one, &two)));
                };
                Ok(match operator {
                    Operator::Less => found.is_some_and(std::cmp::Ordering::is_lt),
                    Operator::AtMost => found.is_some_and(std::cmp::Ordering::is_le),
                    Operator::Greater => found.is_some_and(std::cmp::Ordering::is_gt),
                    _ => found.is_some_and(std::cmp::Ordering::is_ge),
                })
            }
        }
    }

    fn arithmetic(
        &mut self,
        operator: Operator,
        left: CodeId,
        right: CodeId,
        span: Span,
    ) -> Evaluated<'t> {
        let one = self.term(left)?;
        let two = self.term(right)?;
        operate::arithmetic(operator, &one, &two, self.budget).map_err(|why| why.at(span.range()))
    }

    /// An operand of arithmetic: a list that is not there is an empty one.
    fn term(&mut self, id: CodeId) -> Evaluated<'t> {
        match self.value(id)? {
            Value::Absent(absent) if absent.is_collection => Ok(Value::List(List::default())),
            Value::Absent(absent) => Err(self.absent(absent, id)),
            value => Ok(value),
        }
    }

    fn among(&mut self, value: CodeId, items: Row, span: Span) -> Answered {
        let code = self.code;
        let value = self.value(value)?;
        let mut is_found = false;
        for id in code.row(items) {
            // What stands in the list is evaluated even after the value is found: it may stop.
            if is_found && code.get(*id).operation.is_literal() {
                continue;
            }
            let item = self.value(*id)?;
            is_found = is_found
                || equal(&value, &item, self.budget).map_err(|why| why.at(span.range()))?;
        }
        Ok(is_found)
    }

    fn has(&mut self, of: CodeId, key: &'t str, span: Span) -> Answered {
        let base = self.value(of)?;
        let found = super::select::has(&base, key, self.budget);
        let found = match (found, &base) {
            (Ok(is_there), Value::Node(map)) if !self.is_flawless => match is_there {
                false => self.doubt(*map, key).map(|()| false),
                true => match map.get(key) {
                    Some(value) if self.world.is_refused(value) => {
                        Err(Why::Malformed(format!("`{key}` is not what it should be")))
                    }
                    _ => Ok(true),
                },
            },
            (found, _) => found,
        };
        found.map_err(|why| why.at(span.range()))
    }

    fn looked_up(&mut self, operation: &'t Operation, span: Span) -> Evaluated<'t> {
        let found = match operation {
            Operation::HasIndex { of, key } => {
                let base = self.value(*of)?;
                let key = self.operand(*key)?;
                super::select::has_element(&base, &key).map(Value::Bool)
            }
            Operation::Index {
                of,
                key,
                is_optional,
                read,
            } => {
                let base = self.value(*of)?;
                let key = self.operand(*key)?;
                match (&base, key.as_str()) {
                    (Value::Node(map), Some(name))
                        if !self.is_flawless
                            && let Some(value) = map.get(name)
                            && self.world.is_refused(value) =>
                    {
                        Err(refused(name, value))
                    }
                    _ => super::select::element(&base, &key, *is_optional, *read, self.budget),
                }
            }
            _ => Err(Why::fault("this cannot be evaluated")),
        };
        found.map_err(|why| why.at(span.range()))
    }

    fn map(&mut self, row: Row, optional: &[bool], span: Span) -> Evaluated<'t> {
        let code = self.code;
        let mut entries = BTreeMap::new();
        for (at, pair) in code.row(row).chunks_exact(2).enumerate() {
            let key = self.operand(pair[0])?;
            let Some(key) = Key::of(&key) else {
                let sentence = format!("{} is no key of a map", function::word(&key));
                return Err(Why::Fault(sentence).at(self.span(pair[0]).range()));
            };
            let mut value = self.value(pair[1])?;
            if optional.get(at) == Some(&true) {
                match value {
                    Value::Optional(Some(within)) => value = (*within).clone(),
                    Value::Optional(None) => continue,
                    _ => return Err(Why::fault("`?` takes an optional").at(span.range())),
                }
            }
            if entries.insert(key, value).is_some() {
                let sentence = "the map has this key twice";
                return Err(Why::fault(sentence).at(self.span(pair[0]).range()));
            }
        }
        Ok(Value::Map(Map::from(entries)))
    }

    fn optional_list(&mut self, row: Row, optional: &[bool]) -> Evaluated<'t> {
        let code = self.code;
        let mut values = Vec::new();
        for (id, is_optional) in code.row(row).iter().zip(optional) {
            let value = self.value(*id)?;
            match value {
                value if !is_optional => values.push(value),
                Value::Optional(Some(within)) => values.push((*within).clone()),
                Value::Optional(None) => {}
                _ => {
                    return Err(Why::fault("`?` takes an optional").at(self.span(*id).range()));
                }
            }
        }
        Ok(Value::List(values.into()))
    }

    fn call(&mut self, call: &'t Call, span: Span) -> Evaluated<'t> {
        let code = self.code;
        let ids = code.row(call.arguments);
        let mut few = [const { Value::Null }; FEW];
        let mut many = Vec::new();
        let arguments = if ids.len() <= FEW {
            &mut few[..ids.len()]
        } else {
            many.resize(ids.len(), Value::Null);
            &mut many[..]
        };
        for ((place, id), takes) in arguments.iter_mut().zip(ids).zip(&call.takes) {
            *place = match self.value(*id)? {
                Value::Absent(absent) if absent.is_collection => match takes.collection {
                    Collection::List => Value::List(List::default()),
                    Collection::Map => Value::Map(Map::default()),
                    Collection::Refused if !takes.is_nullable => {
                        return Err(self.absent(absent, *id));
                    }
                    _ => Value::Absent(absent),
                },
                Value::Absent(absent) if !takes.is_nullable => {
                    return Err(self.absent(absent, *id));
                }
                Value::Null if !takes.is_nullable => {
                    let sentence = format!("`{}` does not take null", call.name);
                    return Err(Why::Fault(sentence).at(self.span(*id).range()));
                }
                value => value,
            };
        }
        let found = self.world.call(call.function as usize, arguments);
        let found = match found {
            // Nothing was found: what is asked of it names the function.
            Ok(Value::Null) => Ok(Value::Absent(Absent {
                key: &call.name,
                parent: None,
                is_collection: false,
            })),
            Ok(value) => read(value, call.read),
            Err(why) => Err(why),
        };
        found.map_err(|why| why.at(span.range()))
    }

    fn standard(&mut self, function: Standard, arguments: Row, span: Span) -> Evaluated<'t> {
        let code = self.code;
        let ids = code.row(arguments);
        let mut held = [const { Value::Null }; FEW];
        if ids.len() > FEW {
            let why = Why::fault("there is no such function with so many arguments");
            return Err(why.at(span.range()));
        }
        for (place, id) in held.iter_mut().zip(ids) {
            *place = match self.value(*id)? {
                Value::Absent(absent) if !function::takes_null(function) => {
                    if !absent.is_collection {
                        return Err(self.absent(absent, *id));
                    }
                    Value::List(List::default())
                }
                value => value,
            };
        }
        let held = &held[..ids.len()];
        let found = match (function, held) {
            (Standard::Matches, [text, wanted]) => match (text.as_str(), wanted.as_str()) {
                (Some(text), Some(wanted)) => self.matches(text, wanted),
                _ => Err(function::no_such(function, held)),
            },
            _ => function::call(function, held, self.budget),
        };
        found.map_err(|why| why.at(span.range()))
    }

    /// A pattern that is made while evaluating; the last one is kept.
    fn matches(&mut self, text: &str, wanted: &str) -> Result<Value<'t>, Why> {
        self.budget.spend_bytes(text.len())?;
        if self
            .pattern
            .as_ref()
            .is_none_or(|(known, _)| **known != *wanted)
        {
            self.budget.spend(5_000 + 50 * wanted.len() as u64)?;
            let regex = compile_pattern(wanted)
                .map_err(|why| Why::Fault(format!("`{wanted}` is no pattern: {why}")))?;
            self.pattern = Some((wanted.into(), regex));
        }
        let regex = self.pattern.as_ref().map(|(_, regex)| regex);
        Ok(Value::Bool(regex.is_some_and(|it| it.is_match(text))))
    }
}

/// Why nothing is worked out with a value that is refused.
fn refused(key: &str, value: NodeRef<'_>) -> Why {
    match Moment::parse(value.scalar_text()) {
        Some(day @ Moment::Day(_)) => match day.start() {
            Some(start) => Why::Day(key.to_owned(), start),
            None => Why::Malformed(format!("`{key}` is not what it should be")),
        },
        _ => Why::Malformed(format!("`{key}` is not what it should be")),
    }
}
