//! How far git proves a value.

use std::fmt;

use super::History;
use super::identities::Identities;
use super::signature::Signature;

/// What a value rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grade {
    /// The record says so; it is not committed as it stands.
    Asserted,
    /// A commit shows content and order. Its author and its times are typed by whoever made it.
    FirstSeen,
    /// The holder of a key that is registered for a person made the commit.
    Signed,
    /// Somebody signed the commit with a key that is not registered.
    UnregisteredKey {
        /// The fingerprint of the key.
        fingerprint: String,
    },
    /// The commit has a signature that proves nothing.
    BadSignature {
        /// Why, in words that follow "the signature".
        why: &'static str,
    },
    /// The commit has a signature of a sort that is not verified here.
    Unverified {
        /// The sort.
        sort: &'static str,
    },
    /// The commit is signed and cannot be read.
    Unreadable,
}

impl Grade {
    /// The name of the grade that evidence gives, whatever the commits say.
    pub const RECEIPT: &str = "receipt";

    /// The name used in outputs. What a signature does not prove rests on the commit alone.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Signed => "signed-commit",
            _ => "first-seen-in-commit",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asserted => out.write_str("asserted, not committed"),
            Self::FirstSeen => out.write_str("first seen in commit"),
            Self::Signed => out.write_str("signed commit, registered key"),
            Self::UnregisteredKey { fingerprint } => {
                write!(out, "signed commit, unregistered key {fingerprint}")
            }
            Self::BadSignature { why } => write!(out, "commit with a signature that {why}"),
            Self::Unverified { sort } => write!(out, "signed commit ({sort}), not verified here"),
            Self::Unreadable => out.write_str("signed commit that cannot be read"),
        }
    }
}

impl History<'_> {
    /// How far a commit, by its position, proves what it introduced.
    pub fn grade(&self, commit: usize, identities: &Identities<'_>) -> Grade {
        if !self.commits().get(commit).is_some_and(|it| it.is_signed) {
            return Grade::FirstSeen;
        }
        let Ok(signature) = self.signature(commit) else {
            return Grade::Unreadable;
        };
        match signature {
            Signature::Unsigned => Grade::FirstSeen,
            Signature::Good { fingerprint } if identities.has_key(&fingerprint) => Grade::Signed,
            Signature::Good { fingerprint } => Grade::UnregisteredKey { fingerprint },
            Signature::Bad { why } => Grade::BadSignature { why },
            Signature::Unverified { sort } => Grade::Unverified { sort },
        }
    }
}
