//! Failures of the program, how they are told, and the exit codes.

use std::io::Write as _;
use std::process::ExitCode;

use probity::engine::CheckError;
use probity::output::tamed;

/// The records are fine, or nothing reaches the threshold.
pub(crate) const CLEAN: u8 = 0;
/// Something reaches the threshold.
pub(crate) const FINDINGS: u8 = 1;
/// The command was given wrongly.
const USAGE: u8 = 2;
/// Something could not be examined, or there was nothing to examine.
pub(crate) const INCOMPLETE: u8 = 3;

/// Why a command did not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    hint: Option<String>,
    /// Help and usage texts of the argument parser, which draws them itself.
    clap: Option<Box<clap::Error>>,
}

impl Failure {
    /// The caller asked for something that cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: USAGE,
            message: message.into(),
            hint: None,
            clap: None,
        }
    }

    /// The machine or the repository failed.
    pub(crate) fn machine(message: impl Into<String>) -> Self {
        Self {
            code: INCOMPLETE,
            message: message.into(),
            hint: None,
            clap: None,
        }
    }

    /// What went wrong, in a sentence.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Says what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let code = if error.use_stderr() { USAGE } else { CLEAN };
        Self {
            code,
            message: String::new(),
            hint: None,
            clap: Some(Box::new(error)),
        }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let message = with_causes(&error);
        let (failure, hint) = match &error {
            CheckError::Open(open) if open.is_usage() => (Self::usage(message), open.hint()),
            CheckError::Open(open) => (Self::machine(message), open.hint()),
            CheckError::NoProgram { .. } => {
                let hint = "name a revision that has a `program.yaml`, or leave `--policies-from` out \
                    until the branch has one";
                (Self::usage(message), Some(hint.to_owned()))
            }
            CheckError::List(_) | CheckError::Threads(_) => (Self::machine(message), None),
        };
        Self { hint, ..failure }
    }
}

/// An error with its causes, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}

/// What is wrong and what to do about it, in one line that a terminal can show.
pub(crate) fn with_help(message: &str, help: Option<&str>) -> String {
    let told = match help {
        Some(help) => format!("{message}. {help}"),
        None => message.to_owned(),
    };
    tamed(&told.replace('\n', " "))
}

/// Tells a failure on standard error; the exit code says whose fault it is.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    if let Some(error) = &failure.clap {
        let _ = error.print();
    } else {
        let mut out = std::io::stderr().lock();
        let _ = writeln!(out, "error: {}", failure.message);
        if let Some(hint) = &failure.hint {
            let _ = writeln!(out, "  help: {hint}");
        }
    }
    ExitCode::from(failure.code)
}
