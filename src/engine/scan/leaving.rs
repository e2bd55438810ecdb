//! What one message may not take along, before it has left: the texts of a package, those of the
//! message itself, and any other text that goes with them. The same searches and the same words as
//! in a check; only whose exceptions count differs: those of this one message.

use super::words::{self, Carrier};
use super::{Searched, rule_of, searched, setting, texts};
use crate::document::NodeRef;
use crate::evidence::scan::{Family, Hit, Setting};
use crate::finding::Severity;
use crate::policy::Catalogue;
use crate::policy::vocabulary::Lookups;
use crate::record::{Record, Registry};
use crate::text::Span;

/// Something that may not leave with a message. The text itself is never told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// The rule that a check would name.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The fact.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where it stands in the text that was looked through.
    pub span: Span,
}

/// Looks through what is to leave.
#[derive(Debug)]
pub struct Leaving<'r> {
    searched: Searched,
    catalogue: &'r Catalogue,
}

impl<'r> Leaving<'r> {
    /// A search with the patterns of the organisation. Rules that it switched off find nothing.
    pub fn new(registry: &Registry, catalogue: &'r Catalogue) -> Self {
        Self {
            searched: searched(registry, &Lookups::new(registry)),
            catalogue,
        }
    }

    /// What a package holds that may not leave with a message, one thing for each text.
    pub fn in_package(&self, package: &Record, message: Option<NodeRef<'_>>) -> Vec<Caught> {
        let carrier = Carrier::Package(package);
        let found = texts(package)
            .filter_map(|node| self.in_node(node, setting(node), package, message, &carrier));
        found.collect()
    }

    /// The same of values of the message that are sent with the package.
    pub fn in_values(
        &self,
        values: &[NodeRef<'_>],
        package: &Record,
        incident: &Record,
        message: Option<NodeRef<'_>>,
    ) -> Vec<Caught> {
        let carrier = Carrier::Record(incident);
        let found = values
            .iter()
            .filter_map(|node| self.in_node(*node, Setting::default(), package, message, &carrier));
        found.collect()
    }

    /// The same of a text of the organisation that frames what is sent, such as a template.
    pub fn in_frame(&self, path: &str, text: &str) -> Vec<Caught> {
        let setting = Setting {
            may_name_people: true,
            is_version: false,
        };
        let hits = self.searched.scanner.everything(text, setting);
        let hits = hits.iter().filter(|hit| !self.is_off(hit));
        hits.map(|hit| {
            self.caught(
                hit,
                &text[hit.range.clone()],
                span(hit),
                &Carrier::Frame(path),
            )
        })
        .collect()
    }

    fn in_node(
        &self,
        node: NodeRef<'_>,
        setting: Setting,
        package: &Record,
        message: Option<NodeRef<'_>>,
        carrier: &Carrier<'_>,
    ) -> Option<Caught> {
        let text = node.scalar_text();
        let mut hits = self.searched.scanner.everything(text, setting);
        let messages: Vec<NodeRef<'_>> = message.into_iter().collect();
        hits.retain(|hit| !self.is_off(hit) && !self.searched.may_leave(hit, &messages, package));
        let hit = hits
            .iter()
            .min_by_key(|hit| (hit.family, hit.range.start))?;
        let place = node.text_place(hit.range.clone());
        Some(self.caught(hit, &text[hit.range.clone()], place, carrier))
    }

    fn is_off(&self, hit: &Hit) -> bool {
        self.catalogue.is_off(rule_of(hit.family).into())
    }

    fn caught(&self, hit: &Hit, part: &str, span: Span, carrier: &Carrier<'_>) -> Caught {
        let pattern = self.searched.scanner.pattern(hit);
        let (message, help) = words::told(hit, part.chars().count(), pattern, carrier);
        Caught {
            rule: rule_of(hit.family).name(),
            severity: match hit.family {
                Family::Contact => Severity::Warning,
                _ => Severity::Error,
            },
            message,
            help,
            span,
        }
    }
}

fn span(hit: &Hit) -> Span {
    Span::new(hit.range.start as u32, hit.range.end as u32)
}
