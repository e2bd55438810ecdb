use std::ops::Range;

/// What is wrong with the text of an expression, found when it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in bytes of the text.
    pub span: Range<usize>,
    /// What is wrong, in the words of the one who wrote it.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Mistake {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}
