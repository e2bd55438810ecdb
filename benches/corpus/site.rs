//! Places in a record where a mistake could be made.

use super::random::Random;
use super::tree::{Content, Node, Pair};

/// A way down the tree: positions of pairs and items.
pub(crate) type Path = Vec<usize>;

/// A node and where it stands: the keys above it, the last one its own.
pub(crate) struct Site<'n> {
    pub(crate) keys: Vec<&'n str>,
    pub(crate) node: &'n Node,
    pub(crate) path: Path,
}

impl Site<'_> {
    pub(crate) fn key(&self) -> &str {
        self.keys.last().copied().unwrap_or("")
    }

    fn place(&self) -> String {
        self.keys.join("/")
    }
}

fn sites(record: &Node) -> Vec<Site<'_>> {
    let mut found = Vec::new();
    collect(record, &mut Vec::new(), &mut Vec::new(), &mut found);
    found
}

fn collect<'n>(
    node: &'n Node,
    keys: &mut Vec<&'n str>,
    path: &mut Path,
    found: &mut Vec<Site<'n>>,
) {
    found.push(Site {
        keys: keys.clone(),
        node,
        path: path.clone(),
    });
    match &node.content {
        Content::List(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at);
                collect(item, keys, path, found);
                path.pop();
            }
        }
        Content::Map(pairs) => {
            for (at, pair) in pairs.iter().enumerate() {
                path.push(at);
                keys.push(&pair.key);
                collect(&pair.value, keys, path, found);
                keys.pop();
                path.pop();
            }
        }
        _ => {}
    }
}

/// One of the places that suit: first a place in the schema, then one of its occurrences, so that
/// the many evidence items do not draw all mistakes.
pub(crate) fn choose(
    record: &Node,
    random: &mut Random,
    suits: impl Fn(&Site<'_>) -> bool,
) -> Option<Path> {
    let sites = sites(record);
    let sites: Vec<_> = sites.iter().filter(|site| suits(site)).collect();
    let mut places: Vec<_> = sites.iter().map(|site| site.place()).collect();
    places.sort();
    places.dedup();
    if places.is_empty() {
        return None;
    }
    let place = random.pick(&places);
    let here: Vec<_> = sites.iter().filter(|site| site.place() == *place).collect();
    Some(random.pick(&here).path.clone())
}

pub(crate) fn node_at<'n>(record: &'n mut Node, path: &[usize]) -> Option<&'n mut Node> {
    let mut node = record;
    for at in path {
        node = match &mut node.content {
            Content::List(items) => items.get_mut(*at)?,
            Content::Map(pairs) => &mut pairs.get_mut(*at)?.value,
            _ => return None,
        };
    }
    Some(node)
}

/// Replaces a node by the mistake.
pub(crate) fn replace(record: &mut Node, path: &[usize], by: Node) -> bool {
    match node_at(record, path) {
        Some(node) => {
            *node = by.marked();
            true
        }
        None => false,
    }
}

pub(crate) fn is_list_item(record: &Node, path: &[usize]) -> bool {
    let mut node = record;
    let mut is_item = false;
    for at in path {
        node = match &node.content {
            Content::List(items) => {
                is_item = true;
                &items[*at]
            }
            Content::Map(pairs) => {
                is_item = false;
                &pairs[*at].value
            }
            _ => return false,
        };
    }
    is_item
}

pub(crate) fn pair_at<'n>(record: &'n mut Node, path: &[usize]) -> Option<&'n mut Pair> {
    let (last, above) = path.split_last()?;
    node_at(record, above)?.pairs_mut()?.get_mut(*last)
}
