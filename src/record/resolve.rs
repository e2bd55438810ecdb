//! Whether a reference leads anywhere, and what to say when it does not.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::RecordKind;
use super::reading::Record;
use super::reference::{Local, Reference, Referent, references};
use super::registry::{Gap, Registry, Vocabulary, defined_in};
use crate::clock::Instant;
use crate::document::{Kind, NodeId, NodeRef, Place};
use crate::finding::{Elsewhere, Fault, MOST_FAULTS, Rule};
use crate::schema::Places;
use crate::text::closest;

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
    registry: &'r Registry,
}

impl<'r> Resolver<'r> {
    /// A resolver over kept records.
    pub fn new(registry: &'r Registry) -> Self {
        Self { registry }
    }

    /// Follows a reference that stands in `record`.
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
            Referent::Local(local) => {
                found(local.words.contains(&name) || locals.of(&local).contains(name))
            }
            Referent::AnyLocal => found(locals.all().contains(name)),
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
        if record.kind == RecordKind::ThirdParty {
            return found(has(record.root()));
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
            Some(party) => found(explained || has(party.root())),
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
        found(
            component.is_none_or(|component| {
                ids(record.root().get("components")).any(|id| id == component)
            }),
        )
    }

    /// Names that a reference of this sort could have meant, in order.
    fn candidates<'a>(self, reference: &Reference<'_>, record: &'a Record) -> Vec<&'a str>
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

fn found(is_found: bool) -> Resolution {
    if is_found {
        Resolution::Found
    } else {
        Resolution::Dangling
    }
}

/// The party that a `contact` belongs to: the one named in the same block.
fn party_beside(contact: NodeRef<'_>) -> Option<&str> {
    let party = contact.parent()?.get("party")?.scalar_text();
    (!party.is_empty()).then_some(party)
}

/// The incident that a record is, or belongs to.
fn incident_of(record: &Record) -> Option<&str> {
    match record.kind {
        RecordKind::Incident => Some(record.id.as_str()),
        RecordKind::Package => record.root().get("incident").map(NodeRef::scalar_text),
        _ => None,
    }
    .filter(|id| !id.is_empty())
}

/// The ids of a list of maps.
fn ids(list: Option<NodeRef<'_>>) -> impl Iterator<Item = &str> {
    list.into_iter()
        .flat_map(NodeRef::items)
        .filter_map(|item| item.get("id"))
        .map(NodeRef::scalar_text)
}

fn local_ids<'t>(record: &'t Record, local: &Local) -> impl Iterator<Item = &'t str> + use<'t> {
    ids(record.root().at_pointer(local.list))
}

/// The ids of the elements of one record, looked up once.
struct Locals<'t> {
    record: &'t Record,
    lists: BTreeMap<&'static str, BTreeSet<&'t str>>,
    all: Option<BTreeSet<&'t str>>,
}

impl<'t> Locals<'t> {
    fn new(record: &'t Record) -> Self {
        Self {
            record,
            lists: BTreeMap::new(),
            all: None,
        }
    }

    fn of(&mut self, local: &Local) -> &BTreeSet<&'t str> {
        let record = self.record;
        let lists = &mut self.lists;
        lists
            .entry(local.list)
            .or_insert_with(|| local_ids(record, local).collect())
    }

    fn all(&mut self) -> &BTreeSet<&'t str> {
        let record = self.record;
        self.all.get_or_insert_with(|| all_local_ids(record))
    }
}

/// Every id that an element of the record bears.
fn all_local_ids(record: &Record) -> BTreeSet<&str> {
    record
        .tree
        .nodes()
        .filter(|node| node.index().is_some() && node.kind() == Kind::Map)
        .filter_map(|item| item.get("id"))
        .map(NodeRef::scalar_text)
        .collect()
}

/// The fault of a reference that leads nowhere.
pub fn dangling(
    reference: &Reference<'_>,
    record: &Record,
    resolver: Resolver<'_>,
    index: Option<&RecordIndex>,
    as_of: Instant,
) -> Fault {
    let registry = resolver.registry;
    let name = reference.name();
    let place = if reference.node.is_key() {
        reference
            .node
            .value()
            .map_or(Place::value(reference.node), Place::key)
    } else {
        Place::value(reference.node)
    };
    let message = message(reference, registry, index);
    let fault = Fault::new(reference.referent.rule(), place, message)
        .obligation(reference.obligation)
        .elsewhere(registered_at(reference, record, registry));

    let mut candidates = resolver.candidates(reference, record);
    if matches!(
        reference.referent,
        Referent::System | Referent::SystemOrUnknown
    ) {
        let may_be_unknown = reference.referent == Referent::SystemOrUnknown;
        return fault.help(match closest(name, ["unknown"]) {
            Some(word) if may_be_unknown => format!("Did you mean `{word}`?"),
            _ => system_help(name, registry),
        });
    }
    if let Some(index) = index {
        candidates.extend(index.candidates(reference.referent, incident_of(record)));
    }
    if reference.referent == Referent::Name(Vocabulary::Role)
        && registry.has(Vocabulary::Person, name)
    {
        let roles = registry.roles_of(name, as_of);
        return fault.help(match roles.as_slice() {
            [] => format!("Write the role, not the person. `{name}` holds no role now."),
            roles => format!(
                "Write the role, not the person. `{name}` is {}.",
                list(roles)
            ),
        });
    }
    if reference.referent == Referent::Name(Vocabulary::Person)
        && registry.has(Vocabulary::Role, name)
    {
        let holders = registry.holders_of(name, as_of);
        return fault.help(match holders.as_slice() {
            [] => format!("Write the person, not the role. Nobody holds `{name}` now."),
            holders => format!("Write the person, not the role: {}.", list(holders)),
        });
    }
    // `OUT-1` is no slip of the finger for `OUT-2`: it is another message.
    let similar = candidates.iter().filter(|it| !differs_in_number(it, name));
    match closest(name, similar.copied()) {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None => fault.help(choices(name, &candidates, reference.referent)),
    }
}

fn message(
    reference: &Reference<'_>,
    registry: &Registry,
    index: Option<&RecordIndex>,
) -> String {
    let name = reference.name();
    match reference.referent {
        Referent::Name(Vocabulary::Person) if registry.has(Vocabulary::Role, name) => {
            format!("`{name}` is a role, and a person is wanted here")
        }
        Referent::Name(Vocabulary::Role) if registry.has(Vocabulary::Person, name) => {
            format!("`{name}` is a person, and a role is wanted here")
        }
        Referent::Name(Vocabulary::Person) => format!("person `{name}` is not registered"),
        Referent::Name(Vocabulary::Role) => format!("role `{name}` is not defined"),
        Referent::PersonOrRole => format!("`{name}` is neither a registered person nor a role"),
        Referent::Name(Vocabulary::Channel) => format!("channel `{name}` is not registered"),
        Referent::Name(Vocabulary::Record(RecordKind::ThirdParty)) | Referent::PartyOrInternal => {
            format!("third party `{name}` is not registered")
        }
        Referent::Name(Vocabulary::Severity) => {
            format!("severity `{name}` is not one of the programme")
        }
        Referent::Name(Vocabulary::Class) => {
            format!("class `{name}` is not one of the sharing guideline")
        }
        Referent::Name(Vocabulary::InfoType) => {
            format!("information type `{name}` is not in the sharing guideline")
        }
        Referent::Name(Vocabulary::Recipient) => {
            format!("recipient category `{name}` is not in the sharing guideline")
        }
        Referent::Name(Vocabulary::ApprovalRule) => {
            format!("approval rule `{name}` is not in the approval matrix")
        }
        Referent::Name(Vocabulary::Trigger) => format!("trigger `{name}` is not in the runbook"),
        Referent::Name(Vocabulary::ExitCriterion) => {
            format!("exit criterion `{name}` is not in the runbook")
        }
        Referent::Name(Vocabulary::Record(kind)) | Referent::Record(kind) => {
            format!("there is no {} `{name}`", kind.name())
        }
        Referent::Contact => match party_beside(reference.node) {
            Some(party) => format!("`{party}` has no contact `{name}`"),
            None => format!("contact `{name}` is not one of this party"),
        },
        Referent::System | Referent::SystemOrUnknown => match name.split_once('/') {
            Some((system, component))
                if registry.has(Vocabulary::Record(RecordKind::System), system) =>
            {
                format!("system `{system}` has no component `{component}`")
            }
            _ => format!(
                "system `{}` is not registered",
                name.split('/').next().unwrap_or(name)
            ),
        },
        Referent::Local(local) => format!("there is no {} `{name}` in this record", local.name),
        Referent::EvidenceOrUri => format!("there is no evidence item `{name}` in this record"),
        Referent::AnyLocal => format!("no element of this record has the id `{name}`"),
        Referent::Package => format!("this incident has no package `{name}`"),
        Referent::AnyRecord | Referent::RecordOrFile => format!("there is no record `{name}`"),
        Referent::Subject => match name.split_once('#') {
            Some((record, element)) if index.is_some_and(|index| index.has(record)) => {
                format!("record `{record}` has no element `{element}`")
            }
            Some((record, _)) => format!("there is no record `{record}`"),
            None => format!("there is no record `{name}`"),
        },
    }
}

/// The registry that the name is missing from.
fn registered_at(
    reference: &Reference<'_>,
    record: &Record,
    registry: &Registry,
) -> Option<Elsewhere> {
    let of_record = |kind: RecordKind, id: &str, list: &str, message: &str| {
        let (file, record) = registry.home_of(kind, id)?;
        let node = record.root().get(list)?;
        let message = message.to_owned();
        Some(Elsewhere {
            file: file.clone(),
            place: Place::key(node),
            message,
        })
    };
    match reference.referent {
        Referent::Name(vocabulary) => registry.place(vocabulary),
        Referent::PersonOrRole => registry.place(Vocabulary::Person),
        Referent::Contact if record.kind != RecordKind::ThirdParty => {
            let party = party_beside(reference.node)?;
            of_record(
                RecordKind::ThirdParty,
                party,
                "contacts",
                "its contacts are here",
            )
        }
        Referent::System | Referent::SystemOrUnknown => {
            let (system, _) = reference.name().split_once('/')?;
            of_record(
                RecordKind::System,
                system,
                "components",
                "its components are here",
            )
        }
        _ => None,
    }
}

/// Whether two ids are the same but for their numbers.
fn differs_in_number(left: &str, right: &str) -> bool {
    let mask = |id: &str| id.replace(|c: char| c.is_ascii_digit(), "0");
    left != right && left.ends_with(|c: char| c.is_ascii_digit()) && mask(left) == mask(right)
}

fn system_help(name: &str, registry: &Registry) -> String {
    let nodes: Vec<String> = registry
        .of_kind(RecordKind::System)
        .flat_map(|system| {
            let id = system.id.clone();
            let of = id.clone();
            std::iter::once(id)
                .chain(ids(system.root().get("components")).map(move |it| format!("{of}/{it}")))
        })
        .collect();
    let of_system = |system: &str| -> Vec<&str> {
        let inside = format!("{system}/");
        nodes
            .iter()
            .map(String::as_str)
            .filter(|node| node.starts_with(&inside))
            .collect()
    };
    if let Some(near) = closest(name, nodes.iter().map(String::as_str)) {
        return format!("Did you mean `{near}`?");
    }
    match name.split_once('/') {
        Some((system, _)) if registry.has(Vocabulary::Record(RecordKind::System), system) => {
            match of_system(system).as_slice() {
                [] => format!("Write `{system}` alone, or add the component to its record."),
                nodes => format!("Write {}, or add the component to its record.", list(nodes)),
            }
        }
        _ => {
            let systems: Vec<&str> = registry
                .names(Vocabulary::Record(RecordKind::System))
                .collect();
            choices(
                name.split('/').next().unwrap_or(name),
                &systems,
                Referent::Name(Vocabulary::Record(RecordKind::System)),
            )
        }
    }
}

/// What to write when nothing similar exists.
fn choices(name: &str, candidates: &[&str], referent: Referent) -> String {
    let add = match referent {
        Referent::Name(Vocabulary::Person) | Referent::PersonOrRole => {
            "add the person under `people:` of the people record".to_owned()
        }
        Referent::Name(Vocabulary::Role) => {
            "define the role under `roles:` of the people record".to_owned()
        }
        Referent::Name(Vocabulary::Channel) => "add the channel to the channels record".to_owned(),
        Referent::Name(Vocabulary::Record(kind)) | Referent::Record(kind) => {
            format!(
                "add the record, usually `{}`",
                kind.layout().replace("<id>", name)
            )
        }
        Referent::PartyOrInternal => {
            format!(
                "add the record, usually `{}`",
                RecordKind::ThirdParty.layout().replace("<id>", name)
            )
        }
        Referent::Contact => "add the contact to the third-party record".to_owned(),
        Referent::Local(Local {
            list: "/evidence", ..
        })
        | Referent::EvidenceOrUri => "register the file under `evidence:` with this id".to_owned(),
        Referent::Local(local) => format!("add the {} with this id", local.name),
        Referent::Package => "add the package under `packages/`".to_owned(),
        Referent::Name(vocabulary) => match defined_in(vocabulary) {
            Some((kind, list)) => {
                format!("add it under `{list}:` of the {} record", kind.name())
            }
            None => "add it where it is defined".to_owned(),
        },
        Referent::AnyLocal => "add the element with this id".to_owned(),
        Referent::Subject => {
            return "Write the id of a record, or `record#element`: `INC-2025-0001#V-1`, \
                    `INC-2025-0001#OUT-1`, `INC-2025-0001#corvid-id`."
                .to_owned();
        }
        _ => return "Write the id of a record that exists, or add the record.".to_owned(),
    };
    match candidates {
        [] => format!("{}.", capital(&add)),
        few if few.len() <= 12 => format!("Write {}, or {add}.", list(few)),
        many => format!(
            "Write one of the {} names that exist, or {add}.",
            many.len()
        ),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}

/// Every record of the repository by kind and id, kept or not: enough to say what exists.
#[derive(Debug, Default)]
pub struct RecordIndex {
    files: BTreeMap<RecordKind, BTreeMap<Box<str>, u32>>,
    packages: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    /// Kinds of which some file could not be read and does not say its id.
    nameless: BTreeSet<RecordKind>,
}

impl RecordIndex {
    /// Adds a record; `file` is any number by which the caller finds it again. A package also
    /// names its incident.
    pub fn add(&mut self, kind: RecordKind, id: &str, incident: &str, file: u32) {
        if kind == RecordKind::Package {
            self.packages
                .entry(incident.into())
                .or_default()
                .insert(id.into());
        } else {
            self.files
                .entry(kind)
                .or_default()
                .entry(id.into())
                .or_insert(file);
        }
    }

    /// Notes a file of a kind that does not say its id: any id may be its.
    pub fn add_nameless(&mut self, kind: RecordKind) {
        self.nameless.insert(kind);
    }

    /// Whether there is a record of any kind with this id.
    fn has(&self, id: &str) -> bool {
        RecordKind::all().any(|kind| self.file(kind, id).is_some())
    }

    /// The file of a record.
    pub fn file(&self, kind: RecordKind, id: &str) -> Option<u32> {
        self.files.get(&kind)?.get(id).copied()
    }

    /// The file of the record that a pending reference leads to, if its element has to be looked
    /// up as well.
    pub fn subject<'p>(&self, pending: &'p Pending) -> Option<(u32, &'p str)> {
        let Pending::Subject(subject) = pending else {
            return None;
        };
        let (record, element) = subject.split_once('#')?;
        RecordKind::all()
            .find_map(|kind| self.file(kind, record))
            .map(|file| (file, element))
    }

    /// Whether a pending reference leads to a record; an element of it is looked up by the caller.
    pub fn resolve(&self, pending: &Pending) -> Resolution {
        let is_found = match pending {
            Pending::Record(kind, id) => self.file(*kind, id).is_some(),
            Pending::AnyRecord(id) => self.has(id),
            Pending::Package(incident, id) => self
                .packages
                .get(incident)
                .is_some_and(|packages| packages.contains(id)),
            Pending::Subject(subject) => self.has(subject.split('#').next().unwrap_or("")),
        };
        let hidden = match pending {
            Pending::Record(kind, _) => self.nameless.get(kind).copied(),
            Pending::Package(..) => self.nameless.get(&RecordKind::Package).copied(),
            Pending::AnyRecord(_) | Pending::Subject(_) => self.nameless.first().copied(),
        };
        match (is_found, hidden) {
            (true, _) => Resolution::Found,
            (false, Some(kind)) => Resolution::Unknown(Gap::Refused(kind)),
            (false, None) => Resolution::Dangling,
        }
    }

    fn candidates(&self, referent: Referent, incident: Option<&str>) -> Vec<&str> {
        let of_kind = |kind| {
            self.files
                .get(&kind)
                .into_iter()
                .flat_map(|ids| ids.keys().map(|id| &**id))
        };
        match referent {
            Referent::Record(kind) => of_kind(kind).collect(),
            Referent::Package => incident
                .and_then(|incident| self.packages.get(incident))
                .map(|ids| ids.iter().map(|id| &**id).collect())
                .unwrap_or_default(),
            Referent::AnyRecord | Referent::RecordOrFile => {
                RecordKind::all().flat_map(of_kind).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The references of one record, followed as far as possible at once.
#[derive(Debug, Default)]
pub struct Followed {
    /// References followed.
    pub count: usize,
    /// Those that lead somewhere, by rule.
    pub found: BTreeMap<Rule, usize>,
    /// Those that nobody can judge.
    pub unknown: Vec<(Rule, Gap)>,
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
    pub rule: Rule,
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
