//! Where in a record a value goes, and the record while it grows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::unescape_token;

/// Most positions of a list that a mapping may name.
const MOST_ITEMS: usize = 1000;

/// One step of a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A key of a map.
    Key(String),
    /// A position in a list.
    Item(usize),
    /// `-`: a new item at the end of a list. Numbered before any row is read.
    Append,
}

/// A checked pointer into the record (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// As written in the mapping.
    pub(super) pointer: String,
    /// Its steps; never empty.
    pub(super) steps: Vec<Step>,
}

/// How two targets get into each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    /// They are the same place.
    Same,
    /// One lies inside the other.
    Inside,
    /// One makes a list where the other makes a map.
    ListAndMap,
}

impl Target {
    /// Checks a pointer; the error says what is wrong with it.
    pub(super) fn parse(pointer: &str) -> Result<Self, &'static str> {
        let tokens = pointer
            .strip_prefix('/')
            .ok_or("a pointer begins with `/`, such as /title or /timeline/0/what")?;
        let steps = tokens.split('/').map(step).collect::<Result<Vec<_>, _>>()?;
        if !matches!(steps.first(), Some(Step::Key(_))) {
            return Err("a record is a map: the pointer begins with a key");
        }
        if steps.len() > 16 {
            return Err("the pointer is too deep");
        }
        Ok(Self {
            pointer: pointer.to_owned(),
            steps,
        })
    }

    /// The key of the record that the pointer begins with.
    pub(super) fn top_key(&self) -> &str {
        match self.steps.first() {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }

    /// How this target and another contradict each other, if they do; every `-` is numbered.
    pub(super) fn conflict(&self, other: &Self) -> Option<Conflict> {
        for (one, two) in self.steps.iter().zip(&other.steps) {
            match (one, two) {
                (Step::Key(one), Step::Key(two)) if one == two => {}
                (Step::Item(one), Step::Item(two)) if one == two => {}
                (Step::Key(_), Step::Item(_)) | (Step::Item(_), Step::Key(_)) => {
                    return Some(Conflict::ListAndMap);
                }
                _ => return None,
            }
        }
        if self.steps.len() == other.steps.len() {
            Some(Conflict::Same)
        } else {
            Some(Conflict::Inside)
        }
    }
}

fn step(token: &str) -> Result<Step, &'static str> {
    if token == "-" {
        return Ok(Step::Append);
    }
    if token.is_empty() {
        return Err("a part between two `/` is empty");
    }
    if token.bytes().all(|byte| byte.is_ascii_digit()) {
        let has_zeros = token.len() > 1 && token.starts_with('0');
        return match token.parse() {
            Ok(position) if position < MOST_ITEMS && !has_zeros => Ok(Step::Item(position)),
            _ => Err("positions in a list are 0 to 999, without leading zeros"),
        };
    }
    let key = unescape_token(token);
    let mut tildes = token.split('~').skip(1);
    if tildes.any(|after| !after.starts_with(['0', '1'])) {
        return Err("`~` is written ~0 in a pointer, and `/` inside a key ~1");
    }
    Ok(Step::Key(key.into_owned()))
}

/// Gives every `-` the position after all others of its list, in the order of the targets.
pub(super) fn number_appends(targets: &mut [&mut Target]) {
    for index in 0..targets.len() {
        while let Some(depth) = targets[index]
            .steps
            .iter()
            .position(|step| *step == Step::Append)
        {
            let list = targets[index].steps[..depth].to_vec();
            let next = targets
                .iter()
                .filter(|other| other.steps.starts_with(&list))
                .filter_map(|other| match other.steps.get(depth) {
                    Some(Step::Item(position)) => Some(position + 1),
                    _ => None,
                })
                .max()
                .unwrap_or(0);
            targets[index].steps[depth] = Step::Item(next);
        }
    }
}

/// A record while it grows. Lists may have gaps; they close when the record is finished, so that
/// an unknown leaves no empty item behind.
#[derive(Debug)]
pub(super) enum Draft {
    Leaf(Value),
    Map(Vec<(String, Draft)>),
    List(BTreeMap<usize, Draft>),
}

impl Draft {
    /// A draft without content.
    pub(super) const fn empty() -> Self {
        Self::Map(Vec::new())
    }

    /// Puts a value at the end of `steps`. The mapping has made sure that targets do not clash.
    pub(super) fn place(&mut self, steps: &[Step], value: Value) {
        let Some((step, rest)) = steps.split_first() else {
            *self = Self::Leaf(value);
            return;
        };
        let child = match step {
            Step::Key(key) => self.child_of_map(key),
            Step::Item(position) => self.child_of_list(*position),
            Step::Append => self.child_of_list(MOST_ITEMS),
        };
        child.place(rest, value);
    }

    fn child_of_map(&mut self, key: &str) -> &mut Self {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        let Self::Map(pairs) = self else { return self };
        let at = pairs.iter().position(|(name, _)| name == key);
        let at = at.unwrap_or_else(|| {
            pairs.push((key.to_owned(), Self::empty()));
            pairs.len() - 1
        });
        &mut pairs[at].1
    }

    fn child_of_list(&mut self, position: usize) -> &mut Self {
        if !matches!(self, Self::List(_)) {
            *self = Self::List(BTreeMap::new());
        }
        let Self::List(items) = self else { return self };
        items.entry(position).or_insert_with(Self::empty)
    }

    /// The finished value.
    pub(super) fn finish(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::Map(pairs) => {
                let pairs = pairs.into_iter().map(|(key, value)| (key, value.finish()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            Self::List(items) => items.into_values().map(Self::finish).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn target(pointer: &str) -> Target {
        Target::parse(pointer).unwrap()
    }

    #[test]
    fn pointers_make_maps_and_lists_without_gaps() {
        let mut targets = [
            "/title",
            "/timeline/-/what",
            "/timeline/4/at",
            "/timeline/4/what",
        ]
        .map(target);
        number_appends(&mut targets.iter_mut().collect::<Vec<_>>());
        let mut draft = Draft::empty();
        for (target, value) in targets.iter().zip(["t", "last", "2016-02-20", "first"]) {
            draft.place(&target.steps, json!(value));
        }
        assert_eq!(
            draft.finish(),
            json!({"title": "t",
                "timeline": [{"at": "2016-02-20", "what": "first"}, {"what": "last"}]})
        );
    }

    #[test]
    fn targets_in_each_others_way_are_found() {
        let conflict = |one, two| target(one).conflict(&target(two));
        assert_eq!(conflict("/a/0/b", "/a/0/b"), Some(Conflict::Same));
        assert_eq!(conflict("/a", "/a/0"), Some(Conflict::Inside));
        assert_eq!(conflict("/a/b", "/a/0"), Some(Conflict::ListAndMap));
        assert_eq!(conflict("/a/0/b", "/a/0/c"), None);
        assert_eq!(conflict("/a/-/b", "/a/-/b"), None);
        assert_eq!(conflict("/a", "/ab"), None);
    }

    #[test]
    fn a_pointer_that_is_none_is_refused() {
        for pointer in [
            "", "title", "/", "/a//b", "/a/", "/0/a", "/a/007", "/a/1000", "/a~2",
        ] {
            assert!(Target::parse(pointer).is_err(), "{pointer}");
        }
        assert_eq!(target("/a~1b").top_key(), "a/b");
    }
}
