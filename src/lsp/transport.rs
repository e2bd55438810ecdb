//! Messages in and out.

use std::io::{self, BufRead, ErrorKind, Read as _, Write};
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

/// No editor sends more in one message.
const MOST_OF_MESSAGE: usize = 1 << 30;

/// No header is longer.
const MOST_OF_HEADER: u64 = 1 << 12;

/// Reads messages until there are no more.
pub(super) fn read_all(mut input: impl BufRead, events: &Sender<Event>) {
    loop {
        let event = match read(&mut input) {
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

/// Reads a message. Memory is set aside for one only if its length is plausible.
fn read(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut header = Vec::new();
    loop {
        let start = header.len();
        let mut rest = input.take(MOST_OF_HEADER - start as u64);
        rest.read_until(b'\n', &mut header)?;
        let line = header[start..].strip_suffix(b"\r\n");
        if line.is_none_or(<[u8]>::is_empty) {
            break;
        }
    }
    if length_in(&header).is_some_and(|length| length > MOST_OF_MESSAGE) {
        return Err(io::Error::other("a message of that length is not read"));
    }
    Message::read(&mut header.chain(input))
}

fn length_in(header: &[u8]) -> Option<usize> {
    let mut lines = str::from_utf8(header).ok()?.lines();
    lines.find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse().unwrap_or(usize::MAX))
    })
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
