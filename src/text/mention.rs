//! Whether a text mentions one of many names.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};

/// Largest search that is made for names, in bytes; more names than fit are not searched for.
const LARGEST: usize = 64 << 20;

/// Names to be found in texts, wherever they stand there.
#[derive(Debug)]
pub struct Mentions(Option<Regex>);

impl Mentions {
    /// A search for names; `None` if there are too many.
    pub fn of(names: &BTreeSet<String>) -> Option<Self> {
        Self::of_names_and_digests(names, &BTreeSet::new())
    }

    /// The same for digests as well, in upper or lower case.
    pub fn of_names_and_digests(
        names: &BTreeSet<String>,
        digests: &BTreeSet<String>,
    ) -> Option<Self> {
        if names.is_empty() && digests.is_empty() {
            return Some(Self(None));
        }
        let names = names.iter().map(|it| regex::escape(it));
        let digests = digests
            .iter()
            .map(|it| format!("(?i:{})", regex::escape(it)));
        let escaped: Vec<String> = names.chain(digests).collect();
        let search = RegexBuilder::new(&escaped.join("|"))
            .size_limit(LARGEST)
            .build();
        search.ok().map(|it| Self(Some(it)))
    }

    /// Whether one of the names stands in a text.
    pub fn stand_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|it| it.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(names: &[&str]) -> Mentions {
        let names = names.iter().map(|it| (*it).to_owned()).collect();
        Mentions::of(&names).unwrap()
    }

    #[test]
    fn names_are_found_as_they_are_written_and_nothing_else_is() {
        let mentions = mentions(&["INC-1", "a.b"]);
        assert!(mentions.stand_in("see INC-12"));
        assert!(mentions.stand_in("a.b"));
        assert!(!mentions.stand_in("aab inc-1"));
        assert!(!self::mentions(&[]).stand_in("anything"));
    }

    #[test]
    fn digests_are_found_in_any_case() {
        let digests = BTreeSet::from(["ab01".to_owned()]);
        let mentions = Mentions::of_names_and_digests(&BTreeSet::new(), &digests).unwrap();
        assert!(mentions.stand_in("sha256: AB01") && mentions.stand_in("ab01"));
        assert!(!mentions.stand_in("ab02"));
    }
}
