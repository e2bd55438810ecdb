use super::{Checked, Checker, Mode, with_article};
use crate::policy::expression::code::{Call, CodeId, Collection, Operation, Takes};
use crate::policy::expression::signature::{Function, Parameter};
use crate::policy::expression::syntax::{Children, SyntaxId};
use crate::policy::expression::types::Type;

impl<'a> Checker<'a> {
    /// A call of a function of the vocabulary, if there is one of that name.
    pub(super) fn vocabulary(
        &mut self,
        id: SyntaxId,
        name: &str,
        arguments: Children,
        mode: Mode,
    ) -> Option<Checked<'a>> {
        let functions = self.scope.functions;
        let span = self.syntax.get(id).span;
        let named = || {
            functions
                .iter()
                .enumerate()
                .filter(|(_, it)| it.name == name)
        };
        named().next()?;
        let parts = self.syntax.children(arguments);
        let of_length: Vec<(usize, &Function)> = named()
            .filter(|(_, it)| it.parameters.len() == parts.len())
            .collect();
        let Some((mut index, mut function)) = of_length.first().copied() else {
            let counts: Vec<String> = named()
                .map(|(_, it)| it.parameters.len().to_string())
                .collect();
            let message = format!(
                "`{name}` takes {} arguments, not {}",
                counts.join(" or "),
                parts.len()
            );
            let help = named().map(|(_, it)| it.shown()).collect::<Vec<_>>();
            self.mistake(span, message, Some(help.join(" or ")));
            return Some(self.wrong(span, &format!("`{name}` takes other arguments")));
        };
        let mut given = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let is_raw = of_length.iter().all(|(_, it)| it.parameters[at].is_raw);
            let mode = if is_raw { Mode::Raw } else { Mode::Read };
            let mut argument = self.check(part.id, mode);
            if !is_raw {
                self.items_read(&mut argument, part.id);
            }
            given.push(argument);
        }
        if let Some(fitting) = of_length.iter().find(|(_, it)| takes_all(it, &given)) {
            (index, function) = *fitting;
        } else {
            self.refuse_argument(function, parts.iter().map(|it| it.id), &given);
        }
        let of = result_of(function, &given);
        let ids: Vec<CodeId> = given.iter().map(|it| it.id).collect();
        let takes = function.parameters.iter().map(|parameter| Takes {
            is_nullable: parameter.is_nullable,
            collection: match parameter.of {
                Type::List(_) => Collection::List,
                Type::Map(..) => Collection::Map,
                Type::Any if !parameter.is_raw => Collection::Any,
                _ => Collection::Refused,
            },
        });
        let call = Call {
            function: index as u32,
            name: name.into(),
            arguments: self.row(&ids),
            takes: takes.collect(),
            read: Self::read_of(mode, &of),
        };
        let place = super::name::place_of(&of);
        let made = self.made(Operation::Call(Box::new(call)), span, of);
        Some(Checked { place, ..made })
    }

    fn refuse_argument(
        &mut self,
        function: &Function,
        parts: impl Iterator<Item = SyntaxId>,
        given: &[Checked<'_>],
    ) {
        for ((parameter, argument), part) in function.parameters.iter().zip(given).zip(parts) {
            if takes(parameter, argument) {
                continue;
            }
            let message = format!(
                "`{}` takes {} as `{}`, not {}",
                function.name,
                with_article(&parameter.of),
                parameter.name,
                with_article(&argument.of)
            );
            let span = self.syntax.get(part).span;
            self.mistake(span, message, Some(function.shown()));
            return;
        }
    }
}

fn takes(parameter: &Parameter, argument: &Checked<'_>) -> bool {
    parameter.is_raw
        || (argument.of == Type::Null && parameter.is_nullable)
        || argument.of.fits(&parameter.of)
}

fn takes_all(function: &Function, given: &[Checked<'_>]) -> bool {
    (function.parameters.iter().zip(given)).all(|(parameter, argument)| takes(parameter, argument))
}

fn result_of(function: &Function, given: &[Checked<'_>]) -> Type {
    if !function.is_alike {
        return function.result.clone();
    }
    let alike = function.parameters.iter().zip(given);
    alike
        .filter(|(parameter, _)| parameter.is_alike)
        .map(|(_, argument)| argument.of.clone())
        .reduce(Type::join)
        .unwrap_or(Type::Any)
}
