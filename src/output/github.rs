//! Commands of GitHub workflows: each finding annotates its line.
//!
//! Escaped as `@actions/core` does it. Of one step GitHub shows ten annotations of each weight: the
//! worst come first, the rest is listed below as plain lines of the log, which can be no command.

use std::fmt::Write as _;

use super::change::{judged_by, notes};
use super::concise::line;
use super::{
    FIRST_STEP, adjusted, counted, fact, gaps, pressing, sentences, summary, tamed, tamed_line,
};
use crate::finding::{Finding, Outcome, Severity};

/// Annotations of one weight that GitHub shows of a step.
const MOST: usize = 10;

/// An annotation; the lines of its weight are kept apart.
struct Command {
    /// Names and values, unescaped.
    properties: Vec<(&'static str, String)>,
    message: String,
    /// The same as a line of a log.
    plain: String,
}

#[derive(Default)]
struct Commands {
    errors: Vec<Command>,
    warnings: Vec<Command>,
    notices: Vec<Command>,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let mut commands = Commands::default();
    for finding in pressing(outcome) {
        let list = match finding.severity {
            Severity::Error => &mut commands.errors,
            Severity::Warning => &mut commands.warnings,
            Severity::Info => &mut commands.notices,
        };
        list.push(of_finding(finding));
    }
    for gap in &outcome.incomplete {
        let file = tamed_line(&gap.file);
        let text = format!("not examined: {}", gap.reason);
        let mut command = titled("not examined", sentences(&text, gap.help.as_deref()));
        if !file.is_empty() {
            command.plain = format!("{file}: {}", command.plain);
            command.properties.insert(0, ("file", file));
        }
        commands.errors.push(command);
    }
    if outcome.is_empty() {
        let text = sentences(
            "there is nothing to examine: no record was found",
            Some(FIRST_STEP),
        );
        commands.errors.push(titled("nothing to examine", text));
    }
    if let Some(words) = judged_by(outcome) {
        commands
            .notices
            .push(titled("rules of another revision", words));
    }
    let altered = notes(outcome).into_iter();
    for (what, words) in altered.chain(outcome.adjusted.iter().map(adjusted)) {
        let title = what.trim_end_matches(':');
        commands.notices.push(titled(title, words));
    }
    let gaps = gaps(outcome);
    if !gaps.is_empty() {
        commands
            .notices
            .push(titled("not evaluated", gaps.join("\n")));
    }
    commands.written(outcome)
}

impl Commands {
    fn written(mut self, outcome: &Outcome) -> String {
        let errors = self.errors.split_off(self.errors.len().min(MOST));
        let warnings = self.warnings.split_off(self.warnings.len().min(MOST));
        let is_cut = !errors.is_empty() || !warnings.is_empty() || self.notices.len() > MOST;
        // The last notice that is shown tells of what is not.
        let room = MOST - usize::from(is_cut);
        let hidden = Self {
            errors,
            warnings,
            notices: self.notices.split_off(self.notices.len().min(room)),
        };
        let mut text = String::new();
        for (command, name) in self.all() {
            command.write(name, &mut text);
        }
        if is_cut {
            let message = format!(
                "not shown as annotations: {}. GitHub shows {MOST} of each weight; all of them are in the log of this step.",
                hidden.counts().join(", ")
            );
            titled("Probity", message).write("notice", &mut text);
            let _ = writeln!(text, "not shown as annotations:");
            for (command, _) in hidden.all() {
                let _ = writeln!(text, "  {}", uncommanding(&command.plain));
            }
        }
        let (found, examined) = summary(outcome);
        let _ = writeln!(text, "{}", uncommanding(&format!("{found}; {examined}")));
        text
    }

    /// The commands with their names.
    fn all(&self) -> impl Iterator<Item = (&Command, &'static str)> {
        let errors = self.errors.iter().map(|it| (it, "error"));
        let warnings = self.warnings.iter().map(|it| (it, "warning"));
        let notices = self.notices.iter().map(|it| (it, "notice"));
        errors.chain(warnings).chain(notices)
    }

    fn counts(&self) -> Vec<String> {
        [
            (&self.errors, "error", "errors"),
            (&self.warnings, "warning", "warnings"),
            (&self.notices, "notice", "notices"),
        ]
        .into_iter()
        .filter(|(list, ..)| !list.is_empty())
        .map(|(list, one, many)| counted(list.len(), one, many))
        .collect()
    }
}

fn of_finding(finding: &Finding) -> Command {
    let location = &finding.location;
    let mut properties = Vec::new();
    if !location.file.is_empty() {
        properties.push(("file", location.file.clone()));
    }
    if let Some(range) = &location.range {
        let (start, end) = (range.start, range.end);
        properties.push(("line", start.line.to_string()));
        properties.push(("endLine", end.line.to_string()));
        // GitHub takes columns of a single line only.
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    let title = match finding.obligations.as_slice() {
        [] => finding.rule.to_string(),
        demands => format!("{} ({})", finding.rule, demands.join(", ")),
    };
    properties.push(("title", title));
    let help = finding.help.as_deref();
    let help = help.map_or_else(String::new, |help| format!("\n{help}"));
    Command {
        properties,
        message: format!("{}{help}", fact(finding)),
        plain: line(finding),
    }
}

fn titled(title: &str, message: String) -> Command {
    Command {
        properties: vec![("title", title.to_owned())],
        plain: tamed_line(&message),
        message,
    }
}

impl Command {
    fn write(&self, name: &str, text: &mut String) {
        let properties: Vec<String> = self
            .properties
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped_property(&tamed_line(value))))
            .collect();
        let message = escaped_data(&tamed(&self.message));
        let _ = writeln!(text, "::{name} {}::{message}", properties.join(","));
    }
}

fn escaped_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escaped_property(text: &str) -> String {
    escaped_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line that is no command: the old ones may begin anywhere in it.
fn uncommanding(line: &str) -> String {
    line.replace("##[", "# #[")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `@actions/core` 1.11 prints for the same properties and message.
    #[test]
    fn escaping_is_that_of_the_actions_toolkit() {
        let title = escaped_property("IR-6(3): late, 100%");
        assert_eq!(title, "IR-6(3)%3A late%2C 100%25");
        let file = escaped_property("incidents/a,b:c%20.yaml");
        assert_eq!(file, "incidents/a%2Cb%3Ac%2520.yaml");
        let data = escaped_data("50% of vendors\r\nmissing: a,b");
        assert_eq!(data, "50%25 of vendors%0D%0Amissing: a,b");
    }

    #[test]
    fn no_line_of_the_log_is_a_command() {
        assert_eq!(
            uncommanding("a ##[stop-commands]x"),
            "a # #[stop-commands]x"
        );
    }
}
