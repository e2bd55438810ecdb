//! From the text of a mapping file to a [`Mapping`], or to everything that is wrong with it.

use serde_json::Value;

use super::fault::{MappingError, MappingErrors, MappingFault};
use super::reader::{Pending, Reader};
use super::{Field, IdRule, Mapping, NumberFrom, RowName, SourceId, TableFormat, TextName};
use crate::author::import::incident;
use crate::author::import::template::Template;
use crate::document::{Kind, Limits, NodeRef, ParseError, parse};
use crate::text::{LineIndex, Span};

const KEYS: [&str; 10] = [
    "kind",
    "format",
    "delimiter",
    "record",
    "id",
    "path",
    "source_id",
    "constants",
    "fields",
    "unknown",
];
/// What stands for keys that a mapping leaves out.
const PATH: &str = "incidents/{id}/incident.yaml";
const SOURCE_TEXT: &str = "Imported from {source}, row {row}";
const SOURCE_POINTER: &str = "/timeline/0/what";

impl Mapping {
    /// Reads and checks the text of a mapping file.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse(text: &str) -> Result<Self, MappingErrors> {
        let lines = LineIndex::new(text);
        let tree = parse(text.into(), &Limits::default()).map_err(|error| {
            let (message, at) = match error.error {
                ParseError::Syntax(fault) => {
                    (format!("{}. {}", fault.message, fault.help), fault.at)
                }
                ParseError::Budget { what, at, .. } => (what.to_owned(), at),
            };
            MappingErrors(vec![MappingError {
                at: lines.locate(at.start),
                fault: MappingFault::NoYaml(message),
            }])
        })?;
        let mut reader = Reader {
            tree: &tree,
            lines: &lines,
            errors: Vec::new(),
            columns: Vec::new(),
            targets: Vec::new(),
            unknown: Vec::new(),
            meant: Vec::new(),
        };
        let mapping = reader.mapping();
        let mut errors = reader.errors;
        errors.sort_by_key(|error| error.at);
        match mapping {
            Some(mapping) if errors.is_empty() => Ok(mapping),
            _ => Err(MappingErrors(errors)),
        }
    }
}

impl<'t> Reader<'t> {
    fn mapping(&mut self) -> Option<Mapping> {
        for duplicate in self.tree.duplicates() {
            let key = self.tree.node(duplicate.second);
            self.fault::<()>(
                key.span(),
                MappingFault::DuplicateKey(key.scalar_text().into()),
            );
        }
        let root = self.tree.root().filter(|root| {
            let is_mapping = root.get("kind").and_then(NodeRef::as_str) == Some("import-mapping");
            is_mapping && self.tree.roots().len() == 1
        });
        let Some(root) = root else {
            self.fault::<()>(Span::default(), MappingFault::NoMapping);
            return None;
        };
        self.known_keys(root, &KEYS, "a mapping");
        self.unknown = self.unknown_words(root);
        let format = self.format(root);
        let delimiter = self.delimiter(root);
        self.record(root);
        let id = self.id(root);
        let path = self.path(root);
        let (source_text, source_to) = self.source_id(root);
        let constants = self.constants(root);
        let fields = self.fields(root);
        let targets = self.numbered_targets();
        let target = |pending: Option<Pending>| Some(targets.get(pending?)?.clone());
        Some(Mapping {
            format: format?,
            delimiter,
            id: id?,
            path: path?,
            source_id: SourceId {
                text: source_text?,
                to: target(source_to)?,
            },
            constants: constants
                .into_iter()
                .filter_map(|(to, value)| Some((target(Some(to))?, value)))
                .collect(),
            fields: fields
                .into_iter()
                .filter_map(|(column, to, how)| {
                    let to = target(Some(to))?;
                    Some(Field { column, to, how })
                })
                .collect(),
            unknown: std::mem::take(&mut self.unknown),
            columns: std::mem::take(&mut self.columns),
        })
    }

    fn unknown_words(&mut self, root: NodeRef<'t>) -> Vec<String> {
        let words = self.texts(root, "unknown").unwrap_or_default();
        let words = words.iter().map(|(word, _)| word.trim().to_lowercase());
        words.filter(|word| !word.is_empty()).collect()
    }

    fn format(&mut self, root: NodeRef<'t>) -> Option<TableFormat> {
        let node = self.required(root, "format", "a mapping")?;
        match self.text(node, "format")? {
            "csv" => Some(TableFormat::Csv),
            "json-lines" => Some(TableFormat::JsonLines),
            found => self.wrong_value(node, "format", found, "write csv or json-lines"),
        }
    }

    fn delimiter(&mut self, root: NodeRef<'t>) -> u8 {
        let Some(node) = root.get("delimiter") else {
            return b',';
        };
        match self.text(node, "delimiter").map(str::as_bytes) {
            Some([byte]) if byte.is_ascii() && !b"\"\r\n".contains(byte) => *byte,
            Some(_) => {
                let found = node.scalar_text();
                let expected = "write one character, such as \";\" or \"\\t\"";
                self.wrong_value::<()>(node, "delimiter", found, expected);
                b','
            }
            None => b',',
        }
    }

    fn record(&mut self, root: NodeRef<'t>) {
        if let Some(node) = self.required(root, "record", "a mapping")
            && let Some(kind) = self.text(node, "record")
            && kind != "incident"
        {
            self.wrong_value::<()>(node, "record", kind, "only incident records are imported");
        }
    }

    fn id(&mut self, root: NodeRef<'t>) -> Option<IdRule> {
        let id = self.required(root, "id", "a mapping")?;
        if id.kind() != Kind::Map {
            return self.wrong_type(
                id,
                "id",
                "a map with `column`, or with `prefix`, `year_of`, `date` and `number`",
            );
        }
        if let Some(column) = id.get("column") {
            self.known_keys(id, &["column"], "an `id` that is a column");
            return Some(IdRule::Column(self.column(column, "column")?));
        }
        self.known_keys(
            id,
            &["prefix", "year_of", "date", "offset", "number"],
            "`id`",
        );
        let prefix = self.prefix(id);
        let years = self.required(id, "year_of", "`id`").and_then(|_| {
            let names = self.texts(id, "year_of")?;
            let years = names
                .into_iter()
                .map(|(name, at)| self.column_named(name, at));
            Some(years.collect::<Vec<_>>())
        });
        let dates = self
            .required(id, "date", "`id`")
            .and_then(|_| self.dates(id));
        let number = self
            .required(id, "number", "`id`")
            .and_then(|node| match node.kind() {
                Kind::Text if node.scalar_text() == "row" => Some(NumberFrom::Row),
                Kind::Map => {
                    self.known_keys(node, &["column"], "`number`");
                    let column = self.required(node, "column", "`number`")?;
                    Some(NumberFrom::Column(self.column(column, "column")?))
                }
                _ => self.wrong_type(node, "number", "`row` or {column: name}"),
            });
        Some(IdRule::Numbered {
            prefix: prefix?,
            years: years?,
            dates: dates?,
            number: number?,
        })
    }

    fn prefix(&mut self, id: NodeRef<'t>) -> Option<String> {
        let node = self.required(id, "prefix", "`id`")?;
        let prefix = self.text(node, "prefix")?;
        if incident::is_id(prefix) {
            Some(prefix.to_owned())
        } else {
            self.wrong_value(
                node,
                "prefix",
                prefix,
                "write letters and digits, such as INC",
            )
        }
    }

    fn path(&mut self, root: NodeRef<'t>) -> Option<Template<RowName>> {
        let node = root.get("path");
        let written = match node {
            Some(node) => self.text(node, "path")?,
            None => PATH,
        };
        let span = node.map_or_else(Span::default, NodeRef::span);
        if let Some(why) = path_fault(written) {
            let path = written.to_owned();
            return self.fault(span, MappingFault::Path { path, why });
        }
        let Some(template) = Template::parse(written) else {
            return self.fault(span, MappingFault::Braces(written.into()));
        };
        let stray = template
            .names()
            .find(|name| !matches!(name.as_str(), "id" | "row"));
        if let Some(stray) = stray {
            return self.fault(span, MappingFault::PathName(stray.clone()));
        }
        if template.names().next().is_none() {
            return self.fault(
                span,
                MappingFault::Path {
                    path: written.into(),
                    why: "all rows would have the same; use {id}",
                },
            );
        }
        Some(template.map(|name| match name.as_str() {
            "id" => RowName::Id,
            _ => RowName::Row,
        }))
    }

    fn source_id(&mut self, root: NodeRef<'t>) -> (Option<Template<TextName>>, Option<Pending>) {
        let node = root.get("source_id");
        if let Some(node) = node {
            if node.kind() != Kind::Map {
                self.wrong_type::<()>(node, "source_id", "a map with `text` and `to`");
                return (None, None);
            }
            self.known_keys(node, &["text", "to"], "`source_id`");
        }
        let part = |key| node.and_then(|node| node.get(key));
        let text = match part("text") {
            Some(text) => self.template(text, "text"),
            None => self.template_of(SOURCE_TEXT, Span::default()),
        };
        let to = match part("to") {
            Some(to) => self.target(to),
            None => self.target_of(SOURCE_POINTER, node.map_or(Span::default(), NodeRef::span)),
        };
        (text, to)
    }

    fn constants(&mut self, root: NodeRef<'t>) -> Vec<(Pending, Value)> {
        let Some(node) = root.get("constants").filter(|node| !node.is_null()) else {
            return Vec::new();
        };
        if node.kind() != Kind::Map {
            self.wrong_type::<()>(node, "constants", "a map from pointers to values");
        }
        let mut constants = Vec::new();
        for (key, value) in node.pairs() {
            let to = self.target_of(key.scalar_text(), key.span());
            if value.is_empty() {
                let pointer = key.scalar_text().to_owned();
                self.fault::<()>(key.span(), MappingFault::EmptyConstant(pointer));
            }
            let value = self.value(value);
            constants.extend(to.zip(value));
        }
        constants
    }
}

/// Why a path cannot be used, whatever the id.
fn path_fault(path: &str) -> Option<&'static str> {
    let is_yaml = [".yaml", ".yml"].iter().any(|end| path.ends_with(end));
    if path.contains(['\\', ':']) || path.contains(char::is_control) {
        Some("write it with / and without \\, : and control characters")
    } else if path.starts_with('/') {
        Some("it must be relative to the folder that is imported into")
    } else if path
        .split('/')
        .any(|part| part.is_empty() || part == "." || part == "..")
    {
        Some("it must stay inside the folder that is imported into, without `.` and `..`")
    } else if is_yaml {
        None
    } else {
        Some("it must end in .yaml")
    }
}
