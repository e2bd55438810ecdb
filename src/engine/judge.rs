//! What is wrong with one record, and how often each rule was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::accept::Acceptance;
use super::pinned::Aside;
use super::scan::Searched;
use crate::clock::Instant;
use crate::document::{NodeId, NodeRef, Tree};
use crate::finding::{
    At, Builtin, Clock, Counts, Fault, MOST_FAULTS, Rule, Tally, controls, controls_of,
};
use crate::policy::vocabulary::{Lookups, Speaker};
use crate::policy::{Answer, Asked, Catalogue, Facts, Wanted, ask};
use crate::record::{
    Flaws, Followed, Later, Record, Registry, Resolver, duplicate_local_ids, path_contradictions,
};

/// Rules that are asked once for every record.
pub(super) const PER_RECORD: &[Builtin] = &[
    Builtin::UnknownKey,
    Builtin::WrongType,
    Builtin::ValueNotListed,
    Builtin::WrongFormat,
    Builtin::MissingKey,
    Builtin::DuplicateLocalId,
    Builtin::IdContradictsPath,
];

/// Rules that a file has passed once it could be read as a record.
pub(super) const PER_FILE: &[Builtin] = &[
    Builtin::Encoding,
    Builtin::YamlSyntax,
    Builtin::DuplicateKey,
    Builtin::AmbiguousWord,
    Builtin::TimeWithoutOffset,
    Builtin::UnsupportedYaml,
    Builtin::SeveralDocuments,
    Builtin::NotARecord,
    Builtin::UnknownKind,
];

/// All that a record is judged by.
pub(super) struct Bench<'r> {
    pub(super) registry: &'r Registry,
    pub(super) catalogue: &'r Catalogue,
    pub(super) lookups: &'r Lookups<'r>,
    /// The rules and settings of the state that is checked, where those of another revision hold.
    pub(super) aside: Option<&'r Aside>,
    /// What stands before the path of a file from the root of the records.
    pub(super) prefix: &'r str,
    pub(super) searched: Searched,
    pub(super) as_of: Instant,
    pub(super) wants_duties: bool,
    pub(super) acceptance: Acceptance,
    /// For each rule the controls it serves, by their positions; empty where nobody asks.
    pub(super) serves: Vec<Vec<usize>>,
}

/// For each rule of a catalogue the controls it serves; none for one that is switched off.
pub(super) fn serves(catalogue: &Catalogue) -> Vec<Vec<usize>> {
    let entries = catalogue.entries().map(|(rule, entry)| {
        let ids = entry.obligations.iter().map(|id| &**id);
        let served = controls_of(ids.filter(|_| !catalogue.is_off(rule)));
        let position = |id: &String| controls().iter().position(|control| control.id == *id);
        served.iter().filter_map(position).collect()
    });
    entries.collect()
}

/// What one record turned out to be.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) faults: Vec<Fault>,
    /// Whether there are more faults than were worked out.
    pub(super) has_more: bool,
    pub(super) later: Vec<Later>,
    pub(super) references: usize,
    pub(super) tally: Tally,
    pub(super) duties: Vec<(Rule, NodeId, Clock)>,
    pub(super) waiting: Vec<Rule>,
    pub(super) wanted: BTreeSet<Wanted>,
    /// Rules that failed to evaluate, and why.
    pub(super) broken: Vec<(Rule, String)>,
}

impl Bench<'_> {
    /// The counts of a record by control, if they are wanted.
    pub(super) fn by_control(&self, tally: &Tally) -> Option<Vec<Counts>> {
        let is_wanted = !self.serves.is_empty();
        is_wanted.then(|| tally.by_control(&self.serves, controls().len()))
    }

    /// Judges a record by the rules of all packs, when its shape is judged. `path` is relative to
    /// the record root.
    pub(super) fn judge<'t>(
        &'t self,
        path: &str,
        record: &'t Record,
        mut judged: Judged,
        flaws: &Flaws<'t>,
        facts: &dyn Facts<'t>,
    ) -> Judged {
        let mut answer = self.ask(path, record, facts, flaws, |_| true);
        self.scan(record, facts, &mut answer);
        judged.take(answer, record, self.catalogue);
        judged.has_more = judged.faults.len() >= MOST_FAULTS;
        judged.faults.truncate(MOST_FAULTS);
        judged
    }

    /// Asks rules about a record.
    pub(super) fn ask<'t>(
        &'t self,
        path: &str,
        record: &'t Record,
        facts: &dyn Facts<'t>,
        flaws: &Flaws<'t>,
        is_asked: impl Fn(Rule) -> bool,
    ) -> Answer {
        let speaker = Speaker::new(self.lookups, facts, path, record, self.as_of).warned(flaws);
        let home = |node: NodeRef<'t>| {
            let file = self.registry.home_of_tree(node.tree())?;
            (!Registry::is_foreign(file)).then(|| Arc::clone(file))
        };
        let asked = Asked {
            record,
            as_of: self.as_of,
            home: &home,
            wants_duties: self.wants_duties,
        };
        ask(self.catalogue, &speaker, asked, is_asked)
    }

    /// Judges shape, ids and references of a record.
    pub(super) fn shape(&self, path: &str, record: &Record) -> Judged {
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

        let followed = Followed::of(record, &places, Resolver::new(self.registry), self.as_of);
        let mut tally = Tally::default();
        for (rule, count) in followed.found {
            tally.pass(rule, count);
        }
        for (rule, gap) in followed.unknown {
            tally.unevaluated(rule, gap.reason());
        }
        let is_faulty = |node: NodeId| {
            let mut around = record.tree.node(node).lineage();
            around.any(|node| faulty.contains(&node.id()))
        };
        let is_sound = |fault: &Fault| faulty.is_empty() || !value_at(fault).is_some_and(is_faulty);
        faults.extend(followed.dangling.into_iter().filter(is_sound));

        let mut failed: BTreeMap<Rule, usize> = BTreeMap::new();
        for fault in &faults {
            *failed.entry(fault.rule).or_default() += 1;
            tally.fail(fault.rule);
        }
        for builtin in PER_RECORD.iter().chain(PER_FILE) {
            if !failed.contains_key(&Rule::from(*builtin)) {
                tally.pass(*builtin, 1);
            }
        }
        let later = followed
            .later
            .into_iter()
            .filter(|it| !faulty.contains(&it.node))
            .collect();
        Judged {
            faults,
            later,
            references: followed.count,
            tally,
            ..Judged::default()
        }
    }
}

impl Judged {
    /// Adds what the rules of packs say, without what is said already.
    pub(super) fn take(&mut self, answer: Answer, record: &Record, catalogue: &Catalogue) {
        let Answer {
            faults,
            tally,
            duties,
            waiting,
            wanted,
            broken,
        } = answer;
        self.tally.add(&tally);
        self.duties.extend(duties);
        self.waiting.extend(waiting);
        self.wanted.extend(wanted);
        self.broken.extend(broken);
        let tree = &record.tree;
        let told: Vec<(Vec<&str>, NodeId)> = self
            .faults
            .iter()
            .filter_map(|fault| Some((catalogue.obligations_of(fault), node_at(fault)?)))
            .collect();
        let is_told = |fault: &Fault| {
            let own = catalogue.obligations_of(fault);
            let near = |node: NodeId| {
                let is_near = |it: Option<NodeId>| it.is_some_and(|it| is_akin(tree, it, node));
                is_near(node_at(fault)) || is_near(fault.element)
            };
            told.iter()
                .any(|(others, node)| near(*node) && own.iter().any(|id| others.contains(id)))
        };
        let yields = |fault: &Fault| {
            let better = &catalogue.entry(fault.rule).yields_to;
            let element = |fault: &Fault| fault.element.or(node_at(fault));
            !better.is_empty()
                && faults.iter().any(|other| {
                    better.contains(&catalogue.entry(other.rule).name)
                        && is_around(tree, element(fault), element(other))
                })
        };
        let kept: Vec<Fault> = faults
            .iter()
            .filter(|fault| !is_told(fault) && !yields(fault))
            .cloned()
            .collect();
        self.faults.retain(|fault| !yields(fault));
        self.faults.extend(kept);
    }
}

/// Whether two nodes are the same, or one stands within the other; all stand within the record,
/// which says nothing.
fn is_akin(tree: &Tree, left: NodeId, right: NodeId) -> bool {
    let is_root = |id| tree.node(id).parent().is_none();
    if is_root(left) || is_root(right) {
        return left == right;
    }
    is_within(tree.node(left), right) || is_within(tree.node(right), left)
}

/// The same for the elements that two rules judge: what holds of a record holds of its parts.
fn is_around(tree: &Tree, left: Option<NodeId>, right: Option<NodeId>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => {
            is_within(tree.node(left), right) || is_within(tree.node(right), left)
        }
        _ => true,
    }
}

fn is_within(node: NodeRef<'_>, outer: NodeId) -> bool {
    node.lineage().any(|node| node.id() == outer)
}

fn node_at(fault: &Fault) -> Option<NodeId> {
    match fault.at {
        At::Node(place) => Some(place.node),
        At::Part(node, _) => Some(node),
        At::Bytes(_) | At::File => None,
    }
}

/// The node whose value a fault is about. A missing key is shown at a value that may be right.
fn value_at(fault: &Fault) -> Option<NodeId> {
    node_at(fault).filter(|_| fault.rule != Builtin::MissingKey)
}
