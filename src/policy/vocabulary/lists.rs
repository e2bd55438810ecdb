//! Small things that rules do with lists of texts.

use std::collections::{BTreeMap, BTreeSet};

/// Most texts that are compared each with each, which is faster for a few.
const SHORT: usize = 32;

/// Where in the first list the members stand that the second lacks, each once.
pub(super) fn missing(wanted: &[&str], given: &[&str]) -> Vec<usize> {
    if wanted.len() + given.len() <= SHORT {
        let is_known = |at: usize, name| given.contains(&name) || wanted[..at].contains(&name);
        let names = wanted.iter().enumerate();
        let missing = names.filter(|(at, name)| !is_known(*at, **name));
        return missing.map(|(at, _)| at).collect();
    }
    let mut known: BTreeSet<&str> = given.iter().copied().collect();
    (0..)
        .zip(wanted)
        .filter(|(_, name)| known.insert(**name))
        .map(|(at, _)| at)
        .collect()
}

/// Where the values stand for the second time that occur more than once.
pub(super) fn repeated(list: &[&str]) -> Vec<usize> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    (0..)
        .zip(list)
        .filter(|(_, name)| {
            let count = seen.entry(**name).or_default();
            *count += 1;
            *count == 2
        })
        .map(|(at, _)| at)
        .collect()
}

/// A list as words: `` `a`, `b` and `c` ``; empty for an empty list.
pub(super) fn quoted(list: &[&str]) -> String {
    let mut text = String::new();
    for (at, name) in list.iter().enumerate() {
        if at > 0 {
            text.push_str(if at + 1 == list.len() { " and " } else { ", " });
        }
        text.push('`');
        text.push_str(name);
        text.push('`');
    }
    text
}

/// The parts of a text between separators, without the blanks around them; none of an empty text.
pub(super) fn split<'a>(text: &'a str, by: &'a str) -> Vec<&'a str> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    if by.is_empty() {
        return vec![text.trim()];
    }
    text.split(by).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_members_are_told_once_and_in_order() {
        assert_eq!(missing(&["c", "a", "c", "b"], &["b"]), [0, 1]);
        let many = ["b"; SHORT];
        assert_eq!(missing(&["c", "a", "c", "b"], &many), [0, 1]);
        assert!(missing(&["a"], &["a", "b"]).is_empty());
    }

    #[test]
    fn repeated_values_are_told_once() {
        assert_eq!(repeated(&["a", "b", "a", "b", "a"]), [2, 3]);
        assert!(repeated(&["a", "b"]).is_empty());
    }

    #[test]
    fn quoted_lists_read_like_a_sentence() {
        assert_eq!(quoted(&[]), "");
        assert_eq!(quoted(&["a"]), "`a`");
        assert_eq!(quoted(&["a", "b"]), "`a` and `b`");
        assert_eq!(quoted(&["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn texts_are_split_without_the_blanks() {
        assert_eq!(split("portal/sso", "/"), ["portal", "sso"]);
        assert_eq!(split("a, b", ","), ["a", "b"]);
        assert!(split(" ", ",").is_empty());
        assert_eq!(split("abc", ""), ["abc"]);
    }
}
