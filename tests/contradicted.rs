//! When a `pass` of a health check is shown beside what is found, and when it is not.

#![expect(clippy::unwrap_used, reason = "a test")]

mod example;
mod fixture;

/// The answers that are shown beside a finding after an edit of the first sampled incident.
fn shown(edits: &[(&str, &str, &str)]) -> Vec<String> {
    let fixture = example::copied("larkfield");
    for (file, before, after) in edits {
        let path = fixture.root().join(file);
        let text = match probity::source::read_file(&path, 1 << 20) {
            Ok(bytes) => String::from_utf8(bytes).unwrap(),
            Err(_) => String::new(),
        };
        assert!(text.contains(before), "{file} has no `{before}`");
        fixture.write(file, &text.replacen(before, after, 1));
    }
    let outcome = example::outcome(&fixture.root());
    let beside = outcome.findings.iter().flat_map(|it| &it.related);
    beside
        .filter(|it| it.message == "answered with `pass` here")
        .map(|it| it.location.pointer.clone())
        .collect()
}

const INCIDENT: &str = "incidents/INC-2025-0001/incident.yaml";
const PACKAGE: &str = "incidents/INC-2025-0001/packages/PKG-1.yaml";
const LESSONS: (&str, &str, &str) = (
    INCIDENT,
    "  supply_chain_lessons:\n    - Agent",
    "  supply_chain_lessons: []\n  #",
);

#[test]
fn an_error_in_the_incident_or_its_package_contradicts_the_answer_about_it() {
    assert_eq!(shown(&[]), [""; 0]);
    assert_eq!(shown(&[LESSONS]), ["/sample/0/answers/lessons-applied"]);
    let package = (PACKAGE, "distribution:", "# distribution:");
    assert_eq!(shown(&[package]), ["/sample/0/answers/package-used"]);
}

#[test]
fn a_fail_an_unanswered_question_and_a_warning_contradict_nothing() {
    let check = "health-checks/HC-2025-01.yaml";
    let answer = |word| (check, "lessons-applied: pass", word);
    assert_eq!(shown(&[LESSONS, answer("lessons-applied: fail")]), [""; 0]);
    assert_eq!(shown(&[LESSONS, answer("lessons-applied: null")]), [""; 0]);
    // A late evaluation is a warning.
    let late = (
        INCIDENT,
        "evaluated_at: 2025-02-10T10:00:00Z",
        "evaluated_at: 2025-02-10T12:50:00Z",
    );
    let answers = shown(&[late]);
    assert!(
        !answers.iter().any(|it| it.ends_with("trigger-evaluated")),
        "{answers:?}"
    );
}

#[test]
fn an_accepted_error_contradicts_nothing() {
    let exception = "kind: exception\nid: RA-2025-004\ntype: control-exception\n\
        subject: INC-2025-0001\nrules: [review-without-lessons]\nrequested_by: tomas\n\
        rationale: The notes of the review were lost with the old wiki.\n\
        none_because: The review itself was held, and its tasks are done.\nreview_on: 2025-09-30\n\
        status: active\napproved:\n  - {role: exec-sponsor, by: freya, at: 2025-06-19T10:00:00Z, how: commit}\n";
    let accepted = ("exceptions/RA-2025-004.yaml", "", exception);
    assert_eq!(shown(&[LESSONS, accepted]), [""; 0]);
}
