use super::{Checked, Checker, Local, Mode, Target, with_article};
use crate::policy::expression::code::{CodeId, Each, Operation, Walk};
use crate::policy::expression::syntax::{Child, Children, SyntaxId};
use crate::policy::expression::types::{NodeType, Type};

/// The names of the walks.
pub(super) const NAMES: &[&str] = &[
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "transformList",
    "transformMap",
    "or",
    "orValue",
    "optMap",
    "optFlatMap",
];

/// How a walk is written.
struct Written {
    walk: Walk,
    variables: usize,
    has_condition: bool,
}

fn written(name: &str, arguments: usize) -> Option<Written> {
    let (walk, variables, has_condition) = match (name, arguments) {
        ("all", 2) => (Walk::All, 1, false),
        ("all", 3) => (Walk::All, 2, false),
        ("exists", 2) => (Walk::Exists, 1, false),
        ("exists", 3) => (Walk::Exists, 2, false),
        ("exists_one" | "existsOne", 2) => (Walk::ExistsOne, 1, false),
        ("exists_one" | "existsOne", 3) => (Walk::ExistsOne, 2, false),
        ("filter", 2) => (Walk::Filter, 1, false),
        ("map", 2) => (Walk::List, 1, false),
        ("map", 3) => (Walk::List, 1, true),
        ("transformList", 3) => (Walk::List, 2, false),
        ("transformList", 4) => (Walk::List, 2, true),
        ("transformMap", 3) => (Walk::Map, 2, false),
        ("transformMap", 4) => (Walk::Map, 2, true),
        _ => return None,
    };
    Some(Written {
        walk,
        variables,
        has_condition,
    })
}

/// An element of what is walked through, and its index or key.
struct Element {
    index: Type,
    key_place: Option<NodeType>,
    value: Type,
    place: Option<NodeType>,
    is_map: bool,
}

impl<'a> Checker<'a> {
    /// `all`, `exists` and the others that go through a list or map.
    pub(super) fn walk(
        &mut self,
        id: SyntaxId,
        of: SyntaxId,
        name: &str,
        arguments: Children,
    ) -> Option<Checked<'a>> {
        let parts = self.syntax.children(arguments);
        let written = written(name, parts.len())?;
        let span = self.syntax.get(id).span;
        let over = self.read(of);
        let element = self.walked(&over, of, name);
        let first = self.slot();
        let second = (written.variables == 2).then(|| self.slot());
        self.name_elements(&parts[..written.variables], &element, first, second);
        let rest = &parts[written.variables..];
        let condition = written.has_condition.then(|| self.truth(rest[0].id, name));
        let body = match written.walk {
            Walk::List | Walk::Map => self.read(rest[rest.len() - 1].id),
            _ => {
                let id = self.truth(rest[0].id, name);
                Checked {
                    id,
                    of: Type::Bool,
                    place: None,
                    literal: None,
                }
            }
        };
        self.locals.truncate(self.locals.len() - written.variables);
        self.release(first);
        let (of, place) = match written.walk {
            Walk::All | Walk::Exists | Walk::ExistsOne => (Type::Bool, None),
            Walk::Filter if element.is_map => (Type::List(Box::new(element.index)), None),
            Walk::Filter => (Type::List(Box::new(element.value)), over.place),
            Walk::List => (Type::List(Box::new(body.of)), None),
            Walk::Map => (Type::Map(Box::new(element.index), Box::new(body.of)), None),
        };
        let each = Each {
            walk: written.walk,
            over: over.id,
            slot: first,
            second,
            condition,
            body: body.id,
        };
        let made = self.made(Operation::Each(Box::new(each)), span, of);
        Some(Checked { place, ..made })
    }

    fn walked(&mut self, over: &Checked<'a>, of: SyntaxId, name: &str) -> Element {
        let unknown = Element {
            index: Type::Any,
            key_place: None,
            value: Type::Any,
            place: None,
            is_map: false,
        };
        match &over.of {
            Type::List(item) => Element {
                index: Type::Int,
                value: item.known(),
                place: over.place.and_then(NodeType::items),
                ..unknown
            },
            Type::Map(key, value) => Element {
                index: key.known(),
                value: value.known(),
                is_map: true,
                ..unknown
            },
            Type::Node(place) => {
                let is_dictionary = place.get().keys().next().is_none();
                let value = place.additional().filter(|_| is_dictionary);
                Element {
                    index: Type::Text,
                    value: value.map_or(Type::Any, Type::at),
                    place: value,
                    is_map: true,
                    ..unknown
                }
            }
            Type::Any => unknown,
            other => {
                let message = format!(
                    "`{name}` goes through a list or a map, not through {}",
                    with_article(other)
                );
                self.mistake(self.syntax.get(of).span, message, None);
                unknown
            }
        }
    }

    fn name_elements(
        &mut self,
        names: &[Child],
        element: &Element,
        first: u32,
        second: Option<u32>,
    ) {
        let of_value = |element: &Element| (element.value.clone(), element.place);
        let of_index = |element: &Element| (element.index.clone(), element.key_place);
        let (of, place) = if second.is_some() || element.is_map {
            of_index(element)
        } else {
            of_value(element)
        };
        let name = self.binding(names[0].id);
        self.locals.push(Local {
            name,
            target: Target::Slot(first),
            of,
            place,
            literal: None,
        });
        if let (Some(slot), Some(child)) = (second, names.get(1)) {
            let (of, place) = of_value(element);
            let name = self.binding(child.id);
            self.locals.push(Local {
                name,
                target: Target::Slot(slot),
                of,
                place,
                literal: None,
            });
        }
    }

    /// `optMap` and `optFlatMap`.
    pub(super) fn within(
        &mut self,
        id: SyntaxId,
        of: SyntaxId,
        variable: SyntaxId,
        body: SyntaxId,
        is_flat: bool,
    ) -> Checked<'a> {
        let span = self.syntax.get(id).span;
        let base = self.read(of);
        let inner = match &base.of {
            Type::Optional(within) => within.known(),
            Type::Any => Type::Any,
            other => {
                let message = format!("only an optional is mapped so, not {}", with_article(other));
                self.mistake(self.syntax.get(of).span, message, None);
                Type::Any
            }
        };
        let name = self.binding(variable);
        let slot = self.slot();
        self.locals.push(Local {
            name,
            target: Target::Slot(slot),
            of: inner,
            place: base.place,
            literal: None,
        });
        let body = self.check(body, Mode::Read);
        self.locals.pop();
        self.release(slot);
        let of = if is_flat {
            body.of
        } else {
            Type::Optional(Box::new(body.of))
        };
        let body: CodeId = body.id;
        let operation = Operation::Within {
            of: base.id,
            slot,
            body,
            is_flat,
        };
        self.made(operation, span, of)
    }
}
