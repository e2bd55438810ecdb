//! All that a report is made from, looked up by what it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::build::anchor;
use super::detail::{Need, most_serious, need};
use super::model::{Asked, Mark, Run, Verdicts};
use super::taken::{Reader, Story, Taken};
use crate::clock::{Instant, Period, parse_instant};
use crate::document::NodeRef;
use crate::finding::{Counts, Duty, FilePast, Finding, Outcome, Past, Severity, controls};
use crate::policy::shipped_packs;
use crate::record::{Record, RecordKind, Registry};

pub(super) struct Books<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) registry: &'a Registry,
    pub(super) taken: &'a [Taken],
    pub(super) asked: &'a [Asked],
    pub(super) period: Period,
    pub(super) as_of: Instant,
    /// What the commits say about the files, or why that cannot be told.
    pub(super) past: Result<&'a Past, &'a str>,
    /// The incidents of the period that really happened, in the order of their ids.
    pub(super) incidents: Vec<(&'a Taken, &'a Story)>,
    /// Those that were only played.
    pub(super) simulated: Vec<(&'a Taken, &'a Story)>,
    /// Incidents that say no time at which they can be placed.
    pub(super) undated: Vec<&'a Taken>,
    verdicts: BTreeMap<&'a str, &'a [Counts]>,
    /// The packages of each incident.
    packages: BTreeMap<&'a str, Vec<&'a Taken>>,
    /// The first record with each id.
    by_id: BTreeMap<&'a str, &'a Taken>,
    /// Why incidents of the period, played ones included, are told in full, by their ids.
    told: BTreeMap<&'a str, Need>,
    /// What an exception is about: incidents, by their ids.
    excepted: BTreeSet<String>,
    /// The health checks that sampled each incident.
    samples: BTreeMap<&'a str, Vec<&'a str>>,
    /// The incidents that were drawn for this report; `None` if none was asked for.
    drawn: Option<BTreeSet<String>>,
    /// The duties of each file.
    duties: BTreeMap<&'a str, Vec<&'a Duty>>,
    /// The findings on each file.
    findings: BTreeMap<&'a str, Vec<&'a Finding>>,
    /// The files of all incidents and packages, and whether they are of the period.
    of_incidents: BTreeMap<&'a str, bool>,
}

impl<'a> Books<'a> {
    pub(super) fn new(
        outcome: &'a Outcome,
        registry: &'a Registry,
        taken: &'a [Taken],
        asked: &'a [Asked],
        period: Period,
        as_of: Instant,
        past: Result<&'a Past, &'a str>,
    ) -> Self {
        let verdicts = outcome.verdicts.iter();
        let mut books = Self {
            outcome,
            registry,
            taken,
            asked,
            period,
            as_of,
            past,
            incidents: Vec::new(),
            simulated: Vec::new(),
            undated: Vec::new(),
            verdicts: verdicts.map(|it| (&*it.file, &*it.counts)).collect(),
            packages: BTreeMap::new(),
            by_id: BTreeMap::new(),
            told: BTreeMap::new(),
            excepted: excepted(registry),
            samples: BTreeMap::new(),
            drawn: None,
            duties: BTreeMap::new(),
            findings: BTreeMap::new(),
            of_incidents: BTreeMap::new(),
        };
        for duty in &outcome.duties {
            books.duties.entry(&duty.file).or_default().push(duty);
        }
        for finding in &outcome.findings {
            let file = &*finding.location.file;
            books.findings.entry(file).or_default().push(finding);
        }
        for taken in taken {
            books.by_id.entry(&taken.id).or_insert(taken);
            for sampled in taken.trial.iter().flat_map(|it| &it.sample) {
                books.samples.entry(sampled).or_default().push(&taken.id);
            }
            if let Some(owner) = &taken.owner {
                books.packages.entry(owner).or_default().push(taken);
            }
            if matches!(taken.kind, RecordKind::Incident | RecordKind::Package) {
                books.of_incidents.insert(&taken.file, false);
            }
        }
        books.sort_incidents();
        let all = books.incidents.iter().chain(&books.simulated);
        let told = all.filter_map(|it| Some((it.0.id.as_str(), need(&books, it.0)?)));
        let is_sampled = |it: &(&str, Need)| books.samples_with(it.0).next().is_some();
        let (sampled, others): (Vec<_>, Vec<_>) = told.partition(is_sampled);
        books.told = most_serious(others);
        books.told.extend(sampled);
        for (incident, _) in books.incidents.clone() {
            let files: Vec<&str> = books.files_of(incident).map(|it| &*it.file).collect();
            for file in files {
                books.of_incidents.insert(file, true);
            }
        }
        books
    }

    fn sort_incidents(&mut self) {
        for taken in self.taken {
            let Some(story) = taken.incident.as_deref() else {
                continue;
            };
            let began = [&story.declared, &story.detected];
            let Some(began) = began.into_iter().find_map(|it| parse_instant(it)) else {
                self.undated.push(taken);
                continue;
            };
            let ended = parse_instant(&story.closed).filter(|it| *it <= self.as_of);
            if began > self.as_of || !self.period.meets(began, ended) {
                continue;
            }
            match story.is_simulated {
                true => self.simulated.push((taken, story)),
                false => self.incidents.push((taken, story)),
            }
        }
        self.incidents
            .sort_by(|left, right| left.0.id.cmp(&right.0.id));
        self.simulated
            .sort_by(|left, right| left.0.id.cmp(&right.0.id));
    }

    /// As [`Self::shape_of`], for a demand that no rule names.
    pub(super) fn shaped(&self, demand: &str) -> Option<Counts> {
        // Some are named by a rule for certain times only, such as what is done too late.
        let mut packs = shipped_packs().iter();
        let is_ruled = packs.any(|(_, pack)| {
            let mut texts = pack.tree.scalars();
            texts.any(|text| text.scalar_text() == demand)
        });
        self.shape_of(demand).filter(|_| !is_ruled)
    }

    /// The verdicts on a demand of which the schemas of some kinds say that the shape of records
    /// decides it: one for each of their records.
    pub(super) fn shape_of(&self, demand: &str) -> Option<Counts> {
        let is_shaped = |kind: &RecordKind| {
            let schema = kind.schema();
            schema.is_some_and(|it| it.schema.shape().decides(demand))
        };
        let kinds: Vec<RecordKind> = RecordKind::all().filter(is_shaped).collect();
        if kinds.is_empty() {
            return None;
        }
        let mut counts = Counts::default();
        for taken in self.taken.iter().filter(|it| kinds.contains(&it.kind)) {
            let findings = self.findings.get(taken.file.as_str());
            let findings = findings.into_iter().flatten();
            let mut broken = findings.filter(|it| it.obligations.iter().any(|id| id == demand));
            match broken.clone().next() {
                None => counts.pass += 1,
                Some(_) if broken.all(|it| it.excepted_by.is_some()) => counts.excepted += 1,
                Some(_) => counts.fail += 1,
            }
        }
        Some(counts)
    }

    /// An incident and its packages.
    pub(super) fn files_of(&self, incident: &'a Taken) -> impl Iterator<Item = &'a Taken> {
        let packages = self.packages.get(incident.id.as_str());
        let packages = packages.into_iter().flatten().copied();
        std::iter::once(incident).chain(packages)
    }

    /// The checks on a file by verdict, for a control.
    pub(super) fn checks(&self, file: &str, control: &str) -> Counts {
        let position = controls().iter().position(|it| it.id == control);
        let counts = self.verdicts.get(file).zip(position);
        counts
            .and_then(|(counts, at)| counts.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// The checks on an incident and its packages, for a control.
    pub(super) fn checks_of(&self, incident: &'a Taken, control: &str) -> Verdicts {
        let mut sum = Verdicts::default();
        for file in self.files_of(incident) {
            sum.add(&self.checks(&file.file, control));
        }
        sum
    }

    /// The checks on all that is no incident.
    pub(super) fn design(&self, control: &str) -> Verdicts {
        let mut sum = Verdicts::default();
        let files = self.verdicts.keys();
        for file in files.filter(|file| !self.of_incidents.contains_key(**file)) {
            sum.add(&self.checks(file, control));
        }
        sum
    }

    /// The findings of a control that the report is about: on incidents of the period, and on all
    /// that is no incident.
    pub(super) fn findings(&self, control: &str) -> impl Iterator<Item = &'a Finding> {
        let all = self.outcome.findings.iter();
        all.filter(move |it| {
            it.severity > Severity::Info
                && it.controls.iter().any(|id| id == control)
                && self.concerns(&it.location.file)
        })
    }

    /// Whether a file is one of the report: no incident, or one of the period.
    pub(super) fn concerns(&self, file: &str) -> bool {
        self.of_incidents.get(file).copied().unwrap_or(true)
    }

    /// The duties of a control that the report is about.
    pub(super) fn duties(&self, control: &str) -> impl Iterator<Item = &'a Duty> {
        let all = self.outcome.duties.iter();
        all.filter(move |it| {
            crate::finding::controls_of(it.obligations.iter().map(String::as_str))
                .iter()
                .any(|id| id == control)
                && self.concerns(&it.file)
        })
    }

    /// The duties of an incident and its packages.
    pub(super) fn duties_of(&self, incident: &'a Taken) -> impl Iterator<Item = &'a Duty> {
        let files = self.files_of(incident);
        let duties = files.filter_map(|it| self.duties.get(&*it.file));
        duties.flatten().copied()
    }

    /// The findings on an incident and its packages.
    pub(super) fn findings_of(&self, incident: &'a Taken) -> impl Iterator<Item = &'a Finding> {
        let files = self.files_of(incident);
        let findings = files.filter_map(|it| self.findings.get(&*it.file));
        findings.flatten().copied()
    }

    /// What the commits say about a file that stands.
    pub(super) fn file_past(&self, file: &str) -> Option<&'a FilePast> {
        self.past.ok()?.files.get(file)
    }

    /// Whether any of the controls asked for is among these.
    pub(super) fn is_asked(&self, controls: &[String]) -> bool {
        self.asked.iter().any(|it| controls.contains(&it.id))
    }

    /// The cards that cover a control.
    pub(super) fn cards(&self, control: &'a str) -> impl Iterator<Item = &'a Record> {
        self.registry
            .of_kind(RecordKind::Control)
            .filter(move |card| {
                let mut covers = card.root().list_of("covers");
                covers.any(|it| it.scalar_text() == control)
            })
    }

    /// The one record of a kind, or the first by its path.
    pub(super) fn first(&self, kind: RecordKind) -> Option<&'a Record> {
        self.registry.of_kind(kind).next()
    }

    /// Where a record of the registries stands.
    pub(super) fn file(&self, record: &'a Record) -> &'a str {
        self.registry.home_of_tree(&record.tree).map_or("", |it| it)
    }

    /// A text that leads to a node of a record of the registries.
    pub(super) fn at(&self, text: impl Into<String>, record: &'a Record, node: NodeRef<'_>) -> Run {
        Run::at(text, self.file(record), Reader::new(record).line(node))
    }

    /// A text that leads to a record of the registries by its id, or stays a text.
    pub(super) fn named(&self, kind: RecordKind, id: &str) -> Run {
        match self.registry.record(kind, id) {
            Some(record) => self.at(id, record, record.root()),
            None => Run::text(id),
        }
    }

    /// A text that leads to the file of an incident, and to its trail if it is told in full.
    pub(super) fn incident(&self, id: &str) -> Run {
        let found = self.by_id.get(id);
        let run = found.map_or_else(|| Run::text(id), |it| Run::at(id, &it.file, it.line));
        Run {
            anchor: self.told.contains_key(id).then(|| anchor(&["trail", id])),
            ..run
        }
    }

    /// Why an incident of the period is told in full; `None` if it is only counted.
    pub(super) fn told(&self, id: &str) -> Option<Need> {
        self.told.get(id).copied()
    }

    /// Whether an exception is about an incident.
    pub(super) fn is_excepted(&self, id: &str) -> bool {
        self.excepted.contains(id)
    }

    /// The ids of the health checks that sampled an incident.
    pub(super) fn samples_with(&self, id: &str) -> impl Iterator<Item = &'a str> {
        let samples = self.samples.get(id);
        samples.into_iter().flatten().copied()
    }

    /// Takes incidents of the period as drawn: each is told in full.
    pub(super) fn draw(&mut self, ids: &[String]) {
        for (taken, _) in self.incidents.iter().filter(|it| ids.contains(&it.0.id)) {
            self.told.entry(&taken.id).or_insert(Need::Sampled);
        }
        self.drawn = Some(ids.iter().cloned().collect());
    }

    /// Whether an incident was drawn for this report; `None` if no sample was asked for.
    pub(super) fn is_drawn(&self, id: &str) -> Option<bool> {
        self.drawn.as_ref().map(|it| it.contains(id))
    }

    /// Whether there is an incident with this id.
    pub(super) fn has_incident(&self, id: &str) -> bool {
        let found = self.by_id.get(id);
        found.is_some_and(|it| it.incident.is_some())
    }

    /// The people who hold a role as of the instant of the report.
    pub(super) fn holders(&self, role: &str) -> String {
        self.registry.holders_of(role, self.as_of).join(", ")
    }
}

/// The incidents that exceptions are about, by the ids in front of a place.
fn excepted(registry: &Registry) -> BTreeSet<String> {
    let exceptions = registry.of_kind(RecordKind::Exception);
    let subjects = exceptions.map(|it| it.root().text_of("subject"));
    let ids = subjects.filter_map(|it| it.split('#').next());
    ids.map(str::to_owned).collect()
}

impl Verdicts {
    /// The verdict on one thing that was checked.
    pub(super) const fn verdict(&self) -> (&'static str, Mark) {
        match self {
            Self { fail: 1.., .. } => ("fail", Mark::Bad),
            Self { excepted: 1.., .. } => ("excepted", Mark::Warn),
            Self {
                not_evaluated: 1.., ..
            } => ("not evaluated", Mark::Muted),
            Self { pass: 1.., .. } => ("pass", Mark::Good),
            _ => ("not applicable", Mark::Muted),
        }
    }
}
