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
    /// All of them in one, for texts in which none is found.
    any: Option<RegexSet>,
    /// Whether one of them asks where a text begins or ends: such a one says nothing about parts.
    has_anchors: bool,
}

impl Patterns {
    /// The first patterns of a list, up to [`MOST_PATTERNS`].
    pub fn new(mut list: Vec<Pattern>) -> Self {
        list.truncate(MOST_PATTERNS);
        let sources = || list.iter().map(|it| it.regex.as_str());
        let any = RegexSetBuilder::new(sources())
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
        !self.list.is_empty() && (self.has_anchors || self.matches(text))
    }

    fn matches(&self, text: &str) -> bool {
        match &self.any {
            Some(any) => any.is_match(text),
            None => self.list.iter().any(|it| it.regex.is_match(text)),
        }
    }

    /// Adds what the patterns find in a text.
    pub(super) fn find(&self, text: &str, family: Family, hits: &mut Vec<Hit>) {
        if self.list.is_empty() || !self.matches(text) {
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
