//! Checkstyle XML, which most review bots and CI servers read.

use std::collections::BTreeMap;
use std::io;

use super::xml::{Xml, attribute, document};
use super::{fact, pressing, sentences};
use crate::finding::{Finding, Outcome, Severity};

/// An error of a file: line and column where there are any, weight, message and source.
struct Entry {
    place: Option<(u32, u32)>,
    severity: &'static str,
    message: String,
    source: String,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let mut files: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
    for finding in pressing(outcome) {
        let file = files.entry(&finding.location.file).or_default();
        file.push(of_finding(finding));
    }
    for gap in &outcome.incomplete {
        let fact = format!("not examined: {}", gap.reason);
        files.entry(&gap.file).or_default().push(Entry {
            place: None,
            severity: "error",
            message: sentences(&fact, gap.help.as_deref()),
            source: "probity.not-examined".to_owned(),
        });
    }
    document(|xml| {
        let root = xml.create_element("checkstyle");
        let root = root.with_attribute(("version", "8.0"));
        if files.is_empty() {
            return root.write_empty().map(|_| ());
        }
        root.write_inner_content(|xml| files.iter().try_for_each(|(name, it)| file(xml, name, it)))
            .map(|_| ())
    })
}

fn of_finding(finding: &Finding) -> Entry {
    let range = finding.location.range.as_ref();
    Entry {
        place: range.map(|range| (range.start.line, range.start.column)),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        },
        message: sentences(&fact(finding), finding.help.as_deref()),
        source: format!("probity.{}", finding.rule),
    }
}

fn file(xml: &mut Xml, name: &str, entries: &[Entry]) -> io::Result<()> {
    let name = match name {
        "" => ".".to_owned(),
        name => attribute(name),
    };
    let element = xml.create_element("file");
    let element = element.with_attribute(("name", name.as_str()));
    element.write_inner_content(|xml| {
        for entry in entries {
            let mut error = xml.create_element("error");
            if let Some((line, column)) = entry.place {
                error = error.with_attribute(("line", line.to_string().as_str()));
                error = error.with_attribute(("column", column.to_string().as_str()));
            }
            error
                .with_attribute(("severity", entry.severity))
                .with_attribute(("message", attribute(&entry.message).as_str()))
                .with_attribute(("source", attribute(&entry.source).as_str()))
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}
