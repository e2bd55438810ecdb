//! Every function that rules speak: one row each.

use std::sync::OnceLock;

use super::functions as of;
use super::history;
use super::incidents;
use super::messages;
use super::speaker::Speaker;
use crate::policy::expression::{Function, Value, Why};
use crate::policy::side_by_side::side_by_side;
use crate::record::RecordKind;

/// A function of the vocabulary, for people.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its signature. `T?` as a parameter takes null, as a result may be null.
    pub signature: &'static str,
    /// What it gives, in a sentence.
    pub about: &'static str,
    /// An expression about an incident of the example organisation.
    pub example: &'static str,
    /// What that gives, as an expression.
    pub gives: &'static str,
    call: Call,
}

type Call = for<'a, 's, 't> fn(&'a Speaker<'s, 't>, &'a [Value<'t>]) -> Result<Value<'t>, Why>;

/// Every function, in the order of the documentation.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// Every function, as the language knows it; in the order of [`entries`].
pub fn functions() -> &'static [Function] {
    static FUNCTIONS: OnceLock<Vec<Function>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        // Nearly every kind is spoken of.
        side_by_side(RecordKind::all().collect(), |kind| kind.schema().is_some());
        let shape = |name: &str| {
            let schema = RecordKind::parse(name)?.schema()?;
            Some(schema.schema.shape())
        };
        // Each is read: a test says so. One that were not would shift the others.
        ENTRIES
            .iter()
            .map_while(|entry| Function::parse(entry.signature, &shape))
            .collect()
    })
}

/// Calls a function by its index. The language has seen to it that the arguments fit.
pub(super) fn call<'t>(
    speaker: &Speaker<'_, 't>,
    function: usize,
    given: &[Value<'t>],
) -> Result<Value<'t>, Why> {
    let takes = functions().get(function).map(|it| it.parameters.len());
    match ENTRIES.get(function) {
        Some(entry) if takes == Some(given.len()) => (entry.call)(speaker, given),
        _ => Err(Why::Fault("no such function takes these values".to_owned())),
    }
}

const fn entry(
    signature: &'static str,
    about: &'static str,
    example: &'static str,
    gives: &'static str,
    call: Call,
) -> Entry {
    Entry {
        signature,
        about,
        example,
        gives,
        call,
    }
}

const ENTRIES: &[Entry] = &[
    entry(
        "limit(name: text) -> duration",
        "The limit of this name under `clocks` of the program.",
        r#"limit("trigger_evaluation")"#,
        r#"duration("4h")"#,
        of::limit,
    ),
    entry(
        "limit(name: text, key: any) -> duration",
        "The limit of this name for a severity, or for a tier: 1 stands for `tier1`. One that is the same for all will do.",
        r#"limit("initial_notification", record.severity)"#,
        r#"duration("8h")"#,
        of::limit,
    ),
    entry(
        "third_party(id: text?) -> third-party?",
        "The third party with this id.",
        r#"third_party("corvid-id").tier"#,
        "1",
        of::third_party,
    ),
    entry(
        "system(node: text?) -> system?",
        "The system of a node such as `patient-portal` or `patient-portal/sso`.",
        r#"system("patient-portal/sso").criticality"#,
        r#""critical""#,
        of::system,
    ),
    entry(
        "component(node: text?) -> system/components/*?",
        "The component of a node such as `patient-portal/sso`.",
        r#"component("patient-portal/sso").name"#,
        r#""Single sign-on""#,
        of::component,
    ),
    entry(
        "registered(node: text?) -> bool",
        "Whether a node is a registered system or a component of one.",
        r#"registered("patient-portal/ghost")"#,
        "false",
        of::registered,
    ),
    entry(
        "provider(node: text?) -> text?",
        "The third party that provides a component, or operates a system; null if that is the organisation itself.",
        r#"provider("patient-portal/sso")"#,
        r#""corvid-id""#,
        of::provider,
    ),
    entry(
        "mapped(node: text?) -> list<text>",
        "The registered parties of the dependencies that touch a node: all of its system for a system, those of the whole system and its own for a component.",
        r#"mapped("patient-portal/sso")"#,
        r#"["riverside-clinic"]"#,
        of::mapped,
    ),
    entry(
        "chain(party: text?) -> list<text>",
        "Every registered third party that one relies on, directly or through others, nearest first and without itself.",
        r#"chain("corvid-id")"#,
        r#"["tessera-cloud"]"#,
        of::chain,
    ),
    entry(
        "card(requirement: text) -> control?",
        "The first control card that covers a requirement.",
        r#"card("iro-10-4").id"#,
        r#""ir-6-3""#,
        of::card,
    ),
    entry(
        "holds(person: text?, role: text?, at: time) -> bool",
        "Whether a person held a role at a time.",
        r#"holds("mara", "ir-lead", record.declared_at)"#,
        "true",
        of::holds,
    ),
    entry(
        "roles_of(person: text?, at: time) -> list<text>",
        "The roles that a person held at a time.",
        r#"roles_of("tomas", as_of)"#,
        r#"["third-party-liaison", "tprm-lead"]"#,
        of::roles_of,
    ),
    entry(
        "holders(role: text?, at: time) -> list<text>",
        "The persons who held a role at a time.",
        r#"holders("legal-counsel", as_of)"#,
        r#"["ines", "nils"]"#,
        of::holders,
    ),
    entry(
        "function_of(role: text?) -> text?",
        "The function of a role.",
        r#"function_of("ir-lead")"#,
        r#""incident-response""#,
        of::function_of,
    ),
    entry(
        "queue_of(role: text?) -> text?",
        "The queue or group where work for a role arrives; null if it has none.",
        r#"queue_of("vuln-mgmt")"#,
        r#""jira:VULN""#,
        of::queue_of,
    ),
    entry(
        "functions_of(person: text?, at: time) -> list<text>",
        "The functions of the roles that a person held at a time, each once.",
        r#"functions_of("bruno", as_of)"#,
        r#"["contract-owner", "procurement"]"#,
        of::functions_of,
    ),
    entry(
        "is_role(id: text?) -> bool",
        "Whether a name is that of a role.",
        r#"is_role("mara")"#,
        "false",
        of::is_role,
    ),
    entry(
        "is_person(id: text?) -> bool",
        "Whether a name is that of a person.",
        r#"is_person("mara")"#,
        "true",
        of::is_person,
    ),
    entry(
        "approval_rules(decision: text) -> list<approval-matrix/rules/*>",
        "The rules of the approval matrix for a decision.",
        r#"approval_rules("stand-down").map(r, r.id)"#,
        r#"["stand-down"]"#,
        of::approval_rules,
    ),
    entry(
        "may_decide(person: text?, decision: text, at: time) -> bool",
        "Whether a person held a role at a time that some rule for the decision names under `all_of` or `any_of`.",
        r#"may_decide("freya", "accept-risk", as_of)"#,
        "true",
        of::may_decide,
    ),
    entry(
        "approvals_in(messages: list<incident/outbound/*>) -> list<incident/outbound/*/approvals/*>",
        "The approvals of some messages, one after the other.",
        "approvals_in(record.outbound)[2].role",
        r#""ir-lead""#,
        messages::approvals_in,
    ),
    entry(
        "info_types_in(messages: list<incident/outbound/*>) -> list<incident/outbound/*/info_types/*>",
        "The information types of some messages, one after the other.",
        "size(info_types_in(record.outbound))",
        "12",
        messages::info_types_in,
    ),
    entry(
        "attachments_in(messages: list<incident/outbound/*>) -> list<incident/outbound/*/attachments/*>",
        "The attachments of some messages, one after the other.",
        "attachments_in(record.outbound)",
        r#"["E-10"]"#,
        messages::attachments_in,
    ),
    entry(
        "message_of(part: node) -> incident/outbound/*?",
        "The message that a value stands in; null if it stands in none.",
        "message_of(record.outbound[5].attachments[0]).id",
        r#""OUT-6""#,
        messages::message_of,
    ),
    entry(
        "channel(id: text?) -> channels/channels/*?",
        "The channel with this id.",
        r#"channel("hotline").classes"#,
        r#"["public"]"#,
        messages::channel,
    ),
    entry(
        "sharing_class(id: text?) -> sharing-guideline/classes/*?",
        "The class of the sharing guideline with this name.",
        r#"sharing_class("restricted").rank"#,
        "2",
        messages::sharing_class,
    ),
    entry(
        "sharing_row(info_type: text?) -> sharing-guideline/matrix/*?",
        "The row of the sharing matrix about an information type; null of one that must not be shared.",
        r#"sharing_row("ioc").class"#,
        r#""partner-shareable""#,
        messages::sharing_row,
    ),
    entry(
        "sharing_rows(message: incident/outbound/*) -> list<sharing-guideline/matrix/*>",
        "The rows of the sharing matrix about the information types of a message.",
        "sharing_rows(record.outbound[1]).map(row, row.info_type)",
        r#"["impact-summary", "mitigation-guidance"]"#,
        messages::sharing_rows,
    ),
    entry(
        "strictest_class(message: incident/outbound/*) -> sharing-guideline/classes/*?",
        "The highest of the classes that the information types of a message have by themselves.",
        "strictest_class(record.outbound[5]).id",
        r#""restricted""#,
        messages::strictest_class,
    ),
    entry(
        "rules_concerned(message: incident/outbound/*) -> list<approval-matrix/rules/*>",
        "The approval rules of the class of a message and of the rows of its information types, each once.",
        "rules_concerned(record.outbound[1]).map(rule, rule.id)",
        r#"["share-partner", "share-impact"]"#,
        messages::rules_concerned,
    ),
    entry(
        "needed_approvals(message: incident/outbound/*) -> list<list<text>>",
        "The approvals that a message needs under all rules concerned, each as the roles of which one has to approve. A rule with a standing approval adds none.",
        "needed_approvals(record.outbound[1])",
        r#"[["ir-lead"], ["legal-counsel"], ["comms-lead"]]"#,
        messages::needed_approvals,
    ),
    entry(
        "missing_approvals(message: incident/outbound/*) -> list<list<text>>",
        "The approvals that a message needs and has not: no entry has the role, and none is of a deputy for it.",
        "missing_approvals(record.outbound[1])",
        "[]",
        messages::missing_approvals,
    ),
    entry(
        "allowed_recipients(message: incident/outbound/*) -> list<text>",
        "The categories of recipients that the class of a message and all rows of its information types allow.",
        "allowed_recipients(record.outbound[1])",
        r#"["provider", "customer"]"#,
        messages::allowed_recipients,
    ),
    entry(
        "allowed_channels(message: incident/outbound/*) -> list<text>",
        "The channels that the class of a message and all rows of its information types allow.",
        "allowed_channels(record.outbound[1])",
        r#"["vendor-portal", "encrypted-mail", "bridge"]"#,
        messages::allowed_channels,
    ),
    entry(
        "exception(id: text?) -> exception?",
        "The exception with this id.",
        r#"exception("RA-2025-002").status"#,
        r#""active""#,
        of::exception,
    ),
    entry(
        "element(reference: text?) -> any?",
        "A record, or an element of one: `INC-2025-0003#OUT-1`; `#OUT-1` is one of the record at hand, a party is named by its id.",
        "element('#OUT-1').type",
        r#""initial-notification""#,
        of::element,
    ),
    entry(
        "weakness(reference: text?) -> incident/report_out/vulnerabilities/*?",
        "The weakness that a reference such as `INC-2025-0003#V-1` names; null if it names something else, or nothing.",
        "weakness('#V-1').id",
        r#""V-1""#,
        of::weakness,
    ),
    entry(
        "exists(id: text?) -> bool",
        "Whether there is a record with this id, or such an element of one.",
        "exists(record.id + '#OUT-99')",
        "false",
        of::exists,
    ),
    entry(
        "count(kind: text) -> int",
        "How many records of a kind there are.",
        r#"count("third-party") > 3"#,
        "true",
        of::count_of,
    ),
    entry(
        "closed_incidents(from: time, to: time) -> list<map<text, any>>",
        "What is kept of the incidents that were closed from one time on and before another, by when: `id`, `status`, `severity`, `commander`, `outcome`, `triggered` (whether a trigger was answered with yes), `disposition`, `simulated`, `closed_at`.",
        r#"closed_incidents(timestamp("2025-01-01T00:00:00Z"), timestamp("2025-04-01T00:00:00Z")).map(i, i.id)"#,
        r#"["INC-2025-0001"]"#,
        incidents::closed_incidents,
    ),
    entry(
        "summary(incident: text?) -> map<text, any>?",
        "What is kept of an incident, with the same keys; null if there is no such incident.",
        r#"summary("INC-2025-0001").commander"#,
        r#""deniz""#,
        incidents::summary,
    ),
    entry(
        "keys_of(kind: text) -> list<text>",
        "The keys that records of a kind may have at the top.",
        r#""detected_at" in keys_of("incident")"#,
        "true",
        of::keys_of,
    ),
    entry(
        "file_exists(path: text?) -> bool",
        "Whether there is a file at a path from the root of the repository.",
        r#"file_exists("docs/ir-plan.md")"#,
        "true",
        of::file_exists,
    ),
    entry(
        "file_state(path: text?) -> text",
        "What stands at a path from the root of the repository: `present`, or `missing`, `outside`, `link`, `not-a-file`, `ignored`, `untracked`, `unfetched`, `unprintable`, `other-repository`. A file that git does not know counts as present while it does not know the record either.",
        r#"file_state("incidents/INC-2025-0003/evidence/out-2.eml")"#,
        r#""present""#,
        of::file_state,
    ),
    entry(
        "file_digest(path: text?) -> text?",
        "SHA-256 of a file, in hexadecimal digits; null if there is no file.",
        r#"file_digest("incidents/INC-2025-0003/evidence/out-2.eml") == record.evidence[3].sha256"#,
        "true",
        of::file_digest,
    ),
    entry(
        "file_size(path: text?) -> int?",
        "The size of a file in bytes; null if there is no file.",
        r#"file_size("incidents/INC-2025-0003/evidence/out-2.eml") > 100"#,
        "true",
        of::file_size,
    ),
    entry(
        "file_content_type(path: text?) -> text?",
        "What a file is by its first bytes, whatever its name: `mail`, `image`, `pdf`, `archive`, `program`, `web-page`, `text`, `line` (one line of text), `empty`, `pointer` or `binary`.",
        r#"file_content_type("incidents/INC-2025-0003/evidence/out-2.eml")"#,
        r#""mail""#,
        of::file_content_type,
    ),
    entry(
        "mail_from(path: text?) -> list<text>",
        "The addresses that a mail was written from, in lower case.",
        r#"mail_from("incidents/INC-2025-0003/evidence/out-2.eml")"#,
        r#"["jun@larkfield.example"]"#,
        of::mail_from,
    ),
    entry(
        "mail_to(path: text?) -> list<text>",
        "The addresses that a mail went to, copies included, in lower case.",
        r#"mail_to("incidents/INC-2025-0003/evidence/out-2.eml")"#,
        r#"["it@riverside.example"]"#,
        of::mail_to,
    ),
    entry(
        "mail_date(path: text?) -> time?",
        "When a mail was written, as it says itself.",
        r#"mail_date("incidents/INC-2025-0003/evidence/out-2.eml")"#,
        r#"timestamp("2025-05-06T13:00:00Z")"#,
        of::mail_date,
    ),
    entry(
        "mail_id(path: text?) -> text?",
        "The message id of a mail, without brackets.",
        r#"mail_id("incidents/INC-2025-0003/evidence/out-2.eml")"#,
        r#""20250506130000.1@larkfield.example""#,
        of::mail_id,
    ),
    entry(
        "mail_line(path: text?, header: text) -> text?",
        "Where the `from`, `to`, `date` or `message-id` of a mail stands, as `path:line`; a place for `related`.",
        r#"mail_line("incidents/INC-2025-0003/evidence/out-2.eml", "date")"#,
        r#""incidents/INC-2025-0003/evidence/out-2.eml:3""#,
        of::mail_line,
    ),
    entry(
        "addresses(text: text?) -> list<text>",
        "The mail addresses in a text, in lower case.",
        r#"addresses("Write to NOC@Halden.example, or call.")"#,
        r#"["noc@halden.example"]"#,
        of::addresses,
    ),
    entry(
        "beside(path: text?) -> text?",
        "The path, from the root of the repository, of a file whose path counts from the folder of the record; null if it leads out.",
        r#"beside("evidence/out-1.eml")"#,
        r#""incidents/INC-2025-0003/evidence/out-1.eml""#,
        of::beside,
    ),
    entry(
        "matches_glob(path: text?, pattern: text?) -> bool",
        "Whether a path or a uri fits a pattern in which `*` stands for any characters.",
        r#"matches_glob("vault://evidence/a/b", "vault://evidence/*")"#,
        "true",
        of::matches_glob,
    ),
    entry(
        "has_address_at(text: text?, domain: text) -> bool",
        "Whether a text holds a mail address at a domain or below it, in whatever case.",
        r#"has_address_at("Write to X@Mail.Gmail.com.", "gmail.com")"#,
        "true",
        of::has_address_at,
    ),
    entry(
        "reason(text: text?) -> bool",
        "Whether a text is a real reason: ten characters, and no placeholder.",
        r#"reason("n/a")"#,
        "false",
        of::reason,
    ),
    entry(
        "reason(text: text?, least: int) -> bool",
        "Whether a text is a real reason of at least so many characters.",
        r#"reason("they were told by phone", 20)"#,
        "true",
        of::reason,
    ),
    entry(
        "placeholders(of: node) -> list<node>",
        "The texts of a record or element that are to be reasons and are none.",
        "placeholders(record) == []",
        "true",
        of::placeholders,
    ),
    entry(
        "keys(map: any?) -> list<text>",
        "The keys of a map, in the order written.",
        "keys(program.clocks)[0]",
        r#""trigger_evaluation""#,
        of::keys,
    ),
    entry(
        "filled(map: any?) -> list<text>",
        "The keys of a map whose values are not empty, in the order written.",
        "filled(record.supply_chain.stood_down)",
        r#"["at", "by", "criteria"]"#,
        of::filled,
    ),
    entry(
        "blank(map: any?, keys: list<text>) -> list<node>",
        "The values that are written under these keys of a map and are empty, as places to point at.",
        r#"blank(record, ["title", "severity"])"#,
        "[]",
        of::blank,
    ),
    entry(
        "leaves(of: any?) -> list<node>",
        "The single values within a list or map, in the order written, as places to point at.",
        "leaves(record.supply_chain.stood_down)[1]",
        "record.supply_chain.stood_down.by",
        of::leaves,
    ),
    entry(
        "pointer(node: node) -> text?",
        "Where a value stands in its record.",
        "pointer(record.supply_chain.evaluated_at)",
        r#""/supply_chain/evaluated_at""#,
        of::pointer,
    ),
    entry(
        "key(node: node) -> text?",
        "The key that a value stands under; null in a list.",
        "key(program.clocks.update)",
        r#""update""#,
        of::key,
    ),
    entry(
        "first_of(a: T?, b: T?) -> T?",
        "The first value that is there.",
        "first_of(record.parties[0].by, record.commander)",
        "record.commander",
        of::first_of,
    ),
    entry(
        "first_of(a: T?, b: T?, c: T?) -> T?",
        "The first value that is there.",
        "first_of(null, null, 3)",
        "3",
        of::first_of,
    ),
    entry(
        "earliest(times: list<time>) -> time?",
        "The earliest of some times; null of none.",
        "earliest([record.declared_at, record.detected_at])",
        "record.detected_at",
        of::earliest,
    ),
    entry(
        "latest(times: list<time>) -> time?",
        "The latest of some times; null of none.",
        "latest([record.declared_at, record.detected_at])",
        "record.declared_at",
        of::latest,
    ),
    entry(
        "day(at: time) -> time",
        "The start of the day on which a time lies, in UTC.",
        r#"day(timestamp("2025-05-06T09:20:00Z"))"#,
        r#"timestamp("2025-05-06T00:00:00Z")"#,
        of::day,
    ),
    entry(
        "missing(wanted: list<text>, given: list<text>) -> list<text>",
        "What of the first list the second lacks, each once.",
        r#"missing(["a", "b", "c"], ["b"])"#,
        r#"["a", "c"]"#,
        of::missing,
    ),
    entry(
        "repeated(list: list<text>) -> list<text>",
        "What occurs more than once in a list, each once.",
        r#"repeated(["a", "b", "a"])"#,
        r#"["a"]"#,
        of::repeated,
    ),
    entry(
        "flat(lists: list<list<text>>) -> list<text>",
        "The members of all the lists, each once, in the order of their first occurrence.",
        r#"flat([["a", "b"], ["b", "c"]])"#,
        r#"["a", "b", "c"]"#,
        of::flat,
    ),
    entry(
        "position(text: text?, list: list<text>) -> int?",
        "Where a text stands in a list, from 0; null if it is not in it.",
        r#"position("high", program.severities)"#,
        "1",
        of::position,
    ),
    entry(
        "quoted(list: list<text>) -> text",
        "A list in words, for messages.",
        r#"quoted(["a", "b", "c"])"#,
        r#""`a`, `b` and `c`""#,
        of::quoted,
    ),
    entry(
        "trimmed(text: text?) -> text?",
        "A text without the blanks and line ends around it.",
        r#"trimmed("  is it ours? ")"#,
        r#""is it ours?""#,
        of::trimmed,
    ),
    entry(
        "split(text: text?, by: text) -> list<text>",
        "The parts of a text between separators, without the blanks around them.",
        r#"split("patient-portal/sso", "/")"#,
        r#"["patient-portal", "sso"]"#,
        of::split,
    ),
    entry(
        "history_wanted() -> bool",
        "Whether the check was asked to read the commits.",
        "history_wanted()",
        "true",
        history::history_wanted,
    ),
    entry(
        "history_gap() -> text?",
        "Why the commits cannot be told; null if they can.",
        "history_gap() == null",
        "true",
        history::history_gap,
    ),
    entry(
        "committed_at(value: node) -> time",
        "The time of the commit that introduced a value: the first in which an entry of this name stands, or a plain value has this text.",
        "committed_at(record.declared_at) >= record.declared_at",
        "true",
        history::committed_at,
    ),
    entry(
        "committed_by(value: node) -> text",
        "The person who wrote the commit that introduced a value; the identity that the commit bears, if no person has it.",
        "committed_by(record.declared_at)",
        r#""mara""#,
        history::committed_by,
    ),
    entry(
        "commit_of(value: node) -> text",
        "The commit that introduced a value, in words for messages.",
        r#"commit_of(record.declared_at).startsWith("commit ")"#,
        "true",
        history::commit_of,
    ),
    entry(
        "last_change(value: node) -> text",
        "The commit that last changed a value, in words for messages.",
        r#"last_change(record.declared_at).startsWith("commit ")"#,
        "true",
        history::last_change,
    ),
    entry(
        "moves(value: node?) -> list<map<text, any>>",
        "What a value was and became, in the order of the commits: each with `from`, `to`, `at` and, in words, `commit`.",
        "moves(record.detected_at)",
        "[]",
        history::moves,
    ),
    entry(
        "slides(due: node?, moved: any?) -> list<map<text, any>>",
        "The moves of a due date to a later one that no entries `{from, to}` tell of.",
        "slides(record.actions[0].due, record.actions[0].moved)",
        "[]",
        history::slides,
    ),
    entry(
        "held_then(person: text?, role: text?, at: time, value: node) -> bool",
        "Whether a person held a role at a time by the people record that the commit had which introduced a value.",
        r#"held_then("mara", "ir-lead", record.declared_at, record.declared_at)"#,
        "true",
        history::held_then,
    ),
    entry(
        "missing_approvals_then(message: incident/outbound/*, at: time) -> list<list<text>>",
        "As `missing_approvals`, by the guideline and the approval matrix that were committed at a time.",
        "missing_approvals_then(record.outbound[4], record.outbound[4].at)",
        "[]",
        history::missing_approvals_then,
    ),
    entry(
        "changed_after_end() -> list<node>",
        "What was changed after an incident was closed, or after an exercise or health check was recorded, and no amendment covers; as places to point at.",
        "changed_after_end()",
        "[]",
        history::changed_after_end,
    ),
    entry(
        "changed_since(at: time) -> list<node>",
        "What differs from the version that was committed at a time, or from the first if there was none yet; as places to point at.",
        "changed_since(as_of)",
        "[]",
        history::changed_since,
    ),
    entry(
        "changed_at(record: text) -> time?",
        "The time of the last commit that changed a record of the registries, cards, guidelines or runbooks.",
        r#"changed_at("corvid-id") > record.detected_at"#,
        "true",
        history::changed_at,
    ),
    entry(
        "unversioned(ignored: list<text>) -> list<text>",
        "The commits that changed the record without a new `version`, in words; changes under these keys do not count.",
        "size(unversioned([])) > 0",
        "true",
        history::unversioned,
    ),
    entry(
        "file_commits(path: text?) -> list<text>",
        "The commits that gave a file a content it never had before, in words; `path` counts from the root of the records.",
        r#"size(file_commits("incidents/INC-2025-0003/evidence/out-2.eml"))"#,
        "1",
        history::file_commits,
    ),
    entry(
        "authors() -> list<text>",
        "The identities, as `name <address>`, of all who wrote commits that changed a file below the root of the records.",
        "authors() != []",
        "true",
        history::authors,
    ),
    entry(
        "is_author_known(identity: text) -> bool",
        "Whether the address of an identity is listed for one person, or the identity is that of a bot.",
        r#"is_author_known("Mara Lind <mara@larkfield.example>")"#,
        "true",
        history::is_author_known,
    ),
    entry(
        "vanished() -> list<map<text, any>>",
        "Incidents, exceptions, exercises, health checks and registered evidence that were committed and are gone: each with `what`, `path`, `kept_at` (last written), `at` (removed) and, in words, `commit`.",
        "vanished()",
        "[]",
        history::vanished,
    ),
    entry(
        "lost_ids() -> list<text>",
        "Ids that the record had in earlier commits and that no record bears now.",
        "lost_ids()",
        "[]",
        history::lost_ids,
    ),
    entry(
        "stated_times() -> list<node>",
        "The values of the record under `at` and keys that end in `_at`, as places to point at.",
        "size(stated_times()) > 10",
        "true",
        history::stated_times,
    ),
    entry(
        "begins(at: any?) -> time?",
        "A time; of a day its start in UTC.",
        r#"begins("2025-05-06")"#,
        r#"timestamp("2025-05-06T00:00:00Z")"#,
        history::begins,
    ),
    entry(
        "history_help() -> text?",
        "What to do so that the commits can be told; null if they can.",
        "history_help() == null",
        "true",
        history::history_help,
    ),
    entry(
        "governed_changes() -> list<map<text, any>>",
        "The files that the program of that time wanted changed by signed commits only: each with its `path`, the `state` of its worst signature (`good`, `bad` or `unverified`), `why`, and in words `commit`.",
        "governed_changes()",
        "[]",
        history::governed_changes,
    ),
    entry(
        "undecided(why: text) -> bool",
        "No answer: the rule is not evaluated, for this reason.",
        r#"true || undecided("nobody can say")"#,
        "true",
        history::undecided,
    ),
    entry(
        "odd_times(ahead: duration, behind: duration) -> list<map<text, any>>",
        "Commits whose times cannot be right, the first of each sort: dated so long after the instant of the check, or so long before the commit they follow. Each with `why`, in words `commit`, and the number of `others`.",
        r#"odd_times(duration("15m"), duration("24h"))"#,
        "[]",
        history::odd_times,
    ),
    entry(
        "is_behind(commit: text) -> bool",
        "Whether a commit is among those that led to the present one.",
        r#"is_behind("0000000")"#,
        "false",
        history::is_behind,
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_signature_is_read_and_tells_itself_apart() {
        let read: Vec<(&str, usize)> = functions()
            .iter()
            .map(|function| (&*function.name, function.parameters.len()))
            .collect();
        let written: Vec<&str> = ENTRIES
            .iter()
            .filter_map(|entry| entry.signature.split('(').next())
            .collect();
        let names: Vec<&str> = read.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, written);
        let apart: BTreeSet<_> = read.iter().collect();
        assert_eq!(apart.len(), read.len());
    }

    #[test]
    fn every_function_is_described_in_a_sentence() {
        for entry in ENTRIES {
            assert!(entry.about.ends_with('.'), "{}", entry.signature);
            let name = entry.signature.split('(').next().unwrap();
            assert!(entry.example.contains(&format!("{name}(")), "{name}");
        }
    }
}
