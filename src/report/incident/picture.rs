//! The incident as a picture: its milestones, its life, its limits as brackets, and for each party
//! what left, what came back and the joint sessions.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::desk::Desk;
use super::scene::{Deed, DeedKind, Limit, limits, milestones, parties};
use crate::clock::{Instant, parse_instant};
use crate::finding::DutyState;
use crate::report::audit::Mark;
use crate::report::audit::control::{duty_mark, duty_says};
use crate::report::audit::picture::{Picture, Shape, boxed, label};

const LEFT: u32 = 280;
const ACROSS: u32 = 600;
const RIGHT: u32 = 150;
const STEP: u32 = 28;
/// Characters of a name at the left.
const NAME: usize = 38;
/// Most parties that are drawn.
const PARTIES: usize = 12;
/// How wide one column of messages is.
const COLUMN: u32 = 4;
/// About how wide a character is.
const CHARACTER: u32 = 7;

const SAYS: &str = "The first bar is red until the incident was contained. Pauses are drawn the shorter, the longer they are. A bracket runs from the start of a limit to its end; the square on it is when it was done, and a thick bar is time beyond the limit. On the line of each party: above it what we sent, below it what came back, across it joint sessions; higher where there is more. All of it stands in the tables below.";

/// The picture; `None` where the record says fewer than two times.
pub(super) fn timeline(desk: &Desk<'_>) -> Option<Picture> {
    let milestones = milestones(desk);
    let (limits, left_out) = limits(desk);
    let parties = parties(desk);
    let mut instants: Vec<Instant> = milestones.iter().map(|it| it.1).collect();
    instants.extend(limits.iter().flat_map(|it| [it.since, it.due]));
    let done = limits.iter().flat_map(|it| &it.duties);
    instants.extend(done.filter_map(|it| it.clock.done));
    // Messages may be many: they find their places between the steps, and widen no pause.
    let deeds = || {
        parties
            .iter()
            .flat_map(|(_, deeds)| deeds.iter().map(|it| it.at))
    };
    instants.extend(deeds().min().into_iter().chain(deeds().max()));
    let axis = Axis::through(instants, LEFT, ACROSS)?;
    let mut easel = Easel {
        shapes: Vec::new(),
        y: 4,
    };
    easel.milestones(&axis, &milestones);
    let top = easel.y;
    easel.life(&axis, desk);
    for limit in &limits {
        easel.limit(&axis, limit, desk.as_of);
    }
    easel.more(left_out, "limits");
    for (party, deeds) in parties.iter().take(PARTIES) {
        easel.party(&axis, party, deeds);
    }
    easel.more(parties.len().saturating_sub(PARTIES), "parties");
    easel.days(&axis, top);
    Some(Picture {
        id: "picture-timeline".to_owned(),
        title: "The incident in time".to_owned(),
        says: SAYS.to_owned(),
        width: LEFT + ACROSS + RIGHT,
        height: easel.y + 4,
        shapes: easel.shapes,
    })
}

/// A picture while it is drawn, from top to bottom.
struct Easel {
    shapes: Vec<Shape>,
    y: u32,
}

impl Easel {
    fn draw(&mut self, place: (u32, u32), size: (u32, u32), class: &'static str, text: &str) {
        self.shapes.push(boxed(place, size, class, text));
    }

    fn write(&mut self, x: u32, class: &'static str, text: impl Into<String>) {
        self.shapes.push(label(x, self.y + 4, class, text));
    }

    /// The names of the milestones, each so high that no line to another runs through it.
    fn milestones(&mut self, axis: &Axis, milestones: &[(&'static str, Instant)]) {
        let mut placed: Vec<(u32, u32, u32, &str)> = Vec::new();
        for (name, at) in milestones {
            let x = axis.place(*at);
            let around = placed.iter().filter(|it| x <= it.1);
            let tier = around.map(|it| it.2 + 1).max().unwrap_or(0);
            placed.push((x, x + width_of(name) + 10, tier, name));
        }
        let tiers = placed.iter().map(|it| it.2 + 1).max().unwrap_or(0);
        let bottom = self.y + tiers * 20 + 4;
        for (x, _, tier, name) in placed {
            let y = self.y + tier * 20;
            self.draw((x, y), (1, bottom - y), "soft", "");
            self.shapes.push(label(x + 4, y, "start", name));
        }
        self.y = bottom;
    }

    /// From detection to containment, and on to the end.
    fn life(&mut self, axis: &Axis, desk: &Desk<'_>) {
        let at = |key: &str| parse_instant(desk.root.text_of(key));
        let Some(began) = at("detected_at").or_else(|| at("declared_at")) else {
            return;
        };
        let ended = at("closed_at").unwrap_or(desk.as_of);
        let contained = at("contained_at").unwrap_or(ended);
        let (from, middle, until) = (axis.place(began), axis.place(contained), axis.place(ended));
        self.write(LEFT - 10, "end", "from detection to the end");
        let place = (from, self.y + 6);
        self.draw(
            place,
            (middle.saturating_sub(from).max(3), 14),
            "bad",
            "until it was contained",
        );
        if until > middle {
            self.draw(
                (middle, self.y + 6),
                (until - middle, 14),
                "warn",
                "until it was closed",
            );
        }
        let state = match desk.root.text_of("status") {
            "" => "no status",
            status => status,
        };
        self.write(LEFT + ACROSS + 10, "start", state);
        self.y += STEP;
    }

    /// A limit as a bracket.
    fn limit(&mut self, axis: &Axis, limit: &Limit<'_>, as_of: Instant) {
        let (from, until) = (axis.place(limit.since), axis.place(limit.due));
        let says = limit.says();
        self.write(LEFT - 10, "end", short(&says));
        let middle = self.y + 13;
        let arithmetic = limit
            .duties
            .first()
            .map_or_else(String::new, |it| it.clock.arithmetic());
        let length = until.saturating_sub(from).max(1);
        self.draw((from, middle), (length, 2), "soft", &arithmetic);
        for x in [from, until] {
            self.draw((x, middle - 7), (2, 16), "soft", "");
        }
        for duty in &limit.duties {
            let clock = &duty.clock;
            let beyond = match clock.state {
                DutyState::Overdue => Some(as_of),
                DutyState::Late | DutyState::LateWithReason => clock.done,
                _ => None,
            };
            let beyond = beyond.map(|it| axis.place(it)).filter(|it| *it > until);
            if let Some(beyond) = beyond {
                let size = (beyond - until, 6);
                self.draw((until, middle - 2), size, "bad", &clock.arithmetic());
            }
            if let Some(done) = clock.done {
                let x = axis.place(done).saturating_sub(4);
                let title = format!("{}: done {done}", duty_says(duty));
                self.draw((x, middle - 3), (9, 9), class_of(clock.state), &title);
            }
        }
        self.write(LEFT + ACROSS + 10, "start", limit.state());
        self.y += STEP;
    }

    /// A party: above the line what left, below what came back, across joint sessions.
    fn party(&mut self, axis: &Axis, party: &str, deeds: &[Deed]) {
        let mut columns: BTreeMap<(DeedKind, u32), (u32, &'static str)> = BTreeMap::new();
        for deed in deeds {
            let x = axis.place(deed.at) / COLUMN * COLUMN;
            let column = columns.entry((deed.kind, x)).or_insert((0, deed.class));
            column.0 += 1;
            if deed.class == "bad" {
                column.1 = "bad";
            }
        }
        let most = columns.values().map(|it| it.0).max().unwrap_or(1);
        let middle = self.y + 15;
        self.write(LEFT - 10, "end", short(party));
        self.draw((LEFT, middle), (ACROSS, 1), "faint", "");
        for ((kind, x), (count, class)) in columns {
            let height = match most {
                1 => 11,
                most => 4 + 8 * count / most,
            };
            let (y, height, word) = match kind {
                DeedKind::Sent => (middle - height, height, "sent"),
                DeedKind::Received => (middle + 2, height, "came back"),
                DeedKind::Met => (middle - 12, 25, "joint sessions"),
            };
            let title = format!("{party}: {count} {word}");
            self.draw((x, y), (COLUMN - 1, height), class, &title);
        }
        let count = |kind| deeds.iter().filter(|it| it.kind == kind).count();
        let (sent, back) = (count(DeedKind::Sent), count(DeedKind::Received));
        self.write(
            LEFT + ACROSS + 10,
            "start",
            format!("{sent} sent, {back} back"),
        );
        self.y += STEP + 4;
    }

    /// How many more there are.
    fn more(&mut self, count: usize, what: &str) {
        if count > 0 {
            self.write(
                LEFT,
                "start",
                format!("and {count} more {what}: see the tables"),
            );
            self.y += STEP;
        }
    }

    /// The days, below all, each with a line through it.
    fn days(&mut self, axis: &Axis, top: u32) {
        let bottom = self.y + 2;
        let lines = axis.days(86).into_iter();
        let mut behind = Vec::new();
        for (x, day) in lines {
            behind.push(boxed((x, top), (1, bottom - top), "faint", ""));
            self.write(x + 3, "start", day);
        }
        behind.append(&mut self.shapes);
        self.shapes = behind;
        self.y += STEP - 4;
    }
}

const fn class_of(state: DutyState) -> &'static str {
    match duty_mark(state) {
        Mark::Good => "good",
        Mark::Bad => "bad",
        Mark::Warn => "warn",
        _ => "muted",
    }
}

/// About how wide a text is.
fn width_of(text: &str) -> u32 {
    let count: usize = text.chars().map(columns).sum();
    u32::try_from(count).unwrap_or(0) * CHARACTER
}

/// Characters of the east of Asia are twice as wide as others.
fn columns(c: char) -> usize {
    if c >= '\u{2e80}' { 2 } else { 1 }
}

/// A name that fits at the left.
fn short(text: &str) -> String {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += columns(c);
        if used > NAME {
            return format!("{}…", text[..at].trim_end());
        }
    }
    text.to_owned()
}
