//! Third parties and systems: who provides what, and on whom they rely.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::NodeRef;
use crate::record::{RecordKind, Registry, Vocabulary, is_unreadable_list};

/// Systems with their components, and third parties by id.
#[derive(Debug)]
pub(super) struct Parties<'t> {
    registry: &'t Registry,
    systems: BTreeMap<&'t str, System<'t>>,
}

#[derive(Debug)]
struct System<'t> {
    root: NodeRef<'t>,
    components: BTreeMap<&'t str, NodeRef<'t>>,
}

/// What a node name such as `portal/sso` leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'t> {
    /// A system as a whole.
    System(NodeRef<'t>),
    /// One of its components.
    Component {
        /// The system.
        system: NodeRef<'t>,
        /// The component.
        component: NodeRef<'t>,
    },
}

impl<'t> Parties<'t> {
    pub(super) fn new(registry: &'t Registry) -> Self {
        let systems = registry
            .names(Vocabulary::Record(RecordKind::System))
            .filter_map(|id| {
                let root = registry.record(RecordKind::System, id)?.root();
                let mut components = BTreeMap::new();
                for component in root.get("components").into_iter().flat_map(NodeRef::items) {
                    if let Some(id) = component.get("id") {
                        components.entry(id.scalar_text()).or_insert(component);
                    }
                }
                Some((id, System { root, components }))
            });
        Self {
            registry,
            systems: systems.collect(),
        }
    }

    /// A third party by id; a gap if it may be one that could not be read.
    pub(super) fn third_party(&self, id: &str) -> Result<Option<NodeRef<'t>>, String> {
        match self.registry.record(RecordKind::ThirdParty, id) {
            Some(record) => Ok(Some(record.root())),
            None => self.none(RecordKind::ThirdParty, id),
        }
    }

    /// What a node name leads to; `None` if it leads nowhere.
    pub(super) fn node(&self, name: &str) -> Result<Option<Node<'t>>, String> {
        let (id, component) = match name.split_once('/') {
            Some((id, component)) => (id, Some(component)),
            None => (name, None),
        };
        let Some(system) = self.systems.get(id) else {
            return self.none(RecordKind::System, id);
        };
        let Some(component) = component else {
            return Ok(Some(Node::System(system.root)));
        };
        match system.components.get(component) {
            Some(component) => Ok(Some(Node::Component {
                system: system.root,
                component: *component,
            })),
            None if is_unreadable_list(system.root, "components", "id") => Err(format!(
                "`components` of system `{id}` is no list, or has an entry without id"
            )),
            None => Ok(None),
        }
    }

    /// The external provider of a node: that of the component, or who operates the system.
    pub(super) fn provider(&self, name: &str) -> Result<Option<&'t str>, String> {
        let provider = match self.node(name)? {
            Some(Node::Component { component, .. }) => component.get("provider"),
            Some(Node::System(system)) => system.get("operated_by"),
            None => None,
        };
        let name = provider.map(NodeRef::scalar_text).map(str::trim);
        Ok(name.filter(|name| !matches!(*name, "" | "internal" | "unknown")))
    }

    /// The registered parties that the dependencies of a node name, each once: of a component,
    /// those that list it, and those that touch the whole system.
    pub(super) fn mapped(&self, name: &str) -> Result<Vec<NodeRef<'t>>, String> {
        let (system, component) = match self.node(name)? {
            Some(Node::System(system)) => (system, None),
            Some(Node::Component { system, component }) => (system, component.get("id")),
            None => return Ok(Vec::new()),
        };
        let touches = |dependency: &NodeRef<'t>| {
            let listed = dependency.get("components").filter(|it| !it.is_empty());
            match (component, listed) {
                (Some(component), Some(listed)) => listed
                    .items()
                    .any(|it| it.scalar_text() == component.scalar_text()),
                _ => true,
            }
        };
        let dependencies = system.get("dependencies").into_iter();
        let mut seen = BTreeSet::new();
        let mut parties = Vec::new();
        for dependency in dependencies.flat_map(NodeRef::items).filter(touches) {
            if let Some(party) = dependency.get("party").filter(|it| !it.is_empty())
                && seen.insert(party.scalar_text())
                && !matches!(self.third_party(party.scalar_text()), Ok(None))
            {
                parties.push(party);
            }
        }
        Ok(parties)
    }

    /// Every registered party reached from one over `relies_on`, without itself, nearest first.
    ///
    /// A name that leads to no third party is the fault of the card that names it and not part of
    /// the chain; one whose card could not be read is.
    pub(super) fn chain(&self, party: &str) -> Result<Vec<&'t str>, String> {
        let Some(first) = self.third_party(party)? else {
            return Ok(Vec::new());
        };
        let mut seen = BTreeSet::from([party]);
        let mut chain = Vec::new();
        let mut nearest = vec![first];
        while !nearest.is_empty() {
            let mut next = Vec::new();
            for card in nearest {
                for named in card.get("relies_on").into_iter().flat_map(NodeRef::items) {
                    let name = named.scalar_text();
                    if name.is_empty() || !seen.insert(name) {
                        continue;
                    }
                    match self.third_party(name) {
                        Ok(Some(card)) => next.push(card),
                        Ok(None) => continue,
                        Err(_) => {}
                    }
                    chain.push(name);
                }
            }
            nearest = next;
        }
        Ok(chain)
    }

    fn none<T>(&self, kind: RecordKind, id: &str) -> Result<Option<T>, String> {
        match self.registry.gap(Vocabulary::Record(kind), id) {
            Some(gap) => Err(gap.reason()),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::vocabulary::small;

    fn party(id: &str, relies_on: &str) -> (String, String) {
        (
            format!("registry/third-parties/{id}.yaml"),
            format!("kind: third-party\nid: {id}\nrelies_on: [{relies_on}]\n"),
        )
    }

    fn registry(files: &[(String, String)]) -> Registry {
        let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
        small::registry(&files)
    }

    #[test]
    fn a_chain_is_followed_nearest_first_and_through_cycles() {
        let registry = registry(&[
            party("a", "b, c"),
            party("b", "d, a"),
            party("c", "d, e, ghost"),
            party("d", "a, b"),
            party("e", ""),
        ]);
        let parties = Parties::new(&registry);
        assert_eq!(parties.chain("a"), Ok(vec!["b", "c", "d", "e"]));
        assert_eq!(parties.chain("d"), Ok(vec!["a", "b", "c", "e"]));
        assert_eq!(parties.chain("e"), Ok(vec![]));
        assert_eq!(parties.chain("ghost"), Ok(vec![]));
    }

    #[test]
    fn a_node_is_a_system_or_a_component_of_one() {
        let text = "kind: system\nid: portal\noperated_by: cloud\ncomponents:\n  \
            - {id: sso, provider: corvid}\n  - {id: app, provider: internal}\n\
            dependencies: [{party: corvid, components: [sso]}, {party: clinic}, \
            {party: clinic, components: [app]}, {party: ghost}]\n";
        let registry = small::registry(&[
            ("registry/systems/portal.yaml", text),
            ("c.yaml", "kind: third-party\nid: clinic\n"),
            ("d.yaml", "kind: third-party\nid: corvid\n"),
        ]);
        let parties = Parties::new(&registry);
        let mapped = |node| -> Vec<&str> {
            let mapped = parties.mapped(node).unwrap();
            mapped.into_iter().map(NodeRef::scalar_text).collect()
        };
        assert_eq!(mapped("portal"), ["corvid", "clinic"]);
        assert_eq!(mapped("portal/app"), ["clinic"]);
        assert_eq!(mapped("portal/sso"), ["corvid", "clinic"]);
        assert!(mapped("portal/ghost").is_empty());
        assert_eq!(parties.provider("portal"), Ok(Some("cloud")));
        assert_eq!(parties.provider("portal/sso"), Ok(Some("corvid")));
        assert_eq!(parties.provider("portal/app"), Ok(None));
        assert_eq!(parties.provider("portal/ghost"), Ok(None));
        assert!(matches!(parties.node("portal/x"), Ok(None)));
        assert!(matches!(parties.node("other"), Ok(None)));
        assert!(matches!(
            parties.node("portal/sso"),
            Ok(Some(Node::Component { .. }))
        ));
    }

    #[test]
    fn what_no_record_defines_is_a_gap() {
        let registry = small::registry(&[]);
        let parties = Parties::new(&registry);
        assert!(parties.third_party("a").is_err());
        assert!(parties.node("portal").is_err());
    }
}
