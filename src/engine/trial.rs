//! Tries the rules of packs: each test edits records of an example, checks it, and says whether
//! the finding appears where it must, and no other does.

mod staging;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::staging::Staging;
use super::{CheckError, Request, Silent, check_listed};
use crate::clock::{Instant, parse_as_of};
use crate::document::{Limits, NodeRef, Path};
use crate::finding::{Finding, Outcome};
use crate::policy::{shipped_packs, written_rules};
use crate::record::{Reading, Record, RecordKind, read_record};
use crate::source::Source;

/// What became of one test of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The pack.
    pub pack: String,
    /// The rule.
    pub rule: String,
    /// Which test of the rule, from 1; 0 for a rule without tests.
    pub number: usize,
    /// The file of the pack and the line of the test, from 1.
    pub place: (String, u32),
    /// What went wrong; `None` if the test passed.
    pub problem: Option<String>,
}

/// Which packs are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packs {
    /// Those of the repository.
    Own,
    /// Those that are part of the program.
    Shipped,
}

/// Tries the tests of rules on a repository. `is_meant` picks them by pack and rule.
///
/// # Errors
/// [`CheckError`] if the repository cannot be read.
pub fn try_rules(
    request: &Request<'_>,
    packs: Packs,
    is_meant: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Trial>, CheckError> {
    let ground = Ground::new(request)?;
    let packs: Vec<(Arc<str>, &Record)> = match packs {
        Packs::Shipped => shipped_packs()
            .iter()
            .map(|(file, record)| (Arc::clone(file), record))
            .collect(),
        Packs::Own => ground
            .records
            .iter()
            .filter(|(_, record)| record.kind == RecordKind::Policy)
            .map(|(file, record)| (file.as_str().into(), record))
            .collect(),
    };
    let mut tests: Vec<Planned<'_>> = Vec::new();
    for (file, pack) in packs {
        let rules = written_rules(pack);
        for rule in rules.filter(|rule| is_meant(&pack.id, rule.text_of("id"))) {
            let list = rule.get("tests").into_iter().flat_map(NodeRef::items);
            let before = tests.len();
            for (at, test) in list.enumerate() {
                tests.push((Arc::clone(&file), pack, rule, Some((at + 1, test))));
            }
            if tests.len() == before && rule.get("builtin").is_none() {
                tests.push((Arc::clone(&file), pack, rule, None));
            }
        }
    }
    let try_one = |(file, pack, rule, test): &Planned<'_>| {
        let name = rule.text_of("id");
        let at = test.map_or(*rule, |(_, node)| node);
        let line = crate::text::LineIndex::new(pack.tree.source())
            .locate(at.span().start)
            .line;
        Trial {
            pack: pack.id.clone(),
            rule: name.to_owned(),
            number: test.map_or(0, |(number, _)| number),
            place: (file.to_string(), line),
            problem: match test {
                Some((_, test)) => ground.try_one(name, *test).err(),
                None => Some("the rule has no test".to_owned()),
            },
        }
    };
    // Each check has a pool of its own, so that these threads are plain ones.
    let workers = request.threads.unwrap_or_else(rayon::current_num_threads);
    let share = tests.len().div_ceil(workers.max(1)).max(1);
    let trials = std::thread::scope(|scope| {
        let shares = tests.chunks(share);
        let running: Vec<_> = shares
            .map(|share| scope.spawn(|| share.iter().map(try_one).collect::<Vec<_>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_default())
            .collect()
    });
    Ok(trials)
}

/// A test with the pack and the rule that it stands in; a rule without tests is planned as well.
type Planned<'p> = (
    Arc<str>,
    &'p Record,
    NodeRef<'p>,
    Option<(usize, NodeRef<'p>)>,
);

/// The repository that tests edit.
struct Ground<'r> {
    request: &'r Request<'r>,
    /// Where the records begin, below the root of the repository.
    prefix: String,
    /// Every record by its path.
    records: BTreeMap<String, Record>,
    /// Findings of the repository as it is.
    before: BTreeSet<String>,
}

impl<'r> Ground<'r> {
    fn new(request: &'r Request<'r>) -> Result<Self, CheckError> {
        let source = Source::open(request.path, request.revision)?;
        let listing = source.list()?;
        let mut records = BTreeMap::new();
        for file in &listing.files {
            let path = file
                .path
                .strip_prefix(source.prefix())
                .unwrap_or(&file.path);
            let bytes = source.read(file, request.limits.bytes).unwrap_or_default();
            if let Reading::Record(record) = read_record(path, bytes, &request.limits) {
                records.insert(file.path.clone(), record);
            }
        }
        let mut ground = Self {
            request,
            prefix: source.prefix().to_owned(),
            records,
            before: BTreeSet::new(),
        };
        let outcome = ground.check(&Staging::default(), request.as_of)?;
        ground.before = outcome
            .findings
            .into_iter()
            .map(|it| it.fingerprint)
            .collect();
        Ok(ground)
    }

    fn check(&self, staging: &Staging, as_of: Instant) -> Result<Outcome, CheckError> {
        let source = Source::open(self.request.path, self.request.revision)?;
        let source = match staging.commits.is_empty() {
            false => source.with_commits(staging.commits.clone()),
            true => source.with_changes(staging.changes.clone()),
        };
        let source = match staging.is_nothing_told {
            true => source.without_commits(),
            false => source,
        };
        let wants_history = staging.is_nothing_told || !staging.commits.is_empty();
        let listing = source.list()?;
        let request = Request {
            as_of,
            limits: Limits::default(),
            threads: Some(1),
            wants_duties: false,
            wants_history,
            ..*self.request
        };
        check_listed(&source, listing, &request, &Silent)
    }

    fn try_one(&self, rule: &str, test: NodeRef<'_>) -> Result<(), String> {
        let (edits, must_fail) = match (test.get("break"), test.get("keep")) {
            (Some(edits), None) => (edits, true),
            (None, Some(edits)) => (edits, false),
            _ => return Err("a test has either `break` or `keep`".to_owned()),
        };
        let as_of = match test.get("as_of") {
            Some(as_of) => parse_as_of(as_of.scalar_text()).map_err(|error| error.to_string())?,
            None => self.request.as_of,
        };
        let mut staging = Staging::of(self, edits, test.get("given"))?;
        staging.is_nothing_told = test.get("history").and_then(NodeRef::as_bool) == Some(false);
        let outcome = self
            .check(&staging, as_of)
            .map_err(|error| error.to_string())?;
        let edited = staging.texts;
        let new: Vec<&Finding> = outcome
            .findings
            .iter()
            .filter(|finding| !self.before.contains(&finding.fingerprint))
            .collect();
        let also: Vec<&str> = test.get("also").map(texts).unwrap_or_default();
        if let Some(silent) = also
            .iter()
            .find(|rule| new.iter().all(|it| *it.rule != ***rule))
        {
            return Err(format!("`{silent}` should be found as well"));
        }
        let new: Vec<&Finding> = new
            .into_iter()
            .filter(|finding| !also.contains(&&*finding.rule))
            .collect();
        if let Some(incomplete) = outcome.incomplete.first() {
            return Err(format!("{}: {}", incomplete.file, incomplete.reason));
        }
        if !must_fail {
            return match new.as_slice() {
                [] => Ok(()),
                findings => Err(format!("expected no finding, found {}", listed(findings))),
            };
        }
        let [finding] = new.as_slice() else {
            return Err(match new.as_slice() {
                [] => {
                    let unevaluated: Vec<String> = outcome
                        .unevaluated
                        .iter()
                        .filter(|it| *it.rule == *rule)
                        .map(|it| it.reason.clone())
                        .collect();
                    match unevaluated.as_slice() {
                        [] => format!("nothing is found; `{rule}` should be"),
                        reasons => format!(
                            "nothing is found; `{rule}` was not evaluated: {}",
                            reasons.join("; ")
                        ),
                    }
                }
                findings => format!("expected `{rule}` only, found {}", listed(findings)),
            });
        };
        self.compare(rule, test, edits, &edited, finding)
    }

    /// Whether the one finding is the one that was expected.
    fn compare(
        &self,
        rule: &str,
        test: NodeRef<'_>,
        edits: NodeRef<'_>,
        edited: &BTreeMap<String, String>,
        finding: &Finding,
    ) -> Result<(), String> {
        if *finding.rule != *rule {
            return Err(format!("expected `{rule}`, found {}", listed(&[finding])));
        }
        if let Some(at) = test.get("at") {
            let at = at.scalar_text();
            let (record, path) = split_place(at);
            let id = match record {
                Some(id) => id.to_owned(),
                None => first_record(edits)?,
            };
            let file = self.file_of(&id)?;
            let record = self.reread(&file, edited)?;
            let path: Path = path.parse().map_err(|error| format!("`{at}`: {error}"))?;
            let node = path
                .find(record.root(), &|list| record.kind.identity(list))
                .map_err(|stop| format!("`{at}` leads nowhere: {}", stop.message))?;
            let pointer = node.pointer();
            if finding.location.file != file || finding.location.pointer != pointer {
                return Err(format!(
                    "expected at {file} {pointer}, found at {} {}",
                    finding.location.file, finding.location.pointer
                ));
            }
        }
        let said = [
            ("says", finding.message.clone()),
            ("severity", finding.severity.to_string()),
            ("obligation", finding.obligations.join(", ")),
        ];
        for (key, found) in said {
            if let Some(wanted) = test.get(key)
                && !found.contains(wanted.scalar_text())
            {
                return Err(format!(
                    "`{key}` should be `{}`, is `{found}`",
                    wanted.scalar_text()
                ));
            }
        }
        Ok(())
    }

    /// The path of a file from the root of the repository.
    fn below(&self, file: &str) -> String {
        format!("{}{file}", self.prefix)
    }

    fn reread(&self, file: &str, edited: &BTreeMap<String, String>) -> Result<Record, String> {
        let text = match (edited.get(file), self.records.get(file)) {
            (Some(text), _) => text.as_str(),
            (None, Some(record)) => record.tree.source(),
            (None, None) => return Err(format!("there is no file `{file}`")),
        };
        match read_record(file, text.as_bytes().to_vec(), &Limits::default()) {
            Reading::Record(record) => Ok(record),
            _ => Err(format!("`{file}` is no record after the edit")),
        }
    }

    /// The file of a record, by its id or for a package `incident#package`.
    fn file_of(&self, id: &str) -> Result<String, String> {
        let (incident, id_of_it) = match id.split_once('#') {
            Some((incident, package)) => (Some(incident), package),
            None => (None, id),
        };
        let found = self.records.iter().find(|(_, record)| match incident {
            Some(incident) => {
                record.kind == RecordKind::Package
                    && record.id == id_of_it
                    && record.incident.as_deref() == Some(incident)
            }
            None => record.kind != RecordKind::Package && record.id == id_of_it,
        });
        found
            .map(|(file, _)| file.clone())
            .ok_or_else(|| format!("there is no record `{id}`"))
    }
}

fn first_record(edits: NodeRef<'_>) -> Result<String, String> {
    let first = edits.one_or_many().next();
    let id = first.map_or("", |edit| edit.text_of("in"));
    match id {
        "" => Err("the edit does not say `in` which record".to_owned()),
        id => Ok(id.to_owned()),
    }
}

/// `INC-2025-0001#outbound[OUT-1]`, a package `INC-2025-0001#PKG-1#tlp`, or a path alone.
fn split_place(at: &str) -> (Option<&str>, &str) {
    match at.rsplit_once('#') {
        // `[#0]` names an element by number.
        Some((before, _)) if before.ends_with('[') => {
            let head = before.split('[').next().unwrap_or("");
            match head.rsplit_once('#') {
                Some((record, _)) => (Some(record), &at[record.len() + 1..]),
                None => (None, at),
            }
        }
        Some((record, path)) => (Some(record), path),
        None => (None, at),
    }
}

fn listed(findings: &[&Finding]) -> String {
    let listed: Vec<String> = findings
        .iter()
        .take(5)
        .map(|it| {
            let line = it
                .location
                .range
                .as_ref()
                .map_or(0, |range| range.start.line);
            let place = format!("{}:{line} {}", it.location.file, it.location.pointer);
            format!("`{}` at {place} ({})", it.rule, it.message)
        })
        .collect();
    listed.join("; ")
}

fn texts(node: NodeRef<'_>) -> Vec<&str> {
    node.one_or_many().map(NodeRef::scalar_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_name_a_record_or_not() {
        assert_eq!(split_place("parties[a]"), (None, "parties[a]"));
        assert_eq!(split_place("I-1#parties[a]"), (Some("I-1"), "parties[a]"));
        assert_eq!(split_place("I-1#PKG-1#tlp"), (Some("I-1#PKG-1"), "tlp"));
        assert_eq!(split_place("affected[#0]"), (None, "affected[#0]"));
        assert_eq!(
            split_place("I-1#affected[#0]"),
            (Some("I-1"), "affected[#0]")
        );
    }
}
