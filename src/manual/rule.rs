//! A rule: what it reports, why, for which demands, what breaks it and how it is mended.

use super::page::Page;
use crate::document::NodeRef;
use crate::finding::{Rule, obligation};
use crate::policy::vocabulary::entries as vocabulary;
use crate::policy::{Catalogue, Entry, shipped_packs, written_rules};

pub(super) fn page(catalogue: &Catalogue, rule: Rule) -> Page {
    let entry = catalogue.entry(rule);
    let mut page = Page::new(format!("`{}`", entry.name));
    page.text(sentence(&entry.title));
    if let Some(why) = &entry.why {
        page.text(why.clone());
    }
    page.items(
        "Serves",
        entry.obligations.iter().map(|id| demand(id)).collect(),
    );
    page.text(form(entry));
    let Some(node) = written(entry) else {
        page.yaml("The rule", entry.text.clone());
        return page;
    };
    if let Some(help) = node.get("help") {
        page.items("How to mend it", vec![help.scalar_text().to_owned()]);
    }
    let tests = node.get("tests").into_iter().flat_map(NodeRef::items);
    let mut breaks = Vec::new();
    let mut keeps = Vec::new();
    for test in tests {
        if let Some(edits) = test.get("break") {
            let at = test.get("at").map_or(String::new(), |at| {
                format!(", and the finding stands at `{}`", at.scalar_text())
            });
            breaks.push(format!("{}{at}", told(edits)));
        } else if let Some(edits) = test.get("keep") {
            keeps.push(told(edits));
        }
    }
    page.items("What it reports, tried on the example organisation", breaks);
    page.items("What it leaves alone", keeps);
    page.yaml("The rule", without_tests(node));
    page
}

/// A list of all rules, by pack.
pub(super) fn index(catalogue: &Catalogue) -> Page {
    let mut page = Page::new("Rules");
    page.text(
        "Every rule of the program, by pack. `probity explain NAME` shows the same pages on the \
         terminal.",
    );
    for (_, pack) in shipped_packs() {
        let entries = catalogue.entries().map(|(_, entry)| entry);
        let items: Vec<String> = entries
            .filter(|entry| *entry.pack == *pack.id)
            .map(|entry| format!("[`{0}`]({0}.md): {1}", entry.name, entry.title))
            .collect();
        let title = pack.root().get("title").map_or("", NodeRef::scalar_text);
        page.items(title, items);
    }
    page
}

/// The words that rules speak.
pub(super) fn functions() -> Page {
    let mut page = Page::new("Functions");
    page.text(
        "Rules are written in CEL, the Common Expression Language. Beside its own functions they \
         speak these. `T?` as a parameter takes null, as a result may be null.",
    );
    let entries = vocabulary().iter();
    let items = entries
        .map(|it| {
            format!(
                "`{}`: {} `{}` gives `{}`.",
                it.signature, it.about, it.example, it.gives
            )
        })
        .collect();
    page.items("Vocabulary", items);
    page
}

fn demand(id: &str) -> String {
    match obligation(id) {
        Some(demand) => format!("`{id}`: {} ({})", demand.title, demand.weights()),
        None => format!("`{id}`"),
    }
}

fn form(entry: &Entry) -> String {
    let kinds: Vec<String> = entry
        .kinds
        .iter()
        .map(|kind| format!("`{}`", kind.name()))
        .collect();
    match kinds.as_slice() {
        [] => format!(
            "A mechanism of the program, in the pack `{}`; it is asked about every \
             record.",
            entry.pack
        ),
        kinds => format!(
            "In the pack `{}`, about records of kind {}.",
            entry.pack,
            kinds.join(", ")
        ),
    }
}

/// A sentence of a title, which has neither capital nor full stop.
fn sentence(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// The rule as it stands in a shipped pack.
fn written(entry: &Entry) -> Option<NodeRef<'static>> {
    let pack = shipped_packs()
        .iter()
        .find(|(_, pack)| *pack.id == *entry.pack)?;
    let is_it = |rule: &NodeRef<'_>| {
        rule.get("id")
            .is_some_and(|id| id.scalar_text() == &*entry.name)
    };
    written_rules(&pack.1).find(is_it)
}

/// The edits of a test in words.
fn told(edits: NodeRef<'_>) -> String {
    let is_list = edits.items().next().is_some();
    let single = (!is_list).then_some(edits);
    let mut parts = Vec::new();
    for edit in single.into_iter().chain(edits.items()) {
        let record = edit.get("in").map_or("", NodeRef::scalar_text);
        for (verb, what) in edit.pairs() {
            let paths: Vec<String> = match verb.scalar_text() {
                "in" | "delete" => continue,
                "remove" if what.items().next().is_some() => what
                    .items()
                    .map(|it| format!("`{}`", it.scalar_text()))
                    .collect(),
                "remove" => vec![format!("`{}`", what.scalar_text())],
                _ => what
                    .pairs()
                    .map(|(path, value)| {
                        let source = value.span().slice(value.tree().source());
                        let value: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
                        format!("`{}: {value}`", path.scalar_text())
                    })
                    .collect(),
            };
            let verb = verb.scalar_text();
            parts.push(format!("in `{record}` {verb} {}", paths.join(", ")));
        }
    }
    parts.join("; ")
}

/// The text of a rule up to its tests, at the left margin.
fn without_tests(rule: NodeRef<'_>) -> String {
    let source = rule.tree().source();
    let span = rule.span();
    let end = match rule.pair("tests") {
        Some((key, _)) => key.span().start,
        None => span.end,
    };
    let start = span.start as usize;
    let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let margin = start - line;
    let text = source.get(start..end as usize).unwrap_or("").trim_end();
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        lines.push(if at == 0 {
            line
        } else {
            &line[blanks.min(margin)..]
        });
    }
    lines.join("\n")
}
