//! What forbids to send a package to a party: the sharing guideline, channels, labels, holds.
//!
//! Approvals, recipients and channels come from [`Sharing`], which judges messages that have left,
//! too. What is missing in a draft is a note, what is forbidden an objection.

use super::approvals::{Approvals, approvals};
use super::choose::{Case, Chosen, instant_of, is_draft};
use super::words::quoted;
use crate::clock::Instant;
use crate::document::NodeRef;
use crate::policy::vocabulary::{Content, Lookups, Sharing};
use crate::record::Vocabulary;
use crate::text::{Span, closest};

/// Why a package may not be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The demand that it would break.
    pub demand: &'static str,
    /// The fact.
    pub message: String,
    /// What to change.
    pub help: String,
    /// The file, and the place in it.
    pub place: Option<(String, Span)>,
}

/// What there is to say about sending a package to a party.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What forbids it.
    pub objections: Vec<Objection>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// The approvals that it needs; `None` if nobody can say.
    pub approvals: Option<Approvals>,
    /// The label under which it goes: the closer one of package and message.
    pub label: String,
    /// The class under which it goes: the higher one of package and message.
    pub class: String,
}

/// The labels of the Traffic Light Protocol, the most open one first.
const LABELS: &[&str] = &[
    "TLP:CLEAR",
    "TLP:GREEN",
    "TLP:AMBER",
    "TLP:AMBER+STRICT",
    "TLP:RED",
];

/// Judges what was chosen.
pub fn judge(case: &Case<'_>, chosen: &Chosen<'_>) -> Judgement {
    let lookups = Lookups::new(case.registry);
    let mut judge = Judge {
        case,
        chosen,
        lookups: &lookups,
        found: Judgement::default(),
        at: sending(case, chosen),
    };
    judge.all();
    judge.found
}

/// When the message leaves: as it says if it has left, else now.
fn sending(case: &Case<'_>, chosen: &Chosen<'_>) -> Instant {
    let sent = chosen.message.filter(|message| !is_draft(*message));
    let at = sent.and_then(|message| instant_of(message, "at"));
    at.unwrap_or(case.as_of)
}

pub(super) struct Judge<'a, 'r> {
    pub(super) case: &'a Case<'r>,
    pub(super) chosen: &'a Chosen<'r>,
    pub(super) lookups: &'a Lookups<'r>,
    found: Judgement,
    /// When the message leaves.
    pub(super) at: Instant,
}

impl<'r> Judge<'_, 'r> {
    fn all(&mut self) {
        let package = self.chosen.package.record.root();
        match self.chosen.message {
            Some(message) if message.list_of("info_types").next().is_none() => {
                let id = message.text_of("id");
                self.note(format!(
                    "`{id}` names no `info_types`; judged by its class alone"
                ));
            }
            Some(_) => {}
            None => {
                let (id, party) = (package.text_of("id"), self.party());
                let class = package.text_of("classification");
                self.note(format!("no message to `{party}` uses `{id}`; judged as an initial notification of class `{class}`"));
            }
        }
        self.labels();
        let Some(class) = self.class() else {
            return;
        };
        class.clone_into(&mut self.found.class);
        let message = self.chosen.message;
        let info_types = message
            .map(|it| Content::of(it).info_types)
            .unwrap_or_default();
        let content = Content { class, info_types };
        let sharing = self.lookups.sharing();
        self.info_types(sharing);
        self.strictest(sharing, &content);
        self.recipient(sharing, &content);
        self.channel(sharing, &content);
        self.ground(sharing, &content);
        self.decision();
        self.holds();
        self.sender(class);
        match approvals(self.case, self.chosen, sharing, &content) {
            Ok(approvals) => self.found.approvals = Some(approvals),
            Err(why) => {
                let at = package.get("classification");
                let help = "Mend the sharing guideline and the approval matrix first: `probity check` says where.";
                self.object(
                    "IS-APPR-04",
                    at,
                    true,
                    format!("nobody can say who has to approve: {why}"),
                    help.to_owned(),
                );
            }
        }
    }

    pub(super) fn party(&self) -> &'r str {
        self.chosen.party.text_of("id")
    }

    /// The message by its id, or what stands for it.
    pub(super) fn named(&self) -> String {
        match self.chosen.message {
            Some(message) => format!("`{}`", message.text_of("id")),
            None => format!("`{}`", self.chosen.package.record.id),
        }
    }

    pub(super) fn note(&mut self, note: String) {
        self.found.notes.push(note);
    }

    /// Adds an objection, at a node of the package or of the incident.
    pub(super) fn object(
        &mut self,
        demand: &'static str,
        at: Option<NodeRef<'_>>,
        is_in_package: bool,
        message: String,
        help: String,
    ) {
        let paper = match is_in_package {
            true => self.chosen.package,
            false => self.case.incident,
        };
        // Without the key, the line that names the record or the message.
        let message_id = || self.chosen.message.and_then(|it| it.get("id"));
        let root = paper.record.root();
        let at = at.map(NodeRef::span).or_else(|| {
            let grip = message_id()
                .filter(|_| !is_in_package)
                .or_else(|| root.get("id"));
            grip.map(NodeRef::span)
        });
        self.found.objections.push(Objection {
            demand,
            message,
            help,
            place: at.map(|span| (paper.path.clone(), span)),
        });
    }

    /// The class of package and message, the higher one; `None` where it cannot be said.
    fn class(&mut self) -> Option<&'r str> {
        let sharing = self.lookups.sharing();
        let package = self.chosen.package.record.root();
        let own = self.known_class(sharing, package, true)?;
        let Some(message) = self
            .chosen
            .message
            .filter(|it| !it.text_of("classification").is_empty())
        else {
            return Some(own);
        };
        let said = self.known_class(sharing, message, false)?;
        if self.rank(said) < self.rank(own) && !is_downgraded(message) {
            let (id, pkg) = (message.text_of("id"), package.text_of("id"));
            let text = format!("`{id}` is `{said}`, and the package in it, `{pkg}`, is `{own}`");
            let help = format!(
                "Write `classification: {own}` at `{id}`; or lower the class of the package, if its content allows it, as a new version."
            );
            self.object(
                "IS-SHARE-02",
                message.get("classification"),
                false,
                text,
                help,
            );
        }
        Some(if self.rank(said) < self.rank(own) {
            own
        } else {
            said
        })
    }

    fn known_class(
        &mut self,
        sharing: &Sharing<'r>,
        of: NodeRef<'r>,
        is_package: bool,
    ) -> Option<&'r str> {
        let name = of.text_of("classification");
        let (text, help) = match sharing.class(name) {
            Ok(Some(_)) => return Some(name),
            Ok(None) => {
                let known: Vec<&str> = self.case.registry.names(Vocabulary::Class).collect();
                let near = closest(name, known.iter().copied());
                let id = of.text_of("id");
                let text = match name {
                    "" => format!("`{id}` has no `classification`"),
                    name => format!(
                        "`{id}` is of class `{name}`, which the sharing guideline does not have"
                    ),
                };
                let help = match near {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("Write one of {}.", quoted(&known)),
                };
                (text, help)
            }
            Err(why) => (
                why,
                "Mend the sharing guideline first: `probity check` says where.".to_owned(),
            ),
        };
        let demand = if is_package {
            "SC-PKG-06"
        } else {
            "IS-SHARE-02"
        };
        self.object(demand, of.get("classification"), is_package, text, help);
        None
    }

    pub(super) fn rank(&self, class: &str) -> i64 {
        let class = self.lookups.sharing().class(class).ok().flatten();
        class
            .and_then(|it| it.text_of("rank").parse().ok())
            .unwrap_or(i64::MAX)
    }

    fn info_types(&mut self, sharing: &Sharing<'r>) {
        let Some(message) = self.chosen.message else {
            return;
        };
        let id = message.text_of("id");
        for info_type in message.list_of("info_types") {
            let name = info_type.scalar_text();
            if matches!(sharing.row(name), Ok(Some(_)) | Err(_)) {
                continue;
            }
            let excluded = self.case.registry.has(Vocabulary::InfoType, name);
            if excluded && self.is_allowed_by(message, "exception", None) {
                continue;
            }
            let (demand, text, help) = match excluded {
                true => (
                    "IS-SHARE-09",
                    format!("`{id}` holds `{name}`, which must not be shared"),
                    format!(
                        "Take it out of the package and of `info_types:`. If it has to be sent, get a `sharing-exception` with `subject: {}#{id}` approved first, and name it under `exception:`.",
                        self.case.incident.record.id
                    ),
                ),
                false => {
                    let known = self.case.registry.names(Vocabulary::InfoType);
                    let near = closest(name, known);
                    let help = near.map_or_else(
                        || {
                            "Write an information type of the sharing guideline's `matrix:`."
                                .to_owned()
                        },
                        |near| format!("Did you mean `{near}`?"),
                    );
                    (
                        "IS-SHARE-01",
                        format!(
                            "`{id}` holds `{name}`, and no row of the sharing guideline says who may get that"
                        ),
                        help,
                    )
                }
            };
            self.object(demand, Some(info_type), false, text, help);
        }
    }

    fn strictest(&mut self, sharing: &Sharing<'r>, content: &Content<'r>) {
        let Some(message) = self.chosen.message else {
            return;
        };
        let Ok(Some(strictest)) = sharing.strictest_class(content) else {
            return;
        };
        let name = strictest.text_of("id");
        if self.rank(name) > self.rank(content.class) && !is_downgraded(message) {
            let (id, class) = (message.text_of("id"), content.class);
            let text = format!("`{id}` is `{class}`, and what it holds is `{name}`");
            let help = format!(
                "Write `classification: {name}` at `{id}` and at `{}`. If the lower class was decided, add `downgrade: {{by: …, why: …}}`.",
                self.chosen.package.record.id
            );
            let at = message.get("classification");
            self.object("IS-SHARE-02", at, false, text, help);
        }
    }

    fn recipient(&mut self, sharing: &Sharing<'r>, content: &Content<'r>) {
        let (party, category) = (self.party(), self.chosen.category);
        let (message, package) = (self.chosen.message, self.chosen.package.record.root());
        let to = message.and_then(|it| it.get("to")?.get("party"));
        let at = to.or_else(|| package.get("classification"));
        match sharing.recipients(content) {
            Ok(allowed) if allowed.contains(&category) => {}
            Ok(allowed) => {
                let what = match content.info_types.as_slice() {
                    [] => format!("`{}`", content.class),
                    types => format!("{} as `{}`", quoted(types), content.class),
                };
                let text = format!(
                    "`{party}` is a `{category}`, and {what} may go to {}",
                    quoted(&allowed)
                );
                let help = format!(
                    "Write a package for `{category}` without it, and correct `info_types:` and `classification:` accordingly; or send it to somebody who may have it."
                );
                self.object("IS-SHARE-03", at, to.is_none(), text, help);
            }
            Err(why) => {
                let help =
                    "Mend the sharing guideline first: `probity check` says where.".to_owned();
                self.object("IS-SHARE-03", at, to.is_none(), why, help);
            }
        }
    }

    /// The label of package and message, the closer one, and whether it fits.
    fn labels(&mut self) {
        let package = self.chosen.package.record.root();
        let message = self.chosen.message;
        let place = |label: &str| LABELS.iter().position(|it| *it == label);
        let own = package.text_of("tlp");
        let said = message.map_or("", |it| it.text_of("tlp"));
        let label = if place(said) > place(own) { said } else { own };
        label.clone_into(&mut self.found.label);
        let at_package = package.get("tlp");
        if place(label).is_none() {
            let text = format!("`{}` bears no TLP label", package.text_of("id"));
            let help = format!("Write under `tlp:` one of {}.", quoted(LABELS));
            self.object("SC-PKG-06", at_package, true, text, help);
            return;
        }
        let at_message = message
            .and_then(|it| it.get("tlp"))
            .filter(|_| !said.is_empty());
        if place(said) < place(own) && !said.is_empty() {
            let (id, pkg) = (self.named(), package.text_of("id"));
            let text = format!("{id} is marked `{said}`, and the package in it, `{pkg}`, `{own}`");
            let help = format!(
                "Write `tlp: {own}` at {id}; or mark a new version of the package more openly."
            );
            self.object("IS-SHARE-17", at_message, false, text, help);
        }
        let is_at_package = label == own;
        let at = if is_at_package {
            at_package
        } else {
            at_message
        };
        let class = [
            message.map_or("", |it| it.text_of("classification")),
            package.text_of("classification"),
        ];
        let is_above_public = class.iter().any(|class| {
            let known = self.lookups.sharing().class(class).ok().flatten();
            known.is_some() && self.rank(class) > 0
        });
        let name = message
            .and_then(|it| it.get("to"))
            .map_or("", |to| to.text_of("name"));
        let fault = match label {
            "TLP:CLEAR" if is_above_public => Some((
                "is for public content, and this is above public".to_owned(),
                "Write `tlp: TLP:GREEN` or a closer label.".to_owned(),
            )),
            "TLP:RED" if name.is_empty() => Some((
                "is for named persons, and none is named".to_owned(),
                "Write under `to.name:` of the message who receives it, or choose `TLP:AMBER+STRICT`.".to_owned(),
            )),
            "TLP:AMBER+STRICT" if self.chosen.category == "sector-group" => Some((
                "may not leave one organisation, and a sector group is more than one".to_owned(),
                "Write `tlp: TLP:AMBER` or `TLP:GREEN`, if the content allows it; or leave the sector group out.".to_owned(),
            )),
            _ => None,
        };
        if let Some((fault, help)) = fault {
            let text = format!("{} is marked `{label}`, which {fault}", self.named());
            self.object("IS-SHARE-17", at, is_at_package, text, help);
        }
        if package.text_of("distribution").trim().is_empty() {
            let text = format!("`{}` does not say who may see it", package.text_of("id"));
            let help = "Write under `distribution:` who may see it, such as `security desk and engineers on the case; no onward sharing`.".to_owned();
            self.object("SC-PKG-06", package.get("distribution"), true, text, help);
        }
    }
}

fn is_downgraded(message: NodeRef<'_>) -> bool {
    let downgrade = message.get("downgrade");
    downgrade.is_some_and(|it| !it.text_of("by").is_empty() && !it.text_of("why").trim().is_empty())
}
