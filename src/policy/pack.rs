//! Reads a pack: a record of kind `policy` becomes rules, each with the place of every part, so
//! that a mistake in an expression is shown in the file that holds it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::expression::{
    Expression, Mistake, Scope, Terms, Type, Variable, compile, compile_place,
};
use super::form::{Demand, DutyForm, Entry, Form, Limit, Weight, Words};
use super::template::Template;
use super::vocabulary::{functions, kind_type, variables};
use crate::clock::parse_duration;
use crate::document::{NodeRef, Place};
use crate::finding::{At, Builtin, Fault, Rule, Severity, Status, obligation};
use crate::record::{Record, RecordKind};
use crate::text::closest;

/// What stands in one pack.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The compiled forms, several for a rule about several kinds.
    pub(super) forms: Vec<(RecordKind, Form)>,
    /// What is wrong with the pack.
    pub(super) faults: Vec<Fault>,
}

/// The names that rules of all packs go by, in the order of the catalogue.
pub(super) type Names = BTreeMap<Arc<str>, Rule>;

/// The rules of a pack as entries of the catalogue, uncompiled.
pub(super) fn entries(record: &Record) -> Vec<Entry> {
    let pack: Arc<str> = record.id.as_str().into();
    rules(record)
        .map(|rule| Entry {
            name: rule.text_of("id").into(),
            title: rule.text_of("title").to_owned(),
            why: rule.get("why").map(|it| it.scalar_text().to_owned()),
            obligations: texts(rule, "obligations").map(Into::into).collect(),
            sometimes: sometimes(rule),
            pack: Arc::clone(&pack),
            kinds: kinds(rule)
                .filter_map(|kind| RecordKind::parse(kind.scalar_text()))
                .collect(),
            is_builtin: rule.get("builtin").is_some(),
            yields_to: texts(rule, "yields_to").map(Into::into).collect(),
            has_tests: rule.get("tests").is_some_and(|tests| !tests.is_empty()),
            broken: None,
            text: rule.at_margin(),
        })
        .collect()
}

/// The demands that a rule names in some of its findings only.
fn sometimes(rule: NodeRef<'_>) -> Vec<Arc<str>> {
    let builtin = Builtin::parse(rule.text_of("builtin"));
    let others = builtin.map_or(&[][..], Builtin::sometimes);
    let mut all: Vec<Arc<str>> = others.iter().copied().map(Into::into).collect();
    for words in ["late", "early"].iter().filter_map(|key| rule.get(key)) {
        all.extend(texts(words, "obligations").map(Arc::from));
    }
    all
}

/// The rules of a pack, as they stand in it.
pub fn rules(record: &Record) -> impl Iterator<Item = NodeRef<'_>> {
    record
        .root()
        .get("rules")
        .into_iter()
        .flat_map(NodeRef::items)
}

/// Adds the terms of a pack to those that are known.
pub(super) fn define_terms(record: &Record, terms: &mut Terms) -> Vec<Fault> {
    let mut faults = Vec::new();
    let pairs = record.root().get("terms").into_iter();
    for (key, value) in pairs.flat_map(NodeRef::pairs) {
        let head = key.scalar_text();
        let (name, parameters) = match head.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')),
            None => (head, Some("")),
        };
        let Some(parameters) = parameters else {
            let message = format!("`{head}` does not close its bracket");
            faults.push(Fault::new(
                Builtin::PolicyExpression,
                Place::key(value),
                message,
            ));
            continue;
        };
        let name = name.trim();
        if functions().iter().any(|it| it.name == name) {
            let message = format!("`{name}` is the name of a function, which is used in its place");
            let fault = Fault::new(Builtin::PolicyExpression, Place::key(value), message);
            faults.push(fault.help(format!(
                "Give the term another name, such as `our_{name}`, here and where it is used."
            )));
        }
        let parameters: Vec<String> = parameters
            .split(',')
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect();
        if let Err(mistakes) = terms.define(name, &parameters, value.scalar_text()) {
            faults.extend(mistakes.iter().map(|mistake| fault(value, mistake)));
        }
    }
    faults
}

/// Compiles the rules of a pack. `rule_of` numbers them; a rule with a mistake has no form.
pub(super) fn contents(
    record: &Record,
    terms: &Terms,
    names: &Names,
    rule_of: &dyn Fn(&str) -> Option<Rule>,
) -> Contents {
    let mut contents = Contents::default();
    let broken_terms = broken_terms(record);
    for node in rules(record) {
        let Some(rule) = rule_of(node.text_of("id")) else {
            continue;
        };
        let before = contents.faults.len();
        let mut forms = Vec::new();
        check_names(node, names, &mut contents.faults);
        if node.get("builtin").is_none() {
            let mut has_kind = false;
            for kind in kinds(node) {
                has_kind = true;
                match RecordKind::parse(kind.scalar_text()) {
                    Some(kind) => {
                        let mut compiler = Compiler {
                            kind,
                            terms,
                            broken_terms: &broken_terms,
                            faults: &mut contents.faults,
                        };
                        if let Some(form) = compiler.form(node, rule) {
                            forms.push((kind, form));
                        }
                    }
                    None => contents.faults.push(unknown(
                        kind,
                        "is no kind of record",
                        &RecordKind::all().map(RecordKind::name).collect::<Vec<_>>(),
                    )),
                }
                // The same mistake would be told once for every kind.
                if contents.faults.len() > before {
                    break;
                }
            }
            if !has_kind {
                contents.faults.extend(lacks(node, "for", "for: incident"));
            }
        }
        if contents.faults.len() == before {
            contents.forms.append(&mut forms);
        }
    }
    contents
}

/// Obligations, mechanisms and rules that are named must exist.
fn check_names(rule: NodeRef<'_>, names: &Names, faults: &mut Vec<Fault>) {
    for name in items(rule, "obligations") {
        if obligation(name.scalar_text()).is_none() {
            let message = format!("`{}` is no obligation of the matrix", name.scalar_text());
            faults.push(
                Fault::new(Builtin::PolicyRule, Place::value(name), message)
                    .help("Write the id of a demand, such as SC-NOTIFY-05, or leave the key out."),
            );
        }
    }
    for name in items(rule, "yields_to") {
        if !names.contains_key(name.scalar_text()) {
            let all: Vec<&str> = names.keys().map(|it| &**it).collect();
            faults.push(unknown(name, "is no rule", &all));
        }
    }
    if let Some(name) = rule.get("builtin")
        && Builtin::parse(name.scalar_text()).is_none()
    {
        let all: Vec<&str> = Builtin::ALL.iter().map(|it| it.name()).collect();
        faults.push(unknown(name, "is no mechanism of the program", &all));
    }
}

/// Compiles one rule for one kind.
struct Compiler<'a> {
    kind: RecordKind,
    terms: &'a Terms,
    /// Terms with a mistake of their own, which is told where they are defined.
    broken_terms: &'a [&'a str],
    faults: &'a mut Vec<Fault>,
}

impl Compiler<'_> {
    fn form(&mut self, node: NodeRef<'_>, rule: Rule) -> Option<Form> {
        let whole = variables(self.kind, kind_type(self.kind));
        let each = match node.get("each") {
            Some(each) => Some(self.expression(each, &whole, Expect::Anything)?),
            None => None,
        };
        let element = match each.as_ref().map(Expression::result) {
            None => kind_type(self.kind),
            // The lists of a list are gone through one after the other.
            Some(Type::List(item)) => match &**item {
                Type::List(inner) => (**inner).clone(),
                item => item.clone(),
            },
            Some(Type::Map(_, value)) => (**value).clone(),
            Some(Type::Node(map)) if map.get().additional.is_some() => {
                let id = map.get().additional.unwrap_or(map.id);
                Type::node(map.shape, id)
            }
            Some(Type::Any) => Type::Any,
            Some(other) => {
                let each = node.get("each")?;
                let message = format!("`each` yields {other}, not a list of elements");
                self.faults.push(Fault::new(
                    Builtin::PolicyExpression,
                    Place::value(each),
                    message,
                ));
                return None;
            }
        };
        let scope = variables(self.kind, element);
        let when = self.optional(node, "when", &scope, Expect::Bool);
        let demand = self.demand(node, &scope);
        let gate = match (node.get("since"), node.get("after")) {
            (None, None) => None,
            (Some(since), Some(after)) => {
                let since = self.expression(since, &scope, Expect::Time);
                let after = self.expression(after, &scope, Expect::Duration);
                since.zip(after)
            }
            (Some(_), None) => {
                self.faults
                    .extend(lacks(node, "after", "after: limit(\"response_wait\")"));
                None
            }
            (None, Some(_)) => {
                self.faults
                    .extend(lacks(node, "since", "since: record.declared_at"));
                None
            }
        };
        let words = self.words(node, &scope, None);
        let related = node
            .get("related")
            .into_iter()
            .flat_map(NodeRef::items)
            .filter_map(|related| {
                let place = self.place(related.get("at")?, &scope)?;
                let message = self.template(related.get("message")?, &scope)?;
                Some((place, message))
            })
            .collect();
        Some(Form {
            rule,
            each,
            when,
            demand: demand?,
            from: Status::parse(node.text_of("from")),
            gate,
            words: words?,
            related,
        })
    }

    fn demand(&mut self, node: NodeRef<'_>, scope: &[Variable]) -> Option<Demand> {
        match (node.get("require"), node.get("duty")) {
            (Some(require), None) => {
                let require = self.expression(require, scope, Expect::Bool)?;
                Some(Demand::Require(require))
            }
            (None, Some(duty)) => self
                .duty(node, duty, scope)
                .map(|duty| Demand::Duty(Box::new(duty))),
            (Some(_), Some(duty)) => {
                let message = "a rule has either `require` or `duty`";
                self.faults
                    .push(Fault::new(Builtin::PolicyRule, Place::key(duty), message));
                None
            }
            (None, None) => {
                if !is_misspelt(node, "duty") {
                    self.faults
                        .extend(lacks(node, "require", "require: it.why != null"));
                }
                None
            }
        }
    }

    fn duty(
        &mut self,
        rule: NodeRef<'_>,
        duty: NodeRef<'_>,
        scope: &[Variable],
    ) -> Option<DutyForm> {
        let limit = match (duty.get("since"), duty.get("within"), duty.get("until")) {
            (Some(since), Some(within), None) => {
                let since = self.expression(since, scope, Expect::Time);
                let within = self.expression(within, scope, Expect::Duration);
                Limit::Within {
                    since: since?,
                    within: within?,
                }
            }
            (None, None, Some(until)) => {
                Limit::Until(self.expression(until, scope, Expect::Time)?)
            }
            _ => {
                let message = "a duty has either `since` and `within`, or `until`";
                self.faults
                    .push(Fault::new(Builtin::PolicyRule, Place::key(duty), message));
                return None;
            }
        };
        let early = match duty.get("early") {
            Some(span) => {
                let words = match rule.get("early") {
                    Some(early) => Some(self.words(early, scope, Some(rule))?),
                    None => None,
                };
                // A wrong span is a fault of shape.
                Some((parse_duration(span.scalar_text())?, words))
            }
            None => None,
        };
        let late = match rule.get("late") {
            Some(late) => Some(self.words(late, scope, Some(rule))?),
            None => None,
        };
        let who = self.optional(duty, "who", scope, Expect::Anything);
        let attempted = self.optional(duty, "attempted", scope, Expect::Time);
        let late_because = self.optional(duty, "late_because", scope, Expect::Anything);
        let unless = self.optional(duty, "unless", scope, Expect::Anything);
        Some(DutyForm {
            who,
            what: self.template(duty.get("what")?, scope)?,
            limit,
            done: self.expression(duty.get("done")?, scope, Expect::Time)?,
            attempted,
            late_because,
            unless,
            late,
            early,
        })
    }

    /// The words of a block; what it leaves out is said by the rule.
    fn words(
        &mut self,
        node: NodeRef<'_>,
        scope: &[Variable],
        rule: Option<NodeRef<'_>>,
    ) -> Option<Words> {
        let get = |key| node.get(key).or_else(|| rule?.get(key));
        let Some(message) = get("message") else {
            self.faults.extend(lacks(
                node,
                "message",
                "message: \"`{{ it.id }}` has no …\"",
            ));
            return None;
        };
        let weight = match node.get("severity") {
            None => None,
            Some(severity) => Some(match Severity::parse(severity.scalar_text()) {
                Some(severity) => Weight::Fixed(severity),
                None if is_word(severity.scalar_text()) => {
                    let all = ["error", "warning", "info"];
                    self.faults.push(unknown(severity, "is no severity", &all));
                    return None;
                }
                None => Weight::Chosen(self.expression(severity, scope, Expect::Text)?),
            }),
        };
        let at = get("at")
            .into_iter()
            .flat_map(NodeRef::items)
            .filter_map(|place| self.place(place, scope))
            .collect();
        let message = self.template(message, scope);
        let help = match get("help") {
            Some(help) => Some(self.template(help, scope)?),
            None => None,
        };
        Some(Words {
            obligations: texts(node, "obligations").map(Into::into).collect(),
            weight,
            at,
            message: message?,
            help,
        })
    }

    fn optional(
        &mut self,
        map: NodeRef<'_>,
        key: &str,
        scope: &[Variable],
        expect: Expect,
    ) -> Option<Expression> {
        self.expression(map.get(key)?, scope, expect)
    }

    fn expression(
        &mut self,
        node: NodeRef<'_>,
        scope: &[Variable],
        expect: Expect,
    ) -> Option<Expression> {
        let found = compile(node.scalar_text(), &self.scope(scope));
        let expression = self.noted(node, found)?;
        if expect.allows(expression.result()) {
            return Some(expression);
        }
        let key = node.key().map_or("", NodeRef::scalar_text);
        let message = format!(
            "`{key}` yields {}, and {} is wanted",
            expression.result(),
            expect.name()
        );
        self.faults.push(Fault::new(
            Builtin::PolicyExpression,
            Place::value(node),
            message,
        ));
        None
    }

    fn place(&mut self, node: NodeRef<'_>, scope: &[Variable]) -> Option<Expression> {
        let found = compile_place(node.scalar_text(), &self.scope(scope));
        self.noted(node, found)
    }

    fn template(&mut self, node: NodeRef<'_>, scope: &[Variable]) -> Option<Template> {
        let found = Template::compile(node.scalar_text(), &self.scope(scope));
        self.noted(node, found)
    }

    fn noted<T>(&mut self, node: NodeRef<'_>, found: Result<T, Vec<Mistake>>) -> Option<T> {
        match found {
            Ok(it) => Some(it),
            Err(mistakes) => {
                let text = node.scalar_text();
                let is_news = |mistake: &&Mistake| {
                    let name = text.get(mistake.span.clone()).unwrap_or_default();
                    !self.broken_terms.contains(&name)
                };
                let news = mistakes.iter().filter(is_news);
                self.faults.extend(news.map(|mistake| fault(node, mistake)));
                None
            }
        }
    }

    fn scope<'s>(&'s self, variables: &'s [Variable]) -> Scope<'s> {
        Scope {
            variables,
            functions: functions(),
            terms: self.terms,
        }
    }
}

/// What an expression must yield.
#[derive(Clone, Copy)]
enum Expect {
    Anything,
    Bool,
    Text,
    Time,
    Duration,
}

impl Expect {
    fn allows(self, result: &Type) -> bool {
        matches!(
            (self, result),
            (Self::Anything, _)
                | (_, Type::Any)
                | (Self::Bool, Type::Bool)
                | (Self::Text, Type::Text | Type::Null)
                | (Self::Time, Type::Time | Type::Null)
                | (Self::Duration, Type::Duration)
        )
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::Bool => "true or false",
            Self::Text => "a text",
            Self::Time => "a time",
            Self::Duration => "a length of time",
        }
    }
}

/// The fault of a mistake inside the expression that a node holds.
fn fault(node: NodeRef<'_>, mistake: &Mistake) -> Fault {
    let Range { start, end } = mistake.span.clone();
    let at = At::Part(node.id(), node.text_place(start..end));
    let fault = Fault::new(Builtin::PolicyExpression, at, mistake.message.clone());
    match &mistake.help {
        Some(help) => fault.help(sentence(help)),
        None => fault,
    }
}

/// What to write, as a sentence.
fn sentence(help: &str) -> String {
    // `limit(name, key)` shows how a function is called.
    if help.ends_with(')') && help.find('(').is_some_and(|at| is_word(&help[..at])) {
        let forms: Vec<String> = help.split(" or ").map(|form| format!("`{form}`")).collect();
        return format!("Write {}.", forms.join(" or "));
    }
    let mut chars = help.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let end = if help.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The terms of a pack whose definition cannot be read.
fn broken_terms(record: &Record) -> Vec<&str> {
    let pairs = record.root().get("terms").into_iter();
    pairs
        .flat_map(NodeRef::pairs)
        .filter_map(|(key, value)| {
            let head = key.scalar_text();
            let name = head.split('(').next().unwrap_or(head).trim();
            let is_closed = !head.contains('(') || head.ends_with(')');
            let is_sound = is_closed
                && Terms::default()
                    .define(name, &[], value.scalar_text())
                    .is_ok();
            (!is_sound).then_some(name)
        })
        .collect()
}

/// Whether a key of a rule is there and only misspelt, which is told as such.
fn is_misspelt(rule: NodeRef<'_>, key: &str) -> bool {
    let kind = RecordKind::Policy.schema();
    kind.is_some_and(|kind| kind.schema.has_misspelt(rule, key))
}

/// The fault of a rule without a key, unless the key is there and only misspelt.
fn lacks(rule: NodeRef<'_>, key: &str, example: &str) -> Option<Fault> {
    if is_misspelt(rule, key) {
        return None;
    }
    let name = rule.text_of("id");
    let message = match name {
        "" => format!("`{key}` is missing"),
        name => format!("rule `{name}` has no `{key}`"),
    };
    let fault = Fault::new(Builtin::PolicyRule, Place::missing_in(rule), message)
        .help(format!("Add it, for example `{example}`."));
    Some(fault)
}

fn unknown(node: NodeRef<'_>, what: &str, names: &[&str]) -> Fault {
    let name = node.scalar_text();
    let fault = Fault::new(
        Builtin::PolicyRule,
        Place::value(node),
        format!("`{name}` {what}"),
    );
    match closest(name, names.iter().copied()) {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None => {
            let all: Vec<String> = names.iter().take(40).map(|it| format!("`{it}`")).collect();
            fault.help(format!("Write one of {}.", all.join(", ")))
        }
    }
}

fn kinds(rule: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    items(rule, "for")
}

/// A list under a key, or the one value that stands there instead.
fn items<'t>(map: NodeRef<'t>, key: &str) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
    let node = map.get(key).filter(|node| !node.is_empty());
    node.into_iter().flat_map(NodeRef::one_or_many)
}

fn texts<'t>(map: NodeRef<'t>, key: &str) -> impl Iterator<Item = &'t str> + use<'t> {
    items(map, key).map(NodeRef::scalar_text)
}
