//! How pages write what packs and schemas say: sentences, code, links, lines.

use std::fmt::Write as _;

use crate::finding::obligation;

/// A sentence of a title, which has neither capital nor full stop.
pub(super) fn sentence(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// A text as it is typed, on one line.
pub(super) fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.contains('`') {
        true => format!("`` {line} ``"),
        false => format!("`{line}`"),
    }
}

/// `a`, `b` and `c`.
pub(super) fn listed(parts: &[String], last: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., end] => format!("{} {last} {end}", before.join(", ")),
    }
}

/// Marks around a link: its words, then its target. No text of a pack or schema can hold them.
const LINK: [char; 3] = ['\u{2}', '\u{3}', '\u{4}'];

/// Words that lead to another page, whose path counts from the folder of all pages.
pub(super) fn link(words: &str, target: &str) -> String {
    let [begin, middle, end] = LINK;
    format!("{begin}{words}{middle}{target}{end}")
}

/// A rule, by its name.
pub(super) fn rule(name: &str) -> String {
    link(&code(name), &format!("rules/{name}.md"))
}

/// A demand, by its id: it stands on the page of the first of its controls.
pub(super) fn demand(id: &str) -> String {
    match obligation(id).and_then(|it| it.controls.first()) {
        Some(control) => {
            let anchor = id.to_lowercase();
            link(&code(id), &format!("controls/{control}.md#{anchor}"))
        }
        None => code(id),
    }
}

/// A kind of record, or a key of one such as `incident.parties.decision`.
pub(super) fn record(path: &str) -> String {
    let kind = path.split('.').next().unwrap_or(path);
    link(&code(path), &format!("records/{kind}.md"))
}

/// A text as Markdown: links lead from a page that lies `up` of the folder of all pages, and what
/// Markdown would take for marks outside of code is written as such.
pub(super) fn marked(text: &str, up: &str) -> String {
    let mut marked = String::new();
    let mut is_code = false;
    let mut is_target = false;
    for c in text.chars() {
        match c {
            '\u{2}' => marked.push('['),
            '\u{3}' => {
                marked.push_str("](");
                marked.push_str(up);
                is_target = true;
            }
            '\u{4}' => {
                marked.push(')');
                is_target = false;
            }
            '*' | '<' | '[' if !is_code && !is_target => {
                marked.push('\\');
                marked.push(c);
            }
            _ => {
                is_code ^= c == '`';
                marked.push(c);
            }
        }
    }
    marked
}

/// A text without its links.
pub(super) fn unlinked(text: &str) -> String {
    let [begin, middle, end] = LINK;
    let mut is_target = false;
    text.chars()
        .filter(|c| {
            is_target = (is_target || *c == middle) && *c != end;
            !is_target && ![begin, middle, end].contains(c)
        })
        .collect()
}

/// A text with `{{ … }}` in it: what is more than the name of a value is left to the rule.
pub(super) fn template(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else {
            break;
        };
        shown.push_str(before);
        let inside = inside.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        match inside.rsplit('.').next() {
            Some(name) if inside.chars().all(is_name) => {
                let _ = write!(shown, "<{name}>");
            }
            _ => shown.push('…'),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Text broken at spaces; the first line begins at column `first`, the others at `rest`.
pub(super) fn wrapped(text: &str, width: usize, first: usize, rest: usize) -> String {
    let mut lines = String::new();
    let mut line = " ".repeat(first);
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push_str(&line);
            lines.push('\n');
            line = " ".repeat(rest);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push_str(&line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_pack_is_not_read_as_markdown() {
        assert_eq!(
            marked("at *all* times `a[*]` <b>", ""),
            "at \\*all\\* times `a[*]` \\<b>"
        );
    }

    #[test]
    fn expressions_in_messages_are_short() {
        assert_eq!(
            template("`{{ it.party }}` was told {{ a(b) - c }} late"),
            "`<party>` was told … late"
        );
        assert_eq!(template("open {{ ended"), "open {{ ended");
    }

    #[test]
    fn links_lead_from_where_the_page_lies_and_disappear_on_the_terminal() {
        let text = format!("see {}, `e[f](g)`", rule("a-rule"));
        assert_eq!(
            marked(&text, "../"),
            "see [`a-rule`](../rules/a-rule.md), `e[f](g)`"
        );
        assert_eq!(unlinked(&text), "see `a-rule`, `e[f](g)`");
        let demand = demand("SC-NOTIFY-05");
        assert_eq!(
            marked(&demand, ""),
            "[`SC-NOTIFY-05`](controls/ir-4-10.md#sc-notify-05)"
        );
    }

    #[test]
    fn lists_end_with_a_word() {
        let parts = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(listed(&parts, "or"), "a, b or c");
        assert_eq!(listed(&parts[..1], "or"), "a");
    }
}
