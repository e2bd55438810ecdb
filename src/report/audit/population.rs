//! The incidents of the period, and why they are all there are.

use std::collections::{BTreeMap, BTreeSet};

use super::books::Books;
use super::build::{cell, commit};
use super::imports::{Receipt, unmapped};
use super::model::{Completeness, Mark, Population, Run, Selection, Table};
use crate::clock::parse_instant;
use crate::document::NodeRef;
use crate::finding::Departure;
use crate::record::RecordKind;

/// What makes an incident one of the period.
const RULE: &str = "An incident is one of the period if it was declared (or, where that is not said, detected) by the end of the period, and was not closed before it began. Those that were only played are shown and not counted.";

pub(super) fn population(
    books: &Books<'_>,
    receipts: &[Receipt],
    selection: Option<Selection>,
) -> Population {
    let mut table = Table::new(
        "population",
        "The incidents of the period",
        "No incident of the period.",
        &[
            ("id", "Incident"),
            ("title", "Title"),
            ("severity", "Severity"),
            ("status", "Status"),
            ("declared", "Declared"),
            ("contained", "Contained"),
            ("closed", "Closed"),
            ("coordination", "Coordination"),
            ("counted", "Counted"),
            ("first_commit", "First commit"),
        ],
    );
    for (taken, story) in books.incidents.iter().chain(&books.simulated) {
        let counted = if story.is_simulated {
            "no: only played"
        } else {
            "yes"
        };
        table.push(
            if story.is_simulated {
                Mark::Muted
            } else {
                Mark::Plain
            },
            vec![
                vec![books.incident(&taken.id)],
                cell(taken.title.clone()),
                cell(story.severity.clone()),
                cell(story.status.clone()),
                cell(story.declared.clone()),
                cell(story.contained.clone()),
                cell(story.closed.clone()),
                cell(story.outcome.clone()),
                vec![Run::text(counted)],
                books
                    .file_past(&taken.file)
                    .map_or_else(Vec::new, |it| commit(&it.first)),
            ],
        );
    }
    Population {
        rule: RULE.to_owned(),
        count: books.incidents.len(),
        simulated: books.simulated.len(),
        told: books
            .incidents
            .iter()
            .filter(|it| books.told(&it.0.id).is_some())
            .count(),
        selection,
        completeness: completeness(books, receipts),
        deletions: deletions(books),
        table,
    }
}

/// What speaks for and against its being complete.
fn completeness(books: &Books<'_>, receipts: &[Receipt]) -> Vec<Completeness> {
    let all: Vec<_> = books
        .taken
        .iter()
        .filter(|it| it.incident.is_some())
        .collect();
    let mut arguments = Vec::new();
    if books.incidents.is_empty() {
        arguments.push(Completeness {
            id: "none-occurred",
            holds: None,
            says: format!(
                "No incident of the period is recorded. That rests on {} incident records of any time, and on what follows.",
                all.len()
            ),
        });
    }
    let mut ids: Vec<&str> = all.iter().map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    let twice: BTreeSet<&str> = ids
        .windows(2)
        .filter(|it| it[0] == it[1])
        .map(|it| it[0])
        .collect();
    let gaps = gaps(&ids);
    let retired = retired(books);
    let open: Vec<&String> = gaps.iter().filter(|id| !retired.contains(*id)).collect();
    arguments.push(Completeness {
        id: "id-gaps",
        holds: Some(open.is_empty()),
        says: match (gaps.len(), open.as_slice()) {
            (0, _) => "The ids of incidents run without a gap within each year.".to_owned(),
            (_, []) => format!(
                "Ids are missing, each explained in `program.retired`: {}.",
                gaps.join(", ")
            ),
            (_, open) => {
                let open: Vec<&str> = open.iter().map(|it| it.as_str()).collect();
                format!(
                    "Ids are missing and not explained in `program.retired`: {}.{}",
                    open.join(", "),
                    never_committed(books, &open)
                )
            }
        },
    });
    let names: Vec<&str> = twice.into_iter().collect();
    arguments.push(Completeness {
        id: "duplicate-ids",
        holds: Some(names.is_empty()),
        says: match names.as_slice() {
            [] => "No two incidents have the same id.".to_owned(),
            names => format!("Several files have the same id: {}.", names.join(", ")),
        },
    });
    let unread = unread(books);
    arguments.push(Completeness {
        id: "unread-files",
        holds: Some(unread.is_empty()),
        says: match unread.is_empty() {
            true => "Every file that may be an incident was read.".to_owned(),
            false => format!("Could not be read as incidents: {}.", unread.join(", ")),
        },
    });
    if !books.undated.is_empty() {
        let ids: Vec<&str> = books.undated.iter().map(|it| it.id.as_str()).collect();
        arguments.push(Completeness {
            id: "undated",
            holds: Some(false),
            says: format!(
                "Say no time, so that nobody knows whether they belong here: {}.",
                ids.join(", ")
            ),
        });
    }
    arguments.push(deleted(books));
    arguments.push(unmapped(receipts));
    arguments.push(Completeness {
        id: "unrecorded",
        holds: None,
        says: "Not established whether every event became a record: compare with the ticket system and the monitoring.".to_owned(),
    });
    arguments
}

/// What the commits add about missing ids.
fn never_committed(books: &Books<'_>, ids: &[&str]) -> &'static str {
    let gone = departed(books);
    match books.past {
        Ok(_) if !gone.iter().any(|it| ids.contains(&&*it.record.id)) => {
            " No file that held one of them was ever deleted, so they may never have been given."
        }
        _ => "",
    }
}

/// The incidents whose files are gone, those left out that only moved.
fn departed<'a>(books: &Books<'a>) -> Vec<&'a Departure> {
    let all = books.past.map_or(&[][..], |it| it.departed.as_slice());
    let incident = RecordKind::Incident.name();
    all.iter()
        .filter(|it| it.record.kind == incident && !books.has_incident(&it.record.id))
        .collect()
}

/// Whether the programme says of a file that it was deleted on purpose.
fn is_explained(books: &Books<'_>, path: &str) -> bool {
    let programs = books.registry.of_kind(RecordKind::Program);
    let mut retired = programs.flat_map(|it| it.root().list_of("retired"));
    retired.any(|it| {
        let said = it.text_of("path");
        let rest = path.strip_suffix(said);
        !said.is_empty() && rest.is_some_and(|it| it.is_empty() || it.ends_with('/'))
    })
}

/// Whether incidents were deleted, as far as the commits tell.
fn deleted(books: &Books<'_>) -> Completeness {
    let past = match books.past {
        Ok(past) => past,
        Err(why) => {
            return Completeness {
                id: "deletions",
                holds: None,
                says: format!("Not established whether incidents were deleted: {why}."),
            };
        }
    };
    let gone = departed(books);
    let (told, open): (Vec<&Departure>, Vec<&Departure>) =
        gone.iter().partition(|it| is_explained(books, &it.path));
    let names = |of: &[&Departure]| {
        let names = of.iter();
        let names = names.map(|it| format!("{} ({})", it.record.id, it.left.words()));
        names.collect::<Vec<_>>().join(", ")
    };
    let examined = format!("{} commits were examined", past.commits);
    Completeness {
        id: "deletions",
        holds: Some(open.is_empty()),
        says: match (told.as_slice(), open.as_slice()) {
            ([], []) => format!("No incident was deleted: {examined}."),
            (told, []) => format!(
                "Every deletion is explained in `program.retired`: {}; {examined}.",
                names(told)
            ),
            (_, open) => format!(
                "Deleted and not explained in `program.retired`: {}; {examined}.",
                names(open)
            ),
        },
    }
}

/// The incidents that were deleted, each with the commit that did it.
fn deletions(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "deletions",
        "Incidents whose files were deleted",
        match books.past {
            Ok(_) => "None was deleted.",
            Err(_) => "Not established: the history could not be told.",
        },
        &[
            ("id", "Incident"),
            ("path", "File"),
            ("at", "Deleted"),
            ("by", "By"),
            ("commit", "Commit"),
            ("in_period", "In the period"),
            ("explained", "Explained"),
            ("kept", "Last written"),
        ],
    );
    for it in departed(books) {
        let is_inside = parse_instant(&it.left.at).is_some_and(|at| books.period.contains(at));
        let (explained, mark) = match is_explained(books, &it.path) {
            true => ("in `program.retired`", Mark::Plain),
            false => ("no", Mark::Bad),
        };
        table.push(
            mark,
            vec![
                cell(it.record.id.clone()),
                vec![Run::code(it.path.clone())],
                cell(it.left.at.clone()),
                cell(it.left.author.clone()),
                vec![Run::commit(&it.left.id)],
                cell(if is_inside { "yes" } else { "no" }),
                vec![Run::marked(explained, mark)],
                commit(&it.kept),
            ],
        );
    }
    table
}

/// Ids that are missing between the first and the last of each year.
fn gaps(ids: &[&str]) -> Vec<String> {
    let mut years: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for id in ids {
        let mut parts = id
            .strip_prefix("INC-")
            .into_iter()
            .flat_map(|it| it.split('-'));
        if let (Some(year), Some(Ok(number))) = (parts.next(), parts.next().map(str::parse)) {
            years.entry(year).or_default().insert(number);
        }
    }
    let mut gaps = Vec::new();
    for (year, numbers) in years {
        let last = numbers.last().copied().unwrap_or(0);
        let missing = (1..last).filter(|number| !numbers.contains(number));
        // A jump in numbering is told by its first ids.
        gaps.extend(
            missing
                .take(100)
                .map(|number| format!("INC-{year}-{number:04}")),
        );
    }
    gaps
}

/// The incidents that the programme says were deleted on purpose.
fn retired(books: &Books<'_>) -> BTreeSet<String> {
    let programs = books.registry.of_kind(RecordKind::Program);
    let paths = programs.flat_map(|it| it.root().list_of("retired"));
    let paths = paths.map(|it| it.get("path").map_or("", NodeRef::scalar_text));
    let steps = paths.flat_map(|path| path.split(['/', '.']));
    steps
        .filter(|it| it.starts_with("INC-"))
        .map(str::to_owned)
        .collect()
}

/// Files in folders of incidents that no incident was read from.
fn unread<'a>(books: &Books<'a>) -> Vec<&'a str> {
    let is_of_incident = |file: &str| file.contains("incidents/");
    let incomplete = books.outcome.incomplete.iter().map(|it| it.file.as_str());
    let nameless = books.outcome.findings.iter();
    let nameless = nameless
        .filter(|it| it.record.is_none())
        .map(|it| it.location.file.as_str());
    let read: BTreeSet<&str> = books.taken.iter().map(|it| it.file.as_str()).collect();
    let files: BTreeSet<&str> = incomplete
        .chain(nameless)
        .filter(|file| is_of_incident(file) && !read.contains(file))
        .collect();
    files.into_iter().collect()
}
