//! The shipped packs: they load without a mistake, the example is silent under them, and every
//! rule reports what its tests break, at the exact place, and nothing else does.

#![expect(clippy::unwrap_used, reason = "a test")]

mod example;
mod fixture;

use probity::clock::parse_instant;
use probity::document::Limits;
use probity::engine::{Packs, Request, try_rules};
use probity::finding::Builtin;
use probity::policy::{Catalogue, pack_texts, shipped_packs};

#[test]
fn every_shipped_pack_loads_without_a_mistake() {
    assert_eq!(
        shipped_packs().len(),
        pack_texts().count(),
        "a pack is no record"
    );
    let catalogue = Catalogue::shipped();
    let faults: Vec<String> = catalogue
        .faults()
        .iter()
        .map(|(file, fault)| format!("{file}: {} {:?}\n", fault.message, fault.at))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.concat());
    for (_, entry) in catalogue.entries() {
        assert!(entry.broken.is_none(), "{}: {:?}", entry.name, entry.broken);
        assert!(
            !entry.obligations.is_empty(),
            "{} serves nothing",
            entry.name
        );
        assert!(entry.why.is_some(), "{} does not say why", entry.name);
    }
}

#[test]
fn every_mechanism_of_the_program_is_a_rule_of_a_pack() {
    let catalogue = Catalogue::shipped();
    for builtin in Builtin::ALL {
        let entry = catalogue.entry((*builtin).into());
        assert!(!entry.pack.is_empty(), "no pack describes {}", entry.name);
        assert_eq!(&*entry.name, builtin.name());
    }
}

#[test]
fn every_rule_reports_what_its_tests_break_and_nothing_else() {
    let folder = example::repository();
    let home = folder.path().join("larkfield");
    let request = Request {
        path: &home,
        revision: None,
        policies_from: None,
        as_of: parse_instant("2025-06-20T12:00:00Z").unwrap(),
        limits: Limits::default(),
        wants_duties: false,
        wants_history: false,
        threads: None,
    };
    let trials = try_rules(&request, Packs::Shipped, |_, _| true).unwrap();
    let problems: Vec<String> = trials
        .iter()
        .filter_map(|trial| {
            let problem = trial.problem.as_ref()?;
            let (file, line) = &trial.place;
            Some(format!("{file}:{line}: {}: {problem}\n", trial.rule))
        })
        .collect();
    assert!(trials.len() > 600, "only {} tests", trials.len());
    assert!(problems.is_empty(), "\n{}", problems.concat());
}
