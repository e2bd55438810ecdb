//! Looks through texts for what must not stand in them, or must not leave.
//!
//! Two sources: the patterns that the organisation writes into its guideline and its settings, and
//! detectors that are always there, a family for each kind of thing. Every search is linear in the
//! text. A [`Hit`] says where something is and what kind of thing it is, never what it says. This
//! module knows texts; which text is looked through for what, and what follows, is said elsewhere.

mod address;
mod checksum;
mod contact;
mod credential;
mod host;
mod message;
mod patterns;
mod payment;
mod privilege;

use std::ops::Range;

pub use contact::Contacts;
pub use message::{Message, as_text};
pub use patterns::{MOST_PATTERNS, Pattern, Patterns};

/// Most hits of one family that are worked out in one text.
const MOST_HITS: usize = 100;

/// A kind of thing that is looked for, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// What a secret pattern of the organisation finds.
    Secret,
    /// A key or token of a known form.
    Credential,
    /// The number of a payment card or a bank account.
    Payment,
    /// What a redaction rule or a do-not-share entry of the organisation finds.
    Excluded,
    /// An address of a private network.
    Address,
    /// The name of a machine inside.
    Host,
    /// A privilege marking.
    Privilege,
    /// A mail address or a phone number of a person.
    Contact,
}

impl Family {
    /// Whether it has no place in any record, sent or not.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Credential | Self::Payment)
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What kind of thing.
    pub family: Family,
    /// What it is in a few words, or for a pattern of the organisation its number.
    pub what: What,
    /// Where in the text, in bytes.
    pub range: Range<usize>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A thing that a detector knows, with its article.
    Known(&'static str),
    /// A pattern of the organisation, by its position.
    Pattern(usize),
}

/// What a text is, as far as detectors have to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Whether persons belong here: lines about handling, indicators.
    pub may_name_people: bool,
    /// Whether it is a list of versions, some of which look like addresses.
    pub is_version: bool,
}

/// All that texts are looked through for.
#[derive(Debug, Default)]
pub struct Scanner {
    excluded: Patterns,
    secrets: Patterns,
    registered: Contacts,
}

impl Scanner {
    /// A scanner with the patterns of the organisation, and the contacts that it registers.
    pub fn new(excluded: Patterns, secrets: Patterns, registered: Contacts) -> Self {
        Self {
            excluded,
            secrets,
            registered,
        }
    }

    /// The pattern of the organisation that a hit is due to.
    pub fn pattern(&self, hit: &Hit) -> Option<&Pattern> {
        let What::Pattern(number) = hit.what else {
            return None;
        };
        match hit.family {
            Family::Secret => self.secrets.get(number),
            _ => self.excluded.get(number),
        }
    }

    /// Whether a secret may stand in a text, or in a part of it that no letter or digit touches.
    /// Cheap: nearly every text is settled here.
    pub fn may_hold_secret(&self, text: &str) -> bool {
        credential::may_stand_in(text)
            || payment::may_stand_in(text)
            || self.secrets.may_match(text)
    }

    /// The same for everything that must not leave.
    pub fn may_hold_anything(&self, text: &str) -> bool {
        self.may_hold_secret(text)
            || self.excluded.may_match(text)
            || address::may_stand_in(text)
            || host::may_stand_in(text)
            || privilege::may_stand_in(text)
            || contact::may_stand_in(text)
    }

    /// The secrets of a text, the strongest first.
    pub fn secrets(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.secrets.find(text, Family::Secret, &mut hits);
        if credential::may_stand_in(text) {
            add(&mut hits, Family::Credential, credential::find(text));
        }
        if payment::may_stand_in(text) {
            add(&mut hits, Family::Payment, payment::find(text, false));
        }
        hits
    }

    /// Everything that a text must not hold when it leaves, the strongest first.
    pub fn everything(&self, text: &str, setting: Setting) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.secrets.find(text, Family::Secret, &mut hits);
        if credential::may_stand_in(text) {
            add(&mut hits, Family::Credential, credential::find(text));
        }
        if payment::may_stand_in(text) {
            add(&mut hits, Family::Payment, payment::find(text, true));
        }
        self.excluded.find(text, Family::Excluded, &mut hits);
        if !setting.is_version {
            add(&mut hits, Family::Address, address::find(text));
        }
        add(&mut hits, Family::Host, host::find(text));
        add(&mut hits, Family::Privilege, privilege::find(text));
        if !setting.may_name_people {
            add(
                &mut hits,
                Family::Contact,
                contact::find(text, &self.registered),
            );
        }
        hits
    }
}

/// Adds what a detector found, but for what is told already by a stronger one.
fn add(hits: &mut Vec<Hit>, family: Family, found: impl Iterator<Item = Known>) {
    for (range, what) in found.take(MOST_HITS) {
        let is_told = |hit: &Hit| hit.range.start < range.end && range.start < hit.range.end;
        if !hits.iter().any(is_told) {
            let what = What::Known(what);
            hits.push(Hit {
                family,
                what,
                range,
            });
        }
    }
}

/// Where a detector found something, and what it is.
type Known = (Range<usize>, &'static str);

/// The character before a place of a text.
fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The character after a place of a text.
fn after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}
