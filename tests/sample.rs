//! `probity sample`: what is drawn, what is written, and what is refused.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod binary;
mod example;
mod fixture;

use binary::{Run, probity};
use example::larkfield;
use fixture::Fixture;

fn sample(fixture: &Fixture, more: &[&str]) -> Run {
    let mut arguments = vec!["sample"];
    arguments.extend(more);
    probity(&fixture.root(), &arguments)
}

/// The ids of a record in `sample`, in order.
fn drawn(record: &str) -> Vec<&str> {
    let lines = record.lines();
    lines
        .filter_map(|line| line.strip_prefix("  - incident: "))
        .collect()
}

#[track_caller]
fn fails(run: &Run, message: &str) {
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(run.stderr.contains(message), "{run:?}");
}

const QUARTER: &[&str] = &[
    "--control",
    "ir-6-3",
    "--period",
    "2025-Q2",
    "--size",
    "2",
    "--seed",
    "s",
];

const DRAWN: [&str; 2] = ["INC-2025-0002", "INC-2025-0003"];

/// Closed from April to June: 0002 (medium), 0003 (high), 0005 and 0006 (low). By
/// `printf 's\nINC-2025-000N' | sha256sum`: 0002 5674…, 0006 7025…, 0005 8ae2…, 0003 fd09…. The first two are both of
/// the lower half, so 0006 gives way to 0003, the first of the upper.
#[test]
fn the_draw_can_be_made_by_hand_and_spans_the_severities() {
    let fixture = larkfield();
    let run = sample(&fixture, &[QUARTER, &["--dry-run"]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(drawn(&run.stdout), DRAWN);
    assert!(run.stdout.contains("population: 4\n"), "{run:?}");
    assert!(run.stdout.contains("id: HC-2025-03\n"), "{run:?}");
    assert!(run.stdout.contains("\"s\""), "{run:?}");
    assert!(
        !fixture
            .root()
            .join("health-checks/HC-2025-03.yaml")
            .exists()
    );
    let again = sample(&fixture, &[QUARTER, &["--dry-run"]].concat());
    assert_eq!(again.stdout, run.stdout);
}

#[test]
fn the_record_is_written_once_and_says_what_to_do() {
    let fixture = larkfield();
    let before = fixture.text("health-checks/HC-2025-02.yaml");
    let run = sample(&fixture, QUARTER);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("HC-2025-03.yaml"), "{run:?}");
    assert!(run.stdout.contains("Answer each question"), "{run:?}");
    let record = fixture.text("health-checks/HC-2025-03.yaml");
    assert_eq!(drawn(&record), DRAWN);
    for question in ["trigger-evaluated: null", "lessons-applied: null"] {
        assert_eq!(record.matches(question).count(), 2, "{record}");
    }
    assert!(!record.contains("roles-notified"), "{record}");
    // The next one gets the next number.
    let run = sample(&fixture, QUARTER);
    assert!(run.stdout.contains("HC-2025-04.yaml"), "{run:?}");
    // However the repository was named, the file is named from its root.
    let root = fixture.root().display().to_string();
    let arguments = [QUARTER, &[&root]].concat();
    let run = sample(&fixture, &arguments);
    assert!(
        run.stdout
            .starts_with("wrote health-checks/HC-2025-05.yaml\n"),
        "{run:?}"
    );
    assert_eq!(fixture.text("health-checks/HC-2025-03.yaml"), record);
    assert_eq!(fixture.text("health-checks/HC-2025-02.yaml"), before);
}

#[test]
fn cards_are_named_by_id_or_requirement_and_ask_their_questions() {
    let fixture = larkfield();
    let both = [
        "--control",
        "ir-6-2",
        "--control",
        "ir-4-10",
        "--period",
        "2025-Q1",
        "--size",
        "9",
        "--dry-run",
    ];
    let run = sample(&fixture, &both);
    assert_eq!(
        run.stdout.matches(": null\n").count(),
        9 + 1,
        "nine answers and `by`: {run:?}"
    );
    assert!(
        run.stdout.contains("The only incident closed from"),
        "{run:?}"
    );
    fails(
        &sample(
            &fixture,
            &["--control", "ir-6-4", "--period", "2025", "--size", "1"],
        ),
        "did you mean `ir-6-2`?",
    );
    fails(
        &sample(
            &fixture,
            &[
                "--control",
                "info-sharing",
                "--period",
                "2025",
                "--size",
                "1",
            ],
        ),
        "a sample answers nothing about `info-sharing`",
    );
}

/// In the second quarter 0005 and 0006 alone would involve nobody outside; in 2024 nothing was
/// closed at all.
#[test]
fn an_exercise_takes_the_place_of_an_incident_with_others() {
    let fixture = larkfield();
    let april = [
        "--control",
        "ir-6-3",
        "--period",
        "2025-04-15..2025-05-02",
        "--size",
        "1",
        "--dry-run",
    ];
    let run = sample(&fixture, &april);
    let ids = drawn(&run.stdout);
    assert_eq!((ids.len(), ids[1]), (2, "EX-2025-01"), "{run:?}");
    assert!(run.stdout.contains("population: 2\n"), "{run:?}");
    let last_year = [
        "--control",
        "ir-6-3",
        "--period",
        "2024",
        "--size",
        "1",
        "--dry-run",
    ];
    let run = sample(&fixture, &last_year);
    assert_eq!(drawn(&run.stdout), ["EX-2025-01"]);
    assert!(run.stdout.contains("population: 0\n"), "{run:?}");
    // Before the exercise there is nothing to look at.
    let early = [
        "--control",
        "ir-6-3",
        "--period",
        "2024",
        "--size",
        "1",
        "--as-of",
        "2025-01-01",
    ];
    fails(&sample(&fixture, &early), "no incident was closed from");
}

#[test]
fn first_and_last_day_are_inside() {
    let fixture = larkfield();
    let day = |period| {
        let arguments = [
            "--control",
            "ir-6-2",
            "--period",
            period,
            "--size",
            "5",
            "--dry-run",
        ];
        let run = sample(&fixture, &arguments);
        drawn(&run.stdout)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    // Closed on 28 February 15:00.
    assert_eq!(day("2025-02-28..2025-02-28"), ["INC-2025-0001"]);
    assert_eq!(day("2025-02-01..2025-02-28"), ["INC-2025-0001"]);
    assert_eq!(day("2025-02-28..2025-03-31"), ["INC-2025-0001"]);
    assert_eq!(day("2025-03"), ["EX-2025-01"]);
}

#[test]
fn who_answers_is_known_and_did_not_lead() {
    let fixture = larkfield();
    let with = |by| sample(&fixture, &[QUARTER, &["--by", by]].concat());
    fails(&with("hugp"), "did you mean `hugo`?");
    let run = with("mara");
    assert!(
        run.stdout.contains("note: `mara` led INC-2025-0003"),
        "{run:?}"
    );
    let run = with("hugo");
    assert!(!run.stdout.contains(" led "), "{run:?}");
}

#[test]
fn wrong_periods_and_sizes_are_refused() {
    let fixture = larkfield();
    let with = |period, size| {
        sample(
            &fixture,
            &["--control", "ir-6-3", "--period", period, "--size", size],
        )
    };
    fails(&with("2025-Q5", "1"), "2025-Q1, 2025-04 or 2025");
    fails(
        &with("2025-03-31..2025-01-01", "1"),
        "ends before it begins",
    );
    fails(&with("2025", "0"), "0 is not in 1..");
    let nothing = Fixture::folder();
    fails(&sample(&nothing, QUARTER), "there are no records");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_way_is_not_followed() {
    let fixture = larkfield();
    let away = fixture.beside("away.yaml");
    let link = fixture.root().join("health-checks/HC-2025-03.yaml");
    std::os::unix::fs::symlink(&away, &link).unwrap();
    let run = sample(&fixture, QUARTER);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("exists already"), "{run:?}");
    assert!(!away.exists());
}
