//! A made-up organisation with as many incidents as asked for, the same for the same seed.
//!
//! Every record is clean: keys, values, times and references are those of the data contract.
//! [`Corpus::with_defects`] adds mistakes, one in a record, and knows the rule that must find each
//! and the line and column it must name. The places are found while the text is written, without
//! any part of Probity, so they are a second opinion about them.

mod defect;
mod incident;
mod organisation;
mod practice;
mod random;
mod registry;
mod site;
mod time;
mod tree;
mod words;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::thread;

use defect::Defect;
use incident::{Incident, Wishes};
use organisation::Organisation;
use practice::EXCEPTIONS;
use random::Random;
use tree::Node;
use write::{Handwriting, Position};

/// Incidents carry the numbers of these years.
const FIRST_YEAR: i64 = 2015;
const YEARS: usize = 11;

/// Parts of the seed that are no incident.
const REGISTRY: u64 = 1 << 40;

/// A file of the corpus: a path with `/`, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A finding that a check must bring, exactly there and only once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expected {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) rule: String,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// The whole organisation, made file by file when asked for.
pub(crate) struct Corpus {
    seed: u64,
    incidents: usize,
    org: Organisation,
    /// Incident with a defect, and how many of its kind came before.
    defects: BTreeMap<usize, (Defect, usize)>,
    /// Third party with a defect, and how many came before.
    broken_parties: BTreeMap<usize, usize>,
}

impl Corpus {
    /// A clean corpus.
    ///
    /// # Panics
    /// If there are more incidents than numbers for them (109,989).
    pub(crate) fn new(seed: u64, incidents: usize) -> Self {
        assert!(incidents <= 9999 * YEARS, "ids have four digits");
        Self {
            seed,
            incidents,
            org: Organisation::new(seed),
            defects: BTreeMap::new(),
            broken_parties: BTreeMap::new(),
        }
    }

    /// Spreads so many defects evenly over the kinds and over the incidents, at most one in each.
    /// The first incidents stay clean, because other records refer to what is in them.
    ///
    /// # Panics
    /// If there are too few incidents.
    pub(crate) fn with_defects(mut self, count: usize) -> Self {
        let free = self.incidents - self.reserved();
        assert!(count <= free, "one defect in a record");
        let mut random = Random::new(self.seed, REGISTRY - 1);
        let mut seen = [0; Defect::ALL.len()];
        for number in 0..count {
            let kind = number % Defect::ALL.len();
            let (defect, variant) = (Defect::ALL[kind], seen[kind]);
            seen[kind] += 1;
            if defect == Defect::WrongFormat && variant % 5 == 4 {
                let party = variant / 5;
                if party < self.org.parties.len() {
                    self.broken_parties.insert(party, variant / 5);
                    continue;
                }
            }
            let (from, to) = (free * number / count, free * (number + 1) / count);
            let incident = self.reserved() + from + random.below(to - from);
            self.defects.insert(incident, (defect, variant));
        }
        self
    }

    /// How many incidents at the start others refer to.
    fn reserved(&self) -> usize {
        (self.incidents / 4).min(24)
    }

    fn year(incident: usize) -> i64 {
        FIRST_YEAR + (incident % YEARS) as i64
    }

    fn incident_id(incident: usize) -> String {
        format!("INC-{}-{:04}", Self::year(incident), incident / YEARS + 1)
    }

    /// All files, one at a time.
    pub(crate) fn files(&self) -> impl Iterator<Item = File> + '_ {
        let incidents = (0..self.incidents).flat_map(|number| self.incident(number));
        self.registry()
            .into_iter()
            .chain(incidents)
            .map(|made| made.file)
    }

    /// What a check must find, in the order of paths and places.
    pub(crate) fn expected_defects(&self) -> Vec<Expected> {
        let incidents = self
            .defects
            .keys()
            .flat_map(|number| self.incident(*number));
        let mut expected: Vec<_> = self
            .registry()
            .into_iter()
            .chain(incidents)
            .filter_map(|made| made.expected)
            .collect();
        expected.sort();
        expected
    }

    /// Writes all files below a folder, on as many threads as the machine has.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn write_to(&self, root: &Path) -> io::Result<Written> {
        let mut written = Written::default();
        for made in self.registry() {
            written.add(&made.file, root)?;
        }
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = self.incidents.div_ceil(threads);
        let parts = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let to = self.incidents.min((worker + 1) * share);
                    scope.spawn(move || self.write_incidents(worker * share..to, root))
                })
                .collect();
            workers
                .into_iter()
                .map(|worker| {
                    worker
                        .join()
                        .unwrap_or_else(|_| Err(io::Error::other("panic")))
                })
                .collect::<Vec<_>>()
        });
        for part in parts {
            let part = part?;
            written.files += part.files;
            written.bytes += part.bytes;
        }
        Ok(written)
    }

    fn write_incidents(&self, numbers: Range<usize>, root: &Path) -> io::Result<Written> {
        let mut written = Written::default();
        for number in numbers {
            for made in self.incident(number) {
                written.add(&made.file, root)?;
            }
        }
        Ok(written)
    }

    /// Everything but the incidents.
    fn registry(&self) -> Vec<Made> {
        let org = &self.org;
        let mut random = Random::new(self.seed, REGISTRY);
        let mut nodes = vec![
            ("registry/people.yaml".to_owned(), registry::people()),
            (
                "health-checks/HC-2025-02.yaml".to_owned(),
                practice::metrics_review(),
            ),
        ];
        let sample: Vec<_> = (0..self.reserved()).map(Self::incident_id).collect();
        nodes.push((
            "health-checks/HC-2025-01.yaml".to_owned(),
            practice::sampling(&sample, self.closed_in_first_year(), &mut random),
        ));
        for number in 1..=3 {
            let exercise = practice::exercise(number, org, &mut random);
            nodes.push((format!("exercises/EX-2025-{number:02}.yaml"), exercise));
        }
        for number in 1..=EXCEPTIONS {
            let subject = match sample.get(number) {
                Some(incident) => format!("{incident}#V-1"),
                None => org.parties[number].id.clone(),
            };
            let exception = practice::exception(number, subject, &mut random);
            let id = practice::exception_id(number);
            nodes.push((format!("exceptions/{id}.yaml"), exception));
        }
        for system in &org.systems {
            let path = format!("registry/systems/{}.yaml", system.id);
            nodes.push((path, registry::system(system, org)));
        }
        for (number, party) in org.parties.iter().enumerate() {
            let mut node = registry::third_party(party, org, &mut random);
            if let Some(variant) = self.broken_parties.get(&number) {
                defect::break_duration(&mut node, *variant);
            }
            nodes.push((format!("registry/third-parties/{}.yaml", party.id), node));
        }
        let fixed = organisation::FIXED.iter().map(|(path, text)| Made {
            file: File {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            },
            expected: None,
        });
        let hand = Handwriting::tidy();
        let written = nodes.into_iter().map(|(path, node)| {
            Made::new(path, &node, &hand, &mut random, Defect::WrongFormat.rule())
        });
        fixed.chain(written).collect()
    }

    /// How many incidents were closed in the first year; none can be that began in a later one.
    fn closed_in_first_year(&self) -> usize {
        let end = time::midnight(FIRST_YEAR + 1, 1, 1);
        let of_first_year = (0..self.incidents).step_by(YEARS);
        let closed = of_first_year.filter_map(|number| self.story(number).0.closed);
        closed.filter(|closed| *closed < end).count()
    }

    /// An incident and its packages. A defect, if there is one, is in the incident.
    fn incident(&self, number: usize) -> Vec<Made> {
        let id = Self::incident_id(number);
        let (incident, mut random) = self.story(number);
        let defect = self.defects.get(&number);
        let hand = Handwriting::new(&mut random);
        let rule = defect.map_or("", |(defect, _)| defect.rule());
        let folder = format!("incidents/{id}");
        let path = format!("{folder}/incident.yaml");
        let mut made = vec![Made::new(path, &incident.record, &hand, &mut random, rule)];
        for (at, package) in incident.packages.iter().enumerate() {
            let path = format!("{folder}/packages/PKG-{}.yaml", at + 1);
            made.push(Made::new(path, package, &hand, &mut random, rule));
        }
        made
    }

    /// What happened in an incident, with its defect, and the dice for whoever writes it down.
    fn story(&self, number: usize) -> (Incident, Random) {
        let id = Self::incident_id(number);
        let part = number as u64;
        let defect = self.defects.get(&number).copied();
        let mut wishes = Wishes {
            is_full: number < self.reserved(),
            // A package names the incident, by whatever id it has.
            stands_alone: matches!(defect, Some((Defect::IdContradictsPath, _))),
            accepted_by: (1..=EXCEPTIONS.min(self.reserved().saturating_sub(1)))
                .contains(&number)
                .then_some(number),
        };
        let dice = Random::new(self.seed, part);
        let mut random = Random::new(self.seed ^ 1, part);
        let incident = loop {
            let mut made = incident::incident(&self.org, &dice, &id, Self::year(number), wishes);
            let fits = defect.is_none_or(|(defect, variant)| {
                defect.inject(&mut made.record, variant, &mut random)
            });
            // Where the record has no place for the mistake, its fuller sister has.
            if fits {
                break made;
            }
            assert!(!wishes.is_full, "{defect:?} has no place in {id}");
            wishes.is_full = true;
        };
        (incident, random)
    }
}

/// A file, and what must be found in it.
struct Made {
    file: File,
    expected: Option<Expected>,
}

impl Made {
    fn new(path: String, node: &Node, hand: &Handwriting, random: &mut Random, rule: &str) -> Self {
        let (text, place) = write::write(node, hand, random);
        let expected = place.map(|Position { line, column }| Expected {
            path: path.clone(),
            line,
            column,
            rule: rule.to_owned(),
        });
        Self {
            file: File { path, text },
            expected,
        }
    }
}

impl Written {
    fn add(&mut self, file: &File, root: &Path) -> io::Result<()> {
        let path = root.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &file.text)?;
        self.files += 1;
        self.bytes += file.text.len() as u64;
        Ok(())
    }
}

/// Every target that includes this uses another part of it.
const _: fn(Corpus, Written, Expected) -> bool = |corpus, written, expected| {
    corpus.files().count() == written.files
        && corpus.write_to(Path::new("")).is_ok()
        && corpus
            .with_defects(1)
            .expected_defects()
            .contains(&expected)
        && written.bytes == 0
};
