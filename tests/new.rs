//! `probity new`: what it writes is without fault, overwrites nothing, and holds nothing that nobody
//! said.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use std::fs;

use binary::{Run, probity, probity_with};
use example::larkfield;
use fixture::Fixture;

fn new(fixture: &Fixture, kind: &str, options: &[&str]) -> Run {
    let arguments = [&["new", kind], options].concat();
    probity(&fixture.root(), &arguments)
}

/// The lines of the check, without its summary.
fn findings(fixture: &Fixture) -> Vec<String> {
    let check = probity(&fixture.root(), &["check", "--format", "concise"]);
    let lines = check.stdout.lines().filter(|it| it.contains('['));
    lines.map(str::to_owned).collect()
}

const INCIDENT: &[&str] = &[
    "--title",
    "Odd logins",
    "--severity",
    "high",
    "--detected-at",
    "2025-06-20T11:00:00Z",
    "--declared-at",
    "2025-06-20T11:10:00Z",
    "--commander",
    "mara",
];

const PACKAGE: &[&str] = &[
    "--incident",
    "INC-2025-0010",
    "--audience",
    "provider",
    "--classification",
    "partner-shareable",
    "--tlp",
    "TLP:AMBER",
    "--distribution",
    "security desk",
    "--facts-as-of",
    "2025-06-20T11:00:00Z",
    "--summary",
    "Odd logins with stolen tokens.",
    "--ask",
    "what=Look for them, please,by=2025-06-25",
];

#[test]
fn an_incident_of_seven_facts_is_clean_and_says_what_is_due() {
    let fixture = larkfield();
    let run = new(&fixture, "incident", INCIDENT);
    assert_eq!(run.code, 0, "{run:?}");
    // The limit of the programme is 4 hours after the declaration.
    assert_eq!(
        run.stdout,
        "wrote incidents/INC-2025-0010/incident.yaml\n\n\
         due next:\n  2025-06-20T15:10:00Z  in 3h 10m  trigger evaluation (mara)\n\n\
         `probity check` has nothing to say about it\n"
    );
    let written = fixture.text("incidents/INC-2025-0010/incident.yaml");
    let facts = "kind: incident\nid: INC-2025-0010\ntitle: Odd logins\nstatus: open\nseverity: high\n\
         detected_at: 2025-06-20T11:00:00Z\ndeclared_at: 2025-06-20T11:10:00Z\ncommander: mara\n\n";
    assert!(written.starts_with(facts), "{written}");
    // All else is a comment.
    let rest = written[facts.len()..].lines();
    assert!(rest.clone().all(|line| line.starts_with("# ")), "{written}");
    assert!(
        rest.clone()
            .any(|line| line.starts_with("# supply_chain:  # "))
    );
    assert_eq!(findings(&fixture), Vec::<String>::new());
}

#[test]
fn what_is_missing_is_named_all_at_once_with_what_to_write() {
    let fixture = larkfield();
    let run = new(&fixture, "incident", &["--title", "Odd logins"]);
    assert_eq!(run.code, 2, "{run:?}");
    let rows: Vec<&str> = run.stderr.lines().skip(1).take(4).collect();
    assert_eq!(
        rows,
        [
            "  --severity     One of the severities of program.yaml, such as high. There are critical, high, medium, low.",
            "  --detected-at  When it was first noticed, such as 2025-05-06T06:10:00Z.",
            "  --declared-at  When it was declared an incident.",
            "  --commander    Who leads the incident: a person with the commander role of the runbook.",
        ],
        "{run:?}"
    );
    assert!(!fixture.path("incidents/INC-2025-0010").exists());
    // What is needed depends on what is said.
    let critical = new(&fixture, "system", &["--criticality", "critical"]);
    assert!(critical.stderr.contains("--dependencies-unknown"));
    let standard = new(&fixture, "system", &["--criticality", "standard"]);
    assert!(!standard.stderr.contains("--dependencies-unknown"));
}

#[test]
fn now_is_the_moment_at_which_somebody_says_so() {
    let fixture = larkfield();
    let options = [
        "--title",
        "Odd logins",
        "--severity",
        "high",
        "--detected-at",
        "now",
        "--declared-at",
        "now",
        "--commander",
        "mara",
        "--dry-run",
    ];
    let run = new(&fixture, "incident", &options);
    assert_eq!(run.code, 0, "{run:?}");
    let times = "detected_at: 2025-06-20T12:00:00Z\ndeclared_at: 2025-06-20T12:00:00Z\n";
    assert!(run.stdout.contains(times), "{run:?}");
}

#[test]
fn wrong_values_are_told_in_the_words_of_the_check() {
    let fixture = larkfield();
    let wrong = [
        ("--severity", "hgh", "Did you mean `high`?"),
        ("--commander", "marra", "person `marra` is not registered"),
        ("--source", "gossip", "`gossip` is not a value of `source`"),
        ("--affected", "patient-portl", "system `patient-portl`"),
        (
            "--detected-at",
            "2025-06-20T11:00",
            "does not say which time zone",
        ),
        (
            "--declared-at",
            "today",
            "`declared_at` is `today`, expected a time",
        ),
    ];
    for (option, value, expected) in wrong {
        let run = new(&fixture, "incident", &[option, value]);
        assert_eq!(run.code, 2, "{run:?}");
        let row = run
            .stderr
            .lines()
            .find(|it| it.trim_start().starts_with(option));
        assert!(row.is_some_and(|it| it.contains(expected)), "{run:?}");
    }
    let all: Vec<&str> = wrong.iter().flat_map(|it| [it.0, it.1]).collect();
    let run = new(&fixture, "incident", &all);
    for (option, _, expected) in wrong {
        assert!(run.stderr.contains(expected), "{option}: {run:?}");
    }
    assert!(!fixture.path("incidents/INC-2025-0010").exists());
}

#[test]
fn what_contradicts_itself_is_written_only_on_demand() {
    let fixture = larkfield();
    let mut options = INCIDENT.to_vec();
    options[7] = "2025-06-20T10:00:00Z";
    let run = new(&fixture, "incident", &options);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("declared 1h before it was detected"));
    assert!(!fixture.path("incidents/INC-2025-0010").exists());
    options.push("--anyway");
    let run = new(&fixture, "incident", &options);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(fixture.path("incidents/INC-2025-0010").exists());
}

#[test]
fn ids_go_on_and_what_is_taken_is_kept() {
    let fixture = larkfield();
    // A folder without a record, a file that cannot be read, and another year.
    fs::create_dir(fixture.path("incidents/INC-2025-0010")).unwrap();
    fixture.write(
        "incidents/INC-2025-0012/incident.yaml",
        "kind: incident\n\tid: x\n",
    );
    let run = new(&fixture, "incident", INCIDENT);
    assert!(
        run.stdout.starts_with("wrote incidents/INC-2025-0013/"),
        "{run:?}"
    );
    let arguments = [&["new", "incident", "--anyway"], INCIDENT].concat();
    let later = [("SOURCE_DATE_EPOCH", "1767268800")];
    let run = probity_with(&fixture.root(), &arguments, &later);
    assert!(
        run.stdout.starts_with("wrote incidents/INC-2026-0001/"),
        "{run:?}"
    );

    let before = fixture.text("incidents/INC-2025-0003/incident.yaml");
    for (id, expected) in [
        ("INC-2025-0003", "`INC-2025-0003` is taken"),
        ("INC-2025-0010", "`INC-2025-0010` is taken"),
        ("INC-25-1", "expected an incident id such as INC-2025-0008"),
        ("../INC-2025-0040", "cannot name a file"),
    ] {
        let run = new(&fixture, "incident", &[INCIDENT, &["--id", id]].concat());
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(expected), "{id}: {run:?}");
    }
    assert_eq!(
        fixture.text("incidents/INC-2025-0003/incident.yaml"),
        before
    );
    let run = new(
        &fixture,
        "incident",
        &[INCIDENT, &["--id", "INC-2025-0040"]].concat(),
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        fixture
            .path("incidents/INC-2025-0040/incident.yaml")
            .exists()
    );
}

#[test]
fn third_parties_and_systems_are_clean_with_what_is_needed_now() {
    let fixture = larkfield();
    let party = [
        "--name",
        "Fern Archive",
        "--category",
        "saas",
        "--recipient-category",
        "provider",
        "--tier",
        "3",
        "--tier-because",
        "none",
        "--state",
        "active",
        "--since",
        "2025-06-01",
        "--reviewed-on",
        "2025-06-02",
        "--internal-owner",
        "mara",
    ];
    let run = new(&fixture, "third-party", &party);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout
            .starts_with("wrote registry/third-parties/fern-archive.yaml\n")
    );
    let again = new(&fixture, "third-party", &party);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(
        again.stderr.contains("`fern-archive` is taken"),
        "{again:?}"
    );

    let system = [
        "--name",
        "Archive",
        "--criticality",
        "critical",
        "--service-owner",
        "mara",
        "--operated-by",
        "tessera-cloud",
        "--data",
        "internal,personal",
        "--component",
        "id=store,name=Store, cold,type=storage,provider=tessera-cloud",
        "--reviewed-on",
        "2025-06-02",
        "--dependency",
        "party=tessera-cloud,direction=upstream",
        "--dependency",
        "party=riverside-clinic,direction=downstream",
    ];
    let run = new(&fixture, "system", &system);
    assert_eq!(run.code, 0, "{run:?}");
    let written = fixture.text("registry/systems/archive.yaml");
    let component = "components:\n  - id: store\n    name: Store, cold\n    type: storage\n    \
         provider: tessera-cloud\n";
    assert!(written.contains(component), "{written}");
    assert_eq!(findings(&fixture), Vec::<String>::new());
}

#[test]
fn what_a_supplier_of_the_first_tier_still_lacks_is_told() {
    let fixture = larkfield();
    let run = new(
        &fixture,
        "third-party",
        &[
            "--name",
            "Müller Cloud",
            "--category",
            "saas",
            "--recipient-category",
            "provider",
            "--tier",
            "1",
            "--tier-because",
            "hosts-regulated-data",
            "--state",
            "active",
            "--since",
            "2025-06-01",
            "--reviewed-on",
            "2025-06-02",
            "--internal-owner",
            "mara",
            "--id",
            "mueller-cloud",
        ],
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.contains("`probity check` will ask for:"),
        "{run:?}"
    );
    assert!(
        run.stdout
            .contains("the entry of `mueller-cloud` has no contract")
    );
    // A name that is no id has to be given one.
    let run = new(&fixture, "third-party", &["--name", "Müller Cloud"]);
    assert!(run.stderr.contains("\n  --id "), "{run:?}");
}

#[test]
fn exercises_and_health_checks_are_clean_with_what_is_needed_now() {
    let fixture = larkfield();
    let exercise = [
        "--title",
        "Call at night",
        "--held-at",
        "2025-06-20T10:00:00Z",
        "--facilitator",
        "mara",
        "--scope",
        "supply-chain",
        "--participant",
        "mara",
        "--participant",
        "Ann, of Corvid",
        "--third-party",
        "party=corvid-id,mode=joined",
        "--after-hours-contact",
        "pass",
        "--secure-sharing",
        "pass",
        "--decision-authority",
        "pass",
        "--update-timing",
        "pass",
        "--provider-notification",
        "pass",
        "--no-changes-because",
        "Everything went as it should",
    ];
    let run = new(&fixture, "exercise", &exercise);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("wrote exercises/EX-2025-02.yaml\n"));
    let written = fixture.text("exercises/EX-2025-02.yaml");
    assert!(written.contains("  - Ann, of Corvid\n"), "{written}");
    assert!(written.contains("tests:\n  after-hours-contact:\n    result: pass\n"));

    let mut left_out = exercise.to_vec();
    left_out[15] = "not-tested";
    let run = new(&fixture, "exercise", &left_out);
    assert!(run.stderr.contains("--after-hours-contact-why"), "{run:?}");

    let check = [
        "--type",
        "contact-validation",
        "--control",
        "ir-6-3",
        "--performed-at",
        "2025-06-20T10:00:00Z",
        "--by",
        "mara",
        "--from",
        "2025-04-01",
        "--to",
        "2025-06-19",
    ];
    let run = new(&fixture, "health-check", &check);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout
            .starts_with("wrote health-checks/HC-2025-03.yaml\n")
    );
    // That no contact was tried is all there is to say: nobody said one was.
    let rest = findings(&fixture);
    assert!(
        rest.iter().all(|it| it.contains("no-contact-tried")),
        "{rest:?}"
    );
}

#[test]
fn an_exception_waits_for_its_approval_only() {
    let fixture = larkfield();
    let options = [
        "--type",
        "risk-acceptance",
        "--subject",
        "INC-2025-0003#V-1",
        "--requested-by",
        "mara",
        "--rationale",
        "It is gone with the next contract",
        "--none-because",
        "There is nothing to be done until then",
        "--review-on",
        "2025-09-01",
    ];
    let run = new(&fixture, "exception", &options);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout
            .starts_with("wrote exceptions/RA-2025-003.yaml\n")
    );
    // The other finding is that the weakness does not cite it yet.
    assert!(
        run.stdout
            .contains("  error  `RA-2025-003` lacks `approved`\n"),
        "{run:?}"
    );
    assert_eq!(findings(&fixture).len(), 2);
    let mut unknown = options.to_vec();
    unknown[3] = "INC-2025-0004#V-1";
    let run = new(&fixture, "exception", &unknown);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("--subject  "), "{run:?}");
}

#[test]
fn the_next_package_for_an_audience_says_what_it_replaces() {
    let fixture = larkfield();
    new(&fixture, "incident", INCIDENT);
    let run = new(&fixture, "package", PACKAGE);
    assert_eq!(run.code, 0, "{run:?}");
    let first = fixture.text("incidents/INC-2025-0010/packages/PKG-1.yaml");
    assert!(first.contains("\nversion: 1\naudience:"), "{first}");
    let ask = "asks:\n  - what: Look for them, please\n    by: 2025-06-25\n";
    assert!(first.contains(ask), "{first}");

    let run = new(&fixture, "package", PACKAGE);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("\n  --changes  "), "{run:?}");
    let next = [PACKAGE, &["--changes", "Two more addresses"]].concat();
    let run = new(&fixture, "package", &next);
    assert_eq!(run.code, 0, "{run:?}");
    let second = fixture.text("incidents/INC-2025-0010/packages/PKG-2.yaml");
    let head = "version: 2\nsupersedes: PKG-1\nchanges: Two more addresses\naudience:";
    assert!(second.contains(head), "{second}");

    // Another audience counts for itself, and an incident that is not there has no packages.
    let mut other = PACKAGE.to_vec();
    other[3] = "customer";
    let run = new(&fixture, "package", &other);
    assert_eq!(run.code, 0, "{run:?}");
    let third = fixture.text("incidents/INC-2025-0010/packages/PKG-3.yaml");
    assert!(third.contains("\nversion: 1\naudience:"), "{third}");
    other[1] = "INC-2025-0999";
    let run = new(&fixture, "package", &other);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("--incident  "), "{run:?}");
    assert!(!fixture.path("incidents/INC-2025-0999").exists());
    assert_eq!(findings(&fixture), Vec::<String>::new());
}

#[test]
fn a_fresh_repository_takes_an_incident_that_stays_clean() {
    let fixture = Fixture::repository();
    probity(&fixture.root(), &["init"]);
    let run = new(&fixture, "incident", INCIDENT);
    assert_eq!(run.code, 0, "{run:?}");
    let written = fixture.text("incidents/INC-2025-0001/incident.yaml");
    let first = written.lines().next().unwrap();
    let schema = first
        .strip_prefix("# yaml-language-server: $schema=")
        .unwrap();
    let folder = fixture.path("incidents/INC-2025-0001");
    assert!(folder.join(schema).exists(), "{first}");
    let strict = ["check", "--fail-on", "warning", "--format", "concise"];
    let check = probity(&fixture.root(), &strict);
    assert_eq!(check.code, 0, "{check:?}");
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_nothing_is_left() {
    let fixture = larkfield();
    fs::remove_dir_all(fixture.path("health-checks")).unwrap();
    fixture.write("health-checks", "a file\n");
    let run = new(
        &fixture,
        "health-check",
        &[
            "--type",
            "contact-validation",
            "--control",
            "ir-6-3",
            "--performed-at",
            "2025-06-20T10:00:00Z",
            "--by",
            "mara",
            "--from",
            "2025-04-01",
            "--to",
            "2025-06-19",
        ],
    );
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.stderr.contains("health-checks/HC-2025-01.yaml"),
        "{run:?}"
    );
    assert_eq!(fixture.text("health-checks"), "a file\n");

    let empty = Fixture::folder();
    let run = new(&empty, "incident", INCIDENT);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("`probity init`"), "{run:?}");
    assert_eq!(fs::read_dir(empty.root()).unwrap().count(), 0);
}

#[test]
fn a_dry_run_shows_the_record_and_the_folder_may_be_another() {
    let fixture = larkfield();
    let run = new(&fixture, "incident", &[INCIDENT, &["--dry-run"]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout
            .starts_with("kind: incident\nid: INC-2025-0010\n")
    );
    assert!(!fixture.path("incidents/INC-2025-0010").exists());
    let elsewhere = fixture.beside("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let arguments = [&["new", "incident", "--path", "../records"], INCIDENT].concat();
    let run = probity(&elsewhere, &arguments);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        fixture
            .path("incidents/INC-2025-0010/incident.yaml")
            .exists()
    );
}
