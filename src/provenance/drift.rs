//! What differs between a version of a record and the present one.

use super::place::{Step, is_same};
use crate::document::{Kind, NodeRef};
use crate::record::RecordKind;

/// A difference between two versions of a record.
#[derive(Clone, Copy, Debug)]
pub struct Drift<'o, 't> {
    /// What was there; `None` where nothing was.
    pub old: Option<NodeRef<'o>>,
    /// What is there; for what was removed, the list or map that it stood in.
    pub new: NodeRef<'t>,
    /// Whether something was removed.
    pub is_removal: bool,
}

/// The narrowest differences, in the order of the present version. Elements that moved or were
/// written in another style do not differ.
pub fn drifts<'o, 't>(old: NodeRef<'o>, new: NodeRef<'t>, kind: RecordKind) -> Vec<Drift<'o, 't>> {
    let mut found = Vec::new();
    compare(old, new, kind, &mut found);
    found
}

fn compare<'o, 't>(
    old: NodeRef<'o>,
    new: NodeRef<'t>,
    kind: RecordKind,
    found: &mut Vec<Drift<'o, 't>>,
) {
    if is_same(old, new) {
        return;
    }
    let (gone, come): (Vec<NodeRef<'o>>, Vec<NodeRef<'t>>) = match (old.kind(), new.kind()) {
        (Kind::Map, Kind::Map) => {
            let mut come = Vec::new();
            for (key, value) in new.pairs() {
                match old.get(key.scalar_text()) {
                    Some(before) => compare(before, value, kind, found),
                    None => come.push(value),
                }
            }
            let is_gone = |key: NodeRef<'_>| new.get(key.scalar_text()).is_none();
            let gone = old.pairs().filter(|(key, _)| is_gone(*key));
            let gone: Vec<NodeRef<'o>> = gone.map(|(_, value)| value).collect();
            // A key is known by its name: what went and what came are two changes.
            found.extend(gone.iter().map(|it| removal(*it, new)));
            (Vec::new(), come)
        }
        (Kind::List, Kind::List) => {
            let mut come = Vec::new();
            for item in new.items() {
                match Step::to(item, new, kind).take(old) {
                    Some(before) => compare(before, item, kind, found),
                    None => come.push(item),
                }
            }
            let is_gone = |it: &NodeRef<'o>| Step::to(*it, old, kind).take(new).is_none();
            (old.items().filter(is_gone).collect(), come)
        }
        _ => (vec![old], vec![new]),
    };
    // An element that went for one that came was changed.
    for (at, item) in come.iter().enumerate() {
        found.push(Drift {
            old: gone.get(at).copied(),
            new: *item,
            is_removal: false,
        });
    }
    found.extend(gone.iter().skip(come.len()).map(|it| removal(*it, new)));
}

fn removal<'o, 't>(old: NodeRef<'o>, new: NodeRef<'t>) -> Drift<'o, 't> {
    Drift {
        old: Some(old),
        new,
        is_removal: true,
    }
}
