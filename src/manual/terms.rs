//! The words of packs that a rule speaks, with what they stand for.

use std::collections::BTreeMap;

use super::words::code;
use crate::document::NodeRef;
use crate::policy::{shipped_packs, written_rules};

/// The words that a text uses, and those that they use, in the order of their first use.
pub(super) fn terms(pack: &str, text: &str) -> Vec<String> {
    let known = known(pack);
    let mut found: Vec<&str> = used(text, &known);
    let mut at = 0;
    while let Some(name) = found.get(at).copied() {
        if let Some((_, body)) = known.get(name) {
            for inner in used(body, &known) {
                if !found.contains(&inner) {
                    found.push(inner);
                }
            }
        }
        at += 1;
    }
    let shown = found.into_iter().filter_map(|name| {
        let (head, body) = known.get(name)?;
        Some(format!("{}: {}", code(head), code(body)))
    });
    shown.collect()
}

/// The words a pack may use, by name: head and body. Those of packs without rules are for all.
fn known(pack: &str) -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let packs = shipped_packs().iter().map(|(_, pack)| pack);
    packs
        .filter(|it| it.id == pack || written_rules(it).next().is_none())
        .filter_map(|it| it.root().get("terms"))
        .flat_map(NodeRef::pairs)
        .map(|(head, body)| {
            let head = head.scalar_text();
            let name = head.split('(').next().unwrap_or(head).trim();
            (name, (head, body.scalar_text()))
        })
        .collect()
}

/// The known words in a text. A key of a record may be named like one.
fn used<'k>(text: &str, known: &BTreeMap<&'k str, (&'static str, &'static str)>) -> Vec<&'k str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_letter).map(|offset| at + offset) {
        let end = text[start..]
            .find(|c| !is_letter(c))
            .map_or(text.len(), |offset| start + offset);
        if let Some((name, (head, _))) = known.get_key_value(&text[start..end]) {
            let is_key = text[..start].ends_with('.');
            let takes = head.contains('(');
            if !is_key && (!takes || text[end..].starts_with('(')) && !found.contains(name) {
                found.push(name);
            }
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_keys_of_the_same_name() {
        let known = BTreeMap::from([
            ("tier", ("tier(party)", "third_party(party).tier")),
            ("coordinating", ("coordinating", "true")),
        ]);
        assert_eq!(used("it.tier == 1 && tier", &known), Vec::<&str>::new());
        assert_eq!(
            used("coordinating && tier(it.party) < 3 && tier(x) > 0", &known),
            ["coordinating", "tier"]
        );
    }

    #[test]
    fn the_words_behind_words_are_shown_too() {
        let terms = terms("notification", "when: notified_at(it.party) != null");
        assert!(terms[0].starts_with("`notified_at(party)`: `earliest("));
        assert!(terms.iter().any(|it| it.starts_with("`sent(o)`: ")));
    }
}
