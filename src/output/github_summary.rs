//! Markdown for the summary of a GitHub job, which also fits into a comment.
//!
//! What records say is text and nothing else: no link, tag, picture, row or mention of a person can
//! be made by it. A longer text than a comment may have is cut between two findings, and says so.

use std::fmt::Write as _;

use super::change::{before, headlines, notes};
use super::{FIRST_STEP, adjusted, counted, fact, gaps, pressing, sentences, summary};
use crate::finding::{Finding, Outcome, Severity};
use crate::template::Format;

/// Bytes after which no further finding is begun. A comment on GitHub takes 65,536 characters, a
/// summary 1 MiB.
const LARGEST: usize = 56_000;

/// Most of one finding, in characters.
const LONGEST: usize = 2_000;

pub(super) fn render(outcome: &Outcome) -> String {
    let (found, examined) = summary(outcome);
    let mut text = format!("## Probity: {found}\n\n");
    for line in headlines(outcome) {
        let _ = writeln!(text, "{}\n", sentence(&line));
    }
    if outcome.is_empty() {
        let _ = writeln!(text, "No record was found. {}\n", inline(FIRST_STEP));
    }
    not_examined(&mut text, outcome);
    let pressing = pressing(outcome);
    let (deciding, others): (Vec<&Finding>, Vec<&Finding>) = pressing
        .into_iter()
        .partition(|it| outcome.is_decided_by(it));
    table(&mut text, "", &deciding);
    table(&mut text, "Changed, but not for the worse", &others);
    let altered = match outcome.comparison {
        Some(_) => "What the change takes away or alters",
        None => "What has no effect here",
    };
    list(&mut text, altered, {
        let notes = notes(outcome).into_iter();
        notes.map(|(what, words)| format!("{what} {}", inline(&words)))
    });
    let fixed = outcome.comparison.iter().flat_map(|it| &it.fixed);
    folded(&mut text, ("fixed", "fixed"), fixed.map(row));
    let accepted = outcome.findings.iter().filter_map(|finding| {
        let exception = finding.excepted_by.as_deref()?;
        let why = outcome.rationales.get(exception).map(String::as_str);
        let why = why.map_or_else(String::new, |why| format!(": {}", inline(why)));
        Some(format!(
            "{}; accepted by {}{why}",
            row(finding),
            code(exception)
        ))
    });
    folded(
        &mut text,
        ("accepted by an exception", "accepted by exceptions"),
        accepted,
    );
    list(
        &mut text,
        "Not evaluated",
        gaps(outcome).iter().map(|it| inline(it)),
    );
    list(&mut text, "Adjusted here", {
        let adjusted = outcome.adjusted.iter().map(adjusted);
        adjusted.map(|(what, words)| format!("{what} {}", inline(&words)))
    });
    let _ = writeln!(text, "<sub>{}</sub>", inline(&examined));
    text
}

fn not_examined(text: &mut String, outcome: &Outcome) {
    list(text, "Not examined", {
        outcome.incomplete.iter().map(|gap| {
            let said = sentences(&gap.reason, gap.help.as_deref());
            format!("{}: {}", code(&gap.file), inline(&said))
        })
    });
}

/// Findings as a table, as many as fit.
fn table(text: &mut String, title: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = writeln!(text, "### {title}\n");
    }
    text.push_str("| | Where | What is wrong, and what to do |\n|---|---|---|\n");
    for (at, finding) in findings.iter().enumerate() {
        if text.len() > LARGEST {
            let left = counted(findings.len() - at, "more finding", "more findings");
            let _ = writeln!(text, "| | | … {left}, in the log of the check |");
            break;
        }
        let mut what = inline(&fact(finding));
        if let Some(before) = before(finding) {
            let _ = write!(what, "<br>{}", inline(&before));
        }
        if let Some(help) = &finding.help {
            let _ = write!(what, "<br>**→** {}", inline(help));
        }
        let demands = match finding.obligations.as_slice() {
            [] => String::new(),
            demands => format!(" ({})", demands.join(", ")),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {what}<br><sub>{}{demands}</sub> |",
            weight(finding.severity),
            place(finding),
            code(&finding.rule),
        );
    }
    text.push('\n');
}

fn list(text: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_some() && text.len() <= LARGEST {
        let _ = writeln!(text, "### {title}\n");
        write_items(text, items);
    }
}

/// A list that is unfolded by a click, under the number of its items.
fn folded(text: &mut String, (one, many): (&str, &str), items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() && text.len() <= LARGEST {
        let title = counted(items.len(), one, many);
        let _ = writeln!(text, "<details><summary>{title}</summary>\n");
        write_items(text, items.into_iter());
        text.push_str("</details>\n\n");
    }
}

fn write_items(text: &mut String, items: impl Iterator<Item = String>) {
    let mut left = 0;
    for item in items {
        if text.len() > LARGEST {
            left += 1;
        } else {
            let _ = writeln!(text, "- {item}");
        }
    }
    if left > 0 {
        let _ = writeln!(text, "- … {left} more");
    }
    text.push('\n');
}

fn row(finding: &Finding) -> String {
    let (place, message) = (place(finding), inline(&finding.message));
    format!("{place}: {message} ({})", code(&finding.rule))
}

fn place(finding: &Finding) -> String {
    let location = &finding.location;
    match (&*location.file, &location.range) {
        ("", _) => "the repository".to_owned(),
        (file, Some(range)) => code(&format!("{file}:{}", range.start.line)),
        (file, None) => code(file),
    }
}

const fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "**error**",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    inline(&format!(
        "{}{}.",
        first.unwrap_or_default(),
        letters.as_str()
    ))
}

/// A message: its names in backticks become code, all else is text.
fn inline(text: &str) -> String {
    let text = cut(text);
    let mut parts = text.split('`').peekable();
    let mut inline = String::new();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        // A backtick without a second one is one.
        if is_code && parts.peek().is_none() {
            inline.push_str("\\`");
            is_code = false;
        }
        inline.push_str(&match is_code {
            true => code(part),
            false => literal(part),
        });
        is_code = !is_code;
    }
    inline
}

/// Within code, too, Markdown would be read; what it holds is escaped.
fn code(text: &str) -> String {
    format!("<code>{}</code>", literal(&cut(text)))
}

/// Text as it is. Blanks at its ends are kept, and nobody is called by an `@` in it.
fn literal(text: &str) -> String {
    let end = |blank: bool| if blank { " " } else { "" };
    let starts = end(text.starts_with(char::is_whitespace));
    let ends = end(text.ends_with(char::is_whitespace));
    match text.trim() {
        "" => starts.to_owned(),
        trimmed => {
            let escaped = Format::Markdown.escaped(trimmed);
            format!("{starts}{}{ends}", escaped.replace("\\@", "@<!-- -->"))
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_record_means_anything() {
        assert_eq!(
            inline("`a|b` is no [link](https://x), @team\n# x"),
            "<code>a\\|b</code> is no \\[link\\](https\\://x), @<!-- -->team \\# x"
        );
        assert_eq!(inline("a ` b"), "a \\` b");
        assert_eq!(
            code("</code><img src=x>"),
            "<code>\\</code\\>\\<img src=x\\></code>"
        );
    }
}
