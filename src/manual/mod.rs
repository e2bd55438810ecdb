//! What the rules, demands, controls and records mean, in words: `probity explain` and the
//! generated pages of the documentation are the same pages.
//!
//! Pages are made from the packs, the matrix of demands and the schemas, and from nothing else,
//! so that none of them can go stale.

mod control;
mod demand;
mod page;
mod record;
mod rule;

pub use page::{Block, Page};

use crate::finding::{Control, controls, obligation};
use crate::policy::Catalogue;
use crate::record::RecordKind;
use crate::text::closest;

/// Why there is nothing to explain. The fault is the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{subject}` is no rule, obligation, control or kind of record")]
pub struct Unknown {
    /// What was asked for.
    pub subject: String,
    /// What was most likely meant.
    pub near: Option<String>,
}

/// Explains a rule, an obligation, a control (in any common spelling), a kind of record, or a key
/// of one such as `incident.parties.decision`.
///
/// # Errors
/// [`Unknown`] if there is no such thing.
pub fn explain(subject: &str, catalogue: &Catalogue) -> Result<Page, Unknown> {
    if let Some(rule) = catalogue.rule(subject) {
        return Ok(rule::page(catalogue, rule));
    }
    let upper = subject.to_uppercase();
    if let Some(demand) = obligation(&upper) {
        return Ok(demand::page(catalogue, demand));
    }
    if let Some(control) = Control::parse(subject) {
        return Ok(control::page(catalogue, control));
    }
    let (kind, keys) = match subject.split_once('.') {
        Some((kind, keys)) => (kind, keys.split('.').collect()),
        None => (subject, Vec::new()),
    };
    if let Some(kind) = RecordKind::parse(kind)
        && let Some(page) = record::page(kind, &keys)
    {
        return Ok(page);
    }
    Err(Unknown {
        subject: subject.to_owned(),
        near: near(subject, catalogue),
    })
}

fn near(subject: &str, catalogue: &Catalogue) -> Option<String> {
    if let Some((kind, _)) = subject.split_once('.')
        && let Some(kind) = RecordKind::parse(kind)
    {
        return record::near(kind, subject);
    }
    let mut names: Vec<&str> = catalogue.entries().map(|(_, entry)| &*entry.name).collect();
    for kind in RecordKind::all() {
        names.push(kind.name());
    }
    for control in controls() {
        names.push(&control.id);
    }
    closest(subject, names).map(str::to_owned)
}

/// The generated pages of the documentation: path below `docs/reference` and page.
pub fn pages(catalogue: &Catalogue) -> Vec<(String, Page)> {
    let mut pages = Vec::new();
    for control in controls() {
        let path = format!("controls/{}.md", control.id);
        pages.push((path, control::page(catalogue, control)));
    }
    for (rule, entry) in catalogue.entries() {
        let path = format!("rules/{}.md", entry.name);
        pages.push((path, rule::page(catalogue, rule)));
    }
    pages.push(("rules/README.md".to_owned(), rule::index(catalogue)));
    pages.push(("functions.md".to_owned(), rule::functions()));
    pages
}
