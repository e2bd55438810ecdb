//! Parts that several expressions have in common, to be evaluated once for a record, or once for
//! each of its elements: most rules about an incident begin with the same few questions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::code::{Code, CodeId, Operation};
use super::compile::Expression;
use super::halt::Halt;
use super::value::Value;

/// What an evaluation comes to.
pub type Evaluated<'t> = Result<Value<'t>, Box<Halt>>;

/// The number of a part that several expressions have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    /// It is the same for the whole record.
    Record(u32),
    /// It speaks of the element.
    Element(u32),
}

/// Index of the variable that stands for the element.
const ELEMENT: u32 = 0;

/// The parts of a set of expressions about records of one kind.
#[derive(Debug, Default)]
pub struct Sharing {
    /// Every part by how it is written, with local values counted from the inside.
    numbers: BTreeMap<String, u32>,
    /// Per part, how often it stands somewhere, and its share once it has one.
    parts: Vec<(u32, Option<Share>)>,
    /// The parts of the expression at hand, operands first.
    found: Vec<(CodeId, Part)>,
    of_record: u32,
    of_element: u32,
}

/// What is known of one operation with its operands.
#[derive(Clone, Copy, Debug)]
struct Part {
    number: u32,
    operations: u32,
    is_about_element: bool,
    /// Whether it goes through a list or asks the registries.
    is_costly: bool,
    /// How many of the values bound around it are meant in it, from the inside.
    reach: usize,
}

impl Part {
    /// Whether remembering it saves anything. An element is small, and there may be many.
    const fn is_worth_it(&self) -> bool {
        let saves = self.is_costly || (!self.is_about_element && self.operations >= 2);
        self.reach == 0 && saves
    }
}

impl Sharing {
    /// Marks in each of some expressions the parts that it has in common with others of them.
    pub fn among(expressions: &mut [&mut Expression]) {
        let mut sharing = Self::default();
        let parts = |it: &&mut Expression| {
            sharing.part(&it.code, it.root, &mut Vec::new());
            let found = std::mem::take(&mut sharing.found);
            for (_, part) in &found {
                sharing.parts[part.number as usize].0 += 1;
            }
            found
        };
        let found: Vec<_> = expressions.iter().map(parts).collect();
        for (expression, found) in expressions.iter_mut().zip(found) {
            sharing.mark(&mut expression.code, &found);
        }
    }

    fn mark(&mut self, code: &mut Code, found: &[(CodeId, Part)]) {
        // Operands come before what they are operands of: this goes from the outside in.
        let mut marked: Vec<(usize, u32)> = Vec::new();
        for (at, (id, part)) in found.iter().enumerate().rev() {
            let count = self.parts[part.number as usize].0;
            while marked.last().is_some_and(|(first, _)| *first > at) {
                marked.pop();
            }
            // What stands nowhere but in a wider part is remembered with that.
            let is_covered = marked.last().is_some_and(|(_, wider)| *wider == count);
            if count > 1 && part.is_worth_it() && !is_covered {
                code.nodes[*id as usize].share = Some(self.share(*part));
                marked.push((at + 1 - part.operations as usize, count));
            }
        }
    }

    fn share(&mut self, part: Part) -> Share {
        let known = &mut self.parts[part.number as usize].1;
        *known.get_or_insert_with(|| {
            let (next, share): (_, fn(u32) -> Share) = match part.is_about_element {
                true => (&mut self.of_element, Share::Element),
                false => (&mut self.of_record, Share::Record),
            };
            *next += 1;
            share(*next - 1)
        })
    }

    /// Numbers a part and all parts of it. `None` for what is rare in rules, and what holds it.
    fn part(&mut self, code: &Code, id: CodeId, bound: &mut Vec<u32>) -> Option<Part> {
        let operation = &code.get(id).operation;
        let mut text = String::new();
        let mut part = Part {
            number: 0,
            operations: 1,
            is_about_element: false,
            is_costly: matches!(operation, Operation::Each(_) | Operation::Call(_)),
            reach: 0,
        };
        match operation {
            Operation::Local { slot, read } => {
                let back = bound.iter().rev().position(|it| it == slot)?;
                part.reach = back + 1;
                write!(text, "local {back} {read:?}").ok()?;
            }
            Operation::Variable { index, .. } => {
                part.is_about_element = *index == ELEMENT;
                write!(text, "{operation:?}").ok()?;
            }
            other if other.is_literal() => write!(text, "{operation:?}").ok()?,
            other => head(code, other, &mut text)?,
        }
        let mut is_known = true;
        for (operand, binds) in operands(code, operation) {
            let before = bound.len();
            bound.extend(binds.iter().flatten());
            let within = self.part(code, operand, bound);
            let binds = bound.len() - before;
            bound.truncate(before);
            let Some(within) = within else {
                is_known = false;
                continue;
            };
            write!(text, " {}", within.number).ok()?;
            part.operations += within.operations;
            part.is_about_element |= within.is_about_element;
            part.is_costly |= within.is_costly;
            part.reach = part.reach.max(within.reach.saturating_sub(binds));
        }
        if !is_known {
            return None;
        }
        let next = self.parts.len() as u32;
        part.number = *self.numbers.entry(text).or_insert(next);
        if part.number == next {
            self.parts.push((0, None));
        }
        self.found.push((id, part));
        Some(part)
    }
}

/// Writes what an operation is, without its operands.
fn head(code: &Code, operation: &Operation, text: &mut String) -> Option<()> {
    let written = match operation {
        Operation::Select {
            key,
            is_optional,
            read,
            ..
        } => write!(text, "select {key:?} {is_optional} {read:?}"),
        Operation::Has { key, .. } => write!(text, "has {key:?}"),
        Operation::Call(call) => {
            write!(
                text,
                "call {} {:?} {:?}",
                call.function, call.takes, call.read
            )
        }
        Operation::Standard { function, .. } => write!(text, "standard {function:?}"),
        Operation::Matches { pattern, .. } => {
            let pattern = code.patterns.get(*pattern as usize)?;
            write!(text, "matches {:?}", pattern.as_str())
        }
        Operation::List(_) => write!(text, "list"),
        Operation::Not(_) => write!(text, "not"),
        Operation::Compare { operator, .. } | Operation::Binary { operator, .. } => {
            write!(text, "{operator:?}")
        }
        Operation::Among { .. } => write!(text, "among"),
        Operation::And(_) => write!(text, "and"),
        Operation::Or(_) => write!(text, "or"),
        Operation::Choice { .. } => write!(text, "choice"),
        Operation::Let { .. } => write!(text, "let"),
        Operation::Each(each) => {
            let (has_second, has_condition) = (each.second.is_some(), each.condition.is_some());
            write!(text, "each {:?} {has_second} {has_condition}", each.walk)
        }
        _ => return None,
    };
    written.ok()
}

/// The operands of an operation, each with the slots that the operation binds for it.
fn operands(code: &Code, operation: &Operation) -> Vec<(CodeId, [Option<u32>; 2])> {
    let free = |id: &CodeId| (*id, [None, None]);
    match operation {
        Operation::Select { of, .. }
        | Operation::Has { of, .. }
        | Operation::Matches { of, .. }
        | Operation::Not(of) => vec![free(of)],
        Operation::Call(call) => code.row(call.arguments).iter().map(free).collect(),
        Operation::Standard { arguments: row, .. }
        | Operation::List(row)
        | Operation::And(row)
        | Operation::Or(row) => code.row(*row).iter().map(free).collect(),
        Operation::Compare { left, right, .. } | Operation::Binary { left, right, .. } => {
            vec![free(left), free(right)]
        }
        Operation::Among { value, items } => {
            let items = code.row(*items).iter();
            std::iter::once(value).chain(items).map(free).collect()
        }
        Operation::Choice { condition, yes, no } => vec![free(condition), free(yes), free(no)],
        Operation::Let { slot, value, body } => vec![free(value), (*body, [Some(*slot), None])],
        Operation::Each(each) => {
            let binds = [Some(each.slot), each.second];
            let within = each.condition.into_iter().chain([each.body]);
            std::iter::once(free(&each.over))
                .chain(within.map(|id| (id, binds)))
                .collect()
        }
        _ => Vec::new(),
    }
}
