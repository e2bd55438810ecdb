//! What a state says about the rules and settings it is judged by, and how two states differ in it:
//! rules switched off or weighed otherwise, rules and words of the repository that are gone or say
//! something else, and settings of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::{NodeRef, Tree};
use crate::finding::{Adjustment, Severity, Shift, ShiftKind};
use crate::record::{Record, RecordKind, Registry};

/// By name the file that says so, and what it says.
type Said = BTreeMap<String, (String, String)>;

/// The rules and settings of a state.
#[derive(Default)]
pub(super) struct Ruling {
    adjusted: BTreeMap<String, Adjustment>,
    /// The rules and words that packs of the repository define.
    rules: Said,
    /// The settings of the program, each scalar by its pointer.
    settings: Said,
    /// The programs by id.
    programs: Said,
}

impl Ruling {
    /// What kept records say, and the adjustments that their packs make.
    pub(super) fn of<'r>(
        adjustments: impl Iterator<Item = &'r Adjustment>,
        records: impl Iterator<Item = (&'r Arc<str>, &'r Record)>,
    ) -> Self {
        let mut ruling = Self {
            adjusted: adjustments
                .map(|it| (it.rule.to_string(), it.clone()))
                .collect(),
            ..Self::default()
        };
        for (file, record) in records {
            let file = Registry::path_of(file);
            match record.kind {
                RecordKind::Policy => ruling.take_pack(file, record),
                RecordKind::Program => ruling.take_program(file, record),
                _ => {}
            }
        }
        ruling
    }

    fn take_pack(&mut self, file: &str, pack: &Record) {
        for rule in pack.root().list_of("rules") {
            let entry = (file.to_owned(), text_of(rule));
            self.rules.insert(rule.text_of("id").to_owned(), entry);
        }
        let terms = pack.root().get("terms").into_iter();
        for (name, term) in terms.flat_map(NodeRef::pairs) {
            let entry = (file.to_owned(), text_of(term));
            self.rules.insert(name.scalar_text().to_owned(), entry);
        }
    }

    fn take_program(&mut self, file: &str, program: &Record) {
        let entry = (file.to_owned(), String::new());
        self.programs.insert(program.id.clone(), entry);
        let settings = leaves(&program.tree);
        self.settings
            .extend(settings.map(|(it, text)| (it.pointer(), (file.to_owned(), text.to_owned()))));
    }

    /// What is not the same after a change, in order.
    pub(super) fn shifts(&self, after: &Self) -> Vec<Shift> {
        let mut shifts = self.adjustments_shifted(after);
        shifts.extend(self.rules_shifted(after));
        shifts.extend(self.settings_shifted(after));
        shifts.sort();
        shifts
    }

    /// What another state has that this one has not, and the programs if it has none at all: of no
    /// account where a change is compared, which shows records that come and go.
    pub(super) fn strangers(&self, after: &Self) -> Vec<Shift> {
        let new = after.rules.iter();
        let new = new.filter(|(name, _)| !self.rules.contains_key(*name));
        let new = new.map(|(name, (file, _))| plain(ShiftKind::RuleNew, name, file));
        let gone = self.programs.iter().filter(|_| after.programs.is_empty());
        let gone = gone.map(|(id, (file, _))| plain(ShiftKind::ProgramGone, id, file));
        new.chain(gone).collect()
    }

    fn adjustments_shifted(&self, after: &Self) -> Vec<Shift> {
        let weight = |it: Option<&Adjustment>| match it {
            None => "as shipped".to_owned(),
            Some(it) => {
                let weight = it.severity.map_or("off", Severity::as_str);
                match it.records.as_slice() {
                    [] => weight.to_owned(),
                    records => format!("{weight} for {}", records.join(", ")),
                }
            }
        };
        let (were, are) = (&self.adjusted, &after.adjusted);
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

    fn rules_shifted(&self, after: &Self) -> Vec<Shift> {
        let shifted = self.rules.iter().filter_map(|(name, (file, was))| {
            Some(match after.rules.get(name) {
                None => plain(ShiftKind::RuleGone, name, file),
                Some((file, now)) if now != was => plain(ShiftKind::RuleAltered, name, file),
                Some(_) => return None,
            })
        });
        shifted.collect()
    }

    fn settings_shifted(&self, after: &Self) -> Vec<Shift> {
        let (were, are) = (&self.settings, &after.settings);
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
}

/// A shift that its name says all about.
fn plain(kind: ShiftKind, name: &str, file: &str) -> Shift {
    Shift {
        kind,
        name: name.to_owned(),
        file: file.to_owned(),
        was: None,
        now: None,
        why: None,
    }
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
