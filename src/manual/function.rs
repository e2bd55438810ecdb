//! The functions that rules speak.

use super::page::Page;
use crate::policy::vocabulary::{Entry, entries};

/// Every function, each under its name.
pub(super) fn index() -> Page {
    let mut page = Page::new("Functions");
    page.text(
        "Rules are written in CEL, the Common Expression Language. Beside its own functions they \
         speak these. `T?` as a parameter takes null, as a result may be null. Every example is \
         about an incident of the example organisation, and is tested.",
    );
    let mut last = "";
    for entry in entries() {
        if name(entry) != last {
            last = name(entry);
            page.blocks.push(super::Block::Heading(format!("`{last}`")));
        }
        describe(&mut page, entry);
    }
    page
}

/// The function with this name, in all its forms.
pub(super) fn page(subject: &str) -> Option<Page> {
    let mut page = Page::new(format!("`{subject}`"));
    for entry in entries().iter().filter(|entry| name(entry) == subject) {
        describe(&mut page, entry);
    }
    (!page.blocks.is_empty()).then_some(page)
}

/// The names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    entries().iter().map(name)
}

fn describe(page: &mut Page, entry: &Entry) {
    page.code("text", entry.signature);
    page.text(entry.about);
    page.code("text", format!("{}\n  = {}", entry.example, entry.gives));
}

fn name(entry: &Entry) -> &'static str {
    entry.signature.split('(').next().unwrap_or("")
}
