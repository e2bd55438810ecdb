//! A record before it is written: what each value means, and which place a defect is at.

use std::borrow::Cow;

/// Text that is mostly written in the code.
pub(crate) type Text = Cow<'static, str>;

/// What a scalar is for. A defect looks for its victims by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Free text.
    Text,
    /// A name or word without rules.
    Word,
    /// A word that the programme, the runbook or the guideline defines.
    Term,
    Number,
    Bool,
    /// A value of a closed list.
    Listed,
    Instant,
    /// A date, where an instant would do as well.
    Day,
    Duration,
    Checksum,
    Person,
    Role,
    PersonOrRole,
    Party,
    PartyOrInternal,
    Contact,
    System,
    Channel,
    Evidence,
    Exception,
    /// A reference to something in the same record.
    Local,
    /// The id of something in the same record.
    LocalId,
    /// The `id` of the record.
    RecordId,
    /// A reference to another record, or to a part of one.
    Record,
}

/// How a node is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As the record's style has it.
    Free,
    /// Without quotes.
    Bare,
    /// On one line: a scalar in quotes or not, a list or map in brackets.
    OneLine,
    /// In double quotes, or in single ones.
    Quoted(char),
    /// With that opening quote only, and no such quote in all that follows; or a list with its
    /// opening bracket only.
    Unclosed(char),
    /// A list or map of several lines.
    Block,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A key without a value, as a comma in a flow map makes it.
    Nothing,
    Scalar(Meaning, Text),
    List(Vec<Node>),
    Map(Vec<Pair>),
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) form: Form,
    /// Whether the defect is at this value.
    pub(crate) is_marked: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) key: Text,
    pub(crate) value: Node,
    /// Whether the defect is at this key.
    pub(crate) is_marked: bool,
    /// Whether the line is indented by a tab, which is the defect.
    pub(crate) has_tab: bool,
}

impl From<Content> for Node {
    fn from(content: Content) -> Self {
        Self {
            content,
            form: Form::Free,
            is_marked: false,
        }
    }
}

impl Node {
    pub(crate) fn scalar(meaning: Meaning, text: impl Into<Text>) -> Self {
        Content::Scalar(meaning, text.into()).into()
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Content::List(items).into()
    }

    /// A list of scalars of one meaning.
    pub(crate) fn list_of<T: Into<Text>>(
        meaning: Meaning,
        items: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::list(
            items
                .into_iter()
                .map(|item| Self::scalar(meaning, item))
                .collect(),
        )
    }

    pub(crate) fn map(pairs: Vec<Pair>) -> Self {
        Content::Map(pairs).into()
    }

    pub(crate) fn with_form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(crate) fn marked(mut self) -> Self {
        self.is_marked = true;
        self
    }

    pub(crate) fn meaning(&self) -> Option<Meaning> {
        match &self.content {
            Content::Scalar(meaning, _) => Some(*meaning),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match &self.content {
            Content::Scalar(_, text) => text,
            _ => "",
        }
    }

    pub(crate) fn pairs_mut(&mut self) -> Option<&mut Vec<Pair>> {
        match &mut self.content {
            Content::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    pub(crate) fn items_mut(&mut self) -> Option<&mut Vec<Self>> {
        match &mut self.content {
            Content::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value of a key of this map.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.pairs_mut()?
            .iter_mut()
            .find(|pair| pair.key == key)
            .map(|pair| &mut pair.value)
    }

    /// About how many bytes this takes in block style.
    pub(crate) fn weight(&self, depth: usize) -> usize {
        match &self.content {
            Content::Nothing => 1,
            Content::Scalar(_, text) => text.len() + 2,
            Content::List(items) => items
                .iter()
                .map(|item| match item.content {
                    Content::Map(_) => item.weight(depth + 1),
                    _ => item.weight(depth) + 1,
                })
                .sum(),
            Content::Map(pairs) => pairs
                .iter()
                .map(|pair| 2 * depth + pair.key.len() + 1 + pair.value.weight(depth + 1))
                .sum(),
        }
    }
}

/// A key and its value.
pub(crate) fn pair(key: impl Into<Text>, value: Node) -> Pair {
    Pair {
        key: key.into(),
        value,
        is_marked: false,
        has_tab: false,
    }
}
