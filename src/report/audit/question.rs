//! The index of questions: each with an answer that is made of links and verdicts.

use super::books::Books;
use super::model::{Answer, Demand, Finding, Run, Verdicts};
use super::plan::{AuditQuestion, plan};
use super::taken::{Story, Taken};
use super::trace::demand;
use crate::finding::obligation;
use crate::record::RecordKind;

/// The questions of the controls asked for, answered.
pub(super) fn answers(books: &Books<'_>) -> Vec<Answer> {
    let asked = |it: &&AuditQuestion| books.asked.iter().any(|asked| asked.id == it.control);
    let questions = plan().questions.iter().filter(asked);
    questions.map(|it| answer(books, it)).collect()
}

fn answer(books: &Books<'_>, question: &AuditQuestion) -> Answer {
    let demands: Vec<Demand> = question.demands.iter().map(|id| found(books, id)).collect();
    let mut links = shown(books, question);
    let has_records = !links.is_empty();
    links.extend(question.demands.iter().map(|id| demand(books, id)));
    links.push(Run::to(
        plan().title(&question.section),
        format!("section-{}", question.section),
    ));
    let (finding, says) = finding(&demands, has_records);
    Answer {
        id: question.id.clone(),
        asks: question.asks.clone(),
        kind: question.kind.clone(),
        control: question.control.clone(),
        section: question.section.clone(),
        finding,
        says,
        demands,
        links,
    }
}

/// The verdicts of the rules that serve a demand.
fn found(books: &Books<'_>, id: &str) -> Demand {
    let rules = books.outcome.rules.iter();
    let rules: Vec<_> = rules.filter(|it| it.decides(id)).collect();
    let mut verdicts = Verdicts::default();
    for rule in &rules {
        verdicts.add(&rule.counts);
    }
    let shaped = match rules.is_empty() {
        true => books.shaped(id),
        false => None,
    };
    if let Some(counts) = &shaped {
        verdicts.add(counts);
    }
    let has_verdicts = !rules.is_empty() || shaped.is_some();
    let beyond = plan().beyond(id).filter(|_| !has_verdicts);
    Demand {
        id: id.to_owned(),
        title: obligation(id).map_or_else(String::new, |it| it.title.clone()),
        verdicts,
        beyond: match (has_verdicts, beyond) {
            (false, Some(beyond)) => Some(beyond.says.clone()),
            (false, None) => Some("no rule in force decides it".to_owned()),
            (true, _) => None,
        },
    }
}

/// What the demands say together.
fn finding(demands: &[Demand], has_records: bool) -> (Finding, String) {
    let mut sum = Verdicts::default();
    for demand in demands {
        sum.pass += demand.verdicts.pass;
        sum.fail += demand.verdicts.fail;
        sum.excepted += demand.verdicts.excepted;
        sum.not_evaluated += demand.verdicts.not_evaluated;
    }
    let beyond: Vec<&str> = demands
        .iter()
        .filter_map(|it| it.beyond.as_deref())
        .collect();
    let counts = format!(
        "{} checks pass, {} fail, {} are excepted, {} were not evaluated",
        sum.pass, sum.fail, sum.excepted, sum.not_evaluated
    );
    if beyond.len() == demands.len() {
        return (
            Finding::HumanJudgement,
            format!("for a person to judge: {}", beyond.join("; ")),
        );
    }
    let is_blind = demands
        .iter()
        .any(|it| it.beyond.is_some() && it.id.starts_with("GIT-"));
    let (finding, counts) = match sum {
        Verdicts { fail: 1.., .. } => (Finding::Deviations, counts),
        Verdicts {
            pass: 0,
            excepted: 0,
            ..
        } if !has_records => (
            Finding::NoEvidence,
            "no evidence: nothing in the records is about it".to_owned(),
        ),
        Verdicts {
            not_evaluated: 1.., ..
        } => (Finding::PartlyEvaluated, counts),
        _ if is_blind => (Finding::PartlyEvaluated, counts),
        Verdicts { excepted: 1.., .. } => (Finding::Deviations, counts),
        _ => (Finding::Supported, counts),
    };
    let mut seen: Vec<&str> = beyond;
    seen.dedup();
    let says = std::iter::once(counts.as_str())
        .chain(seen)
        .collect::<Vec<_>>();
    (finding, says.join("; "))
}

/// The incident that says most of what a question is shown by: one that came to its end before one
/// that has not, and the latest of several.
fn example<'a>(books: &Books<'a>, question: &AuditQuestion) -> Option<(&'a Taken, &'a Story)> {
    let said = |taken: &Taken| {
        let mut count = 0;
        for place in &question.shows {
            count += usize::from(taken.shown.contains_key(place.as_str()));
        }
        count
    };
    let all = books.incidents.iter().copied();
    all.max_by_key(|(taken, story)| (said(taken), !story.closed.is_empty()))
}

/// Whether a record belongs to the question or to the incident that is its example, so that what is
/// shown tells one story.
fn is_near(taken: &Taken, question: &AuditQuestion, example: Option<(&Taken, &Story)>) -> bool {
    let of_example = |is_it: &dyn Fn(&Taken, &Story) -> bool| {
        example.is_some_and(|(incident, story)| is_it(incident, story))
    };
    match taken.kind {
        RecordKind::Control => taken.id == question.control,
        RecordKind::Incident => of_example(&|incident, _| incident.file == taken.file),
        RecordKind::Package => of_example(&|it, _| taken.owner.as_ref() == Some(&it.id)),
        RecordKind::ThirdParty => {
            of_example(&|_, story| story.shares.iter().any(|it| it.party == taken.id))
        }
        _ => false,
    }
}

/// The records that show it: of incidents its example, of other kinds what belongs to that, then the
/// latest incident or the first record that says something there.
fn shown(books: &Books<'_>, question: &AuditQuestion) -> Vec<Run> {
    let mut links = Vec::new();
    let example = example(books, question);
    for place in &question.shows {
        let kind = place.split('/').next().unwrap_or("");
        let path = &place[kind.len()..];
        let mut candidates: Vec<_> = match RecordKind::parse(kind) {
            Some(RecordKind::Incident) => books.incidents.iter().rev().map(|it| it.0).collect(),
            Some(kind) => books
                .taken
                .iter()
                .filter(|it| it.kind == kind && books.concerns(&it.file))
                .collect(),
            None => Vec::new(),
        };
        candidates.sort_by_key(|it| !is_near(it, question, example));
        let found = candidates
            .into_iter()
            .find_map(|it| Some((it, it.shown.get(place.as_str())?)));
        if let Some((taken, line)) = found {
            links.push(Run::at(format!("{} {path}", taken.id), &taken.file, *line));
        }
    }
    links
}
