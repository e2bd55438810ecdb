//! The weaknesses that an incident showed: who was told, who confirmed, and what closed each.

use super::desk::{Desk, texts};
use crate::clock::{duration_text, parse_instant};
use crate::document::NodeRef;
use crate::record::RecordKind;
use crate::report::audit::build::{anchor, cell, list};
use crate::report::audit::{Cell, Group, Mark, Run, Table};

/// Whether a weakness is neither fixed nor accepted.
pub(super) fn is_open(weakness: NodeRef<'_>) -> bool {
    let fix = weakness
        .get("remediation")
        .map_or("", |it| it.text_of("status"));
    fix != "done" && weakness.text_of("exception").is_empty()
}

/// The report-out, then each weakness.
pub(super) fn groups(desk: &Desk<'_>) -> Vec<Group> {
    let mut head = Group::head("weaknesses");
    let Some(report) = desk.root.get("report_out").filter(|it| !it.is_empty()) else {
        head.note("No report-out is recorded yet.");
        return vec![head];
    };
    head.fact(
        "Report-out",
        vec![desk.at(report.text_of("result"), report)],
    );
    head.fact("When", cell(report.text_of("at")));
    head.fact("By", cell(report.text_of("by")));
    head.fact("How", cell(report.text_of("method")));
    head.fact("Why", cell(report.text_of("why")));
    head.fact(
        "No weakness of a third party, because",
        cell(report.text_of("third_party_none_because")),
    );
    let weaknesses: Vec<NodeRef<'_>> = report.list_of("vulnerabilities").collect();
    head.tables.push(overview(desk, &weaknesses));
    let mut groups = vec![head];
    groups.extend(weaknesses.iter().map(|it| one(desk, *it)));
    groups
}

fn overview(desk: &Desk<'_>, weaknesses: &[NodeRef<'_>]) -> Table {
    let mut table = Table::new(
        "weaknesses",
        "Each weakness, and what closed it",
        "No weakness was named.",
        &[
            ("id", "Weakness"),
            ("title", "Title"),
            ("type", "Type"),
            ("owner", "Owned by"),
            ("assets", "Where"),
            ("told", "Told"),
            ("confirmed", "Confirmed"),
            ("state", "State"),
            ("due", "Due"),
            ("proof", "Proof"),
        ],
    );
    for &it in weaknesses {
        let reported = || it.list_of("reported");
        let confirmed = reported().filter(|it| !it.text_of("ack_at").is_empty());
        let (state, mark) = state(desk, it);
        let fix = it.get("remediation");
        let proof = fix.into_iter().flat_map(|fix| texts(fix, "proof"));
        table.push(
            mark,
            vec![
                vec![desk.at(it.text_of("id"), it)],
                cell(it.text_of("title")),
                cell(it.text_of("type")),
                cell(it.text_of("owned_by")),
                cell(texts(it, "assets").join(", ")),
                cell(reported().count().to_string()),
                cell(confirmed.count().to_string()),
                state,
                cell(fix.map_or("", |it| it.text_of("due"))),
                list(proof.map(|id| desk.exhibit(id))),
            ],
        );
    }
    table
}

fn state(desk: &Desk<'_>, weakness: NodeRef<'_>) -> (Cell, Mark) {
    let exception = weakness.text_of("exception");
    let fix = weakness.get("remediation");
    match fix.map(|it| (it.text_of("status"), it.text_of("done_at"))) {
        Some(("done", at)) => (
            vec![Run::marked(
                format!("fixed {at}").trim().to_owned(),
                Mark::Good,
            )],
            Mark::Good,
        ),
        _ if !exception.is_empty() => (
            vec![
                Run::marked("accepted by ", Mark::Warn),
                desk.named(RecordKind::Exception, exception),
            ],
            Mark::Warn,
        ),
        Some(_) => (vec![Run::marked("open", Mark::Warn)], Mark::Warn),
        None => (
            vec![Run::marked("neither a fix nor an exception", Mark::Bad)],
            Mark::Bad,
        ),
    }
}

fn one(desk: &Desk<'_>, weakness: NodeRef<'_>) -> Group {
    let id = weakness.text_of("id");
    let place = weakness.pointer();
    let mut group = Group::new(
        anchor(&["weakness", id, &place]),
        format!("{id}: {}", weakness.text_of("title")),
    );
    group.is_detail = true;
    group.fact("Contributed", cell(weakness.text_of("contributed")));
    group.fact("Exposure", cell(weakness.text_of("exposure")));
    group.fact("Recommended", cell(weakness.text_of("recommended")));
    if let Some(fix) = weakness.get("remediation") {
        group.fact("Ticket", cell(fix.text_of("ticket")));
        group.fact("Owner of the fix", cell(fix.text_of("owner")));
        group.fact("Done when", cell(fix.text_of("done_when")));
    }
    if let Some(plan) = weakness.get("plan_accepted") {
        let says = format!("{} {}", plan.text_of("by"), plan.text_of("at"));
        group.fact("Plan accepted by", cell(says.trim()));
    }
    if let Some(party) = weakness.get("third_party") {
        let says = [
            ("notice", "notice "),
            ("response", "answer "),
            ("none_because", "no answer: "),
            ("tracking", "followed up by "),
        ];
        let says = says.iter().filter_map(|(key, word)| {
            let said = party.text_of(key);
            (!said.is_empty()).then(|| format!("{word}{said}"))
        });
        group.fact(
            "With the third party",
            cell(says.collect::<Vec<_>>().join(", ")),
        );
    }
    let mut table = Table::new(
        &anchor(&["reported", id, &place]),
        "Who was told inside",
        "Nobody was told.",
        &[
            ("role", "Role"),
            ("to", "To"),
            ("at", "When"),
            ("ref", "Reference"),
            ("ack", "Confirmed"),
            ("after", "After"),
        ],
    );
    for it in weakness.list_of("reported") {
        let (at, ack) = (it.text_of("at"), it.text_of("ack_at"));
        let after = parse_instant(at).zip(parse_instant(ack));
        let after = after.filter(|(at, ack)| ack >= at);
        let after = after.map(|(at, ack)| duration_text(ack.duration_since(at)));
        let (confirmed, mark) = match ack {
            "" => (Run::marked("not yet", Mark::Warn), Mark::Warn),
            ack => (
                Run::text(format!("{ack} by {}", it.text_of("ack_by"))),
                Mark::Plain,
            ),
        };
        let reference = match it.text_of("ref") {
            "" => list(texts(it, "evidence").into_iter().map(|id| desk.exhibit(id))),
            text => cell(text),
        };
        table.push(
            mark,
            vec![
                vec![desk.at(it.text_of("role"), it)],
                cell(it.text_of("to")),
                cell(at),
                reference,
                vec![confirmed],
                cell(after.unwrap_or_default()),
            ],
        );
    }
    group.tables.push(table);
    group
}
