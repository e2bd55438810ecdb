//! The record that an element is added to, as it lies on disk.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use probity::author::form::{Answers, Form};
use probity::document::NodeRef;
use probity::evidence::Examination;
use probity::output::tamed;
use probity::record::Record;
use serde_json::Value;

use super::super::error::Failure;
use super::super::new::desk::Desk;
use super::super::rewrite::{Found, file_of};

/// How much of a file is read at once.
const PIECE: usize = 1 << 16;

/// The record that is meant, and the elements of it that hold the list.
pub(super) fn look(desk: &Desk, form: &Form, asked: &str) -> Result<(Found, Vec<String>), Failure> {
    let (id, holder) = match asked.split_once('#') {
        Some((id, holder)) => (id, Some(holder)),
        None => (asked, None),
    };
    let found = Found::open(desk, file_of(desk, Some(form.kind), id)?)?;
    let holders = holders(form, &found.record, holder)?;
    Ok((found, holders))
}

/// Puts the path of a file as records write it, and its digest.
pub(super) fn settle(
    found: &Found,
    desk: &Desk,
    form: &Form,
    answers: &mut Answers,
) -> Result<(), String> {
    if form.name != "evidence" {
        return Ok(());
    }
    let Some(given) = answers.get("path").and_then(Value::as_str) else {
        return Ok(());
    };
    let folder = desk.on_disk(&found.file);
    let folder = folder.parent().map_or_else(PathBuf::new, Path::to_owned);
    let inside = folder.join(given);
    let file = match Path::new(given).is_file() {
        true => PathBuf::from(given),
        false => inside,
    };
    let digest = digest(&file).map_err(|error| format!("cannot read `{given}`: {error}"))?;
    let root = desk.on_disk("");
    let path = way(&folder, &file, &root).ok_or_else(|| {
        format!(
            "`{given}` lies outside of the records. Copy it to `{}`, or name what is kept elsewhere \
             with `--uri`",
            folder.join("evidence").display()
        )
    })?;
    let stated = answers.get("sha256").and_then(Value::as_str);
    if stated.is_some_and(|it| !it.eq_ignore_ascii_case(&digest)) {
        return Err(format!("the SHA-256 digest of `{given}` is {digest}"));
    }
    answers.insert("path".to_owned(), path.into());
    answers.insert("sha256".to_owned(), digest.into());
    Ok(())
}

/// The elements that hold the list, as they are named behind the `#`.
fn holders(form: &Form, record: &Record, named: Option<&str>) -> Result<Vec<String>, Failure> {
    let Some((outer, _)) = form
        .within
        .split_first()
        .filter(|(_, rest)| !rest.is_empty())
    else {
        return match named {
            Some(named) => Err(Failure::usage(format!(
                "a {} belongs to the record, not to `{}`",
                form.name,
                tamed(named)
            ))
            .hint(format!("write `{}` alone", tamed(&record.id)))),
            None => Ok(Vec::new()),
        };
    };
    let mut list = Some(record.root());
    for key in outer.split('.') {
        list = list.and_then(|node| node.get(key));
    }
    let items = list.into_iter().flat_map(NodeRef::items);
    let ids: Vec<&str> = items.map(|item| item.text_of("id")).collect();
    let example = format!("{}#{}", record.id, ids.last().unwrap_or(&"…"));
    match named {
        Some(named) if ids.contains(&named) => Ok(vec![named.to_owned()]),
        Some(named) => Err(Failure::usage(format!(
            "`{}` has no `{}` under `{outer}`",
            tamed(&record.id),
            tamed(named)
        ))
        .hint(match ids.is_empty() {
            true => format!("there is nothing under `{outer}` yet"),
            false => format!("there are {}", tamed(&ids.join(", "))),
        })),
        None => Err(
            Failure::usage(format!("say to what the {} belongs", form.name)).hint(format!(
                "write `probity add {} '{}'`",
                form.name,
                tamed(&example)
            )),
        ),
    }
}

fn digest(file: &Path) -> std::io::Result<String> {
    let mut content = std::fs::File::open(file)?;
    let mut examination = Examination::default();
    let mut piece = vec![0; PIECE];
    loop {
        match content.read(&mut piece)? {
            0 => break Ok(examination.finish().hexadecimal()),
            length => examination.take(&piece[..length]),
        }
    }
}

/// The way from a folder to a file, both below a root.
fn way(folder: &Path, file: &Path, root: &Path) -> Option<String> {
    let real = |path: &Path| {
        let path = match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        };
        path.canonicalize().ok()
    };
    let (folder, file, root) = (real(folder)?, real(file)?, real(root)?);
    let (folder, file) = (
        folder.strip_prefix(&root).ok()?,
        file.strip_prefix(&root).ok()?,
    );
    let names = |path: &Path| -> Option<Vec<String>> {
        let names = path.components().map(|part| match part {
            Component::Normal(name) => name.to_str().map(str::to_owned),
            _ => None,
        });
        names.collect()
    };
    let (folder, file) = (names(folder)?, names(file)?);
    let shared = folder
        .iter()
        .zip(&file)
        .take_while(|(left, right)| left == right);
    let shared = shared.count();
    let up = folder[shared..].iter().map(|_| "..".to_owned());
    let down = file[shared..].iter().cloned();
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}
