//! Mail addresses and phone numbers of persons.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Match, Regex};

use super::{Known, after, before};

static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)[a-z0-9._%+'-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}",
    )
    .ok()
});

static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)\+[1-9]\d{0,2}(?:[ .-]?(?:\(0?\)|\(\d{1,4}\)|\d{1,4})){2,6}|\([2-9]\d{2}\) \d{3}-\d{4}",
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

/// Whether something of the kind may stand in a text, whatever is around it.
pub(super) fn may_stand_in(text: &str) -> bool {
    let is_in = |it: &Option<Regex>| it.as_ref().is_some_and(|it| it.is_match(text));
    is_in(&MAIL) || is_in(&PHONE)
}

/// Addresses and numbers that are registered, and may be given to others.
#[derive(Clone, Debug, Default)]
pub struct Contacts(BTreeSet<String>);

impl Contacts {
    /// Those that stand in some texts.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let in_text = |text| written(text, &MAIL).chain(written(text, &PHONE));
        let found = texts.flat_map(in_text);
        Self(found.map(|it| key(it.as_str())).collect())
    }

    fn has(&self, contact: &str) -> bool {
        self.0.contains(&key(contact))
    }
}

/// A contact as it is compared: a number by its digits, an address in small letters.
fn key(contact: &str) -> String {
    match contact.contains('@') {
        true => contact.to_lowercase(),
        false => contact
            .replace("(0)", "")
            .chars()
            .filter(char::is_ascii_digit)
            .collect(),
    }
}

/// What a pattern finds in a text.
fn written<'t>(
    text: &'t str,
    pattern: &'static LazyLock<Option<Regex>>,
) -> impl Iterator<Item = Match<'t>> {
    pattern.iter().flat_map(move |regex| regex.find_iter(text))
}

/// The addresses and numbers of persons in a text, but for those that are registered.
pub(super) fn find<'t>(
    text: &'t str,
    registered: &'t Contacts,
) -> impl Iterator<Item = Known> + 't {
    let mails = written(text, &MAIL).filter(|it| is_of_person(text, it.range()));
    let mails = mails.map(|it| (it, "a mail address"));
    let phones = written(text, &PHONE).filter(|it| is_phone(text, it.range()));
    let phones = phones.map(|it| (it, "a phone number"));
    let has_mail = text.contains('@').then_some(mails);
    let has_phone = text.contains(['+', '(']).then_some(phones);
    let found = has_mail.into_iter().flatten();
    found
        .chain(has_phone.into_iter().flatten())
        .filter(|(it, _)| !registered.has(it.as_str()))
        .map(|(it, what)| (it.range(), what))
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
