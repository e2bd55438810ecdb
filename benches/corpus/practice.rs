//! Records of practice: exercises, health checks and exceptions.

use super::organisation::{Organisation, holder};
use super::random::Random;
use super::tree::{Meaning as M, Node, pair};
use super::words;

/// How many exceptions every corpus has.
pub(crate) const EXCEPTIONS: usize = 12;

/// Accepted risks; their subjects are weaknesses of the first incidents, or a third party.
pub(crate) fn exception(number: usize, subject: String, random: &mut Random) -> Node {
    Node::map(vec![
        pair("kind", Node::scalar(M::Word, "exception")),
        pair("id", Node::scalar(M::RecordId, exception_id(number))),
        pair("type", Node::scalar(M::Listed, "risk-acceptance")),
        pair("subject", Node::scalar(M::Record, subject)),
        pair(
            "requested_by",
            Node::scalar(M::Person, holder("service-owner", random)),
        ),
        pair("rationale", Node::scalar(M::Text, words::reason(random))),
        pair(
            "compensating_controls",
            Node::list_of(M::Text, [words::control(random)]),
        ),
        pair("review_on", Node::scalar(M::Day, "2031-09-30")),
        pair("status", Node::scalar(M::Listed, "active")),
        pair(
            "approved",
            Node::list(vec![Node::map(vec![
                pair("role", Node::scalar(M::Role, "exec-sponsor")),
                pair(
                    "by",
                    Node::scalar(M::Person, holder("exec-sponsor", random)),
                ),
                pair("at", Node::scalar(M::Instant, "2025-04-29T10:00:00Z")),
                pair("how", Node::scalar(M::Listed, "commit")),
            ])]),
        ),
    ])
}

pub(crate) fn exception_id(number: usize) -> String {
    format!("RA-2025-{number:03}")
}

pub(crate) fn exercise(number: usize, org: &Organisation, random: &mut Random) -> Node {
    let tests = [
        "after-hours-contact",
        "secure-sharing",
        "decision-authority",
        "update-timing",
        "provider-notification",
        "pressured-request",
        "customer-notice",
        "sector-sharing",
        "approval-matrix",
    ]
    .map(|name| {
        pair(
            name,
            Node::map(vec![pair("result", Node::scalar(M::Listed, "pass"))]),
        )
    });
    // The usual ones, and of them one of tier 1.
    let critical: Vec<_> = org.parties[..5].iter().filter(|it| it.tier == 1).collect();
    let party = critical[random.below(critical.len())];
    let papers = ["decisions", "approval", "redaction-sample"];
    let evidence = papers.into_iter().zip(1..).map(|(kind, at)| {
        let address = format!("vault://evidence/EX-2025-{number:02}/e-{at}-{kind}.txt");
        Node::map(vec![
            pair("id", Node::scalar(M::LocalId, format!("E-{at}"))),
            pair("uri", Node::scalar(M::Text, address)),
            pair("sha256", Node::scalar(M::Checksum, random.digest())),
            pair("type", Node::scalar(M::Listed, kind)),
            pair(
                "captured_at",
                Node::scalar(M::Instant, "2025-03-12T16:00:00Z"),
            ),
            pair("captured_by", Node::scalar(M::Person, "hugo")),
            pair("classification", Node::scalar(M::Term, "partner-shareable")),
        ])
    });
    let evidence = evidence.collect();
    Node::map(vec![
        pair("kind", Node::scalar(M::Word, "exercise")),
        pair(
            "id",
            Node::scalar(M::RecordId, format!("EX-2025-{number:02}")),
        ),
        pair("title", Node::scalar(M::Text, words::title(random))),
        pair("held_at", Node::scalar(M::Instant, "2025-03-12T13:00:00Z")),
        pair("facilitator", Node::scalar(M::Word, "hugo")),
        pair(
            "scope",
            Node::list_of(M::Listed, ["supply-chain", "external-sharing"]),
        ),
        pair(
            "participants",
            Node::list_of(M::Word, ["mara", "tomas", "ines", "jun"]),
        ),
        pair(
            "third_parties",
            Node::list(vec![Node::map(vec![
                pair("party", Node::scalar(M::Party, party.id.clone())),
                pair("mode", Node::scalar(M::Listed, "joined")),
            ])]),
        ),
        pair("tests", Node::map(tests.into())),
        pair(
            "contacts_checked",
            Node::list(vec![Node::map(vec![
                pair("party", Node::scalar(M::Party, party.id.clone())),
                pair("contact", Node::scalar(M::Contact, party.contacts[0])),
                pair("at", Node::scalar(M::Instant, "2025-03-12T20:30:00Z")),
                pair("result", Node::scalar(M::Listed, "ok")),
            ])]),
        ),
        pair(
            "findings",
            Node::list(vec![Node::map(vec![
                pair("id", Node::scalar(M::LocalId, "F-1")),
                pair("what", Node::scalar(M::Text, words::sentence(random))),
            ])]),
        ),
        pair(
            "actions",
            Node::list(vec![Node::map(vec![
                pair("id", Node::scalar(M::LocalId, "A-1")),
                pair("finding", Node::scalar(M::Local, "F-1")),
                pair("what", Node::scalar(M::Text, words::request(random))),
                pair("owner", Node::scalar(M::PersonOrRole, "kofi")),
                pair("due", Node::scalar(M::Day, "2025-04-15")),
                pair("status", Node::scalar(M::Listed, "done")),
                pair("done_at", Node::scalar(M::Instant, "2025-04-02T10:00:00Z")),
                pair("verified_by", Node::scalar(M::Person, "hugo")),
            ])]),
        ),
        pair(
            "changes",
            Node::list(vec![Node::map(vec![
                pair("record", Node::scalar(M::Record, "channels")),
                pair("change", Node::scalar(M::Text, words::sentence(random))),
            ])]),
        ),
        pair("evidence", Node::list(evidence)),
    ])
}

/// A health check over a sample of incidents, of so many that were closed in the first year.
pub(crate) fn sampling(sample: &[String], population: usize, random: &mut Random) -> Node {
    let questions = [
        "trigger-evaluated",
        "parties-correct",
        "package-used",
        "evidence-complete",
        "lessons-applied",
        "report-out-explicit",
        "roles-notified",
        "fixed-or-accepted",
        "evidence-placed",
    ];
    let items = sample.iter().map(|incident| {
        let answers = questions.map(|name| pair(name, Node::scalar(M::Listed, "pass")));
        Node::map(vec![
            pair("incident", Node::scalar(M::Record, incident.clone())),
            pair("answers", Node::map(answers.into())),
            pair("note", Node::scalar(M::Text, words::sentence(random))),
        ])
    });
    let items = items.collect();
    Node::map(vec![
        pair("kind", Node::scalar(M::Word, "health-check")),
        pair("id", Node::scalar(M::RecordId, "HC-2025-01")),
        pair("type", Node::scalar(M::Listed, "sampling")),
        pair(
            "controls",
            Node::list_of(M::Record, ["ir-6-3", "ir-4-10", "ir-6-2"]),
        ),
        pair(
            "performed_at",
            Node::scalar(M::Instant, "2025-11-10T10:00:00Z"),
        ),
        pair("by", Node::scalar(M::Person, "hugo")),
        pair("period", period("2015-01-01", "2015-12-31")),
        pair(
            "method",
            Node::scalar(M::Text, "The first incidents that were recorded"),
        ),
        pair(
            "population",
            Node::scalar(M::Number, population.to_string()),
        ),
        pair("sample", Node::list(items)),
        pair(
            "reported_to",
            Node::map(vec![
                pair("forum", Node::scalar(M::Text, "risk committee")),
                pair("at", Node::scalar(M::Day, "2025-11-24")),
            ]),
        ),
    ])
}

/// A health check over the metrics.
pub(crate) fn metrics_review() -> Node {
    Node::map(vec![
        pair("kind", Node::scalar(M::Word, "health-check")),
        pair("id", Node::scalar(M::RecordId, "HC-2025-02")),
        pair("type", Node::scalar(M::Listed, "metrics-review")),
        pair("controls", Node::list_of(M::Record, ["ir-6-3", "ir-6-2"])),
        pair(
            "performed_at",
            Node::scalar(M::Instant, "2025-11-15T09:00:00Z"),
        ),
        pair("by", Node::scalar(M::Person, "hugo")),
        pair("period", period("2025-08-01", "2025-10-31")),
        pair(
            "attendees",
            Node::list_of(M::Word, ["freya", "olek", "mara", "hugo"]),
        ),
        pair(
            "responses",
            Node::list(vec![Node::map(vec![
                pair("metric", Node::scalar(M::Word, "first-notice-in-limit")),
                pair("value", Node::scalar(M::Number, "1.0")),
                pair("within_limit", Node::scalar(M::Bool, "true")),
            ])]),
        ),
    ])
}

fn period(from: &'static str, to: &'static str) -> Node {
    Node::map(vec![
        pair("from", Node::scalar(M::Day, from)),
        pair("to", Node::scalar(M::Day, to)),
    ])
}
