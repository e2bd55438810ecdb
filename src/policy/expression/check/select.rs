use super::{Checked, Checker, Mode, quoted, with_article};
use crate::policy::expression::code::{CodeId, Operation};
use crate::policy::expression::syntax::{Children, Form, SyntaxId};
use crate::policy::expression::types::{NodeType, Type};
use crate::text::{Span, closest};

/// Most keys that are worth listing to somebody who asked for another.
const MOST_SHOWN: usize = 16;

/// What stands under a key.
type Found = (Type, Option<NodeType>);

impl<'a> Checker<'a> {
    pub(super) fn select(&mut self, id: SyntaxId, mode: Mode) -> Checked<'a> {
        if let Some(found) = self.dotted_name(id, mode) {
            return found;
        }
        let syntax = self.syntax;
        let node = syntax.get(id);
        let Form::Select {
            of,
            key,
            is_optional,
            ..
        } = &node.form
        else {
            return self.wrong(node.span, "no field");
        };
        let base = self.read(*of);
        let (mut found, place) = self.field(&base, *of, *key);
        let is_within = matches!(base.of, Type::Optional(_));
        let read = Self::read_of(if is_within { Mode::Read } else { mode }, &found);
        if *is_optional && !is_within {
            found = Type::Optional(Box::new(found));
        }
        let operation = Operation::Select {
            of: base.id,
            key: self.syntax.slice(*key).into(),
            is_optional: *is_optional,
            read,
        };
        let made = self.made(operation, node.span, found);
        Checked { place, ..made }
    }

    /// The type of a field, and where in the record it stands.
    fn field(&mut self, base: &Checked<'a>, of: SyntaxId, key: Span) -> Found {
        let name = self.syntax.slice(key);
        match &base.of {
            Type::Optional(within) => {
                let inner = Checked {
                    of: within.known(),
                    ..base.clone()
                };
                let (found, place) = self.field(&inner, of, key);
                return (Type::Optional(Box::new(found)), place);
            }
            Type::Map(_, value) => return (value.known(), None),
            Type::Node(place) => return self.declared(*place, of, name, key),
            Type::Any => {
                if let Some(place) = base.place
                    && let Some(child) = place.child(name)
                {
                    return (Type::at(child), Some(child));
                }
            }
            other => {
                let message = format!("{} has no fields", with_article(other));
                self.mistake(self.syntax.get(of).span, message, None);
            }
        }
        (Type::Any, None)
    }

    fn declared(&mut self, place: NodeType, of: SyntaxId, name: &str, key: Span) -> Found {
        if let Some(child) = place.child(name) {
            return (Type::at(child), Some(child));
        }
        let keys: Vec<&str> = place.get().keys().collect();
        if keys.is_empty() && place.get().additional.is_none() {
            // The schema says "a map" and no more.
            return (Type::Any, None);
        }
        let begun = || keys.iter().copied().find(|key| key.starts_with(name));
        let help = match closest(name, keys.iter().copied()).or_else(begun) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if keys.len() <= MOST_SHOWN => {
                Some(format!("it has {}", quoted(keys.iter().copied())))
            }
            None => None,
        };
        let shown = self.text(of);
        self.mistake(key, format!("`{shown}` has no field `{name}`"), help);
        (Type::Any, None)
    }

    pub(super) fn index(
        &mut self,
        id: SyntaxId,
        of: SyntaxId,
        key: SyntaxId,
        is_optional: bool,
        mode: Mode,
    ) -> Checked<'a> {
        let span = self.syntax.get(id).span;
        let base = self.read(of);
        let at = self.read(key);
        let (mut found, place) = self.element(&base, of, &at, key);
        let is_within = matches!(base.of, Type::Optional(_));
        let read = Self::read_of(if is_within { Mode::Read } else { mode }, &found);
        if is_optional && !is_within {
            found = Type::Optional(Box::new(found));
        }
        let operation = Operation::Index {
            of: base.id,
            key: at.id,
            is_optional,
            read,
        };
        let made = self.made(operation, span, found);
        Checked { place, ..made }
    }

    fn element(
        &mut self,
        base: &Checked<'a>,
        of: SyntaxId,
        at: &Checked<'a>,
        key: SyntaxId,
    ) -> Found {
        let key_span = self.syntax.get(key).span;
        match &base.of {
            Type::Optional(within) => {
                let inner = Checked {
                    of: within.known(),
                    ..base.clone()
                };
                let (found, place) = self.element(&inner, of, at, key);
                (Type::Optional(Box::new(found)), place)
            }
            Type::List(item) => {
                if !at.of.is_any() && !at.of.is_number() {
                    let message = format!("a list is asked by number, not by {}", at.of.word());
                    self.mistake(key_span, message, None);
                }
                (item.known(), base.place.and_then(NodeType::items))
            }
            Type::Map(wanted, value) => {
                if !at.of.is_comparable_with(wanted) {
                    let message = format!("the keys are {}, not {}", wanted, at.of);
                    self.mistake(key_span, message, None);
                }
                (value.known(), None)
            }
            Type::Node(place) => match at.literal {
                Some(name) => self.declared(*place, of, name, key_span),
                None => {
                    if !matches!(at.of, Type::Any | Type::Text) {
                        let message = format!("the keys are texts, not {}", at.of);
                        self.mistake(key_span, message, None);
                    }
                    let is_dictionary = place.get().keys().next().is_none();
                    match place.additional().filter(|_| is_dictionary) {
                        Some(value) => (Type::at(value), Some(value)),
                        None => (Type::Any, None),
                    }
                }
            },
            Type::Any => match base.place.and_then(NodeType::additional) {
                Some(value) => (Type::at(value), Some(value)),
                None => (Type::Any, None),
            },
            other => {
                let message = format!("{} has no elements", with_article(other));
                self.mistake(self.syntax.get(of).span, message, None);
                (Type::Any, None)
            }
        }
    }

    /// `has(a.b)`, or `has(a[b])`.
    pub(super) fn has(&mut self, id: SyntaxId, arguments: Children) -> Checked<'a> {
        let syntax = self.syntax;
        let span = syntax.get(id).span;
        let [argument] = syntax.children(arguments) else {
            self.always(span, "`has` takes one field: `has(a.b)`".to_owned(), None);
            return self.wrong(span, "`has` takes one field");
        };
        let operation = match &syntax.get(argument.id).form {
            Form::Select { of, key, .. } => {
                let base = self.read(*of);
                self.field(&base, *of, *key);
                Operation::Has {
                    of: base.id,
                    key: syntax.slice(*key).into(),
                }
            }
            Form::Index { of, key, .. } => {
                let base = self.read(*of);
                let at = self.read(*key);
                self.element(&base, *of, &at, *key);
                Operation::HasIndex {
                    of: base.id,
                    key: at.id,
                }
            }
            _ => {
                let shown = self.text(argument.id);
                self.always(
                    syntax.get(argument.id).span,
                    "`has` takes a field: `has(a.b)`".to_owned(),
                    Some(format!("write `{shown} != null`")),
                );
                return self.wrong(span, "`has` takes a field");
            }
        };
        self.made(operation, span, Type::Bool)
    }

    pub(super) fn list(&mut self, id: SyntaxId, items: Children) -> Checked<'a> {
        let syntax = self.syntax;
        let span = syntax.get(id).span;
        let mut of: Option<Type> = None;
        let mut ids: Vec<CodeId> = Vec::new();
        let children = syntax.children(items);
        for child in children {
            let item = self.read(child.id);
            let found = self.entry(item.of, child.is_optional, child.id);
            of = Some(match of {
                Some(before) => before.join(found),
                None => found,
            });
            ids.push(item.id);
        }
        let row = self.row(&ids);
        let operation = if children.iter().any(|it| it.is_optional) {
            Operation::Optionals {
                row,
                optional: children.iter().map(|it| it.is_optional).collect(),
                is_map: false,
            }
        } else {
            Operation::List(row)
        };
        let of = Type::List(Box::new(of.unwrap_or(Type::Null)));
        self.made(operation, span, of)
    }

    pub(super) fn map(&mut self, id: SyntaxId, entries: Children) -> Checked<'a> {
        let syntax = self.syntax;
        let span = syntax.get(id).span;
        let (mut keys, mut values): (Option<Type>, Option<Type>) = (None, None);
        let mut ids: Vec<CodeId> = Vec::new();
        let children = syntax.children(entries);
        for pair in children.chunks_exact(2) {
            let key = self.read(pair[0].id);
            if !matches!(
                key.of,
                Type::Any | Type::Bool | Type::Int | Type::Uint | Type::Text
            ) {
                let message = format!("{} is no key of a map", with_article(&key.of));
                self.mistake(syntax.get(pair[0].id).span, message, None);
            }
            let value = self.read(pair[1].id);
            let found = self.entry(value.of, pair[1].is_optional, pair[1].id);
            keys = Some(match keys {
                Some(before) => before.join(key.of),
                None => key.of,
            });
            values = Some(match values {
                Some(before) => before.join(found),
                None => found,
            });
            ids.extend([key.id, value.id]);
        }
        let row = self.row(&ids);
        let operation = if children.iter().any(|it| it.is_optional) {
            Operation::Optionals {
                row,
                optional: children
                    .iter()
                    .step_by(2)
                    .map(|it| it.is_optional)
                    .collect(),
                is_map: true,
            }
        } else {
            Operation::Map(row)
        };
        let boxed = |of: Option<Type>| Box::new(of.unwrap_or(Type::Null));
        self.made(operation, span, Type::Map(boxed(keys), boxed(values)))
    }

    /// The type of what is put into a list or map; `?` takes an optional.
    fn entry(&mut self, of: Type, is_optional: bool, id: SyntaxId) -> Type {
        match of {
            Type::Optional(within) if is_optional => *within,
            Type::Any => Type::Any,
            other if is_optional => {
                let message = format!("`?` takes an optional, not {}", with_article(&other));
                self.mistake(self.syntax.get(id).span, message, None);
                Type::Any
            }
            other => other,
        }
    }
}
