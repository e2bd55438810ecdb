//! `probity sample`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use probity::author::form::{Form, next_record};
use probity::author::sample::{SampleHead, sample_record};
use probity::author::{record_yaml, write_new};
use probity::clock::{Instant, Period, PeriodError, at_second};
use probity::engine::{Examined, Request, examine};
use probity::finding::{Draw, draw};
use probity::output::tamed;
use probity::record::{RecordKind, Registry, Vocabulary};
use probity::report::{Asked, AskedError, Facts, Population, asked_of, population_of};

use super::clock::as_of;
use super::error::{CLEAN, Failure, with_causes};
use super::terminal::{print, watched};

/// What stands above a new record.
const HEAD: &str = "\
# Answer each question with pass, fail or n/a; n/a needs a `note:` at the incident. Each fail needs
# an item in `findings:` and an action for it. Then say in `reported_to:` which forum heard of it.
";

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// Folder of the records
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Control card to check, or a requirement that one covers; may be given several times
    #[arg(long = "control", value_name = "CARD", required = true)]
    controls: Vec<String>,

    /// Period in which the incidents were closed: FROM..TO, 2025-Q1, 2025-04 or 2025
    #[arg(long, value_parser = parse_period)]
    period: Period,

    /// How many incidents to draw
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    size: u32,

    /// Text that decides the draw [default: made of cards and period]
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,

    /// Who will answer the questions: a person id
    #[arg(long, value_name = "PERSON")]
    by: Option<String>,

    /// As of this date (its end, UTC), this time, or the time of the `commit` [default: now]
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,

    /// Show the record on standard output, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn parse_period(text: &str) -> Result<Period, String> {
    Period::parse(text).map_err(|error| match error {
        PeriodError::Unknown(_) => {
            "write 2025-01-01..2025-03-31, 2025-Q1, 2025-04 or 2025".to_owned()
        }
        PeriodError::Backwards(_) => error.to_string(),
    })
}

impl Sample {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let as_of = as_of(self.as_of.as_deref(), &self.path, None)?;
        let request = Request::new(&self.path, as_of);
        let examined = watched(|bar| examine(&request, bar, |_, record, _| Facts::of(record)))?;
        let Examined {
            registry,
            taken,
            folder,
            ..
        } = &examined;
        if registry.records().len() == 0 {
            let shown = self.path.display();
            return Err(Failure::usage(format!("there are no records in `{shown}`")));
        }
        let asked = asked_of(&self.controls, registry).map_err(unasked)?;
        self.know_person(registry)?;
        let population = population_of(taken, registry, self.period, as_of);
        let drawn = self.draw(&population, &asked)?;
        let performed_at = at_second(as_of.as_second()).unwrap_or(as_of).to_string();
        let year = performed_at.split('-').next().unwrap_or_default();
        let taken_ids = population.checks.iter().map(String::as_str);
        let form = Form::find(RecordKind::HealthCheck.name());
        let id = form.and_then(|form| next_record(&form.numbered, year, taken_ids));
        let id = id.ok_or_else(|| {
            Failure::usage(format!("no id of {year} is left: HC-{year}-99 is taken"))
        })?;
        let (first, last) = (self.period.first(), self.period.last());
        let head = SampleHead {
            id: &id,
            controls: &asked.cards,
            performed_at: &performed_at,
            by: self.by.as_deref(),
            period: (&first, &last),
        };
        let record = sample_record(&head, &drawn, &asked.questions);
        let text = format!("{HEAD}{}", record_yaml(&record));
        if self.dry_run {
            print(&text)?;
            return Ok(ExitCode::from(CLEAN));
        }
        let relative = RecordKind::HealthCheck.layout().replace("<id>", &id);
        let folder = folder.as_deref().unwrap_or(&self.path);
        let file = folder.join(&relative);
        write_new(&file, text.as_bytes()).map_err(|error| Failure::machine(with_causes(&error)))?;
        print(&self.told(&relative, &drawn, &asked, &population, as_of))?;
        Ok(ExitCode::from(CLEAN))
    }

    /// Draws, and lets an exercise take the place of an incident with others if there was none.
    fn draw(&self, population: &Population, asked: &Asked) -> Result<Draw, Failure> {
        let candidates = population.candidates();
        let (first, last) = (self.period.first(), self.period.last());
        let seed = match &self.seed {
            Some(seed) => seed.clone(),
            None => format!("{} {}", asked.cards.join(" "), self.period),
        };
        let words = format!("{first} to {last}");
        let mut drawn = draw(
            &candidates,
            self.size as usize,
            &seed,
            &format!("closed from {words}"),
        );
        if population.has_required {
            return Ok(drawn);
        }
        match &population.stand_in {
            Some(stand_in) => {
                drawn.method = match candidates.is_empty() {
                    true => format!(
                        "No incident was closed from {words}, so the simulated {stand_in} takes \
                         its place"
                    ),
                    false => format!(
                        "{}. None of them involved third parties, so the simulated {stand_in} is \
                         looked at as well",
                        drawn.method
                    ),
                };
                drawn.ids.push(stand_in.clone());
                Ok(drawn)
            }
            None if candidates.is_empty() => Err(Failure::usage(format!(
                "no incident was closed from {words}, and no exercise was held that could take \
                 their place"
            ))
            .hint("choose another `--period`, or hold an exercise and record it first")),
            None => Ok(drawn),
        }
    }

    fn know_person(&self, registry: &Registry) -> Result<(), Failure> {
        match &self.by {
            Some(by) if !registry.has(Vocabulary::Person, by) => {
                let known: Vec<&str> = registry.names(Vocabulary::Person).collect();
                let failure = Failure::usage(format!("person `{by}` is not registered"));
                Err(match probity::text::closest(by, known) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure,
                })
            }
            _ => Ok(()),
        }
    }

    /// What was written, and what to do next.
    fn told(
        &self,
        file: &str,
        drawn: &Draw,
        asked: &Asked,
        population: &Population,
        as_of: Instant,
    ) -> String {
        let mut text = String::new();
        let shown = tamed(file);
        let _ = writeln!(text, "wrote {shown}\n");
        let _ = writeln!(
            text,
            "  population  {} closed from {} to {}",
            incidents(drawn.population),
            self.period.first(),
            self.period.last()
        );
        let _ = writeln!(text, "  sample      {}", tamed(&drawn.ids.join(", ")));
        let _ = writeln!(text, "  questions   {}\n", asked.questions.join(", "));
        let mut steps = vec!["Answer each question with pass, fail or n/a (with a `note:`)."];
        if self.by.is_none() {
            steps.push("Write `by:`, a person who led none of these incidents.");
        }
        steps.push("Give each fail an item in `findings:` and an action.");
        steps.push("Write `reported_to:` once the forum has heard of it.");
        text.push_str("next:\n");
        for (number, step) in (1..).zip(steps) {
            let _ = writeln!(text, "  {number}. {step}");
        }
        let check = self.path.display().to_string();
        let _ = writeln!(
            text,
            "`probity check {}` says what is still missing.",
            tamed(&check)
        );
        let led = population.incidents.iter().filter(|incident| {
            self.by.as_deref() == Some(&*incident.commander) && drawn.ids.contains(&incident.id)
        });
        for incident in led {
            let (by, id) = (tamed(&incident.commander), tamed(&incident.id));
            let _ = writeln!(text, "note: `{by}` led {id}; somebody else should judge it");
        }
        if self.period.is_running(as_of) {
            let _ = writeln!(
                text,
                "note: the period is not over yet; incidents closed until {} will be missing",
                self.period.last()
            );
        }
        if drawn.population < self.size as usize {
            let there = incidents(drawn.population);
            let size = self.size;
            let _ = writeln!(text, "note: there were only {there}, not {size}");
        }
        text
    }
}

fn unasked(error: AskedError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match error {
        AskedError::Unknown {
            near: Some(near), ..
        } => failure.hint(format!("did you mean `{near}`?")),
        AskedError::Unknown { near: None, .. } => {
            failure.hint("name a card of `controls/`, such as `--control ir-6-3`")
        }
        AskedError::WithoutQuestions(..) => failure,
    }
}

fn incidents(count: usize) -> String {
    match count {
        1 => "1 incident".to_owned(),
        count => format!("{count} incidents"),
    }
}
