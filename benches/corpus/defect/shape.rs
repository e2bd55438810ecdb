//! Records that are no longer what their schema says.

use super::super::random::Random;
use super::super::site::{Site, choose, is_list_item, node_at, pair_at, replace};
use super::super::tree::{Content, Form, Meaning as M, Node, Text, pair};

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
    "nothing_shared",
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

/// Lists of scalars whose items nothing else refers to.
const LISTS: &[&str] = &[
    "affected",
    "concerns",
    "criteria",
    "info_types",
    "proof",
    "attendees",
    "agreed_with",
    "nothing_shared",
    "assets",
    "participants",
    "supply_chain_lessons",
    "redactions",
    "duties",
];

pub(super) fn unknown_key(record: &mut Node, variant: usize, random: &mut Random) -> bool {
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

pub(super) fn value_not_listed(record: &mut Node, variant: usize, random: &mut Random) -> bool {
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

pub(super) fn wrong_type(record: &mut Node, variant: usize, random: &mut Random) -> bool {
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

pub(super) fn wrong_format(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let (meaning, words): (M, &[&'static str]) = match variant % 4 {
        0 => (
            M::Instant,
            &[
                ONLY_A_DAY,
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
        _ => (M::Instant, &[ONLY_A_DAY, "soon", "2025-5-6T09:20:00Z"]),
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
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    // Only the time of day is lost: another day would break more than the form.
    let day = node_at(record, &path).and_then(|node| node.text().get(..10).map(str::to_owned));
    let text: Text = match day {
        Some(day) if word == ONLY_A_DAY => day.into(),
        _ => word.into(),
    };
    replace(record, &path, Node::scalar(meaning, text).with_form(form))
}

/// Stands for the day of the instant that it replaces.
const ONLY_A_DAY: &str = "(its day)";

pub(super) fn missing_key(record: &mut Node, variant: usize) -> bool {
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
    // Every fifth time the key is there and says nothing: a place to point at.
    let is_empty = variant % 5 == 4;
    if is_empty && let Some(pair) = pairs.iter_mut().find(|pair| pair.key == missing) {
        pair.value = Node::scalar(M::Text, "")
            .with_form(Form::Quoted('"'))
            .marked();
        return true;
    }
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

pub(super) fn id_contradicts_path(record: &mut Node, variant: usize) -> bool {
    // No folder bears such a number.
    mark_id(record, Some(format!("INC-2031-{:04}", variant + 1)))
}
