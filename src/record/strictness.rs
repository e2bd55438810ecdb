//! YAML that is valid but ambiguous: refused, because two readers would read two records.

use crate::document::{Kind, NodeRef, Style, Tree};
use crate::finding::{Builtin, Fault, MOST_FAULTS};
use crate::text::Span;

/// Words that a YAML 1.1 reader turns into true or false.
const WORDS: &[&str] = &["yes", "no", "on", "off", "y", "n"];

/// Keys whose values are times, dates or limits, besides those that end in `_at` or `_on`.
const TIME_KEYS: &[&str] = &["at", "due", "since", "from", "until", "to", "by"];

/// All that makes a record ambiguous. The spans are those of the second key or of the value.
pub(super) fn ambiguities(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for duplicate in tree.duplicates().iter().take(MOST_FAULTS) {
        let (first, second) = (tree.node(duplicate.first), tree.node(duplicate.second));
        let name = second.scalar_text();
        faults.push(
            Fault::new(
                Builtin::DuplicateKey,
                second.span(),
                format!("`{name}` is written twice here"),
            )
            .help(format!("Keep one of the two `{name}` lines."))
            .related(first.span(), "first written here"),
        );
    }
    for tag in tree.foreign_tags().iter().take(MOST_FAULTS) {
        faults.push(
            Fault::new(
                Builtin::UnsupportedYaml,
                tag.span,
                format!("the tag `{}` has no meaning in a record", tag.tag),
            )
            .help(format!(
                "Remove the tag; a text that begins with `!` goes into double quotes: \"{} …\"",
                tag.tag
            )),
        );
    }
    for node in tree.suspects() {
        if faults.len() >= MOST_FAULTS {
            break;
        }
        match node.kind() {
            Kind::Text if !node.is_alias() => {
                faults.extend(word(node).or_else(|| local_time(node)));
            }
            Kind::List | Kind::Map if node.is_key() => faults.push(
                Fault::new(
                    Builtin::UnsupportedYaml,
                    first_line(node),
                    "a key is a list or a block of keys",
                )
                .help("Put a text with brackets or braces into double quotes."),
            ),
            _ => {}
        }
    }
    let mut roots = tree.roots();
    if roots.len() > 1
        && let Some(second) = roots.nth(1)
    {
        faults.push(
            Fault::new(
                Builtin::SeveralDocuments,
                first_line(second),
                format!(
                    "the file holds {} documents; one file is one record",
                    tree.roots().len()
                ),
            )
            .help("Move everything after `---` into a file of its own."),
        );
    }
    faults
}

/// The span of a node, as far as its first line goes.
fn first_line(node: NodeRef<'_>) -> Span {
    let span = node.span();
    let text = span.slice(node.tree().source());
    let line = text.find(['\n', '\r']).unwrap_or(text.len());
    Span::new(span.start, span.start + line as u32)
}

fn word(node: NodeRef<'_>) -> Option<Fault> {
    let text = node.scalar_text();
    let is_word = node.style() == Style::Plain
        && text.len() <= 3
        && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if !is_word {
        return None;
    }
    let means = if ["yes", "on", "y"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(text))
    {
        "true"
    } else {
        "false"
    };
    let fault = Fault::new(
        Builtin::AmbiguousWord,
        node.span(),
        format!("the bare word `{text}` is a text for some YAML readers and `{means}` for others"),
    );
    Some(match node.key() {
        Some(key) => {
            let key = key.scalar_text();
            fault.help(format!(
                "Write `{key}: {means}` for yes-or-no, or `{key}: \"{text}\"` for the word."
            ))
        }
        None if node.is_key() => {
            fault.help(format!("Put the key into double quotes: `\"{text}\":`"))
        }
        None => fault.help(format!(
            "Write `{means}`, or the word in double quotes: `\"{text}\"`."
        )),
    })
}

fn local_time(node: NodeRef<'_>) -> Option<Fault> {
    let text = node.scalar_text();
    if !is_local_time(text) {
        return None;
    }
    let key = node.key().map_or("", |key| key.scalar_text());
    let is_time_key = key.ends_with("_at") || key.ends_with("_on") || TIME_KEYS.contains(&key);
    // Quoted free text may well quote a log line.
    if node.style() != Style::Plain && !is_time_key {
        return None;
    }
    let mut whole = text.replacen([' ', 't'], "T", 1);
    if whole.len() == 16 {
        whole.push_str(":00");
    }
    let prefix = if key.is_empty() {
        String::new()
    } else {
        format!("{key}: ")
    };
    Some(
        Fault::new(
            Builtin::TimeWithoutOffset,
            node.span(),
            format!("the time `{text}` does not say which time zone it is in"),
        )
        .help(format!(
            "Add `Z` if it is UTC, `{prefix}{whole}Z`, or the offset of your clock, \
             `{prefix}{whole}+02:00`."
        )),
    )
}

/// `2025-05-06T09:20`, with or without seconds and a fraction, and nothing after them.
fn is_local_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 16 || !text.is_ascii() {
        return false;
    }
    let shaped = bytes[..16].iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        10 => matches!(byte, b'T' | b't' | b' '),
        13 => *byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    shaped
        && match &bytes[16..] {
            [] => true,
            [b':', seconds @ ..] => match seconds.iter().position(|byte| *byte == b'.') {
                Some(dot) => dot == 2 && digits(&seconds[..2]) && digits(&seconds[3..]),
                None => seconds.len() == 2 && digits(seconds),
            },
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits, parse};

    /// Builtin and text of each ambiguity.
    fn found(text: &str) -> Vec<(&'static str, String)> {
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let describe = |fault: Fault| match fault.at {
            crate::finding::At::Bytes(span) => (
                fault.rule.builtin().unwrap().name(),
                span.slice(text).to_owned(),
            ),
            other => panic!("{other:?}"),
        };
        ambiguities(&tree).into_iter().map(describe).collect()
    }

    #[test]
    fn words_and_local_times_are_found_at_their_place() {
        let text = "a: yes\nb: \"no\"\non: 1\nl: [Off, offer]\nat: 2025-05-06T09:20\n\
            what: '2025-05-06 09:20:00'\ndue: '2025-05-06 09:20:00'\nok: 2025-05-06T09:20:00Z\n";
        assert_eq!(
            found(text),
            [
                ("ambiguous-word", "yes".into()),
                ("ambiguous-word", "on".into()),
                ("ambiguous-word", "Off".into()),
                ("time-without-offset", "2025-05-06T09:20".into()),
                ("time-without-offset", "'2025-05-06 09:20:00'".into()),
            ]
        );
    }

    #[test]
    fn repeated_keys_tags_and_documents_are_found() {
        assert_eq!(
            found("a: 1\nb: {c: 1, c: 2}\na: 3\n"),
            [("duplicate-key", "c".into()), ("duplicate-key", "a".into()),]
        );
        assert_eq!(
            found("a: !vault x\n"),
            [("unsupported-yaml", "!vault".into())]
        );
        assert_eq!(
            found("? [a, b]\n: c\n"),
            [("unsupported-yaml", "[a, b]".into())]
        );
        assert_eq!(
            found("x: &x [a]\n*x : {{b: c}: NO}\n"),
            [
                ("unsupported-yaml", "*x".into()),
                ("unsupported-yaml", "{b: c}".into()),
                ("ambiguous-word", "NO".into()),
            ]
        );
        assert_eq!(found("a: 1\n---\nb: 2\n").len(), 1);
        assert_eq!(found("a: !!str 1\nb: ! x\n"), []);
    }
}
