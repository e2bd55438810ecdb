//! What is wrong with one record, and how often each rule was asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Instant;
use crate::document::NodeId;
use crate::finding::{At, Fault, MOST_FAULTS, Rule, Tally};
use crate::record::{Followed, Later, Record, Resolver, duplicate_local_ids, path_contradictions};

/// Rules that are asked once for every record.
pub(super) const PER_RECORD: &[Rule] = &[
    Rule::UnknownKey,
    Rule::WrongType,
    Rule::ValueNotListed,
    Rule::WrongFormat,
    Rule::MissingKey,
    Rule::DuplicateLocalId,
    Rule::IdContradictsPath,
];

/// Rules that a file has passed once it could be read as a record.
pub(super) const PER_FILE: &[Rule] = &[
    Rule::Encoding,
    Rule::YamlSyntax,
    Rule::DuplicateKey,
    Rule::AmbiguousWord,
    Rule::TimeWithoutOffset,
    Rule::UnsupportedYaml,
    Rule::SeveralDocuments,
    Rule::NotARecord,
    Rule::UnknownKind,
];

/// What one record turned out to be.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) faults: Vec<Fault>,
    /// Whether there are more faults than were worked out.
    pub(super) has_more: bool,
    pub(super) later: Vec<Later>,
    pub(super) references: usize,
    pub(super) tally: Tally,
}

/// Judges a record: shape, ids, references. `path` is relative to the record root.
pub(super) fn judge(path: &str, record: &Record, resolver: Resolver<'_>, as_of: Instant) -> Judged {
    let places = record.places();
    let mut faults = match record.kind.schema() {
        Some(kind) => kind.schema.faults(record.root(), &places),
        None => Vec::new(),
    };
    // One fault, one finding: what is wrong in shape or identity is not also looked up.
    let mut faulty: BTreeSet<NodeId> = faults.iter().filter_map(value_at).collect();
    let identity = duplicate_local_ids(record, &places)
        .into_iter()
        .chain(path_contradictions(path, record));
    for fault in identity {
        if value_at(&fault).is_none_or(|node| faulty.insert(node)) {
            faults.push(fault);
        }
    }

    let followed = Followed::of(record, &places, resolver, as_of);
    let mut tally = Tally::default();
    for (rule, count) in followed.found {
        tally.pass(rule, count);
    }
    for (rule, gap) in followed.unknown {
        tally.unevaluated(rule, gap.reason());
    }
    let is_sound = |fault: &Fault| value_at(fault).is_none_or(|node| !faulty.contains(&node));
    faults.extend(followed.dangling.into_iter().filter(is_sound));

    let has_more = faults.len() >= MOST_FAULTS;
    faults.truncate(MOST_FAULTS);

    let mut failed: BTreeMap<Rule, usize> = BTreeMap::new();
    for fault in &faults {
        *failed.entry(fault.rule).or_default() += 1;
        tally.fail(fault.rule);
    }
    for rule in PER_RECORD
        .iter()
        .chain(PER_FILE)
        .filter(|rule| !failed.contains_key(rule))
    {
        tally.pass(*rule, 1);
    }
    let later = followed
        .later
        .into_iter()
        .filter(|it| !faulty.contains(&it.node))
        .collect();
    Judged {
        faults,
        has_more,
        later,
        references: followed.count,
        tally,
    }
}

/// The node whose value a fault is about. A missing key is shown at a value that may be right.
fn value_at(fault: &Fault) -> Option<NodeId> {
    match fault.at {
        At::Node(place) if fault.rule != Rule::MissingKey => Some(place.node),
        _ => None,
    }
}
