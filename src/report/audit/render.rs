//! From the model to bytes, one format each.

use super::model::Audit;
use super::page::{Front, page};
use crate::output::render_json;
use crate::template::{self, Budget, Form, Template, TemplateError, fill};

/// A format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The model itself.
    Json,
    /// Markdown.
    Markdown,
    /// One page that needs nothing else.
    Html,
}

/// What a report may cost.
const BUDGET: Budget = Budget {
    steps: 400_000_000,
    bytes: 256 << 20,
};

impl Format {
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

    /// Where an organisation keeps its own template for it, beside the records.
    pub const fn template_path(self) -> Option<&'static str> {
        match self {
            Self::Json => None,
            Self::Markdown => Some("templates/reports/audit.md"),
            Self::Html => Some("templates/reports/audit.html"),
        }
    }

    /// The template that comes with the program; that of Markdown for a format that needs none.
    pub fn shipped_template(self) -> Template {
        match self {
            Self::Json | Self::Markdown => {
                Template::shipped(template::Format::Markdown, include_str!("audit.md"))
            }
            Self::Html => Template::shipped(template::Format::Html, include_str!("audit.html")),
        }
    }
}

/// Renders a report. Links to files begin with `base`.
///
/// # Errors
/// [`TemplateError`] for a template that cannot be used.
pub fn render(
    audit: &Audit,
    format: Format,
    template: &Template,
    base: &str,
) -> Result<String, TemplateError> {
    let format = match format {
        Format::Json => return Ok(render_json(audit)),
        Format::Markdown => template::Format::Markdown,
        Format::Html => template::Format::Html,
    };
    let front = Front::of(audit);
    let form = Form {
        format,
        budget: BUDGET,
        names: "The names are `title`, `subtitle` and `sections`; docs/reports.md lists their keys.",
    };
    fill(template, &page(audit, &front, base), &form)
}
