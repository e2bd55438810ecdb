//! From the model to bytes, one format each.

use super::front::Front;
use super::model::Audit;
use super::oscal;
use super::page::page;
use super::spreadsheet::{csv_files, workbook};
use crate::output::render_json_rows;
use crate::report::links::Links;
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
    /// A workbook.
    Xlsx,
    /// A folder with a CSV file for each table.
    Csv,
    /// A folder with the three documents of OSCAL.
    Oscal,
    /// The assessment plan in OSCAL.
    OscalAp,
    /// The assessment results in OSCAL.
    OscalAr,
    /// The plan of action and milestones in OSCAL.
    OscalPoam,
}

/// What comes of a format.
#[derive(Clone, Debug)]
pub enum Rendered {
    /// A text for a file, or to be shown.
    Text(String),
    /// A file that is no text.
    Bytes(Vec<u8>),
    /// Files for a folder, by their names.
    Folder(Vec<(String, String)>),
}

/// Why a format cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template's fault.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// There is more than a workbook can hold.
    #[error("the report does not fit into a workbook: {0}")]
    Workbook(String),
}

/// What a report may cost.
const BUDGET: Budget = Budget {
    steps: 400_000_000,
    bytes: 256 << 20,
};

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Xlsx,
        Self::Csv,
        Self::Oscal,
        Self::OscalAp,
        Self::OscalAr,
        Self::OscalPoam,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Oscal => "oscal",
            Self::OscalAp => "oscal-ap",
            Self::OscalAr => "oscal-ar",
            Self::OscalPoam => "oscal-poam",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// Where an organisation keeps its own template for it, beside the records.
    pub const fn template_path(self) -> Option<&'static str> {
        match self {
            Self::Markdown => Some("templates/reports/audit.md"),
            Self::Html => Some("templates/reports/audit.html"),
            _ => None,
        }
    }

    /// The template that comes with the program; that of Markdown for a format that needs none.
    pub fn shipped_template(self) -> Template {
        match self {
            Self::Html => Template::shipped(template::Format::Html, include_str!("audit.html")),
            _ => Template::shipped(template::Format::Markdown, include_str!("audit.md")),
        }
    }
}

/// Renders a report.
///
/// # Errors
/// See [`RenderError`].
pub fn render(
    audit: &Audit,
    format: Format,
    template: &Template,
    links: &Links,
) -> Result<Rendered, RenderError> {
    let text = match format {
        Format::Json => render_json_rows(audit),
        Format::Markdown => filled(audit, template::Format::Markdown, template, links)?,
        Format::Html => filled(audit, template::Format::Html, template, links)?,
        Format::Xlsx => {
            let book = workbook(audit).map_err(RenderError::Workbook)?;
            return Ok(Rendered::Bytes(book));
        }
        Format::Csv => return Ok(Rendered::Folder(csv_files(audit))),
        Format::Oscal => return Ok(Rendered::Folder(oscal::files(audit))),
        Format::OscalAp => oscal::plan(audit),
        Format::OscalAr => oscal::results(audit),
        Format::OscalPoam => oscal::actions(audit),
    };
    Ok(Rendered::Text(text))
}

fn filled(
    audit: &Audit,
    format: template::Format,
    template: &Template,
    links: &Links,
) -> Result<String, TemplateError> {
    let front = Front::of(audit);
    let form = Form {
        format,
        budget: BUDGET,
        names: "The names are `title`, `subtitle` and `sections`; docs/reports.md lists their keys.",
    };
    fill(template, &page(audit, &front, links, format), &form)
}
