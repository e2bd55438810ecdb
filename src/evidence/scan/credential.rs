//! Keys and tokens whose form is known: a fixed beginning, a length, and where there is one, a
//! checksum.

use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use super::checksum::crc32_base62;
use super::{Known, before};
use crate::text::decode_base64;

/// Between the scheme and the host of an address.
const ADDRESS: &str = "://";

/// A form of key or token.
struct Form {
    what: &'static str,
    /// What every one of them begins with.
    heads: &'static [&'static str],
    /// The whole of it, beginning with one of the heads.
    pattern: &'static str,
    is_real: fn(&str) -> bool,
}

const FORMS: &[Form] = &[
    Form {
        what: "an AWS access key",
        heads: &["AKIA", "ASIA"],
        pattern: r"A[KS]IA[A-Z2-7]{16}(?-u:\b)",
        is_real: |it| !it.ends_with("EXAMPLE") && is_varied(it),
    },
    Form {
        what: "a GitHub token",
        heads: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        pattern: r"gh[pousr]_[0-9A-Za-z]{36}(?-u:\b)",
        is_real: has_crc,
    },
    Form {
        what: "a GitHub token",
        heads: &["github_pat_"],
        pattern: r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}(?-u:\b)",
        is_real: is_varied,
    },
    Form {
        what: "a GitLab token",
        heads: &["glpat-", "glrt-", "gldt-", "glptt-"],
        pattern: r"gl(?:pat|rt|dt|ptt)-[0-9A-Za-z_-]{20,64}",
        is_real: is_varied,
    },
    Form {
        what: "a Slack token",
        heads: &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-"],
        pattern: r"xox[bparse]-[0-9]{8,14}-[0-9A-Za-z-]{12,128}",
        is_real: is_varied,
    },
    Form {
        what: "the address of a Slack webhook",
        heads: &["hooks.slack.com/services/"],
        pattern: r"hooks\.slack\.com/services/T[0-9A-Z]{8,12}/B[0-9A-Z]{8,12}/[0-9A-Za-z]{20,32}",
        is_real: is_varied,
    },
    Form {
        what: "a Stripe key",
        heads: &["sk_live_", "rk_live_"],
        pattern: r"[sr]k_live_[0-9A-Za-z]{20,120}(?-u:\b)",
        is_real: is_varied,
    },
    Form {
        what: "a Google API key",
        heads: &["AIza"],
        pattern: r"AIza[0-9A-Za-z_-]{35}",
        is_real: is_varied,
    },
    Form {
        what: "an npm token",
        heads: &["npm_"],
        pattern: r"npm_[0-9A-Za-z]{36}(?-u:\b)",
        is_real: has_crc,
    },
    Form {
        what: "a PyPI token",
        heads: &["pypi-AgE"],
        pattern: r"pypi-AgE[0-9A-Za-z_-]{50,500}",
        is_real: is_varied,
    },
    Form {
        what: "a SendGrid key",
        heads: &["SG."],
        pattern: r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
        is_real: is_varied,
    },
    Form {
        what: "a Vault token",
        heads: &["hvs."],
        pattern: r"hvs\.[0-9A-Za-z_-]{24,200}",
        is_real: is_varied,
    },
    Form {
        what: "a DigitalOcean token",
        heads: &["dop_v1_"],
        pattern: r"dop_v1_[0-9a-f]{64}(?-u:\b)",
        is_real: is_varied,
    },
    Form {
        what: "a JSON web token",
        heads: &["eyJ"],
        pattern: r"eyJ[0-9A-Za-z_-]{10,2000}\.eyJ[0-9A-Za-z_-]{5,8000}\.[0-9A-Za-z_-]{16,2000}",
        is_real: has_token_header,
    },
    Form {
        what: "a private key",
        heads: &["-----BEGIN "],
        pattern: r"-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n|[A-Za-z-]+: [^\n]*\n)*[0-9A-Za-z+/=]{32,}",
        is_real: |_| true,
    },
    Form {
        what: "an age key",
        heads: &["AGE-SECRET-KEY-1"],
        pattern: r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}(?-u:\b)",
        is_real: is_varied,
    },
    Form {
        what: "a password in an address",
        heads: &[ADDRESS],
        pattern: r"://[^\s/:@'\x22<>]{1,64}:[^\s/@'\x22<>]{3,128}@[0-9A-Za-z\[]",
        is_real: is_password,
    },
];

/// What the forms begin with, but for the last: addresses are looked at more closely.
static HEADS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let heads = FORMS.iter().flat_map(|form| form.heads);
    let heads = heads.filter(|head| **head != ADDRESS);
    let heads: Vec<String> = heads.map(|head| regex::escape(head)).collect();
    Regex::new(&heads.join("|")).ok()
});

/// Each form, compiled when its head was seen: some take a while, and nearly no text asks.
static COMPILED: [OnceLock<Option<Regex>>; FORMS.len()] = [const { OnceLock::new() }; FORMS.len()];

fn compiled(form: usize) -> Option<&'static Regex> {
    let compile = || Regex::new(FORMS[form].pattern).ok();
    COMPILED[form].get_or_init(compile).as_ref()
}

/// Whether one of them may stand in a text.
pub(super) fn may_stand_in(text: &str) -> bool {
    HEADS.as_ref().is_some_and(|it| it.is_match(text)) || may_name_a_user(text)
}

/// Whether an address of a text has a user before its host.
fn may_name_a_user(text: &str) -> bool {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | '<' | '>');
    let mut hosts = text.split(ADDRESS).skip(1);
    hosts.any(|it| it.split(is_end).next().is_some_and(|it| it.contains('@')))
}

/// The keys and tokens of a text.
pub(super) fn find(text: &str) -> impl Iterator<Item = Known> {
    let forms = FORMS.iter().enumerate();
    let forms = forms.filter(|(_, form)| form.heads.iter().any(|head| text.contains(head)));
    let forms = forms.filter_map(|(at, form)| Some((form, compiled(at)?)));
    forms.flat_map(move |(form, regex)| {
        let is_one = move |found: &regex::Match<'_>| {
            let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let begins_a_word = form
                .heads
                .first()
                .is_some_and(|it| it.starts_with(is_inside));
            let is_part = begins_a_word && before(text, found.start()).is_some_and(is_inside);
            !is_part && (form.is_real)(found.as_str())
        };
        let found = regex.find_iter(text).filter(is_one);
        found.map(|it| (it.range(), form.what))
    })
}

/// Whether the last six characters are the checksum of those between them and the underscore.
fn has_crc(token: &str) -> bool {
    let body = token.split_once('_').map_or("", |(_, body)| body);
    let Some((body, sum)) = body.split_at_checked(body.len().saturating_sub(6)) else {
        return false;
    };
    crc32_base62(body) == sum
}

/// Whether a text is no stand-in such as `xxxxxxxx`: it has several characters, and letters or
/// digits in no order.
fn is_varied(token: &str) -> bool {
    let body = token
        .rsplit(['-', '_', '.', '/'])
        .find(|it| it.len() >= 12)
        .unwrap_or(token);
    let mut seen: Vec<char> = body.chars().collect();
    let is_repeated = seen.windows(5).any(|run| run.iter().all(|c| *c == run[0]));
    let is_counted = seen.windows(8).any(|run| {
        let mut steps = run.windows(2);
        steps.all(|pair| u32::from(pair[1]) == u32::from(pair[0]) + 1)
    });
    seen.sort_unstable();
    seen.dedup();
    seen.len() >= 8 && !is_repeated && !is_counted
}

/// Whether the first part of a token is a JSON map that names an algorithm.
fn has_token_header(token: &str) -> bool {
    let header = token.split('.').next().and_then(decode_base64);
    let header = header.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    header.is_some_and(|header| header.get("alg").is_some_and(serde_json::Value::is_string))
}

/// Whether what stands between colon and `@` of an address is a password, and no stand-in for one.
fn is_password(address: &str) -> bool {
    let inside = address
        .trim_start_matches(ADDRESS)
        .rsplit_once('@')
        .map_or("", |it| it.0);
    let password = inside.split_once(':').map_or("", |it| it.1);
    let is_digits = password.bytes().all(|it| it.is_ascii_digit());
    let names = [
        "password", "passwd", "pass", "secret", "token", "redacted", "removed", "example",
    ];
    let is_name = names.iter().any(|it| password.eq_ignore_ascii_case(it));
    let is_blank = |c: char| matches!(c, '*' | '.' | 'x' | 'X' | '•' | '_' | '-');
    let is_stand_in =
        password.starts_with(['$', '{', '[', '%', '(']) || password.chars().all(is_blank);
    !is_digits && !is_name && !is_stand_in
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_compiles_and_begins_with_its_heads() {
        assert!(HEADS.is_some());
        for (at, form) in FORMS.iter().enumerate() {
            assert!(compiled(at).is_some(), "{}", form.what);
            for head in form.heads {
                let begins = Regex::new(&format!("^(?:{})", form.pattern)).unwrap();
                assert!(!begins.is_match(head));
            }
        }
    }
}
