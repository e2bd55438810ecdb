//! A control: its demands, and the rules that enforce them.

use super::demand::rules;
use super::page::Page;
use crate::finding::{Control, obligations};
use crate::policy::Catalogue;

pub(super) fn page(catalogue: &Catalogue, control: &Control) -> Page {
    let mut page = Page::new(format!("{}: {}", control.name, control.title));
    page.text(format!(
        "{} A card covers it with `covers: [{}]`.",
        control.source, control.id
    ));
    for demand in obligations().filter(|demand| demand.controls.contains(&control.id)) {
        let mut items = rules(catalogue, &demand.id);
        if items.is_empty() {
            items.push(
                "no rule of its own: the shape of the records, another feature of the \
                 program, or a person"
                    .to_owned(),
            );
        }
        page.items(
            &format!("{}: {} ({})", demand.id, demand.title, demand.weights()),
            items,
        );
    }
    page
}
