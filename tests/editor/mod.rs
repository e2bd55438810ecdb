//! An editor that talks to `probity lsp`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next: i64,
    version: i64,
    /// The last that was told, by file.
    pub(crate) diagnostics: BTreeMap<String, Vec<Value>>,
    /// The version that each was told of.
    pub(crate) versions: BTreeMap<String, Value>,
    /// All else that was said unasked.
    pub(crate) notes: Vec<Value>,
}

pub(crate) fn uri_of(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Editor {
    pub(crate) fn start(as_of: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["lsp", "--as-of", as_of])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            next: 0,
            version: 0,
            diagnostics: BTreeMap::new(),
            versions: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn initialize(&mut self, folders: &[&Path], capabilities: Value) -> Value {
        let folders: Vec<Value> = folders
            .iter()
            .map(|it| json!({"uri": uri_of(it), "name": "it"}))
            .collect();
        let params = json!({
            "processId": null,
            "rootUri": null,
            "workspaceFolders": folders,
            "capabilities": capabilities,
        });
        let answer = self.ask("initialize", params);
        self.notify("initialized", json!({}));
        answer["result"].clone()
    }

    pub(crate) fn open(&mut self, path: &Path, text: &str) -> String {
        let uri = uri_of(path);
        let item = json!({"uri": uri, "languageId": "yaml", "version": 0, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item}));
        uri
    }

    pub(crate) fn change(&mut self, uri: &str, text: &str) {
        self.version += 1;
        let params = json!({
            "textDocument": {"uri": uri, "version": self.version},
            "contentChanges": [{"text": text}],
        });
        self.notify("textDocument/didChange", params);
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.notify(
            "textDocument/didClose",
            json!({"textDocument": {"uri": uri}}),
        );
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.say(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.say(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        );
        let begin = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begin.elapsed());
            let message = self.messages.recv_timeout(left).unwrap();
            if message["id"] == id {
                return message;
            }
            self.hear(message);
        }
    }

    /// Sends a text as one message, whatever it is.
    pub(crate) fn say(&mut self, text: &str) {
        self.send(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn hear(&mut self, message: Value) {
        if message["method"] != "textDocument/publishDiagnostics" {
            self.notes.push(message);
            return;
        }
        let params = &message["params"];
        let uri = params["uri"].as_str().unwrap().to_owned();
        let list = params["diagnostics"].as_array().unwrap().clone();
        self.versions.insert(uri.clone(), params["version"].clone());
        self.diagnostics.insert(uri, list);
    }

    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !is_so(self) {
            let left = PATIENCE.saturating_sub(begin.elapsed());
            match self.messages.recv_timeout(left) {
                Ok(message) => self.hear(message),
                Err(error) => panic!("waited for {what}: {error}"),
            }
        }
    }

    /// Says good-bye; the exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        let answer = self.ask("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null);
        self.say(&json!({"jsonrpc": "2.0", "method": "exit"}).to_string());
        self.child.wait().unwrap().code()
    }

    /// Goes away without a word; the exit code.
    pub(crate) fn vanish(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().unwrap().code()
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut size = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        let value = line.strip_prefix("Content-Length: ");
        size = Some(
            value
                .unwrap_or_else(|| panic!("no protocol: {line}"))
                .trim()
                .parse()
                .unwrap(),
        );
    }
    let mut body = vec![0; size.unwrap()];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
