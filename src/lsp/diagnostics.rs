//! Findings as an editor shows them.

use std::str::FromStr as _;

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    Location as Place, NumberOrString, Range, Uri,
};
use serde_json::json;

use super::text::{Encoding, Lines};
use crate::finding::{Finding, Incomplete, Location, Severity};
use crate::policy::Catalogue;

/// Where the pages about rules can be read.
pub(super) const REFERENCE: &str =
    "https://github.com/probity-check/probity/blob/main/docs/reference/";

/// The name that findings are shown under.
const SOURCE: &str = "probity";

/// What is needed to show places of one repository.
pub(super) struct Shown<'a> {
    pub(super) encoding: Encoding,
    pub(super) catalogue: Option<&'a Catalogue>,
    /// The text of a file, by its path as reported.
    pub(super) text: &'a dyn Fn(&str) -> Option<String>,
    /// How the editor names a file.
    pub(super) uri: &'a dyn Fn(&str) -> Option<Uri>,
}

impl Shown<'_> {
    /// The findings of one file.
    pub(super) fn file<'f>(
        &self,
        file: &str,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Vec<Diagnostic> {
        let text = (self.text)(file);
        findings
            .map(|it| self.finding(it, text.as_deref()))
            .collect()
    }

    fn finding(&self, finding: &Finding, text: Option<&str>) -> Diagnostic {
        let range = self.range(&finding.location, text);
        let uri = (self.uri)(&finding.location.file);
        let help = finding.help.as_ref().zip(uri).map(|(help, uri)| {
            let message = format!("help: {help}");
            let location = Place::new(uri, range);
            DiagnosticRelatedInformation { location, message }
        });
        let related = finding.related.iter().filter_map(|it| {
            let uri = (self.uri)(&it.location.file)?;
            let text = (self.text)(&it.location.file);
            let location = Place::new(uri, self.range(&it.location, text.as_deref()));
            let message = it.message.clone();
            Some(DiagnosticRelatedInformation { location, message })
        });
        let related: Vec<_> = help.into_iter().chain(related).collect();
        Diagnostic {
            range,
            severity: Some(severity(finding)),
            code: Some(NumberOrString::String(finding.rule.to_string())),
            code_description: self.page(&finding.rule),
            source: Some(SOURCE.to_owned()),
            message: finding.message.clone(),
            related_information: (!related.is_empty()).then_some(related),
            tags: None,
            data: Some(json!({
                "pointer": finding.location.pointer,
                "help": finding.help,
                "obligations": finding.obligations,
                "excepted_by": finding.excepted_by,
                "fingerprint": finding.fingerprint,
            })),
        }
    }

    /// Where the page about a shipped rule can be read.
    fn page(&self, rule: &str) -> Option<CodeDescription> {
        let is_own =
            |it: &Catalogue| it.rule(rule).is_some() && Catalogue::shipped().rule(rule).is_none();
        if self.catalogue.is_some_and(is_own) {
            return None;
        }
        let href = Uri::from_str(&format!("{REFERENCE}rules/{rule}.md")).ok()?;
        Some(CodeDescription { href })
    }

    /// Where something stands; the beginning of the file if all of it is meant.
    pub(super) fn range(&self, location: &Location, text: Option<&str>) -> Range {
        let Some(range) = &location.range else {
            return Range::default();
        };
        match text {
            Some(text) => Lines::new(text, self.encoding).range(range.span),
            None => {
                let at = |it: crate::text::LineColumn| {
                    lsp_types::Position::new(it.line.saturating_sub(1), it.column.saturating_sub(1))
                };
                Range::new(at(range.start), at(range.end))
            }
        }
    }
}

/// What could not be examined.
pub(super) fn not_examined(it: &Incomplete) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::WARNING),
        source: Some(SOURCE.to_owned()),
        message: format!("not examined: {}", it.reason),
        ..Diagnostic::default()
    }
}

/// What an exception accepts needs nobody.
fn severity(finding: &Finding) -> DiagnosticSeverity {
    match finding.severity {
        _ if finding.excepted_by.is_some() => DiagnosticSeverity::HINT,
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}
