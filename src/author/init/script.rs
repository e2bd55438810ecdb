//! The script of a history, as people write it.
//!
//! It is a list of strands, each the life of one record or one piece of work: who changed what, and
//! when. A file comes with the first commit that names it, in its final text, but without what later
//! commits `add` and with the values that its commits `set` by then. How that is worked out is the
//! business of `stages`.

use crate::clock::{Instant, parse_instant};
use crate::document::{Limits, NodeRef, Path, Tree, parse};

/// The life of one record, or one piece of work.
#[derive(Debug)]
pub(super) struct Strand {
    /// Made beside the main line and brought in by a merge.
    pub(super) merge: Option<Step>,
    /// Its commits.
    pub(super) steps: Vec<Step>,
}

/// One commit.
#[derive(Debug)]
pub(super) struct Step {
    /// When.
    pub(super) at: Instant,
    /// Who, by the id in the registry of people.
    pub(super) by: String,
    /// The message.
    pub(super) message: String,
    /// What.
    pub(super) changes: Vec<Change>,
}

/// What a commit does to one file.
#[derive(Debug)]
pub(super) struct Change {
    /// The file, from the root of the repository.
    pub(super) file: String,
    /// What was not there before.
    pub(super) added: Vec<Part>,
    /// What was different before, with the value in YAML it has from now on.
    pub(super) set: Vec<(Path, String)>,
}

/// A part of a file that came later than the file.
#[derive(Debug)]
pub(super) enum Part {
    /// The comment at its top; written `#`.
    Head,
    /// A key of a map or an element of a list, with the comment above it.
    Node(Path),
}

/// Reads a script. The message says where it is wrong.
pub(super) fn read(text: &str) -> Result<Vec<Strand>, String> {
    let tree = parse(text.into(), &Limits::default()).map_err(|error| error.to_string())?;
    let root = tree.root().ok_or("the script is empty")?;
    root.items().map(|it| strand(&tree, it)).collect()
}

fn strand(tree: &Tree, node: NodeRef<'_>) -> Result<Strand, String> {
    let record = node.text_of("record");
    let merge = node.get("merge").map(|it| step(tree, it, ""));
    let steps = node.list_of("commits").map(|it| step(tree, it, record));
    Ok(Strand {
        merge: merge.transpose()?,
        steps: steps.collect::<Result<_, _>>()?,
    })
}

fn step(tree: &Tree, node: NodeRef<'_>, record: &str) -> Result<Step, String> {
    let at = node.text_of("at");
    let wrong = |what: &str| format!("{what} in the commit of `{at}`");
    let instant = parse_instant(at).ok_or_else(|| wrong("no time"))?;
    let folder = record.rsplit_once('/').map_or("", |(folder, _)| folder);
    let full = |name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    let mut changes = Vec::new();
    if node.get("add").is_some() || node.get("set").is_some() {
        changes.push(change(tree, node, record)?);
    }
    for file in node.list_of("files") {
        changes.push(Change {
            file: full(file.scalar_text()),
            added: Vec::new(),
            set: Vec::new(),
        });
    }
    for (file, parts) in node.get("change").into_iter().flat_map(NodeRef::pairs) {
        changes.push(change(tree, parts, file.scalar_text())?);
    }
    Ok(Step {
        at: instant,
        by: node.text_of("by").to_owned(),
        message: node.text_of("message").trim_end().to_owned(),
        changes,
    })
}

fn change(tree: &Tree, node: NodeRef<'_>, file: &str) -> Result<Change, String> {
    let mut change = Change {
        file: file.to_owned(),
        added: Vec::new(),
        set: Vec::new(),
    };
    for item in node.list_of("add") {
        match item.scalar_text() {
            "#" => change.added.push(Part::Head),
            text => change
                .added
                .extend(paths(text)?.into_iter().map(Part::Node)),
        }
    }
    for (key, value) in node.get("set").into_iter().flat_map(NodeRef::pairs) {
        let value = value.span().slice(tree.source());
        let set = paths(key.scalar_text())?.into_iter();
        change.set.extend(set.map(|path| (path, value.to_owned())));
    }
    Ok(change)
}

/// The paths that a text with braces stands for.
fn paths(text: &str) -> Result<Vec<Path>, String> {
    let wrong = |error| format!("`{text}`: {error}");
    let mut texts = vec![String::new()];
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('{') {
        let (words, after) = inside
            .split_once('}')
            .ok_or_else(|| format!("`{text}`: a brace is not closed"))?;
        let longer = |text: &String| {
            let text = format!("{text}{before}");
            words.split(',').map(move |word| format!("{text}{word}"))
        };
        texts = texts.iter().flat_map(longer).collect();
        rest = after;
    }
    texts
        .iter()
        .map(|text| Path::parse(&format!("{text}{rest}")).map_err(wrong))
        .collect()
}
