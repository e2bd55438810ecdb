//! What of a record is not shown to people: personal values, and what the searches find.

use super::{Searched, searched, setting};
use crate::document::NodeRef;
use crate::policy::vocabulary::Lookups;
use crate::record::{Record, RecordKind, Registry};

/// What stands in the place of what is not shown.
const HIDDEN: &str = "•••";

/// Takes out of values what is not to be shown.
#[derive(Debug)]
pub struct Veil {
    searched: Searched,
}

impl Veil {
    /// A veil with the patterns of the organisation.
    pub fn new(registry: &Registry) -> Self {
        Self {
            searched: searched(registry, &Lookups::new(registry)),
        }
    }

    /// A plain value of a record, as it may be shown.
    pub fn value(&self, record: &Record, node: NodeRef<'_>) -> String {
        let schema = record.kind.schema();
        let spans = schema.map(|kind| kind.schema.sensitive(record.root()));
        if spans.is_some_and(|spans| spans.contains(&node.span())) {
            return HIDDEN.to_owned();
        }
        let text = node.scalar_text();
        let scanner = &self.searched.scanner;
        let hits = match record.kind {
            RecordKind::Package => scanner.everything(text, setting(node)),
            _ => scanner.secrets(text),
        };
        without(text, hits.into_iter().map(|hit| hit.range).collect())
    }

    /// A text about a record, such as the path of a value, without secrets.
    pub fn text(&self, text: &str) -> String {
        let hits = self.searched.scanner.secrets(text).into_iter();
        without(text, hits.map(|hit| hit.range).collect())
    }
}

fn without(text: &str, mut ranges: Vec<std::ops::Range<usize>>) -> String {
    ranges.sort_by_key(|range| range.start);
    let mut shown = String::new();
    let mut from = 0;
    for range in ranges {
        if range.start >= from {
            shown.push_str(&text[from..range.start]);
            shown.push_str(HIDDEN);
        }
        from = from.max(range.end);
    }
    shown.push_str(&text[from..]);
    shown
}
