//! Snippets with carets, related places and help, for people. Drawn by miette.

use std::fmt::{self, Write as _};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, Severity as Level, SourceCode, SourceSpan, SpanContents, ThemeCharacters,
    ThemeStyles,
};

use super::change::{before, headlines, is_shown, notes};
use super::{FIRST_STEP, Look, adjustments, gaps, summary, tamed, tamed_line};
use crate::finding::{Excerpt, Finding, Location, Outcome, Related, Severity};
use crate::text::LineColumn;

pub(super) fn render(outcome: &Outcome, look: Look) -> String {
    let handler = handler(look);
    let paint = Paint {
        has_color: look.has_color,
    };
    let mut text = String::new();
    for line in headlines(outcome) {
        let line = wrapped(&line, look.width);
        let _ = writeln!(text, "{}\n", paint.with("1", &line));
    }
    let shown = outcome.findings.iter();
    for finding in shown.filter(|it| is_shown(it, outcome)) {
        let shown = Shown::new(finding, look.width);
        let _ = handler.render_report(&mut text, &shown);
        for related in &finding.related {
            draw_related(&mut text, &handler, related);
        }
        text.push('\n');
    }
    compared(&mut text, outcome, paint);
    not_examined(&mut text, outcome, paint);
    let (found, examined) = summary(outcome);
    let worst = outcome.deciding().map(|finding| finding.severity).max();
    let code = match worst {
        Some(Severity::Error) => "31;1",
        Some(Severity::Warning) => "33;1",
        Some(Severity::Info) => "36;1",
        None if outcome.incomplete.is_empty() && outcome.stats.records > 0 => "32;1",
        None => "33;1",
    };
    let _ = writeln!(text, "{}\n{examined}", paint.with(code, &found));
    if outcome.is_empty() {
        let _ = writeln!(text, "  {} {}", paint.with("36", "help:"), FIRST_STEP);
    }
    text
}

/// What a change mends and takes away is said before the numbers.
fn compared(text: &mut String, outcome: &Outcome, paint: Paint) {
    for finding in outcome.comparison.iter().flat_map(|it| &it.fixed) {
        let (file, message) = (&finding.location.file, &finding.message);
        let _ = writeln!(
            text,
            "{} {}: {} [{}]",
            paint.with("32;1", "fixed:"),
            tamed_line(file),
            tamed_line(message),
            finding.rule
        );
    }
    for (what, words) in notes(outcome) {
        let _ = writeln!(text, "{} {words}", paint.with("33;1", what));
    }
}

fn handler(look: Look) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if look.has_unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if look.has_color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_links(false)
        .with_context_lines(1)
        // Wrapped by us: dates and ids must not be broken at their hyphens.
        .with_wrap_lines(false)
}

/// Places in other files come after the finding, each with its own lines.
fn draw_related(text: &mut String, handler: &GraphicalReportHandler, related: &Related) {
    let mut drawn = String::new();
    let _ = handler.render_report(&mut drawn, &Shown::related(related));
    let _ = writeln!(text, "{}", drawn.trim_matches('\n'));
}

/// What could not be examined or judged is said before the numbers.
fn not_examined(text: &mut String, outcome: &Outcome, paint: Paint) {
    for incomplete in &outcome.incomplete {
        let _ = writeln!(
            text,
            "{} {}: {}",
            paint.with("33;1", "not examined:"),
            tamed_line(&incomplete.file),
            tamed_line(&incomplete.reason)
        );
        if let Some(help) = &incomplete.help {
            let _ = writeln!(text, "  {} {}", paint.with("36", "help:"), tamed(help));
        }
    }
    for gap in gaps(outcome) {
        let _ = writeln!(text, "{} {gap}", paint.with("33;1", "not evaluated:"));
    }
    for (what, words) in adjustments(outcome) {
        let _ = writeln!(text, "{} {words}", paint.with("33;1", what));
    }
    for skipped in &outcome.skipped {
        let (file, reason) = (tamed_line(&skipped.file), tamed_line(&skipped.reason));
        let _ = writeln!(text, "{} {file} {reason}", paint.with("2", "passed over:"));
    }
}

/// Text in lines of at most `width` characters, broken at spaces only.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[derive(Clone, Copy)]
struct Paint {
    has_color: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.has_color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A finding as miette wants it. Texts are tamed here, once.
#[derive(Debug)]
struct Shown {
    title: String,
    code: Option<String>,
    level: Level,
    help: Option<String>,
    snippet: Option<Snippet>,
}

impl Shown {
    fn new(finding: &Finding, width: usize) -> Self {
        let mut title = tamed(&finding.message);
        if finding.location.range.is_none() && !finding.location.file.is_empty() {
            title = format!("{}: {title}", tamed_line(&finding.location.file));
        }
        let mut title = wrapped(&title, width.saturating_sub(4));
        if let Some(duty) = &finding.duty {
            let arithmetic = tamed_line(&duty.clock.arithmetic());
            title.push('\n');
            title.push_str(&wrapped(&arithmetic, width.saturating_sub(4)));
        }
        if let Some(proof) = finding.proof() {
            title.push('\n');
            title.push_str(&wrapped(&tamed_line(&proof), width.saturating_sub(4)));
        }
        if let Some(before) = before(finding) {
            title.push('\n');
            title.push_str(&wrapped(&before, width.saturating_sub(4)));
        }
        let mut code = match finding.obligations.as_slice() {
            [] => finding.rule.to_string(),
            names => format!("{} ({})", finding.rule, names.join(", ")),
        };
        if let Some(exception) = &finding.excepted_by {
            let _ = write!(code, ": excepted, accepted by {}", tamed_line(exception));
        }
        if let Some(change) = &finding.change {
            let _ = write!(code, ": {}", change.as_str());
        }
        Self {
            title,
            code: Some(code),
            level: match finding.severity {
                // Nobody has to act while the exception lasts.
                _ if finding.excepted_by.is_some() => Level::Advice,
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
                Severity::Info => Level::Advice,
            },
            help: finding
                .help
                .as_deref()
                .map(|help| wrapped(&tamed(help), width.saturating_sub(8))),
            snippet: Snippet::of(&finding.location),
        }
    }

    /// A place that explains a finding.
    fn related(related: &Related) -> Self {
        Self {
            title: tamed(&related.message),
            code: None,
            level: Level::Advice,
            help: None,
            snippet: Snippet::of(&related.location),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt.write_str(&self.title)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code
            .as_ref()
            .map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Level> {
        Some(self.level)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet
            .as_ref()
            .map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let snippet = self.snippet.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::underline(
            snippet.marked,
        ))))
    }
}

/// The lines of an excerpt, numbered as in their file.
#[derive(Debug)]
struct Snippet {
    name: String,
    text: String,
    first_line: u32,
    marked: SourceSpan,
    start: LineColumn,
}

impl Snippet {
    fn of(location: &Location) -> Option<Self> {
        let range = location.range.as_ref()?;
        let Excerpt {
            first_line,
            lines,
            marked_line,
            marked,
        } = &range.excerpt;
        let before: usize = lines
            .iter()
            .take(*marked_line)
            .map(|line| line.len() + 1)
            .sum();
        Some(Self {
            name: tamed_line(&location.file),
            text: lines.join("\n"),
            first_line: *first_line,
            marked: (before + marked.0, marked.1.saturating_sub(marked.0)).into(),
            start: range.start,
        })
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked without context, miette wants to know what to print above the snippet.
        if before == 0 && after == 0 {
            return Ok(Box::new(MietteSpanContents::new_named(
                self.name.clone(),
                self.text.as_bytes(),
                self.marked,
                self.start.line as usize - 1,
                self.start.column as usize - 1,
                1,
            )));
        }
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.first_line as usize - 1,
            0,
            self.text.lines().count(),
        )))
    }
}
