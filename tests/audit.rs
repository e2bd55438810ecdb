//! `probity report audit`: one model, the same in every format.

#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(
    clippy::disallowed_methods,
    reason = "breaks records, and renews the files that the test is about"
)]

mod example;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use probity::clock::Period;
use probity::engine::{Request, Silent, examine};
use probity::report::Facts;
use probity::report::audit::{
    Audit, AuditError, Finding, Format, Question, REASONS, Standing, Taken, audit, render,
};

fn try_report(folder: &Path, controls: &[&str], period: &str) -> Result<Audit, AuditError> {
    let request = Request {
        wants_duties: true,
        ..Request::new(folder, example::noon())
    };
    let examined = examine(&request, &Silent, |file, record| {
        Some((Facts::of(record), Taken::of(file, record)))
    })
    .unwrap();
    let (facts, taken): (Vec<Option<Facts>>, Vec<Taken>) = examined.taken.into_iter().unzip();
    let facts: Vec<Facts> = facts.into_iter().flatten().collect();
    let question = Question {
        controls: controls.iter().map(|it| (*it).to_owned()).collect(),
        period: Period::parse(period).ok(),
    };
    audit(
        &examined.outcome,
        &examined.registry,
        &facts,
        &taken,
        &question,
    )
}

fn report(folder: &Path) -> Audit {
    try_report(folder, &[], "").unwrap()
}

fn rendered(audit: &Audit, format: Format) -> String {
    render(audit, format, &format.shipped_template(), "../").unwrap()
}

fn larkfield() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    example::copy("larkfield", folder.path());
    folder
}

/// What differs from one version of the program to the next is not what the example is about.
fn settled(text: &str, audit: &Audit) -> String {
    let version = audit.basis.tool_version;
    text.replace(&audit.basis.policy_digest, "(that of the policies)")
        .replace(
            &format!("\"tool_version\": \"{version}\""),
            "\"tool_version\": \"(that of the program)\"",
        )
        .replace(
            &format!("probity {version}"),
            "probity (that of the program)",
        )
}

#[test]
fn the_report_of_the_example_is_as_expected() {
    let folder = larkfield();
    let audit = report(folder.path());
    for (format, name) in [
        (Format::Json, "report.json"),
        (Format::Markdown, "report.md"),
        (Format::Html, "report.html"),
    ] {
        let file = example::home("larkfield").join("expected").join(name);
        let text = settled(&rendered(&audit, format), &audit);
        if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
            fs::write(&file, &text).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            expected == text,
            "{name} differs. If this is wanted: PROBITY_UPDATE_EXPECTED=1 cargo test --test audit"
        );
    }
}

#[test]
fn every_question_is_answered_with_a_link_that_resolves_or_left_to_people() {
    let folder = larkfield();
    let audit = report(folder.path());
    let page = rendered(&audit, Format::Html);
    assert_eq!(audit.questions.len(), 65);
    for question in &audit.questions {
        assert!(!question.says.is_empty(), "{}", question.id);
        let mut records = 0;
        for link in &question.links {
            if let Some(anchor) = &link.anchor {
                assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
            }
            if let Some(file) = &link.file {
                let bytes = probity::source::read_file(&folder.path().join(file), 1 << 20).unwrap();
                let lines = String::from_utf8(bytes).unwrap().lines().count();
                assert!(link.line.unwrap() as usize <= lines, "{file}");
                records += 1;
            }
        }
        let is_judgement = question.finding == Finding::HumanJudgement;
        assert!(
            records > 0 || is_judgement,
            "{}: {}",
            question.id,
            question.asks
        );
    }
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    let folder = larkfield();
    let page = rendered(&report(folder.path()), Format::Html);
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|it| it.split('"').next().unwrap())
        .collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "an id stands twice");
    for target in page.split("href=\"#").skip(1) {
        let target = target.split('"').next().unwrap();
        assert!(known.contains(target), "{target}");
    }
}

/// The numbers of the first table, read back from each format.
#[test]
fn the_counts_are_the_same_in_every_format() {
    let folder = larkfield();
    let audit = report(folder.path());
    let json: serde_json::Value = serde_json::from_str(&rendered(&audit, Format::Json)).unwrap();
    let markdown = rendered(&audit, Format::Markdown);
    let page = rendered(&audit, Format::Html);
    for conclusion in json["conclusions"].as_array().unwrap() {
        let name = conclusion["name"].as_str().unwrap();
        let numbers: Vec<String> = ["examined", "pass", "fail", "excepted", "not_evaluated"]
            .iter()
            .map(|key| conclusion["incidents"][key].to_string())
            .collect();
        let row = markdown
            .lines()
            .find(|line| line.starts_with(&format!("| [{name}]")));
        assert!(
            row.unwrap()
                .ends_with(&format!("| {} |", numbers.join(" | "))),
            "{name}"
        );
        let row = page
            .lines()
            .find(|line| line.contains(&format!(">{name}</a></div></th>")));
        let cells: Vec<&str> = row.unwrap().split("<div>").skip(5).collect();
        let cells: Vec<&str> = cells
            .iter()
            .map(|it| it.split('<').next().unwrap())
            .collect();
        assert_eq!(cells, numbers, "{name}");
    }
}

#[test]
fn an_empty_period_says_what_its_emptiness_rests_on() {
    let folder = larkfield();
    let audit = try_report(folder.path(), &[], "2023").unwrap();
    assert_eq!(audit.population.count, 0);
    assert_eq!(audit.population.completeness[0].id, "none-occurred");
    for conclusion in &audit.conclusions {
        assert_eq!(conclusion.standing, Standing::NotEstablished);
        let mut reasons = conclusion.reasons.iter();
        assert!(reasons.any(|it| it.id == "no-occurrence"));
    }
}

#[test]
fn controls_are_asked_for_in_any_spelling() {
    let folder = larkfield();
    for (name, ids) in [
        ("IR-6(3)", vec!["ir-6-3"]),
        ("IR-06(03)", vec!["ir-6-3"]),
        ("ir-6.3", vec!["ir-6-3"]),
        ("ir-6-3", vec!["ir-6-3"]),
        ("IRO-10.4", vec!["iro-10-4"]),
        ("a.5.20", vec!["ir-6-3", "iro-10-4"]),
        ("SOC 2 CC7.4", vec!["ir-6-3", "iro-10-4"]),
    ] {
        let audit = try_report(folder.path(), &[name], "").unwrap();
        let found: Vec<&str> = audit
            .basis
            .controls
            .iter()
            .map(|it| it.id.as_str())
            .collect();
        assert_eq!(found, ids, "{name}");
    }
    let Err(AuditError::UnknownControl { near, .. }) = try_report(folder.path(), &["ir-6-33"], "")
    else {
        panic!("`ir-6-33` is no control");
    };
    assert_eq!(near.as_deref(), Some("ir-6-3"));
    assert!(matches!(
        try_report(folder.path(), &[], "2026"),
        Err(AuditError::Ahead { .. })
    ));
}

/// An error on one of eight incidents is counted, and is a reason.
#[test]
fn a_deviation_turns_the_conclusion() {
    let folder = larkfield();
    let file = folder.path().join("incidents/INC-2025-0001/incident.yaml");
    let text = fs::read(&file).unwrap();
    let text = String::from_utf8(text).unwrap();
    // The proof of the first notice is gone: SC-NOTIFY-09, of IR-6(3) and others.
    fs::write(&file, text.replace("    proof: [E-1]\n", "")).unwrap();
    let audit = try_report(folder.path(), &["ir-6-3"], "").unwrap();
    let conclusion = &audit.conclusions[0];
    assert_eq!(conclusion.standing, Standing::OperatingWithExceptions);
    assert!(conclusion.reasons.iter().any(|it| it.id == "errors"));
    assert_eq!(conclusion.incidents.fail, 1);
    assert_eq!(conclusion.incidents.examined, 8);
}

#[test]
fn nothing_of_a_record_runs_or_breaks_a_table() {
    let folder = larkfield();
    let file = folder.path().join("incidents/INC-2025-0001/incident.yaml");
    let text = String::from_utf8(fs::read(&file).unwrap()).unwrap();
    let title = "title: \"<script>alert(1)</script> | `x` =cmd() \\e[31m 事件 حادثة \\n# Forged\"";
    let text = text.replace(
        "title: Backup agent wrote archives to a public share",
        title,
    );
    fs::write(&file, text).unwrap();
    let audit = report(folder.path());
    let page = rendered(&audit, Format::Html);
    assert!(!page.contains("<script"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; | `x` =cmd()"));
    let markdown = rendered(&audit, Format::Markdown);
    // What stands there is escaped.
    assert!(!markdown.replace("\\<", "").contains("<script"));
    assert!(!markdown.lines().any(|line| line == "# Forged"));
    for format in Format::ALL {
        let text = rendered(&audit, *format);
        assert!(!text.contains('\u{1b}'), "{format:?}");
        assert!(text.contains("事件 حادثة"), "{format:?}");
    }
    // Each row has as many cells as the head of its table.
    let mut width = 0;
    for line in markdown.lines() {
        let bars = line.replace("\\|", "").matches('|').count();
        match line.starts_with('|') {
            true if width == 0 => width = bars,
            true => assert_eq!(bars, width, "{line}"),
            false => width = 0,
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = larkfield();
    let once = |threads| {
        let request = Request {
            wants_duties: true,
            threads: Some(threads),
            ..Request::new(folder.path(), example::noon())
        };
        let examined = examine(&request, &Silent, |file, record| {
            Some((Facts::of(record), Taken::of(file, record)))
        })
        .unwrap();
        let (facts, taken): (Vec<_>, Vec<Taken>) = examined.taken.into_iter().unzip();
        let facts: Vec<Facts> = facts.into_iter().flatten().collect();
        let question = Question {
            controls: Vec::new(),
            period: None,
        };
        let audit = audit(
            &examined.outcome,
            &examined.registry,
            &facts,
            &taken,
            &question,
        );
        rendered(&audit.unwrap(), Format::Html)
    };
    assert!(once(1) == once(3));
}

/// The document shows the table by which conclusions are drawn, row by row and in order.
#[test]
fn the_table_of_reasons_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = probity::source::read_file(&root.join("docs/reports.md"), 1 << 20).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let rows: Vec<String> = REASONS
        .iter()
        .map(|(id, standing, says)| format!("| `{id}` | {} | {says} |", standing.words()))
        .collect();
    assert!(text.contains(&rows.join("\n")), "\n{}", rows.join("\n"));
}

#[test]
fn the_json_fits_its_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("schemas/output/audit.json");
    let bytes = probity::source::read_file(&file, 1 << 20).unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folder = larkfield();
    let text = rendered(&report(folder.path()), Format::Json);
    let errors: Vec<String> = validator
        .iter_errors(&serde_json::from_str(&text).unwrap())
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));
}
