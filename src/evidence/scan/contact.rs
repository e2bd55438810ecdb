//! Mail addresses and phone numbers of persons.

use std::sync::LazyLock;

use regex::Regex;

use super::{Known, after, before};

static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)[a-z0-9._%+'-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}",
    )
    .ok()
});

static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\+[1-9]\d{0,2}(?:[ .-]?(?:\(0?\)|\(\d{1,4}\)|\d{1,4})){2,6}|\([2-9]\d{2}\) \d{3}-\d{4}",
    )
    .ok()
});

/// Mailboxes that belong to a desk and not to a person.
const DESKS: &[&str] = &[
    "abuse",
    "admin",
    "advisories",
    "advisory",
    "alerts",
    "billing",
    "cert",
    "ciso",
    "compliance",
    "contact",
    "csirt",
    "desk",
    "dpo",
    "helpdesk",
    "hello",
    "help",
    "hostmaster",
    "incident",
    "incidents",
    "info",
    "ir",
    "it",
    "legal",
    "mail",
    "mailer-daemon",
    "noc",
    "noreply",
    "no-reply",
    "notifications",
    "office",
    "operations",
    "ops",
    "postmaster",
    "press",
    "privacy",
    "psirt",
    "release",
    "releases",
    "report",
    "reports",
    "sales",
    "secure",
    "security",
    "sirt",
    "soc",
    "support",
    "team",
    "vulnerabilities",
    "webmaster",
    "accounts",
    "account",
];

/// Domains that stand in documents only (RFC 2606), and names of files that look like addresses.
const NOBODY: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "invalid",
    "test",
    "localhost",
    "noreply.github.com",
    "png",
    "jpg",
    "svg",
];

/// The addresses and numbers of persons in a text, but for the addresses that are known.
pub(super) fn find<'t>(
    text: &'t str,
    is_known: impl Fn(&str) -> bool + 't,
) -> impl Iterator<Item = Known> + 't {
    let has_mail = text.contains('@');
    let mails = MAIL
        .iter()
        .filter(move |_| has_mail)
        .flat_map(move |regex| regex.find_iter(text));
    let mails = mails
        .filter(move |it| is_of_person(text, it.range()) && !is_known(&it.as_str().to_lowercase()))
        .map(|it| (it.range(), "a mail address"));
    let has_phone = text.contains(['+', '(']);
    let phones = PHONE
        .iter()
        .filter(move |_| has_phone)
        .flat_map(move |regex| regex.find_iter(text));
    let phones = phones
        .filter(move |it| is_phone(text, it.range()))
        .map(|it| (it.range(), "a phone number"));
    mails.chain(phones)
}

fn is_of_person(text: &str, range: std::ops::Range<usize>) -> bool {
    let address = text[range.clone()].to_lowercase();
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let is_below = |it: &&&str| {
        domain
            .strip_suffix(**it)
            .is_some_and(|head| head.is_empty() || head.ends_with('.'))
    };
    let local = local.split('+').next().unwrap_or(local);
    let words = local.split(['.', '-', '_']);
    let is_desk =
        DESKS.contains(&local) || words.clone().any(|it| DESKS.contains(&it) && it.len() > 2);
    // `git@host:path`, `user@host:22` and addresses of programs are no mailboxes.
    let is_login = local == "git"
        || after(text, range.end) == Some(':')
            && !text[range.end + 1..].starts_with([' ', '\n', '\r'])
            && text.len() > range.end + 1;
    let is_in_address = before(text, range.start).is_some_and(|c| c == '/' || c == ':')
        && !text[..range.start].ends_with("mailto:")
        && !text[..range.start].ends_with(": ");
    !is_desk && !is_login && !is_in_address && NOBODY.iter().find(is_below).is_none()
}

fn is_phone(text: &str, range: std::ops::Range<usize>) -> bool {
    let number = &text[range.clone()];
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_grouped = number
        .bytes()
        .any(|it| matches!(it, b' ' | b'-' | b'.' | b'('));
    let is_joint = |c: char| c.is_alphanumeric() || matches!(c, '/' | '=' | '_' | '+');
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, ':' | '_' | '%' | '/');
    let is_long_enough = digits >= if is_grouped { 8 } else { 10 };
    is_long_enough
        && digits <= 15
        && !before(text, range.start).is_some_and(is_joint)
        && !after(text, range.end).is_some_and(goes_on)
}
