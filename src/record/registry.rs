//! The names that the kept records define, and the roles that people hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::kind::RecordKind;
use super::layout::is_at_home;
use super::reading::Record;
use crate::clock::{Instant, Moment};
use crate::document::{Kind, NodeRef, Place, Tree};
use crate::finding::Elsewhere;
use crate::text::closest;

/// A list of names that records refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vocabulary {
    /// Persons of the people record.
    Person,
    /// Roles of the people record.
    Role,
    /// Channels of the channels record.
    Channel,
    /// Severities of the program.
    Severity,
    /// Classes of the sharing guideline.
    Class,
    /// Information types: matrix rows and do-not-share entries of the sharing guideline.
    InfoType,
    /// Recipient categories of the sharing guideline.
    Recipient,
    /// Rules of the approval matrix.
    ApprovalRule,
    /// Triggers of the runbooks.
    Trigger,
    /// Exit criteria of the runbooks.
    ExitCriterion,
    /// Records of a kept kind, by id.
    Record(RecordKind),
}

/// Which nodes define the names of a vocabulary: kind, list, and key of the name in an element.
const DEFINITIONS: &[(Vocabulary, RecordKind, &str, &str)] = &[
    (Vocabulary::Person, RecordKind::People, "people", "id"),
    (Vocabulary::Role, RecordKind::People, "roles", "id"),
    (Vocabulary::Channel, RecordKind::Channels, "channels", "id"),
    (Vocabulary::Severity, RecordKind::Program, "severities", ""),
    (
        Vocabulary::Class,
        RecordKind::SharingGuideline,
        "classes",
        "id",
    ),
    (
        Vocabulary::InfoType,
        RecordKind::SharingGuideline,
        "matrix",
        "info_type",
    ),
    (
        Vocabulary::InfoType,
        RecordKind::SharingGuideline,
        "do_not_share",
        "id",
    ),
    (
        Vocabulary::Recipient,
        RecordKind::SharingGuideline,
        "recipients",
        "id",
    ),
    (
        Vocabulary::ApprovalRule,
        RecordKind::ApprovalMatrix,
        "rules",
        "id",
    ),
    (Vocabulary::Trigger, RecordKind::Runbook, "triggers", "id"),
    (
        Vocabulary::ExitCriterion,
        RecordKind::Runbook,
        "exit_criteria",
        "id",
    ),
];

/// Situations that the triggers of a runbook cover together.
const SITUATIONS: usize = 6;

/// Why names of a vocabulary cannot be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// There is no record of the kind that defines them.
    Absent(RecordKind),
    /// The record that would define them has none in this list.
    Empty(RecordKind, &'static str),
    /// The record that defines them was refused or not examined.
    Refused(RecordKind),
    /// A record of the kind has no id, and may be the one.
    Nameless(RecordKind),
    /// The list of the same record that would hold it is no list, or has a misspelt key.
    List(&'static str),
}

impl Gap {
    /// The reason in a sentence.
    pub fn reason(self) -> String {
        match self {
            Self::Absent(kind) => format!(
                "there is no {} record (usually `{}`)",
                kind.name(),
                kind.layout()
            ),
            Self::Empty(kind, list) => {
                let list = list.trim_start_matches('/');
                format!("the {} record has no `{list}`", kind.name())
            }
            Self::Refused(kind) => format!("the {} record could not be read", kind.name()),
            Self::Nameless(kind) => format!("a record of kind {} has no `id`", kind.name()),
            Self::List(list) => {
                let list = list.trim_start_matches('/');
                format!("`{list}` of a record is no list, or has an entry without id")
            }
        }
    }
}

/// What the paths of foreign records begin with; no path of a file does.
const FOREIGN: char = '/';

/// The kept records and the names they define.
///
/// Foreign records stand in for those of another revision: all is judged by them, but they are no
/// files of the state that is checked, and no place in them can be shown there.
#[derive(Debug, Default)]
pub struct Registry {
    records: Vec<(Arc<str>, Record)>,
    /// Per vocabulary and name, the kept record that defines it.
    names: BTreeMap<Vocabulary, BTreeMap<Box<str>, usize>>,
    /// Kinds of which a file was refused, with the ids it is known by.
    refused: BTreeMap<RecordKind, Vec<Option<String>>>,
}

impl Registry {
    /// Builds the registry from kept records, and from what is known of refused files.
    pub fn new(
        mut records: Vec<(Arc<str>, Record)>,
        refused: impl IntoIterator<Item = (RecordKind, Option<String>)>,
    ) -> Self {
        records.sort_by(|left, right| Self::order(&left.0).cmp(&Self::order(&right.0)));
        let mut names: BTreeMap<Vocabulary, BTreeMap<Box<str>, usize>> = BTreeMap::new();
        for (index, (file, record)) in records.iter().enumerate() {
            let root = record.root();
            if !record.id.is_empty() {
                let ids = names.entry(Vocabulary::Record(record.kind)).or_default();
                // Of two records with one id, the one whose path says so is meant.
                if is_at_home(file, record.kind, &record.id) {
                    ids.insert(record.id.as_str().into(), index);
                } else {
                    ids.entry(record.id.as_str().into()).or_insert(index);
                }
                if let Some(promised) = &record.promised {
                    ids.entry(promised.as_str().into()).or_insert(index);
                }
            }
            let mut define = |vocabulary: Vocabulary, name: NodeRef<'_>| {
                let text = name.scalar_text();
                if !text.is_empty() {
                    names
                        .entry(vocabulary)
                        .or_default()
                        .entry(text.into())
                        .or_insert(index);
                }
            };
            for (vocabulary, kind, list, key) in DEFINITIONS {
                if *kind == record.kind
                    && let Some(list) = root.get(list)
                {
                    for item in list.items() {
                        let name = if key.is_empty() {
                            Some(item)
                        } else {
                            item.get(key)
                        };
                        if let Some(name) = name {
                            define(*vocabulary, name);
                        }
                    }
                }
            }
        }
        let mut by_kind: BTreeMap<RecordKind, Vec<Option<String>>> = BTreeMap::new();
        for (kind, id) in refused {
            by_kind.entry(kind).or_default().push(id);
        }
        Self {
            records,
            names,
            refused: by_kind,
        }
    }

    /// Puts another version of a kept record into its place; `false` if none is kept there.
    pub fn replace(&mut self, path: &str, record: Record) -> bool {
        let found = self.records.binary_search_by(|it| (*it.0).cmp(path));
        let Ok(at) = found else { return false };
        let Self {
            mut records,
            refused,
            ..
        } = std::mem::take(self);
        records[at].1 = record;
        let refused = refused.into_iter();
        let refused = refused.flat_map(|(kind, ids)| ids.into_iter().map(move |id| (kind, id)));
        *self = Self::new(records, refused);
        true
    }

    /// Gives the kept records back.
    pub fn into_records(self) -> Vec<(Arc<str>, Record)> {
        self.records
    }

    /// The path that a foreign record is kept under.
    pub fn foreign(path: &str) -> String {
        format!("{FOREIGN}{path}")
    }

    /// Whether a kept record is a foreign one.
    pub fn is_foreign(file: &str) -> bool {
        file.starts_with(FOREIGN)
    }

    /// The path of a kept record where it stands, foreign or not.
    pub fn path_of(file: &str) -> &str {
        file.strip_prefix(FOREIGN).unwrap_or(file)
    }

    /// What kept records are ordered by: foreign ones have the place of their own path.
    fn order(file: &str) -> (&str, &str) {
        (Self::path_of(file), file)
    }

    /// The kept records with their paths, in the order of the paths.
    pub fn records(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Record)> {
        self.records.iter().map(|(file, record)| (file, record))
    }

    /// The kept records of a kind.
    pub fn of_kind(&self, kind: RecordKind) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .map(|(_, record)| record)
            .filter(move |record| record.kind == kind)
    }

    /// A kept record by kind and id.
    pub fn record(&self, kind: RecordKind, id: &str) -> Option<&Record> {
        self.home_of(kind, id).map(|(_, record)| record)
    }

    /// Whether a vocabulary has a name.
    pub fn has(&self, vocabulary: Vocabulary, name: &str) -> bool {
        self.names
            .get(&vocabulary)
            .is_some_and(|names| names.contains_key(name))
    }

    /// The names of a vocabulary, in order.
    pub fn names(&self, vocabulary: Vocabulary) -> impl Iterator<Item = &str> {
        self.names
            .get(&vocabulary)
            .into_iter()
            .flat_map(|names| names.keys().map(|name| &**name))
    }

    /// Why a missing name of a vocabulary says nothing: its registry is absent, refused or cannot
    /// be read to its end.
    pub fn gap(&self, vocabulary: Vocabulary, name: &str) -> Option<Gap> {
        let kind = home(vocabulary);
        if let Some(refused) = self.refused.get(&kind) {
            let is_own = matches!(vocabulary, Vocabulary::Record(_));
            let may_be_it = |id: &Option<String>| id.as_deref().is_none_or(|id| id == name);
            if !is_own || refused.iter().any(may_be_it) {
                return Some(Gap::Refused(kind));
            }
        }
        // A record without its id, of which the path does not say it either, may be the one.
        let is_nameless = |record: &Record| record.id.is_empty();
        if matches!(vocabulary, Vocabulary::Record(_)) && self.of_kind(kind).any(is_nameless) {
            return Some(Gap::Nameless(kind));
        }
        let unreadable = DEFINITIONS
            .iter()
            .filter(|row| row.0 == vocabulary)
            .find(|row| {
                self.of_kind(kind)
                    .any(|record| is_unreadable_list(record.root(), row.2, row.3))
            });
        if let Some((_, _, list, _)) = unreadable {
            return Some(Gap::List(list));
        }
        // A runbook without an answer to every situation has lost a trigger: that is told there,
        // not at each incident that answered it.
        if vocabulary == Vocabulary::Trigger && !self.asks_every_situation() {
            return Some(Gap::List("triggers"));
        }
        // A guideline that does not tell customers from providers has lost a recipient: that is
        // told there, not at each class and row that names it.
        if vocabulary == Vocabulary::Recipient && !self.tells_customers_from_providers() {
            return Some(Gap::List("recipients"));
        }
        // Of these there is one; that it is not there is told where it is named.
        if matches!(
            vocabulary,
            Vocabulary::Record(
                RecordKind::Runbook
                    | RecordKind::ApprovalMatrix
                    | RecordKind::SharingGuideline
                    | RecordKind::Channels
            )
        ) {
            return None;
        }
        if self.of_kind(kind).next().is_none() {
            return Some(Gap::Absent(kind));
        }
        let is_written = |list: &str| {
            let lists = self.of_kind(kind).map(|record| record.root().get(list));
            lists.flatten().any(|list| !list.is_empty())
        };
        let mut lists = DEFINITIONS.iter().filter(|row| row.0 == vocabulary);
        let empty = lists.find(|row| !is_written(row.2));
        empty.map(|row| Gap::Empty(kind, row.2))
    }

    /// Whether the triggers of each runbook cover every situation that the contract lists.
    fn asks_every_situation(&self) -> bool {
        self.of_kind(RecordKind::Runbook).all(|runbook| {
            let triggers = runbook.root().get("triggers").into_iter();
            let covers = triggers
                .flat_map(NodeRef::items)
                .filter_map(|trigger| trigger.get("covers"));
            let covered: BTreeSet<&str> = covers.map(NodeRef::scalar_text).collect();
            covered.len() >= SITUATIONS
        })
    }

    /// Whether each guideline lists the recipients that every guideline has to tell apart.
    fn tells_customers_from_providers(&self) -> bool {
        self.of_kind(RecordKind::SharingGuideline).all(|guideline| {
            let has =
                |id| super::resolve::ids(guideline.root().get("recipients")).any(|it| it == id);
            has("provider") && has("customer")
        })
    }

    /// Whether some record of a kind was refused or not examined.
    pub fn has_refused(&self, kind: RecordKind) -> bool {
        self.refused.contains_key(&kind)
    }

    /// Where the names of a vocabulary are defined: the list in its registry.
    pub fn place(&self, vocabulary: Vocabulary) -> Option<Elsewhere> {
        let kind = home(vocabulary);
        let list = DEFINITIONS
            .iter()
            .find(|row| row.0 == vocabulary)
            .map(|row| row.2)?;
        let (file, record) = self
            .records
            .iter()
            .find(|(_, record)| record.kind == kind)?;
        let node = record.root().get(list)?;
        Some(Elsewhere {
            file: Arc::clone(file),
            place: Place::key(node),
            message: format!("{} are registered here", plural(vocabulary)),
        })
    }

    /// Where a name of a vocabulary is defined: the path of the record, and the element.
    pub fn definition(
        &self,
        vocabulary: Vocabulary,
        name: &str,
    ) -> Option<(&Arc<str>, NodeRef<'_>)> {
        let (file, record) = self.records.get(*self.names.get(&vocabulary)?.get(name)?)?;
        if let Vocabulary::Record(_) = vocabulary {
            return Some((file, record.root()));
        }
        let lists = DEFINITIONS.iter().filter(|row| row.0 == vocabulary);
        let mut elements = lists.flat_map(|(_, _, list, key)| {
            let items = record.root().list_of(list);
            items.map(move |item| {
                (
                    item,
                    if key.is_empty() {
                        Some(item)
                    } else {
                        item.get(key)
                    },
                )
            })
        });
        let found = elements.find(|(_, it)| it.is_some_and(|it| it.scalar_text() == name));
        found.map(|(element, _)| (file, element))
    }

    /// Path and record of a kept record, for showing a place in it.
    pub fn home_of(&self, kind: RecordKind, id: &str) -> Option<(&Arc<str>, &Record)> {
        let record = self.names.get(&Vocabulary::Record(kind))?.get(id)?;
        self.records
            .get(*record)
            .map(|(file, record)| (file, record))
    }

    /// A kept record by its path.
    pub fn at_path(&self, path: &str) -> Option<&Record> {
        let found = self
            .records
            .binary_search_by(|(file, _)| Self::order(file).cmp(&Self::order(path)));
        found.ok().map(|index| &self.records[index].1)
    }

    /// The path of the kept record that a tree belongs to.
    pub fn home_of_tree(&self, tree: &Tree) -> Option<&Arc<str>> {
        self.records
            .iter()
            .find(|(_, record)| std::ptr::eq(&raw const record.tree, tree))
            .map(|(file, _)| file)
    }

    /// The roles a person holds at an instant, in order.
    pub fn roles_of(&self, person: &str, at: Instant) -> Vec<&str> {
        let held = self.roles().filter(|role| {
            holders(*role).any(|holder| {
                holder
                    .get("person")
                    .is_some_and(|it| it.scalar_text() == person)
                    && is_in_force(holder, at)
            })
        });
        held.filter_map(|role| role.get("id"))
            .map(NodeRef::scalar_text)
            .collect()
    }

    /// The persons who hold a role at an instant, in order.
    pub fn holders_of(&self, role: &str, at: Instant) -> Vec<&str> {
        self.roles()
            .filter(|it| it.get("id").is_some_and(|id| id.scalar_text() == role))
            .flat_map(holders)
            .filter(|holder| is_in_force(*holder, at))
            .filter_map(|holder| holder.get("person"))
            .map(NodeRef::scalar_text)
            .collect()
    }

    /// The role elements of the people records.
    pub fn roles(&self) -> impl Iterator<Item = NodeRef<'_>> {
        self.of_kind(RecordKind::People)
            .filter_map(|people| people.root().get("roles"))
            .flat_map(NodeRef::items)
    }
}

fn holders(role: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    role.get("holders").into_iter().flat_map(NodeRef::items)
}

/// Whether nobody can say what a list of a map holds: it is no list, its key is misspelt, or an
/// entry lacks the key that names it. That is the fault to report, not each reference into it.
pub fn is_unreadable_list(map: NodeRef<'_>, key: &str, name: &str) -> bool {
    match map.get(key) {
        Some(list) if list.is_empty() => false,
        Some(list) => {
            let is_nameless = |item: NodeRef<'_>| {
                item.get(name)
                    .and_then(NodeRef::as_str)
                    .is_none_or(|name| name.trim().is_empty())
            };
            list.kind() != Kind::List || (!name.is_empty() && list.items().any(is_nameless))
        }
        None => map
            .pairs()
            .filter(|(_, value)| !is_known(*value))
            .any(|(other, _)| closest(other.scalar_text(), std::iter::once(key)) == Some(key)),
    }
}

/// Whether the schema of its record knows a value by its key: then the key means itself.
fn is_known(value: NodeRef<'_>) -> bool {
    let kind = value.tree().root().and_then(|root| root.get("kind"));
    let kind = kind.and_then(|kind| RecordKind::parse(kind.scalar_text()));
    let schema = kind.and_then(RecordKind::schema);
    schema.is_some_and(|kind| kind.schema.shape().of(value).is_some())
}

/// Whether it is plain from its entries that nobody holds a role: an entry without a person, or
/// without a day from which it holds, says nothing.
pub fn is_plainly_unheld(role: NodeRef<'_>) -> bool {
    holders(role).all(|holder| {
        let is_moment = |key| {
            holder
                .get(key)
                .is_some_and(|it| Moment::parse(it.scalar_text()).is_some())
        };
        let has_person = holder
            .get("person")
            .is_some_and(|person| !person.is_empty());
        has_person && is_moment("from") && (holder.get("until").is_none() || is_moment("until"))
    })
}

/// Whether a holder entry is in force at an instant: `from` inside, the day of `until` inside.
fn is_in_force(holder: NodeRef<'_>, at: Instant) -> bool {
    let moment = |key| {
        holder
            .get(key)
            .and_then(|node| Moment::parse(node.scalar_text()))
    };
    let has_begun = moment("from")
        .and_then(Moment::start)
        .is_some_and(|from| from <= at);
    let has_ended = moment("until").is_some_and(|until| until.has_ended(at));
    has_begun && !has_ended
}

/// What the names of a vocabulary are called.
fn plural(vocabulary: Vocabulary) -> &'static str {
    match vocabulary {
        Vocabulary::Person => "people",
        Vocabulary::Role => "roles",
        Vocabulary::Channel => "channels",
        Vocabulary::Severity => "severities",
        Vocabulary::Class => "classes",
        Vocabulary::InfoType => "information types",
        Vocabulary::Recipient => "recipient categories",
        Vocabulary::ApprovalRule => "approval rules",
        Vocabulary::Trigger => "triggers",
        Vocabulary::ExitCriterion => "exit criteria",
        Vocabulary::Record(_) => "records",
    }
}

/// The kind of record and the list in it that define a vocabulary.
pub(super) fn defined_in(vocabulary: Vocabulary) -> Option<(RecordKind, &'static str)> {
    let row = DEFINITIONS.iter().find(|row| row.0 == vocabulary)?;
    Some((row.1, row.2))
}

/// The kind of record that defines a vocabulary.
fn home(vocabulary: Vocabulary) -> RecordKind {
    match vocabulary {
        Vocabulary::Record(kind) => kind,
        _ => DEFINITIONS
            .iter()
            .find(|row| row.0 == vocabulary)
            .map_or(RecordKind::Program, |row| row.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{parse_as_of, parse_instant};
    use crate::document::Limits;
    use crate::record::{Reading, read_record};

    fn registry() -> Registry {
        let text = "kind: people\nid: people\nroles:\n  - id: ir-lead\n    function: incident-response\n    \
            holders:\n      - {person: mara, from: 2024-01-01, until: 2025-06-20}\n      \
            - {person: deniz, from: 2025-06-20T12:00:00Z}\npeople:\n  - {id: mara, name: M, git: []}\n";
        let Reading::Record(record) = read_record(
            "registry/people.yaml",
            text.as_bytes().to_vec(),
            &Limits::default(),
        ) else {
            panic!("no record")
        };
        Registry::new(vec![("registry/people.yaml".into(), record)], [])
    }

    #[test]
    fn roles_are_held_from_until_and_both_days_are_inside() {
        let registry = registry();
        let at = |text| registry.holders_of("ir-lead", parse_instant(text).unwrap());
        assert!(at("2023-12-31T23:59:59Z").is_empty());
        assert_eq!(at("2024-01-01T00:00:00Z"), ["mara"]);
        assert_eq!(at("2025-06-20T12:00:00Z"), ["mara", "deniz"]);
        assert_eq!(at("2025-06-21T00:00:01Z"), ["deniz"]);
        assert_eq!(
            registry.roles_of("mara", parse_as_of("2025-01-01").unwrap()),
            ["ir-lead"]
        );
    }

    #[test]
    fn an_absent_registry_is_a_gap_not_a_fault() {
        let registry = registry();
        assert_eq!(registry.gap(Vocabulary::Person, "x"), None);
        assert_eq!(
            registry.gap(Vocabulary::Channel, "x"),
            Some(Gap::Absent(RecordKind::Channels))
        );
        let refused = Registry::new(Vec::new(), [(RecordKind::ThirdParty, Some("a".to_owned()))]);
        let kind = RecordKind::ThirdParty;
        assert_eq!(
            refused.gap(Vocabulary::Record(kind), "a"),
            Some(Gap::Refused(kind))
        );
        assert_eq!(
            refused.gap(Vocabulary::Record(kind), "b"),
            Some(Gap::Absent(kind))
        );
    }
}
