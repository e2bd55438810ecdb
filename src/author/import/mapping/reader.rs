//! The nodes of a mapping file, each asked for with the fault to note if it is another.

use super::fault::{MappingError, MappingFault};
use crate::author::import::target::Target;
use crate::document::{Kind, NodeId, NodeRef, Place, Tree};
use crate::text::{LineColumn, LineIndex, Span, closest};

/// A target that is numbered and checked once all are known: its index in `Reader::targets`.
pub(super) type Pending = usize;

/// Collects what a mapping file says, and every fault in it.
pub(super) struct Reader<'t> {
    pub(super) tree: &'t Tree,
    pub(super) lines: &'t LineIndex<'t>,
    pub(super) errors: Vec<MappingError>,
    pub(super) columns: Vec<(String, LineColumn)>,
    /// Every target so far, with its place.
    pub(super) targets: Vec<(Target, LineColumn)>,
    pub(super) unknown: Vec<String>,
    /// Keys that a misspelt key of a map was taken for: they are not missing as well.
    pub(super) meant: Vec<(NodeId, &'static str)>,
}

impl<'t> Reader<'t> {
    pub(super) fn known_keys(
        &mut self,
        map: NodeRef<'t>,
        known: &[&'static str],
        of: &'static str,
    ) {
        for (key, _) in map.pairs() {
            let name = key.scalar_text();
            if !known.contains(&name) {
                let meant = known
                    .iter()
                    .copied()
                    .find(|key| closest(name, known.iter().copied()) == Some(key));
                self.meant.extend(meant.map(|meant| (map.id(), meant)));
                let fault = MappingFault::UnknownKey {
                    key: name.to_owned(),
                    of,
                    meant: meant.map(str::to_owned),
                };
                self.fault::<()>(key.span(), fault);
            }
        }
    }

    pub(super) fn required(
        &mut self,
        map: NodeRef<'t>,
        key: &'static str,
        of: &'static str,
    ) -> Option<NodeRef<'t>> {
        let found = map.get(key).filter(|node| !node.is_null());
        if found.is_none() && !self.meant.contains(&(map.id(), key)) {
            let grip = map.get("kind").filter(|_| map.parent().is_none());
            let place = grip.map_or_else(|| Place::missing_in(map), Place::value);
            let span = place.span(self.tree);
            return self.fault(span, MappingFault::MissingKey { key, of });
        }
        found
    }

    pub(super) fn text(&mut self, node: NodeRef<'t>, key: &'static str) -> Option<&'t str> {
        match node.read::<&str>() {
            Ok(text) => Some(text),
            Err(_) => self.wrong_type(node, key, "text"),
        }
    }

    /// The texts of a list, each with its place.
    pub(super) fn texts(
        &mut self,
        map: NodeRef<'t>,
        key: &'static str,
    ) -> Option<Vec<(&'t str, Span)>> {
        let node = map.get(key)?;
        if node.kind() != Kind::List || node.is_empty() {
            return self.wrong_type(node, key, "a list of texts");
        }
        let texts: Vec<_> = node
            .items()
            .map(|item| Some((self.text(item, key)?, item.span())))
            .collect();
        texts.into_iter().collect()
    }

    pub(super) fn wrong_type<T>(
        &mut self,
        node: NodeRef<'t>,
        key: &'static str,
        expected: &'static str,
    ) -> Option<T> {
        self.fault(self.span(node), MappingFault::WrongType { key, expected })
    }

    pub(super) fn wrong_value<T>(
        &mut self,
        node: NodeRef<'t>,
        key: &'static str,
        found: &str,
        expected: &'static str,
    ) -> Option<T> {
        let found = found.to_owned();
        let fault = MappingFault::WrongValue {
            key,
            found,
            expected,
        };
        self.fault(node.span(), fault)
    }

    pub(super) fn span(&self, node: NodeRef<'t>) -> Span {
        Place::value(node).span(self.tree)
    }

    /// Notes a fault; `None`, so that it can end a function that gives something.
    pub(super) fn fault<T>(&mut self, span: Span, fault: MappingFault) -> Option<T> {
        let at = self.lines.locate(span.start);
        self.errors.push(MappingError { at, fault });
        None
    }
}
