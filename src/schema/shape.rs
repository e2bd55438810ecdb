//! A schema as a map of places: what may stand where, what it is for, and what it refers to.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::NodeRef;

/// Index of a [`ShapeNode`] in its [`Shape`].
pub type ShapeId = u32;

/// The pattern that the shared schema gives a length of time.
const DURATION: &str = "^[1-9][0-9]*[mhd]$";

/// The places of one schema, references between definitions resolved.
#[derive(Debug)]
pub struct Shape {
    nodes: Vec<ShapeNode>,
}

/// What a schema says about one place.
#[derive(Debug, Default)]
pub struct ShapeNode {
    /// The named keys, in the order of the alphabet.
    properties: Vec<(Box<str>, ShapeId)>,
    /// Positions of the keys, plus one, in a table by their hashes: keys are looked up once per node.
    slots: Vec<u32>,
    /// Whether the map above must have this value.
    pub is_required: bool,
    /// The keys that must be there, in the order of the schema.
    pub required: Vec<Box<str>>,
    /// What the items of a list look like.
    pub items: Option<ShapeId>,
    /// What values under other keys look like; `None` if there may be no other keys.
    pub additional: Option<ShapeId>,
    /// The values allowed, if they are listed.
    pub listed: Vec<Value>,
    /// Names of the JSON types allowed.
    pub types: Vec<Box<str>>,
    /// Names of the formats allowed.
    pub formats: Vec<Box<str>>,
    /// The pattern a text has to match.
    pub pattern: Option<Box<str>>,
    /// Our own keywords and the description.
    pub annotation: Annotation,
}

/// What the schema adds to a place beyond JSON Schema.
#[derive(Clone, Debug, Default)]
pub struct Annotation {
    /// What to write, in the user's words.
    pub description: Option<Box<str>>,
    /// The obligation that a wrong value breaks.
    pub obligation: Option<Box<str>>,
    /// The obligation that a missing value breaks, where it is another.
    pub missing: Option<Box<str>>,
    /// What the value refers to.
    pub reference: Option<Box<str>>,
    /// What the keys of a dictionary refer to.
    pub key_reference: Option<Box<str>>,
    /// The obligation that a dangling reference breaks.
    pub reference_obligation: Option<Box<str>>,
    /// The obligations that a fault inside of this block breaks at the block: it is shown here.
    pub stands_for: Vec<Box<str>>,
    /// The keys that identify an element of a list.
    pub identity: Vec<Box<str>>,
    /// Whether the value is masked in every output.
    pub is_sensitive: bool,
    /// Completes the sentence "expected …".
    pub expects: Option<Box<str>>,
}

impl Annotation {
    /// The obligations that a value here can break, each once.
    pub fn obligations(&self) -> impl Iterator<Item = &str> {
        let all = [&self.obligation, &self.missing, &self.reference_obligation];
        all.into_iter().enumerate().filter_map(move |(at, id)| {
            let id = id.as_deref()?;
            let is_first = !all[..at].iter().any(|it| it.as_deref() == Some(id));
            is_first.then_some(id)
        })
    }
}

impl ShapeNode {
    /// What stands under a key.
    pub fn property(&self, key: &str) -> Option<ShapeId> {
        let mut slot = key_hash(key);
        loop {
            // An empty table, or an empty slot: at least half of them are.
            let at = *self.slots.get(slot & self.slots.len().wrapping_sub(1))?;
            let (name, id) = self.properties.get((at as usize).checked_sub(1)?)?;
            if **name == *key {
                return Some(*id);
            }
            slot += 1;
        }
    }

    /// Fills the table of keys.
    fn index_keys(&mut self) {
        if self.properties.is_empty() {
            return;
        }
        let size = (2 * self.properties.len()).next_power_of_two();
        self.slots = vec![0; size];
        for (at, (name, _)) in (1..).zip(&self.properties) {
            let mut slot = key_hash(name) & (size - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = at;
        }
    }

    /// Whether a text here is a date or a point in time.
    pub fn is_time(&self) -> bool {
        !self.formats.is_empty()
            && (self.formats.iter()).all(|it| matches!(&**it, "date" | "date-time"))
    }

    /// Whether a text here is a length of time.
    pub fn is_duration(&self) -> bool {
        self.pattern.as_deref() == Some(DURATION)
    }

    /// The named keys, in the order of the alphabet.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().map(|(name, _)| &**name)
    }
}

impl Shape {
    /// Compiles a schema. `common` holds the shared definitions.
    pub(super) fn compile(schema: &Value, common: &Value) -> Self {
        let mut shape = Self { nodes: Vec::new() };
        let root = shape.place(schema, common, Annotation::default(), 0);
        debug_assert_eq!(root, 0);
        shape
    }

    /// The shape of a whole record.
    pub const ROOT: ShapeId = 0;

    /// One place.
    pub fn get(&self, id: ShapeId) -> &ShapeNode {
        &self.nodes[id as usize]
    }

    /// Every place, in the order of their ids.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &ShapeNode> {
        self.nodes.iter()
    }

    /// The place that a value under `key` of a map at `id` has.
    pub fn child(&self, id: ShapeId, key: &str) -> Option<ShapeId> {
        let node = self.get(id);
        node.property(key).or(node.additional)
    }

    /// Whether a fault of shape somewhere breaks this obligation.
    pub fn decides(&self, obligation: &str) -> bool {
        self.nodes()
            .any(|node| node.annotation.obligations().any(|it| it == obligation))
    }

    /// The shape of a node of a record, found along its parents.
    pub fn of(&self, node: NodeRef<'_>) -> Option<ShapeId> {
        let Some(parent) = node.parent() else {
            return Some(Self::ROOT);
        };
        let above = self.of(parent)?;
        match node.key() {
            Some(key) => self.child(above, key.scalar_text()),
            None => self.get(above).items,
        }
    }

    /// What stands for a fault at a node which breaks `obligation`: the nearest block that says
    /// so, or the node itself if it does.
    pub fn block_of<'t>(&self, node: NodeRef<'t>, obligation: &str) -> Option<NodeRef<'t>> {
        node.lineage().find(|block| {
            let shape = self.of(*block).map(|id| &self.get(id).annotation);
            shape.is_some_and(|it| it.stands_for.iter().any(|id| **id == *obligation))
        })
    }

    fn place(&mut self, schema: &Value, common: &Value, outer: Annotation, depth: u8) -> ShapeId {
        let id = self.nodes.len() as ShapeId;
        self.nodes.push(ShapeNode::default());
        let mut node = ShapeNode {
            annotation: outer,
            ..ShapeNode::default()
        };
        self.merge(&mut node, schema, common, depth);
        node.index_keys();
        for name in &node.required {
            if let Some(child) = node.property(name) {
                self.nodes[child as usize].is_required = true;
            }
        }
        self.nodes[id as usize] = node;
        id
    }

    /// Adds what `schema` says to a place. What is said nearer to the place of use comes first
    /// and wins over what a shared definition says.
    fn merge(&mut self, node: &mut ShapeNode, schema: &Value, common: &Value, depth: u8) {
        // The shipped schemas are no deeper than 8; a definition that names itself ends here.
        if depth > 24 {
            return;
        }
        annotate(&mut node.annotation, schema);
        match schema.get("type") {
            Some(Value::String(name)) => node.types.push(name.as_str().into()),
            Some(Value::Array(names)) => {
                node.types
                    .extend(names.iter().filter_map(Value::as_str).map(Into::into));
            }
            _ => {}
        }
        if let Some(format) = schema.get("format").and_then(Value::as_str) {
            node.formats.push(format.into());
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            node.pattern.get_or_insert_with(|| pattern.into());
        }
        if let Some(Value::Array(listed)) = schema.get("enum") {
            node.listed.clone_from(listed);
        }
        if let Some(value) = schema.get("const") {
            node.listed = vec![value.clone()];
        }
        if let Some(Value::Array(required)) = schema.get("required") {
            node.required
                .extend(required.iter().filter_map(Value::as_str).map(Into::into));
        }
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let mut found: BTreeMap<Box<str>, ShapeId> = node.properties.drain(..).collect();
            for (name, property) in properties {
                let id = self.place(property, common, Annotation::default(), depth + 1);
                found.insert(name.as_str().into(), id);
            }
            node.properties = found.into_iter().collect();
        }
        if let Some(items @ Value::Object(_)) = schema.get("items") {
            node.items = Some(self.place(items, common, Annotation::default(), depth + 1));
        }
        if let Some(additional @ Value::Object(_)) = schema.get("additionalProperties") {
            node.additional =
                Some(self.place(additional, common, Annotation::default(), depth + 1));
        }
        if let Some(name) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.rsplit_once("#/$defs/"))
            .map(|(_, name)| name)
            && let Some(definition) = common.get("$defs").and_then(|all| all.get(name))
        {
            self.merge(node, definition, common, depth + 1);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(keyword) {
                for branch in branches {
                    self.merge(node, branch, common, depth + 1);
                }
            }
        }
    }
}

/// A hash that tells the keys of one map apart: length, first and last bytes.
#[expect(
    clippy::same_functions_in_if_condition,
    reason = "eight bytes in one branch, four in the other"
)]
fn key_hash(key: &str) -> usize {
    let bytes = key.as_bytes();
    let (first, last) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk())
    {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        (half(first), half(last))
    } else {
        let joined = |all, byte: &u8| all << 8 | u64::from(*byte);
        (bytes.iter().fold(0, joined), 0)
    };
    let mixed =
        (first ^ last.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

fn annotate(annotation: &mut Annotation, schema: &Value) {
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str).map(Into::into);
    let fill = |slot: &mut Option<Box<str>>, keyword: &str| {
        if slot.is_none() {
            *slot = text(keyword);
        }
    };
    fill(&mut annotation.description, "description");
    fill(&mut annotation.obligation, "x-obligation");
    fill(&mut annotation.missing, "x-missing");
    fill(&mut annotation.reference, "x-ref");
    fill(&mut annotation.key_reference, "x-key-ref");
    fill(&mut annotation.reference_obligation, "x-ref-obligation");
    fill(&mut annotation.expects, "x-expects");
    annotation.is_sensitive |= schema.get("x-sensitive") == Some(&Value::Bool(true));
    let fill = |slot: &mut Vec<Box<str>>, keyword: &str| {
        if slot.is_empty()
            && let Some(Value::Array(names)) = schema.get(keyword)
        {
            let names = names.iter().filter_map(Value::as_str);
            *slot = names.map(Into::into).collect();
        }
    };
    fill(&mut annotation.identity, "x-identity");
    fill(&mut annotation.stands_for, "x-stands-for");
}
