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
    /// Whether it is computed from other findings: what it says is said beside them, never instead.
    #[serde(default)]
    pub rollup: bool,
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
    /// The weights in words, such as `error; while open: warning`.
    pub fn weights(&self) -> String {
        let mut text = self.severity.clone();
        for (status, weight) in &self.severity_by_status {
            if *weight == self.severity {
                continue;
            }
            text.push_str(match status.as_str() {
                "always" => "; ",
                "open" => "; while open: ",
                "contained" => "; when contained: ",
                _ => "; when closed: ",
            });
            text.push_str(if weight == "-" { "nothing" } else { weight });
        }
        text
    }

    /// How much a breach weighs while an incident has a status.
    ///
    /// `warning once the limit has passed` weighs a warning: the clock is that of the rule. Where
    /// the matrix makes the weight depend on more in another way, the general one holds.
    pub fn severity(&self, status: Status) -> Severity {
        self.severity_by_status
            .get(status.as_str())
            .map(|weight| {
                weight
                    .split_once(" once ")
                    .map_or(&**weight, |(name, _)| name)
            })
            .and_then(Severity::parse)
            .or_else(|| Severity::parse(&self.severity))
            .unwrap_or(Severity::Error)
    }
}

/// A control, or a guideline that is asked for like one.
#[derive(Clone, Debug, Deserialize)]
pub struct Control {
    /// Such as `ir-6-3`.
    pub id: String,
    /// Such as IR-6(3).
    pub name: String,
    /// Its title in the catalogue.
    pub title: String,
    /// The catalogue, in a sentence.
    pub source: String,
}

impl Control {
    /// The control with this name in any common spelling: `ir-6-3`, `IR-6(3)`, `IR-06(03)`,
    /// `ir-6.3`.
    pub fn parse(name: &str) -> Option<&'static Self> {
        let plain = plain(name);
        controls().iter().find(|control| {
            self::plain(&control.id) == plain || self::plain(&control.name) == plain
        })
    }

    /// Whether two names differ in their spelling at most.
    pub fn is_same_name(name: &str, other: &str) -> bool {
        plain(name) == plain(other)
    }
}

/// The letters and numbers of a name, numbers without leading zeros.
fn plain(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| match part.trim_start_matches('0') {
            "" => "0".to_owned(),
            rest => rest.to_owned(),
        })
        .collect()
}

/// The controls, in the order of the matrix.
pub fn controls() -> &'static [Control] {
    &file().controls
}

/// The controls that some obligations belong to, in order.
pub fn controls_of<'i>(ids: impl Iterator<Item = &'i str>) -> Vec<String> {
    let demands = ids.filter_map(obligation);
    let mut controls: Vec<String> = demands.flat_map(|it| it.controls.clone()).collect();
    controls.sort();
    controls.dedup();
    controls
}

/// Every obligation, in the order of the matrix.
pub fn obligations() -> impl Iterator<Item = &'static Obligation> {
    file().obligations.iter()
}

/// The obligation with this id.
pub fn obligation(id: &str) -> Option<&'static Obligation> {
    matrix().get(id).copied()
}

/// SHA-256 of the matrix as shipped.
pub fn obligations_digest() -> [u8; 32] {
    Sha256::digest(MATRIX.as_bytes()).into()
}

#[derive(Debug, Default, Deserialize)]
struct File {
    controls: Vec<Control>,
    obligations: Vec<Obligation>,
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| {
        // The file is part of the program; a test proves that it reads.
        let tree = parse(MATRIX.into(), &Limits::default()).ok();
        tree.as_ref()
            .and_then(|tree| tree.root()?.read::<File>().ok())
            .unwrap_or_default()
    })
}

fn matrix() -> &'static BTreeMap<&'static str, &'static Obligation> {
    static MATRIX_BY_ID: OnceLock<BTreeMap<&str, &Obligation>> = OnceLock::new();
    MATRIX_BY_ID.get_or_init(|| {
        let list = file().obligations.iter();
        list.map(|obligation| (obligation.id.as_str(), obligation))
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
        let once_late = obligation("VR-OUT-01").unwrap();
        assert_eq!(once_late.severity(Status::Contained), Severity::Warning);
        assert_eq!(once_late.severity(Status::Closed), Severity::Error);
        assert_eq!(
            obligation("GOV-CARD-03").unwrap().severity(Status::Open),
            Severity::Warning
        );
    }
}
