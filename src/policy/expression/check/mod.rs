//! From syntax to operations: names become indexes, terms are put in where they are used, walks
//! get their local values, and everything the types and shapes rule out is a mistake.

mod call;
mod name;
mod operator;
mod select;
mod term;
mod vocabulary;
mod walk;

use super::code::{Code, CodeId, CodeNode, Operation, Read, Row};
use super::mistake::Mistake;
use super::scope::Scope;
use super::syntax::{Form, Syntax, SyntaxId};
use super::types::{NodeType, Type};
use crate::text::Span;

/// Deepest nesting of operations, terms put in included.
const DEEPEST: u16 = 160;
/// Most operations of an expression, terms put in included.
const MOST_OPERATIONS: usize = 4000;

/// What is known of a checked part.
#[derive(Clone, Debug)]
struct Checked<'a> {
    id: CodeId,
    of: Type,
    /// Where in a record the value stands.
    place: Option<NodeType>,
    /// The text, if it is a literal one.
    literal: Option<&'a str>,
}

/// A name that is known in a part of the expression.
#[derive(Clone, Debug)]
struct Local<'a> {
    name: &'a str,
    target: Target,
    of: Type,
    place: Option<NodeType>,
    literal: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    Slot(u32),
    Variable(u32),
}

/// Whether the value is read from its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Raw,
}

pub(super) struct Checker<'a> {
    scope: Scope<'a>,
    /// Whether types and names are left to the evaluation.
    is_lenient: bool,
    has_dotted_variables: bool,
    code: Code,
    mistakes: Vec<Mistake>,
    syntax: &'a Syntax,
    locals: Vec<Local<'a>>,
    /// The first local that can be seen: a term sees only its parameters.
    base: usize,
    /// Where the outermost term is used; everything in it has that place.
    outer: Option<Span>,
    /// The terms that are being put in.
    terms: Vec<&'a str>,
    depth: u16,
    /// The slots of the local values around.
    slots: u32,
    is_full: bool,
}

/// The operations, the root and the type of a checked expression.
pub(super) struct Compiled {
    pub(super) code: Code,
    pub(super) root: CodeId,
    pub(super) of: Type,
}

/// Checks a whole expression.
pub(super) fn check(
    syntax: &Syntax,
    scope: &Scope<'_>,
    mode: Mode,
    is_lenient: bool,
) -> Result<Compiled, Vec<Mistake>> {
    let mut checker = Checker {
        scope: *scope,
        is_lenient,
        has_dotted_variables: scope.variables.iter().any(|it| it.name.contains('.')),
        code: Code {
            nodes: Vec::with_capacity(syntax.nodes.len() + 1),
            ..Code::default()
        },
        mistakes: Vec::new(),
        syntax,
        locals: Vec::new(),
        base: 0,
        outer: None,
        terms: Vec::new(),
        depth: 0,
        slots: 0,
        is_full: false,
    };
    let root = checker.check(syntax.root, mode);
    if checker.mistakes.is_empty() {
        Ok(Compiled {
            code: checker.code,
            root: root.id,
            of: root.of.settled(),
        })
    } else {
        Err(checker.mistakes)
    }
}

impl<'a> Checker<'a> {
    fn span(&self, id: SyntaxId) -> Span {
        self.outer.unwrap_or(self.syntax.get(id).span)
    }

    fn text(&self, id: SyntaxId) -> &'a str {
        self.syntax.slice(self.syntax.get(id).span)
    }

    /// Notes what the types rule out; without the checker it is left to the evaluation.
    fn mistake(&mut self, span: Span, message: String, help: Option<String>) {
        if !self.is_lenient {
            self.always(span, message, help);
        }
    }

    /// Notes what can never be evaluated.
    fn always(&mut self, span: Span, message: String, help: Option<String>) {
        let (span, message) = match (self.outer, self.terms.first()) {
            (Some(outer), Some(term)) => (outer, format!("in the term `{term}`: {message}")),
            _ => (span, message),
        };
        self.mistakes
            .push(Mistake::new(span.range(), message).with_help(help));
    }

    fn emit(&mut self, operation: Operation, span: Span) -> CodeId {
        if self.code.nodes.len() >= MOST_OPERATIONS {
            if !self.is_full {
                self.is_full = true;
                let message =
                    format!("with its terms the expression has more than {MOST_OPERATIONS} parts");
                self.always(span, message, None);
            }
            return 0;
        }
        let span = self.outer.unwrap_or(span);
        self.code.nodes.push(CodeNode {
            operation,
            span,
            share: None,
        });
        (self.code.nodes.len() - 1) as CodeId
    }

    fn row(&mut self, ids: &[CodeId]) -> Row {
        let start = self.code.rows.len() as u32;
        self.code.rows.extend_from_slice(ids);
        Row {
            start,
            end: self.code.rows.len() as u32,
        }
    }

    fn slot(&mut self) -> u32 {
        self.slots += 1;
        self.code.slots = self.code.slots.max(self.slots);
        self.slots - 1
    }

    /// Gives back the slots from one on: nothing that follows means the values in them.
    fn release(&mut self, first: u32) {
        self.slots = first;
    }

    /// An operation whose value is computed.
    fn made(&mut self, operation: Operation, span: Span, of: Type) -> Checked<'a> {
        Checked {
            id: self.emit(operation, span),
            of,
            place: None,
            literal: None,
        }
    }

    /// What stands for a part that is wrong.
    fn wrong(&mut self, span: Span, why: &str) -> Checked<'a> {
        self.made(Operation::Fault(why.into()), span, Type::Any)
    }

    fn read(&mut self, id: SyntaxId) -> Checked<'a> {
        self.check(id, Mode::Read)
    }

    fn check(&mut self, id: SyntaxId, mode: Mode) -> Checked<'a> {
        let span = self.syntax.get(id).span;
        if self.is_full {
            return self.wrong(span, "too large");
        }
        self.depth += 1;
        let checked = if self.depth > DEEPEST {
            self.always(
                span,
                format!("with its terms the expression is nested more than {DEEPEST} deep"),
                None,
            );
            self.is_full = true;
            self.wrong(span, "too deep")
        } else {
            self.form(id, span, mode)
        };
        self.depth -= 1;
        checked
    }

    fn form(&mut self, id: SyntaxId, span: Span, mode: Mode) -> Checked<'a> {
        let syntax = self.syntax;
        match &syntax.get(id).form {
            Form::Null => self.made(Operation::Null, span, Type::Null),
            Form::Bool(value) => self.made(Operation::Bool(*value), span, Type::Bool),
            Form::Int(value) => self.made(Operation::Int(*value), span, Type::Int),
            Form::Uint(value) => self.made(Operation::Uint(*value), span, Type::Uint),
            Form::Double(value) => self.made(Operation::Double(*value), span, Type::Double),
            Form::Text(text) => {
                let mut made = self.made(Operation::Text(text.clone()), span, Type::Text);
                made.literal = Some(text);
                made
            }
            Form::Bytes(bytes) => self.made(Operation::Bytes(bytes.clone()), span, Type::Bytes),
            Form::Name => self.name(id, mode),
            Form::Select { .. } => self.select(id, mode),
            Form::Index {
                of,
                key,
                is_optional,
            } => self.index(id, *of, *key, *is_optional, mode),
            Form::Call {
                of,
                name,
                arguments,
            } => self.call(id, *of, *name, *arguments, mode),
            Form::List(items) => self.list(id, *items),
            Form::Map(entries) => self.map(id, *entries),
            Form::Not(of) => {
                let checked = self.truth(*of, "!");
                self.made(Operation::Not(checked), span, Type::Bool)
            }
            Form::Negate(of) => self.negate(id, *of),
            Form::Binary {
                operator,
                left,
                right,
            } => self.binary(id, *operator, *left, *right),
            Form::And(members) => {
                let row = self.truths(*members, "&&");
                self.made(Operation::And(row), span, Type::Bool)
            }
            Form::Or(members) => {
                let row = self.truths(*members, "||");
                self.made(Operation::Or(row), span, Type::Bool)
            }
            Form::Choice { condition, yes, no } => {
                let condition = self.truth(*condition, "?");
                let yes = self.check(*yes, mode);
                let no = self.check(*no, mode);
                let place = yes.place.filter(|place| no.place == Some(*place));
                let choice = Operation::Choice {
                    condition,
                    yes: yes.id,
                    no: no.id,
                };
                Checked {
                    place,
                    ..self.made(choice, span, yes.of.join(no.of))
                }
            }
        }
    }

    /// How values of a type are read from their nodes.
    fn read_of(mode: Mode, of: &Type) -> Read {
        if mode == Mode::Raw {
            return Read::Raw;
        }
        match of {
            Type::Bool => Read::Bool,
            Type::Int => Read::Int,
            Type::Double => Read::Double,
            Type::Text => Read::Text,
            Type::Time => Read::Time,
            Type::Duration => Read::Duration,
            Type::List(_) => Read::List,
            Type::Map(..) | Type::Node(_) => Read::Map,
            Type::Any | Type::Null | Type::Uint | Type::Bytes | Type::Optional(_) | Type::Kind => {
                Read::Any
            }
        }
    }
}

/// "a text", "an optional".
fn with_article(of: &Type) -> String {
    match of.word() {
        word @ ("null" | "bytes") => word.to_owned(),
        word if word.starts_with(['a', 'o', 'u']) => format!("an {word}"),
        word => format!("a {word}"),
    }
}

/// "`a`, `b` and `c`".
fn quoted<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|it| format!("`{it}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}
