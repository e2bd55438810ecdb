//! The pages that lead to all others.

use super::control::demands;
use super::page::Page;
use super::words::{link, record, rule};
use crate::document::NodeRef;
use crate::finding::controls;
use crate::policy::{Catalogue, shipped_packs};
use crate::record::RecordKind;

/// The first page.
pub(super) fn reference(catalogue: &Catalogue) -> Page {
    let mut page = Page::new("Reference");
    page.text(
        "Made from the packs of rules, the matrix of demands and the schemas. `probity explain` \
         shows the same pages on the terminal.",
    );
    let items = controls().iter().map(|control| {
        let target = format!("controls/{}.md", control.id);
        let count = demands(control).count();
        let name = link(&control.name, &target);
        format!("{name}: {}, {count} demands", control.title)
    });
    page.items("Controls, with their demands", items.collect());
    let kinds = RecordKind::all().map(|kind| {
        let layout = kind.layout();
        format!("{}: usually at `{layout}`", record(kind.name()))
    });
    page.items("Records, with their keys", kinds.collect());
    let count = catalogue.entries().len();
    page.items(
        "Rules",
        vec![
            format!(
                "{}: {count} of them, by pack",
                link("Rules", "rules/README.md")
            ),
            format!("{} that rules speak", link("Functions", "functions.md")),
        ],
    );
    page.items(
        "The program",
        vec![format!(
            "{}: every command with its options",
            link("Command line", "cli.md")
        )],
    );
    page
}

/// A list of all rules, by pack.
pub(super) fn rules(catalogue: &Catalogue) -> Page {
    let mut page = Page::new("Rules");
    page.text(
        "Every rule of the program, by pack. A rule is known by its name, for ever; \
         `probity explain NAME` shows its page on the terminal.",
    );
    for (_, pack) in shipped_packs() {
        let entries = catalogue.entries().map(|(_, entry)| entry);
        let items: Vec<String> = entries
            .filter(|entry| *entry.pack == *pack.id)
            .map(|entry| format!("{}: {}", rule(&entry.name), entry.title))
            .collect();
        let title = pack.root().get("title").map_or("", NodeRef::scalar_text);
        page.items(title, items);
    }
    page
}
