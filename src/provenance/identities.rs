//! Who a commit is by: the identities that the people records list.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::NodeRef;
use crate::record::{RecordKind, Registry};
use crate::source::Signer;

/// How a fingerprint begins.
const KEY: &str = "SHA256:";

/// Persons by the identities under their `git`, and the identities of bots.
#[derive(Debug, Default)]
pub struct Identities<'t> {
    /// Addresses in lower case; `None` for one that two persons list.
    by_address: BTreeMap<String, Option<&'t str>>,
    bots: Vec<&'t str>,
    /// Fingerprints of keys.
    keys: BTreeSet<&'t str>,
}

impl<'t> Identities<'t> {
    /// Reads the people records and the program once.
    pub fn new(registry: &'t Registry) -> Self {
        let mut identities = Self::default();
        let people = registry.of_kind(RecordKind::People);
        for person in people.flat_map(|record| record.root().list_of("people")) {
            let id = person.text_of("id");
            for identity in person.list_of("git").map(NodeRef::scalar_text) {
                if identity.starts_with(KEY) {
                    identities.keys.insert(identity.trim_end_matches('='));
                    continue;
                }
                let identity = plain(identity);
                if id.is_empty() || identity.is_empty() {
                    continue;
                }
                let entry = identities.by_address.entry(identity).or_insert(Some(id));
                if *entry != Some(id) {
                    *entry = None;
                }
            }
        }
        let programs = registry.of_kind(RecordKind::Program);
        let git = programs.filter_map(|record| record.root().get("git"));
        let bots = git.flat_map(|git| git.list_of("bots"));
        identities.bots = bots.map(NodeRef::scalar_text).collect();
        let of_bots = identities.bots.iter().filter(|it| it.starts_with(KEY));
        identities
            .keys
            .extend(of_bots.map(|it| it.trim_end_matches('=')));
        identities
    }

    /// The person whose address it is.
    pub fn person(&self, signer: &Signer) -> Option<&'t str> {
        let found = self.by_address.get(&plain(&signer.email));
        found.copied().flatten()
    }

    /// Whether a person or a bot has registered the key with this fingerprint.
    pub fn has_key(&self, fingerprint: &str) -> bool {
        self.keys.contains(fingerprint.trim_end_matches('='))
    }

    /// Whether an identity, as a commit bears it, is that of a person or of a bot.
    pub fn is_known(&self, identity: &str) -> bool {
        let address = plain(identity);
        let is_person = self.by_address.get(&address).is_some_and(Option::is_some);
        is_person
            || self
                .bots
                .iter()
                .any(|bot| *bot == identity || plain(bot) == address)
    }
}

/// An address as it is compared: without brackets, in lower case.
fn plain(identity: &str) -> String {
    let identity = identity.trim();
    let within = identity.rsplit_once('<').map_or(identity, |(_, it)| it);
    within.trim_end_matches('>').trim().to_lowercase()
}
