//! What the sharing guideline and the approval matrix say about the content of one message: the
//! strictest class, the approvals it needs, and to whom and over what it may leave.
//!
//! Concerned are the class of the message and the matrix row of each of its information types.
//! Approvals are the union over their rules, recipients and channels the intersection of their
//! lists. What is asked for is content, not a message, so that it can be asked before there is
//! one. A class or rule that nobody knows is a gap: its absence is reported where it is named.

use std::collections::BTreeMap;

use crate::document::NodeRef;
use crate::record::is_unreadable_list;

/// The guideline and the matrix, by name.
#[derive(Debug)]
pub struct Sharing<'t> {
    guideline: Result<Guideline<'t>, String>,
    rules: Result<Named<'t>, String>,
}

/// Elements of a list by name; of several with one name, the first.
type Named<'t> = BTreeMap<&'t str, NodeRef<'t>>;

#[derive(Debug)]
struct Guideline<'t> {
    classes: Named<'t>,
    rows: Named<'t>,
}

/// What a message holds: its class and its information types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content<'m> {
    /// The class it is marked with; empty if it has none.
    pub class: &'m str,
    /// The information types in it.
    pub info_types: Vec<&'m str>,
}

impl<'m> Content<'m> {
    /// What an item of `outbound` says that it holds.
    pub fn of(message: NodeRef<'m>) -> Self {
        Self {
            class: message.text_of("classification"),
            info_types: message
                .list_of("info_types")
                .map(NodeRef::scalar_text)
                .collect(),
        }
    }
}

/// One approval that content needs.
#[derive(Clone, Debug)]
pub struct Need<'t> {
    /// The roles of which one has to approve; a single one out of `all_of`.
    pub roles: Vec<&'t str>,
    /// The rules that ask for it.
    pub rules: Vec<NodeRef<'t>>,
}

impl Need<'_> {
    fn is_met_by(&self, role: &str) -> bool {
        self.roles.contains(&role)
    }

    /// Whether a role may stand in, once nobody who holds the roles asked for can be reached.
    pub fn has_deputy(&self, role: &str) -> bool {
        self.rules.iter().any(|rule| is_deputy(*rule, role))
    }
}

/// Whether a rule names a role to stand in for those it asks for.
fn is_deputy(rule: NodeRef<'_>, role: &str) -> bool {
    let path = rule.get("unavailable");
    path.is_some_and(|path| path.list_of("then").any(|it| it.scalar_text() == role))
}

impl<'t> Sharing<'t> {
    /// Reads guideline and matrix once; each may be missing, for the reason given.
    pub fn new(
        guideline: Result<NodeRef<'t>, String>,
        matrix: Result<NodeRef<'t>, String>,
    ) -> Self {
        Self {
            guideline: guideline.and_then(|guideline| {
                Ok(Guideline {
                    classes: named(guideline, "classes", "id")?,
                    rows: named(guideline, "matrix", "info_type")?,
                })
            }),
            rules: matrix.and_then(|matrix| named(matrix, "rules", "id")),
        }
    }

    fn guideline(&self) -> Result<&Guideline<'t>, String> {
        self.guideline.as_ref().map_err(Clone::clone)
    }

    /// The class of the guideline with this name.
    pub fn class(&self, name: &str) -> Result<Option<NodeRef<'t>>, String> {
        Ok(self.guideline()?.classes.get(name).copied())
    }

    /// The matrix row of an information type; `None` of one on the do-not-share list, too.
    pub fn row(&self, info_type: &str) -> Result<Option<NodeRef<'t>>, String> {
        Ok(self.guideline()?.rows.get(info_type).copied())
    }

    /// The matrix rows of the information types, in their order.
    pub fn rows(&self, content: &Content<'_>) -> Result<Vec<NodeRef<'t>>, String> {
        let rows = &self.guideline()?.rows;
        let found = content.info_types.iter().filter_map(|it| rows.get(it));
        Ok(found.copied().collect())
    }

    /// The highest of the classes that the rows of the information types have.
    pub fn strictest_class(&self, content: &Content<'_>) -> Result<Option<NodeRef<'t>>, String> {
        let mut strictest: Option<(i64, NodeRef<'t>)> = None;
        for row in self.rows(content)? {
            let Some(class) = self.class(row.text_of("class"))? else {
                continue;
            };
            let rank = rank(class)?;
            if strictest.is_none_or(|(highest, _)| rank > highest) {
                strictest = Some((rank, class));
            }
        }
        Ok(strictest.map(|(_, class)| class))
    }

    /// What may limit the content: its class and the rows of its information types.
    fn concerned(&self, content: &Content<'_>) -> Result<Vec<NodeRef<'t>>, String> {
        let Some(class) = self.class(content.class)? else {
            return Err(format!(
                "the sharing guideline has no class `{}`",
                content.class
            ));
        };
        Ok([class].into_iter().chain(self.rows(content)?).collect())
    }

    /// The rules of the matrix that the class and the rows name, each once.
    pub fn rules(&self, content: &Content<'_>) -> Result<Vec<NodeRef<'t>>, String> {
        let known = self.rules.as_ref().map_err(Clone::clone)?;
        let mut rules: Vec<NodeRef<'t>> = Vec::new();
        for concerned in self.concerned(content)? {
            let name = concerned.text_of("approval");
            let is_for_sharing = |rule: &&NodeRef<'t>| {
                let decision = rule.get("decision").filter(|it| !it.is_empty());
                decision.is_none_or(|it| it.scalar_text() == "share")
            };
            let Some(rule) = known.get(name).filter(is_for_sharing) else {
                return Err(format!(
                    "the approval matrix has no rule `{name}` for sharing"
                ));
            };
            if !rules.iter().any(|it| it.id() == rule.id()) {
                rules.push(*rule);
            }
        }
        Ok(rules)
    }

    /// The approvals that the content needs, each once: those of every rule concerned. A rule with
    /// a standing approval asks for none.
    pub fn needs(&self, content: &Content<'_>) -> Result<Vec<Need<'t>>, String> {
        let mut needs: Vec<Need<'t>> = Vec::new();
        for rule in self.rules(content)? {
            if rule.get("pre_authorised").is_some_and(|it| !it.is_empty()) {
                continue;
            }
            let all = rule.list_of("all_of").map(|role| vec![role.scalar_text()]);
            let any: Vec<&str> = rule.list_of("any_of").map(NodeRef::scalar_text).collect();
            for roles in all.chain((!any.is_empty()).then_some(any)) {
                match needs.iter_mut().find(|need| need.roles == roles) {
                    Some(need) => need.rules.push(rule),
                    None => needs.push(Need {
                        roles,
                        rules: vec![rule],
                    }),
                }
            }
        }
        Ok(needs)
    }

    /// The approvals that the content needs and these entries do not give. An entry counts by its
    /// role, or by the role it was given for, whatever else is wrong with it; one of a deputy that
    /// does not say for whom counts for one role that it may stand in for.
    pub fn unmet(
        &self,
        content: &Content<'_>,
        approvals: &[NodeRef<'_>],
    ) -> Result<Vec<Need<'t>>, String> {
        let needs = self.needs(content)?;
        let gives = |entry: &NodeRef<'_>, need: &Need<'_>| {
            ["role", "for_role"].map(|key| need.is_met_by(entry.text_of(key))) != [false; 2]
        };
        let mut spare: Vec<&str> = approvals
            .iter()
            .filter(|entry| !needs.iter().any(|need| gives(entry, need)))
            .map(|entry| entry.text_of("role"))
            .collect();
        let mut unmet = needs.clone();
        unmet.retain(|need| !approvals.iter().any(|entry| gives(entry, need)));
        unmet.retain(|need| {
            let deputy = spare.iter().position(|role| need.has_deputy(role));
            deputy.map(|at| spare.remove(at)).is_none()
        });
        Ok(unmet)
    }

    /// The categories of recipients that class and rows all allow.
    pub fn recipients(&self, content: &Content<'_>) -> Result<Vec<&'t str>, String> {
        self.allowed(content, "recipients")
    }

    /// The channels that class and rows all allow.
    pub fn channels(&self, content: &Content<'_>) -> Result<Vec<&'t str>, String> {
        self.allowed(content, "channels")
    }

    /// What stands in this list of the class and of every row. A list that is not there limits
    /// nothing: that it is missing is reported in the guideline.
    fn allowed(&self, content: &Content<'_>, list: &str) -> Result<Vec<&'t str>, String> {
        let concerned = self.concerned(content)?.into_iter();
        let lists = concerned.filter(|it| it.list_of(list).next().is_some());
        let mut allowed: Option<Vec<&str>> = None;
        for limiting in lists {
            let names = || limiting.list_of(list).map(NodeRef::scalar_text);
            match &mut allowed {
                Some(allowed) => allowed.retain(|name| names().any(|it| it == *name)),
                None => allowed = Some(names().collect()),
            }
        }
        allowed.ok_or_else(|| format!("class `{}` has no `{list}`", content.class))
    }
}

/// How sensitive a class is.
fn rank(class: NodeRef<'_>) -> Result<i64, String> {
    let rank = class.text_of("rank").parse();
    rank.map_err(|_| format!("class `{}` has no `rank`", class.text_of("id")))
}

fn named<'t>(record: NodeRef<'t>, list: &str, name: &str) -> Result<Named<'t>, String> {
    if is_unreadable_list(record, list, name) {
        let id = record.text_of("id");
        return Err(format!(
            "`{list}` of `{id}` is no list, or has an entry without `{name}`"
        ));
    }
    let mut named = BTreeMap::new();
    for element in record.list_of(list) {
        named.entry(element.text_of(name)).or_insert(element);
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::vocabulary::small::{record, registry};
    use crate::record::{Record, RecordKind, Registry};

    const GUIDELINE: &str = "kind: sharing-guideline\nid: sharing\nclasses:\n  \
        - {id: public, rank: 0, recipients: [provider, customer], channels: [mail, phone], approval: open}\n  \
        - {id: partner, rank: 1, recipients: [provider, customer], channels: [mail, portal], approval: lead}\n\
        matrix:\n  \
        - {info_type: symptom, class: public, recipients: [provider, customer], channels: [mail, phone], approval: open}\n  \
        - {info_type: ioc, class: partner, recipients: [provider], channels: [portal, mail], approval: both}\n  \
        - {info_type: image, class: partner, recipients: [], approval: either}\n\
        do_not_share: [{id: privileged}]\n";
    const MATRIX: &str = "kind: approval-matrix\nid: approvals\nrules:\n  \
        - {id: open, pre_authorised: {by: mara, at: 2025-01-06T10:00:00Z}}\n  \
        - {id: lead, all_of: [lead], unavailable: {after: 1h, then: [sponsor]}}\n  \
        - {id: both, all_of: [lead, counsel], unavailable: {after: 1h, then: [sponsor]}}\n  \
        - {id: either, any_of: [privacy, counsel], unavailable: {after: 1h, then: [ops]}}\n";

    fn with_sharing(check: impl FnOnce(&Sharing<'_>)) {
        let registry = registry(&[
            ("guidelines/sharing.yaml", GUIDELINE),
            ("guidelines/approvals.yaml", MATRIX),
        ]);
        check(&of(&registry));
    }

    fn of(registry: &Registry) -> Sharing<'_> {
        let root = |kind, id| {
            let found = registry.record(kind, id).map(Record::root);
            found.ok_or_else(|| "there is none".to_owned())
        };
        Sharing::new(
            root(RecordKind::SharingGuideline, "sharing"),
            root(RecordKind::ApprovalMatrix, "approvals"),
        )
    }

    fn content<'m>(class: &'m str, info_types: &[&'m str]) -> Content<'m> {
        Content {
            class,
            info_types: info_types.to_vec(),
        }
    }

    fn roles(needs: &[Need<'_>]) -> Vec<String> {
        needs.iter().map(|need| need.roles.join("|")).collect()
    }

    /// The roles that these approvals leave to be given.
    fn unmet(sharing: &Sharing<'_>, types: &[&str], approvals: &str) -> Vec<String> {
        let text = format!("kind: incident\nid: INC-1\noutbound: [{{approvals: {approvals}}}]\n");
        let incident = record("incidents/INC-1/incident.yaml", &text);
        let message = incident.root().at_pointer("/outbound/0").unwrap();
        let approvals: Vec<NodeRef<'_>> = message.list_of("approvals").collect();
        roles(
            &sharing
                .unmet(&content("partner", types), &approvals)
                .unwrap(),
        )
    }

    #[test]
    fn needs_are_the_union_and_what_is_allowed_the_intersection() {
        with_sharing(|sharing| {
            let all = content(
                "partner",
                &["symptom", "ioc", "image", "privileged", "ghost"],
            );
            let needs = sharing.needs(&all).unwrap();
            assert_eq!(roles(&needs), ["lead", "counsel", "privacy|counsel"]);
            assert_eq!(needs[0].rules.len(), 2);
            assert_eq!(sharing.recipients(&all).unwrap(), ["provider"]);
            assert_eq!(sharing.channels(&all).unwrap(), ["mail"]);
            let strictest = sharing.strictest_class(&all).unwrap().unwrap();
            assert_eq!(strictest.text_of("id"), "partner");
        });
    }

    #[test]
    fn low_sensitivity_needs_nobody() {
        with_sharing(|sharing| {
            let harmless = content("public", &["symptom"]);
            assert!(sharing.needs(&harmless).unwrap().is_empty());
            assert_eq!(sharing.rules(&harmless).unwrap().len(), 1);
            assert_eq!(sharing.channels(&harmless).unwrap(), ["mail", "phone"]);
            let unknown = content("public", &["privileged"]);
            assert!(sharing.strictest_class(&unknown).unwrap().is_none());
        });
    }

    #[test]
    fn an_entry_counts_by_its_role_and_a_deputy_for_one() {
        with_sharing(|sharing| {
            let unmet = |types: &[&str], given: &str| unmet(sharing, types, given);
            assert_eq!(unmet(&["ioc"], "[]"), ["lead", "counsel"]);
            assert_eq!(unmet(&["ioc"], "[{role: lead}]"), ["counsel"]);
            // One of `any_of` is enough, and may be asked for elsewhere, too.
            assert_eq!(
                unmet(&["image"], "[{role: lead}, {role: privacy}]"),
                [""; 0]
            );
            let both = "[{role: lead}, {role: counsel}]";
            assert_eq!(unmet(&["ioc", "image"], both), [""; 0]);
            // A deputy, named or not, and one who is none.
            let named = "[{role: lead}, {role: sponsor, for_role: counsel}]";
            assert_eq!(unmet(&["ioc"], named), [""; 0]);
            assert_eq!(unmet(&["ioc"], "[{role: lead}, {role: sponsor}]"), [""; 0]);
            assert_eq!(unmet(&["ioc"], "[{role: sponsor}]"), ["counsel"]);
            assert_eq!(unmet(&["ioc"], "[{role: lead}, {role: ops}]"), ["counsel"]);
            let twice = "[{role: sponsor}, {role: sponsor, for_role: ghost}]";
            assert_eq!(unmet(&["ioc"], twice), [""; 0]);
        });
    }

    #[test]
    fn what_nobody_knows_is_a_gap() {
        with_sharing(|sharing| {
            let gap = sharing.needs(&content("secret", &["ioc"])).unwrap_err();
            assert_eq!(gap, "the sharing guideline has no class `secret`");
        });
        let registry = registry(&[(
            "guidelines/sharing.yaml",
            "kind: sharing-guideline\nid: sharing\nclasses: [{id: a}, {rank: 1}]\n",
        )]);
        let sharing = of(&registry);
        assert!(sharing.class("a").unwrap_err().contains("without `id`"));
        let matrix = "kind: approval-matrix\nid: approvals\nrules: [{id: other}]\n";
        let guideline = "kind: sharing-guideline\nid: sharing\nclasses: [{id: a, approval: b}]\n";
        let registry = crate::policy::vocabulary::small::registry(&[
            ("guidelines/sharing.yaml", guideline),
            ("guidelines/approvals.yaml", matrix),
        ]);
        let sharing = of(&registry);
        let content = content("a", &[]);
        let gap = sharing.needs(&content).unwrap_err();
        assert_eq!(gap, "the approval matrix has no rule `b` for sharing");
        assert_eq!(
            sharing.channels(&content).unwrap_err(),
            "class `a` has no `channels`"
        );
    }
}
