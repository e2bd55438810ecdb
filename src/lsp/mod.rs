//! `probity lsp`: what an editor asks while records are written, over the language server protocol.
//!
//! Texts that are not saved yet are laid over the files on disk and judged by the engine that
//! judges a check. A change is judged at once together with the records of its incident; all
//! other records follow after a short pause. Nothing is written: an editor applies what it is
//! offered.

mod completion;
mod desk;
mod diagnostics;
mod hover;
mod mend;
mod navigate;
mod root;
mod server;
mod text;
mod transport;
mod uri;

use std::io::{BufRead, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::clock::Instant;
use server::Server;
use transport::{Event, Out, read_all};

/// How long nobody may type before all records are judged anew.
const PAUSE: Duration = Duration::from_millis(250);

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor said good-bye.
    Properly,
    /// The editor is gone without a word.
    Abruptly,
}

/// Serves one editor until it says good-bye or is gone. `now` tells the instant that records are
/// judged as of.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write + 'static,
    now: impl Fn() -> Instant + 'static,
) -> Ended {
    let (sender, events) = mpsc::channel();
    let reader = sender.clone();
    std::thread::spawn(move || read_all(input, &reader));
    let mut server = Server::new(Out::new(output), sender, now);
    loop {
        let event = match server.is_waiting() {
            false => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            true => events.recv_timeout(PAUSE),
        };
        match event {
            Ok(event) => {
                if let Some(ended) = server.take(event) {
                    return ended;
                }
                // What has come in the meantime may change the text again.
                while let Ok(event) = events.try_recv() {
                    if let Some(ended) = server.take(event) {
                        return ended;
                    }
                }
                server.look();
            }
            Err(RecvTimeoutError::Timeout) => server.check(),
            Err(RecvTimeoutError::Disconnected) => return Ended::Abruptly,
        }
    }
}

impl From<Ended> for std::process::ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Properly => Self::SUCCESS,
            Ended::Abruptly => Self::FAILURE,
        }
    }
}

impl Event {
    /// Whether the other side is gone.
    fn is_end(&self) -> bool {
        matches!(self, Self::Closed)
    }
}
