//! The earlier versions of a file, from its final text backwards.
//!
//! Each commit is undone: what it added is removed, with the comment above, and what it set gets the
//! value it had before. Everything else stays as it is written, byte for byte, so that the last
//! version is the file itself.

use std::sync::OnceLock;

use super::script::{Change, Part};
use crate::document::{Edit, Limits, NodeRef, Path, apply, parse};
use crate::record::RecordKind;

/// The versions of a file after each of its changes, which stand in the order of time.
pub(super) fn stages(text: &[u8], changes: &[&Change]) -> Result<Vec<Vec<u8>>, String> {
    let Some((_, later)) = changes.split_first() else {
        return Ok(Vec::new());
    };
    let mut versions = vec![text.to_owned()];
    let mut now = String::from_utf8_lossy(text).into_owned();
    for (number, change) in later.iter().enumerate().rev() {
        if change.added.is_empty() && change.set.is_empty() {
            return Err("it is named again, but nothing is changed".to_owned());
        }
        let is_new = |path: &Path| {
            let above = |part: &Part| matches!(part, Part::Node(it) if path.steps().starts_with(it.steps()));
            change.added.iter().any(above)
        };
        for (path, _) in change.set.iter().rev().filter(|(path, _)| !is_new(path)) {
            let before = value_of(path, &changes[..=number])
                .ok_or_else(|| format!("`{path}` is set, but had no value before"))?;
            now = edited(&now, Edit::Set(path.clone(), before.to_owned()))?;
        }
        for part in change.added.iter().rev() {
            now = without(&now, part)?;
        }
        versions.push(now.clone().into_bytes());
    }
    versions.reverse();
    Ok(versions)
}

/// The value that one of these changes gave last.
fn value_of<'c>(path: &Path, changes: &[&'c Change]) -> Option<&'c str> {
    let set = changes.iter().rev().flat_map(|change| &change.set);
    set.into_iter()
        .find_map(|(set, value)| (set == path).then_some(value.as_str()))
}

fn without(text: &str, part: &Part) -> Result<String, String> {
    match part {
        Part::Head => {
            let is_comment = |line: &&str| line.starts_with('#');
            let length: usize = text
                .split_inclusive('\n')
                .take_while(is_comment)
                .map(str::len)
                .sum();
            Ok(text[length..].to_owned())
        }
        Part::Node(path) => {
            let comment = comment_above(text, path)?;
            let mut bare = text.to_owned();
            bare.replace_range(comment, "");
            edited(&bare, Edit::Remove(path.clone()))
        }
    }
}

/// The lines of comment directly above a node, in its column.
fn comment_above(text: &str, path: &Path) -> Result<std::ops::Range<usize>, String> {
    let tree = parse(text.into(), &Limits::default()).map_err(|error| error.to_string())?;
    let root = tree.root().ok_or("it is empty")?;
    let node = path.find(root, &identity).map_err(|stop| stop.message)?;
    let begin = node.key().unwrap_or(node).span().range().start;
    let line = text[..begin].rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let column = indent(&text[line..]);
    let mut start = line;
    while let Some(above) = text[..start].strip_suffix('\n') {
        let from = above.rfind('\n').map_or(0, |at| at + 1);
        let line = &above[from..];
        if !line.trim_start().starts_with('#') || indent(line) != column {
            break;
        }
        start = from;
    }
    // What stands at the top is about the whole file.
    if start == 0 {
        start = line;
    }
    Ok(start..line)
}

fn edited(text: &str, edit: Edit) -> Result<String, String> {
    apply(text, &[edit], &identity, &Limits::default())
        .map_err(|error| format!("`{}`: {}", error.path, error.message))
}

/// What identifies the elements of a list: as the schema has it, but a time where that is a
/// sentence.
fn identity(list: NodeRef<'_>) -> Option<&'static [Box<str>]> {
    static AT: OnceLock<[Box<str>; 1]> = OnceLock::new();
    if list
        .key()
        .is_some_and(|key| key.scalar_text() == "timeline")
    {
        return Some(AT.get_or_init(|| ["at".into()]));
    }
    let root = list.tree().root()?;
    RecordKind::parse(root.text_of("kind"))?.identity(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::init::script::read;

    const FINAL: &str = "\
# The whole story.
kind: incident
status: closed # for good

# What happened?
timeline:
  - at: 2025-01-01T00:00:00Z
    what: one
  # The second thing.
  - at: 2025-01-02T00:00:00Z
    what: two

# Who was told?
outbound:
  - id: OUT-1
    outcome: delivered
    case: C-1
";

    const SCRIPT: &str = "
- record: incidents/INC-1/incident.yaml
  commits:
    - {at: 2025-01-01T01:00:00Z, by: mara, message: Open, set: {status: open}}
    - at: 2025-01-02T01:00:00Z
      add:
        - timeline[2025-01-02T00:00:00Z]
        - outbound
      set:
        outbound[OUT-1].outcome: draft
    - at: 2025-01-03T01:00:00Z
      add: ['#', 'outbound[{OUT-1}].{case}']
      set:
        outbound[OUT-1].outcome: delivered
        status: closed
";

    fn versions(script: &str) -> Result<Vec<String>, String> {
        let strands = read(script)?;
        let steps = strands.iter().flat_map(|strand| &strand.steps);
        let changes: Vec<&Change> = steps.flat_map(|step| &step.changes).collect();
        let versions = stages(FINAL.as_bytes(), &changes)?;
        let text = |version| String::from_utf8(version).unwrap();
        Ok(versions.into_iter().map(text).collect())
    }

    #[test]
    fn a_file_grows_to_what_it_is() {
        let versions = versions(SCRIPT).unwrap();
        assert_eq!(
            versions[0],
            "\
kind: incident
status: open # for good

# What happened?
timeline:
  - at: 2025-01-01T00:00:00Z
    what: one
"
        );
        assert_eq!(
            versions[1],
            "\
kind: incident
status: open # for good

# What happened?
timeline:
  - at: 2025-01-01T00:00:00Z
    what: one
  # The second thing.
  - at: 2025-01-02T00:00:00Z
    what: two

# Who was told?
outbound:
  - id: OUT-1
    outcome: draft
"
        );
        assert_eq!(versions[2..], [FINAL]);
    }

    #[test]
    fn a_script_that_does_not_fit_is_refused() {
        for (from, to, message) in [
            ("[2025-01-02", "[2025-01-09", "`timeline` has no element"),
            (
                "{status: open}",
                "{kind: incident}",
                "`status` is set, but had no value before",
            ),
            ("{case}", "{case", "a brace is not closed"),
        ] {
            let script = SCRIPT.replacen(from, to, 1);
            let error = versions(&script).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
