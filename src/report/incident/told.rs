//! Who was considered, what left to whom under whose approval, what came back.

use super::desk::{Desk, is_draft, lines, reason, texts};
use crate::clock::{duration_text, parse_instant};
use crate::document::NodeRef;
use crate::record::RecordKind;
use crate::report::audit::build::{anchor, cell, list};
use crate::report::audit::{Cell, Group, Mark, Run, Table};

/// The tables of the part.
pub(super) fn groups(desk: &Desk<'_>) -> Vec<Group> {
    let mut group = Group::head("told");
    group.tables = vec![
        messages(desk),
        parties(desk),
        replies(desk),
        sessions(desk),
        owed(desk),
    ];
    vec![group]
}

fn messages(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "messages",
        "What left, and under whose approval",
        "Nothing left.",
        &[
            ("id", "Message"),
            ("at", "When"),
            ("type", "Type"),
            ("to", "To"),
            ("by", "Sent by"),
            ("what", "What"),
            ("class", "Class"),
            ("channel", "Channel"),
            ("approvals", "Approved by"),
            ("outcome", "Outcome"),
            ("proof", "Proof"),
        ],
    );
    for it in desk.root.list_of("outbound") {
        let (outcome, mark) = match it.text_of("outcome") {
            "draft" => ("draft, not sent", Mark::Muted),
            "delivered" => ("delivered", Mark::Good),
            "" => ("not said", Mark::Warn),
            other => (other, Mark::Warn),
        };
        let class = [it.text_of("classification"), it.text_of("tlp")];
        let case = it.text_of("case");
        let mut ended = vec![Run::marked(outcome, mark)];
        if !case.is_empty() {
            ended.push(Run::text(format!(", case {case}")));
        }
        table.push(
            mark,
            vec![
                vec![desk.at(it.text_of("id"), it)],
                cell(it.text_of("at")),
                cell(it.text_of("type")),
                recipient(desk, it),
                cell(it.text_of("by")),
                content(desk, it),
                cell(class.join(" ").trim()),
                cell(it.text_of("channel")),
                approvals(desk, it),
                ended,
                list(texts(it, "proof").into_iter().map(|id| desk.exhibit(id))),
            ],
        );
        let id = anchor(&["message", it.text_of("id")]);
        let is_new = table.rows.iter().all(|row| row.id != id);
        if let Some(row) = table.rows.last_mut().filter(|_| is_new) {
            row.id = id;
        }
    }
    table
}

fn recipient(desk: &Desk<'_>, message: NodeRef<'_>) -> Cell {
    let Some(to) = message.get("to") else {
        return Cell::new();
    };
    let mut cell = vec![desk.named(RecordKind::ThirdParty, to.text_of("party"))];
    for (key, before) in [
        ("contact", " / "),
        ("name", " / "),
        ("verified", ", verified by "),
    ] {
        let said = to.text_of(key);
        if !said.is_empty() {
            cell.push(Run::text(format!("{before}{said}")));
        }
    }
    cell
}

/// What a message held: its package, or the types of information, and what it was for.
fn content(desk: &Desk<'_>, message: NodeRef<'_>) -> Cell {
    let package = message.text_of("package");
    let mut parts = Vec::new();
    if !package.is_empty() {
        parts.push(vec![desk.package(package)]);
    }
    parts.push(cell(texts(message, "info_types").join(", ")));
    parts.push(cell(message.text_of("purpose")));
    parts.push(cell(reason(message, &[("late_because", "late because: ")])));
    parts.retain(|it| it.iter().any(|run| !run.text.is_empty()));
    lines(parts)
}

/// Who approved it, as what, when and how.
fn approvals(desk: &Desk<'_>, message: NodeRef<'_>) -> Cell {
    let sent = parse_instant(message.text_of("at")).filter(|_| !is_draft(message));
    let mut parts: Vec<Cell> = Vec::new();
    for it in message.list_of("approvals") {
        let at = it.text_of("at");
        let mut part = cell(format!("{}: {} {at}", it.text_of("role"), it.text_of("by")));
        if let (Some(given), Some(sent)) = (parse_instant(at), sent)
            && given > sent
        {
            part.push(Run::text(" "));
            part.push(Run::marked("after it was sent", Mark::Bad));
        }
        let how = it.text_of("how");
        if !how.is_empty() {
            part.push(Run::text(format!(", by {how}")));
        }
        for id in texts(it, "evidence") {
            part.push(Run::text(" "));
            part.push(desk.exhibit(id));
        }
        parts.push(part);
    }
    let standing = message.text_of("pre_authorised");
    if !standing.is_empty() {
        parts.push(cell(format!("standing approval of rule {standing}")));
    }
    if parts.is_empty() {
        return vec![Run::marked("nobody is recorded", Mark::Muted)];
    }
    lines(parts)
}

fn parties(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "parties",
        "Who was considered",
        "Nobody was considered.",
        &[
            ("party", "Party"),
            ("relation", "Relation"),
            ("concerns", "Concerns"),
            ("decision", "Decision"),
            ("why", "Why"),
            ("by", "Decided"),
            ("told", "Told first"),
        ],
    );
    for it in desk.root.list_of("parties") {
        let party = it.text_of("party");
        let decision = it.text_of("decision");
        let first = desk.root.list_of("outbound").find(|message| {
            let to = message.get("to").map_or("", |it| it.text_of("party"));
            to == party && !is_draft(*message)
        });
        let (told, mark) = match (first, decision) {
            (Some(first), _) => {
                let text = format!("{} {}", first.text_of("id"), first.text_of("at"));
                let target = anchor(&["message", first.text_of("id")]);
                (vec![Run::to(text, target)], Mark::Plain)
            }
            (None, "notify") => (vec![Run::marked("not yet", Mark::Warn)], Mark::Warn),
            (None, _) => (vec![Run::marked("no", Mark::Muted)], Mark::Muted),
        };
        let decided = [it.text_of("by"), it.text_of("at")];
        table.push(
            mark,
            vec![
                vec![desk.at(party, it)],
                cell(it.text_of("relation")),
                cell(texts(it, "concerns").join(", ")),
                cell(decision),
                cell(it.text_of("why")),
                cell(decided.join(" ").trim()),
                told,
            ],
        );
    }
    table
}

fn replies(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "replies",
        "What came back",
        "Nothing came back.",
        &[
            ("id", "Message"),
            ("at", "When"),
            ("from", "From"),
            ("kind", "Kind"),
            ("re", "To our"),
            ("after", "After"),
            ("summary", "Summary"),
            ("became", "What became of it"),
            ("proof", "Proof"),
        ],
    );
    for it in desk.root.list_of("inbound") {
        let about = it.text_of("re");
        let mut messages = desk.root.list_of("outbound");
        let asked = messages.find(|message| message.text_of("id") == about);
        let sent = asked.and_then(|it| parse_instant(it.text_of("at")));
        let came = parse_instant(it.text_of("at"));
        let after = sent.zip(came).filter(|(sent, came)| came >= sent);
        let after = after.map(|(sent, came)| duration_text(came.duration_since(sent)));
        let re = match asked {
            Some(_) => Run::to(about, anchor(&["message", about])),
            None => Run::text(about),
        };
        let became = match texts(it, "actions").as_slice() {
            [] => reason(
                it,
                &[
                    ("no_action_because", "nothing: "),
                    ("answer", "answered with "),
                    ("late_because", "late because: "),
                ],
            ),
            actions => actions.join(", "),
        };
        let row = vec![
            vec![desk.at(it.text_of("id"), it)],
            cell(it.text_of("at")),
            vec![desk.named(RecordKind::ThirdParty, it.text_of("from"))],
            cell(it.text_of("kind")),
            vec![re],
            cell(after.unwrap_or_default()),
            cell(it.text_of("summary")),
            cell(became),
            list(texts(it, "proof").into_iter().map(|id| desk.exhibit(id))),
        ];
        table.push(Mark::Plain, row);
    }
    table
}

fn sessions(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "sessions",
        "Joint sessions",
        "No joint session was held.",
        &[
            ("id", "Session"),
            ("at", "When"),
            ("parties", "With"),
            ("attendees", "Attended by"),
            ("decisions", "Decisions"),
            ("actions", "Tasks"),
            ("shared", "Shared"),
            ("notes", "Notes"),
        ],
    );
    for it in desk.root.list_of("sessions") {
        let or_reason = |key: &str, because: &str| {
            let said = texts(it, key).join(", ");
            match said.is_empty() {
                true => it.text_of(because).to_owned(),
                false => said,
            }
        };
        let nothing = it.get("nothing_shared").and_then(NodeRef::as_bool) == Some(true);
        let shared = match nothing {
            true => cell("nothing"),
            false => list(texts(it, "shared").into_iter().map(Run::text)),
        };
        table.push(
            Mark::Plain,
            vec![
                vec![desk.at(it.text_of("id"), it)],
                cell(it.text_of("at")),
                cell(texts(it, "parties").join(", ")),
                cell(texts(it, "attendees").join(", ")),
                cell(texts(it, "decisions").join(", ")),
                cell(or_reason("actions", "none_because")),
                shared,
                list(texts(it, "notes").into_iter().map(|id| desk.exhibit(id))),
            ],
        );
    }
    table
}

/// Reports owed by law or contract, and what may not leave for now.
fn owed(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "owed",
        "Reports owed by law or contract, and what was held back",
        "Nothing is said about that.",
        &[
            ("what", "What"),
            ("says", "Says"),
            ("why", "Why"),
            ("by", "Decided by"),
        ],
    );
    for it in desk.root.list_of("duties") {
        let says = match it.get("needed").and_then(NodeRef::as_bool) {
            Some(true) => "needed",
            Some(false) => "not needed",
            None => it.text_of("needed"),
        };
        let what = format!("report: {}", it.text_of("kind"));
        table.push(
            Mark::Plain,
            vec![
                vec![desk.at(what, it)],
                cell(says),
                cell(it.text_of("why")),
                cell(it.text_of("decided_by")),
            ],
        );
    }
    for it in desk.root.list_of("holds") {
        let what = format!("{}: held back", it.text_of("id"));
        let says = format!(
            "{} from {} until {}",
            texts(it, "info_types").join(", "),
            it.text_of("from"),
            it.text_of("until")
        );
        table.push(
            Mark::Plain,
            vec![
                vec![desk.at(what, it)],
                cell(says),
                cell(it.text_of("why")),
                cell(it.text_of("by")),
            ],
        );
    }
    table
}
