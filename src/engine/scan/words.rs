//! How a hit is told: where it stands, what kind of thing it is, how long, and what to do.

use std::fmt::Write as _;

use super::rule_of;
use crate::evidence::scan::{Family, Hit, Pattern, What};
use crate::record::{Record, RecordKind};

/// What carries the text.
pub(super) enum Carrier<'a> {
    /// A record that stays inside.
    Record(&'a Record),
    /// A package.
    Package(&'a Record),
    /// A file that was sent, by its path.
    File(&'a str),
    /// A file that frames what is to be sent, by its path.
    Frame(&'a str),
}

/// Message and help.
pub(super) fn told(
    hit: &Hit,
    length: usize,
    pattern: Option<&Pattern>,
    carrier: &Carrier<'_>,
) -> (String, String) {
    let place = match carrier {
        Carrier::Record(record) => format!("`{}`", record.id),
        Carrier::Package(package) => match &package.incident {
            Some(incident) => format!("`{}` of `{incident}`", package.id),
            None => format!("`{}`", package.id),
        },
        Carrier::File(path) => format!("`{path}`, which was sent,"),
        Carrier::Frame(path) => format!("`{path}`"),
    };
    let message = match (hit.what, pattern) {
        (What::Known(what), _) => format!("{place} holds {what} ({length} characters)"),
        (What::Pattern(_), Some(pattern)) if hit.family == Family::Excluded => {
            let (name, finds) = (&pattern.name, &pattern.finds);
            format!("{place} holds what `{name}` keeps inside: {finds} ({length} characters)")
        }
        (What::Pattern(_), _) => {
            format!(
                "{place} holds a secret: a pattern of the program finds it ({length} characters)"
            )
        }
    };
    (message, help(hit, pattern, carrier))
}

fn help(hit: &Hit, pattern: Option<&Pattern>, carrier: &Carrier<'_>) -> String {
    let has_left = matches!(carrier, Carrier::File(_));
    match hit.family {
        Family::Secret | Family::Credential => {
            "Revoke it where it is valid, then take it out here: git keeps the old text, and so does everybody who has a copy.".to_owned()
        }
        Family::Payment => {
            "Take it out, or leave the last four digits: they are enough to find the case.".to_owned()
        }
        _ if matches!(carrier, Carrier::Frame(_)) => "Take it out: this text goes to everybody.".to_owned(),
        _ => {
            let name = pattern.map_or(rule_of(hit.family).name(), |it| it.name.as_str());
            let first = match (has_left, carrier) {
                (true, _) => "If it should not have left, take up under `decisions:` what follows. If it had to",
                (_, Carrier::Record(it)) if it.kind != RecordKind::Package => "Take it out. If it has to stay",
                _ => "Take it out. If it has to stay",
            };
            let mut help = format!("{first}, add `{{rule: {name}, why: …, by: …}}` under `redaction_exceptions:` of every message that sends it.");
            if let Some(unless) = pattern.and_then(|it| it.unless.as_deref()) {
                let _ = write!(help, " The guideline allows it where this holds: {unless}.");
            }
            help
        }
    }
}
