use super::{Checked, Checker, Local, Mode, Target};
use crate::policy::expression::code::Operation;
use crate::policy::expression::syntax::{Children, Form, SyntaxId};
use crate::policy::expression::tag::Tag;
use crate::policy::expression::types::{NodeType, Type};
use crate::text::{Span, closest};

impl<'a> Checker<'a> {
    pub(super) fn name(&mut self, id: SyntaxId, mode: Mode) -> Checked<'a> {
        let span = self.syntax.get(id).span;
        let name = self.text(id);
        if let Some(local) = self.local(name) {
            return self.target(&local, span, mode);
        }
        if let Some(found) = self.variable(name, span, mode) {
            return found;
        }
        if let Some(found) = self.term(id, name, Children::default(), mode) {
            return found;
        }
        if let Some(tag) = Tag::parse(name) {
            return self.made(Operation::Kind(tag), span, Type::Kind);
        }
        let help = self.meant(name);
        self.mistake(span, format!("there is no `{name}` here"), help);
        self.wrong(span, &format!("there is no `{name}`"))
    }

    pub(super) fn local(&self, name: &str) -> Option<Local<'a>> {
        let mut seen = self.locals[self.base..].iter().rev();
        seen.find(|local| local.name == name).cloned()
    }

    pub(super) fn variable(&mut self, name: &str, span: Span, mode: Mode) -> Option<Checked<'a>> {
        let index = self.scope.variables.iter().position(|it| it.name == name)?;
        let local = Local {
            name: "",
            target: Target::Variable(index as u32),
            of: self.scope.variables[index].of.clone(),
            place: None,
            literal: None,
        };
        Some(self.target(&local, span, mode))
    }

    fn target(&mut self, local: &Local<'a>, span: Span, mode: Mode) -> Checked<'a> {
        let read = Self::read_of(mode, &local.of);
        let operation = match local.target {
            Target::Slot(slot) => Operation::Local { slot, read },
            Target::Variable(index) => Operation::Variable { index, read },
        };
        Checked {
            place: local.place.or_else(|| place_of(&local.of)),
            literal: local.literal,
            ..self.made(operation, span, local.of.clone())
        }
    }

    /// A name with dots that stands for a variable or a type.
    pub(super) fn dotted_name(&mut self, id: SyntaxId, mode: Mode) -> Option<Checked<'a>> {
        let root = self.root_name(id)?;
        let is_possible = self.has_dotted_variables || root == "google";
        if !is_possible || self.local(root).is_some() {
            return None;
        }
        let span = self.syntax.get(id).span;
        let name = self.dotted(id)?;
        if let Some(found) = self.variable(&name, span, mode) {
            return Some(found);
        }
        let tag = Tag::parse(&name)?;
        Some(self.made(Operation::Kind(tag), span, Type::Kind))
    }

    fn root_name(&self, mut id: SyntaxId) -> Option<&'a str> {
        loop {
            match &self.syntax.get(id).form {
                Form::Name => return Some(self.text(id)),
                Form::Select { of, .. } => id = *of,
                _ => return None,
            }
        }
    }

    /// `a.b.c`, if nothing but names stands there.
    pub(super) fn dotted(&self, id: SyntaxId) -> Option<String> {
        match &self.syntax.get(id).form {
            Form::Name => Some(self.text(id).to_owned()),
            Form::Select {
                of,
                key,
                is_optional: false,
                is_quoted: false,
            } => {
                let before = self.dotted(*of)?;
                Some(format!("{before}.{}", self.syntax.slice(*key)))
            }
            _ => None,
        }
    }

    fn meant(&self, name: &str) -> Option<String> {
        let locals = self.locals[self.base..].iter().rev().map(|it| it.name);
        let variables = self.scope.variables.iter().map(|it| it.name);
        let terms = self.scope.terms.names();
        closest(name, locals.chain(variables).chain(terms))
            .map(|near| format!("did you mean `{near}`?"))
    }
}

/// The place that a type names.
pub(super) fn place_of(of: &Type) -> Option<NodeType> {
    match of {
        Type::Node(place) => Some(*place),
        _ => None,
    }
}
