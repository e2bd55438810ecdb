//! What the commits say about the files as a whole, for reports.

use super::finish::sentence;
use super::witness::Chronicle;
use crate::clock::at_second;
use crate::finding::{CommitName, Departure, FilePast, Past, RecordName};
use crate::provenance::LoggedCommit;

/// The past of all files, or why it cannot be told. Paths begin with `prefix`.
pub(super) fn past(chronicle: &Chronicle<'_>, prefix: &str) -> Result<Past, String> {
    let history = chronicle.history()?;
    let commits = history.commits();
    let mut past = Past {
        commits: commits.len(),
        ..Past::default()
    };
    for (path, file) in history.files().filter(|(_, file)| file.tip.is_some()) {
        if let (Some(first), Some(latest)) = (file.changes.first(), file.changes.last()) {
            let told = FilePast {
                first: name(&commits[first.commit]),
                latest: name(&commits[latest.commit]),
            };
            past.files.insert(format!("{prefix}{path}"), told);
        }
    }
    for it in history.departed().map_err(|error| sentence(&error))? {
        past.departed.push(Departure {
            record: RecordName {
                kind: it.key.kind.name().to_owned(),
                id: it.key.id.to_string(),
            },
            path: format!("{prefix}{}", it.path),
            kept: name(&commits[it.kept]),
            left: name(&commits[it.left]),
        });
    }
    Ok(past)
}

fn name(commit: &LoggedCommit) -> CommitName {
    let at = at_second(commit.committer.seconds);
    CommitName {
        id: commit.id.clone(),
        author: commit.author.name.clone(),
        at: at.map_or_else(String::new, |it| it.to_string()),
    }
}
