//! Addresses of private networks: RFC 1918, loopback, link-local, and the same in IPv6.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::{Known, before};

static FOUR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}")
        .ok()
});

static SIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9a-f:]{2,40}").ok()
});

/// Words that say that a number with points is a version.
const VERSIONS: &[&str] = &[
    "version", "versions", "release", "build", "firmware", "v", "ver", "patch", "update", "clause",
    "section", "chapter",
];

/// Whether something of the kind may stand in a text, whatever is around it.
pub(super) fn may_stand_in(text: &str) -> bool {
    let is_in = |it: &Option<Regex>| it.as_ref().is_some_and(|it| it.is_match(text));
    is_in(&FOUR) || is_in(&SIX)
}

/// The private addresses of a text.
pub(super) fn find(text: &str) -> impl Iterator<Item = Known> {
    let four = FOUR.iter().flat_map(move |regex| regex.find_iter(text));
    let four = four
        .filter(move |it| {
            is_private_four(it.as_str())
                && is_whole(text, it.range())
                && !is_version(text, it.start())
        })
        .map(|it| (it.range(), "an address of a private network"));
    let six = SIX.iter().flat_map(move |regex| regex.find_iter(text));
    let six = six
        .filter(move |it| is_private_six(it.as_str()) && is_whole(text, it.range()))
        .map(|it| (it.range(), "an address of a private network"));
    four.chain(six)
}

fn is_private_four(text: &str) -> bool {
    // Parts with leading zeros are no address.
    text.parse::<Ipv4Addr>()
        .is_ok_and(|it| it.is_private() || it.is_loopback() || it.is_link_local())
}

fn is_private_six(text: &str) -> bool {
    let text = text.trim_end_matches(':');
    text.parse::<Ipv6Addr>()
        .or_else(|_| format!("{text}::").parse())
        .is_ok_and(|it| it.is_unique_local() || it.is_unicast_link_local())
}

/// Whether an address is no part of a longer number, name or version.
fn is_whole(text: &str, range: std::ops::Range<usize>) -> bool {
    let is_joint = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '~' | '^');
    if before(text, range.start).is_some_and(|c| is_joint(c) && c != ':') {
        return false;
    }
    let rest = &text[range.end..];
    let mut following = rest.chars();
    match following.next() {
        Some('.' | '-' | '+' | '_') => !following.next().is_some_and(char::is_alphanumeric),
        Some(c) => !c.is_alphanumeric(),
        None => true,
    }
}

/// Whether what stands before says that a number with points is a version.
fn is_version(text: &str, start: usize) -> bool {
    let head =
        text[..start].trim_end_matches([' ', ':', '=', '(', '"', '\'', '`', '<', '>', '^', '~']);
    let is_letter = |c: char| c.is_alphabetic();
    let word = head.rsplit(|c| !is_letter(c)).next().unwrap_or("");
    let is_named = VERSIONS.iter().any(|it| word.eq_ignore_ascii_case(it));
    let head = text[..start].trim_end();
    let compares = ["<", ">", "^", "~", "<=", ">=", "=="]
        .iter()
        .any(|it| head.ends_with(it));
    is_named || compares
}
