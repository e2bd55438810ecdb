//! A control: its demands, and the rules that enforce them.

use super::demand::UNRULED;
use super::page::Page;
use super::serving::Serving;
use crate::finding::{Control, Obligation, obligations};
use crate::policy::Catalogue;

pub(super) fn page(catalogue: &Catalogue, control: &Control) -> Page {
    let mut page = Page::new(format!("{}: {}", control.name, control.title));
    page.text(format!(
        "{} A card covers it with `covers: [{}]`. {} demands belong to it.",
        control.source,
        control.id,
        demands(control).count(),
    ));
    let serving = Serving::of(catalogue);
    for demand in demands(control) {
        page.entry(&demand.id, &demand.title);
        page.text(format!("Weight: {}.", demand.weights()));
        let (rules, keys) = (serving.rules(&demand.id), serving.keys(&demand.id));
        if rules.is_empty() && keys.is_empty() {
            page.text(UNRULED);
        }
        page.list(rules);
        if !keys.is_empty() {
            page.text(format!("Keys of records: {}.", keys.join(", ")));
        }
    }
    page
}

/// The demands of a control, in the order of the matrix.
pub(super) fn demands(control: &Control) -> impl Iterator<Item = &'static Obligation> {
    obligations().filter(|demand| demand.controls.contains(&control.id))
}
