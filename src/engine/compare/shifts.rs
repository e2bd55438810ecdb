//! What a change does to the rules and settings that it is judged by: rules switched off or
//! weighed otherwise, rules and words of the repository that are gone or say something else, and
//! settings of the program.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{NodeRef, Tree};
use crate::finding::{Adjustment, Outcome, Severity, Shift, ShiftKind};
use crate::record::{RecordKind, Registry};

type Side<'s> = (&'s Outcome, &'s Registry);

/// What is not the same before and after, in order.
pub(super) fn shifts(before: Side<'_>, after: Side<'_>) -> Vec<Shift> {
    let mut shifts = adjusted(before.0, after.0);
    let (were, are) = (rules(before.1), rules(after.1));
    shifts.extend(were.iter().filter_map(|(name, (file, text))| {
        let kind = match are.get(name) {
            None => ShiftKind::RuleGone,
            Some((_, now)) if now != text => ShiftKind::RuleAltered,
            Some(_) => return None,
        };
        Some(Shift {
            kind,
            name: name.clone(),
            file: are.get(name).map_or(file, |it| &it.0).clone(),
            was: None,
            now: None,
            why: None,
        })
    }));
    shifts.extend(settings(before.1, after.1));
    shifts.sort();
    shifts
}

fn adjusted(before: &Outcome, after: &Outcome) -> Vec<Shift> {
    let by_name = |outcome: &'_ Outcome| -> BTreeMap<String, Adjustment> {
        let all = outcome.adjusted.iter();
        all.map(|it| (it.rule.to_string(), it.clone())).collect()
    };
    let weight = |it: Option<&Adjustment>| match it {
        None => "as shipped".to_owned(),
        Some(it) => it.severity.map_or("off", Severity::as_str).to_owned(),
    };
    let (were, are) = (by_name(before), by_name(after));
    let names: BTreeSet<&String> = were.keys().chain(are.keys()).collect();
    let shifted = names.into_iter().filter_map(|name| {
        let (was, now) = (were.get(name), are.get(name));
        if weight(was) == weight(now) {
            return None;
        }
        Some(Shift {
            kind: match now {
                Some(Adjustment { severity: None, .. }) => ShiftKind::SwitchedOff,
                _ => ShiftKind::Reweighed,
            },
            name: name.clone(),
            file: now.or(was)?.file.clone(),
            was: Some(weight(was)),
            now: Some(weight(now)),
            why: now.map(|it| it.why.clone()),
        })
    });
    shifted.collect()
}

/// The rules and words that packs of a repository define: by name the file and the text.
fn rules(registry: &Registry) -> BTreeMap<String, (String, String)> {
    let mut rules = BTreeMap::new();
    for (file, record) in registry.records() {
        if record.kind != RecordKind::Policy {
            continue;
        }
        for rule in record.root().list_of("rules") {
            let entry = (file.to_string(), text_of(rule));
            rules.insert(rule.text_of("id").to_owned(), entry);
        }
        let terms = record.root().get("terms").into_iter();
        for (name, term) in terms.flat_map(NodeRef::pairs) {
            let entry = (file.to_string(), text_of(term));
            rules.insert(name.scalar_text().to_owned(), entry);
        }
    }
    rules
}

/// What a node says, whatever its layout.
fn text_of(node: NodeRef<'_>) -> String {
    let start = node.pointer().len();
    let leaves = leaves(node.tree());
    let inside = leaves.filter(|(it, _)| it.lineage().any(|above| above.id() == node.id()));
    let lines = inside.map(|(leaf, text)| format!("{}={text}", &leaf.pointer()[start..]));
    lines.collect::<Vec<_>>().join("\n")
}

fn leaves(tree: &Tree) -> impl Iterator<Item = (NodeRef<'_>, &str)> {
    let values = tree.scalars().filter(|it| !it.is_key());
    values.map(|it| (it, it.scalar_text()))
}

/// Settings of the program, each scalar by its pointer.
fn settings(before: &Registry, after: &Registry) -> Vec<Shift> {
    let values = |registry: &Registry| -> BTreeMap<String, (String, String)> {
        let programs = registry
            .records()
            .filter(|it| it.1.kind == RecordKind::Program);
        programs
            .flat_map(|(file, record)| {
                leaves(&record.tree)
                    .map(|(it, text)| (it.pointer(), (file.to_string(), text.to_owned())))
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let (were, are) = (values(before), values(after));
    // A program that has just come, or is gone as a whole, is seen as a record.
    if were.is_empty() || are.is_empty() {
        return Vec::new();
    }
    let names: BTreeSet<&String> = were.keys().chain(are.keys()).collect();
    let shifted = names.into_iter().filter_map(|name| {
        let (was, now) = (were.get(name), are.get(name));
        let text = |it: Option<&(String, String)>| it.map(|it| it.1.clone());
        (text(was) != text(now)).then(|| Shift {
            kind: ShiftKind::Setting,
            name: name.clone(),
            file: now.or(was).map(|it| it.0.clone()).unwrap_or_default(),
            was: text(was),
            now: text(now),
            why: None,
        })
    });
    shifted.collect()
}
