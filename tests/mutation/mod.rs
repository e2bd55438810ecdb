//! Texts that are nearly YAML: parts of real ones with a few changes, and heaps of fragments.

/// What YAML is sensitive to.
const HOSTILE: &[&str] = &[
    "-",
    "- ",
    "-\n",
    "?",
    "? ",
    ":",
    ": ",
    ":\n",
    ",",
    "[",
    "]",
    "{",
    "}",
    "#",
    " #",
    " # c",
    "&",
    "*",
    "!",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "'",
    "''",
    "\"",
    "\\",
    "\\n",
    "\\\"",
    "\\\n",
    "\\u00e9",
    "\\x",
    "%",
    "@",
    "`",
    " ",
    "  ",
    "   ",
    "\n",
    "\n\n",
    "\n ",
    " \n",
    "\r\n",
    "\r",
    "\t",
    "---",
    "\n---\n",
    "...",
    "\n...\n",
    "~",
    "null",
    "yes",
    "0",
    "a",
    "é",
    "«",
    "😀",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "\u{7f}",
    "=",
    "<<",
    ".",
    "1e3",
    "2025-05-06T01:02:03",
    "\n- ",
    "\n  - ",
    "\n  ",
    "\n    ",
    "a: ",
    "a:\n",
    "\na: ",
    "[a, b]",
    "{a: b}",
    "[\n",
    "\"a\": ",
    "'a': ",
    "- - ",
    "- a: ",
    "|\n",
    "|\n  ",
    ">-\n    ",
    "&x ",
    "*x",
    "!!str ",
];

/// Pieces of lines as they are written, and some that are not.
const PIECES: &[&str] = &[
    "- ",
    "- ",
    "-",
    "a: ",
    "b: ",
    "a:",
    "b:",
    "'k': ",
    "\"k\" : ",
    "a : ",
    "x",
    "some text",
    "two: parts",
    "'q'",
    "'it''s'",
    "\"d\"",
    "\"\\\"\\u0041 \"",
    "'open",
    "\"open",
    "close'",
    "close\"",
    "|",
    ">",
    "|-",
    ">+",
    "|+",
    "[x, y]",
    "[x",
    "y]",
    "{a: x}",
    "{a: x",
    ", b: y}",
    "{a, b: }",
    "[",
    "]",
    "{",
    "}",
    ",",
    "# note",
    " # note",
    "#",
    " ",
    "  ",
    "12",
    "yes",
    "é",
    "",
    "",
    "",
    "---",
    "...",
    "a#b",
    "a:b",
    "- x",
    "? x",
    "& x",
    "-x",
    ":x",
    "\\",
    "end\\",
    "[]",
    "{}",
    "[a: b]",
    "{a: {b: [c]}}",
    "'a'#",
    "\t",
    "~",
];

pub(crate) struct Mutator<'t> {
    state: u64,
    texts: &'t [Vec<String>],
}

impl<'t> Mutator<'t> {
    pub(crate) fn new(seed: u64, texts: &'t [Vec<String>]) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678,
            texts,
        }
    }

    /// A number below another: splitmix64.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    pub(crate) fn text(&mut self) -> String {
        let mut text = match self.below(3) {
            0 => self.heap(),
            _ => self.part(),
        };
        for _ in 0..self.below(4) {
            text = self.mutated(&text);
        }
        text
    }

    /// Some lines of a text.
    fn part(&mut self) -> String {
        let texts = self.texts;
        let texts = &texts[self.below(texts.len())];
        let Some(text) = texts.get(self.below(texts.len())) else {
            return String::new();
        };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let length = 1 + self.below(14);
        let start = self.below(lines.len().saturating_sub(length) + 1);
        let lines = &lines[start..lines.len().min(start + length)];
        // Most parts begin inside something; they are as good at the margin.
        let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
        let indent = lines.first().map_or(0, indent);
        lines
            .iter()
            .map(|line| line.get(indent.min(line.len())..).unwrap_or(line))
            .collect()
    }

    /// Lines made of pieces.
    fn heap(&mut self) -> String {
        let mut text = String::new();
        let mut indent = 0;
        for _ in 0..=self.below(7) {
            indent = match self.below(4) {
                0 => indent + 1 + self.below(3),
                1 => self.below(indent + 1),
                _ => indent,
            };
            text.push_str(&" ".repeat(indent));
            for _ in 0..=self.below(3) {
                text.push_str(self.one_of(PIECES));
            }
            text.push('\n');
        }
        text
    }

    fn mutated(&mut self, text: &str) -> String {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        let at = self.below(lines.len());
        match self.below(8) {
            0 => return self.with_a_bit_flipped(text),
            1 => return text.replace('\n', "\r\n"),
            2 if !lines.is_empty() => drop(lines.remove(at)),
            3 if !lines.is_empty() => lines.insert(at, lines[at].clone()),
            4 if !lines.is_empty() => {
                lines[at].insert_str(0, &"    "[..self.below(4)]);
            }
            5 if !lines.is_empty() => {
                let line = &lines[at];
                let blanks = line.len() - line.trim_start_matches(' ').len();
                lines[at] = line[self.below(blanks + 1)..].into();
            }
            _ => {
                let mut text = text.to_owned();
                let at = self.boundary(&text);
                text.insert_str(at, self.one_of(HOSTILE));
                return text;
            }
        }
        lines.concat()
    }

    fn with_a_bit_flipped(&mut self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        if !bytes.is_empty() {
            let at = self.below(bytes.len());
            bytes[at] ^= 1 << self.below(8);
        }
        String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
    }

    fn boundary(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
