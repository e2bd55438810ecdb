//! One mistake in a record that was clean, and the mark where a checker has to point.

mod shape;
mod text;

pub(crate) use shape::break_duration;

use super::random::Random;
use super::site::{Site, choose, node_at, replace};
use super::tree::{Form, Meaning as M, Node, pair};

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Defect {
    UnknownKey,
    ValueNotListed,
    WrongType,
    WrongFormat,
    MissingKey,
    UnknownPerson,
    UnknownRole,
    UnknownThirdParty,
    UnknownContact,
    UnknownSystem,
    UnknownChannel,
    UnknownEvidence,
    UnknownException,
    UnknownLocalId,
    UnknownRecord,
    UnknownTerm,
    DuplicateKey,
    AmbiguousWord,
    TimeWithoutOffset,
    YamlSyntax,
    DuplicateLocalId,
    IdContradictsPath,
}

impl Defect {
    pub(crate) const ALL: [Self; 22] = [
        Self::UnknownKey,
        Self::ValueNotListed,
        Self::WrongType,
        Self::WrongFormat,
        Self::MissingKey,
        Self::UnknownPerson,
        Self::UnknownRole,
        Self::UnknownThirdParty,
        Self::UnknownContact,
        Self::UnknownSystem,
        Self::UnknownChannel,
        Self::UnknownEvidence,
        Self::UnknownException,
        Self::UnknownLocalId,
        Self::UnknownRecord,
        Self::UnknownTerm,
        Self::DuplicateKey,
        Self::AmbiguousWord,
        Self::TimeWithoutOffset,
        Self::YamlSyntax,
        Self::DuplicateLocalId,
        Self::IdContradictsPath,
    ];

    /// The rule that has to find it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown-key",
            Self::ValueNotListed => "value-not-listed",
            Self::WrongType => "wrong-type",
            Self::WrongFormat => "wrong-format",
            Self::MissingKey => "missing-key",
            Self::UnknownPerson => "unknown-person",
            Self::UnknownRole => "unknown-role",
            Self::UnknownThirdParty => "unknown-third-party",
            Self::UnknownContact => "unknown-contact",
            Self::UnknownSystem => "unknown-system",
            Self::UnknownChannel => "unknown-channel",
            Self::UnknownEvidence => "unknown-evidence",
            Self::UnknownException => "unknown-exception",
            Self::UnknownLocalId => "unknown-local-id",
            Self::UnknownRecord => "unknown-record",
            Self::UnknownTerm => "unknown-term",
            Self::DuplicateKey => "duplicate-key",
            Self::AmbiguousWord => "ambiguous-word",
            Self::TimeWithoutOffset => "time-without-offset",
            Self::YamlSyntax => "yaml-syntax",
            Self::DuplicateLocalId => "duplicate-local-id",
            Self::IdContradictsPath => "id-contradicts-path",
        }
    }

    /// Puts the mistake into an incident. `variant` counts the mistakes of this kind, so that all
    /// ways to make it get their turn. Returns whether the record has a place for it.
    pub(crate) fn inject(self, record: &mut Node, variant: usize, random: &mut Random) -> bool {
        match self {
            Self::UnknownKey => shape::unknown_key(record, variant, random),
            Self::ValueNotListed => shape::value_not_listed(record, variant, random),
            Self::WrongType => shape::wrong_type(record, variant, random),
            Self::WrongFormat => shape::wrong_format(record, variant, random),
            Self::MissingKey => shape::missing_key(record, variant),
            Self::UnknownPerson => {
                // A role will not do where a person is due.
                let words = ["mra", "nobody-7", "ir-lead", "Kofi", "maré"];
                let word = words[variant % words.len()];
                let meanings = [M::Person, M::PersonOrRole];
                let count = if word == "ir-lead" { 1 } else { 2 };
                refer(record, &meanings[..count], word, random)
            }
            Self::UnknownRole => {
                let words = ["legal-councel", "dpo", "mara", "irlead"];
                refer(record, &[M::Role], words[variant % words.len()], random)
            }
            Self::UnknownThirdParty => {
                let words = ["corvid", "tesera-cloud", "acme", "patient-portal"];
                let word = words[variant % words.len()];
                refer(record, &[M::Party, M::PartyOrInternal], word, random)
            }
            Self::UnknownContact => {
                let words = ["helpdesk", "dutty", "soc-phone"];
                refer(record, &[M::Contact], words[variant % words.len()], random)
            }
            Self::UnknownSystem => unknown_system(record, variant, random),
            Self::UnknownChannel => {
                let words = ["vendor-porta", "pigeon", "encrypted mail"];
                refer(record, &[M::Channel], words[variant % words.len()], random)
            }
            Self::UnknownEvidence => {
                let words = ["E-99", "E-0", "A-1", "evidence/out-1.eml"];
                refer(record, &[M::Evidence], words[variant % words.len()], random)
            }
            Self::UnknownException => unknown_exception(record, variant, random),
            Self::UnknownLocalId => {
                let words = ["OUT-99", "A-77", "E-1", "D-0", "out-1"];
                refer(record, &[M::Local], words[variant % words.len()], random)
            }
            Self::UnknownRecord => {
                let words = ["INC-2015-9999", "no-such-record", "RA-2025-998"];
                refer(record, &[M::Record], words[variant % words.len()], random)
            }
            Self::UnknownTerm => unknown_term(record, variant, random),
            Self::DuplicateKey => text::duplicate_key(record, variant, random),
            Self::AmbiguousWord => text::ambiguous_word(record, variant, random),
            Self::TimeWithoutOffset => text::time_without_offset(record, variant, random),
            Self::YamlSyntax => text::yaml_syntax(record, variant, random),
            Self::DuplicateLocalId => duplicate_local_id(record, variant, random),
            Self::IdContradictsPath => shape::id_contradicts_path(record, variant),
        }
    }
}

/// Makes one reference of the given meanings point to nothing.
fn refer(record: &mut Node, meanings: &[M], word: &'static str, random: &mut Random) -> bool {
    let suits = |site: &Site<'_>| {
        let fits = site.node.meaning().is_some_and(|it| meanings.contains(&it));
        // One word could be right by chance.
        fits && site.node.text() != word && !(word == "E-1" && site.key() == "from")
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let by = Node::scalar(meanings[0], word).with_form(Form::OneLine);
    replace(record, &path, by)
}

fn unknown_system(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| {
        site.node.meaning() == Some(M::System)
    }) else {
        return false;
    };
    let Some(node) = node_at(record, &path) else {
        return false;
    };
    let system = node.text().split('/').next().unwrap_or("").to_owned();
    let word = match variant % 3 {
        0 => format!("{system}/no-such-part"),
        1 => format!("{system}x"),
        _ => "Mainframe/app".to_owned(),
    };
    let by = Node::scalar(M::System, word).with_form(Form::OneLine);
    replace(record, &path, by)
}

/// A word that nothing defines: as a value, or as the key of a trigger.
fn unknown_term(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    if variant % 4 < 3 {
        let word = ["urgent", "Public", "host-name"][variant % 4];
        return refer(record, &[M::Term], word, random);
    }
    let triggers = record
        .get_mut("supply_chain")
        .and_then(|it| it.get_mut("triggers"))
        .and_then(Node::pairs_mut);
    let Some(pairs) = triggers else { return false };
    let at = random.below(pairs.len());
    pairs[at].key = "third-party-involved".into();
    pairs[at].is_marked = true;
    true
}

fn unknown_exception(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let word = ["RA-2025-999", "RA-2024-001", "RA-25-1"][variant % 3];
    if refer(record, &[M::Exception], word, random) {
        return true;
    }
    let (list, key) = match variant % 2 {
        0 => ("parties", "risk"),
        _ => ("outbound", "channel_exception"),
    };
    let Some(items) = record.get_mut(list).and_then(Node::items_mut) else {
        return false;
    };
    let item = random.below(items.len());
    let Some(pairs) = items[item].pairs_mut() else {
        return false;
    };
    let value = Node::scalar(M::Exception, word).with_form(Form::OneLine);
    pairs.push(pair(key, value.marked()));
    true
}

fn duplicate_local_id(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let lists = [
        "evidence",
        "actions",
        "decisions",
        "outbound",
        "inbound",
        "sessions",
    ];
    let list = lists[variant % lists.len()];
    let Some(items) = record.get_mut(list).and_then(Node::items_mut) else {
        return false;
    };
    // A second one is copied in below, so that all references stay as they are.
    let first = random.below(items.len());
    let mut second = items[first].clone();
    if let Some(id) = second.get_mut("id") {
        id.is_marked = true;
    }
    let at = random.between(first + 1, items.len());
    items.insert(at, second);
    true
}
