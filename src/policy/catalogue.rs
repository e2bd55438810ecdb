//! Every rule there is: those shipped with the program, those of the repository, and how the
//! repository adjusts them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::expression::{Sharing, Terms};
use super::form::{Entry, Form};
use super::pack::{self, Names};
use super::shipped::shipped_packs;
use super::side_by_side::side_by_side;
use super::vocabulary::is_real;
use crate::document::{NodeRef, Place};
use crate::finding::{Adjustment, Builtin, Fault, Rule, Severity, controls_of};
use crate::record::{Record, RecordKind, Registry};
use crate::text::closest;

/// Shortest reason for an adjustment, in characters.
const LEAST_REASON: usize = 10;

/// Most rules of all packs together. Each is asked about every record of its kind.
const MOST_RULES: usize = 10_000;

/// The rules of a run.
#[derive(Debug, Default)]
pub struct Catalogue {
    entries: Vec<Entry>,
    names: Names,
    terms: Terms,
    /// Per kind, the forms to ask, shipped ones first.
    forms: BTreeMap<RecordKind, Vec<Arc<Form>>>,
    /// Whether there were more rules than fit.
    is_full: bool,
    /// The files of the rules that packs of the repository write.
    sources: BTreeMap<Rule, Arc<str>>,
    adjusted: BTreeMap<Rule, Adjustment>,
    /// What is wrong with packs, by file.
    faults: Vec<(Arc<str>, Fault)>,
    /// The texts of the packs of the repository.
    own_texts: Vec<String>,
}

impl Catalogue {
    /// The rules shipped with the program.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Catalogue> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let mut catalogue = Self::default();
            for builtin in Builtin::ALL {
                catalogue
                    .names
                    .insert(builtin.name().into(), (*builtin).into());
                catalogue.entries.push(Entry::unwritten(builtin.name()));
            }
            catalogue.load(shipped_packs().iter().map(|(file, record)| (file, record)));
            catalogue.share_parts();
            catalogue
        })
    }

    /// The shipped rules together with the packs and adjustments of a repository.
    pub fn of(registry: &Registry) -> Self {
        Self::with(registry.records())
    }

    /// The shipped rules together with the packs and adjustments among some records, which come in
    /// the order of their paths.
    pub fn with<'r>(records: impl Iterator<Item = (&'r Arc<str>, &'r Record)>) -> Self {
        let shipped = Self::shipped();
        let mut catalogue = Self {
            entries: shipped.entries.clone(),
            names: shipped.names.clone(),
            terms: shipped.terms.clone(),
            forms: shipped.forms.clone(),
            ..Self::default()
        };
        let packs: Vec<(&Arc<str>, &Record)> = records
            .filter(|(_, record)| record.kind == RecordKind::Policy)
            .collect();
        catalogue.load(packs.iter().copied());
        for (file, record) in packs {
            catalogue.adjust(file, record);
            catalogue.own_texts.push(record.tree.source().to_owned());
        }
        catalogue
    }

    fn load<'r>(&mut self, packs: impl Iterator<Item = (&'r Arc<str>, &'r Record)> + Clone) {
        // A pack of words only lends them to all others.
        for (file, record) in packs.clone() {
            if pack::rules(record).next().is_none() {
                let faults = pack::define_terms(record, &mut self.terms);
                self.note(file, faults);
            }
        }
        // Rules may name rules of packs that come later.
        let mut numbered: Vec<(&Arc<str>, &Record, BTreeMap<String, Rule>)> = Vec::new();
        for (file, record) in packs {
            let mut own = BTreeMap::new();
            for (entry, node) in pack::entries(record).into_iter().zip(pack::rules(record)) {
                if let Some(rule) = self.number(file, entry, node) {
                    own.insert(node.text_of("id").to_owned(), rule);
                }
            }
            numbered.push((file, record, own));
        }
        let contents = side_by_side(numbered.iter().collect(), |(_, record, own)| {
            let mut terms = self.terms.clone();
            let faults = pack::define_terms(record, &mut terms);
            let rule_of = |name: &str| own.get(name).copied();
            (
                faults,
                pack::contents(record, &terms, &self.names, &rule_of),
            )
        });
        for ((file, _, own), (faults, contents)) in numbered.into_iter().zip(contents) {
            self.note(file, faults);
            let mut compiled = Vec::new();
            for (kind, form) in contents.forms {
                compiled.push(form.rule);
                self.forms.entry(kind).or_default().push(Arc::new(form));
            }
            for rule in own.into_values() {
                let entry = &mut self.entries[rule.position()];
                if !entry.is_builtin && !compiled.contains(&rule) {
                    let file = Registry::path_of(file);
                    entry.broken = Some(format!("the rule has a mistake in `{file}`"));
                }
            }
            self.note(file, contents.faults);
        }
    }

    /// Finds what rules about one kind of record have in common.
    fn share_parts(&mut self) {
        side_by_side(self.forms.values_mut().collect(), |forms| {
            // Nobody else holds a form before the catalogue is done.
            let mut forms: Vec<&mut Form> = forms.iter_mut().filter_map(Arc::get_mut).collect();
            let expressions = forms.iter_mut().flat_map(|form| form.expressions());
            Sharing::among(&mut expressions.collect::<Vec<_>>());
        });
    }

    /// Gives a rule its place in the catalogue.
    fn number(&mut self, file: &Arc<str>, entry: Entry, node: NodeRef<'_>) -> Option<Rule> {
        if entry.is_builtin
            && let Some(builtin) = Builtin::parse(node.text_of("builtin"))
        {
            let rule = Rule::from(builtin);
            let slot = &mut self.entries[rule.position()];
            if slot.pack.is_empty() && entry.name == slot.name {
                *slot = entry;
                return Some(rule);
            }
            let place = node.get("builtin").unwrap_or(node);
            let message = format!("`{}` is a rule of the program already", builtin.name());
            let fault = Fault::new(Builtin::PolicyRule, Place::value(place), message)
                .help("Say with `require:` what your rule demands. To change the other one, use `adjust:`.");
            self.note(file, vec![fault]);
            return None;
        }
        if entry.name.is_empty() {
            return None;
        }
        if let Some(other) = self.names.get(&entry.name) {
            // Twice in one pack is a local id that is given twice.
            if self.entry(*other).pack == entry.pack && self.sources.get(other) == Some(file) {
                return None;
            }
            let id = node.get("id").unwrap_or(node);
            let message = format!("there is another rule with the name `{}`", entry.name);
            let fault = Fault::new(Builtin::PolicyRule, Place::value(id), message)
                .help("Give this rule a name of its own. To change the other one, use `adjust:`.");
            self.note(file, vec![fault]);
            return None;
        }
        if self.entries.len() >= MOST_RULES {
            // The first one too many speaks for all.
            if !std::mem::replace(&mut self.is_full, true) {
                let message = format!("there are more than {MOST_RULES} rules");
                let fault = Fault::new(Builtin::PolicyRule, Place::missing_in(node), message)
                    .help("This rule and those after it are not asked. Take some away.");
                self.note(file, vec![fault]);
            }
            return None;
        }
        let rule = Rule::at(self.entries.len());
        self.names.insert(Arc::clone(&entry.name), rule);
        self.sources.insert(rule, Arc::clone(file));
        self.entries.push(entry);
        Some(rule)
    }

    fn adjust(&mut self, file: &Arc<str>, record: &Record) {
        let adjustments = record.root().get("adjust");
        for adjustment in adjustments.into_iter().flat_map(NodeRef::items) {
            let Some(name) = adjustment.get("rule") else {
                continue;
            };
            let Some(rule) = self.names.get(name.scalar_text()).copied() else {
                let message = format!("`{}` is no rule", name.scalar_text());
                let fault = Fault::new(Builtin::PolicyRule, Place::value(name), message);
                let near = closest(name.scalar_text(), self.names.keys().map(|it| &**it));
                let fault = match near {
                    Some(near) => fault.help(format!("Did you mean `{near}`?")),
                    None => fault.help("`probity policy list` shows the names of all rules."),
                };
                self.note(file, vec![fault]);
                continue;
            };
            if let Some(fault) = unfit(rule, name, adjustment) {
                self.note(file, vec![fault]);
                continue;
            }
            let why = adjustment.get("why").filter(|why| !why.is_empty());
            if why.is_none() {
                // Told as a missing key: what nobody explains changes nothing.
                continue;
            }
            let severity = match adjustment.text_of("severity") {
                "off" => None,
                name => match Severity::parse(name) {
                    Some(severity) => Some(severity),
                    // Told as a value outside its list.
                    None => continue,
                },
            };
            self.adjusted.insert(
                rule,
                Adjustment {
                    rule: Arc::clone(&self.entry(rule).name),
                    severity,
                    records: adjustment
                        .list_of("records")
                        .map(|it| it.scalar_text().to_owned())
                        .collect(),
                    why: adjustment.text_of("why").to_owned(),
                    by: adjustment.get("by").map(|it| it.scalar_text().to_owned()),
                    file: Registry::path_of(file).to_owned(),
                    controls: controls_of(self.entry(rule).obligations.iter().map(|id| &**id)),
                },
            );
        }
        let adjusted = &self.adjusted;
        let is_off = |rule| adjusted.get(&rule).is_some_and(|it| it.severity.is_none());
        for forms in self.forms.values_mut() {
            forms.retain(|form| !is_off(form.rule));
        }
    }

    fn note(&mut self, file: &Arc<str>, faults: Vec<Fault>) {
        let faults = faults.into_iter().map(|fault| (Arc::clone(file), fault));
        self.faults.extend(faults);
    }

    /// Every rule, in the order of the catalogue.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Rule, &Entry)> {
        self.entries
            .iter()
            .enumerate()
            .map(|(position, entry)| (Rule::at(position), entry))
    }

    /// A rule. Numbers come from this catalogue, or from the one shipped.
    pub fn entry(&self, rule: Rule) -> &Entry {
        &self.entries[rule.position()]
    }

    /// The demands that a fault names, else those of its rule.
    pub fn obligations_of<'f>(&'f self, fault: &'f Fault) -> Vec<&'f str> {
        match fault.obligations.as_slice() {
            [] => {
                let own = &self.entry(fault.rule).obligations;
                own.iter().map(|id| &**id).collect()
            }
            named => named.iter().map(|id| &**id).collect(),
        }
    }

    /// The rule with this name.
    pub fn rule(&self, name: &str) -> Option<Rule> {
        self.names.get(name).copied()
    }

    /// The rules about a kind of record, ready to be asked.
    pub fn forms(&self, kind: RecordKind) -> &[Arc<Form>] {
        self.forms.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The weight that the repository gives a rule on a record, or on none.
    pub fn adjusted(&self, rule: Rule, record: Option<&str>) -> Option<Severity> {
        let adjustment = self.adjusted.get(&rule)?;
        let records = &adjustment.records;
        let is_meant = records.is_empty() || records.iter().any(|it| Some(&**it) == record);
        adjustment.severity.filter(|_| is_meant)
    }

    /// Whether the repository switched a rule off.
    pub fn is_off(&self, rule: Rule) -> bool {
        self.adjusted
            .get(&rule)
            .is_some_and(|it| it.severity.is_none())
    }

    /// What the repository adjusted, in the order of the catalogue.
    pub fn adjustments(&self) -> impl Iterator<Item = &Adjustment> {
        self.adjusted.values()
    }

    /// What is wrong with the packs, by file.
    pub fn faults(&self) -> &[(Arc<str>, Fault)] {
        &self.faults
    }

    /// The texts of the packs of the repository; for digests.
    pub fn own_texts(&self) -> impl Iterator<Item = &str> {
        self.own_texts.iter().map(String::as_str)
    }
}

/// What keeps an adjustment from being made.
fn unfit(rule: Rule, name: NodeRef<'_>, adjustment: NodeRef<'_>) -> Option<Fault> {
    if rule.builtin().is_some_and(Builtin::is_precondition) {
        let message = format!("`{}` cannot be adjusted", name.scalar_text());
        let help = "It says what cannot be read or judged at all; mend that instead.";
        return Some(Fault::new(Builtin::PolicyRule, Place::value(name), message).help(help));
    }
    let records = adjustment.get("records").filter(|it| !it.is_empty());
    if let Some(records) = records.filter(|_| adjustment.text_of("severity") == "off") {
        let message = format!(
            "`{}` is switched off for single records",
            name.scalar_text()
        );
        let help = "Give it another weight there, or accept what is found with an exception.";
        return Some(Fault::new(Builtin::PolicyRule, Place::value(records), message).help(help));
    }
    let why = adjustment.get("why").filter(|why| !why.is_empty())?;
    if is_real(why.scalar_text(), LEAST_REASON) {
        return None;
    }
    let message = format!("`{}` is no reason to adjust a rule", why.scalar_text());
    let help = "Say in a sentence why the rule weighs otherwise here.";
    Some(Fault::new(Builtin::PolicyRule, Place::value(why), message).help(help))
}

impl Entry {
    /// The place of a mechanism that no pack describes; a test proves that there is none.
    fn unwritten(name: &str) -> Self {
        Self {
            name: name.into(),
            title: name.to_owned(),
            why: None,
            obligations: Vec::new(),
            sometimes: Vec::new(),
            pack: "".into(),
            kinds: Vec::new(),
            is_builtin: true,
            yields_to: Vec::new(),
            has_tests: false,
            broken: None,
            text: String::new(),
        }
    }
}
