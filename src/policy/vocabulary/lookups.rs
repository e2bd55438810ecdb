//! The kept records, ready to be asked.

use std::collections::BTreeMap;

use super::decisions::Decisions;
use super::limits::Limits;
use super::parties::Parties;
use super::roles::Roles;
use super::sharing::Sharing;
use crate::document::{NodeRef, Tree};
use crate::policy::expression::{List, Value};
use crate::provenance::Identities;
use crate::record::{Flaws, Gap, Record, RecordKind, Registry, is_unreadable_list, layout};

/// Indexes over the kept records: built once for a run, asked for every element.
#[derive(Debug)]
pub struct Lookups<'t> {
    pub(super) registry: &'t Registry,
    pub(super) roles: Roles<'t>,
    pub(super) limits: Limits<'t>,
    pub(super) parties: Parties<'t>,
    pub(super) decisions: Decisions<'t>,
    sharing: Sharing<'t>,
    pub(super) identities: Identities<'t>,
    /// The root of each kept record, by kind and in the order of the paths.
    lists: BTreeMap<RecordKind, List<'t>>,
    singles: BTreeMap<RecordKind, NodeRef<'t>>,
    /// What the shapes of kept records leave in doubt, by tree.
    flaws: Vec<(&'t Tree, Flaws<'t>)>,
    /// The first card that covers a requirement.
    cards: BTreeMap<&'t str, NodeRef<'t>>,
    /// A card of which nobody can say what it covers.
    unclear_card: Option<&'t str>,
}

impl<'t> Lookups<'t> {
    /// Whether the shapes of the kept records leave nothing in doubt.
    pub(super) fn is_flawless(&self) -> bool {
        self.flaws.is_empty()
    }

    /// What the shape of a kept record leaves in doubt, if anything.
    pub(super) fn flaws(&self, tree: &Tree) -> Option<&Flaws<'t>> {
        let found = self.flaws.iter().find(|it| std::ptr::eq(it.0, tree));
        found.map(|(_, flaws)| flaws)
    }

    /// Whether an exception is approved by those whom a rule for the decision names.
    pub fn is_approved(&self, exception: NodeRef<'_>, decision: &str) -> bool {
        self.decisions.is_approved(&self.roles, exception, decision)
    }

    /// Reads the registry once.
    pub fn new(registry: &'t Registry) -> Self {
        let mut roots: BTreeMap<RecordKind, Vec<NodeRef<'t>>> = BTreeMap::new();
        let mut singles = BTreeMap::new();
        let mut flaws = Vec::new();
        for (file, record) in registry.records() {
            let found = record.flaws();
            if !found.is_empty() {
                flaws.push((&record.tree, found));
            }
            roots.entry(record.kind).or_default().push(record.root());
            // Of several, the one whose path is the usual one is meant.
            if layout::is_at_home(file, record.kind, &record.id) {
                singles.entry(record.kind).or_insert(record.root());
            }
        }
        for (kind, roots) in &roots {
            if let Some(first) = roots.first() {
                singles.entry(*kind).or_insert(*first);
            }
        }
        let mut cards = BTreeMap::new();
        let mut unclear_card = None;
        for card in roots.get(&RecordKind::Control).into_iter().flatten() {
            if is_unreadable_list(*card, "covers", "") {
                unclear_card = card.get("id").map(NodeRef::scalar_text).or(unclear_card);
            }
            for covered in card.get("covers").into_iter().flat_map(NodeRef::items) {
                cards.entry(covered.scalar_text()).or_insert(*card);
            }
        }
        let named = |by: Option<NodeRef<'t>>, key, kind| {
            let id = by?.get(key)?.scalar_text();
            registry.record(kind, id).map(Record::root)
        };
        let mut prefer = |kind, chosen: Option<NodeRef<'t>>| {
            if let Some(chosen) = chosen {
                singles.insert(kind, chosen);
            }
            singles.get(&kind).copied()
        };
        let coordination = ["ir-6-3", "ir-4-10"].map(|covered| cards.get(covered).copied());
        let by_card = |key, kind| {
            let mut cards = coordination.into_iter();
            cards.find_map(|card| named(card, key, kind))
        };
        let runbook = prefer(RecordKind::Runbook, by_card("runbook", RecordKind::Runbook));
        prefer(
            RecordKind::SharingGuideline,
            named(runbook, "guideline", RecordKind::SharingGuideline),
        );
        prefer(
            RecordKind::ApprovalMatrix,
            by_card("decision_authority", RecordKind::ApprovalMatrix),
        );
        let single = |kind| single(registry, &singles, kind);
        let sharing = Sharing::new(
            single(RecordKind::SharingGuideline),
            single(RecordKind::ApprovalMatrix),
        );
        let limits = Limits::new(singles.get(&RecordKind::Program).copied());
        let as_values = |(kind, roots): (RecordKind, Vec<NodeRef<'t>>)| {
            (kind, roots.into_iter().map(Value::Node).collect())
        };
        Self {
            registry,
            roles: Roles::new(registry),
            limits,
            parties: Parties::new(registry),
            decisions: Decisions::new(registry),
            sharing,
            identities: Identities::new(registry),
            lists: roots.into_iter().map(as_values).collect(),
            singles,
            cards,
            unclear_card,
            flaws,
        }
    }

    /// The one record of a kind.
    ///
    /// # Errors
    /// Why there is none.
    pub fn single(&self, kind: RecordKind) -> Result<NodeRef<'t>, String> {
        single(self.registry, &self.singles, kind)
    }

    /// What guideline and approval matrix say about the content of messages.
    pub fn sharing(&self) -> &Sharing<'t> {
        &self.sharing
    }

    /// Every record of a kind; a gap if one could not be read.
    pub(super) fn all(&self, kind: RecordKind) -> Result<List<'t>, String> {
        self.unless_refused(kind)?;
        Ok(self.lists.get(&kind).cloned().unwrap_or_default())
    }

    /// The first card, by path, that covers a requirement.
    pub(super) fn card(&self, requirement: &str) -> Result<Option<NodeRef<'t>>, String> {
        let card = self.cards.get(requirement).copied();
        if card.is_none() {
            self.unless_refused(RecordKind::Control)?;
        }
        match (card, self.unclear_card) {
            (None, Some(id)) => Err(format!("`covers` of the card `{id}` cannot be read")),
            _ => Ok(card),
        }
    }

    /// A kept exception by id.
    pub(super) fn exception(&self, id: &str) -> Result<Option<NodeRef<'t>>, String> {
        let exception = self.registry.record(RecordKind::Exception, id);
        if exception.is_none() {
            self.unless_refused(RecordKind::Exception)?;
        }
        Ok(exception.map(Record::root))
    }

    /// A kept record of any kind by id.
    pub(super) fn record(&self, id: &str) -> Option<&'t Record> {
        RecordKind::all().find_map(|kind| self.registry.record(kind, id))
    }

    /// How many records of a kind are kept.
    pub(super) fn count(&self, kind: RecordKind) -> Result<usize, String> {
        self.all(kind).map(|list| list.values().len())
    }

    fn unless_refused(&self, kind: RecordKind) -> Result<(), String> {
        match self.registry.has_refused(kind) {
            true => Err(Gap::Refused(kind).reason()),
            false => Ok(()),
        }
    }
}

fn single<'t>(
    registry: &Registry,
    singles: &BTreeMap<RecordKind, NodeRef<'t>>,
    kind: RecordKind,
) -> Result<NodeRef<'t>, String> {
    let gap = || match registry.has_refused(kind) {
        true => Gap::Refused(kind),
        false => Gap::Absent(kind),
    };
    singles.get(&kind).copied().ok_or_else(|| gap().reason())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::vocabulary::small::registry;

    const RUNBOOKS: [(&str, &str); 2] = [
        (
            "runbooks/a.yaml",
            "kind: runbook\nid: a\nguideline: other\n",
        ),
        (
            "runbooks/b.yaml",
            "kind: runbook\nid: b\nguideline: other\n",
        ),
    ];

    fn id_of(node: Result<NodeRef<'_>, String>) -> String {
        let id = |node: NodeRef<'_>| node.get("id").unwrap().scalar_text().to_owned();
        node.map_or_else(|gap| gap, id)
    }

    #[test]
    fn the_runbook_is_the_one_that_the_coordination_card_names() {
        let registry = registry(&[
            RUNBOOKS[0],
            RUNBOOKS[1],
            (
                "controls/x.yaml",
                "kind: control\nid: x\ncovers: [ir-4-10]\nrunbook: b\ndecision_authority: mine\n",
            ),
            (
                "guidelines/sharing.yaml",
                "kind: sharing-guideline\nid: sharing\n",
            ),
            (
                "guidelines/other.yaml",
                "kind: sharing-guideline\nid: other\n",
            ),
            (
                "guidelines/approvals.yaml",
                "kind: approval-matrix\nid: approvals\n",
            ),
            ("guidelines/mine.yaml", "kind: approval-matrix\nid: mine\n"),
        ]);
        let lookups = Lookups::new(&registry);
        assert_eq!(id_of(lookups.single(RecordKind::Runbook)), "b");
        assert_eq!(id_of(lookups.single(RecordKind::SharingGuideline)), "other");
        assert_eq!(id_of(lookups.single(RecordKind::ApprovalMatrix)), "mine");
    }

    #[test]
    fn of_several_the_one_in_its_usual_place_is_meant() {
        let registry = registry(&[
            RUNBOOKS[0],
            RUNBOOKS[1],
            ("a/approvals.yaml", "kind: approval-matrix\nid: old\n"),
            (
                "guidelines/approvals.yaml",
                "kind: approval-matrix\nid: approvals\n",
            ),
        ]);
        let lookups = Lookups::new(&registry);
        assert_eq!(id_of(lookups.single(RecordKind::Runbook)), "a");
        assert_eq!(
            id_of(lookups.single(RecordKind::ApprovalMatrix)),
            "approvals"
        );
    }

    #[test]
    fn a_card_whose_list_is_misspelt_may_cover_anything() {
        let registry = registry(&[
            (
                "controls/x.yaml",
                "kind: control\nid: x\ncovers: [ir-6-3]\n",
            ),
            (
                "controls/y.yaml",
                "kind: control\nid: other\ncover: [ir-4-10]\n",
            ),
        ]);
        let lookups = Lookups::new(&registry);
        assert!(matches!(lookups.card("ir-6-3"), Ok(Some(_))));
        assert!(lookups.card("ir-4-10").is_err());
    }

    #[test]
    fn what_is_absent_or_refused_is_a_gap() {
        let registry = Registry::new(
            Vec::new(),
            [(RecordKind::People, Some("people".to_owned()))],
        );
        let lookups = Lookups::new(&registry);
        assert_eq!(
            id_of(lookups.single(RecordKind::Program)),
            "there is no program record (usually `program.yaml`)"
        );
        assert_eq!(
            id_of(lookups.single(RecordKind::People)),
            "the people record could not be read"
        );
        assert!(lookups.all(RecordKind::People).is_err());
        assert!(lookups.all(RecordKind::System).unwrap().values().is_empty());
        assert!(matches!(lookups.card("ir-6-3"), Ok(None)));
    }
}
