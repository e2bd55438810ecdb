//! What a template may say: put values in, ask, and walk through lists.
//!
//! Templates come with a pull request. They may not compute: a text that is doubled forty times has
//! a terabyte, and no count of steps prevents that. So there is no `set`, no arithmetic, no joining
//! and no list of their own; what is left grows with the values that are there. `include`, `import`
//! and `autoescape` are no statements here either.

/// Something that a template may not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Forbidden {
    /// The line, from 1.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) message: String,
}

const STATEMENTS: &[&str] = &["if", "elif", "else", "endif", "for", "endfor"];

/// Characters that compute, join, or make a list or a map.
const COMPUTES: &[char] = &['~', '*', '+', '/', '%', '[', ']', '{', '}', ','];

/// Looks for what a template may not say.
pub(super) fn inspect(source: &str) -> Result<(), Forbidden> {
    let mut at = 0;
    while let Some(open) = source[at..].find('{').map(|found| at + found) {
        let after = &source[open + 1..];
        let (close, is_statement) = match after.chars().next() {
            Some('{') => ("}}", false),
            Some('%') => ("%}", true),
            Some('#') => {
                let Some(end) = source[open..].find("#}") else {
                    return Err(forbidden(
                        source,
                        open,
                        "a comment is not closed".to_owned(),
                    ));
                };
                at = open + end + 2;
                continue;
            }
            _ => {
                at = open + 1;
                continue;
            }
        };
        let inside = open + 2;
        let Some(end) = end_of(&source[inside..], close) else {
            let message = format!("there is no `{close}` to what begins here");
            return Err(forbidden(source, open, message));
        };
        let code = without_texts(&source[inside..inside + end]);
        if let Some(c) = code.chars().find(|c| COMPUTES.contains(c)) {
            let message = format!("`{c}`: templates do not compute, and make no lists");
            return Err(forbidden(source, open, message));
        }
        let word = code
            .trim_start_matches(['-', '+'])
            .split_whitespace()
            .next();
        let word = word.unwrap_or("").trim_end_matches('-');
        if is_statement && !STATEMENTS.contains(&word) {
            let message = format!("`{word}` is no statement of templates");
            return Err(forbidden(source, open, message));
        }
        at = inside + end + 2;
    }
    Ok(())
}

fn forbidden(source: &str, at: usize, message: String) -> Forbidden {
    let line = source[..at].matches('\n').count() + 1;
    Forbidden { line, message }
}

/// Where code ends: at its closing marks, outside of texts.
fn end_of(code: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in code.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if code[at..].starts_with(close) => return Some(at),
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
    }
    None
}

/// Code with an empty text in the place of each text.
fn without_texts(code: &str) -> String {
    let mut bare = String::with_capacity(code.len());
    let mut quote = None;
    let mut is_escaped = false;
    for c in code.chars() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None => {
                if c == '"' || c == '\'' {
                    quote = Some(c);
                }
                bare.push(c);
            }
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_ask_walk_and_put_in() {
        for text in [
            "{{ a.b | wrap(4) }} {# a comment with + and ~ #} { } {x}",
            "{%- if a == '+~[' and not b -%}x{% elif c %}y{% else %}z{%- endif %}",
            "{% for x in y %}{{- loop.index -}}{% endfor %}",
            "body { margin: 0 } @media print { a { color: #000 } }",
        ] {
            assert_eq!(inspect(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn nothing_else() {
        for text in [
            "{% include 'a' %}",
            "{% set a = 1 %}",
            "{%set a%}{%endset%}",
            "{% autoescape false %}{{ a }}{% endautoescape %}",
            "{% macro a() %}{% endmacro %}",
            "{% raw %}x{% endraw %}",
            "{{ a ~ a }}",
            "{{ 'a' * 1000000000 }}",
            "{% for b in [a, a] %}{% endfor %}",
            "{% for b in (a, a) %}{% endfor %}",
            "{{ {'a': 1} }}",
            "{{ a",
            "{% if 'a %}",
            "{# a",
        ] {
            assert!(
                inspect(&format!("one\n{text}")).is_err_and(|it| it.line == 2),
                "{text}"
            );
        }
    }
}
