//! The registry of the generated organisation, and the records that exist once: all that incidents
//! refer to.

use super::random::Random;

pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
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
    pub(crate) function: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) has_on_call: bool,
    pub(crate) speaks_externally: bool,
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
    random.pick::<&str>(holders)
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
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) recipient: &'static str,
    pub(crate) tier: u8,
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
            48 | 49 => ("hardware", "provider", 3),
            55 => ("counsel", "counsel", 3),
            56 => ("insurer", "insurer", 3),
            57 => ("pr", "pr", 3),
            58 => ("carrier", "provider", 3),
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
    pub(crate) name: &'static str,
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
                // The first one is always somebody else's, the last one always ours. Every
                // supplier of weight provides something.
                provider: match at {
                    0 => Some(8 + index % SYSTEM_NAMES.len()),
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
