use std::collections::BTreeMap;

use super::rule::Rule;

/// How often a rule gave each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Elements judged and found right.
    pub pass: usize,
    /// Elements judged and found wrong.
    pub fail: usize,
    /// Elements the rule has nothing to say about.
    pub not_applicable: usize,
    /// Elements that could not be judged.
    pub not_evaluated: usize,
    /// Elements whose finding an exception accepts.
    pub excepted: usize,
}

impl Counts {
    /// Adds other counts to these.
    pub fn add(&mut self, other: &Self) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.not_applicable += other.not_applicable;
        self.not_evaluated += other.not_evaluated;
        self.excepted += other.excepted;
    }
}

/// Verdict counts of a run, kept as counters so that no pass needs memory.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: Vec<Counts>,
    reasons: BTreeMap<(Rule, String), usize>,
}

impl Tally {
    fn of(&mut self, rule: Rule) -> &mut Counts {
        let position = rule.position();
        if self.counts.len() <= position {
            self.counts.resize(position + 1, Counts::default());
        }
        &mut self.counts[position]
    }

    /// Counts elements found right.
    pub fn pass(&mut self, rule: impl Into<Rule>, count: usize) {
        self.of(rule.into()).pass += count;
    }

    /// Counts an element found wrong.
    pub fn fail(&mut self, rule: impl Into<Rule>) {
        self.of(rule.into()).fail += 1;
    }

    /// Counts elements that a rule has nothing to say about.
    pub fn not_applicable(&mut self, rule: impl Into<Rule>, count: usize) {
        self.of(rule.into()).not_applicable += count;
    }

    /// Counts an element that could not be judged.
    pub fn unevaluated(&mut self, rule: impl Into<Rule>, reason: String) {
        let rule = rule.into();
        self.of(rule).not_evaluated += 1;
        *self.reasons.entry((rule, reason)).or_default() += 1;
    }

    /// Counts a finding as accepted by an exception instead of as failed.
    pub fn except(&mut self, rule: Rule) {
        let counts = self.of(rule);
        counts.fail = counts.fail.saturating_sub(1);
        counts.excepted += 1;
    }

    /// Adds the counts of another part of the run.
    pub fn add(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), Counts::default());
        }
        for (own, counts) in self.counts.iter_mut().zip(&other.counts) {
            own.add(counts);
        }
        for (key, count) in &other.reasons {
            *self.reasons.entry(key.clone()).or_default() += count;
        }
    }

    /// The counts of a rule.
    pub fn counts(&self, rule: Rule) -> Counts {
        self.counts
            .get(rule.position())
            .copied()
            .unwrap_or_default()
    }

    /// The counts by control: `serves` names those of each rule, by their positions.
    pub fn by_control(&self, serves: &[Vec<usize>], controls: usize) -> Vec<Counts> {
        let mut sums = vec![Counts::default(); controls];
        for (counts, served) in self.counts.iter().zip(serves) {
            for control in served {
                if let Some(sum) = sums.get_mut(*control) {
                    sum.add(counts);
                }
            }
        }
        sums
    }

    /// Why elements could not be judged, and how many, in the order of the catalogue.
    pub fn reasons(&self) -> impl Iterator<Item = (Rule, &str, usize)> {
        self.reasons
            .iter()
            .map(|((rule, reason), count)| (*rule, reason.as_str(), *count))
    }
}
