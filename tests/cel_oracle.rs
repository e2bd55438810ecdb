//! A second opinion: the `cel` crate on random expressions. Both give the same value, or both stop.

#![expect(clippy::print_stderr, reason = "a test")]

use cel::objects::Key as TheirKey;
use cel::{Context, Program, Value as Theirs};
use probity::policy::expression::{
    Budget, Key, Scope, Terms, Value, Why, World, compile_unchecked,
};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Makes an expression out of bytes: the same bytes, the same expression.
struct Maker<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The variables of walks around, with what they stand for.
    around: Vec<(String, Sort)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Ints,
    Texts,
    Map,
}

const SORTS: [Sort; 8] = [
    Sort::Bool,
    Sort::Int,
    Sort::Uint,
    Sort::Double,
    Sort::Text,
    Sort::Ints,
    Sort::Texts,
    Sort::Map,
];

impl Maker<'_> {
    fn byte(&mut self) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte)
    }

    fn pick<'p>(&mut self, of: &[&'p str]) -> &'p str {
        of[self.byte() % of.len()]
    }

    fn literal(&mut self, sort: Sort) -> String {
        let text = match sort {
            Sort::Bool => self.pick(&["true", "false"]),
            Sort::Int => self.pick(&[
                "0",
                "1",
                "2",
                "-1",
                "7",
                "10",
                "-3",
                "0x10",
                "9223372036854775807",
                "-9223372036854775808",
                "4611686018427387904",
            ]),
            Sort::Uint => self.pick(&["0u", "1u", "2u", "18446744073709551615u", "0xffu"]),
            Sort::Double => self.pick(&["0.0", "1.0", "-1.5", "2.5e3", "1e-3", ".5"]),
            Sort::Text => self.pick(&[
                "''",
                "'a'",
                "\"b\"",
                "'ab'",
                "'ä'",
                "'a\\nb'",
                "r'\\d+'",
                "'10'",
                "'\\u00e4🎉'",
                "'x'",
                "'abcabc'",
            ]),
            Sort::Ints => self.pick(&["[]", "[1]", "[1, 2, 3]", "[3, 2, 1, 0]"]),
            Sort::Texts => self.pick(&["[]", "['a']", "['a', 'b']", "['b', 'ab', '']"]),
            Sort::Map => self.pick(&["{}", "{'a': 1}", "{'a': 1, 'b': 2}", "{'x': 0}"]),
        };
        text.to_owned()
    }

    fn make(&mut self, wanted: Sort, depth: u32) -> String {
        // Now and then something of another sort, so that both have something to refuse; but no
        // map, which the crate walks through in no order.
        let sort = match self.byte() {
            0..=250 => wanted,
            _ => SORTS[self.byte() % (SORTS.len() - 1)],
        };
        let around: Vec<String> = self
            .around
            .iter()
            .filter(|(_, of)| *of == sort)
            .map(|(name, _)| name.clone())
            .collect();
        if !around.is_empty() && self.byte().is_multiple_of(2) {
            let at = self.byte() % around.len();
            return around[at].clone();
        }
        if depth == 0 || self.byte().is_multiple_of(5) {
            return self.literal(sort);
        }
        let depth = depth - 1;
        if self.byte().is_multiple_of(8) {
            let condition = self.make(Sort::Bool, depth);
            let (yes, no) = (self.make(sort, depth), self.make(sort, depth));
            return format!("({condition} ? {yes} : {no})");
        }
        match sort {
            Sort::Bool => self.truth(depth),
            Sort::Int => self.int(depth),
            Sort::Uint => {
                let operator = self.pick(&["+", "-", "*", "/", "%"]);
                let (one, two) = (self.make(Sort::Uint, depth), self.make(Sort::Uint, depth));
                format!("({one} {operator} {two})")
            }
            Sort::Double => {
                let operator = self.pick(&["+", "-", "*", "/"]);
                let (one, two) = (
                    self.make(Sort::Double, depth),
                    self.make(Sort::Double, depth),
                );
                match self.byte() % 3 {
                    0 => format!("double({})", self.make(Sort::Int, depth)),
                    _ => format!("({one} {operator} {two})"),
                }
            }
            Sort::Text => match self.byte() % 3 {
                0 => format!("string({})", self.make(Sort::Int, depth)),
                1 => {
                    let list = self.make(Sort::Texts, depth);
                    format!("{list}[{}]", self.make(Sort::Int, 0))
                }
                _ => {
                    let (one, two) = (self.make(Sort::Text, depth), self.make(Sort::Text, depth));
                    format!("({one} + {two})")
                }
            },
            Sort::Ints => self.list(Sort::Int, Sort::Ints, depth),
            Sort::Texts => self.list(Sort::Text, Sort::Texts, depth),
            Sort::Map => {
                let (one, two) = (self.make(Sort::Int, depth), self.make(Sort::Int, depth));
                format!("{{'a': {one}, 'b': {two}}}")
            }
        }
    }

    fn truth(&mut self, depth: u32) -> String {
        match self.byte() % 8 {
            0 => format!("!{}", self.make(Sort::Bool, depth)),
            1 | 2 => {
                let operator = self.pick(&["&&", "||"]);
                let (one, two) = (self.make(Sort::Bool, depth), self.make(Sort::Bool, depth));
                format!("({one} {operator} {two})")
            }
            3 => {
                let sort = SORTS[self.byte() % SORTS.len()];
                let operator = self.pick(&["==", "!="]);
                let (one, two) = (self.make(sort, depth), self.make(sort, depth));
                format!("({one} {operator} {two})")
            }
            4 => {
                let sort = SORTS[self.byte() % 5];
                let operator = self.pick(&["<", "<=", ">", ">="]);
                let (one, two) = (self.make(sort, depth), self.make(sort, depth));
                format!("({one} {operator} {two})")
            }
            5 => {
                let name = self.pick(&["contains", "startsWith", "endsWith"]);
                let (one, two) = (self.make(Sort::Text, depth), self.make(Sort::Text, depth));
                format!("{one}.{name}({two})")
            }
            6 => {
                let walk = self.pick(&["all", "exists", "exists_one"]);
                self.walk(walk, Sort::Bool, depth)
            }
            _ => match self.byte() % 3 {
                0 => format!("has({}.a)", self.make(Sort::Map, depth)),
                1 => {
                    let (one, two) = (self.make(Sort::Int, depth), self.make(Sort::Ints, depth));
                    format!("({one} in {two})")
                }
                _ => {
                    let (one, two) = (self.make(Sort::Text, depth), self.make(Sort::Map, depth));
                    format!("({one} in {two})")
                }
            },
        }
    }

    fn int(&mut self, depth: u32) -> String {
        match self.byte() % 6 {
            0 => {
                let sort = [Sort::Text, Sort::Ints, Sort::Map][self.byte() % 3];
                format!("size({})", self.make(sort, depth))
            }
            1 => format!("-({})", self.make(Sort::Int, depth)),
            2 => {
                let list = self.make(Sort::Ints, depth);
                format!("{list}[{}]", self.make(Sort::Int, 0))
            }
            3 => format!("{}.a", self.make(Sort::Map, depth)),
            _ => {
                let operator = self.pick(&["+", "-", "*", "/", "%"]);
                let (one, two) = (self.make(Sort::Int, depth), self.make(Sort::Int, depth));
                format!("({one} {operator} {two})")
            }
        }
    }

    fn list(&mut self, item: Sort, list: Sort, depth: u32) -> String {
        match self.byte() % 4 {
            0 => {
                let (one, two) = (self.make(list, depth), self.make(list, depth));
                format!("({one} + {two})")
            }
            1 => self.walk("map", item, depth),
            2 => self.walk_of("filter", list, Sort::Bool, depth),
            _ => {
                let (one, two) = (self.make(item, depth), self.make(item, depth));
                format!("[{one}, {two}]")
            }
        }
    }

    fn walk(&mut self, walk: &str, body: Sort, depth: u32) -> String {
        let over = [Sort::Ints, Sort::Texts][self.byte() % 2];
        self.walk_of(walk, over, body, depth)
    }

    fn walk_of(&mut self, walk: &str, over: Sort, body: Sort, depth: u32) -> String {
        let list = self.make(over, depth);
        let name = format!("v{}", self.around.len());
        let item = if over == Sort::Ints {
            Sort::Int
        } else {
            Sort::Text
        };
        self.around.push((name.clone(), item));
        let body = self.make(body, depth);
        self.around.pop();
        format!("{list}.{walk}({name}, {body})")
    }
}

struct Nothing;

impl<'t> World<'t> for Nothing {
    fn variable(&self, _: usize) -> Result<Value<'t>, Why> {
        Err(Why::Fault("there are no variables".to_owned()))
    }

    fn call(&self, _: usize, _: &[Value<'t>]) -> Result<Value<'t>, Why> {
        Err(Why::Fault("there are no functions".to_owned()))
    }
}

fn same(ours: &Value<'_>, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(one), Theirs::Bool(two)) => one == two,
        (Value::Int(one), Theirs::Int(two)) => one == two,
        (Value::Uint(one), Theirs::UInt(two)) => one == two,
        (Value::Double(one), Theirs::Float(two)) => {
            one.total_cmp(two).is_eq() || (one.is_nan() && two.is_nan())
        }
        (Value::Text(one), Theirs::String(two)) => one.as_str() == two.as_str(),
        (Value::List(one), Theirs::List(two)) => {
            one.values().len() == two.len()
                && (one.values().iter().zip(two.iter())).all(|(one, two)| same(one, two))
        }
        (Value::Map(one), Theirs::Map(two)) => {
            one.len() == two.map.len()
                && one.entries().all(|(key, value)| {
                    let Key::Text(key) = key else { return false };
                    let key = TheirKey::from(key.as_str().to_owned());
                    two.map.get(&key).is_some_and(|other| same(value, other))
                })
        }
        _ => false,
    }
}

/// Where the crate is known to differ: what its answer holds, and why ours stays.
const DEVIATIONS: &[(&[&str], &str)] = &[
    (
        &["function: \"@in\"", ", \"map\"]"],
        "what can be no key is in no map; the crate stops",
    ),
    (
        &["!!", "is neither true nor false"],
        "the crate leaves two `!` out, whatever stands behind them",
    ),
    (
        &["theirs Err(NoSuchOverload", "[\"double\", \"double\"]"],
        "nothing is before or after not-a-number; the crate stops",
    ),
    (
        &["`+` does not take a list and", "theirs Ok"],
        "the crate adds anything to an empty list, and gives the list",
    ),
];

fn deviates(answers: &str) -> bool {
    let is_known = |words: &[&str]| words.iter().all(|word| answers.contains(word));
    DEVIATIONS.iter().any(|(words, _)| is_known(words))
}

fn judge(text: &str) -> Result<bool, String> {
    let terms = Terms::default();
    let scope = Scope {
        variables: &[],
        functions: &[],
        terms: &terms,
    };
    let ours = compile_unchecked(text, &scope);
    let theirs = Program::compile(text);
    let (ours, theirs) = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        // A map with a key twice, and other things that one refuses sooner than the other.
        (Err(_), Err(_)) => return Ok(false),
        (ours, theirs) => {
            return Err(format!("{:?} but {:?}", ours.err(), theirs.is_ok()));
        }
    };
    let ours = ours.evaluate(&Nothing, &mut Budget::default());
    let theirs = theirs.execute(&Context::default());
    match (&ours, &theirs) {
        (Ok(one), Ok(two)) if same(one, two) => Ok(true),
        (Err(_), Err(_)) => Ok(false),
        _ if deviates(&format!("{text}: ours {ours:?}, theirs {theirs:?}")) => Ok(false),
        _ => Err(format!("ours {ours:?}, theirs {theirs:?}")),
    }
}

#[test]
fn both_give_the_same_value_or_both_stop() {
    // The front end of the crate goes deep.
    let run = || {
        let config = ProptestConfig {
            cases: 6_000,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let bytes = prop::collection::vec(any::<u8>(), 4..400);
        let (mut all, mut valued) = (0_u32, 0_u32);
        let counted = std::cell::RefCell::new((&mut all, &mut valued));
        let outcome = runner.run(&bytes, |bytes| {
            let mut maker = Maker {
                bytes: &bytes,
                at: 0,
                around: Vec::new(),
            };
            let sort = SORTS[maker.byte() % SORTS.len()];
            let text = maker.make(sort, 5);
            let has_value =
                judge(&text).map_err(|why| TestCaseError::fail(format!("{text}\n  {why}")))?;
            let mut counted = counted.borrow_mut();
            *counted.0 += 1;
            *counted.1 += u32::from(has_value);
            Ok(())
        });
        if let Err(error) = outcome {
            return Err(error.to_string());
        }
        Ok((all, valued))
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    let (all, valued) = thread.spawn(run).unwrap().join().unwrap().unwrap();
    eprintln!("{all} expressions, {valued} with a value");
    assert!(valued * 2 > all, "{valued} of {all} have a value");
}
