//! What goes to third parties and what comes back.

use super::super::organisation::{self, Party};
use super::super::practice::{EXCEPTIONS, exception_id};
use super::super::tree::{Meaning as M, Node, Pair, pair};
use super::super::words;
use super::{DAY, Draft, HOUR, Status, next_id};

impl<'o> Draft<'o> {
    pub(super) fn consider_parties(&mut self, evaluated: i64) {
        let Some(provider) = self.provider else {
            return;
        };
        let mut seen = vec![(provider, "provider", true)];
        let hosts = [
            self.org.parties[provider]
                .relies_on
                .map(|host| (host, "upstream")),
            Some((self.system.operator.unwrap_or(1), "operator")),
            Some((self.system.customer, "customer")),
        ];
        for (party, relation) in hosts.into_iter().flatten() {
            if seen.iter().all(|(known, ..)| *known != party) {
                seen.push((
                    party,
                    relation,
                    relation == "customer" && self.random.chance(25),
                ));
            }
        }
        for (at, (party, relation, is_told)) in seen.into_iter().enumerate() {
            let decided = evaluated + 10 * at as i64;
            let id = self.org.parties[party].id.clone();
            let decision = if is_told { "notify" } else { "do-not-notify" };
            let mut pairs = vec![
                pair("party", Node::scalar(M::Party, id)),
                pair("relation", Node::scalar(M::Listed, relation)),
                pair("concerns", self.affected()),
                pair("decision", Node::scalar(M::Listed, decision)),
            ];
            if !is_told {
                pairs.push(pair("why", self.sentence()));
            }
            pairs.push(pair("by", self.commander()));
            pairs.push(pair("at", self.instant(decided)));
            if is_told && self.random.chance(4) {
                let risk = exception_id(self.random.between(1, EXCEPTIONS));
                pairs.push(pair("risk", Node::scalar(M::Exception, risk)));
            }
            self.parties.push(Node::map(pairs));
        }
    }

    /// The parties that are to be told.
    pub(super) fn told(&self) -> Vec<&'o Party> {
        let notified = self.parties.iter().filter(|party| {
            let mut party = (*party).clone();
            party
                .get_mut("decision")
                .is_some_and(|it| it.text() == "notify")
        });
        notified
            .filter_map(|party| {
                let mut party = party.clone();
                let id = party.get_mut("party")?.text().to_owned();
                self.org.parties.iter().find(|it| it.id == id)
            })
            .collect()
    }

    /// The first notice to each party, and its answer.
    pub(super) fn notify(&mut self, evaluated: i64) {
        for party in self.told() {
            let at = evaluated + self.random.minutes(30, 180);
            // The package is written for those of the provider's kind.
            let provider = self.provider.map(|it| self.org.parties[it].recipient);
            let gets_package = self.has_package && provider == Some(party.recipient);
            let message = self.message(party, "initial-notification", at, gets_package);
            let answered = at + self.random.minutes(20, 300);
            // After a while everybody has said more than that the message arrived.
            let kind = match self.status {
                Status::Open => "ack",
                _ => "information",
            };
            self.hear(party, &message, answered, kind);
        }
    }

    /// A message with all that belongs to it; returns its id.
    fn message(
        &mut self,
        party: &Party,
        kind: &'static str,
        at: i64,
        is_technical: bool,
    ) -> String {
        let id = next_id(&self.outbound, "OUT");
        let is_customer = party.recipient == "customer";
        let sender = if is_customer {
            organisation::holder("comms-lead", &mut self.random)
        } else {
            self.liaison
        };
        let wants_open = if is_technical {
            2
        } else {
            party.channels.len()
        };
        let channels = &party.channels[..wants_open.min(party.channels.len())];
        let channel = *self.random.pick(channels);
        let verified = match channel {
            "vendor-portal" | "secure-transfer" => "portal-login",
            "bridge" => "bridge-roster",
            "hotline" => "call-back",
            _ => "signed-key",
        };
        let contact = *self.random.pick(party.contacts);
        let mut to = vec![
            pair("party", Node::scalar(M::Party, party.id.clone())),
            pair("contact", Node::scalar(M::Contact, contact)),
            pair("verified", Node::scalar(M::Word, verified)),
        ];
        if self.random.chance(5) {
            to.push(pair(
                "name",
                Node::scalar(M::Text, "Anneliese Müller-Öz, Störungsstelle"),
            ));
        }
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, id.clone())),
            pair("type", Node::scalar(M::Listed, kind)),
        ];
        if self.random.chance(25) {
            pairs.push(pair("form", Node::scalar(M::Listed, "written")));
        }
        pairs.extend([
            pair("at", self.instant(at)),
            pair("by", Node::scalar(M::Person, sender)),
            pair("to", Node::map(to)),
            pair("channel", Node::scalar(M::Channel, channel)),
        ]);
        self.content_of_message(&mut pairs, is_technical, party.recipient, kind, at);
        let purpose = Node::scalar(M::Text, words::request(&mut self.random));
        pairs.push(pair("purpose", purpose));
        let case = format!("{}-{}", party.id.to_uppercase(), self.random.below(100_000));
        pairs.push(pair("case", Node::scalar(M::Text, case)));
        pairs.push(pair("outcome", Node::scalar(M::Listed, "delivered")));
        let name = format!("{}.eml", id.to_lowercase());
        let mut proof = vec![self.prove("sent-message", &name, at + 5, sender)];
        match channel {
            _ if self.size < 7000 && !is_technical => {}
            "vendor-portal" => proof.push(self.prove("portal-log", &name, at + 5, sender)),
            "bridge" => proof.push(self.prove("bridge-notes", &name, at + 65, sender)),
            "hotline" => proof.push(self.prove("call-notes", &name, at + 15, sender)),
            _ => {}
        }
        pairs.push(pair("proof", Node::list_of(M::Evidence, proof)));
        self.outbound.push(Node::map(pairs));
        id
    }

    /// Class, information types and what follows from them.
    fn content_of_message(
        &mut self,
        pairs: &mut Vec<Pair>,
        is_technical: bool,
        recipient: &str,
        kind: &str,
        at: i64,
    ) {
        if !is_technical {
            pairs.extend([
                pair("classification", Node::scalar(M::Term, "public")),
                pair("info_types", Node::list_of(M::Term, ["service-symptom"])),
                pair("pre_authorised", Node::scalar(M::Term, "share-public")),
            ]);
            return;
        }
        let (types, roles): (&[&str], &[&str]) = match recipient {
            "customer" => (
                &["impact-summary"],
                &["ir-lead", "legal-counsel", "comms-lead"],
            ),
            // What was seen in our systems is not for a sector group.
            "sector-group" => (&["ioc", "affected-versions"], &["ir-lead", "legal-counsel"]),
            _ => (
                &["ioc", "observed-behaviour", "affected-versions"],
                &["ir-lead", "legal-counsel"],
            ),
        };
        pairs.extend([
            pair("classification", Node::scalar(M::Term, "partner-shareable")),
            pair("tlp", Node::scalar(M::Listed, "TLP:AMBER")),
            pair("info_types", Node::list_of(M::Term, types.iter().copied())),
        ]);
        if kind == "initial-notification" {
            pairs.push(pair("package", Node::scalar(M::Local, "PKG-1")));
        }
        let removed = self
            .random
            .pick(&["user names", "host names, internal", "working theories"]);
        pairs.push(pair(
            "redactions",
            Node::list(vec![Node::map(vec![
                pair("removed", Node::scalar(M::Text, *removed)),
                pair("why", Node::scalar(M::Text, "not needed to find the cause")),
            ])]),
        ));
        let by_commit = self.random.chance(30);
        let proof = (!by_commit).then(|| self.approval_mail(at - 10));
        let approvals = roles.iter().enumerate().map(|(rank, role)| {
            let given = at - 25 + 5 * rank as i64;
            let how = if by_commit { "commit" } else { "email" };
            let mut pairs = vec![
                pair("role", Node::scalar(M::Role, *role)),
                pair("by", self.holder(role)),
                pair("at", self.instant(given)),
                pair("how", Node::scalar(M::Listed, how)),
            ];
            if let Some(proof) = &proof {
                pairs.push(pair("evidence", Node::scalar(M::Evidence, proof.clone())));
            }
            Node::map(pairs)
        });
        let approvals = approvals.collect();
        pairs.push(pair("approvals", Node::list(approvals)));
    }

    /// The mail with the approvals: one for all messages of a record.
    fn approval_mail(&mut self, at: i64) -> String {
        if let Some(known) = &self.approvals {
            return known.clone();
        }
        let id = self.prove("approval", "approvals.eml", at, self.liaison);
        self.approvals = Some(id.clone());
        id
    }

    /// Something that came back.
    pub(super) fn hear(
        &mut self,
        party: &Party,
        message: &str,
        at: i64,
        kind: &'static str,
    ) -> String {
        let id = next_id(&self.inbound, "IN");
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, id.clone())),
            pair("from", Node::scalar(M::Party, party.id.clone())),
            pair("at", self.instant(at)),
            pair("re", Node::scalar(M::Local, message.to_owned())),
            pair("kind", Node::scalar(M::Listed, kind)),
            pair("summary", self.sentence()),
        ];
        let proof = self.prove("response", "reply.eml", at + 10, self.liaison);
        pairs.push(pair("proof", Node::list_of(M::Evidence, [proof])));
        match kind {
            "commitment" => {
                let action = next_id(&self.actions, "A");
                self.act(&action, at + 5 * DAY, Some((&id, party)));
                pairs.push(pair("actions", Node::list_of(M::Local, [action])));
            }
            "information" | "rca" => pairs.push(pair("no_action_because", self.sentence())),
            _ => {}
        }
        self.inbound.push(Node::map(pairs));
        id
    }

    /// A joint session with the provider.
    pub(super) fn talk(&mut self, at: i64) {
        let Some(party) = self.told().first().copied() else {
            return;
        };
        let message = "OUT-1".to_owned();
        let notes = self.prove("bridge-notes", "session.md", at + 90, self.liaison);
        let decision = self.decide(at + 30, true);
        self.hear(party, &message, at + 100, "commitment");
        let session = Node::map(vec![
            pair(
                "id",
                Node::scalar(M::LocalId, next_id(&self.sessions, "JS")),
            ),
            pair("at", self.instant(at)),
            pair("parties", Node::list_of(M::Party, [party.id.clone()])),
            pair(
                "attendees",
                Node::list_of(
                    M::Word,
                    [self.commander, self.liaison, "their duty manager"],
                ),
            ),
            pair("notes", Node::scalar(M::Evidence, notes)),
            pair("decisions", Node::list_of(M::Local, [decision])),
            pair(
                "actions",
                Node::list_of(M::Local, [format!("A-{}", self.actions.len())]),
            ),
            pair("nothing_shared", Node::scalar(M::Bool, "true")),
        ]);
        self.sessions.push(session);
    }

    /// Requests, briefings and a report to the sector, as far as the size allows.
    pub(super) fn send_further(&mut self, at: i64, size: usize) {
        let Some(party) = self.told().first().copied() else {
            return;
        };
        if party.channels.len() > 1 {
            let message = self.message(party, "request", at, true);
            self.hear(party, &message, at + 9 * HOUR, "rca");
        }
        if size > 8000 {
            let kind = *self.random.pick(&["briefing", "request"]);
            self.message(party, kind, at + 12 * HOUR, false);
        }
        if size > 8200 && self.random.chance(40) {
            let sector = &self.org.parties[6];
            self.message(sector, "sector-report", at + 2 * DAY, true);
        }
        if size > 8300 && self.random.chance(30) {
            self.hand_over(at + DAY);
        }
    }

    /// Gives a disk image to the forensics firm.
    fn hand_over(&mut self, at: i64) {
        let firm = &self.org.parties[5];
        let image = self.prove("forensic-image", "disk.img", at - 600, "kofi");
        let digest = self
            .evidence
            .last_mut()
            .and_then(|item| item.get_mut("sha256"))
            .map_or(String::new(), |digest| digest.text().to_owned());
        self.message(firm, "evidence-handover", at, true);
        let custody = Node::map(vec![
            pair("item", Node::scalar(M::Evidence, image.clone())),
            pair("sha256", Node::scalar(M::Checksum, digest)),
            pair("from", Node::scalar(M::Word, "kofi")),
            pair("to", Node::scalar(M::Text, "Stonebridge intake desk")),
            pair("at", self.instant(at)),
        ]);
        if let Some(pairs) = self.outbound.last_mut().and_then(Node::pairs_mut) {
            pairs.push(pair("attachments", Node::list_of(M::Evidence, [image])));
            pairs.push(pair("custody", Node::list(vec![custody])));
        }
    }
}
