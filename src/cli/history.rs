//! `probity history`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use probity::clock::{Instant, Period};
use probity::document::{Limits, NodeRef, path_of};
use probity::engine::Veil;
use probity::output::{render_json, tamed_line};
use probity::provenance::{Change, Commits, Entry, History as Told, Identities, Story, journal};
use probity::record::{Reading, Record, RecordKind, Registry, read_record};
use probity::report;
use probity::source::Source;
use serde::Serialize;

use super::error::{CLEAN, Failure, with_causes};
use super::terminal::print;

/// Characters of a value that are shown to people.
const SHOWN: usize = 70;

#[derive(Debug, Args)]
pub(crate) struct History {
    /// A record, such as INC-2025-0003, or RECORD#ELEMENT; without it the registries
    record: Option<String>,

    /// Only what stands here, such as `status` or `outbound[OUT-1]`
    place: Option<String>,

    /// Folder of the records
    #[arg(long, value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// The revision to look back from, instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// Only commits of a period, such as 2025-Q2, 2025-06 or 2025-01-01/2025-03-31
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    period: Option<Period>,

    /// Format on standard output
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    format: FormatName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// For people
    Human,
    /// For machines
    Json,
    /// A table for a ticket or a report
    Markdown,
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).map_err(|error| error.to_string())
}

/// The history of some records.
#[derive(Debug, Serialize)]
struct Chapter {
    /// Kind and id.
    kind: &'static str,
    id: String,
    /// The file, from the root of the records.
    file: String,
    commits: Vec<Witness>,
}

/// What one commit did.
#[derive(Debug, Serialize)]
struct Witness {
    /// Its id; null for what is not committed.
    commit: Option<String>,
    /// When it was committed, by the clock of the committer.
    at: Option<String>,
    /// The person who wrote it, or the identity that it bears.
    by: Option<String>,
    /// What the commit proves about author and time.
    proof: String,
    /// `created`, `changed` or `removed`.
    what: &'static str,
    changes: Vec<Deed>,
}

/// One change.
#[derive(Debug, Serialize)]
struct Deed {
    path: String,
    /// `added`, `removed` or `changed`.
    what: &'static str,
    from: Option<String>,
    to: Option<String>,
}

impl History {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let source = Source::open(&self.path, self.rev.as_deref()).map_err(|error| {
            let failure = Failure::usage(with_causes(&error));
            match error.hint() {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        })?;
        let commits = Commits::of(&source)
            .map_err(|error| Failure::machine(with_causes(&error)).hint(error.hint()))?;
        let told = Told::new(&source, &commits, Limits::default());
        let records = records(&source)?;
        let registry = Registry::new(registries(&records), []);
        let identities = Identities::new(&registry);
        let teller = Teller {
            told,
            identities,
            veil: Veil::new(&registry),
            period: self.period,
        };
        let mut chapters = Vec::new();
        match &self.record {
            Some(asked) => {
                let (id, element) = match asked.split_once('#') {
                    Some((id, element)) => (id, Some(element)),
                    None => (asked.as_str(), None),
                };
                let found: Vec<_> = records.iter().filter(|(_, it)| it.id == id).collect();
                if found.is_empty() {
                    let failure = Failure::usage(format!("there is no record `{id}`"));
                    return Err(failure.hint("see the ids there are: `probity check`"));
                }
                for (file, record) in found {
                    let below = self.below(record, element)?;
                    chapters.push(teller.chapter(file, record, below.as_deref())?);
                }
            }
            None => {
                for (file, record) in records.iter().filter(|(_, it)| is_register(it.kind)) {
                    chapters.push(teller.chapter(file, record, None)?);
                }
            }
        }
        print(&match self.format {
            FormatName::Human => human(&chapters),
            FormatName::Json => render_json(&chapters),
            FormatName::Markdown => markdown(&chapters),
        })?;
        Ok(ExitCode::from(CLEAN))
    }

    /// The path of what was asked for, as changes name it.
    fn below(&self, record: &Record, element: Option<&str>) -> Result<Option<String>, Failure> {
        let identity = |list: NodeRef<'_>| record.kind.identity(list);
        if let Some(element) = element {
            let node = record.element(element).ok_or_else(|| {
                Failure::usage(format!("`{}` has no element `{element}`", record.id))
            })?;
            return Ok(Some(path_of(node, &identity).to_string()));
        }
        Ok(self.place.clone())
    }
}

/// Registries and what governs them: whose changes are worth a log of their own.
fn is_register(kind: RecordKind) -> bool {
    kind.is_registry()
        && !matches!(
            kind,
            RecordKind::Exercise | RecordKind::HealthCheck | RecordKind::Exception
        )
}

/// The records of a source, by their paths from the record root.
fn records(source: &Source) -> Result<Vec<(String, Record)>, Failure> {
    let fault = |error: probity::source::ReadError| Failure::machine(with_causes(&error));
    let limits = Limits::default();
    let mut records = Vec::new();
    for file in source.list().map_err(fault)?.files {
        let path = file.path.strip_prefix(source.prefix());
        let path = path.unwrap_or(&file.path);
        // What cannot be read is for the check to tell.
        let Ok(bytes) = source.read(&file, limits.bytes) else {
            continue;
        };
        if let Reading::Record(record) = read_record(path, bytes, &limits) {
            records.push((path.to_owned(), record));
        }
    }
    Ok(records)
}

/// The registers, read again: a registry holds its records.
fn registries(records: &[(String, Record)]) -> Vec<(Arc<str>, Record)> {
    let wanted = records
        .iter()
        .filter(|(_, record)| is_register(record.kind));
    let again = wanted.filter_map(|(file, record)| {
        let bytes = record.tree.source().as_bytes().to_vec();
        match read_record(file, bytes, &Limits::default()) {
            Reading::Record(record) => Some((Arc::from(file.as_str()), record)),
            _ => None,
        }
    });
    again.collect()
}

/// What the commits say about some records, each with its path from the record root, for a report;
/// or why nobody can tell.
pub(super) fn chapters_of(
    source: &Source,
    registry: &Registry,
    records: &[(&str, &Record)],
    period: Option<Period>,
) -> Result<Vec<report::Chapter>, String> {
    let commits = Commits::of(source).map_err(|error| with_causes(&error))?;
    let teller = Teller {
        told: Told::new(source, &commits, Limits::default()),
        identities: Identities::new(registry),
        veil: Veil::new(registry),
        period,
    };
    let told = records.iter().map(|(file, record)| {
        let chapter = teller.chapter(file, record, None);
        let chapter = chapter.map_err(|failure| failure.message().to_owned())?;
        Ok(for_report(chapter, source.prefix()))
    });
    told.collect()
}

fn for_report(chapter: Chapter, prefix: &str) -> report::Chapter {
    let commits = chapter.commits.into_iter().map(|it| report::Witness {
        changes: it.changes.iter().map(in_words).collect(),
        commit: it.commit,
        at: it.at,
        by: it.by,
        proof: it.proof,
        what: it.what.to_owned(),
    });
    report::Chapter {
        id: chapter.id,
        file: format!("{prefix}{}", chapter.file),
        commits: commits.collect(),
    }
}

struct Teller<'t> {
    told: Told<'t>,
    identities: Identities<'t>,
    veil: Veil,
    period: Option<Period>,
}

impl Teller<'_> {
    /// The history of a record, without commits if nothing of it was asked for.
    fn chapter(
        &self,
        file: &str,
        record: &Record,
        below: Option<&str>,
    ) -> Result<Chapter, Failure> {
        let story: Story = self
            .told
            .whole_story(file, record)
            .map_err(|error| Failure::machine(with_causes(&error)))?;
        let shown = |record: &Record, node: NodeRef<'_>| self.veil.value(record, node);
        let entries = journal(&story, record, &shown).into_iter();
        let commits = entries.filter_map(|it| self.entry(it, below)).collect();
        Ok(Chapter {
            kind: record.kind.name(),
            id: record.id.clone(),
            file: file.to_owned(),
            commits,
        })
    }

    fn entry(&self, mut entry: Entry, below: Option<&str>) -> Option<Witness> {
        let commit = entry.commit.map(|it| &self.told.commits()[it]);
        let at = commit.map(|it| Instant::from_second(it.committer.seconds));
        if let Some(period) = &self.period {
            let at = at.as_ref()?.as_ref().ok()?;
            period.contains(*at).then_some(())?;
        }
        if let Some(below) = below {
            // What came or went with the list or map around it came or went as well.
            entry
                .changes
                .retain(|it| is_below(&it.path, below) || is_below(below, &it.path));
            if entry.changes.is_empty() && !entry.is_new && !entry.is_end {
                return None;
            }
        }
        let what = match (entry.is_new, entry.is_end) {
            (true, _) => "created",
            (_, true) => "removed",
            _ => "changed",
        };
        Some(Witness {
            commit: commit.map(|it| it.id.clone()),
            at: at.map(|it| it.map_or_else(|_| "no time".to_owned(), |it| it.to_string())),
            by: entry.commit.map(|it| self.author(it)),
            proof: match entry.commit {
                Some(at) => self.told.grade(at, &self.identities).to_string(),
                None => "asserted in the files on disk, not committed".to_owned(),
            },
            what,
            changes: entry.changes.into_iter().map(|it| self.deed(it)).collect(),
        })
    }

    fn author(&self, commit: usize) -> String {
        let author = &self.told.commits()[commit].author;
        match self.told.author(commit, &self.identities) {
            Some(person) => person.to_owned(),
            None => format!("{} <{}>, not registered", author.name, author.email),
        }
    }

    fn deed(&self, change: Change) -> Deed {
        Deed {
            what: match (change.is_added, change.is_removed) {
                (true, _) => "added",
                (_, true) => "removed",
                _ => "changed",
            },
            // The path may name an element by its text.
            path: self.veil.text(&change.path),
            from: change.from,
            to: change.to,
        }
    }
}

/// Whether a path is, or leads below, another one.
fn is_below(path: &str, outer: &str) -> bool {
    let rest = path.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

const NOTE: &str =
    "Times are those of the committers' clocks: git proves content and order, not time.";

fn human(chapters: &[Chapter]) -> String {
    let mut text = String::new();
    for chapter in told_of(chapters) {
        let _ = writeln!(text, "{} {} ({})\n", chapter.kind, chapter.id, chapter.file);
        for entry in &chapter.commits {
            let (at, by) = (plain(entry.at.as_ref()), plain(entry.by.as_ref()));
            let commit = entry.commit.as_deref().and_then(|it| it.get(..10));
            let _ = match commit {
                Some(commit) => writeln!(text, "  {at}  {by}  ({commit}, {})", entry.proof),
                None => writeln!(text, "  now  ({})", entry.proof),
            };
            if entry.what != "changed" {
                let _ = writeln!(text, "      the record is {}", entry.what);
            }
            for change in &entry.changes {
                let _ = writeln!(text, "      {}", in_words(change));
            }
        }
        text.push('\n');
    }
    if let Some(unchanged) = unchanged(chapters) {
        let _ = writeln!(text, "{unchanged}\n");
    }
    let _ = writeln!(text, "{NOTE}");
    text
}

/// The chapters that tell something.
fn told_of(chapters: &[Chapter]) -> impl Iterator<Item = &Chapter> {
    chapters.iter().filter(|it| !it.commits.is_empty())
}

/// A sentence about the records that nobody changed, if there are any.
fn unchanged(chapters: &[Chapter]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for of_kind in chapters.chunk_by(|left, right| left.kind == right.kind) {
        let kind = of_kind.first().map_or("", |it| it.kind);
        let silent = of_kind.iter().filter(|it| it.commits.is_empty());
        let ids: Vec<String> = silent.map(|it| tamed_line(&it.id)).collect();
        if !ids.is_empty() {
            names.push(format!("{kind} {}", ids.join(", ")));
        }
    }
    match (names.as_slice(), chapters) {
        ([], [_, ..]) => None,
        (_, [] | [_]) => Some("Nothing was changed there.".to_owned()),
        (names, _) => Some(format!("Nobody changed {}.", names.join("; "))),
    }
}

fn in_words(change: &Deed) -> String {
    let path = tamed_line(&change.path);
    match (&change.from, &change.to) {
        (Some(from), Some(to)) => format!("{path}: {} -> {}", short(from), short(to)),
        (None, Some(to)) => format!("{path}: {} {}", change.what, short(to)),
        (Some(from), None) => format!("{path}: {} (was {})", change.what, short(from)),
        (None, None) => format!("{path}: {}", change.what),
    }
}

fn plain(text: Option<&String>) -> String {
    text.map(|it| tamed_line(it)).unwrap_or_default()
}

fn short(text: &str) -> String {
    let line = tamed_line(text);
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn markdown(chapters: &[Chapter]) -> String {
    let mut text = String::new();
    for chapter in told_of(chapters) {
        let _ = writeln!(text, "## {} {}\n", chapter.kind, cell(&chapter.id));
        text.push_str("| Time | By | Commit | What | Proof |\n|---|---|---|---|---|\n");
        for entry in &chapter.commits {
            let mut what: Vec<String> = entry.changes.iter().map(in_words).collect();
            if entry.what != "changed" {
                what.insert(0, format!("the record is {}", entry.what));
            }
            let commit = entry.commit.as_deref().and_then(|it| it.get(..10));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                cell(&plain(entry.at.as_ref())),
                cell(&plain(entry.by.as_ref())),
                commit.unwrap_or("not committed"),
                what.iter()
                    .map(|it| cell(it))
                    .collect::<Vec<_>>()
                    .join("<br>"),
                cell(&entry.proof),
            );
        }
        text.push('\n');
    }
    if let Some(unchanged) = unchanged(chapters) {
        let _ = writeln!(text, "{}\n", cell(&unchanged));
    }
    let _ = writeln!(text, "{NOTE}");
    text
}

/// A text that breaks neither the table nor the page.
fn cell(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' => {
                safe.push('\\');
                safe.push(c);
            }
            '\n' | '\r' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
