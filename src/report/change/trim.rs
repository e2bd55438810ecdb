//! A comment of a code host holds only so much: what does not fit is cut, row by row, and what was
//! cut is said.

use super::ChangeFile;
use crate::report::audit::Section;
use crate::report::links::Links;
use crate::report::paper::{Paper, PaperFormat, render_paper};
use crate::template::{Template, TemplateError};

/// Characters that a comment may have, with room for a line that somebody puts around it.
pub const LONGEST: usize = 65_000;

/// So many rows each table may keep, from one try to the next.
const TRIES: &[usize] = &[400, 200, 100, 50, 25, 12, 6, 3, 1, 0];

/// Renders the report on a change; as Markdown no longer than a comment may be.
///
/// # Errors
/// [`TemplateError`] for a template that cannot be used.
pub fn render_change(
    paper: &Paper<ChangeFile>,
    format: PaperFormat,
    template: &Template,
    links: &Links,
) -> Result<String, TemplateError> {
    let whole = render_paper(paper, format, template, links)?;
    if format != PaperFormat::Markdown || fits(&whole) {
        return Ok(whole);
    }
    let mut trimmed = paper.clone();
    for most in TRIES {
        trimmed.sections = cut(&paper.sections, *most);
        let text = render_paper(&trimmed, format, template, links)?;
        if fits(&text) {
            return Ok(text);
        }
    }
    // Only a template of its own, or one endless value, comes here.
    let text = render_paper(&trimmed, format, template, links)?;
    let mut short = String::new();
    let mut length = 0;
    for line in text.lines() {
        length += units(line) + 1;
        if length > LONGEST - 200 {
            break;
        }
        short.push_str(line);
        short.push('\n');
    }
    short.push_str("\nThe rest was cut: a comment holds no more.\n");
    Ok(short)
}

fn fits(text: &str) -> bool {
    units(text) <= LONGEST
}

/// Characters as the narrowest host counts them.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The same with so many rows in each table, and a word on what was cut.
fn cut(sections: &[Section], most: usize) -> Vec<Section> {
    let mut sections = sections.to_vec();
    let groups = sections.iter_mut().flat_map(|it| &mut it.groups);
    for table in groups.flat_map(|it| &mut it.tables) {
        let all = table.rows.len();
        if all > most {
            table.rows.truncate(most);
            let caption = format!(
                "{} (cut to {most} of {all} rows, because a comment holds no more: the other formats show them all)",
                table.caption
            );
            table.caption = caption;
            "Cut.".clone_into(&mut table.empty);
        }
    }
    sections
}
