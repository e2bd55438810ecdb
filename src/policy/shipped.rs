//! The packs that are part of the program.

use std::sync::{Arc, OnceLock};

use super::side_by_side::side_by_side;
use crate::document::Limits;
use crate::record::{Reading, Record, read_record};

macro_rules! packs {
    ($($file:literal),* $(,)?) => {
        /// Path and text of each shipped pack, in the order of the catalogue.
        pub(super) const PACKS: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../../", $file)))),*];
    };
}

packs! {
    "policies/terms.yaml",
    "policies/records.yaml",
    "policies/governance.yaml",
    "policies/maturity.yaml",
    "policies/runbook.yaml",
    "policies/triggers.yaml",
    "policies/notification.yaml",
    "policies/incidents.yaml",
    "policies/coordination.yaml",
    "policies/escalation.yaml",
    "policies/actions.yaml",
    "policies/exceptions.yaml",
    "policies/authoring.yaml",
    "policies/third-parties.yaml",
    "policies/mapping.yaml",
    "policies/packages.yaml",
    "policies/exercises.yaml",
    "policies/health-checks.yaml",
    "policies/metrics.yaml",
    "policies/sharing.yaml",
    "policies/message-approvals.yaml",
    "policies/evidence.yaml",
    "policies/guideline.yaml",
    "policies/channels.yaml",
    "policies/approvals.yaml",
    "policies/vulnerabilities.yaml",
    "policies/remediation.yaml",
    "policies/scans.yaml",
    "policies/history.yaml",
}

/// The texts of all shipped packs; for digests.
pub fn pack_texts() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(_, text)| *text)
}

/// The shipped packs as records, with their paths.
pub fn shipped_packs() -> &'static [(Arc<str>, Record)] {
    static RECORDS: OnceLock<Vec<(Arc<str>, Record)>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let read = |(file, text): &(&str, &str)| {
            let bytes = text.as_bytes().to_vec();
            match read_record(file, bytes, &Limits::default()) {
                Reading::Record(record) => Some(((*file).into(), record)),
                // Part of the program; a test proves that every pack reads.
                _ => None,
            }
        };
        let records = side_by_side(PACKS.iter().collect(), read);
        records.into_iter().flatten().collect()
    })
}
