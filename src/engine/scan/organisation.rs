//! What the organisation searches for: the patterns of its settings and its guideline.

use std::sync::Arc;

use crate::document::{NodeRef, Place};
use crate::evidence::scan::{
    Contacts, Family, Hit, MOST_PATTERNS, Pattern, Patterns, Scanner, What,
};
use crate::finding::{Builtin, Elsewhere, Fault};
use crate::policy::Answer;
use crate::policy::vocabulary::Lookups;
use crate::record::{Record, RecordKind, Registry};

/// What is searched for, and where that is written.
#[derive(Debug, Default)]
pub(in crate::engine) struct Searched {
    pub(super) scanner: Scanner,
    excluded: Vec<Origin>,
    secrets: Vec<Origin>,
}

/// The place of a pattern.
type Origin = (Arc<str>, Place);

/// What the records of the registry search for.
pub(in crate::engine) fn searched(registry: &Registry, lookups: &Lookups<'_>) -> Searched {
    let (mut excluded, mut secrets) = (Vec::new(), Vec::new());
    for kind in [RecordKind::SharingGuideline, RecordKind::Program] {
        let Ok(root) = lookups.single(kind) else {
            continue;
        };
        let Some(file) = registry.home_of_tree(root.tree()) else {
            continue;
        };
        for (written, pattern) in patterns(kind, root) {
            if let Ok(pattern) = pattern {
                let origin = (Arc::clone(file), Place::value(written));
                match kind {
                    RecordKind::Program => secrets.push((pattern, origin)),
                    _ => excluded.push((pattern, origin)),
                }
            }
        }
    }
    let (excluded, excluded_origins) = excluded.into_iter().unzip();
    let (secrets, secret_origins) = secrets.into_iter().unzip();
    let scanner = Scanner::new(
        Patterns::new(excluded),
        Patterns::new(secrets),
        contacts(registry),
    );
    Searched {
        scanner,
        excluded: excluded_origins,
        secrets: secret_origins,
    }
}

impl Searched {
    /// Where the pattern of a hit is written.
    pub(super) fn origin(&self, hit: &Hit) -> Option<Elsewhere> {
        let What::Pattern(number) = hit.what else {
            return None;
        };
        let origins = match hit.family {
            Family::Secret => &self.secrets,
            _ => &self.excluded,
        };
        origins.get(number).map(|(file, place)| Elsewhere {
            file: Arc::clone(file),
            place: *place,
            message: "found by this pattern".to_owned(),
        })
    }
}

/// Adds the patterns of a record that nothing can be searched for with.
pub(super) fn unusable_patterns(record: &Record, answer: &mut Answer) {
    let mut usable = 0;
    for (written, pattern) in patterns(record.kind, record.root()) {
        let problem = match pattern {
            Err(problem) => problem,
            Ok(_) if usable == MOST_PATTERNS => "there are too many before it",
            Ok(_) => {
                usable += 1;
                answer.tally.pass(Builtin::UnusablePattern, 1);
                continue;
            }
        };
        let text = written.scalar_text();
        let message = format!("`{text}` is no pattern that can be searched for: {problem}");
        let fault = Fault::new(Builtin::UnusablePattern, Place::value(written), message)
            .help(r"Write a regular expression such as `'\bhost-\d+\b'`, in single quotes, without looking ahead or back.")
            .obligation(Some(obligation(record.kind, written)));
        answer.tally.fail(Builtin::UnusablePattern);
        answer.faults.push(fault);
    }
}

/// The demand that a pattern serves.
fn obligation(kind: RecordKind, pattern: NodeRef<'_>) -> &'static str {
    match kind {
        RecordKind::Program => "EV-ITEM-11",
        _ if is_below(pattern, "do_not_share") => "SC-PKG-03",
        _ => "IS-GUIDE-09",
    }
}

/// The patterns of a record, each where it is written, compiled if that is possible.
fn patterns(
    kind: RecordKind,
    root: NodeRef<'_>,
) -> Vec<(NodeRef<'_>, Result<Pattern, &'static str>)> {
    let is_text = |node: &NodeRef<'_>| node.as_str().is_some_and(|it| !it.trim().is_empty());
    match kind {
        RecordKind::Program => root
            .list_of("secret_patterns")
            .filter(is_text)
            .map(|node| (node, Pattern::new("", "", node.scalar_text())))
            .collect(),
        RecordKind::SharingGuideline => ["redaction_rules", "do_not_share"]
            .iter()
            .flat_map(|list| root.list_of(list))
            .filter_map(|rule| {
                let node = rule.get("pattern").filter(is_text)?;
                let (id, what) = (rule.text_of("id"), rule.text_of("what"));
                let pattern = Pattern::new(id, what, node.scalar_text()).map(|mut pattern| {
                    let unless = rule.get("unless").filter(|it| !it.is_empty());
                    pattern.unless = unless.map(|it| it.scalar_text().to_owned());
                    pattern
                });
                Some((node, pattern))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a text is a pattern itself.
pub(super) fn is_pattern(kind: RecordKind, node: NodeRef<'_>) -> bool {
    match kind {
        RecordKind::Program => is_below(node, "secret_patterns"),
        RecordKind::SharingGuideline => node.key().is_some_and(|it| it.scalar_text() == "pattern"),
        _ => false,
    }
}

fn is_below(node: NodeRef<'_>, key: &str) -> bool {
    let mut keys = node.lineage().filter_map(NodeRef::key);
    keys.any(|it| it.scalar_text() == key)
}

/// What is registered: contacts of third parties, and identities of people.
fn contacts(registry: &Registry) -> Contacts {
    let parties = registry
        .of_kind(RecordKind::ThirdParty)
        .flat_map(|party| party.root().list_of("contacts"))
        .filter_map(|contact| contact.get("reach"));
    let people = registry
        .of_kind(RecordKind::People)
        .flat_map(|people| people.root().list_of("people"))
        .flat_map(|person| person.list_of("git"));
    Contacts::of(parties.chain(people).map(NodeRef::scalar_text))
}
