//! The variables that rules speak of.

use super::speaker::Speaker;
use crate::policy::expression::{Type, Value, Variable, Why};
use crate::record::{Record, RecordKind};
use crate::schema::Shape;

/// Where a variable comes from.
#[derive(Clone, Copy)]
enum Source {
    /// The element that a rule looks at.
    It,
    /// The record that it stands in.
    Record,
    /// The instant that everything is judged as of.
    AsOf,
    /// The one record of a kind.
    One(RecordKind),
    /// Every record of a kind.
    Every(RecordKind),
    /// Of a package, its incident.
    Incident,
    /// Of an incident, its packages; of a package, those of its incident, itself included.
    Packages,
}

/// Every variable with its name, in the order of their indices. What only records of one kind
/// have comes last, so that the others keep their index.
const VARIABLES: &[(&str, Source)] = &[
    ("it", Source::It),
    ("record", Source::Record),
    ("as_of", Source::AsOf),
    ("program", Source::One(RecordKind::Program)),
    ("runbook", Source::One(RecordKind::Runbook)),
    ("guideline", Source::One(RecordKind::SharingGuideline)),
    ("approvals", Source::One(RecordKind::ApprovalMatrix)),
    ("people", Source::One(RecordKind::People)),
    ("channels", Source::One(RecordKind::Channels)),
    ("systems", Source::Every(RecordKind::System)),
    ("third_parties", Source::Every(RecordKind::ThirdParty)),
    ("cards", Source::Every(RecordKind::Control)),
    ("runbooks", Source::Every(RecordKind::Runbook)),
    ("exceptions", Source::Every(RecordKind::Exception)),
    ("guidelines", Source::Every(RecordKind::SharingGuideline)),
    ("matrices", Source::Every(RecordKind::ApprovalMatrix)),
    ("exercises", Source::Every(RecordKind::Exercise)),
    ("health_checks", Source::Every(RecordKind::HealthCheck)),
    ("packages", Source::Packages),
    ("incident", Source::Incident),
];

impl Source {
    /// Whether records of a kind have it.
    fn is_for(self, kind: RecordKind) -> bool {
        match self {
            Self::Incident => kind == RecordKind::Package,
            Self::Packages => matches!(kind, RecordKind::Incident | RecordKind::Package),
            _ => true,
        }
    }

    /// The type of its value, about records of a kind; `None` if the rule says it.
    fn of(self, kind: RecordKind) -> Option<Type> {
        let list = |kind| Type::List(Box::new(kind_type(kind)));
        Some(match self {
            Self::It => return None,
            Self::Record => kind_type(kind),
            Self::AsOf => Type::Time,
            Self::One(kind) => kind_type(kind),
            Self::Every(kind) => list(kind),
            Self::Incident => kind_type(RecordKind::Incident),
            Self::Packages => list(RecordKind::Package),
        })
    }
}

/// The variables of rules about a kind. One that a kind lacks has none after it that the kind
/// has, so that an index in this list is one in [`VARIABLES`].
fn sources(kind: RecordKind) -> impl Iterator<Item = (&'static str, Source)> {
    VARIABLES
        .iter()
        .copied()
        .filter(move |(_, source)| source.is_for(kind))
}

/// The type of a whole record.
pub fn kind_type(kind: RecordKind) -> Type {
    let shape = kind.schema().map(|kind| kind.schema.shape());
    shape.map_or(Type::Any, |shape| Type::node(shape, Shape::ROOT))
}

/// The variables of a rule about records of a kind, whose elements have the type `it`.
///
/// `program`, `people` and the other single records are the one whose path is the usual one, else
/// the first by path. `runbook` and `approvals` are those that the card names which covers
/// ir-6-3, else ir-4-10; `guideline` is the one that this runbook names.
pub fn variables(kind: RecordKind, it: Type) -> Vec<Variable> {
    let mut element = Some(it);
    sources(kind)
        .map(|(name, source)| Variable {
            name,
            of: source
                .of(kind)
                .or_else(|| element.take())
                .unwrap_or(Type::Any),
        })
        .collect()
}

impl<'t> Speaker<'_, 't> {
    /// The value of a variable by its index in [`variables`].
    pub(super) fn value(&self, index: usize) -> Result<Value<'t>, Why> {
        let source = VARIABLES.get(index).map(|(_, source)| *source);
        match source.filter(|source| source.is_for(self.record.kind)) {
            Some(Source::It) => Ok(self.it.clone()),
            Some(Source::Record) => Ok(Value::Node(self.record.root())),
            Some(Source::AsOf) => Ok(Value::Time(self.as_of)),
            Some(Source::One(kind)) => self.lookups.single(kind).map(Value::Node).map_err(Why::Gap),
            Some(Source::Every(kind)) => self.lookups.all(kind).map(Value::List).map_err(Why::Gap),
            Some(Source::Incident) => self.incident().map(|it| Value::Node(it.root())),
            Some(Source::Packages) => {
                let packages = self.facts.packages(self.incident_id()?).now()?;
                let roots = packages.into_iter().map(Record::root).map(Value::Node);
                Ok(Value::List(roots.collect()))
            }
            None => Err(Why::Fault("there is no such variable".to_owned())),
        }
    }

    /// The incident that the record is or belongs to.
    fn incident_id(&self) -> Result<&'t str, Why> {
        match self.record.kind {
            RecordKind::Incident => Ok(&self.record.id),
            _ => {
                let id = self.record.incident.as_deref();
                id.ok_or_else(|| Why::Absent("incident".to_owned()))
            }
        }
    }

    fn incident(&self) -> Result<&'t Record, Why> {
        let id = self.incident_id()?;
        let incident = self.facts.record(id).now()?;
        incident
            .filter(|record| record.kind == RecordKind::Incident)
            .ok_or_else(|| Why::Gap(format!("there is no incident `{id}` that can be read")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_lacks_a_variable_before_one_that_it_has() {
        for kind in RecordKind::all() {
            let names = sources(kind).map(|(name, _)| name);
            assert!(names.eq(VARIABLES.iter().map(|it| it.0).take(sources(kind).count())));
        }
    }
}
