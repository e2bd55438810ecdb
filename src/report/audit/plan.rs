//! What the report holds, as `policies/audit.yaml` says.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::document::{Limits, parse};

const PLAN: &str = include_str!("../../../policies/audit.yaml");

/// The plan of the report.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Plan {
    pub(super) sections: Vec<PlannedSection>,
    pub(super) beyond: Vec<Beyond>,
    pub(super) judgement: Vec<Judgement>,
    pub(super) history: Vec<Witnessed>,
    pub(super) questions: Vec<AuditQuestion>,
}

/// A part of the report.
#[derive(Debug, Deserialize)]
pub(super) struct PlannedSection {
    pub(super) id: String,
    pub(super) title: String,
}

/// What is said of demands that no rule decides.
#[derive(Debug, Deserialize)]
pub(super) struct Beyond {
    pub(super) demands: String,
    pub(super) says: String,
}

/// What stays with people.
#[derive(Debug, Deserialize)]
pub(super) struct Judgement {
    pub(super) demands: Vec<String>,
    pub(super) says: String,
}

/// What the commits show, and where that ends.
#[derive(Debug, Deserialize)]
pub(super) struct Witnessed {
    pub(super) asks: String,
    pub(super) demands: Vec<String>,
    pub(super) shows: String,
    pub(super) limit: String,
}

/// A question that auditors ask.
#[derive(Debug, Deserialize)]
pub(super) struct AuditQuestion {
    pub(super) id: String,
    pub(super) asks: String,
    pub(super) kind: String,
    pub(super) control: String,
    pub(super) demands: Vec<String>,
    pub(super) section: String,
    pub(super) shows: Vec<String>,
}

impl Plan {
    /// What is said of a demand that no rule serves.
    pub(super) fn beyond(&self, demand: &str) -> Option<&Beyond> {
        self.beyond
            .iter()
            .find(|it| demand.starts_with(&*it.demands))
    }

    /// The title of a part.
    pub(super) fn title(&self, section: &str) -> &str {
        let found = self.sections.iter().find(|it| it.id == section);
        found.map_or("", |it| it.title.as_str())
    }
}

/// The plan as shipped.
pub(super) fn plan() -> &'static Plan {
    static FILE: OnceLock<Plan> = OnceLock::new();
    FILE.get_or_init(|| {
        // The file is part of the program; a test proves that it reads.
        let tree = parse(PLAN.into(), &Limits::default()).ok();
        tree.as_ref()
            .and_then(|tree| tree.root()?.read::<Plan>().ok())
            .unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{controls, obligation};
    use crate::record::RecordKind;

    #[test]
    fn the_shipped_plan_reads_and_names_what_exists() {
        let plan = plan();
        assert_eq!(plan.sections.len(), 13);
        assert_eq!(plan.questions.len(), 65);
        for question in &plan.questions {
            assert!(!plan.title(&question.section).is_empty(), "{}", question.id);
            assert!(
                controls().iter().any(|it| it.id == question.control),
                "{}",
                question.id
            );
            for id in &question.demands {
                assert!(obligation(id).is_some(), "{id}");
            }
            for place in &question.shows {
                let kind = place.split('/').next().unwrap();
                assert!(RecordKind::parse(kind).is_some(), "{place}");
            }
        }
        let of_people = plan.judgement.iter().flat_map(|it| &it.demands);
        let of_commits = plan.history.iter().flat_map(|it| &it.demands);
        for id in of_people.chain(of_commits) {
            assert!(obligation(id).is_some(), "{id}");
        }
        assert_eq!(plan.history.len(), 13);
    }
}
