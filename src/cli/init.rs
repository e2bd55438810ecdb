//! `probity init`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use probity::author::init::{Example, InitError, write_example};
use probity::author::skeleton::{
    Placed, SkeletonError, decisions, repository_above, skeleton, write_skeleton,
};
use probity::output::tamed;
use probity::source::read_file;

use super::error::{CLEAN, Failure, with_causes};
use super::terminal::print;

/// When the last record of the example was written, and everything in it is in order.
const NOON: &str = "2025-06-20T12:00:00Z";

/// Largest file that is searched for decisions, in bytes.
const LARGEST: usize = 1 << 20;

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder to begin in; files that are there are kept
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Instead, write the example organisation Larkfield Health into a new or empty folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "path")]
    example: Option<PathBuf>,
}

impl Init {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let told = match &self.example {
            Some(folder) => {
                let example = write_example(folder).map_err(|error| refused(&error))?;
                example_told(folder, &example)
            }
            None => self.begin()?,
        };
        print(&told)?;
        Ok(ExitCode::from(CLEAN))
    }

    /// Writes what is missing to begin with, and says what is left to decide.
    fn begin(&self) -> Result<String, Failure> {
        let around = repository_above(&self.path);
        let mut files = skeleton();
        files.retain(|file| around.is_none() || !file.is_for_root);
        let placed = write_skeleton(&self.path, &files).map_err(|error| unwritten(&error))?;
        let folder = tamed(&self.path.display().to_string());
        let mut text = String::new();
        tell_placed(&mut text, &folder, &placed);
        if let Some(around) = &around {
            let around = tamed(&around.display().to_string());
            let _ = writeln!(
                text,
                "note: the folder lies in the repository {around}; files for CI belong to its root and \
                 were not written"
            );
        }
        let is_first = placed
            .iter()
            .any(|it| it.is_new && it.path == "program.yaml");
        self.tell_decisions(&mut text, &placed)?;
        let has_git = around.is_some() || self.path.join(".git").exists();
        if is_first {
            self.tell_next(&mut text, has_git);
        }
        Ok(text)
    }

    fn tell_decisions(&self, text: &mut String, placed: &[Placed]) -> Result<(), Failure> {
        let mut rows = Vec::new();
        for file in placed.iter().filter(|it| !it.path.starts_with(".probity/")) {
            let path = self.path.join(&file.path);
            if !path.is_file() {
                continue;
            }
            let bytes =
                read_file(&path, LARGEST).map_err(|error| Failure::machine(with_causes(&error)))?;
            let source = String::from_utf8_lossy(&bytes);
            let shown = tamed(&path.display().to_string());
            let shown = shown.strip_prefix("./").unwrap_or(&shown);
            rows.extend(
                decisions(&source).map(|(line, what)| (format!("{shown}:{line}"), tamed(what))),
            );
        }
        let width = rows.iter().map(|(place, _)| place.len()).max().unwrap_or(0);
        match rows.len() {
            0 => text.push_str("no decision is left open\n"),
            count => {
                let _ = writeln!(text, "\n{count} decisions to be made, marked `DECIDE:`\n");
            }
        }
        for (place, what) in rows {
            let _ = writeln!(text, "  {place:width$}  {what}");
        }
        Ok(())
    }

    fn tell_next(&self, text: &mut String, has_git: bool) {
        let path = quoted(&self.path);
        let (behind, at) = match path.as_str() {
            "." => (String::new(), String::new()),
            path => (format!(" {path}"), format!(" --path {path}")),
        };
        text.push_str("\nnext:\n");
        if !has_git {
            let _ = writeln!(text, "  git init{behind}");
        }
        let _ = writeln!(text, "  probity check{behind}");
        let _ = writeln!(text, "  probity add person{at}");
        let _ = writeln!(text, "  probity new third-party{at}");
    }
}

fn tell_placed(text: &mut String, folder: &str, placed: &[Placed]) {
    let files = |count: usize| match count {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let new = placed.iter().filter(|it| it.is_new).count();
    let kept = placed.iter().filter(|it| !it.is_new);
    let (schemas, kept): (Vec<&str>, Vec<&str>) = kept
        .map(|it| it.path.as_str())
        .partition(|path| path.starts_with(".probity/"));
    let mut kept: Vec<String> = kept.into_iter().map(str::to_owned).collect();
    if !schemas.is_empty() {
        kept.push(format!("{} in .probity", files(schemas.len())));
    }
    let _ = match (new, kept.as_slice()) {
        (0, _) => writeln!(
            text,
            "nothing to write in {folder}: every file is there already"
        ),
        (new, []) => writeln!(text, "wrote {} to {folder}", files(new)),
        (new, kept) => writeln!(
            text,
            "wrote {} to {folder}; kept as they are: {}",
            files(new),
            kept.join(", ")
        ),
    };
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = tamed(&path.display().to_string());
    match path.contains(char::is_whitespace) {
        true => format!("'{path}'"),
        false => path,
    }
}

fn unwritten(error: &SkeletonError) -> Failure {
    let message = with_causes(error);
    match error {
        SkeletonError::Inside(_) => {
            Failure::usage(message).hint("name a folder outside of it, or add records there")
        }
        SkeletonError::Link(_) => {
            Failure::usage(message).hint("put a folder or file of its own there")
        }
        SkeletonError::Write(_) => Failure::machine(message)
            .hint("files that were written stay; run it again once that is mended"),
    }
}

fn example_told(path: &Path, example: &Example) -> String {
    let folder = tamed(&path.display().to_string());
    let quoted = quoted(path);
    let Example {
        commits,
        authors,
        files,
        ..
    } = example;
    let mut text = format!(
        "wrote the example organisation Larkfield Health to {folder}\n\n  \
             {files} files, {commits} commits by {authors} people, the last one {}\n\n\
             Everything is in order as of {NOON}. Try:\n",
        &example.head[..12.min(example.head.len())]
    );
    for command in ["check", "due"] {
        let _ = writeln!(text, "  probity {command} {quoted} --as-of {NOON}");
    }
    let _ = writeln!(text, "  git -C {quoted} log --graph --stat");
    if let Some(around) = &example.inside {
        let around = tamed(&around.display().to_string());
        let _ = writeln!(
            text,
            "note: the folder lies in the repository {around}; do not commit it there"
        );
    }
    text
}

fn refused(error: &InitError) -> Failure {
    let message = with_causes(error);
    match error {
        InitError::NotEmpty { .. } | InitError::NotAFolder { .. } => {
            Failure::usage(message).hint("name a folder that does not exist yet")
        }
        InitError::Io { .. } | InitError::Git { .. } | InitError::Script(_) => {
            Failure::machine(message)
        }
    }
}
