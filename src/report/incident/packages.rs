//! Packages: what each version says, and how it differs from the one it replaces.

use super::Filed;
use super::desk::{Desk, texts};
use crate::document::{Kind, NodeRef};
use crate::report::audit::build::{anchor, cell, list};
use crate::report::audit::taken::Reader;
use crate::report::audit::{Group, Mark, Run, Table};

/// What is told of a package in its own columns, or is of its own nature in each version.
const APART: &[&str] = &["kind", "id", "incident", "version", "supersedes", "changes"];

/// The packages of the incident, then the differences of each version.
pub(super) fn groups(desk: &Desk<'_>) -> Vec<Group> {
    let mut head = Group::head("packages");
    head.tables.push(versions(desk));
    let mut groups = vec![head];
    for (package, reader) in &desk.packages {
        let named = package.record.root().text_of("supersedes");
        let mut others = desk.packages.iter().map(|it| it.0);
        if let Some(former) = others.find(|it| it.record.id == named && it.file != package.file) {
            groups.push(differences(former, package, reader));
        }
    }
    groups
}

fn versions(desk: &Desk<'_>) -> Table {
    let mut table = Table::new(
        "packages",
        "What was written to be sent",
        "There is no package.",
        &[
            ("id", "Package"),
            ("version", "Version"),
            ("audience", "For"),
            ("class", "Class"),
            ("facts", "Facts as of"),
            ("changes", "What is new"),
            ("sent", "Sent with"),
            ("summary", "Summary"),
        ],
    );
    for (package, reader) in &desk.packages {
        let (id, root) = (package.record.id.as_str(), package.record.root());
        let class = [root.text_of("classification"), root.text_of("tlp")];
        let messages = desk.root.list_of("outbound");
        let sent = messages
            .filter(|it| it.text_of("package") == id)
            .map(|it| Run::to(it.text_of("id"), anchor(&["message", it.text_of("id")])));
        let sent: Vec<Run> = sent.collect();
        let (sent, mark) = match sent.is_empty() {
            true => (vec![Run::marked("never sent", Mark::Muted)], Mark::Muted),
            false => (list(sent), Mark::Plain),
        };
        let version = match root.text_of("supersedes") {
            "" => root.text_of("version").to_owned(),
            former => format!("{}, replaces {former}", root.text_of("version")),
        };
        table.push(
            mark,
            vec![
                vec![Run::at(id, &package.file, reader.line(root))],
                cell(version),
                cell(texts(root, "audience").join(", ")),
                cell(class.join(" ").trim()),
                cell(root.text_of("facts_as_of")),
                cell(root.text_of("changes")),
                sent,
                cell(root.text_of("summary")),
            ],
        );
        let id = anchor(&["package", id]);
        let is_new = table.rows.iter().all(|it| it.id != id);
        if let Some(row) = table.rows.last_mut().filter(|_| is_new) {
            row.id = id;
        }
    }
    table
}

fn differences(former: &Filed, package: &Filed, reader: &Reader<'_>) -> Group {
    let (old, new) = (former.record.root(), package.record.root());
    let (from, to) = (&former.record.id, &package.record.id);
    let mut table = Table::new(
        &anchor(&["differences", from, to, &package.file]),
        &format!("From {from} to {to}"),
        "Nothing but the version differs.",
        &[("key", "Key"), ("was", "Taken out"), ("is", "Put in")],
    );
    let keys = new.pairs().map(|(key, _)| key.scalar_text());
    let gone = old.pairs().map(|(key, _)| key.scalar_text());
    let gone = gone.filter(|key| new.get(key).is_none());
    for key in keys.chain(gone).filter(|key| !APART.contains(key)) {
        let (was, is) = (old.get(key), new.get(key));
        let (before, after) = (said(was), said(is));
        let out: Vec<&String> = before.iter().filter(|it| !after.contains(it)).collect();
        let put: Vec<&String> = after.iter().filter(|it| !before.contains(it)).collect();
        if out.is_empty() && put.is_empty() {
            continue;
        }
        let name = match is {
            Some(node) => Run::at(key, &package.file, reader.line(node)),
            None => Run::text(key),
        };
        let joined = |texts: Vec<&String>| {
            let texts: Vec<&str> = texts.into_iter().map(String::as_str).collect();
            cell(texts.join("; "))
        };
        table.push(Mark::Plain, vec![vec![name], joined(out), joined(put)]);
    }
    let mut group = Group::new(
        anchor(&["compared", from, to, &package.file]),
        format!("{to} beside {from}"),
    );
    let changes = new.text_of("changes");
    if !changes.is_empty() {
        group.note(format!("What the record says is new: {changes}"));
    }
    group.tables.push(table);
    group
}

/// What a value says, entry by entry.
fn said(node: Option<NodeRef<'_>>) -> Vec<String> {
    let Some(node) = node.filter(|it| !it.is_empty()) else {
        return Vec::new();
    };
    match node.kind() {
        Kind::List => node.items().map(flat).collect(),
        _ => vec![flat(node)],
    }
}

/// A value in one line. Nesting is bounded by that of records.
fn flat(node: NodeRef<'_>) -> String {
    match node.kind() {
        Kind::Map => {
            let pairs = node
                .pairs()
                .map(|(key, value)| format!("{}: {}", key.scalar_text(), shallow(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        _ => shallow(node),
    }
}

fn shallow(node: NodeRef<'_>) -> String {
    match node.kind() {
        Kind::List => {
            let items = node.items().map(NodeRef::scalar_text);
            items.collect::<Vec<_>>().join(", ")
        }
        Kind::Map => "…".to_owned(),
        _ => node.scalar_text().trim().to_owned(),
    }
}
