//! Whether a text is a real reason.

use crate::document::{Kind, NodeRef};

/// How long a reason must be if nothing else is said.
pub(super) const LEAST: usize = 10;

/// Words that stand where a reason should.
const PLACEHOLDERS: &[&str] = &[
    "tbd",
    "todo",
    "n/a",
    "na",
    "none",
    "same",
    "see above",
    "xxx",
];

/// Whether a text is a real reason: `least` characters without the blanks around it, and not just
/// a placeholder, in whatever case, or dots, dashes and question marks.
pub(in crate::policy) fn is_real(text: &str, least: usize) -> bool {
    let text = text.trim();
    let is_mark =
        |c: char| c.is_whitespace() || matches!(c, '.' | '…' | '-' | '–' | '—' | '?' | '!');
    let words = text.trim_matches(is_mark);
    let is_placeholder = PLACEHOLDERS
        .iter()
        .any(|placeholder| words.eq_ignore_ascii_case(placeholder));
    !words.is_empty() && !is_placeholder && text.chars().count() >= least
}

/// The texts of a node that are to be reasons and are none, in the order written.
///
/// A list of ids under `tier_because` is no reason, an empty text is as good as a missing one, and
/// what an alias leads to is looked at where it is written.
pub(super) fn placeholders(node: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if is_reason_key(node) && !node.is_empty() {
            let is_wanting = node.as_str().is_some_and(|text| !is_real(text, LEAST));
            if is_wanting {
                found.push(node);
            }
        }
        if node.is_alias() {
            continue;
        }
        let first = open.len();
        open.extend(node.items());
        open.extend(node.pairs().map(|(_, value)| value));
        open[first..].reverse();
    }
    found
}

/// Whether a node stands under a key that asks for a reason.
fn is_reason_key(node: NodeRef<'_>) -> bool {
    let is_scalar = !matches!(node.kind(), Kind::List | Kind::Map);
    let Some(key) = node.key().filter(|_| is_scalar).map(NodeRef::scalar_text) else {
        return false;
    };
    match key {
        "why" | "rationale" => true,
        "tier_because" => false,
        _ => key.ends_with("_why") || key.starts_with("why_") || key.contains("_because"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits, parse};

    #[test]
    fn a_reason_has_at_least_ten_characters_without_the_blanks_around_it() {
        assert!(is_real("ten chars.", LEAST));
        assert!(!is_real("nine char", LEAST));
        assert!(!is_real("   nine char   ", LEAST));
        assert!(is_real("zehn Wörte", LEAST), "characters, not bytes");
        assert!(!is_real("ten chars.", 20));
        assert!(is_real("x", 0));
    }

    #[test]
    fn placeholders_are_no_reasons_in_whatever_case() {
        for text in [
            "TBD",
            "todo",
            "N/A",
            "na",
            "None",
            "same",
            "See above",
            "xxx",
            "",
            "...",
            "---",
            "??",
            "tbd..........",
            "- - - - - - -",
            "……",
            "none!!!!!!!",
        ] {
            assert!(!is_real(text, 0), "{text:?}");
        }
        assert!(is_real("same root cause as in INC-2025-0001", LEAST));
    }

    #[test]
    fn reasons_are_found_under_every_key_that_asks_for_one() {
        let text = "why: tbd\nlist:\n  - {why_simulated: na, other: na}\n  - contact_why: '-'\n\
            rationale: n/a\nnone_because_redactions: none\ntier_because: [none]\n\
            late_because: a perfectly good reason\nnotes: {why: '', because: na}\n\
            third_party_none_because: same\n";
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let found: Vec<String> = placeholders(tree.root().unwrap())
            .into_iter()
            .map(NodeRef::pointer)
            .collect();
        assert_eq!(
            found,
            [
                "/why",
                "/list/0/why_simulated",
                "/list/1/contact_why",
                "/rationale",
                "/none_because_redactions",
                "/third_party_none_because",
            ]
        );
    }

    #[test]
    fn an_alias_is_looked_at_where_it_stands_and_never_entered() {
        let text = "a: &a\n  why: tbd\nb: *a\nc: &c xxx\nwhy: *c\n";
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let found: Vec<String> = placeholders(tree.root().unwrap())
            .into_iter()
            .map(NodeRef::pointer)
            .collect();
        assert_eq!(found, ["/a/why", "/why"]);
    }
}
