//! `probity add`: an element more in a record that is there, in place.

mod options;
mod target;

use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use probity::author::amend::{Addition, AmendError, Amended, Target, add};
use probity::author::form::{Answer, Answers, Ask, Field, Form, Numbered, answer_faults};
use probity::author::{WriteError, write_if_unchanged};
use probity::finding::Severity;
use probity::output::tamed;

use self::target::Found;
use super::clock::now;
use super::error::{CLEAN, Failure, with_causes};
use super::new::ask::{Known, Questions};
use super::new::desk::{Desk, Draft, Effect};
use super::new::told::tell_effect;
use super::new::{Obstacle, is_below, is_empty, lacking, list_obstacles, stopped};
use super::terminal::print;

/// What was asked for on the command line.
#[derive(Debug)]
pub(crate) struct Add {
    form: &'static Form,
    /// The record, or an element of it: `INC-2025-0001#OUT-1`.
    record: String,
    /// Folder of the records.
    path: PathBuf,
    id: Option<String>,
    /// What each option was given, in the order of the form.
    given: Vec<(&'static Ask, Vec<String>)>,
    /// What a piece of evidence proves.
    proves: Vec<String>,
    is_dry: bool,
    /// Whether to write also what makes the records worse.
    is_insisted: bool,
}

/// What is at hand while answers are collected.
struct Table<'t> {
    desk: &'t Desk,
    found: &'t Found,
    target: &'t Target,
}

impl Add {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let desk = Desk::open(&self.path, now()?)?;
        let found = Found::look(&desk, self.form, &self.record)?;
        let target = Target {
            holders: found.holders.clone(),
            proves: self.proves.clone(),
        };
        let table = Table {
            desk: &desk,
            found: &found,
            target: &target,
        };
        let (mut answers, mut obstacles) = self.read_options(&table);
        let missing = self.missing(&desk, &answers);
        let can_ask = io::stdin().is_terminal() && io::stdout().is_terminal();
        if obstacles.is_empty() && !missing.is_empty() && can_ask {
            let (mut input, mut output) = (io::stdin().lock(), io::stdout());
            let mut questions = Questions::new(&mut input, &mut output, desk.now_text());
            answers = questions
                .fill(self.form, answers, &table)
                .map_err(stopped)?;
        } else {
            obstacles.extend(missing);
        }
        if !obstacles.is_empty() {
            return Err(list_obstacles(self.form, "add", obstacles));
        }
        let id = self.id.as_deref();
        match add(&found.record, self.form, &target, id, &answers).map_err(|it| refused(&it))? {
            Amended::There { pointer, id } => {
                let what = id.unwrap_or(pointer);
                let told = format!(
                    "{what} of {} says this already; nothing was written",
                    found.record.id
                );
                print(&format!("{}\n", tamed(&told)))?;
            }
            Amended::Added(addition) => self.write(&desk, &found, addition)?,
        }
        Ok(ExitCode::from(CLEAN))
    }

    fn write(&self, desk: &Desk, found: &Found, addition: Addition) -> Result<(), Failure> {
        let draft = Draft {
            file: found.file.clone(),
            text: addition.text,
            value: addition.value,
        };
        let effect = desk.effect(&draft)?;
        let worse = errors(&effect);
        let mut insists = self.is_insisted;
        let can_ask = io::stdin().is_terminal() && io::stdout().is_terminal();
        if !worse.is_empty() && !insists && can_ask && !self.is_dry {
            let (mut input, mut output) = (io::stdin().lock(), io::stdout());
            let mut questions = Questions::new(&mut input, &mut output, desk.now_text());
            insists = questions.confirm(&worse).map_err(stopped)?;
        }
        if !worse.is_empty() && !insists {
            return Err(made_worse(&worse));
        }
        if self.is_dry {
            return print(&draft.text);
        }
        let path = desk.on_disk(&draft.file);
        write_if_unchanged(&path, &found.bytes, draft.text.as_bytes())
            .map_err(|error| unwritten(&error))?;
        let mut text = String::new();
        let what = addition.id.unwrap_or_else(|| self.form.name.to_owned());
        let here = std::path::absolute(".").unwrap_or_default();
        let shown = path.strip_prefix(&here).unwrap_or(&path).display();
        let _ = writeln!(
            text,
            "{}",
            tamed(&format!("added {what} to {shown}:{}", addition.line))
        );
        tell_effect(&mut text, &effect, desk.as_of());
        print(&text)
    }

    /// The answers that options give, and what is wrong with them.
    fn read_options(&self, table: &Table<'_>) -> (Answers, Vec<Obstacle>) {
        let (mut answers, mut obstacles) = (Answers::new(), Vec::new());
        for (ask, texts) in &self.given {
            let Some(field) = self.form.field(ask) else {
                continue;
            };
            match field.value(&at_once(&field, texts, table.desk)) {
                Ok(value) if is_empty(&value) => {}
                Ok(value) => {
                    answers.insert(ask.path.to_owned(), value);
                }
                Err(message) => obstacles.push(Obstacle::new(ask.flag, &message)),
            }
        }
        if let Err(message) = table.found.settle(table.desk, self.form, &mut answers) {
            obstacles.push(Obstacle::new("file", &message));
        }
        let faults = Known::faults(table, self.form, &answers);
        obstacles.extend(faults.into_iter().map(|(pointer, message)| {
            let is_of = |ask: &&Ask| is_below(&pointer, &ask.pointer());
            let asks = self.form.asks.iter();
            Obstacle::new(
                asks.clone().find(is_of).map_or("", |ask| ask.flag),
                &message,
            )
        }));
        (answers, obstacles)
    }

    /// What has to be said now and is not, each with what to write.
    fn missing(&self, desk: &Desk, answers: &Answers) -> Vec<Obstacle> {
        let mut missing = lacking(self.form, desk, answers, &self.given);
        if self.form.numbered == Numbered::Named && self.id.is_none() {
            let about = "A short name that records cite: lower-case letters, digits, hyphens.";
            missing.insert(0, Obstacle::new("id", about));
        }
        missing
    }
}

impl Known for Table<'_> {
    fn faults(&self, form: &Form, answers: &Answers) -> Vec<(String, String)> {
        let bare = Target {
            holders: self.target.holders.clone(),
            proves: Vec::new(),
        };
        let Ok(Amended::Added(addition)) = add(&self.found.record, form, &bare, None, answers)
        else {
            return Vec::new();
        };
        let (registry, index) = (self.desk.registry(), self.desk.index());
        let as_of = self.desk.as_of();
        let faults = answer_faults(&self.found.file, &addition.text, registry, index, as_of);
        let own = faults.into_iter().filter_map(|fault| {
            let pointer = fault.pointer.strip_prefix(&addition.pointer)?.to_owned();
            let is_said = answers
                .keys()
                .any(|path| is_below(&pointer, &format!("/{}", path.replace('.', "/"))));
            let message = match fault.help {
                Some(help) => format!("{}. {help}", fault.message),
                None => fault.message,
            };
            is_said.then_some((pointer, message))
        });
        own.collect()
    }

    fn names(&self, referent: &str) -> Vec<String> {
        self.desk.names(referent)
    }

    fn work_out(&self, form: &Form, answers: &mut Answers) {
        // What cannot be read is told when the element is checked.
        let _ = self.found.settle(self.desk, form, answers);
    }

    fn refuses(&self, _: &Form, id: &str, _: &Answers) -> Option<String> {
        let is_taken = self.found.record.element(id).is_some();
        is_taken.then(|| format!("`{id}` is taken"))
    }
}

/// Times that were given as `now`: the moment at which somebody says so.
fn at_once(field: &Field, texts: &[String], desk: &Desk) -> Vec<String> {
    let is_now = |text: &String| field.answer == Answer::Time && text.trim() == "now";
    let texts = texts.iter();
    texts
        .map(|text| match is_now(text) {
            true => desk.now_text(),
            false => text.clone(),
        })
        .collect()
}

/// The errors that were not there before, each with what to do.
fn errors(effect: &Effect) -> Vec<String> {
    let errors = effect.findings.iter();
    let errors = errors.filter(|it| it.severity == Severity::Error && it.excepted_by.is_none());
    errors
        .map(|it| match &it.help {
            Some(help) => tamed(&format!("{}. {help}", it.message)),
            None => tamed(&it.message),
        })
        .collect()
}

fn made_worse(errors: &[String]) -> Failure {
    let rows = errors.join("\n  ");
    Failure::usage(format!(
        "nothing was written; there would be an error more:\n  {rows}"
    ))
    .hint("mend it, or add `--anyway` to write it as it is")
}

fn refused(error: &AmendError) -> Failure {
    let failure = Failure::usage(format!("nothing was written; {error}"));
    match error.help() {
        Some(help) => failure.hint(help),
        None => failure,
    }
}

fn unwritten(error: &WriteError) -> Failure {
    let failure = Failure::machine(with_causes(error));
    match error {
        WriteError::Changed { .. } => failure.hint("nothing was written; run the command again"),
        WriteError::ReadOnly { .. } => failure.hint("nothing was written; make the file writable"),
        _ => failure.hint("nothing was written; the file is as it was"),
    }
}
