//! The session: open documents, the repositories they belong to, and who is answered what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use lsp_types::{
    CodeActionParams, CompletionParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, DocumentSymbolParams, GotoDefinitionParams, HoverParams,
    InitializeParams, PositionEncodingKind, PublishDiagnosticsParams, ReferenceParams, Uri,
    WorkspaceSymbolParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Ended;
use super::completion::completion;
use super::desk::Desk;
use super::hover::hover;
use super::mend::mends;
use super::navigate::{all_references, definition, symbols, workspace_symbols};
use super::root::{Home, Root, Telling, uri_in};
use super::text::Encoding;
use super::transport::{Event, Out};
use super::uri::path_of;
use crate::clock::Instant;
use crate::engine::Changes;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Begun,
    Ready,
    ShutDown,
}

/// A text that is open in the editor.
pub(super) struct Document {
    pub(super) uri: Uri,
    version: i32,
    /// The version that the editor was told about.
    told: Option<i32>,
    pub(super) text: String,
    pub(super) home: Option<Home>,
}

pub(super) struct Server {
    out: Out,
    events: Sender<Event>,
    now: Box<dyn Fn() -> Instant>,
    phase: Phase,
    /// Whether the editor reports changes of files once it is asked to.
    can_watch: bool,
    pub(super) encoding: Encoding,
    /// By the name that the editor gives them.
    pub(super) documents: BTreeMap<String, Document>,
    /// By the folder of the records.
    pub(super) roots: BTreeMap<PathBuf, Root>,
    /// Folders that the editor opened, with the records they belong to.
    folders: BTreeMap<String, PathBuf>,
}

impl Server {
    pub(super) fn new(
        out: Out,
        events: Sender<Event>,
        now: impl Fn() -> Instant + 'static,
    ) -> Self {
        Self {
            out,
            events,
            now: Box::new(now),
            phase: Phase::Begun,
            can_watch: false,
            encoding: Encoding::default(),
            documents: BTreeMap::new(),
            roots: BTreeMap::new(),
            folders: BTreeMap::new(),
        }
    }

    /// Whether something is to be judged when nobody types any more.
    pub(super) fn is_waiting(&self) -> bool {
        self.roots.values().any(Root::is_due)
    }

    /// Takes in what happened; says how the session ended, if it did.
    pub(super) fn take(&mut self, event: Event) -> Option<Ended> {
        if event.is_end() {
            return Some(match self.phase {
                Phase::ShutDown => Ended::Properly,
                _ => Ended::Abruptly,
            });
        }
        match event {
            Event::Message(Message::Request(request)) => self.request(request),
            Event::Message(Message::Notification(it)) if it.method == "exit" => {
                return Some(match self.phase {
                    Phase::ShutDown => Ended::Properly,
                    _ => Ended::Abruptly,
                });
            }
            Event::Message(Message::Notification(it)) if self.phase == Phase::Ready => {
                self.notice(it);
            }
            Event::Malformed => self.out.refuse_malformed(),
            Event::Checked(checked) => {
                let folder = checked.folder.clone();
                let root = self.roots.get_mut(&folder)?;
                if let Some(trouble) = root.adopt(*checked) {
                    let text = format!("{}: {trouble}", folder.display());
                    self.log(&text);
                } else if !self.roots.get(&folder).is_some_and(|it| it.is_stale) {
                    self.tell(&folder, None);
                } else {
                    // What changed meanwhile is looked at first, so that nothing old is told.
                    self.look_at(&folder);
                    self.tell(&folder, None);
                }
            }
            Event::Message(_) | Event::Closed => {}
        }
        None
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        match (self.phase, method.as_str()) {
            (Phase::Begun, "initialize") => self.initialize(id, params),
            (Phase::Begun, _) => {
                let message = "`initialize` comes first";
                self.out
                    .refuse(id, ErrorCode::ServerNotInitialized, message);
            }
            (Phase::Ready, "shutdown") => {
                self.phase = Phase::ShutDown;
                self.out.answer(id, Value::Null);
            }
            (Phase::Ready, "initialize") | (Phase::ShutDown, _) => {
                let message = "this does not come now";
                self.out.refuse(id, ErrorCode::InvalidRequest, message);
            }
            (Phase::Ready, _) => match self.answer(&method, params) {
                Answer::Is(value) => self.out.answer(id, value),
                Answer::Misread => {
                    let message = format!("the parameters of `{method}` cannot be read");
                    self.out.refuse(id, ErrorCode::InvalidParams, &message);
                }
                Answer::Unknown => {
                    let message = format!("`{method}` is not known");
                    self.out.refuse(id, ErrorCode::MethodNotFound, &message);
                }
            },
        }
    }

    #[expect(deprecated, reason = "older editors name one folder only")]
    fn initialize(&mut self, id: RequestId, params: Value) {
        let Ok(params) = serde_json::from_value::<InitializeParams>(params) else {
            let message = "the parameters of `initialize` cannot be read";
            return self.out.refuse(id, ErrorCode::InvalidParams, message);
        };
        let offered = params
            .capabilities
            .general
            .and_then(|it| it.position_encodings);
        if offered
            .unwrap_or_default()
            .contains(&PositionEncodingKind::UTF8)
        {
            self.encoding = Encoding::Utf8;
        }
        let watching = params
            .capabilities
            .workspace
            .and_then(|it| it.did_change_watched_files);
        self.can_watch = watching.is_some_and(|it| it.dynamic_registration == Some(true));
        let name = match self.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
        };
        self.phase = Phase::Ready;
        self.out.answer(
            id,
            json!({
                "capabilities": capabilities(name),
                "serverInfo": {"name": "probity", "version": env!("CARGO_PKG_VERSION")},
            }),
        );
        let folders = params.workspace_folders.filter(|it| !it.is_empty());
        match folders {
            Some(folders) => folders.into_iter().for_each(|it| self.open_folder(&it.uri)),
            None => params.root_uri.iter().for_each(|uri| self.open_folder(uri)),
        }
    }

    fn notice(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" if self.can_watch => self.out.send(watching()),
            "textDocument/didOpen" => with(params, |it: DidOpenTextDocumentParams| {
                let it = it.text_document;
                self.open(it.uri, it.version, it.text);
            }),
            "textDocument/didChange" => with(params, |it: DidChangeTextDocumentParams| {
                self.change(it);
            }),
            "textDocument/didClose" => with(params, |it: DidCloseTextDocumentParams| {
                let closed = self.documents.remove(it.text_document.uri.as_str());
                self.touch(closed.and_then(|it| it.home));
            }),
            "textDocument/didSave" => with(params, |it: DidSaveTextDocumentParams| {
                let saved = self.documents.get(it.text_document.uri.as_str());
                let home = saved.and_then(|it| it.home.clone());
                self.touch(home);
            }),
            "workspace/didChangeWatchedFiles" => with(params, |it: DidChangeWatchedFilesParams| {
                for change in it.changes {
                    self.touch(path_of(&change.uri).and_then(|path| Home::of(&path)));
                }
            }),
            "workspace/didChangeWorkspaceFolders" => {
                with(params, |it: DidChangeWorkspaceFoldersParams| {
                    for folder in it.event.removed {
                        self.close_folder(&folder.uri);
                    }
                    for folder in it.event.added {
                        self.open_folder(&folder.uri);
                    }
                });
            }
            _ => {}
        }
    }

    fn open_folder(&mut self, uri: &Uri) {
        let Some(home) = path_of(uri).and_then(|path| Home::of(&path)) else {
            return;
        };
        self.folders
            .insert(uri.as_str().to_owned(), home.folder.clone());
        self.root(home.folder);
    }

    fn close_folder(&mut self, uri: &Uri) {
        let Some(folder) = self.folders.remove(uri.as_str()) else {
            return;
        };
        let mut homes = self.documents.values().filter_map(|it| it.home.as_ref());
        let is_in_use = homes.any(|home| home.folder == folder)
            || self.folders.values().any(|other| *other == folder);
        if is_in_use {
            return;
        }
        let Some(root) = self.roots.remove(&folder) else {
            return;
        };
        let prefix = root.prefix().to_owned();
        for file in root.forget() {
            let telling = Telling {
                file,
                diagnostics: Vec::new(),
            };
            self.publish(&folder, &prefix, telling);
        }
    }

    /// The repository in a folder, to be judged soon if it is new.
    fn root(&mut self, folder: PathBuf) -> &mut Root {
        self.roots.entry(folder).or_insert_with(Root::unjudged)
    }

    fn open(&mut self, uri: Uri, version: i32, text: String) {
        let home = path_of(&uri).and_then(|path| Home::of(&path));
        let name = uri.as_str().to_owned();
        let document = Document {
            uri,
            version,
            told: None,
            text,
            home: home.clone(),
        };
        self.documents.insert(name, document);
        self.touch(home);
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) {
        let name = params.text_document.uri.as_str();
        let Some(document) = self.documents.get_mut(name) else {
            return;
        };
        document.version = params.text_document.version;
        for change in params.content_changes {
            match change.range {
                None => document.text = change.text,
                Some(range) => {
                    let lines = super::text::Lines::new(&document.text, self.encoding);
                    let (start, end) = (lines.offset(range.start), lines.offset(range.end));
                    let end = end.max(start);
                    document.text.replace_range(start..end, &change.text);
                }
            }
        }
        let home = document.home.clone();
        self.touch(home);
    }

    fn touch(&mut self, home: Option<Home>) {
        if let Some(home) = home {
            self.root(home.folder).touch(&home.path);
        }
    }

    /// The texts of a repository that are not saved, or may not be.
    fn changes(&self, folder: &Path) -> Changes {
        let documents = self.documents.values();
        let open = documents.filter_map(|it| Some((it.home.as_ref()?, &it.text)));
        open.filter(|(home, _)| home.folder == *folder)
            .map(|(home, text)| (home.path.clone(), Some(text.clone().into_bytes())))
            .collect()
    }

    /// Judges what changed, as far as that can be done at once.
    pub(super) fn look(&mut self) {
        let folders: Vec<PathBuf> = self.roots.keys().cloned().collect();
        for folder in folders {
            let learnt = self.look_at(&folder);
            if !learnt.is_empty() {
                self.tell(&folder, Some(&learnt));
            }
        }
    }

    fn look_at(&mut self, folder: &Path) -> BTreeSet<String> {
        let changes = self.changes(folder);
        let root = self.roots.get_mut(folder);
        root.map(|it| it.look(&changes)).unwrap_or_default()
    }

    /// Begins to judge everything that is not up to date.
    pub(super) fn check(&mut self) {
        let due = self.roots.iter().filter(|(_, root)| root.is_due());
        let due: Vec<PathBuf> = due.map(|(folder, _)| folder.clone()).collect();
        for folder in due {
            let changes = self.changes(&folder);
            let as_of = (self.now)();
            let events = self.events.clone();
            if let Some(root) = self.roots.get_mut(&folder) {
                root.check(&folder, changes, as_of, move |checked| {
                    // Nobody listens any more at the end of the session.
                    let _ = events.send(Event::Checked(checked));
                });
            }
        }
    }

    /// Tells the editor what it does not know yet.
    fn tell(&mut self, folder: &Path, only: Option<&BTreeSet<String>>) {
        let Some(root) = self.roots.get_mut(folder) else {
            return;
        };
        let prefix = root.prefix().to_owned();
        let documents = &self.documents;
        let open = |file: &str| {
            let mut open = documents.values();
            open.find(|it| {
                let home = it.home.as_ref();
                home.is_some_and(|home| home.folder == *folder && home.path == file)
            })
        };
        let text = |file: &str| open(file).map(|it| it.text.clone());
        let uri = |file: &str| match open(file) {
            Some(document) => Some(document.uri.clone()),
            None => uri_in(folder, &prefix, file),
        };
        let untold = documents.values().filter(|it| it.told != Some(it.version));
        let homes = untold.filter_map(|it| it.home.as_ref());
        let here = homes.filter(|home| home.folder == *folder);
        let untold: BTreeSet<String> = here.map(|home| home.path.clone()).collect();
        for telling in root.news(only, &untold, self.encoding, &text, &uri) {
            self.publish(folder, &prefix, telling);
        }
    }

    fn publish(&mut self, folder: &Path, prefix: &str, telling: Telling) {
        let Telling { file, diagnostics } = telling;
        let open = self.documents.values_mut().find(|it| {
            let home = it.home.as_ref();
            home.is_some_and(|home| home.folder == *folder && home.path == file)
        });
        let (uri, version) = match open {
            Some(document) => {
                document.told = Some(document.version);
                (Some(document.uri.clone()), Some(document.version))
            }
            None => (uri_in(folder, prefix, &file), None),
        };
        let Some(uri) = uri else { return };
        let params = PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        };
        self.out.notify("textDocument/publishDiagnostics", params);
    }

    fn log(&mut self, message: &str) {
        self.out
            .notify("window/logMessage", json!({"type": 1, "message": message}));
    }

    /// Answers a question about what is open.
    fn answer(&self, method: &str, params: Value) -> Answer {
        match method {
            "textDocument/hover" => Answer::to(params, |it: HoverParams| {
                let it = it.text_document_position_params;
                hover(&Desk::of(self, &it.text_document.uri)?, it.position)
            }),
            "textDocument/completion" => Answer::to(params, |it: CompletionParams| {
                let it = it.text_document_position;
                completion(&Desk::of(self, &it.text_document.uri)?, it.position)
            }),
            "textDocument/definition" => Answer::to(params, |it: GotoDefinitionParams| {
                let it = it.text_document_position_params;
                definition(&Desk::of(self, &it.text_document.uri)?, it.position)
            }),
            "textDocument/references" => Answer::to(params, |it: ReferenceParams| {
                let (at, with_declaration) =
                    (it.text_document_position, it.context.include_declaration);
                let desk = Desk::of(self, &at.text_document.uri)?;
                all_references(&desk, at.position, with_declaration)
            }),
            "textDocument/documentSymbol" => Answer::to(params, |it: DocumentSymbolParams| {
                symbols(&Desk::of(self, &it.text_document.uri)?)
            }),
            "workspace/symbol" => Answer::to(params, |it: WorkspaceSymbolParams| {
                Some(workspace_symbols(&self.roots, &it.query))
            }),
            "textDocument/codeAction" => Answer::to(params, |it: CodeActionParams| {
                Some(mends(&Desk::of(self, &it.text_document.uri)?, it.range))
            }),
            _ => Answer::Unknown,
        }
    }
}

/// What a question is answered with.
pub(super) enum Answer {
    Is(Value),
    Misread,
    Unknown,
}

impl Answer {
    /// Answers a question; where there is nothing to say, with `null`.
    fn to<P: DeserializeOwned, R: Serialize>(
        params: Value,
        answer: impl FnOnce(P) -> Option<R>,
    ) -> Self {
        match serde_json::from_value(params) {
            Ok(params) => Self::Is(serde_json::to_value(answer(params)).unwrap_or_default()),
            Err(_) => Self::Misread,
        }
    }
}

fn with<P: DeserializeOwned>(params: Value, take: impl FnOnce(P)) {
    if let Ok(params) = serde_json::from_value(params) {
        take(params);
    }
}

/// Asks the editor to report what happens to files that are not open: records and evidence.
fn watching() -> Request {
    Request {
        id: RequestId::from("watch".to_owned()),
        method: "client/registerCapability".to_owned(),
        params: json!({"registrations": [{
            "id": "watch",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": [
                {"globPattern": "**/*.{yaml,yml}"},
                {"globPattern": "**/evidence/**"},
            ]},
        }]}),
    }
}

fn capabilities(encoding: &str) -> Value {
    json!({
        "positionEncoding": encoding,
        "textDocumentSync": {
            "openClose": true,
            "change": 2,
            "save": {"includeText": false},
        },
        "hoverProvider": true,
        "completionProvider": {"triggerCharacters": [" ", "/", "#"]},
        "definitionProvider": true,
        "referencesProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "codeActionProvider": {"codeActionKinds": ["quickfix"]},
        "workspace": {
            "workspaceFolders": {"supported": true, "changeNotifications": true},
        },
    })
}
