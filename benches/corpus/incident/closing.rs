//! What is written when an incident ends, and the package beside it.

use super::super::organisation::ROLES;
use super::super::practice::{EXCEPTIONS, exception_id};
use super::super::time;
use super::super::tree::{Meaning as M, Node, Text, pair};
use super::super::words;
use super::{DAY, Draft, HOUR, Wishes};

/// The roles of the card; the last two hear of weaknesses of third parties.
const RECIPIENTS: &[&str] = &[
    "ir-lead",
    "vuln-mgmt",
    "service-owner",
    "ops-lead",
    "grc-lead",
    "tprm-lead",
    "contract-owner",
];

impl Draft<'_> {
    pub(super) fn report_out(&mut self, at: i64, size: usize, wishes: Wishes) -> Node {
        let is_found = wishes.is_full || (size > 5000 && self.random.chance(75));
        let mut pairs = vec![
            pair(
                "result",
                Node::scalar(M::Listed, if is_found { "found" } else { "none-found" }),
            ),
            pair("at", self.instant(at)),
            pair("by", self.commander()),
            pair("method", Node::scalar(M::Word, "ticket")),
        ];
        if is_found {
            let count = if size > 8400 { 2 } else { 1 };
            let found = (1..=count)
                .map(|number| self.weakness(number, at))
                .collect();
            pairs.push(pair("vulnerabilities", Node::list(found)));
        } else {
            pairs.insert(1, pair("why", self.reason()));
        }
        let blames_third_party = is_found && self.weak_party().is_some();
        if self.provider.is_some() && !blames_third_party {
            pairs.push(pair("third_party_none_because", self.reason()));
        }
        Node::map(pairs)
    }

    /// The third party whose weakness the first one is.
    fn weak_party(&self) -> Option<usize> {
        self.provider.filter(|_| !self.inbound.is_empty())
    }

    fn weakness(&mut self, number: usize, at: i64) -> Node {
        let theirs = self
            .weak_party()
            .filter(|_| number == 1)
            .map(|party| self.org.parties[party].id.clone());
        let kind = if theirs.is_some() {
            "third-party"
        } else {
            "monitoring-gap"
        };
        let owner = theirs.clone().unwrap_or("internal".to_owned());
        let recipients = match theirs {
            None => &RECIPIENTS[..5],
            Some(_) => RECIPIENTS,
        };
        let reported = recipients
            .iter()
            .map(|role| self.reported(role, at))
            .collect();
        // What is due later may be open; nothing is overdue.
        let due = at + 40 * DAY;
        let is_done = due <= time::midnight(2026, 1, 1) || self.random.chance(60);
        let mut remediation = vec![
            pair(
                "ticket",
                Node::scalar(M::Text, format!("TPRM-{}", self.random.below(900))),
            ),
            pair("owner", Node::scalar(M::PersonOrRole, "tomas")),
            pair("due", Node::scalar(M::Day, time::day(due))),
            pair("done_when", self.sentence()),
            pair(
                "status",
                Node::scalar(M::Listed, if is_done { "done" } else { "open" }),
            ),
        ];
        if is_done {
            remediation.push(pair("done_at", self.instant(at + 30 * DAY)));
            let proof = self.prove("remediation-proof", "fix.pdf", at + 30 * DAY, "tomas");
            remediation.push(pair("proof", Node::list_of(M::Evidence, [proof])));
        }
        remediation.push(pair("links_back", Node::scalar(M::Bool, "true")));
        let title = Node::scalar(M::Text, words::title(&mut self.random));
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, format!("V-{number}"))),
            pair("title", title),
            pair("type", Node::scalar(M::Word, kind)),
            pair("contributed", Node::scalar(M::Listed, "enabled")),
            pair("owned_by", Node::scalar(M::PartyOrInternal, owner)),
            pair("assets", self.affected()),
            pair("exposure", self.sentence()),
            pair("recommended", self.reason()),
            pair("reported", Node::list(reported)),
            pair("remediation", Node::map(remediation)),
        ];
        let accepted = self.accepted_by.filter(|_| number == 1);
        if accepted.is_some() || self.random.chance(10) {
            let other = self.random.between(1, EXCEPTIONS);
            let exception = exception_id(accepted.unwrap_or(other));
            pairs.push(pair("exception", Node::scalar(M::Exception, exception)));
        }
        if theirs.is_none() {
            let accepted = vec![
                pair("by", Node::scalar(M::Person, self.system_owner())),
                pair("at", self.instant(at + 2 * DAY)),
            ];
            pairs.push(pair("plan_accepted", Node::map(accepted)));
        }
        if theirs.is_some() {
            let third_party = vec![
                pair("notice", Node::scalar(M::Local, "OUT-1")),
                pair("response", Node::scalar(M::Local, "IN-1")),
                pair("tracking", Node::scalar(M::Local, "A-1")),
            ];
            pairs.push(pair("third_party", Node::map(third_party)));
        }
        Node::map(pairs)
    }

    fn reported(&mut self, role: &'static str, at: i64) -> Node {
        let queue = ROLES
            .iter()
            .find(|it| it.id == role)
            .map_or("", |it| it.queue);
        let ticket = format!(
            "{}-{}",
            queue.trim_start_matches("jira:"),
            self.random.below(2000)
        );
        let read = at + self.random.minutes(HOUR, 3 * DAY);
        Node::map(vec![
            pair("role", Node::scalar(M::Role, role)),
            pair("to", Node::scalar(M::Word, queue)),
            pair("at", self.instant(at)),
            pair("ref", Node::scalar(M::Word, ticket)),
            pair("ack_at", self.instant(read)),
            pair("ack_by", self.holder(role)),
        ])
    }

    pub(super) fn review(&mut self, at: i64) -> Node {
        let notes = self.prove("review-notes", "review.md", at + 120, self.liaison);
        Node::map(vec![
            pair("held_at", self.instant(at)),
            pair(
                "participants",
                Node::list_of(M::Word, [self.commander, self.liaison, self.system_owner()]),
            ),
            pair("notes", Node::scalar(M::Evidence, notes)),
            pair(
                "supply_chain_lessons",
                Node::list_of(M::Text, [words::sentence(&mut self.random)]),
            ),
            pair(
                "updates",
                Node::list(vec![Node::map(vec![
                    pair("record", Node::scalar(M::Record, self.system.id.clone())),
                    pair("change", self.sentence()),
                ])]),
            ),
            pair("actions", Node::list_of(M::Local, ["A-1"])),
        ])
    }

    /// The information that went out with the first notice.
    pub(super) fn package(&mut self, evaluated: i64) -> Node {
        let recipient: Text = self
            .provider
            .map_or("provider", |party| self.org.parties[party].recipient)
            .into();
        Node::map(vec![
            pair("kind", Node::scalar(M::Word, "package")),
            pair("id", Node::scalar(M::RecordId, "PKG-1")),
            pair("incident", Node::scalar(M::Record, self.id.clone())),
            pair("version", Node::scalar(M::Number, "1")),
            pair("audience", Node::list_of(M::Listed, [recipient])),
            pair("classification", Node::scalar(M::Term, "partner-shareable")),
            pair("tlp", Node::scalar(M::Listed, "TLP:AMBER")),
            pair("distribution", self.sentence()),
            pair("facts_as_of", self.instant(evaluated)),
            pair("summary", self.reason()),
            pair(
                "timeline",
                Node::list(vec![Node::map(vec![
                    pair("at", self.instant(self.detected)),
                    pair("what", self.sentence()),
                ])]),
            ),
            pair(
                "affected",
                Node::list(vec![Node::map(vec![
                    pair("component", Node::scalar(M::System, self.node.clone())),
                    pair("versions", Node::scalar(M::Word, "unknown")),
                ])]),
            ),
            pair(
                "iocs",
                Node::list_of(M::Text, ["203.0.113.17", "198.51.100.40"]),
            ),
            pair("behaviour", self.reason()),
            pair("attack_path", Node::scalar(M::Word, "unknown")),
            pair(
                "mitigations",
                Node::list_of(M::Text, [words::sentence(&mut self.random)]),
            ),
            pair(
                "asks",
                Node::list(vec![Node::map(vec![
                    pair(
                        "what",
                        Node::scalar(M::Text, words::request(&mut self.random)),
                    ),
                    pair("by", Node::scalar(M::Day, time::day(evaluated + 2 * DAY))),
                ])]),
            ),
        ])
    }
}
