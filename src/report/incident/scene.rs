//! What the picture of an incident shows: its milestones, its limits, and what happened between us
//! and each party. It knows times, no places on a picture.

use std::collections::BTreeMap;

use super::desk::{Desk, is_draft};
use crate::clock::{Instant, parse_instant};
use crate::document::NodeRef;
use crate::finding::{Duty, DutyState};
use crate::report::audit::Mark;
use crate::report::audit::control::{duty_mark, duty_says};

/// Most limits that are drawn.
const LIMITS: usize = 16;

/// A limit that can be drawn, with the duties that it is one for.
pub(super) struct Limit<'d> {
    pub(super) duties: Vec<&'d Duty>,
    pub(super) since: Instant,
    pub(super) due: Instant,
}

impl Limit<'_> {
    /// How the worst of its duties stands.
    fn mark(&self) -> Mark {
        let marks = self.duties.iter().map(|it| duty_mark(it.clock.state));
        marks
            .max_by_key(|it| match it {
                Mark::Bad => 3,
                Mark::Warn => 2,
                Mark::Good => 0,
                _ => 1,
            })
            .unwrap_or_default()
    }

    /// What has to be done; and towards whom, if it is one duty only.
    pub(super) fn says(&self) -> String {
        match self.duties.as_slice() {
            [duty] => duty_says(duty),
            several => {
                let first = several.first().map_or("", |it| it.clock.what.as_str());
                format!("{} ({})", first.replace('`', ""), several.len())
            }
        }
    }

    /// What became of it.
    pub(super) fn state(&self) -> String {
        let mut states: Vec<(&str, usize)> = Vec::new();
        for duty in &self.duties {
            let state = duty.clock.state.as_str();
            match states.iter_mut().find(|it| it.0 == state) {
                Some(known) => known.1 += 1,
                None => states.push((state, 1)),
            }
        }
        let said = states.iter().map(|(state, count)| {
            let state = state.replace('-', " ");
            match self.duties.len() {
                1 => state,
                _ => format!("{count} {state}"),
            }
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

/// Something between us and a party.
pub(super) struct Deed {
    pub(super) at: Instant,
    pub(super) kind: DeedKind,
    pub(super) class: &'static str,
}

/// Which way it went.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DeedKind {
    /// From us.
    Sent,
    /// To us.
    Received,
    /// Together.
    Met,
}

/// The steps of its life that have a time, in their order.
pub(super) fn milestones(desk: &Desk<'_>) -> Vec<(&'static str, Instant)> {
    let root = desk.root;
    let at = |path: &[&str], key: &str| {
        let home = path.iter().try_fold(root, |node, key| node.get(key))?;
        parse_instant(home.text_of(key))
    };
    let steps: [(&'static str, Option<Instant>); 10] = [
        ("detected", at(&[], "detected_at")),
        ("declared", at(&[], "declared_at")),
        ("evaluated", at(&["supply_chain"], "evaluated_at")),
        (
            "coordination begun",
            at(&["supply_chain"], "coordination_started_at"),
        ),
        ("contained", at(&[], "contained_at")),
        ("report-out", at(&["report_out"], "at")),
        ("stood down", at(&["supply_chain", "stood_down"], "at")),
        ("closed", at(&[], "closed_at")),
        ("review", at(&["review"], "held_at")),
        // An incident that is still running runs until now.
        (
            "as of",
            root.text_of("closed_at").is_empty().then_some(desk.as_of),
        ),
    ];
    let mut found: Vec<(&'static str, Instant)> = steps
        .into_iter()
        .filter_map(|(name, at)| Some((name, at?)))
        .collect();
    found.sort_by_key(|it| it.1);
    found
}

/// The limits worth drawing, in the order of their ends, and how many are left out.
pub(super) fn limits<'d>(desk: &Desk<'d>) -> (Vec<Limit<'d>>, usize) {
    let mut known: BTreeMap<(Instant, Instant, &str), Limit<'d>> = BTreeMap::new();
    for duty in desk.duties() {
        let is_running = duty.clock.state != DutyState::NotRequired;
        let bounds = duty.clock.since.zip(duty.clock.due);
        let Some((since, due)) = bounds.filter(|(since, due)| is_running && since <= due) else {
            continue;
        };
        let limit = known.entry((due, since, &duty.clock.what));
        let limit = limit.or_insert_with(|| Limit {
            duties: Vec::new(),
            since,
            due,
        });
        limit.duties.push(duty);
    }
    let mut limits: Vec<Limit<'d>> = known.into_values().collect();
    // Those that need an eye are never left out for those that do not.
    limits.sort_by_key(|it| match it.mark() {
        Mark::Bad => 0,
        Mark::Warn => 1,
        _ => 2,
    });
    let left_out = limits.len().saturating_sub(LIMITS);
    limits.truncate(LIMITS);
    limits.sort_by_key(|it| (it.due, it.since));
    (limits, left_out)
}

/// What happened between us and each party; those with most of it first.
pub(super) fn parties<'d>(desk: &Desk<'d>) -> Vec<(&'d str, Vec<Deed>)> {
    let mut found: BTreeMap<&str, Vec<Deed>> = BTreeMap::new();
    let mut add = |party: &'d str, node: NodeRef<'_>, kind, class| {
        if let Some(at) = parse_instant(node.text_of("at")) {
            found
                .entry(party)
                .or_default()
                .push(Deed { at, kind, class });
        }
    };
    for it in desk.root.list_of("outbound").filter(|it| !is_draft(*it)) {
        let to = it.get("to");
        let party = to.map_or("", |to| to.text_of("party"));
        let party = match (party, to) {
            ("", Some(to)) => to.text_of("name"),
            _ => party,
        };
        let class = match it.text_of("outcome") {
            "no-answer" | "bounced" | "refused" => "bad",
            _ => "sent",
        };
        add(party, it, DeedKind::Sent, class);
    }
    for it in desk.root.list_of("inbound") {
        add(it.text_of("from"), it, DeedKind::Received, "sent");
    }
    for it in desk.root.list_of("sessions") {
        for party in it.list_of("parties") {
            add(party.scalar_text(), it, DeedKind::Met, "ink");
        }
    }
    let mut parties: Vec<(&str, Vec<Deed>)> = found.into_iter().collect();
    parties.sort_by_key(|(_, deeds)| std::cmp::Reverse(deeds.len()));
    parties
}
