//! What must not stand in a record, and must not leave with a package or a message: which text is
//! looked through for what, what may stay, and how it is told. The text itself is never told.

mod file;
mod leaving;
mod organisation;
mod veil;
mod words;

use super::judge::Bench;
use crate::document::NodeRef;
use crate::evidence::scan::{Family, Hit, Setting};
use crate::finding::{At, Builtin, Fault, MOST_FAULTS, Severity};
use crate::policy::{Answer, Facts, Known, Wanted};
use crate::record::{Record, RecordKind};
use crate::text::Span;

pub use leaving::{Caught, Leaving};
pub(super) use organisation::{Searched, searched};
pub use veil::Veil;
use words::Carrier;

/// Longest single text of a record that is looked through, in bytes. Longer ones are evidence.
const LONGEST: usize = 1 << 20;

/// The rule of a family.
const fn rule_of(family: Family) -> Builtin {
    match family {
        Family::Secret => Builtin::SecretPattern,
        Family::Credential => Builtin::Credential,
        Family::Payment => Builtin::PaymentNumber,
        Family::Excluded => Builtin::ExcludedContent,
        Family::Address => Builtin::PrivateAddress,
        Family::Host => Builtin::InternalHost,
        Family::Privilege => Builtin::PrivilegeMarking,
        Family::Contact => Builtin::PersonalContact,
    }
}

/// Rules about what stands in any record.
const ANYWHERE: &[Builtin] = &[
    Builtin::SecretPattern,
    Builtin::Credential,
    Builtin::PaymentNumber,
];

/// Rules about what leaves.
const LEAVING: &[Builtin] = &[
    Builtin::ExcludedContent,
    Builtin::PrivateAddress,
    Builtin::InternalHost,
    Builtin::PrivilegeMarking,
    Builtin::PersonalContact,
];

/// Guideline rules that speak about the same things as a detector: an exception for one of them is
/// one for the detector.
const fn spoken_of(family: Family) -> &'static [&'static str] {
    match family {
        Family::Address => &["internal-addresses"],
        Family::Host => &["host-names"],
        Family::Privilege => &["privileged"],
        Family::Contact => &["user-names", "customer-data", "customer-pii"],
        _ => &[],
    }
}

/// The rule that waits for the incident of a package, and stands for all about what leaves.
const WAITS: Builtin = Builtin::ExcludedContent;

impl Bench<'_> {
    /// Adds what a record must not hold.
    pub(super) fn scan<'t>(&self, record: &'t Record, facts: &dyn Facts<'t>, answer: &mut Answer) {
        organisation::unusable_patterns(record, answer);
        let is_package = record.kind == RecordKind::Package;
        let mut told: Vec<(NodeRef<'t>, Hit)> = Vec::new();
        if self.may_hold(record) {
            for node in texts(record) {
                let hits = self.hits(record, node);
                told.extend(hits.into_iter().map(|hit| (node, hit)));
                if told.len() > MOST_FAULTS {
                    break;
                }
            }
        }
        told.retain(|(_, hit)| !self.catalogue.is_off(rule_of(hit.family).into()));
        let leaves = told.iter().any(|(_, hit)| !hit.family.is_secret());
        if leaves {
            match senders(record, facts) {
                Ok(senders) => {
                    told.retain(|(_, hit)| !self.searched.may_leave(hit, &senders, record));
                }
                Err(wanted) => {
                    told.retain(|(_, hit)| hit.family.is_secret());
                    answer.waiting.push(WAITS.into());
                    answer.wanted.insert(wanted);
                }
            }
        }
        // One text, one finding: the strongest.
        told.sort_by_key(|(node, hit)| (node.id(), hit.family, hit.range.start));
        told.dedup_by_key(|(node, _)| node.id());
        let carrier = match is_package {
            true => Carrier::Package(record),
            false => Carrier::Record(record),
        };
        let before = answer.faults.len();
        for (node, hit) in told {
            let at = At::Part(node.id(), node.text_place(hit.range.clone()));
            let part = &node.scalar_text()[hit.range.clone()];
            answer.faults.push(self.fault(&hit, part, at, &carrier));
        }
        let found = &answer.faults[before..];
        let asked = ANYWHERE.iter().chain(LEAVING.iter().filter(|_| is_package));
        for builtin in asked.filter(|it| !self.catalogue.is_off((**it).into())) {
            let failed = found.iter().filter(|it| it.rule == *builtin).count();
            match failed {
                0 => answer.tally.pass(*builtin, 1),
                _ => (0..failed).for_each(|_| answer.tally.fail(*builtin)),
            }
        }
    }

    /// Asks once more about a package, when its incident is at hand: only what leaves.
    pub(super) fn scan_again<'t>(
        &self,
        record: &'t Record,
        facts: &dyn Facts<'t>,
        answer: &mut Answer,
    ) {
        let mut again = Answer::default();
        self.scan(record, facts, &mut again);
        let is_new = |fault: &Fault| LEAVING.iter().any(|it| fault.rule == *it);
        for fault in again.faults.into_iter().filter(is_new) {
            answer.tally.fail(fault.rule);
            answer.faults.push(fault);
        }
        answer.waiting.extend(again.waiting);
        answer.wanted.extend(again.wanted);
    }

    /// Whether a record was left waiting by [`Self::scan`].
    pub(super) fn is_scan_waiting(rules: &[crate::finding::Rule]) -> bool {
        rules.contains(&WAITS.into())
    }

    /// Nearly every record is settled by a look at its source, and at the texts that read otherwise.
    fn may_hold(&self, record: &Record) -> bool {
        let scanner = &self.searched.scanner;
        let may_hold = |text: &str| match record.kind {
            RecordKind::Package => scanner.may_hold_anything(text),
            _ => scanner.may_hold_secret(text),
        };
        let mut read_otherwise = record.tree.scalars().filter(|node| !node.is_verbatim());
        may_hold(record.tree.source()) || read_otherwise.any(|node| may_hold(node.scalar_text()))
    }

    /// What must not stand in a text of a record.
    fn hits(&self, record: &Record, node: NodeRef<'_>) -> Vec<Hit> {
        let scanner = &self.searched.scanner;
        match record.kind {
            RecordKind::Package => scanner.everything(node.scalar_text(), setting(node)),
            _ => scanner.secrets(node.scalar_text()),
        }
    }

    /// The places of a record whose text is not shown, whatever is told about it.
    pub(super) fn unshown(&self, record: &Record) -> Vec<Span> {
        if !self.may_hold(record) {
            return Vec::new();
        }
        let mut places = Vec::new();
        for node in texts(record) {
            let hits = self.hits(record, node).into_iter();
            places.extend(hits.map(|hit| node.text_place(hit.range)));
        }
        places
    }

    /// What is told about a hit in a part of a text.
    fn fault(&self, hit: &Hit, part: &str, at: At, carrier: &Carrier<'_>) -> Fault {
        let pattern = self.searched.scanner.pattern(hit);
        let (message, help) = words::told(hit, part.chars().count(), pattern, carrier);
        let mut fault = Fault::new(rule_of(hit.family), at, message)
            .help(help)
            .elsewhere(self.searched.origin(hit));
        // Whether a person belongs there is for people to judge.
        fault.severity = (hit.family == Family::Contact).then_some(Severity::Warning);
        fault
    }
}

impl Searched {
    /// Whether every message that carries a text says why this may stay in.
    fn may_leave(&self, hit: &Hit, senders: &[NodeRef<'_>], package: &Record) -> bool {
        if hit.family.is_secret() {
            return false;
        }
        let pattern = self.scanner.pattern(hit);
        let own = pattern.map_or(rule_of(hit.family).name(), |it| it.name.as_str());
        if pattern.is_some_and(|it| is_for(package, it.unless.as_deref())) {
            return true;
        }
        let is_meant = |name: &str| name == own || spoken_of(hit.family).contains(&name);
        let allows = |message: &NodeRef<'_>| {
            let mut exceptions = message.list_of("redaction_exceptions");
            exceptions.any(|it| {
                let is_signed = !it.text_of("why").is_empty() && !it.text_of("by").is_empty();
                is_signed && is_meant(it.text_of("rule"))
            })
        };
        !senders.is_empty() && senders.iter().all(allows)
    }
}

/// The texts of a record, without patterns, which find themselves.
fn texts(record: &Record) -> impl Iterator<Item = NodeRef<'_>> {
    record.tree.scalars().filter(|node| {
        node.scalar_text().len() <= LONGEST && !organisation::is_pattern(record.kind, *node)
    })
}

/// The messages that send a package; while none has left, those that are to.
fn senders<'t>(package: &Record, facts: &dyn Facts<'t>) -> Result<Vec<NodeRef<'t>>, Wanted> {
    let Some(incident) = &package.incident else {
        return Ok(Vec::new());
    };
    let incident = match facts.record(incident) {
        Known::Yes(incident) => incident,
        Known::Later(wanted) => return Err(wanted),
    };
    let messages = incident
        .into_iter()
        .flat_map(|it| it.root().list_of("outbound"));
    let all: Vec<_> = messages
        .filter(|it| it.text_of("package") == package.id)
        .collect();
    let sent: Vec<_> = all.iter().copied().filter(|it| is_sent(*it)).collect();
    Ok(if sent.is_empty() { all } else { sent })
}

/// Whether a message left: all but drafts.
fn is_sent(message: NodeRef<'_>) -> bool {
    message.text_of("outcome") != "draft"
}

/// Whether a rule does not apply to a package because of its readers: `unless` may name a category
/// of recipients. Any other `unless` is for people to judge.
fn is_for(package: &Record, unless: Option<&str>) -> bool {
    let mut audience = package.root().list_of("audience").peekable();
    unless.is_some_and(|unless| {
        audience.peek().is_some() && audience.all(|it| it.scalar_text() == unless.trim())
    })
}

/// What a text of a package is: lines about handling and requests
/// name people, and so do indicators.
fn setting(node: NodeRef<'_>) -> Setting {
    let mut path: Vec<&str> = node
        .lineage()
        .filter_map(|it| it.key().map(NodeRef::scalar_text))
        .collect();
    path.reverse();
    let top = path.first().copied().unwrap_or("");
    Setting {
        may_name_people: matches!(top, "distribution" | "audience" | "asks" | "iocs"),
        is_version: path.last().is_some_and(|it| *it == "versions"),
    }
}
