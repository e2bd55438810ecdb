//! The third parties: what is known of each, its contacts, and in which incidents it was considered.

use super::books::Books;
use super::build::{anchor, cell, list, number};
use super::control::day;
use super::model::{Group, Mark, Run, Table};
use crate::clock::Moment;
use crate::document::NodeRef;
use crate::record::{Record, RecordKind};

/// The most incidents that are named for a third party.
const LATEST: usize = 12;

/// The third parties: what is known of each, and in which incidents it was considered.
pub(super) fn third_parties(books: &Books<'_>) -> Vec<Group> {
    let mut table = Table::new(
        "third-parties",
        "Third parties",
        "No third party is registered.",
        &[
            ("party", "Party"),
            ("category", "Category"),
            ("tier", "Tier"),
            ("state", "State"),
            ("contacts", "Contacts"),
            ("verified", "Oldest verification"),
            ("channels", "Channels"),
            ("clause", "Notice clause"),
            ("reviewed", "Reviewed"),
            ("incidents", "Incidents of the period"),
        ],
    );
    for party in books.registry.of_kind(RecordKind::ThirdParty) {
        let root = party.root();
        let verified = root.list_of("contacts");
        let verified = verified.filter_map(|it| it.get("verified"));
        let oldest = verified.map(|it| day(it.text_of("at"))).min().unwrap_or("");
        let within = |map: &str, key: &str| {
            root.get(map)
                .map_or_else(String::new, |it| it.text_of(key).to_owned())
        };
        let clause = root.get("contract").and_then(|it| it.get("notification"));
        let clause = clause.map_or("", |it| it.text_of("clause"));
        let channels = root.list_of("channels").map(NodeRef::scalar_text);
        let considered = books
            .incidents
            .iter()
            .filter(|it| it.1.parties.iter().any(|line| line.id == party.id));
        let considered = considered.map(|it| books.incident(&it.0.id)).collect();
        table.push(
            Mark::Plain,
            vec![
                vec![
                    books.at(party.id.clone(), party, root),
                    Run::text(format!(" {}", root.text_of("name"))),
                ],
                cell(root.text_of("category")),
                cell(root.text_of("tier")),
                cell(within("lifecycle", "state")),
                number(root.list_of("contacts").count()),
                cell(oldest),
                cell(channels.collect::<Vec<_>>().join(", ")),
                cell(clause),
                cell(root.text_of("reviewed_on")),
                latest(considered),
            ],
        );
        if let Some(row) = table.rows.last_mut() {
            row.id = anchor(&["party", &party.id]);
        }
    }
    let mut group = Group::head("thirdparties");
    group.tables = vec![table, contacts(books), considered(books)];
    vec![group]
}

/// The last of many, and how many come before.
fn latest(all: Vec<Run>) -> Vec<Run> {
    let before = all.len().saturating_sub(LATEST);
    let mut cell = list(all.into_iter().skip(before));
    if before > 0 {
        cell.push(Run::text(format!(" and {before} before")));
    }
    cell
}

/// Whom to reach at each third party. Numbers and addresses stay in the records.
fn contacts(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "contacts",
        "Contacts of the third parties",
        "No contact is registered.",
        &[
            ("party", "Party"),
            ("contact", "Contact"),
            ("purpose", "Purpose"),
            ("level", "Level"),
            ("hours", "Hours"),
            ("verified", "Verified"),
            ("age", "Age"),
            ("verified_by", "Verified by"),
            ("how", "How"),
        ],
    );
    for party in books.registry.of_kind(RecordKind::ThirdParty) {
        for contact in party.root().list_of("contacts") {
            table.push(Mark::Plain, contact_row(books, party, contact));
        }
    }
    table
}

fn contact_row(books: &Books<'_>, party: &Record, contact: NodeRef<'_>) -> Vec<Vec<Run>> {
    let verified = |key: &str| contact.get("verified").map_or("", |it| it.text_of(key));
    let at = Moment::parse(verified("at")).and_then(Moment::start);
    let age = at.filter(|at| *at <= books.as_of);
    let days = age.map(|at| books.as_of.duration_since(at).as_hours() / 24);
    let purposes: Vec<&str> = contact
        .get("purpose")
        .into_iter()
        .flat_map(NodeRef::one_or_many)
        .map(NodeRef::scalar_text)
        .collect();
    vec![
        vec![Run::to(party.id.clone(), anchor(&["party", &party.id]))],
        vec![books.at(contact.text_of("id"), party, contact)],
        cell(purposes.join(", ")),
        cell(contact.text_of("level")),
        cell(contact.text_of("hours")),
        match verified("at") {
            "" => vec![Run::marked("never", Mark::Warn)],
            at => cell(at),
        },
        cell(days.map_or_else(String::new, |it| format!("{it} days"))),
        cell(verified("by")),
        cell(verified("how")),
    ]
}

/// Who was considered, and why somebody was not told.
fn considered(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "parties-considered",
        "Parties considered, incident by incident",
        "Nobody was considered.",
        &[
            ("incident", "Incident"),
            ("party", "Party"),
            ("relation", "Relation"),
            ("decision", "Decision"),
            ("why", "Why"),
        ],
    );
    for (taken, story) in &books.incidents {
        for it in &story.parties {
            table.push(
                Mark::Plain,
                vec![
                    vec![Run::at(taken.id.clone(), &taken.file, it.line)],
                    vec![Run::to(it.id.clone(), anchor(&["party", &it.id]))],
                    cell(it.relation.clone()),
                    cell(it.decision.clone()),
                    cell(it.why.clone()),
                ],
            );
        }
    }
    for row in &mut table.rows {
        // A party that is not registered has no row to lead to.
        for run in row.cells.iter_mut().flatten() {
            if run.anchor.is_some()
                && books
                    .registry
                    .record(RecordKind::ThirdParty, &run.text)
                    .is_none()
            {
                run.anchor = None;
            }
        }
    }
    table
}
