//! `probity set`: keys of a record, or of an element of it, in place.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use probity::author::form::answer_faults;
use probity::author::set::{KeyError, Setting, field, set};
use probity::document::NodeRef;
use probity::output::tamed;
use probity::record::{Record, RecordKind};
use probity::text::closest;

use super::clock::now;
use super::error::{CLEAN, Failure};
use super::new::desk::Desk;
use super::new::{is_below, is_empty};
use super::rewrite::{Found, Rewrite};
use super::terminal::print;

/// Most keys that the answer names.
const MOST_KEYS: usize = 5;

/// What was asked for on the command line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  probity set INC-2025-0001 severity=critical
  probity set 'INC-2025-0001#OUT-1' outcome=delivered at=now by=ada case=NP-1
  probity set 'INC-2025-0001#A-2' status=done done_at=now
  probity set northpay contract.notification.clause=9.2

Keys below keys are joined with dots. Of a list, the whole list is set: names joined with commas, or
the key once for each element. A time may be `now`. Everything else in the file stays as it is; what
would bring a new error is not written. `probity explain KIND` lists the keys of a kind of record.")]
pub(crate) struct Set {
    /// The record, or an element of it, such as `INC-2025-0001#OUT-1`
    #[arg(value_name = "RECORD")]
    record: String,
    /// What is to be, such as `outcome=delivered`
    #[arg(value_name = "KEY=VALUE", required = true)]
    settings: Vec<String>,
    /// Folder of the records
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    path: PathBuf,
    /// Show the record on standard output, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write it although there would be an error more
    #[arg(long)]
    anyway: bool,
}

impl Set {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let desk = Desk::open(&self.path, now()?)?;
        let (id, element) = match self.record.split_once('#') {
            Some((id, element)) => (id, Some(element)),
            None => (self.record.as_str(), None),
        };
        let found = Found::open(&desk, file_of(&desk, id)?)?;
        let node = match element {
            Some(name) => found
                .record
                .element(name)
                .ok_or_else(|| no_element(&found.record, name))?,
            None => found.record.root(),
        };
        let settings = self.read(&desk, &found.record, node)?;
        let edited = set(&found.record, node, &settings).map_err(|error| {
            let failure = Failure::usage(format!("nothing was written; {}", tamed(&error.message)));
            match &error.help {
                Some(help) => failure.hint(tamed(help)),
                None => failure,
            }
        })?;
        let Some(text) = edited else {
            let told = format!("{} says this already; nothing was written\n", self.record);
            print(&tamed(&told))?;
            return Ok(ExitCode::from(CLEAN));
        };
        misfits(&desk, &found, node, &settings, &text)?;
        let rewrite = Rewrite {
            desk: &desk,
            found: &found,
            is_dry: self.dry_run,
            is_insisted: self.anyway,
        };
        let keys: Vec<String> = settings.iter().map(|it| it.keys.join(".")).collect();
        let what = match keys.len() {
            1..=MOST_KEYS => keys.join(", "),
            many => format!("{many} keys"),
        };
        rewrite.write(&text, |file| {
            format!("set {what} of {} in {file}", self.record)
        })?;
        Ok(ExitCode::from(CLEAN))
    }

    /// What is to be set, each key once.
    fn read(
        &self,
        desk: &Desk,
        record: &Record,
        node: NodeRef<'_>,
    ) -> Result<Vec<Setting>, Failure> {
        let mut said: Vec<(&str, Vec<String>)> = Vec::new();
        for setting in &self.settings {
            let Some((key, text)) = setting.split_once('=') else {
                return Err(
                    Failure::usage(format!("`{}` says no value", tamed(setting)))
                        .hint("write KEY=VALUE, such as `status=done`"),
                );
            };
            let key = key.trim();
            match said.iter_mut().find(|it| it.0 == key) {
                Some((_, texts)) => texts.push(text.to_owned()),
                None => said.push((key, vec![text.to_owned()])),
            }
        }
        let settings = said.into_iter().map(|(key, texts)| {
            let keys: Vec<String> = key.split('.').map(str::to_owned).collect();
            let field =
                field(record.kind, node, &keys).map_err(|it| no_key(&it, record, &self.record))?;
            let key = tamed(key);
            if texts.len() > 1 && !field.is_many {
                return Err(Failure::usage(format!("`{key}` is given twice")).hint("say it once"));
            }
            let value = field.value(&texts).map_err(Failure::usage)?;
            if is_empty(&value) {
                return Err(
                    Failure::usage(format!("`{key}` has no value")).hint(format!(
                        "write one behind `{key}=`; to take a key out, delete it in an editor"
                    )),
                );
            }
            let value = field.at_once(value, &desk.now_text());
            Ok(Setting { keys, value })
        });
        settings.collect()
    }
}

/// The file of the record with an id, below the root of the records.
fn file_of(desk: &Desk, id: &str) -> Result<String, Failure> {
    let mut known = Vec::new();
    for kind in RecordKind::all() {
        known.extend(desk.files(kind));
    }
    let meant: Vec<&String> = known
        .iter()
        .filter(|it| it.0 == id || it.1 == id)
        .map(|it| &it.1)
        .collect();
    match meant.as_slice() {
        [file] => Ok((*file).clone()),
        [] => {
            // One that cannot be read has no id, but it has its place.
            let layouts = RecordKind::all().map(|kind| kind.layout().replace("<id>", id));
            let mut places = layouts.filter(|place| place.contains(id));
            if let Some(place) = places.find(|place| desk.on_disk(place).is_file()) {
                return Ok(place);
            }
            let failure = Failure::usage(format!("there is no record `{}`", tamed(id)));
            Err(match closest(id, known.iter().map(|it| it.0.as_str())) {
                Some(near) => failure.hint(format!("did you mean `{}`?", tamed(near))),
                None => failure.hint("`probity new` writes one"),
            })
        }
        [one, other, ..] => Err(Failure::usage(format!(
            "`{}` is the id of `{}` and of `{}`",
            tamed(id),
            tamed(one),
            tamed(other)
        ))
        .hint("write the file instead of the id")),
    }
}

fn no_element(record: &Record, name: &str) -> Failure {
    let ids = record.tree.nodes().filter_map(|node| {
        let is_element = node.parent().is_some() && node.key().is_none() && !node.is_key();
        let id = is_element.then(|| node.get("id"))??;
        Some(id.scalar_text())
    });
    let ids: Vec<&str> = ids.collect();
    let failure = Failure::usage(format!(
        "`{}` has no element `{}`",
        tamed(&record.id),
        tamed(name)
    ));
    match closest(name, ids.iter().copied()) {
        Some(near) => failure.hint(format!("did you mean `{}`?", tamed(near))),
        None if ids.is_empty() => failure.hint("it has no elements with ids yet"),
        None => failure.hint(format!("there are {}", tamed(&ids.join(", ")))),
    }
}

fn no_key(error: &KeyError, record: &Record, asked: &str) -> Failure {
    let failure = Failure::usage(tamed(&format!("nothing was written; {error}")));
    match error {
        KeyError::Unknown {
            near: Some(near), ..
        } => failure.hint(format!("did you mean `{near}`?")),
        KeyError::Unknown { keys, .. } if keys.is_empty() => failure,
        KeyError::Unknown { keys, .. } => failure.hint(format!("there may be {}", keys.join(", "))),
        KeyError::List(_) => {
            let id = asked.split('#').next().unwrap_or(&record.id);
            failure.hint(tamed(&format!(
                "name the element behind a `#`, such as `{id}#OUT-1`"
            )))
        }
    }
}

/// What is of a wrong shape or refers to nothing, in the words of the check.
fn misfits(
    desk: &Desk,
    found: &Found,
    node: NodeRef<'_>,
    settings: &[Setting],
    text: &str,
) -> Result<(), Failure> {
    let (registry, index) = (desk.registry(), desk.index());
    let faults = answer_faults(&found.file, text, registry, index, desk.as_of());
    let above = node.pointer();
    let mut rows = Vec::new();
    for Setting { keys, .. } in settings {
        let place = format!("{above}/{}", keys.join("/"));
        for fault in faults.iter().filter(|it| is_below(&it.pointer, &place)) {
            let help = fault.help.as_ref();
            let help = help.map_or_else(String::new, |help| format!(". {help}"));
            let row = format!("{}  {}{help}", keys.join("."), fault.message);
            rows.push(tamed(&row.replace('\n', " ")));
        }
    }
    match rows.is_empty() {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "nothing was written; to be mended:\n  {}",
            rows.join("\n  ")
        ))),
    }
}
