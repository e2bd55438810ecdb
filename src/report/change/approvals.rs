//! Who must still approve what: the messages of the incidents that a change touches.

use super::ChangePapers;
use crate::clock::Instant;
use crate::document::NodeRef;
use crate::policy::vocabulary::{Content, Lookups};
use crate::record::{RecordKind, Registry};
use crate::report::audit::build::cell;
use crate::report::audit::taken::Reader;
use crate::report::audit::{Mark, Run, Table};

/// The messages that have not got every approval that their content needs. Those that have left
/// without are findings as well; drafts are only shown here.
pub(super) fn pending(papers: &ChangePapers, registry: &Registry, as_of: Instant) -> Table {
    let mut table = Table::new(
        "approvals",
        "Who must still approve what",
        "No message of the incidents touched waits for an approval.",
        &[
            ("message", "Message"),
            ("to", "To"),
            ("state", "State"),
            ("needs", "Still needs"),
            ("given", "Given by"),
        ],
    );
    let lookups = Lookups::new(registry);
    let sharing = lookups.sharing();
    for filed in papers.touched.iter().filter_map(|it| it.after.as_ref()) {
        if filed.record.kind != RecordKind::Incident {
            continue;
        }
        let reader = Reader::new(&filed.record);
        for message in filed.record.root().list_of("outbound") {
            if !message.text_of("pre_authorised").is_empty() {
                continue;
            }
            let given: Vec<NodeRef<'_>> = message.list_of("approvals").collect();
            let is_draft = message.text_of("outcome") == "draft";
            // Attempts disclose nothing.
            let is_attempt = matches!(message.text_of("outcome"), "no-answer" | "bounced");
            let needs = match sharing.unmet(&Content::of(message), &given) {
                Ok(needs) if needs.is_empty() || is_attempt => continue,
                Ok(needs) => needs
                    .iter()
                    .map(|need| {
                        let roles = need.roles.iter().map(|role| held(registry, role, as_of));
                        roles.collect::<Vec<_>>().join(" or ")
                    })
                    .collect::<Vec<_>>()
                    .join("; "),
                Err(_) if is_attempt => continue,
                Err(why) => format!("nobody can say: {why}"),
            };
            let (state, mark) = match is_draft {
                true => ("draft, not sent", Mark::Warn),
                false => ("sent", Mark::Bad),
            };
            let id = format!("{}#{}", filed.record.id, message.text_of("id"));
            let to = message.get("to");
            let to = ["party", "name"].map(|key| to.map_or("", |it| it.text_of(key)));
            let by: Vec<String> = given
                .iter()
                .map(|it| format!("{} as {}", it.text_of("by"), it.text_of("role")))
                .collect();
            table.push(
                mark,
                vec![
                    vec![Run::at(id, &filed.file, reader.line(message))],
                    cell(to.into_iter().find(|it| !it.is_empty()).unwrap_or("")),
                    vec![Run::marked(state, mark)],
                    cell(needs),
                    cell(by.join(", ")),
                ],
            );
        }
    }
    table
}

/// A role with those who hold it.
fn held(registry: &Registry, role: &str, as_of: Instant) -> String {
    match registry.holders_of(role, as_of).as_slice() {
        [] => format!("{role} (nobody holds it)"),
        holders => format!("{role} ({})", holders.join(", ")),
    }
}
