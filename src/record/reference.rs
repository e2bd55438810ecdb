//! What refers to what: found by walking a record along its schema.

use super::kind::RecordKind;
use super::reading::Record;
use super::registry::Vocabulary;
use crate::document::{Kind, NodeRef};
use crate::finding::Builtin;
use crate::schema::Places;

/// What a value refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referent {
    /// A name of a vocabulary.
    Name(Vocabulary),
    /// A person or a role.
    PersonOrRole,
    /// A third party, or the word `internal`.
    PartyOrInternal,
    /// A contact of the party named beside it, or of the same third-party record.
    Contact,
    /// A system, or `system/component`.
    System,
    /// A system, or `system/component`, or the word `unknown`.
    SystemOrUnknown,
    /// An element of the same record, by its id.
    Local(Local),
    /// Any element of the same record that has an id.
    AnyLocal,
    /// A package of the same incident.
    Package,
    /// A record of a kind that is not kept.
    Record(RecordKind),
    /// A record of any kind.
    AnyRecord,
    /// A record of any kind, or the path of a file.
    RecordOrFile,
    /// What an exception is about: a record, or an element of one.
    Subject,
    /// An evidence item of the same record, or a URI.
    EvidenceOrUri,
}

/// A list of elements with ids inside a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Pointer of the list.
    pub list: &'static str,
    /// What an element is called.
    pub name: &'static str,
    /// Words that stand for no element.
    pub words: &'static [&'static str],
}

/// The lists whose elements others may refer to.
pub(super) const LISTS: &[&str] = &[
    "/outbound",
    "/inbound",
    "/sessions",
    "/decisions",
    "/actions",
    "/report_out/vulnerabilities",
    "/findings",
];

const fn local(list: &'static str, name: &'static str, words: &'static [&'static str]) -> Referent {
    Referent::Local(Local { list, name, words })
}

impl Referent {
    /// Reads the keyword `x-ref` of a schema.
    pub fn parse(name: &str) -> Option<Self> {
        use RecordKind as K;
        use Vocabulary as V;
        Some(match name {
            "person" => Self::Name(V::Person),
            "role" => Self::Name(V::Role),
            "person-or-role" => Self::PersonOrRole,
            "party" => Self::Name(V::Record(K::ThirdParty)),
            "party-or-internal" => Self::PartyOrInternal,
            "contact" => Self::Contact,
            "system-node" => Self::System,
            "system-node-or-unknown" => Self::SystemOrUnknown,
            "channel" => Self::Name(V::Channel),
            "severity" => Self::Name(V::Severity),
            "class" => Self::Name(V::Class),
            "info-type" => Self::Name(V::InfoType),
            "recipient" => Self::Name(V::Recipient),
            "approval-rule" => Self::Name(V::ApprovalRule),
            "trigger" => Self::Name(V::Trigger),
            "exit-criterion" => Self::Name(V::ExitCriterion),
            "control" => Self::Name(V::Record(K::Control)),
            "runbook" => Self::Name(V::Record(K::Runbook)),
            "sharing-guideline" => Self::Name(V::Record(K::SharingGuideline)),
            "approval-matrix" => Self::Name(V::Record(K::ApprovalMatrix)),
            "channels" => Self::Name(V::Record(K::Channels)),
            "exception" => Self::Record(K::Exception),
            "incident" => Self::Record(K::Incident),
            "exercise" => Self::Record(K::Exercise),
            "package" => Self::Package,
            "record" => Self::AnyRecord,
            "record-or-file" => Self::RecordOrFile,
            "subject" => Self::Subject,
            "evidence" => local("/evidence", "evidence item", &[]),
            "evidence-or-uri" => Self::EvidenceOrUri,
            "component" => local("/components", "component", &[]),
            "template" => local("/templates", "template", &[]),
            "outbound" => local("/outbound", "message", &[]),
            "outbound-or-unsolicited" => local("/outbound", "message", &["unsolicited"]),
            "outbound-or-decision" => local("/outbound", "message", &["declined", "deferred"]),
            "inbound" => local("/inbound", "response", &[]),
            "session" => local("/sessions", "session", &[]),
            "decision" => local("/decisions", "decision", &[]),
            "action" => local("/actions", "action", &[]),
            "weakness" => local("/report_out/vulnerabilities", "weakness", &[]),
            "finding" => local("/findings", "finding", &[]),
            "local" => Self::AnyLocal,
            _ => return None,
        })
    }

    /// The rule that reports a reference of this sort to nothing.
    pub fn rule(self) -> Builtin {
        match self {
            Self::Name(Vocabulary::Person) | Self::PersonOrRole => Builtin::UnknownPerson,
            Self::Name(Vocabulary::Role) => Builtin::UnknownRole,
            Self::Name(Vocabulary::Channel) => Builtin::UnknownChannel,
            Self::Name(Vocabulary::Record(RecordKind::ThirdParty)) | Self::PartyOrInternal => {
                Builtin::UnknownThirdParty
            }
            Self::Name(Vocabulary::Record(_)) => Builtin::UnknownRecord,
            Self::Name(_) => Builtin::UnknownTerm,
            Self::Contact => Builtin::UnknownContact,
            Self::System | Self::SystemOrUnknown => Builtin::UnknownSystem,
            Self::Local(Local {
                list: "/evidence", ..
            })
            | Self::EvidenceOrUri => Builtin::UnknownEvidence,
            Self::Local(_) | Self::AnyLocal | Self::Package => Builtin::UnknownLocalId,
            Self::Record(RecordKind::Exception) => Builtin::UnknownException,
            Self::Record(_) | Self::AnyRecord | Self::RecordOrFile | Self::Subject => {
                Builtin::UnknownRecord
            }
        }
    }
}

/// A value, or a key, that refers to something.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'t> {
    /// The referring node.
    pub node: NodeRef<'t>,
    /// What it refers to.
    pub referent: Referent,
    /// The obligation that a dangling reference breaks here, where it is not the rule's own.
    pub obligation: Option<&'static str>,
}

impl<'t> Reference<'t> {
    /// The name referred to.
    pub fn name(&self) -> &'t str {
        self.node.scalar_text()
    }
}

/// Visits every reference of a record, in document order. Empty values refer to nothing, and
/// values of the wrong type are the schema's to report.
pub fn references<'t>(record: &'t Record, places: &Places, mut visit: impl FnMut(Reference<'t>)) {
    let Some(kind) = record.kind.schema() else {
        return;
    };
    let shape = kind.schema.shape();
    for (node, id) in &places.referring {
        let (node, id) = (record.tree.node(*node), *id);
        let obligation = || shape.get(id).annotation.reference_obligation.as_deref();
        if let Some(referent) = kind.referents[id as usize]
            && is_scalar(node)
            && !node.is_empty()
        {
            visit(Reference {
                node,
                referent,
                obligation: obligation(),
            });
        }
        if let Some(referent) = kind.key_referents[id as usize] {
            for (key, _) in node.pairs().filter(|(key, _)| is_scalar(*key)) {
                visit(Reference {
                    node: key,
                    referent,
                    obligation: obligation(),
                });
            }
        }
    }
}

fn is_scalar(node: NodeRef<'_>) -> bool {
    !matches!(node.kind(), Kind::List | Kind::Map)
}
