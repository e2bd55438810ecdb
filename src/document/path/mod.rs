//! Paths a person can write: `outbound[OUT-1].approvals[legal].by`.
//!
//! Keys are joined with `.`; an element of a list stands in brackets, by the values of the keys
//! that identify it (several joined with `,`, as many as are needed), a scalar by its text, and
//! any element by its number: `[#0]`. Keys and values with other characters stand in double quotes.
//! What identifies the elements of a list is the schema's business; it is asked through
//! [`Identity`].

mod find;
mod syntax;

use std::fmt;

pub use find::{Stop, Why, path_of};
pub use syntax::PathError;

use super::node::NodeRef;

/// The keys that identify the elements of a list; `None` where the schema names none.
pub type Identity<'i> = dyn Fn(NodeRef<'_>) -> Option<&'i [Box<str>]> + 'i;

/// The way from the root of a record to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To the value of a key of a map.
    Key(Box<str>),
    /// To the element of a list with these values of its identifying keys, or with this text.
    Element(Vec<Box<str>>),
    /// To the element of a list at this position, counted from 0.
    Number(usize),
}

impl Path {
    /// The steps, from the root on; none for the root itself.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The path of the list or map in which the last step ends, and the last step.
    pub fn split_last(&self) -> Option<(Self, &Step)> {
        let (last, above) = self.steps.split_last()?;
        Some((above.to_vec().into(), last))
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Self { steps }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            if at > 0 && matches!(step, Step::Key(_)) {
                out.write_str(".")?;
            }
            write!(out, "{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) if syntax::is_bare_key(key) => out.write_str(key),
            Self::Key(key) => out.write_str(&syntax::quoted(key)),
            Self::Number(number) => write!(out, "[#{number}]"),
            Self::Element(values) => {
                let values: Vec<String> = values
                    .iter()
                    .map(|value| match syntax::is_bare_value(value) {
                        true => value.to_string(),
                        false => syntax::quoted(value),
                    })
                    .collect();
                write!(out, "[{}]", values.join(","))
            }
        }
    }
}
