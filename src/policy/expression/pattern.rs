//! Patterns of `matches`: linear in the text, whatever is written.

use regex::{Regex, RegexBuilder};

/// Largest compiled pattern, in bytes.
const LARGEST: usize = 1 << 20;

/// Whether a text is a pattern that can be searched for.
pub fn compiles(pattern: &str) -> bool {
    compile(pattern).is_ok()
}

/// Compiles a pattern.
///
/// # Errors
/// A sentence fragment that says what is wrong.
pub(super) fn compile(pattern: &str) -> Result<Regex, &'static str> {
    RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .nest_limit(64)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large",
            _ if pattern.contains("(?=") || pattern.contains("(?!") || pattern.contains("(?<") => {
                "looking ahead or back is not possible"
            }
            _ => "a bracket, a repetition or an escape in it is wrong",
        })
}
