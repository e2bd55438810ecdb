/// What a content is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing at all.
    Empty,
    /// A mail with its headers.
    Mail,
    /// A picture.
    Image,
    /// A PDF document.
    Pdf,
    /// A packed archive, office documents included.
    Archive,
    /// A program.
    Program,
    /// A web page.
    WebPage,
    /// One line of text: a note, or a stand-in for something kept elsewhere.
    Line,
    /// Text of several lines.
    Text,
    /// A pointer of git-lfs.
    Pointer,
    /// Anything else.
    Binary,
}

/// First bytes, and what they tell.
const MAGIC: &[(&[u8], Content)] = &[
    (b"\x89PNG\r\n\x1a\n", Content::Image),
    (b"\xff\xd8\xff", Content::Image),
    (b"GIF87a", Content::Image),
    (b"GIF89a", Content::Image),
    (b"II*\0", Content::Image),
    (b"MM\0*", Content::Image),
    (b"%PDF-", Content::Pdf),
    (b"PK\x03\x04", Content::Archive),
    (b"PK\x05\x06", Content::Archive),
    (b"\x1f\x8b", Content::Archive),
    (b"BZh", Content::Archive),
    (b"7z\xbc\xaf\x27\x1c", Content::Archive),
    (b"\xfd7zXZ\0", Content::Archive),
    (b"\x28\xb5\x2f\xfd", Content::Archive),
    (b"Rar!\x1a\x07", Content::Archive),
    (b"\x7fELF", Content::Program),
    (b"\xcf\xfa\xed\xfe", Content::Program),
    (b"\xca\xfe\xba\xbe", Content::Program),
];

impl Content {
    /// The name that rules know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Mail => "mail",
            Self::Image => "image",
            Self::Pdf => "pdf",
            Self::Archive => "archive",
            Self::Program => "program",
            Self::WebPage => "web-page",
            Self::Line => "line",
            Self::Text => "text",
            Self::Pointer => "pointer",
            Self::Binary => "binary",
        }
    }

    /// What a content is that begins with `head`, which may be all of it.
    pub(super) fn of(head: &[u8], is_whole: bool) -> Self {
        if head.is_empty() {
            return Self::Empty;
        }
        if let Some((_, content)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return *content;
        }
        let at = |from: usize, to: usize| head.get(from..to).unwrap_or_default();
        if (at(0, 4) == b"RIFF" && at(8, 12) == b"WEBP")
            || (at(4, 8) == b"ftyp"
                && [&b"heic"[..], b"heix", b"mif1", b"avif"].contains(&at(8, 12)))
            || (at(0, 2) == b"BM" && at(6, 10) == [0; 4])
        {
            return Self::Image;
        }
        if at(0, 2) == b"MZ" && head.contains(&0) {
            return Self::Program;
        }
        if !is_text(head) {
            return Self::Binary;
        }
        let text = String::from_utf8_lossy(head.get(..1024).unwrap_or(head)).to_ascii_lowercase();
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")) {
            return Self::Image;
        }
        if text.starts_with("<!doctype html") || text.starts_with("<html") {
            return Self::WebPage;
        }
        let is_line = is_whole && !head.trim_ascii().contains(&b'\n');
        if is_line { Self::Line } else { Self::Text }
    }
}

/// Whether bytes read as text: no controls but those of lines, tabs and terminals. UTF-16 with its
/// mark counts.
fn is_text(head: &[u8]) -> bool {
    head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || !head
            .iter()
            .any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127))
}

/// What git-lfs leaves in place of a large file.
pub(super) struct Pointer {
    /// SHA-256 of the file.
    pub(super) digest: [u8; 32],
    /// Its size in bytes.
    pub(super) size: u64,
}

impl Pointer {
    /// Reads a pointer; `None` for anything else.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        if content.len() > 1024 {
            return None;
        }
        let text = std::str::from_utf8(content).ok()?;
        let mut lines = text.lines();
        let version = lines.next()?.strip_prefix("version ")?;
        if !version.starts_with("https://git-lfs.github.com/spec/") {
            return None;
        }
        let (mut digest, mut size) = (None, None);
        for line in lines {
            match line.split_once(' ') {
                Some(("oid", value)) => digest = value.strip_prefix("sha256:").and_then(bytes_of),
                Some(("size", value)) => size = value.parse().ok(),
                _ => {}
            }
        }
        Some(Self {
            digest: digest?,
            size: size?,
        })
    }
}

/// The bytes that 64 hexadecimal digits stand for.
fn bytes_of(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_told_by_their_first_bytes() {
        for (head, expected) in [
            (&b""[..], Content::Empty),
            (b"\x89PNG\r\n\x1a\n....", Content::Image),
            (b"<?xml version='1.0'?>\n<svg/>", Content::Image),
            (b"%PDF-1.7\n", Content::Pdf),
            (b"PK\x03\x04docx", Content::Archive),
            (b"\x7fELF\x02", Content::Program),
            (b"MZ\x90\0\x03", Content::Program),
            (b"<!DOCTYPE html>\n<p>", Content::WebPage),
            (b"one line\n", Content::Line),
            (b"MZ is no program", Content::Line),
            (b"one\ntwo\n", Content::Text),
            (b"gr\xfc\xdfe\nlatin 1\n", Content::Text),
            (b"\0\0\0\0", Content::Binary),
        ] {
            assert_eq!(Content::of(head, true), expected, "{head:?}");
        }
        assert_eq!(Content::of(b"the beginning", false), Content::Text);
    }

    #[test]
    fn only_a_pointer_is_a_pointer() {
        let of = |text: &str| Pointer::of(text.as_bytes()).is_some();
        let oid = "0".repeat(64);
        let version = "version https://git-lfs.github.com/spec/v1\n";
        assert!(of(&format!("{version}oid sha256:{oid}\nsize 1\n")));
        for text in [
            String::new(),
            version.to_owned(),
            format!("{version}oid sha256:{}\nsize 1\n", "é".repeat(32)),
            format!("{version}oid sha256:{oid}\nsize -1\n"),
            format!("oid sha256:{oid}\nsize 1\n"),
        ] {
            assert!(!of(&text), "{text}");
        }
    }
}
