//! A change beside the state it sets out from: data only.

use std::collections::BTreeMap;

use super::outcome::{Finding, Incomplete, Outcome, RecordName};
use super::rule::Severity;

/// How a finding compares with the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The base does not have it.
    New,
    /// The base has it as it is.
    Unchanged,
    /// The base has it with another weight, in other words, or accepted otherwise.
    Changed(Box<Before>),
    /// Only the base has it.
    Fixed,
}

/// What was said of a finding in the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// How much it weighed.
    pub severity: Severity,
    /// The fact, in the user's words.
    pub message: String,
    /// The exception that accepted it.
    pub excepted_by: Option<String>,
}

impl Change {
    /// The name in outputs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
            Self::Changed(_) => "changed",
            Self::Fixed => "fixed",
        }
    }
}

/// Which findings of a change decide how it is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gate {
    /// New ones, and those that weigh more than before or are no longer accepted.
    #[default]
    New,
    /// All of them.
    All,
}

impl Gate {
    /// The name in outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::All => "all",
        }
    }
}

/// What a change does, compared with its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The revision as it was named.
    pub name: String,
    /// Id of the commit it names.
    pub tip: String,
    /// Id of the merge base: the commit that the change sets out from.
    pub base: String,
    /// Which findings decide.
    pub gate: Gate,
    /// Files that the change adds, removes or alters.
    pub altered_files: usize,
    /// Findings that only the base has, in order of file and place.
    pub fixed: Vec<Finding>,
    /// Records that the change removes, in order.
    pub removed: Vec<RemovedRecord>,
    /// What the change does to the rules and settings it is judged by, in order.
    pub shifts: Vec<Shift>,
    /// What could not be examined in the base: findings there may be taken for new ones.
    pub not_examined: Vec<Incomplete>,
    /// What could not be judged to its end before the change either, in files it leaves alone.
    pub known_gaps: Vec<Incomplete>,
    /// How far the judging went.
    pub reach: Reach,
}

/// How many records were judged for a comparison, and why not fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The records that were judged.
    pub judged: usize,
    /// The records that there are.
    pub records: usize,
    /// Why all of them were judged; `None` where only those were that the change can reach.
    pub because: Option<Breadth>,
}

/// Why all records are judged, and not only those that a change can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// There are so few that all are judged at once, and nothing need be left out.
    FewRecords,
    /// Somebody asked for all findings, numbers or duties.
    AskedFor,
    /// Links or repositories within differ.
    Links,
    /// Files on disk may differ from what is committed, unseen by git.
    Attributes,
    /// Git was told not to look at some files.
    Unwatched,
    /// Files came or went that git says nothing of.
    Unlisted,
    /// A record of this kind differs, and everything hangs on it.
    Registry(&'static str),
    /// A record that all others may refer to cannot be read.
    Unreadable,
    /// Rules of the repository look at more than the record they judge.
    OwnRules,
    /// There are too many names that differ to be searched for.
    Names,
    /// A record of the registries lies among the incidents.
    Misplaced,
    /// The commits of both sides cannot be told alike.
    History,
    /// An exception is needed on one side and not on the other.
    Exception,
    /// Evidence that nobody registers came or went, or what explains it.
    StrayEvidence,
    /// A rule fails.
    FailedRule,
}

impl Breadth {
    /// The name in outputs.
    pub fn name(self) -> String {
        let name = match self {
            Self::FewRecords => "few-records",
            Self::AskedFor => "asked-for",
            Self::Links => "links",
            Self::Attributes => "attributes",
            Self::Unwatched => "unwatched-files",
            Self::Unlisted => "unlisted-files",
            Self::Registry(kind) => return format!("{kind}-differs"),
            Self::Unreadable => "unreadable-record",
            Self::OwnRules => "own-rules",
            Self::Names => "names",
            Self::Misplaced => "misplaced-record",
            Self::History => "history",
            Self::Exception => "exception",
            Self::StrayEvidence => "stray-evidence",
            Self::FailedRule => "failed-rule",
        };
        name.to_owned()
    }

    /// The same in words, for people.
    pub fn words(self) -> String {
        let words = match self {
            Self::FewRecords => "there are few",
            Self::AskedFor => "that was asked for",
            Self::Links => "a link or a repository within differs",
            Self::Attributes => "`.gitattributes` or `.gitignore` may hide what differs",
            Self::Unwatched => "git was told not to look at some files",
            Self::Unlisted => "git does not tell of all files that came or went",
            Self::Registry(kind) => return format!("a {kind} record differs"),
            Self::Unreadable => "a record that others may need cannot be read",
            Self::OwnRules => "rules of the repository may look at any of them",
            Self::Names => "too many records differ",
            Self::Misplaced => "a record of the registries lies among the incidents",
            Self::History => "the histories of both sides differ in more than the change",
            Self::Exception => "others may need the same exception",
            Self::StrayEvidence => "evidence that nobody registers may be explained by any of them",
            Self::FailedRule => "a rule fails",
        };
        words.to_owned()
    }
}

/// A record that a change removes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemovedRecord {
    /// The file that it stood in.
    pub file: String,
    /// The record.
    pub record: RecordName,
}

/// What a change does to a rule or a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShiftKind {
    /// A rule is not heard any more.
    SwitchedOff,
    /// A rule weighs otherwise, or is heard again.
    Reweighed,
    /// A rule or word of the repository is gone.
    RuleGone,
    /// A rule or word of the repository has come.
    RuleNew,
    /// A rule or word of the repository says something else.
    RuleAltered,
    /// The program is gone as a whole.
    ProgramGone,
    /// A setting of the program is another.
    Setting,
}

impl ShiftKind {
    /// The name in outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SwitchedOff => "rule-switched-off",
            Self::Reweighed => "rule-reweighed",
            Self::RuleGone => "rule-gone",
            Self::RuleNew => "rule-new",
            Self::ProgramGone => "program-gone",
            Self::RuleAltered => "rule-altered",
            Self::Setting => "setting",
        }
    }
}

/// A rule or a setting that a change alters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// What happens to it.
    pub kind: ShiftKind,
    /// The rule or word, or the pointer of the setting.
    pub name: String,
    /// The file that says so, or said so.
    pub file: String,
    /// What it was, where that can be said in a few words.
    pub was: Option<String>,
    /// What it is now, likewise.
    pub now: Option<String>,
    /// The reason given, if there is one.
    pub why: Option<String>,
}

/// Whose rules and settings a check judged by, where they are not those of the checked state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoliciesFrom {
    /// The revision as it was named.
    pub name: String,
    /// Id of the commit it names.
    pub revision: String,
    /// The programs and packs of that commit, in order.
    pub files: Vec<String>,
    /// What the checked state says otherwise, which decided nothing, in order.
    pub without_effect: Vec<Shift>,
}

impl Finding {
    /// Whether the change brought it, or made it worse.
    fn is_worse(&self) -> bool {
        match &self.change {
            Some(Change::New) => true,
            Some(Change::Changed(before)) => {
                self.severity > before.severity || before.excepted_by.is_some()
            }
            Some(Change::Unchanged | Change::Fixed) | None => false,
        }
    }
}

impl Outcome {
    /// Whether something could not be examined that decides how the records, or the change to
    /// them, are judged.
    pub fn is_incomplete(&self) -> bool {
        let comparison = self.comparison.as_deref();
        let known = comparison.filter(|it| it.gate == Gate::New);
        let known = known.map_or(&[][..], |it| it.known_gaps.as_slice());
        self.incomplete.iter().any(|it| !known.contains(it))
    }

    /// The findings in force that decide how the records, or the change to them, are judged.
    pub fn deciding(&self) -> impl Iterator<Item = &Finding> {
        self.in_force()
            .filter(|finding| self.is_decided_by(finding))
    }

    /// Whether a finding in force decides how the records, or the change to them, are judged.
    pub fn is_decided_by(&self, finding: &Finding) -> bool {
        let is_gated = |it: &Comparison| it.gate == Gate::New;
        !self.comparison.as_deref().is_some_and(is_gated) || finding.is_worse()
    }

    /// Says of each finding how it compares with those of a base, and returns those that only the
    /// base has.
    pub fn compare(&mut self, base: Vec<Finding>) -> Vec<Finding> {
        let mut known: BTreeMap<String, Finding> = base
            .into_iter()
            .map(|finding| (finding.fingerprint.clone(), finding))
            .collect();
        for finding in &mut self.findings {
            let before = known.remove(&finding.fingerprint);
            finding.change = Some(match before {
                None => Change::New,
                Some(before) => finding.beside(before),
            });
        }
        let mut fixed: Vec<Finding> = known.into_values().collect();
        fixed.sort_by(|left, right| left.order().cmp(&right.order()));
        for finding in &mut fixed {
            finding.change = Some(Change::Fixed);
        }
        fixed
    }
}

impl Finding {
    fn beside(&self, before: Finding) -> Change {
        let is_same = self.severity == before.severity
            && self.message == before.message
            && self.excepted_by == before.excepted_by;
        if is_same {
            return Change::Unchanged;
        }
        Change::Changed(Box::new(Before {
            severity: before.severity,
            message: before.message,
            excepted_by: before.excepted_by,
        }))
    }
}
