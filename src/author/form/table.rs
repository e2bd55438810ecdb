//! The forms: which records can be written, and what each asks for.

use crate::record::RecordKind;

/// How records of a kind are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbered {
    /// By year and number, such as INC-2025-0001.
    Yearly {
        /// What stands before the year.
        prefix: &'static str,
        /// How many digits the number has.
        width: usize,
    },
    /// By number within an incident, such as PKG-1.
    Local(&'static str),
    /// By a name that people choose, such as corvid-id.
    Named,
}

/// A record that can be written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Its kind.
    pub kind: RecordKind,
    /// How it is named.
    pub numbered: Numbered,
    /// What is asked, in order.
    pub asks: &'static [Ask],
    /// What follows from what it is.
    pub fixed: &'static [(&'static str, &'static str)],
}

/// One thing that is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// The keys that lead to it, joined by dots.
    pub path: &'static str,
    /// Its name as an option.
    pub flag: &'static str,
    /// When it is asked.
    pub when: When,
}

/// When something is asked.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// It has to be answered now, if all of these hold.
    Now(&'static [Condition]),
    /// A person is asked and may leave it out, if all of these hold.
    Offered(&'static [Condition]),
    /// It may be said, and nobody asks.
    May,
}

/// What must have been answered before.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The answer at a path is, or has, one of these words.
    Is(&'static str, &'static [&'static str]),
    /// There is an answer at a path.
    Has(&'static str),
    /// There is none.
    Lacks(&'static str),
}

use Condition::{Has, Is, Lacks};
use Numbered::{Local, Named, Yearly};
use RecordKind as K;

const fn now(path: &'static str, flag: &'static str) -> Ask {
    needed(path, flag, &[])
}

const fn needed(path: &'static str, flag: &'static str, conditions: &'static [Condition]) -> Ask {
    let when = When::Now(conditions);
    Ask { path, flag, when }
}

const fn offered(path: &'static str, flag: &'static str, conditions: &'static [Condition]) -> Ask {
    let when = When::Offered(conditions);
    Ask { path, flag, when }
}

const fn may(path: &'static str, flag: &'static str) -> Ask {
    let when = When::May;
    Ask { path, flag, when }
}

const fn yearly(prefix: &'static str, width: usize) -> Numbered {
    Yearly { prefix, width }
}

/// The records that are written by hand.
pub const FORMS: &[Form] = &[
    Form {
        name: "incident",
        about: "An incident, from its first minute",
        kind: K::Incident,
        numbered: yearly("INC", 4),
        asks: INCIDENT,
        fixed: &[("status", "open")],
    },
    Form {
        name: "third-party",
        about: "A supplier, a customer or another organisation",
        kind: K::ThirdParty,
        numbered: Named,
        asks: THIRD_PARTY,
        fixed: &[],
    },
    Form {
        name: "system",
        about: "A system, with its parts and who runs them",
        kind: K::System,
        numbered: Named,
        asks: SYSTEM,
        fixed: &[],
    },
    Form {
        name: "exercise",
        about: "An exercise that was held",
        kind: K::Exercise,
        numbered: yearly("EX", 2),
        asks: EXERCISE,
        fixed: &[],
    },
    Form {
        name: "health-check",
        about: "A periodic check or review of the programme",
        kind: K::HealthCheck,
        numbered: yearly("HC", 2),
        asks: HEALTH_CHECK,
        fixed: &[],
    },
    Form {
        name: "exception",
        about: "An accepted risk, or a deviation that is allowed",
        kind: K::Exception,
        numbered: yearly("RA", 3),
        asks: EXCEPTION,
        fixed: &[("status", "active")],
    },
    Form {
        name: "package",
        about: "What is sent about an incident: a first version, or the next one",
        kind: K::Package,
        numbered: Local("PKG"),
        asks: PACKAGE,
        fixed: &[],
    },
];

const INCIDENT: &[Ask] = &[
    now("title", "title"),
    now("severity", "severity"),
    now("detected_at", "detected-at"),
    now("declared_at", "declared-at"),
    now("commander", "commander"),
    may("source", "source"),
    may("affected", "affected"),
    may("simulated", "simulated"),
];

const THIRD_PARTY: &[Ask] = &[
    now("name", "name"),
    now("category", "category"),
    now("recipient_category", "recipient-category"),
    now("tier", "tier"),
    now("tier_because", "tier-because"),
    now("lifecycle.state", "state"),
    now("lifecycle.since", "since"),
    now("reviewed_on", "reviewed-on"),
    now("internal_owner", "internal-owner"),
    offered("contacts", "contact", &[]),
    may("escalation_path", "escalation-path"),
    may("channels", "channel"),
    may("marking", "marking"),
    may("basis", "basis"),
    may("urgent_case", "urgent-case"),
    may("relies_on", "relies-on"),
];

const CRITICAL: Condition = Is("criticality", &["critical"]);

const SYSTEM: &[Ask] = &[
    now("name", "name"),
    now("criticality", "criticality"),
    now("service_owner", "service-owner"),
    now("operated_by", "operated-by"),
    now("data", "data"),
    needed(
        "reviewed_on",
        "reviewed-on",
        &[Is("criticality", &["critical", "important"])],
    ),
    now("components", "component"),
    offered("dependencies", "dependency", &[CRITICAL]),
    needed(
        "dependencies_unknown",
        "dependencies-unknown",
        &[CRITICAL, Lacks("dependencies")],
    ),
];

const SUPPLY_CHAIN: Condition = Is("scope", &["supply-chain"]);
const SHARING: Condition = Is("scope", &["external-sharing"]);

/// The two questions about something that is put to the test in an exercise.
macro_rules! test {
    ($name:literal, $scope:ident) => {
        [
            needed(concat!("tests.", $name, ".result"), $name, &[$scope]),
            needed(
                concat!("tests.", $name, ".why"),
                concat!($name, "-why"),
                &[Is(concat!("tests.", $name, ".result"), &["not-tested"])],
            ),
        ]
    };
}

const TESTS: [[Ask; 2]; 9] = [
    test!("after-hours-contact", SUPPLY_CHAIN),
    test!("secure-sharing", SUPPLY_CHAIN),
    test!("decision-authority", SUPPLY_CHAIN),
    test!("update-timing", SUPPLY_CHAIN),
    test!("provider-notification", SUPPLY_CHAIN),
    test!("pressured-request", SHARING),
    test!("customer-notice", SHARING),
    test!("sector-sharing", SHARING),
    test!("approval-matrix", SHARING),
];

const HELD: [Ask; 9] = [
    now("title", "title"),
    now("held_at", "held-at"),
    now("facilitator", "facilitator"),
    now("scope", "scope"),
    now("participants", "participant"),
    offered("third_parties", "third-party", &[SUPPLY_CHAIN]),
    offered("contacts_checked", "contact-checked", &[SUPPLY_CHAIN]),
    may("changes", "change"),
    may("no_changes_because", "no-changes-because"),
];

const EXERCISE: &[Ask] = &{
    let mut asks = [HELD[0]; HELD.len() + 2 * TESTS.len()];
    let mut at = 0;
    while at < asks.len() {
        asks[at] = match at < HELD.len() {
            true => HELD[at],
            false => TESTS[(at - HELD.len()) / 2][(at - HELD.len()) % 2],
        };
        at += 1;
    }
    asks
};

const SAMPLED: Condition = Is("type", &["sampling", "back-test"]);
const METRICS: Condition = Is("type", &["metrics-review"]);

const HEALTH_CHECK: &[Ask] = &[
    now("type", "type"),
    now("controls", "control"),
    now("performed_at", "performed-at"),
    now("by", "by"),
    now("period.from", "from"),
    now("period.to", "to"),
    needed("because", "because", &[Is("type", &["back-test"])]),
    needed("method", "method", &[SAMPLED]),
    needed("population", "population", &[SAMPLED]),
    needed("attendees", "attendee", &[METRICS]),
    needed("responses", "response", &[METRICS]),
    may("reported_to.forum", "forum"),
    may("reported_to.at", "reported-at"),
];

const EXCEPTION: &[Ask] = &[
    now("type", "type"),
    now("subject", "subject"),
    now("requested_by", "requested-by"),
    now("rationale", "rationale"),
    offered("compensating_controls", "compensating-control", &[]),
    needed(
        "none_because",
        "none-because",
        &[Lacks("compensating_controls")],
    ),
    now("review_on", "review-on"),
    may("rules", "rule"),
];

const PACKAGE: &[Ask] = &[
    now("incident", "incident"),
    now("audience", "audience"),
    needed("changes", "changes", &[Has("supersedes")]),
    now("classification", "classification"),
    now("tlp", "tlp"),
    now("distribution", "distribution"),
    now("facts_as_of", "facts-as-of"),
    now("summary", "summary"),
    needed("asks", "ask", &[Is("audience", &["provider"])]),
    may("timeline", "timeline"),
    may("affected", "affected"),
    may("iocs", "ioc"),
    may("iocs_withheld", "iocs-withheld"),
    may("behaviour", "behaviour"),
    may("attack_path", "attack-path"),
    may("mitigations", "mitigation"),
];
