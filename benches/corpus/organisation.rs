//! The registry of the generated organisation, and the records that exist once: all that incidents
//! refer to.

use super::random::Random;
use super::tree::{Meaning as M, Node, pair};
use super::words;

pub(crate) struct Person {
    pub(crate) id: &'static str,
    name: &'static str,
}

const fn person(id: &'static str, name: &'static str) -> Person {
    Person { id, name }
}

/// The first fifteen are named by the records in `organisation/`.
pub(crate) const PEOPLE: &[Person] = &[
    person("mara", "Mara Voss"),
    person("deniz", "Deniz Kaya"),
    person("tomas", "Tomas Lindqvist"),
    person("ines", "Inês Duarte"),
    person("nils", "Nils Berg"),
    person("sana", "Sana Rahman"),
    person("jun", "Jun Park"),
    person("priya", "Priya Nair"),
    person("olek", "Olek Wrona"),
    person("rosa", "Rosa Meléndez"),
    person("kofi", "Kofi Asante"),
    person("hugo", "Hugo Brandt"),
    person("bruno", "Bruno Keller"),
    person("freya", "Freya Holm"),
    person("lena", "Lena Ortiz"),
    person("zoe", "Zoë Winter"),
    person("lukasz", "Łukasz Mazur"),
    person("asa", "Åsa Nyström"),
    person("jose", "José Carvalho"),
    person("mei", "美 Tanaka"),
    person("amina", "Amina Diallo"),
    person("piotr", "Piotr Zając"),
    person("clara", "Clara Núñez"),
    person("yusuf", "Yusuf Öztürk"),
    person("greta", "Greta Maier"),
    person("ivan", "Ivan Petrov"),
    person("noor", "Noor Haddad"),
    person("felix", "Felix Groß"),
    person("maeve", "Maeve O'Brien"),
    person("tariq", "Tariq Aziz"),
    person("elin", "Elin Sjöberg"),
    person("marc", "Marc Lefèvre"),
    person("dana", "Dana Cohen"),
    person("ravi", "Ravi Iyer"),
    person("sofia", "Sofia Rossi"),
    person("anton", "Anton Weiß"),
    person("keiko", "Keiko Mori"),
    person("pavel", "Pavel Dvořák"),
    person("lara", "Lara Schmid"),
    person("owen", "Owen Hughes"),
];

pub(crate) struct Role {
    pub(crate) id: &'static str,
    function: &'static str,
    pub(crate) queue: &'static str,
    has_on_call: bool,
    speaks_externally: bool,
    pub(crate) holders: &'static [&'static str],
}

const fn role(
    id: &'static str,
    function: &'static str,
    queue: &'static str,
    has_on_call: bool,
    speaks_externally: bool,
    holders: &'static [&'static str],
) -> Role {
    Role {
        id,
        function,
        queue,
        has_on_call,
        speaks_externally,
        holders,
    }
}

#[rustfmt::skip]
pub(crate) const ROLES: &[Role] = &[
    role("incident-commander", "incident-response", "oncall:ic", true, false, &["mara", "deniz", "zoe", "amina"]),
    role("ir-lead", "incident-response", "jira:IR", true, false, &["mara", "deniz", "zoe"]),
    role("third-party-liaison", "tprm", "jira:TPL", false, false, &["tomas", "lukasz", "clara"]),
    role("tprm-lead", "tprm", "jira:TPRM", false, false, &["tomas", "lukasz"]),
    role("legal-counsel", "legal", "jira:LEGAL", true, false, &["ines", "nils", "dana"]),
    role("privacy-officer", "privacy", "jira:PRIV", true, false, &["sana", "noor"]),
    role("comms-lead", "comms", "jira:COMMS", true, true, &["jun", "marc"]),
    role("vuln-mgmt", "vulnerability-management", "jira:VULN", false, false, &["priya", "ravi"]),
    role("service-owner", "business", "jira:SVC", false, false, &["olek", "rosa", "asa", "felix", "greta"]),
    role("ops-lead", "engineering", "jira:OPS", false, false, &["kofi", "ivan", "keiko"]),
    role("grc-lead", "grc", "jira:GRC", false, false, &["hugo", "elin"]),
    role("contract-owner", "contract-owner", "jira:CON", false, false, &["bruno", "sofia"]),
    role("procurement-lead", "procurement", "jira:PROC", false, false, &["bruno"]),
    role("exec-sponsor", "executive", "jira:EXEC", true, true, &["freya", "owen"]),
    role("support-lead", "support", "jira:SUP", false, true, &["lena", "lara"]),
];

/// Somebody who holds a role.
pub(crate) fn holder(role: &str, random: &mut Random) -> &'static str {
    let holders = ROLES
        .iter()
        .find(|it| it.id == role)
        .map_or(&["mara"][..], |it| it.holders);
    *random.pick(holders)
}

const PARTY_NAMES: &[&str] = &[
    "Corvid Identity",
    "Tessera Cloud",
    "Halden Managed Services",
    "Quillworks",
    "Brightpost Ticketing",
    "Stonebridge Forensics",
    "Medical Sector ISAC",
    "Riverside Clinic",
    "Ålborg Hosting",
    "Basalt Storage",
    "Cedar Analytics",
    "Dovetail Payments",
    "Ember Messaging",
    "Fjord Networks",
    "Granite Backup",
    "Heron Monitoring",
    "Iris Imaging",
    "Juniper Forms",
    "Kestrel Mail",
    "Lumen Scheduling",
    "Marlow Payroll",
    "Nimbus Compute",
    "Opal Transcripts",
    "Pinewood Labs",
    "Quartz Databases",
    "Rowan Search",
    "Saffron Surveys",
    "Thistle Video",
    "Umber Printing",
    "Vesper Telephony",
    "Willow Records",
    "Xylem Sensors",
    "Yarrow Translations",
    "Zephyr Delivery",
    "Alder Libraries",
    "Birch Parsers",
    "Clover Crypto",
    "Dahlia Fonts",
    "Elder Kernel Group",
    "Fern Compression",
    "Gorse Widgets",
    "Hazel Queue",
    "Ivy Templates",
    "Jasmine Charts",
    "Kelp Integrators",
    "Larch Migration",
    "Moss Field Services",
    "Nettle Staffing",
    "Oak Hardware",
    "Poplar Devices",
    "Northside Hospital",
    "Lakeview Practice",
    "Harbour Dental",
    "Abbey Pharmacy",
    "St. Gallen Spital",
    "Ashdown Counsel",
    "Beacon Insurance",
    "Copperfield Relations",
    "Delta Carrier",
    "Foxglove Partners",
];

pub(crate) struct Party {
    pub(crate) id: String,
    name: &'static str,
    category: &'static str,
    pub(crate) recipient: &'static str,
    tier: u8,
    pub(crate) channels: &'static [&'static str],
    pub(crate) contacts: &'static [&'static str],
    /// The party it runs on.
    pub(crate) relies_on: Option<usize>,
}

impl Party {
    fn new(index: usize, random: &mut Random) -> Self {
        let name = PARTY_NAMES[index % PARTY_NAMES.len()];
        let (category, recipient, tier) = match index {
            1 | 8 | 21 => ("iaas", "provider", 1),
            2 | 14 | 27 | 33 => ("msp", "provider", 2),
            3 | 34..=37 => ("software-publisher", "provider", 1),
            4 => ("ticketing", "provider", 3),
            5 => ("forensics", "forensics", 3),
            6 => ("sector-group", "sector-group", 3),
            7 | 50..=54 => ("customer", "customer", 3),
            38..=43 => ("open-source", "provider", 3),
            44 | 45 => ("integrator", "provider", 2),
            46 | 47 => ("subcontractor", "provider", 2),
            48 | 49 => ("hardware", "provider", 2),
            55 => ("counsel", "counsel", 3),
            56 => ("insurer", "insurer", 3),
            57 => ("pr", "pr", 3),
            58 => ("carrier", "provider", 2),
            59 => ("partner", "partner", 3),
            9 | 24 => ("paas", "provider", 2),
            _ => (
                "saas",
                "provider",
                if index.is_multiple_of(3) { 1 } else { 2 },
            ),
        };
        let channels: &[&str] = match (category, tier) {
            ("forensics", _) => &["secure-transfer", "encrypted-mail"],
            ("sector-group", _) => &["vendor-portal", "bridge"],
            (_, 1) => &["vendor-portal", "encrypted-mail", "bridge", "hotline"],
            (_, 2) => &["encrypted-mail", "vendor-portal", "bridge"],
            _ => &["encrypted-mail", "vendor-portal"],
        };
        let contacts: &[&str] = match (category, tier) {
            (_, 1) => &["desk", "duty", "account"],
            (_, 2) => &["noc", "duty"],
            ("customer", _) => &["it"],
            _ => &["support"],
        };
        let needs_host = matches!(category, "saas" | "paas" | "msp");
        Self {
            id: slug(name),
            name,
            category,
            recipient,
            tier,
            channels,
            contacts,
            relies_on: needs_host.then(|| *random.pick(&[1, 8, 21])),
        }
    }
}

/// A name as an id.
fn slug(name: &str) -> String {
    name.to_lowercase()
        .replace('å', "a")
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

const SYSTEM_NAMES: &[&str] = &[
    "Patient portal",
    "Billing",
    "Intranet",
    "Appointments",
    "Lab results",
    "Pharmacy orders",
    "Imaging archive",
    "Ward tablets",
    "Staff rota",
    "Payroll",
    "Data warehouse",
    "Consent register",
    "Referral hub",
    "Message gateway",
    "Telehealth",
    "Identity store",
    "Print service",
    "Asset register",
    "Build farm",
    "Package mirror",
    "Service desk",
    "Document store",
    "Survey tool",
    "Research extracts",
    "Backup vault",
    "Remote access",
    "Mail relay",
    "Monitoring",
    "Log platform",
    "Key management",
    "Website",
    "Kitchen orders",
    "Transport planner",
    "Blood bank",
    "Device fleet",
    "Training site",
    "Visitor network",
    "Claims exchange",
    "Archive",
    "Emergency board",
];

const COMPONENT_NAMES: &[&str] = &[
    "app",
    "sso",
    "web-lib",
    "ledger",
    "backup-agent",
    "connector",
    "search",
    "queue",
    "reports",
    "mail-out",
    "mobile",
    "api",
    "storage",
    "scanner",
];

pub(crate) struct Component {
    pub(crate) id: &'static str,
    /// `None` for ourselves.
    pub(crate) provider: Option<usize>,
}

pub(crate) struct System {
    pub(crate) id: String,
    name: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) operator: Option<usize>,
    pub(crate) components: Vec<Component>,
    pub(crate) customer: usize,
}

impl System {
    fn new(index: usize, random: &mut Random) -> Self {
        let name = SYSTEM_NAMES[index % SYSTEM_NAMES.len()];
        let first = random.below(COMPONENT_NAMES.len());
        let count = random.between(2, 5);
        let components = (0..count)
            .map(|at| Component {
                id: COMPONENT_NAMES[(first + at * 3) % COMPONENT_NAMES.len()],
                // The first one is always somebody else's, the last one always ours.
                provider: match at {
                    0 => Some(random.between(8, 49)),
                    _ if at + 1 == count => None,
                    _ => random.chance(60).then(|| random.between(0, 3)),
                },
            })
            .collect();
        Self {
            id: slug(name),
            name,
            owner: holder("service-owner", random),
            operator: random.chance(40).then(|| *random.pick(&[1, 8, 21])),
            components,
            customer: *random.pick(&[7, 50, 51, 52, 53, 54]),
        }
    }
}

/// Whom and what incidents can refer to.
pub(crate) struct Organisation {
    pub(crate) parties: Vec<Party>,
    pub(crate) systems: Vec<System>,
}

impl Organisation {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, u64::MAX);
        Self {
            parties: (0..PARTY_NAMES.len())
                .map(|index| Party::new(index, &mut random))
                .collect(),
            systems: (0..SYSTEM_NAMES.len())
                .map(|index| System::new(index, &mut random))
                .collect(),
        }
    }
}

/// Records and documents that are the same in every corpus.
pub(crate) const FIXED: &[(&str, &str)] = &[
    ("program.yaml", include_str!("organisation/program.yaml")),
    (
        "controls/info-sharing.yaml",
        include_str!("organisation/control-info-sharing.yaml"),
    ),
    (
        "controls/ir-4-10.yaml",
        include_str!("organisation/control-ir-4-10.yaml"),
    ),
    (
        "controls/ir-6-2.yaml",
        include_str!("organisation/control-ir-6-2.yaml"),
    ),
    (
        "controls/ir-6-3.yaml",
        include_str!("organisation/control-ir-6-3.yaml"),
    ),
    (
        "runbooks/supply-chain.yaml",
        include_str!("organisation/supply-chain.yaml"),
    ),
    (
        "guidelines/sharing.yaml",
        include_str!("organisation/sharing.yaml"),
    ),
    (
        "guidelines/approvals.yaml",
        include_str!("organisation/approvals.yaml"),
    ),
    (
        "registry/channels.yaml",
        include_str!("organisation/channels.yaml"),
    ),
    (
        "docs/ir-plan.md",
        "# Incident response plan\n\nPreparation, detection, containment, recovery.\n",
    ),
    (
        "templates/initial-notification.md",
        "We saw {summary}. Please check {asks}.\n",
    ),
    (
        "templates/technical-request.md",
        "Please send {asks} until {due}.\n",
    ),
];

pub(crate) fn people() -> Node {
    let roles = ROLES.iter().enumerate().map(|(at, role)| {
        let holders = role.holders.iter().enumerate().map(|(rank, person)| {
            let mut pairs = vec![
                pair("person", Node::scalar(M::Person, *person)),
                pair("from", Node::scalar(M::Day, "2010-01-01")),
            ];
            if rank > 0 {
                pairs.push(pair("backup", Node::scalar(M::Bool, "true")));
            }
            Node::map(pairs)
        });
        let mut pairs = vec![
            pair("id", Node::scalar(M::Word, role.id)),
            pair("function", Node::scalar(M::Listed, role.function)),
            pair("holders", Node::list(holders.collect())),
            pair("queue", Node::scalar(M::Text, role.queue)),
        ];
        if role.has_on_call {
            let number = format!("+44 20 7946 01{at:02}");
            pairs.push(pair("on_call", Node::scalar(M::Text, number)));
        }
        if role.speaks_externally {
            pairs.push(pair("speaks_externally", Node::scalar(M::Bool, "true")));
        }
        Node::map(pairs)
    });
    let teams = [
        (
            "isirt",
            &[
                "incident-commander",
                "ops-lead",
                "privacy-officer",
                "service-owner",
            ][..],
        ),
        ("soc", &["ir-lead"]),
    ];
    let teams = teams.into_iter().map(|(id, roles)| {
        Node::map(vec![
            pair("id", Node::scalar(M::Word, id)),
            pair("roles", Node::list_of(M::Role, roles.iter().copied())),
        ])
    });
    let people = PEOPLE.iter().map(|person| {
        let trained = ["sharing", "report-out"].map(|topic| {
            Node::map(vec![
                pair("topic", Node::scalar(M::Listed, topic)),
                pair("at", Node::scalar(M::Day, "2025-02-04")),
            ])
        });
        Node::map(vec![
            pair("id", Node::scalar(M::Word, person.id)),
            pair("name", Node::scalar(M::Text, person.name)),
            pair(
                "git",
                Node::list_of(M::Text, [format!("{}@larkfield.example", person.id)]),
            ),
            pair("trained", Node::list(trained.into())),
        ])
    });
    Node::map(vec![
        pair("kind", Node::scalar(M::Word, "people")),
        pair("id", Node::scalar(M::Word, "people")),
        pair("roles", Node::list(roles.collect())),
        pair("teams", Node::list(teams.collect())),
        pair("people", Node::list(people.collect())),
    ])
}

pub(crate) fn third_party(party: &Party, org: &Organisation, random: &mut Random) -> Node {
    let because: &[&str] = match party.tier {
        1 if party.category == "software-publisher" => &["distributes-code"],
        1 => &["security-critical-service", "hosts-regulated-data"],
        2 => &["material-but-isolable"],
        _ => &["none"],
    };
    let mut pairs = vec![
        pair("kind", Node::scalar(M::Word, "third-party")),
        pair("id", Node::scalar(M::RecordId, party.id.clone())),
        pair("name", Node::scalar(M::Text, party.name)),
        pair("category", Node::scalar(M::Listed, party.category)),
        pair(
            "recipient_category",
            Node::scalar(M::Listed, party.recipient),
        ),
        pair("tier", Node::scalar(M::Number, party.tier.to_string())),
        pair(
            "tier_because",
            Node::list_of(M::Listed, because.iter().copied()),
        ),
    ];
    if let Some(host) = party.relies_on {
        let host = org.parties[host].id.clone();
        pairs.push(pair("relies_on", Node::list_of(M::Party, [host])));
    }
    let owner = holder("tprm-lead", random);
    pairs.extend([
        pair(
            "lifecycle",
            Node::map(vec![
                pair("state", Node::scalar(M::Listed, "active")),
                pair("since", Node::scalar(M::Day, "2014-02-01")),
            ]),
        ),
        pair("reviewed_on", Node::scalar(M::Day, "2025-06-02")),
        pair("internal_owner", Node::scalar(M::PersonOrRole, owner)),
        pair(
            "urgent_case",
            Node::scalar(
                M::Text,
                "Portal > Security > Severity 1, then call the desk",
            ),
        ),
        pair("marking", Node::scalar(M::Word, "TLP")),
        pair(
            "channels",
            Node::list_of(M::Channel, party.channels.iter().copied()),
        ),
        pair("contacts", contacts(party, owner)),
        pair(
            "escalation_path",
            Node::list_of(M::Contact, party.contacts.iter().skip(1).copied()),
        ),
        pair("contract", contract(random)),
        pair(
            "basis",
            Node::list(vec![Node::map(vec![
                pair("type", Node::scalar(M::Listed, "nda")),
                pair("ref", Node::scalar(M::Text, "NDA-2014-09")),
                pair("until", Node::scalar(M::Day, "2032-12-31")),
            ])]),
        ),
    ]);
    Node::map(pairs)
}

fn contacts(party: &Party, owner: &'static str) -> Node {
    let items = party.contacts.iter().map(|id| {
        let (purpose, level, hours) = match *id {
            "desk" | "noc" => ("security", "primary", "24x7"),
            "duty" => ("security", "backup", "24x7"),
            "account" => ("account", "escalation", "business"),
            _ => ("support", "primary", "business"),
        };
        Node::map(vec![
            pair("id", Node::scalar(M::LocalId, *id)),
            pair("purpose", Node::scalar(M::Listed, purpose)),
            pair("level", Node::scalar(M::Listed, level)),
            pair("hours", Node::scalar(M::Listed, hours)),
            pair(
                "reach",
                Node::scalar(M::Text, format!("{id}@{}.example", party.id)),
            ),
            pair(
                "verified",
                Node::map(vec![
                    pair("at", Node::scalar(M::Day, "2025-06-02")),
                    pair("by", Node::scalar(M::Person, owner)),
                    pair("how", Node::scalar(M::Text, "test message")),
                ]),
            ),
        ])
    });
    Node::list(items.collect())
}

fn contract(random: &mut Random) -> Node {
    let id = format!("C-2014-{:03}", random.below(1000));
    let within = *random.pick(&["24h", "30h", "48h", "2d", "90m"]);
    Node::map(vec![
        pair("id", Node::scalar(M::Text, id.clone())),
        pair(
            "location",
            Node::scalar(M::Text, format!("vault://contracts/{id}")),
        ),
        pair(
            "owner",
            Node::scalar(M::PersonOrRole, holder("contract-owner", random)),
        ),
        pair(
            "notification",
            Node::map(vec![
                pair("clause", Node::scalar(M::Number, "9.2")),
                pair("within", Node::scalar(M::Duration, within)),
            ]),
        ),
        pair(
            "cooperation",
            Node::map(vec![pair("clause", Node::scalar(M::Text, "9.4 (b)"))]),
        ),
        pair("language_reviewed_on", Node::scalar(M::Day, "2025-01-20")),
        pair("renewal_on", Node::scalar(M::Day, "2031-02-01")),
    ])
}

pub(crate) fn system(system: &System, org: &Organisation) -> Node {
    let who = |party: Option<usize>| {
        let id = party.map_or("internal".to_owned(), |index| org.parties[index].id.clone());
        Node::scalar(M::PartyOrInternal, id)
    };
    let components = system.components.iter().map(|component| {
        Node::map(vec![
            pair("id", Node::scalar(M::LocalId, component.id)),
            pair(
                "name",
                Node::scalar(M::Text, format!("{} of {}", component.id, system.name)),
            ),
            pair("type", Node::scalar(M::Word, "application")),
            pair("provider", who(component.provider)),
        ])
    });
    let dependency = |party: usize, direction: &'static str| {
        Node::map(vec![
            pair(
                "party",
                Node::scalar(M::Party, org.parties[party].id.clone()),
            ),
            pair("direction", Node::scalar(M::Listed, direction)),
        ])
    };
    let upstream = system.operator.unwrap_or(1);
    Node::map(vec![
        pair("kind", Node::scalar(M::Word, "system")),
        pair("id", Node::scalar(M::RecordId, system.id.clone())),
        pair("name", Node::scalar(M::Text, system.name)),
        pair("criticality", Node::scalar(M::Listed, "important")),
        pair("service_owner", Node::scalar(M::PersonOrRole, system.owner)),
        pair("operated_by", who(system.operator)),
        pair("data", Node::list_of(M::Listed, ["internal", "personal"])),
        pair("reviewed_on", Node::scalar(M::Day, "2025-05-05")),
        pair("components", Node::list(components.collect())),
        pair(
            "dependencies",
            Node::list(vec![
                dependency(upstream, "upstream"),
                dependency(system.customer, "downstream"),
            ]),
        ),
    ])
}

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

/// How many exceptions every corpus has.
pub(crate) const EXCEPTIONS: usize = 12;

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
    let party = &org.parties[random.below(5)];
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
    ])
}

/// A health check over a sample of incidents.
pub(crate) fn sampling(sample: &[String], random: &mut Random) -> Node {
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
            Node::scalar(M::Instant, "2025-04-10T10:00:00Z"),
        ),
        pair("by", Node::scalar(M::Person, "hugo")),
        pair("period", period()),
        pair(
            "method",
            Node::scalar(M::Text, "The first incidents of the oldest year"),
        ),
        pair(
            "population",
            Node::scalar(M::Number, sample.len().to_string()),
        ),
        pair("sample", Node::list(items)),
        pair(
            "reported_to",
            Node::map(vec![
                pair("forum", Node::scalar(M::Text, "risk committee")),
                pair("at", Node::scalar(M::Day, "2025-04-24")),
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
            Node::scalar(M::Instant, "2025-05-15T09:00:00Z"),
        ),
        pair("by", Node::scalar(M::Person, "hugo")),
        pair("period", period()),
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

fn period() -> Node {
    Node::map(vec![
        pair("from", Node::scalar(M::Day, "2025-01-01")),
        pair("to", Node::scalar(M::Day, "2025-03-31")),
    ])
}
