//! Random edits that reach records in every way.

use std::fs;

use crate::ground::{Dice, Ground};

/// Ids of the example and of records that come.
const IDS: &[&str] = &[
    "INC-2025-0001",
    "INC-2025-0002",
    "INC-2025-0003",
    "INC-2025-0005",
    "INC-2025-0006",
    "INC-2025-0007",
    "INC-2025-0008",
    "INC-2025-0009",
    "INC-2025-0042",
    "PKG-1",
    "PKG-2",
    "corvid-id",
    "tessera-cloud",
    "quillworks",
    "halden-msp",
    "patient-portal",
    "billing",
    "intranet",
    "RA-2025-001",
    "RA-2025-002",
    "EX-2025-01",
    "HC-2025-01",
    "mara",
    "tomas",
    "freya",
];

/// Rules that exceptions name.
const RULES: &[&str] = &[
    "missing-evidence",
    "unknown-key",
    "overdue-action",
    "incomplete-message",
    "changed-evidence",
    "unregistered-recipient",
    "missing-key",
    "overdue-fix",
    "unknown-reference",
];

/// One random edit; what it was, for the words of a failure.
pub(crate) fn edit(ground: &Ground, dice: &mut Dice) -> String {
    let files = ground.files();
    let is_everywhere = |it: &&String| {
        [
            "program",
            "guidelines/",
            "controls/",
            "runbooks/",
            "people",
            "channels",
        ]
        .iter()
        .any(|part| it.contains(part))
    };
    let often = dice.below(12) > 0;
    let records: Vec<&String> = files
        .iter()
        .filter(|it| probity::record::layout::is_yaml(it) && !(often && is_everywhere(it)))
        .collect();
    let evidence: Vec<&String> = files.iter().filter(|it| it.contains("evidence/")).collect();
    if records.is_empty() || evidence.is_empty() {
        return "nothing".to_owned();
    }
    let (record, file) = (*dice.one(&records), *dice.one(&evidence));
    match dice.below(8) {
        0..=3 => edit_text(ground, dice, record),
        4 => place(ground, dice, record),
        5 => edit_evidence(ground, dice, file),
        6 => register(ground, dice, file),
        _ => accept(ground, dice),
    }
}

/// Another text for a record.
fn edit_text(ground: &Ground, dice: &mut Dice, record: &str) -> String {
    let text = ground.read(record);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return "nothing".to_owned();
    }
    let at = dice.below(lines.len());
    let (from, to) = (*dice.one(IDS), *dice.one(IDS));
    let what = match dice.below(16) {
        0..=3 => {
            lines.remove(at);
            "a line removed"
        }
        4 => {
            let line = lines[at].clone();
            lines.insert(at, line);
            "a line twice"
        }
        5..=6 => {
            lines[at] = lines[at].replace('1', "2").replace("2025-05", "2025-07");
            "other digits"
        }
        7 => {
            lines[at].push('x');
            "a letter more"
        }
        8..=10 => {
            lines = lines.iter().map(|it| it.replace(from, to)).collect();
            "other names"
        }
        11..=12 => {
            lines = text
                .replacen(from, to, 1)
                .lines()
                .map(str::to_owned)
                .collect();
            "another name"
        }
        13 => {
            let own = lines.iter_mut().find(|it| it.starts_with("id: "));
            if let Some(line) = own {
                *line = format!("id: {to}");
            }
            "another id"
        }
        14 => {
            lines.push(format!("unknown_key: {to}"));
            "an unknown key"
        }
        _ if dice.below(3) == 0 => {
            lines.push("  broken: [".to_owned());
            "broken"
        }
        _ => {
            lines.insert(at, "# a note".to_owned());
            "a note"
        }
    };
    ground.write(record, &(lines.join("\n") + "\n"));
    format!("{what} ({from}, {to}) at line {} of {record}", at + 1)
}

/// Another place for a record, or none.
fn place(ground: &Ground, dice: &mut Dice, record: &str) -> String {
    let to = match dice.below(4) {
        0 => {
            ground.remove(record);
            return format!("{record} is removed");
        }
        1 => format!("elsewhere/{}.yaml", dice.one(IDS)),
        2 => record
            .replace("PKG-1", "PKG-7")
            .replace("incident.yaml", "other.yaml"),
        _ => format!("incidents/{}/incident.yaml", dice.one(&IDS[..9])),
    };
    let text = ground.read(record);
    if dice.below(2) == 0 {
        ground.remove(record);
    }
    ground.write(&to, &text);
    format!("{record} is put at {to}")
}

/// Another content for evidence, or another place.
fn edit_evidence(ground: &Ground, dice: &mut Dice, file: &str) -> String {
    let folder = *dice.one(&IDS[..9]);
    match dice.below(4) {
        0 => {
            ground.remove(file);
            format!("{file} is removed")
        }
        1 => {
            ground.write(file, "something else\n");
            format!("{file} is another")
        }
        2 => {
            let to = match dice.below(2) {
                0 => format!("{file}.moved"),
                _ => format!("incidents/{folder}/evidence/moved"),
            };
            let bytes = fs::read(ground.root().join(file)).unwrap();
            ground.write(&to, "");
            fs::write(ground.root().join(&to), bytes).unwrap();
            if dice.below(2) == 0 {
                ground.remove(file);
            }
            format!("{file} also at {to}")
        }
        _ => {
            ground.write(&format!("incidents/{folder}/evidence/stray.txt"), "stray\n");
            format!("stray evidence of {folder}")
        }
    }
}

/// A record that registers a file that may be that of another.
fn register(ground: &Ground, dice: &mut Dice, file: &str) -> String {
    let records = ground.files();
    let records: Vec<&String> = records
        .iter()
        .filter(|it| it.ends_with("incident.yaml"))
        .collect();
    if records.is_empty() {
        return "nothing".to_owned();
    }
    let record = *dice.one(&records);
    let text = ground.read(record);
    let item = format!("evidence:\n  - {{id: E-77, path: ../../{file}}}");
    ground.write(record, &text.replacen("evidence:", &item, 1));
    format!("{record} registers {file}")
}

/// A control exception about some record.
fn accept(ground: &Ground, dice: &mut Dice) -> String {
    let (id, rule, other) = (*dice.one(IDS), *dice.one(RULES), *dice.one(RULES));
    let from = ground.root().join("exceptions/RA-2025-001.yaml");
    if !from.exists() {
        return "nothing".to_owned();
    }
    let text = ground.read("exceptions/RA-2025-001.yaml");
    let text = text
        .replace("risk-acceptance", "control-exception")
        .replace("INC-2025-0006#V-1", id)
        .replace("RA-2025-001", "RA-2025-009");
    let text = format!("{text}rules: [{rule}, {other}]\n");
    ground.write("exceptions/RA-2025-009.yaml", &text);
    format!("an exception for {rule} and {other} of {id}")
}
