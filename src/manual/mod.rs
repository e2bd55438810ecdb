//! What the rules, demands, controls and records mean, in words: `probity explain` and the
//! generated pages of the documentation are the same pages.
//!
//! Pages are made from the packs, the matrix of demands and the schemas, and from nothing else,
//! so that none of them can go stale.

mod control;
mod demand;
mod function;
mod index;
mod page;
mod record;
mod rule;
mod serving;
mod terms;
mod trial;
mod words;

pub use page::{Block, Page};

use crate::finding::{Control, controls, obligation, obligations};
use crate::policy::Catalogue;
use crate::record::RecordKind;
use crate::text::{closest, closest_or_longer};

/// Why there is nothing to explain. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{subject}` is no rule, obligation, control, function, kind of record or key of one")]
pub struct Unknown {
    /// What was asked for.
    pub subject: String,
    /// What was most likely meant.
    pub near: Option<String>,
}

/// Explains a rule, an obligation, a control (in any common spelling), a function of rules, a kind
/// of record, or a key of one such as `incident.parties.decision`.
///
/// # Errors
/// [`Unknown`] if there is no such thing.
pub fn explain(subject: &str, catalogue: &Catalogue) -> Result<Page, Unknown> {
    let subject = subject.trim().trim_matches('`');
    if let Some(rule) = catalogue.rule(subject) {
        return Ok(rule::page(catalogue, rule));
    }
    if let Some(demand) = obligation(&subject.to_uppercase()) {
        return Ok(demand::page(catalogue, demand));
    }
    if let Some(control) = Control::parse(subject) {
        return Ok(control::page(catalogue, control));
    }
    let path = path(subject);
    let page = match path {
        Some((kind, ref keys)) => record::page(kind, keys),
        None => function::page(subject.split('(').next().unwrap_or(subject)),
    };
    page.ok_or_else(|| Unknown {
        subject: subject.to_owned(),
        near: match path {
            Some((kind, ref keys)) => record::near(kind, keys),
            None => near(subject, catalogue),
        },
    })
}

/// A kind of record and the keys below it; elements of lists are not named.
fn path(subject: &str) -> Option<(RecordKind, Vec<&str>)> {
    let mut steps = subject
        .split('.')
        .map(|step| step.split('[').next().unwrap_or(step));
    let kind = RecordKind::parse(steps.next()?)?;
    Some((kind, steps.collect()))
}

fn near(subject: &str, catalogue: &Catalogue) -> Option<String> {
    // A misspelt kind with keys below it: the kind is what can be mended.
    if let Some((head, keys)) = subject.split_once('.') {
        let kind = closest(head, RecordKind::all().map(RecordKind::name))?;
        return Some(format!("{kind}.{keys}"));
    }
    let rules = catalogue.entries().map(|(_, it)| &*it.name);
    let mut names: Vec<&str> = rules.collect();
    let others: Vec<&str> = (RecordKind::all().map(RecordKind::name))
        .chain(controls().iter().map(|it| it.id.as_str()))
        .chain(obligations().map(|it| it.id.as_str()))
        .chain(function::names())
        .collect();
    names.extend(others);
    closest_or_longer(subject, &names).map(str::to_owned)
}

/// The generated pages of the documentation: path below `docs/reference` and page.
pub fn pages(catalogue: &Catalogue) -> Vec<(String, Page)> {
    let mut pages = vec![
        ("README.md".to_owned(), index::reference(catalogue)),
        ("functions.md".to_owned(), function::index()),
        ("rules/README.md".to_owned(), index::rules(catalogue)),
    ];
    for control in controls() {
        let path = format!("controls/{}.md", control.id);
        pages.push((path, control::page(catalogue, control)));
    }
    for kind in RecordKind::all() {
        let path = format!("records/{}.md", kind.name());
        pages.extend(record::whole(kind).map(|page| (path, page)));
    }
    for (rule, entry) in catalogue.entries() {
        let path = format!("rules/{}.md", entry.name);
        pages.push((path, rule::page(catalogue, rule)));
    }
    pages
}
