//! A file that was sent, as a text: which of its lines were written, and which the mail system
//! adds.

use std::collections::BTreeSet;
use std::ops::Range;

/// The text of a file; `None` if it is none.
pub fn as_text(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    (!text.contains('\0')).then_some(text)
}

/// The parts of a message.
#[derive(Debug)]
pub struct Message {
    /// The header lines that the mail system adds: all but the subject.
    envelope: Vec<Range<usize>>,
    /// The mail addresses of these lines, in small letters.
    named: BTreeSet<String>,
}

/// Headers with addresses that are repeated where a message is answered or passed on.
const QUOTED: &[&str] = &["from:", "to:", "cc:", "bcc:", "reply-to:", "sender:"];

impl Message {
    /// Takes a text apart. One that does not begin with header lines has none.
    pub fn of(text: &str) -> Self {
        let mut message = Self {
            envelope: Vec::new(),
            named: BTreeSet::new(),
        };
        let mut is_header = text.lines().next().is_some_and(is_header_line);
        let mut is_subject = false;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let range = at..at + line.len();
            at = range.end;
            let shown = line.trim_start_matches(['>', ' ']).trim_end();
            let lower = shown.get(..10).unwrap_or(shown).to_ascii_lowercase();
            if is_header && line.trim().is_empty() {
                is_header = false;
            } else if is_header {
                if !line.starts_with([' ', '\t']) {
                    is_subject = lower.starts_with("subject:");
                }
                if !is_subject {
                    message.envelope.push(range);
                    message.note(shown);
                }
            } else if QUOTED.iter().any(|it| lower.starts_with(it)) {
                message.note(shown);
            }
        }
        message
    }

    fn note(&mut self, line: &str) {
        let is_end =
            |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
        let addresses = line.split(is_end).filter(|it| it.contains('@'));
        self.named.extend(addresses.map(str::to_lowercase));
    }

    /// Whether a place is in a line that nobody wrote.
    pub fn is_envelope(&self, range: &Range<usize>) -> bool {
        self.envelope
            .iter()
            .any(|it| it.start <= range.start && range.start < it.end)
    }

    /// Whether a mail address is that of somebody who wrote or got the message.
    pub fn names(&self, address: &str) -> bool {
        self.named.contains(&address.to_lowercase())
    }
}

fn is_header_line(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-')
    })
}
