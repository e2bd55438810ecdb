//! Who a commit is by: the identities that the people records list.

use std::collections::BTreeMap;

use crate::document::NodeRef;
use crate::record::{RecordKind, Registry};
use crate::source::{LoggedCommit, Signer};

use super::History;
use super::signature::Signature;

/// How a fingerprint begins.
const KEY: &str = "SHA256:";

/// Persons by the identities under their `git`, and the identities of bots.
#[derive(Debug, Default)]
pub struct Identities<'t> {
    /// Addresses in lower case; `None` for one that two persons list.
    by_address: BTreeMap<String, Option<&'t str>>,
    bots: Vec<&'t str>,
    /// Persons by the fingerprints of their keys; `None` for one of a bot, or of two persons.
    by_key: BTreeMap<&'t str, Option<&'t str>>,
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
                    let holder = Some(id).filter(|id| !id.is_empty());
                    let key = identity.trim_end_matches('=');
                    let entry = identities.by_key.entry(key).or_insert(holder);
                    if *entry != holder {
                        *entry = None;
                    }
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
        let of_bots = of_bots.map(|it| (it.trim_end_matches('='), None));
        identities.by_key.extend(of_bots);
        identities
    }

    /// The person whose address it is.
    pub fn person(&self, signer: &Signer) -> Option<&'t str> {
        let found = self.by_address.get(&plain(&signer.email));
        found.copied().flatten()
    }

    /// Whether a person or a bot has registered the key with this fingerprint.
    pub fn has_key(&self, fingerprint: &str) -> bool {
        let key = fingerprint.trim_end_matches('=');
        self.by_key.contains_key(key)
    }

    /// The person who has registered the key with this fingerprint.
    pub fn holder(&self, fingerprint: &str) -> Option<&'t str> {
        let found = self.by_key.get(fingerprint.trim_end_matches('='));
        found.copied().flatten()
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

impl History<'_> {
    /// The person who wrote a commit, by its position: the holder of the key that signed it, if
    /// author and committer are one; else whose address the author bears.
    pub fn author<'t>(&self, commit: usize, identities: &Identities<'t>) -> Option<&'t str> {
        let logged = self.commits().get(commit)?;
        let holder = self.own_key(commit, logged);
        let holder = holder.and_then(|key| identities.holder(&key));
        holder.or_else(|| identities.person(&logged.author))
    }

    /// Whether a registered key says who wrote a commit.
    pub fn is_vouched_for(&self, commit: usize, identities: &Identities<'_>) -> bool {
        let logged = self.commits().get(commit);
        let key = logged.and_then(|it| self.own_key(commit, it));
        key.is_some_and(|key| identities.has_key(&key))
    }

    /// The key that signed a commit whose author made it: whoever takes over the commit of
    /// somebody else signs with a key of their own.
    fn own_key(&self, commit: usize, logged: &LoggedCommit) -> Option<String> {
        let is_own = plain(&logged.author.email) == plain(&logged.committer.email);
        match self.signature(commit).ok().filter(|_| is_own)? {
            Signature::Good { fingerprint } => Some(fingerprint),
            _ => None,
        }
    }
}

/// An address as it is compared: without brackets, in lower case.
fn plain(identity: &str) -> String {
    let identity = identity.trim();
    let within = identity.rsplit_once('<').map_or(identity, |(_, it)| it);
    within.trim_end_matches('>').trim().to_lowercase()
}
