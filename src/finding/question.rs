//! The questions of a health check and the artefacts of a control card: which demands stand behind
//! each.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::document::{Limits, parse};

const QUESTIONS: &str = include_str!("../../policies/questions.yaml");

/// A question about a sampled incident.
#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    /// Its key under `answers`, such as `trigger-evaluated`.
    pub id: String,
    /// The requirements it is asked for; the card must cover one of them.
    pub controls: Vec<String>,
    /// The demands that whoever answers `pass` says are met.
    pub obligations: Vec<String>,
    /// Why these demands and no others.
    pub because: String,
}

/// An artefact that a control card may list.
#[derive(Clone, Debug, Deserialize)]
pub struct Artifact {
    /// Its name on the card, such as `approvals`.
    pub id: String,
    /// The demands whose errors show that it is not whole.
    pub obligations: Vec<String>,
    /// The types of evidence that belong to it.
    pub evidence: Vec<String>,
}

/// Every question, in the order of the contract.
pub fn questions() -> &'static [Question] {
    &file().questions
}

/// The artefact with this name.
pub fn artifact(id: &str) -> Option<&'static Artifact> {
    file().artifacts.iter().find(|artifact| artifact.id == id)
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| {
        // The file is part of the program; a test proves that it reads.
        let tree = parse(QUESTIONS.into(), &Limits::default()).ok();
        tree.as_ref()
            .and_then(|tree| tree.root()?.read::<File>().ok())
            .unwrap_or_default()
    })
}

/// The question with this key.
pub fn question(id: &str) -> Option<&'static Question> {
    questions().iter().find(|question| question.id == id)
}

/// The text of the table as shipped; for digests.
pub fn questions_text() -> &'static str {
    QUESTIONS
}

#[derive(Debug, Default, Deserialize)]
struct File {
    questions: Vec<Question>,
    artifacts: Vec<Artifact>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::obligation;

    #[test]
    fn the_shipped_table_reads_and_names_demands_that_exist() {
        assert_eq!(questions().len(), 9);
        for question in questions() {
            assert!(!question.controls.is_empty(), "{}", question.id);
            assert!(question.because.len() > 40, "{}", question.id);
            assert!(!question.obligations.is_empty(), "{}", question.id);
            for id in &question.obligations {
                let demand = obligation(id);
                assert!(demand.is_some_and(|it| !it.rollup), "{id}");
            }
        }
        assert_eq!(file().artifacts.len(), 15);
        for artifact in &file().artifacts {
            for id in &artifact.obligations {
                assert!(obligation(id).is_some(), "{id}");
            }
        }
    }
}
