//! Text to tokens. Literals are decoded later, by [`super::literal`].

use super::mistake::Mistake;
use crate::text::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word: an identifier, a keyword or a reserved word.
    Word,
    /// A name in backticks.
    Quoted,
    Int,
    Uint,
    Double,
    /// A text or bytes literal with its prefix and quotes.
    Text,
    /// An operator or bracket.
    Sign(Sign),
    End,
}

macro_rules! signs {
    ($($name:ident $text:literal,)*) => {
        /// Operators and brackets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Sign {
            $($name,)*
        }

        impl Sign {
            pub(super) const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        /// Longer ones first.
        const SIGNS: &[(&str, Sign)] = &[$(($text, Sign::$name),)*];
    };
}

signs! {
    Equal "==", Unequal "!=", AtMost "<=", AtLeast ">=", And "&&", Or "||",
    Less "<", Greater ">", Plus "+", Minus "-", Times "*", Divide "/", Remainder "%", Not "!",
    Question "?", Colon ":", Comma ",", Dot ".", Open "(", Close ")", OpenList "[",
    CloseList "]", OpenMap "{", CloseMap "}",
}

/// The tokens of a text with their places; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Mistake> {
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::with_capacity(text.len() / 3 + 2);
    loop {
        lexer.skip();
        let start = lexer.at;
        let token = lexer.token()?;
        found.push((token, Span::new(start as u32, lexer.at as u32)));
        if token == Token::End {
            return Ok(found);
        }
    }
}

struct Lexer<'s> {
    text: &'s str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Passes space and comments.
    fn skip(&mut self) {
        loop {
            match self.rest() {
                [b' ' | b'\t' | b'\n' | b'\r' | 0x0c, ..] => self.at += 1,
                [b'/', b'/', ..] => {
                    let length = self.rest().iter().position(|it| *it == b'\n');
                    self.at += length.unwrap_or(self.rest().len());
                }
                _ => return,
            }
        }
    }

    fn token(&mut self) -> Result<Token, Mistake> {
        match self.rest() {
            [] => Ok(Token::End),
            [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => {
                if let Some(prefix) = self.text_prefix() {
                    return self.quoted_text(prefix);
                }
                self.pass(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                Ok(Token::Word)
            }
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => Ok(self.number()),
            [b'"' | b'\'', ..] => self.quoted_text(0),
            [b'`', ..] => self.quoted_name(),
            rest => {
                let sign = SIGNS
                    .iter()
                    .find(|(text, _)| rest.starts_with(text.as_bytes()));
                match sign {
                    Some((text, sign)) => {
                        self.at += text.len();
                        Ok(Token::Sign(*sign))
                    }
                    None => Err(self.stranger()),
                }
            }
        }
    }

    fn stranger(&self) -> Mistake {
        let c = self.text[self.at..].chars().next().unwrap_or(' ');
        let help = match c {
            '=' => Some("write `==` to compare".to_owned()),
            '&' => Some("write `&&` for both".to_owned()),
            '|' => Some("write `||` for either".to_owned()),
            '“' | '”' | '‘' | '’' => Some("write a straight quote: `\"`".to_owned()),
            _ => None,
        };
        let shown = c.escape_debug();
        Mistake::new(
            self.at..self.at + c.len_utf8(),
            format!("`{shown}` is no part of the language"),
        )
        .with_help(help)
    }

    fn pass(&mut self, is_part: impl Fn(u8) -> bool) {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_part(*byte));
        self.at += length.unwrap_or(rest.len());
    }

    fn number(&mut self) -> Token {
        if let [b'0', b'x' | b'X', digit, ..] = self.rest()
            && digit.is_ascii_hexdigit()
        {
            self.at += 2;
            self.pass(|byte| byte.is_ascii_hexdigit());
            return self.unsigned_mark();
        }
        self.pass(|byte| byte.is_ascii_digit());
        let mut is_double = false;
        if let [b'.', b'0'..=b'9', ..] = self.rest() {
            is_double = true;
            self.at += 1;
            self.pass(|byte| byte.is_ascii_digit());
        }
        let exponent = match self.rest() {
            [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => 2,
            [b'e' | b'E', b'0'..=b'9', ..] => 1,
            _ => 0,
        };
        if exponent > 0 {
            is_double = true;
            self.at += exponent;
            self.pass(|byte| byte.is_ascii_digit());
        }
        if is_double {
            return Token::Double;
        }
        self.unsigned_mark()
    }

    fn unsigned_mark(&mut self) -> Token {
        match self.rest() {
            [b'u' | b'U', ..] => {
                self.at += 1;
                Token::Uint
            }
            _ => Token::Int,
        }
    }

    /// Length of the `r` and `b` before a quote.
    fn text_prefix(&self) -> Option<usize> {
        match self.rest() {
            [b'r' | b'R' | b'b' | b'B', b'"' | b'\'', ..] => Some(1),
            [b'r' | b'R', b'b' | b'B', b'"' | b'\'', ..]
            | [b'b' | b'B', b'r' | b'R', b'"' | b'\'', ..] => Some(2),
            _ => None,
        }
    }

    fn quoted_text(&mut self, prefix: usize) -> Result<Token, Mistake> {
        let start = self.at;
        let is_raw = self.rest()[..prefix]
            .iter()
            .any(|it| matches!(it, b'r' | b'R'));
        self.at += prefix;
        let quote = self.rest()[0];
        let is_triple = self.rest().starts_with(&[quote; 3]);
        let width = if is_triple { 3 } else { 1 };
        self.at += width;
        loop {
            match self.rest() {
                rest if rest.starts_with(&[quote; 3][..width]) => {
                    self.at += width;
                    return Ok(Token::Text);
                }
                [] => return Err(self.unclosed(start, prefix + width)),
                [b'\n' | b'\r', ..] if !is_triple => {
                    return Err(self.unclosed(start, prefix + width));
                }
                [b'\\', next, ..] if !is_raw && next.is_ascii() => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn unclosed(&self, start: usize, length: usize) -> Mistake {
        let end = (start + length).min(self.text.len());
        Mistake::new(start..end, "the text that begins here has no closing quote")
    }

    fn quoted_name(&mut self) -> Result<Token, Mistake> {
        let start = self.at;
        self.at += 1;
        self.pass(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'/' | b' ')
        });
        if self.rest().first() != Some(&b'`') || self.at == start + 1 {
            return Err(Mistake::new(
                start..start + 1,
                "the name that begins here has no closing backtick",
            ));
        }
        self.at += 1;
        Ok(Token::Quoted)
    }
}
