//! One mistake in a record that was clean, and the mark where a checker has to point.

use super::random::Random;
use super::site::{Site, choose, is_list_item, node_at, pair_at, replace};
use super::tree::{Content, Form, Meaning as M, Node, Text, pair};

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Defect {
    UnknownKey,
    ValueNotListed,
    WrongType,
    WrongFormat,
    MissingKey,
    UnknownPerson,
    UnknownRole,
    UnknownThirdParty,
    UnknownContact,
    UnknownSystem,
    UnknownChannel,
    UnknownEvidence,
    UnknownException,
    UnknownLocalId,
    UnknownRecord,
    UnknownTerm,
    DuplicateKey,
    AmbiguousWord,
    TimeWithoutOffset,
    YamlSyntax,
    DuplicateLocalId,
    IdContradictsPath,
}

impl Defect {
    pub(crate) const ALL: [Self; 22] = [
        Self::UnknownKey,
        Self::ValueNotListed,
        Self::WrongType,
        Self::WrongFormat,
        Self::MissingKey,
        Self::UnknownPerson,
        Self::UnknownRole,
        Self::UnknownThirdParty,
        Self::UnknownContact,
        Self::UnknownSystem,
        Self::UnknownChannel,
        Self::UnknownEvidence,
        Self::UnknownException,
        Self::UnknownLocalId,
        Self::UnknownRecord,
        Self::UnknownTerm,
        Self::DuplicateKey,
        Self::AmbiguousWord,
        Self::TimeWithoutOffset,
        Self::YamlSyntax,
        Self::DuplicateLocalId,
        Self::IdContradictsPath,
    ];

    /// The rule that has to find it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown-key",
            Self::ValueNotListed => "value-not-listed",
            Self::WrongType => "wrong-type",
            Self::WrongFormat => "wrong-format",
            Self::MissingKey => "missing-key",
            Self::UnknownPerson => "unknown-person",
            Self::UnknownRole => "unknown-role",
            Self::UnknownThirdParty => "unknown-third-party",
            Self::UnknownContact => "unknown-contact",
            Self::UnknownSystem => "unknown-system",
            Self::UnknownChannel => "unknown-channel",
            Self::UnknownEvidence => "unknown-evidence",
            Self::UnknownException => "unknown-exception",
            Self::UnknownLocalId => "unknown-local-id",
            Self::UnknownRecord => "unknown-record",
            Self::UnknownTerm => "unknown-term",
            Self::DuplicateKey => "duplicate-key",
            Self::AmbiguousWord => "ambiguous-word",
            Self::TimeWithoutOffset => "time-without-offset",
            Self::YamlSyntax => "yaml-syntax",
            Self::DuplicateLocalId => "duplicate-local-id",
            Self::IdContradictsPath => "id-contradicts-path",
        }
    }

    /// Puts the mistake into an incident. `variant` counts the mistakes of this kind, so that all
    /// ways to make it get their turn. Returns whether the record has a place for it.
    pub(crate) fn inject(self, record: &mut Node, variant: usize, random: &mut Random) -> bool {
        match self {
            Self::UnknownKey => unknown_key(record, variant, random),
            Self::ValueNotListed => value_not_listed(record, variant, random),
            Self::WrongType => wrong_type(record, variant, random),
            Self::WrongFormat => wrong_format(record, variant, random),
            Self::MissingKey => missing_key(record, variant),
            Self::UnknownPerson => {
                // A role will not do where a person is due.
                let words = ["mra", "nobody-7", "ir-lead", "Kofi", "maré"];
                let word = words[variant % words.len()];
                let meanings = [M::Person, M::PersonOrRole];
                let count = if word == "ir-lead" { 1 } else { 2 };
                refer(record, &meanings[..count], word, random)
            }
            Self::UnknownRole => {
                let words = ["legal-councel", "dpo", "mara", "irlead"];
                refer(record, &[M::Role], words[variant % words.len()], random)
            }
            Self::UnknownThirdParty => {
                let words = ["corvid", "tesera-cloud", "acme", "patient-portal"];
                let word = words[variant % words.len()];
                refer(record, &[M::Party, M::PartyOrInternal], word, random)
            }
            Self::UnknownContact => {
                let words = ["helpdesk", "dutty", "soc-phone"];
                refer(record, &[M::Contact], words[variant % words.len()], random)
            }
            Self::UnknownSystem => unknown_system(record, variant, random),
            Self::UnknownChannel => {
                let words = ["vendor-porta", "pigeon", "encrypted mail"];
                refer(record, &[M::Channel], words[variant % words.len()], random)
            }
            Self::UnknownEvidence => {
                let words = ["E-99", "E-0", "A-1", "evidence/out-1.eml"];
                refer(record, &[M::Evidence], words[variant % words.len()], random)
            }
            Self::UnknownException => unknown_exception(record, variant, random),
            Self::UnknownLocalId => {
                let words = ["OUT-99", "A-77", "E-1", "D-0", "out-1"];
                refer(record, &[M::Local], words[variant % words.len()], random)
            }
            Self::UnknownRecord => {
                let words = ["INC-2015-9999", "no-such-record", "RA-2025-998"];
                refer(record, &[M::Record], words[variant % words.len()], random)
            }
            Self::UnknownTerm => unknown_term(record, variant, random),
            Self::DuplicateKey => duplicate_key(record, variant, random),
            Self::AmbiguousWord => ambiguous_word(record, variant, random),
            Self::TimeWithoutOffset => time_without_offset(record, variant, random),
            Self::YamlSyntax => yaml_syntax(record, variant, random),
            Self::DuplicateLocalId => duplicate_local_id(record, variant, random),
            Self::IdContradictsPath => id_contradicts_path(record, variant),
        }
    }
}

/// Breaks the length of time in a third party's contract, where incidents have none.
pub(crate) fn break_duration(party: &mut Node, variant: usize) -> bool {
    let words = ["2 days", "48hours", "0h", "1w", "P2D"];
    let within = party
        .get_mut("contract")
        .and_then(|it| it.get_mut("notification"))
        .and_then(|it| it.get_mut("within"));
    let Some(within) = within else { return false };
    *within = Node::scalar(M::Duration, words[variant % words.len()])
        .with_form(Form::OneLine)
        .marked();
    true
}

/// Makes one reference of the given meanings point to nothing.
fn refer(record: &mut Node, meanings: &[M], word: &'static str, random: &mut Random) -> bool {
    let suits = |site: &Site<'_>| {
        let fits = site.node.meaning().is_some_and(|it| meanings.contains(&it));
        // One word could be right by chance.
        fits && site.node.text() != word && !(word == "E-1" && site.key() == "from")
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let by = Node::scalar(meanings[0], word).with_form(Form::OneLine);
    replace(record, &path, by)
}

/// Keys that nothing else in the record depends on, in the shape check or by reference.
const INDEPENDENT: &[&str] = &[
    "source",
    "contained_at",
    "closed_at",
    "closed_by",
    "disposition",
    "affected",
    "evaluated_at",
    "outcome",
    "liaison",
    "coordination_started_at",
    "stood_down",
    "criteria",
    "relation",
    "concerns",
    "decision",
    "needed",
    "decided_by",
    "timeline",
    "what",
    "material",
    "type",
    "form",
    "channel",
    "verified",
    "classification",
    "info_types",
    "purpose",
    "redactions",
    "removed",
    "approvals",
    "role",
    "proof",
    "summary",
    "no_action_because",
    "attendees",
    "notes",
    "shared",
    "affects",
    "agreed_with",
    "owner",
    "done_at",
    "verified_by",
    "rollback",
    "result",
    "method",
    "contributed",
    "owned_by",
    "assets",
    "exposure",
    "recommended",
    "reported",
    "ack_at",
    "ack_by",
    "remediation",
    "ticket",
    "done_when",
    "links_back",
    "tracking",
    "review",
    "held_at",
    "participants",
    "updates",
    "record",
    "change",
    "sha256",
    "captured_at",
    "captured_by",
];

fn unknown_key(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    match variant % 5 {
        0 => return surplus_key(record, random),
        1 => return comma_in_flow(record, random),
        _ => {}
    }
    let suits = |site: &Site<'_>| {
        let is_item = site.path.len() > site.keys.len();
        INDEPENDENT.contains(&site.key())
            && (!is_item || site.node.meaning().is_none())
            && !matches!(&site.node.content, Content::Map(_) if is_list_item(record, &site.path))
            && !is_list_item(record, &site.path)
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let Some(pair) = pair_at(record, &path) else {
        return false;
    };
    pair.key = misspelt(&pair.key, variant, random).into();
    pair.is_marked = true;
    true
}

/// A key as it is typed in a hurry; no slip of these gives a key that exists.
fn misspelt(key: &str, variant: usize, random: &mut Random) -> String {
    let characters: Vec<char> = key.chars().collect();
    let at = random.between(1, characters.len() - 2);
    let mut slip = characters.clone();
    match variant % 3 {
        0 => {
            slip.remove(at);
        }
        1 => slip.insert(at, characters[at]),
        _ if characters[at] != characters[at + 1] => slip.swap(at, at + 1),
        _ => slip.insert(at, 'x'),
    }
    slip.into_iter().collect()
}

/// A key of somebody's own, in any map that lists its keys.
fn surplus_key(record: &mut Node, random: &mut Random) -> bool {
    let suits =
        |site: &Site<'_>| matches!(site.node.content, Content::Map(_)) && site.key() != "triggers";
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let Some(pairs) = node_at(record, &path).and_then(Node::pairs_mut) else {
        return false;
    };
    let key = *random.pick(&["comment", "jira", "größe", "x-note", "Title"]);
    let mut own = pair(key, Node::scalar(M::Text, "as discussed"));
    own.is_marked = true;
    let at = random.between(1, pairs.len());
    pairs.insert(at, own);
    true
}

/// A comma in a text inside braces, which silently begins a new key.
fn comma_in_flow(record: &mut Node, random: &mut Random) -> bool {
    let texts = ["removed", "why", "what", "change", "done_when", "exposure"];
    let suits = |site: &Site<'_>| match &site.node.content {
        Content::Map(pairs) => {
            pairs.len() <= 8
                && pairs.iter().any(|pair| texts.contains(&pair.key.as_ref()))
                && pairs
                    .iter()
                    .all(|pair| !matches!(pair.value.content, Content::List(_) | Content::Map(_)))
        }
        _ => false,
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let Some(map) = node_at(record, &path) else {
        return false;
    };
    map.form = Form::OneLine;
    let Some(pairs) = map.pairs_mut() else {
        return false;
    };
    let text = pairs
        .iter()
        .position(|pair| texts.contains(&pair.key.as_ref()));
    let Some(at) = text else { return false };
    pairs[at].value = Node::scalar(M::Text, "Größe und Namen").with_form(Form::Bare);
    let mut rest = pair("as far as known", Content::Nothing.into());
    rest.is_marked = true;
    pairs.insert(at + 1, rest);
    true
}

fn value_not_listed(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| {
        site.node.meaning() == Some(M::Listed)
            || (site.keys.len() > 1 && site.keys[site.keys.len() - 2] == "triggers")
    }) else {
        return false;
    };
    let Some(node) = node_at(record, &path) else {
        return false;
    };
    let word: Text = match variant % 4 {
        0 => {
            let mut word = node.text().to_owned();
            word.push('d');
            word.into()
        }
        1 => node
            .text()
            .to_uppercase()
            .replace("TLP:AMBER", "AMBER")
            .into(),
        2 => "ungültig".into(),
        _ => "something else".into(),
    };
    // In capitals `TRUE` is a truth value still.
    let word = if word == "TRUE" || word == "FALSE" {
        "maybe".into()
    } else {
        word
    };
    let by = Node::scalar(M::Listed, word).with_form(Form::OneLine);
    replace(record, &path, by)
}

/// Lists of scalars whose items nothing else refers to.
const LISTS: &[&str] = &[
    "affected",
    "concerns",
    "criteria",
    "info_types",
    "proof",
    "attendees",
    "agreed_with",
    "shared",
    "assets",
    "participants",
    "supply_chain_lessons",
    "redactions",
    "duties",
];

fn wrong_type(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let (suits, by): (fn(&Site<'_>) -> bool, Node) = match variant % 6 {
        0 => (
            |site| LISTS.contains(&site.key()) && matches!(site.node.content, Content::List(_)),
            Node::scalar(M::Text, "patient-portal").with_form(Form::OneLine),
        ),
        1 => (
            |site| {
                site.node.meaning() == Some(M::Bool)
                    && site.key() != "unknown"
                    && !site.keys.contains(&"triggers")
            },
            Node::scalar(M::Text, "later").with_form(Form::OneLine),
        ),
        2 => (
            is_free_text,
            Node::map(vec![pair("text", Node::scalar(M::Text, "kürzer"))]).with_form(Form::OneLine),
        ),
        3 => (
            is_free_text,
            Node::scalar(M::Number, "2025").with_form(Form::Bare),
        ),
        4 => (
            |site| {
                matches!(site.key(), "to" | "stood_down" | "remediation")
                    && matches!(site.node.content, Content::Map(_))
            },
            Node::scalar(M::Text, "see the ticket").with_form(Form::OneLine),
        ),
        _ => (
            |site| {
                matches!(
                    site.node.meaning(),
                    Some(M::Person | M::Instant | M::Channel)
                )
            },
            Node::list_of(M::Word, ["mara", "deniz"]).with_form(Form::OneLine),
        ),
    };
    match choose(record, random, suits) {
        Some(path) => replace(record, &path, by),
        None => false,
    }
}

/// Free text that may only be text: not `case`, `ref`, `ticket` and such.
fn is_free_text(site: &Site<'_>) -> bool {
    site.node.meaning() == Some(M::Text)
        && matches!(
            site.key(),
            "title"
                | "why"
                | "what"
                | "purpose"
                | "summary"
                | "removed"
                | "exposure"
                | "recommended"
                | "change"
                | "supply_chain_lessons"
                | "done_when"
                | "rollback"
                | "uri"
        )
}

fn wrong_format(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let (meaning, words): (M, &[&'static str]) = match variant % 4 {
        0 => (
            M::Instant,
            &[
                "2025-05-06",
                "2025-02-30T10:00:00Z",
                "6 May 2025",
                "2025-05-06T25:00:00Z",
            ],
        ),
        1 => (
            M::Checksum,
            &[
                "3853c30e665667931d4163853afdb9defe2dcf6e5f09ce410408860491d9b6",
                "g853c30e665667931d4163853afdb9defe2dcf6e5f09ce410408860491d9b68c",
                "sha256:3853c30e665667931d4163853afdb9defe2dcf6e5f09ce410408860491d9b68c",
            ],
        ),
        2 => (
            M::Day,
            &["2025-02-30", "next week", "2025/03/04", "04.03.2025"],
        ),
        _ => (M::Instant, &["2025-05-06", "soon", "2025-5-6T09:20:00Z"]),
    };
    let word = words[(variant / 4) % words.len()];
    let form = if random.chance(30) {
        Form::Quoted('"')
    } else {
        Form::OneLine
    };
    // Elsewhere a date is as good as an instant.
    let suits = |site: &Site<'_>| {
        let wants_instant = site.key() == "at" || site.key().ends_with("_at");
        site.node.meaning() == Some(meaning) && (meaning != M::Instant || wants_instant)
    };
    match choose(record, random, suits) {
        Some(path) => replace(record, &path, Node::scalar(meaning, word).with_form(form)),
        None => false,
    }
}

fn missing_key(record: &mut Node, variant: usize) -> bool {
    let keys = [
        "title",
        "status",
        "severity",
        "detected_at",
        "declared_at",
        "commander",
    ];
    let missing = keys[variant % keys.len()];
    let Some(pairs) = record.pairs_mut() else {
        return false;
    };
    pairs.retain(|pair| pair.key != missing);
    mark_id(record, None)
}

/// Marks the value of the record's `id`, and changes it if asked to.
fn mark_id(record: &mut Node, to: Option<String>) -> bool {
    let Some(id) = record.get_mut("id") else {
        return false;
    };
    if let Some(to) = to {
        id.content = Content::Scalar(M::RecordId, to.into());
    }
    id.is_marked = true;
    true
}

fn unknown_system(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| {
        site.node.meaning() == Some(M::System)
    }) else {
        return false;
    };
    let Some(node) = node_at(record, &path) else {
        return false;
    };
    let system = node.text().split('/').next().unwrap_or("").to_owned();
    let word = match variant % 3 {
        0 => format!("{system}/no-such-part"),
        1 => format!("{system}x"),
        _ => "Mainframe/app".to_owned(),
    };
    let by = Node::scalar(M::System, word).with_form(Form::OneLine);
    replace(record, &path, by)
}

/// A word that nothing defines: as a value, or as the key of a trigger.
fn unknown_term(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    if variant % 4 < 3 {
        let word = ["urgent", "Public", "host-name"][variant % 4];
        return refer(record, &[M::Term], word, random);
    }
    let triggers = record
        .get_mut("supply_chain")
        .and_then(|it| it.get_mut("triggers"))
        .and_then(Node::pairs_mut);
    let Some(pairs) = triggers else { return false };
    let at = random.below(pairs.len());
    pairs[at].key = "third-party-involved".into();
    pairs[at].is_marked = true;
    true
}

fn unknown_exception(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let word = ["RA-2025-999", "RA-2024-001", "RA-25-1"][variant % 3];
    if refer(record, &[M::Exception], word, random) {
        return true;
    }
    let (list, key) = match variant % 2 {
        0 => ("parties", "risk"),
        _ => ("outbound", "channel_exception"),
    };
    let Some(items) = record.get_mut(list).and_then(Node::items_mut) else {
        return false;
    };
    let item = random.below(items.len());
    let Some(pairs) = items[item].pairs_mut() else {
        return false;
    };
    let value = Node::scalar(M::Exception, word).with_form(Form::OneLine);
    pairs.push(pair(key, value.marked()));
    true
}

fn duplicate_key(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let is_flow = variant % 3 == 2;
    let suits = |site: &Site<'_>| match &site.node.content {
        Content::Map(pairs) if is_flow => {
            pairs.len() <= 6 && pairs.iter().all(|pair| pair.value.text().len() < 60)
        }
        Content::Map(_) => true,
        _ => false,
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let Some(map) = node_at(record, &path) else {
        return false;
    };
    if is_flow {
        map.form = Form::OneLine;
    }
    let Some(pairs) = map.pairs_mut() else {
        return false;
    };
    let scalars: Vec<_> = (0..pairs.len())
        .filter(|at| pairs[*at].value.meaning().is_some())
        .collect();
    if scalars.is_empty() {
        return false;
    }
    let first = *random.pick(&scalars);
    let mut second = pairs[first].clone();
    second.is_marked = true;
    let at = random.between(first + 1, pairs.len());
    pairs.insert(at, second);
    true
}

fn ambiguous_word(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let word = ["yes", "no", "on", "off"][variant % 4];
    let is_answer = variant % 2 == 0;
    let suits = |site: &Site<'_>| match site.node.meaning() {
        Some(M::Bool) => is_answer,
        Some(M::Text | M::Listed | M::Word | M::Term) => !is_answer && site.key() != "kind",
        _ => false,
    };
    match choose(record, random, suits) {
        Some(path) => {
            let by = Node::scalar(M::Word, word).with_form(Form::Bare);
            replace(record, &path, by)
        }
        None => false,
    }
}

fn time_without_offset(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| {
        site.node.meaning() == Some(M::Instant)
    }) else {
        return false;
    };
    let form = if variant % 4 == 3 {
        Form::Quoted('\'')
    } else {
        Form::OneLine
    };
    let word = [
        "2025-05-06T09:20:00",
        "2025-05-06 09:20:00",
        "2025-05-06T09:20",
    ][variant % 3];
    replace(
        record,
        &path,
        Node::scalar(M::Instant, word).with_form(form),
    )
}

fn yaml_syntax(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    match variant % 3 {
        0 => tab(record, random),
        1 => unclosed(record, '"', random),
        _ => unclosed(record, '\'', random),
    }
}

/// Indents one line by a tab: of a map in a map or a list, but not the line of a `-`.
fn tab(record: &mut Node, random: &mut Random) -> bool {
    let suits = |site: &Site<'_>| {
        let is_first_of_item =
            site.path.last() == Some(&0) && is_list_item(record, &site.path[..site.path.len() - 1]);
        site.path.len() > 1 && !is_list_item(record, &site.path) && !is_first_of_item
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    open_up(record, &path);
    match pair_at(record, &path) {
        Some(pair) => {
            pair.has_tab = true;
            true
        }
        None => false,
    }
}

/// Writes all that stands above a place in block style.
fn open_up(record: &mut Node, path: &[usize]) {
    for length in 0..path.len() {
        if let Some(node) = node_at(record, &path[..length]) {
            node.form = Form::Block;
        }
    }
}

fn unclosed(record: &mut Node, quote: char, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| site.node.meaning() == Some(M::Text)) else {
        return false;
    };
    open_up(record, &path);
    let by = Node::scalar(M::Text, "Sie hat es bestätigt").with_form(Form::Unclosed(quote));
    replace(record, &path, by)
}

fn duplicate_local_id(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let lists = [
        "evidence",
        "actions",
        "decisions",
        "outbound",
        "inbound",
        "sessions",
    ];
    let list = lists[variant % lists.len()];
    let Some(items) = record.get_mut(list).and_then(Node::items_mut) else {
        return false;
    };
    // A second one is copied in below, so that all references stay as they are.
    let first = random.below(items.len());
    let mut second = items[first].clone();
    if let Some(id) = second.get_mut("id") {
        id.is_marked = true;
    }
    let at = random.between(first + 1, items.len());
    items.insert(at, second);
    true
}

fn id_contradicts_path(record: &mut Node, variant: usize) -> bool {
    // No folder bears such a number.
    mark_id(record, Some(format!("INC-2031-{:04}", variant + 1)))
}
