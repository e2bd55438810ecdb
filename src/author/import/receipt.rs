//! What an import leaves in the repository beside the records: which rows became none, so that a
//! report can say whether everything that was imported is there.

use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::apply::{ApplyError, put};
use super::plan::{ImportPlan, PlannedRecord};
use super::report::FileOutcome;
use crate::author::record_yaml;
use crate::finding::hex;

/// Most rows that are named; more are counted.
const MOST_NAMED: usize = 1000;

/// Most characters of the name of a table in the name of its receipt.
const LONGEST_NAME: usize = 60;

const HEAD: &str = "\
# Written by `probity import`, and read by `probity report audit`: rows of a table that became no
# record are named here, so that nobody takes the incidents for complete. Keep it with the records.
";

/// A file that an import reads.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Its name, without its folder.
    pub name: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

/// What an import says of itself in the repository. The same table and mapping give the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt(PlannedRecord);

impl Receipt {
    /// The receipt of an import of a table with a mapping.
    pub fn of(plan: &ImportPlan, table: Origin<'_>, mapping: Origin<'_>) -> Self {
        let digest = |it: Origin<'_>| hex(&Sha256::digest(it.content));
        let (of_table, of_mapping) = (digest(table), digest(mapping));
        let named = plan.skipped.iter().take(MOST_NAMED);
        let named = named
            .map(|it| json!({"row": it.row, "line": it.line, "why": it.why.to_string()}))
            .collect::<Vec<_>>();
        let content = json!({"import": {
            "table": {"name": table.name, "sha256": of_table},
            "mapping": {"name": mapping.name, "sha256": of_mapping},
            "rows": plan.rows,
            "records": plan.records.len(),
            "without_record": plan.skipped.len(),
            "named": named,
        }});
        let path = format!(
            "imports/{}-{}-{}.yaml",
            slug(table.name),
            &of_table[..8],
            &of_mapping[..8]
        );
        Self(PlannedRecord {
            row: 0,
            id: String::new(),
            path,
            yaml: format!("{HEAD}{}", record_yaml(&content)),
        })
    }

    /// The file, relative to the folder imported into, with `/`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Its text.
    pub fn yaml(&self) -> &str {
        &self.0.yaml
    }

    /// Writes it below `root`, in place of an earlier one of the same table and mapping.
    ///
    /// # Errors
    /// See [`ApplyError`].
    pub fn write(&self, root: &Path) -> Result<FileOutcome, ApplyError> {
        put(&self.0, root)
    }
}

/// The name of a table as a part of the name of a file, without what follows its last dot.
fn slug(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut slug = String::new();
    for c in stem.chars().take(LONGEST_NAME) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    match slug.trim_matches('-') {
        "" => "table".to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn the_name_of_a_table_becomes_part_of_a_name() {
        for (name, expected) in [
            ("Attacks (2020).csv", "attacks-2020"),
            ("../x.tar.gz", "x-tar"),
            (".csv", "table"),
            ("事件.csv", "table"),
            ("export", "export"),
        ] {
            assert_eq!(slug(name), expected);
        }
        assert_eq!(slug(&"a".repeat(200)).len(), 60);
    }
}
