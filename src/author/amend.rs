//! Elements added to a record that is there: in place, with everything else as it stands.
//!
//! The text is edited through its tree ([`crate::document::apply`]), which refuses what it cannot
//! edit without changing more. Ids go on after the highest that the record mentions, so that none
//! is used twice. What is there already is not added again.

use serde_json::Value;

use super::form::{Answers, Form, Numbered, next_record};
use super::yaml::{flow_yaml, record_yaml};
use crate::document::{Edit, EditError, Kind, Limits, NodeRef, Path, Step, Style, apply};
use crate::record::{Reading, Record, read_record};

/// Where elements are added, and to what else they belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The ids of the elements that hold the list, such as `OUT-1` for an approval.
    pub holders: Vec<String>,
    /// The messages and responses that a piece of evidence proves.
    pub proves: Vec<String>,
}

/// What became of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amended {
    /// It is new in the text.
    Added(Addition),
    /// The record has it already, at this JSON Pointer, with this id if it has one.
    There {
        /// Where.
        pointer: String,
        /// Its id.
        id: Option<String>,
    },
}

/// A record with an element more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The whole text.
    pub text: String,
    /// Where the element stands, as a JSON Pointer.
    pub pointer: String,
    /// Its line, counted from 1.
    pub line: u32,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// The element.
    pub value: Value,
}

/// Why nothing can be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmendError {
    /// The text stands in the way.
    #[error("{}", .0.message)]
    Edit(EditError),
    /// The caller's fault: the id is taken.
    #[error("there is a `{0}` already, and it is another one")]
    Taken(String),
    /// The caller's fault: an element of this sort can not be proven.
    #[error("`{0}` is neither a message nor a response of this record")]
    Unproven(String),
}

impl AmendError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.help.clone(),
            Self::Taken(_) => Some("leave `--id` out to have the next free one".to_owned()),
            Self::Unproven(_) => Some("name one such as `OUT-1` or `IN-1`".to_owned()),
        }
    }
}

impl From<EditError> for AmendError {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

/// Adds an element to a record.
///
/// # Errors
/// [`AmendError`]; nothing is changed.
pub fn add(
    record: &Record,
    form: &Form,
    target: &Target,
    id: Option<&str>,
    answers: &Answers,
) -> Result<Amended, AmendError> {
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let path = list_path(form, &target.holders);
    let list = path.find(record.root(), &identity).ok();
    let items = || list.into_iter().flat_map(NodeRef::items);
    let bare = form.value(None, answers);
    if let Some(same) = items().find(|item| is_same(*item, &bare, id)) {
        return Ok(Amended::There {
            pointer: same.pointer(),
            id: same.get("id").map(|id| id.scalar_text().to_owned()),
        });
    }
    let id = match id {
        Some(id) => Some(id.to_owned()),
        None => next_id(record, form),
    };
    if let Some(id) = id.as_deref().filter(|id| record.element(id).is_some()) {
        return Err(AmendError::Taken(id.to_owned()));
    }
    let value = form.value(id.as_deref(), answers);
    let is_flow = |item: NodeRef<'_>| item.kind() == Kind::Map && item.style() == Style::Flow;
    let text = match items().last().is_some_and(is_flow) {
        true => flow_yaml(&value),
        false => record_yaml(&value),
    };
    let mut edits = vec![Edit::Add(path.clone(), text)];
    for proven in &target.proves {
        let proof = proof_path(record, proven)?;
        let text = id.clone().unwrap_or_default();
        edits.push(Edit::Add(proof, text));
    }
    let source = record.tree.source();
    let text = apply(source, &edits, &identity, &Limits::default())?;
    let (pointer, line) = last_of(record, &path, &text);
    Ok(Amended::Added(Addition {
        text,
        pointer,
        line,
        id,
        value,
    }))
}

/// The way to the list of a form, through the elements that hold it.
fn list_path(form: &Form, holders: &[String]) -> Path {
    let mut steps = Vec::new();
    for (at, list) in form.within.iter().enumerate() {
        steps.extend(list.split('.').map(|key| Step::Key(key.into())));
        if at + 1 < form.within.len() {
            let holder = holders.get(at).map_or("", String::as_str);
            steps.push(Step::Element(vec![holder.into()]));
        }
    }
    steps.into()
}

/// Where a message or a response names what proves it.
fn proof_path(record: &Record, id: &str) -> Result<Path, AmendError> {
    let list = ["outbound", "inbound"].into_iter().find(|list| {
        let mut items = record.root().list_of(list);
        items.any(|item| item.text_of("id") == id)
    });
    let Some(list) = list else {
        return Err(AmendError::Unproven(id.to_owned()));
    };
    let steps = vec![
        Step::Key(list.into()),
        Step::Element(vec![id.into()]),
        Step::Key("proof".into()),
    ];
    Ok(steps.into())
}

/// Whether an element says the same, whatever its number is.
fn is_same(item: NodeRef<'_>, wanted: &Value, id: Option<&str>) -> bool {
    let Ok(Value::Object(mut there)) = item.read::<Value>() else {
        return false;
    };
    let numbered = there.remove("id");
    let is_meant = id.is_none_or(|id| numbered.is_some_and(|it| it == id));
    is_meant && Value::Object(there) == *wanted
}

/// The id behind the highest that stands anywhere in the record.
fn next_id(record: &Record, form: &Form) -> Option<String> {
    let texts = record.tree.scalars().map(NodeRef::scalar_text);
    match form.numbered {
        Numbered::Local(_) => next_record(&form.numbered, "", texts),
        _ => None,
    }
}

/// Pointer and line of the last element of a list in the edited text.
fn last_of(record: &Record, path: &Path, text: &str) -> (String, u32) {
    let bytes = text.as_bytes().to_vec();
    let Reading::Record(edited) = read_record("", bytes, &Limits::default()) else {
        return (String::new(), 1);
    };
    let identity = |list: NodeRef<'_>| record.kind.identity(list);
    let list = path.find(edited.root(), &identity).ok();
    let Some(last) = list.and_then(|list| list.items().last()) else {
        return (String::new(), 1);
    };
    let before = text.get(..last.span().start as usize).unwrap_or_default();
    let line = before.matches('\n').count() as u32 + 1;
    (last.pointer(), line)
}
