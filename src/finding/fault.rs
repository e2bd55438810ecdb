use std::borrow::Cow;
use std::sync::Arc;

use super::duty::Clock;
use super::proof::Quote;
use super::rule::{Rule, Severity};
use crate::document::{NodeId, Place};
use crate::text::Span;

/// Most faults of one file that are worked out. Nobody reads more, and each costs a search for
/// its place: a file made of faults would keep the check busy for hours.
pub const MOST_FAULTS: usize = 1_000;

/// Where a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At a node of the tree.
    Node(Place),
    /// At some bytes inside of a node.
    Part(NodeId, Span),
    /// At some bytes of a file that is refused as a whole.
    Bytes(Span),
    /// At the file itself: nothing in it can be pointed at.
    File,
}

impl From<Place> for At {
    fn from(place: Place) -> Self {
        Self::Node(place)
    }
}

impl From<Span> for At {
    fn from(span: Span) -> Self {
        Self::Bytes(span)
    }
}

/// What a check says about one node, while the tree is at hand.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The rule broken.
    pub rule: Rule,
    /// The demands broken, where the place names others than the rule's own.
    pub obligations: Vec<Cow<'static, str>>,
    /// How much it weighs, where that is not what the matrix says.
    pub severity: Option<Severity>,
    /// The element that was judged, where the fault is shown somewhere else.
    pub element: Option<NodeId>,
    /// The element, where it is a name and no node.
    pub subject: Option<String>,
    /// The clock that ran out or is about to.
    pub clock: Option<Box<Clock>>,
    /// Where, in the record that was judged.
    pub at: At,
    /// Where it is shown, if that is not there.
    pub shown: Option<PlaceElsewhere>,
    /// The fact in the user's words: lower case, no full stop.
    pub message: String,
    /// What to type.
    pub help: Option<String>,
    /// A slip of the finger: what is written at the place, and what is meant.
    pub slip: Option<(String, String)>,
    /// The times and persons that it quotes from records.
    pub quotes: Vec<Quote>,
    /// Other places that explain it, in the same file.
    pub related: Vec<(At, String)>,
    /// Other places that explain it, in other files.
    pub elsewhere: Vec<Elsewhere>,
    /// Other places that explain it, in files that are no records.
    pub pages: Vec<(Page, String)>,
}

/// A line of a file that is no record, such as a header of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Path of the file, as reported.
    pub file: String,
    /// The beginning of the file.
    pub text: Arc<str>,
    /// The line that is meant, from 1.
    pub line: u32,
}

/// Where a fault is shown, if not in the record that was judged.
#[derive(Clone, Debug)]
pub enum PlaceElsewhere {
    /// In another record: the path of its file, as reported, and where in it.
    Record(Arc<str>, Place),
    /// At a file as a whole, by its path from the root of the records; at the repository as a
    /// whole, if that is empty.
    File(Arc<str>),
}

/// A place in another file that explains a fault, such as the registry a name is missing from.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// Path of the file, as reported.
    pub file: Arc<str>,
    /// Where in it.
    pub place: Place,
    /// At most six words.
    pub message: String,
}

impl Fault {
    /// A fault of `rule` at a place.
    pub fn new(rule: impl Into<Rule>, at: impl Into<At>, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            obligations: Vec::new(),
            severity: None,
            element: None,
            subject: None,
            clock: None,
            at: at.into(),
            shown: None,
            message: message.into(),
            help: None,
            slip: None,
            quotes: Vec::new(),
            related: Vec::new(),
            elsewhere: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// Says what to type.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Asks whether something else was meant than what is written at the place.
    #[must_use]
    pub fn meant(mut self, written: &str, meant: &str) -> Self {
        self.slip = Some((written.to_owned(), meant.to_owned()));
        self.help(format!("Did you mean `{meant}`?"))
    }

    /// Names the obligation that the place at fault serves.
    #[must_use]
    pub fn obligation(mut self, obligation: Option<impl Into<Cow<'static, str>>>) -> Self {
        self.obligations.extend(obligation.map(Into::into));
        self
    }

    /// Shows another place of the same file.
    #[must_use]
    pub fn related(mut self, at: impl Into<At>, message: impl Into<String>) -> Self {
        self.related.push((at.into(), message.into()));
        self
    }

    /// Shows a place of another file.
    #[must_use]
    pub fn elsewhere(mut self, elsewhere: Option<Elsewhere>) -> Self {
        self.elsewhere.extend(elsewhere);
        self
    }
}
