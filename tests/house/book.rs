//! The book: every page is in its table of contents, and every link of a document leads somewhere.
//!
//! What stands in the table below `# Reference` is made: `PROBITY_UPDATE_EXPECTED=1 cargo test --test
//! house` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use probity::policy::Catalogue;
use probity::record::RecordKind;

use crate::files::{below, documents, has_ending, root, text};

const SUMMARY: &str = "docs/SUMMARY.md";

/// The line from which on the table of contents is made.
const MADE_BELOW: &str = "\n# Reference\n";

/// The table of contents as it has to be.
fn summary(written: &str) -> String {
    let (by_hand, _) = written.split_once(MADE_BELOW).unwrap();
    let mut table = format!("{by_hand}{MADE_BELOW}\n- [Contents](reference/README.md)\n");
    table.push_str("- [Command line](reference/cli.md)\n- [Records]()\n");
    for kind in RecordKind::all().map(RecordKind::name) {
        let _ = writeln!(table, "  - [{kind}](reference/records/{kind}.md)");
    }
    table.push_str("- [Controls]()\n");
    for control in probity::finding::controls() {
        let path = format!("reference/controls/{}.md", control.id);
        let _ = writeln!(table, "  - [{}]({path})", control.name);
    }
    table.push_str("- [Functions](reference/functions.md)\n- [Rules](reference/rules/README.md)\n");
    let rules = Catalogue::shipped().entries();
    let names: BTreeSet<_> = rules.map(|(_, entry)| entry.name.to_string()).collect();
    for name in names {
        let _ = writeln!(table, "  - [{name}](reference/rules/{name}.md)");
    }
    table
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let made = summary(&text(SUMMARY));
    if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
        fs::write(root().join(SUMMARY), &made).unwrap();
    }
    assert!(
        text(SUMMARY) == made,
        "the reference in {SUMMARY} is not as it is made: PROBITY_UPDATE_EXPECTED=1 cargo test --test house book"
    );
    let mut listed: Vec<String> = (links(&made).into_iter())
        .filter(|it| !it.is_empty())
        .map(|it| format!("docs/{it}"))
        .collect();
    listed.sort();
    let pages = below("docs").into_iter();
    let pages: Vec<String> = pages
        .filter(|it| has_ending(it, "md") && it != SUMMARY)
        .collect();
    assert_eq!(listed, pages);
}

/// The targets of the links of a text, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        }
        if is_fenced {
            continue;
        }
        // Every second part lies between back-ticks; the words of a link may do so as well.
        let parts = line.split('`').enumerate();
        let bare: Vec<&str> = parts
            .map(|(at, it)| if at % 2 == 0 { it } else { "" })
            .collect();
        let bare = bare.concat();
        let targets = bare.split("](").skip(1);
        found.extend(targets.filter_map(|it| Some(it.split_once(')')?.0.to_owned())));
    }
    found
}

/// The names under which the headings of a document can be reached, as code hosts and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut is_fenced = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        is_fenced ^= line.starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !is_fenced) else {
            continue;
        };
        let kept = heading.trim_start_matches('#').trim().chars();
        let kept = kept.filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
        let name = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let count = seen.entry(name.clone()).or_default();
        anchors.insert(match *count {
            0 => name,
            count => format!("{name}-{count}"),
        });
        *count += 1;
    }
    anchors
}

/// The path from the root that a link leads to.
fn target(document: &str, link: &str) -> String {
    let mut steps: Vec<&str> = document.split('/').collect();
    steps.pop();
    for step in link.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "" | "." => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let mut lost = Vec::new();
    let mut count = 0;
    let texts: BTreeMap<String, String> = (documents().into_iter())
        .map(|path| (path.clone(), text(&path)))
        .collect();
    let reachable: BTreeMap<&String, BTreeSet<String>> = texts
        .iter()
        .map(|(path, text)| (path, anchors(text)))
        .collect();
    for (document, text) in &texts {
        for link in links(text) {
            if link.is_empty() || link.contains("://") {
                continue;
            }
            count += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = match file {
                "" => document.clone(),
                file => target(document, file),
            };
            let leads = match anchor {
                "" => root().join(&path).exists(),
                anchor => reachable.get(&path).is_some_and(|it| it.contains(anchor)),
            };
            // Pages for the browser hold nothing but the book.
            let is_inside = !document.starts_with("docs/") || path.starts_with("docs/");
            if !leads || !is_inside {
                lost.push(format!("{document}: {link}"));
            }
        }
    }
    assert!(lost.is_empty(), "\n{}", lost.join("\n"));
    assert!(count > 1_000, "only {count} links");
}
