//! Who holds which role, and what for.
//!
//! The people records are read once into an index by role and one by person. An entry that does
//! not say who, or since when, says nothing: what depends on it is a gap, not a "no", since the
//! entry itself is the fault to report.

use std::collections::BTreeMap;

use crate::clock::{Instant, Moment};
use crate::document::NodeRef;
use crate::record::{Gap, RecordKind, Registry, Vocabulary, is_unreadable_list};
use crate::schema::Shape;

/// Roles, their holders, and persons.
#[derive(Debug)]
pub(super) struct Roles<'t> {
    by_role: BTreeMap<&'t str, Role<'t>>,
    by_person: BTreeMap<&'t str, Vec<Holding<'t>>>,
    /// Why a role that is not found may exist all the same.
    role_gap: Option<String>,
    /// Why a person who is not found may exist all the same.
    person_gap: Option<String>,
    /// The first role of which nobody can say who holds it.
    unreadable: Option<&'t str>,
}

#[derive(Debug, Default)]
struct Role<'t> {
    function: Option<&'t str>,
    queue: Option<&'t str>,
    holders: Vec<Holding<'t>>,
    is_unreadable: bool,
}

/// An entry of `holders`.
#[derive(Clone, Copy, Debug)]
struct Holding<'t> {
    person: &'t str,
    role: &'t str,
    from: Bound,
    until: Bound,
}

/// A day or an instant as an entry gives it.
#[derive(Clone, Copy, Debug)]
enum Bound {
    /// Not given.
    Open,
    /// Given.
    At(Moment),
    /// Given, but not as a day or an instant.
    Unclear,
}

impl Bound {
    fn of(entry: NodeRef<'_>, key: &str) -> Self {
        match entry.get(key).filter(|node| !node.is_empty()) {
            None => Self::Open,
            Some(node) => Moment::parse(node.scalar_text()).map_or(Self::Unclear, Self::At),
        }
    }
}

impl Holding<'_> {
    /// Whether the role is held at an instant; `None` if the entry does not say.
    fn is_in_force(&self, at: Instant) -> Option<bool> {
        let has_begun = match self.from {
            Bound::At(from) => from.start().map(|from| from <= at),
            Bound::Open | Bound::Unclear => None,
        };
        let has_ended = match self.until {
            Bound::Open => Some(false),
            Bound::At(until) => Some(until.has_ended(at)),
            Bound::Unclear => None,
        };
        match (has_begun, has_ended) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        }
    }

    fn gap(&self) -> String {
        format!(
            "the entry of `{}` under role `{}` does not say from when or until when it is held",
            self.person, self.role
        )
    }
}

impl<'t> Roles<'t> {
    pub(super) fn new(registry: &'t Registry) -> Self {
        let gap = |vocabulary| registry.gap(vocabulary, "").map(Gap::reason);
        let mut roles = Self {
            by_role: BTreeMap::new(),
            by_person: BTreeMap::new(),
            role_gap: gap(Vocabulary::Role),
            person_gap: gap(Vocabulary::Person),
            unreadable: None,
        };
        for role in registry.roles() {
            roles.add(role);
        }
        for person in registry.names(Vocabulary::Person) {
            roles.by_person.entry(person).or_default();
        }
        roles
    }

    fn add(&mut self, role: NodeRef<'t>) {
        let text = |node: NodeRef<'t>, key| {
            node.get(key)
                .map(NodeRef::scalar_text)
                .filter(|text| !text.trim().is_empty())
        };
        let Some(id) = text(role, "id") else {
            return;
        };
        let entry = self.by_role.entry(id).or_default();
        let function = text(role, "function").filter(|name| is_function(name));
        entry.function = entry.function.or(function);
        entry.queue = entry.queue.or(text(role, "queue"));
        if is_unreadable_list(role, "holders", "person") {
            entry.is_unreadable = true;
            self.unreadable = self.unreadable.or(Some(id));
        }
        for holder in role.get("holders").into_iter().flat_map(NodeRef::items) {
            if let Some(person) = text(holder, "person") {
                let holding = Holding {
                    person,
                    role: id,
                    from: Bound::of(holder, "from"),
                    until: Bound::of(holder, "until"),
                };
                entry.holders.push(holding);
                self.by_person.entry(person).or_default().push(holding);
            }
        }
    }

    /// Whether there is a role of this name.
    pub(super) fn is_role(&self, id: &str) -> Result<bool, String> {
        known(self.by_role.contains_key(id), self.role_gap.as_ref())
    }

    /// Whether there is a person of this name.
    pub(super) fn is_person(&self, registry: &Registry, id: &str) -> Result<bool, String> {
        known(
            registry.has(Vocabulary::Person, id),
            self.person_gap.as_ref(),
        )
    }

    /// Whether a person holds a role at an instant.
    pub(super) fn holds(&self, person: &str, role: &str, at: Instant) -> Result<bool, String> {
        let Some(entry) = self.by_role.get(role) else {
            return known(false, self.role_gap.as_ref());
        };
        let mut unclear = entry.unreadable(role);
        for holding in entry.holders.iter().filter(|it| it.person == person) {
            match holding.is_in_force(at) {
                Some(true) => return Ok(true),
                Some(false) => {}
                None => unclear = Some(holding.gap()),
            }
        }
        known(false, unclear.as_ref())
    }

    /// The roles a person holds at an instant, in the order of the people record.
    pub(super) fn roles_of(&self, person: &str, at: Instant) -> Result<Vec<&'t str>, String> {
        if let Some(role) = self.unreadable {
            return Err(unreadable(role));
        }
        let Some(holdings) = self.by_person.get(person) else {
            return match self.role_gap.as_ref().or(self.person_gap.as_ref()) {
                Some(gap) => Err(gap.clone()),
                None => Ok(Vec::new()),
            };
        };
        if let Some(gap) = &self.role_gap {
            return Err(gap.clone());
        }
        in_force(holdings, at, |holding| holding.role)
    }

    /// The persons who hold a role at an instant, in the order of the people record.
    pub(super) fn holders(&self, role: &str, at: Instant) -> Result<Vec<&'t str>, String> {
        match (self.by_role.get(role), &self.role_gap) {
            (Some(entry), _) => match entry.unreadable(role) {
                Some(gap) => Err(gap),
                None => in_force(&entry.holders, at, |holding| holding.person),
            },
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// The function of a role.
    pub(super) fn function_of(&self, role: &str) -> Result<Option<&'t str>, String> {
        match (self.by_role.get(role), &self.role_gap) {
            (Some(entry), _) if entry.function.is_none() => {
                Err(format!("role `{role}` has no `function`"))
            }
            (Some(entry), _) => Ok(entry.function),
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(None),
        }
    }

    /// Where work for a role arrives.
    pub(super) fn queue_of(&self, role: &str) -> Result<Option<&'t str>, String> {
        match (self.by_role.get(role), &self.role_gap) {
            (Some(entry), _) => Ok(entry.queue),
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(None),
        }
    }

    /// The functions of the roles a person holds at an instant, each once.
    pub(super) fn functions_of(&self, person: &str, at: Instant) -> Result<Vec<&'t str>, String> {
        let mut functions = Vec::new();
        for role in self.roles_of(person, at)? {
            let function = self.function_of(role)?;
            if let Some(function) = function.filter(|it| !functions.contains(it)) {
                functions.push(function);
            }
        }
        Ok(functions)
    }
}

impl Role<'_> {
    fn unreadable(&self, id: &str) -> Option<String> {
        self.is_unreadable.then(|| unreadable(id))
    }
}

/// Whether the schema lists a function: one that it does not is a fault of its own.
fn is_function(name: &str) -> bool {
    let shape = RecordKind::People.schema().map(|kind| kind.schema.shape());
    let place = shape.and_then(|shape| {
        let roles = shape.child(Shape::ROOT, "roles")?;
        let role = shape.get(roles).items?;
        Some(shape.get(shape.child(role, "function")?))
    });
    place.is_none_or(|place| place.listed.iter().any(|it| it.as_str() == Some(name)))
}

fn unreadable(role: &str) -> String {
    format!("`holders` of role `{role}` is no list, or has an entry without person")
}

/// "No" only if nothing stands in the way of knowing.
fn known(is_so: bool, gap: Option<&String>) -> Result<bool, String> {
    match gap {
        Some(gap) if !is_so => Err(gap.clone()),
        _ => Ok(is_so),
    }
}

/// What the entries in force name, each once.
fn in_force<'t>(
    holdings: &[Holding<'t>],
    at: Instant,
    name: impl Fn(&Holding<'t>) -> &'t str,
) -> Result<Vec<&'t str>, String> {
    let mut names = Vec::new();
    for holding in holdings {
        match holding.is_in_force(at) {
            Some(true) if !names.contains(&name(holding)) => names.push(name(holding)),
            Some(_) => {}
            None => return Err(holding.gap()),
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_instant;
    use crate::policy::vocabulary::small::registry;

    const PEOPLE: &str = "kind: people\nid: people\nroles:\n  \
        - {id: ir-lead, function: incident-response, holders: [{person: mara, from: 2024-01-01, until: 2025-06-20}, {person: deniz, from: 2025-06-20T12:00:00Z}]}\n  \
        - {id: counsel, function: legal, holders: [{person: mara, from: 2024-01-01}, {person: nils, from: some day}]}\n  \
        - {id: odd, holders: [{from: 2024-01-01}]}\npeople:\n  - {id: mara, name: M, git: []}\n";

    fn at(text: &str) -> Instant {
        parse_instant(text).unwrap()
    }

    #[test]
    fn roles_are_held_from_until_and_both_days_are_inside() {
        let registry = registry(&[("registry/people.yaml", PEOPLE)]);
        let roles = Roles::new(&registry);
        let holds = |person, time| roles.holds(person, "ir-lead", at(time));
        assert_eq!(holds("mara", "2023-12-31T23:59:59Z"), Ok(false));
        assert_eq!(holds("mara", "2024-01-01T00:00:00Z"), Ok(true));
        assert_eq!(holds("mara", "2025-06-21T00:00:00Z"), Ok(true));
        assert_eq!(holds("mara", "2025-06-21T00:00:01Z"), Ok(false));
        assert_eq!(holds("deniz", "2025-06-20T11:59:59Z"), Ok(false));
        assert_eq!(holds("ghost", "2025-06-20T11:59:59Z"), Ok(false));
        assert_eq!(
            roles.holders("ir-lead", at("2025-06-20T12:00:00Z")),
            Ok(vec!["mara", "deniz"])
        );
        assert_eq!(roles.function_of("ir-lead"), Ok(Some("incident-response")));
        assert_eq!(roles.function_of("ghost"), Ok(None));
        assert_eq!(roles.is_role("ghost"), Ok(false));
        assert_eq!(roles.is_person(&registry, "mara"), Ok(true));
    }

    #[test]
    fn an_entry_that_says_nothing_is_a_gap_and_no_no() {
        let registry = registry(&[("registry/people.yaml", PEOPLE)]);
        let roles = Roles::new(&registry);
        let now = at("2025-01-01T00:00:00Z");
        assert_eq!(roles.holds("mara", "counsel", now), Ok(true));
        assert!(roles.holds("nils", "counsel", now).is_err());
        assert!(roles.holders("counsel", now).is_err());
        assert!(roles.holds("mara", "odd", now).is_err());
        let gap = roles.roles_of("mara", now).unwrap_err();
        assert!(gap.contains("`holders` of role `odd`"), "{gap}");
    }

    #[test]
    fn functions_are_those_of_the_roles_held() {
        let people = PEOPLE.replace("- {id: odd, holders: [{from: 2024-01-01}]}", "");
        let registry = registry(&[("registry/people.yaml", &people)]);
        let roles = Roles::new(&registry);
        assert_eq!(
            roles.functions_of("mara", at("2025-01-01T00:00:00Z")),
            Ok(vec!["incident-response", "legal"])
        );
        assert_eq!(
            roles.functions_of("mara", at("2026-01-01T00:00:00Z")),
            Ok(vec!["legal"])
        );
        assert_eq!(
            roles.roles_of("ghost", at("2026-01-01T00:00:00Z")),
            Ok(vec![])
        );
    }

    #[test]
    fn without_a_people_record_nobody_can_say() {
        let registry = registry(&[]);
        let roles = Roles::new(&registry);
        let gap = roles
            .holds("mara", "ir-lead", at("2025-01-01T00:00:00Z"))
            .unwrap_err();
        assert!(gap.contains("there is no people record"), "{gap}");
        assert!(roles.is_person(&registry, "mara").is_err());
    }
}
