//! What a new record is held against: the names, ids and packages that are there, and what a check
//! says with the new record among them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use probity::author::form::{
    Answer, AnswerFault, Answers, Ask, Field, Form, answer_faults, next_record,
};
use probity::clock::{Instant, at_second};
use probity::document::Limits;
use probity::engine::{Changes, Request, Watch};
use probity::finding::{Duty, Finding, Severity};
use probity::output::tamed;
use probity::record::{
    Reading, RecordIndex, RecordKind, Referent, Registry, Vocabulary, layout, read_record,
};
use serde_json::Value;

use super::super::error::Failure;
use super::super::terminal::watched;
use super::is_below;

/// The repository as it is.
pub(in crate::cli) struct Desk {
    path: PathBuf,
    watch: Watch,
    /// The fingerprints of what is found without the new record.
    known: BTreeSet<String>,
    /// The same as it is told: a record that is named anew has other fingerprints.
    told: BTreeSet<String>,
    folder: PathBuf,
}

/// A record that is not written yet.
#[derive(Debug)]
pub(in crate::cli) struct Draft {
    /// Its path below the root of the records.
    pub(in crate::cli) file: String,
    pub(in crate::cli) text: String,
    pub(in crate::cli) value: Value,
}

/// What a check says because of a new record.
#[derive(Debug)]
pub(in crate::cli) struct Effect {
    /// Its path as reported.
    pub(in crate::cli) file: String,
    pub(in crate::cli) findings: Vec<Finding>,
    /// What is due of it.
    pub(in crate::cli) duties: Vec<Duty>,
}

impl Desk {
    pub(in crate::cli) fn open(path: &Path, as_of: Instant) -> Result<Self, Failure> {
        let request = Request::new(path, as_of);
        let (outcome, watch) = watched(|bar| Watch::begin(&request, Changes::new(), bar))?;
        if watch.records().next().is_none() {
            let shown = tamed(&path.display().to_string());
            return Err(Failure::usage(format!("there are no records in `{shown}`")).hint(
                "`probity init` writes a repository to begin with; `--path` names another folder",
            ));
        }
        let folder = watch.folder().unwrap_or_else(|| path.to_owned());
        let told = outcome.findings.iter().map(as_told).collect();
        Ok(Self {
            told,
            path: path.to_owned(),
            known: outcome
                .findings
                .into_iter()
                .map(|it| it.fingerprint)
                .collect(),
            watch,
            folder,
        })
    }

    pub(in crate::cli) fn as_of(&self) -> Instant {
        self.watch.as_of()
    }

    /// The registries.
    pub(in crate::cli) fn registry(&self) -> &Registry {
        self.watch.registry()
    }

    /// All records.
    pub(in crate::cli) fn index(&self) -> &RecordIndex {
        self.watch.index()
    }

    /// The ids of a kind, each with its path below the root of the records.
    pub(in crate::cli) fn files(&self, kind: RecordKind) -> Vec<(String, String)> {
        let prefix = self.watch.prefix();
        let records = self.watch.records().filter(|(it, _, _)| *it == kind);
        let below = |path: &'_ str| path.strip_prefix(prefix).unwrap_or(path).to_owned();
        records
            .map(|(_, id, path)| (id.to_owned(), below(path)))
            .collect()
    }

    /// This instant as it is written in records.
    pub(in crate::cli) fn now_text(&self) -> String {
        let now = self.as_of();
        at_second(now.as_second()).unwrap_or(now).to_string()
    }

    /// What is wrong with answers.
    pub(in crate::cli) fn faults(
        &self,
        form: &Form,
        id: Option<&str>,
        answers: &Answers,
    ) -> Vec<AnswerFault> {
        let text = probity::author::record_yaml(&form.value(id, answers));
        // The place of a record says which id it has; without one there is nothing to contradict.
        let file = "new.yaml";
        let (registry, index) = (self.watch.registry(), self.watch.index());
        answer_faults(file, &text, registry, index, self.as_of())
    }

    /// The names to choose from, where an answer is one.
    pub(in crate::cli) fn choices(&self, field: &Field) -> Vec<String> {
        match &field.answer {
            Answer::Name(referent) => self.names(referent),
            _ => Vec::new(),
        }
    }

    /// The names that may stand where the schema refers to something.
    pub(in crate::cli) fn names(&self, referent: &str) -> Vec<String> {
        let registry = self.watch.registry();
        let all = |vocabulary| registry.names(vocabulary).map(str::to_owned).collect();
        let mut names: Vec<String> = match Referent::parse(referent) {
            Some(Referent::Name(Vocabulary::Severity)) => self.severities(),
            Some(Referent::Name(vocabulary)) => all(vocabulary),
            Some(Referent::PersonOrRole) => all(Vocabulary::Person),
            Some(Referent::PartyOrInternal) => all(Vocabulary::Record(RecordKind::ThirdParty)),
            Some(Referent::Record(kind)) => self.taken(kind, None),
            _ => Vec::new(),
        };
        if Referent::parse(referent) == Some(Referent::PartyOrInternal) {
            names.push("internal".to_owned());
        }
        names
    }

    /// The severities of the programme, highest first.
    fn severities(&self) -> Vec<String> {
        let programs = self.watch.registry().of_kind(RecordKind::Program);
        let severities = programs.flat_map(|it| it.root().list_of("severities"));
        severities.map(|it| it.scalar_text().to_owned()).collect()
    }

    /// The ids of a kind that are in use, read from records and from the names of their files.
    fn taken(&self, kind: RecordKind, incident: Option<&str>) -> Vec<String> {
        let prefix = self.watch.prefix();
        let below = |path: &'_ str| path.strip_prefix(prefix).unwrap_or(path).to_owned();
        let is_here = |path: &str| {
            incident.is_none_or(|incident| layout::incident_folder(&below(path)) == Some(incident))
        };
        let records = self.watch.records();
        let read = records
            .filter(|(it, _, path)| *it == kind && is_here(path))
            .map(|(_, id, _)| id.to_owned());
        let listed = (0..).map_while(|file| self.watch.path(file));
        let promised = listed.filter(|path| is_here(path)).filter_map(|path| {
            let path = below(path);
            let promise = layout::promise(&path)?;
            (promise.kind == kind).then(|| promise.id.map(str::to_owned))?
        });
        let all: BTreeSet<String> = read.chain(promised).collect();
        all.into_iter().collect()
    }

    fn taken_beside(&self, form: &Form, answers: &Answers) -> Vec<String> {
        let incident = answers.get("incident").and_then(Value::as_str);
        let incident = incident.filter(|_| form.kind == RecordKind::Package);
        self.taken(form.kind, incident)
    }

    /// Why an id cannot be.
    pub(in crate::cli) fn refuses(
        &self,
        form: &Form,
        id: &str,
        answers: &Answers,
    ) -> Option<String> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !id.chars().all(is_plain) || !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Some(format!(
                "`{id}` cannot name a file: write letters, digits and hyphens only"
            ));
        }
        let file = file_of(form, id, answers);
        let is_taken = self.taken_beside(form, answers).iter().any(|it| it == id);
        (is_taken || self.is_used(&file)).then(|| format!("`{id}` is taken"))
    }

    /// Whether the place of a record is used, if only by a folder.
    fn is_used(&self, file: &str) -> bool {
        let path = self.on_disk(file);
        let own = path.parent().filter(|_| file.ends_with("/incident.yaml"));
        path.symlink_metadata().is_ok() || own.is_some_and(|it| it.symlink_metadata().is_ok())
    }

    /// The next free id.
    pub(in crate::cli) fn next_id(&self, form: &Form, answers: &Answers) -> Option<String> {
        let now = self.now_text();
        let year = now.split('-').next().unwrap_or_default();
        let mut taken = self.taken_beside(form, answers);
        loop {
            let id = next_record(&form.numbered, year, taken.iter().map(String::as_str))?;
            if !self.is_used(&file_of(form, &id, answers)) {
                return Some(id);
            }
            taken.push(id);
        }
    }

    /// What follows from the answers: the version of a package, and which one it replaces.
    pub(in crate::cli) fn work_out(&self, form: &Form, answers: &mut Answers) {
        if form.kind != RecordKind::Package {
            return;
        }
        let incident = answers.get("incident").and_then(Value::as_str);
        let (Some(incident), Some(audience)) = (incident, answers.get("audience")) else {
            return;
        };
        let audience = words(audience);
        let packages = self.watch.records().filter(|(kind, _, path)| {
            let below = path.strip_prefix(self.watch.prefix()).unwrap_or(path);
            *kind == RecordKind::Package && layout::incident_folder(below) == Some(incident)
        });
        let last = packages
            .filter_map(|(_, id, path)| {
                let bytes = self.watch.text(path)?.into_bytes();
                let Reading::Record(record) = read_record(path, bytes, &Limits::default()) else {
                    return None;
                };
                let package: Value = record.root().read().ok()?;
                let version = package.get("version")?.as_i64()?;
                let is_same = words(package.get("audience")?) == audience;
                is_same.then(|| (version, id.to_owned()))
            })
            .max();
        let version = last.as_ref().map_or(0, |it| it.0) + 1;
        answers.insert("version".to_owned(), version.into());
        if let Some((_, id)) = last {
            answers.insert("supersedes".to_owned(), id.into());
        }
    }

    /// The record as it would be written.
    pub(in crate::cli) fn draft(&self, form: &Form, id: &str, answers: &Answers) -> Draft {
        let file = file_of(form, id, answers);
        let schema = format!(".probity/{}.json", form.kind.name());
        let up = "../".repeat(file.matches('/').count());
        let has_schema = self.folder.join(&schema).is_file();
        let schema = has_schema.then(|| format!("{up}{schema}"));
        let text = form.text(id, answers, schema.as_deref());
        let value = form.value(Some(id), answers);
        Draft { file, text, value }
    }

    /// Where a file below the root of the records lies on disk.
    pub(in crate::cli) fn on_disk(&self, file: &str) -> PathBuf {
        match self.folder.as_path() {
            folder if folder == Path::new(".") => PathBuf::from(file),
            folder => folder.join(file),
        }
    }

    /// Whether git does not know what lies at a path, as a record names it, though it is there.
    pub(in crate::cli) fn is_untracked(&self, record: &str, path: &str) -> bool {
        let folder = record.rsplit_once('/').map_or("", |it| it.0);
        let prefix = self.watch.prefix();
        self.watch.is_untracked(&format!("{prefix}{folder}/{path}"))
    }

    /// What a check says with this text in a file below the root of the records.
    pub(in crate::cli) fn effect(&self, file: &str, text: &str) -> Result<Effect, Failure> {
        let request = Request {
            wants_duties: true,
            ..Request::new(&self.path, self.as_of())
        };
        let file = format!("{}{file}", self.watch.prefix());
        let text = text.as_bytes().to_vec();
        let changes = Changes::from([(file.clone(), Some(text))]);
        let (outcome, _) = watched(|bar| Watch::begin(&request, changes, bar))?;
        let is_new = |it: &Finding| {
            !self.known.contains(&it.fingerprint) && !self.told.contains(&as_told(it))
        };
        let is_due = |it: &Duty| it.file == file && it.clock.state.is_pending();
        Ok(Effect {
            findings: outcome.findings.into_iter().filter(is_new).collect(),
            duties: outcome.duties.into_iter().filter(is_due).collect(),
            file,
        })
    }
}

impl Effect {
    /// Errors about a value that was given: not about what is still to come, and not about what a
    /// name leads to, since that may change.
    pub(in crate::cli) fn contradictions(
        &self,
        form: &Form,
        answers: &Answers,
        draft: &Draft,
    ) -> Vec<String> {
        let is_value_of_its_own = |ask: &&Ask| {
            let field = form.field(ask);
            answers.contains_key(ask.path)
                && field.is_some_and(|it| !matches!(it.answer, Answer::Name(_)))
        };
        let asks = form.asks.iter().filter(is_value_of_its_own);
        let pointers: Vec<String> = asks.map(Ask::pointer).collect();
        let is_value = |pointer: &str| {
            let value = draft.value.pointer(pointer);
            value.is_some_and(|it| !it.is_object() && !it.is_array())
        };
        let is_said = |it: &&Finding| {
            let pointer = &it.location.pointer;
            it.location.file == self.file
                && is_value(pointer)
                && pointers.iter().any(|said| is_below(pointer, said))
        };
        let errors = self.findings.iter();
        let errors = errors.filter(|it| it.severity == Severity::Error);
        errors
            .filter(is_said)
            .map(|it| tamed(&it.message))
            .collect()
    }
}

/// Where something is found, and what.
fn as_told(it: &Finding) -> String {
    let (file, pointer) = (&it.location.file, &it.location.pointer);
    format!("{file}\n{pointer}\n{}\n{}", it.rule, it.message)
}

fn file_of(form: &Form, id: &str, answers: &Answers) -> String {
    let incident = answers.get("incident").and_then(Value::as_str);
    let layout = form.kind.layout().replace("<id>", id);
    layout.replace("<incident>", incident.unwrap_or_default())
}

fn words(value: &Value) -> BTreeSet<&str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}
