//! Reads the cases of `tests/cases`; the form is told in the README there.

use std::fs;
use std::path::Path;

use probity::finding::Finding;

/// What the file of an incident says where it says nothing else.
const FACTS: &[&str] = &[
    "kind: incident",
    "id: <id>",
    "title: A case of the test",
    "status: open",
    "severity: high",
    "detected_at: 2025-06-20T09:10:00Z",
    "declared_at: 2025-06-20T09:40:00Z",
    "commander: mara",
];

/// One case.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) files: Vec<CaseFile>,
    pub(crate) expected: Vec<Expected>,
    pub(crate) passes: Vec<String>,
}

/// A file of a case.
pub(crate) struct CaseFile {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// A finding in the terms of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) severity: String,
    pub(crate) rule: String,
    pub(crate) obligations: String,
    pub(crate) file: String,
    pub(crate) pointer: String,
    pub(crate) target: String,
    /// Line, first column, line, column after the last; none for a whole file.
    pub(crate) place: Option<(u32, u32, u32, u32)>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) related: Vec<String>,
    /// The exception that accepts it.
    pub(crate) excepted_by: Option<String>,
}

/// A finding that has to be there.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) seen: Seen,
}

impl Expected {
    pub(crate) fn is(&self, seen: &Seen) -> bool {
        self.seen == *seen
    }
}

impl Seen {
    pub(crate) fn of(finding: &Finding) -> Self {
        let location = &finding.location;
        Self {
            severity: finding.severity.as_str().to_owned(),
            rule: finding.rule.to_string(),
            obligations: finding.obligations.join(" "),
            file: location.file.clone(),
            pointer: location.pointer.clone(),
            target: location.target.as_str().to_owned(),
            place: location.range.as_ref().map(|range| {
                let (start, end) = (range.start, range.end);
                (start.line, start.column, end.line, end.column)
            }),
            message: finding.message.clone(),
            help: finding.help.clone(),
            related: finding
                .related
                .iter()
                .map(|it| format!("{}: {}", it.location.file, it.message))
                .collect(),
            excepted_by: finding.excepted_by.clone(),
        }
    }
}

/// Every case of every file, in order.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = fs::read_dir(&folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|path| path.file_name().is_some_and(|name| name != "README.md"));
    files.iter().flat_map(|path| cases_of(path)).collect()
}

fn cases_of(path: &Path) -> Vec<Case> {
    let text = String::from_utf8(probity::source::read_file(path, 1 << 20).unwrap()).unwrap();
    let file = path.file_name().unwrap().to_string_lossy();
    let mut cases: Vec<Case> = Vec::new();
    let mut fence: Option<(String, Vec<&str>)> = None;
    for line in text.lines() {
        match (&mut fence, cases.last_mut()) {
            (Some((opening, _)), Some(case)) if line == "```" => {
                let opening = std::mem::take(opening);
                let lines = fence.take().map(|it| it.1).unwrap_or_default();
                read_fence(case, &opening, &lines);
            }
            (Some((_, lines)), _) => lines.push(line),
            (None, case) => {
                if let Some(name) = line.strip_prefix("## ") {
                    cases.push(Case {
                        name: format!("{file}: {name}"),
                        files: Vec::new(),
                        expected: Vec::new(),
                        passes: Vec::new(),
                    });
                } else if let Some(opening) = line.strip_prefix("```yaml ") {
                    fence = Some((opening.to_owned(), Vec::new()));
                } else if let (Some(rules), Some(case)) = (line.strip_prefix("Passes: "), case) {
                    case.passes.extend(rules.split(", ").map(str::to_owned));
                }
            }
        }
    }
    assert!(fence.is_none(), "{file}: a fence is not closed");
    cases
}

/// Reads a file with its carets.
fn read_fence(case: &mut Case, opening: &str, lines: &[&str]) {
    let mut words = opening.split(' ');
    let path = words.next().unwrap();
    let flags: Vec<&str> = words.collect();
    let folder = path
        .strip_prefix("incidents/")
        .and_then(|it| it.split('/').next())
        .unwrap_or("INC-2025-0100");
    let mut written: Vec<String> = Vec::new();
    let mut is_in_mark = false;
    for line in lines {
        let trimmed = line.trim_start();
        if let Some(expected) = read_mark(line, path, written.len() as u32) {
            case.expected.push(expected);
            is_in_mark = true;
        } else if let (true, Some(text)) = (is_in_mark, trimmed.strip_prefix("| ")) {
            tell(&mut case.expected.last_mut().unwrap().seen, text);
        } else {
            is_in_mark = false;
            if *line == "…" {
                let is_own = |fact: &&&str| {
                    let key = &fact[..=fact.find(':').unwrap()];
                    !lines
                        .iter()
                        .any(|it| it.trim_start_matches('⍽').starts_with(key))
                };
                let facts = FACTS.iter().filter(is_own);
                written.extend(facts.map(|fact| fact.replace("<id>", folder)));
            } else {
                written.push((*line).to_owned());
            }
        }
    }
    case.files.push(CaseFile {
        path: path.to_owned(),
        bytes: save(&written, &flags),
    });
}

/// `    ^^^^^ error unknown-person GOV-ROLE-01 /commander key`, below line `above`.
fn read_mark(line: &str, path: &str, above: u32) -> Option<Expected> {
    let trimmed = line.trim_start();
    let column = (line.len() - trimmed.len()) as u32 + 1;
    let (mark, rest) = trimmed.split_once(' ')?;
    let length = match mark {
        "^file" => None,
        ">" => Some(0),
        carets if carets.chars().all(|c| c == '^') => Some(carets.len() as u32),
        _ => return None,
    };
    let mut words = rest.splitn(4, ' ');
    let severity = words
        .next()
        .filter(|it| ["error", "warning", "info"].contains(it))?;
    let (rule, obligation) = (words.next()?, words.next()?);
    let pointer = words.next().unwrap_or("");
    let (pointer, target) = match pointer.rsplit_once(' ') {
        Some((pointer, target @ ("key" | "pair"))) => (pointer, target),
        _ => (pointer, "value"),
    };
    Some(Expected {
        seen: Seen {
            severity: severity.to_owned(),
            rule: rule.to_owned(),
            obligations: obligation.to_owned(),
            file: path.to_owned(),
            pointer: pointer.to_owned(),
            target: target.to_owned(),
            place: length.map(|length| (above, column, above, column + length)),
            message: String::new(),
            help: None,
            related: Vec::new(),
            excepted_by: None,
        },
    })
}

/// A line with `|` below a mark.
fn tell(seen: &mut Seen, text: &str) {
    if let Some(help) = text.strip_prefix("help: ") {
        seen.help = Some(help.to_owned());
    } else if let Some(related) = text.strip_prefix("see ") {
        seen.related.push(related.to_owned());
    } else if let Some(exception) = text.strip_prefix("excepted by ") {
        seen.excepted_by = Some(exception.to_owned());
    } else {
        text.clone_into(&mut seen.message);
    }
}

/// The bytes of a file, as its flags say.
fn save(lines: &[String], flags: &[&str]) -> Vec<u8> {
    let mut text = lines.join("\n");
    if !lines.is_empty() && !flags.contains(&"uncut") {
        text.push('\n');
    }
    text = text.replace('⇥', "\t").replace('␀', "\0");
    text = text.replace('⍽', "\u{feff}");
    for flag in flags {
        match *flag {
            "crlf" => text = text.replace('\n', "\r\n"),
            "bom" => text.insert(0, '\u{feff}'),
            "uncut" => {}
            "latin-1" => return text.chars().map(|c| u8::try_from(c).unwrap()).collect(),
            "utf-16" => {
                let units = format!("\u{feff}{text}");
                return units.encode_utf16().flat_map(u16::to_le_bytes).collect();
            }
            flag => panic!("there is no flag {flag}"),
        }
    }
    text.into_bytes()
}
