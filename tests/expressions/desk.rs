//! An incident on the desk, and a small vocabulary.

use probity::clock::{Duration, Instant, parse_instant};
use probity::document::{Limits, NodeRef, Tree, parse};
use probity::policy::expression::{
    Budget, Expression, Function, Halt, Mistake, Scope, Terms, Type, Value, Variable, Why, World,
    compile, compile_place,
};
use probity::record::RecordKind;
use probity::schema::Shape;

/// An incident with most of what is tested here.
const INCIDENT: &str = "\
kind: incident
id: INC-2025-0003
title: \"\"
status: contained
severity: high
detected_at: 2025-05-06T06:10:00Z
declared_at: 2025-05-06
contained_at: yesterday
simulated: true
affected: [patient-portal/sso]
supply_chain:
  evaluated_at: 2025-05-06T08:00:00Z
  triggers: {operated-by-third-party: true, shared-service: unknown}
  implicated: []
parties:
  - {party: corvid-id, relation: provider, decision: notify, at: 2025-05-06T09:00:00Z}
  - {party: halden-msp, relation: upstream, decision: do-not-notify, why: no part in it}
holds:
  - {id: H-1, from: 2025-05-01, until: 2025-05-10}
outbound:
  - {id: OUT-1, type: initial-notification, at: 2025-05-06T09:20:00Z, case: 4711}
review:
";

const SIGNATURES: &[&str] = &[
    "limit(name: text) -> duration",
    "limit(name: text, key: text) -> duration",
    "third_party(id: text?) -> third-party?",
    "first_of(a: T?, b: T?) -> T?",
    "key(of: node) -> text",
    "quoted(texts: list<text>) -> text",
    "earliest(times: list<time>) -> time?",
    "given(value: any) -> bool",
];

pub(crate) struct Desk {
    tree: Tree,
    pub(crate) as_of: Instant,
    variables: Vec<Variable>,
    functions: Vec<Function>,
    pub(crate) terms: Terms,
}

pub(crate) fn shape(name: &str) -> Option<&'static Shape> {
    Some(RecordKind::parse(name)?.schema()?.schema.shape())
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(INCIDENT)
    }

    pub(crate) fn with(text: &str) -> Self {
        let record = Type::node(shape("incident").unwrap(), Shape::ROOT);
        let variable = |name, of| Variable { name, of };
        Self {
            tree: parse(text.into(), &Limits::default()).unwrap(),
            as_of: parse_instant("2025-05-10T12:00:00Z").unwrap(),
            variables: vec![
                variable("record", record),
                variable("as_of", Type::Time),
                variable("anything", Type::Any),
            ],
            functions: SIGNATURES
                .iter()
                .map(|it| Function::parse(it, &shape).unwrap())
                .collect(),
            terms: Terms::default(),
        }
    }

    pub(crate) fn record(&self) -> NodeRef<'_> {
        self.tree.root().unwrap()
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope {
            variables: &self.variables,
            functions: &self.functions,
            terms: &self.terms,
        }
    }

    pub(crate) fn compile(&self, text: &str) -> Expression {
        compile(text, &self.scope()).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
    }

    pub(crate) fn mistakes(&self, text: &str) -> Vec<Mistake> {
        match compile(text, &self.scope()) {
            Ok(_) => panic!("{text} is taken"),
            Err(mistakes) => mistakes,
        }
    }

    /// The value as text for comparison.
    pub(crate) fn shown(&self, text: &str) -> String {
        let expression = self.compile(text);
        match expression.evaluate(&self, &mut Budget::default()) {
            Ok(value) => show(&value),
            Err(halt) => format!("{:?} at `{}`", halt.why, &text[halt.span]),
        }
    }

    pub(crate) fn halt(&self, text: &str) -> Halt {
        let expression = self.compile(text);
        let value = expression.evaluate(&self, &mut Budget::default());
        value.err().unwrap_or_else(|| panic!("{text} has a value"))
    }

    /// Where a place expression leads: a pointer, or what is missing below which.
    pub(crate) fn place(&self, text: &str) -> String {
        let expression = compile_place(text, &self.scope()).unwrap();
        match expression.evaluate(&self, &mut Budget::default()) {
            Ok(Value::Node(node)) => node.pointer(),
            Ok(Value::Absent(absent)) => {
                let parent = absent.parent.map_or("?".to_owned(), NodeRef::pointer);
                format!("no {} in {parent}", absent.key)
            }
            other => format!("{other:?}"),
        }
    }
}

pub(crate) fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => format!("{:?}", text.as_str()),
        Value::Time(time) => time.to_string(),
        Value::Duration(length) => probity::clock::duration_text(*length),
        Value::Node(node) => format!("node {:?}", node.pointer()),
        Value::Absent(absent) => format!("absent {}", absent.key),
        Value::List(list) => {
            let values: Vec<String> = list.values().iter().map(show).collect();
            format!("[{}]", values.join(", "))
        }
        other => format!("{other:?}"),
    }
}

impl<'t> World<'t> for &'t Desk {
    fn variable(&self, index: usize) -> Result<Value<'t>, Why> {
        Ok(match index {
            0 => Value::Node(self.record()),
            1 => Value::Time(self.as_of),
            _ => Value::Node(self.record()),
        })
    }

    fn call(&self, function: usize, arguments: &[Value<'t>]) -> Result<Value<'t>, Why> {
        Ok(match (function, arguments) {
            (0, _) => return Err(Why::Gap("no limit is set".to_owned())),
            (1, _) => Value::Duration(Duration::from_secs(4 * 3600)),
            (2, _) => Value::Null,
            (3, [one, two]) => if one.is_null() { two } else { one }.clone(),
            (4, [Value::Node(node)]) => Value::text(node.key().unwrap().scalar_text()),
            (5, [texts]) => {
                let texts: Vec<String> = texts
                    .items()
                    .unwrap()
                    .map(|text| format!("`{}`", text.as_str().unwrap()))
                    .collect();
                Value::made(texts.join(", "))
            }
            (6, [times]) => {
                let times = times.items().unwrap().filter_map(|time| match time {
                    Value::Time(time) => Some(time),
                    _ => None,
                });
                times.min().map_or(Value::Null, Value::Time)
            }
            (7, [value]) => Value::Bool(!value.is_null()),
            other => panic!("{other:?}"),
        })
    }
}
