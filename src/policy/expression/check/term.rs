use super::{Checked, Checker, Local, Mode, Target, quoted};
use crate::policy::expression::code::Operation;
use crate::policy::expression::syntax::{Child, Children, SyntaxId};
use crate::policy::expression::terms::Term;
use crate::text::Span;

impl<'a> Checker<'a> {
    /// A term, put in with the types of its arguments.
    pub(super) fn term(
        &mut self,
        id: SyntaxId,
        name: &'a str,
        arguments: Children,
        mode: Mode,
    ) -> Option<Checked<'a>> {
        let term = self.scope.terms.get(name)?;
        let span = self.span(id);
        let parts = self.syntax.children(arguments);
        if parts.len() != term.parameters.len() {
            let message = format!(
                "`{name}` takes {} arguments, not {}",
                term.parameters.len(),
                parts.len()
            );
            let help = format!("{name}({})", term.parameters.join(", "));
            self.mistake(self.syntax.get(id).span, message, Some(help));
            return Some(self.wrong(span, &format!("`{name}` takes other arguments")));
        }
        if self.terms.contains(&name) {
            let through = quoted(self.terms.iter().copied());
            let message = format!("`{name}` is defined by itself, through {through}");
            self.always(span, message, None);
            return Some(self.wrong(span, "a term is defined by itself"));
        }
        Some(self.put_in(name, term, parts, span, mode))
    }

    fn put_in(
        &mut self,
        name: &'a str,
        term: &'a Term,
        parts: &[Child],
        span: Span,
        mode: Mode,
    ) -> Checked<'a> {
        let first_slot = self.slots;
        let mut bound = Vec::with_capacity(parts.len());
        let mut values = Vec::new();
        for (parameter, part) in term.parameters.iter().zip(parts) {
            bound.push(self.argument(parameter, part.id, &mut values));
        }
        let before = (self.syntax, self.base, self.outer, self.locals.len());
        self.base = self.locals.len();
        self.locals.append(&mut bound);
        self.syntax = &term.syntax;
        self.outer = Some(span);
        self.terms.push(name);
        let body = self.check(term.syntax.root, mode);
        self.terms.pop();
        self.locals.truncate(before.3);
        (self.syntax, self.base, self.outer) = (before.0, before.1, before.2);
        self.release(first_slot);

        let mut checked = body;
        for (slot, value) in values.into_iter().rev() {
            let operation = Operation::Let {
                slot,
                value,
                body: checked.id,
            };
            checked.id = self.emit(operation, span);
        }
        checked
    }

    /// What a parameter stands for: a name for what it names, anything else for its value.
    fn argument(
        &mut self,
        parameter: &'a str,
        id: SyntaxId,
        values: &mut Vec<(u32, u32)>,
    ) -> Local<'a> {
        let syntax = self.syntax;
        if let Some(name) = syntax.name(id) {
            if let Some(local) = self.local(name) {
                return Local {
                    name: parameter,
                    ..local
                };
            }
            let variables = self.scope.variables;
            if let Some(index) = variables.iter().position(|it| it.name == name) {
                let of = variables[index].of.clone();
                return Local {
                    name: parameter,
                    target: Target::Variable(index as u32),
                    place: super::name::place_of(&of),
                    of,
                    literal: None,
                };
            }
        }
        let argument = self.check(id, Mode::Raw);
        let slot = self.slot();
        values.push((slot, argument.id));
        Local {
            name: parameter,
            target: Target::Slot(slot),
            of: argument.of,
            place: argument.place,
            literal: argument.literal,
        }
    }

    /// `cel.bind(name, value, body)`.
    pub(super) fn bind(
        &mut self,
        id: SyntaxId,
        name: SyntaxId,
        value: SyntaxId,
        body: SyntaxId,
        mode: Mode,
    ) -> Checked<'a> {
        let name = self.binding(name);
        let value = self.check(value, Mode::Raw);
        let slot = self.slot();
        self.locals.push(Local {
            name,
            target: Target::Slot(slot),
            of: value.of,
            place: value.place,
            literal: value.literal,
        });
        let mut body = self.check(body, mode);
        self.locals.pop();
        self.release(slot);
        let operation = Operation::Let {
            slot,
            value: value.id,
            body: body.id,
        };
        let span = self.syntax.get(id).span;
        body.id = self.emit(operation, span);
        body
    }
}
