//! What serves each demand: rules by what they name, keys by what their schema names.

use std::collections::BTreeMap;

use super::words;
use crate::document::NodeRef;
use crate::policy::{Catalogue, shipped_packs, written_rules};
use crate::record::RecordKind;
use crate::schema::{Shape, ShapeId};

/// Keys listed for one demand; of more, only how many there are.
const MOST_KEYS: usize = 20;

/// The rules and the keys of records that serve demands, by the ids of these.
#[derive(Default)]
pub(super) struct Serving {
    rules: BTreeMap<String, Vec<String>>,
    keys: BTreeMap<String, Vec<String>>,
}

impl Serving {
    /// What serves the demands under a catalogue.
    pub(super) fn of(catalogue: &Catalogue) -> Self {
        let mut serving = Self::default();
        let packs = shipped_packs().iter();
        let written: BTreeMap<&str, NodeRef<'_>> = packs
            .flat_map(|(_, pack)| written_rules(pack))
            .filter_map(|rule| Some((rule.get("id")?.scalar_text(), rule)))
            .collect();
        for (_, entry) in catalogue.entries() {
            let line = format!("{}: {}", words::rule(&entry.name), entry.title);
            for id in &entry.obligations {
                push(&mut serving.rules, id, line.clone());
            }
            let Some(rule) = written.get(&*entry.name) else {
                continue;
            };
            for (when, id) in timed(*rule) {
                let line = format!("{}, when {when}: {}", words::rule(&entry.name), entry.title);
                push(&mut serving.rules, id, line);
            }
        }
        for kind in RecordKind::all() {
            if let Some(schema) = kind.schema() {
                serving.collect(schema.schema.shape(), Shape::ROOT, kind.name());
            }
        }
        serving
    }

    fn collect(&mut self, shape: &Shape, at: ShapeId, path: &str) {
        let node = shape.get(at);
        for key in node.keys() {
            let Some(child) = node.property(key) else {
                continue;
            };
            let path = format!("{path}.{key}");
            for id in shape.get(child).annotation.obligations() {
                push(&mut self.keys, id, words::record(&path));
            }
            self.collect(shape, child, &path);
        }
        if let Some(items) = node.items {
            self.collect(shape, items, path);
        }
        if let Some(additional) = node.additional {
            self.collect(shape, additional, &format!("{path}.*"));
        }
    }

    /// The rules that serve a demand.
    pub(super) fn rules(&self, id: &str) -> Vec<String> {
        self.rules.get(id).cloned().unwrap_or_default()
    }

    /// The keys whose shape a demand is about.
    pub(super) fn keys(&self, id: &str) -> Vec<String> {
        let mut keys = self.keys.get(id).cloned().unwrap_or_default();
        let more = keys.len().saturating_sub(MOST_KEYS);
        if more > 1 {
            keys.truncate(MOST_KEYS);
            keys.push(format!("{more} more"));
        }
        keys
    }
}

/// The demands that a duty serves at certain times only.
pub(super) fn timed(rule: NodeRef<'_>) -> Vec<(&'static str, &str)> {
    let mut found = Vec::new();
    for (key, when) in [("late", "done too late"), ("early", "soon due")] {
        let ids = rule.get(key).and_then(|it| it.get("obligations"));
        let ids = ids.into_iter().flat_map(NodeRef::items);
        found.extend(ids.map(|id| (when, id.scalar_text())));
    }
    found
}

fn push(lines: &mut BTreeMap<String, Vec<String>>, id: &str, line: String) {
    let lines = lines.entry(id.to_owned()).or_default();
    if !lines.contains(&line) {
        lines.push(line);
    }
}
