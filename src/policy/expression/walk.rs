//! Walks through lists and maps: `all`, `exists`, `map` and the others.

use std::collections::BTreeMap;

use super::code::{Each, Walk};
use super::evaluate::Machine;
use super::function::word;
use super::halt::{Halt, Why};
use super::key::Key;
use super::share::Evaluated;
use super::value::{List, Map, Value};
use crate::document::{Items, Kind, Pairs};
use crate::text::Span;

/// What a walk goes through.
enum Elements<'t> {
    Nodes(Items<'t>),
    Pairs(Pairs<'t>),
    Values(List<'t>),
    Entries(std::vec::IntoIter<(Value<'t>, Value<'t>)>),
    Nothing,
}

impl<'t> Machine<'t, '_> {
    pub(super) fn each(&mut self, each: &'t Each, span: Span) -> Evaluated<'t> {
        let over = self.value(each.over)?;
        let elements = match over {
            Value::Node(node) if node.kind() == Kind::List => Elements::Nodes(node.items()),
            Value::Node(node) if node.kind() == Kind::Map => Elements::Pairs(node.pairs()),
            Value::List(list) => Elements::Values(list),
            Value::Map(map) => {
                self.spend(map.len() as u64, span)?;
                let entries: Vec<_> = map
                    .entries()
                    .map(|(key, value)| (key.value(), value.clone()))
                    .collect();
                Elements::Entries(entries.into_iter())
            }
            Value::Absent(absent) if absent.is_collection => Elements::Nothing,
            Value::Absent(absent) => return Err(self.absent(absent, each.over)),
            other => {
                let sentence = format!("{} has no elements to go through", word(&other));
                return Err(Why::Fault(sentence).at(self.span(each.over).range()));
            }
        };
        self.gather(each, elements, span)
    }

    fn gather(&mut self, each: &'t Each, mut elements: Elements<'t>, span: Span) -> Evaluated<'t> {
        let mut made = Vec::new();
        let mut entries = BTreeMap::new();
        let mut halted: Option<Box<Halt>> = None;
        let mut count = 0_u64;
        let mut index = 0_i64;
        while let Some(first) = self.step(each, &mut elements, index) {
            index += 1;
            self.spend(1, span)?;
            if let Some(condition) = each.condition
                && !self.truth(condition)?
            {
                continue;
            }
            match each.walk {
                Walk::All | Walk::Exists => {
                    let decisive = each.walk == Walk::Exists;
                    match self.truth(each.body) {
                        Ok(found) if found == decisive => return Ok(Value::Bool(decisive)),
                        Ok(_) => {}
                        Err(halt) if halt.why.can_be_absorbed() => {
                            halted.get_or_insert(halt);
                        }
                        Err(halt) => return Err(halt),
                    }
                }
                Walk::ExistsOne => count += u64::from(self.truth(each.body)?),
                Walk::Filter => {
                    if self.truth(each.body)? {
                        made.push(first);
                    }
                }
                Walk::List => made.push(self.value(each.body)?),
                Walk::Map => {
                    let value = self.value(each.body)?;
                    if let Some(key) = Key::of(&first) {
                        entries.insert(key, value);
                    }
                }
            }
        }
        if let Some(halt) = halted {
            return Err(halt);
        }
        Ok(match each.walk {
            Walk::All => Value::Bool(true),
            Walk::Exists => Value::Bool(false),
            Walk::ExistsOne => Value::Bool(count == 1),
            Walk::Filter | Walk::List => Value::List(made.into()),
            Walk::Map => Value::Map(Map::from(entries)),
        })
    }

    /// Sets the local values to the next element. Gives what a filter keeps and what is the key
    /// of a map that is made.
    fn step(&mut self, each: &Each, elements: &mut Elements<'t>, index: i64) -> Option<Value<'t>> {
        let (key, value) = match elements {
            Elements::Nodes(nodes) => (None, Value::Node(nodes.next()?)),
            Elements::Pairs(pairs) => {
                let (key, value) = pairs.next()?;
                (Some(Value::Node(key)), Value::Node(value))
            }
            Elements::Values(list) => {
                let value = list.values().get(usize::try_from(index).ok()?)?;
                (None, value.clone())
            }
            Elements::Entries(entries) => {
                let (key, value) = entries.next()?;
                (Some(key), value)
            }
            Elements::Nothing => return None,
        };
        if let Some(second) = each.second {
            let first = key.unwrap_or(Value::Int(index));
            self.set(each.slot, first.clone());
            self.set(second, value);
            return Some(first);
        }
        let first = key.unwrap_or(value);
        self.set(each.slot, first.clone());
        Some(first)
    }
}
