//! The template of an organisation beside its records.

use std::path::Path;

use probity::source::Source;
use probity::template::Template;

use super::error::{Failure, with_causes};

/// The template at a path beside the records, else the one that comes with the program.
pub(crate) fn found_template(
    folder: &Path,
    revision: Option<&str>,
    path: &str,
    shipped: Template,
) -> Result<Template, Failure> {
    let source =
        Source::open(folder, revision).map_err(|error| Failure::machine(with_causes(&error)))?;
    let path = format!("{}{path}", source.prefix());
    let unread = |error: &dyn std::error::Error| {
        Failure::usage(format!("{path}: {}", with_causes(error)))
            .hint("a template is a regular file of UTF-8 text; remove it to use the one that comes with the program")
    };
    let Some(found) = source.find(&path).map_err(|error| unread(&error))? else {
        return Ok(shipped);
    };
    let bytes = source
        .read_found(&found, Template::LARGEST)
        .map_err(|error| unread(&error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Template::own(path, text)),
        Err(error) => Err(unread(&error.utf8_error())),
    }
}
