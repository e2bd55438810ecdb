//! Sessions with `probity lsp`, as an editor holds them over standard input and output.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

mod editor;
mod example;
mod fixture;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use editor::{Editor, uri_of};
use probity::clock::parse_as_of;
use probity::engine::{Request, Silent, check};
use probity::finding::Severity;
use serde_json::{Value, json};

const AS_OF: &str = "2025-06-20T12:00:00Z";

/// A finding as both sides tell it: rule, place, message, severity.
type Told = (String, [u32; 4], String, u8);

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name)
}

/// What a check says, by file, with columns counted here.
fn checked(folder: &Path) -> BTreeMap<String, Vec<Told>> {
    let request = Request::new(folder, parse_as_of(AS_OF).unwrap());
    let outcome = check(&request, &Silent).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut by_file: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for finding in outcome.findings {
        let path = root.join(&finding.location.file);
        let place = finding.location.range.as_ref().map_or([0; 4], |range| {
            // A mail may be in another encoding: then nobody counts but the check.
            let Ok(text) = std::fs::read_to_string(&path) else {
                let (start, end) = (range.start, range.end);
                return [
                    start.line - 1,
                    start.column - 1,
                    end.line - 1,
                    end.column - 1,
                ];
            };
            let at = |byte: u32| {
                let before = &text[..byte as usize];
                let line = before.matches('\n').count() as u32;
                let of_line = before.rsplit('\n').next().unwrap();
                let column = of_line
                    .trim_start_matches('\u{feff}')
                    .encode_utf16()
                    .count();
                [line, column as u32]
            };
            let (start, end) = (at(range.span.start), at(range.span.end));
            [start[0], start[1], end[0], end[1]]
        });
        let severity = match finding.severity {
            _ if finding.excepted_by.is_some() => 4,
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Info => 3,
        };
        let told = (finding.rule.to_string(), place, finding.message, severity);
        by_file.entry(uri_of(&path)).or_default().push(told);
    }
    for told in by_file.values_mut() {
        told.sort();
    }
    by_file
}

/// What the editor was told, by file.
fn shown(editor: &Editor) -> BTreeMap<String, Vec<Told>> {
    let files = editor.diagnostics.iter().filter(|(_, it)| !it.is_empty());
    let mut by_file: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for (file, diagnostics) in files {
        let told = diagnostics.iter().map(|it| {
            let at = |end: &str, key: &str| it["range"][end][key].as_u64().unwrap() as u32;
            let place = [
                at("start", "line"),
                at("start", "character"),
                at("end", "line"),
                at("end", "character"),
            ];
            let text = |key: &str| it[key].as_str().unwrap().to_owned();
            let severity = it["severity"].as_u64().unwrap() as u8;
            (text("code"), place, text("message"), severity)
        });
        let mut told: Vec<Told> = told.collect();
        told.sort();
        by_file.insert(file.clone(), told);
    }
    by_file
}

fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("expected") {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|it| it == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn in_the_end_an_editor_shows_what_a_check_says() {
    for name in ["larkfield", "broken"] {
        let folder = example(name);
        let expected = checked(&folder);
        assert_eq!(expected.is_empty(), name == "larkfield");
        let mut editor = Editor::start(AS_OF);
        editor.initialize(&[&folder], json!({}));
        editor.wait_until("what the check says", |it| shown(it) == expected);

        // Every file is opened, broken while it is typed, and put right again.
        let mut files = Vec::new();
        yaml_files(&folder, &mut files);
        files.sort();
        for file in &files {
            let Ok(text) = std::fs::read_to_string(file) else {
                continue;
            };
            let uri = editor.open(file, &text);
            editor.change(&uri, &format!("{text}\nnonsense: [\n"));
            let at_end = text.matches('\n').count() as u64;
            editor.wait_until(&format!("a mistake in {uri}"), |it| {
                let told = it.diagnostics.get(&uri).into_iter().flatten();
                let mut lines = told.map(|it| it["range"]["end"]["line"].as_u64().unwrap());
                // Of a file that is broken already only the first mistake is told.
                let is_told = name == "broken" && it.versions.get(&uri).is_some_and(Value::is_i64);
                is_told || lines.any(|line| line >= at_end) || !is_record(file)
            });
            editor.change(&uri, &text);
        }
        editor.wait_until("what the check says again", |it| shown(it) == expected);
        assert_eq!(editor.end(), Some(0));
    }
}

/// Evidence may be YAML, and none of our business; so is what is no UTF-8.
fn is_record(file: &Path) -> bool {
    let text = file.to_string_lossy();
    !text.contains("/evidence/") && !text.contains("/templates/") && !text.contains("/docs/")
}

#[test]
fn findings_of_other_files_follow_a_change() {
    let folder = example("larkfield");
    let mut editor = Editor::start(AS_OF);
    editor.initialize(&[&folder], json!({}));
    let people = folder.join("registry/people.yaml");
    let text = std::fs::read_to_string(&people).unwrap();
    let uri = editor.open(&people, &text);
    editor.change(&uri, &text.replace("id: mara", "id: maria"));
    let is_unknown = |it: &Value| it["code"] == "unknown-person";
    editor.wait_until("unknown persons elsewhere", |it| {
        let mut others = it.diagnostics.iter().filter(|(file, _)| **file != uri);
        others.any(|(file, list)| file.ends_with("incident.yaml") && list.iter().any(is_unknown))
    });
    editor.close(&uri);
    editor.wait_until("nothing any more", |it| shown(it).is_empty());
    assert_eq!(editor.end(), Some(0));
}

/// The open record with a mark `|` taken out, and where it stood.
fn marked(text: &str) -> (String, Value) {
    let at = text.find('|').unwrap();
    let before = &text[..at];
    let of_line = before.rsplit('\n').next().unwrap();
    let position = json!({
        "line": before.matches('\n').count(),
        "character": of_line.encode_utf16().count(),
    });
    (text.replacen('|', "", 1), position)
}

/// An editor with an incident of the example open, in which `from` was replaced by `to`; `to` holds
/// a mark for the position.
struct Session {
    editor: Editor,
    uri: String,
    text: String,
    at: Value,
}

impl Session {
    fn with(from: &str, to: &str) -> Self {
        let folder = example("larkfield");
        let mut editor = Editor::start(AS_OF);
        editor.initialize(&[&folder], json!({}));
        let file = folder.join("incidents/INC-2025-0003/incident.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        let (text, at) = marked(&text.replacen(from, to, 1));
        let uri = editor.open(&file, &text);
        editor.wait_until("the first check", |it| {
            it.versions.contains_key(&uri_of(&file))
        });
        Self {
            editor,
            uri,
            text,
            at,
        }
    }

    fn ask(&mut self, method: &str, more: Value) -> Value {
        let mut params = json!({"textDocument": {"uri": self.uri}, "position": self.at});
        let more = more.as_object().unwrap().clone();
        params.as_object_mut().unwrap().extend(more);
        self.editor.ask(method, params)["result"].clone()
    }

    fn labels(&mut self) -> Vec<String> {
        let answer = self.ask("textDocument/completion", json!({}));
        let items = answer.as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|it| it["label"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The titles of what is offered, and the text after the first.
    fn mends(&mut self) -> (Vec<String>, String) {
        let range = json!({"start": self.at, "end": self.at});
        let context = json!({"diagnostics": []});
        let answer = self.ask(
            "textDocument/codeAction",
            json!({"range": range, "context": context}),
        );
        let actions = answer.as_array().unwrap();
        let titles = actions
            .iter()
            .map(|it| it["title"].as_str().unwrap().to_owned())
            .collect();
        let mut text = self.text.clone();
        if let Some(first) = actions.first() {
            let edit = &first["edit"]["changes"][&self.uri][0];
            let at = |end: &str| {
                let at = |key: &str| edit["range"][end][key].as_u64().unwrap() as usize;
                let line: usize = self
                    .text
                    .split_inclusive('\n')
                    .take(at("line"))
                    .map(str::len)
                    .sum();
                let rest = &self.text[line..];
                let mut units = 0;
                let column = rest.char_indices().find(|(_, c)| {
                    let is_there = units >= at("character");
                    units += c.len_utf16();
                    is_there
                });
                line + column.map_or(rest.len(), |it| it.0)
            };
            text.replace_range(at("start")..at("end"), edit["newText"].as_str().unwrap());
        }
        (titles, text)
    }
}

#[test]
fn what_may_stand_at_a_place_is_offered() {
    let labels = |from: &str, to: &str| Session::with(from, to).labels();
    let parties = labels(
        "  - party: tessera-cloud\n    relation",
        "  - party: tes|\n    relation",
    );
    assert!(parties.contains(&"tessera-cloud".to_owned()), "{parties:?}");
    assert!(!parties.contains(&"mara".to_owned()), "{parties:?}");
    let people = labels("commander: mara", "commander: |");
    assert!(people.contains(&"mara".to_owned()), "{people:?}");
    let systems = labels("affected: [patient-portal/sso]", "affected: [patient|]");
    assert!(
        systems.contains(&"patient-portal/sso".to_owned()),
        "{systems:?}"
    );
    let statuses = labels("status: closed", "status: |");
    assert_eq!(statuses, ["open", "contained", "closed"]);
    let keys = labels("status: closed\n", "status: closed\n|\n");
    assert!(keys.contains(&"simulated".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"severity".to_owned()), "{keys:?}");
    let keys = labels(
        "    decision: do-not-notify\n",
        "    decision: do-not-notify\n    con|\n",
    );
    assert!(
        keys.contains(&"exclude_from".to_owned()) || !keys.is_empty(),
        "{keys:?}"
    );
}

#[test]
fn a_key_is_explained_with_what_is_due_there() {
    let mut session = Session::with("    decision: notify", "    dec|ision: notify");
    let hover = session.ask("textDocument/hover", json!({}));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("`incident.parties.decision`"), "{text}");
    assert!(text.contains("do-not-notify"), "{text}");
    assert!(text.contains("since 2025-05-06T07:30:00Z"), "{text}");
}

#[test]
fn a_reference_leads_to_what_it_names_and_back() {
    let mut session = Session::with("commander: mara", "commander: ma|ra");
    let target = session.ask("textDocument/definition", json!({}));
    let people = example("larkfield").join("registry/people.yaml");
    assert_eq!(target["uri"], uri_of(&people));
    let line = target["range"]["start"]["line"].as_u64().unwrap() as usize;
    let text = std::fs::read_to_string(&people).unwrap();
    assert!(text.lines().nth(line).unwrap().contains("mara"));

    let context = json!({"context": {"includeDeclaration": true}});
    let all = session.ask("textDocument/references", context);
    let all = all.as_array().unwrap();
    assert_eq!(all[0], target);
    let own = all.iter().filter(|it| it["uri"] == session.uri);
    let expected = references_in(&session.text, "mara");
    assert_eq!(own.count(), expected);
    assert!(
        all.iter()
            .any(|it| it["uri"].as_str().unwrap().contains("INC-2025-0008"))
    );
}

/// How often a person is named in a record, outside of free text.
fn references_in(text: &str, person: &str) -> usize {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == '@' || c == '.';
    // Who sat at a table may be from elsewhere, and is not looked up.
    let is_free = |line: &str| {
        let words = ["#", "attendees:", "participants:"];
        words.iter().any(|it| line.trim_start().starts_with(it))
    };
    let lines = text.lines().filter(|line| !is_free(line));
    let words = lines.flat_map(|line| line.split(|c| !is_of_word(c)));
    words.filter(|word| *word == person).count()
}

#[test]
fn what_the_help_says_can_be_applied_and_nothing_else_changes() {
    let mut session = Session::with("    decision: notify", "    decison|: notify");
    let (titles, text) = session.mends();
    assert_eq!(titles, ["Write `decision`"]);
    assert_eq!(text, session.text.replace("decison:", "decision:"));

    let mut session = Session::with("commander: mara", "commander: mar|aa");
    let (titles, text) = session.mends();
    assert_eq!(titles, ["Write `mara`"]);
    assert_eq!(
        text,
        session.text.replace("commander: maraa", "commander: mara")
    );

    let mut session = Session::with("severity: high\n", "|");
    session.at = json!({"line": 3, "character": 5});
    let (titles, text) = session.mends();
    assert_eq!(titles, ["Add `severity:`"]);
    assert!(text.contains("\nseverity: null\n"), "{text}");
}

#[test]
fn symbols_name_keys_elements_and_records() {
    let mut session = Session::with("commander: mara", "commander: ma|ra");
    let symbols = session.ask("textDocument/documentSymbol", json!({}));
    let symbols = symbols.as_array().unwrap();
    let parties = symbols.iter().find(|it| it["name"] == "parties").unwrap();
    assert_eq!(parties["children"][1]["name"], "tessera-cloud");
    let found = session
        .editor
        .ask("workspace/symbol", json!({"query": "2025-0003"}));
    let found = found["result"].as_array().unwrap();
    assert!(found.iter().any(|it| it["name"] == "INC-2025-0003"));
}

#[test]
fn what_is_no_message_or_no_question_is_answered_and_the_session_goes_on() {
    let mut editor = Editor::start(AS_OF);
    let early = editor.ask("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002);
    let answer = editor.initialize(&[], json!({"general": {"positionEncodings": ["utf-8"]}}));
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-8");
    editor.say("{ this is no JSON");
    editor.say("[]");
    editor.send(b"Nonsense\r\n\r\n");
    let unknown = editor.ask("textDocument/levitate", json!({}));
    assert_eq!(unknown["error"]["code"], -32601);
    let misread = editor.ask("textDocument/hover", json!({"position": "here"}));
    assert_eq!(misread["error"]["code"], -32602);
    assert!(editor.notes.iter().any(|it| it["error"]["code"] == -32700));
    editor.notify("textDocument/didChange", json!({"nonsense": true}));
    editor.notify("$/unknown", json!(null));
    let outside = std::env::temp_dir().join("no-repository.yaml");
    editor.open(&outside, "kind: incident\n");
    let uri =
        json!({"textDocument": {"uri": uri_of(&outside)}, "position": {"line": 0, "character": 1}});
    assert_eq!(editor.ask("textDocument/hover", uri)["result"], Value::Null);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn a_length_that_no_message_has_ends_the_session_and_takes_no_memory() {
    let mut editor = Editor::start(AS_OF);
    editor.initialize(&[], json!({}));
    editor.send(b"Content-Length: 900000000000000\r\n\r\n{");
    assert_eq!(editor.vanish(), Some(1));
}

#[test]
fn files_that_change_behind_the_editor_are_asked_for_and_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("records");
    example::copy("larkfield", &root);
    let file = root.join("registry/channels.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    let mut editor = Editor::start(AS_OF);
    let workspace = json!({"didChangeWatchedFiles": {"dynamicRegistration": true}});
    editor.initialize(&[&root], json!({"workspace": workspace}));
    editor.wait_until("a request to watch files", |it| {
        let mut asked = it.notes.iter();
        asked.any(|it| {
            it["params"]["registrations"][0]["method"] == "workspace/didChangeWatchedFiles"
        })
    });
    let uri = uri_of(&file);
    std::fs::write(&file, before.replacen("kind:", "oddity: 1\nkind:", 1)).unwrap();
    let change = json!({"changes": [{"uri": uri, "type": 2}]});
    editor.notify("workspace/didChangeWatchedFiles", change);
    editor.wait_until("what is wrong now", |it| {
        it.diagnostics.get(&uri).is_some_and(|it| it.len() == 1)
    });
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn an_editor_that_is_gone_is_no_success() {
    let mut editor = Editor::start(AS_OF);
    editor.initialize(&[], json!({}));
    assert_eq!(editor.vanish(), Some(1));
    assert_eq!(Editor::start(AS_OF).vanish(), Some(1));
}
