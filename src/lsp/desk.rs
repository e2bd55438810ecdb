//! One open record with all that is known around it: what questions are answered from.

use lsp_types::{Location, Range, Uri};

use super::root::{Home, Root, uri_in};
use super::server::{Document, Server};
use super::text::{Encoding, Lines};
use crate::document::{Limits, NodeRef, Tree};
use crate::engine::Watch;
use crate::record::{Reading, Record, read_record};
use crate::text::Span;

/// One open record.
pub(super) struct Desk<'s> {
    server: &'s Server,
    pub(super) document: &'s Document,
    pub(super) home: &'s Home,
    pub(super) root: &'s Root,
    pub(super) watch: &'s Watch,
    pub(super) lines: Lines<'s>,
}

impl<'s> Desk<'s> {
    /// The record that an editor names; `None` until the repository was judged once.
    pub(super) fn of(server: &'s Server, uri: &Uri) -> Option<Self> {
        let document = server.documents.get(uri.as_str())?;
        let home = document.home.as_ref()?;
        let root = server.roots.get(&home.folder)?;
        Some(Self {
            server,
            document,
            home,
            root,
            watch: root.watch.as_ref()?,
            lines: Lines::new(&document.text, server.encoding),
        })
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.server.encoding
    }

    /// The open text as a record; `None` while it is broken.
    pub(super) fn record(&self) -> Option<Record> {
        self.record_of(&self.home.path, self.document.text.clone())
    }

    /// A text as the record of a file.
    pub(super) fn record_of(&self, path: &str, text: String) -> Option<Record> {
        let path = path.strip_prefix(self.watch.prefix()).unwrap_or(path);
        match read_record(path, text.into_bytes(), &Limits::default()) {
            Reading::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The text of a file of the repository, as the editor has it if it is open there.
    pub(super) fn text_of(&self, path: &str) -> Option<String> {
        match self.open(path) {
            Some(document) => Some(document.text.clone()),
            None => self.watch.text(path),
        }
    }

    fn open(&self, path: &str) -> Option<&Document> {
        let mut documents = self.server.documents.values();
        documents.find(|it| {
            let home = it.home.as_ref();
            home.is_some_and(|home| home.folder == self.home.folder && home.path == path)
        })
    }

    /// A place in a file of the repository.
    pub(super) fn place(&self, path: &str, text: &str, span: Span) -> Option<Location> {
        let range = Lines::new(text, self.encoding()).range(span);
        self.place_at(path, range)
    }

    pub(super) fn place_at(&self, path: &str, range: Range) -> Option<Location> {
        let uri = match self.open(path) {
            Some(document) => document.uri.clone(),
            None => uri_in(&self.home.folder, self.watch.prefix(), path)?,
        };
        Some(Location::new(uri, range))
    }
}

/// The innermost key or value at a byte.
pub(super) fn node_at(tree: &Tree, offset: usize) -> Option<NodeRef<'_>> {
    let holds = |node: &NodeRef<'_>| {
        let span = node.span().range();
        span.start <= offset && offset <= span.end
    };
    let inner = tree.nodes().filter(holds);
    inner.min_by_key(|node| (node.span().len(), !node.is_key()))
}
