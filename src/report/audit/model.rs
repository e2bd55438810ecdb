//! The form of the report: what every format is rendered from, and nothing else.
//!
//! It knows places in files and places in itself, no format. Within a version keys are only added.

use serde::Serialize;

/// The name of this form.
pub const SCHEMA: &str = "probity.audit-report/1";

/// An audit report.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The name of this form: [`SCHEMA`].
    pub schema: &'static str,
    /// Under what conditions everything is said.
    pub basis: Basis,
    /// For each control asked for, what its records support.
    pub conclusions: Vec<Conclusion>,
    /// What needs an auditor's eye first: exceptions, what is overdue, what was late.
    pub attention: Vec<Table>,
    /// The incidents of the period.
    pub population: Population,
    /// The incidents of the period with what is known of each, and places for an auditor's marks.
    pub worksheet: Table,
    /// Every duty with its clock.
    pub duties: Table,
    /// The parts of the report, in their order.
    pub sections: Vec<Section>,
    /// The questions that auditors ask, with the answers.
    pub questions: Vec<Answer>,
}

/// Under what conditions everything is said.
#[derive(Clone, Debug, Serialize)]
pub struct Basis {
    /// Whose records these are.
    pub organisation: String,
    /// The program that made the report, and its version.
    pub tool: &'static str,
    /// Its version.
    pub tool_version: &'static str,
    /// The instant that everything is judged as of, RFC 3339.
    pub as_of: String,
    /// Commit id, where there is one.
    pub revision: Option<String>,
    /// Whether the worktree differs from that commit.
    pub dirty: Option<bool>,
    /// SHA-256 of schemas and rules.
    pub policy_digest: String,
    /// The days that the report is about.
    pub period: ReportPeriod,
    /// The controls it is about.
    pub controls: Vec<Asked>,
    /// Records examined.
    pub records: usize,
    /// Commits that were asked; `None` if the history could not be told.
    pub commits: Option<usize>,
}

/// The days of a report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportPeriod {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whether it is not over yet.
    pub is_running: bool,
    /// Where it comes from, in words.
    pub because: String,
}

/// A control that the report is about.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Its id, such as `ir-6-3`.
    pub id: String,
    /// Its name, such as IR-6(3).
    pub name: String,
    /// Its title in the catalogue.
    pub title: String,
    /// As it was asked for; `None` if nothing was named.
    pub asked_as: Option<String>,
}

/// What the records of a control support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was done in every incident examined.
    Operating,
    /// It was done, with deviations that are named.
    OperatingWithExceptions,
    /// Its design does not hold, or it failed in most incidents.
    NotOperating,
    /// Nobody can say from these records.
    NotEstablished,
}

impl Standing {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Operating => "operating",
            Self::OperatingWithExceptions => "operating with exceptions",
            Self::NotOperating => "not operating",
            Self::NotEstablished => "not established",
        }
    }

    /// How it is marked.
    pub const fn mark(self) -> Mark {
        match self {
            Self::Operating => Mark::Good,
            Self::OperatingWithExceptions => Mark::Warn,
            Self::NotOperating => Mark::Bad,
            Self::NotEstablished => Mark::Muted,
        }
    }
}

/// The conclusion about a control, with the facts that lead to it.
#[derive(Clone, Debug, Serialize)]
pub struct Conclusion {
    /// The control.
    pub control: String,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What the records support.
    pub standing: Standing,
    /// Why, each reason with its number; the first that holds decides.
    pub reasons: Vec<Reason>,
    /// The incidents of the period by verdict.
    pub incidents: Verdicts,
    /// The checks on these incidents by verdict.
    pub checks: Verdicts,
    /// The checks on registers, cards, guidelines and the like, by verdict.
    pub design: Verdicts,
}

/// A reason for a conclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Its name in the table of reasons.
    pub id: &'static str,
    /// How many of what it counts.
    pub count: usize,
    /// In words.
    pub says: String,
}

/// How many of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// All that were examined: the sum of the four below.
    pub examined: usize,
    /// Right.
    pub pass: usize,
    /// Wrong.
    pub fail: usize,
    /// Wrong, and accepted by an exception.
    pub excepted: usize,
    /// Not to be judged, because a fact is absent.
    pub not_evaluated: usize,
}

/// The incidents of the period, and why they are all there are.
#[derive(Clone, Debug, Serialize)]
pub struct Population {
    /// What makes an incident one of the period.
    pub rule: String,
    /// How many are counted.
    pub count: usize,
    /// How many were only played, and are shown but not counted.
    pub simulated: usize,
    /// How many of those counted are told in full; the others have a row and their verdicts.
    pub told: usize,
    /// The sample that was drawn for this report; `None` if none was asked for.
    pub selection: Option<Selection>,
    /// What speaks for, and against, their being complete.
    pub completeness: Vec<Completeness>,
    /// Incidents whose files were deleted, as the commits tell.
    pub deletions: Table,
    /// The incidents.
    pub table: Table,
}

/// A sample that was drawn from the incidents of the period.
#[derive(Clone, Debug, Serialize)]
pub struct Selection {
    /// How many were asked for; fewer are drawn where there are no more.
    pub size: usize,
    /// The text that decides the draw.
    pub seed: String,
    /// How to draw the same again, in words.
    pub method: String,
    /// The ids, in the order of the draw.
    pub incidents: Vec<String>,
}

/// One argument about whether a population is complete.
#[derive(Clone, Debug, Serialize)]
pub struct Completeness {
    /// What was looked at.
    pub id: &'static str,
    /// Whether it speaks for completeness: yes, no, or nobody can say.
    pub holds: Option<bool>,
    /// In words.
    pub says: String,
}

/// A part of the report.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Its id, as the questions name it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it holds.
    pub groups: Vec<Group>,
}

/// What a part says about one thing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Group {
    /// Its anchor.
    pub id: String,
    /// Its title; empty for what a part says at its head.
    pub title: String,
    /// Whether it may be folded away.
    pub is_detail: bool,
    /// Sentences.
    pub notes: Vec<Cell>,
    /// Names with what belongs to them.
    pub facts: Vec<Fact>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// A name with what belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// What belongs to it.
    pub value: Cell,
}

/// A table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// Its id, unique in the report.
    pub id: String,
    /// What it shows.
    pub caption: String,
    /// What is said where it has no rows.
    pub empty: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell for each column.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its anchor; empty if nothing leads to it.
    pub id: String,
    /// Whether it needs an eye.
    pub mark: Mark,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A text made of pieces.
pub type Cell = Vec<Run>;

/// A piece of text, with where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The text, as records say it.
    pub text: String,
    /// How it is meant.
    pub mark: Mark,
    /// The file it leads to, from the root of the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line there, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The commit it leads to, by its whole id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The place in this report it leads to; before anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
}

/// How a text is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// As it stands.
    #[default]
    Plain,
    /// A name or a number to be read letter by letter.
    Code,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// As it should not be.
    Bad,
    /// Not known, or not counted.
    Muted,
}

/// The answer to a question.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Its id.
    pub id: String,
    /// The question.
    pub asks: String,
    /// What sort of question it is.
    pub kind: String,
    /// The control it belongs to.
    pub control: String,
    /// The part of the report that answers it.
    pub section: String,
    /// What the answer is.
    pub finding: Finding,
    /// In a sentence.
    pub says: String,
    /// The demands behind it, each with the verdicts of the rules that serve it.
    pub demands: Vec<Demand>,
    /// Where it is shown: records first, then the part of the report.
    pub links: Vec<Run>,
}

impl Answer {
    /// In words: that nothing speaks for a mistake is no support of it.
    pub fn words(&self) -> &'static str {
        let is_mistake = matches!(self.kind.as_str(), "hangup" | "mistake" | "gap");
        match self.finding {
            Finding::Supported if is_mistake => "no sign of it",
            other => other.words(),
        }
    }
}

/// What the answer to a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The rules behind it hold wherever they apply.
    Supported,
    /// Some do not hold somewhere.
    Deviations,
    /// Some could not be evaluated.
    PartlyEvaluated,
    /// Nothing in the records shows it.
    NoEvidence,
    /// No rule decides it.
    HumanJudgement,
}

impl Finding {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Deviations => "deviations",
            Self::PartlyEvaluated => "partly evaluated",
            Self::NoEvidence => "no evidence",
            Self::HumanJudgement => "human judgement",
        }
    }

    /// How it is marked.
    pub const fn mark(self) -> Mark {
        match self {
            Self::Supported => Mark::Good,
            Self::Deviations => Mark::Bad,
            Self::PartlyEvaluated => Mark::Warn,
            Self::NoEvidence | Self::HumanJudgement => Mark::Muted,
        }
    }
}

/// A demand behind an answer.
#[derive(Clone, Debug, Serialize)]
pub struct Demand {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The verdicts of the rules that serve it, on all records.
    pub verdicts: Verdicts,
    /// What is said where no rule serves it.
    pub beyond: Option<String>,
}
