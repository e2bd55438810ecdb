//! `probity report audit`: one model, the same in every format.

#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(clippy::panic, reason = "a test")]
#![expect(
    clippy::disallowed_methods,
    reason = "breaks records, and renews the files that the test is about"
)]

mod example;
mod fixture;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use probity::clock::Period;
use probity::engine::{Request, Silent, examine};
use probity::report::audit::{
    Audit, AuditError, Finding, Format, Question, REASONS, Rendered, Run, Sampling, Standing,
    Taken, audit, render,
};
use probity::report::{Facts, Links};

fn try_report(folder: &Path, controls: &[&str], period: &str) -> Result<Audit, AuditError> {
    let question = Question {
        controls: controls.iter().map(|it| (*it).to_owned()).collect(),
        period: Period::parse(period).ok(),
        sample: None,
    };
    try_told(folder, &question, false)
}

fn try_told(folder: &Path, question: &Question, wants_history: bool) -> Result<Audit, AuditError> {
    let request = Request {
        wants_duties: true,
        wants_history,
        ..Request::new(folder, example::noon())
    };
    let examined = examine(&request, &Silent, |file, record, proofs| {
        Some((Facts::of(record), Taken::of(file, record, proofs)))
    })
    .unwrap();
    let (facts, taken): (Vec<Option<Facts>>, Vec<Taken>) = examined.taken.into_iter().unzip();
    let facts: Vec<Facts> = facts.into_iter().flatten().collect();
    audit(
        &examined.outcome,
        &examined.registry,
        &facts,
        &taken,
        &examined.past,
        &[],
        question,
    )
}

fn sample(size: usize, seed: Option<&str>) -> Question {
    let seed = seed.map(str::to_owned);
    Question {
        sample: Some(Sampling { size, seed }),
        ..Question::default()
    }
}

fn report(folder: &Path) -> Audit {
    try_report(folder, &[], "").unwrap()
}

fn any(audit: &Audit, format: Format) -> Rendered {
    render(
        audit,
        format,
        &format.shipped_template(),
        &Links::below("../"),
    )
    .unwrap()
}

fn rendered(audit: &Audit, format: Format) -> String {
    let Rendered::Text(text) = any(audit, format) else {
        panic!("{format:?} is no text");
    };
    text
}

fn larkfield() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    example::copy("larkfield", folder.path());
    folder
}

/// The report of the example with its history and a sample. What differs from one version of the program to
/// the next is not what the example is about.
fn settled() -> Audit {
    let folder = example::repository();
    let mut audit = try_told(&folder.path().join("larkfield"), &sample(3, None), true).unwrap();
    "(that of the policies)".clone_into(&mut audit.basis.policy_digest);
    audit.basis.tool_version = "(that of the program)";
    audit
}

#[test]
fn the_report_of_the_example_is_as_expected() {
    let audit = settled();
    for (format, name) in [
        (Format::Json, "report.json"),
        (Format::Markdown, "report.md"),
        (Format::Html, "report.html"),
        (Format::Xlsx, "report.xlsx"),
        (Format::Csv, "report-csv"),
        (Format::Oscal, "report-oscal"),
    ] {
        let file = example::home("larkfield").join("expected").join(name);
        match any(&audit, format) {
            Rendered::Text(text) => is_expected(&file, text.as_bytes()),
            Rendered::Bytes(bytes) => is_expected(&file, &bytes),
            Rendered::Folder(files) => {
                fs::create_dir_all(&file).unwrap();
                for (name, text) in files {
                    is_expected(&file.join(name), text.as_bytes());
                }
            }
        }
    }
}

fn is_expected(file: &Path, bytes: &[u8]) {
    if std::env::var_os("PROBITY_UPDATE_EXPECTED").is_some() {
        fs::write(file, bytes).unwrap();
    }
    let expected = fs::read(file).unwrap_or_default();
    assert!(
        expected == bytes,
        "{} differs. If this is wanted: PROBITY_UPDATE_EXPECTED=1 cargo test --test audit",
        file.display()
    );
}

/// `examples/larkfield` has no INC-2025-0004, and its commits never deleted an incident.
#[test]
fn the_history_says_whether_incidents_were_deleted() {
    let argument = |audit: &Audit| {
        let mut all = audit.population.completeness.iter();
        all.find(|it| it.id == "deletions").unwrap().clone()
    };
    let folder = larkfield();
    let unknown = argument(&report(folder.path()));
    assert_eq!(unknown.holds, None, "{}", unknown.says);

    let repository = example::repository();
    let home = repository.path().join("larkfield");
    let clean = try_told(&home, &Question::default(), true).unwrap();
    assert_eq!(argument(&clean).holds, Some(true));
    assert!(clean.population.deletions.rows.is_empty());
    assert_eq!(clean.basis.commits, Some(148));

    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .current_dir(&home)
            .args([
                "-c",
                "user.name=Ren Odo",
                "-c",
                "user.email=ren@larkfield.example",
            ])
            .args(arguments)
            .env("GIT_COMMITTER_DATE", "2025-06-20T09:00:00Z")
            .env("GIT_AUTHOR_DATE", "2025-06-20T09:00:00Z")
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["rm", "-r", "-q", "incidents/INC-2025-0002"]);
    git(&["commit", "-q", "-m", "Tidy up"]);
    let audit = try_told(&home, &Question::default(), true).unwrap();
    let deleted = argument(&audit);
    assert_eq!(deleted.holds, Some(false), "{}", deleted.says);
    assert!(deleted.says.contains("INC-2025-0002"), "{}", deleted.says);
    assert!(
        deleted.says.contains("by Ren Odo on 2025-06-20"),
        "{}",
        deleted.says
    );
    let row = &audit.population.deletions.rows[0];
    let texts: Vec<&str> = row.cells.iter().map(|it| it[0].text.as_str()).collect();
    assert_eq!(texts[0], "INC-2025-0002");
    assert_eq!(texts[2], "2025-06-20T09:00:00Z");
    assert_eq!(texts[5..7], ["yes", "no"]);
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
fn every_demand_is_decided_by_a_rule_or_answered_elsewhere() {
    let told = rendered(&settled(), Format::Markdown);
    let undecided = |line: &&str| line.contains("decides it");
    assert_eq!(told.lines().find(undecided), None);
    assert!(told.contains("| `VR-OUT-07` |") || told.contains("`VR-OUT-07` | Report is timely"));
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

/// `printf 'SEED\nID' | sha256sum` gives 40a8… for 0006, 4ae7… for 0001, 4e4b… for 0008 and 658f… for
/// 0005, which is the next.
#[test]
fn a_sample_is_drawn_that_anybody_can_draw_again() {
    let folder = larkfield();
    let seed = "ir-6-3 ir-4-10 ir-6-2 iro-10-4 info-sharing 2024-06-21..2025-06-20";
    let drawn = ["INC-2025-0006", "INC-2025-0001", "INC-2025-0008"];
    for question in [sample(3, None), sample(3, Some(seed))] {
        let audit = try_told(folder.path(), &question, false).unwrap();
        let selection = audit.population.selection.as_ref().unwrap();
        assert_eq!(selection.incidents, drawn);
        assert_eq!(selection.seed, seed);
        assert!(
            selection.method.contains("the first 3 of 8"),
            "{selection:?}"
        );
        // The worksheet marks those and no others.
        let at = |id: &str| audit.worksheet.columns.iter().position(|it| it.id == id);
        let (id, selected) = (at("id").unwrap(), at("selected").unwrap());
        let text = |cell: &Vec<Run>| cell.iter().map(|it| &*it.text).collect::<String>();
        for row in &audit.worksheet.rows {
            let is_drawn = drawn.contains(&&*text(&row.cells[id]));
            assert_eq!(
                text(&row.cells[selected]),
                if is_drawn { "yes" } else { "no" }
            );
        }
    }
    let other = try_told(folder.path(), &sample(3, Some("another")), false).unwrap();
    assert_ne!(other.population.selection.unwrap().incidents, drawn);
}

#[test]
fn a_sample_that_is_too_large_or_not_asked_for_is_said() {
    let folder = larkfield();
    let all = try_told(folder.path(), &sample(30, Some("s")), false).unwrap();
    let text = rendered(&all, Format::Markdown);
    assert!(text.contains("There were no more than 8, and 30 were asked for."));
    assert_eq!(all.population.selection.unwrap().incidents.len(), 8);
    let text = rendered(&report(folder.path()), Format::Markdown);
    assert!(text.contains("No sample was asked for"));
    let none = Question {
        period: Period::parse("2023").ok(),
        ..sample(3, None)
    };
    let text = rendered(
        &try_told(folder.path(), &none, false).unwrap(),
        Format::Markdown,
    );
    assert!(text.contains("so that none could be drawn"));
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
        let texts = match any(&audit, *format) {
            Rendered::Text(text) => vec![text],
            Rendered::Folder(files) => files.into_iter().map(|it| it.1).collect(),
            Rendered::Bytes(_) => continue,
        };
        assert!(texts.iter().all(|it| !it.contains('\u{1b}')), "{format:?}");
        let is_plan = matches!(
            format,
            Format::OscalAp | Format::OscalAr | Format::OscalPoam | Format::Oscal
        );
        let has_title = texts.iter().any(|it| it.contains("事件 حادثة"));
        assert!(has_title || is_plan, "{format:?}");
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
        let examined = examine(&request, &Silent, |file, record, proofs| {
            Some((Facts::of(record), Taken::of(file, record, proofs)))
        })
        .unwrap();
        let (facts, taken): (Vec<_>, Vec<Taken>) = examined.taken.into_iter().unzip();
        let facts: Vec<Facts> = facts.into_iter().flatten().collect();
        let question = Question::default();
        let audit = audit(
            &examined.outcome,
            &examined.registry,
            &facts,
            &taken,
            &examined.past,
            &[],
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
