//! What was written, and what comes next.

use std::fmt::Write as _;
use std::path::Path;

use probity::clock::{Instant, between, duration_text};
use probity::output::tamed;

use super::desk::Effect;

/// Most findings that are listed; the check lists them all.
const MOST: usize = 12;

pub(super) fn told(path: &Path, effect: &Effect, as_of: Instant) -> String {
    let mut text = String::new();
    let here = std::path::absolute(".").unwrap_or_default();
    let near = path.strip_prefix(&here).unwrap_or(path);
    let _ = writeln!(text, "wrote {}", tamed(&near.display().to_string()));
    tell_duties(&mut text, effect, as_of);
    tell_findings(&mut text, effect);
    text
}

fn tell_duties(text: &mut String, effect: &Effect, as_of: Instant) {
    let mut due: Vec<_> = effect
        .duties
        .iter()
        .filter_map(|duty| Some((duty.clock.due?, &duty.clock)))
        .collect();
    due.sort_by(|left, right| (left.0, &left.1.what).cmp(&(right.0, &right.1.what)));
    if due.is_empty() {
        return;
    }
    text.push_str("\ndue next:\n");
    for (due, clock) in due {
        let left = match between(due, as_of) {
            Some(left) if due > as_of => format!("in {}", duration_text(left)),
            _ => "overdue".to_owned(),
        };
        let who = clock
            .who
            .as_ref()
            .map_or(String::new(), |who| format!(" ({who})"));
        let row = format!("  {due}  {left}  {}{who}", clock.what);
        let _ = writeln!(text, "{}", tamed(&row));
    }
}

fn tell_findings(text: &mut String, effect: &Effect) {
    if effect.findings.is_empty() {
        text.push_str("\n`probity check` has nothing to say about it\n");
        return;
    }
    text.push_str("\n`probity check` will ask for:\n");
    for finding in effect.findings.iter().take(MOST) {
        let place = match finding.location.file == effect.file {
            true => String::new(),
            false => format!("{}: ", finding.location.file),
        };
        let (severity, message) = (finding.severity.as_str(), &finding.message);
        let _ = writeln!(
            text,
            "  {}",
            tamed(&format!("{severity}  {place}{message}"))
        );
    }
    let more = effect.findings.len().saturating_sub(MOST);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more");
    }
}
