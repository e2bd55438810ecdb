//! How far the times and persons that records name are proven.

use std::sync::Arc;

use super::files::beside;
use super::history::{author, made_at, story_of};
use super::speaker::Speaker;
use crate::clock::{Instant, Moment};
use crate::document::{Kind, NodeRef};
use crate::finding::{CommitName, Proof, Proofs, Quote};
use crate::policy::expression::Value;
use crate::provenance::Grade;

/// Sorts of evidence that somebody else makes, or a system: what one writes oneself is no receipt.
const RECEIPTS: [&str; 6] = [
    "sent-message",
    "portal-log",
    "transfer-log",
    "ticket-export",
    "response",
    "approval",
];

/// The keys under which an entry names its evidence.
const NAMING: [&str; 2] = ["proof", "evidence"];

impl<'t> Speaker<'_, 't> {
    /// The times and persons among what a finding shows, each with how far it is proven. `home`
    /// gives the path of a kept record.
    pub(in crate::policy) fn quotes(
        &self,
        element: NodeRef<'t>,
        shown: &[Value<'t>],
        home: &dyn Fn(NodeRef<'t>) -> Option<Arc<str>>,
    ) -> Vec<Quote> {
        let mut nodes: Vec<NodeRef<'t>> = Vec::new();
        for value in shown {
            match value {
                Value::Node(node) => nodes.push(*node),
                Value::Time(time) => nodes.extend(self.weakest(element, *time)),
                _ => {}
            }
        }
        let mut quotes: Vec<Quote> = Vec::new();
        for node in nodes.into_iter().filter(|it| self.is_testimony(*it)) {
            let file = match self.is_own(node) {
                true => String::new(),
                false => match home(node) {
                    Some(file) => file.to_string(),
                    None => continue,
                },
            };
            let pointer = node.pointer();
            let is_known = |it: &Quote| it.file == file && it.pointer == pointer;
            if !quotes.iter().any(is_known) {
                quotes.push(Quote {
                    file,
                    pointer,
                    value: node.scalar_text().to_owned(),
                    proof: self.proof_of(node),
                });
            }
        }
        quotes
    }

    /// How far a time of the record is proven; one in the element, if it stands there. `None` if
    /// it stands nowhere in the record. Of several places the weakest counts.
    pub(in crate::policy) fn proof_of_time(
        &self,
        element: NodeRef<'t>,
        time: Instant,
    ) -> Option<Proof> {
        self.weakest(element, time).map(|node| self.proof_of(node))
    }

    /// Where a time stands: in the element, else in the record; of several places that which was
    /// committed last, or not at all.
    fn weakest(&self, element: NodeRef<'t>, time: Instant) -> Option<NodeRef<'t>> {
        let is_time = |node: &NodeRef<'_>| {
            Moment::parse(node.scalar_text()).and_then(Moment::start) == Some(time)
        };
        let stating = |within: NodeRef<'t>| {
            let nodes = self.record.tree.scalars().filter(|it| it.is_within(within));
            nodes.filter(is_time).max_by_key(|node| {
                let found = story_of(self, &Value::Node(*node)).ok();
                let commit = found.and_then(|(story, record, _)| story.introduced(record, *node));
                commit.unwrap_or(usize::MAX)
            })
        };
        stating(element).or_else(|| stating(self.record.root()))
    }

    /// How far each time of the record is proven.
    pub fn proofs(&self) -> Proofs {
        let times = self.record.tree.scalars();
        let times = times.filter(|it| !it.is_key() && Moment::parse(it.scalar_text()).is_some());
        times.map(|it| (it.pointer(), self.proof_of(it))).collect()
    }

    /// How far a value of this record or a kept one is proven.
    fn proof_of(&self, node: NodeRef<'t>) -> Proof {
        let mut proof = self.proof_by_commit(node);
        if let Some(receipt) = self.receipt(node) {
            let commit = match proof.commit {
                Some(_) => format!("; {}", proof.words),
                None => String::new(),
            };
            proof.words = format!("receipt `{receipt}`, digest verified{commit}");
            proof.grade = Grade::RECEIPT;
        }
        proof
    }

    fn proof_by_commit(&self, node: NodeRef<'t>) -> Proof {
        let story = story_of(self, &Value::Node(node));
        let (Ok((story, record, _)), Ok(history)) = (story, self.facts.history()) else {
            return Proof::not_examined();
        };
        let introduced = story.introduced(record, node);
        let commit = introduced.and_then(|it| Some((it, history.commits().get(it)?)));
        let grade = match commit {
            Some((at, _)) => history.grade(at, &self.lookups.identities),
            None => Grade::Asserted,
        };
        Proof {
            grade: grade.name(),
            words: grade.to_string(),
            commit: commit.map(|(at, commit)| CommitName {
                id: commit.id.clone(),
                author: author(self, &history, at),
                at: made_at(commit).map_or_else(|_| String::new(), |at| at.to_string()),
            }),
        }
    }

    /// The evidence that speaks for a time or a person: the entry that they stand in names it, it
    /// was made by somebody else, and its file has the digest that was recorded.
    fn receipt(&self, node: NodeRef<'t>) -> Option<&'t str> {
        let entry = node.parent().filter(|_| self.is_own(node))?;
        let named = NAMING.iter().filter_map(|key| entry.get(key));
        let ids = named.flat_map(|it| match it.kind() {
            Kind::List => it.items().map(NodeRef::scalar_text).collect(),
            _ => vec![it.scalar_text()],
        });
        let is_verified = |item: NodeRef<'_>| {
            let path = beside(self.file, item.text_of("path"));
            let standing = path.and_then(|path| self.facts.standing(&path).ok());
            let exhibit = standing.as_ref().and_then(|it| it.exhibit());
            let digest = item.text_of("sha256").to_lowercase();
            RECEIPTS.contains(&item.text_of("type"))
                && exhibit.is_some_and(|it| it.hexadecimal() == digest)
        };
        let mut ids = ids.filter(|id| !id.is_empty());
        ids.find(|id| {
            let mut items = self.record.root().list_of("evidence");
            items.any(|item| item.text_of("id") == *id && is_verified(item))
        })
    }

    /// Whether a value is a time, or names a person.
    fn is_testimony(&self, node: NodeRef<'t>) -> bool {
        let text = match node.kind() {
            Kind::Map | Kind::List => return false,
            _ => node.scalar_text(),
        };
        let lookups = self.lookups;
        !node.is_key()
            && (Moment::parse(text).is_some()
                || lookups.roles.is_person(lookups.registry, text) == Ok(true))
    }

    fn is_own(&self, node: NodeRef<'t>) -> bool {
        std::ptr::eq(node.tree(), &raw const self.record.tree)
    }
}
