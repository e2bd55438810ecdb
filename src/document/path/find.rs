use std::fmt::Write as _;

use super::{Identity, Path, Step};
use crate::document::{Kind, NodeRef};
use crate::text::closest;

/// Where a path ends before its last step.
#[derive(Clone, Debug)]
pub struct Stop<'t> {
    /// The last value on the way that is there.
    pub node: NodeRef<'t>,
    /// Number of steps that lead to it.
    pub steps: usize,
    /// Why it goes no further.
    pub why: Why,
    /// The same as a sentence, beginning in lower case.
    pub message: String,
    /// What to write instead, where something is near.
    pub help: Option<String>,
}

/// Why a path ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A map has no such key.
    NoKey,
    /// A list has no such element.
    NoElement,
    /// Several elements of the list fit.
    Several,
    /// A value that is empty: a list or map may be put there.
    Empty,
    /// A key is asked of a list or scalar, or an element of a map or scalar.
    OtherKind,
    /// The elements of the list are identified by fewer keys, or by none.
    NotIdentified,
}

impl Path {
    /// The value the path leads to. Aliases are followed.
    ///
    /// # Errors
    /// How far it got, and why no further.
    pub fn find<'t>(
        &self,
        root: NodeRef<'t>,
        identity: &Identity<'_>,
    ) -> Result<NodeRef<'t>, Stop<'t>> {
        let mut node = root;
        for (at, step) in self.steps.iter().enumerate() {
            node = next(node, step, identity).map_err(|why| {
                let here: Path = self.steps[..at].to_vec().into();
                let (message, help) = tell(node, &here, step, why, identity);
                Stop {
                    node,
                    steps: at,
                    why,
                    message,
                    help,
                }
            })?;
        }
        Ok(node)
    }
}

/// The path of a value, or of the value of a key, from the root of its record.
///
/// Elements of lists are named by what identifies them, with as few values as are needed, and by
/// their number only where nothing does.
pub fn path_of(node: NodeRef<'_>, identity: &Identity<'_>) -> Path {
    let mut steps = Vec::new();
    let mut at = node.value().unwrap_or(node);
    while let Some(parent) = at.parent() {
        steps.push(match at.key() {
            Some(key) => Step::Key(key.scalar_text().into()),
            None => element_step(parent, at, identity),
        });
        at = parent;
    }
    steps.reverse();
    steps.into()
}

fn next<'t>(node: NodeRef<'t>, step: &Step, identity: &Identity<'_>) -> Result<NodeRef<'t>, Why> {
    match (step, node.kind()) {
        (_, Kind::Null) => Err(Why::Empty),
        (Step::Key(key), Kind::Map) => node.get(key).ok_or(Why::NoKey),
        (Step::Number(number), Kind::List) => node.items().nth(*number).ok_or(Why::NoElement),
        (Step::Element(values), Kind::List) => named(node, values, identity),
        _ => Err(Why::OtherKind),
    }
}

/// The one element of a list that bears these values.
fn named<'t>(
    list: NodeRef<'t>,
    values: &[Box<str>],
    identity: &Identity<'_>,
) -> Result<NodeRef<'t>, Why> {
    let keys = identity(list).unwrap_or_default();
    let mut fitting = list.items().filter(|item| fits(*item, values, keys));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(Why::Several),
        (None, _) => {
            let is_scalar = |item: NodeRef<'_>| !matches!(item.kind(), Kind::Map | Kind::List);
            let could_fit =
                values.len() <= keys.len() || (values.len() == 1 && list.items().all(is_scalar));
            Err(if could_fit {
                Why::NoElement
            } else {
                Why::NotIdentified
            })
        }
    }
}

fn fits(item: NodeRef<'_>, values: &[Box<str>], keys: &[Box<str>]) -> bool {
    match item.kind() {
        Kind::List => false,
        Kind::Map => {
            let mut pairs = values.iter().zip(keys);
            values.len() <= keys.len()
                && pairs.all(|(value, key)| identifying(item, key) == Some(&**value))
        }
        _ => matches!(values, [text] if item.scalar_text() == &**text),
    }
}

/// The text of an identifying key; empty where it is missing, `None` where it is a list or map.
fn identifying<'t>(item: NodeRef<'t>, key: &str) -> Option<&'t str> {
    match item.get(key) {
        None => Some(""),
        Some(value) => match value.kind() {
            Kind::List | Kind::Map => None,
            Kind::Null => Some(""),
            _ => Some(value.scalar_text()),
        },
    }
}

fn element_step(list: NodeRef<'_>, item: NodeRef<'_>, identity: &Identity<'_>) -> Step {
    let values = element_values(item, identity(list).unwrap_or_default());
    let is_only = |length: &usize| {
        let values = &values[..*length];
        values.iter().any(|it| !it.is_empty())
            && named(list, values, identity).is_ok_and(|it| it.id() == item.id())
    };
    match (1..=values.len()).find(is_only) {
        Some(length) => Step::Element(values[..length].to_vec()),
        None => Step::Number(item.index().unwrap_or(0)),
    }
}

/// What identifies an element, as far as it does.
fn element_values(item: NodeRef<'_>, keys: &[Box<str>]) -> Vec<Box<str>> {
    match item.kind() {
        Kind::List => Vec::new(),
        Kind::Map => keys
            .iter()
            .map_while(|key| identifying(item, key).map(Into::into))
            .collect(),
        _ => vec![item.scalar_text().into()],
    }
}

/// Why a path does not go on at `node`, and what could be meant.
fn tell(
    node: NodeRef<'_>,
    here: &Path,
    step: &Step,
    why: Why,
    identity: &Identity<'_>,
) -> (String, Option<String>) {
    let place = if here.steps.is_empty() {
        "the record".to_owned()
    } else {
        format!("`{here}`")
    };
    let what = |kind: Kind| match kind {
        Kind::List => "a list",
        Kind::Map => "a map",
        _ => "a single value",
    };
    match why {
        Why::NoKey => {
            let wanted = match step {
                Step::Key(key) => &**key,
                _ => "",
            };
            let near = closest(wanted, node.pairs().map(|(key, _)| key.scalar_text()));
            let help = near.map(|it| format!("Write `{}`?", Step::Key(it.into())));
            (format!("{place} has no key `{step}`"), help)
        }
        Why::NoElement => (
            format!("{place} has no element `{step}`"),
            some_elements(node, identity),
        ),
        Why::Several => (
            format!("{place} has several elements `{step}`"),
            some_elements(node, identity),
        ),
        Why::Empty => (format!("{place} is empty"), None),
        Why::OtherKind => {
            let kind = what(node.kind());
            let help = match (node.kind(), step) {
                (Kind::Map, _) => Some("Write a dot and a key: `map.key`.".to_owned()),
                (Kind::List, _) => some_elements(node, identity),
                _ => None,
            };
            (format!("{place} is {kind}"), help)
        }
        Why::NotIdentified => {
            let message = match identity(node) {
                Some(keys) if !keys.is_empty() => {
                    format!(
                        "the elements of {place} are identified by `{}`",
                        keys.join("`, `")
                    )
                }
                _ => format!("nothing identifies the elements of {place}"),
            };
            (message, some_elements(node, identity))
        }
    }
}

/// The first elements of a list, as they can be written.
fn some_elements(list: NodeRef<'_>, identity: &Identity<'_>) -> Option<String> {
    const MOST: usize = 4;
    let mut help = String::new();
    for item in list.items().take(MOST) {
        let step = element_step(item.parent()?, item, identity);
        let joint = if help.is_empty() { "There is " } else { ", " };
        let _ = write!(help, "{joint}`{step}`");
    }
    if list.len() > MOST {
        let _ = write!(help, " and {} more", list.len() - MOST);
    }
    (!help.is_empty()).then(|| help + ".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits, Tree, parse};

    const TEXT: &str = "\
id: INC-1
affected: [portal/sso, billing, 12]
outbound:
  - id: OUT-1
    approvals:
      - {role: legal, by: ines}
      - {role: lead, by: deniz}
      - {role: lead, by: tomas}
      - {role: lead, by: tomas}
      - {role: {odd: 1}, by: x}
      - {by: y}
  - id: OUT-2
    approvals:
twice: [a, a]
plain: [{x: 1}, [2]]
\"a.b\": {c d: 1}
";

    fn tree() -> Tree {
        parse(TEXT.into(), &Limits::default()).unwrap()
    }

    /// As a schema would say.
    fn identity(list: NodeRef<'_>) -> Option<&'static [Box<str>]> {
        static KEYS: std::sync::OnceLock<[Vec<Box<str>>; 2]> = std::sync::OnceLock::new();
        let [id, approval] =
            KEYS.get_or_init(|| [vec!["id".into()], vec!["role".into(), "by".into()]]);
        match list.key()?.scalar_text() {
            "outbound" => Some(id),
            "approvals" => Some(approval),
            _ => None,
        }
    }

    fn pointer(path: &str) -> String {
        let tree = tree();
        let path = Path::parse(path).unwrap();
        path.find(tree.root().unwrap(), &identity)
            .unwrap()
            .pointer()
    }

    fn stop(path: &str) -> (Why, usize, String, Option<String>) {
        let tree = tree();
        let stop = Path::parse(path).unwrap();
        let stop = stop.find(tree.root().unwrap(), &identity).unwrap_err();
        (stop.why, stop.steps, stop.message, stop.help)
    }

    #[test]
    fn elements_are_found_by_what_identifies_them() {
        assert_eq!(pointer("outbound[OUT-1].id"), "/outbound/0/id");
        assert_eq!(
            pointer("outbound[OUT-1].approvals[legal].by"),
            "/outbound/0/approvals/0/by"
        );
        assert_eq!(
            pointer("outbound[OUT-1].approvals[lead,deniz]"),
            "/outbound/0/approvals/1"
        );
        assert_eq!(pointer("outbound[#1]"), "/outbound/1");
        assert_eq!(pointer("affected[portal/sso]"), "/affected/0");
        assert_eq!(pointer("affected[12]"), "/affected/2");
        assert_eq!(pointer("\"a.b\".\"c d\""), "/a.b/c d");
        assert_eq!(pointer(""), "");
    }

    #[test]
    fn a_path_that_leads_nowhere_says_how_far_it_got() {
        let (why, steps, message, help) = stop("outbund[OUT-1].id");
        assert_eq!((why, steps), (Why::NoKey, 0));
        assert_eq!(message, "the record has no key `outbund`");
        assert_eq!(help.unwrap(), "Write `outbound`?");
        let (why, steps, message, help) = stop("outbound[OUT-3].id");
        assert_eq!((why, steps), (Why::NoElement, 1));
        assert_eq!(message, "`outbound` has no element `[OUT-3]`");
        assert_eq!(help.unwrap(), "There is `[OUT-1]`, `[OUT-2]`.");
        let (why, _, _, help) = stop("outbound[OUT-1].approvals[lead]");
        assert_eq!(why, Why::Several);
        assert_eq!(
            help.unwrap(),
            "There is `[legal]`, `[lead,deniz]`, `[#2]`, `[#3]` and 2 more."
        );
        let (why, _, message, _) = stop("outbound[OUT-1,x]");
        assert_eq!(why, Why::NotIdentified);
        assert_eq!(message, "the elements of `outbound` are identified by `id`");
        assert_eq!(stop("plain[x]").0, Why::NotIdentified);
        assert_eq!(stop("outbound[OUT-2].approvals[x]").0, Why::Empty);
        assert_eq!(stop("outbound.id").0, Why::OtherKind);
        assert_eq!(stop("id[x]").2, "`id` is a single value");
    }

    #[test]
    fn every_node_has_a_path_that_leads_back() {
        let tree = tree();
        let root = tree.root().unwrap();
        for node in tree.nodes() {
            let path = path_of(node, &identity);
            let again = Path::parse(&path.to_string()).unwrap();
            assert_eq!(again, path);
            let found = path.find(root, &identity).unwrap();
            assert_eq!(found.id(), node.value().unwrap_or(node).id(), "{path}");
        }
    }

    #[test]
    fn paths_are_as_short_as_they_can_be() {
        let tree = tree();
        let shown = |pointer: &str| path_of(tree.at_pointer(pointer).unwrap(), &identity);
        let is = |pointer: &str, path: &str| assert_eq!(shown(pointer).to_string(), path);
        is(
            "/outbound/0/approvals/0/by",
            "outbound[OUT-1].approvals[legal].by",
        );
        is(
            "/outbound/0/approvals/1",
            "outbound[OUT-1].approvals[lead,deniz]",
        );
        is("/outbound/0/approvals/3", "outbound[OUT-1].approvals[#3]");
        is("/outbound/0/approvals/4", "outbound[OUT-1].approvals[#4]");
        is("/affected/0", "affected[portal/sso]");
        is("/twice/1", "twice[#1]");
        is("/plain/0/x", "plain[#0].x");
    }
}
