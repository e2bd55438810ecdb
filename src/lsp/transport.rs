//! Messages in and out.

use std::io::{BufRead, ErrorKind, Write};
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, RequestId, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::root::Checked;

/// What the server reacts to.
pub(super) enum Event {
    /// The editor said something.
    Message(Message),
    /// It said something that is no message.
    Malformed,
    /// It is gone.
    Closed,
    /// All records have been judged.
    Checked(Box<Checked>),
}

/// Reads messages until there are no more.
pub(super) fn read_all(mut input: impl BufRead, events: &Sender<Event>) {
    loop {
        let event = match Message::read(&mut input) {
            Ok(Some(message)) => Event::Message(message),
            // The next message begins behind this one.
            Err(error) if error.kind() == ErrorKind::InvalidData => Event::Malformed,
            Ok(None) | Err(_) => Event::Closed,
        };
        let is_end = matches!(event, Event::Closed);
        if events.send(event).is_err() || is_end {
            return;
        }
    }
}

/// The way to the editor. That it does not listen any more is noticed when nothing comes in.
pub(super) struct Out(Box<dyn Write>);

impl Out {
    pub(super) fn new(output: impl Write + 'static) -> Self {
        Self(Box::new(output))
    }

    pub(super) fn send(&mut self, message: impl Into<Message>) {
        let _ = message.into().write(&mut self.0);
    }

    pub(super) fn notify(&mut self, method: &str, params: impl Serialize) {
        let params = serde_json::to_value(params).unwrap_or_default();
        let method = method.to_owned();
        self.send(Notification { method, params });
    }

    pub(super) fn answer(&mut self, id: RequestId, result: Value) {
        self.send(Response {
            id,
            response_result: Ok(result),
        });
    }

    pub(super) fn refuse(&mut self, id: RequestId, code: ErrorCode, message: &str) {
        self.send(Response::new_err(id, code as i32, message.to_owned()));
    }

    /// Answers something that is no message, and so has no id.
    pub(super) fn refuse_malformed(&mut self) {
        let error = json!({"code": ErrorCode::ParseError as i32, "message": "this is no message"});
        let text = json!({"jsonrpc": "2.0", "id": null, "error": error}).to_string();
        let _ = write!(self.0, "Content-Length: {}\r\n\r\n{text}", text.len());
        let _ = self.0.flush();
    }
}
