//! What the detectors find and what they leave alone, and what a check makes of it.

#![expect(clippy::unwrap_used, reason = "a test")]

mod example;

use probity::evidence::scan::{Family, Scanner, Setting};

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
