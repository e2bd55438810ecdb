use super::kind::RecordKind;
use super::layout::{announced_id, announced_kind, is_record_folder, promise};
use super::strictness::ambiguities;
use crate::document::{Kind, Limits, NodeId, NodeRef, ParseError, Place, Tree, parse};
use crate::finding::{At, Builtin, Fault, Status};
use crate::schema::Places;
use crate::text::{Span, closest};

/// A record, with the tree it is read from.
#[derive(Debug)]
pub struct Record {
    /// Its kind.
    pub kind: RecordKind,
    /// Its id: the one it says, else the one its path promises; empty if there is neither.
    pub id: String,
    /// The id its path promises, where the record says another: both lead to it, since the one
    /// fault is that they differ.
    pub promised: Option<String>,
    /// Of a package, the incident: the one it says, else the one its path promises.
    pub incident: Option<String>,
    /// Its tree.
    pub tree: Tree,
}

impl Record {
    /// The root of the record.
    pub fn root(&self) -> NodeRef<'_> {
        // A record has a root: that is how its kind was read.
        self.tree.node(NodeId::FIRST)
    }

    /// Its values with their places in the schema of its kind.
    pub fn places(&self) -> Places {
        self.kind
            .schema()
            .map(|kind| kind.schema.places(self.root()))
            .unwrap_or_default()
    }

    /// The element that a reference such as `INC-2025-0003#OUT-1` names after the `#`: by its id,
    /// or the party of an incident by its name.
    pub fn element(&self, name: &str) -> Option<NodeRef<'_>> {
        let named = |item: &NodeRef<'_>, key: &str| {
            item.get(key).is_some_and(|id| id.scalar_text() == name)
        };
        let is_item = |node: &NodeRef<'_>| node.parent().is_some_and(|it| it.kind() == Kind::List);
        let items = || self.tree.nodes().filter(is_item);
        items()
            .find(|item| named(item, "id"))
            .or_else(|| {
                self.root()
                    .list_of("parties")
                    .find(|item| named(item, "party"))
            })
            .or_else(|| items().find(|item| named(item, "party")))
    }

    /// What the shape of the record leaves in doubt.
    pub fn flaws(&self) -> Flaws<'_> {
        let Some(kind) = self.kind.schema() else {
            return Flaws::default();
        };
        if kind.schema.is_valid(self.root()) {
            return Flaws::default();
        }
        self.flaws_among(&kind.schema.faults(self.root(), &self.places()))
    }

    /// The same, where the faults of shape are known.
    pub fn flaws_among(&self, faults: &[Fault]) -> Flaws<'_> {
        let mut flaws = Flaws::default();
        for fault in faults {
            let At::Node(place) = fault.at else {
                continue;
            };
            let node = self.tree.node(place.node);
            if fault.rule == Builtin::UnknownKey {
                if let (Some(map), Some(key)) = (node.parent(), node.key()) {
                    flaws.unknown_keys.push((map.id(), key.scalar_text()));
                }
            } else if fault.rule != Builtin::MissingKey {
                flaws.refused.push(place.node);
            }
        }
        flaws
    }

    /// Where an incident stands; records of other kinds count as closed.
    pub fn status(&self) -> Status {
        let name = match self.kind {
            RecordKind::Incident => self.root().get("status").and_then(NodeRef::as_str),
            _ => None,
        };
        name.and_then(Status::parse).unwrap_or_default()
    }
}

/// What the faults of shape of a record leave in doubt: nothing is judged by it, because the fault
/// is told already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flaws<'t> {
    /// Keys that no record of the kind has, with the maps they stand in: what they were meant for
    /// is not missing, only misspelt.
    pub unknown_keys: Vec<(NodeId, &'t str)>,
    /// Values of a wrong type or form, or outside their list.
    pub refused: Vec<NodeId>,
}

impl Flaws<'_> {
    /// Whether nothing is in doubt.
    pub fn is_empty(&self) -> bool {
        self.unknown_keys.is_empty() && self.refused.is_empty()
    }
}

/// A file that is meant as a record and cannot be read as one.
#[derive(Debug)]
pub struct Refusal {
    /// The kind it announces, or that its path promises.
    pub kind: Option<RecordKind>,
    /// The id it announces, or that its path promises: other records may refer to it.
    pub id: Option<String>,
    /// Of a package: the incident its path promises.
    pub incident: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// The text, for excerpts; empty if the file is no text.
    pub text: Box<str>,
}

/// What the bytes of a YAML file turned out to be.
#[derive(Debug)]
pub enum Reading {
    /// A record.
    Record(Record),
    /// Meant as a record, but refused: its faults are findings, and it is not checked further.
    Refused(Refusal),
    /// Lies in a record folder but is no record.
    Stray(Refusal),
    /// Some other YAML file, none of our business.
    Foreign,
    /// Meant as a record, but larger or deeper than is examined.
    TooMuch {
        /// Why, in a sentence.
        reason: String,
        /// The kind its path or text promises.
        kind: Option<RecordKind>,
        /// The id its path or text promises.
        id: Option<String>,
    },
}

/// Reads a file. `path` is relative to the record root.
pub fn read_record(path: &str, bytes: Vec<u8>, limits: &Limits) -> Reading {
    let in_folder = is_record_folder(path);
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(refused) => {
            return refuse(path, refused.text, vec![refused.fault], in_folder);
        }
    };
    let (error, text) = match parse(text, limits) {
        Ok(tree) => return classify(path, tree, in_folder),
        Err(unparsed) => (unparsed.error, unparsed.text),
    };
    match error {
        ParseError::Syntax(fault) => {
            let fault = Fault::new(Builtin::YamlSyntax, fault.at, fault.message).help(fault.help);
            refuse(path, text, vec![fault], in_folder)
        }
        ParseError::Budget { .. } => {
            if !in_folder && announced_kind(&text).is_none() {
                return Reading::Foreign;
            }
            let promise = promise(path);
            Reading::TooMuch {
                reason: error.to_string(),
                kind: announced_kind(&text).or(promise.as_ref().map(|it| it.kind)),
                id: promise.and_then(|it| it.id.map(str::to_owned)),
            }
        }
    }
}

fn classify(path: &str, tree: Tree, in_folder: bool) -> Reading {
    let Some(root) = tree.root().filter(|root| !root.is_null()) else {
        return match in_folder {
            true => stray(
                path,
                tree,
                At::File,
                "the file holds no record, only white space or comments",
            ),
            false => Reading::Foreign,
        };
    };
    if root.kind() != Kind::Map {
        return match in_folder {
            true => {
                let at = At::Bytes(Place::value(root).span(&tree));
                stray(
                    path,
                    tree,
                    at,
                    "the file holds no record: it has no keys such as `kind: …`",
                )
            }
            false => Reading::Foreign,
        };
    }
    let Some(named) = root.get("kind").filter(|kind| !kind.is_empty()) else {
        return match in_folder {
            true => {
                let grip = root.get("kind").unwrap_or(root);
                let at = At::Bytes(Place::value(grip).span(&tree));
                stray(
                    path,
                    tree,
                    at,
                    "the file does not say what kind of record it is",
                )
            }
            false => Reading::Foreign,
        };
    };
    let Some(kind) = named.as_str().and_then(RecordKind::parse) else {
        return unknown_kind(path, &tree, named, in_folder);
    };
    let promise = promise(path).filter(|promise| promise.kind == kind);
    let said = |key| {
        root.get(key)
            .map(NodeRef::scalar_text)
            .filter(|text| !text.trim().is_empty())
    };
    let id = said("id")
        .or(promise.as_ref().and_then(|it| it.id))
        .map(str::to_owned);
    let incident = said("incident")
        .or(promise.as_ref().and_then(|it| it.incident))
        .map(str::to_owned);
    let faults = ambiguities(&tree);
    if faults.is_empty() {
        let id = id.unwrap_or_default();
        let promised = promise
            .and_then(|it| it.id)
            .filter(|it| *it != id)
            .map(str::to_owned);
        return Reading::Record(Record {
            kind,
            id,
            promised,
            incident,
            tree,
        });
    }
    Reading::Refused(Refusal {
        kind: Some(kind),
        id,
        incident,
        faults,
        text: tree.into_source(),
    })
}

fn unknown_kind(path: &str, tree: &Tree, named: NodeRef<'_>, in_folder: bool) -> Reading {
    let name = named.scalar_text();
    let names = || RecordKind::all().map(RecordKind::name);
    let later = name
        .split_once('/')
        .and_then(|(kind, _)| RecordKind::parse(kind));
    let near = closest(name, names());
    // Elsewhere `kind: Deployment` is somebody else's file; a slip of the finger is ours.
    let root = tree.root();
    let is_ours = root.is_some_and(|it| it.get("id").is_some() && it.get("apiVersion").is_none());
    if !in_folder && !(is_ours && (near.is_some() || later.is_some())) {
        return Reading::Foreign;
    }
    let fault = Fault::new(
        Builtin::UnknownKind,
        Place::value(named).span(tree),
        match named.kind() {
            Kind::List => "`kind` holds a list, not the name of a kind".to_owned(),
            Kind::Map => "`kind` holds a block of keys, not the name of a kind".to_owned(),
            _ => format!("`{name}` is no kind of record"),
        },
    );
    let fault = match (later, near) {
        (Some(kind), _) => fault.help(format!(
            "This version of Probity reads `kind: {}`; `{name}` needs a later one.",
            kind.name()
        )),
        (None, Some(near)) => fault
            .meant(name, near)
            .help(format!("Did you mean `kind: {near}`?")),
        (None, None) => {
            let all: Vec<_> = names().collect();
            fault.help(format!("The kinds are {}.", all.join(", ")))
        }
    };
    refuse(path, tree.source().into(), vec![fault], true)
}

/// A file in a record folder that is no record.
fn stray(path: &str, tree: Tree, at: At, message: &str) -> Reading {
    let help = match promise(path) {
        Some(promise) => match promise.id {
            Some(id) => format!(
                "Begin it with `kind: {}` and `id: {id}`, or move it out of the record folders.",
                promise.kind.name()
            ),
            None => format!(
                "Begin it with `kind: {}`, or move it out of the record folders.",
                promise.kind.name()
            ),
        },
        None => "Begin it with `kind: …` and `id: …`, or move it out of the record folders.".into(),
    };
    let fault = Fault::new(Builtin::NotARecord, at, message).help(help);
    let promise = promise(path);
    Reading::Stray(Refusal {
        kind: promise.as_ref().map(|it| it.kind),
        id: promise.as_ref().and_then(|it| it.id.map(str::to_owned)),
        incident: promise.and_then(|it| it.incident.map(str::to_owned)),
        faults: vec![fault],
        text: tree.into_source(),
    })
}

/// A file that cannot be read: a refusal if it is meant as a record, else none of our business.
fn refuse(path: &str, text: Box<str>, faults: Vec<Fault>, in_folder: bool) -> Reading {
    let announced = announced_kind(&text);
    if !in_folder && announced.is_none() {
        return Reading::Foreign;
    }
    let promise = promise(path);
    Reading::Refused(Refusal {
        kind: announced.or(promise.as_ref().map(|it| it.kind)),
        id: announced_id(&text)
            .or(promise.as_ref().and_then(|it| it.id))
            .map(str::to_owned),
        incident: promise.and_then(|it| it.incident.map(str::to_owned)),
        faults,
        text,
    })
}

struct Undecodable {
    fault: Fault,
    /// What can be read of it, for guessing what it was meant to be.
    text: Box<str>,
}

/// Bytes as UTF-8 text without NUL.
fn decode(bytes: Vec<u8>) -> Result<Box<str>, Box<Undecodable>> {
    let save = "Save the file again with the encoding UTF-8 (in most editors: Save as, Encoding).";
    if let Some(units) = utf16_units(&bytes) {
        let text: String = char::decode_utf16(units)
            .map(|unit| unit.unwrap_or('\u{fffd}'))
            .collect();
        let fault = Fault::new(
            Builtin::Encoding,
            At::File,
            "the file is encoded as UTF-16, not as UTF-8",
        );
        return Err(Box::new(Undecodable {
            fault: fault.help(save),
            text: text.into(),
        }));
    }
    match String::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => Ok(text.into()),
            Some(at) => {
                let fault = Fault::new(
                    Builtin::Encoding,
                    Span::new(at as u32, at as u32 + 1),
                    "the file holds a NUL character, so it is no text file",
                );
                let help = "Restore the file from before it was damaged, or retype the line.";
                Err(Box::new(Undecodable {
                    fault: fault.help(help),
                    text: text.into(),
                }))
            }
        },
        Err(error) => {
            let at = error.utf8_error().valid_up_to() as u32;
            let fault = Fault::new(
                Builtin::Encoding,
                Span::at(at),
                "the file is no UTF-8 text: it was saved in another encoding",
            );
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Err(Box::new(Undecodable {
                fault: fault.help(save),
                text: text.into(),
            }))
        }
    }
}

/// The code units of a UTF-16 text: marked as such, or with the zero bytes that ASCII has in it.
fn utf16_units(bytes: &[u8]) -> Option<Vec<u16>> {
    let is_little = match bytes {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => true,
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => false,
        _ => return None,
    };
    let unit = |pair: &[u8]| match is_little {
        true => u16::from_le_bytes([pair[0], pair[1]]),
        false => u16::from_be_bytes([pair[0], pair[1]]),
    };
    Some(bytes.chunks_exact(2).map(unit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, bytes: &[u8]) -> Reading {
        read_record(path, bytes.to_vec(), &Limits::default())
    }

    fn rules(reading: &Reading) -> Vec<&'static str> {
        match reading {
            Reading::Refused(refusal) | Reading::Stray(refusal) => refusal
                .faults
                .iter()
                .map(|fault| fault.rule.builtin().unwrap().name())
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_record_is_recognised_by_its_kind_wherever_it_lies() {
        let reading = read(
            "any/where.yml",
            b"kind: incident\nid: INC-2025-0001\nstatus: open\n",
        );
        let Reading::Record(record) = reading else {
            panic!("{reading:?}")
        };
        assert_eq!(
            (record.kind, &*record.id),
            (RecordKind::Incident, "INC-2025-0001")
        );
        assert_eq!(record.status(), Status::Open);
    }

    #[test]
    fn elements_are_named_by_id_and_parties_by_party() {
        let text = "kind: incident\nid: INC-2025-0001\nsupply_chain:\n  implicated: [{party: a}]\n\
             parties: [{party: a}]\nreport_out: {vulnerabilities: [{id: V-1}]}\n";
        let reading = read("incidents/INC-2025-0001/incident.yaml", text.as_bytes());
        let Reading::Record(record) = reading else {
            panic!("{reading:?}")
        };
        let pointer = |name| record.element(name).map(NodeRef::pointer);
        assert_eq!(
            pointer("V-1").as_deref(),
            Some("/report_out/vulnerabilities/0")
        );
        assert_eq!(pointer("a").as_deref(), Some("/parties/0"));
        assert_eq!(pointer("INC-2025-0001"), None);
    }

    #[test]
    fn other_peoples_yaml_is_none_of_our_business() {
        for text in [
            "kind: Deployment\nid: x\n",
            "a: 1\n",
            "- 1\n",
            "",
            "{{ template }}: x: y\n",
            "kind: System\napiVersion: v1\nid: x\n",
        ] {
            assert!(
                matches!(read("deploy/x.yaml", text.as_bytes()), Reading::Foreign),
                "{text}"
            );
        }
    }

    #[test]
    fn in_a_record_folder_it_is_a_finding() {
        for text in ["", "# only\n", "a: 1\n", "- 1\n", "kind:\n"] {
            assert_eq!(
                rules(&read("controls/x.yaml", text.as_bytes())),
                ["not-a-record"],
                "{text:?}"
            );
        }
        assert_eq!(
            rules(&read("controls/x.yaml", b"kind: Deployment\n")),
            ["unknown-kind"]
        );
        assert_eq!(
            rules(&read("elsewhere/x.yaml", b"kind: incidnet\nid: x\n")),
            ["unknown-kind"]
        );
        assert_eq!(
            rules(&read("elsewhere/x.yaml", b"kind: incident/2\nid: x\n")),
            ["unknown-kind"]
        );
    }

    #[test]
    fn files_that_are_no_utf_8_are_told_apart() {
        let utf16: Vec<u8> = "kind: incident\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(rules(&read("x.yaml", &utf16)), ["encoding"]);
        let marked: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain("kind: incident\n".encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        assert_eq!(rules(&read("x.yaml", &marked)), ["encoding"]);
        assert_eq!(
            rules(&read("x.yaml", b"kind: incident\ntitle: caf\xe9\n")),
            ["encoding"]
        );
        assert_eq!(
            rules(&read("x.yaml", b"kind: incident\ntitle: a\0b\n")),
            ["encoding"]
        );
        assert!(matches!(
            read("x.yaml", "\u{feff}kind: incident\nid: x\n".as_bytes()),
            Reading::Record(_)
        ));
    }

    #[test]
    fn a_refused_record_is_still_known_by_name() {
        let reading = read(
            "incidents/INC-2025-0007/incident.yaml",
            b"kind: incident\n\tid: x\n",
        );
        let Reading::Refused(refusal) = reading else {
            panic!("{reading:?}")
        };
        assert_eq!(refusal.id.as_deref(), Some("INC-2025-0007"));
        assert_eq!(refusal.kind, Some(RecordKind::Incident));
    }

    #[test]
    fn a_budget_is_no_finding_and_no_silence() {
        let deep = format!("kind: incident\nid: x\na: {}", "[".repeat(200_000));
        assert!(matches!(
            read("x.yaml", deep.as_bytes()),
            Reading::TooMuch { .. }
        ));
        let mut bomb = "kind: incident\nid: x\na0: &a0 [1,2,3,4,5,6,7,8,9]\n".to_owned();
        for level in 1..12 {
            let below = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb.extend([
                "a",
                &level.to_string(),
                ": &a",
                &level.to_string(),
                " [",
                &below,
                "]\n",
            ]);
        }
        assert!(matches!(
            read("x.yaml", bomb.as_bytes()),
            Reading::TooMuch { .. }
        ));
    }
}
