//! Whether a reference leads anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::dangling::dangling;
use super::kind::RecordKind;
use super::reading::Record;
use super::reference::{LISTS, Local, Reference, Referent, references};
use super::registry::{Gap, Registry, Vocabulary, is_unreadable_list};
use crate::clock::Instant;
use crate::document::{Kind, NodeId, NodeRef};
use crate::finding::{Builtin, Fault, MOST_FAULTS};
use crate::schema::{Places, Shape};

/// What became of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It leads somewhere.
    Found,
    /// It leads nowhere.
    Dangling,
    /// Nobody can say: the registry is not there.
    Unknown(Gap),
    /// It leads to a record that is not kept: to be looked up when all have been seen.
    Later(Pending),
}

/// A reference to a record that is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// A record of one kind.
    Record(RecordKind, Box<str>),
    /// A record of any kind.
    AnyRecord(Box<str>),
    /// A package of an incident.
    Package(Box<str>, Box<str>),
    /// A record, or `record#element`.
    Subject(Box<str>),
}

/// Resolves references against the registry and the record they stand in.
#[derive(Clone, Copy, Debug)]
pub struct Resolver<'r> {
    pub(super) registry: &'r Registry,
}

impl<'r> Resolver<'r> {
    /// A resolver over kept records.
    pub fn new(registry: &'r Registry) -> Self {
        Self { registry }
    }

    /// Follows a reference that stands in the record of `locals`.
    fn resolve(self, reference: &Reference<'_>, locals: &mut Locals<'_>) -> Resolution {
        let name = reference.name();
        let record = locals.record;
        match reference.referent {
            Referent::Name(vocabulary) => self.name(vocabulary, name),
            Referent::PersonOrRole => match self.name(Vocabulary::Person, name) {
                Resolution::Dangling => self.name(Vocabulary::Role, name),
                other => other,
            },
            Referent::PartyOrInternal if name == "internal" => Resolution::Found,
            Referent::PartyOrInternal => {
                self.name(Vocabulary::Record(RecordKind::ThirdParty), name)
            }
            Referent::Contact => self.contact(reference, record),
            Referent::SystemOrUnknown if name == "unknown" => Resolution::Found,
            Referent::System | Referent::SystemOrUnknown => self.system(name),
            Referent::Local(local) if local.words.contains(&name) => Resolution::Found,
            Referent::Local(local) => {
                let is_there = locals.has(&local, name);
                locals.among(is_there, std::slice::from_ref(&local.list))
            }
            Referent::AnyLocal => {
                let is_there = locals.all().contains(name);
                locals.among(is_there, LISTS)
            }
            Referent::EvidenceOrUri if name.contains(':') => Resolution::Found,
            Referent::EvidenceOrUri => match Referent::parse("evidence") {
                Some(referent) => self.resolve(
                    &Reference {
                        referent,
                        ..*reference
                    },
                    locals,
                ),
                None => Resolution::Found,
            },
            Referent::Package => match incident_of(record) {
                Some(incident) => Resolution::Later(Pending::Package(incident.into(), name.into())),
                None => Resolution::Found,
            },
            Referent::Record(kind) => Resolution::Later(Pending::Record(kind, name.into())),
            Referent::RecordOrFile if name.contains(['/', '.']) => Resolution::Found,
            Referent::AnyRecord | Referent::RecordOrFile => {
                let is_kept =
                    RecordKind::all().any(|kind| self.registry.has(Vocabulary::Record(kind), name));
                if is_kept {
                    Resolution::Found
                } else {
                    Resolution::Later(Pending::AnyRecord(name.into()))
                }
            }
            Referent::Subject => Resolution::Later(Pending::Subject(name.into())),
        }
    }

    fn name(self, vocabulary: Vocabulary, name: &str) -> Resolution {
        if self.registry.has(vocabulary, name) {
            return Resolution::Found;
        }
        match self.registry.gap(vocabulary, name) {
            Some(gap) => Resolution::Unknown(gap),
            None => Resolution::Dangling,
        }
    }

    /// A contact is looked up in the party it belongs to. What is wrong with the party itself is
    /// reported at the party.
    fn contact(self, reference: &Reference<'_>, record: &Record) -> Resolution {
        let has = |party: NodeRef<'_>| {
            ids(party.get("contacts")).any(|contact| contact == reference.name())
        };
        let among = |party: NodeRef<'_>| match has(party) {
            true => Resolution::Found,
            false if is_unreadable_list(party, "contacts", "id") => {
                Resolution::Unknown(Gap::List("contacts"))
            }
            false => Resolution::Dangling,
        };
        if record.kind == RecordKind::ThirdParty {
            return among(record.root());
        }
        let Some(party) = party_beside(reference.node) else {
            return Resolution::Found;
        };
        let explained = reference
            .node
            .parent()
            .and_then(|to| to.get("contact_why"))
            .is_some_and(|why| !why.is_empty());
        match self.registry.record(RecordKind::ThirdParty, party) {
            Some(_) if explained => Resolution::Found,
            Some(party) => among(party.root()),
            None => Resolution::Found,
        }
    }

    fn system(self, name: &str) -> Resolution {
        let (system, component) = match name.split_once('/') {
            Some((system, component)) => (system, Some(component)),
            None => (name, None),
        };
        let Some(record) = self.registry.record(RecordKind::System, system) else {
            return self.name(Vocabulary::Record(RecordKind::System), system);
        };
        let is_there = component
            .is_none_or(|component| ids(record.root().get("components")).any(|id| id == component));
        match is_there {
            true => Resolution::Found,
            false if is_unreadable_list(record.root(), "components", "id") => {
                Resolution::Unknown(Gap::List("components"))
            }
            false => Resolution::Dangling,
        }
    }

    /// Names that a reference of this sort could have meant, in order.
    pub(super) fn candidates<'a>(
        self,
        reference: &Reference<'_>,
        record: &'a Record,
    ) -> Vec<&'a str>
    where
        'r: 'a,
    {
        let registry: &'a Registry = self.registry;
        match reference.referent {
            Referent::Name(vocabulary) => registry.names(vocabulary).collect(),
            Referent::PersonOrRole => registry
                .names(Vocabulary::Person)
                .chain(registry.names(Vocabulary::Role))
                .collect(),
            Referent::PartyOrInternal => registry
                .names(Vocabulary::Record(RecordKind::ThirdParty))
                .chain(["internal"])
                .collect(),
            Referent::Contact if record.kind == RecordKind::ThirdParty => {
                ids(record.root().get("contacts")).collect()
            }
            Referent::Contact => party_beside(reference.node)
                .and_then(|party| registry.record(RecordKind::ThirdParty, party))
                .map(|party| ids(party.root().get("contacts")).collect())
                .unwrap_or_default(),
            Referent::Local(local) => local_ids(record, &local)
                .chain(local.words.iter().copied())
                .collect(),
            Referent::EvidenceOrUri => ids(record.root().get("evidence")).collect(),
            Referent::AnyLocal => all_local_ids(record).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// The ids of the elements of one record: looked up once, however many references there are.
struct Locals<'t> {
    record: &'t Record,
    /// Per list its ids, sorted.
    lists: Vec<(&'static str, Vec<&'t str>)>,
    all: Option<BTreeSet<&'t str>>,
    unreadable: BTreeMap<&'static str, bool>,
}

impl<'t> Locals<'t> {
    fn new(record: &'t Record) -> Self {
        Self {
            record,
            lists: Vec::new(),
            all: None,
            unreadable: BTreeMap::new(),
        }
    }

    fn has(&mut self, local: &Local, id: &str) -> bool {
        let known = self.lists.iter().position(|(list, _)| *list == local.list);
        let at = known.unwrap_or_else(|| {
            let mut ids: Vec<&str> = local_ids(self.record, local).collect();
            ids.sort_unstable();
            self.lists.push((local.list, ids));
            self.lists.len() - 1
        });
        self.lists[at].1.binary_search(&id).is_ok()
    }

    fn all(&mut self) -> &BTreeSet<&'t str> {
        let record = self.record;
        self.all.get_or_insert_with(|| all_local_ids(record))
    }

    /// Found, dangling, or nobody can say, because a list that could hold it is no list or has a
    /// misspelt key: that is the one fault to report.
    fn among(&mut self, is_there: bool, lists: &[&'static str]) -> Resolution {
        if is_there {
            return Resolution::Found;
        }
        let record = self.record;
        let is_lost = |list: &&&'static str| {
            let known = self.unreadable.entry(list);
            *known.or_insert_with(|| is_unreadable(record, list))
        };
        match lists.iter().find(is_lost) {
            Some(list) => Resolution::Unknown(Gap::List(list)),
            None => Resolution::Dangling,
        }
    }
}

/// A list of a record whose entries others refer to, and that cannot be read to its end.
pub fn unreadable_list(record: &Record) -> Option<&'static str> {
    LISTS
        .iter()
        .copied()
        .find(|list| is_unreadable(record, list))
}

fn is_unreadable(record: &Record, list: &str) -> bool {
    let Some((above, key)) = list.rsplit_once('/') else {
        return false;
    };
    let root = record.root();
    // A list that must be there and is not is told as missing.
    let schema = record.kind.schema();
    let is_required = above.is_empty()
        && schema.is_some_and(|kind| {
            let required = &kind.schema.shape().get(Shape::ROOT).required;
            required.iter().any(|it| **it == *key)
        });
    if is_required && root.get(key).is_none_or(NodeRef::is_empty) {
        return true;
    }
    let map = root.at_pointer(above);
    map.is_some_and(|map| is_unreadable_list(map, key, "id"))
}

/// The party that a `contact` belongs to: the one named in the same block.
pub(super) fn party_beside(contact: NodeRef<'_>) -> Option<&str> {
    let party = contact.parent()?.get("party")?.scalar_text();
    (!party.is_empty()).then_some(party)
}

/// The incident that a record is, or belongs to.
pub(super) fn incident_of(record: &Record) -> Option<&str> {
    match record.kind {
        RecordKind::Incident => Some(record.id.as_str()),
        RecordKind::Package => record.incident.as_deref(),
        _ => None,
    }
    .filter(|id| !id.is_empty())
}

/// The ids of a list of maps.
pub(super) fn ids(list: Option<NodeRef<'_>>) -> impl Iterator<Item = &str> {
    list.into_iter()
        .flat_map(NodeRef::items)
        .filter_map(|item| item.get("id"))
        .map(NodeRef::scalar_text)
}

fn local_ids<'t>(record: &'t Record, local: &Local) -> impl Iterator<Item = &'t str> + use<'t> {
    ids(record.root().at_pointer(local.list))
}

/// Every id that an element of the record bears.
fn all_local_ids(record: &Record) -> BTreeSet<&str> {
    record
        .tree
        .nodes()
        .filter(|node| {
            node.kind() == Kind::Map && node.parent().is_some_and(|it| it.kind() == Kind::List)
        })
        .filter_map(|item| item.get("id"))
        .map(NodeRef::scalar_text)
        .collect()
}

/// The references of one record, followed as far as possible at once.
#[derive(Debug, Default)]
pub struct Followed {
    /// References followed.
    pub count: usize,
    /// Those that lead somewhere, by rule.
    pub found: BTreeMap<Builtin, usize>,
    /// Those that nobody can judge.
    pub unknown: Vec<(Builtin, Gap)>,
    /// Those that lead nowhere.
    pub dangling: Vec<Fault>,
    /// Those to look up when all records have been seen.
    pub later: Vec<Later>,
}

/// A reference to look up later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// The referring node.
    pub node: NodeId,
    /// The rule that is asked.
    pub rule: Builtin,
    /// Where it leads.
    pub to: Pending,
}

impl Followed {
    /// Follows every reference of a record.
    pub fn of(record: &Record, places: &Places, resolver: Resolver<'_>, as_of: Instant) -> Self {
        let mut followed = Self::default();
        let mut locals = Locals::new(record);
        references(record, places, |reference| {
            followed.count += 1;
            let rule = reference.referent.rule();
            match resolver.resolve(&reference, &mut locals) {
                Resolution::Found => *followed.found.entry(rule).or_default() += 1,
                Resolution::Unknown(gap) => followed.unknown.push((rule, gap)),
                // More would not be shown; the record is told to hold more.
                Resolution::Dangling if followed.dangling.len() >= MOST_FAULTS => {}
                Resolution::Dangling => {
                    followed
                        .dangling
                        .push(dangling(&reference, record, resolver, None, as_of));
                }
                Resolution::Later(to) => {
                    followed.later.push(Later {
                        node: reference.node.id(),
                        rule,
                        to,
                    });
                }
            }
        });
        followed
    }
}
