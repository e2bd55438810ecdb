use regex::{Regex, RegexBuilder};

/// Largest compiled pattern, in bytes.
const LARGEST: usize = 1 << 20;

/// Compiles a pattern that a record or a rule brings: linear in the text, whatever is written.
///
/// # Errors
/// A sentence fragment that says what is wrong.
pub fn compile_pattern(pattern: &str) -> Result<Regex, &'static str> {
    RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .nest_limit(64)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large",
            _ if pattern.contains("(?=") || pattern.contains("(?!") || pattern.contains("(?<") => {
                "looking ahead or back is not possible"
            }
            _ if has_backreference(pattern) => "referring back to a group is not possible",
            _ => "a bracket, a repetition or an escape in it is wrong",
        })
}

/// Whether a pattern asks for what a group matched before, such as `\1`.
fn has_backreference(pattern: &str) -> bool {
    let mut bytes = pattern.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\'
            && bytes
                .next()
                .is_some_and(|it| it.is_ascii_digit() || it == b'k')
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said() {
        assert!(compile_pattern(r"\bAKIA[0-9A-Z]{16}\b").is_ok());
        for (pattern, said) in [
            (r"a(?!b)", "looking ahead"),
            (r"(?<!a)b", "looking ahead"),
            (r"(a)\1", "referring back"),
            (r"(a", "a bracket"),
            (r"a{1000}{1000}", "too large"),
        ] {
            let problem = compile_pattern(pattern).unwrap_err();
            assert!(problem.contains(said), "{pattern}: {problem}");
        }
    }
}
