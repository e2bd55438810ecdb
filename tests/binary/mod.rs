//! Runs the program itself, with nothing of the machine's environment, and not for long.

#![allow(
    dead_code,
    reason = "every test file includes this module and uses its own part"
)]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any run of a test on a busy machine.
const LONGEST: Duration = Duration::from_mins(1);

/// How a run went.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `probity` in a folder, as of noon of the examples.
pub(crate) fn probity(folder: &Path, arguments: &[&str]) -> Run {
    probity_with(folder, arguments, &[])
}

/// The same with variables of the environment.
pub(crate) fn probity_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    // Most tests are not about the history, and their records have none.
    let is_about_history = arguments
        .iter()
        .any(|it| ["--no-history", "--help"].contains(it));
    let mut arguments = arguments.to_vec();
    if arguments.first() == Some(&"check") && !is_about_history {
        arguments.push("--no-history");
    }
    probity_as_is(folder, &arguments, variables)
}

/// The same with these arguments only.
pub(crate) fn probity_as_is(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = command(folder);
    if !variables.iter().any(|it| it.0 == "SOURCE_DATE_EPOCH") {
        // 2025-06-20T12:00:00Z
        command.env("SOURCE_DATE_EPOCH", "1750420800");
    }
    command
        .args(arguments)
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    finish(command)
}

/// `probity` with an empty environment.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    command
        .current_dir(folder)
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "SystemRoot"))
        .stdin(Stdio::null());
    command
}

fn finish(mut command: Command) -> Run {
    let mut child = command.spawn().unwrap();
    let out = drain(child.stdout.take().unwrap());
    let err = drain(child.stderr.take().unwrap());
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > LONGEST {
            child.kill().unwrap();
            panic!("{command:?} takes longer than {LONGEST:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(out.join().unwrap()).unwrap(),
        stderr: String::from_utf8(err.join().unwrap()).unwrap(),
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}
