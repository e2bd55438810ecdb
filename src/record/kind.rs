//! The kinds of records: one row each.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::reference::Referent;
use crate::schema::Schema;

macro_rules! kinds {
    ($($variant:ident $name:literal $class:ident $layout:literal $schema:literal $doc:literal;)*) => {
        /// A kind of record.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordKind {
            $(#[doc = $doc] $variant,)*
        }

        const KINDS: &[Row] = &[$(Row {
            kind: RecordKind::$variant,
            name: $name,
            class: Class::$class,
            layout: $layout,
            schema: include_str!(concat!("../../schemas/", $schema)),
        },)*];
    };
}

/// How a kind is held while a repository is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Few, and needed to judge others: read first and kept.
    Registry,
    /// Many: read, judged and let go.
    Stream,
}

struct Row {
    kind: RecordKind,
    name: &'static str,
    class: Class,
    /// Where records of this kind lie by default; `<id>` is the id of the record.
    layout: &'static str,
    schema: &'static str,
}

kinds! {
    Program "program" Registry "program.yaml" "program.json"
        "The settings of the programme: limits, scope, evidence places.";
    Control "control" Registry "controls/<id>.yaml" "control.json"
        "A control card.";
    Runbook "runbook" Registry "runbooks/<id>.yaml" "runbook.json"
        "Triggers, steps, cadence and exit criteria.";
    SharingGuideline "sharing-guideline" Registry "guidelines/sharing.yaml" "sharing-guideline.json"
        "The information-sharing matrix and its classes.";
    ApprovalMatrix "approval-matrix" Registry "guidelines/approvals.yaml" "approval-matrix.json"
        "Who may decide what.";
    People "people" Registry "registry/people.yaml" "people.json"
        "Roles, their holders, and persons.";
    Channels "channels" Registry "registry/channels.yaml" "channels.json"
        "The sanctioned channels.";
    ThirdParty "third-party" Registry "registry/third-parties/<id>.yaml" "third-party.json"
        "A third party with its contacts and contract.";
    System "system" Registry "registry/systems/<id>.yaml" "system.json"
        "A system, its components and who runs them.";
    Incident "incident" Stream "incidents/<id>/incident.yaml" "incident.json"
        "An incident, from declaration to review.";
    Package "package" Stream "incidents/<incident>/packages/<id>.yaml" "package.json"
        "What is sent about an incident, one version.";
    Exercise "exercise" Registry "exercises/<id>.yaml" "exercise.json"
        "An exercise.";
    HealthCheck "health-check" Registry "health-checks/<id>.yaml" "health-check.json"
        "A periodic check of the programme.";
    Exception "exception" Registry "exceptions/<id>.yaml" "exception.json"
        "An accepted risk or a sanctioned deviation.";
    Policy "policy" Registry "policies/<id>.yaml" "policy.json"
        "A pack of rules, or how those of other packs are adjusted here.";
}

const COMMON: &str = include_str!("../../schemas/common.json");

/// A schema together with what its places refer to.
#[derive(Debug)]
pub struct KindSchema {
    /// The schema.
    pub schema: Schema,
    pub(super) referents: Vec<Option<Referent>>,
    pub(super) key_referents: Vec<Option<Referent>>,
}

impl RecordKind {
    /// Every kind, in the order of the contract.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|row| row.kind)
    }

    fn row(self) -> &'static Row {
        &KINDS[self as usize]
    }

    /// The name written under `kind:`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.kind)
    }

    /// Whether records of this kind are needed to judge others, and are few.
    pub fn is_registry(self) -> bool {
        self.row().class == Class::Registry
    }

    /// Where records of this kind lie by default, with `<id>` for the id of the record.
    pub fn layout(self) -> &'static str {
        self.row().layout
    }

    /// The text of the JSON Schema.
    pub fn schema_text(self) -> &'static str {
        self.row().schema
    }

    /// The JSON Schema with the shared definitions in it, for programs that read one file only.
    /// `null` only if the program was built with a broken schema, which a test excludes.
    pub fn whole_schema(self) -> Value {
        // Only references name the file: all else in it is prose.
        let text = self
            .schema_text()
            .replace("common.json#/$defs/", "#/$defs/");
        let mut schema: Value = serde_json::from_str(&text).unwrap_or_default();
        let common = COMMON.replace("common.json#/$defs/", "#/$defs/");
        let common: Value = serde_json::from_str(&common).unwrap_or_default();
        let shared = common.get("$defs").and_then(Value::as_object).cloned();
        if let Some(schema) = schema.as_object_mut() {
            let own = schema.entry("$defs").or_insert_with(|| json!({}));
            if let Some(own) = own.as_object_mut() {
                own.extend(shared.unwrap_or_default());
            }
        }
        schema
    }

    /// The schema, compiled at first use. `None` only if the program was built with a broken
    /// schema, which a test excludes.
    pub fn schema(self) -> Option<&'static KindSchema> {
        static COMPILED: [OnceLock<Option<KindSchema>>; KINDS.len()] =
            [const { OnceLock::new() }; KINDS.len()];
        COMPILED[self as usize]
            .get_or_init(|| {
                let schema = Schema::compile(self.schema_text(), COMMON).ok()?;
                let of = |pick: fn(&crate::schema::Annotation) -> Option<&str>| {
                    schema
                        .shape()
                        .nodes()
                        .map(|node| pick(&node.annotation).and_then(Referent::parse))
                        .collect()
                };
                let referents = of(|it| it.reference.as_deref());
                let key_referents = of(|it| it.key_reference.as_deref());
                Some(KindSchema {
                    schema,
                    referents,
                    key_referents,
                })
            })
            .as_ref()
    }
}

/// The keys whose values are never shown, of all kinds.
pub fn sensitive_keys() -> &'static BTreeSet<&'static str> {
    static KEYS: OnceLock<BTreeSet<&str>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let schemas = RecordKind::all().filter_map(RecordKind::schema);
        let shapes = schemas.map(|kind| kind.schema.shape());
        shapes
            .flat_map(|shape| shape.nodes().map(move |node| (shape, node)))
            .flat_map(|(shape, node)| node.keys().map(move |key| (shape, node, key)))
            .filter(|(shape, node, key)| {
                let child = node.property(key).map(|id| shape.get(id));
                child.is_some_and(|it| it.annotation.is_sensitive)
            })
            .map(|(_, _, key)| key)
            .collect()
    })
}

/// The texts of all schemas, shared definitions first; for digests.
pub fn schema_texts() -> impl Iterator<Item = &'static str> {
    std::iter::once(COMMON).chain(KINDS.iter().map(|row| row.schema))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_compiles_and_every_reference_is_known() {
        for kind in RecordKind::all() {
            assert_eq!(RecordKind::parse(kind.name()), Some(kind));
            let schema = Schema::compile(kind.schema_text(), COMMON).unwrap();
            for node in schema.shape().nodes() {
                let annotation = &node.annotation;
                for name in annotation.reference.iter().chain(&annotation.key_reference) {
                    assert!(Referent::parse(name).is_some(), "{}: {name}", kind.name());
                }
                for id in [
                    &annotation.obligation,
                    &annotation.missing,
                    &annotation.reference_obligation,
                ]
                .into_iter()
                .flatten()
                {
                    assert!(
                        crate::finding::obligation(id).is_some(),
                        "{}: {id}",
                        kind.name()
                    );
                }
            }
        }
    }

    #[test]
    fn a_whole_schema_names_no_other_file() {
        for kind in RecordKind::all() {
            let schema = kind.whole_schema();
            let text = schema.to_string();
            for name in text.split("\"$ref\":\"").skip(1) {
                let name = name.split('"').next().unwrap();
                let pointer = name
                    .strip_prefix('#')
                    .unwrap_or_else(|| panic!("{}: {name}", kind.name()));
                assert!(schema.pointer(pointer).is_some(), "{}: {name}", kind.name());
            }
        }
    }

    #[test]
    fn every_property_is_described() {
        for kind in RecordKind::all() {
            let schema = &kind.schema().unwrap().schema;
            for node in schema.shape().nodes() {
                for key in node.keys() {
                    let child = schema.shape().get(node.property(key).unwrap());
                    assert!(
                        child.annotation.description.is_some(),
                        "{}: {key}",
                        kind.name()
                    );
                }
            }
        }
    }
}
