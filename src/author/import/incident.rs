//! What the import must know of an incident record: its keys, in the order a person expects.

/// The keys of an incident after `kind` and `id`, in the order of the data contract.
pub(super) const KEYS: [&str; 31] = [
    "title",
    "status",
    "severity",
    "source",
    "detected_at",
    "declared_at",
    "contained_at",
    "closed_at",
    "commander",
    "simulated",
    "affected",
    "supply_chain",
    "parties",
    "duties",
    "holds",
    "timeline",
    "outbound",
    "inbound",
    "sessions",
    "decisions",
    "actions",
    "report_out",
    "review",
    "disposition",
    "disposition_why",
    "disposition_by",
    "closed_by",
    "amendments",
    "reopened",
    "late_because",
    "evidence",
];

/// Whether a text can be the id of a record and the name of its folder.
pub(super) fn is_id(text: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= 100
        && is_end(bytes.first())
        && is_end(bytes.last())
        && !text.contains("..")
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}
