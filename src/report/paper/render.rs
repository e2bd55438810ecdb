//! From a report to bytes, one format each, by the templates of the audit report.

use serde::Serialize;

use super::Paper;
use crate::output::render_json_rows;
use crate::report::audit::page::lay_out;
use crate::report::links::Links;
use crate::template::{self, Budget, Form, Template, TemplateError, fill};

/// A format of these reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperFormat {
    /// The model itself.
    Json,
    /// Markdown.
    Markdown,
    /// One page that needs nothing else.
    Html,
}

/// Which report it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The file on one incident.
    Incident,
    /// What a change means.
    Pr,
    /// Numbers with their targets.
    Metrics,
    /// Contacts, systems and the chain.
    Registry,
}

/// What a report may cost.
const BUDGET: Budget = Budget {
    steps: 400_000_000,
    bytes: 256 << 20,
};

impl PaperFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Json, Self::Markdown, Self::Html];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

impl Sort {
    /// Every sort.
    pub const ALL: &'static [Self] = &[Self::Incident, Self::Pr, Self::Metrics, Self::Registry];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Pr => "pr",
            Self::Metrics => "metrics",
            Self::Registry => "registry",
        }
    }

    /// Where an organisation keeps its own template for a format, beside the records; none for a
    /// format without one.
    pub fn template_path(self, format: PaperFormat) -> Option<String> {
        let extension = match format {
            PaperFormat::Json => return None,
            PaperFormat::Markdown => "md",
            PaperFormat::Html => "html",
        };
        Some(format!("templates/reports/{}.{extension}", self.name()))
    }

    /// The template that comes with the program; that of Markdown for a format that needs none.
    pub fn shipped_template(self, format: PaperFormat) -> Template {
        let markdown = match self {
            Self::Pr => include_str!("../change/pr.md"),
            _ => include_str!("../audit/audit.md"),
        };
        match format {
            PaperFormat::Json | PaperFormat::Markdown => {
                Template::shipped(template::Format::Markdown, markdown)
            }
            PaperFormat::Html => {
                Template::shipped(template::Format::Html, include_str!("../audit/audit.html"))
            }
        }
    }
}

/// Renders a report.
///
/// # Errors
/// [`TemplateError`] for a template that cannot be used.
pub fn render_paper<S: Serialize>(
    paper: &Paper<S>,
    format: PaperFormat,
    template: &Template,
    links: &Links,
) -> Result<String, TemplateError> {
    let format = match format {
        PaperFormat::Json => return Ok(render_json_rows(paper)),
        PaperFormat::Markdown => template::Format::Markdown,
        PaperFormat::Html => template::Format::Html,
    };
    let form = Form {
        format,
        budget: BUDGET,
        names: "The names are `title`, `subtitle` and `sections`; docs/reports.md lists their keys.",
    };
    let page = lay_out(
        paper.title.clone(),
        paper.subtitle.clone(),
        &paper.sections,
        &paper.pictures,
        links,
        format,
        paper.rows,
    );
    fill(template, &page, &form)
}
