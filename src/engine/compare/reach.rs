//! Which records a change can reach.
//!
//! Registries, cards, guidelines, exercises, health checks and exceptions are few, and judged on
//! both sides. Of incidents and packages those are judged that differ themselves, whose incident
//! does, whose evidence does, or that name a record that differs; also where a system or a third
//! party leads there. Where everything hangs on what differs, everything is judged.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::far::looks_far;
use super::{Run, Side, commits};
use crate::engine::cabinet::registered;
use crate::engine::glimpse::{Known, Seen, does_mention, entry_of, incidents, see};
use crate::engine::part::{Row, number_of};
use crate::engine::pinned::Pinned;
use crate::finding::Breadth;
use crate::record::{Record, RecordKind, layout};
use crate::source::{Differences, Doubt, Listing};
use crate::text::Mentions;

/// What a change can reach: all but what is known.
pub(super) struct Reached {
    /// The files that are the same on both sides, and are judged alike.
    pub(super) known: Known,
    /// The files that differ, or did in between.
    pub(super) altered: BTreeSet<String>,
    /// The exceptions that differ.
    pub(super) exceptions: BTreeSet<String>,
    /// Whether something that differs is refused.
    pub(super) has_refused: bool,
}

/// What is known of the change so far.
#[derive(Default)]
struct Trace {
    /// Ids of records that differ, and of the systems and third parties that name them.
    names: BTreeSet<String>,
    /// Incidents that are judged with their packages.
    incidents: BTreeSet<String>,
    /// Paths of evidence that differs, or that a record registers that is judged, as numbers.
    files: BTreeSet<u64>,
    /// Files that are judged whatever they hold.
    paths: BTreeSet<String>,
    /// The ids of records on each side, among the files that differ.
    ids: [BTreeSet<String>; 2],
    /// How third parties that differ can be reached, on each side.
    contacts: [BTreeSet<String>; 2],
    exceptions: BTreeSet<String>,
    has_refused: bool,
}

/// A file that is the same on both sides.
struct Same {
    path: String,
    row: Option<Row>,
    is_hit: bool,
}

/// What a change can reach.
///
/// # Errors
/// Why it may reach everything.
pub(super) fn reached(
    sides: &[Side<'_>; 2],
    differences: &Differences,
    run: &Run<'_>,
) -> Result<Reached, Breadth> {
    if let Some(doubt) = differences.doubt {
        return Err(match doubt {
            Doubt::Links => Breadth::Links,
            Doubt::Attributes => Breadth::Attributes,
            Doubt::Unwatched => Breadth::Unwatched,
        });
    }
    let [before, after] = sides;
    let prefix = after.source.prefix();
    if before.source.prefix() != prefix {
        return Err(Breadth::Unlisted);
    }
    let touched = commits::touched(sides)?;
    let mut altered: BTreeSet<String> =
        differences.files.iter().map(|it| it.path.clone()).collect();
    let of_commits = touched.versions.iter().map(|it| &it.0);
    altered.extend(
        of_commits
            .chain(&touched.relatives)
            .map(|it| format!("{prefix}{it}")),
    );
    altered.retain(|it| it.starts_with(prefix));
    are_listed_alike(&before.listing, &after.listing, &altered)?;

    let mut trace = Trace::default();
    for path in &altered {
        for (at, side) in sides.iter().enumerate() {
            trace.note(at, side, path, run)?;
        }
    }
    trace.note_versions(&touched, after)?;
    if trace.contacts[0] != trace.contacts[1] {
        return Err(Breadth::Registry(RecordKind::ThirdParty.name()));
    }
    trace.note_former(after, run)?;
    trace.known(after, differences, altered, run)
}

/// Files that came or went must be among those that differ.
fn are_listed_alike(
    before: &Listing,
    after: &Listing,
    altered: &BTreeSet<String>,
) -> Result<(), Breadth> {
    let paths = |listing: &Listing| -> BTreeSet<String> {
        let files = listing.files.iter().map(|it| it.path.clone());
        let evidence = listing.evidence.iter().map(ToString::to_string);
        files.chain(evidence).collect()
    };
    let (left, right) = (paths(before), paths(after));
    let mut apart = left.symmetric_difference(&right);
    match apart.all(|it| altered.contains(it)) && before.skipped == after.skipped {
        true => Ok(()),
        false => Err(Breadth::Unlisted),
    }
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
    fn note(
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
    fn note_versions(
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
    fn note_former(&mut self, side: &Side<'_>, run: &Run<'_>) -> Result<(), Breadth> {
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

    /// Finds out which files are judged, and keeps what is known of the others.
    fn known(
        mut self,
        side: &Side<'_>,
        differences: &Differences,
        altered: BTreeSet<String>,
        run: &Run<'_>,
    ) -> Result<Reached, Breadth> {
        let files = &side.listing.files;
        let same = files.par_iter().filter(|it| !altered.contains(&it.path));
        let (streams, others): (Vec<_>, Vec<_>) =
            same.partition(|it| layout::is_stream_folder(side.source.below(&it.path)));

        let limits = &run.request.limits;
        let seen: Vec<_> = others
            .into_par_iter()
            .map(|it| {
                run.progress.advance();
                (it, see(side.source, it, limits))
            })
            .collect();
        let mut nodes = Vec::new();
        let mut packs = Vec::new();
        let mut loose = Vec::new();
        for (entry, seen) in seen {
            match seen {
                Seen::Record(record) if record.kind.is_registry() => {
                    let below = side.source.below(&entry.path);
                    let paths = registered(below, &record).map(|(_, path)| number_of(&path));
                    self.files.extend(paths);
                    match record.kind {
                        RecordKind::System | RecordKind::ThirdParty => nodes.push(*record),
                        RecordKind::Policy => packs.push(*record),
                        _ => {}
                    }
                }
                Seen::Record(_) => loose.push(entry),
                Seen::Unread => return Err(Breadth::Unlisted),
                Seen::Foreign | Seen::Refused(_) => {}
            }
        }
        self.follow(nodes)?;
        let names = Mentions::of(&self.names).ok_or(Breadth::Names)?;
        let pinned = run.shared.pinned.iter().flat_map(Pinned::texts);
        let own = packs.iter().map(|it| it.tree.source());
        if own.chain(pinned).any(|pack| looks_far(pack, &names)) {
            return Err(Breadth::OwnRules);
        }

        let is_hidden = |path: &str| {
            let reported = format!("{}{path}", side.source.prefix());
            let mut ignored = differences.ignored.iter();
            ignored.any(|it| it.trim_end_matches('/') == reported || is_below(&reported, it))
        };
        let look = |entry: &crate::source::FileEntry| {
            run.progress.advance();
            let below = side.source.below(&entry.path);
            let (row, is_hit) = match see(side.source, entry, limits) {
                Seen::Record(record) => {
                    let mut paths = registered(below, &record);
                    let is_hit = does_mention(&record, &names) || paths.any(|it| is_hidden(&it.1));
                    (Some(Row::of(below, &record)), is_hit)
                }
                Seen::Foreign => (None, false),
                Seen::Unread => return Err(Breadth::Unlisted),
                Seen::Refused(_) => return Ok(None),
            };
            let is_hit = is_hit || self.paths.contains(below);
            let path = entry.path.clone();
            Ok(Some(Same { path, row, is_hit }))
        };
        let all = streams.into_par_iter().chain(loose);
        let same: Result<Vec<Option<Same>>, Breadth> = all.map(look).collect();
        let known = self.left_out(side, same?.into_iter().flatten().collect())?;
        if !known.values().flatten().any(|row| row.is_read) {
            return Err(Breadth::FewRecords);
        }
        Ok(Reached {
            known,
            altered,
            exceptions: self.exceptions,
            has_refused: self.has_refused,
        })
    }

    /// Follows systems and third parties that name what differs.
    fn follow(&mut self, mut nodes: Vec<Record>) -> Result<(), Breadth> {
        loop {
            let names = Mentions::of(&self.names).ok_or(Breadth::Names)?;
            let (found, rest): (Vec<_>, Vec<_>) =
                nodes.into_iter().partition(|it| does_mention(it, &names));
            if found.is_empty() {
                return Ok(());
            }
            self.names.extend(found.into_iter().map(|it| it.id));
            nodes = rest;
        }
    }

    /// The files that are not judged: their incident is not, and they share no evidence with what
    /// is.
    fn left_out(&mut self, side: &Side<'_>, mut same: Vec<Same>) -> Result<Known, Breadth> {
        loop {
            let mut left = Vec::with_capacity(same.len());
            let before = same.len();
            for it in same {
                let Some(row) = &it.row else {
                    left.push(it);
                    continue;
                };
                if row.kind.is_registry() {
                    // Its place among the incidents is odd, and where it leads was not followed.
                    return Err(Breadth::Misplaced);
                }
                let below = side.source.below(&it.path);
                let is_judged = it.is_hit
                    || incidents(below, row).any(|it| self.incidents.contains(it))
                    || row.registered.iter().any(|it| self.files.contains(it));
                if is_judged {
                    self.incidents
                        .extend(incidents(below, row).map(str::to_owned));
                    self.files.extend(&row.registered);
                } else {
                    left.push(it);
                }
            }
            if left.len() == before {
                return Ok(left.into_iter().map(|it| (it.path, it.row)).collect());
            }
            same = left;
        }
    }
}

/// Whether a path lies in a folder, which ends in `/`.
fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    folder.ends_with('/') && rest.is_some_and(|it| it.starts_with('/'))
}
