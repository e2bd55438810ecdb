//! Control exceptions: which findings they accept, until when.

use std::collections::BTreeMap;

use crate::clock::{Instant, Moment};
use crate::document::{NodeRef, Place};
use crate::finding::{At, Builtin, Fault, Severity};
use crate::policy::vocabulary::Lookups;
use crate::record::{Record, RecordKind, Registry};

/// The control exceptions in force, by the record they are about.
#[derive(Clone, Debug, Default)]
pub(super) struct Acceptance {
    by_record: BTreeMap<String, Vec<Accepted>>,
}

#[derive(Clone, Debug)]
struct Accepted {
    exception: String,
    /// The element of the record; `None` for all of it.
    element: Option<String>,
    rules: Vec<String>,
}

impl Acceptance {
    /// The exceptions that accept something as of an instant: active, approved by whom the
    /// approval matrix names, and not past their review.
    pub(super) fn of(registry: &Registry, lookups: &Lookups<'_>, as_of: Instant) -> Self {
        let mut by_record: BTreeMap<String, Vec<Accepted>> = BTreeMap::new();
        for exception in registry.of_kind(RecordKind::Exception) {
            if !is_in_force(exception, lookups, as_of) {
                continue;
            }
            let subject = exception.root().text_of("subject");
            let (record, element) = match subject.split_once('#') {
                Some((record, element)) => (record, Some(element.to_owned())),
                None => (subject, None),
            };
            let rules = exception.root().get("rules").into_iter();
            let accepted = Accepted {
                exception: exception.id.clone(),
                element,
                rules: rules
                    .flat_map(NodeRef::items)
                    .map(|rule| rule.scalar_text().to_owned())
                    .collect(),
            };
            by_record
                .entry(record.to_owned())
                .or_default()
                .push(accepted);
        }
        Self { by_record }
    }

    /// The exception that accepts a fault.
    pub(super) fn of_fault(&self, record: &Record, fault: &Fault, rule: &str) -> Option<&str> {
        let candidates = self.by_record.get(&record.id)?;
        let found = candidates.iter().find(|accepted| {
            accepted.rules.iter().any(|it| it == rule)
                && accepted
                    .element
                    .as_deref()
                    .is_none_or(|element| is_of_element(record, fault, element))
        });
        found.map(|accepted| accepted.exception.as_str())
    }

    /// The exception that accepts the findings of a rule on a whole record.
    pub(super) fn of_record(&self, record: &str, rule: &str) -> Option<&str> {
        let mut candidates = self.by_record.get(record)?.iter();
        let found =
            candidates.find(|it| it.element.is_none() && it.rules.iter().any(|it| it == rule));
        found.map(|accepted| accepted.exception.as_str())
    }

    /// The exceptions in force with the records they are about.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_record.iter().flat_map(|(record, accepted)| {
            accepted
                .iter()
                .map(move |it| (it.exception.as_str(), record.as_str()))
        })
    }
}

/// Whether an exception accepts the findings of some rules.
fn is_in_force(exception: &Record, lookups: &Lookups<'_>, as_of: Instant) -> bool {
    let root = exception.root();
    let lasts = Moment::parse(root.text_of("review_on")).is_some_and(|end| !end.has_ended(as_of));
    let has_rules = root.get("rules").is_some_and(|rules| !rules.is_empty());
    root.text_of("type") == "control-exception"
        && root.text_of("status") == "active"
        && has_rules
        && lasts
        && lookups.is_approved(root, "accept-risk")
}

/// Whether a fault is about an element of the record, or something inside of it.
fn is_of_element(record: &Record, fault: &Fault, element: &str) -> bool {
    let node = match fault.at {
        At::Node(place) => place.node,
        At::Part(node, _) => node,
        At::Bytes(_) | At::File => return false,
    };
    let bears = |node: NodeRef<'_>| {
        ["id", "party"]
            .iter()
            .any(|key| node.get(key).is_some_and(|id| id.scalar_text() == element))
    };
    let is_inside = |id| {
        let mut around = record.tree.node(id).lineage();
        around.any(|node| node.parent().is_some() && bears(node))
    };
    is_inside(node) || fault.element.is_some_and(is_inside)
}

/// The fault of an exception that nothing needs any more.
pub(super) fn unmatched(exception: &Record) -> Fault {
    let root = exception.root();
    let place = root
        .get("rules")
        .map_or(Place::missing_in(root), Place::key);
    let subject = root.text_of("subject");
    let message = format!(
        "exception `{}` accepts nothing: none of its rules has a finding on `{subject}`",
        exception.id
    );
    let mut fault = Fault::new(Builtin::UnmatchedException, place, message)
        .help("Write `status: closed`, or mend `subject` and `rules` if they are misspelt.");
    fault.severity = Some(Severity::Warning);
    fault
}
