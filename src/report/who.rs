//! Whom to call about a system, a component or a third party, over what, what may be said, and
//! which limits run.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::document::NodeRef;
use crate::finding::{Duty, Outcome};
use crate::record::{RecordKind, Registry, Vocabulary};
use crate::text::closest_or_longer;

/// Everything a responder needs to reach those behind a system or a third party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Who {
    /// What was asked for.
    pub subject: String,
    /// The instant that everything is said as of, RFC 3339.
    pub as_of: String,
    /// The system, if one was asked for.
    pub system: Option<SystemLine>,
    /// The parties, nearest first.
    pub parties: Vec<PartyCard>,
}

/// A system and who answers for it here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SystemLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How critical it is.
    pub criticality: String,
    /// Who owns it on our side: a person or role, and who holds that now.
    pub owner: String,
}

/// One party: why it is named here and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyCard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it has to do with the subject.
    pub because: String,
    /// Its tier, as written.
    pub tier: String,
    /// Who looks after the relationship on our side.
    pub owner: String,
    /// Whom to call, those that answer at night first.
    pub contacts: Vec<Contact>,
    /// Whom to call when nobody answers, in order: ids of contacts.
    pub escalation: Vec<String>,
    /// How to open an urgent case.
    pub urgent_case: Option<String>,
    /// Over what to talk to them.
    pub channels: Vec<Route>,
    /// What may be shared with them, and who must approve.
    pub sharing: Vec<Sharing>,
    /// What the contract says about notice, if anything.
    pub contract: Option<String>,
    /// Limits that run now: open and overdue duties towards them.
    pub limits: Vec<String>,
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The id of the contact.
    pub id: String,
    /// Security, support and so on.
    pub purpose: String,
    /// Primary, backup or escalation.
    pub level: String,
    /// When they answer.
    pub hours: String,
    /// Number or address.
    pub reach: String,
    /// When that was last tried out, if ever.
    pub verified: Option<String>,
}

/// A channel that may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The id of the channel.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The classes it is good for.
    pub classes: Vec<String>,
    /// How to use it.
    pub how_to: String,
}

/// A kind of information that may be shared with the party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sharing {
    /// The information type.
    pub info_type: String,
    /// Its class.
    pub class: String,
    /// Who must approve, in words.
    pub approval: String,
    /// The channels it may use.
    pub channels: Vec<String>,
}

/// Why nobody can be named. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{subject}` is neither a registered system or component nor a third party")]
pub struct WhoError {
    /// What was asked for.
    pub subject: String,
    /// What was most likely meant.
    pub near: Option<String>,
}

/// Looks up whom to call about `SYSTEM`, `SYSTEM/COMPONENT` or a third party.
///
/// # Errors
/// [`WhoError`] if nothing of that name is registered.
pub fn who(subject: &str, registry: &Registry, outcome: &Outcome) -> Result<Who, WhoError> {
    let desk = Desk { registry, outcome };
    let (system, parties) = if let Some(party) = registry.record(RecordKind::ThirdParty, subject) {
        let because = "the third party itself".to_owned();
        (None, desk.with_chain(vec![(party.id.as_str(), because)]))
    } else {
        desk.behind(subject).ok_or_else(|| WhoError {
            subject: subject.to_owned(),
            near: near(subject, registry),
        })?
    };
    Ok(Who {
        subject: subject.to_owned(),
        as_of: outcome.as_of.clone(),
        system,
        parties,
    })
}

fn near(subject: &str, registry: &Registry) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for system in registry.of_kind(RecordKind::System) {
        names.push(system.id.clone());
        for component in system.root().list_of("components") {
            names.push(format!("{}/{}", system.id, component.text_of("id")));
        }
    }
    for party in registry.names(Vocabulary::Record(RecordKind::ThirdParty)) {
        names.push(party.to_owned());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    closest_or_longer(subject, &names).map(str::to_owned)
}

struct Desk<'r> {
    registry: &'r Registry,
    outcome: &'r Outcome,
}

impl<'r> Desk<'r> {
    /// The parties behind a system or component: its provider, its operator, who else is mapped
    /// to it, and the chain behind them.
    fn behind(&self, subject: &str) -> Option<(Option<SystemLine>, Vec<PartyCard>)> {
        let (id, component) = match subject.split_once('/') {
            Some((id, component)) => (id, Some(component)),
            None => (subject, None),
        };
        let system = self.registry.record(RecordKind::System, id)?.root();
        let mut parties: Vec<(&str, String)> = Vec::new();
        let found = match component {
            Some(name) => Some(
                system
                    .list_of("components")
                    .find(|it| it.text_of("id") == name)?,
            ),
            None => None,
        };
        match found {
            Some(component) => {
                parties.push((component.text_of("provider"), format!("provides {subject}")));
            }
            None => {
                for component in system.list_of("components") {
                    let what = format!("provides {id}/{}", component.text_of("id"));
                    parties.push((component.text_of("provider"), what));
                }
            }
        }
        parties.push((system.text_of("operated_by"), format!("operates {id}")));
        for dependency in system.list_of("dependencies") {
            let touched = dependency.list_of("components").map(NodeRef::scalar_text);
            let touched: Vec<&str> = touched.collect();
            let is_touched = component.is_none_or(|it| touched.is_empty() || touched.contains(&it));
            if is_touched {
                let direction = dependency.text_of("direction");
                parties.push((dependency.text_of("party"), format!("{direction} of {id}")));
            }
        }
        let line = SystemLine {
            id: id.to_owned(),
            name: system.text_of("name").to_owned(),
            criticality: system.text_of("criticality").to_owned(),
            owner: self.owner(system.text_of("service_owner")),
        };
        Some((Some(line), self.with_chain(parties)))
    }

    /// The cards of parties and of those they rely on, each once.
    fn with_chain(&self, parties: Vec<(&'r str, String)>) -> Vec<PartyCard> {
        let mut seen = BTreeSet::new();
        let mut queue: std::collections::VecDeque<(&str, String)> = parties.into();
        let mut cards = Vec::new();
        while let Some((id, because)) = queue.pop_front() {
            let Some(record) = self.registry.record(RecordKind::ThirdParty, id) else {
                continue;
            };
            if !seen.insert(id) {
                continue;
            }
            cards.push(self.card(record.root(), because));
            for next in record.root().list_of("relies_on") {
                queue.push_back((next.scalar_text(), format!("{id} relies on it")));
            }
        }
        cards
    }

    fn card(&self, party: NodeRef<'r>, because: String) -> PartyCard {
        let id = party.text_of("id");
        let mut contacts: Vec<Contact> = party.list_of("contacts").map(contact).collect();
        let rank = |contact: &Contact| {
            let is_security = contact.purpose != "security";
            let sleeps = contact.hours != "24x7";
            let level = match contact.level.as_str() {
                "primary" => 0,
                "backup" => 1,
                _ => 2,
            };
            (sleeps, is_security, level)
        };
        contacts.sort_by_key(rank);
        let channels: Vec<Route> = party
            .list_of("channels")
            .filter_map(|channel| self.route(channel.scalar_text()))
            .collect();
        let notification = party.get("contract").and_then(|it| it.get("notification"));
        let contract = notification.map(|notification| {
            let within = notification.text_of("within");
            match (notification.text_of("clause"), within) {
                ("", _) => format!("no clause: {}", notification.text_of("none_because")),
                (clause, "") => format!("clause {clause}"),
                (clause, within) => format!("clause {clause}: notice within {within} of detection"),
            }
        });
        let limits = self
            .outcome
            .duties
            .iter()
            .filter(|duty| is_towards(duty, id));
        PartyCard {
            id: id.to_owned(),
            name: party.text_of("name").to_owned(),
            because,
            tier: party.text_of("tier").to_owned(),
            owner: self.owner(party.text_of("internal_owner")),
            contacts,
            escalation: party
                .list_of("escalation_path")
                .map(|it| it.scalar_text().to_owned())
                .collect(),
            urgent_case: party
                .get("urgent_case")
                .filter(|it| !it.is_empty())
                .map(|it| it.scalar_text().trim().to_owned()),
            sharing: self.sharing(party.text_of("recipient_category"), &channels),
            channels,
            contract,
            limits: limits
                .map(|duty| {
                    let state = duty.clock.state.as_str();
                    let what = &duty.clock.what;
                    format!(
                        "{} {what}: {state}; {}",
                        duty.record.id,
                        duty.clock.account()
                    )
                })
                .collect(),
        }
    }

    fn route(&self, id: &str) -> Option<Route> {
        let channels = self.registry.of_kind(RecordKind::Channels);
        let mut channels = channels.flat_map(|record| record.root().list_of("channels"));
        let channel = channels.find(|it| it.text_of("id") == id)?;
        (channel.text_of("state") != "retired").then(|| Route {
            id: id.to_owned(),
            kind: channel.text_of("type").to_owned(),
            classes: channel
                .list_of("classes")
                .map(|it| it.scalar_text().to_owned())
                .collect(),
            how_to: channel.text_of("how_to").to_owned(),
        })
    }

    /// The rows of the sharing matrix that name this category of recipient.
    fn sharing(&self, category: &str, channels: &[Route]) -> Vec<Sharing> {
        let guidelines = self.registry.of_kind(RecordKind::SharingGuideline);
        let rows = guidelines.flat_map(|record| record.root().list_of("matrix"));
        rows.filter(|row| {
            row.list_of("recipients")
                .any(|it| it.scalar_text() == category)
        })
        .map(|row| Sharing {
            info_type: row.text_of("info_type").to_owned(),
            class: row.text_of("class").to_owned(),
            approval: self.approval(row.text_of("approval")),
            channels: row
                .list_of("channels")
                .map(|it| it.scalar_text().to_owned())
                .filter(|it| channels.iter().any(|channel| channel.id == *it))
                .collect(),
        })
        .collect()
    }

    /// Who must approve by a rule, in words.
    fn approval(&self, rule: &str) -> String {
        let matrices = self.registry.of_kind(RecordKind::ApprovalMatrix);
        let mut rules = matrices.flat_map(|record| record.root().list_of("rules"));
        let Some(rule) = rules.find(|it| it.text_of("id") == rule) else {
            return format!("rule `{rule}`, which is not defined");
        };
        if rule.get("pre_authorised").is_some_and(|it| !it.is_empty()) {
            return "approved once for all".to_owned();
        }
        let roles = |key| {
            rule.list_of(key)
                .map(|role| self.owner(role.scalar_text()))
                .collect::<Vec<_>>()
        };
        let (all, any) = (roles("all_of"), roles("any_of"));
        match (all.as_slice(), any.as_slice()) {
            ([], []) => "nobody is named".to_owned(),
            (all, []) => all.join(" and "),
            ([], any) => any.join(" or "),
            (all, any) => format!("{}, and one of {}", all.join(" and "), any.join(", ")),
        }
    }

    /// A person, or a role with those who hold it.
    fn owner(&self, name: &str) -> String {
        let Some(as_of) = crate::clock::parse_instant(&self.outcome.as_of) else {
            return name.to_owned();
        };
        let holders = self.registry.holders_of(name, as_of);
        match holders.as_slice() {
            [] => name.to_owned(),
            holders => format!("{name} ({})", holders.join(", ")),
        }
    }
}

/// Whether a pending duty is one towards a party.
fn is_towards(duty: &Duty, party: &str) -> bool {
    duty.clock.state.is_pending()
        && duty.record.kind == RecordKind::Incident.name()
        && duty
            .clock
            .who
            .as_deref()
            .is_some_and(|who| who.split(['`', ',', ' ']).any(|it| it == party))
}

fn contact(contact: NodeRef<'_>) -> Contact {
    let verified = contact.get("verified").map(|it| it.text_of("at"));
    Contact {
        id: contact.text_of("id").to_owned(),
        purpose: contact.text_of("purpose").to_owned(),
        level: contact.text_of("level").to_owned(),
        hours: contact.text_of("hours").to_owned(),
        reach: contact.text_of("reach").to_owned(),
        verified: verified.filter(|at| !at.is_empty()).map(str::to_owned),
    }
}
