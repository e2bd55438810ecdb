//! A letter in a template: one of ours, or one that the organisation wrote.
//!
//! The only file that knows the template engine. It gets no loader, no functions and no filters but
//! three; steps, depth and output are counted; what a record says is escaped for the format
//! wherever it is put in.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::escape;
use super::letter::Letter;
use super::sandbox::inspect;

/// Most steps that a template takes.
const FUEL: u64 = 200_000;
/// Deepest nesting of a template.
const DEPTH: usize = 60;
/// Largest template, in bytes.
pub(super) const LARGEST: usize = 128 << 10;
/// Largest text that is rendered, in bytes.
const MOST: usize = 4 << 20;

/// A format of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// A page that shows in every browser and prints well.
    Html,
}

impl Format {
    /// How files of it end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Html => "html",
        }
    }

    /// Where an organisation keeps its own template for it, beside the records.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Markdown => "templates/package.md",
            Self::Text => "templates/package.txt",
            Self::Html => "templates/package.html",
        }
    }

    fn shipped(self) -> &'static str {
        match self {
            Self::Markdown => include_str!("template.md"),
            Self::Text => include_str!("template.txt"),
            Self::Html => include_str!("template.html"),
        }
    }

    fn escaped(self, text: &str) -> String {
        match self {
            Self::Markdown => escape::markdown(text),
            Self::Text => escape::plain(text),
            Self::Html => escape::html(text),
        }
    }
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Where it comes from, for errors.
    pub path: String,
    /// Its text.
    pub text: String,
    is_shipped: bool,
}

impl Template {
    /// The one that comes with the program.
    pub fn shipped(format: Format) -> Self {
        Self {
            path: format!("the template for {}", format.extension()),
            text: format.shipped().to_owned(),
            is_shipped: true,
        }
    }

    /// One that an organisation wrote.
    pub const fn own(path: String, text: String) -> Self {
        Self {
            path,
            text,
            is_shipped: false,
        }
    }

    /// Whether it comes with the program.
    pub const fn is_shipped(&self) -> bool {
        self.is_shipped
    }

    /// Largest file that may be one, in bytes.
    pub const LARGEST: usize = LARGEST;
}

/// What is wrong with a template. Its author's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct TemplateError {
    /// The template.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
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
    let fail = |line, message: String, help: &str| TemplateError {
        path: template.path.clone(),
        line,
        message,
        help: help.to_owned(),
    };
    if template.text.len() > LARGEST {
        let message = format!("the template has more than {} KiB", LARGEST >> 10);
        return Err(fail(
            None,
            message,
            "Keep pictures and long texts out of it.",
        ));
    }
    inspect(&template.text).map_err(|found| fail(Some(found.line), found.message, MAY_SAY))?;
    let environment = environment(format);
    let text = template.text.replace("\r\n", "\n");
    let ready = environment.template_from_str(&text);
    let ready = ready.map_err(|error| failed(&error, &text, template))?;
    let mut output = Capped::default();
    let rendered = ready.render_captured_to(Value::from(Serde(letter)), &mut output);
    if output.is_full {
        let message = format!("what it renders has more than {} MiB", MOST >> 20);
        return Err(fail(None, message, "Walk through each list only once."));
    }
    rendered.map_err(|error| failed(&error, &text, template))?;
    let rendered = tidy(&String::from_utf8_lossy(&output.bytes));
    let shown = |what: &str| rendered.contains(&format.escaped(what));
    if !shown(&letter.handling.tlp) {
        let message = "the template does not show the TLP label".to_owned();
        return Err(fail(None, message, "Put `{{ handling.tlp }}` at its top."));
    }
    if letter.banner.is_some_and(|banner| !shown(banner)) {
        let message = "the template does not show that this is a draft".to_owned();
        return Err(fail(
            None,
            message,
            "Put `{% if banner %}{{ banner }}{% endif %}` at its top.",
        ));
    }
    Ok(rendered)
}

/// A text without blanks at the ends of its lines, and with one blank line where there are more.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut is_blank = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && is_blank) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        is_blank = line.is_empty();
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

/// What a template may say.
const MAY_SAY: &str = "Write `{{ name.key }}`, `{% if … %}` and `{% for … in … %}`, with the filters `upper`, `code` and `wrap(4)`; nothing else.";

fn environment(format: Format) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEPTH);
    // As most templates are written: a statement takes the end of its line with it.
    if let Ok(syntax) = environment.syntax().to_builder().trim_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(move |output, _, value| {
        let written = match value.as_str() {
            Some(text) if value.is_safe() => output.write_str(text),
            Some(text) => output.write_str(&format.escaped(text)),
            None if value.is_undefined() => {
                return Err(ErrorKind::UndefinedError.into());
            }
            None if value.is_none() => Ok(()),
            None if value.is_number() => write!(output, "{value}"),
            None => return Err(ErrorKind::NonPrimitive.into()),
        };
        written.map_err(Error::from)
    });
    // The counter of steps knows nothing of the length of texts.
    let left = Arc::new(AtomicUsize::new(MOST));
    let spend = move |text: &str| {
        let spent = left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(text.len() + 1));
        spent.map_err(|_| Error::from(ErrorKind::OutOfFuel))
    };
    let spent = spend.clone();
    environment.add_filter("upper", move |text: String| {
        spent(&text).map(|_| text.to_uppercase())
    });
    let spent = spend.clone();
    environment.add_filter("code", move |text: String| {
        spent(&text).map(|_| {
            Value::from_safe_string(match format {
                Format::Markdown => escape::code(&text),
                _ => format.escaped(&text),
            })
        })
    });
    environment.add_filter("wrap", move |text: String, column: u8| {
        spend(&text).map(|_| {
            Value::from_safe_string(match format {
                Format::Text => escape::wrap(&text, usize::from(column.min(40))),
                _ => format.escaped(&text),
            })
        })
    });
    environment
}

/// The engine's error in our words.
fn failed(error: &Error, text: &str, template: &Template) -> TemplateError {
    let named = error.range().and_then(|range| text.get(range));
    let named = named
        .map(str::trim)
        .filter(|it| !it.contains('\n') && it.len() <= 60);
    let quoted = named.map_or_else(String::new, |it| format!("`{it}`: "));
    let (message, help) = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => {
            ("it is not written as a template is".to_owned(), MAY_SAY)
        }
        ErrorKind::UndefinedError => (
            format!("{quoted}there is no such name"),
            "The names are `banner`, `handling`, `reference` and `sections`; docs/package.md lists their keys.",
        ),
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod => (
            format!("{quoted}there is no such filter, test or function"),
            MAY_SAY,
        ),
        ErrorKind::OutOfFuel => (
            "it takes too many steps".to_owned(),
            "Walk through each list only once.",
        ),
        ErrorKind::NonPrimitive => (
            format!("{quoted}this is no text, but a list or a group of names"),
            "Walk through a list with `{% for … in … %}`, and name a key of a group.",
        ),
        _ => (format!("{quoted}this cannot be worked out"), MAY_SAY),
    };
    TemplateError {
        path: template.path.clone(),
        line: error.line(),
        message,
        help: help.to_owned(),
    }
}

/// Output up to a size.
#[derive(Debug, Default)]
struct Capped {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST {
            self.is_full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
