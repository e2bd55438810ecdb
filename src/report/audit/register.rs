//! The parts that list: incidents with their trails, what left, what was reported inside, the third
//! parties, tests, exceptions, evidence.

use super::books::Books;
use super::build::{anchor, cell, list, number};
use super::control::day;
use super::model::{Group, Mark, Run, Table};
use super::taken::{Story, Taken};
use crate::clock::{Moment, duration_text, parse_instant};
use crate::document::NodeRef;
use crate::record::{Record, RecordKind, layout};

/// The trails of incidents: of those that happened, then of those that were played.
pub(super) fn incidents(books: &Books<'_>) -> Vec<Group> {
    let all = books.incidents.iter().chain(&books.simulated);
    let mut groups: Vec<Group> = all
        .map(|(taken, story)| trail(books, taken, story))
        .collect();
    if groups.is_empty() {
        let mut head = Group::head("incidents");
        head.note("No incident of the period; the part on the population says what that rests on.");
        groups.push(head);
    }
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
                vec![Run::at(line, &taken.file, event.line)],
            ],
        );
    }
    let mut duties = super::control::duty_table(
        &anchor(&["duties", &taken.id]),
        "Its duties and their clocks",
    );
    let files: Vec<&str> = books.files_of(taken).map(|it| it.file.as_str()).collect();
    let of_it = books
        .outcome
        .duties
        .iter()
        .filter(|it| files.contains(&it.file.as_str()));
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
                list(considered.map(|it| books.incident(&it.0.id))),
            ],
        );
        if let Some(row) = table.rows.last_mut() {
            row.id = anchor(&["party", &party.id]);
        }
    }
    let mut group = Group::head("thirdparties");
    group.tables = vec![table, considered(books)];
    vec![group]
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

/// Exercises and health checks, those of the period marked.
pub(super) fn tests(books: &Books<'_>) -> Vec<Group> {
    let mut table = Table::new(
        "tests-held",
        "Exercises and health checks",
        "None is recorded.",
        &[
            ("id", "Record"),
            ("sort", "Sort"),
            ("at", "When"),
            ("in_period", "In the period"),
            ("scope", "About"),
            ("results", "Results"),
            ("sample", "Sample"),
            ("findings", "Findings"),
        ],
    );
    for taken in books.taken {
        let Some(trial) = &taken.trial else { continue };
        let at = Moment::parse(&trial.at).and_then(Moment::start);
        if at.is_some_and(|at| at > books.as_of) {
            continue;
        }
        let is_inside = at.is_some_and(|at| books.period.contains(at));
        let results = trial.results.iter();
        let results: Vec<String> = results.map(|(name, it)| format!("{name}: {it}")).collect();
        let findings = trial.findings.iter();
        let findings =
            findings.map(|(id, what, line)| Run::at(format!("{id} {what}"), &taken.file, *line));
        let sample = trial.sample.iter().map(|id| books.incident(id));
        table.push(
            Mark::Plain,
            vec![
                vec![Run::at(taken.id.clone(), &taken.file, taken.line)],
                cell(trial.sort.clone()),
                cell(trial.at.clone()),
                cell(if is_inside { "yes" } else { "no" }),
                cell(trial.scope.clone()),
                cell(results.join(", ")),
                list(sample),
                list(findings),
            ],
        );
    }
    let mut group = Group::head("tests");
    group.tables = vec![table];
    vec![group]
}

/// The exceptions with their age, and the tasks that are still open.
pub(super) fn exceptions(books: &Books<'_>) -> Vec<Group> {
    let mut group = Group::head("exceptions");
    group.tables = vec![exception_table(books, "exceptions-all"), tasks(books)];
    vec![group]
}

/// All exceptions.
pub(super) fn exception_table(books: &Books<'_>, id: &str) -> Table {
    let mut table = Table::new(
        id,
        "Exceptions and accepted risks",
        "There is none.",
        &[
            ("id", "Exception"),
            ("type", "Type"),
            ("subject", "About"),
            ("state", "State"),
            ("approved", "Approved"),
            ("age", "Age"),
            ("until", "Until the end of"),
            ("accepts", "Findings accepted"),
        ],
    );
    for record in books.registry.of_kind(RecordKind::Exception) {
        let root = record.root();
        let (state, mark) = state(books, record);
        let approvals: Vec<NodeRef<'_>> = root.list_of("approved").collect();
        let oldest = approvals
            .iter()
            .filter_map(|it| parse_instant(it.text_of("at")))
            .min();
        let age = oldest.filter(|at| *at <= books.as_of);
        let days = age.map(|at| books.as_of.duration_since(at).as_hours() / 24);
        let approved = approvals.iter().map(|it| {
            Run::text(format!(
                "{}: {} on {}",
                it.text_of("role"),
                it.text_of("by"),
                day(it.text_of("at"))
            ))
        });
        let accepted = books.outcome.findings.iter();
        let accepted = accepted.filter(|it| it.excepted_by.as_deref() == Some(&record.id));
        let subject = root.text_of("subject");
        let about = subject.split('#').next().unwrap_or("");
        table.push(
            mark,
            vec![
                vec![books.at(record.id.clone(), record, root)],
                cell(root.text_of("type")),
                vec![Run {
                    text: subject.to_owned(),
                    ..books.incident(about)
                }],
                vec![Run::marked(state, mark)],
                list(approved),
                cell(days.map_or_else(String::new, |it| format!("{it} days"))),
                cell(root.text_of("review_on")),
                number(accepted.count()),
            ],
        );
    }
    table
}

fn state(books: &Books<'_>, record: &Record) -> (&'static str, Mark) {
    let root = record.root();
    let ends = Moment::parse(root.text_of("review_on"));
    match (root.text_of("status"), ends) {
        ("active", Some(ends)) if ends.has_ended(books.as_of) => ("expired", Mark::Bad),
        ("active", Some(_)) => ("in force", Mark::Warn),
        ("active", None) => ("without end", Mark::Bad),
        _ => ("closed", Mark::Muted),
    }
}

/// Tasks that are still open, the longest overdue first.
fn tasks(books: &Books<'_>) -> Table {
    let mut table = Table::new(
        "tasks-open",
        "Tasks still open, and their age",
        "No task is open.",
        &[
            ("id", "Task"),
            ("what", "What"),
            ("owner", "Owner"),
            ("due", "Due"),
            ("age", "Overdue by"),
        ],
    );
    let mut rows = Vec::new();
    for taken in books.taken.iter().filter(|it| books.concerns(&it.file)) {
        for action in taken.actions.iter().filter(|it| it.status == "open") {
            let due = Moment::parse(&action.due).and_then(Moment::end);
            rows.push((due.is_none(), due, taken, action));
        }
    }
    rows.sort_by_key(|it| (it.0, it.1, &it.2.file, it.3.line));
    for (_, due, taken, action) in rows {
        let late = due.filter(|due| *due < books.as_of);
        let late = late.map(|due| duration_text(books.as_of.duration_since(due)));
        let mark = if late.is_some() {
            Mark::Bad
        } else {
            Mark::Plain
        };
        table.push(
            mark,
            vec![
                vec![Run::at(
                    format!("{}#{}", taken.id, action.id),
                    &taken.file,
                    action.line,
                )],
                cell(action.what.clone()),
                cell(action.owner.clone()),
                cell(action.due.clone()),
                vec![Run::marked(late.unwrap_or_default(), mark)],
            ],
        );
    }
    table
}

/// Every piece of evidence with its hash.
pub(super) fn evidence(books: &Books<'_>) -> Vec<Group> {
    let mut table = Table::new(
        "evidence-manifest",
        "Evidence, with the hash it was registered under",
        "No evidence is registered.",
        &[
            ("id", "Evidence"),
            ("place", "Place"),
            ("sha256", "SHA-256"),
            ("type", "Type"),
            ("captured", "Captured"),
            ("class", "Class"),
        ],
    );
    let records = books.taken.iter().filter(|it| books.concerns(&it.file));
    for taken in records {
        for it in &taken.evidence {
            let (hash, mark) = match it.hash.is_empty() {
                true => (Run::marked("no hash", Mark::Bad), Mark::Bad),
                false => (Run::code(it.hash.clone()), Mark::Plain),
            };
            table.push(
                mark,
                vec![
                    vec![Run::at(
                        format!("{}#{}", taken.id, it.id),
                        &taken.file,
                        it.line,
                    )],
                    vec![place(taken, &it.place)],
                    vec![hash],
                    cell(it.kind.clone()),
                    cell(format!("{} by {}", it.at, it.by)),
                    cell(it.class.clone()),
                ],
            );
        }
    }
    let mut group = Group::head("evidence");
    group.note("The rules `changed-evidence` and `missing-evidence` compare files with these hashes; what they found stands at the controls. When a hash was first committed, and by whom, is shown by the history of the repository only.");
    group.tables.push(table);
    vec![group]
}

/// The place of evidence: a file beside its record, or an address elsewhere.
fn place(taken: &Taken, place: &str) -> Run {
    if place.contains("://") {
        return Run::code(place);
    }
    match layout::beside(&taken.file, place) {
        Some(path) => Run {
            file: Some(path),
            ..Run::code(place)
        },
        None => Run::code(place),
    }
}
