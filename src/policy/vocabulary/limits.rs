//! The limits that the organisation sets itself: the clocks of the program.

use std::collections::BTreeMap;

use super::lists::quoted;
use crate::clock::{Duration, parse_duration};
use crate::document::{Kind, NodeRef};
use crate::policy::expression::Why;

/// The clocks of the program, by name.
#[derive(Debug)]
pub(super) struct Limits<'t> {
    clocks: BTreeMap<&'t str, Limit<'t>>,
}

#[derive(Debug)]
enum Limit<'t> {
    Once(NodeRef<'t>),
    /// One for each severity, or for each tier.
    Each(BTreeMap<&'t str, NodeRef<'t>>),
}

impl<'t> Limits<'t> {
    /// The clocks of a program record.
    pub(super) fn new(program: Option<NodeRef<'t>>) -> Self {
        let set = |(key, value): (NodeRef<'t>, NodeRef<'t>)| {
            (!value.is_empty()).then(|| (key.scalar_text(), value))
        };
        let clocks = program.and_then(|program| program.get("clocks"));
        let clocks = clocks.into_iter().flat_map(NodeRef::pairs).filter_map(set);
        let clocks = clocks.map(|(name, value)| {
            let limit = match value.kind() {
                Kind::Map => Limit::Each(value.pairs().filter_map(set).collect()),
                _ => Limit::Once(value),
            };
            (name, limit)
        });
        Self {
            clocks: clocks.collect(),
        }
    }

    /// As [`Limits::limit`], as a length of time.
    pub(super) fn length(&self, name: &str, key: Option<&str>) -> Result<Duration, Why> {
        let limit = self.limit(name, key).map_err(Why::Gap)?;
        parse_duration(limit.scalar_text()).ok_or_else(|| {
            Why::Malformed(format!(
                "the clock `{name}` of the program is no length of time"
            ))
        })
    }

    /// The limit of this name. With a key, that of the key, or the one that holds for all; without
    /// one, the one that holds for all.
    fn limit(&self, name: &str, key: Option<&str>) -> Result<NodeRef<'t>, String> {
        match (self.clocks.get(name), key) {
            (None, _) if self.clocks.is_empty() => Err("`program.yaml` sets no clocks".to_owned()),
            (None, _) => Err(format!("`program.yaml` sets no clock `{name}`")),
            (Some(Limit::Once(limit)), _) => Ok(*limit),
            (Some(Limit::Each(each)), Some(key)) => each
                .get(key)
                .copied()
                .ok_or_else(|| format!("`program.yaml` sets the clock `{name}` not for `{key}`")),
            (Some(Limit::Each(each)), None) => {
                let keys: Vec<&str> = each.keys().copied().collect();
                Err(format!(
                    "`program.yaml` sets the clock `{name}` for {}, and not one for all",
                    quoted(&keys)
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits as Most, parse};

    #[test]
    fn limits_are_found_by_name_and_key_and_gaps_say_what_is_missing() {
        let text =
            "clocks:\n  update: 24h\n  review:\n  response_wait: {high: 8h, low: 2d, medium: }\n";
        let tree = parse(text.into(), &Most::default()).unwrap();
        let limits = Limits::new(tree.root());
        let limit = |name, key| limits.limit(name, key).map(NodeRef::scalar_text);
        assert_eq!(limit("update", None), Ok("24h"));
        assert_eq!(limit("update", Some("high")), Ok("24h"));
        assert_eq!(limit("response_wait", Some("low")), Ok("2d"));
        for (name, key, gap) in [
            ("review", None, "`program.yaml` sets no clock `review`"),
            (
                "response_wait",
                Some("medium"),
                "`program.yaml` sets the clock `response_wait` not for `medium`",
            ),
            (
                "response_wait",
                None,
                "`program.yaml` sets the clock `response_wait` for `high` and `low`, and not one \
                 for all",
            ),
        ] {
            assert_eq!(limit(name, key), Err(gap.to_owned()));
        }
    }
}
