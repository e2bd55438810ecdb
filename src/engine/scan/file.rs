//! Files that were sent: the text of messages and of what was attached to them.

use super::words::Carrier;
use super::{ANYWHERE, LEAVING, is_sent, rule_of};
use crate::document::NodeRef;
use crate::engine::judge::Bench;
use crate::engine::part::Totals;
use crate::engine::seal::{Sealer, sealed};
use crate::engine::session::Session;
use crate::evidence::scan::{Hit, Message, Setting, as_text};
use crate::finding::{At, Builtin, Finding};
use crate::policy::vocabulary::beside;
use crate::record::Record;
use crate::text::Span;

/// Largest file that is looked through, in bytes.
const LARGEST: usize = 4 << 20;

/// Most findings in one file. Who sees that many has seen enough.
const MOST_FINDINGS: usize = 50;

impl Session<'_> {
    /// Looks through the files that a record says were sent.
    pub(in crate::engine) fn scan_files(
        &self,
        path: &str,
        record: &Record,
        bench: &Bench<'_>,
        totals: &mut Totals,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for item in record.root().list_of("evidence") {
            let id = item.text_of("id");
            let carries = |message: &NodeRef<'_>, key: &str| {
                is_sent(*message) && message.list_of(key).any(|it| it.scalar_text() == id)
            };
            let outbound = || record.root().list_of("outbound");
            let is_attached = outbound().any(|it| carries(&it, "attachments"));
            if !is_attached && item.text_of("type") != "sent-message" {
                continue;
            }
            let Some(file) = item
                .get("path")
                .and_then(|it| beside(path, it.scalar_text()))
            else {
                continue;
            };
            let senders: Vec<NodeRef<'_>> = outbound()
                .filter(|it| carries(it, "attachments") || carries(it, "proof"))
                .collect();
            if let Some(text) = self.text_of(&file, totals) {
                let sent = Sent {
                    record,
                    item,
                    senders,
                    file: &file,
                    text: &text,
                };
                findings.extend(self.scan_text(&sent, bench, totals));
            }
        }
        findings
    }

    /// The text of a file. One that is absent is a fault of its own, one that is no text has none.
    fn text_of(&self, file: &str, totals: &mut Totals) -> Option<String> {
        let path = format!("{}{file}", self.source.prefix());
        let found = self.source.find(&path).ok().flatten();
        let found = found.filter(|it| !it.is_ignored)?;
        if found.size > LARGEST as u64 {
            let reason = "a file that was sent is too large to be looked through";
            totals
                .tally
                .unevaluated(Builtin::ExcludedContent, reason.to_owned());
            return None;
        }
        let bytes = self.source.read_found(&found, LARGEST).ok()?;
        as_text(bytes)
    }

    fn scan_text(&self, sent: &Sent<'_>, bench: &Bench<'_>, totals: &mut Totals) -> Vec<Finding> {
        let message = Message::of(sent.text);
        let hits = bench
            .searched
            .scanner
            .everything(sent.text, Setting::default());
        let masked: Vec<Span> = hits.iter().map(span_of).collect();
        let mut hits: Vec<Hit> = hits
            .into_iter()
            .filter(|hit| !bench.catalogue.is_off(rule_of(hit.family).into()))
            .filter(|hit| hit.family.is_secret() || !message.is_envelope(&hit.range))
            .filter(|hit| !message.names(&sent.text[hit.range.clone()]))
            .filter(|hit| !bench.searched.may_leave(hit, &sent.senders, sent.record))
            .collect();
        // One line, one finding: the strongest.
        let lines = crate::text::LineIndex::new(sent.text);
        let line = |hit: &Hit| lines.locate(hit.range.start as u32).line;
        hits.sort_by_key(|hit| (line(hit), hit.family, hit.range.start));
        hits.dedup_by_key(|hit| line(hit));
        hits.truncate(MOST_FINDINGS);

        let carrier = Carrier::File(sent.file);
        let path = format!("{}{}", self.source.prefix(), sent.file);
        let faults: Vec<_> = hits
            .iter()
            .map(|hit| {
                let part = &sent.text[hit.range.clone()];
                let mut fault = bench.fault(hit, part, At::Bytes(span_of(hit)), &carrier);
                fault.element = Some(sent.item.id());
                fault.subject = Some(path.clone());
                fault
            })
            .collect();
        for builtin in ANYWHERE.iter().chain(LEAVING) {
            match faults.iter().filter(|it| it.rule == *builtin).count() {
                0 => totals.tally.pass(*builtin, 1),
                failed => (0..failed).for_each(|_| totals.tally.fail(*builtin)),
            }
        }
        if faults.is_empty() {
            return Vec::new();
        }
        let sealer = Sealer::of_file(&path, sent.text, sent.record, masked, bench);
        sealed(&sealer, &faults, sent.record, bench, totals)
    }
}

/// A file that was sent.
struct Sent<'a> {
    /// The record that registers it, and the item that does.
    record: &'a Record,
    item: NodeRef<'a>,
    /// The messages that carried it.
    senders: Vec<NodeRef<'a>>,
    /// Its path below the record root.
    file: &'a str,
    text: &'a str,
}

fn span_of(hit: &Hit) -> Span {
    Span::new(hit.range.start as u32, hit.range.end as u32)
}
