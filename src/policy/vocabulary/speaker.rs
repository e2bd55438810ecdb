//! The world that an expression about one record is evaluated in.

use super::lookups::Lookups;
use super::parties::element;
use super::table;
use crate::clock::Instant;
use crate::document::NodeRef;
use crate::policy::expression::{Value, Why, World};
use crate::policy::facts::Facts;
use crate::record::{Gap, Record, RecordKind, unreadable_list};

/// What an expression about one record, or about an element of it, speaks of.
#[derive(Clone)]
pub struct Speaker<'s, 't> {
    pub(super) lookups: &'s Lookups<'t>,
    pub(super) facts: &'s dyn Facts<'t>,
    /// Path of the record, from the root of the records.
    pub(super) file: &'s str,
    pub(super) record: &'t Record,
    pub(super) it: Value<'t>,
    pub(super) as_of: Instant,
}

impl<'s, 't> Speaker<'s, 't> {
    /// A speaker about a record; `it` is the record. `file` is its path from the root of the
    /// records, where paths in records count from too.
    pub fn new(
        lookups: &'s Lookups<'t>,
        facts: &'s dyn Facts<'t>,
        file: &'s str,
        record: &'t Record,
        as_of: Instant,
    ) -> Self {
        Self {
            lookups,
            facts,
            file,
            record,
            it: Value::Node(record.root()),
            as_of,
        }
    }

    /// The same, about an element.
    #[must_use]
    pub fn about(&self, it: Value<'t>) -> Self {
        Self { it, ..self.clone() }
    }

    /// The element that it speaks about.
    pub fn element(&self) -> &Value<'t> {
        &self.it
    }

    /// What `record` or `record#element` leads to; `#element` is one of this record.
    pub(super) fn find(&self, reference: &str) -> Result<Option<NodeRef<'t>>, Why> {
        let (id, name) = match reference.split_once('#') {
            Some((id, name)) => (id, Some(name)),
            None => (reference, None),
        };
        let Some(record) = self.record_by_id(id)? else {
            return match self.facts.exists_id(id).now()? {
                true => Err(Why::Gap(format!("the record `{id}` could not be read"))),
                false => Ok(None),
            };
        };
        let Some(name) = name else {
            return Ok(Some(record.root()));
        };
        match (element(record, name), unreadable_list(record)) {
            (None, Some(list)) => Err(Why::Gap(Gap::List(list).reason())),
            (element, _) => Ok(element),
        }
    }

    /// Whether `record` or `record#element` leads anywhere; a record that cannot be read does.
    pub(super) fn exists(&self, reference: &str) -> Result<bool, Why> {
        if reference.contains('#') {
            return self.find(reference).map(|found| found.is_some());
        }
        if self.at_hand(reference).is_some() {
            return Ok(true);
        }
        self.facts.exists_id(reference).now()
    }

    fn record_by_id(&self, id: &str) -> Result<Option<&'t Record>, Why> {
        match self.at_hand(id) {
            Some(record) => Ok(Some(record)),
            None => self.facts.record(id).now(),
        }
    }

    /// The record itself, or a kept one.
    fn at_hand(&self, id: &str) -> Option<&'t Record> {
        let own = self.record;
        // The id of a package is one of many of that name.
        let is_own = id.is_empty() || (own.id == id && own.kind != RecordKind::Package);
        match is_own {
            true => Some(own),
            false => self.lookups.record(id),
        }
    }
}

impl<'t> World<'t> for Speaker<'_, 't> {
    fn variable(&self, index: usize) -> Result<Value<'t>, Why> {
        self.value(index)
    }

    fn call(&self, function: usize, arguments: &[Value<'t>]) -> Result<Value<'t>, Why> {
        table::call(self, function, arguments)
    }
}
