//! What is wrong with answers: in the words of the check, before anything is written.

use crate::clock::Instant;
use crate::document::Limits;
use crate::finding::{At, Builtin, Fault};
use crate::record::{
    Followed, Reading, Record, RecordIndex, Registry, Resolution, Resolver, dangling, read_record,
    references,
};

/// Something that is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFault {
    /// The JSON Pointer of the place in the record.
    pub pointer: String,
    /// The fact: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// What a record would have that is of a wrong shape or refers to nothing. That something is missing
/// is told only inside of what is there: the rest may come.
pub fn answer_faults(
    file: &str,
    text: &str,
    registry: &Registry,
    index: &RecordIndex,
    as_of: Instant,
) -> Vec<AnswerFault> {
    match read_record(file, text.as_bytes().to_vec(), &Limits::default()) {
        Reading::Record(record) => {
            let faults = shape(&record).into_iter();
            let faults = faults.chain(lost(&record, registry, index, as_of));
            faults.filter_map(|fault| told(&record, fault)).collect()
        }
        Reading::Refused(refusal) | Reading::Stray(refusal) => {
            let whole = |fault: Fault| AnswerFault {
                pointer: String::new(),
                message: fault.message,
                help: fault.help,
            };
            refusal.faults.into_iter().map(whole).collect()
        }
        Reading::Foreign => Vec::new(),
        Reading::TooMuch { reason, .. } => vec![AnswerFault {
            pointer: String::new(),
            message: reason,
            help: None,
        }],
    }
}

fn shape(record: &Record) -> Vec<Fault> {
    let Some(kind) = record.kind.schema() else {
        return Vec::new();
    };
    let faults = kind.schema.faults(record.root(), &record.places());
    let is_whole = |fault: &Fault| match fault.at {
        At::Node(place) => record.tree.node(place.node).pointer().matches('/').count() < 2,
        _ => true,
    };
    let is_to_come = |fault: &Fault| fault.rule == Builtin::MissingKey && is_whole(fault);
    faults.into_iter().filter(|it| !is_to_come(it)).collect()
}

fn lost(record: &Record, registry: &Registry, index: &RecordIndex, as_of: Instant) -> Vec<Fault> {
    let places = record.places();
    let resolver = Resolver::new(registry);
    let followed = Followed::of(record, &places, resolver, as_of);
    let mut faults = followed.dangling;
    references(record, &places, |reference| {
        let mut later = followed.later.iter();
        let pending = later.find(|it| it.node == reference.node.id());
        if pending.is_some_and(|it| index.resolve(&it.to) == Resolution::Dangling) {
            faults.push(dangling(&reference, record, resolver, Some(index), as_of));
        }
    });
    faults
}

fn told(record: &Record, fault: Fault) -> Option<AnswerFault> {
    let node = match fault.at {
        At::Node(place) => place.node,
        At::Part(node, _) => node,
        At::Bytes(_) | At::File => return None,
    };
    Some(AnswerFault {
        pointer: record.tree.node(node).pointer(),
        message: fault.message,
        help: fault.help,
    })
}
