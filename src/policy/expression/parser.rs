//! Tokens to a tree, by precedence climbing. Depth, height and number of nodes are capped, so
//! that no text drives anything that walks the tree past the stack.

use super::lexer::{Sign, Token, tokens};
use super::literal::{self, Quoted};
use super::mistake::Mistake;
use super::syntax::{Child, Children, Form, Operator, Syntax, SyntaxId, SyntaxNode};
use crate::text::Span;

/// Longest text of an expression, in bytes.
const LONGEST: usize = 4096;
/// Deepest nesting.
pub(super) const DEEPEST: u16 = 64;
/// Most nodes.
pub(super) const MOST_NODES: usize = 2000;

/// Words that are kept for later versions of the language.
const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Syntax, Mistake> {
    if text.len() > LONGEST {
        let mut start = LONGEST;
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        return Err(Mistake::new(
            start..text.len(),
            format!(
                "an expression may have {LONGEST} bytes; this one has {}",
                text.len()
            ),
        )
        .with_help(Some("move a part of it into a term".to_owned())));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        nodes: Vec::with_capacity(tokens.len()),
        children: Vec::new(),
        text,
        tokens,
        at: 0,
        depth: 0,
    };
    let root = parser.expression()?;
    if parser.token() != Token::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    Ok(Syntax {
        text: text.into(),
        nodes: parser.nodes,
        children: parser.children,
        root,
    })
}

struct Parser<'s> {
    text: &'s str,
    tokens: Vec<(Token, Span)>,
    at: usize,
    nodes: Vec<SyntaxNode>,
    children: Vec<Child>,
    depth: u16,
}

type Parsed = Result<SyntaxId, Mistake>;

impl Parser<'_> {
    fn token(&self) -> Token {
        self.tokens[self.at].0
    }

    fn span(&self) -> Span {
        self.tokens[self.at].1
    }

    fn word(&self) -> Option<&str> {
        (self.token() == Token::Word).then(|| self.span().slice(self.text))
    }

    /// Passes the token; the closing [`Token::End`] stays.
    fn pass(&mut self) -> Span {
        let span = self.span();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        span
    }

    fn is_before_number(&self) -> bool {
        let next = self.tokens.get(self.at + 1);
        matches!(next, Some((Token::Int | Token::Double, _)))
    }

    fn takes(&mut self, sign: Sign) -> bool {
        let is_there = self.token() == Token::Sign(sign);
        if is_there {
            self.pass();
        }
        is_there
    }

    fn expect(&mut self, sign: Sign) -> Result<Span, Mistake> {
        if self.token() == Token::Sign(sign) {
            return Ok(self.pass());
        }
        Err(self.unexpected(&format!("`{}`", sign.text())))
    }

    fn unexpected(&self, wanted: &str) -> Mistake {
        let span = self.span().range();
        match self.token() {
            Token::End => Mistake::new(
                span,
                format!("the expression ends where {wanted} is expected"),
            ),
            _ => Mistake::new(
                span.clone(),
                format!("expected {wanted}, found `{}`", &self.text[span]),
            ),
        }
    }

    fn add(&mut self, form: Form, span: Span) -> Parsed {
        let height = self.height_below(&form) + 1;
        if height > DEEPEST {
            return Err(too_deep(span));
        }
        if self.nodes.len() >= MOST_NODES {
            return Err(Mistake::new(
                span.range(),
                format!("an expression may have {MOST_NODES} parts"),
            ));
        }
        self.nodes.push(SyntaxNode { form, span, height });
        Ok((self.nodes.len() - 1) as SyntaxId)
    }

    fn height_below(&self, form: &Form) -> u16 {
        let of = |id: &SyntaxId| self.nodes[*id as usize].height;
        let all = |range: &Children| {
            let children = &self.children[range.start as usize..range.end as usize];
            children
                .iter()
                .map(|child| of(&child.id))
                .max()
                .unwrap_or(0)
        };
        match form {
            Form::Select { of: id, .. } | Form::Not(id) | Form::Negate(id) => of(id),
            Form::Index {
                of: one, key: two, ..
            }
            | Form::Binary {
                left: one,
                right: two,
                ..
            } => of(one).max(of(two)),
            Form::Call {
                of: one, arguments, ..
            } => one.as_ref().map_or(0, of).max(all(arguments)),
            Form::List(range) | Form::Map(range) | Form::And(range) | Form::Or(range) => all(range),
            Form::Choice { condition, yes, no } => of(condition).max(of(yes)).max(of(no)),
            _ => 0,
        }
    }

    fn row(&mut self, children: &[Child]) -> Children {
        let start = self.children.len() as u32;
        self.children.extend_from_slice(children);
        Children {
            start,
            end: self.children.len() as u32,
        }
    }

    fn cover(&self, one: SyntaxId, two: SyntaxId) -> Span {
        self.nodes[one as usize]
            .span
            .cover(self.nodes[two as usize].span)
    }

    /// `a`, or `a ? b : c`.
    fn expression(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_deep(self.span()));
        }
        let condition = self.operands(0)?;
        let found = if self.takes(Sign::Question) {
            let yes = self.operands(0)?;
            self.expect(Sign::Colon)?;
            let no = self.expression()?;
            let span = self.cover(condition, no);
            let form = Form::Choice { condition, yes, no };
            self.add(form, span)
        } else {
            Ok(condition)
        };
        self.depth -= 1;
        found
    }

    /// Operands joined by operators that bind at least as strongly as `least`.
    fn operands(&mut self, least: u8) -> Parsed {
        let mut left = self.unary()?;
        while let Some((strength, joint)) = self.joint() {
            if strength < least {
                break;
            }
            left = match joint {
                Joint::Chain(sign) => self.chain(left, sign, strength)?,
                Joint::Operator(operator) => {
                    self.pass();
                    let right = self.operands(strength + 1)?;
                    let span = self.cover(left, right);
                    let form = Form::Binary {
                        operator,
                        left,
                        right,
                    };
                    self.add(form, span)?
                }
            };
        }
        Ok(left)
    }

    fn joint(&self) -> Option<(u8, Joint)> {
        let operator = match self.token() {
            Token::Sign(sign) => match sign {
                Sign::Or => return Some((0, Joint::Chain(Sign::Or))),
                Sign::And => return Some((1, Joint::Chain(Sign::And))),
                Sign::Equal => Operator::Equal,
                Sign::Unequal => Operator::Unequal,
                Sign::Less => Operator::Less,
                Sign::AtMost => Operator::AtMost,
                Sign::Greater => Operator::Greater,
                Sign::AtLeast => Operator::AtLeast,
                Sign::Plus => Operator::Add,
                Sign::Minus => Operator::Subtract,
                Sign::Times => Operator::Multiply,
                Sign::Divide => Operator::Divide,
                Sign::Remainder => Operator::Remainder,
                _ => return None,
            },
            Token::Word if self.word() == Some("in") => Operator::In,
            _ => return None,
        };
        let strength = match operator {
            Operator::Add | Operator::Subtract => 3,
            Operator::Multiply | Operator::Divide | Operator::Remainder => 4,
            _ => 2,
        };
        Some((strength, Joint::Operator(operator)))
    }

    /// `a && b && c` as one node.
    fn chain(&mut self, first: SyntaxId, sign: Sign, strength: u8) -> Parsed {
        let plain = |id| Child {
            id,
            is_optional: false,
        };
        let mut members = vec![plain(first)];
        let mut last = first;
        while self.takes(sign) {
            last = self.operands(strength + 1)?;
            members.push(plain(last));
        }
        let span = self.cover(first, last);
        let row = self.row(&members);
        let form = if sign == Sign::And {
            Form::And(row)
        } else {
            Form::Or(row)
        };
        self.add(form, span)
    }

    /// `!a`, `-a` or what stands without.
    fn unary(&mut self) -> Parsed {
        let Token::Sign(sign @ (Sign::Not | Sign::Minus)) = self.token() else {
            return self.member();
        };
        let mut starts = vec![self.pass()];
        while self.takes(sign) {
            starts.push(self.tokens[self.at - 1].1);
            if starts.len() > usize::from(DEEPEST) {
                return Err(too_deep(starts[0]));
            }
        }
        let is_number = matches!(self.token(), Token::Int | Token::Double);
        let mut found = match starts.last() {
            Some(start) if sign == Sign::Minus && is_number => {
                let start = *start;
                starts.pop();
                let number = self.number(Some(start))?;
                self.suffixes(number)?
            }
            _ => self.member()?,
        };
        while let Some(start) = starts.pop() {
            let span = start.cover(self.nodes[found as usize].span);
            let form = match sign {
                Sign::Not => Form::Not(found),
                _ => Form::Negate(found),
            };
            found = self.add(form, span)?;
        }
        Ok(found)
    }

    /// A primary with everything that hangs on it.
    fn member(&mut self) -> Parsed {
        let of = self.primary()?;
        self.suffixes(of)
    }

    /// `.a`, `.?a`, `.a(…)`, `[a]` and `[?a]`.
    fn suffixes(&mut self, mut of: SyntaxId) -> Parsed {
        loop {
            of = match self.token() {
                Token::Sign(Sign::Dot) => {
                    self.pass();
                    let is_optional = self.takes(Sign::Question);
                    self.select(of, is_optional)?
                }
                Token::Sign(Sign::OpenList) => {
                    self.pass();
                    let is_optional = self.takes(Sign::Question);
                    let key = self.expression()?;
                    let end = self.expect(Sign::CloseList)?;
                    let span = self.nodes[of as usize].span.cover(end);
                    let form = Form::Index {
                        of,
                        key,
                        is_optional,
                    };
                    self.add(form, span)?
                }
                Token::Sign(Sign::OpenMap) if self.is_message_name(of) => {
                    return Err(Mistake::new(
                        self.span().range(),
                        "messages are no part of this language",
                    )
                    .with_help(Some("write a map: `{\"key\": value}`".to_owned())));
                }
                _ => return Ok(of),
            };
        }
    }

    fn is_message_name(&self, of: SyntaxId) -> bool {
        match &self.nodes[of as usize].form {
            Form::Name => true,
            Form::Select { of, .. } => self.is_message_name(*of),
            _ => false,
        }
    }

    fn select(&mut self, of: SyntaxId, is_optional: bool) -> Parsed {
        let (key, is_quoted) = match self.token() {
            Token::Quoted => {
                let span = self.pass();
                (Span::new(span.start + 1, span.end - 1), true)
            }
            Token::Word if !matches!(self.word(), Some("in" | "true" | "false" | "null")) => {
                (self.pass(), false)
            }
            _ => return Err(self.unexpected("a name")),
        };
        let start = self.nodes[of as usize].span;
        if self.token() == Token::Sign(Sign::Open) && !is_quoted && !is_optional {
            self.pass();
            let (arguments, end) = self.arguments()?;
            let form = Form::Call {
                of: Some(of),
                name: key,
                arguments,
            };
            return self.add(form, start.cover(end));
        }
        let end = Span::at(key.end + u32::from(is_quoted));
        let form = Form::Select {
            of,
            key,
            is_optional,
            is_quoted,
        };
        self.add(form, start.cover(end))
    }

    /// Arguments up to the closing parenthesis.
    fn arguments(&mut self) -> Result<(Children, Span), Mistake> {
        let mut found = Vec::new();
        if self.token() != Token::Sign(Sign::Close) {
            loop {
                let id = self.expression()?;
                found.push(Child {
                    id,
                    is_optional: false,
                });
                if !self.takes(Sign::Comma) {
                    break;
                }
            }
        }
        let end = self.expect(Sign::Close)?;
        Ok((self.row(&found), end))
    }

    fn primary(&mut self) -> Parsed {
        match self.token() {
            Token::Int | Token::Uint | Token::Double => self.number(None),
            Token::Text => {
                let span = self.pass();
                let form = match literal::quoted(self.text, span)? {
                    Quoted::Text(text) => Form::Text(text),
                    Quoted::Bytes(bytes) => Form::Bytes(bytes),
                };
                self.add(form, span)
            }
            Token::Word => self.name(),
            // The sign of a literal, as in `!-1`.
            Token::Sign(Sign::Minus) if self.is_before_number() => {
                let minus = self.pass();
                self.number(Some(minus))
            }
            Token::Sign(Sign::Dot) => {
                self.pass();
                if self.token() == Token::Word {
                    return self.name();
                }
                Err(self.unexpected("a name"))
            }
            Token::Sign(Sign::Open) => {
                self.pass();
                let found = self.expression()?;
                self.expect(Sign::Close)?;
                Ok(found)
            }
            Token::Sign(Sign::OpenList) => self.list(),
            Token::Sign(Sign::OpenMap) => self.map(),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn name(&mut self) -> Parsed {
        let span = self.span();
        let form = match span.slice(self.text) {
            "null" => Form::Null,
            "true" => Form::Bool(true),
            "false" => Form::Bool(false),
            "in" => return Err(self.unexpected("a value")),
            word if RESERVED.contains(&word) => {
                let message = format!("`{word}` is a reserved word");
                return Err(Mistake::new(span.range(), message));
            }
            _ => Form::Name,
        };
        self.pass();
        if matches!(form, Form::Name) && self.takes(Sign::Open) {
            let (arguments, end) = self.arguments()?;
            let form = Form::Call {
                of: None,
                name: span,
                arguments,
            };
            return self.add(form, span.cover(end));
        }
        self.add(form, span)
    }

    fn number(&mut self, minus: Option<Span>) -> Parsed {
        let (token, digits) = (self.token(), self.pass());
        let text = digits.slice(self.text);
        let is_negative = minus.is_some();
        let form = match token {
            Token::Int => literal::int(text, is_negative).map(Form::Int),
            Token::Uint => literal::uint(text).map(Form::Uint),
            _ => {
                let value = text.parse::<f64>().ok();
                value.map(|it| Form::Double(if is_negative { -it } else { it }))
            }
        };
        let span = minus.map_or(digits, |minus| minus.cover(digits));
        match form {
            Some(form) => self.add(form, span),
            None => Err(Mistake::new(
                span.range(),
                format!("`{}` is too large a number", span.slice(self.text)),
            )),
        }
    }

    fn list(&mut self) -> Parsed {
        let start = self.pass();
        let mut items = Vec::new();
        while self.token() != Token::Sign(Sign::CloseList) {
            let is_optional = self.takes(Sign::Question);
            let id = self.expression()?;
            items.push(Child { id, is_optional });
            if !self.takes(Sign::Comma) {
                break;
            }
        }
        let end = self.expect(Sign::CloseList)?;
        let row = self.row(&items);
        self.add(Form::List(row), start.cover(end))
    }

    fn map(&mut self) -> Parsed {
        let start = self.pass();
        let mut entries = Vec::new();
        while self.token() != Token::Sign(Sign::CloseMap) {
            let is_optional = self.takes(Sign::Question);
            let key = self.expression()?;
            self.expect(Sign::Colon)?;
            let value = self.expression()?;
            for id in [key, value] {
                entries.push(Child { id, is_optional });
            }
            if !self.takes(Sign::Comma) {
                break;
            }
        }
        let end = self.expect(Sign::CloseMap)?;
        let row = self.row(&entries);
        self.add(Form::Map(row), start.cover(end))
    }
}

enum Joint {
    Chain(Sign),
    Operator(Operator),
}

fn too_deep(span: Span) -> Mistake {
    Mistake::new(span.range(), format!("nested more than {DEEPEST} deep"))
        .with_help(Some("move a part of it into a term".to_owned()))
}
