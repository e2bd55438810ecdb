//! What imports say of themselves in the repository: whether every row of a table became a record.

use std::collections::BTreeMap;

use super::model::Completeness;
use crate::document::{Kind, Limits, NodeRef, Number, parse};

/// Most rows that are named in a report; the receipts name more.
const MOST_NAMED: usize = 20;

/// Where imports leave their receipts, from the root of the records.
pub const FOLDER: &str = "imports/";

/// A receipt of an import, as it stands in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its file.
    file: String,
    /// What it says, or why it says nothing.
    content: Result<Content, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Content {
    table: String,
    digest: String,
    rows: usize,
    without_record: usize,
    /// Rows that became no record, and why.
    named: BTreeMap<usize, String>,
}

impl Receipt {
    /// Reads a receipt.
    pub fn read(file: &str, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned());
        let tree = text.and_then(|text| {
            let tree = parse(text.into_boxed_str(), &Limits::default());
            tree.map_err(|error| error.to_string())
        });
        let content = tree.and_then(|tree| {
            let root = tree.root().and_then(|root| root.get("import"));
            root.and_then(Content::of)
                .ok_or_else(|| "it does not say what was imported".to_owned())
        });
        Self {
            file: file.to_owned(),
            content,
        }
    }

    /// The same for a file that could not be read.
    pub fn unread(file: &str, why: String) -> Self {
        Self {
            file: file.to_owned(),
            content: Err(why),
        }
    }
}

impl Content {
    fn of(import: NodeRef<'_>) -> Option<Self> {
        let table = import.get("table")?;
        let named = import.list_of("named");
        let named = named.filter_map(|it| Some((count(it, "row")?, it.text_of("why").to_owned())));
        Some(Self {
            table: table.get("name")?.as_str()?.to_owned(),
            digest: table.get("sha256")?.scalar_text().to_owned(),
            rows: count(import, "rows")?,
            without_record: count(import, "without_record")?,
            named: named.collect(),
        })
    }

    /// What is left of two imports of one table: a row has a record if one of them made it.
    fn beside(&mut self, other: &Self) {
        let is_whole = |it: &Self| it.named.len() == it.without_record;
        if is_whole(self) && is_whole(other) {
            self.named.retain(|row, _| other.named.contains_key(row));
            self.without_record = self.named.len();
        } else if other.without_record < self.without_record {
            *self = other.clone();
        }
    }
}

fn count(map: NodeRef<'_>, key: &str) -> Option<usize> {
    let value = map.get(key).filter(|it| it.kind() == Kind::Integer)?;
    match value.as_number()? {
        Number::Unsigned(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

/// Whether every row of what was imported became a record.
pub(super) fn unmapped(receipts: &[Receipt]) -> Completeness {
    let mut tables: BTreeMap<&str, Content> = BTreeMap::new();
    let mut broken = Vec::new();
    for receipt in receipts {
        match &receipt.content {
            Ok(content) => {
                let known = tables.entry(&content.digest);
                known
                    .and_modify(|it| it.beside(content))
                    .or_insert_with(|| content.clone());
            }
            Err(why) => broken.push(format!("`{}` ({why})", receipt.file)),
        }
    }
    let mut said: Vec<String> = tables.values().map(says).collect();
    if !broken.is_empty() {
        said.push(format!(
            "No receipt of an import, though they lie there: {}.",
            broken.join(", ")
        ));
    }
    if said.is_empty() {
        said.push(format!(
            "Not established whether every row of an import became a record: no import left a receipt in `{FOLDER}`. If nothing was imported, there is nothing to establish."
        ));
    }
    let is_whole = tables.values().all(|it| it.without_record == 0);
    Completeness {
        id: "unmapped-imports",
        holds: match (is_whole, tables.is_empty() || !broken.is_empty()) {
            (false, _) => Some(false),
            (true, true) => None,
            (true, false) => Some(true),
        },
        says: said.join(" "),
    }
}

fn says(import: &Content) -> String {
    let Content { table, rows, .. } = import;
    if import.without_record == 0 {
        return format!("Each of the {rows} rows of `{table}` became a record.");
    }
    let named = import.named.iter().take(MOST_NAMED);
    let named: Vec<String> = named
        .map(|(row, why)| match why.is_empty() {
            true => format!("row {row}"),
            false => format!("row {row} ({why})"),
        })
        .collect();
    let more = import.without_record.saturating_sub(named.len());
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "Of {rows} rows of `{table}` {} became no record: {}{more}.",
        import.without_record,
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(table: &str, without: usize, rows: &[usize]) -> Receipt {
        let named = rows.iter();
        let named: Vec<String> = named
            .map(|row| format!("    - {{row: {row}, line: 9, why: no year}}\n"))
            .collect();
        let named = named.concat();
        let text = format!(
            "import:\n  table: {{name: {table}.csv, sha256: '{table}'}}\n  rows: 40\n  without_record: {without}\n  named:\n{named}"
        );
        Receipt::read("imports/x.yaml", text.into_bytes())
    }

    #[test]
    fn rows_without_a_record_are_named() {
        let found = unmapped(&[receipt("a", 0, &[]), receipt("b", 2, &[3, 7])]);
        assert_eq!(found.holds, Some(false));
        assert_eq!(
            found.says,
            "Each of the 40 rows of `a.csv` became a record. Of 40 rows of `b.csv` 2 became no \
             record: row 3 (no year), row 7 (no year)."
        );
        assert_eq!(unmapped(&[receipt("a", 0, &[])]).holds, Some(true));
    }

    #[test]
    fn a_row_that_another_mapping_made_a_record_of_has_one() {
        let found = unmapped(&[receipt("a", 2, &[3, 7]), receipt("a", 2, &[7, 9])]);
        assert!(
            found.says.contains(" 1 became no record: row 7 (no year)."),
            "{found:?}"
        );
        let found = unmapped(&[receipt("a", 2, &[3, 7]), receipt("a", 0, &[])]);
        assert_eq!(found.holds, Some(true));
        // What is not named cannot be compared; the smaller number is sure.
        let found = unmapped(&[receipt("a", 5000, &[3, 7]), receipt("a", 2, &[1, 2])]);
        assert!(found.says.contains(" 2 became no record"), "{found:?}");
    }

    #[test]
    fn what_cannot_be_read_establishes_nothing() {
        let broken = [&b"import: [1"[..], b"import: 5\n", b"\xff", b""];
        for bytes in broken {
            let broken = Receipt::read("imports/x.yaml", bytes.to_vec());
            let found = unmapped(&[broken.clone(), receipt("a", 0, &[])]);
            assert_eq!(found.holds, None);
            assert!(found.says.contains("`imports/x.yaml`"), "{found:?}");
            assert_eq!(
                unmapped(&[broken, receipt("a", 1, &[1])]).holds,
                Some(false)
            );
        }
        assert_eq!(unmapped(&[]).holds, None);
        let many: Vec<usize> = (1..=30).collect();
        let found = unmapped(&[receipt("a", 5000, &many)]);
        assert!(
            found.says.ends_with("row 20 (no year) and 4980 more."),
            "{found:?}"
        );
    }
}
