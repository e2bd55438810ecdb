//! Who may decide what: the rules of the approval matrix, by decision.

use std::collections::BTreeMap;

use super::roles::Roles;
use crate::clock::{Instant, Moment};
use crate::document::NodeRef;
use crate::record::{Gap, RecordKind, Registry, Vocabulary};

/// The rules of the approval matrices.
#[derive(Debug)]
pub(super) struct Decisions<'t> {
    by_decision: BTreeMap<&'t str, Vec<NodeRef<'t>>>,
    /// Why there may be more rules than these.
    gap: Option<String>,
}

impl<'t> Decisions<'t> {
    pub(super) fn new(registry: &'t Registry) -> Self {
        let mut by_decision: BTreeMap<&str, Vec<NodeRef<'_>>> = BTreeMap::new();
        let matrices = registry.of_kind(RecordKind::ApprovalMatrix);
        let lists = matrices.filter_map(|matrix| matrix.root().get("rules"));
        // One that names nobody is as good as missing: that is told at the matrix.
        let says_who = |rule: &NodeRef<'_>| {
            ["all_of", "any_of", "pre_authorised"]
                .iter()
                .any(|key| rule.get(key).is_some_and(|it| !it.is_empty()))
        };
        for rule in lists.flat_map(NodeRef::items).filter(says_who) {
            if let Some(decision) = rule.get("decision") {
                let rules = by_decision.entry(decision.scalar_text()).or_default();
                rules.push(rule);
            }
        }
        let gap = registry.gap(Vocabulary::ApprovalRule, "");
        Self {
            by_decision,
            gap: gap.map(Gap::reason),
        }
    }

    /// The rules for a decision, in the order of the matrix.
    pub(super) fn rules(&self, decision: &str) -> Result<&[NodeRef<'t>], String> {
        match &self.gap {
            Some(gap) => Err(gap.clone()),
            None => Ok(self.by_decision.get(decision).map_or(&[], Vec::as_slice)),
        }
    }

    /// Whether a person holds one of the roles that a rule for the decision names. A decision
    /// without a rule is a gap: that the rule is missing is the fault to report.
    pub(super) fn may_decide(
        &self,
        roles: &Roles<'t>,
        person: &str,
        decision: &str,
        at: Instant,
    ) -> Result<bool, String> {
        let rules = self.rules(decision)?;
        if rules.is_empty() {
            return Err(format!(
                "the approval matrix has no rule for the decision `{decision}`"
            ));
        }
        let entitled = rules
            .iter()
            .flat_map(|rule| ["all_of", "any_of"].map(|key| rule.get(key)))
            .flatten()
            .flat_map(NodeRef::items);
        let mut gap = None;
        for role in entitled {
            match roles.holds(person, role.scalar_text(), at) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(why) => gap = gap.or(Some(why)),
            }
        }
        gap.map_or(Ok(false), Err)
    }

    /// Whether an exception is approved as a rule for the decision asks: every entry under
    /// `approved` names a role of the rule that the person held then, and none is missing.
    pub(super) fn is_approved(
        &self,
        roles: &Roles<'t>,
        exception: NodeRef<'_>,
        decision: &str,
    ) -> bool {
        let entries: Vec<NodeRef<'_>> = exception.list_of("approved").collect();
        let is_fit = |rule: NodeRef<'t>, entry: NodeRef<'_>| {
            let (role, by) = (entry.text_of("role"), entry.text_of("by"));
            let is_named = ["all_of", "any_of"]
                .iter()
                .any(|key| rule.list_of(key).any(|it| it.scalar_text() == role));
            let at = Moment::parse(entry.text_of("at")).and_then(Moment::start);
            is_named && at.is_some_and(|at| roles.holds(by, role, at) == Ok(true))
        };
        let is_met = |rule: &NodeRef<'t>| {
            let has = |role: NodeRef<'_>| {
                entries
                    .iter()
                    .any(|entry| entry.text_of("role") == role.scalar_text())
            };
            entries.iter().all(|entry| is_fit(*rule, *entry)) && rule.list_of("all_of").all(has)
        };
        let rules = self.rules(decision).unwrap_or_default();
        !entries.is_empty() && rules.iter().any(is_met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_instant;
    use crate::policy::vocabulary::small::registry;

    const PEOPLE: &str = "kind: people\nid: people\nroles:\n  \
        - {id: lead, holders: [{person: mara, from: 2024-01-01}]}\n  \
        - {id: sponsor, holders: [{person: freya, from: 2025-01-01}]}\n\
        people: [{id: mara}, {id: freya}]\n";
    const MATRIX: &str = "kind: approval-matrix\nid: approvals\nrules:\n  \
        - {id: a, decision: accept-risk, all_of: [lead]}\n  \
        - {id: b, decision: accept-risk, any_of: [sponsor]}\n  \
        - {id: c, decision: share, pre_authorised: {by: mara}}\n";

    #[test]
    fn a_role_of_any_rule_for_the_decision_entitles() {
        let registry = registry(&[
            ("registry/people.yaml", PEOPLE),
            ("guidelines/approvals.yaml", MATRIX),
        ]);
        let (roles, decisions) = (Roles::new(&registry), Decisions::new(&registry));
        let may = |person, decision, at: &str| {
            decisions.may_decide(&roles, person, decision, parse_instant(at).unwrap())
        };
        assert_eq!(may("mara", "accept-risk", "2024-06-01T00:00:00Z"), Ok(true));
        assert_eq!(
            may("freya", "accept-risk", "2024-06-01T00:00:00Z"),
            Ok(false)
        );
        assert_eq!(
            may("freya", "accept-risk", "2025-06-01T00:00:00Z"),
            Ok(true)
        );
        assert_eq!(may("mara", "share", "2025-06-01T00:00:00Z"), Ok(false));
        assert!(may("mara", "stand-down", "2025-06-01T00:00:00Z").is_err());
        assert_eq!(decisions.rules("accept-risk").map(<[_]>::len), Ok(2));
        assert_eq!(decisions.rules("stand-down").map(<[_]>::len), Ok(0));
    }

    #[test]
    fn without_a_matrix_nobody_can_say() {
        let registry = registry(&[("registry/people.yaml", PEOPLE)]);
        let (roles, decisions) = (Roles::new(&registry), Decisions::new(&registry));
        let now = parse_instant("2025-01-01T00:00:00Z").unwrap();
        assert!(decisions.rules("share").is_err());
        assert!(decisions.may_decide(&roles, "mara", "share", now).is_err());
    }
}
