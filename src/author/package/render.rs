//! A letter in a template: one of ours, or one that the organisation wrote.

use super::letter::Letter;
use crate::template::{Budget, Form, Format, Template, TemplateError, fill};

/// What a letter may cost.
const BUDGET: Budget = Budget {
    steps: 200_000,
    bytes: 4 << 20,
};

/// Where an organisation keeps its own template for a format, beside the records.
pub const fn template_path(format: Format) -> &'static str {
    match format {
        Format::Markdown => "templates/package.md",
        Format::Text => "templates/package.txt",
        Format::Html => "templates/package.html",
    }
}

/// The template that comes with the program.
pub fn shipped_template(format: Format) -> Template {
    Template::shipped(
        format,
        match format {
            Format::Markdown => include_str!("template.md"),
            Format::Text => include_str!("template.txt"),
            Format::Html => include_str!("template.html"),
        },
    )
}

/// Puts a letter into a template.
///
/// # Errors
/// [`TemplateError`] for a template that cannot be used, or that leaves out the label or the banner.
pub fn render(
    letter: &Letter,
    format: Format,
    template: &Template,
) -> Result<String, TemplateError> {
    let form = Form {
        format,
        budget: BUDGET,
        names: "The names are `banner`, `handling`, `reference` and `sections`; docs/package.md lists their keys.",
    };
    let rendered = fill(template, letter, &form)?;
    let shown = |what: &str| rendered.contains(&format.escaped(what));
    if !shown(&letter.handling.tlp) {
        let message = "the template does not show the TLP label".to_owned();
        return Err(template.failure(None, message, "Put `{{ handling.tlp }}` at its top."));
    }
    if letter.banner.is_some_and(|banner| !shown(banner)) {
        let message = "the template does not show that this is a draft".to_owned();
        let help = "Put `{% if banner %}{{ banner }}{% endif %}` at its top.";
        return Err(template.failure(None, message, help));
    }
    Ok(rendered)
}
