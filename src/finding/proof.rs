//! How far the times and persons that records name are proven: data only.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use super::outcome::Finding;
use super::past::CommitName;

/// What a time or a person that a record names rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The grade: `not-examined`, `asserted`, `first-seen-in-commit`, `signed-commit` or `receipt`.
    pub grade: &'static str,
    /// The same in words.
    pub words: String,
    /// The commit that brought it, if it is committed as it stands.
    pub commit: Option<CommitName>,
}

impl Proof {
    /// The grade where nobody looked.
    const NOT_EXAMINED: &str = "not-examined";

    /// Of what a record says where the commits are not read and no receipt speaks for it.
    pub fn not_examined() -> Self {
        Self {
            grade: Self::NOT_EXAMINED,
            words: "asserted in the record; the history was not examined".to_owned(),
            commit: None,
        }
    }

    /// Whether anybody looked.
    pub fn is_examined(&self) -> bool {
        self.grade != Self::NOT_EXAMINED
    }
}

impl Proof {
    /// In a few words, for tables.
    pub fn brief(&self) -> String {
        let words = self.words.replace('`', "");
        match &self.commit {
            Some(commit) => format!("{words} {}", commit.words()),
            None if self.is_examined() => words,
            None => "not examined".to_owned(),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)?;
        let Some(commit) = &self.commit else {
            return Ok(());
        };
        write!(out, " {}", short(commit))?;
        if !commit.at.is_empty() {
            write!(out, " of {}", commit.at)?;
        }
        write!(out, " by {}", commit.author)
    }
}

/// The beginning of the id of a commit.
fn short(commit: &CommitName) -> &str {
    commit.id.get(..10).unwrap_or(&commit.id)
}

/// How far the times of a record are proven, by their pointers.
pub type Proofs = BTreeMap<String, Proof>;

/// A time or a person that a finding quotes from a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The file of the record; in a fault empty for the record that was judged.
    pub file: String,
    /// JSON Pointer of the value.
    pub pointer: String,
    /// The value.
    pub value: String,
    /// How far it is proven.
    pub proof: Proof,
}

impl Finding {
    /// How far the times and persons that it quotes are proven, in one line: those with the same
    /// proof together. `None` where nobody looked, or where the message says so itself.
    pub fn proof(&self) -> Option<String> {
        let of_duty = self.duty.as_deref().and_then(|it| it.clock.proof());
        let counted: BTreeSet<String> = {
            let duty = self.duty.iter();
            duty.flat_map(|it| it.clock.times()).collect()
        };
        let is_told = |quote: &&Quote| {
            let commit = quote.proof.commit.as_ref();
            quote.proof.is_examined()
                && !counted.contains(&quote.value)
                && !commit.is_some_and(|it| self.message.contains(short(it)))
        };
        let mut groups: Vec<(&Proof, Vec<&str>)> = Vec::new();
        for quote in self.quotes.iter().filter(is_told) {
            let at = groups.iter().position(|(proof, _)| **proof == quote.proof);
            let at = at.unwrap_or_else(|| {
                groups.push((&quote.proof, Vec::new()));
                groups.len() - 1
            });
            if !groups[at].1.contains(&quote.value.as_str()) {
                groups[at].1.push(&quote.value);
            }
        }
        let mut line = of_duty.unwrap_or_default();
        for (proof, values) in groups {
            if !line.is_empty() {
                line.push_str("; ");
            }
            let _ = write!(line, "{} {proof}", values.join(" and "));
        }
        (!line.is_empty()).then_some(line)
    }
}
