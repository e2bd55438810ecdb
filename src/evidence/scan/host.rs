//! Names that machines have inside a network.

use std::sync::LazyLock;

use regex::Regex;

use super::{Known, after, before};

/// The labels that make a name one of those below; nearly every text is settled here. It ends as
/// `\b` would, which is slow in texts that are not plain ASCII.
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\.(?:local|localdomain|int|intra|intranet|internal|corp|lan|ad)\b").ok()
});

static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}(?:local|localdomain|int|intra|intranet|internal|corp|lan|ad)\b(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,4}").ok()
});

/// Last labels that no public name has.
const INSIDE: &[&str] = &[
    "local",
    "internal",
    "intranet",
    "corp",
    "lan",
    "localdomain",
];

/// Labels in the middle of a name that are used for what is inside.
const BETWEEN: &[&str] = &[
    "int", "internal", "intra", "intranet", "corp", "lan", "ad", "local",
];

/// First labels of names of packages of code, which go from the general to the special.
const CODE: &[&str] = &[
    "com",
    "org",
    "net",
    "io",
    "dev",
    "java",
    "javax",
    "kotlin",
    "sun",
    "jdk",
    "std",
    "core",
    "system",
    "microsoft",
    "module",
    "self",
    "this",
    "crate",
    "pkg",
];

/// Endings of file names.
const FILES: &[&str] = &[
    "yaml",
    "yml",
    "json",
    "toml",
    "xml",
    "txt",
    "md",
    "conf",
    "cfg",
    "ini",
    "env",
    "sh",
    "py",
    "js",
    "ts",
    "rs",
    "go",
    "java",
    "log",
    "csv",
    "html",
    "css",
    "properties",
    "sql",
    "zip",
    "gz",
    "php",
    "rb",
    "cs",
];

/// Whether something of the kind may stand in a text, whatever is around it.
pub(super) fn may_stand_in(text: &str) -> bool {
    LABEL.as_ref().is_some_and(|it| it.is_match(text))
}

/// The internal host names of a text.
pub(super) fn find(text: &str) -> impl Iterator<Item = Known> {
    let has_label = may_stand_in(text);
    let names = NAME
        .iter()
        .filter(move |_| has_label)
        .flat_map(move |regex| regex.find_iter(text));
    names
        .filter(move |it| stands_alone(text, it.range()) && is_internal(it.as_str()))
        .map(|it| (it.range(), "the name of an internal host"))
}

/// Whether a name is no part of a path, a file name or a call.
fn stands_alone(text: &str, range: std::ops::Range<usize>) -> bool {
    let head = &text[..range.start];
    let is_path = head.ends_with(['/', '\\']) && !head.ends_with("//") && !head.ends_with("\\\\");
    let is_joint = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '$' | '~');
    let is_call = |c: char| c.is_alphanumeric() || matches!(c, '(' | '_' | '-' | '[' | '=');
    let tail = text[range.end..]
        .strip_prefix('.')
        .unwrap_or(&text[range.end..]);
    let goes_on = match text[range.end..].starts_with('.') {
        true => tail.starts_with(|c: char| c.is_alphanumeric() || c == '_'),
        false => false,
    };
    !is_path
        && !before(text, range.start).is_some_and(is_joint)
        && !after(text, range.end).is_some_and(is_call)
        && !goes_on
}

fn is_internal(name: &str) -> bool {
    let labels: Vec<String> = name.split('.').map(str::to_ascii_lowercase).collect();
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else {
        return false;
    };
    let is_of = |label: &String, list: &[&str]| list.contains(&label.as_str());
    // A name in capitals and small letters is one of code.
    let is_camel = name.split('.').any(|it| {
        let has_small = it.bytes().skip(1).any(|c| c.is_ascii_lowercase());
        let has_capital = it.bytes().skip(1).any(|c| c.is_ascii_uppercase());
        has_small && has_capital
    });
    if is_of(first, CODE) || is_of(last, FILES) || is_camel {
        return false;
    }
    if is_of(last, INSIDE) {
        return !matches!(
            first.as_str(),
            "rc" | "settings" | "config" | "env" | "docker-compose" | "override" | "defaults"
        );
    }
    let is_top = last.len() >= 2 && last.bytes().all(|it| it.is_ascii_lowercase());
    let middle = labels.get(1..labels.len().saturating_sub(1)).unwrap_or(&[]);
    // `ad` and `local` of a public name need a host, an area and an organisation around them.
    let is_between = |label: &String| {
        is_of(label, BETWEEN) && (labels.len() > 3 || !matches!(label.as_str(), "ad" | "local"))
    };
    is_top && middle.iter().any(is_between)
}
