//! iCalendar (RFC 5545): one event for each limit, with an identity that stays the same.

use std::fmt::Write as _;

use crate::clock::Instant;
use crate::finding::{Duty, fingerprint};

/// Octets of a line before it is folded.
const WIDTH: usize = 73;

pub(super) fn render(duties: &[&Duty], as_of: Instant) -> String {
    let mut text = String::new();
    let stamp = stamp(as_of);
    line(&mut text, "BEGIN:VCALENDAR");
    line(&mut text, "VERSION:2.0");
    line(&mut text, "PRODID:-//probity//duties//EN");
    for duty in duties {
        let Some(due) = duty.clock.due else {
            continue;
        };
        let parts = [duty.pointer.as_str(), duty.clock.what.as_str()];
        let identity = fingerprint(&duty.rule, &duty.record.kind, &duty.record.id, parts);
        line(&mut text, "BEGIN:VEVENT");
        line(&mut text, &format!("UID:{identity}@probity"));
        line(&mut text, &format!("DTSTAMP:{stamp}"));
        line(&mut text, &format!("DTSTART:{}", self::stamp(due)));
        let summary = format!("{}: {}", duty.record.id, duty.clock.what);
        line(&mut text, &format!("SUMMARY:{}", escaped(&summary)));
        let demands = match duty.obligations.as_slice() {
            [] => String::new(),
            names => format!(" ({})", names.join(", ")),
        };
        let proof = duty.clock.proof().map(|it| format!("\n{it}"));
        let description = format!(
            "{}{demands}\n{}{}\n{}:{}",
            duty.rule,
            duty.clock.arithmetic(),
            proof.unwrap_or_default(),
            duty.file,
            duty.line
        );
        line(&mut text, &format!("DESCRIPTION:{}", escaped(&description)));
        line(&mut text, "TRANSP:TRANSPARENT");
        line(&mut text, "END:VEVENT");
    }
    line(&mut text, "END:VCALENDAR");
    text
}

/// `20250620T120000Z`, whole seconds.
fn stamp(at: Instant) -> String {
    let whole = at.to_string();
    let seconds = whole.get(..19).unwrap_or(&whole);
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            ';' => escaped.push_str("\\;"),
            ',' => escaped.push_str("\\,"),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a line, folded so that no part of it is too long.
fn line(text: &mut String, content: &str) {
    let mut length = 0;
    for c in content.chars() {
        if length + c.len_utf8() > WIDTH {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(c);
        length += c.len_utf8();
    }
    let _ = write!(text, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut text = String::new();
        line(&mut text, &"ä".repeat(60));
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.len() <= 75));
        assert!(lines[1].starts_with(' '));
        assert_eq!(lines.concat().replace(' ', ""), "ä".repeat(60));
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("a, b; c\\d\ne"), "a\\, b\\; c\\\\d\\ne");
    }

    #[test]
    fn instants_are_written_without_punctuation() {
        let at = crate::clock::parse_instant("2025-06-20T12:00:00.5Z").unwrap();
        assert_eq!(stamp(at), "20250620T120000Z");
    }
}
