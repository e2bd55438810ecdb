//! `check --base` judges what a change can reach, and says what a check of everything says: over
//! random edits of the example with its history. `PROBITY_CHANGES=1000` tries more of them, and
//! `PROBITY_CHANGES_FROM=77` begins at another seed.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test, and the files of its repositories"
)]

mod edit;
mod ground;
mod packs;

use std::collections::BTreeMap;
use std::path::Path;

use edit::edit;
use ground::{Dice, Ground};
use probity::clock::parse_as_of;
use probity::engine::{Against, Request, Silent, check_change};
use probity::finding::{Breadth, Change, Finding, Gate, Outcome};

/// Changes that are tried where nobody asks for more.
const CHANGES: u64 = 60;

/// What the outcome of a change says of it, in words that can be compared.
fn told(outcome: &Outcome) -> Vec<String> {
    let comparison = outcome.comparison.as_deref().unwrap();
    let say = |finding: &Finding| {
        let (change, rule) = (&finding.change, &finding.rule);
        let (file, pointer) = (&finding.location.file, &finding.location.pointer);
        let (severity, message) = (finding.severity, &finding.message);
        let (by, duty) = (&finding.excepted_by, &finding.duty);
        let print = &finding.fingerprint;
        format!("{change:?} {rule} {file} {pointer} {severity} {message} {by:?} {duty:?} {print}")
    };
    let changed = outcome.findings.iter();
    let changed = changed.filter(|it| it.change != Some(Change::Unchanged));
    let mut told: Vec<String> = changed.chain(&comparison.fixed).map(say).collect();
    told.extend(comparison.removed.iter().map(|it| format!("{it:?}")));
    told.extend(comparison.shifts.iter().map(|it| format!("{it:?}")));
    let deciding: Vec<_> = outcome.deciding().map(|it| it.severity).collect();
    told.push(format!(
        "decided by {deciding:?}, incomplete: {}, empty: {}, files: {}",
        outcome.is_incomplete(),
        outcome.is_empty(),
        comparison.altered_files,
    ));
    told
}

/// A change as it is asked about.
struct Question<'a> {
    root: &'a Path,
    base: &'a str,
    head: Option<&'a str>,
    policies_from: Option<&'a str>,
    history: bool,
}

fn compare(question: &Question<'_>, few: usize) -> Outcome {
    let Question { root, base, .. } = *question;
    let against = Against {
        base,
        gate: Gate::New,
        few,
    };
    let request = Request {
        revision: question.head,
        wants_history: question.history,
        policies_from: question.policies_from,
        threads: Some(1),
        ..Request::new(root, parse_as_of("2025-06-20T12:00:00Z").unwrap())
    };
    check_change(&request, Some(against), &Silent).unwrap()
}

/// Edits on a branch of their own that left before the last edits, merged: what a merge commit
/// brings has another history than what was written on the way.
fn merge(ground: &mut Ground, dice: &mut Dice) -> String {
    let here = ground.commit();
    ground.git(&["checkout", "--quiet", "--detach", "HEAD~1"]);
    let what = edit(ground, dice);
    let there = ground.commit();
    ground.git(&["checkout", "--quiet", "--detach", &here]);
    let ours = ["merge", "--quiet", "--no-edit", "--strategy-option=ours"];
    match ground.tries(&[&ours[..], &[there.as_str()]].concat()) {
        true => format!("merge of: {what}"),
        false => {
            ground.git(&["merge", "--abort"]);
            format!("no merge, which conflicts, of: {what}")
        }
    }
}

/// Tries one change; why everything was judged, if it was.
fn try_one(ground: &mut Ground, seed: u64) -> Option<Breadth> {
    let mut dice = Dice(seed);
    ground.git(&["checkout", "--quiet", "--force", "--detach", "start"]);
    ground.git(&["clean", "-d", "--force", "--force", "-x", "--quiet"]);
    ground.hour = 0;
    let mut edits = Vec::new();
    if dice.below(3) == 0 {
        edits.push(packs::write(ground, &mut dice));
    }
    for _ in 0..dice.below(4) {
        edits.push(edit(ground, &mut dice));
    }
    edits.push("base".to_owned());
    let base = ground.commit();
    for commit in 0..=dice.below(3) {
        if commit > 0 {
            edits.push("commit".to_owned());
            ground.commit();
        }
        match dice.below(8) {
            0..=1 if commit > 0 => {
                ground.git(&["revert", "--no-commit", "HEAD"]);
                ground.git(&["revert", "--quit"]);
                edits.push("revert".to_owned());
            }
            2 => edits.push(merge(ground, &mut dice)),
            3 => edits.push(packs::write(ground, &mut dice)),
            _ => {}
        }
        for _ in 0..=dice.below(2) {
            edits.push(edit(ground, &mut dice));
        }
    }
    let is_committed = dice.below(3) > 0;
    let head = is_committed.then(|| ground.commit());
    let root = match dice.below(8) {
        0 => ground.root().join("incidents"),
        _ => ground.root(),
    };
    let question = Question {
        root: &root,
        base: &base,
        head: head.as_deref(),
        history: dice.below(3) == 0,
        policies_from: (dice.below(4) == 0).then_some(base.as_str()),
    };
    let narrow = compare(&question, 0);
    let whole = compare(&question, Against::ALL);
    let (found, expected) = (told(&narrow), told(&whole));
    let reach = &narrow.comparison.as_deref().unwrap().reach;
    assert_eq!(found, expected, "seed {seed}, {edits:#?}, {reach:?}");
    let all = whole.comparison.as_deref().unwrap().reach.records;
    assert_eq!(reach.records, all, "seed {seed}, {edits:#?}, {reach:?}");
    reach.because
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn what_a_change_can_reach_says_what_everything_says() {
    let from = number("PROBITY_CHANGES_FROM").unwrap_or(0);
    let count = number("PROBITY_CHANGES").unwrap_or(CHANGES);
    let workers = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let reasons: Vec<Option<Breadth>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut ground = Ground::new();
                    let seeds = (from..from + count).filter(|seed| seed % workers == worker);
                    seeds
                        .map(|seed| try_one(&mut ground, seed))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let done = running.into_iter().flat_map(|it| it.join().unwrap());
        done.collect()
    });
    let mut counts: BTreeMap<Option<Breadth>, usize> = BTreeMap::new();
    for reason in &reasons {
        *counts.entry(*reason).or_default() += 1;
    }
    let narrowed = counts.get(&None).copied().unwrap_or(0);
    assert!(narrowed * 3 > reasons.len(), "{counts:#?}");
}

/// Why everything is judged when one title changes on disk, with these attributes and this title.
fn breadth_with(attributes: &str, line_end: &str) -> Option<Breadth> {
    let mut ground = Ground::new();
    ground.write(".gitattributes", attributes);
    let base = ground.commit();
    let quiet = "incidents/INC-2025-0003/incident.yaml";
    ground.write(quiet, &ground.read(quiet).replace('\n', line_end));
    // What git converts it takes for unaltered as soon as it has looked at it.
    ground.git(&["add", quiet]);
    let changed = "incidents/INC-2025-0006/incident.yaml";
    let text = ground.read(changed);
    ground.write(changed, &text.replacen("title: ", "title: Again, ", 1));
    let root = ground.root();
    let question = Question {
        root: &root,
        base: &base,
        head: None,
        policies_from: None,
        history: false,
    };
    let narrow = compare(&question, 0);
    assert_eq!(told(&narrow), told(&compare(&question, Against::ALL)));
    narrow.comparison.unwrap().reach.because
}

#[test]
fn line_ends_that_git_converts_are_looked_at_where_they_differ() {
    for attributes in ["* text=auto\n", "*.yaml text eol=lf\n*.png -text binary\n"] {
        assert_eq!(breadth_with(attributes, "\n"), None, "{attributes}");
        let with_others = breadth_with(attributes, "\r\n");
        assert_eq!(with_others, Some(Breadth::Attributes), "{attributes}");
    }
    assert_eq!(
        breadth_with("*.yaml ident\n", "\n"),
        Some(Breadth::Attributes)
    );
}
