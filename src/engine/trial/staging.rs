//! The edits of a test: what they make of the records, and who commits them when.

use std::collections::BTreeMap;

use super::Ground;
use crate::clock::parse_instant;
use crate::document::{Edit, NodeRef, Path, apply};
use crate::record::RecordKind;
use crate::source::{Signer, StagedCommit};

/// Files by their paths as reported; `None` for one that is gone.
type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// The records of a test, when its edits are made.
#[derive(Debug, Default)]
pub(super) struct Staging {
    /// The texts of the records that were edited.
    pub(super) texts: BTreeMap<String, String>,
    /// What is not committed.
    pub(super) changes: Changes,
    /// What is: then all is.
    pub(super) commits: Vec<StagedCommit>,
    /// Whether the records are tried as if nothing had ever been committed.
    pub(super) is_nothing_told: bool,
}

impl Staging {
    pub(super) fn of(
        ground: &Ground<'_>,
        edits: NodeRef<'_>,
        given: Option<NodeRef<'_>>,
    ) -> Result<Self, String> {
        let mut staging = Self::default();
        for edit in edits.one_or_many() {
            let id = edit.text_of("in");
            let file = ground.file_of(id)?;
            let text = staging.edited(ground, edit, &file)?;
            let is_deleted = edit.get("delete").and_then(NodeRef::as_bool) == Some(true);
            let content = (!is_deleted).then(|| text.clone().into_bytes());
            staging.texts.insert(file.clone(), text);
            staging.changes.insert(file, content);
            if let Some(commit) = edit.get("commit") {
                let author = author(ground, commit)?;
                let changes = std::mem::take(&mut staging.changes);
                staging.commits.push(StagedCommit { author, changes });
            }
        }
        for given in given.into_iter().flat_map(NodeRef::items) {
            let file = ground.below(given.text_of("file"));
            let text = given.text_of("text").as_bytes().to_vec();
            let last = staging.commits.last_mut();
            let changes = last.map_or(&mut staging.changes, |it| &mut it.changes);
            changes.insert(file, Some(text));
        }
        match staging.commits.is_empty() || staging.changes.is_empty() {
            true => Ok(staging),
            false => Err("the last edit is not committed, and others are".to_owned()),
        }
    }

    /// The text of a record after an edit.
    fn edited(&self, ground: &Ground<'_>, edit: NodeRef<'_>, file: &str) -> Result<String, String> {
        let id = edit.text_of("in");
        let record = ground.records.get(file);
        let record = record.ok_or_else(|| format!("there is no record `{id}`"))?;
        let source = self.texts.get(file);
        let source = source.map_or(record.tree.source(), String::as_str);
        let edits = edits_of(edit)?;
        let identity = |list: NodeRef<'_>| record.kind.identity(list);
        apply(source, &edits, &identity, &ground.request.limits)
            .map_err(|error| format!("`{id}` cannot be edited: {error}"))
    }
}

/// Who makes a commit: a person by the first address under `git`, or whoever is written out.
fn author(ground: &Ground<'_>, commit: NodeRef<'_>) -> Result<Signer, String> {
    let by = commit.text_of("by");
    let at = commit.text_of("at");
    let at = parse_instant(at).ok_or_else(|| format!("`{at}` is no time"))?;
    let people = ground.records.values();
    let people = people.filter(|record| record.kind == RecordKind::People);
    let mut people = people.flat_map(|record| record.root().list_of("people"));
    let person = people.find(|person| person.text_of("id") == by);
    let address = person.and_then(|person| person.list_of("git").next());
    let (name, email) = match (address, by.split_once('<')) {
        (Some(address), _) => (by, address.scalar_text()),
        (None, Some((name, address))) => (name.trim(), address.trim_end_matches('>')),
        (None, None) => return Err(format!("`{by}` has no address under `git`")),
    };
    Ok(Signer {
        name: name.to_owned(),
        email: email.to_owned(),
        seconds: at.as_second(),
    })
}

fn edits_of(edit: NodeRef<'_>) -> Result<Vec<Edit>, String> {
    let path = |text: &str| -> Result<Path, String> {
        text.parse().map_err(|error| format!("`{text}`: {error}"))
    };
    let mut edits = Vec::new();
    for (key, what) in edit.pairs() {
        match key.scalar_text() {
            "in" | "delete" | "commit" => {}
            "remove" => {
                for place in what.one_or_many() {
                    edits.push(Edit::Remove(path(place.scalar_text())?));
                }
            }
            verb => {
                for (place, value) in what.pairs() {
                    let place = path(place.scalar_text())?;
                    edits.push(match verb {
                        "set" => Edit::Set(place, value.at_margin()),
                        "add" => Edit::Add(place, value.at_margin()),
                        "rename" => Edit::Rename(place, value.scalar_text().to_owned()),
                        other => return Err(format!("`{other}` is no edit")),
                    });
                }
            }
        }
    }
    Ok(edits)
}
