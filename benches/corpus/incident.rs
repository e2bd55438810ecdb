//! One incident: a story in which every name, id and time fits the others.

mod closing;
mod exchange;

use super::organisation::{self, Organisation, Party, System};
use super::random::Random;
use super::time;
use super::tree::{Meaning as M, Node, pair};
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
    /// The number of the exception that accepts its first weakness.
    pub(crate) accepted_by: Option<usize>,
}

/// An incident and the packages beside it.
pub(crate) struct Incident {
    pub(crate) record: Node,
    pub(crate) packages: Vec<Node>,
    /// When it was closed, in minutes.
    pub(crate) closed: Option<i64>,
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
    accepted_by: Option<usize>,
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

/// The id that the next item of a list gets.
fn next_id(list: &[Node], prefix: &str) -> String {
    format!("{prefix}-{}", list.len() + 1)
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
            accepted_by: wishes.accepted_by,
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
        let action = next_id(&self.actions, "A");
        self.act(&action, evaluated + 3 * DAY, None);
        let report = (self.status != Status::Open)
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
        Incident {
            record,
            packages,
            closed: (self.status == Status::Closed).then_some(closed),
        }
    }

    fn happened(&mut self, at: i64, what: Node) {
        let mut pairs = vec![pair("at", self.instant(at)), pair("what", what)];
        if self.random.chance(8) {
            pairs.push(pair("material", Node::scalar(M::Bool, "true")));
            pairs.push(pair("no_update_because", self.reason()));
        }
        self.timeline.push((at, Node::map(pairs)));
    }

    /// Registers an evidence item and returns its id.
    fn prove(&mut self, kind: &'static str, name: &str, at: i64, by: &'static str) -> String {
        let id = next_id(&self.evidence, "E");
        let digest = self.random.digest();
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

    fn act(&mut self, id: &str, due: i64, asked: Option<(&str, &Party)>) {
        let owner = if asked.is_some() { "tomas" } else { "ops-lead" };
        // What is due later may be open; nothing is overdue.
        let is_due = due <= time::midnight(2026, 1, 1);
        let is_done = is_due || self.status == Status::Closed || self.random.chance(50);
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
        let id = next_id(&self.decisions, "D");
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

    fn system_owner(&self) -> &'static str {
        self.system.owner
    }

    /// Adds to the story until the record has about the size that was drawn.
    fn fill(&mut self, size: usize, from: i64, report: Option<&Node>, review: Option<&Node>) {
        let weigh = |list: &[Node]| list.iter().map(|it| it.weight(2)).sum::<usize>();
        let fixed = 1300
            + if self.considers_duties() { 420 } else { 0 }
            + report.map_or(0, |it| it.weight(1))
            + review.map_or(0, |it| it.weight(1))
            + weigh(&self.parties)
            + weigh(&self.outbound)
            + weigh(&self.sessions);
        // After the first notices.
        let mut at = from + 4 * HOUR;
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
                    let id = next_id(&self.actions, "A");
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
        let triggers = triggers.map(|(id, answer)| {
            let answer = if answer { "true" } else { "false" };
            pair(id, Node::scalar(M::Bool, answer))
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
                    // A criterion that nobody defined is told at the whole act, not at its name.
                    pair("criteria", Node::list_of(M::Word, criteria)),
                ]),
            ));
        }
        Node::map(pairs)
    }

    /// Every system holds personal data: whoever coordinates considers whom that obliges to tell.
    fn considers_duties(&self) -> bool {
        self.provider.is_some() && self.status != Status::Open
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
        let status = match self.status {
            Status::Open => "open",
            Status::Contained => "contained",
            Status::Closed => "closed",
        };
        let declared = self.detected + self.random.minutes(10, 50);
        let sources: &[&str] = match self.provider {
            Some(_) => &[
                "own-detection",
                "third-party-notice",
                "suspect-update",
                "customer-report",
            ],
            None => &["own-detection", "customer-report"],
        };
        let source = *self.random.pick(sources);
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
        if self.considers_duties() {
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
}
