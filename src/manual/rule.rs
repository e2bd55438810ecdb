//! A rule: what it reports, why, for which demands, when it is enforced, how it is mended, what
//! breaks it and what does not.

use super::page::Page;
use super::serving::timed;
use super::terms::terms;
use super::trial::trials;
use super::words::{self, code, demand, listed, record, sentence, template};
use crate::document::NodeRef;
use crate::finding::{Rule, Severity, obligation};
use crate::policy::{Catalogue, Entry, shipped_packs, written_rules};
use crate::record::RecordKind;

pub(super) fn page(catalogue: &Catalogue, rule: Rule) -> Page {
    let entry = catalogue.entry(rule);
    let mut page = Page::new(format!("`{}`", entry.name));
    page.text(sentence(&entry.title));
    if let Some(why) = &entry.why {
        page.text(why.clone());
    }
    let Some(node) = written(entry) else {
        page.items("Serves", serves(&entry.obligations));
        page.yaml("The rule", entry.text.clone());
        return page;
    };
    let mut serving = serves(&entry.obligations);
    for (when, id) in timed(node) {
        serving.push(format!("when {when}, {}", serve(id)));
    }
    page.items("Serves", serving);
    page.items("At a glance", glance(entry, node));
    if let Some(duty) = node.get("duty") {
        page.items("The duty", clock(duty));
    }
    page.items("What it says", said(node));
    let (breaks, keeps) = trials(node);
    page.items("What it reports, tried on the example organisation", breaks);
    page.items("What it leaves alone", keeps);
    if entry.is_builtin {
        if !entry.has_tests {
            example(&mut page, &entry.name);
        }
        return page;
    }
    let text = without_tests(node);
    page.yaml("The rule", text.clone());
    page.items("Its words", terms(&entry.pack, &text));
    page
}

/// The page of rules that the tests execute: an example of each rule that has none of its own.
const EXAMPLES: &str = include_str!("../../docs/rules.md");

/// What the page of examples says of a rule: what it means, a change, and what is said about it.
fn example(page: &mut Page, rule: &str) {
    let title = format!("\n### `{rule}`\n");
    let Some((_, section)) = EXAMPLES.split_once(&title) else {
        return;
    };
    let end = section.find("\n##").unwrap_or(section.len());
    page.heading("What it means");
    let mut rest = section[..end].trim();
    while let Some((words, block)) = rest.split_once("```") {
        paragraphs(page, words);
        let (language, block) = block.split_once('\n').unwrap_or_default();
        let (code, after) = block.split_once("```").unwrap_or((block, ""));
        let (heading, language) = match language {
            "diff" => ("A change of the example organisation", "diff"),
            _ => ("What the check says about it", "text"),
        };
        page.heading(heading);
        page.code(language, code);
        rest = after;
    }
    paragraphs(page, rest);
}

fn paragraphs(page: &mut Page, words: &str) {
    for words in words.split("\n\n").filter(|it| !it.trim().is_empty()) {
        page.text(words.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

fn serves(ids: &[std::sync::Arc<str>]) -> Vec<String> {
    ids.iter().map(|id| serve(id)).collect()
}

fn serve(id: &str) -> String {
    match obligation(id) {
        Some(it) => format!("{}: {} ({})", demand(id), it.title, it.weights()),
        None => demand(id),
    }
}

/// Where the rule stands, what it is about, from when on, how heavy.
fn glance(entry: &Entry, rule: NodeRef<'_>) -> Vec<String> {
    let mut items = vec![format!("Pack: {}", code(&entry.pack))];
    if entry.is_builtin {
        let text = "a mechanism of the program, asked about every file or record";
        items.push(format!("About: {text}"));
        return items;
    }
    let kinds: Vec<String> = entry.kinds.iter().map(|kind| record(kind.name())).collect();
    let kinds = listed(&kinds, "and");
    items.push(match rule.get("each") {
        Some(each) => format!("About: each of {} of {kinds}", code(each.scalar_text())),
        None => format!("About: {kinds}, each as a whole"),
    });
    if let Some(when) = rule.get("when") {
        items.push(format!("Applies where: {}", code(when.scalar_text())));
    }
    if let Some(require) = rule.get("require") {
        items.push(format!("Demands: {}", code(require.scalar_text())));
    }
    items.push(format!("Enforced: {}", enforced(entry, rule)));
    if let Some(severity) = rule.get("severity") {
        let severity = severity.scalar_text();
        items.push(match Severity::parse(severity) {
            Some(severity) => format!("Weight: always {severity}"),
            None => format!("Weight: what {} gives", code(severity)),
        });
    }
    let better: Vec<String> = entry.yields_to.iter().map(|it| words::rule(it)).collect();
    if !better.is_empty() {
        let better = listed(&better, "or");
        items.push(format!("Silent where {better} says the same fault better"));
    }
    items
}

/// From when on a rule is enforced, in words.
fn enforced(entry: &Entry, rule: NodeRef<'_>) -> String {
    let text = |key| rule.get(key).map(|it| code(it.scalar_text()));
    let from = match text("from") {
        // Other records count as closed.
        Some(_) if !entry.kinds.contains(&RecordKind::Incident) => None,
        from => from,
    };
    if rule.get("duty").is_some() {
        return match from {
            Some(from) if &*from == "`open`" => "whether the limit has passed or not".to_owned(),
            Some(from) => format!(
                "once the limit has passed; from the status {from} on, whether it has passed or not"
            ),
            None => "once the limit has passed".to_owned(),
        };
    }
    match (from, text("since"), text("after")) {
        (from, Some(since), Some(after)) => {
            let clock = format!("once {after} has passed since {since}");
            match from {
                Some(from) => format!("from the status {from} on; before that, {clock}"),
                None => clock,
            }
        }
        (Some(from), ..) if &*from != "`open`" => format!("from the status {from} on"),
        _ => "at once".to_owned(),
    }
}

/// The parts of a duty.
fn clock(duty: NodeRef<'_>) -> Vec<String> {
    let parts = [
        ("what", "What"),
        ("who", "Who"),
        ("since", "The clock starts"),
        ("within", "It runs for"),
        ("until", "Until"),
        ("done", "Done"),
        ("attempted", "Tried in a way that counts"),
        ("late_because", "Reason for being late"),
        ("early", "A warning begins"),
    ];
    let line = |(key, name): (&str, &str)| {
        let text = duty.get(key)?.scalar_text();
        Some(match key {
            "what" => format!("{name}: {}", template(text)),
            "early" => format!("{name} {} before the limit", code(text)),
            _ => format!("{name}: {}", code(text)),
        })
    };
    parts.into_iter().filter_map(line).collect()
}

/// Messages, each with its help.
fn said(rule: NodeRef<'_>) -> Vec<String> {
    let mut items = Vec::new();
    for (words, when) in [
        (Some(rule), ""),
        (rule.get("late"), "when done too late: "),
        (rule.get("early"), "when soon due: "),
    ] {
        let Some(words) = words else { continue };
        for (key, name) in [("message", when), ("help", "help: ")] {
            if let Some(text) = words.get(key) {
                items.push(format!("{name}{}", template(text.scalar_text())));
            }
        }
    }
    items
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
