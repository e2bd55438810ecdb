//! Workbook, CSV and OSCAL of the audit report: read back, and compared with the model.

#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(clippy::panic, reason = "a test")]
#![expect(clippy::print_stderr, reason = "says what was skipped")]
#![expect(
    clippy::disallowed_methods,
    reason = "breaks records, which the test is about"
)]

mod example;
mod fixture;
mod nist;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use probity::engine::{Request, Silent, examine};
use probity::report::audit::{Audit, Format, Question, Rendered, SHEETS, Taken, audit, render};
use probity::report::{Facts, Links};
use serde_json::Value;

fn report(folder: &Path) -> Audit {
    let request = Request {
        wants_duties: true,
        ..Request::new(folder, example::noon())
    };
    let examined = examine(&request, &Silent, |file, record, proofs| {
        Some((Facts::of(record), Taken::of(file, record, proofs)))
    })
    .unwrap();
    let (facts, taken): (Vec<Option<Facts>>, Vec<Taken>) = examined.taken.into_iter().unzip();
    let facts: Vec<Facts> = facts.into_iter().flatten().collect();
    let question = Question::default();
    let (outcome, registry) = (&examined.outcome, &examined.registry);
    audit(
        outcome,
        registry,
        &facts,
        &taken,
        &examined.past,
        &[],
        &question,
    )
    .unwrap()
}

/// The example with a proof taken away, an open weakness, and a title that a spreadsheet would run.
fn broken() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    example::copy("larkfield", folder.path());
    let file = folder.path().join("incidents/INC-2025-0001/incident.yaml");
    let text = String::from_utf8(fs::read(&file).unwrap()).unwrap();
    let text = text.replace("    proof: [E-1]\n", "").replace(
        "title: Backup agent wrote archives to a public share",
        "title: \"=cmd|' /C calc'!A0, \\\"so\\\" \\e[31m 事件 حادثة\"",
    );
    fs::write(&file, text).unwrap();
    folder
}

fn files(audit: &Audit, format: Format) -> Vec<(String, String)> {
    match render(audit, format, &format.shipped_template(), &Links::default()).unwrap() {
        Rendered::Folder(files) => files,
        other => panic!("{other:?}"),
    }
}

fn workbook(audit: &Audit) -> Xlsx<Cursor<Vec<u8>>> {
    let format = Format::Xlsx;
    match render(audit, format, &format.shipped_template(), &Links::default()).unwrap() {
        Rendered::Bytes(bytes) => Xlsx::new(Cursor::new(bytes)).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The rows of a CSV text, quotes taken away.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn workbook_and_csv_say_what_the_model_says() {
    let folder = broken();
    let audit = report(folder.path());
    let mut book = workbook(&audit);
    assert_eq!(book.sheet_names(), SHEETS);
    for (name, text) in files(&audit, Format::Csv) {
        let sheet = SHEETS
            .iter()
            .find(|it| format!("{}.csv", it.to_lowercase()) == name);
        let range = book.worksheet_range(sheet.unwrap()).unwrap();
        let rows = rows(&text);
        if rows.len() > 1 {
            assert_eq!(range.height(), rows.len(), "{name}");
        }
    }
    let texts = |sheet: &str, book: &mut Xlsx<Cursor<Vec<u8>>>| {
        let range = book.worksheet_range(sheet).unwrap();
        let rows = range.rows().skip(1);
        rows.map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let conclusions = texts("Conclusions", &mut book);
    for (row, it) in conclusions.iter().zip(&audit.conclusions) {
        let found = &it.incidents;
        let numbers = [
            found.examined,
            found.pass,
            found.fail,
            found.excepted,
            found.not_evaluated,
        ];
        let numbers = numbers.map(|it| it.to_string());
        assert_eq!(row[2], it.standing.words());
        assert_eq!(row[4..9], numbers);
    }
    let worksheet = texts("Worksheet", &mut book);
    assert_eq!(worksheet.len(), audit.population.count);
    // IR-6(3) fails for the incident whose proof is gone, and for no other.
    let failed = worksheet.iter().filter(|row| row[14] == "fail");
    assert_eq!(
        failed.map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["INC-2025-0001"]
    );
    assert_eq!(texts("Duties", &mut book).len(), audit.duties.rows.len());
}

#[test]
fn days_are_days_and_nothing_is_a_formula() {
    let folder = broken();
    let audit = report(folder.path());
    let mut book = workbook(&audit);
    let range = book.worksheet_range("Population").unwrap();
    let declared = range.get_value((1, 4)).unwrap();
    assert!(matches!(declared, Data::DateTime(_)), "{declared:?}");
    let title = range.get_value((1, 1)).unwrap();
    let Data::String(title) = title else {
        panic!("{title:?}");
    };
    assert!(title.starts_with("=cmd|"), "{title}");
    assert!(title.contains("事件 حادثة") && !title.contains('\u{1b}'));
    for name in SHEETS {
        let formulas = book.worksheet_formula(name).unwrap();
        assert!(formulas.used_cells().next().is_none(), "{name}");
    }
    let csv = files(&audit, Format::Csv);
    let population = &csv.iter().find(|it| it.0 == "population.csv").unwrap().1;
    assert!(rows(population)[1][1].starts_with("'=cmd|"));
}

#[test]
fn the_same_report_gives_the_same_workbook() {
    let folder = broken();
    let audit = report(folder.path());
    let bytes = || match render(
        &audit,
        Format::Xlsx,
        &Format::Xlsx.shipped_template(),
        &Links::default(),
    ) {
        Ok(Rendered::Bytes(bytes)) => bytes,
        other => panic!("{other:?}"),
    };
    let first = bytes();
    // A zip file counts time in steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(first == bytes());
}

/// Every id that a document gives, and every id that it refers to.
fn ids<'v>(value: &'v Value, given: &mut Vec<&'v str>, named: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(id) if key == "uuid" => given.push(id),
                    Some(id) if key.ends_with("-uuid") => named.push(id),
                    Some(href) if key == "href" => named.extend(href.strip_prefix('#')),
                    _ => ids(value, given, named),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|it| ids(it, given, named)),
        _ => {}
    }
}

fn documents() -> Vec<(String, Value)> {
    let folder = broken();
    let audit = report(folder.path());
    let files = files(&audit, Format::Oscal).into_iter();
    files
        .map(|(name, text)| (name, serde_json::from_str(&text).unwrap()))
        .collect()
}

#[test]
fn every_reference_of_oscal_resolves_and_every_id_is_given_once() {
    let documents = documents();
    let names: BTreeSet<&str> = documents.iter().map(|it| it.0.as_str()).collect();
    for (name, document) in &documents {
        let (mut given, mut named) = (Vec::new(), Vec::new());
        ids(document, &mut given, &mut named);
        let once: BTreeSet<&str> = given.iter().copied().collect();
        assert_eq!(once.len(), given.len(), "{name}");
        assert!(named.iter().all(|id| once.contains(id)), "{name}");
        let is_version_5 = |id: &&str| id.as_bytes()[14] == b'5';
        assert!(given.iter().all(is_version_5), "{name}");
    }
    let results = &documents[1].1["assessment-results"];
    assert!(names.contains(results["import-ap"]["href"].as_str().unwrap()));
    let result = &results["results"][0];
    assert_eq!(
        result["findings"][0]["target"]["status"]["state"],
        "not-satisfied"
    );
    assert_eq!(result["findings"][0]["target"]["target-id"], "ir-6.3_smt");
    let items = documents[2].1["plan-of-action-and-milestones"]["poam-items"].as_array();
    assert!(!items.unwrap().is_empty());
}

#[test]
fn oscal_satisfies_the_schemas_of_nist() {
    let documents = documents();
    nist::assert_valid(documents.iter().map(|it| (it.0.as_str(), &it.1)));
}
