//! `probity report metrics`.

use std::collections::BTreeSet;

use serde_json::json;

use crate::binary::probity;
use crate::example;
use crate::paper::*;

const HALF: &[&str] = &["metrics", "--period", "2025-01-01..2025-06-30"];

#[test]
fn the_numbers_of_the_example_are_as_expected() {
    let folder = example::repository();
    assert_expected(&folder.path().join("larkfield"), HALF, "metrics");
}

#[test]
fn json_pages_and_tables_agree() {
    let folder = larkfield();
    let json = model(folder.path(), HALF);
    assert_fits("report-metrics.json", &json);
    assert_same_in_all(folder.path(), HALF);
    assert_sound(&report(folder.path(), HALF, "html"));
    // The numbers are those of `probity metrics`.
    let arguments = [
        "metrics",
        "--period",
        "2025-01-01..2025-06-30",
        "--format",
        "json",
    ];
    let run = probity(folder.path(), &arguments);
    let numbers: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["metrics"], numbers);
}

/// Seven incidents were evaluated: one each in February, March and May, two in April and June, and
/// one of June is not evaluated yet.
#[test]
fn a_trend_is_made_of_the_same_cases() {
    let folder = larkfield();
    let json = model(folder.path(), HALF);
    let points = |id: &str| {
        let mut trends = list(&json["trends"]);
        let trend = trends.find(|it| it["figure"] == id).unwrap();
        let points = list(&trend["points"]);
        points
            .map(|it| (it["part"].clone(), it["population"].clone()))
            .collect::<Vec<_>>()
    };
    let months = ["01", "02", "03", "04", "05", "06"].map(|it| json!(format!("2025-{it}")));
    let counts = [0, 1, 1, 2, 1, 2].map(|it| json!(it));
    let expected: Vec<_> = months.into_iter().zip(counts).collect();
    assert_eq!(points("evaluation-in-limit"), expected);
    // What says how it stands now has no trend.
    let known: BTreeSet<&str> = list(&json["trends"])
        .map(|it| it["figure"].as_str().unwrap())
        .collect();
    assert!(!known.contains("open-fixes") && !known.contains("contacts-verified"));
    assert!(known.contains("two-way-rate") && known.contains("repeat-weaknesses"));
}

#[test]
fn an_empty_period_says_what_that_rests_on() {
    let folder = larkfield();
    let text = report(folder.path(), &["metrics", "--period", "2023"], "markdown");
    assert!(
        text.contains(
            "Nothing happened in this period that is counted. That rests on 44 records examined"
        ),
        "{text}"
    );
    assert_sound(&report(
        folder.path(),
        &["metrics", "--period", "2023"],
        "html",
    ));
}

/// 240 false alarms like INC-2025-0005: a page shows 200 of the cases behind a number, the JSON all.
#[test]
fn of_many_cases_a_page_shows_those_that_need_an_eye() {
    let folder = larkfield();
    multiply(folder.path(), 240);
    let json = model(folder.path(), HALF);
    let mut measures = list(&json["metrics"]["measures"]);
    let measure = measures.find(|it| list(&it["members"]).count() > 240);
    let all = list(&measure.unwrap()["members"]).count();
    let says = format!("200 of {all} rows, those that need an eye first; all stand in the JSON");
    let page = report(folder.path(), HALF, "html");
    assert_sound(&page);
    assert!(page.contains(&says), "{says}");
    let text = report(folder.path(), HALF, "markdown");
    assert_whole_tables(&text);
    assert!(text.contains(&says), "{says}");
}

#[test]
fn bad_input_is_told() {
    let folder = larkfield();
    let run = ran(folder.path(), &["metrics", "--period", "2030"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("a later `--as-of`"), "{}", run.stderr);
    assert_eq!(
        ran(folder.path(), &["metrics", "--period", "soon"], &[]).code,
        2
    );
    let backwards = ["metrics", "--from", "2025-02-01", "--until", "2025-01-01"];
    assert_eq!(ran(folder.path(), &backwards, &[]).code, 2);
    assert_unwritable(folder.path(), HALF);
    assert_refuses(folder.path(), HALF);
    assert_template(folder.path(), HALF, "metrics");
}
