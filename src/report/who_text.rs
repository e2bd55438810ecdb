//! The answer to "whom do I call?" as it is read at night: numbers first.

use std::fmt::Write as _;

use super::who::{PartyCard, Who};
use crate::output::tamed;

impl Who {
    /// The answer for a terminal.
    pub fn plain(&self, has_color: bool) -> String {
        let paint = |code: &str, words: &str| match has_color {
            true => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            false => words.to_owned(),
        };
        let mut text = String::new();
        if let Some(system) = &self.system {
            let _ = writeln!(
                text,
                "{} {} ({}), owned by {}\n",
                paint("1", &tamed(&system.id)),
                tamed(&system.name),
                tamed(&system.criticality),
                tamed(&system.owner)
            );
        }
        if self.parties.is_empty() {
            let _ = writeln!(text, "no third party stands behind it; call its owner");
        }
        for party in &self.parties {
            let head = format!("{} — {}", tamed(&party.id), tamed(&party.name));
            let _ = writeln!(
                text,
                "{}, tier {}, {}",
                paint("1;36", &head),
                tamed(&party.tier),
                tamed(&party.because)
            );
            body(&mut text, party, &paint);
            text.push('\n');
        }
        let _ = writeln!(text, "as of {}", self.as_of);
        text
    }
}

fn body(text: &mut String, party: &PartyCard, paint: &dyn Fn(&str, &str) -> String) {
    let reach = party
        .contacts
        .iter()
        .map(|it| it.reach.chars().count())
        .max();
    let width = reach.unwrap_or(0);
    for contact in &party.contacts {
        let verified = match &contact.verified {
            Some(at) => format!("verified {}", tamed(at)),
            None => "never verified".to_owned(),
        };
        let shown = format!("{:width$}", tamed(&contact.reach));
        let _ = writeln!(
            text,
            "  call      {}  {} {} ({}), {}, {verified}",
            paint("1", &shown),
            tamed(&contact.level),
            tamed(&contact.purpose),
            tamed(&contact.id),
            tamed(&contact.hours),
        );
    }
    if !party.escalation.is_empty() {
        let _ = writeln!(
            text,
            "  then      {}",
            tamed(&party.escalation.join(", then "))
        );
    }
    if let Some(urgent) = &party.urgent_case {
        let words = urgent.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "  urgent    {}", tamed(&words));
    }
    for channel in &party.channels {
        let _ = writeln!(
            text,
            "  over      {} ({}): {}; {}{}",
            tamed(&channel.id),
            tamed(&channel.kind),
            tamed(&channel.classes.join(", ")),
            // A page is looked up; a sentence says it itself.
            if channel.how_to.contains(' ') {
                ""
            } else {
                "see "
            },
            tamed(&channel.how_to)
        );
    }
    for sharing in &party.sharing {
        let channels = match sharing.channels.as_slice() {
            [] => "no agreed channel".to_owned(),
            channels => format!("over {}", channels.join(", ")),
        };
        let _ = writeln!(
            text,
            "  share     {} ({}), {}; approval: {}",
            tamed(&sharing.info_type),
            tamed(&sharing.class),
            tamed(&channels),
            tamed(&sharing.approval)
        );
    }
    if party.sharing.is_empty() {
        let _ = writeln!(
            text,
            "  share     nothing: the sharing matrix names no such recipient"
        );
    }
    if let Some(contract) = &party.contract {
        let _ = writeln!(text, "  contract  {}", tamed(contract));
    }
    for limit in &party.limits {
        let _ = writeln!(text, "  {}     {}", paint("33;1", "limit"), tamed(limit));
    }
    let _ = writeln!(text, "  ours      {}", tamed(&party.owner));
}
