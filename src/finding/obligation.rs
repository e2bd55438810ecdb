//! The matrix of demands: which obligation weighs what, and which controls it serves.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::rule::Severity;
use crate::document::{Limits, parse};

const MATRIX: &str = include_str!("../../policies/obligations.yaml");

/// One demand of the source documents.
#[derive(Clone, Debug, Deserialize)]
pub struct Obligation {
    /// Such as `SC-NOTIFY-05`.
    pub id: String,
    /// The demand in one line.
    pub title: String,
    severity: String,
    #[serde(default)]
    severity_by_status: BTreeMap<String, String>,
    /// The control cards it belongs to, such as `ir-6-3`.
    pub controls: Vec<String>,
}

/// Where an incident stands; records of other kinds count as closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Under way.
    Open,
    /// Under control.
    Contained,
    /// Over.
    #[default]
    Closed,
}

impl Status {
    /// The name used in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Contained => "contained",
            Self::Closed => "closed",
        }
    }

    /// The status with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Contained, Self::Closed]
            .into_iter()
            .find(|it| it.as_str() == name)
    }
}

impl Obligation {
    /// How much a breach weighs while an incident has a status.
    ///
    /// Where the matrix makes the weight depend on more than the status, the general one holds.
    pub fn severity(&self, status: Status) -> Severity {
        self.severity_by_status
            .get(status.as_str())
            .and_then(|name| Severity::parse(name))
            .or_else(|| Severity::parse(&self.severity))
            .unwrap_or(Severity::Error)
    }
}

/// The obligation with this id.
pub fn obligation(id: &str) -> Option<&'static Obligation> {
    matrix().get(id)
}

/// SHA-256 of the matrix as shipped.
pub fn obligations_digest() -> [u8; 32] {
    Sha256::digest(MATRIX.as_bytes()).into()
}

fn matrix() -> &'static BTreeMap<String, Obligation> {
    #[derive(Deserialize)]
    struct File {
        obligations: Vec<Obligation>,
    }
    static MATRIX_BY_ID: OnceLock<BTreeMap<String, Obligation>> = OnceLock::new();
    MATRIX_BY_ID.get_or_init(|| {
        // The file is part of the program; a test proves that it reads.
        let tree = parse(MATRIX.into(), &Limits::default()).ok();
        let file = tree
            .as_ref()
            .and_then(|tree| tree.root()?.read::<File>().ok());
        let list = file.map(|file| file.obligations).unwrap_or_default();
        list.into_iter()
            .map(|obligation| (obligation.id.clone(), obligation))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_matrix_reads() {
        assert_eq!(matrix().len(), 271);
        for obligation in matrix().values() {
            assert!(
                Severity::parse(&obligation.severity).is_some(),
                "{}",
                obligation.id
            );
            assert!(!obligation.controls.is_empty(), "{}", obligation.id);
        }
    }

    #[test]
    fn weight_follows_the_status_where_the_matrix_says_so() {
        let named = obligation("SC-TRIG-09").unwrap();
        assert_eq!(named.severity(Status::Open), Severity::Warning);
        assert_eq!(named.severity(Status::Closed), Severity::Error);
        assert_eq!(
            obligation("GOV-CARD-03").unwrap().severity(Status::Open),
            Severity::Warning
        );
    }
}
