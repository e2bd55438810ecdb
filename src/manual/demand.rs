//! A demand of the source documents: what it weighs, and what enforces it.

use super::page::Page;
use super::serving::Serving;
use crate::finding::{Control, Obligation};
use crate::policy::Catalogue;

/// What is said of a demand that neither rule nor schema names.
pub(super) const UNRULED: &str = "No rule of its own: the program itself, the history of the files, \
     or a person has to see to it.";

pub(super) fn page(catalogue: &Catalogue, demand: &Obligation) -> Page {
    let mut page = Page::new(format!("{}: {}", demand.id, demand.title));
    page.text(format!("Weight: {}.", demand.weights()));
    let controls = demand.controls.iter().map(|id| match Control::parse(id) {
        Some(it) => format!("`{id}`: {}, {}", it.name, it.title),
        None => format!("`{id}`"),
    });
    page.items("Controls", controls.collect());
    let serving = Serving::of(catalogue);
    let (rules, keys) = (serving.rules(&demand.id), serving.keys(&demand.id));
    if rules.is_empty() && keys.is_empty() {
        page.text(UNRULED);
    }
    page.items("Rules", rules);
    page.items("Keys of records", keys);
    page
}
