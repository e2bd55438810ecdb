//! One incident: a story in which every name, id and time fits the others.

use super::organisation::{self, EXCEPTIONS, Organisation, Party, ROLES, System, exception_id};
use super::random::Random;
use super::time;
use super::tree::{Meaning as M, Node, Pair, Text, pair};
use super::words;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// What must be so, whatever the dice say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes {
    /// Closed, with third parties, weaknesses and review: something of everything.
    pub(crate) is_full: bool,
    /// No information package beside it.
    pub(crate) stands_alone: bool,
}

/// An incident and the packages beside it.
pub(crate) struct Incident {
    pub(crate) record: Node,
    pub(crate) packages: Vec<Node>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Open,
    Contained,
    Closed,
}

struct Draft<'o> {
    org: &'o Organisation,
    random: Random,
    id: String,
    status: Status,
    severity: &'static str,
    system: &'o System,
    /// `system/component`, and who provides it.
    node: String,
    provider: Option<usize>,
    commander: &'static str,
    liaison: &'static str,
    hours_east: i64,
    detected: i64,
    /// About how many bytes the record is to have.
    size: usize,
    has_package: bool,
    /// The evidence item that holds the approvals given by mail.
    approvals: Option<String>,
    parties: Vec<Node>,
    timeline: Vec<(i64, Node)>,
    outbound: Vec<Node>,
    inbound: Vec<Node>,
    sessions: Vec<Node>,
    decisions: Vec<Node>,
    actions: Vec<Node>,
    evidence: Vec<Node>,
}

/// Heaviest record, by estimate, that stays below ten kilobytes when written.
const HEAVIEST: usize = 8800;

/// Makes the incident of a number. `year` is that of its id.
pub(crate) fn incident(
    org: &Organisation,
    random: &Random,
    id: &str,
    year: i64,
    wishes: Wishes,
) -> Incident {
    let mut largest = usize::MAX;
    loop {
        let mut draft = Draft::new(org, random.clone(), id.to_owned(), year, wishes, largest);
        let told = draft.tell(wishes);
        // A story that ran away is told again, shorter.
        if told.record.weight(0) <= HEAVIEST || largest < 3000 {
            return told;
        }
        largest = draft.size.saturating_sub(700);
    }
}

impl<'o> Draft<'o> {
    fn new(
        org: &'o Organisation,
        mut random: Random,
        id: String,
        year: i64,
        wishes: Wishes,
        largest: usize,
    ) -> Self {
        let (open, contained) = if year == 2025 { (35, 25) } else { (4, 8) };
        let roll = random.below(100);
        let status = match roll {
            _ if wishes.is_full => Status::Closed,
            _ if roll < open => Status::Open,
            _ if roll < open + contained => Status::Contained,
            _ => Status::Closed,
        };
        let size = 2400 + random.below(3100) + random.below(3100);
        let size = if wishes.is_full { size.max(6000) } else { size };
        let size = size.min(largest);
        let system = random.pick(&org.systems);
        let component = match &system.components[..] {
            // A closed incident with a short record was none, or concerned nobody else.
            [.., own] if size < 3900 && status == Status::Closed && !wishes.is_full => own,
            [first, ..] if wishes.is_full || random.chance(85) => first,
            all => random.pick(all),
        };
        let detected = time::midnight(year, 1, 1) + random.minutes(0, 330 * DAY);
        Self {
            org,
            id,
            status,
            severity: *random.pick(&["critical", "high", "high", "medium", "medium", "low"]),
            system,
            node: format!("{}/{}", system.id, component.id),
            provider: component.provider,
            commander: organisation::holder("incident-commander", &mut random),
            liaison: organisation::holder("third-party-liaison", &mut random),
            hours_east: if random.chance(8) { 2 } else { 0 },
            detected,
            size,
            has_package: random.chance(10) && !wishes.stands_alone,
            random,
            approvals: None,
            parties: Vec::new(),
            timeline: Vec::new(),
            outbound: Vec::new(),
            inbound: Vec::new(),
            sessions: Vec::new(),
            decisions: Vec::new(),
            actions: Vec::new(),
            evidence: Vec::new(),
        }
    }

    fn instant(&self, minute: i64) -> Node {
        let text = if self.hours_east == 0 {
            time::instant(minute)
        } else {
            time::instant_east(minute, self.hours_east)
        };
        Node::scalar(M::Instant, text)
    }

    fn sentence(&mut self) -> Node {
        Node::scalar(M::Text, words::sentence(&mut self.random))
    }

    fn reason(&mut self) -> Node {
        Node::scalar(M::Text, words::reason(&mut self.random))
    }

    fn holder(&mut self, role: &str) -> Node {
        Node::scalar(M::Person, organisation::holder(role, &mut self.random))
    }

    fn commander(&self) -> Node {
        Node::scalar(M::Person, self.commander)
    }

    fn affected(&self) -> Node {
        Node::list_of(M::System, [self.node.clone()])
    }

    fn tell(&mut self, wishes: Wishes) -> Incident {
        let random = &mut self.random;
        let size = self.size;
        let evaluated = self.detected + random.minutes(60, 220);
        let contained = evaluated + random.minutes(8 * HOUR, 4 * DAY);
        let closed = contained + random.minutes(6 * DAY, 20 * DAY);
        let is_required = self.provider.is_some();
        let first = self.sentence();
        self.happened(self.detected, first);
        if is_required {
            self.consider_parties(evaluated);
            self.notify(evaluated);
            if wishes.is_full || size > 6000 {
                self.talk(evaluated + 5 * HOUR);
            }
            if size > 7300 {
                self.send_further(evaluated + DAY, size);
            }
        }
        self.decide(evaluated + 20, false);
        let action = self.next_id(&self.actions, "A");
        self.act(&action, evaluated + 3 * DAY, None);
        let report = (self.status == Status::Closed
            || (self.status == Status::Contained && size > 6000))
            .then(|| self.report_out(contained + 20 * HOUR, size, wishes));
        let review =
            (self.status == Status::Closed && is_required).then(|| self.review(closed + 9 * DAY));
        self.fill(size, evaluated, report.as_ref(), review.as_ref());
        let packages = if self.has_package && is_required {
            vec![self.package(evaluated)]
        } else {
            Vec::new()
        };
        let times = [evaluated, contained, closed];
        let record = self.record(times, report, review);
        Incident { record, packages }
    }

    fn happened(&mut self, at: i64, what: Node) {
        let mut pairs = vec![pair("at", self.instant(at)), pair("what", what)];
        if self.random.chance(8) {
            pairs.push(pair("material", Node::scalar(M::Bool, "true")));
        }
        self.timeline.push((at, Node::map(pairs)));
    }

    /// The number that the next item of a list gets.
    fn next_id(&self, list: &[Node], prefix: &str) -> String {
        format!("{prefix}-{}", list.len() + 1)
    }

    /// Registers an evidence item and returns its id.
    fn prove(&mut self, kind: &'static str, name: &str, at: i64, by: &'static str) -> String {
        let id = self.next_id(&self.evidence, "E");
        let digest: String = (0..4)
            .map(|_| format!("{:016x}", self.random.next()))
            .collect();
        let is_restricted = kind == "forensic-image";
        let class = if is_restricted {
            "restricted"
        } else {
            "partner-shareable"
        };
        let address = format!("vault://evidence/{}/{}-{name}", self.id, id.to_lowercase());
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, id.clone())),
            pair("uri", Node::scalar(M::Text, address)),
            pair("sha256", Node::scalar(M::Checksum, digest)),
            pair("type", Node::scalar(M::Listed, kind)),
            pair("captured_at", self.instant(at)),
            pair("captured_by", Node::scalar(M::Person, by)),
            pair("classification", Node::scalar(M::Term, class)),
        ];
        if self.random.chance(12) {
            pairs.push(pair("tlp", Node::scalar(M::Listed, "TLP:AMBER")));
        }
        self.evidence.push(Node::map(pairs));
        id
    }

    fn consider_parties(&mut self, evaluated: i64) {
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
    fn told(&self) -> Vec<&'o Party> {
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
    fn notify(&mut self, evaluated: i64) {
        for party in self.told() {
            let at = evaluated + self.random.minutes(30, 180);
            let message = self.message(party, "initial-notification", at, self.has_package);
            let answered = at + self.random.minutes(20, 300);
            self.hear(party, &message, answered, "ack");
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
        let id = self.next_id(&self.outbound, "OUT");
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
        self.content_of_message(&mut pairs, is_technical, is_customer, kind, at);
        let purpose = Node::scalar(M::Text, words::request(&mut self.random));
        pairs.push(pair("purpose", purpose));
        let case = format!("{}-{}", party.id.to_uppercase(), self.random.below(100_000));
        pairs.push(pair("case", Node::scalar(M::Text, case)));
        pairs.push(pair("outcome", Node::scalar(M::Listed, "delivered")));
        let name = format!("{}.eml", id.to_lowercase());
        let mut proof = vec![self.prove("sent-message", &name, at + 5, sender)];
        match channel {
            _ if self.size < 7000 => {}
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
        is_customer: bool,
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
        let (types, roles): (&[&str], &[&str]) = if is_customer {
            (
                &["impact-summary"],
                &["ir-lead", "legal-counsel", "comms-lead"],
            )
        } else {
            (
                &["ioc", "observed-behaviour", "affected-versions"],
                &["ir-lead", "legal-counsel"],
            )
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
            let given = at - 90 + 15 * rank as i64;
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
    fn hear(&mut self, party: &Party, message: &str, at: i64, kind: &'static str) -> String {
        let id = self.next_id(&self.inbound, "IN");
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, id.clone())),
            pair("from", Node::scalar(M::Party, party.id.clone())),
            pair("at", self.instant(at)),
            pair("re", Node::scalar(M::Local, message.to_owned())),
            pair("kind", Node::scalar(M::Listed, kind)),
            pair("summary", self.sentence()),
        ];
        if kind != "ack" {
            let proof = self.prove("response", "reply.eml", at + 10, self.liaison);
            pairs.push(pair("proof", Node::list_of(M::Evidence, [proof])));
        }
        match kind {
            "commitment" => {
                let action = self.next_id(&self.actions, "A");
                self.act(&action, at + 5 * DAY, Some((&id, party)));
                pairs.push(pair("actions", Node::list_of(M::Local, [action])));
            }
            "information" => pairs.push(pair("no_action_because", self.sentence())),
            _ => {}
        }
        self.inbound.push(Node::map(pairs));
        id
    }

    fn act(&mut self, id: &str, due: i64, asked: Option<(&str, &Party)>) {
        let owner = if asked.is_some() { "tomas" } else { "ops-lead" };
        let is_done = self.status == Status::Closed || self.random.chance(50);
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, id.to_owned())),
            pair(
                "what",
                Node::scalar(M::Text, words::request(&mut self.random)),
            ),
            pair("owner", Node::scalar(M::PersonOrRole, owner)),
            pair("due", Node::scalar(M::Day, time::day(due))),
            pair(
                "status",
                Node::scalar(M::Listed, if is_done { "done" } else { "open" }),
            ),
        ];
        if is_done {
            pairs.push(pair("done_at", self.instant(due - 10 * HOUR)));
            if self.random.chance(20) {
                let proof = self.prove("remediation-proof", "done.txt", due - 9 * HOUR, "kofi");
                pairs.push(pair("proof", Node::list_of(M::Evidence, [proof])));
            } else {
                pairs.push(pair("verified_by", self.holder("service-owner")));
            }
        }
        if let Some((reply, party)) = asked {
            pairs.push(pair("from", Node::scalar(M::Local, reply.to_owned())));
            pairs.push(pair("party", Node::scalar(M::Party, party.id.clone())));
        } else if self.random.chance(30) {
            pairs.push(pair("kind", Node::scalar(M::Word, "mitigation")));
            pairs.push(pair("rollback", self.sentence()));
        }
        self.actions.push(Node::map(pairs));
    }

    fn decide(&mut self, at: i64, with_party: bool) -> String {
        let id = self.next_id(&self.decisions, "D");
        let party = self.provider.filter(|_| with_party);
        let affects = if party.is_some() { "both" } else { "ours" };
        let mut pairs = vec![
            pair("id", Node::scalar(M::LocalId, id.clone())),
            pair("at", self.instant(at)),
            pair(
                "what",
                Node::scalar(M::Text, words::request(&mut self.random)),
            ),
            pair("by", self.commander()),
            pair("role", Node::scalar(M::Role, "incident-commander")),
            pair("why", self.reason()),
            pair("affects", Node::scalar(M::Listed, affects)),
        ];
        if let Some(party) = party {
            let party = self.org.parties[party].id.clone();
            pairs.push(pair("agreed_with", Node::list_of(M::Party, [party])));
        }
        self.decisions.push(Node::map(pairs));
        id
    }

    /// A joint session with the provider.
    fn talk(&mut self, at: i64) {
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
                Node::scalar(M::LocalId, self.next_id(&self.sessions, "JS")),
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
            pair("shared", Node::list_of(M::Local, [message])),
        ]);
        self.sessions.push(session);
    }

    /// Requests, briefings and a report to the sector, as far as the size allows.
    fn send_further(&mut self, at: i64, size: usize) {
        let Some(party) = self.told().first().copied() else {
            return;
        };
        if party.channels.len() > 1 {
            let message = self.message(party, "request", at, true);
            self.hear(party, &message, at + 9 * HOUR, "rca");
        }
        if size > 8000 {
            let kind = *self.random.pick(&["briefing", "request", "escalation"]);
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

    fn report_out(&mut self, at: i64, size: usize, wishes: Wishes) -> Node {
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
                .map(|number| self.weakness(number, at, size))
                .collect();
            pairs.push(pair("vulnerabilities", Node::list(found)));
        } else {
            pairs.insert(1, pair("why", self.reason()));
        }
        Node::map(pairs)
    }

    fn weakness(&mut self, number: usize, at: i64, size: usize) -> Node {
        let theirs = self
            .provider
            .filter(|_| number == 1 && !self.inbound.is_empty())
            .map(|party| self.org.parties[party].id.clone());
        let kind = if theirs.is_some() {
            "third-party"
        } else {
            "monitoring-gap"
        };
        let owner = theirs.clone().unwrap_or("internal".to_owned());
        let recipients: &[&str] = match (&theirs, size) {
            (_, 0..=7400) => &["ir-lead", "vuln-mgmt", "service-owner"],
            (None, _) => &[
                "ir-lead",
                "vuln-mgmt",
                "service-owner",
                "ops-lead",
                "grc-lead",
            ],
            (Some(_), _) => &[
                "ir-lead",
                "vuln-mgmt",
                "service-owner",
                "ops-lead",
                "grc-lead",
                "tprm-lead",
                "contract-owner",
            ],
        };
        let reported = recipients
            .iter()
            .map(|role| self.reported(role, at))
            .collect();
        let is_done = self.random.chance(60);
        let mut remediation = vec![
            pair(
                "ticket",
                Node::scalar(M::Text, format!("TPRM-{}", self.random.below(900))),
            ),
            pair("owner", Node::scalar(M::PersonOrRole, "tomas")),
            pair("due", Node::scalar(M::Day, time::day(at + 40 * DAY))),
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
        if self.random.chance(10) {
            let exception = exception_id(self.random.between(1, EXCEPTIONS));
            pairs.push(pair("exception", Node::scalar(M::Exception, exception)));
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

    fn review(&mut self, at: i64) -> Node {
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

    fn system_owner(&self) -> &'static str {
        self.system.owner
    }

    /// Adds to the story until the record has about the size that was drawn.
    fn fill(&mut self, size: usize, from: i64, report: Option<&Node>, review: Option<&Node>) {
        let weigh = |list: &[Node]| list.iter().map(|it| it.weight(2)).sum::<usize>();
        let fixed = 1300
            + report.map_or(0, |it| it.weight(1))
            + review.map_or(0, |it| it.weight(1))
            + weigh(&self.parties)
            + weigh(&self.outbound)
            + weigh(&self.sessions);
        let mut at = from + 2 * HOUR;
        loop {
            let growing = weigh(&self.inbound)
                + weigh(&self.decisions)
                + weigh(&self.actions)
                + weigh(&self.evidence)
                + self
                    .timeline
                    .iter()
                    .map(|(_, it)| it.weight(2))
                    .sum::<usize>();
            if fixed + growing >= size {
                break;
            }
            at += self.random.minutes(20, 7 * HOUR);
            match self.random.below(10) {
                0..=4 => {
                    let what = self.reason();
                    self.happened(at, what);
                }
                5..=6 => {
                    self.decide(at, false);
                }
                7 if !self.outbound.is_empty() => {
                    if let Some(party) = self.told().first().copied() {
                        self.hear(party, "OUT-1", at, "information");
                    }
                }
                8 => {
                    self.prove("screenshot", "screen.png", at, "kofi");
                }
                _ => {
                    let id = self.next_id(&self.actions, "A");
                    self.act(&id, at + 4 * DAY, None);
                }
            }
        }
    }

    fn supply_chain(&mut self, [evaluated, contained, closed]: [i64; 3]) -> Node {
        let is_required = self.provider.is_some();
        let triggers = [
            ("operated-by-third-party", is_required),
            ("third-party-component", is_required),
            ("dependency-compromise", false),
            (
                "provider-action-needed",
                is_required && self.random.chance(70),
            ),
            ("third-party-access", false),
            ("shared-service", is_required && self.random.chance(30)),
        ];
        let may_be_unsure = self.status == Status::Open && is_required;
        let triggers = triggers.map(|(id, answer)| {
            let answer = if may_be_unsure && !answer && self.random.chance(30) {
                Node::scalar(M::Listed, "unknown")
            } else {
                Node::scalar(M::Bool, if answer { "true" } else { "false" })
            };
            pair(id, answer)
        });
        let outcome = if is_required {
            "required"
        } else {
            "not-required"
        };
        let mut pairs = vec![
            pair("evaluated_at", self.instant(evaluated)),
            pair("by", self.commander()),
            pair("triggers", Node::map(triggers.into())),
            pair("outcome", Node::scalar(M::Listed, outcome)),
        ];
        let Some(provider) = self.provider else {
            pairs.push(pair("why", self.reason()));
            return Node::map(pairs);
        };
        let provider = self.org.parties[provider].id.clone();
        pairs.extend([
            pair(
                "implicated",
                Node::list(vec![Node::map(vec![
                    pair("party", Node::scalar(M::Party, provider)),
                    pair("component", Node::scalar(M::System, self.node.clone())),
                ])]),
            ),
            pair("liaison", Node::scalar(M::Person, self.liaison)),
            pair("coordination_started_at", self.instant(evaluated + 190)),
        ]);
        if self.sessions.is_empty() {
            pairs.push(pair("no_session_because", self.reason()));
        }
        if self.status == Status::Closed {
            let ended = contained + (closed - contained) / 2;
            let criteria = ["contained-both", "commitments-tracked", "facts-aligned"];
            pairs.push(pair(
                "stood_down",
                Node::map(vec![
                    pair("at", self.instant(ended)),
                    pair("by", self.commander()),
                    pair("criteria", Node::list_of(M::Term, criteria)),
                ]),
            ));
        }
        Node::map(pairs)
    }

    fn duties(&mut self) -> Node {
        let duties = ["customer", "contractual", "authority"].map(|kind| {
            let needed = if self.random.chance(30) {
                "true"
            } else {
                "false"
            };
            Node::map(vec![
                pair("kind", Node::scalar(M::Listed, kind)),
                pair("needed", Node::scalar(M::Bool, needed)),
                pair("why", self.sentence()),
                pair("decided_by", self.holder("legal-counsel")),
            ])
        });
        Node::list(duties.into())
    }

    fn record(&mut self, times: [i64; 3], report: Option<Node>, review: Option<Node>) -> Node {
        let [_, contained, closed] = times;
        let is_required = self.provider.is_some();
        let status = match self.status {
            Status::Open => "open",
            Status::Contained => "contained",
            Status::Closed => "closed",
        };
        let declared = self.detected + self.random.minutes(10, 50);
        let source = *self.random.pick(&[
            "own-detection",
            "third-party-notice",
            "suspect-update",
            "customer-report",
        ]);
        let mut pairs = vec![
            pair("kind", Node::scalar(M::Word, "incident")),
            pair("id", Node::scalar(M::RecordId, self.id.clone())),
            pair(
                "title",
                Node::scalar(M::Text, words::title(&mut self.random)),
            ),
            pair("status", Node::scalar(M::Listed, status)),
            pair("severity", Node::scalar(M::Term, self.severity)),
            pair("source", Node::scalar(M::Listed, source)),
            pair("detected_at", self.instant(self.detected)),
            pair("declared_at", self.instant(declared)),
        ];
        if self.status != Status::Open {
            pairs.push(pair("contained_at", self.instant(contained)));
        }
        if self.status == Status::Closed {
            pairs.push(pair("closed_at", self.instant(closed)));
            pairs.push(pair("closed_by", self.commander()));
            pairs.push(pair("disposition", Node::scalar(M::Listed, "confirmed")));
        }
        pairs.push(pair("commander", self.commander()));
        pairs.push(pair("affected", self.affected()));
        let supply_chain = self.supply_chain(times);
        pairs.push(pair("supply_chain", supply_chain));
        if is_required && self.status != Status::Open && self.size > 6200 {
            pairs.push(pair("duties", self.duties()));
        }
        if self.random.chance(12) {
            let hold = Node::map(vec![
                pair("id", Node::scalar(M::LocalId, "H-1")),
                pair("info_types", Node::list_of(M::Term, ["log-excerpt"])),
                pair("from", self.instant(times[0])),
                pair("until", self.instant(contained)),
                pair("why", self.sentence()),
                pair("by", self.commander()),
            ]);
            pairs.push(pair("holds", Node::list(vec![hold])));
        }
        self.timeline.sort_by_key(|(at, _)| *at);
        let timeline = std::mem::take(&mut self.timeline);
        let lists = [
            ("parties", std::mem::take(&mut self.parties)),
            ("timeline", timeline.into_iter().map(|(_, it)| it).collect()),
            ("outbound", std::mem::take(&mut self.outbound)),
            ("inbound", std::mem::take(&mut self.inbound)),
            ("sessions", std::mem::take(&mut self.sessions)),
            ("decisions", std::mem::take(&mut self.decisions)),
            ("actions", std::mem::take(&mut self.actions)),
        ];
        for (key, items) in lists {
            if !items.is_empty() {
                pairs.push(pair(key, Node::list(items)));
            }
        }
        pairs.extend(report.map(|it| pair("report_out", it)));
        pairs.extend(review.map(|it| pair("review", it)));
        if !self.evidence.is_empty() {
            pairs.push(pair(
                "evidence",
                Node::list(std::mem::take(&mut self.evidence)),
            ));
        }
        Node::map(pairs)
    }

    /// The information that went out with the first notice.
    fn package(&mut self, evaluated: i64) -> Node {
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
