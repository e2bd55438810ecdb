use std::ops::Range;

use crate::clock::Instant;
use crate::record::RecordKind;

/// Why an evaluation stopped without a value, and where in the text of the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// The operand that could not be evaluated, in bytes of the text.
    pub span: Range<usize>,
    /// Why.
    pub why: Why,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A value is needed and the key is missing or empty; its name.
    Absent(String),
    /// The text of a node is not what its place asks for: "`declared_at` is no time".
    Malformed(String),
    /// A day stands where a time is needed: the key, and the start of the day.
    Day(String, Instant),
    /// A registry, a limit or a card is missing; a sentence.
    Gap(String),
    /// Something is needed that is not at hand.
    Elsewhere(Wanted),
    /// What the expression asks for was left out on purpose, with all that rests on it.
    LeftOut,
    /// A fault of the expression on these values, such as a division by zero; a sentence.
    Fault(String),
    /// The evaluation took more steps than it may.
    Budget,
}

/// What an evaluation needs that is not at hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// The record with this id.
    Record(String),
    /// The packages of the incident with this id.
    Packages(String),
    /// How many records of a kind there are.
    Count(RecordKind),
    /// The rows of all incidents.
    Incidents,
}

impl Why {
    pub(super) fn fault(sentence: impl Into<String>) -> Self {
        Self::Fault(sentence.into())
    }

    /// Whether `&&` and `||` may leave this aside when the other operand decides.
    pub(super) const fn can_be_absorbed(&self) -> bool {
        !matches!(self, Self::Budget)
    }

    #[expect(
        clippy::unnecessary_box_returns,
        reason = "it is rare, and what may be one is moved at every step"
    )]
    pub(super) fn at(self, span: Range<usize>) -> Box<Halt> {
        Box::new(Halt { span, why: self })
    }
}

/// The steps an evaluation may still take. Every operation is a step, every element looked at,
/// and every 64 bytes of text read or made.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(1_000_000)
    }
}

impl Budget {
    /// A budget of so many steps.
    pub const fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// The steps left.
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// Takes steps.
    ///
    /// # Errors
    /// [`Why::Budget`] when there are not that many left.
    pub fn spend(&mut self, steps: u64) -> Result<(), Why> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Why::Budget)
            }
        }
    }

    /// Takes the steps for so many bytes of text.
    pub(super) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Why> {
        self.spend(bytes as u64 / 64 + 1)
    }
}
