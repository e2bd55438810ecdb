//! The elements of records that can be added, and what each asks for.

use crate::record::RecordKind as K;

use super::table::Condition::{Has, Is, Lacks};
use super::table::Numbered::{self, Local, Named};
use super::table::{Ask, Form, may, needed, now, offered};

const fn element(
    name: &'static str,
    about: &'static str,
    numbered: Numbered,
    within: &'static [&'static str],
    asks: &'static [Ask],
) -> Form {
    Form {
        name,
        about,
        kind: K::Incident,
        within,
        numbered,
        asks,
        fixed: &[],
    }
}

const fn of_kind(kind: K, form: Form) -> Form {
    Form { kind, ..form }
}

/// The elements that are written by hand, most used first.
pub const ELEMENTS: &[Form] = &[
    element(
        "party",
        "A party of an incident: who is told, or why not",
        Numbered::None,
        &["parties"],
        PARTY,
    ),
    element(
        "notification",
        "A message: a notice, an update, a request, an escalation, as a draft or sent",
        Local("OUT"),
        &["outbound"],
        NOTIFICATION,
    ),
    element(
        "approval",
        "An approval of a message, such as INC-2025-0001#OUT-1",
        Numbered::None,
        &["outbound", "approvals"],
        APPROVAL,
    ),
    element(
        "response",
        "Something that came back",
        Local("IN"),
        &["inbound"],
        RESPONSE,
    ),
    element(
        "evidence",
        "A file, or something kept elsewhere, that proves something",
        Local("E"),
        &["evidence"],
        EVIDENCE,
    ),
    Form {
        fixed: &[("status", "open")],
        ..element(
            "action",
            "Something that somebody is to do",
            Local("A"),
            &["actions"],
            ACTION,
        )
    },
    element(
        "session",
        "A joint session",
        Local("JS"),
        &["sessions"],
        SESSION,
    ),
    element(
        "decision",
        "A decision",
        Local("D"),
        &["decisions"],
        DECISION,
    ),
    element(
        "event",
        "An entry of the timeline",
        Numbered::None,
        &["timeline"],
        EVENT,
    ),
    element(
        "vulnerability",
        "A weakness behind an incident",
        Local("V"),
        &["report_out.vulnerabilities"],
        VULNERABILITY,
    ),
    element(
        "report",
        "That a role was told of a weakness, such as INC-2025-0001#V-1",
        Numbered::None,
        &["report_out.vulnerabilities", "reported"],
        REPORT,
    ),
    element(
        "hold",
        "What must not leave for a while",
        Local("H"),
        &["holds"],
        HOLD,
    ),
    of_kind(
        K::ThirdParty,
        element(
            "contact",
            "A contact of a third party",
            Named,
            &["contacts"],
            CONTACT,
        ),
    ),
    of_kind(
        K::People,
        element("person", "A person", Named, &["people"], PERSON),
    ),
    of_kind(
        K::People,
        element(
            "holder",
            "That a person holds a role, such as people#legal-counsel",
            Numbered::None,
            &["roles", "holders"],
            HOLDER,
        ),
    ),
];

const PARTY: &[Ask] = &[
    now("party", "party"),
    now("relation", "relation"),
    now("decision", "decision"),
    needed("why", "why", &[NOT_TOLD]),
    needed("by", "by", &[NOT_TOLD]),
    needed("at", "at", &[NOT_TOLD]),
    offered("concerns", "concerns", &[]),
    may("identified_at", "identified-at"),
    may("risk", "risk"),
];

const NOT_TOLD: super::table::Condition = Is("decision", &["do-not-notify"]);
const SENT: super::table::Condition =
    Is("outcome", &["delivered", "no-answer", "bounced", "refused"]);
const DELIVERED: super::table::Condition = Is("outcome", &["delivered"]);

const NOTIFICATION: &[Ask] = &[
    now("type", "type"),
    now("outcome", "outcome"),
    needed("at", "at", &[SENT]),
    needed("by", "by", &[SENT]),
    now("to.party", "to"),
    offered("to.contact", "contact", &[]),
    may("to.name", "name"),
    may("to.contact_why", "contact-why"),
    may("to.verified", "verified"),
    needed("channel", "channel", &[SENT]),
    offered("classification", "classification", &[]),
    offered("info_types", "info-type", &[]),
    offered("purpose", "purpose", &[]),
    offered("tlp", "tlp", &[]),
    offered("package", "package", &[]),
    may("pre_authorised", "pre-authorised"),
    may("redactions", "redaction"),
    may("none_because_redactions", "no-redactions-because"),
    needed("case", "case", &[DELIVERED]),
    may("proof", "proof"),
    may("form", "form"),
    may("attachments", "attachment"),
    may("need_to_know", "need-to-know"),
    may("legal_basis", "legal-basis"),
    may("raw_needed_because", "raw-needed-because"),
    may("escalation_step", "escalation-step"),
    may("exception", "exception"),
    may("channel_exception", "channel-exception"),
    may("late_because", "late-because"),
];

const APPROVAL: &[Ask] = &[
    now("role", "role"),
    now("by", "by"),
    now("at", "at"),
    now("how", "how"),
    needed("evidence", "evidence", &[Is("how", &["ticket", "email"])]),
    may("for_role", "for-role"),
    may("unreachable_since", "unreachable-since"),
    may("package", "package"),
];

const RESPONSE: &[Ask] = &[
    now("from", "from"),
    now("at", "at"),
    now("re", "re"),
    now("kind", "kind"),
    now("summary", "summary"),
    offered("proof", "proof", &[]),
    may("actions", "action"),
    may("no_action_because", "no-action-because"),
    may("answer", "answer"),
    may("why", "why"),
    may("by", "by"),
    may("late_because", "late-because"),
];

const EVIDENCE: &[Ask] = &[
    may("uri", "uri"),
    needed("path", "file", &[Lacks("uri")]),
    needed("sha256", "sha256", &[Has("uri")]),
    now("type", "type"),
    now("captured_at", "captured-at"),
    now("captured_by", "captured-by"),
    now("classification", "classification"),
    may("tlp", "tlp"),
    may("privileged", "privileged"),
    may("redacted", "redacted"),
    may("original", "original"),
];

const ACTION: &[Ask] = &[
    now("what", "what"),
    now("owner", "owner"),
    now("due", "due"),
    may("status", "status"),
    may("kind", "kind"),
    may("party", "party"),
    may("from", "from"),
    needed("done_at", "done-at", &[Is("status", &["done"])]),
    may("proof", "proof"),
    may("verified_by", "verified-by"),
    needed("why", "why", &[Is("status", &["dropped"])]),
    needed("rollback", "rollback", &[Is("kind", &["mitigation"])]),
    may("depends_on", "depends-on"),
    may("carries_over", "carries-over"),
];

const SESSION: &[Ask] = &[
    now("at", "at"),
    now("parties", "party"),
    now("attendees", "attendee"),
    offered("notes", "notes", &[]),
    offered("decisions", "decision", &[]),
    offered("actions", "action", &[]),
    may("none_because", "none-because"),
    offered("shared", "shared", &[]),
    may("nothing_shared", "nothing-shared"),
    may("late_because", "late-because"),
];

const DECISION: &[Ask] = &[
    now("at", "at"),
    now("what", "what"),
    now("by", "by"),
    now("why", "why"),
    now("affects", "affects"),
    offered("agreed_with", "agreed-with", &[]),
    may("role", "role"),
    may("alone_because", "alone-because"),
    may("late_because", "late-because"),
];

const EVENT: &[Ask] = &[
    now("at", "at"),
    now("what", "what"),
    may("material", "material"),
    may("no_update_because", "no-update-because"),
];

const VULNERABILITY: &[Ask] = &[
    now("title", "title"),
    now("type", "type"),
    now("contributed", "contributed"),
    now("owned_by", "owned-by"),
    now("assets", "asset"),
    now("exposure", "exposure"),
    now("recommended", "recommended"),
    may("cve", "cve"),
    may("scan_finding.ref", "scan-finding"),
    may("remediation.ticket", "ticket"),
    may("remediation.owner", "owner"),
    may("remediation.due", "due"),
    may("remediation.done_when", "done-when"),
    may("remediation.status", "remediation-status"),
    may("plan_accepted.by", "accepted-by"),
    may("plan_accepted.at", "accepted-at"),
    may("exception", "exception"),
    may("third_party.notice", "notice"),
    may("third_party.response", "response"),
    may("third_party.tracking", "tracking"),
];

const REPORT: &[Ask] = &[
    now("role", "role"),
    now("to", "to"),
    now("at", "at"),
    offered("ref", "ref", &[]),
    may("evidence", "evidence"),
    may("ack_at", "ack-at"),
    may("ack_by", "ack-by"),
];

const HOLD: &[Ask] = &[
    now("info_types", "info-type"),
    now("from", "from"),
    now("until", "until"),
    now("why", "why"),
    now("by", "by"),
];

const CONTACT: &[Ask] = &[
    now("purpose", "purpose"),
    now("level", "level"),
    now("hours", "hours"),
    now("reach", "reach"),
    offered("verified.at", "verified-at", &[]),
    needed("verified.by", "verified-by", &[Has("verified.at")]),
    needed("verified.how", "verified-how", &[Has("verified.at")]),
];

const PERSON: &[Ask] = &[
    now("name", "name"),
    now("git", "git"),
    may("trained", "trained"),
];

const HOLDER: &[Ask] = &[
    now("person", "person"),
    now("from", "from"),
    may("until", "until"),
    may("backup", "backup"),
];
