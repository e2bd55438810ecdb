//! `probity set`: keys of a record, or of an element of it, in place.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use probity::author::form::{AnswerFault, Field, answer_faults};
use probity::author::set::{KeyError, Setting, Wanted, field, set};
use probity::document::{Kind, NodeRef};
use probity::output::tamed;
use probity::record::Record;
use probity::text::closest;
use serde_json::Value;

use super::clock::now;
use super::error::{CLEAN, Failure, with_help};
use super::new::desk::Desk;
use super::new::{is_below, is_empty};
use super::rewrite::{Found, Rewrite, file_of};
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
  probity set 'INC-2025-0001#/timeline/1' at=2025-05-06T08:10:00Z
  probity set INC-2025-0001 affected+=patient-portal/sso affected-=mail --unset closed_at
  probity set northpay contract.notification.clause=9.2

Keys below keys are joined with dots. KEY=VALUE sets a key, and of a list the whole list: names
joined with commas, or the key once for each element. KEY+=VALUE adds to a list what it does not
hold yet, KEY-=VALUE takes out what it holds. An element is named by its id or, if it has none, by
its place as findings give it: /timeline/1 is the second of the timeline. A time may be `now`.
Everything else in the file stays as it is; what would bring a new error is not written.
`probity explain KIND` lists the keys of a kind of record.")]
pub(crate) struct Set {
    /// The record, or an element of it, such as `INC-2025-0001#OUT-1`
    #[arg(value_name = "RECORD")]
    record: String,
    /// What is to be, such as `outcome=delivered`; `+=` and `-=` change a list
    #[arg(value_name = "KEY=VALUE", required_unless_present = "unset")]
    settings: Vec<String>,
    /// Take a key out, with the lines that belong to it; may be repeated
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
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

/// What is said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Is,
    With,
    Without,
}

impl Sign {
    const fn text(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::With => "+=",
            Self::Without => "-=",
        }
    }
}

/// What the command line says of one key.
struct Said<'s> {
    key: &'s str,
    sign: Sign,
    texts: Vec<String>,
}

impl Set {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let desk = Desk::open(&self.path, now()?)?;
        let (id, element) = match self.record.split_once('#') {
            Some((id, element)) => (id, Some(element)),
            None => (self.record.as_str(), None),
        };
        let found = Found::open(&desk, file_of(&desk, None, id)?)?;
        let node = match element {
            Some(name) => element_of(&found.record, id, name)?,
            None => found.record.root(),
        };
        let settings = self.read(&desk, &found.record, node)?;
        let edited = set(&found.record, node, &settings).map_err(|error| {
            let failure = Failure::usage(tamed(&format!("nothing was written; {error}")));
            match error.help() {
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
        let done = told(&settings);
        rewrite.write(&text, |file| format!("{done} of {} in {file}", self.record))?;
        Ok(ExitCode::from(CLEAN))
    }

    /// What becomes of each key; what goes comes last.
    fn read(
        &self,
        desk: &Desk,
        record: &Record,
        node: NodeRef<'_>,
    ) -> Result<Vec<Setting>, Failure> {
        let mut settings = Vec::new();
        for said in self.said()? {
            let setting = self.setting(desk, record, node, &said)?;
            refuse_kind(record, node, &setting)?;
            settings.push(setting);
        }
        settings.sort_by_key(|it| matches!(it.wanted, Wanted::Without(_)));
        for key in &self.unset {
            let keys = keys_of(key.trim());
            if let Some(inside) = settings.iter().find(|it| it.keys.starts_with(&keys)) {
                let (key, inside) = (tamed(key), tamed(&inside.keys.join(".")));
                return Err(Failure::usage(match inside == key {
                    true => format!("`{key}` is set and taken out"),
                    false => format!("`{inside}` is set, and `{key}` above it is taken out"),
                })
                .hint("say one of the two"));
            }
            let setting = Setting {
                keys,
                wanted: Wanted::Nothing,
            };
            refuse_kind(record, node, &setting)?;
            // A key that the schema does not know may be there all the same, and has to go then.
            if !is_there(node, &setting.keys) {
                field(record.kind, node, &setting.keys)
                    .map_err(|it| no_key(&it, record, &self.record))?;
            }
            settings.push(setting);
        }
        Ok(settings)
    }

    /// What is said of each key, all that is said with the same sign together.
    fn said(&self) -> Result<Vec<Said<'_>>, Failure> {
        let mut said: Vec<Said<'_>> = Vec::new();
        for setting in &self.settings {
            let Some((key, text)) = setting.split_once('=') else {
                return Err(
                    Failure::usage(format!("`{}` says no value", tamed(setting)))
                        .hint("write KEY=VALUE, such as `status=done`"),
                );
            };
            let signs = [('+', Sign::With), ('-', Sign::Without)];
            let signed = signs
                .into_iter()
                .find_map(|(mark, sign)| Some((key.strip_suffix(mark)?, sign)));
            let (key, sign) = signed.unwrap_or((key, Sign::Is));
            let key = key.trim();
            match said.iter_mut().find(|it| it.key == key && it.sign == sign) {
                Some(it) => it.texts.push(text.to_owned()),
                None => said.push(Said {
                    key,
                    sign,
                    texts: vec![text.to_owned()],
                }),
            }
        }
        for it in said.iter().filter(|it| it.sign == Sign::Is) {
            if said
                .iter()
                .any(|other| other.key == it.key && other.sign != Sign::Is)
            {
                let key = tamed(it.key);
                return Err(
                    Failure::usage(format!("`{key}` is set and changed")).hint(format!(
                        "write `{key}=` for the whole list, or `{key}+=` and `{key}-=`"
                    )),
                );
            }
        }
        Ok(said)
    }

    fn setting(
        &self,
        desk: &Desk,
        record: &Record,
        node: NodeRef<'_>,
        said: &Said<'_>,
    ) -> Result<Setting, Failure> {
        let keys = keys_of(said.key);
        let field =
            field(record.kind, node, &keys).map_err(|it| no_key(&it, record, &self.record))?;
        let (key, sign) = (tamed(said.key), said.sign.text());
        if !field.is_many && said.sign != Sign::Is {
            return Err(Failure::usage(format!("`{key}` holds one value, no list"))
                .hint(format!("write `{key}=…`")));
        }
        if said.texts.len() > 1 && !field.is_many {
            return Err(Failure::usage(format!("`{key}` is given twice")).hint("say it once"));
        }
        let value = field.value(&said.texts).map_err(Failure::usage)?;
        if is_empty(&value) {
            return Err(
                Failure::usage(format!("`{key}` has no value")).hint(format!(
                    "write one behind `{key}{sign}`, or `--unset {key}` to take the key out"
                )),
            );
        }
        let wanted = wanted(said.sign, &field, value, &desk.now_text());
        Ok(Setting { keys, wanted })
    }
}

fn keys_of(key: &str) -> Vec<String> {
    key.split('.').map(str::to_owned).collect()
}

fn wanted(sign: Sign, field: &Field, value: Value, now: &str) -> Wanted {
    let once = |values: Vec<Value>| {
        let mut each = Vec::new();
        for value in values {
            if !each.contains(&value) {
                each.push(value);
            }
        }
        each
    };
    match (sign, field.at_once(value, now)) {
        (Sign::With, Value::Array(values)) => Wanted::With(once(values)),
        (Sign::Without, Value::Array(values)) => Wanted::Without(values),
        (_, value) => Wanted::Value(value),
    }
}

/// What was done, in the order of doing.
fn told(settings: &[Setting]) -> String {
    let of = |is_meant: fn(&Wanted) -> bool| {
        let meant = settings.iter().filter(|it| is_meant(&it.wanted));
        let keys: BTreeSet<String> = meant.map(|it| it.keys.join(".")).collect();
        match keys.len() {
            0 => None,
            1..=MOST_KEYS => Some(keys.into_iter().collect::<Vec<_>>().join(", ")),
            many => Some(format!("{many} keys")),
        }
    };
    let set = of(|it| *it != Wanted::Nothing).map(|keys| format!("set {keys}"));
    let gone = of(|it| *it == Wanted::Nothing).map(|keys| format!("took out {keys}"));
    let both: Vec<String> = set.into_iter().chain(gone).collect();
    both.join(" and ")
}

fn is_there(node: NodeRef<'_>, keys: &[String]) -> bool {
    let there = keys.iter().try_fold(node, |node, key| node.get(key));
    there.is_some()
}

/// A record of another kind is another record.
fn refuse_kind(record: &Record, node: NodeRef<'_>, setting: &Setting) -> Result<(), Failure> {
    let name = record.kind.name();
    let is_kind = node.parent().is_none() && setting.keys == ["kind"];
    if !is_kind || setting.wanted == Wanted::Value(name.into()) {
        return Ok(());
    }
    Err(
        Failure::usage("nothing was written; the `kind` of a record stays what it is")
            .hint("`probity new` writes a record of another kind"),
    )
}

/// The element that a name or a place leads to.
fn element_of<'r>(record: &'r Record, id: &str, name: &str) -> Result<NodeRef<'r>, Failure> {
    if !name.starts_with('/') {
        return record.element(name).ok_or_else(|| no_element(record, name));
    }
    let (id, name) = (tamed(id), tamed(name));
    let node = record.root().at_pointer(&name).ok_or_else(|| {
        Failure::usage(format!("`{id}` has nothing at `{name}`"))
            .hint("write the keys and the places in lists, counted from 0, such as `/timeline/1`")
    })?;
    match node.kind() {
        Kind::Map => Ok(node),
        Kind::List => Err(Failure::usage(format!("`{name}` is a list"))
            .hint(format!("name an element of it, such as `{id}#{name}/0`"))),
        _ => {
            let (above, key) = name.rsplit_once('/').unwrap_or_default();
            let holder = match above {
                "" => id,
                above => format!("{id}#{above}"),
            };
            Err(
                Failure::usage(format!("`{name}` is a single value")).hint(format!(
                    "name what holds it: `probity set '{holder}' {key}=…`"
                )),
            )
        }
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
        None if ids.is_empty() => failure
            .hint("it has no elements with ids; name one by its place, such as `/timeline/1`"),
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
                "name the element behind a `#`, such as `{id}#OUT-1` or `{id}#/timeline/1`"
            )))
        }
    }
}

/// What is of a wrong shape or refers to nothing, and did not before, in the words of the check.
fn misfits(
    desk: &Desk,
    found: &Found,
    node: NodeRef<'_>,
    settings: &[Setting],
    text: &str,
) -> Result<(), Failure> {
    let (registry, index) = (desk.registry(), desk.index());
    let faults = |text: &str| answer_faults(&found.file, text, registry, index, desk.as_of());
    let before = faults(found.record.tree.source());
    let is_new = |it: &AnswerFault| !before.contains(it);
    let after: Vec<AnswerFault> = faults(text).into_iter().filter(is_new).collect();
    let above = node.pointer();
    let mut rows = Vec::new();
    let set = settings
        .iter()
        .filter(|it| matches!(it.wanted, Wanted::Value(_) | Wanted::With(_)));
    for Setting { keys, .. } in set {
        let place = format!("{above}/{}", keys.join("/"));
        for fault in after.iter().filter(|it| is_below(&it.pointer, &place)) {
            let told = with_help(&fault.message, fault.help.as_deref());
            rows.push(format!("{}  {told}", tamed(&keys.join("."))));
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
