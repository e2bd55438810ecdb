//! Every demand of the families that are built is met by a rule, by the shape of the records, or
//! by a feature that is named here.

use std::collections::BTreeSet;

use probity::document::NodeRef;
use probity::finding::obligations;
use probity::policy::{Catalogue, shipped_packs};
use probity::record::RecordKind;

/// Families whose demands must all be met.
const FAMILIES: &[&str] = &[
    "GOV-CARD",
    "GOV-ROLE",
    "GIT-INT",
    "SC-TRIG",
    "SC-REG",
    "SC-MAP",
    "SC-RUN",
    "SC-NOTIFY",
    "SC-COORD",
    "SC-ESC",
    "SC-PKG",
    "INC-STATE",
    "ACT-TRK",
    "PIR-REV",
    "MAT-CMM",
    "UX-AUTH",
    "RA-EXC",
    "EX-TTX",
    "HC-SAMP",
    "MX-METRIC",
    "IS-SHARE",
    "IS-APPR",
    "EV-ITEM",
    "IS-GUIDE",
    "IS-CHAN",
    "VR-DEF",
    "VR-OUT",
    "VR-RCPT",
    "VR-ACK",
    "VR-FIX",
    "VR-TP",
];

/// Demands that no rule and no key can meet, with what meets them.
const FEATURES: &[(&str, &str)] = &[
    (
        "EV-ITEM-10",
        "a roll-up of other checks, which never adds findings; the report shows it",
    ),
    (
        "INC-STATE-02",
        "duplicate-id and id-contradicts-path name it for incidents: tests/cases/ids.md",
    ),
    (
        "UX-AUTH-01",
        "a duty whose clock runs gives no error: tests of the rules, `keep` edits of open incidents",
    ),
    (
        "UX-AUTH-02",
        "every finding has file, line, pointer, obligation and help: tests/house/output_schema.rs",
    ),
    (
        "UX-AUTH-05",
        "`--as-of`, and the instant in every output: tests/cli.rs",
    ),
    ("UX-AUTH-06", "`probity who`: tests/cli.rs"),
    (
        "UX-AUTH-07",
        "waivers of the rules: their `keep` edits, and the clean example",
    ),
    (
        "HC-SAMP-07",
        "the answer that passed an error is shown beside it: tests/contradicted.rs",
    ),
    (
        "MX-METRIC-01",
        "`probity metrics`, the view of the report-out: tests/metrics.rs",
    ),
    (
        "MX-METRIC-02",
        "`probity metrics`, the view of coordination: tests/metrics.rs",
    ),
];

fn family(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(family, _)| family)
}

/// What duties are about when they were done too late, or are soon due.
fn told_when_late() -> BTreeSet<String> {
    let rules = shipped_packs()
        .iter()
        .filter_map(|(_, pack)| pack.root().get("rules"));
    let words = rules.flat_map(NodeRef::items).flat_map(|rule| {
        ["late", "early"]
            .into_iter()
            .filter_map(move |key| rule.get(key))
    });
    let demands = words.filter_map(|words| words.get("obligations"));
    demands
        .flat_map(NodeRef::items)
        .map(|id| id.scalar_text().to_owned())
        .collect()
}

#[test]
fn every_demand_of_the_families_is_met() {
    let mut met: BTreeSet<String> = BTreeSet::new();
    for (_, entry) in Catalogue::shipped().entries() {
        if entry.broken.is_none() {
            met.extend(entry.obligations.iter().map(ToString::to_string));
        }
    }
    met.extend(told_when_late());
    for kind in RecordKind::all() {
        for node in kind.schema().unwrap().schema.shape().nodes() {
            let annotation = &node.annotation;
            let named = [
                &annotation.obligation,
                &annotation.missing,
                &annotation.reference_obligation,
            ];
            met.extend(named.into_iter().flatten().map(ToString::to_string));
        }
    }
    let is_excused = |id: &str| FEATURES.iter().any(|(feature, _)| *feature == id);
    let missing: Vec<&str> = obligations()
        .map(|demand| demand.id.as_str())
        .filter(|id| FAMILIES.contains(&family(id)))
        .filter(|id| !met.contains(*id) && !is_excused(id))
        .collect();
    assert!(missing.is_empty(), "nothing meets {missing:?}");
}

#[test]
fn what_is_excused_exists_and_is_not_met_by_a_rule() {
    let rules: BTreeSet<&str> = Catalogue::shipped()
        .entries()
        .flat_map(|(_, entry)| entry.obligations.iter().map(|id| &**id))
        .collect();
    let excused = FEATURES.iter().map(|(id, _)| *id);
    for id in excused {
        assert!(probity::finding::obligation(id).is_some(), "{id}");
        assert!(!rules.contains(id), "{id} has a rule: it needs no excuse");
    }
}
