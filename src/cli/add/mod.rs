//! `probity add`: an element more in a record that is there, in place.

mod options;
mod target;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use probity::author::amend::{AmendError, Amended, Target, add};
use probity::author::form::{Answers, Ask, Form, Numbered, answer_faults};
use probity::output::tamed;

use self::target::{look, settle};
use super::clock::now;
use super::error::{CLEAN, Failure, with_help};
use super::new::ask::{Known, Questions};
use super::new::desk::Desk;
use super::new::{Obstacle, is_below, is_empty, lacking, list_obstacles, stopped};
use super::rewrite::{Found, Rewrite};
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
        let (found, holders) = look(&desk, self.form, &self.record)?;
        let target = Target {
            holders,
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
            Amended::Added(addition) => {
                let rewrite = Rewrite {
                    desk: &desk,
                    found: &found,
                    is_dry: self.is_dry,
                    is_insisted: self.is_insisted,
                };
                let what = addition.id.as_deref().unwrap_or(self.form.name);
                rewrite.write(&addition.text, |file| {
                    format!("added {what} to {file}:{}", addition.line)
                })?;
            }
        }
        Ok(ExitCode::from(CLEAN))
    }

    /// The answers that options give, and what is wrong with them.
    fn read_options(&self, table: &Table<'_>) -> (Answers, Vec<Obstacle>) {
        let (mut answers, mut obstacles) = (Answers::new(), Vec::new());
        for (ask, texts) in &self.given {
            let Some(field) = self.form.field(ask) else {
                continue;
            };
            match field.value(texts) {
                Ok(value) if is_empty(&value) => {}
                Ok(value) => {
                    let value = field.at_once(value, &table.desk.now_text());
                    answers.insert(ask.path.to_owned(), value);
                }
                Err(message) => obstacles.push(Obstacle::new(ask.flag, &message)),
            }
        }
        if let Err(message) = settle(table.found, table.desk, self.form, &mut answers) {
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
            let told = || with_help(&fault.message, fault.help.as_deref());
            is_said.then(|| (pointer, told()))
        });
        own.collect()
    }

    fn names(&self, referent: &str) -> Vec<String> {
        self.desk.names(referent)
    }

    fn work_out(&self, form: &Form, answers: &mut Answers) {
        // What cannot be read is told when the element is checked.
        let _ = settle(self.found, self.desk, form, answers);
    }

    fn refuses(&self, _: &Form, id: &str, _: &Answers) -> Option<String> {
        let is_taken = self.found.record.element(id).is_some();
        is_taken.then(|| format!("`{id}` is taken"))
    }
}

fn refused(error: &AmendError) -> Failure {
    let failure = Failure::usage(format!("nothing was written; {error}"));
    match error.help() {
        Some(help) => failure.hint(help),
        None => failure,
    }
}
