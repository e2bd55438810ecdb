use std::collections::BTreeMap;

use super::outcome::{RuleSummary, Unevaluated};
use super::rule::{Rule, all_rules};

/// Verdict counts of a run, kept as counters so that no pass needs memory.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pass: BTreeMap<Rule, usize>,
    fail: BTreeMap<Rule, usize>,
    unevaluated: BTreeMap<(Rule, String), usize>,
}

impl Tally {
    /// Counts elements found right.
    pub fn pass(&mut self, rule: Rule, count: usize) {
        *self.pass.entry(rule).or_default() += count;
    }

    /// Counts an element found wrong.
    pub fn fail(&mut self, rule: Rule) {
        *self.fail.entry(rule).or_default() += 1;
    }

    /// Counts an element that could not be judged.
    pub fn unevaluated(&mut self, rule: Rule, reason: String) {
        *self.unevaluated.entry((rule, reason)).or_default() += 1;
    }

    /// Adds the counts of another part of the run.
    pub fn add(&mut self, other: &Self) {
        for (rule, count) in &other.pass {
            *self.pass.entry(*rule).or_default() += count;
        }
        for (rule, count) in &other.fail {
            *self.fail.entry(*rule).or_default() += count;
        }
        for (key, count) in &other.unevaluated {
            *self.unevaluated.entry(key.clone()).or_default() += count;
        }
    }

    /// The counts by rule, in the order of the catalogue; every rule is listed.
    pub fn summaries(&self) -> Vec<RuleSummary> {
        let count = |of: &BTreeMap<Rule, usize>, rule| of.get(rule).copied().unwrap_or(0);
        all_rules()
            .iter()
            .map(|rule| RuleSummary {
                rule: *rule,
                pass: count(&self.pass, rule),
                fail: count(&self.fail, rule),
                not_applicable: 0,
                not_evaluated: self
                    .unevaluated
                    .iter()
                    .filter(|((other, _), _)| other == rule)
                    .map(|(_, count)| count)
                    .sum(),
                excepted: 0,
            })
            .collect()
    }

    /// What could not be judged and why, in the order of the catalogue.
    pub fn gaps(&self) -> Vec<Unevaluated> {
        self.unevaluated
            .iter()
            .map(|((rule, reason), count)| Unevaluated {
                rule: *rule,
                reason: reason.clone(),
                count: *count,
            })
            .collect()
    }
}
