//! The history of a record as reports show it: data only. Whoever reads the commits fills it.

use super::audit::build::{anchor, cell};
use super::audit::{Cell, Group, Mark, Run, Table};

/// The history of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its id.
    pub id: String,
    /// Its file, from the root of the repository.
    pub file: String,
    /// The commits that touched it, in their order.
    pub commits: Vec<Witness>,
}

/// What one commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its id; `None` for what is not committed.
    pub commit: Option<String>,
    /// When it was committed, by the clock of the committer.
    pub at: Option<String>,
    /// The person who wrote it, or the identity that it bears.
    pub by: Option<String>,
    /// What the commit proves about author and time.
    pub proof: String,
    /// `created`, `changed` or `removed`.
    pub what: String,
    /// The changes, each in words.
    pub changes: Vec<String>,
}

/// Changes of one commit that are written out.
const MOST: usize = 12;

/// The histories of some records, each in a group.
pub(super) fn history(chapters: &Result<Vec<Chapter>, String>) -> Vec<Group> {
    let mut head = Group::head("history");
    let chapters = match chapters {
        Ok(chapters) => chapters,
        Err(why) => {
            head.notes
                .push(vec![Run::marked(format!("Not told: {why}."), Mark::Warn)]);
            return vec![head];
        }
    };
    head.note("Times are those of the committers' clocks: git proves content and order, not time.");
    let (told, silent): (Vec<&Chapter>, Vec<&Chapter>) =
        chapters.iter().partition(|it| !it.commits.is_empty());
    let silent: Vec<&str> = silent.iter().map(|it| it.id.as_str()).collect();
    match (told.as_slice(), silent.as_slice()) {
        ([], _) => head.note("No commit touched these records."),
        (_, []) => {}
        (_, silent) => head.note(format!("No commit touched {}.", silent.join(", "))),
    }
    let mut groups = vec![head];
    groups.extend(told.into_iter().map(chapter));
    groups
}

fn chapter(chapter: &Chapter) -> Group {
    let mut group = Group::new(
        anchor(&["history", &chapter.id, &chapter.file]),
        chapter.id.clone(),
    );
    group.is_detail = true;
    let mut table = Table::new(
        &anchor(&["commits", &chapter.id, &chapter.file]),
        "What each commit changed",
        "No commit touched it.",
        &[
            ("at", "When"),
            ("by", "Who"),
            ("commit", "Commit"),
            ("what", "What"),
            ("proof", "Proof"),
        ],
    );
    for it in &chapter.commits {
        let (commit, mark) = match it.commit.as_deref() {
            Some(commit) => (Run::commit(commit), Mark::Plain),
            None => (Run::marked("not committed", Mark::Warn), Mark::Warn),
        };
        table.push(
            mark,
            vec![
                cell(it.at.clone().unwrap_or_else(|| "now".to_owned())),
                cell(it.by.clone().unwrap_or_default()),
                vec![commit],
                says(it),
                cell(it.proof.clone()),
            ],
        );
    }
    group.tables.push(table);
    group
}

fn says(witness: &Witness) -> Cell {
    let mut parts: Vec<String> = Vec::new();
    if witness.what != "changed" {
        parts.push(format!("the record is {}", witness.what));
    }
    parts.extend(witness.changes.iter().take(MOST).cloned());
    let more = witness.changes.len().saturating_sub(MOST);
    if more > 0 {
        parts.push(format!("and {more} more changes"));
    }
    cell(parts.join("; "))
}
