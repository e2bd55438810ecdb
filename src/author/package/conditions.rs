//! What has to be in place before a message may leave: a channel, a ground to tell the party, no
//! hold, a sender who may send it.

use super::choose::{instant_of, is_draft};
use super::judge::Judge;
use super::words::quoted;
use crate::clock::Moment;
use crate::document::NodeRef;
use crate::policy::vocabulary::{Content, Sharing};
use crate::record::{Record, RecordKind};

impl<'r> Judge<'_, 'r> {
    pub(super) fn channel(&mut self, sharing: &Sharing<'r>, content: &Content<'r>) {
        let allowed = sharing.channels(content).unwrap_or_default();
        let agreed: Vec<&str> = self
            .chosen
            .party
            .list_of("channels")
            .map(NodeRef::scalar_text)
            .collect();
        let channels = self.case.registry.of_kind(RecordKind::Channels);
        let channels: Vec<NodeRef<'r>> = channels
            .flat_map(|it| it.root().list_of("channels"))
            .collect();
        let fault = |name: &str| -> Option<String> {
            let Some(channel) = channels.iter().find(|it| it.text_of("id") == name) else {
                return Some("is not registered".to_owned());
            };
            let mut classes = channel.list_of("classes").peekable();
            if channel.text_of("state") == "retired" {
                return Some("is retired".to_owned());
            }
            if classes.peek().is_some() && classes.all(|it| it.scalar_text() != content.class) {
                return Some(format!("is not approved for `{}`", content.class));
            }
            if !allowed.contains(&name) {
                return Some(match content.info_types.as_slice() {
                    [] => format!("is not for `{}`", content.class),
                    types => format!("is not for {} as `{}`", quoted(types), content.class),
                });
            }
            // That nothing at all is agreed is told at the party.
            (!agreed.is_empty() && !agreed.contains(&name))
                .then(|| format!("is not agreed with `{}`", self.party()))
        };
        let open: Vec<&str> = allowed
            .iter()
            .copied()
            .filter(|it| fault(it).is_none())
            .collect();
        let named = self.named();
        let message = self.chosen.message;
        let chosen = message.and_then(|it| it.get("channel").filter(|it| !it.is_empty()));
        let is_excused = message.is_some_and(|it| {
            self.is_allowed_by(it, "channel_exception", Some("channel-exception"))
        });
        match chosen {
            Some(channel) => {
                let name = channel.scalar_text();
                let Some(fault) = fault(name).filter(|_| !is_excused) else {
                    return;
                };
                let text = format!("{named} is to go over `{name}`, which {fault}");
                let help = match open.as_slice() {
                    [] => "No channel is open for this content to this party: take out what is too sensitive, or get a `channel-exception` approved first.".to_owned(),
                    open => format!("Write under `channel:` one that is allowed: {}.", quoted(open)),
                };
                self.object("IS-SHARE-04", Some(channel), false, text, help);
            }
            None if open.is_empty() => {
                let text = format!(
                    "there is no channel over which {named} may go to `{}`",
                    self.party()
                );
                let help = "Agree on a channel with the party and register it; or take out what is too sensitive.".to_owned();
                let at = self.chosen.package.record.root().get("classification");
                self.object("IS-SHARE-04", at, true, text, help);
            }
            None => self.note(format!("{named} may go over {}", quoted(&open))),
        }
    }

    /// What has to be in place before some content may leave at all.
    pub(super) fn ground(&mut self, sharing: &Sharing<'r>, content: &Content<'r>) {
        let named = self.named();
        let message = self.chosen.message;
        let text_of = |key: &str| message.map_or("", |it| it.text_of(key)).trim();
        let party = self.party();
        let mut basis = self.chosen.party.list_of("basis");
        let is_in_force = |it: NodeRef<'_>| {
            let until = Moment::parse(it.text_of("until")).and_then(Moment::end);
            until.is_none_or(|until| self.at < until)
        };
        if self.rank(content.class) > 0
            && text_of("need_to_know").is_empty()
            && !basis.any(is_in_force)
        {
            let text = format!(
                "{named} is `{}`, and `{party}` has no agreement in force",
                content.class
            );
            let help = format!(
                "Add the agreement under `basis:` of `{party}`, or write under `need_to_know:` of the message why they have to know."
            );
            let to = message.and_then(|it| it.get("to")?.get("party"));
            self.object("IS-SHARE-06", to, to.is_none(), text, help);
        }
        let Some(message) = message else {
            return;
        };
        let at = message.get("info_types");
        for row in sharing.rows(content).unwrap_or_default() {
            let name = row.text_of("info_type");
            if row.text_of("legal_basis_required") == "true" && text_of("legal_basis").is_empty() {
                let text = format!("{named} holds `{name}`, and no legal basis is given");
                let help = "Write under `legal_basis:` the duty or permission with its article, such as `GDPR Art. 33`.".to_owned();
                self.object("IS-SHARE-14", at, false, text, help);
            }
            if row.text_of("raw") == "true" && text_of("raw_needed_because").is_empty() {
                let text = format!(
                    "{named} holds `{name}`, which is raw, and does not say why indicators would not do"
                );
                let help =
                    "Write under `raw_needed_because:` why the recipient needs the raw material."
                        .to_owned();
                self.object("SC-PKG-11", at, false, text, help);
            }
        }
    }

    /// Whether the incident means to tell the party, and whose package it is.
    pub(super) fn decision(&mut self) {
        let (party, root) = (self.party(), self.case.incident.record.root());
        let mut parties = root.list_of("parties");
        let listed = parties.find(|it| it.text_of("party") == party);
        let is_to_come = self.chosen.message.is_none_or(is_draft);
        let id = &self.case.incident.record.id;
        match listed {
            Some(it) if it.text_of("decision") == "do-not-notify" && is_to_come => {
                let text = format!("{id} decided not to notify `{party}`");
                let help = "Change `decision:` to `notify`, with who decided it and when; or send it to somebody else.".to_owned();
                self.object("SC-NOTIFY-04", it.get("decision"), false, text, help);
            }
            None if self.chosen.message.is_none() => {
                self.note(format!("`{party}` is not among the `parties` of {id}"));
            }
            _ => {}
        }
        if self.chosen.message.is_some() {
            return;
        }
        let package = &self.chosen.package.record.id;
        let others = root
            .list_of("outbound")
            .filter(|it| it.text_of("package") == package);
        let mut others: Vec<&str> = others
            .filter_map(|it| it.get("to"))
            .map(|to| to.text_of("party"))
            .collect();
        others.sort_unstable();
        others.dedup();
        if !others.is_empty() {
            self.note(format!(
                "`{package}` is what {} gets; make sure that it is meant for `{party}`, too",
                quoted(&others)
            ));
        }
    }

    pub(super) fn holds(&mut self) {
        let at = self.at;
        let holds = self.case.incident.record.root().list_of("holds");
        let holds: Vec<NodeRef<'r>> = holds
            .filter(|hold| instant_of(*hold, "from").is_some_and(|from| from <= at))
            .filter(|hold| {
                let until = Moment::parse(hold.text_of("until")).and_then(Moment::end);
                until.is_none_or(|until| at < until)
            })
            .collect();
        for hold in holds {
            let id = hold.text_of("id");
            let Some(message) = self.chosen.message else {
                let held: Vec<&str> = hold
                    .list_of("info_types")
                    .map(NodeRef::scalar_text)
                    .collect();
                let package = &self.chosen.package.record.id;
                self.note(format!(
                    "`{id}` holds back {}; make sure that none of it is in `{package}`",
                    quoted(&held)
                ));
                continue;
            };
            let held = |info_type: &NodeRef<'_>| {
                hold.list_of("info_types")
                    .any(|it| it.scalar_text() == info_type.scalar_text())
            };
            for info_type in message.list_of("info_types").filter(held) {
                let until = hold.text_of("until");
                let name = info_type.scalar_text();
                let end = if until.is_empty() {
                    String::new()
                } else {
                    format!(" until {until}")
                };
                let text = format!(
                    "{} holds `{name}`, which `{id}` holds back{end}",
                    self.named()
                );
                let by = hold.text_of("by");
                let help = format!(
                    "Take it out of the package and of `info_types:`, wait until the hold is over, or ask {by} to end it."
                );
                self.object("IS-SHARE-12", Some(info_type), false, text, help);
            }
        }
    }

    pub(super) fn sender(&mut self, class: &str) {
        let Some(message) = self.chosen.message else {
            return;
        };
        let Some(by) = message.get("by").filter(|it| !it.is_empty()) else {
            let id = message.text_of("id");
            self.note(format!("`{id}` does not say `by:` whom it is sent"));
            return;
        };
        let guidelines = self.case.registry.of_kind(RecordKind::SharingGuideline);
        let senders: Vec<NodeRef<'r>> = guidelines
            .flat_map(|it| it.root().list_of("senders"))
            .collect();
        let may_send = |sender: &NodeRef<'_>| {
            let holders = self
                .case
                .registry
                .holders_of(sender.text_of("role"), self.at);
            sender
                .list_of("classes")
                .any(|it| it.scalar_text() == class)
                && holders.contains(&by.scalar_text())
        };
        if !senders.is_empty() && !senders.iter().any(may_send) {
            let for_class =
                |it: &&NodeRef<'r>| it.list_of("classes").any(|it| it.scalar_text() == class);
            let roles: Vec<&str> = senders
                .iter()
                .filter(for_class)
                .map(|it| it.text_of("role"))
                .collect();
            let text = format!(
                "{} is to be sent by `{}`, who may not send `{class}`",
                self.named(),
                by.scalar_text()
            );
            let help = format!(
                "Let somebody send it who is {}, and write them under `by:`.",
                quoted(&roles)
            );
            self.object("IS-APPR-08", Some(by), false, text, help);
        }
    }

    /// Whether the exception that a message names is about it, approved and in force.
    pub(super) fn is_allowed_by(
        &self,
        message: NodeRef<'_>,
        key: &str,
        kind: Option<&str>,
    ) -> bool {
        let id = message.text_of(key);
        let found = self
            .case
            .registry
            .record(RecordKind::Exception, id)
            .map(Record::root);
        let Some(exception) = found.filter(|_| !id.is_empty()) else {
            return false;
        };
        let subject = format!("{}#{}", self.case.incident.record.id, message.text_of("id"));
        let kind_is = exception.text_of("type");
        let review = Moment::parse(exception.text_of("review_on")).and_then(Moment::end);
        let is_early = |it: NodeRef<'_>| instant_of(it, "at").is_some_and(|at| at <= self.at);
        let decision = if kind_is == "channel-exception" {
            kind_is
        } else {
            "accept-risk"
        };
        exception.text_of("subject") == subject
            && kind.is_none_or(|kind| kind == kind_is)
            && review.is_none_or(|review| self.at <= review)
            && exception.list_of("approved").all(is_early)
            && self.lookups.is_approved(exception, decision)
    }
}
