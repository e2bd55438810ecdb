//! What each rule costs on an incident, and what a plain interpreter of CEL would take.
//!
//! `cargo bench --bench rules`. One thread, records in memory. Options: `--records N`,
//! `--repeats N`, and `--folder PATH` for a corpus that `--bench large` has written. A rule is
//! asked alone, so what it has in common with others counts for each of them; the line
//! `all together` is what a check pays.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "a benchmark, and the corpus it writes"
)]

mod corpus;

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cel::{Context, Program, Value as Theirs};
use corpus::Corpus;
use probity::clock::{self, parse_as_of};
use probity::document::{Kind, Limits, NodeRef, Number};
use probity::evidence::Standing;
use probity::finding::Page;
use probity::policy::expression::{Budget, Expression, Scope, Terms, compile};
use probity::policy::vocabulary::{Lookups, Speaker, kind_type, variables};
use probity::policy::{Asked, Catalogue, Facts, Known, Wanted, ask};
use probity::record::{Incidents, Reading, Record, RecordKind, Registry, read_record};
use probity::source::Source;

/// That of the program: what is measured is what users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Questions that both languages understand in the same way.
const PLAIN: &[&str] = &[
    "!has(record.closed_at) || has(record.closed_by)",
    "!(record.status in ['contained', 'closed']) || has(record.contained_at)",
    "!has(record.outbound) || record.outbound.all(o, has(o.at) && has(o.by))",
    "!has(record.parties) || record.parties.all(p, p.decision != 'do-not-notify' || has(p.why))",
    "!has(record.actions) || record.actions.filter(a, a.status == 'open').size() <= 100",
];

fn main() {
    let is_bench = std::env::args().any(|it| it == "--bench");
    let records = number("--records").unwrap_or(if is_bench { 2000 } else { 20 });
    let repeats = number("--repeats").unwrap_or(if is_bench { 3 } else { 1 });
    let temporary = tempfile::tempdir().unwrap();
    let folder = option("--folder").map_or(temporary.path().to_owned(), Into::into);
    if !folder.join("program.yaml").is_file() {
        Corpus::new(1, records).write_to(&folder).unwrap();
    }
    let organisation = Organisation::read(&folder, records);
    let lookups = Lookups::new(&organisation.kept);
    let bench = Bench {
        lookups: &lookups,
        organisation: &organisation,
        as_of: parse_as_of("2025-12-31").unwrap(),
        repeats,
    };
    bench.rules();
    bench.languages();
}

fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|it| it != name);
    arguments.nth(1)
}

fn number(name: &str) -> Option<usize> {
    option(name).map(|text| text.parse().unwrap())
}

/// The records of a corpus, those of one folder together.
struct Organisation {
    kept: Registry,
    folders: Vec<Folder>,
}

struct Folder(Vec<(String, Record)>);

impl Organisation {
    fn read(folder: &Path, most: usize) -> Self {
        let source = Source::open(folder, None).unwrap();
        let limits = Limits::default();
        let (mut kept, mut others) = (Vec::new(), Vec::new());
        for file in source.list().unwrap().files {
            let bytes = source.read(&file, limits.bytes).unwrap();
            match read_record(&file.path, bytes, &limits) {
                Reading::Record(record) if record.kind.is_registry() => {
                    kept.push((Arc::from(file.path), record));
                }
                Reading::Record(record) => others.push((file.path, record)),
                // A corpus may have defects.
                _ => {}
            }
        }
        let mut folders: Vec<Folder> = Vec::new();
        let home = |path: &str| path.split('/').take(2).collect::<Vec<_>>().join("/");
        for (path, record) in others {
            match folders.last_mut() {
                Some(Folder(last)) if home(&last[0].0) == home(&path) => last.push((path, record)),
                _ => folders.push(Folder(vec![(path, record)])),
            }
        }
        let is_incident = |(_, record): &(_, Record)| record.kind == RecordKind::Incident;
        folders.retain(|folder| folder.0.iter().any(is_incident));
        folders.truncate(most);
        let kept = Registry::new(kept, []);
        Self { kept, folders }
    }

    fn incidents(&self) -> impl Iterator<Item = (&Folder, &str, &Record)> {
        self.folders.iter().flat_map(|folder| {
            let incidents = folder.0.iter();
            incidents
                .filter(|(_, record)| record.kind == RecordKind::Incident)
                .map(move |(path, record)| (folder, path.as_str(), record))
        })
    }
}

impl<'t> Facts<'t> for &'t Folder {
    fn record(&self, id: &str) -> Known<Option<&'t Record>> {
        let mut records = self.0.iter().map(|(_, record)| record);
        match records.find(|it| it.id == id && it.kind != RecordKind::Package) {
            Some(record) => Known::Yes(Some(record)),
            None => Known::Later(Wanted::Record(id.to_owned())),
        }
    }

    fn packages(&self, _: &str) -> Known<Vec<&'t Record>> {
        let records = self.0.iter().map(|(_, record)| record);
        Known::Yes(
            records
                .filter(|it| it.kind == RecordKind::Package)
                .collect(),
        )
    }

    fn count(&self, kind: RecordKind) -> Known<usize> {
        Known::Later(Wanted::Count(kind))
    }

    fn incidents(&self) -> Known<&'t Incidents> {
        Known::Later(Wanted::Incidents)
    }

    fn exists_id(&self, id: &str) -> Known<bool> {
        match self.0.iter().any(|(_, record)| record.id == id) {
            true => Known::Yes(true),
            false => Known::Later(Wanted::Record(id.to_owned())),
        }
    }

    fn file_exists(&self, _: &str) -> Result<bool, String> {
        Ok(true)
    }

    fn standing(&self, _: &str) -> Result<Standing, String> {
        Ok(Standing::Missing)
    }

    fn page(&self, _: &str, _: u32) -> Option<Page> {
        None
    }
}

struct Bench<'b> {
    lookups: &'b Lookups<'b>,
    organisation: &'b Organisation,
    as_of: clock::Instant,
    repeats: usize,
}

impl<'b> Bench<'b> {
    /// Nanoseconds for an incident, the best of some turns. The first warms up.
    fn time(&self, mut work: impl FnMut(&&'b Folder, &str, &'b Record)) -> f64 {
        let turn = |_| {
            let start = Instant::now();
            for (folder, path, record) in self.organisation.incidents() {
                work(&folder, path, record);
            }
            start.elapsed().as_nanos() as f64 / self.organisation.folders.len() as f64
        };
        (0..=self.repeats).map(turn).fold(f64::MAX, f64::min)
    }

    fn rules(&self) {
        let catalogue = Catalogue::shipped();
        let home = |_: NodeRef<'b>| None;
        let asking = |is_asked: &dyn Fn(probity::finding::Rule) -> bool| {
            self.time(|folder, path, record| {
                let speaker = Speaker::new(self.lookups, folder, path, record, self.as_of);
                let asked = Asked {
                    record,
                    as_of: self.as_of,
                    home: &home,
                    wants_duties: false,
                };
                black_box(ask(catalogue, &speaker, asked, is_asked));
            })
        };
        let nothing = asking(&|_| false);
        let mut table: Vec<(f64, &str)> = catalogue
            .forms(RecordKind::Incident)
            .iter()
            .map(|form| {
                let time = asking(&|rule| rule == form.rule) - nothing;
                (time, &*catalogue.entry(form.rule).name)
            })
            .collect();
        table.sort_by(|left, right| right.0.total_cmp(&left.0));
        println!("nanoseconds for an incident, each rule alone\n");
        for (time, name) in &table {
            println!("{time:>9.0}  {name}");
        }
        let sum: f64 = table.iter().map(|(time, _)| time).sum();
        println!("{sum:>9.0}  {} rules, one by one", table.len());
        println!("{:>9.0}  all together", asking(&|_| true));
    }

    /// The same questions in the language of the rules, and in the `cel` crate on converted values.
    fn languages(&self) {
        let scope_variables = variables(RecordKind::Incident, kind_type(RecordKind::Incident));
        let scope = Scope {
            variables: &scope_variables,
            functions: &[],
            terms: &Terms::default(),
        };
        let ours: Vec<Expression> = PLAIN
            .iter()
            .map(|text| compile(text, &scope).unwrap_or_else(|it| panic!("{text}: {it:?}")))
            .collect();
        let theirs: Vec<Program> = PLAIN
            .iter()
            .map(|it| Program::compile(it).unwrap())
            .collect();
        let nodes = self.time(|folder, path, record| {
            let speaker = Speaker::new(self.lookups, folder, path, record, self.as_of);
            for expression in &ours {
                let found = expression.evaluate(&speaker, &mut Budget::default());
                black_box(found.unwrap().as_bool());
            }
        });
        let converting = self.time(|_, _, record| {
            black_box(context(record));
        });
        let mut converted = self.organisation.incidents().map(|it| context(it.2));
        let converted: Vec<Context<'_, '_>> = converted.by_ref().collect();
        let start = Instant::now();
        for context in &converted {
            for program in &theirs {
                black_box(program.execute(context).unwrap());
            }
        }
        let values = start.elapsed().as_nanos() as f64 / converted.len() as f64;
        println!(
            "\nnanoseconds for an incident, {} plain questions\n",
            PLAIN.len()
        );
        println!("{nodes:>9.0}  on the nodes of the record");
        println!("{values:>9.0}  by the cel crate, on values");
        println!("{converting:>9.0}  to make these values of the nodes");
    }
}

fn context<'c>(record: &Record) -> Context<'c, 'c> {
    let mut context = Context::default();
    context.add_variable_from_value("record", converted(record.root()));
    context
}

/// A record as the `cel` crate wants it.
fn converted(node: NodeRef<'_>) -> Theirs {
    match node.kind() {
        Kind::Map => {
            let pairs = node.pairs();
            let pairs = pairs.map(|(key, value)| (key.scalar_text().to_owned(), converted(value)));
            pairs.collect::<HashMap<String, Theirs>>().into()
        }
        Kind::List => node.items().map(converted).collect::<Vec<_>>().into(),
        Kind::Bool => Theirs::Bool(node.as_bool().unwrap()),
        Kind::Integer | Kind::Float => match node.as_number().unwrap() {
            Number::Signed(it) => Theirs::Int(it),
            Number::Unsigned(it) => i64::try_from(it).map_or(Theirs::UInt(it), Theirs::Int),
            Number::Float(it, _) => Theirs::Float(it),
        },
        Kind::Null => Theirs::Null,
        Kind::Text | Kind::Alias => node.scalar_text().into(),
    }
}
