//! What is kept of every incident when its tree is let go: enough to count and to sample them.
//!
//! An incident that could not be read, or of which nobody can say when it was closed, makes every
//! count uncertain: [`Incidents::doubt`] says so, and nothing is counted past it.

use super::kind::RecordKind;
use super::reading::Record;
use crate::clock::{Instant, parse_instant};
use crate::document::NodeRef;

/// One incident, in a few small values.
#[derive(Clone, Debug, Default)]
pub struct IncidentRow {
    /// Its id.
    pub id: Box<str>,
    /// Its severity.
    pub severity: Option<Box<str>>,
    /// The person who led it.
    pub commander: Option<Box<str>>,
    /// `open`, `contained` or `closed`.
    pub status: Option<&'static str>,
    /// What the evaluation of the triggers came to, of the values that there are.
    pub outcome: Option<&'static str>,
    /// Whether a question of the triggers was answered with yes.
    pub is_triggered: bool,
    /// What the incident turned out to be, of the values that there are.
    pub disposition: Option<&'static str>,
    /// Whether it was only played.
    pub is_simulated: bool,
    /// When it was closed; `None` while it is not.
    pub closed_at: Option<Instant>,
    /// Whether it does not clearly say if and when it was closed.
    pub is_unclear: bool,
}

impl IncidentRow {
    /// The row of an incident; `None` of any other record.
    pub fn of(record: &Record) -> Option<Self> {
        if record.kind != RecordKind::Incident {
            return None;
        }
        let root = record.root();
        let supply_chain = root.get("supply_chain");
        let status = one_of(root, "status", &["open", "contained", "closed"]);
        let closed_at = instant(root, "closed_at");
        Some(Self {
            id: record.id.as_str().into(),
            severity: text(root, "severity"),
            commander: text(root, "commander"),
            status,
            outcome: supply_chain.and_then(|it| {
                one_of(it, "outcome", &["required", "not-required", "undetermined"])
            }),
            is_triggered: supply_chain
                .and_then(|it| it.get("triggers"))
                .is_some_and(|it| it.pairs().any(|(_, answer)| answer.as_bool() == Some(true))),
            disposition: one_of(
                root,
                "disposition",
                &["confirmed", "non-incident", "duplicate"],
            ),
            is_simulated: root.get("simulated").and_then(NodeRef::as_bool) == Some(true),
            closed_at,
            is_unclear: match closed_at {
                None => {
                    is_written(root, "closed_at") || !matches!(status, Some("open" | "contained"))
                }
                // A time out of order is a fault of its own, and no time to count by.
                Some(closed_at) => ["detected_at", "declared_at", "contained_at"]
                    .iter()
                    .any(|key| instant(root, key).is_some_and(|before| before > closed_at)),
            },
        })
    }
}

fn is_written(map: NodeRef<'_>, key: &str) -> bool {
    map.get(key).is_some_and(|value| !value.is_empty())
}

fn text(map: NodeRef<'_>, key: &str) -> Option<Box<str>> {
    let value = map.get(key).and_then(NodeRef::as_str);
    value.filter(|text| !text.is_empty()).map(Into::into)
}

fn instant(map: NodeRef<'_>, key: &str) -> Option<Instant> {
    map.get(key).and_then(|it| parse_instant(it.scalar_text()))
}

fn one_of(map: NodeRef<'_>, key: &str, values: &'static [&'static str]) -> Option<&'static str> {
    let written = map.get(key)?.as_str()?;
    values.iter().copied().find(|value| *value == written)
}

/// The rows of all incidents of a repository, each id once.
#[derive(Debug, Default)]
pub struct Incidents {
    /// In the order of their ids.
    rows: Vec<IncidentRow>,
    /// Those that were closed, by when.
    closed: Vec<(Instant, u32)>,
    doubt: Option<String>,
}

impl Incidents {
    /// Orders rows. Of several with one id the first counts. `unread` are the ids of incidents
    /// that could not be read, where they are known.
    pub fn new(rows: Vec<IncidentRow>, unread: impl IntoIterator<Item = Option<String>>) -> Self {
        let mut rows = rows;
        rows.sort_by(|left, right| left.id.cmp(&right.id));
        rows.dedup_by(|later, first| later.id == first.id);
        let unread = unread.into_iter().map(|id| match id {
            Some(id) => format!("the incident `{id}` could not be read"),
            None => "an incident could not be read".to_owned(),
        });
        let unclear = rows.iter().filter(|row| row.is_unclear);
        let unclear =
            unclear.map(|row| format!("`closed_at` of the incident `{}` is not clear", row.id));
        let doubt = unread.min().or_else(|| unclear.min());
        let at = |(at, row): (usize, &IncidentRow)| Some((row.closed_at?, at as u32));
        let mut closed: Vec<(Instant, u32)> = rows.iter().enumerate().filter_map(at).collect();
        closed.sort_unstable();
        Self {
            rows,
            closed,
            doubt,
        }
    }

    /// Why nobody can count the incidents of a period, in a sentence; `None` if all are known.
    pub fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// The incidents that were closed from an instant on and before another, by when.
    pub fn closed_between(
        &self,
        from: Instant,
        to: Instant,
    ) -> impl Iterator<Item = &IncidentRow> + use<'_> {
        let first = self.closed.partition_point(|(at, _)| *at < from);
        let end = self.closed.partition_point(|(at, _)| *at < to).max(first);
        self.closed[first..end]
            .iter()
            .map(|(_, at)| &self.rows[*at as usize])
    }

    /// The incidents that say they were closed after an instant.
    pub fn closed_after(&self, instant: Instant) -> impl Iterator<Item = &IncidentRow> + use<'_> {
        let first = self.closed.partition_point(|(at, _)| *at <= instant);
        let later = &self.closed[first..];
        later.iter().map(|(_, at)| &self.rows[*at as usize])
    }

    /// The incident with this id, if it could be read.
    pub fn get(&self, id: &str) -> Option<&IncidentRow> {
        let found = self.rows.binary_search_by(|row| (*row.id).cmp(id));
        found.ok().map(|at| &self.rows[at])
    }

    /// Every incident that could be read, in the order of their ids.
    pub fn rows(&self) -> &[IncidentRow] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Limits;
    use crate::record::{Reading, read_record};

    fn row(text: &str) -> IncidentRow {
        let bytes = format!("kind: incident\n{text}").into_bytes();
        match read_record("incidents/x/incident.yaml", bytes, &Limits::default()) {
            Reading::Record(record) => IncidentRow::of(&record).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn at(text: &str) -> Instant {
        parse_instant(text).unwrap()
    }

    #[test]
    fn a_row_says_what_the_incident_says() {
        let row = row(
            "id: I-1\nstatus: closed\nseverity: high\nsimulated: true\ncommander: mara\n\
             supply_chain: {outcome: required, triggers: {a: unknown, b: true}}\ndisposition: confirmed\n\
             closed_at: 2025-01-02T00:00:00Z\n",
        );
        assert_eq!((&*row.id, row.severity.as_deref()), ("I-1", Some("high")));
        assert_eq!(row.commander.as_deref(), Some("mara"));
        assert_eq!(
            (row.status, row.outcome),
            (Some("closed"), Some("required"))
        );
        assert_eq!(row.disposition, Some("confirmed"));
        assert!(row.is_simulated && row.is_triggered && !row.is_unclear);
        assert_eq!(row.closed_at, Some(at("2025-01-02T00:00:00Z")));
    }

    #[test]
    fn an_incident_that_does_not_clearly_say_when_it_was_closed_is_unclear() {
        for unclear in [
            "status: closed\n",
            "status: closed\nclosed_at: yesterday\n",
            "status: open\nclosed_at: 2025-01-02\n",
            "status: shut\n",
            "status: closed\nclosed_at: 2025-01-02T00:00:00Z\ncontained_at: 2025-01-03T00:00:00Z\n",
        ] {
            assert!(row(unclear).is_unclear, "{unclear}");
        }
        for clear in [
            "status: open\n",
            "status: contained\nclosed_at:\n",
            "status: closed\nclosed_at: 2025-01-02T00:00:00Z\ncontained_at: 2025-01-02T00:00:00Z\n",
        ] {
            assert!(!row(clear).is_unclear, "{clear}");
        }
    }

    #[test]
    fn the_first_instant_is_inside_and_the_last_is_not() {
        let closed = |id: &str, time: &str| IncidentRow {
            id: id.into(),
            closed_at: Some(at(time)),
            ..IncidentRow::default()
        };
        let rows = vec![
            closed("d", "2025-04-01T00:00:00Z"),
            closed("b", "2025-01-01T00:00:00Z"),
            closed("a", "2025-03-31T23:59:59Z"),
            closed("a", "2024-03-31T23:59:59Z"),
            closed("c", "2024-12-31T23:59:59Z"),
        ];
        let incidents = Incidents::new(rows, []);
        let (from, to) = (at("2025-01-01T00:00:00Z"), at("2025-04-01T00:00:00Z"));
        let found: Vec<&str> = incidents
            .closed_between(from, to)
            .map(|it| &*it.id)
            .collect();
        assert_eq!(found, ["b", "a"]);
        assert_eq!(incidents.closed_between(to, from).count(), 0);
        assert!(incidents.get("d").is_some() && incidents.get("e").is_none());
        assert_eq!(incidents.rows().len(), 4);
    }

    #[test]
    fn what_could_not_be_read_is_a_doubt() {
        let doubt = |rows, unread: &[Option<&str>]| {
            let unread = unread.iter().map(|id| id.map(str::to_owned));
            Incidents::new(rows, unread).doubt().map(str::to_owned)
        };
        assert_eq!(doubt(vec![row("status: open\n")], &[]), None);
        assert_eq!(
            doubt(Vec::new(), &[Some("I-2"), Some("I-1")]).as_deref(),
            Some("the incident `I-1` could not be read")
        );
        assert_eq!(
            doubt(vec![row("id: I-3\nstatus: closed\n")], &[]).as_deref(),
            Some("`closed_at` of the incident `I-3` is not clear")
        );
        assert!(doubt(Vec::new(), &[None]).is_some());
    }
}
