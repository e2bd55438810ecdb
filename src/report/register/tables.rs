//! The parts of the report on the registries.

use std::collections::BTreeSet;

use super::chain::Edge;
use super::{KINDS, RegistryCounts};
use crate::clock::Instant;
use crate::document::NodeRef;
use crate::finding::Outcome;
use crate::record::{Record, RecordKind, Registry};
use crate::report::audit::build::{anchor, cell, list, number};
use crate::report::audit::control::{day, deviation, deviation_table};
use crate::report::audit::taken::Reader;
use crate::report::audit::{Cell, Group, Mark, Run, Table};

/// The registries, looked up by what is asked of them.
pub(super) struct Desk<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) registry: &'a Registry,
    pub(super) as_of: Instant,
}

/// In short.
pub(super) fn summary(counts: &RegistryCounts) -> Group {
    let mut group = Group::head("summary");
    let mut fact = |name: &str, count: usize, lacks: usize, what: &str| {
        let mut value = number(count);
        if lacks > 0 {
            value.push(Run::text(", "));
            value.push(Run::marked(format!("{lacks} {what}"), Mark::Warn));
        }
        group.fact(name, value);
    };
    fact("Third parties", counts.parties, 0, "");
    fact(
        "Contacts",
        counts.contacts,
        counts.contacts_stale,
        "not verified in time",
    );
    fact(
        "Systems",
        counts.systems,
        counts.systems_uncovered,
        "with a gap behind them",
    );
    fact("Components", counts.components, 0, "");
    fact("Roles", counts.roles, counts.roles_unheld, "held by nobody");
    fact("Channels", counts.channels, 0, "");
    fact("Findings", counts.findings, 0, "");
    group
}

impl<'a> Desk<'a> {
    /// The records of a kind, with their files.
    pub(super) fn of_kind(&self, kind: RecordKind) -> impl Iterator<Item = (&'a str, &'a Record)> {
        let records = self.registry.records();
        records
            .filter(move |it| it.1.kind == kind)
            .map(|(file, record)| (&**file, record))
    }

    /// Systems with those behind them, and whether these can be reached.
    pub(super) fn systems(&self, counts: &mut RegistryCounts) -> Group {
        let mut table = Table::new(
            "systems",
            "Coverage of systems",
            "No system is registered.",
            &[
                ("system", "System"),
                ("criticality", "Criticality"),
                ("owner", "Owner here"),
                ("operator", "Operated by"),
                ("components", "Components, with their providers"),
                ("dependencies", "Mapped to it"),
                ("contacts", "Contacts behind it"),
                ("gaps", "Gaps"),
            ],
        );
        for (file, record) in self.of_kind(RecordKind::System) {
            counts.systems += 1;
            let (root, reader) = (record.root(), Reader::new(record));
            let mut behind: BTreeSet<&str> = BTreeSet::new();
            behind.insert(root.text_of("operated_by"));
            let mut components = Vec::new();
            for it in root.list_of("components") {
                counts.components += 1;
                behind.insert(it.text_of("provider"));
                let provider = match it.text_of("provider") {
                    "" => "nobody named",
                    provider => provider,
                };
                let text = format!("{}: {provider}", it.text_of("id"));
                components.push(Run::at(text, file, reader.line(it)));
            }
            let mut mapped = Vec::new();
            for it in root.list_of("dependencies") {
                behind.insert(it.text_of("party"));
                mapped.push(format!(
                    "{} ({})",
                    it.text_of("party"),
                    it.text_of("direction")
                ));
            }
            let unknown = root.text_of("dependencies_unknown");
            if !unknown.is_empty() {
                mapped.push(format!("not known: {unknown}"));
            }
            let is_named = !behind.contains("");
            behind.retain(|it| !it.is_empty() && *it != "internal");
            let (reachable, mut gaps) = self.reach(&behind);
            if !is_named {
                gaps.push("an operator or provider is not named".to_owned());
            }
            counts.systems_uncovered += usize::from(!gaps.is_empty());
            let mark = if gaps.is_empty() {
                Mark::Plain
            } else {
                Mark::Warn
            };
            table.push(
                mark,
                vec![
                    vec![Run::at(record.id.clone(), file, reader.line(root))],
                    cell(root.text_of("criticality")),
                    cell(self.held(root.text_of("service_owner"))),
                    self.party(root.text_of("operated_by")),
                    list(components),
                    cell(mapped.join(", ")),
                    number(reachable),
                    vec![match gaps.is_empty() {
                        true => Run::marked("none", Mark::Good),
                        false => Run::marked(gaps.join("; "), Mark::Warn),
                    }],
                ],
            );
        }
        let mut group = Group::head("systems");
        group.tables.push(table);
        group
    }

    /// How many contacts some parties have, and who of them is not registered or has none.
    fn reach(&self, parties: &BTreeSet<&str>) -> (usize, Vec<String>) {
        let (mut contacts, mut gaps) = (0, Vec::new());
        for id in parties {
            match self.registry.record(RecordKind::ThirdParty, id) {
                None => gaps.push(format!("{id} is not registered")),
                Some(record) => match record.root().list_of("contacts").count() {
                    0 => gaps.push(format!("{id} has no contact")),
                    count => contacts += count,
                },
            }
        }
        (contacts, gaps)
    }

    /// A party by its id, leading to its record.
    fn party(&self, id: &str) -> Cell {
        match self.registry.home_of(RecordKind::ThirdParty, id) {
            Some((file, record)) => {
                vec![Run::at(id, file, Reader::new(record).line(record.root()))]
            }
            None => cell(id),
        }
    }

    /// A person, or a role with those who hold it.
    fn held(&self, name: &str) -> String {
        match self.registry.holders_of(name, self.as_of).as_slice() {
            [] => name.to_owned(),
            holders => format!("{name} ({})", holders.join(", ")),
        }
    }

    /// Who needs whom.
    pub(super) fn chain(&self, edges: &[Edge]) -> Group {
        let mut table = Table::new(
            "chain",
            "Who needs whom",
            "Nobody is named behind a system or a third party.",
            &[
                ("from", "System or party"),
                ("to", "Party behind it"),
                ("because", "Why"),
                ("tier", "Tier"),
            ],
        );
        for edge in edges {
            let party = self.registry.record(RecordKind::ThirdParty, &edge.to);
            let kind = match edge.is_system {
                true => RecordKind::System,
                false => RecordKind::ThirdParty,
            };
            let from = match self.registry.home_of(kind, &edge.from) {
                Some((file, record)) => Run::at(
                    edge.from.clone(),
                    file,
                    Reader::new(record).line(record.root()),
                ),
                None => Run::text(edge.from.clone()),
            };
            let (tier, mark) = match party {
                Some(party) => (Run::text(party.root().text_of("tier")), Mark::Plain),
                None => (Run::marked("not registered", Mark::Bad), Mark::Bad),
            };
            let cells = vec![
                vec![from],
                self.party(&edge.to),
                cell(edge.because.clone()),
                vec![tier],
            ];
            table.push(mark, cells);
        }
        let mut group = Group::head("chain");
        let named: BTreeSet<&str> = edges
            .iter()
            .flat_map(|it| [it.from.as_str(), &it.to])
            .collect();
        let apart = self
            .of_kind(RecordKind::ThirdParty)
            .map(|it| it.1.id.as_str());
        let apart: Vec<&str> = apart.filter(|id| !named.contains(id)).collect();
        group.fact(
            "Behind no system and no other party",
            cell(apart.join(", ")),
        );
        group.tables.push(table);
        group
    }

    /// Roles with those who hold them now.
    pub(super) fn people(&self, counts: &mut RegistryCounts) -> Group {
        let mut table = Table::new(
            "roles",
            "Roles as of the instant of judgement",
            "No role is registered.",
            &[
                ("role", "Role"),
                ("function", "Function"),
                ("holders", "Held by"),
                ("queue", "Queue"),
                ("on_call", "On call"),
            ],
        );
        for (file, record) in self.of_kind(RecordKind::People) {
            let reader = Reader::new(record);
            for it in record.root().list_of("roles") {
                counts.roles += 1;
                let holders = self.registry.holders_of(it.text_of("id"), self.as_of);
                let (held, mark) = match holders.is_empty() {
                    true => (vec![Run::marked("nobody", Mark::Bad)], Mark::Bad),
                    false => (cell(holders.join(", ")), Mark::Plain),
                };
                counts.roles_unheld += usize::from(holders.is_empty());
                table.push(
                    mark,
                    vec![
                        vec![Run::at(it.text_of("id"), file, reader.line(it))],
                        cell(it.text_of("function")),
                        held,
                        cell(it.text_of("queue")),
                        cell(it.text_of("on_call")),
                    ],
                );
            }
        }
        let mut group = Group::head("people");
        group.tables.push(table);
        group
    }

    /// Channels with their last test.
    pub(super) fn channels(&self, counts: &mut RegistryCounts) -> Group {
        let mut table = Table::new(
            "channels",
            "Channels, and when they were tested",
            "No channel is registered.",
            &[
                ("id", "Channel"),
                ("type", "Type"),
                ("state", "State"),
                ("classes", "For classes"),
                ("tested", "Last tested"),
                ("parties", "Agreed with"),
            ],
        );
        for (file, record) in self.of_kind(RecordKind::Channels) {
            let reader = Reader::new(record);
            for it in record.root().list_of("channels") {
                counts.channels += 1;
                let id = it.text_of("id");
                let classes = it.list_of("classes").map(NodeRef::scalar_text);
                let parties = self.of_kind(RecordKind::ThirdParty).filter(|(_, party)| {
                    let mut own = party.root().list_of("channels");
                    own.any(|it| it.scalar_text() == id)
                });
                let parties: Vec<&str> = parties.map(|it| it.1.id.as_str()).collect();
                let mark = match it.text_of("state") {
                    "approved" => Mark::Plain,
                    _ => Mark::Muted,
                };
                table.push(
                    mark,
                    vec![
                        vec![Run::at(id, file, reader.line(it))],
                        cell(it.text_of("type")),
                        cell(it.text_of("state")),
                        cell(classes.collect::<Vec<_>>().join(", ")),
                        cell(day(it.text_of("tested_on"))),
                        cell(parties.join(", ")),
                    ],
                );
            }
        }
        let mut group = Group::head("channels");
        group.tables.push(table);
        group
    }

    /// What the check found on these records.
    pub(super) fn findings(&self, counts: &mut RegistryCounts) -> Group {
        let mut table = deviation_table(&anchor(&["registry-findings"]));
        "What the check found on these records".clone_into(&mut table.caption);
        "Nothing was found.".clone_into(&mut table.empty);
        let found = self.outcome.findings.iter().filter(|it| {
            let record = it.record.as_ref();
            record.is_some_and(|record| is_own(&record.kind))
        });
        for finding in found {
            counts.findings += usize::from(finding.excepted_by.is_none());
            table.rows.push(deviation(finding));
        }
        let mut group = Group::head("findings");
        group.tables.push(table);
        group
    }
}

/// Whether a kind is one that the report is about.
pub(super) fn is_own(kind: &str) -> bool {
    KINDS.iter().any(|it| it.name() == kind)
}
