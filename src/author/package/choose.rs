//! Which version of the package is meant, and which message sends it.

use std::collections::BTreeSet;

use crate::clock::{Instant, Moment};
use crate::document::NodeRef;
use crate::record::{Record, RecordKind, Registry};
use crate::text::closest_or_longer;

/// A record with the path of its file.
#[derive(Debug)]
pub struct Paper {
    /// The path, as findings show it.
    pub path: String,
    /// The record.
    pub record: Record,
}

/// An incident with its packages, and the registries to judge them by.
#[derive(Debug)]
pub struct Case<'r> {
    /// The registries, cards and guidelines.
    pub registry: &'r Registry,
    /// The incident.
    pub incident: &'r Paper,
    /// Its packages.
    pub packages: &'r [Paper],
    /// The instant as of which all is said.
    pub as_of: Instant,
}

/// What will be sent to a party.
#[derive(Clone, Debug)]
pub struct Chosen<'r> {
    /// The party.
    pub party: NodeRef<'r>,
    /// The category of recipients that it is of.
    pub category: &'r str,
    /// The latest version of the package for this category.
    pub package: &'r Paper,
    /// The message that sends it; `None` if none is written yet.
    pub message: Option<NodeRef<'r>>,
}

/// Why nothing can be chosen. The fault is the caller's, or in the records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChooseError {
    /// Nobody knows the party.
    #[error("third party `{party}` is not registered")]
    UnknownParty {
        /// What was asked for.
        party: String,
        /// What was most likely meant.
        near: Option<String>,
    },
    /// It is not said what the party may get.
    #[error("`{party}` has no `recipient_category`, so nobody can say what it may get")]
    NoCategory {
        /// The party.
        party: String,
    },
    /// There is none for it.
    #[error("{incident} has no package for `{category}`, which `{party}` is{}", besides(.audiences))]
    NoPackage {
        /// The incident.
        incident: String,
        /// The party.
        party: String,
        /// Its category.
        category: String,
        /// For whom there are packages.
        audiences: Vec<String>,
    },
    /// There is one, of a later time.
    #[error("{incident} had no package for `{category}` yet: the facts of `{package}` are later")]
    NotYet {
        /// The incident.
        incident: String,
        /// The category asked for.
        category: String,
        /// The package.
        package: String,
    },
}

fn besides(audiences: &[String]) -> String {
    let named: Vec<String> = audiences.iter().map(|it| format!("`{it}`")).collect();
    match named.is_empty() {
        true => "; it has no packages at all".to_owned(),
        false => format!("; it has some for {}", named.join(", ")),
    }
}

impl ChooseError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownParty {
                near: Some(near), ..
            } => format!("did you mean `{near}`?"),
            Self::UnknownParty { near: None, .. } => {
                "name a record of `registry/third-parties/` by its id".to_owned()
            }
            Self::NoCategory { party } => {
                format!("write `recipient_category:` into the record of `{party}`")
            }
            Self::NoPackage {
                incident, category, ..
            } => {
                format!(
                    "write one under `incidents/{incident}/packages/` with `audience: [{category}]`"
                )
            }
            Self::NotYet { .. } => "leave `--as-of` out, or give a later time".to_owned(),
        }
    }
}

/// Chooses the latest version for the audience of a party, and the draft or latest message to the
/// party that uses it.
///
/// # Errors
/// See [`ChooseError`].
pub fn choose<'r>(case: &Case<'r>, party: &str) -> Result<Chosen<'r>, ChooseError> {
    let registry = case.registry;
    let Some(record) = registry.record(RecordKind::ThirdParty, party) else {
        let known = registry.of_kind(RecordKind::ThirdParty);
        let known: Vec<&str> = known.map(|it| it.id.as_str()).collect();
        return Err(ChooseError::UnknownParty {
            party: party.to_owned(),
            near: closest_or_longer(party, &known).map(str::to_owned),
        });
    };
    let root = record.root();
    let category = root.text_of("recipient_category");
    if category.is_empty() {
        return Err(ChooseError::NoCategory {
            party: party.to_owned(),
        });
    }
    let package = latest(case, party, category)?;
    let message = message_of(case, party, &package.record.id);
    Ok(Chosen {
        party: root,
        category,
        package,
        message,
    })
}

fn latest<'r>(case: &Case<'r>, party: &str, category: &str) -> Result<&'r Paper, ChooseError> {
    let audience = |paper: &Paper| -> Vec<String> {
        let audience = paper.record.root().list_of("audience");
        audience.map(|it| it.scalar_text().to_owned()).collect()
    };
    let meant: Vec<&Paper> = case
        .packages
        .iter()
        .filter(|paper| audience(paper).iter().any(|it| it == category))
        .collect();
    let facts = |paper: &Paper| instant_of(paper.record.root(), "facts_as_of");
    let is_known = |paper: &&Paper| facts(paper).is_none_or(|facts| facts <= case.as_of);
    let mut known: Vec<&Paper> = meant.iter().copied().filter(is_known).collect();
    // Another party of the same category may have packages of its own.
    let own = own_packages(case, party);
    if known.iter().any(|paper| own.contains(&*paper.record.id)) {
        known.retain(|paper| own.contains(&*paper.record.id));
    }
    let is_replaced = |paper: &&Paper| {
        known.iter().any(|other| {
            other.record.id != paper.record.id
                && other.record.root().text_of("supersedes") == paper.record.id
        })
    };
    let version = |paper: &Paper| number(paper.record.root().text_of("version"));
    let rank = |paper: &&&Paper| {
        let id = paper.record.id.trim_start_matches("PKG-");
        (facts(paper), version(paper), number(id))
    };
    let in_force = known
        .iter()
        .filter(|paper| !is_replaced(paper))
        .max_by_key(rank);
    // Versions that replace each other in a circle are a fault of their own.
    if let Some(paper) = in_force.or_else(|| known.iter().max_by_key(rank)) {
        return Ok(paper);
    }
    let incident = case.incident.record.id.clone();
    if let Some(paper) = meant.first() {
        return Err(ChooseError::NotYet {
            incident,
            category: category.to_owned(),
            package: paper.record.id.clone(),
        });
    }
    let mut audiences: Vec<String> = case.packages.iter().flat_map(audience).collect();
    audiences.sort();
    audiences.dedup();
    Err(ChooseError::NoPackage {
        incident,
        party: party.to_owned(),
        category: category.to_owned(),
        audiences,
    })
}

/// The packages that messages to a party use, and those that replace them.
fn own_packages<'r>(case: &Case<'r>, party: &str) -> BTreeSet<&'r str> {
    let mut own: BTreeSet<&str> = messages_to(case, party)
        .map(|it| it.text_of("package"))
        .filter(|id| !id.is_empty())
        .collect();
    // Each round adds one, or is the last.
    loop {
        let next = case.packages.iter().map(|paper| &paper.record);
        let next = next.filter(|it| own.contains(it.root().text_of("supersedes")));
        let new: Vec<&str> = next
            .map(|it| it.id.as_str())
            .filter(|id| !own.contains(id))
            .collect();
        if new.is_empty() {
            return own;
        }
        own.extend(new);
    }
}

/// The messages to a party.
fn messages_to<'r>(case: &Case<'r>, party: &str) -> impl Iterator<Item = NodeRef<'r>> {
    let outbound = case.incident.record.root().list_of("outbound");
    outbound.filter(move |it| it.get("to").is_some_and(|to| to.text_of("party") == party))
}

/// The last draft to the party that uses a package, else the latest message.
fn message_of<'r>(case: &Case<'r>, party: &str, package: &str) -> Option<NodeRef<'r>> {
    let uses: Vec<NodeRef<'r>> = messages_to(case, party)
        .filter(|it| it.text_of("package") == package)
        .collect();
    let draft = uses.iter().rfind(|it| is_draft(**it));
    let latest = || uses.iter().max_by_key(|it| instant_of(**it, "at"));
    draft.or_else(latest).copied()
}

/// Whether a message waits to be sent.
pub(super) fn is_draft(message: NodeRef<'_>) -> bool {
    message.text_of("outcome") == "draft"
}

/// The instant from which something counts.
pub(super) fn instant_of(map: NodeRef<'_>, key: &str) -> Option<Instant> {
    Moment::parse(map.text_of(key)).and_then(Moment::start)
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}
