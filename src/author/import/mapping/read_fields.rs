//! The fields of a mapping, and what they and the rest of it are made of: columns, dates, texts,
//! targets and values.

use serde_json::Value;

use super::fault::{MappingError, MappingFault};
use super::reader::{Pending, Reader};
use super::{ColumnId, Conversion, TextName};
use crate::author::import::date::{DatePattern, DatePatterns, is_offset};
use crate::author::import::incident;
use crate::author::import::target::{Conflict, Target, number_appends};
use crate::author::import::template::Template;
use crate::document::{Kind, NodeRef};
use crate::text::{Span, closest};

impl<'t> Reader<'t> {
    pub(super) fn fields(&mut self, root: NodeRef<'t>) -> Vec<(ColumnId, Pending, Conversion)> {
        let Some(node) = self.required(root, "fields", "a mapping") else {
            return Vec::new();
        };
        if node.kind() != Kind::List || node.is_empty() {
            self.wrong_type::<()>(node, "fields", "a list of columns and where they go");
        }
        let fields = node.items().filter_map(|item| self.field(item));
        fields.collect()
    }

    fn field(&mut self, item: NodeRef<'t>) -> Option<(ColumnId, Pending, Conversion)> {
        if item.kind() != Kind::Map {
            return self.wrong_type(item, "fields", "a list of maps with `column` and `to`");
        }
        let keys = ["column", "to", "text", "date", "offset", "values"];
        self.known_keys(item, &keys, "a field");
        let column = self
            .required(item, "column", "a field")
            .and_then(|node| self.column(node, "column"));
        let to = self
            .required(item, "to", "a field")
            .and_then(|node| self.target(node));
        let ways: Vec<&'static str> = ["text", "date", "values"]
            .into_iter()
            .filter(|key| item.get(key).is_some())
            .collect();
        if let [first, second, ..] = ways[..] {
            let span = item.pair(second).map_or(item.span(), |(key, _)| key.span());
            return self.fault(span, MappingFault::Exclusive { first, second });
        }
        if let Some((key, _)) = item.pair("offset").filter(|_| ways != ["date"]) {
            return self.fault(key.span(), MappingFault::UnusedOffset);
        }
        let how = match ways.first().and_then(|way| item.pair(way)) {
            None => Some(Conversion::Copy),
            Some((key, node)) => match key.scalar_text() {
                "text" => self.template(node, "text").map(Conversion::Text),
                "date" => self.dates(item).map(Conversion::Date),
                _ => self.values(node).map(Conversion::Values),
            },
        };
        Some((column?, to?, how?))
    }

    fn values(&mut self, node: NodeRef<'t>) -> Option<Vec<(String, Value)>> {
        if node.kind() != Kind::Map {
            return self.wrong_type(node, "values", "a map from cells to values");
        }
        let mut values = Vec::new();
        for (key, value) in node.pairs() {
            let cell = key.scalar_text();
            if cell.trim() != cell {
                self.fault::<()>(key.span(), MappingFault::UntrimmedValue(cell.into()));
            }
            if cell.is_empty() || self.unknown.contains(&cell.to_lowercase()) {
                self.fault::<()>(key.span(), MappingFault::UnknownValue(cell.into()));
            }
            let value = if value.is_null() {
                Some(Value::Null)
            } else {
                self.value(value)
            };
            values.extend(value.map(|value| (cell.to_owned(), value)));
        }
        Some(values)
    }

    /// The `date` and `offset` of a field or of the id.
    pub(super) fn dates(&mut self, of: NodeRef<'t>) -> Option<DatePatterns> {
        let node = of.get("date")?;
        let written = self.texts(of, "date")?;
        let offset = match of.get("offset") {
            None => None,
            Some(node) => match self.text(node, "offset")? {
                offset if is_offset(offset) => Some(offset.to_owned()),
                found => {
                    return self.wrong_value(node, "offset", found, "write Z, or as in +01:00");
                }
            },
        };
        let mut patterns = Vec::new();
        for (pattern, span) in written {
            match DatePattern::parse(pattern) {
                Ok(pattern) if pattern.is_without_offset() && offset.is_none() => {
                    let written = pattern.written().to_owned();
                    self.fault::<()>(span, MappingFault::NoOffset(written));
                }
                Ok(pattern) => patterns.push(pattern),
                Err(fault) => {
                    let pattern = pattern.to_owned();
                    self.fault::<()>(span, MappingFault::Pattern { pattern, fault });
                }
            }
        }
        if let Some((key, _)) = of.pair("offset")
            && !patterns.iter().any(DatePattern::is_without_offset)
        {
            self.fault::<()>(key.span(), MappingFault::UnusedOffset);
        }
        let dates = DatePatterns { patterns, offset };
        match dates.ambiguity() {
            None => Some(dates),
            Some(found) => self.fault(
                self.span(node),
                MappingFault::AmbiguousDates {
                    text: found.text,
                    first: found.first,
                    second: found.second,
                },
            ),
        }
    }

    pub(super) fn column(&mut self, node: NodeRef<'t>, key: &'static str) -> Option<ColumnId> {
        let name = self.text(node, key)?;
        if name.trim().is_empty() {
            return self.wrong_type(node, key, "the name of a column");
        }
        Some(self.column_named(name, node.span()))
    }

    pub(super) fn column_named(&mut self, name: &str, span: Span) -> ColumnId {
        let name = name.trim();
        if let Some(known) = self.columns.iter().position(|(column, _)| column == name) {
            return known;
        }
        let at = self.lines.locate(span.start);
        self.columns.push((name.to_owned(), at));
        self.columns.len() - 1
    }

    pub(super) fn template(
        &mut self,
        node: NodeRef<'t>,
        key: &'static str,
    ) -> Option<Template<TextName>> {
        let text = self.text(node, key)?;
        self.template_of(text, node.span())
    }

    pub(super) fn template_of(&mut self, text: &str, span: Span) -> Option<Template<TextName>> {
        let Some(template) = Template::parse(text).filter(|_| !text.trim().is_empty()) else {
            return self.fault(span, MappingFault::Braces(text.to_owned()));
        };
        Some(template.map(|name| match name.as_str() {
            "row" => TextName::Row,
            "source" => TextName::Source,
            column => TextName::Column(self.column_named(column, span)),
        }))
    }

    pub(super) fn target(&mut self, node: NodeRef<'t>) -> Option<Pending> {
        let pointer = self.text(node, "to")?;
        self.target_of(pointer, node.span())
    }

    pub(super) fn target_of(&mut self, pointer: &str, span: Span) -> Option<Pending> {
        let target = match Target::parse(pointer) {
            Ok(target) => target,
            Err(why) => {
                let pointer = pointer.to_owned();
                return self.fault(span, MappingFault::Pointer { pointer, why });
            }
        };
        let key = target.top_key().to_owned();
        if matches!(key.as_str(), "kind" | "id") {
            return self.fault(span, MappingFault::ReservedTarget(key));
        }
        if !incident::KEYS.contains(&key.as_str()) {
            let meant = closest(&key, incident::KEYS).map(str::to_owned);
            return self.fault(span, MappingFault::UnknownTarget { key, meant });
        }
        self.targets.push((target, self.lines.locate(span.start)));
        Some(self.targets.len() - 1)
    }

    /// All targets with their final positions; those in each other's way are reported.
    pub(super) fn numbered_targets(&mut self) -> Vec<Target> {
        let mut targets = std::mem::take(&mut self.targets);
        number_appends(&mut targets.iter_mut().map(|(to, _)| to).collect::<Vec<_>>());
        for (index, (target, at)) in targets.iter().enumerate() {
            let earlier = targets[..index]
                .iter()
                .find_map(|(other, at)| Some((target.conflict(other)?, other, at)));
            let Some((conflict, other, other_at)) = earlier else {
                continue;
            };
            let how = match conflict {
                Conflict::Same => "is filled already by",
                Conflict::Inside => "overlaps with",
                Conflict::ListAndMap => "treats as a map what is a list, or the reverse, in",
            };
            self.errors.push(MappingError {
                at: *at,
                fault: MappingFault::Conflict {
                    pointer: target.pointer.clone(),
                    how,
                    other: other.pointer.clone(),
                    other_line: other_at.line,
                },
            });
        }
        targets.into_iter().map(|(target, _)| target).collect()
    }

    /// A value of the mapping file as it will be written; a number that cannot be is refused.
    pub(super) fn value(&mut self, node: NodeRef<'t>) -> Option<Value> {
        if node.kind() == Kind::List {
            let items: Vec<_> = node.items().map(|item| self.value(item)).collect();
            return items.into_iter().collect();
        }
        if node.kind() == Kind::Map {
            let pairs: Vec<_> = node
                .pairs()
                .map(|(key, value)| Some((key.scalar_text().to_owned(), self.value(value)?)))
                .collect();
            let pairs: Option<serde_json::Map<_, _>> = pairs.into_iter().collect();
            return pairs.map(Value::Object);
        }
        let value = node.read::<Value>().ok()?;
        let is_exact = match &value {
            Value::Number(number) => number.to_string() == node.scalar_text(),
            _ => true,
        };
        if is_exact {
            Some(value)
        } else {
            let number = node.scalar_text().to_owned();
            self.fault(node.span(), MappingFault::RoundedNumber(number))
        }
    }
}
