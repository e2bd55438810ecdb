//! The world that an expression about one record is evaluated in.

use super::lookups::Lookups;
use super::memo::Memo;
use super::table;
use crate::clock::Instant;
use crate::document::{NodeId, NodeRef, Tree};
use crate::finding::Page;
use crate::policy::expression::{Evaluated, Share, Value, Why, World};
use crate::policy::facts::Facts;
use crate::record::{Flaws, Gap, Record, RecordKind, unreadable_list};
use crate::text::closest;

/// What an expression about one record, or about an element of it, speaks of.
#[derive(Clone)]
pub struct Speaker<'s, 't> {
    pub(super) lookups: &'s Lookups<'t>,
    pub(super) facts: &'s dyn Facts<'t>,
    /// Path of the record, from the root of the records.
    pub(super) file: &'s str,
    pub(super) record: &'t Record,
    pub(super) it: Value<'t>,
    pub(super) as_of: Instant,
    /// What the shape of the record leaves in doubt.
    flaws: &'s Flaws<'t>,
    /// Whether no record at hand leaves anything in doubt; asked at every step.
    is_flawless: bool,
    /// What was found out about the record before.
    memo: Option<&'s Memo<'t>>,
}

impl<'s, 't> Speaker<'s, 't> {
    /// A speaker about a record; `it` is the record. `file` is its path from the root of the
    /// records, where paths in records count from too.
    pub fn new(
        lookups: &'s Lookups<'t>,
        facts: &'s dyn Facts<'t>,
        file: &'s str,
        record: &'t Record,
        as_of: Instant,
    ) -> Self {
        Self {
            lookups,
            facts,
            file,
            record,
            it: Value::Node(record.root()),
            as_of,
            flaws: FLAWLESS,
            is_flawless: lookups.is_flawless() && facts.is_flawless(),
            memo: None,
        }
    }

    /// The same, warned of what the shape of the record leaves in doubt.
    #[must_use]
    pub fn warned(self, flaws: &'s Flaws<'t>) -> Self {
        Self {
            flaws,
            is_flawless: self.is_flawless && flaws.is_empty(),
            ..self
        }
    }

    /// The same, remembering what several rules ask.
    #[must_use]
    pub fn remembering(self, memo: &'s Memo<'t>) -> Self {
        let memo = Some(memo);
        Self { memo, ..self }
    }

    /// The element, where that is a node of the record.
    fn own_element(&self) -> Option<NodeId> {
        let node = self.it.as_node()?;
        let is_own = std::ptr::eq(node.tree(), &raw const self.record.tree);
        is_own.then(|| node.id())
    }

    /// The same, about an element.
    #[must_use]
    pub fn about(&self, it: Value<'t>) -> Self {
        Self { it, ..self.clone() }
    }

    /// Turns to another element.
    pub fn turn_to(&mut self, it: Value<'t>) {
        self.it = it;
    }

    /// A line of a file that is no record, written `path:line`.
    pub(crate) fn page(&self, line: &str) -> Option<Page> {
        let (path, line) = line.rsplit_once(':')?;
        self.facts.page(path, line.parse().ok()?)
    }

    /// The element that it speaks about.
    pub fn element(&self) -> &Value<'t> {
        &self.it
    }

    fn flaws_of(&self, tree: &Tree) -> &Flaws<'t> {
        match std::ptr::eq(tree, &raw const self.record.tree) {
            true => self.flaws,
            false => self
                .lookups
                .flaws(tree)
                .or_else(|| self.facts.flaws(tree))
                .unwrap_or(FLAWLESS),
        }
    }

    /// The keys of a map that no record of the kind has.
    fn unknown_in(&self, map: NodeRef<'t>) -> impl Iterator<Item = &'t str> {
        let known = self.flaws_of(map.tree()).unknown_keys.iter();
        known.filter(move |it| it.0 == map.id()).map(|it| it.1)
    }

    /// The keys that misspelt keys of a map were most likely meant for.
    pub(super) fn meant(&self, map: NodeRef<'t>) -> Vec<&'static str> {
        let mut unknown = self.unknown_in(map).peekable();
        if unknown.peek().is_none() {
            return Vec::new();
        }
        let kind = map.tree().root().and_then(|root| root.get("kind"));
        let kind = kind.and_then(|kind| RecordKind::parse(kind.scalar_text()));
        let shape = kind
            .and_then(RecordKind::schema)
            .map(|kind| kind.schema.shape());
        let Some((shape, place)) = shape.and_then(|shape| Some((shape, shape.of(map)?))) else {
            return Vec::new();
        };
        unknown
            .filter_map(|written| closest(written, shape.get(place).keys()))
            .collect()
    }

    /// What `record` or `record#element` leads to; `#element` is one of this record.
    pub(super) fn find(&self, reference: &str) -> Result<Option<NodeRef<'t>>, Why> {
        let (id, name) = match reference.split_once('#') {
            Some((id, name)) => (id, Some(name)),
            None => (reference, None),
        };
        let Some(record) = self.record_by_id(id)? else {
            return match self.facts.exists_id(id).now()? {
                true => Err(Why::Gap(format!("the record `{id}` could not be read"))),
                false => Ok(None),
            };
        };
        let Some(name) = name else {
            return Ok(Some(record.root()));
        };
        match (record.element(name), unreadable_list(record)) {
            (None, Some(list)) => Err(Why::Gap(Gap::List(list).reason())),
            (element, _) => Ok(element),
        }
    }

    /// Whether `record` or `record#element` leads anywhere; a record that cannot be read does.
    pub(super) fn exists(&self, reference: &str) -> Result<bool, Why> {
        if reference.contains('#') {
            return self.find(reference).map(|found| found.is_some());
        }
        if self.at_hand(reference).is_some() {
            return Ok(true);
        }
        self.facts.exists_id(reference).now()
    }

    fn record_by_id(&self, id: &str) -> Result<Option<&'t Record>, Why> {
        match self.at_hand(id) {
            Some(record) => Ok(Some(record)),
            None => self.facts.record(id).now(),
        }
    }

    /// The record itself, or a kept one.
    fn at_hand(&self, id: &str) -> Option<&'t Record> {
        let own = self.record;
        // The id of a package is one of many of that name.
        let is_own = id.is_empty() || (own.id == id && own.kind != RecordKind::Package);
        match is_own {
            true => Some(own),
            false => self.lookups.record(id),
        }
    }
}

/// A record without flaws.
const FLAWLESS: &Flaws<'static> = &Flaws {
    unknown_keys: Vec::new(),
    refused: Vec::new(),
};

impl<'t> World<'t> for Speaker<'_, 't> {
    fn is_flawless(&self) -> bool {
        self.is_flawless
    }

    fn is_refused(&self, node: NodeRef<'t>) -> bool {
        self.flaws_of(node.tree()).refused.contains(&node.id())
    }

    fn misspelt(&self, map: NodeRef<'t>, key: &str) -> Option<&'t str> {
        self.unknown_in(map)
            .find(|written| closest(written, [key]).is_some())
    }

    fn recall(&self, share: Share) -> Option<Evaluated<'t>> {
        let memo = self.memo?;
        match share {
            Share::Record(share) => memo.of_record(share),
            Share::Element(share) => memo.of_element(share, self.own_element()?),
        }
    }

    fn keep(&self, share: Share, found: &Evaluated<'t>) {
        match (self.memo, share) {
            (Some(memo), Share::Record(share)) => memo.keep_of_record(share, found),
            (Some(memo), Share::Element(share)) => {
                if let Some(element) = self.own_element() {
                    memo.keep_of_element(share, element, found);
                }
            }
            (None, _) => {}
        }
    }

    fn variable(&self, index: usize) -> Result<Value<'t>, Why> {
        self.value(index)
    }

    fn call(&self, function: usize, arguments: &[Value<'t>]) -> Result<Value<'t>, Why> {
        table::call(self, function, arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_instant;
    use crate::policy::expression::Wanted;
    use crate::policy::vocabulary::small::{Beside, call, record, registry};
    use crate::policy::vocabulary::{kind_type, variables};

    const PROGRAM: &str = "kind: program\nid: program\nclocks:\n  update: 24h\n  bad: soon\n  \
        contact_verification: {tier1: 90d}\n";
    const INCIDENT: &str = "kind: incident\nid: INC-1\nparties: [{party: a, why: '', risk: }]\noutbound: [{id: OUT-1}]\n\
        report_out: {vulnerabilities: [{id: V-1}]}\n";

    fn with_speaker(check: impl FnOnce(&Speaker<'_, '_>)) {
        let registry = registry(&[
            ("program.yaml", PROGRAM),
            (
                "registry/systems/s.yaml",
                "kind: system\nid: s\noperated_by: internal\n",
            ),
        ]);
        let lookups = Lookups::new(&registry);
        let beside = [
            record(
                "incidents/INC-2/incident.yaml",
                "kind: incident\nid: INC-2\n",
            ),
            record(
                "incidents/INC-1/packages/PKG-1.yaml",
                "kind: package\nid: PKG-1\nincident: INC-1\n",
            ),
        ];
        let facts = Beside(&beside);
        let file = "incidents/INC-1/incident.yaml";
        let incident = record(file, INCIDENT);
        let as_of = parse_instant("2025-06-20T12:00:00Z").unwrap();
        check(&Speaker::new(&lookups, &facts, file, &incident, as_of));
    }

    /// The value of a variable by its name.
    fn variable<'t>(speaker: &Speaker<'_, 't>, name: &str) -> Result<Value<'t>, Why> {
        let kind = speaker.record.kind;
        let all = variables(kind, kind_type(kind));
        let index = all.iter().position(|it| it.name == name).unwrap();
        speaker.variable(index)
    }

    fn shown(value: Result<Value<'_>, Why>) -> String {
        match value {
            Ok(Value::Node(node)) if node.parent().is_none() => {
                format!("record {}", node.get("id").unwrap().scalar_text())
            }
            Ok(Value::Node(node)) => node.pointer(),
            Ok(Value::Text(text)) => text.as_str().to_owned(),
            Ok(Value::List(list)) => {
                let members = list.values().iter().cloned();
                let members: Vec<String> = members.map(|it| shown(Ok(it))).collect();
                format!("[{}]", members.join(", "))
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_variable_has_the_value_of_its_name() {
        with_speaker(|speaker| {
            for (name, expected) in [
                ("it", "record INC-1"),
                ("record", "record INC-1"),
                ("program", "record program"),
                ("systems", "[record s]"),
                ("third_parties", "[]"),
                ("packages", "[record PKG-1]"),
            ] {
                assert_eq!(shown(variable(speaker, name)), expected, "{name}");
            }
            let gap = "there is no runbook record (usually `runbooks/<id>.yaml`)".to_owned();
            assert_eq!(variable(speaker, "runbook").unwrap_err(), Why::Gap(gap));
            let about = speaker.about(Value::Bool(true));
            assert!(matches!(variable(&about, "it"), Ok(Value::Bool(true))));
        });
    }

    #[test]
    fn packages_have_an_incident_and_both_have_packages() {
        let has = |kind, name| {
            let all = variables(kind, kind_type(kind));
            all.iter().any(|it| it.name == name)
        };
        assert!(has(RecordKind::Package, "incident") && has(RecordKind::Package, "packages"));
        assert!(has(RecordKind::Incident, "packages") && !has(RecordKind::Incident, "incident"));
        assert!(!has(RecordKind::System, "incident") && !has(RecordKind::System, "packages"));
    }

    #[test]
    fn references_lead_to_this_record_kept_ones_and_others() {
        with_speaker(|speaker| {
            let element =
                |text: &'static str| shown(call(speaker, "element", &[Value::text(text)]));
            assert_eq!(element("INC-1"), "record INC-1");
            assert_eq!(element("INC-1#OUT-1"), "/outbound/0");
            assert_eq!(element("#a"), "/parties/0");
            assert_eq!(element("s"), "record s");
            assert_eq!(element("INC-2"), "record INC-2");
            assert_eq!(element("INC-2#OUT-1"), "Ok(Null)");
            assert_eq!(element("INC-9"), "Ok(Null)");
            assert!(element("INC-REFUSED#OUT-1").contains("could not be read"));
            let later = call(speaker, "element", &[Value::text("INC-LATER#OUT-1")]);
            let wanted = Wanted::Record("INC-LATER".to_owned());
            assert_eq!(later.unwrap_err(), Why::Elsewhere(wanted));

            let weakness =
                |text: &'static str| shown(call(speaker, "weakness", &[Value::text(text)]));
            assert_eq!(weakness("INC-1#V-1"), "/report_out/vulnerabilities/0");
            assert_eq!(weakness("INC-1#OUT-1"), "Ok(Null)");
            assert_eq!(weakness("INC-1"), "Ok(Null)");

            let exists = |text: &'static str| shown(call(speaker, "exists", &[Value::text(text)]));
            for there in ["INC-1", "INC-1#OUT-1", "INC-2", "INC-REFUSED", "program"] {
                assert_eq!(exists(there), "Ok(Bool(true))", "{there}");
            }
            for missing in ["INC-1#OUT-2", "INC-9", "INC-9#OUT-1"] {
                assert_eq!(exists(missing), "Ok(Bool(false))", "{missing}");
            }
        });
    }

    #[test]
    fn limits_are_found_by_tier_and_said_when_they_are_wrong() {
        with_speaker(|speaker| {
            let limit = |given: &[Value<'static>]| match given {
                [name] => call(speaker, "limit", std::slice::from_ref(name)),
                _ => call(speaker, "limit", given),
            };
            let hours = |it: Result<Value<'_>, Why>| match it {
                Ok(Value::Duration(length)) => length.as_hours(),
                other => panic!("{other:?}"),
            };
            assert_eq!(hours(limit(&[Value::text("update")])), 24);
            let by_tier = [Value::text("contact_verification"), Value::Int(1)];
            assert_eq!(hours(limit(&by_tier)), 90 * 24);
            let other = [Value::text("contact_verification"), Value::Int(2)];
            assert!(matches!(limit(&other), Err(Why::Gap(_))));
            assert!(matches!(
                limit(&[Value::text("bad")]),
                Err(Why::Malformed(_))
            ));
        });
    }

    #[test]
    fn null_is_taken_for_nobody_and_nothing() {
        with_speaker(|speaker| {
            let now = || Value::Time(speaker.as_of);
            for (name, given, expected) in [
                ("third_party", vec![Value::Null], "Ok(Null)"),
                ("system", vec![Value::Null], "Ok(Null)"),
                ("provider", vec![Value::Null], "Ok(Null)"),
                ("chain", vec![Value::Null], "[]"),
                ("mapped", vec![Value::Null], "[]"),
                (
                    "holds",
                    vec![Value::Null, Value::Null, now()],
                    "Ok(Bool(false))",
                ),
                ("roles_of", vec![Value::Null, now()], "[]"),
                ("function_of", vec![Value::Null], "Ok(Null)"),
                ("is_person", vec![Value::Null], "Ok(Bool(false))"),
                ("exception", vec![Value::Null], "Ok(Null)"),
                ("element", vec![Value::Null], "Ok(Null)"),
                ("exists", vec![Value::Null], "Ok(Bool(false))"),
                ("file_exists", vec![Value::Null], "Ok(Bool(false))"),
                ("beside", vec![Value::Null], "Ok(Null)"),
                ("reason", vec![Value::Null], "Ok(Bool(false))"),
                ("split", vec![Value::Null, Value::text(",")], "[]"),
                ("trimmed", vec![Value::Null], "Ok(Null)"),
                ("keys", vec![Value::Null], "[]"),
                ("filled", vec![Value::Null], "[]"),
                ("first_of", vec![Value::Null, Value::Int(1)], "Ok(Int(1))"),
            ] {
                assert_eq!(shown(call(speaker, name, &given)), expected, "{name}");
            }
        });
    }

    #[test]
    fn lists_keep_their_nodes_and_leave_out_what_is_empty() {
        with_speaker(|speaker| {
            let node = |pointer| Value::Node(speaker.record.tree.at_pointer(pointer).unwrap());
            let list = Value::List(
                [node("/parties/0/party"), Value::Null]
                    .into_iter()
                    .collect(),
            );
            let empty = Value::List([].into_iter().collect());
            let missing = call(speaker, "missing", &[list.clone(), empty]);
            assert_eq!(shown(missing), "[/parties/0/party]");
            let quoted = call(speaker, "quoted", std::slice::from_ref(&list));
            assert_eq!(shown(quoted), "`a`");
            let numbers = Value::List([Value::Int(9), Value::Double(9.2)].into_iter().collect());
            assert_eq!(shown(call(speaker, "quoted", &[numbers])), "`9` and `9.2`");
            let flat = Value::List([list.clone(), list].into_iter().collect());
            assert_eq!(shown(call(speaker, "flat", &[flat])), "[/parties/0/party]");
            let filled = call(speaker, "filled", &[node("/parties/0")]);
            assert_eq!(shown(filled), "[party]");
            let keys = ["risk", "party", "why", "by"].map(Value::text);
            let keys = Value::List(keys.into_iter().collect());
            let blank = call(speaker, "blank", &[node("/parties/0"), keys]);
            assert_eq!(shown(blank), "[/parties/0/risk, /parties/0/why]");
            let pointer = call(speaker, "pointer", &[node("/parties/0/why")]);
            assert_eq!(shown(pointer), "/parties/0/why");
            let key = call(speaker, "key", &[node("/parties/0/party")]);
            assert_eq!(shown(key), "party");
            let key = call(speaker, "key", &[node("/parties/0")]);
            assert_eq!(shown(key), "Ok(Null)");
        });
    }

    #[test]
    fn paths_count_from_the_folder_of_the_record_or_from_the_root() {
        with_speaker(|speaker| {
            let beside = call(speaker, "beside", &[Value::text("../INC-2/a")]);
            assert_eq!(shown(beside), "incidents/INC-2/a");
            let there = |path: &'static str| call(speaker, "file_exists", &[Value::text(path)]);
            assert!(matches!(there("docs/plan.md"), Ok(Value::Bool(true))));
            assert!(matches!(there("docs/other.md"), Ok(Value::Bool(false))));
            assert!(matches!(there("../x"), Err(Why::Gap(_))));
        });
    }

    #[test]
    fn records_are_counted_where_they_are_known() {
        with_speaker(|speaker| {
            let count = |kind: &'static str| shown(call(speaker, "count", &[Value::text(kind)]));
            assert_eq!(count("system"), "Ok(Int(1))");
            assert_eq!(count("incident"), "Ok(Int(1))");
            assert!(count("ghost").contains("no kind of record"));
        });
    }
}
