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
    let shaped = match (rules.is_empty(), verdicts.examined) {
        (true, _) => books.shaped(id),
        // No rule found a case; what the shape of the records decides it decides nevertheless.
        (false, 0) => books.shape_of(id),
        _ => None,
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
        let it = demand.verdicts;
        sum.examined += it.examined;
        sum.pass += it.pass;
        sum.fail += it.fail;
        sum.excepted += it.excepted;
        sum.not_evaluated += it.not_evaluated;
    }
    let mut beyond: Vec<&str> = demands
        .iter()
        .filter_map(|it| it.beyond.as_deref())
        .collect();
    beyond.dedup();
    if demands.iter().all(|it| it.beyond.is_some()) {
        return (
            Finding::HumanJudgement,
            format!("For a person to judge: {}", beyond.join("; ")),
        );
    }
    let is_blind = demands
        .iter()
        .any(|it| it.beyond.is_some() && it.id.starts_with("GIT-"));
    let finding = match sum {
        Verdicts { fail: 1.., .. } => Finding::Deviations,
        Verdicts {
            pass: 0,
            excepted: 0,
            ..
        } if !has_records => {
            let says = "No evidence: nothing in the records is about it".to_owned();
            return (Finding::NoEvidence, says);
        }
        Verdicts {
            not_evaluated: 1.., ..
        } => Finding::PartlyEvaluated,
        _ if is_blind => Finding::PartlyEvaluated,
        Verdicts { excepted: 1.., .. } => Finding::Deviations,
        _ => Finding::Supported,
    };
    let mut says = told(demands, sum);
    says.extend(beyond.into_iter().map(capitalised));
    (finding, says.join(". "))
}

/// What was looked at and what came of it, in sentences without their full stops.
fn told(demands: &[Demand], sum: Verdicts) -> Vec<String> {
    let named = |count: fn(&Verdicts) -> usize| {
        let found = demands.iter().filter(|it| count(&it.verdicts) > 0);
        let found = found.map(|it| match (count(&it.verdicts), it.verdicts.examined) {
            (some, all) if some < all => format!("{} ({some} of {all})", it.title),
            (all, _) => format!("{} ({all})", it.title),
        });
        found.collect::<Vec<_>>().join("; ")
    };
    let checks = |count: usize| match count {
        1 => "1 check".to_owned(),
        count => format!("{count} checks"),
    };
    let mut says = Vec::new();
    if sum.fail > 0 {
        let (fail, all) = (sum.fail, checks(sum.examined));
        says.push(format!("Fails in {fail} of {all}: {}", named(|it| it.fail)));
    }
    if sum.excepted > 0 {
        let excepted = checks(sum.excepted);
        says.push(format!(
            "Accepted by an exception in {excepted}: {}",
            named(|it| it.excepted)
        ));
    }
    if sum.not_evaluated > 0 {
        let open = checks(sum.not_evaluated);
        says.push(format!(
            "Could not be evaluated in {open}: {}",
            named(|it| it.not_evaluated)
        ));
    }
    match (sum.pass, sum.examined) {
        (0, _) => {}
        (pass, all) if pass == all => {
            let all = match pass {
                1 => "the one check".to_owned(),
                pass => format!("all {pass} checks"),
            };
            says.push(format!("Holds in {all}: {}", named(|it| it.pass)));
        }
        (pass, _) => says.push(format!("Holds in the other {}", checks(pass))),
    }
    let idle = demands
        .iter()
        .filter(|it| it.beyond.is_none() && it.verdicts.examined == 0);
    let idle: Vec<&str> = idle.map(|it| it.title.as_str()).collect();
    if !idle.is_empty() {
        says.push(format!("No case of: {}", idle.join("; ")));
    }
    says
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
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
