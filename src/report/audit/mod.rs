//! The audit report: one frozen model, and a renderer for each format.
//!
//! [`audit`] puts the model together from the outcome of a check, the registries and what was
//! [`Taken`] of each record; [`render`] turns it into bytes. Renderers see the model only, so that
//! formats cannot disagree.

pub(super) mod ask;
mod assure;
mod books;
pub(super) mod build;
mod conclude;
pub(super) mod control;
pub(super) mod detail;
pub(super) mod front;
mod imports;
mod model;
mod oscal;
pub(super) mod page;
mod parties;
pub(super) mod picture;
mod plan;
mod population;
mod question;
mod register;
mod render;
mod select;
mod sheets;
mod spreadsheet;
pub(super) mod taken;
mod trace;
mod upkeep;
mod worksheet;

pub use ask::{AuditError, Question, Sampling};
pub use conclude::REASONS;
pub use imports::{FOLDER as IMPORTS, Receipt};
pub use model::*;
pub use render::{Format, RenderError, Rendered, render};
pub use sheets::SHEETS;
pub use taken::Taken;

use books::Books;
use build::{cell, list};

use super::facts::Facts;
use super::metrics::metrics;
use crate::clock::{Instant, parse_instant};
use crate::finding::{DutyState, Outcome, Past};
use crate::record::{RecordKind, Registry};

/// Puts a report together. The duties of the outcome must have been asked for.
///
/// # Errors
/// See [`AuditError`].
pub fn audit(
    outcome: &Outcome,
    registry: &Registry,
    facts: &[Facts],
    taken: &[Taken],
    past: &Result<Past, String>,
    receipts: &[Receipt],
    question: &Question,
) -> Result<Audit, AuditError> {
    // The outcome says its instant in a form that always reads.
    let as_of = parse_instant(&outcome.as_of).unwrap_or(Instant::MAX);
    let asked = ask::asked(&question.controls, registry)?;
    let (period, days) = ask::days(question.period, as_of)?;
    let past = past.as_ref().map_err(String::as_str);
    let mut books = Books::new(outcome, registry, taken, &asked, period, as_of, past);
    let selection = question.sample.as_ref();
    let selection = selection.map(|it| select::select(&mut books, it));
    let conclusions: Vec<Conclusion> = asked
        .iter()
        .map(|it| conclude::conclude(&books, it))
        .collect();
    let found = metrics(outcome, registry, facts, period);
    let groups = |id: &str| match id {
        "controls" => control::groups(&books, &conclusions),
        "incidents" => register::incidents(&books),
        "sharing" => register::sharing(&books),
        "reportout" => register::report_out(&books),
        "thirdparties" => parties::third_parties(&books),
        "tests" => upkeep::tests(&books),
        "exceptions" => upkeep::exceptions(&books),
        "metrics" => assure::metrics(&found),
        "maturity" => assure::maturity(&books),
        "evidence" => upkeep::evidence(&books),
        "raci" => assure::responsibilities(&books),
        "trace" => trace::traceability(&books, &conclusions),
        _ => trace::limits(&books),
    };
    let sections = plan::plan().sections.iter().map(|it| Section {
        id: it.id.clone(),
        title: it.title.clone(),
        groups: groups(&it.id),
    });
    let organisation = books.first(RecordKind::Program);
    Ok(Audit {
        schema: SCHEMA,
        basis: Basis {
            organisation: organisation
                .map_or("", |it| it.root().text_of("organisation"))
                .to_owned(),
            tool: env!("CARGO_PKG_NAME"),
            tool_version: env!("CARGO_PKG_VERSION"),
            as_of: outcome.as_of.clone(),
            revision: outcome.revision.clone(),
            dirty: outcome.dirty,
            policy_digest: outcome.policy_digest.clone(),
            period: days,
            controls: asked.clone(),
            records: outcome.stats.records,
            commits: outcome.commits,
        },
        attention: attention(&books),
        population: population::population(&books, receipts, selection),
        sections: sections.collect(),
        questions: question::answers(&books),
        worksheet: worksheet::worksheet(&books),
        duties: worksheet::duties(&books),
        conclusions,
    })
}

/// What needs an auditor's eye first.
fn attention(books: &Books<'_>) -> Vec<Table> {
    let duties = |id: &str, caption: &str, states: &[DutyState]| {
        let mut table = control::duty_table(id, caption);
        let duties = books.outcome.duties.iter().filter(|it| {
            let controls = crate::finding::controls_of(it.obligations.iter().map(String::as_str));
            states.contains(&it.clock.state)
                && books.concerns(&it.file)
                && books.is_asked(&controls)
        });
        table.rows = duties.map(|it| control::duty(books, it)).collect();
        table
    };
    let late = [DutyState::Late, DutyState::LateWithReason];
    let mut off = Table::new(
        "attention-switched-off",
        "Rules switched off",
        "None.",
        &[
            ("rule", "Rule"),
            ("why", "Why"),
            ("by", "By"),
            ("controls", "Serves"),
        ],
    );
    for it in books.outcome.switched_off() {
        let by = it.by.clone().unwrap_or_default();
        let rule = vec![Run::code(it.rule.to_string())];
        let controls = list(it.controls.iter().map(Run::text));
        off.push(
            Mark::Warn,
            vec![rule, cell(it.why.clone()), cell(by), controls],
        );
    }
    vec![
        upkeep::exception_table(books, "attention-exceptions"),
        duties("attention-overdue", "Overdue", &[DutyState::Overdue]),
        duties("attention-late", "Done late, with the reasons given", &late),
        off,
    ]
}
