use super::{Checked, Checker, quoted, with_article};
use crate::policy::expression::code::{CodeId, Operation, Read, Row};
use crate::policy::expression::syntax::{Children, Form, Operator, SyntaxId};
use crate::policy::expression::types::{NodeType, Type};
use crate::text::{Span, closest};

impl<'a> Checker<'a> {
    /// A part that has to be true or false.
    pub(super) fn truth(&mut self, id: SyntaxId, operator: &str) -> CodeId {
        let checked = self.read(id);
        if !matches!(checked.of, Type::Bool | Type::Any) {
            let found = with_article(&checked.of);
            let message = format!("`{operator}` takes a truth value, not {found}");
            self.mistake(self.syntax.get(id).span, message, None);
        }
        checked.id
    }

    pub(super) fn truths(&mut self, members: Children, operator: &str) -> Row {
        let syntax = self.syntax;
        let ids: Vec<CodeId> = syntax
            .children(members)
            .iter()
            .map(|member| self.truth(member.id, operator))
            .collect();
        self.row(&ids)
    }

    pub(super) fn negate(&mut self, id: SyntaxId, of: SyntaxId) -> Checked<'a> {
        let span = self.syntax.get(id).span;
        let checked = self.read(of);
        if !matches!(checked.of, Type::Int | Type::Double | Type::Any) {
            let message = format!("`-` takes a number, not {}", with_article(&checked.of));
            self.mistake(span, message, None);
        }
        self.made(Operation::Negate(checked.id), span, checked.of)
    }

    pub(super) fn binary(
        &mut self,
        id: SyntaxId,
        operator: Operator,
        left: SyntaxId,
        right: SyntaxId,
    ) -> Checked<'a> {
        let syntax = self.syntax;
        let span = syntax.get(id).span;
        if operator == Operator::In
            && let Form::List(items) = &syntax.get(right).form
            && syntax.children(*items).iter().all(|it| !it.is_optional)
        {
            return self.among(span, left, *items);
        }
        let mut one = self.read(left);
        let mut two = self.read(right);
        let of = match operator {
            Operator::Equal | Operator::Unequal => {
                self.items_read(&mut one, left);
                self.items_read(&mut two, right);
                self.comparable(&one, left, &two, right, operator, span);
                Type::Bool
            }
            Operator::In => {
                self.items_read(&mut two, right);
                self.contained(&one, left, &two, right);
                Type::Bool
            }
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
                if !is_ordered(&one.of, &two.of) {
                    self.refuse(operator, &one, &two, span);
                }
                Type::Bool
            }
            _ => arithmetic(operator, &one.of, &two.of).unwrap_or_else(|| {
                self.refuse(operator, &one, &two, span);
                Type::Any
            }),
        };
        let (left, right) = (one.id, two.id);
        let operation = match operator.is_comparison() {
            true => Operation::Compare {
                operator,
                left,
                right,
            },
            false => Operation::Binary {
                operator,
                left,
                right,
            },
        };
        self.made(operation, span, of)
    }

    /// `x in [a, b]`.
    fn among(&mut self, span: Span, left: SyntaxId, items: Children) -> Checked<'a> {
        let syntax = self.syntax;
        let value = self.read(left);
        let mut ids: Vec<CodeId> = Vec::new();
        for child in syntax.children(items) {
            let item = self.read(child.id);
            // The members of a mixed list need not all be comparable; those of a plain one do.
            if item.literal.is_some() || matches!(item.of, Type::Time | Type::Duration) {
                let item_span = syntax.get(child.id).span;
                self.comparable(&value, left, &item, child.id, Operator::In, item_span);
            }
            ids.push(item.id);
        }
        let items = self.row(&ids);
        let operation = Operation::Among {
            value: value.id,
            items,
        };
        self.made(operation, span, Type::Bool)
    }

    /// Lists of times and durations are read before their items are compared.
    pub(super) fn items_read(&mut self, list: &mut Checked<'a>, id: SyntaxId) {
        let read = match &list.of {
            Type::List(item) => match **item {
                Type::Time => Read::Time,
                Type::Duration => Read::Duration,
                _ => return,
            },
            _ => return,
        };
        let operation = Operation::Items { of: list.id, read };
        list.id = self.emit(operation, self.syntax.get(id).span);
    }

    fn comparable(
        &mut self,
        one: &Checked<'a>,
        left: SyntaxId,
        two: &Checked<'a>,
        right: SyntaxId,
        operator: Operator,
        span: Span,
    ) {
        if !one.of.is_comparable_with(&two.of) {
            self.refuse(operator, one, two, span);
        }
        let left_span = self.syntax.get(left).span;
        let right_span = self.syntax.get(right).span;
        if let Some(literal) = two.literal {
            self.listed(one.place, literal, right_span, left);
        } else if let Some(literal) = one.literal {
            self.listed(two.place, literal, left_span, right);
        }
    }

    fn contained(&mut self, one: &Checked<'a>, left: SyntaxId, two: &Checked<'a>, right: SyntaxId) {
        let span = self.syntax.get(left).span;
        let is_possible = match &two.of {
            Type::List(item) => one.of.is_comparable_with(item),
            Type::Map(key, _) => one.of.is_comparable_with(key),
            Type::Node(_) => matches!(one.of, Type::Text | Type::Any),
            Type::Any => true,
            other => {
                let message = format!(
                    "`in` looks into a list or a map, not into {}",
                    with_article(other)
                );
                self.mistake(self.syntax.get(right).span, message, None);
                return;
            }
        };
        if !is_possible {
            let message = format!("{} is never in a {}", with_article(&one.of), two.of);
            self.mistake(span, message, None);
        }
        if let Some(literal) = one.literal {
            let items = two.place.and_then(NodeType::items);
            self.listed(items, literal, span, right);
        }
    }

    /// A text that is compared with a field whose values are listed has to be one of them.
    fn listed(&mut self, place: Option<NodeType>, literal: &str, span: Span, of: SyntaxId) {
        let Some(place) = place else { return };
        let listed: Vec<&str> = place
            .get()
            .listed
            .iter()
            .filter_map(serde_json::Value::as_str)
            .collect();
        if listed.is_empty() || listed.contains(&literal) {
            return;
        }
        let near = closest(literal, listed.iter().copied());
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let shown = self.text(of);
        let message = format!(
            "`{shown}` is never `{literal}`: it is one of {}",
            quoted(listed)
        );
        self.mistake(span, message, help);
    }

    fn refuse(&mut self, operator: Operator, one: &Checked<'_>, two: &Checked<'_>, span: Span) {
        let (left, right) = (with_article(&one.of), with_article(&two.of));
        let sign = operator.text();
        let message = match operator {
            Operator::Equal | Operator::Unequal | Operator::In => {
                format!("{left} is never equal to {right}")
            }
            _ if matches!(one.of, Type::Null) || matches!(two.of, Type::Null) => {
                format!("`{sign}` does not take null")
            }
            _ => format!("`{sign}` does not take {left} and {right}"),
        };
        let help = (one.of.is_number() && two.of.is_number()).then(|| {
            "make both numbers of one kind with `int(…)`, `uint(…)` or `double(…)`".to_owned()
        });
        let help = help.or_else(|| {
            let pair = [&one.of, &two.of];
            let is_text = |literal: Option<&str>| literal.is_some();
            let has_text = is_text(one.literal) || is_text(two.literal);
            if has_text && pair.contains(&&Type::Time) {
                Some("write a time as `timestamp(\"2025-05-06T09:20:00Z\")`".to_owned())
            } else if has_text && pair.contains(&&Type::Duration) {
                Some("write a length of time as `duration(\"4h\")`".to_owned())
            } else {
                None
            }
        });
        self.mistake(span, message, help);
    }
}

/// Whether `<` is known for two types.
fn is_ordered(one: &Type, two: &Type) -> bool {
    let has_order = |of: &Type| {
        of.is_number()
            || matches!(
                of,
                Type::Any | Type::Bool | Type::Text | Type::Bytes | Type::Time | Type::Duration
            )
    };
    has_order(one) && has_order(two) && one.is_comparable_with(two)
}

/// The type of the result, if the operator takes such operands.
fn arithmetic(operator: Operator, one: &Type, two: &Type) -> Option<Type> {
    use Type::{Any, Bytes, Duration, Int, List, Text, Time, Uint};
    let is_remainder = operator == Operator::Remainder;
    Some(match (operator, one, two) {
        (_, Any, Any) => Any,
        (_, one, two) if one.is_number() && one == two => {
            if is_remainder && !matches!(one, Int | Uint) {
                return None;
            }
            one.clone()
        }
        (_, number, Any) | (_, Any, number) if number.is_number() => number.clone(),
        (Operator::Add, Text, Text | Any) | (Operator::Add, Any, Text) => Text,
        (Operator::Add, Bytes, Bytes | Any) | (Operator::Add, Any, Bytes) => Bytes,
        (Operator::Add, List(one), List(two)) => {
            List(Box::new((**one).clone().join((**two).clone())))
        }
        (Operator::Add, List(_), Any) | (Operator::Add, Any, List(_)) => List(Box::new(Any)),
        (Operator::Add, Time, Duration | Any) | (Operator::Add, Duration | Any, Time) => Time,
        (Operator::Add | Operator::Subtract, Duration, Duration) => Duration,
        (Operator::Subtract, Time, Duration) => Time,
        (Operator::Subtract, Time, Time) => Duration,
        (Operator::Add | Operator::Subtract, Time | Duration, Any)
        | (Operator::Add | Operator::Subtract, Any, Time | Duration) => Any,
        _ => return None,
    })
}
