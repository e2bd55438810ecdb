//! A record on disk, and how it is written anew: what `add` and `set` have in common.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::Path;

use probity::author::{WriteError, write_if_unchanged};
use probity::document::Limits;
use probity::finding::{Finding, Severity};
use probity::output::tamed;
use probity::record::{Reading, Record, RecordKind, read_record};
use probity::source::read_file;
use probity::text::closest;

use super::error::{Failure, with_causes, with_help};
use super::new::ask::Questions;
use super::new::desk::{Desk, Effect};
use super::new::stopped;
use super::new::told::tell_effect;
use super::terminal::print;

/// A record on disk.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path below the root of the records.
    pub(super) file: String,
    bytes: Vec<u8>,
    pub(super) record: Record,
}

impl Found {
    /// Reads the record in a file.
    pub(super) fn open(desk: &Desk, file: String) -> Result<Self, Failure> {
        let path = desk.on_disk(&file);
        let shown = tamed(&path.display().to_string());
        let limits = Limits::default();
        let bytes = read_file(&path, limits.bytes)
            .map_err(|error| Failure::machine(format!("cannot read `{shown}`: {error}")))?;
        let Reading::Record(record) = read_record(&file, bytes.clone(), &limits) else {
            return Err(Failure::usage(format!(
                "nothing was written; `{shown}` cannot be read as a record"
            ))
            .hint("`probity check` says what is wrong with it; mend that first"));
        };
        Ok(Self {
            file,
            bytes,
            record,
        })
    }
}

/// The file of the record that is meant, by its id or as a path below the root of the records; of
/// one kind, where only that can be meant. Without an id it is the only one of its kind.
pub(super) fn file_of(desk: &Desk, kind: Option<RecordKind>, id: &str) -> Result<String, Failure> {
    let kinds = || RecordKind::all().filter(|it| kind.is_none_or(|kind| kind == *it));
    let known: Vec<(String, String)> = kinds().flat_map(|it| desk.files(it)).collect();
    let is_meant = |it: &&(String, String)| id.is_empty() || it.0 == id || it.1 == id;
    let meant: Vec<&(String, String)> = known.iter().filter(is_meant).collect();
    let what = kind.map_or("record", RecordKind::name);
    match meant.as_slice() {
        [(_, file)] => Ok(file.clone()),
        [] => {
            // One that cannot be read has no id, but it has its place.
            let layouts = kinds().map(|kind| kind.layout().replace("<id>", id));
            let mut places = layouts.filter(|place| place.contains(id));
            if let Some(place) = places.find(|place| desk.on_disk(place).is_file()) {
                return Ok(place);
            }
            let failure = Failure::usage(format!("there is no {what} `{}`", tamed(id)));
            let ids = known.iter().map(|it| it.0.as_str());
            Err(match (closest(id, ids), kind) {
                (Some(near), _) => failure.hint(format!("did you mean `{}`?", tamed(near))),
                (None, Some(kind)) => {
                    failure.hint(format!("`probity new {}` writes one", kind.name()))
                }
                (None, None) => failure.hint("`probity new` writes one"),
            })
        }
        [first, ..] if id.is_empty() => Err(Failure::usage(format!("say which {what} is meant"))
            .hint(format!("write its id, such as `{}`", tamed(&first.0)))),
        [(_, one), (_, other), ..] => Err(Failure::usage(format!(
            "`{}` is the id of `{}` and of `{}`",
            tamed(id),
            tamed(one),
            tamed(other)
        ))
        .hint("write the file instead of the id")),
    }
}

/// How an edited record is brought to disk.
pub(super) struct Rewrite<'r> {
    pub(super) desk: &'r Desk,
    pub(super) found: &'r Found,
    /// Whether the text is shown only.
    pub(super) is_dry: bool,
    /// Whether to write also what makes the records worse.
    pub(super) is_insisted: bool,
}

impl Rewrite<'_> {
    /// Writes the text, unless there would be an error more, and tells what follows. `done` says
    /// what was done to the file of this name.
    pub(super) fn write(
        &self,
        text: &str,
        done: impl FnOnce(&str) -> String,
    ) -> Result<(), Failure> {
        let Found { file, bytes, .. } = self.found;
        let mut effect = self.desk.effect(file, text)?;
        let to_track = split_untracked(self.desk, file, text, &mut effect);
        let worse = errors(&effect);
        if !worse.is_empty() && !self.is_insisted && !self.confirms(&worse)? {
            return Err(made_worse(&worse));
        }
        if self.is_dry {
            return print(text);
        }
        let path = self.desk.on_disk(file);
        write_if_unchanged(&path, bytes, text.as_bytes()).map_err(|error| unwritten(&error))?;
        let mut told = format!("{}\n", tamed(&done(&near(&path))));
        tell_effect(&mut told, &effect, self.desk.as_of());
        if !to_track.is_empty() {
            let folder = path.parent().unwrap_or(Path::new(""));
            told.push_str("\nbefore you commit:\n");
            for place in to_track {
                let file = near(&folder.join(place));
                let _ = writeln!(told, "  git add {}", tamed(&quoted(&file)));
            }
        }
        print(&told)
    }

    fn confirms(&self, worse: &[String]) -> Result<bool, Failure> {
        if self.is_dry || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Ok(false);
        }
        let (mut input, mut output) = (io::stdin().lock(), io::stdout());
        let mut questions = Questions::new(&mut input, &mut output, self.desk.now_text());
        questions.confirm(worse).map_err(stopped)
    }
}

/// A path as it is typed from here.
fn near(path: &Path) -> String {
    let here = std::path::absolute(".").unwrap_or_default();
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// A path as a shell takes it for one word.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@:".contains(c);
    match path.chars().all(is_plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

/// Takes out what is said of evidence of this record that is on disk and that git does not know yet:
/// the files to be added. Such a file is there; it comes with the commit.
fn split_untracked(desk: &Desk, file: &str, text: &str, effect: &mut Effect) -> Vec<String> {
    let bytes = text.as_bytes().to_vec();
    let Reading::Record(record) = read_record(file, bytes, &Limits::default()) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let reported = effect.file.clone();
    effect.findings.retain(|it| {
        let is_about_evidence = &*it.rule == "missing-evidence" && it.location.file == reported;
        let place = record.root().at_pointer(&it.location.pointer);
        let untracked = place
            .filter(|_| is_about_evidence)
            .map(|it| it.scalar_text().to_owned())
            .filter(|place| desk.is_untracked(file, place));
        let is_kept = untracked.is_none();
        files.extend(untracked);
        is_kept
    });
    files
}

/// The errors that were not there before, each with what to do, and how often it would be there.
fn errors(effect: &Effect) -> Vec<String> {
    let errors = effect.findings.iter();
    let errors = errors.filter(|it| it.severity == Severity::Error && it.excepted_by.is_none());
    let mut rows: Vec<(&Finding, usize)> = Vec::new();
    for error in errors {
        let is_same = |it: &Finding| it.message == error.message && it.help == error.help;
        match rows.iter_mut().find(|it| is_same(it.0)) {
            Some((_, count)) => *count += 1,
            None => rows.push((error, 1)),
        }
    }
    let told = rows.into_iter().map(|(error, count)| {
        let message = match count {
            1 => error.message.clone(),
            count => format!("{}, in {count} places", error.message),
        };
        with_help(&message, error.help.as_deref())
    });
    told.collect()
}

fn made_worse(errors: &[String]) -> Failure {
    let rows = errors.join("\n  ");
    Failure::usage(format!(
        "nothing was written; there would be an error more:\n  {rows}"
    ))
    .hint("mend it, or add `--anyway` to write it as it is")
}

fn unwritten(error: &WriteError) -> Failure {
    let failure = Failure::machine(with_causes(error));
    match error {
        WriteError::Changed { .. } => failure.hint("nothing was written; run the command again"),
        WriteError::ReadOnly { .. } => failure.hint("nothing was written; make the file writable"),
        _ => failure.hint("nothing was written; the file is as it was"),
    }
}
