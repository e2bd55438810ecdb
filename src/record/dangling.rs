//! What to say about a reference that leads nowhere: what is missing, where it is defined, and
//! what was most likely meant.

use super::index::RecordIndex;
use super::kind::RecordKind;
use super::reading::Record;
use super::reference::{Local, Reference, Referent};
use super::registry::{Registry, Vocabulary, defined_in};
use super::resolve::{Resolver, ids, incident_of, party_beside};
use crate::clock::Instant;
use crate::document::Place;
use crate::finding::{Elsewhere, Fault};
use crate::text::closest;

/// The fault of a reference that leads nowhere.
pub fn dangling(
    reference: &Reference<'_>,
    record: &Record,
    resolver: Resolver<'_>,
    index: Option<&RecordIndex>,
    as_of: Instant,
) -> Fault {
    let registry = resolver.registry;
    let name = reference.name();
    let place = if reference.node.is_key() {
        reference
            .node
            .value()
            .map_or(Place::value(reference.node), Place::key)
    } else {
        Place::value(reference.node)
    };
    let message = message(reference, registry, index);
    let fault = Fault::new(reference.referent.rule(), place, message)
        .obligation(reference.obligation)
        .elsewhere(registered_at(reference, record, registry));

    let mut candidates = resolver.candidates(reference, record);
    if matches!(
        reference.referent,
        Referent::System | Referent::SystemOrUnknown
    ) {
        let may_be_unknown = reference.referent == Referent::SystemOrUnknown;
        return fault.help(match closest(name, ["unknown"]) {
            Some(word) if may_be_unknown => format!("Did you mean `{word}`?"),
            _ => system_help(name, registry),
        });
    }
    if let Some(index) = index {
        candidates.extend(index.candidates(reference.referent, incident_of(record)));
    }
    if reference.referent == Referent::Name(Vocabulary::Role)
        && registry.has(Vocabulary::Person, name)
    {
        let roles = registry.roles_of(name, as_of);
        return fault.help(match roles.as_slice() {
            [] => format!("Write the role, not the person. `{name}` holds no role now."),
            roles => format!(
                "Write the role, not the person. `{name}` is {}.",
                list(roles)
            ),
        });
    }
    if reference.referent == Referent::Name(Vocabulary::Person)
        && registry.has(Vocabulary::Role, name)
    {
        let holders = registry.holders_of(name, as_of);
        return fault.help(match holders.as_slice() {
            [] => format!("Write the person, not the role. Nobody holds `{name}` now."),
            holders => format!("Write the person, not the role: {}.", list(holders)),
        });
    }
    // `OUT-1` is no slip of the finger for `OUT-2`: it is another message.
    let similar = candidates.iter().filter(|it| !differs_in_number(it, name));
    match closest(name, similar.copied()) {
        Some(near) => fault.meant(name, near),
        None => fault.help(choices(name, &candidates, reference.referent)),
    }
}

fn message(reference: &Reference<'_>, registry: &Registry, index: Option<&RecordIndex>) -> String {
    let name = reference.name();
    match reference.referent {
        Referent::Name(Vocabulary::Person) if registry.has(Vocabulary::Role, name) => {
            format!("`{name}` is a role, and a person is wanted here")
        }
        Referent::Name(Vocabulary::Role) if registry.has(Vocabulary::Person, name) => {
            format!("`{name}` is a person, and a role is wanted here")
        }
        Referent::Name(Vocabulary::Person) => format!("person `{name}` is not registered"),
        Referent::Name(Vocabulary::Role) => format!("role `{name}` is not defined"),
        Referent::PersonOrRole => format!("`{name}` is neither a registered person nor a role"),
        Referent::Name(Vocabulary::Channel) => format!("channel `{name}` is not registered"),
        Referent::Name(Vocabulary::Record(RecordKind::ThirdParty)) | Referent::PartyOrInternal => {
            format!("third party `{name}` is not registered")
        }
        Referent::Name(Vocabulary::Severity) => {
            format!("severity `{name}` is not one of the programme")
        }
        Referent::Name(Vocabulary::Class) => {
            format!("class `{name}` is not one of the sharing guideline")
        }
        Referent::Name(Vocabulary::InfoType) => {
            format!("information type `{name}` is not in the sharing guideline")
        }
        Referent::Name(Vocabulary::Recipient) => {
            format!("recipient category `{name}` is not in the sharing guideline")
        }
        Referent::Name(Vocabulary::ApprovalRule) => {
            format!("approval rule `{name}` is not in the approval matrix")
        }
        Referent::Name(Vocabulary::Trigger) => format!("trigger `{name}` is not in the runbook"),
        Referent::Name(Vocabulary::ExitCriterion) => {
            format!("exit criterion `{name}` is not in the runbook")
        }
        Referent::Name(Vocabulary::Record(kind)) | Referent::Record(kind) => {
            format!("there is no {} `{name}`", kind.name())
        }
        Referent::Contact => match party_beside(reference.node) {
            Some(party) => format!("`{party}` has no contact `{name}`"),
            None => format!("contact `{name}` is not one of this party"),
        },
        Referent::System | Referent::SystemOrUnknown => match name.split_once('/') {
            Some((system, component))
                if registry.has(Vocabulary::Record(RecordKind::System), system) =>
            {
                format!("system `{system}` has no component `{component}`")
            }
            _ => format!(
                "system `{}` is not registered",
                name.split('/').next().unwrap_or(name)
            ),
        },
        Referent::Local(local) => format!("there is no {} `{name}` in this record", local.name),
        Referent::EvidenceOrUri => format!("there is no evidence item `{name}` in this record"),
        Referent::AnyLocal => format!("no element of this record has the id `{name}`"),
        Referent::Package => format!("this incident has no package `{name}`"),
        Referent::AnyRecord | Referent::RecordOrFile => format!("there is no record `{name}`"),
        Referent::Subject => match name.split_once('#') {
            Some((record, element)) if index.is_some_and(|index| index.has(record)) => {
                format!("record `{record}` has no element `{element}`")
            }
            Some((record, _)) => format!("there is no record `{record}`"),
            None => format!("there is no record `{name}`"),
        },
    }
}

/// The registry that the name is missing from.
fn registered_at(
    reference: &Reference<'_>,
    record: &Record,
    registry: &Registry,
) -> Option<Elsewhere> {
    let of_record = |kind: RecordKind, id: &str, list: &str, message: &str| {
        let (file, record) = registry.home_of(kind, id)?;
        let node = record.root().get(list)?;
        let message = message.to_owned();
        Some(Elsewhere {
            file: file.clone(),
            place: Place::key(node),
            message,
        })
    };
    match reference.referent {
        Referent::Name(vocabulary) => registry.place(vocabulary),
        Referent::PersonOrRole => registry.place(Vocabulary::Person),
        Referent::Contact if record.kind != RecordKind::ThirdParty => {
            let party = party_beside(reference.node)?;
            of_record(
                RecordKind::ThirdParty,
                party,
                "contacts",
                "its contacts are here",
            )
        }
        Referent::System | Referent::SystemOrUnknown => {
            let (system, _) = reference.name().split_once('/')?;
            of_record(
                RecordKind::System,
                system,
                "components",
                "its components are here",
            )
        }
        _ => None,
    }
}

/// Whether two ids are the same but for their numbers.
fn differs_in_number(left: &str, right: &str) -> bool {
    let mask = |id: &str| id.replace(|c: char| c.is_ascii_digit(), "0");
    left != right && left.ends_with(|c: char| c.is_ascii_digit()) && mask(left) == mask(right)
}

/// Every system, each followed by its components.
pub(super) fn system_nodes(registry: &Registry) -> Vec<String> {
    registry
        .of_kind(RecordKind::System)
        .flat_map(|system| {
            let id = system.id.clone();
            let of = id.clone();
            std::iter::once(id)
                .chain(ids(system.root().get("components")).map(move |it| format!("{of}/{it}")))
        })
        .collect()
}

fn system_help(name: &str, registry: &Registry) -> String {
    let nodes = system_nodes(registry);
    let of_system = |system: &str| -> Vec<&str> {
        let inside = format!("{system}/");
        nodes
            .iter()
            .map(String::as_str)
            .filter(|node| node.starts_with(&inside))
            .collect()
    };
    if let Some(near) = closest(name, nodes.iter().map(String::as_str)) {
        return format!("Did you mean `{near}`?");
    }
    match name.split_once('/') {
        Some((system, _)) if registry.has(Vocabulary::Record(RecordKind::System), system) => {
            match of_system(system).as_slice() {
                [] => format!("Write `{system}` alone, or add the component to its record."),
                nodes => format!("Write {}, or add the component to its record.", list(nodes)),
            }
        }
        _ => {
            let systems: Vec<&str> = registry
                .names(Vocabulary::Record(RecordKind::System))
                .collect();
            choices(
                name.split('/').next().unwrap_or(name),
                &systems,
                Referent::Name(Vocabulary::Record(RecordKind::System)),
            )
        }
    }
}

/// What to write when nothing similar exists.
fn choices(name: &str, candidates: &[&str], referent: Referent) -> String {
    let add = match referent {
        Referent::Name(Vocabulary::Person) | Referent::PersonOrRole => {
            "add the person under `people:` of the people record".to_owned()
        }
        Referent::Name(Vocabulary::Role) => {
            "define the role under `roles:` of the people record".to_owned()
        }
        Referent::Name(Vocabulary::Channel) => "add the channel to the channels record".to_owned(),
        Referent::Name(Vocabulary::Record(kind)) | Referent::Record(kind) => {
            format!(
                "add the record, usually `{}`",
                kind.layout().replace("<id>", name)
            )
        }
        Referent::PartyOrInternal => {
            format!(
                "add the record, usually `{}`",
                RecordKind::ThirdParty.layout().replace("<id>", name)
            )
        }
        Referent::Contact => "add the contact to the third-party record".to_owned(),
        Referent::Local(Local {
            list: "/evidence", ..
        })
        | Referent::EvidenceOrUri => "register the file under `evidence:` with this id".to_owned(),
        Referent::Local(local) => format!("add the {} with this id", local.name),
        Referent::Package => "add the package under `packages/`".to_owned(),
        Referent::Name(vocabulary) => match defined_in(vocabulary) {
            Some((kind, list)) => {
                format!("add it under `{list}:` of the {} record", kind.name())
            }
            None => "add it where it is defined".to_owned(),
        },
        Referent::AnyLocal => "add the element with this id".to_owned(),
        Referent::Subject => {
            return "Write the id of a record, or `record#element`: `INC-2025-0001#V-1`, \
                    `INC-2025-0001#OUT-1`, `INC-2025-0001#corvid-id`."
                .to_owned();
        }
        _ => return "Write the id of a record that exists, or add the record.".to_owned(),
    };
    match candidates {
        [] => format!("{}.", capital(&add)),
        few if few.len() <= 12 => format!("Write {}, or {add}.", list(few)),
        many => format!(
            "Write one of the {} names that exist, or {add}.",
            many.len()
        ),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}
