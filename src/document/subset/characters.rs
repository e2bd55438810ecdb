//! Which texts the subset reader looks at at all.

use memchr::memchr2_iter;

const MARK: &str = "\u{feff}";

/// Where the content of a text begins, past a byte-order mark; `None` if the text holds tabs,
/// control characters, carriage returns without line feed or characters that YAML does not take.
pub(super) fn start(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let start = if source.starts_with(MARK) {
        MARK.len()
    } else {
        0
    };
    let is_odd = |byte: u8| (byte < b' ' && byte != b'\n') || byte == 0x7f;
    // Looking at every byte, rather than for the first odd one, goes many bytes at a time.
    let has_odd = bytes.iter().fold(false, |odd, byte| odd | is_odd(*byte));
    let is_line_end = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    if has_odd && !(0..bytes.len()).all(|at| !is_odd(bytes[at]) || is_line_end(at)) {
        return None;
    }
    if !source.is_ascii() {
        for at in memchr2_iter(0xc2, 0xef, &bytes[start..]) {
            let is_refused = match bytes[start + at..] {
                // U+0080 to U+009F: controls.
                [0xc2, second, ..] => second < 0xa0,
                // U+FEFF, a byte-order mark inside; U+FFFE and U+FFFF.
                [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => true,
                _ => false,
            };
            if is_refused {
                return None;
            }
        }
    }
    Some(start)
}
