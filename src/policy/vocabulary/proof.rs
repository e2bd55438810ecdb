//! How far git proves the times that a duty counts with.

use super::history::{author, made_at};
use super::speaker::Speaker;
use crate::clock::{Instant, Moment};
use crate::document::NodeRef;
use crate::finding::{CommitName, Proof};
use crate::provenance::Grade;

impl Speaker<'_, '_> {
    /// How far git proves a time that the record gives, in the element if it stands there. `None`
    /// where the history is not at hand, or the time stands in another record.
    ///
    /// Where the same time stands in several places, it is as strong as the weakest of them.
    pub fn proof(&self, element: NodeRef<'_>, time: Instant) -> Option<Proof> {
        if !self.facts.wants_history() {
            return None;
        }
        let history = self.facts.history().ok()?;
        let story = self.facts.story(self.file, self.record).ok()?;
        let root = self.record.root();
        let stating = |within: NodeRef<'_>| -> Vec<Option<usize>> {
            let is_time = |node: &NodeRef<'_>| {
                Moment::parse(node.scalar_text()).and_then(Moment::start) == Some(time)
            };
            let nodes = self.record.tree.scalars();
            let nodes = nodes.filter(|it| it.is_within(within)).filter(is_time);
            nodes.map(|it| story.introduced(self.record, it)).collect()
        };
        let mut places = stating(element);
        if places.is_empty() {
            places = stating(root);
        }
        let weakest = places
            .into_iter()
            .map(|it| it.unwrap_or(usize::MAX))
            .max()?;
        let Some(commit) = history.commits().get(weakest) else {
            let grade = Grade::Asserted;
            return Some(Proof {
                grade: grade.name(),
                words: grade.to_string(),
                commit: None,
            });
        };
        let grade = history.grade(weakest, &self.lookups.identities);
        Some(Proof {
            grade: grade.name(),
            words: grade.to_string(),
            commit: Some(CommitName {
                id: commit.id.clone(),
                author: author(self, commit),
                at: made_at(commit).map_or_else(|_| String::new(), |at| at.to_string()),
            }),
        })
    }
}
