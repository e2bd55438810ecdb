//! The operator's view of coordination: how fast others were told, what came back, what is owed.

use std::collections::{BTreeMap, BTreeSet};

use super::Books;
use super::measure::{Better, Case, Figure, Measure, Member, Times, Unknown};
use crate::clock::{Instant, shift};
use crate::finding::{Duty, DutyState, Finding, Severity, artifact};
use crate::record::RecordKind;
use crate::report::facts::{Facts, Incident};

const DEMAND: &str = "MX-METRIC-02";

pub(super) fn measures(books: &Books<'_>) -> Vec<Measure> {
    vec![
        timed_by(
            books,
            "trigger-evaluation",
            Times {
                id: "evaluation",
                obligation: DEMAND,
                title: "declared → evaluated",
                of: "incidents declared in the period".to_owned(),
                median: "evaluation-median",
                worst: "evaluation-worst",
                in_limit: Some("evaluation-in-limit"),
            },
            &evaluations(books),
        ),
        timed_by(
            books,
            "first-notice",
            Times {
                id: "first-notice",
                obligation: DEMAND,
                title: "evaluated → first notice",
                of: "first notices whose clock started in the period".to_owned(),
                median: "first-notice-median",
                worst: "first-notice-worst",
                in_limit: Some("first-notice-in-limit"),
            },
            &first_notices(books),
        ),
        timed_by(
            books,
            "late-contractual-notice",
            Times {
                id: "contractual-notice",
                obligation: DEMAND,
                title: "detected → contractual notice",
                of: "contractual notices whose clock started in the period".to_owned(),
                median: "contractual-notice-median",
                worst: "contractual-notice-worst",
                in_limit: Some("contractual-notice-in-limit"),
            },
            // Whether a contract asks for notice is what the rule finds out.
            &BTreeMap::new(),
        ),
        responses(books),
        approvals(books),
        two_way(books),
        bundles(books),
        contacts(books),
        commitments(books),
    ]
}

/// Every incident, with the start of its clock.
fn evaluations(books: &Books<'_>) -> BTreeMap<String, Option<Instant>> {
    let incidents = books.incidents();
    incidents
        .map(|it| (it.id.clone(), it.declared_at))
        .collect()
}

/// Every registered party that is to be told, with the start of its clock.
fn first_notices(books: &Books<'_>) -> BTreeMap<String, Option<Instant>> {
    let mut expected = BTreeMap::new();
    let coordinated = books
        .incidents()
        .filter(|it| !it.is_false_alarm && it.is_required);
    for incident in coordinated {
        for party in incident.parties.iter().filter(|it| it.is_told) {
            if books.tier(&party.id).is_some() {
                let start = party.identified_at.or(incident.evaluated_at);
                expected.insert(format!("{}#{}", incident.id, party.id), start);
            }
        }
    }
    expected
}

/// The times of the duties of a rule whose clock started in the period. Whatever is expected and
/// the rule says nothing of, because a fact is missing, is named.
fn timed_by(
    books: &Books<'_>,
    rule: &str,
    times: Times,
    expected: &BTreeMap<String, Option<Instant>>,
) -> Measure {
    let (mut cases, mut unknown) = (Vec::new(), Vec::new());
    let mut said: BTreeSet<String> = BTreeSet::new();
    for duty in books.duties(rule) {
        let Some(incident) = books.incidents.get(duty.record.id.as_str()) else {
            continue;
        };
        if duty.clock.state == DutyState::NotRequired {
            continue;
        }
        let id = element_id(incident, duty);
        said.insert(id.clone());
        let started = duty.clock.since.or(incident.declared_at);
        if !started.is_some_and(|at| books.is_in_period(at)) {
            // Without any time nobody knows in which period it belongs; then it is named.
            if started.is_none() {
                unknown.push(missing(id, duty));
            }
            continue;
        }
        match case(&id, duty, books.as_of) {
            Some(case) => cases.push(case),
            None => unknown.push(missing(id, duty)),
        }
    }
    let unsaid = expected.iter().filter(|(id, _)| !said.contains(*id));
    for (id, start) in unsaid {
        if start.is_none_or(|at| books.is_in_period(at)) {
            let (id, reason) = (id.clone(), books.silence(rule));
            unknown.push(Unknown { id, reason });
        }
    }
    times.measure(cases, unknown, books.off(rule).as_deref())
}

fn missing(id: String, duty: &Duty) -> Unknown {
    let reason = duty.clock.missing.clone();
    Unknown {
        id,
        reason: reason.unwrap_or_else(|| "it ends before it begins".to_owned()),
    }
}

/// What a duty says about a time; `None` if its start is not known, or lies after its end.
fn case(id: &str, duty: &Duty, as_of: Instant) -> Option<Case> {
    let since = duty.clock.since?;
    let done = duty.clock.done.filter(|done| *done <= as_of);
    let end = done.unwrap_or(as_of);
    if end < since || (done.is_none() && duty.clock.state == DutyState::Undetermined) {
        return None;
    }
    Some(Case {
        id: id.to_owned(),
        took: end.duration_since(since),
        is_running: done.is_none(),
        in_limit: duty.clock.due.map(|due| end <= due),
    })
}

/// `INC-2025-0003`, or of a party `INC-2025-0003#corvid-id`.
fn element_id(incident: &Incident, duty: &Duty) -> String {
    let index = duty.pointer.strip_prefix("/parties/");
    let party = index
        .and_then(|index| index.parse::<usize>().ok())
        .and_then(|index| incident.parties.get(index));
    match party {
        Some(party) => format!("{}#{}", incident.id, party.id),
        None => incident.id.clone(),
    }
}

/// First notices to suppliers that were sent in the period, and when something came back.
struct Notice<'a> {
    incident: &'a Incident,
    party: &'a str,
    /// When the first one left; `None` if one does not say when.
    at: Option<Instant>,
}

impl Notice<'_> {
    fn id(&self) -> String {
        format!("{}#{}", self.incident.id, self.party)
    }

    fn first_response(&self, at: Instant, books: &Books<'_>) -> Option<Instant> {
        let echoes = self.incident.echoes.iter();
        echoes
            .filter(|echo| echo.party == self.party)
            .filter_map(|echo| echo.at.filter(|it| *it >= at && *it <= books.as_of))
            .min()
    }

    fn has_undated_response(&self) -> bool {
        let mut echoes = self.incident.echoes.iter();
        echoes.any(|echo| echo.party == self.party && echo.at.is_none())
    }
}

fn supplier_notices<'a>(books: &Books<'a>) -> Vec<Notice<'a>> {
    let mut notices = Vec::new();
    for incident in books.incidents().filter(|it| !it.is_false_alarm) {
        for party in incident
            .parties
            .iter()
            .filter(|it| it.is_told && it.is_supplier)
        {
            let sent = || {
                let messages = incident.messages.iter();
                messages.filter(|it| it.is_first_notice && it.party == party.id)
            };
            if sent().next().is_none() {
                continue;
            }
            let is_dated = sent().all(|it| it.at.is_some());
            let at = sent().filter_map(|it| it.at).min().filter(|_| is_dated);
            if at.is_none_or(|at| books.is_in_period(at)) {
                notices.push(Notice {
                    incident,
                    party: &party.id,
                    at,
                });
            }
        }
    }
    notices
}

fn responses(books: &Books<'_>) -> Measure {
    let (mut cases, mut unknown) = (Vec::new(), Vec::new());
    for notice in supplier_notices(books) {
        let id = notice.id();
        let Some(at) = notice.at else {
            let reason = "the notice does not say when it left".to_owned();
            unknown.push(Unknown { id, reason });
            continue;
        };
        let response = notice.first_response(at, books);
        if response.is_none() && notice.has_undated_response() {
            let reason = "the response does not say when it came".to_owned();
            unknown.push(Unknown { id, reason });
            continue;
        }
        let took = response.unwrap_or(books.as_of).duration_since(at);
        let limit = books.limit("response_wait", &notice.incident.severity);
        cases.push(Case {
            id,
            took,
            is_running: response.is_none(),
            in_limit: limit.map(|limit| took <= limit),
        });
    }
    let times = Times {
        id: "response",
        obligation: DEMAND,
        title: "first notice → first response",
        of: "first notices to suppliers sent in the period".to_owned(),
        median: "response-median",
        worst: "response-worst",
        in_limit: Some("response-in-limit"),
    };
    times.measure(cases, unknown, None)
}

/// How long the approvals of first notices took, from the start of the notice clock.
fn approvals(books: &Books<'_>) -> Measure {
    let started = first_notices(books);
    let (mut cases, mut unknown) = (Vec::new(), Vec::new());
    for incident in books.incidents() {
        for message in incident.messages.iter().filter(|it| it.is_first_notice) {
            let (Some(at), Some(approved)) = (message.at, message.approved_at) else {
                continue;
            };
            if !books.is_in_period(at) {
                continue;
            }
            let id = format!("{}#{}", incident.id, message.id);
            let since = started.get(&format!("{}#{}", incident.id, message.party));
            let since = since.copied().flatten();
            match since.filter(|since| *since <= approved) {
                Some(since) => cases.push(Case {
                    id,
                    took: approved.duration_since(since),
                    is_running: false,
                    in_limit: None,
                }),
                None => unknown.push(Unknown {
                    id,
                    reason: match since {
                        Some(_) => "it was approved before the evaluation".to_owned(),
                        None => "when its clock started is not known".to_owned(),
                    },
                }),
            }
        }
    }
    let times = Times {
        id: "approval",
        obligation: DEMAND,
        title: "evaluated → last approval",
        of: "approved first notices sent in the period".to_owned(),
        median: "approval-median",
        worst: "approval-worst",
        in_limit: None,
    };
    times.measure(cases, unknown, None)
}

/// From which of the critical suppliers that were told something of substance came back.
fn two_way(books: &Books<'_>) -> Measure {
    let (mut members, mut unknown, mut good, mut judged) = (vec![], vec![], vec![], 0);
    for notice in supplier_notices(books) {
        let id = notice.id();
        match books.tier(notice.party) {
            Some("1" | "2") => {}
            Some(_) => continue,
            None => {
                let reason = format!("the tier of `{}` is not known", notice.party);
                unknown.push(Unknown { id, reason });
                continue;
            }
        }
        let mut echoes = notice.incident.echoes.iter();
        let is_two_way = echoes.any(|echo| {
            echo.party == notice.party
                && echo.has_substance
                && echo.at.is_none_or(|at| at <= books.as_of)
        });
        let limit = books.limit("response_wait", &notice.incident.severity);
        let until = notice
            .at
            .zip(limit)
            .and_then(|(at, limit)| shift(at, limit));
        let is_pending = !is_two_way && until.is_some_and(|until| books.as_of <= until);
        let (state, text) = match (is_two_way, is_pending) {
            (true, _) => ("two-way", "something of substance came back"),
            (false, true) => ("open", "nothing yet, the waiting time runs"),
            (false, false) => ("one-way", "nothing of substance came back"),
        };
        judged += usize::from(!is_pending);
        if is_two_way {
            good.push(id.clone());
        }
        members.push(Member {
            id,
            state,
            value: None,
            text: text.to_owned(),
        });
    }
    let empty = match members.is_empty() {
        true => "no supplier of tier 1 or 2 was told in the period",
        false => "the waiting time still runs for all of them",
    };
    let count = good.len();
    let figure = Figure::share(
        "two-way-rate",
        "two-way",
        (Better::Higher, empty),
        (good, judged),
        count,
    );
    measure(
        "two-way",
        "engagement that went both ways",
        "suppliers of tier 1 and 2 told in the period",
        (members, unknown),
        vec![figure],
    )
}

/// A measure of this view, its members in order.
fn measure(
    id: &'static str,
    title: &'static str,
    of: &str,
    (mut members, mut undetermined): (Vec<Member>, Vec<Unknown>),
    mut figures: Vec<Figure>,
) -> Measure {
    members.sort_by(|left, right| left.id.cmp(&right.id));
    undetermined.sort();
    for figure in &mut figures {
        figure.undetermined = undetermined.len();
    }
    Measure {
        id,
        obligation: DEMAND,
        title,
        of: of.to_owned(),
        population: members.len() + undetermined.len(),
        figures,
        groups: Vec::new(),
        members,
        undetermined,
    }
}

/// Which of the artefacts that the cards ask for are there, for the incidents closed in the
/// period. One whose check finds an error is not there in full.
fn bundles(books: &Books<'_>) -> Measure {
    let mut packaged: Vec<&str> = Vec::new();
    for fact in books.facts {
        if let Facts::Package(incident) = fact {
            packaged.push(incident);
        }
    }
    packaged.sort_unstable();
    let all_errors = errors(books);
    let closed = books
        .incidents()
        .filter(|it| it.closed_at.is_some_and(|at| books.is_in_period(at)));
    let (mut members, mut gaps, mut asked, mut there) = (vec![], vec![], 0, 0);
    for incident in closed {
        let errors = all_errors.get(incident.id.as_str());
        let errors = errors.map_or(&[][..], Vec::as_slice);
        let (mut wanted, mut lacking) = (0, Vec::new());
        for card in books.registry.of_kind(RecordKind::Control) {
            for row in card.root().list_of("evidence_bundle") {
                if !is_required(row.text_of("required_when"), incident, books) {
                    continue;
                }
                wanted += 1;
                let source = row.text_of("source");
                let is_there = match source {
                    "packages" => packaged.binary_search(&incident.id.as_str()).is_ok(),
                    key => incident.keys.contains(key),
                };
                let name = row.text_of("artifact");
                if !is_there || errors.iter().any(|it| is_error_of(it, name, incident)) {
                    lacking.push(format!("{name} ({})", card.id));
                }
            }
        }
        asked += wanted;
        there += wanted - lacking.len();
        let (state, text) = match (wanted, lacking.is_empty()) {
            (0, _) => ("none", "nothing is asked for".to_owned()),
            (_, true) => ("complete", format!("all {wanted}")),
            (_, false) => ("incomplete", format!("lacks {}", lacking.join(", "))),
        };
        if state == "incomplete" {
            gaps.push(incident.id.clone());
        }
        members.push(Member {
            id: incident.id.clone(),
            state,
            value: None,
            text,
        });
    }
    let empty = match members.is_empty() {
        true => "no incident was closed in the period",
        false => "no card asks for anything",
    };
    let figure = Figure::share(
        "bundle-completeness",
        "artefacts there",
        (Better::Higher, empty),
        (gaps, asked),
        there,
    );
    measure(
        "bundle",
        "evidence bundles",
        "incidents closed in the period",
        (members, Vec::new()),
        vec![figure],
    )
}

/// Whether a card asks for an artefact of this incident.
fn is_required(when: &str, incident: &Incident, books: &Books<'_>) -> bool {
    let coordinated = incident.is_required && !incident.is_false_alarm;
    match when {
        "every incident" => true,
        "every outbound" => !incident.messages.is_empty(),
        "outcome required" => coordinated,
        "bridge required" => {
            coordinated && !incident.explains_no_session && has_bridge(&incident.severity, books)
        }
        "class above public" => incident
            .messages
            .iter()
            .any(|it| is_above_public(&it.class, books)),
        "weakness found" => incident.has_weakness,
        _ => false,
    }
}

fn has_bridge(severity: &str, books: &Books<'_>) -> bool {
    let runbooks = books.registry.of_kind(RecordKind::Runbook);
    let mut rows = runbooks.flat_map(|it| it.root().list_of("cadence"));
    rows.any(|row| row.text_of("severity") == severity && row.text_of("bridge") == "required")
}

fn is_above_public(class: &str, books: &Books<'_>) -> bool {
    let guidelines = books.registry.of_kind(RecordKind::SharingGuideline);
    let mut rows = guidelines.flat_map(|it| it.root().list_of("classes"));
    rows.any(|row| row.text_of("id") == class && row.text_of("rank") != "0")
}

/// The errors of each incident, those of the files in its folder included.
fn errors<'a>(books: &Books<'a>) -> BTreeMap<&'a str, Vec<&'a Finding>> {
    let mut errors: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let found = books.outcome.in_force();
    for finding in found.filter(|it| it.severity == Severity::Error) {
        let of_incident = finding
            .record
            .as_ref()
            .filter(|it| it.kind == RecordKind::Incident.name());
        let folder = || {
            let (_, below) = finding.location.file.split_once("incidents/")?;
            below.split('/').next()
        };
        let id = of_incident.map(|it| it.id.as_str()).or_else(folder);
        if let Some(id) = id {
            errors.entry(id).or_default().push(finding);
        }
    }
    errors
}

/// Whether an error shows that an artefact is not whole: one of its demands, or a piece of
/// evidence that belongs to it.
fn is_error_of(finding: &Finding, name: &str, incident: &Incident) -> bool {
    let Some(artifact) = artifact(name) else {
        return false;
    };
    let is_demand = |id: &String| artifact.obligations.contains(id);
    let index = finding.location.pointer.strip_prefix("/evidence/");
    let evidence = index
        .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok())
        .and_then(|index| incident.evidence.get(index));
    finding.obligations.iter().any(is_demand)
        || evidence.is_some_and(|kind| artifact.evidence.contains(kind))
}

/// Which contacts of critical parties in use were verified within the limit.
fn contacts(books: &Books<'_>) -> Measure {
    let rule = "stale-contact";
    let mut verdicts: BTreeMap<(&str, &str), &Duty> = BTreeMap::new();
    for duty in books.duties(rule) {
        verdicts.insert((&duty.record.id, &duty.pointer), duty);
    }
    let (mut members, mut unknown, mut good) = (vec![], vec![], vec![]);
    for party in books.registry.of_kind(RecordKind::ThirdParty) {
        let root = party.root();
        let state = root.get("lifecycle").map(|it| it.text_of("state"));
        if state != Some("active") || !matches!(books.tier(&party.id), Some("1" | "2")) {
            continue;
        }
        for contact in root.list_of("contacts") {
            let id = format!("{}#{}", party.id, contact.text_of("id"));
            let verified = contact.get("verified").map_or("", |it| it.text_of("at"));
            let pointer = contact.pointer();
            let duty = verdicts.get(&(party.id.as_str(), pointer.as_str()));
            let state = duty.map(|duty| duty.clock.state);
            let (state, text) = match (state, verified) {
                (_, "") => ("never", "never verified".to_owned()),
                (Some(DutyState::Overdue), at) => ("stale", format!("verified {at}")),
                (Some(DutyState::Open), at) => ("verified", format!("verified {at}")),
                (_, _) => {
                    let missing = duty.and_then(|duty| duty.clock.missing.clone());
                    let reason = missing.unwrap_or_else(|| books.silence(rule));
                    unknown.push(Unknown { id, reason });
                    continue;
                }
            };
            if state == "verified" {
                good.push(id.clone());
            }
            members.push(Member {
                id,
                state,
                value: None,
                text,
            });
        }
    }
    let (count, of) = (good.len(), members.len());
    let figure = Figure::share(
        "contacts-verified",
        "verified in time",
        (Better::Higher, "no party of tier 1 or 2 is active"),
        (good, of),
        count,
    );
    measure(
        "contacts",
        "contacts of tier 1 and 2",
        "contacts of active parties of tier 1 and 2",
        (members, unknown),
        vec![figure.unless(books.off(rule))],
    )
}

/// What third parties still have to deliver, and what of it is late.
fn commitments(books: &Books<'_>) -> Measure {
    let (mut members, mut unknown, mut open, mut overdue) = (vec![], vec![], vec![], vec![]);
    let mut on_file = 0;
    for incident in books.incidents() {
        for task in incident.tasks.iter().filter(|it| it.is_of_third_party) {
            on_file += 1;
            if !task.is_open(books.as_of) {
                continue;
            }
            let id = format!("{}#{}", incident.id, task.id);
            let Some(due) = task.due else {
                let reason = "it has no date".to_owned();
                unknown.push(Unknown { id, reason });
                continue;
            };
            let is_late = due.has_ended(books.as_of);
            open.push(id.clone());
            if is_late {
                overdue.push(id.clone());
            }
            members.push(Member {
                id,
                state: if is_late { "overdue" } else { "open" },
                value: None,
                text: days_left(due.end(), books.as_of),
            });
        }
    }
    let off = (on_file == 0).then(|| "no task of a third party is on file".to_owned());
    let of = open.len() + unknown.len();
    let figures = [
        Figure::count("commitments-open", "open", open),
        Figure::count("commitments-overdue", "overdue", overdue),
    ];
    let figures = figures.map(|it| it.of(of, 0).unless(off.clone()));
    measure(
        "commitments",
        "third-party commitments",
        "open tasks that a third party has to deliver",
        (members, unknown),
        figures.into(),
    )
}

/// `due in 5d`, `due 3h ago`.
pub(super) fn days_left(due: Option<Instant>, as_of: Instant) -> String {
    match due {
        Some(due) if due >= as_of => {
            format!(
                "due in {}",
                crate::clock::duration_text(due.duration_since(as_of))
            )
        }
        Some(due) => format!(
            "due {} ago",
            crate::clock::duration_text(as_of.duration_since(due))
        ),
        None => String::new(),
    }
}
