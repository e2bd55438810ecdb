//! Which module may know which.

use crate::rust::{Name, RustFile};

/// The modules of the library and what each may know, besides itself. Nothing points back.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("clock", &[]),
    ("source", &[]),
    ("template", &[]),
    ("evidence", &["text"]),
    ("document", &["text"]),
    ("finding", &["text", "clock", "document"]),
    ("schema", &["text", "clock", "document", "finding"]),
    (
        "record",
        &["text", "clock", "document", "finding", "schema"],
    ),
    ("provenance", &["text", "document", "record", "source"]),
    (
        "policy",
        &[
            "text",
            "clock",
            "evidence",
            "document",
            "finding",
            "schema",
            "record",
            "provenance",
        ],
    ),
    (
        "engine",
        &[
            "text",
            "clock",
            "evidence",
            "document",
            "finding",
            "schema",
            "record",
            "policy",
            "source",
            "provenance",
        ],
    ),
    ("output", &["text", "clock", "template", "finding"]),
    (
        "manual",
        &["text", "document", "finding", "schema", "record", "policy"],
    ),
    (
        "report",
        &[
            "text",
            "clock",
            "template",
            "document",
            "finding",
            "record",
            "provenance",
            "policy",
            "output",
        ],
    ),
    (
        "lsp",
        &[
            "text", "clock", "document", "finding", "schema", "record", "policy", "source",
            "engine", "manual",
        ],
    ),
    // What is sent is judged before it is written, by the computations that judge it afterwards.
    (
        "author",
        &[
            "text", "clock", "template", "document", "finding", "schema", "record", "policy",
        ],
    ),
];

/// The one module of the binary. It knows the library by its name only.
const BINARY: &str = "cli";

fn allowed(module: &str) -> Option<&'static [&'static str]> {
    MAY_KNOW
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, known)| *known)
}

/// The names at the top of `{a::b, c::{d, e}, f}`.
fn tops(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 1, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || depth == 0 {
            found.push(&group[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
        .into_iter()
        .map(|item| item.trim().split("::").next().unwrap_or("").trim())
        .filter(|name| !name.is_empty())
        .collect()
}

/// The modules named after `crate::`, or after as many `super::` as lead to the crate's root.
fn modules_named<'c>(file: &RustFile, name: &Name<'c>) -> Vec<&'c str> {
    let Some(mut rest) = name.rest.filter(|_| name.is_head) else {
        return Vec::new();
    };
    if name.text == "super" {
        let mut steps = 1;
        while let Some(after) = rest.strip_prefix("super") {
            rest = after.trim_start().trim_start_matches("::").trim_start();
            steps += 1;
        }
        if steps < file.depth() {
            return Vec::new();
        }
    } else if name.text != "crate" {
        return Vec::new();
    }
    if rest.starts_with('{') {
        return tops(rest);
    }
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    vec![&rest[..end]]
}

#[test]
fn modules_know_only_those_below_them() {
    let mut wrong = Vec::new();
    let files = RustFile::below("src");
    for file in files.iter().filter(|file| !file.module().is_empty()) {
        let module = file.module();
        let known = allowed(module);
        if known.is_none() && module != BINARY {
            wrong.push(format!("{}: `{module}` is not in the table", file.path));
        }
        for name in file.names() {
            for other in modules_named(file, &name) {
                let is_module = allowed(other).is_some() || other == BINARY;
                let is_allowed =
                    other == module || known.is_some_and(|known| known.contains(&other));
                if is_module && !is_allowed {
                    let line = file.shown(name.line);
                    wrong.push(format!("{line}\n    `{module}` must not know `{other}`"));
                }
            }
            if name.text == "probity" && name.rest.is_some() && module != BINARY {
                let line = file.shown(name.line);
                wrong.push(format!(
                    "{line}\n    only `{BINARY}` uses the library by name"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_table_exists_and_none_knows_one_after_it() {
    let files = RustFile::below("src");
    for (module, known) in MAY_KNOW {
        assert!(
            files.iter().any(|file| file.module() == *module),
            "`{module}` is gone"
        );
        for other in *known {
            let back = allowed(other);
            assert!(
                back.is_some_and(|it| !it.contains(module)),
                "`{module}` and `{other}` know each other"
            );
        }
    }
}

#[test]
fn groups_of_names_are_taken_apart() {
    assert_eq!(tops("{a::b, c::{d, e}, f}; {g}"), ["a", "c", "f"]);
    assert_eq!(tops("{\n    a,\n    b::C,\n}"), ["a", "b"]);
}
