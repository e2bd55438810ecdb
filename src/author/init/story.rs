//! From the strands of a script to commits in the order of time.

use std::collections::{BTreeMap, BTreeSet};

use super::script::{Change, Step, Strand, read};
use super::stages::stages;
use crate::clock::Instant;
use crate::document::{Limits, parse};

/// Where names and addresses of authors stand.
const PEOPLE: &str = "registry/people.yaml";

/// The commits of a repository, each after its parents.
#[derive(Debug)]
pub(super) struct Story {
    /// In the order in which they are made.
    pub(super) commits: Vec<Commit>,
}

/// A commit. The files of its tree are those of its first parent, with `files` on top.
#[derive(Debug)]
pub(super) struct Commit {
    /// Positions among the commits.
    pub(super) parents: Vec<usize>,
    /// When.
    pub(super) at: Instant,
    /// Name of author and committer.
    pub(super) name: String,
    /// Address of author and committer.
    pub(super) email: String,
    /// The message.
    pub(super) message: String,
    /// Path and content of what differs.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

/// A step on its way to a commit.
struct Event<'s> {
    step: &'s Step,
    /// The strand, if it is made beside the main line.
    branch: Option<usize>,
    is_merge: bool,
}

impl Story {
    /// Tells a script about these files, which are the last version of each.
    pub(super) fn of(script: &str, files: &[(&str, &[u8])]) -> Result<Self, String> {
        let strands = read(script)?;
        let mut events = Vec::new();
        for (number, strand) in strands.iter().enumerate() {
            let branch = strand.merge.is_some().then_some(number);
            let event = |step, is_merge| Event {
                step,
                branch,
                is_merge,
            };
            events.extend(strand.steps.iter().map(|step| event(step, false)));
            events.extend(strand.merge.iter().map(|step| event(step, true)));
        }
        events.sort_by_key(|event| event.step.at);
        for (number, strand) in strands.iter().enumerate() {
            undisturbed(number, strand, &events)?;
        }
        let contents = contents(&events, files)?;
        let people = people(files)?;
        let mut teller = Teller::default();
        for (event, files) in events.iter().zip(contents) {
            let (name, email) = people
                .get(&event.step.by)
                .ok_or_else(|| format!("`{}` has no name or address", event.step.by))?;
            teller.tell(event, (name.clone(), email.clone()), files);
        }
        Ok(Self {
            commits: teller.commits,
        })
    }

    /// How many people wrote it.
    pub(super) fn authors(&self) -> usize {
        let authors: BTreeSet<&str> = self.commits.iter().map(|it| it.email.as_str()).collect();
        authors.len()
    }
}

/// What a branch changes is not changed beside it, so that its merge has nothing to decide.
fn undisturbed(number: usize, strand: &Strand, events: &[Event<'_>]) -> Result<(), String> {
    let (Some(merge), Some(first)) = (&strand.merge, strand.steps.first()) else {
        return Ok(());
    };
    let changes = |step: &Step| -> BTreeSet<String> {
        step.changes
            .iter()
            .map(|change| change.file.clone())
            .collect()
    };
    let mine: BTreeSet<String> = strand.steps.iter().flat_map(changes).collect();
    let beside = events.iter().filter(|event| {
        event.branch != Some(number) && event.step.at >= first.at && event.step.at <= merge.at
    });
    match beside
        .flat_map(|event| changes(event.step))
        .find(|file| mine.contains(file))
    {
        Some(file) => Err(format!("`{file}` is changed on a branch and beside it")),
        None => Ok(()),
    }
}

/// For each event the files it changes, as they stand after it.
fn contents(
    events: &[Event<'_>],
    files: &[(&str, &[u8])],
) -> Result<Vec<BTreeMap<String, Vec<u8>>>, String> {
    let mut changes: BTreeMap<&str, Vec<(usize, &Change)>> = BTreeMap::new();
    for (number, event) in events.iter().enumerate() {
        for change in &event.step.changes {
            changes
                .entry(&change.file)
                .or_default()
                .push((number, change));
        }
    }
    let mut contents = vec![BTreeMap::new(); events.len()];
    for (path, text) in files {
        let named = changes
            .remove(path)
            .ok_or_else(|| format!("no commit brings `{path}`"))?;
        let only: Vec<&Change> = named.iter().map(|(_, change)| *change).collect();
        let versions = stages(text, &only).map_err(|error| format!("`{path}`: {error}"))?;
        for ((number, _), version) in named.iter().zip(versions) {
            contents[*number].insert((*path).to_owned(), version);
        }
    }
    match changes.keys().next() {
        Some(path) => Err(format!("there is no file `{path}`")),
        None => Ok(contents),
    }
}

/// Name and first address of each person.
fn people(files: &[(&str, &[u8])]) -> Result<BTreeMap<String, (String, String)>, String> {
    let registry = files.iter().find(|(path, _)| *path == PEOPLE);
    let text = registry.map_or(&[][..], |(_, text)| text);
    let text = String::from_utf8_lossy(text).into_owned();
    let tree = parse(text.into(), &Limits::default()).map_err(|error| error.to_string())?;
    let people = tree
        .root()
        .into_iter()
        .flat_map(|root| root.list_of("people"));
    Ok(people
        .filter_map(|person| {
            let email = person.list_of("git").next()?.scalar_text().to_owned();
            let name = person.text_of("name").to_owned();
            Some((person.text_of("id").to_owned(), (name, email)))
        })
        .collect())
}

/// Puts commits one behind the other.
#[derive(Default)]
struct Teller {
    commits: Vec<Commit>,
    /// The last commit of the main line.
    main: Option<usize>,
    /// Of each branch the last commit, and what it changed so far.
    branches: BTreeMap<usize, (usize, BTreeMap<String, Vec<u8>>)>,
}

impl Teller {
    fn tell(
        &mut self,
        event: &Event<'_>,
        (name, email): (String, String),
        mut files: BTreeMap<String, Vec<u8>>,
    ) {
        let number = self.commits.len();
        let branch = event.branch.and_then(|it| self.branches.get_mut(&it));
        let mut parents = Vec::new();
        match (event.is_merge, branch) {
            (true, Some((tip, changed))) => {
                parents.extend(self.main);
                parents.push(*tip);
                files.append(changed);
            }
            (false, Some((tip, changed))) => {
                parents.push(*tip);
                *tip = number;
                changed.extend(files.clone());
            }
            (_, None) => parents.extend(self.main),
        }
        match event.branch.filter(|_| !event.is_merge) {
            Some(branch) => {
                self.branches
                    .entry(branch)
                    .or_insert_with(|| (number, files.clone()));
            }
            None => self.main = Some(number),
        }
        self.commits.push(Commit {
            parents,
            at: event.step.at,
            name,
            email,
            message: event.step.message.clone(),
            files,
        });
    }
}
