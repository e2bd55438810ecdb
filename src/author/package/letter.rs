//! The content of what is sent: the handling line, then the sections in the order of the guideline.

use serde::Serialize;

use super::choose::{Case, Chosen};
use super::judge::Judgement;
use crate::clock::parse_instant;
use crate::document::NodeRef;
use crate::record::RecordKind;

/// What stands above everything that is not approved.
pub const BANNER: &str = "DRAFT - not approved";

/// What is sent, as templates see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// [`BANNER`], until every approval is there.
    pub banner: Option<&'static str>,
    /// How it is to be handled.
    pub handling: Handling,
    /// What it is called on both sides.
    pub reference: Reference,
    /// The sections that have something to say.
    pub sections: Vec<Section>,
    /// What the package has and no section of the guideline shows.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// How what is sent is to be handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handling {
    /// The TLP label.
    pub tlp: String,
    /// What the label means.
    pub meaning: &'static str,
    /// The class of the sender.
    pub classification: String,
    /// Who may see it.
    pub distribution: String,
    /// Who sends it.
    pub from: Option<String>,
    /// Who gets it.
    pub to: String,
    /// The person it is for, if one is named.
    pub name: Option<String>,
    /// When the facts were these.
    pub as_of: String,
}

/// What it is called on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Our incident.
    pub incident: String,
    /// The package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// What the version replaces.
    pub replaces: Option<String>,
    /// What is new in it.
    pub changes: Option<String>,
    /// The case of the recipient.
    pub case: Option<String>,
}

/// A section. What it has nothing of is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its name in the guideline.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Sentences.
    pub lines: Vec<String>,
    /// What happened when.
    pub events: Vec<Event>,
    /// What is affected.
    pub affected: Vec<Affected>,
    /// Indicators, as they are searched for.
    pub indicators: Vec<String>,
    /// Points of a list.
    pub points: Vec<String>,
    /// What is asked for.
    pub asks: Vec<Ask>,
    /// What was taken out.
    pub redactions: Vec<Redaction>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
}

/// Something that is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// The component.
    pub component: String,
    /// Its versions.
    pub versions: String,
}

/// Something that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// What.
    pub what: String,
    /// By when.
    pub by: Option<String>,
}

/// Something that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redaction {
    /// What.
    pub removed: String,
    /// Why.
    pub why: Option<String>,
}

/// The sections by their names in the guideline, and the keys of a package that each shows.
const SECTIONS: &[(&str, &str, &[&str])] = &[
    ("summary", "Summary", &["summary"]),
    ("timeline", "Timeline", &["timeline"]),
    ("affected", "Affected", &["affected"]),
    (
        "iocs",
        "Indicators of compromise",
        &["iocs", "iocs_withheld"],
    ),
    (
        "behaviour",
        "Observed behaviour",
        &["behaviour", "attack_path"],
    ),
    ("mitigations", "What we have done", &["mitigations"]),
    ("asks", "What we ask of you", &["asks"]),
    ("handling", "Handling and redactions", &[]),
];

impl Letter {
    /// What is sent, from the package and the message that were chosen.
    pub fn new(case: &Case<'_>, chosen: &Chosen<'_>, judgement: &Judgement) -> Self {
        let package = chosen.package.record.root();
        let mut notes = Vec::new();
        let is_approved = chosen.message.is_some()
            && judgement
                .approvals
                .as_ref()
                .is_some_and(|it| it.missing.is_empty());
        let mut programs = case.registry.of_kind(RecordKind::Program);
        let organisation = programs.find_map(|it| filled(it.root(), "organisation"));
        if organisation.is_none() {
            notes.push(
                "`program.yaml` has no `organisation:`, so the text does not say who sends it"
                    .to_owned(),
            );
        }
        let sections = sections(case, chosen, &mut notes);
        let to = chosen.party.text_of("name");
        let incident = case.incident.record.id.clone();
        Self {
            banner: (!is_approved).then_some(BANNER),
            handling: Handling {
                tlp: judgement.label.clone(),
                meaning: meaning(&judgement.label),
                classification: judgement.class.clone(),
                distribution: package.text_of("distribution").to_owned(),
                from: organisation,
                to: match to {
                    "" => chosen.party.text_of("id"),
                    name => name,
                }
                .to_owned(),
                name: chosen.message.and_then(|it| filled(it.get("to")?, "name")),
                as_of: time(package.text_of("facts_as_of")),
            },
            reference: Reference {
                package: chosen.package.record.id.clone(),
                version: package.text_of("version").to_owned(),
                replaces: filled(package, "supersedes"),
                changes: filled(package, "changes"),
                case: chosen
                    .message
                    .and_then(|it| filled(it, "case"))
                    .filter(|case| *case != incident),
                incident,
            },
            sections,
            notes,
        }
    }
}

/// What a label allows.
fn meaning(label: &str) -> &'static str {
    match label {
        "TLP:CLEAR" => "may be shared with anybody",
        "TLP:GREEN" => "may be shared within your community, not in public",
        "TLP:AMBER" => {
            "may be shared within your organisation and with its clients, with those who need to know"
        }
        "TLP:AMBER+STRICT" => {
            "may be shared within your organisation only, with those who need to know"
        }
        "TLP:RED" => "for the named recipients only, not to be passed on",
        _ => "",
    }
}

fn sections(case: &Case<'_>, chosen: &Chosen<'_>, notes: &mut Vec<String>) -> Vec<Section> {
    let package = chosen.package.record.root();
    let id = &chosen.package.record.id;
    let guidelines = case.registry.of_kind(RecordKind::SharingGuideline);
    let mut wanted: Vec<&str> = guidelines
        .filter_map(|it| it.root().get("package"))
        .flat_map(|it| it.list_of("sections"))
        .map(NodeRef::scalar_text)
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    wanted.retain(|name| seen.insert(*name));
    if wanted.is_empty() {
        notes.push(
            "the sharing guideline names no sections, so the usual ones are shown".to_owned(),
        );
        wanted = SECTIONS.iter().map(|(name, ..)| *name).collect();
    }
    let has = |keys: &[&str]| {
        keys.iter()
            .any(|key| package.get(key).is_some_and(|it| !it.is_empty()))
    };
    for (name, _, keys) in SECTIONS {
        if !wanted.contains(name) && has(keys) {
            notes.push(format!("`{id}` says something under `{name}`, and the sharing guideline has no such section: it is left out"));
        }
    }
    let mut sections = Vec::new();
    for name in wanted {
        let Some((name, title, keys)) = SECTIONS.iter().find(|(known, ..)| *known == name) else {
            notes.push(format!(
                "`{name}` is no section that a package has: it is left out"
            ));
            continue;
        };
        if !keys.is_empty() && !has(keys) {
            notes.push(format!("`{id}` says nothing under `{name}`"));
            continue;
        }
        sections.push(section(case, chosen, name, title));
    }
    sections
}

fn section(case: &Case<'_>, chosen: &Chosen<'_>, id: &'static str, title: &'static str) -> Section {
    let package = chosen.package.record.root();
    let texts = |key: &str| -> Vec<String> {
        let texts = package
            .list_of(key)
            .map(|it| it.scalar_text().trim().to_owned());
        texts.filter(|it| !it.is_empty()).collect()
    };
    let mut section = Section {
        id,
        title,
        ..Section::default()
    };
    match id {
        "summary" => section.lines = lines(package.text_of("summary")),
        "timeline" => {
            section.events = package
                .list_of("timeline")
                .map(|it| Event {
                    at: time(it.text_of("at")),
                    what: it.text_of("what").to_owned(),
                })
                .collect();
        }
        "affected" => {
            section.affected = package
                .list_of("affected")
                .map(|it| Affected {
                    component: it.text_of("component").to_owned(),
                    versions: it.text_of("versions").to_owned(),
                })
                .collect();
        }
        "iocs" => {
            section.indicators = texts("iocs");
            if let Some(why) =
                filled(package, "iocs_withheld").filter(|_| section.indicators.is_empty())
            {
                section.lines = lines(&format!("None are given. {why}"));
            }
        }
        "behaviour" => {
            section.lines = lines(package.text_of("behaviour"));
            if let Some(path) = filled(package, "attack_path") {
                section.lines.extend(lines(&format!("Attack path: {path}")));
            }
        }
        "mitigations" => section.points = texts("mitigations"),
        "asks" => {
            section.asks = package
                .list_of("asks")
                .map(|it| Ask {
                    what: it.text_of("what").to_owned(),
                    by: filled(it, "by").map(|by| time(&by)),
                })
                .collect();
        }
        _ => redactions(case, chosen, &mut section),
    }
    section
}

/// What was taken out: as the message says; else what the guideline has taken out of everything.
fn redactions(case: &Case<'_>, chosen: &Chosen<'_>, section: &mut Section) {
    let message = chosen.message;
    let said = message.into_iter().flat_map(|it| it.list_of("redactions"));
    section.redactions = said
        .filter_map(|it| {
            Some(Redaction {
                removed: filled(it, "removed")?,
                why: filled(it, "why"),
            })
        })
        .collect();
    if !section.redactions.is_empty() {
        section
            .lines
            .push("The following was taken out before this was sent.".to_owned());
        return;
    }
    if let Some(why) = message.and_then(|it| filled(it, "none_because_redactions")) {
        section.lines = lines(&format!("Nothing was taken out. {why}"));
        return;
    }
    let left_in: Vec<&str> = message
        .into_iter()
        .flat_map(|it| it.list_of("redaction_exceptions"))
        .map(|it| it.text_of("rule"))
        .collect();
    let guidelines = case.registry.of_kind(RecordKind::SharingGuideline);
    let rules = guidelines.flat_map(|it| it.root().list_of("redaction_rules"));
    section.points = rules
        .filter(|rule| !left_in.contains(&rule.text_of("id")))
        .filter_map(|rule| filled(rule, "what"))
        .collect();
    section.lines.push(match section.points.is_empty() {
        true => "It is not stated what was taken out.".to_owned(),
        false => "By our sharing rules we take out of everything that we send:".to_owned(),
    });
}

/// A text of a map, if it has one.
fn filled(map: NodeRef<'_>, key: &str) -> Option<String> {
    let text = map.text_of(key).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The lines of a text that have something on them.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.map(str::to_owned).collect()
}

/// A time as people read it, in UTC; anything else as it is.
fn time(text: &str) -> String {
    let Some(instant) = parse_instant(text) else {
        return text.to_owned();
    };
    let shown = instant.to_string();
    let Some((day, time)) = shown.trim_end_matches('Z').split_once('T') else {
        return shown;
    };
    format!("{day} {} UTC", time.strip_suffix(":00").unwrap_or(time))
}
