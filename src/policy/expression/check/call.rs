use super::{Checked, Checker, Mode, with_article};
use crate::clock;
use crate::policy::expression::code::{CodeId, Operation};
use crate::policy::expression::standard::{OVERLOADS, Overload, Sort, Standard};
use crate::policy::expression::syntax::{Children, Form, SyntaxId};
use crate::policy::expression::types::Type;
use crate::text::{Span, closest, compile_pattern};

impl<'a> Checker<'a> {
    pub(super) fn call(
        &mut self,
        id: SyntaxId,
        of: Option<SyntaxId>,
        name_span: Span,
        arguments: Children,
        mode: Mode,
    ) -> Checked<'a> {
        let syntax = self.syntax;
        let name = syntax.slice(name_span);
        let Some(of) = of else {
            if name == "has" {
                return self.has(id, arguments);
            }
            let found = self
                .vocabulary(id, name, arguments, mode)
                .or_else(|| self.term(id, name, arguments, mode));
            return found.unwrap_or_else(|| self.standard(id, None, name, name_span, arguments));
        };
        if let Some(root) = syntax.name(of)
            && self.local(root).is_none()
        {
            let full = match (root, name) {
                ("optional", "of") => Some("optional.of"),
                ("optional", "none") => Some("optional.none"),
                ("optional", "ofNonZeroValue") => Some("optional.ofNonZeroValue"),
                _ => None,
            };
            if let Some(full) = full {
                return self.standard(id, None, full, name_span, arguments);
            }
            if let ("cel", "bind", [name, value, body]) = (root, name, syntax.children(arguments)) {
                return self.bind(id, name.id, value.id, body.id, mode);
            }
        }
        if self.scope.functions.iter().any(|it| it.name.contains('.'))
            && let Some(before) = self.dotted(of)
            && let Some(found) = self.vocabulary(id, &format!("{before}.{name}"), arguments, mode)
        {
            return found;
        }
        if let Some(found) = self.walk(id, of, name, arguments) {
            return found;
        }
        match (name, syntax.children(arguments)) {
            ("or" | "orValue", [other]) => self.or_else(id, of, other.id, name == "orValue"),
            ("optMap" | "optFlatMap", [variable, body]) => {
                self.within(id, of, variable.id, body.id, name == "optFlatMap")
            }
            _ => self.standard(id, Some(of), name, name_span, arguments),
        }
    }

    fn standard(
        &mut self,
        id: SyntaxId,
        of: Option<SyntaxId>,
        name: &'a str,
        name_span: Span,
        arguments: Children,
    ) -> Checked<'a> {
        let syntax = self.syntax;
        let span = syntax.get(id).span;
        let parts: Vec<SyntaxId> = of
            .into_iter()
            .chain(syntax.children(arguments).iter().map(|it| it.id))
            .collect();
        let mut given: Vec<Checked<'a>> = Vec::with_capacity(parts.len());
        for part in &parts {
            given.push(self.read(*part));
        }
        let is_called_so = |it: &&Overload| it.name == name && it.is_member == of.is_some();
        let Some(function) = OVERLOADS.iter().find(is_called_so).map(|it| it.function) else {
            self.unknown(name, name_span, of.is_some());
            return self.wrong(span, &format!("there is no function `{name}`"));
        };
        let ways = || OVERLOADS.iter().filter(is_called_so);
        let fitting = ways().filter(|way| {
            way.takes.len() == given.len()
                && (way.takes.iter().zip(&given)).all(|(takes, it)| takes.takes(&it.of))
        });
        let result = fitting.map(|way| way.gives.holds()).reduce(Type::join);
        if result.is_none() {
            self.refuse_call(name, ways(), &parts, &given, of.is_some(), span);
        }
        if let Some(made) = self.known(function, &parts, &given, span) {
            return made;
        }
        let of = match (function, given.first()) {
            (Standard::OptionalOf | Standard::OptionalOfNonZero, Some(first)) => {
                Type::Optional(Box::new(first.of.clone()))
            }
            (Standard::OptionalValue, Some(first)) => match &first.of {
                Type::Optional(within) => within.known(),
                _ => Type::Any,
            },
            (Standard::OptionalNone, _) => Type::Optional(Box::new(Type::Null)),
            _ => result.unwrap_or(Type::Any),
        };
        let ids: Vec<CodeId> = given.iter().map(|it| it.id).collect();
        let arguments = self.row(&ids);
        let operation = Operation::Standard {
            function,
            arguments,
        };
        self.made(operation, span, of)
    }

    /// What can be made of literals when the expression is loaded.
    fn known(
        &mut self,
        function: Standard,
        parts: &[SyntaxId],
        given: &[Checked<'a>],
        span: Span,
    ) -> Option<Checked<'a>> {
        let literal = given.last()?.literal?;
        let place = self.syntax.get(*parts.last()?).span;
        match function {
            Standard::ToTime => {
                match clock::parse_instant(literal).filter(|it| clock::is_within(*it)) {
                    Some(time) => Some(self.made(Operation::Time(time), span, Type::Time)),
                    None => {
                        let help = "write it as `2025-05-06T09:20:00Z`".to_owned();
                        self.mistake(place, format!("`{literal}` is no time"), Some(help));
                        None
                    }
                }
            }
            Standard::ToDuration => match clock::parse_length(literal) {
                Some(length) => Some(self.made(Operation::Duration(length), span, Type::Duration)),
                None => {
                    let help = "write it as `15m`, `4h` or `3d`".to_owned();
                    self.mistake(
                        place,
                        format!("`{literal}` is no length of time"),
                        Some(help),
                    );
                    None
                }
            },
            Standard::Matches => match compile_pattern(literal) {
                Ok(regex) => {
                    let pattern = self.code.patterns.len() as u32;
                    self.code.patterns.push(regex);
                    let of = given.first()?.id;
                    Some(self.made(Operation::Matches { of, pattern }, span, Type::Bool))
                }
                Err(why) => {
                    self.mistake(place, format!("this is no pattern: {why}"), None);
                    None
                }
            },
            _ => None,
        }
    }

    fn unknown(&mut self, name: &str, span: Span, is_member: bool) {
        let standard = OVERLOADS.iter().filter(|it| it.is_member == is_member);
        let functions = self.scope.functions.iter().map(|it| it.name.as_str());
        let near = if is_member {
            let walks = super::walk::NAMES.iter().copied();
            closest(name, walks.chain(standard.map(|it| it.name)))
        } else {
            let terms = self.scope.terms.names();
            let others = functions.clone().chain(terms).chain(["has"]);
            closest(name, others.chain(standard.map(|it| it.name)))
        };
        let help = match near {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if is_member && functions.clone().any(|it| it == name) => {
                Some(format!("write `{name}(…)`"))
            }
            None => None,
        };
        self.mistake(span, format!("there is no function `{name}`"), help);
    }

    fn refuse_call<'o>(
        &mut self,
        name: &str,
        ways: impl Iterator<Item = &'o Overload> + Clone,
        parts: &[SyntaxId],
        given: &[Checked<'_>],
        is_member: bool,
        span: Span,
    ) {
        let of_length = ways.clone().filter(|way| way.takes.len() == given.len());
        if of_length.clone().next().is_none() {
            let own = usize::from(is_member);
            let mut counts: Vec<usize> = ways.map(|way| way.takes.len() - own).collect();
            counts.dedup();
            let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
            let message = format!(
                "`{name}` takes {} arguments, not {}",
                counts.join(" or "),
                given.len() - own
            );
            self.mistake(span, message, None);
            return;
        }
        // The first argument that no way of calling takes.
        for (at, (part, argument)) in parts.iter().zip(given).enumerate() {
            let sorts: Vec<Sort> = of_length.clone().map(|way| way.takes[at]).collect();
            if sorts.iter().any(|sort| sort.takes(&argument.of)) {
                continue;
            }
            let mut words: Vec<String> = sorts
                .iter()
                .map(|sort| with_article(&sort.holds()))
                .collect();
            words.dedup();
            let message = format!(
                "`{name}` takes {}, not {}",
                words.join(" or "),
                with_article(&argument.of)
            );
            self.mistake(self.syntax.get(*part).span, message, None);
            return;
        }
        self.mistake(span, format!("`{name}` does not take these together"), None);
    }

    fn or_else(
        &mut self,
        id: SyntaxId,
        of: SyntaxId,
        other: SyntaxId,
        is_value: bool,
    ) -> Checked<'a> {
        let span = self.syntax.get(id).span;
        let base = self.read(of);
        let alternative = self.read(other);
        let within = match base.of {
            Type::Optional(within) => *within,
            Type::Any => Type::Any,
            found => {
                let message = format!("only an optional has another, not {}", with_article(&found));
                self.mistake(self.syntax.get(of).span, message, None);
                Type::Any
            }
        };
        let of = if is_value {
            within.join(alternative.of)
        } else {
            match alternative.of {
                Type::Optional(other) => Type::Optional(Box::new(within.join(*other))),
                _ => Type::Any,
            }
        };
        let operation = Operation::OrElse {
            of: base.id,
            other: alternative.id,
            is_value,
        };
        self.made(operation, span, of)
    }

    /// The name that a walk or a binding gives its values.
    pub(super) fn binding(&mut self, id: SyntaxId) -> &'a str {
        let syntax = self.syntax;
        match syntax.get(id).form {
            Form::Name => self.text(id),
            _ => {
                let message = "a name for the values is expected here".to_owned();
                self.always(syntax.get(id).span, message, None);
                ""
            }
        }
    }
}
