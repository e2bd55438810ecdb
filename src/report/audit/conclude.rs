//! From the verdicts on a control to a conclusion. The table of reasons stands in
//! `docs/reports.md`; a test holds both together.

use std::collections::BTreeSet;

use super::books::Books;
use super::model::{Asked, Conclusion, Reason, Standing, Verdicts};
use crate::finding::{DutyState, Severity, Status, obligation};
use crate::record::RecordKind;

/// The reasons in their order: the first that holds decides.
pub const REASONS: &[(&str, Standing, &str)] = &[
    (
        "no-card",
        Standing::NotEstablished,
        "no control card that covers it",
    ),
    (
        "design-error",
        Standing::NotOperating,
        "errors in its design: programme, card, runbook, guideline or approval matrix",
    ),
    (
        "most-incidents",
        Standing::NotOperating,
        "incidents with an error, more than half of those examined",
    ),
    (
        "unread",
        Standing::NotEstablished,
        "files that could not be examined",
    ),
    (
        "undated",
        Standing::NotEstablished,
        "incidents that say no time, so that nobody knows whether they belong to the period",
    ),
    (
        "not-evaluated",
        Standing::NotEstablished,
        "checks of demands that weigh an error and could not be evaluated",
    ),
    (
        "no-occurrence",
        Standing::NotEstablished,
        "no incident of the period in which it had to operate",
    ),
    ("errors", Standing::OperatingWithExceptions, "errors"),
    ("warnings", Standing::OperatingWithExceptions, "warnings"),
    (
        "excepted",
        Standing::OperatingWithExceptions,
        "findings accepted by an exception",
    ),
    (
        "overdue",
        Standing::OperatingWithExceptions,
        "duties overdue",
    ),
    ("late", Standing::OperatingWithExceptions, "duties met late"),
    (
        "switched-off",
        Standing::OperatingWithExceptions,
        "rules that serve it and are switched off here",
    ),
    (
        "no-deviation",
        Standing::Operating,
        "incidents examined without a deviation",
    ),
];

/// What is counted, for a count of one.
const ONE: &[(&str, &str)] = &[
    (
        "design-error",
        "error in its design: programme, card, runbook, guideline or approval matrix",
    ),
    (
        "most-incidents",
        "incident with an error, more than half of those examined",
    ),
    ("unread", "file that could not be examined"),
    (
        "undated",
        "incident that says no time, so that nobody knows whether it belongs to the period",
    ),
    (
        "not-evaluated",
        "check of a demand that weighs an error and could not be evaluated",
    ),
    ("errors", "error"),
    ("warnings", "warning"),
    ("excepted", "finding accepted by an exception"),
    ("overdue", "duty overdue"),
    ("late", "duty met late"),
    (
        "switched-off",
        "rule that serves it and is switched off here",
    ),
    ("no-deviation", "incident examined without a deviation"),
];

/// The conclusion about a control.
pub(super) fn conclude(books: &Books<'_>, asked: &Asked) -> Conclusion {
    let control = asked.id.as_str();
    let (mut incidents, mut checks) = (Verdicts::default(), Verdicts::default());
    let mut wrong = 0;
    let faulty: BTreeSet<&str> = books
        .findings(control)
        .filter(|it| it.severity == Severity::Error && it.excepted_by.is_none())
        .map(|it| it.location.file.as_str())
        .collect();
    for (taken, _) in &books.incidents {
        let found = books.checks_of(taken, control);
        if found.examined == 0 {
            continue;
        }
        incidents.examined += 1;
        match found.verdict().0 {
            "fail" => incidents.fail += 1,
            "excepted" => incidents.excepted += 1,
            "not evaluated" => incidents.not_evaluated += 1,
            _ => incidents.pass += 1,
        }
        checks.pass += found.pass;
        checks.fail += found.fail;
        checks.excepted += found.excepted;
        checks.not_evaluated += found.not_evaluated;
        let mut files = books.files_of(taken);
        wrong += usize::from(files.any(|it| faulty.contains(it.file.as_str())));
    }
    checks.examined = checks.pass + checks.fail + checks.excepted + checks.not_evaluated;
    let counts = counts(books, asked, incidents, wrong);
    let reasons: Vec<Reason> = REASONS
        .iter()
        .filter_map(|(id, _, says)| {
            let count = counts.iter().find(|it| it.0 == *id).map_or(0, |it| it.1);
            let is_absence = matches!(*id, "no-card" | "no-occurrence");
            let one = ONE.iter().find(|it| it.0 == *id).map_or(*says, |it| it.1);
            (count > 0).then(|| Reason {
                id,
                count,
                says: match (is_absence, count) {
                    (true, _) => (*says).to_owned(),
                    (false, 1) => format!("1 {one}"),
                    (false, count) => format!("{count} {says}"),
                },
            })
        })
        .collect();
    let decides = reasons.first().map_or("no-occurrence", |it| it.id);
    let standing = REASONS.iter().find(|it| it.0 == decides);
    Conclusion {
        control: asked.id.clone(),
        name: asked.name.clone(),
        title: asked.title.clone(),
        standing: standing.map_or(Standing::NotEstablished, |it| it.1),
        reasons,
        incidents,
        checks,
        design: books.design(control),
    }
}

/// How often each reason holds.
fn counts(
    books: &Books<'_>,
    asked: &Asked,
    incidents: Verdicts,
    wrong: usize,
) -> Vec<(&'static str, usize)> {
    let control = asked.id.as_str();
    let of = |severity: Severity| {
        books
            .findings(control)
            .filter(move |it| it.severity == severity && it.excepted_by.is_none())
    };
    let design = of(Severity::Error).filter(|it| is_design(books, &it.location.file));
    let errors = of(Severity::Error).count();
    let warnings = of(Severity::Warning).count();
    let excepted = books
        .findings(control)
        .filter(|it| it.excepted_by.is_some());
    let duties = |states: &[DutyState]| {
        let duties = books.duties(control);
        duties.filter(|it| states.contains(&it.clock.state)).count()
    };
    let off = books
        .outcome
        .switched_off()
        .filter(|it| it.controls.iter().any(|id| id == control));
    let none = [errors, warnings].iter().all(|it| *it == 0);
    vec![
        (
            "no-card",
            usize::from(books.cards(control).next().is_none()),
        ),
        ("design-error", design.count()),
        (
            "most-incidents",
            if wrong * 2 > incidents.examined {
                wrong
            } else {
                0
            },
        ),
        ("unread", unread(books)),
        ("undated", books.undated.len()),
        ("not-evaluated", not_evaluated(books, control)),
        ("no-occurrence", usize::from(incidents.examined == 0)),
        ("errors", errors),
        ("warnings", warnings),
        ("excepted", excepted.count()),
        ("overdue", duties(&[DutyState::Overdue])),
        (
            "late",
            duties(&[DutyState::Late, DutyState::LateWithReason]),
        ),
        ("switched-off", off.count()),
        ("no-deviation", if none { incidents.examined } else { 0 }),
    ]
}

/// Files that could not be examined, of the report's concern.
fn unread(books: &Books<'_>) -> usize {
    let files = books.outcome.incomplete.iter();
    files.filter(|it| books.concerns(&it.file)).count()
}

fn is_design(books: &Books<'_>, file: &str) -> bool {
    let record = books.registry.at_path(file);
    record.is_some_and(|it| {
        matches!(
            it.kind,
            RecordKind::Program
                | RecordKind::Control
                | RecordKind::Runbook
                | RecordKind::SharingGuideline
                | RecordKind::ApprovalMatrix
        )
    })
}

/// Checks that could not be evaluated, of rules that serve a demand of the control that weighs an
/// error.
pub(super) fn not_evaluated(books: &Books<'_>, control: &str) -> usize {
    let weighs = |id: &String| {
        obligation(id).is_some_and(|it| {
            it.severity(Status::Closed) == Severity::Error
                && it.controls.iter().any(|of| of == control)
        })
    };
    let rules = books.outcome.rules.iter();
    let gaps = rules.filter(|it| it.obligations.iter().any(weighs));
    gaps.map(|it| it.counts.not_evaluated).sum()
}
