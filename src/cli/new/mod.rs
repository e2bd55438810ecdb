//! `probity new`: a record with what is needed now, from options or questions.

pub(super) mod ask;
pub(super) mod desk;
pub(super) mod options;
pub(super) mod told;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use probity::author::form::{AnswerFault, Answers, Ask, Form, Numbered, slug};
use probity::author::{WriteError, write_new};
use probity::output::tamed;

use self::ask::{Questions, Stopped};
use self::desk::{Desk, Draft};
use super::clock::now;
use super::error::{CLEAN, Failure, with_causes, with_help};
use super::terminal::print;

/// Most names that are listed with what is missing.
const MOST_NAMES: usize = 12;

/// What was asked for on the command line.
#[derive(Debug)]
pub(crate) struct New {
    form: &'static Form,
    /// Folder of the records.
    path: PathBuf,
    id: Option<String>,
    /// What each option was given, in the order of the form.
    given: Vec<(&'static Ask, Vec<String>)>,
    is_dry: bool,
    /// Whether to write also what contradicts the records.
    is_insisted: bool,
}

/// One thing that keeps a record from being written: the option, and what about it.
pub(super) struct Obstacle {
    flag: String,
    message: String,
}

impl New {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let desk = Desk::open(&self.path, now()?)?;
        let (mut answers, mut obstacles) = self.read_options(&desk);
        obstacles.extend(self.wrong_id(&desk, &answers));
        let missing = self.missing(&desk, &answers);
        let can_ask = io::stdin().is_terminal() && io::stdout().is_terminal();
        let mut id = self.id.clone();
        let mut insists = self.is_insisted;
        if obstacles.is_empty() && !missing.is_empty() && can_ask {
            let (mut input, mut output) = (io::stdin().lock(), io::stdout());
            let mut questions = Questions::new(&mut input, &mut output, desk.now_text());
            answers = questions.fill(self.form, answers, &desk).map_err(stopped)?;
            if id.is_none() && self.form.numbered == Numbered::Named {
                id = Some(
                    questions
                        .name(self.form, &answers, &desk)
                        .map_err(stopped)?,
                );
            }
        } else {
            obstacles.extend(missing);
        }
        if !obstacles.is_empty() {
            return Err(list_obstacles(self.form, "new", obstacles));
        }
        let draft = self.draft(&desk, &answers, id)?;
        let effect = desk.effect(&draft.file, &draft.text)?;
        let contradictions = effect.contradictions(self.form, &answers, &draft);
        if !contradictions.is_empty() && !insists && can_ask && !self.is_dry {
            let (mut input, mut output) = (io::stdin().lock(), io::stdout());
            let mut questions = Questions::new(&mut input, &mut output, desk.now_text());
            insists = questions.confirm(&contradictions).map_err(stopped)?;
        }
        if !contradictions.is_empty() && !insists {
            return Err(contradicted(&contradictions));
        }
        if self.is_dry {
            print(&draft.text)?;
        } else {
            let path = desk.on_disk(&draft.file);
            write_new(&path, draft.text.as_bytes()).map_err(|error| unwritten(&error))?;
            print(&told::told(&path, &effect, desk.as_of()))?;
        }
        Ok(ExitCode::from(CLEAN))
    }

    /// The answers that options give, and what is wrong with them.
    fn read_options(&self, desk: &Desk) -> (Answers, Vec<Obstacle>) {
        let (mut answers, mut obstacles) = (Answers::new(), Vec::new());
        for (ask, texts) in &self.given {
            let Some(field) = self.form.field(ask) else {
                continue;
            };
            match field.value(texts) {
                Ok(value) if is_empty(&value) => {}
                Ok(value) => {
                    let value = field.at_once(value, &desk.now_text());
                    answers.insert(ask.path.to_owned(), value);
                }
                Err(message) => obstacles.push(Obstacle::new(ask.flag, &message)),
            }
        }
        desk.work_out(self.form, &mut answers);
        let faults = desk.faults(self.form, self.id.as_deref(), &answers);
        // What cannot be read as a record at all says not where; then each answer is tried alone.
        if faults.iter().any(|fault| fault.pointer.is_empty()) {
            for ask in self.form.asks {
                let Some(value) = answers.get(ask.path) else {
                    continue;
                };
                let alone = Answers::from([(ask.path.to_owned(), value.clone())]);
                let faults = desk.faults(self.form, None, &alone).into_iter();
                let placed = faults.map(|it| AnswerFault {
                    pointer: ask.pointer(),
                    ..it
                });
                obstacles.extend(placed.map(|fault| self.obstacle(&fault)));
            }
        } else {
            obstacles.extend(faults.iter().map(|fault| self.obstacle(fault)));
        }
        (answers, obstacles)
    }

    fn obstacle(&self, fault: &AnswerFault) -> Obstacle {
        let is_of = |ask: &&Ask| is_below(&fault.pointer, &ask.pointer());
        let flag = match self.form.asks.iter().find(is_of) {
            Some(ask) => ask.flag,
            None if fault.pointer == "/id" => "id",
            None => "",
        };
        Obstacle::new(flag, &with_help(&fault.message, fault.help.as_deref()))
    }

    /// What has to be said now and is not, each with what to write.
    fn missing(&self, desk: &Desk, answers: &Answers) -> Vec<Obstacle> {
        let mut missing = lacking(self.form, desk, answers, &self.given);
        if self.form.numbered == Numbered::Named
            && self.id.is_none()
            && suggested(answers).is_none()
        {
            let about = "A short name that records cite: lower-case letters, digits, hyphens.";
            missing.insert(0, Obstacle::new("id", about));
        }
        missing
    }

    /// What is wrong with an id that was given.
    fn wrong_id(&self, desk: &Desk, answers: &Answers) -> Option<Obstacle> {
        let id = self.id.as_deref()?;
        let message = desk.refuses(self.form, id, answers)?;
        Some(Obstacle::new("id", &message))
    }

    fn draft(&self, desk: &Desk, answers: &Answers, id: Option<String>) -> Result<Draft, Failure> {
        let id = match (id, self.form.numbered) {
            (Some(id), _) => id,
            (None, Numbered::Named) => {
                let id = suggested(answers).unwrap_or_default();
                if let Some(message) = desk.refuses(self.form, &id, answers) {
                    return Err(Failure::usage(message).hint("name another one with `--id`"));
                }
                id
            }
            (None, _) => desk.next_id(self.form, answers).ok_or_else(|| {
                Failure::usage("no id of this year is left").hint("name one with `--id`")
            })?,
        };
        Ok(desk.draft(self.form, &id, answers))
    }
}

/// What has to be said now and is not, each with what to write.
pub(super) fn lacking(
    form: &Form,
    desk: &Desk,
    answers: &Answers,
    given: &[(&'static Ask, Vec<String>)],
) -> Vec<Obstacle> {
    let is_given = |ask: &Ask| given.iter().any(|(it, _)| it.path == ask.path);
    let needed = form.asks.iter().filter(|ask| ask.is_needed(answers));
    let lacking = needed.filter(|ask| !answers.contains_key(ask.path) && !is_given(ask));
    let told = lacking.filter_map(|ask| {
        let field = form.field(ask)?;
        let (mut about, names) = (options::about(&field), desk.choices(&field));
        if (1..=MOST_NAMES).contains(&names.len()) {
            about = format!("{about} There are {}.", names.join(", "));
        }
        Some(Obstacle::new(ask.flag, &about))
    });
    told.collect()
}

/// All that keeps something from being written, in the order of the questions.
pub(super) fn list_obstacles(form: &Form, command: &str, mut obstacles: Vec<Obstacle>) -> Failure {
    let place = |flag: &str| {
        let flag = flag.trim_start_matches('-');
        form.asks.iter().position(|ask| ask.flag == flag)
    };
    obstacles.sort_by_key(|it| place(&it.flag));
    let width = obstacles.iter().map(|it| it.flag.len()).max().unwrap_or(0);
    let rows = obstacles.iter().map(|it| {
        let message = it.message.replace('\n', " ");
        format!("\n  {:width$}  {message}", it.flag)
    });
    let rows: String = rows.collect();
    Failure::usage(format!(
        "nothing was written; still to be said, or to be mended:{rows}"
    ))
    .hint(format!(
        "`probity {command} {} --help` lists every option",
        form.name
    ))
}

impl Obstacle {
    pub(super) fn new(flag: &str, message: &str) -> Self {
        let flag = match flag {
            "" => String::new(),
            flag => format!("--{flag}"),
        };
        Self {
            flag,
            message: tamed(message),
        }
    }
}

/// The id that the name of something makes.
fn suggested(answers: &Answers) -> Option<String> {
    slug(answers.get("name")?.as_str()?)
}

pub(super) fn is_empty(value: &serde_json::Value) -> bool {
    value.is_null()
        || value.as_str().is_some_and(|it| it.trim().is_empty())
        || value.as_array().is_some_and(Vec::is_empty)
}

/// Whether a pointer is that of a place or of something in it.
pub(super) fn is_below(pointer: &str, place: &str) -> bool {
    let rest = pointer.strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn contradicted(contradictions: &[String]) -> Failure {
    let rows = contradictions.join("\n  ");
    Failure::usage(format!(
        "nothing was written; what was said does not fit:\n  {rows}"
    ))
    .hint("mend it, or add `--anyway` to write it as it is")
}

pub(super) fn stopped(reason: Stopped) -> Failure {
    match reason {
        Stopped::End => Failure::usage("nothing was written; not every question was answered"),
        Stopped::Terminal(error) => Failure::machine(format!("cannot ask: {error}")),
    }
}

fn unwritten(error: &WriteError) -> Failure {
    let failure = Failure::machine(with_causes(error));
    match error {
        WriteError::Exists { .. } => {
            failure.hint("it is kept as it is; name another id with `--id`")
        }
        _ => failure.hint("nothing was written"),
    }
}
