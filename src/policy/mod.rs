//! Policies: what rules say, and the words they say it with.

pub mod vocabulary;
