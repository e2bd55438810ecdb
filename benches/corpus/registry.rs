//! The records of the registry: people, third parties and systems.

use super::organisation::{Organisation, PEOPLE, Party, ROLES, System, holder};
use super::random::Random;
use super::tree::{Meaning as M, Node, pair};

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
                    pair("at", Node::scalar(M::Day, "2025-11-17")),
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
    let within = *random.pick(&["24h", "30h", "48h", "2d", "1440m"]);
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
