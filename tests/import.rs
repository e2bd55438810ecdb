//! `author::import` as the command line uses it: tables in, records and a report out.
//!
//! The last test reads a real table, which is not part of this repository: `PROBITY_TEST_DATA`
//! names the folder that holds `iqt-supply-chain` (IQT Labs, CC0).

#![expect(clippy::panic, clippy::disallowed_methods, reason = "a test")]

mod data;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use probity::author::import::{
    ApplyError, FileOutcome, ImportPlan, Mapping, Origin, Problem, Receipt, TableFormat,
    WhySkipped, WhyUnknown, apply, plan, preview,
};
use probity::document::{Limits, NodeRef, Tree, parse};
use proptest::prelude::*;

const ID: &str = "id: {prefix: INC, year_of: [seen, told], date: [M/D/YYYY], number: row}\n";

/// A mapping with the given fields, for tables with the columns `seen`, `told` and `name`.
fn mapping_text(fields: &str) -> String {
    format!(
        "kind: import-mapping\nformat: csv\nrecord: incident\n{ID}constants: {{/status: open}}\n\
         unknown: [unknown, n/a]\nfields:\n{fields}"
    )
}

fn mapping(fields: &str) -> Mapping {
    Mapping::parse(&mapping_text(fields)).unwrap_or_else(|errors| panic!("{errors}"))
}

const FIELDS: &str = "  - {column: name, to: /title, text: \"Attack on {name}\"}\n  \
                      - {column: seen, to: /detected_at, date: [M/D/YYYY]}\n";

fn csv(table: &str) -> ImportPlan {
    plan(
        table.as_bytes(),
        TableFormat::Csv,
        &mapping(FIELDS),
        "attacks.csv",
    )
}

fn json_lines(table: &str, fields: &str) -> ImportPlan {
    plan(
        table.as_bytes(),
        TableFormat::JsonLines,
        &mapping(fields),
        "attacks.jsonl",
    )
}

fn tree(yaml: &str) -> Tree {
    parse(yaml.into(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// Texts of the first record at some pointers; `-` where there is none.
fn at<'p>(plan: &ImportPlan, pointers: impl IntoIterator<Item = &'p str>) -> Vec<String> {
    let tree = tree(&plan.records[0].yaml);
    let text = |pointer| match tree.at_pointer(pointer) {
        Some(node) => node.scalar_text().to_owned(),
        None => "-".to_owned(),
    };
    pointers.into_iter().map(text).collect()
}

fn unknown(plan: &ImportPlan) -> Vec<(usize, &str, &str, WhyUnknown)> {
    let fields = plan.unknown.iter();
    fields
        .map(|field| (field.row, &*field.column, &*field.raw, field.why))
        .collect()
}

fn skipped(plan: &ImportPlan) -> Vec<(usize, usize, String)> {
    let rows = plan.skipped.iter();
    rows.map(|row| (row.row, row.line, row.why.to_string()))
        .collect()
}

/// The mistakes of a mapping, each as `line:column: fault`.
fn mistakes(text: &str) -> Vec<String> {
    match Mapping::parse(text) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_row_becomes_a_record_a_person_can_read() {
    let plan = csv("name,seen,told\r\n Linux Mint ,2/20/2016,2/21/2016\r\n");
    assert_eq!(plan.problems, []);
    assert_eq!(plan.unknown, []);
    assert_eq!(plan.skipped, []);
    assert_eq!(
        plan.records[0].path,
        "incidents/INC-2016-0001/incident.yaml"
    );
    assert_eq!(
        plan.records[0].yaml,
        "\
kind: incident
id: INC-2016-0001
title: Attack on Linux Mint
status: open
detected_at: 2016-02-20
timeline:
  - what: Imported from attacks.csv, row 1
"
    );
}

#[test]
fn an_unknown_stays_unknown_and_is_reported() {
    let plan = csv(
        "name,seen,told\na,unknown,1/2/2016\nb,,1/2/2016\nc,2/30/2016,1/2/2016\n\
                    N/A,UNKNOWN,1/2/2016\n",
    );
    assert_eq!(
        unknown(&plan),
        [
            (1, "seen", "unknown", WhyUnknown::Stated),
            (2, "seen", "", WhyUnknown::Empty),
            (3, "seen", "2/30/2016", WhyUnknown::NoDate),
        ]
    );
    assert!(
        plan.records
            .iter()
            .all(|record| !record.yaml.contains("detected_at"))
    );
    assert_eq!(
        plan.records[1].id, "INC-2016-0002",
        "the year of the next column"
    );
    assert_eq!(
        skipped(&plan),
        [(
            4,
            5,
            "none of the mapped columns has a known value".to_owned()
        )]
    );
    assert_eq!(plan.rows, 4);
    assert_eq!(plan.unknown_by_column(), BTreeMap::from([("seen", 3)]));
}

#[test]
fn a_row_without_a_year_is_named() {
    let plan = csv("name,seen,told\na,unknown,\nb,1/1/2020,x\n");
    assert_eq!(
        skipped(&plan),
        [(
            1,
            2,
            "no year for the id is known: seen is `unknown`, told is ``".to_owned()
        )]
    );
    assert_eq!(
        plan.records[0].id, "INC-2020-0002",
        "numbers are those of rows"
    );
}

#[test]
fn cells_with_line_breaks_quotes_and_marks_are_read() {
    let fields = "  - {column: name, to: /title}\n";
    let table = "\u{feff} name ,told,seen\r\n\"two\r\nlines, \"\"quoted\"\" \",,2/3/2019\r\n\r\n\
                 \"ünï 🦀\",,2/3/2019";
    let plan = plan(table.as_bytes(), TableFormat::Csv, &mapping(fields), "t");
    assert_eq!(at(&plan, ["/title"]), ["two\nlines, \"quoted\""]);
    assert!(plan.records[1].yaml.contains("title: ünï 🦀\n"));
    assert_eq!(plan.records[1].row, 2);
    let plan = csv("name,seen,told\r\n\"a\r\nb\",1/1/2020,\r\n\r\nc\r\n");
    assert_eq!(plan.skipped[0].line, 5, "lines are those of the file");
}

#[test]
fn rows_that_do_not_fit_the_header_are_named() {
    let plan = csv("name,seen,told\na,1/1/2020\nb,1/1/2020,,\nc,1/1/2020,\n");
    assert_eq!(
        skipped(&plan),
        [
            (1, 2, "it has 2 cells where the header has 3".to_owned()),
            (2, 3, "it has 4 cells where the header has 3".to_owned()),
        ]
    );
    assert_eq!(plan.records[0].id, "INC-2020-0003");
}

#[test]
fn a_quote_that_swallows_rows_is_named() {
    let plan = csv("seen,told,name\n1/1/2020,,a\n1/1/2020,,\"b\n1/1/2020,,c\n");
    assert_eq!(plan.records.len(), 1);
    assert_eq!(
        skipped(&plan)[0].2,
        "a quote opened in line 3 is never closed"
    );
}

#[test]
fn text_in_another_encoding_is_named() {
    let table = b"name,seen,told\nGr\xfc\xdfe,1/1/2020,\nb,1/1/2020,\n";
    let result = plan(table, TableFormat::Csv, &mapping(FIELDS), "t");
    assert_eq!(skipped(&result), [(1, 2, "it is not UTF-8".to_owned())]);
    assert_eq!(result.records.len(), 1);
    let utf16 = plan(b"\xff\xfen\0a\0", TableFormat::Csv, &mapping(FIELDS), "t");
    assert_eq!(utf16.problems, [Problem::NotUtf8]);
}

#[test]
fn a_header_that_cannot_be_trusted_is_refused() {
    let problems = |table| {
        let plan = csv(table);
        assert!(plan.records.is_empty());
        let problems = plan.problems.iter().map(ToString::to_string);
        problems.collect::<Vec<_>>()
    };
    assert_eq!(
        problems("name,seen,told, seen\na,1/1/2020,,\n"),
        ["columns 2 and 4 are both named `seen`; rename one of them"]
    );
    assert_eq!(
        problems("Name,seen,told\na,1/1/2020,\n"),
        ["the table has no column `name` (mapping 8:14); did you mean `Name`?"]
    );
    assert_eq!(problems(""), ["the table is empty"]);
    assert_eq!(
        problems("name,seen,told,\"x\na,1/1/2020,,\n"),
        ["a quote in the header is never closed"]
    );
}

#[test]
fn a_cell_of_100_kilobytes_is_kept() {
    let words = "a long story ".repeat(8000);
    let fields = "  - {column: name, to: /title}\n";
    let table = format!("name,seen,told\n\"{words}\",1/1/2020,\n");
    let plan = plan(table.as_bytes(), TableFormat::Csv, &mapping(fields), "t");
    assert_eq!(at(&plan, ["/title"]), [words.trim()]);
    assert!(plan.records[0].yaml.lines().all(|line| line.len() <= 100));
}

#[test]
fn a_value_in_no_value_map_is_reported_and_left_out() {
    let fields = "  - {column: name, to: /severity, values: {\"1\": high, \"0\": ~, Yes: \"yes\"}}\n  \
                  - {column: seen, to: /detected_at, date: [M/D/YYYY]}\n";
    let mapping = mapping(fields);
    let table =
        b"name,seen,told\n1,1/1/2020,\n 0 ,1/1/2020,\n2,1/1/2020,\nyes,1/1/2020,\nYes,1/1/2020,\n";
    let plan = plan(table, TableFormat::Csv, &mapping, "t");
    assert_eq!(
        unknown(&plan),
        [
            (3, "name", "2", WhyUnknown::NoValue),
            (4, "name", "yes", WhyUnknown::NoValue)
        ]
    );
    let severities = plan.records.iter().map(|record| {
        let line = record
            .yaml
            .lines()
            .find(|line| line.starts_with("severity"));
        line.unwrap_or("-").to_owned()
    });
    assert_eq!(
        severities.collect::<Vec<_>>(),
        ["severity: high", "-", "-", "-", "severity: \"yes\""]
    );
}

#[test]
fn lists_are_made_in_order_and_without_gaps() {
    let fields = "  - {column: name, to: /timeline/-/what}\n  \
                  - {column: seen, to: /timeline/2/at, date: [M/D/YYYY]}\n  \
                  - {column: told, to: /timeline/1/what}\n";
    let table = b"name,seen,told\na,1/1/2020,n/a\n";
    let plan = plan(table, TableFormat::Csv, &mapping(fields), "t");
    let found = at(
        &plan,
        [
            "/timeline/0/what",
            "/timeline/1/at",
            "/timeline/2/what",
            "/timeline/3",
        ],
    );
    assert_eq!(found, ["Imported from t, row 1", "2020-01-01", "a", "-"]);
}

#[test]
fn the_source_id_is_always_there() {
    let text =
        mapping_text(FIELDS) + "source_id: {text: \"{source}#{row} {told}\", to: /late_because}\n";
    let mapping = Mapping::parse(&text).unwrap();
    let table = b"name,seen,told\na,1/1/2020,n/a\nb,1/1/2020,JIRA-7\n";
    let plan = plan(table, TableFormat::Csv, &mapping, "t.csv");
    assert_eq!(at(&plan, ["/late_because"]), ["t.csv#1 unknown"]);
    assert_eq!(unknown(&plan), [(1, "told", "n/a", WhyUnknown::Stated)]);
    assert!(
        plan.records[1]
            .yaml
            .contains("late_because: t.csv#2 JIRA-7\n")
    );
}

#[test]
fn instants_keep_their_digits_and_dates_stay_dates() {
    let fields = "  - {column: told, to: /declared_at, date: [\"YYYY-MM-DDThh:mm:ssZ\", YYYY-MM-DD]}\n  \
                  - {column: name, to: /closed_at, date: [D.M.YYYY hh:mm], offset: \"+01:00\"}\n";
    let table =
        b"name,seen,told\n5.4.2020 07:09,1/1/2020,2020-04-05T23:59:58+0530\n,1/1/2020,2020-04-05\n";
    let plan = plan(table, TableFormat::Csv, &mapping(fields), "t");
    assert_eq!(
        at(&plan, ["/declared_at", "/closed_at"]),
        ["2020-04-05T23:59:58+05:30", "2020-04-05T07:09:00+01:00"]
    );
    assert!(plan.records[1].yaml.contains("\ndeclared_at: 2020-04-05\n"));
}

#[test]
fn json_lines_are_read_line_by_line() {
    let fields = "  - {column: name, to: /title}\n  \
                  - {column: seen, to: /detected_at, date: [M/D/YYYY]}\n  \
                  - {column: /owner/mail, to: /commander}\n  \
                  - {column: sim, to: /simulated}\n  \
                  - {column: count, to: /timeline/-/what, text: \"{count} attacks\"}\n";
    let plan = json_lines(
        "{\"name\": \" x\\u00e9\\ud83e\\udd80 \", \"seen\": \"1/2/2020\", \"owner\": {\"mail\": \"m@x\"}, \"sim\": true, \"count\": 1.10}\r\n\
         \n\
         {\"name\": null, \"seen\": 5, \"told\": \"1/2/2020\", \"owner\": [], \"sim\": [1], \"count\": 12345678901234567890123}\n\
         {\"name\": \"a\", \"name\": \"b\", \"seen\": \"1/2/2020\"}\n\
         [1]\n{\"a\": }\n\"x\"\n{\"name\": \"z\"}\n",
        fields,
    );
    assert_eq!(
        at(
            &plan,
            [
                "/title",
                "/detected_at",
                "/commander",
                "/simulated",
                "/declared_at"
            ]
        ),
        ["xé🦀", "2020-01-02", "m@x", "true", "-"]
    );
    assert_eq!(
        unknown(&plan),
        [
            (2, "name", "null", WhyUnknown::Null),
            (2, "seen", "5", WhyUnknown::NoDate),
            (2, "/owner/mail", "", WhyUnknown::NoKey),
            (2, "sim", "[1]", WhyUnknown::NotOneValue),
        ]
    );
    assert!(plan.records[0].yaml.contains("what: 1.10 attacks"));
    assert!(
        plan.records[1]
            .yaml
            .contains("12345678901234567890123 attacks")
    );
    assert_eq!(
        skipped(&plan),
        [
            (3, 4, "the key `name` stands there twice".to_owned()),
            (4, 5, "it is no JSON object".to_owned()),
            (5, 6, "it is no JSON from column 7 on".to_owned()),
            (6, 7, "it is no JSON object".to_owned()),
            (
                7,
                8,
                "no year for the id is known: seen is ``, told is ``".to_owned()
            ),
        ]
    );
}

#[test]
fn ids_can_come_from_the_source_and_never_leave_the_folder() {
    let text = mapping_text(FIELDS).replace(ID, "id: {column: told}\n");
    let mapping = Mapping::parse(&text).unwrap();
    let table =
        "name,seen,told\na,,SEC-1\nb,,../../etc\nc,,sec-1\nd,,\ne,,a/b\nf,,..\ng,,unknown\n";
    let result = plan(table.as_bytes(), TableFormat::Csv, &mapping, "t");
    assert_eq!(result.records.len(), 1);
    assert_eq!(
        skipped(&result)
            .iter()
            .map(|row| &*row.2)
            .collect::<Vec<_>>(),
        [
            "`../../etc` cannot be the id of a record",
            "row 1 has the id `sec-1` already",
            "`` cannot be the id of a record",
            "`a/b` cannot be the id of a record",
            "`..` cannot be the id of a record",
            "`unknown` cannot be the id of a record",
        ]
    );
    let text = mapping_text(FIELDS).replace("number: row", "number: {column: name}");
    let mapping = Mapping::parse(&text).unwrap();
    let table = b"name,seen,told\n12,1/1/2020,\n-1,1/1/2020,\n1.5,1/1/2020,\n";
    let result = plan(table, TableFormat::Csv, &mapping, "t");
    assert_eq!(result.records[0].id, "INC-2020-0012");
    assert_eq!(result.skipped.len(), 2);
    assert!(matches!(result.skipped[0].why, WhySkipped::NoNumber { .. }));
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let table = "name,seen,told\na,1/1/2020,\nb,unknown,1/1/2020\n";
    assert_eq!(csv(table), csv(table));
}

#[test]
fn existing_files_are_left_alone_unless_asked() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("new/folder");
    let plan = csv("name,seen,told\na,1/1/2020,\nb,1/1/2020,\n");
    let outcomes = |overwrite| {
        let expected = preview(&plan, &folder, overwrite).unwrap();
        let report = apply(&plan, &folder, overwrite).unwrap();
        assert_eq!(report, expected, "a dry run says the same");
        let records = report.records.iter();
        records.map(|record| record.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(false), [FileOutcome::Written; 2]);
    assert_eq!(outcomes(false), [FileOutcome::Unchanged; 2]);
    let first = folder.join("incidents/INC-2020-0001/incident.yaml");
    assert_eq!(fs::read_to_string(&first).unwrap(), plan.records[0].yaml);
    fs::write(&first, "edited by hand\n").unwrap();
    assert_eq!(
        outcomes(false),
        [FileOutcome::LeftAlone, FileOutcome::Unchanged]
    );
    assert_eq!(fs::read_to_string(&first).unwrap(), "edited by hand\n");
    assert_eq!(
        outcomes(true),
        [FileOutcome::Overwritten, FileOutcome::Unchanged]
    );
    assert_eq!(fs::read_to_string(&first).unwrap(), plan.records[0].yaml);
}

#[test]
fn a_receipt_names_the_rows_that_became_no_record() {
    const TABLE: &str = "name,seen,told\na,1/1/2020,\nb,,\nc,1/1/2020\n";
    let root = tempfile::tempdir().unwrap();
    let plan = csv(TABLE);
    let origin = |name, content: &'static str| Origin {
        name,
        content: content.as_bytes(),
    };
    let made = |mapping| {
        let table = origin("My table.csv", TABLE);
        Receipt::of(&plan, table, origin("map.yaml", mapping))
    };
    let receipt = made("a");
    // The first letters of what `sha256sum` says of the table, and of `a`.
    assert_eq!(receipt.path(), "imports/my-table-a96c717e-ca978112.yaml");
    let tree = tree(receipt.yaml());
    let said = |pointer: &str| {
        tree.at_pointer(pointer)
            .map(|it| it.scalar_text().to_owned())
    };
    for (pointer, expected) in [
        ("/import/table/name", "My table.csv"),
        ("/import/rows", "3"),
        ("/import/records", "1"),
        ("/import/without_record", "2"),
        ("/import/named/0/row", "2"),
        ("/import/named/0/line", "3"),
        ("/import/named/1/row", "3"),
    ] {
        assert_eq!(said(pointer).as_deref(), Some(expected), "{pointer}");
    }
    assert_eq!(
        said("/import/named/0/why").unwrap(),
        plan.skipped[0].why.to_string()
    );
    let file = root.path().join(receipt.path());
    assert_eq!(receipt.write(root.path()).unwrap(), FileOutcome::Written);
    assert_eq!(fs::read_to_string(&file).unwrap(), receipt.yaml());
    assert_eq!(receipt.write(root.path()).unwrap(), FileOutcome::Unchanged);
    // Another mapping leaves a receipt of its own.
    assert_ne!(made("b").path(), receipt.path());
    fs::write(&file, "old").unwrap();
    assert_eq!(
        receipt.write(root.path()).unwrap(),
        FileOutcome::Overwritten
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), receipt.yaml());
}

#[test]
fn the_report_can_be_written_as_json() {
    let root = tempfile::tempdir().unwrap();
    let plan = csv("name,seen,told\na,unknown,1/1/2020\nb,1/1/2020\nc,,\n");
    let report = apply(&plan, root.path(), false).unwrap();
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        serde_json::json!({
            "rows": 3,
            "records": [{"row": 1, "id": "INC-2020-0001", "outcome": "written",
                "path": "incidents/INC-2020-0001/incident.yaml"}],
            "unknown": [{"row": 1, "line": 2, "id": "INC-2020-0001", "column": "seen",
                "pointer": "/detected_at", "raw": "unknown", "why": "stated"}],
            "skipped": [
                {"row": 2, "line": 3, "why": "ragged", "cells": 2, "columns": 3},
                {"row": 3, "line": 4, "why": "no-year",
                    "columns": [["seen", ""], ["told", ""]]},
            ],
            "problems": [],
        })
    );
    let problems = serde_json::to_string(&csv("x\n").problems).unwrap();
    assert!(
        problems.contains("\"problem\":\"missing-column\""),
        "{problems}"
    );
}

#[test]
fn a_preview_writes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let plan = csv("name,seen,told\na,1/1/2020,\n");
    let report = preview(&plan, root.path(), true).unwrap();
    assert_eq!(report.count(FileOutcome::Written), 1);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_folder_are_refused_before_anything_is_written() {
    use std::os::unix::fs::symlink;
    let plan = csv("name,seen,told\na,1/1/2020,\nb,1/1/2020,\n");
    let outside = tempfile::tempdir().unwrap();
    let is_empty = |folder: &Path| fs::read_dir(folder).unwrap().next().is_none();

    let root = tempfile::tempdir().unwrap();
    symlink(outside.path(), root.path().join("incidents")).unwrap();
    let refused = apply(&plan, root.path(), true).unwrap_err();
    assert!(matches!(refused, ApplyError::Outside { .. }), "{refused}");
    assert!(is_empty(outside.path()));

    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("incidents")).unwrap();
    symlink(
        outside.path().join("gone"),
        root.path().join("incidents/INC-2020-0002"),
    )
    .unwrap();
    assert!(matches!(
        apply(&plan, root.path(), true),
        Err(ApplyError::Outside { .. })
    ));
    assert!(!root.path().join("incidents/INC-2020-0001").exists());

    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("incidents/INC-2020-0002");
    fs::create_dir_all(&folder).unwrap();
    symlink(outside.path().join("x.yaml"), folder.join("incident.yaml")).unwrap();
    assert!(matches!(
        apply(&plan, root.path(), true),
        Err(ApplyError::NotAFile { .. })
    ));
    assert!(!root.path().join("incidents/INC-2020-0001").exists());
    assert!(is_empty(outside.path()));
}

#[test]
fn mistakes_of_a_mapping_have_their_line_and_column() {
    let of_fields = |fields: &str| mistakes(&mapping_text(fields));
    let one = |fields: &str, expected: &str| assert_eq!(of_fields(fields), [expected]);
    one(
        "  - {colum: name, to: /title}\n",
        "8:6: `colum` is not a key of a field; did you mean `column`?",
    );
    one(
        "  - {column: name, to: /titel}\n",
        "8:24: `titel` is not a key of an incident; did you mean `title`?",
    );
    one(
        "  - {column: name, to: title}\n",
        "8:24: `title` is no place in a record: a pointer begins with `/`, such as /title or /timeline/0/what",
    );
    one(
        "  - {column: name, to: /id}\n",
        "8:24: `/id` is written by the import; it cannot be a target",
    );
    one(
        "  - {column: name, to: /title}\n  - {column: seen, to: /title}\n",
        "9:24: `/title` is filled already by `/title` of line 8",
    );
    one(
        "  - {column: name, to: /status}\n",
        "8:24: `/status` is filled already by `/status` of line 5",
    );
    one(
        "  - {column: name, to: /timeline}\n",
        "8:24: `/timeline` overlaps with `/timeline/0/what` of line 1",
    );
    one(
        "  - {column: name, to: /title, text: \"{name\"}\n",
        "8:38: a brace in `{name` has no partner: write {{ and }} for braces that stay",
    );
    one(
        "  - {column: name, to: /title, text: a, date: [D.M.YYYY]}\n",
        "8:41: `text` and `date` exclude each other: a cell is converted in one way",
    );
    one(
        "  - {column: seen, to: /closed_at, date: [M/D/YY]}\n",
        "8:43: the date pattern `M/D/YY` cannot be used: a year needs four digits: write YYYY",
    );
    one(
        "  - {column: seen, to: /closed_at, date: [M/D/YYYY, D/M/YYYY]}\n",
        "8:42: the date patterns contradict each other: `02/03/2001` would be 2001-02-03 by M/D/YYYY and 2001-03-02 by D/M/YYYY",
    );
    one(
        "  - {column: seen, to: /closed_at, date: [\"M/D/YYYY hh:mm\"]}\n",
        "8:43: `M/D/YYYY hh:mm` has a time but no offset: add Z where the cells have one, or state `offset` if the source documents it",
    );
    one(
        "  - {column: seen, to: /closed_at, date: [M/D/YYYY], offset: Z}\n",
        "8:54: `offset` is for patterns that have a time without an offset, and there is none",
    );
    one(
        "  - {column: seen, to: /closed_at, date: M/D/YYYY}\n",
        "8:42: `date` must be a list of texts",
    );
    one(
        "  - {column: name, to: /title, values: {\" a\": b}}\n",
        "8:41: no cell can be ` a`: cells are compared without blanks around them",
    );
    one(
        "  - {column: name, to: /title, values: {Unknown: b}}\n",
        "8:41: `Unknown` stands under `unknown`, so this line is never used",
    );
    one(
        "  - {column: name, to: /title, values: {a: b, a: c}}\n",
        "8:47: `a` is written twice",
    );
    one(
        "  - {column: name, to: /title, values: {a: 1.10}}\n",
        "8:44: the number `1.10` would be rounded: write it in quotes",
    );
}

#[test]
fn mistakes_around_the_fields_have_their_place_too() {
    let changed = |from: &str, to: &str| mistakes(&mapping_text(FIELDS).replace(from, to));
    let expect = |from, to, expected: &str| assert_eq!(changed(from, to), [expected]);
    expect(
        "format: csv",
        "format: xlsx",
        "2:9: `format` cannot be `xlsx`: write csv or json-lines",
    );
    expect(
        "format: csv",
        "fromat: csv\nformat: csv",
        "2:1: `fromat` is not a key of a mapping; did you mean `format`?",
    );
    expect("format: csv\n", "", "1:7: a mapping needs `format`");
    expect(
        "record: incident",
        "record: system",
        "3:9: `record` cannot be `system`: only incident records are imported",
    );
    expect(
        "record: incident",
        "record: incident\npath: ../{id}.yaml",
        "4:7: `../{id}.yaml` cannot be the path of a record: it must stay inside the folder that is imported into, without `.` and `..`",
    );
    expect(
        "record: incident",
        "record: incident\npath: /tmp/{id}.yaml",
        "4:7: `/tmp/{id}.yaml` cannot be the path of a record: it must be relative to the folder that is imported into",
    );
    expect(
        "record: incident",
        "record: incident\npath: incidents/all.yaml",
        "4:7: `incidents/all.yaml` cannot be the path of a record: all rows would have the same; use {id}",
    );
    expect(
        "record: incident",
        "record: incident\npath: \"{name}/{id}.yaml\"",
        "4:7: `{name}` cannot stand in a path: only {id} and {row} can",
    );
    expect("prefix: INC, ", "", "4:1: `id` needs `prefix`");
    expect(
        "/status: open",
        "/status: ",
        "5:13: the constant `/status` has no value",
    );
    expect(
        "number: row",
        "number: 7",
        "4:68: `number` must be `row` or {column: name}",
    );
    assert_eq!(
        mistakes("kind: incident\n"),
        ["1:1: this is no mapping: a mapping is one document with `kind: import-mapping`"]
    );
    assert!(mistakes("kind: [\n")[0].contains("the mapping is no YAML"));
    assert_eq!(
        mistakes("kind: import-mapping\nfromat: csv\n").len(),
        4,
        "all at once"
    );
}

proptest! {
    #[test]
    fn no_cell_is_altered_but_for_blanks_around_it(
        cells in proptest::collection::vec("[ -~\\n\\r\\tüé🦀\u{a0}]{0,60}", 1..8)
    ) {
        let fields = "  - {column: name, to: /title}\n  - {column: seen, to: /detected_at, date: [M/D/YYYY]}\n";
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["name", "seen", "told"]).unwrap();
        for cell in &cells {
            writer.write_record([cell, "1/1/2020", ""]).unwrap();
        }
        let table = writer.into_inner().unwrap();
        let plan = plan(&table, TableFormat::Csv, &mapping(fields), "t");
        prop_assert_eq!(plan.records.len(), cells.len());
        for (cell, record) in cells.iter().zip(&plan.records) {
            let expected = cell.trim().replace("\r\n", "\n").replace('\r', "\n");
            let tree = tree(&record.yaml);
            let title = tree.at_pointer("/title").map_or("", NodeRef::scalar_text);
            let is_unknown = plan.unknown.iter().any(|field| field.row == record.row);
            if is_unknown {
                prop_assert_eq!(title, "");
            } else {
                prop_assert_eq!(title, expected);
            }
        }
    }

    #[test]
    fn no_bytes_are_too_odd(
        table in proptest::collection::vec(any::<u8>(), 0..200),
        odd in "[a-z:/{}\\[\\] \\n\"',-]{0,80}",
    ) {
        let mapping = mapping(FIELDS);
        let with_header = [b"name,seen,told\n".as_slice(), &table].concat();
        let csv = plan(&with_header, TableFormat::Csv, &mapping, "t");
        prop_assert_eq!(csv.records.len() + csv.skipped.len(), csv.rows);
        let json = plan(&table, TableFormat::JsonLines, &mapping, "t");
        prop_assert_eq!(json.records.len() + json.skipped.len(), json.rows);
        if let Err(errors) = Mapping::parse(&mapping_text(&odd)) {
            prop_assert!(!errors.0.is_empty());
        }
    }
}

/// `2/20/2016` as the record must state it, by other means than the code under test.
fn day(cell: &str) -> Option<String> {
    let parts: Vec<u32> = cell
        .trim()
        .split('/')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match parts[..] {
        [month, day, year] => Some(format!("{year}-{month:02}-{day:02}")),
        _ => None,
    }
}

#[test]
fn the_real_table_is_imported_without_changing_a_time() {
    let Some(folder) = data::folder("iqt-supply-chain") else {
        return;
    };
    let table = fs::read(folder.join("software_supply_chain_attacks_40.csv")).unwrap();
    let mapping = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/import/iqt-supply-chain.yaml"),
    )
    .unwrap();
    let mapping = Mapping::parse(&mapping).unwrap_or_else(|errors| panic!("{errors}"));
    let plan = plan(
        &table,
        mapping.format,
        &mapping,
        "software_supply_chain_attacks_40.csv",
    );
    assert_eq!(plan.problems, []);
    assert_eq!(
        (plan.rows, plan.records.len(), plan.skipped.len()),
        (40, 40, 0)
    );

    let mut reader = csv::Reader::from_reader(&*table);
    let header: Vec<String> = reader.headers().unwrap().iter().map(Into::into).collect();
    let rows: Vec<BTreeMap<String, String>> = reader
        .records()
        .map(|row| {
            header
                .iter()
                .cloned()
                .zip(row.unwrap().iter().map(Into::into))
                .collect()
        })
        .collect();
    assert_eq!(rows.len(), 40);
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, record) in rows.iter().zip(&plan.records) {
        let tree = tree(&record.yaml);
        let root = tree.root().unwrap();
        let text = |pointer: &str| tree.at_pointer(pointer).map(NodeRef::scalar_text);
        for column in ["initial_compromise_date", "detection_date", "report_date"] {
            *unknown.entry(column).or_default() += usize::from(day(&row[column]).is_none());
        }
        assert_eq!(
            text("/detected_at").map(Into::into),
            day(&row["detection_date"])
        );
        let dates: Vec<String> = ["initial_compromise_date", "detection_date", "report_date"]
            .iter()
            .filter_map(|column| day(&row[*column]))
            .collect();
        let timeline = root.get("timeline").unwrap();
        let written = timeline.items().filter_map(|entry| entry.get("at"));
        let written: Vec<_> = written.map(|at| at.scalar_text().to_owned()).collect();
        assert_eq!(written, dates, "row {}", record.row);
        let texts: Vec<_> = timeline
            .items()
            .map(|entry| entry.get("what").unwrap().scalar_text().to_owned())
            .collect();
        assert!(texts.contains(&row["description"].trim().to_owned()));
        assert!(texts[0].ends_with(row["reference"].trim()), "{}", texts[0]);
        assert!(!record.yaml.contains("00:00"), "no midnight was invented");
        // Longer than this are only lines of the source's own and references.
        let has_lines = row.values().any(|cell| cell.contains('\n'));
        let is_readable =
            |line: &str| line.chars().count() <= 100 || has_lines || line.contains("https://");
        assert!(record.yaml.lines().all(is_readable), "{}", record.yaml);
    }
    let reported = plan.unknown_by_column();
    for (column, count) in &unknown {
        assert_eq!(
            reported.get(column).copied().unwrap_or(0),
            *count,
            "{column}"
        );
    }
    assert_eq!(
        reported,
        BTreeMap::from([
            ("comments", 34),
            ("detection_date", 14),
            ("initial_compromise_date", 18)
        ])
    );
}
