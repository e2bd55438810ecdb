//! The contacts of third parties, how fresh they are, and what else has to be renewed.

use super::RegistryCounts;
use super::tables::{Desk, is_own};
use crate::clock::Instant;
use crate::document::NodeRef;
use crate::finding::DutyState;
use crate::record::RecordKind;
use crate::report::audit::build::cell;
use crate::report::audit::control::{day, duty_row, duty_table};
use crate::report::audit::taken::Reader;
use crate::report::audit::{Cell, Group, Mark, Run, Table};

/// How old the verification of a contact is.
enum Freshness {
    Fresh(Instant),
    Stale(Instant),
    Never,
    Unlimited,
}

impl Desk<'_> {
    /// Contacts with their verification. How to reach them is masked as everywhere, and a link leads
    /// to the record.
    pub(super) fn contacts(&self, counts: &mut RegistryCounts) -> Group {
        let mut table = Table::new(
            "contacts",
            "Contacts of third parties",
            "No third party is registered.",
            &[
                ("party", "Party"),
                ("tier", "Tier"),
                ("state", "State"),
                ("contact", "Contact"),
                ("purpose", "For"),
                ("hours", "Hours"),
                ("reach", "Reach"),
                ("verified", "Last verified"),
                ("due", "Next due"),
                ("fresh", "Standing"),
            ],
        );
        for (file, record) in self.of_kind(RecordKind::ThirdParty) {
            counts.parties += 1;
            let (root, reader) = (record.root(), Reader::new(record));
            let state = root.get("lifecycle").map_or("", |it| it.text_of("state"));
            let party = Run::at(record.id.clone(), file, reader.line(root));
            let mut contacts = root.list_of("contacts").peekable();
            if contacts.peek().is_none() {
                let cells = vec![
                    vec![party],
                    cell(root.text_of("tier")),
                    cell(state),
                    vec![Run::marked("no contact", Mark::Warn)],
                ];
                table.push(Mark::Warn, padded(cells, 10));
                continue;
            }
            for it in contacts {
                counts.contacts += 1;
                let fresh = self.freshness(it, root.text_of("tier"), file);
                let (due, says, mark) = match fresh {
                    Freshness::Fresh(due) => (day_of(due), "in time", Mark::Good),
                    Freshness::Stale(due) => (day_of(due), "overdue", Mark::Bad),
                    Freshness::Never => (String::new(), "never verified", Mark::Bad),
                    Freshness::Unlimited => (String::new(), "no limit is set", Mark::Muted),
                };
                match fresh {
                    Freshness::Fresh(_) => counts.contacts_fresh += 1,
                    Freshness::Stale(_) | Freshness::Never => counts.contacts_stale += 1,
                    Freshness::Unlimited => counts.contacts_unlimited += 1,
                }
                let purpose = [it.text_of("purpose"), it.text_of("level")];
                let reach = match it.get("reach").filter(|it| !it.is_empty()) {
                    Some(reach) => vec![Run::at("•••", file, reader.line(reach))],
                    None => vec![Run::marked("none", Mark::Warn)],
                };
                let verified = it.get("verified");
                let of = |key: &str| verified.map_or("", |it| it.text_of(key));
                let verified = match of("by") {
                    "" => day(of("at")).to_owned(),
                    by => format!("{} by {by}", day(of("at"))),
                };
                table.push(
                    if mark == Mark::Good {
                        Mark::Plain
                    } else {
                        mark
                    },
                    vec![
                        vec![party.clone()],
                        cell(root.text_of("tier")),
                        cell(state),
                        vec![Run::at(it.text_of("id"), file, reader.line(it))],
                        cell(purpose.join(" ").trim()),
                        cell(it.text_of("hours")),
                        reach,
                        cell(verified),
                        cell(due),
                        vec![Run::marked(says, mark)],
                    ],
                );
            }
        }
        let mut group = Group::head("contacts");
        group.note("How to reach a contact is masked here as in every report; the link leads to the record, and the command probity who tells it.");
        group.tables = vec![table, self.clocks()];
        group
    }

    /// When a contact has to be verified again, as the duty of the rule says.
    fn freshness(&self, contact: NodeRef<'_>, tier: &str, file: &str) -> Freshness {
        let place = contact.pointer();
        let mut duties = self.outcome.duties.iter();
        let duty = duties
            .find(|it| &*it.rule == "stale-contact" && it.file == file && it.pointer == place);
        let is_verified = contact
            .get("verified")
            .is_some_and(|it| !it.text_of("at").is_empty());
        match duty.map(|it| (it.clock.state, it.clock.due)) {
            // Of the lowest tier nobody asks for a verification.
            _ if !is_verified && tier != "3" => Freshness::Never,
            Some((DutyState::Overdue, Some(due))) => Freshness::Stale(due),
            Some((_, Some(due))) => Freshness::Fresh(due),
            _ => Freshness::Unlimited,
        }
    }

    /// What has to be verified, tested, reviewed or trained again, and by when.
    fn clocks(&self) -> Table {
        let mut table = duty_table(
            "clocks",
            "Everything here that has to be renewed, the next first",
        );
        let own = self
            .outcome
            .duties
            .iter()
            .filter(|it| is_own(&it.record.kind));
        let rows = own.map(|it| {
            let place = format!("{} {}", it.record.id, it.pointer);
            duty_row(it, vec![Run::at(place.trim(), &it.file, it.line)])
        });
        table.rows = rows.collect();
        table
    }
}

/// The day of an instant.
fn day_of(at: Instant) -> String {
    day(&at.to_string()).to_owned()
}

/// A row with a cell for each column.
fn padded(mut cells: Vec<Cell>, columns: usize) -> Vec<Cell> {
    cells.resize_with(columns, Cell::new);
    cells
}
