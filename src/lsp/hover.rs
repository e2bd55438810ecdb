//! What the thing under the pointer means.

use std::fmt::Write as _;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::desk::{Desk, node_at};
use super::diagnostics::REFERENCE;
use crate::document::NodeRef;
use crate::finding::{Duty, Finding};
use crate::manual::{Page, explain};
use crate::record::Record;

/// What is wrong at a place, what is due there, and what the key means.
pub(super) fn hover(desk: &Desk<'_>, position: Position) -> Option<Hover> {
    let offset = desk.lines.offset(position);
    let mut text = String::new();
    for finding in findings_at(desk, offset) {
        write_finding(&mut text, finding, desk);
    }
    let record = desk.record();
    let node = record.as_ref().and_then(|it| node_at(&it.tree, offset));
    if let (Some(record), Some(node)) = (&record, node) {
        let value = node.value().unwrap_or(node);
        for duty in duties_at(desk, value) {
            write_duty(&mut text, duty);
        }
        if let Some(page) = page_of(record, value, desk) {
            text.push_str(&shown(&page));
        }
    }
    let range = node.map(|node| desk.lines.range(node.span()));
    (!text.is_empty()).then_some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: text,
        }),
        range,
    })
}

/// The findings of the open record at a byte, the narrowest first.
fn findings_at<'d>(desk: &'d Desk<'_>, offset: usize) -> Vec<&'d Finding> {
    let here = desk.root.findings.iter().filter(|finding| {
        let range = finding.location.range.as_ref();
        let span = range.map(|range| range.span.range());
        finding.location.file == desk.home.path
            && span.is_some_and(|it| it.start <= offset && offset <= it.end)
    });
    let mut here: Vec<&Finding> = here.collect();
    here.sort_by_key(|it| it.location.range.as_ref().map(|range| range.span.len()));
    here
}

fn write_finding(text: &mut String, finding: &Finding, desk: &Desk<'_>) {
    let _ = writeln!(
        text,
        "**{}**: {}\n",
        finding.severity.as_str(),
        finding.message
    );
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "{help}\n");
    }
    if let Some(exception) = &finding.excepted_by {
        let _ = writeln!(text, "Accepted by `{exception}`.\n");
    }
    if let Some(duty) = &finding.duty {
        let _ = writeln!(text, "{}\n", duty.clock.arithmetic());
    }
    let rule = desk.watch.catalogue().rule(&finding.rule);
    let entry = rule.map(|rule| desk.watch.catalogue().entry(rule));
    if let Some(why) = entry.and_then(|entry| entry.why.as_ref()) {
        let _ = writeln!(text, "{why}\n");
    }
    let serves = match finding.obligations.as_slice() {
        [] => String::new(),
        ids => format!(", {}", ids.join(", ")),
    };
    let _ = writeln!(text, "_{}{serves}_\n\n---\n", finding.rule);
}

/// The duties of the nearest element around a value that has any.
fn duties_at<'d>(desk: &'d Desk<'_>, value: NodeRef<'_>) -> Vec<&'d Duty> {
    let of_file = desk
        .root
        .duties
        .iter()
        .filter(|it| it.file == desk.home.path);
    let of_file: Vec<&Duty> = of_file.collect();
    for node in value.lineage() {
        let pointer = node.pointer();
        let here = of_file.iter().filter(|it| it.pointer == pointer);
        let here: Vec<&Duty> = here.copied().collect();
        // What is due of the record as a whole is shown where the record says what it is.
        let is_of_record = pointer.is_empty() && value.pointer().matches('/').count() > 1;
        if !here.is_empty() {
            return if is_of_record { Vec::new() } else { here };
        }
    }
    Vec::new()
}

fn write_duty(text: &mut String, duty: &Duty) {
    let clock = &duty.clock;
    let who = clock.who.as_ref().map(|who| format!(" ({who})"));
    let who = who.unwrap_or_default();
    let state = clock.state.as_str();
    let _ = writeln!(
        text,
        "**{}**{who}: {state}  \n{}\n",
        clock.what,
        clock.arithmetic()
    );
}

/// The page about the key of a value.
fn page_of(record: &Record, value: NodeRef<'_>, desk: &Desk<'_>) -> Option<Page> {
    // Elements of lists are not named: their key is that of the list.
    let keys = value.lineage().filter_map(NodeRef::key);
    let mut keys: Vec<&str> = keys.map(NodeRef::scalar_text).collect();
    keys.push(record.kind.name());
    keys.reverse();
    explain(&keys.join("."), desk.watch.catalogue()).ok()
}

/// A page without large headings.
fn shown(page: &Page) -> String {
    let markdown = page.markdown_below(REFERENCE);
    let lines = markdown.lines().map(|line| {
        let heading = line.strip_prefix("## ").or_else(|| line.strip_prefix("# "));
        heading.map_or_else(|| line.to_owned(), |it| format!("**{it}**"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
