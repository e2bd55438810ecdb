//! Edits of YAML text that leave everything else as it stands, byte for byte.
//!
//! The places come from the same tree that everything reads; between its spans only comments and
//! marks are looked for ([`layout`]). Every edit is applied twice: to the text, and to what the
//! text means ([`model`]). The edited text is parsed again and must mean exactly that, so that an
//! edit either does what was asked or fails.

mod fragment;
mod layout;
mod model;
mod splice;
#[cfg(test)]
mod tests;

use super::path::{Identity, Path, Step, Why};
use super::{Kind, Limits, NodeRef, Tree, Unparsed, parse};
use crate::text::Span;
use fragment::{Fragment, is_block, key_text, quoted};
use layout::Layout;
use model::{Value, way_to};
use splice::Splices;

/// One change of a text. Values are YAML, in flow or block style; a block is indented to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Removes a pair of a map or an element of a list, with the comment behind it.
    Remove(Path),
    /// Replaces a value, or adds a key that is missing at the end of its map, with the maps on the
    /// way there.
    Set(Path, String),
    /// Adds an element at the end of a list, which is created if it is missing or empty.
    Add(Path, String),
    /// Gives the pair at this path another key, at the same place.
    Rename(Path, String),
}

impl Edit {
    /// The value that is edited.
    pub const fn path(&self) -> &Path {
        match self {
            Self::Remove(path)
            | Self::Set(path, _)
            | Self::Add(path, _)
            | Self::Rename(path, _) => path,
        }
    }
}

/// An edit that cannot be made. The author's fault, unless the text can not be edited in place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EditError {
    /// Which of the edits, counted from 0.
    pub edit: usize,
    /// Its path.
    pub path: Path,
    /// What is wrong, beginning in lower case.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The place in the text as the edits before left it, where there is one.
    pub at: Option<Span>,
}

/// Why an edit fails, without the edit.
struct Refused {
    message: String,
    help: Option<String>,
    at: Option<Span>,
}

impl Refused {
    fn new(message: impl Into<String>, help: &str) -> Self {
        Self {
            message: message.into(),
            help: Some(help.to_owned()),
            at: None,
        }
    }

    fn at(mut self, node: NodeRef<'_>) -> Self {
        self.at = Some(node.span());
        self
    }
}

/// Applies edits to the text of a record, one after the other.
///
/// Paths of later edits are read in the text that the earlier ones left.
///
/// # Errors
/// [`EditError`] for the first edit that cannot be made; nothing is half done.
pub fn apply(
    source: &str,
    edits: &[Edit],
    identity: &Identity<'_>,
    limits: &Limits,
) -> Result<String, EditError> {
    let mut text = source.to_owned();
    for (number, edit) in edits.iter().enumerate() {
        text = apply_one(text, edit, identity, limits).map_err(|refused| EditError {
            edit: number,
            path: edit.path().clone(),
            message: refused.message,
            help: refused.help,
            at: refused.at,
        })?;
    }
    Ok(text)
}

fn apply_one(
    text: String,
    edit: &Edit,
    identity: &Identity<'_>,
    limits: &Limits,
) -> Result<String, Refused> {
    let tree = parse(text.into(), limits).map_err(|it| unreadable("the text", &it))?;
    if tree.roots().len() > 1 {
        let message = "the text holds several documents";
        return Err(Refused::new(message, "Keep one record in a file."));
    }
    let Some(root) = tree.root() else {
        return Err(Refused::new("the text is empty", "Write a record first."));
    };
    let editor = Editor {
        layout: Layout::of(&tree),
        root,
        identity,
        limits,
    };
    let (candidates, expected) = match edit {
        Edit::Remove(path) => editor.remove(path)?,
        Edit::Set(path, value) => editor.set(path, value)?,
        Edit::Add(path, value) => editor.add(path, value)?,
        Edit::Rename(path, key) => editor.rename(path, key)?,
    };
    for splices in candidates {
        let edited = splices.apply(tree.source());
        let means_it = |tree: &Tree| {
            tree.roots().len() == 1 && tree.root().is_some_and(|it| Value::of(it) == expected)
        };
        if let Ok(tree) = parse(edited.into(), limits)
            && means_it(&tree)
        {
            return Ok(tree.into_source().into());
        }
    }
    Err(Refused::new(
        format!("`{}` cannot be edited without changing more", edit.path()),
        "Edit the text by hand; an anchor, a tag or an unusual indentation is in the way.",
    ))
}

/// Ways to make an edit, best first, and what the text must mean afterwards.
type Plan = (Vec<Splices>, Value);

struct Editor<'e, 'i> {
    layout: Layout<'e>,
    root: NodeRef<'e>,
    identity: &'e Identity<'i>,
    limits: &'e Limits,
}

impl<'e> Editor<'e, '_> {
    fn remove(&self, path: &Path) -> Result<Plan, Refused> {
        let node = self.find(path)?;
        let Some(parent) = node.parent() else {
            return Err(whole("removed"));
        };
        let way = way_to(node);
        let (position, above) = last(&way);
        let mut expected = Value::of(self.root);
        if let Some(parent) = expected.at(above) {
            parent.remove(position);
        }
        Ok((
            splice::remove(self.layout, parent, above, position),
            expected,
        ))
    }

    fn set(&self, path: &Path, text: &str) -> Result<Plan, Refused> {
        let found = self.find_or_stop(path)?;
        // A list or map, cut out of its text, lacks the indentation of its first line.
        if let Ok(node) = found
            && is_block(node)
            && node.parent().is_some()
            && node.span().slice(self.layout.source) == text
        {
            return Ok((vec![Splices::default()], Value::of(self.root)));
        }
        let fragment = self.fragment(text)?;
        match found {
            Ok(node) if node.parent().is_none() => Err(whole("replaced")),
            Ok(node) => {
                let mut expected = Value::of(self.root);
                self.replace(node, &fragment, fragment.value(), &mut expected)
            }
            Err((node, missing)) => self.create(node, missing, fragment),
        }
    }

    fn add(&self, path: &Path, text: &str) -> Result<Plan, Refused> {
        let item = self.fragment(text)?;
        let node = match self.find_or_stop(path)? {
            Ok(node) => node,
            Err((node, missing)) => {
                let list = item.in_list(self.limits).map_err(|it| unfit(&it))?;
                return self.create(node, missing, list);
            }
        };
        if node.is_alias() {
            return Err(through_alias(node));
        }
        let way = way_to(node);
        let mut expected = Value::of(self.root);
        if let Some(list) = expected.at(&way) {
            list.push(item.value());
        }
        match node.kind() {
            Kind::List => {
                let splices = splice::append(self.layout, node, &way, None, &item);
                Ok((splices, expected))
            }
            Kind::Null => {
                let list = item.in_list(self.limits).map_err(|it| unfit(&it))?;
                let value = list.value();
                self.replace(node, &list, value, &mut expected)
            }
            _ => Err(Refused::new(
                format!("`{path}` is no list"),
                "Name the list that the value is added to.",
            )
            .at(node)),
        }
    }

    fn rename(&self, path: &Path, key: &str) -> Result<Plan, Refused> {
        let node = self.find(path)?;
        let (Some(old), Some(parent)) = (node.key(), node.parent()) else {
            let help = "Name a key; to rename an element, set the keys that identify it.";
            return Err(Refused::new(format!("`{path}` has no key"), help).at(node));
        };
        if old.scalar_text() != key
            && let Some((there, _)) = parent.pair(key)
        {
            let message = format!("there is already a key `{key}` beside `{path}`");
            return Err(Refused::new(message, "Choose another key, or remove that one.").at(there));
        }
        let way = way_to(node);
        let (position, above) = last(&way);
        let mut expected = Value::of(self.root);
        if let Some(map) = expected.at(above) {
            map.rename(position, key);
        }
        // Behind a quoted key the value may follow at once: `{"a":1}`.
        let candidates = [key_text(key), quoted(key)].map(|text| {
            let mut splices = Splices::default();
            splices.replace(old.span().range(), text);
            splices
        });
        Ok((candidates.into(), expected))
    }

    /// Puts a value in the place of another.
    fn replace(
        &self,
        node: NodeRef<'e>,
        fragment: &Fragment,
        value: Value,
        expected: &mut Value,
    ) -> Result<Plan, Refused> {
        let way = way_to(node);
        let Some(slot) = expected.at(&way) else {
            return Err(through_alias(node));
        };
        *slot = value;
        let splices = splice::replace(self.layout, node, &way, fragment);
        Ok((splices, expected.clone()))
    }

    /// Adds the missing keys below `node`, the last with this value.
    fn create(
        &self,
        node: NodeRef<'e>,
        missing: &[Step],
        fragment: Fragment,
    ) -> Result<Plan, Refused> {
        let mut keys = Vec::new();
        for step in missing {
            let Step::Key(key) = step else {
                let message = format!("there is no element `{step}` to set anything in");
                return Err(Refused::new(message, "Add the element with `add` first.").at(node));
            };
            keys.push(&**key);
        }
        let Some((first, deeper)) = keys.split_first() else {
            return Err(whole("replaced"));
        };
        if node.is_alias() {
            return Err(through_alias(node));
        }
        let mut inner = fragment;
        for key in deeper.iter().rev() {
            inner = inner.below_key(key, self.limits).map_err(|it| unfit(&it))?;
        }
        let way = way_to(node);
        let mut expected = Value::of(self.root);
        if let Some(map) = expected.at(&way) {
            map.insert(first, inner.value());
        }
        let splices = if node.kind() == Kind::Map {
            splice::append(self.layout, node, &way, Some(first), &inner)
        } else {
            let map = inner
                .below_key(first, self.limits)
                .map_err(|it| unfit(&it))?;
            splice::replace(self.layout, node, &way, &map)
        };
        Ok((splices, expected))
    }

    fn fragment(&self, text: &str) -> Result<Fragment, Refused> {
        let fragment =
            Fragment::read(text, self.limits).map_err(|it| unreadable("the value", &it))?;
        if fragment.is_single() {
            Ok(fragment)
        } else {
            let help = "Give one value; put a text that begins with `---` into quotes.";
            Err(Refused::new("the value is several documents", help))
        }
    }

    fn find(&self, path: &Path) -> Result<NodeRef<'e>, Refused> {
        self.refuse_aliases(path)?;
        path.find(self.root, self.identity).map_err(|stop| Refused {
            message: stop.message,
            help: stop.help,
            at: Some(stop.node.span()),
        })
    }

    /// The node, or the last one on the way and the steps that are missing there.
    fn find_or_stop<'p>(
        &self,
        path: &'p Path,
    ) -> Result<Result<NodeRef<'e>, (NodeRef<'e>, &'p [Step])>, Refused> {
        self.refuse_aliases(path)?;
        match path.find(self.root, self.identity) {
            Ok(node) => Ok(Ok(node)),
            Err(stop) if matches!(stop.why, Why::NoKey | Why::Empty) => {
                Ok(Err((stop.node, &path.steps()[stop.steps..])))
            }
            Err(stop) => Err(Refused {
                message: stop.message,
                help: stop.help,
                at: Some(stop.node.span()),
            }),
        }
    }

    /// What is written at an anchor is edited there, not through its aliases.
    fn refuse_aliases(&self, path: &Path) -> Result<(), Refused> {
        for length in 1..path.steps().len() {
            let above = Path::from(path.steps()[..length].to_vec());
            match above.find(self.root, self.identity) {
                Ok(node) if node.is_alias() => return Err(through_alias(node)),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        Ok(())
    }
}

fn last(way: &[usize]) -> (usize, &[usize]) {
    way.split_last()
        .map_or((0, way), |(last, above)| (*last, above))
}

fn whole(done: &str) -> Refused {
    Refused::new(
        format!("the whole record cannot be {done} by an edit"),
        "Name a key of the record.",
    )
}

fn through_alias(node: NodeRef<'_>) -> Refused {
    let name = node.span().slice(node.tree().source());
    Refused::new(
        format!("this is written as `{name}`, which stands for a value elsewhere"),
        "Edit the place where the anchor stands, or set the whole value here.",
    )
    .at(node)
}

fn unreadable(what: &str, error: &Unparsed) -> Refused {
    Refused::new(
        format!("{what} is no YAML: {error}"),
        "Write it as it would stand in a record.",
    )
}

fn unfit(error: &Unparsed) -> Refused {
    Refused::new(
        format!("the value does not fit below a key: {error}"),
        "Write the value in flow style: `{key: value}`.",
    )
}
