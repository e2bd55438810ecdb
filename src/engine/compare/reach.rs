//! Which records a change can reach.
//!
//! Registries, cards, guidelines, exercises, health checks and exceptions are few, and judged on
//! both sides. Of incidents and packages those are judged that differ themselves, whose incident
//! does, whose evidence does, or that name a record that differs; also where a system or a third
//! party leads there. Where everything hangs on what differs, everything is judged.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::far::looks_far;
use super::trace::Trace;
use super::{Run, Side, commits};
use crate::document::NodeRef;
use crate::engine::cabinet::registered;
use crate::engine::glimpse::{Known, Seen, does_mention, incidents, see};
use crate::engine::part::{Row, number_of};
use crate::finding::Breadth;
use crate::record::{Record, RecordKind, layout};
use crate::source::{Differences, Doubt, FileEntry, Listing};
use crate::text::Mentions;

/// What is known of files, by their paths as reported.
type Rows = BTreeMap<String, Option<Row>>;

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
    for side in sides {
        trace.note_evidence(side, &altered, run);
    }
    trace.known(after, differences, altered, run)
}

/// Files that came or went must be among those that differ.
fn are_listed_alike(
    before: &Listing,
    after: &Listing,
    altered: &BTreeSet<String>,
) -> Result<(), Breadth> {
    let is_told = |path: &str| altered.contains(path);
    let files = apart(
        before.files.iter().map(|it| it.path.as_str()),
        after.files.iter().map(|it| it.path.as_str()),
    );
    let evidence = apart(
        before.evidence.iter().map(|it| &**it),
        after.evidence.iter().map(|it| &**it),
    );
    let is_alike = files.into_iter().chain(evidence).all(is_told);
    match is_alike && before.skipped == after.skipped {
        true => Ok(()),
        false => Err(Breadth::Unlisted),
    }
}

/// What only one of two lists has, both in order.
fn apart<'p>(
    left: impl Iterator<Item = &'p str>,
    right: impl Iterator<Item = &'p str>,
) -> Vec<&'p str> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    let mut apart = Vec::new();
    loop {
        match (left.peek(), right.peek()) {
            (Some(one), Some(two)) if one == two => {
                left.next();
                right.next();
            }
            (Some(one), Some(two)) if one < two => apart.extend(left.next()),
            (Some(_), None) => apart.extend(left.next()),
            (_, Some(_)) => apart.extend(right.next()),
            (None, None) => return apart,
        }
    }
}

impl Trace {
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
                    self.kept.insert((record.kind, record.id.clone()));
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
        let pinned = run.shared.pinned.iter();
        packs.extend(pinned.flat_map(|it| it.packs(run.request)));
        if packs.iter().any(|pack| looks_far(&texts(pack), &names)) {
            return Err(Breadth::OwnRules);
        }

        let names = Mentions::of_names_and_digests(&self.names, &self.digests);
        let names = names.ok_or(Breadth::Names)?;
        let is_hidden = |path: &str| {
            let reported = format!("{}{path}", side.source.prefix());
            let mut ignored = differences.ignored.iter();
            ignored.any(|it| it.trim_end_matches('/') == reported || is_below(&reported, it))
        };
        let look = |entry: &FileEntry| {
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
        let rows = self.left_out(side, same?.into_iter().flatten().collect())?;
        if !rows.values().flatten().any(|row| row.is_read) {
            return Err(Breadth::FewRecords);
        }
        let known = self.weigh(rows, side);
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

    /// What can be settled without the files that are left out.
    fn weigh(&self, rows: Rows, side: &Side<'_>) -> Known {
        // A record outside of the folders of incidents may explain evidence anywhere.
        let is_loose = |(path, row): (&String, &Option<Row>)| {
            row.is_some() && layout::incident_folder(side.source.below(path)).is_none()
        };
        let weighed = match rows.iter().any(is_loose) {
            true => BTreeSet::new(),
            false => self.evidence.clone(),
        };
        let is_followed = |kind: RecordKind, id: &String| {
            matches!(kind, RecordKind::System | RecordKind::ThirdParty) && self.names.contains(id)
        };
        let kept = self
            .kept
            .iter()
            .filter(|(kind, id)| !is_followed(*kind, id));
        let shown_at = kept.map(|(_, id)| id.clone()).collect();
        Known {
            rows,
            weighed,
            shown_at,
        }
    }

    /// The files that are not judged: their incident is not, and they share no evidence with what
    /// is.
    fn left_out(&mut self, side: &Side<'_>, mut same: Vec<Same>) -> Result<Rows, Breadth> {
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

/// All that a pack says, as it reads.
fn texts(pack: &Record) -> String {
    let texts: Vec<&str> = pack.tree.scalars().map(NodeRef::scalar_text).collect();
    texts.join("\n")
}

/// Whether a path lies in a folder, which ends in `/`.
fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    folder.ends_with('/') && rest.is_some_and(|it| it.starts_with('/'))
}
