use std::collections::BTreeSet;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use super::json::{TreeJson, TreeNode};
use super::sentence;
use super::shape::{Shape, ShapeId};
use crate::document::{Kind, NodeId, NodeRef, Place};
use crate::finding::{Builtin, Fault, MOST_FAULTS};
use crate::text::Span;

/// Where the shared definitions are found by the schemas that refer to them.
const BASE: &str = "probity:///schemas/record.json";
const COMMON: &str = "probity:///schemas/common.json";

/// Why a schema cannot be used. The schemas are part of the program, so this is our fault.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The text is no JSON.
    #[error("the schema is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The JSON is no schema.
    #[error("the schema does not compile: {0}")]
    Compile(String),
}

/// The values of one record that the checks ask about, with their places in its schema: found in
/// one walk. Each list is in document order, parents first.
#[derive(Debug, Default)]
pub struct Places {
    /// Values that refer to something, or whose keys do.
    pub referring: Vec<(NodeId, ShapeId)>,
    /// Lists whose items have ids.
    pub identified: Vec<(NodeId, ShapeId)>,
    /// Maps that lack a required value, with the number of values met before them.
    lacking: Vec<(u32, NodeId, ShapeId)>,
    sensitive: Vec<NodeId>,
    met: u32,
}

/// A schema of one kind of record, ready for use from many threads.
#[derive(Debug)]
pub struct Schema {
    validator: Validator<TreeJson>,
    shape: Shape,
}

impl Schema {
    /// Compiles the text of a schema; `common` is the text of the shared definitions.
    pub fn compile(schema: &str, common: &str) -> Result<Self, SchemaError> {
        let schema: Value = serde_json::from_str(schema)?;
        let common: Value = serde_json::from_str(common)?;
        let compile = |error: &dyn std::fmt::Display| SchemaError::Compile(error.to_string());
        let registry = jsonschema::Registry::new()
            .add(COMMON, &common)
            .map_err(|error| compile(&error))?
            .prepare()
            .map_err(|error| compile(&error))?;
        let validator = jsonschema::options_for::<TreeJson>()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_base_uri(BASE)
            .with_registry(&registry)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| compile(&error))?;
        Ok(Self {
            validator,
            shape: Shape::compile(&schema, &common),
        })
    }

    /// The places of the schema.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Whether a node fits, whatever our own reading of empty values.
    pub fn is_valid(&self, node: NodeRef<'_>) -> bool {
        self.validator.is_valid(TreeNode::Node(node))
    }

    /// All that is wrong with the shape of a record.
    ///
    /// An empty value is as good as a missing key: it is no fault where the key may be missing,
    /// and the fault "missing" where it may not. Several missing keys of one map that serve the
    /// same obligation are one fault.
    pub fn faults(&self, record: NodeRef<'_>, places: &Places) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        if !self.is_valid(record) {
            for error in self.validator.iter_errors(TreeNode::Node(record)) {
                if faults.len() >= MOST_FAULTS {
                    break;
                }
                let Some(node) = record.at_pointer(error.instance_path().as_str()) else {
                    continue;
                };
                self.explain(node, error.kind(), &mut seen, &mut faults);
            }
        }
        for (_, node, shape) in &places.lacking {
            if faults.len() >= MOST_FAULTS {
                break;
            }
            self.missing(record.tree().node(*node), *shape, &mut faults);
        }
        faults
    }

    /// What the checks ask about the values of a record.
    pub fn places(&self, record: NodeRef<'_>) -> Places {
        let mut found = Places::default();
        self.walk(record, Shape::ROOT, &mut found);
        found.lacking.sort_unstable_by_key(|(met, ..)| *met);
        found
    }

    /// Whether a key of a map of a record is most likely `name` misspelt.
    pub fn has_misspelt(&self, map: NodeRef<'_>, name: &str) -> bool {
        let shape = self.shape.of(map);
        shape.is_some_and(|shape| self.is_misspelt(map, shape, name))
    }

    /// Whether a key of this map is most likely `name` misspelt: one fault, not two.
    fn is_misspelt(&self, map: NodeRef<'_>, shape: ShapeId, name: &str) -> bool {
        let at = self.shape.get(shape);
        map.pairs().any(|(key, _)| {
            self.shape.child(shape, key.scalar_text()).is_none()
                && sentence::meant_key(key, at) == Some(name)
        })
    }

    /// Spans of the values that are never shown.
    pub fn sensitive(&self, record: NodeRef<'_>) -> Vec<Span> {
        let places = self.places(record);
        let hidden = places.sensitive.iter().map(|id| record.tree().node(*id));
        hidden
            .map(NodeRef::span)
            .filter(|span| !span.is_empty())
            .collect()
    }

    fn walk(&self, node: NodeRef<'_>, shape: ShapeId, found: &mut Places) {
        let at = self.shape.get(shape);
        let annotation = &at.annotation;
        let placed = (node.id(), shape);
        if annotation.reference.is_some() || annotation.key_reference.is_some() {
            found.referring.push(placed);
        }
        if annotation.is_sensitive {
            found.sensitive.push(node.id());
        }
        let met = found.met;
        found.met += 1;
        match node.kind() {
            Kind::Map => {
                let mut required = 0;
                for (key, value) in node.pairs() {
                    if let Some(below) = at.property(key.scalar_text()).or(at.additional) {
                        let is_required = self.shape.get(below).is_required;
                        required += usize::from(is_required && !value.is_empty());
                        self.walk(value, below, found);
                    }
                }
                if required < at.required.len() {
                    found.lacking.push((met, node.id(), shape));
                }
            }
            Kind::List => {
                if matches!(annotation.identity.as_slice(), [key] if &**key == "id") {
                    found.identified.push(placed);
                }
                if let Some(below) = at.items {
                    node.items().for_each(|item| self.walk(item, below, found));
                }
            }
            _ => {}
        }
    }

    fn explain(
        &self,
        node: NodeRef<'_>,
        kind: &jsonschema::error::ValidationErrorKind,
        seen: &mut BTreeSet<(NodeId, Builtin)>,
        faults: &mut Vec<Fault>,
    ) {
        use jsonschema::error::ValidationErrorKind as E;
        let Some(shape) = self.shape.of(node) else {
            return;
        };
        let at = self.shape.get(shape);
        match kind {
            // What is missing is found by our own walk, which also sees empty values.
            E::Required { .. } => {}
            E::AdditionalProperties { unexpected } => {
                let unexpected: BTreeSet<&str> = unexpected.iter().map(String::as_str).collect();
                let pairs = node.pairs();
                for (key, value) in pairs
                    .filter(|(key, _)| unexpected.contains(key.scalar_text()))
                    .take(MOST_FAULTS)
                {
                    if seen.insert((key.id(), Builtin::UnknownKey)) {
                        faults.push(sentence::unknown_key(key, value, at));
                    }
                }
            }
            // As good as a missing key, unless it is an item of a list.
            _ if node.is_empty() && node.key().is_some() => {}
            kind => {
                let fault = match kind {
                    E::Enum { .. } | E::Constant { .. } => sentence::not_listed(node, at),
                    E::Format { .. } | E::Pattern { .. } => sentence::wrong_format(node, at),
                    // A union of formats of text, given text: the text is what is wrong.
                    E::AnyOf { .. } | E::OneOfNotValid { .. }
                        if node.kind() == Kind::Text
                            && at.types.iter().any(|it| &**it == "string") =>
                    {
                        sentence::wrong_format(node, at)
                    }
                    _ => sentence::wrong_type(node, at),
                };
                // A value of the wrong type is often also none of the listed ones: one fault.
                if !seen.iter().any(|(id, _)| *id == node.id()) {
                    seen.insert((node.id(), Builtin::WrongType));
                    let obligation = at.annotation.obligation.as_ref().map(ToString::to_string);
                    faults.push(fault.obligation(obligation));
                }
            }
        }
    }

    /// Finds required keys that are missing or empty, in a map that is there. Absent keys that serve
    /// the same demand are one fault; so are empty ones, where the block stands for them.
    fn missing(&self, node: NodeRef<'_>, shape: ShapeId, faults: &mut Vec<Fault>) {
        // An empty block is as good as none.
        if node.is_empty() && node.key().is_some() {
            return;
        }
        let about = |name: &str| {
            let child = self.shape.child(shape, name);
            child.map(|id| &self.shape.get(id).annotation)
        };
        let mut groups: Vec<Lacking<'_, '_>> = Vec::new();
        for name in &self.shape.get(shape).required {
            let value = node.get(name);
            let is_there = value.is_some_and(|value| !value.is_empty());
            if is_there || (value.is_none() && self.is_misspelt(node, shape, name)) {
                continue;
            }
            let obligation =
                about(name).and_then(|it| it.missing.as_deref().or(it.obligation.as_deref()));
            let is_alone = value.is_some_and(|value| {
                let block = obligation.and_then(|id| self.shape.block_of(value, id));
                block.is_none_or(|block| block.id() == value.id())
            });
            let mut others = groups.iter_mut();
            let others = others.find(|it| !is_alone && !it.is_alone && it.obligation == obligation);
            match others {
                Some(group) => group.names.push(name),
                None => groups.push(Lacking {
                    obligation,
                    names: vec![name],
                    is_alone,
                    empty: value,
                }),
            }
        }
        for lacking in groups {
            let fault = match (lacking.empty, lacking.names.as_slice()) {
                (Some(value), [name]) => {
                    let message = format!("`{name}` is empty");
                    Fault::new(Builtin::MissingKey, Place::value(value), message)
                        .help(sentence::how_to_fill(name, about(name)))
                }
                (_, names) => sentence::missing(node, names, about),
            };
            faults.push(fault.obligation(lacking.obligation.map(str::to_owned)));
        }
    }
}

/// Keys of a map that are missing or empty and one fault together.
struct Lacking<'s, 't> {
    obligation: Option<&'s str>,
    names: Vec<&'s str>,
    /// Whether it is shown at the value itself, so that nothing else can be said with it.
    is_alone: bool,
    /// The value of the first key, if it is there.
    empty: Option<NodeRef<'t>>,
}
