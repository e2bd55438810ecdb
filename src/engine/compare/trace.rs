//! What of a change may lead to records that it leaves alone: names, incidents, files, contents.

use std::collections::BTreeSet;

use super::{Run, Side, commits};
use crate::engine::cabinet::Cabinet;
use crate::engine::glimpse::{Seen, entry_of, incidents, see};
use crate::engine::part::{Row, number_of};
use crate::finding::Breadth;
use crate::record::{Record, RecordKind, layout};
use crate::text::Mentions;

/// What is known of the change so far.
#[derive(Default)]
pub(super) struct Trace {
    /// Ids of records that differ, and of the systems and third parties that name them.
    pub(super) names: BTreeSet<String>,
    /// Incidents that are judged with their packages.
    pub(super) incidents: BTreeSet<String>,
    /// Paths of evidence that differs, or that a record registers that is judged, as numbers.
    pub(super) files: BTreeSet<u64>,
    /// Files that are judged whatever they hold.
    pub(super) paths: BTreeSet<String>,
    /// The ids of records on each side, among the files that differ.
    pub(super) ids: [BTreeSet<String>; 2],
    /// How third parties that differ can be reached, on each side.
    pub(super) contacts: [BTreeSet<String>; 2],
    pub(super) exceptions: BTreeSet<String>,
    pub(super) has_refused: bool,
    /// Records of the registries.
    pub(super) kept: BTreeSet<(RecordKind, String)>,
    /// Evidence that differs, or lies with a record that does.
    pub(super) evidence: BTreeSet<String>,
    /// SHA-256 of it, on both sides.
    pub(super) digests: BTreeSet<String>,
}

/// Whether everything hangs on records of a kind.
const fn is_everywhere(kind: RecordKind) -> bool {
    !matches!(
        kind,
        RecordKind::Incident
            | RecordKind::Package
            | RecordKind::ThirdParty
            | RecordKind::System
            | RecordKind::Exercise
            | RecordKind::HealthCheck
            | RecordKind::Exception
    )
}

impl Trace {
    /// Notes a file that differs, as one side has it.
    pub(super) fn note(
        &mut self,
        at: usize,
        side: &Side<'_>,
        path: &str,
        run: &Run<'_>,
    ) -> Result<(), Breadth> {
        let below = side.source.below(path);
        self.files.insert(number_of(below));
        // Folders may have come or gone with it.
        let folders = below.match_indices('/').map(|(end, _)| &below[..end]);
        self.files.extend(folders.map(number_of));
        self.incidents
            .extend(layout::incident_folder(below).map(str::to_owned));
        let Some(entry) = entry_of(&side.listing, path) else {
            return Ok(());
        };
        let promise = layout::promise(below);
        let seen = see(side.source, entry, &run.request.limits);
        if let Some(promise) = &promise
            && promise.kind != RecordKind::Package
        {
            self.names.extend(promise.id.map(str::to_owned));
        }
        match seen {
            Seen::Record(record) => self.note_record(Some(at), below, &record),
            Seen::Foreign => Ok(()),
            Seen::Unread => Err(Breadth::Unlisted),
            Seen::Refused(row) => {
                self.has_refused = true;
                let kind = row.as_ref().map(|it| it.kind);
                let kind = kind.or(promise.map(|it| it.kind));
                let id = row.as_ref().and_then(|it| it.id.as_deref());
                if kind.is_some_and(RecordKind::is_registry) || (row.is_some() && id.is_none()) {
                    return Err(Breadth::Unreadable);
                }
                if let Some(row) = &row {
                    self.incidents
                        .extend(incidents(below, row).map(str::to_owned));
                    let is_package = row.kind == RecordKind::Package;
                    let own = id.filter(|_| !is_package).map(str::to_owned);
                    self.ids[at].extend(own.clone());
                    self.names.extend(own);
                }
                Ok(())
            }
        }
    }

    /// Notes a record of a file that differs, as one side has it, or none any more.
    fn note_record(
        &mut self,
        at: Option<usize>,
        below: &str,
        record: &Record,
    ) -> Result<(), Breadth> {
        if is_everywhere(record.kind) {
            return Err(Breadth::Registry(record.kind.name()));
        }
        let row = Row::of(below, record);
        self.incidents
            .extend(incidents(below, &row).map(str::to_owned));
        self.files.extend(&row.registered);
        if record.kind.is_registry() {
            self.kept.insert((record.kind, record.id.clone()));
        }
        if record.kind != RecordKind::Package {
            self.names.insert(record.id.clone());
            if let Some(at) = at {
                self.ids[at].insert(record.id.clone());
            }
        }
        match record.kind {
            RecordKind::Exception => {
                let subject = record.root().text_of("subject");
                let subject = subject.split('#').next().unwrap_or(subject);
                self.names.insert(subject.to_owned());
                self.exceptions.insert(record.id.clone());
            }
            RecordKind::ThirdParty => {
                let contacts = record.root().list_of("contacts");
                let reach = contacts.map(|it| it.text_of("reach").to_owned());
                if let Some(at) = at {
                    self.contacts[at].extend(reach);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes what files were in between.
    pub(super) fn note_versions(
        &mut self,
        touched: &commits::Touched,
        side: &Side<'_>,
    ) -> Result<(), Breadth> {
        let Ok(history) = side.chronicle.history() else {
            return Ok(());
        };
        for (path, content) in &touched.versions {
            let content = content.filter(|_| layout::is_yaml(path));
            let record = content.map(|it| history.read(path, it)).transpose();
            if let Some(record) = record.map_err(|_| Breadth::History)?.flatten() {
                self.note_record(None, path, &record)?;
            }
        }
        Ok(())
    }

    /// Notes the records that once bore an id that came or went.
    pub(super) fn note_former(&mut self, side: &Side<'_>, run: &Run<'_>) -> Result<(), Breadth> {
        let [before, after] = &self.ids;
        let moved: BTreeSet<String> = before.symmetric_difference(after).cloned().collect();
        if moved.is_empty() {
            return Ok(());
        }
        let moved = Mentions::of(&moved).ok_or(Breadth::Names)?;
        for (path, gone) in commits::formerly(side, &moved, run.request.limits.bytes)? {
            self.incidents
                .extend(layout::incident_folder(&path).map(str::to_owned));
            if let Some(record) = gone {
                self.names.insert(record.id);
            }
            self.paths.insert(path);
        }
        Ok(())
    }

    /// Notes the evidence that differs, or lies with a record that does: records may register its
    /// content under another name.
    pub(super) fn note_evidence(
        &mut self,
        side: &Side<'_>,
        altered: &BTreeSet<String>,
        run: &Run<'_>,
    ) {
        let cabinet = Cabinet::new(side.source, &run.shared.ledger, Vec::new());
        for path in &side.listing.evidence {
            let below = side.source.below(path);
            let folder = layout::incident_folder(below);
            let is_near = folder.is_some_and(|it| self.incidents.contains(it));
            if !is_near && !altered.contains(&**path) {
                continue;
            }
            let standing = cabinet.standing(below).ok();
            let exhibit = standing.as_ref().and_then(|it| it.exhibit());
            self.digests.extend(exhibit.map(|it| it.hexadecimal()));
            self.evidence.insert(path.to_string());
        }
    }
}
