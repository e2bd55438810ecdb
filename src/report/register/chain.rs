//! The chain as a picture: systems, those behind them, those that they rely on.
//!
//! Every name has a row of its own in a column of its own, and lines run between columns only, so
//! that nothing covers anything, however many there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::NodeRef;
use crate::record::{RecordKind, Registry};
use crate::report::audit::picture::{Picture, Shape, boxed, label};

const WIDTH: u32 = 190;
const STEP: u32 = 28;
const TALL: u32 = 20;
/// The most rows of a picture: a taller one shows nothing that the table does not say better.
const TALLEST: usize = 150;
/// Characters of a name.
const NAME: usize = 24;
/// How far lines of different names stand from each other, and how many have a place of their own.
const LANE: u32 = 5;
const LANES: u32 = 24;

/// One party behind another, or behind a system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    /// The system or the party that needs it.
    pub(super) from: String,
    /// The party that is needed.
    pub(super) to: String,
    /// What for.
    pub(super) because: String,
    /// Whether `from` is a system.
    pub(super) is_system: bool,
}

/// Who needs whom, each pair once for each reason.
pub(super) fn edges(registry: &Registry) -> Vec<Edge> {
    let mut edges = BTreeSet::new();
    for system in registry.of_kind(RecordKind::System) {
        let root = system.root();
        let mut add = |party: &str, because: String| {
            if !party.is_empty() && party != "internal" {
                edges.insert(Edge {
                    from: system.id.clone(),
                    to: party.to_owned(),
                    because,
                    is_system: true,
                });
            }
        };
        add(root.text_of("operated_by"), "operates it".to_owned());
        for it in root.list_of("components") {
            add(
                it.text_of("provider"),
                format!("provides {}", it.text_of("id")),
            );
        }
        for it in root.list_of("dependencies") {
            add(
                it.text_of("party"),
                format!("{} dependency", it.text_of("direction")),
            );
        }
    }
    for party in registry.of_kind(RecordKind::ThirdParty) {
        for next in party.root().list_of("relies_on").map(NodeRef::scalar_text) {
            edges.insert(Edge {
                from: party.id.clone(),
                to: next.to_owned(),
                because: "relies on it".to_owned(),
                is_system: false,
            });
        }
    }
    edges.into_iter().collect()
}

/// A name: whether it is a system, and its id.
type Name<'e> = (bool, &'e str);

/// What stands in a row of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item<'e> {
    /// A name.
    Name(Name<'e>),
    /// A line that passes on its way to a name further right.
    Passing(Name<'e>),
}

impl<'e> Item<'e> {
    /// Where its lines lead to.
    fn targets(self, pairs: &BTreeSet<(Name<'e>, Name<'e>)>) -> Vec<Name<'e>> {
        match self {
            Self::Passing(to) => vec![to],
            Self::Name(from) => {
                let own = pairs.iter().filter(|it| it.0 == from);
                own.map(|it| it.1).collect()
            }
        }
    }
}

/// The picture; `None` where nothing needs anybody, or too many do.
pub(super) fn chain(edges: &[Edge], registry: &Registry) -> Option<Picture> {
    let pairs = pairs(edges);
    let columns = columns(&pairs);
    let tallest = columns.iter().map(Vec::len).max();
    let tallest = tallest.filter(|it| (1..=TALLEST).contains(it))?;
    let (mut lines, mut names): (Vec<Shape>, Vec<Shape>) = (Vec::new(), Vec::new());
    let mut x = 0;
    for (at, column) in columns.iter().enumerate() {
        let sources = u32::try_from(column.len()).unwrap_or(LANES).min(LANES);
        let next_x = x + WIDTH + 30 + LANE * sources;
        let next = columns.get(at + 1).map_or(&[][..], Vec::as_slice);
        for (row, item) in column.iter().enumerate() {
            let y = height_of(row);
            match item {
                Item::Name(name) => {
                    let is_known = registry.record(RecordKind::ThirdParty, name.1).is_some();
                    let class = match (name.0, is_known) {
                        (true, _) => "system",
                        (false, true) => "party",
                        (false, false) => "unknown",
                    };
                    names.push(boxed((x + 1, y), (WIDTH - 1, TALL), class, name.1));
                    names.push(label(x + 9, y + 2, "start", short(name.1)));
                }
                Item::Passing(_) => lines.push(boxed((x, y + TALL / 2), (WIDTH, 1), "soft", "")),
            }
            for target in item.targets(&pairs) {
                let is_it = |it: &Item<'_>| matches!(it, Item::Name(to) | Item::Passing(to) if *to == target);
                if let Some(row) = next.iter().position(is_it) {
                    lines.extend(line((x, y), (next_x, height_of(row))));
                }
            }
        }
        x = next_x;
    }
    lines.extend(names);
    Some(Picture {
        id: "picture-chain".to_owned(),
        title: "Who stands behind our systems".to_owned(),
        says: "At the left our systems; a line leads to each that they need, and on to those that these rely on. A dashed name is not registered. Who relies on each other in a circle stands in the table only.".to_owned(),
        width: x + 2,
        height: u32::try_from(tallest).unwrap_or(0) * STEP + 8,
        shapes: lines,
    })
}

fn height_of(row: usize) -> u32 {
    4 + u32::try_from(row).unwrap_or(0) * STEP
}

/// From the right of a name to the left of another: across, up or down, across.
fn line((x, y): (u32, u32), (to_x, to_y): (u32, u32)) -> [Shape; 3] {
    let row = y / STEP % LANES;
    let lane = x + WIDTH + 12 + row * LANE;
    let (from, to) = (y + TALL / 2, to_y + TALL / 2);
    [
        boxed((x + WIDTH, from), (lane - x - WIDTH, 1), "soft", ""),
        boxed((lane, from.min(to)), (1, from.abs_diff(to) + 1), "soft", ""),
        boxed((lane, to), (to_x.saturating_sub(lane), 1), "soft", ""),
    ]
}

/// Who needs whom, without circles, and only what systems lead to.
fn pairs(edges: &[Edge]) -> BTreeSet<(Name<'_>, Name<'_>)> {
    let mut next: BTreeMap<Name<'_>, BTreeSet<Name<'_>>> = BTreeMap::new();
    for it in edges {
        let from = (it.is_system, it.from.as_str());
        next.entry(from).or_default().insert((false, &it.to));
    }
    let reached = |from: &[Name<'_>]| {
        let mut seen: BTreeSet<Name<'_>> = BTreeSet::new();
        let mut open: Vec<Name<'_>> = from.to_vec();
        while let Some(name) = open.pop() {
            let behind = next.get(&name).into_iter().flatten();
            open.extend(behind.filter(|it| seen.insert(**it)));
        }
        seen.into_iter()
            .map(|it| it.1.to_owned())
            .collect::<BTreeSet<String>>()
    };
    let systems: Vec<Name<'_>> = next.keys().copied().filter(|it| it.0).collect();
    let all = reached(&systems);
    let mut pairs = BTreeSet::new();
    for it in edges
        .iter()
        .filter(|it| it.is_system || all.contains(&it.from))
    {
        let to = (false, it.to.as_str());
        let is_circle = !it.is_system && reached(&[to]).contains(&it.from);
        if !is_circle && (it.is_system || it.from != it.to) {
            pairs.insert(((it.is_system, it.from.as_str()), to));
        }
    }
    pairs
}

/// The columns: each name right of all that need it, with a row for every line that passes.
fn columns<'e>(pairs: &BTreeSet<(Name<'e>, Name<'e>)>) -> Vec<Vec<Item<'e>>> {
    let mut depths: BTreeMap<Name<'e>, usize> = BTreeMap::new();
    // Without circles this ends.
    loop {
        let mut is_settled = true;
        for (from, to) in pairs {
            let least = depths.get(from).copied().unwrap_or(0) + 1;
            let depth = depths.entry(*to).or_insert(0);
            if *depth < least {
                *depth = least;
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    let systems: BTreeSet<Name<'e>> = pairs.iter().map(|it| it.0).filter(|it| it.0).collect();
    let mut columns: Vec<Vec<Item<'e>>> = vec![systems.into_iter().map(Item::Name).collect()];
    loop {
        let at = columns.len();
        let last = columns.last().map_or(&[][..], Vec::as_slice);
        let mut next: Vec<Item<'e>> = Vec::new();
        for to in last.iter().flat_map(|it| it.targets(pairs)) {
            let item = match depths.get(&to) {
                Some(depth) if *depth > at => Item::Passing(to),
                _ => Item::Name(to),
            };
            if !next.contains(&item) {
                next.push(item);
            }
        }
        if next.is_empty() {
            return columns;
        }
        columns.push(next);
    }
}

fn short(text: &str) -> String {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += if c >= '\u{2e80}' { 2 } else { 1 };
        if used > NAME {
            return format!("{}…", &text[..at]);
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str, is_system: bool) -> Edge {
        Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            because: String::new(),
            is_system,
        }
    }

    #[test]
    fn each_name_stands_right_of_all_that_need_it() {
        let edges = [
            edge("s", "a", true),
            edge("s", "b", true),
            edge("a", "b", false),
            edge("b", "c", false),
            // A circle, and one that no system leads to.
            edge("c", "d", false),
            edge("d", "c", false),
            edge("x", "y", false),
        ];
        let pairs = pairs(&edges);
        let party = |id| (false, id);
        assert_eq!(
            columns(&pairs),
            [
                vec![Item::Name((true, "s"))],
                vec![Item::Name(party("a")), Item::Passing(party("b"))],
                vec![Item::Name(party("b"))],
                vec![Item::Name(party("c"))],
            ]
        );
    }
}
