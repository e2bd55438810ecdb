//! `probity package`: what is rendered, what is refused, and that nothing internal gets out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use std::collections::BTreeSet;

use binary::{Run, probity};
use example::larkfield;
use fixture::Fixture;
use probity::document::{Limits, parse};

const OPEN: &str = "incidents/INC-2025-0009/incident.yaml";
const OPEN_PACKAGE: &str = "incidents/INC-2025-0009/packages/PKG-3.yaml";
const GUIDELINE: &str = "guidelines/sharing.yaml";
const FORMATS: [&str; 3] = ["markdown", "text", "html"];

/// Changes a text that is there, once or after a mark.
#[track_caller]
fn edit(fixture: &Fixture, file: &str, from: &str, to: &str) {
    let text = fixture.text(file);
    assert!(text.contains(from), "{file} has no {from:?}");
    let (before, after) = text.rsplit_once(from).unwrap();
    fixture.write(file, &format!("{before}{to}{after}"));
}

fn package(fixture: &Fixture, incident: &str, to: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["package", incident, "--to", to];
    arguments.extend(more);
    probity(&fixture.root(), &arguments)
}

/// The draft of the open incident.
fn draft(fixture: &Fixture, more: &[&str]) -> Run {
    package(fixture, "INC-2025-0009", "tessera-cloud", more)
}

const APPROVALS: &str = "    package: PKG-3\n    approvals:\n      \
    - {role: ir-lead, by: deniz, at: 2025-06-20T09:30:00Z, how: ticket, evidence: E-2}\n      \
    - {role: legal-counsel, by: nils, at: 2025-06-20T09:40:00Z, how: commit}\n";

fn approved() -> Fixture {
    let fixture = larkfield();
    edit(&fixture, OPEN, "    package: PKG-3\n", APPROVALS);
    fixture
}

#[track_caller]
fn fails(run: &Run, messages: &[&str]) {
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    for message in messages {
        assert!(run.stderr.contains(message), "{message}: {run:?}");
    }
}

/// Refused, with nothing written, and with these words.
#[track_caller]
fn refused(fixture: &Fixture, run: &Run, words: &[&str]) {
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(run.stderr.starts_with("refused: "), "{run:?}");
    assert_eq!(run.stderr.matches(": error[").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("  help: "), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    if run.stderr.starts_with("refused: PKG-3 of INC-2025-0009 ") {
        let to_file = draft(fixture, &["--output", "out.md"]);
        assert_eq!(to_file.code, run.code);
        assert!(!fixture.path("out.md").exists());
    }
}

/// The draft, after one edit of the incident, is refused for one reason.
#[track_caller]
fn draft_refused(file: &str, from: &str, to: &str, words: &[&str]) {
    let fixture = larkfield();
    edit(&fixture, file, from, to);
    refused(&fixture, &draft(&fixture, &[]), words);
}

#[test]
fn a_draft_is_rendered_and_says_whose_approval_is_missing() {
    let fixture = larkfield();
    for format in FORMATS {
        let run = draft(&fixture, &["--format", format]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains("DRAFT - not approved"), "{run:?}");
        for said in [
            "approval missing: `ir-lead`, now Mara Voss (mara) or Deniz Kaya (deniz) (rule share-partner, share-technical)",
            "approval missing: `legal-counsel`, now Ines Duarte (ines) or Nils Berg (nils)",
            "if out of reach for 1h: `exec-sponsor`, now Freya Holm (freya)",
        ] {
            assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
        }
    }
}

#[test]
fn the_handling_line_comes_first_and_the_sections_in_the_order_of_the_guideline() {
    let fixture = approved();
    let run = draft(&fixture, &[]);
    let order = [
        "TLP:AMBER",
        "partner-shareable",
        "Tessera security operations and the engineers on the case",
        "From: Larkfield Health",
        "Facts as of: 2025-06-20 09:00 UTC",
        "PKG-3 version 2 (replaces PKG-1)",
        "## Summary",
        "## Timeline",
        "2025-06-02 01:40 UTC",
        "## Affected",
        "## Indicators of compromise",
        "None are given. The only indicator",
        "## Observed behaviour",
        "Attack path: unknown",
        "## What we have done",
        "## What we ask of you",
        "(by 2025-06-24)",
        "## Handling and redactions",
        "account names on our side",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|it| run.stdout.find(it)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}\n{}",
        run.stdout
    );
    let sections =
        "sections: [summary, timeline, affected, iocs, behaviour, mitigations, asks, handling]";
    edit(
        &fixture,
        GUIDELINE,
        sections,
        "sections: [asks, summary, handling]",
    );
    let run = draft(&fixture, &[]);
    let headings: Vec<&str> = run
        .stdout
        .lines()
        .filter(|it| it.starts_with("## "))
        .collect();
    assert_eq!(
        headings,
        [
            "## What we ask of you",
            "## Summary",
            "## Handling and redactions"
        ]
    );
    assert!(
        run.stderr
            .contains("`PKG-3` says something under `timeline`"),
        "{run:?}"
    );
}

#[test]
fn the_banner_goes_when_every_approval_is_there() {
    let fixture = approved();
    for format in FORMATS {
        let run = draft(&fixture, &["--format", format]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(!run.stdout.contains("DRAFT"), "{run:?}");
        assert!(
            run.stderr
                .contains("approved: no approval is missing as of 2025-06-20"),
            "{run:?}"
        );
    }
}

#[test]
fn an_approval_that_does_not_count_leaves_the_banner() {
    for (from, to, why) in [
        (
            "by: nils, at: 2025-06-20T09:40:00Z",
            "by: nils, at: 2025-06-20T08:59:59Z",
            "older than the facts of `PKG-3`",
        ),
        ("by: nils", "by: tomas", "did not hold that role then"),
        (
            "at: 2025-06-20T09:40:00Z",
            "at: 2025-06-20T12:00:01Z",
            "of a later time",
        ),
        (
            "how: commit}\n",
            "how: commit, package: PKG-1}\n",
            "it is for `PKG-1`",
        ),
        (
            "how: commit}\n",
            "how: ticket}\n",
            "nothing on file shows it",
        ),
        (
            "how: commit}\n",
            "how: nod}\n",
            "in a form that does not count",
        ),
        (
            "role: legal-counsel, by: nils",
            "role: exec-sponsor, by: freya",
            "does not say for which role",
        ),
        (
            "role: legal-counsel, by: nils",
            "role: exec-sponsor, for_role: legal-counsel, unreachable_since: 2025-06-20T08:41:00Z, by: freya",
            "not been out of reach long enough",
        ),
    ] {
        let fixture = approved();
        edit(&fixture, OPEN, from, to);
        let run = draft(&fixture, &[]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains("DRAFT - not approved"), "{run:?}");
        assert!(
            run.stderr.contains("approval missing: `legal-counsel`"),
            "{run:?}"
        );
        assert!(run.stderr.contains("approval does not count: "), "{run:?}");
        assert!(run.stderr.contains(why), "{why}: {run:?}");
    }
    // A deputy after the time to wait does.
    let fixture = approved();
    edit(
        &fixture,
        OPEN,
        "role: legal-counsel, by: nils",
        "role: exec-sponsor, for_role: legal-counsel, unreachable_since: 2025-06-20T08:40:00Z, by: freya",
    );
    assert!(!draft(&fixture, &[]).stdout.contains("DRAFT"));
}

#[test]
fn what_the_guideline_forbids_is_refused_at_its_place() {
    let types = "info_types: [observed-behaviour]";
    draft_refused(
        OPEN,
        types,
        "info_types: [observed-behaviour, ghost]",
        &["IS-SHARE-01", "`ghost`, and no row", "incident.yaml:1"],
    );
    draft_refused(
        OPEN,
        types,
        "info_types: [internal-architecture]",
        &[
            "IS-SHARE-09",
            "`internal-architecture`, which must not be shared",
        ],
    );
    draft_refused(
        GUIDELINE,
        "recipients: [provider, forensics, authority]\n    approval: share-technical\n    channels: [vendor-portal, encrypted-mail, secure-transfer, bridge]",
        "recipients: [forensics]\n    approval: share-technical\n    channels: [vendor-portal, encrypted-mail, secure-transfer, bridge]",
        &[
            "IS-SHARE-03",
            "`tessera-cloud` is a `provider`",
            "may go to `forensics`",
        ],
    );
    draft_refused(
        OPEN,
        "channel: vendor-portal\n    classification: partner-shareable\n    info_types: [observed-behaviour]",
        "channel: hotline\n    classification: partner-shareable\n    info_types: [observed-behaviour]",
        &["IS-SHARE-04", "over `hotline`, which"],
    );
    draft_refused(
        OPEN,
        "# Everything that leaves",
        "holds:\n  - {id: H-1, info_types: [observed-behaviour], from: 2025-06-19T00:00:00Z, until: 2025-06-21, why: Shows what we see, by: deniz}\n# Everything that leaves",
        &["IS-SHARE-12", "which `H-1` holds back until 2025-06-21"],
    );
    draft_refused(
        OPEN,
        "    by: tomas\n    to:",
        "    by: olek\n    to:",
        &["IS-APPR-08", "`olek`, who may not send `partner-shareable`"],
    );
    draft_refused(
        OPEN,
        "    classification: partner-shareable\n    info_types: [observed-behaviour]",
        "    classification: public\n    info_types: [observed-behaviour]",
        &[
            "IS-SHARE-02",
            "`OUT-3` is `public`, and the package in it, `PKG-3`, is `partner-shareable`",
        ],
    );
    draft_refused(
        OPEN,
        types,
        "info_types: [observed-behaviour, log-excerpt]",
        &["SC-PKG-11", "which is raw"],
    );
}

#[test]
fn a_label_that_does_not_fit_is_refused() {
    draft_refused(
        OPEN,
        "tlp: TLP:AMBER",
        "tlp: TLP:GREEN",
        &[
            "IS-SHARE-17",
            "`TLP:GREEN`, and the package in it, `PKG-3`, `TLP:AMBER`",
        ],
    );
    draft_refused(
        OPEN,
        "tlp: TLP:AMBER",
        "tlp: TLP:RED",
        &["IS-SHARE-17", "for named persons"],
    );
    let fixture = larkfield();
    edit(&fixture, OPEN, "tlp: TLP:AMBER", "tlp: TLP:CLEAR");
    edit(&fixture, OPEN_PACKAGE, "tlp: TLP:AMBER", "tlp: TLP:CLEAR");
    refused(
        &fixture,
        &draft(&fixture, &[]),
        &["PKG-3", "is for public content"],
    );
    // The closer label goes.
    let fixture = larkfield();
    edit(&fixture, OPEN, "tlp: TLP:AMBER", "tlp: TLP:AMBER+STRICT");
    assert!(draft(&fixture, &[]).stdout.contains("**TLP:AMBER+STRICT**"));
}

#[test]
fn a_hold_that_is_over_and_an_exception_that_is_approved_stop_nothing() {
    let fixture = larkfield();
    edit(
        &fixture,
        OPEN,
        "# Everything that leaves",
        "holds:\n  - {id: H-1, info_types: [observed-behaviour], from: 2025-06-19T00:00:00Z, until: 2025-06-20T12:00:00Z, why: Shows what we see, by: deniz}\n# Everything that leaves",
    );
    assert_eq!(draft(&fixture, &[]).code, 0);
    edit(
        &fixture,
        OPEN,
        "info_types: [observed-behaviour]",
        "exception: RA-2025-009\n    info_types: [observed-behaviour, internal-architecture]",
    );
    let exception = "kind: exception\nid: RA-2025-009\ntype: sharing-exception\nsubject: \"INC-2025-0009#OUT-3\"\n\
        requested_by: tomas\nrationale: Tessera cannot find the reads without our gateway plan\n\
        compensating_controls: [The plan was shown in the portal and withdrawn]\nreview_on: 2025-12-31\nstatus: active\n\
        approved: [{role: exec-sponsor, by: freya, at: 2025-06-20T11:00:00Z, how: commit}]\n";
    fixture.write("exceptions/RA-2025-009.yaml", exception);
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    fixture.write(
        "exceptions/RA-2025-009.yaml",
        &exception.replace("OUT-3", "OUT-1"),
    );
    refused(&fixture, &draft(&fixture, &[]), &["IS-SHARE-09"]);
}

#[test]
fn what_the_scans_find_is_refused_and_never_shown() {
    let summary = "summary: The reads on our volume began on 2 June";
    for (text, rule) in [
        ("seen at 10.20.30.40", "excluded-content"),
        ("seen at 192.168.7.9", "private-address"),
        ("on db7.int.larkfield.example", "excluded-content"),
        ("Hypothesis: an insider", "excluded-content"),
    ] {
        let fixture = larkfield();
        edit(
            &fixture,
            OPEN_PACKAGE,
            summary,
            &format!("{}\n  {text}", "summary: >-\n  We saw it"),
        );
        edit(
            &fixture,
            OPEN_PACKAGE,
            ", sixteen days before the notice.",
            "",
        );
        let run = draft(&fixture, &[]);
        refused(&fixture, &run, &[rule, "PKG-3.yaml:15:"]);
        let secret = text.rsplit(' ').next().unwrap();
        assert!(
            rule == "excluded-content" && secret == "insider" || !run.stderr.contains(secret),
            "{run:?}"
        );
    }
    // The text of the message that goes along, too.
    draft_refused(
        OPEN,
        "removed: account names on our side",
        "removed: account names on db7.int.larkfield.example",
        &["excluded-content", "incident.yaml:"],
    );
    // One exception, of this very message.
    let fixture = larkfield();
    edit(
        &fixture,
        OPEN_PACKAGE,
        summary,
        "summary: seen at 10.20.30.40",
    );
    edit(
        &fixture,
        OPEN,
        "    outcome: draft",
        "    redaction_exceptions:\n      - {rule: internal-addresses, why: They route it for us, by: ines}\n    outcome: draft",
    );
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("10.20.30.40"));
}

#[test]
fn an_exception_of_another_message_lets_nothing_out() {
    let fixture = larkfield();
    edit(
        &fixture,
        OPEN_PACKAGE,
        "audience: [provider]",
        "audience: [provider, customer]",
    );
    edit(
        &fixture,
        OPEN_PACKAGE,
        "summary: The reads",
        "summary: From 10.20.30.40 the reads",
    );
    edit(
        &fixture,
        OPEN,
        "    package: PKG-2\n",
        "    package: PKG-3\n    redaction_exceptions:\n      - {rule: internal-addresses, why: They know the address, by: ines}\n",
    );
    // OUT-2 was sent with a reason, so that a check is content; the draft OUT-3 has none.
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("error[excluded-content]"), "{run:?}");
}

#[test]
fn without_a_message_it_is_judged_as_an_initial_notification() {
    let fixture = larkfield();
    edit(
        &fixture,
        OPEN,
        "    package: PKG-3\n",
        "    package: PKG-1\n",
    );
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    let said = "note: no message to `tessera-cloud` uses `PKG-3`; judged as an initial notification of class `partner-shareable`";
    assert!(run.stderr.contains(said), "{run:?}");
    assert!(
        run.stderr.contains("approval missing: `ir-lead`"),
        "{run:?}"
    );
    assert!(run.stdout.contains("DRAFT - not approved"));
    assert!(
        run.stdout.contains("By our sharing rules we take out"),
        "{run:?}"
    );
    // Its class alone may forbid it.
    edit(
        &fixture,
        OPEN_PACKAGE,
        "classification: partner-shareable",
        "classification: restricted",
    );
    refused(
        &fixture,
        &draft(&fixture, &[]),
        &["IS-SHARE-03", "`forensics` and `authority`", "PKG-3.yaml:"],
    );
}

#[test]
fn a_rule_with_a_standing_approval_asks_for_none() {
    let fixture = larkfield();
    for (file, from, to) in [
        (
            OPEN_PACKAGE,
            "classification: partner-shareable",
            "classification: public",
        ),
        (
            OPEN,
            "classification: partner-shareable\n    info_types: [observed-behaviour]",
            "classification: public\n    info_types: [service-symptom]",
        ),
    ] {
        edit(&fixture, file, from, to);
    }
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr.contains("pre-authorised by rule share-public"),
        "{run:?}"
    );
    assert!(!run.stdout.contains("DRAFT"), "{run:?}");
}

#[test]
fn the_latest_version_known_at_that_time_is_taken() {
    let fixture = larkfield();
    let run = draft(&fixture, &["--as-of", "2025-06-20T08:59:59Z"]);
    assert!(run.stdout.contains("PKG-1 version 1"), "{run:?}");
    let run = draft(&fixture, &["--as-of", "2025-06-18T00:00:00Z"]);
    fails(
        &run,
        &["had no package for `provider` yet", "leave `--as-of` out"],
    );
    let run = package(&fixture, "INC-2025-0003", "riverside-clinic", &[]);
    assert!(run.stdout.contains("PKG-4 version 2"), "{run:?}");
}

#[test]
fn a_party_gets_its_own_package_and_none_that_is_not_to_be_told() {
    let fixture = larkfield();
    // Another provider has a package of its own, with later facts.
    let other = fixture
        .text(OPEN_PACKAGE)
        .replace("id: PKG-3", "id: PKG-4")
        .replace("supersedes: PKG-1\n", "")
        .replace("2025-06-20T09:00:00Z", "2025-06-20T10:00:00Z");
    fixture.write("incidents/INC-2025-0009/packages/PKG-4.yaml", &other);
    assert!(draft(&fixture, &[]).stdout.contains("PKG-3 version 2"));
    let run = package(&fixture, "INC-2025-0009", "corvid-id", &[]);
    assert!(run.stdout.contains("PKG-4 version 2"), "{run:?}");
    assert!(
        run.stderr
            .contains("note: `corvid-id` is not among the `parties` of INC-2025-0009"),
        "{run:?}"
    );
    let run = package(&fixture, "INC-2025-0003", "halden-msp", &[]);
    assert!(
        run.stderr
            .contains("note: `PKG-2` is what `corvid-id` gets"),
        "{run:?}"
    );
    let run = package(&fixture, "INC-2025-0003", "tessera-cloud", &[]);
    refused(
        &fixture,
        &run,
        &["SC-NOTIFY-04", "decided not to notify `tessera-cloud`"],
    );
}

#[test]
fn a_revision_is_read_with_its_templates() {
    let fixture = Fixture::repository();
    example::copy("larkfield", &fixture.root());
    fixture.write(
        "templates/package.txt",
        "OURS {{ handling.tlp }} {{ banner }}\n",
    );
    fixture.commit("records");
    fixture.write("templates/package.txt", "broken {{");
    edit(&fixture, OPEN_PACKAGE, "version: 2", "version: 7");
    let run = draft(&fixture, &["--rev", "HEAD", "--format", "text"]);
    assert_eq!(
        run.stdout, "OURS TLP:AMBER DRAFT - not approved\n",
        "{run:?}"
    );
    assert!(
        draft(&fixture, &["--rev", "HEAD"])
            .stdout
            .contains("PKG-3 version 2")
    );
    assert!(draft(&fixture, &[]).stdout.contains("PKG-3 version 7"));
}

#[test]
fn nobody_known_and_nothing_there_is_said_clearly() {
    let fixture = larkfield();
    fails(
        &package(&fixture, "INC-2025-0019", "tessera-cloud", &[]),
        &["no incident `INC-2025-0019`", "did you mean `INC-2025-000"],
    );
    fails(
        &package(&fixture, "nonsense", "tessera-cloud", &[]),
        &["no incident `nonsense`", "such as INC-2025-0003"],
    );
    fails(
        &package(&fixture, "INC-2025-0009", "tesera-cloud", &[]),
        &[
            "`tesera-cloud` is not registered",
            "did you mean `tessera-cloud`?",
        ],
    );
    fails(
        &package(&fixture, "INC-2025-0003", "med-isac", &[]),
        &[
            "no package for `sector-group`",
            "`customer`, `provider`",
            "audience: [sector-group]",
        ],
    );
    fails(
        &package(&fixture, "INC-2025-0005", "corvid-id", &[]),
        &["it has no packages at all"],
    );
    edit(
        &fixture,
        "registry/third-parties/tessera-cloud.yaml",
        "recipient_category: provider\n",
        "",
    );
    fails(&draft(&fixture, &[]), &["has no `recipient_category`"]);
}

#[test]
fn a_package_that_cannot_be_read_is_not_passed_over() {
    let fixture = larkfield();
    edit(
        &fixture,
        OPEN_PACKAGE,
        "audience: [provider]",
        "audience: [provider",
    );
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.stderr.contains("PKG-3.yaml cannot be read as a record"),
        "{run:?}"
    );
    assert_eq!(run.stdout, "");
    let fixture = larkfield();
    edit(&fixture, OPEN, "status: open", "status: [open");
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.stderr
            .contains("incident.yaml cannot be read as a record"),
        "{run:?}"
    );
    draft_refused(
        OPEN_PACKAGE,
        "tlp: TLP:AMBER",
        "tlp: TLP:AMBER\ntpl: TLP:RED",
        &["unknown-key", "`tpl`"],
    );
}

/// Every text of a record that is longer than a number or a date.
fn texts(yaml: &str) -> BTreeSet<String> {
    let tree = parse(yaml.into(), &Limits::default()).unwrap();
    let words = tree
        .scalars()
        .map(|node| node.scalar_text().trim().to_owned());
    words.filter(|it| it.len() > 3).collect()
}

#[test]
fn nothing_internal_gets_out() {
    let fixture = larkfield();
    for (id, party, number) in [
        ("INC-2025-0009", "tessera-cloud", 3),
        ("INC-2025-0009", "riverside-clinic", 2),
        ("INC-2025-0003", "corvid-id", 2),
        ("INC-2025-0003", "riverside-clinic", 4),
        ("INC-2025-0001", "halden-msp", 1),
        ("INC-2025-0002", "halden-msp", 1),
    ] {
        let mine = fixture.text(&format!("incidents/{id}/packages/PKG-{number}.yaml"));
        let party_record = fixture.text(&format!("registry/third-parties/{party}.yaml"));
        let incident = fixture.text(&format!("incidents/{id}/incident.yaml"));
        let mut internal = texts(&incident);
        internal.extend(texts(&fixture.text("registry/people.yaml")));
        internal.extend(texts(&party_record));
        for other in 1..=4 {
            let file = format!("incidents/{id}/packages/PKG-{other}.yaml");
            if other != number && fixture.path(&file).exists() {
                internal.extend(texts(&fixture.text(&file)));
            }
        }
        let told = texts(&mine);
        for format in FORMATS {
            let run = package(&fixture, id, party, &["--format", format]);
            assert_eq!(run.code, 0, "{run:?}");
            let out = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            let found: Vec<&String> = internal
                .iter()
                .filter(|text| !told.iter().any(|it| it.contains(text.as_str())))
                .filter(|text| {
                    text.contains(' ') && out.contains(text.as_str()) || is_person(text, &out)
                })
                .filter(|text| !is_meant_to_be_there(text, &incident, &party_record))
                .collect();
            assert!(
                found.is_empty(),
                "{id} {party} {format}: {found:?}\n{}",
                run.stdout
            );
        }
    }
}

/// The id of a person, as a word.
fn is_person(text: &str, out: &str) -> bool {
    let people = [
        "mara", "deniz", "tomas", "ines", "nils", "olek", "kofi", "freya", "hugo", "bruno",
        "priya", "sana",
    ];
    let mut words = out.split(|c: char| !c.is_alphanumeric());
    people.contains(&text) && words.any(|it| it.eq_ignore_ascii_case(text))
}

/// What was taken out and why, and the name of the recipient, are written for the recipient.
fn is_meant_to_be_there(text: &str, incident: &str, party: &str) -> bool {
    let lines: Vec<&str> = incident.lines().map(str::trim).collect();
    let is_redaction = lines.windows(2).any(|pair| {
        pair[0].starts_with("- removed: ") && pair.iter().any(|line| line.ends_with(text))
    });
    is_redaction || party.contains(&format!("name: {text}"))
}

#[test]
fn texts_of_records_forge_nothing() {
    let fixture = larkfield();
    edit(
        &fixture,
        OPEN_PACKAGE,
        "behaviour: Short reads at night, spread over the whole volume.",
        r#"behaviour: |-
  # Approved by legal
  ===
  - [Log in](https://evil.example/login)
  1. <script>alert(1)</script><img src=x onerror=y>
  **bold** `code` &lt;b&gt; www.evil.example {{ handling.tlp }}
      indented "quotes" 'and' | pipes
  TLP:CLEAR"#,
    );
    edit(
        &fixture,
        OPEN_PACKAGE,
        "iocs: []\niocs_withheld: The only indicator is the account that Tessera itself named to us.\n",
        "iocs: [\"a`b ``c\", \"<evil.example>\"]\n",
    );
    let run = draft(&fixture, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    for shown in [
        "\n\\# Approved by legal\n",
        "\n\\===\n",
        "\n\\- \\[Log in\\](https\\://evil.example/login)\n",
        "\n1\\. \\<script\\>alert(1)\\</script\\>\\<img src=x onerror=y\\>\n",
        "\n\\*\\*bold\\*\\* \\`code\\` \\&lt;b\\&gt; www\\.evil.example {{ handling.tlp }}\n",
        "\nindented \"quotes\" 'and' \\| pipes\n",
        "- ```a`b ``c```\n",
    ] {
        assert!(run.stdout.contains(shown), "{shown}\n{}", run.stdout);
    }
    let html = draft(&fixture, &["--format", "html"]).stdout;
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=y&gt;"));
    assert!(html.contains("&amp;lt;b&amp;gt;"), "{html}");
    for tag in [
        "<script",
        "<img",
        "<a ",
        "<link",
        "href=",
        "src=\"",
        "url(",
        "@import",
        "http://",
        "https://fonts",
    ] {
        assert!(!html.contains(tag), "{tag}");
    }
    let text = draft(&fixture, &["--format", "text"]).stdout;
    let forged = text
        .lines()
        .filter(|it| it.starts_with("TLP:") || it.starts_with('#'))
        .count();
    assert_eq!(forged, 2, "the label at the top and at the end: {text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 76),
        "{text}"
    );
}

#[test]
fn a_template_of_the_organisation_takes_the_place_of_ours() {
    let fixture = larkfield();
    fixture.write(
        "templates/package.md",
        "{{ banner }} {{ handling.tlp }}\n{% for section in sections %}\n{% for ask in section.asks %}\n{{ loop.index }} {{ ask.what }}\n{% endfor %}\n{% endfor %}\n",
    );
    let run = draft(&fixture, &[]);
    let expected = "DRAFT - not approved TLP:AMBER\n1 Send the access log of all volumes of our tenant for June\n2 Say which other volumes the account reached\n";
    assert_eq!(run.stdout, expected, "{run:?}");
    assert!(
        draft(&fixture, &["--format", "text"])
            .stdout
            .contains("WHAT WE ASK")
    );
}

#[test]
fn a_template_that_cannot_be_used_is_told_with_its_line_and_nothing_is_written() {
    let deep = format!(
        "{}{{{{ a }}}}{}",
        "{% if banner %}".repeat(200),
        "{% endif %}".repeat(200)
    );
    let nested = "{% for a in sections %}".repeat(12) + "x" + &"{% endfor %}".repeat(12);
    let large = "x".repeat(200 << 10);
    for (template, words) in [
        (
            "{{ handling.tlp }}\n{% include '/etc/passwd' %}",
            vec!["package.md:2: `include` is no statement"],
        ),
        (
            "\n\n{% set a = banner %}",
            vec!["package.md:3: `set` is no statement"],
        ),
        (
            "{{ handling.tlp ~ handling.tlp }}",
            vec!["package.md:1: `~`"],
        ),
        (
            "{{ 'x' * 1000000000 }}",
            vec!["`*`: templates do not compute"],
        ),
        (
            "{{ handling.tlp }}\n{{ banner }}\n{{ handling.tpl }}",
            vec!["package.md:3:", "no such name", "docs/package.md"],
        ),
        (
            "{{ handling.tlp }}{{ incident.title }}",
            vec!["package.md:1:", "no such name"],
        ),
        (
            "{{ handling.tlp }}\n{% if banner %}",
            vec!["package.md:2: it is not written as a template is"],
        ),
        ("{{ handling.tlp", vec!["package.md:1: there is no `}}`"]),
        (
            "{{ handling.tlp | shout }}",
            vec!["package.md:1:", "no such filter"],
        ),
        (
            "{{ range(9) }}",
            vec!["package.md:1:", "no such filter, test or function"],
        ),
        (
            "{{ sections }}",
            vec!["package.md:1:", "this is no text, but a list"],
        ),
        (
            "hello {{ banner }}",
            vec!["does not show the TLP label", "{{ handling.tlp }}"],
        ),
        (
            "hello {{ handling.tlp }}",
            vec!["does not show that this is a draft"],
        ),
        (
            "{{ handling.tlp }} {{ banner }} db7.int.larkfield.example",
            vec![],
        ),
        (&nested, vec!["takes too many steps"]),
        (&deep, vec!["package.md"]),
        (&large, vec!["package.md"]),
        (
            "\u{0}{% for x in sections recursive %}{{ loop(sections) }}{% endfor %}",
            vec!["package.md:1:"],
        ),
    ] {
        let fixture = larkfield();
        fixture.write("templates/package.md", template);
        fixture.write("out.md", "before\n");
        let run = draft(&fixture, &["--output", "out.md"]);
        assert_eq!(run.stdout, "", "{template:.60}");
        if words.is_empty() {
            assert_eq!(run.code, 1, "{run:?}");
            assert!(
                run.stderr
                    .contains("templates/package.md:1:33: error[excluded-content]"),
                "{run:?}"
            );
        } else {
            assert_eq!(run.code, 2, "{template:.60} {run:?}");
            assert!(run.stderr.contains("  help: "), "{run:?}");
        }
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
        assert_eq!(fixture.text("out.md"), "before\n");
    }
}

#[test]
fn a_template_that_is_no_text_file_is_refused() {
    let fixture = larkfield();
    std::fs::create_dir_all(fixture.path("templates/package.md")).unwrap();
    fails(
        &draft(&fixture, &[]),
        &["templates/package.md", "regular file"],
    );
    std::fs::remove_dir(fixture.path("templates/package.md")).unwrap();
    fixture.write_bytes("templates/package.md", b"\xff\xfe{{ handling.tlp }}");
    fails(&draft(&fixture, &[]), &["templates/package.md", "UTF-8"]);
    #[cfg(unix)]
    {
        std::fs::remove_file(fixture.path("templates/package.md")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", fixture.path("templates/package.md")).unwrap();
        let run = draft(&fixture, &[]);
        fails(&run, &["templates/package.md"]);
        assert!(!run.stderr.contains("root:"), "{run:?}");
    }
}

#[test]
fn the_text_is_written_whole_or_not_at_all() {
    let fixture = larkfield();
    let run = draft(&fixture, &["--format", "html", "--output", "out.html"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
    assert!(fixture.text("out.html").ends_with("</html>\n"));
    let run = draft(&fixture, &["--output", "nowhere/out.md"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("there is no such folder"), "{run:?}");
    let run = draft(&fixture, &["--output", "incidents"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("is a folder"), "{run:?}");
}
