use crate::text::{LineIndex, Span};

/// Longest line that is kept, in characters.
const WIDTH: usize = 160;

/// The lines around a place, cut, masked and without control characters: safe for a terminal.
///
/// Findings carry their excerpt, because the tree they came from is gone when they are printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines, without line breaks.
    pub lines: Vec<String>,
    /// Index into `lines` of the line that is marked.
    pub marked_line: usize,
    /// The marked characters of that line, as a range of bytes of the line kept here.
    pub marked: (usize, usize),
}

impl Excerpt {
    /// Cuts the lines around `span` out of a text. `masked` are spans whose text must not be
    /// shown; they are drawn as dots.
    pub fn new(text: &str, index: &LineIndex<'_>, span: Span, masked: &[Span]) -> Self {
        let line = index.locate(span.start).line;
        let first = line.saturating_sub(2).max(1);
        let last = (line + 1).min(index.line_count());
        let mut lines = Vec::new();
        let mut marked = (0, 0);
        for number in first..=last {
            let whole = index.line_span(number);
            let (shown, range) = draw(text, whole, span, masked);
            // No empty line at the end of the file.
            if number > line && shown.trim().is_empty() {
                break;
            }
            if number == line {
                marked = range;
            }
            lines.push(shown);
        }
        Self {
            first_line: first,
            lines,
            marked_line: (line - first) as usize,
            marked,
        }
    }
}

/// One line as it is shown, and where the marked span lies in it.
fn draw(text: &str, line: Span, marked: Span, masked: &[Span]) -> (String, (usize, usize)) {
    let source = line.slice(text);
    // A very long line is shown from a little before the mark.
    let offset = (marked.start.saturating_sub(line.start) as usize).min(source.len());
    let before = source.get(..offset).unwrap_or("").chars().count();
    let skip = if marked.start < line.end && before > WIDTH / 2 {
        before - WIDTH / 4
    } else {
        0
    };
    let mut shown = String::new();
    let (mut from, mut to) = (None, None);
    if skip > 0 {
        shown.push('…');
    }
    for (at, c) in source.char_indices().skip(skip).take(WIDTH) {
        let byte = line.start + at as u32;
        if byte >= marked.start && from.is_none() {
            from = Some(shown.len());
        }
        if byte >= marked.end && to.is_none() {
            to = Some(shown.len());
        }
        let is_masked = masked
            .iter()
            .any(|span| span.start <= byte && byte < span.end);
        shown.push(if is_masked { '•' } else { visible(c) });
    }
    let end = shown.len();
    if source.chars().nth(skip + WIDTH).is_some() {
        shown.push('…');
    }
    let from = from.unwrap_or(end);
    (shown, (from, to.unwrap_or(end).max(from)))
}

/// Control and direction characters become visible stand-ins; a tab becomes one arrow, so that
/// columns still count characters.
fn visible(c: char) -> char {
    match c {
        '\t' => '→',
        '\0' => '␀',
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, from: usize, to: usize, masked: &[Span]) -> Excerpt {
        let span = Span::new(from as u32, to as u32);
        Excerpt::new(text, &LineIndex::new(text), span, masked)
    }

    #[test]
    fn lines_around_the_place_are_kept() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        let it = excerpt(text, 8, 13, &[]);
        assert_eq!((it.first_line, it.lines.len()), (1, 4));
        assert_eq!(&it.lines[it.marked_line][it.marked.0..it.marked.1], "three");
    }

    #[test]
    fn control_characters_and_secrets_are_not_shown() {
        let text = "reach: \u{1b}[31m\u{202e}x\nkey: hunter2 # end\n";
        let secret = text.find("hunter2").unwrap() as u32;
        let it = excerpt(text, 0, 5, &[Span::new(secret, secret + 7)]);
        assert_eq!(
            it.lines,
            ["reach: \u{fffd}[31m\u{fffd}x", "key: ••••••• # end"]
        );
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_mark() {
        let text = format!("{}X{}", "a".repeat(5000), "b".repeat(5000));
        let it = excerpt(&text, 5000, 5001, &[]);
        assert!(it.lines[0].chars().count() <= WIDTH + 2);
        assert_eq!(&it.lines[0][it.marked.0..it.marked.1], "X");
    }
}
