//! Numbers of payment cards and bank accounts, by their check digits.

use std::sync::LazyLock;

use regex::Regex;

use super::checksum::{is_iban, is_luhn};
use super::{Known, after, before};

static CARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:[2-6]\d{3}(?:[ -]?\d{4}){3}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})\b").ok()
});

static ACCOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b").ok()
});

/// Lengths of account numbers by country (the register of ISO 13616, in part).
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TR", 26),
    ("UA", 29),
    ("AE", 23),
];

/// Whether a run of letters and digits is long enough anywhere. Looks at every eighth byte: the
/// run, with single blanks or hyphens in it, cannot hide between them.
pub(super) fn may_stand_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_mark = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|it| it.is_ascii_digit() || it.is_ascii_uppercase())
    };
    let is_part = |at: usize| is_mark(at) || matches!(bytes.get(at), Some(b' ' | b'-'));
    let mut at = 7;
    while at < bytes.len() {
        if !is_mark(at) && !is_mark(at + 1) {
            at += 8;
            continue;
        }
        let (mut from, mut to) = (at, at + 1);
        while from > 0 && is_part(from - 1) {
            from -= 1;
        }
        while is_part(to) {
            to += 1;
        }
        let count = |is: fn(&u8) -> bool| bytes[from..to].iter().filter(|it| is(it)).count();
        let digits = count(u8::is_ascii_digit);
        if digits >= 10 && digits + count(u8::is_ascii_uppercase) >= 15 {
            return true;
        }
        at = to + 7;
    }
    false
}

/// The numbers of a text. A card number in one run of digits counts only with `takes_bare`.
pub(super) fn find(text: &str, takes_bare: bool) -> impl Iterator<Item = Known> {
    let cards = CARD.iter().flat_map(move |regex| regex.find_iter(text));
    let cards = cards
        .filter(move |it| is_free(text, it.range()) && is_card(it.as_str(), takes_bare))
        .map(|it| (it.range(), "the number of a payment card"));
    let accounts = ACCOUNT.iter().flat_map(move |regex| regex.find_iter(text));
    let accounts = accounts
        .filter_map(|it| Some(it.start()..it.start() + account(it.as_str())?))
        .filter(move |range| is_free(text, range.clone()))
        .map(|range| (range, "the number of a bank account"));
    cards.chain(accounts)
}

/// Whether nothing around a number says that it is a part of something longer.
fn is_free(text: &str, range: std::ops::Range<usize>) -> bool {
    let is_joint =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '#' | '.' | '=' | ':');
    let is_open = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '=');
    !before(text, range.start).is_some_and(is_joint) && !after(text, range.end).is_some_and(is_open)
}

fn is_card(number: &str, takes_bare: bool) -> bool {
    let digits: Vec<u8> = number
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|it| it - b'0')
        .collect();
    let head = digits
        .iter()
        .take(4)
        .fold(0, |head, it| head * 10 + u32::from(*it));
    let is_issued = match digits.len() {
        15 => matches!(head / 100, 34 | 37),
        16 => {
            matches!(head, 2221..=2720 | 4000..=4999 | 5100..=5599 | 6011 | 6500..=6599 | 3528..=3589)
        }
        _ => false,
    };
    let is_zeros = digits[4..].iter().all(|it| *it == 0);
    // Mixed separators are no way to write a card.
    let separators: Vec<char> = number.chars().filter(|c| !c.is_ascii_digit()).collect();
    let is_even = separators.windows(2).all(|pair| pair[0] == pair[1]);
    let is_grouped = separators.len() == if digits.len() == 15 { 2 } else { 3 };
    is_issued
        && !is_zeros
        && is_even
        && (is_grouped || (takes_bare && separators.is_empty()))
        && is_luhn(&digits)
}

/// How much of a text is an account number, if its beginning is one. What follows may be words in
/// capitals.
fn account(text: &str) -> Option<usize> {
    let country = text.get(..2)?;
    let (_, length) = LENGTHS.iter().find(|(it, _)| *it == country)?;
    let mut number = String::new();
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if number.len() == *length {
            break;
        }
        if c != ' ' {
            number.push(c);
            end = at + 1;
        }
    }
    (number.len() == *length && is_iban(&number)).then_some(end)
}
