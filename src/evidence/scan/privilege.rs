//! Markings of what lawyers and their clients keep between them.

use std::sync::LazyLock;

use regex::Regex;

use super::Known;

/// What is written in a marking.
const WORDS: &str = r"(?ix)
    (?:attorney|solicitor|lawyer|counsel)s?[\s/–-]{1,3}client[\s-]{1,2}(?:privileged?|communications?|confidential)
    | attorneys?['’]?s?[\s-]{1,2}work[\s-]{1,2}product
    | legally[\s-]{1,2}privileged
    | privileged[\s,]{1,2}(?:and|&|/)[\s]{1,2}confidential
    | legal[\s-]{1,2}(?:professional[\s-]{1,2})?privilege
    | litigation[\s-]{1,2}privileged?
    | prepared[\s]{1,2}(?:at[\s]the[\s](?:direction|request)[\s]of[\s](?:legal[\s])?counsel|in[\s]anticipation[\s]of[\s]litigation)
";

static MARKING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"\b(?:{WORDS})\b")).ok());

/// The same within words: where words end is slow to say in texts that are not plain ASCII, and
/// nearly every text is settled here.
static ANYWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(WORDS).ok());

/// Whether something of the kind may stand in a text, whatever is around it.
pub(super) fn may_stand_in(text: &str) -> bool {
    let is_in = |it: &Option<Regex>| it.as_ref().is_some_and(|it| it.is_match(text));
    is_in(&ANYWHERE)
}

/// The privilege markings of a text.
pub(super) fn find(text: &str) -> impl Iterator<Item = Known> {
    let regex = MARKING.iter().filter(move |_| may_stand_in(text));
    let found = regex.flat_map(move |regex| regex.find_iter(text));
    found.map(|it| (it.range(), "a privilege marking"))
}
