//! What the detectors find and what they leave alone, and what a check makes of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]
#![expect(clippy::disallowed_methods, reason = "writes the files that it tries")]

mod example;
mod fixture;

use std::fs;

use probity::evidence::scan::{Family, Scanner, Setting};
use probity::finding::{Outcome, Severity};
use probity::output::{Format, Look, render};
use probity::policy::Catalogue;

/// The texts of `tests/data/scan.txt`, each with what must be found in it.
fn texts() -> Vec<(Option<Family>, String)> {
    let data = include_str!("data/scan.txt");
    let lines = data.lines().filter(|it| !it.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(family, text)| {
            let text = text
                .replace('¦', "")
                .replace("\\n", "\n")
                .replace("\\\\", "\\");
            (family_of(family), text)
        })
        .collect()
}

fn family_of(name: &str) -> Option<Family> {
    match name {
        "credential" => Some(Family::Credential),
        "payment" => Some(Family::Payment),
        "address" => Some(Family::Address),
        "host" => Some(Family::Host),
        "privilege" => Some(Family::Privilege),
        "contact" => Some(Family::Contact),
        "nothing" => None,
        other => panic!("no family: {other}"),
    }
}

#[test]
fn detectors_find_what_they_must_and_nothing_else() {
    let scanner = Scanner::default();
    let (mut caught, mut kept, mut wrong) = (0, 0, Vec::new());
    for (expected, text) in texts() {
        let hits = scanner.everything(&text, Setting::default());
        let found = hits.first().map(|hit| hit.family);
        if found != expected {
            wrong.push(format!("{expected:?} expected, {found:?} found: {text}\n"));
        }
        match expected {
            Some(_) => caught += 1,
            None => kept += 1,
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.concat());
    assert!(caught >= 60 && kept >= 60, "{caught} {kept}");
}

/// Larkfield with some files changed: by path, what is replaced with what; an empty text is the end
/// of the file.
fn changed(changes: &[(&str, &str, &str)]) -> (tempfile::TempDir, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    example::copy("larkfield", folder.path());
    for (file, old, new) in changes {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let text = match old.is_empty() {
            true => format!("{text}{new}"),
            false => {
                assert!(text.contains(old), "{file} has no {old}");
                text.replacen(old, new, 1)
            }
        };
        fs::write(path, text).unwrap();
    }
    let outcome = example::outcome(folder.path());
    (folder, outcome)
}

/// The findings of the pack, as `rule file:line:column pointer`.
fn told(outcome: &Outcome) -> Vec<String> {
    let is_ours = |rule: &str| {
        let catalogue = Catalogue::shipped();
        catalogue
            .entries()
            .any(|(_, it)| &*it.name == rule && &*it.pack == "scans")
    };
    let ours = outcome.findings.iter().filter(|it| is_ours(&it.rule));
    ours.map(|finding| {
        let location = &finding.location;
        let start = location.range.as_ref().unwrap().start;
        let (rule, file, pointer) = (&finding.rule, &location.file, &location.pointer);
        format!("{rule} {file}:{}:{} {pointer}", start.line, start.column)
    })
    .collect()
}

const MESSAGE: &str = "incidents/INC-2025-0007/evidence/out-2.eml";
const INCIDENT: &str = "incidents/INC-2025-0007/incident.yaml";

#[test]
fn what_was_sent_is_looked_through_line_by_line() {
    let (_folder, outcome) = changed(&[(
        MESSAGE,
        "",
        "\nSee 192.168.3.4, fs-1.corp and maria.gomez@patients.example\n\nCall release@quillworks.example or Tomas\nAKIA0000000000000000\nfrom 10.1.1.1, version 10.1.1.1\n",
    )]);
    assert_eq!(
        told(&outcome),
        [
            format!("private-address {MESSAGE}:14:5 "),
            format!("secret-pattern {MESSAGE}:17:1 "),
            format!("excluded-content {MESSAGE}:18:6 "),
        ]
    );
    let finding = outcome
        .findings
        .iter()
        .find(|it| &*it.rule == "private-address")
        .unwrap();
    assert_eq!(finding.record.as_ref().unwrap().id, "INC-2025-0007");
    assert_eq!(finding.obligations, ["SC-PKG-09"]);
}

#[test]
fn envelopes_drafts_and_files_that_stay_inside_are_left_alone() {
    let (_folder, outcome) = changed(&[
        (
            MESSAGE,
            "Subject:",
            "Received: from fs-1.corp (10.1.1.1) by mx\n\tid 4; 192.168.1.1\nCc: maria.gomez@patients.example\nSubject:",
        ),
        (
            MESSAGE,
            "",
            "\nmaria.gomez@patients.example wrote:\n> From: anna.berg@clinic.example\n> anna.berg@clinic.example\n",
        ),
        (
            "incidents/INC-2025-0007/evidence/ticket-ir-66.txt",
            "",
            "\n192.168.3.4 on fs-1.corp\n",
        ),
    ]);
    assert_eq!(told(&outcome), [] as [String; 0]);
    // A secret is told wherever it stands.
    let (_folder, outcome) =
        changed(&[(MESSAGE, "Subject:", "X-Key: AKIA0000000000000000\nSubject:")]);
    assert_eq!(told(&outcome), [format!("secret-pattern {MESSAGE}:5:8 ")]);
}

#[test]
fn a_message_may_say_why_something_stays_in() {
    let text = (MESSAGE, "", "\nThe agent runs on 192.168.3.4\n");
    let exception = |rule: &str| {
        let exceptions = format!(
            "    redaction_exceptions: [{{rule: {rule}, why: They run that host, by: ines}}]\n    proof: ["
        );
        let (_folder, outcome) = changed(&[
            text,
            (INCIDENT, "    proof: [E-3", &format!("{exceptions}E-3")),
        ]);
        told(&outcome).len()
    };
    assert_eq!(exception("internal-addresses"), 0);
    assert_eq!(exception("private-address"), 0);
    assert_eq!(exception("host-names"), 1);
}

#[test]
fn binary_files_and_absent_files_are_no_texts() {
    let (folder, _) = changed(&[]);
    fs::write(folder.path().join(MESSAGE), b"\0\x01 192.168.3.4").unwrap();
    assert_eq!(told(&example::outcome(folder.path())), [] as [String; 0]);
    fs::remove_file(folder.path().join(MESSAGE)).unwrap();
    assert_eq!(told(&example::outcome(folder.path())), [] as [String; 0]);
}

#[test]
fn no_output_shows_what_was_found() {
    let token = "AKIA0000000000000000";
    let host = "pp-db-03.int.larkfield.example";
    // Put together here: a key whose form is known is hidden in a file that is refused, too.
    let known = format!("AK{}", "IAQ7YHVLN3D2XMK5RT");
    let package = "incidents/INC-2025-0003/packages/PKG-2.yaml";
    let refused = "incidents/INC-2025-0009/incident.yaml";
    let (_folder, outcome) = changed(&[
        (INCIDENT, "title: ", &format!("title: {token} ")),
        // Another finding would quote it.
        (INCIDENT, "commander: ", &format!("commander: {token}")),
        (package, "behaviour: ", &format!("behaviour: {host} ")),
        (MESSAGE, "", &format!("\n{token} and {host}\n")),
        (refused, "title: ", &format!("kind: {known}\ntitle: ")),
    ]);
    let rules: Vec<&str> = outcome.findings.iter().map(|it| &*it.rule).collect();
    assert!(
        rules.contains(&"unknown-person") && rules.contains(&"duplicate-key"),
        "{rules:?}"
    );
    assert_eq!(told(&outcome).len(), 4, "{rules:?}");
    for format in Format::ALL {
        let shown = render(&outcome, *format, Look::default());
        for hidden in [token, host, &known] {
            assert!(!shown.contains(hidden), "{format:?}\n{shown}");
        }
    }
}

#[test]
fn a_detector_can_be_switched_off_and_weighed() {
    let pack = "kind: policy\nid: own\nadjust:\n  - {rule: private-address, severity: \"off\", why: Our lab is public anyway, by: ines}\n  - {rule: internal-host, severity: info, why: Names are no secret here, by: ines}\n";
    let folder = tempfile::tempdir().unwrap();
    example::copy("larkfield", folder.path());
    fs::create_dir_all(folder.path().join("policies")).unwrap();
    fs::write(folder.path().join("policies/own.yaml"), pack).unwrap();
    let file = folder
        .path()
        .join("incidents/INC-2025-0003/packages/PKG-2.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let both = "behaviour: 192.168.3.4 and fs-1.corp,";
    fs::write(&file, text.replacen("behaviour:", both, 1)).unwrap();
    let outcome = example::outcome(folder.path());
    let found: Vec<_> = outcome
        .findings
        .iter()
        .map(|it| (&*it.rule, it.severity))
        .collect();
    assert_eq!(found, [("internal-host", Severity::Info)]);
}

#[test]
fn a_package_far_from_its_incident_is_judged_by_the_messages_that_send_it() {
    let from = "incidents/INC-2025-0003/packages/PKG-2.yaml";
    let incident = "incidents/INC-2025-0003/incident.yaml";
    let run = |exception: bool| {
        let folder = tempfile::tempdir().unwrap();
        example::copy("larkfield", folder.path());
        let text = fs::read_to_string(folder.path().join(from)).unwrap();
        let text = text.replacen("behaviour: ", "behaviour: On fs-1.corp, ", 1);
        fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
        fs::write(folder.path().join("elsewhere/PKG-2.yaml"), text).unwrap();
        fs::remove_file(folder.path().join(from)).unwrap();
        if exception {
            let file = folder.path().join(incident);
            let text = fs::read_to_string(&file).unwrap();
            let excused = "    package: PKG-2\n    redaction_exceptions: [{rule: host-names, why: Corvid runs this host, by: ines}]\n";
            fs::write(&file, text.replace("    package: PKG-2\n", excused)).unwrap();
        }
        told(&example::outcome(folder.path())).len()
    };
    assert_eq!((run(false), run(true)), (1, 0));
}
