//! JSON Pointers (RFC 6901): the name of a node, never the way to find its place.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::node::NodeRef;
use super::tree::{Kind, Tree};

/// A key as one token of a pointer: `~` becomes `~0`, `/` becomes `~1`.
pub fn escape_token(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The key that a token of a pointer stands for.
pub fn unescape_token(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

impl<'t> NodeRef<'t> {
    /// The pointer of this node from the root of its document; empty for the root. A key has the
    /// pointer of its value.
    pub fn pointer(self) -> String {
        let mut chain = Vec::new();
        let mut at = if self.is_key() {
            self.value().unwrap_or(self)
        } else {
            self
        };
        while let Some(parent) = at.parent() {
            chain.push(at);
            at = parent;
        }
        let mut pointer = String::new();
        for node in chain.into_iter().rev() {
            pointer.push('/');
            match node.key() {
                Some(key) => pointer.push_str(&escape_token(key.scalar_text())),
                None => {
                    let _ = write!(pointer, "{}", node.index().unwrap_or(0));
                }
            }
        }
        pointer
    }

    /// The node below this one that a pointer names. Aliases are followed.
    pub fn at_pointer(self, pointer: &str) -> Option<NodeRef<'t>> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, token| match node.kind() {
                Kind::Map => node.get(&unescape_token(token)),
                Kind::List => node.items().nth(token.parse().ok()?),
                _ => None,
            })
    }
}

impl Tree {
    /// The node of the first document that a pointer names.
    pub fn at_pointer(&self, pointer: &str) -> Option<NodeRef<'_>> {
        self.root()?.at_pointer(pointer)
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Limits, parse};

    #[test]
    fn pointers_name_nodes_and_find_them_again() {
        let text = "a:\n  - b/c: 1\n    ~d: [x, y]\n  - 2\n'': 3\n";
        let tree = parse(text.into(), &Limits::default()).unwrap();
        for pointer in ["", "/a", "/a/0", "/a/0/b~1c", "/a/0/~0d/1", "/a/1", "/"] {
            let node = tree
                .at_pointer(pointer)
                .unwrap_or_else(|| panic!("{pointer}"));
            assert_eq!(node.pointer(), pointer);
        }
        assert!(tree.at_pointer("/a/2").is_none());
        assert!(tree.at_pointer("/b").is_none());
        assert!(tree.at_pointer("a").is_none());
        let (key, _) = tree.root().unwrap().pair("a").unwrap();
        assert_eq!(key.pointer(), "/a");
    }
}
