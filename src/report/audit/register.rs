//! The parts that list what happened: incidents with their trails, what left, what was reported
//! inside.

use std::cmp::Reverse;

use super::books::Books;
use super::build::{anchor, cell, commit, list};
use super::detail::{MOST, NEEDS};
use super::model::{Group, Mark, Run, Table};
use super::taken::{Story, Taken};
use crate::record::RecordKind;

/// The trails of incidents: of those that happened, then of those that were played. Of many those
/// that are told in full, the most serious first.
pub(super) fn incidents(books: &Books<'_>) -> Vec<Group> {
    let all = books.incidents.iter().chain(&books.simulated);
    let mut told: Vec<_> = all
        .filter_map(|it| Some((books.told(&it.0.id)?, it)))
        .collect();
    let all = books.incidents.len() + books.simulated.len();
    let mut head = Group::head("incidents");
    match (all, told.len()) {
        (0, _) => head
            .note("No incident of the period; the part on the population says what that rests on."),
        (all, count) if count < all => {
            told.sort_by_key(|it| Reverse(it.0));
            head.note(format!("{count} of {all} incidents are told in full, the {MOST} most serious at most and those that were sampled: {NEEDS}. Each of the others has its row in the population, with what was done in time in the worksheet; `probity report incident ID` tells it in full."));
        }
        _ => {}
    }
    let mut groups: Vec<Group> = Vec::new();
    groups.extend((!head.notes.is_empty()).then_some(head));
    groups.extend(told.iter().map(|(_, it)| trail(books, it.0, it.1)));
    groups
}

fn trail(books: &Books<'_>, taken: &Taken, story: &Story) -> Group {
    let mut group = Group::new(
        anchor(&["trail", &taken.id]),
        format!("{}: {}", taken.id, taken.title),
    );
    group.is_detail = true;
    group.fact(
        "Record",
        vec![Run::at(taken.file.clone(), &taken.file, taken.line)],
    );
    if let Some(past) = books.file_past(&taken.file) {
        group.fact("First commit", commit(&past.first));
        group.fact("Latest commit", commit(&past.latest));
    }
    if story.is_simulated {
        group.note("Only played: shown, and counted nowhere.");
    }
    group.fact("Severity", cell(story.severity.clone()));
    group.fact("Status", cell(story.status.clone()));
    group.fact("Commander", cell(story.commander.clone()));
    group.fact("Disposition", cell(story.disposition.clone()));
    let because = match story.why.is_empty() {
        true => story.outcome.clone(),
        false => format!("{}: {}", story.outcome, story.why),
    };
    group.fact("Coordination", cell(because));
    let mut events = Table::new(
        &anchor(&["events", &taken.id]),
        "What happened, in order",
        "Nothing is recorded.",
        &[
            ("at", "When"),
            ("kind", "What"),
            ("says", "Says"),
            ("who", "Who"),
            ("proof", "How far the time is proven"),
            ("line", "Line"),
        ],
    );
    for event in &story.trail {
        let line = event.line.to_string();
        events.push(
            Mark::Plain,
            vec![
                cell(event.at.clone()),
                cell(event.kind),
                cell(event.what.clone()),
                cell(event.who.clone()),
                cell(event.proof.clone()),
                vec![Run::at(line, &taken.file, event.line)],
            ],
        );
    }
    let mut duties = super::control::duty_table(
        &anchor(&["duties", &taken.id]),
        "Its duties and their clocks",
    );
    let of_it = books.duties_of(taken);
    duties.rows = of_it.map(|it| super::control::duty(books, it)).collect();
    group.tables = vec![events, duties];
    group
}

/// All that left.
pub(super) fn sharing(books: &Books<'_>) -> Vec<Group> {
    let mut table = Table::new(
        "sharing-register",
        "Everything that left in these incidents",
        "Nothing left.",
        &[
            ("id", "Message"),
            ("at", "When"),
            ("type", "Type"),
            ("to", "To"),
            ("by", "By"),
            ("class", "Class"),
            ("channel", "Channel"),
            ("package", "Package"),
            ("approvals", "Approved by"),
            ("outcome", "Outcome"),
            ("proof", "Proof"),
        ],
    );
    for (taken, story) in &books.incidents {
        for share in &story.shares {
            let class = match share.tlp.is_empty() {
                true => share.class.clone(),
                false => format!("{} {}", share.class, share.tlp),
            };
            let approvals = share.approvals.iter();
            let approvals = approvals.map(|(role, by)| Run::text(format!("{role}: {by}")));
            let mark = match share.outcome.as_str() {
                "delivered" => Mark::Good,
                "draft" => Mark::Muted,
                _ => Mark::Warn,
            };
            let name = format!("{}#{}", taken.id, share.id);
            let party = books.registry.record(RecordKind::ThirdParty, &share.party);
            let to = party.map_or_else(
                || Run::text(share.to.clone()),
                |it| Run::to(share.to.clone(), anchor(&["party", &it.id])),
            );
            table.push(
                mark,
                vec![
                    vec![Run::at(name, &taken.file, share.line)],
                    cell(share.at.clone()),
                    cell(share.kind.clone()),
                    vec![to],
                    cell(share.by.clone()),
                    cell(class),
                    cell(share.channel.clone()),
                    cell(share.package.clone()),
                    list(approvals),
                    vec![Run::marked(share.outcome.clone(), mark)],
                    cell(share.proof.join(", ")),
                ],
            );
        }
    }
    let mut group = Group::head("sharing");
    group.tables.push(table);
    vec![group]
}

/// What was reported inside, weakness by weakness.
pub(super) fn report_out(books: &Books<'_>) -> Vec<Group> {
    let mut reports = Table::new(
        "reports",
        "Report-outs",
        "No incident of the period.",
        &[
            ("incident", "Incident"),
            ("result", "Result"),
            ("at", "When"),
            ("method", "Method"),
            ("why", "Why"),
        ],
    );
    let mut weaknesses = Table::new(
        "weaknesses",
        "Weaknesses, and what became of them",
        "No weakness was named.",
        &[
            ("id", "Weakness"),
            ("title", "Title"),
            ("type", "Type"),
            ("owner", "Owned by"),
            ("told", "Told"),
            ("confirmed", "Confirmed"),
            ("fix", "Fix"),
            ("due", "Due"),
            ("exception", "Accepted by"),
        ],
    );
    for (taken, story) in &books.incidents {
        let report = &story.report;
        let (result, mark) = match report.result.as_str() {
            "" => ("none yet", Mark::Warn),
            result => (result, Mark::Plain),
        };
        let line = if report.line > 0 {
            report.line
        } else {
            taken.line
        };
        reports.push(
            mark,
            vec![
                vec![Run::at(taken.id.clone(), &taken.file, line)],
                vec![Run::marked(result, mark)],
                cell(report.at.clone()),
                cell(report.method.clone()),
                cell(report.why.clone()),
            ],
        );
        for it in &story.weaknesses {
            let mark = match (it.fix.as_str(), it.exception.is_empty()) {
                ("done", _) => Mark::Good,
                (_, false) | ("open", _) => Mark::Warn,
                _ => Mark::Bad,
            };
            let name = format!("{}#{}", taken.id, it.id);
            weaknesses.push(
                mark,
                vec![
                    vec![Run::at(name, &taken.file, it.line)],
                    cell(it.title.clone()),
                    cell(it.kind.clone()),
                    cell(it.owner.clone()),
                    cell(it.told.join(", ")),
                    cell(format!("{} of {}", it.confirmed, it.told.len())),
                    vec![Run::marked(it.fix.clone(), mark)],
                    cell(it.due.clone()),
                    vec![books.named(RecordKind::Exception, &it.exception)],
                ],
            );
        }
    }
    let mut group = Group::head("reportout");
    group.tables = vec![reports, weaknesses];
    vec![group]
}
