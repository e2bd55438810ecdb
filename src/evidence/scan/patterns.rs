//! The patterns that the organisation writes.

use regex::{Regex, RegexSet, RegexSetBuilder};

use super::{Family, Hit, MOST_HITS, What};
use crate::text::compile_pattern;

/// Most patterns of one list that are searched for.
pub const MOST_PATTERNS: usize = 200;

/// Largest program of all patterns of a list together, in bytes.
const LARGEST: usize = 8 << 20;

/// A pattern of the organisation.
#[derive(Debug)]
pub struct Pattern {
    /// The name of its rule; the pattern itself where it has none.
    pub name: String,
    /// What it finds, in the words of the organisation.
    pub finds: String,
    /// Where the rule does not apply, in the words of the organisation.
    pub unless: Option<String>,
    regex: Regex,
}

impl Pattern {
    /// A pattern with the name of its rule.
    ///
    /// # Errors
    /// A sentence fragment that says what is wrong with it.
    pub fn new(name: &str, finds: &str, pattern: &str) -> Result<Self, &'static str> {
        let regex = compile_pattern(pattern)?;
        if regex.is_match("") {
            return Err("it matches the empty text, so it would be found everywhere");
        }
        Ok(Self {
            name: name.to_owned(),
            finds: finds.to_owned(),
            unless: None,
            regex,
        })
    }
}

/// A list of patterns.
#[derive(Debug, Default)]
pub struct Patterns {
    list: Vec<Pattern>,
    /// All of them in one, and more: for texts in which none is found.
    any: Option<RegexSet>,
    /// Whether one of them asks where a text begins or ends: such a one says nothing about parts.
    has_anchors: bool,
}

impl Patterns {
    /// The first patterns of a list, up to [`MOST_PATTERNS`].
    pub fn new(mut list: Vec<Pattern>) -> Self {
        list.truncate(MOST_PATTERNS);
        let sources = || list.iter().map(|it| it.regex.as_str());
        let any = RegexSetBuilder::new(sources().map(without_boundaries))
            .size_limit(LARGEST)
            .build()
            .ok()
            .filter(|_| !list.is_empty());
        let asks = |source: &str| {
            ["^", "$", r"\A", r"\z"]
                .iter()
                .any(|it| source.contains(it))
        };
        let has_anchors = sources().any(asks);
        Self {
            list,
            any,
            has_anchors,
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<&Pattern> {
        self.list.get(number)
    }

    /// Whether one of them may match a text, or a part of it that no letter or digit touches.
    pub(super) fn may_match(&self, text: &str) -> bool {
        !self.list.is_empty() && (self.has_anchors || self.may_be_in(text))
    }

    /// Whether one of them may match a text.
    fn may_be_in(&self, text: &str) -> bool {
        match &self.any {
            Some(any) => any.is_match(text),
            None => self.list.iter().any(|it| it.regex.is_match(text)),
        }
    }

    /// Adds what the patterns find in a text.
    pub(super) fn find(&self, text: &str, family: Family, hits: &mut Vec<Hit>) {
        if self.list.is_empty() || !self.may_be_in(text) {
            return;
        }
        for (number, pattern) in self.list.iter().enumerate() {
            let found = pattern.regex.find_iter(text).filter(|it| !it.is_empty());
            hits.extend(found.take(MOST_HITS).map(|it| Hit {
                family,
                what: What::Pattern(number),
                range: it.range(),
            }));
        }
    }
}

/// A pattern that matches all that this one does, without its `\b`: where words end is slow to say
/// in texts that are not plain ASCII.
fn without_boundaries(pattern: &str) -> String {
    let mut kept = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            kept.push(character);
            continue;
        }
        let escaped = characters.next();
        let after = characters.as_str().trim_start();
        match escaped {
            // `\b{start}` is another thing, and `\b+` would repeat what stands before.
            Some('b') if !after.starts_with(['{', '*', '+', '?', '#']) => {}
            escaped => {
                kept.push('\\');
                kept.extend(escaped);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_first_finds_all_that_the_patterns_find() {
        for (pattern, loose) in [
            (r"\bNHS-?\d{10}\b", r"NHS-?\d{10}"),
            (r"(?i)\bhypothesis:", r"(?i)hypothesis:"),
            (r"\\bin\\", r"\\bin\\"),
            (r"a\b{end}", r"a\b{end}"),
            (r"a\b?c\Bd", r"a\b?c\Bd"),
        ] {
            assert_eq!(without_boundaries(pattern), loose);
            assert!(Regex::new(loose).is_ok(), "{loose}");
        }
        let patterns = Patterns::new(vec![Pattern::new("", "", r"\bé\b").unwrap()]);
        assert!(patterns.may_match("— é —"));
        let mut hits = Vec::new();
        patterns.find("été é", Family::Excluded, &mut hits);
        assert_eq!(hits.len(), 1);
    }
}
