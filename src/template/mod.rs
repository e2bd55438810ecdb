//! Templates: ours, and those that an organisation wrote.
//!
//! The only module that knows the template engine. It gets no loader, no functions and no filters
//! but four; steps, depth and output are counted; what a record says is escaped for the format
//! wherever it is put in. This module knows nothing of what is put in.

mod escape;
mod sandbox;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use serde::Serialize;

pub use escape::is_hidden;
use sandbox::inspect;

/// Deepest nesting of a template.
const DEPTH: usize = 60;
/// Largest template, in bytes.
const LARGEST: usize = 128 << 10;

/// A format that templates are filled in.
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

    /// A text of a record as it stands in this format, so that it says what it says and no more.
    pub fn escaped(self, text: &str) -> String {
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
    /// One that comes with the program.
    pub fn shipped(format: Format, text: &str) -> Self {
        Self {
            path: format!("the template for {}", format.extension()),
            text: text.to_owned(),
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

    /// An error of this template.
    pub fn failure(&self, line: Option<usize>, message: String, help: &str) -> TemplateError {
        TemplateError {
            path: self.path.clone(),
            line,
            message,
            help: help.to_owned(),
        }
    }
}

/// What a template may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most steps that it takes.
    pub steps: u64,
    /// Largest text that is rendered, in bytes.
    pub bytes: usize,
}

/// How a template is filled.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Into which format.
    pub format: Format,
    /// For how much.
    pub budget: Budget,
    /// The names that it may put in, in a sentence, for those who miss one.
    pub names: &'static str,
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

/// Puts values into a template.
///
/// # Errors
/// [`TemplateError`] for a template that cannot be used.
pub fn fill(
    template: &Template,
    values: &(impl Serialize + Send + Sync + std::fmt::Debug),
    form: &Form,
) -> Result<String, TemplateError> {
    if template.text.len() > LARGEST {
        let message = format!("the template has more than {} KiB", LARGEST >> 10);
        return Err(template.failure(None, message, "Keep pictures and long texts out of it."));
    }
    inspect(&template.text)
        .map_err(|found| template.failure(Some(found.line), found.message, MAY_SAY))?;
    let environment = environment(form);
    let text = template.text.replace("\r\n", "\n");
    let ready = environment.template_from_str(&text);
    let ready = ready.map_err(|error| failed(&error, &text, template, form))?;
    let mut output = Capped {
        bytes: Vec::new(),
        most: form.budget.bytes,
        is_full: false,
    };
    let rendered = ready.render_captured_to(Value::from(Serde(values)), &mut output);
    if output.is_full {
        let message = format!("what it renders has more than {} MiB", output.most >> 20);
        return Err(template.failure(None, message, "Walk through each list only once."));
    }
    rendered.map_err(|error| failed(&error, &text, template, form))?;
    Ok(tidy(&String::from_utf8_lossy(&output.bytes)))
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
const MAY_SAY: &str = "Write `{{ name.key }}`, `{% if … %}` and `{% for … in … %}`, with the filters `upper`, `code`, `href` and `wrap(4)`; nothing else.";

fn environment(form: &Form) -> Environment<'static> {
    let format = form.format;
    let mut environment = Environment::empty();
    environment.set_fuel(Some(form.budget.steps));
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
    let left = Arc::new(AtomicUsize::new(form.budget.bytes));
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
    let spent = spend.clone();
    environment.add_filter("href", move |text: String| {
        spent(&text).map(|_| Value::from_safe_string(escape::href(&text)))
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
fn failed(error: &Error, text: &str, template: &Template, form: &Form) -> TemplateError {
    let named = error.range().and_then(|range| text.get(range));
    let named = named
        .map(str::trim)
        .filter(|it| !it.contains('\n') && it.len() <= 60);
    let quoted = named.map_or_else(String::new, |it| format!("`{it}`: "));
    let (message, help) = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => {
            ("it is not written as a template is".to_owned(), MAY_SAY)
        }
        ErrorKind::UndefinedError => (format!("{quoted}there is no such name"), form.names),
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
    template.failure(error.line(), message, help)
}

/// Output up to a size.
#[derive(Debug)]
struct Capped {
    bytes: Vec<u8>,
    most: usize,
    is_full: bool,
}

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
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
