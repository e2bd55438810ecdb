//! Questions on a terminal, one after the other; a wrong answer is asked for again.

use std::io::{self, BufRead, Write};

use probity::author::form::{Answer, Answers, Field, Form};
use probity::output::tamed;
use serde_json::{Map, Value};

use super::super::error::with_help;
use super::desk::Desk;
use super::{is_below, is_empty, suggested};

/// Most words that are listed with a question.
const MOST_WORDS: usize = 20;

/// Why not every question was answered.
#[derive(Debug)]
pub(in crate::cli) enum Stopped {
    /// The answers ended.
    End,
    /// The terminal failed.
    Terminal(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Terminal(error)
    }
}

/// What questions need to know.
pub(in crate::cli) trait Known {
    /// What is wrong with the answers, by pointer, each in a sentence or two.
    fn faults(&self, form: &Form, answers: &Answers) -> Vec<(String, String)>;
    /// The names that may stand where the schema refers to something.
    fn names(&self, referent: &str) -> Vec<String>;
    /// What follows from the answers.
    fn work_out(&self, form: &Form, answers: &mut Answers);
    /// Why an id cannot be.
    fn refuses(&self, form: &Form, id: &str, answers: &Answers) -> Option<String>;
}

impl Known for Desk {
    fn faults(&self, form: &Form, answers: &Answers) -> Vec<(String, String)> {
        let faults = Self::faults(self, form, None, answers).into_iter();
        let told = faults.map(|it| (it.pointer, with_help(&it.message, it.help.as_deref())));
        told.collect()
    }

    fn names(&self, referent: &str) -> Vec<String> {
        Self::names(self, referent)
    }

    fn work_out(&self, form: &Form, answers: &mut Answers) {
        Self::work_out(self, form, answers);
    }

    fn refuses(&self, form: &Form, id: &str, answers: &Answers) -> Option<String> {
        Self::refuses(self, form, id, answers)
    }
}

/// Somebody who answers.
pub(in crate::cli) struct Questions<'t> {
    input: &'t mut dyn BufRead,
    output: &'t mut dyn Write,
    /// What the answer `now` stands for.
    now: String,
}

impl<'t> Questions<'t> {
    pub(in crate::cli) fn new(
        input: &'t mut dyn BufRead,
        output: &'t mut dyn Write,
        now: String,
    ) -> Self {
        Self { input, output, now }
    }

    /// Asks for everything that is not answered yet.
    pub(in crate::cli) fn fill(
        &mut self,
        form: &Form,
        mut answers: Answers,
        known: &dyn Known,
    ) -> Result<Answers, Stopped> {
        writeln!(
            self.output,
            "Enter leaves out what may wait; Ctrl-D stops, and nothing is written."
        )?;
        for ask in form.asks {
            let Some(field) = form.field(ask) else {
                continue;
            };
            while ask.is_asked(&answers) && !answers.contains_key(ask.path) {
                let value = self.one(&field, known)?;
                if is_empty(&value) && ask.is_needed(&answers) {
                    self.say("it is needed now")?;
                    continue;
                }
                if is_empty(&value) {
                    break;
                }
                answers.insert(ask.path.to_owned(), value);
                let faults = known.faults(form, &answers).into_iter();
                let mut own = faults.filter(|(pointer, _)| is_below(pointer, &ask.pointer()));
                if let Some((_, message)) = own.next() {
                    answers.remove(ask.path);
                    self.say(&message)?;
                }
            }
            known.work_out(form, &mut answers);
        }
        Ok(answers)
    }

    /// Asks for the id of something that people name.
    pub(in crate::cli) fn name(
        &mut self,
        form: &Form,
        answers: &Answers,
        known: &dyn Known,
    ) -> Result<String, Stopped> {
        let suggested = suggested(answers).unwrap_or_default();
        writeln!(self.output, "\nA short name that records cite.")?;
        loop {
            let prompt = match suggested.as_str() {
                "" => "id".to_owned(),
                suggested => format!("id [{suggested}]"),
            };
            let said = self.line(&prompt)?;
            let id = if said.is_empty() {
                suggested.clone()
            } else {
                said
            };
            match known.refuses(form, &id, answers) {
                None => return Ok(id),
                Some(message) => self.say(&message)?,
            }
        }
    }

    /// Whether to write what does not fit.
    pub(in crate::cli) fn confirm(&mut self, contradictions: &[String]) -> Result<bool, Stopped> {
        writeln!(self.output)?;
        for message in contradictions {
            self.say(message)?;
        }
        let said = self.line("write it nevertheless? [y/N]")?;
        Ok(matches!(said.as_str(), "y" | "Y" | "yes"))
    }

    /// One question, or one for each part.
    fn one(&mut self, field: &Field, known: &dyn Known) -> Result<Value, Stopped> {
        writeln!(self.output, "\n{}", tamed(&field.about))?;
        let Answer::Parts { fields, needed } = &field.answer else {
            return self.simple(field, &field.flag, known);
        };
        let mut items = Vec::new();
        loop {
            let asked = fields
                .iter()
                .filter(|it| needed.is_empty() || needed.contains(&it.key));
            let mut item = Map::new();
            for (at, part) in asked.enumerate() {
                let prompt = format!("{} > {}", field.flag, part.key);
                let value = self.simple(part, &prompt, known)?;
                if !is_empty(&value) {
                    item.insert(part.key.clone(), value);
                } else if at == 0 {
                    break;
                }
            }
            if !item.is_empty() {
                items.push(Value::Object(item));
            }
            let goes_on = field.is_many && !items.is_empty();
            if !goes_on || !matches!(self.line("another one? [y/N]")?.as_str(), "y" | "Y" | "yes") {
                break;
            }
        }
        Ok(match field.is_many {
            true => Value::Array(items),
            false => items.pop().unwrap_or_default(),
        })
    }

    fn simple(&mut self, field: &Field, prompt: &str, known: &dyn Known) -> Result<Value, Stopped> {
        let choices = match &field.answer {
            Answer::Listed(words) => words.clone(),
            Answer::Name(referent) => known.names(referent),
            Answer::Truth => vec!["true".to_owned(), "false".to_owned()],
            _ => Vec::new(),
        };
        let is_time = field.answer == Answer::Time;
        match choices.len() {
            0 if is_time => writeln!(
                self.output,
                "  a time with its offset, such as 2025-05-06T09:20:00Z, or `now`"
            )?,
            0 => {}
            count if count > MOST_WORDS => {
                writeln!(
                    self.output,
                    "  {}, …",
                    tamed(&choices[..MOST_WORDS].join(", "))
                )?;
            }
            _ => writeln!(self.output, "  {}", tamed(&choices.join(", ")))?,
        }
        let prompt = match field.is_many {
            true => format!("{prompt} (several with commas)"),
            false => prompt.to_owned(),
        };
        let mut said = self.line(&prompt)?;
        if is_time && said == "now" {
            said.clone_from(&self.now);
        }
        let is_plain = field.is_many && field.answer == Answer::Text;
        let texts: Vec<String> = match is_plain {
            true => said.split(',').map(|it| it.trim().to_owned()).collect(),
            false => vec![said],
        };
        Ok(field.value(&texts).unwrap_or_default())
    }

    fn line(&mut self, prompt: &str) -> Result<String, Stopped> {
        write!(self.output, "{prompt}: ")?;
        self.output.flush()?;
        let mut line = String::new();
        match self.input.read_line(&mut line)? {
            0 => {
                writeln!(self.output)?;
                Err(Stopped::End)
            }
            _ => Ok(line.trim().to_owned()),
        }
    }

    fn say(&mut self, message: &str) -> Result<(), Stopped> {
        Ok(writeln!(self.output, "  ! {}", tamed(message))?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Knows two people, and that nobody else is one.
    struct Two;

    impl Known for Two {
        fn faults(&self, _form: &Form, answers: &Answers) -> Vec<(String, String)> {
            let commander = answers.get("commander").and_then(Value::as_str);
            let is_known = commander.is_none_or(|it| ["ann", "bo"].contains(&it));
            let unknown = || ("/commander".to_owned(), "nobody is called so".to_owned());
            if is_known {
                Vec::new()
            } else {
                vec![unknown()]
            }
        }

        fn names(&self, referent: &str) -> Vec<String> {
            match referent {
                "person" => vec!["ann".to_owned(), "bo".to_owned()],
                _ => Vec::new(),
            }
        }

        fn work_out(&self, _form: &Form, _answers: &mut Answers) {}

        fn refuses(&self, _form: &Form, id: &str, _answers: &Answers) -> Option<String> {
            (id == "taken").then(|| "`taken` is taken".to_owned())
        }
    }

    /// What becomes of lines typed in answer to a form, and what was shown.
    fn typed(form: &str, lines: &str) -> (Result<Answers, Stopped>, String) {
        let (mut input, mut output) = (lines.as_bytes(), Vec::new());
        let now = "2025-06-20T12:00:00Z".to_owned();
        let form = Form::find(form).unwrap();
        let mut questions = Questions::new(&mut input, &mut output, now);
        let answers = questions.fill(form, Answers::new(), &Two);
        (answers, String::from_utf8(output).unwrap())
    }

    #[test]
    fn a_wrong_answer_is_asked_for_again_and_now_is_written_out() {
        let lines = "\nOdd logins\nhigh\nnow\n2025-06-20T11:00:00Z\neve\nann\n";
        let (answers, shown) = typed("incident", lines);
        let expected = [
            ("commander", json!("ann")),
            ("declared_at", json!("2025-06-20T11:00:00Z")),
            ("detected_at", json!("2025-06-20T12:00:00Z")),
            ("severity", json!("high")),
            ("title", json!("Odd logins")),
        ];
        let expected: Answers = expected.map(|(path, it)| (path.to_owned(), it)).into();
        assert_eq!(answers.unwrap(), expected);
        assert_eq!(shown.matches("  ! it is needed now").count(), 1, "{shown}");
        assert_eq!(shown.matches("  ! nobody is called so").count(), 1);
        assert_eq!(shown.matches("  ann, bo\n").count(), 2, "{shown}");
        assert!(shown.contains("or `now`"), "{shown}");
    }

    #[test]
    fn parts_are_asked_for_one_by_one_and_what_may_wait_is_left_out_with_enter() {
        // Name, criticality, owner, operator, data, day of review, two parts, no dependencies, and
        // then why there are none.
        let lines = "Portal\ncritical\nann\ninternal\nregulated, personal\n2025-06-02\n\
            sso\nSign-on\nsaas\ninternal\ny\ndb\nData base\nlibrary\ninternal\n\n\n\
            Nobody has looked at it yet\n";
        let (answers, shown) = typed("system", lines);
        let answers = answers.unwrap();
        assert_eq!(
            answers["components"],
            json!([
                {"id": "sso", "name": "Sign-on", "type": "saas", "provider": "internal"},
                {"id": "db", "name": "Data base", "type": "library", "provider": "internal"},
            ]),
            "{shown}"
        );
        assert_eq!(answers["data"], json!(["regulated", "personal"]));
        assert_eq!(
            answers["dependencies_unknown"],
            json!("Nobody has looked at it yet")
        );
        assert!(!answers.contains_key("dependencies"));
    }

    #[test]
    fn answers_that_end_write_nothing() {
        let (answers, _) = typed("incident", "Odd logins\nhigh\n");
        assert!(matches!(answers, Err(Stopped::End)));
    }

    #[test]
    fn a_name_is_proposed_and_a_taken_one_is_not() {
        let named = |name: &str, lines: &str| {
            let (mut input, mut output) = (lines.as_bytes(), Vec::new());
            let answers = Answers::from([("name".to_owned(), json!(name))]);
            let form = Form::find("third-party").unwrap();
            Questions::new(&mut input, &mut output, String::new())
                .name(form, &answers, &Two)
                .unwrap()
        };
        assert_eq!(named("Corvid Identity", "\n"), "corvid-identity");
        assert_eq!(named("Taken", "\nfree\n"), "free");
    }

    #[test]
    fn what_does_not_fit_is_written_only_after_a_yes() {
        for (lines, is_written) in [
            ("y\n", true),
            ("yes\n", true),
            ("\n", false),
            ("no\n", false),
        ] {
            let (mut input, mut output) = (lines.as_bytes(), Vec::new());
            let mut questions = Questions::new(&mut input, &mut output, String::new());
            let said = questions.confirm(&["too early".to_owned()]).unwrap();
            assert_eq!(said, is_written, "{lines}");
        }
    }
}
